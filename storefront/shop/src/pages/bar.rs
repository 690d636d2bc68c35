//! `/s/{store}/cart/bar`: the cart as the foot of a store's pages shows it, a part of a page. What it costs, what it saves, what is missing for more, and
//! the cart itself in half a screen; ticks and steps are the page's small script.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    Fen, SkuId, StoreId,
    api::{Quote, QuoteLine, StoreCard},
    picture,
};

use super::frame::{Page, part, rides, short};

/// A cart with what it costs.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// Whose shop it is.
    pub store: &'a StoreCard,
    /// What is ticked, priced; absent when nothing is.
    pub quote: Option<&'a Quote>,
    /// What is in the cart besides.
    pub besides: &'a [QuoteLine],
    /// What the store does not sell (any more), by its name where it has one.
    pub gone: &'a [(SkuId, String)],
    /// Units by the key of their category.
    pub counts: &'a [(String, u32)],
}

/// The bar and its half screen. Empty for an empty cart.
#[must_use]
pub fn bar(page: &Page, b: &Bar<'_>) -> String {
    let chosen = b.quote.map(|q| q.lines.as_slice()).unwrap_or_default();
    if chosen.is_empty() && b.besides.is_empty() && b.gone.is_empty() {
        return String::new();
    }
    part(|| {
        let id = &b.store.store;
        let units: u32 = chosen.iter().map(|l| l.quantity.get()).sum();
        let counts = b.counts.iter().map(|(key, n)| format!("{key}:{n}")).collect::<Vec<_>>().join(" ");
        let total = b.quote.map_or(Fen::ZERO, |q| q.total);
        let saved = b.quote.map_or(Fen::ZERO, saved);
        let more = b.quote.and_then(|q| missing(page, b.store, q));
        let said = if chosen.is_empty() { "还没有勾选商品".to_owned() } else { format!("购物车 {units} 件，{total}") };
        let note = match (&more, saved > Fen::ZERO) {
            // What is missing comes first: a narrow screen cuts off the end.
            (Some((text, _)), true) => format!("{text} · 已省 {}", short(saved)),
            (Some((text, _)), false) => text.clone(),
            (None, true) => format!("已省 {}", short(saved)),
            (None, false) => b.quote.map(|q| when(q, rides(page, b.store))).unwrap_or_default(),
        };
        let lines = chosen.iter().map(|l| line(id, l, true)).chain(b.besides.iter().map(|l| line(id, l, false))).collect_view();
        view! {
            <div class="fill" data-said=said data-counts=counts data-gone=b.gone.len().to_string()>
                <details class="half">
                    <summary><i class="ico cart"></i><span class="count on">{units}</span>
                        <span class="sums"><b class="price">{if chosen.is_empty() { "—".to_owned() } else { total.to_string() }}</b><small>{note}</small></span></summary>
                    <section class="drawer" aria-label="购物车里的商品">
                        <p class="row"><b>{format!("已选 {units} 件")}</b>{b.quote.map(|q| fee_line(page, b.store, q))}
                            <button class="link" type="button" data-clear="1">"清空"</button></p>
                        <ul class="basket">{lines}</ul>
                        {(!b.gone.is_empty()).then(|| gone(b.gone))}
                        <p class="foot"><a href=format!("/s/{id}/cart")>"到购物车看优惠明细 ›"</a></p>
                    </section>
                </details>
                {more.map(|(_, href)| view! { <a class="link more" href=href>"去凑单"</a> })}
                {pay(id, b.quote)}
            </div>
        }
    })
}

/// What campaigns take off.
fn saved(q: &Quote) -> Fen {
    let goods = q.list.map_or(Fen::ZERO, |list| list - q.goods);
    goods + q.discounts.iter().map(|d| d.delivery).sum::<Fen>()
}

