//! A crowd at one SKU: how fast it is sold, from how many rows.

use std::sync::Arc;

use anyhow::ensure;
use liandian_domain::{
    Decision,
    decision::GovernanceWrite,
    governance::chain::Policies,
    stock::{
        record as stock,
        record::{Fact, MovementKind, StockPolicy},
    },
};
use liandian_functions::{
    http::{Caller, Failure},
    routes,
    transact::{Plan, transact},
};
use liandian_store::{
    Commit, Table,
    members::{Member, member_items},
};
use liandian_types::{Code, SkuId, StoreId};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{BEGIN, World, call, id};

/// What a crowd came to.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Units that were sold.
    pub sold: usize,
    /// Buyers who were told that nothing is left.
    pub refused: usize,
    /// Seconds, in virtual time, until all of them had an answer.
    pub seconds: f64,
    /// How often transactions met.
    pub met: u64,
    /// Requests to the tables.
    pub requests: u64,
    /// Shards at the end.
    pub shards: u16,
}

/// So many buyers come within a moment for the same `units` of one SKU, which is sold from so many `shards`; `None`: as the crowd
/// makes it.
pub async fn crowd(shards: Option<u16>, buyers: usize, units: i64) -> anyhow::Result<Crowd> {
    let (world, _) = World::new(1, None)?;
    world.seed().await?;
    let stock = StockPolicy { splits: shards.is_none(), ..StockPolicy::default() };
    let mut decision = Decision::default();
    decision.write(GovernanceWrite::Policies(Box::new(Policies { stock, ..Policies::default() })));
    let commit = Commit { decision, event_ids: vec![], idempotency: None, now: world.app.now(), luck: 0 };
    world.app.tables.commit(commit).await?;
    let (app, store, sku) = (&world.app, id::<StoreId>("sto_a"), id::<SkuId>("sku_0"));
    let before = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0];
    let fact = Fact {
        movement: app.id(),
        location: store.shelf(),
        kind: MovementKind::Receipt,
        at: app.now(),
        document: None,
        reason: None,
        actor: "sim".into(),
        lines: vec![(sku.clone(), units - before.free())],
        rebased: Vec::new(),
    };
    let decision = &stock::record(fact).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    transact(app, app.now(), |_| async move { Ok(Plan::new((), decision.clone())) }).await?;
    if let Some(shards) = shards.filter(|s| *s > 0) {
        app.tables.split(&store.shelf(), &sku, shards, None).await?;
    }
    // Everybody buys one: who has other orders meets himself.
    for n in 0..buyers {
        let row = Member { member: id(format!("mem_crowd-{n}")), openid: String::new(), nickname: String::new(), key: String::new(), since: BEGIN };
        for item in member_items(&row, &format!("crowd-{n}"))? {
            app.tables.client().put_item().table_name(app.tables.table(Table::Cell)).set_item(Some(item)).send().await?;
        }
    }
    let body = Arc::new(json!({"store": store, "lines": [{"sku": sku, "quantity": 1}], "fulfilment": "pickup", "expect_total": 990}));
    let (begun, met, requests) = (Instant::now(), world.engine.met(), world.engine.requests());
    let mut people = JoinSet::new();
    for n in 0..buyers {
        let (world, body) = (world.clone(), body.clone());
        people.spawn(async move {
            sleep(world.engine.between(0, 100)).await;
            loop {
                let (who, key) = (Caller::Member(id(format!("mem_crowd-{n}"))), format!("crowd-{n:05}"));
                match routes::orders::place::handle(world.app.clone(), call(who, &[], Some(&body), Some(&key), world.app.now())).await {
                    Ok(_) => return Ok(true),
                    Err(Failure::Problem(p)) if p.code == Code::SoldOut => return Ok(false),
                    Err(Failure::Unavailable(_)) => sleep(world.engine.between(100, 1_000)).await,
                    Err(e) => return Err(anyhow::anyhow!("{e}")),
                }
            }
        });
    }
    let (mut sold, mut refused) = (0, 0);
    while let Some(answer) = people.join_next().await {
        if answer?? { sold += 1 } else { refused += 1 }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let (met, requests) = (world.engine.met() - met, world.engine.requests() - requests);
    let (_, differences) = app.tables.fsck().await?;
    ensure!(differences.is_empty(), "the books do not agree: {differences:?}");
    let after = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0];
    ensure!(i64::try_from(sold)? == units && after.free() == 0, "{sold} of {units} sold, {after:?}");
    Ok(Crowd { sold, refused, seconds, met, requests, shards: app.tables.shards(&store.shelf(), &sku).await?.unwrap_or(0) })
}
