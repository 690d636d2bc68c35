//! Search: what a store sells of what is looked for, however it is typed; what its field offers; and the words that HQ keeps.

use std::collections::BTreeSet;

use liandian_functions::views::catalog::{FindGoods, category_page};
use liandian_store::meter::measured;
use liandian_tests::{Answer, World, id, percent};
use liandian_types::{
    SkuId, StoreId,
    api::{LibraryHistory, LibraryPage, ListingCard, ListingPage, SearchWordsSheet, StockList, Suggestions, SynonymRow},
};
use reqwest::Method;

const STORE: &str = "sto_sh01";
const WORDS: &str = "/api/v1/hq/search-words";

async fn ask(w: &World, store: &str, query: &str) -> Answer {
    w.get(&format!("/api/v1/stores/{store}/listings?{query}"), "").await
}

async fn found(w: &World, text: &str) -> ListingPage {
    ask(w, STORE, &format!("q={}", percent(text))).await.ok()
}

/// All pages of a search.
async fn all(w: &World, store: &str, query: &str) -> Vec<ListingCard> {
    let (mut cards, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: ListingPage = ask(w, store, &format!("{query}{cursor}")).await.ok();
        assert!(page.items.len() <= 20 && page.found.is_some());
        cards.extend(page.items);
        let Some(next) = page.next else { return cards };
        cursor = format!("&cursor={next}");
    }
}

fn skus(cards: &[ListingCard]) -> BTreeSet<SkuId> {
    cards.iter().map(|c| c.sku.clone()).collect()
}

