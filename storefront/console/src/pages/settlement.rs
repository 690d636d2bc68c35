//! Who has earned what: a store's share, and the sums of the chain.

use leptos::prelude::*;
use liandian_types::{
    Fen, Permission,
    api::{HqSettlement, SettlementView, StoreRow, StoreShare},
};

use super::{
    Frame, Module,
    kit::{Asked, Column, Filter, Table, csv_link, figure, filters, plot},
    page,
};
use crate::{
    islands::{MorePostings, Posting},
    text,
};

/// Days of which postings are looked for.
fn between() -> Vec<Filter> {
    vec![Filter::day("from", "开始日期"), Filter::day("to", "结束日期")]
}

/// For which days the figures stand.
fn said(asked: &Asked) -> String {
    match (asked.get("from"), asked.get("to")) {
        (None, _) => "从开始到现在。".to_owned(),
        (Some(from), None) => format!("{from} 到今天，按订单完成的时间。"),
        (Some(from), Some(to)) => format!("{from} 到 {to}，按订单完成的时间。"),
    }
}

/// Settlement; `wrong` says which days cannot be asked for.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, view: SettlementView, wrong: Option<String>) -> String {
    let asked = frame.asked(format!("/console/s/{}/settlement", store.store));
    // What follows the `?` of the older postings' address, before their cursor.
    let days: String =
        asked.except(&["format"]).filter(|(n, _)| matches!(*n, "from" | "to")).map(|(n, v)| format!("{n}={}&", text::percent(v))).collect();
    let linked = frame.may(Permission::OrderRead);
    page(&frame.at(store), Module::Hq, "结算", || {
        let none = view.postings.is_empty();
        view! {
            <div class="title-row"><h1>"结算"</h1><span class=format!("badge mode-{}", store.mode)>{store.mode.title()}</span></div>
            {filters(&asked, between())}
            {wrong.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            <p class="sub">{said(&asked)}</p>
            <div class="figures">
                {figure("订单", text::number(i64::from(view.orders)), "单")}
                {figure("顾客实付", text::yuan(view.gross), "元")}
                {figure("本店应得", text::yuan(view.stores), "元")}
                {figure("总部应得", text::yuan(view.hq), "元")}
                {figure("代收配送费", text::yuan(view.gross - view.hq - view.stores), "元")}
            </div>
            <div class="share" inner_html=plot::share_bar(view.hq, view.stores)></div>
            <h2>"分录"</h2>
            {none.then(|| view! { <p class="empty">{if asked.get("from").is_some() { "这些天没有分录。" } else { "还没有分录。订单完成后，分成会记在这里。" }}</p> })}
            <div class="postings">{view.postings.into_iter().map(|p| view! { <Posting posting=p linked=linked /> }).collect_view()}</div>
            {csv_link(&asked, !none)}
            {view.next.map(|next| view! { <MorePostings store=store.store.clone() days=days next=next linked=linked /> })}
        }
    })
}

/// Settlement of the chain; `wrong` says which days cannot be asked for.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, s: HqSettlement, wrong: Option<String>) -> String {
    let asked = frame.asked("/console/hq/settlement");
    page(frame, Module::Hq, "结算", || {
        let linked = frame.may(Permission::OrderRead);
        let most = s.stores.iter().map(|r| r.gross.0).max().unwrap_or(0);
        let sum = |of: fn(&StoreShare) -> Fen| text::yuan(s.stores.iter().map(of).sum::<Fen>());
        let (gross, hq, share) = (sum(|r| r.gross), sum(|r| r.hq), sum(|r| r.share));
        let orders = s.stores.iter().map(|r| i64::from(r.orders)).sum();
        let columns = vec![
            Column::new("门店", |r: &StoreShare| view! { <a href=format!("/console/s/{}/settlement", r.store)>{r.name.clone()}</a> }.into_any())
                .by("name", |r| r.name.clone()),
            Column::new("模式", |r: &StoreShare| view! { <span class=format!("badge mode-{}", r.mode)>{r.mode.title()}</span> }.into_any())
                .by("mode", |r| r.mode.title()),
            Column::new("分成", move |r: &StoreShare| view! { <div inner_html=plot::money_bar(r.hq, r.share, most)></div> }.into_any())
                .class("bar-cell"),
            Column::figures("订单", |r: &StoreShare| text::number(i64::from(r.orders)).into_any())
                .by("orders", |r| r.orders)
                .total(text::number(orders)),
            Column::figures("实付（元）", |r: &StoreShare| text::yuan(r.gross).into_any()).class("num strong").by("gross", |r| r.gross).total(gross),
            Column::figures("总部（元）", |r: &StoreShare| text::yuan(r.hq).into_any()).by("hq", |r| r.hq).total(hq),
            Column::figures("门店（元）", |r: &StoreShare| text::yuan(r.share).into_any()).by("share", |r| r.share).total(share),
        ];
        let some = !s.stores.is_empty();
        let empty = if asked.get("from").is_some() {
            "这些天没有入账的订单。"
        } else {
            "还没有入账的订单。订单完成后，分成会出现在这里。"
        };
        let table = Table { caption: "各店分成", class: "shares", asked: &asked, columns, rows: s.stores, empty }.show(|_| "");
        view! {
            <h1>"结算"</h1>
            {filters(&asked, between())}
            {wrong.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            <p class="sub">{said(&asked)}</p>
            <div class="figures">
                {figure("已入账订单", text::number(i64::from(s.total.orders)), "单")}
                {figure("顾客实付", text::yuan(s.total.gross), "元")}
                {figure("总部应得", text::yuan(s.total.hq), "元")}
                {figure("门店应得", text::yuan(s.total.stores), "元")}
            </div>
            <h2>"各店分成"</h2>
            <p class="legend"><i class="k-hq"></i>"总部"<i class="k-store"></i>"门店"</p>
            {table}
            {csv_link(&asked, some)}
            <h2>"最新分录"</h2>
            <div class="postings">{s.total.postings.into_iter().map(|p| view! { <Posting posting=p linked=linked /> }).collect_view()}</div>
        }
    })
}
