//! Stock of a store's shelf and of the warehouses that it keeps, for its staff and its tills.

use liandian_domain::stock::{
    note, record as stock,
    record::{Fact, MovementKind},
};
use liandian_types::{
    Code, LocationId, Problem, SkuId,
    api::{PosOutcome, PosRecorded, PosSale, Recorded, StockFact, StockSafety},
};

use crate::{
    App,
    flows::stock::{
        claims, shelf,
        tills::{self, Told},
    },
    http::{Call, Failure, Reply, fit, read},
    transact::{Once, Plan, transact},
    views::stock::shelf::{MovementAsk, movements_of_place, pick, short_of_place, stock_of_place},
};

/// The most sales of one request.
pub const MAX_SALES: usize = 25;

/// Stock by text, what is low, what expires, or page by page.
///
/// # Errors
/// `bad_request` for a list that there is not; `not_found` for a place that the store does not keep.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let pick = pick(call.q("show"), call.q("q"), call.q("cursor")).ok_or_else(|| Problem::new(Code::BadRequest, "没有这种列表").at("show"))?;
    Reply::json(&stock_of_place(&app, &call.store()?, at(&call)?.as_ref(), pick, call.staff()?, call.now).await?)
}

/// The place that a query names.
fn at(call: &Call) -> Result<Option<LocationId>, Failure> {
    let named = call.q("location").filter(|l| !l.is_empty());
    named.map(|l| l.parse().map_err(|_| Failure::not_found("库位"))).transpose()
}

/// Goods of which more is promised than is there, and the orders and transfers that wait for them.
///
/// # Errors
/// `not_found` for a place that the store does not keep.
pub async fn short(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&short_of_place(&app, &call.store()?, at(&call)?.as_ref(), call.staff()?, call.now).await?)
}

/// Documents that changed stock, newest first; of a SKU, of goods by text, of a kind, of some days.
///
/// # Errors
/// `not_found` for a place that the store does not keep; `bad_request` naming what cannot be asked for.
pub async fn movements(app: App, call: Call) -> Result<Reply, Failure> {
    let (sku, kind) = (call.typed::<SkuId>("sku")?, call.typed("kind")?);
    let ask = MovementAsk { sku: sku.as_ref(), text: call.q("q"), kind, from: call.q("from"), to: call.q("to"), cursor: call.q("cursor") };
    Reply::json(&movements_of_place(&app, &call.store()?, at(&call)?.as_ref(), ask, call.staff()?).await?)
}

/// Says how much of a SKU is kept back. Told again, it is what it was.
///
/// # Errors
/// `bad_request` naming the field; `not_found` for a SKU that the library does not have, and for a place that the store does not keep.
pub async fn safety(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store, sku): (StockSafety, _, SkuId) = (call.json()?, call.store()?, call.param("sku")?);
    let place = shelf::place(&app, &store, ask.location.as_ref()).await?;
    if !app.tables.library_of(&store).await?.iter().any(|l| l.sku == sku) {
        return Err(Failure::not_found("商品"));
    }
    let (app, sku, here, actor) = (&app, &sku, &place.here.location, call.staff()?.sub.to_string());
    let actor = &actor;
    // What is kept back is written to the record's own row, into which its shards are folded for it: HQ's are made again.
    let lasting = app.tables.lasting_shards(here, sku).await?;
    transact(app, call.now, |_| async move {
        let was = app.tables.stock(&[(here.clone(), sku.clone())], true).await?.first().map_or(0, |s| s.safety);
        Ok(Plan::new((), stock::keep_back(here, sku, was, ask.safety, actor.clone(), app.id(), call.now)?))
    })
    .await?;
    if lasting > 0 {
        app.tables.split(here, sku, lasting, None).await?;
    }
    Reply::json(&StockSafety { location: Some(place.here.location.clone()), safety: ask.safety })
}

/// Takes goods in, once per key, and once per delivery note of a source, unless somebody says that these are other goods. A return above the chain's
/// policy waits for a second person.
///
/// # Errors
/// `bad_request` naming the field; `already_received`; `idempotency_mismatch`.
pub async fn receive(app: App, call: Call) -> Result<Reply, Failure> {
    record(&app, &call, &[MovementKind::Receipt, MovementKind::Return]).await
}

/// Puts stock right, once per key. What is above the chain's policy waits for a second person.
///
/// # Errors
/// `bad_request` naming the field; `conflict` for more than is on hand; `idempotency_mismatch`.
pub async fn adjust(app: App, call: Call) -> Result<Reply, Failure> {
    record(&app, &call, &[MovementKind::Loss, MovementKind::Adjustment]).await
}

