//! Staff accounts: invited, active, disabled.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{AccountState, Code, Problem, Role, RoleId, Scope, StaffId, Timestamp, text::unfit};
use serde::{Deserialize, Serialize};

use super::{
    giving::{Giver, Regions, holds},
    password,
    role::RoleDef,
    write::AccessWrite,
};
use crate::{Decision, Refusable, conflict, decision::Aggregate};

/// How long a one-time link works.
pub const LINK_MS: i64 = 72 * Timestamp::HOUR;
/// The longest display name, in characters.
pub const MAX_NAME: usize = 20;

/// A one-time link that waits. The token itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Digest of its token.
    pub digest: String,
    /// When it ends.
    pub until: Timestamp,
}

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub staff: StaffId,
    /// User name; its id while the invited person has not chosen one.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Argon2id, in PHC form; empty while the invited person has not chosen a password.
    pub password: String,
    /// Role, or the built-in one that it is a kind of.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
    /// The role, when it is one that HQ made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<RoleId>,
    /// Where it stands.
    #[serde(default)]
    pub state: AccountState,
    /// The one-time link that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Sessions that were begun before are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions_from: Option<Timestamp>,
    /// How often it has been written.
    #[serde(default)]
    pub version: u64,
}

impl Account {
    /// An account that works from the start.
    #[must_use]
    pub fn active(staff: StaffId, username: String, name: String, password: String, role: Role, scope: Scope) -> Self {
        let (state, version) = (AccountState::Active, 0);
        Self { staff, username, name, password, role, scope, custom: None, state, link: None, sessions_from: None, version }
    }

    /// An account whose person has still to choose a password.
    #[must_use]
    pub fn invited(staff: StaffId, username: Option<String>, name: String, role: &RoleDef, scope: Scope, link: Link) -> Self {
        let username = username.unwrap_or_else(|| staff.to_string());
        let (custom, state, link) = (role.custom.clone(), AccountState::Invited, Some(link));
        Self { staff, username, name, password: String::new(), role: role.role, scope, custom, state, link, sessions_from: None, version: 1 }
    }

    /// Its role's id.
    #[must_use]
    pub fn role_id(&self) -> RoleId {
        self.custom.clone().unwrap_or_else(|| self.role.id())
    }

    /// Has its person still to choose a user name?
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        self.username == self.staff.as_str()
    }

    /// The link, if it still works.
    #[must_use]
    pub fn waiting_link(&self, now: Timestamp) -> Option<&Link> {
        self.link.as_ref().filter(|l| l.until > now && self.state != AccountState::Disabled)
    }

    /// Does a session that was begun then go on?
    #[must_use]
    pub fn goes_on(&self, begun: Timestamp) -> bool {
        self.state == AccountState::Active && self.sessions_from.is_none_or(|from| begun >= from)
    }
}

/// The accounts of HQ with the chain's roles: who of them is an administrator.
#[derive(Debug, Clone, Copy)]
pub struct People<'a> {
    /// The accounts whose scope is the whole chain.
    pub accounts: &'a [Account],
    /// The roles.
    pub roles: &'a [RoleDef],
    /// How often there has become one less; two such changes do not happen at the same time.
    pub guard: u64,
}

impl<'a> People<'a> {
    /// Those who manage accounts and roles of the whole chain.
    pub fn administrators(&self) -> impl Iterator<Item = &'a Account> + use<'a> {
        let roles = self.roles;
        self.accounts.iter().filter(move |a| administers(a, roles))
    }

    /// A change by which this account may be no administrator any more.
    ///
    /// # Errors
    /// `conflict` when it is the last one.
    fn without(&self, old: &Account, new: &Account, new_role: &RoleDef, d: &mut Decision) -> Refusable<()> {
        let stays = new.state == AccountState::Active && new.scope == Scope::All && new_role.administers();
        if !administers(old, self.roles) || stays {
            return Ok(());
        }
        if !self.administrators().any(|a| a.staff != old.staff) {
            return conflict("这是最后一位能管理账号和角色的总部管理员，不能停用或降级");
        }
        d.write(AccessWrite::AdministratorLess(self.guard));
        Ok(())
    }
}

