//! Stores as HQ and regions see them: the overview, the directory, one store's opening.

pub mod differences;
pub mod edit;
pub mod warehouses;

use leptos::prelude::*;
use liandian_types::{
    Code, Mode, OrderState, Permission, Problem, StoreStatus, Tier,
    api::{HqSettlement, OrderList, RegionList, StoreRow, StoreRows, StoreWork, StoreWorkList},
};

use super::{
    Frame, Module,
    kit::{Column, Filter, Table, figure, filters, pager, panel_problem, plot},
    page,
};
use crate::{islands::LiveOrders, text};

/// What the overview shows; a part that this person may not see holds its refusal.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The newest orders.
    pub orders: Result<OrderList, Problem>,
    /// All stores.
    pub stores: Result<Vec<StoreRow>, Problem>,
    /// Sums.
    pub settlement: Result<HqSettlement, Problem>,
    /// What waits in each store; of a region only, a chain has too many.
    pub work: Option<Result<StoreWorkList, Problem>>,
}

/// The overview.
#[must_use]
pub fn overview(frame: &Frame<'_>, o: Overview) -> String {
    page(frame, Module::Hq, "总览", || {
        let open = o.stores.as_ref().ok().map(|s| s.iter().filter(|r| r.status == StoreStatus::Open).count());
        let figures = view! {
            <div class="figures">
                {o.stores
                    .as_ref()
                    .ok()
                    .map(|s| figure("营业门店", format!("{} / {}", open.unwrap_or(0), s.len()), "家"))}
                {o.settlement.as_ref().ok().map(|s| figure("已入账订单", text::number(i64::from(s.total.orders)), "单"))}
                {o.settlement.as_ref().ok().map(|s| figure("顾客实付", text::yuan(s.total.gross), "元"))}
                {o.settlement.as_ref().ok().map(|s| figure("总部应得", text::yuan(s.total.hq), "元"))}
                {o.settlement.as_ref().ok().map(|s| figure("门店应得", text::yuan(s.total.stores), "元"))}
            </div>
        };
        let states = o.orders.as_ref().ok().map(|l| {
            let of = |s: OrderState| l.orders.iter().filter(|c| c.state == s).count();
            let parts: Vec<_> = OrderState::ALL.iter().map(|s| (s.title(), format!("state-{s}"), of(*s))).collect();
            plot::parts_bar("最新订单按状态", &parts)
        });
        let orders = match o.orders {
            Ok(list) => Some(
                view! {
                    <section class="panel">
                        <h2>"最新订单"<a class="more" href="/console/hq/orders">"全部 ›"</a></h2>
                        {states.map(|html| view! { <div inner_html=html></div> })}
                        <LiveOrders list=list now=frame.now limit=12 live=true />
                    </section>
                }
                .into_any(),
            ),
            Err(p) => refused(&p),
        };
        let stores = match o.stores {
            Ok(rows) => {
                let rows = &rows;
                let status: Vec<_> =
                    StoreStatus::ALL.iter().map(|s| (s.title(), format!("status-{s}"), rows.iter().filter(|r| r.status == *s).count())).collect();
                let mode: Vec<_> = Mode::ALL.iter().map(|m| (m.title(), format!("mode-{m}"), rows.iter().filter(|r| r.mode == *m).count())).collect();
                let tier: Vec<_> = Tier::ALL.iter().map(|t| (t.title(), format!("tier-{t}"), rows.iter().filter(|r| r.tier == *t).count())).collect();
                let html = format!(
                    "{}{}{}{}",
                    plot::parts_bar("状态", &status),
                    plot::parts_bar("经营模式", &mode),
                    plot::parts_bar("等级", &tier),
                    plot::cities_bar(rows)
                );
                Some(
                    view! {
                        <section class="panel">
                            <h2>"门店"<a class="more" href="/console/hq/stores">"全部 ›"</a></h2>
                            <div inner_html=html></div>
                        </section>
                    }
                    .into_any(),
                )
            }
            Err(p) => refused(&p),
        };
        let work = o.work.and_then(|w| match w {
            Ok(list) => Some(work_table(frame, list).into_any()),
            Err(p) => refused(&p),
        });
        view! {
            <h1>"总览"</h1>
            {figures}
            {work}
            <div class="split wide-left">
                {orders}
                {stores}
            </div>
        }
    })
}

