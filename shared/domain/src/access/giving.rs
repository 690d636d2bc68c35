//! Nobody gives what he does not have.

use std::collections::BTreeMap;

use liandian_types::{Code, Permission, Problem, RegionId, Scope, StaffId, StoreId};

use crate::Refusable;

/// In which region each store lies.
pub type Regions = BTreeMap<StoreId, RegionId>;

/// Somebody who gives: what he has himself.
#[derive(Debug, Clone, Copy)]
pub struct Giver<'a> {
    /// Who.
    pub staff: &'a StaffId,
    /// What he may do.
    pub permissions: &'a [Permission],
    /// Where.
    pub scope: &'a Scope,
}

/// Does a scope hold all of another one? A store that is in no region is in none of theirs.
#[must_use]
pub fn holds(scope: &Scope, other: &Scope, regions: &Regions) -> bool {
    let store = |s: &StoreId| scope.covers(s, regions.get(s));
    match other {
        Scope::All => *scope == Scope::All,
        Scope::Region(r) => *scope == Scope::All || *scope == Scope::Region(r.clone()),
        Scope::Store(s) => store(s),
        Scope::Stores(all) => all.iter().all(store),
    }
}

impl Giver<'_> {
    /// Does he have a permission?
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// May he let somebody do all of this there?
    ///
    /// # Errors
    /// `forbidden` naming what he does not have himself.
    pub fn may_give(&self, permissions: &[Permission], scope: &Scope, regions: &Regions) -> Refusable<()> {
        if !holds(self.scope, scope, regions) {
            return Err(Problem::new(Code::Forbidden, "不能授予超出自己管辖的范围").at("scope"));
        }
        if let Some(more) = permissions.iter().find(|p| !self.has(**p)) {
            return Err(Problem::new(Code::Forbidden, format!("不能授予自己没有的权限（{more}）")).at("role"));
        }
        // Who manages accounts is named from above: otherwise a manager could put others in his own place.
        let above = *self.scope == Scope::All || !holds(scope, self.scope, regions);
        if permissions.contains(&Permission::AccountWrite) && !above {
            return Err(Problem::new(Code::Forbidden, "能管理员工账号的角色，需由上一级授予").at("role"));
        }
        Ok(())
    }
}

/// The most stores that a scope names.
pub const MAX_STORES: usize = 50;

