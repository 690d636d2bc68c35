//! Documents that customers are asked to agree to, as HQ and as customers see them.

use liandian_domain::{
    governance::legal::{LegalBook, LegalHead},
    stores::hours::{CHINA, day, moment_text},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    LegalKind, Timestamp,
    api::{LegalPage, LegalSheet, LegalVersion},
};

use crate::{App, http::Failure};

/// A version as customers see it.
fn version(book: &LegalBook, v: &LegalHead, now: Timestamp) -> LegalVersion {
    LegalVersion {
        kind: v.kind,
        number: v.number,
        from: v.from,
        from_text: day(v.from, CHINA).to_string(),
        in_force: book.in_force(v.kind, now).is_some_and(|it| it.number == v.number),
        coming: v.from > now,
        by: None,
        by_name: None,
        at_text: String::new(),
    }
}

/// The versions of a document, the newest first.
fn versions(book: &LegalBook, kind: LegalKind, now: Timestamp) -> Vec<LegalVersion> {
    let mut all: Vec<LegalVersion> = book.versions.iter().filter(|v| v.kind == kind).map(|v| version(book, v, now)).collect();
    all.sort_by_key(|b| std::cmp::Reverse(b.number));
    all
}

/// All versions, with who published them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn legal_sheet(app: &App, book: &LegalBook, now: Timestamp) -> Result<LegalSheet, Failure> {
    let names = app.tables.staff_names(book.versions.iter().map(|v| v.by.as_str())).await?;
    let mut all = Vec::with_capacity(book.versions.len());
    for shown in LegalKind::ALL.iter().flat_map(|kind| versions(book, *kind, now)) {
        let Some(v) = book.one(shown.kind, shown.number) else { continue };
        let by_name = names.get(v.by.as_str()).cloned();
        all.push(LegalVersion { by: Some(v.by.clone()), by_name, at_text: moment_text(v.at, CHINA).replace('T', " "), ..shown });
    }
    Ok(LegalSheet { versions: all, version: book.version })
}

/// A document with the text of a version: of the one that is named, or of the one in force. `None` when there is none.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn legal_page(tables: &Tables, kind: LegalKind, number: Option<u32>, now: Timestamp) -> Result<Option<LegalPage>, StoreError> {
    let book = tables.legal().await?;
    let wanted = match number {
        Some(number) => book.one(kind, number),
        None => book.in_force(kind, now),
    };
    let Some(wanted) = wanted else { return Ok(None) };
    let Some(text) = tables.legal_text(kind, wanted.number).await? else { return Ok(None) };
    Ok(Some(LegalPage { shown: version(&book, wanted, now), text: text.text, versions: versions(&book, kind, now) }))
}
