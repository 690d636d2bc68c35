//! The endpoint through the real client: what it does, and what it keeps.

// Helpers of tests are tests, too; clippy.toml can excuse only the test functions themselves.
#![allow(clippy::unwrap_used)]

mod behaviour;
mod common;
mod durability;
