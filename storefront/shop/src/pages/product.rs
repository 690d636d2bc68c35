//! `/s/{store}/p/{sku}`: one product: its pictures, its price with the reasons, its specs as links, when it can be had either way, what HQ has written down of
//! it, who else has it; and into the cart. Its foot is its own: service, cart, two buttons.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    api::{ListingCard, ProductPage, StoreCard},
    picture,
};

use super::{
    frame::{Module, Page, promise, promos, shop_head, themed},
    problem,
};
use crate::{
    islands::browse::{AddToCart, CartCount},
    words,
};

/// Pictures that are swiped through, at most.
const PICTURES: usize = 8;

/// A product page. `also`: stores nearby that have it, and when; asked for where this one lacks it.
#[must_use]
pub fn product(page: &Page, product: &ProductPage, also: &[(StoreCard, String)]) -> String {
    let Some(chosen) = product.skus.iter().find(|s| s.sku == product.chosen) else {
        return problem(page, &liandian_types::Problem::new(liandian_types::Code::NotFound, "本店没有这件商品"));
    };
    let about = format!(
        "{} {}，{}，{} 有售。{}",
        product.name,
        chosen.spec,
        chosen.price,
        product.store.name,
        product.description.chars().take(60).collect::<String>()
    );
    let shared = picture::at(&chosen.picture, 400);
    page.document_shared(&product.name, &about, Some(&shared), Module::Browse, &themed("product", &product.store), || {
        let id = &product.store.store;
        let stock = if chosen.available == 0 { "tag rest" } else if chosen.available <= words::FEW { "tag bad" } else { "tag good" };
        let specs = product.skus.iter().map(|s| {
            view! {
                <a class="chip" class:gone={s.available == 0} href=format!("/s/{id}/p/{}", s.sku) aria-current=(s.sku == chosen.sku).then_some("true")>
                    {s.spec.clone()}<small class="num">{s.price.to_string()}</small></a>
            }
        });
        view! {
            {shop_head(page, &product.store, Some(format!("/s/{id}/c/{}", chosen.category)), false, ())}
            <main>
                {pictures(product, chosen)}
                <section class="panel">
                    <p class="pricing"><span class="price large">{chosen.price.to_string()}</span>
                        {chosen.was.map(|w| view! { <span class="dim">"原价 "<s class="num">{w.to_string()}</s></span> })}
                        <span class=stock>{words::stock(chosen.available)}</span></p>
                    <h1>{chosen.flagship.then(|| view! { <span class="tag star">"品牌主推"</span> })}{product.name.clone()}</h1>
                    <p class="dim">{product.brand.clone()}" · "{chosen.spec.clone()}</p>
                    {reasons(chosen)}
                </section>
                {(product.skus.len() > 1).then(|| view! { <section class="panel"><h2 class="title">"规格"</h2><div class="chips">{specs.collect_view()}</div></section> })}
                {ways(page, &product.store, chosen)}
                {(!also.is_empty()).then(|| others(chosen, also))}
                {facts(product)}
                <section class="panel"><h2 class="title">"商品介绍"</h2><p class="text">{product.description.clone()}</p></section>
                <a class="panel cell" href=format!("/s/{id}")><span>"由 "<b>{product.store.name.clone()}</b>" 供货"</span><span class="dim">"进店逛逛 ›"</span></a>
                <noscript><p class="notice">"加入购物车需要启用 JavaScript。"</p></noscript>
            </main>
            <nav class="buy" aria-label="购买">
                {service(product)}
                <a class="quick" href=format!("/s/{id}/cart")><i class="ico cart"></i>"购物车"<CartCount store=id.to_string() member=page.member.is_some()/></a>
                <AddToCart store=id.to_string() sku=chosen.sku.to_string() left=chosen.available/>
            </nav>
        }
    })
}

