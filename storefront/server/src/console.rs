//! The console's pages: who looks, what they asked for, and the HTML or the refusal. Reads go through [`ConsoleReader`], which
//! checks permission and scope; nothing here decides what a person may see.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use liandian_console::{
    islands::WorkLists,
    pages::{
        self, Frame, Place, Section, hq,
        store::{self, StockNeeds, StockView},
    },
    text,
};
use liandian_functions::{invoke::client, telemetry};
use liandian_types::{
    Code, LocationId, OrderState, Permission, Problem, Scope, StoreId,
    api::{ClaimList, ShortList, StaffSession, StoreRow},
};

use crate::{
    reader::{Answer, ConsoleReader},
    site::Site,
};

/// Scripts and styles from our own files only; `wasm-unsafe-eval` is what compiling WASM is called.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: https:; \
                      connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct App<R> {
    reader: R,
    version: String,
}

/// The console's router, to be mounted at the root: its paths begin with `/console`.
pub fn router<R: ConsoleReader>(reader: R, site: Site) -> Router {
    Router::new()
        .route("/console", get(home::<R>))
        .route("/console/", get(home::<R>))
        .route("/console/login", get(login::<R>))
        .route("/console/s/{store}", get(work::<R>))
        .route("/console/s/{store}/pickup", get(pickup::<R>))
        .route("/console/s/{store}/orders", get(found_orders::<R>))
        .route("/console/s/{store}/parcels", get(parcels::<R>))
        .route("/console/s/{store}/movements", get(movements::<R>))
        .route("/console/s/{store}/orders/{order}", get(order::<R>))
        .route("/console/s/{store}/transfers", get(transfers::<R>))
        .route("/console/s/{store}/stock", get(stock::<R>))
        .route("/console/s/{store}/counts", get(counts::<R>))
        .route("/console/s/{store}/counts/{count}", get(count::<R>))
        .route("/console/s/{store}/settlement", get(settlement::<R>))
        .route("/console/hq", get(overview::<R>))
        .route("/console/hq/stores", get(stores::<R>))
        .route("/console/hq/stores/{store}", get(opening::<R>))
        .route("/console/hq/stock", get(choose_sku::<R>))
        .route("/console/hq/stock/{sku}", get(sku_stock::<R>))
        .route("/console/hq/stock/{sku}/live", get(sku_live::<R>))
        .route("/console/hq/exceptions", get(exceptions::<R>))
        .route("/console/hq/transfers", get(hq_transfers::<R>))
        .route("/console/hq/approvals", get(approvals::<R>))
        .route("/console/hq/rules", get(rules::<R>))
        .route("/console/hq/orders", get(orders::<R>))
        .route("/console/hq/settlement", get(hq_settlement::<R>))
        .route("/console/hq/access", get(access_records::<R>))
        .route("/console/{*rest}", get(elsewhere::<R>))
        .with_state(App { reader, version: site.version })
}

/// Somebody with a valid session. Without one a request ends at the login.
struct Visit<R> {
    reader: R,
    version: String,
    staff: StaffSession,
    uri: Uri,
    now: i64,
}

impl<R: ConsoleReader> FromRequestParts<App<R>> for Visit<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App<R>) -> Result<Self, Response> {
        let cookie = parts.headers.get(header::COOKIE).and_then(|c| c.to_str().ok());
        match app.reader.staff(cookie) {
            Some(staff) => {
                telemetry::note("actor", &staff.staff);
                let reader = app.reader.clone().at(client(&parts.extensions));
                Ok(Self { reader, version: app.version.clone(), staff, uri: parts.uri.clone(), now: now() })
            }
            None => Err(to_login(&parts.uri)),
        }
    }
}

impl<R: ConsoleReader> Visit<R> {
    fn frame(&self, section: Section) -> Frame<'_> {
        Frame { version: &self.version, staff: &self.staff, place: Place::Hq, section, now: self.now }
    }

    fn answer(&self, answer: Answer<String>) -> Response {
        match answer {
            Ok(page) => html(StatusCode::OK, page),
            // The session ended between the check and the read.
            Err(p) if p.code == Code::Unauthenticated => to_login(&self.uri),
            Err(p) => {
                let status = StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                html(status, pages::problem(&Frame { place: Place::Nowhere, ..self.frame(Section::Elsewhere) }, &p))
            }
        }
    }

    /// The store of a path, if this person may see it.
    async fn store(&self, id: &str) -> Answer<(StoreId, StoreRow)> {
        let store: StoreId = parsed(id)?;
        let row = self.reader.store(&self.staff, store.clone()).await?;
        Ok((store, row))
    }
}

