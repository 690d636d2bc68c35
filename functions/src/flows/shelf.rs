//! What has happened on a shelf: receipts, losses, adjustments, sales at the till.

use std::collections::BTreeMap;

use liandian_domain::{
    Decision, Write,
    batch::{self, Batch, Settled},
    hours::{CHINA, day},
    stock::{self, Fact, Movement, MovementKind, MovementLine},
};
use liandian_store::Idempotency;
use liandian_types::{
    Code, LocationId, MovementId, Problem, SkuId, StoreId, Timestamp,
    api::{FactLine, PosOutcome, PosSale},
};

use crate::{
    App,
    http::Failure,
    people::digest,
    transact::{Plan, transact},
};

/// The longest number of a till or a receipt, in bytes.
const MAX_NUMBER: usize = 40;
/// How long a till's receipt is known; after that a bridge must not tell it again.
const KNOWN_FOR: i64 = 400 * Timestamp::DAY;

/// Every SKU must be one of the library: a person who mistypes is told so.
///
/// # Errors
/// `bad_request` naming the line.
pub async fn known(app: &App, skus: impl Iterator<Item = &SkuId>) -> Result<(), Failure> {
    let library = app.store.library().await?;
    for (i, sku) in skus.enumerate() {
        if !library.iter().any(|l| l.sku == *sku) {
            return Err(Problem::new(Code::BadRequest, format!("商品库中没有 {sku}")).at(format!("lines[{i}].sku")).into());
        }
    }
    Ok(())
}

/// Those of these SKUs that track the day on which they expire.
///
/// # Errors
/// Whatever the tables say.
pub async fn expire(app: &App, skus: impl Iterator<Item = &SkuId>) -> Result<Vec<SkuId>, Failure> {
    let library = app.store.library().await?;
    Ok(skus.filter(|s| library.iter().any(|l| l.sku == **s && l.tracks_expiry)).cloned().collect())
}

/// Batches that come in or go out with a document, settled on what is there now. Of goods that track it a date is required when they are
/// received from a supplier; goods that are brought back or lost may have one.
///
/// # Errors
/// `bad_request` naming the line.
pub async fn settle(
    app: &App,
    location: &LocationId,
    kind: MovementKind,
    lines: &[FactLine],
    zone: &str,
    now: Timestamp,
) -> Result<Vec<Settled>, Failure> {
    let tracked = expire(app, lines.iter().map(|l| &l.sku)).await?;
    let comes = stock::way(kind).is_some_and(|w| w > 0);
    let today = day(now, zone);
    let mut told: Vec<(SkuId, Option<Batch>)> = Vec::new();
    for (i, l) in lines.iter().enumerate() {
        let bad = |text: String| Failure::from(Problem::new(Code::BadRequest, text).at(format!("lines[{i}].expires_on")));
        match &l.expires_on {
            None if kind == MovementKind::Receipt && tracked.contains(&l.sku) => return Err(bad(format!("请填写 {} 的到期日", l.sku))),
            None if tracked.contains(&l.sku) && (comes || stock::way(kind) == Some(0) && l.quantity > 0) => told.push((l.sku.clone(), None)),
            None => {}
            Some(_) if !kind.names_batch() => return Err(bad("只有入库、退货和报损填写到期日".into())),
            Some(_) if !tracked.contains(&l.sku) => return Err(bad("该商品不按到期日管理".into())),
            Some(text) => {
                let expires_on = batch::day_of(text, today, comes).map_err(bad)?;
                told.push((l.sku.clone(), Some(Batch { expires_on, units: l.quantity })));
            }
        }
    }
    let skus: Vec<SkuId> = told.iter().map(|(s, _)| s.clone()).collect();
    let found = app.store.perishables(location, &skus).await?;
    let settled = told.iter().zip(found).map(|((sku, batch), p)| {
        let (came, gone): (&[Batch], &[Batch]) = if comes { (batch.as_slice(), &[]) } else { (&[], batch.as_slice()) };
        p.settled(location, sku, came, gone, zone)
    });
    Ok(settled.collect())
}

/// Settles the batches of records to which this decision adds units without a date.
///
/// # Errors
/// Whatever the tables say.
pub async fn settle_undated(app: &App, d: &mut Decision, zone: &str) -> Result<(), Failure> {
    let rising = d.undated();
    let tracked = expire(app, rising.iter().map(|(_, s)| s)).await?;
    let mut at: BTreeMap<&LocationId, Vec<SkuId>> = BTreeMap::new();
    for (location, sku) in rising.iter().filter(|(_, s)| tracked.contains(s)) {
        at.entry(location).or_default().push(sku.clone());
    }
    for (location, skus) in at {
        for (sku, found) in skus.iter().zip(app.store.perishables(location, &skus).await?) {
            d.write(Write::Batches(Box::new(found.settled(location, sku, &[], &[], zone))));
        }
    }
    Ok(())
}

