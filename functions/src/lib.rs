//! The Lambdas: routes, workers, and the only copies of wiring, error mapping, token checks and the partial-batch loop.
//!
//! A handler reads like a sentence: parse → load → decide → commit → respond. What must not live here: decisions
//! (`domain`), keys (`store`), partners' protocols (`partners`).

pub mod access;
pub mod app;
pub mod auth;
pub mod aws;
pub mod config;
pub mod flows;
pub mod function;
pub mod http;
pub mod invoke;
pub mod limits;
pub mod openapi;
mod openapi_paths;
pub mod parts;
pub mod people;
pub mod quotes;
pub mod routes;
pub mod runtime;
pub mod secrets;
pub mod sessions;
pub mod table;
pub mod telemetry;
pub mod transact;
pub mod views;
pub mod workers;

pub use app::App;
pub use config::Config;
