//! Staff sessions, and the record of who has seen what.

use serde::{Deserialize, Serialize};

use crate::{AccessAct, OrderId, Permission, PersonalField, Role, Scope, StaffId, StoreId, Timestamp};

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
}
