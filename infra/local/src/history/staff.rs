//! What staff does: puts orders together, ships parcels, drives transfers on, fills, counts and rings up; and what goes wrong on the way.

use liandian_domain::{
    orders::order::OrderHead,
    stores::hours::{CHINA, day},
    transfers::Transfer,
};
use liandian_functions::{
    auth::Staff,
    http::{Caller, Failure},
};
use liandian_types::{
    CountId, Fulfilment, LocationId, OrderId, OrderState, Role, Scope, SkuId, StaffId, StoreId, Timestamp, TransferId, TransferState,
};
use serde_json::{Value, json};

use super::{
    Act, Done, Task, World, call,
    people::{self, Dice, Shop, Ware, tail},
};

/// What is looked at every day: what sells best.
const LOOKED_AT: usize = 30;
/// A shelf with fewer units is filled up …
const FEW: i64 = 12;
/// … with so many.
const MORE: i64 = 24;
/// What a warehouse gets of each of its best sellers.
const PALLET: i64 = 300;
/// How often somebody looks at an order that is not ready to be put together.
const LOOKS: u32 = 40;
/// How many steps a transfer may take.
const STEPS: u32 = 16;
/// Goods of a count.
const COUNTED: usize = 6;

/// What a handler answered, of which one id is wanted.
fn id_in<T: std::str::FromStr>(body: &str, name: &str) -> Result<T, Failure> {
    let answer: Value = serde_json::from_str(body).map_err(|e| Failure::Internal(format!("an answer that cannot be read: {e}")))?;
    let id = answer[name].as_str().and_then(|text| text.parse::<T>().ok());
    id.ok_or_else(|| Failure::Internal(format!("an answer without {name}")))
}

fn dated(w: &Ware, days: i64, now: Timestamp) -> Option<String> {
    w.expires.then(|| day(now.plus(days * Timestamp::DAY), CHINA).to_string())
}

impl World {
    /// One of a store's accounts: `manager`, `clerk` or `till`.
    pub(super) fn staff(&self, store: &StoreId, kind: &str, now: Timestamp) -> Result<Caller, Failure> {
        let (role, title) = match kind {
            "manager" => (Role::StoreManager, "店长"),
            "till" => (Role::Integration, "收银接口"),
            _ => (Role::Clerk, "店员"),
        };
        let sub = format!("stf_{}-{kind}", tail(store)).parse::<StaffId>().map_err(|e| Failure::Internal(format!("{e}")))?;
        let place = self.shops.iter().find(|s| s.profile.store == *store).map_or("", |s| s.profile.name.trim_start_matches("连店·"));
        let scope = Scope::Store(store.clone());
        Ok(Caller::Staff(Box::new(Staff::begin(sub, format!("{place}{title}"), role, scope, role.default_permissions(), now))))
    }

    pub(super) async fn prepare(&self, place: usize, order: &OrderId, tries: u32, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(head) = self.app.tables.order_head(order).await? else { return Ok(Vec::new()) };
        let then = |at: Timestamp, act: Act| vec![Task { at, place, act }];
        let again = |dice: &mut Dice| {
            let at = now.plus(dice.minutes(10, 25));
            if tries < LOOKS { then(at, Act::Prepare(order.clone(), tries + 1)) } else { Vec::new() }
        };
        match head.state {
            OrderState::AwaitingTransfer => return Ok(again(dice)),
            OrderState::Preparing if head.shortfall.is_some() => return Ok(again(dice)),
            OrderState::Preparing => {}
            _ => return Ok(Vec::new()),
        }
        let store = head.served_by().clone();
        let path = [("store", store.as_str()), ("order", order.as_str())];
        // Something is not where it should be.
        if tries == 0 && head.fulfilment != Fulfilment::HqShip && dice.of_thousand(20) {
            return self.lacks(place, &head, dice, now).await;
        }
        let clerk = self.staff(&store, "clerk", now)?;
        if head.fulfilment == Fulfilment::HqShip {
            let parcel = json!({"carrier": "sf", "number": format!("SF{:012}", dice.below(1_000_000_000_000)), "fresh": true});
            self.ask("parcel-ship", call(clerk, &path, &parcel, None, now)).await?;
            return Ok(match dice.below(100) {
                0..2 => then(now.plus(dice.minutes(20 * 60, 40 * 60)), Act::Lose(order.clone())),
                2..80 => then(now.plus(dice.minutes(22 * 60, 70 * 60)), Act::Receive(order.clone(), head.member.clone())),
                // The others say nothing.
                _ => Vec::new(),
            });
        }
        self.ask("store-order-ready", call(clerk, &path, &json!({}), None, now)).await?;
        // One in thirty never comes.
        if head.fulfilment == Fulfilment::Pickup && !dice.of_thousand(33) {
            let at = now.plus(dice.minutes(10, 150));
            let opens = self.shops.get(place).map_or(at, |s| s.profile.hours.next_open_at(at));
            return Ok(then(opens, Act::Fetch(order.clone())));
        }
        Ok(Vec::new())
    }

