//! Claims: losses, adjustments and returns that one person may not record alone.
//!
//! What a manager throws away needs the same second pair of eyes as what a count finds missing: within the chain's policy
//! ([`CountPolicy`]) it is recorded at once, above it the document waits for somebody who did not make it. It is kept until then, so that what
//! has happened is not forgotten; the shelf changes only when it is approved, decided anew on what is there by then.

use liandian_contracts::Event;
use liandian_types::{ClaimId, ClaimState, Code, Fen, LocationId, MovementId, MovementKind, Problem, SkuId, StaffId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, Write, conflict,
    decision::StockWrite,
    stock::{
        batch::Date,
        count::{CountPolicy, share_of},
    },
};

/// A person, as documents name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Whose account.
    pub staff: StaffId,
    /// The name that people know.
    pub name: String,
}

/// What is said to have happened to one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimLine {
    /// What.
    pub sku: SkuId,
    /// Its name then.
    pub name: String,
    /// How many, as a fact tells it: above zero, for an adjustment also below.
    pub quantity: i64,
    /// Which batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// What the record said then.
    pub on_hand: i64,
    /// The list price then.
    pub price: Fen,
}

/// A stock document that waits for a second person, or waited for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub claim: ClaimId,
    /// Whose staff made it.
    pub store: StoreId,
    /// Where.
    pub location: LocationId,
    /// The location's name.
    pub location_name: String,
    /// A loss, an adjustment or a return.
    pub kind: MovementKind,
    /// Where it stands.
    pub state: ClaimState,
    /// Who made it.
    pub by: Person,
    /// When.
    pub at: Timestamp,
    /// The store's time zone.
    pub zone: String,
    /// The paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What.
    pub lines: Vec<ClaimLine>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Person>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The document that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement: Option<MovementId>,
    /// Grows with every change.
    #[serde(default)]
    pub version: u64,
}

/// What one person has recorded alone at a location on one day, at the list price: many small ones are a large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// Where.
    pub location: LocationId,
    /// Who.
    pub staff: StaffId,
    /// On which day, in the store's zone.
    pub day: Date,
    /// What it was when that was decided.
    pub was: Fen,
    /// What it is now.
    pub value: Fen,
}

/// What a document comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// Units, whichever way they go.
    pub units: i64,
    /// Their worth at the list price, whichever way they go.
    pub value: Fen,
    /// The most units of one line.
    pub largest: i64,
    /// The most of a record that one line takes, in per cent.
    pub share: u32,
}

/// Units that a line adds to the shelf; below zero: takes from it.
#[must_use]
pub fn change(kind: MovementKind, quantity: i64) -> i64 {
    if kind == MovementKind::Loss { -quantity } else { quantity }
}

/// What these lines come to.
#[must_use]
pub fn weight(kind: MovementKind, lines: &[ClaimLine]) -> Weight {
    lines.iter().fold(Weight::default(), |w, l| {
        let units = l.quantity.saturating_abs();
        Weight {
            units: w.units.saturating_add(units),
            value: Fen(w.value.0.saturating_add(l.price.0.saturating_mul(units))),
            largest: w.largest.max(units),
            share: w.share.max(share_of(-change(kind, l.quantity), l.on_hand)),
        }
    })
}

/// May one person record that, who has recorded `before` on this day already?
#[must_use]
pub fn alone(w: &Weight, before: Fen, policy: &CountPolicy) -> bool {
    policy.lets(w.largest, Fen(w.value.0.saturating_add(before.0)), w.share)
}

/// More than the record has cannot be written off: the record is wrong then, and a count says by how much.
///
/// # Errors
/// `conflict` naming the line.
pub fn there(kind: MovementKind, lines: &[ClaimLine]) -> Refusable<()> {
    match lines.iter().enumerate().find(|(_, l)| -change(kind, l.quantity) > l.on_hand.max(0)) {
        None => Ok(()),
        Some((i, l)) => {
            let text = format!("「{}」账面只有 {} 件，不能{} {} 件；账实不符，请先盘点", l.name, l.on_hand, kind.title(), l.quantity.abs());
            Err(Problem::new(Code::Conflict, text).at(format!("lines[{i}].quantity")))
        }
    }
}

/// Makes a claim: the shelf stays as it is.
#[must_use]
pub fn make(c: Claim) -> Decision {
    let w = weight(c.kind, &c.lines);
    let mut d = Decision::default();
    d.claim_event(&c.claim, Event::ClaimMade { claim: c.claim.clone(), location: c.location.clone(), what: c.kind, units: w.units, value: w.value });
    d.write(StockWrite::CreateClaim(Box::new(c)));
    d
}

/// May this person decide about it?
#[must_use]
pub fn decides(c: &Claim, may: bool, staff: &StaffId) -> bool {
    may && c.state == ClaimState::Waiting && c.by.staff != *staff
}

