//! Today's work at a store: orders by state, with the button that says the goods are together.

use std::collections::HashSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Fulfilment, OrderId, OrderState, Problem, Quantity, SkuId, StoreId,
    api::{CartLine, OrderCard, OrderList, ReportShortfall},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

#[cfg(any(feature = "ssr", feature = "board"))]
use super::pick_list::PickOnCard;
use crate::{
    browser,
    islands::kit::{Live, Refusal, poll::Poll, tap::Tap},
    text,
};

/// What the board shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkLists {
    /// To put together.
    pub preparing: OrderList,
    /// Waiting at the counter.
    pub ready: OrderList,
    /// Waiting for goods from elsewhere.
    pub awaiting: OrderList,
    /// With riders.
    pub delivering: OrderList,
}

/// The part of a [`liandian_types::api::OrderView`] that tells what became of an order.
#[derive(Deserialize)]
struct Looked {
    card: OrderCard,
}

/// Whether this device beeps for a new order.
const SOUND: &str = "ld-sound";

/// The board; polls every 5 seconds, also while another page lies over it: a new order is heard, and counted in the title.
#[cfg(any(feature = "ssr", feature = "board"))]
#[island]
pub fn WorkBoard(
    /// Whose orders.
    store: StoreId,
    /// As the server read them.
    lists: WorkLists,
    /// The server's clock, until the browser's takes over.
    now: i64,
    /// May this person mark orders ready?
    prepare: bool,
) -> impl IntoView {
    let preparing = RwSignal::new(lists.preparing);
    let ready = RwSignal::new(lists.ready);
    let awaiting = RwSignal::new(lists.awaiting);
    let delivering = RwSignal::new(lists.delivering);
    let clock = RwSignal::new(now);
    let store = StoredValue::new(store);
    // Orders that were told of already; what comes after the page was opened is news.
    let known = StoredValue::new(preparing.with_untracked(|l| l.orders.iter().map(|c| c.order.clone()).collect::<HashSet<_>>()));
    let news = RwSignal::new(0_usize);
    let sound = RwSignal::new(false);
    Effect::new(move |_| sound.set(browser::draft(SOUND).unwrap_or(false)));
    Effect::new(move |_| {
        let n = preparing.with(|l| l.orders.len());
        document().set_title(&if n > 0 { format!("({n}) 接单 · 连店") } else { "接单 · 连店".to_owned() });
    });
    let told = move || {
        let fresh = preparing
            .with_untracked(|l| l.orders.iter().filter(|c| !known.with_value(|k| k.contains(&c.order))).map(|c| c.order.clone()).collect::<Vec<_>>());
        if fresh.is_empty() {
            return;
        }
        news.update(|n| *n += fresh.len());
        known.update_value(|k| k.extend(fresh));
        if sound.get_untracked() {
            browser::beep();
        }
    };

    // Who is putting goods together for an order that is called off must hear of it, not just miss its card.
    let gone = RwSignal::new(Vec::<OrderCard>::new());
    let look_for = move |missing: Vec<OrderCard>| {
        for card in missing {
            spawn_local(async move {
                let path = format!("/api/v1/stores/{}/orders/{}", store.get_value(), card.order);
                if let Ok(order) = browser::get::<Looked>(&path).await
                    && matches!(order.card.state, OrderState::Refunding | OrderState::Refunded)
                {
                    gone.update(|all| {
                        all.retain(|c| c.order != order.card.order);
                        all.push(order.card);
                    });
                    if sound.get_untracked() {
                        browser::beep();
                    }
                }
            });
        }
    };

    let poll = Poll::every(5).also_behind();
    let load = move |turn: u32| {
        spawn_local(async move {
            let mut failed = false;
            for (state, list) in [
                (OrderState::Preparing, preparing),
                (OrderState::Ready, ready),
                (OrderState::AwaitingTransfer, awaiting),
                (OrderState::Delivering, delivering),
            ] {
                let path = format!("/api/v1/stores/{}/orders?state={state}", store.get_value());
                match browser::get::<OrderList>(&path).await {
                    // Only what changed is drawn again: fingers are on the buttons.
                    _ if !poll.is_newest(turn) => return,
                    Ok(fresh) if list.with_untracked(|old| *old != fresh) => {
                        if state == OrderState::Preparing {
                            look_for(list.with_untracked(|old| missing(old, &fresh)));
                        }
                        list.set(fresh);
                        browser::moved();
                    }
                    Ok(_) => {}
                    Err(_) => failed = true,
                }
            }
            told();
            clock.set(browser::now());
            poll.end(turn, !failed);
        });
    };
    poll.run(load);
    let done = Callback::new(move |order: OrderId| {
        super::pick_list::forget(&order);
        preparing.update(|l| l.orders.retain(|c| c.order != order));
        browser::moved();
        // The keyboard goes on where the work goes on.
        browser::focus_to(vec!["#preparing .card button.primary:not([hidden])".to_owned(), "#preparing h2".to_owned()]);
        load(poll.after_change());
    });
    let switch_sound = move |_| {
        sound.update(|s| *s = !*s);
        browser::keep_draft(SOUND, &sound.get_untracked());
        if sound.get_untracked() {
            browser::beep();
        }
    };

    let column = move |state: OrderState, title: &'static str, empty: &'static str, list: RwSignal<OrderList>| {
        view! {
            <section class="column" id=state.as_str() aria-label=title>
                <h2 tabindex="-1">{title}<span class="count">{move || count(&list.get())}</span></h2>
                <ul class="cards">
                    <For each=move || by_time(list.get().orders) key=|c| (c.order.clone(), c.state, c.short) let:card>
                        <Card card=card clock=clock store=store.get_value() button={prepare && state == OrderState::Preparing} done=done />
                    </For>
                </ul>
                <p class="empty" hidden=move || !list.get().orders.is_empty()>{empty}</p>
                <p class="hint" hidden=move || list.get().next.is_none()>"还有更早的订单未显示，处理后自动出现。"</p>
            </section>
        }
    };
    let tile = move |state: OrderState, title: &'static str, list: RwSignal<OrderList>| {
        view! {
            <a class="tile" href=format!("#{state}") class:on=move || !list.get().orders.is_empty()>
                <b>{move || count(&list.get())}</b>
                <span>{title}</span>
            </a>
        }
    };
    view! {
        <div class="board-head">
            <nav class="tiles" aria-label="今日待办">
                {tile(OrderState::Preparing, "待备货", preparing)}
                {tile(OrderState::Ready, "待取货", ready)}
                {tile(OrderState::AwaitingTransfer, "调货中", awaiting)}
                {tile(OrderState::Delivering, "配送中", delivering)}
            </nav>
            <button type="button" class="small" aria-pressed=move || sound.get().to_string() on:click=switch_sound>
                {move || if sound.get() { "提示音：开" } else { "提示音：关" }}
            </button>
            <Live trouble=poll.trouble />
        </div>
        <p class="news" role="status" hidden=move || news.get() == 0>
            {move || format!("新到 {} 单，请备货", news.get())}" "
            <button type="button" class="small" on:click=move |_| news.set(0)>"知道了"</button>
        </p>
        <p class="news off" role="alert" hidden=move || gone.get().is_empty()>
            {move || {
                let codes = gone.get().iter().map(|c| c.short_code.clone()).collect::<Vec<_>>().join("、");
                format!("订单 {codes} 已取消退款，不用再备货，拣出的商品请放回货架")
            }}" "
            <button type="button" class="small" on:click=move |_| gone.set(Vec::new())>"知道了"</button>
        </p>
        <div class="board">
            {column(OrderState::Preparing, "待备货", "没有要备的货，稍后新订单会自动出现。", preparing)}
            {column(OrderState::Ready, "待取货", "柜台上没有等待取走的订单。", ready)}
            {column(OrderState::AwaitingTransfer, "调货中", "没有等待调货的订单。", awaiting)}
            {column(OrderState::Delivering, "配送中", "没有在路上的订单。", delivering)}
        </div>
    }
}

