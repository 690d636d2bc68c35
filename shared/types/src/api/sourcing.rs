//! What a cart costs, and how it can be had.

use serde::{Deserialize, Serialize};

use super::{CartLine, CartLines, QuoteAddOn, QuoteCoupon, QuoteDiscount, QuoteGift, QuoteMissed, SlotDay, StoreCard};
use crate::{CouponId, Fen, Fulfilment, GeoPoint, LocationId, Problem, Quantity, SkuId, StoreId, Timestamp};

bodies! {
    /// Price a cart and see how it can be had.
    QuoteRequest {
        /// From which store.
        store: StoreId,
        /// What.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<CartLine>, min_items = 1, max_items = 40))]
        lines: CartLines,
        /// What else is in the cart: priced to be shown, no part of the sums. At most 40 with the lines.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        besides: Vec<CartLine>,
        /// How.
        fulfilment: Fulfilment,
        /// Where to, for a delivery or a parcel; for a pickup where the customer is, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<GeoPoint>,
        /// From where what the store lacks shall come, as an offer of an earlier quote named it: the quote says when all of it can be had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer_from: Option<LocationId>,
        /// For `hq_ship`: the warehouse, as an offer of an earlier quote named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ship_from: Option<LocationId>,
        /// Price it with none but these coupons of the member; absent: with those that save most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coupons: Option<Vec<CouponId>>,
        /// Say which time slots there are.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        slots: bool,
        /// For this slot (`2026-11-29T10:00`): the quote says when the cart can be had then. Absent: as soon as possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<String>,
    }

    /// A priced line.
    QuoteLine {
        /// What.
        sku: SkuId,
        /// Its name and spec, as sold.
        name: String,
        /// Spec.
        spec: String,
        /// Its picture.
        picture: String,
        /// How many.
        quantity: Quantity,
        /// Each.
        price: Fen,
        /// All of them.
        total: Fen,
        /// Units of this line that the store (for `hq_ship` the warehouse) has; less than `quantity` means short.
        available: u32,
        /// What campaigns take off it: `total` is without them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off: Option<Fen>,
    }

    /// A priced cart.
    Quote {
        /// The lines.
        lines: Vec<QuoteLine>,
        /// What was asked for besides, as far as the store lists it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        besides: Vec<QuoteLine>,
        /// Sum of the lines, without what campaigns take off.
        goods: Fen,
        /// For bringing them.
        delivery_fee: Fen,
        /// What the customer pays.
        total: Fen,
        /// Distance of the delivery or the parcel in metres, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distance_m: Option<u32>,
        /// When the customer can expect the goods, if ordered and paid now.
        ready_by: Timestamp,
        /// The same in the store's zone, `今天 16:40`.
        ready_text: String,
        /// Does the chosen store lack something?
        short: bool,
        /// Ways out when it does: the best two kinds of them first, then further stores; at most four.
        offers: Vec<Offer>,
        /// Stores within reach that may have what is missing and were not asked: nobody is asked for more than a few hundred records.
        #[serde(default)]
        unasked: u32,
        /// Why it cannot be ordered as asked (closed, out of range), if so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<Problem>,
        /// What the lines come to at the list prices, when a campaign takes something off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<Fen>,
        /// Campaigns that apply.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        discounts: Vec<QuoteDiscount>,
        /// Campaigns that do not, and what is missing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        not_applied: Vec<QuoteMissed>,
        /// Gifts, from the store's shelf.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gifts: Vec<QuoteGift>,
        /// The coupons of the member who asks: those that it is priced with, and why not with the others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        coupons: Vec<QuoteCoupon>,
        /// What may be added for little: whoever adds it to the lines has it at that price.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add_ons: Vec<QuoteAddOn>,
        /// The promise of this price, to be sent with the order: signed, for this cart, store and customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// Until when it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Timestamp>,
        /// What a page needs to price the cart by itself while the customer changes it, where it asked for that: text for the engine that the page
        /// has, and of no meaning to others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<String>,
        /// The time slots of this way, day by day, where they were asked for and the store has any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        slots: Vec<SlotDay>,
    }
}

/// A way to get a cart that the chosen store cannot serve alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Offer {
    /// Another store has all of it.
    OtherStore {
        /// That store.
        store: StoreCard,
        /// When it would be ready.
        ready_by: Timestamp,
        /// The same in that store's zone, `今天 16:40`.
        ready_text: String,
        /// Why it stands where it stands in the list, in Chinese.
        reason: String,
    },
    /// What is missing comes from another location to the chosen store.
    Transfer {
        /// The location that sends it.
        source: LocationId,
        /// Its name.
        source_name: String,
        /// What it sends.
        lines: Vec<CartLine>,
        /// When the goods would be at the chosen store.
        ready_by: Timestamp,
        /// The same in the chosen store's zone, `今天 16:40`.
        ready_text: String,
        /// What that costs the customer.
        cost: Fen,
        /// Why this source, in Chinese.
        reason: String,
    },
    /// Two orders: the chosen store's part of it, and the rest from another store.
    Split {
        /// The other store.
        store: StoreCard,
        /// What the chosen store has.
        here: Vec<CartLine>,
        /// What the other store has of the rest.
        there: Vec<CartLine>,
        /// When the customer would have all of it.
        ready_by: Timestamp,
        /// The same in the chosen store's zone, `今天 16:40`.
        ready_text: String,
        /// What two deliveries cost more than one of the whole cart would, estimated; nothing for pickup.
        cost: Fen,
        /// Why this store, in Chinese.
        reason: String,
    },
    /// An HQ warehouse has all of it and sends it as a parcel.
    HqShip {
        /// The warehouse.
        source: LocationId,
        /// Its name.
        source_name: String,
        /// When it would arrive.
        ready_by: Timestamp,
        /// The day in the store's zone, `11-29`.
        ready_text: String,
        /// What the parcel costs the customer.
        cost: Fen,
        /// Why this warehouse, in Chinese.
        reason: String,
    },
}
