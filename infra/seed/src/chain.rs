//! What the demo chain consists of, from `data/` by fixed rules.

use std::collections::HashSet;

use liandian_domain::{
    access::{
        account::{LINK_MS, Link},
        key::IntegrationKey,
        role::RoleDef,
    },
    catalog::{
        LibrarySku, Listing,
        library::{BrandList, Categories},
        prices::{SetPrice, StorePrice},
        product::Product,
    },
    governance::{
        fields::{FieldKey, Value},
        resolve::{Level, Setting, preset_settings},
    },
    settlement::{Rule, default_rule_of, default_rules},
    stock::{
        batch::Batch,
        record::{Movement, MovementKind, MovementLine, Stock},
    },
    stores::{
        hours::{CHINA, Hours, day},
        profile::{Location, LocationKind, StoreProfile},
        region::Region,
    },
};
use liandian_store::access::staff::Staff;
use liandian_types::{
    AccountState, Fen, GeoPoint, LocationId, MemberId, Mode, Permission, RegionId, Role, Scope, SkuId, StaffId, StoreId, StoreStatus, Tier, Timestamp,
};

use crate::{
    data::{self, City, Good},
    library, slots,
};

/// A demo customer.
#[derive(Debug, Clone)]
pub struct DemoMember {
    /// Its id.
    pub member: MemberId,
    /// The sandbox's openid.
    pub openid: String,
    /// What it wants to be called.
    pub nickname: String,
}

/// A chain to be loaded.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The stores.
    pub stores: Vec<StoreProfile>,
    /// Warehouses, HQ's and front ones.
    pub warehouses: Vec<Location>,
    /// The products.
    pub goods: Vec<Good>,
    /// The categories.
    pub categories: Categories,
    /// The brands.
    pub brands: BrandList,
    /// The library as HQ edits it.
    pub products: Vec<Product>,
    /// The SKUs of it that are on sale.
    pub library: Vec<LibrarySku>,
    /// Staff of HQ and of regions. Stores' staff: [`Chain::staff_of`].
    pub hq_staff: Vec<Staff>,
    /// Demo customers.
    pub members: Vec<DemoMember>,
    /// Settlement rules.
    pub rules: Vec<Rule>,
    /// Regions: large ones, and a city in each.
    pub regions: Vec<Region>,
    /// Do campaigns run in it? A chain for people has some; tests and benchmarks know what a cart costs without.
    pub campaigns: bool,
    /// How long before people see it the chain begins, in milliseconds: what is to be seen as new, or as still to come, is so after that time.
    pub past_ms: i64,
    expiring: HashSet<SkuId>,
    cities: Vec<City>,
    features: Vec<String>,
}

/// What lies in a store or warehouse.
#[derive(Debug, Clone)]
pub struct StoreGoods {
    /// What the store lists; empty for a warehouse.
    pub listings: Vec<Listing>,
    /// Its stock.
    pub stock: Vec<(SkuId, Stock)>,
}

impl StoreGoods {
    /// The documents that explain the stock, 60 lines each.
    #[must_use]
    pub fn receipts(&self, location: &LocationId, at: Timestamp) -> Vec<Movement> {
        let there: Vec<_> = self.stock.iter().filter(|(_, s)| s.on_hand != 0).collect();
        there
            .chunks(60)
            .enumerate()
            .map(|(i, part)| {
                let movement = id(&format!("mov_00seed{i:02}{}", location.as_str().trim_start_matches("loc_")));
                let lines = part.iter().map(|(sku, s)| MovementLine::of(sku, s.on_hand, 0, 0).keeping(s.safety)).collect();
                Movement::of(movement, location.clone(), MovementKind::Receipt, None, None, lines, at)
            })
            .collect()
    }
}

/// How much of its goods a scattered store has: thousands of stores are there for their number, and are to be written in minutes.
const SCATTERED_PERCENT: u64 = 15;

