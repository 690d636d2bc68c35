//! The demo chain: 36 stores in three cities with goods, stock, staff and members, for trying, testing and benchmarking; and
//! how it is written into the tables. Everything follows from `data/` and fixed rules: the same rows every time.
//!
//! What must not live here: anything that a real chain would need.

mod asks;
mod campaigns;
mod chain;
mod changes;
mod coupons;
mod data;
mod legal;
mod library;
mod load;
mod own;
mod pictures;
mod prices;
mod slots;
mod warehouses;
mod words;

pub use campaigns::{campaigns, past_results};
pub use chain::{Chain, StoreGoods};
pub use coupons::{Coupons, coupons};
pub use load::{Summary, is_loaded, load};
pub use words::words as search_words;

use liandian_types::Role;

/// Password of every demo account.
pub const DEMO_PASSWORD: &str = "liandian-demo";

/// An account to try the console with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// User name; the password is [`DEMO_PASSWORD`].
    pub username: String,
    /// Role.
    pub role: Role,
    /// Whom it is, in Chinese.
    pub what: String,
}

/// Accounts to try the console with: HQ's first, then of a few stores.
#[must_use]
pub fn demo_logins(chain: &Chain) -> Vec<Login> {
    let first = |n: usize| chain.stores.iter().take(n).flat_map(|s| chain.staff_of(s));
    let all = chain.hq_staff.iter().cloned().chain(first(2));
    all.map(|s| Login { username: s.username, role: s.role, what: format!("{}（{}）", s.name, s.role.title()) }).collect()
}

/// Demo customers for the sandbox: openid and nickname.
#[must_use]
pub fn demo_users(chain: &Chain) -> Vec<(String, String)> {
    chain.members.iter().map(|m| (m.openid.clone(), m.nickname.clone())).collect()
}

/// The pictures of all products, in each of their sizes: file name and file.
#[must_use]
pub fn pictures() -> &'static [(&'static str, &'static [u8])] {
    pictures::FILES
}

/// The documents of stores' own products: their keys in the bucket of uploads, and their bytes.
///
/// # Errors
/// When one of them is no document, which would be a fault of ours.
pub fn documents(now: liandian_types::Timestamp) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    own::papers(now)
}
