//! Whom a change of the rules touches, told before it is saved: which stores get another value, and which of their prices and
//! goods would no longer be allowed.

use std::collections::BTreeSet;

use liandian_types::{Fen, SkuId, StoreId, Timestamp};

use super::{
    fields::FieldKey,
    price::{PriceBook, Verdict, effective_price},
    resolve::{Effective, FieldChange, Place, Setting, effective},
};

/// A store and what it sells.
#[derive(Debug, Clone, Copy)]
pub struct StoreGoods<'a> {
    /// The store.
    pub place: &'a Place,
    /// The prices of what it lists from the library. Those that say nothing of the store's own may be left out.
    pub prices: &'a [PriceBook],
    /// How many local products it shows.
    pub locals: u32,
}

/// A store whose policy becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedStore {
    /// Which.
    pub store: StoreId,
    /// What changes.
    pub fields: Vec<FieldChange>,
    /// More local products than it may have then.
    pub locals_over: u32,
}

/// A price that counts today and would not then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedPrice {
    /// Whose.
    pub store: StoreId,
    /// Of what.
    pub sku: SkuId,
    /// What it costs before.
    pub old: Fen,
    /// What it costs then.
    pub new: Fen,
    /// Is it taken off sale?
    pub off_sale: bool,
    /// Why, in a sentence.
    pub why: String,
}

/// What a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// Stores with another policy.
    pub stores: Vec<TouchedStore>,
    /// Prices that become illegal.
    pub prices: Vec<TouchedPrice>,
}

impl Impact {
    /// The impact in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.stores.is_empty() && self.prices.is_empty() {
            return "不影响任何门店".to_owned();
        }
        let mut said = format!("{} 家门店受影响", self.stores.len());
        if !self.prices.is_empty() {
            said += &format!("；{} 个现行价格将不合规", self.prices.len());
        }
        let over = self.stores.iter().filter(|s| s.locals_over > 0).count();
        if over > 0 {
            said += &format!("；{over} 家门店的本地商品将超出数量");
        }
        said
    }
}

/// What the rows `new` would do beside those in force, at the moment at which the last of them begins to hold. A running price
/// is judged at that moment under both rules, so that only what the change does is told.
pub fn impact<'a>(current: &[Setting], new: &[Setting], stores: impl IntoIterator<Item = StoreGoods<'a>>, now: Timestamp) -> Impact {
    let at = new.iter().map(|s| s.from).max().unwrap_or(now).max(now);
    let mut found = Impact::default();
    for s in stores {
        let before = effective(current, s.place, at);
        let after = effective(current.iter().chain(new), s.place, at);
        let fields = before.differs(&after);
        if fields.is_empty() {
            continue;
        }
        found.prices.extend(s.prices.iter().filter_map(|book| touched(&s.place.store, book, &before, &after, at)));
        let may = |policy: &Effective| if policy.switch(FieldKey::MayLocal) { policy.number(FieldKey::LocalProducts) } else { 0 };
        let over = |policy: &Effective| i64::from(s.locals).saturating_sub(may(policy)).max(0);
        let locals_over = if over(&after) > over(&before) { u32::try_from(over(&after)).unwrap_or(u32::MAX) } else { 0 };
        found.stores.push(TouchedStore { store: s.place.store.clone(), fields, locals_over });
    }
    found
}

/// What becomes of a price when the policy does: told when something counted before that does not count then, or when it goes off sale.
fn touched(store: &StoreId, book: &PriceBook, before: &Effective, after: &Effective, at: Timestamp) -> Option<TouchedPrice> {
    let (was, is) = (effective_price(book, before, at), effective_price(book, after, at));
    // A step is known by its place: both lists come from the same book, in the same order.
    let refused =
        was.steps.iter().zip(&is.steps).find(|(old, new)| old.verdict != new.verdict && new.verdict == Verdict::NotAllowed).map(|(_, new)| new);
    let off_sale = was.on_sale && !is.on_sale;
    let why = match refused {
        Some(step) => step.note.clone(),
        None if off_sale => "低于最低售价，将下架".to_owned(),
        None => return None,
    };
    Some(TouchedPrice { store: store.clone(), sku: book.sku.clone(), old: was.price, new: is.price, off_sale, why })
}

