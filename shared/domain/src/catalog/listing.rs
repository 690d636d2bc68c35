//! What a store makes of a SKU of the library: each field is HQ's until the store sets its own, and is HQ's again when that is reset.
//!
//! A field that is inherited is not copied: HQ's edit is seen by reading, in every store at once. What a store may set, and what needs approval,
//! is governance; here is what a listing is, and where each value comes from.

use liandian_types::{Code, Fen, Problem, RegionId, SkuId, StaffId, StoreId, Timestamp, text};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    catalog::{
        LibrarySku, Listing,
        prices::{SetPrice, StorePrice},
    },
    conflict,
};

/// Limited-time prices of one listing, past ones left out.
pub const MOST_LIMITED: usize = 20;
/// The longest time that a price is called limited.
pub const LONGEST_LIMITED: i64 = 90 * Timestamp::DAY;

/// A field of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Own<T> {
    /// HQ's.
    #[default]
    Inherit,
    /// The store's own.
    Store {
        /// What it says.
        value: T,
        /// Who set it.
        by: StaffId,
        /// When.
        at: Timestamp,
    },
}

impl<T> Own<T> {
    /// The store's own value, if it has one.
    pub fn own(&self) -> Option<&T> {
        match self {
            Self::Inherit => None,
            Self::Store { value, .. } => Some(value),
        }
    }

    /// The store's value, or the one that is inherited.
    pub fn or<'a>(&'a self, inherited: &'a T) -> &'a T {
        self.own().unwrap_or(inherited)
    }

    /// Who set it, and when.
    pub fn said(&self) -> Option<(&StaffId, Timestamp)> {
        match self {
            Self::Inherit => None,
            Self::Store { by, at, .. } => Some((by, *at)),
        }
    }

    /// Who set it.
    pub fn by(&self) -> Option<&StaffId> {
        self.said().map(|(by, _)| by)
    }

    /// Is it HQ's?
    pub fn is_inherited(&self) -> bool {
        matches!(self, Self::Inherit)
    }
}

/// The fields that a store can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingField {
    /// What it asks.
    Price,
    /// Name of the product.
    Name,
    /// What it is.
    Description,
    /// Address of the picture.
    Picture,
    /// Order within the category.
    Rank,
    /// Whether customers see it.
    Shown,
}

impl ListingField {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Price, Self::Name, Self::Description, Self::Picture, Self::Rank, Self::Shown];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Price => "售价",
            Self::Name => "名称",
            Self::Description => "描述",
            Self::Picture => "图片",
            Self::Rank => "排序",
            Self::Shown => "展示",
        }
    }
}

/// A value for one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "field", content = "value")]
pub enum ListingChange {
    /// What it asks.
    Price(Fen),
    /// Name of the product.
    Name(String),
    /// What it is.
    Description(String),
    /// Address of the picture.
    Picture(String),
    /// Order within the category.
    Rank(u32),
    /// Whether customers see it.
    Shown(bool),
}

impl ListingChange {
    /// The field that it sets.
    #[must_use]
    pub fn field(&self) -> ListingField {
        match self {
            Self::Price(_) => ListingField::Price,
            Self::Name(_) => ListingField::Name,
            Self::Description(_) => ListingField::Description,
            Self::Picture(_) => ListingField::Picture,
            Self::Rank(_) => ListingField::Rank,
            Self::Shown(_) => ListingField::Shown,
        }
    }
}

/// 限时价: another price for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedPrice {
    /// What is asked meanwhile.
    pub price: Fen,
    /// From here on.
    pub from: Timestamp,
    /// Up to here, which is no longer in it.
    pub until: Timestamp,
    /// Who set it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

impl LimitedPrice {
    /// Does it hold now?
    #[must_use]
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// How far a store may go with prices, as its policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLimits {
    /// Nobody sells below it.
    pub floor: Fen,
    /// The greatest discount against HQ's price, in percent; absent where only the floor counts. Against HQ's price and not against the last one:
    /// many small steps add up to one large one.
    pub most_off: Option<u8>,
}

