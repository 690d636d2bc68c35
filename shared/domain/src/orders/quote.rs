//! A cart before it is placed: what each line costs, what of it is there and until when, and what speaks against ordering it.

use liandian_pricing::{Question, line_total};
use liandian_types::{
    Code, Fen, Fulfilment, GeoPoint, MemberId, Problem, Quantity, SkuId, StoreStatus, Timestamp,
    api::{CartLine, Offer, Quote, QuoteGift, QuoteLine},
};

use crate::{
    Refusable,
    marketing::{
        campaign,
        offered::{Offered, told},
    },
    orders::{
        holds::{self, HoldPolicy},
        place::{self, Priced, Wanted, Way},
        priced_with,
        promise::Promise,
        slots::{self, Booking},
    },
    sourcing::matching::{self, Waiting},
    stock::{batch::Date, record::Stock},
    stores::{
        hours::{day, day_text, soon_text},
        profile::Location,
    },
};

/// A cart that is priced.
#[derive(Debug, Clone)]
pub struct Quoting<'a> {
    lines: &'a [Wanted],
    way: Way<'a>,
    offered: &'a Offered,
    priced: Priced,
    refusal: Option<Problem>,
    /// When what its store (or the warehouse that ships) has of it would be ready.
    pub ready_here: Timestamp,
    ready_by: Timestamp,
    now: Timestamp,
}

/// Where else the cart may be had.
#[derive(Debug, Clone, PartialEq)]
pub enum Elsewhere {
    /// Nobody is asked.
    Nowhere,
    /// The store lacks these: all ways out are compared.
    Short(Vec<CartLine>),
    /// The store takes no such orders: those are named that do.
    OtherStores,
}

impl<'a> Quoting<'a> {
    /// Prices a cart with what is on offer, while so many orders wait in its store.
    ///
    /// # Errors
    /// All of [`place::price`]. Whatever else speaks against ordering it is in the quote's `refusal`.
    pub fn of(lines: &'a [Wanted], way: Way<'a>, offered: &'a Offered, policy: &HoldPolicy, waiting: u32, now: Timestamp) -> Refusable<Self> {
        let priced = place::price(lines, &way, offered, now)?;
        // What no order may have is said before the customer fills in where it shall go.
        let limits = || holds::allowed(lines.iter().map(Wanted::named), policy).and_then(|()| place::payable(&priced.totals));
        let refusal = unserviceable(way, now).or_else(|| limits().err());
        let ready_here = matching::ready_by(way.store, way.fulfilment, priced.distance_m, waiting, now);
        Ok(Self { lines, way, offered, priced, refusal, ready_here, ready_by: ready_here, now })
    }

    /// What is there that lasts until the cart can be had: no unit is promised beyond its last day.
    fn there(&self) -> Vec<Stock> {
        let day = day(self.ready_by, &self.way.store.hours.zone);
        self.lines.iter().map(|l| l.stock(self.way.ships_from.is_some()).until(day)).collect()
    }

    /// What of it is not there.
    #[must_use]
    pub fn missing(&self) -> Vec<CartLine> {
        let there = self.there();
        let missing = self.lines.iter().zip(&there).map(|(l, s)| (&l.sku, l.quantity.get().saturating_sub(s.available())));
        missing.filter_map(|(sku, units)| Some(CartLine { sku: sku.clone(), quantity: Quantity::new(units).ok()? })).collect()
    }

    /// What is missing comes from here: the cart can be had later, and is refused for what an order would be refused for.
    #[must_use]
    pub fn with_transfer(self, from: &Location, staffed: bool) -> Self {
        let Way { store, fulfilment, .. } = self.way;
        let waits = Waiting { store, missing: &[], fulfilment, distance_m: self.priced.distance_m, ready_here: self.ready_here };
        let ready_by = matching::ready_by_transfer(from, &waits, self.now);
        let refusal = self.refusal.or(matching::may_send(from, staffed, store.point).err());
        Self { refusal, ready_by, ..self }
    }

