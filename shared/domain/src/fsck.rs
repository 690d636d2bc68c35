//! Do the books agree? Stock records against movements, promises against orders and transfers, goods on their way against
//! transfers. Pure: whoever reads the tables gives the books; what differs is named, one by one.

use std::collections::{BTreeMap, BTreeSet};

use liandian_types::{CampaignId, CouponId, LocationId, MemberId, MovementKind, OrderId, OrderState, SkuId, Timestamp, TransferId, TransferState};
use serde::{Deserialize, Serialize};

use crate::{
    marketing::{
        used::{Counter, Used},
        wallet::{self, Coupon},
    },
    orders::{
        holds::{HoldPolicy, Holds},
        order::{OrderBody, OrderHead},
    },
    stock::record::{Movement, Stock},
    transfers::Transfer,
};

type Record = (LocationId, SkuId);
/// One number of a campaign's counter.
type Count = (CampaignId, Counter, &'static str);

/// To what units are promised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// An order, the transfer that it waits for included.
    Order(OrderId),
    /// A transfer that fills a shelf.
    Transfer(TransferId),
}

impl Owner {
    fn of(order: Option<&OrderId>, transfer: Option<&TransferId>) -> Option<Owner> {
        order.cloned().map(Owner::Order).or_else(|| transfer.cloned().map(Owner::Transfer))
    }
}

/// The counters that movements explain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Units that are there.
    pub on_hand: i64,
    /// Units promised.
    pub reserved: i64,
    /// Units on their way here.
    pub incoming: i64,
    /// Units kept back.
    pub safety: i64,
}

/// What the tables say, added up as it comes: it grows with the records and with what is owed at the moment, not with all orders that ever were.
#[derive(Debug, Default)]
pub struct Books {
    records: BTreeMap<Record, (Stock, i64)>,
    rows: BTreeMap<Record, (u16, BTreeSet<u16>)>,
    moved: BTreeMap<Record, Counters>,
    promised: BTreeMap<(Owner, LocationId, SkuId), i64>,
    owed: BTreeMap<(Owner, LocationId, SkuId), i64>,
    in_transit: BTreeMap<Record, i64>,
    /// What orders and transfers that are owed something stand at: what is over is not kept.
    states: BTreeMap<Owner, &'static str>,
    /// Orders that wait for their payment, by member.
    unpaid: BTreeMap<MemberId, BTreeMap<OrderId, u32>>,
    /// What those members' rows name, and what they may have at most.
    held: BTreeMap<MemberId, BTreeSet<OrderId>>,
    /// What orders have counted of campaigns: how often, and how much.
    counted: BTreeMap<Count, i64>,
    /// What the campaigns' counters say of it.
    used: BTreeMap<Count, i64>,
    /// Orders that have a coupon, less coupons that an order has: nothing when all is well.
    coupons: BTreeMap<(MemberId, CouponId), i64>,
    /// Orders of which the other half has not come yet.
    halves: BTreeMap<OrderId, Half>,
    /// From when on sales are added up, if they are.
    sold_since: Option<Timestamp>,
    /// Units sold since then, what was brought back to a till taken off.
    sold: BTreeMap<Record, i64>,
    movements: u64,
    orders: usize,
    transfers: usize,
}

/// A head without its body, or the other way round.
#[derive(Debug)]
enum Half {
    Head(Box<OrderHead>),
    Body(Box<OrderBody>),
}

/// Adds to a sum; one that comes to nothing is not kept.
fn add<K: Ord>(sums: &mut BTreeMap<K, i64>, key: K, units: i64) {
    use std::collections::btree_map::Entry;
    match sums.entry(key) {
        Entry::Occupied(mut e) => {
            *e.get_mut() += units;
            if *e.get() == 0 {
                e.remove();
            }
        }
        Entry::Vacant(e) if units != 0 => drop(e.insert(units)),
        Entry::Vacant(_) => {}
    }
}