/// What may follow the `?` of a page.
struct Ask(BTreeMap<String, String>);

impl Ask {
    /// A parameter that is not empty: an empty search field is no search.
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// The place whose stock is asked for, if it is not the store's shelf.
    fn location(&self) -> Answer<Option<LocationId>> {
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

async fn home<R: ConsoleReader>(visit: Visit<R>) -> Response {
    see(&text::home(&visit.staff.scope, &visit.staff.permissions))
}

async fn login<R: ConsoleReader>(State(app): State<App<R>>, ask: Ask) -> Response {
    html(StatusCode::OK, pages::login(&app.version, text::safe_target(ask.get("to").as_deref())))
}

async fn elsewhere<R: ConsoleReader>(visit: Visit<R>) -> Response {
    visit.answer(Err(Problem::new(Code::NotFound, "没有这个页面。")))
}

// ---------------------------------------------------------------- a store's pages

async fn work<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let read = |state| visit.reader.store_orders(&visit.staff, store.clone(), state, None);
        let (preparing, ready, awaiting, delivering) = tokio::try_join!(
            read(OrderState::Preparing),
            read(OrderState::Ready),
            read(OrderState::AwaitingTransfer),
            read(OrderState::Delivering),
        )?;
        Ok(store::work(&visit.frame(Section::Home), &row, WorkLists { preparing, ready, awaiting, delivering }))
    };
    visit.answer(page.await)
}

async fn pickup<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>) -> Response {
    visit.answer(visit.store(&id).await.map(|(_, row)| store::pickup(&visit.frame(Section::Pickup), &row)))
}

async fn order<R: ConsoleReader>(visit: Visit<R>, Path((id, order)): Path<(String, String)>) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let order = visit.reader.store_order(&visit.staff, store, parsed(&order)?).await?;
        Ok(store::order(&visit.frame(Section::Home), &row, order))
    };
    visit.answer(page.await)
}

async fn found_orders<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let (text, date) = (ask.get("q"), ask.get("date"));
        let list = if text.is_some() || date.is_some() {
            visit.reader.find_orders(&visit.staff, store, text.clone(), date.clone()).await?
        } else {
            visit.reader.store_orders(&visit.staff, store, OrderState::Completed, ask.get("cursor")).await?
        };
        Ok(store::orders(&visit.frame(Section::Orders), &row, text.as_deref(), date.as_deref(), list))
    };
    visit.answer(page.await)
}

async fn parcels<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let list = visit.reader.parcels(&visit.staff, store, ask.get("cursor")).await?;
        Ok(store::parcels(&visit.frame(Section::Home), &row, list))
    };
    visit.answer(page.await)
}

async fn transfers<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let (list, places) = tokio::try_join!(visit.reader.transfers(&visit.staff, store.clone()), visit.reader.sources(&visit.staff, store))?;
        Ok(store::transfers(&visit.frame(Section::Transfers), &row, list, places))
    };
    visit.answer(page.await)
}

async fn stock<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let (text, show) = (ask.get("q"), ask.get("show"));
        let view = match show.as_deref() {
            Some("low") => StockView::Low,
            Some("expiring") => StockView::Expiring,
            _ => StockView::All,
        };
        let at = ask.location()?;
        let list = visit.reader.stock(&visit.staff, store.clone(), at.clone(), show, text.clone(), ask.get("cursor")).await?;
        let claims = match view {
            StockView::All => visit.reader.claims(&visit.staff, store.clone()).await?,
            StockView::Low | StockView::Expiring => ClaimList::none(),
        };
        let short = match view {
            StockView::Low => visit.reader.short(&visit.staff, store, at.clone()).await?,
            StockView::All | StockView::Expiring => ShortList { goods: Vec::new(), more: false },
        };
        Ok(store::stock(&visit.frame(Section::Stock), &row, at.as_ref(), view, text.as_deref(), list, StockNeeds { short, claims }))
    };
    visit.answer(page.await)
}

async fn movements<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let at = ask.location()?;
        let list = visit.reader.movements(&visit.staff, store, at.clone(), ask.get("cursor")).await?;
        Ok(store::movements(&visit.frame(Section::Stock), &row, at.as_ref(), list))
    };
    visit.answer(page.await)
}

async fn counts<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let list = visit.reader.counts(&visit.staff, store, ask.get("cursor")).await?;
        Ok(store::counts(&visit.frame(Section::Stock), &row, list))
    };
    visit.answer(page.await)
}

