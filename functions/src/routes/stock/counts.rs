//! Stock counts: people walk along the shelf, somebody else says whether what they found is right.

use liandian_domain::{
    stock::{
        batch::day_of,
        count::{self, Found, NewCount},
    },
    stores::hours::day,
};
use liandian_types::{
    Code, CountKind, CountStep, Problem, SkuId,
    api::{CountCard, CountEntered, CountEntries, CountStepRequest, CountView, StartCount},
};

use crate::{
    App,
    flows::stock::{counts, shelf},
    http::{Call, Failure, Reply},
    transact::{Once, Plan, transact},
    views::stock::counts::{count_card, count_line_views, count_list, count_view},
};

/// Begins a count, once per key.
///
/// # Errors
/// `bad_request` naming the field; `idempotency_mismatch`.
pub async fn start(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store, by): (StartCount, _, _) = (call.json()?, call.store()?, call.staff()?.sub.clone());
    let once = Once::of(&call, &by)?;
    // Before its lines are written, which are too many for a transaction.
    if let Some(first) = once.answered::<CountCard>(&app, call.now).await? {
        return Reply::json(&first);
    }
    let place = shelf::place(&app, &store, ask.location.as_ref()).await?;
    if app.tables.count_under_way(&place.here.location).await?.is_some() {
        return Err(under_way());
    }
    let whose = if place.here.location == store.shelf() { String::new() } else { format!("{} · ", place.here.name) };
    let library = app.tables.library_of(&store).await?;
    let mut skus = app.tables.skus_of_location(&place.here.location).await?;
    let title = match (ask.kind, ask.category.as_deref().filter(|c| !c.is_empty())) {
        (CountKind::Full, None) if ask.skus.is_empty() => if whose.is_empty() { "全店" } else { "全部" }.to_owned(),
        (CountKind::Full, _) => return Err(Problem::new(Code::BadRequest, "全盘不能指定范围").at("kind").into()),
        (CountKind::Cyclic, Some(category)) if ask.skus.is_empty() => {
            let of: Vec<_> = library.iter().filter(|s| s.category == category).collect();
            skus.retain(|s| of.iter().any(|o| o.sku == *s));
            let Some(first) = of.first() else { return Err(Problem::new(Code::BadRequest, "没有这个分类").at("category").into()) };
            first.category_name.clone()
        }
        (CountKind::Cyclic, None) if !ask.skus.is_empty() => {
            let chosen: std::collections::BTreeSet<&SkuId> = ask.skus.iter().collect();
            if let Some(unknown) = chosen.iter().find(|s| !library.iter().any(|l| l.sku == ***s)) {
                return Err(Problem::new(Code::BadRequest, format!("商品库中没有 {unknown}")).at("skus").into());
            }
            skus = chosen.into_iter().cloned().collect();
            format!("指定 {} 种商品", skus.len())
        }
        (CountKind::Cyclic, _) => return Err(Problem::new(Code::BadRequest, "循环盘点需要一个分类，或若干商品").at("category").into()),
    };
    let new = NewCount {
        count: app.id(),
        store,
        location: place.here.location,
        zone: place.zone,
        kind: ask.kind,
        blind: ask.blind,
        picked: !ask.skus.is_empty(),
        title: format!("{whose}{title}"),
        skus,
        by,
    };
    let (begun, lines, decision) = count::begin(new, call.now)?;
    app.tables.add_count_lines(&lines, call.now).await?;
    let (answer, decision) = (&count_card(&begun), &decision);
    let outcome = once.run::<CountCard, _>(&app, call.now, |_| async move { Ok((answer.clone(), decision.clone())) }).await;
    // Somebody was faster. After any other failure nobody knows whether it has begun: its lines end by themselves if it has not.
    let another = match &outcome {
        Ok(card) => card.count != begun.count,
        Err(e) => matches!(e, Failure::Exists),
    };
    if another && let Err(e) = app.tables.drop_count_lines(&lines).await {
        tracing::warn!(count = %begun.count, error = %e, "the lines of a count that did not begin are left to their end");
    }
    match outcome {
        Err(Failure::Exists) => Err(under_way()),
        begun => Reply::json(&begun?),
    }
}

fn under_way() -> Failure {
    Failure::refuse(Code::Conflict, "这里还有一张盘点单没有完成，请先完成或取消它")
}

