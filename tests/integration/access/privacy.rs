//! Personal data: sealed in every row, absent from every log line.

use std::{
    io::Read,
    process::{Command, Stdio},
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use liandian_domain::stores::hours::{CHINA, day};
use liandian_local::{stream::Source, tables::CELL};
use liandian_store::access::AccessRecord;
use liandian_tests::{World, client, id, second_engine};
use liandian_types::{
    AccessAct, DeliveryState, EventId, Fulfilment, MemberId, PersonalField, Role, StoreId, Timestamp,
    api::{AccessList, AccessRow, OrderList, OrderView},
};
use serde_json::{Value, json};

const PERSONAL: [&str; 3] = ["欧阳测试", "13987650123", "幸福里"];

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_order_when_every_row_and_queue_is_read_then_nobody_is_named_in_clear() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("somebody-openid-1").await;
    let mut order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    order.note = Some(" 请打 13987650123 ".into());
    let bought = w.bought(&token, &order, "key-00000001").await;
    let view = w.until_order(&token, &bought, |o| o.delivery.is_some()).await;
    assert_eq!(view.note.as_deref(), Some("请打 13987650123"), "its customer reads it");
    let clerk = w.staff("sh02-clerk").await;
    let seen: liandian_types::api::OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{bought}"), &clerk).await.ok();
    assert_eq!(seen.note, view.note, "and so does its store");
    assert!(seen.card.noted, "its card says that there is a word, and not which");
    // The store finds it by the end of the phone, which no row has in clear; another store's digits are another index.
    let found = async |q: &str| {
        let list: liandian_types::api::OrderList = w.get(&format!("/api/v1/stores/{store}/orders?q={q}"), &clerk).await.ok();
        list.orders.iter().any(|o| o.order == bought)
    };
    assert!(found("0123").await && found("13987650123").await && !found("0124").await && !found("123").await);
    let mut rows = 0;
    let mut from = None;
    loop {
        let page = w.stack.app.tables.client().scan().table_name("liandian-cell").set_exclusive_start_key(from).send().await.unwrap();
        for i in page.items() {
            let text = format!("{i:?}");
            rows += 1;
            for secret in PERSONAL.iter().chain(["somebody-openid-1"].iter()) {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            break;
        }
    }
    assert!(rows > 1_000);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_personal_data_is_seen_in_clear_and_people_log_in_when_an_auditor_looks_then_who_what_and_why_is_listed_and_masked_looks_are_not() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("somebody-openid-2").await;
    let member = w.stack.app.tokens.check_member(&token, w.stack.app.now()).unwrap().member;
    let mut order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let plain = w.bought(&token, &order, "key-00000001").await;
    order.note = Some("请打 13987650123".into());
    let noted = w.bought(&token, &order, "key-00000002").await;
    let (clerk, auditor) = (w.staff("sh02-clerk").await, w.staff("auditor").await);
    let list = async |ask: &str| -> Vec<AccessRow> {
        let list: AccessList = w.get(&format!("/api/v1/hq/access-records{ask}"), &auditor).await.ok();
        list.records
    };
    let looks = async || {
        let all = list("?actor=sh02-clerk").await;
        all.into_iter().filter(|r| r.act != AccessAct::StaffLogin).collect::<Vec<_>>()
    };
    let of_store = format!("/api/v1/stores/{store}/orders");

    let masked: OrderView = w.get(&format!("{of_store}/{plain}"), &clerk).await.ok();
    let to = masked.recipient.unwrap();
    assert_eq!((to.name.as_str(), to.phone.as_str(), to.address.as_str()), ("欧***", "139****0123", "****"));
    // Whoever prepares nothing is told that there is a word, and not which.
    for user in ["finance", "auditor"] {
        let seen: OrderView = w.get(&format!("{of_store}/{noted}"), &w.staff(user).await).await.ok();
        assert_eq!((seen.note, seen.card.noted), (None, true), "{user}");
    }
    assert!(looks().await.is_empty());
    assert!(list("?actor=auditor").await.iter().all(|r| r.act == AccessAct::StaffLogin));

    let clear: OrderView = w.get(&format!("{of_store}/{noted}"), &clerk).await.ok();
    assert!(clear.note.is_some());
    let seen = looks().await;
    let [seen] = &seen[..] else { panic!("one look, one record: {seen:?}") };
    assert_eq!((seen.act, seen.orders.as_slice(), seen.fields.as_slice()), (AccessAct::OrderRead, &[noted.clone()][..], &[PersonalField::Note][..]));
    assert_eq!((seen.role, seen.store.as_ref(), seen.succeeded), (Some(Role::Clerk), Some(&store), true));
    assert!(seen.actor.as_deref().is_some_and(|a| a.starts_with("stf_")) && seen.actor_name.is_some() && seen.from.ends_with(".*"), "{seen:?}");

    // A page is a look as well.
    let page = async |token: &str| {
        let url = format!("{}/console/s/{store}/orders/{noted}", w.stack.origin);
        w.http.get(url).header("cookie", format!("ld_staff={token}")).send().await.unwrap().text().await.unwrap()
    };
    assert!(page(&clerk).await.contains("请打 13987650123"));
    let hidden = page(&w.staff("finance").await).await;
    assert!(hidden.contains("仅备货人员可见") && !hidden.contains("13987650123"));
    let twice = looks().await;
    assert_eq!(twice.len(), 2);
    assert!(twice.iter().all(|r| (r.act, &r.from, &r.orders) == (AccessAct::OrderRead, &seen.from, &seen.orders)), "{twice:?}");

    // Looked for by a phone: one record of all that were found, also when the answer is that nobody with it has bought here.
    for (digits, found) in [("0000", false), ("0123", true)] {
        let _: OrderList = w.get(&format!("{of_store}?q={digits}"), &clerk).await.ok();
        let newest = &looks().await[0];
        assert_eq!((newest.act, !newest.orders.is_empty()), (AccessAct::FindByPhone, found));
    }
    let mut found = looks().await[0].orders.clone();
    found.sort();
    let mut both = vec![plain, noted];
    both.sort();
    assert_eq!(found, both);

    // Logins: of the staff whether they succeed or not, of members by member only.
    for (username, password) in [("sh02-clerk", "wrong"), ("no-such-person", "wrong")] {
        w.post("/api/v1/staff/session", "", &json!({"username": username, "password": password})).await.refused(401, "unauthenticated");
    }
    let today = list("").await;
    let login = |actor: Option<&str>, ok: bool| {
        today.iter().filter(|r| r.act == AccessAct::StaffLogin && r.succeeded == ok && r.actor.as_deref() == actor).count()
    };
    let clerks = seen.actor.as_deref();
    assert_eq!((login(clerks, true), login(clerks, false), login(None, false)), (1, 1, 1), "{today:?}");
    assert!(today.iter().all(|r| r.act != AccessAct::MemberLogin) && today.iter().any(|r| r.act == AccessAct::OrderRead));
    let own = list(&format!("?actor={member}")).await;
    let [own] = &own[..] else { panic!("one login: {own:?}") };
    assert_eq!((own.act, own.actor.as_deref()), (AccessAct::MemberLogin, Some(member.as_str())));

    // By day and person; page by page.
    let now = w.stack.app.now();
    let of_day = async |at: Timestamp| list(&format!("?actor=sh02-clerk&date={}", day(at, CHINA))).await.len();
    assert_eq!((of_day(now).await, of_day(now.plus(-Timestamp::DAY)).await), (list("?actor=sh02-clerk").await.len(), 0));
    assert!(list(&format!("?date={}", day(now.plus(-Timestamp::DAY), CHINA))).await.is_empty());
    assert!(list("?actor=no-such-person").await.is_empty());
    w.get("/api/v1/hq/access-records?date=2026-13-01", &auditor).await.refused(400, "bad_request");
    for n in 0..60 {
        let record = AccessRecord {
            at: now.plus(n),
            event: w.stack.app.id::<EventId>(),
            actor: Some("stf_busy".into()),
            role: Some(Role::Clerk),
            act: AccessAct::OrderRead,
            succeeded: true,
            store: Some(store.clone()),
            orders: Vec::new(),
            fields: vec![PersonalField::Note],
            from: String::new(),
        };
        w.stack.app.tables.put_access_record(&record).await.unwrap();
    }
    let first: AccessList = w.get("/api/v1/hq/access-records?actor=stf_busy", &auditor).await.ok();
    let cursor = first.next.unwrap().replace('#', "%23");
    let rest: AccessList = w.get(&format!("/api/v1/hq/access-records?actor=stf_busy&cursor={cursor}"), &auditor).await.ok();
    let times: Vec<i64> = first.records.iter().chain(&rest.records).map(|r| r.at.0 - now.0).collect();
    assert_eq!(times, (0..60).rev().collect::<Vec<i64>>(), "newest first, each once");

    for user in ["sh02-clerk", "sh02-manager", "region-east", "finance"] {
        w.get("/api/v1/hq/access-records", &w.staff(user).await).await.refused(403, "forbidden");
    }
    w.stack.stop().await;
}

/// Every text in an attribute.
fn texts(value: &AttributeValue, out: &mut Vec<String>) {
    match value {
        AttributeValue::S(s) => out.push(s.clone()),
        AttributeValue::Ss(all) => out.extend(all.iter().cloned()),
        AttributeValue::L(all) => all.iter().for_each(|v| texts(v, out)),
        AttributeValue::M(all) => all.values().for_each(|v| texts(v, out)),
        _ => {}
    }
}

/// Every text in a JSON value.
fn told(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(s) => out.push(s.clone()),
        Value::Array(all) => all.iter().for_each(|v| told(v, out)),
        Value::Object(all) => all.values().for_each(|v| told(v, out)),
        _ => {}
    }
}

