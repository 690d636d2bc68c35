//! What lies on shelves and in warehouses: a place's stock, its documents and counts, one SKU across the chain, and what HQ should look at.

mod chain;
mod counts;
mod exceptions;
mod movements;
mod shelf;

pub(super) use chain::place_link;
pub use chain::{choose_sku, sku_live, sku_stock};
pub use counts::{approvals, count, counts};
pub use exceptions::exceptions;
pub use movements::movements;
pub use shelf::{StockNeeds, StockView, stock};

use crate::text;

/// A figure of which none is worth no digit.
fn or_dash(n: i64) -> String {
    if n == 0 { "–".to_owned() } else { text::number(n) }
}
