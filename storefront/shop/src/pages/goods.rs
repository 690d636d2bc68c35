//! `/s/{store}/c/{category}`: goods of a store, a row a product. The list goes on with the next page, and then with the next category, as one scrolls; without
//! a script the same are pages. The rail follows the list, and the list the rail.

use std::collections::{BTreeMap, BTreeSet};

use leptos::{either::Either, prelude::*};
use liandian_types::{
    Fen, SpuId, StoreId,
    api::{CategoryPage, ListingCard},
    picture,
};

use super::frame::{Module, Page, Tab, cart_bar, promos, search_box, shop_head, stepper, themed};
use crate::words;

/// How the goods of a category are arranged, as its address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arranged {
    /// By price: `Some(true)` from the lowest on, `Some(false)` from the highest on.
    pub rising: Option<bool>,
    /// Only what is there.
    pub there: bool,
}

impl Arranged {
    /// As the parameters `sort` and `stock` say it; what is no choice arranges nothing.
    #[must_use]
    pub fn of(sort: Option<&str>, stock: Option<&str>) -> Self {
        let rising = match sort {
            Some("price_up") => Some(true),
            Some("price_down") => Some(false),
            _ => None,
        };
        Self { rising, there: stock == Some("1") }
    }

    /// Goods so. A product has its place by the lowest price at which it is there: that is the one that its row shows.
    pub fn arrange(self, items: &mut Vec<ListingCard>) {
        if self.there {
            items.retain(|i| i.available > 0);
        }
        let Some(rising) = self.rising else { return };
        let mut least: BTreeMap<SpuId, (bool, Fen)> = BTreeMap::new();
        for i in items.iter() {
            let this = (i.available == 0, i.price);
            least.entry(i.spu.clone()).and_modify(|had| *had = this.min(*had)).or_insert(this);
        }
        let place = |i: &ListingCard| {
            let (gone, price) = least.get(&i.spu).copied().unwrap_or_default();
            (gone, if rising { price.0 } else { -price.0 })
        };
        items.sort_by_cached_key(place);
    }

    /// The same as the end of an address.
    fn query(self) -> String {
        let sort = match self.rising {
            Some(true) => Some("sort=price_up"),
            Some(false) => Some("sort=price_down"),
            None => None,
        };
        let all: Vec<&str> = sort.into_iter().chain(self.there.then_some("stock=1")).collect();
        if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
    }
}

/// The choices of an arrangement: links, so that an address says it all.
fn choices(at: &str, a: Arranged) -> impl IntoView + use<> {
    let chip = |title: &'static str, to: Arranged, on: bool| {
        view! { <a class="chip" href=format!("{at}{}", to.query()) rel="nofollow" aria-current=on.then_some("true")>{title}</a> }
    };
    let sorts = [("综合", None), ("价格从低到高", Some(true)), ("价格从高到低", Some(false))];
    let sorts = sorts.map(|(title, rising)| chip(title, Arranged { rising, ..a }, a.rising == rising)).into_iter().collect_view();
    let there = chip("只看有货", Arranged { there: !a.there, ..a }, a.there);
    view! { <nav class="narrow" aria-label="排序与筛选"><p class="chips">{sorts}{there}</p></nav> }
}

/// A category. `next` is the address of the next page, if there is one.
#[must_use]
pub fn goods(page: &Page, goods: &CategoryPage, next: Option<String>) -> String {
    goods_arranged(page, goods, next, Arranged::default(), false)
}

/// The same in another arrangement. `more`: there are goods that were not looked at for it.
#[must_use]
pub fn goods_arranged(page: &Page, goods: &CategoryPage, next: Option<String>, arranged: Arranged, more: bool) -> String {
    let current = goods.categories.iter().find(|c| c.key == goods.current);
    let title = current.map_or_else(|| "全部商品".to_owned(), |c| c.name.clone());
    page.document(&format!("{title} - {}", goods.store.name), Module::Browse, &themed("shelf", &goods.store), || {
        let id = &goods.store.store;
        let side = goods
            .categories
            .iter()
            .map(|c| {
                let here = (c.key == goods.current).then_some("page");
                view! { <a href=format!("/s/{id}/c/{}{}", c.key, arranged.query()) data-cat=c.key.clone() aria-current=here>{c.name.clone()}</a> }
            })
            .collect_view();
        // Behind the last page of a category comes the next one.
        let onward = goods.categories.iter().skip_while(|c| c.key != goods.current).nth(1);
        let onward = onward.map(|c| (format!("/s/{id}/c/{}{}", c.key, arranged.query()), format!("继续看{} ›", c.name)));
        let next = next.map(|next| (next, "下一页".to_owned())).or(onward);
        let products = products(&goods.page.items);
        let rows = products.iter().enumerate().map(|(i, p)| row(id, p, i < 5)).collect_view();
        view! {
            {shop_head(page, &goods.store, Some(format!("/s/{id}")), false, search_box(id))}
            <div class="split">
                <nav class="side" aria-label="商品分类">{side}</nav>
                <main data-list="1">
                    {choices(&format!("/s/{id}/c/{}", goods.current), arranged)}
                    {more.then(|| view! { <p class="hint">"商品较多，只排列了前面的一部分。"</p> })}
                    <section class="part" data-cat=goods.current.clone() aria-label=title.clone()>
                        <h1 class="title">{title.clone()}</h1>
                        {if products.is_empty() {
                            Either::Left(view! { <div class="blank"><i class="pic shop"></i>
                                <h2>{if arranged.there { "这个分类暂时没有有货的商品" } else { "这个分类暂时没有商品" }}</h2><p>"从左侧其他分类找找，或在上方搜索"</p></div> })
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

    #[test]
    fn given_an_arrangement_when_asked_for_then_prices_rise_or_fall_what_is_gone_is_left_out_and_nonsense_arranges_nothing() {
        let cards = || {
            let mut all = vec![card("sku_1", "spu_1", 1), card("sku_2", "spu_2", 0), card("sku_3", "spu_3", 1)];
            all[0].price = Fen(300);
            all[2].price = Fen(200);
            all
        };
        let arranged = |sort: Option<&str>, stock: Option<&str>| {
            let mut all = cards();
            Arranged::of(sort, stock).arrange(&mut all);
            all.into_iter().map(|c| c.sku.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(arranged(Some("price_up"), None), ["sku_3", "sku_1", "sku_2"]);
        assert_eq!(arranged(Some("price_down"), Some("1")), ["sku_1", "sku_3"]);
        assert_eq!(arranged(Some("cheap"), Some("yes")), ["sku_1", "sku_2", "sku_3"]);
        let again = |a: Arranged| a.query();
        assert_eq!(again(Arranged::of(Some("price_down"), Some("1"))), "?sort=price_down&stock=1");
        assert_eq!(again(Arranged::default()), "");
    }
}
