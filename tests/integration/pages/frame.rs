//! The frame of a store's pages on a whole stack: the choice of a way, the cart at the foot, where somebody was before, who else has a good.

use liandian_tests::{Page, World, id};
use liandian_types::{SkuId, StoreId, api::ProductPage};

/// The cookies that a page sets, as the next request brings them.
fn kept(page: &Page) -> Vec<String> {
    let all = page.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    all.filter_map(|v| v.split(';').next()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_choice_by_link_when_it_is_followed_then_the_device_keeps_it_and_every_page_promises_that_way() {
    let w = World::usual().await;
    let chosen = w.page("/s/sto_sh01/search?q=a&way=delivery", "").await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/s/sto_sh01/search?q=a"));
    assert_eq!(kept(&chosen), ["way=delivery"]);
    let category = w.stack.app.tables.store(&id("sto_sh01")).await.unwrap().unwrap().categories[0].0.clone();
    let paths = ["", "/search?q=%E5%A5%B6", "/flash", "/coupons", "/cart", &format!("/c/{category}")].map(|rest| format!("/s/sto_sh01{rest}"));
    for path in paths {
        let (fetched, brought) = (w.page(&path, "").await, w.page(&path, "way=delivery").await);
        assert!(fetched.text().contains("可取") && !fetched.text().contains("配送费 ¥"), "{path}");
        assert!(brought.text().contains("送达") && brought.text().contains("配送费 ¥"), "{path}: {}", brought.text());
    }
    // What is no way is no choice, and a page that is no store's keeps none.
    for other in ["/s/sto_sh01?way=boat", "/?way=delivery"] {
        let page = w.page(other, "").await;
        assert!(page.status == 200 && !kept(&page).iter().any(|c| c.starts_with("way=")), "{other}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_cart_in_its_cookie_when_its_bar_is_asked_for_then_it_is_priced_and_what_is_not_sold_stands_apart() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let skus = w.skus_with(&store, 5, 500, 2).await;
    let cookie = format!("ld_cart={}:2.{}:1.sku_sold-no-more:1", skus[0], skus[1]);
    let bar = w.page("/s/sto_sh01/cart/bar", &cookie).await;
    let priced = w.quote(&store, &[(skus[0].clone(), 2), (skus[1].clone(), 1)], liandian_types::Fulfilment::Pickup, None).await;
    assert_eq!(bar.status, 200);
    let text = bar.text();
    assert!(text.contains(&format!("购物车 3 件，{}", priced.total)) && text.contains("去结算"), "{text}");
    assert!(text.contains("data-drop=\"sku_sold-no-more\"") && text.contains("data-gone=\"1\""), "{text}");
    assert!(!text.contains("<html") && bar.header("cache-control") == "private, no-store");
    // Not ticked: in the cart, and no part of the sum.
    let off = w.page(&format!("/s/sto_sh01/cart/bar?off={}", skus[1]), &cookie).await;
    let less = w.quote(&store, &[(skus[0].clone(), 2)], liandian_types::Fulfilment::Pickup, None).await;
    assert!(off.text().contains(&format!("购物车 2 件，{}", less.total)) && off.text().contains("aria-checked=\"false\""), "{}", off.text());
    // By a rider the fee is in it.
    let ride = w.page("/s/sto_sh01/cart/bar", &format!("{cookie}; way=delivery")).await;
    assert!(ride.status == 200 && ride.text().contains("配送费"), "{}", ride.text());
    // An empty one, rubbish, more than there is, and a store that there is not.
    for empty in ["", "ld_cart=", "ld_cart=nonsense:1"] {
        let page = w.page("/s/sto_sh01/cart/bar", empty).await;
        assert!(page.status == 200 && page.body.is_empty(), "{empty}");
    }
    let much = w.page("/s/sto_sh01/cart/bar", &format!("ld_cart={}:900", skus[0])).await;
    assert!(much.status == 200 && !much.text().contains("/checkout"), "{}", much.text());
    assert_eq!(w.page("/s/sto_none/cart/bar", &cookie).await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_stores_that_were_visited_when_another_is_looked_for_then_they_stand_first_and_the_way_back_is_kept() {
    let w = World::usual().await;
    let first = w.page("/s/sto_sh01", "").await;
    let often = kept(&first).into_iter().find(|c| c.starts_with("ld_often=")).expect("it is remembered");
    assert_eq!(often, "ld_often=sto_sh01");
    let second = w.page("/s/sto_sh02", &often).await;
    let often = kept(&second).into_iter().find(|c| c.starts_with("ld_often=")).expect("both are");
    assert_eq!(often, "ld_often=sto_sh02~sto_sh01");
    let list = w.page("/?of=sto_sh02", &format!("{often}~sto_nowhere~x")).await;
    let text = list.text();
    let part = text.split("shops often").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    assert!(part.contains("data-store=\"sto_sh01\"") && !part.contains("data-store=\"sto_sh02\""), "{part}");
    assert!(text.contains("data-of=\"sto_sh02\"") && text.contains("aria-label=\"城市\""), "{text}");
    // Without having been anywhere there is nothing to stand first.
    assert!(!w.page("/", "").await.text().contains("常去的门店"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_product_when_its_page_is_read_then_what_hq_has_written_down_and_the_tags_for_sharing_are_there() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku: SkuId = w.sku_with(&store, 5, 500).await;
    let product: ProductPage = w.get(&format!("/api/v1/stores/{store}/listings/{sku}"), "").await.ok();
    let page = w.page(&format!("/s/{store}/p/{sku}"), "").await;
    let text = page.text();
    for fact in &product.facts {
        assert!(text.contains(&fact.name), "{}", fact.name);
    }
    assert!(text.contains("property=\"og:title\"") && text.contains("property=\"og:image\" content=\"http"), "{text}");
    assert!(product.phone.is_empty() || text.contains(&format!("href=\"tel:{}\"", product.phone)));
    // What is there is offered here alone.
    assert!(!text.contains("其他门店有货"), "{text}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_category_when_it_is_arranged_by_its_address_then_prices_rise_and_the_choice_goes_on_with_the_list() {
    let w = World::usual().await;
    let category = w.stack.app.tables.store(&id("sto_sh01")).await.unwrap().unwrap().categories[0].0.clone();
    let prices = |text: &str| -> Vec<i64> {
        let shown = text.split("<li class=\"card").skip(1).filter(|card| !card.split('>').next().unwrap_or_default().contains("gone"));
        let price = |card: &str| card.split("class=\"price\">¥").nth(1)?.split('<').next()?.replace([',', '.'], "").parse().ok();
        shown.filter_map(price).collect()
    };
    let page = w.page(&format!("/s/sto_sh01/c/{category}?sort=price_up"), "").await;
    let all = prices(page.text());
    assert!(page.status == 200 && all.len() > 3 && all.is_sorted(), "{all:?}");
    let there = w.page(&format!("/s/sto_sh01/c/{category}?stock=1"), "").await;
    assert!(there.status == 200 && !there.text().contains("card gone") && there.text().contains("?stock=1\" rel=\"next\""), "{}", there.text());
    // What is no arrangement is the store's own.
    let usual = w.page(&format!("/s/sto_sh01/c/{category}?sort=best&stock=maybe"), "").await;
    assert_eq!(prices(usual.text()), prices(w.page(&format!("/s/sto_sh01/c/{category}"), "").await.text()));
    assert_eq!(w.page("/s/sto_sh01/c/none?sort=price_up", "").await.status, 404);
    w.stack.stop().await;
}
