//! The customers' pages: who looks, what they asked for, and the HTML or the refusal; and the site's files.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    future::ready,
    path::Path as FilePath,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Path, Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use liandian_functions::{
    App,
    auth::{self, SESSION_COOKIE},
    flows::{
        basket::{self, Asked},
        orders::shown,
    },
    function::{PageNeed, page},
    routes::members::addresses,
    views::{
        catalog::{
            FindGoods, category_page, product_page,
            search::{PriceBand, Sort, sort_of, suggestions},
        },
        coupons::{coupon_by_link, coupon_centre, coupon_wallet},
        deals::deal_page,
        governance::legal::legal_page,
        members::{MemberOrders, consents_of, member_orders, member_view},
        orders::{Seen, order_seen},
        stores::{FindStores, cities, find_stores, permits::store_licences, sold_around, store_home, stores_named},
    },
};
use liandian_shop::{cart, pages, place};
use liandian_types::{
    CampaignId, Code, Fulfilment, GeoPoint, LegalKind, LocationId, MemberId, OfferState, OrderId, Problem, SkuId, StoreId, Timestamp,
    api::{
        AddressList, CartLine, CategoryPage, ConsentList, CouponOffer, CouponWallet, DealPage, HotGood, LegalPage, MemberView, OrderList,
        ProductPage, QuoteLine, StoreCard, StoreHome, StoreLicences,
    },
    path::own_path,
};
use tower_http::compression::CompressionLayer;

use crate::{
    answer::{Answer, found, read},
    site::Site,
};

/// Where pages lead that are not ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Where a browser goes to log in; `?to=` and the path to come back to are added.
    pub login_url: String,
    /// The file by which WeChat knows that a mini-program's owner has this site: `NAME.txt CONTENT`, as its console gave it. Empty for none.
    pub check_file: String,
}

/// A page's path and its handler.
type Handler = (&'static str, MethodRouter<Shop>);

#[derive(Clone)]
struct Shop {
    app: Arc<App>,
    site: Arc<Site>,
    links: Arc<Links>,
    hot: Arc<Hot>,
}

/// What sells around stores, as this process asked last: it changes once a day, and is asked for with every home.
type Hot = Mutex<HashMap<StoreId, (Timestamp, Vec<HotGood>)>>;

/// For how long it is believed, and of how many stores it is kept.
const HOT_FOR: i64 = 10 * Timestamp::MINUTE;
const HOT_STORES: usize = 2_000;

/// Pages of a category that are read to arrange it: a hundred goods.
const ARRANGED_PAGES: usize = 5;

/// Every page; each has a row in `infra/routes.toml`.
fn handlers() -> [Handler; 23] {
    [
        ("/", get(stores)),
        ("/e/{code}", get(entrance)),
        ("/s/{store}", get(home)),
        ("/s/{store}/c/{category}", get(category)),
        ("/s/{store}/search", get(search)),
        ("/s/{store}/p/{sku}", get(product)),
        ("/s/{store}/cart", get(cart)),
        ("/s/{store}/cart/bar", get(cart_bar)),
        ("/s/{store}/flash", get(flash)),
        ("/s/{store}/deals/{campaign}", get(deal)),
        ("/s/{store}/checkout", get(checkout)),
        ("/s/{store}/coupons", get(coupons)),
        ("/s/{store}/coupons/{campaign}", get(coupon)),
        ("/coupons", get(my_coupons)),
        ("/login", get(login)),
        ("/orders", get(orders)),
        ("/orders/{order}", get(order)),
        ("/me", get(me)),
        ("/me/addresses", get(my_addresses)),
        ("/me/consents", get(my_consents)),
        ("/me/type", get(type_size)),
        ("/legal/{kind}", get(legal)),
        ("/s/{store}/licences", get(licences)),
    ]
}

/// The shop's router, to be mounted at the root. It also serves the site's files, the console's too.
pub fn router(app: Arc<App>, site: Site, links: Links) -> Router {
    // Pictures of a stack on one machine come over plain HTTP from a port of it; anywhere else they are HTTPS.
    let local = if links.login_url.starts_with("http://") { " http://127.0.0.1:* http://localhost:*" } else { "" };
    let policy = |scripts: &str, frames: &str| {
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' data: https:{local}; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'{frames}"
        );
        // Made of printable ASCII above; an address that were not would be a fault of ours, and no policy at all the worst answer.
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
    };
    // Older versions of WeChat bring their bridge by a frame of their own scheme.
    let (usual, shell) = (policy("", ""), policy(&format!(" {BRIDGE}"), "; frame-src weixin:"));
    let site = Arc::new(site);
    let check = check_file(&links.check_file);
    let secure = !links.login_url.starts_with("http://");
    handlers()
        .into_iter()
        .fold(Router::new(), |router, (path, handler)| router.route(path, handler))
        .fallback(nothing_here)
        .with_state(Shop { app, site: site.clone(), links: Arc::new(links), hot: Arc::default() })
        .layer(from_fn(move |request: Request, next: Next| chosen_way(secure, request, next)))
        .merge(files(site, check))
        .layer(from_fn(move |request: Request, next: Next| {
            let policy = if in_shell(request.headers()) { shell.clone() } else { usual.clone() };
            async move { guarded(next.run(request).await, policy) }
        }))
        .layer(CompressionLayer::new().gzip(true))
}