/// What a list no longer has, unless there is more of it than it shows: then it may just have been pushed off its end.
fn missing(old: &OrderList, fresh: &OrderList) -> Vec<OrderCard> {
    let here = |c: &&OrderCard| !fresh.orders.iter().any(|f| f.order == c.order);
    if fresh.next.is_some() { Vec::new() } else { old.orders.iter().filter(here).cloned().collect() }
}

/// What is promised first stands first; what promises no time any more, by when it was placed.
fn by_time(mut orders: Vec<OrderCard>) -> Vec<OrderCard> {
    orders.sort_by_key(|c| c.promised_at.unwrap_or(c.placed_at));
    orders
}

fn count(list: &OrderList) -> String {
    format!("{}{}", list.orders.len(), if list.next.is_some() { "+" } else { "" })
}

/// One order on the board.
#[cfg(any(feature = "ssr", feature = "board"))]
#[component]
fn Card(card: OrderCard, clock: RwSignal<i64>, store: StoreId, button: bool, done: Callback<OrderId>) -> impl IntoView {
    let placed = card.placed_at;
    // Only what this store has to do gets late: goods that wait here, or a rider who does not come.
    let parcel = card.fulfilment == Fulfilment::HqShip;
    let watched = (card.state == OrderState::Preparing && !parcel) || (card.state == OrderState::Ready && card.fulfilment == Fulfilment::Delivery);
    // What is for a slot is late by that: a quarter of an hour before it, and as it begins (or ends, where it is brought).
    let slot = card.slot.clone().zip(card.promised_at);
    let due = slot.as_ref().map(|(_, at)| at.plus(-30 * liandian_types::Timestamp::MINUTE));
    let late = move || watched && text::minutes_since(due.unwrap_or(placed), clock.get()) >= 15;
    let very_late = move || watched && text::minutes_since(due.unwrap_or(placed), clock.get()) >= 30;
    let path = text::order_path(&store, &card.order);
    let order = card.order.clone();
    let picks = button && !parcel && !card.short;
    view! {
        <li class="card" class:late=late class:very-late=very_late>
            <a class="card-link" href=path>
                <span class="code">{card.short_code}</span>
                <span class=format!("badge way-{}", card.fulfilment)>{card.fulfilment.title()}</span>
                <span class="age">{move || text::age(placed, clock.get())}</span>
                <span class="summary">{card.summary}</span>
                {slot.map(|(text, _)| view! { <span class="flags"><span class="badge">{format!("预约 {text}")}</span></span> })}
                {(card.short || (card.noted && !picks)).then(|| view! {
                    <span class="flags">
                        {card.short.then(|| view! { <span class="badge warn">"缺货，等顾客选择"</span> })}
                        {(card.noted && !picks).then(|| view! { <span class="badge warn">"有留言"</span> })}
                    </span>
                })}
                <span class="sub">{format!("共 {} 件 · {} · {}", card.units, card.total, card.placed_text)}</span>
            </a>
            {(button && parcel && !card.short).then(|| view! { <a class="button primary big" href=text::order_path(&store, &order)>"打包发货"</a> })}
            {picks.then(|| view! { <PickOnCard store=store.clone() order=order.clone() noted=card.noted /> })}
            {picks.then(|| view! { <Ready store=store.clone() order=order.clone() done=done /> })}
            {(button && card.short).then(|| view! { <a class="button big" href=text::order_path(&store, &order)>"查看缺货"</a> })}
        </li>
    }
}