async fn set(w: &World, token: &str, words: &SearchWordsSheet) -> Answer {
    w.call(Method::PUT, WORDS, token, Some(words)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_when_sought_as_people_type_them_then_they_are_found_and_nothing_that_only_sounds_so() {
    let w = World::usual().await;
    let library = w.stack.app.tables.library().await.unwrap();
    let milk: ListingPage = found(&w, "牛奶").await;
    assert!(!milk.items.is_empty() && milk.found.as_ref().unwrap().total as usize >= milk.items.len());
    let one = milk.items.iter().find(|c| c.name == "牧场鲜牛奶").expect("the demo store sells fresh milk");
    let row = library.iter().find(|s| s.sku == one.sku).unwrap();
    let wide: String = row.spec.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).filter(|_| c.is_ascii_graphic()).unwrap_or(c)).collect();
    let typed = [
        "场鲜".to_owned(),
        format!("{}鲜牛奶", row.brand),
        format!("{} {}", row.spec.to_uppercase(), row.name),
        format!("鲜牛奶{wide}"),
        "xianniunai".to_owned(),
        "mcxnn".to_owned(),
        row.barcode[row.barcode.len() - 6..].to_owned(),
        format!("0{} {}", &row.barcode[..6], &row.barcode[6..]),
        row.sku.to_string(),
    ];
    for typed in typed {
        let page = found(&w, &typed).await;
        let all = all(&w, STORE, &format!("q={}", percent(&typed))).await;
        assert!(all.iter().any(|c| c.sku == one.sku), "{typed}: {:?}", page.items.iter().map(|c| &c.name).collect::<Vec<_>>());
    }
    // What fits best comes first: 牛奶 is what fresh milk is, and not what milk chocolate is.
    let place = |name: &str| milk.items.iter().position(|c| c.name == name && c.available > 0);
    if let (Some(milk), Some(chocolate)) = (place("牧场鲜牛奶"), place("牛奶巧克力")) {
        assert!(milk < chocolate);
    }
    // A homophone is no hit, and is offered.
    let wrong = found(&w, "扭奶").await;
    let what = wrong.found.unwrap();
    assert!(wrong.items.is_empty() && what.total == 0 && what.meant.iter().any(|m| m == "牛奶"), "{what:?}");

    // Staff finds it by the same words, and so does HQ in its library.
    let products: LibraryPage = w.get("/api/v1/hq/products?q=xianniunai", &w.staff("merch").await).await.ok();
    assert!(products.products.iter().any(|p| p.spu == one.spu));
    let clerk = w.staff("sh01-clerk").await;
    for typed in ["xianniunai", "场鲜"] {
        let list: StockList = w.get(&format!("/api/v1/stores/{STORE}/stock?q={}", percent(typed)), &clerk).await.ok();
        assert!(list.rows.iter().any(|r| r.sku == one.sku), "{typed}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_many_results_when_sorted_narrowed_and_paged_then_each_comes_once_in_order_and_what_is_sold_out_last() {
    let w = World::usual().await;
    // A few hits, which are read one by one, and so many that all that the store has is read.
    for text in ["奶", "g"] {
        let best = all(&w, STORE, &format!("q={}", percent(text))).await;
        let up = all(&w, STORE, &format!("q={}&sort=price_up", percent(text))).await;
        let down = all(&w, STORE, &format!("q={}&sort=price_down", percent(text))).await;
        let page: ListingPage = found(&w, text).await;
        let what = page.found.unwrap();
        for cards in [&best, &up, &down] {
            assert_eq!((skus(cards), cards.len()), (skus(&best), what.total as usize), "{text}: each once");
            let gone = cards.iter().position(|c| c.available == 0).unwrap_or(cards.len());
            assert!(cards[gone..].iter().all(|c| c.available == 0), "{text}: what is sold out comes last");
        }
        let rising = |cards: &[ListingCard]| cards.windows(2).all(|w| w[0].price <= w[1].price);
        let gone = up.iter().position(|c| c.available == 0).unwrap_or(up.len());
        assert!(rising(&up[..gone]) && rising(&up[gone..]));
        assert!(down[..gone].windows(2).all(|w| w[0].price >= w[1].price));
        // Each choice leaves as many as it says.
        for (name, choices) in [("brand", &what.brands), ("category", &what.categories), ("price", &what.prices)] {
            let choice = choices.first().expect(name);
            let narrowed = all(&w, STORE, &format!("q={}&{name}={}", percent(text), percent(&choice.key))).await;
            assert_eq!(narrowed.len(), choice.count as usize, "{text} {name} {}", choice.name);
            assert!(skus(&narrowed).is_subset(&skus(&best)));
        }
        let band = all(&w, STORE, &format!("q={}&price=1000-3000", percent(text))).await;
        assert!(band.iter().all(|c| (1_000..3_000).contains(&c.price.0)));
    }
    // A cursor belongs to its search.
    let page: ListingPage = found(&w, "g").await;
    let cursor = page.next.unwrap();
    ask(&w, STORE, &format!("q=g&sort=price_up&cursor={cursor}")).await.refused(400, "bad_cursor");
    ask(&w, "sto_sh02", &format!("q=g&cursor={cursor}")).await.refused(400, "bad_cursor");

    // Nothing of another store, in results and in what the field offers.
    let library = w.stack.app.tables.library().await.unwrap();
    for store in ["sto_sh01", "sto_sh07"] {
        let of: StoreId = id(store);
        let mut listed: BTreeSet<SkuId> = w.stack.app.tables.all_listings(&of).await.unwrap().into_iter().map(|l| l.sku).collect();
        // What is mandatory is there where nobody took it, too.
        listed.extend(library.iter().filter(|s| s.mandatory).map(|s| s.sku.clone()));
        assert!(skus(&all(&w, store, "q=g").await).is_subset(&listed));
        let offered: Suggestions = w.get(&format!("/api/v1/stores/{store}/suggestions?q={}", percent("牛")), "").await.ok();
        for s in offered.suggestions.iter().filter(|s| s.kind == "name") {
            assert!(library.iter().any(|l| l.name == s.text && listed.contains(&l.sku)), "{store} does not sell {}", s.text);
        }
        assert!(!offered.hot.is_empty());
    }

    // What it costs, once the library is there: the store with its goods, then the page's.
    let store: StoreId = id(STORE);
    let find = FindGoods { text: Some("g"), ..FindGoods::default() };
    let (page, cost) = measured(category_page(&w.stack.app.tables, &store, find, w.stack.app.now())).await;
    assert_eq!(page.unwrap().unwrap().page.items.len(), 20);
    assert!(cost.waves <= 3, "{cost:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hqs_words_when_set_then_they_find_and_are_offered_and_a_lost_update_is_a_conflict() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let seen: SearchWordsSheet = w.get(WORDS, &merch).await.ok();
    assert!(seen.synonyms.iter().any(|s| s.word == "泡面"));
    assert!(found(&w, "白汁子").await.items.is_empty());
    let mut more = seen.clone();
    more.synonyms.push(SynonymRow { word: "白汁子".into(), means: vec!["牛奶".into()] });
    more.hot = vec!["没有这种东西".into(), "牛奶".into()];
    let now: SearchWordsSheet = set(&w, &merch, &more).await.ok();
    assert_eq!(now.version, seen.version + 1);
    assert_eq!(set(&w, &merch, &now).await.ok::<SearchWordsSheet>(), now, "what changes nothing is no change");
    set(&w, &merch, &more).await.refused(409, "conflict");
    assert!(skus(&found(&w, "白汁子").await.items).is_subset(&skus(&all(&w, STORE, &format!("q={}", percent("牛奶"))).await)));
    assert!(!found(&w, "白汁子").await.items.is_empty());
    let offered: Suggestions = w.get(&format!("/api/v1/stores/{STORE}/suggestions"), "").await.ok();
    assert_eq!((offered.hot, offered.suggestions.len()), (vec!["牛奶".to_owned()], 0), "a word that finds nothing here is not shown");

    // Limits, each by its field; and who may.
    let bad = |f: fn(&mut SearchWordsSheet)| {
        let mut sheet = now.clone();
        f(&mut sheet);
        sheet
    };
    let cases: [(SearchWordsSheet, &str); 4] = [
        (bad(|s| s.hot = vec!["x".into(); 21]), "hot"),
        (bad(|s| s.hot = vec!["一".repeat(21)]), "hot[0]"),
        (bad(|s| s.synonyms[0].means.clear()), "synonyms[0].means"),
        (bad(|s| s.synonyms[1].word = s.synonyms[0].word.clone()), "synonyms[1].word"),
    ];
    for (sheet, field) in cases {
        assert_eq!(set(&w, &merch, &sheet).await.refused(400, "bad_request")["field"], field);
    }
    set(&w, &w.staff("marketing").await, &now).await.refused(403, "forbidden");
    w.get(WORDS, &w.staff("sh01-clerk").await).await.refused(403, "forbidden");

    let history: LibraryHistory = w.get(&format!("{WORDS}/history"), &merch).await.ok();
    let fields: Vec<(&str, &str)> = history.changes[0].fields.iter().map(|f| (f.field.as_str(), f.new.as_str())).collect();
    assert_eq!(fields, [("hot", "没有这种东西、牛奶"), ("synonym:白汁子", "牛奶")]);
    let page = w.page("/console/hq/search-words", &format!("ld_staff={merch}")).await;
    assert!(page.status == 200 && page.text().contains("白汁子") && page.text().contains("修改搜索词") && page.text().contains("同义词“白汁子”"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_whatever_is_typed_when_sought_then_it_is_text_and_bad_choices_name_their_field() {
    let w = World::usual().await;
    let long = "a".repeat(2_000);
    for typed in ["%", "%%", "*", "_", "\\", "'; DROP TABLE x --", "${jndi}", "😀", "\u{200b}", "a b c d e f g h i j k l m n o p", &long] {
        for path in ["listings", "suggestions"] {
            let answer = w.get(&format!("/api/v1/stores/{STORE}/{path}?q={}", percent(typed)), "").await;
            assert_eq!(answer.status, 200, "{path} {typed}: {}", answer.json);
        }
    }
    // Nothing but spaces asks for nothing: the list as it is.
    let page: ListingPage = found(&w, "   ").await;
    assert!(page.found.is_none() && !page.items.is_empty());
    assert_eq!(ask(&w, STORE, "q=g&price=cheap").await.refused(400, "bad_request")["field"], "price");
    assert_eq!(ask(&w, STORE, "q=g&sort=best").await.refused(400, "bad_request")["field"], "sort");
    let none: ListingPage = ask(&w, STORE, "q=g&brand=none&category=none").await.ok();
    assert!(none.items.is_empty() && none.next.is_none());
    w.get("/api/v1/stores/sto_none/suggestions", "").await.refused(404, "not_found");
    ask(&w, "sto_none", "q=g").await.refused(404, "not_found");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_search_page_when_opened_by_its_address_then_it_shows_results_choices_and_what_to_try_next() {
    let w = World::usual().await;
    let shown = async |query: &str| {
        let page = w.page(&format!("/s/{STORE}/search{query}"), "").await;
        assert_eq!(page.status, 200, "{query}");
        page.text().to_owned()
    };
    let text = shown(&format!("?q={}&sort=price_up", percent("牛奶"))).await;
    assert!(text.contains("“牛奶” 共 ") && text.contains("牧场鲜牛奶") && text.contains("价格从低到高"), "{text}");
    assert!(text.contains("value=\"牛奶\"") && text.contains("SearchField_") && text.contains("aria-label=\"分类\""), "{text}");
    let empty = shown("").await;
    assert!(empty.contains("大家在搜") && empty.contains("鲜牛奶") && empty.contains("全部商品"), "{empty}");
    let none = shown(&format!("?q={}", percent("扭奶"))).await;
    assert!(none.contains("没有找到商品") && none.contains("您是不是想找") && none.contains("大家在搜"), "{none}");
    let narrowed = shown(&format!("?q={}&brand=none", percent("牛奶"))).await;
    assert!(narrowed.contains("清除筛选") && narrowed.contains("aria-label=\"取消品牌：none\""), "{narrowed}");
    // What is no choice narrows nothing.
    assert!(shown(&format!("?q={}&price=cheap&sort=best", percent("牛奶"))).await.contains("牧场鲜牛奶"));
    assert_eq!(w.page("/s/sto_none/search?q=g", "").await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_with_another_name_when_the_stream_brought_it_then_their_words_are_kept_anew() {
    let w = World::usual().await;
    let tables = &w.stack.app.tables;
    let sku: SkuId = tables.library().await.unwrap()[0].sku.clone();
    let old = tables.library_sku(&sku).await.unwrap().unwrap();
    assert!(tables.keep_words(&old, 0b1011).await.unwrap());
    let mut other = old.clone();
    other.name = "另一个名字".into();
    assert!(!tables.keep_words(&other, 1).await.unwrap(), "of a title that it has not (any more) nothing is kept");
    w.stack.stop().await;
}
