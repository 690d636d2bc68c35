//! Words that everybody shares: ids, money, quantities, time, places, and the bodies of requests and responses.
//!
//! What must not live here: I/O, clocks, randomness, id generation, decisions. This crate compiles to wasm and is
//! part of every page's download, so it depends on `serde` and little else.

pub mod api;
pub mod geo;
pub mod goods;
pub mod id;
pub mod money;
pub mod path;
pub mod permission;
pub mod picture;
pub mod problem;
pub mod state;
pub mod text;
pub mod time;

// What a cart and an order consist of: a word of the domain that bodies use, too.
pub use api::CartLine;
pub use geo::GeoPoint;
pub use goods::{ImageKind, OptionKind, ProductStatus, Storage, UploadPurpose};
pub use id::*;
pub use money::{Fen, Quantity};
pub use permission::{AccountState, Permission, Role, Scope};
pub use problem::{Code, Problem};
pub use state::*;
pub use time::Timestamp;
