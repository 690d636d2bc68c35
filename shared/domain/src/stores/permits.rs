//! Permits (证照) of a store: what it may sell by law, as HQ has seen it. Which goods need which is said by their category.

use liandian_contracts::event::FieldChange;
use liandian_types::{Code, Problem, StaffId, Timestamp, text::unfit};

use super::{
    edit::written,
    hours::{CHINA, day},
    profile::{Details, Permit, StoreProfile},
};
use crate::{Decision, Refusable, conflict};

/// The field in a store's history, by its name …
pub const FIELD: &str = "permits";
/// … and as people read it.
pub const TITLE: &str = "证照";

/// Permits of a store.
pub const MOST: usize = 20;

/// The longest name of a permit, in characters.
const LONGEST_KIND: usize = 20;
/// The longest number.
const LONGEST_NUMBER: usize = 40;

/// Has the store a permit of this name that holds now?
#[must_use]
pub fn holds(store: &StoreProfile, kind: &str, now: Timestamp) -> bool {
    store.details.permits.iter().any(|p| p.kind == kind && p.expires.is_none_or(|end| now < end))
}

/// A permit as people read it.
#[must_use]
pub fn told(p: &Permit) -> String {
    // The last day on which it holds is the one before its end.
    let end = p.expires.map(|end| format!("，至 {}", day(end.plus(-1), CHINA))).unwrap_or_default();
    format!("{} {}{end}", p.kind, p.number)
}

/// HQ says which permits a store has: all of them, from the version of the profile that was seen.
///
/// # Errors
/// `bad_request` with the field; `conflict` when the profile is another by now.
pub fn set(old: &StoreProfile, permits: Vec<Permit>, seen: u64, by: &StaffId) -> Refusable<(StoreProfile, Decision)> {
    if seen != old.version {
        return conflict("门店资料刚被别人修改，请刷新后再保存");
    }
    let bad = |i: usize, what: &str, why: String| Err(Problem::new(Code::BadRequest, why).at(format!("permits[{i}].{what}")));
    if permits.len() > MOST {
        return Err(Problem::new(Code::BadRequest, format!("证照最多 {MOST} 份")).at("permits"));
    }
    for (i, p) in permits.iter().enumerate() {
        let fits = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count()) && unfit(text).is_none();
        if !fits(&p.kind, LONGEST_KIND) {
            return bad(i, "kind", format!("证照名称应为 1 到 {LONGEST_KIND} 个字"));
        }
        if !fits(&p.number, LONGEST_NUMBER) {
            return bad(i, "number", format!("证照编号应为 1 到 {LONGEST_NUMBER} 个字"));
        }
        if permits.iter().take(i).any(|other| other.kind == p.kind && other.number == p.number) {
            return bad(i, "number", "同一份证照填写了两次".to_owned());
        }
    }
    if permits == old.details.permits {
        return Ok((old.clone(), Decision::default()));
    }
    let all = |permits: &[Permit]| {
        let text = permits.iter().map(told).collect::<Vec<_>>().join("；");
        if text.is_empty() { "无".to_owned() } else { text }
    };
    let change = FieldChange { field: FIELD.to_owned(), old: all(&old.details.permits), new: all(&permits) };
    let next = StoreProfile { details: Details { permits, ..old.details.clone() }, version: old.version + 1, ..old.clone() };
    let d = written(Some(old), &next, by, "", vec![change]);
    Ok((next, d))
}

#[cfg(test)]
mod tests {
    use liandian_types::{GeoPoint, Mode, StoreStatus, Tier};

    use super::*;
    use crate::stores::hours::Hours;

    fn store() -> StoreProfile {
        StoreProfile {
            store: "sto_1".parse().unwrap(),
            name: "店".into(),
            city: "上海".into(),
            address: "路 1 号".into(),
            phone: String::new(),
            region: "reg_1".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Standard,
            status: StoreStatus::Open,
            point: GeoPoint { lat: 31.2, lng: 121.4 },
            hours: Hours::daily(0, 0, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: true,
            entrance: "abcd".into(),
            theme: "standard".into(),
            rule: "r".into(),
            categories: vec![],
            pause: None,
            details: Details::default(),
            version: 2,
        }
    }

    fn permit(number: &str, expires: Option<i64>) -> Permit {
        Permit { kind: "食品经营许可证".into(), number: number.into(), expires: expires.map(Timestamp) }
    }

    #[test]
    fn given_permits_when_set_then_they_hold_until_their_end_and_a_lost_update_is_a_conflict() {
        let by: StaffId = "stf_hq".parse().unwrap();
        let (next, d) = set(&store(), vec![permit("JY1", Some(100))], 2, &by).unwrap();
        assert_eq!((next.version, d.writes.len(), d.events.len()), (3, 1, 1));
        assert!(holds(&next, "食品经营许可证", Timestamp(99)) && !holds(&next, "食品经营许可证", Timestamp(100)));
        assert!(!holds(&next, "酒类经营许可证", Timestamp(99)) && !holds(&store(), "食品经营许可证", Timestamp(99)));
        assert_eq!(set(&next, vec![], 2, &by).unwrap_err().code, Code::Conflict);
        assert!(set(&next, next.details.permits.clone(), 3, &by).unwrap().1.is_empty());
    }

    #[test]
    fn given_permits_at_their_limits_when_set_then_those_beyond_are_refused_by_field() {
        let by: StaffId = "stf_hq".parse().unwrap();
        let told = |all: Vec<Permit>| set(&store(), all, 2, &by).map(|_| ()).map_err(|p| p.field.unwrap_or_default());
        let many = |n: usize| (0..n).map(|i| permit(&format!("JY{i}"), None)).collect::<Vec<_>>();
        assert!(told(many(MOST)).is_ok());
        assert_eq!(told(many(MOST + 1)).unwrap_err(), "permits");
        assert!(told(vec![permit(&"1".repeat(LONGEST_NUMBER), None)]).is_ok());
        assert_eq!(told(vec![permit(&"1".repeat(LONGEST_NUMBER + 1), None)]).unwrap_err(), "permits[0].number");
        assert_eq!(told(vec![permit("1", None), permit("1", Some(5))]).unwrap_err(), "permits[1].number");
        assert_eq!(told(vec![Permit { kind: " ".into(), ..permit("1", None) }]).unwrap_err(), "permits[0].kind");
    }
}
