//! `/me` and what lies below it: the member, the address book, and what was agreed to.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    OrderTab,
    api::{AddressList, ConsentList, ConsentView, CustomerService, MemberView, SavedAddress},
};

use super::frame::{Module, Page, Tab, head};
use crate::islands::me::{Act, AddressForm, NameForm};

/// The member's own page.
#[must_use]
pub fn me(page: &Page, m: &MemberView) -> String {
    page.document("我的", Module::Order, "me", || {
        let last = page.last.clone();
        view! {
            <header class="hero who"><div><h1>{m.nickname.clone()}</h1>
                <p class="num">{m.phone.clone().unwrap_or_else(|| "还没有收货手机号".to_owned())}</p></div></header>
            <main>
                {m.consent_needed.then(|| view! { <p class="notice"><a href="/me/consents">"服务协议或隐私政策有更新，请阅读并确认 ›"</a></p> })}
                <section class="panel flush" aria-label="我的订单">
                    <a class="cell" href="/orders"><b>"我的订单"</b><span class="dim">"全部 ›"</span></a>
                    <nav class="mine" aria-label="订单状态">{m.orders.iter().map(|t| tab_link(t.tab, t.orders)).collect_view()}</nav>
                </section>
                <div class="cells">
                    {cell("/coupons".to_owned(), "优惠券", format!("{} 张可用 ›", m.coupons))}
                    {cell("/me/addresses".to_owned(), "收货地址", format!("{} 个 ›", m.addresses))}
                </div>
                {m.service.as_ref().map(service)}
                <div class="cells">
                    {last.as_ref().map(|(store, _)| cell(format!("/s/{store}/licences"), "门店资质", "营业执照、食品经营许可 ›".to_owned()))}
                    {cell("/legal/agreement".to_owned(), "用户服务协议", "›".to_owned())}
                    {cell("/legal/privacy".to_owned(), "隐私政策", "›".to_owned())}
                    {cell("/me/consents".to_owned(), "授权管理", "查看或撤回同意 ›".to_owned())}
                </div>
                <div class="cells">
                    <details><summary class="cell"><span>"修改昵称"</span><span class="dim">"›"</span></summary><NameForm nickname=m.nickname.clone()/></details>
                    {type_switch(page.large)}
                </div>
                <div class="pad">
                    <Act method="DELETE".to_owned() path="/api/v1/session".to_owned() body=None ask=Some("确定退出登录吗？".to_owned()) to=Some(page.home())
                        label="退出登录".to_owned() main=false/>
                </div>
                <noscript><p class="hint">"修改昵称和退出登录需要启用 JavaScript。"</p></noscript>
            </main>
            {last.map(|(store, _)| page.tabs(&store, None, Tab::Me))}
        }
    })
}

fn cell(href: String, title: &'static str, says: String) -> impl IntoView + use<> {
    view! { <a class="cell" href=href><span>{title}</span><span class="dim">{says}</span></a> }
}

fn tab_link(tab: OrderTab, many: u32) -> impl IntoView + use<> {
    view! { <a href=format!("/orders?tab={tab}")><b class="num">{many}</b><span>{tab.title()}</span></a> }
}

/// Larger type on this device, or the usual one.
fn type_switch(large: bool) -> impl IntoView + use<> {
    let (href, says) = if large { ("/me/type?size=plain", "已开启，点此关闭 ›") } else { ("/me/type?size=large", "点此开启 ›") };
    view! { <a class="cell" href=href rel="nofollow"><span>"大字版"</span><span class="dim">{says}</span></a> }
}

/// Is this the address of a picture?
fn is_picture(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    (path.starts_with("https://") || path.starts_with('/')) && ["png", "jpg", "jpeg", "webp"].iter().any(|end| path.ends_with(&format!(".{end}")))
}

