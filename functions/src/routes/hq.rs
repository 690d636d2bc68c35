//! What HQ sees of the whole chain, and a region of its part.

use liandian_contracts::Event;
use liandian_domain::{
    governance::chain::{self, Policies},
    orders::holds::HoldPolicy,
    sourcing::matching::MatchingPolicy,
    stock::{batch::Date, count::CountPolicy, record::StockPolicy},
    stores::{
        hours::{CHINA, Exception, clock, clock_text, day_named, local_text, moment, moment_text},
        profile as store,
        profile::{Openness, StoreProfile},
    },
    transfers::AskPolicy,
};
use liandian_store::{
    access::{AccessAsk, AccessRecord},
    reach::Reach,
    read::order_list,
    stock::{records::MAX_LOW, shards::MAX_SHARDS},
};
use liandian_types::{
    Code, MemberId, Problem, Quantity, SkuId, StaffId, Timestamp,
    api::{AccessList, AccessRow, ChainPolicies, ChangedField, OpeningException, PoliciesChange, PoliciesHistory, StockShards, StoreOpening},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    routes::access::staff::MAX_USERNAME,
    transact::{Plan, transact},
};

/// What of the chain the caller may see.
async fn reach(app: &App, call: &Call) -> Result<Reach, Failure> {
    Ok(app.tables.reach(&call.staff()?.scope).await?)
}

/// The store directory.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn stores(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.tables.store_rows(&reach(&app, &call).await?, call.q("q"), call.q("cursor"), call.now).await?)
}

/// Whether a store is in business and on which days its hours differ.
///
/// # Errors
/// `not_found` when there is no such store.
pub async fn opening(app: App, call: Call) -> Result<Reply, Failure> {
    let store = app.tables.store(&call.store()?).await?.ok_or_else(|| Failure::not_found("门店"))?;
    Reply::json(&opening_view(&store))
}

/// The same as people see it, in the store's own time.
#[must_use]
pub fn opening_view(s: &StoreProfile) -> StoreOpening {
    let zone = &s.hours.zone;
    StoreOpening {
        status: s.status,
        reason: s.pause.as_ref().map(|p| p.reason.clone()),
        until: s.pause.as_ref().and_then(|p| p.until).map(|u| moment_text(u, zone)),
        exceptions: s
            .hours
            .exceptions
            .iter()
            .map(|e| OpeningException {
                from: e.from.to_string(),
                to: e.to.to_string(),
                open: e.hours.map(|(open, _)| clock_text(open)),
                close: e.hours.map(|(_, close)| clock_text(close)),
                note: e.note.clone(),
            })
            .collect(),
        hours: s.hours.to_string(),
        version: s.version,
    }
}

