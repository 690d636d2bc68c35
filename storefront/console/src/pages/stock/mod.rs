//! What lies on shelves and in warehouses: a place's stock, its documents and counts, one SKU across the chain, and what HQ should look at.

pub(super) mod chain;
pub(super) mod counts;
pub(super) mod exceptions;
pub(super) mod movements;
pub(super) mod shelf;

use crate::text;

/// A figure of which none is worth no digit.
fn or_dash(n: i64) -> String {
    if n == 0 { "–".to_owned() } else { text::number(n) }
}
