//! Who is there in the days that are played: shops with what they sell best, and customers who come back to theirs. All of it by fixed rules.

use std::collections::BTreeSet;

use liandian_domain::stores::profile::{Location, LocationKind, StoreProfile};
use liandian_functions::{App, http::Failure};
use liandian_seed::Chain;
use liandian_store::{
    Table,
    members::{Member, member_items},
};
use liandian_types::{Fen, GeoPoint, LocationId, MemberId, SkuId, StoreId, StoreStatus, Tier, Timestamp};

use super::Play;

/// Customers of each shop, beside the demo members.
const REGULARS: usize = 8;
/// What an HQ warehouse sends to a shop in reach comes by van.
const REACH_M: f64 = 60_000.0;

/// Chance that follows from a seed and a number: the same every time (splitmix64).
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice(u64);

impl Dice {
    /// Of the task with this number.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        dice.draw();
        dice
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.draw() % n.max(1)
    }

    /// A place in a list of so many.
    pub fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.below(u64::try_from(of).unwrap_or(1))).unwrap_or(0)
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.place(all.len()))
    }

    /// So often in a thousand.
    pub fn of_thousand(&mut self, n: u64) -> bool {
        self.below(1_000) < n
    }

    /// At least `from` and below `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap_or(1))).unwrap_or(0)
    }

    /// So many minutes, in milliseconds.
    pub fn minutes(&mut self, from: i64, to: i64) -> i64 {
        self.between(from * Timestamp::MINUTE, to * Timestamp::MINUTE)
    }
}

/// A number that looks like chance and is the same every time (FNV-1a with a final mix).
fn mixed(words: &[&str]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for b in words.iter().flat_map(|w| w.bytes().chain([0])) {
        h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    }
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^ (h >> 29)
}

/// What a shop sells.
#[derive(Debug, Clone)]
pub(super) struct Ware {
    /// What.
    pub sku: SkuId,
    /// HQ's price.
    pub price: Fen,
    /// It is kept by the day on which it expires.
    pub expires: bool,
    /// The shop's warehouse has it.
    pub by_van: bool,
}

/// A store that is open.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    /// The store.
    pub profile: StoreProfile,
    /// What lies on its shelf, what it sells best first.
    pub wares: Vec<Ware>,
    /// What it lists and does not have.
    pub absent: Vec<Ware>,
    /// HQ's warehouse that fills it up, when one is in reach.
    pub warehouse: Option<LocationId>,
    /// HQ's warehouse that ships its parcels, its keeper, and what is shipped.
    pub parcels: Option<(LocationId, Vec<Ware>)>,
    /// How often each ware is wanted, added up.
    wanted: Vec<u64>,
    /// Its customers, by their places.
    pub regulars: Vec<usize>,
}

impl Shop {
    /// The best seller most often, the others ever more rarely (Zipf).
    pub fn ware(&self, dice: &mut Dice) -> Option<&Ware> {
        let ticket = dice.below(self.wanted.last().copied().unwrap_or(1));
        self.wares.get(self.wanted.partition_point(|sum| *sum <= ticket))
    }

    /// How much busier it is than a standard store, in per cent.
    pub fn busy(&self) -> i64 {
        match self.profile.tier {
            Tier::Flagship => 180,
            Tier::Standard => 100,
            Tier::Community => 65,
        }
    }
}

/// Somebody who buys.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    /// Whom the orders belong to.
    pub member: MemberId,
    /// At WeChat.
    pub openid: String,
    /// On parcels.
    pub name: String,
    /// On parcels.
    pub phone: String,
    /// On parcels.
    pub address: String,
    /// Where that is.
    pub home: GeoPoint,
    /// From when on.
    pub since: Timestamp,
    /// Is of the demo chain: there already.
    known: bool,
}

/// What is wanted most everywhere, a little different in each place.
fn rank(place: &str, sku: &SkuId) -> u64 {
    mixed(&["everywhere", sku.as_str()]) % 1_000 + mixed(&[place, sku.as_str()]) % 400
}

