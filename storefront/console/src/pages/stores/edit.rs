//! One store as HQ keeps it, its form, files of stores, and the chain's regions.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{
        OpeningException, RegionList, RegionRow, StoreChange, StoreDraft, StoreHistory, StoreImports, StoreOpening, StorePermit, StoreRecord,
        StoreRow,
    },
};

use super::{kilometres, status_badge};
use crate::{
    islands::{OpeningForm, PermitForm, ProfileAskForm, RegionForm, StoreForm, StoreImportDesk},
    pages::{
        Frame, Module,
        kit::{pager, table},
        page,
    },
    text,
};

/// One store as HQ keeps it.
#[derive(Debug, Clone)]
pub struct StoreView {
    /// The store.
    pub record: StoreRecord,
    /// Its entrance as a QR code, as SVG.
    pub qr: String,
    /// Whether it is in business.
    pub opening: StoreOpening,
    /// Who changed it.
    pub history: StoreHistory,
    /// Is a further page of its history shown?
    pub older: bool,
}

/// One store: what HQ keeps of it, its entrance, whether it is in business, and its history.
#[must_use]
pub fn store(frame: &Frame<'_>, v: StoreView) -> String {
    let StoreView { record, qr, opening, history, older } = v;
    let sets = frame.may(Permission::StoreWrite);
    let row = record.row.clone();
    let here = format!("/console/hq/stores/{}", row.store);
    page(frame, Module::Stores, &format!("门店 · {}", row.name), || {
        let changes = history_table(frame, &here, history);
        let pages = text::store_home(&row.store, &frame.staff.permissions);
        view! {
            <p class="crumbs"><a href="/console/hq/stores">"‹ 门店"</a></p>
            <div class="title-row">
                <h1>{row.name.clone()}</h1>
                {sets.then(|| view! { <a class="button primary" href=format!("{here}/edit")>"编辑资料"</a> })}
            </div>
            <p class="sub">{format!("{} · {}", row.city, row.address)}</p>
            {older.then(|| view! { <p class="crumbs"><a href=here.clone()>"‹ 回到最新的修改"</a></p> })}
            {(!older).then(|| view! {
                <p class="sub">
                    {pages.map(|href| view! { <a href=href>"门店工作台"</a>" · " })}
                    {frame.may(Permission::StockRead).then(|| view! { <a href=format!("/console/s/{}/stock", row.store)>"库存"</a>" · " })}
                    {frame.may(Permission::OrderRead).then(|| view! { <a href=format!("/console/s/{}/orders", row.store)>"订单"</a>" · " })}
                    <a href=format!("/console/hq/stores/{}/policy", row.store)>"规则"</a>
                    " · "<a href=format!("/console/hq/stores/{}/differences", row.store)>"与总部的不同"</a>
                </p>
                {facts(&record)}
                {permits(&record.permits)}
                {sets.then(|| view! { <PermitForm store=row.store.clone() permits=record.permits.clone() version=record.version /> })}
                {entrance(&record, qr)}
                <OpeningForm store=row.store.clone() opening=opening sets=sets />
            })}
            <h2>"修改记录"</h2>
            {frame.audit_link(row.store.as_str())}
            {changes}
        }
    })
}

/// What of itself a store's own staff sees: what HQ keeps, and its entrance.
#[must_use]
pub fn profile(frame: &Frame<'_>, row: &StoreRow, record: &StoreRecord, qr: String, opening: StoreOpening) -> String {
    let asks = frame.may(Permission::PriceWrite);
    page(&frame.at(row), Module::Stores, "门店资料", || {
        view! {
            <h1>"门店资料"</h1>
            <p class="sub">"资料和营业安排由总部维护；电话、营业时间等可在下面修改或提交审批，其他内容请联系总部。"</p>
            <p class="sub"><a href=format!("/console/s/{}/differences", row.store)>"与总部的不同"</a>" · "<a href=format!("/console/s/{}/warehouses", row.store)>"仓库"</a></p>
            {facts(record)}
            {permits(&record.permits)}
            {asks.then(|| view! { <ProfileAskForm store=row.store.clone() fields=asked_fields(record) version=record.version /> })}
            {entrance(record, qr)}
            <OpeningForm store=row.store.clone() opening=opening sets=false />
        }
    })
}

