//! Staff accounts: invited, changed, disabled, reset by those who manage them.

use liandian_domain::{
    Decision,
    access::{
        account::{self, Account, Around, LINK_MS, Link, People, Wanted},
        giving::{check_scope, holds},
        role::RoleDef,
    },
    decision::Aggregate,
    stores::hours::{CHINA, local_text},
};
use liandian_types::{
    AccountState, Code, Problem, Scope, StaffId, StoreId,
    api::{AccountDone, AccountMove, AccountStep, ChangeAccount, InviteAccount},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    people::digest,
    routes::members::session::random_token,
    transact::{Plan, transact},
    views::access::{AccountAsk, Places, access_history, account_list, account_row, giver, role_named},
};

/// The accounts of the caller's scope.
///
/// # Errors
/// `bad_cursor`; `bad_request` for a state that there is not.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&account_list(&app, call.staff()?, asked(&call)?, call.now).await?)
}

/// The accounts of one store.
///
/// # Errors
/// As [`list`].
pub async fn list_of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    let ask = AccountAsk { store: Some(&store), ..asked(&call)? };
    Reply::json(&account_list(&app, call.staff()?, ask, call.now).await?)
}

fn asked(call: &Call) -> Result<AccountAsk<'_>, Failure> {
    let state = call
        .q("state")
        .map(|word| {
            AccountState::ALL.iter().copied().find(|s| s.word() == word).ok_or_else(|| Problem::new(Code::BadRequest, "没有这种状态").at("state"))
        })
        .transpose()?;
    Ok(AccountAsk { store: None, state, role: call.q("role"), words: call.q("q"), cursor: call.q("cursor") })
}

/// Invites somebody: answers a one-time link, which is shown once.
///
/// # Errors
/// `bad_request` naming the field; `forbidden` for more than the caller has himself; `conflict` for a user name that is taken.
pub async fn invite(app: App, call: Call) -> Result<Reply, Failure> {
    invited(&app, &call, None).await
}

/// Invites somebody to one store.
///
/// # Errors
/// As [`invite`].
pub async fn invite_to_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    invited(&app, &call, Some(Scope::Store(store))).await
}

/// A new one-time link: what is kept of it, and its path.
fn new_link(staff: &StaffId, call: &Call) -> Result<(Link, String), Failure> {
    let secret = random_token()?;
    let tail = staff.as_str().split_once('_').map_or("", |(_, tail)| tail);
    Ok((Link { digest: digest(&secret), until: call.now.plus(LINK_MS) }, format!("/console/invite/{tail}.{secret}")))
}

async fn invited(app: &App, call: &Call, of_store: Option<Scope>) -> Result<Reply, Failure> {
    let wanted: InviteAccount = call.json()?;
    let viewer = call.staff()?;
    let scope = of_store.or(wanted.scope).ok_or_else(|| Problem::new(Code::BadRequest, "请选择管辖范围").at("scope"))?;
    let username = wanted.username.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
    let (roles, places) = futures::try_join!(async { Ok::<_, Failure>(app.tables.role_defs().await?) }, Places::of(app))?;
    let role = role_named(&roles, &wanted.role).ok_or_else(|| Problem::new(Code::BadRequest, "没有这个角色").at("role"))?;
    let scope = check_scope(scope, &places.regions)?;
    let staff: StaffId = app.id();
    let (link, path) = new_link(&staff, call)?;
    let until = link.until;
    let new = Account::invited(staff, username, wanted.name, role, scope, link);
    let (account, decision) = account::invite(&giver(viewer), new, role, &places.regions)?;
    let decision = &decision;
    // What is new is decided once: a second try finds the same world.
    let made = transact(app, call.now, |_| async move { Ok(Plan::new((), decision.clone())) }).await;
    match made {
        Err(Failure::Exists) => Err(Problem::new(Code::Conflict, "这个用户名已经有人使用").at("username").into()),
        Err(e) => Err(e),
        Ok(()) => {
            let row = account_row(&account, viewer, &roles, &places, call.now);
            Reply::json(&AccountDone { account: row, link: Some(path), link_until: Some(local_text(until, CHINA)) })
        }
    }
}

/// What a decision about an account needs.
struct Read {
    account: Account,
    roles: Vec<RoleDef>,
    people: Vec<Account>,
    guard: u64,
}

impl Read {
    /// As it is now; of this store alone, where one is named.
    async fn now(app: &App, staff: &StaffId, of_store: Option<&StoreId>) -> Result<Self, Failure> {
        let (account, roles, (people, guard)) = futures::try_join!(app.tables.account(staff), app.tables.role_defs(), app.tables.people_of_hq())?;
        let here = |a: &Account| of_store.is_none_or(|s| a.scope == Scope::Store(s.clone()));
        let account = account.filter(here).ok_or_else(|| Failure::not_found("账号"))?;
        Ok(Self { account, roles, people, guard })
    }

