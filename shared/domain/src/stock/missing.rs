//! Units that should be there and are not, as an order, a delivery and a transfer speak of them.

use liandian_types::SkuId;
use serde::{Deserialize, Serialize};

/// Units of a SKU that are not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingUnits {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub units: u32,
}
