//! The endpoint through the real client: what it does, and what it keeps.

mod behaviour;
mod common;
mod durability;
