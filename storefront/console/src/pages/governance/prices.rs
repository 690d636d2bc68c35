//! A store's own prices, why they are what they are, and change requests.

use leptos::prelude::*;
use liandian_types::{
    Permission, RequestState,
    api::{PriceEvent, PriceStep, PriceWhy, RequestList, RuleView, StorePrices, StoreRow, WaitsElsewhere},
};

use crate::{
    islands::{DryRun, PriceDesk, RequestDesk},
    pages::{
        Frame, Module, Section,
        kit::{Filter, filters, pager},
        page, waiting,
    },
};

/// What a store asks for its goods.
#[must_use]
pub fn list(frame: &Frame<'_>, store: &StoreRow, prices: StorePrices) -> String {
    let asked = frame.asked(format!("/console/s/{}/prices", store.store));
    let sets = frame.may(Permission::PriceWrite);
    page(&frame.at(store).within(Section::Prices), Module::Prices, "价格", || {
        let StorePrices { rows, next, timed_days, timed } = prices;
        let none = rows.is_empty();
        view! {
            <h1>"价格"</h1>
            <p class="sub">"门店价不填时跟随总部价。在可自行设置的范围内改价立即生效，超出时提交审批，批准之前不会按新价格展示或收款。"</p>
            {filters(&asked, vec![Filter::words("q", "查找商品", "商品名、品牌或条码")])}
            {if none {
                view! { <p class="empty">"没有找到商品。"</p> }.into_any()
            } else {
                view! { <PriceDesk store=store.store.clone() rows=rows sets=sets timed=timed timed_days=timed_days explains=true /> }.into_any()
            }}
            {pager(&asked, next.as_deref())}
        }
    })
}

/// Why a store sells something at its price.
#[must_use]
pub fn why(frame: &Frame<'_>, store: &StoreRow, why: PriceWhy) -> String {
    let base = format!("/console/s/{}", store.store);
    let sets = frame.may(Permission::PriceWrite);
    page(&frame.at(store).within(Section::Prices), Module::Prices, "为什么卖这个价", || {
        let PriceWhy { row, steps, history, timed_days, timed } = why;
        let now = row.price.map_or_else(|| "已下架".to_owned(), |p| p.to_string());
        let title = row.title.clone();
        let requests = format!("{base}/requests");
        let steps = steps.into_iter().map(|s| step(s, &requests)).collect_view();
        let none = history.is_empty();
        let whole = frame.audit_link(&format!("{}/{}", store.store, row.sku));
        view! {
            <p class="crumbs"><a href=format!("{base}/prices")>"‹ 价格"</a></p>
            <h1>{format!("{title}：为什么卖 {now}")}</h1>
            <div class="scroll" tabindex="0" role="region" aria-label="价格由来">
                <table class="stock">
                    <thead>
                        <tr>
                            <th>"层级"</th>
                            <th class="num">"价格"</th>
                            <th>"结果"</th>
                            <th>"规则"</th>
                            <th>"由谁、何时、为什么"</th>
                        </tr>
                    </thead>
                    <tbody>{steps}</tbody>
                </table>
            </div>
            <h2>"改价"</h2>
            <PriceDesk store=store.store.clone() rows=vec![row] sets=sets timed=timed timed_days=timed_days explains=false />
            <h2>"修改记录"</h2>
            {whole}
            {none.then(|| view! { <p class="empty">"还没有修改过。"</p> })}
            <ul class="history">{history.into_iter().map(event).collect_view()}</ul>
        }
    })
}

fn step(s: PriceStep, requests: &str) -> impl IntoView + use<> {
    let class = if s.won { "num strong" } else { "num" };
    let who = match (&s.by_name, &s.by) {
        (Some(name), _) => format!("{name} "),
        (None, Some(id)) => format!("{id} "),
        (None, None) => String::new(),
    };
    let when = s.at_text.as_ref().map(|t| format!("{t} ")).unwrap_or_default();
    let leave = s.request.as_ref().map(|r| {
        let href = format!("{requests}#{r}");
        view! { <a href=href>"已获审批"</a> }
    });
    view! {
        <tr>
            <td>{s.level}{s.won.then(|| view! { <span class="badge">"当前"</span> })}</td>
            <td class=class>{s.price.to_string()}</td>
            <td class="what">{s.note}" "{leave}</td>
            <td class="what">{s.rule.map(rule)}</td>
            <td class="what">{format!("{who}{when}{}", s.why)}</td>
        </tr>
    }
}

