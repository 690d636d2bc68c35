//! A store changes its own prices: inside its policy at once, outside it by asking. Everything is loaded, nothing is written yet; decide.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Fen, Problem, RequestId, StaffId, StoreId, Timestamp};

use super::{
    fields::FieldKey,
    price::{PriceBook, TimedPrice},
    request::{Approved, Asking, Change, ChangeRequest, Comment, Effect, Facts, PastChange, Reviewer, Target, Told, apply_price, decide_change},
    resolve::Effective,
    terms::Terms,
};
use crate::{
    Decision, Refusable,
    catalog::{LibrarySku, Listing, prices::Offer},
    conflict,
    decision::{Aggregate, GovernanceWrite},
    stores::hours::{CHINA, local_text},
};

/// The highest price that a store may set: whoever means more has slipped.
pub const MAX_PRICE: Fen = Fen(10_000_000);
/// The longest reason, in characters.
pub const MAX_WHY: usize = 200;
/// Limited-time prices of one listing, those to come included.
pub const MOST_TIMED: usize = 20;
/// How long a limited-time price that is over still shows why a price was what it was.
const REMEMBERED: i64 = 7 * Timestamp::DAY;

/// A listing with all that its price is judged by.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Whose.
    pub store: &'a StoreId,
    /// The listing as it is.
    pub listing: &'a Listing,
    /// HQ's word.
    pub sku: &'a LibrarySku,
    /// What holds in the store now.
    pub terms: &'a Terms,
}

/// Who changes something, and why.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// Who.
    pub by: &'a StaffId,
    /// Why.
    pub why: &'a str,
    /// The version of the listing that was seen.
    pub seen: u64,
    /// The id that a request, if there has to be one, and the record of the change get.
    pub id: &'a RequestId,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is in force: the listing as it is now.
    InForce(Box<Listing>),
    /// It waits for somebody.
    Waits(Box<ChangeRequest>),
}

/// Between which prices a store may set its own at once; both are HQ's where it may not. Nobody sells below the floor.
#[must_use]
pub fn limits(book: &PriceBook, policy: &Effective) -> (Fen, Fen) {
    let hq = book.reference();
    let locked = !policy.switch(FieldKey::MayPrice) || (book.flagship && policy.switch(FieldKey::FlagshipLocked));
    if locked {
        return (hq, hq);
    }
    let share = |percent: i64, up: i128| {
        let exact = i128::from(hq.0) * i128::from(percent.max(0));
        Fen(i64::try_from((exact + up).div_euclid(100)).unwrap_or(i64::MAX))
    };
    let least = share(100 - policy.number(FieldKey::MaxDiscount), 99).max(book.floor.price);
    (least.min(hq), share(100_i64.saturating_add(policy.number(FieldKey::MaxMarkup)), 0).max(hq))
}

