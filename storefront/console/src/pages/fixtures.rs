//! What tests of pages need: somebody who looks, and rows of stock.

use liandian_types::{
    Fen, GeoPoint, Mode, Role, Scope, StoreStatus, Tier, Timestamp,
    api::{StaffSession, StockPlace, StockRow, StoreRow},
};

use super::{Frame, Place, Section};

/// A session of this role.
pub fn session(role: Role, scope: Scope) -> StaffSession {
    StaffSession {
        staff: "stf_1".parse().unwrap(),
        name: "王小妹".into(),
        role,
        scope,
        permissions: role.default_permissions(),
        access_token: String::new(),
        expires: Timestamp(0),
        refresh_token: String::new(),
    }
}

/// The frame of a page of HQ that was asked for like this.
pub fn frame<'a>(staff: &'a StaffSession, query: &'a str) -> Frame<'a> {
    Frame { version: "v", staff, place: Place::Hq, section: Section::Elsewhere, query, now: 1_000_000_000 }
}

/// A store's name card; `n` tells it from others.
pub fn store(n: usize, city: &str, region: &str) -> StoreRow {
    StoreRow {
        store: format!("sto_{n}").parse().unwrap(),
        name: format!("第{n}店"),
        city: city.into(),
        region: region.parse().unwrap(),
        mode: Mode::Direct,
        tier: Tier::Standard,
        status: StoreStatus::Open,
        address: String::new(),
        point: GeoPoint { lat: 31.0, lng: 121.0 },
        entrance: format!("e{n}"),
        hours: "24 小时".into(),
        radius_m: 3_000,
    }
}

/// Milk in that store, or in the warehouse `wh-{n}` that it keeps.
pub fn milk(n: usize, warehouse: bool, city: &str, available: i64) -> StockRow {
    let location = if warehouse { format!("loc_wh-{n}") } else { format!("loc_{n}") };
    StockRow {
        sku: "sku_milk".parse().unwrap(),
        name: "鲜牛奶".into(),
        barcode: "690".into(),
        picture: String::new(),
        tracks_expiry: false,
        price: Fen(990),
        location: location.parse().unwrap(),
        location_name: if warehouse { format!("第{n}仓") } else { format!("第{n}店") },
        on_hand: available,
        reserved: 0,
        safety: 0,
        available,
        incoming: 0,
        counted_blind: false,
        batches: Vec::new(),
        shards: 0,
        sold_at: None,
        cover_days: None,
        at: Some(StockPlace { city: city.into(), point: GeoPoint { lat: 31.0, lng: 121.0 }, keeper: format!("sto_{n}").parse().unwrap() }),
    }
}