/// The site's files: no pages, and free of their limits.
fn files(site: Arc<Site>, check: Option<(String, String)>) -> Router {
    let router: Router = Router::new().route("/pkg/{file}", get(file)).route("/favicon.svg", get(favicon)).with_state(site);
    match check {
        Some((name, says)) => router.route(&format!("/{name}"), get(move || ready(says.clone()))),
        None => router,
    }
}

/// Name and content of WeChat's file, when they are such: one plain name at the site's root, and one word.
fn check_file(text: &str) -> Option<(String, String)> {
    let (name, says) = text.split_once(' ')?;
    let word = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    (name.strip_suffix(".txt").is_some_and(word) && word(says)).then(|| (name.to_owned(), says.to_owned()))
}

/// WeChat's bridge: pages inside of the mini-program load it (`storefront/shop/script/shell.js`), and no others may.
const BRIDGE: &str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";

/// Does a browser say to be the web-view of WeChat's mini-program? Who says so falsely may load WeChat's script, and that is all.
fn in_shell(headers: &HeaderMap) -> bool {
    const SAYS: &[u8] = b"miniProgram";
    headers.get(header::USER_AGENT).is_some_and(|v| v.as_bytes().windows(SAYS.len()).any(|word| word == SAYS))
}

/// `?way=` on any page of a store is a choice that the device keeps: it is written down, and the page comes as if it had always been so. A link, so that
/// it needs no script.
async fn chosen_way(secure: bool, request: Request, next: Next) -> Response {
    let Some((way, back)) = way_asked(request.uri()) else { return next.run(request).await };
    let cookie = auth::plain_cookie(WAY, way, "/", 180 * Timestamp::DAY, secure);
    let mut response = Redirect::to(&back).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The choice that an address makes, and the address without it. Two slashes in front would be another site's.
fn way_asked(uri: &Uri) -> Option<(&'static str, String)> {
    let (path, query) = (uri.path(), uri.query()?);
    if !path.starts_with("/s/") {
        return None;
    }
    let said = query.split('&').find_map(|part| part.strip_prefix("way="))?;
    let way = WAYS.into_iter().find(|way| *way == said)?;
    let rest = query.split('&').filter(|part| !part.starts_with("way=")).collect::<Vec<_>>().join("&");
    Some((way, if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") }))
}

/// What every answer says to the browser.
fn guarded(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static("geolocation=(self), camera=(), microphone=()"));
    // A page shows live stock and belongs to one person.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}

/// Cookie: fetched or brought, as chosen last.
const WAY: &str = "way";
/// What it may say.
const WAYS: [&str; 2] = ["pickup", "delivery"];
/// Cookie: the stores where somebody was, the last one first.
const OFTEN: &str = "ld_often";
/// So many of them are kept.
const OFTEN_KEPT: usize = 5;
/// Cookie: id and name of the store looked at last.
const LAST_STORE: &str = "ld_store";
/// Cookie: where the customer looked for stores last.
const LAST_PLACE: &str = "ld_at";
/// Cookie of a cart's page: what the device has in the cart. Written by the page.
const CART: &str = "ld_cart";
/// Cookie: how large this device shows type; and the word for larger than usual.
const TYPE: &str = "type";
/// See [`TYPE`].
const LARGE: &str = "large";
/// Cookie: on which day and for whom a coupon was laid over a store's home.
const POPPED: &str = "ld_pop";

// ---------------------------------------------------------------- who looks, and what for

/// Somebody in front of a page.
struct Visit {
    shop: Shop,
    member: Option<MemberId>,
    uri: Uri,
    cookies: String,
    shell: bool,
}

impl FromRequestParts<Shop> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Response> {
        let cookies = parts.headers.get(header::COOKIE).and_then(|c| c.to_str().ok()).unwrap_or_default().to_owned();
        let member = member(&shop.app, &cookies).await;
        let row = parts.extensions.get::<MatchedPath>().and_then(|path| page("shop", path.as_str()));
        let visit = Self { shop: shop.clone(), member, uri: parts.uri.clone(), cookies, shell: in_shell(&parts.headers) };
        // Before the form, not after it: what was typed would be lost on the way.
        match row.map(|r| r.permission) {
            Some(PageNeed::Member) if visit.member.is_none() => Err(visit.to_login()),
            _ => Ok(visit),
        }
    }
}

/// The member whose session a `Cookie` header carries, if it is valid and was not ended.
async fn member(app: &App, cookies: &str) -> Option<MemberId> {
    match app.member(app.cookie(cookies, SESSION_COOKIE)?, app.now()).await {
        Ok(session) => Some(session?.member),
        Err(f) => {
            // Who cannot be known is shown what anybody may see.
            tracing::error!(error = %f, "a session could not be checked");
            None
        }
    }
}

impl Visit {
    fn page(&self) -> pages::Page {
        pages::Page {
            version: self.shop.site.version.clone(),
            member: self.member.clone(),
            last: self.last(),
            shell: self.shell,
            large: self.kept(TYPE) == Some(LARGE),
            rides: self.rides(),
            near: self.place(),
            here: self.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            ..pages::Page::default()
        }
    }

    /// The same for pages on which somebody shops: with what bringing costs. Without it a page is a page.
    async fn shopping(&self) -> pages::Page {
        let fees = self.shop.app.tables.policies().await.map(|p| p.fees).unwrap_or_default();
        pages::Page { fees, origin: self.shop.app.config.public_origin().to_owned(), ..self.page() }
    }

    /// Does the customer have goods brought, by what he chose last?
    fn rides(&self) -> bool {
        self.kept(WAY) == Some("delivery")
    }

    /// The stores where he was before, the last one first.
    fn often(&self) -> Vec<StoreId> {
        self.kept(OFTEN).unwrap_or_default().split('~').filter_map(|id| id.parse().ok()).take(OFTEN_KEPT).collect()
    }

    /// The same when he is here now.
    fn often_with(&self, store: &StoreId) -> String {
        let others = self.often().into_iter().filter(|s| s != store);
        let all: Vec<StoreId> = std::iter::once(store.clone()).chain(others).take(OFTEN_KEPT).collect();
        all.iter().map(StoreId::as_str).collect::<Vec<_>>().join("~")
    }

    /// A cookie of this device.
    fn kept(&self, name: &str) -> Option<&str> {
        liandian_functions::http::cookie(&self.cookies, name)
    }

    /// The store looked at last.
    fn last(&self) -> Option<(StoreId, String)> {
        let (store, name) = self.kept(LAST_STORE)?.split_once('.')?;
        Some((store.parse().ok()?, percent_encoding::percent_decode_str(name).decode_utf8().ok()?.into_owned()))
    }

    /// Where the customer was when he looked for stores last, to a hundred metres.
    fn place(&self) -> Option<GeoPoint> {
        let (lat, lng) = self.kept(LAST_PLACE)?.split_once('_')?;
        let point = GeoPoint { lat: lat.parse().ok()?, lng: lng.parse().ok()? };
        point.is_a_place().then_some(point)
    }

    /// The answer, and something for this device to keep: of no use to anybody who would forge it.
    fn keeping(&self, mut response: Response, name: &str, value: &str) -> Response {
        let secure = !self.shop.links.login_url.starts_with("http://");
        let cookie = auth::plain_cookie(name, value, "/", 180 * Timestamp::DAY, secure);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn answer(&self, answer: Answer<String>) -> Response {
        match answer {
            Ok(page) => html(StatusCode::OK, page),
            Err(p) if p.code == Code::Unauthenticated => self.to_login(),
            Err(p) => html(StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), pages::problem(&self.page(), &p)),
        }
    }

    /// Off to the login, and back to this page afterwards.
    fn to_login(&self) -> Response {
        let here = self.uri.path_and_query().map_or("/", |p| p.as_str());
        Redirect::to(&format!("/login?to={}", encoded(here))).into_response()
    }

    /// The member, or the refusal that leads to the login.
    fn member(&self) -> Answer<MemberId> {
        self.member.clone().ok_or_else(|| Problem::new(Code::Unauthenticated, "请先登录"))
    }
}

// ---------------------------------------------------------------- what pages read

impl Visit {
    async fn home(&self, store: &StoreId, from: Option<GeoPoint>) -> Answer<StoreHome> {
        found(store_home(&self.shop.app.tables, store, from, self.shop.app.now()).await, "门店")
    }

    async fn goods(&self, store: &StoreId, find: FindGoods<'_>) -> Answer<CategoryPage> {
        let page = found(category_page(&self.shop.app.tables, store, find, self.shop.app.now()).await, "门店")?;
        // Of a search a category is a choice among others, which may leave nothing.
        if find.text.is_none() && find.category.is_some_and(|key| page.categories.iter().all(|c| c.key != key)) {
            return Err(Problem::new(Code::NotFound, "本店没有这个分类"));
        }
        Ok(page)
    }

    /// A category in another arrangement than the store's: all of it, as far as is read for that, and whether there is more.
    async fn arranged(&self, store: &StoreId, category: &str, arranged: pages::Arranged) -> Answer<(CategoryPage, bool)> {
        let find = FindGoods { category: Some(category), ..FindGoods::default() };
        let mut goods = self.goods(store, find).await?;
        let mut cursor = goods.page.next.take();
        for _ in 1..ARRANGED_PAGES {
            let Some(from) = cursor.take() else { break };
            let more = self.goods(store, FindGoods { cursor: Some(&from), ..find }).await?;
            goods.page.items.extend(more.page.items);
            cursor = more.page.next;
        }
        arranged.arrange(&mut goods.page.items);
        Ok((goods, cursor.is_some()))
    }

    /// The coupons that whoever looks may claim in a store.
    async fn offers(&self, store: &StoreId) -> Answer<Vec<CouponOffer>> {
        let app = &self.shop.app;
        Ok(read(coupon_centre(&app.tables, store, self.member.as_ref(), app.now()).await)?.coupons)
    }

    /// What of a home's goods sells around it. A home without is a home.
    async fn hot(&self, home: &StoreHome) -> Vec<HotGood> {
        let (app, store) = (&self.shop.app, &home.store.store);
        let now = app.now();
        let kept = self.shop.hot.lock().unwrap_or_else(PoisonError::into_inner).get(store).cloned();
        if let Some((_, hot)) = kept.filter(|(at, _)| now < at.plus(HOT_FOR)) {
            return hot;
        }
        let skus: Vec<SkuId> = home.featured.iter().map(|i| i.sku.clone()).collect();
        let Ok(hot) = sold_around(&app.tables, home.store.point, &skus, now).await else { return Vec::new() };
        let mut all = self.shop.hot.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= HOT_STORES {
            all.clear();
        }
        all.insert(store.clone(), (now, hot.clone()));
        hot
    }

    /// What marks that somebody has seen today's coupon.
    fn popped_today(&self) -> String {
        let day = self.shop.app.now().plus(8 * Timestamp::HOUR).0.div_euclid(Timestamp::DAY);
        let who = self.member.as_ref().map_or("", |m| m.as_str().get(m.as_str().len().saturating_sub(8)..).unwrap_or_default());
        format!("{day}.{who}")
    }

    /// What the member agreed to, beside what is in force.
    async fn consents(&self) -> Answer<ConsentList> {
        read(consents_of(&self.shop.app.tables, &self.member()?, self.shop.app.now()).await)
    }

    /// These lines as the store sells them now; what it does not sell is left out.
    async fn lines(&self, store: &StoreId, lines: &[CartLine]) -> Answer<Vec<QuoteLine>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        read(shown(&self.shop.app, store, lines).await)
    }
}

/// What may follow the `?` of a page.
struct Ask(BTreeMap<String, String>);

impl Ask {
    /// A parameter that is not empty: an empty search field is no search.
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// Where the customer says to be. `wgs=1`: as a browser measured it.
    fn near(&self) -> Option<GeoPoint> {
        let point = GeoPoint { lat: self.get("lat")?.parse().ok()?, lng: self.get("lng")?.parse().ok()? };
        let point = if self.get("wgs").is_some() { place::from_wgs84(point) } else { point };
        point.is_a_place().then_some(point)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        // A query that cannot be read asks for nothing.
        let query = Query::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        Ok(Self(query.map(|q| q.0).unwrap_or_default()))
    }
}

/// An id in a path. Anything else than an id names nothing.
fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Answer<T> {
    text.parse().map_err(|_| Problem::new(Code::NotFound, format!("没有找到该{what}")))
}

// ---------------------------------------------------------------- pages

async fn stores(visit: Visit, ask: Ask) -> Response {
    let (asked, text) = (ask.near(), ask.get("q"));
    let of: Option<StoreId> = ask.get("of").and_then(|id| id.parse().ok());
    // The place of the last time, unless something else is looked for.
    let near = asked.or_else(|| visit.place().filter(|_| text.is_none() && ask.get("all").is_none()));
    let cursor = ask.get("cursor");
    let search = FindStores { near, text: text.as_deref(), entrance: None, cursor: cursor.as_deref() };
    let (tables, now) = (&visit.shop.app.tables, visit.shop.app.now());
    let before = visit.often();
    let (found, often, cities) =
        tokio::join!(Box::pin(find_stores(tables, search, now)), stores_named(tables, &before, near, now), cities(tables, now));
    // Without what stands beside it the list is the list.
    let (found, often, cities) = (read(found), often.unwrap_or_default(), cities.unwrap_or_default());
    // The same question, a page further: the point as it was understood, not as it was measured.
    let here = near.map(|p| format!("lat={}&lng={}&", p.lat, p.lng)).unwrap_or_default()
        + &text.as_deref().map(|q| format!("q={}&", encoded(q))).unwrap_or_default()
        + &of.as_ref().map(|of| format!("of={of}&")).unwrap_or_default()
        + ask.get("all").map_or("", |_| "all=1&");
    let response = visit.answer(found.map(|list| {
        let next = list.next.as_deref().map(|cursor| format!("/?{here}cursor={}", encoded(cursor)));
        // The one that he comes from is no store to change to.
        let often: Vec<StoreCard> = often.into_iter().filter(|s| of.as_ref() != Some(&s.store)).collect();
        let looking = pages::Looking { near, text: text.as_deref(), of: of.as_ref(), often: &often, cities: &cities };
        pages::stores(&visit.page(), &list, looking, next)
    }));
    match asked {
        Some(p) => visit.keeping(response, LAST_PLACE, &format!("{:.3}_{:.3}", p.lat, p.lng)),
        None => response,
    }
}

async fn entrance(visit: Visit, Path(code): Path<String>) -> Response {
    let search = FindStores { entrance: Some(&code), ..FindStores::default() };
    match read(find_stores(&visit.shop.app.tables, search, visit.shop.app.now()).await) {
        Ok(list) => match list.stores.first() {
            Some(store) => Redirect::to(&format!("/s/{}", store.store)).into_response(),
            None => visit.answer(Err(Problem::new(Code::NotFound, "这个入口不存在或已停用，请重新选择门店"))),
        },
        Err(p) => visit.answer(Err(p)),
    }
}

async fn home(visit: Visit, Path(store): Path<String>, ask: Ask) -> Response {
    let answer = async {
        let id = parsed(&store, "门店")?;
        let near = ask.near().or_else(|| visit.place());
        // Without its coupons a home is a home.
        let (home, offers) = tokio::join!(Box::pin(visit.home(&id, near)), Box::pin(visit.offers(&id)));
        let home: StoreHome = home?;
        let hot = Box::pin(visit.hot(&home)).await;
        Ok((StoreHome { hot, ..home }, offers.unwrap_or_default()))
    };
    let answer: Answer<(StoreHome, Vec<CouponOffer>)> = answer.await;
    let last = answer.as_ref().ok().map(|(home, _)| format!("{}.{}", home.store.store, encoded(&home.store.name)));
    // Once a person and day: of the person as much as tells him from others on this device.
    let today = visit.popped_today();
    let pops = visit.kept(POPPED) != Some(today.as_str()) && answer.as_ref().is_ok_and(|(_, offers)| offers.iter().any(pops));
    let often = answer.as_ref().ok().map(|(home, _)| visit.often_with(&home.store.store));
    let page = visit.shopping().await;
    let mut response = visit.answer(answer.map(|(home, offers)| pages::home(&page, &home, &offers, pops)));
    if pops {
        response = visit.keeping(response, POPPED, &today);
    }
    if let Some(last) = last {
        response = visit.keeping(response, LAST_STORE, &last);
    }
    match often {
        Some(often) => visit.keeping(response, OFTEN, &often),
        None => response,
    }
}

/// Is it one that is laid over a store's home?
fn pops(o: &CouponOffer) -> bool {
    o.popup && o.state == OfferState::Open
}

async fn coupons(visit: Visit, Path(store): Path<String>) -> Response {
    let answer = async {
        let id = parsed(&store, "门店")?;
        let (home, offers) = tokio::join!(Box::pin(visit.home(&id, None)), Box::pin(visit.offers(&id)));
        Ok((home?, offers?))
    };
    let answer: Answer<(StoreHome, Vec<CouponOffer>)> = answer.await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|(home, offers)| pages::coupons(&page, &home.store, &offers)))
}

