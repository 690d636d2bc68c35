//! Orders: the cart, its quote, placing, the states until the hand-over, delivery and parcels, and goods that are missing.

pub mod cart;
pub mod delivery;
pub mod holds;
pub mod lateness;
pub mod order;
pub mod parcel;
pub mod place;
pub mod priced_with;
pub mod promise;
pub mod quote;
pub mod results;
pub mod shortfall;
pub mod slots;
pub mod write;
