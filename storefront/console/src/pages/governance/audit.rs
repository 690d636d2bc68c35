//! What was changed at HQ.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{AuditChain, AuditField, AuditFieldThen, AuditLine, AuditList, AuditThen},
};

use super::super::{
    Frame, Module, coupons,
    kit::{Asked, Column, Filter, Table, csv_link, filters, link, pager},
    page,
};

const PATH: &str = "/console/hq/audit";

/// What was changed at HQ, by whom, with what it was before; of one thing, when one is asked for, and what that was at a moment. `kinds` are the choices of
/// the filter, `refused` says why what was asked for cannot be shown.
#[must_use]
pub fn history(frame: &Frame<'_>, list: AuditList, kinds: &[(&str, &str)], refused: Option<String>) -> String {
    let asked = frame.asked(PATH);
    page(frame, Module::Hq, "修改记录", || {
        let of_one = asked.get("entity").is_some();
        let campaign = asked.get("entity").is_some_and(|e| e.starts_with("cmp_"));
        let kinds = kinds.iter().map(|(word, title)| ((*word).to_owned(), (*title).to_owned())).collect();
        let mut fields = vec![
            Filter::day("from", "开始日期"),
            Filter::day("to", "结束日期"),
            Filter::choice("kind", "全部类型", kinds),
            Filter::words("actor", "员工用户名或编号", "员工用户名或编号"),
            Filter::words("entity", "对象编号", "对象编号，如 spu_…、sto_…/sku_…"),
        ];
        if of_one {
            fields.push(Filter::moment("at", "看这一时刻的样子"));
        }
        let columns = vec![
            Column::new("时间", |l: &AuditLine| l.at_text.clone().into_any()).class("nowrap"),
            Column::new("人员", who).class("what"),
            Column::new("对象", |l: &AuditLine| thing(frame, l)).class("what"),
            Column::new("事项", what).class("what"),
            Column::new("修改", differences).class("what"),
        ];
        let some = !list.lines.is_empty();
        let title = list.lines.first().filter(|_| of_one).map(|l| format!("{} {}", l.entity_kind, l.entity_title));
        let empty = if refused.is_some() { "" } else { "没有符合的修改。" };
        let table = Table { caption: "修改记录", class: "stock", asked: &asked, columns, rows: list.lines, empty }.show(|_| "");
        view! {
            {of_one.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 全部修改"</a></p> })}
            <h1>"修改记录"</h1>
            {filters(&asked, fields)}
            {refused.map(|why| view! { <p class="refusal" role="alert">{why}</p> })}
            <p class="sub">
                {match (of_one, title) {
                    (true, Some(title)) => format!("{title} 的全部修改，新的在前。填写时间可以看它在那一刻的样子。"),
                    (true, None) => "这个对象的全部修改，新的在前。".to_owned(),
                    (false, _) => "总部和门店对商品、价格、规则、门店、账号与权限的修改，新的在前。不填日期时为最近 7 天，一次最多 31 天；下载的文件最多 1000 条。".to_owned(),
                }}
            </p>
            {list.chain.map(whole)}
            {list.then.map(|then| as_it_was(then, campaign))}
            {csv_link(&asked, some)}
            {table}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

fn dash(text: &str) -> String {
    if text.is_empty() { "（无）".to_owned() } else { text.to_owned() }
}

fn who(l: &AuditLine) -> AnyView {
    let id = l.by.as_ref().map(ToString::to_string);
    let name = l.by_name.clone().or_else(|| id.clone()).unwrap_or_else(|| "系统".to_owned());
    view! { {name}<small>{id.unwrap_or_default()}</small> }.into_any()
}

/// The thing, with its page where this person may see that, and with all of its changes.
fn thing(frame: &Frame<'_>, l: &AuditLine) -> AnyView {
    let name = format!("{} {}", l.entity_kind, l.entity_title);
    let name = match page_of(&l.entity).filter(|(permission, _)| frame.may(*permission)) {
        Some((_, href)) => view! { <a href=href>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    let all = link(PATH, &[("entity", Some(l.entity.as_str()))]);
    view! { {name}<small><a href=all>"全部修改"</a></small> }.into_any()
}

/// Where a thing is shown, and to whom.
fn page_of(entity: &str) -> Option<(Permission, String)> {
    if let Some((store, id)) = entity.split_once('/') {
        let (permission, part) =
            if id.starts_with("sku_") { (Permission::StoreRead, "listings") } else { (Permission::ListingWrite, "local-products") };
        return Some((permission, format!("/console/s/{store}/{part}/{id}")));
    }
    let prefix = entity.split_once('_').map_or("", |(prefix, _)| prefix);
    let (permission, path) = match (entity, prefix) {
        ("policies", _) => (Permission::StoreRead, "/console/hq/rules".to_owned()),
        ("settings", _) => (Permission::PolicyWrite, "/console/hq/settings".to_owned()),
        ("regions", _) => (Permission::StoreWrite, "/console/hq/regions".to_owned()),
        ("categories", _) => (Permission::LibraryRead, "/console/hq/categories".to_owned()),
        ("brands", _) => (Permission::LibraryRead, "/console/hq/brands".to_owned()),
        ("search_words", _) => (Permission::LibraryRead, "/console/hq/search-words".to_owned()),
        ("legal", _) => (Permission::PolicyWrite, "/console/hq/legal".to_owned()),
        (_, "spu") => (Permission::LibraryRead, format!("/console/hq/products/{entity}")),
        (_, "sto") => (Permission::StoreRead, format!("/console/hq/stores/{entity}")),
        (_, "req") => (Permission::RequestDecide, "/console/hq/requests".to_owned()),
        (_, "stf") => (Permission::AccountRead, link("/console/hq/accounts", &[("account", Some(entity))])),
        (_, "rol") => (Permission::AccountRead, link("/console/hq/roles", &[("role", Some(entity))])),
        (_, "key") => (Permission::KeyWrite, "/console/hq/keys".to_owned()),
        (_, "cmp") => (Permission::CampaignRead, format!("/console/hq/campaigns/{entity}")),
        (_, "loc") => (Permission::StoreRead, format!("/console/hq/warehouses/{entity}")),
        _ => return None,
    };
    Some((permission, path))
}

fn what(l: &AuditLine) -> AnyView {
    view! { {l.text.clone()}<small>{l.why.clone()}</small> }.into_any()
}

fn differences(l: &AuditLine) -> AnyView {
    let campaign = l.kind.starts_with("campaign.");
    let one = |f: &AuditField| {
        let title = if campaign { coupons::title(&f.field).to_owned() } else { f.title.clone() };
        view! { <div>{format!("{title}：{} → {}", dash(&f.old), dash(&f.new))}</div> }
    };
    l.fields.iter().map(one).collect_view().into_any()
}

/// Whether the history is as it was written.
fn whole(chain: AuditChain) -> AnyView {
    if !chain.holds {
        return view! {
            <div class="refusal" role="alert">
                <p>{format!("这份修改记录被动过：共 {} 条，以下与写入时不符。", chain.entries)}</p>
                <ul>{chain.flaws.into_iter().map(|f| view! { <li>{f}</li> }).collect_view()}</ul>
            </div>
        }
        .into_any();
    }
    if chain.entries == 0 {
        return ().into_any();
    }
    // Enough of it to compare with what was written down: nobody makes another history that begins alike.
    let newest: Vec<String> = chain.newest.iter().map(|hash| hash.chars().take(16).collect()).collect();
    view! {
        <p class="sub">
            {format!("链完整：{} 条修改逐条相扣，没有被改动、删除或插入。最新校验值 ", chain.entries)}<code>{newest.join(" ")}</code>
        </p>
    }
    .into_any()
}

/// One thing as it was; a campaign's fields have their names here, as in its history.
fn as_it_was(then: AuditThen, campaign: bool) -> AnyView {
    let asked = Asked::of(PATH, "");
    let changed = |f: &AuditFieldThen| if f.value == f.now { "" } else { "warn" };
    let columns = vec![
        Column::new("内容", move |f: &AuditFieldThen| {
            let title = if campaign { coupons::title(&f.field).to_owned() } else { f.title.clone() };
            title.into_any()
        })
        .class("what"),
        Column::new("当时", |f: &AuditFieldThen| dash(&f.value).into_any()).class("what"),
        Column::new("现在", |f: &AuditFieldThen| dash(&f.now).into_any()).class("what"),
        Column::new("当时的值始于", |f: &AuditFieldThen| f.since_text.clone().unwrap_or_else(|| "有记录以前".to_owned()).into_any()).class("nowrap"),
    ];
    let whole = then.whole;
    let table =
        Table { caption: "当时的样子", class: "stock", asked: &asked, columns, rows: then.fields, empty: "它没有可以还原的内容。" }.show(changed);
    view! {
        <h2>{format!("{} 时的样子", then.at_text)}</h2>
        <p class="sub">
            "由现在的内容逐项撤回之后的修改推算而来；较长的文字在记录中有删节。"
            {(!whole).then_some("修改很多，只用了最近的 1000 条，更早改过的内容可能不全。")}
        </p>
        {table}
        <h2>"修改"</h2>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope};

    use super::*;
    use crate::pages::{Place, Section, fixtures::session};

    fn shown(query: &str, list: AuditList, refused: Option<String>) -> String {
        let staff = session(Role::HqAdmin, Scope::All);
        let frame = Frame { version: "v", staff: &staff, place: Place::Hq, section: Section::Audit, query, now: 0 };
        history(&frame, list, &[("product", "商品")], refused)
    }

    fn line() -> AuditLine {
        AuditLine {
            at: liandian_types::Timestamp(5),
            at_text: "2026-11-28 10:00".into(),
            by: Some("stf_1".parse().unwrap()),
            by_name: Some("小王".into()),
            kind: "product.changed".into(),
            text: "总部修改了商品的 1 项内容".into(),
            why: String::new(),
            entity: "spu_1".into(),
            entity_kind: "商品".into(),
            entity_title: "spu_1".into(),
            store: None,
            fields: vec![AuditField { field: "name".into(), title: "商品名称".into(), old: String::new(), new: "<牛奶>".into() }],
        }
    }

    #[test]
    fn given_changes_when_shown_then_each_has_its_thing_its_difference_and_the_way_on() {
        let html = shown("kind=product", AuditList { lines: vec![line()], next: Some("older".into()), then: None, chain: None }, None);
        for part in
            ["/console/hq/products/spu_1\"", "/console/hq/audit?entity=spu_1\"", "商品名称：（无） → &lt;牛奶&gt;", "cursor=older", "format=csv"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains("小王") && !html.contains("时的样子"), "{html}");
        let none = shown("from=x", AuditList { lines: vec![], next: None, then: None, chain: None }, Some("没有这一天".into()));
        assert!(none.contains("没有这一天") && !none.contains("format=csv") && none.contains("name=\"from\""), "{none}");
    }

    #[test]
    fn given_a_moment_when_shown_then_the_thing_stands_as_it_was_and_says_that_it_is_derived() {
        let field =
            AuditFieldThen { field: "name".into(), title: "商品名称".into(), value: "旧名".into(), now: "新名".into(), since_text: None };
        let then = AuditThen { at_text: "2026-11-28 23:59".into(), fields: vec![field], whole: false };
        let html = shown("entity=spu_1&at=2026-11-28", AuditList { lines: vec![line()], next: None, then: Some(then), chain: None }, None);
        for part in ["旧名", "新名", "有记录以前", "推算而来", "最近的 1000 条", "name=\"at\""] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let field = AuditFieldThen { field: "per_person".into(), title: "per_person".into(), value: "1".into(), now: "2".into(), since_text: None };
        let then = AuditThen { at_text: "2026-11-28 23:59".into(), fields: vec![field], whole: true };
        let html = shown("entity=cmp_1&at=2026-11-28", AuditList { lines: vec![], next: None, then: Some(then), chain: None }, None);
        assert!(html.contains("每人限领") && !html.contains("per_person"), "{html}");
    }

    #[test]
    fn given_a_history_when_shown_then_it_says_that_it_is_whole_or_what_does_not_fit() {
        let list = |chain: AuditChain| AuditList { lines: vec![line()], next: None, then: None, chain: Some(chain) };
        let hash = "0123456789abcdef0123".to_owned();
        let held = shown("entity=spu_1", list(AuditChain { holds: true, entries: 3, newest: vec![hash], flaws: vec![] }), None);
        assert!(
            held.contains("链完整：3 条")
                && held.contains("0123456789abcdef")
                && !held.contains("0123456789abcdef0")
                && !held.contains("role=\"alert\""),
            "{held}"
        );
        let flaws = vec!["第 2 条被改动过".to_owned()];
        let broken = shown("entity=spu_1", list(AuditChain { holds: false, entries: 3, newest: vec![], flaws }), None);
        assert!(broken.contains("第 2 条被改动过") && broken.contains("role=\"alert\"") && !broken.contains("链完整"), "{broken}");
        let none = shown("entity=spu_1", list(AuditChain { holds: true, entries: 0, newest: vec![], flaws: vec![] }), None);
        assert!(!none.contains("链完整"), "{none}");
    }

    #[test]
    fn given_things_when_linked_then_each_has_a_page_of_its_own() {
        let to = |entity: &str| page_of(entity).map(|(_, href)| href);
        assert_eq!(to("sto_1/sku_2").as_deref(), Some("/console/s/sto_1/listings/sku_2"));
        assert_eq!(to("sto_1/spu_2").as_deref(), Some("/console/s/sto_1/local-products/spu_2"));
        assert_eq!(to("rol_clerk").as_deref(), Some("/console/hq/roles?role=rol_clerk"));
        assert_eq!(to("sku_1"), None);
    }
}
