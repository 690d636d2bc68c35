//! Integration tests: one binary, real HTTP, real SDK clients, embedded engines. A folder for each context, named as everywhere else; what every
//! route or list must hold, whosever it is, stays beside the folders.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod bad_input;
mod coupons;
mod durability;
mod governance;
mod history;
mod lists;
mod marketing;
mod promotions;
mod settlement;

mod access {
    pub mod accounts;
    pub mod limits;
    pub mod matrix;
    pub mod places;
    pub mod privacy;
}
mod catalog {
    pub mod assortment;
    pub mod imports;
    pub mod library;
    pub mod local;
    pub mod search;
    pub mod uploads;
}
mod members {
    pub mod addresses;
    pub mod me;
    pub mod phone;
}
mod orders {
    pub mod carts;
    pub mod delivery;
    pub mod holds;
    pub mod order;
    pub mod parcels;
    pub mod prices;
    pub mod searches;
    pub mod shortfalls;
    pub mod slots;
}
mod pages {
    pub mod console;
    pub mod frame;
    pub mod pictures;
    pub mod shop;
}
mod stock {
    pub mod claims;
    pub mod concurrency;
    pub mod counts;
    pub mod filters;
    pub mod shelf;
}
mod stores {
    pub mod differences;
    pub mod editing;
    pub mod finding;
    pub mod warehouses;
}
mod transfers {
    pub mod replenishment;
    pub mod transfer;
}
