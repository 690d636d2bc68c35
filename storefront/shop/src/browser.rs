//! The browser as islands see it: calls to the API, the cart kept on the device, where the customer is.
//!
//! Everything here is called from effects and events only, which a server never runs; it compiles there because islands do.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, GeoPoint, Problem, SkuId,
    api::{AccountCart, CartLine, DeviceCart, SeenCart},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::{cart, place};

/// Told to the window whenever the cart on the device changes.
const CART_EVENT: &str = "ld-cart";

/// Where the device keeps what was looked for on it.
const SOUGHT: &str = "ld-sought";

// ---------------------------------------------------------------- calls

/// Calls the API and gives back the text of a success. A refusal comes back as the document that the API sent.
pub async fn call(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<String, Problem> {
    let quiet = || Problem::new(Code::Unavailable, "网络不太顺畅，请稍后再试");
    let (ok, status, text) = fetch(method, path, body, key).await.map_err(|_| quiet())?;
    if ok {
        return Ok(text);
    }
    Err(serde_json::from_str(&text).unwrap_or_else(|_| if status == 401 { Problem::new(Code::Unauthenticated, "请先登录") } else { quiet() }))
}

/// What the API answers to a question of which nobody is told when it fails.
pub async fn get_text(path: &str) -> Option<String> {
    let (ok, _, text) = fetch("GET", path, None, None).await.ok()?;
    ok.then_some(text)
}

async fn fetch(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<(bool, u16, String), JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    let headers = web_sys::Headers::new()?;
    if let Some(body) = body {
        init.set_body(&body.into());
        headers.set("content-type", "application/json")?;
        // What is told shall arrive, also when the page is left meanwhile.
        Reflect::set(&init, &"keepalive".into(), &true.into())?;
    }
    if let Some(key) = key {
        headers.set("idempotency-key", key)?;
    }
    init.set_headers(&headers);
    let response: web_sys::Response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await?.unchecked_into();
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response.ok(), response.status(), text))
}

/// Leaves for another page.
pub fn go(path: &str) {
    let _ = window().location().set_href(path);
}

/// Leaves for another page that takes the place of this one.
pub fn replace(path: &str) {
    let _ = window().location().replace(path);
}

