//! The ways out of a shortage, put together from what was read of stores and warehouses.

use liandian_types::{
    Fen, Fulfilment, GeoPoint, Timestamp,
    api::{CartLine, Offer},
};

use crate::{
    sourcing::matching::{self, Candidate, MatchingPolicy, Source, Splitting, Waiting},
    stock::record::Stock,
    stores::profile::{Location, StoreProfile},
};

/// A cart that its store cannot serve alone.
#[derive(Clone, Copy)]
pub struct Shortage<'a> {
    /// The store.
    pub store: &'a StoreProfile,
    /// The whole cart.
    pub lines: &'a [CartLine],
    /// What the store lacks of it, in the order of the cart.
    pub missing: &'a [CartLine],
    /// How the customer gets it.
    pub fulfilment: Fulfilment,
    /// Where the customer is, or the store.
    pub from: GeoPoint,
    /// Metres to the customer of a delivery.
    pub distance_m: Option<u32>,
    /// When what the store has of it would be ready.
    pub ready_here: Timestamp,
    /// What it costs to deliver a part of the cart over so many metres.
    pub delivery_fee: &'a (dyn Fn(&[CartLine], u32) -> Fen + Sync),
    /// What a parcel of the whole cart costs over so many metres.
    pub parcel_fee: &'a (dyn Fn(u32) -> Fen + Sync),
}

impl Shortage<'_> {
    /// What was read for the whole cart, of the lines that the store lacks.
    fn lacked(&self, stock: &[Stock]) -> Vec<Stock> {
        self.lines.iter().zip(stock).filter(|(l, _)| self.missing.iter().any(|m| m.sku == l.sku)).map(|(_, s)| *s).collect()
    }

    /// The best transfer from one of these: shelves with their stock of the whole cart, and warehouses with theirs.
    #[must_use]
    pub fn transfer(&self, shelves: &[Candidate], warehouses: &[Source], policy: &MatchingPolicy, now: Timestamp) -> Option<Offer> {
        let shelves = shelves.iter().map(|c| Source {
            location: Location::shelf_of(&c.store),
            staffed: matching::sends(&c.store, now),
            waiting: c.waiting,
            stock: self.lacked(&c.stock),
        });
        let warehouses = warehouses.iter().map(|w| Source { stock: self.lacked(&w.stock), ..w.clone() });
        self.transfer_of(&shelves.chain(warehouses).collect::<Vec<_>>(), policy, now)
    }

    /// The best transfer from one of these sources, with their stock of what is missing.
    #[must_use]
    pub fn transfer_of(&self, sources: &[Source], policy: &MatchingPolicy, now: Timestamp) -> Option<Offer> {
        let Self { store, missing, fulfilment, distance_m, ready_here, .. } = *self;
        matching::transfer_offer(&Waiting { store, missing, fulfilment, distance_m, ready_here }, sources, policy, now)
    }

    /// All ways out beside that transfer, the best first. A parcel is of the whole cart, a transfer of what is missing.
    #[must_use]
    pub fn offers(
        &self,
        stores: &[Candidate],
        warehouses: &[Source],
        transfer: Option<Offer>,
        policy: &MatchingPolicy,
        now: Timestamp,
    ) -> Vec<Offer> {
        let Self { store, lines, missing, fulfilment, from, ready_here, .. } = *self;
        let parcel = matching::ship_offer(from, lines, warehouses, &store.hours.zone, self.parcel_fee, policy, now);
        let others = matching::other_stores(from, lines, fulfilment, stores, policy, now);
        let splitting = Splitting { store, ready_here, from, lines, missing, fulfilment };
        let split = matching::split_offer(&splitting, stores, self.delivery_fee, policy, now);
        matching::offers(others, [transfer, split, parcel], fulfilment, policy, now)
    }
}
