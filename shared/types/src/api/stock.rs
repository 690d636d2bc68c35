//! Stock, the documents that change it, counts, claims, and what tills tell.

use serde::{Deserialize, Serialize};

use super::{Category, HeldGoods};
use crate::{
    ClaimId, ClaimState, Code, CountId, CountKind, CountState, CountStep, Fen, GeoPoint, LocationId, MovementId, MovementKind, OrderId, Problem,
    ReturnTo, SkuId, StoreId, Timestamp, TransferId,
};

bodies! {
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
        /// For how many days what can be promised lasts at the pace of the last 14 days; in what is told of the whole chain, and absent where nothing was sold
        /// or nobody has added it up lately.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cover_days: Option<u32>,
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
        /// For how many days what can be promised lasts at the pace of the last 14 days, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cover_days: Option<u32>,
        /// Per location, least available first; asked for with `since`, only of those that changed since then.
        rows: Vec<StockRow>,
        /// Give this back as `since` for what changes from now on.
        #[serde(default)]
        until: Timestamp,
    }

    /// A SKU with what the chain, or the caller's region, has of it.
    SkuSums {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// Barcode (EAN-13).
        barcode: String,
        /// Its picture.
        picture: String,
        /// List price.
        price: Fen,
        /// Sum of what is there.
        on_hand: i64,
        /// Sum of what is promised.
        reserved: i64,
        /// Sum of what can be promised.
        available: i64,
        /// Sum of what is on its way.
        incoming: i64,
        /// Stores that can promise some of it.
        stores_with: u32,
        /// Stores that have a record of it and can promise nothing.
        stores_without: u32,
        /// When it was added up: a moment ago, or, of a SKU in many places, up to ten minutes.
        at: Timestamp,
        /// For how many days what can be promised lasts at the pace of the last 14 days; absent where nothing was sold or nobody has added it up lately.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cover_days: Option<u32>,
    }

    /// SKUs of the library with their sums, and the next page.
    SkuList {
        /// The SKUs.
        rows: Vec<SkuSums>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
}

impl ClaimList {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self { waiting: Vec::new(), decided: Vec::new(), next: None }
    }
}
