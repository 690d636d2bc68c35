//! Integration keys: what programs come in by.

use liandian_contracts::Event;
use liandian_types::{Code, KeyId, Permission, Problem, Scope, StaffId, Timestamp, text::unfit};
use serde::{Deserialize, Serialize};

use super::{
    giving::{Giver, Regions, holds},
    write::AccessWrite,
};
use crate::{Decision, Refusable, conflict, decision::Aggregate};

/// How every key begins, as a program sends it: `lk_<id>_<secret>`.
pub const PREFIX: &str = "lk_";
/// The longest name of a key, in characters.
pub const MAX_NAME: usize = 30;
/// What no program may do: it would make itself others, or be the second pair of eyes for the person who holds it.
pub const FOR_PEOPLE: [Permission; 7] = [
    Permission::AccountWrite,
    Permission::RoleWrite,
    Permission::KeyWrite,
    Permission::StockApprove,
    Permission::RequestDecide,
    Permission::CampaignReview,
    Permission::LocalReview,
];

/// An integration key. Its secret is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationKey {
    /// Which.
    pub key: KeyId,
    /// What it is for.
    pub name: String,
    /// Where it holds.
    pub scope: Scope,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// Digest of its secret.
    pub digest: String,
    /// Who made it.
    pub made_by: StaffId,
    /// When.
    pub made_at: Timestamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// How often it has been written.
    pub version: u64,
}

fn tail(key: &KeyId) -> &str {
    key.as_str().split_once('_').map_or("", |(_, tail)| tail)
}

impl IntegrationKey {
    /// Under which account's id its calls are recorded.
    #[must_use]
    pub fn acts_as(&self) -> StaffId {
        acts_as(&self.key)
    }
}

/// Under which account's id a key's calls are recorded.
#[must_use]
pub fn acts_as(key: &KeyId) -> StaffId {
    // A key's id is `key-` and a ULID long, which every id takes.
    StaffId::from_tail(format!("key-{}", tail(key).chars().take(36).collect::<String>())).unwrap_or_else(|e| unreachable!("{e}"))
}

/// A key as a program sends it.
#[must_use]
pub fn as_sent(key: &KeyId, secret: &str) -> String {
    format!("{PREFIX}{}_{secret}", tail(key))
}

/// The id and the secret of a key as a program sends it; `None` for what is none.
#[must_use]
pub fn parts(sent: &str) -> Option<(KeyId, &str)> {
    let (tail, secret) = sent.strip_prefix(PREFIX)?.split_once('_')?;
    let plausible = secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit());
    Some((KeyId::from_tail(tail).ok()?, secret)).filter(|_| plausible)
}

/// Makes a key.
///
/// # Errors
/// `bad_request` for its name, or for one that may do nothing; `forbidden` for more than its maker has, and for what is for people only.
pub fn make(giver: &Giver<'_>, mut key: IntegrationKey, regions: &Regions) -> Refusable<(IntegrationKey, Decision)> {
    key.name = key.name.trim().to_owned();
    if !(1..=MAX_NAME).contains(&key.name.chars().count()) || unfit(&key.name).is_some() {
        return Err(Problem::new(Code::BadRequest, "名称为 1 到 30 个字").at("name"));
    }
    key.permissions.sort_unstable();
    key.permissions.dedup();
    if key.permissions.is_empty() {
        return Err(Problem::new(Code::BadRequest, "请至少选择一项权限").at("permissions"));
    }
    if let Some(p) = key.permissions.iter().find(|p| FOR_PEOPLE.contains(p)) {
        return Err(Problem::new(Code::Forbidden, format!("接口密钥不能拥有此权限（{p}）")).at("permissions"));
    }
    giver.may_give(&key.permissions, &key.scope, regions)?;
    let mut d = Decision::default();
    let made = Event::KeyMade { key: key.key.clone(), by: giver.staff.clone(), permissions: key.permissions.clone(), scope: key.scope.clone() };
    d.write(AccessWrite::NewKey(Box::new(key.clone())));
    d.event(Aggregate::Key(key.key.clone()), made);
    Ok((key, d))
}

