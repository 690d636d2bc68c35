//! `/s/{store}/search`: what a store sells of what is looked for.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    StoreId,
    api::{CategoryPage, FacetChoice, SearchFound},
};

use super::frame::{Module, Page, Tab, card, cart_bar, escaped, shop_head, themed};
use crate::islands::search::{SearchField, SearchHistory};

/// A search as its address says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// The words.
    pub text: Option<String>,
    /// Only this category, by its key.
    pub category: Option<String>,
    /// Only this brand.
    pub brand: Option<String>,
    /// Only this price, as the route has it.
    pub price: Option<String>,
    /// The order, as the route has it.
    pub sort: Option<String>,
}

/// A field of a search.
type Field = fn(&mut Sought) -> &mut Option<String>;

impl Sought {
    /// Its address, for a parameter to follow.
    #[must_use]
    pub fn address(&self, store: &str) -> String {
        let all = [("q", &self.text), ("category", &self.category), ("brand", &self.brand), ("price", &self.price), ("sort", &self.sort)];
        let said: Vec<String> = all.iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(value.as_deref()?)))).collect();
        format!("/s/{}/search?{}", escaped(store), said.join("&"))
    }

    /// The address with another value of one field.
    fn with(&self, store: &StoreId, field: Field, value: Option<&str>) -> String {
        let mut other = self.clone();
        *field(&mut other) = value.map(str::to_owned);
        other.address(store.as_str())
    }

    fn is_narrowed(&self) -> bool {
        self.category.is_some() || self.brand.is_some() || self.price.is_some()
    }
}

/// Orders: as the route has them, and as people call them.
const SORTS: [(Option<&str>, &str); 4] =
    [(None, "综合"), (Some("price_up"), "价格从低到高"), (Some("price_down"), "价格从高到低"), (Some("newest"), "新上架")];

/// The results of a search; without words, what could be looked for. `hot`: words to begin with, or to try instead. `next` is the address of the
/// next page, if there is one.
#[must_use]
pub fn search(page: &Page, goods: &CategoryPage, sought: &Sought, hot: &[String], next: Option<String>) -> String {
    page.document(&format!("搜索 - {}", goods.store.name), Module::Browse, &themed("shelf", &goods.store), || {
        let id = &goods.store.store;
        let text = sought.text.clone().unwrap_or_default();
        let side = goods.categories.iter().map(|c| view! { <a href=format!("/s/{id}/c/{}", c.key)>{c.name.clone()}</a> }).collect_view();
        let total = goods.page.found.as_ref().map(|f| f.total);
        let said = match (text.is_empty(), total) {
            (false, Some(n)) => format!("“{text}” 共 {n} 件商品"),
            (false, None) => format!("“{text}”"),
            _ => "全部商品".to_owned(),
        };
        let none = goods.page.items.is_empty();
        let all_gone = !none && total.is_some() && goods.page.items.iter().all(|i| i.available == 0);
        // The order is the search's: what is sold out is last already.
        let cards = goods.page.items.iter().enumerate().map(|(i, item)| card(id, item, i < 5)).collect_view();
        let results = if none {
            Either::Left(nothing(id, sought, goods.page.found.as_ref()))
        } else {
            Either::Right(view! { <ul class="goods rows">{cards}</ul> })
        };
        view! {
            {shop_head(page, &goods.store, Some(format!("/s/{id}")), false, view! { <SearchField store=id.to_string() query=text.clone()/> })}
            <div class="split">
                <nav class="side" aria-label="商品分类">{side}</nav>
                <main>
                    <SearchHistory store=id.to_string() query=text.clone()/>
                    {(text.is_empty() || none).then(|| hot_words(id, hot)).flatten()}
                    <h1 class="title" aria-live="polite">{said}</h1>
                    {goods.page.found.as_ref().map(|found| narrow(id, sought, found))}
                    {all_gone.then(|| view! { <p class="notice">"找到的商品本店都已售罄，点开商品可以看哪里能买到。"</p> })}
                    {results}
                    {next.map_or_else(
                        || (!none).then(|| view! { <p class="foot">"没有更多了"</p> }).into_any(),
                        |next| view! { <p class="foot"><a class="btn plain" href=next rel="next">"下一页"</a></p> }.into_any(),
                    )}
                </main>
            </div>
            {cart_bar(id)}
            {page.tabs(id, goods.categories.first().map(|c| c.key.as_str()), Tab::Goods)}
        }
    })
}

