//! Sourcing: who can serve a cart instead of its store, or send what is missing.

pub mod matching;
