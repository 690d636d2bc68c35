//! The pages' reads over the functions' [`App`]: the same loads and the same permission checks as the JSON routes.

use std::sync::Arc;

use liandian_functions::{
    App,
    access::Look,
    auth::{SESSION_COOKIE, STAFF_COOKIE, Staff},
    flows::stock::counts,
    function::NeedScope,
    http::Failure,
    invoke::permit,
    routes::{
        self,
        orders::{Seen, view},
    },
};
use liandian_store::{
    reach::Reach,
    read::{FindStores, PlacementAsk, order_list, store_row},
};
use liandian_types::{
    AccessAct, Code, CountId, GeoPoint, LocationId, MemberId, OrderId, OrderState, Permission, Problem, SkuId, StoreId,
    api::{
        AccessList, CartLine, CategoryPage, ChainPolicies, ClaimList, CountList, CountView, CountsToDecide, Exceptions, HqSettlement, MovementList,
        OrderList, OrderView, PoliciesHistory, ProductPage, QuoteLine, SettlementView, ShortList, SkuStock, StaffSession, StockList, StoreHome,
        StoreList, StoreOpening, StoreRow, StoreRows, StoreWorkList, TransferList, TransfersInFlight,
    },
};

use crate::reader::{Answer, ConsoleReader, GoodsSearch, ShopReader, StoreSearch};

/// Reads through the store. Cheap to clone.
#[derive(Clone)]
pub struct AppReader {
    app: Arc<App>,
    /// The address that the request comes from; empty before there is one.
    client: String,
}

/// A cause is for the log; a page shows the problem.
fn told(f: Failure) -> Problem {
    if !matches!(f, Failure::Problem(_)) {
        tracing::error!(error = %f, "a page could not be read");
    }
    f.problem()
}

fn found<T>(value: Result<Option<T>, impl Into<Failure>>, what: &str) -> Answer<T> {
    value.map_err(|e| told(e.into()))?.ok_or_else(|| Failure::not_found(what).problem())
}

fn read<T>(value: Result<T, impl Into<Failure>>) -> Answer<T> {
    value.map_err(|e| told(e.into()))
}

impl AppReader {
    /// Over an App.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app: Arc::new(app), client: String::new() }
    }

    /// May this session do that in the chain, or in its region? Gives what it may do altogether, and what of the chain it sees.
    async fn within(&self, staff: &StaffSession, permission: Permission) -> Answer<(Staff, Reach)> {
        let claims = self.checked(staff, permission, NeedScope::Region, None).await?;
        Ok((claims, read(self.app.tables.reach(&staff.scope).await)?))
    }

    /// May this session do that, there? Gives what it may do altogether. The permissions are read anew from the role: a page may outlive a token.
    async fn may(&self, staff: &StaffSession, permission: Permission, store: Option<&StoreId>) -> Answer<Staff> {
        self.checked(staff, permission, if store.is_some() { NeedScope::Store } else { NeedScope::All }, store).await
    }

    async fn checked(&self, staff: &StaffSession, permission: Permission, scope: NeedScope, store: Option<&StoreId>) -> Answer<Staff> {
        let app = &self.app;
        let permissions = read(app.tables.role(staff.role).await)?.map_or_else(|| staff.role.default_permissions(), |r| r.permissions);
        let claims = Staff::begin(staff.staff.clone(), staff.name.clone(), staff.role, staff.scope.clone(), permissions, app.now());
        permit(app, &claims, permission, scope, store).await.map_err(told)?;
        Ok(claims)
    }
}

impl ShopReader for AppReader {
    async fn member(&self, header: Option<&str>) -> Option<MemberId> {
        let token = self.app.cookie(header?, SESSION_COOKIE)?;
        match self.app.member(token, self.app.now()).await {
            Ok(session) => Some(session?.member),
            Err(f) => {
                // Who cannot be known is shown what anybody may see.
                tracing::error!(error = %f, "a session could not be checked");
                None
            }
        }
    }

