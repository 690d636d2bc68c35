//! `/orders`: the member's orders.

use leptos::prelude::*;
use liandian_types::{
    OrderState,
    api::{OrderCard, OrderList},
};

use super::frame::{Module, Page, head};

/// The member's orders, newest first. `next` is the address of the next page, if there is one.
#[must_use]
pub fn orders(page: &Page, list: &OrderList, next: Option<String>) -> String {
    page.document("我的订单", Module::None, "orders", || {
        view! {
            {head(page.home(), "我的订单".to_owned())}
            <main>
                <p class="pad"><a class="link" href="/coupons">"我的优惠券 ›"</a></p>
                {if list.orders.is_empty() {
                    view! { <div class="blank"><i class="pic list"></i><h2>"还没有订单"</h2><p>"选一家门店，买第一单吧"</p><a class="btn" href=page.home()>"去逛逛"</a></div> }.into_any()
                } else {
                    view! { <ul class="slips">{list.orders.iter().map(row).collect_view()}</ul> }.into_any()
                }}
                {next.map(|next| view! { <p class="foot"><a class="btn plain" href=next rel="next">"更早的订单"</a></p> })}
            </main>
        }
    })
}

/// The colour of a state.
pub fn tone(state: OrderState) -> &'static str {
    match state {
        OrderState::Placed | OrderState::Refunding => "state warn",
        OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready | OrderState::Delivering => "state live",
        OrderState::Completed | OrderState::Settled | OrderState::Closed | OrderState::Refunded => "state",
    }
}

fn row(card: &OrderCard) -> impl IntoView + use<> {
    view! {
        <li><a class="slip" href=format!("/orders/{}", card.order)>
            <span class="row"><b>{card.store_name.clone()}</b><span class=tone(card.state)>{card.state.title()}</span></span>
            <span class="goods-text">{card.summary.clone()}</span>
            <span class="row"><span class="dim num">{card.placed_text.clone()}" · "{card.fulfilment.title()}" · "{card.short_code.clone()}</span>
                <span>"共 "{card.units}" 件 "<b class="num">{card.total.to_string()}</b></span></span>
            {card.slot.clone().map(|slot| view! { <span class="dim num">"预约 "{slot}</span> })}
            {(card.state == OrderState::Placed).then(|| view! { <span class="end"><span class="btn small">"去付款"</span></span> })}
        </a></li>
    }
}
