//! What has happened on a shelf: receipts, losses, adjustments, sales and returns at the till.

use std::collections::BTreeMap;

use liandian_domain::{
    Decision,
    catalog::LibrarySku,
    decision::StockWrite,
    governance::resolve,
    orders::order::{OrderBody, OrderHead},
    stock::{
        batch::{self, Batch, Ended},
        claim, count, record as stock,
        record::{Fact, Movement, MovementKind, MovementLine, Unsellable},
        ticket::{self, Moved, Receipt},
    },
    stores::{
        hours::{CHINA, day},
        profile::Location,
    },
};
use liandian_store::{Idempotency, commit::POS_KNOWN_FOR};
use liandian_types::{
    Code, CountState, LocationId, MovementId, Problem, SkuId, StoreId, Timestamp,
    api::{FactLine, PosOutcome, PosSale},
};

use super::counts::list_price;
use crate::flows::orders::shortfalls;
use crate::{
    App,
    http::Failure,
    people::digest,
    transact::{Plan, transact, transact_once},
};

/// The longest number of a till or a receipt, in bytes.
const MAX_NUMBER: usize = 40;
/// How many goods of a till's receipt become one document: each may have a counter, a batch's deadline and a line of a count.
const PART: usize = 30;

/// Where a store's staff works on stock.
pub struct Place {
    /// The location.
    pub here: Location,
    /// The store's time zone.
    pub zone: String,
    /// Where else they may: the shelf first, then the warehouses that the store keeps.
    pub all: Vec<Location>,
    /// What decides which levels of policies speak about the store.
    pub standing: resolve::Place,
}

/// The place that is named, or the store's shelf.
///
/// # Errors
/// `not_found` for a store that does not exist, and for a place that it does not keep.
pub async fn place(app: &App, store: &StoreId, named: Option<&LocationId>) -> Result<Place, Failure> {
    let profile = app.tables.store(store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let all = app.tables.places_of(&profile).await?;
    let here = all.iter().find(|l| named.is_none_or(|n| l.location == *n)).cloned().ok_or_else(|| Failure::not_found("库位"))?;
    Ok(Place { here, standing: resolve::Place::from(&profile), zone: profile.hours.zone, all })
}

/// Every SKU must be one of the library: a person who mistypes is told so.
///
/// # Errors
/// `bad_request` naming the line.
pub async fn known(app: &App, skus: impl Iterator<Item = &SkuId>) -> Result<(), Failure> {
    all_in(&app.tables.library().await?, skus)
}

/// The same of goods that come into a store, which may be its own.
///
/// # Errors
/// `bad_request` naming the line.
pub async fn known_in(app: &App, store: &StoreId, skus: impl Iterator<Item = &SkuId>) -> Result<(), Failure> {
    all_in(&app.tables.library_of(store).await?, skus)
}

fn all_in<'a>(library: &[LibrarySku], skus: impl Iterator<Item = &'a SkuId>) -> Result<(), Failure> {
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
    let library = app.tables.library().await?;
    Ok(skus.filter(|s| library.iter().any(|l| l.sku == **s && l.tracks_expiry)).cloned().collect())
}

/// Of these goods (with their names), which may have ended since they were put together, at the earliest at `since`: whoever gives them away is
/// asked.
///
/// # Errors
/// Whatever the tables say.
pub async fn ended(app: &App, at: &LocationId, goods: &[(SkuId, String)], since: Timestamp, zone: &str, now: Timestamp) -> Result<Ended, Failure> {
    let dated = expire(app, goods.iter().map(|(sku, _)| sku)).await?;
    if dated.is_empty() {
        return Ok(Ended::new());
    }
    let found = app.tables.perishables(at, &dated).await?;
    let (since, today) = (day(since, zone), day(now, zone));
    let name = |sku: &SkuId| goods.iter().find(|(s, _)| s == sku).map(|(_, name)| name.clone()).unwrap_or_default();
    Ok(dated.iter().zip(found).map(|(sku, p)| (name(sku), p.ended(since, today))).filter(|(_, days)| !days.is_empty()).collect())
}

