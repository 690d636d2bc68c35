//! Stock of one place: its records, its shortfalls, the documents that changed it.

use std::collections::HashSet;

use liandian_domain::{
    catalog::LibrarySku,
    orders::order::OrderHead,
    stock::{batch::Date, record::Stock},
    stores::hours::{day, local_text},
};
use liandian_store::{
    StoreError, Tables,
    cursor::List,
    stock::{movements::MovementsWanted, records::StockItem},
};
use liandian_types::{
    LocationId, MovementKind, OrderId, OrderState, Permission, SkuId, StoreId, Timestamp, TransferState,
    api::{
        BatchView, DatedUnits, MovementCard, MovementLineView, MovementList, ShortGoods, ShortList, ShortOrder, ShortTransfer, StockList, StockRow,
    },
    text::Needle,
};

use crate::{
    App,
    auth::Staff,
    flows::stock::{counts, shelf},
    http::Failure,
    views::{
        catalog::search::{found_in, sought_at},
        days,
        orders::order_card,
        stores::place_names,
        transfers::{HELD_SHOWN, held_goods},
        usize_of,
    },
};

/// Orders in one state, and transfers, among which those are looked for that goods are promised to.
const PROMISES_SHOWN: i32 = 300;

/// Records of a location that expire, as many as a list shows.
const EXPIRING_SHOWN: usize = 100;

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

/// Stock of a location, in a time zone: by text, what is low, what expires, or page by page.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn stock_list(tables: &Tables, at: &shelf::Place, pick: StockPick<'_>, now: Timestamp) -> Result<StockList, StoreError> {
    let (place, zone) = (&at.here, at.zone.as_str());
    let (library, held) = futures::try_join!(tables.library_of(&place.keeper), tables.held_by_unpaid(&place.keeper, HELD_SHOWN))?;
    let shelf = &place.location;
    let (items, next, more) = match pick {
        StockPick::Text(t, cursor) if Needle::of(t).is_some() => {
            let list = List::of(["stock", shelf.as_str(), t]);
            let hits = sought_at(tables, Some(&place.keeper), Some(t)).await?.unwrap_or_default();
            let (hits, next) = found_in(hits, list, cursor)?;
            let at: Vec<_> = hits.into_iter().map(|sku| (shelf.clone(), sku)).collect();
            // What the shelf never had counts as zero: the first of it may be coming in.
            (tables.stock_items(&at).await?, next, false)
        }
        StockPick::Low => {
            let (items, more) = tables.low(Some(shelf), tables.policy_of(&at.standing, now).await?.stock().low_at, &library).await?;
            (items, None, more)
        }
        StockPick::Expiring => {
            let mut all = tables.expiring(shelf).await?;
            let more = all.len() > EXPIRING_SHOWN;
            all.truncate(EXPIRING_SHOWN);
            let at: Vec<_> = all.into_iter().map(|s| (shelf.clone(), s)).collect();
            (tables.stock_items(&at).await?, None, more)
        }
        StockPick::Page(cursor) | StockPick::Text(_, cursor) => {
            let (items, next) = tables.stock_of(shelf, 50, cursor).await?;
            (items, next, false)
        }
    };
    let today = day(now, zone);
    let held = held.iter().filter(|t| t.source == *shelf).map(held_goods).collect();
    Ok(StockList { rows: items.iter().filter_map(|i| item_row(i, &place.name, &library, today)).collect(), more, next, places: Vec::new(), held })
}

