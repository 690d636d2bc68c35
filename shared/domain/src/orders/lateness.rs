//! By how much goods are, or were, later than promised: told by us before somebody asks.

use liandian_types::{Fulfilment, OrderState, Timestamp};

use super::order::OrderHead;

/// What is late by less than this is on time for everybody.
const NOT_WORTH_TELLING: i64 = 3 * Timestamp::MINUTE;

/// Milliseconds by which the goods are later than promised. `ready_at`: when they were put together, for what is fetched. Absent while nothing is late,
/// and for orders that come to nothing or wait for their customer to choose.
#[must_use]
pub fn late_by(h: &OrderHead, ready_at: Option<Timestamp>, now: Timestamp) -> Option<i64> {
    let promised = h.promised_at?;
    let there = match h.fulfilment {
        Fulfilment::Pickup => ready_at.or(h.completed_at),
        Fulfilment::Delivery | Fulfilment::HqShip => h.completed_at,
    };
    let counts = match h.state {
        OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready | OrderState::Delivering => h.shortfall.is_none(),
        OrderState::Completed => there.is_some(),
        OrderState::Placed | OrderState::Settled | OrderState::Closed | OrderState::Refunding | OrderState::Refunded => false,
    };
    let late = there.unwrap_or(now).0.saturating_sub(promised.0);
    Some(late).filter(|late| counts && *late >= NOT_WORTH_TELLING)
}

/// `约 10 分钟`, `约 2 小时`, `约 3 天`: rounded up, so that nobody waits longer than was said.
#[must_use]
pub fn told(late: i64) -> String {
    let up = |unit: i64| (late.max(0) + unit - 1).div_euclid(unit);
    match up(Timestamp::MINUTE) {
        minutes if minutes <= 10 => format!("约 {minutes} 分钟"),
        minutes if minutes <= 90 => format!("约 {} 分钟", (minutes + 4).div_euclid(5) * 5),
        minutes if minutes <= 48 * 60 => format!("约 {} 小时", up(Timestamp::HOUR)),
        _ => format!("约 {} 天", up(Timestamp::DAY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_how_late_something_is_when_told_then_it_is_rounded_up_to_what_people_say() {
        let minutes = |n: i64| told(n * Timestamp::MINUTE);
        assert_eq!(
            [minutes(3), minutes(10), minutes(11), minutes(15), minutes(90)],
            ["约 3 分钟", "约 10 分钟", "约 15 分钟", "约 15 分钟", "约 90 分钟"]
        );
        assert_eq!([minutes(91), minutes(120), minutes(121), minutes(48 * 60)], ["约 2 小时", "约 2 小时", "约 3 小时", "约 48 小时"]);
        assert_eq!([minutes(48 * 60 + 1), minutes(72 * 60)], ["约 3 天", "约 3 天"]);
        assert_eq!(told(3 * Timestamp::MINUTE + 1), "约 4 分钟");
    }
}
