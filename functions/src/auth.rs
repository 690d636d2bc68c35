//! Tokens: ES256 JWTs for members and staff, checked without a read. Passwords: Argon2id.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use cookie::{Cookie, SameSite};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use liandian_partners::sign;
use liandian_types::{MemberId, Permission, Role, RoleId, Scope, StaffId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Config, config::BadConfig};

/// Cookie of a member's session.
pub const SESSION_COOKIE: &str = "ld_session";
/// Cookie of a staff access token.
pub const STAFF_COOKIE: &str = "ld_staff";
/// Cookie of a staff refresh token.
pub const REFRESH_COOKIE: &str = "ld_staff_refresh";
/// How long a member's session lasts.
pub const SESSION_MS: i64 = 12 * Timestamp::HOUR;
/// How long a staff access token lasts.
pub const ACCESS_MS: i64 = 15 * Timestamp::MINUTE;
/// How long a refresh token lasts.
pub const REFRESH_MS: i64 = 14 * Timestamp::DAY;
/// How long somebody stays logged in at most, however often tokens are refreshed.
pub const LOGGED_IN_MS: i64 = 30 * Timestamp::DAY;

const ISSUER: &str = "liandian";
const MEMBER: &str = "member";
const STAFF: &str = "staff";

/// What a member's token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MemberClaims {
    sub: MemberId,
    sid: String,
    aud: String,
    iss: String,
    iat: i64,
    exp: i64,
}

/// A member's session, as a token names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSession {
    /// Whose.
    pub member: MemberId,
    /// Its own id: logging out ends this one and no other of the member.
    pub id: String,
    /// When the token ends.
    pub expires: Timestamp,
}

/// What a staff token says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// Who.
    pub sub: StaffId,
    /// Display name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// The role, when it is one that HQ made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<RoleId>,
    /// The session; empty for a program that comes in by a key.
    #[serde(default)]
    pub sid: String,
    /// When it was issued, to the millisecond: what ends in the same second is older or younger than it.
    #[serde(default)]
    pub at: Timestamp,
    aud: String,
    iss: String,
    iat: i64,
    exp: i64,
}

impl Staff {
    /// Claims for a session that begins `now`.
    #[must_use]
    pub fn begin(sub: StaffId, name: String, role: Role, scope: Scope, permissions: Vec<Permission>, now: Timestamp) -> Self {
        let (iat, exp) = (now.seconds(), now.plus(ACCESS_MS).seconds());
        Self { sub, name, role, scope, permissions, custom: None, sid: String::new(), at: now, aud: STAFF.into(), iss: ISSUER.into(), iat, exp }
    }

    /// Of a session, with a role that HQ may have made.
    #[must_use]
    pub fn within(self, sid: String, custom: Option<RoleId>) -> Self {
        Self { sid, custom, ..self }
    }

    /// The id of its role.
    #[must_use]
    pub fn role_id(&self) -> RoleId {
        self.custom.clone().unwrap_or_else(|| self.role.id())
    }

    /// When it was issued. A token of before there was `at` says it in seconds.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        if self.at == Timestamp::default() { Timestamp(self.iat * 1000) } else { self.at }
    }

    /// When the token ends.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        Timestamp(self.exp * 1000)
    }
}

/// Keys of one audience at a time: the current one, and the one before it for as long as its tokens live.
const KEYS_AT_ONCE: usize = 2;

/// A key as configuration holds it: its id, and its DER in base64 in one line.
#[must_use]
pub fn listed(kid: &str, pem: &str) -> String {
    let body: String = pem.lines().filter(|l| !l.starts_with("-----")).map(str::trim).collect();
    format!("{kid}:{}", body.trim_end_matches('='))
}

