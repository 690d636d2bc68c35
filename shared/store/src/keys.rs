//! Every key and every index, in one place.
//!
//! Both tables: `pk`, `sk`; indexes `gsi1` (`gsi1pk`, `gsi1sk`) and `gsi2` (`gsi2pk`, `gsi2sk`) with whole items; `due`
//! (`due_pk`, `due_at`) with keys only; TTL in `ttl` (seconds).
//!
//! | Access pattern | Table | Keys |
//! |---|---|---|
//! | a store, its listing of one SKU | hq | `STORE#<store>` / `PROFILE`, `LISTING#<sku>` |
//! | what happened to a store's own product | hq | `LOCAL#<store>#<spu>` / `EVENT#<event>` |
//! | goods to which a store has given another name (for its search) | hq | `STORE#<store>` / `NAMED#<sku>` |
//! | a store's own products; those that wait for HQ, oldest first; whose documents somebody is to be told of | hq | `STORE#<store>` / `LOCAL#<spu>`; gsi1 `LOCALS` / `<since>#<spu>` (sparse); gsi2 `LOCALS#DUE` / `<time>#<spu>` (sparse) |
//! | SKUs that are one store's own | hq | `SKU#<sku>` / `SKU`; gsi1 `STORE#<store>#LOCAL` / `<category>#<rank>#<sku>` |
//! | goods of a store's category, in order | hq | gsi1 `STORE#<store>#CAT#<category>` / `<rank>#<sku>` |
//! | goods that a store shows first | hq | gsi2 `STORE#<store>#FEATURED` / `<place>` (sparse) |
//! | a SKU of the library; the library by category; SKUs of a product | hq | `SKU#<sku>` / `SKU`; gsi1 `LIBRARY` / `<category>#<rank>#<sku>`; gsi2 `SPU#<spu>` / `<rank>#<sku>` |
//! | a product of the library and its history; all products by category | hq | `SPU#<spu>` / `PRODUCT`, `EVENT#<event>`; gsi1 `PRODUCTS` / `<category>#<rank>#<spu>` |
//! | since when goods owe the names of their categories and brands | hq | `NAMESDUE` / `NAMESDUE` |
//! | the chain's categories, its brands, their histories | hq | `CATEGORIES` / `CATEGORIES`, `EVENT#<event>`; `BRANDS` / `BRANDS`, `EVENT#<event>` |
//! | the store directory; a store by its entrance | hq | gsi1 `STORES` / `<city>#<store>`; gsi2 `ENTRANCE#<code>` / `STORE` |
//! | where stores are and when they take orders, slim: around a point, all of them | hq | `NEAR#<geohash-4>`, `NEAR#<geohash-3>`, `NEAR#` / `STORE#<store>` |
//! | warehouses and their histories; those that are closed | hq | `LOCATION#<location>` / `LOCATION`, `EVENT#<event>`; gsi1 `WAREHOUSES` / `<location>`; `WAREHOUSES#CLOSED` / the same |
//! | staff by user name, by id; a role; a settlement rule | hq | `STAFF#<username>` / `STAFF`, gsi2 `STAFFID#<staff>` / `STAFF`; `ROLE#<role>` / `ROLE`; `RULE#<rule>` / `RULE` |
//! | a campaign and its history; campaigns in a state, those that end first first; a store's own | hq | `CAMPAIGN#<campaign>` / `HEAD`, `EVENT#<event>`; gsi1 `CAMPAIGNS#<state>` / `<until>#<campaign>`; gsi2 `STORE#<store>#CAMPAIGNS` / the same (sparse) |
//! | a coupon of HQ; all of them, those that end first first; how many of it are out in this cell | hq; cell | `CAMPAIGN#<campaign>` / `COUPON`; gsi1 `COUPONS` / `<until>#<campaign>`; cell: `CAMPAIGN#<campaign>` / `ISSUED` |
//! | a member's coupons | cell | `MEMBER#<member>#COUPON` / `COUPON#<coupon>` |
//! | a batch of printed codes; those of a coupon, by time; which of its codes were used in this cell | hq; cell | `CODES#<batch>` / `HEAD`; gsi1 `CAMPAIGN#<campaign>#CODES` / `<at>#<batch>`; cell: `CODES#<batch>` / `CODE#<place>` |
//! | how often a campaign has applied in this cell and what it has cost: in all, on a day, for a member | cell | `CAMPAIGN#<campaign>` / `USED`, `USED#DAY#<day>`, `USED#<member>` |
//! | how many units of a part of a campaign's own stock are had | cell | `CAMPAIGN#<campaign>#<part>` / `USED#PART` |
//! | a version of a campaign that carts were priced with, for ever | hq | `CAMPAIGN#<campaign>` / `TERMS#<version>` |
//! | the chain's policies and their history | hq | `POLICIES` / `POLICIES`, `EVENT#<event>` |
//! | documents that customers are asked to agree to: all versions, the text of one, their history | hq | `LEGAL` / `LEGAL`, `TEXT#<kind>#<number>`, `EVENT#<event>` |
//! | what a member agreed to, and took back | cell | `MEMBER#<member>` / `CONSENT#<kind>#<time>` |
//! | the chain's synonyms and hot words, and their history | hq | `SEARCHWORDS` / `SEARCHWORDS`, `EVENT#<event>` |
//! | what happened to a store's listing | hq | `LISTING#<store>#<sku>` / `EVENT#<event>` |
//! | a change request and its history; those of a store; those of the chain, of a region, that wait, or (`…#OVER`) are over | hq | `REQUEST#<request>` / `HEAD`, `REGION`, `EVENT#<event>`; gsi1 `STORE#<store>#REQUEST` / `<at>#<request>`; gsi2 `REQUESTS` / the same; of `REGION` gsi1 `REQUESTS#<region>` / the same; those of which somebody is to be told again: of `REGION` gsi2 `REQUESTS#DUE` / `<time>#<request>` (sparse) |
//! | what stores changed or asked for on a day, for dry runs | hq | `CHANGES#<day>` / `<at>#<request>` |
//! | what levels say about stores, how often each level was changed, and their history | hq | `SETTINGS` / `SETTING#<level>#<field>#<from>`, `LEVEL#<level>`, `EVENT#<event>` |
//! | files of HQ (`hq`) or a store that were uploaded and kept | hq | `FILES#<owner>` / `<hash>.<ending>` |
//! | what the set-up questions were answered | hq | `SETUP` / `SETUP` |
//! | stock of a SKU at a location; all stock of a location | cell | `LOC#<location>` / `SKU#<sku>` |
//! | a shard of a stock record that is sold from several rows | cell | `LOC#<location>#<shard>` / `SKU#<sku>` |
//! | when the first batch of a record must leave the shelf | cell | `LOC#<location>` / `EXPIRY#<sku>` |
//! | a delivery note that was received at a location | cell | `LOC#<location>` / `NOTE#<length>:<source>:<number>` |
//! | movement documents of a location, by time | cell | `LOC#<location>` / `MOV#<movement>` |
//! | an order: head, body, history, deliveries, parts of its money that go back | cell | `ORDER#<order>` / `HEAD`, `BODY`, `EVENT#<event>`, `DELIVERY#<attempt>`, `BACK#<number>` |
//! | deliveries of the chain that people should look at, oldest first | cell | gsi1 `DELIVERIES#TROUBLED` / `<since>#<delivery>` (sparse) |
//! | orders of a store in a state, oldest first | cell | gsi1 `STORE#<store>#ORDER#<state>` / `<placed_at>#<order>` |
//! | orders of a member, newest first | cell | gsi2 `MEMBER#<member>#ORDER` / `<placed_at>#<order>` |
//! | payments that an order did not need; those of the chain, by when they were told | cell | `ORDER#<order>` / `EXTRA#<transaction>`; gsi1 `EXTRAS` / `<told_at>#<transaction>` |
//! | a transfer and its history | cell | `TRANSFER#<transfer>` / `HEAD`, `EVENT#<event>` |
//! | transfers that a store sends, waits for; the same when they are over | cell | gsi1 `STORE#<store>#OUT` / `<0: an order waits, 1>#<created_at>#<transfer>`, gsi2 `STORE#<store>#IN` / the same; `…#OUT#OVER`, `…#IN#OVER` / `<created_at>#<transfer>` |
//! | open transfers of the chain, oldest first (view) | cell | `TRANSFERVIEW#<transfer>` / `VIEW`; gsi1 `TRANSFERS` / `<created_at>#<transfer>` (sparse) |
//! | a stock count and its lines; counts of a store, newest first | cell | `COUNT#<count>` / `HEAD`, `LINE#<sku>`; gsi1 `STORE#<store>#COUNT` / `<created_at>#<count>`; those that nobody goes on with gsi2 `COUNTS#LATE` / `<since>#<count>`, those that wait for a decision `COUNTS#SUBMITTED` / `<created_at>#<count>` (sparse) |
//! | the count of a location that is under way | cell | `LOC#<location>` / `COUNTING` |
//! | counts that have put a location right, by when (for sales that are told late) | cell | `LOC#<location>` / `COUNTED#<time>#<count>` |
//! | a till of a store; those that have told nothing for too long, those whose receipts are refused | cell | `TILLS#<store>` / `TILL#<till>`; gsi1 `TILLS` / `<silent_at>#<store>#<till>`, gsi2 `TILLS#REFUSED` / `<since>#<store>#<till>` (sparse) |
//! | a claim and its history; claims of a store that wait, oldest first; those that are decided; all that wait in the chain | cell | `CLAIM#<claim>` / `HEAD`, `EVENT#<event>`; gsi1 `STORE#<store>#CLAIM` / `<at>#<claim>`; gsi1 `STORE#<store>#CLAIM#OVER` / the same; gsi2 `CLAIMS` / the same (sparse) |
//! | what somebody has recorded alone at a location on a day | cell | `LOC#<location>` / `ALONE#<day>#<staff>` |
//! | what is overdue | cell | due `DUE#<0..7>` / `<time>#<pk>#<sk>` (sparse) |
//! | postings of a store, by time; sums per store; sums per store of a day (China's) | cell | `LEDGER#<store>` / `POST#<time>#<order>`; `LEDGERSUM` / `STORE#<store>`; `LEDGERDAY#<day>` / `STORE#<store>` |
//! | a member; by openid; cart; address book | cell | `MEMBER#<member>` / `PROFILE`, `CART#<store>`, `ADDRESSES`; `OPENID#<blind index>` / `OPENID` |
//! | who saw personal data in clear, who logged in: of an account; of the whole staff on a day (China's) | cell | `ACCESS#<account, or unknown>` / `<at>#<event>`; gsi1 `ACCESSDAY#<day>` / the same (sparse: not of members' logins) |
//! | what a member's unpaid orders hold | cell | `MEMBER#<member>` / `HOLDS` |
//! | what a store has had promised by asking on a day | cell | `STORE#<store>#ASKS` / `<day>` |
//! | transfers that orders without payment hold a store's goods for | cell | gsi1 `STORE#<store>#HELD` / `<created_at>#<transfer>` (sparse) |
//! | ticket, refresh token, rate limit, idempotency record | cell | `TICKET#<hash>`, `REFRESH#<hash>`, `RATE#<what>#<who>#<minute>`, `IDEM#<who>#<key>`; sk = the same word |
//! | stock of a SKU across the chain (view); what runs low in the chain, in a location, least first | cell | `SKUSTOCK#<sku>` / `AT#<location>`, of a shard `AT#<location>#<shard>`; gsi1 `LOW#<0..3>` / `<depth>#<location>#<sku>`, gsi2 `LOW#<location>` / `<depth>#<sku>` (sparse) |
//! | what that view adds up to, kept for a while | cell | `SKUSTOCK#<sku>` / `SUMS` |
//! | what was sold of a SKU in the last days, by place; the SKUs that last the shortest | cell | `SKUSTOCK#<sku>` / `SOLD`; `COVER` / `COVER` |
//! | members' sessions that were ended before their time, by when that was | cell | `ENDEDSESSIONS` / `<ended_at>#<session>` |
//! | what the last check of the books found | cell | `FSCK` / `FSCK` |
//! | the chain's regions and their history | hq | `REGIONS` / `REGION#<region>`, `EVENT#<event>` |
//! | who holds the code of an entrance | hq | `ENTRANCE#<code>` / `HELD` |
//! | a file of stores: how far it has come, its parts; files of the chain, newest first | hq | `STOREIMPORT#<import>` / `HEAD`, `PART#<number>`; gsi1 `STOREIMPORTS` / `<at>#<import>` |
//! | newest orders of the chain (view); of those, orders with a transfer whose money goes back | cell | `ORDERS#<day>` / `<placed_at>#<order>`; gsi1 `ORDERS#UNSERVED` / the same (sparse) |
//! | a table of goods that is taken into the library, its file in pieces, its history; all of them, newest first | cell | `IMPORT#<import>` / `HEAD`, `PIECE#<number>`, `EVENT#<event>`; gsi1 `IMPORTS` / `<at>#<import>` |
//! | staff accounts by where their scope is, by user name; what happened to one | hq | gsi1 `ACCOUNTS` / `<scope>#<username>`; `STAFFID#<staff>` / `EVENT#<event>` |
//! | roles that HQ has set or made; what happened to one | hq | gsi1 `ROLES` / `<role>`; `ROLE#<role>` / `EVENT#<event>` |
//! | how often there has become one administrator less | hq | `ADMINISTRATORS` / `ADMINISTRATORS` |
//! | an integration key and its history; all of them, by when they were made | hq | `KEY#<key>` / `KEY`, `EVENT#<event>`; gsi1 `KEYS` / `<made_at>#<key>`; gsi2 `STAFFID#<staff that it acts as>` / `KEY` |
//! | when an integration key was used last | cell | `KEYUSE#<key>` / `KEYUSE` |
//! | what was changed at HQ on a day (China's), of whatever it was | hq | gsi1 `AUDIT#<day>` / `<at>#<event>` (on `EVENT#…`) |
//! | what campaigns have brought: in all stores on a day, in several rows; in a store; in a store on a day | cell | `CAMPAIGNRESULTS#<campaign>` / `DAY#<day>#<0..7>`, `STORE#<store>`, `OF#<store>#<day>` |
//! | what an order has added to that | cell | `CAMPAIGNORDER#<order>` / `COUNTED` |
//! | sessions of a staff account, by when they were begun | cell | gsi1 `STAFFSESSIONS#<staff>` / `<since>#<session>` (on `REFRESH#…`) |
//! | how many orders have a time slot of a store, and how many it says that it takes: by way and when the slot begins | cell | `SLOTS#<store>#<way>` / `<2026-11-29T10:00>` |
//! | where the chain of changes ends that no row with a version goes with | hq | `<partition of the history>` / `CHAIN` |

