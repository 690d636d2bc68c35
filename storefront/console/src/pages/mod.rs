//! Pages as complete HTML. Each function takes what the reader gave and answers a document; nothing here reads or checks.

pub mod hq;
pub mod plot;
pub mod store;

use leptos::prelude::*;
use liandian_types::{
    LocationId, Permission, Problem, Scope, StoreId,
    api::{PlaceName, StaffSession, StoreRow},
};

use crate::{
    islands::{Login, Logout},
    text,
};

/// Whose pages are shown.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The chain's.
    Hq,
    /// One store's.
    Store(&'a StoreRow),
    /// Nobody's in particular: a refusal before it is known where.
    Nowhere,
}

/// The part of the navigation that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 待办 of a store, 总览 of HQ.
    Home,
    /// 自提核销
    Pickup,
    /// 调拨
    Transfers,
    /// 库存
    Stock,
    /// 结算
    Settlement,
    /// 异常
    Exceptions,
    /// 规则
    Rules,
    /// 门店
    Stores,
    /// 订单
    Orders,
    /// 审批
    Approvals,
    /// 访问记录
    Access,
    /// None of them.
    Elsewhere,
}

/// Which module of islands a page loads. All have the logout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// The login and the board of a store's work, so that what a clerk sees after the login is there already.
    Board,
    /// The counter, and the page of one order.
    Orders,
    /// Goods in, losses, counts.
    Stock,
    /// Goods between places, a store's and HQ's.
    Transfers,
    /// HQ's own pages, and ledgers.
    Hq,
}

impl Module {
    /// The name of its files.
    fn name(self) -> &'static str {
        match self {
            Module::Board => "console-board",
            Module::Orders => "console-orders",
            Module::Stock => "console-stock",
            Module::Transfers => "console-transfers",
            Module::Hq => "console-hq",
        }
    }
}

/// What all pages have in common.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Version of the site's files.
    pub version: &'a str,
    /// Who looks.
    pub staff: &'a StaffSession,
    /// At whose pages.
    pub place: Place<'a>,
    /// At which part.
    pub section: Section,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

impl Frame<'_> {
    /// What is shown follows the session: a hint only, the server decides again.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.staff.permissions.contains(&permission)
    }

    /// Somebody of HQ, who sees the whole chain?
    #[must_use]
    pub fn of_chain(&self) -> bool {
        self.staff.scope == Scope::All
    }

    /// A store's name, leading to the first of its pages that opens.
    fn store_link(&self, store: &StoreId, name: String) -> impl IntoView + use<> {
        match text::store_home(store, &self.staff.permissions) {
            Some(href) => view! { <a href=href>{name}</a> }.into_any(),
            None => view! { <span>{name}</span> }.into_any(),
        }
    }

    fn home(&self) -> String {
        text::home(&self.staff.scope, &self.staff.permissions)
    }
}

fn render<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    format!("<!DOCTYPE html>{}", part(view))
}

/// A part of a page.
fn part<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

fn head(title: &str, version: &str, module: Module) -> impl IntoView + use<> {
    let name = module.name();
    view! {
        <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="theme-color" content="#ffffff" />
            <title>{format!("{title} · 连店")}</title>
            <link rel="icon" href="data:," />
            <link rel="stylesheet" href=format!("/pkg/console.css?v={version}") />
            <link rel="modulepreload" href=format!("/pkg/{name}.js?v={version}") />
            <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="anonymous" href=format!("/pkg/{name}.wasm?v={version}") />
            <script type="module" src=format!("/pkg/console-load.js?v={version}&m={name}")></script>
        </head>
    }
}