fn rule(r: RuleView) -> impl IntoView + use<> {
    let said = [r.by_name, r.at_text, r.why].into_iter().flatten().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    view! { <div>{format!("{}：{}（{}）", r.label, r.value, r.level)}</div><small>{said}</small> }
}

fn event(e: PriceEvent) -> impl IntoView + use<> {
    view! { <li>{format!("{} {}{}", e.at_text, e.by_name.map(|n| format!("{n} ")).unwrap_or_default(), e.text)}</li> }
}

/// What a store has asked for.
#[must_use]
pub fn asked(frame: &Frame<'_>, store: &StoreRow, list: RequestList) -> String {
    let asked = frame.asked(format!("/console/s/{}/requests", store.store));
    let (asks, decides) = (frame.may(Permission::PriceWrite), frame.may(Permission::RequestDecide));
    page(&frame.at(store).within(Section::Requests), Module::Prices, "审批单", || {
        let waits = list.requests.iter().filter(|r| matches!(r.state, RequestState::Pending | RequestState::Stale)).count();
        let none = list.requests.is_empty();
        view! {
            <h1>"审批单"</h1>
            {waiting("asked", waits)}
            <p class="sub">"超出门店权限的修改在这里等待审批；批准之前不生效。"</p>
            {none.then(|| view! { <p class="empty">"还没有提交过审批。"</p> })}
            {(!none).then(|| view! { <RequestDesk requests=list.requests asks=asks talks={asks || decides} /> })}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

/// Kinds of what waits, by their words.
const KINDS: [(&str, &str); 6] = [
    ("own_price", "门店价"),
    ("timed_price", "限时价"),
    ("listed", "上下架"),
    ("profile", "门店资料"),
    ("local", "本地商品"),
    ("campaign", "门店活动"),
];

/// What is decided on pages of its own.
fn elsewhere(all: Vec<WaitsElsewhere>) -> Option<AnyView> {
    if all.is_empty() {
        return None;
    }
    let rows = all
        .into_iter()
        .map(|w| {
            view! {
                <li class="card">
                    <p class="claim-head"><a href=w.href>{w.title}</a><span class="badge">{w.kind_title}</span><span class="badge warn">"待审批"</span></p>
                    <p class="sub">{format!("{} · {}", w.store_name, w.when_text)}</p>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section aria-label="本地商品与活动">
                <h2>"本地商品与活动"</h2>
                <p class="sub">"内容较多，点开后在各自的页面审核。"</p>
                <ul class="cards claims">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What waits for HQ or for a region; `stores` and `regions` are what the lists may be narrowed to.
#[must_use]
pub fn inbox(frame: &Frame<'_>, list: RequestList, regions: Vec<(String, String)>, stores: Vec<(String, String)>) -> String {
    let asked = frame.asked("/console/hq/requests");
    let tries = frame.of_chain() && frame.may(Permission::PolicyWrite);
    page(frame, Module::Prices, "审批单", || {
        let over = asked.get("state") == Some("over");
        let filtered = ["state", "kind", "store", "region", "cursor"].iter().any(|n| asked.get(n).is_some());
        // A page of many counts only itself: then what was asked for beside it is believed.
        let whole = !filtered && list.next.is_none();
        let waits = list.requests.iter().filter(|r| r.waits).count();
        let none = list.requests.is_empty() && list.elsewhere.is_empty();
        let requests = !list.requests.is_empty();
        let word = |v: &str, title: &str| (v.to_owned(), title.to_owned());
        let mut bar = vec![
            Filter::choice("state", "待处理", vec![word("over", "已处理")]),
            Filter::choice("kind", "全部类型", KINDS.iter().map(|(v, title)| word(v, title)).collect()),
        ];
        if regions.len() > 1 {
            bar.push(Filter::choice("region", "全部区域", regions));
        }
        bar.push(Filter::choice("store", "全部门店", stores));
        let empty = if over { "没有处理过的审批单。" } else { "没有等待处理的审批单。" };
        view! {
            <h1>"审批单"</h1>
            {whole.then(|| waiting("requests", waits))}
            {filters(&asked, bar)}
            {none.then(|| view! { <p class="empty">{empty}</p> })}
            {elsewhere(list.elsewhere)}
            {requests.then(|| view! { <RequestDesk requests=list.requests asks=false talks=true /> })}
            {pager(&asked, list.next.as_deref())}
            {tries.then(|| view! {
                <h2>"规则试算"</h2>
                <p class="sub">"如果规则是这样，最近 30 天的改价会有多少要审批。只是试算，不会修改规则。"</p>
                <DryRun />
            })}
        }
    })
}
