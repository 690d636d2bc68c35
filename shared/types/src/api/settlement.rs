//! What an order brought to whom.

use serde::{Deserialize, Serialize};

use crate::{Fen, Mode, OrderId, PostingId, StoreId, Timestamp};

bodies! {
    /// A posting: what one order brought to whom. Its entries add up to zero.
    PostingView {
        /// Its id.
        posting: PostingId,
        /// The order.
        order: OrderId,
        /// The store that sold.
        store: StoreId,
        /// When.
        at: Timestamp,
        /// The same in the store's zone.
        at_text: String,
        /// Which rule, e.g. `joint-15/1`.
        rule: String,
        /// When it may be paid out.
        payable_from: Timestamp,
        /// The entries.
        entries: Vec<EntryView>,
    }

    /// One side of a posting.
    EntryView {
        /// Account, e.g. `hq:revenue`, `store:sto_sh01:payable`.
        account: String,
        /// Its name in Chinese.
        title: String,
        /// Positive: debit; negative: credit.
        amount: Fen,
    }

    /// Settlement of a store, or of the chain.
    SettlementView {
        /// Orders in it.
        orders: u32,
        /// What customers paid.
        gross: Fen,
        /// HQ's share.
        hq: Fen,
        /// The stores' share.
        stores: Fen,
        /// The newest postings.
        postings: Vec<PostingView>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// One store's sums in HQ's settlement view.
    StoreShare {
        /// The store.
        store: StoreId,
        /// Its name.
        name: String,
        /// Who owns it.
        mode: Mode,
        /// Orders.
        orders: u32,
        /// What customers paid.
        gross: Fen,
        /// HQ's share.
        hq: Fen,
        /// The store's share.
        share: Fen,
    }

    /// Settlement as HQ sees it.
    HqSettlement {
        /// Sums over the chain and the newest postings.
        total: SettlementView,
        /// Sums per store, largest gross first.
        stores: Vec<StoreShare>,
    }
}
