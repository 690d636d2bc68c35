//! Lists of orders.

use liandian_domain::{orders::order::OrderHead, stores::hours::day_named};
use liandian_store::read::order_list;
use liandian_types::{AccessAct, Code, OrderState, PersonalField, Problem, StoreId, Timestamp, api::OrderList, text};

use crate::{
    App,
    access::{Look, looked},
    http::{Call, Failure, Reply},
    people::phone_tail,
};

/// How many orders a search shows.
const FOUND: usize = 60;
/// How far back a search without a day looks.
const LOOKS_BACK: i64 = 14 * Timestamp::DAY;

/// The member's orders, newest first.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_member(app: App, call: Call) -> Result<Reply, Failure> {
    let (heads, next) = app.tables.orders_of_member(call.member()?, 20, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Orders that a store serves, in one state; those to prepare when none is named. Parcels on their way are a list of their own, `shipped`.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    if call.q("state") == Some("shipped") {
        let (heads, next) = app.tables.parcels_of_store(&call.store()?, 50, call.q("cursor")).await?;
        return Reply::json(&order_list(&heads, next));
    }
    if call.q("q").is_some_and(|q| !q.trim().is_empty()) || call.q("date").is_some_and(|d| !d.is_empty()) {
        let look = Look { staff: call.staff()?, act: AccessAct::FindByPhone, from: &call.client, now: call.now };
        return Reply::json(&find(&app, &call.store()?, call.q("q"), call.q("date"), look).await?);
    }
    let state: OrderState = match call.q("state") {
        None => OrderState::Preparing,
        Some(s) => s.parse().map_err(|_| Problem::new(Code::BadRequest, "没有这个订单状态").at("state"))?,
    };
    let (heads, next) = app.tables.orders_of_store(&call.store()?, state, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Orders that a store serves, whatever their state, of one day or of the last two weeks: by the four characters that are called out at the counter,
/// the last four digits of the recipient's phone, the whole id, or the pickup code. Of more than a page, `more` says so. Orders that were found by a
/// phone are on record before they are told: whoever finds them knows whose they are.
///
/// # Errors
/// `bad_request` for a day that there is not; `not_found` for the store.
pub async fn find(app: &App, store: &StoreId, words: Option<&str>, day: Option<&str>, look: Look<'_>) -> Result<OrderList, Failure> {
    let now = look.now;
    let zone = app.tables.store(store).await?.ok_or_else(|| Failure::not_found("门店"))?.hours.zone;
    let when = match day.filter(|d| !d.is_empty()) {
        None => (now.plus(-LOOKS_BACK), now.plus(1)),
        Some(day) => day_named(day, &zone).ok_or_else(|| Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at("date"))?,
    };
    let words = text::squeeze(words.unwrap_or_default());
    let tail = phone_tail(app.keys()?, store, &words);
    let fits = |h: &OrderHead| {
        let id = text::squeeze(h.order.as_str());
        words.is_empty()
            || (words.len() >= 4 && id.ends_with(&words))
            || (tail.is_some() && h.tail == tail)
            || (words.len() == super::pickup::DIGITS && liandian_partners::sign::same(&h.pickup_code, &words))
    };
    let (heads, more) = app.tables.find_orders(store, when, FOUND, fits).await?;
    // That nobody with this phone has bought here is an answer, too.
    if tail.is_some() {
        let by_phone: Vec<_> = heads.iter().filter(|h| h.tail == tail).map(|h| h.order.clone()).collect();
        looked(app, look, store, by_phone, vec![PersonalField::Phone]).await?;
    }
    Ok(OrderList { more, ..order_list(&heads, None) })
}
