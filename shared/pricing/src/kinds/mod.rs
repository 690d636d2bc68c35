//! What campaigns do: each kind in its own file, and one row here.

use serde::{Deserialize, Serialize};

use crate::{run::Run, why::Why};

mod add_on;
mod amount;
mod any_of;
mod combo;
mod coupon;
mod delivery;
mod flash;
mod gift;
mod limited_price;
mod nth_item;
mod percent;
mod step_percent;
mod steps;
mod tier_price;

pub use add_on::{AddOn, AddOnItem};
pub use amount::Amount;
pub use any_of::AnyOf;
pub use combo::{Combo, Part};
pub use coupon::{Coupon as CouponKind, Worth};
pub use delivery::Delivery;
pub use flash::Flash;
pub use gift::{Gift, GiftItem};
pub use limited_price::{LimitedPrice, SkuPrice};
pub use nth_item::NthItem;
pub use percent::Percent;
pub use step_percent::{StepPercent, StepRate};
pub use steps::{Step, Steps};
pub use tier_price::{TierPrice, TierRate};

/// When a kind has its turn. Within a turn HQ's campaigns come first, then the higher priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// Another price for a unit.
    Price,
    /// Units that are taken together.
    Deal,
    /// Off single lines.
    Goods,
    /// Off all lines together.
    Order,
    /// Coupons.
    Coupon,
    /// What is given beside the goods.
    Gift,
    /// The fee for bringing them.
    Fee,
}

/// What every kind can say and do.
pub(crate) trait Rule {
    /// Its turn.
    fn turn(&self) -> Turn;

    /// How often it could apply to these lines, as far as it takes units away from other deals.
    fn most(&self, _run: &Run, _lines: &[usize]) -> u32 {
        1
    }

    /// Applies it to these lines, at most so often. A refusal leaves everything as it was.
    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why>;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident($body:ty),)*) => {
        /// What a campaign does.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Kind {
            $($(#[$doc])* $name($body),)*
        }

        impl Kind {
            /// The rule of this kind.
            pub(crate) fn rule(&self) -> &dyn Rule {
                match self {
                    $(Kind::$name(k) => k,)*
                }
            }
        }
    };
}

kinds! {
    /// 限时价: other prices for a while.
    LimitedPrice(LimitedPrice),
    /// 会员价: by the member's tier.
    TierPrice(TierPrice),
    /// 秒杀: a price for few units with their own stock.
    Flash(Flash),
    /// 第N件折扣: the nth unit of a SKU for less.
    NthItem(NthItem),
    /// 固定套餐: these together for a price.
    Combo(Combo),
    /// N 件任选: any so many for a price.
    AnyOf(AnyOf),
    /// 加价购: something more for little.
    AddOn(AddOn),
    /// 折扣: thousandths off.
    Percent(Percent),
    /// 直降: so much off each unit.
    Amount(Amount),
    /// 满减: so much off from so much on.
    Steps(Steps),
    /// 满折: thousandths off from so much, or so many, on.
    StepPercent(StepPercent),
    /// 优惠券: what a coupon is worth.
    Coupon(CouponKind),
    /// 赠品: a gift.
    Gift(Gift),
    /// 配送费: what bringing the goods costs.
    Delivery(Delivery),
}

/// So many thousandths of an amount, rounded down: nobody is given a fen that the rule does not give.
pub(crate) fn per_mille(amount: i64, thousandths: u16) -> i64 {
    amount * i64::from(thousandths.min(1_000)) / 1_000
}

/// Refuses while these lines come to less than `from`.
pub(crate) fn reached(run: &Run, lines: &[usize], from: i64) -> Result<(), Why> {
    let missing = from.saturating_sub(run.worth(lines));
    if missing > 0 { Err(Why::Below { missing: liandian_types::Fen(missing) }) } else { Ok(()) }
}

/// Lines in the order in which a deal takes units: the dearest first, then by SKU.
pub(crate) fn dearest(run: &Run, lines: &[usize]) -> Vec<usize> {
    let mut sorted: Vec<usize> = lines.iter().copied().filter(|l| run.free(*l) > 0).collect();
    sorted.sort_by(|a, b| run.each(*b).cmp(&run.each(*a)).then_with(|| run.line(*a).sku.cmp(&run.line(*b).sku)));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_thousandths_when_taken_then_the_odd_fen_stays() {
        assert_eq!([per_mille(1, 500), per_mille(999, 500), per_mille(999, 2_000)], [0, 499, 999]);
    }
}