/// The id and the PEM of such a key.
fn unlisted<'a>(text: &'a str, label: &str) -> Option<(&'a str, String)> {
    let (kid, body) = text.trim().split_once(':')?;
    let body = body.trim_end_matches('=');
    let of = |all: &str, more: &[u8]| !all.is_empty() && all.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
    if kid.len() > 64 || !of(kid, b"-_.") || !of(body, b"+/") {
        return None;
    }
    let body = format!("{body}{}", "=".repeat((4 - body.len() % 4) % 4));
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    Some((kid, format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))))
}

/// What a variable of public keys lists, without the ids.
fn bodies<'a>(config: &'a Config, name: &str) -> Vec<&'a str> {
    config.get(name).unwrap_or_default().split(',').filter_map(|k| Some(k.split_once(':')?.1.trim().trim_end_matches('='))).collect()
}

/// The keys of one audience. A token of another one's key is none here, whatever it says.
#[derive(Clone)]
struct Keyring {
    audience: &'static str,
    sign: Option<(String, Arc<EncodingKey>)>,
    check: Arc<Vec<(String, DecodingKey)>>,
}

/// What a private key signs to show that it belongs to the public key of its id.
#[derive(Serialize, Deserialize)]
struct Probe {
    aud: String,
    iss: String,
    exp: i64,
}

impl Keyring {
    /// From the variables `<NAME>_KEYS` (public keys, the current one first) and, where tokens are signed, `<NAME>_SIGN`.
    fn new(config: &Config, audience: &'static str, name: &str) -> Result<Self, BadConfig> {
        let bad = |what: &str| BadConfig(format!("{name}_{what}"));
        let mut check: Vec<(String, DecodingKey)> = Vec::new();
        for text in config.need(&format!("{name}_KEYS"))?.split(',') {
            let (kid, pem) = unlisted(text, "PUBLIC KEY").ok_or_else(|| bad("KEYS: a key is <kid>:<base64>"))?;
            let key = DecodingKey::from_ec_pem(pem.as_bytes()).map_err(|e| bad(&format!("KEYS: {kid}: {e}")))?;
            if check.iter().any(|(known, _)| known == kid) {
                return Err(bad(&format!("KEYS: {kid} is there twice")));
            }
            check.push((kid.to_owned(), key));
        }
        if check.len() > KEYS_AT_ONCE {
            return Err(bad("KEYS: the current key and the one before it, no more"));
        }
        let mut ring = Self { audience, sign: None, check: check.into() };
        if let Some(text) = config.get(&format!("{name}_SIGN")) {
            let (kid, pem) = unlisted(text, "PRIVATE KEY").ok_or_else(|| bad("SIGN: a key is <kid>:<base64>"))?;
            let key = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|e| bad(&format!("SIGN: {kid}: {e}")))?;
            ring.sign = Some((kid.to_owned(), key.into()));
            // A login must not be the first to find out that nobody believes this key.
            let probe = ring.issue(&Probe { aud: audience.into(), iss: ISSUER.into(), exp: 0 }).map_err(|e| bad(&format!("SIGN: {kid}: {e}")))?;
            if ring.verify::<Probe>(&probe).is_none() {
                return Err(bad(&format!("SIGN: {kid} is no key of {name}_KEYS")));
            }
        }
        Ok(ring)
    }

    fn issue<T: Serialize>(&self, claims: &T) -> Result<String, String> {
        let (kid, key) = self.sign.as_ref().ok_or_else(|| format!("this function signs no tokens of the audience {}", self.audience))?;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, key).map_err(|e| e.to_string())
    }

    fn verify<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, key) = self.check.iter().find(|(known, _)| *known == kid)?;
        let mut v = Validation::new(Algorithm::ES256);
        v.set_audience(&[self.audience]);
        v.set_issuer(&[ISSUER]);
        v.set_required_spec_claims(&["exp", "aud", "iss"]);
        // Time is given: the callers compare `exp` with the request's `now`.
        v.validate_exp = false;
        jsonwebtoken::decode(token, key, &v).ok().map(|d| d.claims)
    }
}

/// The keys that sign and check tokens, of members and of staff. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    members: Keyring,
    staff: Keyring,
}

