//! What is on offer in a store: the campaigns in view, with what is left of them for who asks.

use liandian_domain::{
    marketing::{
        Campaign, Customer, Kind,
        campaign::Record,
        offered::{InView, Offered, counting_day},
        used::Counter,
    },
    orders::place::is_new,
};
use liandian_types::{CampaignId, MemberId, StoreId, Timestamp};

use crate::{App, http::Failure};

/// What is on offer in a store to somebody, as a process may show it: a few seconds old.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn shown(app: &App, store: &StoreId, member: Option<&MemberId>, now: Timestamp) -> Result<Offered, Failure> {
    let records = app.tables.campaigns_in_view(store, now).await?;
    let mut offered = with_left(app, records, member, false, now).await?;
    if let Some(m) = member {
        know_if_new(app, &mut offered, m).await?;
    }
    Ok(offered)
}

/// Who has bought before is asked about only where it matters; then all of the member's orders are: any number may have been closed unpaid since.
async fn know_if_new(app: &App, offered: &mut Offered, member: &MemberId) -> Result<(), Failure> {
    if !offered.campaigns.iter().any(|c| c.campaign.audience.new_only) {
        return Ok(());
    }
    let mut cursor: Option<String> = None;
    offered.customer.new = loop {
        let (orders, next) = app.tables.orders_of_member(member, 50, cursor.as_deref()).await?;
        if !is_new(&orders) {
            break false;
        }
        if next.is_none() {
            break true;
        }
        cursor = next;
    };
    Ok(())
}

/// What is on offer as it is now: for who places an order.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn now(app: &App, store: &StoreId, member: &MemberId, now: Timestamp) -> Result<Offered, Failure> {
    let records = app.tables.campaigns_now(store, now).await?;
    let mut offered = with_left(app, records, Some(member), true, now).await?;
    know_if_new(app, &mut offered, member).await?;
    Ok(offered)
}

/// These campaigns with what is left of them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn with_left(app: &App, records: Vec<Record>, member: Option<&MemberId>, strong: bool, now: Timestamp) -> Result<Offered, Failure> {
    if records.is_empty() {
        return Ok(Offered::default());
    }
    let today = counting_day(now);
    let counters: Vec<(CampaignId, Counter)> =
        records.iter().flat_map(|r| r.limits.counters(member, &today).into_iter().map(|counter| (r.campaign.campaign.clone(), counter))).collect();
    let used = app.tables.used(&counters, strong).await?;
    let mut offered = Offered { customer: Customer::default(), ..Offered::default() };
    if records.iter().any(|r| matches!(r.campaign.kind, Kind::Gift(_))) {
        offered.names = app.tables.library().await?.iter().map(|s| (s.sku.clone(), s.title())).collect();
    }
    for r in records {
        let mine = counters.iter().zip(&used).filter(|((c, _), _)| *c == r.campaign.campaign).map(|((_, counter), used)| (counter, used));
        let mine: Vec<_> = mine.collect();
        let (left, (units, of_person)) = (r.limits.left(mine.iter().copied()), r.limits.units_left(mine));
        let mut campaign = Campaign { left, ..r.campaign };
        if let Kind::Flash(flash) = &mut campaign.kind {
            // Its own stock is what is left of its units.
            flash.stock = units.unwrap_or(flash.stock);
            flash.per_person = of_person.unwrap_or(flash.per_person);
        }
        offered.campaigns.push(InView { campaign, limits: r.limits, version: r.version });
    }
    Ok(offered)
}
