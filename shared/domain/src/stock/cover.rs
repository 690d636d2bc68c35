//! Days of cover (可售天数): for how long what can be promised lasts at the pace of the last days.

/// Over how many days sales are averaged.
pub const DAYS: i64 = 14;

/// For how many whole days so many units last when so many were sold in the last [`DAYS`] days; `None` where nothing was: nobody knows.
#[must_use]
pub fn days(available: i64, sold: i64) -> Option<u32> {
    if sold <= 0 {
        return None;
    }
    let days = i128::from(available.max(0)) * i128::from(DAYS) / i128::from(sold);
    Some(u32::try_from(days).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_units_and_sales_when_asked_for_days_then_they_are_whole_and_unknown_without_sales() {
        assert_eq!(days(10, 14), Some(10));
        assert_eq!(days(9, 28), Some(4));
        assert_eq!(days(0, 1), Some(0));
        assert_eq!(days(-3, 1), Some(0), "what is promised twice lasts no day");
        assert_eq!(days(10, 0), None);
        assert_eq!(days(10, -2), None);
        assert_eq!(days(i64::MAX, 1), Some(u32::MAX));
    }
}
