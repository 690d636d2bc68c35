//! Governance: what HQ decides for the whole chain.

pub mod chain;
pub mod write;
