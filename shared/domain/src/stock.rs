//! Stock of one SKU at one location, and the documents that change it.
//!
//! `free = on_hand − reserved − safety` is kept as an attribute of its own, because a condition cannot do arithmetic. It may
//! be negative after physical facts; what can be promised is `available = max(0, free)`.

use liandian_types::{LocationId, MovementId, OrderId, SkuId, Timestamp, TransferId};
use serde::{Deserialize, Serialize};

/// The counters of one stock record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// Units that are there.
    #[serde(default)]
    pub on_hand: i64,
    /// Units promised to orders and transfers.
    #[serde(default)]
    pub reserved: i64,
    /// Units kept back.
    #[serde(default)]
    pub safety: i64,
    /// Units on their way here.
    #[serde(default)]
    pub incoming: i64,
}

impl Stock {
    /// What is left after promises and safety; negative when physical facts took more.
    #[must_use]
    pub fn free(&self) -> i64 {
        self.on_hand - self.reserved - self.safety
    }

    /// Units that can be promised.
    #[must_use]
    pub fn available(&self) -> u32 {
        u32::try_from(self.free().max(0)).unwrap_or(u32::MAX)
    }

    /// The counters after a change.
    #[must_use]
    pub fn after(&self, c: &StockChange) -> Stock {
        Stock { on_hand: self.on_hand + c.on_hand, reserved: self.reserved + c.reserved, incoming: self.incoming + c.incoming, ..*self }
    }
}

/// What a command does to one stock record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockChange {
    /// Where.
    pub location: LocationId,
    /// What.
    pub sku: SkuId,
    /// Added to what is there.
    pub on_hand: i64,
    /// Added to what is promised.
    pub reserved: i64,
    /// Added to what is on its way here.
    pub incoming: i64,
    /// For a promise: how much must be free. `None`: a fact, never refused.
    pub needs_free: Option<i64>,
}

/// Why counters changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Promised to an order.
    Reserve,
    /// A promise given back.
    Release,
    /// Handed over to a customer or rider.
    Sale,
    /// Sent to another location.
    TransferOut,
    /// Expected from another location.
    TransferExpected,
    /// Came in from another location.
    TransferIn,
    /// Counted for the first time, or received from a supplier.
    Receipt,
}

/// One line of a movement document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementLine {
    /// What.
    pub sku: SkuId,
    /// Added to what is there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub on_hand: i64,
    /// Added to what is promised.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserved: i64,
    /// Added to what is on its way here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub incoming: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// A movement document: one command's changes at one location. The counters equal the sum of all documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Its id.
    pub movement: MovementId,
    /// Where.
    pub location: LocationId,
    /// Why.
    pub kind: MovementKind,
    /// When.
    pub at: Timestamp,
    /// For which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// For which transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// What.
    pub lines: Vec<MovementLine>,
}
