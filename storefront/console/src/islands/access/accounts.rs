//! Staff accounts: inviting, changing, disabling, resetting.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    AccountState, Problem, RoleId,
    api::{AccountDone, AccountMove, AccountRow, AccountStep, ChangeAccount, InviteAccount},
};

use super::scope::{Chosen, Once, ScopeField};
use crate::{browser, islands::kit::Refusal};

/// How a new link is handed on.
fn hand_on(done: &AccountDone) -> String {
    let until = done.link_until.clone().unwrap_or_default();
    format!("请把这个链接发给「{}」本人：只显示这一次，只能使用一次，{until} 前有效。", done.account.name)
}

/// The roles that may be given, as a choice.
#[component]
fn RoleField(
    /// The chosen one.
    role: RwSignal<String>,
    /// Those that may be given.
    roles: Vec<(String, String)>,
    /// A change is under way, or the page is not awake yet.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let options = roles
        .into_iter()
        .map(|(id, title)| {
            let value = id.clone();
            view! { <option value=value selected=move || role.with(|r| *r == id)>{title}</option> }
        })
        .collect_view();
    view! {
        <label class="day">
            <span>"角色"</span>
            <select disabled=busy on:change=move |e| role.set(event_target_value(&e))>{options}</select>
        </label>
    }
}

