//! Who changed what at HQ: found by day, person, kind and thing, with what it was before; and a thing as it was.

use liandian_domain::stores::hours::{CHINA, day, moment_text};
use liandian_store::audit::AuditAsk;
use liandian_tests::World;
use liandian_types::{
    Role, Timestamp,
    api::{AuditLine, AuditList, LibraryProduct, PriceAnswer, RoleMatrix, RoleView},
};
use reqwest::Method;
use serde_json::json;

use super::prices;

pub(super) const AUDIT: &str = "/api/v1/hq/audit";
pub(super) const SPU: &str = "spu_milk-fresh";

pub(super) async fn list(w: &World, token: &str, query: &str) -> AuditList {
    w.get(&format!("{AUDIT}?{query}"), token).await.ok()
}

/// HQ gives a product another name.
pub(super) async fn named(w: &World, token: &str, name: &str) -> LibraryProduct {
    let path = format!("/api/v1/hq/products/{SPU}");
    let seen: LibraryProduct = w.get(&path, token).await.ok();
    let next = LibraryProduct { name: name.into(), ..seen.clone() };
    let _: LibraryProduct = w.call(Method::PUT, &path, token, Some(&next)).await.ok();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn given_changes_of_a_product_a_price_and_a_role_when_asked_for_then_each_says_who_and_what_it_was_before() {
    let w = World::usual().await;
    let (admin, merch, manager, auditor) = (w.staff("admin").await, w.staff("merch").await, w.staff("sh07-manager").await, w.staff("auditor").await);
    let was = named(&w, &merch, "鲜牛奶（新）").await;
    let row = prices::untouched(&w, &manager).await;
    let set: PriceAnswer = prices::set(&w, &manager, &row, Some(row.least)).await.ok();
    assert!(set.in_force);
    let matrix: RoleMatrix = w.get("/api/v1/hq/roles", &admin).await.ok();
    let role = matrix.roles.iter().find(|r| r.role == Role::Marketing.id()).unwrap();
    let gone = role.permissions[0];
    let wanted = json!({"title": role.title, "permissions": role.permissions[1..], "version": role.version});
    let _: RoleView = w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", role.role), &admin, Some(&wanted)).await.ok();

    let all = list(&w, &auditor, "").await;
    assert!(all.lines.is_sorted_by(|a, b| a.at >= b.at), "newest first: {all:?}");
    let of = |kind: &str, entity: &str| -> AuditLine {
        let found = all.lines.iter().find(|l| l.kind == kind && l.entity == entity);
        found.unwrap_or_else(|| panic!("no {kind} of {entity}: {all:?}")).clone()
    };
    let product = of("product.changed", SPU);
    let [name] = &product.fields[..] else { panic!("{product:?}") };
    assert_eq!((name.title.as_str(), name.old.as_str(), name.new.as_str()), ("商品名称", was.name.as_str(), "鲜牛奶（新）"));
    assert!(product.by.is_some() && product.by_name.is_some() && product.entity_kind == "商品", "{product:?}");
    let price = of("price.changed", &format!("{}/{}", prices::STORE, row.sku));
    assert_eq!((price.fields[0].title.as_str(), price.why.as_str()), ("门店价", "周边同款售价较低"));
    assert!(price.text.contains("门店价") && price.by != product.by && price.store.is_some(), "{price:?}");
    let changed = of("role.changed", role.role.as_str());
    let [less] = &changed.fields[..] else { panic!("{changed:?}") };
    assert_eq!((less.field.clone(), less.old.as_str(), less.new.as_str()), (gone.to_string(), "有", "无"));
    assert_eq!(changed.entity_title, Role::Marketing.title());

    // Filters hit …
    let today = day(w.stack.app.now(), CHINA);
    let merchs = product.by.clone().unwrap();
    for query in [
        "actor=merch",
        &format!("actor={merchs}"),
        "kind=product",
        "kind=product.changed",
        &format!("entity={SPU}"),
        &format!("from={today}&to={today}"),
    ] {
        let found = list(&w, &auditor, query).await;
        assert!(found.lines.contains(&product), "{query}: {found:?}");
        if query.starts_with("actor") {
            assert!(found.lines.iter().all(|l| l.by.as_ref() == Some(&merchs)), "{query}: {found:?}");
        }
        if query.starts_with("kind") {
            assert!(found.lines.iter().all(|l| l.kind == "product.changed"), "{query}: {found:?}");
        }
        if query.starts_with("entity") {
            assert!(found.lines.iter().all(|l| l.entity == SPU), "{query}: {found:?}");
        }
    }
    // … and miss.
    for query in ["actor=nobody", "actor=merch&kind=role", "entity=spu_none", "from=2024-01-01&to=2024-01-31", &format!("entity={SPU}&actor=admin")] {
        let found = list(&w, &auditor, query).await;
        assert!(found.lines.is_empty() && found.next.is_none(), "{query}: {found:?}");
    }
    for (query, field) in [
        ("kind=nothing", "kind"),
        ("entity=ord_1", "entity"),
        ("from=2026-02-30", "from"),
        ("from=2024-02-01&to=2024-01-31", "from"),
        ("from=2024-01-01&to=2024-02-01", "to"),
        ("at=2024-01-01", "entity"),
        ("entity=policies&at=soon", "at"),
    ] {
        assert_eq!(w.get(&format!("{AUDIT}?{query}"), &auditor).await.refused(400, "bad_request")["field"], field, "{query}");
    }
    w.get(&format!("{AUDIT}?cursor=abc"), &auditor).await.refused(400, "bad_cursor");

    // Who may not.
    for user in ["sh01-clerk", "region-east"] {
        let token = w.staff(user).await;
        w.get(AUDIT, &token).await.refused(403, "forbidden");
        assert_eq!(w.page("/console/hq/audit", &format!("ld_staff={token}")).await.status, 403, "{user}");
    }
    let page = w.page("/console/hq/audit", &format!("ld_staff={auditor}")).await;
    assert!(page.status == 200 && page.text().contains("鲜牛奶（新）") && page.text().contains("entity=spu_milk-fresh"), "{}", page.text());
    let file = w.page("/console/hq/audit?kind=product&format=csv", &format!("ld_staff={auditor}")).await;
    assert!(file.header("content-type").starts_with("text/csv") && file.text().contains("鲜牛奶（新）"), "{}", file.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_product_that_was_edited_twice_when_asked_for_a_moment_then_it_is_as_it_was() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let began = named(&w, &merch, "第一个名字").await;
    let first = w.stack.app.now();
    w.stack.app.clock.advance(5 * Timestamp::MINUTE);
    let merch = w.staff("merch").await;
    named(&w, &merch, "第二个名字").await;
    let auditor = w.staff("auditor").await;
    let at = |ms: i64| moment_text(first.plus(ms), CHINA);
    for (moment, name) in
        [(at(-Timestamp::MINUTE), began.name.as_str()), (at(Timestamp::MINUTE), "第一个名字"), (at(7 * Timestamp::MINUTE), "第二个名字")]
    {
        let then = list(&w, &auditor, &format!("entity={SPU}&at={moment}")).await.then.unwrap();
        let field = then.fields.iter().find(|f| f.field == "name").unwrap();
        assert_eq!((field.value.as_str(), field.now.as_str(), then.whole), (name, "第二个名字", true), "{moment}");
        let category = then.fields.iter().find(|f| f.field == "category").unwrap();
        assert_eq!(category.value, category.now, "what nobody changed is as it is");
    }
    let page = w.page(&format!("/console/hq/audit?entity={SPU}&at={}", at(Timestamp::MINUTE)), &format!("ld_staff={auditor}")).await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("第一个名字") && text.contains("第二个名字") && text.contains("推算而来"), "{text}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_more_changes_than_a_page_when_led_on_then_each_comes_once_and_in_order() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    for name in ["甲", "乙", "丙"] {
        named(&w, &merch, name).await;
    }
    let (tables, now) = (&w.stack.app.tables, w.stack.app.now());
    // Over midnight and back: days before today are read as well.
    let ask = AuditAsk { from: now.plus(-3 * Timestamp::DAY), until: now.plus(Timestamp::DAY), by: None, kind: "product" };
    let (mut names, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let (page, next) = tables.audited(ask, 1, cursor.as_deref()).await.unwrap();
        assert!(page.len() <= 1);
        names.extend(page.into_iter().map(|c| match c.event.event {
            liandian_contracts::Event::ProductChanged { changes, .. } => changes[0].new.clone(),
            other => panic!("{other:?}"),
        }));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names[..3], ["丙", "乙", "甲"]);
    let all = tables.audited(ask, 1_000, None).await.unwrap().0;
    assert_eq!(all.len(), names.len(), "none twice, none left out");
    // A cursor belongs to what was asked for.
    let (_, next) = tables.audited(ask, 1, None).await.unwrap();
    assert!(tables.audited(AuditAsk { kind: "price", ..ask }, 1, next.as_deref()).await.is_err());
    w.stack.stop().await;
}
