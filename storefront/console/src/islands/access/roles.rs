//! What a role may do.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Permission, Problem, Role,
    api::{CreateRole, PermissionView, RoleView, SetRole},
};

use crate::{browser, islands::kit::Refusal};

/// A role as a form: one that there is, or a new one.
#[island]
pub fn RoleForm(
    /// As it is; none for a new one.
    role: Option<RoleView>,
    /// The built-in roles that a new one may be a kind of.
    bases: Vec<RoleView>,
    /// All permissions, grouped.
    permissions: Vec<PermissionView>,
    /// What this person has, and may give.
    own: Vec<Permission>,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let new = role.is_none();
    let built_in = role.as_ref().is_some_and(|r| r.built_in);
    let title = RwSignal::new(role.as_ref().map(|r| r.title.clone()).unwrap_or_default());
    let base = RwSignal::new(role.as_ref().map_or(Role::Clerk, |r| r.base));
    let begins: BTreeSet<Permission> = role.as_ref().map(|r| r.permissions.iter().copied().collect()).unwrap_or_default();
    let had = StoredValue::new(begins.clone());
    let picked = RwSignal::new(begins);
    let held = RwSignal::new(role);
    let (problem, saved) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let save = move |_| {
        busy.set(true);
        saved.set(false);
        problem.set(None);
        let (title, permissions) = (title.get_untracked(), picked.with_untracked(|p| p.iter().copied().collect::<Vec<_>>()));
        let (known, base) = (held.get_untracked(), base.get_untracked());
        spawn_local(async move {
            let answer = match known {
                Some(r) => {
                    let wanted = SetRole { title, permissions, version: r.version };
                    browser::put::<RoleView>(&format!("/api/v1/hq/roles/{}", r.role), &wanted).await
                }
                None => browser::post::<RoleView>("/api/v1/hq/roles", &CreateRole { title, base, permissions }).await,
            };
            match answer {
                Ok(r) if new => browser::go(&format!("/console/hq/roles?role={}", r.role)),
                Ok(r) => {
                    held.set(Some(r));
                    saved.set(true);
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let mut group = String::new();
    let boxes = permissions
        .into_iter()
        .map(|p| {
            let head = (p.group != group).then(|| p.group.clone());
            group.clone_from(&p.group);
            let which = p.permission;
            // What one does not have one may take away and not give.
            let beyond = !own.contains(&which) && !had.with_value(|h| h.contains(&which));
            let says = if beyond { format!("{}（您没有此权限，不能授予）", p.says) } else { p.says };
            view! {
                {head.map(|g| view! { <h2>{g}</h2> })}
                <label class="check">
                    <input
                        type="checkbox"
                        disabled=move || beyond || busy.get()
                        checked=picked.with_untracked(|all| all.contains(&which))
                        on:change=move |e| {
                            let on = event_target_checked(&e);
                            picked.update(|all| {
                                if on { all.insert(which); } else { all.remove(&which); }
                            });
                            saved.set(false);
                        }
                    />
                    {says}
                </label>
            }
        })
        .collect_view();
    let kinds = bases
        .into_iter()
        .map(|r| {
            let this = r.base;
            view! { <button type="button" class:on=move || base.get() == this aria-pressed=move || (base.get() == this).to_string() disabled=busy on:click=move |_| base.set(this)>{r.title}</button> }
        })
        .collect_view();
    view! {
        <section class="stock-desk" aria-label="角色">
            <label class="day wide" hidden=built_in>
                <span>"角色名称"</span>
                <input maxlength="20" disabled=busy prop:value=title on:input=move |e| title.set(event_target_value(&e)) />
            </label>
            <div hidden=!new>
                <p class="sub">"属于哪一类岗位（记录里显示这个岗位）"</p>
                <div class="kinds" role="group" aria-label="岗位">{kinds}</div>
            </div>
            {boxes}
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=save>{if new { "新建角色" } else { "保存" }}</button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"已保存，10 秒内对所有已登录的人生效。"</p>
        </section>
    }
}
