//! Search: what is found of what is meant, and how long it takes, of the demo chain's goods and of as many as a large library has.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use liandian_domain::catalog::search::{Ask, Index, Query, SearchRow, chinese::Chinese, sounds::Pinyin, words_of};
use liandian_seed::Chain;
use liandian_types::SkuId;
use serde_json::{Map, Value, json};

use crate::round;

/// SKUs of a large library.
const MANY: usize = 20_000;
const QUERIES: &str = include_str!("../../shared/domain/tests/data/search_queries.csv");

pub fn search(out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let (chain, words) = (Chain::demo(), liandian_seed::search_words()?);
    let millis = |d: Duration| round(d.as_secs_f64() * 1_000.0);
    let begun = Instant::now();
    let chinese = Chinese::new([]);
    let dictionary = begun.elapsed();
    let starts: Vec<u64> = chain.library.iter().map(|s| words_of(s, &chinese)).collect();
    drop(chinese);

    let mut small = Index::default();
    for (sku, starts) in chain.library.iter().zip(&starts) {
        small.put_cut(SearchRow::of(sku), *starts, &Pinyin);
    }
    // As a process does that searches for the first time.
    let begun = Instant::now();
    let mut large = Index::default();
    for (n, (sku, starts)) in chain.library.iter().zip(&starts).cycle().take(MANY).enumerate() {
        let row = SearchRow { sku: SkuId::from_tail(n).map_err(|_| anyhow!("no id of {n}"))?, ..SearchRow::of(sku) };
        large.put_cut(row, *starts, &Pinyin);
    }
    let built = begun.elapsed();

    let (mut meant, mut hit, mut times) = (0, 0, Vec::new());
    for line in QUERIES.lines().skip(1) {
        let [typed, kind, expected, _] = line.split(',').collect::<Vec<_>>()[..] else { return Err(anyhow!("a query is no row: {line}")) };
        let query = Query::of(typed, &words.synonyms);
        let found: BTreeSet<&str> =
            small.fitting(query.as_ref()).into_iter().filter_map(|h| h.row.spu.as_str().split_once('_')).map(|(_, tail)| tail).collect();
        if kind != "none" {
            let expected: BTreeSet<&str> = expected.split_whitespace().collect();
            meant += expected.len();
            hit += expected.intersection(&found).count();
        }
        for _ in 0..3 {
            let begun = Instant::now();
            let total = large.search(&Ask { query: Query::of(typed, &words.synonyms), limit: 20, ..Ask::default() }).total;
            times.push(begun.elapsed());
            std::hint::black_box(total);
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    out.insert(
        "search".into(),
        json!({
            "queries": QUERIES.lines().count() - 1, "found": hit, "meant": meant, "p50_ms": millis(at(50)), "p99_ms": millis(at(99)),
            "skus": MANY, "index_ms": millis(built), "dictionary_ms": millis(dictionary), "bytes_a_listing": small.to_bytes().len() / small.len().max(1),
        }),
    );
    Ok(())
}
