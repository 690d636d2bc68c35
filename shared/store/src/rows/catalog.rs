//! Rows of HQ's library, and of what stores make of it.

use liandian_domain::{
    catalog::{
        job::Import,
        library::{BrandList, Categories},
    },
    decision::CatalogWrite,
};
use liandian_types::Timestamp;

use super::{Row, listings};
use crate::{
    catalog::{
        imports::import_item,
        products::{brands_item, categories_item, names_due_item, product_item, sku_of_product_item},
        sku_key,
    },
    db::{StoreError, Table},
};

pub(super) fn rows(w: &CatalogWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
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
            vec![Row::follow(Table::Hq, categories_item(&next)?, c.version), Row::put(Table::Hq, names_due_item(now, false)?)]
        }
        CatalogWrite::Brands(b) => {
            let next = BrandList { version: b.version + 1, ..(**b).clone() };
            vec![Row::follow(Table::Hq, brands_item(&next)?, b.version), Row::put(Table::Hq, names_due_item(now, false)?)]
        }
        CatalogWrite::BeginImport(i) => vec![Row::create(Table::Cell, import_item(i)?)],
        CatalogWrite::Import(i) => {
            let next = Import { version: i.version + 1, ..(**i).clone() };
            vec![Row::replace(Table::Cell, import_item(&next)?, i.version)]
        }
        CatalogWrite::Listing { store, listing, read } => listings::listing(store, listing, *read)?,
        CatalogWrite::ListingGone { store, sku, read } => listings::listing_gone(store, sku, *read),
        CatalogWrite::Local { product, read } => listings::local(product, *read, now)?,
        CatalogWrite::LocalSku(sku) => listings::local_sku(sku)?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use liandian_domain::catalog::{
        category::CategoryTree,
        library::{Known, written},
        product::{Brands, Product, ProductStatus, Sku, Storage},
    };
    use liandian_types::Fen;

    use super::*;
    use crate::rows::Expect;

    fn product(status: ProductStatus, skus: &[&str]) -> Product {
        let sku = |id: &&str| Sku {
            sku: id.parse().unwrap(),
            spec: (*id).into(),
            choice: BTreeMap::new(),
            barcodes: Vec::new(),
            price: Fen(100),
            floor: Fen(50),
            region_prices: BTreeMap::new(),
            weight_g: 1,
            picture: String::new(),
            retired: false,
        };
        Product {
            spu: "spu_a".parse().unwrap(),
            name: "奶".into(),
            category: "dairy".into(),
            brand: String::new(),
            description: String::new(),
            images: Vec::new(),
            attributes: BTreeMap::new(),
            options: Vec::new(),
            skus: skus.iter().map(sku).collect(),
            flagship: false,
            mandatory: false,
            offline_only: false,
            tracks_expiry: false,
            storage: Storage::Normal,
            origin: String::new(),
            shelf_life_days: None,
            ingredients: String::new(),
            keywords: Vec::new(),
            status,
            rank: 0,
            version: 3,
        }
    }

    fn told(old: Option<&Product>, new: &Product) -> Vec<(String, Expect, bool)> {
        let (tree, brands) = (CategoryTree::default(), Brands::default());
        let write = CatalogWrite::Product(Box::new(written(old, new, Known { tree: &tree, brands: &brands })));
        let text = |i: &crate::db::Item, name: &str| i.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
        rows(&write, Timestamp(0)).unwrap().into_iter().map(|r| (text(&r.item, "pk"), r.expect, r.item.contains_key("gsi1pk"))).collect()
    }

    #[test]
    fn given_a_draft_that_changes_a_sku_when_it_goes_on_sale_then_the_new_one_must_be_nobodys_and_the_other_is_gone() {
        let draft = product(ProductStatus::Draft, &["sku_a", "sku_b"]);
        let of = |pk: &str, expect: Expect, listed: bool| (pk.to_owned(), expect, listed);
        let made = [of("SPU#spu_a", Expect::Seen(0), true), of("SKU#sku_a", Expect::New, false), of("SKU#sku_b", Expect::New, false)];
        assert_eq!(told(None, &draft), made, "a draft's SKUs are in no list");
        let on = product(ProductStatus::On, &["sku_a", "sku_c"]);
        let next = [
            of("SPU#spu_a", Expect::Seen(3), true),
            of("SKU#sku_a", Expect::Any, true),
            of("SKU#sku_c", Expect::New, true),
            of("SKU#sku_b", Expect::Gone, false),
        ];
        assert_eq!(told(Some(&draft), &on), next);
        let renamed = Product { name: "鲜奶".into(), ..on.clone() };
        assert!(told(Some(&on), &renamed).iter().all(|(_, expect, _)| !matches!(expect, Expect::New | Expect::Gone)));
    }
}