/// Checks a scope as somebody wrote it: of several stores each once, and stores and regions that there are.
///
/// # Errors
/// `bad_request` naming the field.
pub fn check_scope(scope: Scope, regions: &Regions) -> Refusable<Scope> {
    let refuse = |why: String| Err(Problem::new(Code::BadRequest, why).at("scope"));
    let unknown = |s: &StoreId| !regions.contains_key(s);
    match scope {
        Scope::All => Ok(Scope::All),
        Scope::Region(r) if !regions.values().any(|known| *known == r) => refuse(format!("没有区域 {r}")),
        Scope::Region(r) => Ok(Scope::Region(r)),
        Scope::Store(s) if unknown(&s) => refuse(format!("没有门店 {s}")),
        Scope::Store(s) => Ok(Scope::Store(s)),
        Scope::Stores(mut all) => {
            all.sort();
            all.dedup();
            if let Some(s) = all.iter().find(|s| unknown(s)) {
                return refuse(format!("没有门店 {s}"));
            }
            match all.len() {
                0 => refuse("请至少选择一家门店".into()),
                1 => Ok(all.into_iter().next().map_or(Scope::All, Scope::Store)),
                2..=MAX_STORES => Ok(Scope::Stores(all)),
                _ => refuse(format!("最多选择 {MAX_STORES} 家门店，更多请使用区域")),
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::access) fn regions() -> Regions {
        [("sto_a", "reg_e"), ("sto_b", "reg_e"), ("sto_c", "reg_w")].map(|(s, r)| (s.parse().unwrap(), r.parse().unwrap())).into()
    }

    pub(in crate::access) fn store(id: &str) -> Scope {
        Scope::Store(id.parse().unwrap())
    }

    pub(in crate::access) fn region(id: &str) -> Scope {
        Scope::Region(id.parse().unwrap())
    }

    fn stores(ids: &[&str]) -> Scope {
        Scope::Stores(ids.iter().map(|s| s.parse().unwrap()).collect())
    }

    #[test]
    fn given_two_scopes_when_compared_then_one_holds_the_other_or_not() {
        let r = regions();
        for (scope, other, held) in [
            (Scope::All, Scope::All, true),
            (Scope::All, region("reg_e"), true),
            (Scope::All, stores(&["sto_a", "sto_c"]), true),
            (region("reg_e"), Scope::All, false),
            (region("reg_e"), region("reg_e"), true),
            (region("reg_e"), region("reg_w"), false),
            (region("reg_e"), store("sto_a"), true),
            (region("reg_e"), store("sto_c"), false),
            (region("reg_e"), stores(&["sto_a", "sto_b"]), true),
            (region("reg_e"), stores(&["sto_a", "sto_c"]), false),
            (region("reg_e"), store("sto_unknown"), false),
            (store("sto_a"), store("sto_a"), true),
            (store("sto_a"), stores(&["sto_a", "sto_b"]), false),
            (stores(&["sto_a", "sto_b"]), store("sto_b"), true),
            (stores(&["sto_a", "sto_b"]), store("sto_c"), false),
            (stores(&["sto_a", "sto_b"]), region("reg_e"), false),
        ] {
            assert_eq!(holds(&scope, &other, &r), held, "{scope:?} {other:?}");
        }
    }

    #[test]
    fn given_a_giver_when_he_gives_more_than_he_has_then_he_is_refused() {
        use Permission as P;
        let (r, who) = (regions(), "stf_1".parse().unwrap());
        let manager = Giver { staff: &who, permissions: &[P::OrderRead, P::AccountWrite], scope: &store("sto_a") };
        assert!(manager.may_give(&[P::OrderRead], &store("sto_a"), &r).is_ok());
        let refused = |permissions: &[P], scope: &Scope| manager.may_give(permissions, scope, &r).unwrap_err();
        assert_eq!(refused(&[P::OrderRead], &store("sto_b")).field.as_deref(), Some("scope"));
        assert_eq!(refused(&[P::OrderRead, P::StockRead], &store("sto_a")).field.as_deref(), Some("role"));
        assert_eq!(refused(&[P::AccountWrite], &store("sto_a")).code, Code::Forbidden, "nobody puts another in his own place");
        let region_manager = Giver { scope: &region("reg_e"), ..manager };
        assert!(region_manager.may_give(&[P::AccountWrite], &store("sto_a"), &r).is_ok(), "but from above");
        assert!(region_manager.may_give(&[P::AccountWrite], &region("reg_e"), &r).is_err());
        let hq = Giver { scope: &Scope::All, ..manager };
        assert!(hq.may_give(&[P::AccountWrite], &Scope::All, &r).is_ok());
    }

    #[test]
    fn given_a_scope_as_it_was_written_when_checked_then_each_store_is_there_once_and_exists() {
        let r = regions();
        let checked = check_scope(stores(&["sto_b", "sto_a", "sto_b"]), &r).unwrap();
        assert_eq!(checked, stores(&["sto_a", "sto_b"]));
        assert_eq!(check_scope(stores(&["sto_a"]), &r).unwrap(), store("sto_a"));
        for bad in [stores(&[]), stores(&["sto_x"]), store("sto_x"), region("reg_x")] {
            assert_eq!(check_scope(bad, &r).unwrap_err().field.as_deref(), Some("scope"));
        }
        let many: Regions = (0..=MAX_STORES).map(|n| (format!("sto_{n}").parse().unwrap(), "reg_e".parse().unwrap())).collect();
        let first = |n: usize| Scope::Stores(many.keys().take(n).cloned().collect());
        assert!(check_scope(first(MAX_STORES), &many).is_ok() && check_scope(first(MAX_STORES + 1), &many).is_err());
    }
}