async fn coupon(visit: Visit, Path((store, campaign)): Path<(String, String)>) -> Response {
    let answer = async {
        let (id, campaign): (StoreId, CampaignId) = (parsed(&store, "门店")?, parsed(&campaign, "优惠券")?);
        let app = &visit.shop.app;
        let link = async { found(coupon_by_link(&app.tables, &campaign, visit.member.as_ref(), app.now()).await, "优惠券") };
        let (home, offer) = tokio::join!(Box::pin(visit.home(&id, None)), Box::pin(link));
        Ok((home?, offer?))
    };
    let answer: Answer<(StoreHome, CouponOffer)> = answer.await;
    visit.answer(answer.map(|(home, offer)| pages::coupon(&visit.page(), &home.store, &offer)))
}

async fn my_coupons(visit: Visit, ask: Ask) -> Response {
    let answer = async {
        let app = &visit.shop.app;
        read(coupon_wallet(&app.tables, &visit.member()?, app.now()).await)
    };
    let answer: Answer<CouponWallet> = answer.await;
    visit.answer(answer.map(|wallet| pages::my_coupons(&visit.page(), &wallet, ask.get("tab").as_deref())))
}

async fn category(visit: Visit, Path((store, category)): Path<(String, String)>, ask: Ask) -> Response {
    // The short link of a coupon.
    if category.starts_with("cmp_") && category.parse::<CampaignId>().is_ok() {
        return Redirect::to(&format!("/s/{}/coupons/{}", encoded(&store), encoded(&category))).into_response();
    }
    let arranged = pages::Arranged::of(ask.get("sort").as_deref(), ask.get("stock").as_deref());
    let cursor = ask.get("cursor");
    let answer = async {
        let store: StoreId = parsed(&store, "门店")?;
        if arranged != pages::Arranged::default() {
            return visit.arranged(&store, &category, arranged).await;
        }
        let find = FindGoods { category: Some(&category), cursor: cursor.as_deref(), ..FindGoods::default() };
        Ok((visit.goods(&store, find).await?, false))
    };
    let answer: Answer<(CategoryPage, bool)> = Box::pin(answer).await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|(goods, more)| {
        let next = goods.page.next.as_deref().map(|cursor| format!("/s/{store}/c/{}?cursor={}", encoded(&category), encoded(cursor)));
        pages::goods_arranged(&page, &goods, next, arranged, more)
    }))
}

