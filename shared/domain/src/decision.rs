//! What a decision consists of.

use std::collections::BTreeSet;

use liandian_contracts::Event;
use liandian_types::{CampaignId, ClaimId, ImportId, KeyId, LocationId, OrderId, RequestId, RoleId, SkuId, SpuId, StaffId, StoreId, TransferId};

use crate::stock::record::{Movement, StockChange};
pub use crate::{
    access::write::AccessWrite, catalog::write::CatalogWrite, governance::write::GovernanceWrite, marketing::write::MarketingWrite,
    orders::write::OrdersWrite, payments::write::PaymentsWrite, settlement::write::SettlementWrite, stock::write::StockWrite,
    stores::write::StoresWrite, transfers::write::TransfersWrite,
};

/// The changes of the contexts, each of its own type; one is made from any of theirs.
macro_rules! contexts {
    ($($(#[$doc:meta])* $context:ident($of:ty),)*) => {
        /// One change to the world, by the context that it belongs to.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Write {
            $($(#[$doc])* $context($of),)*
        }
        $(impl From<$of> for Write {
            fn from(w: $of) -> Self {
                Self::$context(w)
            }
        })*
    };
}

contexts! {
    /// Orders, their deliveries, and what unpaid ones hold.
    Orders(OrdersWrite),
    /// Transfers.
    Transfers(TransfersWrite),
    /// Stock records, their documents, counts and claims.
    Stock(StockWrite),
    /// Money beside an order, and parts of it that go back.
    Payments(PaymentsWrite),
    /// The ledger.
    Settlement(SettlementWrite),
    /// What HQ decides for the whole chain.
    Governance(GovernanceWrite),
    /// Stores, regions, and files of stores.
    Stores(StoresWrite),
    /// The library, and what stores make of it.
    Catalog(CatalogWrite),
    /// Who of the staff may do what.
    Access(AccessWrite),
    /// Campaigns, and how often they have applied.
    Marketing(MarketingWrite),
}

/// Everything that one command changes. All of it happens, or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// The changes.
    pub writes: Vec<Write>,
    /// What became true by it, each with the aggregate whose history it belongs to.
    pub events: Vec<(Aggregate, Event)>,
}

/// Whose history an event belongs to. In which table and partition it lies, the store's keys say, in one place.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// An order.
    Order(OrderId),
    /// A transfer.
    Transfer(TransferId),
    /// A claim.
    Claim(ClaimId),
    /// The chain's policies.
    Policies,
    /// A store, as HQ keeps it.
    Store(StoreId),
    /// A SKU of HQ's library.
    Sku(SkuId),
    /// What a store makes of a SKU.
    Listing(StoreId, SkuId),
    /// A change request.
    Request(RequestId),
    /// What levels say about stores.
    Settings,
    /// The chain's regions.
    Regions,
    /// A product of HQ's library.
    Product(SpuId),
    /// The chain's categories.
    Categories,
    /// The chain's brands.
    Brands,
    /// A table of goods that is taken into the library.
    Import(ImportId),
    /// A staff account.
    Staff(StaffId),
    /// A role.
    Role(RoleId),
    /// An integration key.
    Key(KeyId),
    /// A store's own product.
    Local(StoreId, SpuId),
    /// A campaign.
    Campaign(CampaignId),
    /// The chain's synonyms and hot words.
    SearchWords,
    /// A warehouse.
    Warehouse(LocationId),
    /// The documents that customers are asked to agree to.
    Legal,
}

impl Decision {
    /// Is there nothing to do?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.events.is_empty()
    }

    /// Adds a change.
    pub fn write(&mut self, w: impl Into<Write>) -> &mut Self {
        self.writes.push(w.into());
        self
    }

    /// Adds a movement document together with the counter changes that it explains.
    pub fn movement(&mut self, m: Movement, promise: bool) -> &mut Self {
        for line in &m.lines {
            self.writes.push(Write::Stock(StockWrite::Counters(StockChange {
                location: m.location.clone(),
                sku: line.sku.clone(),
                on_hand: line.on_hand,
                reserved: line.reserved,
                incoming: line.incoming,
                safety: line.safety,
                seen_safety: None,
                // Only a promise may be refused; it asks for what it takes.
                needs_free: promise.then_some(line.reserved - line.on_hand).filter(|n| *n > 0),
                stays_free: 0,
            })));
        }
        self.writes.push(Write::Stock(StockWrite::Movement(Box::new(m))));
        self
    }

    /// A promise for a day before which these units of a record end: they are none to be promised.
    pub fn leaving(&mut self, location: &LocationId, sku: &SkuId, units: i64) -> &mut Self {
        for w in &mut self.writes {
            if let Write::Stock(StockWrite::Counters(c)) = w
                && c.location == *location
                && c.sku == *sku
                && c.needs_free.is_some()
            {
                c.stays_free = units;
            }
        }
        self
    }

    /// Its first movement document.
    #[must_use]
    pub fn document(&self) -> Option<&Movement> {
        self.writes.iter().find_map(|w| if let Write::Stock(StockWrite::Movement(m)) = w { Some(&**m) } else { None })
    }

    /// Units that come in to these records by it without a date; each record once, however many documents say so.
    #[must_use]
    pub fn undated(&self) -> Vec<(LocationId, SkuId)> {
        let rebased = |l: &LocationId, s: &SkuId| {
            self.writes.iter().any(|w| matches!(w, Write::Stock(StockWrite::Batches(b)) if b.location == *l && b.sku == *s))
        };
        let rises = self.writes.iter().filter_map(|w| match w {
            Write::Stock(StockWrite::Counters(c)) if c.on_hand > 0 && !rebased(&c.location, &c.sku) => Some((c.location.clone(), c.sku.clone())),
            _ => None,
        });
        rises.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Adds an event to a history.
    pub fn event(&mut self, of: Aggregate, e: Event) -> &mut Self {
        self.events.push((of, e));
        self
    }

    /// Adds an event to an order's history.
    pub fn order_event(&mut self, order: &OrderId, e: Event) -> &mut Self {
        self.event(Aggregate::Order(order.clone()), e)
    }

    /// Adds an event to a transfer's history.
    pub fn transfer_event(&mut self, transfer: &TransferId, e: Event) -> &mut Self {
        self.event(Aggregate::Transfer(transfer.clone()), e)
    }

    /// Adds an event to a claim's history.
    pub fn claim_event(&mut self, claim: &ClaimId, e: Event) -> &mut Self {
        self.event(Aggregate::Claim(claim.clone()), e)
    }

    /// Adds all of another decision. Counter changes of the same record are merged later, by the store.
    pub fn and(&mut self, other: Decision) -> &mut Self {
        self.writes.extend(other.writes);
        self.events.extend(other.events);
        self
    }
}