fn links(frame: &Frame<'_>) -> Vec<(Section, String, &'static str)> {
    let may = |p| frame.may(p);
    let of = |base: String, list: &[(Section, &str, &'static str, bool)]| {
        list.iter().filter(|(.., shown)| *shown).map(|(s, tail, title, _)| (*s, format!("{base}{tail}"), *title)).collect::<Vec<_>>()
    };
    let store = |id: &StoreId| {
        of(
            format!("/console/s/{id}"),
            &[
                (Section::Home, "", "待办", may(Permission::OrderRead)),
                (Section::Orders, "/orders", "订单", may(Permission::OrderRead)),
                (Section::Pickup, "/pickup", "自提核销", may(Permission::PickupVerify)),
                (Section::Transfers, "/transfers", "调拨", may(Permission::TransferRead)),
                (Section::Stock, "/stock", "库存", may(Permission::StockRead)),
                (Section::Settlement, "/settlement", "结算", may(Permission::SettlementRead)),
            ],
        )
    };
    match (frame.place, &frame.staff.scope) {
        (Place::Store(row), _) => store(&row.store),
        (_, Scope::Store(id)) => store(id),
        _ => of(
            "/console/hq".to_owned(),
            &[
                (Section::Home, "", "总览", true),
                (Section::Stores, "/stores", "门店", may(Permission::StoreRead)),
                (Section::Stock, "/stock", "库存", may(Permission::StockRead)),
                (Section::Exceptions, "/exceptions", "异常", may(Permission::StockRead)),
                (Section::Transfers, "/transfers", "调拨", may(Permission::TransferRead)),
                (Section::Orders, "/orders", "订单", may(Permission::OrderRead)),
                (Section::Settlement, "/settlement", "结算", may(Permission::SettlementRead)),
                (Section::Approvals, "/approvals", "审批", may(Permission::StockApprove)),
                (Section::Rules, "/rules", "规则", may(Permission::StoreRead) && frame.of_chain()),
                (Section::Access, "/access", "访问记录", may(Permission::AuditRead) && frame.of_chain()),
            ],
        ),
    }
}

fn page<V: IntoView + 'static>(frame: &Frame<'_>, module: Module, title: &str, content: impl FnOnce() -> V) -> String {
    let place = match frame.place {
        Place::Hq if frame.of_chain() => "总部".to_owned(),
        Place::Hq => "我的区域".to_owned(),
        Place::Store(row) => row.name.clone(),
        Place::Nowhere => String::new(),
    };
    let up = (matches!(frame.place, Place::Store(_)) && !matches!(frame.staff.scope, Scope::Store(_))).then_some(());
    let whole = if place.is_empty() { title.to_owned() } else { format!("{title} · {place}") };
    render(|| {
        view! {
            <html lang="zh-CN">
                {head(&whole, frame.version, module)}
                <body>
                    <a class="skip" href="#main">"跳到内容"</a>
                    <header class="top">
                        <a class="brand" href=frame.home()>"连店"</a>
                        {up.map(|()| view! { <a class="up" href=if frame.may(Permission::StoreRead) { "/console/hq/stores" } else { "/console/hq" }>{if frame.of_chain() { "‹ 总部" } else { "‹ 区域" }}</a> })}
                        <span class="place">{place}</span>
                        <nav class="main-nav" aria-label="主导航">
                            {links(frame)
                                .into_iter()
                                .map(|(section, href, title)| {
                                    let here = (section == frame.section).then_some("page");
                                    view! { <a href=href aria-current=here>{title}</a> }
                                })
                                .collect_view()}
                        </nav>
                        <span class="who">{frame.staff.name.clone()}<small>{frame.staff.role.title()}</small></span>
                        <Logout />
                    </header>
                    <main id="main" tabindex="-1">{content()}</main>
                </body>
            </html>
        }
    })
}

/// The login page; `to` must have passed [`text::safe_target`].
#[must_use]
pub fn login(version: &str, to: Option<String>) -> String {
    render(|| {
        view! {
            <html lang="zh-CN">
                {head("登录", version, Module::Board)}
                <body class="plain">
                    <main class="login">
                        <p class="logo" aria-hidden="true">"连店"</p>
                        <h1>"连店工作台"</h1>
                        <p class="sub">"总部与门店员工登录"</p>
                        <noscript><p class="refusal">"登录需要 JavaScript。请在浏览器设置中打开后刷新本页。"</p></noscript>
                        <Login to=to />
                    </main>
                </body>
            </html>
        }
    })
}

