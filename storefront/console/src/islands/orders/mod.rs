//! Orders: the board of a store's work, the counter, one order, the newest of the chain.

#[cfg(any(feature = "ssr", feature = "hq"))]
mod live;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod parcel;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders"))]
mod pick_list;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod pickup;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod rider;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod slots;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders"))]
mod work;

#[cfg(any(feature = "ssr", feature = "hq"))]
pub use live::LiveOrders;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use parcel::ParcelDesk;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use pick_list::PickList;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use pickup::PickupDesk;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use rider::RiderDesk;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use slots::SlotDesk;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use work::{ReadyButton, ShortfallDesk};
#[cfg(any(feature = "ssr", feature = "board"))]
pub use work::{WorkBoard, WorkLists};