async fn count<R: ConsoleReader>(visit: Visit<R>, Path((id, count)): Path<(String, String)>) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let view = visit.reader.count(&visit.staff, store, parsed(&count)?).await?;
        Ok(store::count(&visit.frame(Section::Stock), &row, view))
    };
    visit.answer(page.await)
}

async fn settlement<R: ConsoleReader>(visit: Visit<R>, Path(id): Path<String>) -> Response {
    let page = async {
        let (store, row) = visit.store(&id).await?;
        let view = visit.reader.settlement(&visit.staff, store).await?;
        Ok(store::settlement(&visit.frame(Section::Settlement), &row, view))
    };
    visit.answer(page.await)
}

// ---------------------------------------------------------------- HQ's pages

async fn overview<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let work = async {
        match visit.staff.scope {
            Scope::Region(_) => Some(visit.reader.work(&visit.staff, ask.get("cursor")).await),
            _ => None,
        }
    };
    let (orders, stores, settlement, work) =
        tokio::join!(visit.reader.hq_orders(&visit.staff, None), visit.reader.chain(&visit.staff), visit.reader.hq_settlement(&visit.staff), work);
    let page = match (orders, stores, settlement) {
        // Nothing may be seen: one page says so, not three panels.
        (Err(p), Err(_), Err(_)) => Err(p),
        (orders, stores, settlement) => Ok(hq::overview(&visit.frame(Section::Home), hq::Overview { orders, stores, settlement, work })),
    };
    visit.answer(page)
}

async fn stores<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let text = ask.get("q");
    let list = visit.reader.stores(&visit.staff, text.clone(), ask.get("cursor")).await;
    visit.answer(list.map(|l| hq::stores(&visit.frame(Section::Stores), text.as_deref(), l)))
}

async fn opening<R: ConsoleReader>(visit: Visit<R>, Path(store): Path<String>) -> Response {
    let page = async {
        let (row, opening) = visit.reader.opening(&visit.staff, parsed(&store)?).await?;
        Ok(hq::opening(&visit.frame(Section::Stores), &row, opening))
    };
    visit.answer(page.await)
}

async fn choose_sku<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let text = ask.get("q");
    let list = visit.reader.find_skus(&visit.staff, text.clone(), ask.get("cursor")).await;
    visit.answer(list.map(|l| hq::choose_sku(&visit.frame(Section::Stock), text.as_deref(), l)))
}

async fn sku_stock<R: ConsoleReader>(visit: Visit<R>, Path(sku): Path<String>) -> Response {
    let page = async {
        let sku = parsed::<liandian_types::SkuId>(&sku)?;
        let stock = visit.reader.sku_stock(&visit.staff, sku.clone()).await?;
        Ok(hq::sku_stock(&visit.frame(Section::Stock), &sku, stock))
    };
    visit.answer(page.await)
}

async fn sku_live<R: ConsoleReader>(visit: Visit<R>, Path(sku): Path<String>) -> Response {
    let part = async { Ok(hq::sku_live(&visit.frame(Section::Stock), visit.reader.sku_stock(&visit.staff, parsed(&sku)?).await?)) };
    visit.answer(part.await)
}

async fn exceptions<R: ConsoleReader>(visit: Visit<R>) -> Response {
    let (found, stores) = tokio::join!(visit.reader.exceptions(&visit.staff), visit.reader.chain(&visit.staff));
    let stores = stores.unwrap_or_default();
    visit.answer(found.map(|e| hq::exceptions(&visit.frame(Section::Exceptions), e, &stores)))
}

async fn hq_transfers<R: ConsoleReader>(visit: Visit<R>) -> Response {
    let page = async {
        // Only who may move goods between any two places is shown all of them.
        let places = async {
            let directs = visit.staff.scope == Scope::All && visit.staff.permissions.contains(&Permission::TransferDirect);
            if directs { visit.reader.places(&visit.staff).await } else { Ok(Vec::new()) }
        };
        let (list, places) = tokio::try_join!(visit.reader.in_flight(&visit.staff), places)?;
        Ok(hq::transfers(&visit.frame(Section::Transfers), list, places))
    };
    visit.answer(page.await)
}

async fn approvals<R: ConsoleReader>(visit: Visit<R>) -> Response {
    let counts = visit.reader.counts_to_decide(&visit.staff).await;
    visit.answer(counts.map(|c| hq::approvals(&visit.frame(Section::Approvals), c)))
}

