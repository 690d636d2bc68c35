//! What a person at a terminal reads while the stack runs: one short line a request. The whole truth, as JSON lines, goes to a file a day in the
//! data folder, a week of them.

use std::path::Path;

use liandian_functions::telemetry::{self, INVOCATION};
use serde_json::Value;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// How many days are kept.
const DAYS: usize = 7;

/// Begins both. What is returned writes the last lines when it goes.
///
/// # Errors
/// When the files cannot be made.
pub fn for_people(data: &Path) -> anyhow::Result<WorkerGuard> {
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(DAYS)
        .filename_prefix("requests")
        .filename_suffix("jsonl")
        .build(data.join("log"))?;
    let (file, guard) = tracing_appender::non_blocking(files);
    // A second call changes nothing.
    let _ = tracing_subscriber::registry().with(telemetry::wanted()).with(telemetry::lines(file)).with(Short).try_init();
    Ok(guard)
}

struct Short;

#[derive(Default)]
struct Words {
    message: String,
    more: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.more += &format!(" {}={value:?}", field.name());
        }
    }
}

impl<S: Subscriber> Layer<S> for Short {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let at = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        if event.metadata().target() == INVOCATION {
            if let Some(line) = serde_json::from_str(&words.message).ok().and_then(|v| line(&v)) {
                println!("{at} {line}");
            }
        } else if *event.metadata().level() <= Level::WARN {
            println!("{at} {} {}{}", event.metadata().level(), words.message, words.more);
        }
    }
}

/// A request's line: status, function, milliseconds, what it was about. A worker's only when it failed: there are many, and they mean nothing to
/// somebody who clicks through the shop.
fn line(v: &Value) -> Option<String> {
    let status = v["status"].as_u64().unwrap_or(0);
    let failed = v["fault"].as_u64() == Some(1) || !v["cause"].is_null();
    if status == 0 && !failed {
        return None;
    }
    let mut text = if status == 0 { "  !".to_owned() } else { status.to_string() };
    text += &format!(" {:<20} {:>5.0} ms", v["function"].as_str().unwrap_or_default(), v["ms"].as_f64().unwrap_or(0.0));
    for name in ["code", "cause", "order", "transfer", "store", "sku"] {
        if let Some(value) = v[name].as_str() {
            text += &format!(" {value}");
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn given_invocations_when_told_to_a_person_then_requests_and_failures_are_one_short_line_each() {
        let placed = json!({"status": 201, "function": "order-place", "ms": 23.4, "code": null, "cause": null, "order": "ord_1", "fault": 0});
        assert_eq!(line(&placed).unwrap(), "201 order-place             23 ms ord_1");
        let refused = json!({"status": 409, "function": "order-place", "ms": 9.0, "code": "sold_out", "cause": null, "fault": 0});
        assert_eq!(line(&refused).unwrap(), "409 order-place              9 ms sold_out");
        let worked = json!({"status": 0, "function": "relay", "ms": 1.0, "code": null, "cause": null, "fault": 0});
        assert_eq!(line(&worked), None);
        let failed = json!({"status": 0, "function": "relay", "ms": 1.0, "code": "unavailable", "cause": "no queue", "fault": 1});
        assert_eq!(line(&failed).unwrap(), "  ! relay                    1 ms unavailable no queue");
    }
}
