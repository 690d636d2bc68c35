//! One change to many products of the table, with what it will do before it is done; and the table from the keyboard.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, ProductStatus,
    api::{ProductsBulk, ProductsBulkDone},
};
use wasm_bindgen::JsCast;

use crate::{browser, islands::kit::Refusal};

/// Keys that move through the table: the row that is chosen, its box, its page.
fn keys() {
    let chosen = RwSignal::new(None::<u32>);
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |e| {
            let typing = document()
                .active_element()
                .is_some_and(|a| matches!(a.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA" | "BUTTON" | "A" | "SUMMARY"));
            if typing || e.ctrl_key() || e.meta_key() || e.alt_key() {
                return;
            }
            let Ok(rows) = document().query_selector_all("table.stock tbody tr:has(a)") else { return };
            let row = |i: u32| rows.item(i).and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok());
            let within = |name: &str| chosen.get_untracked().and_then(row).and_then(|r| r.query_selector(name).ok().flatten());
            match e.key().as_str() {
                key @ ("j" | "k") if rows.length() > 0 => {
                    let last = rows.length() - 1;
                    let next = match (chosen.get_untracked(), key) {
                        (None, _) => 0,
                        (Some(i), "j") => (i + 1).min(last),
                        (Some(i), _) => i.saturating_sub(1).min(last),
                    };
                    if let Some(was) = chosen.get_untracked().and_then(row) {
                        let _ = was.remove_attribute("aria-selected");
                    }
                    if let Some(now) = row(next) {
                        let _ = now.set_attribute("aria-selected", "true");
                        now.scroll_into_view_with_bool(false);
                    }
                    chosen.set(Some(next));
                }
                " " => {
                    if let Some(tick) = within("input.tick").and_then(|b| b.dyn_into::<web_sys::HtmlElement>().ok()) {
                        e.prevent_default();
                        tick.click();
                        // The next key is the table's again.
                        let _ = tick.blur();
                    }
                }
                "Enter" => {
                    if let Some(link) = within("a").and_then(|a| a.dyn_into::<web_sys::HtmlElement>().ok()) {
                        link.click();
                    }
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// What is done to the products that are ticked.
#[island]
pub fn ProductsDesk(
    /// Keys of the categories with their names.
    categories: Vec<(String, String)>,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let failed = RwSignal::new(Vec::<String>::new());
    let category = RwSignal::new(String::new());
    let percent = RwSignal::new(String::new());
    // What was asked for and is not done yet, with what it will do.
    let asked = RwSignal::new(None::<ProductsBulk>);
    let told = RwSignal::new(Vec::<String>::new());
    keys();
    Effect::new(move |_| busy.set(false));
    let send = move |body: ProductsBulk| {
        busy.set(true);
        problem.set(None);
        failed.set(Vec::new());
        spawn_local(async move {
            match browser::post::<ProductsBulkDone>("/api/v1/hq/products/bulk", &body).await {
                Ok(done) => {
                    let why: Vec<String> = done.results.iter().filter_map(|r| Some(format!("{}：{}", r.spu, r.why.as_ref()?))).collect();
                    if body.dry {
                        let line = |r: &liandian_types::api::ProductBulkResult| {
                            let all: Vec<String> = r.changes.iter().map(|c| format!("{} {} → {}", c.field, c.old, c.new)).collect();
                            format!("{}：{}", r.spu, if all.is_empty() { "不变".to_owned() } else { all.join("；") })
                        };
                        told.set(done.results.iter().filter(|r| r.done).map(line).collect());
                        // What was refused is left out; what somebody changes before the other button is pressed is refused then.
                        let sure = done.results.iter().filter_map(|r| Some((r.spu.clone(), r.version?)));
                        let (products, seen) = sure.unzip();
                        asked.set(Some(ProductsBulk { dry: false, products, seen, ..body }));
                    } else {
                        asked.set(None);
                        told.set(Vec::new());
                        if why.is_empty() {
                            browser::reload();
                        }
                    }
                    failed.set(why);
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let change = move |what: ProductsBulk| {
        let products: Vec<_> = browser::ticked("tick").iter().filter_map(|spu| spu.parse().ok()).collect();
        if products.is_empty() {
            problem.set(Some(Problem::new(Code::BadRequest, "请先勾选商品")));
            return;
        }
        send(ProductsBulk { products, dry: true, ..what });
    };
    let nothing =
        || ProductsBulk { products: Vec::new(), status: None, flagship: None, category: None, price_percent: None, dry: true, seen: Vec::new() };
    let to_status = move |status: ProductStatus, word: &'static str| {
        view! { <button type="button" disabled=busy on:click=move |_| change(ProductsBulk { status: Some(status), ..nothing() })>{word}</button> }
    };
    let to_flagship = move |flagship: bool, word: &'static str| {
        view! { <button type="button" disabled=busy on:click=move |_| change(ProductsBulk { flagship: Some(flagship), ..nothing() })>{word}</button> }
    };
    let move_there = move |_| {
        let key = category.get_untracked();
        if key.is_empty() {
            problem.set(Some(Problem::new(Code::BadRequest, "请选择要移到的类目")));
        } else {
            change(ProductsBulk { category: Some(key), ..nothing() });
        }
    };
    let reprice = move |_| match percent.with_untracked(|p| p.trim().trim_end_matches(['%', '％']).parse::<i32>()) {
        Ok(by) => change(ProductsBulk { price_percent: Some(by), ..nothing() }),
        Err(_) => problem.set(Some(Problem::new(Code::BadRequest, "请填写整数比例，例如 5 或 -10"))),
    };
    let confirm = move |_| {
        if let Some(body) = asked.get_untracked() {
            send(body);
        }
    };
    // Who stops a product for good cannot take it back.
    let for_good = move || asked.with(|a| a.as_ref().is_some_and(|a| a.status == Some(ProductStatus::Retired)));
    let waits = move || asked.with(Option::is_some);
    view! {
        <section class="papers bulk" aria-label="批量操作">
            <span class="sub">"对勾选的商品："</span>
            {to_status(ProductStatus::On, "上架")}
            {to_status(ProductStatus::Off, "下架")}
            {to_status(ProductStatus::Retired, "停用…")}
            {to_flagship(true, "设为主推")}
            {to_flagship(false, "取消主推")}
            <select aria-label="移到类目" disabled=busy on:change=move |e| category.set(event_target_value(&e))>
                <option value="">"移到类目…"</option>
                {categories.into_iter().map(|(key, name)| view! { <option value=key>{name}</option> }).collect_view()}
            </select>
            <button type="button" disabled=busy on:click=move_there>"移动"</button>
            <input aria-label="建议售价调整比例（%）" placeholder="调价 %" inputmode="numeric" size="6" disabled=busy prop:value=percent on:input=move |e| percent.set(event_target_value(&e)) />
            <button type="button" disabled=busy on:click=reprice>"调价"</button>
            <small>"键盘：j、k 换行，空格勾选，回车打开"</small>
        </section>
        <section class="panel" aria-label="修改预览" hidden=move || !waits()>
            <h2>"确认修改"</h2>
            <ul>{move || told.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            <div class="actions">
                <button type="button" class="primary" class:danger=for_good disabled=move || busy.get() || told.with(Vec::is_empty) on:click=confirm>
                    {move || if for_good() { "确认停用，不能恢复" } else { "确认修改" }}
                </button>
                <button type="button" disabled=busy on:click=move |_| asked.set(None)>"取消"</button>
            </div>
        </section>
        <Refusal problem=problem />
        <ul class="refusals" hidden=move || failed.with(Vec::is_empty)>
            {move || failed.get().into_iter().map(|why| view! { <li class="refusal">{why}</li> }).collect_view()}
        </ul>
    }
}