/// How many of each were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Stock records.
    pub records: usize,
    /// Movement documents.
    pub movements: u64,
    /// Orders.
    pub orders: usize,
    /// Transfers.
    pub transfers: usize,
}

/// What a check found, as it is kept for HQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it began.
    pub at: Timestamp,
    /// Stock records.
    pub records: u64,
    /// Movement documents.
    pub movements: u64,
    /// Orders.
    pub orders: u64,
    /// Transfers.
    pub transfers: u64,
    /// What did not agree, one sentence each; at most fifty of them.
    pub differences: Vec<String>,
    /// How many there are.
    pub count: u64,
}

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// A counter is not the sum of its movements.
    Counter {
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// `on_hand`, `reserved`, `incoming` or `safety`.
        counter: &'static str,
        /// What the record says.
        record: i64,
        /// What the movements add up to.
        movements: i64,
    },
    /// `free` is not `on_hand − reserved − safety`.
    Free {
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// What the record says.
        record: i64,
        /// What it should be.
        expected: i64,
    },
    /// A split record has not the rows that it says.
    Shards {
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// How many the record names.
        record: u16,
        /// How many there are.
        rows: usize,
    },
    /// More or fewer units are reserved than orders and transfers are owed.
    Reserved {
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// What the record says.
        record: i64,
        /// What open orders and transfers are owed.
        owed: i64,
    },
    /// More or fewer units are expected than transfers carry.
    Incoming {
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// What the record says.
        record: i64,
        /// What is in transit.
        in_transit: i64,
    },
    /// The movements of one order do not fit its state.
    Order {
        /// The order.
        order: OrderId,
        /// Its state, for people.
        state: &'static str,
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// What its movements have reserved and not given back.
        reserved: i64,
        /// What its state asks for.
        owed: i64,
    },
    /// The movements of a transfer that fills a shelf do not fit its state.
    Transfer {
        /// The transfer.
        transfer: TransferId,
        /// Its state, for people.
        state: &'static str,
        /// Where.
        location: LocationId,
        /// What.
        sku: SkuId,
        /// What its movements have reserved and not given back.
        reserved: i64,
        /// What its state asks for.
        owed: i64,
    },
    /// A head without a body, or the other way round.
    Torn {
        /// The order.
        order: OrderId,
    },
    /// An order that waits for its payment is not in the row that says what its member holds.
    Unheld {
        /// The order.
        order: OrderId,
    },
    /// A member has more unpaid orders, or units in them, than the policy lets a member have.
    Overheld {
        /// Whose.
        member: MemberId,
        /// How many orders.
        orders: usize,
        /// Units in them.
        units: u32,
    },
    /// A campaign's counter is not what its orders come to.
    Campaign {
        /// Which campaign.
        campaign: CampaignId,
        /// Which counter.
        counter: Counter,
        /// `orders`, `spent` or `units`.
        what: &'static str,
        /// What the counter says.
        record: i64,
        /// What its orders come to.
        orders: i64,
    },
    /// A coupon is used, and no order has it; or orders have it more often than it is used.
    Coupon {
        /// Whose.
        member: MemberId,
        /// Which.
        coupon: CouponId,
        /// So many orders too many have it, or too few.
        orders: i64,
    },
}

