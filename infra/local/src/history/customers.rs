//! What customers do: they buy, pay or do not, fetch, wait for parcels, change their minds; and the riders who come for them.

use liandian_functions::{
    flows::{orders::deliveries, payments},
    http::{Caller, Failure},
};
use liandian_partners::delivery::News;
use liandian_types::{
    DeliveryId, Fulfilment, LocationId, MemberId, OrderId, OrderState, RiderWord, Timestamp,
    api::{Offer, PlacedOrder, Quote},
};
use serde_json::{Value, json};

use super::{Act, Done, Task, Wish, World, call, people::Dice};

/// What a rider tells, one after the other.
const RIDE: [RiderWord; 4] = [RiderWord::Accepted, RiderWord::AtStore, RiderWord::Delivering, RiderWord::Done];
const RIDERS: [&str; 5] = ["王师傅", "李师傅", "张师傅", "赵师傅", "周师傅"];

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|e| Failure::Internal(format!("an answer that cannot be read: {e}")))
}

impl World {
    async fn quote(&self, ask: &Value, now: Timestamp) -> Result<Quote, Failure> {
        read(&self.ask("quote", call(Caller::Anybody, &[], ask, None, now)).await?.body)
    }

    /// Quotes a cart, with goods from elsewhere when they are not here; `None` when it cannot be had.
    async fn quoted(&self, ask: &mut Value, now: Timestamp) -> Result<Option<(Quote, Option<LocationId>)>, Failure> {
        let mut quote = self.quote(ask, now).await?;
        let mut source = None;
        if quote.short {
            source = quote.offers.iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source.clone()) } else { None });
            if let Some(from) = &source {
                ask["transfer_from"] = json!(from);
                quote = self.quote(ask, now).await?;
            }
        }
        let had = quote.refusal.is_none() && (!quote.short || source.is_some());
        Ok(had.then_some((quote, source)))
    }

    pub(super) async fn buy(&self, place: usize, wish: &Wish, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let (Some(shop), Some(who)) = (self.shops.get(place), self.customers.get(wish.customer)) else { return Ok(Vec::new()) };
        let lines: Vec<Value> = wish.lines.iter().map(|(sku, units)| json!({"sku": sku, "quantity": units})).collect();
        let comes_home = wish.fulfilment != Fulfilment::Pickup;
        let ship_from = shop.parcels.as_ref().map(|(l, _)| l).filter(|_| wish.fulfilment == Fulfilment::HqShip);
        let store = &shop.profile.store;
        let mut ask = json!({
            "store": store, "lines": lines, "fulfilment": wish.fulfilment, "ship_from": ship_from, "to": comes_home.then_some(who.home),
        });
        let Some((quote, source)) = self.quoted(&mut ask, now).await? else {
            self.book(|b| b.past.lost += 1);
            return Ok(Vec::new());
        };
        let recipient = json!({"name": who.name, "phone": who.phone, "address": who.address, "point": who.home});
        let body = json!({
            "store": store, "lines": lines, "fulfilment": wish.fulfilment, "expect_total": quote.total, "transfer_from": source,
            "ship_from": ship_from, "recipient": comes_home.then_some(recipient), "again": true,
        });
        let key = format!("history-{number:08}");
        let placed = self.ask("order-place", call(Caller::Member(who.member.clone()), &[], &body, Some(key), now)).await?;
        let placed: PlacedOrder = read(&placed.body)?;
        let order = placed.order;
        self.book(|b| b.orders.insert(order.clone()));
        let then = |ms: i64, act: Act| Task { at: now.plus(ms), place, act };
        match dice.below(1_000) {
            // Thinks better of it before paying.
            0..25 => return Ok(vec![then(dice.minutes(3, 9), Act::Cancel(order, who.member.clone(), false))]),
            // Forgets it: the payment window ends.
            25..65 => return Ok(Vec::new()),
            _ => {}
        }
        let Some(t) = self.bank.pay(&order, placed.total, &who.openid, number, now) else { return Ok(Vec::new()) };
        payments::take(&self.app, &t, now).await?;
        let mut later = Vec::new();
        if source.is_some()
            && let Some(transfer) = self.app.tables.order_head(&order).await?.and_then(|h| h.transfer)
        {
            self.book(|b| b.past.transfers += 1);
            later.push(then(dice.minutes(5, 9), Act::Drive(transfer, 0)));
        }
        if wish.fulfilment == Fulfilment::HqShip {
            later.push(then(dice.minutes(60, 16 * 60), Act::Prepare(order, 0)));
        } else if dice.of_thousand(30) {
            later.push(then(dice.minutes(2, 5), Act::Cancel(order, who.member.clone(), true)));
        } else {
            later.push(then(dice.minutes(6, 20), Act::Prepare(order, 0)));
        }
        Ok(later)
    }

    pub(super) async fn cancel(&self, order: &OrderId, member: &MemberId, paid: bool, now: Timestamp) -> Done {
        let path = [("order", order.as_str())];
        self.ask("order-cancel", call(Caller::Member(member.clone()), &path, &json!({"sure": paid}), None, now)).await?;
        Ok(Vec::new())
    }

    /// Who is asked about goods that are not there takes the rest, or wants the money.
    pub(super) async fn choose(&self, place: usize, order: &OrderId, member: &MemberId, dice: &mut Dice, now: Timestamp) -> Done {
        let Some((head, body)) = self.app.tables.order(order).await? else { return Ok(Vec::new()) };
        let Some(short) = head.shortfall.as_ref() else { return Ok(Vec::new()) };
        let missing: u32 = short.lines.iter().map(|l| l.units).sum();
        let all = body.lines.iter().map(|l| l.quantity.get()).sum::<u32>() <= missing;
        let choice = if all || dice.of_thousand(300) { "refund" } else { "keep" };
        let path = [("order", order.as_str())];
        self.ask("order-choose", call(Caller::Member(member.clone()), &path, &json!({"choice": choice}), None, now)).await?;
        Ok(vec![Task { at: now.plus(dice.minutes(5, 15)), place, act: Act::Prepare(order.clone(), 1) }])
    }

    /// Comes for an order with its code.
    pub(super) async fn fetch(&self, order: &OrderId, now: Timestamp) -> Done {
        let Some(head) = self.app.tables.order_head(order).await?.filter(|h| h.state == OrderState::Ready) else { return Ok(Vec::new()) };
        let code = json!({"code": format!("LD:{order}:{}", head.pickup_code), "sure": true, "fresh": true});
        let path = [("store", head.store.as_str())];
        self.ask("pickup-verify", call(self.staff(&head.store, "clerk", now)?, &path, &code, None, now)).await?;
        Ok(Vec::new())
    }

    pub(super) async fn receive(&self, order: &OrderId, member: &MemberId, now: Timestamp) -> Done {
        let path = [("order", order.as_str())];
        self.ask("order-received", call(Caller::Member(member.clone()), &path, &json!({}), None, now)).await?;
        Ok(Vec::new())
    }

    /// A rider's way to the store and to the customer; one in forty gives up before the goods are taken.
    pub(super) async fn ride(&self, place: usize, delivery: &DeliveryId, step: usize, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(word) = RIDE.get(step).copied() else { return Ok(Vec::new()) };
        if self.platform.state(delivery) == Some(RiderWord::Cancelled) {
            return Ok(Vec::new());
        }
        let word = if step == 1 && dice.of_thousand(25) { RiderWord::Cancelled } else { word };
        self.platform.set(delivery, word);
        // One rider from door to door.
        let rider = RIDERS.get(usize::from(delivery.as_str().bytes().fold(0, u8::wrapping_add)) % RIDERS.len()).map(|r| (*r).to_owned());
        let news = News { delivery: delivery.clone(), word, rider, rider_phone: Some("138****0000".to_owned()), at: Some(now) };
        deliveries::take_news(&self.app, &news, now).await?;
        if word == RiderWord::Cancelled {
            return Ok(Vec::new());
        }
        Ok(vec![Task { at: now.plus(dice.minutes(4, 10)), place, act: Act::Ride(delivery.clone(), step + 1) }])
    }
}
