//! The number that WeChat knows of a member, for who lets it go.

use liandian_tests::World;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn given_the_code_of_wechats_button_when_a_member_sends_it_then_he_gets_his_number_once_and_nobody_else_does() {
    let w = World::usual().await;
    let mine = w.customer("demo-01").await;
    let code = w.sandbox("phone-code", &json!({"phone": "13987650123"})).await["code"].clone();
    w.post("/api/v1/phone", "", &json!({"code": code})).await.refused(401, "unauthenticated");
    let answer = w.post("/api/v1/phone", &mine, &json!({"code": code})).await;
    assert_eq!((answer.status.as_u16(), answer.json["phone"].as_str()), (200, Some("13987650123")));
    w.post("/api/v1/phone", &mine, &json!({"code": code})).await.refused(400, "bad_request");
    // A number that no rider here can call is filled in by hand.
    let abroad = w.sandbox("phone-code", &json!({"phone": "5551234", "country": "1"})).await["code"].clone();
    w.post("/api/v1/phone", &mine, &json!({"code": abroad})).await.refused(400, "bad_request");
    for bad in ["", &"a".repeat(129)] {
        w.post("/api/v1/phone", &mine, &json!({"code": bad})).await.refused(400, "bad_request");
    }
    // It lies nowhere afterwards.
    let rows = w.stack.app.tables.client().scan().table_name("liandian-cell").send().await.unwrap();
    assert!(rows.items().iter().all(|row| !format!("{row:?}").contains("13987650123")));
    w.stack.stop().await;
}
