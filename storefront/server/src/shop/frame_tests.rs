//! The frame of a store's pages: its head with both ways, the cart at its foot, rows by product, and what a switch of stores says.

use std::collections::BTreeSet;

use liandian_types::{
    Fen, SkuId, Timestamp,
    api::{Quote, QuoteMissed, StoreList},
};

use super::{
    fixtures::{goods, home, line, product, store},
    *,
};

fn page() -> pages::Page {
    pages::Page {
        version: "v1".to_owned(),
        here: "/s/sto_1/c/dairy?cursor=a".to_owned(),
        origin: "https://shop.example".to_owned(),
        ..pages::Page::default()
    }
}

fn riding() -> pages::Page {
    pages::Page { rides: true, ..page() }
}

fn quote(total: i64) -> Quote {
    Quote {
        slots: Vec::new(),
        lines: vec![line(0, 2)],
        besides: Vec::new(),
        goods: Fen(total),
        delivery_fee: Fen::ZERO,
        total: Fen(total),
        distance_m: None,
        ready_by: Timestamp(0),
        ready_text: "今天 20:30".to_owned(),
        short: false,
        offers: Vec::new(),
        unasked: 0,
        refusal: None,
        list: None,
        discounts: Vec::new(),
        not_applied: Vec::new(),
        gifts: Vec::new(),
        coupons: Vec::new(),
        add_ons: Vec::new(),
        token: None,
        valid_until: None,
        terms: None,
    }
}

#[tokio::test]
async fn given_every_shopping_page_when_shown_then_both_ways_are_in_sight_with_what_they_promise() {
    let shelf = goods(1, "dairy", None);
    let all = |page: &pages::Page| {
        [
            pages::home(page, &home(1), &[], false),
            pages::goods(page, &shelf, None),
            pages::search(page, &shelf, &pages::Sought::default(), &[], None),
            pages::product(page, &product(1, 2), &[]),
            pages::cart(page, &store(1), &[]),
            pages::coupons(page, &store(1), &[]),
            pages::flash(page, &home(1)),
        ]
    };
    for text in all(&page()) {
        assert!(text.contains("最快 20:30 可取") && text.contains("class=\"ways\""), "{text}");
        // The choice comes back to this page, whatever else its address says.
        assert!(text.contains("href=\"/s/sto_1/c/dairy?cursor=a&amp;way=delivery\""), "{text}");
        assert!(text.contains("href=\"/?of=sto_1\"") && text.matches("<h1").count() == 1, "{text}");
        assert!(!text.contains(" style=") && !text.contains(" onclick"));
    }
    for text in all(&riding()) {
        assert!(text.contains("最快 30 分钟送达 · 配送费 ¥4 起，满 ¥"), "{text}");
    }
}

#[tokio::test]
async fn given_a_store_that_does_not_bring_or_is_too_far_when_its_head_is_shown_then_it_says_so() {
    // It does not deliver: who has things brought elsewhere fetches them here.
    let text = pages::home(&riding(), &home(2), &[], false);
    assert!(text.contains("最快 20:30 可取") && text.contains("<span class=\"none\">外送</span>"), "{text}");
    let mut far = home(1);
    far.store.distance_m = Some(3_001);
    assert!(pages::home(&riding(), &far, &[], false).contains("超出配送范围（3.0 km 内可送）"));
    far.store.distance_m = Some(3_000);
    let near = pages::home(&riding(), &far, &[], false);
    assert!(near.contains("最快 30 分钟送达 · 配送费 ¥6，满"), "the fee for the way that is known: {near}");
    far.store.paused = true;
    (far.store.pickup_text, far.store.delivery_text) = (None, None);
    assert!(pages::home(&page(), &far, &[], false).contains("暂停接单，可先挑选"));
}