fn administers(a: &Account, roles: &[RoleDef]) -> bool {
    let id = a.role_id();
    let may = roles.iter().find(|r| r.id() == id).map_or_else(|| a.custom.is_none() && RoleDef::built_in(a.role).administers(), RoleDef::administers);
    a.state == AccountState::Active && a.scope == Scope::All && may
}

/// Checks a display name.
///
/// # Errors
/// `bad_request` naming the field.
pub fn check_name(name: &str) -> Refusable<String> {
    let name = name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) || unfit(name).is_some() {
        return Err(Problem::new(Code::BadRequest, "姓名为 1 到 20 个字").at("name"));
    }
    Ok(name.to_owned())
}

/// May he manage this account, whose role is this?
///
/// # Errors
/// `not_found` for one outside of his scope; `forbidden` for his own, and for one that may more than he.
pub fn may_manage(giver: &Giver<'_>, account: &Account, role: &RoleDef, regions: &Regions) -> Refusable<()> {
    if !holds(giver.scope, &account.scope, regions) {
        return Err(Problem::new(Code::NotFound, "没有找到该账号"));
    }
    if *giver.staff == account.staff {
        return Err(Problem::new(Code::Forbidden, "不能这样修改自己的账号，请联系另一位管理员"));
    }
    giver.may_give(&role.permissions, &account.scope, regions).map_err(|_| Problem::new(Code::Forbidden, "该账号的权限超出您的权限，不能由您管理"))
}

fn seen(account: &Account, version: u64) -> Refusable<()> {
    if account.version == version { Ok(()) } else { conflict("账号刚被其他人修改过，请刷新页面，核对后再操作") }
}

/// Somebody is invited.
///
/// # Errors
/// `forbidden` for a role or a scope beyond the giver's; `bad_request` for a name.
pub fn invite(giver: &Giver<'_>, mut account: Account, role: &RoleDef, regions: &Regions) -> Refusable<(Account, Decision)> {
    account.name = check_name(&account.name)?;
    if !account.is_unnamed() {
        password::check_username(&account.username)?;
    }
    giver.may_give(&role.permissions, &account.scope, regions)?;
    let (staff, by) = (account.staff.clone(), giver.staff.clone());
    let mut d = Decision::default();
    d.write(AccessWrite::NewAccount(Box::new(account.clone())));
    let invited = Event::AccountInvited { staff: staff.clone(), by, role: account.role_id(), scope: account.scope.clone() };
    d.event(Aggregate::Staff(staff), invited);
    Ok((account, d))
}

/// What stands around an account that is changed.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Its role.
    pub role: &'a RoleDef,
    /// In which region each store lies.
    pub regions: &'a Regions,
    /// The people of HQ.
    pub people: People<'a>,
    /// The version that was seen.
    pub version: u64,
    /// When.
    pub now: Timestamp,
}

fn ends(account: &Account, before: Timestamp) -> AccessWrite {
    AccessWrite::TokensEnd { whose: account.staff.to_string(), before }
}

/// Disables an account: nobody comes in by it any more, and all its sessions end.
///
/// # Errors
/// As [`may_manage`]; `conflict` when it is disabled, was changed since, or is the last administrator's.
pub fn disable(giver: &Giver<'_>, account: &Account, around: Around<'_>) -> Refusable<(Account, Decision)> {
    may_manage(giver, account, around.role, around.regions)?;
    seen(account, around.version)?;
    if account.state == AccountState::Disabled {
        return conflict("账号已经停用");
    }
    // What is issued in this very moment ends as well.
    let before = around.now.plus(1);
    let next = Account { state: AccountState::Disabled, link: None, sessions_from: Some(before), ..account.clone() };
    let mut d = Decision::default();
    around.people.without(account, &next, around.role, &mut d)?;
    d.write(AccessWrite::Account(Box::new(next.clone())));
    d.write(ends(account, before));
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountDisabled { staff: account.staff.clone(), by: giver.staff.clone() });
    Ok((next, d))
}

/// Lets an account work again; one whose person never chose a password needs a new link as well.
///
/// # Errors
/// As [`may_manage`]; `conflict` when it is not disabled, or was changed since.
pub fn enable(giver: &Giver<'_>, account: &Account, around: Around<'_>) -> Refusable<(Account, Decision)> {
    may_manage(giver, account, around.role, around.regions)?;
    seen(account, around.version)?;
    if account.state != AccountState::Disabled {
        return conflict("账号没有停用");
    }
    let state = if account.password.is_empty() { AccountState::Invited } else { AccountState::Active };
    let next = Account { state, ..account.clone() };
    let mut d = Decision::default();
    d.write(AccessWrite::Account(Box::new(next.clone())));
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountEnabled { staff: account.staff.clone(), by: giver.staff.clone() });
    Ok((next, d))
}