    async fn find_stores(&self, s: StoreSearch) -> Answer<StoreList> {
        if s.near.is_some_and(|p| !p.is_a_place()) {
            return Err(Problem::new(Code::BadRequest, "坐标无效").at("lat"));
        }
        let ask = FindStores { near: s.near, text: s.text.as_deref(), entrance: s.entrance.as_deref(), cursor: s.cursor.as_deref() };
        read(self.app.tables.find_stores(ask, self.app.now()).await)
    }

    async fn home(&self, store: StoreId, from: Option<GeoPoint>) -> Answer<StoreHome> {
        found(self.app.tables.store_home(&store, from, self.app.now()).await, "门店")
    }

    async fn goods(&self, store: StoreId, s: GoodsSearch) -> Answer<CategoryPage> {
        let page = self.app.tables.category_page(&store, s.category.as_deref(), s.text.as_deref(), s.cursor.as_deref(), self.app.now()).await;
        let page = found(page, "门店")?;
        if s.category.is_some_and(|key| page.categories.iter().all(|c| c.key != key)) {
            return Err(Problem::new(Code::NotFound, "本店没有这个分类"));
        }
        Ok(page)
    }

    async fn product(&self, store: StoreId, sku: SkuId) -> Answer<ProductPage> {
        found(self.app.tables.product_page(&store, &sku, self.app.now()).await, "商品")
    }

    async fn lines(&self, store: StoreId, lines: Vec<CartLine>) -> Answer<Vec<QuoteLine>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
        let ask = PlacementAsk { store: &store, member: None, skus: &skus, source: None, placed: None, strong: false };
        let found = read(self.app.tables.placement(ask).await)?;
        let Some(store) = found.store else { return Ok(Vec::new()) };
        Ok(liandian_functions::flows::orders::shown(&lines, found.lines, self.app.now(), &store.hours.zone))
    }

    fn districts(&self, around: GeoPoint) -> Vec<String> {
        routes::members::addresses::around(around).into_iter().map(|d| d.name).collect()
    }

    async fn order(&self, member: MemberId, order: OrderId) -> Answer<OrderView> {
        read(view(&self.app, &order, Seen::By(&member), self.app.now()).await)
    }

    async fn orders(&self, member: MemberId, cursor: Option<String>) -> Answer<OrderList> {
        let (heads, next) = read(self.app.tables.orders_of_member(&member, 20, cursor.as_deref()).await)?;
        Ok(order_list(&heads, next))
    }
}

impl ConsoleReader for AppReader {
    fn at(self, client: String) -> Self {
        Self { client, ..self }
    }

    fn staff(&self, header: Option<&str>) -> Option<StaffSession> {
        let s = self.app.tokens.check_staff(self.app.cookie(header?, STAFF_COOKIE)?, self.app.now())?;
        let expires = s.expires();
        Some(StaffSession {
            staff: s.sub,
            name: s.name,
            role: s.role,
            scope: s.scope,
            permissions: s.permissions,
            expires,
            access_token: String::new(),
            refresh_token: String::new(),
        })
    }

    async fn store(&self, staff: &StaffSession, store: StoreId) -> Answer<StoreRow> {
        self.may(staff, Permission::StoreRead, Some(&store)).await?;
        found(self.app.tables.store(&store).await, "门店").map(|s| store_row(&s, self.app.now()))
    }

    async fn store_orders(&self, staff: &StaffSession, store: StoreId, state: OrderState, cursor: Option<String>) -> Answer<OrderList> {
        self.may(staff, Permission::OrderRead, Some(&store)).await?;
        let (heads, next) = read(self.app.tables.orders_of_store(&store, state, 50, cursor.as_deref()).await)?;
        Ok(order_list(&heads, next))
    }

    async fn parcels(&self, staff: &StaffSession, store: StoreId, cursor: Option<String>) -> Answer<OrderList> {
        self.may(staff, Permission::OrderRead, Some(&store)).await?;
        let (heads, next) = read(self.app.tables.parcels_of_store(&store, 50, cursor.as_deref()).await)?;
        Ok(order_list(&heads, next))
    }

    async fn store_order(&self, staff: &StaffSession, store: StoreId, order: OrderId) -> Answer<OrderView> {
        let claims = self.may(staff, Permission::OrderRead, Some(&store)).await?;
        let look = Look { staff: &claims, act: AccessAct::OrderRead, from: &self.client, now: self.app.now() };
        read(view(&self.app, &order, Seen::In(&store, Some(look)), look.now).await)
    }

