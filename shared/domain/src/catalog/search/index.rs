//! The rows of a store or of the library, and the answer to a query.

use std::collections::BTreeMap;

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use super::{
    Query, SearchRow, Sounds, Words,
    entry::{Entry, word_starts},
};

/// All rows in which is searched, with what was learnt of their texts. Cheap to change: a row at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Counts the changes; whoever keeps an index in memory compares it with what is stored.
    pub(super) version: u64,
    pub(super) entries: BTreeMap<SkuId, Entry>,
    pub(super) sounds: BTreeMap<char, String>,
}

/// How results are sorted. What is sold out comes last in each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// 综合: what fits best, then what sells best here.
    #[default]
    Relevance,
    /// 价格从低到高
    PriceUp,
    /// 价格从高到低
    PriceDown,
    /// 销量
    Sales,
    /// 新品
    Newest,
}

/// What results are narrowed to. Values of one field are alternatives, the fields add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Keys of categories, of any level.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Names of brands.
    #[serde(default)]
    pub brands: Vec<String>,
    /// From here on.
    #[serde(default)]
    pub from: Option<Fen>,
    /// Below.
    #[serde(default)]
    pub below: Option<Fen>,
    /// Without what is sold out.
    #[serde(default)]
    pub in_stock: bool,
}

impl Filter {
    fn category(&self, row: &SearchRow) -> bool {
        self.categories.is_empty() || row.categories.iter().any(|(key, _)| self.categories.contains(key))
    }

    fn brand(&self, row: &SearchRow) -> bool {
        self.brands.is_empty() || self.brands.contains(&row.brand)
    }

    fn price(&self, row: &SearchRow) -> bool {
        self.from.is_none_or(|f| row.price >= f) && self.below.is_none_or(|b| row.price < b)
    }
}

/// A search as asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// What is looked for; all rows without it.
    pub query: Option<Query>,
    /// What results are narrowed to.
    pub filter: Filter,
    /// Their order.
    pub sort: Sort,
    /// How many to leave out at the beginning.
    pub skip: usize,
    /// How many to give.
    pub limit: usize,
}

/// One result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The row.
    pub row: &'a SearchRow,
    /// How well it fits.
    pub score: u32,
}

/// Upper ends of the price bands; the last band has none.
pub const PRICE_BANDS: [Fen; 4] = [Fen(1_000), Fen(3_000), Fen(5_000), Fen(10_000)];

/// How many results each choice of a filter would leave, with the other filters as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Key and name of a category, and how many; the most first.
    pub categories: Vec<(String, String, u32)>,
    /// Name of a brand, and how many; the most first.
    pub brands: Vec<(String, u32)>,
    /// Bands of prices (below each of [`PRICE_BANDS`], and above), from the cheapest.
    pub prices: [u32; 5],
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found<'a> {
    /// How many there are.
    pub total: usize,
    /// Those asked for, in order.
    pub hits: Vec<Hit<'a>>,
    /// What to narrow by.
    pub facets: Facets,
}

/// Sound as it is kept: ü is `v`, as keyboards write it.
pub(super) fn kept(sound: &str) -> Option<String> {
    let sound = sound.replace('ü', "v");
    sound.bytes().all(|b| b.is_ascii_lowercase()).then_some(sound)
}

impl Index {
    /// Adds a row, or exchanges it when its SKU is known.
    pub fn put(&mut self, row: SearchRow, words: &dyn Words, sounds: &dyn Sounds) {
        let starts = word_starts(&row, words);
        self.put_cut(row, starts, sounds);
    }

    /// The same with what somebody else has found out about where its words begin ([`super::words_of`]): no dictionary is needed for it.
    pub fn put_cut(&mut self, row: SearchRow, starts: u64, sounds: &dyn Sounds) {
        for c in row.name.chars().chain(row.spec.chars()).chain(row.brand.chars()) {
            if !self.sounds.contains_key(&c)
                && let Some(sound) = sounds.sound(c).and_then(kept)
            {
                self.sounds.insert(c, sound);
            }
        }
        let entry = Entry::new(row, starts, &self.sounds);
        self.entries.insert(entry.row.sku.clone(), entry);
        self.version += 1;
    }