/// A new one-time link: the one before it works no more.
///
/// # Errors
/// As [`may_manage`]; `conflict` when the account is disabled, or was changed since.
pub fn reset(giver: &Giver<'_>, account: &Account, link: Link, around: Around<'_>) -> Refusable<(Account, Decision)> {
    may_manage(giver, account, around.role, around.regions)?;
    seen(account, around.version)?;
    if account.state == AccountState::Disabled {
        return conflict("账号已停用，请先启用");
    }
    let next = Account { link: Some(link), ..account.clone() };
    let mut d = Decision::default();
    d.write(AccessWrite::Account(Box::new(next.clone())));
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountReset { staff: account.staff.clone(), by: giver.staff.clone() });
    Ok((next, d))
}

/// An account as it shall be.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Display name.
    pub name: &'a str,
    /// Role.
    pub role: &'a RoleDef,
    /// Where it holds.
    pub scope: Scope,
}

/// Changes name, role or scope. With another role or scope its tokens are to be fetched anew, and a one-time link that waits works no more.
///
/// # Errors
/// As [`may_manage`] and [`Giver::may_give`]; `conflict` when it was changed since, or is the last administrator's.
pub fn change(giver: &Giver<'_>, account: &Account, wanted: Wanted<'_>, around: Around<'_>) -> Refusable<(Account, Decision)> {
    may_manage(giver, account, around.role, around.regions)?;
    seen(account, around.version)?;
    let name = check_name(wanted.name)?;
    giver.may_give(&wanted.role.permissions, &wanted.scope, around.regions)?;
    let mut next = Account { name, role: wanted.role.role, custom: wanted.role.custom.clone(), scope: wanted.scope, ..account.clone() };
    let mut changes = Vec::new();
    let mut changed = |field: &str, old: String, new: String| changes.push(FieldChange { field: field.to_owned(), old, new });
    if next.name != account.name {
        // A name is personal data, and an event outlives its person.
        changed("name", "…".into(), "…".into());
    }
    let other = next.role_id() != account.role_id() || next.scope != account.scope;
    if other {
        // Whoever made the link that waits may not have what the account has from now on, and would come in by it.
        next.link = None;
    }
    if next.role_id() != account.role_id() {
        changed("role", account.role_id().to_string(), next.role_id().to_string());
    }
    if next.scope != account.scope {
        changed("scope", scope_text(&account.scope), scope_text(&next.scope));
    }
    let mut d = Decision::default();
    if changes.is_empty() {
        return Ok((account.clone(), d));
    }
    around.people.without(account, &next, wanted.role, &mut d)?;
    d.write(AccessWrite::Account(Box::new(next.clone())));
    if other {
        d.write(ends(account, around.now.plus(1)));
    }
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountChanged { staff: account.staff.clone(), by: giver.staff.clone(), changes });
    Ok((next, d))
}

/// A scope in ids.
fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::All => "全部".to_owned(),
        Scope::Region(r) => r.to_string(),
        Scope::Store(s) => s.to_string(),
        Scope::Stores(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// The person of an account follows its one-time link and has chosen a password (and a user name, where none was given). `digest` is that of the
/// link's token, `hash` the password's Argon2id. What was logged in before by the old password is over.
///
/// # Errors
/// `not_found` for a link that was used, has ended, or never was; `bad_request` for a user name.
pub fn take(account: &Account, digest: &str, username: Option<&str>, hash: String, now: Timestamp) -> Refusable<(Account, Decision)> {
    if account.waiting_link(now).is_none_or(|l| l.digest != digest) {
        return Err(Problem::new(Code::NotFound, "链接无效、已经用过，或已过期"));
    }
    let name = if account.is_unnamed() {
        let Some(chosen) = username.map(str::trim).filter(|n| !n.is_empty()) else {
            return Err(Problem::new(Code::BadRequest, "请填写用户名").at("username"));
        };
        password::check_username(chosen)?;
        chosen.to_owned()
    } else {
        account.username.clone()
    };
    let renamed = name != account.username;
    let mut next = Account { username: name, password: hash, state: AccountState::Active, link: None, sessions_from: Some(now), ..account.clone() };
    let mut d = Decision::default();
    if renamed {
        next.version += 1;
        d.write(AccessWrite::NewAccount(Box::new(next.clone())));
        d.write(AccessWrite::Renamed { username: account.username.clone(), version: account.version });
    } else {
        d.write(AccessWrite::Account(Box::new(next.clone())));
    }
    d.write(ends(account, now));
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountActivated { staff: account.staff.clone() });
    Ok((next, d))
}

