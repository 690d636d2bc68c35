//! The chain's synonyms and hot words.

use liandian_domain::catalog::search::{SearchWords, Synonym, words};
use liandian_types::api::SearchWordsSheet;

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::catalog::search::{words_changes, words_view},
};

/// The chain's synonyms and hot words.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn read(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&words_view(&app.tables.search_words_now().await?))
}

/// Who changed them, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&words_changes(&app, call.q("cursor")).await?)
}

/// Sets them; they hold everywhere within a minute.
///
/// # Errors
/// `bad_request` naming the word that is beyond its limit; `conflict` when they have been set since the version that was seen.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let sheet: SearchWordsSheet = call.json()?;
    let synonyms = sheet.synonyms.into_iter().map(|s| Synonym { word: s.word, means: s.means }).collect();
    let wanted = SearchWords::of(synonyms, sheet.hot, sheet.version)?;
    let (app, by, wanted) = (&app, &call.staff()?.sub, &wanted);
    let set = transact(app, call.now, |_| async move {
        let old = app.tables.search_words_now().await?;
        let decision = words::set(&old, wanted, by)?;
        let now = if decision.is_empty() { old } else { SearchWords { version: old.version + 1, ..wanted.clone() } };
        Ok(Plan::new(now, decision))
    })
    .await?;
    Reply::json(&words_view(&set))
}