/// An id of the demo data, which tests have checked.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Display,
{
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// A number that looks like chance and is the same every time.
fn chance(words: &[&str]) -> u64 {
    // FNV-1a with a final mix: neighbours in the data get unlike numbers.
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for b in words.iter().flat_map(|w| w.bytes().chain([0])) {
        h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    }
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^ (h >> 29)
}

fn percent(words: &[&str]) -> u64 {
    chance(words) % 100
}

fn minutes(text: &str) -> u16 {
    text.split_once(':').and_then(|(h, m)| Some(h.parse::<u16>().ok()? * 60 + m.parse::<u16>().ok()?)).unwrap_or(0)
}

/// The large regions, and of each its cities; who is responsible for one is the manager whose scope it is.
fn regions(cities: &[City], staff: &[Staff]) -> Vec<Region> {
    let manager = |region: &RegionId| {
        let of = staff.iter().find(|s| matches!(&s.scope, Scope::Region(r) if r == region));
        of.map(|s| s.name.clone()).unwrap_or_default()
    };
    let large = [("east", "华东区"), ("north", "华北区"), ("south", "华南区"), ("west", "西部区"), ("central", "华中区")];
    let made = |region: RegionId, name: &str, parent: Option<RegionId>| Region {
        manager: manager(&region),
        region,
        name: name.to_owned(),
        parent,
        version: 1,
    };
    let whole = large.iter().map(|(word, name)| made(id(&format!("reg_{word}")), name, None));
    let parts = cities.iter().map(|c| {
        let above = c.region.split_once('-').map(|(word, _)| id(&format!("reg_{word}")));
        made(id(&format!("reg_{}", c.region)), &c.name, above)
    });
    whole.chain(parts).collect()
}

fn profile(r: &data::StoreRow, cities: &[City], categories: &[(String, String)]) -> StoreProfile {
    let tier: Tier = id(&r.tier);
    let mode: Mode = id(&r.mode);
    let region = cities.iter().find(|c| c.name == r.city).map_or("east-sh", |c| c.region.as_str());
    StoreProfile {
        store: id(&format!("sto_{}", r.id)),
        name: format!("连店·{}", r.place),
        city: r.city.clone(),
        address: r.address.clone(),
        phone: r.phone.clone(),
        region: id(&format!("reg_{region}")),
        mode,
        tier,
        status: id(&r.status),
        point: GeoPoint { lat: r.lat, lng: r.lng },
        hours: Hours::daily(minutes(&r.open), minutes(&r.close), CHINA),
        radius_m: match tier {
            Tier::Flagship => 5_000,
            Tier::Standard => 3_000,
            Tier::Community => 2_000,
        },
        pickup: true,
        delivery: r.delivery == "yes",
        entrance: r.entrance.clone(),
        theme: r.theme.clone(),
        rule: default_rule_of(mode).to_owned(),
        categories: categories.to_vec(),
        pause: None,
        version: 0,
        details: liandian_domain::stores::profile::Details::default(),
    }
}

/// Argon2id of [`crate::DEMO_PASSWORD`], made once and used for every demo account: real parameters, and a seed that does not
/// hash for a minute.
fn password() -> String {
    use argon2::{Argon2, PasswordHasher, password_hash::SaltString};
    let salt = SaltString::encode_b64(b"liandian-demo-00").unwrap_or_else(|e| panic!("{e}"));
    Argon2::default().hash_password(crate::DEMO_PASSWORD.as_bytes(), &salt).map(|h| h.to_string()).unwrap_or_else(|e| panic!("{e}"))
}

impl Chain {
    /// The 36 stores.
    #[must_use]
    pub fn demo() -> Self {
        Self::scaled(36)
    }

    /// The first `n` stores of the demo chain, and beyond 36 further ones scattered over forty cities: for benchmarks.
    #[must_use]
    pub fn scaled(n: usize) -> Self {
        let cities = data::cities();
        let goods = data::goods();
        let categories: Vec<(String, String)> = data::categories().into_iter().map(|c| (c.key, c.name)).collect();
        let shown: Vec<(String, String)> = categories.iter().filter(|(k, _)| k != "tobacco").cloned().collect();
        let rows = data::stores();
        let mut stores: Vec<StoreProfile> = rows.iter().take(n).map(|r| profile(r, &cities, &shown)).collect();
        let mut features: Vec<String> = rows.iter().take(n).map(|r| r.features.clone()).collect();
        for i in rows.len()..n.max(rows.len()) {
            let (s, f) = scattered(i, &cities, &shown);
            stores.push(s);
            features.push(f);
        }
        for (s, f) in stores.iter_mut().zip(&features) {
            let has = |key: &str, feature: &str| key != feature || f.split(' ').any(|x| x == feature);
            s.categories.retain(|(k, _)| has(k, "tea") && has(k, "baby"));
        }
        let kept = |keeper: &str| stores.iter().any(|s| s.store.as_str() == format!("sto_{keeper}"));
        let warehouses = data::warehouses()
            .iter()
            .filter(|w| kept(&w.keeper))
            .map(|w| Location {
                location: id(&format!("loc_{}", w.id)),
                name: w.name.clone(),
                kind: if w.kind == "hq" { LocationKind::HqWarehouse } else { LocationKind::FrontWarehouse },
                point: GeoPoint { lat: w.lat, lng: w.lng },
                keeper: id(&format!("sto_{}", w.keeper)),
            })
            .collect();
        let people = data::people();
        let password = password();
        let hq_staff: Vec<Staff> = people
            .staff
            .iter()
            .map(|s| {
                let scope = match &s.region {
                    Some(r) => Scope::Region(id::<RegionId>(&format!("reg_{r}"))),
                    None if s.stores.is_empty() => Scope::All,
                    None => Scope::Stores(s.stores.iter().map(|tail| id(&format!("sto_{tail}"))).collect()),
                };
                Staff::active(id(&format!("stf_{}", s.username)), s.username.clone(), s.name.clone(), password.clone(), s.role, scope)
            })
            .collect();
        let members = people.members.nicknames.iter().enumerate().map(|(i, nickname)| DemoMember {
            member: id(&format!("mem_demo-{:02}", i + 1)),
            openid: format!("demo-{:02}", i + 1),
            nickname: nickname.clone(),
        });
        let (products, categories, brands) = (library::products(&goods), library::categories(), library::brands());
        let library: Vec<LibrarySku> = products.iter().flat_map(|p| p.library(&categories.tree, &brands.brands)).collect();
        Self {
            products,
            categories,
            brands,
            expiring: library.iter().filter(|s| s.tracks_expiry).map(|s| s.sku.clone()).collect(),
            library,
            members: members.collect(),
            rules: default_rules(),
            regions: regions(&cities, &hq_staff),
            campaigns: false,
            past_ms: 0,
            stores,
            warehouses,
            goods,
            hq_staff,
            cities,
            features,
        }
    }

    /// A store's manager and clerk, and its tills' bridge.
    #[must_use]
    pub fn staff_of(&self, s: &StoreProfile) -> Vec<Staff> {
        let tail = s.store.as_str().trim_start_matches("sto_");
        let password = self.hq_staff.first().map(|a| a.password.clone()).unwrap_or_default();
        let place = s.name.trim_start_matches("连店·");
        [("manager", Role::StoreManager, "店长"), ("clerk", Role::Clerk, "店员"), ("till", Role::Integration, "收银接口")]
            .into_iter()
            .map(|(kind, role, title)| {
                let (staff, username) = (id(&format!("stf_{tail}-{kind}")), format!("{tail}-{kind}"));
                Staff::active(staff, username, format!("{place}{title}"), password.clone(), role, Scope::Store(s.store.clone()))
            })
            .collect()
    }

    /// What levels say about stores: the presets of the modes, and one of each other level, one of them dated.
    #[must_use]
    pub fn settings(&self, now: Timestamp) -> Vec<Setting> {
        use FieldKey as F;
        let Some(admin) = self.hq_staff.first().map(|s| s.staff.clone()) else { return Vec::new() };
        let mut all: Vec<Setting> = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &admin, now)).collect();
        let later = now.plus(self.past_ms + 7 * Timestamp::DAY);
        let west: RegionId = id("reg_west-cd");
        let own = [
            (Level::Tier(Tier::Flagship), F::RemindAfter, Value::Number(8), now, "旗舰店的申请当天答复"),
            (Level::Region(west.clone()), F::MayLocal, Value::Switch(true), now, "成都门店可自主推出季节限定款"),
            (Level::Region(west), F::LocalProducts, Value::Number(10), now, "季节限定款数量有限"),
            (Level::Store(id("sto_hz05")), F::MaxDiscount, Value::Number(20), now, "文三路店周边竞争激烈，试行更大折扣"),
            (Level::Mode(Mode::Franchise), F::TimedPriceDays, Value::Number(7), later, "缩短限时折扣，保护品牌价格"),
        ];
        let own = own.into_iter().zip(100..).map(|((level, field, value, from, why), seq)| Setting {
            level,
            field,
            value: Some(value),
            by: admin.clone(),
            at: now,
            from,
            why: why.to_owned(),
            seq,
        });
        all.extend(own);
        if self.campaigns {
            all.extend(slots::settings(&admin, now));
        }
        all
    }

    /// Accounts by which nobody can log in: one whose invitation waits (its link was lost), one that was disabled.
    #[must_use]
    pub fn idle_staff(&self, now: Timestamp) -> Vec<Staff> {
        let Some(store) = self.stores.first().map(|s| s.store.clone()) else { return Vec::new() };
        let link = Link { digest: "of a link that nobody has".into(), until: now.plus(self.past_ms + LINK_MS) };
        let clerk = RoleDef::built_in(Role::Clerk);
        let invited = Staff::invited(id("stf_demo-invited"), None, "店员 新来的小何".into(), &clerk, Scope::Store(store.clone()), link);
        let password = self.hq_staff.first().map(|a| a.password.clone()).unwrap_or_default();
        let left = Staff::active(id("stf_demo-left"), "left".into(), "店员 已离职的老秦".into(), password, Role::Clerk, Scope::Store(store));
        vec![invited, Staff { state: AccountState::Disabled, sessions_from: Some(now), ..left }]
    }

    /// An integration key whose secret nobody has.
    #[must_use]
    pub fn idle_key(&self, now: Timestamp) -> IntegrationKey {
        IntegrationKey {
            key: id("key_demo-pos"),
            name: "收银系统对接（示例）".into(),
            scope: Scope::Stores(self.stores.iter().take(2).map(|s| s.store.clone()).collect()),
            permissions: vec![Permission::PosWrite],
            digest: "of a secret that nobody has".into(),
            made_by: id("stf_admin"),
            made_at: now,
            revoked_at: None,
            version: 1,
        }
    }

    fn good(&self, sku: &LibrarySku) -> Option<&Good> {
        self.goods.iter().find(|g| sku.spu.as_str().strip_prefix("spu_") == Some(&g.id))
    }

    /// Does this SKU track the day on which it expires?
    #[must_use]
    pub fn expires(&self, sku: &SkuId) -> bool {
        self.expiring.contains(sku)
    }

    /// In which batches `units` lie somewhere: an older and a fresher one, weeks from their last day.
    #[must_use]
    pub fn batches(&self, location: &LocationId, sku: &SkuId, units: i64, now: Timestamp) -> Vec<Batch> {
        let days = 20 + i64::try_from(chance(&[location.as_str(), sku.as_str(), "batch"]) % 20).unwrap_or(0);
        let on = |days: i64| day(now.plus(days * Timestamp::DAY), CHINA);
        let old = units / 3;
        let all = [(days, old), (days + 15, units - old)].map(|(days, units)| Batch { expires_on: on(days), units, came_on: None });
        all.into_iter().filter(|b| b.units > 0).collect()
    }

    /// What one store lists and has.
    #[must_use]
    pub fn goods_of(&self, store: usize) -> StoreGoods {
        let s = &self.stores[store];
        let place = s.store.as_str();
        let city = self.cities.iter().find(|c| c.name == s.city);
        let has = |f: &str| self.features[store].split(' ').any(|x| x == f);
        let demo = data::stores().len();
        let mut out = StoreGoods { listings: Vec::new(), stock: Vec::new() };
        let mut favourites = Vec::new();
        for sku in &self.library {
            let Some(g) = self.good(sku) else { continue };
            if !lists(g, s, city, &has, percent(&[place, &g.id, "lists"])) {
                continue;
            }
            if store >= demo && percent(&[place, &g.id, "scattered"]) >= SCATTERED_PERCENT {
                continue;
            }
            let word = sku.sku.as_str();
            if !sku.offline_only {
                if g.has("flagship") || g.has("fast") || city.is_some_and(|c| !c.taste.is_empty() && g.has(&c.taste)) {
                    favourites.push((chance(&[place, word, "featured"]), out.listings.len()));
                }
                out.listings.push(Listing {
                    own_price: own_price(s, sku, percent(&[place, word, "price"])),
                    ..Listing::plain(sku.sku.clone(), sku.category.clone(), sku.rank)
                });
            }
            out.stock.push((sku.sku.clone(), stock_of(g, s, percent(&[place, word, "depth"]), chance(&[place, word, "units"]))));
        }
        favourites.sort_unstable();
        for (place, (_, at)) in favourites.iter().take(12).enumerate() {
            out.listings[*at].featured = Some(u32::try_from(place).unwrap_or(0));
        }
        out
    }

    /// What one warehouse has: HQ's everything, a front one what sells fast.
    #[must_use]
    pub fn goods_in(&self, w: &Location) -> StoreGoods {
        let mut out = StoreGoods { listings: Vec::new(), stock: Vec::new() };
        for sku in &self.library {
            let Some(g) = self.good(sku) else { continue };
            let units = chance(&[w.location.as_str(), sku.sku.as_str()]);
            let on_hand = match w.kind {
                LocationKind::HqWarehouse if !g.has("off") && g.category != "tea" => 500 + units % 2_500,
                LocationKind::FrontWarehouse if g.has("fast") => 50 + units % 150,
                _ => continue,
            };
            out.stock.push((sku.sku.clone(), Stock { on_hand: i64::try_from(on_hand).unwrap_or(0), ..Stock::default() }));
        }
        out
    }
}

