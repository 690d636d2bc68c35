//! Integration tests: one binary, real HTTP, real SDK clients, embedded engines.

mod access;
mod bad_input;
mod concurrency;
mod delivery;
mod durability;
mod orders;
mod privacy;
mod transfers;