/// Somebody changes the own password; the old one has been checked. All sessions end, also the one that asks: it begins anew.
///
/// # Errors
/// `conflict` when the account does not work.
pub fn set_password(account: &Account, hash: String, now: Timestamp) -> Refusable<(Account, Decision)> {
    if account.state != AccountState::Active {
        return conflict("账号已停用");
    }
    let next = Account { password: hash, link: None, sessions_from: Some(now), ..account.clone() };
    let mut d = Decision::default();
    d.write(AccessWrite::Account(Box::new(next.clone())));
    d.write(ends(account, now));
    let changes = vec![FieldChange { field: "password".into(), old: "…".into(), new: "…".into() }];
    d.event(Aggregate::Staff(account.staff.clone()), Event::AccountChanged { staff: account.staff.clone(), by: account.staff.clone(), changes });
    Ok((next, d))
}

#[cfg(test)]
mod tests {
    use liandian_types::Permission as P;

    use super::*;
    use crate::{
        Write,
        access::giving::tests::{region, regions, store},
    };

    const NOW: Timestamp = Timestamp(1_000_000);

    fn link() -> Link {
        Link { digest: "d1".into(), until: NOW.plus(LINK_MS) }
    }

    fn who(id: &str) -> StaffId {
        id.parse().unwrap()
    }

    fn account(id: &str, role: Role, scope: Scope) -> Account {
        Account::active(who(id), id.trim_start_matches("stf_").into(), "王敏".into(), "$hash".into(), role, scope)
    }