/// Counts of the store, newest first.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&count_list(&app.tables, &call.store()?, call.q("cursor")).await?)
}

/// One count with its lines. While a blind count is open, nobody sees what the record says.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&seen(&app, &call).await?)
}

/// A count as this person sees it.
///
/// # Errors
/// `not_found` when it is not the store's.
async fn seen(app: &App, call: &Call) -> Result<CountView, Failure> {
    let count = counts::of(app, &call.store()?, &call.param("count")?).await?;
    let lines = app.tables.count_lines(&count.count).await?;
    count_view(app, &count, &lines, call.staff()?).await
}

/// Enters what was found.
///
/// # Errors
/// `bad_request` naming the line; `conflict` when it is no longer open; `not_found`.
pub async fn enter(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store, by): (CountEntries, _, _) = (call.json()?, call.store()?, &call.staff()?.sub);
    if ask.lines.is_empty() || ask.lines.len() > count::MAX_ENTRIES {
        return Err(Problem::new(Code::BadRequest, format!("一次录入 1 到 {} 种商品", count::MAX_ENTRIES)).at("lines").into());
    }
    let id = call.param("count")?;
    let skus: Vec<SkuId> = ask.lines.iter().map(|l| l.sku.clone()).collect();
    let dated = shelf::expire(&app, skus.iter()).await?;
    let (app, store, id, skus, ask, dated) = (&app, &store, &id, &skus, &ask, &dated);
    let (count, entered) = transact(app, call.now, |_| async move {
        let count = counts::of(app, store, id).await?;
        let today = day(call.now, &count.zone);
        let lines = app.tables.some_count_lines(id, skus).await?;
        // What the record says at this moment goes with what was found.
        let records: Vec<_> = skus.iter().map(|s| (count.location.clone(), s.clone())).collect();
        let books = app.tables.stock(&records, true).await?;
        let mut found = Vec::with_capacity(books.len());
        for (i, (l, b)) in ask.lines.iter().zip(books).enumerate() {
            let bad = |text: String| Failure::from(Problem::new(Code::BadRequest, text).at(format!("lines[{i}].expires_on")));
            let expires_on = match &l.expires_on {
                Some(_) if !dated.contains(&l.sku) => return Err(bad("该商品不按到期日管理".into())),
                // What lies there may well be too old.
                Some(text) => Some(day_of(text, today, false).map_err(bad)?),
                None => None,
            };
            found.push(Found { sku: l.sku.clone(), counted: l.counted, book: b.on_hand, expires_on });
        }
        let (entered, decision) = count::enter(&count, &lines, &found, by, call.now)?;
        Ok(Plan::new((count, entered), decision))
    })
    .await?;
    Reply::json(&CountEntered { lines: count_line_views(&app.tables, &count, &entered).await? })
}

/// Submits a count, or calls it off.
///
/// # Errors
/// `conflict` when its state does not allow it; `bad_request` when lines are missing; `not_found`.
pub async fn step(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: CountStepRequest = call.json()?;
    match ask.step {
        CountStep::Submit => counts::submit(&app, &call.store()?, &call.param("count")?, &call.staff()?.sub, call.now).await?,
        CountStep::Cancel => counts::cancel(&app, &call.store()?, &call.param("count")?, call.now).await?,
        CountStep::Approve | CountStep::Reject => return Err(Problem::new(Code::BadRequest, "这里只能提交或取消").at("step").into()),
    }
    Reply::json(&seen(&app, &call).await?)
}

/// Approves what was found, or sends it back to be counted again.
///
/// # Errors
/// `conflict` when there is nothing to decide; `forbidden` for whoever submitted it; `bad_request` without a reason; `not_found`.
pub async fn decide(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: CountStepRequest = call.json()?;
    let approve = match ask.step {
        CountStep::Approve => true,
        CountStep::Reject => false,
        CountStep::Submit | CountStep::Cancel => return Err(Problem::new(Code::BadRequest, "这里只能批准或驳回").at("step").into()),
    };
    counts::decide(&app, &call.store()?, &call.param("count")?, approve, ask.reason.as_deref(), &call.staff()?.sub, call.now).await?;
    Reply::json(&seen(&app, &call).await?)
}
