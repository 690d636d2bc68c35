//! Access records: who of the staff has seen personal data in clear, and who has logged in. A record is written before anything is shown; when it
//! cannot be, nothing is.

use liandian_store::access::AccessRecord;
use liandian_types::{AccessAct, EventId, MemberId, OrderId, PersonalField, Role, StaffId, StoreId, Timestamp};

use crate::{
    App,
    auth::Staff,
    http::{Call, Failure},
    telemetry,
};

/// Somebody of the staff who looks, and why.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Who.
    pub staff: &'a Staff,
    /// Why.
    pub act: AccessAct,
    /// The address of the client; empty where the request does not tell it.
    pub from: &'a str,
    /// When.
    pub now: Timestamp,
}

impl<'a> Look<'a> {
    /// Of a call; `None` when nobody of the staff calls.
    #[must_use]
    pub fn of(call: &'a Call, act: AccessAct) -> Option<Self> {
        call.staff().ok().map(|staff| Self { staff, act, from: &call.client, now: call.now })
    }
}

/// The network of an address: enough to tell a store's line from a stranger's, and not the device.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.*")
        }
        Ok(std::net::IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::*")
        }
        Err(_) => String::new(),
    }
}

/// Records that somebody is about to see these fields of these orders in clear: one record, however many orders.
///
/// # Errors
/// [`Failure`] from the table: then nothing may be shown.
pub async fn looked(app: &App, look: Look<'_>, store: &StoreId, orders: Vec<OrderId>, fields: Vec<PersonalField>) -> Result<(), Failure> {
    let record = AccessRecord {
        at: look.now,
        event: app.id::<EventId>(),
        actor: Some(look.staff.sub.to_string()),
        role: Some(look.staff.role),
        act: look.act,
        succeeded: true,
        store: Some(store.clone()),
        orders,
        fields,
        from: network(look.from),
    };
    Ok(app.tables.put_access_record(&record).await?)
}

/// Records a login of the staff, or a try that failed; `staff` is absent where there is no such account. What was typed is not kept: people type
/// passwords into the wrong field.
///
/// # Errors
/// [`Failure`] from the table: then nobody is logged in.
pub async fn staff_login(app: &App, call: &Call, staff: Option<(&StaffId, Role)>, succeeded: bool) -> Result<(), Failure> {
    if let Some((id, _)) = staff.filter(|_| succeeded) {
        telemetry::note("actor", id);
    }
    let record = AccessRecord {
        actor: staff.map(|(id, _)| id.to_string()),
        role: staff.map(|(_, role)| role),
        succeeded,
        ..login(app, call, AccessAct::StaffLogin)
    };
    Ok(app.tables.put_access_record(&record).await?)
}

/// Records a member's login.
///
/// # Errors
/// [`Failure`] from the table: then nobody is logged in.
pub async fn member_login(app: &App, call: &Call, member: &MemberId) -> Result<(), Failure> {
    telemetry::note("actor", member);
    let record = AccessRecord { actor: Some(member.to_string()), ..login(app, call, AccessAct::MemberLogin) };
    Ok(app.tables.put_access_record(&record).await?)
}

fn login(app: &App, call: &Call, act: AccessAct) -> AccessRecord {
    AccessRecord {
        at: call.now,
        event: app.id::<EventId>(),
        actor: None,
        role: None,
        act,
        succeeded: true,
        store: None,
        orders: Vec::new(),
        fields: Vec::new(),
        from: network(&call.client),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_sources_when_personal_data_is_opened_then_a_look_is_recorded_there_or_nobody_of_the_staff_sees_it() {
        // A person's own address book and page, for himself; the rider's platform, which must know where to go; what opens, and this.
        let others = ["routes/members/addresses.rs", "views/members.rs", "flows/orders/deliveries.rs", "people.rs", "access.rs"];
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut folders, mut opening) = (vec![src.clone()], 0);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let named = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
                if !["open_recipient(", "open_note(", "open_book("].iter().any(|opens| text.contains(opens)) || others.contains(&named.as_str()) {
                    continue;
                }
                assert!(text.contains("looked("), "{named} opens personal data, and no look is recorded");
                opening += 1;
            }
        }
        assert!(opening > 1, "where staff see it");
    }

    #[test]
    fn given_addresses_when_recorded_then_their_network_is_left() {
        assert_eq!(network("203.0.113.77"), "203.0.113.*");
        assert_eq!(network("2001:db8:1:2::9"), "2001:db8:1::*");
        assert_eq!(network("nowhere"), "");
    }
}
