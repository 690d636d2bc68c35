//! Who has seen personal data in clear, who has logged in; accounts, roles and integration keys as those see them who manage them.

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::{Event, event::FieldChange};
use liandian_domain::{
    access::{
        account::{Account, may_manage},
        giving::{Giver, Regions, holds},
        key::{FOR_PEOPLE, IntegrationKey},
        permissions::PERMISSIONS,
        role::RoleDef,
    },
    decision::Aggregate,
    stores::hours::{CHINA, day_named, local_text},
};
use liandian_store::access::{AccessAsk, AccessRecord};
use liandian_types::{
    AccountState, Code, KeyId, MemberId, Permission, Problem, RegionId, RoleId, Scope, StaffId, StoreId, Timestamp,
    api::{
        AccessChange, AccessHistory, AccessList, AccessRow, AccountList, AccountRow, ChangedField, InvitationView, KeyList, KeyRow, OwnSession,
        OwnSessions, PermissionView, RoleMatrix, RoleView,
    },
};

use crate::{App, auth::Staff, http::Failure, people::digest, routes::access::staff::MAX_USERNAME};

/// How many access records a page has.
const RECORDS: i32 = 50;

/// Who has seen personal data in clear, and who has logged in: of a day (China's), of a person, or both; today's when neither is named. Members are
/// named by their id, staff by id or user name.
///
/// # Errors
/// `bad_request` for a day that there is not.
pub async fn access_list(app: &App, day: Option<&str>, actor: Option<&str>, cursor: Option<&str>, now: Timestamp) -> Result<AccessList, Failure> {
    let no_day = || Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at("date");
    let when = day.map(|d| day_named(d, CHINA).filter(|(from, _)| from.0 > 0).ok_or_else(no_day)).transpose()?;
    let nobody = AccessList { records: Vec::new(), next: None };
    let actor = match actor {
        Some(id) if id.parse::<StaffId>().is_ok() || id.parse::<MemberId>().is_ok() => Some(id.to_owned()),
        Some(name) if name.len() > MAX_USERNAME => return Ok(nobody),
        Some(name) => match app.tables.staff(name).await? {
            Some(account) => Some(account.staff.to_string()),
            None => return Ok(nobody),
        },
        None => None,
    };
    let (records, next) = app.tables.access_records(AccessAsk { actor: actor.as_deref(), when }, now, RECORDS, cursor).await?;
    let people: Vec<&str> = records.iter().filter_map(|r| r.actor.as_deref()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    let row = |r: AccessRecord| AccessRow {
        at_text: local_text(r.at, CHINA),
        at: r.at,
        actor_name: r.actor.as_ref().and_then(|a| names.get(a).cloned()),
        actor: r.actor,
        role: r.role,
        act: r.act,
        succeeded: r.succeeded,
        store: r.store,
        orders: r.orders,
        fields: r.fields,
        from: r.from,
    };
    Ok(AccessList { records: records.into_iter().map(row).collect(), next })
}

/// The chain's stores as scopes speak of them.
pub struct Places {
    /// In which region each store lies.
    pub regions: Regions,
    names: BTreeMap<StoreId, String>,
    region_names: BTreeMap<RegionId, String>,
}

impl Places {
    /// As the directory has them.
    ///
    /// # Errors
    /// [`Failure`] from the tables.
    pub async fn of(app: &App) -> Result<Self, Failure> {
        let (directory, all) = futures::try_join!(app.tables.directory(), app.tables.regions())?;
        let region_names = all.iter().map(|r| (r.region.clone(), r.name.clone())).collect();
        let regions = directory.iter().map(|s| (s.store.clone(), s.region.clone())).collect();
        let names = directory.iter().map(|s| (s.store.clone(), s.name.clone())).collect();
        Ok(Self { regions, names, region_names })
    }

    fn store(&self, store: &StoreId) -> String {
        self.names.get(store).cloned().unwrap_or_else(|| store.to_string())
    }

    /// A scope as people read it.
    #[must_use]
    pub fn text(&self, scope: &Scope) -> String {
        match scope {
            Scope::All => "全部门店".to_owned(),
            // A region that nobody has named is told by its id.
            Scope::Region(r) => format!("区域 {}", self.region_names.get(r).map_or_else(|| r.as_str().trim_start_matches("reg_"), String::as_str)),
            Scope::Store(s) => self.store(s),
            Scope::Stores(all) => {
                let first: Vec<String> = all.iter().take(3).map(|s| self.store(s)).collect();
                let more = if all.len() > first.len() { format!(" 等 {} 家", all.len()) } else { String::new() };
                format!("{}{more}", first.join("、"))
            }
        }
    }
}

/// What somebody of the staff may give.
#[must_use]
pub fn giver(staff: &Staff) -> Giver<'_> {
    Giver { staff: &staff.sub, permissions: &staff.permissions, scope: &staff.scope }
}