/// Sets whether a store is in business and on which days its hours differ. It holds at once for finding stores, for quotes and orders.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when somebody else has changed the store meanwhile; `not_found`.
pub async fn set_opening(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (StoreOpening, _) = (call.json()?, call.store()?);
    let was = app.tables.store_now(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let bad = |field: String, text: &str| Failure::from(Problem::new(Code::BadRequest, text).at(field));
    let until = match ask.until.as_deref().filter(|u| !u.trim().is_empty()) {
        Some(text) => Some(moment(text, &was.hours.zone).ok_or_else(|| bad("until".into(), "恢复时间的格式为 2026-12-01T08:00"))?),
        None => None,
    };
    let mut exceptions = Vec::with_capacity(ask.exceptions.len());
    for (i, e) in ask.exceptions.into_iter().enumerate() {
        let date =
            |name: &str, text: &str| text.trim().parse::<Date>().map_err(|_| bad(format!("exceptions[{i}].{name}"), "日期的格式为 2026-12-01"));
        let time = |name: &str, text: &str| clock(text).ok_or_else(|| bad(format!("exceptions[{i}].{name}"), "时间的格式为 07:30"));
        let hours = match (e.open.as_deref().filter(|t| !t.is_empty()), e.close.as_deref().filter(|t| !t.is_empty())) {
            (None, None) => None,
            (Some(open), Some(close)) => Some((time("open", open)?, time("close", close)?)),
            (None, Some(_)) => return Err(bad(format!("exceptions[{i}].open"), "请填写开门时间，全天休息请两个时间都不填")),
            (Some(_), None) => return Err(bad(format!("exceptions[{i}].close"), "请填写关门时间，全天休息请两个时间都不填")),
        };
        exceptions.push(Exception { from: date("from", &e.from)?, to: date("to", &e.to)?, hours, note: e.note });
    }
    let set = Openness { status: ask.status, reason: ask.reason, until, exceptions, seen: ask.version };
    let next = store::set_openness(&was, set, call.now)?;
    if !app.tables.put_store(&next, was.version).await? {
        return Err(Failure::refuse(Code::Conflict, "门店资料刚被别人修改，请刷新后再保存"));
    }
    Reply::json(&opening_view(&next))
}

/// The chain's orders, newest first, page by page.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn orders(app: App, call: Call) -> Result<Reply, Failure> {
    let (heads, next) = app.tables.newest_orders(&reach(&app, &call).await?, call.now, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Stock of one SKU across the chain.
///
/// # Errors
/// `not_found` when the library has no such SKU.
pub async fn stock(app: App, call: Call) -> Result<Reply, Failure> {
    let sku: SkuId = call.param("sku")?;
    Reply::json(&app.tables.sku_stock(&sku, &reach(&app, &call).await?).await?.ok_or_else(|| Failure::not_found("商品"))?)
}

/// The chain's policies.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn policies(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&policies_view(&app.tables.policies_now().await?))
}

/// Changes of the chain's policies on a page.
const CHANGES: i32 = 20;

/// Who changed the chain's policies, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn policies_history(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&policies_changes(&app, call.q("cursor")).await?)
}

