//! Receipts of tills.

use liandian_contracts::Message;

use super::not_ours;
use crate::{
    App,
    flows::stock::{
        shelf,
        tills::{self, Told},
    },
    http::Failure,
};

/// Records a till's receipt, once. HQ is told of one that is refused: it ends among the dead letters.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn pos_sale(app: App, m: Message) -> Result<(), Failure> {
    let Message::PosSaleV1 { store, sale } = &m else { return Err(not_ours(&m)) };
    // A bridge with the wrong store in its settings: for people to look at, not for a shelf that is none.
    let profile = app.tables.store(store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let now = app.now();
    let outcome = shelf::sold(&app, store, sale, now).await;
    let refused = match &outcome {
        Ok(_) => None,
        Err(Failure::Problem(p)) => Some(&**p),
        Err(_) => return outcome.map(|_| ()),
    };
    let (till, number) = (shelf::number_of(&sale.till), shelf::number_of(&sale.number));
    tills::listen(&app, &profile, &[Told { till, number, refused }], now).await;
    outcome.map(|_| ())
}