/// An account as this person sees it.
#[must_use]
pub fn account_row(a: &Account, viewer: &Staff, roles: &[RoleDef], places: &Places, now: Timestamp) -> AccountRow {
    let id = a.role_id();
    let role = roles.iter().find(|r| r.id() == id);
    let may = |r: &RoleDef| may_manage(&giver(viewer), a, r, &places.regions).is_ok();
    AccountRow {
        staff: a.staff.clone(),
        username: (!a.is_unnamed()).then(|| a.username.clone()),
        name: a.name.clone(),
        role_title: role.map_or_else(|| a.role.title().to_owned(), |r| r.title().to_owned()),
        role: id,
        scope: a.scope.clone(),
        scope_text: places.text(&a.scope),
        state: a.state,
        link_until: a.waiting_link(now).map(|l| local_text(l.until, CHINA)),
        manages: viewer.permissions.contains(&Permission::AccountWrite) && role.is_some_and(may),
        version: a.version,
    }
}

/// Which accounts somebody asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountAsk<'a> {
    /// Those whose scope is this store alone.
    pub store: Option<&'a StoreId>,
    /// In this state.
    pub state: Option<AccountState>,
    /// Of this role.
    pub role: Option<&'a str>,
    /// With this in name or user name.
    pub words: Option<&'a str>,
    /// Where the previous page ended.
    pub cursor: Option<&'a str>,
}

/// How many accounts a page has at least, if there are so many.
const ACCOUNTS: usize = 50;
/// How many accounts are read at a time.
const READ: i32 = 200;
/// How many such reads a page takes at most: with a filter that few pass, it ends early and leads on.
const READS: usize = 10;

/// The accounts of the viewer's scope.
///
/// # Errors
/// `bad_cursor`.
pub async fn account_list(app: &App, viewer: &Staff, ask: AccountAsk<'_>, now: Timestamp) -> Result<AccountList, Failure> {
    let (places, roles) = futures::try_join!(Places::of(app), async { Ok::<_, Failure>(app.tables.role_defs().await?) })?;
    let of_store = ask.store.map(|s| Scope::Store(s.clone()));
    let words = ask.words.map(str::to_lowercase);
    let fits = |a: &Account| {
        holds(&viewer.scope, &a.scope, &places.regions)
            && ask.state.is_none_or(|s| a.state == s)
            && ask.role.is_none_or(|r| a.role_id().as_str() == r)
            && words.as_ref().is_none_or(|w| a.name.to_lowercase().contains(w) || a.username.contains(w))
    };
    let (mut accounts, mut next) = (Vec::new(), ask.cursor.map(str::to_owned));
    for _ in 0..READS {
        let (found, after) = app.tables.accounts(of_store.as_ref(), READ, next.as_deref()).await?;
        accounts.extend(found.iter().filter(|a| fits(a)).map(|a| account_row(a, viewer, &roles, &places, now)));
        next = after;
        if next.is_none() || accounts.len() >= ACCOUNTS {
            break;
        }
    }
    Ok(AccountList { accounts, next })
}

/// Roles and what each may do, for who may give some of them.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn role_matrix(app: &App, viewer: &Staff) -> Result<RoleMatrix, Failure> {
    let roles = app.tables.role_defs().await?;
    let permissions = PERMISSIONS.iter().map(|(permission, group, says)| PermissionView {
        permission: *permission,
        group: (*group).to_owned(),
        says: (*says).to_owned(),
    });
    Ok(RoleMatrix { roles: roles.iter().map(|r| role_view(r, viewer)).collect(), permissions: permissions.collect() })
}

