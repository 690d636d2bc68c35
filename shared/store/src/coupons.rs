//! Coupons: HQ's, those of members, how many are out, and printed codes.

use std::{sync::Arc, time::Duration};

use liandian_domain::marketing::{
    code::{Batch, UsedCode},
    coupon::{Issued, Template},
    wallet::Coupon,
};
use liandian_types::{CampaignId, MemberId, Timestamp};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys, rows,
};

/// For how long a process may go by the coupons of HQ that it has read. What one is worth never changes once somebody may have it.
const FRESH: Duration = Duration::from_secs(3);

/// The most coupons of a member that are read.
const HELD: i32 = 300;

/// The most batches of a coupon that are listed.
const BATCHES: i32 = 100;

/// The row of what a coupon is good for, for ever.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn template_terms_item(t: &Template) -> Result<Item, StoreError> {
    rows::coupons::template_terms_item(t)
}

/// The row of a coupon of HQ.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn template_item(t: &Template) -> Result<Item, StoreError> {
    rows::coupons::template_item(t)
}

/// The row of a member's coupon.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn coupon_item(c: &Coupon) -> Result<Item, StoreError> {
    rows::coupons::coupon_item(c)
}

/// The row of a batch of printed codes.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn batch_item(b: &Batch) -> Result<Item, StoreError> {
    rows::coupons::batch_item(b)
}

/// The row of how many of a coupon are out.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn issued_item(c: &CampaignId, issued: &Issued) -> Result<Item, StoreError> {
    item(issued, &Key::cell(keys::campaign(c), keys::ISSUED), [])
}

fn key(c: &CampaignId) -> Key {
    Key::hq(keys::campaign(c), keys::COUPON)
}

impl Tables {
    /// A coupon of HQ as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn coupon_template(&self, c: &CampaignId) -> Result<Option<Template>, StoreError> {
        self.get(&key(c), true).await
    }

    /// Several of them, in their order; those that there are not are left out. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn coupon_templates_of(&self, all: &[CampaignId]) -> Result<Vec<Template>, StoreError> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = all.iter().map(key).collect();
        let mut found: Vec<Template> = Vec::new();
        for row in self.batch_get_rows(&keys, false).await?.into_iter().flatten() {
            let t: Template = parse(row)?;
            if !found.iter().any(|f| f.campaign.campaign == t.campaign.campaign) {
                found.push(t);
            }
        }
        Ok(found)
    }

    /// All coupons of HQ, those that end first first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn coupon_templates(&self) -> Result<Vec<Template>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::COUPONS) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// Those that can still be good, a few seconds old at most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn live_coupons(&self, now: Timestamp) -> Result<Arc<Vec<Template>>, StoreError> {
        let load = async {
            let ask = Ask { index: Some(keys::GSI1), since: Some(now.sortable()), ..Ask::of(Table::Hq, keys::COUPONS) };
            self.query_all(ask).await?.into_iter().map(parse).collect::<Result<Vec<Template>, StoreError>>()
        };
        self.caches.coupons.get_for(keys::COUPONS, FRESH, load).await
    }

    /// The coupons that a member has or had. Of very many those of the newest templates: ids are in the order of time.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn coupons_of(&self, m: &MemberId, strong: bool) -> Result<Vec<Coupon>, StoreError> {
        let ask = Ask { begins: keys::MY_COUPON, forward: false, limit: Some(HELD), strong, ..Ask::of(Table::Cell, keys::wallet(m)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// All coupons of one template that a member has or had, as they are now: how many there may be is told by these, however many others he has.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn coupons_of_template(&self, m: &MemberId, c: &CampaignId) -> Result<Vec<Coupon>, StoreError> {
        let begins = keys::held_of(c);
        let ask = Ask { begins: &begins, strong: true, ..Ask::of(Table::Cell, keys::wallet(m)) };
        let found: Vec<Coupon> = self.query_all(ask).await?.into_iter().map(parse).collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|held| held.campaign == *c).collect())
    }

    /// How many of these are out, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn issued(&self, all: &[CampaignId], strong: bool) -> Result<Vec<Issued>, StoreError> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = all.iter().map(|c| Key::cell(keys::campaign(c), keys::ISSUED)).collect();
        let found = self.batch_get_rows(&keys, strong).await?;
        found.into_iter().map(|row| row.map_or(Ok(Issued::default()), parse)).collect()
    }

    /// A batch of printed codes.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn code_batch(&self, name: &str) -> Result<Option<Batch>, StoreError> {
        self.get(&Key::hq(keys::codes(name), keys::HEAD), true).await
    }

    /// The batches of a coupon, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn code_batches(&self, c: &CampaignId) -> Result<Vec<Batch>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(BATCHES), ..Ask::of(Table::Hq, keys::codes_of(c)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// What became of a printed code.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn used_code(&self, batch: &str, place: u32) -> Result<Option<UsedCode>, StoreError> {
        self.get(&Key::cell(keys::codes(batch), keys::code(place)), true).await
    }
}
