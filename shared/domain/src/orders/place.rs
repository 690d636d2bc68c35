//! Placing an order: everything is loaded, nothing is written yet; decide.

use liandian_contracts::Event;
use liandian_pricing::{Answer, Item, PricedLine, Totals, add_up_with};
use liandian_types::{
    Code, Fen, Fulfilment, GeoPoint, LocationId, MemberId, MovementId, OrderId, OrderState, Problem, Quantity, SkuId, StoreStatus, Timestamp,
    TransferId,
    api::{CampaignGift, CartLine, CartLines, PlacedOrder},
    problem::ShortLine,
};

use crate::{
    Decision, Refusable, Write,
    catalog::{LibrarySku, Listing},
    decision::{OrdersWrite, StockWrite},
    marketing::{campaign, offered::Offered},
    orders::{
        holds::{self, Hold, HoldPolicy, Holds, Named},
        order::{BodyLine, OrderBody, OrderHead, PAYMENT_WINDOW, Sealed, by_sku},
        parcel::Shipper,
        priced_with::PricedWith,
    },
    sourcing::matching,
    stock::{
        batch::{Date, Dated},
        record::{Movement, MovementKind, MovementLine, Stock},
    },
    stores::{
        hours,
        profile::{Location, StoreProfile, whole_metres},
    },
    transfers::{Opening, TransferLineState},
};

/// The most lines that an order may have.
pub const MAX_LINES: usize = CartLines::MAX;

/// The most actions of a transaction: an order that needs more could never be placed.
const MOST_ACTIONS: usize = 100;

/// One line to place, with what was read for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub quantity: Quantity,
    /// The library's word; `None` when it has none.
    pub library: Option<LibrarySku>,
    /// The store's word; `None` when the store does not list it.
    pub listing: Option<Listing>,
    /// What the store asks for it now; `None` when it does not sell it.
    pub price: Option<Fen>,
    /// Stock on the store's shelf.
    pub stock: Dated,
    /// Stock at the transfer's source, or at the warehouse that ships, when one is taken.
    pub source: Dated,
}

impl Wanted {
    /// As a limit speaks of it.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        Named { sku: &self.sku, name: self.library.as_ref().map_or("", |s| &s.name), units: self.quantity.get() }
    }

    /// Stock where the order reserves it.
    pub(crate) fn stock(&self, ships: bool) -> &Dated {
        if ships { &self.source } else { &self.stock }
    }
}

/// The ids that a placement may need, made by the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacementIds {
    /// The order.
    pub order: OrderId,
    /// Its transfer, if it takes one.
    pub transfer: TransferId,
    /// Movement at the store.
    pub movement: MovementId,
    /// Movement at the source.
    pub source_movement: MovementId,
    /// Digits that nobody can guess.
    pub pickup_code: String,
}

/// What is to be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// By whom.
    pub member: MemberId,
    /// From which store.
    pub store: StoreProfile,
    /// What.
    pub lines: Vec<Wanted>,
    /// How.
    pub fulfilment: Fulfilment,
    /// Where to, for a delivery or a parcel.
    pub to: Option<GeoPoint>,
    /// To whom, sealed.
    pub recipient: Option<Sealed>,
    /// From where what is missing shall come, and whether somebody is there to send it now.
    pub transfer_from: Option<(Location, bool)>,
    /// Which warehouse ships it, if one shall, and whether somebody works there.
    pub ships_from: Option<(Location, bool)>,
    /// When the customer was told that the goods would be there.
    pub promised: Option<Timestamp>,
    /// What the customer saw.
    pub expect_total: Fen,
    /// What the customer saw as the price of each line; empty: only the total is compared.
    pub expect_prices: Vec<Fen>,
    /// A word to the store, sealed.
    pub note: Option<Sealed>,
    /// Digest of the request.
    pub asked: String,
    /// What the member's unpaid orders hold, as far as it is known.
    pub holds: Holds,
    /// How much they may hold.
    pub policy: HoldPolicy,
    /// Another order of the same goods is meant, although one waits for its payment.
    pub again: bool,
    /// Blind index of the last four digits of the recipient's phone.
    pub tail: Option<String>,
    /// Campaigns in view, with what is left of them.
    pub offered: Offered,
    /// The gifts that the customer was told of; `None`: nobody asks.
    pub expect_gifts: Option<Vec<CampaignGift>>,
}

