//! The goods are together.

use liandian_domain::order;
use liandian_types::OrderId;

use super::{Seen, of_store, view};
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
};

/// Marks an order ready for its customer or rider.
///
/// # Errors
/// `conflict` unless it was being prepared; `not_found`.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, store): (OrderId, _) = (call.param("order")?, call.store()?);
    let (a, o, s) = (&app, &order, &store);
    transact(a, call.now, |_| async move { Ok(Plan::new((), order::ready(&of_store(a, o, s).await?, call.now)?)) }).await?;
    Reply::json(&view(&app, &order, Seen::In(&store), call.now).await?)
}
