use liandian_domain::stock::batch::{Batch, Date, Perishable, Rebased, first_of, leaves_at};
use liandian_types::Timestamp;

use crate::fixtures::id;

fn day(n: i8) -> Date {
    Date::constant(2027, 1, n)
}

fn batch(n: i8, units: i64) -> Batch {
    Batch { expires_on: day(n), units, came_on: None }
}

fn shelf(on_hand: i64, batches: &[Batch]) -> Perishable {
    Perishable { on_hand, batches: batches.to_vec(), version: 4, ..Perishable::default() }
}

fn rebased(p: &Perishable, came: &[Batch], gone: &[Batch]) -> Rebased {
    p.rebased(&id("loc_a"), &id("sku_1"), came, gone, "Asia/Shanghai")
}

#[test]
fn given_the_last_day_of_a_batch_when_it_ends_then_the_goods_leave_at_midnight_where_they_lie() {
    // 2027-01-03T16:00:00Z is midnight after the third of January in China; in UTC it is eight hours later.
    assert_eq!(leaves_at(day(3), "Asia/Shanghai"), Timestamp(1_798_992_000_000));
    assert_eq!(leaves_at(day(3), "UTC"), Timestamp(1_799_020_800_000));
    let s = rebased(&shelf(0, &[]), &[batch(5, 1), batch(3, 2)], &[]);
    assert_eq!((s.due, s.version, s.seen), (Some(Timestamp(1_798_992_000_000)), 4, 0));
    assert_eq!(rebased(&shelf(2, &[batch(3, 2)]), &[], &[batch(3, 2)]).due, None, "nothing is left to leave");
}

#[test]
fn given_batches_when_looked_at_then_days_units_and_what_goes_next_are_these() {
    assert_eq!([batch(3, 1).days_left(day(1)), batch(3, 1).days_left(day(3)), batch(3, 1).days_left(day(5))], [2, 0, -2]);
    let s = shelf(8, &[batch(5, 3), batch(3, 2)]);
    assert_eq!((s.left(), s.undated()), (vec![batch(3, 2), batch(5, 3)], 3));
    assert_eq!(s.next_out(3), []);
    assert_eq!(s.next_out(4), [batch(3, 1)]);
    assert_eq!(s.next_out(6), [batch(3, 2), batch(5, 1)]);
    assert_eq!(s.next_out(99), [batch(3, 2), batch(5, 3)]);
    assert_eq!(s.expired(day(3)), [], "its last day is one to sell it on");
    assert_eq!(s.expired(day(4)), [batch(3, 2)]);
    assert_eq!((shelf(-1, &s.batches).left(), shelf(-1, &s.batches).undated()), (vec![], 0));
    assert_eq!(first_of(&s.left(), 3), [batch(3, 2), batch(5, 1)]);
    assert_eq!(first_of(&s.left(), 0), []);
    assert_eq!(first_of(&s.left(), 9), [batch(3, 2), batch(5, 3)]);
}

#[test]
fn given_units_that_come_and_go_by_their_date_when_rebased_then_each_batch_holds_what_is_left() {
    let s = rebased(&shelf(5, &[batch(3, 2), batch(5, 3)]), &[batch(5, 4), batch(4, 1)], &[batch(3, 1), batch(9, 7)]);
    assert_eq!(s.batches, [batch(3, 1), batch(4, 1), batch(5, 7)]);
    assert_eq!(s.by_date, [batch(5, 4), batch(4, 1), batch(3, 1)], "what was not there by that date did not leave by it");
    assert_eq!((s.seen, s.location.as_str(), s.sku.as_str()), (5, "loc_a", "sku_1"));
    let came = Batch { came_on: Some(day(2)), ..batch(5, 1) };
    let first = Batch { came_on: Some(day(1)), ..batch(5, 1) };
    assert_eq!(rebased(&shelf(1, &[came]), &[first], &[]).batches, [Batch { came_on: Some(day(1)), ..batch(5, 2) }], "the first day counts");
    // Seven of ten were sold: of the batch that goes first.
    assert_eq!(rebased(&shelf(3, &[batch(3, 6), batch(5, 4)]), &[], &[]).batches, [batch(5, 3)]);
}
