//! Warehouses: HQ makes and closes them, the store that keeps one edits it, and what is closed sends nothing.

use liandian_tests::{Answer, World, id};
use liandian_types::{
    LocationId, StoreId,
    api::{TransferCard, WarehouseDraft, WarehouseList, WarehouseView},
};
use reqwest::Method;
use serde_json::json;

const HQ: &str = "/api/v1/hq/warehouses";
const FRONT: &str = "loc_wh-front-sh01";

fn draft() -> WarehouseDraft {
    WarehouseDraft {
        name: "新天地前置仓".into(),
        kind: "front".into(),
        address: "马当路 245 号".into(),
        lat: "31.2190".into(),
        lng: "121.4740".into(),
        keeper: id("sto_sh01"),
        keepers: vec![id("stf_sh01-manager")],
    }
}

async fn put(w: &World, path: &str, token: &str, draft: &WarehouseDraft, version: u64) -> Answer {
    w.call(Method::PUT, path, token, Some(&json!({"draft": draft, "version": version}))).await
}

async fn sends(w: &World, store: &str) -> Vec<LocationId> {
    let sources = w.stack.app.tables.sources_of(&id::<StoreId>(store)).await.unwrap();
    sources.into_iter().map(|(l, _)| l).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hq_makes_a_warehouse_when_it_is_closed_again_then_it_sends_only_in_between() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let path = format!("{HQ}/loc_wh-xtd");
    let made: WarehouseView = put(&w, &path, &admin, &draft(), 0).await.ok();
    assert_eq!((made.row.version, made.row.keeper_names.len(), made.on_hand), (1, 1, 0));
    // Its history names stores and people, not their ids.
    let said = |title: &str| made.changes[0].fields.iter().find(|f| f.field == title).map(|f| f.new.clone()).unwrap();
    assert_eq!((said("负责门店"), said("库管")), (made.row.keeper_name.clone(), made.row.keeper_names[0].clone()));
    assert!(made.changes[0].created && made.changes[0].by_name.is_some());
    assert!(sends(&w, "sto_sh02").await.contains(&id("loc_wh-xtd")));
    put(&w, &path, &admin, &draft(), 0).await.refused(409, "conflict");
    // Goods come in; while they lie there it stays open.
    let manager = w.staff("sh01-manager").await;
    let sku = w.sku_with(&id("sto_sh01"), 5, 500).await;
    let goods = json!({"location": "loc_wh-xtd", "kind": "receipt", "lines": [{"sku": sku, "quantity": 3}]});
    let taken = w.post_once("/api/v1/stores/sto_sh01/stock/receipts", &manager, "wh-receipt-0001", &goods).await;
    assert!(taken.status.is_success(), "{}", taken.json);
    let close = |version: u64, why: &str| json!({"version": version, "why": why});
    w.post(&format!("{path}/close"), &admin, &close(1, "租约到期")).await.refused(409, "conflict");
    let view: WarehouseView = w.get(&path, &admin).await.ok();
    assert_eq!((view.skus, view.on_hand), (1, 3));
    // One to which goods were promised stays open, though nothing of them is seen there yet.
    let waits = format!("{HQ}/loc_wh-waits");
    put(&w, &waits, &admin, &WarehouseDraft { name: "待货仓".into(), ..draft() }, 0).await.ok::<WarehouseView>();
    let direct = json!({"source": "loc_sh01", "target": "loc_wh-waits", "lines": [{"sku": sku, "quantity": 1}]});
    let moved: TransferCard = w.post_once("/api/v1/hq/transfers", &admin, "wh-direct-0001", &direct).await.ok();
    w.post(&format!("{waits}/close"), &admin, &close(1, "租约到期")).await.refused(409, "conflict");
    let gives_up = WarehouseDraft { name: "待货仓".into(), keeper: id("sto_sh02"), keepers: vec![], ..draft() };
    put(&w, &waits, &admin, &gives_up, 1).await.refused(409, "conflict");
    let recall = json!({"step": "cancel", "reason": "改送别处"});
    let over = w.post(&format!("/api/v1/hq/transfers/{}/steps", moved.transfer), &admin, &recall).await;
    assert!(over.status.is_success(), "{}", over.json);
    w.post(&format!("{waits}/close"), &admin, &close(1, "租约到期")).await.ok::<WarehouseView>();
    // One without goods closes, once, with a reason.
    let empty = format!("{HQ}/loc_wh-empty");
    let other = WarehouseDraft { name: "空仓".into(), ..draft() };
    put(&w, &empty, &admin, &other, 0).await.ok::<WarehouseView>();
    assert_eq!(w.post(&format!("{empty}/close"), &admin, &close(1, " ")).await.refused(400, "bad_request")["field"], "why");
    w.post(&format!("{empty}/close"), &admin, &close(0, "租约到期")).await.refused(409, "conflict");
    w.post(&format!("{empty}/close"), &manager, &close(1, "租约到期")).await.refused(403, "forbidden");
    let closed: WarehouseView = w.post(&format!("{empty}/close"), &admin, &close(1, "租约到期")).await.ok();
    assert!(!closed.row.closed.is_empty() && closed.changes[0].why == "租约到期");
    assert!(!sends(&w, "sto_sh02").await.contains(&id("loc_wh-empty")));
    put(&w, &empty, &admin, &other, 2).await.refused(409, "conflict");
    let all: WarehouseList = w.get(HQ, &admin).await.ok();
    assert!(all.warehouses.iter().any(|l| l.location.as_str() == "loc_wh-empty" && !l.closed.is_empty()));
    assert!(all.warehouses.is_sorted_by_key(|l| !l.closed.is_empty()), "the closed ones stand last");
    let page = w.page("/console/hq/warehouses", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("新天地前置仓") && page.text().contains("已关闭"), "{}", page.text());
    // Its history is where all of HQ's is.
    let audit = w.get("/api/v1/hq/audit?entity=loc_wh-xtd", &admin).await;
    assert!(audit.status.is_success() && audit.json.to_string().contains("新建了仓库"), "{}", audit.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_when_it_edits_warehouses_then_those_that_it_keeps_and_what_it_knows() {
    let w = World::usual().await;
    let (ours, theirs, clerk) = (w.staff("sh01-manager").await, w.staff("sh02-manager").await, w.staff("sh01-clerk").await);
    let (own, path) = ("/api/v1/stores/sto_sh01/warehouses", format!("/api/v1/stores/sto_sh01/warehouses/{FRONT}"));
    let list: WarehouseList = w.get(own, &ours).await.ok();
    assert!(list.warehouses.iter().any(|r| r.location.as_str() == FRONT) && list.warehouses.iter().all(|r| r.draft.keeper.as_str() == "sto_sh01"));
    let was: WarehouseView = w.get(&path, &ours).await.ok();
    let next = WarehouseDraft { address: "愚园路 68 号地下一层".into(), keepers: vec![id("stf_sh01-manager")], ..was.row.draft.clone() };
    let saved: WarehouseView = put(&w, &path, &ours, &next, was.row.version).await.ok();
    assert_eq!((saved.row.draft.address.as_str(), saved.row.version), ("愚园路 68 号地下一层", was.row.version + 1));
    assert!(saved.changes[0].fields.iter().any(|f| f.field == "地址" && f.new == "愚园路 68 号地下一层"));
    // Nothing new writes nothing; an old version is refused.
    let same: WarehouseView = put(&w, &path, &ours, &next, saved.row.version).await.ok();
    assert_eq!((same.row.version, same.changes.len()), (saved.row.version, saved.changes.len()));
    put(&w, &path, &ours, &WarehouseDraft { name: "别的名称".into(), ..next.clone() }, was.row.version).await.refused(409, "conflict");
    // What is HQ's to say, and what is not the store's.
    let field = |answer: Answer| answer.refused(400, "bad_request")["field"].as_str().unwrap_or_default().to_owned();
    let v = saved.row.version;
    assert_eq!(field(put(&w, &path, &ours, &WarehouseDraft { keeper: id("sto_sh02"), keepers: vec![], ..next.clone() }, v).await), "keeper");
    assert_eq!(field(put(&w, &path, &ours, &WarehouseDraft { lat: "31.5".into(), ..next.clone() }, v).await), "keeper");
    assert_eq!(field(put(&w, &path, &ours, &WarehouseDraft { keepers: vec![id("stf_sh02-manager")], ..next.clone() }, v).await), "keepers");
    assert_eq!(field(put(&w, &path, &ours, &WarehouseDraft { address: " ".into(), ..next.clone() }, v).await), "address");
    put(&w, &format!("{own}/loc_wh-sh"), &ours, &next, 0).await.refused(404, "not_found");
    put(&w, &format!("{own}/loc_wh-front-sh02"), &ours, &next, 0).await.refused(404, "not_found");
    w.get(&format!("{own}/loc_wh-front-sh02"), &ours).await.refused(404, "not_found");
    put(&w, &path, &theirs, &next, v).await.refused(404, "not_found");
    put(&w, &path, &clerk, &next, v).await.refused(403, "forbidden");
    put(&w, &format!("{HQ}/{FRONT}"), &ours, &next, v).await.refused(403, "forbidden");
    // A clerk reads who keeps it; there is no form.
    let page = w.page(&format!("/console/s/sto_sh01/warehouses/{FRONT}"), &format!("ld_staff={clerk}")).await;
    assert!(page.status == 200 && page.text().contains("愚园路 68 号地下一层") && !page.text().contains("仓库资料"), "{}", page.text());
    let page = w.page(&format!("/console/s/sto_sh01/warehouses/{FRONT}"), &format!("ld_staff={ours}")).await;
    assert!(page.text().contains("仓库资料") && !page.text().contains("关闭仓库"));
    assert_eq!(w.page(&format!("/console/s/sto_sh02/warehouses/{FRONT}"), &format!("ld_staff={ours}")).await.status, 404);
}
