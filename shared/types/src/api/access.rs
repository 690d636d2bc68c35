//! Staff sessions, and the record of who has seen what.

use serde::{Deserialize, Serialize};

use super::ChangedField;
use crate::{AccessAct, AccountState, KeyId, OrderId, Permission, PersonalField, Role, RoleId, Scope, StaffId, StoreId, Timestamp};

/// What is done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AccountMove {
    /// Nobody comes in by it any more; all its sessions end.
    Disable,
    /// It works again.
    Enable,
    /// A new link, by which its person chooses a new password (or accepts the invitation that was lost).
    Reset,
}

bodies! {
    /// What a page of the console tells when its program has stopped. Nothing of what was on it.
    PageFault {
        /// The page, without what was asked of it.
        page: String,
        /// The place in the program, `islands/picker.rs:71:9`.
        at: String,
        /// The site's version.
        version: String,
    }

    /// Staff log in.
    StaffLogin {
        /// User name.
        username: String,
        /// Password.
        password: String,
    }

    /// Exchange a refresh token for a new pair; it works once.
    StaffRefresh {
        /// The refresh token; absent when it comes in the cookie.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refresh_token: Option<String>,
    }

    /// A staff session.
    StaffSession {
        /// Who.
        staff: StaffId,
        /// Display name.
        name: String,
        /// Role.
        role: Role,
        /// Where it holds.
        scope: Scope,
        /// What it may do, there.
        #[serde(default)]
        permissions: Vec<Permission>,
        /// Access token, 15 minutes.
        access_token: String,
        /// When the access token ends.
        expires: Timestamp,
        /// Refresh token, 14 days, once.
        refresh_token: String,
    }

    /// Somebody of the staff has seen personal data in clear, or somebody has logged in.
    AccessRow {
        /// When.
        at: Timestamp,
        /// The same in China, `11-28 10:05`.
        at_text: String,
        /// Who: the id of a staff account or of a member; absent where somebody named an account that there is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// The name of who, of staff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor_name: Option<String>,
        /// The role that it was then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Why.
        act: AccessAct,
        /// False for a login that was refused.
        succeeded: bool,
        /// In which store.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
        /// Of which orders.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<OrderId>,
        /// What was shown in clear.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<PersonalField>,
        /// The network that it came from, `203.0.113.*`; empty where that is not known.
        #[serde(default)]
        from: String,
    }

    /// Access records, newest first.
    AccessList {
        /// The records.
        records: Vec<AccessRow>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A staff account, as those who manage accounts see it.
    AccountRow {
        /// Which.
        staff: StaffId,
        /// User name; absent while the invited person has not chosen one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// Display name.
        name: String,
        /// Its role.
        role: RoleId,
        /// The role's name.
        role_title: String,
        /// Where it holds.
        scope: Scope,
        /// The same as people read it.
        scope_text: String,
        /// Where it stands.
        state: AccountState,
        /// When the link of an invitation or reset ends, as people read it; absent when none waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link_until: Option<String>,
        /// May who looks manage it?
        manages: bool,
        /// For the next change.
        version: u64,
    }

    /// Staff accounts.
    AccountList {
        /// The accounts.
        accounts: Vec<AccountRow>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Somebody is invited to the staff.
    InviteAccount {
        /// Display name.
        name: String,
        /// User name; the invited person chooses one when it is absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// Role.
        role: RoleId,
        /// Where it holds; at the route of a store that store, whatever is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
    }

    /// An account is changed.
    ChangeAccount {
        /// Display name.
        name: String,
        /// Role.
        role: RoleId,
        /// Where it holds.
        scope: Scope,
        /// The version that was seen.
        version: u64,
    }

    /// Something is done with an account.
    AccountStep {
        /// What.
        step: AccountMove,
        /// The version that was seen.
        version: u64,
    }

    /// An account after it was invited, changed or reset.
    AccountDone {
        /// The account.
        account: AccountRow,
        /// The path of the one-time link; shown once, it is kept nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        /// When the link ends, as people read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link_until: Option<String>,
    }

    /// One change of an account, a role or a key.
    AccessChange {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who; absent when the account's own person did it by a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What happened.
        text: String,
        /// What is different.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<ChangedField>,
    }

    /// Changes of an account, a role or a key, newest first.
    AccessHistory {
        /// The changes.
        changes: Vec<AccessChange>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A permission in words.
    PermissionView {
        /// Which.
        permission: Permission,
        /// What it is about.
        group: String,
        /// What it opens.
        says: String,
    }

    /// A role.
    RoleView {
        /// Which.
        role: RoleId,
        /// What it is called.
        title: String,
        /// The built-in role that it is a kind of.
        base: Role,
        /// A role that every chain has?
        built_in: bool,
        /// What it may do.
        permissions: Vec<Permission>,
        /// May who looks give it to somebody?
        gives: bool,
        /// For the next change.
        version: u64,
    }

    /// Roles and what each may do.
    RoleMatrix {
        /// The roles, built-in ones first.
        roles: Vec<RoleView>,
        /// All permissions, grouped.
        permissions: Vec<PermissionView>,
    }

    /// A role is made.
    CreateRole {
        /// What it is called.
        title: String,
        /// The built-in role that it is a kind of.
        base: Role,
        /// What it may do.
        permissions: Vec<Permission>,
    }

    /// A role is changed.
    SetRole {
        /// What it is called; of a built-in role its own name.
        title: String,
        /// What it may do.
        permissions: Vec<Permission>,
        /// The version that was seen.
        version: u64,
    }

    /// An integration key, without its secret.
    KeyRow {
        /// Which.
        key: KeyId,
        /// What it is for.
        name: String,
        /// Where it holds.
        scope: Scope,
        /// The same as people read it.
        scope_text: String,
        /// What it may do.
        permissions: Vec<Permission>,
        /// Who made it, by name.
        made_by: String,
        /// When, as people read it.
        made_text: String,
        /// When it was used last, as people read it; absent for never. Told by the functions that write, at most once in ten minutes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        used_text: Option<String>,
        /// When it was revoked, as people read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revoked_text: Option<String>,
    }

    /// Integration keys.
    KeyList {
        /// The keys, newest first.
        keys: Vec<KeyRow>,
    }

    /// An integration key is made.
    MakeKey {
        /// What it is for.
        name: String,
        /// Where it holds.
        scope: Scope,
        /// What it may do.
        permissions: Vec<Permission>,
    }

    /// A new integration key; the secret is shown once and kept nowhere.
    MadeKey {
        /// The key.
        key: KeyRow,
        /// What a program sends as its bearer token.
        secret: String,
    }

    /// Somebody follows a one-time link.
    TakeInvitation {
        /// The link's token.
        token: String,
        /// The user name that was chosen, where none was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The new password.
        password: String,
    }

    /// An account that works from now on.
    InvitationTaken {
        /// The user name to log in by.
        username: String,
    }

    /// Somebody changes the own password.
    ChangePassword {
        /// The old one.
        old: String,
        /// The new one.
        new: String,
    }

    /// A session of one's own.
    OwnSession {
        /// Which.
        session: String,
        /// The browser and the system, as the device says.
        device: String,
        /// The network that it was begun from.
        from: String,
        /// Since when, as people read it.
        since_text: String,
        /// When it was renewed last, as people read it.
        seen_text: String,
        /// The one that asks?
        here: bool,
    }

    /// One's own sessions, newest first.
    OwnSessions {
        /// The sessions.
        sessions: Vec<OwnSession>,
    }
}

/// What waits behind a one-time link, for the page that it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Display name.
    pub name: String,
    /// User name, where one was given.
    pub username: Option<String>,
    /// A new password for an account that worked before?
    pub reset: bool,
    /// When the link ends, as people read it.
    pub until: String,
}
