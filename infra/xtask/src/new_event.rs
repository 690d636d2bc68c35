//! `cargo xtask new-event`: a variant in the contracts with its sentence and its sample; with `--worker` also the message that it gives rise to, the
//! message's queue, and a worker in its context's folder.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, bail, ensure};

use crate::{
    generate,
    new_route::{LIST, stack_of, with_row},
    routes,
    scaffold::{self, Changes, Item, before, camel},
};

const EVENTS: &str = "shared/contracts/src/event.rs";
const MESSAGES: &str = "shared/contracts/src/message.rs";
const GOLDEN: &str = "shared/contracts/tests/golden.rs";
const TELEMETRY: &str = "functions/src/telemetry.rs";
const EVENT_ID: &str = "evt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3";

/// What an event is to be.
pub struct Wish<'a> {
    /// `<aggregate>.<what became true>`, e.g. `order.gift_noted`.
    pub kind: &'a str,
    /// What a history that people read says; none for what is of no interest there.
    pub sentence: Option<&'a str>,
    /// Name of a queue and its worker, when somebody must act.
    pub worker: Option<&'a str>,
    /// The worker's context.
    pub context: Option<&'a str>,
    /// The worker's SAM stack, when it is not that of the context's other workers.
    pub stack: Option<&'a str>,
}

/// A field of an event: name, type, the id of the sample, what it is.
type Field = (&'static str, &'static str, &'static str, &'static str);

/// What an event of an aggregate names: itself, and what its readers always need.
fn fields(aggregate: &str) -> anyhow::Result<&'static [Field]> {
    let all: &'static [Field] = match aggregate {
        "order" => &[("order", "OrderId", "ord_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The order."), ("store", "StoreId", "sto_sh01", "Its store.")],
        "delivery" => &[
            ("order", "OrderId", "ord_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The order."),
            ("delivery", "DeliveryId", "dlv_01JD8ZC4V5W6X7Y8Z9A0B1C2D3-1", "The delivery."),
        ],
        "transfer" => &[("transfer", "TransferId", "trf_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The transfer.")],
        "claim" => &[("claim", "ClaimId", "clm_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The claim.")],
        "count" => &[("count", "CountId", "cnt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The count.")],
        "store" => &[("store", "StoreId", "sto_sh01", "The store.")],
        "sku" => &[("sku", "SkuId", "sku_milk", "The SKU.")],
        "member" => &[("member", "MemberId", "mem_01JD8ZC4V5W6X7Y8Z9A0B1C2D3", "The member.")],
        other => bail!("say in infra/xtask/src/new_event.rs what an event of {other} names"),
    };
    Ok(all)
}

/// Adds an event.
///
/// # Errors
/// When it is there already, or a file has no place for it.
pub fn add(root: &Path, wish: &Wish<'_>) -> anyhow::Result<()> {
    let (aggregate, what) = wish.kind.split_once('.').context("an event is called <aggregate>.<what became true>, e.g. order.gift_noted")?;
    ensure!(scaffold::is_name(aggregate, '_') && scaffold::is_name(what, '_'), "{}: lower-case words joined by _", wish.kind);
    let fields = fields(aggregate)?;
    let mut changes = Changes::default();
    let events = changes.text(root, EVENTS)?;
    ensure!(!events.contains(&format!("rename = \"{}\"", wish.kind)), "there is an event {} already", wish.kind);
    changes.set(EVENTS, with_event(&events, wish, fields).with_context(|| format!("{EVENTS}: cannot find its enum or its sentences"))?);
    changes.put(root, GOLDEN, |t| with_sample(t, wish.kind, fields), "the table of events")?;
    ensure!(!changes.has(root, &format!("events/stream/{}.json", wish.kind)), "there is a sample of {} already", wish.kind);
    changes.set(&format!("events/stream/{}.json", wish.kind), sample(wish.kind, fields)?);
    if let Some(worker) = wish.worker {
        add_worker(&mut changes, root, wish, worker, fields)?;
    }
    changes.format(root)?;
    changes.write(root)?;
    if wish.worker.is_some() {
        generate::write(root)?;
    }
    println!("now emit it in the decision that makes it true, and say in its fields what its readers need");
    Ok(())
}

