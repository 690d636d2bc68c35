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
            ("product", pages::product(&page(), &product(n, 2))),
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
    let text = pages::stores(&page(), &list, None, None, None);
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
    let response = files(site.clone()).oneshot(request).await.unwrap();
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
    assert!(pages::product(&page(), &one).contains("限时九折"));
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
    assert!(home_with(true).contains("/s/sto_1/coupons/cmp_1") && !home_with(false).contains("/s/sto_1/coupons/cmp_1"));
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
        picture: "/p.svg".to_owned(),
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

mod own {
    //! A member's own pages: 我的, orders by tabs, addresses, agreements; and what a store shows of its documents.

    use liandian_types::{
        DeliveryState, LegalKind, OrderTab, Timestamp,
        api::{
            AddressList, ConsentEntry, ConsentList, ConsentView, CustomerService, HistoryEntry, LegalPage, LegalVersion, MemberView, OrderTime,
            SavedAddress, StoreLicences, StorePermit, TabCount,
        },
    };

    use super::*;

    fn member(phone: Option<&str>, group: &str) -> MemberView {
        MemberView {
            nickname: "<小林>".to_owned(),
            phone: phone.map(str::to_owned),
            addresses: 2,
            coupons: 3,
            orders: OrderTab::ALL.iter().take(4).map(|tab| TabCount { tab: *tab, orders: 7 }).collect(),
            consent_needed: false,
            service: Some(CustomerService {
                store: "sto_1".parse().unwrap(),
                name: "连店·人民广场旗舰店".to_owned(),
                phone: "400-555-0001".to_owned(),
                service: "wx-liandian".to_owned(),
                group: group.to_owned(),
                hours: "07:00–23:00".to_owned(),
            }),
        }
    }

    fn at_store() -> pages::Page {
        pages::Page { last: Some(("sto_1".parse().unwrap(), "连店·人民广场旗舰店".to_owned())), ..page() }
    }

    #[tokio::test]
    async fn given_a_member_when_shown_then_orders_coupons_addresses_documents_and_the_service_are_a_tap_away() {
        let text = pages::me(&at_store(), &member(Some("138****1234"), "https://img.example/group.png"));
        assert!(text.contains("&lt;小林&gt;") && !text.contains("<小林>") && text.contains("138****1234"));
        for href in [
            "/orders?tab=pay",
            "/orders?tab=pickup",
            "/orders?tab=delivery",
            "/orders?tab=done",
            "/coupons",
            "/me/addresses",
            "/me/consents",
            "/legal/privacy",
            "/legal/agreement",
            "/s/sto_1/licences",
            "tel:400-555-0001",
            "/me/type?size=large",
        ] {
            assert!(text.contains(&format!("href=\"{href}\"")), "{href}: {text}");
        }
        assert!(!text.contains("/orders?tab=over"));
        assert!(text.contains("src=\"https://img.example/group.png\"") && text.contains("3 张可用") && text.contains("退出登录"));
        assert!(text.contains("aria-current=\"page\"><i class=\"ico me\">"), "the tab is lit: {text}");
        // An address that is no picture is a link when it can be one, and never a script.
        assert!(pages::me(&at_store(), &member(None, "https://work.example/join")).contains("href=\"https://work.example/join\""));
        let bad = pages::me(&page(), &member(None, "javascript:alert(1)"));
        assert!(!bad.contains("javascript:") && bad.contains("还没有收货手机号") && !bad.contains("licences"), "{bad}");
        let asked = MemberView { consent_needed: true, ..member(None, "") };
        assert!(pages::me(&page(), &asked).contains("请阅读并确认"));
    }

    #[tokio::test]
    async fn given_larger_type_when_any_page_is_shown_then_its_body_says_so() {
        let large = pages::Page { large: true, ..at_store() };
        assert!(pages::home(&large, &home(2), &[], false).contains("<body class=\"home simple large\""));
        assert!(pages::me(&large, &member(None, "")).contains("/me/type?size=plain"));
        assert!(!pages::me(&at_store(), &member(None, "")).contains(" large\""));
    }

