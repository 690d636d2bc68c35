//! Off to the payment page.

use liandian_types::{Code, Problem};
use serde::Deserialize;

use crate::browser;

/// The part of [`liandian_types::api::PaymentStart`] that a browser needs; the rest is for `wx.requestPayment`.
#[derive(Deserialize)]
struct Where {
    pay_url: String,
}

/// Starts the payment of an order and leaves for where it is made. Whoever comes back by the browser's own button finds the order.
pub async fn pay(order: &str) -> Result<(), Problem> {
    // A mini-program's web-view cannot pay; the page of the shell that can asks the API itself, and leads back to the order.
    if browser::ask_shell("pay", order) {
        browser::stand_at(&format!("/orders/{order}"));
        return Ok(());
    }
    let text = browser::call("POST", &format!("/api/v1/orders/{order}/payment"), None, None).await?;
    let start: Where = serde_json::from_str(&text).map_err(|_| Problem::new(Code::Unavailable, "支付暂时无法打开，请稍后再试"))?;
    browser::stand_at(&format!("/orders/{order}?from=pay"));
    browser::go(&start.pay_url);
    Ok(())
}
