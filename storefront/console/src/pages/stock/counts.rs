//! Stock counts of a store, and those that wait for somebody to decide.

use leptos::prelude::*;
use liandian_types::{
    CountState, Permission,
    api::{CountCard, CountList, CountToDecide, CountView, CountsToDecide, StoreRow},
};

use crate::{
    islands::{CountDesk, CountStart},
    pages::{
        Frame, Module, Section,
        kit::{Column, Table, pager},
        page, waiting,
    },
    text,
};

/// Stock counts.
#[must_use]
pub fn list(frame: &Frame<'_>, store: &StoreRow, list: CountList) -> String {
    let base = format!("/console/s/{}", store.store);
    let path = format!("{base}/counts");
    let asked = frame.asked(path.clone());
    let may = frame.may(Permission::StockCount);
    page(&frame.at(store).within(Section::Counts), Module::Stock, "盘点", || {
        let columns = vec![
            Column::new("盘点单", move |c: &CountCard| {
                let href = format!("{path}/{}", c.count);
                view! { <a href=href>{format!("{} · {}", c.kind.title(), c.title)}</a><small>{format!(" {}", c.created_text)}</small> }.into_any()
            }),
            Column::new("状态", |c: &CountCard| view! { <span class="badge">{c.state.title()}</span> }.into_any()).by("state", |c| c.state.title()),
            Column::figures("已盘", |c: &CountCard| found(c, format!("{} / {}", c.counted, c.lines)).into_any()),
            Column::figures("有差异", |c: &CountCard| found(c, c.different.to_string()).into_any()).by("different", |c| c.different),
            Column::figures("盘盈", |c: &CountCard| found(c, text::number(c.over)).into_any()).by("over", |c| c.over),
            Column::figures("盘亏", |c: &CountCard| found(c, text::number(c.short)).into_any()).by("short", |c| c.short),
            Column::figures("差异金额", |c: &CountCard| found(c, text::yuan(c.value)).into_any()).by("value", |c| c.value),
        ];
        let table = Table { caption: "盘点单", class: "stock", asked: &asked, columns, rows: list.counts, empty: "还没有盘点过。" }.show(|_| "");
        view! {
            <p class="crumbs"><a href=format!("{base}/stock")>"‹ 库存"</a></p>
            <h1>"盘点"</h1>
            {may.then(|| view! { <CountStart store=store.store.clone() places=list.places categories=list.categories /> })}
            {table}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

/// What a count found, once it is handed in.
fn found(c: &CountCard, said: String) -> String {
    if matches!(c.state, CountState::Open | CountState::Cancelled) { "–".to_owned() } else { said }
}

/// One stock count.
#[must_use]
pub fn one(frame: &Frame<'_>, store: &StoreRow, view: CountView) -> String {
    let path = format!("/console/s/{}/counts", store.store);
    let counts = frame.may(Permission::StockCount);
    page(&frame.at(store).within(Section::Counts), Module::Stock, "盘点", || {
        view! {
            <p class="crumbs"><a href=path>"‹ 盘点"</a></p>
            <noscript><p class="refusal">"盘点需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <CountDesk store=store.store.clone() view=view counts=counts me=frame.staff.name.clone() staff=frame.staff.staff.clone() />
        }
    })
}

/// What waits for somebody to decide.
#[must_use]
pub fn approvals(frame: &Frame<'_>, list: CountsToDecide) -> String {
    let asked = frame.asked("/console/hq/approvals");
    page(frame, Module::Hq, "待处理", || {
        let CountsToDecide { counts, more } = list;
        let waits = counts.len();
        let sum = counts.iter().map(|c| c.card.value).sum();
        let columns = vec![
            Column::new("盘点单", |c: &CountToDecide| {
                let href = format!("/console/s/{}/counts/{}", c.store, c.card.count);
                view! { <a href=href>{format!("{} · {}", c.card.kind.title(), c.card.title)}</a><small>{c.card.created_text.clone()}</small> }
                    .into_any()
            })
            .class("what"),
            Column::new("门店", |c: &CountToDecide| c.store_name.clone().into_any()).by("store", |c| c.store_name.clone()),
            Column::figures("有差异", |c: &CountToDecide| c.card.different.into_any()).by("different", |c| c.card.different),
            Column::figures("盘盈", |c: &CountToDecide| text::number(c.card.over).into_any()).by("over", |c| c.card.over),
            Column::figures("盘亏", |c: &CountToDecide| text::number(c.card.short).into_any()).by("short", |c| c.card.short),
            Column::figures("差异金额（元）", |c: &CountToDecide| text::yuan(c.card.value).into_any())
                .class("num strong")
                .by("value", |c| c.card.value)
                .total(text::yuan(sum)),
        ];
        let empty = "没有等待审批的盘点单。";
        let table = Table { caption: "待审批的盘点差异", class: "stock cards", asked: &asked, columns, rows: counts, empty }.show(|_| "");
        view! {
            <h1>"待处理"</h1>
            {waiting("approvals", waits)}
            <section class="panel">
                <h2>"盘点差异，等待审批"</h2>
                {table}
                {more.then(|| view! { <p class="sub">"还有更多，这里列出最早的；处理之后会出现后面的。"</p> })}
            </section>
        }
    })
}
