//! HQ's library from its rows to pages: saved whole, without lost updates, seen at once by the store's page, quote and order.

use liandian_tests::World;
use liandian_types::{
    Fen, Fulfilment, ProductStatus, SkuId, StoreId,
    api::{
        LibraryBrands, LibraryCategories, LibraryHistory, LibraryPage, LibraryProduct, ListingPage, PlacedOrder, ProductPage, ProductsBulk,
        ProductsBulkDone, SetProductStatus, StoreHome,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

const PRODUCTS: &str = "/api/v1/hq/products";

async fn product(w: &World, token: &str, spu: &str) -> LibraryProduct {
    w.get(&format!("{PRODUCTS}/{spu}"), token).await.ok()
}

async fn put(w: &World, token: &str, p: &LibraryProduct) -> liandian_tests::Answer {
    w.call(Method::PUT, &format!("{PRODUCTS}/{}", p.spu), token, Some(p)).await
}

/// A SKU that the store sells, at HQ's price, with its product.
async fn sold(w: &World, token: &str, store: &StoreId) -> (SkuId, LibraryProduct) {
    for sku in w.skus_with(store, 5, 500, 20).await {
        let library = w.stack.app.tables.library_sku(&sku).await.unwrap().unwrap();
        let page: ProductPage = w.get(&format!("/api/v1/stores/{store}/listings/{sku}"), "").await.ok();
        if page.skus.iter().any(|s| s.sku == sku && s.price == library.price) {
            return (sku, product(w, token, library.spu.as_str()).await);
        }
    }
    panic!("{store} sells nothing at HQ's price");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_sku_when_hq_changes_its_price_and_floor_then_the_stores_page_quote_and_order_have_them_at_once() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let store: StoreId = "sto_sh01".parse().unwrap();
    let (sku, seen) = sold(&w, &merch, &store).await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let mut next = seen.clone();
    let edited = next.skus.iter_mut().find(|s| s.sku == sku).unwrap();
    edited.price = Fen(edited.price.0 + 730);
    edited.floor = edited.price;
    let price = edited.price;
    let saved: LibraryProduct = put(&w, &merch, &next).await.ok();
    assert_eq!(saved, LibraryProduct { version: seen.version + 1, ..next });

    let page: ProductPage = w.get(&format!("/api/v1/stores/{store}/listings/{sku}"), "").await.ok();
    assert_eq!(page.skus.iter().find(|s| s.sku == sku).unwrap().price, price);
    let html = w.page(&format!("/s/{store}/p/{sku}"), "").await;
    assert!(html.text().contains(&price.yuan()), "{} {}", price.yuan(), html.text());
    assert_eq!(w.quote(&store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await.lines[0].price, price);
    // Who saw the old price is told; who saw the new one pays it.
    let customer = w.customer("demo-01").await;
    w.place(&customer, &order, "key-old-price").await.refused(409, "price_changed");
    let now = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&customer, &now, "key-new-price").await.ok();
    assert_eq!(w.order(&customer, &placed.order).await.lines[0].price, price);

    // Off the sale: nobody can buy it, and what lies on the shelf keeps its name.
    let off = SetProductStatus { status: ProductStatus::Off, version: saved.version };
    let off: LibraryProduct = w.post(&format!("{PRODUCTS}/{}/status", saved.spu), &merch, &off).await.ok();
    assert_eq!((off.status, off.version), (ProductStatus::Off, saved.version + 1));
    assert_eq!(w.get(&format!("/api/v1/stores/{store}/listings/{sku}"), "").await.status, 404);
    w.place(&customer, &now, "key-off-sale").await.refused(409, "not_listed");
    let stock: Value = w.get(&format!("/api/v1/stores/{store}/stock?q={sku}"), &w.staff("sh01-clerk").await).await.ok();
    assert!(stock.to_string().contains(&saved.name), "{stock}");

    let history: LibraryHistory = w.get(&format!("{PRODUCTS}/{}/history", saved.spu), &merch).await.ok();
    let [status, prices] = &history.changes[..] else { panic!("{history:?}") };
    assert_eq!(status.fields.iter().map(|f| (f.field.as_str(), f.old.as_str(), f.new.as_str())).collect::<Vec<_>>(), [("status", "在售", "下架")]);
    assert!(prices.by_name.is_some() && prices.fields.iter().any(|f| f.field == format!("skus.{sku}.price") && f.new == price.yuan()), "{prices:?}");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_editors_wrong_fields_and_other_roles_when_products_are_saved_then_each_is_told_what_is_wrong_and_nothing_is_lost() {
    let w = World::usual().await;
    let (merch, marketing, clerk) = (w.staff("merch").await, w.staff("marketing").await, w.staff("sh01-clerk").await);
    let seen = product(&w, &merch, "spu_milk-fresh").await;
    let first: LibraryProduct = put(&w, &merch, &LibraryProduct { origin: "内蒙古".into(), ..seen.clone() }).await.ok();
    put(&w, &merch, &LibraryProduct { rank: 7, ..seen.clone() }).await.refused(409, "conflict");
    let (one, other) = (LibraryProduct { rank: 8, ..first.clone() }, LibraryProduct { rank: 9, ..first.clone() });
    let (one, other) = futures::join!(put(&w, &merch, &one), put(&w, &merch, &other));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409], "at the same moment, too");

    let now = product(&w, &merch, "spu_milk-fresh").await;
    assert_eq!(put(&w, &merch, &now).await.ok::<LibraryProduct>(), now, "what changes nothing is no change");
    let field = async |change: &dyn Fn(&mut LibraryProduct)| {
        let mut p = now.clone();
        change(&mut p);
        put(&w, &merch, &p).await.refused(400, "bad_request")["field"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(field(&|p| p.name.clear()).await, "name");
    assert_eq!(field(&|p| p.category = "none".into()).await, "category");
    assert_eq!(field(&|p| p.skus[0].floor = Fen(p.skus[0].price.0 + 1)).await, "skus[0].floor");
    assert_eq!(field(&|p| p.skus[0].barcodes = vec!["6901234567893".into()]).await, "skus[0].barcodes[0]");
    assert_eq!(field(&|p| p.name = "牛\u{202e}奶".into()).await, "name");
    let lines = LibraryProduct { description: "第一行\n第二行".into(), ..now.clone() };
    let lines: LibraryProduct = put(&w, &merch, &lines).await.ok();
    assert_eq!(lines.description, "第一行\n第二行");
    // Not another's code, not an address that says something else, not without its SKUs.
    let mut stolen = lines.clone();
    stolen.skus.push(liandian_types::api::LibrarySkuEdit { sku: "sku_banana".parse().unwrap(), spec: "香蕉".into(), ..lines.skus[0].clone() });
    stolen.skus.last_mut().unwrap().barcodes.clear();
    let refused = put(&w, &merch, &stolen).await.refused(409, "conflict");
    assert_eq!(refused["field"].as_str(), Some(format!("skus[{}].sku", lines.skus.len()).as_str()), "{refused}");
    let elsewhere = w.call(Method::PUT, &format!("{PRODUCTS}/spu_banana"), &merch, Some(&lines)).await;
    assert_eq!(elsewhere.refused(400, "bad_request")["field"], "spu");
    put(&w, &merch, &LibraryProduct { skus: Vec::new(), ..lines.clone() }).await.refused(409, "conflict");
    put(&w, &merch, &LibraryProduct { version: 0, ..lines.clone() }).await.refused(409, "conflict");

    // Who may look looks; who may not does not.
    put(&w, &marketing, &lines).await.refused(403, "forbidden");
    assert_eq!(w.get(&format!("{PRODUCTS}/spu_milk-fresh"), &marketing).await.status, 200);
    w.get(PRODUCTS, &clerk).await.refused(403, "forbidden");
    w.get(&format!("{PRODUCTS}/spu_none"), &merch).await.refused(404, "not_found");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_new_product_when_made_as_a_draft_and_put_on_sale_then_it_is_in_the_library_only_then() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let draft = json!({"spu": "spu_new-tea", "name": "桂花乌龙", "category": "tea", "brand": "liancha", "version": 0,
                       "skus": [{"sku": "sku_new-tea", "spec": "大杯", "price": 1500, "floor": 1200, "barcodes": ["6901234567892"]}]});
    let made: LibraryProduct = w.call(Method::PUT, &format!("{PRODUCTS}/spu_new-tea"), &merch, Some(&draft)).await.ok();
    assert_eq!((made.version, made.status), (1, ProductStatus::Draft));
    let sku: SkuId = "sku_new-tea".parse().unwrap();
    let listed = async || w.stack.app.tables.library().await.unwrap().iter().any(|s| s.sku == sku);
    assert!(!listed().await);
    let to = |status, version| SetProductStatus { status, version };
    let path = format!("{PRODUCTS}/spu_new-tea/status");
    let lacks = w.post(&path, &merch, &to(ProductStatus::On, 1)).await.refused(400, "bad_request");
    assert_eq!(lacks["field"], "images");
    let image = json!([{"file": "/pictures/tea-oolong-800.webp", "kind": "webp"}]);
    let mut with_picture = serde_json::to_value(&made).unwrap();
    with_picture["images"] = image;
    let made: LibraryProduct = w.call(Method::PUT, &format!("{PRODUCTS}/spu_new-tea"), &merch, Some(&with_picture)).await.ok();
    let on: LibraryProduct = w.post(&path, &merch, &to(ProductStatus::On, made.version)).await.ok();
    assert!(listed().await && on.status == ProductStatus::On);
    w.post(&path, &merch, &to(ProductStatus::Retired, on.version)).await.refused(409, "conflict");
    // Another product cannot have its code, not even as a draft.
    let mut twin = draft.clone();
    twin["spu"] = json!("spu_new-twin");
    w.call(Method::PUT, &format!("{PRODUCTS}/spu_new-twin"), &merch, Some(&twin)).await.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_library_when_filtered_and_changed_together_then_each_product_is_answered_for() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let list = async |query: &str| w.get(&format!("{PRODUCTS}?{query}"), &merch).await.ok::<LibraryPage>();
    let names = |page: &LibraryPage| page.products.iter().map(|p| p.spu.to_string()).collect::<Vec<_>>();
    // Every product once, page by page.
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(&cursor).await;
        all.extend(names(&page));
        let Some(next) = page.next else { break };
        cursor = format!("cursor={next}");
    }
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(all.len() > 250 && unique.len() == all.len(), "{}", all.len());
    assert_eq!(names(&list("status=draft").await), ["spu_coffee-coldbrew"]);
    assert_eq!(names(&list("status=retired").await), ["spu_soda-salt"]);
    assert!(list("category=drinks").await.products.iter().any(|p| p.spu.as_str() == "spu_coffee-coldbrew"), "what lies below is in it");
    assert!(names(&list("q=%E7%89%9B%E5%A5%B6&brand=yunpan&flagship=true").await).contains(&"spu_milk-fresh".to_owned()));
    w.get(&format!("{PRODUCTS}?status=none"), &merch).await.refused(400, "bad_request");
    w.get(&format!("{PRODUCTS}?cursor=none"), &merch).await.refused(400, "bad_cursor");

    let bulk = |products: &[&str]| ProductsBulk {
        products: products.iter().map(|p| p.parse().unwrap()).collect(),
        status: None,
        flagship: None,
        category: None,
        price_percent: None,
        dry: false,
        seen: Vec::new(),
    };
    let post = async |b: &ProductsBulk| w.post(&format!("{PRODUCTS}/bulk"), &merch, b).await;
    let off = ProductsBulk { status: Some(ProductStatus::Off), ..bulk(&["spu_banana", "spu_soda-salt", "spu_none"]) };
    let done: ProductsBulkDone = post(&off).await.ok();
    assert_eq!(done.results.iter().map(|r| r.done).collect::<Vec<_>>(), [true, false, false], "{done:?}");
    assert_eq!(product(&w, &merch, "spu_banana").await.status, ProductStatus::Off);
    // Prices by percent: first what would become of them, then that.
    let before = product(&w, &merch, "spu_milk-fresh").await;
    let dearer = ProductsBulk { price_percent: Some(10), dry: true, ..bulk(&["spu_milk-fresh", "spu_none"]) };
    let told: ProductsBulkDone = post(&dearer).await.ok();
    assert!(told.results[0].done && !told.results[0].changes.is_empty() && told.results[1].why.is_some(), "{told:?}");
    assert_eq!(product(&w, &merch, "spu_milk-fresh").await, before, "nothing was changed");
    let sure = ProductsBulk { dry: false, ..dearer };
    assert_eq!(post(&sure).await.refused(400, "bad_request")["field"], "seen", "by percent, and nobody has seen of what");
    assert_eq!(post(&ProductsBulk { seen: vec![1], ..sure.clone() }).await.refused(400, "bad_request")["field"], "seen", "one of two");
    let sure = ProductsBulk { seen: vec![told.results[0].version.unwrap(), 0], ..sure };
    let done: ProductsBulkDone = post(&sure).await.ok();
    assert!(done.results[0].done);
    // Who did not hear the answer asks again: prices rise once.
    let again: ProductsBulkDone = post(&sure).await.ok();
    assert!(again.results.iter().all(|r| !r.done && r.why.is_some()), "{again:?}");
    let after = product(&w, &merch, "spu_milk-fresh").await;
    assert!(after.skus.iter().zip(&before.skus).all(|(a, b)| a.price.0 == (b.price.0 * 110 + 50) / 100), "{after:?}");
    for percent in [0, -51, 101] {
        let asked = ProductsBulk { price_percent: Some(percent), dry: true, ..bulk(&["spu_milk-fresh"]) };
        let wrong: ProductsBulkDone = post(&asked).await.ok();
        assert!(!wrong.results[0].done, "{percent}");
    }
    post(&ProductsBulk { flagship: Some(true), price_percent: Some(5), ..bulk(&["spu_milk-fresh"]) }).await.refused(400, "bad_request");
    post(&bulk(&["spu_banana"])).await.refused(400, "bad_request");
    post(&ProductsBulk { flagship: Some(true), ..bulk(&[]) }).await.refused(400, "bad_request");
    let many: Vec<String> = (0..51).map(|i| format!("spu_{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    post(&ProductsBulk { flagship: Some(true), ..bulk(&many) }).await.refused(400, "bad_request");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_categories_and_brands_when_set_then_those_with_goods_stay_and_a_lost_update_is_a_conflict() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let (path, brands_path) = ("/api/v1/hq/categories", "/api/v1/hq/brands");
    let seen: LibraryCategories = w.get(path, &merch).await.ok();
    assert!(seen.categories.iter().any(|c| c.key == "cold-brew" && c.parent.as_deref() == Some("ready-coffee")));
    let without = |key: &str| {
        let categories = seen.categories.iter().filter(|c| c.key != key).cloned().collect();
        LibraryCategories { categories, version: seen.version }
    };
    let set = async |c: &LibraryCategories| w.call(Method::PUT, path, &merch, Some(c)).await;
    set(&without("cold-brew")).await.refused(409, "conflict");
    set(&without("drinks")).await.refused(400, "bad_request");
    let now: LibraryCategories = set(&without("imported-snacks")).await.ok();
    assert_eq!((now.version, now.categories.len()), (seen.version + 1, seen.categories.len() - 1));
    set(&seen).await.refused(409, "conflict");
    let history: LibraryHistory = w.get(&format!("{path}/history"), &merch).await.ok();
    assert_eq!(history.changes[0].fields[0].field, "imported-snacks");
    // Another name reaches the rows of its goods, and a store's own page.
    let mut renamed = now.clone();
    renamed.categories.iter_mut().find(|c| c.key == "dairy").unwrap().name = "乳品与冰品".into();
    let _: LibraryCategories = set(&renamed).await.ok();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let sku: SkuId = w.stack.app.tables.library().await.unwrap().iter().find(|s| s.category == "dairy").unwrap().sku.clone();
    while w.stack.app.tables.library_sku(&sku).await.unwrap().unwrap().category_name != "乳品与冰品" {
        assert!(std::time::Instant::now() < until, "the rows kept the old name");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    loop {
        let home: StoreHome = w.get("/api/v1/stores/sto_sh01/home", "").await.ok();
        if home.categories.iter().any(|c| c.key == "dairy" && c.name == "乳品与冰品") {
            break;
        }
        assert!(std::time::Instant::now() < until, "the store kept the old name: {:?}", home.categories);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    let seen: LibraryBrands = w.get(brands_path, &merch).await.ok();
    let fewer = LibraryBrands { brands: seen.brands.iter().filter(|b| b.key != "yunpan").cloned().collect(), ..seen.clone() };
    w.call(Method::PUT, brands_path, &merch, Some(&fewer)).await.refused(409, "conflict");
    let mut more = seen.clone();
    more.brands.push(liandian_types::api::LibraryBrand { key: "new-brand".into(), name: "新牌子".into(), logo: String::new() });
    let now: LibraryBrands = w.call(Method::PUT, brands_path, &merch, Some(&more)).await.ok();
    assert_eq!((now.version, now.brands.len()), (seen.version + 1, seen.brands.len() + 1));
    w.call(Method::PUT, brands_path, &w.staff("marketing").await, Some(&now)).await.refused(403, "forbidden");
    // So many are within the limit, and are more than other bodies may hold.
    let mut many = now.clone();
    many.brands.extend((0..1_500).map(|i| liandian_types::api::LibraryBrand {
        key: format!("brand-{i}"),
        name: format!("试验牌子{i}"),
        logo: String::new(),
    }));
    let now: LibraryBrands = w.call(Method::PUT, brands_path, &merch, Some(&many)).await.ok();
    assert_eq!(now.brands.len(), many.brands.len());
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_a_store_lists_when_hq_moves_them_to_another_category_then_the_store_has_them_there_and_there_only() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let store: StoreId = "sto_sh01".parse().unwrap();
    let (sku, seen) = sold(&w, &merch, &store).await;
    let to = if seen.category == "snacks" { "drinks" } else { "snacks" };
    let _: LibraryProduct = put(&w, &merch, &LibraryProduct { category: to.into(), attributes: Default::default(), ..seen.clone() }).await.ok();
    let shows = async |category: &str| {
        let (mut cursor, mut found) = (String::new(), 0);
        loop {
            let page: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?category={category}{cursor}"), "").await.ok();
            found += page.items.iter().filter(|i| i.sku == sku).count();
            let Some(next) = page.next else { return found };
            cursor = format!("&cursor={next}");
        }
    };
    assert_eq!((shows(to).await, shows(&seen.category).await), (1, 0));
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_librarys_pages_when_asked_for_then_they_show_what_is_there() {
    let w = World::usual().await;
    let (merch, marketing) = (format!("ld_staff={}", w.staff("merch").await), format!("ld_staff={}", w.staff("marketing").await));
    let shown = async |path: &str, cookie: &str| {
        let page = w.page(path, cookie).await;
        assert_eq!(page.status, 200, "{path}");
        page.text().to_owned()
    };
    let table = shown("/console/hq/products?status=draft", &merch).await;
    assert!(table.contains("冷萃黑咖啡") && table.contains("新建商品") && !table.contains("牧场鲜牛奶"), "{table}");
    let one = shown("/console/hq/products/spu_milk-fresh", &merch).await;
    assert!(one.contains("牧场鲜牛奶") && one.contains("规格与价格") && one.contains("修改记录"), "{one}");
    assert!(shown("/console/hq/products/new", &merch).await.contains("spu_"));
    assert_eq!(w.page("/console/hq/products/new", &marketing).await.status, 403);
    assert_eq!(w.page("/console/hq/products/spu_none", &merch).await.status, 404);
    let tree = shown("/console/hq/categories", &marketing).await;
    assert!(tree.contains("即饮咖啡") && !tree.contains("修改类目"), "{tree}");
    assert!(shown("/console/hq/brands", &merch).await.contains("云畔牧"));
    assert!(shown("/console/hq/product-imports", &merch).await.contains("上传并检查"));
    w.stack.stop().await;
}