impl At<'_> {
    fn target(&self) -> Target {
        Target::Price { store: self.store.clone(), sku: self.listing.sku.clone() }
    }

    /// All that is said about the price.
    #[must_use]
    pub fn book(&self) -> PriceBook {
        self.terms.book(self.listing, self.sku)
    }

    fn facts(&self) -> Facts {
        Facts { book: Some(self.book()), ..Facts::default() }
    }

    /// What the policy says to a change now.
    #[must_use]
    pub fn judge(&self, change: &Change, now: Timestamp) -> Effect {
        decide_change(self.terms.policy(), change, &self.facts(), now)
    }

    fn seen(&self, version: u64) -> Refusable<()> {
        if version == self.listing.version { Ok(()) } else { conflict("这个商品的价格刚被修改过，请刷新页面，核对后再保存") }
    }

    /// The listing with a change in force, and the rows and events that make it so.
    fn put(&self, change: &Change, request: Option<&ChangeRequest>, by: &StaffId, why: &str, now: Timestamp) -> (Listing, Decision) {
        let mut book = self.book();
        let leave = request.and_then(|r| r.price_leave(self.terms.policy(), &book));
        let (old, new) = (self.told(change), told_of(change));
        // What is over is forgotten at the next change; the history keeps it.
        book.timed.retain(|t| t.until.plus(REMEMBERED) > now);
        apply_price(&mut book, change, leave, by, why, now);
        let next = Listing { own_price: book.store, timed: book.timed, ..self.listing.clone() };
        let d = self.changed(&next, FieldChange { field: field_of(change).to_owned(), old, new }, request.map(|r| &r.request), by, why);
        (Listing { version: next.version + 1, ..next }, d)
    }

    fn changed(&self, next: &Listing, change: FieldChange, request: Option<&RequestId>, by: &StaffId, why: &str) -> Decision {
        let mut d = Decision::default();
        d.write(GovernanceWrite::Listing { store: self.store.clone(), listing: Box::new(next.clone()) });
        let event = Event::PriceChanged {
            store: self.store.clone(),
            sku: self.listing.sku.clone(),
            change,
            by: by.clone(),
            why: why.to_owned(),
            request: request.cloned(),
        };
        d.event(Aggregate::Listing(self.store.clone(), self.listing.sku.clone()), event);
        d
    }

    /// What the listing said before a change, as people read it.
    fn told(&self, change: &Change) -> String {
        match change {
            Change::Price { .. } => price_text(self.listing.own_price.as_ref().map(|p| p.set.price)),
            _ => String::new(),
        }
    }

    fn remembered(&self, id: &RequestId, change: &Change, now: Timestamp) -> GovernanceWrite {
        let past = PastChange { at: now, target: self.target(), change: change.clone(), facts: self.facts() };
        GovernanceWrite::Past { id: id.clone(), past: Box::new(past) }
    }
}

/// Which field of a listing a change is about, by its name in the API.
#[must_use]
pub fn field_of(change: &Change) -> &'static str {
    match change {
        Change::Price { .. } => "own_price",
        Change::Timed { .. } => "timed_price",
        Change::List { .. } => "listed",
        Change::ShowLocal { .. } => "local",
        Change::Campaign { .. } => "campaign",
        Change::Profile { .. } => "profile",
    }
}

/// A store's own price in the words of its history.
#[must_use]
pub fn price_text(price: Option<Fen>) -> String {
    price.map_or_else(|| "跟随总部".to_owned(), |p| p.to_string())
}

/// A limited-time price as people read it.
#[must_use]
pub fn timed_text(t: &TimedPrice) -> String {
    let offer = match t.offer {
        Offer::Price(p) => p.to_string(),
        Offer::Off(percent) => format!("减 {percent}%"),
    };
    format!("{offer}（{} 至 {}）", local_text(t.from, CHINA), local_text(t.until, CHINA))
}

/// What a change shall make, as people read it.
#[must_use]
pub fn told_of(change: &Change) -> String {
    match change {
        Change::Price { new, .. } => price_text(*new),
        Change::Timed { new } => timed_text(new),
        Change::List { new, .. } => if *new { "上架" } else { "下架" }.to_owned(),
        Change::ShowLocal { documents } => format!("首次上架，资质 {} 份", documents.len()),
        Change::Campaign { percent } => format!("优惠 {percent}%"),
        Change::Profile { new, .. } => new.clone(),
    }
}

/// What a change starts from, as people read it.
#[must_use]
pub fn told_before(change: &Change) -> String {
    match change {
        Change::Price { old, .. } => price_text(*old),
        Change::List { old, .. } => if *old { "上架" } else { "未上架" }.to_owned(),
        Change::Profile { old, .. } => old.clone(),
        Change::Timed { .. } | Change::ShowLocal { .. } | Change::Campaign { .. } => "无".to_owned(),
    }
}

pub(super) fn reason(why: &str) -> Refusable<&str> {
    let why = why.trim();
    if why.is_empty() || why.chars().count() > MAX_WHY {
        return Err(Problem::new(Code::BadRequest, format!("请填写 1 到 {MAX_WHY} 字的原因")).at("why"));
    }
    Ok(why)
}

fn a_price(price: Fen) -> Refusable<()> {
    if price <= Fen::ZERO || price > MAX_PRICE {
        return Err(Problem::new(Code::BadRequest, format!("价格应大于 0，不超过 {MAX_PRICE}")).at("price"));
    }
    Ok(())
}