/// The same for a page.
///
/// # Errors
/// `bad_cursor`.
pub async fn policies_changes(app: &App, cursor: Option<&str>) -> Result<PoliciesHistory, Failure> {
    let (events, next) = app.tables.policies_history(CHANGES, cursor).await?;
    let mut changes = Vec::with_capacity(events.len());
    for e in events {
        if let Event::PoliciesChanged { by, changes: fields } = e.event {
            let fields = fields.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
            changes.push(PoliciesChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, fields });
        }
    }
    let people: Vec<&str> = changes.iter().map(|c| c.by.as_str()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    for c in &mut changes {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    Ok(PoliciesHistory { changes, next })
}

/// The chain's policies as people see them.
#[must_use]
pub fn policies_view(p: &Policies) -> ChainPolicies {
    ChainPolicies {
        count_units: p.count.units,
        count_value: p.count.value,
        count_share: p.count.share,
        per_km: p.matching.per_km,
        per_minute: p.matching.per_minute,
        per_waiting: p.matching.per_waiting,
        per_spare: p.matching.per_spare,
        low_at: p.stock.low_at,
        splits: p.stock.splits,
        unpaid_orders: p.holds.orders,
        unpaid_units: p.holds.units,
        order_sku_units: p.holds.sku_units,
        order_units: p.holds.order_units,
        shelf_percent: p.holds.shelf_percent,
        shelf_floor: p.holds.shelf_floor,
        unpaid_closes: p.holds.free_closes,
        unpaid_wait: p.holds.longest_wait,
        ask_percent: p.asks.percent,
        ask_units: p.asks.units,
        ask_day_units: p.asks.day_units,
        till_silent: p.stock.till_silent,
        version: p.version,
    }
}

/// The most unpaid orders that HQ may allow a member: its row names each of them.
const MAX_UNPAID: u32 = 20;

/// The most closes without payment that HQ may let cost no wait.
const MAX_CLOSES: u32 = 8;

/// The most points of a weight: more would be as good as a filter.
const MAX_POINTS: u32 = 10_000;

/// For how many minutes of its store's hours a till may tell nothing.
const TILL_SILENT: std::ops::RangeInclusive<u32> = 30..=10_080;

/// Sets the chain's policies; they hold everywhere within a minute.
///
/// # Errors
/// `bad_request` naming the field that is beyond its limit; `conflict` when they have been set since the version that was seen.
pub async fn set_policies(app: App, call: Call) -> Result<Reply, Failure> {
    let p: ChainPolicies = call.json()?;
    let points = [("per_km", p.per_km), ("per_minute", p.per_minute), ("per_waiting", p.per_waiting), ("per_spare", p.per_spare)];
    if let Some((field, _)) = points.iter().find(|(_, n)| *n > MAX_POINTS) {
        return Err(Problem::new(Code::BadRequest, format!("权重为 0 到 {MAX_POINTS}")).at(*field).into());
    }
    if p.count_value.0 < 0 {
        return Err(Problem::new(Code::BadRequest, "金额不能小于 0").at("count_value").into());
    }
    if p.low_at > MAX_LOW {
        return Err(Problem::new(Code::BadRequest, format!("库存预警为 0 到 {MAX_LOW} 件")).at("low_at").into());
    }
    let holds = HoldPolicy {
        orders: p.unpaid_orders,
        units: p.unpaid_units,
        sku_units: p.order_sku_units,
        order_units: p.order_units,
        shelf_percent: p.shelf_percent,
        shelf_floor: p.shelf_floor,
        free_closes: p.unpaid_closes,
        longest_wait: p.unpaid_wait,
    };
    let limits = [
        ("unpaid_orders", p.unpaid_orders, 1, MAX_UNPAID),
        ("unpaid_units", p.unpaid_units, 1, 99_999),
        ("order_sku_units", p.order_sku_units, 1, Quantity::MAX),
        ("order_units", p.order_units, 1, 99_999),
        ("shelf_percent", p.shelf_percent, 1, 100),
        ("shelf_floor", p.shelf_floor, 1, 99_999),
        ("unpaid_closes", p.unpaid_closes, 0, MAX_CLOSES),
        ("unpaid_wait", p.unpaid_wait, 0, 120),
        ("ask_percent", p.ask_percent, 0, 100),
        ("ask_units", p.ask_units, 0, 99_999),
        ("ask_day_units", p.ask_day_units, 0, 99_999),
    ];
    if let Some((field, _, least, most)) = limits.into_iter().find(|(_, n, least, most)| n < least || n > most) {
        return Err(Problem::new(Code::BadRequest, format!("请填写 {least} 到 {most}")).at(field).into());
    }
    if !TILL_SILENT.contains(&p.till_silent) {
        let (least, most) = (TILL_SILENT.start(), TILL_SILENT.end());
        return Err(Problem::new(Code::BadRequest, format!("收银台静默时长为 {least} 到 {most} 分钟")).at("till_silent").into());
    }
    let policies = Policies {
        holds,
        asks: AskPolicy { percent: p.ask_percent, units: p.ask_units, day_units: p.ask_day_units },
        count: CountPolicy { units: p.count_units, value: p.count_value, share: p.count_share },
        matching: MatchingPolicy { per_km: p.per_km, per_minute: p.per_minute, per_waiting: p.per_waiting, per_spare: p.per_spare },
        stock: StockPolicy { low_at: p.low_at, splits: p.splits, till_silent: p.till_silent },
        version: p.version,
    };
    let (app, by, wanted) = (&app, &call.staff()?.sub, &policies);
    let set = transact(app, call.now, |_| async move {
        let old = app.tables.policies_now().await?;
        let decision = chain::set(&old, *wanted, by)?;
        let now = if decision.is_empty() { old } else { Policies { version: old.version + 1, ..*wanted } };
        Ok(Plan::new(now, decision))
    })
    .await?;
    Reply::json(&policies_view(&set))
}

/// What HQ should look at: shortfalls, what runs low, late transfers and what else is overdue (as far as the caller may see it), and what the last check of the books found.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn exceptions(app: App, call: Call) -> Result<Reply, Failure> {
    let staff = call.staff()?;
    Reply::json(&app.tables.exceptions(|p| staff.permissions.contains(&p), &reach(&app, &call).await?, call.now).await?)
}