/// A cart with prices, as quote and order see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// List price of each line, in order.
    pub prices: Vec<Fen>,
    /// What each line comes to, in order, without what campaigns take off.
    pub line_totals: Vec<Fen>,
    /// The sums.
    pub totals: Totals,
    /// Metres to the recipient of a delivery or a parcel.
    pub distance_m: Option<u32>,
    /// What the engine answered; absent where nothing is on offer.
    pub answer: Option<Answer>,
}

/// How the goods get from where to where.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// Of the three ways.
    pub fulfilment: Fulfilment,
    /// Whose shop it is.
    pub store: &'a StoreProfile,
    /// The warehouse that ships it, and whether somebody works there.
    pub ships_from: Option<(&'a Location, bool)>,
    /// Where to.
    pub to: Option<GeoPoint>,
}

impl Way<'_> {
    /// Metres to the recipient, when somebody brings the goods.
    #[must_use]
    pub fn metres(&self) -> Option<u32> {
        let from = match self.fulfilment {
            Fulfilment::Pickup => return None,
            Fulfilment::Delivery => self.store.point,
            Fulfilment::HqShip => self.ships_from?.0.point,
        };
        self.to.map(|to| whole_metres(from.metres_to(&to)))
    }
}

/// Checks the lines against the store's listings and prices them with what is on offer.
///
/// # Errors
/// `bad_request` (no lines, too many, one SKU twice), `not_listed` naming the lines.
pub fn price(lines: &[Wanted], way: &Way, offered: &Offered, now: Timestamp) -> Refusable<Priced> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("一张订单需要 1 到 {MAX_LINES} 种商品")).at("lines"));
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = lines.iter().find(|l| !seen.insert(&l.sku)) {
        return Err(Problem::new(Code::BadRequest, format!("商品 {} 重复，请合并数量", twice.sku)).at("lines"));
    }
    let mut gone = Vec::new();
    let mut priced = Vec::with_capacity(lines.len());
    for l in lines {
        match (&l.library, &l.listing, l.price) {
            (Some(sku), Some(_), Some(price)) if sku.sold_online() => priced.push(Item { quantity: l.quantity, price, weight_g: sku.weight_g }),
            _ => gone.push(ShortLine { sku: l.sku.clone(), wanted: l.quantity.get(), left: 0 }),
        }
    }
    if !gone.is_empty() {
        return Err(Problem::new(Code::NotListed, "部分商品本店已下架，请从购物车中移除").with_lines(gone));
    }
    let distance_m = way.metres();
    let prices: Vec<Fen> = priced.iter().map(|l| l.price).collect();
    if offered.is_empty() {
        let (line_totals, totals) = add_up_with(&offered.fees, &priced, way.fulfilment, distance_m)?;
        return Ok(Priced { prices, line_totals, totals, distance_m, answer: None });
    }
    let cart = cart_lines(lines, &prices);
    let answer = offered.price(&way.store.store, &way.store.hours.zone, &cart, way.fulfilment, distance_m, now)?;
    let line_totals = answer.lines.iter().map(|l| l.total).collect();
    Ok(Priced { prices, line_totals, totals: answer.totals, distance_m, answer: Some(answer) })
}

/// The lines as the engine prices them.
pub(crate) fn cart_lines(lines: &[Wanted], prices: &[Fen]) -> Vec<liandian_pricing::Line> {
    lines.iter().zip(prices).filter_map(|(l, price)| Some(campaign::line(l.library.as_ref()?, l.quantity, *price))).collect()
}

/// Is there anything to pay? No provider takes a payment of nothing, so nobody could ever pay such an order.
///
/// # Errors
/// `bad_request` when there is not.
pub fn payable(totals: &Totals) -> Refusable<()> {
    if totals.total > Fen::ZERO {
        Ok(())
    } else {
        Err(Problem::new(Code::BadRequest, "优惠后应付金额为 0，不能下单，请增加商品").at("lines"))
    }
}

