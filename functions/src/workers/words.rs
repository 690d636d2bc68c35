//! From the stream to what search knows of goods.

use std::sync::OnceLock;

use aws_lambda_events::dynamodb::EventRecord;
use liandian_domain::catalog::{
    LibrarySku,
    search::{chinese::Chinese, words_of},
};
use liandian_store::search::has_words;

use crate::{App, http::Failure};

/// The dictionary: read when goods got another name, which is seldom, and kept while the process lives.
static CHINESE: OnceLock<Chinese> = OnceLock::new();

/// Where the words of a SKU's title begin, kept beside its row, so that a function that searches needs no dictionary. A row that has it for its title
/// is left alone: so the news of this worker's own writes ends here, and records may come twice and in any order.
///
/// # Errors
/// The first record whose row could not be written.
pub async fn words(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    for (i, record) in records.into_iter().enumerate() {
        let image = record.change.new_image;
        if image.is_empty() {
            continue;
        }
        let known = match (image.get("words"), image.get("words_of")) {
            (Some(_), Some(serde_dynamo::AttributeValue::S(of))) => Some(of.clone()),
            _ => None,
        };
        let sku: LibrarySku = serde_dynamo::from_item(image).map_err(|e| (i, Failure::Internal(format!("a row is not what its key says: {e}"))))?;
        // A store's own goods are so few that they are found and ranked without.
        if sku.local_to.is_some() || has_words(&sku, known.as_deref()) {
            continue;
        }
        let chinese = CHINESE.get_or_init(|| Chinese::new([]));
        app.tables.keep_words(&sku, words_of(&sku, chinese)).await.map_err(|e| (i, Failure::from(e)))?;
    }
    Ok(())
}
