//! What moves on a page. Each island starts from what the server rendered and goes on through the JSON routes. Each is built into one module
//! (`board`, `orders`, `stock`, `transfers` or `hq`), the logout into all; pages name the module they load.

#[cfg(any(feature = "ssr", feature = "stock"))]
mod claims;
#[cfg(any(feature = "ssr", feature = "stock"))]
mod counts;
#[cfg(any(feature = "ssr", feature = "transfers"))]
mod flights;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod live_orders;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod live_part;
#[cfg(any(feature = "ssr", feature = "board"))]
mod login;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod opening;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod parcel;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders"))]
mod pick_list;
#[cfg(any(feature = "ssr", feature = "stock", feature = "transfers"))]
mod picker;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod pickup;
#[cfg(any(feature = "ssr", feature = "transfers", feature = "hq"))]
mod places;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod postings;
#[cfg(any(feature = "ssr", feature = "stock"))]
mod radios;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod rider;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod rules;
mod session;
#[cfg(any(feature = "ssr", feature = "stock"))]
mod stock_desk;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders", feature = "transfers"))]
mod tap;
#[cfg(any(feature = "ssr", feature = "transfers"))]
mod transfer_ask;
#[cfg(any(feature = "ssr", feature = "transfers"))]
mod transfers;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders"))]
mod work;

#[cfg(any(feature = "ssr", feature = "stock"))]
pub use claims::ClaimBoard;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use counts::{CountDesk, CountStart};
#[cfg(any(feature = "ssr", feature = "transfers"))]
pub use flights::FlightBoard;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use live_orders::LiveOrders;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use live_part::{LivePart, MARK};
#[cfg(any(feature = "ssr", feature = "board"))]
pub use login::Login;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use opening::OpeningForm;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use parcel::ParcelDesk;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use pick_list::PickList;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use pickup::PickupDesk;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use postings::{MorePostings, Posting};
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use rider::RiderDesk;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use rules::{PolicyForm, ShardDesk};
pub use session::Logout;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use stock_desk::{SafetyField, StockDesk};
#[cfg(any(feature = "ssr", feature = "transfers"))]
pub use transfer_ask::TransferAsk;
#[cfg(any(feature = "ssr", feature = "transfers"))]
pub use transfers::TransferBoard;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use work::{ReadyButton, ShortfallDesk};
#[cfg(any(feature = "ssr", feature = "board"))]
pub use work::{WorkBoard, WorkLists};

use leptos::prelude::*;
use liandian_types::Problem;

/// A refusal where the button is that caused it.
#[component]
fn Refusal(
    /// What was refused, if anything.
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    view! { <p class="refusal" role="alert" hidden=move || problem.get().is_none()>{move || problem.get().map(|p| p.detail).unwrap_or_default()}</p> }
}

/// Tells whether the page is live.
#[component]
fn Live(
    /// The last poll failed.
    trouble: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <span class="live" class:lost=move || trouble.get() role="status">
            {move || if trouble.get() { "连接中断，正在重试…" } else { "实时" }}
        </span>
    }
}
