//! `/legal/{kind}`: what customers are asked to agree to; `/s/{store}/licences`: the documents by which a store does its business.

use leptos::prelude::*;
use liandian_types::api::{LegalPage, LegalVersion, StoreLicences};

use super::frame::{Module, Page, head};

fn said(v: &LegalVersion) -> String {
    let state = match (v.in_force, v.coming) {
        (true, _) => "现行",
        (_, true) => "即将生效",
        _ => "已被新版本替代",
    };
    format!("第 {} 版 · {} 起生效 · {state}", v.number, v.from_text)
}

/// A document with the text of a version, and the others.
#[must_use]
pub fn legal(page: &Page, doc: &LegalPage) -> String {
    let (kind, title) = (doc.shown.kind, doc.shown.kind.title());
    page.document(title, Module::None, "legal", || {
        let paragraphs = doc.text.split("\n\n").map(|p| view! { <p class="text">{p.trim().to_owned()}</p> }).collect_view();
        let others = doc.versions.iter().filter(|v| v.number != doc.shown.number).map(|v| {
            view! { <a class="cell" href=format!("/legal/{kind}?v={}", v.number)><span>{said(v)}</span><span class="dim">"›"</span></a> }
        });
        let older = doc.versions.len() > 1;
        view! {
            {head(if page.member.is_some() { "/me".to_owned() } else { page.home() }, title.to_owned())}
            <main>
                {(!doc.shown.in_force).then(|| view! { <p class="notice">"这不是现行版本。"<a href=format!("/legal/{kind}")>"看现行版本"</a></p> })}
                <article class="panel"><p class="dim num">{said(&doc.shown)}</p>{paragraphs}</article>
                {older.then(|| view! { <h2 class="title">"其他版本"</h2><div class="cells">{others.collect_view()}</div> })}
            </main>
        }
    })
}

/// The documents of a store.
#[must_use]
pub fn licences(page: &Page, store: &StoreLicences) -> String {
    page.document("门店资质", Module::None, "legal", || {
        let none = store.permits.is_empty();
        let rows = store.permits.iter().map(|p| {
            let until = if p.expires.is_empty() { "长期有效".to_owned() } else { format!("有效期至 {}", p.expires) };
            view! {
                <section class="panel"><h2 class="title">{p.kind.clone()}</h2>
                    <p class="num pick">{p.number.clone()}</p>
                    <p class="dim">{until}{(!p.holds).then_some("（已过期）")}</p></section>
            }
        });
        view! {
            {head(format!("/s/{}", store.store), "门店资质".to_owned())}
            <main>
                <p class="hint"><b>{store.name.clone()}</b><br/>{store.address.clone()}</p>
                {rows.collect_view()}
                {none.then(|| view! { <div class="blank"><i class="pic list"></i><h2>"资质信息整理中"</h2><p>"需要查看证照，请到店或联系客服"</p></div> })}
            </main>
        }
    })
}
