//! The shop's pages on a whole stack: what every page is, what a device remembers, the way to the login and back.

use liandian_tests::{World, id, percent};
use liandian_types::{Fulfilment, StoreId};

#[tokio::test(flavor = "multi_thread")]
async fn given_every_page_when_read_then_it_is_a_whole_document_with_a_strict_policy_and_no_inline_code() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let member = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let order = w.bought(&member, &order, "page-key-0001").await;
    let category = w.stack.app.tables.store(&store).await.unwrap().unwrap().categories[0].0.clone();
    let mut paths = vec!["/".to_owned(), format!("/?q={}", percent("上海")), "/orders".to_owned(), format!("/orders/{order}"), "/coupons".to_owned()];
    paths.extend(["/me", "/me/addresses", "/me/addresses?new=1", "/me/consents", "/legal/agreement", "/legal/privacy?v=1"].map(str::to_owned));
    for shop in w.stack.app.tables.directory().await.unwrap().iter().take(3) {
        paths.push(format!("/s/{}", shop.store));
    }
    for rest in [
        format!("c/{category}"),
        format!("search?q={}", percent("奶")),
        format!("p/{sku}"),
        "cart".to_owned(),
        "checkout".to_owned(),
        "coupons".to_owned(),
        "licences".to_owned(),
    ] {
        paths.push(format!("/s/{store}/{rest}"));
    }
    for path in paths {
        let page = w.page(&path, &format!("ld_session={member}")).await;
        assert_eq!(page.status, 200, "{path}");
        let text = page.text();
        assert!(text.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && text.ends_with("</html>"), "{path}");
        assert!(!text.contains(" style=") && !text.contains("<style") && !text.contains(" onclick"), "{path}");
        assert!(text.split("<script").skip(1).all(|s| s.starts_with(" type=\"module\" src=\"/pkg/start.js?")), "{path}");
        assert!(page.header("content-security-policy").contains("script-src 'self' 'wasm-unsafe-eval';"), "{path}");
        assert_eq!(page.header("cache-control"), "private, no-store", "{path}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_device_that_was_here_before_when_it_comes_back_then_its_store_its_place_and_its_cart_are_remembered() {
    let w = World::usual().await;
    let session = format!("ld_session={}", w.customer("demo-01").await);
    let store: StoreId = id("sto_sh01");
    let name = w.stack.app.tables.store(&store).await.unwrap().unwrap().name;
    let home = w.page("/s/sto_sh01", &session).await;
    let kept = home.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(kept.starts_with("ld_store=sto_sh01."), "{kept}");
    let with = |more: &str| format!("{session}; {kept}; {more}");
    let stores = w.page("/", &with("a=b")).await;
    assert!(stores.text().contains("上次逛的") && stores.text().contains(&format!("<b>{name}")));
    let orders = w.page("/orders", &with("a=b")).await;
    let back = orders.text().split("<a ").find(|a| a.contains("class=\"back\"")).unwrap_or_default().to_owned();
    assert!(back.contains("href=\"/s/sto_sh01\""), "{back}");
    // Where he looked for stores is where he is looked for next time, unless he looks for something else.
    let near = w.page("/?lat=31.2304567&lng=121.4737", &session).await;
    assert!(near.header("set-cookie").starts_with("ld_at=31.230_121.474;"), "{}", near.header("set-cookie"));
    let here = with("ld_at=31.230_121.474");
    let again = w.page("/", &here).await;
    assert!(again.text().contains("离你最近的门店") && again.text().contains("href=\"/?all=1\""));
    for other in ["/?all=1", "/?q=x"] {
        assert!(!w.page(other, &here).await.text().contains("离你最近的门店"));
    }
    // The lines of the cart are in the page; rubbish in the cookie is none.
    let sku = w.sku_with(&store, 5, 500).await;
    let cart = w.page("/s/sto_sh01/cart", &format!("ld_cart={sku}:3.nonsense:1")).await;
    assert!(cart.text().contains("id=\"first\"") && cart.text().contains("×3"));
    assert!(!w.page("/s/sto_sh01/cart", "ld_cart=nonsense:1").await.text().contains("id=\"first\""));
    let login = w.page("/login?to=%2Fs%2Fsto_sh02%2Fcheckout", "").await;
    let out = login.text().split("<a ").find(|a| a.contains("先逛逛")).unwrap_or_default().to_owned();
    assert!(out.contains("href=\"/s/sto_sh02\""), "{out}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_entrance_when_opened_then_it_leads_to_its_store_or_says_that_there_is_none() {
    let w = World::usual().await;
    let code = w.stack.app.tables.store(&id("sto_sh01")).await.unwrap().unwrap().entrance;
    let known = w.page(&format!("/e/{code}"), "").await;
    assert_eq!((known.status, known.header("location")), (303, "/s/sto_sh01"));
    assert_eq!(w.page("/e/nowhere", "").await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_nobody_logged_in_when_a_members_page_is_asked_for_then_the_login_leads_back() {
    let w = World::usual().await;
    for path in ["/orders", "/orders/ord_1", "/s/sto_sh01/checkout?transfer_from=loc_sh02"] {
        let page = w.page(path, "").await;
        assert_eq!((page.status, page.header("location")), (303, format!("/login?to={}", percent(path)).as_str()), "{path}");
    }
    let out = format!("href=\"{}/wechat?to=", w.stack.sandbox);
    assert!(w.page("/login?to=%2Forders", "").await.text().contains(&format!("{out}%2Forders\"")));
    for foreign in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        assert!(w.page(&format!("/login?to={foreign}"), "").await.text().contains(&format!("{out}%2F\"")), "{foreign}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_does_not_exist_when_asked_for_then_a_page_says_so_and_text_with_markup_is_text() {
    let w = World::usual().await;
    let session = format!("ld_session={}", w.customer("demo-01").await);
    for path in ["/s/sto_nowhere", "/s/nonsense", "/s/sto_sh01/p/sku_none", "/s/sto_sh01/c/none", "/orders/ord_1", "/orders/x", "/no/such/page"] {
        let page = w.page(path, &session).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("未找到"), "{path}");
    }
    let found = w.page("/s/sto_sh01/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22", &session).await;
    assert!(!found.text().contains("<script>alert") && found.text().contains("&lt;script&gt;"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_browser_that_takes_gzip_when_a_home_is_read_then_it_is_compressed_to_its_budget() {
    let w = World::usual().await;
    let page = w.page_with("/s/sto_sh01", &[("accept-encoding", "gzip")]).await;
    assert_eq!(page.header("content-encoding"), "gzip");
    assert!(page.body.len() <= 15 * 1024, "{}", page.body.len());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_mini_programs_web_view_when_it_reads_a_page_then_wechats_bridge_is_let_in_there_and_nowhere_else() {
    let w = World::usual().await;
    let inside = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49 Language/zh_CN miniProgram/wx0001";
    for path in ["/", "/s/sto_sh01", "/login", "/no/such/page"] {
        let page = w.page_with(path, &[("user-agent", inside)]).await;
        assert!(page.text().contains("src=\"/pkg/shell.js?v="), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' https://res.wx.qq.com/open/js/jweixin-1.6.0.js;"), "{policy}");
        for other in ["Mozilla/5.0 (iPhone) MicroMessenger/8.0.49", "Mozilla/5.0 (X11; Linux)"] {
            let page = w.page_with(path, &[("user-agent", other)]).await;
            assert!(!page.text().contains("shell.js"), "{path} {other}");
            assert!(!page.header("content-security-policy").contains("qq.com"), "{path} {other}");
        }
    }
    w.stack.stop().await;
}