/// Splits a stock record for a crowd that HQ expects, or folds it. Selling goes on meanwhile.
///
/// # Errors
/// `bad_request` for more shards than there may be; `not_found` when the record is not there.
pub async fn shards(app: App, call: Call) -> Result<Reply, Failure> {
    let (sku, ask): (SkuId, StockShards) = (call.param("sku")?, call.json()?);
    if ask.shards > MAX_SHARDS {
        return Err(Problem::new(Code::BadRequest, format!("分片数为 0 到 {MAX_SHARDS}")).at("shards").into());
    }
    app.tables.shards(&ask.location, &sku).await?.ok_or_else(|| Failure::not_found("库存"))?;
    app.tables.fold_to(&ask.location, &sku, ask.shards).await?;
    if ask.shards > 0 {
        app.tables.split(&ask.location, &sku, ask.shards, None).await?;
    }
    Reply::json(&StockShards { shards: app.tables.shards(&ask.location, &sku).await?.unwrap_or(0), location: ask.location })
}

/// How many access records a page has.
const RECORDS: i32 = 50;

/// Who has seen personal data in clear, and who has logged in: of a day (China's), of a person, or both; today's when neither is named. Members are
/// named by their id, staff by id or user name.
///
/// # Errors
/// `bad_request` for a day that there is not.
pub async fn access_records(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&access_list(&app, call.q("date"), call.q("actor"), call.q("cursor"), call.now).await?)
}

/// The same for a page.
///
/// # Errors
/// `bad_request` for a day that there is not.
pub async fn access_list(app: &App, day: Option<&str>, actor: Option<&str>, cursor: Option<&str>, now: Timestamp) -> Result<AccessList, Failure> {
    let no_day = || Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at("date");
    let when = day.map(|d| day_named(d, CHINA).filter(|(from, _)| from.0 > 0).ok_or_else(no_day)).transpose()?;
    let nobody = AccessList { records: Vec::new(), next: None };
    let actor = match actor {
        Some(id) if id.parse::<StaffId>().is_ok() || id.parse::<MemberId>().is_ok() => Some(id.to_owned()),
        Some(name) if name.len() > MAX_USERNAME => return Ok(nobody),
        Some(name) => match app.tables.staff(name).await? {
            Some(account) => Some(account.staff.to_string()),
            None => return Ok(nobody),
        },
        None => None,
    };
    let (records, next) = app.tables.access_records(AccessAsk { actor: actor.as_deref(), when }, now, RECORDS, cursor).await?;
    let people: Vec<&str> = records.iter().filter_map(|r| r.actor.as_deref()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    let row = |r: AccessRecord| AccessRow {
        at_text: local_text(r.at, CHINA),
        at: r.at,
        actor_name: r.actor.as_ref().and_then(|a| names.get(a).cloned()),
        actor: r.actor,
        role: r.role,
        act: r.act,
        succeeded: r.succeeded,
        store: r.store,
        orders: r.orders,
        fields: r.fields,
        from: r.from,
    };
    Ok(AccessList { records: records.into_iter().map(row).collect(), next })
}

/// Sums per store and the newest postings.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn settlement(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.tables.hq_settlement(&reach(&app, &call).await?).await?)
}

/// Stores with the work that waits in them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn work(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.tables.store_work(&reach(&app, &call).await?, call.q("cursor"), call.now).await?)
}
