//! Who has seen personal data in clear, and who has logged in.

use liandian_domain::stores::hours::{CHINA, day_named, local_text};
use liandian_store::access::{AccessAsk, AccessRecord};
use liandian_types::{
    Code, MemberId, Problem, StaffId, Timestamp,
    api::{AccessList, AccessRow},
};

use crate::{App, http::Failure, routes::access::staff::MAX_USERNAME};

/// How many access records a page has.
const RECORDS: i32 = 50;

/// Who has seen personal data in clear, and who has logged in: of a day (China's), of a person, or both; today's when neither is named. Members are
/// named by their id, staff by id or user name.
///
/// # Errors
/// `bad_request` for a day that there is not.
pub async fn access_list(app: &App, day: Option<&str>, actor: Option<&str>, cursor: Option<&str>, now: Timestamp) -> Result<AccessList, Failure> {
    let no_day = || Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at("date");
    let when = day.map(|d| day_named(d, CHINA).filter(|(from, _)| from.0 > 0).ok_or_else(no_day)).transpose()?;
    let nobody = AccessList { records: Vec::new(), next: None };
    let actor = match actor {
        Some(id) if id.parse::<StaffId>().is_ok() || id.parse::<MemberId>().is_ok() => Some(id.to_owned()),
        Some(name) if name.len() > MAX_USERNAME => return Ok(nobody),
        Some(name) => match app.tables.staff(name).await? {
            Some(account) => Some(account.staff.to_string()),
            None => return Ok(nobody),
        },
        None => None,
    };
    let (records, next) = app.tables.access_records(AccessAsk { actor: actor.as_deref(), when }, now, RECORDS, cursor).await?;
    let people: Vec<&str> = records.iter().filter_map(|r| r.actor.as_deref()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    let row = |r: AccessRecord| AccessRow {
        at_text: local_text(r.at, CHINA),
        at: r.at,
        actor_name: r.actor.as_ref().and_then(|a| names.get(a).cloned()),
        actor: r.actor,
        role: r.role,
        act: r.act,
        succeeded: r.succeeded,
        store: r.store,
        orders: r.orders,
        fields: r.fields,
        from: r.from,
    };
    Ok(AccessList { records: records.into_iter().map(row).collect(), next })
}
