//! The stack's clock, which people may set forward: to see a payment window end, goods expire or a shop close without waiting. How far it is
//! ahead is kept in the data folder: what was written in that future must not lie ahead of the next start.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use liandian_types::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Inner;

/// As far as it goes: beyond that everything in a data folder is over.
const MOST: i64 = 400 * Timestamp::DAY;

/// The clock, as a test or a person reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Reading {
    /// The stack's time, milliseconds since 1970.
    now: Timestamp,
    /// How far it is ahead of the machine's.
    ahead_ms: i64,
}

/// How far to set it forward.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forward {
    /// Minutes.
    forward_minutes: i64,
}

/// How far a clock was ahead when the stack last ran; 0 when nobody moved it.
fn kept(file: &Path) -> i64 {
    std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0).clamp(0, MOST)
}

fn reading(inner: &Inner) -> Reading {
    Reading { now: inner.now(), ahead_ms: inner.config.ahead_ms.load(Ordering::Relaxed) }
}

/// Sets it forward.
pub(crate) fn forward(inner: &Inner, minutes: i64) -> Result<(), (StatusCode, &'static str)> {
    let Some(file) = &inner.config.clock_file else {
        return Err((StatusCode::CONFLICT, "函数以独立进程运行时不能拨动时钟（cargo xtask up 可以）"));
    };
    let ahead = inner.config.ahead_ms.load(Ordering::Relaxed).saturating_add(minutes.saturating_mul(Timestamp::MINUTE));
    if minutes <= 0 || ahead > MOST {
        return Err((StatusCode::BAD_REQUEST, "时钟只能向前拨，最多 400 天；要回到现在，请删除数据目录重新开始"));
    }
    if let Err(error) = std::fs::write(file, ahead.to_string()) {
        tracing::error!(%error, "the clock cannot be kept");
        return Err((StatusCode::INTERNAL_SERVER_ERROR, "无法写入数据目录"));
    }
    inner.config.ahead_ms.store(ahead, Ordering::Relaxed);
    // Riders and call-backs may be due by it.
    inner.wake.notify_one();
    Ok(())
}

/// `GET /sandbox/clock`.
pub(crate) async fn read(State(inner): State<Arc<Inner>>) -> Json<Reading> {
    Json(reading(&inner))
}

/// `POST /sandbox/clock` with `{"forward_minutes": 20}`.
pub(crate) async fn set(State(inner): State<Arc<Inner>>, Json(f): Json<Forward>) -> Response {
    match forward(&inner, f.forward_minutes) {
        Ok(()) => Json(reading(&inner)).into_response(),
        Err((status, text)) => (status, Json(json!({"message": text}))).into_response(),
    }
}

/// Where the clock is kept in a data folder.
pub const FILE: &str = "clock-ahead-ms";

/// Sets a clock to where it was when the stack last ran.
pub fn resumed(ahead_ms: &AtomicI64, file: &Path) {
    ahead_ms.store(kept(file), Ordering::Relaxed);
}
