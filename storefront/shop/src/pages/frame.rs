//! What all pages have around them: head, container, the tab bar of a store.

use leptos::{either::Either, prelude::*};
use liandian_pricing::Fees;
use liandian_types::{
    GeoPoint, MemberId, StoreId,
    api::{ListingCard, StoreCard},
    picture,
};

use crate::{islands::browse::CartCount, place, words};

/// What every page is told.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Version of the site's files, part of every address of one.
    pub version: String,
    /// Does the customer have goods brought? Else he fetches them. A choice that the device keeps.
    pub rides: bool,
    /// What bringing goods costs.
    pub fees: Fees,
    /// Where he looked for stores last.
    pub near: Option<GeoPoint>,
    /// The address of this page, to come back to it with another choice.
    pub here: String,
    /// Where this shop is reached from outside, for shared links; empty when that is not known.
    pub origin: String,
    /// Who is logged in, if anybody is.
    pub member: Option<MemberId>,
    /// The store that the customer looked at last: its id and its name.
    pub last: Option<(StoreId, String)>,
    /// Is it looked at inside of WeChat's mini-program? Its shell does there what a page cannot, and has a tab bar of its own.
    pub shell: bool,
    /// Does this device show larger type?
    pub large: bool,
}

/// Which module of islands a page loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// None: the page is done as it comes.
    None,
    /// Looking around.
    Browse,
    /// The cart.
    Cart,
    /// The till.
    Checkout,
    /// After buying.
    Order,
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
    /// 我的
    Me,
}

impl Page {
    /// The document. `view` is made inside of an owner of its own, so that nothing of one page outlives it.
    pub fn document<V: IntoView>(&self, title: &str, module: Module, class: &str, view: impl FnOnce() -> V) -> String {
        let about = format!("{title}，连店：线上下单，到店自提、同城配送或快递到家。");
        self.document_about(title, &about, module, class, view)
    }

    /// The same with its own sentence for search engines and shared links.
    pub fn document_about<V: IntoView>(&self, title: &str, about: &str, module: Module, class: &str, view: impl FnOnce() -> V) -> String {
        self.document_shared(title, about, None, module, class, view)
    }