/// A role as this person sees it.
#[must_use]
pub fn role_view(r: &RoleDef, viewer: &Staff) -> RoleView {
    let has = |p: &Permission| viewer.permissions.contains(p);
    RoleView {
        role: r.id(),
        title: r.title().to_owned(),
        base: r.role,
        built_in: r.custom.is_none(),
        // Who manages accounts is named from above, and nothing lies below one store.
        gives: r.permissions.iter().all(has) && !(r.may(Permission::AccountWrite) && matches!(viewer.scope, Scope::Store(_))),
        permissions: r.permissions.clone(),
        version: r.version,
    }
}

/// Changes on a page.
const CHANGES: i32 = 20;

/// What happened to an account, a role or a key.
///
/// # Errors
/// `bad_cursor`.
pub async fn access_history(app: &App, of: &Aggregate, cursor: Option<&str>) -> Result<AccessHistory, Failure> {
    let (events, next) = app.tables.access_history(of, CHANGES, cursor).await?;
    let field = |f: FieldChange| ChangedField { field: f.field, old: f.old, new: f.new };
    let mut changes = Vec::with_capacity(events.len());
    for e in events {
        let text = e.event.told().unwrap_or_default();
        let (by, fields) = match e.event {
            Event::AccountInvited { by, .. }
            | Event::AccountDisabled { by, .. }
            | Event::AccountEnabled { by, .. }
            | Event::AccountReset { by, .. }
            | Event::KeyMade { by, .. }
            | Event::KeyRevoked { by, .. } => (Some(by), Vec::new()),
            Event::AccountChanged { by, changes, .. } | Event::RoleChanged { by, changes, .. } => (Some(by), changes),
            _ => (None, Vec::new()),
        };
        let fields = fields.into_iter().map(field).collect();
        changes.push(AccessChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, text, fields });
    }
    let people: Vec<&str> = changes.iter().filter_map(|c| c.by.as_ref().map(StaffId::as_str)).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    for c in &mut changes {
        c.by_name = c.by.as_ref().and_then(|by| names.get(by.as_str()).cloned());
    }
    Ok(AccessHistory { changes, next })
}

/// What happened to a role.
///
/// # Errors
/// `not_found` for a role that there is not; `bad_cursor`.
pub async fn role_history(app: &App, role: &RoleId, cursor: Option<&str>) -> Result<AccessHistory, Failure> {
    let of = Aggregate::Role(role.clone());
    let known = async { Ok::<_, Failure>(app.tables.role_def(role).await?) };
    let (known, history) = futures::try_join!(known, access_history(app, &of, cursor))?;
    known.map(|_| history).ok_or_else(|| Failure::not_found("角色"))
}

/// May this person let a program do that?
#[must_use]
pub fn for_programs(viewer: &Staff, permission: Permission) -> bool {
    viewer.permissions.contains(&permission) && !FOR_PEOPLE.contains(&permission)
}

/// The integration keys of the viewer's scope, newest first.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn key_list(app: &App, viewer: &Staff) -> Result<KeyList, Failure> {
    let (places, mut keys) = futures::try_join!(Places::of(app), async { Ok::<_, Failure>(app.tables.integration_keys().await?) })?;
    keys.retain(|k| holds(&viewer.scope, &k.scope, &places.regions));
    let ids: Vec<KeyId> = keys.iter().map(|k| k.key.clone()).collect();
    let makers: Vec<&str> = keys.iter().map(|k| k.made_by.as_str()).collect();
    let (used, names) = futures::try_join!(app.tables.keys_used(&ids), app.tables.staff_names(makers.into_iter()))?;
    Ok(KeyList { keys: keys.iter().map(|k| key_row(k, &names, used.get(&k.key).copied(), &places)).collect() })
}

/// An integration key as people see it.
#[must_use]
pub fn key_row(k: &IntegrationKey, names: &BTreeMap<String, String>, used: Option<Timestamp>, places: &Places) -> KeyRow {
    KeyRow {
        key: k.key.clone(),
        name: k.name.clone(),
        scope: k.scope.clone(),
        scope_text: places.text(&k.scope),
        permissions: k.permissions.clone(),
        made_by: names.get(k.made_by.as_str()).cloned().unwrap_or_else(|| k.made_by.to_string()),
        made_text: local_text(k.made_at, CHINA),
        used_text: used.map(|at| local_text(at, CHINA)),
        revoked_text: k.revoked_at.map(|at| local_text(at, CHINA)),
    }
}

