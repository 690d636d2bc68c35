//! Why a campaign did not apply, and what is missing.

use liandian_types::{Fen, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Campaign, Cart, Moment};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Why {
    /// It has not begun.
    NotYet {
        /// When it does.
        from: Timestamp,
    },
    /// It is over.
    Over,
    /// It runs on other days.
    OtherDay,
    /// It runs at other hours.
    OtherHour {
        /// Minute of the store's day when it begins.
        from: u16,
    },
    /// Not in this store.
    OtherStore,
    /// Not for this way to get the goods.
    OtherWay,
    /// Not for this customer.
    NotForYou,
    /// No coupon is held.
    NoCoupon,
    /// Nothing in the cart is meant.
    NoGoods,
    /// Too little money's worth.
    Below {
        /// How much is missing.
        missing: Fen,
    },
    /// Too few units.
    Few {
        /// How many are missing.
        missing: u32,
    },
    /// Its own stock is gone.
    SoldOut,
    /// This person, day, cart or the campaign has had as many as there may be.
    UsedUp,
    /// It would go over the budget.
    Budget,
    /// The goods are at the floor already.
    AtFloor,
    /// It may not be combined with one that applied.
    NotWith {
        /// That one's title.
        title: String,
    },
    /// Another combination costs less, or it takes nothing more off.
    BetterWithout,
}

impl Why {
    /// Would more goods help?
    #[must_use]
    pub fn is_near(&self) -> bool {
        matches!(self, Why::Below { .. } | Why::Few { .. })
    }

    /// Is it the customer's business? What he could still have is, and what others shut out; what is for other people, days or stores is not.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.is_near()
            || matches!(self, Why::NotYet { .. } | Why::OtherHour { .. } | Why::UsedUp | Why::Budget | Why::SoldOut | Why::AtFloor)
            || matches!(self, Why::NotWith { .. } | Why::OtherWay)
    }

    /// For the customer.
    #[must_use]
    pub fn text(&self, now: Moment) -> String {
        match self {
            Why::NotYet { from } => {
                let (today, day) = (local_day(now.at, now.zone_min), local_day(*from, now.zone_min));
                let clock = clock(minute_of_day(*from, now.zone_min));
                match day - today {
                    0 => ["今天 ", &clock, " 开始"].concat(),
                    1 => ["明天 ", &clock, " 开始"].concat(),
                    n => [n.to_string().as_str(), " 天后开始"].concat(),
                }
            }
            Why::OtherHour { from } => ["每天 ", &clock(*from), " 开始"].concat(),
            Why::Below { missing } => ["还差 ", &missing.yuan(), " 元"].concat(),
            Why::Few { missing } => ["还差 ", &missing.to_string(), " 件"].concat(),
            Why::NotWith { title } => ["与 ", title, " 不同享"].concat(),
            Why::Over => "活动已结束".to_owned(),
            Why::OtherDay => "今天没有这个活动".to_owned(),
            Why::OtherStore => "本店不参加".to_owned(),
            Why::OtherWay => "这种取货方式不参加".to_owned(),
            Why::NotForYou => "不符合参加条件".to_owned(),
            Why::NoCoupon => "没有可用的优惠券".to_owned(),
            Why::NoGoods => "没有参加活动的商品".to_owned(),
            Why::SoldOut => "活动商品已抢完".to_owned(),
            Why::UsedUp => "已达参加次数上限".to_owned(),
            Why::Budget => "活动名额已用完".to_owned(),
            Why::AtFloor => "商品已是最低价".to_owned(),
            Why::BetterWithout => "已有更优惠的组合".to_owned(),
        }
    }
}

/// Days since the epoch by the store's clock.
fn local_day(at: Timestamp, zone_min: i32) -> i64 {
    at.plus(i64::from(zone_min) * Timestamp::MINUTE).0.div_euclid(Timestamp::DAY)
}

/// Minute of the day by the store's clock.
fn minute_of_day(at: Timestamp, zone_min: i32) -> u16 {
    let into = at.plus(i64::from(zone_min) * Timestamp::MINUTE).0.rem_euclid(Timestamp::DAY);
    u16::try_from(into / Timestamp::MINUTE).unwrap_or(0)
}

/// `14:00`.
fn clock(minute: u16) -> String {
    let two = |n: u16| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    [two(minute / 60), two(minute % 60)].join(":")
}

/// What speaks against a campaign whatever else applies.
pub(crate) fn barred(c: &Campaign, cart: &Cart) -> Option<Why> {
    let now = cart.now;
    let s = &c.schedule;
    // The epoch was a Thursday; bit 0 is Monday.
    let weekday = (local_day(now.at, now.zone_min) + 3).rem_euclid(7);
    let minute = minute_of_day(now.at, now.zone_min);
    if now.at >= s.until {
        Some(Why::Over)
    } else if now.at < s.from {
        Some(Why::NotYet { from: s.from })
    } else if !c.stores.is_empty() && !c.stores.contains(cart.store) {
        Some(Why::OtherStore)
    } else if (s.weekdays != 0 && s.weekdays & (1 << weekday) == 0)
        || (s.month_days != 0 && s.month_days & (1 << (now.month_day.clamp(1, 31) - 1)) == 0)
    {
        Some(Why::OtherDay)
    } else if let Some((from, _)) = s.minutes.filter(|(from, until)| !(*from..*until).contains(&minute)) {
        Some(Why::OtherHour { from })
    } else if !c.fulfilments.is_empty() && !c.fulfilments.contains(&cart.fulfilment) {
        Some(Why::OtherWay)
    } else if cart.customer.tier < c.audience.tier || (c.audience.new_only && !cart.customer.new) || (c.audience.birthday && !cart.customer.birthday)
    {
        Some(Why::NotForYou)
    } else if c.coupon.is_some() && !cart.coupons.iter().any(|k| k.campaign == c.campaign) {
        Some(Why::NoCoupon)
    } else if c.left.times() == 0 {
        Some(Why::UsedUp)
    } else if c.left.budget.is_some_and(|b| b <= Fen::ZERO) {
        Some(Why::Budget)
    } else {
        None
    }
}
