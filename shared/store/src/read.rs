//! What pages and lists show, composed from the aggregates: answers of `types::api`. What a customer's page reads takes three waves at most.

use std::collections::{HashMap, HashSet};

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    orders::{
        holds::Holds,
        order::{OrderBody, OrderHead, PAYMENT_WINDOW, may_call_off},
        parcel::TAKEN_FOR_RECEIVED,
    },
    settlement::Posting,
    sourcing::matching,
    stock::{
        batch::{Date, Dated},
        claim::{self, Claim},
        count::{Count, CountLine},
        record::StockPolicy,
        till::Till,
    },
    stores::{
        hours::{self, local_text},
        profile::{Location, StoreProfile},
    },
    transfers::{Party, Transfer},
};
use liandian_types::{
    CountState, DeliveryId, Fen, Fulfilment, GeoPoint, LocationId, OrderId, OrderState, Permission, SkuId, StaffId, StoreId, StoreStatus, Timestamp,
    TransferState,
    api::{
        BatchView, Category, CategoryPage, ClaimCard, ClaimLineView, CountCard, CountLineView, CountList, CountToDecide, CountsToDecide, DatedUnits,
        DeliveryView, EntryView, Exceptions, ExtraPaymentRow, HeldGoods, HistoryEntry, HqSettlement, ListingCard, ListingPage, MissingLine,
        MovementCard, MovementLineView, MovementList, OrderCard, OrderLine, OrderList, OrderView, OverdueRow, ParcelView, PlaceName, PostingView,
        ProductPage, SettlementView, ShortGoods, ShortList, ShortOrder, ShortTransfer, SkuStock, StockList, StockPlace, StockRow, StoreHome,
        StoreList, StoreRow, StoreRows, StoreShare, StoreWork, StoreWorkList, TillRow, TransferCard, TransferLine, TransferList, TransfersInFlight,
    },
    text::Needle,
};

use crate::{
    cursor::List,
    db::{Key, StoreError, Tables, parse},
    due::{Due, Overdue},
    orders::WholeOrder,
    reach::Reach,
    settlement::LedgerSum,
    stock::records::{StockItem, dated, depth, stock_key},
    stores::profile_key,
};

/// The day for which what customers are shown can be promised: that of a pickup that is ordered now. What ends before is none of it.
fn promised_day(s: &StoreProfile, now: Timestamp) -> Date {
    hours::day(matching::ready_by(s, Fulfilment::Pickup, None, 0, now), &s.hours.zone)
}

/// Goods on one page.
pub const PAGE: i32 = 20;
/// Stores on a page of those around a point: their profiles are read one by one.
const STORES_NEAR: usize = 30;
/// Stores on a page of the directory.
const STORES_LISTED: usize = 60;
/// Goods that a home page shows first.
pub const FEATURED: i32 = 12;
/// Records that a list of what runs low shows.
const LOW_SHOWN: usize = 200;
/// Orders in one state, and transfers, among which those are looked for that goods are promised to.
const PROMISES_SHOWN: i32 = 300;
/// Transfers that wait for an order's payment and are shown with the goods that they hold.
const HELD_SHOWN: i32 = 100;
/// Queries side by side for one page.
const AT_ONCE: usize = 16;
/// Overdue things that are shown.
const OVERDUE_SHOWN: usize = 100;
/// Counts that wait for a decision, in the whole chain, among which somebody's are looked for.
const DECISIONS_READ: i32 = 300;
/// Stores of one page of work.
const STORES_OF_WORK: usize = 20;
/// Open transfers of the chain that are shown one by one.
const FLIGHTS_SHOWN: usize = 300;

/// A member's newest orders that are read when another is placed: they say what became of the unpaid ones.
const RECENT: i32 = 10;
/// Records of a location that expire, as many as a list shows.
const EXPIRING_SHOWN: usize = 100;
/// Of how many hits at a time a search asks whether the store lists them, until it has a page.
const LOOKS: [usize; 4] = [60, 100, 200, 400];
/// SKUs on a page of a search in the library.
const FOUND: usize = 60;

/// A page of what is sought in the library (everything, when nothing is), and where the next one begins.
fn found_in<'a>(
    library: &'a [LibrarySku],
    sought: Option<&Needle>,
    list: List,
    cursor: Option<&str>,
) -> Result<(Vec<&'a LibrarySku>, Option<String>), StoreError> {
    let from = list.before(cursor)?;
    let mut hits = library.iter().filter(|s| sought.is_none_or(|t| s.matches(t))).skip(from);
    let page: Vec<&LibrarySku> = hits.by_ref().take(FOUND).collect();
    let next = hits.next().map(|_| list.behind_first(from.saturating_add(FOUND)));
    Ok((page, next))
}

/// Leaves the first of them; were there more?
fn cut<T>(all: &mut Vec<T>, most: usize) -> bool {
    let more = all.len() > most;
    all.truncate(most);
    more
}

fn usize_of(n: i32) -> usize {
    usize::try_from(n).unwrap_or(0)
}