/// Which stores list a product: everybody the core, the larger ones more, a city its own, and what fits the place.
fn lists(g: &Good, s: &StoreProfile, city: Option<&City>, has: &dyn Fn(&str) -> bool, luck: u64) -> bool {
    let taste = city.map_or("", |c| c.taste.as_str());
    let climate = city.map_or("", |c| c.climate.as_str());
    if (g.category == "tea" && !has("tea")) || (g.category == "baby" && !has("baby")) {
        return false;
    }
    // A speciality of one or several cities; core goods with such a tag are merely recommended there.
    let mut cities = ["sh", "hz", "cd"].into_iter().filter(|c| g.has(c)).peekable();
    if cities.peek().is_some() && !g.has("core") {
        return cities.any(|c| c == taste);
    }
    if g.has("ice") {
        return climate == "south" || luck < 50;
    }
    if g.has("hot") {
        return climate == "north" || luck < 60;
    }
    if g.has("core") || g.has("wh") || g.category == "tea" || g.category == "baby" {
        return luck < 97;
    }
    if g.has("prem") {
        return s.tier == Tier::Flagship;
    }
    if g.has("night") {
        return s.hours.close <= s.hours.open || luck < 40;
    }
    if g.has("conv") {
        return s.tier == Tier::Community || luck < 70;
    }
    match s.tier {
        Tier::Flagship => true,
        Tier::Standard => luck < 75,
        Tier::Community => luck < 40,
    }
}

