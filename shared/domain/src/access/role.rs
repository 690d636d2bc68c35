//! Roles: sets of permissions that HQ edits.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Permission, Problem, Role, RoleId, Scope, Timestamp, text::unfit};
use serde::{Deserialize, Serialize};

use super::{
    account::{Account, People},
    giving::{Giver, Regions},
    write::AccessWrite,
};
use crate::{Decision, Refusable, conflict, decision::Aggregate};

/// The longest name of a role, in characters.
pub const MAX_TITLE: usize = 20;
/// How many roles HQ may make beside the built-in ones.
pub const MAX_ROLES: usize = 40;

/// A role: a built-in one as the chain has it, or one that HQ made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDef {
    /// The built-in role that it is, or that it is a kind of.
    pub role: Role,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// Its id, of a role that HQ made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<RoleId>,
    /// Its name, of a role that HQ made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How often it has been set; 0: as a new chain has it.
    #[serde(default)]
    pub version: u64,
}

impl RoleDef {
    /// A built-in role as a new chain has it.
    #[must_use]
    pub fn built_in(role: Role) -> Self {
        Self { role, permissions: role.default_permissions(), custom: None, title: None, version: 0 }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> RoleId {
        self.custom.clone().unwrap_or_else(|| self.role.id())
    }

    /// Its name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.role.title())
    }

    /// May its holders do this?
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// May its holders of the whole chain's scope manage accounts and roles?
    #[must_use]
    pub fn administers(&self) -> bool {
        self.may(Permission::AccountWrite) && self.may(Permission::RoleWrite)
    }
}

/// Permissions each once, in the order of their list.
fn each_once(mut permissions: Vec<Permission>) -> Vec<Permission> {
    permissions.sort_unstable();
    permissions.dedup();
    permissions
}

fn checked_title(title: &str, roles: &[RoleDef], own: Option<&RoleId>) -> Refusable<String> {
    let title = title.trim();
    let refuse = |why: &str| Err(Problem::new(Code::BadRequest, why).at("title"));
    if !(1..=MAX_TITLE).contains(&title.chars().count()) || unfit(title).is_some() {
        return refuse("角色名称为 1 到 20 个字");
    }
    if roles.iter().any(|r| r.title() == title && Some(&r.id()) != own) {
        return refuse("已有同名的角色");
    }
    Ok(title.to_owned())
}

/// What is different between two sets of permissions; what was not there is 无.
fn differences(old: &[Permission], new: &[Permission]) -> Vec<FieldChange> {
    let word = |all: &[Permission], p: Permission| if all.contains(&p) { "有" } else { "无" }.to_owned();
    let changed = Permission::ALL.iter().filter(|p| old.contains(p) != new.contains(p));
    changed.map(|p| FieldChange { field: p.to_string(), old: word(old, *p), new: word(new, *p) }).collect()
}

/// HQ makes a role of its own.
///
/// # Errors
/// `bad_request` for its name; `forbidden` for a permission that the giver does not have; `conflict` when there are too many.
pub fn create(giver: &Giver<'_>, id: RoleId, base: Role, title: &str, permissions: Vec<Permission>, roles: &[RoleDef]) -> Refusable<Decision> {
    let title = checked_title(title, roles, None)?;
    if roles.iter().filter(|r| r.custom.is_some()).count() >= MAX_ROLES {
        return conflict(format!("自建角色最多 {MAX_ROLES} 个"));
    }
    let permissions = each_once(permissions);
    giver.may_give(&permissions, &Scope::All, &Regions::new())?;
    let mut changes = vec![FieldChange { field: "title".into(), old: String::new(), new: title.clone() }];
    changes.extend(differences(&[], &permissions));
    let role = RoleDef { role: base, permissions, custom: Some(id.clone()), title: Some(title), version: 0 };
    let mut d = Decision::default();
    d.write(AccessWrite::Role(Box::new(role)));
    d.event(Aggregate::Role(id.clone()), Event::RoleChanged { role: id, by: giver.staff.clone(), changes });
    Ok(d)
}

