//! Orders as their customers and the staff see them, and the work that waits in stores.

mod progress;
pub mod slots;

use std::collections::{HashMap, HashSet};

use liandian_contracts::Envelope;
use liandian_domain::{
    marketing::{campaign::what, used::Applied},
    orders::{
        order::{OrderBody, OrderHead, may_call_off},
        parcel::TAKEN_FOR_RECEIVED,
        priced_with::Placed,
        shortfall::{Shortfall, worth_of_missing},
    },
    stock::{batch::ended_text, missing::MissingUnits},
    stores::{
        hours::{CHINA, day_named, local_text, soon_text},
        profile::StoreProfile,
    },
    transfers::{Party, Transfer},
};
use liandian_store::{
    StoreError, Tables,
    cursor::List,
    orders::{ChainOrdersWanted, OrdersWanted, WholeOrder},
    reach::Reach,
};
use liandian_types::{
    AccessAct, CampaignId, Code, DeliveryId, Fen, Fulfilment, MemberId, OrderId, OrderState, Permission, PersonalField, Problem, SkuId, StoreId,
    StoreStatus, Timestamp,
    api::{
        Counter, DeliveryView, HistoryEntry, MissingLine, Offer, OrderCard, OrderLine, OrderList, OrderPrice, OrderPriceCut, OrderPriceDiscount,
        OrderPriceLine, OrderView, ParcelView, PriceOutcome, QuoteDiscount, QuoteGift, QuoteMissed, ShortfallView, StoreWork, StoreWorkList,
    },
    text::{self, Needle},
};

use super::{
    stock::counts::{DECISIONS_READ, count_card},
    stores::store_row,
    transfers::{for_customer, transfer_card},
};
use crate::{
    App,
    access::{self, Look},
    flows::{orders::shortfalls, stock::shelf},
    http::Failure,
    people::{clear, key_of, mask, open_note, open_recipient, phone_tail},
    routes::orders::pickup,
};

/// How many orders a search shows.
const FOUND: usize = 60;

/// How far back a search without a day looks.
const LOOKS_BACK: i64 = 14 * Timestamp::DAY;

/// Stores of one page of work.
const STORES_OF_WORK: usize = 20;

/// An order in a list.
#[must_use]
pub fn order_card(h: &OrderHead) -> OrderCard {
    let tail = h.order.as_str();
    OrderCard {
        order: h.order.clone(),
        store: h.store.clone(),
        store_name: h.store_name.clone(),
        state: h.state,
        fulfilment: h.fulfilment,
        total: h.total,
        units: h.units,
        summary: h.summary.clone(),
        placed_at: h.placed_at,
        placed_text: local_text(h.placed_at, &h.zone),
        pay_by: (h.state == OrderState::Placed).then_some(h.pay_by),
        short_code: tail[tail.len().saturating_sub(4)..].to_uppercase(),
        noted: h.noted,
        short: h.shortfall.is_some(),
        slot: h.slot.as_ref().map(|s| s.text(&h.zone)),
        promised_at: h.promised_by(),
        pictures: Vec::new(),
    }
}

/// A page of orders, and where the next one begins.
#[must_use]
pub fn order_list(heads: &[OrderHead], next: Option<String>) -> OrderList {
    OrderList { orders: heads.iter().map(order_card).collect(), more: next.is_some(), next }
}

/// A campaign that an order was priced with.
fn discount(c: &Applied) -> QuoteDiscount {
    QuoteDiscount { campaign: c.campaign.clone(), title: c.title.clone(), times: c.times, goods: c.goods, delivery: c.delivery }
}