    fn around<'a>(role: &'a RoleDef, regions: &'a Regions, people: &'a [Account]) -> Around<'a> {
        Around { role, regions, people: People { accounts: people, roles: &[], guard: 7 }, version: 0, now: NOW }
    }

    #[test]
    fn given_a_manager_when_he_invites_then_clerks_of_his_store_only() {
        let (r, boss) = (regions(), who("stf_m"));
        let (manager, clerk) = (Role::StoreManager.default_permissions(), RoleDef::built_in(Role::Clerk));
        let giver = Giver { staff: &boss, permissions: &manager, scope: &store("sto_a") };
        let new = |scope| Account::invited(who("stf_new"), None, " 小李 ".into(), &clerk, scope, link());
        let (made, d) = invite(&giver, new(store("sto_a")), &clerk, &r).unwrap();
        assert_eq!((made.name.as_str(), made.state, made.is_unnamed(), made.version), ("小李", AccountState::Invited, true, 1));
        assert_eq!(d.writes, [Write::Access(AccessWrite::NewAccount(Box::new(made)))]);
        assert_eq!(invite(&giver, new(store("sto_b")), &clerk, &r).unwrap_err().code, Code::Forbidden);
        for more in [Role::StoreManager, Role::Auditor, Role::HqAdmin, Role::Integration] {
            let role = RoleDef::built_in(more);
            let a = Account::invited(who("stf_new"), None, "小李".into(), &role, store("sto_a"), link());
            assert_eq!(invite(&giver, a, &role, &r).unwrap_err().code, Code::Forbidden, "{more:?}");
        }
        let named = Account { username: "Wrong Name".into(), ..new(store("sto_a")) };
        assert_eq!(invite(&giver, named, &clerk, &r).unwrap_err().field.as_deref(), Some("username"));
        let nameless = Account { name: "长".repeat(MAX_NAME + 1), ..new(store("sto_a")) };
        assert_eq!(invite(&giver, nameless, &clerk, &r).unwrap_err().field.as_deref(), Some("name"));
    }

    #[test]
    fn given_a_link_when_followed_then_it_works_once_within_its_time() {
        let clerk = RoleDef::built_in(Role::Clerk);
        let invited = Account::invited(who("stf_new"), None, "小李".into(), &clerk, store("sto_a"), link());
        assert_eq!(take(&invited, "d1", None, "$h".into(), NOW).unwrap_err().field.as_deref(), Some("username"));
        let (taken, d) = take(&invited, "d1", Some("xiaoli"), "$h".into(), NOW).unwrap();
        assert_eq!((taken.username.as_str(), taken.state, taken.version), ("xiaoli", AccountState::Active, 2));
        let renamed = AccessWrite::Renamed { username: "stf_new".into(), version: 1 };
        assert_eq!(d.writes[..2], [Write::Access(AccessWrite::NewAccount(Box::new(taken.clone()))), Write::Access(renamed)]);
        assert_eq!(take(&taken, "d1", None, "$h".into(), NOW).unwrap_err().code, Code::NotFound, "twice");
        assert_eq!(take(&invited, "d2", Some("xiaoli"), "$h".into(), NOW).unwrap_err().code, Code::NotFound, "another's");
        let (last, over) = (NOW.plus(LINK_MS - 1), NOW.plus(LINK_MS));
        assert!(take(&invited, "d1", Some("xiaoli"), "$h".into(), last).is_ok());
        assert_eq!(take(&invited, "d1", Some("xiaoli"), "$h".into(), over).unwrap_err().code, Code::NotFound);
        let disabled = Account { state: AccountState::Disabled, ..invited };
        assert_eq!(take(&disabled, "d1", Some("xiaoli"), "$h".into(), NOW).unwrap_err().code, Code::NotFound);
    }

    #[test]
    fn given_an_account_when_disabled_then_its_sessions_are_over_and_enabled_again_it_begins_new_ones() {
        let (r, boss, role) = (regions(), who("stf_hq"), RoleDef::built_in(Role::Clerk));
        let giver = Giver { staff: &boss, permissions: P::ALL, scope: &Scope::All };
        let clerk = account("stf_c", Role::Clerk, store("sto_a"));
        assert!(clerk.goes_on(NOW));
        let (off, d) = disable(&giver, &clerk, around(&role, &r, &[])).unwrap();
        assert!(!off.goes_on(NOW));
        let ended = AccessWrite::TokensEnd { whose: "stf_c".into(), before: NOW.plus(1) };
        assert_eq!(d.writes, [Write::Access(AccessWrite::Account(Box::new(off.clone()))), Write::Access(ended)]);
        assert_eq!(disable(&giver, &off, around(&role, &r, &[])).unwrap_err().code, Code::Conflict);
        assert_eq!(reset(&giver, &off, link(), around(&role, &r, &[])).unwrap_err().code, Code::Conflict);
        let (on, _) = enable(&giver, &off, around(&role, &r, &[])).unwrap();
        assert!(!on.goes_on(NOW) && on.goes_on(NOW.plus(1)));
        assert_eq!(enable(&giver, &on, around(&role, &r, &[])).unwrap_err().code, Code::Conflict);
        let stale = Around { version: 3, ..around(&role, &r, &[]) };
        assert_eq!(disable(&giver, &clerk, stale).unwrap_err().code, Code::Conflict, "a lost update");
    }

    #[test]
    fn given_accounts_beyond_him_when_somebody_manages_them_then_he_is_refused() {
        let (r, boss) = (regions(), who("stf_m"));
        let permissions = Role::StoreManager.default_permissions();
        let giver = Giver { staff: &boss, permissions: &permissions, scope: &store("sto_a") };
        let refused = |id: &str, role: Role, scope: Scope| {
            let (a, role) = (account(id, role, scope), RoleDef::built_in(role));
            may_manage(&giver, &a, &role, &r).err().map(|p| p.code)
        };
        assert_eq!(refused("stf_c", Role::Clerk, store("sto_a")), None);
        assert_eq!(refused("stf_c", Role::Clerk, store("sto_b")), Some(Code::NotFound));
        assert_eq!(refused("stf_c", Role::Clerk, region("reg_e")), Some(Code::NotFound));
        assert_eq!(refused("stf_m", Role::Clerk, store("sto_a")), Some(Code::Forbidden), "himself");
        assert_eq!(refused("stf_n", Role::StoreManager, store("sto_a")), Some(Code::Forbidden), "his like");
    }

    #[test]
    fn given_the_last_administrator_when_disabled_or_changed_then_it_is_refused_and_with_another_it_is_not() {
        let (r, boss) = (regions(), who("stf_program"));
        let role = RoleDef::built_in(Role::HqAdmin);
        let giver = Giver { staff: &boss, permissions: P::ALL, scope: &Scope::All };
        let (last, second) = (account("stf_1", Role::HqAdmin, Scope::All), account("stf_2", Role::HqAdmin, Scope::All));
        let clerk = RoleDef::built_in(Role::Auditor);
        let down = |people: &[Account]| {
            let wanted = Wanted { name: "王敏", role: &clerk, scope: Scope::All };
            change(&giver, &last, wanted, around(&role, &r, people)).map(|(_, d)| d)
        };
        let alone = [last.clone(), Account { state: AccountState::Disabled, ..second.clone() }];
        let both = [last.clone(), second];
        assert_eq!(disable(&giver, &last, around(&role, &r, &alone)).unwrap_err().code, Code::Conflict);
        assert_eq!(down(&alone).unwrap_err().code, Code::Conflict);
        let guarded = Write::Access(AccessWrite::AdministratorLess(7));
        assert_eq!(disable(&giver, &last, around(&role, &r, &both)).unwrap().1.writes[0], guarded);
        assert_eq!(down(&both).unwrap().writes[0], guarded);
        // Another name takes nothing away.
        let renamed = Wanted { name: "王敏敏", role: &role, scope: Scope::All };
        let (_, d) = change(&giver, &last, renamed, around(&role, &r, &alone)).unwrap();
        assert_eq!(d.writes.len(), 1);
        let Some((_, Event::AccountChanged { changes, .. })) = d.events.first() else { panic!("{d:?}") };
        assert!(!format!("{changes:?}").contains("王敏"), "a name is in no event");
    }

    #[test]
    fn given_a_change_when_it_is_none_or_role_and_scope_are_others_then_history_says_so() {
        let (r, boss, role) = (regions(), who("stf_hq"), RoleDef::built_in(Role::Clerk));
        let giver = Giver { staff: &boss, permissions: P::ALL, scope: &Scope::All };
        let clerk = account("stf_c", Role::Clerk, store("sto_a"));
        let same = Wanted { name: "王敏", role: &role, scope: store("sto_a") };
        assert!(change(&giver, &clerk, same, around(&role, &r, &[])).unwrap().1.is_empty());
        let up = RoleDef::built_in(Role::StoreManager);
        let wanted = Wanted { name: "王敏", role: &up, scope: store("sto_b") };
        let (next, d) = change(&giver, &clerk, wanted, around(&role, &r, &[])).unwrap();
        assert_eq!((next.role, next.scope), (Role::StoreManager, store("sto_b")));
        assert_eq!(d.writes.len(), 2, "its tokens are fetched anew");
    }

    #[test]
    fn given_a_link_that_waits_when_role_or_scope_become_others_then_who_made_it_does_not_come_in_by_it() {
        let (r, boss, role) = (regions(), who("stf_hq"), RoleDef::built_in(Role::Clerk));
        let giver = Giver { staff: &boss, permissions: P::ALL, scope: &Scope::All };
        let clerk = Account { link: Some(link()), ..account("stf_c", Role::Clerk, store("sto_a")) };
        let (auditor, above) = (RoleDef::built_in(Role::Auditor), Wanted { name: "王敏", role: &role, scope: Scope::All });
        let up = Wanted { name: "王敏", role: &auditor, scope: store("sto_a") };
        for wanted in [above, up] {
            let (next, _) = change(&giver, &clerk, wanted, around(&role, &r, &[])).unwrap();
            assert_eq!(take(&next, "d1", None, "$h".into(), NOW).unwrap_err().code, Code::NotFound);
        }
        let renamed = Wanted { name: "王敏敏", role: &role, scope: store("sto_a") };
        let (next, _) = change(&giver, &clerk, renamed, around(&role, &r, &[])).unwrap();
        assert!(take(&next, "d1", None, "$h".into(), NOW).is_ok(), "another name gives nothing more");
    }
}