impl PriceLimits {
    /// The lowest price that is allowed: HQ's price less the discount, rounded up to a fen, and never below the floor.
    #[must_use]
    pub fn least(&self, hq: Fen) -> Fen {
        let percent = i128::from(100 - self.most_off.unwrap_or(100).min(100));
        let kept = (i128::from(hq.0.max(0)) * percent + 99) / 100;
        Fen(i64::try_from(kept).unwrap_or(i64::MAX)).max(self.floor)
    }

    /// Is the price allowed?
    ///
    /// # Errors
    /// `conflict` at `price` with the limit that it breaks.
    pub fn check(&self, hq: Fen, price: Fen) -> Refusable<()> {
        if price < self.floor {
            return Err(Problem::new(Code::Conflict, format!("低于最低售价 {}", self.floor)).at("price"));
        }
        let least = self.least(hq);
        if price < least {
            let most = self.most_off.unwrap_or(100);
            return Err(Problem::new(Code::Conflict, format!("优惠超过总部售价 {hq} 的 {most}%：最低可以是 {least}")).at("price"));
        }
        Ok(())
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "level")]
pub enum Source {
    /// HQ's library.
    Hq,
    /// HQ's price in this region.
    Region {
        /// The region.
        region: RegionId,
    },
    /// The store's own value.
    Store {
        /// Who set it.
        by: StaffId,
        /// When.
        at: Timestamp,
    },
    /// The store's limited-time price.
    Limited {
        /// Who set it.
        by: StaffId,
        /// When.
        at: Timestamp,
        /// How long it holds.
        until: Timestamp,
    },
    /// The floor, which is above what would be asked otherwise.
    Floor,
}

/// One level of a price: what it says, whether or not it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLevel {
    /// Which level.
    pub source: Source,
    /// What it says.
    pub price: Fen,
}

/// "Why does this store sell this at this price?"
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceReason {
    /// What is asked.
    pub price: Fen,
    /// Where it comes from.
    pub source: Source,
    /// What each level says, from HQ's down.
    pub levels: Vec<PriceLevel>,
}

/// What a store says about one SKU of the library, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreListing {
    /// The store.
    pub store: StoreId,
    /// The SKU.
    pub sku: SkuId,
    /// What it asks.
    #[serde(default)]
    pub price: Own<Fen>,
    /// Name of the product.
    #[serde(default)]
    pub name: Own<String>,
    /// What it is.
    #[serde(default)]
    pub description: Own<String>,
    /// Address of the picture.
    #[serde(default)]
    pub picture: Own<String>,
    /// Order within the category.
    #[serde(default)]
    pub rank: Own<u32>,
    /// Whether customers see it; what is inherited is that they do.
    #[serde(default)]
    pub shown: Own<bool>,
    /// Limited-time prices, by their beginning; no two at one time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<LimitedPrice>,
    /// Place among what the home page shows first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub featured: Option<u32>,
    /// When the store took it.
    pub taken_at: Timestamp,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

impl StoreListing {
    /// The store takes a SKU as HQ has it.
    #[must_use]
    pub fn take(store: StoreId, sku: SkuId, now: Timestamp) -> Self {
        Self {
            store,
            sku,
            price: Own::Inherit,
            name: Own::Inherit,
            description: Own::Inherit,
            picture: Own::Inherit,
            rank: Own::Inherit,
            shown: Own::Inherit,
            limited: Vec::new(),
            featured: None,
            taken_at: now,
            version: 0,
        }
    }

