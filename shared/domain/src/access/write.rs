//! What a decision changes of who may do what.

use liandian_types::Timestamp;

use super::{account::Account, key::IntegrationKey, role::RoleDef};

/// One change to who may do what.
#[derive(Debug, Clone, PartialEq)]
pub enum AccessWrite {
    /// A new account; refused when its user name is taken.
    NewAccount(Box<Account>),
    /// An account, with the version that was read; refused when it is another by now.
    Account(Box<Account>),
    /// The row of an account under the user name that it no longer has, with the version that was read.
    Renamed {
        /// The name that it had.
        username: String,
        /// Its version there.
        version: u64,
    },
    /// Tokens count for nothing any more that were issued before then: of a session, of an account, or of a role's holders.
    TokensEnd {
        /// Whose: a session, an account's or a role's id.
        whose: String,
        /// Those that were issued before.
        before: Timestamp,
    },
    /// A role, with the version that was read.
    Role(Box<RoleDef>),
    /// A new integration key.
    NewKey(Box<IntegrationKey>),
    /// An integration key, with the version that was read.
    Key(Box<IntegrationKey>),
    /// An administrator less: two such decisions do not happen at the same time. With the number that was read.
    AdministratorLess(u64),
}
