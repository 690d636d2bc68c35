//! What all pages have around them: head, container, the tab bar of a store.

use leptos::prelude::*;
use liandian_types::{
    StoreId,
    api::{ListingCard, StoreCard},
};

use crate::{islands::browse::CartCount, words};

/// What every page is told.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Version of the site's files, part of every address of one.
    pub version: String,
    /// Is somebody logged in?
    pub member: bool,
}

/// Which module of islands a page loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// None: the page is done as it comes.
    None,
    /// Looking around.
    Browse,
    /// Buying.
    Checkout,
}

/// The tab of a store's pages that is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// 首页
    Home,
    /// 分类
    Goods,
    /// 购物车
    Cart,
    /// 订单
    Orders,
}

impl Page {
    /// The document. `view` is made inside of an owner of its own, so that nothing of one page outlives it.
    pub fn document<V: IntoView>(&self, title: &str, module: Module, class: &'static str, view: impl FnOnce() -> V) -> String {
        let owner = Owner::new_root(None);
        let html = owner.with(|| {
            let at = |file: &str| format!("/pkg/{file}?v={}", self.version);
            let name = match module {
                Module::None => None,
                Module::Browse => Some("shop-browse"),
                Module::Checkout => Some("shop-checkout"),
            };
            view! {
                <html lang="zh-CN">
                    <head>
                        <meta charset="utf-8"/>
                        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"/>
                        <meta name="theme-color" content="#07c160"/>
                        <title>{format!("{title} · 连店")}</title>
                        <link rel="icon" href="/favicon.svg"/>
                        <link rel="stylesheet" href=at("shop.css")/>
                        {name.map(|name| view! {
                            <link rel="modulepreload" href=at(&format!("{name}.js"))/>
                            <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="anonymous" href=at(&format!("{name}.wasm"))/>
                            <script r#type="module" src=format!("/pkg/start.js?m={name}&v={}", self.version)></script>
                        })}
                    </head>
                    <body class=class>{view()}</body>
                </html>
            }
            .to_html()
        });
        owner.cleanup();
        format!("<!DOCTYPE html>{html}")
    }

    /// The fixed bar at the foot of a store's pages.
    pub fn tabs(&self, store: &StoreId, categories: Option<&str>, lit: Tab) -> impl IntoView + use<> {
        let goods = categories.map_or_else(|| format!("/s/{store}/search"), |c| format!("/s/{store}/c/{c}"));
        let current = move |tab| (tab == lit).then_some("page");
        // The cart's own page counts nothing: it shows everything.
        let count = (lit != Tab::Cart).then(|| view! { <CartCount store=store.to_string() member=self.member/> });
        view! {
            <nav class="tabs" aria-label="主导航">
                <a href=format!("/s/{store}") aria-current=current(Tab::Home)><i class="ico home"></i>"首页"</a>
                <a href=goods aria-current=current(Tab::Goods)><i class="ico grid"></i>"分类"</a>
                <a href=format!("/s/{store}/cart") aria-current=current(Tab::Cart)><i class="ico cart"></i>"购物车"{count}</a>
                <a href="/orders" aria-current=current(Tab::Orders)><i class="ico list"></i>"订单"</a>
            </nav>
        }
    }
}

/// Open or resting, and until when.
pub fn open_state(store: &StoreCard) -> impl IntoView + use<> {
    let (class, text) = match (store.paused, store.open_now, store.closing_soon) {
        (true, ..) => ("tag rest", "暂停接单"),
        (_, true, true) => ("tag rest", "即将打烊"),
        (_, true, false) => ("tag good", "营业中"),
        (_, false, _) => ("tag rest", "休息中"),
    };
    view! { <span class=class>{text}</span> }
}

/// A search inside one store.
pub fn search_box(store: &StoreId, query: Option<&str>) -> impl IntoView + use<> {
    view! {
        <form class="search" role="search" action=format!("/s/{store}/search") method="get">
            <input type="search" name="q" value=query.unwrap_or_default().to_owned() placeholder="搜商品、品牌、条码" aria-label="在本店搜索" enterkeyhint="search"/>
            <button type="submit">"搜索"</button>
        </form>
    }
}

/// A good in a grid or a list: picture, name, price, what is left, and `+`.
pub fn card(store: &StoreId, item: &ListingCard, eager: bool) -> impl IntoView + use<> {
    let href = format!("/s/{store}/p/{}", item.sku);
    let gone = item.available == 0;
    let few = item.available <= words::FEW;
    let loading = if eager { "eager" } else { "lazy" };
    view! {
        <li class="card" class:gone=gone>
            <a class="pic" href=href.clone() tabindex="-1" aria-hidden="true"><img src=item.picture.clone() alt="" width="240" height="240" loading=loading/></a>
            <div class="what">
                <a class="name" href=href.clone()>{item.flagship.then(|| view! { <span class="tag star">"主推"</span> })}{item.name.clone()}</a>
                <span class="dim">{item.spec.clone()}{few.then(|| view! { <span class="left">{words::stock(item.available)}</span> })}</span>
                <div class="end"><span class="price">{item.price.to_string()}</span>{item.was.map(|w| view! { <s class="num">{w.to_string()}</s> })}
                    {(!gone).then(|| view! {
                        <a class="add" href=href data-add=item.sku.to_string() role="button" aria-label=format!("把{}加入购物车", item.name)>"+"</a>
                    })}
                </div>
            </div>
        </li>
    }
}

/// A way back, for browsers whose own is far away.
pub fn head(back: String, title: String) -> impl IntoView {
    view! { <header class="top"><a class="back" href=back aria-label="返回"></a><h1>{title}</h1></header> }
}