async fn search(visit: Visit, Path(store): Path<String>, ask: Ask) -> Response {
    // A choice or an order that is none narrows and sorts nothing.
    let price = ask.get("price").and_then(|p| PriceBand::of(&p).ok());
    let sort = sort_of(ask.get("sort").as_deref()).unwrap_or_default();
    let sought = pages::Sought {
        text: ask.get("q"),
        category: ask.get("category").filter(|_| ask.get("q").is_some()),
        brand: ask.get("brand"),
        price: ask.get("price").filter(|_| price.is_some()),
        sort: ask.get("sort").filter(|_| sort != Sort::Relevance),
    };
    let cursor = ask.get("cursor");
    let find = FindGoods {
        text: sought.text.as_deref(),
        category: sought.category.as_deref(),
        brand: sought.brand.as_deref(),
        price,
        sort,
        cursor: cursor.as_deref(),
    };
    let answer = async {
        let id = parsed(&store, "门店")?;
        let goods = visit.goods(&id, find).await?;
        // Words to begin with, or to try instead.
        let hot = if sought.text.is_none() || goods.page.items.is_empty() {
            found(suggestions(&visit.shop.app.tables, &id, None, visit.shop.app.now()).await, "门店")?.hot
        } else {
            Vec::new()
        };
        Ok((goods, hot))
    };
    let answer: Answer<(CategoryPage, Vec<String>)> = Box::pin(answer).await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|(goods, hot)| {
        let next = goods.page.next.as_deref().map(|cursor| format!("{}&cursor={}", sought.address(&store), encoded(cursor)));
        pages::search(&page, &goods, &sought, &hot, next)
    }))
}