/// Takes what may not be sold any more off the shelf: a loss that the clock finds, for people to clear away. However often it is told.
///
/// # Errors
/// Whatever the tables say.
pub async fn expired(app: &App, location: &LocationId, sku: &SkuId, now: Timestamp) -> Result<(), Failure> {
    let keeper = match app.store.source(location, now).await? {
        Some((l, _)) => app.store.store(&l.keeper).await?,
        None => None,
    };
    let zone = &keeper.map_or_else(|| CHINA.to_owned(), |s| s.hours.zone);
    transact(app, now, |_| async move {
        let found = app.store.perishables(location, std::slice::from_ref(sku)).await?.pop().unwrap_or_default();
        let gone = found.expired(day(now, zone));
        let settled = found.settled(location, sku, &[], &gone, zone);
        let units: i64 = gone.iter().map(|b| b.units).sum();
        let days: Vec<String> = gone.iter().map(|b| b.expires_on.to_string()).collect();
        let mut d = Decision::default();
        if units > 0 {
            d.movement(
                Movement {
                    reason: Some(format!("到期下架（{}）", days.join("、"))),
                    actor: Some("system".into()),
                    ..Movement::of(
                        app.id(),
                        location.clone(),
                        MovementKind::Expired,
                        None,
                        None,
                        vec![MovementLine { batches: gone, ..MovementLine::of(sku, -units, 0, 0) }],
                        now,
                    )
                },
                false,
            );
        }
        d.write(Write::Batches(Box::new(settled)));
        Ok(Plan::new((), d))
    })
    .await
}

/// Takes a till's sale off the shelf, once per store, till and number. What the library does not know is recorded, too: it is gone.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the number was told with other contents, or of another time, before: a till that counts from 1 again is not to lose its sales unseen.
pub async fn sold(app: &App, store: &StoreId, sale: &PosSale, now: Timestamp) -> Result<PosOutcome, Failure> {
    let bad = |field: &str, text: &str| Err(Problem::new(Code::BadRequest, text).at(field).into());
    for (field, value) in [("till", &sale.till), ("number", &sale.number)] {
        if value.is_empty() || value.len() > MAX_NUMBER || value.bytes().any(|b| b.is_ascii_control()) {
            return bad(field, "收银台号和小票号为 1 到 40 个字符");
        }
    }
    if sale.sold_at.0 < 0 || sale.sold_at > now.plus(Timestamp::DAY) {
        return bad("sold_at", "销售时间无效");
    }
    // Rung up twice is one line of two.
    let mut lines: BTreeMap<SkuId, i64> = BTreeMap::new();
    for l in &sale.lines {
        *lines.entry(l.sku.clone()).or_default() += l.quantity.units();
    }
    let contents = digest(serde_json::to_vec(&(&lines, sale.sold_at)).map_err(|e| Failure::Internal(e.to_string()))?);
    let movement: MovementId = app.id();
    let record = Idempotency {
        who: format!("till:{store}"),
        key: format!("{}:{}:{}", sale.till.len(), sale.till, sale.number),
        digest: contents,
        answer: movement.to_string(),
        ttl: now.plus(KNOWN_FOR).seconds(),
    };
    let decision = &stock::record(Fact {
        movement: movement.clone(),
        location: store.shelf(),
        kind: MovementKind::PosSale,
        at: sale.sold_at,
        document: Some(sale.number.clone()),
        reason: None,
        actor: format!("till:{}", sale.till),
        lines: lines.into_iter().collect(),
        settled: Vec::new(),
    })?;
    let record = &record;
    let plan = |_| async move { Ok(Plan { answer: (), decision: decision.clone(), idempotency: Some(record.clone()) }) };
    match transact(app, now, plan).await {
        Ok(()) => Ok(PosOutcome { movement: Some(movement), known: false, refused: None }),
        Err(Failure::KeyUsed) => {
            let first = app.store.idempotency(&record.who, &record.key).await?.ok_or(Failure::KeyUsed)?;
            if first.digest != record.digest {
                return Err(Problem::new(Code::Conflict, format!("小票 {} 已登记过，内容或时间不同", sale.number)).at("number").into());
            }
            Ok(PosOutcome { movement: first.answer.parse().ok(), known: true, refused: None })
        }
        Err(e) => Err(e),
    }
}
