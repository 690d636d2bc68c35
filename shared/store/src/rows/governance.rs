//! Rows of what HQ decides for the chain.

use liandian_domain::{
    catalog::{Listing, search::SearchWords},
    decision::GovernanceWrite,
    governance::{chain::Policies, draft::SetupDraft, legal::LegalBook, request::ChangeRequest, settings::LevelVersion},
};
use liandian_types::Timestamp;

use super::Row;
use crate::{
    catalog::listing_item,
    db::{Key, StoreError, Table, item},
    keys,
    legal::{legal_book_item, legal_text_item},
    requests::request_items,
    search::search_words_item,
};

/// How long a change of a store is kept for dry runs, which look back a month.
const KEPT: i64 = 40 * Timestamp::DAY;

pub(super) fn rows(w: &GovernanceWrite) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        GovernanceWrite::Policies(p) => {
            let next = Policies { version: p.version + 1, ..**p };
            vec![Row::follow(Table::Hq, item(&next, &Key::hq(keys::POLICIES, keys::POLICIES), [])?, p.version)]
        }
        GovernanceWrite::Request(r) => request_rows(r)?,
        GovernanceWrite::Listing { store, listing } => {
            let next = Listing { version: listing.version + 1, ..(**listing).clone() };
            vec![Row::replace(Table::Hq, listing_item(store, &next)?, listing.version)]
        }
        GovernanceWrite::Past { id, past } => {
            let key = Key::hq(keys::changes_of_day(past.at), keys::timed(past.at, id));
            vec![Row::put(Table::Hq, item(past, &key, [])?).until(past.at.plus(KEPT))]
        }
        GovernanceWrite::Setting(s) => vec![Row::put(Table::Hq, item(&**s, &Key::hq(keys::SETTINGS, keys::setting(&s.level, s.field, s.from)), [])?)],
        GovernanceWrite::SettingGone { level, field, from } => vec![Row::gone(&Key::hq(keys::SETTINGS, keys::setting(level, *field, *from)))],
        GovernanceWrite::SettingLevel { level, read } => {
            let next = LevelVersion { level: level.clone(), version: read + 1 };
            vec![Row::follow(Table::Hq, item(&next, &Key::hq(keys::SETTINGS, keys::level(level)), [])?, *read)]
        }
        GovernanceWrite::SetupDraft(d) => {
            let next = SetupDraft { version: d.version + 1, ..(**d).clone() };
            vec![Row::follow(Table::Hq, item(&next, &Key::hq(keys::SETUP, keys::SETUP), [])?, d.version)]
        }
        GovernanceWrite::SearchWords(w) => {
            let next = SearchWords { version: w.version + 1, ..(**w).clone() };
            vec![Row::follow(Table::Hq, search_words_item(&next)?, w.version)]
        }
        GovernanceWrite::Legal { book, text } => {
            let next = LegalBook { version: book.version + 1, ..(**book).clone() };
            vec![Row::follow(Table::Hq, legal_book_item(&next)?, book.version), Row::create(Table::Hq, legal_text_item(text)?)]
        }
    })
}

/// The request, and the row by which its region finds it: both in one transaction, so that neither says what the other does not.
fn request_rows(r: &ChangeRequest) -> Result<Vec<Row>, StoreError> {
    let [head, of_region] = request_items(r)?;
    let head = match r.version.checked_sub(1) {
        None => Row::create(Table::Hq, head),
        Some(read) => Row::replace(Table::Hq, head, read),
    };
    Ok(vec![head, Row::put(Table::Hq, of_region)])
}