    /// The same with a picture for whoever is sent its address.
    pub fn document_shared<V: IntoView>(
        &self,
        title: &str,
        about: &str,
        picture: Option<&str>,
        module: Module,
        class: &str,
        view: impl FnOnce() -> V,
    ) -> String {
        let owner = Owner::new_root(None);
        let class = if self.large { format!("{class} large") } else { class.to_owned() };
        let html = owner.with(|| {
            let at = |file: &str| format!("/pkg/{file}?v={}", self.version);
            let name = match module {
                Module::None => None,
                Module::Browse => Some("shop-browse"),
                Module::Cart => Some("shop-cart"),
                Module::Checkout => Some("shop-checkout"),
                Module::Order => Some("shop-order"),
            };
            view! {
                <html lang="zh-CN" data-shell=self.shell.then_some("")>
                    <head>
                        <meta charset="utf-8"/>
                        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"/>
                        <meta name="theme-color" content="#067a40"/>
                        <meta name="description" content=about.to_owned()/>
                        <title>{format!("{title} · 连店")}</title>
                        <link rel="icon" href="/favicon.svg"/>
                        <link rel="stylesheet" href=at("shop.css")/>
                        // Before the islands wake: it may bring what they show.
                        {self.shell.then(|| view! { <script r#type="module" src=at("shell.js")></script> })}
                        {name.map(|name| view! {
                            <link rel="modulepreload" href=at(&format!("{name}.js"))/>
                            <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="anonymous" href=at(&format!("{name}.wasm"))/>
                            {matches!(module, Module::Browse).then(|| view! { <link rel="modulepreload" href=at("frame.js")/> })}
                            <script r#type="module" src=format!("/pkg/start.js?m={name}&v={}", self.version)></script>
                        })}
                    </head>
                    <body class=class>{view()}</body>
                </html>
            }
            .to_html()
        });
        owner.cleanup();
        match picture {
            Some(picture) => format!("<!DOCTYPE html>{}", html.replacen("</title>", &format!("</title>{}", self.shared(title, about, picture)), 1)),
            None => format!("<!DOCTYPE html>{html}"),
        }
    }

    /// What a link to this page shows of it where it is sent: tags of the head.
    fn shared(&self, title: &str, about: &str, picture: &str) -> String {
        // A picture of another site has its whole address already.
        let picture = if picture.starts_with('/') { format!("{}{picture}", self.origin) } else { picture.to_owned() };
        let address = format!("{}{}", self.origin, self.here);
        let said = [("type", "product"), ("title", title), ("description", about), ("image", picture.as_str()), ("url", address.as_str())];
        said.map(|(name, value)| format!("<meta property=\"og:{name}\" content=\"{}\">", in_quotes(value))).concat()
    }

    /// The address of this page with something chosen.
    fn choosing(&self, choice: &str) -> String {
        format!("{}{}{choice}", self.here, if self.here.contains('?') { '&' } else { '?' })
    }

    /// The fixed bar at the foot of a store's pages.
    pub fn tabs(&self, store: &StoreId, categories: Option<&str>, lit: Tab) -> impl IntoView + use<> {
        let goods = categories.map_or_else(|| format!("/s/{store}/search"), |c| format!("/s/{store}/c/{c}"));
        let current = move |tab| (tab == lit).then_some("page");
        // The cart's own page counts nothing: it shows everything. A member's own loads another module.
        let count = (!matches!(lit, Tab::Cart | Tab::Me)).then(|| view! { <CartCount store=store.to_string() member=self.member.is_some()/> });
        view! {
            <nav class="tabs" aria-label="主导航">
                <a href=format!("/s/{store}") aria-current=current(Tab::Home)><i class="ico home"></i>"首页"</a>
                <a href=goods aria-current=current(Tab::Goods)><i class="ico grid"></i>"分类"</a>
                <a href=format!("/s/{store}/cart") aria-current=current(Tab::Cart)><i class="ico cart"></i>"购物车"{count}</a>
                <a href="/orders" aria-current=current(Tab::Orders)><i class="ico list"></i>"订单"</a>
                <a href="/me" aria-current=current(Tab::Me)><i class="ico me"></i>"我的"</a>
            </nav>
        }
    }
}

impl Page {
    /// Where `back` leads when the customer came from nowhere in particular: to the store looked at last.
    pub fn home(&self) -> String {
        self.last.as_ref().map_or_else(|| "/".to_owned(), |(store, _)| format!("/s/{store}"))
    }
}

/// The class of a page in a store's look.
pub fn themed(class: &str, store: &StoreCard) -> String {
    let theme = match store.theme.as_str() {
        theme @ ("simple" | "community") => theme,
        _ => "standard",
    };
    format!("{class} {theme}")
}

/// Where a map application shows a place. It speaks GCJ-02 as we do.
pub fn map_link(point: GeoPoint, name: &str) -> String {
    format!("https://uri.amap.com/marker?position={},{}&name={}&coordinate=gaode&callnative=1", point.lng, point.lat, escaped(name))
}

/// Text as an attribute's value.
fn in_quotes(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A word as part of a query.
pub(super) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
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

/// What stands above every page on which somebody shops: whose shop it is, how far and whether it is open, the way to other stores; fetched or brought,
/// with what is promised for it and what it costs; `seek`: the search. `main`: the store's name is what the page is about. `back`: for pages below others.
pub fn shop_head<V: IntoView + 'static>(page: &Page, store: &StoreCard, back: Option<String>, main: bool, seek: V) -> impl IntoView + use<V> {
    let far = store.distance_m.or_else(|| page.near.map(|p| place::metres(store.point, p)));
    let name = store.name.clone();
    let name = if main { Either::Left(view! { <h1>{name}</h1> }) } else { Either::Right(view! { <b>{name}</b> }) };
    let rides = rides(page, store);
    // What the store does not do is no choice.
    let way = |key: &str, title: &'static str, on: bool, does: bool| {
        if does {
            let href = page.choosing(&format!("way={key}"));
            Either::Left(view! { <a href=href rel="nofollow" aria-current=on.then_some("true")>{title}</a> })
        } else {
            Either::Right(view! { <span class="none">{title}</span> })
        }
    };
    let (fetch, bring) = (way("pickup", "自提", !rides, store.pickup), way("delivery", "外送", rides, store.delivery));
    let costs = rides && store.delivery_text.is_some() && far.is_none_or(|m| m <= store.radius_m);
    let vow = promise(store, rides, far) + &if costs { fee(&page.fees, far) } else { String::new() };
    view! {
        <header class="shop-head" data-frame="1">
            <div class="line1">
                {back.map(|back| view! { <a class="back" href=back aria-label="返回"></a> })}
                <a class="at" href=format!("/?of={}", store.store)>{name}
                    <small>{open_state(store)}{far.map(|m| view! { <span class="num">{words::distance(m)}</span> })}<span class="swap">"换门店"</span></small></a>
                <nav class="ways" aria-label="自提或外送">{fetch}{bring}</nav>
            </div>
            <p class="vow">{vow}</p>
            {seek}
        </header>
    }
}

/// Does the customer have goods brought by this store? What it does not do it does not promise.
pub fn rides(page: &Page, store: &StoreCard) -> bool {
    store.delivery && (page.rides || !store.pickup)
}

/// When goods can be had that way, in a line; or why not.
pub fn promise(store: &StoreCard, rides: bool, far: Option<u32>) -> String {
    if rides && store.delivery && far.is_some_and(|m| m > store.radius_m) {
        return format!("超出配送范围（{} 内可送）", words::distance(store.radius_m));
    }
    let (text, done) = if rides { (&store.delivery_text, "送达") } else { (&store.pickup_text, "可取") };
    match text {
        // Of today the hour is enough.
        Some(text) => {
            let text = text.strip_prefix("今天 ").unwrap_or(text);
            let gap = if text.ends_with("分钟") { "" } else { " " };
            format!("最快 {text}{gap}{done}")
        }
        None if store.paused => "暂停接单，可先挑选".to_owned(),
        None if rides => "本店不配送".to_owned(),
        None => "本店不支持自提".to_owned(),
    }
}

/// What bringing costs, and from what sum on it is free.
fn fee(fees: &Fees, far: Option<u32>) -> String {
    let least = fees.delivery(far.unwrap_or(0), 0, liandian_types::Fen::ZERO);
    let from = if far.is_none() { " 起" } else { "" };
    if least.0 == 0 { " · 免配送费".to_owned() } else { format!(" · 配送费 {}{from}，满 {} 免", short(least), short(fees.free_from)) }
}

/// Money without what is nothing behind the point: `¥4`, `¥4.50`.
pub fn short(fen: liandian_types::Fen) -> String {
    let text = fen.to_string();
    text.strip_suffix(".00").map_or_else(|| text.clone(), str::to_owned)
}

/// Where the cart is shown at the foot of a page: without a script a link to it, which the server's own part takes the place of.
pub fn cart_bar(store: &StoreId) -> impl IntoView + use<> {
    view! {
        <aside class="cartbar" data-bar=store.to_string() aria-label="购物车">
            <div class="fill"><a class="open" href=format!("/s/{store}/cart")>"看购物车"</a></div>
            <p class="sr" role="status" id="bar-said"></p>
        </aside>
    }
}

/// A part of a page as HTML.
pub(super) fn part<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

/// `−`, amount and `+` of a good.
pub fn stepper(sku: &liandian_types::SkuId, name: &str, href: String) -> impl IntoView + use<> {
    let (sku, name) = (sku.to_string(), name.to_owned());
    view! {
        <span class="step" data-step=sku.clone()>
            <button class="sub" type="button" data-sub=sku.clone() aria-label=format!("{name}少一件")>"−"</button>
            <a class="add" href=href data-add=sku.clone() role="button" aria-label=format!("把{name}加入购物车")>"+"</a>
        </span>
    }
}

/// A search inside one store.
pub fn search_box(store: &StoreId) -> impl IntoView + use<> {
    view! {
        <form class="search" role="search" action=format!("/s/{store}/search") method="get">
            <input type="search" name="q" placeholder="搜商品、品牌、条码" aria-label="在本店搜索" enterkeyhint="search"/>
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
    // What is loaded late is laid out by then, and the browser knows better how wide it is.
    let sizes = if eager { "180px" } else { "auto, 180px" };
    view! {
        <li class="card" class:gone=gone>
            <a class="pic" href=href.clone() tabindex="-1" aria-hidden="true"><img src=picture::at(&item.picture, 400) srcset=picture::srcset(&item.picture) sizes=sizes alt="" width="240" height="240"
                loading=loading fetchpriority=eager.then_some("high") decoding="async"/></a>
            <div class="what">
                <a class="name" href=href.clone()>{item.flagship.then(|| view! { <span class="tag star">"主推"</span> })}{item.name.clone()}</a>
                <span class="dim">{item.spec.clone()}{few.then(|| view! { <span class="left">{words::stock(item.available)}</span> })}</span>
                {promos(&item.labels)}
                <div class="end"><span class="price">{item.price.to_string()}</span>{item.was.map(|w| view! { <s class="num">{w.to_string()}</s> })}
                    {if gone {
                        // The product's page leads to who has it.
                        Either::Left(view! { <a class="btn small plain find" href=href>"看怎么买到"</a> })
                    } else {
                        Either::Right(stepper(&item.sku, &item.name, href))
                    }}
                </div>
            </div>
        </li>
    }
}

/// Campaigns that run on a good, a label each.
pub fn promos(labels: &[String]) -> Option<impl IntoView + use<>> {
    let tags = labels.iter().map(|l| view! { <span class="tag promo">{l.clone()}</span> }).collect_view();
    (!labels.is_empty()).then(|| view! { <span class="tags">{tags}</span> })
}

/// Goods of a page with what is sold out behind all others: the order is otherwise as it comes.
pub fn sold_out_last(items: &[ListingCard]) -> impl Iterator<Item = (usize, &ListingCard)> {
    items.iter().filter(|i| i.available > 0).chain(items.iter().filter(|i| i.available == 0)).enumerate()
}

/// A way back, for browsers whose own is far away.
pub fn head(back: String, title: String) -> impl IntoView {
    view! { <header class="top"><a class="back" href=back aria-label="返回"></a><h1>{title}</h1></header> }
}
