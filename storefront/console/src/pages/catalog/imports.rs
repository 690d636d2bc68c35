//! Tables of goods that are taken into the library.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{LibraryImport, LibraryImports},
};

use crate::{
    islands::{ImportDesk, ImportProgress},
    pages::{
        Frame, Module,
        kit::{
            Column, Table, pager,
            table::{boxed, plain_heads},
        },
        page,
    },
};

const PATH: &str = "/console/hq/product-imports";

fn state(of: &LibraryImport) -> (&'static str, &'static str) {
    match of.state.as_str() {
        "running" => ("badge state-preparing", "导入中"),
        "done" => ("badge state-ready", "已完成"),
        _ => ("badge warn", "待确认"),
    }
}

/// Where a table is uploaded, and those that were.
#[must_use]
pub fn imports(frame: &Frame<'_>, list: LibraryImports) -> String {
    let (asked, writes) = (frame.asked(PATH), frame.may(Permission::LibraryWrite));
    page(frame, Module::Goods, "商品导入", || {
        let next = pager(&asked, list.next.as_deref());
        let columns = vec![
            Column::new("时间", |i: &LibraryImport| view! { <a href=format!("{PATH}/{}", i.import)>{i.at_text.clone()}</a> }.into_any())
                .class("what"),
            Column::new("人员", |i: &LibraryImport| i.by_name.clone().unwrap_or_else(|| i.by.to_string()).into_any()),
            Column::figures("行", |i: &LibraryImport| i.rows.into_any()),
            Column::figures("可导入商品", |i: &LibraryImport| i.products.into_any()),
            Column::figures("问题", |i: &LibraryImport| i.fault_count.into_any()),
            Column::figures("已处理", |i: &LibraryImport| i.done.into_any()),
            Column::new("状态", |i: &LibraryImport| {
                let (class, word) = state(i);
                view! { <span class=class>{word}</span> }.into_any()
            }),
        ];
        let table =
            Table { caption: "导入记录", class: "stock cards", asked: &asked, columns, rows: list.imports, empty: "还没有导入过商品。" }.show(|_| "");
        view! {
            <div class="title-row">
                <h1>"商品导入"</h1>
                <a class="button" href="/api/v1/hq/products/export" download="goods.csv">"导出现有商品作为模板"</a>
            </div>
            <p class="sub">"CSV（UTF-8），第一行是列名，一行一个规格，最多 20000 行、4 MB。上传后先检查，不会改动任何商品；确认后才导入。表格里没有的规格保持不变。"</p>
            {writes.then(|| view! { <ImportDesk /> })}
            {table}
            {next}
        }
    })
}

/// One of them: what is wrong with it, and how far it is.
#[must_use]
pub fn import(frame: &Frame<'_>, of: LibraryImport) -> String {
    let writes = frame.may(Permission::LibraryWrite);
    page(frame, Module::Goods, "商品导入", || {
        let (class, word) = state(&of);
        let sub = format!(
            "{} 上传于 {} · {} 行，{} 个商品可以导入，{} 处问题",
            of.by_name.clone().unwrap_or_else(|| of.by.to_string()),
            of.at_text,
            of.rows,
            of.products,
            of.fault_count
        );
        let (faults, fault_count) = (of.faults.clone(), of.fault_count);
        let shown = faults.len();
        let rows = faults
            .into_iter()
            .map(|f| {
                let column = if f.column == 0 { "整行".to_owned() } else { format!("第 {} 列 {}", f.column, f.header) };
                view! { <tr><td class="num">{f.line}</td><td>{column}</td><td class="what">{f.text}</td></tr> }
            })
            .collect_view()
            .into_any();
        let heads = plain_heads(&[("行", "num"), ("列", ""), ("问题", "")]);
        let faulty = (shown > 0).then(|| {
            let more = u64::try_from(shown).is_ok_and(|n| n < fault_count);
            view! {
                <h2>"表格里的问题"</h2>
                {more.then(|| view! { <p class="sub">{format!("共 {fault_count} 处，先列出 {shown} 处。")}</p> })}
                {boxed("表格里的问题".to_owned(), "stock", heads, rows, None)}
            }
        });
        let refused = (of.refused_count > 0).then(|| {
            let rows = of
                .refused
                .iter()
                .map(|r| view! { <tr><td class="num">{r.line}</td><td><code>{r.spu.to_string()}</code></td><td class="what">{r.text.clone()}</td></tr> })
                .collect_view()
                .into_any();
            let heads = plain_heads(&[("行", "num"), ("商品", ""), ("原因", "")]);
            view! {
                <h2>{format!("未能导入的商品 {}", of.refused_count)}</h2>
                {boxed("未能导入的商品".to_owned(), "stock", heads, rows, None)}
            }
        });
        view! {
            <p class="crumbs"><a href=PATH>"‹ 商品导入"</a></p>
            <div class="title-row"><h1>"商品导入"</h1><span class=class>{word}</span></div>
            <p class="sub">{sub}</p>
            <ImportProgress of=LibraryImport { faults: Vec::new(), refused: Vec::new(), ..of.clone() } sets=writes />
            {faulty}
            {refused}
        }
    })
}