impl Difference {
    /// A sentence in Chinese.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Difference::Counter { location, sku, counter, record, movements } => {
                let counter = match *counter {
                    "on_hand" => "在架",
                    "reserved" => "预占",
                    "safety" => "安全库存",
                    _ => "在途",
                };
                format!("{location} {sku}：{counter}记录为 {record}，单据合计为 {movements}")
            }
            Difference::Free { location, sku, record, expected } => format!("{location} {sku}：可用记录为 {record}，应为 {expected}"),
            Difference::Shards { location, sku, record, rows } => format!("{location} {sku}：记录有 {record} 个分片，实有 {rows} 个"),
            Difference::Reserved { location, sku, record, owed } => format!("{location} {sku}：预占 {record} 件，订单和调拨单应占 {owed} 件"),
            Difference::Incoming { location, sku, record, in_transit } => {
                format!("{location} {sku}：在途记录为 {record}，调拨单在途 {in_transit} 件")
            }
            Difference::Order { order, state, location, sku, reserved, owed } => {
                format!("订单 {order}（{state}）在 {location} 预占 {sku} {reserved} 件，应为 {owed} 件")
            }
            Difference::Transfer { transfer, state, location, sku, reserved, owed } => {
                format!("调拨单 {transfer}（{state}）在 {location} 预占 {sku} {reserved} 件，应为 {owed} 件")
            }
            Difference::Torn { order } => format!("订单 {order} 的数据不完整"),
            Difference::Unheld { order } => format!("订单 {order} 未付款，但没有计入该会员的占货"),
            Difference::Overheld { member, orders, units } => format!("会员 {member} 有 {orders} 笔未付款订单，共 {units} 件，超过上限"),
            Difference::Campaign { campaign, counter, what, record, orders } => {
                let whose = match counter {
                    Counter::Whole => "合计".to_owned(),
                    Counter::Day(day) => day.clone(),
                    Counter::Person(member) => member.to_string(),
                    Counter::Part(part) => format!("第 {} 份", u32::from(*part) + 1),
                };
                let what = match *what {
                    "spent" => "优惠金额（分）",
                    "units" => "件数",
                    _ => "单数",
                };
                format!("活动 {campaign}（{whose}）：{what}记录为 {record}，订单合计为 {orders}")
            }
            Difference::Coupon { member, coupon, orders } => format!("会员 {member} 的优惠券 {coupon}：用它的订单与记录相差 {orders} 笔"),
        }
    }

    /// What differs and by how much, whatever the counters are at the moment: the same on a record that moves meanwhile.
    #[must_use]
    pub fn drift(&self) -> (String, i64) {
        match self {
            Difference::Counter { location, sku, counter, record, movements } => (format!("{counter} {location} {sku}"), record - movements),
            Difference::Free { location, sku, record, expected } => (format!("free {location} {sku}"), record - expected),
            Difference::Shards { location, sku, record, rows } => {
                (format!("shards {location} {sku}"), i64::from(*record) - i64::try_from(*rows).unwrap_or(i64::MAX))
            }
            Difference::Reserved { location, sku, record, owed } => (format!("owed {location} {sku}"), record - owed),
            Difference::Incoming { location, sku, record, in_transit } => (format!("in transit {location} {sku}"), record - in_transit),
            Difference::Order { order, location, sku, reserved, owed, .. } => (format!("{order} {location} {sku}"), reserved - owed),
            Difference::Transfer { transfer, location, sku, reserved, owed, .. } => (format!("{transfer} {location} {sku}"), reserved - owed),
            Difference::Torn { order } | Difference::Unheld { order } => (order.to_string(), 0),
            Difference::Overheld { member, .. } => (member.to_string(), 0),
            Difference::Campaign { campaign, counter, what, record, orders } => (format!("{campaign} {counter:?} {what}"), record - orders),
            Difference::Coupon { member, coupon, orders } => (format!("{member} {coupon}"), *orders),
        }
    }
}

impl Counters {
    fn at(&mut self, name: &str) -> &mut i64 {
        match name {
            "on_hand" => &mut self.on_hand,
            "reserved" => &mut self.reserved,
            "safety" => &mut self.safety,
            _ => &mut self.incoming,
        }
    }

    /// All are zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// What would make the books of one stock record agree, for a person to approve. What is promised and on its way follows what orders and
/// transfers are owed; what is there follows the record, for that is what was sold from: a document explains it, and a count of the shelf
/// should follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Where.
    pub location: LocationId,
    /// What.
    pub sku: SkuId,
    /// The record as it was seen: refused when it has changed since.
    pub seen: Counters,
    /// What its `free` said then.
    pub seen_free: i64,
    /// Added to the record.
    pub change: Counters,
    /// Added to `free` beside what the change does to it.
    pub free: i64,
    /// Documents to be written, each for whom it is.
    pub documents: Vec<(Option<Owner>, Counters)>,
}

