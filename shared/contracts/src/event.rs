//! Events: rows in an aggregate's own partition, written in the transaction that made them true.

use liandian_types::{
    CampaignId, Carrier, ClaimId, DeliveryId, DeliveryState, EventId, Fen, Fulfilment, ImportId, KeyId, LegalKind, LocationId, MovementId,
    MovementKind, OrderId, Permission, RegionId, RequestId, RoleId, Scope, SkuId, SpuId, StaffId, StoreId, Timestamp, TransferId,
};
use serde::{Deserialize, Serialize};

/// An event with its identity and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Version of this shape; 1.
    pub v: u8,
    /// Unique; workers are idempotent by it.
    pub id: EventId,
    /// When it became true.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// A field that was changed, with both values as people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which field, by its name in the route that changes it.
    pub field: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// What a level of stores says about a policy field from a moment on, both values as people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    /// Which level: `hq`, `mode:…`, `tier:…`, `region:…` or `store:…`.
    pub level: String,
    /// Which field.
    pub field: String,
    /// What the level said.
    pub old: String,
    /// What it says.
    pub new: String,
    /// From when on.
    pub from: Timestamp,
    /// Why.
    pub why: String,
}

/// What can happen to an order, its transfer and its delivery, and to what HQ decides. No personal data ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// Stock is reserved, payment awaited.
    #[serde(rename = "order.placed")]
    OrderPlaced {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// End of the payment window.
        pay_by: Timestamp,
    },
    /// The provider has the money.
    #[serde(rename = "order.paid")]
    OrderPaid {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// How the customer gets the goods.
        fulfilment: Fulfilment,
        /// The transfer that must come first, if one must.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<TransferId>,
    },
    /// Never paid (or cancelled before payment); stock is free again.
    #[serde(rename = "order.closed")]
    OrderClosed {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// Called off by its customer rather than by the clock.
        by_customer: bool,
    },
    /// The goods are together.
    #[serde(rename = "order.ready")]
    OrderReady {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// How the customer gets the goods.
        fulfilment: Fulfilment,
    },
    /// Something of it is not there; its customer is asked.
    #[serde(rename = "order.short")]
    OrderShort {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// Units that are missing.
        units: u32,
    },
    /// Its customer takes what is there; the money for the rest must go back.
    #[serde(rename = "order.reduced")]
    OrderReduced {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// Units that the customer does without.
        units: u32,
        /// What was paid for them.
        amount: Fen,
    },
    /// The money for a part of it is back.
    #[serde(rename = "order.part_refunded")]
    OrderPartRefunded {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// How much.
        amount: Fen,
    },
    /// The rider has the goods.
    #[serde(rename = "order.delivering")]
    OrderDelivering {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
    },
    /// The warehouse has given the parcel to its carrier.
    #[serde(rename = "order.shipped")]
    OrderShipped {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// Who brings it.
        carrier: Carrier,
        /// The carrier's number of it.
        number: String,
    },
    /// The customer has the goods.
    #[serde(rename = "order.completed")]
    OrderCompleted {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// Which clerk handed it over, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// The after-sale window is over.
    #[serde(rename = "order.settled")]
    OrderSettled {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
    },
    /// The order cannot be served; its money must go back.
    #[serde(rename = "order.refund_requested")]
    RefundRequested {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// How much.
        amount: Fen,
        /// Why, in Chinese.
        reason: String,
        /// Its customer called it off: it could have been served.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_customer: bool,
    },
    /// The money is back.
    #[serde(rename = "order.refunded")]
    OrderRefunded {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
    },
    /// A payment came that the order does not need: it must go back.
    #[serde(rename = "order.extra_paid")]
    ExtraPaid {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// The provider's transaction.
        transaction: String,
        /// How much.
        amount: Fen,
        /// It is of another sum than the order's, which is not paid by it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wrong_sum: bool,
    },
    /// Such a payment is back.
    #[serde(rename = "order.extra_returned")]
    ExtraReturned {
        /// The order.
        order: OrderId,
        /// Its store.
        store: StoreId,
        /// How much.
        amount: Fen,
        /// It was of another sum than the order's.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wrong_sum: bool,
    },
    /// A source is asked (first, or after another would not).
    #[serde(rename = "transfer.requested")]
    TransferRequested {
        /// The transfer.
        transfer: TransferId,
        /// Who sends.
        source: LocationId,
        /// Who receives.
        target: LocationId,
    },
    /// The source will send it.
    #[serde(rename = "transfer.accepted")]
    TransferAccepted {
        /// The transfer.
        transfer: TransferId,
    },
    /// The source would not.
    #[serde(rename = "transfer.rejected")]
    TransferRejected {
        /// The transfer.
        transfer: TransferId,
        /// Why.
        reason: String,
    },
    /// Packed at the source.
    #[serde(rename = "transfer.packed")]
    TransferPacked {
        /// The transfer.
        transfer: TransferId,
    },
    /// Left the source.
    #[serde(rename = "transfer.sent")]
    TransferSent {
        /// The transfer.
        transfer: TransferId,
    },
    /// Arrived.
    #[serde(rename = "transfer.received")]
    TransferReceived {
        /// The transfer.
        transfer: TransferId,
        /// Units that did not arrive.
        missing: u32,
    },
    /// Called back on its way.
    #[serde(rename = "transfer.recalled")]
    TransferRecalled {
        /// The transfer.
        transfer: TransferId,
    },
    /// Given up on its way.
    #[serde(rename = "transfer.lost")]
    TransferLost {
        /// The transfer.
        transfer: TransferId,
        /// Units that are gone.
        missing: u32,
    },
    /// Called off before it left, or back at its source.
    #[serde(rename = "transfer.cancelled")]
    TransferCancelled {
        /// The transfer.
        transfer: TransferId,
    },
    /// Somebody told of a loss, an adjustment or a return that one person may not record alone.
    #[serde(rename = "claim.made")]
    ClaimMade {
        /// The claim.
        claim: ClaimId,
        /// Where.
        location: LocationId,
        /// What is said to have happened.
        what: MovementKind,
        /// Units, whichever way they go.
        units: i64,
        /// Their worth at the list price.
        value: Fen,
    },
    /// A second person approved it: it is recorded.
    #[serde(rename = "claim.approved")]
    ClaimApproved {
        /// The claim.
        claim: ClaimId,
        /// The document.
        movement: MovementId,
    },
    /// A second person did not.
    #[serde(rename = "claim.rejected")]
    ClaimRejected {
        /// The claim.
        claim: ClaimId,
        /// Why.
        reason: String,
    },
    /// A rider must be called (first, or again after one was lost).
    #[serde(rename = "delivery.requested")]
    DeliveryRequested {
        /// The order.
        order: OrderId,
        /// Which attempt.
        attempt: u32,
        /// Not before this time; absent for at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
    },
    /// A delivery must be called off at the platform.
    #[serde(rename = "delivery.call_off")]
    DeliveryCallOff {
        /// The order.
        order: OrderId,
        /// The delivery.
        delivery: DeliveryId,
    },
    /// The platform told a new state.
    #[serde(rename = "delivery.moved")]
    DeliveryMoved {
        /// The order.
        order: OrderId,
        /// The delivery.
        delivery: DeliveryId,
        /// Where it stands.
        state: DeliveryState,
    },
    /// HQ set the chain's policies.
    #[serde(rename = "policies.changed")]
    PoliciesChanged {
        /// Who.
        by: StaffId,
        /// What is another number now.
        changes: Vec<FieldChange>,
    },
    /// What a store says about the price of a SKU has changed.
    #[serde(rename = "price.changed")]
    PriceChanged {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
        /// `own_price` or `timed_price`, with what it was and is.
        change: FieldChange,
        /// Who set it.
        by: StaffId,
        /// Why.
        why: String,
        /// The change request that let it pass, when one had to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
    },
    /// A store asks for what its policy does not let through.
    #[serde(rename = "request.asked")]
    RequestAsked {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// What is asked.
        change: FieldChange,
        /// The rule that did not let it through, in a sentence.
        rule: String,
        /// Who asks.
        by: StaffId,
    },
    /// Somebody agreed.
    #[serde(rename = "request.approved")]
    RequestApproved {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// It is in force; else somebody else has to agree as well.
        in_force: bool,
    },
    /// Somebody did not let it through.
    #[serde(rename = "request.rejected")]
    RequestRejected {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// Why.
        reason: String,
    },
    /// Its store no longer asks.
    #[serde(rename = "request.withdrawn")]
    RequestWithdrawn {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
    },
    /// What it would change was changed since.
    #[serde(rename = "request.stale")]
    RequestStale {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
    },
    /// It was stale, and its store has asked once more.
    #[serde(rename = "request.renewed")]
    RequestRenewed {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// The request that waits instead; absent when the change took effect at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        renewed: Option<RequestId>,
    },
    /// Somebody said something about it.
    #[serde(rename = "request.commented")]
    RequestCommented {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// What.
        text: String,
    },
    /// Nobody answered it for a while: its reviewers are told again.
    #[serde(rename = "request.reminded")]
    RequestReminded {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// The how-manieth time it is.
        times: u32,
    },
    /// Its region did not answer: it is HQ's as well.
    #[serde(rename = "request.escalated")]
    RequestEscalated {
        /// The request.
        request: RequestId,
        /// The store.
        store: StoreId,
        /// The region that did not answer.
        region: RegionId,
    },
    /// HQ changed what levels say about stores.
    #[serde(rename = "setting.changed")]
    SettingChanged {
        /// Who.
        by: StaffId,
        /// What.
        changes: Vec<SettingChange>,
    },
    /// HQ made a store.
    #[serde(rename = "store.created")]
    StoreCreated {
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// Why, or out of which file.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// What it began with.
        changes: Vec<FieldChange>,
    },
    /// HQ changed what it keeps of a store.
    #[serde(rename = "store.changed")]
    StoreChanged {
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// What is another value now.
        changes: Vec<FieldChange>,
    },
    /// HQ made or changed a region.
    #[serde(rename = "region.changed")]
    RegionChanged {
        /// The region.
        region: RegionId,
        /// Who.
        by: StaffId,
        /// What is another value now.
        changes: Vec<FieldChange>,
    },
    /// HQ changed a product of its library, or made one.
    #[serde(rename = "product.changed")]
    ProductChanged {
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
        /// What of it.
        changes: Vec<FieldChange>,
    },
    /// HQ changed the tree of categories.
    #[serde(rename = "categories.changed")]
    CategoriesChanged {
        /// Who.
        by: StaffId,
        /// Which of them, each by its key.
        changes: Vec<FieldChange>,
    },
    /// HQ changed the brands.
    #[serde(rename = "brands.changed")]
    BrandsChanged {
        /// Who.
        by: StaffId,
        /// Which of them, each by its key.
        changes: Vec<FieldChange>,
    },
    /// A table of goods is to be taken into the library, or the next part of it.
    #[serde(rename = "import.due")]
    ImportDue {
        /// The import.
        import: ImportId,
    },
    /// Somebody was invited to the staff.
    #[serde(rename = "account.invited")]
    AccountInvited {
        /// Whose account.
        staff: StaffId,
        /// Who invited.
        by: StaffId,
        /// As what.
        role: RoleId,
        /// Where.
        scope: Scope,
    },
    /// The invited person chose a password, or a new one by the link of a reset.
    #[serde(rename = "account.activated")]
    AccountActivated {
        /// Whose account.
        staff: StaffId,
    },
    /// Nobody comes in by an account any more.
    #[serde(rename = "account.disabled")]
    AccountDisabled {
        /// Whose account.
        staff: StaffId,
        /// Who disabled it.
        by: StaffId,
    },
    /// An account that was disabled works again.
    #[serde(rename = "account.enabled")]
    AccountEnabled {
        /// Whose account.
        staff: StaffId,
        /// Who enabled it.
        by: StaffId,
    },
    /// An account has another role, scope or name, or its person changed the password.
    #[serde(rename = "account.changed")]
    AccountChanged {
        /// Whose account.
        staff: StaffId,
        /// Who changed it.
        by: StaffId,
        /// What is different; that a name was changed, and not which.
        changes: Vec<FieldChange>,
    },
    /// A new one-time link was made for an account.
    #[serde(rename = "account.reset")]
    AccountReset {
        /// Whose account.
        staff: StaffId,
        /// Who made it.
        by: StaffId,
    },
    /// HQ made a role, or changed what it may do.
    #[serde(rename = "role.changed")]
    RoleChanged {
        /// Which role.
        role: RoleId,
        /// Who.
        by: StaffId,
        /// What is different.
        changes: Vec<FieldChange>,
    },
    /// An integration key was made.
    #[serde(rename = "key.made")]
    KeyMade {
        /// Which.
        key: KeyId,
        /// Who.
        by: StaffId,
        /// What it may do.
        permissions: Vec<Permission>,
        /// Where.
        scope: Scope,
    },
    /// An integration key was revoked.
    #[serde(rename = "key.revoked")]
    KeyRevoked {
        /// Which.
        key: KeyId,
        /// Who.
        by: StaffId,
    },
    /// A store said a field of a listing in its own words, or gave it back to HQ.
    #[serde(rename = "listing.changed")]
    ListingChanged {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
        /// Who.
        by: StaffId,
        /// What is in force now, and was before.
        changes: Vec<FieldChange>,
    },
    /// A store took goods of the library.
    #[serde(rename = "listing.taken")]
    ListingTaken {
        /// The store.
        store: StoreId,
        /// The SKUs.
        skus: Vec<SkuId>,
        /// Who.
        by: StaffId,
    },
    /// A store gave goods of the library up.
    #[serde(rename = "listing.dropped")]
    ListingDropped {
        /// The store.
        store: StoreId,
        /// The SKUs.
        skus: Vec<SkuId>,
        /// Who.
        by: StaffId,
    },
    /// A store changed a product of its own.
    #[serde(rename = "local.changed")]
    LocalChanged {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
        /// What it says now, and said before.
        changes: Vec<FieldChange>,
    },
    /// A store asked HQ to look at a product of its own.
    #[serde(rename = "local.submitted")]
    LocalSubmitted {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
    },
    /// A store took that back.
    #[serde(rename = "local.withdrawn")]
    LocalWithdrawn {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
    },
    /// HQ let a store sell a product of its own.
    #[serde(rename = "local.approved")]
    LocalApproved {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
    },
    /// HQ did not.
    #[serde(rename = "local.rejected")]
    LocalRejected {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// Who.
        by: StaffId,
        /// Why.
        reason: String,
    },
    /// A document of a store's own product ends soon.
    #[serde(rename = "local.expiring")]
    LocalExpiring {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// The document.
        document: String,
        /// Days before its end to which the warning belongs.
        days: u32,
    },
    /// A document has ended, and the goods are off sale with it.
    #[serde(rename = "local.off_sale")]
    LocalOffSale {
        /// The store.
        store: StoreId,
        /// The product.
        spu: SpuId,
        /// The document.
        document: String,
    },
    /// A campaign was drafted, edited, or moved on.
    #[serde(rename = "campaign.changed")]
    CampaignChanged {
        /// Which.
        campaign: CampaignId,
        /// The store whose own it is; absent for HQ's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<StoreId>,
        /// Who.
        by: StaffId,
        /// What is different now.
        changes: Vec<FieldChange>,
    },
    /// HQ set the chain's synonyms and hot words.
    #[serde(rename = "search_words.changed")]
    SearchWordsChanged {
        /// Who.
        by: StaffId,
        /// `hot`, or `synonym:` and a word, with what it was and is; empty where there was or is none.
        changes: Vec<FieldChange>,
    },
    /// A warehouse was made, changed or closed.
    #[serde(rename = "warehouse.changed")]
    WarehouseChanged {
        /// Which.
        location: LocationId,
        /// The store that keeps it.
        keeper: StoreId,
        /// Who.
        by: StaffId,
        /// Was it made?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        created: bool,
        /// Was it closed?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        closed: bool,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// What is another value now.
        changes: Vec<FieldChange>,
    },
    /// A store said how many orders a time slot takes.
    #[serde(rename = "slot.set")]
    SlotSet {
        /// The store.
        store: StoreId,
        /// Who.
        by: StaffId,
        /// Why.
        why: String,
        /// Which slot, what held before, and what holds.
        changes: Vec<FieldChange>,
    },
    /// An order's payment came late, and its time slot is full or has begun: it is had as soon as possible.
    #[serde(rename = "order.slot_lost")]
    OrderSlotLost {
        /// The order.
        order: OrderId,
        /// The store.
        store: StoreId,
        /// When the slot began, by the store's clock.
        slot: String,
    },
    /// HQ published another version of a document that customers are asked to agree to.
    #[serde(rename = "legal.published")]
    LegalPublished {
        /// Which document.
        document: LegalKind,
        /// Which version of it.
        number: u32,
        /// From when on it is in force.
        from: Timestamp,
        /// Who.
        by: StaffId,
        /// The document by its word, with the version before and this one.
        changes: Vec<FieldChange>,
    },
}