/// Revokes a key: from then on nothing comes in by it.
///
/// # Errors
/// `not_found` for one outside of the scope; `conflict` for one that was revoked.
pub fn revoke(giver: &Giver<'_>, key: &IntegrationKey, regions: &Regions, now: Timestamp) -> Refusable<(IntegrationKey, Decision)> {
    if !holds(giver.scope, &key.scope, regions) {
        return Err(Problem::new(Code::NotFound, "没有找到该密钥"));
    }
    if key.revoked_at.is_some() {
        return conflict("密钥已经吊销");
    }
    let revoked = IntegrationKey { revoked_at: Some(now), ..key.clone() };
    let mut d = Decision::default();
    d.write(AccessWrite::Key(Box::new(revoked.clone())));
    d.event(Aggregate::Key(key.key.clone()), Event::KeyRevoked { key: key.key.clone(), by: giver.staff.clone() });
    Ok((revoked, d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::giving::tests::{region, regions, store};

    fn key(permissions: &[Permission], scope: Scope) -> IntegrationKey {
        IntegrationKey {
            key: "key_01JD8ZC4V5W6X7Y8Z9A0B1C2D3".parse().unwrap(),
            name: " 收银对接 ".into(),
            scope,
            permissions: permissions.to_vec(),
            digest: "d".into(),
            made_by: "stf_1".parse().unwrap(),
            made_at: Timestamp(5),
            revoked_at: None,
            version: 1,
        }
    }

    #[test]
    fn given_a_key_as_it_is_sent_when_read_then_it_is_its_id_and_secret_and_anything_else_is_none() {
        let (id, secret) = ("key_01JD8ZC4V5W6X7Y8Z9A0B1C2D3".parse::<KeyId>().unwrap(), "ab".repeat(32));
        let sent = as_sent(&id, &secret);
        assert_eq!(sent, format!("lk_01JD8ZC4V5W6X7Y8Z9A0B1C2D3_{secret}"));
        assert_eq!(parts(&sent), Some((id.clone(), secret.as_str())));
        assert_eq!(acts_as(&id).as_str(), "stf_key-01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
        for bad in ["", "lk_", "lk_a_b", "lk__", &sent[1..], &sent[..sent.len() - 1], &format!("{sent}0"), &sent.replace("ab", "xy")] {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }

    #[test]
    fn given_a_maker_when_the_key_may_more_or_manages_people_then_it_is_refused() {
        let (r, by) = (regions(), "stf_1".parse().unwrap());
        let giver = Giver { staff: &by, permissions: &[Permission::PosWrite, Permission::RoleWrite], scope: &region("reg_e") };
        let (made, d) = make(&giver, key(&[Permission::PosWrite, Permission::PosWrite], store("sto_a")), &r).unwrap();
        assert_eq!((made.name.as_str(), made.permissions.len(), d.events.len()), ("收银对接", 1, 1));
        let refused = |k: IntegrationKey| make(&giver, k, &r).unwrap_err().code;
        assert_eq!(refused(key(&[Permission::StockRead], store("sto_a"))), Code::Forbidden);
        assert_eq!(refused(key(&[Permission::PosWrite], store("sto_c"))), Code::Forbidden);
        assert_eq!(refused(key(&[Permission::RoleWrite], store("sto_a"))), Code::Forbidden);
        for for_people in FOR_PEOPLE {
            let all = Giver { permissions: Permission::ALL, ..giver };
            assert_eq!(make(&all, key(&[for_people], store("sto_a")), &r).unwrap_err().field.as_deref(), Some("permissions"), "{for_people}");
        }
        assert_eq!(refused(key(&[], store("sto_a"))), Code::BadRequest);
        assert_eq!(refused(IntegrationKey { name: "长".repeat(31), ..made.clone() }), Code::BadRequest);
        assert!(make(&giver, IntegrationKey { name: "长".repeat(30), ..made.clone() }, &r).is_ok());
        let (revoked, _) = revoke(&giver, &made, &r, Timestamp(9)).unwrap();
        assert_eq!(revoke(&giver, &revoked, &r, Timestamp(9)).unwrap_err().code, Code::Conflict);
        let elsewhere = key(&[Permission::PosWrite], store("sto_c"));
        assert_eq!(revoke(&giver, &elsewhere, &r, Timestamp(9)).unwrap_err().code, Code::NotFound);
    }
}
