//! Faults on order: what a test asks the partners to do wrong, how many times. In memory only: a restart heals them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Inner;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Partner {
    Payment,
    Delivery,
    Wechat,
}

/// Each is how many times more.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// Answer 500 and do nothing.
    pub(crate) fail_next: u32,
    /// Do it, then answer 500.
    pub(crate) drop_next: u32,
    /// Refuse what is ordered for good: asking again is of no use. Questions are answered.
    pub(crate) refuse_next: u32,
    /// Refuse whatever is asked, as one does who does not know the merchant's token any more.
    pub(crate) deny_next: u32,
    /// Send the call-back twice.
    pub(crate) duplicate_next: u32,
    /// Never send the call-back.
    pub(crate) lose_next: u32,
    /// Answer a new refund with PROCESSING; asked again, it is done.
    pub(crate) refund_processing_next: u32,
}

#[derive(Default)]
pub(crate) struct Book(Mutex<BTreeMap<Partner, Faults>>);

impl Book {
    /// Is one of these faults ordered? Counts it off.
    pub(crate) fn take(&self, partner: Partner, which: fn(&mut Faults) -> &mut u32) -> bool {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = book.get_mut(&partner).map(which).filter(|n| **n > 0) else { return false };
        *left -= 1;
        true
    }
}

/// `POST /sandbox/faults`: what is given for a partner replaces what was ordered of it before; `{}` heals it.
pub(crate) async fn set(State(inner): State<Arc<Inner>>, Json(orders): Json<BTreeMap<Partner, Faults>>) -> Json<BTreeMap<Partner, Faults>> {
    let mut book = inner.faults.0.lock().unwrap_or_else(PoisonError::into_inner);
    book.extend(orders);
    Json(book.clone())
}

fn broken() -> Response {
    // Both dialects: `code` is WeChat Pay's, `errcode` -1 ("busy") is that of api.weixin.qq.com.
    let body = json!({"code": "SYSTEM_ERROR", "message": "系统异常", "errcode": -1, "errmsg": "system error"});
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

pub(crate) async fn inject(State((inner, partner)): State<(Arc<Inner>, Partner)>, request: Request, next: Next) -> Response {
    if inner.faults.take(partner, |f| &mut f.fail_next) {
        return broken();
    }
    if inner.faults.take(partner, |f| &mut f.deny_next) {
        let status = if partner == Partner::Payment { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        let body = json!({"code": "SIGN_ERROR", "message": "签名错误", "errcode": 40_001, "errmsg": "invalid sign"});
        return (status, Json(body)).into_response();
    }
    if !request.uri().path().ends_with("/queryorder") && inner.faults.take(partner, |f| &mut f.refuse_next) {
        let status = if partner == Partner::Payment { StatusCode::FORBIDDEN } else { StatusCode::OK };
        let body = json!({"code": "RULE_LIMIT", "message": "业务规则限制", "errcode": 934_017, "errmsg": "no carrier takes it"});
        return (status, Json(body)).into_response();
    }
    let drop = inner.faults.take(partner, |f| &mut f.drop_next);
    let answer = next.run(request).await;
    if drop { broken() } else { answer }
}
