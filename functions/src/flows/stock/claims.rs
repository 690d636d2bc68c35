//! Losses, adjustments and returns: recorded at once within the chain's policy, else kept until a second person has decided.

use liandian_domain::{
    Decision,
    decision::StockWrite,
    stock::{
        claim::{self, Alone, Claim, ClaimLine, Person},
        record as stock,
        record::Fact,
    },
    stores::hours::day,
};
use liandian_types::{
    ClaimId, ClaimState, LocationId, StoreId, Timestamp,
    api::{FactLine, Recorded},
};

use super::shelf::{self, Place};
use crate::{
    App,
    auth::Staff,
    http::Failure,
    transact::{Plan, transact},
};

/// Whoever is logged in, as documents name people.
fn person(staff: &Staff) -> Person {
    Person { staff: staff.sub.clone(), name: staff.name.clone() }
}

/// The lines of a fact with what the record says now, and what the goods are worth.
async fn lines(app: &App, location: &LocationId, told: &[FactLine]) -> Result<Vec<ClaimLine>, Failure> {
    let library = app.tables.library_at(location).await?;
    let at: Vec<_> = told.iter().map(|l| (location.clone(), l.sku.clone())).collect();
    let stock = app.tables.stock(&at, true).await?;
    let line = |(l, s): (&FactLine, stock::Stock)| {
        let known = library.iter().find(|k| k.sku == l.sku);
        ClaimLine {
            sku: l.sku.clone(),
            name: known.map_or_else(|| l.sku.to_string(), liandian_domain::catalog::LibrarySku::title),
            quantity: l.quantity,
            expires_on: l.expires_on.as_ref().and_then(|d| d.trim().parse().ok()),
            on_hand: s.on_hand,
            price: known.map_or(liandian_types::Fen::ZERO, |k| k.price),
        }
    };
    Ok(told.iter().zip(stock).map(line).collect())
}

/// Whose shelf it is, and who tells it.
pub struct Told<'a> {
    /// Whose staff.
    pub store: &'a StoreId,
    /// Where.
    pub place: &'a Place,
    /// Who.
    pub staff: &'a Staff,
}

/// What is told, and what becomes of it: `recorded` changes the shelf, when one person may do that alone.
///
/// # Errors
/// `conflict` for more than the record has: that needs a count.
pub async fn recorded_or_kept(
    app: &App,
    t: &Told<'_>,
    fact: &Fact,
    told: &[FactLine],
    recorded: Decision,
    now: Timestamp,
) -> Result<(Recorded, Decision), Failure> {
    let (location, zone) = (&t.place.here.location, &t.place.zone);
    let lines = lines(app, location, told).await?;
    claim::there(fact.kind, &lines)?;
    let today = day(now, zone);
    let (policy, before) = futures::try_join!(app.tables.policy_of(&t.place.standing, now), app.tables.alone(location, &t.staff.sub, today))?;
    let weight = claim::weight(fact.kind, &lines);
    if claim::alone(&weight, before, &policy.count()) {
        let mut d = recorded;
        let value = before + weight.value;
        d.write(StockWrite::Alone(Box::new(Alone { location: location.clone(), staff: t.staff.sub.clone(), day: today, was: before, value })));
        return Ok((Recorded { movement: Some(fact.movement.clone()), claim: None }, d));
    }
    let id: ClaimId = app.id();
    let d = claim::make(Claim {
        claim: id.clone(),
        store: t.store.clone(),
        location: location.clone(),
        location_name: t.place.here.name.clone(),
        kind: fact.kind,
        state: ClaimState::Waiting,
        by: person(t.staff),
        at: now,
        zone: zone.clone(),
        document: fact.document.clone(),
        reason: fact.reason.clone(),
        lines,
        decided_by: None,
        decided_at: None,
        answer: None,
        movement: None,
        version: 0,
    });
    Ok((Recorded { movement: None, claim: Some(id) }, d))
}

/// A claim of this store.
///
/// # Errors
/// `not_found`.
pub async fn of(app: &App, store: &StoreId, id: &ClaimId) -> Result<Claim, Failure> {
    app.tables.claim(id).await?.filter(|c| c.store == *store).ok_or_else(|| Failure::not_found("单据"))
}

/// Somebody decides: what is approved is recorded in the same transaction, on the shelf as it is now.
///
/// # Errors
/// As [`claim::approve`] and [`claim::reject`]; `not_found`.
pub async fn decide(
    app: &App,
    store: &StoreId,
    id: &ClaimId,
    approve: bool,
    reason: Option<&str>,
    staff: &Staff,
    now: Timestamp,
) -> Result<(), Failure> {
    let by = &person(staff);
    transact(app, now, |_| async move {
        let c = of(app, store, id).await?;
        let decision = if approve {
            let told: Vec<FactLine> = c
                .lines
                .iter()
                .map(|l| FactLine { sku: l.sku.clone(), quantity: l.quantity, expires_on: l.expires_on.map(|d| d.to_string()) })
                .collect();
            let fact = Fact {
                movement: app.id(),
                location: c.location.clone(),
                kind: c.kind,
                at: now,
                document: c.document.clone().or_else(|| Some(c.claim.to_string())),
                reason: c.reason.clone(),
                actor: c.by.staff.to_string(),
                lines: c.lines.iter().map(|l| (l.sku.clone(), l.quantity)).collect(),
                rebased: Vec::new(),
            };
            let on_hand: Vec<i64> = lines(app, &c.location, &told).await?.iter().map(|l| l.on_hand).collect();
            claim::approve(&c, &on_hand, shelf::record(app, &fact, &told, &c.zone, now).await?, by, now)?
        } else {
            claim::reject(&c, reason, by, now)?
        };
        Ok(Plan::new((), decision))
    })
    .await
}
