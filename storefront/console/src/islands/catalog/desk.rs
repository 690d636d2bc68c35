//! One change to many products of the table.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, ProductStatus,
    api::{ProductsBulk, ProductsBulkDone},
};

use crate::{browser, islands::kit::Refusal};

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
    // Who stops a product for good cannot take it back: it is asked twice.
    let sure = RwSignal::new(false);
    Effect::new(move |_| busy.set(false));
    let change = move |what: ProductsBulk| {
        let products: Vec<_> = browser::ticked("tick").iter().filter_map(|spu| spu.parse().ok()).collect();
        if products.is_empty() {
            problem.set(Some(Problem::new(Code::BadRequest, "请先勾选商品")));
            return;
        }
        busy.set(true);
        problem.set(None);
        failed.set(Vec::new());
        spawn_local(async move {
            match browser::post::<ProductsBulkDone>("/api/v1/hq/products/bulk", &ProductsBulk { products, ..what }).await {
                Ok(done) => {
                    let why: Vec<String> = done.results.into_iter().filter_map(|r| Some(format!("{}：{}", r.spu, r.why?))).collect();
                    if why.is_empty() {
                        browser::reload();
                    }
                    failed.set(why);
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let nothing = || ProductsBulk { products: Vec::new(), status: None, flagship: None, category: None };
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
    view! {
        <section class="papers bulk" aria-label="批量操作">
            <span class="sub">"对勾选的商品："</span>
            {to_status(ProductStatus::On, "上架")}
            {to_status(ProductStatus::Off, "下架")}
            <button type="button" disabled=busy hidden=sure on:click=move |_| sure.set(true)>"停用…"</button>
            <button
                type="button"
                class="danger"
                disabled=busy
                hidden=move || !sure.get()
                on:click=move |_| {
                    sure.set(false);
                    change(ProductsBulk { status: Some(ProductStatus::Retired), ..nothing() });
                }
            >
                "确认停用，不能恢复"
            </button>
            <button type="button" disabled=busy hidden=move || !sure.get() on:click=move |_| sure.set(false)>"取消"</button>
            {to_flagship(true, "设为主推")}
            {to_flagship(false, "取消主推")}
            <select aria-label="移到类目" disabled=busy on:change=move |e| category.set(event_target_value(&e))>
                <option value="">"移到类目…"</option>
                {categories.into_iter().map(|(key, name)| view! { <option value=key>{name}</option> }).collect_view()}
            </select>
            <button type="button" disabled=busy on:click=move_there>"移动"</button>
        </section>
        <Refusal problem=problem />
        <ul class="refusals" hidden=move || failed.with(Vec::is_empty)>
            {move || failed.get().into_iter().map(|why| view! { <li class="refusal">{why}</li> }).collect_view()}
        </ul>
    }
}
