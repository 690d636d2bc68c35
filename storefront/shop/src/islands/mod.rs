//! The parts of pages that move. Each island is built into one module, `browse`, `cart`, `checkout` or `order`; pages name the module they load.

#[cfg(any(feature = "ssr", feature = "browse"))]
pub mod browse;
#[cfg(any(feature = "ssr", feature = "cart"))]
pub mod cart_page;
#[cfg(any(feature = "ssr", feature = "checkout"))]
pub mod checkout;
#[cfg(any(feature = "ssr", feature = "order"))]
pub mod coupons;
#[cfg(any(feature = "ssr", feature = "order"))]
pub mod me;
#[cfg(any(feature = "ssr", feature = "order"))]
pub mod order;
#[cfg(any(feature = "ssr", feature = "checkout", feature = "order"))]
mod pay;
#[cfg(any(feature = "ssr", feature = "browse"))]
pub mod search;
#[cfg(any(feature = "ssr", feature = "checkout"))]
mod slots;

/// Where a session keeps the store that has the other part of a cart that was split: its id and, in the next line, its name.
#[cfg(any(feature = "ssr", feature = "cart", feature = "order"))]
const REST: &str = "ld-rest";

/// A refusal in front of the customer.
#[cfg(any(feature = "ssr", feature = "cart", feature = "checkout", feature = "order"))]
fn notice(problem: &liandian_types::Problem) -> impl leptos::IntoView + use<> {
    use leptos::prelude::*;
    view! { <div class="notice warn" role="alert"><b>{problem.title.clone()}</b><p>{problem.detail.clone()}</p></div> }
}

/// Prices a cart. `T` is what the page wants to know of a [`liandian_types::api::Quote`].
///
/// # Errors
/// What the API says.
#[cfg(any(feature = "ssr", feature = "checkout"))]
async fn ask<T: serde::de::DeserializeOwned>(request: &liandian_types::api::QuoteRequest) -> Result<T, liandian_types::Problem> {
    ask_at("/api/v1/quotes", request).await
}

/// The same at another address of it.
#[cfg(any(feature = "ssr", feature = "cart", feature = "checkout"))]
async fn ask_at<T: serde::de::DeserializeOwned>(path: &str, request: &liandian_types::api::QuoteRequest) -> Result<T, liandian_types::Problem> {
    let body = serde_json::to_string(request).unwrap_or_default();
    let text = crate::browser::call("POST", path, Some(&body), None).await?;
    serde_json::from_str(&text).map_err(|_| liandian_types::Problem::new(liandian_types::Code::Internal, "暂时无法计算价格，请稍后再试"))
}

/// What campaigns take off a priced cart, a line each, and what is given with it. The fee is shown as it is after them. What a coupon takes off the
/// goods has a line of its own ([`coupons_line`]): said twice it would be read as taken off twice.
#[cfg(any(feature = "ssr", feature = "cart", feature = "checkout"))]
fn discounts(
    all: &[liandian_types::api::QuoteDiscount],
    gifts: &[liandian_types::api::QuoteGift],
    coupons: &[liandian_types::api::QuoteCoupon],
) -> impl leptos::IntoView + use<> {
    use leptos::prelude::*;
    let of_coupon = |d: &&liandian_types::api::QuoteDiscount| d.goods.0 > 0 && coupons.iter().any(|c| c.used && c.campaign == d.campaign);
    let line = |title: String, what: String| view! { <div class="cell off"><span>{title}</span><span class="num">{what}</span></div> };
    let off = all.iter().filter(|d| !of_coupon(d)).map(|d| {
        let what = if d.goods.0 > 0 { ["−", &d.goods.to_string()].concat() } else { ["运费已减 ", &d.delivery.to_string()].concat() };
        line(d.title.clone(), what)
    });
    let given = gifts.iter().map(|g| line(["赠品：", &g.name].concat(), ["×", &g.units.to_string()].concat()));
    off.chain(given).collect_view()
}

/// The coupons beside a priced cart in one line: what they take off, or how many there are to choose from.
#[cfg(any(feature = "ssr", feature = "cart", feature = "checkout"))]
fn coupons_line(all: &[liandian_types::api::QuoteCoupon]) -> Option<String> {
    let off: i64 = all.iter().filter_map(|c| c.off).map(|f| f.0).sum();
    let used = all.iter().filter(|c| c.used).count();
    match (all.len(), used) {
        (0, _) => None,
        (n, 0) => Some(["有 ", &n.to_string(), " 张，暂不可用"].concat()),
        (_, used) => Some(["已用 ", &used.to_string(), " 张，−", &liandian_types::Fen(off).to_string()].concat()),
    }
}

/// Campaigns that a cart could still have, and why it has not.
#[cfg(any(feature = "ssr", feature = "cart", feature = "checkout"))]
fn missed(store: &str, all: &[liandian_types::api::QuoteMissed]) -> impl leptos::IntoView + use<> {
    use leptos::prelude::*;
    let lines = all.iter().take(4).map(|m| {
        let more = m.more.as_ref().map(|tail| ["/s/", store, tail].concat());
        view! {
            <div class="cell missed"><span>{m.title.clone()}<span class="dim">{[" ", &m.why].concat()}</span></span>
                {more.map(|href| view! { <a class="link" href=href>"去凑单"</a> })}</div>
        }
    });
    lines.collect_view()
}
