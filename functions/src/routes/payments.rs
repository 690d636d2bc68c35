//! Starting a payment, and the provider's call-back.

use liandian_partners::{PartnerError, payment::Status};
use liandian_types::{
    Code, OrderId, OrderState, Problem,
    api::{PaymentCheck, PaymentStart},
};

use crate::{
    App,
    flows::payments,
    http::{Call, Failure, Reply},
    people::member_place,
};

/// Prepays at the provider; the parameters for `wx.requestPayment`, and where a browser goes.
///
/// # Errors
/// `not_found`; `conflict` unless the order waits for its payment; `unavailable` while the provider does not answer.
pub async fn start(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, member): (OrderId, _) = (call.param("order")?, call.member()?);
    let (head, person) = futures::try_join!(app.tables.order_head(&order), app.tables.member(member))?;
    let head = head.filter(|h| h.member == *member).ok_or_else(|| Failure::not_found("订单"))?;
    let person = person.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "请先登录"))?;
    if head.state != OrderState::Placed {
        return Err(Failure::refuse(Code::Conflict, format!("订单当前为「{}」，无需付款", head.state.title())));
    }
    if call.now >= head.pay_by {
        return Err(Failure::refuse(Code::Conflict, "付款时间已过，请重新下单"));
    }
    let openid = app.keys()?.unwrap(&person.key).await?.open(&member_place(member, "openid"), &person.openid)?;
    let description: String = format!("{} {}", head.store_name, head.summary).chars().take(40).collect();
    let payment = app.payment()?;
    let prepay_id = payment.prepay(&order, &description, head.total, &openid, head.pay_by, call.now).await.map_err(|e| match e.code() {
        Some("ORDERPAID") => Failure::refuse(Code::Conflict, "订单已支付，正在确认"),
        Some("ORDER_CLOSED") => Failure::refuse(Code::Conflict, "订单已关闭，请重新下单"),
        _ => e.into(),
    })?;
    // A cancel may have closed the order while the provider made the prepayment. One that closes it right after this look leaves a
    // payable order behind: who pays it gets the goods if they are still there, else the money back (`order::pay`: late).
    let still = app.tables.order_head(&order).await?.is_some_and(|h| h.state == OrderState::Placed);
    if !still {
        match payment.close(&order, call.now).await {
            Ok(()) => {}
            // Whoever paid meanwhile is told so by the call-back.
            Err(e) if e.code() == Some("ORDERPAID") => {}
            Err(e) => return Err(e.into()),
        }
        return Err(Failure::refuse(Code::Conflict, "订单状态已变化，请刷新后查看"));
    }
    let p = payment.client_params(&prepay_id, call.now)?;
    let pay_url = match app.config.get("PAYMENT_PAGE_URL") {
        Some(page) => {
            format!("{page}?prepay_id={}&back={}", encode(&prepay_id), encode(&format!("{}/orders/{order}?from=pay", app.config.public_origin())))
        }
        None => String::new(),
    };
    Reply::json(&PaymentStart {
        prepay_id,
        app_id: p.app_id,
        time_stamp: p.time_stamp,
        nonce_str: p.nonce_str,
        package: p.package,
        sign_type: "RSA".into(),
        pay_sign: p.pay_sign,
        pay_url,
    })
}

/// Asks the provider whether an order is paid, and takes the payment if it is: for the customer who comes back from its page before its
/// call-back did. The page's word counts for nothing.
///
/// # Errors
/// `not_found`; `unavailable` while the provider does not answer.
pub async fn check(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, member): (OrderId, _) = (call.param("order")?, call.member()?);
    let mine = || async { app.tables.order_head(&order).await?.filter(|h| h.member == *member).ok_or_else(|| Failure::not_found("订单")) };
    let mut head = mine().await?;
    if head.state == OrderState::Placed {
        match app.provider()?.query(&order, call.now).await? {
            Status::Paid(t) => {
                payments::take(&app, &t, call.now).await?;
                head = mine().await?;
            }
            Status::Unpaid | Status::Closed | Status::Refunded => {}
        }
    }
    Reply::json(&PaymentCheck { state: head.state, paid: head.paid_at.is_some() })
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The provider's call-back: believed only under its signature, takes effect once.
///
/// # Errors
/// `bad_signature` for whatever is not the provider's; `conflict` for what it vouches for and is not this merchant's, this app's, or in the
/// currency of the prices; anything else makes it call again.
pub async fn notify(app: App, call: Call) -> Result<Reply, Failure> {
    let told = app.notices()?.notification(&call.headers, &call.body, call.now).map_err(|e| {
        tracing::warn!(error = %e, "a payment call-back was refused");
        match e {
            PartnerError::Foreign { what, .. } => Problem::new(Code::Conflict, "支付通知的商户、应用或币种与本商户不一致").at(what).into(),
            _ => Failure::refuse(Code::BadSignature, "签名无效"),
        }
    })?;
    if let Some(t) = told {
        crate::telemetry::note("order", &t.order);
        payments::take(&app, &t, call.now).await?;
    }
    Ok(Reply::empty())
}
