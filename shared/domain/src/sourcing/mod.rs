//! Sourcing: who can serve a cart instead of its store, or send what is missing.

pub mod ask;
pub mod days;
pub mod matching;
pub mod ways;
