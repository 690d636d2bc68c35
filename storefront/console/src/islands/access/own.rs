//! One's own account: the one-time link, the password, the sessions.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem,
    api::{ChangePassword, InvitationTaken, StaffSession, TakeInvitation},
};

use crate::{browser, islands::kit::Refusal};

/// Whoever follows a one-time link chooses a password, and a user name where none was given.
#[island]
pub fn Invitation(
    /// The link's token.
    token: String,
    /// The user name, where one was given.
    username: Option<String>,
) -> impl IntoView {
    // The fields stay closed until the island is awake: a form sent before that would put the password into an address.
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let done = RwSignal::new(None::<String>);
    let (name, password, again) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let asks = username.is_none();
    let token = StoredValue::new(token);
    let submit = move |e: SubmitEvent| {
        e.prevent_default();
        let value = |field: NodeRef<html::Input>| field.get_untracked().map(|f| f.value()).unwrap_or_default();
        if value(password) != value(again) {
            problem.set(Some(Problem::new(Code::BadRequest, "两次输入的密码不一致")));
            return;
        }
        let chosen = asks.then(|| value(name).trim().to_owned());
        let taken = TakeInvitation { token: token.get_value(), username: chosen, password: value(password) };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<InvitationTaken>("/api/v1/staff/invitation", &taken).await {
                Ok(taken) => done.set(Some(taken.username)),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <form class="login-form" method="post" on:submit=submit hidden=move || done.with(Option::is_some)>
            <fieldset disabled=busy>
                <label hidden=!asks>
                    "用户名（登录用，小写字母、数字）"
                    <input node_ref=name name="username" autocomplete="username" autocapitalize="off" spellcheck="false" maxlength="32" required=asks />
                </label>
                <label>
                    "新密码（至少 10 个字符）"
                    <input node_ref=password name="new-password" type="password" autocomplete="new-password" minlength="10" required />
                </label>
                <label>
                    "再输入一次"
                    <input node_ref=again name="again" type="password" autocomplete="new-password" minlength="10" required />
                </label>
                <Refusal problem=problem />
                <button class="primary big" type="submit">"设置密码"</button>
            </fieldset>
        </form>
        <div hidden=move || done.with(Option::is_none) role="status">
            <p>{move || done.get().map(|name| format!("密码已设置。请用「{name}」登录。"))}</p>
            <p><a class="button primary big" href="/console/login">"去登录"</a></p>
        </div>
    }
}

/// Changes one's own password.
#[island]
pub fn PasswordForm() -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let (problem, saved) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let (old, new, again) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let submit = move |e: SubmitEvent| {
        e.prevent_default();
        let (Some(o), Some(n), Some(a)) = (old.get_untracked(), new.get_untracked(), again.get_untracked()) else { return };
        if n.value() != a.value() {
            saved.set(false);
            problem.set(Some(Problem::new(Code::BadRequest, "两次输入的密码不一致")));
            return;
        }
        let asked = ChangePassword { old: o.value(), new: n.value() };
        busy.set(true);
        saved.set(false);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<StaffSession>("/api/v1/staff/password", &asked).await {
                Ok(_) => {
                    saved.set(true);
                    o.set_value("");
                    n.set_value("");
                    a.set_value("");
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <form class="stock-desk" method="post" aria-label="修改密码" on:submit=submit>
            <h2>"修改密码"</h2>
            <div class="papers">
                <label class="day">
                    <span>"原密码"</span>
                    <input node_ref=old type="password" autocomplete="current-password" disabled=busy required />
                </label>
                <label class="day">
                    <span>"新密码（至少 10 个字符）"</span>
                    <input node_ref=new type="password" autocomplete="new-password" minlength="10" disabled=busy required />
                </label>
                <label class="day">
                    <span>"再输入一次"</span>
                    <input node_ref=again type="password" autocomplete="new-password" minlength="10" disabled=busy required />
                </label>
            </div>
            <div class="papers">
                <button type="submit" class="primary" disabled=busy>"修改密码"</button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"密码已修改，其他设备上的登录已全部结束。"</p>
        </form>
    }
}

/// Ends one of one's own sessions.
#[island]
pub fn SessionEnd(
    /// Which.
    session: String,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let path = StoredValue::new(format!("/api/v1/staff/sessions/{session}"));
    let press = move |_| {
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
        <button type="button" class="quiet" disabled=busy on:click=press>"结束"</button>
        <Refusal problem=problem />
    }
}
