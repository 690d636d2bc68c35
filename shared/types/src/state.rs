//! The words for kinds and states, shared by tables, API and pages. Which change may follow which is the domain's matter.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $title:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] #[strum(serialize = $text)] $variant,)* }

        // By hand: the derive reads the names in Rust, not those on the wire, from a macro's literals.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let titles: Vec<String> = $name::ALL.iter().map(|v| format!("`{}` {}", v.as_str(), v.title())).collect();
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(titles.join(", ")))
                    .enum_values(Some($name::ALL.iter().map(|v| v.as_str())))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = <$name as VariantArray>::VARIANTS;
            /// The word in code, API and table.
            #[must_use]
            pub fn as_str(self) -> &'static str { self.into() }
            /// The word on a Chinese page.
            #[must_use]
            pub fn title(self) -> &'static str { match self { $($name::$variant => $title),* } }
        }
    )*};
}

words! {
    /// Who owns the store; decides what it may change and how money is split.
    Mode {
        /// Owned by HQ.
        Direct = "direct", "直营";
        /// Run together; revenue is shared by rule.
        Joint = "joint", "联营";
        /// Owned by a franchisee.
        Franchise = "franchise", "加盟";
    }

    /// HQ's class of a store.
    Tier {
        /// The largest.
        Flagship = "flagship", "旗舰店";
        /// The usual.
        Standard = "standard", "标准店";
        /// The small one around the corner.
        Community = "community", "社区店";
    }

    /// Is the store in business?
    StoreStatus {
        /// Being set up; shown to nobody.
        Preparing = "preparing", "筹备中";
        /// In business.
        Open = "open", "营业";
        /// Shown, takes no orders.
        Paused = "paused", "暂停接单";
        /// Gone.
        Closed = "closed", "已关闭";
    }

    /// How the customer gets the goods.
    Fulfilment {
        /// At the counter.
        Pickup = "pickup", "到店自提";
        /// A rider brings them within hours.
        Delivery = "delivery", "同城配送";
        /// HQ's warehouse sends a parcel.
        HqShip = "hq_ship", "总部直发";
    }

    /// Where an order stands.
    OrderState {
        /// Placed: stock is reserved, payment awaited.
        Placed = "placed", "待付款";
        /// Paid; goods are on their way from another location.
        AwaitingTransfer = "awaiting_transfer", "调货中";
        /// Paid; the store puts the goods together.
        Preparing = "preparing", "备货中";
        /// Ready at the counter, or for the rider.
        Ready = "ready", "待取货";
        /// With the rider.
        Delivering = "delivering", "配送中";
        /// Handed over.
        Completed = "completed", "已完成";
        /// The after-sale window is over and the shares are payable.
        Settled = "settled", "已完结";
        /// Never paid; stock is free again.
        Closed = "closed", "已关闭";
        /// Paid, but cannot be served: the money is on its way back.
        Refunding = "refunding", "退款中";
        /// The money is back.
        Refunded = "refunded", "已退款";
    }

    /// Where a transfer stands.
    TransferState {
        /// Reserved at the source for an order that is not paid yet.
        Reserved = "reserved", "待付款";
        /// The source is asked.
        Requested = "requested", "待接单";
        /// The source will send it.
        Accepted = "accepted", "待拣货";
        /// Packed at the source.
        Packed = "packed", "待发出";
        /// Between the two.
        InTransit = "in_transit", "在途";
        /// Called back on its way: it goes back to the source.
        Returning = "returning", "退回中";
        /// Arrived and counted at the target.
        Received = "received", "已收货";
        /// The source would not; another was asked or none was left.
        Rejected = "rejected", "已拒绝";
        /// Called off before it left, or back at its source.
        Cancelled = "cancelled", "已取消";
        /// Given up on its way.
        Lost = "lost", "途中丢失";
    }

    /// Where a delivery stands.
    DeliveryState {
        /// To be handed to the platform.
        Pending = "pending", "待呼叫骑手";
        /// The platform knows it.
        Created = "created", "等待骑手接单";
        /// A rider took it.
        Accepted = "accepted", "骑手已接单";
        /// The rider is at the store.
        AtStore = "at_store", "骑手已到店";
        /// On the way to the customer.
        Delivering = "delivering", "配送中";
        /// Handed over.
        Done = "done", "已送达";
        /// Called off, before or after the rider had the goods.
        Cancelled = "cancelled", "骑手已取消";
        /// The platform says that something is wrong, and not what.
        Abnormal = "abnormal", "配送异常";
        /// Over after something was wrong: the goods came back to the store.
        Returned = "returned", "已送回门店";
    }

    /// Why stock counters changed.
    MovementKind {
        /// Promised to an order or a transfer.
        Reserve = "reserve", "预留";
        /// A promise given back.
        Release = "release", "释放";
        /// Handed over to a customer or rider.
        Sale = "sale", "线上销售";
        /// Sent to another location.
        TransferOut = "transfer_out", "调出";
        /// Expected from another location.
        TransferExpected = "transfer_expected", "在途";
        /// Came in from another location.
        TransferIn = "transfer_in", "调入";
        /// Left another location and never came.
        TransferLost = "transfer_lost", "途中损耗";
        /// Came in from another location beside what that says it sent.
        TransferSurplus = "transfer_surplus", "调拨溢收";
        /// Counted for the first time, or received from a supplier.
        Receipt = "receipt", "入库";
        /// Sold at the till.
        PosSale = "pos_sale", "收银销售";
        /// Brought back by a customer, fit to sell.
        Return = "return", "退货入库";
        /// Broken, thrown away, stolen.
        Loss = "loss", "报损";
        /// Past its last day, found by the clock.
        Expired = "expired", "到期下架";
        /// Put right by a person, with a reason.
        Adjustment = "adjustment", "调整";
        /// How much is kept back was set.
        Safety = "safety", "安全库存";
        /// Put right by a count.
        Count = "count", "盘点";
        /// Books that did not agree, put right by a person's leave.
        Correction = "correction", "更正";
    }

    /// What becomes of goods that a customer brings back at a till.
    ReturnTo {
        /// Fit to sell: they lie on the shelf again.
        Shelf = "shelf", "重新上架";
        /// Not to be sold again: they are thrown away.
        WrittenOff = "written_off", "报损";
    }

    /// How much of a shelf is counted.
    CountKind {
        /// All of it.
        Full = "full", "全盘";
        /// A part of it, in turn.
        Cyclic = "cyclic", "循环盘点";
    }

    /// Where a stock count stands.
    CountState {
        /// People count.
        Open = "open", "盘点中";
        /// Waits for somebody who did not count.
        Submitted = "submitted", "待审批";
        /// Approved; the differences are being put right.
        Approved = "approved", "入账中";
        /// Everything is put right.
        Closed = "closed", "已完成";
        /// Called off.
        Cancelled = "cancelled", "已取消";
    }

    /// What is done with a count.
    CountStep {
        /// Everything is counted.
        Submit = "submit", "提交";
        /// The differences are right.
        Approve = "approve", "批准";
        /// They are to be counted again.
        Reject = "reject", "驳回重盘";
        /// Nothing is put right.
        Cancel = "cancel", "取消";
    }

    /// Where a claim stands: a stock document that one person may not record alone.
    ClaimState {
        /// Waits for somebody who did not make it.
        Waiting = "waiting", "待审批";
        /// Recorded.
        Approved = "approved", "已批准";
        /// Not recorded, with a reason.
        Rejected = "rejected", "已驳回";
    }

    /// What a customer wants when goods of a paid order are not there.
    ShortfallChoice {
        /// What is missing comes from another location.
        Transfer = "transfer", "调货";
        /// What is there, and the money for what is not.
        Keep = "keep", "收下有货的";
        /// The money.
        Refund = "refund", "退款";
    }

    /// Who brings a parcel.
    Carrier {
        /// 顺丰速运
        Sf = "sf", "顺丰速运";
        /// 京东快递
        Jd = "jd", "京东快递";
        /// 中通快递
        Zto = "zto", "中通快递";
        /// 圆通速递
        Yto = "yto", "圆通速递";
        /// 韵达快递
        Yunda = "yunda", "韵达快递";
        /// 申通快递
        Sto = "sto", "申通快递";
        /// 极兔速递
        Jt = "jt", "极兔速递";
        /// 邮政 EMS
        Ems = "ems", "邮政 EMS";
        /// 德邦快递，大件
        Deppon = "deppon", "德邦快递";
    }

    /// What the source, the target or HQ does with a transfer.
    TransferStep {
        /// 接单
        Accept = "accept", "接单";
        /// 拒绝
        Reject = "reject", "拒绝";
        /// 拣货完成
        Pack = "pack", "拣货完成";
        /// 发出
        Send = "send", "发出";
        /// 收货
        Receive = "receive", "收货";
        /// 取消：尚未发出，不再需要
        Cancel = "cancel", "取消";
        /// 召回：已发出，退回调出方
        Recall = "recall", "召回";
        /// 报失：途中丢失，不再等待
        Lose = "lose", "报失";
    }

    /// Who lets a change through that a policy stops. Later ones are stricter.
    Approver {
        /// The region's manager, or HQ.
        Region = "region", "区域经理";
        /// One person of HQ.
        Hq = "hq", "总部";
        /// Two different persons of HQ.
        TwoHq = "two_hq", "总部两人";
        /// It is not let through.
        Nobody = "nobody", "不受理";
    }

    /// Where a change request stands.
    RequestState {
        /// Waits for whom policy names.
        Pending = "pending", "待审批";
        /// In force.
        Approved = "approved", "已批准";
        /// Not let through, with a reason.
        Rejected = "rejected", "已驳回";
        /// Its store no longer asks.
        Withdrawn = "withdrawn", "已撤回";
        /// What it would change was changed since.
        Stale = "stale", "已过期";
        /// It was stale, and asked once more by another one.
        Renewed = "renewed", "已重新提交";
    }

    /// Why an access record was written.
    AccessAct {
        /// An order was looked at.
        OrderRead = "order_read", "查看订单";
        /// An order was worked on, and shown afterwards.
        OrderWork = "order_work", "处理订单";
        /// A parcel's label was read.
        ParcelLabel = "parcel_label", "查看面单";
        /// Orders were found by the end of a telephone number.
        FindByPhone = "find_by_phone", "按手机号查找";
        /// Somebody of the staff logged in, or tried to.
        StaffLogin = "staff_login", "员工登录";
        /// A member logged in.
        MemberLogin = "member_login", "会员登录";
    }

    /// Personal data that may be shown in clear.
    PersonalField {
        /// The recipient's name.
        Name = "name", "姓名";
        /// The recipient's telephone number, or the end of it.
        Phone = "phone", "手机号";
        /// The recipient's address.
        Address = "address", "地址";
        /// What the customer wrote to the store.
        Note = "note", "留言";
    }

    /// Where a campaign stands.
    CampaignState {
        /// Being written; nobody but its authors sees it.
        Draft = "draft", "草稿";
        /// Waits for HQ.
        Review = "review", "待审核";
        /// Approved; its time has not come.
        Scheduled = "scheduled", "待开始";
        /// Its time has come.
        Running = "running", "进行中";
        /// Stopped for now.
        Paused = "paused", "已暂停";
        /// It is over, and never runs again.
        Over = "over", "已结束";
    }

    /// What can be done with a campaign.
    CampaignStep {
        /// Have HQ look at it.
        Submit = "submit", "提交审核";
        /// HQ lets it go live.
        Approve = "approve", "批准";
        /// HQ sends it back.
        Reject = "reject", "驳回";
        /// HQ lets its own draft go live.
        Schedule = "schedule", "排期上线";
        /// Stop it for now.
        Pause = "pause", "暂停";
        /// Go on.
        Resume = "resume", "恢复";
        /// End it.
        End = "end", "结束";
        /// Begin another one like it.
        Copy = "copy", "复制";
        /// Its author takes it back before HQ has decided.
        Withdraw = "withdraw", "撤回";
    }

    /// Where a coupon of HQ stands, before anybody has one.
    CouponState {
        /// Being written; nobody but its authors sees it.
        Draft = "draft", "草稿";
        /// It is given out.
        Issuing = "issuing", "发放中";
        /// It is given out no more; who has one may use it.
        Stopped = "stopped", "已停发";
    }

    /// What can be done with a coupon of HQ.
    CouponStep {
        /// Give it out.
        Issue = "issue", "开始发放";
        /// Give it out no more.
        Stop = "stop", "停止发放";
    }

    /// Where a coupon stands that somebody has.
    CouponStatus {
        /// It can be used.
        Usable = "usable", "可使用";
        /// Its time has not come.
        Waiting = "waiting", "未生效";
        /// An order has it.
        Used = "used", "已使用";
        /// Its time is over.
        Expired = "expired", "已过期";
    }

    /// Can somebody have a coupon, and if not, why?
    OfferState {
        /// It is there for the taking.
        Open = "open", "立即领取";
        /// This person has had as many as there may be.
        Claimed = "claimed", "已领取";
        /// All of them are given out.
        Gone = "gone", "已抢光";
        /// It is not given out yet.
        Soon = "soon", "未开始";
        /// It is given out no more.
        Over = "over", "已结束";
        /// After an order.
        AfterOrder = "after_order", "下单后可领";
        /// For other people.
        NotForYou = "not_for_you", "不符合领取条件";
    }

    /// A document that customers are asked to agree to, and by that what they agree to.
    LegalKind {
        /// What both sides owe each other.
        Agreement = "agreement", "用户服务协议";
        /// What is kept of a person, what for and for how long.
        Privacy = "privacy", "隐私政策";
    }

    /// A part of a member's orders, as their list has it.
    OrderTab {
        /// They wait for their payment.
        Pay = "pay", "待付款";
        /// They are, or will be, at the counter.
        Pickup = "pickup", "待取货";
        /// They are, or will be, on their way.
        Delivery = "delivery", "配送中";
        /// The customer has the goods.
        Done = "done", "已完成";
        /// They came to nothing: closed, or the money goes back.
        Over = "over", "退款/取消";
    }
}

