//! `/s/{store}/p/{sku}`: one product, its specs as links, and into the cart.

use leptos::prelude::*;
use liandian_types::{api::ProductPage, picture};

use super::{
    frame::{Module, Page, Tab, promos, themed},
    problem,
};
use crate::{islands::browse::AddToCart, words};

/// A product page.
#[must_use]
pub fn product(page: &Page, product: &ProductPage) -> String {
    let Some(chosen) = product.skus.iter().find(|s| s.sku == product.chosen) else {
        return problem(page, &liandian_types::Problem::new(liandian_types::Code::NotFound, "本店没有这件商品"));
    };
    let about = format!(
        "{} {}，{}，{} 有售。{}",
        product.name,
        chosen.spec,
        chosen.price,
        product.store.name,
        product.description.chars().take(60).collect::<String>()
    );
    page.document_about(&product.name, &about, Module::Browse, &themed("product", &product.store), || {
        let id = &product.store.store;
        let stock = if chosen.available == 0 { "tag rest" } else if chosen.available <= words::FEW { "tag bad" } else { "tag good" };
        let specs = product.skus.iter().map(|s| {
            view! {
                <a class="chip" class:gone={s.available == 0} href=format!("/s/{id}/p/{}", s.sku) aria-current=(s.sku == chosen.sku).then_some("true")>
                    {s.spec.clone()}<small class="num">{s.price.to_string()}</small></a>
            }
        });
        view! {
            <header class="top float"><a class="back" href=format!("/s/{id}/c/{}", chosen.category) aria-label="返回分类"></a></header>
            <main>
                <img class="big" src=chosen.picture.clone() srcset=picture::srcset(&chosen.picture) sizes="(min-width: 720px) 720px, 100vw"
                    alt=product.name.clone() width="640" height="640" fetchpriority="high"/>
                <section class="panel">
                    <p class="pricing"><span class="price large">{chosen.price.to_string()}</span>
                        {chosen.was.map(|w| view! { <span class="dim">"原价 "<s class="num">{w.to_string()}</s></span> })}
                        <span class=stock>{words::stock(chosen.available)}</span></p>
                    <h1>{chosen.flagship.then(|| view! { <span class="tag star">"品牌主推"</span> })}{product.name.clone()}</h1>
                    <p class="dim">{product.brand.clone()}" · "{chosen.spec.clone()}</p>
                    {promos(&chosen.labels)}
                </section>
                {(product.skus.len() > 1).then(|| view! { <section class="panel"><h2 class="title">"规格"</h2><div class="chips">{specs.collect_view()}</div></section> })}
                <section class="panel"><h2 class="title">"商品介绍"</h2><p class="text">{product.description.clone()}</p></section>
                <a class="panel cell" href=format!("/s/{id}")><span>"由 "<b>{product.store.name.clone()}</b>" 供货"</span><span class="dim">"进店逛逛 ›"</span></a>
                <noscript><p class="notice">"加入购物车需要启用 JavaScript。"</p></noscript>
            </main>
            <div class="buy"><AddToCart store=id.to_string() sku=chosen.sku.to_string() left=chosen.available/></div>
            {page.tabs(id, Some(&chosen.category), Tab::Goods)}
        }
    })
}
