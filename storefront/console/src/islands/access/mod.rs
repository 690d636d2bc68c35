//! The way in and the way out; accounts, roles and keys as those manage them who may.

#[cfg(any(feature = "ssr", feature = "office"))]
mod accounts;
#[cfg(any(feature = "ssr", feature = "office"))]
mod keys;

#[cfg(any(feature = "ssr", feature = "board"))]
mod login;
#[cfg(any(feature = "ssr", feature = "office"))]
mod own;
#[cfg(any(feature = "ssr", feature = "office"))]
mod roles;
#[cfg(any(feature = "ssr", feature = "office"))]
mod scope;
mod session;

#[cfg(any(feature = "ssr", feature = "board"))]
pub use login::Login;
pub use session::Logout;

#[cfg(any(feature = "ssr", feature = "office"))]
pub use accounts::{AccountDesk, InviteForm};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use keys::{KeyForm, KeyRevoke};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use own::{Invitation, PasswordForm, SessionEnd};
#[cfg(any(feature = "ssr", feature = "office"))]
pub use roles::RoleForm;
