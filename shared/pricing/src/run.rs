//! One combination applied to one cart: lines in segments of equal units, and what each campaign takes off them.
//!
//! A line is never expanded. It is one segment of units that no deal has taken yet, and one more for each deal that took some.

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use crate::{Campaign, Cart, Level, Line};

/// Units of one line that had the same done to them.
#[derive(Debug, Clone)]
pub(crate) struct Seg {
    /// Of which line.
    pub line: usize,
    /// How many.
    pub units: u32,
    /// What is left of their price.
    pub net: i64,
    /// What was taken off, and by which campaign (its place in the cart).
    pub cuts: Vec<(usize, i64)>,
}

/// A gift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub units: u32,
    /// Handed over at pickup instead of packed with the order.
    pub at_pickup: bool,
}

/// An add-on that may be had at its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddOnOffer {
    /// What.
    pub sku: SkuId,
    /// For how much.
    pub price: Fen,
    /// How many more.
    pub units: u32,
}

/// What one campaign came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effect {
    /// Off the goods.
    pub off: i64,
    /// Off the fee.
    pub fee_off: i64,
    /// How often it applied.
    pub times: u32,
    /// Something was not taken off because of the floor.
    pub floored: bool,
    /// Gifts.
    pub gifts: Vec<Given>,
    /// Add-ons that may be had.
    pub add_ons: Vec<AddOnOffer>,
}

/// The state while campaigns are applied.
#[derive(Debug, Clone)]
pub(crate) struct Run<'a> {
    /// The cart.
    pub cart: &'a Cart<'a>,
    /// Segments; the first ones are what is untouched of each line.
    pub segs: Vec<Seg>,
    /// What is left of each line's price.
    pub net: Vec<i64>,
    /// The fee for bringing the goods, once the goods are done.
    pub fee: i64,
    /// Write down who took what?
    recorded: bool,
    /// The campaign at work.
    now: usize,
    breaks_floor: bool,
    /// What it came to.
    pub effect: Effect,
}

impl<'a> Run<'a> {
    /// Nothing applied yet.
    pub fn new(cart: &'a Cart<'a>, recorded: bool) -> Self {
        let mut segs = Vec::with_capacity(cart.lines.len() + 4);
        let mut net = Vec::with_capacity(cart.lines.len());
        for (line, l) in cart.lines.iter().enumerate() {
            let worth = l.price.0 * i64::from(l.quantity.get());
            segs.push(Seg { line, units: l.quantity.get(), net: worth, cuts: Vec::new() });
            net.push(worth);
        }
        Self { cart, segs, net, fee: 0, recorded, now: 0, breaks_floor: false, effect: Effect::default() }
    }

    /// The next campaign.
    pub fn begin(&mut self, place: usize, c: &Campaign) {
        self.now = place;
        self.breaks_floor = c.breaks_floor && c.level == Level::Hq;
        self.effect = Effect::default();
    }

