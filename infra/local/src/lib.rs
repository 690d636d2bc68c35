//! The embedded one-machine stack: one process, one folder. DynamoDB (dynoxide), SQS (ours), S3 (s3s), an HTTP gateway with
//! API Gateway v2 payloads, event source mappings, schedules and sandbox partners; the same handlers as in the cloud.
//!
//! Everything that is acknowledged is in the folder: `kill -9` at any moment loses nothing. What must not live here: anything
//! that a function would need in the cloud.

pub mod admin;
pub mod engine;
pub mod gateway;
pub mod history;
pub mod invoker;
pub mod log;
pub mod mappings;
pub mod secrets;
pub mod stack;
pub mod stream;
pub mod tables;

pub use stack::{Engine, Functions, Options, Stack};
