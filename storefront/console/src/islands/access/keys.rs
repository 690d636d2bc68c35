//! Integration keys: made, shown once, revoked.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    KeyId, Permission, Problem,
    api::{MadeKey, MakeKey, PermissionView},
};

use super::scope::{Chosen, Once, ScopeField};
use crate::{browser, islands::kit::Refusal};

/// Makes a key; its secret is shown once.
#[island]
pub fn KeyForm(
    /// What may be given.
    permissions: Vec<PermissionView>,
    /// The scopes that may be given.
    kinds: Vec<(String, String)>,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let name = RwSignal::new(String::new());
    let picked = RwSignal::new(BTreeSet::<Permission>::new());
    let chosen = Chosen::of(None, &kinds);
    let (secret, says) = (RwSignal::new(None::<String>), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let make = move |_| {
        let scope = match chosen.scope() {
            Ok(scope) => scope,
            Err(p) => return problem.set(Some(p)),
        };
        let wanted = MakeKey { name: name.get_untracked(), scope, permissions: picked.with_untracked(|p| p.iter().copied().collect()) };
        busy.set(true);
        problem.set(None);
        secret.set(None);
        spawn_local(async move {
            match browser::post::<MadeKey>("/api/v1/hq/keys", &wanted).await {
                Ok(made) => {
                    says.set(format!("「{}」的密钥只显示这一次，请立即保存到对接程序的配置里。刷新页面后可以在列表里看到它。", made.key.name));
                    secret.set(Some(made.secret));
                    name.set(String::new());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let boxes = permissions
        .into_iter()
        .map(|p| {
            let which = p.permission;
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        disabled=busy
                        on:change=move |e| {
                            let on = event_target_checked(&e);
                            picked.update(|all| {
                                if on { all.insert(which); } else { all.remove(&which); }
                            });
                        }
                    />
                    {format!("{}：{}", p.group, p.says)}
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="stock-desk" aria-label="新建密钥">
            <h2>"新建密钥"</h2>
            <div class="papers">
                <label class="day">
                    <span>"名称"</span>
                    <input maxlength="30" placeholder="如：收银系统对接" disabled=busy prop:value=name on:input=move |e| name.set(event_target_value(&e)) />
                </label>
                <ScopeField chosen=chosen kinds=kinds busy=busy />
            </div>
            {boxes}
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=make>"生成密钥"</button>
            </div>
            <Refusal problem=problem />
            <Once text=secret says=says />
        </section>
    }
}

/// Revokes a key, at the second tap.
#[island]
pub fn KeyRevoke(
    /// Which.
    key: KeyId,
) -> impl IntoView {
    let (busy, sure) = (RwSignal::new(true), RwSignal::new(false));
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let path = StoredValue::new(format!("/api/v1/hq/keys/{key}"));
    let press = move |_| {
        if !sure.get_untracked() {
            return sure.set(true);
        }
        busy.set(true);
        spawn_local(async move {
            match browser::delete(&path.get_value()).await {
                Ok(()) => browser::again(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <button type="button" class="quiet" disabled=busy on:click=press>{move || if sure.get() { "确认吊销" } else { "吊销" }}</button>
        <Refusal problem=problem />
    }
}
