//! Personal data: sealed in every row, absent from every log line.

use std::{
    io::Read,
    process::{Command, Stdio},
    time::Duration,
};

use liandian_tests::{World, client, id};
use liandian_types::{Fulfilment, StoreId};

const PERSONAL: [&str; 3] = ["欧阳测试", "13987650123", "幸福里"];

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_order_when_every_row_and_queue_is_read_then_nobody_is_named_in_clear() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("somebody-openid-1").await;
    let mut order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    order.note = Some(" 请打 13987650123 ".into());
    let bought = w.bought(&token, &order, "key-00000001").await;
    let view = w.until_order(&token, &bought, |o| o.delivery.is_some()).await;
    assert_eq!(view.note.as_deref(), Some("请打 13987650123"), "its customer reads it");
    let clerk = w.staff("sh02-clerk").await;
    let seen: liandian_types::api::OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{bought}"), &clerk).await.ok();
    assert_eq!(seen.note, view.note, "and so does its store");
    assert!(seen.card.noted, "its card says that there is a word, and not which");
    // The store finds it by the end of the phone, which no row has in clear; another store's digits are another index.
    let found = async |q: &str| {
        let list: liandian_types::api::OrderList = w.get(&format!("/api/v1/stores/{store}/orders?q={q}"), &clerk).await.ok();
        list.orders.iter().any(|o| o.order == bought)
    };
    assert!(found("0123").await && found("13987650123").await && !found("0124").await && !found("123").await);
    let mut rows = 0;
    let mut from = None;
    loop {
        let page = w.stack.app.store.client().scan().table_name("liandian-cell").set_exclusive_start_key(from).send().await.unwrap();
        for i in page.items() {
            let text = format!("{i:?}");
            rows += 1;
            for secret in PERSONAL.iter().chain(["somebody-openid-1"].iter()) {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            break;
        }
    }
    assert!(rows > 1_000);
    w.stack.stop().await;
}

#[test]
fn given_a_stack_in_a_process_of_its_own_when_an_order_is_delivered_then_its_log_has_ids_and_figures_but_nobody_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A world is only the way to a seeded folder here.
    runtime.block_on(async {
        let w = World::usual().await;
        w.stack.stop().await;
    });
    let mut child = crate::durability::child(folder.path(), Stdio::piped());
    let mut log = child.process.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });
    let order = runtime.block_on(async {
        let w = crate::durability::Remote { origin: child.origin.clone(), sandbox: child.sandbox.clone(), http: client() };
        w.delivery_order().await
    });
    std::thread::sleep(Duration::from_secs(1));
    let _ = Command::new("kill").args(["-INT", &child.process.id().to_string()]).status();
    let _ = child.process.wait();
    let text = reader.join().unwrap();
    for secret in PERSONAL.iter().chain(["remote-openid-1", "eyJ"].iter()) {
        assert!(!text.contains(secret), "{secret} in the log");
    }
    let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("not JSON ({e}): {l}"))).collect();
    let placed = lines.iter().find(|l| l["function"] == "order-place").expect("a line for placing");
    assert_eq!((placed["order"].as_str(), placed["status"].as_u64()), (Some(order.as_str()), Some(201)));
    assert!(
        placed["write_units"].as_f64().is_some_and(|u| u > 0.0) && placed["ms"].as_f64().is_some() && placed["_aws"]["CloudWatchMetrics"].is_array()
    );
    assert!(lines.iter().any(|l| l["function"] == "delivery-dispatch" && l["event"].is_string()));
}
