//! Transfers as the staff of a store, HQ, and the customer who waits for one see them.

use std::collections::HashMap;

use liandian_domain::{
    orders::order::PAYMENT_WINDOW,
    stores::hours::local_text,
    transfers::{Party, Transfer},
};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    Fen, SkuId, StoreId, TransferState,
    api::{HeldGoods, TransferCard, TransferLine, TransferList, TransfersInFlight},
};

use super::usize_of;

/// Transfers that wait for an order's payment and are shown with the goods that they hold.
pub(super) const HELD_SHOWN: i32 = 100;

/// Open transfers of the chain that are shown one by one.
const FLIGHTS_SHOWN: usize = 300;

/// A transfer as the staff of a store, or HQ, sees it.
#[must_use]
pub fn transfer_card(t: &Transfer, seen_by: &Party) -> TransferCard {
    TransferCard {
        transfer: t.transfer.clone(),
        state: t.state,
        source: t.source.clone(),
        source_name: t.source_name.clone(),
        target: t.target.clone(),
        target_name: t.target_name.clone(),
        order: t.order.clone(),
        by_hq: t.asked.as_ref().is_some_and(|a| a.hq),
        note: t.asked.as_ref().and_then(|a| a.note.clone()),
        reason: t.reason.clone(),
        lines: t
            .lines
            .iter()
            .map(|l| TransferLine {
                sku: l.sku.clone(),
                name: l.name.clone(),
                quantity: l.quantity,
                accepted: l.accepted,
                fewer: l.fewer.clone(),
                reason: l.reason.clone(),
                received: l.received,
            })
            .collect(),
        due: t.due,
        created_text: local_text(t.created_at, &t.zone),
        created_at: t.created_at,
        reminders: t.reminders,
        steps: t.steps_for(seen_by),
        on_acceptance: t.is_on_acceptance(),
    }
}

/// A transfer as the customer sees it whose order waits for it: from where to where, and how far. What the staff say to each other is theirs.
#[must_use]
pub fn for_customer(t: TransferCard) -> TransferCard {
    let lines = t.lines.into_iter().map(|l| TransferLine { accepted: None, fewer: None, reason: None, received: None, ..l }).collect();
    TransferCard { by_hq: false, note: None, reason: None, due: None, reminders: 0, steps: Vec::new(), lines, ..t }
}

/// Goods that wait for an order's payment, as their store sees them: nothing of who ordered.
pub(super) fn held_goods(t: &Transfer) -> HeldGoods {
    let TransferCard { transfer, source, target_name, lines, .. } = transfer_card(t, &Party::Store(t.source_keeper.clone()));
    let until = t.created_at.plus(PAYMENT_WINDOW);
    HeldGoods { transfer, source, target_name, lines, until, until_text: local_text(until, &t.zone) }
}

/// Does a transfer leave from, or go to, what somebody may see?
pub(super) fn touches(reach: &Reach, t: &Transfer) -> bool {
    reach.place(&t.source) || reach.place(&t.target)
}

/// Transfers of a store with what it may do next.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn transfer_list(tables: &Tables, store: &StoreId) -> Result<TransferList, StoreError> {
    let ((out, into, more), held) = futures::try_join!(tables.transfers_of(store, 100, 10), tables.held_by_unpaid(store, HELD_SHOWN))?;
    let party = Party::Store(store.clone());
    let cards = |ts: Vec<Transfer>| ts.iter().map(|t| transfer_card(t, &party)).collect();
    let more = more || held.len() >= usize_of(HELD_SHOWN);
    Ok(TransferList { outgoing: cards(out), incoming: cards(into), more, held: held.iter().map(held_goods).collect() })
}

/// Open transfers of the chain, or from and to a part of it, the oldest of them one by one, and what all of them have on its way and its worth.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn transfers_in_flight(tables: &Tables, reach: &Reach) -> Result<TransfersInFlight, StoreError> {
    let library = tables.library().await?;
    let prices: HashMap<&SkuId, i64> = library.iter().map(|s| (&s.sku, s.price.0)).collect();
    let (mut open, mut units, mut value, mut transfers) = (0_u32, 0, 0, Vec::new());
    tables
        .each_open_transfer(|t| {
            if !touches(reach, &t) {
                return;
            }
            open = open.saturating_add(1);
            if transfers.len() < FLIGHTS_SHOWN {
                transfers.push(transfer_card(&t, &Party::Hq));
            }
            for l in t.lines.iter().filter(|_| matches!(t.state, TransferState::InTransit | TransferState::Returning)) {
                units += l.units();
                value += l.units() * prices.get(&l.sku).copied().unwrap_or(0);
            }
        })
        .await?;
    Ok(TransfersInFlight { transfers, open, units, value: Fen(value) })
}
