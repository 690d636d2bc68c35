//! `/s/{store}/cart` and `/s/{store}/checkout`: the frames of the islands that do the work.

use leptos::prelude::*;
use liandian_types::{LocationId, StoreId, api::StoreCard};

use super::frame::{Module, Page, Tab, head};
use crate::islands::{cart_page::CartPage, checkout::Checkout};

const NEEDS: &str = "购物车和结算需要启用 JavaScript；浏览商品不需要。";

/// The cart page.
#[must_use]
pub fn cart(page: &Page, store: &StoreCard) -> String {
    page.document("购物车", Module::Checkout, "cart", || {
        let id: StoreId = store.store.clone();
        view! {
            {head(format!("/s/{id}"), format!("购物车 · {}", store.name))}
            <main>
                <noscript><p class="notice">{NEEDS}</p></noscript>
                <CartPage store=id.clone() member=page.member/>
            </main>
            {page.tabs(&id, None, Tab::Cart)}
        }
    })
}

/// The checkout page.
#[must_use]
pub fn checkout(page: &Page, store: &StoreCard, transfer_from: Option<LocationId>, ship_from: Option<LocationId>) -> String {
    page.document("确认订单", Module::Checkout, "checkout", || {
        let id: StoreId = store.store.clone();
        view! {
            {head(format!("/s/{id}/cart"), "确认订单".to_owned())}
            <main>
                <noscript><p class="notice">{NEEDS}</p></noscript>
                <a class="cells cell where" href=format!("/s/{id}")><span><b>{store.name.clone()}</b><small class="dim">{store.address.clone()}</small></span><span class="dim num">{store.hours.clone()}</span></a>
                {transfer_from.is_some().then(|| view! { <p class="notice good">"缺货部分将从其他门店调到本店，到齐后通知取货。"</p> })}
                {ship_from.is_some().then(|| view! { <p class="notice good">"全部商品由总部仓打包，快递送到家。"</p> })}
                {(store.pickup || store.delivery || ship_from.is_some()).then(|| view! {
                    <Checkout store=id at=store.point pickup=store.pickup delivery=store.delivery radius_m=store.radius_m transfer_from ship_from/>
                })}
            </main>
        }
    })
}
