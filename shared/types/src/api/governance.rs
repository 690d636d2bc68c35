//! What HQ decides for the chain, and what it should look at.

use serde::{Deserialize, Serialize};

use super::{ClaimCard, ExtraPaymentRow, StockRow, TillRow, TransferCard};
use crate::{Fen, OrderId, StaffId, StoreId, Timestamp, TransferId};

bodies! {
    /// An obligation whose time has come and that has not been met.
    OverdueRow {
        /// What kind: `order`, `extra_payment`, `transfer`, `delivery`, `rider`, `count`, `split`, `expiry`, `import`, `request`.
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
        /// Orders of the last days whose money went back because nobody took on their transfer, the newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unaccepted: Vec<UnacceptedRow>,
        /// There are more of them.
        #[serde(default)]
        unaccepted_more: bool,
    }

    /// An order whose money went back, or is going, because nobody took on its transfer.
    UnacceptedRow {
        /// The order.
        order: OrderId,
        /// The store that sold it.
        store: StoreId,
        /// What goes back.
        amount: Fen,
        /// Is it back?
        returned: bool,
        /// When it was placed.
        placed_at: Timestamp,
        /// The transfer.
        transfer: TransferId,
        /// Who was asked last.
        source_name: String,
        /// What was said, or that nothing was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How many sources were asked.
        asked: u32,
    }

    /// How much waits for whoever asks, as far as that person may see it. A hundred of a kind stand for a hundred and more.
    HqWaiting {
        /// Counts that wait for a decision.
        approvals: u32,
        /// Stock documents that wait for a second person.
        claims: u32,
        /// Records with more promised than is there.
        short: u32,
        /// Transfers that nobody moves.
        late: u32,
        /// What should have happened by now; told to those who see the whole chain.
        overdue: u32,
        /// Tills that are refused or silent.
        tills: u32,
        /// Payments that no order needed and that are not back yet.
        extra: u32,
        /// Orders of the last days whose transfer nobody took on.
        unaccepted: u32,
        /// Change requests that wait for an answer of whoever asks: of HQ those that are HQ's by their rule or because a region did not answer, of a region
        /// those that it may decide.
        #[serde(default)]
        requests: u32,
        /// Campaigns of stores, and of HQ, that wait for a decision.
        #[serde(default)]
        campaigns: u32,
        /// All of these but for the approvals, the requests and the campaigns: what stands beside 异常. What runs low is told there as well, and waits for
        /// nobody.
        exceptions: u32,
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
        /// For the first kilometre of a rider's way, up to ¥100 …
        #[serde(default = "fee_base")]
        fee_base: Fen,
        /// … for each further one begun …
        #[serde(default = "fee_step")]
        fee_km: Fen,
        /// … and for each kilogram begun above …
        #[serde(default = "fee_step")]
        fee_kg: Fen,
        /// … so many, up to 100.
        #[serde(default = "fee_free_kg")]
        fee_free_kg: u32,
        /// From this sum of goods on the way (of a parcel its first kilogram) is free.
        #[serde(default = "fee_free_from")]
        fee_free_from: Fen,
        /// How often they have been set. Who sets them says which version was seen: when it is another by now, it is a conflict.
        version: u64,
    }

    /// A field that was changed.
    ChangedField {
        /// Its name.
        field: String,
        /// What it was, as people read it.
        old: String,
        /// What it is.
        new: String,
    }

    /// One change of what HQ decides for the whole chain.
    PoliciesChange {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What was changed.
        fields: Vec<ChangedField>,
    }

    /// Changes of what HQ decides for the whole chain, newest first.
    PoliciesHistory {
        /// The changes.
        changes: Vec<PoliciesChange>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
}

impl ChainPolicies {
    /// What people call one of its fields; a field that it has no more is called by its name.
    #[must_use]
    pub fn title(field: &str) -> &str {
        match field {
            "low_at" => "库存预警（件）",
            "till_silent" => "收银台静默（分钟）",
            "splits" => "抢购时自动分片",
            "unpaid_orders" => "未付款订单（单）",
            "unpaid_units" => "未付款件数（件）",
            "order_sku_units" => "每单单品（件）",
            "order_units" => "每单合计（件）",
            "shelf_percent" => "货架份额（%）",
            "shelf_floor" => "货架份额下限（件）",
            "unpaid_closes" => "免等待的未付关闭（单）",
            "unpaid_wait" => "最长等待（分钟）",
            "ask_percent" => "当场预留比例（%）",
            "ask_units" => "当场预留件数（件）",
            "ask_day_units" => "每店每日（件）",
            "count_units" => "免审差异（件）",
            "count_value" => "免审差异（元）",
            "count_share" => "免审差异（占账面 %）",
            "per_km" => "每公里（分值）",
            "per_minute" => "每分钟（分值）",
            "per_waiting" => "每单排队（分值）",
            "per_spare" => "每件余量（减分）",
            "fee_base" => "配送起步费（元）",
            "fee_km" => "每公里加收（元）",
            "fee_kg" => "每公斤加收（元）",
            "fee_free_kg" => "免加收重量（公斤）",
            "fee_free_from" => "满多少元免运费（元）",
            other => other,
        }
    }
}

/// What [`ChainPolicies::count_share`] is for who does not say it.
fn half() -> u32 {
    50
}

/// What [`ChainPolicies::fee_base`] is for who does not say it.
fn fee_base() -> Fen {
    Fen(400)
}

/// What [`ChainPolicies::fee_km`] and [`ChainPolicies::fee_kg`] are for who does not say it.
fn fee_step() -> Fen {
    Fen(100)
}

/// What [`ChainPolicies::fee_free_kg`] is for who does not say it.
fn fee_free_kg() -> u32 {
    5
}

/// What [`ChainPolicies::fee_free_from`] is for who does not say it.
fn fee_free_from() -> Fen {
    Fen(9_900)
}

/// What [`ChainPolicies::till_silent`] is for who does not say it.
fn till_silent() -> u32 {
    180
}