/// Goods of a location of which more is promised than is there, worst first, and what they are promised to: orders and transfers, the newest
/// first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn short_list(tables: &Tables, at: &shelf::Place, now: Timestamp) -> Result<ShortList, StoreError> {
    let place = &at.here;
    let low = stock_list(tables, at, StockPick::Low, now).await?;
    let short: Vec<StockRow> = low.rows.into_iter().filter(|r| r.on_hand < r.reserved).collect();
    if short.is_empty() {
        return Ok(ShortList { goods: Vec::new(), more: false });
    }
    let states = [OrderState::Placed, OrderState::AwaitingTransfer, OrderState::Preparing, OrderState::Ready];
    let pages = futures::future::try_join_all(states.map(|s| tables.newest_of_store(&place.keeper, s, PROMISES_SHOWN)));
    let (pages, (mut transfers, ..), held) =
        futures::try_join!(pages, tables.transfers_of(&place.keeper, PROMISES_SHOWN, 1), tables.held_by_unpaid(&place.keeper, PROMISES_SHOWN))?;
    let full = transfers.len() >= usize_of(PROMISES_SHOWN);
    let more = full || pages.iter().any(|p| p.len() >= usize_of(PROMISES_SHOWN));
    let mut heads: Vec<OrderHead> = pages.into_iter().flatten().filter(|h| h.location() == place.location).collect();
    heads.sort_by(|a, b| b.placed_at.cmp(&a.placed_at).then_with(|| b.order.cmp(&a.order)));
    transfers.extend(held);
    transfers.retain(|t| t.source == place.location && t.at_source());
    transfers.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.transfer.cmp(&a.transfer)));
    let ids: Vec<OrderId> = heads.iter().map(|h| h.order.clone()).collect();
    let bodies = tables.order_bodies(&ids).await?;
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

/// Documents of one page.
const DOCUMENTS: usize = 30;

/// Which documents somebody looks for, as an address has it. Empty texts ask for nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct MovementAsk<'a> {
    /// Of this SKU.
    pub sku: Option<&'a SkuId>,
    /// Of goods that these words find in the library.
    pub text: Option<&'a str>,
    /// Of this kind.
    pub kind: Option<MovementKind>,
    /// From this day on, as the store counts days.
    pub from: Option<&'a str>,
    /// Until this day, which is in it.
    pub to: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

impl MovementAsk<'_> {
    /// The list of what is looked for, as its cursors are bound to it.
    fn list(&self, location: &LocationId) -> List {
        let kind = self.kind.map(MovementKind::as_str);
        let sku = self.sku.map(SkuId::as_str);
        let said = [sku, self.text, kind, self.from, self.to].map(Option::unwrap_or_default);
        List::of(["movements", location.as_str()].into_iter().chain(said))
    }

    fn is_all(&self) -> bool {
        let texts = [self.text, self.from, self.to];
        self.sku.is_none() && self.kind.is_none() && texts.iter().all(|t| t.is_none_or(|t| t.trim().is_empty()))
    }
}