async fn product(visit: Visit, Path((store, sku)): Path<(String, String)>) -> Response {
    let answer = async {
        let (store, sku): (StoreId, SkuId) = (parsed(&store, "门店")?, parsed(&sku, "商品")?);
        let (app, now) = (&visit.shop.app, visit.shop.app.now());
        let product = found(product_page(&app.tables, &store, &sku, now).await, "商品")?;
        let Some(chosen) = product.skus.iter().find(|s| s.sku == product.chosen) else {
            return Err(Problem::new(Code::NotFound, "本店没有这件商品"));
        };
        // Who has what is there is no question; and who cannot be asked is not named.
        let also = if chosen.available == 0 { basket::also_at(app, &store, &product.chosen, now).await } else { Ok(Vec::new()) };
        Ok((product, also.unwrap_or_default()))
    };
    let answer: Answer<(ProductPage, Vec<(StoreCard, String)>)> = Box::pin(answer).await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|(product, also)| pages::product(&page, &product, &also)))
}

async fn cart(visit: Visit, Path(store): Path<String>) -> Response {
    let answer = async {
        let store: StoreId = parsed(&store, "门店")?;
        // A cart is a hint here: the page prices it anew.
        let lines = cart::unpacked(visit.kept(CART).unwrap_or_default());
        let (home, lines) = tokio::join!(visit.home(&store, None), visit.lines(&store, &lines));
        Ok((home?, lines.unwrap_or_default()))
    };
    let answer: Answer<(StoreHome, Vec<QuoteLine>)> = answer.await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|(home, lines)| pages::cart(&page, &home.store, &lines)))
}

