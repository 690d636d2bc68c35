//! Stock of a place: what is there, what is promised, what runs low or expires.

use leptos::prelude::*;
use liandian_types::{
    LocationId, Permission, StoreId,
    api::{BatchView, ClaimCard, ClaimList, ShortList, StockList, StockRow, StoreRow},
};

use super::or_dash;
use crate::{
    islands::{ClaimBoard, SafetyField, StockDesk},
    pages::{
        Frame, Module,
        kit::{Column, Filter, Table, csv_link, filters, link, pager, places, plot},
        page,
        transfers::held,
    },
    text,
};

/// What a list of stock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockView {
    /// All goods, or those found.
    All,
    /// What runs low.
    Low,
    /// What expires.
    Expiring,
}

/// What of a place's stock needs somebody.
#[derive(Debug, Clone)]
pub struct StockNeeds {
    /// Goods that are promised and not there.
    pub short: ShortList,
    /// Documents that one person may not record alone.
    pub claims: ClaimList,
}

/// Stock of the shelf; with what runs low come the shortfalls.
#[must_use]
pub fn of_place(
    frame: &Frame<'_>,
    store: &StoreRow,
    at: Option<&LocationId>,
    show: StockView,
    _query: Option<&str>,
    list: StockList,
    needs: StockNeeds,
) -> String {
    let base = format!("/console/s/{}", store.store);
    let path = format!("{base}/stock");
    let asked = frame.asked(path.clone());
    let here = [("location", at.map(LocationId::as_str))];
    let keeps = frame.may(Permission::StockSafety).then(|| (store.store.clone(), at.cloned()));
    let (receives, adjusts) = (frame.may(Permission::StockReceive), frame.may(Permission::StockAdjust));
    page(&frame.at(store), Module::Stock, "库存", || {
        let empty = match show {
            StockView::All => "没有符合的商品。换个词，或扫一下条码试试。",
            StockView::Low => "没有商品低于预警线。",
            StockView::Expiring => "没有按到期日管理的库存。",
        };
        let why = (format!("{base}/movements"), at.cloned());
        let columns = columns(keeps, why);
        let some = !list.rows.is_empty();
        let table = Table { caption: "库存列表", class: "stock", asked: &asked, columns, rows: list.rows, empty }.show(|r| plot::level(r).class());
        view! {
            <div class="title-row">
                <h1>"库存"</h1>
                {filters(&asked.without("show"), vec![Filter::words("q", "商品名、品牌或条码", "商品名、品牌或条码")])}
                <a class="button" href=link(&format!("{base}/movements"), &here)>"流水"</a>
                <a class="button" href=format!("{base}/counts")>"盘点"</a>
                {(show == StockView::Low && frame.may(Permission::TransferRead)).then(|| view! { <a class="button" href=format!("{base}/transfers")>"申请补货"</a> })}
            </div>
            {places(&path, &list.places, at)}
            <nav class="tabs" aria-label="库存范围">
                {[(StockView::All, None, "全部"), (StockView::Low, Some("low"), "缺货与预警"), (StockView::Expiring, Some("expiring"), "临期")]
                    .into_iter()
                    .map(|(v, shows, title)| view! { <a href=link(&path, &[here[0], ("show", shows)]) aria-current=(v == show).then_some("page")>{title}</a> })
                    .collect_view()}
            </nav>
            {(receives && show == StockView::All).then(|| view! { <StockDesk store=store.store.clone() location=at.cloned() adjusts=adjusts staff=frame.staff.staff.clone() /> })}
            {(show == StockView::All).then(|| waiting_claims(store, needs.claims))}
            {(show == StockView::Low).then(|| shortfalls(frame, store, needs.short))}
            {held(list.held)}
            {table}
            {list.more.then(|| view! { <p class="sub">"这里只列最缺的；补上之后会出现后面的。"</p> })}
            {csv_link(&asked, some)}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

/// Documents that one person may not record alone: those that wait, and what became of the newest.
fn waiting_claims(store: &StoreRow, claims: ClaimList) -> impl IntoView + use<> {
    let (waits, decided) = (claims.waiting.len(), claims.decided);
    (waits > 0 || !decided.is_empty()).then(|| {
        view! {
            <section class="panel" aria-label="待审批单据">
                <h2>"待审批单据"{(waits > 0).then(|| view! { <span class="badge warn">{format!("{waits} 张")}</span> })}</h2>
                {(waits == 0).then(|| view! { <p class="empty">"没有待审批的单据。"</p> })}
                {(waits > 0).then(|| view! { <ClaimBoard store=store.store.clone() claims=claims.waiting /> })}
                {(!decided.is_empty()).then(|| view! {
                    <details class="fold">
                        <summary>"最近审批过的"</summary>
                        <ul class="history">{decided.into_iter().map(decided_claim).collect_view()}</ul>
                    </details>
                })}
            </section>
        }
    })
}

/// One that was decided.
fn decided_claim(c: ClaimCard) -> impl IntoView {
    let answer = c.answer.map(|a| format!("：{a}")).unwrap_or_default();
    let says = format!(
        "{} {} 件 ¥ {}，{} 提交（{}）· {} {}{answer}",
        c.kind.title(),
        text::number(c.units),
        text::yuan(c.value),
        c.by_name,
        c.reason.unwrap_or_default(),
        c.decided_name.unwrap_or_default(),
        c.state.title()
    );
    view! { <li><time>{c.decided_text.unwrap_or_default()}</time><span>{says}</span></li> }
}

/// Goods that are promised and not there, and the orders that wait for them.
fn shortfalls(frame: &Frame<'_>, store: &StoreRow, short: ShortList) -> impl IntoView + use<> {
    let (orders, transfers) = (frame.may(Permission::OrderRead), frame.may(Permission::TransferRead));
    let base = format!("/console/s/{}", store.store);
    let some = !short.goods.is_empty();
    some.then(|| view! {
        <section class="panel short-panel" aria-label="缺货">
            <h2>"已承诺但不在架"</h2>
            <p class="sub">"先找货、查后仓或申请补货；确实没有时，打开订单报缺，顾客可选调货、改店或退款。后下单的排在前面。"</p>
            {short
                .goods
                .into_iter()
                .map(|g| view! {
                    <div class="short-goods">
                        <img src=liandian_types::picture::small(&g.row.picture) alt="" width="40" height="40" />
                        <span class="what">{g.row.name}<small>{format!("在架 {} · 已承诺 {}", text::number(g.row.on_hand), text::number(g.row.reserved))}</small></span>
                        <span class="badge warn">{format!("缺 {} 件", text::number(g.missing))}</span>
                        <span class="short-orders">
                            {g
                                .orders
                                .into_iter()
                                .map(|o| {
                                    let href = orders.then(|| format!("{base}/orders/{}", o.order));
                                    view! { <a class="button" href=href>{format!("{} ×{}", o.short_code, o.units)}<small>{o.state_text}</small></a> }
                                })
                                .collect_view()}
                            {g
                                .transfers
                                .into_iter()
                                .map(|t| {
                                    let href = transfers.then(|| format!("{base}/transfers"));
                                    view! { <a class="button" href=href>{format!("调往 {} ×{}", t.target_name, t.units)}<small>{t.state_text}</small></a> }
                                })
                                .collect_view()}
                        </span>
                    </div>
                })
                .collect_view()}
            {short.more.then(|| view! { <p class="sub">"单据很多，这里只列出一部分。"</p> })}
        </section>
    })
}

/// `keeps` is where somebody may say how much is kept back; `why` is where it stands what changed a record, and of which place.
fn columns(keeps: Option<(StoreId, Option<LocationId>)>, why: (String, Option<LocationId>)) -> Vec<Column<'static, StockRow>> {
    vec![
        Column::new("商品", |r: &StockRow| {
            view! {
                <img src=liandian_types::picture::small(&r.picture) alt="" width="40" height="40" loading="lazy" />
                <span class="what">{r.name.clone()}<small>{r.barcode.clone()}</small>{expiry(&r.batches)}</span>
            }
            .into_any()
        })
        .class("goods")
        .by("name", |r| r.name.clone()),
        Column::figures("在架", |r: &StockRow| if r.counted_blind { "盘点中".into_any() } else { text::number(r.on_hand).into_any() })
            .by("on_hand", |r| if r.counted_blind { i64::MIN } else { r.on_hand }),
        Column::figures("预占", |r: &StockRow| text::number(r.reserved).into_any()).by("reserved", |r| r.reserved),
        Column::figures("安全", move |r: &StockRow| match &keeps {
            Some((store, location)) => {
                view! { <SafetyField store=store.clone() location=location.clone() sku=r.sku.clone() name=r.name.clone() units=r.safety /> }
                    .into_any()
            }
            None => text::number(r.safety).into_any(),
        })
        .class("num faint")
        .by("safety", |r| r.safety),
        Column::figures("可售", |r: &StockRow| {
            if r.counted_blind {
                return "–".into_any();
            }
            let word = plot::level(r).word().map(|w| view! { <span class="badge warn">{w}</span> });
            view! { {word}{text::number(r.available)} }.into_any()
        })
        .class("num strong")
        .by("available", |r| if r.counted_blind { i64::MIN } else { r.available }),
        Column::figures("在途", |r: &StockRow| or_dash(r.incoming).into_any()).by("incoming", |r| r.incoming),
        Column::new("流水", move |r: &StockRow| {
            let href = link(&why.0, &[("location", why.1.as_ref().map(LocationId::as_str)), ("sku", Some(r.sku.as_str()))]);
            let label = format!("为什么是这个数：{}", r.name);
            view! { <a href=href aria-label=label>"为什么"</a> }.into_any()
        }),
    ]
}

/// When the first batch expires, and how many days that is; all batches as its tip.
fn expiry(batches: &[BatchView]) -> Option<impl IntoView + use<>> {
    let first = batches.first()?;
    let left = match first.days_left {
        i32::MIN..0 => "已到期".to_owned(),
        0 => "今天到期".to_owned(),
        days => format!("{days} 天后到期"),
    };
    let all = batches.iter().map(|b| format!("{}：{} 件", b.expires_on, b.units)).collect::<Vec<_>>().join("\n");
    let class = if first.days_left <= 3 { "badge warn" } else { "badge" };
    Some(view! { <span class=class title=all>{format!("{left} ×{}", first.units)}</span> })
}
