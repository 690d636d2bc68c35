//! Integration tests: one binary, real HTTP, real SDK clients, embedded engines.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod access;
mod addresses;
mod bad_input;
mod carts;
mod claims;
mod concurrency;
mod counts;
mod delivery;
mod durability;
mod finding;
mod governance;
mod holds;
mod limits;
mod lists;
mod orders;
mod parcels;
mod privacy;
mod replenishment;
mod shortfalls;
mod stock;
mod transfers;