#[tokio::test]
async fn given_carts_when_their_bar_is_shown_then_it_says_what_they_cost_save_and_lack() {
    let card = store(1);
    let gone: Vec<(SkuId, String)> = vec![("sku_900".parse().unwrap(), "<旧款>".to_owned())];
    let shown = |page: &pages::Page, q: Option<&Quote>, gone: &[(SkuId, String)]| {
        pages::bar(page, &pages::Bar { store: &card, quote: q, besides: &[line(1, 1)], gone, counts: &[("dairy".to_owned(), 2)] })
    };
    let plain = shown(&page(), Some(&quote(5_000)), &gone);
    for said in [
        "data-said=\"购物车 2 件，¥50.00\"",
        "data-counts=\"dairy:2\"",
        "20:30 可取",
        "去结算",
        "href=\"/s/sto_1/checkout\"",
        "&lt;旧款&gt;",
        "失效商品 1 种",
        "清空",
    ] {
        assert!(plain.contains(said), "{said} in {plain}");
    }
    assert!(plain.starts_with("<div ") && !plain.contains("<旧款>"));
    assert_eq!(plain.matches("aria-checked=\"false\"").count(), 1, "what is not ticked is there all the same");
    // Near a campaign: what is missing, and the way to it.
    let near = QuoteMissed {
        campaign: "cmp_1".parse().unwrap(),
        title: "满300减50".to_owned(),
        why: "还差 12.00 元".to_owned(),
        more: Some("/deals/cmp_1".to_owned()),
    };
    let text = shown(&page(), Some(&Quote { not_applied: vec![near], list: Some(Fen(5_500)), ..quote(5_000) }), &[]);
    assert!(text.contains("还差 12.00 元 满300减50 · 已省 ¥5") && text.contains("href=\"/s/sto_1/deals/cmp_1\""), "{text}");
    // Near to what is brought for nothing.
    let free = pages::Page::default().fees.free_from;
    let ride = Quote { delivery_fee: Fen(400), goods: free - Fen(1_200), total: free - Fen(800), ..quote(0) };
    let text = shown(&riding(), Some(&ride), &[]);
    assert!(text.contains("还差 ¥12 免配送费") && text.contains("含配送费 ¥4"), "{text}");
    assert!(!shown(&page(), Some(&ride), &[]).contains("免配送费"), "who fetches pays none");
    // What cannot be ordered as it is leads to the cart, which names the ways out.
    let text = shown(&page(), Some(&Quote { short: true, ..quote(5_000) }), &[]);
    assert!(text.contains("有缺货") && !text.contains("/checkout"));
    assert!(shown(&page(), None, &[]).contains("请勾选"));
    assert_eq!(pages::bar(&page(), &pages::Bar { store: &card, quote: None, besides: &[], gone: &[], counts: &[] }), "");
}

#[tokio::test]
async fn given_a_category_when_shown_then_a_row_is_a_product_and_the_list_leads_on_to_the_next_page_and_then_to_the_next_category() {
    let text = pages::goods(&page(), &goods(1, "dairy", None), Some("/s/sto_1/c/dairy?cursor=b".to_owned()));
    assert_eq!(text.matches("<li class=\"card").count(), 12, "24 kinds of 12 products");
    assert!(text.contains("选规格") && text.contains("2 种规格"));
    assert!(text.contains("href=\"/s/sto_1/c/dairy?cursor=b\" rel=\"next\""), "{text}");
    let last = pages::goods(&page(), &goods(1, "dairy", None), None);
    assert!(last.contains("href=\"/s/sto_1/c/bakery\" rel=\"next\"") && last.contains("继续看面包糕点"));
    let end = pages::goods(&page(), &goods(1, "grain", None), None);
    assert!(end.contains("没有更多了") && !end.contains("rel=\"next\""));
}

#[tokio::test]
async fn given_a_product_when_shown_then_its_facts_its_pictures_its_service_and_who_else_has_it_are_there() {
    let text = pages::product(&page(), &product(1, 2), &[]);
    for said in [
        "产地",
        "图 1 / 2",
        "href=\"tel:400-555-0001\"",
        "客服",
        "什么时候能拿到",
        "property=\"og:image\" content=\"https://shop.example/pictures/2-400.webp\"",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("class=\"tabs\"") && !text.contains("其他门店有货"));
    let mut other = store(3);
    other.distance_m = Some(820);
    let text = pages::product(&page(), &product(1, 5), &[(other, "今天 21:10".to_owned())]);
    assert!(text.contains("其他门店有货") && text.contains("今天 21:10 可取 · 820 m"), "{text}");
    // An address that is no web address is no link.
    let text = pages::product(&page(), &ProductPage { phone: String::new(), group: "javascript:alert(1)".to_owned(), ..product(1, 2) }, &[]);
    assert!(!text.contains("javascript:"));
}

