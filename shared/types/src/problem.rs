//! The one shape of a refusal: `application/problem+json` (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

/// The stable codes. A client may match on them; sentences may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub enum Code {
    /// The body or a parameter is not what the route takes.
    BadRequest,
    /// The cursor is none of this list's: begin at its first page.
    BadCursor,
    /// The body is larger than the route takes.
    TooLarge,
    /// No valid session or token.
    Unauthenticated,
    /// The session is fine but may not do this.
    Forbidden,
    /// There is no such thing, or not for you.
    NotFound,
    /// The route exists, not with this method.
    MethodNotAllowed,
    /// The thing has moved on; what was asked is no longer possible.
    Conflict,
    /// The delivery note was received before; with `again` it is received once more.
    AlreadyReceived,
    /// It is possible, and unusual: the same request again with `sure` does it.
    AskFirst,
    /// The same idempotency key came with another body.
    IdempotencyMismatch,
    /// Some lines have less stock than asked; `lines` names them.
    SoldOut,
    /// A line is not sold by this store (any more).
    NotListed,
    /// The store does not take orders now.
    StoreClosed,
    /// The address is outside of what the store delivers to.
    OutOfRange,
    /// A price changed between showing and ordering; look again.
    PriceChanged,
    /// The member has too many orders that are not paid, or let too many lapse; `retry_after_s` says when to come again, if waiting helps.
    UnpaidLimit,
    /// More of a SKU, or in an order, than HQ lets one order or one member's unpaid orders have.
    QuantityLimit,
    /// An order of the same goods in the same store waits for its payment; `order` names it.
    AlreadyPlaced,
    /// The time slot is full, closed, or not booked any more; `slots` says what there is.
    SlotFull,
    /// The call-back's signature, age or content is not the partner's.
    BadSignature,
    /// Too many requests from this client.
    RateLimited,
    /// A partner or our own table did not answer; try again.
    Unavailable,
    /// A fault of ours; it is in the log under the request id.
    Internal,
}

impl Code {
    /// The HTTP status that goes with the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Code::BadRequest | Code::BadCursor => 400,
            Code::TooLarge => 413,
            Code::Unauthenticated | Code::BadSignature => 401,
            Code::Forbidden => 403,
            Code::NotFound => 404,
            Code::MethodNotAllowed => 405,
            Code::Conflict
            | Code::AlreadyReceived
            | Code::AskFirst
            | Code::SoldOut
            | Code::NotListed
            | Code::StoreClosed
            | Code::OutOfRange
            | Code::PriceChanged
            | Code::UnpaidLimit
            | Code::QuantityLimit
            | Code::AlreadyPlaced
            | Code::SlotFull => 409,
            Code::IdempotencyMismatch => 422,
            Code::RateLimited => 429,
            Code::Unavailable => 503,
            Code::Internal => 500,
        }
    }

    /// A short title in Chinese, for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Code::BadRequest => "请求有误",
            Code::BadCursor => "翻页位置无效",
            Code::TooLarge => "请求过大",
            Code::Unauthenticated => "请先登录",
            Code::Forbidden => "没有权限",
            Code::NotFound => "未找到",
            Code::MethodNotAllowed => "不支持的操作",
            Code::Conflict => "状态已变化",
            Code::AlreadyReceived => "单据已收过货",
            Code::AskFirst => "请再确认一次",
            Code::IdempotencyMismatch => "重复提交的内容不一致",
            Code::SoldOut => "库存不足",
            Code::NotListed => "商品已下架",
            Code::StoreClosed => "门店暂不接单",
            Code::OutOfRange => "超出配送范围",
            Code::PriceChanged => "价格已更新",
            Code::UnpaidLimit => "未付款订单过多",
            Code::QuantityLimit => "超过限购数量",
            Code::AlreadyPlaced => "已有同样的订单",
            Code::SlotFull => "时段已约满",
            Code::BadSignature => "签名无效",
            Code::RateLimited => "操作太频繁",
            Code::Unavailable => "服务繁忙",
            Code::Internal => "系统错误",
        }
    }
}

/// A refusal as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status, repeated for logs and proxies.
    pub status: u16,
    /// What went wrong, for programs.
    pub code: Code,
    /// The code's title, in Chinese.
    pub title: String,
    /// A sentence in Chinese for the person in front of the screen.
    pub detail: String,
    /// The field or parameter at fault, as a JSON path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For `sold_out` and `not_listed`: the lines at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ShortLine>,
    /// For `already_placed`: the order that waits for its payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<crate::OrderId>>,
    /// After how many seconds the same may be asked again, when waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// For `price_changed` of an order: what it costs now, and what changed since its quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<Box<FreshPrice>>,
    /// For `slot_full` of an order: the slots as they are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Box<FreshSlots>>,
}

/// The slots as they are now, for whose customer wanted one that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshSlots {
    /// Day by day.
    pub days: Vec<crate::api::SlotDay>,
}

/// What an order costs now, for whose customer saw another price. Placed with its token, it is placed at this price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshPrice {
    /// The goods, less what campaigns take off.
    pub goods: crate::Fen,
    /// For bringing them.
    pub delivery_fee: crate::Fen,
    /// What is to be paid.
    pub total: crate::Fen,
    /// Until when this price holds.
    pub until: crate::Timestamp,
    /// The promise of this price; absent where promises are not signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What changed.
    pub changes: Vec<PriceChange>,
}

/// A part of a price that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceChange {
    /// What, in Chinese: the goods' name, a campaign, the fee.
    pub what: String,
    /// What it was.
    pub was: crate::Fen,
    /// What it is.
    pub is: crate::Fen,
}

/// One line that cannot be had as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShortLine {
    /// The SKU.
    pub sku: crate::SkuId,
    /// Units asked for.
    pub wanted: u32,
    /// Units that could be had now.
    pub left: u32,
}

impl Problem {
    /// A refusal with its code and sentence.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            status: code.status(),
            code,
            title: code.title().to_owned(),
            detail: detail.into(),
            field: None,
            lines: Vec::new(),
            order: None,
            retry_after_s: None,
            fresh: None,
            slots: None,
        }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the order that is meant.
    #[must_use]
    pub fn of_order(mut self, order: crate::OrderId) -> Self {
        self.order = Some(Box::new(order));
        self
    }

    /// Says that waiting so many milliseconds helps: in whole seconds, rounded up.
    #[must_use]
    pub fn after(mut self, milliseconds: i64) -> Self {
        self.retry_after_s = u32::try_from(milliseconds.max(0).div_euclid(1_000) + i64::from(milliseconds % 1_000 > 0)).ok();
        self
    }

    /// Says what it costs now.
    #[must_use]
    pub fn with_fresh(mut self, fresh: FreshPrice) -> Self {
        self.fresh = Some(Box::new(fresh));
        self
    }

    /// Says what slots there are now.
    #[must_use]
    pub fn with_slots(mut self, days: Vec<crate::api::SlotDay>) -> Self {
        self.slots = Some(Box::new(FreshSlots { days }));
        self
    }

    /// Names the lines at fault.
    #[must_use]
    pub fn with_lines(mut self, lines: Vec<ShortLine>) -> Self {
        self.lines = lines;
        self
    }
}
