//! What orders brought to whom, of some days.

use liandian_domain::stores::hours::{CHINA, day};
use liandian_tests::{World, id};
use liandian_types::{
    Fen, Fulfilment, StoreId,
    api::{HqSettlement, OrderView, SettlementView},
};
use serde_json::json;

use crate::orders::order::until;

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_of_today_when_settlement_is_asked_for_by_days_then_sums_and_postings_are_those_of_the_days() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 2)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let code = w.order(&token, &bought).await.pickup_code.unwrap();
    let clerk = w.staff("sh01-clerk").await;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code, "sure": true})).await.ok();
    let (manager, admin) = (w.staff("sh01-manager").await, w.staff("admin").await);
    let of_store = format!("/api/v1/stores/{store}/settlement");
    let all = until(|| async {
        let s: SettlementView = w.get(&of_store, &manager).await.ok();
        (s.orders == 1).then_some(s)
    })
    .await;

    let today = day(w.stack.app.now(), CHINA);
    let (yesterday, tomorrow) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    let ask = async |query: String| -> SettlementView { w.get(&format!("{of_store}?{query}"), &manager).await.ok() };
    for query in [format!("from={today}"), format!("from={today}&to={today}"), format!("from={yesterday}&to={tomorrow}")] {
        assert_eq!(ask(query.clone()).await, all, "{query}");
    }
    for query in [format!("from={yesterday}&to={yesterday}"), format!("from={tomorrow}"), format!("from={tomorrow}&to={tomorrow}")] {
        let none = ask(query.clone()).await;
        assert_eq!((none.orders, none.gross, none.postings.len(), none.next), (0, Fen::ZERO, 0, None), "{query}");
    }
    let of_chain = async |token: &str, query: String| -> HqSettlement { w.get(&format!("/api/v1/hq/settlement?{query}"), token).await.ok() };
    let hit = of_chain(&admin, format!("from={today}&to={today}")).await;
    assert_eq!((hit.total.orders, hit.total.gross, hit.stores.len(), hit.total.postings.len()), (1, all.gross, 1, 1));
    let miss = of_chain(&admin, format!("from={yesterday}&to={yesterday}")).await;
    assert!(miss.stores.is_empty() && miss.total.postings.is_empty(), "{miss:?}");
    assert!(of_chain(&w.staff("region-west").await, format!("from={today}")).await.stores.is_empty());

    // So many days and no more, and a first one.
    let long = |days: usize| (0..days).fold(today, |day, _| day.yesterday().unwrap());
    for (path, most) in [(of_store.as_str(), 92), ("/api/v1/hq/settlement", 31)] {
        assert!(w.get(&format!("{path}?from={}&to={today}", long(most - 1)), &admin).await.status.is_success(), "{path}");
        let refused = w.get(&format!("{path}?from={}&to={today}", long(most)), &admin).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "to", "{path}");
        assert_eq!(w.get(&format!("{path}?to={today}"), &admin).await.refused(400, "bad_request")["field"], "from");
        assert_eq!(w.get(&format!("{path}?from=today"), &admin).await.refused(400, "bad_request")["field"], "from");
        assert_eq!(w.get(&format!("{path}?from={today}&to={yesterday}"), &admin).await.refused(400, "bad_request")["field"], "to");
        w.get(&format!("{path}?from={today}"), &clerk).await.refused(403, "forbidden");
    }
    w.get(&format!("{of_store}?from={today}"), &w.staff("sh02-manager").await).await.refused(404, "not_found");

    let cookie = format!("ld_staff={admin}");
    let page = w.page(&format!("/console/s/{store}/settlement?from={today}&to={today}"), &cookie).await;
    assert!(page.status == 200 && page.text().contains(bought.as_str()) && page.text().contains("type=\"date\""), "{}", page.text());
    let page = w.page(&format!("/console/hq/settlement?from={yesterday}&to={yesterday}"), &cookie).await;
    assert!(page.status == 200 && page.text().contains("这些天没有入账的订单"), "{}", page.text());
    let page = w.page(&format!("/console/hq/settlement?to={today}"), &cookie).await;
    assert!(page.status == 200 && page.text().contains("请同时选开始日期"), "{}", page.text());
    let file = w.page(&format!("/console/s/{store}/settlement?format=csv"), &cookie).await;
    assert!(file.text().starts_with("\u{feff}订单,时间,规则,科目,") && file.text().contains(&format!("\n{bought},")), "{}", file.text());
    w.stack.stop().await;
}