/// May this store take such an order now?
///
/// # Errors
/// `store_closed`, `out_of_range`, `bad_request` (the store does not offer it, nobody ships it, or there is no point to deliver to).
pub fn serviceable(way: &Way, now: Timestamp) -> Refusable<()> {
    let Way { fulfilment, store, ships_from, to } = *way;
    match store.status_at(now) {
        StoreStatus::Open => {}
        StoreStatus::Paused => {
            let why = store.notice(now).unwrap_or_else(|| StoreStatus::Paused.title().to_owned());
            return Err(Problem::new(Code::StoreClosed, format!("{}{why}", store.name)));
        }
        other => return Err(Problem::new(Code::StoreClosed, format!("{}{}，暂不接单", store.name, other.title()))),
    }
    let reachable = |to: Option<GeoPoint>| match to {
        None => Err(Problem::new(Code::BadRequest, format!("{}需要收货地址", fulfilment.title())).at("recipient")),
        Some(to) if !to.is_a_place() => Err(Problem::new(Code::BadRequest, "收货地址的坐标无效").at("recipient.point")),
        Some(to) => Ok(to),
    };
    match fulfilment {
        Fulfilment::Pickup if store.pickup && !store.hours.opens_within_a_day(now) => {
            let why = store.notice(now).unwrap_or_else(|| "休息中".to_owned());
            Err(Problem::new(Code::StoreClosed, format!("{}{why}，暂不接单", store.name)))
        }
        Fulfilment::Pickup if store.pickup => Ok(()),
        // A parcel waits for no opening hours and knows no radius.
        Fulfilment::HqShip => match ships_from.filter(|(l, _)| Shipper::of(l).is_some()) {
            Some((l, false)) => Err(Problem::new(Code::StoreClosed, format!("{}暂停发货，请重新选择", l.name)).at("ship_from")),
            Some(_) => reachable(to).map(|_| ()),
            None => Err(Problem::new(Code::BadRequest, "请选择发货的总部仓").at("ship_from")),
        },
        Fulfilment::Delivery if store.delivery => {
            let to = reachable(to)?;
            if store.point.metres_to(&to) > f64::from(store.radius_m) {
                return Err(Problem::new(
                    Code::OutOfRange,
                    format!("收货地址超出{}的配送范围（{:.1} 公里）", store.name, f64::from(store.radius_m) / 1000.0),
                ));
            }
            if !store.hours.open_at(now) {
                return Err(Problem::new(
                    Code::StoreClosed,
                    format!("{}营业时间为 {}，现在不能配送，可选择到店自提", store.name, store.hours.today_text(now)),
                ));
            }
            Ok(())
        }
        _ => Err(Problem::new(Code::BadRequest, format!("{}不支持{}", store.name, fulfilment.title())).at("fulfilment")),
    }
}

/// The day on which the customer is promised the goods, by the zone of the store: no unit is promised beyond its own last day. Orders that wait
/// before it are left out: they are a matter of minutes.
#[must_use]
pub fn promised_day(way: &Way, transfer_from: Option<&Location>, now: Timestamp) -> Date {
    let Way { fulfilment, store, .. } = *way;
    let distance_m = way.metres();
    let ready_here = matching::ready_by(store, fulfilment, distance_m, 0, now);
    let ready_by = match transfer_from {
        None => ready_here,
        Some(source) => matching::ready_by_transfer(source, &matching::Waiting { store, missing: &[], fulfilment, distance_m, ready_here }, now),
    };
    hours::day(ready_by, &store.hours.zone)
}

/// Has somebody whose newest orders these are bought nothing before? An order that was never paid is no purchase.
#[must_use]
pub fn is_new(orders: &[OrderHead]) -> bool {
    orders.iter().all(|o| o.state == OrderState::Closed)
}

/// Lines that are not there: at the store, or at the warehouse when that ships.
fn short_lines(lines: &[Wanted], ships: bool, day: Date) -> Vec<ShortLine> {
    lines
        .iter()
        .map(|l| ShortLine { sku: l.sku.clone(), wanted: l.quantity.get(), left: l.stock(ships).until(day).available() })
        .filter(|l| l.left < l.wanted)
        .collect()
}

