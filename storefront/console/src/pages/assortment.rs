//! What a store lists of the library and in which words, and its own products.

use leptos::prelude::*;
use liandian_types::{
    Fen,
    api::{
        Assortment, Category, ChangeLine, ListingFieldView, ListingView, LocalCard, LocalForm, LocalList, LocalSku, LocalView, StoreRow,
        WaitingLocals,
    },
};

use super::{
    Frame, Module,
    kit::{Column, Filter, Table, filters, pager},
    page,
};
use crate::{
    islands::{AssortmentDesk, ListingForm, LocalEditor, LocalReview},
    text,
};

/// What the library has, and which of it the store lists.
#[must_use]
pub fn assortment(frame: &Frame<'_>, store: &StoreRow, list: Assortment) -> String {
    let asked = frame.asked(format!("/console/s/{}/assortment", store.store));
    page(&frame.at(store), Module::Assortment, "选品", || {
        let categories = list.categories.iter().map(|c| (c.key.clone(), c.name.clone())).collect();
        let taken = [("yes", "已上架"), ("no", "未上架")].map(|(v, t)| (v.to_owned(), t.to_owned())).to_vec();
        let none = list.rows.is_empty();
        view! {
            <div class="title-row">
                <h1>"选品"</h1>
                {filters(
                    &asked,
                    vec![
                        Filter::words("q", "商品名、品牌或条码", "商品名、品牌或条码"),
                        Filter::choice("category", "全部类目", categories),
                        Filter::choice("taken", "全部商品", taken),
                    ],
                )}
            </div>
            <p class="sub">"从总部商品库选择本店销售的商品。必上商品不能移除；本店没有单独设置的内容都跟随总部。"</p>
            {none.then(|| view! { <p class="empty">"没有符合的商品。"</p> })}
            <AssortmentDesk store=store.store.clone() rows=list.rows categories=list.categories />
            {pager(&asked, list.next.as_deref())}
        }
    })
}

/// One listing: HQ's values beside the store's own.
#[must_use]
pub fn listing(frame: &Frame<'_>, store: &StoreRow, listing: ListingView) -> String {
    let base = format!("/console/s/{}", store.store);
    let asked = frame.asked(format!("{base}/listings/{}", listing.sku));
    page(&frame.at(store), Module::Assortment, &format!("商品设置 · {}", listing.title), || {
        let columns = vec![
            Column::new("字段", |f: &ListingFieldView| f.title.clone().into_any()).class("what"),
            Column::new("总部", |f: &ListingFieldView| f.hq.clone().into_any()),
            Column::new("本店", |f: &ListingFieldView| match &f.own {
                Some(own) => view! { <b>{own.clone()}</b> }.into_any(),
                None => view! { <span class="sub">"跟随总部"</span> }.into_any(),
            }),
            Column::new("由谁设置", |f: &ListingFieldView| {
                let said = match (&f.by_name, &f.at_text) {
                    (Some(by), Some(at)) => format!("{by} · {at}"),
                    _ => "–".to_owned(),
                };
                said.into_any()
            })
            .class("nowrap"),
        ];
        let table = Table {
            caption: "字段与来源", class: "stock cards", asked: &asked, columns, rows: listing.fields.clone(), empty: "没有字段。"
        }
        .show(|_| "");
        let state = match (listing.sold, listing.taken) {
            (true, _) => "顾客可见",
            (false, true) => "顾客不可见",
            (false, false) => "未上架",
        };
        let history = listing.history.clone();
        let taken = listing.taken;
        view! {
            <p class="crumbs"><a href=format!("{base}/assortment")>"‹ 选品"</a></p>
            <h1>{listing.title.clone()}</h1>
            <p class="sub">
                {format!("{} · {} · {state}", listing.category_name, listing.sku)}
                {listing.mandatory.then(|| view! { <span class="badge">"必上"</span> })}
                {listing.local.then(|| view! { <span class="badge">"本地商品"</span> })}
            </p>
            {table}
            {if taken {
                view! { <ListingForm store=store.store.clone() listing=listing /> }.into_any()
            } else {
                view! { <p class="empty">"本店还没有上架这个商品。请先在“选品”中上架。"</p> }.into_any()
            }}
            {history_list(history)}
        }
    })
}

