//! An import as a piece of work: checked when the file comes, taken in steps that each are one transaction with their checkpoint.
//!
//! A step that is lost is neither taken nor remembered, and one that is told twice finds its checkpoint moved on: every row is taken once.

use std::collections::BTreeMap;

use liandian_contracts::Event;
use liandian_types::{ImportId, SkuId, SpuId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable,
    catalog::{
        import::{Checkpoint, Draft, Fault, FaultCode, Sheet},
        library::{self, Known},
        product::Product,
        write::CatalogWrite,
    },
    conflict,
    decision::Aggregate,
};

/// Faults that are kept by line and column; all of them are counted.
pub const FAULTS_KEPT: usize = 300;
/// Characters of a fault that are kept: an import is one row, which holds 400 KB.
pub const FAULT_TEXT: usize = 120;
/// Products that could not be taken and are kept with the reason; all of them are counted.
pub const REFUSED_KEPT: usize = 100;
/// Products that one step looks at.
pub const WINDOW: usize = 48;
/// Rows that one step writes at most; a transaction takes a hundred, with the import itself and what is told.
const ROOM: usize = 96;
/// An import that has not moved for so long is driven again.
const SILENT: i64 = 2 * Timestamp::MINUTE;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Read and checked; nothing is taken.
    Checked,
    /// It is being taken.
    Running,
    /// All that can be taken is.
    Done,
}

/// A product that could not be taken, though its rows are in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Line of its first row.
    pub line: u64,
    /// The product.
    pub spu: SpuId,
    /// Why.
    pub text: String,
}

/// A table of goods, and how far it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its id.
    pub import: ImportId,
    /// Who brought it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Digest of the file.
    pub digest: String,
    /// In how many pieces it is kept.
    pub chunks: u32,
    /// How far it is.
    pub state: ImportState,
    /// Rows of the file.
    pub rows: usize,
    /// Products that could be read.
    pub products: usize,
    /// The first faults, by line and column.
    pub faults: Vec<Fault>,
    /// All of them.
    pub fault_count: usize,
    /// What is taken already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// Products that are new.
    pub created: usize,
    /// Products that were changed.
    pub changed: usize,
    /// Products that were as the file has them.
    pub same: usize,
    /// The first that could not be taken.
    pub refused: Vec<Refused>,
    /// All of them.
    pub refused_count: usize,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// When it is driven again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Counts the changes.
    pub version: u64,
}

impl Import {
    /// A file that was read.
    #[must_use]
    pub fn of(import: ImportId, by: StaffId, at: Timestamp, digest: String, chunks: u32, sheet: &Sheet) -> Self {
        Self {
            import,
            by,
            at,
            digest,
            chunks,
            state: ImportState::Checked,
            rows: sheet.rows,
            products: sheet.drafts.len(),
            faults: sheet.faults.iter().take(FAULTS_KEPT).map(kept).collect(),
            fault_count: sheet.faults.len(),
            checkpoint: None,
            created: 0,
            changed: 0,
            same: 0,
            refused: Vec::new(),
            refused_count: 0,
            ended: None,
            due: None,
            version: 0,
        }
    }

    /// Products that are done with.
    #[must_use]
    pub fn done(&self) -> usize {
        self.created + self.changed + self.same + self.refused_count
    }
}

/// A fault as it is kept: it may quote a cell, and a cell of a broken file may be the rest of it.
fn kept(f: &Fault) -> Fault {
    Fault { header: short(&f.header), text: short(&f.text), ..f.clone() }
}

fn short(text: &str) -> String {
    if text.chars().count() <= FAULT_TEXT { text.to_owned() } else { format!("{}…", text.chars().take(FAULT_TEXT).collect::<String>()) }
}

/// Keeps what was read of a file; nothing is taken.
#[must_use]
pub fn begin(import: Import) -> Decision {
    let mut d = Decision::default();
    d.write(CatalogWrite::BeginImport(Box::new(import)));
    d
}

