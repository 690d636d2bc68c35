//! The console for staff: pages as HTML (feature `ssr`, the default) and their islands in the browser.
//!
//! Several builds of one crate: `ssr` makes pages; each feature that asks for `hydrate` makes a module of WASM, a section's; pages load one each ([`pages::Module`] says which islands are in which).
//!
//! What lives here: how the console looks and what its buttons call. What must not: reading a table, deciding, checking a
//! permission. Pages get DTOs; islands call the JSON routes, whose answers are the truth.

// The type of a view grows with what it holds: the compiler walks long forms deeper than it does by default.
#![recursion_limit = "512"]
// Components and islands are named like types, which is how views name them.
#![allow(non_snake_case)]

#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "each module takes what its islands call"))]
mod browser;
#[cfg_attr(not(feature = "ssr"), allow(dead_code, unused_imports, reason = "each module takes what its islands are made of"))]
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod text;

/// Starts the browser's half: the loader calls it once, before it wakes the islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    browser::tell_of_panics();
    leptos::mount::hydrate_islands();
}