/// What happened, newest first.
fn history_list(lines: Vec<ChangeLine>) -> impl IntoView + use<> {
    let none = lines.is_empty();
    let lines = lines.into_iter().map(|l| view! { <li>{format!("{} · {} · {}", l.at_text, l.by_name, l.text)}</li> }).collect_view();
    view! {
        <h2>"修改记录"</h2>
        {none.then(|| view! { <p class="empty">"还没有修改记录。"</p> })}
        <ul class="history" hidden=none>{lines}</ul>
    }
}

/// Until when its documents hold, in words.
fn until(c: &LocalCard) -> String {
    match c.days_left {
        None => "长期".to_owned(),
        Some(d) if d < 0 => format!("{} 已到期", c.expires),
        Some(d) if d <= 30 => format!("{}（还有 {} 天）", c.expires, d + 1),
        Some(_) => c.expires.clone(),
    }
}

fn badge(c: &LocalCard) -> impl IntoView + use<> {
    let class = if c.on_sale { "badge" } else { "badge warn" };
    view! { <span class=class>{c.state_text.clone()}</span> }
}

/// A form with nothing in it yet.
fn blank() -> LocalForm {
    LocalForm {
        name: String::new(),
        category: String::new(),
        description: String::new(),
        origin: String::new(),
        images: Vec::new(),
        skus: vec![LocalSku { sku: None, spec: String::new(), price: Fen(0), barcode: String::new(), weight_g: 0 }],
        documents: Vec::new(),
        on: true,
        version: 0,
    }
}

/// The store's own products.
#[must_use]
pub fn locals(frame: &Frame<'_>, store: &StoreRow, list: LocalList, categories: Vec<Category>) -> String {
    let path = format!("/console/s/{}/local-products", store.store);
    let asked = frame.asked(path.clone());
    page(&frame.at(store), Module::Assortment, "本地商品", || {
        let soon: Vec<String> =
            list.products.iter().filter(|c| c.days_left.is_some_and(|d| d <= 30)).map(|c| format!("{}：{}", c.name, until(c))).collect();
        let warns = !soon.is_empty();
        let soon = soon.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        let columns = vec![
            Column::new("商品", |c: &LocalCard| {
                view! { <a href=format!("{path}/{}", c.spu)>{c.name.clone()}</a><small>{c.category_name.clone()}</small> }.into_any()
            })
            .class("what")
            .by("name", |c| c.name.clone()),
            Column::new("状态", |c: &LocalCard| badge(c).into_any()).by("state", |c| c.state.clone()),
            Column::new("资质有效期", |c: &LocalCard| until(c).into_any()).by("expires", |c| c.expires.clone()),
        ];
        let table =
            Table { caption: "本地商品", class: "stock cards", asked: &asked, columns, rows: list.products, empty: "还没有本地商品。" }.show(|_| "");
        view! {
            <h1>"本地商品"</h1>
            <p class="sub">"只在本店销售的商品。首次上架、修改内容或资质后由总部审核，通过后顾客才能看到。"</p>
            {warns.then(|| view! { <section class="panel" aria-label="资质到期提醒"><h2>"资质到期提醒"</h2><ul class="history">{soon}</ul></section> })}
            {table}
            <details class="fold">
                <summary>"添加本地商品"</summary>
                <LocalEditor store=store.store.clone() spu=None form=blank() state={"draft".to_owned()} categories=categories />
            </details>
        }
    })
}

/// One of them, to edit.
#[must_use]
pub fn local(frame: &Frame<'_>, store: &StoreRow, product: LocalView, categories: Vec<Category>) -> String {
    let title = product.card.name.clone();
    page(&frame.at(store), Module::Assortment, &title, || {
        let LocalView { card, form, lacks, history } = product;
        let lacking = (!lacks.is_empty()).then(|| view! { <p class="refusal" role="alert">{format!("缺少有效的{}", lacks.join("、"))}</p> });
        view! {
            <p class="crumbs"><a href=format!("/console/s/{}/local-products", store.store)>"‹ 本地商品"</a></p>
            <h1>{card.name.clone()}</h1>
            <p class="sub">{badge(&card)}{format!(" {} · 资质：{}", card.spu, until(&card))}</p>
            {lacking}
            <LocalEditor store=card.store.clone() spu=Some(card.spu.clone()) form=form state=card.state.clone() categories=categories />
            {history_list(history)}
        }
    })
}

