//! A store's own prices, why they are what they are, and what it asks HQ for.

use serde::{Deserialize, Serialize};

use crate::{Approver, Code, Fen, Mode, RegionId, RequestId, RequestState, SkuId, StaffId, StoreId, Timestamp};

bodies! {
    /// A store sets its own price of a listing, or goes back to HQ's.
    SetStorePrice {
        /// The price; absent: HQ's again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Fen>,
        /// Why, 1 to 200 characters.
        why: String,
        /// The listing's version that was seen. When it is another by now, it is a conflict.
        version: u64,
    }

    /// A store offers a price for a while: either a price or so many per cent off.
    OfferTimed {
        /// The price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Fen>,
        /// Per cent off what holds otherwise, 1 to 99.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off: Option<u32>,
        /// From when on; absent or past: from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        /// Until before this moment.
        until: Timestamp,
        /// Why, 1 to 200 characters.
        why: String,
        /// The listing's version that was seen.
        version: u64,
    }

    /// A store ends a limited-time price, or calls off one to come.
    EndTimed {
        /// Which, in the order of the listing, from 0.
        number: u32,
        /// Why, 1 to 200 characters.
        why: String,
        /// The listing's version that was seen.
        version: u64,
    }

    /// A limited-time price.
    TimedPriceView {
        /// Which, in the order of the listing, from 0.
        number: u32,
        /// What is offered, and when, in Chinese.
        text: String,
        /// From when on.
        from: Timestamp,
        /// Until before this moment.
        until: Timestamp,
        /// Why.
        why: String,
        /// Does it count now? Else it is to come, over, or not let through.
        counts: bool,
        /// What became of it, in Chinese.
        note: String,
    }

    /// What a store asks for one of its listings.
    StorePriceRow {
        /// The SKU.
        sku: SkuId,
        /// Its title.
        title: String,
        /// 品牌主推
        flagship: bool,
        /// HQ's price here.
        hq: Fen,
        /// Nobody sells below it.
        floor: Fen,
        /// The store's own price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<Fen>,
        /// What a customer pays now; absent when it is not on sale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Fen>,
        /// What made it so: `总部建议价`, `门店价`, `限时价` …
        by_level: String,
        /// Why the own price does not count, when it does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// The lowest own price that takes effect at once.
        least: Fen,
        /// The highest.
        most: Fen,
        /// Who is asked for another one.
        approver: Approver,
        /// Limited-time prices, those to come included.
        timed: Vec<TimedPriceView>,
        /// The newest request that waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<RequestCard>,
        /// Counts the changes.
        version: u64,
    }

    /// A page of what a store asks for its goods.
    StorePrices {
        /// The listings.
        rows: Vec<StorePriceRow>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// How long a limited-time price may be at most, in days, without asking.
        timed_days: i64,
        /// May the store offer any without asking?
        timed: bool,
    }

    /// What became of a change of a price.
    PriceAnswer {
        /// It is in force; else it waits.
        in_force: bool,
        /// The request that waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestCard>,
        /// The listing as it is now.
        row: StorePriceRow,
    }

    /// A rule by which a price was measured, with where it comes from.
    RuleView {
        /// What it is called.
        label: String,
        /// What it says, as people read it.
        value: String,
        /// At which level; `默认` when nobody said anything.
        level: String,
        /// Who said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
        /// Who, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When, as people read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_text: Option<String>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    }

    /// One level's part in a price.
    PriceStep {
        /// `总部建议价`, `区域价`, `门店价`, `限时价`, `最低售价`.
        level: String,
        /// What it says, or makes of what the levels before it say.
        price: Fen,
        /// Is it the price?
        won: bool,
        /// What became of it, in Chinese.
        note: String,
        /// Who said so; absent for a price of the library.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
        /// Who, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When, as people read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_text: Option<String>,
        /// Why.
        why: String,
        /// The change request that let it pass.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        /// The rule by which it was measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<RuleView>,
    }

    /// What happened to a price, or to a request.
    PriceEvent {
        /// When, as people read it.
        at_text: String,
        /// What, in a sentence.
        text: String,
        /// Who, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
    }

    /// Why a store sells something at its price.
    PriceWhy {
        /// The listing.
        row: StorePriceRow,
        /// Each level, from HQ to floor.
        steps: Vec<PriceStep>,
        /// What happened, newest first.
        history: Vec<PriceEvent>,
        /// How long a limited-time price may be at most, in days, without asking.
        timed_days: i64,
        /// May the store offer any without asking?
        timed: bool,
    }

    /// What somebody said about a request.
    RequestWord {
        /// Who.
        by: StaffId,
        /// Who, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When, as people read it.
        at_text: String,
        /// What.
        text: String,
    }

    /// A change request, with the values side by side.
    RequestCard {
        /// The request.
        request: RequestId,
        /// What kind: `own_price`, `timed_price`, `listed`, `local`, `campaign`, `profile`.
        kind: String,
        /// The same in Chinese.
        kind_title: String,
        /// Whose.
        store: StoreId,
        /// The store's name.
        store_name: String,
        /// Its region when it was asked.
        region: RegionId,
        /// Which SKU, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sku: Option<SkuId>,
        /// What it is about, by name.
        title: String,
        /// What it was.
        old: String,
        /// What it shall be.
        new: String,
        /// HQ's price, when it is about a price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hq: Option<Fen>,
        /// The rule that stopped it, in a sentence.
        reason: String,
        /// That rule.
        rule: RuleView,
        /// Whom it needs.
        approver: Approver,
        /// Where it stands.
        state: RequestState,
        /// Who asks.
        by: StaffId,
        /// Who, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// Since when.
        at: Timestamp,
        /// The same as people read it.
        at_text: String,
        /// What was said about it; first by its author, why.
        comments: Vec<RequestWord>,
        /// How many have agreed.
        approvals: u32,
        /// Why it was rejected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rejected: Option<String>,
        /// Who ended it, by name, and when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended_text: Option<String>,
        /// The request that it asks again for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        renews: Option<RequestId>,
        /// May the one who asks decide about it? A hint: the server decides again.
        decides: bool,
        /// Is it the one who asks of whom an answer is awaited?
        #[serde(default)]
        waits: bool,
        /// How often its reviewers were told again.
        #[serde(default)]
        reminded: u32,
        /// Since when it is HQ's because its region did not answer, as people read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalated_text: Option<String>,
        /// Documents beside it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<RequestDocument>,
        /// Where what it is about can be looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        href: Option<String>,
        /// Counts the changes.
        version: u64,
    }

    /// Something that waits for HQ and is decided on a page of its own: a store's own product, or its campaign.
    WaitsElsewhere {
        /// `local` or `campaign`.
        kind: String,
        /// The same in Chinese.
        kind_title: String,
        /// Whose.
        store: StoreId,
        /// The store's name.
        store_name: String,
        /// What it is about.
        title: String,
        /// Since when, or until when, as people read it.
        when_text: String,
        /// Where it is decided.
        href: String,
    }

    /// Goods that a store asks for, or asks to give up.
    AskGoods {
        /// Which, 1 to 20.
        skus: Vec<SkuId>,
        /// Shall the store list them? Else it gives them up.
        list: bool,
        /// Why.
        why: String,
        /// Documents beside it, at most five.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<AskDocument>,
    }

    /// A document that a store shows beside what it asks.
    AskDocument {
        /// Its name, e.g. 食品经营许可证.
        kind: String,
        /// The number on it.
        number: String,
        /// The last day on which it holds, `2026-12-31`.
        expires: String,
        /// Address of its file.
        file: String,
    }

    /// A document beside a request.
    RequestDocument {
        /// What it is, as people read it.
        text: String,
        /// Address at which its file is seen; empty for who may not see it.
        href: String,
    }

    /// What became of it.
    AskedGoods {
        /// What the policy lets: it is in force.
        in_force: Vec<SkuId>,
        /// What waits.
        requests: Vec<RequestCard>,
        /// What is so already, or waits already.
        left_out: Vec<SkuId>,
    }

    /// A field of its profile that a store changes, or asks for.
    AskProfile {
        /// `phone`, `hours`, `exceptions`, `status` or `service`.
        field: String,
        /// What it shall say, as the profile's form has it.
        value: String,
        /// Why.
        why: String,
        /// The version of the profile that was seen.
        version: u64,
    }

    /// What became of it.
    AskedProfile {
        /// It is in force; else it waits.
        in_force: bool,
        /// The request that waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestCard>,
        /// The version of the profile now.
        version: u64,
    }

    /// A page of change requests.
    RequestList {
        /// The requests.
        requests: Vec<RequestCard>,
        /// What waits for HQ and is decided elsewhere; on the first page of what waits.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        elsewhere: Vec<WaitsElsewhere>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Something to say about a request.
    RequestComment {
        /// What, 1 to 500 characters.
        text: String,
    }

    /// What became of a request that was asked once more.
    RequestRenewed {
        /// The request that waits now, or the old one when the change took effect at once.
        request: RequestCard,
        /// It took effect at once.
        in_force: bool,
    }

    /// A decision about several requests.
    DecideRequests {
        /// Which, 1 to 50.
        requests: Vec<RequestId>,
        /// Let them through?
        approve: bool,
        /// Why not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// What became of one of them.
    DecidedRequest {
        /// Which.
        request: RequestId,
        /// Where it stands; absent when nothing was decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<RequestState>,
        /// Why nothing was, or what is still needed, in Chinese.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// The refusal's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
    }

    /// What became of each, in the order asked.
    DecidedRequests {
        /// Each of them.
        decided: Vec<DecidedRequest>,
    }

    /// A threshold to be tried on what stores have changed in the last 30 days.
    DryRunAsk {
        /// Which policy field, e.g. `max_discount`.
        field: String,
        /// What it shall be: a number, `true` or `false`, or one of the field's words.
        value: String,
        /// For the stores of this mode …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// … or of this region …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<RegionId>,
        /// … or for this one; none of them: for the whole chain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
    }

    /// A past change that would have waited, or that nobody could have let through.
    DryRunRow {
        /// When, as people read it.
        at_text: String,
        /// Whose.
        store: StoreId,
        /// The store's name.
        store_name: String,
        /// What it is about, by name.
        title: String,
        /// What it was.
        old: String,
        /// What it became, or should become.
        new: String,
        /// By which rule, in a sentence.
        reason: String,
        /// Whom it would have needed.
        approver: Approver,
    }

    /// What the changes of the last 30 days would have come to.
    DryRunAnswer {
        /// How many there were.
        changes: u32,
        /// There were more than are looked at.
        more: bool,
        /// How many would have taken effect at once.
        at_once: u32,
        /// How many would have waited.
        waited: u32,
        /// The first of them.
        requests: Vec<DryRunRow>,
        /// How many nobody could have let through.
        impossible: u32,
        /// The first of them.
        refused: Vec<DryRunRow>,
    }
}
