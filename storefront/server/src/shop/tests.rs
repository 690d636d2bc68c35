//! What the shop's pages show of what they are given, the list of pages, and the site's files. Who may see a page, and what it reads, is tested on the
//! real stack: tests/integration/pages.

use std::collections::BTreeSet;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use liandian_functions::table::PAGES;
use liandian_types::{Fulfilment, OrderState, api::StoreList};
use tower::ServiceExt;

use super::{
    fixtures::{goods, home, line, order_in, product, store},
    *,
};

fn page() -> pages::Page {
    pages::Page { version: "v1".to_owned(), member: Some("mem_1".parse().unwrap()), ..pages::Page::default() }
}

/// The page of an order in a state.
fn order_page(state: OrderState, back_from_pay: bool) -> String {
    let fulfilment = if state == OrderState::Delivering { Fulfilment::Delivery } else { Fulfilment::Pickup };
    pages::order(&page(), &order_in(state, fulfilment), back_from_pay)
}

#[test]
fn given_the_list_of_pages_when_the_router_is_made_then_every_page_has_a_row_and_every_row_a_page() {
    let served: BTreeSet<&str> = handlers().into_iter().map(|(path, _)| path).collect();
    let listed: BTreeSet<&str> = PAGES.iter().filter(|p| p.app == "shop").map(|p| p.path).collect();
    assert_eq!(served, listed);
}

#[tokio::test]
async fn given_orders_in_every_state_when_shown_then_each_is_a_whole_document_without_inline_code() {
    for state in OrderState::ALL {
        let text = order_page(*state, false);
        assert!(text.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && text.ends_with("</html>"), "{state:?}");
        assert!(!text.contains(" style=") && !text.contains("<style") && !text.contains(" onclick"), "{state:?}");
        assert!(text.split("<script").skip(1).all(|s| s.starts_with(" type=\"module\" src=\"/pkg/start.js?")), "{state:?}");
    }
}

#[tokio::test]
async fn given_each_theme_when_its_pages_are_shown_then_they_have_its_class_and_its_goods() {
    for (n, theme) in [(1, "standard"), (2, "simple"), (3, "community")] {
        let first = pages::home(&page(), &home(n), &[], false);
        assert!(first.contains(&format!("href=\"/s/sto_{n}/p/sku_0\"")));
        let all = [
            ("home", first),
            ("shelf", pages::goods(&page(), &goods(n, "dairy", None), None)),
            ("product", pages::product(&page(), &product(n, 2), &[])),
            ("cart", pages::cart(&page(), &store(n), &[])),
            ("checkout", pages::checkout(&page(), &store(n), vec!["上海市黄浦区".to_owned()], None, None)),
        ];
        for (class, text) in all {
            assert!(text.contains(&format!("<body class=\"{class} {theme}\"")), "{n} {class}");
            assert!(text.contains("<meta name=\"description\" content=\""), "{n} {class}");
        }
    }
}

#[tokio::test]
async fn given_lines_of_a_cart_when_it_is_shown_then_they_are_in_the_page() {
    let text = pages::cart(&page(), &store(3), &[line(2, 3)]);
    assert!(text.contains("id=\"first\"") && text.contains("×3"));
    assert!(!pages::cart(&page(), &store(3), &[]).contains("id=\"first\""));
}

#[tokio::test]
async fn given_a_customer_back_from_the_payment_page_when_the_order_is_shown_then_it_is_being_confirmed_and_nobody_is_asked_to_pay_again() {
    let back = order_page(OrderState::Placed, true);
    assert!(back.contains("正在确认支付结果") && !back.contains("去付款"));
    let plain = order_page(OrderState::Placed, false);
    assert!(!plain.contains("正在确认支付结果") && plain.contains("去付款"));
    assert!(!order_page(OrderState::Ready, true).contains("正在确认支付结果"), "what is known is shown");
}

