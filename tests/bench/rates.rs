//! Orders a second through the gateway beside the bare engine's rate.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use futures::future::join_all;
use liandian_domain::orders::{
    holds::{HoldPolicy, Holds},
    place::{Placement, PlacementIds, Wanted, place},
};
use liandian_functions::App;
use liandian_store::{Commit, orders::PlacementAsk};
use liandian_tests::{call, client, copy};
use liandian_types::{Fen, Fulfilment, MemberId, OrderId, SkuId, StoreId};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{round, shopper::Shopper, stack::Stack};

/// Orders a second through the gateway beside the bare engine's rate for the same reads and the same transaction.
pub async fn rates(seeded: &Path, folder: &Path, quick: bool, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let span = Duration::from_secs(if quick { 2 } else { 6 });
    let mut rate: BTreeMap<String, f64> = BTreeMap::new();
    for workers in ["off", "on"] {
        let data = folder.join(format!("rates-{workers}"));
        copy(seeded, &data);
        let stack = Stack::start(&data, 36, workers)?;
        let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
        let found = shopper.get("/api/v1/stores", "").await?;
        let open = found["stores"].as_array().into_iter().flatten().filter(|s| s["pickup"] == true);
        let stores: Vec<String> = open.filter_map(|s| s["store"].as_str().map(str::to_owned)).collect();
        // Many members, for each may have few unpaid orders.
        let app = stack.app(&data)?;
        let tokens = liandian_tests::members(&app, 4_000).await;
        // Many baskets, so that orders do not all meet on one record.
        let mut bodies = Vec::new();
        for s in &stores {
            let skus = shopper.deep(s, 60).await?;
            for three in skus.chunks_exact(3) {
                if let Ok(b) = shopper.order(s, three, Fulfilment::Pickup).await {
                    bodies.push(b);
                }
            }
        }
        let shared = Arc::new((tokens, bodies, AtomicUsize::new(0)));
        for clients in [1_usize, 8, 32] {
            let (begun, n) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
            join_all((0..clients).map(|_| {
                let (shared, n, origin, http) = (shared.clone(), n.clone(), stack.origin.clone(), client());
                async move {
                    while begun.elapsed() < span {
                        let i = shared.2.fetch_add(1, Ordering::Relaxed);
                        let (token, body) = (&shared.0[i % shared.0.len()], &shared.1[i % shared.1.len()]);
                        let a = call(&http, Method::POST, &format!("{origin}/api/v1/orders"), token, Some(body), Some(&format!("rate-{i:08}"))).await;
                        // A shelf that is empty by now answers so, as cheaply; only orders count.
                        if a.status.is_success() {
                            n.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            }))
            .await;
            rate.insert(format!("gateway_workers_{workers}_{clients}"), per_second(&n, begun));
            if workers == "off" {
                let r = bare(&app, &shared.1, clients, span, &shared.2).await?;
                rate.insert(format!("bare_{clients}"), r);
            }
        }
        stack.stop();
    }
    for clients in [1, 8, 32] {
        let bare = rate[&format!("bare_{clients}")];
        for workers in ["off", "on"] {
            out.insert(
                format!("ratio_gateway_to_bare_workers_{workers}_{clients}"),
                json!(round(rate[&format!("gateway_workers_{workers}_{clients}")] / bare)),
            );
        }
    }
    out.insert("orders_per_second".into(), json!(rate.into_iter().map(|(k, v)| (k, round(v))).collect::<BTreeMap<_, _>>()));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(n: &AtomicUsize, begun: Instant) -> f64 {
    n.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

/// The same read wave and the same transaction, straight at the engine over HTTP.
async fn bare(app: &App, bodies: &[Value], clients: usize, span: Duration, count: &AtomicUsize) -> anyhow::Result<f64> {
    let (begun, n) = (Instant::now(), AtomicUsize::new(0));
    let failures = join_all((0..clients).map(|_| async {
        while begun.elapsed() < span {
            let i = count.fetch_add(1, Ordering::Relaxed);
            if bare_order(app, &bodies[i % bodies.len()]).await? {
                n.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok::<_, anyhow::Error>(())
    }))
    .await;
    failures.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    Ok(per_second(&n, begun))
}

async fn bare_order(app: &App, body: &Value) -> anyhow::Result<bool> {
    // Somebody else each time, as at the gateway: a member may have few unpaid orders.
    let member: MemberId = app.id();
    let member = &member;
    let store: StoreId = serde_json::from_value(body["store"].clone())?;
    let lines: Vec<liandian_types::api::CartLine> = serde_json::from_value(body["lines"].clone())?;
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let order: OrderId = app.id();
    let read = app
        .tables
        .placement(PlacementAsk { store: &store, member: Some(member), skus: &skus, source: None, placed: Some(&order), strong: false })
        .await?;
    let wanted = lines
        .iter()
        .zip(read.lines)
        .map(|(l, r)| {
            // The bare order is priced by the library: what rules cost is measured by the route's own rate.
            let price = r.library.as_ref().map(|s| s.price);
            Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, price, stock: r.stock, source: r.source }
        })
        .collect();
    let placement = Placement {
        ships_from: None,
        member: member.clone(),
        store: read.store.context("no store")?,
        lines: wanted,
        fulfilment: Fulfilment::Pickup,
        to: None,
        recipient: None,
        transfer_from: None,
        expect_total: Fen(body["expect_total"].as_i64().unwrap_or_default()),
        promised: None,
        expect_prices: vec![],
        note: None,
        asked: "0".repeat(64),
        holds: read.holds.unwrap_or_else(|| Holds::none(member.clone())),
        policy: HoldPolicy::default(),
        again: true,
        tail: None,
        offered: liandian_domain::marketing::offered::Offered::default(),
        expect_gifts: None,
        slot: None,
    };
    let ids = PlacementIds { order, transfer: app.id(), movement: app.id(), source_movement: app.id(), pickup_code: "0".repeat(10) };
    let Ok((_, decision)) = place(placement, ids, app.now()) else { return Ok(false) };
    let event_ids = decision.events.iter().map(|_| app.id()).collect();
    Ok(app.tables.commit(Commit { decision, event_ids, idempotency: None, now: app.now(), luck: app.chance.draw() }).await.is_ok())
}
