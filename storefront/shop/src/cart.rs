//! The lines of a cart on this device. Prices are not kept: a quote tells them.

use liandian_types::{
    Code, Problem, Quantity, SkuId,
    api::{CartLine, CartLines},
};

/// The most lines that a cart takes; the API refuses more.
pub const MAX_LINES: usize = CartLines::MAX;

/// The lines as a cart that can be priced and ordered.
///
/// # Errors
/// What speaks against it, for the customer.
pub fn whole(lines: Vec<CartLine>) -> Result<CartLines, Problem> {
    CartLines::try_from(lines).map_err(|why| Problem::new(Code::BadRequest, why).at("lines"))
}

/// How many of this SKU are in the cart.
#[must_use]
pub fn count(lines: &[CartLine], sku: &SkuId) -> u32 {
    lines.iter().find(|l| l.sku == *sku).map_or(0, |l| l.quantity.get())
}

/// How many units are in the cart.
#[must_use]
pub fn units(lines: &[CartLine]) -> u32 {
    lines.iter().map(|l| l.quantity.get()).sum()
}

/// Puts `n` of a SKU into the cart instead of what was there; nothing for `n` = 0. False when there is no room for another line.
pub fn set(lines: &mut Vec<CartLine>, sku: &SkuId, n: u32) -> bool {
    let Ok(quantity) = Quantity::new(n.min(Quantity::MAX)) else {
        lines.retain(|l| l.sku != *sku);
        return true;
    };
    if let Some(line) = lines.iter_mut().find(|l| l.sku == *sku) {
        line.quantity = quantity;
    } else if lines.len() < MAX_LINES {
        lines.push(CartLine { sku: sku.clone(), quantity });
    } else {
        return false;
    }
    true
}

/// Two carts as one: every line of both, the greater quantity where both have it. Adding them up would double a cart that is merged twice.
#[must_use]
pub fn merge(mine: Vec<CartLine>, other: Vec<CartLine>) -> Vec<CartLine> {
    let mut all = mine;
    for line in other {
        let n = line.quantity.get().max(count(&all, &line.sku));
        set(&mut all, &line.sku, n);
    }
    all
}

/// What was changed between two carts of this device, done to a third.
#[must_use]
pub fn rebase(from: &[CartLine], to: &[CartLine], mut onto: Vec<CartLine>) -> Vec<CartLine> {
    for line in from.iter().chain(to) {
        let n = count(to, &line.sku);
        if n != count(from, &line.sku) {
            set(&mut onto, &line.sku, n);
        }
    }
    onto
}

/// The cart as a cookie's value: `sku_1:2.sku_7:1`.
#[must_use]
pub fn packed(lines: &[CartLine]) -> String {
    lines.iter().map(|l| format!("{}:{}", l.sku, l.quantity.get())).collect::<Vec<_>>().join(".")
}

/// The cart out of such a value; what cannot be read is left out.
#[must_use]
pub fn unpacked(text: &str) -> Vec<CartLine> {
    let mut lines = Vec::new();
    for (sku, n) in text.split('.').filter_map(|part| part.split_once(':')) {
        if let (Ok(sku), Ok(n)) = (sku.parse(), n.parse()) {
            set(&mut lines, &sku, n);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_cart_when_packed_into_a_cookie_then_it_comes_out_the_same_and_rubbish_is_left_out() {
        let cart = vec![line(1, 2), line(7, 1)];
        assert_eq!(packed(&cart), "sku_1:2.sku_7:1");
        assert_eq!(unpacked(&packed(&cart)), cart);
        assert_eq!(unpacked("sku_1:2.x:1.sku_2.sku_3:0.sku_1:3"), vec![line(1, 3)]);
        assert!(unpacked("").is_empty());
    }

    fn sku(n: usize) -> SkuId {
        SkuId::from_tail(n).unwrap()
    }

    fn line(n: usize, quantity: u32) -> CartLine {
        CartLine { sku: sku(n), quantity: Quantity::new(quantity).unwrap() }
    }

    #[test]
    fn given_two_carts_when_merged_then_the_greater_quantity_wins_and_merging_again_changes_nothing() {
        let once = merge(vec![line(1, 2), line(2, 1)], vec![line(2, 3), line(3, 1)]);
        assert_eq!(once, vec![line(1, 2), line(2, 3), line(3, 1)]);
        assert_eq!(merge(once.clone(), vec![line(2, 3), line(3, 1)]), once);
    }

    #[test]
    fn given_a_change_while_an_answer_was_on_its_way_when_it_comes_then_the_change_is_kept_and_the_rest_is_the_accounts() {
        let sent = [line(1, 2), line(2, 1)];
        let now = [line(1, 3), line(3, 1)];
        assert_eq!(rebase(&sent, &now, vec![line(1, 2), line(2, 1), line(9, 4)]), vec![line(1, 3), line(9, 4), line(3, 1)]);
        assert_eq!(rebase(&sent, &sent, vec![line(9, 4)]), vec![line(9, 4)]);
    }

    #[test]
    fn given_a_full_cart_when_another_line_comes_then_it_is_refused_and_a_present_one_still_changes() {
        let mut lines: Vec<_> = (0..MAX_LINES).map(|n| line(n, 1)).collect();
        assert!(!set(&mut lines, &sku(99), 1));
        assert!(set(&mut lines, &sku(3), 5));
        assert_eq!((lines.len(), count(&lines, &sku(3)), units(&lines)), (40, 5, 44));
    }

    #[test]
    fn given_a_quantity_beyond_the_limits_when_set_then_it_is_cut_or_the_line_goes() {
        let mut lines = vec![line(1, 2)];
        set(&mut lines, &sku(1), 5_000);
        assert_eq!(count(&lines, &sku(1)), Quantity::MAX);
        set(&mut lines, &sku(1), 0);
        assert!(lines.is_empty());
    }
}