fn with_event(text: &str, wish: &Wish<'_>, fields: &[Field]) -> Option<String> {
    let variant = camel(wish.kind);
    let mut new = format!("    /// Say what became true.\n    #[serde(rename = \"{}\")]\n    {variant} {{\n", wish.kind);
    for (name, id, _, what) in fields {
        let _ = writeln!(new, "        /// {what}\n        {name}: {id},");
    }
    new += "    },\n";
    let text = before(text, "pub enum Event {", "\n}\n", &format!("\n{}", new.trim_end()))?;
    let says = match wish.sentence {
        Some(s) => format!("            Event::{variant} {{ .. }} => {s:?}.into(),\n"),
        None => format!("            Event::{variant} {{ .. }} => return None,\n"),
    };
    let text = before(&text, "pub fn told(", "        })\n    }", &says)?;
    with_imports(&text, fields)
}

/// The ids of these fields, imported where `liandian_types` is.
fn with_imports(text: &str, fields: &[Field]) -> Option<String> {
    let from = "use liandian_types::{";
    let start = text.find(from)? + from.len();
    let end = start + text[start..].find('}')?;
    let there: Vec<&str> = text[start..end].split(',').map(str::trim).collect();
    let more: String = fields.iter().map(|(_, id, ..)| *id).filter(|id| !there.contains(id)).map(|id| format!("{id}, ")).collect();
    Some(format!("{}{more}{}", &text[..start], &text[start..]))
}

fn with_sample(text: &str, kind: &str, fields: &[Field]) -> Option<String> {
    let values: Vec<String> = fields.iter().map(|(name, _, value, _)| format!("{name}: id(\"{value}\")")).collect();
    let row = format!("        (\"{kind}\", Event::{} {{ {} }}),\n", camel(kind), values.join(", "));
    before(text, "fn given_every_event_when_written_then_it_is_its_sample", "    ];\n", &row)
}

/// As the test writes it: one field a line, in the order of the fields.
fn sample(kind: &str, fields: &[Field]) -> anyhow::Result<String> {
    let mut t = format!("{{\n  \"v\": 1,\n  \"id\": \"{EVENT_ID}\",\n  \"at\": 1795420800000,\n  \"kind\": \"{kind}\"");
    for (name, _, value, _) in fields {
        write!(t, ",\n  \"{name}\": \"{value}\"")?;
    }
    Ok(t + "\n}\n")
}