/// The texts of every row of the cell table.
async fn rows(w: &World) -> Vec<Vec<String>> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = w.stack.app.tables.client().scan().table_name(CELL).set_exclusive_start_key(from).send().await.unwrap();
        for item in page.items() {
            let mut of_row = Vec::new();
            item.values().for_each(|v| texts(v, &mut of_row));
            all.push(of_row);
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            return all;
        }
    }
}

/// The texts of every record of the cell table's stream: keys, old and new images.
async fn records(w: &World) -> Vec<Vec<String>> {
    let (source, mut iterator, mut after) = (Source::Here(w.stack.db.clone()), None, None::<String>);
    let mut all = Vec::new();
    loop {
        let (found, last) = source.records(CELL, &mut iterator, after.as_deref()).await.unwrap();
        if found.is_empty() {
            return all;
        }
        for record in found {
            let mut of_record = Vec::new();
            told(&serde_json::to_value(&record).unwrap(), &mut of_record);
            all.push(of_record);
        }
        after = last;
        iterator = None;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_person_with_an_order_when_erased_then_neither_table_nor_stream_has_a_key_and_nothing_of_the_order_opens() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("to-be-erased-1").await;
    let app = &w.stack.app;
    let member: MemberId = app.tokens.check_member(&token, app.now()).unwrap().member;
    let mut order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    order.note = Some("请打 13987650123".into());
    let bought = w.bought(&token, &order, "key-00000001").await;
    w.until_order(&token, &bought, |o| o.delivery.as_ref().is_some_and(|d| d.state != DeliveryState::Pending)).await;

    let (_, body) = app.tables.order(&bought).await.unwrap().unwrap();
    let sealed =
        [("recipient", body.recipient.unwrap().data), ("note", body.note.unwrap().data)].map(|(f, data)| (format!("order|{bought}|{f}"), data));
    let (wrapped, keys) = (app.tables.wrapped_key(&member).await.unwrap().unwrap(), app.keys().unwrap());
    // Any text that holds the key, or that is a key by which something of the order opens.
    let opens = async |texts: &[String]| {
        for text in texts.iter().filter(|t| t.len() >= 80) {
            if text.contains(&wrapped) {
                return true;
            }
            if let Ok(key) = keys.unwrap(text).await
                && sealed.iter().any(|(place, data)| key.open(place, data).is_ok())
            {
                return true;
            }
        }
        false
    };
    let is_person = |texts: &[String]| texts.contains(&format!("MEMBER#{member}")) && texts.iter().any(|t| t == "PROFILE");
    let mut held = 0;
    for row in rows(&w).await {
        if opens(&row).await {
            held += 1;
            assert!(is_person(&row), "a key beside the person's own: {row:?}");
        }
    }
    assert_eq!(held, 1, "the person's row, and nothing else, has the key");

    let index = keys.blind_index("to-be-erased-1");
    // Told twice, it is what it was.
    for _ in 0..2 {
        app.tables.erase_person(&member, &index).await.unwrap();
    }
    for row in rows(&w).await {
        assert!(!opens(&row).await, "{row:?}");
    }
    // The stream tells of the person's own row, of its beginning and its end, until it forgets both a day later. No other record has a key.
    if second_engine().is_none() {
        let told = records(&w).await;
        assert!(told.iter().any(|r| r.contains(&format!("ORDER#{bought}"))) && told.iter().any(|r| is_person(r)));
        for record in told.iter().filter(|r| !is_person(r)) {
            assert!(!opens(record).await, "{record:?}");
        }
    }

    // The order goes on without its person; whoever comes back is somebody new.
    let seen: OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{bought}"), &w.staff("sh02-clerk").await).await.ok();
    assert_eq!((seen.recipient, seen.note, seen.card.noted), (None, None, true));
    assert_eq!(w.order(&token, &bought).await.recipient, None);
    let again = w.customer("to-be-erased-1").await;
    assert_ne!(app.tokens.check_member(&again, app.now()).map(|s| s.member), Some(member));
    let none: OrderList = w.get("/api/v1/orders", &again).await.ok();
    assert!(none.orders.is_empty());
    w.stack.stop().await;
}

#[test]
fn given_a_stack_in_a_process_of_its_own_when_an_order_is_delivered_then_its_log_has_ids_and_figures_but_nobody_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A world is only the way to a seeded folder here.
    runtime.block_on(async {
        let w = World::usual().await;
        w.stack.stop().await;
    });
    let mut child = crate::durability::child(folder.path(), Stdio::piped());
    let mut log = child.process.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });
    let order = runtime.block_on(async {
        let w = crate::durability::Remote { origin: child.origin.clone(), sandbox: child.sandbox.clone(), http: client() };
        w.delivery_order().await
    });
    std::thread::sleep(Duration::from_secs(1));
    let _ = Command::new("kill").args(["-INT", &child.process.id().to_string()]).status();
    let _ = child.process.wait();
    let text = reader.join().unwrap();
    for secret in PERSONAL.iter().chain(["remote-openid-1", "eyJ"].iter()) {
        assert!(!text.contains(secret), "{secret} in the log");
    }
    let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("not JSON ({e}): {l}"))).collect();
    let placed = lines.iter().find(|l| l["function"] == "order-place").expect("a line for placing");
    assert_eq!((placed["order"].as_str(), placed["status"].as_u64()), (Some(order.as_str()), Some(201)));
    assert!(
        placed["write_units"].as_f64().is_some_and(|u| u > 0.0) && placed["ms"].as_f64().is_some() && placed["_aws"]["CloudWatchMetrics"].is_array()
    );
    assert!(lines.iter().any(|l| l["function"] == "delivery-dispatch" && l["event"].is_string()));
}
