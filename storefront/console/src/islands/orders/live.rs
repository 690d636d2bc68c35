//! The newest orders of the chain.

use std::collections::HashSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::api::OrderList;

use crate::{
    browser,
    islands::kit::{Live, poll::Poll},
    text,
};

/// A table of orders; polls every 5 seconds and marks what came since the page was opened.
#[island]
pub fn LiveOrders(
    /// As the server read them.
    list: OrderList,
    /// The server's clock, until the browser's takes over.
    now: i64,
    /// At most so many rows.
    limit: usize,
    /// False for an older page, which stays as it is.
    live: bool,
) -> impl IntoView {
    let known: StoredValue<HashSet<_>> = StoredValue::new(list.orders.iter().map(|c| c.order.clone()).collect());
    let list = RwSignal::new(list);
    let clock = RwSignal::new(now);
    let poll = Poll::every(5);
    if live {
        poll.run(move |turn| {
            spawn_local(async move {
                let answer = browser::get::<OrderList>("/api/v1/hq/orders").await;
                let good = answer.is_ok();
                if let Ok(fresh) = answer
                    && list.with_untracked(|old| *old != fresh)
                {
                    list.set(fresh);
                }
                clock.set(browser::now());
                poll.end(turn, good);
            });
        });
    }
    let rows = move || list.get().orders.into_iter().take(limit).collect::<Vec<_>>();
    view! {
        {live.then(|| view! { <Live trouble=poll.trouble /> })}
        <div class="scroll kit" tabindex="0" role="region" aria-label="订单列表">
            <table class="orders cards">
                <caption class="quiet-title">"订单列表"</caption>
                <thead>
                    <tr>
                        <th scope="col">"取货号"</th>
                        <th scope="col">"状态"</th>
                        <th scope="col">"门店"</th>
                        <th scope="col">"商品"</th>
                        <th scope="col">"方式"</th>
                        <th scope="col" class="num">"件数"</th>
                        <th scope="col" class="num">"金额（元）"</th>
                        <th scope="col" class="num">"下单"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=|c| (c.order.clone(), c.state) let:c>
                        {
                            let fresh = !known.with_value(|k| k.contains(&c.order));
                            let placed = c.placed_at;
                            view! {
                                <tr class:fresh=fresh>
                                    <td><a class="code" href=text::order_path(&c.store, &c.order)>{c.short_code}</a></td>
                                    <td data-label="状态"><span class=format!("badge state-{}", c.state)>{c.state.title()}</span></td>
                                    <td data-label="门店"><a href=format!("/console/s/{}", c.store)>{c.store_name}</a></td>
                                    <td class="wide" data-label="商品">{c.summary}</td>
                                    <td data-label="方式"><span class=format!("badge way-{}", c.fulfilment)>{c.fulfilment.title()}</span></td>
                                    <td class="num" data-label="件数">{c.units}</td>
                                    <td class="num" data-label="金额（元）">{text::yuan(c.total)}</td>
                                    <td class="num" data-label="下单" title=c.placed_text>{move || text::ago(placed, clock.get())}</td>
                                </tr>
                            }
                        }
                    </For>
                </tbody>
            </table>
        </div>
        <p class="empty" hidden=move || !list.get().orders.is_empty()>{if live { "还没有订单，顾客下单后几秒内会出现在这里。" } else { "没有符合的订单。" }}</p>
    }
}