/// A panel that could not be read says why; one that this person may not see is not there.
fn refused(p: &Problem) -> Option<AnyView> {
    (p.code != Code::Forbidden).then(|| view! { <section class="panel">{panel_problem(p)}</section> }.into_any())
}

/// What waits in each store.
fn work_table(frame: &Frame<'_>, list: StoreWorkList) -> impl IntoView + use<> {
    let asked = frame.asked("/console/hq");
    let next = pager(&asked, list.next.as_deref());
    let many = |n: u32| {
        let said = if n >= 100 { "99+".to_owned() } else { n.to_string() };
        said.into_any()
    };
    let columns = vec![
        Column::new("门店", |w: &StoreWork| {
            view! { {frame.store_link(&w.row.store, w.row.name.clone())}<small>{w.row.city.clone()}</small> }.into_any()
        })
        .class("what")
        .by("name", |w| w.row.name.clone()),
        Column::new("状态", |w: &StoreWork| status_badge(w.row.status).into_any()).by("status", |w| w.row.status.title()),
        Column::figures("待备货", move |w: &StoreWork| many(w.preparing)).class("num strong").by("preparing", |w| w.preparing),
        Column::figures("待取货", move |w: &StoreWork| many(w.ready)).by("ready", |w| w.ready),
        Column::figures("调货中", move |w: &StoreWork| many(w.awaiting)).by("awaiting", |w| w.awaiting),
        Column::figures("待审批盘点", |w: &StoreWork| {
            if w.counts.is_empty() {
                "–".into_any()
            } else {
                view! { <a href=format!("/console/s/{}/counts", w.row.store)>{format!("{} 张", w.counts.len())}</a> }.into_any()
            }
        })
        .by("counts", |w| w.counts.len()),
    ];
    let table = Table { caption: "各店待办", class: "stock", asked: &asked, columns, rows: list.stores, empty: "没有门店。" }.show(|_| "");
    view! {
        <section class="panel">
            <h2>"各店待办"</h2>
            {table}
            {next}
        </section>
    }
}

fn status_badge(status: StoreStatus) -> impl IntoView + use<> {
    view! { <span class=format!("badge status-{status}")>{status.title()}</span> }
}