/// A store sets its own price of a listing, or goes back to HQ's (`None`).
///
/// # Errors
/// `bad_request` for a price that is none, without a reason, and for what nobody may let through; `conflict` when the listing was changed since
/// it was seen.
pub fn set(at: &At<'_>, new: Option<Fen>, author: Author<'_>, now: Timestamp) -> Refusable<(Outcome, Decision)> {
    let why = reason(author.why)?;
    new.map_or(Ok(()), a_price)?;
    at.seen(author.seen)?;
    let old = at.listing.own_price.as_ref().map(|p| p.set.price);
    if old == new {
        return Ok((Outcome::InForce(Box::new(at.listing.clone())), Decision::default()));
    }
    change(at, Change::Price { old, new }, Author { why, ..author }, "price", now)
}

/// A store offers a price for a while.
///
/// # Errors
/// As [`set`]; `bad_request` also for a time that is none, `conflict` also when there are too many.
pub fn offer(at: &At<'_>, offer: Offer, (from, until): (Timestamp, Timestamp), author: Author<'_>, now: Timestamp) -> Refusable<(Outcome, Decision)> {
    let why = reason(author.why)?;
    match offer {
        Offer::Price(p) => a_price(p)?,
        Offer::Off(percent) if !(1..=99).contains(&percent) => {
            return Err(Problem::new(Code::BadRequest, "折扣为 1% 到 99%").at("off"));
        }
        Offer::Off(_) => {}
    }
    // What shall begin at once begins now: nobody has sold at it before.
    let from = from.max(now);
    if until <= from {
        return Err(Problem::new(Code::BadRequest, "结束时间应晚于开始时间和现在").at("until"));
    }
    at.seen(author.seen)?;
    if at.listing.timed.iter().filter(|t| t.until > now).count() >= MOST_TIMED {
        return conflict(format!("限时价最多 {MOST_TIMED} 个，请先结束一些"));
    }
    let new = TimedPrice { offer, from, until, by: author.by.clone(), at: now, why: why.to_owned(), leave: None };
    change(at, Change::Timed { new }, Author { why, ..author }, "offer", now)
}

/// A store ends a limited-time price, or calls off one to come. `number` counts the listing's from 0, in the version that was seen.
///
/// # Errors
/// `bad_request` without a reason; `conflict` when the listing was changed since; `not_found` when there is no such price.
pub fn end(at: &At<'_>, number: usize, author: Author<'_>) -> Refusable<(Outcome, Decision)> {
    let why = reason(author.why)?;
    at.seen(author.seen)?;
    let Some(gone) = at.listing.timed.get(number) else {
        return Err(Problem::new(Code::NotFound, "没有找到该限时价"));
    };
    let mut next = at.listing.clone();
    let told = FieldChange { field: "timed_price".to_owned(), old: timed_text(gone), new: "已结束".to_owned() };
    next.timed.remove(number);
    let d = at.changed(&next, told, None, author.by, why);
    Ok((Outcome::InForce(Box::new(Listing { version: next.version + 1, ..next })), d))
}

/// At once, or by asking, or not at all.
fn change(at: &At<'_>, change: Change, author: Author<'_>, field: &str, now: Timestamp) -> Refusable<(Outcome, Decision)> {
    let Author { by, why, seen, id } = author;
    let remembered = at.remembered(id, &change, now);
    match at.judge(&change, now) {
        Effect::Refuse(hit) => Err(Problem::new(Code::BadRequest, hit.reason).at(field)),
        Effect::Now => {
            let (listing, mut d) = at.put(&change, None, by, why, now);
            d.write(remembered);
            Ok((Outcome::InForce(Box::new(listing)), d))
        }
        Effect::Ask(hit) => {
            let asking = Asking { request: id.clone(), target: at.target(), region: at.terms.place().region.clone(), change, by: by.clone(), seen };
            let mut r = ChangeRequest::ask(asking, hit, now);
            r = r.due_by(at.terms.policy());
            // Why it is asked is the first thing that is said about it.
            r.comments.push(Comment { by: by.clone(), at: now, text: why.to_owned() });
            let mut d = asked(&r);
            d.write(remembered);
            Ok((Outcome::Waits(Box::new(r)), d))
        }
    }
}