/// HQ says anew what a role may do. `version` is the one that its author saw. Its holders' tokens are to be fetched anew, so that it takes effect.
///
/// # Errors
/// `conflict` when it was set since, or when nobody would be left who manages accounts and roles; `forbidden` for a permission that the giver does not
/// have and the role did not have; `bad_request` for its name.
pub fn set(
    giver: &Giver<'_>,
    old: &RoleDef,
    title: &str,
    permissions: Vec<Permission>,
    version: u64,
    people: &People<'_>,
    now: Timestamp,
) -> Refusable<Decision> {
    if version != old.version {
        return conflict("角色刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let id = old.id();
    let mut new = RoleDef { permissions: each_once(permissions), ..old.clone() };
    if old.custom.is_some() {
        new.title = Some(checked_title(title, people.roles, Some(&id))?);
    }
    // What it had already is not given now.
    let added: Vec<Permission> = new.permissions.iter().copied().filter(|p| !old.may(*p)).collect();
    giver.may_give(&added, &Scope::All, &Regions::new())?;
    let mut changes = differences(&old.permissions, &new.permissions);
    if new.title != old.title {
        changes.push(FieldChange { field: "title".into(), old: old.title().to_owned(), new: new.title().to_owned() });
    }
    let mut d = Decision::default();
    if changes.is_empty() {
        return Ok(d);
    }
    if old.administers() && !new.administers() {
        let holds = |a: &Account| a.role_id() == id;
        let left = people.administrators().filter(|a| !holds(a)).count();
        if left == 0 && people.administrators().any(holds) {
            return conflict("这样就没有人能管理账号和角色了：请先让另一位总部管理员拥有这两项权限");
        }
        d.write(AccessWrite::AdministratorLess(people.guard));
    }
    d.write(AccessWrite::Role(Box::new(new)));
    d.write(AccessWrite::TokensEnd { whose: id.to_string(), before: now.plus(1) });
    d.event(Aggregate::Role(id.clone()), Event::RoleChanged { role: id, by: giver.staff.clone(), changes });
    Ok(d)
}

#[cfg(test)]
mod tests {
    use liandian_types::StaffId;

    use super::*;
    use crate::Write;

    const NOW: Timestamp = Timestamp(1_000);

    fn hq() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn admin(id: &str, role: &RoleDef) -> Account {
        let mut a = Account::active(id.parse().unwrap(), id.into(), "王".into(), "$hash".into(), role.role, Scope::All);
        a.custom.clone_from(&role.custom);
        a
    }

    #[test]
    fn given_a_role_when_set_then_holders_fetch_new_tokens_and_history_says_what_is_different() {
        let (old, by) = (RoleDef::built_in(Role::Marketing), hq());
        let giver = Giver { staff: &by, permissions: Permission::ALL, scope: &Scope::All };
        let people = People { accounts: &[], roles: std::slice::from_ref(&old), guard: 0 };
        let more = [old.permissions.clone(), vec![Permission::OrderRead, Permission::OrderRead]].concat();
        let d = set(&giver, &old, "营销", more, 0, &people, NOW).unwrap();
        let mut all = old.permissions.clone();
        all.push(Permission::OrderRead);
        all.sort_by_key(|p| Permission::ALL.iter().position(|q| q == p));
        let new = RoleDef { permissions: all, ..old.clone() };
        let ends = AccessWrite::TokensEnd { whose: "rol_marketing".into(), before: Timestamp(1_001) };
        assert_eq!(d.writes, [Write::Access(AccessWrite::Role(Box::new(new))), Write::Access(ends)]);
        let changes = vec![FieldChange { field: "order:read".into(), old: "无".into(), new: "有".into() }];
        let id = old.id();
        assert_eq!(d.events, [(Aggregate::Role(id.clone()), Event::RoleChanged { role: id, by: by.clone(), changes })]);
        assert!(set(&giver, &old, "营销", old.permissions.clone(), 0, &people, NOW).unwrap().is_empty());
        assert_eq!(set(&giver, &old, "营销", Vec::new(), 1, &people, NOW).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_somebody_with_less_when_a_role_is_edited_then_he_may_take_away_and_not_give() {
        let (old, by) = (RoleDef::built_in(Role::Finance), hq());
        let giver = Giver { staff: &by, permissions: &[Permission::RoleWrite], scope: &Scope::All };
        let people = People { accounts: &[], roles: &[], guard: 0 };
        let more = [old.permissions.clone(), vec![Permission::AuditRead]].concat();
        assert_eq!(set(&giver, &old, "", more, 0, &people, NOW).unwrap_err().code, Code::Forbidden);
        assert!(set(&giver, &old, "", vec![Permission::StoreRead], 0, &people, NOW).is_ok());
    }

    #[test]
    fn given_the_last_holder_when_a_role_loses_what_administrators_need_then_it_is_refused() {
        let (old, by) = (RoleDef::built_in(Role::HqAdmin), hq());
        let other = RoleDef { custom: Some("rol_x".parse().unwrap()), title: Some("副管理员".into()), ..old.clone() };
        let giver = Giver { staff: &by, permissions: Permission::ALL, scope: &Scope::All };
        let less: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| *p != Permission::RoleWrite).collect();
        let roles = [old.clone(), other.clone()];
        let alone = [admin("stf_hq", &old), admin("stf_2", &old)];
        let try_one = |accounts: &[Account]| set(&giver, &old, "", less.clone(), 0, &People { accounts, roles: &roles, guard: 4 }, NOW);
        assert_eq!(try_one(&alone).unwrap_err().code, Code::Conflict);
        let with_other = [admin("stf_hq", &old), admin("stf_3", &other)];
        let d = try_one(&with_other).unwrap();
        assert_eq!(d.writes[0], Write::Access(AccessWrite::AdministratorLess(4)), "two such edits do not happen at the same time");
    }

    #[test]
    fn given_a_new_role_when_its_name_is_taken_or_long_then_it_is_refused() {
        let by = hq();
        let giver = Giver { staff: &by, permissions: &[Permission::StoreRead], scope: &Scope::All };
        let roles = [RoleDef::built_in(Role::Clerk)];
        let make =
            |title: &str, permissions: &[Permission]| create(&giver, "rol_x".parse().unwrap(), Role::Clerk, title, permissions.to_vec(), &roles);
        for bad in ["", " ", "店员", &"长".repeat(21), "店\u{202e}员"] {
            assert_eq!(make(bad, &[]).unwrap_err().field.as_deref(), Some("title"), "{bad}");
        }
        assert!(make(&"长".repeat(20), &[Permission::StoreRead]).is_ok());
        assert_eq!(make("理货员", &[Permission::StockRead]).unwrap_err().code, Code::Forbidden);
    }
}
