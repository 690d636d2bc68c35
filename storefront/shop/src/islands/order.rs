//! The living part of an order's page: paying in time, calling it off, and noticing that something happened.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{Code, Problem, StoreId, api::CartLine};
use serde::Deserialize;

use crate::{
    browser, cart,
    islands::{REST, notice, pay::pay},
    words,
};

/// How often a page that is looked at asks for news, in milliseconds.
const NEWS: u64 = 4_000;

/// The part of [`liandian_types::api::PaymentCheck`] that decides what the page does.
#[derive(Deserialize)]
struct Known {
    paid: bool,
}

/// After how many milliseconds each the payment is asked about again. Who has not paid after that sees how to.
const CHECKS: [u64; 3] = [0, 700, 1_500];

/// Says why something was not done, and lets the person try again; who is not known (any more) logs in first.
fn refused(problem: Problem, wrong: RwSignal<Option<Problem>>, busy: RwSignal<bool>) {
    if problem.code == Code::Unauthenticated {
        browser::log_in();
    }
    wrong.set(Some(problem));
    busy.set(false);
}

/// Watches an order; while it waits for its payment, offers to pay it or call it off.
#[island]
pub fn OrderLive(
    /// The order.
    order: String,
    /// What the page shows, as [`words::mark`] says it.
    mark: String,
    /// Until when it must be paid, in milliseconds since the epoch, while it waits for that.
    pay_by: Option<i64>,
    /// Will nothing happen any more?
    last: bool,
    /// Does the page wait to know whether it is paid?
    confirming: bool,
) -> impl IntoView {
    let order = StoredValue::new(order);
    let left = RwSignal::new(None::<i64>);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    // The other part of a cart that was split, until its store's cart is empty.
    let rest = RwSignal::new(None::<(String, String)>);
    Effect::new(move |_| {
        let other = browser::recall(REST).and_then(|text| text.split_once('\n').map(|(store, name)| (store.to_owned(), name.to_owned())));
        rest.set(other.filter(|(store, _)| !browser::cart_of(store).is_empty()));
        if let Some(until) = pay_by {
            let tick = move || left.set(Some(((until - js_sys::Date::now() as i64) / 1_000).max(0)));
            tick();
            set_interval(tick, Duration::from_secs(1));
        }
        if confirming {
            confirm(order.get_value(), 0);
        } else if !last {
            let mark = mark.clone();
            set_interval(move || news(order.get_value(), mark.clone()), Duration::from_millis(NEWS));
        }
    });
    let failed = move |problem| refused(problem, wrong, busy);
    let start = move |_| {
        busy.set(true);
        spawn_local(async move {
            if let Err(problem) = pay(&order.get_value()).await {
                failed(problem);
            }
        });
    };
    let cancel = move |_| {
        if !window().confirm_with_message("确定取消这个订单吗？").unwrap_or(false) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match browser::call("POST", &format!("/api/v1/orders/{}/cancel", order.get_value()), None, None).await {
                Ok(_) => browser::reload(),
                Err(problem) => failed(problem),
            }
        });
    };
    let countdown = move || match left.get() {
        None => String::new(),
        Some(0) => "支付时间已到".to_owned(),
        Some(s) => format!("剩余 {:02}:{:02}", s / 60, s % 60),
    };
    let pays = pay_by.map(|_| {
        view! {
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <div class="bar pay" class:busy=busy>
                <div class="sum"><span class="dim">"请尽快支付"</span><b class="num" role="timer">{countdown}</b></div>
                <button class="btn plain" type="button" disabled=busy on:click=cancel>"取消订单"</button>
                <button class="btn" type="button" disabled=move || busy.get() || left.get() == Some(0) on:click=start>"去付款"</button>
            </div>
        }
    });
    view! {
        {move || rest.get().map(|(store, name)| view! {
            <section class="panel rest"><p>{format!("还有一单：其余商品在 {name} 的购物车里")}</p><a class="btn" href=format!("/s/{store}/checkout")>"去下第二单"</a></section>
        })}
        {pays}
    }
}

