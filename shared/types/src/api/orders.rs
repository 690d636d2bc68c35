//! Carts and orders, from placing to the hand-over.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{CampaignGift, Counter, Offer, QuoteDiscount, QuoteGift, QuoteMissed, TransferCard};
use crate::{
    CampaignId, Carrier, CouponId, DeliveryId, DeliveryState, Fen, Fulfilment, GeoPoint, LocationId, MemberId, OrderId, OrderState, Quantity,
    ShortfallChoice, SkuId, StoreId, Timestamp,
};

bodies! {
    /// One line of a cart.
    CartLine {
        /// What.
        sku: SkuId,
        /// How many.
        quantity: Quantity,
    }

    /// What a device has in its cart of one store, and what it saw of the account's: what differs is done to the account's cart, line by line.
    DeviceCart {
        /// The lines, at most 40.
        lines: Vec<CartLine>,
        /// The account's cart as the device saw it last, if it did. Without it (or with another member's) its lines are added to the
        /// account's, the greater quantity where both have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saw: Option<SeenCart>,
    }

    /// An account's cart that a device saw.
    SeenCart {
        /// Whose.
        member: MemberId,
        /// The lines.
        lines: Vec<CartLine>,
    }

    /// The account's cart in a store.
    AccountCart {
        /// Whose.
        member: MemberId,
        /// The lines, at most 40.
        lines: Vec<CartLine>,
        /// Lines of the device that are not in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<LeftOut>,
    }

    /// A line that is not in the cart.
    LeftOut {
        /// What.
        sku: SkuId,
        /// Its name and spec; empty when there is no such SKU.
        name: String,
        /// How many.
        quantity: Quantity,
        /// Why, in Chinese.
        reason: String,
    }

    /// Where goods shall be brought, and to whom. Personal data: sealed before it reaches a table, masked when shown.
    Recipient {
        /// Name.
        name: String,
        /// Mainland mobile number, 11 digits.
        phone: String,
        /// Street and door.
        address: String,
        /// Where that is.
        point: GeoPoint,
    }

    /// Place an order. Sent with an `Idempotency-Key` header.
    PlaceOrder {
        /// From which store.
        store: StoreId,
        /// What, at most 40 lines, each SKU once.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<CartLine>, min_items = 1, max_items = 40))]
        lines: CartLines,
        /// How.
        fulfilment: Fulfilment,
        /// For a delivery or a parcel: to whom and where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recipient: Option<Recipient>,
        /// Take a transfer of what is missing from this location, as an offer of the quote named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer_from: Option<LocationId>,
        /// For `hq_ship`: the warehouse that ships all of it, as an offer of the quote named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ship_from: Option<LocationId>,
        /// What the customer saw as the total: another one is refused with `price_changed`.
        expect_total: Fen,
        /// When the quote said that the goods would be there (`ready_by`): what the customer was promised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promised: Option<Timestamp>,
        /// What the customer saw as the price of each line, in their order: another one is refused with `price_changed`, also where the total
        /// happens to be the same. Empty: only the total is compared.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        expect_prices: Vec<Fen>,
        /// A word to the store, at most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Place it although an order of the same goods in this store waits for its payment: else that is refused with `already_placed`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
        /// Price it with none but these coupons of the member; absent: with those that save most, as the quote did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coupons: Option<Vec<CouponId>>,
        /// The gifts that the quote promised: an order that would have fewer is refused with `price_changed`. Absent: they are not compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect_gifts: Option<Vec<CampaignGift>>,
        /// The promise of a quote (`token`): list prices that went up since are not asked for while it holds. Without one only what the customer saw
        /// is compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<String>,
        /// The time slot, as the quote named it (`2026-11-29T10:00`): one that is full is refused with `slot_full`. Absent: as soon as possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<String>,
    }

    /// The order that was placed.
    PlacedOrder {
        /// Its id.
        order: OrderId,
        /// What is to be paid.
        total: Fen,
        /// Until when.
        pay_by: Timestamp,
    }

    /// An order in a list.
    OrderCard {
        /// Its id.
        order: OrderId,
        /// From which store.
        store: StoreId,
        /// Its name.
        store_name: String,
        /// Where it stands.
        state: OrderState,
        /// How the customer gets the goods.
        fulfilment: Fulfilment,
        /// What it costs.
        total: Fen,
        /// How many units of all lines.
        units: u32,
        /// The first lines, e.g. `鲜牛奶 950ml ×2、吐司 ×1`.
        summary: String,
        /// When it was placed.
        placed_at: Timestamp,
        /// The same in the store's zone, `11-23 16:40`.
        placed_text: String,
        /// Until when it must be paid, while it waits for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pay_by: Option<Timestamp>,
        /// Last digits for calling out at the counter.
        short_code: String,
        /// Did the customer leave a word for the store? The order itself says which.
        #[serde(default)]
        noted: bool,
        /// Does it wait for its customer to choose, because goods are missing?
        #[serde(default)]
        short: bool,
        /// The time slot that its customer chose, in the store's zone, `11-29 10:00–10:30`; absent for as soon as possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<String>,
        /// For when the goods were promised, while they are not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promised_at: Option<Timestamp>,
        /// Pictures of its first lines, for its customer's list.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pictures: Vec<String>,
    }

    /// A page of orders, newest first.
    OrderList {
        /// The orders.
        orders: Vec<OrderCard>,
        /// Give this back as `cursor` for the next page; absent on the last. A page of a search may have few orders, or none, and a next one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// May there be more of them, on a next page?
        #[serde(default)]
        more: bool,
    }

    /// Something that happened to an order.
    HistoryEntry {
        /// When, in the store's zone.
        at_text: String,
        /// When.
        at: Timestamp,
        /// What, in Chinese.
        text: String,
    }

    /// An order in full, as its customer or its store sees it.
    OrderView {
        /// The card.
        card: OrderCard,
        /// The lines.
        lines: Vec<OrderLine>,
        /// Sum of the lines.
        goods: Fen,
        /// For bringing them.
        delivery_fee: Fen,
        /// The pickup code, for its customer only and only while it is of use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pickup_code: Option<String>,
        /// To whom, for a delivery or a parcel: in clear for its customer, masked for everybody else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recipient: Option<ShownRecipient>,
        /// The counter of the store that sold it, for its customer: to call it and to find it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counter: Option<Counter>,
        /// The newest delivery.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<DeliveryView>,
        /// The transfer that the order waits for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<TransferCard>,
        /// The store whose staff works on it: the one that sold it, or the keeper of the warehouse that ships it.
        served_by: StoreId,
        /// The warehouse that ships it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ships_from: Option<String>,
        /// When the goods were promised for, in the store's zone, while they are not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promised_text: Option<String>,
        /// Is that time over?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        promise_over: bool,
        /// It is paid, and its customer may still call it off without asking anybody.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        may_cancel: bool,
        /// Until when it waits at the counter, in the store's zone; after that the money goes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pick_up_by_text: Option<String>,
        /// The parcel, once it is with its carrier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parcel: Option<ParcelView>,
        /// What happened so far, oldest first.
        history: Vec<HistoryEntry>,
        /// The customer's word to the store: for its customer, and for staff who prepare orders.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// What is not there, while the customer chooses.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shortfall: Option<ShortfallView>,
        /// Goods that may have ended since they were put together, and their days: for the staff, before they leave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended_text: Option<String>,
        /// What the customer does without: the lines, the sums and the total are without it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withdrawn: Vec<MissingLine>,
        /// The money for it, which goes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given_back: Option<Fen>,
        /// What the lines come to at the list prices, when a campaign took something off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<Fen>,
        /// Campaigns that it was priced with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        discounts: Vec<QuoteDiscount>,
        /// Gifts, handed over at the counter.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gifts: Vec<QuoteGift>,
        /// When it came to which state, in order; for its customer.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        times: Vec<OrderTime>,
        /// When which step of its transfer was done, in order; for its customer.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        transfer_times: Vec<HistoryEntry>,
        /// By how much the goods are, or were, later than promised, `约 10 分钟`; absent when they are not. For its customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        late_text: Option<String>,
    }

    /// When an order came to a state.
    OrderTime {
        /// Which.
        state: OrderState,
        /// When.
        at: Timestamp,
        /// The same in the store's zone, `11-23 16:40`.
        at_text: String,
    }

    /// A parcel as shown.
    ParcelView {
        /// Who brings it.
        carrier: Carrier,
        /// The carrier's number of it.
        number: String,
        /// When it was given to the carrier.
        shipped_at: Timestamp,
        /// When it is taken for received, unless its customer says something before; in the store's zone.
        received_by_text: String,
    }

    /// The parcel is with its carrier.
    ShipParcel {
        /// Who brings it.
        carrier: Carrier,
        /// The carrier's number of it: 8 to 32 letters and digits.
        number: String,
        /// Goods of a batch that has ended were looked for: none are sent.
        #[serde(default)]
        fresh: bool,
    }

    /// Somebody has seen to what was odd about an order's rider.
    SeeToRider {
        /// What was found: 1 to 100 characters.
        note: String,
    }

    /// A recipient as shown: in clear to the customer whose order it is, masked to others.
    ShownRecipient {
        /// `张三`, or `张**`
        name: String,
        /// `13812341234`, or `138****1234`
        phone: String,
        /// Street and door; masked no further than the district.
        address: String,
    }

    /// Call an order off.
    CancelOrder {
        /// Also when it is paid: all of the money goes back. Whoever has not said so is asked.
        #[serde(default)]
        sure: bool,
    }

    /// A line of an order.
    OrderLine {
        /// What.
        sku: SkuId,
        /// Its name when it was sold.
        name: String,
        /// Its spec when it was sold.
        spec: String,
        /// Its picture.
        picture: String,
        /// How many.
        quantity: Quantity,
        /// Each.
        price: Fen,
        /// All of them, at that price.
        total: Fen,
        /// Units of it that come by transfer.
        from_transfer: u32,
        /// What campaigns took off it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off: Option<Fen>,
    }

    /// A delivery as shown.
    DeliveryView {
        /// Its id.
        delivery: DeliveryId,
        /// Where it stands.
        state: DeliveryState,
        /// `王师傅`, once one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rider: Option<String>,
        /// Masked number of the rider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rider_phone: Option<String>,
        /// How many times a rider was called, this one included.
        attempt: u32,
        /// It is being called off: the platform has not confirmed it yet.
        #[serde(default)]
        calling_off: bool,
        /// What people should look at; for the staff only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    }

    /// Verify a pickup code at the counter.
    VerifyPickup {
        /// What the customer shows: the digits, or the text of the QR code.
        code: String,
        /// Hand it over although it is still being prepared, or goods of it were reported missing: somebody was asked and said yes.
        #[serde(default)]
        sure: bool,
        /// Goods of a batch that has ended were looked for: none are handed over.
        #[serde(default)]
        fresh: bool,
    }

    /// The store says what of an order is not there.
    ReportShortfall {
        /// What, and how many units.
        lines: Vec<CartLine>,
    }

    /// The customer chooses what becomes of an order that lacks goods.
    ChooseShortfall {
        /// `transfer`, `keep` or `refund`.
        choice: ShortfallChoice,
        /// For a transfer: the location that an offer named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<LocationId>,
    }

    /// What is not there, and what can be done about it.
    ShortfallView {
        /// What.
        lines: Vec<MissingLine>,
        /// When the money goes back by itself.
        choose_by: Timestamp,
        /// The same in the store's zone.
        choose_by_text: String,
        /// What goes back when the customer takes what is there; absent when nothing is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep_refund: Option<Fen>,
        /// Beside the money; for the customer only.
        offers: Vec<Offer>,
    }

    /// Units that are not there.
    MissingLine {
        /// What.
        sku: SkuId,
        /// Its name.
        name: String,
        /// How many.
        quantity: u32,
    }

    /// Why an order cost what it did: its price, found again by the engine from what it was priced with.
    OrderPrice {
        /// The order.
        order: OrderId,
        /// When it was placed, in the store's zone.
        placed_text: String,
        /// Is it the same price for the same reasons?
        outcome: PriceOutcome,
        /// The same as a sentence.
        outcome_text: String,
        /// The lines, as they were placed.
        lines: Vec<OrderPriceLine>,
        /// What they come to at the list prices.
        list: Fen,
        /// Campaigns that applied, in the order in which they did.
        discounts: Vec<OrderPriceDiscount>,
        /// Campaigns that did not, and why.
        missed: Vec<QuoteMissed>,
        /// Gifts.
        gifts: Vec<QuoteGift>,
        /// The goods.
        goods: Fen,
        /// The fee for bringing them before any campaign.
        list_fee: Fen,
        /// The fee.
        delivery_fee: Fen,
        /// What it comes to.
        total: Fen,
        /// What the order was placed at.
        placed_total: Fen,
        /// Campaigns whose version of then is not known any more.
        lost: Vec<CampaignId>,
    }

    /// A line of such a price.
    OrderPriceLine {
        /// What.
        sku: SkuId,
        /// Its name then.
        name: String,
        /// How many.
        quantity: Quantity,
        /// Each, at the list price.
        price: Fen,
        /// What the line comes to.
        total: Fen,
        /// Who took what off it.
        cuts: Vec<OrderPriceCut>,
    }

    /// What a campaign took off a line.
    OrderPriceCut {
        /// Which.
        campaign: CampaignId,
        /// As the customer read it.
        title: String,
        /// Of the line's units, so many share it.
        units: u32,
        /// So much.
        amount: Fen,
    }

    /// A campaign that applied to an order.
    OrderPriceDiscount {
        /// Which.
        campaign: CampaignId,
        /// As the customer read it.
        title: String,
        /// What it does, in Chinese.
        what: String,
        /// Which version of it.
        version: u64,
        /// How often: sets, units or repeats.
        times: u32,
        /// Off the goods.
        goods: Fen,
        /// Off the fee.
        delivery: Fen,
        /// Of both, what HQ bears.
        hq: Fen,
        /// Of both, what the store bears.
        store: Fen,
        /// The coupon that it took.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coupon: Option<CouponId>,
        /// HQ's floor did not let it take off all that it says.
        floored: bool,
    }
}

/// What became of finding an order's price again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PriceOutcome {
    /// The same price for the same reasons.
    Identical,
    /// Another one.
    Differs,
    /// A campaign's version of then is not known any more.
    Incomplete,
    /// Nothing was on offer: the list prices count.
    Plain,
    /// It was placed before orders kept what they are priced with.
    Unknown,
}