/// As [`ended`], of an order's goods.
///
/// # Errors
/// Whatever the tables say.
pub async fn ended_of(app: &App, head: &OrderHead, body: &OrderBody, now: Timestamp) -> Result<Ended, Failure> {
    let goods: Vec<(SkuId, String)> = body.lines.iter().map(|l| (l.sku.clone(), l.name.clone())).collect();
    ended(app, &head.location(), &goods, head.paid_at.unwrap_or(head.placed_at), &head.zone, now).await
}

/// A fact with the batches that come in or go out with it, re-based on what is there now. Of goods that expire a date is required when they are
/// received or found. What is brought back without one, or comes back after it, is taken in and off the shelf again at once: it is documented
/// and never to be sold.
///
/// # Errors
/// As [`stock::record`]; `bad_request` naming the line.
pub async fn record(app: &App, fact: &Fact, lines: &[FactLine], zone: &str, now: Timestamp) -> Result<Decision, Failure> {
    let tracked = expire(app, lines.iter().map(|l| &l.sku)).await?;
    let (kind, location, today) = (fact.kind, &fact.location, day(now, zone));
    let mut told: Vec<(SkuId, bool, Batch)> = Vec::new();
    let mut unsellable = Vec::new();
    for (i, l) in lines.iter().enumerate() {
        let bad = |text: String| Failure::from(Problem::new(Code::BadRequest, text).at(format!("lines[{i}].expires_on")));
        let comes = claim::change(kind, l.quantity) > 0;
        let expires = tracked.contains(&l.sku);
        match &l.expires_on {
            None if expires && kind == MovementKind::Return => {
                unsellable.push(Unsellable { sku: l.sku.clone(), units: l.quantity, expires_on: None });
            }
            None if expires && comes => return Err(bad(format!("请填写 {} 的到期日", l.sku))),
            None => {}
            Some(_) if !kind.names_batch() => return Err(bad("只有入库、退货、报损和调整填写到期日".into())),
            Some(_) if !expires => return Err(bad("该商品不按到期日管理".into())),
            Some(text) => {
                let expires_on = batch::day_of(text, today, kind == MovementKind::Receipt).map_err(bad)?;
                if comes && expires_on < today {
                    unsellable.push(Unsellable { sku: l.sku.clone(), units: l.quantity, expires_on: Some(expires_on) });
                } else {
                    let came_on = comes.then_some(today);
                    told.push((l.sku.clone(), comes, Batch { expires_on, units: l.quantity.abs(), came_on }));
                }
            }
        }
    }
    let skus: Vec<SkuId> = told.iter().map(|(s, ..)| s.clone()).collect();
    let found = app.tables.perishables(location, &skus).await?;
    let rebased = told.iter().zip(found).map(|((sku, comes, batch), p)| {
        let batch = std::slice::from_ref(batch);
        let (came, gone): (&[Batch], &[Batch]) = if *comes { (batch, &[]) } else { (&[], batch) };
        p.rebased(location, sku, came, gone, zone)
    });
    let mut d = stock::record(Fact { rebased: rebased.collect(), ..fact.clone() })?;
    if !unsellable.is_empty()
        && let Some(came) = d.document().cloned()
    {
        d.movement(stock::taken_out(app.id(), &came, &unsellable, now), false);
    }
    Ok(d)
}