/// A refusal as a page of its own.
#[must_use]
pub fn problem(frame: &Frame<'_>, problem: &Problem) -> String {
    page(frame, Module::Board, &problem.title, || {
        let home = frame.home();
        view! {
            <div class="problem">
                <p class="status" aria-hidden="true">{problem.status}</p>
                <h1>{problem.title.clone()}</h1>
                <p>{problem.detail.clone()}</p>
                <p class="sub">{hint(problem.status)}</p>
                <p><a class="button primary big" href=home>"回到首页"</a></p>
            </div>
        }
    })
}

fn hint(status: u16) -> &'static str {
    match status {
        403 => "如果工作需要，请联系店长或总部管理员调整权限。",
        404 => "地址可能写错了，或内容不属于您的门店。",
        429 => "请稍等片刻再试。",
        500.. => "请稍后刷新；若持续出现，请联系总部。",
        _ => "请检查后重试。",
    }
}

/// A refusal in the place of one panel.
fn panel_problem(problem: &Problem) -> impl IntoView + use<> {
    view! { <p class="empty">{format!("{}：{}", problem.title, problem.detail)}</p> }
}

/// Older rows of a list, by link: it works without the islands.
fn next_page(path: &str, asked: &[(&str, Option<&str>)], next: Option<&str>) -> Option<impl IntoView + use<>> {
    let href = next.map(|n| link(path, &[asked, &[("cursor", Some(n))]].concat()));
    href.map(|href| view! { <p class="pager"><a class="button" href=href>"下一页"</a></p> })
}

/// An address with those of these parameters that are there.
fn link(path: &str, asked: &[(&str, Option<&str>)]) -> String {
    let mut out = path.to_owned();
    for (i, (name, value)) in asked.iter().filter_map(|(n, v)| Some((n, (*v)?))).enumerate() {
        out += &format!("{}{name}={}", if i == 0 { '?' } else { '&' }, text::percent(value));
    }
    out
}

/// Where a store's staff works on stock, when that is more than one place.
fn places(path: &str, all: &[PlaceName], at: Option<&LocationId>) -> Option<impl IntoView + use<>> {
    let tabs: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let here = at.map_or(i == 0, |l| *l == p.location);
            let href = link(path, &[("location", Some(p.location.as_str()).filter(|_| i > 0))]);
            let name = if i == 0 { "本店货架".to_owned() } else { p.name.clone() };
            view! { <a href=href aria-current=here.then_some("page")>{name}</a> }
        })
        .collect();
    (all.len() > 1).then(|| view! { <nav class="tabs places" aria-label="库位">{tabs}</nav> })
}

/// A search field that asks by GET, with what else is asked for.
fn search(path: String, also: &[(&'static str, Option<&str>)], query: Option<&str>, hint: &'static str) -> impl IntoView + use<> {
    let reset = query.is_some().then(|| link(&path, also));
    let also: Vec<_> = also.iter().filter_map(|(n, v)| Some((*n, (*v)?.to_owned()))).collect();
    view! {
        <form class="search" role="search" action=path method="get">
            {also.into_iter().map(|(n, v)| view! { <input type="hidden" name=n value=v /> }).collect_view()}
            <input type="search" name="q" value=query.unwrap_or_default().to_owned() placeholder=hint aria-label=hint autocomplete="off" />
            <button class="primary" type="submit">"查找"</button>
            {reset.map(|r| view! { <a class="button" href=r>"清除"</a> })}
        </form>
    }
}

/// A figure with its name.
fn figure(title: &'static str, value: String, unit: &'static str) -> impl IntoView + use<> {
    view! { <div class="figure"><span>{title}</span><b>{value}<small>{unit}</small></b></div> }
}
