//! The two SSR Lambdas and nothing else: axum routers that read, render, and answer HTML. Islands on the pages call the JSON
//! routes; nothing here writes but the access record of what a page shows in clear.

pub mod answer;
pub mod console;
pub mod runtime;
pub mod shop;
pub mod site;
pub mod traced;
