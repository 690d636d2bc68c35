//! What orders brought to whom.

use liandian_domain::{
    settlement::Posting,
    stores::hours::{CHINA, local_text},
};
use liandian_store::{StoreError, Tables, reach::Reach, settlement::LedgerSum};
use liandian_types::{
    Mode, StoreId,
    api::{EntryView, HqSettlement, PostingView, SettlementView, StoreShare},
};

/// Settlement of one store.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn settlement_of(tables: &Tables, store: &StoreId, cursor: Option<&str>) -> Result<SettlementView, StoreError> {
    let (sum, (postings, next)) = futures::try_join!(tables.ledger_sum(store), tables.postings(store, 20, cursor))?;
    let sums: Vec<LedgerSum> = sum.into_iter().collect();
    Ok(settlement_view(&sums, &postings, next))
}

/// Settlement of the chain, or of a part of it: sums per store, and the newest postings of the stores that sold most.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn hq_settlement(tables: &Tables, reach: &Reach) -> Result<HqSettlement, StoreError> {
    let (mut sums, directory) = futures::try_join!(tables.ledger_sums(), tables.directory())?;
    sums.retain(|s| reach.store(&s.store));
    sums.sort_by(|a, b| b.gross.cmp(&a.gross).then_with(|| a.store.cmp(&b.store)));
    let newest = futures::future::try_join_all(sums.iter().take(20).map(|s| tables.postings(&s.store, 10, None))).await?;
    let mut postings: Vec<Posting> = newest.into_iter().flat_map(|(p, _)| p).collect();
    postings.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.order.cmp(&a.order)));
    postings.truncate(30);
    let stores = sums
        .iter()
        .map(|s| {
            let profile = directory.iter().find(|d| d.store == s.store);
            StoreShare {
                store: s.store.clone(),
                name: profile.map_or_else(|| s.store.to_string(), |p| p.name.clone()),
                mode: profile.map_or(Mode::Direct, |p| p.mode),
                orders: s.orders,
                gross: s.gross,
                hq: s.hq,
                share: s.stores,
            }
        })
        .collect();
    Ok(HqSettlement { total: settlement_view(&sums, &postings, None), stores })
}

fn settlement_view(sums: &[LedgerSum], postings: &[Posting], next: Option<String>) -> SettlementView {
    SettlementView {
        orders: sums.iter().map(|s| s.orders).sum(),
        gross: sums.iter().map(|s| s.gross).sum(),
        hq: sums.iter().map(|s| s.hq).sum(),
        stores: sums.iter().map(|s| s.stores).sum(),
        postings: postings.iter().map(posting_view).collect(),
        next,
    }
}

fn posting_view(p: &Posting) -> PostingView {
    PostingView {
        posting: p.posting.clone(),
        order: p.order.clone(),
        store: p.store.clone(),
        at: p.at,
        at_text: local_text(p.at, CHINA),
        rule: p.rule.clone(),
        payable_from: p.payable_from,
        entries: p
            .entries
            .iter()
            .map(|e| EntryView { account: e.account.name(&p.store), title: e.account.title().to_owned(), amount: e.amount })
            .collect(),
    }
}
