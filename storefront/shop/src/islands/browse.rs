//! Islands of the pages where one looks around: nearest stores, putting goods into the cart, the cart's count.

use leptos::prelude::*;
use liandian_types::{Quantity, SkuId};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{browser, cart, words};

/// 离我最近: asks for the place and opens the list of stores around it.
#[island]
pub fn Nearby() -> impl IntoView {
    let said = RwSignal::new("离我最近");
    let ask = move |_| {
        said.set("正在定位…");
        browser::locate(
            // The browser measures in WGS-84; the server converts.
            |p| browser::go(&format!("/?wgs=1&{}", browser::at(p))),
            move || said.set("无法定位，请搜索"),
        );
    };
    view! { <button class="near" type="button" on:click=ask>{said}</button> }
}

/// The time until something begins or ends, by the server's clock: a device's own may be wrong, what it measures between two moments is not. When it
/// is over the page is loaded anew, once.
#[island]
pub fn Countdown(
    /// The server's clock when the page was made, in milliseconds since the epoch.
    now: i64,
    /// When it is over.
    at: i64,
) -> impl IntoView {
    let ahead = at - now;
    let left = RwSignal::new(ahead / 1_000);
    Effect::new(move |_| {
        if ahead <= 0 {
            return;
        }
        let begun = js_sys::Date::now() as i64;
        let reloads = StoredValue::new(true);
        let tick = move || {
            let rest = ahead - (js_sys::Date::now() as i64 - begun);
            left.set((rest / 1_000).max(0));
            // A little later, so that the server's clock is surely past it.
            if rest < -500 && reloads.get_value() {
                reloads.set_value(false);
                browser::reload();
            }
        };
        set_interval(tick, std::time::Duration::from_secs(1));
    });
    view! { <time class="num" role="timer">{move || words::countdown(left.get())}</time> }
}

/// The count on the cart's tab. It also serves every `+` of the page, so that a list of goods needs one island, not twenty.
#[island]
pub fn CartCount(
    /// The store.
    store: String,
    /// Is somebody logged in, so that the account's cart matters?
    member: bool,
) -> impl IntoView {
    let units = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if member {
            browser::share_cart(store.clone());
        }
        serve_adders(store.clone());
        let store = store.clone();
        browser::watch_cart(move || {
            let lines = browser::cart_of(&store);
            units.set(cart::units(&lines));
            each_step(|step, sku| {
                let _ = match cart::count(&lines, sku) {
                    0 => {
                        // `−` goes away with the last unit: the keyboard goes on at `+`.
                        let here = document().active_element().is_some_and(|e| e.has_attribute("data-sub") && step.contains(Some(&e)));
                        let add = step.last_element_child().and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
                        let _ = add.filter(|_| here).map(|add| add.focus());
                        step.remove_attribute("data-n")
                    }
                    n => step.set_attribute("data-n", &n.to_string()),
                };
            });
        });
    });
    view! { <span class="count" class:on=move || units.get() != 0>{move || if units.get() > 99 { "99+".to_owned() } else { units.get().to_string() }}</span> }
}

/// Goes through the page's places with `−`, amount and `+`: the element and its SKU.
fn each_step(mut f: impl FnMut(&web_sys::Element, &SkuId)) {
    let Ok(all) = document().query_selector_all("[data-step]") else { return };
    for i in 0..all.length() {
        let Some(step) = all.get(i).and_then(|n| n.dyn_into::<web_sys::Element>().ok()) else { continue };
        if let Some(sku) = step.get_attribute("data-step").and_then(|s| s.parse().ok()) {
            f(&step, &sku);
        }
    }
}

/// A `+` is a link to its product, for pages without WASM; here it puts one unit into the cart instead, and `−` takes one out.
fn serve_adders(store: String) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        let Some(target) = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) else { return };
        for (name, more) in [("data-add", 1), ("data-sub", -1)] {
            let hit = target.closest(&format!("[{name}]")).ok().flatten();
            let Some(sku) = hit.and_then(|e| e.get_attribute(name)).and_then(|s| s.parse::<SkuId>().ok()) else { continue };
            event.prevent_default();
            browser::add_to_cart(&store, &sku, more);
        }
    });
    let _ = document().add_event_listener_with_callback("click", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// How many, and into the cart. What this store lacks goes there too: the cart tells which stores and warehouses can send it.
#[island]
pub fn AddToCart(
    /// The store.
    store: String,
    /// The SKU.
    sku: String,
    /// How many are left of it.
    left: u32,
) -> impl IntoView {
    let n = RwSignal::new(1_u32);
    // Was there room for it, the last time?
    let added = RwSignal::new(None::<bool>);
    let (store, sku) = (StoredValue::new(store), StoredValue::new(sku));
    let step = move |by: i32| n.update(|n| *n = n.saturating_add_signed(by).clamp(1, Quantity::MAX));
    let lacks = Signal::derive(move || left < n.get());
    let add = move |_| {
        let Ok(sku) = sku.get_value().parse::<SkuId>() else { return };
        let store = store.get_value();
        let room = browser::add_to_cart(&store, &sku, n.get_untracked().cast_signed());
        added.set(Some(room));
        if room && lacks.get_untracked() {
            browser::go(&["/s/", &store, "/cart"].concat());
        }
    };
    // So many of it and nothing else: what is in the cart besides stays there, not ticked.
    let buy = move |_| {
        let Ok(sku) = sku.get_value().parse::<SkuId>() else { return };
        let store = store.get_value();
        let mut lines = browser::cart_of(&store);
        if !cart::set(&mut lines, &sku, n.get_untracked()) {
            added.set(Some(false));
            return;
        }
        let others: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).filter(|s| *s != sku).collect();
        browser::keep_unticked(&store, &others);
        browser::keep_cart(&store, &lines);
        browser::go(&["/s/", &store, if lacks.get_untracked() { "/cart" } else { "/checkout" }].concat());
    };
    view! {
        <div class="many"><span class="dim">"数量"</span>
            <div class="stepper" role="group" aria-label="数量">
                <button type="button" aria-label="少一件" disabled=move || n.get() <= 1 on:click=move |_| step(-1)>"−"</button>
                <output aria-live="polite">{n}</output>
                <button type="button" aria-label="多一件" disabled=move || Quantity::MAX <= n.get() on:click=move |_| step(1)>"+"</button>
            </div>
        </div>
        <button class="btn put" type="button" on:click=add aria-live="polite">
            {move || match added.get() {
                Some(false) => "购物车已满 40 种",
                _ if left == 0 => "本店售罄，看怎么买到",
                _ if lacks.get() => "本店不够，看怎么买到",
                Some(true) => "已加入，再加一份",
                None => "加入购物车",
            }}
        </button>
        <button class="btn now" type="button" hidden=move || lacks.get() on:click=buy>"立即购买"</button>
    }
}