impl OrderTab {
    /// Does it hold an order in this state that is to be had so?
    #[must_use]
    pub fn holds(self, state: OrderState, fulfilment: Fulfilment) -> bool {
        let under_way = matches!(state, OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready | OrderState::Delivering);
        match self {
            Self::Pay => state == OrderState::Placed,
            Self::Pickup => under_way && fulfilment == Fulfilment::Pickup,
            Self::Delivery => under_way && fulfilment != Fulfilment::Pickup,
            Self::Done => matches!(state, OrderState::Completed | OrderState::Settled),
            Self::Over => matches!(state, OrderState::Closed | OrderState::Refunding | OrderState::Refunded),
        }
    }
}

/// What a rider platform tells of a delivery, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RiderWord {
    /// It knows the delivery and looks for a rider.
    Looking,
    /// A rider took it.
    Accepted,
    /// The rider is at the store.
    AtStore,
    /// The rider has the goods.
    Delivering,
    /// The rider gave it back; the platform looks for another one.
    Withdrawn,
    /// It is done.
    Done,
    /// It is called off.
    Cancelled,
    /// Something is wrong.
    Abnormal,
    /// A number that nobody told us the meaning of.
    Unknown(u32),
}

impl MovementKind {
    /// Do facts of this kind name the batch that comes in or goes?
    #[must_use]
    pub fn names_batch(self) -> bool {
        matches!(self, Self::Receipt | Self::Return | Self::Loss | Self::Adjustment)
    }

    /// May one person record facts of this kind only up to the chain's policy? What came from a supplier has a paper of its own.
    #[must_use]
    pub fn needs_approval(self) -> bool {
        matches!(self, Self::Return | Self::Loss | Self::Adjustment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_every_state_and_way_when_put_under_tabs_then_each_is_under_exactly_one() {
        for state in OrderState::ALL {
            for way in Fulfilment::ALL {
                let tabs: Vec<_> = OrderTab::ALL.iter().filter(|t| t.holds(*state, *way)).collect();
                assert_eq!(tabs.len(), 1, "{state} {way}: {tabs:?}");
            }
        }
    }
}