impl Tables {
    /// Stores for a customer: near a point, by text, by an entrance's code, or all of them; page by page.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn find_stores(&self, ask: FindStores<'_>, now: Timestamp) -> Result<StoreList, StoreError> {
        let text = ask.text.and_then(Needle::of);
        // The same walk goes on when the point moves a little.
        let list = match (ask.entrance, ask.near, &text) {
            (None, Some(_), None) => List::of(["stores near"]),
            _ => List::of(["stores", ask.entrance.unwrap_or_default(), ask.text.unwrap_or_default()]),
        };
        let from = list.before(ask.cursor)?;
        let shown = |s: &StoreProfile| matches!(s.status_at(now), StoreStatus::Open | StoreStatus::Paused);
        let mut found: Vec<StoreProfile> = match (ask.entrance, ask.near, text) {
            (Some(code), ..) => self.store_by_entrance(code).await?.into_iter().collect(),
            (None, Some(p), None) => {
                let up_to = from.saturating_add(STORES_NEAR);
                let mut nearest = self.nearest(p, up_to.saturating_add(1), now).await?;
                let next = (nearest.len() > up_to).then(|| list.behind_first(up_to));
                nearest.truncate(up_to);
                let page: Vec<StoreId> = nearest.into_iter().skip(from).map(|s| s.store).collect();
                let found = self.profiles(&page).await?;
                let stores = found.iter().filter(|s| shown(s)).map(|s| s.card(ask.near, now)).collect();
                return Ok(StoreList { stores, next });
            }
            (None, _, text) => self.directory().await?.iter().filter(|s| text.as_ref().is_none_or(|t| s.matches(t))).cloned().collect(),
        };
        found.retain(shown);
        let mut stores: Vec<_> = found.iter().map(|s| s.card(ask.near, now)).collect();
        stores.sort_by(|a, b| {
            a.paused.cmp(&b.paused).then(a.distance_m.cmp(&b.distance_m)).then_with(|| a.city.cmp(&b.city)).then_with(|| a.store.cmp(&b.store))
        });
        let up_to = from.saturating_add(STORES_LISTED);
        let next = (stores.len() > up_to).then(|| list.behind_first(up_to));
        Ok(StoreList { stores: stores.into_iter().skip(from).take(STORES_LISTED).collect(), next })
    }

    /// The nearest other store that takes orders.
    async fn instead_of(&self, s: &StoreProfile, now: Timestamp) -> Result<Option<StoreProfile>, StoreError> {
        let near = self.nearest(s.point, 2, now).await?;
        let other = near.into_iter().find(|n| n.store != s.store && n.status_at(now) == StoreStatus::Open);
        match other {
            Some(other) => self.store(&other.store).await,
            None => Ok(None),
        }
    }

    /// A store's home page: two waves; while the store takes no orders, the nearest one that does is looked for beside the second.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_home(&self, store: &StoreId, from: Option<GeoPoint>, now: Timestamp) -> Result<Option<StoreHome>, StoreError> {
        let (profile, listings) = futures::try_join!(self.shown_store(store), self.featured(store, FEATURED))?;
        let Some(profile) = profile else { return Ok(None) };
        let instead = async { if profile.status_at(now) == StoreStatus::Open { Ok(None) } else { self.instead_of(&profile, now).await } };
        let (featured, instead) = futures::try_join!(self.cards(store, listings, promised_day(&profile, now)), instead)?;
        Ok(Some(StoreHome {
            store: profile.card(from, now),
            theme: profile.theme.clone(),
            categories: categories(&profile),
            featured,
            instead: instead.map(|s| s.card(from.or(Some(profile.point)), now)),
        }))
    }

    async fn shown_store(&self, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
        Ok(self.store(store).await?.filter(|s| matches!(s.status, StoreStatus::Open | StoreStatus::Paused)))
    }

    /// What a store lists, by category or by text, and where the next page begins.
    async fn goods(
        &self,
        store: &StoreId,
        category: Option<&str>,
        text: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<(Vec<Listing>, Option<String>), StoreError> {
        if let Some((text, sought)) = text.and_then(|t| Some((t, Needle::of(t)?))) {
            return self.search_goods(store, &sought, List::of(["goods", store.as_str(), text]), cursor).await;
        }
        match category.filter(|c| !c.is_empty()) {
            Some(c) => self.category(store, c, PAGE, cursor).await,
            None => self.listings(store, PAGE, cursor).await,
        }
    }

    /// What a store lists of what is sought, in the library's order. The place where a page begins is among the library's hits: which of them the
    /// store lists is asked until the page is full. One wave where it lists most of them.
    async fn search_goods(
        &self,
        store: &StoreId,
        sought: &Needle,
        list: List,
        cursor: Option<&str>,
    ) -> Result<(Vec<Listing>, Option<String>), StoreError> {
        let library = self.library().await?;
        let hits: Vec<&LibrarySku> = library.iter().filter(|s| !s.offline_only && s.matches(sought)).collect();
        let (mut at, mut listings) = (list.before(cursor)?.min(hits.len()), Vec::<Listing>::new());
        for look in LOOKS {
            let some = &hits[at..hits.len().min(at + look)];
            if some.is_empty() || listings.len() >= usize_of(PAGE) {
                break;
            }
            let keys: Vec<Key> = some.iter().map(|s| crate::catalog::listing_key(store, &s.sku)).collect();
            for found in self.batch_get_rows(&keys, false).await? {
                if listings.len() >= usize_of(PAGE) {
                    break;
                }
                at += 1;
                if let Some(listing) = found {
                    listings.push(parse(listing)?);
                }
            }
        }
        Ok((listings, (at < hits.len()).then(|| list.behind_first(at))))
    }

    /// A category page, its store included: two waves.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn category_page(
        &self,
        store: &StoreId,
        category: Option<&str>,
        text: Option<&str>,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<CategoryPage>, StoreError> {
        let text = text.map(str::trim).filter(|t| !t.is_empty());
        let (profile, (listings, next)) = futures::try_join!(self.shown_store(store), self.goods(store, category, text, cursor))?;
        let Some(profile) = profile else { return Ok(None) };
        let page = ListingPage { items: self.cards(store, listings, promised_day(&profile, now)).await?, next };
        Ok(Some(CategoryPage {
            store: profile.card(None, now),
            categories: categories(&profile),
            current: if text.is_some() { String::new() } else { category.unwrap_or_default().to_owned() },
            page,
            query: text.map(str::to_owned),
        }))
    }

    /// Listings as customers see them, with what can be promised for a day: SKUs and stock in one wave.
    async fn cards(&self, store: &StoreId, listings: Vec<Listing>, day: Date) -> Result<Vec<ListingCard>, StoreError> {
        let shelf = store.shelf();
        let keys: Vec<Key> = listings.iter().flat_map(|l| [crate::catalog::sku_key(&l.sku), stock_key(&shelf, &l.sku)]).collect();
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let mut cards = Vec::with_capacity(listings.len());
        for l in &listings {
            let (sku, stock) = (items.next().flatten(), items.next().flatten());
            let Some(sku) = sku else { continue };
            cards.extend(l.card(&parse(sku)?, dated(stock)?.until(day).available()));
        }
        Ok(cards)
    }

    /// A product with the SKUs that the store lists: three waves.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn product_page(&self, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<Option<ProductPage>, StoreError> {
        let (profile, chosen) = futures::try_join!(self.shown_store(store), self.library_sku(sku))?;
        let (Some(profile), Some(chosen)) = (profile, chosen) else { return Ok(None) };
        let all = self.skus_of(&chosen.spu).await?;
        let keys: Vec<Key> = all.iter().flat_map(|s| [crate::catalog::listing_key(store, &s.sku), stock_key(&store.shelf(), &s.sku)]).collect();
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let day = promised_day(&profile, now);
        let mut skus = Vec::new();
        for s in &all {
            let (listing, stock) = (items.next().flatten(), items.next().flatten());
            let Some(listing) = listing else { continue };
            skus.extend(parse::<Listing>(listing)?.card(s, dated(stock)?.until(day).available()));
        }
        // A product of which this store lists something else still shows; one that it lists nothing of does not exist here.
        let Some(first) = skus.iter().find(|c| c.sku == *sku).or(skus.first()) else { return Ok(None) };
        Ok(Some(ProductPage {
            chosen: first.sku.clone(),
            store: profile.card(None, now),
            name: chosen.name.clone(),
            description: chosen.description.clone(),
            brand: chosen.brand.clone(),
            skus,
        }))
    }

    /// Stock of a location, in a time zone: by text, what is low, what expires, or page by page.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock_list(&self, place: &Location, zone: &str, pick: StockPick<'_>, now: Timestamp) -> Result<StockList, StoreError> {
        let (library, held) = futures::try_join!(self.library(), self.held_by_unpaid(&place.keeper, HELD_SHOWN))?;
        let shelf = &place.location;
        let (items, next, more) = match pick {
            StockPick::Text(t, cursor) if Needle::of(t).is_some() => {
                let list = List::of(["stock", shelf.as_str(), t]);
                let (hits, next) = found_in(&library, Needle::of(t).as_ref(), list, cursor)?;
                let at: Vec<_> = hits.into_iter().map(|s| (shelf.clone(), s.sku.clone())).collect();
                // What the shelf never had counts as zero: the first of it may be coming in.
                (self.stock_items(&at).await?, next, false)
            }
            StockPick::Low => {
                let (items, more) = self.low(Some(shelf), self.policies().await?.stock.low_at, &library).await?;
                (items, None, more)
            }
            StockPick::Expiring => {
                let mut all = self.expiring(shelf).await?;
                let more = all.len() > EXPIRING_SHOWN;
                all.truncate(EXPIRING_SHOWN);
                let at: Vec<_> = all.into_iter().map(|s| (shelf.clone(), s)).collect();
                (self.stock_items(&at).await?, None, more)
            }
            StockPick::Page(cursor) | StockPick::Text(_, cursor) => {
                let (items, next) = self.stock_of(shelf, 50, cursor).await?;
                (items, next, false)
            }
        };
        let today = liandian_domain::stores::hours::day(now, zone);
        let held = held.iter().filter(|t| t.source == *shelf).map(held_goods).collect();
        Ok(StockList { rows: items.iter().filter_map(|i| item_row(i, &place.name, &library, today)).collect(), more, next, places: Vec::new(), held })
    }

    /// Records at these places, what is not there as empty.
    async fn stock_items(&self, at: &[(LocationId, SkuId)]) -> Result<Vec<StockItem>, StoreError> {
        let keys: Vec<Key> = at.iter().map(|(l, s)| stock_key(l, s)).collect();
        let found = self.batch_get(&keys, false).await?;
        found.into_iter().zip(at).map(|(i, (l, s))| i.map_or_else(|| Ok(StockItem::never(l, s)), parse)).collect()
    }

    /// What runs low in a location, or in the chain, and whether there is more of it. The view has what nobody cares for, too: read further
    /// and further until there is a list of the others.
    async fn low(&self, location: Option<&LocationId>, low_at: u32, library: &[LibrarySku]) -> Result<(Vec<StockItem>, bool), StoreError> {
        let mut reads = [LOW_SHOWN, 4 * LOW_SHOWN, 16 * LOW_SHOWN].into_iter().peekable();
        loop {
            let limit = reads.next().and_then(|n| i32::try_from(n).ok()).unwrap_or(i32::MAX);
            let (at, unread) = match location {
                Some(l) => self.low_in(l, low_at, limit).await?,
                None => self.low_in_chain(low_at, limit).await?,
            };
            let mut low = self.really_low(&at, low_at, library).await?;
            if !unread || low.len() >= LOW_SHOWN || reads.peek().is_none() {
                let more = unread || low.len() > LOW_SHOWN;
                low.truncate(LOW_SHOWN);
                return Ok((low, more));
            }
        }
    }

    /// The same for a part of the chain: place by place.
    async fn low_within(&self, reach: &Reach, low_at: u32, library: &[LibrarySku]) -> Result<(Vec<StockItem>, bool), StoreError> {
        let Reach::Part { places, .. } = reach else { return self.low(None, low_at, library).await };
        let (places, mut lists): (Vec<&LocationId>, _) = (places.iter().collect(), Vec::<(Vec<StockItem>, bool)>::new());
        for part in places.chunks(AT_ONCE) {
            let mut asked = Vec::with_capacity(part.len());
            for place in part {
                asked.push(self.low(Some(place), low_at, library));
            }
            lists.extend(futures::future::try_join_all(asked).await?);
        }
        let mut more = lists.iter().any(|(_, more)| *more);
        let mut all: Vec<StockItem> = lists.into_iter().flat_map(|(items, _)| items).collect();
        all.sort_by_key(|i| depth(&i.stock));
        more |= all.len() > LOW_SHOWN;
        all.truncate(LOW_SHOWN);
        Ok((all, more))
    }

    /// Those of these records that are low now and that somebody cares for, or that are short; least first. What a shelf ran out of and its
    /// store does not list any more needs nobody's care; what is sold at tills only is listed nowhere.
    async fn really_low(&self, at: &[(LocationId, SkuId)], low_at: u32, library: &[LibrarySku]) -> Result<Vec<StockItem>, StoreError> {
        let stores: Vec<Option<StoreId>> = at.iter().map(|(l, _)| l.store()).collect();
        let listings: Vec<Key> = at.iter().zip(&stores).filter_map(|((_, sku), s)| Some(crate::catalog::listing_key(s.as_ref()?, sku))).collect();
        let (items, listed) = futures::try_join!(self.stock_items(at), self.batch_get(&listings, false))?;
        let till_only: HashSet<&SkuId> = library.iter().filter(|s| s.offline_only).map(|s| &s.sku).collect();
        let mut listed = listed.into_iter();
        let mut low: Vec<StockItem> = Vec::new();
        for ((i, store), (_, sku)) in items.into_iter().zip(stores).zip(at) {
            let cared_for = store.is_none_or(|_| listed.next().flatten().is_some() || till_only.contains(sku));
            if depth(&i.stock) < 0 || (cared_for && depth(&i.stock) <= i64::from(low_at)) {
                low.push(i);
            }
        }
        low.sort_by_key(|i| depth(&i.stock));
        Ok(low)
    }

    /// Goods of a location of which more is promised than is there, worst first, and what they are promised to: orders and transfers, the newest
    /// first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn short_list(&self, place: &Location, zone: &str, now: Timestamp) -> Result<ShortList, StoreError> {
        let low = self.stock_list(place, zone, StockPick::Low, now).await?;
        let short: Vec<StockRow> = low.rows.into_iter().filter(|r| r.on_hand < r.reserved).collect();
        if short.is_empty() {
            return Ok(ShortList { goods: Vec::new(), more: false });
        }
        let states = [OrderState::Placed, OrderState::AwaitingTransfer, OrderState::Preparing, OrderState::Ready];
        let pages = futures::future::try_join_all(states.map(|s| self.newest_of_store(&place.keeper, s, PROMISES_SHOWN)));
        let (pages, (mut transfers, ..), held) =
            futures::try_join!(pages, self.transfers_of(&place.keeper, PROMISES_SHOWN, 1), self.held_by_unpaid(&place.keeper, PROMISES_SHOWN))?;
        let full = transfers.len() >= usize_of(PROMISES_SHOWN);
        let more = full || pages.iter().any(|p| p.len() >= usize_of(PROMISES_SHOWN));
        let mut heads: Vec<OrderHead> = pages.into_iter().flatten().filter(|h| h.location() == place.location).collect();
        heads.sort_by(|a, b| b.placed_at.cmp(&a.placed_at).then_with(|| b.order.cmp(&a.order)));
        transfers.extend(held);
        transfers.retain(|t| t.source == place.location && t.at_source());
        transfers.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.transfer.cmp(&a.transfer)));
        let bodies: Vec<Key> = heads.iter().map(|h| Key::cell(crate::keys::order(&h.order), crate::keys::BODY)).collect();
        let bodies: Vec<Option<OrderBody>> =
            self.batch_get(&bodies, false).await?.into_iter().map(|b| b.map(parse).transpose()).collect::<Result<_, _>>()?;
        let orders = |sku: &SkuId| {
            let promised = heads.iter().zip(&bodies).filter_map(|(h, b)| {
                let units = b.as_ref()?.lines.iter().filter(|l| l.sku == *sku).map(|l| h.promised(l)).sum();
                let card = order_card(h);
                let state_text = h.state.title().to_owned();
                Some(ShortOrder { order: card.order, short_code: card.short_code, units, state_text, placed_text: card.placed_text })
            });
            promised.filter(|o| o.units > 0).collect()
        };
        let sent = |sku: &SkuId| {
            let promised = transfers.iter().map(|t| ShortTransfer {
                transfer: t.transfer.clone(),
                target_name: t.target_name.clone(),
                units: t.lines.iter().filter(|l| l.sku == *sku).map(|l| l.units()).sum(),
                state_text: match t.state {
                    TransferState::Reserved => format!("{}，至 {}", t.state.title(), held_goods(t).until_text),
                    _ => t.state.title().to_owned(),
                },
            });
            promised.filter(|t| t.units > 0).collect()
        };
        let goods =
            short.into_iter().map(|row| ShortGoods { missing: row.reserved - row.on_hand, orders: orders(&row.sku), transfers: sent(&row.sku), row });
        Ok(ShortList { goods: goods.collect(), more })
    }

    /// What HQ, or a region, should look at, as far as the caller `may` see it: orders and transfers have permissions of their own, the books are HQ's.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn exceptions(&self, may: impl Fn(Permission) -> bool, reach: &Reach, now: Timestamp) -> Result<Exceptions, StoreError> {
        let (orders, transfers) = (may(Permission::OrderRead), may(Permission::TransferRead));
        let policy = self.policies().await?.stock;
        let low_at = policy.low_at;
        let library = self.library().await?;
        // Those of a part of the chain are looked for among more. One more than is shown tells whether there are others.
        let most = if reach.is_all() { OVERDUE_SHOWN } else { 10 * OVERDUE_SHOWN };
        let read = i32::try_from(most).map_or(i32::MAX, |n| n.saturating_add(1));
        let claims = async { if may(Permission::StockApprove) { self.waiting_claims(read).await } else { Ok(Vec::new()) } };
        let (directory, warehouses, (items, more), late, mut counts, mut troubled, mut overdue, mut extra, (tills, tills_more), books, mut claims) =
            futures::try_join!(
                self.directory(),
                self.warehouses(),
                self.low_within(reach, low_at, &library),
                self.late_transfers(transfers, reach),
                self.late_counts(read),
                self.troubled_deliveries(read),
                self.oldest_overdue(now.plus(-2 * Timestamp::MINUTE), most.saturating_add(1)),
                self.extra_payments(orders, read, now),
                self.troubled_tills(now),
                async { if reach.is_all() { self.books_report().await } else { Ok(None) } },
                claims
            )?;
        let (extra_more, claims_more) = (cut(&mut extra, most), cut(&mut claims, most));
        let overdue_more = [cut(&mut overdue, most), cut(&mut counts, most), cut(&mut troubled, most)].contains(&true);
        let today = liandian_domain::stores::hours::day(now, liandian_domain::stores::hours::CHINA);
        let row = |i: &StockItem| item_row(i, &place_name(&i.location()?, &directory, &warehouses), &library, today);
        let (short, low): (Vec<StockRow>, Vec<StockRow>) = items.iter().filter_map(row).partition(|r| r.on_hand < r.reserved);
        let seen = overdue.into_iter().filter(|d| match d.what {
            Overdue::Order(_) | Overdue::Delivery(_) | Overdue::ExtraPayment(..) | Overdue::PartRefund(_) => orders,
            Overdue::Transfer(_) => transfers,
            Overdue::Count(_) | Overdue::Split(..) | Overdue::Expiry(..) => true,
        });
        let mut overdue = self.overdue_rows(seen.collect()).await?;
        let told: HashSet<String> = overdue.iter().map(|o| o.id.clone()).collect();
        overdue.extend(counts.into_iter().filter(|c| !told.contains(c.count.as_str())).filter_map(|c| {
            let (since, state) = (c.late_since()?, late_count(&c).to_owned());
            Some(OverdueRow { what: "count".to_owned(), id: c.count.to_string(), state, store: Some(c.store), since })
        }));
        overdue.extend(troubled.into_iter().filter(|_| orders).filter_map(|d| {
            let t = d.trouble?;
            Some(OverdueRow { what: "rider".to_owned(), id: d.order.to_string(), state: t.text, store: Some(d.store), since: t.since })
        }));
        overdue.retain(|o| reach.is_all() || o.store.as_ref().is_some_and(|s| reach.store(s)));
        overdue.sort_by_key(|o| o.since);
        extra.retain(|x| reach.store(&x.store));
        let tills = tills.into_iter().filter(|t| reach.store(&t.store)).collect();
        let tills = till_rows(tills, &directory, &policy, now);
        // Decided on the store's own page.
        let claims = claims.iter().filter(|c| reach.store(&c.store)).map(|c| claim_card(c, None)).collect();
        Ok(Exceptions { short, low, more, low_at, late, overdue, overdue_more, extra, extra_more, tills, tills_more, books, claims, claims_more })
    }

    /// Payments that no order needed: HQ is told of each for a week, back or not; of one that is late for as long as it is.
    async fn extra_payments(&self, shown: bool, limit: i32, now: Timestamp) -> Result<Vec<ExtraPaymentRow>, StoreError> {
        if !shown {
            return Ok(Vec::new());
        }
        let all = self.extra_payments_since(now.plus(-liandian_domain::payments::extra::SHOWN), limit).await?;
        let row = |x: liandian_domain::payments::extra::ExtraPayment| ExtraPaymentRow {
            order: x.order,
            store: x.store,
            amount: x.amount,
            told_at: x.told_at,
            returned_at: x.returned_at,
        };
        Ok(all.into_iter().map(row).collect())
    }

    /// Transfers that nobody moves although they were reminded of, oldest first.
    async fn late_transfers(&self, shown: bool, reach: &Reach) -> Result<Vec<TransferCard>, StoreError> {
        let mut late = Vec::new();
        if shown {
            self.each_open_transfer(|t| late.extend((t.is_escalated() && touches(reach, &t)).then(|| transfer_card(&t, &Party::Hq)))).await?;
        }
        Ok(late)
    }

    async fn overdue_rows(&self, overdue: Vec<Due>) -> Result<Vec<OverdueRow>, StoreError> {
        futures::future::try_join_all(overdue.into_iter().map(|d| async move {
            let (what, id, state, store) = match d.what {
                Overdue::Order(o) => {
                    let head = self.order_head(&o).await?;
                    ("order", o.to_string(), head.as_ref().map_or("", |h| h.state.title()), head.map(|h| h.store))
                }
                Overdue::Delivery(o) => {
                    let head = self.order_head(&o).await?;
                    ("delivery", o.to_string(), "没有骑手消息", head.map(|h| h.store))
                }
                Overdue::ExtraPayment(o, transaction) => {
                    let extra = self.extra_payment(&o, &transaction).await?;
                    ("extra_payment", o.to_string(), "重复付款未退回", extra.map(|x| x.store))
                }
                Overdue::PartRefund(o) => {
                    let head = self.order_head(&o).await?;
                    ("order", o.to_string(), "部分退款未完成", head.map(|h| h.store))
                }
                Overdue::Transfer(t) => {
                    let transfer = self.transfer(&t).await?;
                    ("transfer", t.to_string(), transfer.as_ref().map_or("", |t| t.state.title()), transfer.map(|t| t.source_keeper))
                }
                Overdue::Count(c) => {
                    let head = self.count_head(&c).await?;
                    ("count", c.to_string(), head.as_ref().map_or("盘点未入账", late_count), head.map(|h| h.store))
                }
                Overdue::Split(l, s) => ("split", format!("{l} {s}"), "分片未合并", l.store()),
                Overdue::Expiry(l, s) => ("expiry", format!("{l} {s}"), "到期未下架", l.store()),
            };
            Ok(OverdueRow { what: what.to_owned(), id, state: state.to_owned(), store, since: d.since })
        }))
        .await
    }

    /// Documents that changed the stock of a location, newest first, their times in a zone.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn movement_list(&self, location: &LocationId, zone: &str, cursor: Option<&str>) -> Result<MovementList, StoreError> {
        let (library, (movements, next)) = futures::try_join!(self.library(), self.newest_movements(location, 30, cursor))?;
        let people: Vec<&str> = movements.iter().flat_map(|m| m.actor.iter().chain(&m.approved_by)).map(String::as_str).collect();
        let names = self.staff_names(people.into_iter()).await?;
        let name = |sku: &SkuId| library.iter().find(|s| s.sku == *sku).map_or_else(|| sku.to_string(), LibrarySku::title);
        let cards = movements.into_iter().map(|m| MovementCard {
            movement: m.movement,
            kind: m.kind,
            at: m.at,
            at_text: local_text(m.at, zone),
            document: m.document,
            reason: m.reason,
            actor_name: m.actor.as_ref().and_then(|a| names.get(a).cloned()),
            actor: m.actor,
            approved_name: m.approved_by.as_ref().and_then(|a| names.get(a).cloned()),
            approved_by: m.approved_by,
            order: m.order,
            transfer: m.transfer,
            lines: m
                .lines
                .into_iter()
                .map(|l| MovementLineView {
                    name: name(&l.sku),
                    sku: l.sku,
                    on_hand: l.on_hand,
                    reserved: l.reserved,
                    incoming: l.incoming,
                    safety: l.safety,
                    batches: l.batches.iter().map(|b| DatedUnits { expires_on: b.expires_on.to_string(), units: b.units }).collect(),
                })
                .collect(),
        });
        Ok(MovementList { movements: cards.collect(), next, places: Vec::new() })
    }

    /// Counts that wait for somebody to decide, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn counts_to_decide(&self, reach: &Reach) -> Result<CountsToDecide, StoreError> {
        let (mut counts, directory) = futures::try_join!(self.submitted_counts(DECISIONS_READ + 1), self.directory())?;
        let more = cut(&mut counts, usize_of(DECISIONS_READ));
        let name = |s: &StoreId| directory.iter().find(|d| d.store == *s).map_or_else(|| s.to_string(), |d| d.name.clone());
        let seen = counts.iter().filter(|c| reach.store(&c.store));
        let counts = seen.map(|c| CountToDecide { store: c.store.clone(), store_name: name(&c.store), card: count_card(c) }).collect();
        Ok(CountsToDecide { counts, more })
    }

    /// Stores with their work, twenty at a time: three counts a store, side by side.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_work(&self, reach: &Reach, cursor: Option<&str>, now: Timestamp) -> Result<StoreWorkList, StoreError> {
        let (directory, counts) = futures::try_join!(self.directory(), self.submitted_counts(DECISIONS_READ))?;
        let list = List::of(["work"]);
        let from = list.before(cursor)?;
        let mine: Vec<&StoreProfile> = directory.iter().filter(|s| reach.store(&s.store)).collect();
        let next = (mine.len() > from.saturating_add(STORES_OF_WORK)).then(|| list.behind_first(from.saturating_add(STORES_OF_WORK)));
        let page: Vec<&StoreProfile> = mine.into_iter().skip(from).take(STORES_OF_WORK).collect();
        let ids: Vec<StoreId> = page.iter().map(|s| s.store.clone()).collect();
        let of = |state| self.orders_in(&ids, state);
        let (preparing, ready, awaiting) = futures::try_join!(of(OrderState::Preparing), of(OrderState::Ready), of(OrderState::AwaitingTransfer))?;
        let many = |all: &HashMap<StoreId, u32>, s: &StoreId| all.get(s).copied().unwrap_or(0);
        let work = page.into_iter().map(|s| StoreWork {
            row: store_row(s, now),
            preparing: many(&preparing, &s.store),
            ready: many(&ready, &s.store),
            awaiting: many(&awaiting, &s.store),
            counts: counts.iter().filter(|c| c.store == s.store).map(count_card).collect(),
        });
        Ok(StoreWorkList { stores: work.collect(), next })
    }

    /// Counts of a store, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_list(&self, store: &StoreId, cursor: Option<&str>) -> Result<CountList, StoreError> {
        let ((counts, next), profile) = futures::try_join!(self.counts_of(store, 30, cursor), self.store(store))?;
        let (categories, places) = match &profile {
            Some(p) => (categories(p), place_names(&self.places_of(p).await?)),
            None => Default::default(),
        };
        Ok(CountList { counts: counts.iter().map(count_card).collect(), categories, places, next })
    }

    /// Lines of a count as people see them, by name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_line_views(&self, count: &Count, lines: &[CountLine]) -> Result<Vec<CountLineView>, StoreError> {
        let library = self.library().await?;
        let hidden = count.blind && matches!(count.state, CountState::Open | CountState::Cancelled);
        let mut views: Vec<CountLineView> = lines
            .iter()
            .map(|l| {
                let known = library.iter().find(|s| s.sku == l.sku);
                CountLineView {
                    name: known.map_or_else(|| l.sku.to_string(), LibrarySku::title),
                    barcode: known.map(|s| s.barcode.clone()).unwrap_or_default(),
                    picture: known.map(|s| s.picture.clone()).unwrap_or_default(),
                    sku: l.sku.clone(),
                    counted: l.counted,
                    book: l.counted.filter(|_| !hidden).map(|_| l.book),
                    difference: l.difference().filter(|_| !hidden),
                    dated: known.is_some_and(|s| s.tracks_expiry),
                    expires_on: l.expires_on.map(|d| d.to_string()),
                }
            })
            .collect();
        views.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.sku.cmp(&b.sku)));
        Ok(views)
    }

    /// SKUs of the library by text, for choosing one: without a location, so without counters.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn find_skus(&self, text: Option<&str>, cursor: Option<&str>) -> Result<StockList, StoreError> {
        let library = self.library().await?;
        let list = List::of(["library", text.unwrap_or_default()]);
        let (hits, next) = found_in(&library, text.and_then(Needle::of).as_ref(), list, cursor)?;
        let rows = hits
            .into_iter()
            .filter_map(|s| stock_row(s.sku.clone(), s.sku.as_str().replacen("sku_", "loc_", 1).parse().ok()?, "", &Default::default(), &library))
            .collect();
        Ok(StockList { rows, more: false, next, places: Vec::new(), held: Vec::new() })
    }

    /// One SKU across the chain, or a part of it, least available first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sku_stock(&self, sku: &SkuId, reach: &Reach) -> Result<Option<SkuStock>, StoreError> {
        let (library, directory, warehouses, at) = futures::try_join!(self.library(), self.directory(), self.warehouses(), self.stock_across(sku))?;
        let Some(known) = library.iter().find(|s| s.sku == *sku) else { return Ok(None) };
        let stores: HashMap<&StoreId, &StoreProfile> = directory.iter().map(|s| (&s.store, s)).collect();
        let place = |l: &LocationId| match warehouses.iter().find(|w| w.location == *l) {
            Some(w) => Some((w.clone(), stores.get(&w.keeper).map(|s| s.city.clone()).unwrap_or_default())),
            None => stores.get(&l.store()?).map(|s| (Location::shelf_of(s), s.city.clone())),
        };
        let mut rows: Vec<StockRow> = at
            .iter()
            .filter(|a| reach.place(&a.location))
            .map(|a| {
                let place = place(&a.location);
                let name = place.as_ref().map_or_else(|| a.location.to_string(), |(l, _)| l.name.clone());
                let at = place.map(|(l, city)| StockPlace { city, point: l.point, keeper: l.keeper });
                StockRow { shards: a.shards, sold_at: a.sold_at, at, ..row_of(known, a.location.clone(), &name, &a.stock) }
            })
            .collect();
        rows.sort_by(|a, b| a.available.cmp(&b.available).then_with(|| a.location.cmp(&b.location)));
        let sum = |f: fn(&StockRow) -> i64| rows.iter().map(f).sum();
        Ok(Some(SkuStock {
            sku: sku.clone(),
            name: known.title(),
            on_hand: sum(|r| r.on_hand),
            reserved: sum(|r| r.reserved),
            available: sum(|r| r.available),
            incoming: sum(|r| r.incoming),
            rows,
        }))
    }

    /// The store directory for the console, by text, a hundred at a time.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_rows(&self, reach: &Reach, text: Option<&str>, cursor: Option<&str>, now: Timestamp) -> Result<StoreRows, StoreError> {
        let directory = self.directory().await?;
        let sought = text.and_then(Needle::of);
        let list = List::of(["directory", text.unwrap_or_default()]);
        let from = list.before(cursor)?;
        let hits: Vec<&StoreProfile> = directory.iter().filter(|s| reach.store(&s.store) && sought.as_ref().is_none_or(|t| s.matches(t))).collect();
        let next = (hits.len() > from.saturating_add(100)).then(|| list.behind_first(from.saturating_add(100)));
        let total = u32::try_from(hits.len()).unwrap_or(u32::MAX);
        Ok(StoreRows { total, rows: hits.into_iter().skip(from).take(100).map(|s| store_row(s, now)).collect(), next })
    }

    /// Settlement of one store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn settlement_of(&self, store: &StoreId, cursor: Option<&str>) -> Result<SettlementView, StoreError> {
        let (sum, (postings, next)) = futures::try_join!(self.ledger_sum(store), self.postings(store, 20, cursor))?;
        let sums: Vec<LedgerSum> = sum.into_iter().collect();
        Ok(settlement_view(&sums, &postings, next))
    }

    /// Settlement of the chain, or of a part of it: sums per store, and the newest postings of the stores that sold most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn hq_settlement(&self, reach: &Reach) -> Result<HqSettlement, StoreError> {
        let (mut sums, directory) = futures::try_join!(self.ledger_sums(), self.directory())?;
        sums.retain(|s| reach.store(&s.store));
        sums.sort_by(|a, b| b.gross.cmp(&a.gross).then_with(|| a.store.cmp(&b.store)));
        let newest = futures::future::try_join_all(sums.iter().take(20).map(|s| self.postings(&s.store, 10, None))).await?;
        let mut postings: Vec<Posting> = newest.into_iter().flat_map(|(p, _)| p).collect();
        postings.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.order.cmp(&a.order)));
        postings.truncate(30);
        let stores = sums
            .iter()
            .map(|s| {
                let profile = directory.iter().find(|d| d.store == s.store);
                StoreShare {
                    store: s.store.clone(),
                    name: profile.map_or_else(|| s.store.to_string(), |p| p.name.clone()),
                    mode: profile.map_or(liandian_types::Mode::Direct, |p| p.mode),
                    orders: s.orders,
                    gross: s.gross,
                    hq: s.hq,
                    share: s.stores,
                }
            })
            .collect();
        Ok(HqSettlement { total: settlement_view(&sums, &postings, None), stores })
    }

    /// Transfers of a store with what it may do next.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn transfer_list(&self, store: &StoreId) -> Result<TransferList, StoreError> {
        let ((out, into, more), held) = futures::try_join!(self.transfers_of(store, 100, 10), self.held_by_unpaid(store, HELD_SHOWN))?;
        let party = Party::Store(store.clone());
        let cards = |ts: Vec<Transfer>| ts.iter().map(|t| transfer_card(t, &party)).collect();
        let more = more || held.len() >= usize_of(HELD_SHOWN);
        Ok(TransferList { outgoing: cards(out), incoming: cards(into), more, held: held.iter().map(held_goods).collect() })
    }

    /// Open transfers of the chain, or from and to a part of it, the oldest of them one by one, and what all of them have on its way and its worth.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn transfers_in_flight(&self, reach: &Reach) -> Result<TransfersInFlight, StoreError> {
        let library = self.library().await?;
        let prices: HashMap<&SkuId, i64> = library.iter().map(|s| (&s.sku, s.price.0)).collect();
        let (mut open, mut units, mut value, mut transfers) = (0_u32, 0, 0, Vec::new());
        self.each_open_transfer(|t| {
            if !touches(reach, &t) {
                return;
            }
            open = open.saturating_add(1);
            if transfers.len() < FLIGHTS_SHOWN {
                transfers.push(transfer_card(&t, &Party::Hq));
            }
            for l in t.lines.iter().filter(|_| matches!(t.state, TransferState::InTransit | TransferState::Returning)) {
                units += l.units();
                value += l.units() * prices.get(&l.sku).copied().unwrap_or(0);
            }
        })
        .await?;
        Ok(TransfersInFlight { transfers, open, units, value: Fen(value) })
    }

    /// Everything that placing (or quoting) an order looks at, in one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn placement(&self, ask: PlacementAsk<'_>) -> Result<PlacementRead, StoreError> {
        let shelf = ask.store.shelf();
        let mut keys = vec![profile_key(ask.store)];
        keys.extend(ask.member.map(crate::members::member_key));
        keys.extend(ask.member.map(crate::commit::holds_key));
        keys.extend(ask.placed.into_iter().flat_map(|o| [crate::keys::HEAD, crate::keys::BODY].map(|sk| Key::cell(crate::keys::order(o), sk))));
        for s in ask.skus {
            keys.push(crate::catalog::sku_key(s));
            keys.push(crate::catalog::listing_key(ask.store, s));
            keys.push(stock_key(&shelf, s));
            keys.extend(ask.source.map(|l| stock_key(l, s)));
        }
        let recent = async {
            match ask.member {
                Some(m) => self.orders_of_member(m, RECENT, None).await.map(|(heads, _)| heads),
                None => Ok(Vec::new()),
            }
        };
        let (items, recent) = futures::try_join!(self.batch_get(&keys, ask.strong), recent)?;
        let mut items = items.into_iter();
        let mut next = || items.next().flatten();
        let profile = next();
        let person = ask.member.and_then(|_| next());
        let holds = ask.member.and_then(|_| next()).map(parse).transpose()?;
        let placed = ask.placed.and_then(|_| next().zip(next()));
        let mut lines = Vec::with_capacity(ask.skus.len());
        for _ in ask.skus {
            lines.push(LineRead {
                library: next().map(parse).transpose()?,
                listing: next().map(parse).transpose()?,
                stock: dated(next())?,
                source: if ask.source.is_some() { dated(next())? } else { Default::default() },
            });
        }
        Ok(PlacementRead {
            store: profile.map(parse).transpose()?,
            member: person.map(parse).transpose()?,
            holds: ask.member.map(|m| holds.unwrap_or_else(|| Holds::none(m.clone()))),
            placed: placed.map(|(head, body)| Ok::<_, StoreError>((parse(head)?, parse(body)?))).transpose()?,
            lines,
            recent,
        })
    }

    /// What is known of these orders now, one by one; those that are not there are left out. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_heads(&self, orders: impl IntoIterator<Item = &OrderId>) -> Result<Vec<OrderHead>, StoreError> {
        let keys: Vec<Key> = orders.into_iter().map(|o| Key::cell(crate::keys::order(o), crate::keys::HEAD)).collect();
        self.batch_get(&keys, true).await?.into_iter().flatten().map(parse).collect()
    }

    /// Profiles of these stores, which of the SKUs they list, and their stock of them that lasts until the `day` on which each of them could have it
    /// ready: one wave, as many requests as it takes.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn candidates(
        &self,
        stores: &[StoreId],
        skus: &[SkuId],
        day: impl Fn(&StoreProfile) -> Date,
    ) -> Result<Vec<liandian_domain::sourcing::matching::Candidate>, StoreError> {
        let mut keys = Vec::with_capacity(stores.len() * (1 + skus.len() * 2));
        for s in stores {
            let shelf = s.shelf();
            keys.push(profile_key(s));
            keys.extend(skus.iter().flat_map(|sku| [crate::catalog::listing_key(s, sku), stock_key(&shelf, sku)]));
        }
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let mut out = Vec::with_capacity(stores.len());
        for _ in stores {
            let store: Option<StoreProfile> = items.next().flatten().map(parse).transpose()?;
            let (mut lists, mut shelf) = (Vec::with_capacity(skus.len()), Vec::with_capacity(skus.len()));
            for _ in skus {
                lists.push(items.next().flatten().is_some());
                shelf.push(dated(items.next().flatten())?);
            }
            let Some(store) = store else { continue };
            let by = day(&store);
            let stock = shelf.iter().map(|s| s.until(by)).collect();
            out.push(liandian_domain::sourcing::matching::Candidate { store, lists, waiting: 0, stock });
        }
        Ok(out)
    }
}

