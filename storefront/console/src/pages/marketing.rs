//! Campaigns: lists, one of them, a new one.

use leptos::prelude::*;
use liandian_types::{
    CampaignId, CampaignState, Permission, StoreId,
    api::{CampaignCard, CampaignChange, CampaignDraft, CampaignList, CampaignView, StoreRow},
};

use super::{
    Frame, Module,
    kit::{Asked, Column, Filter, Table, filters},
    page,
};
use crate::{
    islands::{CampaignEditor, CampaignSteps},
    text,
};

fn table<'a>(asked: &'a Asked, base: &'static str, list: CampaignList) -> Table<'a, CampaignCard> {
    let href = move |c: &CampaignCard| format!("{base}/{}", c.campaign);
    let columns = vec![
        Column::new("活动", move |c: &CampaignCard| {
            view! { <a href=href(c)>{c.title.clone()}</a><small>{format!(" {}", c.what)}</small> }.into_any()
        })
        .class("what"),
        Column::new("状态", |c: &CampaignCard| view! { <span class=format!("badge state-{}", c.state)>{c.state.title()}</span> }.into_any()),
        Column::new("所属", |c: &CampaignCard| c.owner_name.clone().into_any()).by("owner", |c| c.owner_name.clone()),
        Column::new("时间", |c: &CampaignCard| c.when.clone().into_any()),
        Column::figures("已用（单）", |c: &CampaignCard| c.used.map_or_else(|| "—".to_owned(), |n| n.to_string()).into_any()),
        Column::figures("已优惠（元）", |c: &CampaignCard| c.spent.map_or_else(|| "—".to_owned(), text::yuan).into_any()),
        Column::figures("预算（元）", |c: &CampaignCard| c.budget.map_or_else(|| "不限".to_owned(), text::yuan).into_any()),
    ];
    Table { caption: "活动", class: "stock cards", asked, columns, rows: list.campaigns, empty: "没有符合的活动。" }
}

/// Campaigns of the chain.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, list: CampaignList) -> String {
    const PATH: &str = "/console/hq/campaigns";
    let asked = frame.asked(PATH);
    let writes = frame.may(Permission::CampaignWrite);
    let waiting = list.campaigns.iter().filter(|c| c.state == CampaignState::Review).count();
    page(frame, Module::Campaigns, "活动", || {
        let states = CampaignState::ALL.iter().map(|s| (s.as_str().to_owned(), s.title().to_owned())).collect();
        view! {
            <h1>"活动"</h1>
            {writes.then(|| view! { <div class="actions"><a class="button primary" href=format!("{PATH}/new")>"新建活动"</a></div> })}
            {(waiting > 0).then(|| view! { <p class="badge warn" role="status">{format!("{waiting} 个活动等待审核")}</p> })}
            {filters(&asked, vec![Filter::choice("state", "全部状态", states)])}
            {table(&asked, PATH, list).show(|_| "")}
        }
    })
}