/// What is missing for something better, and where it is found: free delivery first, then what campaigns say.
fn missing(page: &Page, store: &StoreCard, q: &Quote) -> Option<(String, String)> {
    let id = &store.store;
    let free = page.fees.free_from;
    if rides(page, store) && q.delivery_fee > Fen::ZERO && q.goods < free {
        return Some((format!("还差 {} 免配送费", short(free - q.goods)), format!("/s/{id}/search")));
    }
    let near = q.not_applied.iter().find_map(|m| Some((m, m.more.as_ref()?)));
    near.map(|(m, tail)| (format!("{} {}", m.why, m.title), format!("/s/{id}{tail}")))
}

fn when(q: &Quote, rides: bool) -> String {
    if q.short || q.refusal.is_some() {
        return String::new();
    }
    let text = q.ready_text.strip_prefix("今天 ").unwrap_or(&q.ready_text);
    format!("{text} {}", if rides { "前送达" } else { "可取" })
}

fn fee_line(page: &Page, store: &StoreCard, q: &Quote) -> Option<impl IntoView + use<>> {
    let text = if q.delivery_fee > Fen::ZERO { format!("含配送费 {}", short(q.delivery_fee)) } else { "免配送费".to_owned() };
    rides(page, store).then(|| view! { <span class="dim">{text}</span> })
}

/// On to the till; what cannot be ordered as it is goes to the cart, where the ways out are compared.
fn pay(store: &StoreId, quote: Option<&Quote>) -> impl IntoView + use<> {
    let (href, says) = match quote {
        None => (None, "请勾选"),
        Some(q) if q.short => (Some(format!("/s/{store}/cart")), "有缺货"),
        Some(q) if q.refusal.is_some() => (Some(format!("/s/{store}/cart")), "看原因"),
        Some(_) => (Some(format!("/s/{store}/checkout")), "去结算"),
    };
    match href {
        Some(href) => Either::Left(view! { <a class="btn" href=href>{says}</a> }),
        None => Either::Right(view! { <span class="btn plain">{says}</span> }),
    }
}

/// A line: ticked or not, how many, and that the store lacks some.
fn line(store: &StoreId, l: &QuoteLine, on: bool) -> impl IntoView + use<> {
    let (sku, n) = (l.sku.to_string(), l.quantity.get());
    let name = format!("{} {}", l.name, l.spec).trim_end().to_owned();
    let lacks = (l.available < n)
        .then(|| view! { <span class="left">{if l.available == 0 { "本店缺货".to_owned() } else { format!("本店只有 {} 件", l.available) }}</span> });
    view! {
        <li class:off=!on>
            <button class="tick" type="button" role="checkbox" aria-checked=if on { "true" } else { "false" } aria-label=format!("结算{name}") data-tick=sku.clone()></button>
            <a href=format!("/s/{store}/p/{sku}") tabindex="-1" aria-hidden="true"><img src=picture::small(&l.picture) alt="" width="48" height="48" loading="lazy"/></a>
            <span class="what"><b>{l.name.clone()}</b><span class="dim">{l.spec.clone()}{lacks}</span>
                <span class="price">{(l.total - l.off.unwrap_or(Fen::ZERO)).to_string()}</span></span>
            <span class="step" data-step=sku.clone() data-n=n.to_string()>
                <button class="sub" type="button" data-sub=sku.clone() aria-label=format!("{name}少一件")>"−"</button>
                <button class="add" type="button" data-add=sku.clone() aria-label=format!("{name}多一件")>"+"</button>
            </span>
        </li>
    }
}

/// What the store does not sell, apart from what it does.
fn gone(all: &[(SkuId, String)]) -> impl IntoView + use<> {
    let skus = all.iter().map(|(sku, _)| sku.as_str()).collect::<Vec<_>>().join(" ");
    let names = all.iter().map(|(_, name)| view! { <li class="dim">{if name.is_empty() { "已下架的商品".to_owned() } else { name.clone() }}</li> });
    let names = names.collect_view();
    view! {
        <div class="invalid">
            <p class="row"><b>{format!("失效商品 {} 种", all.len())}</b><button class="link" type="button" data-drop=skus>"移除失效商品"</button></p>
            <ul>{names}</ul>
        </div>
    }
}
