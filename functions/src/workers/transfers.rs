//! Transfers that orders wait for.

use liandian_contracts::Message;

use super::not_ours;
use crate::{App, flows::transfers, http::Failure};

/// A paid order's transfer becomes a task of its source.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn transfer_request(app: App, m: Message) -> Result<(), Failure> {
    let Message::TransferDueV1 { transfer, .. } = &m else { return Err(not_ours(&m)) };
    transfers::request(&app, transfer, app.now()).await
}
