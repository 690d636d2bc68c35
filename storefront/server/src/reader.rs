//! What pages read. The Lambdas implement it on `store`; nothing here knows a table.

use std::future::Future;

use liandian_types::{
    CountId, GeoPoint, LocationId, MemberId, OrderId, OrderState, Problem, SkuId, StoreId,
    api::{
        AccessList, CartLine, CategoryPage, ChainPolicies, ClaimList, CountList, CountView, CountsToDecide, Exceptions, HqSettlement, MovementList,
        OrderList, OrderView, PoliciesHistory, ProductPage, QuoteLine, SettlementView, ShortList, SkuStock, StaffSession, StockList, StoreHome,
        StoreList, StoreOpening, StoreRows, StoreWorkList, TransferList, TransfersInFlight,
    },
};

/// What a page gets: its data, or the refusal to show instead.
pub type Answer<T> = Result<T, Problem>;

/// How a customer looks for a store. All fields empty: every open store by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreSearch {
    /// Where the customer is.
    pub near: Option<GeoPoint>,
    /// Part of a name, city or street.
    pub text: Option<String>,
    /// The code of an entrance (QR scene).
    pub entrance: Option<String>,
    /// Where the previous page ended.
    pub cursor: Option<String>,
}

/// Which goods of a store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GoodsSearch {
    /// One category, by its key.
    pub category: Option<String>,
    /// Text to find in names, brands and barcodes.
    pub text: Option<String>,
    /// Where the previous page ended.
    pub cursor: Option<String>,
}

/// Reads for the customers' pages.
pub trait ShopReader: Clone + Send + Sync + 'static {
    /// The member whose session the `Cookie` header carries, if it is valid and was not ended.
    fn member(&self, cookie: Option<&str>) -> impl Future<Output = Option<MemberId>> + Send;
    /// Stores, nearest or best match first.
    fn find_stores(&self, search: StoreSearch) -> impl Future<Output = Answer<StoreList>> + Send;
    /// A store's home page.
    fn home(&self, store: StoreId, from: Option<GeoPoint>) -> impl Future<Output = Answer<StoreHome>> + Send;
    /// Goods of a category or a search.
    fn goods(&self, store: StoreId, search: GoodsSearch) -> impl Future<Output = Answer<CategoryPage>> + Send;
    /// A product page.
    fn product(&self, store: StoreId, sku: SkuId) -> impl Future<Output = Answer<ProductPage>> + Send;
    /// These lines as the store sells them now; what it does not sell is left out.
    fn lines(&self, store: StoreId, lines: Vec<CartLine>) -> impl Future<Output = Answer<Vec<QuoteLine>>> + Send;
    /// Names of the districts around a place, the nearest first.
    fn districts(&self, around: GeoPoint) -> Vec<String>;
    /// One order of this member.
    fn order(&self, member: MemberId, order: OrderId) -> impl Future<Output = Answer<OrderView>> + Send;
    /// The member's orders.
    fn orders(&self, member: MemberId, cursor: Option<String>) -> impl Future<Output = Answer<OrderList>> + Send;
}