/// Invites somebody: a link is shown, once.
#[island]
pub fn InviteForm(
    /// Where the invitation is sent.
    path: String,
    /// The roles that may be given, with their names.
    roles: Vec<(String, String)>,
    /// The scopes that may be given; none where the path says it already.
    kinds: Vec<(String, String)>,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let (name, username) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let role = RwSignal::new(roles.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let scoped = !kinds.is_empty();
    let chosen = Chosen::of(None, &kinds);
    let (link, says) = (RwSignal::new(None::<String>), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let path = StoredValue::new(path);
    let invite = move |_| {
        let scope = if scoped { chosen.scope().map(Some) } else { Ok(None) };
        let (scope, role) = match (scope, role.get_untracked().parse::<RoleId>()) {
            (Ok(scope), Ok(role)) => (scope, role),
            (Err(p), _) => return problem.set(Some(p)),
            (_, Err(_)) => return,
        };
        let given = Some(username.get_untracked().trim().to_owned()).filter(|n| !n.is_empty());
        let wanted = InviteAccount { name: name.get_untracked(), username: given, role, scope };
        busy.set(true);
        problem.set(None);
        link.set(None);
        spawn_local(async move {
            match browser::post::<AccountDone>(&path.get_value(), &wanted).await {
                Ok(done) => {
                    says.set(hand_on(&done));
                    link.set(done.link.map(|path| format!("{}{path}", browser::origin())));
                    name.set(String::new());
                    // The next one is somebody else: the user name is taken now.
                    username.set(String::new());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="stock-desk" aria-label="邀请员工">
            <h2>"邀请员工"</h2>
            <div class="papers">
                <label class="day">
                    <span>"姓名"</span>
                    <input maxlength="20" disabled=busy prop:value=name on:input=move |e| name.set(event_target_value(&e)) />
                </label>
                <label class="day">
                    <span>"用户名（可不填，由本人选择）"</span>
                    <input maxlength="32" autocapitalize="off" spellcheck="false" disabled=busy prop:value=username on:input=move |e| username.set(event_target_value(&e)) />
                </label>
                <RoleField role=role roles=roles busy=busy />
                {scoped.then(|| view! { <ScopeField chosen=chosen kinds=kinds busy=busy /> })}
            </div>
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=invite>"生成邀请链接"</button>
            </div>
            <Refusal problem=problem />
            <Once text=link says=says />
        </section>
    }
}

/// One account: what those do with it who may.
#[island]
pub fn AccountDesk(
    /// The account.
    account: AccountRow,
    /// Where a step is sent.
    step_path: String,
    /// Where a change is sent; none where only steps are taken.
    change_path: Option<String>,
    /// The roles that may be given, with their names.
    roles: Vec<(String, String)>,
    /// The scopes that may be given.
    kinds: Vec<(String, String)>,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let (name, role) = (RwSignal::new(account.name.clone()), RwSignal::new(account.role.to_string()));
    let chosen = Chosen::of(Some(&account.scope), &kinds);
    let held = RwSignal::new(account);
    let (link, says) = (RwSignal::new(None::<String>), RwSignal::new(String::new()));
    let (problem, saved) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let sure = RwSignal::new(false);
    let step_path = StoredValue::new(step_path);
    let changes = change_path.is_some();
    let change_path = StoredValue::new(change_path.unwrap_or_default());
    let took = move |outcome: Result<AccountDone, Problem>| {
        match outcome {
            Ok(done) => {
                if done.link.is_some() {
                    says.set(hand_on(&done));
                }
                link.set(done.link.map(|path| format!("{}{path}", browser::origin())));
                held.set(done.account);
                saved.set(true);
            }
            Err(p) => problem.set(Some(p)),
        }
        busy.set(false);
        sure.set(false);
    };
    let begin = move || {
        busy.set(true);
        saved.set(false);
        problem.set(None);
        link.set(None);
    };
    let step = move |step: AccountMove| {
        let asked = AccountStep { step, version: held.with_untracked(|a| a.version) };
        begin();
        spawn_local(async move { took(browser::post::<AccountDone>(&step_path.get_value(), &asked).await) });
    };
    let change = move |_| {
        let (scope, role) = match (chosen.scope(), role.get_untracked().parse::<RoleId>()) {
            (Ok(scope), Ok(role)) => (scope, role),
            (Err(p), _) => return problem.set(Some(p)),
            (_, Err(_)) => return,
        };
        let wanted = ChangeAccount { name: name.get_untracked(), role, scope, version: held.with_untracked(|a| a.version) };
        begin();
        spawn_local(async move { took(browser::put::<AccountDone>(&change_path.get_value(), &wanted).await) });
    };
    let state = move || held.with(|a| a.state);
    view! {
        <section class="stock-desk" aria-label="账号">
            <h2>{move || held.with(|a| format!("{}（{}）", a.name, a.state.title()))}</h2>
            {changes
                .then(|| {
                    view! {
                        <div class="papers">
                            <label class="day">
                                <span>"姓名"</span>
                                <input maxlength="20" disabled=busy prop:value=name on:input=move |e| name.set(event_target_value(&e)) />
                            </label>
                            <RoleField role=role roles=roles busy=busy />
                            <ScopeField chosen=chosen kinds=kinds busy=busy />
                        </div>
                        <div class="papers">
                            <button type="button" class="primary" disabled=busy on:click=change>"保存修改"</button>
                        </div>
                    }
                })}
            <div class="papers">
                <button type="button" disabled=busy hidden=move || state() == AccountState::Disabled || sure.get() on:click=move |_| sure.set(true)>"停用…"</button>
                <button type="button" class="danger" disabled=busy hidden=move || !sure.get() on:click=move |_| step(AccountMove::Disable)>"确认停用，立即结束全部登录"</button>
                <button type="button" disabled=busy hidden=move || !sure.get() on:click=move |_| sure.set(false)>"取消"</button>
                <button type="button" disabled=busy hidden=move || state() != AccountState::Disabled on:click=move |_| step(AccountMove::Enable)>"重新启用"</button>
                <button type="button" disabled=busy hidden=move || state() == AccountState::Disabled on:click=move |_| step(AccountMove::Reset)>
                    {move || if state() == AccountState::Invited { "重新生成邀请链接" } else { "重置密码链接" }}
                </button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"已保存。刷新页面可以看到修改记录。"</p>
            <Once text=link says=says />
        </section>
    }
}
