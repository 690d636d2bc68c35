//! What a decision changes of stock.

use liandian_types::{CountId, LocationId, Timestamp};

use crate::stock::{
    batch::Rebased,
    claim::{Alone, Claim},
    count::{Count, CountLine},
    note::DeliveryNote,
    record::{Movement, StockChange},
};

/// One change to a stock record, its documents, counts or claims.
#[derive(Debug, Clone, PartialEq)]
pub enum StockWrite {
    /// Counters of one stock record.
    Counters(StockChange),
    /// Why counters changed.
    Movement(Box<Movement>),
    /// Batches of a stock record, re-based; refused when it is not as it was read.
    Batches(Box<Rebased>),
    /// A new count.
    CreateCount(Box<Count>),
    /// A count that moved on; refused when its version is not the one that was read.
    UpdateCount(Box<Count>),
    /// A line of a count, whatever it was before.
    PutCountLine(Box<CountLine>),
    /// This count is the one of its shelf; refused when there is another.
    BeginCounting(LocationId, CountId),
    /// The shelf may be counted again.
    EndCounting(LocationId),
    /// A count has put its shelf right: what was sold before and is told later is not taken off twice.
    Counted(LocationId, CountId, Timestamp),
    /// A delivery note that goods came with; refused when it was received meanwhile.
    DeliveryNote(Box<DeliveryNote>),
    /// A new claim.
    CreateClaim(Box<Claim>),
    /// A claim that was decided; refused when its version is not the one that was read.
    UpdateClaim(Box<Claim>),
    /// What a person has recorded alone on a day; refused when it is not what was read.
    Alone(Box<Alone>),
}
