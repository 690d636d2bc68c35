//! Rows of HQ's library.

use liandian_domain::{
    catalog::{
        job::Import,
        library::{BrandList, Categories},
    },
    decision::CatalogWrite,
};

use super::Row;
use crate::{
    catalog::{
        imports::import_item,
        products::{brands_item, categories_item, product_item, sku_of_product_item},
        sku_key,
    },
    db::{StoreError, Table},
};

pub(super) fn rows(w: &CatalogWrite) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        CatalogWrite::Product(p) => {
            let mut rows = vec![Row::follow(Table::Hq, product_item(&p.product)?, p.seen)];
            for s in &p.rows {
                let item = sku_of_product_item(&s.row, s.listed)?;
                // A SKU belongs to one product for ever: what the product had is its own, what it gains must be nobody's.
                rows.push(if s.new { Row::create(Table::Hq, item) } else { Row::put(Table::Hq, item) });
            }
            rows.extend(p.gone.iter().map(|s| Row::gone(&sku_key(s))));
            rows
        }
        CatalogWrite::Categories(c) => {
            let next = Categories { version: c.version + 1, ..(**c).clone() };
            vec![Row::follow(Table::Hq, categories_item(&next)?, c.version)]
        }
        CatalogWrite::Brands(b) => {
            let next = BrandList { version: b.version + 1, ..(**b).clone() };
            vec![Row::follow(Table::Hq, brands_item(&next)?, b.version)]
        }
        CatalogWrite::BeginImport(i) => vec![Row::create(Table::Cell, import_item(i)?)],
        CatalogWrite::Import(i) => {
            let next = Import { version: i.version + 1, ..(**i).clone() };
            vec![Row::replace(Table::Cell, import_item(&next)?, i.version)]
        }
    })
}
