//! Stores: the directory, opening hours, and a store's work in numbers.

use serde::{Deserialize, Serialize};

use super::{ChangedField, CountCard};
use crate::{Fen, GeoPoint, LocationId, Mode, RegionId, SkuId, StaffId, StoreId, StoreImportId, StoreStatus, Tier, Timestamp};

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
        /// When what is ordered now can be fetched at the earliest, `今天 20:30`; absent when nothing can be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pickup_text: Option<String>,
        /// When a rider could be with somebody next door at the earliest, `30 分钟` or `明天 07:30`; absent when none comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery_text: Option<String>,
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

    /// A store as HQ types it, in a form or in a row of a file: texts as people write them, of which the server says what is wrong, field by field.
    StoreDraft {
        /// Its name.
        #[serde(default)]
        name: String,
        /// City.
        #[serde(default)]
        city: String,
        /// District.
        #[serde(default)]
        district: String,
        /// Street.
        #[serde(default)]
        address: String,
        /// Telephone of the counter.
        #[serde(default)]
        phone: String,
        /// Latitude, GCJ-02.
        #[serde(default)]
        lat: String,
        /// Longitude, GCJ-02.
        #[serde(default)]
        lng: String,
        /// Region, by id or name.
        #[serde(default)]
        region: String,
        /// `direct`, `joint`, `franchise`, or the word in Chinese.
        #[serde(default)]
        mode: String,
        /// `flagship`, `standard`, `community`, or the word in Chinese.
        #[serde(default)]
        tier: String,
        /// `preparing`, `open`, `paused`, `closed`, or the word in Chinese.
        #[serde(default)]
        status: String,
        /// Why it pauses, as customers read it.
        #[serde(default)]
        reason: String,
        /// Until when it pauses, `2026-12-01T08:00`; empty: until somebody says so.
        #[serde(default)]
        until: String,
        /// `07:00–23:00`, or `24 小时`; behind that days of the week that differ: `；周六、周日 09:00–22:00；周三 休息`.
        #[serde(default)]
        hours: String,
        /// Days that differ.
        #[serde(default)]
        exceptions: Vec<OpeningException>,
        /// How far it delivers, in metres.
        #[serde(default)]
        radius_m: String,
        /// Can goods be picked up?
        #[serde(default)]
        pickup: bool,
        /// Does it deliver?
        #[serde(default)]
        delivery: bool,
        /// Has it a front warehouse?
        #[serde(default)]
        front_warehouse: bool,
        /// Code of its entrance.
        #[serde(default)]
        entrance: String,
        /// Look of its pages: `standard`, `simple`, `community`, or the word in Chinese.
        #[serde(default)]
        theme: String,
        /// The settlement rule; empty: the usual one of its mode.
        #[serde(default)]
        rule: String,
        /// How customers reach its service.
        #[serde(default)]
        service: String,
        /// Address of its member group's invitation or QR picture, `https://…`.
        #[serde(default)]
        group: String,
        /// The cell that owns its writes; empty: the first one. Set once.
        #[serde(default)]
        cell: String,
    }

    /// A store to be saved.
    SaveStore {
        /// What it shall be.
        draft: StoreDraft,
        /// The version that was looked at; 0 for a new store.
        #[serde(default)]
        version: u64,
        /// Why; asked for when the store moves to another mode, class or region, or closes.
        #[serde(default)]
        why: String,
        /// Close it although orders wait?
        #[serde(default)]
        sure: bool,
    }

    /// What is wrong with one field of a store.
    StoreFault {
        /// Which field of the draft.
        field: String,
        /// What is wrong, in Chinese.
        detail: String,
    }

    /// What saving a store would do.
    StorePreview {
        /// What is wrong; nothing can be saved before that is mended.
        faults: Vec<StoreFault>,
        /// What is another value than now, by the names of its fields.
        changes: Vec<ChangedField>,
        /// What policy is another one then, because it moves to another mode, class or region.
        policies: Vec<ChangedField>,
        /// What somebody should know before saving.
        notes: Vec<String>,
    }

    /// A store as HQ keeps it.
    StoreRecord {
        /// Its card.
        row: StoreRow,
        /// As it can be edited.
        draft: StoreDraft,
        /// How often it was changed.
        version: u64,
        /// Name of its region; its id where nobody has named it.
        region_name: String,
        /// Address of its entrance, for the QR code.
        entrance_link: String,
        /// What customers are told now, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        /// Its permits.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        permits: Vec<StorePermit>,
    }

    /// A permit of a store.
    StorePermit {
        /// The name of its document, e.g. 食品经营许可证.
        kind: String,
        /// The number on it.
        number: String,
        /// The last day on which it holds, `2026-12-31`; empty when it has no end.
        #[serde(default)]
        expires: String,
        /// Does it hold now? Told, not set.
        #[serde(default)]
        holds: bool,
    }

    /// The permits of a store, whole.
    StorePermits {
        /// The permits.
        permits: Vec<StorePermit>,
        /// The version of the store's profile: that which was seen, or that which is there now.
        version: u64,
    }

    /// A change of a store.
    StoreChange {
        /// When.
        at: Timestamp,
        /// The same, as people read it.
        at_text: String,
        /// By whom.
        by: StaffId,
        /// The person's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// Was it made then?
        created: bool,
        /// Why.
        #[serde(default)]
        why: String,
        /// Each field that became another, by its name in Chinese.
        fields: Vec<ChangedField>,
    }

    /// Changes of a store, newest first.
    StoreHistory {
        /// The changes.
        changes: Vec<StoreChange>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Stores as a CSV file.
    StoresFile {
        /// The file's name.
        file: String,
        /// Its text, with a header line.
        csv: String,
    }

    /// A file of stores.
    ImportStores {
        /// The file's name.
        file: String,
        /// Its text: UTF-8, with or without a byte order mark, the names of the columns in the first line.
        csv: String,
        /// Only say what it would do.
        #[serde(default)]
        dry: bool,
        /// Take the sound rows although others are not.
        #[serde(default)]
        skip_bad: bool,
    }

    /// What is wrong with a row of a file.
    StoreImportFault {
        /// The line of the file, from 1.
        line: u64,
        /// The column, from 1; 0 for the whole row.
        column: u32,
        /// The column's name.
        header: String,
        /// What is wrong, in Chinese.
        detail: String,
    }

    /// An import of stores: what the file would do, or how far it has come.
    StoreImport {
        /// Its id; absent of a dry run, and when nothing was to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        import: Option<StoreImportId>,
        /// The file's name.
        file: String,
        /// Rows of the file.
        rows: u32,
        /// Stores that are made.
        created: u32,
        /// Stores that are changed.
        changed: u32,
        /// Stores that are so already.
        same: u32,
        /// What is wrong, at most two hundred of it.
        faults: Vec<StoreImportFault>,
        /// How much is wrong altogether.
        bad: u32,
        /// Batches that are done.
        done: u32,
        /// Batches there are.
        parts: u32,
        /// Is nothing left to do?
        finished: bool,
        /// When it began, as people read it; empty of a dry run.
        #[serde(default)]
        at_text: String,
        /// Who began it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
    }

    /// Imports of stores, newest first.
    StoreImports {
        /// The imports.
        imports: Vec<StoreImport>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A region (区域).
    RegionRow {
        /// Its id.
        region: RegionId,
        /// Its name.
        name: String,
        /// The region that it is a part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<RegionId>,
        /// Who is responsible for it.
        manager: String,
        /// Stores that lie in it, without those of its parts.
        stores: u32,
        /// How often it was changed.
        version: u64,
    }

    /// All regions, each behind the one that it is a part of.
    RegionList {
        /// The regions.
        regions: Vec<RegionRow>,
    }

    /// What a region shall be.
    SetRegion {
        /// Its name.
        name: String,
        /// The region that it is a part of.
        #[serde(default)]
        parent: Option<RegionId>,
        /// Who is responsible for it.
        #[serde(default)]
        manager: String,
        /// The version that was looked at; 0 for a new one.
        #[serde(default)]
        version: u64,
    }

    /// A warehouse as a form has it.
    WarehouseDraft {
        /// Its name.
        name: String,
        /// `front` (a front warehouse) or `hq`.
        kind: String,
        /// Its address.
        address: String,
        /// Latitude, GCJ-02, in degrees as typed.
        lat: String,
        /// Longitude.
        lng: String,
        /// The store whose staff works on its tasks.
        keeper: StoreId,
        /// Accounts of those who keep it.
        #[serde(default)]
        keepers: Vec<StaffId>,
    }

    /// How a warehouse shall be.
    SaveWarehouse {
        /// How.
        draft: WarehouseDraft,
        /// The version that was looked at; 0 for a new one.
        #[serde(default)]
        version: u64,
    }

    /// That a warehouse is closed.
    CloseWarehouse {
        /// The version that was looked at.
        version: u64,
        /// Why.
        why: String,
    }

    /// A warehouse in a list.
    WarehouseRow {
        /// Which.
        location: LocationId,
        /// How it is.
        draft: WarehouseDraft,
        /// Its kind in words.
        kind_name: String,
        /// The name of the store that keeps it.
        keeper_name: String,
        /// The names of those who keep it, in the order of the form.
        keeper_names: Vec<String>,
        /// Since when it is closed, as people read it; empty while it is open.
        closed: String,
        /// How often it was changed.
        version: u64,
    }

    /// Warehouses.
    WarehouseList {
        /// Those that are open, by name, and then those that are closed.
        warehouses: Vec<WarehouseRow>,
    }

    /// A warehouse, with what lies there and what happened to it.
    WarehouseView {
        /// How it is.
        row: WarehouseRow,
        /// Kinds of goods that are there, promised or on their way.
        skus: u32,
        /// Units that are there.
        on_hand: i64,
        /// Units promised to orders and transfers.
        reserved: i64,
        /// Units on their way there.
        incoming: i64,
        /// What happened to it, newest first.
        changes: Vec<StoreChange>,
        /// For the next page of that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// Who can keep it: account and name.
        people: Vec<WarehouseKeeper>,
    }

    /// Somebody who can keep a warehouse.
    WarehouseKeeper {
        /// The account.
        staff: StaffId,
        /// The name.
        name: String,
    }

    /// A rule that is another in a store than HQ says.
    RuleDifference {
        /// Its name.
        label: String,
        /// What HQ says.
        hq: String,
        /// What holds here.
        here: String,
        /// Which level says so.
        level: String,
        /// Why.
        why: String,
    }

    /// Goods of the library of which a store says something itself.
    ListingDifference {
        /// Which.
        sku: SkuId,
        /// Its title.
        name: String,
        /// Name of its category.
        category_name: String,
        /// HQ's price.
        hq_price: Fen,
        /// What the store says itself, by title.
        fields: Vec<String>,
    }

    /// What a store does otherwise than HQ says.
    StoreDifferences {
        /// Which.
        store: StoreId,
        /// Its name.
        name: String,
        /// Rules.
        rules: Vec<RuleDifference>,
        /// Goods, by name; the first two hundred.
        goods: Vec<ListingDifference>,
        /// How many there are.
        total: u32,
        /// How many products of its own it has.
        locals: u32,
    }
}
