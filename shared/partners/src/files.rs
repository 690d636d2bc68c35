//! The chain's files in S3: forms that a browser sends a file with, links that hold for a while, and the few calls that a function makes itself.
//!
//! Signature version 4, made here: the SDK signs no POST forms, and its client of S3 would be the largest part of every function that has it. The
//! tests hold what is made here against the signatures of the service's own documentation. Times are given, and are the world's: a local stack whose
//! clock was moved signs with the real one, which the service compares.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac};
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_types::Timestamp;
use serde_json::json;

use crate::{HttpClient, PartnerError, unreachable};

const PARTNER: &str = "files";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Where the bucket is, and who signs.
#[derive(Clone)]
pub struct Config {
    /// Address of the bucket, without a slash at its end.
    pub base_url: String,
    /// Where browsers send forms, when it is not the bucket's address.
    pub form_url: Option<String>,
    /// Name of the bucket.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
    /// Of credentials that end.
    pub session_token: Option<String>,
}

/// A form: the fields in their order, and where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where to.
    pub url: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

/// What a form takes.
#[derive(Debug, Clone, Copy)]
pub struct FormAsk<'a> {
    /// The object's key.
    pub key: &'a str,
    /// Its content type.
    pub content_type: &'a str,
    /// The most bytes.
    pub most: u32,
    /// For how long, in milliseconds.
    pub holds: i64,
}

/// What was found under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// More bytes than were asked for.
    TooLarge,
    /// The bytes.
    Bytes(Vec<u8>),
}

/// The bucket.
#[derive(Clone)]
pub struct Files {
    http: HttpClient,
    config: Config,
}