/// Words that HQ proposes and this store sells something of.
fn hot_words(store: &StoreId, hot: &[String]) -> Option<impl IntoView + use<>> {
    if hot.is_empty() {
        return None;
    }
    let chips = hot.iter().map(|w| {
        let sought = Sought { text: Some(w.clone()), ..Sought::default() };
        view! { <a class="chip" href=sought.address(store.as_str())>{w.clone()}</a> }
    });
    let chips = chips.collect_view();
    Some(view! { <section class="hot"><h2 class="title">"大家在搜"</h2><p class="chips">{chips}</p></section> })
}

/// How results are sorted, and by what they can be narrowed: links, so that an address says it all.
fn narrow(store: &StoreId, sought: &Sought, found: &SearchFound) -> impl IntoView + use<> {
    let sorts = SORTS.map(|(sort, name)| {
        let here = sought.sort.as_deref() == sort;
        view! { <a class="chip" href=sought.with(store, |s| &mut s.sort, sort) aria-current=here.then_some("true")>{name}</a> }
    });
    let sorts = sorts.into_iter().collect_view();
    let facets = [
        facet(store, sought, "分类", &found.categories, |s| &mut s.category),
        facet(store, sought, "品牌", &found.brands, |s| &mut s.brand),
        facet(store, sought, "价格", &found.prices, |s| &mut s.price),
    ];
    let facets = facets.into_iter().collect_view();
    view! { <nav class="narrow" aria-label="排序与筛选"><p class="chips" aria-label="排序">{sorts}</p>{facets}</nav> }
}

/// The choices of one facet. The one that is chosen leads back to all; of a single one there is nothing to choose.
fn facet(store: &StoreId, sought: &Sought, title: &'static str, choices: &[FacetChoice], field: Field) -> Option<impl IntoView + use<>> {
    let chosen = field(&mut sought.clone()).clone();
    if choices.len() < 2 && chosen.is_none() {
        return None;
    }
    // What leaves nothing is still there to be taken back.
    let gone = chosen.clone().filter(|key| choices.iter().all(|c| c.key != *key));
    let gone = gone.map(|key| FacetChoice { name: key.clone(), key, count: 0 });
    let chips = choices.iter().chain(gone.as_ref()).map(|c| {
        let here = chosen.as_ref() == Some(&c.key);
        let href = sought.with(store, field, (!here).then_some(c.key.as_str()));
        view! {
            <a class="chip" href=href aria-current=here.then_some("true") aria-label=here.then(|| format!("取消{title}：{}", c.name))>
                {format!("{} {}", c.name, c.count)}
            </a>
        }
    });
    let chips = chips.collect_view();
    Some(view! { <p class="chips" aria-label=title>{chips}</p> })
}

/// Nothing was found: what to try next.
fn nothing(store: &StoreId, sought: &Sought, found: Option<&SearchFound>) -> impl IntoView + use<> {
    let meant = found.map(|f| f.meant.clone()).unwrap_or_default();
    let meant = meant.into_iter().map(|w| {
        let other = Sought { text: Some(w.clone()), ..Sought::default() };
        view! { <a class="chip go" href=other.address(store.as_str())>{w}</a> }
    });
    let meant: Vec<_> = meant.collect();
    let wide = Sought { text: sought.text.clone(), sort: sought.sort.clone(), ..Sought::default() };
    let sought_any = sought.text.is_some();
    view! {
        <div class="blank"><i class="pic shop"></i>
            <h2>{if sought_any { "没有找到商品" } else { "想买点什么？" }}</h2>
            {(!meant.is_empty()).then(|| view! { <p>"您是不是想找："</p><p class="chips">{meant}</p> })}
            {sought.is_narrowed().then(|| view! { <a class="btn plain" href=wide.address(store.as_str())>"清除筛选"</a> })}
            <p>{if sought_any { "少打几个字、换个说法，或从左侧分类找找" } else { "在上方输入名称、品牌、拼音或条码" }}</p></div>
    }
}
