//! WeChat's login: the code that `wx.login` gave becomes an openid.

use serde::Deserialize;

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
            -1 => Err(PartnerError::Unreachable { partner: PARTNER, cause: "busy".into() }),
            code => Err(PartnerError::Refused { partner: PARTNER, code: code.to_string(), message: answer.errmsg }),
        }
    }
}
