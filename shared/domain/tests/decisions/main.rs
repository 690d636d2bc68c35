//! Each decision in each state, compared whole with what it is to be: figures are written out, never computed by what is tested.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod batch;
mod campaigns;
mod fixtures;
mod gifts;
mod lateness;
mod order;
mod pinned;
mod place;
mod prices;
mod quote;
mod settlement;
mod shortfall;
mod slots;
mod stock;
mod transfer;
