//! `/s/{store}/cart` and `/s/{store}/checkout`: the frames of the islands that do the work.

use leptos::prelude::*;
use liandian_types::{
    LocationId, StoreId,
    api::{QuoteLine, StoreCard},
    picture,
};

use super::frame::{Module, Page, Tab, head, rides, shop_head, themed};
use crate::islands::{cart_page::CartPage, checkout::Checkout};

const NEEDS: &str = "购物车和结算需要启用 JavaScript；浏览商品不需要。";

/// The cart page. `lines`: what the device said to have in it, as far as the store sells it.
#[must_use]
pub fn cart(page: &Page, store: &StoreCard, lines: &[QuoteLine]) -> String {
    page.document("购物车", Module::Cart, &themed("cart", store), || {
        let id: StoreId = store.store.clone();
        let first = !lines.is_empty();
        view! {
            {shop_head(page, store, Some(format!("/s/{id}")), false, ())}
            <main>
                <h1 class="title">"购物车"</h1>
                <noscript><p class="notice">{NEEDS}</p></noscript>
                {first.then(|| view! { <ul class="cells lines" id="first">{lines.iter().enumerate().map(|(i, l)| row(&id, l, i < 5)).collect_view()}</ul> })}
                <CartPage store=id.clone() member=page.member.is_some() rides=rides(page, store) first/>
            </main>
            {page.tabs(&id, None, Tab::Cart)}
        }
    })
}

/// A line as it is before the island is awake; it looks the same.
fn row(store: &StoreId, line: &QuoteLine, eager: bool) -> impl IntoView + use<> {
    view! {
        <li class="line">
            <i class="tick"></i>
            <a href=format!("/s/{store}/p/{}", line.sku)><img src=picture::small(&line.picture) srcset=picture::srcset(&line.picture) sizes="76px" alt="" width="76" height="76"
                loading=if eager { "eager" } else { "lazy" } fetchpriority=eager.then_some("high")/></a>
            <div class="what"><b>{line.name.clone()}</b><span class="dim">{line.spec.clone()}</span>
                <div class="end"><span class="price">{line.price.to_string()}</span><span class="num">{format!("×{}", line.quantity.get())}</span></div></div>
        </li>
    }
}

/// The checkout page, of somebody who is logged in. `districts`: names of those around the store.
#[must_use]
pub fn checkout(page: &Page, store: &StoreCard, districts: Vec<String>, transfer_from: Option<LocationId>, ship_from: Option<LocationId>) -> String {
    page.document("确认订单", Module::Checkout, &themed("checkout", store), || {
        let id: StoreId = store.store.clone();
        let sells = store.pickup || store.delivery || ship_from.is_some();
        view! {
            {head(format!("/s/{id}/cart"), "确认订单".to_owned())}
            <main>
                <noscript><p class="notice">{NEEDS}</p></noscript>
                <a class="cells cell where" href=format!("/s/{id}")><span><b>{store.name.clone()}</b><small class="dim">{store.address.clone()}</small></span><span class="dim num">{store.hours.clone()}</span></a>
                {transfer_from.is_some().then(|| view! { <p class="notice good">"缺货部分将从其他门店调到本店，到齐后通知取货。"</p> })}
                {ship_from.is_some().then(|| view! { <p class="notice good">"全部商品由总部仓打包，快递送到家。"</p> })}
                {page.member.clone().filter(|_| sells).map(|member| view! {
                    <Checkout store=id member at=store.point pickup=store.pickup delivery=store.delivery radius_m=store.radius_m districts transfer_from ship_from/>
                })}
            </main>
        }
    })
}
