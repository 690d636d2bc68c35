//! A step that one tap takes, and that can be taken back for ten seconds.
//!
//! Most steps cannot be undone once others know of them: a customer has been told, a rider is called. So the step is sent when the ten seconds are
//! over, or at once when the page goes away; until then taking it back costs nothing.

use leptos::{html, prelude::*, task::spawn_local};
use liandian_types::Problem;

use crate::browser;

/// How long a step may be taken back.
pub(crate) const UNDO_MS: i64 = 10_000;
/// How long after the tap the button that takes it back does not listen: a second tap of the same finger is none.
const DOUBLE_TAP_MS: i64 = 700;

#[derive(Clone, Copy)]
struct Waiting {
    path: StoredValue<String>,
    body: StoredValue<Option<String>>,
    /// Until when, and which tap this is.
    until: StoredValue<Option<i64>>,
    left: RwSignal<Option<i64>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    done: Callback<()>,
}

impl Waiting {
    fn tick(self, until: i64) {
        if self.until.try_get_value() != Some(Some(until)) {
            return;
        }
        let left = until - browser::now();
        if left <= 0 {
            self.send();
            return;
        }
        self.left.set(Some((left + 999) / 1_000));
        set_timeout(move || self.tick(until), std::time::Duration::from_millis(200));
    }

    fn send(self) {
        self.until.set_value(None);
        self.left.set(Some(0));
        let (path, body) = (self.path.get_value(), self.body.get_value());
        spawn_local(async move {
            match browser::post_text(&path, body.as_deref()).await {
                Ok(()) => self.done.run(()),
                Err(refused) => self.problem.set(Some(refused)),
            }
            self.left.set(None);
            self.busy.set(false);
        });
    }

    /// The page goes away: what was tapped was meant.
    fn leave(self) {
        if let Some(Some(_)) = self.until.try_get_value() {
            self.until.set_value(None);
            browser::post_leaving(&self.path.get_value(), self.body.get_value().as_deref());
        }
    }
}

/// The button, and in its place the way back.
#[component]
pub(crate) fn Tap(
    /// What it says.
    label: &'static str,
    /// How it looks.
    class: &'static str,
    /// Where the step is sent.
    path: String,
    /// What goes with it, as JSON.
    body: Option<String>,
    /// A step of the same thing is under way: shared by all buttons of it.
    busy: RwSignal<bool>,
    /// What was refused.
    problem: RwSignal<Option<Problem>>,
    /// It was taken.
    done: Callback<()>,
) -> impl IntoView {
    let w = Waiting {
        path: StoredValue::new(path),
        body: StoredValue::new(body),
        until: StoredValue::new(None),
        left: RwSignal::new(None),
        busy,
        problem,
        done,
    };
    browser::on_leaving(move || w.leave());
    // The thing is drawn anew because it has changed: what was tapped was meant for what it was before.
    on_cleanup(move || {
        if let Some(Some(_)) = w.until.try_get_value() {
            w.until.set_value(None);
        }
    });
    let (button, back) = (NodeRef::<html::Button>::new(), NodeRef::<html::Button>::new());
    let focus = |to: NodeRef<html::Button>| {
        set_timeout(
            move || {
                if let Some(b) = to.get_untracked() {
                    let _ = b.focus();
                }
            },
            std::time::Duration::from_millis(30),
        );
    };
    let press = move |_| {
        // A button that has just moved here was not the one that was meant.
        if w.busy.get_untracked() || !browser::is_still() {
            return;
        }
        let until = browser::now() + UNDO_MS;
        w.busy.set(true);
        w.problem.set(None);
        w.until.set_value(Some(until));
        w.tick(until);
        focus(back);
    };
    let undo = move |_| {
        let young = w.until.get_value().is_none_or(|until| until - browser::now() > UNDO_MS - DOUBLE_TAP_MS);
        if !young {
            w.until.set_value(None);
            w.left.set(None);
            w.busy.set(false);
            focus(button);
        }
    };
    let waits = move || w.left.get().is_some();
    view! {
        <button node_ref=button type="button" class=class hidden=waits disabled=move || w.busy.get() on:click=press>{label}</button>
        <div class="undo" hidden=move || !waits()>
            <span role="status">
                {move || match w.left.get() {
                    Some(0) => format!("正在提交「{label}」…"),
                    Some(_) => format!("已点「{label}」，稍后提交"),
                    None => String::new(),
                }}
            </span>
            <span class="num" aria-hidden="true">{move || w.left.get().filter(|n| *n > 0).map(|n| format!("{n} 秒"))}</span>
            <button node_ref=back type="button" class="big" disabled=move || w.left.get() == Some(0) on:click=undo>"撤销"</button>
        </div>
    }
}