/// Re-bases the batches of records to which this decision adds units without a date.
///
/// # Errors
/// Whatever the tables say.
pub async fn rebase_undated(app: &App, d: &mut Decision, zone: &str) -> Result<(), Failure> {
    let rising = d.undated();
    let tracked = expire(app, rising.iter().map(|(_, s)| s)).await?;
    let mut at: BTreeMap<&LocationId, Vec<SkuId>> = BTreeMap::new();
    for (location, sku) in rising.iter().filter(|(_, s)| tracked.contains(s)) {
        at.entry(location).or_default().push(sku.clone());
    }
    for (location, skus) in at {
        for (sku, found) in skus.iter().zip(app.tables.perishables(location, &skus).await?) {
            d.write(StockWrite::Batches(Box::new(found.rebased(location, sku, &[], &[], zone))));
        }
    }
    Ok(())
}

/// Takes what may not be sold any more off the shelf: a loss that the clock finds, for people to clear away. Customers to whom it was promised are
/// asked before, as for any goods that are missing: should that fail, the day is still owed, and all of it is done again. However often it is told.
///
/// # Errors
/// Whatever the tables say.
pub async fn expired(app: &App, location: &LocationId, sku: &SkuId, now: Timestamp) -> Result<(), Failure> {
    let keeper = match app.tables.source(location, now).await? {
        Some((l, _)) => app.tables.store(&l.keeper).await?,
        None => None,
    };
    let zone = &keeper.as_ref().map_or_else(|| CHINA.to_owned(), |s| s.hours.zone.clone());
    if let Some(keeper) = &keeper {
        let at = [(location.clone(), sku.clone())];
        let dated = app.tables.dated(&at, true).await?.pop().unwrap_or_default();
        let left = dated.until(day(now, zone));
        if left.on_hand < left.reserved {
            shortfalls::day_is_over(app, &keeper.store, location, sku, left.reserved - left.on_hand, now).await?;
        }
    }
    transact(app, now, |_| async move {
        let found = app.tables.perishables(location, std::slice::from_ref(sku)).await?.pop().unwrap_or_default();
        let rebased = found.lapse(location, sku, day(now, zone), zone);
        let gone = rebased.by_date.clone();
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
        d.write(StockWrite::Batches(Box::new(rebased)));
        Ok(Plan::new((), d))
    })
    .await
}

/// What is given back beside a sale of before: its units were missed by somebody who counted meanwhile, or taken off by the clock at the end of
/// their day. Without it they would be taken off twice. Units that came back to the shelf are a sale below zero: who counted found them.
async fn told_late(app: &App, store: &StoreId, sale: &Movement, mut sold: Vec<(SkuId, i64)>, now: Timestamp) -> Result<Decision, Failure> {
    let mut d = Decision::default();
    let (under_way, ended) = app.tables.counts_since(&sale.location, sale.at).await?;
    // One that has ended saw it first: what is under way was compared with a record that was put right by then.
    for id in ended.iter().chain(&under_way) {
        let skus: Vec<SkuId> = sold.iter().map(|(s, _)| s.clone()).collect();
        // The head first: its version then guards what is read of the lines.
        let Some(head) = app.tables.count_head(id).await?.filter(|h| h.state != CountState::Cancelled) else { continue };
        let lines = app.tables.some_count_lines(id, &skus).await?;
        let gone = count::found_gone(&lines, &sold, sale.at);
        let put_right = |sku: &SkuId| head.state == CountState::Closed || lines.iter().any(|l| l.sku == *sku && l.movement.is_some());
        let (over, waits): (Vec<_>, Vec<_>) = gone.iter().cloned().partition(|(sku, _)| put_right(sku));
        if !over.is_empty() {
            d.movement(count::given_back(id, sale, app.id(), &over, now), false);
        }
        // Also where nobody has counted them yet: whoever enters them meanwhile compares them with the record after this sale.
        if !waits.is_empty() || (head.state == CountState::Open && !lines.is_empty()) {
            let lines = if head.state == CountState::Open { lines } else { app.tables.count_lines(id).await? };
            let library = app.tables.library_of(store).await?;
            d.and(count::told_meanwhile(&head, &lines, &waits, |sku| list_price(&library, sku), now));
        }
        sold.retain(|s| !gone.contains(s));
    }
    let tracked = expire(app, sold.iter().filter(|(_, n)| *n > 0).map(|(s, _)| s)).await?;
    if tracked.is_empty() {
        return Ok(d);
    }
    let zone = zone_of(app, store).await?;
    let sold_on = day(sale.at, &zone);
    if sold_on >= day(now, &zone) {
        return Ok(d);
    }
    let mut lines = Vec::new();
    for (sku, found) in tracked.iter().zip(app.tables.perishables(&sale.location, &tracked).await?) {
        let units = sold.iter().filter(|(s, _)| s == sku).map(|(_, n)| n).sum();
        let (back, rebased) = found.sold_before(&sale.location, sku, sold_on, units, &zone);
        d.write(StockWrite::Batches(Box::new(rebased)));
        if !back.is_empty() {
            let units = back.iter().map(|b| b.units).sum();
            lines.push(MovementLine { batches: back, ..MovementLine::of(sku, units, 0, 0) });
        }
    }
    if !lines.is_empty() {
        let back = Movement::of(app.id(), sale.location.clone(), MovementKind::Expired, None, None, lines, now);
        let reason = format!("小票 {} 在到期下架前售出", sale.document.as_deref().unwrap_or_default());
        d.movement(Movement { reason: Some(reason), document: sale.document.clone(), actor: sale.actor.clone(), ..back }, false);
    }
    Ok(d)
}