/// An order in full. The caller opens the recipient and adds the pickup code, if the one who asks may see them.
#[must_use]
pub fn order_view(w: &WholeOrder, transfer: Option<(&Transfer, &Party)>, transfer_events: &[Envelope]) -> OrderView {
    let mut history: Vec<_> = w.events.iter().chain(transfer_events).collect();
    history.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)));
    let carries = w.deliveries.iter().find(|d| w.head.delivery.as_ref() == Some(&d.delivery));
    let delivery = carries.or(w.deliveries.last()).map(|d| DeliveryView {
        delivery: DeliveryId::clone(&d.delivery),
        state: d.state,
        rider: d.rider.clone(),
        rider_phone: d.rider_phone.clone(),
        attempt: d.attempt,
        calling_off: d.call_off,
        // Of any of them: goods may be with the rider before.
        trouble: w.deliveries.iter().rev().find_map(|d| d.trouble.as_ref()).map(|t| t.text.clone()),
    });
    OrderView {
        card: order_card(&w.head),
        lines: w
            .body
            .lines
            .iter()
            .map(|l| OrderLine {
                sku: l.sku.clone(),
                name: l.name.clone(),
                spec: l.spec.clone(),
                picture: l.picture.clone(),
                quantity: l.quantity,
                price: l.price,
                total: l.total(),
                from_transfer: l.from_transfer,
                off: Some(l.off()).filter(|off| *off > Fen::ZERO),
            })
            .collect(),
        goods: w.head.goods,
        delivery_fee: w.head.delivery_fee,
        pickup_code: None,
        recipient: None,
        counter: None,
        delivery,
        transfer: transfer.map(|(t, seen_by)| transfer_card(t, seen_by)),
        served_by: w.head.served_by().clone(),
        ships_from: w.head.shipper.as_ref().map(|s| s.name.clone()),
        promised_text: w.head.promised_by().map(|t| w.head.slot.as_ref().map_or_else(|| local_text(t, &w.head.zone), |s| s.text(&w.head.zone))),
        promise_over: false,
        may_cancel: may_call_off(&w.head, transfer.map(|(t, _)| t), carries).is_ok(),
        pick_up_by_text: w.head.pick_up_by().map(|t| local_text(t, &w.head.zone)),
        parcel: w.head.parcel.as_ref().map(|p| ParcelView {
            carrier: p.carrier,
            number: p.number.clone(),
            shipped_at: p.shipped_at,
            received_by_text: local_text(p.shipped_at.plus(TAKEN_FOR_RECEIVED), &w.head.zone),
        }),
        history: history
            .into_iter()
            .filter_map(|e| Some(HistoryEntry { at: e.at, at_text: local_text(e.at, &w.head.zone), text: e.event.told()? }))
            .collect(),
        note: None,
        shortfall: None,
        ended_text: None,
        withdrawn: w.body.withdrawn.iter().map(|l| MissingLine { sku: l.sku.clone(), name: l.name.clone(), quantity: l.units }).collect(),
        given_back: (w.head.given_back != Fen::ZERO).then_some(w.head.given_back),
        list: Some(w.body.list()).filter(|list| *list != w.head.goods),
        discounts: w.body.campaigns.iter().filter(|c| c.amount() > Fen::ZERO).map(discount).collect(),
        gifts: w.body.gifts.iter().map(|g| QuoteGift { sku: g.sku.clone(), name: g.name.clone(), units: g.units }).collect(),
        times: Vec::new(),
        transfer_times: Vec::new(),
        late_text: None,
    }
}

/// Stores with their work, twenty at a time: three counts a store, side by side.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_work(tables: &Tables, reach: &Reach, cursor: Option<&str>, now: Timestamp) -> Result<StoreWorkList, StoreError> {
    let (directory, counts) = futures::try_join!(tables.directory(), tables.submitted_counts(DECISIONS_READ))?;
    let list = List::of(["work"]);
    let from = list.before(cursor)?;
    let mine: Vec<&StoreProfile> = directory.iter().filter(|s| reach.store(&s.store)).collect();
    let next = (mine.len() > from.saturating_add(STORES_OF_WORK)).then(|| list.behind_first(from.saturating_add(STORES_OF_WORK)));
    let page: Vec<&StoreProfile> = mine.into_iter().skip(from).take(STORES_OF_WORK).collect();
    let ids: Vec<StoreId> = page.iter().map(|s| s.store.clone()).collect();
    let of = |state| tables.orders_in(&ids, state);
    let (preparing, ready, awaiting) = futures::try_join!(of(OrderState::Preparing), of(OrderState::Ready), of(OrderState::AwaitingTransfer))?;
    let many = |all: &HashMap<StoreId, u32>, s: &StoreId| all.get(s).copied().unwrap_or(0);
    let work = page.into_iter().map(|s| StoreWork {
        row: store_row(s, now),
        preparing: many(&preparing, &s.store),
        ready: many(&ready, &s.store),
        awaiting: many(&awaiting, &s.store),
        counts: counts.iter().filter(|c| c.store == s.store).map(count_card).collect(),
    });
    Ok(StoreWorkList { stores: work.collect(), next })
}

