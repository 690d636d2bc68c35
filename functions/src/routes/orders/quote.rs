//! Pricing a cart, and how it can be had when the chosen store lacks something.

use liandian_domain::{
    governance::terms::Terms,
    orders::{
        place::{self, Way},
        quote::{Elsewhere, Quoting},
        slots::{Booking, choose},
    },
    sourcing::ways::Shortage,
    stores::profile::StoreProfile,
};
use liandian_store::orders::PlacementAsk;
use liandian_types::{
    Code, MemberId, Problem, SkuId, Timestamp,
    api::{CartLine, Offer, Quote, QuoteRequest, SlotDay},
};

use crate::{
    App,
    auth::SESSION_COOKIE,
    flows::{
        marketing,
        orders::{slots, wanted},
        sourcing::{others, sender, ships_from, ways_out},
    },
    http::{Call, Failure, Reply},
    quotes,
};

/// Prices a cart.
///
/// # Errors
/// `bad_request`, `not_found` for the store, `not_listed` naming the lines. Whatever else speaks against ordering it is in
/// the quote's `refusal`.
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    let r = asked(&call)?;
    let now = call.now;
    let skus: Vec<SkuId> = r.lines.iter().chain(&r.besides).map(|l| l.sku.clone()).collect();
    let ships_from = ships_from(&app, r.fulfilment, r.ship_from.as_ref(), now).await?;
    let source = ships_from.as_ref().map(|(l, _)| &l.location);
    let ask = PlacementAsk { store: &r.store, member: None, skus: &skus, source, placed: None, strong: false };
    let offered = async {
        let member = asker(&app, &call).await?;
        let cart: Vec<SkuId> = r.lines.iter().map(|l| l.sku.clone()).collect();
        let offered = Box::pin(marketing::shown(&app, &r.store, member.as_ref(), &cart, r.coupons.as_deref(), now)).await?;
        Ok::<_, Failure>((offered, member))
    };
    let reads = async {
        let store = std::slice::from_ref(&r.store);
        let tables = &app.tables;
        Ok::<_, Failure>(futures::try_join!(tables.placement(ask), tables.waiting(store), tables.policies(), tables.settings())?)
    };
    let ((read, busy, policies, settings), (mut offered, member)) = futures::try_join!(reads, offered)?;
    offered.fees = policies.fees;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let mut found = read.lines;
    let beside = found.split_off(r.lines.len().min(found.len()));
    let terms = Terms::of(settings.iter(), &store, now);
    let here = &store.store;
    let (lines, besides) = (wanted(&r.lines, found, here, &terms, now), wanted(&r.besides, beside, here, &terms, now));
    let way = Way { fulfilment: r.fulfilment, store: &store, ships_from: ships_from.as_ref().map(|(l, staffed)| (l, *staffed)), to: r.to };
    let waiting = busy.get(&store.store).copied().unwrap_or(0);
    let mut quoting = Quoting::of(&lines, way, &offered, &policies.holds, waiting, now)?;
    // What is there anyway is not fetched from elsewhere.
    if let Some(l) = r.transfer_from.as_ref().filter(|_| ships_from.is_none() && !quoting.missing().is_empty()) {
        let (from, staffed) = sender(&app, &store, l, now).await?;
        quoting = quoting.with_transfer(&from, staffed);
    }
    let (days, booked, quoting) = for_slot(&app, &r, &store, &terms, quoting, now).await?;
    let offers = elsewhere(&app, &r, way, &quoting, &call).await?;
    let promise = quoting.promise(member.as_ref());
    let token = quotes::signed(&app, &promise)?;
    let said = wants_terms(&call).then(|| serde_json::to_string(&quoting.question(&besides)).ok()).flatten();
    let valid_until = token.is_some().then_some(promise.until);
    let quote = Quote { token, valid_until, terms: said, slots: days, ..quoting.quote(&besides, offers) };
    Reply::json(&match booked {
        Some(b) => Quote { ready_text: b.time.soon_text(now, &store.hours.zone), ..quote },
        None => quote,
    })
}

/// The slots of the way that is asked about, where they are asked for, and the cart as it is had in the one that the customer chose.
async fn for_slot<'a>(
    app: &App,
    r: &QuoteRequest,
    store: &StoreProfile,
    terms: &Terms,
    quoting: Quoting<'a>,
    now: Timestamp,
) -> Result<(Vec<SlotDay>, Option<Booking>, Quoting<'a>), Failure> {
    let policy = terms.policy().slots();
    // What is fetched from elsewhere must come first.
    let ready = if quoting.ready_by() > quoting.ready_here { quoting.ready_by() } else { Timestamp(0) };
    let slot = r.slot.as_deref();
    let days = async {
        if !r.slots && slot.is_none() {
            return Ok(Vec::new());
        }
        slots::offered(app, store, &policy, r.fulfilment, ready, now).await
    };
    let (days, count) = futures::try_join!(days, slots::count(app, &store.store, r.fulfilment, slot, false))?;
    let Some(slot) = slot else { return Ok((days, None, quoting)) };
    Ok(match choose(store, &policy, r.fulfilment, slot, &count, ready, now) {
        Ok(booked) => {
            let quoting = quoting.with_slot(&booked);
            (days, Some(booked), quoting)
        }
        Err(why) => (days, None, quoting.without_slot(why)),
    })
}

/// Does a page ask for what it needs to price the cart by itself?
fn wants_terms(call: &Call) -> bool {
    call.query.get("terms").is_some_and(|v| v == "1")
}

/// The member who asks, if one does: a quote is for anybody, and what is left of a campaign for a person is for who says who he is.
async fn asker(app: &App, call: &Call) -> Result<Option<MemberId>, Failure> {
    let bearer = call.headers.get("authorization").and_then(|h| h.strip_prefix("Bearer "));
    let cookie = call.headers.get("cookie").and_then(|c| app.cookie(c, SESSION_COOKIE));
    match bearer.or(cookie) {
        Some(token) => Ok(app.member(token, call.now).await?.map(|session| session.member)),
        None => Ok(None),
    }
}

fn asked(call: &Call) -> Result<QuoteRequest, Failure> {
    let r: QuoteRequest = call.json()?;
    if r.to.is_some_and(|p| !p.is_a_place()) {
        return Err(Problem::new(Code::BadRequest, "坐标无效").at("to").into());
    }
    if r.lines.len() + r.besides.len() > place::MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("购物车需要 1 到 {} 种商品", place::MAX_LINES)).at("lines").into());
    }
    Ok(r)
}

/// Where else the cart may be had, and how many stores that may have it were not asked.
async fn elsewhere(app: &App, r: &QuoteRequest, way: Way<'_>, quoting: &Quoting<'_>, call: &Call) -> Result<(Vec<Offer>, u32), Failure> {
    match quoting.elsewhere() {
        Elsewhere::Nowhere => Ok((Vec::new(), 0)),
        Elsewhere::OtherStores => others(app, way.store, quoting.from(), &r.lines, r.fulfilment, call.now).await,
        Elsewhere::Short(missing) => {
            let shortage = Shortage {
                store: way.store,
                lines: &r.lines,
                missing: &missing,
                fulfilment: r.fulfilment,
                from: quoting.from(),
                distance_m: quoting.distance_m(),
                ready_here: quoting.ready_here,
                delivery_fee: &|part: &[CartLine], metres| quoting.delivery_fee(part, metres),
                parcel_fee: &|metres| quoting.parcel_fee(&r.lines, metres),
            };
            ways_out(app, &shortage, call.now).await
        }
    }
}
