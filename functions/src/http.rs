//! Requests and replies: parsing, the one mapping from errors to statuses, cookies.

use std::collections::BTreeMap;

use liandian_domain::Problem;
use liandian_partners as partners;
use liandian_store::{CommitError, StoreError};
use liandian_types::{Code, MemberId, StoreId, Timestamp, text::unfit};
use serde::{Serialize, de::DeserializeOwned};

use crate::auth::Staff;

/// The most that a JSON body may have, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Who calls.
#[derive(Debug, Clone, PartialEq)]
pub enum Caller {
    /// Anybody, or a partner whose signature the handler checks.
    Anybody,
    /// A member.
    Member(MemberId),
    /// Staff.
    Staff(Box<Staff>),
}

/// A request after the checks that every route has in common.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST` …
    pub method: String,
    /// Who calls.
    pub caller: Caller,
    /// Path parameters.
    pub path: BTreeMap<String, String>,
    /// Query parameters; the first of each name.
    pub query: BTreeMap<String, String>,
    /// Headers, lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// Address of the client.
    pub client: String,
    /// When the request came.
    pub now: Timestamp,
}

/// Why there is no success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A refusal for the client.
    #[error("{} {}", .0.status, .0.detail)]
    Problem(Box<Problem>),
    /// The idempotency key was used meanwhile; the caller replays the first answer.
    #[error("idempotency key used")]
    KeyUsed,
    /// What was to be made exists: somebody (perhaps this caller, whose answer was lost) has made it.
    #[error("exists already")]
    Exists,
    /// Something did not answer; trying again may help. The text is for the log.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours. The text is for the log.
    #[error("internal: {0}")]
    Internal(String),
}

impl Failure {
    /// A refusal.
    pub fn refuse(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// There is no such thing, or not for the caller.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::refuse(Code::NotFound, format!("没有找到该{what}"))
    }

    /// What the client is told. Internal causes stay in the log.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Failure::Problem(p) => (**p).clone(),
            Failure::KeyUsed | Failure::Exists => Problem::new(Code::Conflict, "同一请求正在处理，请稍后查看结果"),
            Failure::Unavailable(_) => Problem::new(Code::Unavailable, "服务繁忙，请稍后再试"),
            Failure::Internal(_) => Problem::new(Code::Internal, "系统出了点问题，请稍后再试"),
        }
    }
}

impl From<Problem> for Failure {
    fn from(p: Problem) -> Self {
        Failure::Problem(Box::new(p))
    }
}
impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Engine(_) => Failure::Unavailable(e.to_string()),
            StoreError::Cursor => Problem::new(Code::BadCursor, "翻页位置无效，请从第一页重新查看").at("cursor").into(),
            StoreError::Shape { .. } => Failure::Internal(e.to_string()),
        }
    }
}
impl From<CommitError> for Failure {
    fn from(e: CommitError) -> Self {
        match e {
            CommitError::Store(e) => e.into(),
            e => Failure::Unavailable(e.to_string()),
        }
    }
}
impl From<liandian_queue::QueueError> for Failure {
    fn from(e: liandian_queue::QueueError) -> Self {
        Failure::Unavailable(e.to_string())
    }
}
/// A partner's failure: worth another try, or ours to look at.
impl From<partners::PartnerError> for Failure {
    fn from(e: partners::PartnerError) -> Self {
        if e.retryable() { Self::Unavailable(e.to_string()) } else { Self::Internal(e.to_string()) }
    }
}

impl From<partners::keys::Error> for Failure {
    fn from(e: partners::keys::Error) -> Self {
        Failure::Internal(e.to_string())
    }
}

/// A success.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// JSON text; empty for no content.
    pub body: String,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// Another status than the route's own.
    pub status: Option<u16>,
}

impl Reply {
    /// A JSON answer.
    ///
    /// # Errors
    /// [`Failure::Internal`] when the value cannot be written as JSON.
    pub fn json<T: Serialize>(value: &T) -> Result<Self, Failure> {
        Ok(Reply { body: serde_json::to_string(value).map_err(|e| Failure::Internal(e.to_string()))?, ..Reply::default() })
    }

    /// No content.
    #[must_use]
    pub fn empty() -> Self {
        Reply::default()
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A value out of JSON. A field that nobody reads is no word in the wind: who wrote `location_id` for `location` meant a place.
///
/// # Errors
/// `bad_request` naming the field.
pub fn read<'de, T: DeserializeOwned>(from: impl serde::Deserializer<'de, Error = serde_json::Error>) -> Result<T, Failure> {
    let mut unknown: Option<String> = None;
    let mut ignored = |path: serde_ignored::Path<'_>| {
        unknown.get_or_insert_with(|| place(&path).chars().take(120).collect());
    };
    let value = serde_path_to_error::deserialize(serde_ignored::Deserializer::new(from, &mut ignored)).map_err(|e| {
        let field = e.path().to_string();
        let problem = Problem::new(Code::BadRequest, format!("请求内容有误：{}", plain(&e.into_inner())));
        Failure::from(if field == "." { problem } else { problem.at(field) })
    })?;
    match unknown {
        Some(field) => Err(Problem::new(Code::BadRequest, format!("请求内容有误：没有字段 {field}")).at(field).into()),
        None => Ok(value),
    }
}

/// Where a field is, as the other refusals name it.
fn place(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", place(parent)),
        Path::Map { parent, key } => match place(parent) {
            above if above.is_empty() => key.clone(),
            above => format!("{above}.{key}"),
        },
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => place(parent),
    }
}

