//! The end of a session.

use leptos::{prelude::*, task::spawn_local};

use crate::browser;

/// Logs out and goes to the login page.
#[island]
pub fn Logout() -> impl IntoView {
    let busy = RwSignal::new(false);
    let leave = move |_| {
        busy.set(true);
        spawn_local(async move {
            match browser::delete("/api/v1/staff/session").await {
                Ok(()) => browser::go("/console/login"),
                Err(_) => busy.set(false),
            }
        });
    };
    view! { <button class="quiet" type="button" disabled=move || busy.get() on:click=leave>"退出"</button> }
}