/// Which orders somebody looks for, as an address has it. Empty texts ask for nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderAsk<'a> {
    /// A number, whole or its end; in a store also what else is said at its counter.
    pub text: Option<&'a str>,
    /// Placed on this day.
    pub date: Option<&'a str>,
    /// In this state.
    pub state: Option<OrderState>,
    /// To be had so.
    pub fulfilment: Option<Fulfilment>,
    /// Of this store, or of the stores with these words in their name or city; for the chain's list.
    pub store: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

impl OrderAsk<'_> {
    /// Nothing is looked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        let texts = [self.text, self.date, self.store];
        texts.iter().all(|t| t.is_none_or(|t| t.trim().is_empty())) && self.state.is_none() && self.fulfilment.is_none()
    }

    fn fits(&self, h: &OrderHead) -> bool {
        self.state.is_none_or(|s| h.state == s) && self.fulfilment.is_none_or(|f| h.fulfilment == f)
    }

    /// The list of what is looked for, as its cursors are bound to it.
    fn list(&self, of: &str) -> List {
        let (state, fulfilment) = (self.state.map(OrderState::as_str), self.fulfilment.map(Fulfilment::as_str));
        let said = [self.text, self.date, state, fulfilment, self.store].map(Option::unwrap_or_default);
        List::of(["found orders", of].into_iter().chain(said))
    }

    /// When the day that is asked for begins and ends.
    fn day(&self, zone: &str) -> Result<Option<(Timestamp, Timestamp)>, Problem> {
        let day = self.date.filter(|d| !d.is_empty());
        day.map(|day| day_named(day, zone).ok_or_else(|| Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at("date"))).transpose()
    }
}

/// Characters of a number's end that find it.
const END_OF_NUMBER: usize = 4;

/// Orders that a store serves, of one day or of the last two weeks, newest first: by the four characters that are called out at the counter, the last
/// four digits of the recipient's phone, the whole id, or the pickup code; in a state, to be had in a way. Orders that were found by a phone are on
/// record before they are told: whoever finds them knows whose they are.
///
/// # Errors
/// `bad_request` for a day that there is not; `not_found` for the store.
pub async fn found_orders(app: &App, store: &StoreId, ask: OrderAsk<'_>, look: Look<'_>) -> Result<OrderList, Failure> {
    let now = look.now;
    let zone = app.tables.store(store).await?.ok_or_else(|| Failure::not_found("门店"))?.hours.zone;
    let (since, until) = ask.day(&zone)?.unwrap_or((now.plus(-LOOKS_BACK), now.plus(1)));
    let words = text::squeeze(ask.text.unwrap_or_default());
    let tail = phone_tail(app.keys()?, store, &words);
    let fits = |h: &OrderHead| {
        let said = words.is_empty()
            || (words.len() >= END_OF_NUMBER && text::squeeze(h.order.as_str()).ends_with(&words))
            || (tail.is_some() && h.tail == tail)
            || (words.len() == pickup::DIGITS && liandian_partners::sign::same(&h.pickup_code, &words));
        said && ask.fits(h)
    };
    let wanted = OrdersWanted { state: ask.state, since, until, most: FOUND };
    let (heads, next) = app.tables.find_orders_page(store, &wanted, ask.list(store.as_str()), ask.cursor, fits).await?;
    // That nobody with this phone has bought here is an answer, too.
    if tail.is_some() {
        let by_phone: Vec<_> = heads.iter().filter(|h| h.tail == tail).map(|h| h.order.clone()).collect();
        access::looked(app, look, store, by_phone, vec![PersonalField::Phone]).await?;
    }
    Ok(order_list(&heads, next))
}

/// An order's whole number, with or without what ids begin with.
fn whole_number(text: &str) -> Option<OrderId> {
    let text = text.trim();
    let tail = text.strip_prefix("ord_").or_else(|| text.strip_prefix("ORD_")).unwrap_or(text).to_uppercase();
    (tail.len() == NUMBER).then(|| OrderId::from_tail(tail).ok())?
}

/// Characters of an order's number.
const NUMBER: usize = 26;

