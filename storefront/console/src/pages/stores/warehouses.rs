//! Warehouses: those of the chain, those that a store keeps, and one of them.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{StoreRow, WarehouseDraft, WarehouseList, WarehouseRow, WarehouseView},
};

use crate::{
    islands::WarehouseForm,
    pages::{
        Frame, Module,
        kit::{Column, Table, figure, pager, table},
        page,
        stores::edit::change,
    },
    text,
};

/// How many of something, as a figure says it.
fn units(n: i64) -> String {
    text::number(n)
}

fn list(frame: &Frame<'_>, base: &str, list: WarehouseList, empty: &'static str) -> impl IntoView + use<> {
    let asked = frame.asked(base.to_owned());
    let base = base.to_owned();
    let columns = vec![
        Column::new("仓库", move |w: &WarehouseRow| {
            view! { <a href=format!("{base}/{}", w.location)>{w.draft.name.clone()}</a><small>{w.draft.address.clone()}</small> }.into_any()
        })
        .class("what")
        .by("name", |w| w.draft.name.clone()),
        Column::new("类型", |w: &WarehouseRow| w.kind_name.clone().into_any()).by("kind", |w| w.kind_name.clone()),
        Column::new("负责门店", |w: &WarehouseRow| w.keeper_name.clone().into_any()).by("keeper", |w| w.keeper_name.clone()),
        Column::new("库管", |w: &WarehouseRow| {
            let said = if w.keeper_names.is_empty() { "未指定".to_owned() } else { w.keeper_names.join("、") };
            said.into_any()
        }),
        Column::new("状态", |w: &WarehouseRow| {
            let said = if w.closed.is_empty() { "使用中".to_owned() } else { format!("已关闭（{}）", w.closed) };
            said.into_any()
        })
        .by("closed", |w| w.closed.clone()),
    ];
    Table { caption: "仓库", class: "stock cards", asked: &asked, columns, rows: list.warehouses, empty }
        .show(|w| if w.closed.is_empty() { "" } else { "faint" })
}

/// The chain's warehouses. `keepers` are the stores that can keep one, with their names.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, all: WarehouseList, keepers: Vec<(String, String)>) -> String {
    let writes = frame.may(Permission::WarehouseWrite);
    page(frame, Module::Stores, "仓库", || {
        let open = all.warehouses.iter().filter(|w| w.closed.is_empty()).count();
        let first = keepers.first().and_then(|(id, _)| id.parse().ok());
        let blank = first.filter(|_| writes).map(|keeper| WarehouseDraft {
            name: String::new(),
            kind: "front".to_owned(),
            address: String::new(),
            lat: String::new(),
            lng: String::new(),
            keeper,
            keepers: Vec::new(),
        });
        view! {
            <h1>"仓库"</h1>
            <p class="sub">{format!("共 {open} 个仓库在使用。前置仓补充门店库存；总部仓可直接给顾客发快递。门店货架不在此列。")}</p>
            {list(frame, "/console/hq/warehouses", all, "还没有仓库。")}
            {blank.map(|draft| view! {
                <details class="fold">
                    <summary>"新建仓库"</summary>
                    <WarehouseForm
                        route={"/api/v1/hq/warehouses".to_owned()}
                        page={"/console/hq/warehouses".to_owned()}
                        location=None
                        draft=draft
                        version=0
                        stores=keepers
                        people=Vec::new()
                        hq=true
                    />
                </details>
            })}
        }
    })
}

/// The warehouses that a store keeps.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, all: WarehouseList) -> String {
    let base = format!("/console/s/{}/warehouses", store.store);
    page(&frame.at(store), Module::Stores, "仓库", || {
        view! {
            <h1>"仓库"</h1>
            <p class="sub">"由本店负责收发货的仓库。新建、更换负责门店和关闭由总部操作。"</p>
            {list(frame, &base, all, "本店没有负责的仓库，商品都在门店货架上。")}
        }
    })
}

fn facts(w: &WarehouseView) -> impl IntoView + use<> {
    let d = &w.row.draft;
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let lines = [
        ("编码", w.row.location.to_string()),
        ("类型", w.row.kind_name.clone()),
        ("地址", or_none(&d.address)),
        ("坐标（GCJ-02）", format!("{}, {}", d.lat, d.lng)),
        ("负责门店", w.row.keeper_name.clone()),
        ("库管", or_none(&w.row.keeper_names.join("、"))),
    ];
    let figures = view! {
        <div class="figures">
            {figure("商品", units(i64::from(w.skus)), "种")}
            {figure("在库", units(w.on_hand), "件")}
            {figure("预占", units(w.reserved), "件")}
            {figure("在途", units(w.incoming), "件")}
        </div>
    };
    view! {
        {figures}
        <section class="panel" aria-label="资料">
            <h2>"资料"</h2>
            <table class="stock">
                <tbody>{lines.into_iter().map(|(title, said)| view! { <tr><th scope="row">{title}</th><td class="what">{said}</td></tr> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

/// One warehouse. `store`: as the store that keeps it sees it; `keepers` are the stores that HQ may give it to.
#[must_use]
pub fn one(frame: &Frame<'_>, store: Option<&StoreRow>, w: WarehouseView, keepers: Vec<(String, String)>) -> String {
    let name = w.row.draft.name.clone();
    let (base, api) = match store {
        Some(s) => (format!("/console/s/{}/warehouses", s.store), format!("/api/v1/stores/{}/warehouses", s.store)),
        None => ("/console/hq/warehouses".to_owned(), "/api/v1/hq/warehouses".to_owned()),
    };
    let here = format!("{base}/{}", w.row.location);
    let open = w.row.closed.is_empty();
    let edits = open && frame.may(Permission::WarehouseWrite) && (store.is_none() || w.row.draft.kind == "front");
    let stock = frame
        .may(Permission::StockRead)
        .then(|| format!("/console/s/{}/stock?location={}", w.row.draft.keeper, text::percent(w.row.location.as_str())));
    let body = || {
        let facts = facts(&w);
        let closed = (!open).then(|| view! { <p class="refusal" role="status">{format!("已于 {} 关闭。", w.row.closed)}</p> });
        let WarehouseView { row, changes, next, people, .. } = w;
        let none = changes.is_empty();
        let next = pager(&frame.asked(here), next.as_deref());
        let rows = changes.into_iter().map(|c| change(c, "新建仓库")).collect_view().into_any();
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 仓库"</a></p>
            <h1>{row.draft.name.clone()}</h1>
            {closed}
            {stock.map(|href| view! { <p class="sub"><a href=href>"库存与单据"</a></p> })}
            {facts}
            {edits.then(|| view! {
                <h2>"编辑"</h2>
                <WarehouseForm
                    route=api
                    page=base
                    location=Some(row.location.clone())
                    draft=row.draft.clone()
                    version=row.version
                    stores=keepers
                    people=people
                    hq=store.is_none()
                />
            })}
            <h2>"修改记录"</h2>
            {table::history(rows, none.then_some("还没有修改记录。"))}
            {next}
        }
    };
    match store {
        Some(s) => page(&frame.at(s), Module::Stores, &name, body),
        None => page(frame, Module::Stores, &name, body),
    }
}
