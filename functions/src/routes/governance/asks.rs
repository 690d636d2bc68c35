//! What a store asks for beside prices: goods of the library, and changes of its profile. Inside its policy they hold at once.

use std::collections::BTreeSet;

use liandian_domain::{
    Decision,
    catalog::upload::Owner,
    governance::{
        request::{Change, ChangeRequest, Document, Target},
        store_prices::Author,
        subjects::{GoodsAt, Subject, ask_goods, ask_profile},
        terms::Terms,
    },
    stores::hours::{CHINA, day_named},
};
use liandian_store::requests::is_open;
use liandian_types::{
    Code, Problem, RequestId, SkuId,
    api::{AskGoods, AskProfile, AskedGoods, AskedProfile},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    routes::catalog::uploads::{self, Place},
    transact::{Plan, transact},
    views::governance::{
        prices::request_cards,
        subject::{lacking, subject},
    },
};

/// SKUs that one call asks for: each is four rows of one transaction.
const MOST: usize = 20;
/// A store's newest requests, among which one that waits already is looked for.
const NEWEST: i32 = 100;

/// What the store shows beside what it asks.
fn documents(ask: &AskGoods) -> Result<Vec<Document>, Failure> {
    let mut all = Vec::with_capacity(ask.documents.len());
    for (i, d) in ask.documents.iter().enumerate() {
        let wrong = || Problem::new(Code::BadRequest, "日期的格式为 2026-12-31").at(format!("documents[{i}].expires"));
        // It holds to the end of its last day.
        let expires = day_named(d.expires.trim(), CHINA).ok_or_else(wrong)?.1;
        all.push(Document { kind: d.kind.trim().to_owned(), number: d.number.trim().to_owned(), expires, file: d.file.trim().to_owned() });
    }
    Ok(all)
}

/// A store asks for goods, or asks to give them up. What its policy lets is in force, the rest waits: all of it in one transaction.
///
/// # Errors
/// `bad_request` naming the field, also for mandatory goods, which nobody lets go; `not_found` when there is no such store.
pub async fn goods(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (AskGoods, _) = (call.json()?, call.store()?);
    let skus: Vec<SkuId> = ask.skus.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    if skus.is_empty() || skus.len() > MOST {
        return Err(Problem::new(Code::BadRequest, format!("请选择 1 到 {MOST} 种商品")).at("skus").into());
    }
    let ids: Vec<RequestId> = skus.iter().map(|_| app.id()).collect();
    let documents = documents(&ask)?;
    // Of what was uploaded a store shows its own.
    let place = |(i, d): (usize, &Document)| Place { field: format!("documents[{i}].file"), address: d.file.clone() };
    let places: Vec<Place> = documents.iter().enumerate().map(place).collect();
    uploads::known(&app, Some(&Owner::Store(store.clone())), &places).await?;
    let (a, by, store, skus, ids, ask, now) = (&app, &call.staff()?.sub, &store, &skus, &ids, &ask, call.now);
    let documents = documents.as_slice();
    let (in_force, asked, left_out) = transact(a, now, |_| async move {
        let tables = &a.tables;
        let beside = async { futures::try_join!(tables.store_now(store), tables.settings(), tables.categories_now()) };
        let rows = async { futures::try_join!(tables.goods_now(store, skus), tables.requests_of(store, NEWEST, None)) };
        let ((profile, settings, categories), (goods, (waiting, _))) = futures::try_join!(Box::pin(beside), Box::pin(rows))?;
        let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
        let terms = Terms::of(settings.iter(), &profile, now);
        let waits = |sku: &SkuId| {
            let same = |r: &ChangeRequest| {
                matches!(&r.target, Target::Listing { sku: of, .. } if of == sku) && matches!(r.change, Change::List { new, .. } if new == ask.list)
            };
            waiting.iter().any(|r| is_open(r) && same(r))
        };
        let (mut d, mut in_force, mut asked, mut left_out) = (Decision::default(), Vec::new(), Vec::new(), Vec::new());
        for ((sku, id), (library, listing)) in skus.iter().zip(ids).zip(&goods) {
            let Some(library) = library.as_ref().filter(|l| l.local_to.as_ref().is_none_or(|of| of == store)) else {
                return Err(Problem::new(Code::BadRequest, format!("商品库中没有 {sku}")).at("skus").into());
            };
            let permit = lacking(&categories.tree, &profile, &library.category, now);
            let at = GoodsAt { store, sku: library, listing: listing.as_ref(), permit: permit.as_deref(), documents, terms: &terms };
            if waits(sku) {
                left_out.push(sku.clone());
                continue;
            }
            let (request, decision) = ask_goods(&at, ask.list, Author { by, why: &ask.why, seen: 0, id }, now)?;
            match request {
                Some(r) => asked.push(r),
                None if decision.is_empty() => left_out.push(sku.clone()),
                None => in_force.push(sku.clone()),
            }
            d.and(decision);
        }
        Ok(Plan::new((in_force, asked, left_out), d))
    })
    .await?;
    let requests = request_cards(a, &asked, None).await?;
    Reply::json(&AskedGoods { in_force, requests, left_out })
}

/// A store changes a field of its profile, or asks for it.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the profile was changed since it was seen, says so already, or such a request waits; `not_found`.
pub async fn profile(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (AskProfile, _) = (call.json()?, call.store()?);
    let id: RequestId = app.id();
    let target = Target::Profile { store: store.clone(), field: ask.field.clone() };
    let (a, by, store, id, ask, target, now) = (&app, &call.staff()?.sub, &store, &id, &ask, &target, call.now);
    let (request, version) = transact(a, now, |_| async move {
        let waiting = async { Ok::<_, Failure>(a.tables.requests_of(store, NEWEST, None).await?.0) };
        let (read, waiting) = futures::try_join!(Box::pin(subject(a, target, now)), waiting)?;
        if waiting.iter().any(|r| is_open(r) && r.target == *target) {
            return Err(Failure::refuse(Code::Conflict, "这一项已有审批单在等待，请先撤回"));
        }
        let version = read.profile().version;
        let (request, decision) = read.with(|s| match s {
            Subject::Profile(at) => ask_profile(at, &ask.field, &ask.value, Author { by, why: &ask.why, seen: ask.version, id }, now),
            Subject::Price(_) | Subject::Goods(_) => Err(Problem::new(Code::Conflict, "审批单与所改内容不符")),
        })?;
        let version = if request.is_none() { version + 1 } else { version };
        Ok(Plan::new((request, version), decision))
    })
    .await?;
    let in_force = request.is_none();
    let asked: Vec<ChangeRequest> = request.into_iter().collect();
    let request = request_cards(a, &asked, None).await?.into_iter().next();
    Reply::json(&AskedProfile { in_force, request, version })
}
