//! `/s/{store}/c/{category}`: goods of a store.

use leptos::prelude::*;
use liandian_types::api::CategoryPage;

use super::frame::{Module, Page, Tab, card, search_box, sold_out_last, themed};

/// A category. `next` is the address of the next page, if there is one.
#[must_use]
pub fn goods(page: &Page, goods: &CategoryPage, next: Option<String>) -> String {
    let current = goods.categories.iter().find(|c| c.key == goods.current);
    let title = current.map_or_else(|| "全部商品".to_owned(), |c| c.name.clone());
    page.document(&format!("{title} - {}", goods.store.name), Module::Browse, &themed("shelf", &goods.store), || {
        let id = &goods.store.store;
        let side = goods
            .categories
            .iter()
            .map(|c| view! { <a href=format!("/s/{id}/c/{}", c.key) aria-current=(c.key == goods.current).then_some("page")>{c.name.clone()}</a> })
            .collect_view();
        view! {
            <header class="top slim"><a class="back" href=format!("/s/{id}") aria-label="返回首页"></a>{search_box(id)}</header>
            <div class="split">
                <nav class="side" aria-label="商品分类">{side}</nav>
                <main>
                    <h1 class="title">{title.clone()}</h1>
                    {if goods.page.items.is_empty() {
                        view! { <div class="blank"><i class="pic shop"></i>
                            <h2>"这个分类暂时没有商品"</h2><p>"从左侧其他分类找找，或在上方搜索"</p></div> }.into_any()
                    } else {
                        view! { <ul class="goods rows">{sold_out_last(&goods.page.items).map(|(i, item)| card(id, item, i < 5)).collect_view()}</ul> }.into_any()
                    }}
                    {next.map_or_else(
                        || (!goods.page.items.is_empty()).then(|| view! { <p class="foot">"没有更多了"</p> }).into_any(),
                        |next| view! { <p class="foot"><a class="btn plain" href=next rel="next">"下一页"</a></p> }.into_any(),
                    )}
                </main>
            </div>
            {page.tabs(id, goods.categories.first().map(|c| c.key.as_str()), Tab::Goods)}
        }
    })
}
