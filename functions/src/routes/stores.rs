//! Finding a store, and its home page.

use liandian_store::read::FindStores;
use liandian_types::{Code, GeoPoint, Problem};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// Where the caller is, from `lat` and `lng`.
///
/// # Errors
/// `bad_request` when one is missing, or it is no place: off the globe, or where both are 0, which a device says that does not know where it is.
pub(crate) fn place(call: &Call) -> Result<Option<GeoPoint>, Failure> {
    let refuse = |field: &str| Err(Problem::new(Code::BadRequest, "坐标无效").at(field).into());
    match (call.typed("lat")?, call.typed("lng")?) {
        (None, None) => Ok(None),
        (Some(lat), Some(lng)) => {
            let p = GeoPoint { lat, lng };
            if p.is_a_place() { Ok(Some(p)) } else { refuse("lat") }
        }
        (Some(_), None) => refuse("lng"),
        (None, Some(_)) => refuse("lat"),
    }
}

/// Stores near a point, by name, or by an entrance's code.
///
/// # Errors
/// `bad_request`.
pub async fn find(app: App, call: Call) -> Result<Reply, Failure> {
    let near = place(&call)?;
    let ask = FindStores { near, text: call.q("q"), entrance: call.q("entrance"), cursor: call.q("cursor") };
    Reply::json(&app.tables.find_stores(ask, call.now).await?)
}

/// A store's home page.
///
/// # Errors
/// `not_found`.
pub async fn home(app: App, call: Call) -> Result<Reply, Failure> {
    let home = app.tables.store_home(&call.store()?, place(&call)?, call.now).await?;
    Reply::json(&home.ok_or_else(|| Failure::not_found("门店"))?)
}
