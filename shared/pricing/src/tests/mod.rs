//! The engine as a whole. A world is a cart with its campaigns.

use liandian_types::{Fen, Fulfilment, Quantity, StoreId, Timestamp};

use crate::{
    Answer, Audience, Campaign, Cart, Coupon, Customer, Fees, Group, GroupRule, HqBears, Kind, Left, Level, Line, Moment, OnLoss, Schedule, Scope,
    Why, price,
};

mod golden;
mod oracles;
mod properties;

/// A quarter past ten in the morning of Sunday, 29 November 2026, in China.
pub const NOW: Moment = Moment { at: Timestamp(1_795_918_500_000), zone_min: 480, month_day: 29 };

/// A cart with its campaigns.
#[derive(Debug, Clone)]
pub struct World {
    pub store: StoreId,
    pub lines: Vec<Line>,
    pub fulfilment: Fulfilment,
    pub distance_m: Option<u32>,
    pub customer: Customer,
    pub coupons: Vec<Coupon>,
    pub campaigns: Vec<Campaign>,
}

/// So many of a SKU.
pub fn line(sku: &str, units: u32, price: i64) -> Line {
    Line {
        sku: format!("sku_{sku}").parse().unwrap(),
        quantity: Quantity::new(units).unwrap(),
        price: Fen(price),
        floor: Fen::ZERO,
        category: String::new(),
        brand: String::new(),
        marks: Vec::new(),
        weight_g: 0,
    }
}

/// HQ's campaign for everybody, on everything, always.
pub fn campaign(name: &str, kind: Kind) -> Campaign {
    Campaign {
        campaign: format!("cmp_{name}").parse().unwrap(),
        title: name.to_owned(),
        level: Level::Hq,
        priority: 0,
        kind,
        scope: Scope::default(),
        group: None,
        beside_hq: true,
        breaks_floor: false,
        audience: Audience::default(),
        schedule: Schedule { from: Timestamp(0), until: Timestamp(i64::MAX), weekdays: 0, month_days: 0, minutes: None },
        stores: Vec::new(),
        fulfilments: Vec::new(),
        left: Left::default(),
        coupon: None,
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(1_000),
    }
}

/// In a group.
pub fn grouped(c: Campaign, name: &str, rule: GroupRule) -> Campaign {
    Campaign { group: Some(Group { name: name.to_owned(), rule }), ..c }
}

impl World {
    pub fn of(lines: Vec<Line>) -> Self {
        Self {
            store: "sto_1".parse().unwrap(),
            lines,
            fulfilment: Fulfilment::Pickup,
            distance_m: None,
            customer: Customer::default(),
            coupons: Vec::new(),
            campaigns: Vec::new(),
        }
    }

    pub fn with(mut self, c: Campaign) -> Self {
        self.campaigns.push(c);
        self
    }

    pub fn cart(&self) -> Cart<'_> {
        Cart {
            store: &self.store,
            lines: &self.lines,
            fulfilment: self.fulfilment,
            distance_m: self.distance_m,
            customer: self.customer,
            coupons: &self.coupons,
            campaigns: &self.campaigns,
            now: NOW,
            points_per_yuan: 1,
            fees: Fees::USUAL,
        }
    }

    pub fn answer(&self) -> Answer {
        price(&self.cart()).unwrap()
    }

    /// What the customer pays, in fen.
    pub fn pays(&self) -> i64 {
        self.answer().totals.total.0
    }

    /// Why a campaign did not apply.
    pub fn why(&self, name: &str) -> Option<Why> {
        self.answer().not_applied.into_iter().find(|n| n.title == name).map(|n| n.why)
    }
}
