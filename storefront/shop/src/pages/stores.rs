//! `/`: find a store, or change to another one: what each can do now, and why one cannot bring anything here.

use leptos::prelude::*;
use liandian_types::{
    GeoPoint, StoreId,
    api::{StoreCard, StoreList},
};

use super::frame::{Module, Page, escaped, open_state, promise};
use crate::{islands::browse::Nearby, words};

/// Who looks for a store, and what is known of him.
#[derive(Debug, Clone, Copy, Default)]
pub struct Looking<'a> {
    /// Around this point.
    pub near: Option<GeoPoint>,
    /// For these words.
    pub text: Option<&'a str>,
    /// The store that he comes from: its cart comes along.
    pub of: Option<&'a StoreId>,
    /// Stores where he was before.
    pub often: &'a [StoreCard],
    /// Cities in which there are stores.
    pub cities: &'a [String],
}

/// The list of stores, around a point or matching words. `next` is the address of the next page, if there is one.
#[must_use]
pub fn stores(page: &Page, list: &StoreList, looking: Looking<'_>, next: Option<String>) -> String {
    let Looking { near, text, of, often, cities } = looking;
    page.document("选择门店", Module::Browse, "stores", || {
        let title = match (near, text) {
            (_, Some(text)) => format!("“{text}”的搜索结果"),
            (Some(_), None) => "离你最近的门店".to_owned(),
            (None, None) => "全部门店".to_owned(),
        };
        // Who comes from a store stays on his way with every choice.
        let kept = of.map(|of| format!("&of={of}")).unwrap_or_default();
        let chips = cities.iter().take(12).map(|city| {
            let here = (text == Some(city.as_str())).then_some("true");
            view! { <a class="chip" href=format!("/?q={}{kept}", escaped(city)) aria-current=here>{city.clone()}</a> }
        });
        let chips = chips.collect_view();
        view! {
            <header class="hero">
                <div class="brand"><b>"连店"</b><span>"选一家门店，线上下单，到店自提或送到家"</span></div>
                <form class="search" role="search" action="/" method="get">
                    <input type="search" name="q" value=text.unwrap_or_default().to_owned() placeholder="城市、门店名或街道" aria-label="搜索门店" enterkeyhint="search"/>
                    {of.map(|of| view! { <input type="hidden" name="of" value=of.to_string()/> })}
                    <button type="submit">"搜索"</button>
                </form>
            </header>
            <main data-of=of.map(ToString::to_string)>
                {page.last.as_ref().filter(|_| text.is_none()).map(|(store, name)| view! {
                    <a class="cells cell last" href=format!("/s/{store}")><span class="dim">"上次逛的"</span><b>{name.clone()}" ›"</b></a>
                })}
                {(text.is_none() && !often.is_empty()).then(|| view! {
                    <p class="title">"常去的门店"</p>
                    <ul class="shops often">{often.iter().map(row).collect_view()}</ul>
                })}
                {(cities.len() > 1).then(|| view! { <nav class="chips cities" aria-label="城市">{chips}</nav> })}
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
                {near.map(|_| view! { <p class="foot"><a href=format!("/?all=1{kept}")>"全部门店"</a></p> })}
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

/// A store with what it can do now: fetched and brought, each with its moment or the reason why not.
fn row(store: &StoreCard) -> impl IntoView + use<> {
    let range = (store.distance_m.is_some() && store.delivery).then(|| {
        if store.in_range {
            view! { <span class="tag good">"可送到"</span> }
        } else {
            view! { <span class="tag">"超出配送范围"</span> }
        }
    });
    let way = |title: &'static str, rides: bool, does: bool| {
        let said = promise(store, rides, store.distance_m);
        view! { <span class="can dim" class:none=!does>{format!("{title}：{said}")}</span> }
    };
    let near = store.distance_m.is_none_or(|_| store.in_range);
    let (fetch, bring) = (way("自提", false, store.pickup_text.is_some()), way("外送", true, store.delivery_text.is_some() && near));
    view! {
        <li><a class="shop" class:resting=!store.open_now href=format!("/s/{}", store.store) data-store=store.store.to_string()>
            <div class="what">
                <b>{store.name.clone()}</b>
                <span class="dim">{store.address.clone()}</span>
                {store.notice.clone().map(|n| view! { <span class="dim">{n}</span> })}
                <span class="tags">{open_state(store)}<span class="dim num">{store.hours.clone()}</span>{range}</span>
                {fetch}{bring}
            </div>
            <span class="far num">{store.distance_m.map(words::distance)}</span>
        </a></li>
    }
}