impl Tokens {
    /// From `MEMBER_TOKEN_KEYS` and `STAFF_TOKEN_KEYS`, EC P-256 as [`listed`]; who logs people in has `MEMBER_TOKEN_SIGN` or `STAFF_TOKEN_SIGN`, too.
    ///
    /// # Errors
    /// [`BadConfig`] saying what is wrong with them.
    pub fn new(config: &Config) -> Result<Self, BadConfig> {
        let (members, staff) = (Keyring::new(config, MEMBER, "MEMBER_TOKEN")?, Keyring::new(config, STAFF, "STAFF_TOKEN")?);
        let of_staff = bodies(config, "STAFF_TOKEN_KEYS");
        if bodies(config, "MEMBER_TOKEN_KEYS").iter().any(|k| of_staff.contains(k)) {
            return Err(BadConfig("MEMBER_TOKEN_KEYS and STAFF_TOKEN_KEYS share a key".into()));
        }
        Ok(Self { members, staff })
    }

    /// The token of a member's new session, and when it ends.
    ///
    /// # Errors
    /// The text of what the signer said.
    pub fn member(&self, member: &MemberId, now: Timestamp) -> Result<(String, Timestamp), String> {
        self.member_in(sign::nonce().map_err(|e| e.to_string())?, member, now)
    }

    /// Another token of a member's session, and when it ends: who logs in again where they are logged in has one session, which one logout ends.
    ///
    /// # Errors
    /// The text of what the signer said.
    pub fn member_in(&self, sid: String, member: &MemberId, now: Timestamp) -> Result<(String, Timestamp), String> {
        let exp = now.plus(SESSION_MS);
        let claims = MemberClaims { sub: member.clone(), sid, aud: MEMBER.into(), iss: ISSUER.into(), iat: now.seconds(), exp: exp.seconds() };
        Ok((self.members.issue(&claims)?, exp))
    }

    /// The session of a member's token that is valid at `now`. Whether somebody has ended it, [`App::member`](crate::App::member) knows.
    #[must_use]
    pub fn check_member(&self, token: &str, now: Timestamp) -> Option<MemberSession> {
        let c: MemberClaims = self.members.verify(token)?;
        (c.exp > now.seconds()).then_some(MemberSession { member: c.sub, id: c.sid, expires: Timestamp(c.exp * 1000) })
    }

    /// A staff token.
    ///
    /// # Errors
    /// The text of what the signer said.
    pub fn staff(&self, claims: &Staff) -> Result<String, String> {
        self.staff.issue(claims)
    }

    /// The staff of a token that is valid at `now`. Whether it was ended, [`App::staff`](crate::App::staff) knows.
    #[must_use]
    pub fn check_staff(&self, token: &str, now: Timestamp) -> Option<Staff> {
        let c: Staff = self.staff.verify(token)?;
        (c.exp > now.seconds()).then_some(c)
    }
}

/// A cookie's name. Where cookies travel over HTTPS only, a prefix makes the browser refuse one that another host of the domain, or a page without
/// TLS, has set. (One with a path of its own cannot have the stricter prefix.)
#[must_use]
pub fn cookie_name(name: &str, secure: bool) -> String {
    match (secure, name) {
        (false, _) => name.to_owned(),
        (true, REFRESH_COOKIE) => format!("__Secure-{name}"),
        (true, _) => format!("__Host-{name}"),
    }
}

/// A cookie of a session as this product sets them.
#[must_use]
pub fn set_cookie(name: &str, value: &str, path: &str, max_age_ms: i64, secure: bool) -> String {
    plain_cookie(&cookie_name(name, secure), value, path, max_age_ms, secure)
}

/// A cookie under just that name: something to keep on a device, of no use to anybody who would forge it.
#[must_use]
pub fn plain_cookie(name: &str, value: &str, path: &str, max_age_ms: i64, secure: bool) -> String {
    let age = cookie::time::Duration::seconds(max_age_ms / 1000);
    let cookie = Cookie::build((name, value)).path(path).max_age(age).http_only(true).same_site(SameSite::Lax);
    // Without `secure` at all, not with a false one: what is not said needs no reading.
    if secure { cookie.secure(true) } else { cookie }.build().to_string()
}

