//! What changed the stock of a place, document by document.

use leptos::prelude::*;
use liandian_types::{
    LocationId, MovementKind, Permission,
    api::{MovementCard, MovementList, StoreRow},
};

use crate::{
    pages::{
        Frame, Module, Section,
        kit::{
            Filter, csv_link, filters, link, pager, places,
            table::{boxed, plain_heads},
        },
        page,
    },
    text,
};

/// What changed the stock of the shelf: document by document, newest first; `wrong` says what cannot be looked for.
#[must_use]
pub fn list(frame: &Frame<'_>, store: &StoreRow, at: Option<&LocationId>, list: MovementList, wrong: Option<String>) -> String {
    let base = format!("/console/s/{}", store.store);
    let here = [("location", at.map(LocationId::as_str))];
    let path = format!("{base}/movements");
    let asked = frame.asked(path.clone());
    let next = pager(&asked, list.next.as_deref());
    let sought = ["sku", "q", "kind", "from", "to"].iter().any(|name| asked.get(name).is_some());
    let goods = asked.get("sku").map(|sku| {
        let line = list.movements.iter().flat_map(|m| &m.lines).find(|l| l.sku.as_str() == sku);
        (line.map_or_else(|| sku.to_owned(), |l| l.name.clone()), asked.with(&[("sku", None), ("cursor", None), ("trail", None)]))
    });
    let (more, kinds) = (list.next.is_some(), MovementKind::ALL.iter().map(|k| (k.as_str().to_owned(), k.title().to_owned())).collect());
    let fields = vec![
        Filter::words("q", "商品名、品牌或条码", "商品名、品牌或条码"),
        Filter::choice("kind", "全部原因", kinds),
        Filter::day("from", "开始日期"),
        Filter::day("to", "结束日期"),
    ];
    page(&frame.at(store).within(Section::Movements), Module::Stock, "库存流水", || {
        let table = (!list.movements.is_empty()).then(|| {
            let heads = plain_heads(&[
                ("时间", ""),
                ("原因", ""),
                ("单据", ""),
                ("商品", ""),
                ("在架", "num"),
                ("预占", "num"),
                ("在途", "num"),
                ("安全", "num"),
            ]);
            let rows = list.movements.into_iter().map(|m| movement(frame, &base, m)).collect_view().into_any();
            boxed("库存流水".to_owned(), "stock", heads, rows, None)
        });
        let none = table.is_none();
        view! {
            <p class="crumbs"><a href=link(&format!("{base}/stock"), &here)>"‹ 库存"</a></p>
            <h1>"库存流水"</h1>
            {places(&path, &list.places, at)}
            {filters(&asked.without("sku"), fields)}
            {wrong.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            {goods.map(|(name, all)| view! { <p class="sub">{format!("只列出 {name} 的变动。")}<a href=all>"列出全部商品"</a></p> })}
            <p class="sub">"每一次变动都有单据；库存等于全部单据之和。晚报一周以上的收银小票，按上报的日期查找。"</p>
            {table}
            {none.then(|| view! { <p class="empty">{nothing(sought, more)}</p> })}
            {csv_link(&asked, !none)}
            {next}
        }
    })
}

/// What is said where there is no document.
fn nothing(sought: bool, more: bool) -> &'static str {
    match (sought, more) {
        (true, true) => "这一段里没有符合的变动，可以翻到下一页继续往前找。",
        (true, false) => "没有符合的变动。",
        (false, _) => "还没有变动。",
    }
}

/// One document, a row for each line.
fn movement(frame: &Frame<'_>, base: &str, m: MovementCard) -> impl IntoView + use<> {
    let rows = m.lines.len().to_string();
    let paper = match (&m.order, &m.transfer) {
        // The order of a transfer may be another store's.
        (_, Some(t)) if frame.may(Permission::TransferRead) => view! { <a href=format!("{base}/transfers")>{format!("调拨 {t}")}</a> }.into_any(),
        (Some(o), None) if frame.may(Permission::OrderRead) => view! { <a href=format!("{base}/orders/{o}")>{format!("订单 {o}")}</a> }.into_any(),
        (_, Some(_)) => view! { <span>"调拨"</span> }.into_any(),
        (Some(_), None) => view! { <span>"订单"</span> }.into_any(),
        (None, None) => view! { <span>{m.document.clone().unwrap_or_else(|| "–".to_owned())}</span> }.into_any(),
    };
    let mut head = Some(view! {
        <td rowspan=rows.clone()>{m.at_text}</td>
        <td rowspan=rows.clone() class="what">{m.kind.title()}{m.reason.map(|r| view! { <small>{r}</small> })}</td>
        <td rowspan=rows class="what">
            {paper}{m.actor_name.or(m.actor).map(|a| view! { <small>{a}</small> })}
            {m.approved_name.or(m.approved_by).map(|a| view! { <small>{format!("审批 {a}")}</small> })}
        </td>
    });
    m.lines
        .into_iter()
        .map(|l| {
            let dates = l.batches.iter().map(|b| format!("{} 到期 ×{}", b.expires_on, b.units)).collect::<Vec<_>>().join("、");
            view! {
                <tr>
                    {head.take()}
                    <td class="what">{l.name}{(!dates.is_empty()).then(|| view! { <small>{dates}</small> })}</td>
                    <td class="num">{signed(l.on_hand)}</td>
                    <td class="num">{signed(l.reserved)}</td>
                    <td class="num">{signed(l.incoming)}</td>
                    <td class="num">{signed(l.safety)}</td>
                </tr>
            }
        })
        .collect_view()
}

/// A change: `+3`, `−3`, and nothing for none.
fn signed(n: i64) -> String {
    match n {
        0 => String::new(),
        1.. => format!("+{}", text::number(n)),
        _ => format!("−{}", text::number(-n)),
    }
}