    /// When all of it can be had.
    #[must_use]
    pub fn ready_by(&self) -> Timestamp {
        self.ready_by
    }

    /// The customer wants it in a slot: it is had then, and refused for what an order for then would be refused for.
    #[must_use]
    pub fn with_slot(self, slot: &Booking) -> Self {
        let Way { store, fulfilment, to, .. } = self.way;
        // That nobody is there now is nothing against a slot; that nobody sends what is missing is.
        let there = Way { to: to.or(Some(store.point)), ..self.way };
        let refusal = match self.refusal {
            Some(p) if p.code == Code::StoreClosed && p.field.is_none() => slots::serviceable(&there, Some(slot), self.now).err(),
            other => other,
        };
        Self { refusal, ready_by: slot.time.promised(fulfilment), ..self }
    }

    /// The customer wants it in a slot that cannot be had: that is said unless something else speaks against it already.
    #[must_use]
    pub fn without_slot(self, why: Problem) -> Self {
        Self { refusal: self.refusal.or(Some(why)), ..self }
    }

    /// Where else it may be had. What a warehouse lacks sends the customer back to the cart, where the ways are compared.
    #[must_use]
    pub fn elsewhere(&self) -> Elsewhere {
        let store = self.way.store;
        let missing = self.missing();
        // A store that takes no orders sends the customer to those that do; nothing is brought to it for him either.
        let rests = store.status_at(self.now) != StoreStatus::Open || !store.hours.opens_within_a_day(self.now);
        let closed = self.refusal.as_ref().is_some_and(|p| p.code == Code::StoreClosed) && self.way.fulfilment != Fulfilment::HqShip;
        if !missing.is_empty() && self.way.ships_from.is_none() && !rests {
            Elsewhere::Short(missing)
        } else if closed {
            Elsewhere::OtherStores
        } else {
            Elsewhere::Nowhere
        }
    }

    /// Where the customer is, as far as is known: else where the store is.
    #[must_use]
    pub fn from(&self) -> GeoPoint {
        self.way.to.unwrap_or(self.way.store.point)
    }

    /// Metres to the recipient of a delivery or a parcel.
    #[must_use]
    pub fn distance_m(&self) -> Option<u32> {
        self.priced.distance_m
    }

    /// What it costs to deliver a part of the cart over so many metres.
    #[must_use]
    pub fn delivery_fee(&self, part: &[CartLine], metres: u32) -> Fen {
        self.offered.fees.delivery(metres, self.grams(part), self.worth(part))
    }

    /// What a parcel of a part of the cart costs over so many metres.
    #[must_use]
    pub fn parcel_fee(&self, part: &[CartLine], metres: u32) -> Fen {
        self.offered.fees.parcel(metres, self.grams(part), self.worth(part))
    }

    fn grams(&self, part: &[CartLine]) -> u64 {
        self.sum_of(part, |i, n| self.lines[i].library.as_ref().map_or(0, |s| u64::from(s.weight_g)) * u64::from(n.get()))
    }

    fn worth(&self, part: &[CartLine]) -> Fen {
        self.sum_of(part, |i, n| self.priced.prices.get(i).and_then(|p| line_total(*p, n.get())).unwrap_or(Fen::ZERO))
    }

    /// What the lines of a part of the cart come to together.
    fn sum_of<T: std::iter::Sum>(&self, part: &[CartLine], each: impl Fn(usize, Quantity) -> T) -> T {
        part.iter().filter_map(|l| Some(each(self.lines.iter().position(|w| w.sku == l.sku)?, l.quantity))).sum()
    }