impl Proposal {
    /// A sentence in Chinese.
    #[must_use]
    pub fn told(&self) -> String {
        let mut parts = Vec::new();
        let all = [
            ("在架", self.seen.on_hand, self.change.on_hand),
            ("预占", self.seen.reserved, self.change.reserved),
            ("在途", self.seen.incoming, self.change.incoming),
        ];
        parts.extend(all.iter().filter(|(.., by)| *by != 0).map(|(name, seen, by)| format!("{name} {seen} 改为 {}", seen + by)));
        if self.free != 0 {
            parts.push(format!("可用数更正 {:+}", self.free));
        }
        for (owner, c) in &self.documents {
            let whose = match owner {
                Some(Owner::Order(o)) => format!("（{o}）"),
                Some(Owner::Transfer(t)) => format!("（{t}）"),
                None => String::new(),
            };
            let all = [("在架", c.on_hand), ("预占", c.reserved), ("在途", c.incoming), ("安全库存", c.safety)];
            let lines: Vec<String> = all.iter().filter(|(_, n)| *n != 0).map(|(name, n)| format!("{name} {n:+}")).collect();
            parts.push(format!("更正单{whose}：{}", lines.join("、")));
        }
        format!("{} {}：{}", self.location, self.sku, parts.join("；"))
    }
}

impl Books {
    /// What would make these differences go away, record by record. Torn orders and missing shards are for people to look into.
    #[must_use]
    pub fn proposals(&self, differences: &BTreeSet<Difference>) -> Vec<Proposal> {
        let mut all: BTreeMap<Record, Proposal> = BTreeMap::new();
        let mut owners: BTreeMap<Record, Vec<(Owner, i64)>> = BTreeMap::new();
        // What the documents lack, once the record is as it should be.
        let mut lack: BTreeMap<Record, Counters> = BTreeMap::new();
        for d in differences {
            let record = match d {
                Difference::Counter { location, sku, .. }
                | Difference::Free { location, sku, .. }
                | Difference::Reserved { location, sku, .. }
                | Difference::Incoming { location, sku, .. }
                | Difference::Order { location, sku, .. }
                | Difference::Transfer { location, sku, .. } => (location.clone(), sku.clone()),
                Difference::Shards { .. }
                | Difference::Torn { .. }
                | Difference::Unheld { .. }
                | Difference::Overheld { .. }
                | Difference::Campaign { .. }
                | Difference::Coupon { .. } => continue,
            };
            let (stock, free) = self.records.get(&record).copied().unwrap_or_default();
            let p = all.entry(record.clone()).or_insert_with(|| Proposal {
                location: record.0.clone(),
                sku: record.1.clone(),
                seen: Counters { on_hand: stock.on_hand, reserved: stock.reserved, incoming: stock.incoming, safety: stock.safety },
                seen_free: free,
                change: Counters::default(),
                free: 0,
                documents: Vec::new(),
            });
            let lack = lack.entry(record.clone()).or_default();
            match d {
                Difference::Counter { counter, record, movements, .. } => *lack.at(counter) += record - movements,
                Difference::Free { record, expected, .. } => p.free += expected - record,
                Difference::Reserved { record, owed, .. } => {
                    p.change.reserved += owed - record;
                    lack.reserved += owed - record;
                }
                Difference::Incoming { record, in_transit, .. } => {
                    p.change.incoming += in_transit - record;
                    lack.incoming += in_transit - record;
                }
                Difference::Order { order, reserved, owed, .. } => {
                    owners.entry(record).or_default().push((Owner::Order(order.clone()), owed - reserved));
                }
                Difference::Transfer { transfer, reserved, owed, .. } => {
                    owners.entry(record).or_default().push((Owner::Transfer(transfer.clone()), owed - reserved));
                }
                Difference::Shards { .. }
                | Difference::Torn { .. }
                | Difference::Unheld { .. }
                | Difference::Overheld { .. }
                | Difference::Campaign { .. }
                | Difference::Coupon { .. } => {}
            }
        }
        for (record, p) in &mut all {
            let mut rest = lack.remove(record).unwrap_or_default();
            for (owner, units) in owners.remove(record).unwrap_or_default() {
                rest.reserved -= units;
                p.documents.push((Some(owner), Counters { reserved: units, ..Counters::default() }));
            }
            if !rest.is_zero() {
                p.documents.push((None, rest));
            }
        }
        all.into_values().collect()
    }

