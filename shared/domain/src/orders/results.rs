//! What an order adds to the results of the campaigns that it was priced with.

use liandian_types::{CampaignId, OrderState};

use crate::{
    marketing::results::Tally,
    orders::order::{OrderBody, OrderHead},
};

/// Does a paid order stand, so that campaigns have it among their results? One whose money goes back whole does not.
#[must_use]
pub fn stands(head: &OrderHead) -> bool {
    head.paid_at.is_some() && !matches!(head.state, OrderState::Placed | OrderState::Closed | OrderState::Refunding | OrderState::Refunded)
}

/// What the campaigns of an order have of it; `new`: its customer had bought nothing before.
#[must_use]
pub fn tallies(head: &OrderHead, body: &OrderBody, new: bool) -> Vec<(CampaignId, Tally)> {
    if !stands(head) {
        return Vec::new();
    }
    let of = |c: &crate::marketing::used::Applied| {
        let units: u32 = body.lines.iter().map(|l| l.reduced_of_first(l.quantity.get(), &c.campaign)).sum();
        (c.campaign.clone(), Tally::of_order(i64::from(units), c.amount(), head.total, new))
    };
    body.campaigns.iter().map(of).collect()
}