/// What a store may ask for of its profile: the field, its name, and what it says now.
fn asked_fields(r: &StoreRecord) -> Vec<(String, String, String)> {
    let d = &r.draft;
    let days = |e: &OpeningException| {
        let span = if e.from == e.to { e.from.clone() } else { format!("{}~{}", e.from, e.to) };
        let hours = match (&e.open, &e.close) {
            (Some(open), Some(close)) => format!("{open}-{close}"),
            _ => "休息".to_owned(),
        };
        // Days are told apart by this mark: none may stand in a note.
        format!("{span} {hours} {}", e.note.replace(['；', ';'], "，"))
    };
    let all = [
        ("phone", "电话", d.phone.clone()),
        ("hours", "营业时间", d.hours.clone()),
        ("exceptions", "特殊营业日", d.exceptions.iter().map(days).collect::<Vec<_>>().join("；")),
        ("status", "营业状态", r.row.status.title().to_owned()),
        ("service", "客服", d.service.clone()),
    ];
    all.into_iter().map(|(word, title, says)| (word.to_owned(), title.to_owned(), says)).collect()
}

/// Its permits, and which of them hold no longer.
fn permits(all: &[StorePermit]) -> impl IntoView + use<> {
    let none = all.is_empty();
    let rows = all
        .iter()
        .map(|p| {
            let end = if p.expires.is_empty() { "长期".to_owned() } else { format!("至 {}", p.expires) };
            let over = (!p.holds).then(|| view! { <span class="badge warn">"已到期"</span> });
            view! { <li>{format!("{} {}，{end} ", p.kind, p.number)}{over}</li> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-label="证照">
            <h2>"证照"</h2>
            {none.then(|| view! { <p class="empty">"还没有登记证照。须有证照的类目，门店不能自行上架。"</p> })}
            <ul hidden=none>{rows}</ul>
        </section>
    }
}

/// What HQ keeps of a store, in words.
fn facts(r: &StoreRecord) -> impl IntoView + use<> {
    let (row, d) = (&r.row, &r.draft);
    let yes = |on: bool, what: &'static str| on.then_some(what);
    let ways: Vec<&str> = [yes(d.pickup, "自提"), yes(d.delivery, "配送"), yes(d.front_warehouse, "有前置仓")].into_iter().flatten().collect();
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let pictured = d.group.starts_with("/media/");
    let group = pictured.then(|| d.group.clone());
    let lines = [
        ("编码", row.store.to_string()),
        ("区域", r.region_name.clone()),
        ("经营模式", row.mode.title().to_owned()),
        ("等级", row.tier.title().to_owned()),
        ("分账规则", d.rule.clone()),
        ("区县", or_none(&d.district)),
        ("电话", or_none(&d.phone)),
        ("坐标（GCJ-02）", format!("{}, {}", d.lat, d.lng)),
        ("营业时间", d.hours.clone()),
        ("服务", ways.join("、")),
        ("配送半径", kilometres(row.radius_m)),
        ("客服", or_none(&d.service)),
        ("会员群", if pictured { "见下方二维码".to_owned() } else { or_none(&d.group) }),
        ("部署单元", d.cell.clone()),
    ];
    let notice = r.notice.clone();
    let status = row.status;
    view! {
        <section class="panel" aria-label="资料">
            <h2>"资料"</h2>
            <p>{status_badge(status)}{notice.map(|n| view! { <span>{format!(" {n}")}</span> })}</p>
            <table class="stock">
                <tbody>{lines.into_iter().map(|(title, said)| view! { <tr><th scope="row">{title}</th><td class="what">{said}</td></tr> }).collect_view()}</tbody>
            </table>
            {group.map(|src| view! { <div class="qr"><img src=src alt="会员群二维码" width="200" height="200" loading="lazy" /></div> })}
        </section>
    }
}

/// A store's entrance: its address, its QR code, and what a mini program's code carries.
fn entrance(r: &StoreRecord, qr: String) -> impl IntoView + use<> {
    let (link, code) = (r.entrance_link.clone(), r.row.entrance.clone());
    let (shown, many) = (link.clone(), code.len());
    view! {
        <section class="panel" aria-label="入口">
            <h2>"入口"</h2>
            <div class="qr" role="img" aria-label="入口二维码" inner_html=qr></div>
            <p><a href=link>{shown}</a></p>
            <p class="sub">"小程序码 scene："<code>{code}</code>{format!("（{many}/32 位）")}</p>
        </section>
    }
}

fn history_table(frame: &Frame<'_>, here: &str, history: StoreHistory) -> impl IntoView + use<> {
    let none = history.changes.is_empty();
    let next = pager(&frame.asked(here), history.next.as_deref());
    let rows = history.changes.into_iter().map(|c| change(c, "新建门店")).collect_view().into_any();
    view! {
        {table::history(rows, none.then_some("还没有修改记录。"))}
        {next}
    }
}

/// A change of a store or of a warehouse; `created`: what its first is called.
pub(super) fn change(c: StoreChange, created: &'static str) -> AnyView {
    let fields = c.fields.into_iter().map(|f| view! { <div>{format!("{}：{} → {}", f.field, f.old, f.new)}</div> }).collect_view();
    let why = Some(c.why).filter(|w| !w.is_empty()).map(|w| view! { <div><small>{format!("原因：{w}")}</small></div> });
    let said = view! { {c.created.then(|| view! { <div>{created}</div> })}{fields}{why} }.into_any();
    table::change(c.at_text, c.by_name.unwrap_or_else(|| c.by.to_string()), said)
}

fn choices(regions: &RegionList) -> Vec<(String, String)> {
    regions.regions.iter().map(|r| (r.region.to_string(), r.name.clone())).collect()
}

/// A store's profile as a form.
#[must_use]
pub fn edit(frame: &Frame<'_>, record: StoreRecord, regions: &RegionList, rules: Vec<String>) -> String {
    let row = record.row;
    page(frame, Module::Stores, &format!("编辑 · {}", row.name), || {
        view! {
            <p class="crumbs"><a href=format!("/console/hq/stores/{}", row.store)>{format!("‹ {}", row.name)}</a></p>
            <h1>"编辑门店资料"</h1>
            <StoreForm store=Some(row.store.clone()) draft=record.draft version=record.version regions=choices(regions) rules=rules />
        }
    })
}

/// A new store as a form.
#[must_use]
pub fn new(frame: &Frame<'_>, draft: StoreDraft, regions: &RegionList, rules: Vec<String>) -> String {
    page(frame, Module::Stores, "新建门店", || {
        view! {
            <p class="crumbs"><a href="/console/hq/stores">"‹ 门店"</a></p>
            <h1>"新建门店"</h1>
            <StoreForm store=None draft=draft version=0 regions=choices(regions) rules=rules />
        }
    })
}

/// Files of stores.
#[must_use]
pub fn imports(frame: &Frame<'_>, list: StoreImports) -> String {
    page(frame, Module::Stores, "门店导入", || {
        let next = pager(&frame.asked("/console/hq/store-imports"), list.next.as_deref());
        view! {
            <p class="crumbs"><a href="/console/hq/stores">"‹ 门店"</a></p>
            <h1>"门店导入"</h1>
            <p class="sub"><a href="/console/hq/store-export" download="stores.csv">"导出现有门店"</a></p>
            <StoreImportDesk imports=list.imports />
            {next}
        }
    })
}

/// The chain's regions as a tree.
#[must_use]
pub fn regions(frame: &Frame<'_>, list: RegionList) -> String {
    let writes = frame.may(Permission::StoreWrite);
    page(frame, Module::Stores, "区域", || {
        let all = list.regions;
        let rows = all.iter().map(|r| region_row(r, depth(&all, r))).collect_view();
        view! {
            <p class="crumbs"><a href="/console/hq/stores">"‹ 门店"</a></p>
            <h1>"区域"</h1>
            <p class="sub">{format!("共 {} 个区域。", all.len())}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="区域">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"区域"</th>
                            <th>"编码"</th>
                            <th>"负责人"</th>
                            <th class="num">"门店"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {writes.then(|| view! { <RegionForm regions=all.clone() /> })}
        }
    })
}

/// How deep a region lies in the tree.
fn depth(all: &[RegionRow], r: &RegionRow) -> usize {
    let (mut n, mut at) = (0, r.parent.as_ref());
    while let Some(parent) = at.and_then(|p| all.iter().find(|o| o.region == *p)).filter(|_| n < 8) {
        (n, at) = (n + 1, parent.parent.as_ref());
    }
    n
}

fn region_row(r: &RegionRow, depth: usize) -> impl IntoView + use<> {
    let (name, id, manager) = (format!("{}{}", "　".repeat(depth), r.name), r.region.to_string(), r.manager.clone());
    let href = format!("/console/hq/stores?region={}", text::percent(r.region.as_str()));
    let stores = r.stores;
    view! {
        <tr>
            <td class="what">{name}</td>
            <td><code>{id}</code></td>
            <td>{manager}</td>
            <td class="num"><a href=href>{stores}</a></td>
        </tr>
    }
}
