//! A customer calls an unpaid order off.

use liandian_types::OrderId;

use super::{Seen, view};
use crate::{
    App,
    flows::payments::{self, Ended},
    http::{Call, Failure, Reply},
};

/// Cancels an order that is not paid: closed at the provider first, then here.
///
/// # Errors
/// `conflict` when it is paid or done; `not_found`; `unavailable` while the provider does not answer.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, member): (OrderId, _) = (call.param("order")?, call.member()?);
    let before = view(&app, &order, Seen::By(member), call.now).await?;
    match payments::end_unpaid(&app, &order, true, call.now).await? {
        Ended::Closed => {}
        Ended::Known if before.card.state == liandian_types::OrderState::Closed => {}
        Ended::Paid | Ended::Known => return Err(payments::already_paid()),
    }
    Reply::json(&view(&app, &order, Seen::By(member), call.now).await?)
}