/// Orders of the chain, or of a part of it, newest first: all of the last days, or those that are looked for by number, day, store, state and way. A
/// whole number is found however old it is; of one store orders are found that it serves, of any day; of several, and of the chain, those of the last
/// days.
///
/// # Errors
/// `bad_request` for a day that there is not or that is over for too long, and for too little of a number; `not_found` for a store that is not in reach.
pub async fn chain_orders(tables: &Tables, reach: &Reach, ask: OrderAsk<'_>, now: Timestamp) -> Result<OrderList, Failure> {
    if ask.is_all() {
        let (heads, next) = tables.newest_orders(reach, now, FOUND_IN_CHAIN, ask.cursor).await?;
        return Ok(order_list(&heads, next));
    }
    let day = ask.day(CHINA)?;
    let stores = stores_named(tables, reach, ask.store).await?;
    let (since, until) = day.unzip();
    let words = text::squeeze(ask.text.unwrap_or_default());
    if !words.is_empty() && words.len() < END_OF_NUMBER {
        return Err(Problem::new(Code::BadRequest, format!("请输入订单号的后 {END_OF_NUMBER} 位或更多")).at("q").into());
    }
    let fits = |h: &OrderHead| {
        let seen = reach.store(&h.store) || reach.store(h.served_by());
        let of = stores.as_ref().is_none_or(|s| s.contains(&h.store) || s.contains(h.served_by()));
        let placed = since.is_none_or(|s| h.placed_at >= s) && until.is_none_or(|u| h.placed_at < u);
        seen && of && placed && ask.fits(h) && (words.is_empty() || text::squeeze(h.order.as_str()).ends_with(&words))
    };
    if let Some(order) = ask.text.and_then(whole_number) {
        let head = tables.order_head(&order).await?.filter(|h| fits(h));
        return Ok(order_list(head.as_slice(), None));
    }
    if let Some(store) = stores.as_ref().filter(|s| s.len() == 1).and_then(|s| s.iter().next()) {
        let (since, until) = day.unwrap_or((now.plus(-LOOKS_BACK), now.plus(1)));
        let wanted = OrdersWanted { state: ask.state, since, until, most: FOUND };
        let (heads, next) = tables.find_orders_page(store, &wanted, ask.list("one store of the chain"), ask.cursor, fits).await?;
        return Ok(order_list(&heads, next));
    }
    // A day of which a part is gone would be told in part.
    if since.is_some_and(|since| since < Tables::orders_viewed_since(now)) {
        return Err(Problem::new(Code::BadRequest, "这里只有最近几天的订单；更早的请同时选一家门店，或输入完整的订单号").at("date").into());
    }
    let wanted = ChainOrdersWanted { since, until, list: ask.list("chain"), most: FOUND_IN_CHAIN, cursor: ask.cursor };
    let (heads, next) = tables.find_newest_orders(false, now, wanted, fits).await?;
    Ok(order_list(&heads, next))
}

/// Orders of a page of the chain.
const FOUND_IN_CHAIN: u32 = 50;

/// The stores in reach that somebody names: one by its id, or all with these words in their name or city; `None` when none is named.
async fn stores_named(tables: &Tables, reach: &Reach, named: Option<&str>) -> Result<Option<HashSet<StoreId>>, Failure> {
    let Some(named) = named.filter(|n| !n.trim().is_empty()) else { return Ok(None) };
    let directory = tables.directory().await?;
    let mine = directory.iter().filter(|s| reach.store(&s.store));
    if let Ok(id) = named.trim().parse::<StoreId>() {
        let found = mine.map(|s| &s.store).find(|s| **s == id).cloned().ok_or_else(|| Failure::not_found("门店"))?;
        return Ok(Some(HashSet::from([found])));
    }
    let Some(sought) = Needle::of(named) else { return Ok(None) };
    Ok(Some(mine.filter(|s| sought.is_in(&[&s.name, &s.city])).map(|s| s.store.clone()).collect()))
}

/// Who looks at an order.
pub enum Seen<'a> {
    /// Its member; sees the pickup code.
    By(&'a MemberId),
    /// Staff of a store: of the one that sold it, or of the one that serves it. Without somebody to name nothing is shown in clear.
    In(&'a StoreId, Option<Look<'a>>),
}

