//! A file of stores: what it would do, every bad row, and then part by part until it is done. Who leaves comes back and goes on.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, StoreImportId,
    api::{ImportStores, StoreImport},
};

use crate::{browser, islands::kit::Refusal, text};

/// Choosing a file, looking at what it would do, importing it.
#[island]
pub fn StoreImportDesk(
    /// Files that were begun, newest first.
    imports: Vec<StoreImport>,
) -> impl IntoView {
    let (file, csv) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let skip = RwSignal::new(false);
    let busy = RwSignal::new(true);
    let report = RwSignal::new(None::<StoreImport>);
    let held = RwSignal::new(imports);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));

    let go_on = move |import: StoreImportId| async move {
        loop {
            let path = format!("/api/v1/hq/store-imports/{}/apply", text::percent(import.as_str()));
            match browser::post::<StoreImport>(&path, &serde_json::json!({})).await {
                Ok(now) => {
                    let finished = now.finished;
                    held.update(|all| {
                        if let Some(i) = all.iter_mut().find(|i| i.import == now.import) {
                            *i = StoreImport { by_name: i.by_name.clone(), ..now.clone() };
                        }
                    });
                    report.set(Some(now));
                    if finished {
                        break;
                    }
                }
                Err(p) => {
                    problem.set(Some(p));
                    break;
                }
            }
        }
        busy.set(false);
    };
    let resume = move |import: StoreImportId| {
        busy.set(true);
        problem.set(None);
        spawn_local(go_on(import));
    };
    let send = move |dry: bool| {
        if csv.with_untracked(String::is_empty) {
            problem.set(Some(Problem::new(Code::BadRequest, "请选择文件")));
            return;
        }
        if csv.with_untracked(|c| c.contains('\u{fffd}')) {
            problem.set(Some(Problem::new(Code::BadRequest, "文件不是 UTF-8 或 GB18030 编码，请另存为“CSV UTF-8”")));
            return;
        }
        busy.set(true);
        problem.set(None);
        let body = ImportStores { file: file.get_untracked(), csv: csv.get_untracked(), dry, skip_bad: skip.get_untracked() };
        spawn_local(async move {
            match browser::post::<StoreImport>("/api/v1/hq/store-imports", &body).await {
                Ok(now) => {
                    let begun = now.import.clone().filter(|_| !now.finished);
                    if now.import.is_some() {
                        held.update(|all| all.insert(0, now.clone()));
                    }
                    report.set(Some(now));
                    match begun {
                        Some(import) => go_on(import).await,
                        None => busy.set(false),
                    }
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let chosen = move |e: web_sys::Event| {
        report.set(None);
        problem.set(None);
        spawn_local(async move {
            if let Some((name, words)) = browser::file_text(e).await {
                file.set(name);
                csv.set(words);
            }
        });
    };
    view! {
        <section class="stock-desk" aria-label="导入门店">
            <h2>"导入"</h2>
            <p class="sub">"UTF-8 或 GB18030 编码的 CSV，第一行是列名，最多 800 家门店。没有写出的列，已有门店保持原值。可以先导出现有门店作为模板。先检查，再导入。"</p>
            <div class="papers">
                <input type="file" accept=".csv,text/csv" aria-label="CSV 文件" disabled=busy on:change=chosen />
                <label class="check">
                    <input type="checkbox" disabled=busy prop:checked=skip on:change=move |e| skip.set(event_target_checked(&e)) />
                    "跳过有问题的行"
                </label>
                <button type="button" disabled=busy on:click=move |_| send(true)>"检查"</button>
                <button type="button" class="primary" disabled=move || busy.get() || report.with(Option::is_none) on:click=move |_| send(false)>"导入"</button>
            </div>
            <Refusal problem=problem />
            <div role="status">{move || report.get().map(shown)}</div>
        </section>
        <section class="panel" aria-label="导入记录">
            <h2>"导入记录"</h2>
            {move || held.with(Vec::is_empty).then(|| view! { <p class="empty">"还没有导入过文件。"</p> })}
            <ul class="plain">
                {move || held.get().into_iter().map(|i| {
                    let import = i.import.clone();
                    let open = !i.finished;
                    view! {
                        <li>
                            {format!("{} · {} · {}", i.at_text, i.file, i.by_name.clone().unwrap_or_default())}
                            <small>{sums(&i)}</small>
                            {import.filter(|_| open).map(|id| view! { <button type="button" class="small" disabled=busy on:click=move |_| resume(id.clone())>"继续"</button> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

/// How far it is, in words.
fn sums(i: &StoreImport) -> String {
    let way = match (i.finished, i.import.is_some()) {
        (true, true) => "已完成：".to_owned(),
        (false, true) => format!("进行中 {}/{} 批：", i.done, i.parts),
        (_, false) => "检查结果：".to_owned(),
    };
    format!("{way}共 {} 行，新建 {}，修改 {}，不变 {}，有问题 {}", i.rows, i.created, i.changed, i.same, i.bad)
}

/// What a file would do, or has done.
fn shown(i: StoreImport) -> impl IntoView {
    let (said, bad, told) = (sums(&i), i.bad, i.faults.len());
    let (done, parts) = (i.done.to_string(), i.parts.to_string());
    let runs = i.import.is_some();
    let faults = i
        .faults
        .into_iter()
        .map(|f| {
            let place = if f.column > 0 {
                format!("第 {} 行第 {} 列（{}）", f.line, f.column, f.header)
            } else {
                format!("第 {} 行 {}", f.line, f.header)
            };
            view! { <li>{format!("{place}：{}", f.detail)}</li> }
        })
        .collect_view();
    view! {
        <p class="recorded">{said}</p>
        {runs.then(|| view! { <progress value=done max=parts></progress> })}
        <ul class="plain">{faults}</ul>
        {usize::try_from(bad).is_ok_and(|b| b > told).then(|| view! { <p class="sub">{format!("共 {bad} 处，这里列出前 {told} 处。")}</p> })}
    }
}
