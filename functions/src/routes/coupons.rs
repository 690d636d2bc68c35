//! Coupons: HQ's, what customers may claim and have, and printed codes.

use liandian_domain::marketing::{
    code::{self, MOST_BATCHES, Typed, name_of, printed, sealed_text},
    coupon::{self, Claim, Template},
};
use liandian_partners::keys::Keys;
use liandian_types::{
    CampaignId, Code, CouponState, MemberId, Problem,
    api::{ClaimCoupon, ClaimedCoupon, CodeFile, CouponDraft, MakeCodes, RedeemCode, TakeCouponStep},
};

use crate::{
    App,
    auth::SESSION_COOKIE,
    http::{Call, Failure, Reply},
    transact::{Once, Plan, transact},
    views::coupons::{batch_of, claimable, coupon_cards, coupon_centre, coupon_of, coupon_view, coupon_wallet, held_coupon, who_asks},
};

/// How often another name is tried for a batch of codes.
const NAMES: usize = 8;

async fn there(app: &App, id: &CampaignId) -> Result<Template, Failure> {
    app.tables.coupon_template(id).await?.ok_or_else(|| Failure::not_found("优惠券"))
}

/// Coupons of HQ, of a state or all.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&coupon_cards(&app.tables, call.typed::<CouponState>("state")?, None).await?)
}

/// Coupons of HQ that are good in a store.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&coupon_cards(&app.tables, None, Some(&call.store()?)).await?)
}

/// One coupon of HQ.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    let found = there(&app, &call.param("campaign")?).await?;
    Reply::json(&coupon_view(&app.tables, &found, call.now).await?)
}

/// Drafts a coupon under an id of the caller's choice, or edits a draft.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it was changed since the version that was seen, or is no draft any more; `not_found` under the id of
/// a campaign.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let (id, draft): (CampaignId, CouponDraft) = (call.param("campaign")?, call.json()?);
    let (by, draft, id, app) = (&call.staff()?.sub, &draft, &id, &app);
    let saved = transact(app, call.now, |_| async move {
        let (old, other) = futures::try_join!(app.tables.coupon_template(id), app.tables.campaign(id))?;
        // Carts and orders know both by their ids.
        if other.is_some() {
            return Err(Failure::refuse(Code::Conflict, "这个编号已被营销活动使用，请换一个"));
        }
        let (campaign, issue) = coupon_of(id.clone(), draft);
        let (template, decision) = coupon::draft(old.as_ref(), campaign, issue, draft.version, by)?;
        Ok(Plan::new(template, decision))
    })
    .await?;
    Reply::json(&coupon_view(&app.tables, &saved, call.now).await?)
}

/// Has a coupon given out, or no more.
///
/// # Errors
/// As [`coupon::step`]; `not_found`.
pub async fn take_step(app: App, call: Call) -> Result<Reply, Failure> {
    let (id, ask): (CampaignId, TakeCouponStep) = (call.param("campaign")?, call.json()?);
    let (by, ask, id, app, now) = (&call.staff()?.sub, &ask, &id, &app, call.now);
    let moved = transact(app, now, |_| async move {
        let old = there(app, id).await?;
        let (template, decision) = coupon::step(&old, ask.step, ask.version, by, now)?;
        Ok(Plan::new(template, decision))
    })
    .await?;
    Reply::json(&coupon_view(&app.tables, &moved, now).await?)
}

/// What proves a code: a digest under the key that the chain's indexes of personal data have, which is in no table.
fn digest(keys: &Keys, batch: &str, place: u32) -> [u8; 16] {
    let hex = keys.blind_index(&sealed_text(batch, place));
    hex.get(..32).and_then(|h| u128::from_str_radix(h, 16).ok()).unwrap_or_default().to_be_bytes()
}

/// Has a batch of codes printed, once per idempotency key: its worth is set aside, its file is another request.
///
/// # Errors
/// As [`code::make`]; `not_found`; `idempotency_mismatch`.
pub async fn make_codes(app: App, call: Call) -> Result<Reply, Failure> {
    let (id, ask): (CampaignId, MakeCodes) = (call.param("campaign")?, call.json()?);
    let by = &call.staff()?.sub;
    let once = Once::of(&call, by)?;
    let (app, id, ask, now) = (&app, &id, &ask, call.now);
    let made = once
        .run(app, now, |_| async move {
            let one = std::slice::from_ref(id);
            let (template, issued) = futures::try_join!(app.tables.coupon_template(id), app.tables.issued(one, true))?;
            let template = template.ok_or_else(|| Failure::not_found("优惠券"))?;
            let name = free_name(app).await?;
            let (batch, decision) = code::make(&template, &issued.first().copied().unwrap_or_default(), name, ask.count, by, now)?;
            Ok((batch_of(&batch), decision))
        })
        .await?;
    Reply::json(&made)
}

/// A name that no batch has.
async fn free_name(app: &App) -> Result<String, Failure> {
    for _ in 0..NAMES {
        let name = name_of(app.chance.draw::<u32>() % MOST_BATCHES);
        if app.tables.code_batch(&name).await?.is_none() {
            return Ok(name);
        }
    }
    Err(Failure::Unavailable("batches of codes have all names".into()))
}

