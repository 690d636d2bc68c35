//! The way in and the way out.

#[cfg(any(feature = "ssr", feature = "board"))]
mod login;
mod session;

#[cfg(any(feature = "ssr", feature = "board"))]
pub use login::Login;
pub use session::Logout;
