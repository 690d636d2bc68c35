//! The account's cart in a store, and what a device has changed of it.
//!
//! A device says which cart it saw last and what it has now; what differs is what its person did, line by line. Only that is done to the
//! account's cart, so two devices that change different lines both keep their change, and what one has taken out does not come back with the
//! other. A device that has seen none adds what it has.

use std::collections::BTreeSet;

use liandian_types::{Code, Problem, SkuId, api::CartLine};

use crate::{Refusable, orders::place::MAX_LINES};

/// The account's cart after a device has told of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The lines.
    pub lines: Vec<CartLine>,
    /// Lines of the device for which there is no room.
    pub full: Vec<CartLine>,
    /// Lines of which there is no such SKU (any more).
    pub unknown: Vec<CartLine>,
}

/// Is it a cart?
///
/// # Errors
/// `bad_request` for too many lines or a SKU that is there twice, at the field of that name.
pub fn check(lines: &[CartLine], field: &str) -> Refusable<()> {
    if lines.len() > MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("购物车最多 {MAX_LINES} 种商品")).at(field));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = lines.iter().find(|l| !seen.insert(&l.sku)) {
        return Err(Problem::new(Code::BadRequest, format!("商品 {} 重复，请合并数量", twice.sku)).at(field));
    }
    Ok(())
}

fn units(lines: &[CartLine], sku: &SkuId) -> u32 {
    lines.iter().find(|l| l.sku == *sku).map_or(0, |l| l.quantity.get())
}

/// Does to the account's cart what a device has done since it `saw` it; the greater quantity where a device that has seen none and the account
/// both have a line.
#[must_use]
pub fn merge(account: &[CartLine], saw: Option<&[CartLine]>, device: &[CartLine], exists: impl Fn(&SkuId) -> bool) -> Merged {
    let mut lines: Vec<CartLine> = account.to_vec();
    if let Some(saw) = saw {
        lines.retain(|l| units(saw, &l.sku) == 0 || units(device, &l.sku) > 0);
    }
    let mut full = Vec::new();
    for d in device {
        if saw.is_some_and(|s| units(s, &d.sku) == d.quantity.get()) {
            continue;
        }
        let room = lines.len() < MAX_LINES;
        match lines.iter_mut().find(|l| l.sku == d.sku) {
            Some(line) if saw.is_none() => line.quantity = line.quantity.max(d.quantity),
            Some(line) => line.quantity = d.quantity,
            None if room || !exists(&d.sku) => lines.push(d.clone()),
            None => full.push(d.clone()),
        }
    }
    let (lines, unknown) = lines.into_iter().partition(|l| exists(&l.sku));
    Merged { lines, full, unknown }
}

#[cfg(test)]
mod tests {
    use liandian_types::Quantity;
    use proptest::prelude::*;

    use super::*;

    fn line(n: usize, quantity: u32) -> CartLine {
        CartLine { sku: SkuId::from_tail(n).unwrap(), quantity: Quantity::new(quantity).unwrap() }
    }

    fn merged(account: &[CartLine], saw: Option<&[CartLine]>, device: &[CartLine]) -> Vec<CartLine> {
        let m = merge(account, saw, device, |_| true);
        assert!(m.full.is_empty() && m.unknown.is_empty());
        m.lines
    }

    #[test]
    fn given_two_devices_when_one_takes_a_line_out_and_the_other_changes_another_then_both_are_done_in_either_order() {
        let both = [line(1, 1), line(2, 1)];
        let (without, more) = ([line(2, 1)], [line(1, 1), line(2, 5)]);
        for (first, second) in [(&without[..], &more[..]), (&more[..], &without[..])] {
            let account = merged(&both, Some(&both), first);
            assert_eq!(merged(&account, Some(&both), second), [line(2, 5)]);
        }
    }

    #[test]
    fn given_a_device_that_has_seen_no_cart_when_it_comes_then_all_lines_are_kept_and_the_greater_quantity_counts() {
        let once = merged(&[line(1, 2), line(2, 1)], None, &[line(2, 3), line(3, 1)]);
        assert_eq!(once, [line(1, 2), line(2, 3), line(3, 1)]);
        assert_eq!(merged(&once, None, &[line(2, 3), line(3, 1)]), once, "told twice is told once");
    }

    #[test]
    fn given_full_carts_when_they_are_merged_then_what_has_no_room_is_said_and_what_does_not_exist_is_in_no_cart() {
        let account: Vec<_> = (0..40).map(|n| line(n, 1)).collect();
        let device: Vec<_> = (20..60).map(|n| line(n, 2)).collect();
        let m = merge(&account, None, &device, |_| true);
        assert_eq!((m.lines.len(), m.full.len(), m.unknown.len()), (40, 20, 0));
        assert_eq!((m.full[0].clone(), units(&m.lines, &line(20, 1).sku)), (line(40, 2), 2));
        let m = merge(&account[..39], None, &[line(77, 1), line(50, 1)], |s| *s != line(77, 1).sku);
        assert_eq!((m.lines.len(), m.full, m.unknown), (39, vec![line(50, 1)], vec![line(77, 1)]));
    }

    proptest! {
        /// What a person did on a device is done, and nothing else changes.
        #[test]
        fn given_any_carts_when_a_device_tells_then_each_line_is_what_whoever_changed_it_last_wanted(
            account in proptest::collection::btree_map(0_usize..12, 1_u32..5, 0..12),
            saw in proptest::collection::btree_map(0_usize..12, 1_u32..5, 0..12),
            device in proptest::collection::btree_map(0_usize..12, 1_u32..5, 0..12),
        ) {
            let cart = |m: &std::collections::BTreeMap<usize, u32>| m.iter().map(|(n, q)| line(*n, *q)).collect::<Vec<_>>();
            let m = merge(&cart(&account), Some(&cart(&saw)), &cart(&device), |_| true);
            for n in 0..12 {
                let [a, s, d] = [&account, &saw, &device].map(|c| c.get(&n).copied().unwrap_or(0));
                prop_assert_eq!(units(&m.lines, &line(n, 1).sku), if s == d { a } else { d });
            }
        }
    }
}