/// The refusal that names what is left.
#[must_use]
pub fn sold_out(lines: Vec<ShortLine>) -> Problem {
    Problem::new(Code::SoldOut, "部分商品库存不足，请调整数量或选择其他方案").with_lines(lines)
}

/// Places the order: reserves every line or none.
///
/// # Errors
/// All of [`price`], [`payable`], [`serviceable`], [`holds::allowed`], [`Holds::another`] and [`Holds::with`]; `price_changed`; `sold_out` with what
/// is left; `store_closed` and `out_of_range` for a source that cannot send; `bad_request` for more than one transaction holds.
pub fn place(p: Placement, ids: PlacementIds, now: Timestamp) -> Refusable<(PlacedOrder, Decision)> {
    let ships_from = p.ships_from.as_ref().map(|(l, staffed)| (l, *staffed));
    let way = Way { fulfilment: p.fulfilment, store: &p.store, ships_from, to: p.to };
    serviceable(&way, now)?;
    let shipper = ships_from.filter(|_| p.fulfilment == Fulfilment::HqShip).and_then(|(l, _)| Shipper::of(l));
    let cart = holds::cart_of(&p.store.store, &p.lines.iter().map(|l| CartLine { sku: l.sku.clone(), quantity: l.quantity }).collect::<Vec<_>>());
    p.holds.another(&cart, p.again, &p.policy, &p.store.hours.zone, now)?;
    holds::allowed(p.lines.iter().map(Wanted::named), &p.policy)?;
    let priced = price(&p.lines, &way, &p.offered, now)?;
    payable(&priced.totals)?;
    if priced.totals.total != p.expect_total {
        let why = priced.answer.as_ref().map(Offered::used_up).unwrap_or_default() + &p.offered.lost();
        let detail = format!("{why}应付金额已变为 {}，请确认后重新下单", priced.totals.total);
        return Err(Problem::new(Code::PriceChanged, detail).at("expect_total"));
    }
    // One line dearer and another cheaper may come to the same.
    if !p.expect_prices.is_empty() && p.expect_prices != priced.prices {
        return Err(Problem::new(Code::PriceChanged, "部分商品的价格已变化，请确认后重新下单").at("expect_prices"));
    }
    // What the store lacks comes by transfer, if the customer took one; else it is a refusal that names what is left.
    let ships = shipper.is_some();
    // Gifts lie on the store's shelf: a warehouse has none to pack.
    let gifts = priced.answer.as_ref().filter(|_| !ships).map(|a| p.offered.gifts(a)).unwrap_or_default();
    p.expect_gifts.as_ref().map_or(Ok(()), |told| p.offered.keeps(told, &gifts))?;
    let transfer_from = p.transfer_from.as_ref().filter(|_| !ships);
    let promised = promised(p.promised, matching::ready_by(&p.store, p.fulfilment, priced.distance_m, 0, now));
    // What the customer was told counts where it is later.
    let told = hours::day(promised, &p.store.hours.zone);
    let lacks = |day: Date| -> Vec<u32> { p.lines.iter().map(|l| l.quantity.get().saturating_sub(l.stock(ships).until(day).available())).collect() };
    let mut day = promised_day(&way, None, now).max(told);
    let mut missing = lacks(day);
    // What waits for a transfer is fetched later: all of it must last until then.
    if let Some((source, _)) = transfer_from.filter(|_| missing.iter().any(|m| *m > 0)) {
        day = promised_day(&way, Some(source), now).max(told);
        missing = lacks(day);
    }
    if transfer_from.is_none() && missing.iter().any(|m| *m > 0) {
        return Err(sold_out(short_lines(&p.lines, ships, day)));
    }
    if let Some((source, staffed)) = transfer_from.filter(|_| missing.iter().any(|m| *m > 0)) {
        matching::may_send(source, *staffed, p.store.point)?;
        let short: Vec<_> = p
            .lines
            .iter()
            .zip(&missing)
            .filter(|(l, m)| l.source.until(day).available() < **m)
            .map(|(l, _)| {
                let left = l.stock.until(day).available() + l.source.until(day).available();
                ShortLine { sku: l.sku.clone(), wanted: l.quantity.get(), left }
            })
            .collect();
        if !short.is_empty() {
            return Err(sold_out(short));
        }
    }

    let lines: Vec<BodyLine> = p
        .lines
        .iter()
        .zip(&priced.prices)
        .zip(&missing)
        .enumerate()
        .filter_map(|(i, ((l, price), missing))| {
            let sku = l.library.as_ref()?;
            Some(BodyLine {
                sku: l.sku.clone(),
                name: sku.name.clone(),
                spec: sku.spec.clone(),
                picture: sku.picture.clone(),
                quantity: l.quantity,
                price: *price,
                weight_g: sku.weight_g,
                from_transfer: *missing,
                segments: priced.answer.as_ref().and_then(|a| a.lines.get(i)).map(PricedLine::reduced).unwrap_or_default(),
            })
        })
        .collect();
    let pay_by = now.plus(PAYMENT_WINDOW);
    let rider_at = (p.fulfilment == Fulfilment::Delivery).then(|| matching::rider_at(&p.store, priced.distance_m, promised)).filter(|at| *at > now);
    let mut d = Decision::default();

    let transfer = match transfer_from.filter(|_| missing.iter().any(|m| *m > 0)) {
        None => None,
        Some((source, _)) => {
            let moved: Vec<TransferLineState> = lines
                .iter()
                .filter(|l| l.from_transfer > 0)
                .map(|l| TransferLineState::of(l.sku.clone(), format!("{} {}", l.name, l.spec).trim_end().to_owned(), l.from_transfer))
                .collect();
            let opening = Opening {
                transfer: ids.transfer.clone(),
                source: source.clone(),
                target: Location::shelf_of(&p.store),
                zone: p.store.hours.zone.clone(),
                lines: moved,
                movement: ids.source_movement,
                now,
            };
            d.and(opening.for_placed(&ids.order, pay_by));
            for l in &p.lines {
                d.leaving(&source.location, &l.sku, l.source.over_by(day));
            }
            Some(ids.transfer)
        }
    };

    let own: Vec<MovementLine> = lines.iter().filter(|l| l.own() > 0).map(|l| MovementLine::of(&l.sku, 0, l.own(), 0)).collect();
    let from = shipper.as_ref().map_or_else(|| p.store.store.shelf(), |s| s.location.clone());
    let reserve =
        |lines: Vec<MovementLine>| Movement::of(ids.movement.clone(), from.clone(), MovementKind::Reserve, Some(ids.order.clone()), None, lines, now);
    // Nobody holds a shelf by its gifts: what a member may hold is told by what is bought.
    let bought = (!own.is_empty()).then(|| reserve(own.clone()));
    let reserved = d.writes.iter().filter_map(|w| if let Write::Stock(StockWrite::Movement(m)) = w { Some(&**m) } else { None });
    let hold = Hold::of(ids.order.clone(), cart, pay_by, reserved.chain(&bought));
    let given = gifts.iter().map(|g| MovementLine::of(&g.sku, 0, i64::from(g.units), 0));
    let all = by_sku(own.into_iter().chain(given));
    if !all.is_empty() {
        d.movement(reserve(all), true);
        for l in &p.lines {
            d.leaving(&from, &l.sku, l.stock(ships).over_by(day));
        }
    }

    let there = |location: &LocationId, sku: &SkuId| {
        let line = p.lines.iter().find(|l| l.sku == *sku);
        let shelf = !ships && *location == p.store.store.shelf();
        let at = |l: &Wanted| if shelf { l.stock.until(day) } else { l.source.until(day) };
        line.map_or((Stock::default(), ""), |l| (at(l), l.library.as_ref().map_or("", |s| &s.name)))
    };
    let holds = p.holds.with(hold, &p.policy, there)?;
    d.write(OrdersWrite::Holds(Box::new(holds)));

    let campaigns = priced.answer.as_ref().map(|a| p.offered.applied(a, &p.member, now)).unwrap_or_default();
    for c in &campaigns {
        for w in c.count(&p.offered.limits(c)) {
            d.write(w);
        }
    }
    for w in p.offered.spend(&campaigns, &ids.order) {
        d.write(w);
    }

    let head = OrderHead {
        order: ids.order.clone(),
        version: 0,
        state: OrderState::Placed,
        store: p.store.store.clone(),
        store_name: p.store.name.clone(),
        zone: p.store.hours.zone.clone(),
        member: p.member,
        fulfilment: p.fulfilment,
        shipper,
        goods: priced.totals.goods,
        delivery_fee: priced.totals.delivery_fee,
        total: priced.totals.total,
        units: lines.iter().map(|l| l.quantity.get()).sum(),
        summary: summary(&lines),
        noted: p.note.is_some(),
        tail: p.tail,
        placed_at: now,
        pay_by,
        due: Some(pay_by.plus(Timestamp::MINUTE)),
        pickup_code: ids.pickup_code,
        transfer,
        delivery: None,
        attempt: 0,
        next_rider_at: None,
        promised_at: Some(promised),
        rider_at,
        transaction: None,
        paid_at: None,
        completed_at: None,
        closed_at: None,
        shortfall: None,
        parcel: None,
        given_back: Fen::ZERO,
        parts: 0,
    };
    let priced_with =
        priced.answer.as_ref().map(|a| Box::new(PricedWith::of(a, cart_lines(&p.lines, &priced.prices), &p.offered, &p.store.hours.zone, now)));
    let body = OrderBody {
        order: ids.order.clone(),
        lines,
        recipient: p.recipient,
        note: p.note,
        rule: p.store.rule.clone(),
        asked: p.asked,
        distance_m: priced.distance_m,
        withdrawn: Vec::new(),
        campaigns,
        gifts,
        priced: priced_with,
    };
    d.order_event(&ids.order, Event::OrderPlaced { order: ids.order.clone(), store: p.store.store.clone(), pay_by });
    let answer = PlacedOrder { order: ids.order, total: head.total, pay_by };
    d.write(OrdersWrite::Create(Box::new(head), Box::new(body)));
    fits(&d)?;
    Ok((answer, d))
}

