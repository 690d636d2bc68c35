//! The picking list of an order: what to take from the shelf, ticked off line by line. Ticks stay on this device until the order is ready.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    OrderId, Problem, SkuId, StoreId,
    api::{OrderLine, QuoteGift},
};
use serde::Deserialize;

use crate::{browser, islands::kit::Refusal};

/// The part of a [`liandian_types::api::OrderView`] that picking needs: the whole of it is ten times as much to read, and in the download.
#[derive(Clone, Deserialize)]
struct ToPick {
    lines: Vec<OrderLine>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    gifts: Vec<QuoteGift>,
}

fn draft(order: &OrderId) -> String {
    format!("ld-picked-{order}")
}

/// The ticks of an order that nobody picks any more.
pub(crate) fn forget(order: &OrderId) {
    browser::drop_draft(&draft(order));
}

/// Lines to tick off.
#[component]
fn Ticks(order: OrderId, lines: Vec<OrderLine>, gifts: Vec<QuoteGift>) -> impl IntoView {
    let all = lines.len();
    let name = StoredValue::new(draft(&order));
    let ticked = RwSignal::new(Vec::<SkuId>::new());
    Effect::new(move |_| ticked.set(browser::draft(&name.get_value()).unwrap_or_default()));
    let tick = move |sku: SkuId, on: bool| {
        ticked.update(|t| {
            t.retain(|s| *s != sku);
            if on {
                t.push(sku);
            }
        });
        ticked.with_untracked(|t| browser::keep_draft(&name.get_value(), t));
    };
    view! {
        <p class="sub" role="status">{move || format!("已拣 {} / {all} 种", ticked.with(Vec::len))}</p>
        <ul class="picking">
            {lines
                .into_iter()
                .map(|l| {
                    let (sku, known) = (l.sku.clone(), l.sku.clone());
                    view! {
                        <li>
                            <label class="check">
                                <input
                                    type="checkbox"
                                    prop:checked=move || ticked.with(|t| t.contains(&known))
                                    on:change=move |e| tick(sku.clone(), event_target_checked(&e))
                                />
                                <img src=liandian_types::picture::small(&l.picture) alt="" width="40" height="40" loading="lazy" />
                                <span class="what">
                                    {l.name}
                                    <small>{l.spec}</small>
                                    {(l.from_transfer > 0).then(|| view! { <span class="badge warn">{format!("其中 {} 件调货", l.from_transfer)}</span> })}
                                </span>
                                <b>{format!("×{}", l.quantity)}</b>
                            </label>
                        </li>
                    }
                })
                .collect_view()}
            {gifts
                .into_iter()
                .map(|g| view! {
                    <li>
                        <span class="badge way-pickup">"赠品"</span>
                        <span class="what">{g.name}</span>
                        <b>{format!("×{}", g.units)}</b>
                    </li>
                })
                .collect_view()}
        </ul>
    }
}

/// The picking list on the page of one order.
#[cfg(any(feature = "ssr", feature = "orders"))]
#[island]
pub fn PickList(
    /// The order.
    order: OrderId,
    /// What to take.
    lines: Vec<OrderLine>,
    /// What is given with it.
    gifts: Vec<QuoteGift>,
) -> impl IntoView {
    view! { <Ticks order=order lines=lines gifts=gifts /> }
}

/// The same on a card of the board: read when it is opened, with what the customer wrote.
#[cfg(any(feature = "ssr", feature = "board"))]
#[component]
pub(crate) fn PickOnCard(
    /// The store.
    store: StoreId,
    /// The order.
    order: OrderId,
    /// Did the customer leave a word?
    noted: bool,
) -> impl IntoView {
    let read = RwSignal::new(None::<ToPick>);
    let problem = RwSignal::new(None::<Problem>);
    let path = StoredValue::new(format!("/api/v1/stores/{store}/orders/{order}"));
    let order = StoredValue::new(order);
    let open = move |_| {
        if read.with_untracked(Option::is_some) {
            return;
        }
        problem.set(None);
        spawn_local(async move {
            match browser::get::<ToPick>(&path.get_value()).await {
                Ok(found) => read.set(Some(found)),
                Err(p) => problem.set(Some(p)),
            }
        });
    };
    view! {
        <details class="pick" on:toggle=open>
            <summary>"拣货清单"{noted.then(|| view! { " "<span class="badge warn">"有留言"</span> })}</summary>
            {move || read.get().map(|o| view! {
                {o.note.map(|n| view! { <p class="note">{format!("顾客留言：{n}")}</p> })}
                <Ticks order=order.get_value() lines=o.lines gifts=o.gifts />
            })}
            <Refusal problem=problem />
        </details>
    }
}
