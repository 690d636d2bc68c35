//! Stores: their profiles, when they are open, which is nearest, and how HQ makes and changes them.

pub mod edit;
pub mod hours;
pub mod import;
pub mod near;
pub mod permits;
pub mod profile;
pub mod region;
pub mod themes;
pub mod warehouse;
pub mod write;
