//! What HQ decides for the chain, and what it should look at.

use serde::{Deserialize, Serialize};

use super::{ClaimCard, ExtraPaymentRow, StockRow, TillRow, TransferCard};
use crate::{Fen, StoreId, Timestamp};

bodies! {
    /// An obligation whose time has come and that has not been met.
    OverdueRow {
        /// What kind: `order`, `extra_payment`, `transfer`, `delivery`, `rider`, `count`, `split`, `expiry`.
        what: String,
        /// Of which: an id, or a location and a SKU.
        id: String,
        /// Where it stands, in Chinese.
        state: String,
        /// Whose, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
        /// Since when.
        since: Timestamp,
    }

    /// What the last check of the books found.
    BooksReport {
        /// When it began.
        at: Timestamp,
        /// Stock records.
        records: u64,
        /// Movement documents.
        movements: u64,
        /// Orders.
        orders: u64,
        /// Transfers.
        transfers: u64,
        /// What did not agree, one sentence each; at most fifty of them.
        differences: Vec<String>,
        /// How many there are.
        count: u64,
    }

    /// What HQ should look at.
    Exceptions {
        /// Records with more units promised than there are, worst first.
        short: Vec<StockRow>,
        /// Records that run low, least first.
        low: Vec<StockRow>,
        /// There are more of either.
        more: bool,
        /// Transfers whose step somebody was told about twice and did not take, oldest first.
        late: Vec<TransferCard>,
        /// Up to how many units are low.
        low_at: u32,
        /// What should have happened by now, oldest first.
        overdue: Vec<OverdueRow>,
        /// There is more of it.
        #[serde(default)]
        overdue_more: bool,
        /// Payments of this week that their orders did not need, the newest first: each goes back by itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        extra: Vec<ExtraPaymentRow>,
        /// There are more of them.
        #[serde(default)]
        extra_more: bool,
        /// Tills that are refused or silent, the longest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tills: Vec<TillRow>,
        /// There are more of them.
        #[serde(default)]
        tills_more: bool,
        /// The last check of the books, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        books: Option<BooksReport>,
        /// Stock documents that wait for a second person, oldest first; for those who may decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        claims: Vec<ClaimCard>,
        /// There are more of them.
        #[serde(default)]
        claims_more: bool,
    }

    /// What HQ decides for the whole chain.
    ChainPolicies {
        /// A count is approved by itself, and what one person writes off, adjusts or takes back is recorded at once, when no line differs by more
        /// units than this …
        count_units: u32,
        /// … and all differences together (of one person and day, for what is written off) are worth no more than this …
        count_value: Fen,
        /// … and no line takes more of a record than this, in per cent; a single unit is no share.
        #[serde(default = "half")]
        count_share: u32,
        /// Matching: points for a kilometre.
        per_km: u32,
        /// Matching: points for a minute until the goods are there.
        per_minute: u32,
        /// Matching: points for an order that waits there already.
        per_waiting: u32,
        /// Matching: points off for a spare unit of the scarcest line, up to ten units.
        per_spare: u32,
        /// A stock record with at most so many units to promise is low; at most 20.
        low_at: u32,
        /// Are stock records sold from several rows by themselves when a crowd meets on them? Else only where HQ says so.
        splits: bool,
        /// Unpaid orders that a member may have, 1 to 20.
        unpaid_orders: u32,
        /// Units that a member's unpaid orders may hold together, at least 1.
        unpaid_units: u32,
        /// Units of one SKU that one order may have, 1 to 999.
        order_sku_units: u32,
        /// Units that one order may have, at least 1.
        order_units: u32,
        /// Of what a shelf could promise of a SKU, the share in percent that one member's unpaid orders may hold, 1 to 100 …
        shelf_percent: u32,
        /// … and so many units in any case, at least 1.
        shelf_floor: u32,
        /// Orders that a member may let close without payment within a day before a wait begins.
        unpaid_closes: u32,
        /// The longest wait after further ones, in minutes, up to 120: 1, 5, 30 and 120 minutes, none longer than this; 0: no wait.
        unpaid_wait: u32,
        /// Of what a location could promise of a SKU, the share in percent that one store's ask has promised at once, 0 to 100; more is promised when
        /// its source accepts …
        ask_percent: u32,
        /// … and so for more units than these in one ask, 0 to 99,999 …
        ask_units: u32,
        /// … or in all asks of a store in a day.
        ask_day_units: u32,
        /// A till that has told nothing for so many minutes of its store's opening hours is an exception; 30 to 10,080. Holds from each till's next word on.
        #[serde(default = "till_silent")]
        till_silent: u32,
    }
}

/// What [`ChainPolicies::count_share`] is for who does not say it.
fn half() -> u32 {
    50
}

/// What [`ChainPolicies::till_silent`] is for who does not say it.
fn till_silent() -> u32 {
    180
}
