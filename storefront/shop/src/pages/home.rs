//! `/s/{store}`: a store's home, in one of three themes. `standard` is a shop window; `simple` is for small towns: large type, one
//! good a row; `community` puts what the neighbourhood comes for first: collect, deliver, orders.

use leptos::prelude::*;
use liandian_types::api::{CouponOffer, DealLink, ListingCard, StoreCard, StoreHome};

use super::{
    coupons::{popup, strip},
    flash,
    frame::{Module, Page, Tab, card, cart_bar, search_box, shop_head, sold_out_last, themed},
};
use crate::words;

/// A store's home page. `offers`: coupons that may be claimed; `pops`: the one of them that is laid over it was not seen today.
#[must_use]
pub fn home(page: &Page, home: &StoreHome, offers: &[CouponOffer], pops: bool) -> String {
    let about = format!("{}，{}，营业时间 {}。线上下单，到店自提或送到家。", home.store.name, home.store.address, home.store.hours);
    page.document_about(&home.store.name, &about, Module::Browse, &themed("home", &home.store), || {
        let store = &home.store;
        let id = store.store.clone();
        let first = home.categories.first().map(|c| c.key.clone());
        let community = home.theme == "community";
        // The other themes name their categories in words alone.
        let drawn = !community && home.theme != "simple";
        view! {
            {shop_head(page, store, None, true, search_box(&store.store))}
            <main>
                {community.then(|| services(store, first.as_deref()))}
                {state_notice(home)}
                {banners(home)}
                <nav class="cats" aria-label="商品分类">{home.categories.iter().map(|c| {
                    view! { <a href=format!("/s/{id}/c/{}", c.key)>{sign(page, c, drawn)}{c.name.clone()}</a> }
                }).collect_view()}</nav>
                {strip(&store.store, offers)}
                {home.flash.as_ref().and_then(|f| flash::strip(&store.store, f))}
                {combos(home)}
                {hot(home)}
                <h2 class="title">{if community { "邻里常买" } else { "本店推荐" }}</h2>
                {if home.featured.is_empty() {
                    view! { <div class="blank"><i class="pic shop"></i><p>"本店还没有推荐商品，请从分类进入"</p></div> }.into_any()
                } else {
                    // The first four are on the first screen.
                    view! { <ul class="goods">{sold_out_last(&home.featured).filter(|(_, item)| !is_hot(home, item)).map(|(i, item)| card(&store.store, item, i < 4)).collect_view()}</ul> }.into_any()
                }}
            </main>
            {about_store(store)}
            {pops.then(|| popup(&store.store, offers))}
            {cart_bar(&store.store)}
            {page.tabs(&store.store, first.as_deref(), Tab::Home)}
        }
    })
}

/// The categories that have an icon among the site's files, `cat-….webp`: those that shops of this kind have. One of another key has
/// its first letter.
const ICONS: [&str; 13] =
    ["fresh", "dairy", "bakery", "tea", "drinks", "snacks", "instant", "grocery", "frozen", "household", "care", "baby", "tobacco"];

/// What stands over a category's name.
fn sign(page: &Page, category: &liandian_types::api::Category, drawn: bool) -> impl IntoView + use<> {
    if drawn && ICONS.contains(&category.key.as_str()) {
        let src = format!("/pkg/cat-{}.webp?v={}", category.key, page.version);
        leptos::either::Either::Left(view! { <i class="drawn" aria-hidden="true"><img src=src alt="" width="52" height="52" decoding="async"/></i> })
    } else {
        let initial: String = category.name.chars().take(1).collect();
        leptos::either::Either::Right(view! { <i aria-hidden="true">{initial}</i> })
    }
}

/// That the store takes no orders, and who does instead; that it rests; that it closes soon or has other hours today.
fn state_notice(home: &StoreHome) -> Option<impl IntoView + use<>> {
    let store = &home.store;
    let said = match (&store.notice, store.paused, store.open_now) {
        (Some(notice), true, _) => format!("本店{notice}。"),
        (None, true, _) => "本店暂停接单。".to_owned(),
        (Some(notice), false, true) => notice.clone(),
        (Some(notice), false, false) => format!("本店{notice}。可先挑选，营业后下单。"),
        (None, false, false) => format!("本店正在休息，营业时间 {}。可先挑选，营业后下单。", store.hours),
        (None, false, true) => return None,
    };
    let instead = home.instead.as_ref().map(|s| {
        let far = s.distance_m.map(|m| format!("，{}", words::distance(m))).unwrap_or_default();
        view! { <p><a href=format!("/s/{}", s.store)>{format!("去最近的{}{far}", s.name)}" ›"</a></p> }
    });
    Some(view! { <div class="notice" role="status">{said}{instead}</div> })
}