use liandian_domain::{
    decision::Aggregate,
    governance::{fields::FieldKey, resolve::Level},
    marketing::{coupon::ids_begin, used::Counter},
    transfers::Transfer,
};
use liandian_types::{
    CampaignId, CampaignState, ClaimId, CountId, CouponId, Fulfilment, ImportId, KeyId, LegalKind, LocationId, MemberId, MovementId, OrderId,
    OrderState, RegionId, RequestId, RoleId, Scope, SkuId, SpuId, StaffId, StoreId, StoreImportId, Timestamp, TransferId,
};

use crate::db::Table;

/// Name of the first general index.
pub const GSI1: &str = "gsi1";
/// Name of the second general index.
pub const GSI2: &str = "gsi2";
/// Name of the deadline index.
pub const DUE: &str = "due";
/// Sort key of a store's profile.
pub const PROFILE: &str = "PROFILE";
/// Sort key of a head.
pub const HEAD: &str = "HEAD";
/// Sort key of a body.
pub const BODY: &str = "BODY";
/// Prefix of the partitions of locations: stock, movement documents, notes.
pub const STOCK: &str = "LOC#";
/// Prefix of the partitions of orders.
pub const ORDER: &str = "ORDER#";
/// Prefix of the partitions of transfers.
pub const TRANSFER: &str = "TRANSFER#";
/// Prefix of the partitions of counts.
pub const COUNT: &str = "COUNT#";
/// Prefix of movement documents.
pub const MOVEMENT: &str = "MOV#";
/// Prefix of a store's listings.
pub const LISTING: &str = "LISTING#";
/// Prefix of a ledger's postings.
pub const POSTING: &str = "POST#";
/// Prefix of the rows of a SKU's stock view.
pub const AT: &str = "AT#";
/// Prefix of event rows; the relay's stream filter.
pub const EVENT: &str = "EVENT#";
/// Prefix of stock rows; the stock view's stream filter.
pub const SKU: &str = "SKU#";
/// Index partition of deliveries that people should look at.
pub const TROUBLED: &str = "DELIVERIES#TROUBLED";
/// Prefix of deliveries.
pub const DELIVERY: &str = "DELIVERY#";
/// Prefix of payments that an order did not need.
pub const EXTRA: &str = "EXTRA#";
/// Index partition of such payments of the chain.
pub const EXTRAS: &str = "EXTRAS";
/// Prefix of the parts of an order's money that go back.
pub const BACK: &str = "BACK#";
/// Partition of the directory.
pub const STORES: &str = "STORES";
/// Partition of the library.
pub const LIBRARY: &str = "LIBRARY";
/// Partition and sort key of the chain's policies.
pub const POLICIES: &str = "POLICIES";
/// Partition and sort key of the chain's synonyms and hot words.
pub const SEARCH_WORDS: &str = "SEARCHWORDS";
/// Partition of the documents that customers are asked to agree to, and sort key of the list of their versions.
pub const LEGAL: &str = "LEGAL";
/// Sort key of the text of a version of such a document.
pub fn legal_text(kind: LegalKind, number: u32) -> String {
    format!("TEXT#{kind}#{number:05}")
}
/// Partition of what each level says about policy fields.
pub const SETTINGS: &str = "SETTINGS";
/// Partition of the regions.
pub const REGIONS: &str = "REGIONS";
/// Prefix of the regions.
pub const REGION: &str = "REGION#";
/// Sort key of the row that says whose an entrance is.
pub const HELD: &str = "HELD";
/// Index partition of files of stores.
pub const STORE_IMPORTS: &str = "STOREIMPORTS";
/// Partition of the warehouses.
pub const WAREHOUSES: &str = "WAREHOUSES";
/// Index partition of those that are closed.
pub const WAREHOUSES_CLOSED: &str = "WAREHOUSES#CLOSED";
/// Partition of the ledger's sums.
pub const LEDGER_SUMS: &str = "LEDGERSUM";
/// How many partitions the deadline index has.
pub const DUE_SHARDS: u32 = 8;