    /// A row of a stock record, with its `free` attribute. A record is the sum of its rows: its own (number 0, which says how many
    /// `shards` there are) and its shards.
    pub fn row(&mut self, location: LocationId, sku: SkuId, number: u16, shards: u16, stock: Stock, free: i64) {
        let record = (location, sku);
        let (sum, all) = self.records.entry(record.clone()).or_default();
        (*sum, *all) = (sum.and(&stock), *all + free);
        let (said, rows) = self.rows.entry(record).or_default();
        if number == 0 {
            *said = shards;
        } else {
            rows.insert(number);
        }
    }

    /// A movement document.
    pub fn movement(&mut self, m: &Movement) {
        self.movements += 1;
        let sale = matches!(m.kind, MovementKind::Sale | MovementKind::PosSale) && self.sold_since.is_some_and(|since| m.at >= since);
        for l in &m.lines {
            if sale {
                add(&mut self.sold, (m.location.clone(), l.sku.clone()), -l.on_hand);
            }
            let sum = self.moved.entry((m.location.clone(), l.sku.clone())).or_default();
            sum.on_hand += l.on_hand;
            sum.reserved += l.reserved;
            sum.incoming += l.incoming;
            sum.safety += l.safety;
            if let Some(owner) = Owner::of(m.order.as_ref(), m.transfer.as_ref()) {
                add(&mut self.promised, (owner, m.location.clone(), l.sku.clone()), l.reserved);
            }
        }
    }

    /// An order's head.
    pub fn head(&mut self, head: OrderHead) {
        match self.halves.remove(&head.order) {
            Some(Half::Body(body)) => self.order(&head, &body),
            _ => drop(self.halves.insert(head.order.clone(), Half::Head(Box::new(head)))),
        }
    }

    /// An order's body.
    pub fn body(&mut self, body: OrderBody) {
        match self.halves.remove(&body.order) {
            Some(Half::Head(head)) => self.order(&head, &body),
            _ => drop(self.halves.insert(body.order.clone(), Half::Body(Box::new(body)))),
        }
    }

    /// Whose orders wait for their payment: the rows of these members are needed.
    pub fn waiting(&self) -> impl Iterator<Item = &MemberId> {
        self.unpaid.keys()
    }

    /// What a member's row says.
    pub fn holds(&mut self, holds: &Holds) {
        self.held.insert(holds.member.clone(), holds.orders.iter().map(|o| o.order.clone()).collect());
    }

    /// What members hold that is in no row, or more than the policy allows. One that became stricter holds for orders that are placed from then on:
    /// those of before are told until they are paid or closed.
    fn held_wrongly(&self, policy: &HoldPolicy) -> Vec<Difference> {
        let mut all = Vec::new();
        for (member, orders) in &self.unpaid {
            let row = self.held.get(member);
            all.extend(orders.keys().filter(|o| !row.is_some_and(|r| r.contains(*o))).map(|o| Difference::Unheld { order: o.clone() }));
            let units: u32 = orders.values().sum();
            if orders.len() > usize::try_from(policy.orders).unwrap_or(usize::MAX) || units > policy.units {
                all.push(Difference::Overheld { member: member.clone(), orders: orders.len(), units });
            }
        }
        all
    }

