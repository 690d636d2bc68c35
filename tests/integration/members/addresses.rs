//! A member's address book, addresses that do not fit their point, and what the buyer sees of an order of his own.

use liandian_tests::{World, id, recipient};
use liandian_types::{
    Fulfilment, GeoPoint, StoreId,
    api::{AddressList, DistrictList, OrderView, SaveAddress},
};
use reqwest::Method;

const JINGAN: GeoPoint = GeoPoint { lat: 31.2237, lng: 121.4462 };

fn address(street: &str) -> SaveAddress {
    SaveAddress {
        address: None,
        name: "欧阳测试".into(),
        phone: "13987650123".into(),
        district: "上海市静安区".into(),
        street: street.into(),
        point: JINGAN,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_address_book_when_written_and_read_then_its_member_has_it_in_clear_and_nobody_else_at_all() {
    let w = World::usual().await;
    let (mine, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let one: AddressList = w.post("/api/v1/addresses", &mine, &address("幸福里 88 弄 7 号")).await.ok();
    let two: AddressList = w.post("/api/v1/addresses", &mine, &address("南京西路 1686 号 3 楼")).await.ok();
    assert_eq!(two.addresses.len(), 2);
    assert_eq!(two.addresses[1], one.addresses[0], "the one used last is first");
    let again: AddressList = w.post("/api/v1/addresses", &mine, &address("幸福里 88 弄 7 号")).await.ok();
    assert_eq!(again.addresses.iter().map(|a| &a.address).collect::<Vec<_>>(), [&one.addresses[0].address, &two.addresses[0].address]);
    let read: AddressList = w.get("/api/v1/addresses", &mine).await.ok();
    assert_eq!(read, again);
    assert_eq!((read.addresses[0].name.as_str(), read.addresses[0].phone.as_str()), ("欧阳测试", "13987650123"));

    // Nobody else reads, changes or removes it.
    let theirs: AddressList = w.get("/api/v1/addresses", &other).await.ok();
    assert!(theirs.addresses.is_empty());
    let foreign = SaveAddress { address: Some(one.addresses[0].address.clone()), ..address("幸福里 1 号") };
    w.post("/api/v1/addresses", &other, &foreign).await.refused(404, "not_found");
    let path = format!("/api/v1/addresses/{}", one.addresses[0].address);
    let _: AddressList = w.call(Method::DELETE, &path, &other, None::<&()>).await.ok();
    let kept: AddressList = w.get("/api/v1/addresses", &mine).await.ok();
    assert_eq!(kept.addresses.len(), 2);
    w.get("/api/v1/addresses", "").await.refused(401, "unauthenticated");

    // Not in the table, sealed or otherwise readable.
    let rows = w.stack.app.tables.client().scan().table_name("liandian-cell").send().await.unwrap();
    for row in rows.items() {
        let text = format!("{row:?}");
        assert!(!text.contains("幸福里") && !text.contains("13987650123"), "{text}");
    }
    for _ in 0..2 {
        let left: AddressList = w.call(Method::DELETE, &path, &mine, None::<&()>).await.ok();
        assert_eq!(left.addresses.len(), 1, "removed once or again");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_addresses_that_are_none_when_saved_then_the_field_is_named_and_what_does_not_fit_its_point_is_refused() {
    let w = World::usual().await;
    let mine = w.customer("demo-01").await;
    let field = |answer: serde_json::Value| answer["field"].as_str().unwrap_or_default().to_owned();
    for (wrong, at) in [
        (SaveAddress { name: " ".into(), ..address("幸福里 1 号") }, "name"),
        (SaveAddress { phone: "1398765012".into(), ..address("幸福里 1 号") }, "phone"),
        (SaveAddress { district: "上海市静安区".into(), ..address(" ") }, "street"),
        (SaveAddress { district: "北京市朝阳区".into(), ..address("建国路 1 号") }, "point"),
        (SaveAddress { district: String::new(), ..address("北京市朝阳区建国路 1 号") }, "point"),
    ] {
        assert_eq!(field(w.post("/api/v1/addresses", &mine, &wrong).await.refused(400, "bad_request")), at);
    }
    // An order neither: Beijing is not around the corner of a store of Shanghai.
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let mut order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Delivery).await;
    let right = order.recipient.clone().unwrap();
    order.recipient.as_mut().unwrap().address = "北京市朝阳区建国路 1 号".into();
    let told = w.place(&mine, &order, "key-00000001").await.refused(400, "bad_request");
    assert!(told["detail"].as_str().unwrap_or_default().contains("北京市朝阳区"), "{told}");
    assert_eq!(field(told), "recipient.point");
    order.recipient = Some(liandian_types::api::Recipient { address: format!("上海市静安区{}", right.address), ..right });
    w.bought(&mine, &order, "key-00000002").await;

    let near: DistrictList = w.get(&format!("/api/v1/districts?lat={}&lng={}", JINGAN.lat, JINGAN.lng), "").await.ok();
    assert_eq!(near.districts[0].name, "上海市静安区");
    let named: DistrictList = w.get("/api/v1/districts?q=%E6%9D%AD%E5%B7%9E%E8%A5%BF%E6%B9%96", "").await.ok();
    assert_eq!(named.districts[0].name, "浙江省杭州市西湖区");
    w.get("/api/v1/districts", "").await.refused(400, "bad_request");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_order_when_looked_at_then_its_customer_reads_his_own_address_and_how_to_reach_the_store_and_the_clerk_neither() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let mine = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&mine, &order, "key-00000001").await;
    let seen = w.order(&mine, &bought).await;
    let (to, whole) = (seen.recipient.unwrap(), recipient(JINGAN));
    assert_eq!((to.name, to.phone, to.address), (whole.name, whole.phone, whole.address));
    let counter = seen.counter.unwrap();
    assert!(!counter.phone.is_empty() && counter.address.contains("徐汇"), "{counter:?}");
    let clerk = w.staff("sh02-clerk").await;
    let theirs: OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{bought}"), &clerk).await.ok();
    assert_eq!(theirs.recipient.unwrap().phone, "139****0123");
    assert!(theirs.counter.is_none());
    w.stack.stop().await;
}
