//! What the engine is given.

use liandian_types::{CampaignId, CouponId, Fen, Fulfilment, Quantity, SkuId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Campaign, Fees};

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub quantity: Quantity,
    /// Each, before any campaign.
    pub price: Fen,
    /// HQ's floor for one unit; above the price it is the price.
    pub floor: Fen,
    /// Its category.
    pub category: String,
    /// Its brand; empty when it has none.
    pub brand: String,
    /// What else campaigns know it by.
    pub marks: Vec<String>,
    /// Grams each.
    pub weight_g: u32,
}

/// Who buys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Tier; 0 is none.
    pub tier: u8,
    /// Has not ordered before.
    pub new: bool,
    /// Has his birthday today.
    pub birthday: bool,
}

/// A coupon that the customer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// The coupon.
    pub coupon: CouponId,
    /// Of which campaign.
    pub campaign: CampaignId,
}

/// Now, and where the store is: the engine has no clock and knows no time zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Now.
    pub at: Timestamp,
    /// Minutes that the store's clock is ahead of UTC.
    pub zone_min: i32,
    /// Day of the month at the store, 1 to 31.
    pub month_day: u8,
}

/// A cart to price.
#[derive(Debug, Clone, Copy)]
pub struct Cart<'a> {
    /// Where.
    pub store: &'a StoreId,
    /// What; each SKU once.
    pub lines: &'a [Line],
    /// How the goods get to the customer.
    pub fulfilment: Fulfilment,
    /// Metres to the customer, when somebody brings them.
    pub distance_m: Option<u32>,
    /// Who.
    pub customer: Customer,
    /// Coupons held.
    pub coupons: &'a [Coupon],
    /// Campaigns in view: running ones, and those that are about to.
    pub campaigns: &'a [Campaign],
    /// When.
    pub now: Moment,
    /// Points for each whole yuan paid for goods.
    pub points_per_yuan: u32,
    /// What the chain asks for bringing goods.
    pub fees: Fees,
}

/// A cart with all that its price depends on, to be sent or kept: whoever has it can price it, anywhere and at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Where.
    pub store: StoreId,
    /// What; each SKU once.
    pub lines: Vec<Line>,
    /// How the goods get to the customer.
    pub fulfilment: Fulfilment,
    /// Metres to the customer, when somebody brings them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Who.
    #[serde(default)]
    pub customer: Customer,
    /// Coupons held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<Coupon>,
    /// Campaigns in view.
    #[serde(default)]
    pub campaigns: Vec<Campaign>,
    /// When.
    pub now: Moment,
    /// Points for each whole yuan paid for goods.
    #[serde(default)]
    pub points_per_yuan: u32,
    /// What the chain asks for bringing goods.
    #[serde(default)]
    pub fees: Fees,
}

impl Question {
    /// As the engine takes it.
    #[must_use]
    pub fn cart(&self) -> Cart<'_> {
        Cart {
            store: &self.store,
            lines: &self.lines,
            fulfilment: self.fulfilment,
            distance_m: self.distance_m,
            customer: self.customer,
            coupons: &self.coupons,
            campaigns: &self.campaigns,
            now: self.now,
            points_per_yuan: self.points_per_yuan,
            fees: self.fees,
        }
    }
}