    /// With a value of the store's own in one field.
    ///
    /// # Errors
    /// `bad_request` with the field for a value that is none; `conflict` when mandatory goods would no longer be shown.
    pub fn set(&self, change: ListingChange, mandatory: bool, by: &StaffId, now: Timestamp) -> Refusable<Self> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let bad = |field: &str, why: &str| Err(Problem::new(Code::BadRequest, why).at(field));
        match change {
            ListingChange::Price(p) if p <= Fen::ZERO => return bad("price", "售价应大于 0"),
            ListingChange::Price(p) => next.price = own(p, by, now),
            ListingChange::Name(n) if n.is_empty() || n.trim() != n || n.chars().count() > 60 || text::unfit(&n).is_some() => {
                return bad("name", "名称应为 1 到 60 个字，前后不能有空格");
            }
            ListingChange::Name(n) => next.name = own(n, by, now),
            ListingChange::Description(d) if d.chars().count() > 2_000 || d.split('\n').any(|l| text::unfit(l).is_some()) => {
                return bad("description", "描述最多 2000 个字，不能包含控制字符");
            }
            ListingChange::Description(d) => next.description = own(d, by, now),
            ListingChange::Picture(p) if p.is_empty() || p.len() > 200 || !p.bytes().all(|b| b.is_ascii_graphic()) => {
                return bad("picture", "图片地址有误");
            }
            ListingChange::Picture(p) => next.picture = own(p, by, now),
            ListingChange::Rank(r) => next.rank = own(r, by, now),
            ListingChange::Shown(false) if mandatory => return conflict("总部要求必上的商品不能下架"),
            ListingChange::Shown(s) => next.shown = own(s, by, now),
        }
        Ok(next)
    }

    /// 恢复总部值: these fields are HQ's again. A listing in which nothing changes keeps its version.
    #[must_use]
    pub fn reset(&self, fields: &[ListingField]) -> Self {
        let mut next = self.clone();
        for field in fields {
            match field {
                ListingField::Price => next.price = Own::Inherit,
                ListingField::Name => next.name = Own::Inherit,
                ListingField::Description => next.description = Own::Inherit,
                ListingField::Picture => next.picture = Own::Inherit,
                ListingField::Rank => next.rank = Own::Inherit,
                ListingField::Shown => next.shown = Own::Inherit,
            }
        }
        next.version += u64::from(next != *self);
        next
    }

    /// The fields in which the store differs from HQ.
    #[must_use]
    pub fn overridden(&self) -> Vec<ListingField> {
        let inherited = |field| match field {
            ListingField::Price => self.price.is_inherited(),
            ListingField::Name => self.name.is_inherited(),
            ListingField::Description => self.description.is_inherited(),
            ListingField::Picture => self.picture.is_inherited(),
            ListingField::Rank => self.rank.is_inherited(),
            ListingField::Shown => self.shown.is_inherited(),
        };
        ListingField::ALL.into_iter().filter(|f| !inherited(*f)).collect()
    }

    /// May the store give it up?
    ///
    /// # Errors
    /// `conflict` for mandatory goods.
    pub fn may_drop(mandatory: bool) -> Refusable<()> {
        if mandatory { conflict("总部要求必上的商品不能移除") } else { Ok(()) }
    }

    /// Do customers of this store see it? `listing` is what the store says, if anything: mandatory goods are there even where the store never
    /// took them, dropped them before they became mandatory, or hid them.
    #[must_use]
    pub fn is_shown(listing: Option<&Self>, mandatory: bool) -> bool {
        mandatory || listing.is_some_and(|l| *l.shown.or(&true))
    }

    /// With one more limited-time price.
    ///
    /// # Errors
    /// `bad_request` for a time that is none; `conflict` when another holds at that time, when there are too many, or when it is below the limits.
    pub fn limit(&self, new: LimitedPrice, limits: &PriceLimits, hq: Fen, now: Timestamp) -> Refusable<Self> {
        if new.from >= new.until || new.until <= now {
            return Err(Problem::new(Code::BadRequest, "限时价的结束时间应晚于开始时间和现在").at("until"));
        }
        if new.until.0.saturating_sub(new.from.0) > LONGEST_LIMITED {
            return Err(Problem::new(Code::BadRequest, "限时价最长 90 天").at("until"));
        }
        if new.price <= Fen::ZERO {
            return Err(Problem::new(Code::BadRequest, "售价应大于 0").at("price"));
        }
        limits.check(hq, new.price)?;
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.limited.retain(|l| l.until > now);
        if next.limited.len() >= MOST_LIMITED {
            return conflict(format!("限时价最多 {MOST_LIMITED} 个，请先结束一些"));
        }
        if next.limited.iter().any(|l| l.from < new.until && new.from < l.until) {
            return Err(Problem::new(Code::Conflict, "这段时间已有另一个限时价").at("from"));
        }
        next.limited.push(new);
        next.limited.sort_by_key(|l| l.from);
        Ok(next)
    }

    /// Without the limited-time price that begins then: ended at once when it runs.
    #[must_use]
    pub fn unlimit(&self, from: Timestamp) -> Self {
        let mut next = self.clone();
        next.limited.retain(|l| l.from != from);
        next.version += u64::from(next != *self);
        next
    }

    /// What is asked, and why.
    #[must_use]
    pub fn price(&self, library: &LibrarySku, region: Option<(&RegionId, Fen)>, now: Timestamp) -> PriceReason {
        let mut levels = vec![PriceLevel { source: Source::Hq, price: library.price }];
        if let Some((region, price)) = region {
            levels.push(PriceLevel { source: Source::Region { region: region.clone() }, price });
        }
        if let Own::Store { value, by, at } = &self.price {
            levels.push(PriceLevel { source: Source::Store { by: by.clone(), at: *at }, price: *value });
        }
        if let Some(l) = self.limited.iter().find(|l| l.is_on(now)) {
            levels.push(PriceLevel { source: Source::Limited { by: l.by.clone(), at: l.at, until: l.until }, price: l.price });
        }
        // The lowest level that says something counts, and above all of them the floor.
        let (mut price, mut source) = levels.last().map_or((library.price, Source::Hq), |l| (l.price, l.source.clone()));
        if price < library.floor {
            (price, source) = (library.floor, Source::Floor);
        }
        levels.push(PriceLevel { source: Source::Floor, price: library.floor });
        PriceReason { price, source, levels }
    }

    /// The library's row as this store shows it: with the store's own texts and what it asks.
    #[must_use]
    pub fn row(&self, library: &LibrarySku, region: Option<(&RegionId, Fen)>, now: Timestamp) -> LibrarySku {
        LibrarySku {
            name: self.name.or(&library.name).clone(),
            description: self.description.or(&library.description).clone(),
            picture: self.picture.or(&library.picture).clone(),
            rank: *self.rank.or(&library.rank),
            price: self.price(library, region, now).price,
            ..library.clone()
        }
    }

    /// As the row by which pages list it. Its price is the store's alone: what is inherited is looked up when it is read.
    #[must_use]
    pub fn listing(&self, library: &LibrarySku) -> Listing {
        let own_price = match &self.price {
            Own::Inherit => None,
            Own::Store { value, by, at } => {
                let set = SetPrice { price: *value, by: by.clone(), at: *at, why: String::new() };
                Some(StorePrice { set, leave: None })
            }
        };
        let row = Listing { own_price, ..Listing::taken(library, self.taken_at) };
        row.with(self.clone(), library)
    }
}

