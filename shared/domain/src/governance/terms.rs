//! What holds in one store at one moment, as prices are asked by it: the one way from a listing row to what is shown, quoted and charged.

use std::sync::LazyLock;

use liandian_types::{Fen, StaffId, Timestamp};

use super::{
    price::{PriceBook, Priced, SetPrice, effective_price},
    resolve::{Effective, Place, Setting, effective},
};
use crate::{
    catalog::{LibrarySku, Listing},
    stores::profile::StoreProfile,
};

/// Who a price of the library is from: the library says what, and its own history says who.
static LIBRARY: LazyLock<StaffId> = LazyLock::new(|| "stf_library".parse::<StaffId>().unwrap_or_else(|e| unreachable!("{e}")));

/// A store's policy now, and where the store stands.
#[derive(Debug, Clone)]
pub struct Terms {
    policy: Effective,
    place: Place,
    now: Timestamp,
}

impl Terms {
    /// What these settings come to in a store.
    #[must_use]
    pub fn of<'a>(settings: impl IntoIterator<Item = &'a Setting>, store: &StoreProfile, now: Timestamp) -> Self {
        let place = Place::from(store);
        Self { policy: effective(settings, &place, now), place, now }
    }

    /// The store's policy.
    #[must_use]
    pub fn policy(&self) -> &Effective {
        &self.policy
    }

    /// Where the store stands.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// All that is said about a price. The library's price for the store's region comes in here and nowhere else.
    #[must_use]
    pub fn book(&self, listing: &Listing, sku: &LibrarySku) -> PriceBook {
        PriceBook {
            sku: sku.sku.clone(),
            flagship: sku.flagship,
            hq: of_library(sku.price, "总部建议价"),
            region: sku.region_prices.get(&self.place.region).map(|price| of_library(*price, "总部区域价")),
            store: listing.own_price.clone(),
            timed: listing.timed.clone(),
            floor: of_library(sku.floor, "总部最低售价"),
        }
    }

    /// The price now, and how it comes about.
    #[must_use]
    pub fn priced(&self, listing: &Listing, sku: &LibrarySku) -> Priced {
        effective_price(&self.book(listing, sku), &self.policy, self.now)
    }

    /// What a customer pays now; `None` when it is not on sale.
    #[must_use]
    pub fn price(&self, listing: &Listing, sku: &LibrarySku) -> Option<Fen> {
        if !sku.sold_online() {
            return None;
        }
        if listing.inherits_price() {
            // Most listings inherit: nothing to weigh up.
            return Some(self.book(listing, sku).reference());
        }
        let priced = self.priced(listing, sku);
        priced.on_sale.then_some(priced.price)
    }
}

fn of_library(price: Fen, why: &str) -> SetPrice {
    SetPrice { price, by: LIBRARY.clone(), at: Timestamp(0), why: why.to_owned() }
}

/// Is it a price of the library, of which only the library's own history says who set it?
#[must_use]
pub fn is_of_library(by: &StaffId) -> bool {
    *by == *LIBRARY
}