/// What runs in this store, a page of a strip each, the store's own first; it is swiped by hand and never moves by itself.
fn banners(home: &StoreHome) -> Option<impl IntoView + use<>> {
    let id = &home.store.store;
    let mut shown: Vec<&DealLink> = home.deals.iter().filter(|d| !d.combo).collect();
    shown.sort_by_key(|d| !d.own);
    let one = |d: &&DealLink| {
        let by = if d.own { "本店活动" } else { "全店活动" };
        view! { <li class:own=d.own><a href=format!("/s/{id}/deals/{}", d.campaign)><small>{by}</small><b>{d.title.clone()}</b><span>{d.what.clone()}" ›"</span></a></li> }
    };
    let pages = shown.iter().map(one).collect_view();
    (!shown.is_empty()).then(|| view! { <section class="banners" aria-label="进行中的活动"><ul>{pages}</ul></section> })
}

/// Is it one of what sells best around here, of which there is something left?
fn is_hot(home: &StoreHome, item: &ListingCard) -> bool {
    item.available > 0 && home.hot.iter().any(|h| h.sku == item.sku)
}

/// 周边爆款: what sells best in the stores around, with how much of it. What is sold out is no offer.
fn hot(home: &StoreHome) -> Option<impl IntoView + use<>> {
    let goods = home.hot.iter().filter_map(|h| Some((h, home.featured.iter().find(|i| i.sku == h.sku && i.available > 0)?)));
    let cards: Vec<_> = goods
        .enumerate()
        .map(|(i, (h, item))| {
            let sold = format!("3 km 内近 14 天售出 {}+ 件", h.sold);
            let labels = std::iter::once(sold).chain(item.labels.iter().take(1).cloned()).collect();
            card(&home.store.store, &ListingCard { labels, ..item.clone() }, i < 2)
        })
        .collect();
    (!cards.is_empty()).then(|| view! { <section aria-label="周边爆款"><h2 class="title">"周边爆款"</h2><ul class="goods">{cards}</ul></section> })
}

/// Goods at a price together.
fn combos(home: &StoreHome) -> Option<impl IntoView + use<>> {
    let id = &home.store.store;
    let one = |d: &DealLink| view! { <li><a href=format!("/s/{id}/deals/{}", d.campaign)><b>{d.title.clone()}</b><span class="dim">{d.what.clone()}</span></a></li> };
    let all: Vec<_> = home.deals.iter().filter(|d| d.combo).map(one).collect();
    (!all.is_empty()).then(|| view! { <section class="combos" aria-label="超值搭配"><h2 class="title">"超值搭配"</h2><ul>{all}</ul></section> })
}

/// Where the store is and when it is there, at the end of its home.
fn about_store(store: &StoreCard) -> impl IntoView + use<> {
    let ways = match (store.pickup, store.delivery) {
        (true, true) => format!("到店自提 · 同城配送 {} 内", words::distance(store.radius_m)),
        (true, false) => "到店自提".to_owned(),
        (false, true) => format!("同城配送 {} 内", words::distance(store.radius_m)),
        (false, false) => String::new(),
    };
    view! {
        <footer class="about"><p>{store.address.clone()}</p><p><span class="num">{format!("营业时间 {}", store.hours)}</span>" "{ways}</p></footer>
    }
}

/// 便民服务: the errands of a community store, as doors to what the shop really does.
fn services(store: &StoreCard, first: Option<&str>) -> impl IntoView + use<> {
    let goods = first.map_or_else(|| format!("/s/{}/search", store.store), |c| format!("/s/{}/c/{c}", store.store));
    view! {
        <section class="services" aria-label="便民服务">
            <a href=goods><b>"日常采买"</b><span>"下楼就能取"</span></a>
            <a href=format!("/s/{}/cart", store.store)><b>{if store.delivery { "送货上门" } else { "去结算" }}</b><span>{if store.delivery { "骑手送到家门口" } else { "备好等你来取" }}</span></a>
            <a href="/orders"><b>"取货码"</b><span>"看订单、取东西"</span></a>
        </section>
    }
}