/// What placing (or quoting) asks for.
#[derive(Debug, Clone, Copy)]
pub struct PlacementAsk<'a> {
    /// The store.
    pub store: &'a StoreId,
    /// The member, when an order is placed.
    pub member: Option<&'a liandian_types::MemberId>,
    /// The SKUs.
    pub skus: &'a [SkuId],
    /// The transfer's source, or the warehouse that ships.
    pub source: Option<&'a LocationId>,
    /// The order that the client's key stands for: it is there when it was placed before.
    pub placed: Option<&'a OrderId>,
    /// Read what is, rather than what was a moment ago.
    pub strong: bool,
}

/// What placing (or quoting) reads for one line.
#[derive(Debug, Clone)]
pub struct LineRead {
    /// The library's word.
    pub library: Option<LibrarySku>,
    /// The store's word.
    pub listing: Option<Listing>,
    /// Stock on the store's shelf.
    pub stock: Dated,
    /// Stock at the transfer's source, or at the warehouse that ships.
    pub source: Dated,
}

/// What placing (or quoting) reads.
#[derive(Debug, Clone)]
pub struct PlacementRead {
    /// The store.
    pub store: Option<StoreProfile>,
    /// The member.
    pub member: Option<crate::members::Member>,
    /// The order that was placed under the client's key before.
    pub placed: Option<(OrderHead, OrderBody)>,
    /// The lines, in the order asked.
    pub lines: Vec<LineRead>,
    /// What the member's unpaid orders hold; `None` when nobody places an order.
    pub holds: Option<Holds>,
    /// The member's newest orders, as the index has them.
    pub recent: Vec<OrderHead>,
}