    fn order(&mut self, head: &OrderHead, body: &OrderBody) {
        self.orders += 1;
        if head.state == OrderState::Placed {
            self.unpaid.entry(head.member.clone()).or_default().insert(head.order.clone(), head.units);
        }
        // Money that goes back whole gives campaigns back what they gave, wherever the goods are.
        let counts = !matches!(head.state, OrderState::Closed | OrderState::Refunding | OrderState::Refunded);
        for (c, counter) in body.campaigns.iter().filter(|_| counts).flat_map(|c| c.counted.iter().map(move |counter| (c, counter))) {
            let spent = if *counter == Counter::Whole { c.amount().0 } else { 0 };
            add(&mut self.counted, (c.campaign.clone(), counter.clone(), "orders"), 1);
            add(&mut self.counted, (c.campaign.clone(), counter.clone(), "spent"), spent);
            add(&mut self.counted, (c.campaign.clone(), counter.clone(), "units"), c.units_in(counter));
        }
        for spent in body.campaigns.iter().filter_map(|c| c.coupon.as_ref()).filter(|s| wallet::has(s, head.state, head.closed_at)) {
            add(&mut self.coupons, (head.member.clone(), spent.coupon.clone()), 1);
        }
        let owner = Owner::Order(head.order.clone());
        for (l, units) in body.lines.iter().map(|l| (l, head.promised(l))).filter(|(_, units)| *units != 0) {
            add(&mut self.owed, (owner.clone(), head.location(), l.sku.clone()), units);
            self.states.insert(owner.clone(), head.state.title());
        }
        for g in body.gifts.iter().filter(|g| g.promised && head.promises_gifts()) {
            add(&mut self.owed, (owner.clone(), head.location(), g.sku.clone()), i64::from(g.units));
            self.states.insert(owner.clone(), head.state.title());
        }
    }

    /// A member's coupon.
    pub fn coupon(&mut self, c: &Coupon) {
        if !c.held {
            add(&mut self.coupons, (c.member.clone(), c.coupon.clone()), -1);
        }
    }

    /// A transfer.
    pub fn transfer(&mut self, t: &Transfer) {
        self.transfers += 1;
        let owner = t.order.clone().map_or_else(|| Owner::Transfer(t.transfer.clone()), Owner::Order);
        for l in t.lines.iter().filter(|l| l.units() != 0) {
            match t.state {
                _ if t.at_source() => {
                    add(&mut self.owed, (owner.clone(), t.source.clone(), l.sku.clone()), l.units());
                    self.states.entry(owner.clone()).or_insert(t.state.title());
                }
                TransferState::InTransit => add(&mut self.in_transit, (t.target.clone(), l.sku.clone()), l.units()),
                TransferState::Returning => add(&mut self.in_transit, (t.source.clone(), l.sku.clone()), l.units()),
                _ => {}
            }
        }
    }

    /// A campaign's counter.
    pub fn used(&mut self, campaign: &CampaignId, counter: &Counter, used: Used) {
        add(&mut self.used, (campaign.clone(), counter.clone(), "orders"), used.orders);
        add(&mut self.used, (campaign.clone(), counter.clone(), "spent"), used.spent.0);
        add(&mut self.used, (campaign.clone(), counter.clone(), "units"), used.units);
    }

    /// How much there is.
    #[must_use]
    pub fn looked(&self) -> Looked {
        Looked { records: self.records.len(), movements: self.movements, orders: self.orders, transfers: self.transfers }
    }

    /// Books that also add up what was sold from this moment on.
    #[must_use]
    pub fn counting_sales(since: Timestamp) -> Self {
        Self { sold_since: Some(since), ..Self::default() }
    }

    /// Units sold in each place; places where more came back than was sold are left out.
    pub fn sold(&self) -> impl Iterator<Item = (&LocationId, &SkuId, i64)> {
        self.sold.iter().filter(|(_, units)| **units > 0).map(|((location, sku), units)| (location, sku, *units))
    }