/// The lines of a cart that is priced or ordered: 1 to [`CartLines::MAX`], each SKU once. Anything else is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<CartLine>")]
pub struct CartLines(Vec<CartLine>);

impl CartLines {
    /// The most lines that a cart may have; the API's document says so beside its fields.
    pub const MAX: usize = 40;
}

impl TryFrom<Vec<CartLine>> for CartLines {
    /// A sentence for a person.
    type Error = String;

    fn try_from(lines: Vec<CartLine>) -> Result<Self, String> {
        if lines.is_empty() || lines.len() > Self::MAX {
            return Err(format!("需要 1 到 {} 种商品", Self::MAX));
        }
        // So few that comparing all of them is less than a set, which each page would download.
        match lines.iter().enumerate().find(|(i, l)| lines[..*i].iter().any(|before| before.sku == l.sku)) {
            Some((_, twice)) => Err(format!("商品 {} 重复，请合并数量", twice.sku)),
            None => Ok(Self(lines)),
        }
    }
}

impl Deref for CartLines {
    type Target = [CartLine];

    fn deref(&self) -> &[CartLine] {
        &self.0
    }
}

impl OrderView {
    /// The text of the pickup code's QR picture: leads straight to the order.
    #[must_use]
    pub fn qr_text(&self) -> Option<String> {
        self.pickup_code.as_ref().map(|code| format!("LD:{}:{code}", self.card.order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: usize) -> CartLine {
        CartLine { sku: format!("sku_{n}").parse().unwrap(), quantity: Quantity::new(1).unwrap() }
    }

    #[test]
    fn given_lines_at_the_edges_when_read_then_only_one_to_forty_with_each_sku_once_are_a_cart() {
        let read = |lines: &[CartLine]| serde_json::from_value::<CartLines>(serde_json::to_value(lines).unwrap()).map_err(|e| e.to_string());
        let many: Vec<_> = (0..41).map(line).collect();
        assert_eq!(read(&many[..40]).unwrap().len(), 40);
        assert_eq!(serde_json::to_value(read(&many[..1]).unwrap()).unwrap(), serde_json::to_value(&many[..1]).unwrap(), "as the lines themselves");
        for (wrong, why) in [
            (&many[..0], "需要 1 到 40 种商品"),
            (&many[..], "需要 1 到 40 种商品"),
            (&[line(7), line(8), line(7)][..], "商品 sku_7 重复，请合并数量"),
        ] {
            assert_eq!(read(wrong), Err(why.to_owned()));
        }
    }
}
