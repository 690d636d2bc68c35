//! Who has looked at personal data, and who has come in.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{AccessList, AccessRow},
};

use super::{
    Frame, Module,
    kit::{Column, Filter, Table, filters, pager},
    page,
};
use crate::text;

/// Who has seen personal data in clear, and who has logged in.
#[must_use]
pub fn access_records(frame: &Frame<'_>, date: Option<&str>, actor: Option<&str>, list: AccessList) -> String {
    let asked = frame.asked("/console/hq/access");
    page(frame, Module::Hq, "访问记录", || {
        let columns = vec![
            Column::new("时间", |r: &AccessRow| r.at_text.clone().into_any()).class("nowrap").by("at", |r| r.at),
            Column::new("人员", who).class("what"),
            Column::new("事由", why).by("act", |r| r.act.title()),
            Column::new("看到的内容", |r: &AccessRow| what(frame, r)).class("what"),
            Column::new("来源网络", |r: &AccessRow| dash(&r.from).into_any()).class("nowrap").by("from", |r| r.from.clone()),
        ];
        let table = Table { caption: "访问记录", class: "stock", asked: &asked, columns, rows: list.records, empty: "没有符合的记录。" }.show(|_| "");
        view! {
            <h1>"访问记录"</h1>
            {filters(
                &asked,
                vec![Filter::words("actor", "员工用户名、员工或会员编号", "员工用户名、员工或会员编号"), Filter::day("date", "日期")],
            )}
            <p class="sub">
                {match (date, actor) {
                    (None, None) => "今天谁看过顾客的明文信息、谁登录过，新的在前。记录保存 400 天。会员登录请按会员编号查找。",
                    _ => "谁看过顾客的明文信息、谁登录过，新的在前。记录保存 400 天。会员登录请按会员编号查找。",
                }}
            </p>
            {table}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

fn dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

fn who(r: &AccessRow) -> AnyView {
    let name = r.actor_name.clone().or_else(|| r.actor.clone()).unwrap_or_else(|| "账号不存在".to_owned());
    let sub = [r.role.map(|role| role.title().to_owned()), r.actor.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! { {name}<small>{sub}</small> }.into_any()
}

fn why(r: &AccessRow) -> AnyView {
    view! { {r.act.title()}{(!r.succeeded).then(|| view! { " "<span class="badge warn">"失败"</span> })} }.into_any()
}

/// The fields that were seen, and the orders they belong to.
fn what(frame: &Frame<'_>, r: &AccessRow) -> AnyView {
    let linked = frame.may(Permission::OrderRead);
    let fields = r.fields.iter().map(|f| f.title()).collect::<Vec<_>>().join("、");
    let orders = r
        .orders
        .iter()
        .map(|o| {
            let href = r.store.as_ref().filter(|_| linked).map(|s| text::order_path(s, o));
            match href {
                Some(href) => view! { <small><a href=href>{o.to_string()}</a></small> }.into_any(),
                None => view! { <small>{o.to_string()}</small> }.into_any(),
            }
        })
        .collect_view();
    view! { {dash(&fields)}{orders} }.into_any()
}
