//! What a store does otherwise than HQ says.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{ListingDifference, RuleDifference, StoreDifferences, StoreRow},
};

use crate::pages::{
    Frame, Module,
    kit::{Column, Table},
    page,
};

/// The list, at HQ's pages or (`own`) at the store's.
#[must_use]
pub fn differences(frame: &Frame<'_>, row: &StoreRow, own: bool, d: StoreDifferences) -> String {
    let at = if own { frame.at(row) } else { *frame };
    let base = if own { format!("/console/s/{}", row.store) } else { format!("/console/hq/stores/{}", row.store) };
    page(&at, Module::Stores, &format!("与总部的不同 · {}", row.name), || {
        let asked = frame.asked(format!("{base}/differences"));
        let StoreDifferences { rules, goods, total, locals, .. } = d;
        let shown = goods.len();
        let rest = usize::try_from(total).unwrap_or(shown).saturating_sub(shown);
        let rules = Table {
            caption: "不同的规则",
            class: "stock cards",
            asked: &asked,
            columns: vec![
                Column::new("规则", |r: &RuleDifference| r.label.clone().into_any()).class("what").by("label", |r| r.label.clone()),
                Column::new("总部", |r: &RuleDifference| r.hq.clone().into_any()),
                Column::new("本店", |r: &RuleDifference| view! { <b>{r.here.clone()}</b> }.into_any()),
                Column::new("来自", |r: &RuleDifference| view! { {r.level.clone()}<small>{r.why.clone()}</small> }.into_any()).class("what"),
            ],
            rows: rules,
            empty: "规则与总部完全一致。",
        }
        .show(|_| "");
        // A listing's page is for who may set it.
        let (store, lists) = (row.store.clone(), frame.may(Permission::ListingWrite));
        let goods = Table {
            caption: "不同的商品",
            class: "stock cards",
            asked: &asked,
            columns: vec![
                Column::new("商品", move |g: &ListingDifference| {
                    let name = if lists {
                        view! { <a href=format!("/console/s/{store}/listings/{}", g.sku)>{g.name.clone()}</a> }.into_any()
                    } else {
                        view! { <span>{g.name.clone()}</span> }.into_any()
                    };
                    view! { {name}<small>{g.category_name.clone()}</small> }.into_any()
                })
                .class("what")
                .by("name", |g| g.name.clone()),
                Column::figures("总部价", |g: &ListingDifference| g.hq_price.to_string().into_any()).by("price", |g| g.hq_price),
                Column::new("门店自定", |g: &ListingDifference| g.fields.join("、").into_any()).class("what").by("fields", |g| g.fields.len()),
            ],
            rows: goods,
            empty: "商品资料与价格都沿用总部。",
        }
        .show(|_| "");
        let local_href = format!("/console/s/{}/local-products", row.store);
        view! {
            <p class="crumbs"><a href={if own { format!("{base}/profile") } else { base.clone() }}>{format!("‹ {}", row.name)}</a></p>
            <h1>"与总部的不同"</h1>
            <p class="sub">
                {format!("{total} 种商品有门店自定内容，{locals} 种本地商品。")}
                {lists.then(|| view! { <a href=local_href>"本地商品"</a> })}
            </p>
            <h2>"规则"</h2>
            {rules}
            <p class="sub"><a href=format!("{base}/policy")>"全部规则与来源"</a></p>
            <h2>"商品"</h2>
            {goods}
            {(rest > 0).then(|| view! { <p class="sub">{format!("另有 {rest} 种未列出。")}</p> })}
        }
    })
}
