//! Orders that are looked for: by number, day, store, state and way, in a store and in the chain.

use liandian_domain::stores::hours::{CHINA, day};
use liandian_tests::{World, id, percent};
use liandian_types::{
    Fulfilment, StoreId,
    api::{OrderList, PlacedOrder},
};

use super::order::until;

/// Numbers of orders page after page, and how many pages there were.
async fn walk(w: &World, path: &str, token: &str) -> (Vec<String>, usize) {
    let (mut names, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page: OrderList = w.get(&format!("{path}{cursor}"), token).await.ok();
        names.extend(page.orders.iter().map(|o| o.order.to_string()));
        pages += 1;
        assert!(pages < 20, "{path} has no end");
        let Some(next) = page.next else { return (names, pages) };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_many_orders_when_looked_for_then_all_that_fit_are_found_newest_first_page_by_page_and_no_others() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let mut asks = Vec::new();
    for sku in w.skus_with(&store, 20, 500, 4).await {
        asks.push(w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await);
    }
    let mut placed = Vec::new();
    for (i, token) in w.members(65).await.iter().enumerate() {
        placed.push(w.place(token, &asks[i % 4], &format!("search-key-{i:03}")).await.ok::<PlacedOrder>().order.to_string());
    }
    let newest_first: Vec<String> = placed.iter().rev().cloned().collect();
    let (clerk, admin, west) = (w.staff("sh01-clerk").await, w.staff("admin").await, w.staff("region-west").await);
    let today = day(w.stack.app.now(), CHINA);
    let (of_store, of_chain) = (format!("/api/v1/stores/{store}/orders"), "/api/v1/hq/orders");

    // The store's: of the day, sixty to a page; in a state; to be had in a way.
    assert_eq!(walk(&w, &format!("{of_store}?date={today}"), &clerk).await, (newest_first.clone(), 2));
    assert_eq!(walk(&w, &format!("{of_store}?fulfilment=pickup&state=placed"), &clerk).await.0, newest_first);
    assert!(walk(&w, &format!("{of_store}?date={today}&state=completed"), &clerk).await.0.is_empty());
    assert!(walk(&w, &format!("{of_store}?fulfilment=delivery"), &clerk).await.0.is_empty());
    let first: OrderList = w.get(&format!("{of_store}?date={today}"), &clerk).await.ok();
    let cursor = first.next.unwrap();
    w.get(&format!("{of_store}?date={today}&state=placed&cursor={cursor}"), &clerk).await.refused(400, "bad_cursor");
    for (query, field) in [("fulfilment=nonsense", "fulfilment"), ("state=nonsense", "state"), ("date=2026-02-30", "date")] {
        assert_eq!(w.get(&format!("{of_store}?{query}"), &clerk).await.refused(400, "bad_request")["field"], field, "{query}");
    }
    w.get(&format!("{of_store}?date={today}"), &w.staff("hz01-clerk").await).await.refused(404, "not_found");
    w.get(&format!("{of_store}?date={today}"), &w.staff("marketing").await).await.refused(403, "forbidden");

    // HQ's: from the view of the last days, as soon as that has followed.
    let every = until(|| async {
        let (names, pages) = walk(&w, &format!("{of_chain}?fulfilment=pickup&state=placed"), &admin).await;
        (names.len() == placed.len()).then_some((names, pages))
    })
    .await;
    assert_eq!(every, (newest_first.clone(), 2));
    assert_eq!(walk(&w, &format!("{of_chain}?date={today}"), &admin).await.0, newest_first);
    assert!(walk(&w, &format!("{of_chain}?state=refunded"), &admin).await.0.is_empty());
    // Of one store, by its id or its name, of any day.
    let name = w.stack.app.tables.store(&store).await.unwrap().unwrap().name;
    assert_eq!(walk(&w, &format!("{of_chain}?store={store}"), &admin).await.0, newest_first);
    assert_eq!(walk(&w, &format!("{of_chain}?store={}&date={today}", percent(&name)), &admin).await.0, newest_first);
    assert!(walk(&w, &format!("{of_chain}?store=sto_hz01"), &admin).await.0.is_empty());
    assert!(walk(&w, &format!("{of_chain}?store={store}&date=2020-01-01"), &admin).await.0.is_empty());
    assert_eq!(w.get(&format!("{of_chain}?date=2020-01-01"), &admin).await.refused(400, "bad_request")["field"], "date");
    // By the whole number, and by its end.
    let one = &placed[7];
    for q in [one.as_str(), one.trim_start_matches("ord_"), &one[one.len() - 8..]] {
        assert_eq!(walk(&w, &format!("{of_chain}?q={q}"), &admin).await.0, [one.clone()], "{q}");
    }
    assert!(walk(&w, &format!("{of_chain}?q={one}&state=completed"), &admin).await.0.is_empty());
    assert!(walk(&w, &format!("{of_chain}?q=zzzz"), &admin).await.0.is_empty());
    assert_eq!(w.get(&format!("{of_chain}?q=zz"), &admin).await.refused(400, "bad_request")["field"], "q");
    // Another region's do not exist.
    assert!(walk(&w, &format!("{of_chain}?q={one}"), &west).await.0.is_empty());
    w.get(&format!("{of_chain}?store={store}"), &west).await.refused(404, "not_found");
    w.get(&format!("{of_chain}?state=placed"), &w.staff("marketing").await).await.refused(403, "forbidden");

    // On their pages, with the way to the next and a word for what cannot be looked for.
    let cookie = format!("ld_staff={admin}");
    let page = w.page(&format!("/console/hq/orders?q={one}&state=placed"), &cookie).await;
    assert!(page.status == 200 && page.text().contains(one.as_str()) && page.text().contains("找到的订单"), "{}", page.text());
    let page = w.page("/console/hq/orders?state=placed", &cookie).await;
    assert!(page.text().contains("state=placed&amp;cursor=") && page.text().contains("format=csv"), "{}", page.text());
    let page = w.page("/console/hq/orders?date=2020-01-01", &cookie).await;
    assert!(page.status == 200 && page.text().contains("请同时选一家门店"), "{}", page.text());
    let page = w.page(&format!("/console/s/{store}/orders?date={today}"), &cookie).await;
    assert!(page.status == 200 && page.text().contains(&newest_first[0]) && page.text().contains("下一页"), "{}", page.text());
    let file = w.page("/console/hq/orders?state=placed&format=csv", &cookie).await;
    assert!(file.text().starts_with("\u{feff}取货号,状态,门店,") && file.text().lines().count() == 51, "{}", file.text());
    w.stack.stop().await;
}
