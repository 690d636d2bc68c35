//! What levels say about stores, what holds in one, and set-up by questions.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{
        PolicyLine, SaidSetting, SettingChangeLine, SettingEditor, SettingWord, SettingsChanged, SettingsHistory, SetupView, StorePolicy, StoreRow,
        StoreRows,
    },
};

use super::super::{
    Frame, Module,
    kit::{Filter, filters, link, pager, table},
    page,
};
use crate::islands::{SettingsDesk, SetupDesk};

const SETTINGS: &str = "/console/hq/settings";

fn level_link(w: &SettingWord, here: &str) -> impl IntoView + use<> {
    let current = (w.value == here).then_some("page");
    view! { <a href=link(SETTINGS, &[("level", Some(w.value.as_str()))]) aria-current=current>{w.title.clone()}</a> }
}

/// One level, to be edited; `sought` are the stores that somebody looks for, to choose one as the level.
#[must_use]
pub fn level_settings(frame: &Frame<'_>, editor: SettingEditor, sought: Option<StoreRows>) -> String {
    let sets = frame.may(Permission::PolicyWrite);
    let asked = frame.asked(SETTINGS);
    page(frame, Module::Rules, "分级规则", || {
        let levels = editor.levels.iter().map(|w| level_link(w, &editor.level)).collect_view();
        let mut stores = editor.stores_said.clone();
        if editor.level.starts_with("store:") && stores.iter().all(|w| w.value != editor.level) {
            stores.push(SettingWord { value: editor.level.clone(), title: editor.title.clone() });
        }
        let none = stores.is_empty();
        let stores = stores.iter().map(|w| level_link(w, &editor.level)).collect_view();
        let sub = format!("{}：{} 家门店。越具体的层级越优先：总部、经营模式、等级、区域、门店。", editor.title, editor.stores);
        let sought = sought.map(|found| {
            let word = |r: &StoreRow| SettingWord { value: format!("store:{}", r.store), title: r.name.clone() };
            let none = found.rows.is_empty();
            let links = found.rows.iter().map(|r| level_link(&word(r), &editor.level)).collect_view();
            view! {
                <p class="empty" hidden=!none>"没有符合的门店。"</p>
                <nav class="tabs places" aria-label="找到的门店" hidden=none>{links}</nav>
            }
        });
        view! {
            <div class="title-row">
                <h1>"分级规则"</h1>
                {filters(&asked, vec![Filter::words("q", "选择门店：店名、城市或街道", "选择门店：店名、城市或街道")])}
            </div>
            <nav class="tabs" aria-label="层级">{levels}</nav>
            {sought}
            <nav class="tabs places" aria-label="单独设定的门店" hidden=none>{stores}</nav>
            <p class="sub">
                {sub} " " <a href="/console/hq/settings/history">"修改记录"</a>
            </p>
            <SettingsDesk editor=editor sets=sets />
        }
    })
}

/// Who changed what levels say.
#[must_use]
pub fn settings_history(frame: &Frame<'_>, history: SettingsHistory) -> String {
    page(frame, Module::Rules, "分级规则的修改记录", || {
        let none = history.changes.is_empty();
        let next = pager(&frame.asked("/console/hq/settings/history"), history.next.as_deref());
        let rows = history.changes.into_iter().map(changed).collect_view().into_any();
        let heads = table::plain_heads(&[("时间", ""), ("人员", ""), ("修改", "")]);
        view! {
            <p class="crumbs"><a href=SETTINGS>"‹ 分级规则"</a></p>
            <h1>"修改记录"</h1>
            {frame.audit_link("settings")}
            {none.then(|| view! { <p class="empty">"还没有人修改过分级规则。"</p> })}
            {(!none).then(|| table::boxed("修改记录".to_owned(), "stock", heads, rows, None))}
            {next}
        }
    })
}

fn changed(c: SettingsChanged) -> impl IntoView + use<> {
    let line = |l: SettingChangeLine| {
        let from = l.from_text.map(|t| format!("（{t} 起）")).unwrap_or_default();
        view! { <div>{format!("{} · {}：{} → {}{from}", l.level_title, l.label, l.old, l.new)}<small>{l.why}</small></div> }
    };
    let lines = c.lines.into_iter().map(line).collect_view();
    view! {
        <tr>
            <td class="nowrap">{c.at_text}</td>
            <td class="what">{c.by_name.unwrap_or_else(|| c.by.to_string())}</td>
            <td class="what">{lines}</td>
        </tr>
    }
}