/// The cart at the foot of a page: what the device says is in it, priced here and now. A part of a page, so a refusal is one as well.
async fn cart_bar(visit: Visit, Path(store): Path<String>, ask: Ask) -> Response {
    let answer = async {
        let store: StoreId = parsed(&store, "门店")?;
        let lines = cart::unpacked(visit.kept(CART).unwrap_or_default());
        if lines.is_empty() {
            return Ok(String::new());
        }
        let off: Vec<SkuId> = ask.get("off").unwrap_or_default().split('.').filter_map(|sku| sku.parse().ok()).collect();
        let (app, now) = (&visit.shop.app, visit.shop.app.now());
        let page = visit.shopping().await;
        let named = [store.clone()];
        let card = found(stores_named(&app.tables, &named, page.near, now).await.map(|all| all.into_iter().next()), "门店")?;
        let rides = card.delivery && (page.rides || !card.pickup);
        let way = if rides { Fulfilment::Delivery } else { Fulfilment::Pickup };
        let asked = Asked { lines: &lines, off: &off, way, to: page.near.filter(|_| rides), member: visit.member.as_ref() };
        let basket = found(Box::pin(basket::basket(app, &store, asked, now)).await, "门店")?;
        let counts: Vec<(String, u32)> = basket.counts.into_iter().collect();
        let bar = pages::Bar { store: &card, quote: basket.quote.as_ref(), besides: &basket.besides, gone: &basket.gone, counts: &counts };
        Ok(pages::bar(&page, &bar))
    };
    let answer: Answer<String> = Box::pin(answer).await;
    match answer {
        Ok(part) => html(StatusCode::OK, part),
        Err(p) => html(StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), String::new()),
    }
}

