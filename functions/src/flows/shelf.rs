//! What has happened on a shelf: receipts, losses, adjustments, sales at the till.

use aws_lc_rs::digest::{SHA256, digest};
use liandian_domain::stock::{self, Fact, MovementKind};
use liandian_types::{
    Code, MovementId, Problem, SkuId, StoreId, Timestamp,
    api::{PosOutcome, PosSale},
};

use crate::{
    App,
    http::Failure,
    transact::{Plan, transact},
};

/// The longest number of a till or a receipt, in bytes.
const MAX_NUMBER: usize = 40;

/// Every SKU must be one of the library: a record of what nobody knows would never be found again.
///
/// # Errors
/// `bad_request` naming the line.
pub async fn known(app: &App, skus: impl Iterator<Item = &SkuId>, at: &str) -> Result<(), Failure> {
    let library = app.store.library().await?;
    for (i, sku) in skus.enumerate() {
        if !library.iter().any(|l| l.sku == *sku) {
            return Err(Problem::new(Code::BadRequest, format!("商品库中没有 {sku}")).at(format!("{at}[{i}].sku")).into());
        }
    }
    Ok(())
}

/// Takes a till's sale off the shelf, once: its document's id follows from the till, the receipt's number and the time.
///
/// # Errors
/// `bad_request` naming the field below `at`.
pub async fn sold(app: &App, store: &StoreId, sale: &PosSale, at: &str, now: Timestamp) -> Result<PosOutcome, Failure> {
    let bad = |field: &str, text: &str| Err(Problem::new(Code::BadRequest, text).at(format!("{at}.{field}")).into());
    for (field, value) in [("till", &sale.till), ("number", &sale.number)] {
        if value.is_empty() || value.len() > MAX_NUMBER || value.bytes().any(|b| b.is_ascii_control()) {
            return bad(field, "收银台号和小票号为 1 到 40 个字符");
        }
    }
    if sale.sold_at.0 < 0 || sale.sold_at > now.plus(Timestamp::HOUR) {
        return bad("sold_at", "销售时间无效");
    }
    known(app, sale.lines.iter().map(|l| &l.sku), &format!("{at}.lines")).await?;
    let movement = sale_id(store, sale)?;
    let fact = Fact {
        movement: movement.clone(),
        location: store.shelf(),
        kind: MovementKind::PosSale,
        at: sale.sold_at,
        document: Some(sale.number.clone()),
        reason: None,
        actor: format!("till:{}", sale.till),
        lines: sale.lines.iter().map(|l| (l.sku.clone(), l.quantity.units())).collect(),
    };
    let decision = &stock::record(fact).map_err(|p| Problem { field: p.field.map(|f| format!("{at}.{f}")), ..p })?;
    match transact(app, now, |_| async move { Ok(Plan::new((), decision.clone())) }).await {
        Ok(()) => Ok(PosOutcome { movement, known: false }),
        Err(Failure::Exists) => Ok(PosOutcome { movement, known: true }),
        Err(e) => Err(e),
    }
}

fn sale_id(store: &StoreId, sale: &PosSale) -> Result<MovementId, Failure> {
    let hash = digest(&SHA256, format!("{store}|{}|{}", sale.till, sale.number).as_bytes());
    let mut tail = [0; 16];
    tail.copy_from_slice(&hash.as_ref()[..16]);
    // Time first, as in every id of ours, so that documents lie in the order in which things happened.
    let id = ulid::Ulid::from_parts(u64::try_from(sale.sold_at.0).unwrap_or_default(), u128::from_be_bytes(tail));
    MovementId::from_tail(id).map_err(|e| Failure::Internal(e.to_string()))
}
