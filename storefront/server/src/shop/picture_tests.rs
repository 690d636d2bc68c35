//! Pictures on the shop's pages: each has its place before it is there, and the browser is told how large it will be. That the files behind the
//! addresses are served is tested on the real stack: tests/integration/pages/pictures.rs.

use liandian_types::{Fulfilment, OrderState, api::StoreList};

use super::{
    fixtures::{goods, line, order_in, product, store},
    *,
};

fn page() -> pages::Page {
    pages::Page { version: "v1".to_owned(), member: Some("mem_1".parse().unwrap()), ..pages::Page::default() }
}

/// The tags of a page's pictures.
fn pictures(text: &str) -> Vec<&str> {
    text.split("<img ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()).collect()
}

#[tokio::test]
async fn given_every_page_with_goods_when_shown_then_each_picture_says_its_size_and_what_it_is() {
    let mut all = vec![
        ("stores", pages::stores(&page(), &StoreList { stores: (1..=3).map(store).collect(), next: None }, pages::Looking::default(), None)),
        ("shelf", pages::goods(&page(), &goods(1, "dairy", None), None)),
        ("search", pages::search(&page(), &goods(1, "", Some("奶")), &pages::Sought::default(), &[], None)),
        ("product", pages::product(&page(), &product(1, 2), &[])),
        ("cart", pages::cart(&page(), &store(1), &[line(2, 3), line(1, 1)])),
    ];
    for state in OrderState::ALL {
        all.push(("order", pages::order(&page(), &order_in(*state, Fulfilment::Pickup), false)));
    }
    for (name, text) in &all {
        for tag in pictures(text) {
            for attribute in [" alt", " width=\"", " height=\"", "src=\""] {
                assert!(format!(" {tag}").contains(attribute), "{name}: {attribute} in <img {tag}>");
            }
        }
        assert!(*name == "stores" || !pictures(text).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn given_a_picture_in_several_sizes_when_a_page_shows_it_then_the_browser_chooses_and_the_first_screen_comes_first() {
    let shelf = pages::goods(&page(), &goods(1, "dairy", None), None);
    let tags = pictures(&shelf);
    let first = tags.iter().filter(|t| t.contains("fetchpriority=\"high\"") && t.contains("loading=\"eager\"")).count();
    let later = tags.iter().filter(|t| t.contains("loading=\"lazy\"") && !t.contains("fetchpriority")).count();
    assert!(first == 5 && first + later == tags.len() && later > 0, "{first} and {later} of {}", tags.len());
    for tag in &tags {
        assert!(tag.contains("-200.webp 200w, ") && tag.contains("-400.webp 400w, ") && tag.contains("-800.webp 800w\""), "{tag}");
        assert!(tag.contains("sizes=\""), "{tag}");
    }
    let big = pages::product(&page(), &product(1, 2), &[]);
    let tag = pictures(&big)[0];
    assert!(tag.contains("fetchpriority=\"high\"") && tag.contains("100vw") && tag.contains("-400.webp 400w"), "{tag}");
    let order = pages::order(&page(), &order_in(OrderState::Ready, Fulfilment::Pickup), false);
    assert!(pictures(&order).iter().all(|t| t.contains("-200.webp\"") && t.contains("loading=\"lazy\"")), "{order}");
}

#[tokio::test]
async fn given_a_picture_that_lies_in_one_size_when_a_page_shows_it_then_its_address_is_all_there_is() {
    let mut one = product(1, 2);
    for sku in &mut one.skus {
        sku.picture = "/media/hq/photo.jpg".to_owned();
    }
    let text = pages::product(&page(), &one, &[]);
    let tag = pictures(&text)[0];
    assert!(tag.contains("src=\"/media/hq/photo.jpg\"") && !tag.contains("srcset"), "{tag}");
}