/// An order as one who may see it sees it; it does not exist for others.
///
/// # Errors
/// `not_found`.
pub async fn order_seen(app: &App, order: &OrderId, seen: Seen<'_>, now: Timestamp) -> Result<OrderView, Failure> {
    let whole = app.tables.whole_order(order).await?.filter(|w| match seen {
        Seen::By(m) => w.head.member == *m,
        Seen::In(s, _) => w.head.served_by() == s || w.head.store == *s,
    });
    let whole = whole.ok_or_else(|| Failure::not_found("订单"))?;
    let transfer = async {
        match &whole.head.transfer {
            Some(t) => futures::try_join!(app.tables.transfer(t), app.tables.transfer_events(t)),
            None => Ok((None, Vec::new())),
        }
    };
    let store_of = async {
        match seen {
            Seen::By(_) => app.tables.store(&whole.head.store).await,
            Seen::In(..) => Ok(None),
        }
    };
    let read = async { Ok::<_, Failure>(futures::try_join!(transfer, store_of)?) };
    let key = async {
        let sealed = whole.body.recipient.is_some() || whole.body.note.is_some();
        if sealed { key_of(app, &whole.head.member).await } else { Ok(None) }
    };
    let (((transfer, events), store_of), key) = futures::try_join!(read, key)?;
    let store = Party::Store(whole.head.store.clone());
    let mut view = order_view(&whole, transfer.as_ref().map(|t| (t, &store)), &events);
    let mut to = None;
    // An order whose member was erased is shown without its person.
    if let Some(key) = &key {
        let recipient = open_recipient(key, &whole.body)?;
        to = recipient.as_ref().map(|r| r.point).filter(|_| whole.head.fulfilment == Fulfilment::Delivery);
        view.recipient = match seen {
            Seen::By(_) => recipient.map(clear),
            Seen::In(..) => recipient.as_ref().map(mask),
        };
        let note = open_note(key, &whole.body)?;
        view.note = match seen {
            Seen::By(_) => note,
            Seen::In(store, look) => note_for(app, note, look, store, order).await?,
        };
    }
    if let Some(s) = &whole.head.shortfall {
        let offers = if matches!(seen, Seen::By(_)) { shortfalls::offers(app, &whole.head, &whole.body, to, now).await? } else { Vec::new() };
        view.shortfall = Some(shortfall_view(s, &whole, offers));
    }
    if matches!(seen, Seen::In(..)) && matches!(whole.head.state, OrderState::Preparing | OrderState::Ready) {
        let ended = shelf::ended_of(app, &whole.head, &whole.body, now).await?;
        view.ended_text = (!ended.is_empty()).then(|| ended_text(&ended));
    }
    if matches!(seen, Seen::By(_)) {
        view.transfer = view.transfer.map(for_customer);
        view.times = progress::times(&whole);
        view.transfer_times = progress::transfer_times(&events, &whole.head.zone);
        view.late_text = progress::late_text(&whole, &view.times, now);
        view.promise_over = whole.head.promised_by().is_some_and(|at| at < now);
        view.counter = store_of.map(|s| counter(s, now));
        view.delivery = view.delivery.map(|d| DeliveryView { trouble: None, ..d });
    }
    if matches!(seen, Seen::By(_)) && is_of_use(&whole.head) {
        view.pickup_code = Some(whole.head.pickup_code.clone());
    }
    Ok(view)
}

