//! Bodies of requests and responses, and what pages show. The same structs serve the JSON routes, the server-rendered
//! pages and the islands.

use serde::{Deserialize, Serialize};

use crate::{
    AccessAct, AddressId, Carrier, ClaimId, ClaimState, Code, CountId, CountKind, CountState, CountStep, DeliveryId, DeliveryState, Fen, Fulfilment,
    GeoPoint, LocationId, MemberId, Mode, MovementId, MovementKind, OrderId, OrderState, Permission, PersonalField, PostingId, Problem, Quantity,
    RegionId, ReturnTo, Role, Scope, ShortfallChoice, SkuId, SpuId, StaffId, StoreId, StoreStatus, Tier, Timestamp, TransferId, TransferState,
    TransferStep,
};

/// What [`ChainPolicies::count_share`] is for who does not say it.
fn half() -> u32 {
    50
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

// ---------------------------------------------------------------- stores

bodies! {
    /// A store as a customer sees it in a list.
    StoreCard {
        /// Its id.
        store: StoreId,
        /// Its name.
        name: String,
        /// City and street.
        address: String,
        /// City, e.g. 上海.
        city: String,
        /// Class.
        tier: Tier,
        /// Where it is.
        point: GeoPoint,
        /// Metres from where the customer asked; absent when no place was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distance_m: Option<u32>,
        /// Is it open at this moment (status and hours)?
        open_now: bool,
        /// Does it take no orders for a while?
        #[serde(default)]
        paused: bool,
        /// Is it open, and closes within half an hour?
        #[serde(default)]
        closing_soon: bool,
        /// What to know before coming or ordering: why it pauses and until when, other hours today, that it is about to close.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        /// `08:00–22:00`, or `24 小时`.
        hours: String,
        /// Can goods be picked up?
        pickup: bool,
        /// Does it deliver?
        delivery: bool,
        /// Does the asked place lie inside its service radius? False when no place was given.
        in_range: bool,
        /// How far it delivers, in metres.
        radius_m: u32,
        /// Look of its pages: `standard`, `simple` or `community`.
        #[serde(default)]
        theme: String,
    }

    /// A page of stores.
    StoreList {
        /// Nearest first when a place was given, else by city; those that pause after all that do not.
        stores: Vec<StoreCard>,
        /// Give this back as `cursor` for the next page; absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// What the console shows of a store.
    StoreRow {
        /// Its id.
        store: StoreId,
        /// Its name.
        name: String,
        /// City.
        city: String,
        /// Region.
        region: RegionId,
        /// Who owns it.
        mode: Mode,
        /// Class.
        tier: Tier,
        /// In business?
        status: StoreStatus,
        /// Street.
        address: String,
        /// Where it is.
        point: GeoPoint,
        /// Entrance code, the `scene` of its QR code.
        entrance: String,
        /// `08:00–22:00`.
        hours: String,
        /// How far it delivers, in metres.
        radius_m: u32,
    }
}

// ---------------------------------------------------------------- goods

bodies! {
    /// A SKU as listed in one store, with that store's price and stock.
    ListingCard {
        /// The SKU.
        sku: SkuId,
        /// Its product.
        spu: SpuId,
        /// Name of the product, e.g. 鲜牛奶.
        name: String,
        /// Which of its kind, e.g. 950ml.
        spec: String,
        /// Category key, e.g. `dairy`.
        category: String,
        /// Address of its picture.
        picture: String,
        /// What this store asks for it.
        price: Fen,
        /// HQ's suggested price, when it is higher than `price`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Fen>,
        /// Units that can be promised now.
        available: u32,
        /// 品牌主推
        flagship: bool,
    }

    /// A page of goods.
    ListingPage {
        /// The goods.
        items: Vec<ListingCard>,
        /// Give this back as `cursor` for the next page; absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A category of a store's shop.
    Category {
        /// Key, e.g. `dairy`.
        key: String,
        /// Name, e.g. 乳品.
        name: String,
    }

    /// A store's home page.
    StoreHome {
        /// The store.
        store: StoreCard,
        /// Its theme: `standard`, `simple` or `community`.
        theme: String,
        /// Categories in the order of the shop.
        categories: Vec<Category>,
        /// What is shown first: recommended goods of this store.
        featured: Vec<ListingCard>,
        /// While it takes no orders: the nearest store that does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<StoreCard>,
    }

    /// A category page.
    CategoryPage {
        /// The store.
        store: StoreCard,
        /// All categories.
        categories: Vec<Category>,
        /// The one shown; empty for a search.
        current: String,
        /// The goods.
        page: ListingPage,
        /// The text searched for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    }

    /// A product page.
    ProductPage {
        /// The store.
        store: StoreCard,
        /// Name of the product.
        name: String,
        /// What it is.
        description: String,
        /// Brand.
        brand: String,
        /// Every SKU of it that this store lists, in the library's order.
        skus: Vec<ListingCard>,
        /// Which of them was asked for.
        chosen: SkuId,
    }
}

// ---------------------------------------------------------------- session, cart, quote

bodies! {
    /// Log a mini-program user in: the code that `wx.login` gave.
    LoginRequest {
        /// The `js_code`; works once.
        code: String,
    }

    /// Who is logged in.
    Session {
        /// The member.
        member: MemberId,
        /// What to call them.
        nickname: String,
        /// When the session ends.
        expires: Timestamp,
        /// The bearer token, for the mini-program shell and other clients without cookies.
        token: String,
    }

    /// A ticket for the web-view's URL.
    Ticket {
        /// Works once, for five minutes.
        ticket: String,
        /// The path to open in the web-view, with the ticket in it.
        path: String,
    }

    /// Ask for a ticket.
    TicketRequest {
        /// The `js_code` that `wx.login` gave.
        code: String,
        /// Where the web-view shall end up: a path of this shop, e.g. `/s/sto_sh01`.
        to: String,
    }

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

    /// An address of a member's book, in clear: only its member reads it.
    SavedAddress {
        /// Its id.
        address: AddressId,
        /// Name.
        name: String,
        /// Mainland mobile number, 11 digits.
        phone: String,
        /// `上海市静安区`
        district: String,
        /// Street and door.
        street: String,
        /// Where that is.
        point: GeoPoint,
    }

    /// A member's address book.
    AddressList {
        /// The one used last first; at most 20.
        addresses: Vec<SavedAddress>,
    }

    /// Keep an address, in front of the others.
    SaveAddress {
        /// Which one to change; absent for a new one. The same address once more only moves up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<AddressId>,
        /// Name.
        name: String,
        /// Mainland mobile number, 11 digits.
        phone: String,
        /// `上海市静安区`
        district: String,
        /// Street and door.
        street: String,
        /// Where that is; must fit the district and the street's words.
        point: GeoPoint,
    }

    /// A district of China.
    DistrictView {
        /// Code by GB/T 2260, e.g. `310106`.
        code: String,
        /// `上海市静安区`
        name: String,
        /// Near its middle.
        point: GeoPoint,
    }

    /// Districts around a point, or by name.
    DistrictList {
        /// The nearest or best match first; at most 12.
        districts: Vec<DistrictView>,
    }

    /// Price a cart and see how it can be had.
    QuoteRequest {
        /// From which store.
        store: StoreId,
        /// What.
        lines: Vec<CartLine>,
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
    }

    /// A priced cart.
    Quote {
        /// The lines.
        lines: Vec<QuoteLine>,
        /// What was asked for besides, as far as the store lists it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        besides: Vec<QuoteLine>,
        /// Sum of the lines.
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
        refusal: Option<crate::Problem>,
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

// ---------------------------------------------------------------- orders

bodies! {
    /// Place an order. Sent with an `Idempotency-Key` header.
    PlaceOrder {
        /// From which store.
        store: StoreId,
        /// What, at most 40 lines, each SKU once.
        lines: Vec<CartLine>,
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

    /// How to pay: what `wx.requestPayment` wants, and where a browser goes.
    PaymentStart {
        /// The provider's prepay id.
        prepay_id: String,
        /// Parameters of `wx.requestPayment`.
        app_id: String,
        /// Seconds since the epoch.
        time_stamp: String,
        /// Nonce.
        nonce_str: String,
        /// `prepay_id=…`
        package: String,
        /// `RSA`
        sign_type: String,
        /// Signature over the above.
        pay_sign: String,
        /// Where a browser outside of WeChat goes to pay.
        pay_url: String,
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
    }

    /// What a page of the console tells when its program has stopped. Nothing of what was on it.
    PageFault {
        /// The page, without what was asked of it.
        page: String,
        /// The place in the program, `islands/picker.rs:71:9`.
        at: String,
        /// The site's version.
        version: String,
    }

    /// A page of orders, newest first.
    OrderList {
        /// The orders.
        orders: Vec<OrderCard>,
        /// Give this back as `cursor` for the next page; absent on the last, and of a search.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// Are there more of them? Those of a search beyond these are not listed: it wants more words, or a day.
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

    /// How to reach a store.
    Counter {
        /// Telephone; empty when it has none.
        phone: String,
        /// City and street.
        address: String,
        /// Where it is.
        point: GeoPoint,
        /// `08:00–22:00`
        hours: String,
        /// While nobody is there: why, or when somebody is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resting: Option<String>,
    }

    /// Call an order off.
    CancelOrder {
        /// Also when it is paid: all of the money goes back. Whoever has not said so is asked.
        #[serde(default)]
        sure: bool,
    }

    /// What is known of an order's payment, the provider having been asked.
    PaymentCheck {
        /// Where the order stands now.
        state: OrderState,
        /// Is its money in?
        paid: bool,
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
        /// All of them.
        total: Fen,
        /// Units of it that come by transfer.
        from_transfer: u32,
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
}

// ---------------------------------------------------------------- transfers and stock

bodies! {
    /// A transfer in a task list.
    TransferCard {
        /// Its id.
        transfer: TransferId,
        /// Where it stands.
        state: TransferState,
        /// Which location sends.
        source: LocationId,
        /// Its name.
        source_name: String,
        /// Which location receives.
        target: LocationId,
        /// Its name.
        target_name: String,
        /// The order that waits for it; absent when it fills a shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
        /// Asked for by HQ rather than by the target.
        by_hq: bool,
        /// The word of whoever asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Why it was rejected, called off, or came in part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What.
        lines: Vec<TransferLine>,
        /// By when the next step is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
        /// When it was asked for, in the store's zone.
        created_text: String,
        /// When it was asked for.
        created_at: Timestamp,
        /// How often somebody was told that its step is late.
        reminders: u32,
        /// What may be done next, by whoever asks.
        steps: Vec<TransferStep>,
        /// Nothing is promised yet: what the source accepts is promised when it does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_acceptance: bool,
    }

    /// A line of a transfer.
    TransferLine {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// How many were asked for.
        quantity: u32,
        /// How many the source sends, when it is not all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<u32>,
        /// Why the source sends fewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fewer: Option<String>,
        /// Why fewer arrived than were sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How many arrived, once it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received: Option<u32>,
    }

    /// Transfers of a store.
    TransferList {
        /// Those it has to send; those that an order waits for before all others.
        outgoing: Vec<TransferCard>,
        /// Those it waits for, in the same order.
        incoming: Vec<TransferCard>,
        /// There are more open ones: they follow when these are done.
        more: bool,
        /// Goods of this store that orders of other stores hold until they are paid, or their time is over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        held: Vec<HeldGoods>,
    }

    /// Goods that wait for the payment of an order of another store.
    HeldGoods {
        /// The transfer that will be asked for when it is paid.
        transfer: TransferId,
        /// Where they lie.
        source: LocationId,
        /// For which store.
        target_name: String,
        /// What.
        lines: Vec<TransferLine>,
        /// Until when, unless it is paid.
        until: Timestamp,
        /// The same in the store's zone.
        until_text: String,
    }

    /// One step with a transfer.
    TransferStepRequest {
        /// Which.
        step: TransferStep,
        /// Why: for `reject`, `cancel`, `recall` and `lose`, and whenever it is fewer than it should be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The source that whoever decides was shown: refused when the transfer has another one meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<LocationId>,
        /// For `accept`: what will be sent, and for `receive`: what arrived, if it is not all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lines: Option<Vec<StepLine>>,
        /// For `send`: goods of a batch that has ended were looked for, and none are sent.
        #[serde(default)]
        fresh: bool,
    }

    /// How many of one SKU are sent, or arrived.
    StepLine {
        /// What.
        sku: SkuId,
        /// How many.
        quantity: u32,
        /// Why fewer, if it is another reason than that of the step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Ask for goods of another location. Sent with an `Idempotency-Key` header.
    StartTransfer {
        /// Where they are to come from; absent: the best source is found, and the next when it would not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<LocationId>,
        /// Where they are to go: HQ says, for a store it is its own shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<LocationId>,
        /// What, at most 40 lines, each SKU once.
        lines: Vec<CartLine>,
        /// A word to the source, at most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    /// An obligation whose time has come and that has not been met.
    OverdueRow {
        /// What kind: `order`, `extra_payment`, `transfer`, `delivery`, `rider`, `count`, `split`, `expiry`.
        what: String,
        /// Of which: an id, or a location and a SKU.
        id: String,
        /// Where it stands, in Chinese.
        state: String,
        /// Whose, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
        /// Since when.
        since: Timestamp,
    }

    /// What the last check of the books found.
    BooksReport {
        /// When it began.
        at: Timestamp,
        /// Stock records.
        records: u64,
        /// Movement documents.
        movements: u64,
        /// Orders.
        orders: u64,
        /// Transfers.
        transfers: u64,
        /// What did not agree, one sentence each; at most fifty of them.
        differences: Vec<String>,
        /// How many there are.
        count: u64,
    }

    /// A payment that its order did not need.
    ExtraPaymentRow {
        /// The order.
        order: OrderId,
        /// The order's store.
        store: StoreId,
        /// How much.
        amount: Fen,
        /// When it was told.
        told_at: Timestamp,
        /// When it was back; absent while it is on its way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned_at: Option<Timestamp>,
    }

    /// A till that HQ should look after: its receipts are refused, or it has told nothing for too long while its store was open.
    TillRow {
        /// The store.
        store: StoreId,
        /// The till's number; empty for the store's bridge itself, whose request could not be read.
        till: String,
        /// When it was heard last.
        heard_at: Timestamp,
        /// Since when it has told nothing; absent when it is heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        silent_since: Option<Timestamp>,
        /// Since when receipts are refused that have not been taken since; absent when there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused_since: Option<Timestamp>,
        /// How many of them, as far as they are kept: twenty and more are twenty.
        refused: u32,
        /// The code of the last refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// The field that it named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    }

    /// What HQ should look at.
    Exceptions {
        /// Records with more units promised than there are, worst first.
        short: Vec<StockRow>,
        /// Records that run low, least first.
        low: Vec<StockRow>,
        /// There are more of either.
        more: bool,
        /// Transfers whose step somebody was told about twice and did not take, oldest first.
        late: Vec<TransferCard>,
        /// Up to how many units are low.
        low_at: u32,
        /// What should have happened by now, oldest first.
        overdue: Vec<OverdueRow>,
        /// There is more of it.
        #[serde(default)]
        overdue_more: bool,
        /// Payments of this week that their orders did not need, the newest first: each goes back by itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        extra: Vec<ExtraPaymentRow>,
        /// There are more of them.
        #[serde(default)]
        extra_more: bool,
        /// Tills that are refused or silent, the longest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tills: Vec<TillRow>,
        /// There are more of them.
        #[serde(default)]
        tills_more: bool,
        /// The last check of the books, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        books: Option<BooksReport>,
        /// Stock documents that wait for a second person, oldest first; for those who may decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        claims: Vec<ClaimCard>,
        /// There are more of them.
        #[serde(default)]
        claims_more: bool,
    }

    /// A stock document that one person may not record alone.
    ClaimCard {
        /// Its id.
        claim: ClaimId,
        /// Whose staff made it.
        store: StoreId,
        /// Name of the location.
        location_name: String,
        /// A loss, an adjustment or a return.
        kind: MovementKind,
        /// Where it stands.
        state: ClaimState,
        /// When it was made.
        at: Timestamp,
        /// The same in the store's zone.
        at_text: String,
        /// Who made it.
        by_name: String,
        /// The paper.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<String>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What.
        lines: Vec<ClaimLineView>,
        /// Units of all lines, whichever way they go.
        units: i64,
        /// Their worth at the list price.
        value: Fen,
        /// Who decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided_name: Option<String>,
        /// When, in the store's zone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided_text: Option<String>,
        /// Why it was rejected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
        /// May the caller decide about it?
        decides: bool,
    }

    /// A line of such a document.
    ClaimLineView {
        /// What.
        sku: SkuId,
        /// Its name.
        name: String,
        /// How many, as it was told: for an adjustment also below zero.
        quantity: i64,
        /// Which batch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<String>,
        /// What the record said then.
        on_hand: i64,
        /// What the units are worth at the list price.
        value: Fen,
    }

    /// Stock documents of a store that wait for a second person, or waited for one.
    ClaimList {
        /// Those that wait, oldest first.
        waiting: Vec<ClaimCard>,
        /// Those that are decided, newest first.
        decided: Vec<ClaimCard>,
        /// For the next page of those.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A second person decides.
    ClaimDecision {
        /// Is it recorded?
        approve: bool,
        /// Why not; required to reject it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// A place where a store's staff works on stock.
    PlaceName {
        /// Its id.
        location: LocationId,
        /// Its name.
        name: String,
    }

    /// Orders that wait for goods which are promised and not there.
    ShortOrder {
        /// The order.
        order: OrderId,
        /// Its last characters, as people say them.
        short_code: String,
        /// Units that are promised to it from here.
        units: i64,
        /// Where it stands, for people.
        state_text: String,
        /// When it was placed, in the store's zone.
        placed_text: String,
    }

    /// A transfer that is to send goods which are promised and not there.
    ShortTransfer {
        /// The transfer.
        transfer: TransferId,
        /// To where.
        target_name: String,
        /// Units that are promised to it from here.
        units: i64,
        /// Where it stands, for people.
        state_text: String,
    }

    /// Goods of which more is promised than is there.
    ShortGoods {
        /// The record.
        row: StockRow,
        /// Units that are missing.
        missing: i64,
        /// Orders that wait for them, the newest first: those may be told before others.
        orders: Vec<ShortOrder>,
        /// Transfers that are to send them, those that were asked for: what waits for the payment of another store's order is not among them.
        transfers: Vec<ShortTransfer>,
    }

    /// Shortfalls of a location.
    ShortList {
        /// Goods, worst first.
        goods: Vec<ShortGoods>,
        /// There are more orders or transfers than were looked at.
        #[serde(default)]
        more: bool,
    }

    /// Goods on their way through the chain.
    TransfersInFlight {
        /// Open transfers, oldest first.
        transfers: Vec<TransferCard>,
        /// How many are open, with those that are not among these.
        open: u32,
        /// Units between two locations.
        units: i64,
        /// Their worth at the suggested price.
        value: Fen,
    }

    /// Stock of one SKU at one location.
    StockRow {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// Barcode (EAN-13).
        barcode: String,
        /// Its picture.
        picture: String,
        /// Its batches are told apart by the day on which they expire.
        tracks_expiry: bool,
        /// List price: what a unit is valued at when it is written off.
        #[serde(default)]
        price: Fen,
        /// Where.
        location: LocationId,
        /// Name of the location.
        location_name: String,
        /// Units that are there.
        on_hand: i64,
        /// Units promised.
        reserved: i64,
        /// Units kept back.
        safety: i64,
        /// Units that can be promised.
        available: i64,
        /// Units on their way here.
        incoming: i64,
        /// It is being counted blindly by who looks: what is there is not told, and 0 here.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counted_blind: bool,
        /// What is left of each batch, first expired first; of goods that track it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        batches: Vec<BatchView>,
        /// From how many rows beside its own the record is sold; 0 when it is one row.
        shards: u16,
        /// When units of it were last told to be sold, online or at a till.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sold_at: Option<Timestamp>,
        /// Where that is; in what is told of the whole chain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<StockPlace>,
    }

    /// Where a record of a list of the whole chain lies.
    StockPlace {
        /// City.
        city: String,
        /// Where it is.
        point: GeoPoint,
        /// The store whose staff works there.
        keeper: StoreId,
    }

    /// Stock rows and the next page.
    StockList {
        /// The rows.
        rows: Vec<StockRow>,
        /// There are more than a list that has no pages shows.
        more: bool,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// Where the store's staff works on stock: its shelf first, then the warehouses that it keeps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        places: Vec<PlaceName>,
        /// Goods of this place that orders of other stores hold until they are paid.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        held: Vec<HeldGoods>,
    }

    /// Units of a SKU on a stock document.
    FactLine {
        /// What.
        sku: SkuId,
        /// How many; for an adjustment also below zero.
        quantity: i64,
        /// The last day on which they may be sold, `2026-12-01`, of goods that track it. Required when they are received or found; what is brought
        /// back without it, or after it, is taken in as unsellable. For what goes: which batch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<String>,
    }

    /// Units that expire on one day.
    BatchView {
        /// The last day on which they may be sold, `2026-12-01`.
        expires_on: String,
        /// How many are left.
        units: i64,
        /// Days until then; below zero when it is over.
        days_left: i32,
    }

    /// What has happened on a shelf, as a person tells it.
    StockFact {
        /// Where: a warehouse that the store keeps; without it the store's shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<LocationId>,
        /// `receipt` or `return`; for adjustments `loss` or `adjustment`.
        kind: MovementKind,
        /// What, at most 90 lines, each SKU once; goods that are kept by date and come in count twice.
        lines: Vec<FactLine>,
        /// The paper that it stands on, e.g. a delivery note. The number of a receipt is taken once per source and place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<String>,
        /// Who sent the goods, for a receipt: a supplier, whose numbers are its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// The number was received before (`already_received`), and these are other goods.
        #[serde(default)]
        again: bool,
        /// Why; required for a loss and an adjustment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
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

    /// Begins a stock count.
    StartCount {
        /// Where: a warehouse that the store keeps; without it the store's shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<LocationId>,
        /// All of the shelf, or a part.
        kind: CountKind,
        /// Shall who counts not see what the record says?
        #[serde(default)]
        blind: bool,
        /// For a part: a category of the library.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// For a part: these SKUs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skus: Vec<SkuId>,
    }

    /// What was found of one SKU.
    CountEntry {
        /// What.
        sku: SkuId,
        /// How many.
        counted: u32,
        /// The day that was read off it, of goods that are kept by date: units that the record does not know of come in with it, else with the
        /// earliest of what lies there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<String>,
    }

    /// What was found, at most 25 lines at a time.
    CountEntries {
        /// Each SKU once.
        lines: Vec<CountEntry>,
    }

    /// The lines that were entered.
    CountEntered {
        /// As they are now.
        lines: Vec<CountLineView>,
    }

    /// Submits a count or calls it off.
    CountStepRequest {
        /// `submit` or `cancel`; to decide, `approve` or `reject`.
        step: CountStep,
        /// Why; required to send it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// A count in a list.
    CountCard {
        /// Its id.
        count: CountId,
        /// All of the shelf, or a part.
        kind: CountKind,
        /// Does who counts not see what the record says?
        blind: bool,
        /// What is counted.
        title: String,
        /// Where it stands.
        state: CountState,
        /// When it was begun, as text.
        created_text: String,
        /// SKUs to count.
        lines: u32,
        /// SKUs that were counted, once it was submitted.
        counted: u32,
        /// SKUs that differ.
        different: u32,
        /// Units more than the record says.
        over: i64,
        /// Units fewer than the record says.
        short: i64,
        /// What all differences are worth at the list price.
        value: Fen,
        /// Why it was sent back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// One SKU of a count.
    CountLineView {
        /// What.
        sku: SkuId,
        /// Its name.
        name: String,
        /// Its barcode.
        barcode: String,
        /// Its picture.
        picture: String,
        /// What was found; absent until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counted: Option<u32>,
        /// What the record said then; absent while a blind count is open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        book: Option<i64>,
        /// The difference; absent where `book` is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        difference: Option<i64>,
        /// Is it kept by date?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dated: bool,
        /// The day that was read off it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<String>,
    }

    /// A count with its lines.
    CountView {
        /// The count.
        card: CountCard,
        /// What the caller may do with it now.
        steps: Vec<CountStep>,
        /// Its lines, by name.
        lines: Vec<CountLineView>,
        /// Names of those who counted and handed it in.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        counted_by: Vec<String>,
        /// Name of who approved it; absent while nobody has, and where the policy did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<String>,
    }

    /// A count that waits for somebody to decide.
    CountToDecide {
        /// Of which store.
        store: StoreId,
        /// Its name.
        store_name: String,
        /// The count.
        card: CountCard,
    }

    /// Counts that wait for somebody to decide.
    CountsToDecide {
        /// The counts, oldest first.
        counts: Vec<CountToDecide>,
        /// There are more of them in the chain.
        more: bool,
    }

    /// Work of one store, in numbers.
    StoreWork {
        /// The store.
        row: StoreRow,
        /// Orders to put together, a hundred being many.
        preparing: u32,
        /// Orders that wait for their customer or rider, a hundred being many.
        ready: u32,
        /// Orders that wait for goods, a hundred being many.
        awaiting: u32,
        /// Its counts that wait for somebody to decide, among the newest.
        counts: Vec<CountCard>,
    }

    /// A page of stores with their work.
    StoreWorkList {
        /// By city.
        stores: Vec<StoreWork>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A page of counts.
    CountList {
        /// Newest first.
        counts: Vec<CountCard>,
        /// What can be counted in parts.
        categories: Vec<Category>,
        /// Where can be counted: the store's shelf first, then the warehouses that it keeps.
        places: Vec<PlaceName>,
        /// Where the next page starts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// What HQ decides for the whole chain.
    ChainPolicies {
        /// A count is approved by itself, and what one person writes off, adjusts or takes back is recorded at once, when no line differs by more
        /// units than this …
        count_units: u32,
        /// … and all differences together (of one person and day, for what is written off) are worth no more than this …
        count_value: Fen,
        /// … and no line takes more of a record than this, in per cent; a single unit is no share.
        #[serde(default = "half")]
        count_share: u32,
        /// Matching: points for a kilometre.
        per_km: u32,
        /// Matching: points for a minute until the goods are there.
        per_minute: u32,
        /// Matching: points for an order that waits there already.
        per_waiting: u32,
        /// Matching: points off for a spare unit of the scarcest line, up to ten units.
        per_spare: u32,
        /// A stock record with at most so many units to promise is low; at most 20.
        low_at: u32,
        /// Are stock records sold from several rows by themselves when a crowd meets on them? Else only where HQ says so.
        splits: bool,
        /// Unpaid orders that a member may have, 1 to 20.
        unpaid_orders: u32,
        /// Units that a member's unpaid orders may hold together, at least 1.
        unpaid_units: u32,
        /// Units of one SKU that one order may have, 1 to 999.
        order_sku_units: u32,
        /// Units that one order may have, at least 1.
        order_units: u32,
        /// Of what a shelf could promise of a SKU, the share in percent that one member's unpaid orders may hold, 1 to 100 …
        shelf_percent: u32,
        /// … and so many units in any case, at least 1.
        shelf_floor: u32,
        /// Orders that a member may let close without payment within a day before a wait begins.
        unpaid_closes: u32,
        /// The longest wait after further ones, in minutes, up to 120: 1, 5, 30 and 120 minutes, none longer than this; 0: no wait.
        unpaid_wait: u32,
        /// Of what a location could promise of a SKU, the share in percent that one store's ask has promised at once, 0 to 100; more is promised when
        /// its source accepts …
        ask_percent: u32,
        /// … and so for more units than these in one ask, 0 to 99,999 …
        ask_units: u32,
        /// … or in all asks of a store in a day.
        ask_day_units: u32,
        /// A till that has told nothing for so many minutes of its store's opening hours is an exception; 30 to 10,080. Holds from each till's next word on.
        #[serde(default = "till_silent")]
        till_silent: u32,
        /// How often they have been set. Who sets them says which version was seen: when it is another by now, it is a conflict.
        version: u64,
    }

    /// A field that was changed.
    ChangedField {
        /// Its name.
        field: String,
        /// What it was, as people read it.
        old: String,
        /// What it is.
        new: String,
    }

    /// One change of what HQ decides for the whole chain.
    PoliciesChange {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What was changed.
        fields: Vec<ChangedField>,
    }

    /// Changes of what HQ decides for the whole chain, newest first.
    PoliciesHistory {
        /// The changes.
        changes: Vec<PoliciesChange>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// From how many rows a stock record is sold.
    StockShards {
        /// Where.
        location: LocationId,
        /// 0 for the one row of a usual record, up to 64 for a crowd's. It stays so until it is told otherwise.
        shards: u16,
    }

    /// What became of a document.
    Recorded {
        /// The document that changed the shelf; absent while it waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        movement: Option<MovementId>,
        /// It waits for a second person under this id: the shelf is as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim: Option<ClaimId>,
    }

    /// How much of a SKU is kept back.
    StockSafety {
        /// Where; without it on the store's shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<LocationId>,
        /// Units that are not promised online, 0 to 99,999.
        safety: i64,
    }

    /// A SKU of a till's receipt.
    PosLine {
        /// What.
        sku: SkuId,
        /// How many were sold, 1 to 99,999; below zero: how many were brought back.
        quantity: i64,
        /// What becomes of goods that were brought back: without it they lie on the shelf again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned_to: Option<ReturnTo>,
        /// The last day on which goods that were brought back may be sold, `2026-12-01`. Goods that are kept by date are written off without it, unless the
        /// same receipt sells as many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<String>,
    }

    /// A sale at a till.
    PosSale {
        /// The till's number.
        till: String,
        /// The receipt's number, once per till.
        number: String,
        /// When it was sold, in milliseconds, up to 400 days ago; a clock that is ahead sells now. The same lines within a minute under one number are the
        /// same receipt.
        sold_at: Timestamp,
        /// What was sold and what was brought back; the same SKU may come twice.
        lines: Vec<PosLine>,
    }

    /// Sales of a store's tills, as many as its bridge has collected; in any order, however late.
    PosSales {
        /// At most 25.
        sales: Vec<PosSale>,
    }

    /// What became of them, in the order of the request.
    PosRecorded {
        /// One per sale.
        sales: Vec<PosOutcome>,
    }

    /// What became of a sale.
    PosOutcome {
        /// Its document; the same whenever it is told again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        movement: Option<MovementId>,
        /// Was it known before?
        known: bool,
        /// Why it was not recorded: telling it again as it is will not help. The others are recorded all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<Problem>,
    }

    /// A document that changed stock.
    MovementCard {
        /// Its id.
        movement: MovementId,
        /// Why counters changed.
        kind: MovementKind,
        /// When.
        at: Timestamp,
        /// In the store's zone.
        at_text: String,
        /// The paper.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<String>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Who: an account's id, a till, a worker.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// The name of who, when it is an account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor_name: Option<String>,
        /// The second person, for what one may not record alone: an account's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<String>,
        /// The name of that person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_name: Option<String>,
        /// For which order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
        /// For which transfer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<TransferId>,
        /// What.
        lines: Vec<MovementLineView>,
    }

    /// A line of such a document.
    MovementLineView {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// Added to what is there.
        on_hand: i64,
        /// Added to what is promised.
        reserved: i64,
        /// Added to what is on its way here.
        incoming: i64,
        /// Added to what is kept back.
        safety: i64,
        /// What of it came in or left by its date.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        batches: Vec<DatedUnits>,
    }

    /// Units that expire on one day.
    DatedUnits {
        /// The last day on which they may be sold, `2026-12-01`.
        expires_on: String,
        /// How many.
        units: i64,
    }

    /// Documents, newest first, and the next page.
    MovementList {
        /// The documents.
        movements: Vec<MovementCard>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// Where the store's staff works on stock: its shelf first, then the warehouses that it keeps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        places: Vec<PlaceName>,
    }

    /// Stock of one SKU across the chain.
    SkuStock {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// Sum of what is there.
        on_hand: i64,
        /// Sum of what is promised.
        reserved: i64,
        /// Sum of what can be promised.
        available: i64,
        /// Sum of what is on its way.
        incoming: i64,
        /// Per location, least available first.
        rows: Vec<StockRow>,
    }
}

fn till_silent() -> u32 {
    180
}

// ---------------------------------------------------------------- staff and settlement

bodies! {
    /// Staff log in.
    StaffLogin {
        /// User name.
        username: String,
        /// Password.
        password: String,
    }

    /// Exchange a refresh token for a new pair; it works once.
    StaffRefresh {
        /// The refresh token; absent when it comes in the cookie.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refresh_token: Option<String>,
    }

    /// A staff session.
    StaffSession {
        /// Who.
        staff: StaffId,
        /// Display name.
        name: String,
        /// Role.
        role: Role,
        /// Where it holds.
        scope: Scope,
        /// What it may do, there.
        #[serde(default)]
        permissions: Vec<Permission>,
        /// Access token, 15 minutes.
        access_token: String,
        /// When the access token ends.
        expires: Timestamp,
        /// Refresh token, 14 days, once.
        refresh_token: String,
    }

    /// A posting: what one order brought to whom. Its entries add up to zero.
    PostingView {
        /// Its id.
        posting: PostingId,
        /// The order.
        order: OrderId,
        /// The store that sold.
        store: StoreId,
        /// When.
        at: Timestamp,
        /// The same in the store's zone.
        at_text: String,
        /// Which rule, e.g. `joint-15/1`.
        rule: String,
        /// When it may be paid out.
        payable_from: Timestamp,
        /// The entries.
        entries: Vec<EntryView>,
    }

    /// One side of a posting.
    EntryView {
        /// Account, e.g. `hq:revenue`, `store:sto_sh01:payable`.
        account: String,
        /// Its name in Chinese.
        title: String,
        /// Positive: debit; negative: credit.
        amount: Fen,
    }

    /// Settlement of a store, or of the chain.
    SettlementView {
        /// Orders in it.
        orders: u32,
        /// What customers paid.
        gross: Fen,
        /// HQ's share.
        hq: Fen,
        /// The stores' share.
        stores: Fen,
        /// The newest postings.
        postings: Vec<PostingView>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// One store's sums in HQ's settlement view.
    StoreShare {
        /// The store.
        store: StoreId,
        /// Its name.
        name: String,
        /// Who owns it.
        mode: Mode,
        /// Orders.
        orders: u32,
        /// What customers paid.
        gross: Fen,
        /// HQ's share.
        hq: Fen,
        /// The store's share.
        share: Fen,
    }
}

impl OrderView {
    /// The text of the pickup code's QR picture: leads straight to the order.
    #[must_use]
    pub fn qr_text(&self) -> Option<String> {
        self.pickup_code.as_ref().map(|code| format!("LD:{}:{code}", self.card.order))
    }
}

bodies! {
    /// A page of the store directory.
    StoreRows {
        /// The stores.
        rows: Vec<StoreRow>,
        /// How many there are, with those of the other pages.
        total: u32,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Settlement as HQ sees it.
    HqSettlement {
        /// Sums over the chain and the newest postings.
        total: SettlementView,
        /// Sums per store, largest gross first.
        stores: Vec<StoreShare>,
    }
}

bodies! {
    /// Whether a store is in business and on which days its hours differ. Times are the store's own.
    StoreOpening {
        /// In business?
        status: StoreStatus,
        /// Why it pauses, as customers read it; required when it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Until when, `2026-12-01T08:00`; from then on it takes orders again by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Days that differ; no two of them hold the same day.
        #[serde(default)]
        exceptions: Vec<OpeningException>,
        /// Its hours on all other days, `07:00–23:00`; not set here.
        #[serde(default)]
        hours: String,
        /// Of the profile that was looked at: a change by somebody else meanwhile is a conflict.
        version: u64,
    }

    /// Days on which a store's hours are others.
    OpeningException {
        /// The first day, `2026-10-01`.
        from: String,
        /// The last day.
        to: String,
        /// When it opens, `10:00`; closed all day when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<String>,
        /// When it closes, `24:00` at the latest; before the opening: on the next day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        close: Option<String>,
        /// Why, as customers read it.
        note: String,
    }
}

bodies! {
    /// Somebody of the staff has seen personal data in clear, or somebody has logged in.
    AccessRow {
        /// When.
        at: Timestamp,
        /// The same in China, `11-28 10:05`.
        at_text: String,
        /// Who: the id of a staff account or of a member; absent where somebody named an account that there is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// The name of who, of staff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor_name: Option<String>,
        /// The role that it was then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Why.
        act: AccessAct,
        /// False for a login that was refused.
        succeeded: bool,
        /// In which store.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
        /// Of which orders.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<OrderId>,
        /// What was shown in clear.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<PersonalField>,
        /// The network that it came from, `203.0.113.*`; empty where that is not known.
        #[serde(default)]
        from: String,
    }

    /// Access records, newest first.
    AccessList {
        /// The records.
        records: Vec<AccessRow>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
}

impl ChainPolicies {
    /// What people call one of its fields; a field that it has no more is called by its name.
    #[must_use]
    pub fn title(field: &str) -> &str {
        match field {
            "low_at" => "库存预警（件）",
            "till_silent" => "收银台静默（分钟）",
            "splits" => "抢购时自动分片",
            "unpaid_orders" => "未付款订单（单）",
            "unpaid_units" => "未付款件数（件）",
            "order_sku_units" => "每单单品（件）",
            "order_units" => "每单合计（件）",
            "shelf_percent" => "货架份额（%）",
            "shelf_floor" => "货架份额下限（件）",
            "unpaid_closes" => "免等待的未付关闭（单）",
            "unpaid_wait" => "最长等待（分钟）",
            "ask_percent" => "当场预留比例（%）",
            "ask_units" => "当场预留件数（件）",
            "ask_day_units" => "每店每日（件）",
            "count_units" => "免审差异（件）",
            "count_value" => "免审差异（元）",
            "count_share" => "免审差异（占账面 %）",
            "per_km" => "每公里（分值）",
            "per_minute" => "每分钟（分值）",
            "per_waiting" => "每单排队（分值）",
            "per_spare" => "每件余量（减分）",
            other => other,
        }
    }
}

impl ClaimList {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self { waiting: Vec::new(), decided: Vec::new(), next: None }
    }
}