fn categories(s: &StoreProfile) -> Vec<Category> {
    s.categories.iter().map(|(key, name)| Category { key: key.clone(), name: name.clone() }).collect()
}

/// A store as the console shows it; a pause that is over is none.
#[must_use]
pub fn store_row(s: &StoreProfile, now: Timestamp) -> StoreRow {
    StoreRow {
        store: s.store.clone(),
        name: s.name.clone(),
        city: s.city.clone(),
        region: s.region.clone(),
        mode: s.mode,
        tier: s.tier,
        status: s.status_at(now),
        address: s.address.clone(),
        point: s.point,
        entrance: s.entrance.clone(),
        hours: s.hours.today_text(now),
        radius_m: s.radius_m,
    }
}

/// How a customer looks for a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindStores<'a> {
    /// Around this point.
    pub near: Option<GeoPoint>,
    /// By name, city or street.
    pub text: Option<&'a str>,
    /// By the code of an entrance.
    pub entrance: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// Which rows of a store's stock.
#[derive(Debug, Clone, Copy)]
pub enum StockPick<'a> {
    /// Page by page, from a cursor on.
    Page(Option<&'a str>),
    /// By text or barcode, from a cursor on.
    Text(&'a str, Option<&'a str>),
    /// What runs low, or is short.
    Low,
    /// What expires, the first ones first.
    Expiring,
}