/// Its pictures, swiped by hand: the chosen SKU's first. Each has its place before it is there.
fn pictures(product: &ProductPage, chosen: &ListingCard) -> impl IntoView + use<> {
    let mut all: Vec<&String> = vec![&chosen.picture];
    for image in &product.images {
        if !all.contains(&image) {
            all.push(image);
        }
    }
    all.truncate(PICTURES);
    let n = all.len();
    let slides = all.into_iter().enumerate().map(|(i, image)| {
        let loading = if i == 0 { "eager" } else { "lazy" };
        let alt = if n == 1 { product.name.clone() } else { format!("{}，图 {} / {n}", product.name, i + 1) };
        view! {
            <li><img class="big" src=image.clone() srcset=picture::srcset(image) sizes="(min-width: 720px) 720px, 100vw" alt=alt width="640" height="640"
                loading=loading fetchpriority=(i == 0).then_some("high")/></li>
        }
    });
    let slides = slides.collect_view();
    // What scrolls is reached by keyboard as well.
    view! { <ul class="swipe" tabindex=(n > 1).then_some("0") aria-label="商品图片">{slides}</ul> }
}

/// The campaigns on it, and in a sheet what the price is made of. Opens without a script.
fn reasons(chosen: &ListingCard) -> Option<impl IntoView + use<>> {
    if chosen.labels.is_empty() && chosen.was.is_none() {
        return None;
    }
    let was = chosen.was.map(|w| view! { <li class="row"><span>"总部建议价"</span><s class="num">{w.to_string()}</s></li> });
    let labels = chosen.labels.iter().map(|l| view! { <li>{l.clone()}</li> }).collect_view();
    Some(view! {
        <details class="half reasons"><summary>{promos(&chosen.labels)}<span class="link">"优惠说明 ›"</span></summary>
            <div class="drawer" role="group" aria-label="价格与优惠"><p class="row"><b>"价格与优惠"</b></p>
                <ul>{was}<li class="row"><span>"本店售价"</span><b class="price">{chosen.price.to_string()}</b></li>{labels}</ul>
                <p class="dim">"参加活动后的价格以购物车里的计算为准。"</p></div>
        </details>
    })
}

/// When it can be had either way.
fn ways(page: &Page, store: &StoreCard, chosen: &ListingCard) -> impl IntoView + use<> {
    let far = store.distance_m.or_else(|| page.near.map(|p| crate::place::metres(store.point, p)));
    let said = |rides: bool| {
        if chosen.available == 0 && store.open_now { "本店售罄，可从其他门店调货".to_owned() } else { promise(store, rides, far) }
    };
    view! {
        <section class="cells vows" aria-label="什么时候能拿到">
            <div class="cell"><span>"自提"</span><span>{said(false)}</span></div>
            <div class="cell"><span>"外送"</span><span>{if store.delivery { said(true) } else { promise(store, true, far) }}</span></div>
        </section>
    }
}

/// Stores nearby that have it.
fn others(chosen: &ListingCard, also: &[(StoreCard, String)]) -> impl IntoView + use<> {
    let row = |(store, ready): &(StoreCard, String)| {
        let far = store.distance_m.map(|m| format!(" · {}", words::distance(m))).unwrap_or_default();
        view! {
            <a class="cell" href=format!("/s/{}/p/{}", store.store, chosen.sku)><span>{store.name.clone()}</span><span class="dim">{format!("{ready} 可取{far} ›")}</span></a>
        }
    };
    let rows = also.iter().map(row).collect_view();
    view! { <section class="also"><h2 class="title">"其他门店有货"</h2><div class="cells">{rows}</div></section> }
}

/// What HQ has written down of it.
fn facts(product: &ProductPage) -> Option<impl IntoView + use<>> {
    let rows = product.facts.iter().map(|f| view! { <div><dt>{f.name.clone()}</dt><dd>{f.value.clone()}</dd></div> }).collect_view();
    (!product.facts.is_empty()).then(|| view! { <section class="panel"><h2 class="title">"商品参数"</h2><dl class="facts">{rows}</dl></section> })
}

/// The way to somebody who answers: the store's telephone, or else its member group.
fn service(product: &ProductPage) -> Option<impl IntoView + use<>> {
    let href = if product.phone.is_empty() { product.group.clone() } else { format!("tel:{}", product.phone) };
    let safe = href.starts_with("tel:") || href.starts_with("https://");
    let quick = view! { <a class="quick" href=href.clone()><i class="ico phone"></i>"客服"</a> };
    // With both the group stands beside the telephone.
    let group = (!product.phone.is_empty() && product.group.starts_with("https://")).then(|| {
        let href = product.group.clone();
        view! { <a class="quick" href=href rel="noopener"><i class="ico group"></i>"会员群"</a> }
    });
    safe.then_some(if let Some(group) = group { Either::Left((quick, group)) } else { Either::Right(quick) })
}