    #[tokio::test]
    async fn given_orders_when_listed_then_tabs_and_words_are_kept_and_each_has_its_pictures_and_its_next_step() {
        let card = |state, fulfilment| {
            let order = order_in(state, fulfilment);
            liandian_types::api::OrderCard { pictures: vec!["/pictures/0-800.webp".to_owned()], ..order.card }
        };
        let orders = vec![
            card(OrderState::Placed, Fulfilment::Pickup),
            card(OrderState::Ready, Fulfilment::Pickup),
            card(OrderState::Delivering, Fulfilment::Delivery),
            card(OrderState::Completed, Fulfilment::Pickup),
            card(OrderState::Refunded, Fulfilment::Pickup),
        ];
        let list = OrderList { orders, next: None, more: false };
        let asked = pages::OrdersAsked { tab: Some(OrderTab::Pay), text: Some("牛奶 <b>".to_owned()) };
        let text = pages::orders(&page(), &list, &asked, Some(asked.next("c d")));
        for said in ["去付款", "出示取货码", "看配送", "再来一单", "/orders/ord_ready#code", "/pictures/0-200.webp", "牛奶 &lt;b&gt;"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(text.contains("href=\"/orders?tab=done&amp;q=%E7%89%9B%E5%A5%B6%20%3Cb%3E\""), "another tab keeps the words: {text}");
        assert!(text.contains("href=\"/orders?tab=pay&amp;q=%E7%89%9B%E5%A5%B6%20%3Cb%3E&amp;cursor=c%20d\""), "{text}");
        assert!(text.contains("name=\"tab\" value=\"pay\""), "a search stays under its tab");
        assert_eq!(pages::OrdersAsked::default().next("x"), "/orders?cursor=x");
        let none = OrderList { orders: Vec::new(), next: None, more: false };
        let empty = |asked: pages::OrdersAsked| pages::orders(&page(), &none, &asked, None);
        assert!(empty(pages::OrdersAsked::default()).contains("还没有订单"));
        assert!(empty(pages::OrdersAsked { tab: Some(OrderTab::Pay), text: None }).contains("没有待付款的订单"));
        assert!(empty(asked).contains("没有找到这样的订单"));
    }

    #[tokio::test]
    async fn given_an_order_that_is_late_when_shown_then_we_say_it_first_and_its_steps_have_their_times() {
        let entry = |at: &str, text: &str| HistoryEntry { at: Timestamp(0), at_text: at.to_owned(), text: text.to_owned() };
        let mut order = order_in(OrderState::Preparing, Fulfilment::Pickup);
        order.late_text = Some("约 10 分钟".to_owned());
        order.promise_over = true;
        order.times = vec![
            OrderTime { state: OrderState::Placed, at: Timestamp(0), at_text: "11-23 16:40".to_owned() },
            OrderTime { state: OrderState::Preparing, at: Timestamp(1), at_text: "11-23 16:41".to_owned() },
        ];
        let text = pages::order(&page(), &order, false);
        assert!(text.contains("比承诺晚了约 10 分钟") && text.contains("11-23 17:10 可取"), "{text}");
        assert!(text.contains("<small class=\"num\">11-23 16:41</small>"), "{text}");
        let mut there = order_in(OrderState::Completed, Fulfilment::Pickup);
        assert!(!pages::order(&page(), &there, false).contains("比承诺晚"));
        there.late_text = Some("约 15 分钟".to_owned());
        assert!(pages::order(&page(), &there, false).contains("比承诺晚了约 15 分钟，非常抱歉"));
        let mut moved = order_in(OrderState::AwaitingTransfer, Fulfilment::Pickup);
        moved.transfer_times = vec![entry("11-23 16:45", "调货已发出")];
        assert!(pages::order(&page(), &moved, false).contains("调货已发出"));
        let mut riding = order_in(OrderState::Delivering, Fulfilment::Delivery);
        assert!(pages::order(&page(), &riding, false).contains("已接单"), "how far the rider is");
        if let Some(d) = &mut riding.delivery {
            d.state = DeliveryState::Abnormal;
        }
        assert!(!pages::order(&page(), &riding, false).contains("已接单"));
    }

    #[tokio::test]
    async fn given_an_address_book_when_shown_then_the_first_is_the_usual_one_and_each_can_be_changed() {
        let address = |n: usize| SavedAddress {
            address: format!("adr_{n}").parse().unwrap(),
            name: format!("<欧阳{n}>"),
            phone: "13987650123".to_owned(),
            district: "上海市静安区".to_owned(),
            street: "幸福里 1 号".to_owned(),
            point: store(1).point,
        };
        let list = AddressList { addresses: vec![address(1), address(2)] };
        let text = pages::addresses(&page(), &list, pages::Book::List);
        assert_eq!((text.matches("默认</span>").count(), text.matches("设为默认").count() > 0), (1, true), "{text}");
        assert!(text.contains("href=\"/me/addresses?edit=adr_2\"") && text.contains("&lt;欧阳1&gt;") && !text.contains("<欧阳1>"));
        let edit = pages::addresses(&page(), &list, pages::Book::Edit("adr_2"));
        assert!(edit.contains("修改地址") && edit.contains("AddressForm_"), "{edit}");
        assert!(pages::addresses(&page(), &list, pages::Book::New).contains("新增地址"));
        assert!(!pages::addresses(&page(), &list, pages::Book::Edit("adr_9")).contains("AddressForm_"), "what is not there is not edited");
        assert!(pages::addresses(&page(), &AddressList { addresses: Vec::new() }, pages::Book::List).contains("还没有收货地址"));
    }

    fn view(kind: LegalKind, agreed: Option<u32>, needed: bool) -> ConsentView {
        ConsentView {
            kind,
            number: Some(2),
            from_text: "2026-11-01".to_owned(),
            agreed,
            needed,
            history: vec![ConsentEntry { number: 1, given: false, at: Timestamp(0), at_text: "10-01 09:00".to_owned() }],
        }
    }

    #[tokio::test]
    async fn given_documents_when_a_member_is_asked_then_only_what_is_new_is_named_and_giving_and_taking_back_are_one_tap_each() {
        let list = ConsentList { consents: vec![view(LegalKind::Agreement, Some(2), false), view(LegalKind::Privacy, Some(1), true)], needed: true };
        let first = pages::consent_first(&page(), &list, "/s/sto_1/checkout?ship_from=loc_1".to_owned(), "/s/sto_1/cart".to_owned());
        assert!(first.contains("《隐私政策》") && !first.contains("《用户服务协议》"), "{first}");
        assert!(first.contains("你同意过第 1 版") && first.contains("href=\"/legal/privacy\"") && first.contains("我已阅读并同意"), "{first}");
        let all = pages::consents(&page(), &list);
        for said in
            ["已同意第 2 版", "已同意第 1 版，新版本待确认", "撤回用户服务协议", "撤回隐私政策", "同意隐私政策", "撤回同意第 1 版", "10-01 09:00"]
        {
            assert!(all.contains(said), "{said}: {all}");
        }
        assert!(!all.contains(">同意用户服务协议"), "what is agreed to is not asked for: {all}");
    }

    #[tokio::test]
    async fn given_versions_when_one_is_read_then_it_says_which_it_is_and_leads_to_the_others_and_licences_say_until_when() {
        let version = |number: u32, in_force: bool| LegalVersion {
            kind: LegalKind::Privacy,
            number,
            from: Timestamp(0),
            from_text: format!("2026-0{number}-01"),
            in_force,
            coming: number == 3,
            by: None,
            by_name: None,
            at_text: String::new(),
        };
        let versions = vec![version(3, false), version(2, true), version(1, false)];
        let doc = LegalPage { shown: version(2, true), text: "第一段\n续\n\n<b>第二段</b>".to_owned(), versions: versions.clone() };
        let text = pages::legal(&page(), &doc);
        assert!(
            text.contains("第 2 版 · 2026-02-01 起生效 · 现行") && text.contains("&lt;b&gt;第二段") && !text.contains("这不是现行版本"),
            "{text}"
        );
        assert!(text.contains("/legal/privacy?v=1") && text.contains("即将生效") && !text.contains("/legal/privacy?v=2"), "{text}");
        let old = pages::legal(&page(), &LegalPage { shown: version(1, false), text: "旧".to_owned(), versions });
        assert!(old.contains("这不是现行版本") && old.contains("href=\"/legal/privacy\""), "{old}");
        let permit = |holds| StorePermit { kind: "食品经营许可证".into(), number: "JY1".into(), expires: "2027-01-01".into(), holds };
        let of = |permits| StoreLicences { store: "sto_1".parse().unwrap(), name: "<店>".into(), address: "路 1 号".into(), permits };
        let text = pages::licences(&page(), &of(vec![permit(true)]));
        assert!(
            text.contains("食品经营许可证") && text.contains("有效期至 2027-01-01") && !text.contains("已过期") && !text.contains("<店>"),
            "{text}"
        );
        assert!(pages::licences(&page(), &of(vec![permit(false)])).contains("已过期"));
        assert!(pages::licences(&page(), &of(Vec::new())).contains("资质信息整理中"));
    }
}