/// What changes for a store that comes to another mode, class or region.
#[must_use]
pub fn moved(settings: &[Setting], from: &Place, to: &Place, prices: &[PriceBook], now: Timestamp) -> (Vec<FieldChange>, Vec<TouchedPrice>) {
    let (before, after) = (effective(settings, from, now), effective(settings, to, now));
    let touched = prices.iter().filter_map(|book| touched(&to.store, book, &before, &after, now)).collect();
    (before.differs(&after), touched)
}

/// How many different stores have a price that becomes illegal.
#[must_use]
pub fn stores_with_prices(impact: &Impact) -> usize {
    impact.prices.iter().map(|p| &p.store).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use liandian_types::{Mode, StaffId, Tier};

    use super::*;
    use crate::governance::{
        fields::Value,
        price::{SetPrice, StorePrice},
        resolve::{Level, preset_settings},
    };

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn place(n: usize, mode: Mode) -> Place {
        Place { store: format!("sto_{n}").parse().unwrap(), mode, tier: Tier::Standard, region: "reg_1".parse().unwrap() }
    }

    fn book(own: i64) -> PriceBook {
        let set = |price| SetPrice { price: Fen(price), by: by(), at: Timestamp(0), why: "定价".into() };
        let store = Some(StorePrice { set: set(own), leave: None });
        PriceBook { sku: "sku_1".parse().unwrap(), flagship: false, hq: set(1_000), region: None, store, timed: vec![], floor: set(100) }
    }

    #[test]
    fn given_a_stricter_threshold_when_previewed_then_the_stores_and_the_prices_that_become_illegal_are_told() {
        let rows: Vec<Setting> = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &by(), Timestamp(0))).collect();
        let places: Vec<Place> = (0..5).map(|n| place(n, if n < 3 { Mode::Franchise } else { Mode::Direct })).collect();
        let books = [[book(900)], [book(950)], [book(1_000)], [book(900)], [book(1_000)]];
        let stores: Vec<StoreGoods<'_>> = places.iter().zip(&books).map(|(place, prices)| StoreGoods { place, prices, locals: 3 }).collect();
        let level = Level::Mode(Mode::Franchise);
        let stricter = |field, n| Setting {
            level: level.clone(),
            field,
            value: Some(Value::Number(n)),
            by: by(),
            at: Timestamp(5),
            from: Timestamp(50),
            why: "收紧".into(),
            seq: 99,
        };
        let found = impact(&rows, &[stricter(FieldKey::MaxDiscount, 8)], stores.iter().copied(), Timestamp(5));
        assert_eq!(found.sentence(), "3 家门店受影响；1 个现行价格将不合规");
        let price = &found.prices[0];
        assert_eq!((price.store.as_str(), price.old, price.new), ("sto_0", Fen(900), Fen(1_000)));
        // The price of a direct store counted neither before nor after.
        assert!(found.prices.iter().all(|p| p.store.as_str() != "sto_3"));
        assert_eq!(stores_with_prices(&found), 1);
        let found = impact(&rows, &[stricter(FieldKey::LocalProducts, 2)], stores.iter().copied(), Timestamp(5));
        assert_eq!(found.sentence(), "3 家门店受影响；3 家门店的本地商品将超出数量");
        let same = impact(&rows, &[stricter(FieldKey::MaxDiscount, 15)], stores.iter().copied(), Timestamp(5));
        assert_eq!(same.sentence(), "不影响任何门店");
        assert_eq!(same, Impact::default());
    }

    #[test]
    fn given_a_store_that_changes_its_mode_when_previewed_then_its_price_is_named() {
        let rows: Vec<Setting> = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &by(), Timestamp(0))).collect();
        let (fields, prices) = moved(&rows, &place(1, Mode::Franchise), &place(1, Mode::Direct), &[book(900)], Timestamp(5));
        assert!(fields.iter().any(|f| f.field == FieldKey::MayPrice));
        assert_eq!(prices.iter().map(|p| (p.old, p.new)).collect::<Vec<_>>(), [(Fen(900), Fen(1_000))]);
    }
}
