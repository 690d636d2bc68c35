//! Tokens: ES256 JWTs for members and staff, checked without a read. Passwords: Argon2id.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use liandian_partners::sign;
use liandian_types::{MemberId, Permission, Role, Scope, StaffId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

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
        Self { sub, name, role, scope, permissions, aud: "staff".into(), iss: ISSUER.into(), iat, exp }
    }

    /// When the token ends.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        Timestamp(self.exp * 1000)
    }
}

/// The keys that sign and check tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    sign: Option<Arc<EncodingKey>>,
    check: Arc<DecodingKey>,
}

impl Tokens {
    /// From EC P-256 keys in PEM; without a private key they only check.
    ///
    /// # Errors
    /// The text of what is wrong with them.
    pub fn new(private_pem: Option<&str>, public_pem: &str) -> Result<Self, String> {
        Ok(Self {
            sign: private_pem
                .map(|pem| EncodingKey::from_ec_pem(pem.as_bytes()).map(Arc::new).map_err(|e| format!("TOKEN_PRIVATE_KEY: {e}")))
                .transpose()?,
            check: Arc::new(DecodingKey::from_ec_pem(public_pem.as_bytes()).map_err(|e| format!("TOKEN_PUBLIC_KEY: {e}"))?),
        })
    }

    fn issue<T: Serialize>(&self, claims: &T) -> Result<String, String> {
        let key = self.sign.as_ref().ok_or("TOKEN_PRIVATE_KEY is not set")?;
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, key).map_err(|e| e.to_string())
    }

    fn verify<T: DeserializeOwned>(&self, token: &str, audience: &str) -> Option<T> {
        let mut v = Validation::new(Algorithm::ES256);
        v.set_audience(&[audience]);
        v.set_issuer(&[ISSUER]);
        v.set_required_spec_claims(&["exp", "aud", "iss"]);
        // Time is given: the callers compare `exp` with the request's `now`.
        v.validate_exp = false;
        jsonwebtoken::decode(token, &self.check, &v).ok().map(|d| d.claims)
    }

    /// The token of a member's new session, and when it ends.
    ///
    /// # Errors
    /// The text of what the signer said.
    pub fn member(&self, member: &MemberId, now: Timestamp) -> Result<(String, Timestamp), String> {
        let exp = now.plus(SESSION_MS);
        let sid = sign::nonce().map_err(|e| e.to_string())?;
        let claims = MemberClaims { sub: member.clone(), sid, aud: "member".into(), iss: ISSUER.into(), iat: now.seconds(), exp: exp.seconds() };
        Ok((self.issue(&claims)?, exp))
    }

    /// The session of a member's token that is valid at `now`. Whether somebody has ended it, [`App::member`](crate::App::member) knows.
    #[must_use]
    pub fn check_member(&self, token: &str, now: Timestamp) -> Option<MemberSession> {
        let c: MemberClaims = self.verify(token, "member")?;
        (c.exp > now.seconds()).then_some(MemberSession { member: c.sub, id: c.sid, expires: Timestamp(c.exp * 1000) })
    }

    /// A staff token.
    ///
    /// # Errors
    /// The text of what the signer said.
    pub fn staff(&self, claims: &Staff) -> Result<String, String> {
        self.issue(claims)
    }

    /// The staff of a token that is valid at `now`.
    #[must_use]
    pub fn check_staff(&self, token: &str, now: Timestamp) -> Option<Staff> {
        let c: Staff = self.verify(token, "staff")?;
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

/// A cookie as this product sets them.
#[must_use]
pub fn set_cookie(name: &str, value: &str, path: &str, max_age_ms: i64, secure: bool) -> String {
    let name = cookie_name(name, secure);
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path={path}; Max-Age={}; HttpOnly; SameSite=Lax{secure}", max_age_ms / 1000)
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

    #[test]
    fn given_a_cookie_when_set_over_https_then_its_name_binds_it_to_this_host() {
        assert_eq!(set_cookie(SESSION_COOKIE, "v", "/", 60_000, true), "__Host-ld_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(cookie_name(REFRESH_COOKIE, true), "__Secure-ld_staff_refresh");
        assert_eq!(set_cookie(SESSION_COOKIE, "v", "/", 60_000, false), "ld_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
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
