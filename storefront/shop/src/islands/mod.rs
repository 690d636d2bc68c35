//! The parts of pages that move. Each island is built into one module, `browse` or `checkout`; pages name the module they load.

#[cfg(any(feature = "ssr", feature = "browse"))]
pub mod browse;
#[cfg(any(feature = "ssr", feature = "checkout"))]
pub mod cart_page;
#[cfg(any(feature = "ssr", feature = "checkout"))]
pub mod checkout;
#[cfg(any(feature = "ssr", feature = "checkout"))]
pub mod order;
