//! Access: who of the staff may do what, where, and who may say so.
//!
//! Nobody gives what he does not have: no permission, no scope. The last administrator cannot be lost. [`account`] are people's accounts, [`role`]
//! sets of permissions that HQ edits, [`key`] what programs come in by; [`giving`] is the rule that all three follow.

pub mod account;
pub mod device;
pub mod giving;
pub mod key;
pub mod password;
pub mod permissions;
pub mod role;
pub mod write;
