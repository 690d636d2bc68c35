//! A member's address book, and the districts that addresses are in.
//!
//! The book is one row in the member's partition, sealed with the member's key: erasing that key erases it.

use liandian_domain::members::{addresses, district};
use liandian_partners::keys::DataKey;
use liandian_types::{
    AddressId, Code, GeoPoint, MemberId, Problem,
    api::{AddressList, DistrictList, DistrictView, SaveAddress, SavedAddress},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    people::{check_address, open_book, seal_book},
};

/// How often a change begins anew when another one came between.
const TRIES: usize = 5;

/// The book.
///
/// # Errors
/// [`Failure`] from the tables and keys only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&book(&app, call.member()?).await?)
}

/// A member's book, for the page of it.
///
/// # Errors
/// `unauthenticated` for a member who was erased; else from the tables and keys only.
pub async fn book(app: &App, member: &MemberId) -> Result<AddressList, Failure> {
    Ok(AddressList { addresses: read(app, member).await?.2 })
}

/// Keeps an address in front of the others; the whole book comes back.
///
/// # Errors
/// `bad_request` naming the field, also for a point that does not fit the words; `conflict` when the book is full; `not_found`.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let wanted: SaveAddress = call.json()?;
    check_address(&wanted)?;
    let id: AddressId = app.id();
    change(&app, &call, |book| addresses::saved(book, wanted.clone(), id.clone())).await
}

/// Takes an address out, once or again; the rest of the book comes back.
///
/// # Errors
/// [`Failure`] from the tables and keys only.
pub async fn remove(app: App, call: Call) -> Result<Reply, Failure> {
    let address: AddressId = call.param("address")?;
    change(&app, &call, |book| Ok(addresses::removed(book, &address))).await
}

/// The member's key, the version of the book, and what is in it.
async fn read(app: &App, id: &MemberId) -> Result<(DataKey, u64, Vec<SavedAddress>), Failure> {
    let (member, row) = futures::try_join!(app.tables.member(id), app.tables.address_book(id))?;
    let member = member.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "请先登录"))?;
    let key = app.keys()?.unwrap(&member.key).await?;
    let (version, book) = match row {
        Some(row) => (row.version, open_book(&key, id, &row.book)?),
        None => (0, Vec::new()),
    };
    Ok((key, version, book))
}

async fn change(app: &App, call: &Call, decide: impl Fn(Vec<SavedAddress>) -> Result<Vec<SavedAddress>, Problem>) -> Result<Reply, Failure> {
    let id = call.member()?;
    for _ in 0..TRIES {
        let (key, version, book) = read(app, id).await?;
        let new = decide(book.clone())?;
        if new == book || app.tables.put_address_book(id, version, &seal_book(&key, id, &new)?).await? {
            return Reply::json(&AddressList { addresses: new });
        }
    }
    Err(Failure::Unavailable("the address book changed again and again".into()))
}

/// The districts around a point, the nearest first.
#[must_use]
pub fn around(p: GeoPoint) -> Vec<DistrictView> {
    district::near(p)
}

/// The districts around a point, or those that a text names.
///
/// # Errors
/// `bad_request` for a point that is none, or when neither is asked for.
pub async fn districts(_app: App, call: Call) -> Result<Reply, Failure> {
    let districts = match (call.typed("lat")?, call.typed("lng")?, call.q("q")) {
        (Some(lat), Some(lng), _) => {
            let point = GeoPoint { lat, lng };
            if !point.is_valid() {
                return Err(Problem::new(Code::BadRequest, "坐标无效").at("lat").into());
            }
            around(point)
        }
        (_, _, Some(text)) => district::find(text),
        _ => return Err(Problem::new(Code::BadRequest, "请给出坐标（lat、lng）或地名（q）").at("q").into()),
    };
    Reply::json(&DistrictList { districts })
}
