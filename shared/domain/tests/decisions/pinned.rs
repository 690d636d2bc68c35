//! Windows, limits and fees as HQ has promised them to people: whoever changes one changes it here as well.

use liandian_domain::{
    orders::{delivery, order, parcel, place, shortfall},
    sourcing::matching,
    stock::{batch, count, record as stock},
    transfers as transfer,
};
use liandian_pricing as pricing;
use liandian_types::{Fen, Timestamp};

#[test]
fn given_windows_when_looked_up_then_they_are_these_in_milliseconds() {
    assert_eq!((Timestamp::MINUTE, Timestamp::HOUR, Timestamp::DAY), (60_000, 3_600_000, 86_400_000));
    assert_eq!(order::PAYMENT_WINDOW, 900_000);
    assert_eq!(order::AFTER_SALE_WINDOW, 604_800_000);
    assert_eq!(order::PICKUP_WITHIN, 259_200_000);
    assert_eq!(order::GRACE, 120_000);
    assert_eq!((parcel::SHIP_WITHIN, parcel::TAKEN_FOR_RECEIVED), (172_800_000, 864_000_000));
    assert_eq!(shortfall::CHOOSE_WITHIN, 1_800_000);
    assert_eq!((transfer::ANSWER_WITHIN, transfer::STEP_WITHIN, transfer::SHELF_STEP_WITHIN), (600_000, 1_800_000, 43_200_000));
    assert_eq!((transfer::MAX_REMINDERS, transfer::ESCALATED_AFTER, transfer::MAX_REMINDERS_ON_THE_WAY), (4, 2, 48));
    assert_eq!(
        (delivery::NEWS_WITHIN, delivery::ANOTHER_WITHIN, delivery::SOON, delivery::MAX_ATTEMPTS, matching::RIDER_AHEAD),
        (600_000, 300_000, 60_000, 8, 1_200_000)
    );
}

#[test]
fn given_limits_when_looked_up_then_they_are_these() {
    assert_eq!((place::MAX_LINES, transfer::MAX_LINES, transfer::MAX_UNITS), (40, 40, 999));
    assert_eq!((stock::MAX_FACT_LINES, stock::MAX_FACT_UNITS), (90, 99_999));
    assert_eq!((batch::MAX_BATCHES, batch::MAX_LAPSED, batch::MAX_SHELF_LIFE), (12, 3, 10));
    assert_eq!((count::MAX_COUNT_LINES, count::MAX_ENTRIES, count::CHUNK), (2_000, 25, 30));
    assert_eq!(
        (matching::MAX_OFFERS, matching::TRANSFER_REACH_M, matching::WAREHOUSE_REACH_M, matching::OTHER_STORE_REACH_M),
        (4, 15_000, 60_000, 5_000)
    );
}

#[test]
fn given_fees_when_looked_up_then_they_are_these_in_fen() {
    assert_eq!(pricing::FREE_DELIVERY_FROM, Fen(9_900));
    assert_eq!(pricing::NEAR_PARCEL_M, 500_000);
    let delivery = |metres, grams, goods| pricing::delivery_fee(metres, grams, Fen(goods)).0;
    assert_eq!([delivery(0, 0, 0), delivery(1_001, 0, 0), delivery(2_000, 0, 0), delivery(2_001, 0, 0)], [400, 500, 500, 600]);
    assert_eq!([delivery(0, 5_001, 0), delivery(0, 6_000, 0), delivery(0, 6_001, 9_900)], [500, 500, 200]);
    let parcel = |metres, grams, goods| pricing::parcel_fee(metres, grams, Fen(goods)).0;
    assert_eq!([parcel(0, 2_001, 0), parcel(600_000, 2_001, 9_900)], [1_200, 1_000]);
}
