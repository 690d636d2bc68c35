//! What the islands of all contexts share.

pub mod badges;
#[cfg(any(feature = "ssr", feature = "find"))]
pub mod command;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub mod live_part;
#[cfg(any(feature = "ssr", feature = "stock", feature = "transfers"))]
pub(crate) mod picker;
#[cfg(any(feature = "ssr", feature = "transfers", feature = "hq"))]
pub(crate) mod places;
pub(crate) mod poll;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub(crate) mod radios;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders", feature = "transfers"))]
pub(crate) mod tap;
#[cfg(any(feature = "ssr", feature = "assortment", feature = "goods", feature = "stores"))]
pub(crate) mod uploads;

use leptos::prelude::*;
use liandian_types::Problem;

/// A refusal where the button is that caused it.
#[component]
pub(crate) fn Refusal(
    /// What was refused, if anything.
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    view! { <p class="refusal" role="alert" hidden=move || problem.get().is_none()>{move || problem.get().map(|p| p.detail).unwrap_or_default()}</p> }
}

/// Tells whether the page is live.
#[component]
pub(crate) fn Live(
    /// The last poll failed.
    trouble: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <span class="live" class:lost=move || trouble.get() role="status">
            {move || if trouble.get() { "连接中断，正在重试…" } else { "实时" }}
        </span>
    }
}
