//! Personal data at its places: what is sealed where, and how it is shown. The only code that opens it.

use aws_lc_rs::digest::{SHA256, digest as sha};
use liandian_domain::{
    members::district,
    orders::order::{OrderBody, Sealed},
};
use liandian_partners::keys::{DataKey, Keys, mask_address, mask_name, mask_phone};
use liandian_types::{
    Code, MemberId, OrderId, Problem, StoreId,
    api::{Recipient, SaveAddress, SavedAddress, ShownRecipient},
    text,
};

use crate::{App, http::Failure};

/// The place for which a field of a member is sealed.
#[must_use]
pub fn member_place(m: &MemberId, field: &str) -> String {
    format!("member|{m}|{field}")
}

fn order_place(o: &OrderId, field: &str) -> String {
    format!("order|{o}|{field}")
}

/// The longest word to a store, in characters.
pub const MAX_NOTE: usize = 100;

/// SHA-256 in hexadecimal: what tables keep of tickets, refresh tokens and request bodies.
#[must_use]
pub fn digest(text: impl AsRef<[u8]>) -> String {
    hex::encode(sha(&SHA256, text.as_ref()).as_ref())
}

/// Checks a recipient as a person wrote it, and gives it as it is kept: without spaces around it, the telephone number as eleven digits.
///
/// # Errors
/// `bad_request` naming the field.
pub fn check_recipient(r: Recipient) -> Result<Recipient, Failure> {
    let refuse = |field: &str, why: &str| Err(Problem::new(Code::BadRequest, why).at(format!("recipient.{field}")).into());
    let (name, address) = (r.name.trim().to_owned(), r.address.trim().to_owned());
    if !(1..=20).contains(&name.chars().count()) {
        return refuse("name", "收货人姓名为 1 到 20 个字");
    }
    let Some(phone) = text::phone(&r.phone) else { return refuse("phone", "请填写 11 位手机号") };
    if !(2..=100).contains(&address.chars().count()) {
        return refuse("address", "收货地址为 2 到 100 个字");
    }
    if !r.point.is_a_place() {
        return refuse("point", "收货地址的坐标无效");
    }
    district::check(&address, r.point).map_err(|p| p.at("recipient.point"))?;
    Ok(Recipient { name, phone, address, ..r })
}

/// Checks an address for the book as a person wrote it.
///
/// # Errors
/// `bad_request` naming the field.
pub fn check_address(a: &SaveAddress) -> Result<(), Failure> {
    let whole = Recipient { name: a.name.clone(), phone: a.phone.clone(), address: format!("{}{}", a.district, a.street), point: a.point };
    let named = |mut p: Problem| {
        let field = p.field.take().unwrap_or_default();
        p.at(match field.trim_start_matches("recipient.") {
            "address" => "street",
            other => other,
        })
    };
    check_recipient(whole).map_err(|f| match f {
        Failure::Problem(p) => named(*p).into(),
        other => other,
    })?;
    if a.street.trim().chars().count() < 2 {
        return Err(Problem::new(Code::BadRequest, "请填写街道和门牌").at("street").into());
    }
    Ok(())
}

/// Seals a member's address book with the member's key.
///
/// # Errors
/// [`Failure::Internal`].
pub fn seal_book(key: &DataKey, member: &MemberId, book: &[SavedAddress]) -> Result<String, Failure> {
    let text = serde_json::to_string(book).map_err(|e| Failure::Internal(e.to_string()))?;
    Ok(key.seal(&member_place(member, "addresses"), &text)?)
}

/// Opens a member's address book.
///
/// # Errors
/// [`Failure::Internal`].
pub fn open_book(key: &DataKey, member: &MemberId, sealed: &str) -> Result<Vec<SavedAddress>, Failure> {
    let text = key.open(&member_place(member, "addresses"), sealed)?;
    serde_json::from_str(text.expose()).map_err(|_| Failure::Internal("a sealed address book is none".into()))
}

/// Blind index of the last four digits of a phone, in one store: what its staff can ask for and nobody can read back. `None` for what has no four
/// digits at its end.
#[must_use]
pub fn phone_tail(keys: &Keys, store: &StoreId, phone: &str) -> Option<String> {
    let digits = text::phone(phone).or_else(|| Some(text::code(phone)).filter(|d| d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit())))?;
    let last = digits.get(digits.len().checked_sub(4)?..)?;
    keys.blind_index(&format!("tail|{store}|{last}")).get(..12).map(str::to_owned)
}

/// Checks a word to the store; `None` for an empty one.
///
/// # Errors
/// `bad_request` for one too long.
pub fn check_note(note: Option<&str>) -> Result<Option<&str>, Failure> {
    let note = note.map(str::trim).filter(|n| !n.is_empty());
    if note.is_some_and(|n| n.chars().count() > MAX_NOTE) {
        return Err(Problem::new(Code::BadRequest, format!("备注最多 {MAX_NOTE} 个字")).at("note").into());
    }
    Ok(note)
}

/// Seals the recipient of an order with the member's key.
///
/// # Errors
/// [`Failure::Internal`].
pub fn seal_recipient(key: &DataKey, order: &OrderId, r: &Recipient) -> Result<Sealed, Failure> {
    let text = serde_json::to_string(r).map_err(|e| Failure::Internal(e.to_string()))?;
    Ok(Sealed { data: key.seal(&order_place(order, "recipient"), &text)? })
}

/// Seals a customer's word to the store with the member's key: people write names and numbers into it.
///
/// # Errors
/// [`Failure::Internal`].
pub fn seal_note(key: &DataKey, order: &OrderId, note: &str) -> Result<Sealed, Failure> {
    Ok(Sealed { data: key.seal(&order_place(order, "note"), note)? })
}

/// The key that opens what is sealed of a member; `None` when the member was erased.
///
/// # Errors
/// [`Failure`] from the tables and the master key.
pub async fn key_of(app: &App, member: &MemberId) -> Result<Option<DataKey>, Failure> {
    match app.tables.wrapped_key(member).await? {
        Some(wrapped) => Ok(Some(app.keys()?.unwrap(&wrapped).await?)),
        None => Ok(None),
    }
}

/// The customer's word to the store.
///
/// # Errors
/// [`Failure::Internal`].
pub fn open_note(key: &DataKey, body: &OrderBody) -> Result<Option<String>, Failure> {
    let Some(sealed) = &body.note else { return Ok(None) };
    Ok(Some(key.open(&order_place(&body.order, "note"), &sealed.data)?.expose().to_owned()))
}

/// The recipient of an order, for the one who must have it.
///
/// # Errors
/// [`Failure::Internal`].
pub fn open_recipient(key: &DataKey, body: &OrderBody) -> Result<Option<Recipient>, Failure> {
    let Some(sealed) = &body.recipient else { return Ok(None) };
    let text = key.open(&order_place(&body.order, "recipient"), &sealed.data)?;
    serde_json::from_str(text.expose()).map(Some).map_err(|_| Failure::Internal("a sealed recipient is none".into()))
}

/// A recipient as its customer sees it.
#[must_use]
pub fn clear(r: Recipient) -> ShownRecipient {
    ShownRecipient { name: r.name, phone: r.phone, address: r.address }
}

/// A recipient as others see it.
#[must_use]
pub fn mask(r: &Recipient) -> ShownRecipient {
    ShownRecipient { name: mask_name(&r.name), phone: mask_phone(&r.phone), address: mask_address(&r.address) }
}
