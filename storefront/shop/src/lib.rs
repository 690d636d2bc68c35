//! The customers' shop: whole pages, rendered on the server, and the islands in them that move.
//!
//! Several builds of one crate: `ssr` makes pages; `browse`, `cart`, `checkout` and `order` make the modules of WASM that pages load, one
//! each. Every page can be read and walked through without its module; buying needs it.
//!
//! What must not live here: tables, AWS, reading of sessions, decisions about prices or stock (the API's answers are shown
//! as they come; the cart shows what the engine of `liandian-pricing` answers here until they do).

pub mod at_once;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "each module takes what its islands call"))]
mod browser;
pub mod cart;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod place;
pub mod words;

/// Called by the loader once the module is there: what islands need before they wake up.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