#[tokio::test]
async fn given_stores_when_somebody_changes_to_another_then_each_says_what_it_can_do_and_the_cart_comes_along() {
    let mut list = StoreList { stores: (1..=3).map(store).collect(), next: None };
    list.stores[0].distance_m = Some(5_000);
    let (of, cities, often) = ("sto_2".parse().unwrap(), ["上海".to_owned(), "杭州".to_owned()], [store(3)]);
    let looking = pages::Looking { of: Some(&of), cities: &cities, often: &often, ..pages::Looking::default() };
    let text = pages::stores(&page(), &list, looking, None);
    for said in [
        "data-of=\"sto_2\"",
        "data-store=\"sto_1\"",
        "外送：超出配送范围（3.0 km 内可送）",
        "外送：本店不配送",
        "自提：最快 20:30 可取",
        "常去的门店",
        "&amp;of=sto_2",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!pages::stores(&page(), &list, pages::Looking::default(), None).contains("data-of"));
}

#[tokio::test]
async fn given_what_sells_around_a_store_when_its_home_is_shown_then_it_stands_first_once_and_what_is_sold_out_does_not() {
    let mut first = home(1);
    assert!(!pages::home(&page(), &first, &[], false).contains("周边爆款"), "without figures nothing is claimed");
    first.hot = [("sku_3", 1_200), ("sku_5", 90)].map(|(sku, sold)| HotGood { sku: sku.parse().unwrap(), sold }).to_vec();
    let text = pages::home(&page(), &first, &[], false);
    assert!(text.contains("周边爆款") && text.contains("3 km 内近 14 天售出 1200+ 件") && !text.contains("售出 90+"), "{text}");
    assert_eq!(text.matches("data-add=\"sku_3\"").count(), 1);
    assert!(text.contains("看怎么买到"), "what is sold out stays among the others");
}

#[test]
fn given_an_address_with_a_way_when_asked_then_only_the_two_ways_of_a_stores_pages_are_choices() {
    let asked = |text: &str| way_asked(&text.parse().unwrap());
    assert_eq!(asked("/s/sto_1?way=delivery"), Some(("delivery", "/s/sto_1".to_owned())));
    assert_eq!(asked("/s/sto_1/search?q=a&way=pickup&sort=newest"), Some(("pickup", "/s/sto_1/search?q=a&sort=newest".to_owned())));
    for none in ["/s/sto_1", "/s/sto_1?way=", "/s/sto_1?way=boat", "/orders?way=pickup", "//evil.example?way=pickup", "/s/sto_1?noway=pickup"] {
        assert_eq!(asked(none), None, "{none}");
    }
}

/// The value of a colour of the sheet, and how bright it is.
fn luminance(sheet: &str, name: &str) -> f64 {
    let hex = sheet.split(&format!("--{name}: #")).nth(1).and_then(|rest| rest.get(..6)).unwrap();
    let part = |at: usize| {
        let v = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if v <= 0.039_28 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

#[test]
fn given_the_chains_two_colours_when_white_stands_on_them_then_it_can_be_read() {
    let sheet = include_str!("../../../shop/style/shop.css");
    for name in ["brand", "promo"] {
        assert!(1.05 / (luminance(sheet, name) + 0.05) >= 4.5, "--{name}");
    }
    // The looks have their own; each is somewhere in the sheet, and all of them are dark enough.
    let hues: BTreeSet<&str> = sheet.split("--hue: #").skip(1).filter_map(|rest| rest.get(..6)).collect();
    for hue in hues {
        assert!(1.05 / (luminance(&format!("--x: #{hue}"), "x") + 0.05) >= 4.5, "{hue}");
    }
}