/// 备货完成
#[component]
fn Ready(store: StoreId, order: OrderId, done: Callback<OrderId>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let path = format!("/api/v1/stores/{store}/orders/{order}/ready");
    let order = StoredValue::new(order);
    view! {
        <Tap label="备货完成" class="primary big" path=path body=None busy=busy problem=problem done=Callback::new(move |()| done.run(order.get_value())) />
        <Refusal problem=problem />
    }
}

/// 登记缺货 on the page of one order: what is missing, and how much of it; the page is shown anew afterwards.
#[cfg(any(feature = "ssr", feature = "orders"))]
#[island]
pub fn ShortfallDesk(
    /// The store.
    store: StoreId,
    /// The order.
    order: OrderId,
    /// What it has: SKU, name, units.
    lines: Vec<(SkuId, String, u32)>,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/orders/{order}/shortfall"));
    let lines: Vec<_> = lines.into_iter().map(|(sku, name, most)| (sku, name, most, RwSignal::new(0_u32))).collect();
    let counts = StoredValue::new(lines.clone());
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let any = move || counts.with_value(|c| c.iter().any(|(.., n)| n.get() > 0));
    let press = move |_| {
        let missing = counts.with_value(|c| {
            c.iter()
                .filter_map(|(sku, _, _, n)| Some(CartLine { sku: sku.clone(), quantity: Quantity::new(n.get_untracked()).ok()? }))
                .collect::<Vec<_>>()
        });
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&path.get_value(), &ReportShortfall { lines: missing }).await {
                Ok(_) => browser::reload(),
                Err(refused) => {
                    problem.set(Some(refused));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <details class="shortfall">
            <summary>"货架上找不到？登记缺货"</summary>
            <ul>
                {lines
                    .into_iter()
                    .map(|(_, name, most, n)| {
                        let label = format!("{name} 缺货数量");
                        view! {
                            <li>
                                <span>{name}</span>
                                <button type="button" aria-label=format!("{label}减一") disabled=busy on:click=move |_| n.update(|n| *n = n.saturating_sub(1))>"−"</button>
                                <output aria-label=label.clone() class="num">{move || n.get()}</output>
                                <button type="button" aria-label=format!("{label}加一") disabled=busy on:click=move |_| n.update(|n| *n = (*n + 1).min(most))>"+"</button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <p class="hint">"顾客会收到通知，可选择调货或退款；30 分钟未选择自动退款。"</p>
            <button type="button" class="big" disabled=move || busy.get() || !any() on:click=press>"通知顾客缺货"</button>
            <Refusal problem=problem />
        </details>
    }
}

/// 备货完成 on the page of one order, which is shown anew afterwards.
#[cfg(any(feature = "ssr", feature = "orders"))]
#[island]
pub fn ReadyButton(
    /// The store.
    store: StoreId,
    /// The order.
    order: OrderId,
) -> impl IntoView {
    view! { <Ready store=store order=order done=Callback::new(|_| browser::reload()) /> }
}