/// Reads for the console. Every call checks the session's permission and scope, just as the JSON routes do.
pub trait ConsoleReader: Clone + Send + Sync + 'static {
    /// The same for a request that comes from this address: access records name its network.
    #[must_use]
    fn at(self, _client: String) -> Self {
        self
    }
    /// The staff session that the `Cookie` header carries, if its access token is valid (the tokens themselves left out: empty strings).
    fn staff(&self, cookie: Option<&str>) -> Option<StaffSession>;
    /// A store's name card; also proves that the session may see the store.
    fn store(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<liandian_types::api::StoreRow>> + Send;
    /// Orders of a store in one state.
    fn store_orders(
        &self,
        staff: &StaffSession,
        store: StoreId,
        state: OrderState,
        cursor: Option<String>,
    ) -> impl Future<Output = Answer<OrderList>> + Send;
    /// Parcels that a store's staff has shipped and nobody has received.
    fn parcels(&self, staff: &StaffSession, store: StoreId, cursor: Option<String>) -> impl Future<Output = Answer<OrderList>> + Send;
    /// One order of a store.
    fn store_order(&self, staff: &StaffSession, store: StoreId, order: OrderId) -> impl Future<Output = Answer<OrderView>> + Send;
    /// Transfers of a store.
    fn transfers(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<TransferList>> + Send;
    /// Stock of a store's shelf, or of a warehouse that it keeps.
    fn stock(
        &self,
        staff: &StaffSession,
        store: StoreId,
        at: Option<LocationId>,
        show: Option<String>,
        text: Option<String>,
        cursor: Option<String>,
    ) -> impl Future<Output = Answer<StockList>> + Send;
    /// Documents that changed the stock of such a place.
    fn movements(
        &self,
        staff: &StaffSession,
        store: StoreId,
        at: Option<LocationId>,
        cursor: Option<String>,
    ) -> impl Future<Output = Answer<MovementList>> + Send;
    /// Stock documents of a store that wait for a second person, for those who record or decide; none for others.
    fn claims(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<ClaimList>> + Send;
    /// Shortfalls of such a place.
    fn short(&self, staff: &StaffSession, store: StoreId, at: Option<LocationId>) -> impl Future<Output = Answer<ShortList>> + Send;
    /// Where a store may ask for goods.
    fn sources(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<Vec<(LocationId, String)>>> + Send;
    /// All places of the chain.
    fn places(&self, staff: &StaffSession) -> impl Future<Output = Answer<Vec<(LocationId, String)>>> + Send;
    /// Goods on their way through the chain.
    fn in_flight(&self, staff: &StaffSession) -> impl Future<Output = Answer<TransfersInFlight>> + Send;
    /// What HQ should look at.
    fn exceptions(&self, staff: &StaffSession) -> impl Future<Output = Answer<Exceptions>> + Send;
    /// What HQ decides for the whole chain, and how it came to be so, from `cursor` on.
    fn policies(&self, staff: &StaffSession, cursor: Option<String>) -> impl Future<Output = Answer<(ChainPolicies, PoliciesHistory)>> + Send;
    /// Stock counts of a store.
    fn counts(&self, staff: &StaffSession, store: StoreId, cursor: Option<String>) -> impl Future<Output = Answer<CountList>> + Send;
    /// One stock count of a store.
    fn count(&self, staff: &StaffSession, store: StoreId, count: CountId) -> impl Future<Output = Answer<CountView>> + Send;
    /// Settlement of a store.
    fn settlement(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<SettlementView>> + Send;
    /// The store directory.
    fn stores(&self, staff: &StaffSession, text: Option<String>, cursor: Option<String>) -> impl Future<Output = Answer<StoreRows>> + Send;
    /// Every store of the chain: for figures, which a page of the directory does not give.
    fn chain(&self, staff: &StaffSession) -> impl Future<Output = Answer<Vec<liandian_types::api::StoreRow>>> + Send;
    /// Whether a store is in business and on which days its hours differ, with its name card.
    fn opening(&self, staff: &StaffSession, store: StoreId) -> impl Future<Output = Answer<(liandian_types::api::StoreRow, StoreOpening)>> + Send;
    /// The newest orders of the chain.
    fn hq_orders(&self, staff: &StaffSession, cursor: Option<String>) -> impl Future<Output = Answer<OrderList>> + Send;
    /// Stock of one SKU across the chain.
    fn sku_stock(&self, staff: &StaffSession, sku: SkuId) -> impl Future<Output = Answer<SkuStock>> + Send;
    /// SKUs by text, for choosing one.
    fn find_skus(&self, staff: &StaffSession, text: Option<String>, cursor: Option<String>) -> impl Future<Output = Answer<StockList>> + Send;
    /// Stores with the work that waits in them.
    fn work(&self, staff: &StaffSession, cursor: Option<String>) -> impl Future<Output = Answer<StoreWorkList>> + Send;
    /// Counts that wait for somebody to decide.
    fn counts_to_decide(&self, staff: &StaffSession) -> impl Future<Output = Answer<CountsToDecide>> + Send;
    /// Orders of a store by what a customer says, or of a day.
    fn find_orders(
        &self,
        staff: &StaffSession,
        store: StoreId,
        text: Option<String>,
        date: Option<String>,
    ) -> impl Future<Output = Answer<OrderList>> + Send;
    /// Who has seen personal data in clear, and who has logged in.
    fn access_records(
        &self,
        staff: &StaffSession,
        date: Option<String>,
        actor: Option<String>,
        cursor: Option<String>,
    ) -> impl Future<Output = Answer<AccessList>> + Send;
    /// Settlement of the chain.
    fn hq_settlement(&self, staff: &StaffSession) -> impl Future<Output = Answer<HqSettlement>> + Send;
}