/// A product that waits, with values and documents side by side.
fn waiting(p: LocalView) -> impl IntoView + use<> {
    let LocalView { card, form, lacks, history } = p;
    let skus = form
        .skus
        .iter()
        .map(|s| {
            let spec = if s.spec.is_empty() { "默认" } else { s.spec.as_str() };
            format!("{spec} {} · {} 克{}", s.price, s.weight_g, if s.barcode.is_empty() { String::new() } else { format!(" · {}", s.barcode) })
        })
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    let documents = form
        .documents
        .iter()
        .map(|d| {
            let holds = if d.expires.is_empty() { "长期".to_owned() } else { format!("至 {}", d.expires) };
            // Documents that were uploaded are seen at an address that holds for a minute.
            let file = if d.file.starts_with("private/") {
                format!("/api/v1/hq/stores/{}/documents?file={}", card.store, text::percent(&d.file))
            } else {
                d.file.clone()
            };
            view! { <li>{format!("{} {}（{holds}）", d.kind, d.number)}" "<a href=file rel="noreferrer" target="_blank">"查看文件"</a></li> }
        })
        .collect_view();
    let images = form
        .images
        .iter()
        .map(|src| view! { <img src=liandian_types::picture::at(src, 400) alt="" width="96" height="96" loading="lazy" /> })
        .collect_view();
    let lacking = (!lacks.is_empty()).then(|| view! { <p class="refusal">{format!("缺少有效的{}", lacks.join("、"))}</p> });
    let none = form.documents.is_empty().then(|| view! { <p class="empty">"没有资质。"</p> });
    view! {
        <section class="panel" aria-label=card.name.clone()>
            <h2>{card.name.clone()}<small>{format!(" {} · {}", card.store_name, card.category_name)}</small></h2>
            <div class="split">
                <div>
                    <h3>"内容"</h3>
                    <p>{form.description.clone()}</p>
                    <ul>{skus}</ul>
                    <div>{images}</div>
                </div>
                <div>
                    <h3>"资质"</h3>
                    {none}
                    <ul>{documents}</ul>
                    {lacking}
                </div>
            </div>
            <LocalReview store=card.store.clone() spu=card.spu.clone() version=card.version />
            <details class="fold"><summary>"修改记录"</summary>{history_list(history)}</details>
        </section>
    }
}

/// Products of stores that wait for HQ, and those with a document that ends soon.
#[must_use]
pub fn hq_locals(frame: &Frame<'_>, list: WaitingLocals) -> String {
    let asked = frame.asked("/console/hq/local-products");
    page(frame, Module::Assortment, "本地商品审核", || {
        let WaitingLocals { products, expiring, next } = list;
        let many = products.len();
        let next = pager(&asked, next.as_deref());
        let columns = vec![
            Column::new("商品", |c: &LocalCard| c.name.clone().into_any()).class("what").by("name", |c| c.name.clone()),
            Column::new("门店", |c: &LocalCard| c.store_name.clone().into_any()).by("store", |c| c.store_name.clone()),
            Column::new("状态", |c: &LocalCard| badge(c).into_any()),
            Column::new("资质有效期", |c: &LocalCard| until(c).into_any()).by("expires", |c| c.expires.clone()),
        ];
        let table = Table {
            caption: "资质即将到期", class: "stock cards", asked: &asked, columns, rows: expiring, empty: "30 天内没有到期的资质。"
        }
        .show(|_| "");
        view! {
            <h1>"本地商品审核"</h1>
            <p class="sub">"门店自有商品的首次上架和内容修改由总部审核。"</p>
            {(many == 0).then(|| view! { <p class="empty">"没有等待审核的商品。"</p> })}
            {products.into_iter().map(waiting).collect_view()}
            {next}
            <h2>"资质即将到期"</h2>
            {table}
        }
    })
}