    async fn transfers(&self, staff: &StaffSession, store: StoreId) -> Answer<TransferList> {
        self.may(staff, Permission::TransferRead, Some(&store)).await?;
        read(self.app.tables.transfer_list(&store).await)
    }

    async fn stock(
        &self,
        staff: &StaffSession,
        store: StoreId,
        at: Option<LocationId>,
        show: Option<String>,
        text: Option<String>,
        cursor: Option<String>,
    ) -> Answer<StockList> {
        let claims = self.may(staff, Permission::StockRead, Some(&store)).await?;
        let pick = routes::stock::shelf::pick(show.as_deref(), text.as_deref(), cursor.as_deref());
        let pick = pick.ok_or_else(|| Problem::new(Code::NotFound, "没有这种列表。"))?;
        read(routes::stock::shelf::list(&self.app, &store, at.as_ref(), pick, &claims, self.app.now()).await)
    }

    async fn movements(&self, staff: &StaffSession, store: StoreId, at: Option<LocationId>, cursor: Option<String>) -> Answer<MovementList> {
        let claims = self.may(staff, Permission::StockRead, Some(&store)).await?;
        read(routes::stock::shelf::movement_list(&self.app, &store, at.as_ref(), cursor.as_deref(), &claims).await)
    }

    async fn claims(&self, staff: &StaffSession, store: StoreId) -> Answer<ClaimList> {
        let staff = self.may(staff, Permission::StockRead, Some(&store)).await?;
        if ![Permission::StockReceive, Permission::StockAdjust, Permission::StockApprove].iter().any(|p| staff.permissions.contains(p)) {
            return Ok(ClaimList::none());
        }
        read(routes::stock::claims::of_store(&self.app, &store, &staff, None).await)
    }

    async fn short(&self, staff: &StaffSession, store: StoreId, at: Option<LocationId>) -> Answer<ShortList> {
        let claims = self.may(staff, Permission::StockRead, Some(&store)).await?;
        read(routes::stock::shelf::short_list(&self.app, &store, at.as_ref(), &claims, self.app.now()).await)
    }

    async fn sources(&self, staff: &StaffSession, store: StoreId) -> Answer<Vec<(LocationId, String)>> {
        self.may(staff, Permission::TransferRead, Some(&store)).await?;
        read(self.app.tables.sources_of(&store).await)
    }

    async fn places(&self, staff: &StaffSession) -> Answer<Vec<(LocationId, String)>> {
        self.may(staff, Permission::TransferRead, None).await?;
        read(self.app.tables.places().await)
    }

    async fn in_flight(&self, staff: &StaffSession) -> Answer<TransfersInFlight> {
        let (_, reach) = self.within(staff, Permission::TransferRead).await?;
        read(self.app.tables.transfers_in_flight(&reach).await)
    }

    async fn exceptions(&self, staff: &StaffSession) -> Answer<Exceptions> {
        let (claims, reach) = self.within(staff, Permission::StockRead).await?;
        read(self.app.tables.exceptions(|p| claims.permissions.contains(&p), &reach, self.app.now()).await)
    }

    async fn policies(&self, staff: &StaffSession, cursor: Option<String>) -> Answer<(ChainPolicies, PoliciesHistory)> {
        self.may(staff, Permission::StoreRead, None).await?;
        let policies = read(self.app.tables.policies_now().await)?;
        let history = read(routes::hq::policies_changes(&self.app, cursor.as_deref()).await)?;
        Ok((routes::hq::policies_view(&policies), history))
    }

    async fn counts(&self, staff: &StaffSession, store: StoreId, cursor: Option<String>) -> Answer<CountList> {
        self.may(staff, Permission::StockRead, Some(&store)).await?;
        read(self.app.tables.count_list(&store, cursor.as_deref()).await)
    }