    fn role(&self) -> RoleDef {
        // One that is gone may nothing.
        let none = || RoleDef { permissions: Vec::new(), ..RoleDef::built_in(self.account.role) };
        role_named(&self.roles, &self.account.role_id()).cloned().unwrap_or_else(none)
    }

    fn people(&self) -> People<'_> {
        People { accounts: &self.people, roles: &self.roles, guard: self.guard }
    }
}

/// Changes name, role or scope of an account.
///
/// # Errors
/// `bad_request` naming the field; `forbidden` for more than the caller has himself, and for his own account; `not_found` outside of his scope;
/// `conflict` when it was changed since, or is the last administrator's.
pub async fn change(app: App, call: Call) -> Result<Reply, Failure> {
    let wanted: ChangeAccount = call.json()?;
    let staff: StaffId = call.param("account")?;
    let viewer = call.staff()?;
    let places = Places::of(&app).await?;
    let scope = check_scope(wanted.scope.clone(), &places.regions)?;
    let (now, app, places, staff, wanted, scope) = (call.now, &app, &places, &staff, &wanted, &scope);
    let (account, roles) = transact(app, now, |_| async move {
        let read = Read::now(app, staff, None).await?;
        let role = read.role();
        let new = role_named(&read.roles, &wanted.role).ok_or_else(|| Problem::new(Code::BadRequest, "没有这个角色").at("role"))?;
        let around = Around { role: &role, regions: &places.regions, people: read.people(), version: wanted.version, now };
        let as_wanted = Wanted { name: &wanted.name, role: new, scope: scope.clone() };
        let (next, decision) = account::change(&giver(viewer), &read.account, as_wanted, around)?;
        Ok(Plan::new((written(next, &decision), read.roles.clone()), decision))
    })
    .await?;
    Reply::json(&AccountDone { account: account_row(&account, viewer, &roles, places, now), link: None, link_until: None })
}

/// The account with the version that it has after this decision.
fn written(account: Account, decision: &Decision) -> Account {
    if decision.is_empty() { account } else { Account { version: account.version + 1, ..account } }
}

/// Disables an account, lets it work again, or makes a new one-time link for it.
///
/// # Errors
/// As [`change`].
pub async fn step(app: App, call: Call) -> Result<Reply, Failure> {
    stepped(&app, &call, None).await
}

/// The same of an account of one store.
///
/// # Errors
/// As [`change`].
pub async fn step_in_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    stepped(&app, &call, Some(&store)).await
}

async fn stepped(app: &App, call: &Call, of_store: Option<&StoreId>) -> Result<Reply, Failure> {
    let asked: AccountStep = call.json()?;
    let staff: StaffId = call.param("account")?;
    let viewer = call.staff()?;
    let places = Places::of(app).await?;
    let (link, path) = new_link(&staff, call)?;
    let (now, places, staff, link) = (call.now, &places, &staff, &link);
    let (version, what) = (asked.version, asked.step);
    let (account, roles) = transact(app, now, |_| async move {
        let read = Read::now(app, staff, of_store).await?;
        let role = read.role();
        let around = Around { role: &role, regions: &places.regions, people: read.people(), version, now };
        let by = giver(viewer);
        let (next, decision) = match what {
            AccountMove::Disable => account::disable(&by, &read.account, around)?,
            AccountMove::Enable => account::enable(&by, &read.account, around)?,
            AccountMove::Reset => account::reset(&by, &read.account, link.clone(), around)?,
        };
        Ok(Plan::new((written(next, &decision), read.roles.clone()), decision))
    })
    .await?;
    let shown = (what == AccountMove::Reset).then_some(path);
    let link_until = shown.as_ref().map(|_| local_text(link.until, CHINA));
    Reply::json(&AccountDone { account: account_row(&account, viewer, &roles, places, now), link: shown, link_until })
}

/// What happened to an account of the caller's scope.
///
/// # Errors
/// `not_found` outside of the scope; `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    let staff: StaffId = call.param("account")?;
    let viewer = call.staff()?;
    let (places, account) = futures::try_join!(Places::of(&app), async { Ok::<_, Failure>(app.tables.account(&staff).await?) })?;
    let seen = account.is_some_and(|a| holds(&viewer.scope, &a.scope, &places.regions));
    if !seen {
        return Err(Failure::not_found("账号"));
    }
    Reply::json(&access_history(&app, &Aggregate::Staff(staff), call.q("cursor")).await?)
}