/// In which table, and in which partition of it, an aggregate's events lie: beside its own row.
pub fn history(of: &Aggregate) -> (Table, String) {
    match of {
        Aggregate::Order(o) => (Table::Cell, order(o)),
        Aggregate::Transfer(t) => (Table::Cell, transfer(t)),
        Aggregate::Claim(c) => (Table::Cell, claim(c)),
        Aggregate::Policies => (Table::Hq, POLICIES.to_owned()),
        Aggregate::Store(s) => (Table::Hq, store(s)),
        Aggregate::Sku(s) => (Table::Hq, sku(s)),
        Aggregate::Local(store, s) => (Table::Hq, format!("{LOCAL}{store}#{s}")),
        Aggregate::Listing(store, s) => (Table::Hq, listing_history(store, s)),
        Aggregate::Request(r) => (Table::Hq, request(r)),
        Aggregate::Settings => (Table::Hq, SETTINGS.to_owned()),
        Aggregate::Regions => (Table::Hq, REGIONS.to_owned()),
        Aggregate::Product(s) => (Table::Hq, spu(s)),
        Aggregate::Categories => (Table::Hq, CATEGORIES.to_owned()),
        Aggregate::Brands => (Table::Hq, BRANDS.to_owned()),
        Aggregate::Import(i) => (Table::Cell, import(i)),
        Aggregate::Staff(s) => (Table::Hq, staff_id(s.as_str())),
        Aggregate::Role(r) => (Table::Hq, role_of(r)),
        Aggregate::Key(k) => (Table::Hq, key(k)),
        Aggregate::Campaign(c) => (Table::Hq, campaign(c)),
        Aggregate::SearchWords => (Table::Hq, SEARCH_WORDS.to_owned()),
        Aggregate::Warehouse(l) => (Table::Hq, location(l)),
        Aggregate::Legal => (Table::Hq, LEGAL.to_owned()),
    }
}
/// Sort key of a region.
pub fn region(r: &RegionId) -> String {
    format!("{REGION}{r}")
}
/// Partition of a file of stores.
pub fn store_import(i: &StoreImportId) -> String {
    format!("STOREIMPORT#{i}")
}
/// Sort key of a part of such a file.
pub fn import_part(part: u32) -> String {
    format!("PART#{part:03}")
}
/// Partition of a store in the HQ table.
pub fn store(s: &StoreId) -> String {
    format!("STORE#{s}")
}
/// Sort key of a listing.
pub fn listing(s: &SkuId) -> String {
    format!("{LISTING}{s}")
}
/// Prefix of a store's own products, and of the histories of these.
pub const LOCAL: &str = "LOCAL#";
/// Sort key of a store's own product.
pub fn local(s: &SpuId) -> String {
    format!("{LOCAL}{s}")
}
/// Prefix of the names that a store has given to goods.
pub const NAMED: &str = "NAMED#";
/// Sort key of such a name.
pub fn named(s: &SkuId) -> String {
    format!("{NAMED}{s}")
}
/// Index partition of the products of stores that wait for HQ.
pub const LOCALS: &str = "LOCALS";
/// Index partition of those of whose documents somebody is to be told, by when that is: the HQ table has no deadlines else.
pub const DUE_LOCALS: &str = "LOCALS#DUE";
/// Index partition of the SKUs that are a store's own.
pub fn local_skus(s: &StoreId) -> String {
    format!("STORE#{s}#LOCAL")
}
/// Partition of what happened to a store's listing.
pub fn listing_history(store: &StoreId, s: &SkuId) -> String {
    format!("{LISTING}{store}#{s}")
}
/// Partition of a change request.
pub fn request(r: &RequestId) -> String {
    format!("REQUEST#{r}")
}
/// Index partition of a store's change requests.
pub fn requests_of(s: &StoreId) -> String {
    format!("STORE#{s}#REQUEST")
}
/// Index partition of the change requests of a region, or of the chain, that wait, or that are over.
pub fn requests(region: Option<&RegionId>, over: bool) -> String {
    let whose = region.map(|r| format!("#{r}")).unwrap_or_default();
    format!("REQUESTS{whose}{}", if over { "#OVER" } else { "" })
}
/// Index partition of change requests of which somebody is to be told again.
pub const DUE_REQUESTS: &str = "REQUESTS#DUE";
/// Sort key of the row by which a region finds a change request.
pub const OF_REGION: &str = "REGION";
/// Partition of what stores changed or asked for on a day (China's), for dry runs.
pub fn changes_of_day(at: Timestamp) -> String {
    format!("CHANGES#{}", at.plus(8 * Timestamp::HOUR).0.div_euclid(Timestamp::DAY))
}
/// Index partition of a store's category.
pub fn store_category(s: &StoreId, category: &str) -> String {
    format!("STORE#{s}#CAT#{category}")
}
/// Index partition of what a store shows first.
pub fn store_featured(s: &StoreId) -> String {
    format!("STORE#{s}#FEATURED")
}
/// Index sort key by rank.
pub fn ranked(rank: u32, id: &SkuId) -> String {
    format!("{rank:06}#{id}")
}
/// Partition (and, in the cell table, sort key) of a SKU.
pub fn sku(s: &SkuId) -> String {
    format!("{SKU}{s}")
}
/// Partition of a product, and index partition of its SKUs.
pub fn spu(s: &SpuId) -> String {
    format!("SPU#{s}")
}
/// Index partition of an entrance.
pub fn entrance(code: &str) -> String {
    format!("ENTRANCE#{code}")
}
/// Partition of the stores in a geohash cell; of all of them, of the cell without a name.
pub fn near(cell: &str) -> String {
    format!("NEAR#{cell}")
}
/// Partition of a warehouse in the HQ table.
pub fn location(l: &LocationId) -> String {
    format!("LOCATION#{l}")
}
/// Partition of a staff account.
pub fn staff(username: &str) -> String {
    format!("STAFF#{username}")
}
/// Partition of a settlement rule.
pub fn rule(rule: &str) -> String {
    format!("RULE#{rule}")
}
/// Partition of a role.
pub fn role(role: &str) -> String {
    format!("ROLE#{role}")
}
/// Partition of a role, by its id.
pub fn role_of(r: &RoleId) -> String {
    role(r.as_str().trim_start_matches("rol_"))
}
/// Index partition of the roles that HQ has set or made.
pub const ROLES: &str = "ROLES";
/// Index partition of the staff accounts.
pub const ACCOUNTS: &str = "ACCOUNTS";
/// How the index sort keys of accounts of this scope begin.
pub fn accounts_of(scope: &Scope) -> String {
    match scope {
        Scope::All => "ALL#".to_owned(),
        Scope::Region(r) => format!("REGION#{r}#"),
        Scope::Store(s) => format!("STORE#{s}#"),
        Scope::Stores(_) => "STORES#".to_owned(),
    }
}
/// Partition and sort key of the number that each administrator less counts.
pub const ADMINISTRATORS: &str = "ADMINISTRATORS";
/// Partition of an integration key.
pub fn key(k: &KeyId) -> String {
    format!("KEY#{k}")
}
/// Index partition of the integration keys.
pub const KEYS: &str = "KEYS";
/// The chain whose partition this is.
pub fn refresh_family(pk: &str) -> &str {
    pk.trim_start_matches("REFRESH#")
}
/// Index partition of the sessions of a staff account.
pub fn staff_sessions(s: &StaffId) -> String {
    format!("STAFFSESSIONS#{s}")
}
/// Partition of a location's stock.
pub fn stock(l: &LocationId) -> String {
    format!("{STOCK}{l}")
}
/// Partition of one row of a stock record: its own (0), or a shard's.
pub fn stock_row(l: &LocationId, row: usize) -> String {
    if row == 0 { stock(l) } else { format!("{STOCK}{l}#{row}") }
}
/// Sort key of a movement document.
pub fn movement(m: &MovementId) -> String {
    format!("{MOVEMENT}{m}")
}
/// Sort key of a delivery note, by its source and number.
pub fn note(key: &str) -> String {
    format!("NOTE#{key}")
}
/// Partition of an order.
pub fn order(o: &OrderId) -> String {
    format!("{ORDER}{o}")
}
/// Sort key of a delivery.
pub fn delivery(attempt: u32) -> String {
    format!("{DELIVERY}{attempt:02}")
}
/// Sort key of a payment that an order did not need.
pub fn extra(transaction: &str) -> String {
    format!("{EXTRA}{transaction}")
}
/// Sort key of a part of an order's money that goes back.
pub fn back(number: u32) -> String {
    format!("{BACK}{number:02}")
}
/// Index partition of a store's orders in one state.
pub fn store_orders(s: &StoreId, state: OrderState) -> String {
    format!("STORE#{s}#ORDER#{state}")
}
/// Index partition of the parcels that a store's staff has shipped and nobody has received.
pub fn shipped(s: &StoreId) -> String {
    format!("STORE#{s}#ORDER#shipped")
}
/// Index partition of a member's orders.
pub fn member_orders(m: &MemberId) -> String {
    format!("MEMBER#{m}#ORDER")
}
/// Index sort key by time.
pub fn timed(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{}#{id}", at.sortable())
}
/// Partition of a transfer.
pub fn transfer(t: &TransferId) -> String {
    format!("{TRANSFER}{t}")
}
/// Index sort key of a transfer among a store's tasks: open ones that an order waits for before all others.
pub fn task(t: &Transfer) -> String {
    let at = timed(t.created_at, &t.transfer);
    match (t.is_over(), &t.order) {
        (true, _) => at,
        (false, Some(_)) => format!("0#{at}"),
        (false, None) => format!("1#{at}"),
    }
}
/// Index partition of what a store sends, or has sent.
pub fn outgoing(s: &StoreId, over: bool) -> String {
    format!("STORE#{s}#OUT{}", if over { "#OVER" } else { "" })
}
/// Index partition of what a store waits for, or has waited for.
pub fn incoming(s: &StoreId, over: bool) -> String {
    format!("STORE#{s}#IN{}", if over { "#OVER" } else { "" })
}
/// Index partition of transfers that hold goods a store keeps, for orders that are not paid yet.
pub fn held_by_unpaid(s: &StoreId) -> String {
    format!("STORE#{s}#HELD")
}
/// Partition of what a store has had promised by asking, day by day.
pub fn asks(s: &StoreId) -> String {
    format!("STORE#{s}#ASKS")
}
/// Index partition of the chain's open transfers.
pub const TRANSFERS: &str = "TRANSFERS";
/// Partition of a transfer's row in the chain's view.
pub fn transfer_view(t: &TransferId) -> String {
    format!("TRANSFERVIEW#{t}")
}
/// Prefix of the rows that say when a batch must leave the shelf.
pub const EXPIRY: &str = "EXPIRY#";
/// Sort key of such a row.
pub fn expiry(s: &SkuId) -> String {
    format!("{EXPIRY}{s}")
}
/// Partition and sort key of what the last check of the books found.
pub const FSCK: &str = "FSCK";
/// How many partitions the chain's list of what runs low has.
pub const LOW_SHARDS: u32 = 4;
/// Index partition of what runs low in the chain.
pub fn low(shard: u32) -> String {
    format!("LOW#{shard}")
}
/// In which of them a location's rows are.
pub fn low_shard(l: &LocationId) -> u32 {
    fnv(l.as_str()) % LOW_SHARDS
}
/// Index partition of what runs low in a location.
pub fn low_in(l: &LocationId) -> String {
    format!("LOW#{l}")
}
/// Index sort key by how much is left; below zero: promised and not there. A number's text in its own order.
pub fn depth(depth: i64) -> String {
    format!("{:08}", (depth + 10_000_000).clamp(0, 99_999_999))
}
/// Sort key of the one count of a location that is under way.
pub const COUNTING: &str = "COUNTING";
/// Prefix of the counts of a location that have put it right.
pub const COUNTED: &str = "COUNTED#";
/// Sort key of such a count.
pub fn counted(at: Timestamp, c: &CountId) -> String {
    format!("{COUNTED}{}", timed(at, c))
}
/// Sort key from which the counts lie that have put a location right since.
pub fn counted_since(at: Timestamp) -> String {
    format!("{COUNTED}{}", at.sortable())
}
/// Prefix of the lines of a count.
pub const COUNT_LINE: &str = "LINE#";
/// Partition of a count.
pub fn count(c: &CountId) -> String {
    format!("{COUNT}{c}")
}
/// Sort key of a count's line.
pub fn count_line(s: &SkuId) -> String {
    format!("{COUNT_LINE}{s}")
}
/// Index partition of a store's counts.
pub fn counts_of(s: &StoreId) -> String {
    format!("STORE#{s}#COUNT")
}
/// Index partition of the chain's counts that nobody goes on with.
pub const LATE_COUNTS: &str = "COUNTS#LATE";
/// Index partition of the tills of the chain, by when each has been silent for too long.
pub const TILLS: &str = "TILLS";
/// Index partition of the tills whose receipts are refused.
pub const TILLS_REFUSED: &str = "TILLS#REFUSED";
/// Partition of a store's tills.
pub fn tills(s: &StoreId) -> String {
    format!("TILLS#{s}")
}
/// Sort key of a till.
pub fn till(till: &str) -> String {
    format!("TILL#{till}")
}
/// Index partition of the chain's counts that wait for somebody to decide.
pub const SUBMITTED_COUNTS: &str = "COUNTS#SUBMITTED";
/// Index partition of a staff account by its id.
pub fn staff_id(s: &str) -> String {
    format!("STAFFID#{s}")
}
/// Partition of a claim.
pub fn claim(c: &ClaimId) -> String {
    format!("CLAIM#{c}")
}
/// Index partition of a store's claims that wait, or that are decided.
pub fn claims_of(s: &StoreId, over: bool) -> String {
    format!("STORE#{s}#CLAIM{}", if over { "#OVER" } else { "" })
}
/// Index partition of the chain's claims that wait.
pub const CLAIMS: &str = "CLAIMS";
/// Sort key of what somebody has recorded alone on a day.
pub fn alone(day: liandian_domain::stock::batch::Date, s: &StaffId) -> String {
    format!("ALONE#{day}#{s}")
}
/// Partition of a store's ledger.
pub fn ledger(s: &StoreId) -> String {
    format!("LEDGER#{s}")
}
/// Partition of the ledger's sums of a day.
pub fn ledger_day(day: liandian_domain::stock::batch::Date) -> String {
    format!("LEDGERDAY#{day}")
}
/// The first sort key that a posting of then, or of later, may have.
pub fn postings_from(at: Timestamp) -> String {
    format!("{POSTING}{}", at.sortable())
}
/// Sort key of a posting.
pub fn posting(at: Timestamp, o: &OrderId) -> String {
    format!("{POSTING}{}", timed(at, o))
}
/// Prefix of the partitions of members.
pub const MEMBER: &str = "MEMBER#";
/// Partition of a member.
pub fn member(m: &MemberId) -> String {
    format!("{MEMBER}{m}")
}
/// Partition of what an account has seen in clear, and of its logins; of logins to accounts that there are not, of `unknown`.
pub fn access_of(actor: Option<&str>) -> String {
    format!("ACCESS#{}", actor.unwrap_or("unknown"))
}
/// Index partition of what the staff has seen in clear on a day (China's), and of its logins.
pub fn access_of_day(at: Timestamp) -> String {
    format!("ACCESSDAY#{}", at.plus(8 * Timestamp::HOUR).0.div_euclid(Timestamp::DAY))
}
/// Partition of the files that HQ or a store has uploaded.
pub fn files(owner: &str) -> String {
    format!("FILES#{owner}")
}
/// Sort key of what a member's unpaid orders hold.
pub const HOLDS: &str = "HOLDS";
/// Sort key of a member's address book.
pub const ADDRESSES: &str = "ADDRESSES";
/// Prefix of what a member agreed to, and took back.
pub const CONSENT: &str = "CONSENT#";
/// Sort key of what a member said to a document at a moment.
pub fn consent(kind: LegalKind, at: Timestamp) -> String {
    format!("{CONSENT}{kind}#{}", at.sortable())
}
/// Sort key of a cart.
pub fn cart(s: &StoreId) -> String {
    format!("CART#{s}")
}
/// Partition of the members' sessions that were ended before their time.
pub const ENDED_SESSIONS: &str = "ENDEDSESSIONS";
/// Partition of a campaign: in the HQ table itself and its history, in the cell table how often it has applied there.
pub fn campaign(c: &CampaignId) -> String {
    format!("{CAMPAIGN}{c}")
}
/// Prefix of the partitions of campaigns.
pub const CAMPAIGN: &str = "CAMPAIGN#";
/// Index partition of campaigns that stand somewhere, by their end; those whose time has come or will come are `scheduled`.
pub fn campaigns(state: CampaignState) -> String {
    format!("CAMPAIGNS#{state}")
}
/// Partition of what a campaign has brought.
pub fn campaign_results(c: &CampaignId) -> String {
    format!("CAMPAIGNRESULTS#{c}")
}
/// Prefix of what it has brought in all stores, by day.
pub const RESULT_DAY: &str = "DAY#";
/// In how many rows a day of it is counted, so that many orders can be counted at once.
pub const RESULT_ROWS: u32 = 8;
/// Sort key of what it has brought in all stores on a day: the row that this order adds to.
pub fn result_day(day: &str, o: &OrderId) -> String {
    format!("{RESULT_DAY}{day}#{}", fnv(o.as_str()) % RESULT_ROWS)
}
/// Prefix of what it has brought in stores.
pub const RESULT_STORE: &str = "STORE#";
/// Prefix of what it has brought in a store, by day.
pub fn result_days_of(s: &StoreId) -> String {
    format!("OF#{s}#")
}
/// Sort key of what it has brought in a store on a day.
pub fn result_day_of(s: &StoreId, day: &str) -> String {
    format!("{}{day}", result_days_of(s))
}
/// Partition of what an order has added to the results of campaigns.
pub fn campaign_order(o: &OrderId) -> String {
    format!("CAMPAIGNORDER#{o}")
}
/// Sort key of that.
pub const ADDED: &str = "COUNTED";
/// Index partition of a store's own campaigns.
pub fn campaigns_of(s: &StoreId) -> String {
    format!("STORE#{s}#CAMPAIGNS")
}
/// Sort key of a version of a campaign that carts were priced with.
pub fn terms(version: u64) -> String {
    format!("TERMS#{version:010}")
}
/// Sort key of what a campaign's counter says.
pub fn used(counter: &Counter) -> String {
    match counter {
        Counter::Whole => "USED".to_owned(),
        Counter::Day(day) => format!("USED#DAY#{day}"),
        Counter::Person(member) => format!("USED#{member}"),
        Counter::Part(_) => USED_PART.to_owned(),
    }
}
/// Sort key of a counter that has its partition to itself.
const USED_PART: &str = "USED#PART";
/// Partition of a campaign's counter: a part has its own, for a partition takes only so many writes.
pub fn counter_of(c: &CampaignId, counter: &Counter) -> String {
    match counter {
        Counter::Part(part) => format!("{CAMPAIGN}{c}#{part}"),
        Counter::Whole | Counter::Day(_) | Counter::Person(_) => campaign(c),
    }
}
/// Which counter of which campaign lies there.
pub fn counted_at(pk: &str, sk: &str) -> Option<(CampaignId, Counter)> {
    let rest = pk.strip_prefix(CAMPAIGN)?;
    match rest.split_once('#') {
        Some((campaign, part)) if sk == USED_PART => Some((campaign.parse().ok()?, Counter::Part(part.parse().ok()?))),
        Some(_) => None,
        None => Some((rest.parse().ok()?, used_of(sk)?)),
    }
}
/// Which counter has this sort key, but for parts.
fn used_of(sk: &str) -> Option<Counter> {
    match (sk, sk.strip_prefix("USED#DAY#"), sk.strip_prefix("USED#")) {
        ("USED", ..) => Some(Counter::Whole),
        (_, Some(day), _) => Some(Counter::Day(day.to_owned())),
        (_, None, Some(member)) => member.parse().ok().map(Counter::Person),
        _ => None,
    }
}
/// Prefix of the partitions of time slots.
pub const SLOTS: &str = "SLOTS#";
/// Partition of a store's time slots for a way. Their sort keys say when they begin, by the store's clock.
pub fn slots(s: &StoreId, way: Fulfilment) -> String {
    format!("{SLOTS}{s}#{way}")
}
/// Whose slots for which way lie there.
pub fn slots_at(pk: &str) -> Option<(StoreId, Fulfilment)> {
    let (store, way) = pk.strip_prefix(SLOTS)?.split_once('#')?;
    Some((store.parse().ok()?, way.parse().ok()?))
}
/// Sort key of a coupon of HQ, in the partition of its campaign.
pub const COUPON: &str = "COUPON";
/// Index partition of the coupons of HQ, by the end of their time.
pub const COUPONS: &str = "COUPONS";
/// Sort key of how many of a coupon are out.
pub const ISSUED: &str = "ISSUED";
/// Prefix of a coupon that a member has.
pub const MY_COUPON: &str = "COUPON#";
/// Partition of the coupons that a member has: apart from the person, so that a quote may read it.
pub fn wallet(m: &MemberId) -> String {
    format!("{MEMBER}{m}#COUPON")
}
/// Sort key of a member's coupon.
pub fn held(c: &CouponId) -> String {
    format!("{MY_COUPON}{c}")
}
/// What the sort keys of a member's coupons of one template begin with.
pub fn held_of(c: &CampaignId) -> String {
    format!("{MY_COUPON}{}", ids_begin(c))
}
/// Partition of a batch of printed codes: in the HQ table itself, in the cell table which of them were used there.
pub fn codes(batch: &str) -> String {
    format!("CODES#{batch}")
}
/// Sort key of a printed code that was used.
pub fn code(place: u32) -> String {
    format!("CODE#{place:05}")
}
/// Index partition of a coupon's batches of codes, by time.
pub fn codes_of(c: &CampaignId) -> String {
    format!("CAMPAIGN#{c}#CODES")
}
/// Partition of a SKU's stock view.
pub fn sku_stock(s: &SkuId) -> String {
    format!("SKUSTOCK#{s}")
}
/// Sort key of what the view of a SKU adds up to.
pub const SUMS: &str = "SUMS";
/// Sort key of what was sold of a SKU in the last days.
pub const SOLD: &str = "SOLD";
/// Partition and sort key of the SKUs that last the shortest.
pub const COVER: &str = "COVER";
/// Sort key of a SKU's stock view.
pub fn at(l: &LocationId, shard: u16) -> String {
    if shard == 0 { format!("{AT}{l}") } else { format!("{AT}{l}#{shard}") }
}
/// Partition of the chain's view of the orders of one day (UTC).
pub fn orders_of_day(at: Timestamp) -> String {
    format!("ORDERS#{}", at.0.div_euclid(Timestamp::DAY))
}
/// Index partition of the orders in that view that had a transfer and whose money goes back.
pub const UNSERVED: &str = "ORDERS#UNSERVED";
/// Partition of a record that is its own sort key: ticket, refresh token, openid, idempotency, rate limit.
pub fn record(kind: &str, id: &str) -> String {
    format!("{kind}#{id}")
}
/// Prefix of what they say.
pub const SETTING: &str = "SETTING#";
/// Prefix of how often each was changed.
pub const LEVEL: &str = "LEVEL#";
/// Sort key of what a level says about a field from a moment on.
pub fn setting(level: &Level, field: FieldKey, from: Timestamp) -> String {
    format!("{SETTING}{}#{}#{}", level.word(), field.as_str(), from.sortable())
}
/// Sort key of how often a level was changed.
pub fn level(level: &Level) -> String {
    format!("{LEVEL}{}", level.word())
}
/// Partition and sort key of what the set-up questions were answered.
pub const SETUP: &str = "SETUP";
/// Sort key of a product.
pub const PRODUCT: &str = "PRODUCT";
/// Index partition of all products.
pub const PRODUCTS: &str = "PRODUCTS";
/// Partition and sort key of the chain's categories.
pub const CATEGORIES: &str = "CATEGORIES";
/// Partition and sort key of since when goods owe their categories' and brands' names.
pub const NAMES_DUE: &str = "NAMESDUE";
/// Partition and sort key of the chain's brands.
pub const BRANDS: &str = "BRANDS";
/// Index partition of the tables of goods that are taken into the library.
pub const IMPORTS: &str = "IMPORTS";
/// Prefix of the partitions of such tables.
pub const IMPORT: &str = "IMPORT#";
/// Prefix of the pieces of such a table's file.
pub const PIECE: &str = "PIECE#";
/// Prefix of the products of a category in the index of all products.
pub fn in_category(category: &str) -> String {
    format!("{category}#")
}
/// Index sort key of a product.
pub fn categorised(category: &str, rank: u32, id: &SpuId) -> String {
    format!("{category}#{rank:06}#{id}")
}
/// Partition of a table of goods that is taken into the library.
pub fn import(i: &ImportId) -> String {
    format!("{IMPORT}{i}")
}
/// Sort key of a piece of its file.
pub fn piece(number: u32) -> String {
    format!("{PIECE}{number:03}")
}
/// Milliseconds by which China's days begin before those of UTC.
const AHEAD: i64 = 8 * Timestamp::HOUR;

