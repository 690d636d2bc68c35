//! The shop's pages over a hand-made chain.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use tower::ServiceExt;

use super::{fixtures::Chain, *};

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn get_with(path: &str, headers: &[(&str, &str)], site: Site) -> Reply {
    let router = router(Chain, site, Links { login_url: "https://login.example/go".to_owned() });
    let request = headers.iter().fold(Request::get(path), |r, (k, v)| r.header(*k, *v)).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Reply { status, headers, body: to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec() }
}

fn site() -> Site {
    Site { root: std::env::temp_dir().join(format!("liandian-shop-{}", std::process::id())), version: "v1".to_owned() }
}

async fn page(path: &str) -> Reply {
    get_with(path, &[("cookie", "who=1")], site()).await
}

#[tokio::test]
async fn given_every_page_when_read_then_it_is_a_whole_document_with_a_strict_policy_and_no_inline_code() {
    let paths = [
        "/",
        "/?q=青石",
        "/s/sto_1",
        "/s/sto_2",
        "/s/sto_3",
        "/s/sto_1/c/dairy",
        "/s/sto_1/search?q=奶",
        "/s/sto_1/p/sku_2",
        "/s/sto_1/cart",
        "/s/sto_1/checkout",
        "/orders",
        "/orders/ord_placed",
        "/orders/ord_ready",
        "/orders/ord_delivering",
        "/orders/ord_awaiting-transfer",
    ];
    for path in paths {
        // Chinese in a query comes escaped.
        let asked: String = path.chars().map(|c| if c.is_ascii() { c.to_string() } else { encoded(&c.to_string()) }).collect();
        let reply = page(&asked).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let text = reply.text();
        assert!(text.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && text.ends_with("</html>"), "{path}");
        assert!(!text.contains(" style=") && !text.contains("<style") && !text.contains(" onclick"), "{path}");
        assert!(text.split("<script").skip(1).all(|s| s.starts_with(" type=\"module\" src=\"/pkg/start.js?")), "{path}");
        assert!(reply.header("content-security-policy").contains("script-src 'self' 'wasm-unsafe-eval';"), "{path}");
        assert_eq!(reply.header("cache-control"), "private, no-store", "{path}");
    }
}

#[tokio::test]
async fn given_each_theme_when_a_home_is_shown_then_it_has_its_class_and_its_goods() {
    for (store, theme) in [("sto_1", "standard"), ("sto_2", "simple"), ("sto_3", "community")] {
        let reply = page(&format!("/s/{store}")).await;
        assert!(reply.text().contains(&format!("href=\"/s/{store}/p/sku_0\"")));
        for (path, class) in [("", "home"), ("/c/dairy", "shelf"), ("/p/sku_2", "product"), ("/cart", "cart"), ("/checkout", "checkout")] {
            let reply = page(&format!("/s/{store}{path}")).await;
            assert!(reply.text().contains(&format!("<body class=\"{class} {theme}\"")), "{store}{path}");
            assert!(reply.text().contains("<meta name=\"description\" content=\""), "{store}{path}");
        }
    }
}

#[tokio::test]
async fn given_a_device_that_was_here_before_when_it_comes_back_then_its_store_its_place_and_its_cart_are_remembered() {
    let home = page("/s/sto_3").await;
    let kept = home.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(kept.starts_with("ld_store=sto_3."), "{kept}");
    let with = |more: &str| format!("who=1; {kept}; {more}");
    let stores = get_with("/", &[("cookie", &with(""))], site()).await;
    assert!(stores.text().contains("上次逛的") && stores.text().contains("<b>连店·梧桐里社区店"));
    let orders = get_with("/orders", &[("cookie", &with(""))], site()).await;
    let back = orders.text().split("<a ").find(|a| a.contains("class=\"back\"")).unwrap_or_default().to_owned();
    assert!(back.contains("href=\"/s/sto_3\""), "{back}");
    // Where he looked for stores is where he is looked for next time, unless he looks for something else.
    let near = page("/?lat=31.2304567&lng=121.4737").await;
    assert!(near.header("set-cookie").starts_with("ld_at=31.230_121.474;"), "{}", near.header("set-cookie"));
    let again = get_with("/", &[("cookie", &with("ld_at=31.230_121.474"))], site()).await;
    assert!(again.text().contains("离你最近的门店") && again.text().contains("href=\"/?all=1\""));
    for other in ["/?all=1", "/?q=x"] {
        assert!(!get_with(other, &[("cookie", &with("ld_at=31.230_121.474"))], site()).await.text().contains("离你最近的门店"));
    }
    // The lines of the cart are in the page; rubbish in the cookie is none.
    let cart = get_with("/s/sto_3/cart", &[("cookie", "ld_cart=sku_2:3.nonsense:1")], site()).await;
    assert!(cart.text().contains("id=\"first\"") && cart.text().contains("×3"));
    assert!(!page("/s/sto_3/cart").await.text().contains("id=\"first\""));
    let login = get_with("/login?to=%2Fs%2Fsto_2%2Fcheckout", &[], site()).await;
    let out = login.text().split("<a ").find(|a| a.contains("先逛逛")).unwrap_or_default().to_owned();
    assert!(out.contains("href=\"/s/sto_2\""), "{out}");
}

