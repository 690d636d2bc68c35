//! `/s/{store}/deals/{campaign}`: what a campaign does, and the goods that it is about. 去凑单 leads here.

use leptos::prelude::*;
use liandian_types::api::DealPage;

use super::frame::{Module, Page, Tab, card, cart_bar, shop_head, sold_out_last, themed};

/// A campaign with its goods.
#[must_use]
pub fn deal(page: &Page, deal: &DealPage) -> String {
    page.document(&format!("{} - {}", deal.title, deal.store.name), Module::Browse, &themed("deal", &deal.store), || {
        let id = &deal.store.store;
        let stands = match (&deal.begins_text, deal.runs) {
            (_, true) => "进行中".to_owned(),
            (Some(begins), false) => format!("{begins} 开始"),
            (None, false) => "现在没有开始".to_owned(),
        };
        let parts = deal.parts.iter().map(|p| view! { <li>{p.clone()}</li> }).collect_view();
        let categories = deal.categories.iter().map(|c| view! { <a href=format!("/s/{id}/c/{}", c.key)>{c.name.clone()}</a> }).collect_view();
        view! {
            {shop_head(page, &deal.store, Some(format!("/s/{id}")), false, ())}
            <main>
                <h1 class="title">{deal.title.clone()}</h1>
                <section class="cells terms">
                    <div class="cell"><span>{deal.what.clone()}</span><span class="tag promo">{stands}</span></div>
                    <div class="cell dim"><span>{deal.by.clone()}</span><span class="num">{deal.when.clone()}</span></div>
                    {(!deal.parts.is_empty()).then(|| view! { <ul class="cell parts">{parts}</ul> })}
                </section>
                {deal.all_goods.then(|| view! {
                    <p class="dim pad">"全店商品都参加，下面是本店推荐。"</p>
                    <nav class="cats" aria-label="商品分类">{categories}</nav>
                })}
                {if deal.items.is_empty() {
                    view! { <div class="blank"><i class="pic shop"></i><h2>"本店暂时没有参加活动的商品"</h2>
                        <a class="btn" href=format!("/s/{id}")>"去逛逛"</a></div> }.into_any()
                } else {
                    view! { <ul class="goods rows">{sold_out_last(&deal.items).map(|(i, item)| card(id, item, i < 4)).collect_view()}</ul> }.into_any()
                }}
                <p class="foot"><a class="btn plain" href=format!("/s/{id}/cart")>"回购物车看优惠"</a></p>
            </main>
            {cart_bar(id)}
            {page.tabs(id, deal.categories.first().map(|c| c.key.as_str()), Tab::Goods)}
        }
    })
}