/// A time as signatures write it, e.g. `20130524T000000Z`.
fn stamp(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn hmac_of(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(text: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

/// As a canonical request has it: all but unreserved characters by `%XX`; a path keeps its slashes.
fn encoded(text: &str, keeps: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) || keeps.contains(&b) {
            out.push(char::from(b));
        } else {
            // Writing to a text does not fail.
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

impl Files {
    /// Over a client.
    #[must_use]
    pub fn new(http: HttpClient, config: Config) -> Self {
        Self { http, config }
    }

    /// `<day>/<region>/s3/aws4_request`.
    fn scope(&self, stamp: &str) -> String {
        format!("{}/{}/s3/aws4_request", stamp.get(..8).unwrap_or_default(), self.config.region)
    }

    fn sign(&self, stamp: &str, text: &str) -> String {
        let day = hmac_of(format!("AWS4{}", self.config.secret_key).as_bytes(), stamp.get(..8).unwrap_or_default());
        let region = hmac_of(&day, &self.config.region);
        let service = hmac_of(&region, "s3");
        hex::encode(hmac_of(&hmac_of(&service, "aws4_request"), text))
    }

    /// A form that takes one file of this type, no larger than it says, under this key and until it ends. The service looks at all of it.
    #[must_use]
    pub fn form(&self, ask: FormAsk<'_>, at: Timestamp) -> Form {
        let stamp = stamp(at);
        let credential = format!("{}/{}", self.config.access_key, self.scope(&stamp));
        let until = jiff::Timestamp::from_millisecond(at.0 + ask.holds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let mut fields: Vec<(String, String)> = [
            ("key", ask.key),
            ("Content-Type", ask.content_type),
            ("x-amz-algorithm", ALGORITHM),
            ("x-amz-credential", credential.as_str()),
            ("x-amz-date", stamp.as_str()),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .to_vec();
        if let Some(token) = &self.config.session_token {
            fields.push(("x-amz-security-token".to_owned(), token.clone()));
        }
        let mut conditions = vec![json!(["eq", "$bucket", self.config.bucket]), json!(["content-length-range", 1, ask.most])];
        conditions.extend(fields.iter().map(|(k, v)| json!(["eq", format!("${k}"), v])));
        let policy = STANDARD.encode(json!({"expiration": until, "conditions": conditions}).to_string());
        let signature = self.sign(&stamp, &policy);
        fields.push(("policy".to_owned(), policy));
        fields.push(("x-amz-signature".to_owned(), signature));
        Form { url: self.config.form_url.clone().unwrap_or_else(|| format!("{}/", self.config.base_url)), fields }
    }

    /// An address under which this key can be had (or, by `PUT`, is written) for so many seconds. `more` are parameters that the service knows, such as
    /// `response-content-disposition`.
    #[must_use]
    pub fn link(&self, method: &str, key: &str, more: &[(&str, &str)], seconds: u32, at: Timestamp) -> String {
        let stamp = stamp(at);
        let scope = self.scope(&stamp);
        let (scheme, rest) = self.config.base_url.split_once("://").unwrap_or(("https", self.config.base_url.as_str()));
        let (host, folder) = rest.split_once('/').map_or((rest, String::new()), |(host, folder)| (host, format!("/{folder}")));
        let path = format!("{folder}/{}", encoded(key, b"/"));
        let (credential, seconds) = (format!("{}/{scope}", self.config.access_key), seconds.to_string());
        let mut query: Vec<(&str, &str)> = vec![
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", credential.as_str()),
            ("X-Amz-Date", stamp.as_str()),
            ("X-Amz-Expires", seconds.as_str()),
            ("X-Amz-SignedHeaders", "host"),
        ];
        query.extend(self.config.session_token.as_deref().map(|t| ("X-Amz-Security-Token", t)));
        query.extend(more.iter().copied());
        let mut pairs: Vec<String> = query.iter().map(|(k, v)| format!("{}={}", encoded(k, b""), encoded(v, b""))).collect();
        pairs.sort();
        let query = pairs.join("&");
        let canonical = format!("{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
        let signature = self.sign(&stamp, &format!("{ALGORITHM}\n{stamp}\n{scope}\n{}", sha256(&canonical)));
        format!("{scheme}://{host}{path}?{query}&X-Amz-Signature={signature}")
    }

    /// Reads what lies under a key, as long as it has no more than `most` bytes.
    ///
    /// # Errors
    /// [`PartnerError`] when the service does not answer or refuses.
    pub async fn fetch(&self, key: &str, most: u32, at: Timestamp) -> Result<Found, PartnerError> {
        let mut answer = self.http.get(self.link("GET", key, &[], 60, at)).send().await.map_err(unreachable(PARTNER))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Ok(Found::Nothing),
            status => return Err(refused(status)),
        }
        if answer.content_length().is_some_and(|n| n > u64::from(most)) {
            return Ok(Found::TooLarge);
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable(PARTNER))? {
            if bytes.len() + chunk.len() > most {
                return Ok(Found::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Found::Bytes(bytes))
    }

    /// Writes an object. Keys are hashes of what lies there, so whoever may ask for it without a signature may keep it for good.
    ///
    /// # Errors
    /// [`PartnerError`] when the service does not answer or refuses.
    pub async fn keep(&self, key: &str, content_type: &str, bytes: Vec<u8>, at: Timestamp) -> Result<(), PartnerError> {
        let kept = if key.starts_with("media/") { "public, max-age=31536000, immutable" } else { "private, no-store" };
        let answer = self
            .http
            .put(self.link("PUT", key, &[], 60, at))
            .header("content-type", content_type)
            .header("cache-control", kept)
            .body(bytes)
            .send()
            .await
            .map_err(unreachable(PARTNER))?;
        if answer.status().is_success() { Ok(()) } else { Err(refused(answer.status().as_u16())) }
    }
}

/// Its words may hold keys of ours: the status says enough.
fn refused(status: u16) -> PartnerError {
    if status >= 500 || status == 429 {
        return PartnerError::Unreachable { partner: PARTNER, cause: format!("status {status}") };
    }
    PartnerError::Refused { partner: PARTNER, code: status.to_string(), message: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2013-05-24T00:00:00Z, and the key pair of the service's documentation.
    const AT: Timestamp = Timestamp(1_369_353_600_000);

    fn files(token: Option<&str>) -> Files {
        let config = Config {
            base_url: "https://examplebucket.s3.amazonaws.com".into(),
            form_url: None,
            bucket: "examplebucket".into(),
            region: "us-east-1".into(),
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: token.map(str::to_owned),
        };
        Files::new(HttpClient::new(), config)
    }

    #[test]
    fn given_the_documentations_request_when_linked_then_the_signature_is_the_documentations() {
        let link = files(None).link("GET", "test.txt", &[], 86_400, AT);
        assert!(link.starts_with("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&"));
        assert!(link.ends_with("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"), "{link}");
    }

    #[test]
    fn given_the_documentations_policy_when_signed_then_the_signature_is_the_documentations() {
        // The form of the documentation, by the bytes of its policy: signing a form is signing these.
        let policy = [
            r#"{ "expiration": "2015-12-30T12:00:00.000Z","#,
            r#"  "conditions": ["#,
            r#"    {"bucket": "sigv4examplebucket"},"#,
            r#"    ["starts-with", "$key", "user/user1/"],"#,
            r#"    {"acl": "public-read"},"#,
            r#"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
            r#"    ["starts-with", "$Content-Type", "image/"],"#,
            r#"    {"x-amz-meta-uuid": "14365123651274"},"#,
            r#"    {"x-amz-server-side-encryption": "AES256"},"#,
            r#"    ["starts-with", "$x-amz-meta-tag", ""],"#,
            r#""#,
            r#"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
            r#"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
            r#"    {"x-amz-date": "20151229T000000Z" }"#,
            r#"  ]"#,
            r#"}"#,
        ];
        let policy = STANDARD.encode(policy.join("\r\n"));
        assert_eq!(files(None).sign("20151229T000000Z", &policy), "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn given_a_form_when_made_then_its_policy_names_every_field_and_the_size() {
        let ask = FormAsk { key: "incoming/hq/01JD", content_type: "image/png", most: 5_000_000, holds: 600_000 };
        let form = files(Some("token")).form(ask, AT);
        assert_eq!(form.url, "https://examplebucket.s3.amazonaws.com/");
        let of = |name: &str| form.fields.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()).unwrap();
        let policy: serde_json::Value = serde_json::from_slice(&STANDARD.decode(of("policy")).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2013-05-24T00:10:00.000Z");
        let conditions = policy["conditions"].as_array().unwrap();
        for (name, value) in form.fields.iter().filter(|(k, _)| k != "policy" && k != "x-amz-signature") {
            assert!(conditions.contains(&json!(["eq", format!("${name}"), value])), "{name}");
        }
        assert!(
            conditions.contains(&json!(["content-length-range", 1, 5_000_000])) && conditions.contains(&json!(["eq", "$bucket", "examplebucket"]))
        );
        assert_eq!(of("x-amz-security-token"), "token");
        assert_eq!(of("x-amz-signature"), files(None).sign("20130524T000000Z", &of("policy")));
    }

    #[test]
    fn given_keys_and_words_of_any_kind_when_linked_then_they_are_encoded_and_in_order() {
        let more = [("response-content-disposition", "attachment; filename=\"a b.pdf\"")];
        let link = files(Some("a/b+c=")).link("GET", "private/sto_x/ä b.pdf", &more, 60, AT);
        assert!(link.contains("/private/sto_x/%C3%A4%20b.pdf?"));
        assert!(link.contains(
            "X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-SignedHeaders=host&response-content-disposition=attachment%3B%20filename%3D%22a%20b.pdf%22"
        ));
    }

    #[test]
    fn given_a_bucket_below_a_path_when_linked_then_the_path_is_signed_as_well() {
        let mut local = files(None);
        local.config.base_url = "http://127.0.0.1:7400/uploads".into();
        local.config.form_url = Some("/uploads".into());
        assert!(local.link("GET", "media/hq/a.png", &[], 60, AT).starts_with("http://127.0.0.1:7400/uploads/media/hq/a.png?"));
        assert_eq!(local.form(FormAsk { key: "k", content_type: "image/png", most: 1, holds: 1 }, AT).url, "/uploads");
    }
}