#[tokio::test]
async fn given_a_bought_order_when_shown_then_the_store_can_be_called_and_found_and_the_goods_bought_again() {
    let ready = order_page(OrderState::Ready, false);
    assert!(ready.contains("href=\"tel:400-555-0001\""));
    assert!(ready.contains("https://uri.amap.com/marker?position=121.4737,31.2304&amp;name="));
    assert!(ready.contains("再来一单") && ready.contains("订单号"));
    assert!(!order_page(OrderState::Placed, false).contains("再来一单"));
    let riding = order_page(OrderState::Delivering, false);
    assert!(riding.contains("张三") && riding.contains("13800001234"));
    assert!(!riding.contains("tel:139"), "a masked number is not dialled");
    // When it was promised for; called off by the customer until it is put together, by the store after that.
    let preparing = order_page(OrderState::Preparing, false);
    assert!(preparing.contains("预计 11-23 17:10 可取") && preparing.contains("CancelButton_"));
    for other in [&ready, &riding, &order_page(OrderState::Placed, false)] {
        assert!(!other.contains("CancelButton_") && !other.contains("预计 "));
    }
    assert!(ready.contains("商品已备好，要取消或修改订单，请打电话给门店"));
}

#[tokio::test]
async fn given_stores_of_cities_when_listed_then_cities_are_headings_and_who_is_closed_comes_last() {
    let list = StoreList { stores: (1..=3).map(store).collect(), next: None };
    let text = pages::stores(&page(), &list, pages::Looking::default(), None);
    assert!(text.contains("<h2 class=\"title city\">上海</h2>"));
    let at = |name: &str| text.find(&format!("<b>{name}")).unwrap();
    assert!(at("连店·青石镇店") < at("连店·梧桐里社区店"));
}

#[tokio::test]
async fn given_stock_when_goods_are_listed_then_the_rest_is_named_and_what_is_gone_cannot_be_added() {
    let text = pages::goods(&page(), &goods(1, "dairy", None), Some(format!("/s/sto_1/c/dairy?cursor={}", encoded("a b&c"))));
    assert!(text.contains("仅剩 3 件") && text.contains("已售罄"));
    assert!(text.contains("data-add=\"sku_2\""));
    assert!(!text.contains("data-add=\"sku_5\"") && text.contains("看怎么买到"));
    let at = |sku: &str| text.find(&format!("href=\"/s/sto_1/p/{sku}\"")).unwrap();
    assert!(at("sku_22") < at("sku_5"), "what is sold out is behind all others");
    assert!(text.contains("href=\"/s/sto_1/c/dairy?cursor=a%20b%26c\""));
}

#[tokio::test]
async fn given_an_order_ready_for_pickup_when_shown_then_its_code_is_there_as_picture_and_digits_and_otherwise_is_not() {
    let ready = order_page(OrderState::Ready, false);
    assert!(ready.contains("<svg") && ready.contains("7304 1288 5516"));
    let placed = order_page(OrderState::Placed, false);
    assert!(!placed.contains("<svg") && placed.contains("data-component=\"OrderLive_"));
    // Nothing more can happen: nothing to watch.
    assert!(!order_page(OrderState::Closed, false).contains("OrderLive_"));
}