/// Index partition of what was changed at HQ on a day (China's).
pub fn audit_of_day(at: Timestamp) -> String {
    format!("AUDIT#{}", at.plus(AHEAD).0.div_euclid(Timestamp::DAY))
}
/// When that day begins.
pub fn audit_day_begins(at: Timestamp) -> Timestamp {
    Timestamp(at.plus(AHEAD).0.div_euclid(Timestamp::DAY).saturating_mul(Timestamp::DAY)).plus(-AHEAD)
}
/// Whose history a partition of the HQ table has: the way back from [`history`]. `None` for a partition without one.
pub fn audited(pk: &str) -> Option<Aggregate> {
    let Some((word, id)) = pk.split_once('#') else {
        return match pk {
            POLICIES => Some(Aggregate::Policies),
            SETTINGS => Some(Aggregate::Settings),
            REGIONS => Some(Aggregate::Regions),
            CATEGORIES => Some(Aggregate::Categories),
            BRANDS => Some(Aggregate::Brands),
            SEARCH_WORDS => Some(Aggregate::SearchWords),
            LEGAL => Some(Aggregate::Legal),
            _ => None,
        };
    };
    match word {
        "STORE" => id.parse().ok().map(Aggregate::Store),
        "SKU" => id.parse().ok().map(Aggregate::Sku),
        "SPU" => id.parse().ok().map(Aggregate::Product),
        "REQUEST" => id.parse().ok().map(Aggregate::Request),
        "STAFFID" => id.parse().ok().map(Aggregate::Staff),
        "ROLE" => RoleId::from_tail(id).ok().map(Aggregate::Role),
        "KEY" => id.parse().ok().map(Aggregate::Key),
        "CAMPAIGN" => id.parse().ok().map(Aggregate::Campaign),
        "LOCATION" => id.parse().ok().map(Aggregate::Warehouse),
        "LISTING" => id.split_once('#').and_then(|(store, sku)| Some(Aggregate::Listing(store.parse().ok()?, sku.parse().ok()?))),
        "LOCAL" => id.split_once('#').and_then(|(store, spu)| Some(Aggregate::Local(store.parse().ok()?, spu.parse().ok()?))),
        _ => None,
    }
}

