//! The rider platform's call-back.

use liandian_types::Code;

use crate::{
    App,
    flows::orders::deliveries,
    http::{Call, Failure, Reply},
};

/// News of a delivery: believed only under its signature, takes effect once, and is asked about where it costs money.
///
/// # Errors
/// `bad_signature`; anything else makes the platform call again.
pub async fn notify(app: App, call: Call) -> Result<Reply, Failure> {
    let news = app.delivery()?.notification(&call.body, call.now).map_err(|e| {
        tracing::warn!(error = %e, "a delivery call-back was refused");
        Failure::refuse(Code::BadSignature, "签名无效")
    })?;
    deliveries::take_news(&app, &news, call.now).await?;
    Reply::json(&serde_json::json!({"return_code": 0, "return_msg": "OK"}))
}