fn decidable(c: &Claim, by: &Person) -> Refusable<()> {
    if c.state != ClaimState::Waiting {
        return conflict(format!("这张单据{}，不能再审批", c.state.title()));
    }
    if c.by.staff == by.staff {
        return Err(Problem::new(Code::Forbidden, "提交的人不能审批自己的单据，请由其他有权限的人审批"));
    }
    Ok(())
}

/// A second person approves it: `recorded` is what it does to the shelf as that is now (`on_hand` of each line).
///
/// # Errors
/// `conflict` when it was decided before, or when the record has less by now; `forbidden` for whoever made it.
pub fn approve(c: &Claim, on_hand: &[i64], recorded: Decision, by: &Person, now: Timestamp) -> Refusable<Decision> {
    decidable(c, by)?;
    let lines: Vec<ClaimLine> = c.lines.iter().zip(on_hand).map(|(l, n)| ClaimLine { on_hand: *n, ..l.clone() }).collect();
    there(c.kind, &lines)?;
    let mut d = recorded;
    for w in &mut d.writes {
        if let Write::Stock(StockWrite::Movement(m)) = w {
            m.approved_by = Some(by.staff.to_string());
        }
    }
    let Some(movement) = d.document().map(|m| m.movement.clone()) else { return conflict("这张单据没有内容，不能批准") };
    d.claim_event(&c.claim, Event::ClaimApproved { claim: c.claim.clone(), movement: movement.clone() });
    d.write(StockWrite::UpdateClaim(Box::new(Claim {
        state: ClaimState::Approved,
        decided_by: Some(by.clone()),
        decided_at: Some(now),
        movement: Some(movement),
        ..c.clone()
    })));
    Ok(d)
}