/// Goods of a paid order are not there: the buttons under what can be done about it.
#[island]
pub fn ShortfallButtons(
    /// The order.
    order: String,
    /// Where what is missing can come from, if it can.
    source: Option<String>,
    /// What goes back when the rest is taken, if there is a rest.
    keep: Option<String>,
) -> impl IntoView {
    let order = StoredValue::new(order);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let choose = move |body: String| {
        busy.set(true);
        spawn_local(async move {
            match browser::call("POST", &format!("/api/v1/orders/{}/shortfall", order.get_value()), Some(&body), None).await {
                Ok(_) => browser::reload(),
                Err(problem) => refused(problem, wrong, busy),
            }
        });
    };
    let refund = move |_| {
        if window().confirm_with_message("确定取消这个订单并全额退款吗？").unwrap_or(false) {
            choose(r#"{"choice":"refund"}"#.to_owned());
        }
    };
    view! {
        <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
        <div class="choices">
            {source.map(|s| {
                // An id is letters, digits, `_` and `-`: nothing to escape.
                let body = format!(r#"{{"choice":"transfer","source":"{s}"}}"#);
                view! { <button class="btn" type="button" disabled=busy on:click=move |_| choose(body.clone())>"等调货"</button> }
            })}
            {keep.map(|back| {
                let take = move |_| {
                    if window().confirm_with_message(&format!("收下有货的商品，缺货部分退款 {back}，确定吗？")).unwrap_or(false) {
                        choose(r#"{"choice":"keep"}"#.to_owned());
                    }
                };
                view! { <button class="btn" type="button" disabled=busy on:click=take>"收下有货的"</button> }
            })}
            <button class="btn plain" type="button" disabled=busy on:click=refund>"全额退款"</button>
        </div>
    }
}

/// Takes the goods of an order to a store's cart, beside what that has already: to buy them there, or once more.
#[island]
pub fn TakeGoods(
    /// The store.
    store: StoreId,
    /// The goods.
    lines: Vec<CartLine>,
    /// What the button says.
    label: String,
) -> impl IntoView {
    let goods = StoredValue::new(lines);
    let store = StoredValue::new(store);
    let take = move |_| {
        let to = store.get_value();
        browser::keep_cart(to.as_str(), &cart::merge(browser::cart_of(to.as_str()), goods.get_value()));
        browser::go(&format!("/s/{to}/cart"));
    };
    view! { <button class="btn small plain" type="button" on:click=take>{label}</button> }
}

/// 确认收货: the customer has the parcel.
#[island]
pub fn ReceivedButton(
    /// The order.
    order: String,
) -> impl IntoView {
    let order = StoredValue::new(order);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let press = move |_| {
        if !window().confirm_with_message("确定已经收到全部商品吗？").unwrap_or(false) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match browser::call("POST", &format!("/api/v1/orders/{}/received", order.get_value()), None, None).await {
                Ok(_) => browser::reload(),
                Err(problem) => refused(problem, wrong, busy),
            }
        });
    };
    view! {
        <div class="received">
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <button class="btn" type="button" disabled=busy on:click=press>"确认收货"</button>
        </div>
    }
}

/// 取消订单: the customer calls off what is paid and not put together yet.
#[island]
pub fn CancelButton(
    /// The order.
    order: String,
) -> impl IntoView {
    let order = StoredValue::new(order);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let press = move |_| {
        if !window().confirm_with_message("确定取消这个订单吗？已付款项会全部原路退回。").unwrap_or(false) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match browser::call("POST", &format!("/api/v1/orders/{}/cancel", order.get_value()), Some(r#"{"sure":true}"#), None).await {
                Ok(_) => browser::reload(),
                Err(problem) => refused(problem, wrong, busy),
            }
        });
    };
    view! {
        <div class="received">
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <button class="btn plain" type="button" disabled=busy on:click=press>"取消订单"</button>
        </div>
    }
}

/// Asks whether the order is paid; shows the page anew when that is known, or when it was asked often enough.
fn confirm(order: String, round: usize) {
    let wait = CHECKS.get(round).copied().unwrap_or(2_000);
    set_timeout(
        move || {
            spawn_local(async move {
                let answer = browser::call("POST", &format!("/api/v1/orders/{order}/payment/check"), None, None).await;
                let paid = answer.as_ref().ok().and_then(|text| serde_json::from_str::<Known>(text).ok()).is_some_and(|k| k.paid);
                // Without an answer there is more patience: nobody shall pay twice because of a lost network.
                let rounds = if answer.is_ok() { CHECKS.len() } else { 10 };
                if paid || round + 1 >= rounds {
                    browser::replace(&format!("/orders/{order}"));
                } else {
                    confirm(order, round + 1);
                }
            });
        },
        Duration::from_millis(wait),
    );
}

/// Asks how the order is; when it is not as the page shows it, the page is read again.
fn news(order: String, shown: String) {
    if !browser::visible() {
        return;
    }
    spawn_local(async move {
        if let Ok(text) = browser::call("GET", &format!("/api/v1/orders/{order}"), None, None).await
            && words::mark(&text).is_some_and(|now| now != shown)
        {
            browser::reload();
        }
    });
}
