//! Stock of a store's shelf, for its staff and its tills.

use liandian_domain::{
    Decision,
    stock::{self, Fact, MovementKind},
};
use liandian_store::read::StockPick;
use liandian_types::{
    Code, Problem,
    api::{PosOutcome, PosRecorded, PosSales, Recorded, StockFact},
};

use crate::{
    App,
    flows::shelf,
    http::{Call, Failure, Reply},
    transact::{Once, Plan},
};

/// The most sales of one request.
pub const MAX_SALES: usize = 25;

/// Stock by text, what is low, what expires, or page by page.
///
/// # Errors
/// `bad_request` for a list that there is not.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let pick = pick(call.q("show"), call.q("q"), call.q("cursor")).ok_or_else(|| Problem::new(Code::BadRequest, "没有这种列表").at("show"))?;
    Reply::json(&app.store.stock_list(&call.store()?, pick, call.now).await?)
}

/// Which rows a query asks for; `None` for a list that there is not.
#[must_use]
pub fn pick<'a>(show: Option<&str>, text: Option<&'a str>, cursor: Option<&'a str>) -> Option<StockPick<'a>> {
    match (show, text) {
        (Some("low"), _) => Some(StockPick::Low),
        (Some("expiring"), _) => Some(StockPick::Expiring),
        (Some(other), _) if !other.is_empty() => None,
        (_, Some(text)) => Some(StockPick::Text(text)),
        _ => Some(StockPick::Page(cursor)),
    }
}

/// Goods of which more is promised than is there, and the orders that wait for them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn short(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.short_list(&call.store()?, call.now).await?)
}

/// Documents that changed the shelf, newest first.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn movements(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.movement_list(&call.store()?, call.q("cursor")).await?)
}

/// Takes goods in, once per key.
///
/// # Errors
/// `bad_request` naming the field; `idempotency_mismatch`.
pub async fn receive(app: App, call: Call) -> Result<Reply, Failure> {
    record(&app, &call, &[MovementKind::Receipt, MovementKind::Return]).await
}

/// Puts stock right, once per key.
///
/// # Errors
/// `bad_request` naming the field; `idempotency_mismatch`.
pub async fn adjust(app: App, call: Call) -> Result<Reply, Failure> {
    record(&app, &call, &[MovementKind::Loss, MovementKind::Adjustment]).await
}

async fn record(app: &App, call: &Call, kinds: &[MovementKind]) -> Result<Reply, Failure> {
    let (request, store): (StockFact, _) = (call.json()?, call.store()?);
    if !kinds.contains(&request.kind) {
        let may = kinds.iter().map(|k| k.title()).collect::<Vec<_>>().join("、");
        return Err(Problem::new(Code::BadRequest, format!("这里只能登记{may}")).at("kind").into());
    }
    let actor = call.staff()?.sub.to_string();
    shelf::known(app, request.lines.iter().map(|l| &l.sku)).await?;
    let once = &Once::of(call, &actor)?;
    let zone = &app.store.store(&store).await?.ok_or_else(|| Failure::not_found("门店"))?.hours.zone;
    let (here, lines) = (&store.shelf(), &request.lines);
    let fact = &Fact {
        movement: app.id(),
        location: store.shelf(),
        kind: request.kind,
        at: call.now,
        document: request.document,
        reason: request.reason,
        actor,
        lines: lines.iter().map(|l| (l.sku.clone(), l.quantity)).collect(),
        settled: Vec::new(),
    };
    // What speaks against it is told before anything is read for it.
    stock::record(fact.clone())?;
    let answer = &Recorded { movement: fact.movement.clone() };
    let plan = |_| async move {
        // Told again, it is what it was, also when its goods have expired meanwhile.
        if let Some(first) = once.first(app).await? {
            return Ok(Plan::new(once.replay(&first)?, Decision::default()));
        }
        let settled = shelf::settle(app, here, fact.kind, lines, zone, call.now).await?;
        let decision = stock::record(Fact { settled, ..fact.clone() })?;
        Ok(Plan { answer: answer.clone(), decision, idempotency: Some(once.record(answer, call.now)?) })
    };
    Reply::json(&once.transact(app, call.now, plan).await?)
}

/// Sales of the store's tills. Each is a transaction of its own, and each has an answer of its own: one that is refused stops none,
/// and telling all of them again is harmless.
///
/// # Errors
/// `bad_request` for none or too many sales; `not_found` for the store: nothing is sold where there is none.
pub async fn pos_sales(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, store): (PosSales, _) = (call.json()?, call.store()?);
    if request.sales.is_empty() || request.sales.len() > MAX_SALES {
        return Err(Problem::new(Code::BadRequest, format!("一次上传 1 到 {MAX_SALES} 张小票")).at("sales").into());
    }
    app.store.store(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let mut sales = Vec::with_capacity(request.sales.len());
    for (i, sale) in request.sales.iter().enumerate() {
        sales.push(match shelf::sold(&app, &store, sale, call.now).await {
            Ok(outcome) => outcome,
            Err(Failure::Problem(p)) => {
                let field = p.field.as_ref().map(|f| format!("sales[{i}].{f}"));
                PosOutcome { movement: None, known: false, refused: Some(Problem { field, ..*p }) }
            }
            Err(e) => return Err(e),
        });
    }
    Reply::json(&PosRecorded { sales })
}
