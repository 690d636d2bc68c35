//! A table of goods: uploaded, then taken.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use liandian_types::{Code, Problem, api::LibraryImport};

use crate::{browser, islands::kit::Refusal};

/// How often the progress is asked for.
const EVERY: Duration = Duration::from_millis(1_000);

/// Uploads a table, which is checked and not taken yet.
#[island]
pub fn ImportDesk() -> impl IntoView {
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| busy.set(false));
    let upload = move |_| {
        let Some(file) = field.get_untracked().and_then(|f| f.files()).and_then(|all| all.get(0)) else {
            problem.set(Some(Problem::new(Code::BadRequest, "请先选择文件")));
            return;
        };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post_table::<LibraryImport>("/api/v1/hq/product-imports", &file).await {
                Ok(read) => browser::go(&format!("/console/hq/product-imports/{}", read.import)),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk papers" aria-label="上传表格">
            <label class="day wide">
                <span>"CSV 文件"</span>
                <input node_ref=field type="file" accept=".csv,text/csv" disabled=busy />
            </label>
            <button type="button" class="primary" disabled=busy on:click=upload>"上传并检查"</button>
        </section>
        <Refusal problem=problem />
    }
}

/// How far a table is taken, and the button that begins it.
#[island]
pub fn ImportProgress(
    /// As it is.
    of: LibraryImport,
    /// May this person begin it?
    sets: bool,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/hq/product-imports/{}", of.import));
    let held = RwSignal::new(of);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let running = move || held.with(|h| h.state == "running");
    let waits = move || held.with(|h| h.state == "checked" && h.products > 0);
    let look = move || {
        spawn_local(async move {
            match browser::get::<LibraryImport>(&path.get_value()).await {
                // What could not be taken, and why, is on the page that the server makes.
                Ok(now) if now.state == "done" && now.refused_count > 0 => browser::reload(),
                Ok(now) => {
                    held.set(now);
                    problem.set(None);
                }
                Err(p) => problem.set(Some(p)),
            }
        });
    };
    Effect::new(move |_| {
        busy.set(false);
        let timer = set_interval_with_handle(
            move || {
                if held.try_with_untracked(|h| h.state == "running").unwrap_or(false) {
                    look();
                }
            },
            EVERY,
        )
        .ok();
        on_cleanup(move || {
            if let Some(t) = timer {
                t.clear();
            }
        });
    });
    let apply = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<LibraryImport>(&format!("{}/apply", path.get_value()), &serde_json::json!({})).await {
                Ok(now) => held.set(now),
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="panel" aria-label="导入进度">
            <p role="status">
                {move || {
                    held.with(|h| match h.state.as_str() {
                        "checked" if h.products == 0 => "表格里没有可以导入的商品，请按下面的问题修改后重新上传。".to_owned(),
                        "checked" if h.fault_count > 0 => format!("有问题的行不会导入，其余 {} 个商品可以导入。", h.products),
                        "checked" => format!("检查通过，{} 个商品可以导入。", h.products),
                        _ => {
                            format!(
                                "{} / {}：新建 {}，修改 {}，没有变化 {}，未能导入 {}",
                                h.done,
                                h.products,
                                h.created,
                                h.changed,
                                h.same,
                                h.refused_count,
                            )
                        }
                    })
                }}
            </p>
            <progress
                hidden=move || held.with(|h| h.state == "checked")
                max=move || held.with(|h| h.products.max(1).to_string())
                value=move || held.with(|h| h.done.to_string())
                aria-label="已处理的商品"
            ></progress>
            <div class="papers" hidden=move || !sets || !waits()>
                <button type="button" class="primary" disabled=busy on:click=apply>"导入这些商品"</button>
            </div>
            <p class="sub" hidden=move || !running()>"可以离开本页，导入会继续进行。"</p>
            <Refusal problem=problem />
        </section>
    }
}
