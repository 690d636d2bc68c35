//! Campaigns: lists, one of them, a new one; what they bring, the month, and those that wait for HQ.

mod calendar;
mod results;
mod review;

pub use calendar::calendar;
use leptos::prelude::*;
use liandian_types::{
    CampaignId, CampaignState, Permission, StoreId,
    api::{
        CampaignCard, CampaignChange, CampaignChoices, CampaignDraft, CampaignList, CampaignName, CampaignPause, CampaignRule, CampaignView, StoreRow,
    },
};
pub use results::results;
pub use review::review;

use super::{
    Frame, Module,
    kit::{self, Asked, Column, Filter, Table, filters},
    page,
};
use crate::{
    islands::{CampaignEditor, CampaignSteps, Choices},
    text,
};

/// Where a store's campaigns are, or the chain's.
fn base_of(store: Option<&StoreRow>) -> String {
    store.map_or_else(|| "/console/hq/campaigns".to_owned(), |s| format!("/console/s/{}/campaigns", s.store))
}

/// Where a campaign stands; of one that is paused, who pauses it.
fn state_badge(c: &CampaignCard) -> impl IntoView + use<> {
    let said = c.paused.clone().unwrap_or_else(|| c.state.title().to_owned());
    view! { <span class=format!("badge state-{}", c.state)>{said}</span> }
}

fn table<'a>(asked: &'a Asked, base: &'static str, list: CampaignList) -> Table<'a, CampaignCard> {
    let href = move |c: &CampaignCard| format!("{base}/{}", c.campaign);
    let columns = vec![
        Column::new("活动", move |c: &CampaignCard| {
            view! { <a href=href(c)>{c.title.clone()}</a><small>{format!(" {}", c.what)}</small> }.into_any()
        })
        .class("what"),
        Column::new("状态", |c: &CampaignCard| state_badge(c).into_any()),
        Column::new("所属", |c: &CampaignCard| c.owner_name.clone().into_any()).by("owner", |c| c.owner_name.clone()),
        Column::new("时间", |c: &CampaignCard| c.when.clone().into_any()),
        Column::figures("已用（单）", |c: &CampaignCard| c.used.map_or_else(|| "—".to_owned(), |n| n.to_string()).into_any()),
        Column::figures("已优惠（元）", |c: &CampaignCard| c.spent.map_or_else(|| "—".to_owned(), text::yuan).into_any()),
        Column::figures("预算（元）", |c: &CampaignCard| c.budget.map_or_else(|| "不限".to_owned(), text::yuan).into_any()),
        Column::new("操作", move |c: &CampaignCard| match c.state {
            CampaignState::Draft | CampaignState::Review => ().into_any(),
            _ => view! { <a href=format!("{}/results", href(c))>"效果"</a> }.into_any(),
        }),
    ];
    Table { caption: "活动", class: "stock cards", asked, columns, rows: list.campaigns, empty: "没有符合的活动。" }
}

/// Campaigns of the chain.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, list: CampaignList) -> String {
    const PATH: &str = "/console/hq/campaigns";
    let asked = frame.asked(PATH);
    let writes = frame.may(Permission::CampaignWrite);
    let reviews = frame.may(Permission::CampaignReview);
    let waiting = list.campaigns.iter().filter(|c| c.state == CampaignState::Review).count();
    page(frame, Module::Campaigns, "活动", || {
        let states = CampaignState::ALL.iter().map(|s| (s.as_str().to_owned(), s.title().to_owned())).collect();
        view! {
            <h1>"活动"</h1>
            <div class="actions">
                {writes.then(|| view! { <a class="button primary" href=format!("{PATH}/new")>"新建活动"</a> })}
                <a class="button" href=format!("{PATH}/calendar")>"活动日历"</a>
                {reviews.then(|| view! { <a class="button" href=format!("{PATH}/review")>"活动审核"</a> })}
            </div>
            {(waiting > 0).then(|| view! { <p class="badge warn" role="status">{format!("{waiting} 个活动等待审核")}</p> })}
            {filters(&asked, vec![Filter::choice("state", "全部状态", states)])}
            {table(&asked, PATH, list).show(|_| "")}
        }
    })
}

/// A campaign in a list of a store, leading to one of its pages.
fn list_card(href: String, c: &CampaignCard) -> impl IntoView + use<> {
    view! {
        <li class="card">
            <a class="card-link" href=href>
                <span class="summary">{c.title.clone()}</span>
                {state_badge(c)}
                <span class="sub">{format!("{} · {}", c.what, c.when)}</span>
            </a>
        </li>
    }
}

/// HQ's campaigns that run in a store, each with what it brought there.
fn of_hq(path: &str, list: CampaignList) -> impl IntoView + use<> {
    let rows = list.campaigns.iter().map(|c| list_card(format!("{path}/{}/results", c.campaign), c)).collect_view();
    view! { <h2>"总部活动"</h2><ul class="cards">{rows}</ul> }
}

