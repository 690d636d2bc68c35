//! Losses, adjustments and returns above the chain's policy: kept until a second person has decided.

use liandian_tests::{Answer, World, id};
use liandian_types::{
    ClaimState, MovementKind, StoreId,
    api::{ClaimCard, ClaimList, Exceptions, MovementList, Recorded},
};
use serde_json::{Value, json};

fn loss(sku: &liandian_types::SkuId, quantity: i64) -> Value {
    json!({"kind": "loss", "reason": "过期", "lines": [{"sku": sku, "quantity": quantity}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn given_more_than_one_person_may_write_off_when_told_then_the_shelf_waits_for_a_second_person_and_changes_once() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    w.let_alone(liandian_types::Fen(20_000)).await;
    let sku = w.sku_with(&store, 12, 500).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let (clerk, manager, admin) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await, w.staff("admin").await);
    let base = format!("/api/v1/stores/{store}/stock");
    let tell = async |token: &str, key: &str, body: Value| -> Answer { w.post_once(&format!("{base}/adjustments"), token, key, &body).await };

    // Within the policy it happens at once; above it the document is kept, told twice once.
    let one: Recorded = tell(&manager, "loss-000001", loss(&sku, 1)).await.ok();
    assert!(one.movement.is_some() && one.claim.is_none());
    let kept: Recorded = tell(&manager, "loss-000002", loss(&sku, 9)).await.ok();
    let again: Recorded = tell(&manager, "loss-000002", loss(&sku, 9)).await.ok();
    assert_eq!(kept, again);
    let claim = kept.claim.expect("it waits");
    assert!(kept.movement.is_none());
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 1, "nothing has left yet");
    let refused = tell(&manager, "loss-000003", loss(&sku, before.on_hand + 1)).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("盘点"), "{refused}");

    // Who, what, what it costs and why: for the manager and for HQ. Nobody else's store.
    let list: ClaimList = w.get(&format!("{base}/claims"), &admin).await.ok();
    let card = list.waiting.iter().find(|c| c.claim == claim).unwrap();
    let library = w.stack.app.tables.library().await.unwrap();
    let price = library.iter().find(|s| s.sku == sku).unwrap().price;
    assert_eq!((card.units, card.value.0, card.reason.as_deref(), card.decides), (9, price.0 * 9, Some("过期"), true));
    assert!(!card.by_name.is_empty() && card.lines[0].on_hand == before.on_hand - 1, "{card:?}");
    let own: ClaimList = w.get(&format!("{base}/claims"), &manager).await.ok();
    assert!(own.waiting.iter().all(|c| !c.decides), "not one's own");
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &admin).await.ok();
    assert!(seen.claims.iter().any(|c| c.claim == claim));
    let blind: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("marketing").await).await.ok();
    assert!(blind.claims.is_empty());
    w.get(&format!("{base}/claims"), &clerk).await.refused(403, "forbidden");

    let path = format!("{base}/claims/{claim}/decision");
    let approve = json!({"approve": true});
    w.post(&path, &clerk, &approve).await.refused(403, "forbidden");
    w.post(&path, &manager, &approve).await.refused(403, "forbidden");
    w.post(&path.replace("sto_sh01", "sto_sh02"), &w.staff("sh02-manager").await, &approve).await.refused(404, "not_found");
    w.post(&path, &w.staff("sh02-manager").await, &approve).await.refused(404, "not_found");
    w.post(&path, &w.staff("auditor").await, &approve).await.refused(403, "forbidden");
    w.post(&path, &admin, &json!({"approve": false})).await.refused(400, "bad_request");
    let (first, second) = futures::join!(w.post(&path, &admin, &approve), w.post(&path, &admin, &approve));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "once");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 10);
    let papers: MovementList = w.get(&format!("{base}/movements"), &manager).await.ok();
    let paper = &papers.movements[0];
    assert!(paper.kind == MovementKind::Loss && paper.lines[0].on_hand == -9, "{paper:?}");
    assert!(paper.actor.is_some() && paper.approved_by.is_some() && paper.actor != paper.approved_by, "{paper:?}");
    let list: ClaimList = w.get(&format!("{base}/claims"), &admin).await.ok();
    assert!(list.waiting.is_empty() && list.decided[0].state == ClaimState::Approved && list.decided[0].decided_name.is_some());

    // What is gone meanwhile cannot be written off any more; rejecting it needs a reason.
    let kept: Recorded = tell(&manager, "loss-000004", loss(&sku, before.on_hand - 10)).await.ok();
    let path = format!("{base}/claims/{}/decision", kept.claim.unwrap());
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": 1}]}]});
    assert!(w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.status.is_success());
    w.post(&path, &admin, &approve).await.refused(409, "conflict");
    let back: ClaimCard = w.post(&path, &admin, &json!({"approve": false, "reason": "请先盘点"})).await.ok();
    assert_eq!((back.state, back.answer.as_deref()), (ClaimState::Rejected, Some("请先盘点")));
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 11);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_many_small_losses_and_a_large_return_when_told_by_one_person_then_those_above_the_policy_wait_as_well() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let library = w.stack.app.tables.library().await.unwrap();
    let skus = w.skus_with(&store, 12, 500, 12).await;
    let price = |sku: &liandian_types::SkuId| library.iter().find(|s| s.sku == *sku).unwrap().price.0;
    let limit = w.stack.app.tables.policies().await.unwrap().count.value.0;
    let base = format!("/api/v1/stores/{store}/stock");
    // One unit at a time, until the day's worth is used up.
    let mut alone = 0;
    for n in 0..60 {
        let sku = &skus[n % skus.len()];
        let told: Recorded = w.post_once(&format!("{base}/adjustments"), &manager, &format!("loss-0000{n:02}"), &loss(sku, 1)).await.ok();
        let fits = alone + price(sku) <= limit;
        assert_eq!((told.movement.is_some(), told.claim.is_none()), (fits, fits), "{alone} of {limit}, and {}", price(sku));
        if !fits {
            break;
        }
        alone += price(sku);
        assert!(n < 59, "the day's worth is never used up");
    }
    // A clerk takes goods back: two at once, three are a second person's matter.
    let cheap = skus.iter().min_by_key(|s| price(s)).unwrap();
    let back = |n: i64| json!({"kind": "return", "lines": [{"sku": cheap, "quantity": n}]});
    let there = w.stock(&store.shelf(), cheap).await.on_hand;
    let kept: Recorded = w.post_once(&format!("{base}/receipts"), &clerk, "return-00003", &back(3)).await.ok();
    assert!(kept.movement.is_none() && w.stock(&store.shelf(), cheap).await.on_hand == there);
    // Nobody has to ask for what a supplier delivers.
    let receipt = json!({"kind": "receipt", "lines": [{"sku": cheap, "quantity": 30}]});
    let told: Recorded = w.post_once(&format!("{base}/receipts"), &clerk, "receipt-0001", &receipt).await.ok();
    assert!(told.claim.is_none());
    let path = format!("{base}/claims/{}/decision", kept.claim.unwrap());
    let done: ClaimCard = w.post(&path, &manager, &json!({"approve": true})).await.ok();
    assert_eq!((done.state, w.stock(&store.shelf(), cheap).await.on_hand), (ClaimState::Approved, there + 33));
    w.assert_books().await;
    w.stack.stop().await;
}