    /// Takes a row out; says whether there was one.
    pub fn remove(&mut self, sku: &SkuId) -> bool {
        let was = self.entries.remove(sku).is_some();
        self.version += u64::from(was);
        was
    }

    /// Changes what is not searched in: price, sales, stock. `None` keeps it. Says whether there is such a row.
    pub fn touch(&mut self, sku: &SkuId, price: Option<Fen>, sold: Option<u32>, sold_out: Option<bool>) -> bool {
        let Some(e) = self.entries.get_mut(sku) else {
            return false;
        };
        let row = &mut e.row;
        let next = (price.unwrap_or(row.price), sold.unwrap_or(row.sold), sold_out.unwrap_or(row.sold_out));
        if next != (row.price, row.sold, row.sold_out) {
            (row.price, row.sold, row.sold_out) = next;
            self.version += 1;
        }
        true
    }

    /// Counts the changes.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// One row.
    #[must_use]
    pub fn get(&self, sku: &SkuId) -> Option<&SearchRow> {
        self.entries.get(sku).map(|e| &e.row)
    }

    /// All rows, by SKU.
    pub fn rows(&self) -> impl Iterator<Item = &SearchRow> {
        self.entries.values().map(|e| &e.row)
    }

    /// Everything that fits the query, unsorted.
    #[must_use]
    pub fn fitting(&self, query: Option<&Query>) -> Vec<Hit<'_>> {
        let Some(query) = query else {
            return self.entries.values().map(|e| Hit { row: &e.row, score: 0 }).collect();
        };
        let pass = |initials: bool| -> Vec<Hit<'_>> {
            self.entries.values().filter_map(|e| Some(Hit { row: &e.row, score: query.score(e, &self.sounds, initials)? })).collect()
        };
        let hits = pass(false);
        if hits.is_empty() && query.has_letters() { pass(true) } else { hits }
    }

    /// Answers.
    #[must_use]
    pub fn search(&self, ask: &Ask) -> Found<'_> {
        arrange(self.fitting(ask.query.as_ref()), ask)
    }
}

/// Narrows, counts and sorts what was found, whoever found it: a store's hits are the library's, at the store's prices and with its stock.
#[must_use]
pub fn arrange<'a>(found: impl IntoIterator<Item = Hit<'a>>, ask: &Ask) -> Found<'a> {
    let filter = &ask.filter;
    let mut hits = Vec::new();
    let mut categories: BTreeMap<&str, (&str, u32)> = BTreeMap::new();
    let mut brands: BTreeMap<&str, u32> = BTreeMap::new();
    let mut facets = Facets::default();
    for hit in found {
        let row = hit.row;
        if filter.in_stock && row.sold_out {
            continue;
        }
        let (category, brand, price) = (filter.category(row), filter.brand(row), filter.price(row));
        if brand && price {
            for (key, name) in &row.categories {
                categories.entry(key).or_insert((name.as_str(), 0)).1 += 1;
            }
        }
        if category && price && !row.brand.is_empty() {
            *brands.entry(&row.brand).or_default() += 1;
        }
        if category && brand {
            facets.prices[PRICE_BANDS.iter().filter(|end| row.price >= **end).count()] += 1;
        }
        if category && brand && price {
            hits.push(hit);
        }
    }
    facets.categories = categories.into_iter().map(|(key, (name, n))| (key.to_owned(), name.to_owned(), n)).collect();
    facets.categories.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    facets.brands = brands.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    facets.brands.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sort(&mut hits, ask.sort);
    Found { total: hits.len(), hits: hits.into_iter().skip(ask.skip).take(ask.limit).collect(), facets }
}

