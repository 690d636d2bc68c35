//! `/orders`: the member's orders, by where they stand, and by what is looked for.

use leptos::prelude::*;
use liandian_types::{
    Fulfilment, OrderState, OrderTab,
    api::{OrderCard, OrderList},
    picture,
};

use super::frame::{Module, Page, escaped, head};

/// What the list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrdersAsked {
    /// Under which tab; all of them when none is named.
    pub tab: Option<OrderTab>,
    /// By which words.
    pub text: Option<String>,
}

impl OrdersAsked {
    /// The address of this list under another tab.
    fn under(&self, tab: Option<OrderTab>) -> String {
        let text = self.text.as_deref().map(|t| format!("q={}", escaped(t)));
        let parts: Vec<String> = tab.map(|t| format!("tab={t}")).into_iter().chain(text).collect();
        if parts.is_empty() { "/orders".to_owned() } else { format!("/orders?{}", parts.join("&")) }
    }

    /// The address of its next page.
    #[must_use]
    pub fn next(&self, cursor: &str) -> String {
        let here = self.under(self.tab);
        format!("{here}{}cursor={}", if here.contains('?') { '&' } else { '?' }, escaped(cursor))
    }
}

/// The member's orders, newest first. `next` is the address of the next page, if there is one.
#[must_use]
pub fn orders(page: &Page, list: &OrderList, asked: &OrdersAsked, next: Option<String>) -> String {
    page.document("我的订单", Module::None, "orders", || {
        let chip = |tab: Option<OrderTab>| {
            let title = tab.map_or("全部", OrderTab::title);
            view! { <a class="chip" href=asked.under(tab) aria-current=(tab == asked.tab).then_some("page")>{title}</a> }
        };
        let chips = [None].into_iter().chain(OrderTab::ALL.iter().copied().map(Some)).map(chip);
        view! {
            {head(page.home(), "我的订单".to_owned())}
            <main>
                <form class="search inset" role="search" action="/orders" method="get">
                    {asked.tab.map(|t| view! { <input type="hidden" name="tab" value=t.as_str()/> })}
                    <input type="search" name="q" value=asked.text.clone().unwrap_or_default() maxlength="40" placeholder="搜商品名或订单号" aria-label="搜索订单" enterkeyhint="search"/>
                    <button type="submit">"搜索"</button>
                </form>
                <nav class="chips" aria-label="订单状态">{chips.collect_view()}</nav>
                <p class="chips"><a class="link" href="/coupons">"我的优惠券 ›"</a><a class="link" href="/me">"我的 ›"</a></p>
                {if list.orders.is_empty() {
                    nothing(page, asked, next.is_some()).into_any()
                } else {
                    view! { <ul class="slips">{list.orders.iter().enumerate().map(|(i, card)| row(card, i < 3)).collect_view()}</ul> }.into_any()
                }}
                {next.map(|next| view! { <p class="foot"><a class="btn plain" href=next rel="next">"更早的订单"</a></p> })}
            </main>
        }
    })
}

/// Why the list is empty, and what to do.
fn nothing(page: &Page, asked: &OrdersAsked, more: bool) -> impl IntoView + use<> {
    let (title, says) = match (more, &asked.text, asked.tab) {
        (true, ..) => ("最近的订单里没有".to_owned(), "更早的订单里可能有，请看下一页"),
        (_, Some(_), _) => ("没有找到这样的订单".to_owned(), "换个商品名，或输入订单号的后几位"),
        (_, None, Some(tab)) => (format!("没有{}的订单", tab.title()), "其他订单在“全部”里"),
        _ => ("还没有订单".to_owned(), "选一家门店，买第一单吧"),
    };
    let all = (asked.text.is_some() || asked.tab.is_some()).then(|| view! { <a class="btn plain" href="/orders">"看全部订单"</a> });
    view! { <div class="blank"><i class="pic list"></i><h2>{title}</h2><p>{says}</p>{all}<a class="btn" href=page.home()>"去逛逛"</a></div> }
}

/// The colour of a state.
pub fn tone(state: OrderState) -> &'static str {
    match state {
        OrderState::Placed | OrderState::Refunding => "state warn",
        OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready | OrderState::Delivering => "state live",
        OrderState::Completed | OrderState::Settled | OrderState::Closed | OrderState::Refunded => "state",
    }
}

/// What most people open an order for, as it stands; and the part of its page where that is.
fn action(card: &OrderCard) -> Option<(&'static str, &'static str)> {
    match (card.state, card.fulfilment) {
        _ if card.short => Some(("选择处理方式", "")),
        (OrderState::Placed, _) => Some(("去付款", "")),
        (OrderState::Ready, Fulfilment::Pickup) => Some(("出示取货码", "#code")),
        (OrderState::Delivering, Fulfilment::HqShip) => Some(("看物流", "")),
        (OrderState::Delivering, _) => Some(("看配送", "")),
        (OrderState::Completed | OrderState::Settled, _) => Some(("再来一单", "#again")),
        _ => None,
    }
}

fn row(card: &OrderCard, eager: bool) -> impl IntoView + use<> {
    let action = action(card);
    let href = format!("/orders/{}{}", card.order, action.map(|(_, part)| part).unwrap_or_default());
    let loading = if eager { "eager" } else { "lazy" };
    let pictures =
        card.pictures.iter().map(|p| view! { <img src=picture::small(p) alt="" width="56" height="56" loading=loading decoding="async"/> });
    let shown = !card.pictures.is_empty();
    view! {
        <li><a class="slip" href=href>
            <span class="row"><b>{card.store_name.clone()}</b><span class=tone(card.state)>{card.state.title()}</span></span>
            {shown.then(|| view! { <span class="pics">{pictures.collect_view()}</span> })}
            <span class="goods-text">{card.summary.clone()}</span>
            <span class="row"><span class="dim num">{card.placed_text.clone()}" · "{card.fulfilment.title()}" · "{card.short_code.clone()}</span>
                <span>"共 "{card.units}" 件 "<b class="num">{card.total.to_string()}</b></span></span>
            {card.slot.clone().map(|slot| view! { <span class="dim num">"预约 "{slot}</span> })}
            {action.map(|(says, _)| view! { <span class="end"><span class="btn small" class:plain={card.state != OrderState::Placed}>{says}</span></span> })}
        </a></li>
    }
}