#[tokio::test]
async fn given_a_customer_back_from_the_payment_page_when_the_order_is_shown_then_it_is_being_confirmed_and_nobody_is_asked_to_pay_again() {
    let back = page("/orders/ord_placed?from=pay").await;
    assert!(back.text().contains("正在确认支付结果") && !back.text().contains("去付款"));
    let plain = page("/orders/ord_placed").await;
    assert!(!plain.text().contains("正在确认支付结果") && plain.text().contains("去付款"));
    assert!(!page("/orders/ord_ready?from=pay").await.text().contains("正在确认支付结果"), "what is known is shown");
}

#[tokio::test]
async fn given_a_bought_order_when_shown_then_the_store_can_be_called_and_found_and_the_goods_bought_again() {
    let ready = page("/orders/ord_ready").await;
    assert!(ready.text().contains("href=\"tel:400-555-0001\""));
    assert!(ready.text().contains("https://uri.amap.com/marker?position=121.4737,31.2304&amp;name="));
    assert!(ready.text().contains("再来一单") && ready.text().contains("订单号"));
    assert!(!page("/orders/ord_placed").await.text().contains("再来一单"));
    let riding = page("/orders/ord_delivering").await;
    assert!(riding.text().contains("张三") && riding.text().contains("13800001234"));
    assert!(!riding.text().contains("tel:139"), "a masked number is not dialled");
    // When it was promised for; called off by the customer until it is put together, by the store after that.
    let preparing = page("/orders/ord_preparing").await;
    assert!(preparing.text().contains("预计 11-23 17:10 可取") && preparing.text().contains("CancelButton_"));
    for other in [&ready, &riding, &page("/orders/ord_placed").await] {
        assert!(!other.text().contains("CancelButton_") && !other.text().contains("预计 "));
    }
    assert!(ready.text().contains("商品已备好，要取消或修改订单，请打电话给门店"));
}

#[tokio::test]
async fn given_stores_of_cities_when_listed_then_cities_are_headings_and_who_is_closed_comes_last() {
    let all = page("/").await;
    let text = all.text();
    assert!(text.contains("<h2 class=\"title city\">上海</h2>"));
    let at = |name: &str| text.find(&format!("<b>{name}")).unwrap();
    assert!(at("连店·青石镇店") < at("连店·梧桐里社区店"));
}

#[tokio::test]
async fn given_stock_when_goods_are_listed_then_the_rest_is_named_and_what_is_gone_cannot_be_added() {
    let reply = page("/s/sto_1/c/dairy").await;
    assert!(reply.text().contains("仅剩 3 件") && reply.text().contains("已售罄"));
    assert!(reply.text().contains("data-add=\"sku_2\""));
    assert!(!reply.text().contains("data-add=\"sku_5\"") && reply.text().contains("看怎么买到"));
    let at = |sku: &str| reply.text().find(&format!("href=\"/s/sto_1/p/{sku}\"")).unwrap();
    assert!(at("sku_22") < at("sku_5"), "what is sold out is behind all others");
    assert!(reply.text().contains("href=\"/s/sto_1/c/dairy?cursor=a%20b%26c\""));
}