    async fn lacks(&self, place: usize, head: &OrderHead, dice: &mut Dice, now: Timestamp) -> Done {
        let Some((_, body)) = self.app.tables.order(&head.order).await? else { return Ok(Vec::new()) };
        let Some(line) = dice.one_of(&body.lines) else { return Ok(Vec::new()) };
        let path = [("store", head.store.as_str()), ("order", head.order.as_str())];
        let lines = json!({"lines": [{"sku": line.sku, "quantity": 1}]});
        self.ask("order-short", call(self.staff(&head.store, "clerk", now)?, &path, &lines, None, now)).await?;
        Ok(vec![Task { at: now.plus(dice.minutes(5, 20)), place, act: Act::Choose(head.order.clone(), head.member.clone()) }])
    }

    pub(super) async fn lose(&self, order: &OrderId, now: Timestamp) -> Done {
        let Some(head) = self.app.tables.order_head(order).await?.filter(|h| h.state == OrderState::Delivering) else { return Ok(Vec::new()) };
        let store = head.served_by().clone();
        let path = [("store", store.as_str()), ("order", order.as_str())];
        self.ask("parcel-lost", call(self.staff(&store, "clerk", now)?, &path, &json!({}), None, now)).await?;
        Ok(Vec::new())
    }

    /// The next step of a transfer, by whose it is. Some sources refuse; some boxes lack a unit.
    pub(super) async fn drive(&self, place: usize, transfer: &TransferId, steps: u32, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(t) = self.app.tables.transfer(transfer).await? else { return Ok(Vec::new()) };
        let Some((store, body)) = next_step(&t, steps, dice) else { return Ok(Vec::new()) };
        if let Some(body) = body {
            let path = [("store", store.as_str()), ("transfer", transfer.as_str())];
            match self.ask("transfer-step", call(self.staff(&store, "clerk", now)?, &path, &body, None, now)).await {
                // The sweeper, or somebody else, was there first: what is next is seen the next time.
                Ok(_) | Err(Failure::Problem(_)) => {}
                Err(e) => return Err(e),
            }
        }
        if steps >= STEPS {
            return Ok(Vec::new());
        }
        // For an order people hurry.
        let wait = if t.order.is_some() { dice.minutes(5, 9) } else { dice.minutes(20, 90) };
        Ok(vec![Task { at: now.plus(wait), place, act: Act::Drive(transfer.clone(), steps + 1) }])
    }

    /// A till tells what it sold in the last hours.
    pub(super) async fn till(&self, place: usize, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let mut sales = Vec::new();
        for n in 0..self.tickets(shop, dice) {
            let mut lines: Vec<(SkuId, i64)> = Vec::new();
            for _ in 0..=dice.below(3) {
                let Some(w) = shop.ware(dice) else { break };
                match lines.iter_mut().find(|(sku, _)| *sku == w.sku) {
                    Some((_, units)) => *units += 1,
                    None => lines.push((w.sku.clone(), 1)),
                }
            }
            let lines: Vec<Value> = lines.iter().map(|(sku, units)| json!({"sku": sku, "quantity": units})).collect();
            let sold_at = now.plus(-(n + 1) * dice.minutes(5, 30));
            sales.push(json!({"till": "1", "number": format!("{number:08}-{n:02}"), "sold_at": sold_at, "lines": lines}));
        }
        if sales.is_empty() {
            return Ok(Vec::new());
        }
        let told = u32::try_from(sales.len()).unwrap_or(0);
        let path = [("store", shop.profile.store.as_str())];
        let caller = self.staff(&shop.profile.store, "till", now)?;
        self.ask("pos-sales", call(caller, &path, &json!({"sales": sales}), None, now)).await?;
        self.book(|b| b.past.tickets += told);
        Ok(Vec::new())
    }