#[tokio::test]
async fn given_text_with_markup_when_shown_then_it_is_text() {
    let markup = "<script>alert(1)</script>\"";
    let sought = pages::Sought { text: Some(markup.to_owned()), brand: Some(markup.to_owned()), ..pages::Sought::default() };
    let text = pages::search(&page(), &goods(1, "", Some(markup)), &sought, &[markup.to_owned()], None);
    assert!(!text.contains("<script>alert") && text.contains("&lt;script&gt;"));
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

async fn fetched(path: &str, headers: &[(&str, &str)], site: &Arc<Site>) -> Reply {
    let request = headers.iter().fold(Request::get(path), |r, (k, v)| r.header(*k, *v)).body(Body::empty()).unwrap();
    let response = files(site.clone(), None).oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Reply { status, headers, body: to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec() }
}

#[tokio::test]
async fn given_a_built_file_when_fetched_then_it_comes_compressed_to_who_takes_it_and_is_kept_only_under_its_version() {
    let site = Site { root: std::env::temp_dir().join(format!("liandian-files-{}", std::process::id())), version: "v1".to_owned() };
    let site = Arc::new(site);
    std::fs::create_dir_all(site.root.join("pkg")).unwrap();
    std::fs::write(site.root.join("version"), "v1").unwrap();
    std::fs::write(site.root.join("pkg/a.wasm"), "plain").unwrap();
    std::fs::write(site.root.join("pkg/a.wasm.br"), "small").unwrap();
    let small = fetched("/pkg/a.wasm?v=v1", &[("accept-encoding", "gzip, br")], &site).await;
    assert_eq!((small.body.as_slice(), small.header("content-encoding"), small.header("content-type")), (&b"small"[..], "br", "application/wasm"));
    assert_eq!(small.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = fetched("/pkg/a.wasm?v=v0", &[("accept-encoding", "gzip, br;q=0")], &site).await;
    assert_eq!((plain.body.as_slice(), plain.header("content-encoding"), plain.header("cache-control")), (&b"plain"[..], "", "no-cache"));
    for outside in ["/pkg/..%2Fversion", "/pkg/.a.js", "/pkg/version", "/pkg/a.wasm.br", "/pkg/none.js"] {
        assert_eq!(fetched(outside, &[], &site).await.status, StatusCode::NOT_FOUND, "{outside}");
    }
    std::fs::remove_dir_all(&site.root).unwrap();
}

#[tokio::test]
async fn given_an_order_with_campaigns_when_shown_then_list_price_each_discount_and_what_is_paid_are_lines_of_their_own() {
    use liandian_types::{
        Fen,
        api::{QuoteDiscount, QuoteGift},
    };
    let order = order_in(OrderState::Preparing, Fulfilment::Delivery);
    let off = |title: &str, goods: i64, delivery: i64| QuoteDiscount {
        campaign: "cmp_1".parse().unwrap(),
        title: title.to_owned(),
        times: 1,
        goods: Fen(goods),
        delivery: Fen(delivery),
    };
    let priced = liandian_types::api::OrderView {
        list: Some(order.goods + Fen(150)),
        discounts: vec![off("<满减>", 150, 0), off("免运费", 0, 400)],
        gifts: vec![QuoteGift { sku: "sku_9".parse().unwrap(), name: "酸奶".to_owned(), units: 2 }],
        ..order.clone()
    };
    let text = pages::order(&page(), &priced, false);
    for said in [(order.goods + Fen(150)).to_string(), format!("−{}", Fen(150)), format!("已减 {}", Fen(400)), "赠品：酸奶".to_owned()] {
        assert!(text.contains(&said), "{said} in {text}");
    }
    assert!(text.contains("&lt;满减&gt;") && !text.contains("<满减>"));
    assert!(!pages::order(&page(), &order, false).contains("赠品"), "an order without any says nothing of them");
}

#[tokio::test]
async fn given_campaigns_of_a_store_when_its_home_and_its_goods_are_shown_then_labels_name_them() {
    assert!(pages::home(&page(), &home(1), &[], false).contains("满300减50"));
    let mut shelf = goods(1, "dairy", None);
    shelf.page.items[0].labels = vec!["第2件半价".to_owned()];
    assert_eq!(pages::goods(&page(), &shelf, None).matches("第2件半价").count(), 1);
    let mut one = product(1, 2);
    one.skus[0].labels = vec!["限时九折".to_owned()];
    assert!(pages::product(&page(), &one, &[]).contains("限时九折"));
}

#[tokio::test]
async fn given_coupons_in_each_state_when_shown_then_the_centre_the_home_and_the_wallet_say_what_may_be_done() {
    use liandian_types::{CouponStatus, api::HeldCoupon};

    let offer = |n: usize, state: OfferState, popup: bool| CouponOffer {
        campaign: format!("cmp_{n}").parse().unwrap(),
        title: format!("<券{n}>"),
        what: "满 100 减 10".to_owned(),
        when: "11-28 00:00 至 12-28 00:00".to_owned(),
        state,
        state_text: state.title().to_owned(),
        had: 0,
        left: (n == 1).then_some(3),
        popup,
    };
    let offers = [offer(1, OfferState::Open, true), offer(2, OfferState::Claimed, false), offer(3, OfferState::Gone, false)];
    let centre = pages::coupons(&page(), &store(1), &offers);
    for said in ["立即领取", "已领取", "已抢光", "仅剩 3 张", "&lt;券1&gt;"] {
        assert!(centre.contains(said), "{said}: {centre}");
    }
    assert!(pages::coupons(&page(), &store(1), &[]).contains("暂时没有可领的优惠券"));
    assert!(pages::coupon(&page(), &store(1), &offers[1]).contains("已领取"));
    let home_with = |pops| pages::home(&page(), &home(1), &offers, pops);
    assert!(home_with(true).contains("class=\"popup\"") && !home_with(false).contains("class=\"popup\""));
    assert!(
        home_with(false).contains("data-claim=\"cmp_1\"") && !home_with(false).contains("data-claim=\"cmp_2\""),
        "only what is open is claimed in place"
    );
    assert!(home_with(false).contains("href=\"/s/sto_1/coupons\""), "the strip stays");

    let held = |n: usize, status: CouponStatus| HeldCoupon {
        coupon: format!("cpn_{n}").parse().unwrap(),
        campaign: "cmp_1".parse().unwrap(),
        title: format!("券{n}"),
        what: "满 100 减 10".to_owned(),
        only: String::new(),
        when: "11-28 00:00 至 12-28 00:00".to_owned(),
        status,
        order: (status == CouponStatus::Used).then(|| "ord_1".parse().unwrap()),
    };
    let wallet = CouponWallet { coupons: vec![held(1, CouponStatus::Usable), held(2, CouponStatus::Used), held(3, CouponStatus::Expired)] };
    for (tab, has, not) in [(None, "券1", "券2"), (Some("used"), "券2", "券3"), (Some("expired"), "券3", "券1"), (Some("nonsense"), "券1", "券2")]
    {
        let text = pages::my_coupons(&page(), &wallet, tab);
        assert!(text.contains(&format!("<b>{has}</b>")) && !text.contains(&format!("<b>{not}</b>")), "{tab:?} {text}");
    }
    assert!(pages::my_coupons(&page(), &wallet, Some("used")).contains("/orders/ord_1"));
}

#[tokio::test]
async fn given_flash_sales_in_every_state_when_shown_then_only_what_runs_is_put_into_a_cart_and_a_campaign_lists_its_goods() {
    use liandian_types::{
        Fen, Timestamp,
        api::{DealPage, FlashItem, FlashPage, FlashSession, FlashState},
    };
    let now = Timestamp(1_795_420_800_000);
    let item = |n: u32, state: FlashState, left: u32| FlashItem {
        campaign: "cmp_1".parse().unwrap(),
        title: "秒杀".to_owned(),
        sku: format!("sku_{n}").parse().unwrap(),
        name: format!("商品<{n}>"),
        spec: "500g".to_owned(),
        picture: "/pictures/p-800.webp".to_owned(),
        price: Fen(390),
        list: Fen(590),
        left,
        rest: left,
        stock: 500,
        per_person: 1,
        state,
    };
    let session = |title: &str, from: i64, state: FlashState, items: Vec<FlashItem>| {
        let (from, until) = (now.plus(from), now.plus(from + Timestamp::HOUR));
        FlashSession { from, until, title: title.to_owned(), state, items }
    };
    let mut first = home(1);
    first.flash = Some(FlashPage {
        now,
        sessions: vec![
            session("16:00", 0, FlashState::Running, vec![item(1, FlashState::Running, 7), item(2, FlashState::SoldOut, 0)]),
            session("18:00", 2 * Timestamp::HOUR, FlashState::Coming, vec![item(3, FlashState::Coming, 500)]),
            session("10:00", -6 * Timestamp::HOUR, FlashState::Over, vec![item(4, FlashState::Over, 3)]),
        ],
    });
    let text = pages::flash(&page(), &first);
    assert!(text.contains("<body class=\"flash standard\"") && !text.contains(" style="));
    let adds = |n: u32| text.contains(&format!("data-add=\"sku_{n}\""));
    assert_eq!([adds(1), adds(2), adds(3), adds(4)], [true, false, false, false]);
    for said in ["还剩 7 件", "已抢完", "18:00 开始", "已结束", "距结束", "距开始", "01:00:00", "02:00:00", "商品&lt;1&gt;"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let strip = pages::home(&page(), &first, &[], false);
    assert!(strip.contains("限时秒杀") && strip.contains("href=\"/s/sto_1/flash\""));
    // Pictures are asked for as large as they are shown.
    let sizes = "/pictures/p-200.webp 200w, /pictures/p-400.webp 400w, ";
    assert!(text.contains("src=\"/pictures/p-400.webp\"") && text.contains(sizes), "{text}");
    assert!(strip.contains("src=\"/pictures/p-200.webp\"") && strip.contains(sizes), "{strip}");
    assert!(!pages::home(&page(), &home(1), &[], false).contains("限时秒杀"));
    assert!(pages::flash(&page(), &home(1)).contains("现在没有秒杀"));

    let shelf = goods(1, "dairy", None);
    let deal = DealPage {
        store: shelf.store,
        categories: shelf.categories,
        campaign: "cmp_1".parse().unwrap(),
        title: "早餐套餐".to_owned(),
        what: "2 件套餐 ¥15.80".to_owned(),
        when: "11-23 00:00 至 12-23 00:00".to_owned(),
        by: "全店活动".to_owned(),
        runs: true,
        begins_text: None,
        parts: vec!["1 件：灌汤小笼 8 只".to_owned()],
        all_goods: false,
        items: shelf.page.items,
    };
    let text = pages::deal(&page(), &deal);
    for said in ["早餐套餐", "进行中", "1 件：灌汤小笼 8 只", "data-add=\"sku_2\"", "/s/sto_1/cart"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let none = pages::deal(&page(), &DealPage { items: Vec::new(), runs: false, begins_text: Some("今天 14:00".to_owned()), ..deal });
    assert!(none.contains("本店暂时没有参加活动的商品") && none.contains("今天 14:00 开始"));
}

#[test]
fn given_browsers_when_they_say_what_they_are_then_only_the_mini_programs_web_view_is_in_the_shell() {
    let says = |text: &str| in_shell(&HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_str(text).unwrap())]));
    assert!(says("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49 Language/zh_CN ABI/arm64 miniProgram/wx0001"));
    for other in ["Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49", "Mozilla/5.0 (iPhone) Safari/605.1.15", "miniprogra", ""] {
        assert!(!says(other), "{other}");
    }
    assert!(!in_shell(&HeaderMap::new()));
}

#[tokio::test]
async fn given_a_page_inside_of_the_shell_when_made_then_it_names_the_shells_script_before_any_other_and_no_other_page_does() {
    let refusal = Problem::new(Code::NotFound, "没有找到");
    let inside = pages::problem(&pages::Page { shell: true, ..page() }, &refusal);
    assert!(inside.starts_with("<!DOCTYPE html><html lang=\"zh-CN\" data-shell"), "{inside}");
    assert!(inside.contains("<script type=\"module\" src=\"/pkg/shell.js?v=v1\"></script>"), "{inside}");
    let cart = pages::cart(&pages::Page { shell: true, ..page() }, &store(3), &[]);
    assert!(cart.find("/pkg/shell.js").unwrap() < cart.find("/pkg/start.js").unwrap());
    let usual = pages::problem(&page(), &refusal);
    assert!(!usual.contains("shell"), "{usual}");
}

#[tokio::test]
async fn given_wechats_check_file_when_it_is_asked_for_then_it_says_its_word_and_nothing_else_becomes_a_file() {
    assert_eq!(check_file("aB3_x.txt 0123abc"), Some(("aB3_x.txt".to_owned(), "0123abc".to_owned())));
    for bad in ["", "a.txt", "a.txt ", ".txt a", "a.html b", "a/b.txt c", "{a}.txt b", "a.txt <b>", "a.txt b c", "../a.txt b"] {
        assert_eq!(check_file(bad), None, "{bad}");
    }
    let answer = async |check: &str, path: &str| {
        let site = Arc::new(Site::open(FilePath::new("nowhere")));
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let answer = files(site, check_file(check)).oneshot(request).await.unwrap();
        (answer.status(), to_bytes(answer.into_body(), 1024).await.unwrap())
    };
    let (status, says) = answer("a.txt 0123", "/a.txt").await;
    assert_eq!((status, says.as_ref()), (StatusCode::OK, b"0123".as_slice()));
    assert_eq!(answer("a.txt 0123", "/b.txt").await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer("", "/a.txt").await.0, StatusCode::NOT_FOUND);
}