fn own<T>(value: T, by: &StaffId, at: Timestamp) -> Own<T> {
    Own::Store { value, by: by.clone(), at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::product::tests::{brands, milk, tree};
    use proptest::prelude::*;

    fn library() -> LibrarySku {
        LibrarySku { price: Fen(1_000), floor: Fen(800), ..milk().library(&tree(), &brands()).remove(0) }
    }

    fn who() -> StaffId {
        "stf_li".parse().unwrap()
    }

    fn taken() -> StoreListing {
        StoreListing::take("sto_sh01".parse().unwrap(), library().sku, Timestamp(1))
    }

    fn limited(price: i64, from: i64, until: i64) -> LimitedPrice {
        LimitedPrice { price: Fen(price), from: Timestamp(from), until: Timestamp(until), by: who(), at: Timestamp(0) }
    }

    const LIMITS: PriceLimits = PriceLimits { floor: Fen(800), most_off: Some(10) };

    fn asked(l: &StoreListing, library: &LibrarySku, now: i64) -> Fen {
        l.price(library, None, Timestamp(now)).price
    }

    #[test]
    fn given_an_override_when_hq_edits_and_it_is_reset_then_the_store_has_the_new_value() {
        let l = taken().set(ListingChange::Price(Fen(950)), false, &who(), Timestamp(2)).unwrap();
        let edited = LibrarySku { price: Fen(1_200), name: "高原牛奶".into(), ..library() };
        assert_eq!((asked(&l, &edited, 3), l.row(&edited, None, Timestamp(3)).name), (Fen(950), "高原牛奶".to_owned()));
        let reset = l.reset(&[ListingField::Price, ListingField::Name]);
        assert_eq!((asked(&reset, &edited, 3), reset.version, reset.overridden()), (Fen(1_200), 2, vec![]));
        assert_eq!(reset.reset(&ListingField::ALL).version, 2, "nothing to reset");
    }

    #[test]
    fn given_a_region_price_and_a_store_price_when_asked_why_then_every_level_is_told() {
        let region: RegionId = "reg_east".parse().unwrap();
        let l = taken();
        let why = l.price(&library(), Some((&region, Fen(900))), Timestamp(5));
        assert_eq!((why.price, &why.source), (Fen(900), &Source::Region { region: region.clone() }));
        let own = l.set(ListingChange::Price(Fen(880)), false, &who(), Timestamp(2)).unwrap();
        let own = own.limit(limited(905, 10, 20), &LIMITS, Fen(1_000), Timestamp(5)).unwrap();
        let why = own.price(&library(), Some((&region, Fen(900))), Timestamp(10));
        assert_eq!(why.levels.iter().map(|l| l.price.0).collect::<Vec<_>>(), [1_000, 900, 880, 905, 800]);
        assert_eq!(why.source, Source::Limited { by: who(), at: Timestamp(0), until: Timestamp(20) });
        // The end of its time is no longer in it, and another region's price shows nothing of the old one.
        assert_eq!(own.price(&library(), None, Timestamp(20)).source, Source::Store { by: who(), at: Timestamp(2) });
        assert_eq!(own.reset(&[ListingField::Price]).price(&library(), None, Timestamp(20)).source, Source::Hq);
    }

    #[test]
    fn given_a_floor_that_rises_above_a_stores_price_when_asked_then_the_floor_is_asked() {
        let l = taken().set(ListingChange::Price(Fen(820)), false, &who(), Timestamp(2)).unwrap();
        let raised = LibrarySku { floor: Fen(900), ..library() };
        let why = l.price(&raised, None, Timestamp(3));
        assert_eq!((why.price, why.source), (Fen(900), Source::Floor));
    }

    #[test]
    fn given_many_small_steps_when_each_is_small_then_the_sum_is_what_counts() {
        assert!(LIMITS.check(Fen(1_000), Fen(950)).is_ok() && LIMITS.check(Fen(1_000), Fen(900)).is_ok());
        assert_eq!(LIMITS.check(Fen(1_000), Fen(899)).unwrap_err().field.as_deref(), Some("price"));
        assert_eq!(PriceLimits { floor: Fen(1), most_off: Some(10) }.least(Fen(999)), Fen(900), "rounded up");
        assert_eq!(PriceLimits { floor: Fen(950), most_off: Some(10) }.least(Fen(1_000)), Fen(950));
        assert_eq!(PriceLimits { floor: Fen(5), most_off: None }.least(Fen(1_000)), Fen(5));
    }

    #[test]
    fn given_limited_prices_when_they_overlap_or_break_a_limit_then_they_are_refused() {
        let l = taken().limit(limited(950, 10, 20), &LIMITS, Fen(1_000), Timestamp(0)).unwrap();
        let add = |new| l.limit(new, &LIMITS, Fen(1_000), Timestamp(0)).map_err(|p| (p.code, p.field.unwrap()));
        assert_eq!(add(limited(950, 19, 30)), Err((Code::Conflict, "from".to_owned())));
        assert_eq!(add(limited(899, 20, 30)), Err((Code::Conflict, "price".to_owned())));
        assert_eq!(add(limited(950, 30, 30)), Err((Code::BadRequest, "until".to_owned())));
        assert_eq!(add(limited(950, 30, 31 + LONGEST_LIMITED)), Err((Code::BadRequest, "until".to_owned())));
        let both = add(limited(960, 20, 30)).unwrap();
        assert_eq!([9, 10, 19, 20, 30].map(|now| asked(&both, &library(), now).0), [1_000, 950, 950, 960, 1_000]);
        assert_eq!(asked(&both.unlimit(Timestamp(10)), &library(), 10), Fen(1_000));
        let later = both.limit(limited(970, 50, 60), &LIMITS, Fen(1_000), Timestamp(25)).unwrap();
        assert_eq!(later.limited.len(), 2, "past ones are left out");
    }

    #[test]
    fn given_mandatory_goods_when_a_store_tries_any_order_of_steps_then_they_stay() {
        let hide = ListingChange::Shown(false);
        assert_eq!(taken().set(hide.clone(), true, &who(), Timestamp(2)).unwrap_err().code, Code::Conflict);
        assert_eq!(StoreListing::may_drop(true).unwrap_err().code, Code::Conflict);
        // Hidden or dropped first, and mandatory afterwards.
        let hidden = taken().set(hide, false, &who(), Timestamp(2)).unwrap();
        assert!(!StoreListing::is_shown(Some(&hidden), false) && StoreListing::is_shown(Some(&hidden), true));
        assert!(!StoreListing::is_shown(None, false) && StoreListing::is_shown(None, true));
        assert!(StoreListing::is_shown(Some(&taken()), false));
    }

    #[test]
    fn given_values_that_are_none_when_set_then_the_field_is_named() {
        for (change, field) in [
            (ListingChange::Price(Fen(0)), "price"),
            (ListingChange::Name(" 牛奶".into()), "name"),
            (ListingChange::Description("\u{0}".into()), "description"),
            (ListingChange::Picture("图.png".into()), "picture"),
        ] {
            assert_eq!(taken().set(change, false, &who(), Timestamp(2)).unwrap_err().field.as_deref(), Some(field));
        }
        let l = taken().set(ListingChange::Rank(7), false, &who(), Timestamp(2)).unwrap();
        assert_eq!((l.listing(&library()).rank, l.listing(&library()).own_price), (7, None));
        assert_eq!(serde_json::from_str::<StoreListing>(&serde_json::to_string(&l).unwrap()).unwrap(), l);
    }

    proptest! {
        #[test]
        fn given_any_edits_of_hq_and_store_when_asked_then_the_floor_holds_and_the_price_is_that_of_its_level(
            own in proptest::option::of(1_i64..2_000), region in proptest::option::of(1_i64..2_000), hq in 1_i64..2_000, floor in 0_i64..2_000,
            sale in proptest::option::of((900_i64..2_000, 0_i64..30, 1_i64..30)), now in 0_i64..40
        ) {
            let library = LibrarySku { price: Fen(hq), floor: Fen(floor), ..library() };
            let id: RegionId = "reg_east".parse().unwrap();
            let mut l = taken();
            if let Some(p) = own {
                l = l.set(ListingChange::Price(Fen(p)), false, &who(), Timestamp(2)).unwrap();
            }
            if let Some((price, from, long)) = sale {
                l = l.limit(limited(price, from, from + long), &LIMITS, Fen(1_000), Timestamp(0)).unwrap_or(l);
            }
            let why = l.price(&library, region.map(|p| (&id, Fen(p))), Timestamp(now));
            prop_assert!(why.price >= library.floor);
            prop_assert!(why.levels.iter().any(|l| l.source == why.source && l.price == why.price));
            if own.is_none() && region.is_none() && l.limited.is_empty() {
                prop_assert_eq!(why.price, Fen(hq.max(floor)));
            }
        }
    }
}
