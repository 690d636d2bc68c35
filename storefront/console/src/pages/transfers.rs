//! Goods between places: a store's tasks, and what is on its way through the chain.

use leptos::prelude::*;
use liandian_types::{
    LocationId, Permission, TransferState,
    api::{HeldGoods, StoreRow, TransferList, TransfersInFlight},
};

use super::{Frame, Module, kit::plot, page, waiting};
use crate::islands::{FlightBoard, TransferAsk, TransferBoard};

/// Transfer tasks; `places` are those that the store may ask for goods.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, list: TransferList, places: Vec<(LocationId, String)>) -> String {
    let work = frame.may(Permission::TransferWork);
    let asks = frame.may(Permission::TransferRequest);
    // Those on which this store can take a step.
    let waits = list.outgoing.iter().chain(&list.incoming).filter(|t| !t.steps.is_empty()).count();
    page(&frame.at(store), Module::Transfers, "调拨", || {
        view! {
            <h1 class="quiet-title">"调拨任务"</h1>
            {waiting("transfers", waits)}
            {asks.then(|| view! {
                <details class="fold">
                    <summary>"申请补货"</summary>
                    <TransferAsk store=Some(store.store.clone()) places=places staff=frame.staff.staff.clone() />
                </details>
            })}
            {held(list.held.clone())}
            <TransferBoard store=store.store.clone() list=list now=frame.now work=work />
        }
    })
}

/// Goods that wait for the payment of an order of another store: for what, and until when.
pub(super) fn held(held: Vec<HeldGoods>) -> impl IntoView + use<> {
    (!held.is_empty()).then(|| {
        view! {
            <details class="fold">
                <summary>{format!("待付款调货占用 {} 笔", held.len())}</summary>
                <p class="sub">"顾客在其他门店下单、由本店调货，尚未付款。付款后会出现在调拨任务里，超时未付自动释放。"</p>
                <ul>
                    {held
                        .into_iter()
                        .map(|h| {
                            let goods = h.lines.iter().map(|l| format!("{} ×{}", l.name, l.quantity)).collect::<Vec<_>>().join("、");
                            view! { <li>{format!("{goods}，调往{}，占用至 {}", h.target_name, h.until_text)}</li> }
                        })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}

/// Goods on their way through the chain; `places` are those between which HQ may move goods.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, list: TransfersInFlight, places: Vec<(LocationId, String)>) -> String {
    let direct = frame.may(Permission::TransferDirect) && frame.of_chain();
    page(frame, Module::Transfers, "调拨", || {
        let states: Vec<_> = TransferState::ALL
            .iter()
            .map(|s| (s.title(), format!("state-{s}"), list.transfers.iter().filter(|t| t.state == *s).count()))
            .filter(|(.., n)| *n > 0)
            .collect();
        let all = usize::try_from(list.open).is_ok_and(|n| n <= list.transfers.len());
        let bar = (!states.is_empty()).then(|| plot::parts_bar(if all { "按状态" } else { "最早的，按状态" }, &states));
        view! {
            <h1>"调拨"</h1>
            {direct.then(|| view! {
                <details class="fold">
                    <summary>"总部调配"</summary>
                    <TransferAsk store=None places=places staff=frame.staff.staff.clone() />
                </details>
            })}
            {bar.map(|html| view! { <div inner_html=html></div> })}
            <FlightBoard list=list now=frame.now direct=direct />
        }
    })
}