/// A request is there: its row, and what is told of it.
pub(super) fn asked(r: &ChangeRequest) -> Decision {
    let mut d = Decision::default();
    d.write(GovernanceWrite::Request(Box::new(r.clone())));
    let event = Event::RequestAsked {
        request: r.request.clone(),
        store: r.target.store().clone(),
        change: told_change(r),
        rule: r.hit.reason.clone(),
        by: r.by.clone(),
    };
    d.event(Aggregate::Request(r.request.clone()), event);
    d
}

fn told_change(r: &ChangeRequest) -> FieldChange {
    FieldChange { field: field_of(&r.change).to_owned(), old: told_before(&r.change), new: told_of(&r.change) }
}

/// A request that moved on, and what is told of it.
pub(super) fn moved(next: &ChangeRequest, event: Event) -> Decision {
    let mut d = Decision::default();
    d.write(GovernanceWrite::Request(Box::new(next.clone())));
    d.event(Aggregate::Request(next.request.clone()), event);
    d
}

/// Why a request was made: the first word about it, its author's.
#[must_use]
pub fn why_of(r: &ChangeRequest) -> &str {
    r.comments.first().filter(|c| c.by == r.by).map_or("", |c| c.text.as_str())
}

/// Somebody agrees to a change of a price: it takes effect in the same transaction, with this request's leave.
///
/// # Errors
/// As [`ChangeRequest::approve`] says.
pub fn approve(at: &At<'_>, r: &ChangeRequest, who: &Reviewer, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
    let outcome = r.approve(who, at.listing.version, &at.judge(&r.change, now), now)?;
    let d = match &outcome {
        Approved::InForce(next) => {
            let mut d = agreed(r, who, next, true);
            d.and(at.put(&r.change, Some(next), &r.by, why_of(r), now).1);
            d
        }
        Approved::OneMore(next) => agreed(r, who, next, false),
        Approved::Stale(next) => stale(next),
    };
    Ok((outcome.request().clone(), d))
}

pub(super) fn stale(next: &ChangeRequest) -> Decision {
    moved(next, Event::RequestStale { request: next.request.clone(), store: next.target.store().clone() })
}

/// Somebody does not let it through.
///
/// # Errors
/// As [`ChangeRequest::reject`] says.
pub fn reject(r: &ChangeRequest, who: &Reviewer, reason: &str, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
    let next = r.reject(who, reason, now)?;
    let reason = next.reason.clone().unwrap_or_default();
    let event = Event::RequestRejected { request: r.request.clone(), store: r.target.store().clone(), by: who.staff.clone(), reason };
    let d = moved(&next, event);
    Ok((next, d))
}

/// The store no longer asks.
///
/// # Errors
/// As [`ChangeRequest::withdraw`] says.
pub fn withdraw(r: &ChangeRequest, by: &StaffId, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
    let next = r.withdraw(by, now)?;
    let event = Event::RequestWithdrawn { request: r.request.clone(), store: r.target.store().clone(), by: by.clone() };
    let d = moved(&next, event);
    Ok((next, d))
}

/// Somebody says something about it.
///
/// # Errors
/// As [`ChangeRequest::comment`] says.
pub fn comment(r: &ChangeRequest, by: &StaffId, text: &str, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
    let next = r.comment(by, text, now)?;
    let event = Event::RequestCommented { request: r.request.clone(), store: r.target.store().clone(), by: by.clone(), text: text.trim().to_owned() };
    let d = moved(&next, event);
    Ok((next, d))
}

/// Nobody answered it in time: its reviewers are told again, or HQ where its region did not. `None` when there is nothing to be done, so that a sweep
/// that comes twice tells nobody twice.
#[must_use]
pub fn remind(r: &ChangeRequest, policy: &Effective, now: Timestamp) -> Option<(ChangeRequest, Decision)> {
    let (next, what) = r.remind(policy, now)?;
    let (request, store) = (next.request.clone(), next.target.store().clone());
    let d = match what {
        Told::Later => {
            let mut d = Decision::default();
            d.write(GovernanceWrite::Request(Box::new(next.clone())));
            d
        }
        Told::Again => moved(&next, Event::RequestReminded { request, store, times: next.reminded }),
        Told::Escalated => moved(&next, Event::RequestEscalated { request, store, region: next.region.clone() }),
    };
    Some((next, d))
}