    /// The quote: with what the cart has besides, the ways out, and how many stores were not asked for one.
    #[must_use]
    pub fn quote(self, besides: &[Wanted], (offers, unasked): (Vec<Offer>, u32)) -> Quote {
        let there = self.there();
        let zone = &self.way.store.hours.zone;
        let ready_text = match self.way.fulfilment {
            Fulfilment::HqShip => day_text(self.ready_by, zone),
            Fulfilment::Pickup | Fulfilment::Delivery => soon_text(self.ready_by, self.now, zone),
        };
        let besides = shown(besides, day(self.ready_here, zone));
        let short = self.lines.iter().zip(&there).any(|(l, s)| l.quantity.get() > s.available());
        let quoted = self.lines.iter().zip(&self.priced.prices).zip(&self.priced.line_totals).zip(&there);
        let lines: Vec<QuoteLine> = quoted
            .filter_map(|(((l, price), net), there)| {
                let line = line(l, *price, there.available())?;
                let off = line.total - *net;
                Some(QuoteLine { off: (off > Fen::ZERO).then_some(off), ..line })
            })
            .collect();
        let answer = self.priced.answer.as_ref();
        let coupons = self.offered.coupons(answer, zone, self.now);
        let named = |sku: &SkuId, units: u32| QuoteGift { sku: sku.clone(), name: self.offered.gift_name(sku), units };
        Quote {
            lines,
            list: answer.map(|a| a.list).filter(|list| *list != self.priced.totals.goods),
            discounts: answer.map(told).unwrap_or_default(),
            not_applied: answer.map(|a| self.offered.missed(a, zone, self.now)).unwrap_or_default(),
            gifts: answer.map(|a| a.gifts.iter().map(|g| named(&g.sku, g.units)).collect()).unwrap_or_default(),
            coupons,
            besides,
            goods: self.priced.totals.goods,
            delivery_fee: self.priced.totals.delivery_fee,
            total: self.priced.totals.total,
            distance_m: self.priced.distance_m,
            ready_by: self.ready_by,
            ready_text,
            short,
            offers,
            unasked,
            refusal: self.refusal,
            add_ons: answer.map(|a| self.offered.add_ons(a)).unwrap_or_default(),
            token: None,
            valid_until: None,
            terms: None,
            slots: Vec::new(),
        }
    }

    /// What is promised to who asked.
    #[must_use]
    pub fn promise(&self, member: Option<&MemberId>) -> Promise {
        let at = (&self.way.store.store, self.way.fulfilment);
        Promise::of(&self.priced, self.lines, self.offered, member, at, self.now)
    }

    /// What a page needs to price this cart by itself, with what it has besides.
    #[must_use]
    pub fn question(&self, besides: &[Wanted]) -> Question {
        let mut lines = place::cart_lines(self.lines, &self.priced.prices);
        let sold = |l: &Wanted| Some(campaign::line(l.library.as_ref().filter(|s| s.sold_online())?, l.quantity, l.price?));
        lines.extend(besides.iter().filter_map(sold));
        let store = self.way.store;
        priced_with::question(lines, self.offered, &store.store, &store.hours.zone, self.now)
    }
}

/// Without a place nothing is refused while it is only priced: the form asks for it next.
fn unserviceable(way: Way<'_>, now: Timestamp) -> Option<Problem> {
    place::serviceable(&Way { to: way.to.or(Some(way.store.point)), ..way }, now).err()
}

fn line(l: &Wanted, price: Fen, available: u32) -> Option<QuoteLine> {
    let sku = l.library.as_ref()?;
    Some(QuoteLine {
        sku: l.sku.clone(),
        name: sku.name.clone(),
        spec: sku.spec.clone(),
        picture: sku.picture.clone(),
        quantity: l.quantity,
        price,
        total: line_total(price, l.quantity.get())?,
        available,
        off: None,
    })
}

/// Lines to be shown only: as the store sells them now, with what of them lasts until that day; what it does not sell is left out.
#[must_use]
pub fn shown(lines: &[Wanted], day: Date) -> Vec<QuoteLine> {
    let sold = |l: &Wanted| {
        l.library.as_ref().filter(|s| s.sold_online() && l.listing.is_some())?;
        line(l, l.price?, l.stock.until(day).available())
    };
    lines.iter().filter_map(sold).collect()
}
