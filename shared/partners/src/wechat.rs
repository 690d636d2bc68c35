//! WeChat's login: the code that `wx.login` gave becomes an openid, and the code of its button the person's telephone number.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{PartnerError, keys::Secret, unreachable};

const PARTNER: &str = "wechat";

/// Where and who.
#[derive(Debug, Clone)]
pub struct Config {
    /// `https://api.weixin.qq.com`, or a sandbox.
    pub base_url: String,
    /// The mini-program's id.
    pub appid: String,
    /// Its secret.
    pub secret: String,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Wechat {
    http: reqwest::Client,
    config: Config,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    openid: String,
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    #[serde(default)]
    phone_info: Option<PhoneInfo>,
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    country_code: String,
}

/// What WeChat's code for a refusal means to us.
fn refused(code: i64, message: String) -> PartnerError {
    if code == -1 {
        return PartnerError::Unreachable { partner: PARTNER, cause: "busy".into() };
    }
    PartnerError::Refused { partner: PARTNER, code: code.to_string(), message }
}

impl Wechat {
    /// Over an HTTP client.
    #[must_use]
    pub fn new(http: reqwest::Client, config: Config) -> Self {
        Self { http, config }
    }

    /// Exchanges a `js_code`, which works once, for the openid.
    ///
    /// # Errors
    /// [`PartnerError::Refused`] with WeChat's code (40029: the code is not valid; 45011: too often); [`PartnerError::Unreachable`].
    pub async fn code_to_session(&self, code: &str) -> Result<Secret, PartnerError> {
        let answer: Answer = self
            .http
            .get(format!("{}/sns/jscode2session", self.config.base_url))
            .query(&[("appid", self.config.appid.as_str()), ("secret", &self.config.secret), ("js_code", code), ("grant_type", "authorization_code")])
            .send()
            .await
            .map_err(unreachable(PARTNER))?
            .json()
            .await
            .map_err(unreachable(PARTNER))?;
        match answer.errcode {
            0 if !answer.openid.is_empty() => Ok(Secret::new(answer.openid)),
            code => Err(refused(code, answer.errmsg)),
        }
    }

    /// The telephone number behind the code of a `getPhoneNumber` button, which works once and for five minutes: with `+` and its country's code
    /// in front where that is not China's.
    ///
    /// # Errors
    /// As [`Wechat::code_to_session`].
    pub async fn phone_of(&self, code: &str) -> Result<Secret, PartnerError> {
        // Asked for again it is the same until it ends, whoever else has asked: no instance has to keep it.
        let body = json!({"grant_type": "client_credential", "appid": self.config.appid, "secret": self.config.secret});
        let token: TokenAnswer = self.post("/cgi-bin/stable_token", &[], &body).await?;
        if token.errcode != 0 || token.access_token.is_empty() {
            return Err(refused(token.errcode, token.errmsg));
        }
        let query = [("access_token", token.access_token.as_str())];
        let answer: PhoneAnswer = self.post("/wxa/business/getuserphonenumber", &query, &json!({"code": code})).await?;
        match (answer.errcode, answer.phone_info) {
            (0, Some(phone)) if phone.country_code == "86" => Ok(Secret::new(phone.pure_phone_number)),
            (0, Some(phone)) => Ok(Secret::new(format!("+{}{}", phone.country_code, phone.pure_phone_number))),
            (code, _) => Err(refused(code, answer.errmsg)),
        }
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)], body: &Value) -> Result<T, PartnerError> {
        let request = self.http.post(format!("{}{path}", self.config.base_url)).query(query).json(body);
        request.send().await.map_err(unreachable(PARTNER))?.json().await.map_err(unreachable(PARTNER))
    }
}
