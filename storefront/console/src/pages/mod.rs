//! Pages as complete HTML. Each function takes what the reader gave and answers a document; nothing here reads or checks.

mod access;
mod accounts;
mod assortment;
mod catalog;
mod coupons;
#[cfg(test)]
mod fixtures;
mod governance;
mod kit;
mod marketing;
mod orders;
mod sections;
mod settlement;
mod slots;
mod stock;
mod stores;
mod transfers;

pub use accounts::{AccountsPage, invite, own_account};
pub use kit::Asked;
use leptos::prelude::*;
use liandian_types::{
    Permission, Problem, Scope, StoreId,
    api::{StaffSession, StoreRow},
};
pub use sections::Section;
use sections::{Group, Link};

use crate::{
    islands::{Badges, CommandBox, Login, Logout},
    text,
};

/// The pages of the chain and of its regions, by what they show.
pub mod hq {
    pub use super::{
        access::access_records,
        accounts::{keys, of_chain as accounts, roles},
        assortment::hq_locals as locals,
        catalog::{
            imports::{import, imports},
            library::{brands, categories, product, products},
            words::search_words,
        },
        coupons::{new as new_coupon, of_chain as coupons, one as coupon},
        governance::{
            audit::history as audit, legal::legal, level_settings, policy_from_above as store_policy, prices::inbox as requests, rules,
            settings_history, setup,
        },
        marketing::{
            calendar as campaign_calendar, new as new_campaign, of_chain as campaigns, one as campaign, results as campaign_results,
            review as campaign_review,
        },
        orders::of_chain as orders,
        settlement::of_chain as settlement,
        stock::{
            chain::{choose_sku, sku_live, sku_stock},
            counts::approvals,
            exceptions::of_chain as exceptions,
        },
        stores::{
            Overview,
            differences::differences as store_differences,
            edit::{StoreView, edit, imports as store_imports, new, regions, store},
            overview, stores,
            warehouses::{of_chain as warehouses, one as warehouse},
        },
        transfers::of_chain as transfers,
    };
}

/// The pages of one store, by what they show.
pub mod store {
    pub use super::{
        accounts::of_store as staff,
        assortment::{assortment, listing, local, locals},
        coupons::of_store as coupons,
        governance::policy_of_store as policy,
        governance::prices::{asked as requests, list as prices, why as price_why},
        marketing::of_store as campaigns,
        orders::{of_store as orders, order, parcels, pickup, why as order_why, work},
        settlement::of_store as settlement,
        slots::of_store as slots,
        stock::{
            counts::{list as counts, one as count},
            movements::list as movements,
            shelf::{StockNeeds, StockView, of_place as stock},
        },
        stores::differences::differences,
        stores::edit::profile,
        stores::warehouses::{of_store as warehouses, one as warehouse},
        transfers::of_store as transfers,
    };
}

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

/// Which module of islands a page loads. All have those of the frame.
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
    /// What HQ looks at: the overview, orders, one SKU's stock, settlement.
    Hq,
    /// Goods as HQ keeps them.
    Goods,
    /// Stores, regions, opening hours.
    Stores,
    /// What a store sells: listings, its own products.
    Assortment,
    /// A store's prices, and what it asks for.
    Prices,
    /// The chain's rules, by level, and its set-up.
    Rules,
    /// Campaigns.
    Campaigns,
    /// Accounts, roles, keys, one's own sessions.
    Staff,
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
            Module::Goods => "console-goods",
            Module::Stores => "console-stores",
            Module::Assortment => "console-assortment",
            Module::Prices => "console-prices",
            Module::Rules => "console-rules",
            Module::Campaigns => "console-campaigns",
            Module::Staff => "console-staff",
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
    /// What was asked for: the address after the `?`.
    pub query: &'a str,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

impl<'a> Frame<'a> {
    /// The same at a page of a store.
    fn at(&self, store: &'a StoreRow) -> Frame<'a> {
        Frame { place: Place::Store(store), ..*self }
    }

    /// The same in a section that the page knows better.
    fn within(&self, section: Section) -> Frame<'a> {
        Frame { section, ..*self }
    }

    /// What this page was asked for, with its path.
    fn asked(&self, path: impl Into<String>) -> Asked {
        Asked::of(path, self.query)
    }

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