/// Refuses text that must not be kept: what is in a body reaches pages, labels and messages. A byte above ASCII or an escape is needed for it.
///
/// # Errors
/// `bad_request` naming the field.
pub fn fit(value: &serde_json::Value) -> Result<(), Failure> {
    fn within(value: &serde_json::Value, path: &str) -> Option<Problem> {
        use serde_json::Value;
        match value {
            // Around a text, a scanner's line end or a copied tab harms nobody: it is trimmed away.
            Value::String(s) => unfit(s.trim()).map(|why| Problem::new(Code::BadRequest, format!("文字{why}")).at(path)),
            Value::Array(all) => all.iter().enumerate().find_map(|(i, v)| within(v, &format!("{path}[{i}]"))),
            Value::Object(all) => all.iter().find_map(|(k, v)| within(v, &if path.is_empty() { k.clone() } else { format!("{path}.{k}") })),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
    within(value, "").map_or(Ok(()), |p| Err(p.into()))
}

impl Call {
    /// The JSON body, its texts fit to be kept.
    ///
    /// # Errors
    /// `too_large`, or `bad_request` naming the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.json_within(MAX_BODY)
    }

    /// The same of a list that is saved whole, and may have so many bytes.
    ///
    /// # Errors
    /// As [`Call::json`].
    pub fn json_within<T: DeserializeOwned>(&self, most: usize) -> Result<T, Failure> {
        let value = self.told(most)?;
        if self.body.iter().any(|b| !b.is_ascii() || b.is_ascii_control() || *b == b'\\')
            && let Ok(texts) = serde_json::from_slice(&self.body)
        {
            fit(&texts)?;
        }
        Ok(value)
    }

    /// The JSON body as it came: for lists of which every entry is looked at by itself.
    ///
    /// # Errors
    /// As [`Call::json`].
    pub fn json_as_told<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.told(MAX_BODY)
    }

    fn told<T: DeserializeOwned>(&self, most: usize) -> Result<T, Failure> {
        if self.body.len() > most {
            return Err(Failure::refuse(Code::TooLarge, format!("请求内容不能超过 {} KB", most / 1024)));
        }
        let mut d = serde_json::Deserializer::from_slice(&self.body);
        let value = read(&mut d)?;
        d.end().map_err(|_| Failure::refuse(Code::BadRequest, "请求内容有误：JSON 之后还有多余内容"))?;
        Ok(value)
    }

    /// A typed path parameter.
    ///
    /// # Errors
    /// `not_found` when it is no such id: a wrong address, not a wrong request.
    pub fn param<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, Failure> {
        self.path.get(name).and_then(|v| v.parse().ok()).ok_or_else(|| Failure::not_found("页面"))
    }

    /// The path's store.
    ///
    /// # Errors
    /// As [`Call::param`].
    pub fn store(&self) -> Result<StoreId, Failure> {
        self.param("store")
    }

    /// A query parameter, if it is there and not empty.
    #[must_use]
    pub fn q(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// A typed query parameter.
    ///
    /// # Errors
    /// `bad_request` naming it.
    pub fn typed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Failure> {
        self.q(name).map(|v| v.parse().map_err(|_| Problem::new(Code::BadRequest, format!("参数 {name} 无效")).at(name).into())).transpose()
    }

    /// The member who calls.
    ///
    /// # Errors
    /// `unauthenticated`.
    pub fn member(&self) -> Result<&MemberId, Failure> {
        match &self.caller {
            Caller::Member(m) => Ok(m),
            _ => Err(Failure::refuse(Code::Unauthenticated, "请先登录")),
        }
    }

    /// The member of the staff who calls.
    ///
    /// # Errors
    /// `unauthenticated`.
    pub fn staff(&self) -> Result<&Staff, Failure> {
        match &self.caller {
            Caller::Staff(s) => Ok(s),
            _ => Err(Failure::refuse(Code::Unauthenticated, "请先登录")),
        }
    }

    /// The idempotency key.
    ///
    /// # Errors
    /// `bad_request` when it is missing or not 8–64 of `0-9A-Za-z_-`.
    pub fn idempotency_key(&self) -> Result<&str, Failure> {
        self.headers
            .get("idempotency-key")
            .map(String::as_str)
            .filter(|k| (8..=64).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
            .ok_or_else(|| Problem::new(Code::BadRequest, "需要 Idempotency-Key 请求头：8 到 64 位字母、数字、- 或 _").at("Idempotency-Key").into())
    }
}

/// serde's words without its line and column, which are of no use to a person and may quote nothing of the body.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    match e.classify() {
        serde_json::error::Category::Data => text.split(" at line ").next().unwrap_or_default().chars().take(120).collect(),
        _ => "不是有效的 JSON".to_owned(),
    }
}

/// A cookie's value.
#[must_use]
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    cookie::Cookie::split_parse(header).filter_map(Result::ok).find(|c| c.name() == name).and_then(|c| c.value_raw())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(body: &str) -> Result<Value, Option<String>> {
        let call = Call {
            method: "POST".into(),
            caller: Caller::Anybody,
            path: BTreeMap::new(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: body.as_bytes().to_vec(),
            client: String::new(),
            now: Timestamp(0),
        };
        call.json::<Value>().map_err(|f| f.problem().field)
    }

    #[test]
    fn given_text_that_misleads_or_shows_nothing_anywhere_in_a_body_when_read_then_the_field_is_named() {
        for bad in ["\u{202e}三", "\\u202e三", "\\u0007", "一\\n二", "\u{200b}", " \\ufeff "] {
            let body = format!(r#"{{"lines": [{{"a": 1}}, {{"recipient": {{"name": "{bad}"}}}}]}}"#);
            assert_eq!(told(&body), Err(Some("lines[1].recipient.name".into())), "{bad:?}");
        }
        let fine = json!({"name": "阿迪力·买买提", "code": "1234567890\n", "note": "", "n": 1, "face": "👨\u{200d}👩"});
        assert_eq!(told(&fine.to_string()), Ok(fine));
    }
}
