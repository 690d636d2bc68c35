//! Islands of the coupon pages: claiming one where it stands, and typing a printed code.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, Code,
    api::{ClaimCoupon, ClaimedCoupon, RedeemCode},
};

use crate::browser;

/// 立即领取: claims a coupon in place. Who is not logged in comes back after the login.
#[island]
pub fn Claim(
    /// Which.
    campaign: CampaignId,
    /// So many the member has had of it.
    had: u32,
    /// What the button says.
    says: String,
    /// Claims it as soon as the page is there: who opened a coupon's link has asked for it.
    at_once: bool,
) -> impl IntoView {
    let (busy, done) = (RwSignal::new(false), RwSignal::new(false));
    let said = RwSignal::new(None::<String>);
    let campaign = StoredValue::new(campaign);
    let claim = move || {
        if busy.get_untracked() || done.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let body = serde_json::to_string(&ClaimCoupon { had }).unwrap_or_default();
            let path = ["/api/v1/coupons/", campaign.get_value().as_str(), "/claims"].concat();
            match browser::call("POST", &path, Some(&body), None).await {
                Ok(text) => {
                    let got = serde_json::from_str::<ClaimedCoupon>(&text).ok();
                    done.set(true);
                    said.set(got.map(|c| ["已放入我的优惠券，", &c.coupon.when, " 有效"].concat()));
                }
                Err(problem) if problem.code == Code::Unauthenticated => browser::log_in(),
                Err(problem) => said.set(Some(problem.detail)),
            }
            busy.set(false);
        });
    };
    Effect::new(move |_| {
        if at_once {
            claim();
        }
    });
    view! {
        <button class="btn small" type="button" disabled=move || busy.get() || done.get() on:click=move |_| claim()>
            {move || if done.get() { "已领取".to_owned() } else { says.clone() }}
        </button>
        <p class="dim" role="status">{said}</p>
    }
}

/// 兑换码: turns a printed code into a coupon.
#[island]
pub fn CodeField() -> impl IntoView {
    let (typed, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let said = RwSignal::new(None::<String>);
    let send = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let body = serde_json::to_string(&RedeemCode { code: typed.get_untracked() }).unwrap_or_default();
            match browser::call("POST", "/api/v1/coupons/codes", Some(&body), None).await {
                Ok(_) => browser::reload(),
                Err(problem) if problem.code == Code::Unauthenticated => browser::log_in(),
                Err(problem) => said.set(Some(problem.detail)),
            }
            busy.set(false);
        });
    };
    view! {
        <form class="cells" on:submit=send>
            <div class="cell"><input aria-label="兑换码" placeholder="输入 20 位兑换码" maxlength="40" autocomplete="off" prop:value=typed on:input=move |e| typed.set(event_target_value(&e))/>
                <button class="btn small" type="submit" disabled=busy>"兑换"</button></div>
            <p class="hint" role="alert">{said}</p>
        </form>
    }
}