#[tokio::test]
async fn given_an_entrance_when_opened_then_it_leads_to_its_store_or_says_that_there_is_none() {
    let known = page("/e/e2").await;
    assert_eq!((known.status, known.header("location")), (StatusCode::SEE_OTHER, "/s/sto_2"));
    assert_eq!(page("/e/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn given_nobody_logged_in_when_a_members_page_is_asked_for_then_the_login_leads_back() {
    for path in ["/orders", "/orders/ord_ready", "/s/sto_1/checkout?transfer_from=loc_3"] {
        let reply = get_with(path, &[], site()).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(reply.header("location"), format!("/login?to={}", encoded(path)));
    }
    let login = get_with("/login?to=%2Forders", &[], site()).await;
    assert!(login.text().contains("href=\"https://login.example/go?to=%2Forders\""));
    for foreign in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        let login = get_with(&format!("/login?to={foreign}"), &[], site()).await;
        assert!(login.text().contains("href=\"https://login.example/go?to=%2F\""), "{foreign}");
    }
}

#[tokio::test]
async fn given_what_does_not_exist_when_asked_for_then_a_page_says_so() {
    for path in ["/s/sto_9", "/s/nonsense", "/s/sto_1/p/sku_50", "/orders/ord_1", "/orders/x", "/no/such/page"] {
        let reply = page(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(reply.text().contains("未找到"), "{path}");
    }
}

#[tokio::test]
async fn given_an_order_ready_for_pickup_when_shown_then_its_code_is_there_as_picture_and_digits_and_otherwise_is_not() {
    let ready = page("/orders/ord_ready").await;
    assert!(ready.text().contains("<svg") && ready.text().contains("7304 1288 5516"));
    let placed = page("/orders/ord_placed").await;
    assert!(!placed.text().contains("<svg") && placed.text().contains("data-component=\"OrderLive_"));
    // Nothing more can happen: nothing to watch.
    assert!(!page("/orders/ord_closed").await.text().contains("OrderLive_"));
}

#[tokio::test]
async fn given_text_with_markup_when_shown_then_it_is_text() {
    let reply = page("/s/sto_1/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22").await;
    assert!(!reply.text().contains("<script>alert") && reply.text().contains("&lt;script&gt;"));
}

#[tokio::test]
async fn given_a_built_file_when_fetched_then_it_comes_compressed_to_who_takes_it_and_is_kept_only_under_its_version() {
    let site = Site { root: std::env::temp_dir().join(format!("liandian-files-{}", std::process::id())), version: "v1".to_owned() };
    std::fs::create_dir_all(site.root.join("pkg")).unwrap();
    std::fs::write(site.root.join("version"), "v1").unwrap();
    std::fs::write(site.root.join("pkg/a.wasm"), "plain").unwrap();
    std::fs::write(site.root.join("pkg/a.wasm.br"), "small").unwrap();
    let small = get_with("/pkg/a.wasm?v=v1", &[("accept-encoding", "gzip, br")], site.clone()).await;
    assert_eq!((small.body.as_slice(), small.header("content-encoding"), small.header("content-type")), (&b"small"[..], "br", "application/wasm"));
    assert_eq!(small.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = get_with("/pkg/a.wasm?v=v0", &[("accept-encoding", "gzip, br;q=0")], site.clone()).await;
    assert_eq!((plain.body.as_slice(), plain.header("content-encoding"), plain.header("cache-control")), (&b"plain"[..], "", "no-cache"));
    for outside in ["/pkg/..%2Fversion", "/pkg/.a.js", "/pkg/version", "/pkg/a.wasm.br", "/pkg/none.js"] {
        assert_eq!(get_with(outside, &[], site.clone()).await.status, StatusCode::NOT_FOUND, "{outside}");
    }
    std::fs::remove_dir_all(&site.root).unwrap();
}

#[tokio::test]
async fn given_a_browser_that_takes_gzip_when_a_home_is_read_then_it_is_compressed_to_its_budget() {
    let reply = get_with("/s/sto_1", &[("accept-encoding", "gzip")], site()).await;
    assert_eq!(reply.header("content-encoding"), "gzip");
    assert!(reply.body.len() <= 15 * 1024, "{}", reply.body.len());
}