/// A customer's word, for staff who prepare orders: people write names and numbers into it. That it was read is on record before it is shown; what
/// was done to an order is answered all the same, without the word, when the record cannot be written.
async fn note_for(app: &App, note: Option<String>, look: Option<Look<'_>>, store: &StoreId, order: &OrderId) -> Result<Option<String>, Failure> {
    let Some((note, look)) = note.zip(look).filter(|(_, l)| l.staff.permissions.contains(&Permission::OrderPrepare)) else { return Ok(None) };
    match access::looked(app, look, store, vec![order.clone()], vec![PersonalField::Note]).await {
        Ok(()) => Ok(Some(note)),
        Err(e) if look.act == AccessAct::OrderWork => {
            tracing::warn!(error = %e, "a look could not be recorded, and was not given");
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// The counter of a store, with what to know while nobody is there.
fn counter(s: StoreProfile, now: Timestamp) -> Counter {
    let resting = match s.status_at(now) {
        _ if s.open_at(now) => None,
        StoreStatus::Open => Some(format!("现在休息，{} 开门", soon_text(s.hours.next_open_at(now), now, &s.hours.zone))),
        _ => Some(s.notice(now).unwrap_or_else(|| "暂停营业".to_owned())),
    };
    Counter { hours: s.hours.to_string(), phone: s.phone, address: s.address, point: s.point, resting }
}

fn shortfall_view(s: &Shortfall, whole: &WholeOrder, offers: Vec<Offer>) -> ShortfallView {
    let name = |m: &MissingUnits| whole.body.lines.iter().find(|l| l.sku == m.sku).map_or_else(String::new, |l| l.name.clone());
    ShortfallView {
        lines: s.lines.iter().map(|m| MissingLine { sku: m.sku.clone(), name: name(m), quantity: m.units }).collect(),
        choose_by: s.choose_by,
        choose_by_text: local_text(s.choose_by, &whole.head.zone),
        keep_refund: worth_of_missing(&whole.head, &whole.body),
        offers,
    }
}

/// Is the code (still) of use to its customer?
fn is_of_use(h: &OrderHead) -> bool {
    h.fulfilment == Fulfilment::Pickup && matches!(h.state, OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready)
}

/// Why an order cost what it did: the engine is asked again with what the order was priced with, and its answer compared with that of then.
///
/// # Errors
/// `not_found` for an order of another store, too.
pub async fn order_price(app: &App, store: &StoreId, order: &OrderId) -> Result<OrderPrice, Failure> {
    let found = app.tables.order(order).await?.filter(|(h, _)| h.served_by() == store || h.store == *store);
    let (head, body) = found.ok_or_else(|| Failure::not_found("订单"))?;
    let Some(with) = body.priced.as_deref() else { return Ok(unpriced(&head, &body)) };
    let known = app.tables.campaign_versions(&with.versions()).await?;
    let placed = Placed { store: &head.store, fulfilment: head.fulfilment, distance_m: body.distance_m, at: head.placed_at };
    let replay = with.again(&placed, &known)?;
    let outcome = match (replay.identical, replay.lost.is_empty()) {
        (true, _) => PriceOutcome::Identical,
        (false, true) => PriceOutcome::Differs,
        (false, false) => PriceOutcome::Incomplete,
    };
    let a = &replay.answer;
    let title = |c: &CampaignId| replay.campaigns.iter().find(|k| k.campaign == *c).map_or_else(|| c.to_string(), |k| k.title.clone());
    let lines = a.lines.iter().map(|l| {
        let mut cuts: Vec<OrderPriceCut> = Vec::new();
        for (units, c) in l.segments.iter().flat_map(|s| s.cuts.iter().map(move |c| (s.units, c))) {
            match cuts.iter_mut().find(|had| had.campaign == c.campaign) {
                Some(had) => {
                    had.units += units;
                    had.amount += c.amount;
                }
                None => cuts.push(OrderPriceCut { campaign: c.campaign.clone(), title: title(&c.campaign), units, amount: c.amount }),
            }
        }
        OrderPriceLine { sku: l.sku.clone(), name: name_of(&body, &l.sku), quantity: l.quantity, price: l.price, total: l.total, cuts }
    });
    let version = |c: &CampaignId| with.terms.iter().find(|t| t.campaign == *c).map_or(0, |t| t.version);
    let rule = |c: &CampaignId| replay.campaigns.iter().find(|k| k.campaign == *c).map(|k| what(&k.kind)).unwrap_or_default();
    let discounts = a.discounts.iter().map(|d| OrderPriceDiscount {
        campaign: d.campaign.clone(),
        title: d.title.clone(),
        what: rule(&d.campaign),
        version: version(&d.campaign),
        times: d.times,
        goods: d.goods,
        delivery: d.delivery,
        hq: d.hq,
        store: d.store,
        coupon: d.coupon.as_ref().map(|(coupon, _)| coupon.clone()),
        floored: d.floored,
    });
    let missed =
        a.not_applied.iter().map(|n| QuoteMissed { campaign: n.campaign.clone(), title: n.title.clone(), why: n.why.text(replay.now), more: None });
    let gift_name = |sku: &SkuId| body.gifts.iter().find(|g| g.sku == *sku).map_or_else(|| sku.to_string(), |g| g.name.clone());
    Ok(OrderPrice {
        lines: lines.collect(),
        list: a.list,
        discounts: discounts.collect(),
        missed: missed.collect(),
        gifts: a.gifts.iter().map(|g| QuoteGift { sku: g.sku.clone(), name: gift_name(&g.sku), units: g.units }).collect(),
        goods: a.totals.goods,
        list_fee: a.list_fee,
        delivery_fee: a.totals.delivery_fee,
        total: a.totals.total,
        placed_total: with.total,
        lost: replay.lost.clone(),
        ..priced_as(&head, outcome)
    })
}

/// What goods were called when they were bought, also those that the customer does without now.
fn name_of(body: &OrderBody, sku: &SkuId) -> String {
    let line = body.lines.iter().find(|l| l.sku == *sku).map(|l| format!("{} {}", l.name, l.spec).trim_end().to_owned());
    let gone = || body.withdrawn.iter().find(|w| w.sku == *sku).map(|w| w.name.clone());
    line.or_else(gone).unwrap_or_else(|| sku.to_string())
}

/// An order's price without any of its parts.
fn priced_as(head: &OrderHead, outcome: PriceOutcome) -> OrderPrice {
    let outcome_text = match outcome {
        PriceOutcome::Identical => "用下单时的商品价、活动版本和规则重新计算，结果与下单时逐分一致。",
        PriceOutcome::Differs => "重新计算的结果与下单时不同，请联系总部核对：订单以下单时的金额为准。",
        PriceOutcome::Incomplete => "有活动的当时版本已经找不到，只能按其余活动重新计算：订单以下单时的金额为准。",
        PriceOutcome::Plain => "下单时没有可参加的活动，按商品原价计算。",
        PriceOutcome::Unknown => "这张订单早于价格记录，只能看到当时参加的活动。",
    };
    OrderPrice {
        order: head.order.clone(),
        placed_text: local_text(head.placed_at, &head.zone),
        outcome,
        outcome_text: outcome_text.to_owned(),
        lines: Vec::new(),
        list: Fen::ZERO,
        discounts: Vec::new(),
        missed: Vec::new(),
        gifts: Vec::new(),
        goods: head.goods,
        list_fee: head.delivery_fee,
        delivery_fee: head.delivery_fee,
        total: head.charged(),
        placed_total: head.charged(),
        lost: Vec::new(),
    }
}

/// The price of an order that nothing was on offer for, or that did not keep what it was priced with: what its lines and campaigns say.
fn unpriced(head: &OrderHead, body: &OrderBody) -> OrderPrice {
    let outcome = if body.campaigns.is_empty() { PriceOutcome::Plain } else { PriceOutcome::Unknown };
    let off = |c: &Applied| {
        let (hq, store) = c.hq_bears.split(c.amount());
        OrderPriceDiscount {
            campaign: c.campaign.clone(),
            title: c.title.clone(),
            what: String::new(),
            version: 0,
            times: c.times,
            goods: c.goods,
            delivery: c.delivery,
            hq,
            store,
            coupon: None,
            floored: false,
        }
    };
    let title = |c: &CampaignId| body.campaigns.iter().find(|k| k.campaign == *c).map_or_else(|| c.to_string(), |k| k.title.clone());
    let lines = body.lines.iter().map(|l| {
        let cuts = l.segments.iter().flat_map(|s| s.cuts.iter().map(move |c| (s.units, c)));
        let cuts: Vec<OrderPriceCut> =
            cuts.map(|(units, c)| OrderPriceCut { campaign: c.campaign.clone(), title: title(&c.campaign), units, amount: c.amount }).collect();
        OrderPriceLine { sku: l.sku.clone(), name: name_of(body, &l.sku), quantity: l.quantity, price: l.price, total: l.total() - l.off(), cuts }
    });
    OrderPrice {
        lines: lines.collect(),
        list: body.list(),
        discounts: body.campaigns.iter().map(off).collect(),
        gifts: body.gifts.iter().map(|g| QuoteGift { sku: g.sku.clone(), name: g.name.clone(), units: g.units }).collect(),
        ..priced_as(head, outcome)
    }
}