/// Argon2id of a password, in PHC form.
///
/// # Errors
/// The text of what the hasher said.
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, String> {
    let salt = SaltString::encode_b64(salt).map_err(|e| e.to_string())?;
    Argon2::default().hash_password(password.as_bytes(), &salt).map(|h| h.to_string()).map_err(|e| e.to_string())
}

/// Argon2id of nothing that anybody knows, with the same cost.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5a25vd3NpdA$6c2Zb2l0aGlzaXNub3RhcmVhbGhhc2hhdGFsbDAwMDA";

/// Is it the password? Takes the same time for an account that does not exist (`hash` is `None`).
#[must_use]
pub fn password_is(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    /// A pair of keys under an id, as configuration holds them: the private one, the public one.
    fn pair(kid: &str) -> (String, String) {
        let (private, public) = sign::new_ec_pair().unwrap();
        (listed(kid, &private), listed(kid, &public))
    }

    fn tokens(vars: &[(&str, &str)]) -> Result<Tokens, BadConfig> {
        Tokens::new(&Config::from_vars(&vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()))
    }

    fn mem() -> MemberId {
        "mem_1".parse().unwrap()
    }

    #[test]
    fn given_a_key_for_members_when_it_signs_for_staff_under_whatever_id_then_nobody_believes_it() {
        let (members, staff) = (pair("m1"), pair("s1"));
        let t = tokens(&[
            ("MEMBER_TOKEN_KEYS", &members.1),
            ("MEMBER_TOKEN_SIGN", &members.0),
            ("STAFF_TOKEN_KEYS", &staff.1),
            ("STAFF_TOKEN_SIGN", &staff.0),
        ])
        .unwrap();
        let (token, expires) = t.member(&mem(), NOW).unwrap();
        let session = t.check_member(&token, NOW).unwrap();
        assert_eq!((session.member, session.expires), (mem(), expires));
        assert!(t.check_member(&token, expires).is_none() && t.check_staff(&token, NOW).is_none());
        assert_ne!(t.check_member(&t.member(&mem(), NOW).unwrap().0, NOW).unwrap().id, session.id, "each login is a session of its own");

        let claims = Staff::begin("stf_1".parse().unwrap(), "李".into(), Role::HqAdmin, Scope::All, Vec::new(), NOW);
        assert_eq!(t.check_staff(&t.staff(&claims).unwrap(), NOW), Some(claims.clone()));
        let forged = t.members.issue(&claims).unwrap();
        assert!(t.check_staff(&forged, NOW).is_none() && t.check_member(&forged, NOW).is_none());
        let (_, key) = t.members.sign.clone().unwrap();
        let under_the_others_id = Keyring { sign: Some(("s1".into(), key)), ..t.staff.clone() };
        assert!(t.check_staff(&under_the_others_id.issue(&claims).unwrap(), NOW).is_none());
    }

    #[test]
    fn given_a_new_key_when_the_one_before_is_still_listed_then_its_tokens_work_and_no_longer() {
        let (old, new, staff) = (pair("m1"), pair("m2"), pair("s1"));
        let with = |keys: &str, sign: &str| tokens(&[("MEMBER_TOKEN_KEYS", keys), ("MEMBER_TOKEN_SIGN", sign), ("STAFF_TOKEN_KEYS", &staff.1)]);
        let (before, _) = with(&old.1, &old.0).unwrap().member(&mem(), NOW).unwrap();
        let overlap = with(&format!("{},{}", new.1, old.1), &new.0).unwrap();
        assert!(overlap.check_member(&before, NOW).is_some());
        let (after, _) = overlap.member(&mem(), NOW).unwrap();
        let alone = with(&new.1, &new.0).unwrap();
        assert!(alone.check_member(&after, NOW).is_some());
        assert!(alone.check_member(&before, NOW).is_none(), "an id that is not listed");
        assert!(overlap.staff(&Staff::begin("stf_1".parse().unwrap(), "李".into(), Role::Clerk, Scope::All, Vec::new(), NOW)).is_err());
    }

    #[test]
    fn given_a_token_when_it_names_no_key_or_an_unknown_one_then_it_is_none() {
        let (members, staff) = (pair("m1"), pair("s1"));
        let t = tokens(&[("MEMBER_TOKEN_KEYS", &members.1), ("MEMBER_TOKEN_SIGN", &members.0), ("STAFF_TOKEN_KEYS", &staff.1)]).unwrap();
        let claims = MemberClaims {
            sub: mem(),
            sid: "a".into(),
            aud: MEMBER.into(),
            iss: ISSUER.into(),
            iat: NOW.seconds(),
            exp: NOW.plus(SESSION_MS).seconds(),
        };
        let (_, key) = t.members.sign.clone().unwrap();
        let with = |kid: Option<&str>| {
            let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::ES256) };
            jsonwebtoken::encode(&header, &claims, &key).unwrap()
        };
        assert!(t.check_member(&with(Some("m1")), NOW).is_some());
        assert!(t.check_member(&with(Some("m2")), NOW).is_none());
        assert!(t.check_member(&with(None), NOW).is_none());
        assert!(t.check_member("a.b.c", NOW).is_none() && t.check_member("", NOW).is_none());
    }

    #[test]
    fn given_keys_that_do_not_belong_together_when_configured_then_a_function_does_not_start() {
        let (a, b, c, staff) = (pair("m1"), pair("m2"), pair("m3"), pair("s1"));
        let with = |keys: &str, sign: &str| {
            tokens(&[("MEMBER_TOKEN_KEYS", keys), ("MEMBER_TOKEN_SIGN", sign), ("STAFF_TOKEN_KEYS", &staff.1)]).err().map(|e| e.0)
        };
        assert_eq!(with(&a.1, &a.0), None);
        assert!(with(&a.1, &b.0).unwrap().contains("m2 is no key of MEMBER_TOKEN_KEYS"));
        assert!(with(&a.1, &b.0.replace("m2:", "m1:")).unwrap().contains("m1 is no key"), "another key under a known id");
        assert!(with(&[&*a.1, &*b.1, &*c.1].join(","), &a.0).unwrap().contains("no more"));
        assert!(with(&format!("{0},{0}", a.1), &a.0).unwrap().contains("twice"));
        assert!(with("no key", "").unwrap().contains("<kid>:<base64>"));
        assert!(with("", "").unwrap().contains("MEMBER_TOKEN_KEYS is not set"));
        assert!(with(&staff.1.replace("s1:", "m9:"), "").unwrap().contains("share a key"));
        assert_eq!(with(&format!("{}==", a.1), &a.0), None, "with the padding that tools write");
    }

    #[test]
    fn given_a_cookie_when_set_over_https_then_its_name_binds_it_to_this_host() {
        assert_eq!(set_cookie(SESSION_COOKIE, "v", "/", 60_000, true), "__Host-ld_session=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        assert_eq!(cookie_name(REFRESH_COOKIE, true), "__Secure-ld_staff_refresh");
        assert_eq!(set_cookie(SESSION_COOKIE, "v", "/", 60_000, false), "ld_session=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
    }

    #[test]
    fn given_a_password_when_hashed_then_only_itself_fits_and_nobody_has_none() {
        let h = hash_password("demo-1234", &[7; 16]).unwrap();
        assert!(h.starts_with("$argon2id$"));
        assert!(password_is("demo-1234", Some(&h)));
        assert!(!password_is("demo-1235", Some(&h)));
        assert!(!password_is("demo-1234", None));
        assert!(PasswordHash::new(NOBODY).is_ok(), "an account that does not exist must cost as much as one that does");
    }
}