/// Begins to take it.
///
/// # Errors
/// `conflict` when that has begun already, or when there is nothing to take.
pub fn start(import: &Import, now: Timestamp) -> Refusable<(Import, Decision)> {
    if import.state != ImportState::Checked {
        return conflict("这次导入已经开始，请查看进度");
    }
    if import.products == 0 {
        return conflict("表格里没有可以导入的商品");
    }
    let next = Import { state: ImportState::Running, due: Some(now.plus(SILENT)), ..import.clone() };
    let mut d = Decision::default();
    d.write(CatalogWrite::Import(Box::new(next.clone())));
    d.event(Aggregate::Import(next.import.clone()), Event::ImportDue { import: next.import.clone() });
    Ok((next, d))
}

/// What is known of the products of a step.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// Those that are in the library already.
    pub products: &'a BTreeMap<SpuId, Product>,
    /// Which product has a SKU, of the file's SKUs that some product has.
    pub owners: &'a BTreeMap<SkuId, SpuId>,
}

/// The products that the next step looks at.
///
/// # Errors
/// `conflict` when the file is another one.
pub fn window<'a>(import: &Import, sheet: &'a Sheet) -> Refusable<&'a [Draft]> {
    Ok(sheet.batch(&import.digest, import.checkpoint.as_ref(), WINDOW)?.drafts)
}

/// Takes the next products: as many as one transaction holds. With `pause` it asks to be gone on with later.
///
/// # Errors
/// `conflict` when it is not being taken, or the file is another one.
pub fn step(import: &Import, sheet: &Sheet, present: Present<'_>, known: Known<'_>, now: Timestamp, pause: bool) -> Refusable<(Import, Decision)> {
    if import.state != ImportState::Running {
        return conflict("这次导入没有在进行");
    }
    let batch = sheet.batch(&import.digest, import.checkpoint.as_ref(), WINDOW)?;
    let (mut next, mut d, mut used, mut taken) = (import.clone(), Decision::default(), 0, 0);
    for draft in batch.drafts {
        let old = present.products.get(&draft.product.spu);
        let outcome = save(draft, old, present, known, &import.by);
        if let Ok((_, decision)) = &outcome {
            let rows = rows_of(decision);
            if used + rows > ROOM {
                break;
            }
            used += rows;
        }
        taken += 1;
        match outcome {
            Ok((_, decision)) if decision.is_empty() => next.same += 1,
            Ok((_, decision)) => {
                if old.is_some() {
                    next.changed += 1;
                } else {
                    next.created += 1;
                }
                d.and(decision);
            }
            Err(p) => {
                next.refused_count += 1;
                if next.refused.len() < REFUSED_KEPT {
                    next.refused.push(Refused { line: draft.line, spu: draft.product.spu.clone(), text: short(&p.detail) });
                }
            }
        }
    }
    let before = import.checkpoint.as_ref().map_or((0, 0), |c| (c.line, c.products));
    let line = batch.drafts.get(..taken).and_then(<[Draft]>::last).map_or(before.0, |d| d.line);
    next.checkpoint = Some(Checkpoint { digest: import.digest.clone(), line, products: before.1 + taken });
    let done = batch.done && taken == batch.drafts.len();
    if done {
        (next.state, next.ended, next.due) = (ImportState::Done, Some(now), None);
    } else {
        next.due = Some(now.plus(SILENT));
    }
    d.write(CatalogWrite::Import(Box::new(next.clone())));
    if pause && !done {
        d.event(Aggregate::Import(next.import.clone()), Event::ImportDue { import: next.import.clone() });
    }
    Ok((next, d))
}

/// Ends an import whose file is not kept any more: what was taken stays, and who brought it is told.
#[must_use]
pub fn give_up(import: &Import, now: Timestamp) -> Decision {
    let gone =
        Fault {
            line: 0, column: 0, header: String::new(), code: FaultCode::Invalid, text: "文件已过期，其余商品没有导入，请重新上传".to_owned()
        };
    let mut next = Import { state: ImportState::Done, ended: Some(now), due: None, fault_count: import.fault_count + 1, ..import.clone() };
    next.faults.insert(0, gone);
    let mut d = Decision::default();
    d.write(CatalogWrite::Import(Box::new(next)));
    d
}