    /// What sells best and is running low comes by van from HQ's warehouse, or from a supplier.
    pub(super) async fn fill(&self, place: usize, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let shelf = shop.profile.store.shelf();
        let looked: Vec<&Ware> = shop.wares.iter().take(LOOKED_AT).collect();
        let at: Vec<(LocationId, SkuId)> = looked.iter().map(|w| (shelf.clone(), w.sku.clone())).collect();
        let stock = self.app.tables.stock(&at, false).await?;
        let low = looked.into_iter().zip(stock).filter(|(_, s)| s.free() + s.incoming < FEW).map(|(w, _)| w);
        let (by_van, bought): (Vec<&Ware>, Vec<&Ware>) = low.partition(|w| w.by_van && !w.expires && shop.warehouse.is_some());
        if !bought.is_empty() {
            // A supplier's goods are fresh, as a rule.
            let days = if dice.of_thousand(60) { 3 } else { dice.between(12, 26) };
            let lines: Vec<Value> = bought.iter().map(|w| json!({"sku": w.sku, "quantity": MORE, "expires_on": dated(w, days, now)})).collect();
            self.takes_in(&shop.profile.store, None, lines, "本地供应商", number, now).await?;
        }
        if by_van.is_empty() {
            return Ok(Vec::new());
        }
        let lines: Vec<Value> = by_van.iter().take(15).map(|w| json!({"sku": w.sku, "quantity": MORE})).collect();
        self.asks_for(place, shop, &json!({"source": shop.warehouse, "lines": lines, "note": "日常补货"}), number, dice, now).await
    }

    /// Asks the neighbours for what the shelf does not have.
    pub(super) async fn borrow_goods(&self, place: usize, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let Some(w) = dice.one_of(&shop.wares) else { return Ok(Vec::new()) };
        self.asks_for(place, shop, &json!({"lines": [{"sku": w.sku, "quantity": 2}], "note": "顾客询问"}), number, dice, now).await
    }

    async fn asks_for(&self, place: usize, shop: &Shop, ask: &Value, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let path = [("store", shop.profile.store.as_str())];
        let key = Some(format!("history-{number:08}"));
        let asked = self.ask("transfer-ask", call(self.staff(&shop.profile.store, "manager", now)?, &path, ask, key, now)).await?;
        let transfer: TransferId = id_in(&asked.body, "transfer")?;
        self.book(|b| b.past.transfers += 1);
        Ok(vec![Task { at: now.plus(dice.minutes(10, 60)), place, act: Act::Drive(transfer, 0) }])
    }

    async fn takes_in(
        &self,
        store: &StoreId,
        location: Option<&LocationId>,
        lines: Vec<Value>,
        source: &str,
        number: u64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let path = [("store", store.as_str())];
        let document = format!("SH-{number:08}");
        let body = json!({"location": location, "kind": "receipt", "lines": lines, "document": document, "source": source});
        let key = Some(format!("receipt-{number:08}"));
        self.ask("stock-receive", call(self.staff(store, "clerk", now)?, &path, &body, key, now)).await.map(drop)
    }

    /// A supplier fills one of HQ's warehouses.
    pub(super) async fn restock(&self, warehouse: usize, number: u64, now: Timestamp) -> Done {
        let Some(w) = self.chain.warehouses.get(warehouse) else { return Ok(Vec::new()) };
        let goods = people::stock_of(&self.chain, w);
        let lines: Vec<Value> =
            goods.iter().take(LOOKED_AT).map(|g| json!({"sku": g.sku, "quantity": PALLET, "expires_on": dated(g, 45, now)})).collect();
        self.takes_in(&w.keeper, Some(&w.location), lines, "总部供应商", number, now).await?;
        Ok(Vec::new())
    }

