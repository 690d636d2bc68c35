//! The look of the home pages of a class of stores (主页风格): changed store by store, each in its own history.

use liandian_types::{Code, Problem, StaffId, Timestamp};

use super::{
    edit::{THEMES, changes, written},
    profile::StoreProfile,
    region::Region,
};
use crate::{Decision, Refusable};

/// Is there such a look?
///
/// # Errors
/// `bad_request` at `theme`.
pub fn known(theme: &str) -> Refusable<()> {
    if THEMES.iter().any(|(word, _)| *word == theme) {
        return Ok(());
    }
    Err(Problem::new(Code::BadRequest, "没有这种主页风格").at("theme"))
}

/// Gives a store this look; an empty decision when it has it already.
///
/// # Errors
/// As [`known`].
pub fn set(old: &StoreProfile, theme: &str, regions: &[Region], by: &StaffId, why: &str, now: Timestamp) -> Refusable<Decision> {
    known(theme)?;
    if old.theme == theme {
        return Ok(Decision::default());
    }
    let next = StoreProfile { theme: theme.to_owned(), version: old.version + 1, ..old.clone() };
    let changes = changes(Some(old), &next, regions, now);
    Ok(written(Some(old), &next, by, why, changes))
}
