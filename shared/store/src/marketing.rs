//! Campaigns: as HQ and stores keep them, those in view of a store, and how often they have applied.

mod results;

use std::{sync::Arc, time::Duration};

use liandian_contracts::Envelope;
use liandian_domain::marketing::{
    Campaign,
    campaign::Record,
    used::{Counter, Used},
};
use liandian_types::{CampaignId, CampaignState, StoreId, Timestamp};

pub use results::{OrderCounted, Results, result_items};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, parse},
    keys, rows,
};

/// For how long a process may go by the campaigns that it has read. An order is counted against what is then, and placed at no other price than its
/// customer saw.
const FRESH: Duration = Duration::from_secs(3);

/// Campaigns that begin within this time are in view: `今天 14:00 开始`.
const AHEAD: i64 = Timestamp::DAY;

/// The most campaigns of one state in a list.
const LISTED: i32 = 300;

/// The row of a campaign.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn campaign_item(r: &Record) -> Result<Item, StoreError> {
    rows::marketing::campaign_item(r)
}

/// The row of a campaign's version, for who writes campaigns without a decision.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn terms_item(r: &Record) -> Result<Item, StoreError> {
    rows::marketing::terms_item(r)
}

fn key(c: &CampaignId) -> Key {
    Key::hq(keys::campaign(c), keys::HEAD)
}

impl Tables {
    /// A campaign as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaign(&self, c: &CampaignId) -> Result<Option<Record>, StoreError> {
        self.get(&key(c), true).await
    }

    /// What happened to a campaign, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaign_history(&self, c: &CampaignId, limit: i32) -> Result<Vec<Envelope>, StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), ..Ask::of(Table::Hq, keys::campaign(c)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// Campaigns that stand somewhere, but for the clock; those that end first first, of those that are over the newest.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns(&self, state: CampaignState) -> Result<Vec<Record>, StoreError> {
        let forward = state != CampaignState::Over;
        let ask = Ask { index: Some(keys::GSI1), forward, limit: Some(LISTED), ..Ask::of(Table::Hq, keys::campaigns(state)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// Campaigns that stand somewhere, but for the clock, and end after this moment; those that end first first. Those whose time is over stay where
    /// they stood, so a list of what runs begins behind them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_ending_after(&self, state: CampaignState, at: Timestamp) -> Result<Vec<Record>, StoreError> {
        let since = Some(at.plus(1).sortable());
        let ask = Ask { index: Some(keys::GSI1), limit: Some(LISTED), since, ..Ask::of(Table::Hq, keys::campaigns(state)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// All of these, however many: for who shows a part of them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn all_campaigns_ending_after(&self, state: CampaignState, at: Timestamp) -> Result<Vec<Record>, StoreError> {
        let since = Some(at.plus(1).sortable());
        let ask = Ask { index: Some(keys::GSI1), since, ..Ask::of(Table::Hq, keys::campaigns(state)) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// Campaigns that stand somewhere and whose time was over at this moment; the newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_ended_by(&self, state: CampaignState, at: Timestamp) -> Result<Vec<Record>, StoreError> {
        let until = Some(at.plus(1).sortable());
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(LISTED), until, ..Ask::of(Table::Hq, keys::campaigns(state)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// How many campaigns wait for HQ, a hundred being many.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_waiting(&self) -> Result<u32, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), limit: Some(100), count: true, ..Ask::of(Table::Hq, keys::campaigns(CampaignState::Review)) };
        Ok(self.query(ask).await?.count)
    }

    /// A store's own campaigns, whatever their state, those that end last first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_of(&self, store: &StoreId) -> Result<Vec<Record>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), forward: false, limit: Some(LISTED), ..Ask::of(Table::Hq, keys::campaigns_of(store)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// All campaigns of the chain that may go live, a few seconds old at most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn live_campaigns(&self, now: Timestamp) -> Result<Arc<Vec<Record>>, StoreError> {
        let partition = keys::campaigns(CampaignState::Scheduled);
        let load = async {
            let ask = Ask { index: Some(keys::GSI1), since: Some(now.sortable()), ..Ask::of(Table::Hq, partition.clone()) };
            self.query_all(ask).await?.into_iter().map(parse).collect::<Result<Vec<Record>, StoreError>>()
        };
        self.caches.campaigns.get_for(&partition, FRESH, load).await
    }

    /// The campaigns that a store's customers see or soon will.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_in_view(&self, store: &StoreId, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let seen = |r: &&Record| {
            let (c, s) = (&r.campaign, &r.campaign.schedule);
            (c.stores.is_empty() || c.stores.contains(store)) && now < s.until && s.from <= now.plus(AHEAD)
        };
        Ok(self.live_campaigns(now).await?.iter().filter(seen).cloned().collect())
    }

    /// The same, as they are now: the index only says which to look at.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaigns_now(&self, store: &StoreId, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let seen = self.campaigns_in_view(store, now).await?;
        let keys: Vec<Key> = seen.iter().map(|r| key(&r.campaign.campaign)).collect();
        let found: Vec<Record> = self.batch_get(&keys, true).await?.into_iter().flatten().map(parse).collect::<Result<_, _>>()?;
        if found != seen {
            self.caches.campaigns.forget().await;
        }
        Ok(found.into_iter().filter(|r| r.state == CampaignState::Scheduled).collect())
    }

    /// These versions of campaigns, as far as they are known; what is left of them is counted elsewhere. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaign_versions(&self, wanted: &[(CampaignId, u64)]) -> Result<Vec<Campaign>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        // What was written before versions were kept is known as long as it is the campaign's last one.
        let version = |(c, v): &(CampaignId, u64)| Key::hq(keys::campaign(c), keys::terms(*v));
        let all: Vec<Key> = wanted.iter().map(version).chain(wanted.iter().map(|(c, _)| key(c))).collect();
        let mut found = self.batch_get_rows(&all, false).await?;
        let heads = found.split_off(wanted.len());
        let mut campaigns = Vec::with_capacity(wanted.len());
        for ((kept, head), (_, version)) in found.into_iter().zip(heads).zip(wanted) {
            match (kept, head) {
                (Some(kept), _) => campaigns.push(parse::<Campaign>(kept)?),
                (None, Some(head)) => {
                    let record: Record = parse(head)?;
                    if record.version == *version {
                        campaigns.push(record.campaign);
                    }
                }
                (None, None) => {}
            }
        }
        Ok(campaigns)
    }

    /// What these counters say, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn used(&self, counters: &[(CampaignId, Counter)], strong: bool) -> Result<Vec<Used>, StoreError> {
        if counters.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = counters.iter().map(|(c, counter)| Key::cell(keys::counter_of(c, counter), keys::used(counter))).collect();
        let found = self.batch_get_rows(&keys, strong).await?;
        found.into_iter().map(|row| row.map_or(Ok(Used::default()), parse)).collect()
    }
}