/// Franchisees set some prices of their own, within what their mode's preset lets pass: never below the floor, never of flagship goods.
fn own_price(s: &StoreProfile, sku: &LibrarySku, luck: u64) -> Option<StorePrice> {
    let (change, why) = match s.mode {
        Mode::Franchise if luck < 12 => (-8, "周边同款售价较低"),
        Mode::Franchise if luck < 20 => (6, "门店租金与配送成本较高"),
        _ => return None,
    };
    let price = Fen((sku.price.0 * (100 + change) / 100 + 5) / 10 * 10).max(sku.floor);
    let passes = price.0 * 100 <= sku.price.0 * 110 && price.0 * 100 >= sku.price.0 * 85;
    (!sku.flagship && price != sku.price && passes)
        .then(|| StorePrice { set: SetPrice { price, by: manager_of(&s.store), at: SET_AT, why: why.to_owned() }, leave: None })
}

/// When the demo chain's prices and rules were set: before anything that happens in it.
pub const SET_AT: Timestamp = Timestamp(1_735_693_200_000);

/// The manager of a store, as its accounts are named.
#[must_use]
pub fn manager_of(store: &StoreId) -> StaffId {
    id(&format!("stf_{}-manager", store.as_str().trim_start_matches("sto_")))
}

/// Most shelves are full enough; some are empty or nearly so, for people to see what happens then.
fn stock_of(g: &Good, s: &StoreProfile, luck: u64, units: u64) -> Stock {
    let many = match s.tier {
        Tier::Flagship => 24 + units % 60,
        Tier::Standard => 12 + units % 36,
        Tier::Community => 8 + units % 24,
    };
    let on_hand = match luck {
        // What only warehouses have: comes by transfer.
        _ if g.has("wh") => 0,
        0..6 => 0,
        6..11 => 1 + units % 3,
        _ if g.has("fast") => many * 2,
        _ => many,
    };
    let safety = if on_hand > 10 { i64::try_from(units / 7 % 3).unwrap_or(0) } else { 0 };
    Stock { on_hand: i64::try_from(on_hand).unwrap_or(0), safety, ..Stock::default() }
}

