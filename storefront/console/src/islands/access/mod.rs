//! The way in and the way out; accounts, roles and keys as those manage them who may.

#[cfg(any(feature = "ssr", feature = "staff"))]
mod accounts;
#[cfg(any(feature = "ssr", feature = "staff"))]
mod keys;

#[cfg(any(feature = "ssr", feature = "board"))]
mod login;
#[cfg(any(feature = "ssr", feature = "staff"))]
mod own;
#[cfg(any(feature = "ssr", feature = "staff"))]
mod roles;
#[cfg(any(feature = "ssr", feature = "staff"))]
mod scope;
mod session;

#[cfg(any(feature = "ssr", feature = "board"))]
pub use login::Login;
pub use session::Logout;

#[cfg(any(feature = "ssr", feature = "staff"))]
pub use accounts::{AccountDesk, InviteForm};
#[cfg(any(feature = "ssr", feature = "staff"))]
pub use keys::{KeyForm, KeyRevoke};
#[cfg(any(feature = "ssr", feature = "staff"))]
pub use own::{Invitation, PasswordForm, SessionEnd};
#[cfg(any(feature = "ssr", feature = "staff"))]
pub use roles::RoleForm;