    /// Units of a SKU that can be promised, in all places together.
    #[must_use]
    pub fn available(&self) -> BTreeMap<&SkuId, i64> {
        let mut all: BTreeMap<&SkuId, i64> = BTreeMap::new();
        for ((_, sku), (stock, _)) in &self.records {
            *all.entry(sku).or_default() += i64::from(stock.available());
        }
        all
    }

    /// What does not agree, in a fixed order; empty when all does.
    #[must_use]
    pub fn differences(&self, policy: &HoldPolicy) -> BTreeSet<Difference> {
        let mut all = BTreeSet::from_iter(self.held_wrongly(policy));
        all.extend(self.halves.keys().map(|o| Difference::Torn { order: o.clone() }));
        for key in self.counted.keys().chain(self.used.keys()) {
            let (record, orders) = (self.used.get(key).copied().unwrap_or(0), self.counted.get(key).copied().unwrap_or(0));
            if record != orders {
                let (campaign, counter, what) = key.clone();
                all.insert(Difference::Campaign { campaign, counter, what, record, orders });
            }
        }
        for ((member, coupon), orders) in &self.coupons {
            all.insert(Difference::Coupon { member: member.clone(), coupon: coupon.clone(), orders: *orders });
        }
        let by_owner: BTreeSet<_> = self.owed.keys().chain(self.promised.keys()).collect();
        for key in by_owner {
            let (owner, location, sku) = key;
            let (reserved, owed) = (self.promised.get(key).copied().unwrap_or(0), self.owed.get(key).copied().unwrap_or(0));
            if reserved == owed {
                continue;
            }
            let (location, sku, state) = (location.clone(), sku.clone(), self.states.get(owner).copied().unwrap_or("已结束"));
            all.insert(match owner {
                Owner::Order(order) => Difference::Order { order: order.clone(), state, location, sku, reserved, owed },
                Owner::Transfer(transfer) => Difference::Transfer { transfer: transfer.clone(), state, location, sku, reserved, owed },
            });
        }

        for ((location, sku), (record, rows)) in &self.rows {
            if !rows.iter().copied().eq(1..=*record) {
                all.insert(Difference::Shards { location: location.clone(), sku: sku.clone(), record: *record, rows: rows.len() });
            }
        }
        let mut owed_at = BTreeMap::<Record, i64>::new();
        for ((_, location, sku), units) in &self.owed {
            *owed_at.entry((location.clone(), sku.clone())).or_default() += units;
        }
        let records: BTreeSet<&Record> = self.records.keys().chain(self.moved.keys()).chain(owed_at.keys()).chain(self.in_transit.keys()).collect();
        for r in records {
            let (location, sku) = r;
            let (stock, free) = self.records.get(r).copied().unwrap_or_default();
            let moved = self.moved.get(r).copied().unwrap_or_default();
            for (counter, record, movements) in [
                ("on_hand", stock.on_hand, moved.on_hand),
                ("reserved", stock.reserved, moved.reserved),
                ("incoming", stock.incoming, moved.incoming),
                ("safety", stock.safety, moved.safety),
            ] {
                if record != movements {
                    all.insert(Difference::Counter { location: location.clone(), sku: sku.clone(), counter, record, movements });
                }
            }
            if free != stock.free() {
                all.insert(Difference::Free { location: location.clone(), sku: sku.clone(), record: free, expected: stock.free() });
            }
            let owed = owed_at.get(r).copied().unwrap_or(0);
            if stock.reserved != owed {
                all.insert(Difference::Reserved { location: location.clone(), sku: sku.clone(), record: stock.reserved, owed });
            }
            let in_transit = self.in_transit.get(r).copied().unwrap_or(0);
            if stock.incoming != in_transit {
                all.insert(Difference::Incoming { location: location.clone(), sku: sku.clone(), record: stock.incoming, in_transit });
            }
        }
        all
    }
}