impl Event {
    /// A sentence for the history that people read; `None` for what is of no interest there.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        Some(match self {
            Event::OrderPlaced { .. } => "订单已提交，等待付款".into(),
            Event::OrderPaid { transfer: Some(_), .. } => "已付款，缺货商品正在调货".into(),
            Event::OrderPaid { fulfilment: Fulfilment::HqShip, .. } => "已付款，总部仓开始备货".into(),
            Event::OrderPaid { .. } => "已付款，门店开始备货".into(),
            Event::OrderClosed { by_customer: true, .. } => "订单已取消".into(),
            Event::OrderClosed { .. } => "超时未付款，订单已关闭".into(),
            Event::OrderReady { fulfilment: Fulfilment::Pickup, .. } => "商品已备好，请凭取货码到店自提".into(),
            Event::OrderReady { .. } => "商品已备好，等待骑手取货".into(),
            Event::OrderShort { units, .. } => format!("有 {units} 件商品缺货，请选择处理方式"),
            Event::OrderReduced { units, amount, .. } => format!("已按您的选择去掉缺货的 {units} 件，{amount} 正在原路退回，其余商品照常"),
            Event::OrderPartRefunded { amount, .. } => format!("缺货商品的 {amount} 已原路退回"),
            Event::OrderDelivering { .. } => "骑手已取货，正在配送".into(),
            Event::OrderShipped { carrier, number, .. } => format!("包裹已发出：{} {number}", carrier.title()),
            Event::OrderCompleted { .. } => "订单已完成".into(),
            Event::OrderSettled { .. } => return None,
            Event::RefundRequested { by_customer: true, .. } => "顾客已取消订单，款项正在原路退回".into(),
            Event::RefundRequested { reason, .. } => format!("订单无法履约（{reason}），退款处理中"),
            Event::OrderRefunded { .. } => "款项已原路退回".into(),
            Event::ExtraPaid { amount, wrong_sum: true, .. } => {
                format!("收到一笔金额不符的付款 {amount}，正在原路退回；本单到时自动关闭，请重新下单")
            }
            Event::ExtraReturned { amount, wrong_sum: true, .. } => format!("金额不符的付款 {amount} 已原路退回"),
            Event::ExtraPaid { amount, .. } => format!("收到一笔重复付款 {amount}，正在原路退回"),
            Event::ExtraReturned { amount, .. } => format!("重复付款 {amount} 已原路退回"),
            Event::TransferRequested { .. } => "调货单已送到调出方".into(),
            Event::TransferAccepted { .. } => "调出方已接单，正在拣货".into(),
            Event::TransferRejected { .. } => "调出方无法供货，正在安排下一家".into(),
            Event::TransferPacked { .. } => return None,
            Event::TransferSent { .. } => "调货已发出".into(),
            Event::TransferReceived { .. } => "调货已到店".into(),
            Event::TransferRecalled { .. } | Event::TransferLost { .. } => "调货途中出现问题".into(),
            Event::TransferCancelled { .. } => return None,
            Event::ClaimMade { what, units, value, .. } => format!("提交{}：{units} 件，{value}，等待审批", what.title()),
            Event::ClaimApproved { .. } => "已批准并登记".into(),
            Event::ClaimRejected { reason, .. } => format!("已驳回：{reason}"),
            Event::DeliveryRequested { attempt, .. } if *attempt > 1 => "正在重新呼叫骑手".into(),
            Event::DeliveryRequested { .. } | Event::DeliveryCallOff { .. } => return None,
            Event::DeliveryMoved { state, .. } => match state {
                DeliveryState::Accepted => "骑手已接单".into(),
                DeliveryState::AtStore => "骑手已到店".into(),
                DeliveryState::Cancelled => "骑手已取消".into(),
                DeliveryState::Created => "骑手已取消，平台正在另派骑手".into(),
                DeliveryState::Abnormal => "配送出现异常，正在核实".into(),
                DeliveryState::Returned => "商品已送回门店".into(),
                _ => return None,
            },
            Event::PoliciesChanged { changes, .. } => format!("总部修改了 {} 项全链规则", changes.len()),
            Event::PriceChanged { change, why, .. } => {
                let what = if change.field == "timed_price" { "限时价" } else { "门店价" };
                let from = if change.old.is_empty() { String::new() } else { format!("{} → ", change.old) };
                format!("{what}：{from}{}（{why}）", change.new)
            }
            Event::RequestAsked { change, rule, .. } => format!("提交审批：{} → {}（{rule}）", change.old, change.new),
            Event::RequestApproved { in_force: true, .. } => "已批准，立即生效".into(),
            Event::RequestApproved { .. } => "一人已同意，等待另一人审批".into(),
            Event::RequestRejected { reason, .. } => format!("已驳回：{reason}"),
            Event::RequestWithdrawn { .. } => "门店已撤回".into(),
            Event::RequestStale { .. } => "内容已被修改，审批单过期".into(),
            Event::RequestRenewed { renewed: Some(_), .. } => "已按最新内容重新提交".into(),
            Event::RequestRenewed { .. } => "已按最新内容重新提交，直接生效".into(),
            Event::RequestCommented { text, .. } => format!("留言：{text}"),
            Event::RequestReminded { times, .. } => format!("无人处理，已第 {times} 次提醒审批人"),
            Event::RequestEscalated { .. } => "区域未处理，已升级到总部".into(),
            Event::SettingChanged { changes, .. } => format!("总部修改了 {} 项分级规则", changes.len()),
            Event::StoreCreated { .. } => "总部新建了门店".into(),
            Event::StoreChanged { changes, .. } => format!("总部修改了门店的 {} 项资料", changes.len()),
            Event::RegionChanged { .. } => "总部修改了区域".into(),
            Event::ProductChanged { changes, .. } => format!("总部修改了商品的 {} 项内容", changes.len()),
            Event::CategoriesChanged { changes, .. } => format!("总部修改了 {} 个类目", changes.len()),
            Event::BrandsChanged { changes, .. } => format!("总部修改了 {} 个品牌", changes.len()),
            Event::ImportDue { .. } => return None,
            Event::AccountInvited { .. } => "已邀请".into(),
            Event::AccountActivated { .. } => "本人通过链接设置了密码".into(),
            Event::AccountDisabled { .. } => "已停用，全部登录已结束".into(),
            Event::AccountEnabled { .. } => "已重新启用".into(),
            Event::AccountChanged { changes, .. } => format!("修改了 {} 项", changes.len()),
            Event::AccountReset { .. } => "生成了新的一次性链接".into(),
            Event::RoleChanged { changes, .. } => format!("角色修改了 {} 项", changes.len()),
            Event::KeyMade { permissions, .. } => format!("已生成密钥，{} 项权限", permissions.len()),
            Event::KeyRevoked { .. } => "已吊销密钥".into(),
            Event::ListingChanged { changes, .. } => format!("门店修改了 {} 项商品设置", changes.len()),
            Event::ListingTaken { skus, .. } => format!("门店上架了 {} 种商品", skus.len()),
            Event::ListingDropped { skus, .. } => format!("门店移除了 {} 种商品", skus.len()),
            Event::LocalChanged { changes, .. } => format!("修改了 {} 项内容", changes.len()),
            Event::LocalSubmitted { .. } => "已提交总部审核".into(),
            Event::LocalWithdrawn { .. } => "已撤回申请".into(),
            Event::LocalApproved { .. } => "总部已通过".into(),
            Event::LocalRejected { reason, .. } => format!("总部未通过：{reason}"),
            Event::LocalExpiring { document, days, .. } => format!("{document} 将在 {days} 天内到期"),
            Event::LocalOffSale { document, .. } => format!("{document} 已到期，商品已停售"),
            Event::CampaignChanged { changes, .. } => format!("修改了营销活动的 {} 项内容", changes.len()),
            Event::SearchWordsChanged { changes, .. } => format!("总部修改了 {} 项搜索词", changes.len()),
            Event::WarehouseChanged { closed: true, .. } => "已关闭仓库".into(),
            Event::WarehouseChanged { created: true, .. } => "新建了仓库".into(),
            Event::WarehouseChanged { changes, .. } => format!("修改了仓库的 {} 项资料", changes.len()),
            Event::SlotSet { changes, .. } => format!("门店调整了 {} 个预约时段", changes.len()),
            Event::OrderSlotLost { .. } => "付款时所选时段已约满或已开始，改为尽快备货".into(),
            Event::LegalPublished { document, number, .. } => format!("总部发布了{}第 {number} 版", document.title()),
        })
    }
}