/// Hands the codes of a batch out, once.
///
/// # Errors
/// `conflict` when they were handed out before; `not_found`.
pub async fn code_file(app: App, call: Call) -> Result<Reply, Failure> {
    let (id, name): (CampaignId, String) = (call.param("campaign")?, call.param("batch")?);
    let keys = app.keys()?;
    let (by, tables, id, name) = (&call.staff()?.sub, &app.tables, &id, &name);
    let batch = transact(&app, call.now, |_| async move {
        let found = tables.code_batch(name).await?.filter(|b| b.campaign == *id).ok_or_else(|| Failure::not_found("批次"))?;
        let decision = code::take(&found, by)?;
        Ok(Plan::new(found, decision))
    })
    .await?;
    let mut csv = String::from("\u{feff}兑换码\r\n");
    for place in 0..batch.count {
        csv.push_str(&printed(&batch.batch, place, digest(keys, &batch.batch, place)));
        csv.push_str("\r\n");
    }
    Reply::json(&CodeFile { name: format!("codes-{}.csv", batch.batch), csv }).map(|r| r.header("cache-control", "no-store".to_owned()))
}

/// What a store's customers may claim; for who is logged in, what he has had of it.
///
/// # Errors
/// `not_found` for the store.
pub async fn centre(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    if !app.tables.directory().await?.iter().any(|s| s.store == store) {
        return Err(Failure::not_found("门店"));
    }
    let member = asker(&app, &call).await?;
    Reply::json(&coupon_centre(&app.tables, &store, member.as_ref(), call.now).await?)
}

/// The member who asks, if one does: the coupon centre is for anybody.
async fn asker(app: &App, call: &Call) -> Result<Option<MemberId>, Failure> {
    let bearer = call.headers.get("authorization").and_then(|h| h.strip_prefix("Bearer "));
    let cookie = call.headers.get("cookie").and_then(|c| app.cookie(c, SESSION_COOKIE));
    match bearer.or(cookie) {
        Some(token) => Ok(app.member(token, call.now).await?.map(|session| session.member)),
        None => Ok(None),
    }
}

/// The member's coupons.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn wallet(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&coupon_wallet(&app.tables, call.member()?, call.now).await?)
}

/// Claims a coupon. Sent again it answers the same one.
///
/// # Errors
/// As [`coupon::claim`]; `not_found` for one that nobody claims by himself.
pub async fn claim(app: App, call: Call) -> Result<Reply, Failure> {
    let (id, ask): (CampaignId, ClaimCoupon) = (call.param("campaign")?, call.json()?);
    let (member, id, app, now, saw) = (call.member()?, &id, &app, call.now, ask.had);
    let claimed = transact(app, now, |_| async move {
        let one = std::slice::from_ref(id);
        let tables = &app.tables;
        let (template, mine, issued) =
            futures::try_join!(tables.coupon_template(id), tables.coupons_of_template(member, id), tables.issued(one, true))?;
        let t = template.filter(claimable).ok_or_else(|| Failure::not_found("优惠券"))?;
        let who = who_asks(tables, member, &[&t], now).await?;
        let issued = issued.first().copied().unwrap_or_default();
        let (coupon, decision) = coupon::claim(&t, Claim { member, who: &who, mine: &mine, saw, issued: &issued }, now)?;
        let new = !decision.is_empty();
        Ok(Plan::new(ClaimedCoupon { coupon: held_coupon(&t, &coupon, now), new }, decision))
    })
    .await?;
    Reply::json(&claimed)
}

/// Turns a printed code into a coupon. Sent again by the same member it answers the same one.
///
/// # Errors
/// `bad_request` for a mistyped code; `not_found` for one that was never printed; as [`code::redeem`].
pub async fn redeem(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: RedeemCode = call.json()?;
    let typed = Typed::read(&ask.code)?;
    if !typed.proves(digest(app.keys()?, &typed.batch, typed.place)) {
        return Err(Problem::new(Code::NotFound, "没有这个兑换码，请核对").at("code").into());
    }
    let (member, typed, app, now) = (call.member()?, &typed, &app, call.now);
    let claimed = transact(app, now, |_| async move {
        let tables = &app.tables;
        let (batch, used) = futures::try_join!(tables.code_batch(&typed.batch), tables.used_code(&typed.batch, typed.place))?;
        let nothing = || Failure::from(Problem::new(Code::NotFound, "没有这个兑换码，请核对").at("code"));
        let batch = batch.filter(|b| typed.place < b.count).ok_or_else(nothing)?;
        let mine = async { Ok::<_, Failure>(tables.coupons_of_template(member, &batch.campaign).await?) };
        let (t, mine) = futures::try_join!(there(app, &batch.campaign), mine)?;
        let (coupon, decision) = code::redeem(&t, typed, member, &mine, used.as_ref(), now)?;
        let new = !decision.is_empty();
        Ok(Plan::new(ClaimedCoupon { coupon: held_coupon(&t, &coupon, now), new }, decision))
    })
    .await?;
    Reply::json(&claimed)
}