/// A store's own campaigns.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, list: CampaignList) -> String {
    let path = format!("/console/s/{}/campaigns", store.store);
    let writes = frame.may(Permission::CampaignWrite);
    page(&frame.at(store), Module::Campaigns, "活动", || {
        let none = list.campaigns.is_empty();
        let rows = list
            .campaigns
            .into_iter()
            .map(|c| {
                view! {
                    <li class="card">
                        <a class="card-link" href=format!("{path}/{}", c.campaign)>
                            <span class="summary">{c.title}</span>
                            <span class=format!("badge state-{}", c.state)>{c.state.title()}</span>
                            <span class="sub">{format!("{} · {}", c.what, c.when)}</span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <h1>"活动"</h1>
            <p class="sub">"本店自己的优惠由本店承担，总部审核后上线。"</p>
            {writes.then(|| view! { <div class="actions"><a class="button primary" href=format!("{path}/new")>"新建活动"</a></div> })}
            <ul class="cards">{rows}</ul>
            <p class="empty" hidden=!none>"还没有活动。"</p>
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

/// What of a campaign is not as any other's: for who reviews it, and for pages without scripts.
fn terms(d: &CampaignDraft) -> Vec<(&'static str, String)> {
    let listed = |all: Vec<String>| Some(all.join("、")).filter(|t| !t.is_empty());
    let orders = |n: Option<u32>| n.map(|n| format!("{n} 单"));
    let yes = |on: bool| on.then(|| "是".to_owned());
    let all = [
        ("类型", Some(d.rule.title().to_owned())),
        ("商品", listed(d.skus.iter().map(ToString::to_string).collect())),
        ("类目", listed(d.categories.clone())),
        ("品牌", listed(d.brands.clone())),
        ("排除商品", listed(d.without.iter().map(ToString::to_string).collect())),
        ("门店", listed(d.stores.iter().map(ToString::to_string).collect())),
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

fn change(c: CampaignChange) -> impl IntoView + use<> {
    let fields = c
        .fields
        .into_iter()
        .map(|f| {
            let said =
                if f.old.is_empty() { format!("{}：{}", title(&f.field), f.new) } else { format!("{}：{} → {}", title(&f.field), f.old, f.new) };
            view! { <div>{said}</div> }
        })
        .collect_view();
    view! {
        <tr>
            <td class="nowrap">{c.at_text}</td>
            <td class="what">{c.by_name.unwrap_or_else(|| c.by.to_string())}</td>
            <td class="what">{fields}</td>
        </tr>
    }
}

/// One campaign, on a page of HQ or of its store.
#[must_use]
pub fn one(frame: &Frame<'_>, store: Option<&StoreRow>, campaign: CampaignView) -> String {
    let at = store.map_or(*frame, |s| frame.at(s));
    let own: Option<StoreId> = store.map(|s| s.store.clone());
    let base = own.as_ref().map_or_else(|| "/console/hq/campaigns".to_owned(), |s| format!("/console/s/{s}/campaigns"));
    let CampaignView { card, draft, steps, reason, warnings, history } = campaign;
    let writes = frame.may(Permission::CampaignWrite);
    // What a store writes is its own; what is live stays as it is.
    let sets = writes && card.state == CampaignState::Draft && card.owner == own;
    let tries = frame.of_chain();
    page(&at, Module::Campaigns, &card.title, || {
        let (id, version) = (card.campaign.clone(), draft.version);
        let whole = frame.audit_link(id.as_str());
        let used = card.used.map(|n| format!(" · 已用 {n} 单，优惠 {} 元", text::yuan(card.spent.unwrap_or_default()))).unwrap_or_default();
        let left = card.budget.map(|b| format!("，预算剩 {} 元", text::yuan(b - card.spent.unwrap_or_default()))).unwrap_or_default();
        let rows = history.into_iter().map(change).collect_view();
        let terms = terms(&draft).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
        view! {
            <p class="crumbs"><a href=base>"‹ 活动"</a></p>
            <div class="order-head">
                <h1>{card.title.clone()}</h1>
                <span class=format!("badge state-{}", card.state)>{card.state.title()}</span>
            </div>
            <p class="sub">{format!("{} · {} · {}{used}{left}", card.owner_name, card.what, card.when)}</p>
            {reason.map(|r| view! { <section class="panel warn" role="status"><h2>"总部驳回"</h2><p>{r}</p></section> })}
            <section class="panel"><h2>"内容"</h2><dl class="sums">{terms}</dl></section>
            {(!warnings.is_empty()).then(|| view! {
                <section class="panel"><h2>"上线前请确认"</h2><ul>{warnings.into_iter().map(|w| view! { <li>{w}</li> }).collect_view()}</ul></section>
            })}
            {writes.then(|| view! { <CampaignSteps campaign=id.clone() store=own.clone() steps=steps version=version /> })}
            <CampaignEditor campaign=id store=own draft=draft sets=sets tries=tries />
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
pub fn new(frame: &Frame<'_>, store: Option<&StoreRow>, campaign: CampaignId, draft: CampaignDraft) -> String {
    let at = store.map_or(*frame, |s| frame.at(s));
    let own: Option<StoreId> = store.map(|s| s.store.clone());
    let base = own.as_ref().map_or_else(|| "/console/hq/campaigns".to_owned(), |s| format!("/console/s/{s}/campaigns"));
    let tries = frame.of_chain();
    page(&at, Module::Campaigns, "新建活动", || {
        view! {
            <p class="crumbs"><a href=base>"‹ 活动"</a></p>
            <h1>"新建活动"</h1>
            <noscript><p class="refusal">"编辑活动需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <CampaignEditor campaign=campaign store=own draft=draft sets=true tries=tries />
        }
    })
}
