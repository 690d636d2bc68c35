//! The telephone number that WeChat knows of a member, for whoever lets it go: for the form of an address. It is kept nowhere here.

use liandian_types::{
    Code, Problem,
    api::{PhoneNumber, PhoneRequest},
    text,
};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// The number behind the code that WeChat's button gave.
///
/// # Errors
/// `bad_request` on `code` when WeChat does not know it (any more), and for a number outside of the mainland; `unavailable` while it does not answer.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    call.member()?;
    let request: PhoneRequest = call.json()?;
    if request.code.is_empty() || request.code.len() > 128 {
        return Err(Problem::new(Code::BadRequest, "手机号凭证无效").at("code").into());
    }
    let number = match app.wechat()?.phone_of(&request.code).await {
        Ok(number) => number,
        Err(e) if e.retryable() => return Err(Failure::Unavailable(e.to_string())),
        Err(e) => {
            tracing::info!(error = %e, "a number was refused");
            return Err(Problem::new(Code::BadRequest, "手机号凭证无效或已过期，请再试一次").at("code").into());
        }
    };
    let Some(phone) = text::phone(number.expose()) else {
        return Err(Problem::new(Code::BadRequest, "只支持中国大陆的手机号，请手动填写").at("code").into());
    };
    Reply::json(&PhoneNumber { phone })
}
