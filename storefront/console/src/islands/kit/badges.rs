//! How much waits in the sections of the navigation, beside their names.
//!
//! A page that counts something says so in itself, and this remembers it for the pages that follow; what a store must hear of at once (orders to
//! prepare, transfers to work on), and what waits at HQ or in a region, is asked for while somebody looks.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::StoreId;
use wasm_bindgen::JsCast;

use super::poll::Poll;
use crate::browser::{self, items};

/// How long a remembered figure is believed.
const BELIEVED_MS: i64 = 10 * 60_000;

/// Figures of HQ and of regions, as they are called in the navigation and in the answer.
const OF_CHAIN: [&str; 4] = ["approvals", "requests", "exceptions", "campaigns"];

fn note(figure: &str) -> String {
    format!("ld-waits-{figure}")
}

/// Remembers a figure of a place; `at` keeps those of two stores apart.
fn remember(at: &str, figure: &str, many: usize) {
    browser::set_note(&note(figure), &format!("{at} {many} {}", browser::now()));
}

fn remembered(at: &str, figure: &str) -> Option<usize> {
    let kept = browser::note(&note(figure))?;
    let mut parts = kept.split(' ');
    let (place, many, when) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse::<i64>().ok()?);
    (place == at && browser::now() - when < BELIEVED_MS).then_some(many)
}

/// Elements of this page, by a selector.
fn elements(selector: &str) -> Vec<web_sys::Element> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// Shows what is remembered of each section.
fn show(at: &str) {
    for e in elements("[data-waits]") {
        let many = e.get_attribute("data-waits").and_then(|figure| remembered(at, &figure)).unwrap_or(0);
        e.set_text_content(Some(&if many > 99 { "99+".to_owned() } else { many.to_string() }));
        // An attribute that cannot be set leaves the figure hidden.
        let _ = if many > 0 { e.remove_attribute("hidden") } else { e.set_attribute("hidden", "") };
    }
}

/// Draws nothing itself: the navigation has a place for each figure.
#[island]
pub fn Badges(
    /// The store at which the person is, if it is one.
    store: Option<StoreId>,
    /// Orders to prepare are asked for.
    preparing: bool,
    /// Transfers to work on are.
    transfers: bool,
    /// What the store has asked for and what nobody has answered is.
    asked: bool,
    /// What waits at HQ, or in a region, is; where there is no store.
    chain: bool,
) -> impl IntoView {
    let at = StoredValue::new(store.as_ref().map_or_else(|| "hq".to_owned(), ToString::to_string));
    Effect::new(move |_| {
        for e in elements("[data-counted]") {
            let many = e.get_attribute("data-many").and_then(|n| n.parse().ok());
            if let (Some(figure), Some(many)) = (e.get_attribute("data-counted"), many) {
                at.with_value(|at| remember(at, &figure, many));
            }
        }
        at.with_value(|at| show(at));
    });
    if let Some(store) = store.filter(|_| preparing || transfers || asked) {
        let store = StoredValue::new(store);
        let poll = Poll::every(60);
        let load = move |turn: u32| {
            spawn_local(async move {
                let base = format!("/api/v1/stores/{}", store.get_value());
                let mut good = true;
                if preparing {
                    match browser::get_js(&format!("{base}/orders?state=preparing")).await {
                        Ok(list) => at.with_value(|at| remember(at, "preparing", items(&list, "orders").len())),
                        Err(_) => good = false,
                    }
                }
                if transfers {
                    match browser::get_js(&format!("{base}/transfers")).await {
                        Ok(list) => {
                            // Those on which this store can take a step.
                            let mine = |side: &str| items(&list, side).iter().filter(|t| !items(t, "steps").is_empty()).count();
                            at.with_value(|at| remember(at, "transfers", mine("outgoing") + mine("incoming")));
                        }
                        Err(_) => good = false,
                    }
                }
                if asked {
                    match browser::get_js(&format!("{base}/requests")).await {
                        Ok(list) => {
                            let open = |r: &wasm_bindgen::JsValue| matches!(browser::word(r, "state").as_str(), "pending" | "stale");
                            at.with_value(|at| remember(at, "asked", items(&list, "requests").iter().filter(|r| open(r)).count()));
                        }
                        Err(_) => good = false,
                    }
                }
                at.with_value(|at| show(at));
                poll.end(turn, good);
            });
        };
        poll.run(load);
        // What was counted a moment ago on another page need not be counted again at once.
        Effect::new(move |_| {
            let known = |figure: &str| at.with_value(|at| remembered(at, figure)).is_some();
            if (preparing && !known("preparing")) || (transfers && !known("transfers")) || (asked && !known("asked")) {
                load(poll.after_change());
            }
        });
    }
    if chain {
        let poll = Poll::every(60);
        let load = move |turn: u32| {
            spawn_local(async move {
                let answer = browser::get_js("/api/v1/hq/waiting").await;
                if let Ok(waiting) = &answer {
                    for figure in OF_CHAIN {
                        if let Some(many) = browser::count(waiting, figure) {
                            at.with_value(|at| remember(at, figure, many));
                        }
                    }
                }
                at.with_value(|at| show(at));
                poll.end(turn, answer.is_ok());
            });
        };
        poll.run(load);
        Effect::new(move |_| {
            if OF_CHAIN.iter().any(|figure| at.with_value(|at| remembered(at, figure)).is_none()) {
                load(poll.after_change());
            }
        });
    }
    view! { <span hidden></span> }
}
