//! `/`: find a store.

use leptos::prelude::*;
use liandian_types::{
    GeoPoint,
    api::{StoreCard, StoreList},
};

use super::frame::{Module, Page, open_state};
use crate::{islands::browse::Nearby, words};

/// The list of stores, around `near` or matching `text`. `next` is the address of the next page, if there is one.
#[must_use]
pub fn stores(page: &Page, list: &StoreList, near: Option<GeoPoint>, text: Option<&str>, next: Option<String>) -> String {
    page.document("选择门店", Module::Browse, "stores", || {
        let title = match (near, text) {
            (Some(_), _) => "离你最近的门店".to_owned(),
            (_, Some(text)) => format!("“{text}”的搜索结果"),
            _ => "全部门店".to_owned(),
        };
        view! {
            <header class="hero">
                <div class="brand"><b>"连店"</b><span>"选一家门店，线上下单，到店自提或送到家"</span></div>
                <form class="search" role="search" action="/" method="get">
                    <input type="search" name="q" value=text.unwrap_or_default().to_owned() placeholder="城市、门店名或街道" aria-label="搜索门店" enterkeyhint="search"/>
                    <button type="submit">"搜索"</button>
                </form>
            </header>
            <main>
                {page.last.as_ref().filter(|_| text.is_none()).map(|(store, name)| view! {
                    <a class="cells cell last" href=format!("/s/{store}")><span class="dim">"上次逛的"</span><b>{name.clone()}" ›"</b></a>
                })}
                <div class="row"><h1 class="title">{title}</h1><Nearby/></div>
                {if list.stores.is_empty() {
                    view! { <div class="blank"><i class="pic shop"></i><h2>"没有找到门店"</h2><p>"换个词试试，或查看全部门店"</p><a class="btn plain" href="/">"全部门店"</a></div> }.into_any()
                } else {
                    parts(list, near.is_some()).into_iter().map(|(city, stores)| view! {
                        {city.map(|city| view! { <h2 class="title city">{city}</h2> })}
                        <ul class="shops">{stores.into_iter().map(row).collect_view()}</ul>
                    }).collect_view().into_any()
                }}
                {next.map(|next| view! { <p class="foot"><a class="btn plain" href=next rel="next">"更多门店"</a></p> })}
                {near.map(|_| view! { <p class="foot"><a href="/?all=1">"全部门店"</a></p> })}
                <p class="foot"><a href="/orders">"我的订单"</a></p>
            </main>
        }
    })
}

/// The stores in their order, those that are closed now behind all others: under their cities, unless it is the way to them that counts.
fn parts(list: &StoreList, by_distance: bool) -> Vec<(Option<String>, Vec<&StoreCard>)> {
    let open = list.stores.iter().filter(|s| s.open_now).chain(list.stores.iter().filter(|s| !s.open_now));
    let mut parts: Vec<(Option<String>, Vec<&StoreCard>)> = Vec::new();
    for store in open {
        let city = (!by_distance).then(|| store.city.clone());
        match parts.iter_mut().find(|(of, _)| *of == city) {
            Some((_, stores)) => stores.push(store),
            None => parts.push((city, vec![store])),
        }
    }
    parts
}

fn row(store: &StoreCard) -> impl IntoView + use<> {
    let range = (store.distance_m.is_some() && store.delivery).then(|| {
        if store.in_range {
            view! { <span class="tag good">"可送到"</span> }
        } else {
            view! { <span class="tag">"超出配送范围"</span> }
        }
    });
    view! {
        <li><a class="shop" class:resting=!store.open_now href=format!("/s/{}", store.store)>
            <div class="what">
                <b>{store.name.clone()}</b>
                <span class="dim">{store.address.clone()}</span>
                {store.notice.clone().map(|n| view! { <span class="dim">{n}</span> })}
                <span class="tags">{open_state(store)}<span class="dim num">{store.hours.clone()}</span>
                    {store.pickup.then(|| view! { <span class="tag">"自提"</span> })}
                    {store.delivery.then(|| view! { <span class="tag">"配送 "{words::distance(store.radius_m)}</span> })}{range}</span>
            </div>
            <span class="far num">{store.distance_m.map(words::distance)}</span>
        </a></li>
    }
}
