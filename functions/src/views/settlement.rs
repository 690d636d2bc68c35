//! What orders brought to whom.

use liandian_domain::{
    settlement::Posting,
    stock::batch::Date,
    stores::hours::{CHINA, day, local_text, midnight},
};
use liandian_store::{Tables, reach::Reach, settlement::LedgerSum};
use liandian_types::{
    Code, Mode, Problem, StoreId, Timestamp,
    api::{EntryView, HqSettlement, PostingView, SettlementView, StoreShare},
};

use crate::http::Failure;

/// Days of which a store's sums are told at once.
const DAYS_OF_STORE: usize = 92;

/// Days of which the chain's are.
const DAYS_OF_CHAIN: usize = 31;

/// Days that were asked for, with the moments at which they begin and end.
struct Period {
    days: Vec<Date>,
    since: Timestamp,
    until: Timestamp,
}

/// What an address asks for: nothing, or at most so many days (China's); without a last one until today.
fn period(from: Option<&str>, to: Option<&str>, most: usize, now: Timestamp) -> Result<Option<Period>, Problem> {
    let today = day(now, CHINA);
    let (since, until) = match super::days(from, to, CHINA)? {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(Problem::new(Code::BadRequest, "请同时选开始日期").at("from")),
        (Some(since), until) => (since, until.unwrap_or_else(|| midnight(today.tomorrow().unwrap_or(today), CHINA))),
    };
    // A first day that lies ahead, without a last one.
    let until = until.max(since.plus(1));
    let mut days = Vec::new();
    let mut next = day(since, CHINA);
    // What lies ahead has no postings, and needs no days.
    let last = day(until.plus(-1), CHINA).min(today);
    while next <= last {
        days.push(next);
        if days.len() > most {
            return Err(Problem::new(Code::BadRequest, format!("一次最多看 {most} 天")).at("to"));
        }
        let Ok(day) = next.tomorrow() else { break };
        next = day;
    }
    Ok(Some(Period { days, since, until }))
}

/// Settlement of one store: of all days, or of some with what they add up to.
///
/// # Errors
/// `bad_request` naming the day that cannot be asked for; else [`Failure`] from the tables.
pub async fn settlement_of(
    tables: &Tables,
    store: &StoreId,
    (from, to): (Option<&str>, Option<&str>),
    cursor: Option<&str>,
    now: Timestamp,
) -> Result<SettlementView, Failure> {
    let period = period(from, to, DAYS_OF_STORE, now)?;
    let bounds = period.as_ref().map(|p| (p.since, p.until)).unzip();
    let sum = async {
        match &period {
            Some(p) => tables.ledger_sum_of_days(store, &p.days).await.map(Some),
            None => tables.ledger_sum(store).await,
        }
    };
    let (sum, (postings, next)) = futures::try_join!(sum, tables.postings_between(store, bounds, 20, cursor))?;
    let sums: Vec<LedgerSum> = sum.into_iter().collect();
    Ok(settlement_view(&sums, &postings, next))
}

/// Settlement of the chain, or of a part of it, of all days or of some: sums per store, and the newest postings of the stores that sold most.
///
/// # Errors
/// `bad_request` naming the day that cannot be asked for; else [`Failure`] from the tables.
pub async fn hq_settlement(
    tables: &Tables,
    reach: &Reach,
    (from, to): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<HqSettlement, Failure> {
    let period = period(from, to, DAYS_OF_CHAIN, now)?;
    let bounds = period.as_ref().map(|p| (p.since, p.until)).unzip();
    let sums = async {
        match &period {
            Some(p) => tables.ledger_sums_of_days(&p.days).await,
            None => tables.ledger_sums().await,
        }
    };
    let (mut sums, directory) = futures::try_join!(sums, tables.directory())?;
    sums.retain(|s| reach.store(&s.store));
    sums.sort_by(|a, b| b.gross.cmp(&a.gross).then_with(|| a.store.cmp(&b.store)));
    let newest = futures::future::try_join_all(sums.iter().take(20).map(|s| tables.postings_between(&s.store, bounds, 10, None))).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_days_when_asked_for_then_they_are_whole_in_number_and_not_too_many() {
        // Noon of China on 2026-11-28.
        let now = Timestamp(1_795_838_400_000);
        let days = |from: &str, to: &str| period(Some(from), Some(to), 31, now).map(|p| p.map(|p| p.days.len()));
        assert_eq!(days("", "").unwrap(), None);
        assert_eq!(days("2026-11-28", "").unwrap(), Some(1));
        assert_eq!(days("2026-11-01", "2026-11-28").unwrap(), Some(28));
        assert_eq!(days("2026-10-29", "2026-11-28").unwrap(), Some(31));
        assert_eq!(days("2026-10-28", "2026-11-28").unwrap_err().field.as_deref(), Some("to"));
        assert_eq!(days("", "2026-11-28").unwrap_err().field.as_deref(), Some("from"));
        assert_eq!(days("2026-12-01", "2026-12-31").unwrap(), Some(0), "what lies ahead has nothing yet");
    }
}