/// Sort key of the row that keeps the end of the chain of those changes of a history that no row with a version goes with.
pub const CHAIN_END: &str = "CHAIN";

/// Does the row of this key (of the HQ table) keep the end of a history's chain? Rows that have a version and a history.
pub fn keeps_chain(pk: &str, sk: &str) -> bool {
    let word = pk.split('#').next().unwrap_or_default();
    match sk {
        CHAIN_END => true,
        PROFILE => word == "STORE",
        PRODUCT => word == "SPU",
        HEAD => matches!(word, "CAMPAIGN" | "REQUEST"),
        "STAFF" | "ROLE" | "KEY" | "LOCATION" => word == sk,
        POLICIES | SEARCH_WORDS | CATEGORIES | BRANDS | LEGAL => pk == sk,
        _ => match word {
            "STORE" => sk.starts_with(LISTING) || sk.starts_with(LOCAL),
            REGIONS => sk.starts_with(REGION),
            SETTINGS => sk.starts_with(LEVEL),
            _ => false,
        },
    }
}

/// The row that keeps the end of the chain of a change: of this history's partition, of this kind, of this part of what the history is about (a region,
/// a level). An account's is found by its id, for its key is its user name.
pub fn chain_end(history: &str, kind: &str, part: Option<&str>) -> (String, String) {
    let here = |sk: String| (history.to_owned(), sk);
    let in_store = |of: &str, prefix: &str| of.split_once('#').map(|(store, id)| (format!("STORE#{store}"), format!("{prefix}{id}")));
    match (history.split_once('#'), part) {
        (None, Some(part)) if history == REGIONS => here(format!("{REGION}{part}")),
        (None, Some(part)) if history == SETTINGS => here(format!("{LEVEL}{part}")),
        (None, _) if !matches!(history, REGIONS | SETTINGS) => here(history.to_owned()),
        (Some(("STORE", _)), _) if kind.starts_with("store.") => here(PROFILE.to_owned()),
        (Some(("SPU", _)), _) => here(PRODUCT.to_owned()),
        (Some(("CAMPAIGN" | "REQUEST", _)), _) => here(HEAD.to_owned()),
        (Some((word @ ("ROLE" | "KEY" | "LOCATION"), _)), _) => here(word.to_owned()),
        (Some(("LISTING", of)), _) => in_store(of, LISTING).unwrap_or_else(|| here(CHAIN_END.to_owned())),
        (Some(("LOCAL", of)), _) => in_store(of, LOCAL).unwrap_or_else(|| here(CHAIN_END.to_owned())),
        _ => here(CHAIN_END.to_owned()),
    }
}