/// Takes another address for this page without leaving it: where the browser's own way back leads.
pub fn stand_at(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Asks the mini-program around this page for something by its word (`storefront/shop/script/shell.js`). False where there is none, as in every
/// ordinary browser.
#[cfg(any(feature = "ssr", feature = "checkout", feature = "order"))]
pub fn ask_shell(word: &str, value: &str) -> bool {
    let shell = Reflect::get(&window(), &"ldShell".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
    let answer = shell.and_then(|f| f.call2(&JsValue::NULL, &word.into(), &value.into()).ok());
    answer.is_some_and(|a| a.is_truthy())
}

/// Reads this page again from the server.
pub fn reload() {
    let _ = window().location().reload();
}

/// Goes to the login, to come back to this page afterwards.
pub fn log_in() {
    let here = window().location();
    let to = here.pathname().unwrap_or_default() + &here.search().unwrap_or_default();
    go(&format!("/login?to={}", js_sys::encode_uri_component(&to)));
}

/// Can the customer see the page right now?
pub fn visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// A key that no other attempt has.
pub fn fresh_key() -> String {
    // `randomUUID` is missing on plain-HTTP addresses other than localhost, where a developer's phone may look at the shop.
    let crypto = window().crypto().ok();
    if let Some(crypto) = crypto.filter(|c| Reflect::has(c, &"randomUUID".into()).unwrap_or(false)) {
        return crypto.random_uuid();
    }
    let part = || (js_sys::Math::random() * 1e15) as u64;
    format!("{:013}-{:015}-{:015}", js_sys::Date::now() as u64, part(), part())
}

/// Asks the browser where the customer is. The answer is in WGS-84.
pub fn locate(found: impl FnOnce(GeoPoint) + 'static, refused: impl FnOnce() + 'static) {
    let found = Closure::once_into_js(move |position: JsValue| {
        let number = |name: &str| {
            let coords = Reflect::get(&position, &"coords".into()).ok()?;
            Reflect::get(&coords, &name.into()).ok()?.as_f64()
        };
        if let (Some(lat), Some(lng)) = (number("latitude"), number("longitude")) {
            found(GeoPoint { lat, lng });
        }
    });
    let refused = Closure::once_into_js(refused);
    if let Ok(geolocation) = window().navigator().geolocation() {
        let (found, refused): (&Function, &Function) = (found.unchecked_ref(), refused.unchecked_ref());
        let _ = geolocation.get_current_position_with_error_callback(found, Some(refused));
    } else {
        let refused: &Function = refused.unchecked_ref();
        let _ = refused.call0(&JsValue::NULL);
    }
}

/// The place that a link of a map application, or a pair of numbers, names: they speak GCJ-02 in China, all but Baidu's.
pub fn point_in(text: &str) -> Option<GeoPoint> {
    let found = js_sys::RegExp::new("(\\d+\\.\\d+)\\s*(?:,|%2C|，)\\s*(\\d+\\.\\d+)", "i").exec(text).filter(|_| !text.contains("baidu"))?;
    // The browser reads the numbers; what is none is no place. A reader of our own would be a tenth of the download, most of it a table of powers.
    let number = |i| found.get(i).as_string().map(|n| js_sys::parse_float(&n));
    place::from_pair(number(1)?, number(2)?)
}

/// A place as parameters of an address. The browser writes the numbers: our own way of doing so would be some kilobytes of the download.
pub fn at(p: GeoPoint) -> String {
    let digits = |n: f64| js_sys::Number::from(n).to_string_with_radix(10).map(String::from).unwrap_or_default();
    format!("lat={}&lng={}", digits(p.lat), digits(p.lng))
}

/// Of the districts that the API answered the first: its name, and its point as JSON. The browser reads and writes the numbers.
#[cfg(any(feature = "ssr", feature = "order"))]
pub fn first_district(answer: &str) -> Option<(String, String)> {
    let list = Reflect::get(&js_sys::JSON::parse(answer).ok()?, &"districts".into()).ok()?;
    let first = Reflect::get_u32(&list, 0).ok()?;
    let name = Reflect::get(&first, &"name".into()).ok()?.as_string()?;
    let point = js_sys::JSON::stringify(&Reflect::get(&first, &"point".into()).ok()?).ok()?;
    Some((name, String::from(point)))
}

/// Calls `then` when the network is back.
pub fn when_online(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(then);
    let _ = window().add_event_listener_with_callback("online", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Takes the keyboard to the first of these elements that is there, when it is nowhere after the next turn of the page.
#[cfg(any(feature = "ssr", feature = "cart"))]
pub fn focus_if_lost(selectors: &'static [&'static str]) {
    set_timeout(
        move || {
            let lost = document().active_element().is_none_or(|e| e.tag_name() == "BODY");
            let found = selectors.iter().find_map(|s| document().query_selector(s).ok().flatten()).filter(|_| lost);
            if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = element.focus();
            }
        },
        std::time::Duration::from_millis(30),
    );
}

/// Takes an element out of the page.
pub fn take_away(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

// ---------------------------------------------------------------- what the device keeps

/// A word kept until the browser is closed.
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(session)) = window().session_storage() {
        let _ = session.set_item(key, value);
    }
}

/// A word kept until the browser is closed.
pub fn recall(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// What was looked for on this device, the latest first.
pub fn sought() -> Vec<String> {
    let kept = window().local_storage().ok().flatten().and_then(|s| s.get_item(SOUGHT).ok().flatten());
    kept.map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// Keeps what was looked for on this device.
pub fn keep_sought(words: &[String]) {
    if let Ok(Some(local)) = window().local_storage() {
        let _ = local.set_item(SOUGHT, &words.join("\n"));
    }
}

/// The cart of a store on this device. An unreadable one is an empty one.
pub fn cart_of(store: &str) -> Vec<CartLine> {
    let kept = window().local_storage().ok().flatten().and_then(|s| s.get_item(&format!("ld-cart-{store}")).ok().flatten());
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Keeps the cart of a store on this device, and tells the islands of the page. The cart's page gets it in a cookie as well, so that
/// its lines are in the first HTML.
pub fn keep_cart(store: &str, lines: &[CartLine]) {
    if let Ok(Some(local)) = window().local_storage() {
        let _ = local.set_item(&format!("ld-cart-{store}"), &serde_json::to_string(lines).unwrap_or_default());
    }
    let document: &JsValue = &document();
    let cookie = format!("ld_cart={}; Path=/s/{store}/cart; Max-Age=2592000; SameSite=Lax", cart::packed(lines));
    let _ = Reflect::set(document, &"cookie".into(), &cookie.into());
    if let Ok(event) = web_sys::Event::new(CART_EVENT) {
        let _ = window().dispatch_event(&event);
    }
}

/// The SKUs of a store's cart that are not ticked: not part of the next order.
pub fn unticked(store: &str) -> Vec<SkuId> {
    let kept = window().local_storage().ok().flatten().and_then(|s| s.get_item(&format!("ld-off-{store}")).ok().flatten());
    kept.map(|text| text.split(' ').filter_map(|sku| sku.parse().ok()).collect()).unwrap_or_default()
}

/// Keeps which SKUs of a store's cart are not ticked.
pub fn keep_unticked(store: &str, off: &[SkuId]) {
    if let Ok(Some(local)) = window().local_storage() {
        let _ = local.set_item(&format!("ld-off-{store}"), &off.iter().map(SkuId::as_str).collect::<Vec<_>>().join(" "));
    }
}

/// Puts more of a SKU into the cart, whatever is left of it, or fewer. False when the cart is full.
pub fn add_to_cart(store: &str, sku: &SkuId, more: i32) -> bool {
    let mut lines = cart_of(store);
    let n = cart::count(&lines, sku).saturating_add_signed(more);
    let room = cart::set(&mut lines, sku, n);
    // What is wanted again is wanted now.
    let off = unticked(store);
    if more > 0 && off.contains(sku) {
        keep_unticked(store, &off.into_iter().filter(|o| o != sku).collect::<Vec<_>>());
    }
    keep_cart(store, &lines);
    room
}

/// Calls `then` now and whenever the cart changes, here or in another tab.
pub fn watch_cart(then: impl Fn() + 'static) {
    then();
    let listener = Closure::<dyn Fn()>::new(then);
    // A page that comes out of the browser's memory may be older than the cart.
    for event in [CART_EVENT, "storage", "pageshow"] {
        let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    }
    // Pages are whole documents: the listener lives as long as its page.
    listener.forget();
}

// ---------------------------------------------------------------- the account's cart

thread_local! {
    /// Is an account's cart on its way, and did the cart change meanwhile? One at a time, so that an older one never wins.
    static SENDING: Cell<bool> = const { Cell::new(false) };
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

/// Makes the device's cart and the account's one, and keeps them so while the page is open.
pub fn share_cart(store: String) {
    spawn_local(async move {
        // Once a visit even when nothing was changed here: another device may have changed something.
        let flag = format!("ld-merged-{store}");
        let mine = cart_of(&store);
        let changed = seen_of(&store).is_none_or(|s| s.lines != mine);
        if recall(&flag).is_none() || changed {
            send_cart_and_wait(&store).await;
            remember(&flag, "1");
        }
        let known = RefCell::new(cart_of(&store));
        watch_cart(move || {
            let now = cart_of(&store);
            if *known.borrow() != now {
                known.replace(now);
                send_cart(store.clone());
            }
        });
    });
}

/// The account's cart as this device saw it last.
fn seen_of(store: &str) -> Option<SeenCart> {
    let kept = window().local_storage().ok().flatten()?.get_item(&format!("ld-saw-{store}")).ok().flatten()?;
    serde_json::from_str(&kept).ok()
}

/// What was left out of the cart when it was merged, in words; once.
#[cfg(any(feature = "ssr", feature = "cart"))]
pub fn left_out(store: &str) -> Option<String> {
    let key = format!("ld-left-{store}");
    let text = recall(&key).filter(|t| !t.is_empty())?;
    remember(&key, "");
    Some(text)
}

/// Writes the device's cart to the account.
fn send_cart(store: String) {
    if SENDING.get() {
        AGAIN.set(true);
        return;
    }
    SENDING.set(true);
    spawn_local(async move {
        loop {
            AGAIN.set(false);
            send_cart_and_wait(&store).await;
            if !AGAIN.get() {
                break;
            }
        }
        SENDING.set(false);
    });
}

/// Tells the account what was changed on this device, before the page is left, and takes over what others have changed.
pub async fn send_cart_and_wait(store: &str) {
    let sent = cart_of(store);
    let body = serde_json::to_string(&DeviceCart { lines: sent.clone(), saw: seen_of(store) }).unwrap_or_default();
    // The device's cart stays as it is when this fails: the next time tells of the same changes.
    // Not `call`: nobody reads the refusal here, and whoever only looks around need not download what understands one.
    let Ok((true, _, text)) = fetch("PUT", &format!("/api/v1/cart/{store}"), Some(&body), None).await else { return };
    let Ok(account) = serde_json::from_str::<AccountCart>(&text) else { return };
    let left: Vec<String> = account.left_out.iter().map(|l| format!("{} ×{}（{}）", l.name, l.quantity.get(), l.reason)).collect();
    if !left.is_empty() {
        remember(&format!("ld-left-{store}"), &left.join("、"));
    }
    // What was changed here while the answer was on its way is kept.
    let now = cart_of(store);
    let next = cart::rebase(&sent, &now, account.lines.clone());
    let saw = SeenCart { member: account.member, lines: account.lines };
    if let Ok(Some(local)) = window().local_storage() {
        let _ = local.set_item(&format!("ld-saw-{store}"), &serde_json::to_string(&saw).unwrap_or_default());
    }
    if next != now {
        keep_cart(store, &next);
    }
}
