//! What has happened on a shelf: receipts, losses, adjustments, sales at the till.

use std::collections::BTreeMap;

use liandian_domain::stock::{self, Fact, MovementKind};
use liandian_store::Idempotency;
use liandian_types::{
    Code, MovementId, Problem, SkuId, StoreId, Timestamp,
    api::{PosOutcome, PosSale},
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

/// Takes a till's sale off the shelf, once per store, till and number. What the library does not know is recorded, too: it is gone.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the number was told with other contents before.
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
    let contents = digest(serde_json::to_vec(&lines).map_err(|e| Failure::Internal(e.to_string()))?);
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
    })?;
    let record = &record;
    let plan = |_| async move { Ok(Plan { answer: (), decision: decision.clone(), idempotency: Some(record.clone()) }) };
    match transact(app, now, plan).await {
        Ok(()) => Ok(PosOutcome { movement: Some(movement), known: false, refused: None }),
        Err(Failure::KeyUsed) => {
            let first = app.store.idempotency(&record.who, &record.key).await?.ok_or(Failure::KeyUsed)?;
            if first.digest != record.digest {
                return Err(Problem::new(Code::Conflict, format!("小票 {} 已登记过，内容不同", sale.number)).at("number").into());
            }
            Ok(PosOutcome { movement: first.answer.parse().ok(), known: true, refused: None })
        }
        Err(e) => Err(e),
    }
}