/// Records a till's receipt, once per store, till and number: what was sold leaves the shelf, what was brought back lies there again or is thrown away.
/// What the library does not know is recorded, too: it is gone. A clock that is ahead sells now.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the number was told with other lines, or of a time more than a minute away, before: a till that counts from 1 again
/// is not to lose its sales unseen.
pub async fn sold(app: &App, store: &StoreId, sale: &PosSale, now: Timestamp) -> Result<PosOutcome, Failure> {
    let bad = |field: &str, text: String| Err(Problem::new(Code::BadRequest, text).at(field).into());
    for (field, value) in [("till", &sale.till), ("number", &sale.number)] {
        if !is_number(value) {
            return bad(field, "收银台号和小票号为 1 到 40 个字符".into());
        }
    }
    if sale.sold_at < now.plus(-POS_KNOWN_FOR) {
        let seconds = Timestamp(sale.sold_at.0.saturating_mul(1_000));
        if seconds >= now.plus(-POS_KNOWN_FOR) && seconds <= now.plus(Timestamp::DAY) {
            return bad("sold_at", "销售时间应为毫秒，收到的是秒".into());
        }
        return bad("sold_at", format!("销售时间早于 {} 天前，请核对收银台的时钟", POS_KNOWN_FOR / Timestamp::DAY));
    }
    let back: Vec<&SkuId> = sale.lines.iter().filter(|l| l.quantity < 0).map(|l| &l.sku).collect();
    let tracked = if back.is_empty() { Vec::new() } else { expire(app, back.into_iter()).await? };
    // Only what is kept by date asks for the store's day.
    let zone = if tracked.is_empty() { CHINA.to_owned() } else { zone_of(app, store).await? };
    let moved = ticket::read(&sale.lines, day(now, &zone), |sku| tracked.contains(sku))?;
    let told = Told {
        store,
        zone,
        receipt: Receipt { location: store.shelf(), till: sale.till.clone(), number: sale.number.clone(), at: sale.sold_at.min(now) },
        sale,
        contents: digest(serde_json::to_vec(&ticket::contents(&sale.lines)).map_err(|e| Failure::Internal(e.to_string()))?),
    };
    let lines: Vec<(SkuId, Moved)> = moved.into_iter().collect();
    // What is wrong with one part is told before another is taken off.
    for part in lines.chunks(PART) {
        told.receipt.documents(part, Vec::new(), ids(app))?;
    }
    let mut first: Option<PosOutcome> = None;
    for (no, part) in lines.chunks(PART).enumerate() {
        // No number of a till looks like that of another part.
        let prefix = if no == 0 { String::new() } else { format!("{no}/") };
        let outcome = sold_part(app, &told, part, format!("{prefix}{}:{}:{}", sale.till.len(), sale.till, sale.number), now).await?;
        first = first.filter(|f| f.movement.is_some()).or(Some(outcome));
    }
    first.ok_or_else(|| Failure::Internal("a receipt without lines".into()))
}

