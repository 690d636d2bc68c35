//! What the search knows of one SKU: the texts by which it is found, and what results are filtered, sorted and shown by.

use liandian_types::{Fen, SkuId, SpuId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::catalog::LibrarySku;

/// One SKU in a store's listings, or in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRow {
    /// The SKU.
    pub sku: SkuId,
    /// Its product.
    pub spu: SpuId,
    /// Name of the product, as shown here.
    pub name: String,
    /// Which of its kind.
    pub spec: String,
    /// Name of its brand.
    pub brand: String,
    /// Its categories from the top down: key and name.
    pub categories: Vec<(String, String)>,
    /// Values of attributes, origin, and HQ's further words for it.
    pub attributes: Vec<String>,
    /// All its barcodes.
    pub barcodes: Vec<String>,
    /// Address of its picture.
    pub picture: String,
    /// What is asked here.
    pub price: Fen,
    /// Units sold here of late.
    pub sold: u32,
    /// There is none.
    pub sold_out: bool,
    /// 品牌主推
    pub flagship: bool,
    /// Since when it is listed here.
    pub listed_at: Timestamp,
    /// Order within its category.
    pub rank: u32,
}

impl SearchRow {
    /// Out of a row of the library. What a store knows (price, sales, stock) the caller fills in.
    #[must_use]
    pub fn of(sku: &LibrarySku) -> Self {
        Self {
            sku: sku.sku.clone(),
            spu: sku.spu.clone(),
            name: sku.name.clone(),
            spec: sku.spec.clone(),
            brand: sku.brand.clone(),
            categories: vec![(sku.category.clone(), sku.category_name.clone())],
            attributes: Vec::new(),
            barcodes: if sku.barcode.is_empty() { Vec::new() } else { vec![sku.barcode.clone()] },
            picture: sku.picture.clone(),
            price: sku.price,
            sold: 0,
            sold_out: false,
            flagship: sku.flagship,
            listed_at: Timestamp(0),
            rank: sku.rank,
        }
    }

    /// Name and spec in one.
    #[must_use]
    pub fn title(&self) -> String {
        if self.spec.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.spec) }
    }
}