/// What a chain is called that begins with this change: by its history, and where that has several chains by which it is. A listing that is given up
/// and taken again begins anew: its name has the first change's id.
pub fn chain_name(history: &str, end: (&str, &str), event: &str) -> String {
    match end {
        (_, sk) if sk == CHAIN_END || sk.starts_with(REGION) || sk.starts_with(LEVEL) => format!("{history}#{sk}"),
        (_, sk) if sk.starts_with(LISTING) => format!("{history}#{event}"),
        _ => history.to_owned(),
    }
}

/// FNV-1a: spreads keys over shards, the same way for ever.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// One of the index partitions of deadlines.
pub fn due_partition(shard: u32) -> String {
    format!("DUE#{shard}")
}
/// Index partition and sort key of a deadline.
pub fn due(at: Timestamp, pk: &str, sk: &str) -> (String, String) {
    (due_partition(fnv(pk) % DUE_SHARDS), format!("{}#{pk}#{sk}", at.sortable()))
}

/// The sort keys of deadlines up to `now`, itself included, are below this.
pub fn due_by(now: Timestamp) -> String {
    now.plus(1).sortable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_entities_when_keyed_then_the_strings_are_these_for_ever() {
        let store_id: StoreId = "sto_sh01".parse().unwrap();
        let order_id: OrderId = "ord_1".parse().unwrap();
        let sku_id: SkuId = "sku_1".parse().unwrap();
        assert_eq!(store(&store_id), "STORE#sto_sh01");
        assert_eq!(listing(&sku_id), "LISTING#sku_1");
        assert_eq!(store_category(&store_id, "dairy"), "STORE#sto_sh01#CAT#dairy");
        assert_eq!(ranked(7, &sku_id), "000007#sku_1");
        assert_eq!((near("wtw3"), near("")), ("NEAR#wtw3".into(), "NEAR#".into()));
        assert_eq!(stock(&store_id.shelf()), "LOC#loc_sh01");
        assert_eq!((stock_row(&store_id.shelf(), 0), stock_row(&store_id.shelf(), 3)), ("LOC#loc_sh01".into(), "LOC#loc_sh01#3".into()));
        assert_eq!((at(&store_id.shelf(), 0), at(&store_id.shelf(), 3)), ("AT#loc_sh01".into(), "AT#loc_sh01#3".into()));
        assert_eq!((depth(-3), depth(0), depth(12)), ("09999997".into(), "10000000".into(), "10000012".into()));
        assert_eq!(low_shard(&store_id.shelf()), fnv("loc_sh01") % LOW_SHARDS);
        assert_eq!(count(&"cnt_1".parse().unwrap()), "COUNT#cnt_1");
        assert_eq!(count_line(&sku_id), "LINE#sku_1");
        assert_eq!(counts_of(&store_id), "STORE#sto_sh01#COUNT");
        assert_eq!(claim(&"clm_1".parse().unwrap()), "CLAIM#clm_1");
        assert_eq!((claims_of(&store_id, false), claims_of(&store_id, true)), ("STORE#sto_sh01#CLAIM".into(), "STORE#sto_sh01#CLAIM#OVER".into()));
        assert_eq!(alone("2026-12-01".parse().unwrap(), &"stf_1".parse().unwrap()), "ALONE#2026-12-01#stf_1");
        assert_eq!(store_orders(&store_id, OrderState::AwaitingTransfer), "STORE#sto_sh01#ORDER#awaiting_transfer");
        assert_eq!(timed(Timestamp(1), &order_id), "0000000000001#ord_1");
        assert_eq!(posting(Timestamp(1), &order_id), "POST#0000000000001#ord_1");
        assert_eq!(postings_from(Timestamp(1)), "POST#0000000000001");
        assert_eq!(ledger_day("2026-12-01".parse().unwrap()), "LEDGERDAY#2026-12-01");
        assert_eq!(delivery(3), "DELIVERY#03");
        assert_eq!(extra("4200001"), "EXTRA#4200001");
        assert_eq!(back(1), "BACK#01");
        assert_eq!(due(Timestamp(5), "ORDER#ord_1", "HEAD"), ("DUE#3".to_owned(), "0000000000005#ORDER#ord_1#HEAD".to_owned()));
        assert_eq!(history(&Aggregate::Order(order_id)), (Table::Cell, "ORDER#ord_1".into()));
        assert_eq!(history(&Aggregate::Policies), (Table::Hq, "POLICIES".into()));
        assert_eq!(history(&Aggregate::SearchWords), (Table::Hq, "SEARCHWORDS".into()));
        assert_eq!((history(&Aggregate::Legal), legal_text(LegalKind::Privacy, 2)), ((Table::Hq, "LEGAL".into()), "TEXT#privacy#00002".into()));
        assert_eq!(consent(LegalKind::Privacy, Timestamp(5)), "CONSENT#privacy#0000000000005");
        let request_id: RequestId = "req_1".parse().unwrap();
        assert_eq!(history(&Aggregate::Listing(store_id.clone(), sku_id.clone())), (Table::Hq, "LISTING#sto_sh01#sku_1".into()));
        assert_eq!(history(&Aggregate::Request(request_id)), (Table::Hq, "REQUEST#req_1".into()));
        assert_eq!(requests_of(&store_id), "STORE#sto_sh01#REQUEST");
        let east: RegionId = "reg_1".parse().unwrap();
        assert_eq!((requests(None, false), requests(Some(&east), true)), ("REQUESTS".into(), "REQUESTS#reg_1#OVER".into()));
        assert_eq!(changes_of_day(Timestamp(Timestamp::DAY * 3)), "CHANGES#3");
        assert_eq!(DUE_REQUESTS, "REQUESTS#DUE");
        assert_eq!((SOLD, COVER, NAMES_DUE), ("SOLD", "COVER", "NAMESDUE"));
        let campaign_id: CampaignId = "cmp_1".parse().unwrap();
        assert_eq!(history(&Aggregate::Campaign(campaign_id)), (Table::Hq, "CAMPAIGN#cmp_1".into()));
        assert_eq!(held_of(&"cmp_1".parse().unwrap()), "COUPON#cpn_1-");
        assert_eq!((held(&"cpn_1-1".parse().unwrap()), codes("ABC"), code(7)), ("COUPON#cpn_1-1".into(), "CODES#ABC".into(), "CODE#00007".into()));
        assert_eq!((codes_of(&"cmp_1".parse().unwrap()), used_of(ISSUED)), ("CAMPAIGN#cmp_1#CODES".into(), None));
        assert_eq!(campaigns(CampaignState::Scheduled), "CAMPAIGNS#scheduled");
        assert_eq!(terms(12), "TERMS#0000000012");
        assert_eq!(campaign_results(&"cmp_1".parse().unwrap()), "CAMPAIGNRESULTS#cmp_1");
        let order = &"ord_1".parse().unwrap();
        assert_eq!(result_day("2026-11-28", order), format!("DAY#2026-11-28#{}", fnv("ord_1") % RESULT_ROWS));
        assert_eq!((result_day_of(&store_id, "2026-11-28"), campaign_order(order)), ("OF#sto_sh01#2026-11-28".into(), "CAMPAIGNORDER#ord_1".into()));
        assert_eq!(used(&Counter::Person("mem_1".parse().unwrap())), "USED#mem_1");
        let of_campaign: CampaignId = "cmp_1".parse().unwrap();
        for counter in [Counter::Whole, Counter::Day("2026-11-28".into()), Counter::Person("mem_1".parse().unwrap()), Counter::Part(7)] {
            assert_eq!(counted_at(&counter_of(&of_campaign, &counter), &used(&counter)), Some((of_campaign.clone(), counter)));
        }
        assert_eq!((counter_of(&of_campaign, &Counter::Part(7)), used(&Counter::Part(7))), ("CAMPAIGN#cmp_1#7".into(), "USED#PART".into()));
        assert_eq!((counted_at("CAMPAIGN#cmp_1", "HEAD"), counted_at("CAMPAIGN#cmp_1#7", "USED")), (None, None));
        assert_eq!(slots(&store_id, Fulfilment::Pickup), "SLOTS#sto_sh01#pickup");
        assert_eq!(slots_at("SLOTS#sto_sh01#delivery"), Some((store_id.clone(), Fulfilment::Delivery)));
        assert_eq!((slots_at("SLOTS#sto_sh01"), slots_at("STORE#sto_sh01#ORDER#ready")), (None, None));
        assert_eq!(history(&Aggregate::Store(store_id)), (Table::Hq, "STORE#sto_sh01".into()));
        assert_eq!(local_skus(&"sto_sh01".parse().unwrap()), "STORE#sto_sh01#LOCAL");
        assert_eq!((local(&"spu_1".parse().unwrap()), named(&sku_id)), ("LOCAL#spu_1".into(), "NAMED#sku_1".into()));
        let of_local = Aggregate::Local("sto_sh01".parse().unwrap(), "spu_1".parse().unwrap());
        assert_eq!(history(&of_local), (Table::Hq, "LOCAL#sto_sh01#spu_1".into()));
        assert_eq!(history(&Aggregate::Sku(sku_id)), (Table::Hq, "SKU#sku_1".into()));
        assert_eq!(history(&Aggregate::Settings), (Table::Hq, "SETTINGS".into()));
        let joint = Level::Mode(liandian_types::Mode::Joint);
        assert_eq!(setting(&joint, FieldKey::MaxDiscount, Timestamp(5)), "SETTING#mode:joint#max_discount#0000000000005");
        assert_eq!((level(&Level::Hq), level(&joint)), ("LEVEL#hq".into(), "LEVEL#mode:joint".into()));
        assert_eq!(history(&Aggregate::Regions), (Table::Hq, "REGIONS".into()));
        assert_eq!(super::region(&"reg_east".parse().unwrap()), "REGION#reg_east");
        assert_eq!((store_import(&"sti_1".parse().unwrap()), import_part(7)), ("STOREIMPORT#sti_1".into(), "PART#007".into()));
        let spu_id: SpuId = "spu_1".parse().unwrap();
        let import_id: ImportId = "imp_1".parse().unwrap();
        assert_eq!((spu(&spu_id), PRODUCT, PRODUCTS), ("SPU#spu_1".into(), "PRODUCT", "PRODUCTS"));
        assert_eq!((in_category("dairy"), categorised("dairy", 7, &spu_id)), ("dairy#".into(), "dairy#000007#spu_1".into()));
        assert_eq!((import(&import_id), piece(3), IMPORTS), ("IMPORT#imp_1".into(), "PIECE#003".into(), "IMPORTS"));
        assert_eq!(history(&Aggregate::Product(spu_id)), (Table::Hq, "SPU#spu_1".into()));
        assert_eq!(history(&Aggregate::Categories), (Table::Hq, "CATEGORIES".into()));
        assert_eq!(history(&Aggregate::Brands), (Table::Hq, "BRANDS".into()));
        assert_eq!(history(&Aggregate::Import(import_id)), (Table::Cell, "IMPORT#imp_1".into()));
        assert_eq!(ENDED_SESSIONS, "ENDEDSESSIONS");
        assert_eq!(history(&Aggregate::Staff("stf_1".parse().unwrap())), (Table::Hq, "STAFFID#stf_1".into()));
        assert_eq!(history(&Aggregate::Role("rol_clerk".parse().unwrap())), (Table::Hq, "ROLE#clerk".into()));
        assert_eq!(history(&Aggregate::Key("key_1".parse().unwrap())), (Table::Hq, "KEY#key_1".into()));
        let scopes = [Scope::All, Scope::Region("reg_e".parse().unwrap()), Scope::Store("sto_1".parse().unwrap()), Scope::Stores(Vec::new())];
        assert_eq!(scopes.map(|s| accounts_of(&s)), ["ALL#", "REGION#reg_e#", "STORE#sto_1#", "STORES#"]);
        assert_eq!(staff_sessions(&"stf_1".parse().unwrap()), "STAFFSESSIONS#stf_1");
        assert_eq!((ROLES, ACCOUNTS, ADMINISTRATORS, KEYS), ("ROLES", "ACCOUNTS", "ADMINISTRATORS", "KEYS"));
        assert_eq!(orders_of_day(Timestamp(Timestamp::DAY * 3 + 5)), "ORDERS#3");
        assert_eq!((access_of(Some("stf_1")), access_of(None)), ("ACCESS#stf_1".into(), "ACCESS#unknown".into()));
        // Midnight of China, and a moment before.
        let midnight = Timestamp(Timestamp::DAY * 3 - 8 * Timestamp::HOUR);
        assert_eq!((access_of_day(midnight), access_of_day(midnight.plus(-1))), ("ACCESSDAY#3".into(), "ACCESSDAY#2".into()));
    }
    #[test]
    fn given_changes_at_hq_when_indexed_then_they_are_of_chinas_day_and_a_partition_says_whose_history_it_has() {
        let midnight = Timestamp(Timestamp::DAY * 3 - 8 * Timestamp::HOUR);
        assert_eq!((audit_of_day(midnight), audit_of_day(midnight.plus(-1))), ("AUDIT#3".into(), "AUDIT#2".into()));
        assert_eq!(audit_day_begins(midnight), midnight);
        assert_eq!(audit_day_begins(midnight.plus(Timestamp::DAY - 1)), midnight);
        let (store, sku): (StoreId, SkuId) = ("sto_1".parse().unwrap(), "sku_1".parse().unwrap());
        let spu: SpuId = "spu_1".parse().unwrap();
        let all = [
            Aggregate::Policies,
            Aggregate::Settings,
            Aggregate::Regions,
            Aggregate::Categories,
            Aggregate::Brands,
            Aggregate::SearchWords,
            Aggregate::Store(store.clone()),
            Aggregate::Sku(sku.clone()),
            Aggregate::Product(spu.clone()),
            Aggregate::Listing(store.clone(), sku),
            Aggregate::Local(store, spu),
            Aggregate::Request("req_1".parse().unwrap()),
            Aggregate::Staff("stf_1".parse().unwrap()),
            Aggregate::Role("rol_clerk".parse().unwrap()),
            Aggregate::Key("key_1".parse().unwrap()),
            Aggregate::Campaign("cmp_1".parse().unwrap()),
            Aggregate::Warehouse("loc_wh-1".parse().unwrap()),
            Aggregate::Legal,
        ];
        for of in all {
            let (table, pk) = history(&of);
            assert_eq!((table, audited(&pk)), (Table::Hq, Some(of)), "{pk}");
        }
        for none in ["ORDER#ord_1", "STAFF#admin", "LISTING#sto_1", "STORE#nobody", "LIBRARY", ""] {
            assert_eq!(audited(none), None, "{none}");
        }
    }
    #[test]
    fn given_changes_when_chained_then_each_chain_ends_on_a_row_that_keeps_it_and_the_names_hold_for_ever() {
        let rows = [
            ("POLICIES", "policies.changed", None, ("POLICIES", "POLICIES"), "POLICIES"),
            ("CATEGORIES", "categories.changed", None, ("CATEGORIES", "CATEGORIES"), "CATEGORIES"),
            ("SEARCHWORDS", "search_words.changed", None, ("SEARCHWORDS", "SEARCHWORDS"), "SEARCHWORDS"),
            ("LEGAL", "legal.published", None, ("LEGAL", "LEGAL"), "LEGAL"),
            ("REGIONS", "region.changed", Some("reg_1"), ("REGIONS", "REGION#reg_1"), "REGIONS#REGION#reg_1"),
            ("REGIONS", "region.changed", None, ("REGIONS", "CHAIN"), "REGIONS#CHAIN"),
            ("SETTINGS", "setting.changed", Some("hq"), ("SETTINGS", "LEVEL#hq"), "SETTINGS#LEVEL#hq"),
            ("STORE#sto_1", "store.changed", None, ("STORE#sto_1", "PROFILE"), "STORE#sto_1"),
            ("STORE#sto_1", "listing.taken", None, ("STORE#sto_1", "CHAIN"), "STORE#sto_1#CHAIN"),
            ("SPU#spu_1", "product.changed", None, ("SPU#spu_1", "PRODUCT"), "SPU#spu_1"),
            ("REQUEST#req_1", "request.asked", None, ("REQUEST#req_1", "HEAD"), "REQUEST#req_1"),
            ("CAMPAIGN#cmp_1", "campaign.changed", None, ("CAMPAIGN#cmp_1", "HEAD"), "CAMPAIGN#cmp_1"),
            ("ROLE#clerk", "role.changed", None, ("ROLE#clerk", "ROLE"), "ROLE#clerk"),
            ("KEY#key_1", "key.made", None, ("KEY#key_1", "KEY"), "KEY#key_1"),
            ("LOCATION#loc_wh-1", "warehouse.changed", None, ("LOCATION#loc_wh-1", "LOCATION"), "LOCATION#loc_wh-1"),
            ("LISTING#sto_1#sku_1", "price.changed", None, ("STORE#sto_1", "LISTING#sku_1"), "LISTING#sto_1#sku_1#evt_1"),
            ("LOCAL#sto_1#spu_1", "local.changed", None, ("STORE#sto_1", "LOCAL#spu_1"), "LOCAL#sto_1#spu_1"),
            ("SKU#sku_1", "x", None, ("SKU#sku_1", "CHAIN"), "SKU#sku_1#CHAIN"),
        ];
        for (history, kind, part, end, name) in rows {
            let found = chain_end(history, kind, part);
            assert_eq!((found.0.as_str(), found.1.as_str()), end, "{history} {kind}");
            assert!(keeps_chain(&found.0, &found.1), "{found:?}");
            assert_eq!(chain_name(history, end, "evt_1"), name);
            assert!(name.starts_with(history), "a chain's name says in which history it is");
        }
        assert!(keeps_chain("STAFF#admin", "STAFF"));
        for (pk, sk) in [("SKU#sku_1", "SKU"), ("STORE#sto_1", "NAMED#sku_1"), ("STOREIMPORT#i", "HEAD"), ("REQUEST#r", "REGION"), ("SETUP", "SETUP")]
            .into_iter()
            // A coupon's history is its campaign's, to which batches of codes belong as well: its chain ends beside them.
            .chain([("CAMPAIGN#c", "COUPON"), ("CAMPAIGN#c", "TERMS#0000000001"), ("CODES#b", "HEAD"), ("FILES#hq", "0.png")])
        {
            assert!(!keeps_chain(pk, sk), "{pk} {sk}");
        }
    }
}