/// The store directory: a page of those that were asked for, and all of them on one map.
#[must_use]
pub fn stores(frame: &Frame<'_>, list: StoreRows, all: &[StoreRow], regions: &RegionList, cities: Vec<String>) -> String {
    let asked = frame.asked("/console/hq/stores");
    let chain = frame.of_chain();
    let writes = chain && frame.may(Permission::StoreWrite);
    let region = |r: &StoreRow| regions.regions.iter().find(|g| g.region == r.region).map_or_else(|| r.region.to_string(), |g| g.name.clone());
    page(frame, Module::Hq, "门店", || {
        let own = |s: &liandian_types::StoreId| text::store_home(s, &frame.staff.permissions);
        let part = asked.get("map").map(ToString::to_string);
        let whole = asked.with(&[("map", None)]);
        let map = plot::store_map(
            all,
            part.as_deref(),
            own,
            |city| asked.with(&[("city", Some(city)), ("map", None), ("cursor", None), ("trail", None)]),
            |window| asked.with(&[("map", Some(window))]),
        );
        let near = part.is_some();
        let (total, shown) = (list.total, list.rows.len());
        let partly = usize::try_from(total).is_ok_and(|t| t > shown);
        let mapped = !map.is_empty();
        let mut columns = vec![
            Column::new("门店", |r: &StoreRow| view! { {frame.store_link(&r.store, r.name.clone())}<small>{r.address.clone()}</small> }.into_any())
                .class("what")
                .by("name", |r| r.name.clone()),
            Column::new("城市", |r: &StoreRow| r.city.clone().into_any()).by("city", |r| r.city.clone()),
            Column::new("区域", move |r: &StoreRow| region(r).into_any()).by("region", move |r| region(r)),
            Column::new("模式", |r: &StoreRow| view! { <span class=format!("badge mode-{}", r.mode)>{r.mode.title()}</span> }.into_any())
                .by("mode", |r| r.mode.title()),
            Column::new("等级", |r: &StoreRow| view! { <span class=format!("badge tier-{}", r.tier)>{r.tier.title()}</span> }.into_any())
                .by("tier", |r| r.tier.title()),
            Column::new("状态", |r: &StoreRow| status_badge(r.status).into_any()).by("status", |r| r.status.title()),
            Column::new("营业时间", |r: &StoreRow| r.hours.clone().into_any()).class("nowrap"),
            Column::figures("配送半径", |r: &StoreRow| kilometres(r.radius_m).into_any()).by("radius", |r| r.radius_m),
            Column::new("入口", |r: &StoreRow| view! { <code>{r.entrance.clone()}</code> }.into_any()),
        ];
        if chain {
            columns.push(Column::new("操作", |r: &StoreRow| {
                let href = format!("/console/hq/stores/{}", r.store);
                view! { <a href=href aria-label=format!("{}的资料与营业安排", r.name)>"资料"</a> }.into_any()
            }));
        }
        let table =
            Table { caption: "门店名录", class: "stores cards", asked: &asked, columns, rows: list.rows, empty: "没有符合的门店。" }.show(|_| "");
        let looks = ["q", "region", "mode", "tier", "status", "city"].iter().any(|name| asked.get(name).is_some());
        view! {
            <div class="title-row">
                <h1>"门店"</h1>
                {filters(&asked, directory_filters(regions, cities))}
            </div>
            <p class="sub">
                {match (partly, looks) {
                    (true, _) => format!("共 {total} 家，本页 {shown} 家。"),
                    (false, true) => format!("找到 {total} 家。"),
                    (false, false) => format!("共 {total} 家。"),
                }}
                {writes.then(|| view! { " "<a href="/console/hq/stores/new">"新建门店"</a>" · "<a href="/console/hq/store-imports">"批量导入"</a>" · "<a href="/console/hq/regions">"区域"</a> })}
                " "<a href="/console/hq/store-export" download="stores.csv">"导出 CSV"</a>
            </p>
            {table}
            {pager(&asked, list.next.as_deref())}
            {mapped.then(|| view! {
                <details class="fold" open=near>
                    <summary>"门店地图"</summary>
                    {near.then(|| view! { <p class="crumbs"><a href=whole>"‹ 全部门店"</a></p> })}
                    <div class="maps" inner_html=map></div>
                </details>
            })}
        }
    })
}

/// By what the directory is made shorter.
fn directory_filters(regions: &RegionList, cities: Vec<String>) -> Vec<Filter> {
    let of = |all: Vec<(&'static str, &'static str)>| all.into_iter().map(|(v, w)| (v.to_owned(), w.to_owned())).collect();
    vec![
        Filter::words("q", "店名、城市或街道", "店名、城市或街道"),
        Filter::choice("region", "全部区域", regions.regions.iter().map(|r| (r.region.to_string(), r.name.clone())).collect()),
        Filter::choice("mode", "全部模式", of(Mode::ALL.iter().map(|m| (m.as_str(), m.title())).collect())),
        Filter::choice("tier", "全部等级", of(Tier::ALL.iter().map(|t| (t.as_str(), t.title())).collect())),
        Filter::choice("status", "全部状态", of(StoreStatus::ALL.iter().map(|s| (s.as_str(), s.title())).collect())),
        Filter::choice("city", "全部城市", cities.into_iter().map(|c| (c.clone(), c)).collect()),
    ]
}

fn kilometres(metres: u32) -> String {
    format!("{}.{} km", metres / 1000, metres % 1000 / 100)
}
