//! `/s/{store}/flash`: a store's flash sales by session: what runs, what comes, what is gone. Nothing of it needs a script; the clock ticks where
//! there is one, by the server's time.

use leptos::{either::Either, prelude::*};
use liandian_types::{
    StoreId, Timestamp,
    api::{FlashItem, FlashPage, FlashSession, FlashState, StoreHome},
    picture,
};

use super::frame::{Module, Page, Tab, cart_bar, shop_head, themed};
use crate::islands::browse::Countdown;

/// Goods of the strip on a store's home.
const OF_STRIP: usize = 3;

/// A store's flash sales.
#[must_use]
pub fn flash(page: &Page, home: &StoreHome) -> String {
    page.document(&format!("限时秒杀 - {}", home.store.name), Module::Browse, &themed("flash", &home.store), || {
        let id = &home.store.store;
        let sessions = home.flash.as_ref().map(|f| f.sessions.iter().map(|s| session(id, s, f.now)).collect_view());
        view! {
            {shop_head(page, &home.store, Some(format!("/s/{id}")), false, ())}
            <main>
                <h1 class="title">"限时秒杀"</h1>
                {match sessions {
                    Some(sessions) => Either::Left(sessions),
                    None => Either::Right(view! {
                        <div class="blank"><i class="pic shop"></i><h2>"现在没有秒杀"</h2><p>"看看店里正在进行的其他活动"</p>
                            <a class="btn" href=format!("/s/{id}")>"去逛逛"</a></div>
                    }),
                }}
            </main>
            {cart_bar(id)}
            {page.tabs(id, home.categories.first().map(|c| c.key.as_str()), Tab::Home)}
        }
    })
}

/// Until when somebody waits, or may still buy.
fn clock(s: &FlashSession, now: Timestamp) -> Option<impl IntoView + use<>> {
    let (said, at) = match s.state {
        FlashState::Coming => ("距开始 ", s.from),
        FlashState::Running | FlashState::SoldOut => ("距结束 ", s.until),
        FlashState::Over => return None,
    };
    Some(view! { <span class="clock">{said}<Countdown now=now.0 at=at.0/></span> })
}

fn session(store: &StoreId, s: &FlashSession, now: Timestamp) -> impl IntoView + use<> {
    let state = match s.state {
        FlashState::Coming => "即将开始",
        FlashState::Running | FlashState::SoldOut => "正在抢",
        FlashState::Over => "已结束",
    };
    let items = s.items.iter().map(|i| item(store, i, &s.title)).collect_view();
    view! {
        <section class="session" aria-label=format!("{}场", s.title)>
            <h2 class="title"><span class="num">{s.title.clone()}</span>" "<span class="tag">{state}</span>{clock(s, now)}</h2>
            <ul class="goods rows">{items}</ul>
        </section>
    }
}

/// How far the sale's own stock has gone, in words.
fn rest(i: &FlashItem) -> String {
    match i.state {
        FlashState::SoldOut => "已抢完".to_owned(),
        FlashState::Running => format!("还剩 {} 件", i.left),
        FlashState::Coming | FlashState::Over => format!("共 {} 件", i.stock),
    }
}

fn item(store: &StoreId, i: &FlashItem, begins: &str) -> impl IntoView + use<> {
    let href = format!("/s/{store}/p/{}", i.sku);
    let runs = i.state == FlashState::Running;
    // What is not on sale at this price is not put into a cart from here: it would cost what it always does.
    let button = match i.state {
        FlashState::Running => Either::Left(view! {
            <a class="btn small" href=href.clone() data-add=i.sku.to_string() role="button" aria-label=format!("抢购{}", i.name)>"马上抢"</a>
        }),
        other => Either::Right(view! {
            <span class="btn small plain">{match other {
                FlashState::Coming => format!("{begins} 开始"),
                FlashState::Over => "已结束".to_owned(),
                FlashState::SoldOut | FlashState::Running => "已抢完".to_owned(),
            }}</span>
        }),
    };
    let bar = runs.then(|| view! { <progress max=i.stock.to_string() value=i.rest.to_string() aria-label="剩余"></progress> });
    view! {
        <li class="card" class:gone=!runs>
            <a class="pic" href=href.clone() tabindex="-1" aria-hidden="true"><img src=picture::at(&i.picture, 400) srcset=picture::srcset(&i.picture) sizes="auto, 180px" alt="" width="240" height="240"
                loading="lazy" decoding="async"/></a>
            <div class="what">
                <a class="name" href=href>{i.name.clone()}</a>
                <span class="dim">{i.spec.clone()}" 每人限 "{i.per_person}" 件"</span>
                <span class="dim rest">{bar}{rest(i)}</span>
                <div class="end"><span class="price">{i.price.to_string()}</span>{(i.list > i.price).then(|| view! { <s class="num">{i.list.to_string()}</s> })}{button}</div>
            </div>
        </li>
    }
}

/// The strip on a store's home: the session that runs, or the next one.
pub(super) fn strip(store: &StoreId, flash: &FlashPage) -> Option<impl IntoView + use<>> {
    let s =
        flash.sessions.iter().find(|s| s.state == FlashState::Running).or_else(|| flash.sessions.iter().find(|s| s.state == FlashState::Coming))?;
    let goods = s.items.iter().take(OF_STRIP).map(|i| {
        view! {
            <li><img src=picture::small(&i.picture) srcset=picture::srcset(&i.picture) sizes="72px" alt="" width="72" height="72" loading="lazy"/>
                <b>{i.name.clone()}</b><span class="price">{i.price.to_string()}</span><span class="dim">{rest(i)}</span></li>
        }
    });
    Some(view! {
        <section class="flash-strip" aria-label="限时秒杀">
            <h2 class="title"><a href=format!("/s/{store}/flash")>"限时秒杀 "<span class="num">{s.title.clone()}</span>" ›"</a>{clock(s, flash.now)}</h2>
            <a href=format!("/s/{store}/flash") tabindex="-1"><ul>{goods.collect_view()}</ul></a>
        </section>
    })
}