    /// Counts a few goods; here and there one is missing. The manager decides.
    pub(super) async fn count(&self, place: usize, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let (store, shelf) = (&shop.profile.store, shop.profile.store.shelf());
        let lasting: Vec<&Ware> = shop.wares.iter().filter(|w| !w.expires).collect();
        let from = dice.place(lasting.len().saturating_sub(COUNTED));
        let skus: Vec<SkuId> = lasting.iter().skip(from).take(COUNTED).map(|w| w.sku.clone()).collect();
        let clerk = || self.staff(store, "clerk", now);
        let path = [("store", store.as_str())];
        let key = Some(format!("history-{number:08}"));
        let ask = json!({"kind": "cyclic", "blind": false, "skus": skus});
        let begun = self.ask("count-start", call(clerk()?, &path, &ask, key, now)).await?;
        let count: CountId = id_in(&begun.body, "count")?;
        let at: Vec<(LocationId, SkuId)> = skus.iter().map(|sku| (shelf.clone(), sku.clone())).collect();
        let stock = self.app.tables.stock(&at, true).await?;
        let mut lines = Vec::new();
        for (sku, s) in skus.iter().zip(stock) {
            let missing = i64::from(dice.of_thousand(90));
            lines.push(json!({"sku": sku, "counted": (s.on_hand - missing).max(0)}));
        }
        let path = [("store", store.as_str()), ("count", count.as_str())];
        self.ask("count-enter", call(clerk()?, &path, &json!({"lines": lines}), None, now)).await?;
        self.ask("count-step", call(clerk()?, &path, &json!({"step": "submit"}), None, now)).await?;
        self.book(|b| b.past.counts += 1);
        Ok(vec![Task { at: now.plus(dice.minutes(30, 120)), place, act: Act::Decide(count.clone()) }])
    }

    pub(super) async fn decide(&self, place: usize, count: &CountId, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let path = [("store", shop.profile.store.as_str()), ("count", count.as_str())];
        let manager = self.staff(&shop.profile.store, "manager", now)?;
        self.ask("count-decide", call(manager, &path, &json!({"step": "approve"}), None, now)).await?;
        Ok(Vec::new())
    }

    pub(super) async fn break_something(&self, place: usize, number: u64, dice: &mut Dice, now: Timestamp) -> Done {
        let Some(shop) = self.shops.get(place) else { return Ok(Vec::new()) };
        let Some(w) = shop.ware(dice) else { return Ok(Vec::new()) };
        let reason = dice.one_of(&["破损", "包装漏气", "搬运摔坏"]).copied().unwrap_or("破损");
        let body = json!({"kind": "loss", "reason": reason, "lines": [{"sku": w.sku, "quantity": 1}]});
        let path = [("store", shop.profile.store.as_str())];
        let clerk = self.staff(&shop.profile.store, "clerk", now)?;
        self.ask("stock-adjust", call(clerk, &path, &body, Some(format!("history-{number:08}")), now)).await?;
        Ok(Vec::new())
    }
}

/// Whose turn it is, and what they do; no step while nobody has to do anything yet. `None` when it is over.
fn next_step(t: &Transfer, steps: u32, dice: &mut Dice) -> Option<(StoreId, Option<Value>)> {
    let (source, target) = (t.source_keeper.clone(), t.target_keeper.clone());
    let step = |name: &str| Some(json!({"step": name, "fresh": true}));
    Some(match t.state {
        TransferState::Reserved => (source, None),
        TransferState::Requested if steps < 2 && dice.of_thousand(60) => (source, Some(json!({"step": "reject", "reason": "本店同款也快卖完了"}))),
        TransferState::Requested => (source, step("accept")),
        TransferState::Accepted => (source, step("pack")),
        TransferState::Packed => (source, step("send")),
        TransferState::Returning => (source, step("receive")),
        TransferState::InTransit if t.order.is_none() && dice.of_thousand(50) => {
            let short = t.lines.iter().take(1).map(|l| json!({"sku": l.sku, "quantity": l.accepted.unwrap_or(l.quantity).saturating_sub(1)}));
            let lines: Vec<Value> = short.collect();
            (target, Some(json!({"step": "receive", "reason": "途中破损 1 件", "lines": lines, "fresh": true})))
        }
        TransferState::InTransit => (target, step("receive")),
        TransferState::Received | TransferState::Rejected | TransferState::Cancelled | TransferState::Lost => return None,
    })
}
