//! Many buyers, few units: exactly those are sold.

use futures::{StreamExt, stream};
use liandian_domain::stock::record::Stock;
use liandian_store::stock::records::stock_item;
use liandian_tests::{World, id};
use liandian_types::{Fulfilment, StoreId};
use rand::Rng;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_500_buyers_of_100_units_when_all_order_at_once_with_lost_answers_then_exactly_100_are_sold_and_the_others_are_told_so() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh03");
    let sku = w.sku_with(&store, 5, 500).await;
    // A shelf with exactly 100 to promise, explained by a movement.
    let now = w.stock(&store.shelf(), &sku).await;
    let row = stock_item(&store.shelf(), &sku, Stock { on_hand: 100 + now.safety + now.reserved, ..now }).unwrap();
    w.stack
        .app
        .tables
        .client()
        .put_item()
        .table_name(w.stack.app.tables.table(liandian_store::Table::Cell))
        .set_item(Some(row))
        .send()
        .await
        .unwrap();
    let tokens = w.members(500).await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let (w_, order_, tokens_) = (&w, &order, &tokens);
    let outcomes: Vec<(u16, String)> = stream::iter(0..500)
        .map(|i| async move {
            let (token, key) = (&tokens_[i], format!("buyer-{i:05}"));
            // A third of the answers are lost on the way back; the client asks again with the same key.
            if rand::rng().random_bool(0.33) {
                let lost =
                    tokio::time::timeout(std::time::Duration::from_millis(rand::rng().random_range(1..40)), w_.place(token, order_, &key)).await;
                drop(lost);
            }
            loop {
                let a = w_.place(token, order_, &key).await;
                if a.status.as_u16() != 503 && a.json["code"] != "rate_limited" {
                    let order = if a.status.is_success() {
                        a.json["order"].as_str().unwrap_or_default().to_owned()
                    } else {
                        a.json["code"].as_str().unwrap_or_default().to_owned()
                    };
                    return (a.status.as_u16(), order);
                }
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                if a.json["code"] == "rate_limited" {
                    w_.stack.app.clock.advance(liandian_types::Timestamp::MINUTE / 4);
                }
            }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    let sold: std::collections::BTreeSet<_> = outcomes.iter().filter(|(s, _)| *s == 201).map(|(_, o)| o.clone()).collect();
    let refused = outcomes.iter().filter(|(s, c)| *s == 409 && c == "sold_out").count();
    assert_eq!((sold.len(), refused), (100, 400), "{:?}", outcomes.iter().find(|(s, _)| !matches!(s, 201 | 409)));
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.free(), after.reserved), (0, now.reserved + 100));
    // Nothing leaked: every unit that is promised belongs to an order that its buyer knows.
    let mut orders = 0;
    for token in &tokens {
        let mut cursor = String::new();
        loop {
            let list: liandian_types::api::OrderList = w.get(&format!("/api/v1/orders{cursor}"), token).await.ok();
            orders += list.orders.len();
            match list.next {
                Some(n) => cursor = format!("?cursor={n}"),
                None => break,
            }
        }
    }
    assert_eq!(orders, 100);
    w.stack.stop().await;
}
