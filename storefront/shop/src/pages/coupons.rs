//! Coupons: the centre of a store, one by its link, the member's own, and what a store's home says of them.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    CouponStatus, OfferState, StoreId,
    api::{CouponOffer, CouponWallet, HeldCoupon, StoreCard},
};

use super::frame::{Module, Page, cart_bar, head, shop_head, themed};
use crate::islands::coupons::{Claim, CodeField};

/// One coupon that may be claimed, or why not.
fn offer(o: &CouponOffer, at_once: bool) -> impl IntoView + use<> {
    let open = o.state == OfferState::Open;
    let left = o.left.map(|n| format!(" · 仅剩 {n} 张")).unwrap_or_default();
    view! {
        <li class="offer ticket" class:off=!open>
            <div><b>{o.title.clone()}</b><p class="price">{o.what.clone()}</p><p class="dim">{format!("{}{left}", o.when)}</p></div>
            <div class="end">{if open {
                Either::Left(view! { <Claim campaign=o.campaign.clone() had=o.had says=o.state_text.clone() at_once/> })
            } else {
                Either::Right(view! { <span class="tag" data-state=o.state.as_str()>{o.state_text.clone()}</span> })
            }}</div>
        </li>
    }
}

/// The coupon centre of a store.
#[must_use]
pub fn coupons(page: &Page, store: &StoreCard, offers: &[CouponOffer]) -> String {
    page.document("领券中心", Module::Order, &themed("coupons", store), || {
        view! {
            {shop_head(page, store, Some(format!("/s/{}", store.store)), false, ())}
            <main>
                <h1 class="title">"领券中心"</h1>
                <p class="pad"><a class="link" href="/coupons">"我的优惠券 ›"</a></p>
                {if offers.is_empty() {
                    Either::Left(view! { <div class="blank"><i class="pic list"></i><h2>"暂时没有可领的优惠券"</h2><p>"过几天再来看看"</p></div> })
                } else {
                    Either::Right(view! { <ul class="offers">{offers.iter().map(|o| offer(o, false)).collect_view()}</ul> })
                }}
                <noscript><p class="notice">"领取优惠券需要启用 JavaScript。"</p></noscript>
            </main>
            {cart_bar(&store.store)}
        }
    })
}

/// A coupon by its link, of somebody who is logged in: it is claimed at once.
#[must_use]
pub fn coupon(page: &Page, store: &StoreCard, o: &CouponOffer) -> String {
    page.document(&o.title, Module::Order, &themed("coupons", store), || {
        view! {
            {head(format!("/s/{}/coupons", store.store), "领取优惠券".to_owned())}
            <main>
                <ul class="offers">{offer(o, true)}</ul>
                <noscript><p class="notice">"领取优惠券需要启用 JavaScript。"</p></noscript>
                <p class="foot"><a class="btn" href=format!("/s/{}", store.store)>"去使用"</a><a class="btn plain" href="/coupons">"我的优惠券"</a></p>
            </main>
        }
    })
}

/// The tabs of 我的优惠券: the word in the address, the name, and what stands there.
static TABS: [(&str, &str, &[CouponStatus]); 3] = [
    ("usable", "可使用", &[CouponStatus::Usable, CouponStatus::Waiting]),
    ("used", "已使用", &[CouponStatus::Used]),
    ("expired", "已过期", &[CouponStatus::Expired]),
];

fn held(page: &Page, c: &HeldCoupon) -> impl IntoView + use<> {
    let only = (!c.only.is_empty()).then(|| view! { <p class="dim">{c.only.clone()}</p> });
    let end = match (&c.order, c.status) {
        (Some(order), _) => Some((format!("/orders/{order}"), "看订单")),
        (None, CouponStatus::Usable) => Some((page.home(), "去使用")),
        (None, _) => None,
    };
    view! {
        <li class="offer ticket" class:off=c.status != CouponStatus::Usable>
            <div><b>{c.title.clone()}</b><p class="price">{c.what.clone()}</p>{only}<p class="dim">{c.when.clone()}</p></div>
            <div class="end">{match end {
                Some((href, says)) => Either::Left(view! { <a class="btn small plain" href=href>{says}</a> }),
                None => Either::Right(view! { <span class="tag">{c.status.title()}</span> }),
            }}</div>
        </li>
    }
}

/// The member's coupons: what can be used, what was, and whose time is over.
#[must_use]
pub fn my_coupons(page: &Page, wallet: &CouponWallet, tab: Option<&str>) -> String {
    let lit = TABS.iter().find(|(key, ..)| Some(*key) == tab).unwrap_or(&TABS[0]);
    page.document("我的优惠券", Module::Order, "coupons", || {
        let count = |of: &[CouponStatus]| wallet.coupons.iter().filter(|c| of.contains(&c.status)).count();
        let tabs = TABS.iter().map(|&(key, title, of)| {
            view! { <a class="chip" href=format!("/coupons?tab={key}") aria-current=(key == lit.0).then_some("page")>{format!("{title} {}", count(of))}</a> }
        });
        let rows: Vec<_> = wallet.coupons.iter().filter(|c| lit.2.contains(&c.status)).map(|c| held(page, c)).collect();
        let centre = page.last.as_ref().map(|(store, _)| view! { <p class="foot"><a class="btn plain" href=format!("/s/{store}/coupons")>"去领券中心"</a></p> });
        view! {
            {head("/orders".to_owned(), "我的优惠券".to_owned())}
            <main>
                <nav class="chips" aria-label="优惠券状态">{tabs.collect_view()}</nav>
                <CodeField/>
                {if rows.is_empty() {
                    Either::Left(view! { <div class="blank"><i class="pic list"></i><h2>{format!("没有{}的优惠券", lit.1)}</h2></div> })
                } else {
                    Either::Right(view! { <ul class="offers">{rows}</ul> })
                }}
                {centre}
            </main>
        }
    })
}

/// What a store's home says of coupons that can be claimed: a strip in which they are. The script claims one where it stands; without it the coupon's own
/// page does.
pub(super) fn strip(store: &StoreId, offers: &[CouponOffer]) -> Option<impl IntoView + use<>> {
    let open: Vec<&CouponOffer> = offers.iter().filter(|o| o.state == OfferState::Open).take(4).collect();
    let tickets = open.iter().map(|o| {
        let href = format!("/s/{store}/coupons/{}", o.campaign);
        view! {
            <li><span><b>{o.what.clone()}</b><small>{o.title.clone()}</small></span>
                <a class="take" href=href role="button" aria-label=format!("领取{}", o.what) data-claim=o.campaign.to_string() data-had=o.had.to_string()>"领取"</a></li>
        }
    });
    let tickets = tickets.collect_view();
    let href = format!("/s/{store}/coupons");
    (!open.is_empty()).then(|| {
        view! { <section class="strip claimable" aria-label="优惠券"><ul>{tickets}</ul><a class="all" href=href>"去领取 ›"</a></section> }
    })
}

/// The one that is laid over a store's home, once a person and day; closed without scripts, too.
pub(super) fn popup(store: &StoreId, offers: &[CouponOffer]) -> Option<impl IntoView + use<>> {
    let shown = offers.iter().find(|o| o.popup && o.state == OfferState::Open)?;
    Some(view! {
        <details class="popup" open>
            <summary aria-label="关闭">"×"</summary>
            <div role="dialog" aria-label="优惠券"><b>{shown.title.clone()}</b><p class="price">{shown.what.clone()}</p><p class="dim">{shown.when.clone()}</p>
                <a class="btn" href=format!("/s/{store}/coupons/{}", shown.campaign)>"立即领取"</a></div>
        </details>
    })
}
