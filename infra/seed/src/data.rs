//! The files of `data/`, typed. A mistake in them is found by this crate's tests.

use serde::{Deserialize, de::DeserializeOwned};

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Category {
    pub key: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct City {
    pub name: String,
    pub region: String,
    pub lat: f64,
    pub lng: f64,
    /// Share of a scaled chain's stores.
    pub weight: u32,
    pub spread_km: f64,
    /// Tag of goods that only this city's stores list.
    pub taste: String,
    /// `south` leans to ice drinks, `north` to hot ones.
    pub climate: String,
    pub districts: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoreRow {
    pub id: String,
    pub place: String,
    pub city: String,
    pub address: String,
    pub phone: String,
    pub lat: f64,
    pub lng: f64,
    pub tier: String,
    pub mode: String,
    pub open: String,
    pub close: String,
    pub delivery: String,
    pub theme: String,
    pub status: String,
    pub features: String,
    pub entrance: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct WarehouseRow {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub lat: f64,
    pub lng: f64,
    pub keeper: String,
}

/// A product as `goods.csv` has it.
#[derive(Debug, Clone, Deserialize)]
pub struct Good {
    /// Tail of its ids.
    pub id: String,
    pub(crate) category: String,
    /// Its name.
    pub name: String,
    pub(crate) brand: String,
    /// What it comes in.
    pub form: String,
    /// Floor price in percent of the price.
    pub(crate) floor: i64,
    pub(crate) tags: String,
    /// `spec:fen:grams`, several by `|`.
    pub(crate) specs: String,
    pub(crate) description: String,
}

impl Good {
    pub(crate) fn has(&self, tag: &str) -> bool {
        self.tags.split(' ').any(|t| t == tag)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct People {
    pub staff: Vec<StaffRow>,
    pub members: MembersRow,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StaffRow {
    pub username: String,
    pub name: String,
    pub role: liandian_types::Role,
    pub region: Option<String>,
    /// Several stores instead of a region.
    #[serde(default)]
    pub stores: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MembersRow {
    pub nicknames: Vec<String>,
}

fn rows<T: DeserializeOwned>(what: &str, text: &str) -> Vec<T> {
    // The files are part of the program: one that cannot be read is a fault of the build, found by the first test.
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|r| r.unwrap_or_else(|e| panic!("data/{what}: {e}"))).collect()
}

pub(crate) fn categories() -> Vec<Category> {
    rows("categories.csv", include_str!("../data/categories.csv"))
}
pub(crate) fn cities() -> Vec<City> {
    rows("cities.csv", include_str!("../data/cities.csv"))
}
pub(crate) fn stores() -> Vec<StoreRow> {
    rows("stores.csv", include_str!("../data/stores.csv"))
}
pub(crate) fn warehouses() -> Vec<WarehouseRow> {
    rows("warehouses.csv", include_str!("../data/warehouses.csv"))
}
pub(crate) fn goods() -> Vec<Good> {
    rows("goods.csv", include_str!("../data/goods.csv"))
}
pub(crate) fn people() -> People {
    toml::from_str(include_str!("../data/people.toml")).unwrap_or_else(|e| panic!("data/people.toml: {e}"))
}
