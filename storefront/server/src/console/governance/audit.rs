//! The page about what was changed at HQ.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq};
use liandian_functions::views::governance::audit::{AuditQuery, KINDS, audit_list};
use liandian_types::api::AuditList;

use crate::{
    answer::{listed, read},
    console::{Ask, Handler, Visit},
};

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/hq/audit", get(history))]
}

async fn history(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let [from, to, actor, kind, entity, at, cursor] = ["from", "to", "actor", "kind", "entity", "at", "cursor"].map(|name| ask.get(name));
        let asked = AuditQuery {
            from: from.as_deref(),
            to: to.as_deref(),
            actor: actor.as_deref(),
            kind: kind.as_deref(),
            entity: entity.as_deref(),
            at: at.as_deref(),
            file: ask.get("format").as_deref() == Some("csv"),
        };
        let list = read(Box::pin(audit_list(&visit.app, asked, cursor.as_deref(), visit.app.now())).await);
        let (list, refused) = listed(list, AuditList { lines: Vec::new(), next: None, then: None, chain: None })?;
        Ok(hq::audit(&visit.frame(Section::Audit), list, KINDS, refused))
    };
    visit.answer(page.await)
}
