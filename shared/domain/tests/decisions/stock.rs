use liandian_domain::{
    Write,
    decision::StockWrite,
    stock::{
        batch::{Batch, Date, Perishable},
        record::{Fact, MAX_FACT_LINES, MovementKind as K, Stock, StockChange, StockPolicy, record, way},
    },
};

use crate::fixtures::{NOW, asked_for, documents, id};

fn fact(kind: K, lines: &[(&str, i64)]) -> Fact {
    Fact {
        movement: id("mov_1"),
        location: id("loc_a"),
        kind,
        at: NOW,
        document: Some(" DN-7 ".into()),
        reason: Some(" 破损 ".into()),
        actor: "stf_1".into(),
        lines: lines.iter().map(|(s, n)| (id(s), *n)).collect(),
        rebased: vec![],
    }
}

#[test]
fn given_counters_when_asked_then_free_is_what_is_left_after_promises_and_safety() {
    let s = Stock { on_hand: 10, reserved: 3, safety: 2, incoming: 4 };
    assert_eq!((s.free(), s.available()), (5, 5));
    let short = Stock { on_hand: 1, ..s };
    assert_eq!((short.free(), short.available()), (-4, 0));
    assert_eq!(s.and(&short), Stock { on_hand: 11, reserved: 6, safety: 4, incoming: 8 });
    let change = StockChange { on_hand: -1, reserved: 2, incoming: 3, safety: -1, ..StockChange::none(&id("loc_a"), &id("sku_1")) };
    assert_eq!(s.after(&change), Stock { on_hand: 9, reserved: 5, safety: 1, incoming: 7 });
    assert_eq!((change.needs_free, change.seen_safety), (None, None));
    assert_eq!(StockPolicy::default(), StockPolicy { low_at: 3, splits: true, till_silent: 180 });
}

#[test]
fn given_kinds_when_people_record_them_then_units_go_this_way() {
    let all = [
        K::Receipt,
        K::Return,
        K::PosSale,
        K::Loss,
        K::Adjustment,
        K::Reserve,
        K::Release,
        K::Sale,
        K::TransferIn,
        K::TransferSurplus,
        K::TransferLost,
        K::Count,
    ];
    assert_eq!(all.map(way), [Some(1), Some(1), Some(-1), Some(-1), Some(0), None, None, None, None, None, None, None]);
    for (kind, n, on_hand) in
        [(K::Receipt, 3, 3), (K::Return, 3, 3), (K::PosSale, 3, -3), (K::Loss, 3, -3), (K::Adjustment, 3, 3), (K::Adjustment, -3, -3)]
    {
        let d = record(fact(kind, &[("sku_1", n)])).unwrap();
        assert_eq!((documents(&d), asked_for(&d)), (vec![(kind, "loc_a".into(), vec![("sku_1".into(), on_hand, 0, 0)])], vec![]));
        let m = d.document().unwrap();
        assert_eq!((m.document.as_deref(), m.reason.as_deref(), m.actor.as_deref(), m.at), (Some("DN-7"), Some("破损"), Some("stf_1"), NOW));
        assert_eq!((m.order.clone(), m.transfer.clone()), (None, None));
    }
}

#[test]
fn given_texts_and_signs_when_recorded_then_limits_hold_from_both_sides() {
    let field = |f: Fact| record(f).err().and_then(|p| p.field).unwrap_or_default();
    assert_eq!(field(Fact { document: Some("单".repeat(40)), ..fact(K::Receipt, &[("sku_1", 1)]) }), "");
    assert_eq!(field(Fact { document: Some("单".repeat(41)), ..fact(K::Receipt, &[("sku_1", 1)]) }), "document");
    assert_eq!(field(Fact { reason: Some("因".repeat(100)), ..fact(K::Receipt, &[("sku_1", 1)]) }), "");
    assert_eq!(field(Fact { reason: Some("因".repeat(101)), ..fact(K::Receipt, &[("sku_1", 1)]) }), "reason");
    for kind in [K::Loss, K::Adjustment] {
        assert_eq!(field(Fact { reason: None, ..fact(kind, &[("sku_1", 1)]) }), "reason", "{kind}");
    }
    for kind in [K::Receipt, K::Return, K::PosSale] {
        assert_eq!(field(Fact { reason: None, document: None, ..fact(kind, &[("sku_1", 1)]) }), "", "{kind}");
        assert_eq!(field(fact(kind, &[("sku_1", 0)])), "lines[0].quantity");
        assert_eq!(field(fact(kind, &[("sku_1", -1)])), "lines[0].quantity");
    }
    assert_eq!(field(fact(K::Adjustment, &[("sku_1", -99_999)])), "");
    assert_eq!(field(fact(K::Adjustment, &[("sku_1", -100_000)])), "lines[0].quantity");
}

#[test]
fn given_goods_with_dates_when_recorded_then_each_counts_as_two_lines_and_its_dates_are_in_the_document() {
    let rebased = |n: usize| {
        let came = [Batch { expires_on: Date::constant(2027, 1, 3), units: 1, came_on: None }];
        Perishable::default().rebased(&id("loc_a"), &id(format!("sku_{n}")), &came, &[], "UTC")
    };
    let of = |lines: usize, dated: usize| Fact {
        lines: (0..lines).map(|n| (id(format!("sku_{n}")), 1)).collect(),
        rebased: (0..dated).map(rebased).collect(),
        ..fact(K::Receipt, &[])
    };
    assert_eq!(MAX_FACT_LINES, 90);
    let d = record(of(45, 45)).unwrap();
    assert_eq!(d.writes.iter().filter(|w| matches!(w, Write::Stock(StockWrite::Batches(_)))).count(), 45);
    assert_eq!(d.document().unwrap().lines[7].batches[0].units, 1);
    assert_eq!(record(of(46, 45)).unwrap_err().field.as_deref(), Some("lines"));
    assert!(record(of(46, 44)).is_ok());
    assert_eq!(record(of(2, 1)).unwrap().undated(), [(id("loc_a"), id("sku_1"))], "what came without a date is told");
}