/// The account and the digest that a one-time link's token names; `None` for what is none of ours.
#[must_use]
pub fn link_parts(token: &str) -> Option<(StaffId, String)> {
    let (tail, secret) = token.split_once('.')?;
    let plausible = secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit());
    Some((StaffId::from_tail(tail).ok()?, digest(secret))).filter(|_| plausible)
}

/// What waits behind a one-time link; `None` when it was used, has ended, or never was.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn invitation(app: &App, token: &str, now: Timestamp) -> Result<Option<InvitationView>, Failure> {
    let Some((staff, digest)) = link_parts(token) else { return Ok(None) };
    let account = app.tables.account(&staff).await?;
    Ok(account.and_then(|a| {
        let until = a.waiting_link(now).filter(|l| l.digest == digest).map(|l| local_text(l.until, CHINA))?;
        let username = (!a.is_unnamed()).then(|| a.username.clone());
        Some(InvitationView { name: a.name, username, reset: a.state == AccountState::Active, until })
    }))
}

/// One's own sessions that go on, newest first.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn own_sessions(app: &App, viewer: &Staff, now: Timestamp) -> Result<OwnSessions, Failure> {
    let (found, account) = futures::try_join!(app.tables.staff_sessions(&viewer.sub, now), app.tables.account(&viewer.sub))?;
    let sessions = found.into_iter().filter(|s| account.as_ref().is_some_and(|a| a.goes_on(s.row.since))).map(|s| OwnSession {
        here: s.row.session == viewer.sid,
        session: s.row.session,
        device: s.row.device,
        from: s.row.from,
        since_text: local_text(s.row.since, CHINA),
        seen_text: local_text(s.row.at, CHINA),
    });
    Ok(OwnSessions { sessions: sessions.collect() })
}

/// What a role is called, by its id.
#[must_use]
pub fn role_named<'a>(roles: &'a [RoleDef], id: &RoleId) -> Option<&'a RoleDef> {
    roles.iter().find(|r| r.id() == *id)
}

/// What somebody may give to others: roles by id and name, and scopes by the word of their choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// Roles.
    pub roles: Vec<(String, String)>,
    /// Scopes: `all`, a region's id, or `stores` for stores by their ids.
    pub kinds: Vec<(String, String)>,
}

/// What this person may give to others.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn choices(app: &App, viewer: &Staff) -> Result<Choices, Failure> {
    let (places, matrix) = futures::try_join!(Places::of(app), role_matrix(app, viewer))?;
    let roles = matrix.roles.into_iter().filter(|r| r.gives).map(|r| (r.role.to_string(), r.title)).collect();
    let regions: BTreeSet<&RegionId> = places.regions.values().collect();
    let region = |r: &RegionId| (r.to_string(), places.text(&Scope::Region(r.clone())));
    let stores = ("stores".to_owned(), "指定门店".to_owned());
    let mut kinds: Vec<(String, String)> = match &viewer.scope {
        Scope::All => std::iter::once(("all".to_owned(), "全部门店".to_owned())).chain(regions.into_iter().map(region)).collect(),
        Scope::Region(r) => vec![region(r)],
        Scope::Store(_) | Scope::Stores(_) => Vec::new(),
    };
    kinds.push(stores);
    Ok(Choices { roles, kinds })
}

/// One account of the viewer's scope with what happened to it; of one store alone, where one is named.
///
/// # Errors
/// `not_found` outside of the scope.
pub async fn one_account(
    app: &App,
    viewer: &Staff,
    staff: &StaffId,
    of_store: Option<&StoreId>,
    now: Timestamp,
) -> Result<(AccountRow, AccessHistory), Failure> {
    let of = Aggregate::Staff(staff.clone());
    let (account, places, roles, history) = futures::try_join!(
        async { Ok::<_, Failure>(app.tables.account(staff).await?) },
        Places::of(app),
        async { Ok::<_, Failure>(app.tables.role_defs().await?) },
        access_history(app, &of, None)
    )?;
    let here = |a: &Account| holds(&viewer.scope, &a.scope, &places.regions) && of_store.is_none_or(|s| a.scope == Scope::Store(s.clone()));
    let account = account.filter(here).ok_or_else(|| Failure::not_found("账号"))?;
    Ok((account_row(&account, viewer, &roles, &places, now), history))
}