async fn rules<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let older = ask.get("cursor").is_some();
    let policies = visit.reader.policies(&visit.staff, ask.get("cursor")).await;
    visit.answer(policies.map(|(p, history)| hq::rules(&visit.frame(Section::Rules), p, history, older)))
}

async fn orders<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let older = ask.get("cursor").is_some();
    let list = visit.reader.hq_orders(&visit.staff, ask.get("cursor")).await;
    visit.answer(list.map(|l| hq::orders(&visit.frame(Section::Orders), l, older)))
}

async fn hq_settlement<R: ConsoleReader>(visit: Visit<R>) -> Response {
    let view = visit.reader.hq_settlement(&visit.staff).await;
    visit.answer(view.map(|v| hq::settlement(&visit.frame(Section::Settlement), v)))
}

async fn access_records<R: ConsoleReader>(visit: Visit<R>, ask: Ask) -> Response {
    let (date, actor) = (ask.get("date"), ask.get("actor"));
    let list = visit.reader.access_records(&visit.staff, date.clone(), actor.clone(), ask.get("cursor")).await;
    visit.answer(list.map(|l| hq::access_records(&visit.frame(Section::Access), date.as_deref(), actor.as_deref(), l)))
}

// ---------------------------------------------------------------- answers

fn parsed<T: std::str::FromStr>(id: &str) -> Answer<T> {
    id.parse().map_err(|_| Problem::new(Code::NotFound, "地址中的编号不存在。"))
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
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
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        // Pages show a session's data: after the logout, nothing may bring them back.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use liandian_types::{
        AccessAct, CountId, Fen, GeoPoint, LocationId, Mode, OrderId, PersonalField, Role, Scope, SkuId, StoreStatus, Tier, Timestamp,
        api::{
            AccessList, AccessRow, ChainPolicies, CountList, CountView, CountsToDecide, Exceptions, HqSettlement, MovementList, OpeningException,
            OrderList, OrderView, PlaceName, PoliciesHistory, SettlementView, SkuStock, StockList, StoreOpening, StoreRows, StoreWork, StoreWorkList,
            TransferList, TransfersInFlight,
        },
    };
    use tower::ServiceExt;

    use super::*;

    /// Knows one store, and a session by the name in the cookie. Scope and permission decide as in the real reader.
    #[derive(Clone)]
    struct Fake;

    fn refused<T>() -> Answer<T> {
        Err(Problem::new(Code::Forbidden, "您的账号不能查看这项内容。"))
    }

    fn whole_chain<T>(staff: &StaffSession, value: T) -> Answer<T> {
        if staff.scope == Scope::All { Ok(value) } else { refused() }
    }

    fn in_reach<T>(staff: &StaffSession, value: T) -> Answer<T> {
        if matches!(staff.scope, Scope::Store(_)) { refused() } else { Ok(value) }
    }

    fn row() -> StoreRow {
        StoreRow {
            store: "sto_sh01".parse().unwrap(),
            name: "<人民广场店>".into(),
            city: "上海".into(),
            region: "reg_east".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Flagship,
            status: StoreStatus::Open,
            address: "西藏中路 1 号".into(),
            point: GeoPoint { lat: 31.23, lng: 121.47 },
            entrance: "sh01".into(),
            hours: "24 小时".into(),
            radius_m: 3_000,
        }
    }

    fn sums() -> SettlementView {
        SettlementView { orders: 1, gross: Fen(100), hq: Fen(15), stores: Fen(85), postings: vec![], next: None }
    }

    fn two_places() -> Vec<PlaceName> {
        [("loc_sh01", "<人民广场店>"), ("loc_wh1", "<后仓>")].map(|(l, name)| PlaceName { location: l.parse().unwrap(), name: name.into() }).into()
    }

    impl ConsoleReader for Fake {
        fn staff(&self, cookie: Option<&str>) -> Option<StaffSession> {
            let (role, scope) = match cookie? {
                "ld_staff=admin" => (Role::HqAdmin, Scope::All),
                "ld_staff=clerk" => (Role::Clerk, Scope::Store("sto_sh01".parse().unwrap())),
                "ld_staff=region" => (Role::RegionManager, Scope::Region("reg_east".parse().unwrap())),
                "ld_staff=other" => (Role::Clerk, Scope::Store("sto_sh02".parse().unwrap())),
                _ => return None,
            };
            Some(StaffSession {
                staff: "stf_1".parse().unwrap(),
                name: "王小妹".into(),
                role,
                scope,
                permissions: role.default_permissions(),
                access_token: String::new(),
                expires: Timestamp(0),
                refresh_token: String::new(),
            })
        }
        async fn store(&self, staff: &StaffSession, store: StoreId) -> Answer<StoreRow> {
            if !staff.scope.covers(&store, Some(&row().region)) {
                return refused();
            }
            if store == row().store { Ok(row()) } else { Err(Problem::new(Code::NotFound, "没有这家门店。")) }
        }
        async fn store_orders(&self, _: &StaffSession, _: StoreId, _: OrderState, _: Option<String>) -> Answer<OrderList> {
            Ok(OrderList { orders: vec![], next: None, more: false })
        }
        async fn parcels(&self, _: &StaffSession, _: StoreId, _: Option<String>) -> Answer<OrderList> {
            Ok(OrderList { orders: vec![], next: None, more: false })
        }
        async fn movements(&self, _: &StaffSession, _: StoreId, _: Option<LocationId>, _: Option<String>) -> Answer<MovementList> {
            Ok(MovementList { movements: vec![], next: Some("older".into()), places: two_places() })
        }
        async fn store_order(&self, _: &StaffSession, _: StoreId, _: OrderId) -> Answer<OrderView> {
            Err(Problem::new(Code::NotFound, "没有这个订单。"))
        }
        async fn transfers(&self, _: &StaffSession, _: StoreId) -> Answer<TransferList> {
            Ok(TransferList { outgoing: vec![], incoming: vec![], more: true, held: vec![] })
        }
        async fn stock(
            &self,
            _: &StaffSession,
            _: StoreId,
            _: Option<LocationId>,
            _: Option<String>,
            _: Option<String>,
            _: Option<String>,
        ) -> Answer<StockList> {
            Ok(StockList { rows: vec![], more: true, next: Some("a b".into()), places: two_places(), held: vec![] })
        }
        async fn claims(&self, _: &StaffSession, _: StoreId) -> Answer<ClaimList> {
            Ok(ClaimList::none())
        }
        async fn short(&self, _: &StaffSession, _: StoreId, _: Option<LocationId>) -> Answer<ShortList> {
            Ok(ShortList { goods: vec![], more: false })
        }
        async fn sources(&self, _: &StaffSession, _: StoreId) -> Answer<Vec<(LocationId, String)>> {
            Ok(vec![])
        }
        async fn places(&self, staff: &StaffSession) -> Answer<Vec<(LocationId, String)>> {
            whole_chain(staff, vec![("loc_sh01".parse().unwrap(), "<人民广场店>".into())])
        }
        async fn in_flight(&self, staff: &StaffSession) -> Answer<TransfersInFlight> {
            in_reach(staff, TransfersInFlight { transfers: vec![], open: 301, units: 0, value: Fen(0) })
        }
        async fn exceptions(&self, staff: &StaffSession) -> Answer<Exceptions> {
            in_reach(
                staff,
                Exceptions {
                    short: vec![],
                    low: vec![],
                    more: false,
                    late: vec![],
                    low_at: 3,
                    overdue: vec![],
                    overdue_more: true,
                    extra: vec![],
                    extra_more: false,
                    tills: vec![],
                    tills_more: false,
                    books: None,
                    claims: vec![],
                    claims_more: false,
                },
            )
        }
        async fn policies(&self, staff: &StaffSession, _: Option<String>) -> Answer<(ChainPolicies, PoliciesHistory)> {
            let p = ChainPolicies {
                count_units: 0,
                count_value: Fen(0),
                count_share: 0,
                per_km: 1,
                per_minute: 1,
                per_waiting: 1,
                per_spare: 1,
                low_at: 3,
                till_silent: 180,
                splits: true,
                unpaid_orders: 5,
                unpaid_units: 300,
                order_sku_units: 200,
                order_units: 300,
                shelf_percent: 50,
                shelf_floor: 10,
                unpaid_closes: 2,
                unpaid_wait: 30,
                ask_percent: 50,
                ask_units: 200,
                ask_day_units: 500,
                version: 1,
            };
            whole_chain(staff, (p, PoliciesHistory { changes: vec![], next: None }))
        }
        async fn counts(&self, _: &StaffSession, _: StoreId, _: Option<String>) -> Answer<CountList> {
            Ok(CountList { counts: vec![], categories: vec![], places: two_places(), next: None })
        }
        async fn count(&self, _: &StaffSession, _: StoreId, _: CountId) -> Answer<CountView> {
            Err(Problem::new(Code::NotFound, "没有这张盘点单。"))
        }
        async fn settlement(&self, staff: &StaffSession, _: StoreId) -> Answer<SettlementView> {
            if staff.role == Role::Clerk { refused() } else { Ok(sums()) }
        }
        async fn stores(&self, staff: &StaffSession, _: Option<String>, _: Option<String>) -> Answer<StoreRows> {
            in_reach(staff, StoreRows { rows: vec![row()], total: 130, next: Some("more".into()) })
        }
        async fn opening(&self, staff: &StaffSession, _: StoreId) -> Answer<(StoreRow, StoreOpening)> {
            let day = OpeningException { from: "2026-10-01".into(), to: "2026-10-03".into(), open: None, close: None, note: "<国庆节>".into() };
            let opening = StoreOpening {
                status: StoreStatus::Paused,
                reason: Some("<检修>".into()),
                until: None,
                exceptions: vec![day],
                hours: "24 小时".into(),
                version: 3,
            };
            whole_chain(staff, (row(), opening))
        }
        async fn chain(&self, staff: &StaffSession) -> Answer<Vec<StoreRow>> {
            in_reach(staff, vec![row(); 1_200])
        }
        async fn hq_orders(&self, staff: &StaffSession, _: Option<String>) -> Answer<OrderList> {
            in_reach(staff, OrderList { orders: vec![], next: None, more: false })
        }
        async fn sku_stock(&self, staff: &StaffSession, sku: SkuId) -> Answer<SkuStock> {
            in_reach(staff, SkuStock { sku, name: "鲜牛奶".into(), on_hand: 0, reserved: 0, available: 0, incoming: 0, rows: vec![] })
        }
        async fn find_skus(&self, staff: &StaffSession, _: Option<String>, _: Option<String>) -> Answer<StockList> {
            in_reach(staff, StockList { rows: vec![], more: false, next: None, places: vec![], held: vec![] })
        }
        async fn work(&self, staff: &StaffSession, _: Option<String>) -> Answer<StoreWorkList> {
            in_reach(
                staff,
                StoreWorkList { stores: vec![StoreWork { row: row(), preparing: 3, ready: 100, awaiting: 0, counts: vec![] }], next: None },
            )
        }
        async fn counts_to_decide(&self, staff: &StaffSession) -> Answer<CountsToDecide> {
            in_reach(staff, CountsToDecide { counts: vec![], more: true })
        }
        async fn find_orders(&self, _: &StaffSession, _: StoreId, _: Option<String>, _: Option<String>) -> Answer<OrderList> {
            Ok(OrderList { orders: vec![], next: None, more: true })
        }
        async fn hq_settlement(&self, staff: &StaffSession) -> Answer<HqSettlement> {
            in_reach(staff, HqSettlement { total: sums(), stores: vec![] })
        }
        async fn access_records(&self, staff: &StaffSession, _: Option<String>, actor: Option<String>, _: Option<String>) -> Answer<AccessList> {
            let row = AccessRow {
                at: Timestamp(0),
                at_text: "11-28 10:05".into(),
                actor: Some("stf_1".into()),
                actor_name: Some("<王小妹>".into()),
                role: Some(Role::Clerk),
                act: AccessAct::OrderRead,
                succeeded: true,
                store: Some("sto_sh01".parse().unwrap()),
                orders: vec!["ord_1".parse().unwrap()],
                fields: vec![PersonalField::Note],
                from: String::new(),
            };
            let records = if actor.as_deref() == Some("nobody") { vec![] } else { vec![row] };
            whole_chain(staff, AccessList { records, next: Some("older".into()) })
        }
    }

    async fn ask(path: &str, who: &str) -> (u16, String, String, String) {
        let app = router(Fake, Site { root: "nowhere".into(), version: "v7".into() });
        let request = Request::get(path).header("cookie", format!("ld_staff={who}")).body(Body::empty()).unwrap();
        let answer = app.oneshot(request).await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, place, policy) = (answer.status().as_u16(), header("location"), header("content-security-policy"));
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, place, policy, String::from_utf8(body.to_vec()).unwrap())
    }

    const PAGES: &[&str] = &[
        "/console/s/sto_sh01",
        "/console/s/sto_sh01/pickup",
        "/console/s/sto_sh01/orders",
        "/console/s/sto_sh01/orders?q=0123&date=2026-11-28",
        "/console/s/sto_sh01/transfers",
        "/console/s/sto_sh01/stock?q=%E5%A5%B6",
        "/console/s/sto_sh01/stock?show=low",
        "/console/s/sto_sh01/stock?location=loc_wh1",
        "/console/s/sto_sh01/movements",
        "/console/s/sto_sh01/movements?location=loc_wh1",
        "/console/s/sto_sh01/stock?show=expiring",
        "/console/s/sto_sh01/counts",
        "/console/s/sto_sh01/settlement",
        "/console/hq",
        "/console/hq/stores",
        "/console/hq/stores/sto_sh01",
        "/console/hq/stock",
        "/console/hq/stock/sku_milk",
        "/console/hq/exceptions",
        "/console/hq/transfers",
        "/console/hq/approvals",
        "/console/hq/rules",
        "/console/hq/orders",
        "/console/hq/settlement",
        "/console/hq/access",
        "/console/hq/access?date=2026-11-28&actor=stf_1",
    ];

    #[tokio::test]
    async fn given_no_session_when_a_page_is_asked_for_then_the_login_remembers_it() {
        for page in PAGES {
            let (status, place, ..) = ask(page, "nobody").await;
            assert_eq!((status, place), (303, format!("/console/login?to={}", text::percent(page))));
        }
    }

    #[tokio::test]
    async fn given_an_admin_when_pages_are_shown_then_they_are_whole_and_keep_the_content_policy() {
        for page in PAGES {
            let (status, _, policy, body) = ask(page, "admin").await;
            assert_eq!(status, 200, "{page}");
            assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"), "{policy}");
            assert!(body.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && body.ends_with("</html>"), "{page}");
            assert!(body.contains("/pkg/console.css?v=v7") && body.contains("src=\"/pkg/console-load.js?v=v7&amp;m=console-"), "{page}");
            assert_eq!(body.matches("<script").count(), 1, "{page}");
            assert!(!body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick"), "{page}");
            assert!(!body.contains("<人民广场店>") && !body.contains("<后仓>"), "{page}");
        }
    }

    #[tokio::test]
    async fn given_pages_of_several_sections_when_shown_then_each_loads_the_module_of_its_own_section_only() {
        let modules = ["board", "orders", "stock", "transfers", "hq"];
        for (page, module) in [
            ("/console/login", "board"),
            ("/console/s/sto_sh01", "board"),
            ("/console/s/sto_sh01/pickup", "orders"),
            ("/console/s/sto_sh01/stock", "stock"),
            ("/console/s/sto_sh01/counts", "stock"),
            ("/console/s/sto_sh01/transfers", "transfers"),
            ("/console/s/sto_sh01/settlement", "hq"),
            ("/console/hq", "hq"),
            ("/console/hq/transfers", "transfers"),
            ("/console/hq/rules", "hq"),
            ("/console/nope", "board"),
        ] {
            let (.., body) = ask(page, "admin").await;
            for m in modules {
                assert_eq!(body.contains(&format!("/pkg/console-{m}.wasm?v=v7")), m == module, "{page} {m}");
            }
        }
    }

    #[tokio::test]
    async fn given_a_clerk_when_other_doors_are_tried_then_a_page_refuses_and_the_navigation_hides_them() {
        for page in PAGES.iter().filter(|p| p.starts_with("/console/hq")) {
            let (status, .., body) = ask(page, "clerk").await;
            assert_eq!(status, 403, "{page}");
            assert!(body.contains("没有权限") && body.contains("您的账号不能查看这项内容。"), "{page}");
            assert!(!body.contains("/console/hq") && body.contains("href=\"/console/s/sto_sh01\""), "{page}");
        }
        assert_eq!(ask("/console/s/sto_sh01/settlement", "clerk").await.0, 403);
        assert_eq!(ask("/console/s/sto_sh01", "other").await.0, 403);
        let (status, .., body) = ask("/console/s/sto_sh01", "clerk").await;
        assert_eq!(status, 200);
        assert!(body.contains("/transfers\"") && !body.contains("/settlement\""));
    }

    #[tokio::test]
    async fn given_a_region_when_its_pages_are_asked_for_then_they_are_its_own_and_every_link_of_the_navigation_opens() {
        let (status, .., body) = ask("/console/hq", "region").await;
        assert!(status == 200 && body.contains("各店待办") && body.contains("我的区域") && body.contains("99+"), "{body}");
        let (from, to) = (body.find("main-nav").unwrap(), body.find("</nav>").unwrap());
        let nav = &body[from..to.max(from)];
        let links: Vec<&str> = nav.split("href=\"").skip(1).filter_map(|l| l.split('"').next()).collect();
        assert_eq!(links.len(), 8, "{links:?}");
        for link in links {
            assert_eq!(ask(link, "region").await.0, 200, "{link}");
        }
        assert_eq!(ask("/console/hq/rules", "region").await.0, 403);
        assert_eq!(ask("/console/s/sto_sh01", "region").await.0, 200);
    }

    #[tokio::test]
    async fn given_access_records_when_an_auditor_looks_then_they_say_who_what_and_why_and_others_are_not_led_there() {
        let (.., body) = ask("/console/hq/access?date=2026-11-28&actor=stf_1", "admin").await;
        for said in ["访问记录", "&lt;王小妹&gt;", "店员", "查看订单", "留言", "/console/s/sto_sh01/orders/ord_1", "11-28 10:05"] {
            assert!(body.contains(said), "{said} in {body}");
        }
        assert!(body.contains("/console/hq/access?date=2026-11-28&amp;actor=stf_1&amp;cursor=older"), "{body}");
        let (.., none) = ask("/console/hq/access?actor=nobody", "admin").await;
        assert!(none.contains("没有符合的记录"), "{none}");
        assert!(!ask("/console/hq", "region").await.3.contains("/console/hq/access"));
        assert_eq!(ask("/console/hq/access", "region").await.0, 403);
    }

    #[tokio::test]
    async fn given_ids_and_paths_that_are_none_when_asked_for_then_a_page_says_not_found() {
        for path in [
            "/console/s/%3Cscript%3E",
            "/console/s/sto_sh01/orders/x",
            "/console/s/sto_sh01/orders/ord_1",
            "/console/s/sto_sh01/counts/cnt_1",
            "/console/hq/stock/milk",
            "/console/nope",
        ] {
            let (status, .., body) = ask(path, "admin").await;
            assert_eq!(status, 404, "{path}");
            assert!(body.contains("未找到"), "{path}");
        }
    }

    #[tokio::test]
    async fn given_somebody_at_the_door_when_home_is_asked_for_then_it_is_their_own() {
        assert_eq!(ask("/console", "clerk").await.1, "/console/s/sto_sh01");
        assert_eq!(ask("/console/", "admin").await.1, "/console/hq");
    }

    #[tokio::test]
    async fn given_a_foreign_target_when_the_login_is_shown_then_it_is_forgotten() {
        let (status, .., body) = ask("/console/login?to=https://evil.example/", "nobody").await;
        assert_eq!(status, 200);
        assert!(!body.contains("evil.example"));
        assert!(ask("/console/login?to=%2Fconsole%2Fhq%2Fstock", "nobody").await.3.contains("/console/hq/stock"));
        assert_eq!(ask("/console/login?to=%FF", "nobody").await.0, 200);
    }

    #[tokio::test]
    async fn given_a_next_page_when_linked_then_search_and_cursor_are_escaped() {
        let (.., body) = ask("/console/s/sto_sh01/stock?q=%E5%A5%B6", "admin").await;
        assert!(body.contains("/console/s/sto_sh01/stock?q=%E5%A5%B6&amp;cursor=a%20b"), "{body}");
        let (.., body) = ask("/console/s/sto_sh01/stock?location=loc_wh1&q=%E5%A5%B6", "admin").await;
        assert!(body.contains("/console/s/sto_sh01/stock?location=loc_wh1&amp;q=%E5%A5%B6&amp;cursor=a%20b"), "{body}");
        assert!(body.contains(r#"<input type="hidden" name="location" value="loc_wh1">"#), "{body}");
    }

    #[tokio::test]
    async fn given_lists_that_are_cut_when_shown_then_they_say_so() {
        let (.., exceptions) = ask("/console/hq/exceptions", "admin").await;
        assert_eq!(exceptions.matches("还有更多，这里列出最早的").count(), 1, "{exceptions}");
        let (.., flights) = ask("/console/hq/transfers", "admin").await;
        assert!(flights.contains("共 301 单，这里列出最早的 0 单"), "{flights}");
        let (.., approvals) = ask("/console/hq/approvals", "admin").await;
        assert!(approvals.contains("还有更多，这里列出最早的"), "{approvals}");
    }

    #[tokio::test]
    async fn given_a_part_that_is_read_again_when_asked_for_then_it_says_that_it_is_one() {
        let (status, .., body) = ask("/console/hq/stock/sku_milk/live", "admin").await;
        assert!(status == 200 && body.starts_with(liandian_console::islands::MARK) && !body.contains("<html"), "{body}");
        assert_eq!(ask("/console/hq/stock/sku_milk/live", "clerk").await.0, 403);
    }
}
