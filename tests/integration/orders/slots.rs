//! Time slots: nobody is booked beyond what a slot takes, a place is given back once, and what pages and the store's own routes show of it.

use futures::StreamExt;
use liandian_domain::{Decision, decision::OrdersWrite, orders::slots::SlotChange};
use liandian_store::{Commit, commit::worth_another_try};
use liandian_tests::{World, id};
use liandian_types::{
    Fulfilment, OrderState, SkuId, StoreId, Timestamp,
    api::{
        LevelSeen, OrderList, OrderView, PlaceOrder, PlacedOrder, Quote, QuoteRequest, SetSlot, SettingWish, Settings, SettingsChange, SlotDay,
        SlotState, StoreSlots,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

/// HQ lets a store have slots of so many orders.
async fn with_slots(w: &World, store: &StoreId, pickup: u32, delivery: u32) {
    let admin = w.staff("admin").await;
    let all: Settings = w.get("/api/v1/hq/settings", &admin).await.ok();
    let level = format!("store:{store}");
    let version = all.levels.iter().find(|l| l.level == level).map_or(0, |l| l.version);
    let wish = |field: &str, value: String| SettingWish { level: level.clone(), field: field.into(), value: Some(value), withdraw: None };
    let change = SettingsChange {
        changes: vec![
            wish("slot_pickup", pickup.to_string()),
            wish("slot_delivery", delivery.to_string()),
            wish("slot_raise", "50".into()),
            wish("slot_days", "3".into()),
        ],
        versions: vec![LevelSeen { level, version }],
        why: "试行预约时段".into(),
        from: None,
    };
    let _: Settings = w.call(Method::PUT, "/api/v1/hq/settings", &admin, Some(&change)).await.ok();
}

async fn quoted(w: &World, order: &PlaceOrder, slot: Option<&str>) -> Quote {
    let ask = QuoteRequest {
        store: order.store.clone(),
        lines: order.lines.clone(),
        besides: Vec::new(),
        fulfilment: order.fulfilment,
        to: order.recipient.as_ref().map(|r| r.point),
        transfer_from: None,
        ship_from: None,
        coupons: None,
        slots: true,
        slot: slot.map(str::to_owned),
    };
    w.post("/api/v1/quotes", "", &ask).await.ok()
}

/// The first slots of tomorrow: whatever the clock says, they can be booked.
fn tomorrow(quote: &Quote) -> Vec<String> {
    let day = quote.slots.iter().find(|d| d.title == "明天").expect("tomorrow has slots");
    day.slots.iter().map(|s| s.slot.clone()).collect()
}

fn state(days: &[SlotDay], slot: &str) -> Option<(SlotState, u32)> {
    days.iter().flat_map(|d| &d.slots).find(|s| s.slot == slot).map(|s| (s.state, s.left))
}

async fn many(w: &World, store: &StoreId) -> SkuId {
    w.sku_with(store, 60, 900).await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sixty_customers_who_want_ten_places_of_a_slot_at_one_instant_then_exactly_ten_have_one() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    with_slots(&w, &store, 10, 0).await;
    let sku = many(&w, &store).await;
    let plain = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let slot = tomorrow(&quoted(&w, &plain, None).await).remove(0);
    let order = PlaceOrder { slot: Some(slot.clone()), ..plain.clone() };
    let members = w.members(60).await;
    let answers = futures::future::join_all(members.iter().enumerate().map(|(n, token)| {
        let (w, order) = (&w, &order);
        async move {
            let key = format!("key-slot-{n:03}");
            // Who meets too many others is told to come again, and does.
            for _ in 0..20 {
                let answer = w.place(token, order, &key).await;
                if answer.status.as_u16() != 503 {
                    return answer;
                }
            }
            panic!("nobody was told anything")
        }
    }))
    .await;
    let (stand, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status.is_success());
    assert_eq!(stand.len(), 10);
    for r in refused {
        let p = r.refused(409, "slot_full");
        let days: Vec<SlotDay> = serde_json::from_value(p["slots"]["days"].clone()).unwrap();
        assert_eq!((p["field"].as_str(), state(&days, &slot)), (Some("slot"), Some((SlotState::Full, 0))), "{p}");
    }
    assert_eq!(state(&quoted(&w, &plain, None).await.slots, &slot), Some((SlotState::Full, 0)));
    w.assert_books().await;
    // One gives his place back: it is another's, once.
    let first: PlacedOrder = stand.into_iter().next().unwrap().ok();
    let n = members.len();
    let path = format!("/api/v1/orders/{}", first.order);
    let whose = futures::future::join_all(members.iter().map(|t| w.get(&path, t))).await;
    let token = members.iter().zip(whose).find(|(_, a)| a.status.is_success()).map(|(t, _)| t).unwrap();
    for _ in 0..2 {
        let closed: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", first.order), token, &json!({})).await.ok();
        assert_eq!(closed.card.state, OrderState::Closed);
    }
    assert_eq!(state(&quoted(&w, &plain, None).await.slots, &slot), Some((SlotState::Few, 1)));
    let again: PlacedOrder = w.place(&members[n - 1], &PlaceOrder { again: true, ..order.clone() }, "key-slot-again").await.ok();
    w.place(&members[n - 2], &order, "key-slot-over").await.refused(409, "slot_full");
    // The same request under its key is answered as it was, however full the slot is.
    let same: PlacedOrder = w.place(&members[n - 1], &PlaceOrder { again: true, ..order.clone() }, "key-slot-again").await.ok();
    assert_eq!(same.order, again.order);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_slot_when_ordered_for_it_then_quote_order_pages_and_the_stores_board_say_so_and_a_paid_order_gives_it_back() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let token = w.customer("demo-01").await;
    let sku = many(&w, &store).await;
    let plain = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    // Without the rule there are none, and who asks for one is told.
    assert!(quoted(&w, &plain, None).await.slots.is_empty());
    let refused = w.place(&token, &PlaceOrder { slot: Some("2026-11-29T10:00".into()), ..plain.clone() }, "key-00000001").await;
    assert_eq!(refused.refused(400, "bad_request")["field"], "slot");
    with_slots(&w, &store, 5, 5).await;
    let slot = tomorrow(&quoted(&w, &plain, None).await).remove(2);
    let quote = quoted(&w, &plain, Some(&slot)).await;
    assert!(quote.refusal.is_none() && quote.ready_text.starts_with("明天 ") && quote.ready_text.contains('–'), "{quote:?}");
    let order = PlaceOrder { slot: Some(slot.clone()), ..plain.clone() };
    let bought = w.bought(&token, &order, "key-00000002").await;
    let view: OrderView = w.get(&format!("/api/v1/orders/{bought}"), &token).await.ok();
    let clock = slot.split_once('T').unwrap().1;
    assert!(view.card.slot.as_deref().is_some_and(|s| s.contains(clock)), "{view:?}");
    assert_eq!((view.promised_text.as_deref(), view.card.promised_at), (view.card.slot.as_deref(), Some(quote.ready_by)));
    for path in [format!("/orders/{bought}"), "/orders".to_owned()] {
        let page = w.page(&path, &format!("ld_session={token}")).await;
        assert!(page.text().contains("预约") && page.text().contains(clock), "{}", page.text());
    }
    // One that is placed later and wanted sooner stands before it on the board.
    let at_once = w.bought(&token, &PlaceOrder { again: true, ..plain.clone() }, "key-00000003").await;
    let clerk = w.staff("sh01-clerk").await;
    let list: OrderList = w.get(&format!("/api/v1/stores/{store}/orders?state=preparing"), &clerk).await.ok();
    let place = |o| list.orders.iter().find(|c| c.order == o).and_then(|c| c.promised_at).unwrap();
    assert!(place(at_once) < place(bought.clone()));
    let board = w.page(&format!("/console/s/{store}"), &format!("ld_staff={clerk}")).await;
    assert!(board.text().contains("预约") && board.text().contains(clock), "{}", board.text());
    // Called off: the place is free again.
    let slots: StoreSlots = w.get(&format!("/api/v1/stores/{store}/slots"), &clerk).await.ok();
    let booked = |s: &StoreSlots| s.days.iter().flat_map(|d| &d.slots).find(|o| o.slot == slot).map(|o| (o.pickup.booked, o.delivery.booked));
    assert_eq!(booked(&slots), Some((1, 0)));
    let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/cancel"), &token, &json!({"sure": true})).await.ok();
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    let slots: StoreSlots = w.get(&format!("/api/v1/stores/{store}/slots"), &clerk).await.ok();
    assert_eq!(booked(&slots), Some((0, 0)));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_for_tomorrow_when_it_is_paid_at_night_then_it_is_taken_and_no_rider_is_called_before_his_time() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    with_slots(&w, &store, 0, 5).await;
    let token = w.customer("demo-01").await;
    let sku = many(&w, &store).await;
    let plain = w.order_for(&store, &[(sku, 2)], Fulfilment::Delivery).await;
    // Three at night: nobody is there, and slots of the day can be booked.
    w.stack.app.clock.advance(17 * Timestamp::HOUR);
    let token = if w.get("/api/v1/orders", &token).await.status.is_success() { token } else { w.customer("demo-01").await };
    let shut = quoted(&w, &plain, None).await;
    let slot = shut.slots.iter().flat_map(|d| &d.slots).find(|s| s.state.bookable()).map(|s| s.slot.clone()).expect("a slot of the day");
    let quote = quoted(&w, &plain, Some(&slot)).await;
    assert!(quote.refusal.is_none(), "{:?}", quote.refusal);
    let order = PlaceOrder { slot: Some(slot), expect_total: quote.total, ..plain };
    let bought = w.bought(&token, &order, "key-00000001").await;
    let view = w.order(&token, &bought).await;
    assert_eq!((view.card.state, view.delivery.is_none(), view.card.promised_at), (OrderState::Preparing, true, Some(quote.ready_by)));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_that_lapsed_when_it_is_paid_all_the_same_then_it_has_its_slot_again_or_says_that_it_is_anothers() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    with_slots(&w, &store, 1, 0).await;
    let sku = many(&w, &store).await;
    let (one, two) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let plain = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let slots = tomorrow(&quoted(&w, &plain, None).await);
    let late = async |slot: &str, key: &str, between: Option<&str>| -> OrderView {
        let order = PlaceOrder { slot: Some(slot.to_owned()), again: true, ..plain.clone() };
        let placed: PlacedOrder = w.place(&one, &order, key).await.ok();
        let _: Value = w.post(&format!("/api/v1/orders/{}/payment", placed.order), &one, &json!({})).await.ok();
        let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &one, &json!({})).await.ok();
        if let Some(key) = between {
            let _: PlacedOrder = w.place(&two, &order, key).await.ok();
        }
        w.sandbox(&format!("pay/{}/again", placed.order), &json!({})).await;
        w.until_order(&one, &placed.order, |o| o.card.state == OrderState::Preparing).await;
        w.order(&one, &placed.order).await
    };
    let kept = late(&slots[0], "key-00000001", None).await;
    assert!(kept.card.slot.is_some(), "{kept:?}");
    w.place(&two, &PlaceOrder { slot: Some(slots[0].clone()), ..plain.clone() }, "key-00000002").await.refused(409, "slot_full");
    let lost = late(&slots[1], "key-00000003", Some("key-00000004")).await;
    assert!(lost.card.slot.is_none() && lost.history.iter().any(|h| h.text.contains("改为尽快")), "{lost:?}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_slot_when_its_store_closes_or_widens_it_then_the_rules_the_version_and_the_scope_hold() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    with_slots(&w, &store, 4, 0).await;
    let token = w.customer("demo-01").await;
    let sku = many(&w, &store).await;
    let plain = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let slot = tomorrow(&quoted(&w, &plain, None).await).remove(1);
    let order = PlaceOrder { slot: Some(slot.clone()), again: true, ..plain.clone() };
    let _: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let (clerk, path) = (w.staff("sh01-clerk").await, format!("/api/v1/stores/{store}/slots"));
    let ask = |capacity: Option<u32>, version: u64| SetSlot {
        slot: slot.clone(),
        fulfilment: Fulfilment::Pickup,
        capacity,
        version,
        why: "下午少一人".into(),
    };
    let put = async |token: &str, path: &str, ask: &SetSlot| w.call(Method::PUT, path, token, Some(ask)).await;
    let closed: StoreSlots = put(&clerk, &path, &ask(Some(0), 0)).await.ok();
    let fill = closed.days.iter().flat_map(|d| &d.slots).find(|s| s.slot == slot).unwrap().pickup.clone();
    assert_eq!((fill.booked, fill.capacity, fill.own, fill.version), (1, 0, true, 1));
    put(&clerk, &path, &ask(Some(2), 0)).await.refused(409, "conflict");
    assert_eq!(put(&clerk, &path, &ask(Some(7), 1)).await.refused(400, "bad_request")["field"], "capacity");
    w.place(&token, &order, "key-00000002").await.refused(409, "slot_full");
    assert_eq!(state(&quoted(&w, &plain, None).await.slots, &slot), Some((SlotState::Closed, 0)));
    assert_eq!(quoted(&w, &plain, Some(&slot)).await.refusal.map(|p| p.code), Some(liandian_types::Code::SlotFull));
    let wide: StoreSlots = put(&clerk, &path, &ask(Some(6), 1)).await.ok();
    assert_eq!(wide.pickup.most, 6);
    let _: PlacedOrder = w.place(&token, &order, "key-00000003").await.ok();
    // Nobody else's store, and nobody who only looks.
    put(&clerk, "/api/v1/stores/sto_sh02/slots", &ask(Some(1), 0)).await.refused(404, "not_found");
    w.get("/api/v1/stores/sto_sh02/slots", &clerk).await.refused(404, "not_found");
    let finance = w.staff("finance").await;
    put(&finance, &path, &ask(Some(1), 2)).await.refused(403, "forbidden");
    // A slot of another store's hours, or of none, is no slot.
    for wrong in ["x".to_owned(), format!("{}07", &slot[..14]), format!("{slot}:00")] {
        let bad = PlaceOrder { slot: Some(wrong.clone()), again: true, ..plain.clone() };
        assert_eq!(w.place(&token, &bad, &format!("key-wrong-{}", wrong.len())).await.refused(400, "bad_request")["field"], "slot");
    }
    let page = w.page(&format!("/console/s/{store}/slots"), &format!("ld_staff={clerk}")).await;
    assert!(page.text().contains("2 / 6") && page.text().contains("门店调整") && page.text().contains("调整时段"), "{}", page.text());
    let told = w.page("/console/hq/audit", &format!("ld_staff={}", w.staff("admin").await)).await;
    assert!(told.text().contains("下午少一人"), "{}", told.text());
    w.assert_books().await;
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_slots_when_the_checkout_is_opened_then_its_page_has_the_choice_of_a_time() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    with_slots(&w, &store, 4, 0).await;
    let token = w.customer("demo-01").await;
    let page = w.page(&format!("/s/{store}/checkout"), &format!("ld_session={token}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("取货时间") && page.text().contains("尽快") && page.text().contains("id=\"slots\""), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_thousand_who_want_fifty_places_of_a_slot_when_each_tries_until_it_is_full_then_exactly_fifty_have_one() {
    let w = World::usual().await;
    let (store, slot): (StoreId, &str) = (id("sto_sh01"), "2026-11-29T10:00");
    let wants = |_: u32| {
        let (app, store) = (&w.stack.app, &store);
        async move {
            loop {
                let count = app.tables.slot(store, Fulfilment::Pickup, slot, true).await.unwrap();
                if count.taken() >= 50 {
                    return false;
                }
                let within = Some((50, count.plan));
                let change = SlotChange { store: store.clone(), way: Fulfilment::Pickup, slot: slot.to_owned(), orders: 1, within };
                let mut decision = Decision::default();
                decision.write(OrdersWrite::Slot(Box::new(change)));
                match app.tables.commit(Commit { decision, event_ids: Vec::new(), idempotency: None, now: app.now(), luck: 0 }).await {
                    Ok(()) => return true,
                    Err(e) => assert!(worth_another_try(&e), "{e}"),
                }
            }
        }
    };
    let had: Vec<bool> = futures::stream::iter(0..1_000).map(wants).buffer_unordered(100).collect().await;
    assert_eq!(had.iter().filter(|had| **had).count(), 50);
    let count = w.stack.app.tables.slot(&store, Fulfilment::Pickup, slot, true).await.unwrap();
    assert_eq!((count.booked, count.own()), (50, None));
    w.stack.stop().await;
}
