//! One structured line per invocation, and its metrics in CloudWatch's embedded format in the same line. No bodies, no
//! personal data, ever: this file is the only one that logs requests, and it logs names, ids, numbers and codes.

use std::{cell::RefCell, collections::BTreeMap, fmt, time::Duration};

use liandian_contracts::Message;
use liandian_store::Usage;
use serde_json::json;
use tracing::{Event, Subscriber, field::Visit};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    fmt::{
        FmtContext, FormatEvent, FormatFields, MakeWriter,
        format::{Format, Json, JsonFields, Writer},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{function::Function, http::Failure};

/// Target of invocation lines, whose message is a whole JSON object.
pub const INVOCATION: &str = "invocation";

/// JSON lines on standard error, as CloudWatch takes them; `RUST_LOG` as usual, `info` by default.
pub fn init() {
    // A second call (tests) changes nothing.
    let _ = tracing_subscriber::registry().with(wanted()).with(lines(std::io::stderr)).try_init();
}

/// What is logged: `RUST_LOG` as usual, `info` by default.
#[must_use]
pub fn wanted() -> Targets {
    let wanted = std::env::var("RUST_LOG").ok().and_then(|v| v.parse::<Targets>().ok());
    wanted.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO))
}

/// The JSON lines, to where they shall go.
pub fn lines<S, W>(to: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(Lines(tracing_subscriber::fmt::format().json().flatten_event(true).with_current_span(false)))
        .with_writer(to)
}

/// The usual JSON, except for invocation lines, which are JSON already: the embedded metric format wants `_aws` as an
/// object at the top, and events have no objects.
struct Lines(Format<Json>);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if event.metadata().target() != INVOCATION {
            return self.0.format_event(ctx, writer, event);
        }
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        writeln!(writer, "{}", message.0)
    }
}

tokio::task_local! {
    static IDS: RefCell<Ids>;
}

/// The aggregates that an invocation was about, by kind.
pub type Ids = BTreeMap<&'static str, String>;

/// Runs `f` and tells which ids it noted.
pub async fn noting<F: Future>(f: F) -> (F::Output, Ids) {
    IDS.scope(RefCell::default(), async {
        let out = f.await;
        (out, IDS.with(RefCell::take))
    })
    .await
}

/// Notes an id for the line of this invocation. What does not look like an id of ours is left out: it may be anything.
pub fn note(kind: &'static str, id: impl ToString) {
    let id = id.to_string();
    let ours = id.len() <= 48 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') && id.as_bytes().get(3) == Some(&b'_');
    if ours {
        let _ = IDS.try_with(|ids| ids.borrow_mut().insert(kind, id));
    }
}

/// Somebody should look at this although the invocation succeeds: its line counts as a fault, which an alarm watches.
pub fn wake(why: &'static str) {
    let _ = IDS.try_with(|ids| ids.borrow_mut().insert(ALARM, why.to_owned()));
}

const ALARM: &str = "alarm";

/// Notes what a message is about.
pub fn note_message(m: &Message) {
    match m {
        Message::PaymentWindowV1 { event, order, .. }
        | Message::DeliveryDueV1 { event, order }
        | Message::RefundDueV1 { event, order }
        | Message::ExtraPaymentDueV1 { event, order, .. }
        | Message::SettlementDueV1 { event, order } => {
            note("event", event);
            note("order", order);
        }
        Message::TransferDueV1 { event, transfer } => {
            note("event", event);
            note("transfer", transfer);
        }
        Message::PosSaleV1 { store, .. } => note("store", store),
        Message::ImportDueV1 { event, import } => {
            note("event", event);
            note("import", import);
        }
        Message::LibraryNamesDueV1 { event } => note("event", event),
    }
}

/// Writes the line of one invocation. `ids` are the aggregates it was about.
#[allow(clippy::too_many_arguments, reason = "one call site per kind of invocation; a struct would only repeat the names")]
pub fn invocation(
    function: &'static Function,
    request_id: &str,
    status: u16,
    failure: Option<&Failure>,
    took: Duration,
    usage: Usage,
    now_ms: i64,
    ids: Ids,
) {
    let mut line = line(function, request_id, status, failure, took, usage, now_ms);
    if let Some(fields) = line.as_object_mut() {
        if ids.contains_key(ALARM) {
            fields.extend([("level".to_owned(), "ERROR".into()), ("fault".to_owned(), 1.into())]);
        }
        fields.extend(ids.into_iter().map(|(kind, id)| (kind.to_owned(), id.into())));
    }
    tracing::info!(target: INVOCATION, "{line}");
}

fn line(
    function: &'static Function,
    request_id: &str,
    status: u16,
    failure: Option<&Failure>,
    took: Duration,
    usage: Usage,
    now_ms: i64,
) -> serde_json::Value {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
    let ms = took.as_micros() as f64 / 1000.0;
    let problem = failure.map(Failure::problem);
    // A refusal's sentence may quote what the client sent; only our own causes are logged.
    let cause = failure.filter(|f| !matches!(f, Failure::Problem(_))).map(ToString::to_string);
    json!({
        "_aws": {
            "Timestamp": now_ms,
            "CloudWatchMetrics": [{
                "Namespace": "Liandian",
                "Dimensions": [["function"]],
                "Metrics": [
                    {"Name": "ms", "Unit": "Milliseconds"},
                    {"Name": "write_units", "Unit": "Count"},
                    {"Name": "fault", "Unit": "Count"}
                ]
            }]
        },
        "level": if problem.as_ref().is_some_and(|p| p.status >= 500) { "ERROR" } else { "INFO" },
        "function": function.name,
        "context": function.context,
        "id": request_id,
        "status": status,
        "code": problem.as_ref().map(|p| p.code),
        "cause": cause,
        "ms": ms,
        "waves": usage.waves,
        "requests": usage.requests,
        "read_units": usage.read_units,
        "write_units": usage.write_units,
        "fault": u8::from(problem.is_some_and(|p| p.status >= 500)),
    })
}
