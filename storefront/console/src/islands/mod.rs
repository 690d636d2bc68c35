//! What moves on a page. Each island starts from what the server rendered and goes on through the JSON routes.
//!
//! A folder for each context, and `kit` for what they share. Each island is built into one module of WASM (`board`, `orders`, `stock`, `transfers`,
//! `hq`, `office` or `goods`), those of the frame ([`Logout`], [`CommandBox`], [`Badges`]) into all; pages name the module they load.

mod access;
#[cfg(any(feature = "ssr", feature = "office"))]
mod assortment;
#[cfg(any(feature = "ssr", feature = "goods"))]
mod catalog;
#[cfg(any(feature = "ssr", feature = "office"))]
mod governance;
mod kit;
#[cfg(any(feature = "ssr", feature = "office"))]
mod marketing;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders", feature = "hq"))]
mod orders;
#[cfg(any(feature = "ssr", feature = "office"))]
mod settlement;
#[cfg(any(feature = "ssr", feature = "stock", feature = "hq"))]
mod stock;
#[cfg(any(feature = "ssr", feature = "office"))]
mod stores;
#[cfg(any(feature = "ssr", feature = "transfers"))]
mod transfers;

#[cfg(any(feature = "ssr", feature = "board"))]
pub use access::Login;
pub use access::Logout;
#[cfg(any(feature = "ssr", feature = "office"))]
pub use access::{AccountDesk, Invitation, InviteForm, KeyForm, KeyRevoke, PasswordForm, RoleForm, SessionEnd};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use assortment::{AssortmentDesk, ListingForm, LocalEditor, LocalReview};
#[cfg(any(feature = "ssr", feature = "goods"))]
pub use catalog::{BrandDesk, CategoryDesk, ImportDesk, ImportProgress, ProductEditor, ProductsDesk, WordsForm};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use governance::{DryRun, PolicyForm, PriceDesk, RequestDesk, SettingsDesk, SetupDesk};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use kit::live_part::{END, LivePart, MARK, PIECE, UNTIL};
pub use kit::{badges::Badges, command::CommandBox};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use marketing::{CampaignEditor, CampaignSteps};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use orders::LiveOrders;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use orders::{ParcelDesk, PickList, PickupDesk, ReadyButton, RiderDesk, ShortfallDesk};
#[cfg(any(feature = "ssr", feature = "board"))]
pub use orders::{WorkBoard, WorkLists};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use settlement::{MorePostings, Posting};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use stock::ShardDesk;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use stock::{ClaimBoard, CountDesk, CountStart, SafetyField, StockDesk};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use stores::{OpeningForm, RegionForm, StoreForm, StoreImportDesk, WarehouseForm};
#[cfg(any(feature = "ssr", feature = "transfers"))]
pub use transfers::{FlightBoard, TransferAsk, TransferBoard};
