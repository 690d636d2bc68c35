//! Having an order carried: calling a rider, calling one off, and what the platform tells.

use liandian_domain::{
    Decision, Write,
    decision::OrdersWrite,
    orders::{
        delivery::{self, Delivery, Dispatch, Heard, Scene, Told},
        order,
    },
};
use liandian_partners::{
    PartnerError,
    delivery::{Job, News, UNKNOWN_DELIVERY},
    keys::{Secret, mask_phone},
};
use liandian_store::read::order_card;
use liandian_types::{DeliveryId, DeliveryState, OrderId, RiderWord, Timestamp};

use super::load;
use crate::{
    App,
    http::Failure,
    people::{key_of, open_recipient},
    telemetry,
    transact::{Plan, transact},
};

/// The order's newest delivery, if it has one.
pub(crate) async fn current(app: &App, id: Option<&DeliveryId>) -> Result<Option<Delivery>, Failure> {
    Ok(match id {
        Some(d) => app.tables.delivery(d).await?,
        None => None,
    })
}

/// Sees to an order's riders: calls one when it needs one, calls off those that are to be, asks about those that have been silent. However often this
/// is told.
///
/// # Errors
/// [`Failure::Unavailable`] while the platform does not answer.
pub async fn dispatch(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let next = transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let newest = current(app, head.delivery.as_ref()).await?;
        let store = app.tables.store(&head.store).await?.ok_or_else(|| Failure::Internal("an order of no store".into()))?;
        Ok(match delivery::dispatch(&head, newest.as_ref(), store.hours.next_open_at(now), now) {
            Dispatch::Start(d, decision) => Plan::new(Some(d), decision),
            Dispatch::Resume(d) => Plan::new(Some(d), Decision::default()),
            Dispatch::GiveUp => {
                telemetry::wake("no rider was to be had");
                tracing::error!(order = %head.order, attempts = head.attempt, "no rider was to be had: the order is refunded");
                Plan::new(None, order::refund_and_release(&head, &body, "暂无骑手接单", app.id(), now))
            }
            Dispatch::Later(decision) => Plan::new(None, decision),
            Dispatch::Nothing => Plan::new(None, Decision::default()),
        })
    })
    .await?;
    // Those first: what is to be called off may be what the next one waits for.
    attend(app, id, now).await?;
    match next {
        Some(d) => call_rider(app, &d, now).await,
        None => Ok(()),
    }
}

async fn call_rider(app: &App, d: &Delivery, now: Timestamp) -> Result<(), Failure> {
    let (head, body) = load(app, &d.order).await?;
    let store = app.tables.store(&d.store).await?.ok_or_else(|| Failure::Internal("an order of no store".into()))?;
    let key = key_of(app, &head.member).await?.ok_or_else(|| Failure::Internal("a delivery to somebody who was erased".into()))?;
    let to = open_recipient(&key, &body)?.ok_or_else(|| Failure::Internal("a delivery to nobody".into()))?;
    let job = Job {
        delivery: d.delivery.clone(),
        store_name: store.name,
        from: store.point,
        to: to.point,
        name: Secret::new(to.name),
        phone: Secret::new(to.phone),
        address: Secret::new(to.address),
        weight_g: body.lines.iter().map(|l| u64::from(l.weight_g) * u64::from(l.quantity.get())).sum(),
        short_code: order_card(&head).short_code,
    };
    match app.riders()?.add(&job).await {
        Ok(()) => {}
        Err(e) if e.retryable() => return Err(e.into()),
        Err(e) => {
            // It will answer the same again: this attempt is over, the next one is owed, later.
            tracing::warn!(order = %d.order, error = %e, "the platform refused a delivery");
            // Unless it knows it already: then an earlier call was heard, whose answer was not.
            return match app.riders()?.query(&d.delivery).await {
                Ok(news) => answered(app, &news, None, false, now).await.map(drop),
                Err(e) if e.code() == Some(UNKNOWN_DELIVERY) => answered(app, &over(d), None, false, now).await.map(drop),
                Err(e) => {
                    still_owed(app, d, &e, now).await?;
                    Err(Failure::Unavailable(e.to_string()))
                }
            };
        }
    }
    transact(app, now, |_| async move {
        let d = current(app, Some(&d.delivery)).await?.ok_or_else(|| Failure::Internal("a delivery vanished".into()))?;
        Ok(Plan::new((), delivery::created(&d, now)))
    })
    .await
}

