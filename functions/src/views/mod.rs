//! What pages and lists show, composed from the aggregates: reads that answer DTOs of `types::api`, for the JSON routes and for the pages alike. What a
//! customer's page reads takes three waves at most.
//!
//! What must not live here: decisions (`domain`), keys and queries (`store`), who may see what (the caller has checked it, and gives the part of the
//! chain that may be seen as a [`liandian_store::reach::Reach`]).

pub mod access;
pub mod catalog;
pub mod governance;
pub mod marketing;
pub mod orders;
pub mod settlement;
pub mod stock;
pub mod stores;
pub mod transfers;

/// Leaves the first of them; were there more?
fn cut<T>(all: &mut Vec<T>, most: usize) -> bool {
    let more = all.len() > most;
    all.truncate(most);
    more
}

/// How many, as a length.
fn usize_of(n: i32) -> usize {
    usize::try_from(n).unwrap_or(0)
}