async fn flash(visit: Visit, Path(store): Path<String>) -> Response {
    let answer = async { visit.home(&parsed(&store, "门店")?, None).await };
    let answer: Answer<StoreHome> = answer.await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|home| pages::flash(&page, &home)))
}

async fn deal(visit: Visit, Path((store, campaign)): Path<(String, String)>) -> Response {
    let answer = async {
        let (store, campaign): (StoreId, CampaignId) = (parsed(&store, "门店")?, parsed(&campaign, "活动")?);
        found(deal_page(&visit.shop.app.tables, &store, &campaign, visit.shop.app.now()).await, "活动")
    };
    let answer: Answer<DealPage> = Box::pin(answer).await;
    let page = visit.shopping().await;
    visit.answer(answer.map(|deal| pages::deal(&page, &deal)))
}

async fn checkout(visit: Visit, Path(store): Path<String>, ask: Ask) -> Response {
    let answer = async {
        let store: StoreId = parsed(&store, "门店")?;
        let (home, consents) = tokio::join!(Box::pin(visit.home(&store, None)), Box::pin(visit.consents()));
        // A ledger that cannot be read stops nobody: what was agreed to before holds.
        Ok((home?, consents.ok()))
    };
    let answer: Answer<(StoreHome, Option<ConsentList>)> = answer.await;
    // Before the form, not after it. Whoever agreed to what is in force sees nothing of it.
    if let Ok((home, Some(consents))) = &answer
        && consents.needed
    {
        let here = visit.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        return html(StatusCode::OK, pages::consent_first(&visit.page(), consents, here, format!("/s/{}/cart", home.store.store)));
    }
    let answer = answer.map(|(home, _)| home);
    let place = |name: &str| ask.get(name).and_then(|id| id.parse::<LocationId>().ok());
    visit.answer(answer.map(|home: StoreHome| {
        let around = addresses::around(home.store.point).into_iter().map(|d| d.name).collect();
        pages::checkout(&visit.page(), &home.store, around, place("transfer_from"), place("ship_from"))
    }))
}

async fn login(visit: Visit, ask: Ask) -> Response {
    // Only a path of this shop: the login must not send people elsewhere.
    let to = ask.get("to").filter(|to| own_path(to)).unwrap_or_else(|| "/".to_owned());
    if visit.member.is_some() {
        return Redirect::to(&to).into_response();
    }
    let joint = if visit.shop.links.login_url.contains('?') { '&' } else { '?' };
    let href = format!("{}{joint}to={}", visit.shop.links.login_url, encoded(&to));
    // Who does not log in goes on looking around where he was.
    let store = to.strip_prefix("/s/").and_then(|rest| rest.split(['/', '?']).next()).and_then(|s| s.parse::<StoreId>().ok());
    let back = store.map_or_else(|| visit.page().home(), |s| format!("/s/{s}"));
    html(StatusCode::OK, pages::login(&visit.page(), href, back))
}

async fn orders(visit: Visit, ask: Ask) -> Response {
    // A tab that there is not is none.
    let asked = pages::OrdersAsked { tab: ask.get("tab").and_then(|t| t.parse().ok()), text: ask.get("q") };
    let cursor = ask.get("cursor");
    let answer = async {
        let wanted = MemberOrders { tab: asked.tab, text: asked.text.as_deref(), cursor: cursor.as_deref() };
        read(member_orders(&visit.shop.app.tables, &visit.member()?, wanted).await)
    };
    let answer: Answer<OrderList> = answer.await;
    visit.answer(answer.map(|list| {
        let next = list.next.as_deref().map(|cursor| asked.next(cursor));
        pages::orders(&visit.page(), &list, &asked, next)
    }))
}

async fn me(visit: Visit) -> Response {
    let last = visit.last().map(|(store, _)| store);
    let answer = async { read(member_view(&visit.shop.app, &visit.member()?, last.as_ref(), visit.shop.app.now()).await) };
    let answer: Answer<MemberView> = Box::pin(answer).await;
    visit.answer(answer.map(|m| pages::me(&visit.page(), &m)))
}