/// Documents that changed the stock of a location and that are looked for, newest first, their times in a zone. Of a document only the lines of the
/// goods are told that were looked for.
///
/// # Errors
/// `bad_request` naming a day that there is not; else [`StoreError`] from the engine.
pub async fn movement_list(tables: &Tables, location: &LocationId, zone: &str, ask: MovementAsk<'_>) -> Result<MovementList, Failure> {
    let (since, until) = days(ask.from, ask.to, zone)?;
    let store = location.store();
    let (library, hits) = futures::try_join!(tables.library_at(location), sought_at(tables, store.as_ref(), ask.text))?;
    let skus: Option<HashSet<SkuId>> = match (ask.sku, hits) {
        (Some(sku), _) => Some(HashSet::from([sku.clone()])),
        (None, Some(sought)) => Some(sought.into_iter().collect()),
        (None, None) => None,
    };
    let (mut movements, next) = if ask.is_all() {
        tables.newest_movements(location, i32::try_from(DOCUMENTS).unwrap_or(i32::MAX), ask.cursor).await?
    } else {
        let wanted = MovementsWanted { skus: skus.clone(), kind: ask.kind, since, until };
        tables.find_movements(location, &wanted, ask.list(location), DOCUMENTS, ask.cursor).await?
    };
    if let Some(skus) = &skus {
        movements.iter_mut().for_each(|m| m.lines.retain(|l| skus.contains(&l.sku)));
    }
    let people: Vec<&str> = movements.iter().flat_map(|m| m.actor.iter().chain(&m.approved_by)).map(String::as_str).collect();
    let names = tables.staff_names(people.into_iter()).await?;
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

/// Which rows a query asks for; `None` for a list that there is not.
#[must_use]
pub fn pick<'a>(show: Option<&str>, text: Option<&'a str>, cursor: Option<&'a str>) -> Option<StockPick<'a>> {
    match (show, text) {
        (Some("low"), _) => Some(StockPick::Low),
        (Some("expiring"), _) => Some(StockPick::Expiring),
        (Some(other), _) if !other.is_empty() => None,
        (_, Some(text)) => Some(StockPick::Text(text, cursor)),
        _ => Some(StockPick::Page(cursor)),
    }
}

/// Stock of a place of a store. Who counts it blindly does not read here what the record says.
///
/// # Errors
/// `not_found` for a place that the store does not keep.
pub async fn stock_of_place(
    app: &App,
    store: &StoreId,
    at: Option<&LocationId>,
    pick: StockPick<'_>,
    staff: &Staff,
    now: Timestamp,
) -> Result<StockList, Failure> {
    let place = shelf::place(app, store, at).await?;
    let mut list = stock_list(&app.tables, &place, pick, now).await?;
    let skus: Vec<SkuId> = list.rows.iter().map(|r| r.sku.clone()).collect();
    let blind = counts::blind_to(app, &place.here.location, &skus, staff).await?;
    for row in list.rows.iter_mut().filter(|r| blind.contains(&r.sku)) {
        (row.counted_blind, row.on_hand, row.available) = (true, 0, 0);
        row.batches.clear();
    }
    Ok(StockList { places: place_names(&place.all), ..list })
}

/// Shortfalls of a place of a store. To which orders and transfers the goods are promised is for those who may see orders and transfers.
///
/// # Errors
/// `not_found` for a place that the store does not keep.
pub async fn short_of_place(app: &App, store: &StoreId, at: Option<&LocationId>, staff: &Staff, now: Timestamp) -> Result<ShortList, Failure> {
    let place = shelf::place(app, store, at).await?;
    let mut list = short_list(&app.tables, &place, now).await?;
    for goods in &mut list.goods {
        if !staff.permissions.contains(&Permission::OrderRead) {
            goods.orders.clear();
        }
        if !staff.permissions.contains(&Permission::TransferRead) {
            goods.transfers.clear();
        }
    }
    Ok(list)
}

/// Documents that changed the stock of a place of a store. For which order or transfer is for those who may see orders and transfers.
///
/// # Errors
/// `not_found` for a place that the store does not keep; `bad_request` naming a day that there is not.
pub async fn movements_of_place(
    app: &App,
    store: &StoreId,
    at: Option<&LocationId>,
    ask: MovementAsk<'_>,
    staff: &Staff,
) -> Result<MovementList, Failure> {
    let place = shelf::place(app, store, at).await?;
    let mut list = movement_list(&app.tables, &place.here.location, &place.zone, ask).await?;
    for m in &mut list.movements {
        if !staff.permissions.contains(&Permission::OrderRead) {
            m.order = None;
        }
        if !staff.permissions.contains(&Permission::TransferRead) {
            m.transfer = None;
        }
    }
    Ok(MovementList { places: place_names(&place.all), ..list })
}

/// A record with what is left of its batches.
pub(super) fn item_row(i: &StockItem, location_name: &str, library: &[LibrarySku], today: Date) -> Option<StockRow> {
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

pub(super) fn stock_row(sku: SkuId, location: LocationId, location_name: &str, stock: &Stock, library: &[LibrarySku]) -> Option<StockRow> {
    Some(row_of(library.iter().find(|s| s.sku == sku)?, location, location_name, stock))
}

pub(super) fn row_of(known: &LibrarySku, location: LocationId, location_name: &str, stock: &Stock) -> StockRow {
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
        cover_days: None,
        location,
        location_name: location_name.to_owned(),
        on_hand: stock.on_hand,
        reserved: stock.reserved,
        safety: stock.safety,
        available: i64::from(stock.available()),
        incoming: stock.incoming,
    }
}
