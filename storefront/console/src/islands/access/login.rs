//! The login form.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Problem,
    api::{StaffLogin, StaffSession},
};

use crate::{browser, islands::kit::Refusal, text};

const TRIED: &str = "ld_renewed_at";

/// First tries the refresh cookie in silence; then asks for name and password.
#[island]
pub fn Login(
    /// Where to go afterwards; the person's home when absent.
    to: Option<String>,
) -> impl IntoView {
    // The fields stay closed until the island is awake: a form sent before that would put the password into an address.
    let asleep = RwSignal::new(true);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let name = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let target = StoredValue::new(to);

    Effect::new(move |_| {
        spawn_local(async move {
            // Once in ten seconds: when a fresh cookie does not help, trying again would go round in circles.
            let tried = browser::note(TRIED).and_then(|t| t.parse::<i64>().ok()).unwrap_or(0);
            if browser::now() - tried > 10_000 {
                browser::set_note(TRIED, &browser::now().to_string());
                if browser::renew().await {
                    browser::go(target.get_value().as_deref().unwrap_or("/console"));
                    return;
                }
            }
            asleep.set(false);
            // The fields open with the next drawing; before that they take no focus. Whoever is already typing keeps the field
            // they are in: a password must not end up in the name.
            request_animation_frame(move || {
                let idle = document().active_element().is_none_or(|e| e.tag_name() == "BODY");
                if idle && let Some(field) = name.get_untracked() {
                    let _ = field.focus();
                }
            });
        });
    });

    let submit = move |e: SubmitEvent| {
        e.prevent_default();
        let (Some(n), Some(p)) = (name.get_untracked(), password.get_untracked()) else { return };
        let login = StaffLogin { username: n.value().trim().to_owned(), password: p.value() };
        if busy.get_untracked() || login.username.is_empty() || login.password.is_empty() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<StaffSession>("/api/v1/staff/session", &login).await {
                Ok(session) => browser::go(&target.get_value().unwrap_or_else(|| text::home(&session.scope, &session.permissions))),
                Err(refused) => {
                    problem.set(Some(refused));
                    busy.set(false);
                    if let Some(field) = password.get_untracked() {
                        field.set_value("");
                        let _ = field.focus();
                    }
                }
            }
        });
    };

    view! {
        <form class="login-form" method="post" on:submit=submit>
            <fieldset disabled=move || asleep.get()>
                <label>
                    "账号"
                    <input node_ref=name name="username" autocomplete="username" autocapitalize="off" spellcheck="false" required />
                </label>
                <label>
                    "密码"
                    <input node_ref=password name="password" type="password" autocomplete="current-password" required />
                </label>
                <Refusal problem=problem />
                <button class="primary big" type="submit" disabled=move || busy.get()>
                    {move || if busy.get() { "正在登录…" } else { "登录" }}
                </button>
            </fieldset>
            <p class="hint" role="status">{move || if asleep.get() { "正在检查登录状态…" } else { "" }}</p>
        </form>
    }
}