/// How the store looked at last is reached.
fn service(s: &CustomerService) -> impl IntoView + use<> {
    let group = (!s.group.is_empty()).then(|| {
        if is_picture(&s.group) {
            Either::Left(view! { <div class="group"><img src=s.group.clone() alt="会员群二维码" width="160" height="160" loading="lazy"/><p class="dim">"长按识别，加入会员群"</p></div> })
        } else {
            let href = s.group.starts_with("https://").then(|| s.group.clone());
            Either::Right(view! { <a class="cell" href=href rel="noreferrer"><span>"会员群"</span><span class="dim">"加入本店会员群 ›"</span></a> })
        }
    });
    view! {
        <section class="panel flush" aria-label="门店客服">
            <a class="cell" href=format!("/s/{}", s.store)><b>{s.name.clone()}</b><span class="dim num">{s.hours.clone()}" ›"</span></a>
            {(!s.phone.is_empty()).then(|| view! { <a class="cell" href=format!("tel:{}", s.phone)><span>"客服电话"</span><span class="num link">{s.phone.clone()}</span></a> })}
            {(!s.service.is_empty() && s.service != s.phone).then(|| view! { <div class="cell"><span>"在线客服"</span><span class="pick">{s.service.clone()}</span></div> })}
            {group}
        </section>
    }
}

/// What the page of the address book is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book<'a> {
    /// The list.
    List,
    /// A form for a new one.
    New,
    /// A form for the one with this id.
    Edit(&'a str),
}

/// The address book: its list, or the form of one.
#[must_use]
pub fn addresses(page: &Page, list: &AddressList, asked: Book<'_>) -> String {
    let edited = match asked {
        Book::Edit(id) => list.addresses.iter().find(|a| a.address.as_str() == id),
        Book::List | Book::New => None,
    };
    if edited.is_some() || asked == Book::New {
        return page.document("收货地址", Module::Order, "me", || {
            view! {
                {head("/me/addresses".to_owned(), if edited.is_some() { "修改地址" } else { "新增地址" }.to_owned())}
                <main>{form(edited)}<noscript><p class="notice">"保存地址需要启用 JavaScript。"</p></noscript></main>
            }
        });
    }
    page.document("收货地址", Module::Order, "me", || {
        view! {
            {head("/me".to_owned(), "收货地址".to_owned())}
            <main>
                {if list.addresses.is_empty() {
                    Either::Left(view! { <div class="blank"><i class="pic me"></i><h2>"还没有收货地址"</h2><p>"保存后，下单时直接选用"</p></div> })
                } else {
                    Either::Right(view! { <ul class="offers addresses">{list.addresses.iter().enumerate().map(|(i, a)| row(i == 0, a)).collect_view()}</ul> })
                }}
                <p class="foot"><a class="btn" href="/me/addresses?new=1">"新增地址"</a></p>
                <noscript><p class="notice">"修改、设为默认和删除需要启用 JavaScript。"</p></noscript>
            </main>
        }
    })
}

fn form(a: Option<&SavedAddress>) -> impl IntoView + use<> {
    let point = a.and_then(|a| serde_json::to_string(&a.point).ok());
    let address = a.map(|a| a.address.to_string());
    let (name, phone) = a.map(|a| (a.name.clone(), a.phone.clone())).unwrap_or_default();
    let (district, street) = a.map(|a| (a.district.clone(), a.street.clone())).unwrap_or_default();
    view! { <AddressForm address name phone district street point/> }
}

fn row(first: bool, a: &SavedAddress) -> impl IntoView + use<> {
    // The one used last is the one that the till begins with.
    let save = liandian_types::api::SaveAddress {
        address: Some(a.address.clone()),
        name: a.name.clone(),
        phone: a.phone.clone(),
        district: a.district.clone(),
        street: a.street.clone(),
        point: a.point,
    };
    let body = serde_json::to_string(&save).ok();
    view! {
        <li class="offer">
            <div><b>{a.name.clone()}</b>" "<span class="num">{a.phone.clone()}</span>{first.then(|| view! { " "<span class="tag good">"默认"</span> })}
                <p class="dim">{a.district.clone()}{a.street.clone()}</p>
                <div class="reach">
                    {(!first).then(|| view! { <Act method="POST".to_owned() path="/api/v1/addresses".to_owned() body ask=None to=None label="设为默认".to_owned() main=false/> })}
                    <a class="btn small plain" href=format!("/me/addresses?edit={}", a.address)>"修改"</a>
                    <Act method="DELETE".to_owned() path=format!("/api/v1/addresses/{}", a.address) body=None ask=Some("确定删除这个地址吗？".to_owned()) to=None label="删除".to_owned() main=false/>
                </div></div>
        </li>
    }
}

