//! Pages about who has looked at what, and about accounts, roles and integration keys.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use liandian_console::pages::{self, AccountsPage, Section, hq, store};
use liandian_functions::views::access::{
    AccountAsk, access_list, account_list, choices, for_programs, invitation, key_list, one_account, own_sessions, role_history, role_matrix,
};
use liandian_types::{AccountState, Permission, RoleId, StaffId, StoreId};

use super::{Ask, Console, Handler, Visit, html, parsed};
use crate::answer::{Answer, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/access", get(access_records)),
        ("/console/hq/accounts", get(accounts)),
        ("/console/hq/roles", get(roles)),
        ("/console/hq/keys", get(keys)),
        ("/console/s/{store}/staff", get(staff)),
        ("/console/account", get(own)),
        ("/console/invite/{token}", get(invite)),
    ]
}

/// Accounts of the viewer's scope, or of one store, with one of them if it is asked for.
async fn accounts_page(visit: &Visit, ask: &Ask, of_store: Option<&StoreId>) -> Answer<AccountsPage> {
    let (app, viewer, now) = (&visit.app, &visit.staff, visit.app.now());
    let (role, words, cursor) = (ask.get("role"), ask.get("q"), ask.get("cursor"));
    let state = ask.get("state").and_then(|word| AccountState::ALL.iter().copied().find(|s| s.word() == word));
    let asked = AccountAsk { store: of_store, state, role: role.as_deref(), words: words.as_deref(), cursor: cursor.as_deref() };
    let one = match ask.get("account") {
        Some(id) => {
            let id: StaffId = parsed(&id)?;
            Some(read(Box::pin(one_account(app, viewer, &id, of_store, now)).await)?)
        }
        None => None,
    };
    let (list, may_give) = tokio::join!(account_list(app, viewer, asked, now), choices(app, viewer));
    let may_give = read(may_give)?;
    let (roles, kinds) = (may_give.roles, may_give.kinds);
    Ok(AccountsPage { list: read(list)?, one, roles, kinds, writes: visit.may(Permission::AccountWrite) })
}

async fn accounts(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let shown = accounts_page(&visit, &ask, None).await?;
        Ok(hq::accounts(&visit.frame(Section::Accounts), shown))
    };
    visit.answer(page.await)
}

async fn staff(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let shown = accounts_page(&visit, &ask, Some(&id)).await?;
        Ok(store::staff(&visit.frame(Section::Staff), &row, shown))
    };
    visit.answer(page.await)
}

async fn roles(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let matrix = read(role_matrix(&visit.app, &visit.staff).await)?;
        let chosen = ask.get("role");
        let history = match chosen.as_deref().filter(|r| *r != "new") {
            Some(id) => Some(read(role_history(&visit.app, &parsed::<RoleId>(id)?, None).await)?),
            None => None,
        };
        Ok(hq::roles(&visit.frame(Section::Roles), matrix, chosen.as_deref(), history, &visit.staff.permissions))
    };
    visit.answer(page.await)
}

async fn keys(visit: Visit) -> Response {
    let page = async {
        let (app, viewer) = (&visit.app, &visit.staff);
        let (list, may_give, matrix) = tokio::join!(key_list(app, viewer), choices(app, viewer), role_matrix(app, viewer));
        let permissions = read(matrix)?.permissions.into_iter().filter(|p| for_programs(viewer, p.permission)).collect();
        Ok(hq::keys(&visit.frame(Section::Keys), read(list)?, permissions, read(may_give)?.kinds))
    };
    visit.answer(page.await)
}

async fn own(visit: Visit) -> Response {
    let sessions = own_sessions(&visit.app, &visit.staff, visit.app.now()).await;
    visit.answer(read(sessions).map(|s| pages::own_account(&visit.frame(Section::Elsewhere), s)))
}

/// Whoever has the link sees whose it is, and nobody else.
async fn invite(State(console): State<Console>, Path(token): Path<String>) -> Response {
    match read(invitation(&console.app, &token, console.app.now()).await) {
        Ok(Some(waits)) => html(StatusCode::OK, pages::invite(&console.version, token, Some(waits), None)),
        Ok(None) => html(StatusCode::NOT_FOUND, pages::invite(&console.version, String::new(), None, None)),
        // The link may be good: nobody is sent to ask for another one because a table was slow.
        Err(p) => {
            let status = StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            html(status, pages::invite(&console.version, String::new(), None, Some(p.detail)))
        }
    }
}

async fn access_records(visit: Visit, ask: Ask) -> Response {
    let (date, actor) = (ask.get("date"), ask.get("actor"));
    let list = access_list(&visit.app, date.as_deref(), actor.as_deref(), ask.get("cursor").as_deref(), visit.app.now()).await;
    visit.answer(read(list).map(|l| hq::access_records(&visit.frame(Section::Access), date.as_deref(), actor.as_deref(), l)))
}
