//! The member who calls: name, what waits for them, and what they agreed to.

use liandian_domain::members::consent::{self, Consent};
use liandian_types::{
    Code, LegalKind, Problem, StoreId,
    api::{GiveConsents, SetNickname},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    people::{key_of, member_place},
    views::members::{consents_of, consents_view, member_view},
};

/// How often a change begins anew when another one came between.
const TRIES: usize = 5;
/// The longest name, in characters.
const LONGEST_NAME: usize = 20;

/// The member, with how the store `store` is reached.
///
/// # Errors
/// `not_found` for a member who was erased.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    let store: Option<StoreId> = call.typed("store")?;
    Reply::json(&member_view(&app, call.member()?, store.as_ref(), call.now).await?)
}

/// Gives the member another name.
///
/// # Errors
/// `bad_request` for a name that is none; `not_found` for a member who was erased.
pub async fn rename(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetNickname = call.json()?;
    let name = ask.nickname.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Err(Problem::new(Code::BadRequest, format!("昵称为 1 到 {LONGEST_NAME} 个字")).at("nickname").into());
    }
    let member = call.member()?;
    let key = key_of(&app, member).await?.ok_or_else(|| Failure::not_found("账号"))?;
    if !app.tables.rename_member(member, &key.seal(&member_place(member, "nickname"), name)?).await? {
        return Err(Failure::not_found("账号"));
    }
    Reply::json(&member_view(&app, member, None, call.now).await?)
}

/// What the member agreed to, beside what is in force.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn consents(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&consents_of(&app.tables, call.member()?, call.now).await?)
}

/// Agrees to the versions in force that were shown; once or again.
///
/// # Errors
/// `bad_request` for none or too many; `conflict` for a version that is not in force (any more).
pub async fn agree(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: GiveConsents = call.json()?;
    if ask.agreed.is_empty() || ask.agreed.len() > LegalKind::ALL.len() {
        return Err(Problem::new(Code::BadRequest, "请选择要同意的文件").at("agreed").into());
    }
    let wanted: Vec<(LegalKind, u32)> = ask.agreed.iter().map(|a| (a.kind, a.number)).collect();
    let member = call.member()?;
    for _ in 0..TRIES {
        let (book, mut said) = futures::try_join!(app.tables.legal_now(), app.tables.consents(member))?;
        let new = consent::give(&said, &book.all_in_force(call.now), &wanted, call.now)?;
        if new.is_empty() || app.tables.add_consents(member, &new).await? {
            said.extend(new);
            return Reply::json(&consents_view(&book, &said, call.now));
        }
    }
    Err(Failure::Unavailable("a member said something again and again".into()))
}

/// Takes a consent back, once or again.
///
/// # Errors
/// `not_found` for a document that there is not.
pub async fn withdraw(app: App, call: Call) -> Result<Reply, Failure> {
    let kind: LegalKind = call.param("kind")?;
    let member = call.member()?;
    for _ in 0..TRIES {
        let (book, mut said) = futures::try_join!(app.tables.legal(), app.tables.consents(member))?;
        let new: Vec<Consent> = consent::withdraw(&said, kind, call.now).into_iter().collect();
        if new.is_empty() || app.tables.add_consents(member, &new).await? {
            said.extend(new);
            return Reply::json(&consents_view(&book, &said, call.now));
        }
    }
    Err(Failure::Unavailable("a member said something again and again".into()))
}
