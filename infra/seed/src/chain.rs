//! What the demo chain consists of, from `data/` by fixed rules.

use std::collections::HashSet;

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    settlement::{Rule, default_rule_of, default_rules},
    stock::{
        batch::Batch,
        record::{Movement, MovementKind, MovementLine, Stock},
    },
    stores::{
        hours::{CHINA, Hours, day},
        profile::{Location, LocationKind, StoreProfile},
    },
};
use liandian_store::access::staff::Staff;
use liandian_types::{Fen, GeoPoint, LocationId, MemberId, Mode, RegionId, Role, Scope, SkuId, StoreId, StoreStatus, Tier, Timestamp};

use crate::data::{self, City, Good};

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
    /// The library.
    pub library: Vec<LibrarySku>,
    /// Staff of HQ and of regions. Stores' staff: [`Chain::staff_of`].
    pub hq_staff: Vec<Staff>,
    /// Demo customers.
    pub members: Vec<DemoMember>,
    /// Settlement rules.
    pub rules: Vec<Rule>,
    /// Do campaigns run in it? A chain for people has some; tests and benchmarks know what a cart costs without.
    pub campaigns: bool,
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
fn id<T: std::str::FromStr>(text: &str) -> T
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
    }
}

/// EAN-13 in the in-store range, with its check digit.
fn barcode(n: usize) -> String {
    let digits = format!("2{n:011}");
    let sum: u32 = digits.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn library(goods: &[Good], categories: &[(String, String)]) -> Vec<LibrarySku> {
    let mut all = Vec::new();
    for g in goods {
        let several = g.specs.contains('|');
        for (i, spec) in g.specs.split('|').enumerate() {
            let parts: Vec<&str> = spec.split(':').collect();
            let [text, price, grams] = parts[..] else { panic!("data/goods.csv: {}: {spec}", g.id) };
            let price = Fen(price.parse().unwrap_or_else(|_| panic!("data/goods.csv: {}: {spec}", g.id)));
            all.push(LibrarySku {
                tracks_expiry: matches!(g.category.as_str(), "dairy" | "bakery") && !g.has("off"),
                sku: if several { id(&format!("sku_{}-{}", g.id, i + 1)) } else { id(&format!("sku_{}", g.id)) },
                spu: id(&format!("spu_{}", g.id)),
                name: g.name.clone(),
                spec: text.to_owned(),
                brand: g.brand.clone(),
                category: g.category.clone(),
                category_name: categories.iter().find(|(k, _)| *k == g.category).map(|(_, n)| n.clone()).unwrap_or_default(),
                description: g.description.clone(),
                barcode: barcode(all.len() + 1),
                price,
                // Up to the next tenth of a yuan, so that price tags look like price tags.
                floor: Fen((price.0 * g.floor / 100 + 9) / 10 * 10),
                flagship: g.has("flagship"),
                offline_only: g.has("off"),
                weight_g: grams.parse().unwrap_or_else(|_| panic!("data/goods.csv: {}: {spec}", g.id)),
                picture: format!("/pictures/spu_{}.svg", g.id),
                rank: u32::try_from(all.len()).unwrap_or(0),
            });
        }
    }
    all
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
        let hq_staff = people
            .staff
            .iter()
            .map(|s| Staff {
                staff: id(&format!("stf_{}", s.username)),
                username: s.username.clone(),
                name: s.name.clone(),
                password: password.clone(),
                role: s.role,
                scope: s.region.as_ref().map_or(Scope::All, |r| Scope::Region(id::<RegionId>(&format!("reg_{r}")))),
            })
            .collect();
        let members = people.members.nicknames.iter().enumerate().map(|(i, nickname)| DemoMember {
            member: id(&format!("mem_demo-{:02}", i + 1)),
            openid: format!("demo-{:02}", i + 1),
            nickname: nickname.clone(),
        });
        let library = library(&goods, &categories);
        Self {
            expiring: library.iter().filter(|s| s.tracks_expiry).map(|s| s.sku.clone()).collect(),
            library,
            members: members.collect(),
            rules: default_rules(),
            campaigns: false,
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
            .map(|(kind, role, title)| Staff {
                staff: id(&format!("stf_{tail}-{kind}")),
                username: format!("{tail}-{kind}"),
                name: format!("{place}{title}"),
                password: password.clone(),
                role,
                scope: Scope::Store(s.store.clone()),
            })
            .collect()
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
                    sku: sku.sku.clone(),
                    category: sku.category.clone(),
                    rank: sku.rank,
                    price: own_price(s, sku, percent(&[place, word, "price"])),
                    featured: None,
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

/// Franchisees set some prices of their own, joint stores a few; never below the floor, never of flagship goods.
fn own_price(s: &StoreProfile, sku: &LibrarySku, luck: u64) -> Option<Fen> {
    let change = match s.mode {
        Mode::Franchise if luck < 12 => -8,
        Mode::Franchise if luck < 20 => 6,
        Mode::Joint if luck < 5 => -5,
        _ => return None,
    };
    let price = Fen((sku.price.0 * (100 + change) / 100 + 5) / 10 * 10).max(sku.floor);
    (!sku.flagship && price != sku.price).then_some(price)
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
        let goods: Vec<StoreGoods> = (0..36).map(|i| c.goods_of(i)).collect();
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
                assert!(l.price(sku) >= sku.floor && !sku.offline_only);
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