/// The JSON that agrees to these.
fn agreeing<'a>(all: impl Iterator<Item = &'a ConsentView>) -> Option<String> {
    let agreed = all.filter_map(|c| Some(liandian_types::api::AgreedVersion { kind: c.kind, number: c.number? })).collect();
    serde_json::to_string(&liandian_types::api::GiveConsents { agreed }).ok()
}

/// What a member agreed to: each document, and what was said to it.
#[must_use]
pub fn consents(page: &Page, list: &ConsentList) -> String {
    page.document("授权管理", Module::Order, "me", || {
        view! {
            {head("/me".to_owned(), "授权管理".to_owned())}
            <main>
                <p class="hint">"同意后可以随时撤回；撤回不影响已经完成的订单，再次下单前会请你重新确认。"</p>
                {list.consents.iter().map(consent).collect_view()}
                <noscript><p class="notice">"同意和撤回需要启用 JavaScript。"</p></noscript>
            </main>
        }
    })
}

fn consent(c: &ConsentView) -> impl IntoView + use<> {
    let (kind, title) = (c.kind, c.kind.title());
    let state = match (c.number, c.agreed, c.needed) {
        (None, ..) => "暂未发布".to_owned(),
        (Some(_), Some(agreed), true) => format!("已同意第 {agreed} 版，新版本待确认"),
        (Some(_), Some(agreed), false) => format!("已同意第 {agreed} 版"),
        (Some(_), None, _) => "未同意".to_owned(),
    };
    let give = agreeing([c].into_iter()).filter(|_| c.needed);
    let history = c.history.iter().map(|h| {
        let said = if h.given { "同意" } else { "撤回同意" };
        view! { <li><b>{format!("{said}第 {} 版", h.number)}</b><time class="dim num">{h.at_text.clone()}</time></li> }
    });
    let none = c.history.is_empty();
    view! {
        <section class="panel" aria-label=title>
            <h2 class="title">{title}</h2>
            <p>{state}</p>
            {c.number.map(|n| view! { <p><a class="link" href=format!("/legal/{kind}")>{format!("阅读第 {n} 版（{} 起生效）", c.from_text)}</a></p> })}
            <div class="reach">
                {give.map(|body| view! { <Act method="POST".to_owned() path="/api/v1/me/consents".to_owned() body=Some(body) ask=None to=None label=format!("同意{title}") main=true/> })}
                {c.agreed.map(|_| view! { <Act method="DELETE".to_owned() path=format!("/api/v1/me/consents/{kind}") body=None ask=None to=None label=format!("撤回{title}") main=false/> })}
            </div>
            {(!none).then(|| view! { <details><summary class="dim">"记录"</summary><ol class="events">{history.collect_view()}</ol></details> })}
        </section>
    }
}

/// Before an order: what is to be agreed to. `to`: where the customer was going.
#[must_use]
pub fn consent_first(page: &Page, list: &ConsentList, to: String, back: String) -> String {
    page.document("请先确认", Module::Order, "me", || {
        let needed: Vec<&ConsentView> = list.consents.iter().filter(|c| c.needed).collect();
        let body = agreeing(needed.iter().copied());
        let docs = needed.iter().map(|c| {
            let (title, href) = (c.kind.title(), format!("/legal/{}", c.kind));
            let changed = c.agreed.map(|agreed| format!("你同意过第 {agreed} 版，内容已更新")).unwrap_or_default();
            view! { <a class="cell" href=href target="_blank"><span class="grow"><b>{format!("《{title}》")}</b><small class="dim">{changed}</small></span>
                <span class="dim">{format!("第 {} 版 · {} 起 ›", c.number.unwrap_or_default(), c.from_text)}</span></a> }
        });
        view! {
            {head(back.clone(), "请先确认".to_owned())}
            <main>
                <p class="hint">"为了处理你的订单，我们需要你的微信标识，配送时还需要姓名、手机号和地址：加密保存，不作他用。请阅读以下文件："</p>
                <div class="cells" id="consent">{docs.collect_view()}</div>
                <div class="pad">
                    <Act method="POST".to_owned() path="/api/v1/me/consents".to_owned() body ask=None to=Some(to) label="我已阅读并同意，继续".to_owned() main=true/>
                    <a class="btn plain" href=back>"暂不同意"</a>
                </div>
                <noscript><p class="notice">"同意和下单需要启用 JavaScript；浏览商品不需要。"</p></noscript>
            </main>
        }
    })
}