/// The questions, and what was answered.
#[must_use]
pub fn setup(frame: &Frame<'_>, view: SetupView) -> String {
    let sets = frame.may(Permission::PolicyWrite);
    page(frame, Module::Rules, "需求诊断", || {
        view! {
            <h1>"需求诊断"</h1>
            <p class="sub">"回答企业战略、总部管理和门店运营三方面的问题，得到规则方案和理由；可逐项取舍，再一次应用。以后重新回答，只列出与现行规则不同的部分。"</p>
            <SetupDesk setup=view sets=sets />
        }
    })
}

/// What holds in a store, as the store sees it.
#[must_use]
pub fn policy_of_store(frame: &Frame<'_>, store: &StoreRow, policy: StorePolicy) -> String {
    page(&frame.at(store), Module::Rules, "本店规则", || {
        view! {
            <div class="title-row"><h1>"本店规则"</h1>{badges(store)}</div>
            {policy_table(policy)}
        }
    })
}

/// The same as HQ sees it, who may set it.
#[must_use]
pub fn policy_from_above(frame: &Frame<'_>, store: &StoreRow, policy: StorePolicy) -> String {
    page(frame, Module::Rules, &format!("规则 · {}", store.name), || {
        let edit = link(SETTINGS, &[("level", Some(&format!("store:{}", store.store)))]);
        view! {
            <p class="crumbs"><a href=format!("/console/hq/stores/{}", store.store)>{format!("‹ {}", store.name)}</a></p>
            <div class="title-row"><h1>{format!("{}的规则", store.name)}</h1>{badges(store)}</div>
            <p class="sub"><a href=edit>"单独设定这家门店的规则"</a></p>
            {policy_table(policy)}
        }
    })
}

fn badges(store: &StoreRow) -> impl IntoView + use<> {
    view! {
        <span class=format!("badge mode-{}", store.mode)>{store.mode.title()}</span>
        <span class=format!("badge tier-{}", store.tier)>{store.tier.title()}</span>
    }
}

fn policy_table(policy: StorePolicy) -> impl IntoView + use<> {
    let next = policy.next_text.map(|t| format!("下一项预约的修改在 {t} 生效。")).unwrap_or_default();
    let sub = format!("{} 项规则，其中 {} 项与总部不同。{next}", policy.lines.len(), policy.differs);
    let mut groups: Vec<(String, Vec<PolicyLine>)> = Vec::new();
    for line in policy.lines {
        match groups.last_mut().filter(|(group, _)| *group == line.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((line.group.clone(), vec![line])),
        }
    }
    let tables = groups.into_iter().map(|(group, lines)| {
        let heads = table::plain_heads(&[("规则", ""), ("本店", ""), ("来自", ""), ("其他层级", "")]);
        let rows = lines.into_iter().map(policy_line).collect_view().into_any();
        view! { <h2>{group.clone()}</h2> {table::boxed(group, "stock", heads, rows, None)} }
    });
    view! {
        <p class="sub">{sub}</p>
        {tables.collect_view()}
    }
}

fn policy_line(l: PolicyLine) -> impl IntoView + use<> {
    let mark = l.differs.then(|| view! { <span class="badge warn" title=format!("总部为 {}", l.hq_text)>"与总部不同"</span> });
    let others = l.overruled.into_iter().map(|s| view! { <div>{format!("{}：{}", s.level_title, s.text)}</div> }).collect_view();
    let planned =
        l.planned.into_iter().map(|s| view! { <small>{format!("{} 起 {}：{}", s.from_text, s.level_title, s.text)}</small> }).collect_view();
    view! {
        <tr>
            <td class="what">{l.label}<small>{l.explanation}</small></td>
            <td>{l.text} " " {mark} {planned}</td>
            <td class="what">{from(l.said)}</td>
            <td class="what">{others}</td>
        </tr>
    }
}

/// Who said it, when and why.
fn from(said: Option<SaidSetting>) -> impl IntoView + use<> {
    match said {
        None => view! { <span>"初始值"</span> }.into_any(),
        Some(s) => {
            let by = s.by_name.unwrap_or_else(|| s.by.to_string());
            view! { <span>{s.level_title}</span><small>{format!("{by} · {} · {}", s.from_text, s.why)}</small> }.into_any()
        }
    }
}