fn ware(chain: &Chain, sku: &SkuId, by_van: bool) -> Option<Ware> {
    let known = chain.library.iter().find(|l| l.sku == *sku)?;
    Some(Ware { sku: sku.clone(), price: known.price, expires: chain.expires(sku), by_van })
}

/// What a warehouse is filled up with: what sells best.
pub(super) fn stock_of(chain: &Chain, warehouse: &Location) -> Vec<Ware> {
    let mut skus: Vec<SkuId> = chain.goods_in(warehouse).stock.into_iter().map(|(sku, _)| sku).collect();
    skus.sort_by_key(|sku| rank("everywhere", sku));
    skus.iter().filter_map(|sku| ware(chain, sku, true)).collect()
}

/// The first stores of the chain that are open.
pub(super) fn shops(chain: &Chain, most: usize) -> Vec<Shop> {
    let warehouses: Vec<(&Location, BTreeSet<SkuId>)> = chain
        .warehouses
        .iter()
        .filter(|w| w.kind == LocationKind::HqWarehouse)
        .map(|w| (w, chain.goods_in(w).stock.into_iter().map(|(sku, _)| sku).collect()))
        .collect();
    let open = |s: &StoreProfile| s.status == StoreStatus::Open;
    let stores = chain.stores.iter().enumerate().take(most).filter(|(_, s)| open(s));
    stores.map(|(i, s)| shop(chain, i, s, &warehouses)).collect()
}

fn shop(chain: &Chain, i: usize, s: &StoreProfile, warehouses: &[(&Location, BTreeSet<SkuId>)]) -> Shop {
    let goods = chain.goods_of(i);
    let far = |w: &Location| w.point.metres_to(&s.point);
    let nearest = warehouses.iter().min_by(|a, b| far(a.0).total_cmp(&far(b.0)));
    let van = nearest.filter(|(w, _)| far(w) < REACH_M);
    let mut listed: Vec<&SkuId> = goods.listings.iter().map(|l| &l.sku).collect();
    listed.sort_by_key(|sku| rank(s.store.as_str(), sku));
    let on_hand = |sku: &SkuId| goods.stock.iter().find(|(k, _)| k == sku).map_or(0, |(_, stock)| stock.on_hand);
    let (mut wares, mut absent) = (Vec::new(), Vec::new());
    for sku in &listed {
        let by_van = van.is_some_and(|(_, has)| has.contains(*sku));
        let Some(w) = ware(chain, sku, by_van) else { continue };
        if on_hand(sku) > 0 {
            wares.push(w);
        } else {
            absent.push(w);
        }
    }
    let mut sum = 0;
    let wanted = (0_u64..).zip(&wares).map(|(place, _)| {
        sum += 1_000_000 / (place + 4);
        sum
    });
    let wanted = wanted.collect();
    let parcels = nearest.map(|(w, has)| {
        let shipped = listed.iter().filter(|sku| has.contains(**sku)).filter_map(|sku| ware(chain, sku, true));
        (w.location.clone(), shipped.take(60).collect::<Vec<Ware>>())
    });
    Shop { profile: s.clone(), wares, absent, warehouse: van.map(|(w, _)| w.location.clone()), parcels, wanted, regulars: Vec::new() }
}

const SURNAMES: [&str; 20] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"];
const GIVEN: [&str; 16] = ["敏", "静", "磊", "洋", "婷", "雪", "浩", "明", "晨", "思远", "雨桐", "子涵", "佳怡", "文博", "可欣", "嘉豪"];
const ROADS: [&str; 8] = ["和平路", "建设路", "文化路", "青年路", "花园路", "学府路", "新华路", "滨河路"];

