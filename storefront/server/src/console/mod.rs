//! The console's pages: who looks, what they asked for, and the HTML or the refusal. A page's row in `infra/routes.toml` says which permission it
//! needs and where; nothing here decides what a person may see. A file a context has its handlers.

mod access;
mod assortment;
mod catalog;
mod coupons;
mod csv;
mod governance;
mod marketing;
mod orders;
mod settlement;
mod stock;
mod stores;
mod transfers;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Query, RawPathParams, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use liandian_console::{
    pages::{self, Frame, Place, Section},
    text,
};
use liandian_functions::{
    App,
    auth::{STAFF_COOKIE, Staff},
    function::{NeedScope, Page, PageNeed, page},
    http::Failure,
    invoke::{client, permit},
    telemetry,
    views::stores::store_row,
};
use liandian_store::reach::Reach;
use liandian_types::{
    Code, LocationId, Permission, Problem, StoreId,
    api::{StaffSession, StoreRow},
};

use crate::{
    answer::{Answer, found, read, told},
    site::Site,
};

/// Scripts and styles from our own files only; `wasm-unsafe-eval` is what compiling WASM is called.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: https:; \
                      font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'";

/// The policy of this process: in the cloud, pages send files to the bucket as well, which has an address of its own.
fn policy() -> HeaderValue {
    static HELD: std::sync::OnceLock<HeaderValue> = std::sync::OnceLock::new();
    HELD.get_or_init(|| {
        let bucket = std::env::var("FILES_URL").ok().filter(|url| url.starts_with("https://"));
        let whole = bucket.map(|url| format!("{POLICY} {url}")).and_then(|p| HeaderValue::from_str(&p).ok());
        whole.unwrap_or(HeaderValue::from_static(POLICY))
    })
    .clone()
}

/// A page's path and its handler.
type Handler = (&'static str, MethodRouter<Console>);

#[derive(Clone)]
struct Console {
    app: Arc<App>,
    version: Arc<str>,
}

/// Every page; each has a row in `infra/routes.toml`.
fn handlers() -> Vec<Handler> {
    let own: [Handler; 4] = [("/console", get(home)), ("/console/", get(home)), ("/console/login", get(login)), ("/console/{*rest}", get(elsewhere))];
    let contexts = [
        access::pages(),
        catalog::pages(),
        governance::pages(),
        orders::pages(),
        settlement::pages(),
        stock::pages(),
        stores::pages(),
        transfers::pages(),
        assortment::pages(),
        marketing::pages(),
        coupons::pages(),
    ];
    own.into_iter().chain(contexts.into_iter().flatten()).collect()
}

/// The console's router, to be mounted at the root: its paths begin with `/console`.
pub fn router(app: Arc<App>, site: &Site) -> Router {
    let console = Console { app, version: site.version.as_str().into() };
    handlers().into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler)).with_state(console)
}

/// Somebody who may see the page. Without a valid session a request ends at the login, without the page's permission at a page that says so.
struct Visit {
    app: Arc<App>,
    version: Arc<str>,
    /// As the page's frame shows it; the tokens themselves are left out.
    session: StaffSession,
    /// What he or she may do now: a page may outlive a token, so the permissions are those of the role as it is.
    staff: Staff,
    /// The store of the path.
    at: Option<StoreId>,
    /// The address that the request comes from: access records name its network.
    client: String,
    uri: Uri,
    now: i64,
}

impl FromRequestParts<Console> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let app = console.app.clone();
        let cookie = parts.headers.get(header::COOKIE).and_then(|c| c.to_str().ok());
        let Some(token) = cookie.and_then(|c| app.cookie(c, STAFF_COOKIE)) else { return Err(to_login(&parts.uri)) };
        let token = match app.staff(token, app.now()).await {
            Ok(Some(staff)) => staff,
            Ok(None) => return Err(to_login(&parts.uri)),
            // Whether the session was ended cannot be known: nobody is let in, and nobody is sent to a login that would not help.
            Err(f) => return Err(unavailable(f)),
        };
        telemetry::note("actor", &token.sub);
        let expires = token.expires();
        let session = StaffSession {
            staff: token.sub.clone(),
            name: token.name.clone(),
            role: token.role,
            scope: token.scope.clone(),
            permissions: token.permissions.clone(),
            expires,
            access_token: String::new(),
            refresh_token: String::new(),
        };
        let client = client(&parts.extensions);
        let row = parts.extensions.get::<MatchedPath>().and_then(|path| page("console", path.as_str()));
        let named = match RawPathParams::from_request_parts(parts, console).await {
            Ok(params) => params.iter().find(|(name, _)| *name == "store").map(|(_, id)| id.to_owned()),
            Err(_) => None,
        };
        let (version, uri, staff) = (console.version.clone(), parts.uri.clone(), token);
        let mut visit = Self { app, version, session, staff, at: None, client, uri, now: now() };
        match visit.admitted(row, named.as_deref()).await {
            Ok(()) => Ok(visit),
            Err(p) => Err(visit.answer(Err(p))),
        }
    }
}