/// Is it a number of a till, or of a receipt?
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NUMBER && !text.bytes().any(|b| b.is_ascii_control())
}

/// The number of a till or of a receipt; nothing for what is none.
#[must_use]
pub fn number_of(text: &str) -> &str {
    if is_number(text) { text } else { "" }
}

fn ids(app: &App) -> [MovementId; 3] {
    [app.id(), app.id(), app.id()]
}

async fn zone_of(app: &App, store: &StoreId) -> Result<String, Failure> {
    Ok(app.tables.store(store).await?.map_or_else(|| CHINA.to_owned(), |s| s.hours.zone))
}

/// A receipt that is being recorded.
struct Told<'a> {
    store: &'a StoreId,
    zone: String,
    receipt: Receipt,
    sale: &'a PosSale,
    contents: String,
}

async fn sold_part(app: &App, told: &Told<'_>, part: &[(SkuId, Moved)], key: String, now: Timestamp) -> Result<PosOutcome, Failure> {
    let ids = ids(app);
    let document = told.receipt.documents(part, Vec::new(), ids.clone())?.document().map(|m| m.movement.clone());
    let paper = &told.receipt.paper(ids[0].clone());
    let record = &Idempotency {
        who: format!("till:{}", told.store),
        key,
        digest: told.contents.clone(),
        // Lines that take each other back have no document, and are told once all the same.
        answer: format!("{}@{}", document.as_ref().map(MovementId::as_str).unwrap_or_default(), told.sale.sold_at.0),
        ttl: now.plus(POS_KNOWN_FOR).seconds(),
    };
    let net: Vec<(SkuId, i64)> = part.iter().filter(|(_, m)| m.sold != 0).map(|(s, m)| (s.clone(), m.sold)).collect();
    let back: Vec<&(SkuId, Moved)> = part.iter().filter(|(_, m)| !m.dated.is_empty()).collect();
    let (ids, net, back, document) = (&ids, &net, &back, &document);
    let plan = |_| async move {
        // First what is given back, then what is sold of it: so its batches are those that expire first.
        let mut decision = Box::pin(told_late(app, told.store, paper, net.clone(), now)).await?;
        let skus: Vec<SkuId> = back.iter().map(|(s, _)| s.clone()).collect();
        let found = if skus.is_empty() { Vec::new() } else { app.tables.perishables(&paper.location, &skus).await? };
        let came = back.iter().zip(found).map(|((sku, m), p)| p.rebased(&paper.location, sku, &m.dated, &[], &told.zone));
        decision.and(told.receipt.documents(part, came.collect(), ids.clone())?);
        let answer = PosOutcome { movement: document.clone(), known: false, refused: None };
        Ok(Plan { answer, decision, idempotency: Some(record.clone()) })
    };
    let known = || async move {
        let first = app.tables.idempotency(&record.who, &record.key).await?.ok_or(Failure::KeyUsed)?;
        let (movement, at) = first.answer.split_once('@').and_then(|(m, at)| Some((m, Timestamp(at.parse().ok()?)))).unwrap_or_default();
        if first.digest != record.digest || !ticket::same_moment(at, told.sale) {
            return Err(Problem::new(Code::Conflict, format!("小票 {} 已登记过，内容或时间不同", told.sale.number)).at("number").into());
        }
        Ok(PosOutcome { movement: movement.parse().ok(), known: true, refused: None })
    };
    transact_once(app, now, plan, known).await
}