/// A store's own campaigns, and those of HQ that run in it.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, list: CampaignList, hqs: CampaignList) -> String {
    let path = format!("/console/s/{}/campaigns", store.store);
    let writes = frame.may(Permission::CampaignWrite);
    page(&frame.at(store), Module::Campaigns, "活动", || {
        let none = list.campaigns.is_empty();
        let rows = list.campaigns.iter().map(|c| list_card(format!("{path}/{}", c.campaign), c)).collect_view();
        view! {
            <h1>"活动"</h1>
            <p class="sub">"本店自己的优惠由本店承担，总部审核后上线。"</p>
            <div class="actions">
                {writes.then(|| view! { <a class="button primary" href=format!("{path}/new")>"新建活动"</a> })}
                <a class="button" href=format!("{path}/calendar")>"活动日历"</a>
            </div>
            <ul class="cards">{rows}</ul>
            <p class="empty" hidden=!none>"还没有活动。"</p>
            {(!hqs.campaigns.is_empty()).then(|| of_hq(&path, hqs))}
        }
    })
}

/// What a field of a campaign is called.
pub(super) fn title(field: &str) -> &str {
    match field {
        "state" => "状态",
        "title" => "名称",
        "rule" => "内容",
        "priority" => "优先级",
        "skus" => "商品",
        "categories" => "类目",
        "brands" => "品牌",
        "without" => "排除商品",
        "group" => "选一组",
        "beside_hq" => "与总部活动同享",
        "breaks_floor" => "低于最低售价",
        "new_only" => "仅限新客",
        "tier" => "会员等级",
        "when" => "时间",
        "stores" => "门店",
        "fulfilments" => "取货方式",
        "person_limit" => "每人（单）",
        "day_limit" => "每天（单）",
        "limit" => "总共（单）",
        "budget" => "预算（元）",
        "hq_bears" => "总部承担",
        "detail" => "明细",
        other => other,
    }
}

/// The goods that a rule names, with what it says of them.
fn detail(rule: &CampaignRule, named: &dyn Fn(&str) -> String) -> Option<String> {
    let all: Vec<String> = match rule {
        CampaignRule::LimitedPrice { prices } | CampaignRule::AddOn { items: prices, .. } => {
            prices.iter().map(|p| format!("{} {}", named(p.sku.as_str()), p.price)).collect()
        }
        CampaignRule::Combo { parts, .. } => {
            let of = |p: &liandian_types::api::CampaignPart| p.of.iter().map(|s| named(s.as_str())).collect::<Vec<_>>().join(" 或 ");
            parts.iter().map(|p| format!("{} × {}", of(p), p.units)).collect()
        }
        CampaignRule::Gift { gifts, .. } => gifts.iter().map(|g| format!("{} × {}", named(g.sku.as_str()), g.units)).collect(),
        CampaignRule::Flash { sku, stock, per_person, .. } => vec![format!("{}，共 {stock} 件，每人 {per_person} 件", named(sku.as_str()))],
        _ => Vec::new(),
    };
    Some(all.join("、")).filter(|t| !t.is_empty())
}

/// What the editor offers, with what ids of the campaign are called.
fn offered(c: CampaignChoices, names: &[CampaignName]) -> Choices {
    let pairs = |all: &[CampaignName]| all.iter().map(|n| (n.id.clone(), n.name.clone())).collect::<Vec<_>>();
    Choices {
        categories: pairs(&c.categories),
        brands: c.brands.into_iter().map(|b| (text::percent(&b), b)).collect(),
        stores: pairs(&c.stores),
        groups: c.groups.into_iter().map(|g| (g.name, g.stores.iter().map(ToString::to_string).collect())).collect(),
        names: pairs(names),
    }
}

/// Who pauses a campaign, and that only they let it go on.
fn pause(p: CampaignPause) -> impl IntoView + use<> {
    let who = if p.hq { "总部已暂停" } else { "门店已暂停" };
    let then = if p.hq { "总部恢复后才会继续。" } else { "由门店恢复。" };
    let by = p.by_name.unwrap_or_else(|| p.by.to_string());
    view! { <section class="panel warn" role="status"><h2>{who}</h2><p>{format!("{by} 于 {} 暂停；{then}", p.at_text)}</p></section> }
}