    async fn count(&self, staff: &StaffSession, store: StoreId, count: CountId) -> Answer<CountView> {
        let claims = self.may(staff, Permission::StockRead, Some(&store)).await?;
        let head = counts::of(&self.app, &store, &count).await.map_err(told)?;
        let lines = read(self.app.tables.count_lines(&count).await)?;
        read(routes::stock::counts::view(&self.app, &head, &lines, &claims).await)
    }

    async fn settlement(&self, staff: &StaffSession, store: StoreId) -> Answer<SettlementView> {
        self.may(staff, Permission::SettlementRead, Some(&store)).await?;
        read(self.app.tables.settlement_of(&store, None).await)
    }

    async fn stores(&self, staff: &StaffSession, text: Option<String>, cursor: Option<String>) -> Answer<StoreRows> {
        let (_, reach) = self.within(staff, Permission::StoreRead).await?;
        read(self.app.tables.store_rows(&reach, text.as_deref(), cursor.as_deref(), self.app.now()).await)
    }

    async fn chain(&self, staff: &StaffSession) -> Answer<Vec<StoreRow>> {
        let (_, reach) = self.within(staff, Permission::StoreRead).await?;
        let directory = read(self.app.tables.directory().await)?;
        Ok(directory.iter().filter(|s| reach.store(&s.store)).map(|s| store_row(s, self.app.now())).collect())
    }

    async fn opening(&self, staff: &StaffSession, store: StoreId) -> Answer<(StoreRow, StoreOpening)> {
        self.may(staff, Permission::StoreRead, None).await?;
        let profile = found(self.app.tables.store(&store).await, "门店")?;
        Ok((store_row(&profile, self.app.now()), routes::hq::opening_view(&profile)))
    }

    async fn hq_orders(&self, staff: &StaffSession, cursor: Option<String>) -> Answer<OrderList> {
        let (_, reach) = self.within(staff, Permission::OrderRead).await?;
        let (heads, next) = read(self.app.tables.newest_orders(&reach, self.app.now(), 50, cursor.as_deref()).await)?;
        Ok(order_list(&heads, next))
    }

    async fn sku_stock(&self, staff: &StaffSession, sku: SkuId) -> Answer<SkuStock> {
        let (_, reach) = self.within(staff, Permission::StockRead).await?;
        found(self.app.tables.sku_stock(&sku, &reach).await, "商品")
    }

    async fn find_skus(&self, staff: &StaffSession, text: Option<String>, cursor: Option<String>) -> Answer<StockList> {
        self.within(staff, Permission::StockRead).await?;
        read(self.app.tables.find_skus(text.as_deref(), cursor.as_deref()).await)
    }

    async fn hq_settlement(&self, staff: &StaffSession) -> Answer<HqSettlement> {
        let (_, reach) = self.within(staff, Permission::SettlementRead).await?;
        read(self.app.tables.hq_settlement(&reach).await)
    }

    async fn work(&self, staff: &StaffSession, cursor: Option<String>) -> Answer<StoreWorkList> {
        let (_, reach) = self.within(staff, Permission::OrderRead).await?;
        read(self.app.tables.store_work(&reach, cursor.as_deref(), self.app.now()).await)
    }

    async fn counts_to_decide(&self, staff: &StaffSession) -> Answer<CountsToDecide> {
        let (_, reach) = self.within(staff, Permission::StockRead).await?;
        read(self.app.tables.counts_to_decide(&reach).await)
    }

    async fn find_orders(&self, staff: &StaffSession, store: StoreId, text: Option<String>, date: Option<String>) -> Answer<OrderList> {
        let claims = self.may(staff, Permission::OrderRead, Some(&store)).await?;
        let look = Look { staff: &claims, act: AccessAct::FindByPhone, from: &self.client, now: self.app.now() };
        routes::orders::list::find(&self.app, &store, text.as_deref(), date.as_deref(), look).await.map_err(told)
    }

    async fn access_records(&self, staff: &StaffSession, date: Option<String>, actor: Option<String>, cursor: Option<String>) -> Answer<AccessList> {
        self.may(staff, Permission::AuditRead, None).await?;
        read(routes::hq::access_list(&self.app, date.as_deref(), actor.as_deref(), cursor.as_deref(), self.app.now()).await)
    }
}