/// Somebody agreed; `in_force`: nobody else need agree.
pub(super) fn agreed(r: &ChangeRequest, who: &Reviewer, next: &ChangeRequest, in_force: bool) -> Decision {
    let event = Event::RequestApproved { request: r.request.clone(), store: r.target.store().clone(), by: who.staff.clone(), in_force };
    moved(next, event)
}

/// A request that another one follows, or the change itself. From the row that is there to the one that is over it is one step, noticed on the way or
/// not.
pub(super) fn renewed(r: &ChangeRequest, by: &StaffId, over: ChangeRequest, new: Option<&ChangeRequest>) -> (ChangeRequest, Decision) {
    let over = ChangeRequest { version: r.version + 1, ..over };
    let event = Event::RequestRenewed {
        request: r.request.clone(),
        store: r.target.store().clone(),
        by: by.clone(),
        renewed: new.map(|n| n.request.clone()),
    };
    let d = moved(&over, event);
    (over, d)
}

/// The one that follows: due as the policy says, with what was said first of the one before.
pub(super) fn followed(r: &ChangeRequest, new: ChangeRequest, by: &StaffId, policy: &Effective, now: Timestamp) -> ChangeRequest {
    let mut new = new.due_by(policy);
    new.comments.push(Comment { by: by.clone(), at: now, text: why_of(r).to_owned() });
    new
}

/// Asks once more for the same new value, of the listing as it is now: it waits again, or takes effect where the policy lets it by now.
///
/// # Errors
/// `conflict` when the listing is as the request's author saw it, or as [`ChangeRequest::renew`] says.
pub fn renew(at: &At<'_>, r: &ChangeRequest, by: &StaffId, id: &RequestId, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
    // Nobody need have noticed before: the click notices it.
    let noticed = r.noticed(at.listing.version);
    let old = noticed.as_ref().unwrap_or(r);
    let change = match &r.change {
        Change::Price { new, .. } => Change::Price { old: at.listing.own_price.as_ref().map(|p| p.set.price), new: *new },
        other => other.clone(),
    };
    let (region, target) = (at.terms.place().region.clone(), at.target());
    let asking = Asking { request: id.clone(), target, region, change: change.clone(), by: by.clone(), seen: at.listing.version };
    let (over, new) = old.renew(asking, at.judge(&change, now), now)?;
    let (over, mut d) = renewed(r, by, over, new.as_ref());
    match new {
        Some(new) => {
            let new = followed(r, new, by, at.terms.policy(), now);
            d.and(asked(&new));
            d.write(at.remembered(id, &change, now));
            Ok((new, d))
        }
        None => {
            d.and(at.put(&change, None, by, why_of(r), now).1);
            Ok((over, d))
        }
    }
}

