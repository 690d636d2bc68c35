//! What moves on a page. Each island starts from what the server rendered and goes on through the JSON routes.
//!
//! A folder for each context, and `kit` for what they share. Each island is built into one module of WASM, a feature of this crate; those of the
//! frame ([`Logout`], [`Badges`]) into all, but the [`CommandBox`], which comes when it is wanted. Pages name the module they load.

mod access;
#[cfg(any(feature = "ssr", feature = "assortment"))]
mod assortment;
#[cfg(any(feature = "ssr", feature = "goods"))]
mod catalog;
#[cfg(any(feature = "ssr", feature = "prices", feature = "rules"))]
mod governance;
mod kit;
#[cfg(any(feature = "ssr", feature = "campaigns"))]
mod marketing;
#[cfg(any(feature = "ssr", feature = "board", feature = "orders", feature = "hq"))]
mod orders;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod settlement;
#[cfg(any(feature = "ssr", feature = "stock", feature = "hq"))]
mod stock;
#[cfg(any(feature = "ssr", feature = "stores"))]
mod stores;
#[cfg(any(feature = "ssr", feature = "transfers"))]
mod transfers;

#[cfg(any(feature = "ssr", feature = "board"))]
pub use access::Login;
pub use access::Logout;
#[cfg(any(feature = "ssr", feature = "staff"))]
pub use access::{AccountDesk, Invitation, InviteForm, KeyForm, KeyRevoke, PasswordForm, RoleForm, SessionEnd};
#[cfg(any(feature = "ssr", feature = "assortment"))]
pub use assortment::{AssortmentDesk, ListingForm, LocalEditor, LocalReview};
#[cfg(any(feature = "ssr", feature = "goods"))]
pub use catalog::{BrandDesk, CategoryDesk, ImportDesk, ImportProgress, ProductEditor, ProductsDesk, WordsForm};
#[cfg(any(feature = "ssr", feature = "prices"))]
pub use governance::{DryRun, PriceDesk, RequestDesk};
#[cfg(any(feature = "ssr", feature = "rules"))]
pub use governance::{LegalForm, PolicyForm, SettingsDesk, SetupDesk};
pub use kit::badges::Badges;
#[cfg(any(feature = "ssr", feature = "find"))]
pub use kit::command::CommandBox;
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use kit::live_part::{END, LivePart, MARK, PIECE, UNTIL};
#[cfg(any(feature = "ssr", feature = "campaigns"))]
pub use marketing::{CampaignEditor, CampaignReviewDesk, CampaignSteps, Choices, CodeDesk, CouponEditor, CouponSteps};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use orders::LiveOrders;
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use orders::{ParcelDesk, PickList, PickupDesk, ReadyButton, RiderDesk, ShortfallDesk, SlotDesk};
#[cfg(any(feature = "ssr", feature = "board"))]
pub use orders::{WorkBoard, WorkLists};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use settlement::{MorePostings, Posting};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use stock::ShardDesk;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use stock::{ClaimBoard, CountDesk, CountStart, SafetyField, StockDesk};
#[cfg(any(feature = "ssr", feature = "stores"))]
pub use stores::{OpeningForm, PermitForm, ProfileAskForm, RegionForm, StoreForm, StoreImportDesk, WarehouseForm};
#[cfg(any(feature = "ssr", feature = "transfers"))]
pub use transfers::{FlightBoard, TransferAsk, TransferBoard};