/// Places as a person chooses among them.
#[must_use]
pub fn place_names(places: &[Location]) -> Vec<PlaceName> {
    places.iter().map(|l| PlaceName { location: l.location.clone(), name: l.name.clone() }).collect()
}

fn place_name(l: &LocationId, directory: &[StoreProfile], warehouses: &[Location]) -> String {
    warehouses
        .iter()
        .find(|w| w.location == *l)
        .map(|w| w.name.clone())
        .or_else(|| l.store().and_then(|s| directory.iter().find(|d| d.store == s).map(|d| d.name.clone())))
        .unwrap_or_else(|| l.to_string())
}

/// A record with what is left of its batches.
fn item_row(i: &StockItem, location_name: &str, library: &[LibrarySku], today: liandian_domain::stock::batch::Date) -> Option<StockRow> {
    let mut row = stock_row(i.sku()?, i.location()?, location_name, &i.stock, library)?;
    (row.shards, row.sold_at) = (i.shards, i.sold_at);
    row.batches = i
        .perishable()
        .left()
        .into_iter()
        .map(|b| BatchView { expires_on: b.expires_on.to_string(), units: b.units, days_left: b.days_left(today) })
        .collect();
    Some(row)
}

fn stock_row(
    sku: SkuId,
    location: LocationId,
    location_name: &str,
    stock: &liandian_domain::stock::record::Stock,
    library: &[LibrarySku],
) -> Option<StockRow> {
    Some(row_of(library.iter().find(|s| s.sku == sku)?, location, location_name, stock))
}

