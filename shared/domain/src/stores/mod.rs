//! Stores: their profiles, when they are open, and which is nearest.

pub mod hours;
pub mod near;
pub mod profile;
