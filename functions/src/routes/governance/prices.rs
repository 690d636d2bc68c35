//! A store's own prices: inside its policy at once, outside it by asking.

use liandian_domain::{
    Decision, Refusable,
    governance::{
        price::Offer,
        store_prices::{self, At, Author, Outcome},
        terms::Terms,
    },
};
use liandian_types::{
    Code, Problem, RequestId, SkuId, StoreId, Timestamp,
    api::{EndTimed, OfferTimed, PriceAnswer, SetStorePrice},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::prices::{FindPrices, listed, price_why, request_cards, row_now, store_prices as prices_view},
};

/// What the store asks for its goods, with HQ's prices, limits and what waits.
///
/// # Errors
/// `bad_cursor`.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let ask = FindPrices { text: call.q("q"), cursor: call.q("cursor") };
    Reply::json(&prices_view(&app, &call.store()?, ask, call.now).await?)
}

/// Why the store sells it at its price: each level's value, its rule, who and when.
///
/// # Errors
/// `not_found` when the store does not list it.
pub async fn why(app: App, call: Call) -> Result<Reply, Failure> {
    let sku: SkuId = call.param("sku")?;
    Reply::json(&price_why(&app, &call.store()?, &sku, call.now).await?)
}

/// Sets the store's own price, or goes back to HQ's.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the listing was changed since it was seen; `not_found` when the store does not list it.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetStorePrice = call.json()?;
    let (store, sku, by) = (call.store()?, call.param("sku")?, call.staff()?.sub.clone());
    let id: RequestId = app.id();
    let author = Author { by: &by, why: &ask.why, seen: ask.version, id: &id };
    let outcome = changed(&app, &store, &sku, call.now, |at| store_prices::set(at, ask.price, author, call.now)).await?;
    answer(&app, &store, &sku, outcome, call.now).await
}

/// Offers a price for a while.
///
/// # Errors
/// As [`set`].
pub async fn offer(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: OfferTimed = call.json()?;
    let (store, sku, by) = (call.store()?, call.param("sku")?, call.staff()?.sub.clone());
    let offer = match (ask.price, ask.off) {
        (Some(price), None) => Offer::Price(price),
        (None, Some(off)) => Offer::Off(off),
        _ => return Err(Problem::new(Code::BadRequest, "请填写限时价或折扣其中一项").at("price").into()),
    };
    let (id, when): (RequestId, _) = (app.id(), (ask.from.unwrap_or(call.now), ask.until));
    let author = Author { by: &by, why: &ask.why, seen: ask.version, id: &id };
    let outcome = changed(&app, &store, &sku, call.now, |at| store_prices::offer(at, offer, when, author, call.now)).await?;
    answer(&app, &store, &sku, outcome, call.now).await
}

/// Ends a limited-time price, or calls off one to come.
///
/// # Errors
/// As [`set`]; `not_found` when there is no such price.
pub async fn end(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: EndTimed = call.json()?;
    let (store, sku, by) = (call.store()?, call.param("sku")?, call.staff()?.sub.clone());
    let (id, number): (RequestId, _) = (app.id(), usize::try_from(ask.number).unwrap_or(usize::MAX));
    let author = Author { by: &by, why: &ask.why, seen: ask.version, id: &id };
    let outcome = changed(&app, &store, &sku, call.now, |at| store_prices::end(at, number, author)).await?;
    answer(&app, &store, &sku, outcome, call.now).await
}

/// Reads a listing as it is now, decides, and commits.
async fn changed(
    app: &App,
    store: &StoreId,
    sku: &SkuId,
    now: Timestamp,
    decide: impl Fn(&At<'_>) -> Refusable<(Outcome, Decision)> + Send + Sync,
) -> Result<Outcome, Failure> {
    let decide = &decide;
    transact(app, now, |_| async move {
        let settings = async { Ok::<_, Failure>(app.tables.settings().await?) };
        let ((profile, listing, sku), settings) = futures::try_join!(Box::pin(listed(app, store, sku)), settings)?;
        let terms = Terms::of(settings.iter(), &profile, now);
        let (outcome, decision) = decide(&At { store, listing: &listing, sku: &sku, terms: &terms })?;
        Ok(Plan::new(outcome, decision))
    })
    .await
}

async fn answer(app: &App, store: &StoreId, sku: &SkuId, outcome: Outcome, now: Timestamp) -> Result<Reply, Failure> {
    let asked = match outcome {
        Outcome::InForce(_) => Vec::new(),
        Outcome::Waits(r) => vec![*r],
    };
    let (row, cards) = futures::try_join!(Box::pin(row_now(app, store, sku, now)), Box::pin(request_cards(app, &asked, None)))?;
    Reply::json(&PriceAnswer { in_force: asked.is_empty(), request: cards.into_iter().next(), row })
}