impl Visit {
    /// May this person see the page, of this store?
    async fn admitted(&mut self, row: Option<&Page>, store: Option<&str>) -> Answer<()> {
        self.at = store.map(parsed).transpose()?;
        let row = row.ok_or_else(nothing_here)?;
        let PageNeed::Permission(permission) = row.permission else { return Ok(()) };
        let role = read(self.app.tables.role_def(&self.staff.role_id()).await)?;
        let permissions = role.map(|r| r.permissions).unwrap_or_default();
        let (s, sid, custom) = (&self.session, self.staff.sid.clone(), self.staff.custom.clone());
        let staff = Staff::begin(s.staff.clone(), s.name.clone(), s.role, s.scope.clone(), permissions, self.app.now());
        self.staff = staff.within(sid, custom);
        read(permit(&self.app, &self.staff, permission, row.scope, self.at.as_ref()).await)
    }

    /// May this person do that as well, where the page is?
    fn may(&self, permission: Permission) -> bool {
        self.staff.permissions.contains(&permission)
    }

    /// The refusal of who may not.
    async fn need(&self, permission: Permission) -> Answer<()> {
        read(permit(&self.app, &self.staff, permission, NeedScope::None, None).await)
    }

    /// What of the chain this person sees.
    async fn reach(&self) -> Answer<Reach> {
        read(self.app.reach(&self.staff).await)
    }

    fn frame(&self, section: Section) -> Frame<'_> {
        Frame { version: &self.version, staff: &self.session, place: Place::Hq, section, query: self.uri.query().unwrap_or_default(), now: self.now }
    }

    /// Is the page asked for as a file for a spreadsheet?
    fn saves(&self) -> bool {
        self.uri.query().unwrap_or_default().split('&').any(|p| p == "format=csv")
    }

    fn answer(&self, answer: Answer<String>) -> Response {
        match answer {
            Ok(page) if self.saves() => file(self.uri.path(), csv::of_page(&page)),
            Ok(page) => html(StatusCode::OK, page),
            // The session ended between the check and the read.
            Err(p) if p.code == Code::Unauthenticated => to_login(&self.uri),
            Err(p) => {
                let status = StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                html(status, pages::problem(&Frame { place: Place::Nowhere, ..self.frame(Section::Elsewhere) }, &p))
            }
        }
    }

    /// The store of the path, with its name card.
    async fn store(&self) -> Answer<(StoreId, StoreRow)> {
        self.need(Permission::StoreRead).await?;
        let store = self.at.clone().ok_or_else(nothing_here)?;
        let profile = found(self.app.tables.store(&store).await, "门店")?;
        Ok((store, store_row(&profile, self.app.now())))
    }
}

/// What may follow the `?` of a page.
pub(super) struct Ask(BTreeMap<String, String>);

impl Ask {
    /// A parameter that is not empty: an empty search field is no search.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// The place whose stock is asked for, if it is not the store's shelf.
    pub(super) fn location(&self) -> Answer<Option<LocationId>> {
        self.get("location").map(|l| parsed(&l)).transpose()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        // A query that cannot be read asks for nothing: the page without it is of more use than an error.
        Ok(Self(Query::from_request_parts(parts, state).await.map(|Query(q)| q).unwrap_or_default()))
    }
}

// ---------------------------------------------------------------- the way in

async fn home(visit: Visit) -> Response {
    see(&text::home(&visit.session.scope, &visit.session.permissions))
}

async fn login(State(console): State<Console>, ask: Ask) -> Response {
    html(StatusCode::OK, pages::login(&console.version, text::safe_target(ask.get("to").as_deref())))
}

async fn elsewhere(visit: Visit) -> Response {
    visit.answer(Err(nothing_here()))
}

fn nothing_here() -> Problem {
    Problem::new(Code::NotFound, "没有这个页面。")
}

// ---------------------------------------------------------------- answers

/// An id in a path. Anything else than an id names nothing.
fn parsed<T: std::str::FromStr>(id: &str) -> Answer<T> {
    id.parse().map_err(|_| Problem::new(Code::NotFound, "地址中的编号不存在。"))
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
}

fn unavailable(f: Failure) -> Response {
    let p = told(f);
    let text =
        format!("<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{0}</title><h1>{0}</h1><p>{1}</p></html>", p.title, p.detail);
    html(StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), text)
}

fn to_login(uri: &Uri) -> Response {
    let here = uri.path_and_query().map_or("/console", |p| p.as_str());
    see(&format!("/console/login?to={}", text::percent(here)))
}

fn see(path: &str) -> Response {
    // Paths made here are ASCII; one that is not would be a fault, and the login is a harmless place to end.
    let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/console/login"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}

fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        // Pages show a session's data: after the logout, nothing may bring them back.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy()),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, page).into_response()
}

/// A file to be kept, named after its page.
fn file(path: &str, csv: String) -> Response {
    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let kept = format!("attachment; filename=\"{}.csv\"", name.trim_matches('-'));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        // Letters, digits and hyphens; were they not, the browser would name it.
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&kept).unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, csv).into_response()
}

#[cfg(test)]
mod tests;
