//! Stores: the directory, opening hours, and a store's work in numbers.

use serde::{Deserialize, Serialize};

use super::CountCard;
use crate::{GeoPoint, Mode, RegionId, StoreId, StoreStatus, Tier};

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
}