fn row_of(known: &LibrarySku, location: LocationId, location_name: &str, stock: &liandian_domain::stock::record::Stock) -> StockRow {
    StockRow {
        sku: known.sku.clone(),
        name: known.title(),
        barcode: known.barcode.clone(),
        picture: known.picture.clone(),
        tracks_expiry: known.tracks_expiry,
        price: known.price,
        counted_blind: false,
        batches: Vec::new(),
        shards: 0,
        sold_at: None,
        at: None,
        location,
        location_name: location_name.to_owned(),
        on_hand: stock.on_hand,
        reserved: stock.reserved,
        safety: stock.safety,
        available: i64::from(stock.available()),
        incoming: stock.incoming,
    }
}

/// Tills that HQ should look after; each once, the longest first. A store that is not in business (any more) has none.
fn till_rows(tills: Vec<Till>, directory: &[StoreProfile], policy: &StockPolicy, now: Timestamp) -> Vec<TillRow> {
    let patience = i64::from(policy.till_silent) * Timestamp::MINUTE;
    let mut seen = HashSet::new();
    let row = |t: Till| {
        let store = directory.iter().find(|s| s.store == t.store && matches!(s.status, StoreStatus::Open | StoreStatus::Paused))?;
        let silent_since = t.silent_since(&store.hours, patience, now);
        let refusals = t.refusals(now);
        if t.is_gone(now) || (silent_since.is_none() && refusals.is_none()) || !seen.insert((t.store.clone(), t.till.clone())) {
            return None;
        }
        Some(TillRow {
            heard_at: t.heard_at,
            silent_since,
            refused_since: refusals.map(|(since, ..)| since),
            refused: refusals.map_or(0, |(_, n, _)| u32::try_from(n).unwrap_or(u32::MAX)),
            code: refusals.map(|(_, _, last)| last.code),
            field: refusals.and_then(|(_, _, last)| last.field.clone()),
            store: t.store,
            till: t.till,
        })
    };
    let mut rows: Vec<TillRow> = tills.into_iter().filter_map(row).collect();
    rows.sort_by_key(|r| r.silent_since.into_iter().chain(r.refused_since).min());
    rows
}

