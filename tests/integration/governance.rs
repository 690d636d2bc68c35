//! What HQ decides for the chain: with a history, and without lost updates.

mod audit;
mod chains;
pub mod prices;
mod requests;
mod sequence;
mod settings;
mod setup;

/// What all of its routes must hold.
mod hostile;

use std::time::{Duration, Instant};

use liandian_local::{stream::Source, tables::HQ};
use liandian_tests::{World, second_engine};
use liandian_types::api::{ChainPolicies, ChangedField, PoliciesHistory};
use reqwest::Method;

const POLICIES: &str = "/api/v1/hq/policies";

#[tokio::test(flavor = "multi_thread")]
async fn given_two_people_with_the_same_rules_before_them_when_both_save_then_the_second_is_refused_and_history_says_who_changed_what() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let seen: ChainPolicies = w.get(POLICIES, &admin).await.ok();
    let none: PoliciesHistory = w.get("/api/v1/hq/policies/history", &admin).await.ok();
    assert_eq!((seen.version, none.changes.len()), (0, 0), "a new chain's rules are nobody's");
    let put = async |p: &ChainPolicies| w.call(Method::PUT, POLICIES, &admin, Some(p)).await;

    let first = ChainPolicies { low_at: seen.low_at + 2, splits: !seen.splits, ..seen.clone() };
    let set: ChainPolicies = put(&first).await.ok();
    assert_eq!(set, ChainPolicies { version: 1, ..first.clone() });
    // Whoever has not seen that does not undo it.
    let refused = put(&ChainPolicies { unpaid_wait: seen.unpaid_wait + 1, ..seen.clone() }).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("刷新"), "{refused}");
    assert_eq!(w.get(POLICIES, &admin).await.ok::<ChainPolicies>(), set);
    assert_eq!(w.stack.app.tables.policies().await.unwrap().stock.low_at, first.low_at, "what decisions read is new as well");
    let second: ChainPolicies = put(&ChainPolicies { low_at: seen.low_at, ..set.clone() }).await.ok();
    assert_eq!(second.version, 2);
    // What changes nothing is no change.
    assert_eq!(put(&second).await.ok::<ChainPolicies>(), second);
    let (one, other) = (ChainPolicies { order_units: 301, ..second.clone() }, ChainPolicies { order_units: 302, ..second.clone() });
    let (one, other) = futures::join!(put(&one), put(&other));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409], "at the same moment, too");

    let history: PoliciesHistory = w.get("/api/v1/hq/policies/history", &admin).await.ok();
    assert_eq!((history.changes.len(), history.next.as_deref()), (3, None));
    let [_, back, began] = &history.changes[..] else { panic!("{history:?}") };
    let change = |field: &str, old: String, new: String| ChangedField { field: field.into(), old, new };
    let (was, is) = if seen.splits { ("开", "关") } else { ("关", "开") };
    let low = (seen.low_at.to_string(), first.low_at.to_string());
    assert_eq!(began.fields, [change("low_at", low.0.clone(), low.1.clone()), change("splits", was.into(), is.into())]);
    assert_eq!(back.fields, [change("low_at", low.1, low.0)]);
    assert!(began.by.as_str().starts_with("stf_") && began.by_name.is_some() && began.at <= back.at, "{began:?}");
    w.get("/api/v1/hq/policies/history", &w.staff("sh01-clerk").await).await.refused(403, "forbidden");

    // People read it below the rules.
    let page = w.http.get(format!("{}/console/hq/rules", w.stack.origin)).header("cookie", format!("ld_staff={admin}"));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("修改记录") && page.contains(&format!("库存预警（件）：{} → {}", seen.low_at, first.low_at)), "{page}");

    // The events went through the relay: it is behind the last record of the HQ table's stream.
    if second_engine().is_none() {
        let (source, mut iterator) = (Source::Here(w.stack.db.clone()), None);
        let (records, last) = source.records(HQ, &mut iterator, None).await.unwrap();
        assert_eq!(records.iter().filter(|r| liandian_local::mappings::wanted(r, &["EVENT#"])).count(), 3);
        let until = Instant::now() + Duration::from_secs(20);
        while w.relayed_of_hq() != last {
            assert!(Instant::now() < until, "the relay stayed at {:?}, the stream is at {last:?}", w.relayed_of_hq());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    w.stack.stop().await;
}
