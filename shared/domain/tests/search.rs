//! The demo chain's goods, searched as customers do: how much of what they mean is found, by kind of query.
//!
//! `data/search_queries.csv` has a query a line: its kind, the products that must be among the hits, and such that must not.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::{BTreeMap, BTreeSet};

use liandian_domain::catalog::{
    barcode::check_digit,
    search::{Ask, Index, Plain, Query, SearchRow, Sounds, Synonym, Synonyms, Words},
};
use liandian_types::{Fen, SkuId, SpuId, Timestamp};

const GOODS: &str = include_str!("../../../infra/seed/data/goods.csv");
const CATEGORIES: &str = include_str!("../../../infra/seed/data/categories.csv");
const QUERIES: &str = include_str!("data/search_queries.csv");

fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|row| row.unwrap()).collect()
}

/// The demo chain's SKUs, with barcodes as the seed makes them.
fn goods() -> Vec<SearchRow> {
    let categories: BTreeMap<String, String> = table(CATEGORIES).into_iter().map(|c| (c["key"].clone(), c["name"].clone())).collect();
    let mut rows = Vec::new();
    for g in table(GOODS) {
        for spec in g["specs"].split('|') {
            let mut parts = spec.rsplitn(3, ':');
            let (_grams, price, spec) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            let n = rows.len() + 1;
            let digits = format!("2{n:011}");
            rows.push(SearchRow {
                sku: SkuId::from_tail(n).unwrap(),
                spu: SpuId::from_tail(&g["id"]).unwrap(),
                name: g["name"].clone(),
                spec: spec.to_owned(),
                brand: g["brand"].clone(),
                categories: vec![(g["category"].clone(), categories[&g["category"]].clone())],
                attributes: Vec::new(),
                barcodes: vec![format!("{digits}{}", check_digit(&digits))],
                picture: format!("/pictures/{}-800.webp", g["id"]),
                price: Fen(price.parse().unwrap()),
                sold: 0,
                sold_out: false,
                flagship: false,
                listed_at: Timestamp(0),
                rank: u32::try_from(n).unwrap(),
            });
        }
    }
    rows
}

fn index(rows: Vec<SearchRow>, words: &dyn Words, sounds: &dyn Sounds) -> Index {
    let mut index = Index::default();
    for row in rows {
        index.put(row, words, sounds);
    }
    index
}

fn synonyms() -> Synonyms {
    let all = [
        ("酱油", vec!["生抽", "老抽"]),
        ("泡面", vec!["方便面", "牛肉面", "酸菜面"]),
        ("西红柿", vec!["番茄"]),
        ("洋芋", vec!["土豆"]),
        ("尿不湿", vec!["纸尿裤", "拉拉裤"]),
        ("手纸", vec!["卷纸", "抽纸"]),
    ];
    let one = |(word, means): (&str, Vec<&str>)| Synonym { word: word.to_owned(), means: means.into_iter().map(str::to_owned).collect() };
    Synonyms::of(all.into_iter().map(one).collect()).unwrap()
}

/// The tails of the products that are found, the best first.
fn found(index: &Index, typed: &str) -> Vec<String> {
    let query = Query::of(typed, &synonyms());
    assert!(query.is_some(), "{typed}");
    let mut seen = Vec::new();
    for hit in index.search(&Ask { query, limit: usize::MAX, ..Ask::default() }).hits {
        let id = hit.row.spu.as_str().trim_start_matches("spu_").to_owned();
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

/// Recall by kind of query, in found and expected products.
fn recall(index: &Index, with_sounds: bool) -> BTreeMap<String, (usize, usize)> {
    let mut recall: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for q in table(QUERIES).into_iter().filter(|q| with_sounds || q["kind"] != "pinyin") {
        let typed = q["query"].as_str();
        let hits: BTreeSet<String> = found(index, typed).into_iter().collect();
        let expected: BTreeSet<String> = q["expected"].split_whitespace().map(str::to_owned).collect();
        for absent in q["absent"].split_whitespace() {
            assert!(!hits.contains(absent), "{typed} finds {absent}");
        }
        if q["kind"] == "none" {
            assert!(hits.is_empty(), "{typed} finds {hits:?}");
            continue;
        }
        let missing: Vec<&String> = expected.difference(&hits).collect();
        if !missing.is_empty() {
            println!("{typed} misses {missing:?}");
        }
        let sum = recall.entry(q["kind"].clone()).or_default();
        sum.0 += expected.len() - missing.len();
        sum.1 += expected.len();
        // A piece of a text finds all goods that have it, and only these.
        if q["kind"] == "substring" {
            assert_eq!(hits, expected, "{typed}");
        }
    }
    for (kind, (hit, of)) in &recall {
        println!("search recall, {kind}: {hit} of {of}");
    }
    recall
}

#[test]
fn given_the_demo_goods_when_searched_by_our_list_of_queries_then_everything_meant_is_found() {
    let recall = recall(&index(goods(), &Plain, &Plain), false);
    assert!(table(QUERIES).len() >= 120 && recall.len() >= 6);
    for (kind, (hit, of)) in recall {
        assert_eq!(hit, of, "{kind}");
    }
}

#[test]
fn given_what_goods_are_and_what_they_are_made_of_when_ranked_then_the_goods_themselves_come_first() {
    let all = index(goods(), &Plain, &Plain);
    for (typed, first) in
        [("苹果", "apple-red"), ("可乐", "cola"), ("黄油", "butter"), ("香菇", "mushroom"), ("海盐", "salt"), ("酸奶", "yogurt-plain")]
    {
        assert_eq!(found(&all, typed)[0], first, "{typed}");
    }
    assert!(all.suggest("苹果", 3).iter().any(|s| s.text == "苹果香蕉果泥"));
}

#[test]
fn given_the_demo_goods_when_written_as_bytes_then_what_is_read_finds_the_same() {
    let all = index(goods(), &Plain, &Plain);
    let read = Index::from_parts(&all.to_parts().unwrap()).unwrap();
    for typed in ["苹果", "0.95L 牛奶", "山野集苹果", "酱油", "2000000000015"] {
        assert_eq!(found(&read, typed), found(&all, typed), "{typed}");
    }
}

#[cfg(feature = "search")]
mod chinese {
    use super::*;
    use liandian_domain::catalog::search::chinese::{Chinese, Pinyin};

    #[test]
    fn given_a_dictionary_when_searched_then_letters_find_what_sounds_so_and_nothing_is_lost() {
        let goods = goods();
        let brands: BTreeSet<String> = goods.iter().map(|g| g.brand.clone()).collect();
        let chinese = Chinese::new(brands.iter().map(String::as_str));
        let all = index(goods, &chinese, &chinese);
        let recall = recall(&all, true);
        for (kind, (hit, of)) in recall {
            // Characters that sound in several ways are known by one sound alone.
            let enough = if kind == "pinyin" { of * 9 / 10 } else { of };
            assert!(hit >= enough, "{kind}: {hit} of {of}");
        }
        assert_eq!(found(&all, "苹果")[0], "apple-red");
        let kept = all.to_bytes();
        println!("search index of the demo chain: {} bytes for {} listings", kept.len(), all.len());
        assert!(kept.len() < 200 * all.len());
        let read = Index::from_bytes(&kept).unwrap();
        assert_eq!(found(&read, "pingguo"), found(&all, "pingguo"), "a query needs no dictionary");
        assert_eq!(all.meant("平果", &Pinyin, 1), ["苹果"]);
    }
}