    /// The way to a thing's whole history, for who may see it: whether that is whole, and what the thing was at a moment.
    fn audit_link(&self, entity: &str) -> impl IntoView + use<> {
        let href = kit::link("/console/hq/audit", &[("entity", Some(entity))]);
        let may = self.of_chain() && self.may(Permission::AuditRead);
        may.then(|| view! { <p class="sub"><a href=href>"核对记录是否完整，看某一时刻的样子"</a></p> })
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

fn page<V: IntoView + 'static>(frame: &Frame<'_>, module: Module, title: &str, content: impl FnOnce() -> V) -> String {
    let place = match frame.place {
        Place::Hq if frame.of_chain() => "总部".to_owned(),
        Place::Hq => "我的区域".to_owned(),
        Place::Store(row) => row.name.clone(),
        Place::Nowhere => String::new(),
    };
    let up = (matches!(frame.place, Place::Store(_)) && !matches!(frame.staff.scope, Scope::Store(_))).then_some(());
    let whole = if place.is_empty() { title.to_owned() } else { format!("{title} · {place}") };
    let groups = sections::groups(frame);
    // What the command box may ask, and where: the store of this page, or one's own.
    let store = match (frame.place, &frame.staff.scope) {
        (Place::Store(row), _) => Some(row.store.clone()),
        (_, Scope::Store(id)) => Some(id.clone()),
        _ => None,
    };
    let chain = !matches!(frame.staff.scope, Scope::Store(_));
    let stores_at = text::store_tail(&frame.staff.permissions).filter(|_| chain).map(str::to_owned);
    let (orders, stock) = (frame.may(Permission::OrderRead), frame.may(Permission::StockRead));
    // The board counts what it shows itself.
    let counts = store.clone().filter(|_| !matches!(frame.place, Place::Nowhere));
    let preparing = orders && frame.section != Section::Home;
    let transfers = frame.may(Permission::TransferRead) && frame.section != Section::Transfers;
    let asked = frame.may(Permission::PriceWrite) && frame.section != Section::Requests;
    let of_chain = counts.is_none() && chain && matches!(frame.place, Place::Hq) && frame.may(Permission::StoreRead);
    render(|| {
        view! {
            <html lang="zh-CN">
                {head(&whole, frame.version, module)}
                <body>
                    <a class="skip" href="#main">"跳到内容"</a>
                    <header class="top">
                        <button id="nav-fold" class="quiet" type="button" aria-controls="side" aria-expanded="true" aria-label="主导航">"☰"</button>
                        <a class="brand" href=frame.home()>"连店"</a>
                        {up.map(|()| view! { <a class="up" href=if frame.may(Permission::StoreRead) { "/console/hq/stores" } else { "/console/hq" }>{if frame.of_chain() { "‹ 总部" } else { "‹ 区域" }}</a> })}
                        <span class="place">{place}</span>
                        <CommandBox store=store stores_at=stores_at chain_stock={chain && stock} orders=orders stock=stock />
                        <span class="who"><a href="/console/account">{frame.staff.name.clone()}</a><small>{frame.staff.role.title()}</small></span>
                        <Logout />
                    </header>
                    <div class="shell">
                        <nav id="side" class="main-nav" aria-label="主导航">{groups.iter().map(side_group).collect_view()}</nav>
                        <main id="main" tabindex="-1">{content()}</main>
                    </div>
                    {thumb(&groups)}
                    <Badges store=counts preparing=preparing transfers=transfers asked=asked chain=of_chain />
                </body>
            </html>
        }
    })
}

/// Sections that stand together; with a title they can be folded away, and the page's loader remembers which are.
fn side_group(group: &Group) -> AnyView {
    let links = group.links.iter().map(|l| view! { <li>{section_link(l)}</li> }).collect_view();
    if group.title.is_empty() || group.links.len() < 2 {
        return view! { <ul>{links}</ul> }.into_any();
    }
    let (title, here) = (group.title, group.links.iter().any(|l| l.here));
    // What belongs to another place than the page is folded until somebody opens it.
    let open = !matches!(title, "总部" | "区域");
    view! { <details data-group=title data-here=here.then_some("") open=open><summary>{title}</summary><ul>{links}</ul></details> }.into_any()
}

/// A section, and how much waits there once somebody has counted it.
fn section_link(l: &Link) -> impl IntoView + use<> {
    let (title, words, waits) = (l.row.title, l.row.words, l.row.waits);
    let here = l.here.then_some("page");
    view! {
        <a href=l.href.clone() aria-current=here data-title=title data-words=words>
            {title}
            {waits.map(|figure| view! { <span class="waits" data-waits=figure hidden></span> })}
        </a>
    }
}

/// The bar under the thumb: up to four sections, and all others behind 更多.
fn thumb(groups: &[Group]) -> impl IntoView + use<> {
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for link in groups.iter().flat_map(|g| &g.links) {
        if link.row.in_bar && first.len() < 4 { first.push(link) } else { rest.push(link) }
    }
    let first = first.into_iter().map(section_link).collect_view();
    let here = rest.iter().any(|l| l.here).then_some("true");
    let links = rest.iter().map(|l| view! { <li>{section_link(l)}</li> }).collect_view();
    // On a phone this is the only way to one's own account, also for who may open few sections.
    let more = view! { <details class="more-nav" data-here=here><summary>"更多"</summary><ul class="sheet">{links}<li><a href="/console/account">"我的账号"</a></li></ul></details> };
    view! { <nav class="thumb" aria-label="常用">{first}{more}</nav> }
}

/// Says to the frame how much waits in a section: it shows that beside the section's name, here and on the pages that follow.
fn waiting(figure: &'static str, many: usize) -> impl IntoView + use<> {
    view! { <span hidden data-counted=figure data-many=many.to_string()></span> }
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