    /// The line of a place.
    pub fn line(&self, place: usize) -> &'a Line {
        &self.cart.lines[place]
    }

    /// What the goods come to now.
    pub fn goods(&self) -> i64 {
        self.net.iter().sum()
    }

    /// What these lines come to now.
    pub fn worth(&self, lines: &[usize]) -> i64 {
        lines.iter().map(|l| self.net[*l]).sum()
    }

    /// Units of these lines.
    pub fn units(&self, lines: &[usize]) -> u32 {
        lines.iter().map(|l| self.line(*l).quantity.get()).sum()
    }

    /// Units of a line that no deal has taken.
    pub fn free(&self, line: usize) -> u32 {
        self.segs[line].units
    }

    /// Price of one of them; the odd fen of a line that was cut before is not in it.
    pub fn each(&self, line: usize) -> i64 {
        let s = &self.segs[line];
        if s.units == 0 { 0 } else { s.net / i64::from(s.units) }
    }

    /// The fee by the chain's rule for the goods as they are now.
    pub fn charge(&mut self) {
        let weight = self.cart.lines.iter().map(|l| u64::from(l.weight_g) * u64::from(l.quantity.get())).sum();
        self.fee = self.cart.fees.of(self.cart.fulfilment, self.cart.distance_m, weight, Fen(self.goods())).0;
    }

    /// Takes free units of a line for a deal; the answer is their segment. At most what is free is taken.
    pub fn claim(&mut self, line: usize, units: u32) -> usize {
        let from = &mut self.segs[line];
        let units = units.min(from.units);
        // Cuts were spread over the units: those that are taken carry their part of each, the odd fen first.
        let part = |amount: i64, all: u32| {
            if all == 0 { 0 } else { i64::from(units) * (amount / i64::from(all)) + i64::from(units).min(amount % i64::from(all)) }
        };
        let all = from.units;
        let mut taken = Vec::new();
        let (mut cut_all, mut cut_taken) = (0, 0);
        for (campaign, amount) in &mut from.cuts {
            cut_all += *amount;
            let upto = part(cut_all, all);
            taken.push((*campaign, upto - cut_taken));
            *amount -= upto - cut_taken;
            cut_taken = upto;
        }
        // Without records the cuts are not known one by one, but their sum is what the net lacks of the list price.
        let list = self.cart.lines[line].price.0;
        let lacks = list * i64::from(all) - from.net;
        let net = list * i64::from(units) - part(lacks, all);
        from.units -= units;
        from.net -= net;
        self.segs.push(Seg { line, units, net, cuts: taken });
        self.segs.len() - 1
    }

    /// Takes so much off one segment, as far as the floor allows. Answers what was taken.
    pub fn cut(&mut self, seg: usize, amount: i64) -> i64 {
        let room = self.room(seg);
        let taken = amount.clamp(0, room);
        if taken < amount {
            self.effect.floored = true;
        }
        if taken > 0 {
            let s = &mut self.segs[seg];
            s.net -= taken;
            if self.recorded {
                s.cuts.push((self.now, taken));
            }
            self.net[s.line] -= taken;
            self.effect.off += taken;
        }
        taken
    }

    /// What may be taken off a segment. The floor is that of each unit: what one unit has room for is no other's to use, and as the units of a segment
    /// share its cuts evenly, none of them goes below.
    fn room(&self, seg: usize) -> i64 {
        let s = &self.segs[seg];
        let l = self.line(s.line);
        let floor = if self.breaks_floor { 0 } else { l.floor.min(l.price).0.max(0) };
        (s.net - floor * i64::from(s.units)).max(0)
    }

    /// Takes so much off one line.
    pub fn cut_line(&mut self, line: usize, amount: i64) {
        if self.segs[self.net.len()..].iter().any(|s| s.line == line) {
            self.spread(&[line], amount);
        } else {
            self.cut(line, amount);
        }
    }

    /// Takes so much off these lines (in ascending order) together, each by what it costs; what one may not bear, the others bear.
    pub fn spread(&mut self, lines: &[usize], amount: i64) {
        if amount <= 0 {
            return;
        }
        // What is untouched of a line is the segment of its number; what deals took comes behind all of these.
        let taken = (self.net.len()..self.segs.len()).filter(|s| lines.binary_search(&self.segs[*s].line).is_ok());
        let segs: Vec<usize> = lines.iter().copied().chain(taken).collect();
        let worth: Vec<u64> = segs.iter().map(|s| self.segs[*s].net.unsigned_abs()).collect();
        let amount = amount.min(segs.iter().map(|s| self.segs[*s].net).sum());
        let mut left = amount;
        for (seg, part) in segs.iter().zip(Fen(amount).split(&worth)) {
            left -= self.cut_silently(*seg, part.0);
        }
        if left > 0 {
            let rooms: Vec<u64> = segs.iter().map(|s| self.room(*s).unsigned_abs()).collect();
            let more = left.min(i64::try_from(rooms.iter().sum::<u64>()).unwrap_or(i64::MAX));
            if more > 0 {
                for (seg, part) in segs.iter().zip(Fen(more).split(&rooms)) {
                    left -= self.cut_silently(*seg, part.0);
                }
            }
        }
        self.effect.floored |= left > 0;
    }

    /// As [`Run::cut`]; that another line bears the rest is no reason to speak of the floor.
    fn cut_silently(&mut self, seg: usize, amount: i64) -> i64 {
        let floored = self.effect.floored;
        let taken = self.cut(seg, amount);
        self.effect.floored = floored;
        taken
    }

    /// Takes so much off the fee.
    pub fn cut_fee(&mut self, amount: i64) {
        let taken = amount.clamp(0, self.fee);
        self.fee -= taken;
        self.effect.fee_off += taken;
    }
}