/// What sales add to a score: never as much as lies between two fields.
fn selling(row: &SearchRow) -> u32 {
    row.sold.saturating_add(1).ilog2().min(16) * 2
}

fn sort(hits: &mut [Hit<'_>], by: Sort) {
    let fits = |h: &Hit<'_>| h.score.saturating_add(selling(h.row));
    hits.sort_by(|a, b| {
        let order = match by {
            Sort::Relevance => fits(b).cmp(&fits(a)),
            Sort::PriceUp => a.row.price.cmp(&b.row.price),
            Sort::PriceDown => b.row.price.cmp(&a.row.price),
            Sort::Sales => b.row.sold.cmp(&a.row.sold),
            Sort::Newest => b.row.listed_at.cmp(&a.row.listed_at),
        };
        a.row
            .sold_out
            .cmp(&b.row.sold_out)
            .then(order)
            .then_with(|| fits(b).cmp(&fits(a)))
            .then_with(|| b.row.sold.cmp(&a.row.sold))
            .then_with(|| a.row.rank.cmp(&b.row.rank))
            .then_with(|| a.row.sku.cmp(&b.row.sku))
    });
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalog::search::{Plain, Synonym, Synonyms};
    use liandian_types::Timestamp;
    use proptest::prelude::*;

    pub(crate) fn row(id: usize, name: &str, spec: &str, brand: &str) -> SearchRow {
        SearchRow {
            sku: SkuId::from_tail(id).unwrap(),
            spu: liandian_types::SpuId::from_tail(id).unwrap(),
            name: name.into(),
            spec: spec.into(),
            brand: brand.into(),
            categories: vec![("all".into(), "百货".into())],
            attributes: Vec::new(),
            barcodes: Vec::new(),
            picture: String::new(),
            price: Fen(1_000),
            sold: 0,
            sold_out: false,
            flagship: false,
            listed_at: Timestamp(0),
            rank: 0,
        }
    }

    pub(crate) fn index(rows: impl IntoIterator<Item = SearchRow>) -> Index {
        let mut index = Index::default();
        for r in rows {
            index.put(r, &Plain, &Plain);
        }
        index
    }

    fn named(names: &[&str]) -> Index {
        index(names.iter().enumerate().map(|(i, n)| row(i, n, "", "")))
    }

    fn ask(typed: &str) -> Ask {
        Ask { query: Query::of(typed, &Synonyms::default()), limit: 100, ..Ask::default() }
    }

    fn titles(index: &Index, ask: &Ask) -> Vec<String> {
        index.search(ask).hits.iter().map(|h| h.row.title()).collect()
    }

    #[test]
    fn given_pieces_that_word_engines_miss_when_sought_then_they_are_found() {
        let all = named(&["安装简单", "待处理", "山芹菜", "大芹菜", "马家沟芹菜", "小化妆包", "测试工具箱", "经典", "布"]);
        for (typed, hits) in [
            ("简单", vec!["安装简单"]),
            ("处理", vec!["待处理"]),
            ("芹菜", vec!["山芹菜", "大芹菜", "马家沟芹菜"]),
            ("包", vec!["小化妆包"]),
            ("小化妆", vec!["小化妆包"]),
            ("测试", vec!["测试工具箱"]),
            ("工具", vec!["测试工具箱"]),
            ("景点", vec![]),
            ("不", vec![]),
            ("芹菜 马家", vec!["马家沟芹菜"]),
        ] {
            assert_eq!(titles(&all, &ask(typed)), hits, "{typed}");
        }
    }

    #[test]
    fn given_goods_in_a_shop_when_typed_in_other_ways_then_they_are_found() {
        let mut milk = row(1, "牧场鲜牛奶", "950ml", "云畔牧");
        milk.barcodes = vec!["6901234567892".into()];
        let all = index([milk, row(2, "纯牛奶", "250ml×12", "云畔牧"), row(3, "脆甜红苹果", "500g", "山野集"), row(4, "NFC 苹果汁", "1L", "溪上青")]);
        for (typed, hits) in [
            ("牧场鲜牛奶950ml", vec!["牧场鲜牛奶 950ml"]),
            ("９５０ｍｌ", vec!["牧场鲜牛奶 950ml"]),
            ("0.95L", vec!["牧场鲜牛奶 950ml"]),
            ("950毫升 牛奶", vec!["牧场鲜牛奶 950ml"]),
            ("鲜牛奶0.95升", vec!["牧场鲜牛奶 950ml"]),
            ("0.05L", vec![]),
            ("山野集苹果", vec!["脆甜红苹果 500g"]),
            ("苹果 1斤", vec!["脆甜红苹果 500g"]),
            ("半公斤", vec!["脆甜红苹果 500g"]),
            ("NFC苹果汁", vec!["NFC 苹果汁 1L"]),
            ("1000毫升", vec!["NFC 苹果汁 1L"]),
            ("250ml*12", vec!["纯牛奶 250ml×12"]),
            ("0690 1234 567892", vec!["牧场鲜牛奶 950ml"]),
            ("67892", vec!["牧场鲜牛奶 950ml"]),
            ("7892", vec!["牧场鲜牛奶 950ml"]),
            ("789", vec![]),
            ("sku_3", vec!["脆甜红苹果 500g"]),
            ("平果", vec![]),
            ("云畔牧 苹果", vec![]),
        ] {
            assert_eq!(titles(&all, &ask(typed)), hits, "{typed}");
        }
        assert_eq!(titles(&all, &ask("苹果")), ["脆甜红苹果 500g", "NFC 苹果汁 1L"], "what it is comes before what it is made of");
    }

    #[test]
    fn given_synonyms_when_sought_then_they_come_after_the_word_itself() {
        let all = named(&["零添加生抽", "红烧老抽", "酱油拌面", "香醋"]);
        let synonyms = Synonyms::of(vec![Synonym { word: "酱油".into(), means: vec!["生抽".into(), "老抽".into()] }]).unwrap();
        let of = |typed: &str| titles(&all, &Ask { query: Query::of(typed, &synonyms), ..ask("") });
        assert_eq!(of("酱油"), ["酱油拌面", "零添加生抽", "红烧老抽"]);
        assert_eq!(of("老抽"), ["红烧老抽"]);
    }

    #[test]
    fn given_fields_and_sales_when_ranked_then_the_name_comes_first_and_what_is_sold_out_last() {
        let mut other_brand = row(1, "香皂", "", "苹果");
        other_brand.sold = 60_000;
        let mut gone = row(2, "苹果", "", "");
        gone.sold_out = true;
        let mut tag = row(3, "果盘", "", "");
        tag.attributes = vec!["含苹果".into()];
        let (plain, mut best) = (row(4, "红苹果", "", ""), row(5, "红苹果", "", ""));
        best.sold = 9;
        let all = index([other_brand, gone, tag, plain, best]);
        let ids = |a: &Ask| all.search(a).hits.iter().map(|h| h.row.sku.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(&ask("苹果")), ["sku_5", "sku_4", "sku_1", "sku_3", "sku_2"]);
        assert_eq!(ids(&Ask { filter: Filter { in_stock: true, ..Filter::default() }, limit: 2, skip: 1, ..ask("苹果") }), ["sku_4", "sku_1"]);
    }

    #[test]
    fn given_filters_when_counted_then_each_choice_says_what_it_would_leave() {
        let rows =
            [("a", "甲", 500), ("a", "乙", 2_500), ("b", "甲", 12_000)].into_iter().enumerate().map(|(i, (category, brand, price))| SearchRow {
                categories: vec![("top".into(), "全部".into()), (category.into(), category.into())],
                price: Fen(price),
                listed_at: Timestamp(i64::try_from(i).unwrap()),
                ..row(i, "茶", "", brand)
            });
        let all = index(rows);
        let found = all.search(&ask("茶"));
        assert_eq!(found.facets.prices, [1, 1, 0, 0, 1]);
        assert_eq!(found.facets.brands, [("甲".to_owned(), 2), ("乙".to_owned(), 1)]);
        assert_eq!(found.facets.categories.iter().map(|c| (c.0.as_str(), c.2)).collect::<Vec<_>>(), [("top", 3), ("a", 2), ("b", 1)]);
        let narrowed = all.search(&Ask { filter: Filter { brands: vec!["甲".into()], ..Filter::default() }, sort: Sort::PriceDown, ..ask("茶") });
        assert_eq!((narrowed.total, narrowed.facets.brands.len(), narrowed.facets.prices), (2, 2, [1, 0, 0, 0, 1]));
        assert_eq!(narrowed.hits[0].row.price, Fen(12_000));
        let cheap = all.search(&Ask { filter: Filter { below: Some(Fen(2_500)), ..Filter::default() }, ..ask("") });
        assert_eq!((cheap.total, cheap.facets.prices.iter().sum::<u32>()), (1, 3));
        assert_eq!(all.search(&Ask { sort: Sort::Newest, ..ask("茶") }).hits[0].row.sku.as_str(), "sku_2");
    }

    #[test]
    fn given_a_stream_of_changes_when_fed_then_the_index_is_what_it_would_be_anew() {
        let mut all = named(&["红茶", "绿茶", "白茶"]);
        let sku = SkuId::from_tail(1).unwrap();
        all.put(row(1, "青茶", "", ""), &Plain, &Plain);
        assert!(all.remove(&SkuId::from_tail(2).unwrap()) && !all.remove(&SkuId::from_tail(9).unwrap()));
        assert!(all.touch(&sku, Some(Fen(1)), Some(7), Some(true)) && !all.touch(&SkuId::from_tail(9).unwrap(), None, None, None));
        assert_eq!((all.version(), all.len()), (6, 2));
        assert_eq!(titles(&all, &ask("茶")), ["红茶", "青茶"]);
        assert!(titles(&all, &ask("绿茶")).is_empty());
        let anew = index([row(0, "红茶", "", ""), SearchRow { price: Fen(1), sold: 7, sold_out: true, ..row(1, "青茶", "", "") }]);
        assert_eq!(all.entries, anew.entries);
    }

    proptest! {
        #[test]
        fn given_any_names_when_a_piece_of_one_is_sought_then_it_is_found(
            names in proptest::collection::vec("[一-龥a-zA-Z0-9 ×.·（）斤克升]{2,20}", 1..6), which in 0_usize..6, from in 0_usize..20, long in 2_usize..20
        ) {
            let all = index(names.iter().enumerate().map(|(i, n)| row(i, n, "500ml", "云畔牧")));
            let which = which % names.len();
            let chars: Vec<char> = names[which].chars().collect();
            let from = from.min(chars.len() - 2);
            let piece: String = chars[from..(from + long).min(chars.len())].iter().collect();
            // A piece of spaces and brackets alone says nothing.
            if let Some(query) = Query::of(&piece, &Synonyms::default()) {
                let found = all.search(&Ask { query: Some(query), limit: 10, ..Ask::default() });
                prop_assert!(found.hits.iter().any(|h| h.row.sku == SkuId::from_tail(which).unwrap()), "{} in {}", piece, names[which]);
            }
        }

        #[test]
        fn given_any_query_when_it_is_sought_then_every_hit_has_each_of_its_characters(typed in "[苹果红汁茶 a-c0-9]{1,8}") {
            let all = named(&["红苹果", "苹果汁", "红茶a1", "茶b2c3"]);
            if let Some(query) = Query::of(&typed, &Synonyms::default()) {
                for h in all.search(&Ask { query: Some(query), limit: 10, ..Ask::default() }).hits {
                    prop_assert!(typed.chars().filter(|c| *c != ' ').all(|c| h.row.name.contains(c)), "{} {}", typed, h.row.name);
                }
            }
        }
    }
}