/// The `i`-th store of a scaled chain.
fn scattered(i: usize, cities: &[City], categories: &[(String, String)]) -> (StoreProfile, String) {
    let word = format!("x{:04}", i + 1);
    let total: u32 = cities.iter().map(|c| c.weight).sum();
    let mut ticket = u32::try_from(chance(&[&word, "city"]) % u64::from(total.max(1))).unwrap_or(0);
    let city = cities
        .iter()
        .find(|c| {
            let mine = ticket < c.weight;
            ticket = ticket.saturating_sub(c.weight);
            mine
        })
        .unwrap_or(&cities[0]);
    // Denser towards the middle: the product of two even spreads.
    let part = |what: &str| f64::from(u32::try_from(chance(&[&word, what]) % 10_000).unwrap_or(0)) / 10_000.0;
    let (angle, far) = (part("angle") * std::f64::consts::TAU, part("far") * part("far2") * city.spread_km);
    let point = GeoPoint { lat: city.lat + far * angle.sin() / 111.2, lng: city.lng + far * angle.cos() / (111.2 * city.lat.to_radians().cos()) };
    let districts: Vec<&str> = city.districts.split(' ').collect();
    let district = districts[usize::try_from(chance(&[&word, "district"])).unwrap_or(0) % districts.len()];
    let luck = percent(&[&word, "tier"]);
    let tier = if luck < 10 {
        Tier::Flagship
    } else if luck < 65 {
        Tier::Standard
    } else {
        Tier::Community
    };
    let mode = match percent(&[&word, "mode"]) {
        0..40 => Mode::Direct,
        40..70 => Mode::Joint,
        _ => Mode::Franchise,
    };
    let round_the_clock = percent(&[&word, "hours"]) < 15;
    let store = StoreProfile {
        store: id::<StoreId>(&format!("sto_{word}")),
        name: format!("连店·{}{district}{}号店", city.name, i + 1),
        city: city.name.clone(),
        address: format!("{district}区连店路 {} 号", 1 + chance(&[&word, "door"]) % 900),
        phone: format!("400-555-{:04}", i % 10_000),
        region: id(&format!("reg_{}", city.region)),
        mode,
        tier,
        status: StoreStatus::Open,
        point,
        hours: if round_the_clock { Hours::daily(0, 0, CHINA) } else { Hours::daily(420, 1380, CHINA) },
        radius_m: if tier == Tier::Flagship { 5_000 } else { 3_000 },
        pickup: true,
        delivery: true,
        entrance: format!("x{:09}", chance(&[&word, "entrance"]) % 1_000_000_000),
        theme: if tier == Tier::Community { "community" } else { "standard" }.into(),
        rule: default_rule_of(mode).to_owned(),
        categories: categories.to_vec(),
        pause: None,
        version: 0,
        details: liandian_domain::stores::profile::Details::default(),
    };
    let features = match percent(&[&word, "features"]) {
        0..40 => "tea",
        40..60 => "baby",
        60..80 => "tea baby",
        _ => "",
    };
    (store, features.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandian_domain::governance::terms::Terms;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn given_the_library_when_read_then_codes_are_right_and_floors_hold() {
        let c = Chain::demo();
        assert!((280..=400).contains(&c.library.len()), "{}", c.library.len());
        let unique: BTreeSet<_> = c.library.iter().map(|s| &s.barcode).collect();
        assert_eq!(unique.len(), c.library.len());
        for s in &c.library {
            let sum: u32 = s.barcode.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
            assert!(s.barcode.len() == 13 && s.barcode.starts_with('2') && sum.is_multiple_of(10), "{}", s.barcode);
            assert!(s.floor <= s.price && s.floor.0 > 0 && !s.category_name.is_empty(), "{}", s.sku);
        }
        assert!(c.library.iter().any(|s| s.offline_only) && c.library.iter().filter(|s| s.flagship).count() > 10);
    }

    #[test]
    fn given_the_demo_chain_when_looked_at_then_it_is_what_the_readme_says_and_every_store_has_something_to_transfer() {
        let c = Chain::demo();
        assert_eq!((c.stores.len(), c.warehouses.len()), (36, 8));
        let (goods, settings): (Vec<StoreGoods>, _) = ((0..36).map(|i| c.goods_of(i)).collect(), c.settings(SET_AT));
        let known = |region: &RegionId| c.regions.iter().any(|r| r.region == *region);
        assert!(c.stores.iter().all(|s| known(&s.region)) && c.regions.iter().filter_map(|r| r.parent.as_ref()).all(known));
        assert!(c.stores.iter().any(|s| s.status == StoreStatus::Preparing) && c.stores.iter().any(|s| s.status == StoreStatus::Paused));
        let modes: BTreeMap<_, usize> = c.stores.iter().fold(BTreeMap::new(), |mut m, s| {
            *m.entry(s.mode.as_str()).or_default() += 1;
            m
        });
        assert!(modes.values().all(|n| *n >= 8), "{modes:?}");
        for (i, s) in c.stores.iter().enumerate() {
            let g = &goods[i];
            assert!((100..=300).contains(&g.listings.len()), "{}: {}", s.store, g.listings.len());
            assert!((6..=12).contains(&g.listings.iter().filter(|l| l.featured.is_some()).count()), "{}", s.store);
            for l in &g.listings {
                let sku = c.library.iter().find(|k| k.sku == l.sku).unwrap();
                let terms = Terms::of(&settings, s, SET_AT);
                assert!(terms.price(l, sku).is_some_and(|p| p >= sku.floor));
                let own = l.own_price.as_ref().map_or(sku.price, |p| p.set.price);
                assert_eq!(terms.price(l, sku), Some(own.max(sku.floor)), "{} {}: the presets let it pass", s.store, sku.sku);
            }
            let receipts = g.receipts(&s.store.shelf(), Timestamp(0));
            let sum: i64 = receipts.iter().flat_map(|m| &m.lines).map(|l| l.on_hand).sum();
            assert_eq!(sum, g.stock.iter().map(|(_, s)| s.on_hand).sum::<i64>());
            let empty = |sku: &SkuId| g.stock.iter().any(|(k, s)| k == sku && s.available() == 0) && g.listings.iter().any(|l| l.sku == *sku);
            let helped = c.stores.iter().enumerate().any(|(j, o)| {
                j != i
                    && o.status == StoreStatus::Open
                    && o.point.metres_to(&s.point) < 5_000.0
                    && goods[j].stock.iter().any(|(k, st)| st.available() >= 10 && empty(k))
            });
            assert!(helped, "{} has nothing that a neighbour could send", s.store);
        }
    }

    #[test]
    fn given_a_scaled_chain_when_made_twice_then_it_is_the_same_and_begins_with_the_demo_chain() {
        let (a, b) = (Chain::scaled(1_500), Chain::scaled(1_500));
        assert_eq!(a.stores.len(), 1_500);
        assert!(a.stores.iter().zip(&b.stores).all(|(x, y)| x == y));
        assert_eq!(a.stores[..36], Chain::demo().stores[..]);
        let ids: BTreeSet<_> = a.stores.iter().map(|s| &s.store).collect();
        let entrances: BTreeSet<_> = a.stores.iter().map(|s| &s.entrance).collect();
        assert_eq!((ids.len(), entrances.len()), (1_500, 1_500));
        assert!(a.stores.iter().all(|s| s.point.is_valid() && (18.0..54.0).contains(&s.point.lat)));
        assert!((10..80).contains(&a.goods_of(1_499).listings.len()), "a part of its goods: they are there for their number");
        assert_eq!(Chain::scaled(3).stores.len(), 3);
    }
}