fn customer(n: usize, shop: &Shop, member: (MemberId, String, bool), since: Timestamp) -> Customer {
    let mut dice = Dice::of(0x00c0_ffee, u64::try_from(n).unwrap_or(0));
    let text = |all: &[&str], at: usize| all.get(at).copied().unwrap_or_default().to_owned();
    let name = text(&SURNAMES, dice.place(SURNAMES.len())) + &text(&GIVEN, dice.place(GIVEN.len()));
    let address =
        format!("{}{} 号 {} 幢 {} 室", text(&ROADS, dice.place(ROADS.len())), dice.between(1, 400), dice.between(1, 20), dice.between(101, 1_900));
    // Within a kilometre, which every store serves.
    let off = |dice: &mut Dice| f64::from(i32::try_from(dice.between(-60, 61)).unwrap_or(0)) / 10_000.0;
    let home = GeoPoint { lat: shop.profile.point.lat + off(&mut dice), lng: shop.profile.point.lng + off(&mut dice) };
    let (member, openid, known) = member;
    Customer { member, openid, name, phone: format!("138{:08}", dice.below(100_000_000)), address, home, since, known }
}

/// The demo members, and those who come to each shop: most from the beginning, some from later on. Each shop knows its own.
pub(super) fn customers(chain: &Chain, shops: &mut [Shop], play: Play, begins: Timestamp) -> Vec<Customer> {
    let mut all = Vec::new();
    for (i, m) in chain.members.iter().enumerate() {
        let at = i % shops.len().max(1);
        if let Some(s) = shops.get_mut(at) {
            s.regulars.push(all.len());
            all.push(customer(all.len(), s, (m.member.clone(), m.openid.clone(), true), begins));
        }
    }
    for (i, s) in shops.iter_mut().enumerate() {
        for k in 0..REGULARS {
            let Ok(member) = MemberId::from_tail(format_args!("hist-{i:02}-{k:02}")) else { continue };
            let days = i64::from(play.days) * i64::try_from(k.saturating_sub(REGULARS / 2)).unwrap_or(0) / i64::try_from(REGULARS).unwrap_or(1);
            s.regulars.push(all.len());
            let openid = format!("hist-{i:02}-{k:02}");
            all.push(customer(all.len(), s, (member, openid, false), begins.plus(days * Timestamp::DAY)));
        }
    }
    all
}

/// Writes those who are not there yet.
pub(super) async fn write(app: &App, customers: &[Customer]) -> anyhow::Result<()> {
    let keys = app.keys().map_err(|e: Failure| anyhow::anyhow!("{e}"))?;
    for c in customers.iter().filter(|c| !c.known) {
        let key = keys.new_data_key().await?;
        let row = Member {
            member: c.member.clone(),
            openid: key.seal(&format!("member|{}|openid", c.member), &c.openid)?,
            nickname: key.seal(&format!("member|{}|nickname", c.member), &c.name)?,
            key: key.wrapped,
            since: c.since,
        };
        for item in member_items(&row, &keys.blind_index(&c.openid))? {
            app.tables.client().put_item().table_name(app.tables.table(Table::Cell)).set_item(Some(item)).send().await?;
        }
    }
    Ok(())
}

/// How a store's accounts are named.
pub(super) fn tail(store: &StoreId) -> &str {
    store.as_str().trim_start_matches("sto_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_demo_chain_when_its_people_are_made_then_every_open_store_has_customers_and_something_to_sell_and_to_fetch() {
        let chain = Chain::demo();
        let mut shops = shops(&chain, 36);
        let begins = Timestamp(1_795_420_800_000);
        let people = customers(&chain, &mut shops, Play::days(28), begins);
        assert_eq!(shops.len(), 34, "one store is being prepared, one pauses");
        assert!(people.len() > 200, "{}", people.len());
        for s in &shops {
            assert!(s.wares.len() > 50 && !s.absent.is_empty() && s.regulars.len() >= REGULARS, "{}", s.profile.store);
            assert!(s.regulars.iter().all(|at| people[*at].home.metres_to(&s.profile.point) < 1_500.0));
            let mut dice = Dice::of(1, 2);
            let often = (0..1_000).filter(|_| s.ware(&mut dice).unwrap().sku == s.wares[0].sku).count();
            assert!((40..250).contains(&often), "{often}");
        }
        assert!(shops.iter().any(|s| s.warehouse.is_some()) && shops.iter().all(|s| s.parcels.is_some()));
        assert!(people.iter().any(|c| c.since > begins) && people.iter().any(|c| c.since == begins));
    }
}
