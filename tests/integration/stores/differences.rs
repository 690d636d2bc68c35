//! What a store does otherwise than HQ says, as a list; and the map of stores, which is looked into.

use liandian_tests::World;
use liandian_types::api::StoreDifferences;

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_with_words_of_its_own_when_its_differences_are_listed_then_they_are_there_and_a_foreign_stores_are_not() {
    let w = World::usual().await;
    let (admin, ours, theirs) = (w.staff("admin").await, w.staff("hz08-manager").await, w.staff("sh01-manager").await);
    let path = "/api/v1/stores/sto_hz08/differences";
    let all: StoreDifferences = w.get(path, &ours).await.ok();
    assert_eq!(all.store.as_str(), "sto_hz08");
    assert!(all.goods.iter().any(|g| g.fields.iter().any(|f| f == "名称")), "{all:?}");
    assert_eq!(usize::try_from(all.total).unwrap(), all.goods.len());
    assert!(all.goods.is_sorted_by_key(|g| g.name.clone()));
    assert!(all.rules.iter().all(|r| r.hq != r.here), "{all:?}");
    w.get(path, &theirs).await.refused(404, "not_found");
    w.get("/api/v1/stores/sto_none/differences", &admin).await.refused(404, "not_found");
    // The same on a page of the store's and on one of HQ's, which lead there from the store's own page.
    for (page, who) in [("/console/s/sto_hz08/differences", &ours), ("/console/hq/stores/sto_hz08/differences", &admin)] {
        let shown = w.page(page, &format!("ld_staff={who}")).await;
        assert!(shown.status == 200 && shown.text().contains("与总部的不同") && shown.text().contains("门店自定"), "{page}: {}", shown.text());
    }
    // Who may not set a listing is led to none.
    let clerk = w.page("/console/s/sto_hz08/differences", &format!("ld_staff={}", w.staff("hz08-clerk").await)).await;
    assert!(clerk.status == 200 && clerk.text().contains("门店自定") && !clerk.text().contains("/listings/sku_"), "{}", clerk.text());
    let store = w.page("/console/hq/stores/sto_hz08", &format!("ld_staff={admin}")).await;
    assert!(store.text().contains("/console/hq/stores/sto_hz08/differences"));
    assert_eq!(w.page("/console/s/sto_hz08/differences", &format!("ld_staff={theirs}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_map_of_stores_when_looked_into_then_it_shows_that_part_and_the_way_back() {
    let w = World::usual().await;
    let admin = format!("ld_staff={}", w.staff("admin").await);
    let far = w.page("/console/hq/stores", &admin).await;
    assert!(far.text().contains("一个圆是一个城市") && !far.text().contains("‹ 全部门店"));
    let near = w.page("/console/hq/stores?map=30.9,121.2,31.4,121.8", &admin).await;
    assert!(near.status == 200 && near.text().contains("‹ 全部门店") && near.text().contains("<details open class=\"fold\""), "{}", near.text());
    let nowhere = w.page("/console/hq/stores?map=1,1,2,2", &admin).await;
    assert!(nowhere.text().contains("这个范围内没有门店"));
    // Columns of the library are chosen by the address, and what is hidden is still offered.
    let library = w.page("/console/hq/products?hide=brand.floor", &admin).await;
    let heads = library.text().split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
    assert!(!heads.contains("品牌") && !heads.contains("最低售价") && heads.contains("建议售价"), "{heads}");
    assert!(library.text().contains("☐ 品牌") && library.text().contains("☑ 状态"));
}