/// The message, its queue and its worker.
fn add_worker(changes: &mut Changes, root: &Path, wish: &Wish<'_>, worker: &str, fields: &[Field]) -> anyhow::Result<()> {
    ensure!(scaffold::is_name(worker, '-'), "{worker}: lower-case words joined by -");
    let context = wish.context.context("a worker lies with a context: name it with --context")?;
    let known = routes::read(root)?;
    let taken = known.functions.iter().any(|f| f.name == worker) || known.queues.iter().any(|q| q.name == worker);
    ensure!(!taken, "there is a function or a queue {worker} already: call the worker otherwise, or let its queue's worker act on the new event");
    let stack = stack_of(&known, "workers", context, wish.stack)?;
    let (event, queue) = (camel(wish.kind), camel(worker));
    let message = format!("{queue}DueV1");
    // What the message names: the aggregate. A worker looks at what is, and needs no more.
    let (name, id, value, what) = fields[0];

    let messages = changes.text(root, MESSAGES)?;
    let messages = with_message(&messages, worker, &event, (name, id, value, what)).with_context(|| format!("{MESSAGES}: cannot find its enums"))?;
    changes.set(MESSAGES, messages);
    let golden = format!("    golden(\"sqs/{worker}.json\", &Message::{message} {{ event: event(), {name}: id(\"{value}\") }});\n");
    changes.put(root, GOLDEN, |t| before(t, "fn given_every_message_when_written_then_it_is_its_sample", "}\n\n#[test]", &golden), "the messages")?;
    let noted = format!(
        "        Message::{message} {{ event, {name} }} => {{\n            note(\"event\", event);\n            note(\"{name}\", {name});\n        }}\n"
    );
    changes.put(root, TELEMETRY, |t| before(t, "pub fn note_message(", "    }\n}", &noted), "note_message")?;
    let tag = format!("{}_due.v1", worker.replace('-', "_"));
    changes.set(
        &format!("events/sqs/{worker}.json"),
        format!("{{\n  \"type\": \"{tag}\",\n  \"event\": \"{EVENT_ID}\",\n  \"{name}\": \"{value}\"\n}}\n"),
    );

    let function = worker.replace('-', "_");
    let body = |app: &str, message_type: &str, failure: &str| {
        format!(
            "/// Look at what is, and do what is still to be done; nothing when it is too late.\n///\n/// # Errors\n/// Leaves the message in the queue.\n\
             pub async fn {function}(_app: {app}, m: {message_type}) -> Result<(), {failure}> {{\n    \
             let {message_type}::{message} {{ .. }} = &m else {{ return Err(super::not_ours(&m)) }};\n    Ok(())\n}}\n"
        )
    };
    let in_folder = matches!(scaffold::home(root, "functions/src/workers", context), scaffold::Home::Folder);
    let text = body("App", "Message", "Failure").replace("super::", if in_folder { "crate::workers::" } else { "super::" });
    let new = Item {
        name: &function,
        title: &format!("{worker}: say what lives here."),
        imports: "use liandian_contracts::Message;\n\nuse crate::{App, http::Failure};",
        text: &text,
        spelled: &body("crate::App", "liandian_contracts::Message", "crate::http::Failure"),
    };
    let (handler, file) = scaffold::add_item(changes, root, "functions/src/workers", context, &new)?;
    let row = format!(
        "[[function]]\nname = \"{worker}\"\ncontext = \"{stack}\"\nhandler = \"workers::{handler}\"\nqueue = \"{worker}\"\n\
         summary = \"{worker}: say in one line what it does\"\ncell = \"write\"\nhq = \"read\"\ntimeout = 30\n\n"
    );
    let list = with_queue(&changes.text(root, LIST)?, worker).with_context(|| format!("{LIST}: cannot find the queues and the relay"))?;
    let list = with_row(&list, &row);
    routes::parse(&list)?;
    changes.set(LIST, list);
    println!("the worker is in {file}; what it must not forget has a `due` time, and the sweeper's arm for it");
    Ok(())
}

fn with_message(text: &str, worker: &str, event: &str, (name, id, value, what): Field) -> Option<String> {
    let queue = camel(worker);
    let message = format!("{queue}DueV1");
    let text = before(text, "pub enum Queue {", "\n}\n", &format!("\n    /// Say what is in it.\n    {queue},"))?;
    let text = before(&text, "pub const ALL: &'static [Queue] =", "Queue::", &format!("Queue::{queue}, "))?;
    let text = before(&text, "pub fn name(self)", "        }\n    }", &format!("            Queue::{queue} => \"{worker}\",\n"))?;
    let tag = format!("{}_due.v1", worker.replace('-', "_"));
    let variant = format!(
        "\n    /// Say what is to be done.\n    #[serde(rename = \"{tag}\")]\n    {message} {{\n        /// The event that asked for it.\n        event: EventId,\n        \
         /// {what}\n        {name}: {id},\n    }},"
    );
    let text = before(&text, "pub enum Message {", "\n}\n", &variant)?;
    let text = before(&text, "pub fn queue(&self)", "        }\n    }", &format!("            Message::{message} {{ .. }} => Queue::{queue},\n"))?;
    let arm = format!("        Event::{event} {{ {name}, .. }} => at_once(Message::{message} {{ event, {name}: {name}.clone() }}),\n");
    let text = before(&text, "pub fn route(", "        _ => Vec::new(),", &arm)?;
    with_imports(&text, &[(name, id, value, what)])
}