/// Calls off the deliveries of an order that are to be, and asks about those that have been silent too long.
///
/// # Errors
/// [`Failure::Unavailable`] while the platform does not answer: what is owed stays owed.
pub async fn attend(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let mut failed = None;
    for d in app.tables.deliveries(id).await? {
        let outcome = if d.call_off {
            call_off(app, &d, now).await
        } else if d.state != DeliveryState::Pending && d.due.is_some_and(|due| due <= now) {
            ask(app, &d.delivery, false, now).await
        } else {
            Ok(())
        };
        failed = outcome.err().or(failed);
    }
    failed.map_or(Ok(()), Err)
}

/// A delivery that the platform has called off, or never heard of.
fn over(d: &Delivery) -> News {
    News { delivery: d.delivery.clone(), word: RiderWord::Cancelled, rider: None, rider_phone: None, at: None }
}

/// It does not know a delivery, or does not know us: people should see that, and it is asked again.
fn silent(id: &DeliveryId, e: &PartnerError) -> News {
    tracing::warn!(delivery = %id, error = %e, "the platform says nothing of a delivery");
    News { delivery: id.clone(), word: RiderWord::Unknown(0), rider: None, rider_phone: None, at: None }
}

/// The platform refuses to say what is with a delivery (it may not know us any more): nothing is guessed, people are told, and it stays owed.
async fn still_owed(app: &App, d: &Delivery, e: &PartnerError, now: Timestamp) -> Result<(), Failure> {
    if e.retryable() {
        return Err(Failure::Unavailable(e.to_string()));
    }
    // Its due time asks again, and no message does so beside it.
    answered(app, &silent(&d.delivery, e), None, false, now).await.map(drop)
}

async fn call_off(app: &App, d: &Delivery, now: Timestamp) -> Result<(), Failure> {
    let news = match app.riders()?.cancel(&d.delivery).await {
        Ok(()) => over(d),
        Err(e) if e.retryable() => return Err(e.into()),
        // Too late, or never known there: the platform says which.
        Err(_) => match app.riders()?.query(&d.delivery).await {
            Ok(news) => news,
            Err(e) if e.code() == Some(UNKNOWN_DELIVERY) => over(d),
            Err(e) => return still_owed(app, d, &e, now).await,
        },
    };
    // What came in meanwhile may be newer than this answer.
    if answered(app, &news, Some(d.version), false, now).await? { Ok(()) } else { ask(app, &d.delivery, false, now).await }
}

/// How often the platform is asked anew because something came in while it answered.
const ASKED: u32 = 4;

/// Asks the platform about a delivery and takes what it answers. `doubted`: because a call-back said something else than what is known.
async fn ask(app: &App, id: &DeliveryId, doubted: bool, now: Timestamp) -> Result<(), Failure> {
    for _ in 0..ASKED {
        let Some(seen) = app.tables.delivery(id).await? else { return Ok(()) };
        let news = match app.riders()?.query(id).await {
            Ok(news) => news,
            Err(e) if e.retryable() => return Err(e.into()),
            Err(e) => silent(id, &e),
        };
        if answered(app, &news, Some(seen.version), doubted, now).await? {
            return Ok(());
        }
    }
    Err(Failure::Unavailable("a delivery changed whenever it was asked about".into()))
}

/// Takes an answer of the platform, unless the delivery has changed since it was at `version`: then it may be an old answer, and this is false.
async fn answered(app: &App, news: &News, version: Option<u64>, doubted: bool, now: Timestamp) -> Result<bool, Failure> {
    let told = &told(news, true, doubted);
    transact(app, now, |_| async move {
        let Some((scene, d)) = scene(app, &news.delivery).await? else { return Ok(Plan::new(true, Decision::default())) };
        if version.is_some_and(|v| v != d.version) {
            return Ok(Plan::new(false, Decision::default()));
        }
        Ok(match delivery::heard(&scene.seen(), &d.delivery, told, app.id(), now) {
            Heard::Take(decision) => Plan::new(true, noted(&d, decision)),
            Heard::Nothing | Heard::Ask => Plan::new(true, Decision::default()),
        })
    })
    .await
}

