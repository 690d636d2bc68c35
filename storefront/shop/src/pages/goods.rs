//! `/s/{store}/c/{category}`: goods of a store, a row a product. The list goes on with the next page, and then with the next category, as one scrolls; without
//! a script the same are pages. The rail follows the list, and the list the rail.

use std::collections::BTreeSet;

use leptos::{either::Either, prelude::*};
use liandian_types::{
    Fen, StoreId,
    api::{CategoryPage, ListingCard},
    picture,
};

use super::frame::{Module, Page, Tab, cart_bar, promos, search_box, shop_head, stepper, themed};
use crate::words;

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
            .map(|c| {
                let here = (c.key == goods.current).then_some("page");
                view! { <a href=format!("/s/{id}/c/{}", c.key) data-cat=c.key.clone() aria-current=here>{c.name.clone()}</a> }
            })
            .collect_view();
        // Behind the last page of a category comes the next one.
        let onward = goods.categories.iter().skip_while(|c| c.key != goods.current).nth(1);
        let onward = onward.map(|c| (format!("/s/{id}/c/{}", c.key), format!("继续看{} ›", c.name)));
        let next = next.map(|next| (next, "下一页".to_owned())).or(onward);
        let products = products(&goods.page.items);
        let rows = products.iter().enumerate().map(|(i, p)| row(id, p, i < 5)).collect_view();
        view! {
            {shop_head(page, &goods.store, Some(format!("/s/{id}")), false, search_box(id))}
            <div class="split">
                <nav class="side" aria-label="商品分类">{side}</nav>
                <main data-list="1">
                    <section class="part" data-cat=goods.current.clone() aria-label=title.clone()>
                        <h1 class="title">{title.clone()}</h1>
                        {if products.is_empty() {
                            Either::Left(view! { <div class="blank"><i class="pic shop"></i>
                                <h2>"这个分类暂时没有商品"</h2><p>"从左侧其他分类找找，或在上方搜索"</p></div> })
                        } else {
                            Either::Right(view! { <ul class="goods rows">{rows}</ul> })
                        }}
                    </section>
                    {match next {
                        None => Either::Left(view! { <p class="foot">"没有更多了"</p> }),
                        Some((href, says)) => Either::Right(view! { <p class="foot"><a class="btn plain" href=href rel="next">{says}</a></p> }),
                    }}
                </main>
            </div>
            {cart_bar(id)}
            {page.tabs(id, goods.categories.first().map(|c| c.key.as_str()), Tab::Goods)}
        }
    })
}

/// The goods of a page by product, in their order; what is sold out in all its kinds is behind all others.
fn products(items: &[ListingCard]) -> Vec<Vec<&ListingCard>> {
    let mut all: Vec<Vec<&ListingCard>> = Vec::new();
    for item in items {
        match all.iter_mut().find(|p| p.first().is_some_and(|first| first.spu == item.spu)) {
            Some(product) => product.push(item),
            None => all.push(vec![item]),
        }
    }
    all.sort_by_key(|p| p.iter().all(|i| i.available == 0));
    all
}

/// A product in a row: one kind of it with its steps, of several the way to choose, in half a screen.
fn row(store: &StoreId, kinds: &[&ListingCard], eager: bool) -> Option<impl IntoView + use<>> {
    // What is there stands for the product.
    let shown = *kinds.iter().find(|k| k.available > 0).or(kinds.first())?;
    let href = format!("/s/{store}/p/{}", shown.sku);
    let gone = shown.available == 0;
    let several = kinds.len() > 1;
    let least = kinds.iter().filter(|k| gone || k.available > 0).map(|k| k.price).min().unwrap_or(Fen::ZERO);
    let from = several && kinds.iter().any(|k| k.price != least);
    let labels: Vec<String> = kinds.iter().flat_map(|k| k.labels.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
    let spec = if several { format!("{} 种规格", kinds.len()) } else { shown.spec.clone() };
    let left = (!several && shown.available <= words::FEW).then(|| view! { <span class="left">{words::stock(shown.available)}</span> });
    let loading = if eager { "eager" } else { "lazy" };
    let sizes = if eager { "104px" } else { "auto, 104px" };
    let end = if several {
        Either::Left(choose(store, kinds, &shown.name))
    } else if gone {
        // The product's page names who else has it.
        Either::Right(Either::Left(view! { <a class="btn small plain find" href=href.clone()>"看怎么买到"</a> }))
    } else {
        Either::Right(Either::Right(stepper(&shown.sku, &shown.name, href.clone())))
    };
    Some(view! {
        <li class="card" class:gone=gone>
            <a class="pic" href=href.clone() tabindex="-1" aria-hidden="true"><img src=picture::at(&shown.picture, 400) srcset=picture::srcset(&shown.picture) sizes=sizes alt="" width="240" height="240"
                loading=loading fetchpriority=eager.then_some("high") decoding="async"/></a>
            <div class="what">
                <a class="name" href=href>{shown.flagship.then(|| view! { <span class="tag star">"主推"</span> })}{shown.name.clone()}</a>
                <span class="dim">{spec}{left}</span>
                {promos(&labels)}
                <div class="end"><span class="price">{least.to_string()}{from.then(|| view! { <small>" 起"</small> })}</span>
                    {shown.was.filter(|_| !several).map(|w| view! { <s class="num">{w.to_string()}</s> })}{end}</div>
            </div>
        </li>
    })
}

/// 选规格: the kinds of a product, each with its price and its steps. Opens without a script.
fn choose(store: &StoreId, kinds: &[&ListingCard], name: &str) -> impl IntoView + use<> {
    let all = kinds.iter().map(|k| {
        let href = format!("/s/{store}/p/{}", k.sku);
        let few = (k.available <= words::FEW).then(|| view! { <span class="left">{words::stock(k.available)}</span> });
        let end = if k.available == 0 {
            Either::Left(view! { <a class="btn small plain find" href=href.clone()>"看怎么买到"</a> })
        } else {
            Either::Right(stepper(&k.sku, &format!("{} {}", k.name, k.spec), href.clone()))
        };
        view! { <li><a class="what" href=href><b>{k.spec.clone()}</b><span class="price">{k.price.to_string()}</span>{few}</a>{end}</li> }
    });
    let all = all.collect_view();
    let name = name.to_owned();
    view! {
        <details class="half kinds"><summary class="btn small" aria-label=format!("选规格：{name}")>"选规格"</summary>
            <div class="drawer" role="group" aria-label=format!("{name}的规格")><p class="row"><b>{name.clone()}</b></p><ul>{all}</ul></div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(sku: &str, spu: &str, available: u32) -> ListingCard {
        ListingCard {
            sku: sku.parse().unwrap(),
            spu: spu.parse().unwrap(),
            name: "鲜牛奶".to_owned(),
            spec: "950ml".to_owned(),
            category: "dairy".to_owned(),
            picture: String::new(),
            price: Fen(1_000),
            was: None,
            available,
            flagship: false,
            labels: Vec::new(),
        }
    }

    #[test]
    fn given_kinds_of_a_product_when_listed_then_they_are_one_row_and_what_is_gone_in_all_of_them_comes_last() {
        let items = [card("sku_1", "spu_1", 0), card("sku_2", "spu_2", 0), card("sku_3", "spu_1", 4), card("sku_4", "spu_3", 1)];
        let rows: Vec<Vec<&str>> = products(&items).iter().map(|p| p.iter().map(|i| i.sku.as_str()).collect()).collect();
        assert_eq!(rows, [vec!["sku_1", "sku_3"], vec!["sku_4"], vec!["sku_2"]]);
        assert!(products(&[]).is_empty());
    }
}