/// The list with one more queue, to which the relay and the sweeper send.
fn with_queue(list: &str, queue: &str) -> Option<String> {
    let row = format!("[[queue]]\nname = \"{queue}\"\nvisibility = 60\nmax_receives = 6\nbatch = 10\n\n");
    let list = before(list, "[[queue]]\n", "# ------", &row)?;
    ["relay", "sweeper"].iter().try_fold(list, |list, sender| {
        let list = before(&list, &format!("name = \"{sender}\""), "sends = [", "\u{1}")?;
        Some(list.replacen("\u{1}sends = [", &format!("sends = [\"{queue}\", "), 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    fn text(file: &str) -> String {
        std::fs::read_to_string(root().join(file)).unwrap()
    }

    #[test]
    fn given_the_contracts_when_an_event_is_added_then_its_variant_sentence_and_sample_are_there_and_it_is_rust() {
        let wish = Wish { kind: "count.reopened", sentence: Some("盘点\"重新\"打开"), worker: None, context: None, stack: None };
        let fields = fields("count").unwrap();
        let events = generate::formatted(root(), &with_event(&text(EVENTS), &wish, fields).unwrap()).unwrap();
        assert!(events.contains(
            "    #[serde(rename = \"count.reopened\")]\n    CountReopened {\n        /// The count.\n        count: CountId,\n    },\n}\n"
        ));
        assert!(events.contains("            Event::CountReopened { .. } => \"盘点\\\"重新\\\"打开\".into(),\n        })\n"));
        let imports = events.split_once("use liandian_types::{").unwrap().1.split_once('}').unwrap().0;
        assert!(imports.contains("CountId"), "{imports}");
        let silent = with_event(&text(EVENTS), &Wish { sentence: None, ..wish }, fields).unwrap();
        assert!(silent.contains("Event::CountReopened { .. } => return None,"));
        let golden = generate::formatted(root(), &with_sample(&text(GOLDEN), "count.reopened", fields).unwrap()).unwrap();
        assert!(golden.contains("(\"count.reopened\", Event::CountReopened { count: id(\"cnt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3\") }),"));
        assert_eq!(sample("order.ready", &[]).unwrap().lines().count(), 6);
        let of_sample: serde_json::Value = serde_json::from_str(&sample("count.reopened", fields).unwrap()).unwrap();
        assert_eq!(of_sample["count"], "cnt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    }

    #[test]
    fn given_an_event_that_somebody_acts_on_when_added_then_queue_message_and_route_know_it_and_the_list_holds() {
        let field = fields("order").unwrap()[0];
        let messages = generate::formatted(root(), &with_message(&text(MESSAGES), "gift-note", "OrderGiftNoted", field).unwrap()).unwrap();
        for part in [
            "Queue::GiftNote => \"gift-note\",",
            "#[serde(rename = \"gift_note_due.v1\")]",
            "Message::GiftNoteDueV1 { .. } => Queue::GiftNote,",
            "Event::OrderGiftNoted { order, .. } => at_once(Message::GiftNoteDueV1 { event, order: order.clone() }),",
        ] {
            assert!(messages.contains(part), "{part} is not in\n{messages}");
        }
        let all = messages.split_once("pub const ALL").unwrap().1.split_once("];").unwrap().0;
        assert!(all.contains("Queue::GiftNote"));
        let row = "[[function]]\nname = \"gift-note\"\ncontext = \"orders\"\nhandler = \"workers::orders::gift_note\"\nqueue = \"gift-note\"\nsummary = \"s\"\n\n";
        let list = routes::parse(&with_row(&with_queue(&text(LIST), "gift-note").unwrap(), row)).unwrap();
        for sender in ["relay", "sweeper"] {
            let f = list.functions.iter().find(|f| f.name == sender).unwrap();
            assert!(f.sends.iter().any(|q| q == "gift-note"), "{sender}");
        }
    }
}