/// A second person rejects it; the shelf stays as it is.
///
/// # Errors
/// `conflict` when it was decided before; `forbidden` for whoever made it; `bad_request` without a reason.
pub fn reject(c: &Claim, reason: Option<&str>, by: &Person, now: Timestamp) -> Refusable<Decision> {
    decidable(c, by)?;
    let reason = reason.map(str::trim).filter(|r| !r.is_empty() && r.chars().count() <= 100);
    let Some(reason) = reason else { return Err(Problem::new(Code::BadRequest, "请填写驳回原因，最多 100 个字").at("reason")) };
    let mut d = Decision::default();
    d.claim_event(&c.claim, Event::ClaimRejected { claim: c.claim.clone(), reason: reason.to_owned() });
    d.write(StockWrite::UpdateClaim(Box::new(Claim {
        state: ClaimState::Rejected,
        decided_by: Some(by.clone()),
        decided_at: Some(now),
        answer: Some(reason.to_owned()),
        ..c.clone()
    })));
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::{record as stock, record::Fact};

    const POLICY: CountPolicy = CountPolicy { units: 2, value: Fen(5_000), share: 50 };

    fn line(quantity: i64, on_hand: i64, price: i64) -> ClaimLine {
        ClaimLine { sku: "sku_1".parse().unwrap(), name: "鲜牛奶".into(), quantity, expires_on: None, on_hand, price: Fen(price) }
    }

    fn person(n: u8) -> Person {
        Person { staff: format!("stf_{n}").parse().unwrap(), name: format!("店员 {n}") }
    }

    fn claim(kind: MovementKind, lines: Vec<ClaimLine>) -> Claim {
        Claim {
            claim: "clm_1".parse().unwrap(),
            store: "sto_sh01".parse().unwrap(),
            location: "loc_sh01".parse().unwrap(),
            location_name: "静安店".into(),
            kind,
            state: ClaimState::Waiting,
            by: person(1),
            at: Timestamp(1),
            zone: "UTC".into(),
            document: None,
            reason: Some("过期".into()),
            lines,
            decided_by: None,
            decided_at: None,
            answer: None,
            movement: None,
            version: 0,
        }
    }

    fn recorded(c: &Claim) -> Decision {
        stock::record(Fact {
            movement: "mov_1".parse().unwrap(),
            location: c.location.clone(),
            kind: c.kind,
            at: Timestamp(9),
            document: None,
            reason: c.reason.clone(),
            actor: c.by.staff.to_string(),
            lines: c.lines.iter().map(|l| (l.sku.clone(), l.quantity)).collect(),
            rebased: vec![],
        })
        .unwrap()
    }

    #[test]
    fn given_a_document_when_weighed_then_units_worth_share_and_what_was_recorded_before_are_each_a_limit() {
        use MovementKind as K;
        let lets = |kind, lines: &[ClaimLine], before| alone(&weight(kind, lines), Fen(before), &POLICY);
        assert!(lets(K::Loss, &[line(2, 10, 2_500)], 0));
        assert!(!lets(K::Loss, &[line(3, 10, 1)], 0), "units");
        assert!(!lets(K::Loss, &[line(2, 10, 2_501)], 0), "worth");
        assert!(!lets(K::Loss, &[line(1, 10, 2_501), line(1, 10, 2_500)], 0), "worth of all lines");
        assert!(!lets(K::Loss, &[line(2, 3, 1)], 0), "most of what is there");
        assert!(lets(K::Loss, &[line(1, 1, 5_000)], 0), "a single unit is no share");
        assert!(lets(K::Loss, &[line(1, 10, 1_000)], 4_000) && !lets(K::Loss, &[line(1, 10, 1_000)], 4_001), "many small ones are a large one");
        assert!(lets(K::Adjustment, &[line(-2, 10, 1)], 0) && !lets(K::Adjustment, &[line(-3, 10, 1)], 0));
        assert!(lets(K::Adjustment, &[line(2, 0, 1)], 0), "what comes in takes no share");
        assert!(lets(K::Return, &[line(2, 0, 1)], 0) && !lets(K::Return, &[line(3, 0, 1)], 0));
        let w = weight(K::Adjustment, &[line(-4, 10, 100), line(1, 0, 300)]);
        assert_eq!(w, Weight { units: 5, value: Fen(700), largest: 4, share: 40 });
        assert_eq!(weight(K::Loss, &[line(i64::MAX, 1, i64::MAX)]).value, Fen(i64::MAX));
    }

    #[test]
    fn given_more_than_is_on_hand_when_written_off_then_a_count_is_asked_for() {
        use MovementKind as K;
        assert!(there(K::Loss, &[line(10, 10, 1)]).is_ok());
        let refused = there(K::Loss, &[line(1, 9, 1), line(10, 9, 1)]).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (Code::Conflict, Some("lines[1].quantity")));
        assert!(refused.detail.contains("账面只有 9 件") && refused.detail.contains("盘点"), "{}", refused.detail);
        assert!(there(K::Adjustment, &[line(-1, 0, 1)]).is_err() && there(K::Adjustment, &[line(-1, -3, 1)]).is_err());
        assert!(there(K::Adjustment, &[line(5, 0, 1)]).is_ok() && there(K::Return, &[line(5, 0, 1)]).is_ok());
    }

    #[test]
    fn given_a_claim_when_decided_then_only_somebody_else_may_once_and_on_what_is_there_by_then() {
        let c = claim(MovementKind::Loss, vec![line(8, 10, 100)]);
        let made = make(c.clone());
        assert_eq!(made.writes, [Write::Stock(StockWrite::CreateClaim(Box::new(c.clone())))], "the shelf stays as it is");
        assert!(matches!(&made.events[..], [(_, Event::ClaimMade { units: 8, value: Fen(800), .. })]));
        assert_eq!(approve(&c, &[10], recorded(&c), &person(1), Timestamp(9)).unwrap_err().code, Code::Forbidden);
        assert_eq!(reject(&c, Some("不对"), &person(1), Timestamp(9)).unwrap_err().code, Code::Forbidden);
        assert!(decides(&c, true, &person(2).staff) && !decides(&c, false, &person(2).staff) && !decides(&c, true, &person(1).staff));
        assert_eq!(approve(&c, &[7], recorded(&c), &person(2), Timestamp(9)).unwrap_err().field.as_deref(), Some("lines[0].quantity"));

        let d = approve(&c, &[8], recorded(&c), &person(2), Timestamp(9)).unwrap();
        let document = d.document().unwrap();
        assert_eq!((document.lines[0].on_hand, document.approved_by.as_deref(), document.actor.as_deref()), (-8, Some("stf_2"), Some("stf_1")));
        let Some(Write::Stock(StockWrite::UpdateClaim(done))) = d.writes.last() else { panic!("the claim moves on") };
        assert_eq!(
            (done.state, done.decided_by.as_ref(), done.movement.as_ref()),
            (ClaimState::Approved, Some(&person(2)), Some(&document.movement))
        );
        assert_eq!(approve(done, &[8], recorded(&c), &person(2), Timestamp(9)).unwrap_err().code, Code::Conflict);

        assert_eq!(reject(&c, Some(" "), &person(2), Timestamp(9)).unwrap_err().field.as_deref(), Some("reason"));
        assert_eq!(reject(&c, Some(&"字".repeat(101)), &person(2), Timestamp(9)).unwrap_err().field.as_deref(), Some("reason"));
        let d = reject(&c, Some("照片不清楚"), &person(2), Timestamp(9)).unwrap();
        let Write::Stock(StockWrite::UpdateClaim(back)) = &d.writes[0] else { panic!("the claim moves on") };
        assert_eq!((d.writes.len(), back.state, back.answer.as_deref()), (1, ClaimState::Rejected, Some("照片不清楚")));
        assert_eq!(reject(back, Some("x"), &person(2), Timestamp(9)).unwrap_err().code, Code::Conflict);
    }
}
