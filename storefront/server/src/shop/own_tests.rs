//! A member's own pages: 我的, orders by tabs, addresses, agreements; and what a store shows of its documents.

use liandian_types::{
    DeliveryState, Fulfilment, LegalKind, OrderState, OrderTab, Timestamp,
    api::{
        AddressList, ConsentEntry, ConsentList, ConsentView, CustomerService, HistoryEntry, LegalPage, LegalVersion, MemberView, OrderTime,
        SavedAddress, StoreLicences, StorePermit, TabCount,
    },
};

use super::{
    fixtures::{home, order_in, store},
    *,
};

fn page() -> pages::Page {
    pages::Page { version: "v1".to_owned(), member: Some("mem_1".parse().unwrap()), ..pages::Page::default() }
}

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
    for said in ["去付款", "出示取货码", "看配送", "再来一单", "/orders/ord_ready#code", "/pictures/0-200.webp", "牛奶 &lt;b&gt;"] {
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
    for said in ["已同意第 2 版", "已同意第 1 版，新版本待确认", "撤回用户服务协议", "撤回隐私政策", "同意隐私政策", "撤回同意第 1 版", "10-01 09:00"]
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
    assert!(text.contains("第 2 版 · 2026-02-01 起生效 · 现行") && text.contains("&lt;b&gt;第二段") && !text.contains("这不是现行版本"), "{text}");
    assert!(text.contains("/legal/privacy?v=1") && text.contains("即将生效") && !text.contains("/legal/privacy?v=2"), "{text}");
    let old = pages::legal(&page(), &LegalPage { shown: version(1, false), text: "旧".to_owned(), versions });
    assert!(old.contains("这不是现行版本") && old.contains("href=\"/legal/privacy\""), "{old}");
    let permit = |holds| StorePermit { kind: "食品经营许可证".into(), number: "JY1".into(), expires: "2027-01-01".into(), holds };
    let of = |permits| StoreLicences { store: "sto_1".parse().unwrap(), name: "<店>".into(), address: "路 1 号".into(), permits };
    let text = pages::licences(&page(), &of(vec![permit(true)]));
    assert!(text.contains("食品经营许可证") && text.contains("有效期至 2027-01-01") && !text.contains("已过期") && !text.contains("<店>"), "{text}");
    assert!(pages::licences(&page(), &of(vec![permit(false)])).contains("已过期"));
    assert!(pages::licences(&page(), &of(Vec::new())).contains("资质信息整理中"));
}
