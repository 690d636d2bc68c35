//! What HQ decides.

pub mod audit;
pub mod legal;
pub mod prices;
mod settings;

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{ChainPolicies, PoliciesChange, PoliciesHistory},
};

pub use settings::{level_settings, policy_from_above, policy_of_store, settings_history, setup};

use super::{
    Frame, Module,
    kit::{pager, table},
    page,
};
use crate::islands::PolicyForm;

/// What HQ decides for the whole chain, and who changed it; `older` when a cursor led into its history.
#[must_use]
pub fn rules(frame: &Frame<'_>, policies: ChainPolicies, history: PoliciesHistory, older: bool) -> String {
    const PATH: &str = "/console/hq/rules";
    let sets = frame.may(Permission::PolicyWrite);
    page(frame, Module::Rules, "全链规则", || {
        let none = history.changes.is_empty();
        let next = pager(&frame.asked(PATH), history.next.as_deref());
        let rows = history.changes.into_iter().map(policies_change).collect_view().into_any();
        view! {
            <h1>"全链规则"</h1>
            <p class="sub">"对所有门店生效；"<a href="/console/hq/settings">"分级规则"</a>"可按经营模式、等级、区域或门店另行设定。"</p>
            {(!older).then(|| view! { <PolicyForm policies=policies sets=sets /> })}
            {older.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到全链规则"</a></p> })}
            <h2>"修改记录"</h2>
            {frame.audit_link("policies")}
            {table::history(rows, none.then_some("还没有人修改过规则。"))}
            {next}
        }
    })
}

fn policies_change(c: PoliciesChange) -> impl IntoView + use<> {
    let fields =
        c.fields.into_iter().map(|f| view! { <div>{format!("{}：{} → {}", ChainPolicies::title(&f.field), f.old, f.new)}</div> }).collect_view();
    view! {
        <tr>
            <td class="nowrap">{c.at_text}</td>
            <td class="what">{c.by_name.unwrap_or_else(|| c.by.to_string())}</td>
            <td class="what">{fields}</td>
        </tr>
    }
}
