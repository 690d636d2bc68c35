//! Having an order carried: calling a rider, and what the platform tells.

use liandian_domain::{
    Decision,
    delivery::{self, Delivery, Dispatch, Told},
    order,
};
use liandian_partners::delivery::{Job, News};
use liandian_partners::keys::{Secret, mask_phone};
use liandian_store::read::order_card;
use liandian_types::{DeliveryId, DeliveryState, OrderId, OrderState, Timestamp};

use super::{load, payments::partner};
use crate::{
    App,
    http::Failure,
    people::open_recipient,
    telemetry,
    transact::{Plan, transact},
};

/// The order's newest delivery, if it has one.
pub(super) async fn current(app: &App, id: Option<&DeliveryId>) -> Result<Option<Delivery>, Failure> {
    Ok(match id {
        Some(d) => app.store.delivery(d).await?,
        None => None,
    })
}

/// Calls a rider for an order that needs one, or asks the platform when it has been silent. However often this is told.
///
/// # Errors
/// [`Failure::Unavailable`] while the platform does not answer.
pub async fn dispatch(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let next = transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let newest = current(app, head.delivery.as_ref()).await?;
        Ok(match delivery::dispatch(&head, newest.as_ref(), now) {
            Dispatch::Start(d, decision) => Plan::new(Some(d), decision),
            Dispatch::Resume(d) => Plan::new(Some(d), Decision::default()),
            Dispatch::GiveUp => {
                telemetry::wake("no rider was to be had");
                tracing::error!(order = %head.order, attempts = head.attempt, "no rider was to be had: the order is refunded");
                Plan::new(None, order::refund_and_release(&head, &body, "暂无骑手接单", app.id(), now))
            }
            Dispatch::Nothing => Plan::new(None, Decision::default()),
        })
    })
    .await?;
    match next {
        Some(d) => call_rider(app, &d, now).await,
        None => ask(app, id, now).await,
    }
}

async fn call_rider(app: &App, d: &Delivery, now: Timestamp) -> Result<(), Failure> {
    let (head, body) = load(app, &d.order).await?;
    let store = app.store.store(&d.store).await?.ok_or_else(|| Failure::Internal("an order of no store".into()))?;
    let to = open_recipient(app.keys()?, &body).await?.ok_or_else(|| Failure::Internal("a delivery to nobody".into()))?;
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
        Err(e) if e.retryable() => return Err(partner(e)),
        Err(e) => {
            // It will answer the same again: this attempt is over, the next one is owed, later.
            tracing::warn!(order = %d.order, error = %e, "the platform refused a delivery");
            // Unless it knows it already: then an earlier call was heard, whose answer was not.
            match app.riders()?.query(&d.delivery).await {
                Ok(Some(news)) => return take_news(app, &news, true, now).await,
                Err(e) if e.retryable() => return Err(partner(e)),
                Ok(None) | Err(_) => {}
            }
            let news = News { delivery: d.delivery.clone(), state: DeliveryState::Cancelled, rider: None, rider_phone: None };
            return take_news(app, &news, false, now).await;
        }
    }
    transact(app, now, |_| async move {
        let d = current(app, Some(&d.delivery)).await?.ok_or_else(|| Failure::Internal("a delivery vanished".into()))?;
        Ok(Plan::new((), delivery::created(&d, now)))
    })
    .await
}

/// Asks the platform about a delivery that has been silent too long.
async fn ask(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let (head, _) = load(app, id).await?;
    let Some(d) = current(app, head.delivery.as_ref()).await? else { return Ok(()) };
    if d.state == DeliveryState::Pending || d.due.is_none_or(|due| due > now) {
        return Ok(());
    }
    if let Some(news) = app.riders()?.query(&d.delivery).await.map_err(partner)? {
        take_news(app, &news, true, now).await?;
    }
    transact(app, now, |_| async {
        let d = current(app, Some(&d.delivery)).await?.ok_or_else(|| Failure::Internal("a delivery vanished".into()))?;
        Ok(Plan::new((), delivery::asked(&d, now)))
    })
    .await
}

/// What the platform tells of a delivery: moves it and its order, once, in whatever order it comes. `asked`: it is an answer
/// to our question, so it is what is now.
///
/// # Errors
/// `not_found` when there is no such delivery.
pub async fn take_news(app: &App, news: &News, asked: bool, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let d = current(app, Some(&news.delivery)).await?.ok_or_else(|| Failure::not_found("配送单"))?;
        let (head, body) = load(app, &d.order).await?;
        // The platform's masked numbers pass as they are; a number in full is masked before it reaches the table.
        let phone = news.rider_phone.as_deref().map(|p| if p.contains('*') { p.to_owned() } else { mask_phone(p) });
        let told = Told { state: news.state, rider: news.rider.clone(), rider_phone: phone, asked };
        let mut decision = delivery::moved(&d, &head, told, now);
        if decision.is_empty() || head.delivery.as_ref() != Some(&d.delivery) {
            return Ok(Plan::new((), decision));
        }
        match news.state {
            DeliveryState::Delivering => {
                decision.and(order::picked_up_by_rider(&head, &body, app.id(), now)?);
            }
            DeliveryState::Done => {
                decision.and(order::delivered(&head, &body, app.id(), now)?);
            }
            DeliveryState::Cancelled if asked && head.state == OrderState::Delivering => {
                telemetry::wake("a delivery was called off on its way");
                tracing::error!(order = %head.order, delivery = %d.delivery, "a delivery was called off on its way: somebody should look for the goods");
                decision.and(order::lost_on_the_way(&head, now)?);
            }
            _ => {}
        }
        Ok(Plan::new((), decision))
    })
    .await
}
