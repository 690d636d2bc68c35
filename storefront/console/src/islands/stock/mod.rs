//! What lies on shelves and in warehouses.

#[cfg(any(feature = "ssr", feature = "stock"))]
mod claims;
#[cfg(any(feature = "ssr", feature = "stock"))]
mod counts;
#[cfg(any(feature = "ssr", feature = "stock"))]
mod desk;
#[cfg(any(feature = "ssr", feature = "hq"))]
mod shards;

#[cfg(any(feature = "ssr", feature = "stock"))]
pub use claims::ClaimBoard;
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use counts::{CountDesk, CountStart};
#[cfg(any(feature = "ssr", feature = "stock"))]
pub use desk::{SafetyField, StockDesk};
#[cfg(any(feature = "ssr", feature = "hq"))]
pub use shards::ShardDesk;
