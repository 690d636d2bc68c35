//! What moves on a page. Each island starts from what the server rendered and goes on through the JSON routes.

mod claims;
mod counts;
mod flights;
mod live_orders;
mod live_part;
mod login;
mod opening;
mod parcel;
mod pick_list;
mod picker;
mod pickup;
mod places;
mod postings;
mod radios;
mod rider;
mod rules;
mod session;
mod stock_desk;
mod tap;
mod transfer_ask;
mod transfers;
mod work;

pub use claims::ClaimBoard;
pub use counts::{CountDesk, CountStart};
pub use flights::FlightBoard;
pub use live_orders::LiveOrders;
pub use live_part::{LivePart, MARK};
pub use login::Login;
pub use opening::OpeningForm;
pub use parcel::ParcelDesk;
pub use pick_list::PickList;
pub use pickup::PickupDesk;
pub use postings::{MorePostings, Posting};
pub use rider::RiderDesk;
pub use rules::{PolicyForm, ShardDesk};
pub use session::Logout;
pub use stock_desk::{SafetyField, StockDesk};
pub use transfer_ask::TransferAsk;
pub use transfers::TransferBoard;
pub use work::{ReadyButton, ShortfallDesk, WorkBoard, WorkLists};

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