/// A product of the file. SKUs that the file does not name stay as they are: who brings a part of a table takes nothing away.
fn save(draft: &Draft, old: Option<&Product>, present: Present<'_>, known: Known<'_>, by: &StaffId) -> Refusable<(Product, Decision)> {
    let mut next = Product { version: old.map_or(0, |o| o.version), ..draft.product.clone() };
    if let Some(taken) = next.skus.iter().find(|s| present.owners.get(&s.sku).is_some_and(|spu| *spu != next.spu)) {
        return conflict(format!("规格编码 {} 已被别的商品使用", taken.sku));
    }
    if let Some(old) = old {
        let named: Vec<SkuId> = next.skus.iter().map(|s| s.sku.clone()).collect();
        next.skus.extend(old.skus.iter().filter(|s| !named.contains(&s.sku)).cloned());
        // In the order in which they were: an order that nobody chose is no change.
        let place = |sku: &SkuId| old.skus.iter().position(|s| s.sku == *sku).unwrap_or(usize::MAX);
        next.skus.sort_by_key(|s| place(&s.sku));
    }
    library::save(old, next, known, by)
}

/// How many rows a product's decision is.
fn rows_of(d: &Decision) -> usize {
    let writes: usize = d
        .writes
        .iter()
        .map(|w| match w {
            crate::Write::Catalog(CatalogWrite::Product(p)) => p.size(),
            _ => 1,
        })
        .sum();
    writes + d.events.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Write,
        catalog::{
            import::{export, read},
            product::tests::{brands, milk, sku, tree},
        },
    };

    fn product(i: usize, skus: usize) -> Product {
        let skus = (0..skus).map(|k| sku(&format!("sku_p{i}-{k}"), &format!("{k}号"), 990)).collect();
        Product { spu: format!("spu_p{i}").parse().unwrap(), skus, version: 0, ..milk() }
    }

    fn running(sheet: &Sheet) -> Import {
        let of = Import::of("imp_1".parse().unwrap(), "stf_hq".parse().unwrap(), Timestamp(0), "digest".into(), 1, sheet);
        start(&of, Timestamp(0)).unwrap().0
    }

    /// Keeps what a decision says, as the table would.
    fn keep(d: &Decision, products: &mut BTreeMap<SpuId, Product>, owners: &mut BTreeMap<SkuId, SpuId>) -> usize {
        let mut rows = d.events.len();
        for w in &d.writes {
            match w {
                Write::Catalog(CatalogWrite::Product(p)) => {
                    assert_eq!(products.get(&p.product.spu).map_or(0, |o| o.version), p.seen);
                    owners.extend(p.rows.iter().map(|r| (r.row.sku.clone(), r.row.spu.clone())));
                    products.insert(p.product.spu.clone(), p.product.clone());
                    rows += p.size();
                }
                _ => rows += 1,
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn given_an_import_that_is_stopped_and_told_twice_when_it_goes_on_then_every_product_is_taken_once(
            sizes in proptest::collection::vec(1_usize..40, 1..30), lost in proptest::collection::vec(any::<bool>(), 60)
        ) {
            let all: Vec<Product> = sizes.iter().enumerate().map(|(i, n)| product(i, *n)).collect();
            let (tree, brands) = (tree(), brands());
            let known = Known { tree: &tree, brands: &brands };
            let sheet = read(&export(&all).unwrap(), &tree, &brands).unwrap();
            let (mut import, mut products, mut owners) = (running(&sheet), BTreeMap::new(), BTreeMap::new());
            for lost in lost.into_iter().chain(std::iter::repeat(false)) {
                let (next, d) = step(&import, &sheet, Present { products: &products, owners: &owners }, known, Timestamp(1), false).unwrap();
                if lost {
                    continue;
                }
                prop_assert!(keep(&d, &mut products, &mut owners) <= 100);
                import = next;
                if import.state == ImportState::Done {
                    break;
                }
            }
            prop_assert_eq!((import.created, import.changed, import.same, import.refused_count), (all.len(), 0, 0, 0));
            prop_assert!(products.values().all(|p| p.version == 1) && products.len() == all.len());
            // The same file once more changes nothing.
            let mut again = running(&sheet);
            while again.state == ImportState::Running {
                again = step(&again, &sheet, Present { products: &products, owners: &owners }, known, Timestamp(1), false).unwrap().0;
            }
            prop_assert_eq!((again.same, again.done()), (all.len(), all.len()));
        }
    }

    #[test]
    fn given_products_that_cannot_be_taken_when_taken_then_each_is_told_with_its_line_and_the_others_are() {
        let all: Vec<Product> = (0..3).map(|i| product(i, 1)).collect();
        let (tree, brands) = (tree(), brands());
        let sheet = read(&export(&all).unwrap(), &tree, &brands).unwrap();
        let gone = Product { status: crate::catalog::product::ProductStatus::Retired, version: 3, ..product(0, 1) };
        let products = BTreeMap::from([(gone.spu.clone(), gone)]);
        let owners = BTreeMap::from([("sku_p2-0".parse().unwrap(), "spu_other".parse().unwrap())]);
        let known = Known { tree: &tree, brands: &brands };
        let (done, d) = step(&running(&sheet), &sheet, Present { products: &products, owners: &owners }, known, Timestamp(5), true).unwrap();
        assert_eq!(done.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!((done.created, done.state, done.ended, done.due), (1, ImportState::Done, Some(Timestamp(5)), None));
        assert_eq!(d.events.len(), 1, "what is done asks for nothing more");
        assert!(step(&done, &sheet, Present { products: &products, owners: &owners }, known, Timestamp(5), true).is_err());
        assert!(start(&done, Timestamp(5)).is_err());
    }

    #[test]
    fn given_a_file_whose_cells_are_endless_when_kept_then_its_faults_are_short() {
        let head = "规格编码,商品名称,类目,建议售价\n";
        let long = "长".repeat(5_000);
        let rows: String = (0..FAULTS_KEPT).map(|i| format!("a{i},牛奶,{long},9.90\n")).collect();
        let sheets = [format!("{head}{rows}"), format!("{long},{long}甲\n")].map(|file| read(file.as_bytes(), &tree(), &brands()).unwrap());
        for sheet in &sheets {
            let import = Import::of("imp_1".parse().unwrap(), "stf_hq".parse().unwrap(), Timestamp(0), "digest".into(), 1, sheet);
            assert!(!import.faults.is_empty());
            assert!(import.faults.iter().all(|f| f.text.chars().count() <= FAULT_TEXT + 1 && f.header.chars().count() <= FAULT_TEXT + 1));
            assert!(serde_json::to_string(&import).unwrap().len() < 350_000, "it is one row");
        }
    }

    #[test]
    fn given_an_import_whose_file_is_gone_when_given_up_then_it_has_ended_and_says_so() {
        let sheet = read(&export(&[product(0, 1)]).unwrap(), &tree(), &brands()).unwrap();
        let d = give_up(&running(&sheet), Timestamp(9));
        let [Write::Catalog(CatalogWrite::Import(i))] = &d.writes[..] else { panic!("{d:?}") };
        assert_eq!((i.state, i.ended, i.due, i.fault_count, i.faults[0].line), (ImportState::Done, Some(Timestamp(9)), None, 1, 0));
    }

    #[test]
    fn given_a_table_of_some_skus_when_taken_then_the_others_stay() {
        let old = Product { version: 7, ..product(0, 2) };
        let mut part = product(0, 1);
        part.skus[0].price = liandian_types::Fen(1_090);
        let (tree, brands) = (tree(), brands());
        let sheet = read(&export([&part]).unwrap(), &tree, &brands).unwrap();
        let products = BTreeMap::from([(old.spu.clone(), old)]);
        let known = Known { tree: &tree, brands: &brands };
        let (done, d) =
            step(&running(&sheet), &sheet, Present { products: &products, owners: &BTreeMap::new() }, known, Timestamp(5), false).unwrap();
        let Some(Write::Catalog(CatalogWrite::Product(w))) = d.writes.first() else { panic!("{d:?}") };
        assert_eq!((done.changed, w.product.skus.len(), w.rows.len(), w.seen), (1, 2, 1, 7));
    }
}
