//! The documents that customers are asked to agree to: versions, texts, and publishing another one.

use leptos::prelude::*;
use liandian_types::api::{LegalPage, LegalSheet, LegalVersion};

use crate::{
    islands::LegalForm,
    pages::{
        Frame, Module,
        kit::{Column, Table},
        page,
    },
};

fn state(v: &LegalVersion) -> &'static str {
    match (v.in_force, v.coming) {
        (true, _) => "现行",
        (_, true) => "即将生效",
        _ => "已被替代",
    }
}

/// All versions, the texts in force, and the form for another version.
#[must_use]
pub fn legal(frame: &Frame<'_>, sheet: LegalSheet, in_force: Vec<LegalPage>) -> String {
    let asked = frame.asked("/console/hq/legal");
    page(frame, Module::Rules, "协议与政策", || {
        let columns = vec![
            Column::new("文件", |v: &LegalVersion| {
                let href = format!("/legal/{}?v={}", v.kind, v.number);
                view! { <a href=href>{format!("{} 第 {} 版", v.kind.title(), v.number)}</a> }.into_any()
            })
            .class("what"),
            Column::new("状态", |v: &LegalVersion| state(v).into_any()),
            Column::new("生效日期", |v: &LegalVersion| v.from_text.clone().into_any()).class("nowrap").by("from", |v| v.from),
            Column::new("发布时间", |v: &LegalVersion| v.at_text.clone().into_any()).class("nowrap"),
            Column::new("发布人", |v: &LegalVersion| {
                v.by_name.clone().or_else(|| v.by.as_ref().map(ToString::to_string)).unwrap_or_default().into_any()
            })
            .class("what"),
        ];
        let version = sheet.version;
        let table = Table { caption: "版本", class: "stock", asked: &asked, columns, rows: sheet.versions, empty: "还没有发布过。" }.show(|_| "");
        let texts = in_force.into_iter().map(|doc| {
            let paragraphs = doc.text.lines().filter(|l| !l.trim().is_empty()).map(|l| view! { <p>{l.to_owned()}</p> }).collect_view();
            view! { <details class="fold"><summary>{format!("{}：现行第 {} 版全文", doc.shown.kind.title(), doc.shown.number)}</summary>{paragraphs}</details> }
        });
        view! {
            <h1>"协议与政策"</h1>
            <p class="sub">"顾客下单前要同意现行版本；新版本生效后，会请每位顾客重新确认。已发布的版本不能修改或删除。"</p>
            {table}
            {texts.collect_view()}
            <LegalForm version=version />
            {frame.audit_link("legal")}
        }
    })
}
