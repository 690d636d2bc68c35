//! The console's pages on a whole stack: the way in, what is refused, what a page is made of.

use liandian_tests::{World, id, percent, site};
use liandian_types::StoreId;

/// Every kind of page, as somebody at HQ opens it.
async fn pages(w: &World) -> Vec<String> {
    let sku = w.sku_with(&id("sto_sh01"), 5, 500).await;
    let mut all: Vec<String> = [
        "/console/s/sto_sh01",
        "/console/s/sto_sh01/pickup",
        "/console/s/sto_sh01/orders",
        "/console/s/sto_sh01/orders?q=0123&date=2026-11-28",
        "/console/s/sto_sh01/parcels",
        "/console/s/sto_sh01/slots",
        "/console/s/sto_sh01/transfers",
        "/console/s/sto_sh01/stock?q=%E5%A5%B6",
        "/console/s/sto_sh01/stock?show=low",
        "/console/s/sto_sh01/stock?location=loc_wh-front-sh01",
        "/console/s/sto_sh01/movements",
        "/console/s/sto_sh01/movements?location=loc_wh-front-sh01",
        "/console/s/sto_sh01/stock?show=expiring",
        "/console/s/sto_sh01/counts",
        "/console/s/sto_sh01/settlement",
        "/console/hq",
        "/console/hq/stores",
        "/console/hq/stores/sto_sh01",
        "/console/hq/stores/sto_sh01/edit",
        "/console/hq/stores/new",
        "/console/hq/store-imports",
        "/console/hq/regions",
        "/console/hq/stores/sto_sh01/differences",
        "/console/s/sto_sh01/differences",
        "/console/hq/warehouses",
        "/console/hq/warehouses/loc_wh-front-sh01",
        "/console/s/sto_sh01/warehouses",
        "/console/s/sto_sh01/warehouses/loc_wh-front-sh01",
        "/console/s/sto_sh01/profile",
        "/console/hq/stock",
        "/console/hq/exceptions",
        "/console/hq/transfers",
        "/console/hq/approvals",
        "/console/hq/rules",
        "/console/hq/settings",
        "/console/hq/settings?level=store:sto_sh01",
        "/console/hq/settings/history",
        "/console/hq/setup",
        "/console/hq/stores/sto_sh01/policy",
        "/console/s/sto_sh01/policy",
        "/console/hq/orders",
        "/console/hq/settlement",
        "/console/hq/products",
        "/console/hq/products?q=%E5%A5%B6&status=on&category=dairy",
        "/console/hq/products/new",
        "/console/hq/products/spu_milk-fresh",
        "/console/hq/categories",
        "/console/hq/brands",
        "/console/hq/search-words",
        "/console/hq/product-imports",
        "/console/hq/access",
        "/console/hq/access?date=2026-11-28&actor=stf_1",
        "/console/hq/audit",
        "/console/hq/audit?entity=spu_milk-fresh&at=2026-11-28",
        "/console/hq/audit?kind=price&actor=admin&from=2026-11-01&to=2026-11-28",
        "/console/hq/stock?show=low",
        "/console/hq/stock?show=cover",
        "/console/hq/exceptions?kind=low&region=reg_east-sh",
        "/console/hq/orders?q=0123&store=sto_sh01&state=completed&fulfilment=pickup",
        "/console/hq/settlement?from=2026-11-01&to=2026-11-28",
        "/console/s/sto_sh01/settlement?from=2026-11-01&to=2026-11-28",
        "/console/s/sto_sh01/movements?q=%E5%A5%B6&kind=receipt&from=2026-11-01&to=2026-11-28",
        "/console/s/sto_sh01/assortment",
        "/console/s/sto_sh01/local-products",
        "/console/s/sto_hz05/local-products/spu_local-hz05-1",
        "/console/hq/local-products",
        "/console/s/sto_sh01/prices",
        "/console/s/sto_sh01/requests",
        "/console/s/sto_sh01/campaigns",
        "/console/s/sto_sh01/coupons",
        "/console/s/sto_sh01/staff",
        "/console/hq/requests",
        "/console/hq/campaigns",
        "/console/hq/campaigns/new",
        "/console/hq/coupons",
        "/console/hq/coupons/new",
        "/console/hq/campaigns/calendar",
        "/console/hq/campaigns/review",
        "/console/s/sto_sh01/campaigns/calendar",
        "/console/hq/accounts",
        "/console/hq/roles",
        "/console/hq/keys",
        "/console/hq/legal",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(format!("/console/hq/stock/{sku}"));
    all
}

async fn cookie(w: &World, user: &str) -> String {
    format!("ld_staff={}", w.staff(user).await)
}

/// The version of the site, as pages name it.
fn version() -> String {
    std::fs::read_to_string(site().join("version")).unwrap_or_default().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_no_session_when_a_page_is_asked_for_then_the_login_remembers_it() {
    let w = World::usual().await;
    for page in pages(&w).await {
        let answer = w.page(&page, "").await;
        assert_eq!((answer.status, answer.header("location")), (303, format!("/console/login?to={}", percent(&page)).as_str()));
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_admin_when_pages_are_shown_then_they_are_whole_and_keep_the_content_policy() {
    let w = World::usual().await;
    // A name that is no markup.
    let (tables, store): (_, StoreId) = (&w.stack.app.tables, id("sto_sh01"));
    let mut named = tables.store_now(&store).await.unwrap().unwrap();
    let read = named.version;
    (named.name, named.version) = ("<人民广场店>".to_owned(), read + 1);
    assert!(tables.put_store(&named, read).await.unwrap());
    let (admin, v) = (cookie(&w, "admin").await, version());
    let mut seen = 0;
    for page in pages(&w).await {
        let answer = w.page(&page, &admin).await;
        let (policy, body) = (answer.header("content-security-policy"), answer.text());
        assert_eq!(answer.status, 200, "{page}");
        assert_eq!(answer.header("cache-control"), "no-store", "{page}");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(body.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && body.ends_with("</html>"), "{page}");
        assert!(body.contains(&format!("/pkg/console.css?v={v}")), "{page}");
        assert!(body.contains(&format!("src=\"/pkg/console-load.js?v={v}&amp;m=console-")), "{page}");
        assert_eq!(body.matches("<script").count(), 1, "{page}");
        assert!(!body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick"), "{page}");
        assert!(!body.contains("<人民广场店>"), "{page}");
        seen += usize::from(body.contains("&lt;人民广场店&gt;"));
    }
    assert!(seen > 0, "the store is named on its pages");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_pages_of_several_sections_when_shown_then_each_loads_the_module_of_its_own_section_only() {
    let w = World::usual().await;
    let (admin, v) = (cookie(&w, "admin").await, version());
    for (page, module) in [
        ("/console/login", "board"),
        ("/console/s/sto_sh01", "board"),
        ("/console/s/sto_sh01/pickup", "orders"),
        ("/console/s/sto_sh01/stock", "stock"),
        ("/console/s/sto_sh01/counts", "stock"),
        ("/console/s/sto_sh01/transfers", "transfers"),
        ("/console/s/sto_sh01/settlement", "hq"),
        ("/console/hq", "hq"),
        ("/console/hq/transfers", "transfers"),
        ("/console/hq/rules", "rules"),
        ("/console/hq/settings", "rules"),
        ("/console/hq/requests", "prices"),
        ("/console/hq/campaigns", "campaigns"),
        ("/console/hq/accounts", "staff"),
        ("/console/hq/regions", "stores"),
        ("/console/s/sto_sh01/assortment", "assortment"),
        ("/console/hq/products", "goods"),
        ("/console/hq/products/new", "goods"),
        ("/console/hq/product-imports", "goods"),
        ("/console/nope", "board"),
    ] {
        let answer = w.page(page, &admin).await;
        let wanted = format!("{module}.wasm?v={v}");
        let loads: Vec<_> = answer.text().split("/pkg/console-").skip(1).filter_map(|t| t.split_once('"')).map(|(name, _)| name.to_owned()).collect();
        assert_eq!(loads.iter().filter(|name| name.contains(".wasm")).collect::<Vec<_>>(), [&wanted], "{page}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_clerk_when_other_doors_are_tried_then_a_page_refuses_and_the_navigation_hides_them() {
    let w = World::usual().await;
    let (clerk, other) = (cookie(&w, "sh01-clerk").await, cookie(&w, "hz01-clerk").await);
    for page in pages(&w).await.iter().filter(|p| p.starts_with("/console/hq")) {
        let answer = w.page(page, &clerk).await;
        let body = answer.text();
        assert_eq!(answer.status, 403, "{page}");
        assert!(body.contains("没有权限") && (body.contains("没有此操作的权限") || body.contains("此功能仅限总部")), "{page}");
        assert!(!body.contains("/console/hq") && body.contains("href=\"/console/s/sto_sh01\""), "{page}");
    }
    assert_eq!(w.page("/console/s/sto_sh01/settlement", &clerk).await.status, 403);
    let foreign = w.page("/console/s/sto_sh01", &other).await;
    assert!(foreign.status == 404 && foreign.text().contains("未找到"), "a store of others does not exist: {}", foreign.status);
    let own = w.page("/console/s/sto_sh01", &clerk).await;
    assert_eq!(own.status, 200);
    assert!(own.text().contains("/transfers\"") && !own.text().contains("/settlement\""));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_region_when_its_pages_are_asked_for_then_they_are_its_own_and_every_link_of_the_navigation_opens() {
    let w = World::usual().await;
    let region = cookie(&w, "region-east").await;
    let home = w.page("/console/hq", &region).await;
    let body = home.text();
    assert!(home.status == 200 && body.contains("各店待办") && body.contains("我的区域"), "{body}");
    assert!(!body.contains("/console/hq/access"));
    let (from, to) = (body.find("main-nav").unwrap(), body.find("</nav>").unwrap());
    let nav = &body[from..to.max(from)];
    let links: Vec<&str> = nav.split("href=\"").skip(1).filter_map(|l| l.split('"').next()).collect();
    assert_eq!(links.len(), 11, "{links:?}");
    for link in links {
        assert_eq!(w.page(link, &region).await.status, 200, "{link}");
    }
    assert_eq!(w.page("/console/hq/rules", &region).await.status, 403);
    assert_eq!(w.page("/console/hq/access", &region).await.status, 403);
    assert_eq!(w.page("/console/hq/audit", &region).await.status, 403);
    assert_eq!(w.page("/console/s/sto_sh01", &region).await.status, 200);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_ids_and_paths_that_are_none_when_asked_for_then_a_page_says_not_found() {
    let w = World::usual().await;
    let admin = cookie(&w, "admin").await;
    for path in [
        "/console/s/%3Cscript%3E",
        "/console/s/sto_sh01/orders/x",
        "/console/s/sto_sh01/orders/ord_1",
        "/console/s/sto_sh01/counts/cnt_1",
        "/console/hq/stock/milk",
        "/console/nope",
    ] {
        let answer = w.page(path, &admin).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("未找到"), "{path}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_somebody_at_the_door_when_home_or_the_login_is_asked_for_then_it_is_their_own_and_a_foreign_target_is_forgotten() {
    let w = World::usual().await;
    assert_eq!(w.page("/console", &cookie(&w, "sh01-clerk").await).await.header("location"), "/console/s/sto_sh01");
    assert_eq!(w.page("/console", &cookie(&w, "admin").await).await.header("location"), "/console/hq");
    let foreign = w.page("/console/login?to=https://evil.example/", "").await;
    assert!(foreign.status == 200 && !foreign.text().contains("evil.example"));
    assert!(w.page("/console/login?to=%2Fconsole%2Fhq%2Fstock", "").await.text().contains("/console/hq/stock"));
    assert_eq!(w.page("/console/login?to=%FF", "").await.status, 200);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_part_that_is_read_again_when_asked_for_then_it_says_that_it_is_one() {
    let w = World::usual().await;
    let path = format!("/console/hq/stock/{}/live", w.sku_with(&id("sto_sh01"), 5, 500).await);
    let part = w.page(&path, &cookie(&w, "admin").await).await;
    assert!(part.status == 200 && part.text().starts_with("<!--live-->") && !part.text().contains("<html"), "{}", part.text());
    assert_eq!(w.page(&path, &cookie(&w, "sh01-clerk").await).await.status, 403);
    w.stack.stop().await;
}