async fn my_addresses(visit: Visit, ask: Ask) -> Response {
    let answer = async { read(addresses::book(&visit.shop.app, &visit.member()?).await) };
    // Whoever was erased has a session that nobody logs in anew for.
    let gone = |p: Problem| if p.code == Code::Unauthenticated { Problem::new(Code::NotFound, "没有找到该账号") } else { p };
    let answer: Answer<AddressList> = answer.await.map_err(gone);
    let edit = ask.get("edit");
    let asked = match (&edit, ask.get("new")) {
        (Some(id), _) => pages::Book::Edit(id),
        (None, Some(_)) => pages::Book::New,
        (None, None) => pages::Book::List,
    };
    visit.answer(answer.map(|list| pages::addresses(&visit.page(), &list, asked)))
}

async fn my_consents(visit: Visit) -> Response {
    let answer = visit.consents().await;
    visit.answer(answer.map(|list| pages::consents(&visit.page(), &list)))
}

/// Larger type on this device, or the usual one, and back.
async fn type_size(visit: Visit, ask: Ask) -> Response {
    let to = ask.get("to").filter(|to| own_path(to)).unwrap_or_else(|| "/me".to_owned());
    let size = if ask.get("size").as_deref() == Some(LARGE) { LARGE } else { "plain" };
    visit.keeping(Redirect::to(&to).into_response(), TYPE, size)
}

async fn legal(visit: Visit, Path(kind): Path<String>, ask: Ask) -> Response {
    let answer = async {
        let kind: LegalKind = parsed(&kind, "文件")?;
        // Another version than a number names is none.
        let number = ask.get("v").map(|v| parsed::<u32>(&v, "版本")).transpose()?;
        found(legal_page(&visit.shop.app.tables, kind, number, visit.shop.app.now()).await, "文件")
    };
    let answer: Answer<LegalPage> = answer.await;
    visit.answer(answer.map(|doc| pages::legal(&visit.page(), &doc)))
}

async fn licences(visit: Visit, Path(store): Path<String>) -> Response {
    let answer = async {
        let store: StoreId = parsed(&store, "门店")?;
        found(store_licences(&visit.shop.app.tables, &store, visit.shop.app.now()).await, "门店")
    };
    let answer: Answer<StoreLicences> = answer.await;
    visit.answer(answer.map(|store| pages::licences(&visit.page(), &store)))
}

async fn order(visit: Visit, Path(order): Path<String>, ask: Ask) -> Response {
    let answer = async {
        let (member, order): (MemberId, OrderId) = (visit.member()?, parsed(&order, "订单")?);
        read(order_seen(&visit.shop.app, &order, Seen::By(&member), visit.shop.app.now()).await)
    };
    let answer = answer.await;
    let back_from_pay = ask.get("from").as_deref() == Some("pay");
    visit.answer(answer.map(|order| pages::order(&visit.page(), &order, back_from_pay)))
}

async fn nothing_here(visit: Visit) -> Response {
    visit.answer(Err(Problem::new(Code::NotFound, "这个页面不存在，可能地址有误")))
}

// ---------------------------------------------------------------- files

async fn file(State(site): State<Arc<Site>>, Path(name): Path<String>, ask: Ask, headers: HeaderMap) -> Response {
    let current = ask.get("v").is_some_and(|v| v == site.version);
    send(&site.root, &name, current, &headers).await
}

async fn favicon(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    send(&site.root, "favicon.svg", false, &headers).await
}

/// A file of the site, as its brotli twin where the browser takes that. An address with the version may be kept for ever.
async fn send(root: &FilePath, name: &str, current: bool, asked: &HeaderMap) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // One plain name: nothing outside of the folder can be asked for.
    if name.starts_with('.') || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let folder = root.join("pkg");
    let small = asked.get_all(header::ACCEPT_ENCODING).iter().any(|a| a.to_str().is_ok_and(takes_brotli));
    let twin = if small { tokio::fs::read(folder.join(format!("{name}.br"))).await.ok() } else { None };
    let encoded = twin.is_some();
    let body = match twin {
        Some(body) => body,
        None => match tokio::fs::read(folder.join(name)).await {
            Ok(body) => body,
            Err(_) => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep), (header::VARY, "accept-encoding")], body).into_response();
    if encoded {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Does an `Accept-Encoding` take brotli? `br;q=0` says no.
fn takes_brotli(accept: &str) -> bool {
    accept.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some("br") && !words.any(|w| w.replace(' ', "").strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
    })
}

fn html(status: StatusCode, page: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// A value as part of a query or a path: everything but what is surely harmless is escaped.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(b)),
            _ => out.push_str(&format!("%{b:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod frame_tests;
#[cfg(test)]
mod own_tests;
#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod tests;