fn told(news: &News, asked: bool, doubted: bool) -> Told {
    // The platform's masked numbers pass as they are; a number in full is masked before it reaches the table.
    let rider_phone = news.rider_phone.as_deref().map(|p| if p.contains('*') { p.to_owned() } else { mask_phone(p) });
    Told { word: news.word, rider: news.rider.clone(), rider_phone, at: news.at, asked, doubted }
}

struct Loaded {
    head: order::OrderHead,
    body: order::OrderBody,
    deliveries: Vec<Delivery>,
}

impl Loaded {
    fn seen(&self) -> Scene<'_> {
        Scene { head: &self.head, body: &self.body, deliveries: &self.deliveries }
    }
}

async fn scene(app: &App, id: &DeliveryId) -> Result<Option<(Loaded, Delivery)>, Failure> {
    let Some(d) = app.tables.delivery(id).await? else { return Ok(None) };
    let ((head, body), deliveries) = futures::try_join!(load(app, &d.order), async { Ok::<_, Failure>(app.tables.deliveries(&d.order).await?) })?;
    let found = deliveries.iter().find(|x| x.delivery == *id).cloned();
    Ok(found.map(|d| (Loaded { head, body, deliveries }, d)))
}

/// What people should look at is told at once.
fn noted(was: &Delivery, decision: Decision) -> Decision {
    for w in &decision.writes {
        if let Write::Orders(OrdersWrite::UpdateDelivery(d)) = w
            && let Some(t) = d.trouble.as_ref().filter(|t| was.trouble.as_ref().is_none_or(|w| w.text != t.text) && d.delivery == was.delivery)
        {
            telemetry::wake("a delivery needs somebody to look at it");
            tracing::error!(order = %d.order, delivery = %d.delivery, trouble = t.text, "a delivery needs somebody to look at it");
        }
    }
    decision
}

/// A call-back of the platform: moves the delivery and its order, once, in whatever order news comes. What costs money, and what contradicts what is
/// known, is asked first.
///
/// # Errors
/// [`Failure::Unavailable`] when the tables do not answer: the platform calls again.
pub async fn take_news(app: &App, news: &News, now: Timestamp) -> Result<(), Failure> {
    let hint = &told(news, false, false);
    let ask_first = transact(app, now, |_| async move {
        let Some((scene, d)) = scene(app, &news.delivery).await? else {
            tracing::warn!(delivery = %news.delivery, "news of a delivery that does not exist");
            return Ok(Plan::new(false, Decision::default()));
        };
        Ok(match delivery::heard(&scene.seen(), &d.delivery, hint, app.id(), now) {
            Heard::Take(decision) => Plan::new(false, noted(&d, decision)),
            Heard::Ask => Plan::new(true, Decision::default()),
            Heard::Nothing => Plan::new(false, Decision::default()),
        })
    })
    .await?;
    if !ask_first {
        return Ok(());
    }
    match ask(app, &news.delivery, true, now).await {
        // It is asked when it answers again: the call-back was heard.
        Err(Failure::Unavailable(why)) => {
            tracing::warn!(delivery = %news.delivery, why, "the platform could not be asked about its own call-back");
            transact(app, now, |_| async move {
                let d = current(app, Some(&news.delivery)).await?;
                Ok(Plan::new((), d.map_or_else(Decision::default, |d| delivery::to_be_asked(&d, now))))
            })
            .await
        }
        other => other,
    }
}

/// Calls off what is to be called off, now if the platform answers; if not, the delivery's due time brings the sweeper until it does.
pub async fn try_to_call_off(app: &App, id: &OrderId, now: Timestamp) {
    if let Err(e) = attend(app, id, now).await {
        tracing::warn!(order = %id, error = %e, "a rider could not be called off yet");
    }
}
