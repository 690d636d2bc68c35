//! Transfers between locations.

use serde::{Deserialize, Serialize};

use super::CartLine;
use crate::{Fen, LocationId, OrderId, SkuId, Timestamp, TransferId, TransferState, TransferStep};

bodies! {
    /// A transfer in a task list.
    TransferCard {
        /// Its id.
        transfer: TransferId,
        /// Where it stands.
        state: TransferState,
        /// Which location sends.
        source: LocationId,
        /// Its name.
        source_name: String,
        /// Which location receives.
        target: LocationId,
        /// Its name.
        target_name: String,
        /// The order that waits for it; absent when it fills a shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
        /// Asked for by HQ rather than by the target.
        by_hq: bool,
        /// The word of whoever asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Why it was rejected, called off, or came in part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What.
        lines: Vec<TransferLine>,
        /// By when the next step is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
        /// When it was asked for, in the store's zone.
        created_text: String,
        /// When it was asked for.
        created_at: Timestamp,
        /// How often somebody was told that its step is late.
        reminders: u32,
        /// What may be done next, by whoever asks.
        steps: Vec<TransferStep>,
        /// Nothing is promised yet: what the source accepts is promised when it does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_acceptance: bool,
    }

    /// A line of a transfer.
    TransferLine {
        /// What.
        sku: SkuId,
        /// Name and spec.
        name: String,
        /// How many were asked for.
        quantity: u32,
        /// How many the source sends, when it is not all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<u32>,
        /// Why the source sends fewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fewer: Option<String>,
        /// Why fewer arrived than were sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How many arrived, once it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received: Option<u32>,
    }

    /// Transfers of a store.
    TransferList {
        /// Those it has to send; those that an order waits for before all others.
        outgoing: Vec<TransferCard>,
        /// Those it waits for, in the same order.
        incoming: Vec<TransferCard>,
        /// There are more open ones: they follow when these are done.
        more: bool,
        /// Goods of this store that orders of other stores hold until they are paid, or their time is over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        held: Vec<HeldGoods>,
    }

    /// Goods that wait for the payment of an order of another store.
    HeldGoods {
        /// The transfer that will be asked for when it is paid.
        transfer: TransferId,
        /// Where they lie.
        source: LocationId,
        /// For which store.
        target_name: String,
        /// What.
        lines: Vec<TransferLine>,
        /// Until when, unless it is paid.
        until: Timestamp,
        /// The same in the store's zone.
        until_text: String,
    }

    /// One step with a transfer.
    TransferStepRequest {
        /// Which.
        step: TransferStep,
        /// Why: for `reject`, `cancel`, `recall` and `lose`, and whenever it is fewer than it should be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The source that whoever decides was shown: refused when the transfer has another one meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<LocationId>,
        /// For `accept`: what will be sent, and for `receive`: what arrived, if it is not all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lines: Option<Vec<StepLine>>,
        /// For `send`: goods of a batch that has ended were looked for, and none are sent.
        #[serde(default)]
        fresh: bool,
    }

    /// How many of one SKU are sent, or arrived.
    StepLine {
        /// What.
        sku: SkuId,
        /// How many.
        quantity: u32,
        /// Why fewer, if it is another reason than that of the step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Ask for goods of another location. Sent with an `Idempotency-Key` header.
    StartTransfer {
        /// Where they are to come from; absent: the best source is found, and the next when it would not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<LocationId>,
        /// Where they are to go: HQ says, for a store it is its own shelf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<LocationId>,
        /// What, at most 40 lines, each SKU once.
        lines: Vec<CartLine>,
        /// A word to the source, at most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    /// Goods on their way through the chain.
    TransfersInFlight {
        /// Open transfers, oldest first.
        transfers: Vec<TransferCard>,
        /// How many are open, with those that are not among these.
        open: u32,
        /// Units between two locations.
        units: i64,
        /// Their worth at the suggested price.
        value: Fen,
    }
}
