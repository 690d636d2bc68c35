//! The JSON routes: parse → load → decide → commit → respond. One folder or file a context.

pub mod access;
pub mod catalog;
pub mod governance;
pub mod members;
pub mod orders;
pub mod payments;
pub mod settlement;
pub mod stock;
pub mod stores;
pub mod transfers;

use liandian_store::reach::Reach;

use crate::{
    App,
    http::{Call, Failure},
};

/// What of the chain the caller may see.
async fn reach(app: &App, call: &Call) -> Result<Reach, Failure> {
    Ok(app.tables.reach(&call.staff()?.scope).await?)
}