async fn record(app: &App, call: &Call, kinds: &[MovementKind]) -> Result<Reply, Failure> {
    let (request, store): (StockFact, _) = (call.json()?, call.store()?);
    if !kinds.contains(&request.kind) {
        let may = kinds.iter().map(|k| k.title()).collect::<Vec<_>>().join("、");
        return Err(Problem::new(Code::BadRequest, format!("这里只能登记{may}")).at("kind").into());
    }
    let (actor, by) = (call.staff()?.sub.to_string(), &call.staff()?.name);
    shelf::known_in(app, &store, request.lines.iter().map(|l| &l.sku)).await?;
    let once = Once::of(call, &actor)?;
    let place = shelf::place(app, &store, request.location.as_ref()).await?;
    let (here, zone, lines) = (&place.here.location, &place.zone, &request.lines);
    let fact = &Fact {
        movement: app.id(),
        location: here.clone(),
        kind: request.kind,
        at: call.now,
        document: request.document,
        reason: request.reason,
        actor,
        lines: lines.iter().map(|l| (l.sku.clone(), l.quantity)).collect(),
        rebased: Vec::new(),
    };
    // What speaks against it is told before anything is read for it.
    stock::record(fact.clone())?;
    let (paper, again) = (note::key(request.source.as_deref(), fact.document.as_deref())?, request.again);
    let paper = &paper.filter(|_| fact.kind == MovementKind::Receipt);
    let told = &claims::Told { store: &store, place: &place, staff: call.staff()? };
    // Told again, it is what it was, also when its goods have expired meanwhile.
    let decide = |_| async move {
        let note = match paper {
            Some(key) => Some(note::take(app.tables.delivery_note(here, key).await?.as_ref(), key.clone(), fact, by, again, zone)?),
            None => None,
        };
        let recorded = shelf::record(app, fact, lines, zone, call.now).await?;
        let (answer, mut decision) = if fact.kind.needs_approval() {
            claims::recorded_or_kept(app, told, fact, lines, recorded, call.now).await?
        } else {
            (Recorded { movement: Some(fact.movement.clone()), claim: None }, recorded)
        };
        decision.writes.extend(note);
        Ok((answer, decision))
    };
    Reply::json(&once.run::<Recorded, _>(app, call.now, decide).await?)
}

/// What a bridge tells, receipt by receipt: one that cannot be read must not lose the others.
#[derive(serde::Deserialize)]
struct Batch {
    sales: Vec<serde_json::Value>,
}

/// Receipts of the store's tills. Each is read by itself, and a transaction of its own, and has an answer of its own: one that is refused
/// stops none, and telling all of them again is harmless. What is refused HQ is told of.
///
/// # Errors
/// `bad_request` for none or too many sales; `not_found` for the store: nothing is sold where there is none.
pub async fn pos_sales(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    let profile = app.tables.store(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let sales = match told(&call) {
        Ok(sales) => sales,
        Err(refused) => {
            if let Failure::Problem(p) = &refused {
                tills::listen(&app, &profile, &[Told { till: "", number: "", refused: Some(p) }], call.now).await;
            }
            return Err(refused);
        }
    };
    let number = |v: &serde_json::Value, name: &str| shelf::number_of(v[name].as_str().unwrap_or_default()).to_owned();
    let names: Vec<(String, String)> = sales.iter().map(|v| (number(v, "till"), number(v, "number"))).collect();
    let mut outcomes = Vec::with_capacity(sales.len());
    let mut failed = None;
    for (i, value) in sales.into_iter().enumerate() {
        let outcome = match fit(&value).and_then(|()| read::<PosSale>(value)) {
            Ok(sale) => shelf::sold(&app, &store, &sale, call.now).await,
            Err(unreadable) => Err(unreadable),
        };
        outcomes.push(match outcome {
            Ok(outcome) => outcome,
            Err(Failure::Problem(p)) => {
                let field = p.field.as_ref().map_or_else(|| format!("sales[{i}]"), |f| format!("sales[{i}].{f}"));
                PosOutcome { movement: None, known: false, refused: Some(Problem { field: Some(field), ..*p }) }
            }
            Err(e) => {
                failed = Some(e);
                break;
            }
        });
    }
    // Which place of a request it was in says nothing a day later.
    let own = |i: usize, p: &Problem| Problem {
        field: p.field.as_ref().and_then(|f| f.strip_prefix(&format!("sales[{i}].")).map(str::to_owned)),
        ..p.clone()
    };
    let refused: Vec<Option<Problem>> = outcomes.iter().enumerate().map(|(i, o)| o.refused.as_ref().map(|p| own(i, p))).collect();
    let words: Vec<Told<'_>> = names.iter().zip(&refused).map(|((till, number), refused)| Told { till, number, refused: refused.as_ref() }).collect();
    tills::listen(&app, &profile, &words, call.now).await;
    match failed {
        Some(e) => Err(e),
        None => Reply::json(&PosRecorded { sales: outcomes }),
    }
}

/// The receipts of a request, unread.
fn told(call: &Call) -> Result<Vec<serde_json::Value>, Failure> {
    let told: Batch = call.json()?;
    if told.sales.is_empty() || told.sales.len() > MAX_SALES {
        return Err(Problem::new(Code::BadRequest, format!("一次上传 1 到 {MAX_SALES} 张小票")).at("sales").into());
    }
    Ok(told.sales)
}
