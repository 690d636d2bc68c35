//! Pictures of goods on a whole stack: every one that a page names is served, in each of its sizes, and is kept by who has it.

use std::collections::BTreeSet;

use liandian_tests::{World, id};
use liandian_types::{Fulfilment, StoreId, picture};

/// The addresses of pictures that a page names, with all of their sizes.
fn named(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for tag in text.split("<img ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        for part in ["src=\"", "srcset=\""] {
            let value = tag.split(part).nth(1).and_then(|v| v.split('"').next()).unwrap_or_default();
            all.extend(value.split(", ").filter_map(|one| one.split(' ').next()).filter(|a| a.starts_with("/pictures/")).map(str::to_owned));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_chain_when_its_pages_are_read_then_every_picture_is_a_webp_that_is_kept_for_a_month() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let member = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let order = w.bought(&member, &order, "picture-key-0001").await;
    let kept = w.stack.app.tables.store(&store).await.unwrap().unwrap();
    let mut paths: Vec<String> = kept.categories.iter().map(|(key, _)| format!("/s/{store}/c/{key}")).collect();
    paths.extend([format!("/s/{store}"), format!("/s/{store}/p/{sku}"), format!("/orders/{order}")]);
    let mut all = BTreeSet::new();
    for path in &paths {
        let page = w.page(path, &format!("ld_session={member}")).await;
        assert_eq!(page.status, 200, "{path}");
        for tag in page.text().split("<img ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            assert!(tag.contains("width=\"") && tag.contains("height=\"") && tag.contains("alt"), "{path}: <img {tag}>");
        }
        all.extend(named(page.text()));
    }
    assert!(all.len() > 60 && all.iter().all(|a| picture::SIZES.iter().any(|s| a.ends_with(&format!("-{s}.webp")))), "{}", all.len());
    for address in &all {
        let got = w.page(address, "").await;
        assert_eq!((got.status, got.header("content-type")), (200, "image/webp"), "{address}");
        assert!(got.header("cache-control").contains("max-age=2592000"), "{address}");
        assert!(got.body.starts_with(b"RIFF") && got.body.get(8..12) == Some(b"WEBP".as_slice()), "{address}");
    }
    let none = w.page("/pictures/nothing-800.webp", "").await;
    assert_eq!((none.status, none.header("cache-control")), (404, ""), "what is not there is not kept");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_library_when_its_pictures_are_asked_for_then_there_is_one_for_all_that_was_ever_on_sale() {
    let w = World::usual().await;
    for sku in w.stack.app.tables.library().await.unwrap().iter() {
        assert!(sku.picture.ends_with("-800.webp"), "{}: {}", sku.sku, sku.picture);
        for width in picture::SIZES {
            let at = picture::at(&sku.picture, width);
            assert!(liandian_seed::pictures().iter().any(|(name, _)| at == format!("/pictures/{name}")), "{at}");
        }
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_home_pages_when_read_then_a_shop_window_has_an_icon_over_each_category_and_the_other_themes_have_words() {
    let w = World::usual().await;
    let mut seen = BTreeSet::new();
    for shop in w.stack.app.tables.directory().await.unwrap().iter() {
        if seen.contains(&shop.theme) {
            continue;
        }
        let page = w.page(&format!("/s/{}", shop.store), "").await;
        // A store that is not open yet has no page.
        if page.status != 200 {
            continue;
        }
        seen.insert(shop.theme.clone());
        let links = page.text().split("class=\"cats\"").nth(1).and_then(|t| t.split("</nav>").next()).unwrap_or_default();
        let (all, drawn) = (links.matches("<a ").count(), links.matches("src=\"/pkg/cat-").count());
        let plain = ["simple", "community"].contains(&shop.theme.as_str());
        assert!(all > 5 && drawn == if plain { 0 } else { all }, "{} of {}: {drawn} of {all}", shop.theme, shop.store);
    }
    assert!(seen.len() > 1, "{seen:?}");
    w.stack.stop().await;
}