/// For what a count waits.
fn late_count(c: &Count) -> &'static str {
    match c.state {
        CountState::Open => "盘点未完成",
        CountState::Submitted => "盘点待审批",
        _ => "盘点未入账",
    }
}

/// A claim as people see it; `approver` is who asks, if that person may decide about claims of others.
#[must_use]
pub fn claim_card(c: &Claim, approver: Option<&StaffId>) -> ClaimCard {
    let w = claim::weight(c.kind, &c.lines);
    ClaimCard {
        claim: c.claim.clone(),
        store: c.store.clone(),
        location_name: c.location_name.clone(),
        kind: c.kind,
        state: c.state,
        at: c.at,
        at_text: local_text(c.at, &c.zone),
        by_name: c.by.name.clone(),
        document: c.document.clone(),
        reason: c.reason.clone(),
        lines: c
            .lines
            .iter()
            .map(|l| ClaimLineView {
                sku: l.sku.clone(),
                name: l.name.clone(),
                quantity: l.quantity,
                expires_on: l.expires_on.map(|d| d.to_string()),
                on_hand: l.on_hand,
                value: claim::weight(c.kind, std::slice::from_ref(l)).value,
            })
            .collect(),
        units: w.units,
        value: w.value,
        decided_name: c.decided_by.as_ref().map(|p| p.name.clone()),
        decided_text: c.decided_at.map(|at| local_text(at, &c.zone)),
        answer: c.answer.clone(),
        decides: approver.is_some_and(|staff| claim::decides(c, true, staff)),
    }
}