/// Does one transaction hold all of it? Forty lines that each need a transfer do, with what is counted of a few campaigns.
fn fits(d: &Decision) -> Refusable<()> {
    let mut records = std::collections::BTreeSet::new();
    let mut rows = d.events.len();
    for w in &d.writes {
        match w {
            // A record is one action, however many movements say something of it.
            Write::Stock(StockWrite::Counters(c)) => {
                records.insert((&c.location, &c.sku));
            }
            // Head and body.
            Write::Orders(OrdersWrite::Create(..)) => rows += 2,
            _ => rows += 1,
        }
    }
    if rows + records.len() > MOST_ACTIONS {
        return Err(Problem::new(Code::BadRequest, "这张订单的商品、调货和优惠太多，一次提交不了，请分成两单").at("lines"));
    }
    Ok(())
}

/// Name and spec, as people call it: two specs of one name are two things on a shelf.
fn titled(l: &BodyLine) -> String {
    if l.spec.is_empty() || l.name.contains(&l.spec) { l.name.clone() } else { format!("{} {}", l.name, l.spec) }
}

/// When the goods are promised for: what the customer was told, which knows how many orders waited and what has to come first, within reason; else as
/// soon as the store can.
fn promised(told: Option<Timestamp>, soonest: Timestamp) -> Timestamp {
    // A quote that was looked at for a while promised a little earlier.
    let fits = |at: &Timestamp| *at >= soonest.plus(-PAYMENT_WINDOW) && *at <= soonest.plus(2 * Timestamp::DAY);
    told.filter(fits).unwrap_or(soonest)
}

/// The first lines, cut so that a head stays small.
pub(crate) fn summary(lines: &[BodyLine]) -> String {
    let mut text = lines.iter().take(3).map(|l| format!("{} ×{}", titled(l), l.quantity)).collect::<Vec<_>>().join("、");
    if text.chars().count() > 48 {
        text = text.chars().take(47).collect::<String>() + "…";
    } else if lines.len() > 3 {
        text.push_str(" 等");
    }
    text
}