#[cfg(test)]
mod tests {
    use liandian_types::{Approver, Mode, RegionId, RequestState};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Write,
        governance::{
            fields::Value,
            request::Desk,
            resolve::{Level, Setting, preset_settings},
        },
        stores::profile::StoreProfile,
    };

    const NOW: Timestamp = Timestamp(1_000_000);

    fn staff(name: &str) -> StaffId {
        format!("stf_{name}").parse().unwrap()
    }

    fn id(n: u32) -> RequestId {
        format!("req_{n}").parse().unwrap()
    }

    fn profile(mode: Mode) -> StoreProfile {
        StoreProfile {
            store: "sto_1".parse().unwrap(),
            name: "店".into(),
            city: "上海".into(),
            address: String::new(),
            phone: String::new(),
            region: region(),
            mode,
            tier: liandian_types::Tier::Standard,
            status: liandian_types::StoreStatus::Open,
            point: liandian_types::GeoPoint { lat: 31.2, lng: 121.4 },
            hours: crate::stores::hours::Hours::daily(0, 0, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: true,
            entrance: "a".into(),
            theme: "standard".into(),
            rule: "r".into(),
            categories: vec![],
            pause: None,
            details: crate::stores::profile::Details::default(),
            version: 0,
        }
    }

    fn region() -> RegionId {
        "reg_1".parse().unwrap()
    }

    fn sku(price: i64, floor: i64) -> LibrarySku {
        LibrarySku {
            sku: "sku_1".parse().unwrap(),
            spu: "spu_1".parse().unwrap(),
            name: "牛奶".into(),
            spec: String::new(),
            brand: String::new(),
            category: "dairy".into(),
            category_name: "乳品".into(),
            description: String::new(),
            barcode: String::new(),
            price: Fen(price),
            floor: Fen(floor),
            flagship: false,
            offline_only: false,
            tracks_expiry: false,
            weight_g: 0,
            picture: String::new(),
            rank: 0,
            region_prices: std::collections::BTreeMap::new(),
            off: false,
            mandatory: false,
            local_to: None,
            until: None,
        }
    }

    fn terms(mode: Mode, more: &[(FieldKey, Value)]) -> Terms {
        let mut rows: Vec<Setting> = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &staff("hq"), Timestamp(0))).collect();
        rows.extend(more.iter().map(|(field, value)| Setting {
            level: Level::Store("sto_1".parse().unwrap()),
            field: *field,
            value: Some(value.clone()),
            by: staff("hq"),
            at: Timestamp(0),
            from: Timestamp(0),
            why: "试".into(),
            seq: 1,
        }));
        Terms::of(&rows, &profile(mode), NOW)
    }

    fn author<'a>(by: &'a StaffId, id: &'a RequestId, seen: u64) -> Author<'a> {
        Author { by, why: "周边价格", seen, id }
    }

    fn hq(name: &str) -> Reviewer {
        Reviewer { staff: staff(name), desk: Desk::Hq }
    }

    /// The listing that a decision writes, as the table has it afterwards.
    fn written(d: &Decision) -> Option<Listing> {
        d.writes.iter().find_map(|w| match w {
            Write::Governance(GovernanceWrite::Listing { listing, .. }) => Some(Listing { version: listing.version + 1, ..(**listing).clone() }),
            _ => None,
        })
    }

    #[test]
    fn given_a_franchise_store_when_it_sets_prices_then_inside_the_limit_at_once_and_beyond_only_after_approval() {
        let (store, sku, terms, manager): (StoreId, _, _, _) = ("sto_1".parse().unwrap(), sku(1_000, 500), terms(Mode::Franchise, &[]), staff("m"));
        let listing = Listing::plain(sku.sku.clone(), "dairy", 0);
        let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
        assert_eq!(limits(&at.book(), terms.policy()), (Fen(850), Fen(1_100)));
        let (one, two) = (id(1), id(2));
        let (Outcome::InForce(now), d) = set(&at, Some(Fen(850)), author(&manager, &one, 0), NOW).unwrap() else { panic!("it is inside the limit") };
        assert_eq!((written(&d).as_ref(), terms.price(&now, &sku), now.version), (Some(&*now), Some(Fen(850)), 1));
        // From there, no small step leads further: it is measured against HQ's price.
        let at = At { listing: &now, ..at };
        let (Outcome::Waits(r), d) = set(&at, Some(Fen(849)), author(&manager, &two, 1), NOW).unwrap() else { panic!("it has to wait") };
        assert_eq!((written(&d), why_of(&r), r.state), (None, "周边价格", RequestState::Pending));
        assert_eq!(terms.price(&now, &sku), Some(Fen(850)), "nothing unapproved counts");
        let (done, d) = approve(&at, &r, &hq("hq"), NOW).unwrap();
        let after = written(&d).unwrap();
        assert_eq!((done.state, terms.price(&after, &sku)), (RequestState::Approved, Some(Fen(849))));
        // It is over now, and the listing has moved on for whoever saw it before.
        assert_eq!(approve(&at, &done, &hq("hq"), NOW).unwrap_err().code, Code::Conflict);
        let at = At { listing: &after, ..at };
        assert_eq!(set(&at, Some(Fen(900)), author(&manager, &two, 1), NOW).unwrap_err().code, Code::Conflict);
        // A leave for one price is none for another.
        assert!(matches!(set(&at, Some(Fen(848)), author(&manager, &two, 2), NOW).unwrap().0, Outcome::Waits(_)));
    }

    #[test]
    fn given_bad_input_when_set_then_field_and_reason_are_told_from_both_sides() {
        let (store, sku, terms, manager, one): (StoreId, _, _, _, _) =
            ("sto_1".parse().unwrap(), sku(1_000, 900), terms(Mode::Franchise, &[]), staff("m"), id(1));
        let listing = Listing::plain(sku.sku.clone(), "dairy", 0);
        let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
        let told = |price: i64, why: &str| set(&at, Some(Fen(price)), Author { why, ..author(&manager, &one, 0) }, NOW).map_err(|p| p.field);
        assert!(told(900, "好").is_ok());
        for bad in [0, -1, 899, MAX_PRICE.0 + 1] {
            assert_eq!(told(bad, "好").unwrap_err().as_deref(), Some("price"), "{bad}");
        }
        assert_eq!(told(900, " ").unwrap_err().as_deref(), Some("why"));
        assert!(told(900, &"字".repeat(MAX_WHY)).is_ok());
        assert_eq!(told(900, &"字".repeat(MAX_WHY + 1)).unwrap_err().as_deref(), Some("why"));
        let timed = |offer_: Offer, until: i64| offer(&at, offer_, (NOW, Timestamp(until)), author(&manager, &one, 0), NOW).map_err(|p| p.field);
        assert!(timed(Offer::Off(1), NOW.0 + 1).is_ok());
        assert_eq!(timed(Offer::Off(0), NOW.0 + 1).unwrap_err().as_deref(), Some("off"));
        assert_eq!(timed(Offer::Off(100), NOW.0 + 1).unwrap_err().as_deref(), Some("off"));
        assert_eq!(timed(Offer::Off(1), NOW.0).unwrap_err().as_deref(), Some("until"));
        assert_eq!(end(&at, 0, author(&manager, &one, 0)).unwrap_err().code, Code::NotFound);
    }

    #[test]
    fn given_a_rule_for_two_people_when_approved_then_the_price_counts_only_after_the_second() {
        let two: [(FieldKey, Value); 1] = [(FieldKey::ApprovePrice, Approver::TwoHq.into())];
        let (store, sku, terms, manager, one): (StoreId, _, _, _, _) =
            ("sto_1".parse().unwrap(), sku(1_000, 500), terms(Mode::Franchise, &two), staff("m"), id(1));
        let listing = Listing::plain(sku.sku.clone(), "dairy", 0);
        let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
        let (Outcome::Waits(r), _) = set(&at, Some(Fen(700)), author(&manager, &one, 0), NOW).unwrap() else { panic!("it has to wait") };
        let (half, d) = approve(&at, &r, &hq("a"), NOW).unwrap();
        assert_eq!((half.state, written(&d)), (RequestState::Pending, None));
        assert_eq!(approve(&at, &half, &hq("a"), NOW).unwrap_err().code, Code::Conflict);
        let (whole, d) = approve(&at, &half, &hq("b"), NOW).unwrap();
        assert_eq!((whole.state, terms.price(&written(&d).unwrap(), &sku)), (RequestState::Approved, Some(Fen(700))));
    }

    #[test]
    fn given_a_listing_that_moved_on_when_a_request_is_approved_then_it_is_stale_and_one_click_renews_it() {
        let (store, sku, terms, manager): (StoreId, _, _, _) = ("sto_1".parse().unwrap(), sku(1_000, 500), terms(Mode::Franchise, &[]), staff("m"));
        let (one, two, three) = (id(1), id(2), id(3));
        let listing = Listing::plain(sku.sku.clone(), "dairy", 0);
        let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
        let (Outcome::Waits(r), _) = set(&at, Some(Fen(700)), author(&manager, &one, 0), NOW).unwrap() else { panic!("it has to wait") };
        assert_eq!(renew(&at, &r, &manager, &three, NOW).unwrap_err().code, Code::Conflict, "nothing has changed");
        let (Outcome::InForce(moved_on), _) = set(&at, Some(Fen(900)), author(&manager, &two, 0), NOW).unwrap() else { panic!("at once") };
        let at = At { listing: &moved_on, ..at };
        let (old, d) = approve(&at, &r, &hq("hq"), NOW).unwrap();
        assert_eq!((old.state, written(&d)), (RequestState::Stale, None));
        for seen in [&*r, &old] {
            let (new, d) = renew(&at, seen, &manager, &three, NOW).unwrap();
            assert_eq!((new.state, new.seen, new.renews.as_ref()), (RequestState::Pending, 1, Some(&one)));
            assert_eq!(new.change, Change::Price { old: Some(Fen(900)), new: Some(Fen(700)) });
            let over = d.writes.iter().find_map(|w| match w {
                Write::Governance(GovernanceWrite::Request(o)) if o.request == one => Some(o.version),
                _ => None,
            });
            assert_eq!(over, Some(seen.version + 1), "one step from the row that is there");
            assert!(approve(&at, &new, &hq("hq"), NOW).is_ok());
        }
    }

    #[test]
    fn given_a_direct_store_when_it_changes_a_price_then_even_a_small_one_waits_and_hqs_own_is_a_way_back() {
        let (store, sku, terms, manager, one): (StoreId, _, _, _, _) =
            ("sto_1".parse().unwrap(), sku(1_000, 500), terms(Mode::Direct, &[]), staff("m"), id(1));
        let listing = Listing::plain(sku.sku.clone(), "dairy", 0);
        let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
        assert_eq!(limits(&at.book(), terms.policy()), (Fen(1_000), Fen(1_000)));
        assert!(matches!(set(&at, Some(Fen(999)), author(&manager, &one, 0), NOW).unwrap().0, Outcome::Waits(_)));
        let same = set(&at, None, author(&manager, &one, 0), NOW).unwrap();
        assert!(same.1.is_empty(), "what changes nothing is no change");
    }

    proptest! {
        /// Whatever a store tries and HQ or nobody approves, in any order: what is charged is either inside the limits or was approved as it is,
        /// and never below the floor.
        #[test]
        fn given_any_sequence_of_changes_and_approvals_when_priced_then_nothing_unapproved_is_charged(
            steps in proptest::collection::vec((0_u8..4, 1_i64..1_300), 1..24),
            floor in 1_i64..1_000,
        ) {
            let (store, sku, terms, manager): (StoreId, _, _, _) = ("sto_1".parse().unwrap(), sku(1_000, floor), terms(Mode::Franchise, &[]), staff("m"));
            let mut listing = Listing::plain(sku.sku.clone(), "dairy", 0);
            let (mut open, mut approved): (Vec<ChangeRequest>, Vec<Fen>) = (Vec::new(), Vec::new());
            for (n, (what, figure)) in (0_u32..).zip(steps) {
                let (id, now) = (id(n), NOW.plus(i64::from(n)));
                let at = At { store: &store, listing: &listing, sku: &sku, terms: &terms };
                let author = author(&manager, &id, listing.version);
                let (mut next, mut asked) = (None, None);
                match what {
                    0 => if let Ok((o, d)) = set(&at, Some(Fen(figure)), author, now) {
                        next = written(&d);
                        if let Outcome::Waits(r) = o { asked = Some(*r); }
                    },
                    1 => if let Ok((o, d)) = offer(&at, Offer::Off(u32::try_from(figure % 99 + 1).unwrap()), (now, now.plus(9)), author, now) {
                        next = written(&d);
                        if let Outcome::Waits(r) = o { asked = Some(*r); }
                    },
                    2 => if let Some(r) = open.pop() && let Ok((done, d)) = approve(&at, &r, &hq("hq"), now) {
                        next = written(&d);
                        if done.state == RequestState::Approved {
                            let leave = done.price_leave(terms.policy(), &at.book());
                            approved.extend(leave.map(|l| l.lowest));
                        }
                    },
                    _ => next = set(&at, None, author, now).ok().and_then(|(_, d)| written(&d)),
                }
                open.extend(asked);
                listing = next.unwrap_or(listing);
                let price = terms.price(&listing, &sku).unwrap();
                let least = limits(&terms.book(&listing, &sku), terms.policy()).0;
                prop_assert!(price >= Fen(floor), "{price} is below the floor");
                let lowest = approved.iter().copied().chain([least]).min().unwrap();
                prop_assert!(price >= lowest, "{price} was never let through: {least}, {approved:?}");
            }
        }
    }
}