/// A count in a list.
#[must_use]
pub fn count_card(c: &Count) -> CountCard {
    CountCard {
        count: c.count.clone(),
        kind: c.kind,
        blind: c.blind,
        title: c.title.clone(),
        state: c.state,
        created_text: local_text(c.created_at, &c.zone),
        lines: c.lines,
        counted: c.tally.counted,
        different: c.tally.different,
        over: c.tally.over,
        short: c.tally.short,
        value: c.tally.value,
        reason: c.reason.clone(),
    }
}

/// An order in a list.
#[must_use]
pub fn order_card(h: &OrderHead) -> OrderCard {
    let tail = h.order.as_str();
    OrderCard {
        order: h.order.clone(),
        store: h.store.clone(),
        store_name: h.store_name.clone(),
        state: h.state,
        fulfilment: h.fulfilment,
        total: h.total,
        units: h.units,
        summary: h.summary.clone(),
        placed_at: h.placed_at,
        placed_text: local_text(h.placed_at, &h.zone),
        pay_by: (h.state == OrderState::Placed).then_some(h.pay_by),
        short_code: tail[tail.len().saturating_sub(4)..].to_uppercase(),
        noted: h.noted,
        short: h.shortfall.is_some(),
    }
}

/// Does a transfer leave from, or go to, what somebody may see?
fn touches(reach: &Reach, t: &Transfer) -> bool {
    reach.place(&t.source) || reach.place(&t.target)
}

/// A page of orders, and where the next one begins.
#[must_use]
pub fn order_list(heads: &[OrderHead], next: Option<String>) -> OrderList {
    OrderList { orders: heads.iter().map(order_card).collect(), more: next.is_some(), next }
}

/// An order in full. The caller opens the recipient and adds the pickup code, if the one who asks may see them.
#[must_use]
pub fn order_view(w: &WholeOrder, transfer: Option<(&Transfer, &Party)>, transfer_events: &[liandian_contracts::Envelope]) -> OrderView {
    let mut history: Vec<_> = w.events.iter().chain(transfer_events).collect();
    history.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)));
    let carries = w.deliveries.iter().find(|d| w.head.delivery.as_ref() == Some(&d.delivery));
    let delivery = carries.or(w.deliveries.last()).map(|d| DeliveryView {
        delivery: DeliveryId::clone(&d.delivery),
        state: d.state,
        rider: d.rider.clone(),
        rider_phone: d.rider_phone.clone(),
        attempt: d.attempt,
        calling_off: d.call_off,
        // Of any of them: goods may be with the rider before.
        trouble: w.deliveries.iter().rev().find_map(|d| d.trouble.as_ref()).map(|t| t.text.clone()),
    });
    OrderView {
        card: order_card(&w.head),
        lines: w
            .body
            .lines
            .iter()
            .map(|l| OrderLine {
                sku: l.sku.clone(),
                name: l.name.clone(),
                spec: l.spec.clone(),
                picture: l.picture.clone(),
                quantity: l.quantity,
                price: l.price,
                total: l.total(),
                from_transfer: l.from_transfer,
            })
            .collect(),
        goods: w.head.goods,
        delivery_fee: w.head.delivery_fee,
        pickup_code: None,
        recipient: None,
        counter: None,
        delivery,
        transfer: transfer.map(|(t, seen_by)| transfer_card(t, seen_by)),
        served_by: w.head.served_by().clone(),
        ships_from: w.head.shipper.as_ref().map(|s| s.name.clone()),
        promised_text: w.head.promised_by().map(|t| local_text(t, &w.head.zone)),
        promise_over: false,
        may_cancel: may_call_off(&w.head, transfer.map(|(t, _)| t), carries).is_ok(),
        pick_up_by_text: w.head.pick_up_by().map(|t| local_text(t, &w.head.zone)),
        parcel: w.head.parcel.as_ref().map(|p| ParcelView {
            carrier: p.carrier,
            number: p.number.clone(),
            shipped_at: p.shipped_at,
            received_by_text: local_text(p.shipped_at.plus(TAKEN_FOR_RECEIVED), &w.head.zone),
        }),
        history: history
            .into_iter()
            .filter_map(|e| Some(HistoryEntry { at: e.at, at_text: local_text(e.at, &w.head.zone), text: e.event.told()? }))
            .collect(),
        note: None,
        shortfall: None,
        ended_text: None,
        withdrawn: w.body.withdrawn.iter().map(|l| MissingLine { sku: l.sku.clone(), name: l.name.clone(), quantity: l.units }).collect(),
        given_back: (w.head.given_back != Fen::ZERO).then_some(w.head.given_back),
    }
}

/// A transfer as the customer sees it whose order waits for it: from where to where, and how far. What the staff say to each other is theirs.
#[must_use]
pub fn for_customer(t: TransferCard) -> TransferCard {
    let lines = t.lines.into_iter().map(|l| TransferLine { accepted: None, fewer: None, reason: None, received: None, ..l }).collect();
    TransferCard { by_hq: false, note: None, reason: None, due: None, reminders: 0, steps: Vec::new(), lines, ..t }
}

/// A transfer as the staff of a store, or HQ, sees it.
#[must_use]
pub fn transfer_card(t: &Transfer, seen_by: &Party) -> TransferCard {
    TransferCard {
        transfer: t.transfer.clone(),
        state: t.state,
        source: t.source.clone(),
        source_name: t.source_name.clone(),
        target: t.target.clone(),
        target_name: t.target_name.clone(),
        order: t.order.clone(),
        by_hq: t.asked.as_ref().is_some_and(|a| a.hq),
        note: t.asked.as_ref().and_then(|a| a.note.clone()),
        reason: t.reason.clone(),
        lines: t
            .lines
            .iter()
            .map(|l| TransferLine {
                sku: l.sku.clone(),
                name: l.name.clone(),
                quantity: l.quantity,
                accepted: l.accepted,
                fewer: l.fewer.clone(),
                reason: l.reason.clone(),
                received: l.received,
            })
            .collect(),
        due: t.due,
        created_text: local_text(t.created_at, &t.zone),
        created_at: t.created_at,
        reminders: t.reminders,
        steps: t.steps_for(seen_by),
        on_acceptance: t.is_on_acceptance(),
    }
}

/// Goods that wait for an order's payment, as their store sees them: nothing of who ordered.
fn held_goods(t: &Transfer) -> HeldGoods {
    let TransferCard { transfer, source, target_name, lines, .. } = transfer_card(t, &Party::Store(t.source_keeper.clone()));
    let until = t.created_at.plus(PAYMENT_WINDOW);
    HeldGoods { transfer, source, target_name, lines, until, until_text: local_text(until, &t.zone) }
}

fn settlement_view(sums: &[LedgerSum], postings: &[Posting], next: Option<String>) -> SettlementView {
    SettlementView {
        orders: sums.iter().map(|s| s.orders).sum(),
        gross: sums.iter().map(|s| s.gross).sum(),
        hq: sums.iter().map(|s| s.hq).sum(),
        stores: sums.iter().map(|s| s.stores).sum(),
        postings: postings.iter().map(posting_view).collect(),
        next,
    }
}

fn posting_view(p: &Posting) -> PostingView {
    PostingView {
        posting: p.posting.clone(),
        order: p.order.clone(),
        store: p.store.clone(),
        at: p.at,
        at_text: local_text(p.at, liandian_domain::stores::hours::CHINA),
        rule: p.rule.clone(),
        payable_from: p.payable_from,
        entries: p
            .entries
            .iter()
            .map(|e| EntryView { account: e.account.name(&p.store), title: e.account.title().to_owned(), amount: e.amount })
            .collect(),
    }
}
