//! An order of two lines, and what a decision did.

use liandian_domain::{
    Decision, Refusable, Write,
    decision::{OrdersWrite, StockWrite, TransfersWrite},
    orders::order::{BodyLine, OrderBody, OrderHead},
    stock::record::Movement,
    transfers::Transfer,
};
use liandian_types::{Fen, Fulfilment, MovementKind, OrderState, Problem, Quantity, Timestamp};
use serde_json::{Value, json};

pub fn id<T: std::str::FromStr>(text: impl AsRef<str>) -> T
where
    T::Err: std::fmt::Debug,
{
    text.as_ref().parse().unwrap()
}

/// The moment at which everything here is decided.
pub const NOW: Timestamp = Timestamp(1_000_000);
pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 86_400_000;

pub const STATES: [OrderState; 10] = [
    OrderState::Placed,
    OrderState::AwaitingTransfer,
    OrderState::Preparing,
    OrderState::Ready,
    OrderState::Delivering,
    OrderState::Completed,
    OrderState::Settled,
    OrderState::Closed,
    OrderState::Refunding,
    OrderState::Refunded,
];

/// 3 × ¥12.90 and 2 × ¥4.55, ¥5 for bringing them; placed a minute before the beginning of time.
pub fn head(state: OrderState, fulfilment: Fulfilment) -> OrderHead {
    let fields: Value = json!({
        "order": "ord_1", "version": 7, "state": state, "store": "sto_a", "store_name": "甲店", "zone": "Asia/Shanghai", "member": "mem_1",
        "fulfilment": fulfilment, "goods": 4_780, "delivery_fee": 500, "total": 5_280, "units": 5, "summary": "牛奶 ×3、鸡蛋 ×2",
        "placed_at": -60_000, "pay_by": 840_000, "due": 777, "pickup_code": "0123456789",
    });
    serde_json::from_value(fields).unwrap()
}

fn line(sku: &str, name: &str, quantity: u32, price: i64, from_transfer: u32) -> BodyLine {
    BodyLine {
        sku: id(sku),
        name: name.into(),
        spec: "一件".into(),
        picture: String::new(),
        quantity: Quantity::new(quantity).unwrap(),
        price: Fen(price),
        weight_g: 980,
        from_transfer,
        segments: Vec::new(),
    }
}

/// All of the first line and one of the second lie here; the other one comes by transfer.
pub fn body() -> OrderBody {
    OrderBody {
        order: id("ord_1"),
        lines: vec![line("sku_1", "牛奶", 3, 1_290, 0), line("sku_2", "鸡蛋", 2, 455, 1)],
        recipient: None,
        note: None,
        rule: "joint-15/1".into(),
        asked: String::new(),
        distance_m: None,
        withdrawn: Vec::new(),
        campaigns: Vec::new(),
        gifts: Vec::new(),
        priced: None,
    }
}

/// The order as a decision leaves it.
pub fn after(d: &Decision) -> OrderHead {
    d.writes.iter().find_map(|w| if let Write::Orders(OrdersWrite::Update(h)) = w { Some((**h).clone()) } else { None }).expect("the order moves on")
}

/// The transfer as a decision leaves it.
pub fn transfer_after(d: &Decision) -> Transfer {
    let of = |w: &Write| if let Write::Transfers(TransfersWrite::Update(t) | TransfersWrite::Create(t)) = w { Some((**t).clone()) } else { None };
    d.writes.iter().find_map(of).expect("the transfer moves on")
}

/// A document: its kind, where, and of each SKU what is on hand, reserved and incoming by it.
pub type Document = (MovementKind, String, Vec<(String, i64, i64, i64)>);

/// Its documents: kind, location, and of each line SKU, on hand, reserved, incoming.
pub fn documents(d: &Decision) -> Vec<Document> {
    let lines = |m: &Movement| m.lines.iter().map(|l| (l.sku.to_string(), l.on_hand, l.reserved, l.incoming)).collect();
    let of = |w: &Write| if let Write::Stock(StockWrite::Movement(m)) = w { Some((m.kind, m.location.to_string(), lines(m))) } else { None };
    d.writes.iter().filter_map(of).collect()
}

/// What its promises ask for, by SKU: a fact asks for nothing.
pub fn asked_for(d: &Decision) -> Vec<(String, i64)> {
    let of = |w: &Write| if let Write::Stock(StockWrite::Counters(c)) = w { c.needs_free.map(|n| (c.sku.to_string(), n)) } else { None };
    d.writes.iter().filter_map(of).collect()
}

/// Its events as they are written.
pub fn events(d: &Decision) -> Vec<Value> {
    d.events.iter().map(|(_, e)| serde_json::to_value(e).unwrap()).collect()
}

pub fn kinds(d: &Decision) -> Vec<String> {
    events(d).iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect()
}

pub fn code(p: &Problem) -> String {
    serde_json::to_value(p.code).unwrap().as_str().unwrap().to_owned()
}

pub fn code_of<T>(r: Refusable<T>) -> String {
    r.map_or_else(|p| code(&p), |_| "done".into())
}

/// What a command makes of an order in each state, for pickup, delivery and parcel: `x` refused, `=` nothing, or the state that it moves to.
pub fn walk(decide: impl Fn(&OrderHead) -> Refusable<Decision>) -> [String; 3] {
    [Fulfilment::Pickup, Fulfilment::Delivery, Fulfilment::HqShip].map(|way| {
        let one = |state: &OrderState| match decide(&head(*state, way)) {
            Err(p) => {
                assert_eq!(code(&p), "conflict", "{state} {way:?}");
                "x".to_owned()
            }
            Ok(d) if d.is_empty() => "=".to_owned(),
            Ok(d) => after(&d).state.to_string(),
        };
        STATES.iter().map(one).collect::<Vec<_>>().join(" ")
    })
}