/// What of a campaign is not as any other's: for who reviews it, and for pages without scripts.
fn terms(d: &CampaignDraft, names: &[CampaignName]) -> Vec<(&'static str, String)> {
    let listed = |all: Vec<String>| Some(all.join("、")).filter(|t| !t.is_empty());
    let named = |id: &str| names.iter().find(|n| n.id == id).map_or_else(|| id.to_owned(), |n| n.name.clone());
    let orders = |n: Option<u32>| n.map(|n| format!("{n} 单"));
    let yes = |on: bool| on.then(|| "是".to_owned());
    let all = [
        ("类型", Some(d.rule.title().to_owned())),
        ("商品", listed(d.skus.iter().map(|s| named(s.as_str())).collect())),
        ("明细", detail(&d.rule, &named)),
        ("类目", listed(d.categories.iter().map(|c| named(c)).collect())),
        ("品牌", listed(d.brands.clone())),
        ("排除商品", listed(d.without.iter().map(|s| named(s.as_str())).collect())),
        ("门店", listed(d.stores.iter().map(|s| named(s.as_str())).collect())),
        ("取货方式", listed(d.fulfilments.iter().map(|f| f.title().to_owned()).collect())),
        ("选一组", d.group.clone()),
        ("不与任何活动同享", yes(d.exclusive)),
        ("与总部活动同享", yes(d.beside_hq)),
        ("可低于最低售价", yes(d.breaks_floor)),
        ("仅限新客", yes(d.new_only)),
        ("会员等级", (d.tier > 0).then(|| format!("{} 级及以上", d.tier))),
        ("每人", orders(d.person_limit)),
        ("每天", orders(d.day_limit)),
        ("总共", orders(d.limit)),
        ("预算", d.budget.map(|b| format!("{} 元", text::yuan(b)))),
        ("总部承担", Some(format!("{}.{}%", d.hq_bears / 10, d.hq_bears % 10))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// A change of a campaign or of a coupon; `title`: what a field is called.
pub(super) fn change(c: CampaignChange, title: fn(&str) -> &str) -> AnyView {
    let fields = c
        .fields
        .into_iter()
        .map(|f| {
            let said =
                if f.old.is_empty() { format!("{}：{}", title(&f.field), f.new) } else { format!("{}：{} → {}", title(&f.field), f.old, f.new) };
            view! { <div>{said}</div> }
        })
        .collect_view();
    kit::table::change(c.at_text, c.by_name.unwrap_or_else(|| c.by.to_string()), fields.into_any())
}

/// One campaign, on a page of HQ or of its store.
#[must_use]
pub fn one(frame: &Frame<'_>, store: Option<&StoreRow>, campaign: CampaignView, choices: CampaignChoices) -> String {
    let at = store.map_or(*frame, |s| frame.at(s));
    let own: Option<StoreId> = store.map(|s| s.store.clone());
    let base = base_of(store);
    let CampaignView { card, draft, steps, reason, warnings, history, names, pauses, samples: _ } = campaign;
    let writes = frame.may(Permission::CampaignWrite);
    // What a store writes is its own; what is live stays as it is.
    let sets = writes && card.state == CampaignState::Draft && card.owner == own;
    let choices = offered(choices, &names);
    page(&at, Module::Campaigns, &card.title, || {
        let (id, version) = (card.campaign.clone(), draft.version);
        let whole = frame.audit_link(id.as_str());
        let used = card.used.map(|n| format!(" · 已用 {n} 单，优惠 {} 元", text::yuan(card.spent.unwrap_or_default()))).unwrap_or_default();
        let left = card.budget.map(|b| format!("，预算剩 {} 元", text::yuan(b - card.spent.unwrap_or_default()))).unwrap_or_default();
        let rows = history.into_iter().map(|c| change(c, title)).collect_view();
        let begun = !matches!(card.state, CampaignState::Draft | CampaignState::Review);
        let results = begun.then(|| format!("{base}/{}/results", card.campaign));
        let terms = terms(&draft, &names).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
        view! {
            <p class="crumbs"><a href=base>"‹ 活动"</a></p>
            <div class="order-head">
                <h1>{card.title.clone()}</h1>
                {state_badge(&card)}
            </div>
            {results.map(|href| view! { <p class="sub"><a class="button" href=href>"查看效果"</a></p> })}
            {pauses.into_iter().map(pause).collect_view()}
            <p class="sub">{format!("{} · {} · {}{used}{left}", card.owner_name, card.what, card.when)}</p>
            {reason.map(|r| view! { <section class="panel warn" role="status"><h2>"总部驳回"</h2><p>{r}</p></section> })}
            <section class="panel"><h2>"内容"</h2><dl class="sums">{terms}</dl></section>
            {(!warnings.is_empty()).then(|| view! {
                <section class="panel"><h2>"上线前请确认"</h2><ul>{warnings.into_iter().map(|w| view! { <li>{w}</li> }).collect_view()}</ul></section>
            })}
            {writes.then(|| view! { <CampaignSteps campaign=id.clone() store=own.clone() steps=steps version=version /> })}
            <CampaignEditor campaign=id store=own draft=draft sets=sets choices=choices />
            <h2>"修改记录"</h2>
            {whole}
            <div class="scroll" tabindex="0" role="region" aria-label="修改记录">
                <table class="stock">
                    <thead><tr><th>"时间"</th><th>"人员"</th><th>"修改"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

/// A new campaign, of HQ or of a store.
#[must_use]
pub fn new(frame: &Frame<'_>, store: Option<&StoreRow>, campaign: CampaignId, draft: CampaignDraft, choices: CampaignChoices) -> String {
    let at = store.map_or(*frame, |s| frame.at(s));
    let own: Option<StoreId> = store.map(|s| s.store.clone());
    let base = base_of(store);
    let choices = offered(choices, &[]);
    page(&at, Module::Campaigns, "新建活动", || {
        view! {
            <p class="crumbs"><a href=base>"‹ 活动"</a></p>
            <h1>"新建活动"</h1>
            <noscript><p class="refusal">"编辑活动需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <CampaignEditor campaign=campaign store=own draft=draft sets=true choices=choices />
        }
    })
}
