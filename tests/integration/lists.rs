//! Lists page by page: a walk along `next` meets every entry once, and a cursor leads nowhere else.

use std::collections::BTreeSet;

use liandian_functions::openapi::document;
use liandian_tests::{World, id};
use liandian_types::{
    Fulfilment, StoreId,
    api::{PlacedOrder, StoreHome},
};
use serde_json::Value;

use crate::access::matrix::filled;

/// A list: where it is, what its entries are called, and what names one of them.
type List = (&'static str, &'static str, &'static str);

const GOODS: List = ("/api/v1/stores/sto_sh01/listings", "items", "/sku");
const STOCK: List = ("/api/v1/stores/sto_sh01/stock", "rows", "/sku");
const SOUGHT: List = ("/api/v1/stores/sto_sh01/stock?q=g", "rows", "/sku");
const ORDERS: List = ("/api/v1/stores/sto_sh01/orders?state=placed", "orders", "/order");
const MOVEMENTS: List = ("/api/v1/stores/sto_sh01/stock/movements", "movements", "/movement");
const WORK: List = ("/api/v1/hq/work", "stores", "/row/store");

fn behind(path: &str, cursor: &str) -> String {
    format!("{path}{}cursor={cursor}", if path.contains('?') { '&' } else { '?' })
}

/// Every entry's name, page after page, and the cursors on the way.
async fn walk(w: &World, path: &str, entries: &str, name: &str, token: &str) -> (Vec<String>, Vec<String>) {
    let (mut names, mut cursors) = (Vec::new(), Vec::<String>::new());
    loop {
        let from = cursors.last().map_or_else(|| path.to_owned(), |c| behind(path, c));
        let page: Value = w.get(&from, token).await.ok();
        names.extend(page[entries].as_array().unwrap().iter().map(|e| e.pointer(name).unwrap().as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { return (names, cursors) };
        assert!(cursors.len() < 100, "{path} has no end");
        cursors.push(next.to_owned());
    }
}

fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = names.into_iter().collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn given_lists_of_several_pages_when_walked_to_their_end_then_every_entry_is_met_once_and_no_cursor_fits_another_list() {
    let w = World::usual().await;
    let (store, admin): (StoreId, _) = (id("sto_sh01"), w.staff("admin").await);
    let mut asks = Vec::new();
    for sku in w.skus_with(&store, 20, 500, 3).await {
        asks.push(w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await);
    }
    let mut placed = Vec::new();
    for (i, token) in w.members(55).await.iter().enumerate() {
        placed.push(w.place(token, &asks[i % 3], &format!("walk-key-{i:03}")).await.ok::<PlacedOrder>().order.to_string());
    }
    let tables = &w.stack.app.tables;
    let mut goods = Vec::new();
    let home: StoreHome = w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
    for category in home.categories {
        goods.extend(walk(&w, &format!("{}?category={}", GOODS.0, category.key), "items", "/sku", "").await.0);
    }
    let kept = tables.skus_of_location(&store.shelf()).await.unwrap();
    let moved = tables.movements(&store.shelf()).await.unwrap();
    let stores = tables.directory().await.unwrap();
    let expected: [(List, Vec<String>); 5] = [
        (GOODS, sorted(goods)),
        (STOCK, sorted(kept.iter().map(ToString::to_string))),
        (ORDERS, sorted(placed)),
        (MOVEMENTS, sorted(moved.iter().map(|m| m.movement.to_string()))),
        (WORK, sorted(stores.iter().map(|s| s.store.to_string()))),
    ];
    for ((path, entries, name), all) in expected {
        let (names, _) = walk(&w, path, entries, name, &admin).await;
        assert_eq!(sorted(names), all, "{path}");
    }

    let mut first = Vec::new();
    for (path, entries, name) in [GOODS, STOCK, SOUGHT, ORDERS, WORK] {
        let (names, cursors) = walk(&w, path, entries, name, &admin).await;
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{path}");
        first.push((path, cursors.first().cloned().unwrap_or_else(|| panic!("{path} has one page"))));
    }
    let elsewhere = ["/api/v1/stores/sto_sh02/stock", "/api/v1/stores/sto_sh01/orders?state=preparing", "/api/v1/stores/sto_sh01/stock?q=a"];
    for (path, cursor) in &first {
        for other in first.iter().map(|(path, _)| *path).chain(elsewhere).filter(|other| other != path) {
            let refused = w.get(&behind(other, cursor), &admin).await.refused(400, "bad_cursor");
            assert_eq!(refused["field"], "cursor", "{path} {other}");
        }
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_is_no_cursor_when_any_list_is_read_then_it_is_refused_by_name() {
    let w = World::usual().await;
    let (member, admin) = (w.customer("demo-01").await, w.staff("admin").await);
    let warehouses: Value = w.get("/api/v1/hq/warehouses", &admin).await.ok();
    let warehouse = warehouses["warehouses"][0]["location"].as_str().unwrap();
    let mut lists = 0;
    for (path, operations) in document()["paths"].as_object().unwrap() {
        let route = &operations["get"];
        if !route["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == "cursor")) {
            continue;
        }
        lists += 1;
        let path = filled(&path.replace("{location}", warehouse), "sto_sh01");
        let token = if route["x-permission"] == "member" { &member } else { &admin };
        assert!(w.get(&path, token).await.status.is_success(), "{path}");
        for wrong in ["A~B", "~", "20", "LOC%23sh02~SKU%23sku_1", "%00", "AQAAAAAAAAAAAA"] {
            let refused = w.get(&behind(&path, wrong), token).await.refused(400, "bad_cursor");
            assert_eq!(refused["field"], "cursor", "{path} {wrong}");
        }
    }
    assert!(lists >= 12, "{lists}");
    w.stack.stop().await;
}
