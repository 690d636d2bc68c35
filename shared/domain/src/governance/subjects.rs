//! What a change request is about, as it is now: a price, whether a store lists goods, or what its profile says. One way for all of them: inside the policy
//! at once, outside it by asking, and in force only with the approval.

use liandian_types::{Code, Problem, RequestId, StaffId, StoreId, StoreStatus, Timestamp, api::StoreDraft, text::unfit};

use super::{
    request::{Approved, Asking, Change, ChangeRequest, Comment, Document, Effect, Facts, PastChange, Reviewer, Target, decide_change},
    store_prices::{self, At, Author, agreed, asked, followed, reason, renewed, stale, why_of},
    terms::Terms,
};
use crate::{
    Decision, Refusable,
    catalog::{LibrarySku, Listing, own, upload},
    conflict,
    decision::GovernanceWrite,
    stock::batch::Date,
    stores::{
        edit::{self, Known, Save, check, days_of, days_text, draft_of, first_of},
        hours::day,
        profile::StoreProfile,
    },
};

/// Fields of its profile that a store may ask for, by their names in a draft, and as people read them.
pub const PROFILE_FIELDS: [(&str, &str); 5] =
    [("phone", "电话"), ("hours", "营业时间"), ("exceptions", "特殊营业日"), ("status", "营业状态"), ("service", "客服")];

/// The longest reason for a change of the profile, in characters: it stands in the store's history.
const MAX_PROFILE_WHY: usize = 100;

/// Whether a store lists goods, with all that this is judged by.
#[derive(Debug, Clone, Copy)]
pub struct GoodsAt<'a> {
    /// Whose.
    pub store: &'a StoreId,
    /// HQ's word.
    pub sku: &'a LibrarySku,
    /// The listing, when the store has it.
    pub listing: Option<&'a Listing>,
    /// The permit that the goods need and the store has not, by name.
    pub permit: Option<&'a str>,
    /// Documents that the store shows beside what it asks.
    pub documents: &'a [Document],
    /// What holds in the store now.
    pub terms: &'a Terms,
}

/// A store's profile, with all that a change of it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct ProfileAt<'a> {
    /// As it is.
    pub profile: &'a StoreProfile,
    /// What of the chain it is checked against.
    pub known: &'a Known<'a>,
    /// What holds in the store now.
    pub terms: &'a Terms,
}

/// What a request is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A price.
    Price(At<'a>),
    /// Whether goods are listed.
    Goods(GoodsAt<'a>),
    /// A field of the profile.
    Profile(ProfileAt<'a>),
}

/// Which field of a profile this is; its name in Chinese.
#[must_use]
pub fn profile_title(field: &str) -> Option<&'static str> {
    PROFILE_FIELDS.iter().find(|(name, _)| *name == field).map(|(_, title)| *title)
}

fn bad<T>(field: &str, detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, detail).at(field))
}

impl GoodsAt<'_> {
    fn is_listed(&self) -> bool {
        self.listing.is_some()
    }

    /// What of it a request saw: whether it was listed. A new name or price of a listing makes no request to give it up stale.
    fn stand(&self) -> u64 {
        u64::from(self.is_listed())
    }

    fn facts(&self) -> Facts {
        Facts { mandatory: self.sku.mandatory, permit: self.permit.map(str::to_owned), ..Facts::default() }
    }

    /// Can the store list it at all?
    fn offered(&self, now: Timestamp) -> bool {
        self.sku.local_to.is_none() && self.sku.sold_online() && self.sku.is_for(self.store, now)
    }

    fn put(&self, new: bool, by: &StaffId, now: Timestamp) -> Refusable<Decision> {
        if new {
            if !self.is_listed() && !self.offered(now) {
                return conflict(format!("{}已不在售，不能上架", self.sku.title()));
            }
            return Ok(own::take(self.store, [(self.sku, self.is_listed())], by, now).1);
        }
        match self.listing {
            Some(l) => Ok(own::give_up(self.store, &[(Some(self.sku.clone()), l.clone())], by)?.1),
            None => Ok(Decision::default()),
        }
    }
}

impl ProfileAt<'_> {
    /// What the profile says of a field now.
    fn said(&self, field: &str, now: Timestamp) -> String {
        said(self.profile, field, now)
    }

    /// The whole profile with another word for one field.
    fn draft(&self, field: &str, value: &str, why: &str, now: Timestamp) -> Refusable<StoreDraft> {
        let mut d = draft_of(self.profile, now);
        match field {
            "phone" => value.trim().clone_into(&mut d.phone),
            "hours" => value.trim().clone_into(&mut d.hours),
            "service" => value.trim().clone_into(&mut d.service),
            "exceptions" => d.exceptions = days_of(value),
            "status" => {
                let open = [StoreStatus::Open, StoreStatus::Paused];
                // When a store opens for the first time, and whether one that is closed opens again, is HQ's word.
                if !open.contains(&self.profile.status) {
                    return bad("value", format!("门店{}，营业状态由总部设置", self.profile.status.title()));
                }
                let Some(status) = open.into_iter().find(|s| value.trim() == s.as_str() || value.trim() == s.title()) else {
                    return bad("value", format!("门店可申请{}或{}", StoreStatus::Open.title(), StoreStatus::Paused.title()));
                };
                d.status = status.to_string();
                d.reason = if status == StoreStatus::Paused { why.trim().to_owned() } else { String::new() };
                d.until = String::new();
            }
            _ => return bad("field", "门店不能申请修改这一项"),
        }
        Ok(d)
    }

    /// The new value as the profile would say it.
    ///
    /// # Errors
    /// `bad_request` at `value`, or at `why` where the reason is what customers read.
    fn checked(&self, field: &str, value: &str, why: &str, now: Timestamp) -> Refusable<String> {
        let draft = self.draft(field, value, why, now)?;
        let next = check(&self.profile.store, Some(self.profile), &draft, self.known, now).map_err(|faults| {
            let p = first_of(&faults);
            let at = if p.field.as_deref() == Some("reason") { "why" } else { "value" };
            p.at(at)
        })?;
        Ok(said(&next, field, now))
    }

    fn put(&self, field: &str, value: &str, by: &StaffId, why: &str, now: Timestamp) -> Refusable<Decision> {
        let draft = self.draft(field, value, why, now)?;
        let store = &self.profile.store;
        let save = Save { store, draft: &draft, seen: self.profile.version, why, by, sure: false, waiting: 0 };
        Ok(edit::save(Some(self.profile), &save, self.known, now)?.1)
    }
}

/// Of days as they were told once those that a profile still tells of.
fn to_come(days: &str, p: &StoreProfile, now: Timestamp) -> String {
    let yesterday = day(now.plus(-Timestamp::DAY), &p.hours.zone);
    let comes = |to: &str| to.parse::<Date>().is_ok_and(|to| to >= yesterday);
    days_text(&days_of(days).into_iter().filter(|e| comes(&e.to)).collect::<Vec<_>>())
}

/// What a profile says of a field.
fn said(p: &StoreProfile, field: &str, now: Timestamp) -> String {
    let d = draft_of(p, now);
    match field {
        "phone" => d.phone,
        "hours" => d.hours,
        "service" => d.service,
        "exceptions" => days_text(&d.exceptions),
        "status" => p.status_at(now).title().to_owned(),
        _ => String::new(),
    }
}

impl Subject<'_> {
    fn terms(&self) -> &Terms {
        match self {
            Subject::Price(at) => at.terms,
            Subject::Goods(at) => at.terms,
            Subject::Profile(at) => at.terms,
        }
    }

    fn facts(&self) -> Facts {
        match self {
            Subject::Goods(at) => at.facts(),
            Subject::Price(_) | Subject::Profile(_) => Facts::default(),
        }
    }

    /// What the policy says to a change now.
    fn judge(&self, change: &Change, now: Timestamp) -> Effect {
        decide_change(self.terms().policy(), change, &self.facts(), now)
    }

    /// The version of what the request saw, as it is now: another one when that has changed since.
    fn stand(&self, r: &ChangeRequest, now: Timestamp) -> u64 {
        match (self, &r.change, &r.target) {
            (Subject::Goods(at), ..) => at.stand(),
            (Subject::Profile(at), Change::Profile { old, .. }, Target::Profile { field, .. }) => {
                // Only a change of this very field is in its way; days that went by are none.
                let said = at.said(field, now);
                let same = said == *old || (field == "exceptions" && said == to_come(old, at.profile, now));
                if same { r.seen } else { r.seen.wrapping_add(1) }
            }
            _ => r.seen,
        }
    }

    /// The same change, with the value that is there now.
    fn afresh(&self, r: &ChangeRequest, now: Timestamp) -> Change {
        match (self, &r.change, &r.target) {
            (Subject::Goods(at), Change::List { new, .. }, _) => Change::List { old: at.is_listed(), new: *new },
            (Subject::Profile(at), Change::Profile { new, .. }, Target::Profile { field, .. }) => {
                Change::Profile { old: at.said(field, now), new: new.clone() }
            }
            (_, other, _) => other.clone(),
        }
    }

    /// What makes a change true.
    fn put(&self, change: &Change, target: &Target, by: &StaffId, why: &str, now: Timestamp) -> Refusable<Decision> {
        match (self, change, target) {
            (Subject::Goods(at), Change::List { new, .. }, _) => at.put(*new, by, now),
            (Subject::Profile(at), Change::Profile { new, .. }, Target::Profile { field, .. }) => at.put(field, new, by, why, now),
            _ => conflict("审批单与所改内容不符"),
        }
    }

    /// Somebody agrees: the change takes effect in the same transaction.
    ///
    /// # Errors
    /// As [`ChangeRequest::approve`] says; `conflict` when the change is not possible any more.
    pub fn approve(&self, r: &ChangeRequest, who: &Reviewer, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
        if let Subject::Price(at) = self {
            return store_prices::approve(at, r, who, now);
        }
        let outcome = r.approve(who, self.stand(r, now), &self.judge(&r.change, now), now)?;
        let d = match &outcome {
            Approved::InForce(next) => {
                let mut d = agreed(r, who, next, true);
                d.and(self.put(&r.change, &r.target, &r.by, why_of(r), now)?);
                d
            }
            Approved::OneMore(next) => agreed(r, who, next, false),
            Approved::Stale(next) => stale(next),
        };
        Ok((outcome.request().clone(), d))
    }

    /// Asks once more for the same new value, of what is there now.
    ///
    /// # Errors
    /// `conflict` when nothing has changed since it was asked, or as [`ChangeRequest::renew`] says.
    pub fn renew(&self, r: &ChangeRequest, by: &StaffId, id: &RequestId, now: Timestamp) -> Refusable<(ChangeRequest, Decision)> {
        if let Subject::Price(at) = self {
            return store_prices::renew(at, r, by, id, now);
        }
        let seen = match self {
            Subject::Goods(at) => at.stand(),
            Subject::Profile(at) => at.profile.version,
            Subject::Price(_) => r.seen,
        };
        // Nobody need have noticed before: the click notices it.
        let noticed = r.noticed(self.stand(r, now));
        let old = noticed.as_ref().unwrap_or(r);
        let change = self.afresh(r, now);
        let asking = Asking {
            request: id.clone(),
            target: r.target.clone(),
            region: self.terms().place().region.clone(),
            change: change.clone(),
            by: by.clone(),
            seen,
        };
        let (over, new) = old.renew(asking, self.judge(&change, now), now)?;
        let (over, mut d) = renewed(r, by, over, new.as_ref());
        match new {
            Some(new) => {
                let mut new = followed(r, new, by, self.terms().policy(), now);
                new.documents.clone_from(&r.documents);
                d.and(asked(&new));
                Ok((new, d))
            }
            None => {
                d.and(self.put(&change, &r.target, by, why_of(r), now)?);
                Ok((over, d))
            }
        }
    }
}

/// At once, or by asking, or not at all. Without a request the change is in force.
fn ask(
    subject: &Subject<'_>,
    (target, change): (Target, Change),
    author: Author<'_>,
    field: &str,
    now: Timestamp,
) -> Refusable<(Option<ChangeRequest>, Decision)> {
    let Author { by, why, seen, id } = author;
    let past = PastChange { at: now, target: target.clone(), change: change.clone(), facts: subject.facts() };
    let remembered = GovernanceWrite::Past { id: id.clone(), past: Box::new(past) };
    match subject.judge(&change, now) {
        Effect::Refuse(hit) => bad(field, hit.reason),
        Effect::Now => {
            let mut d = subject.put(&change, &target, by, why, now)?;
            d.write(remembered);
            Ok((None, d))
        }
        Effect::Ask(hit) => {
            let region = subject.terms().place().region.clone();
            let asking = Asking { request: id.clone(), target, region, change, by: by.clone(), seen };
            let mut r = ChangeRequest::ask(asking, hit, now).due_by(subject.terms().policy());
            // Why it is asked is the first thing that is said about it.
            r.comments.push(Comment { by: by.clone(), at: now, text: why.to_owned() });
            if let Subject::Goods(at) = subject {
                r.documents = at.documents.to_vec();
            }
            let mut d = asked(&r);
            d.write(remembered);
            Ok((Some(r), d))
        }
    }
}

/// Documents that one request has at most.
pub const MOST_DOCUMENTS: usize = 5;
/// The longest name or number of a document, in characters.
const LONGEST: usize = 40;

/// Are these documents that somebody can look at, and that still hold?
fn documents_fit(documents: &[Document], now: Timestamp) -> Refusable<()> {
    if documents.len() > MOST_DOCUMENTS {
        return bad("documents", format!("证照最多 {MOST_DOCUMENTS} 份"));
    }
    for (i, d) in documents.iter().enumerate() {
        let fits = |text: &str| (1..=LONGEST).contains(&text.trim().chars().count()) && unfit(text).is_none();
        if !fits(&d.kind) {
            return bad(&format!("documents[{i}].kind"), format!("证照名称应为 1 到 {LONGEST} 个字"));
        }
        if !fits(&d.number) {
            return bad(&format!("documents[{i}].number"), format!("证照编号应为 1 到 {LONGEST} 个字"));
        }
        if d.expires <= now {
            return bad(&format!("documents[{i}].expires"), "证照已到期");
        }
        if !upload::document_fits(&d.file) {
            return bad(&format!("documents[{i}].file"), "请上传文件，或填写以 /media/ 或 https:// 开头的地址");
        }
    }
    Ok(())
}

/// A store lists goods, or gives them up: at once inside its policy, else as a request. What is so already is nothing to ask for.
///
/// # Errors
/// `bad_request` without a reason, for goods that the store cannot have, and for what nobody may let through: mandatory goods stay.
pub fn ask_goods(at: &GoodsAt<'_>, new: bool, author: Author<'_>, now: Timestamp) -> Refusable<(Option<ChangeRequest>, Decision)> {
    let why = reason(author.why)?;
    if at.is_listed() == new {
        return Ok((None, Decision::default()));
    }
    if at.sku.local_to.is_some() {
        return bad("skus", format!("{}是本地商品，请在“本地商品”中处理", at.sku.title()));
    }
    if new && !at.offered(now) {
        return bad("skus", format!("{}不在售，不能上架", at.sku.title()));
    }
    documents_fit(at.documents, now)?;
    let target = Target::Listing { store: at.store.clone(), sku: at.sku.sku.clone() };
    let change = Change::List { old: at.is_listed(), new };
    ask(&Subject::Goods(*at), (target, change), Author { why, seen: at.stand(), ..author }, "skus", now)
}

/// A store changes a field of its profile: at once where its policy lets it, else as a request. `author.seen` is the version of the profile.
///
/// # Errors
/// `bad_request` without a reason, for a field that is none of the store's and for a value that does not fit; `conflict` when the profile was changed since
/// it was seen, or says so already.
pub fn ask_profile(at: &ProfileAt<'_>, field: &str, value: &str, author: Author<'_>, now: Timestamp) -> Refusable<(Option<ChangeRequest>, Decision)> {
    let why = reason(author.why)?;
    if why.chars().count() > MAX_PROFILE_WHY {
        return bad("why", format!("原因最多 {MAX_PROFILE_WHY} 个字"));
    }
    if profile_title(field).is_none() {
        return bad("field", "门店不能申请修改这一项");
    }
    if author.seen != at.profile.version {
        return conflict("门店资料刚被修改过，请刷新页面，核对后再提交");
    }
    let new = at.checked(field, value, why, now)?;
    let old = at.said(field, now);
    if old == new {
        return conflict("与现在的内容相同，不必修改");
    }
    let target = Target::Profile { store: at.profile.store.clone(), field: field.to_owned() };
    ask(&Subject::Profile(*at), (target, Change::Profile { old, new }), Author { why, ..author }, "value", now)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use liandian_types::{Approver, Fen, Mode, RequestState, Tier};

    use super::*;
    use crate::{
        Write,
        decision::{CatalogWrite, StoresWrite},
        governance::{
            fields::{FieldKey, Value},
            request::Desk,
            resolve::{Level, Setting, preset_settings},
        },
        stores::hours::{CHINA, Exception},
    };

    const NOW: Timestamp = Timestamp(1_795_420_800_000);

    fn staff(name: &str) -> StaffId {
        format!("stf_{name}").parse().unwrap()
    }

    fn store() -> StoreId {
        "sto_1".parse().unwrap()
    }

    fn profile() -> StoreProfile {
        StoreProfile {
            store: store(),
            name: "店".into(),
            city: "上海".into(),
            address: "漕溪北路 1 号".into(),
            phone: "021-1".into(),
            region: "reg_1".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Standard,
            status: StoreStatus::Open,
            point: liandian_types::GeoPoint { lat: 31.2, lng: 121.4 },
            hours: crate::stores::hours::Hours::daily(480, 1_320, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: true,
            entrance: "abcd".into(),
            theme: "standard".into(),
            rule: "r".into(),
            categories: vec![],
            pause: None,
            details: crate::stores::profile::Details::default(),
            version: 4,
        }
    }

    fn sku() -> LibrarySku {
        LibrarySku {
            sku: "sku_1".parse().unwrap(),
            spu: "spu_1".parse().unwrap(),
            name: "牛奶".into(),
            spec: String::new(),
            brand: String::new(),
            category: "dairy".into(),
            category_name: "乳品".into(),
            description: String::new(),
            barcode: String::new(),
            price: Fen(1_000),
            floor: Fen(500),
            flagship: false,
            offline_only: false,
            tracks_expiry: false,
            weight_g: 0,
            picture: String::new(),
            rank: 0,
            region_prices: BTreeMap::new(),
            off: false,
            mandatory: false,
            local_to: None,
            until: None,
        }
    }

    fn terms(more: &[(FieldKey, Value)]) -> Terms {
        let mut rows: Vec<Setting> = preset_settings(Mode::Direct, &staff("hq"), Timestamp(0));
        rows.extend(more.iter().map(|(field, value)| Setting {
            level: Level::Store(store()),
            field: *field,
            value: Some(value.clone()),
            by: staff("hq"),
            at: Timestamp(0),
            from: Timestamp(0),
            why: "试".into(),
            seq: 1,
        }));
        Terms::of(&rows, &profile(), NOW)
    }

    fn author<'a>(by: &'a StaffId, id: &'a RequestId, seen: u64) -> Author<'a> {
        Author { by, why: "顾客常问", seen, id }
    }

    fn hq() -> Reviewer {
        Reviewer { staff: staff("hq"), desk: Desk::Hq }
    }

    fn takes(d: &Decision) -> bool {
        d.writes.iter().any(|w| matches!(w, Write::Catalog(CatalogWrite::Listing { .. })))
    }

    #[test]
    fn given_a_store_that_does_not_choose_when_it_asks_for_goods_then_they_are_listed_with_the_approval_and_not_before() {
        let (store, sku, terms, by, id) = (store(), sku(), terms(&[]), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let at = GoodsAt { store: &store, sku: &sku, listing: None, permit: None, documents: &[], terms: &terms };
        let (r, d) = ask_goods(&at, true, author(&by, &id, 0), NOW).unwrap();
        let r = r.unwrap();
        assert!(!takes(&d) && r.due.is_some() && r.state == RequestState::Pending);
        assert_eq!(r.change, Change::List { old: false, new: true });
        let (done, d) = Subject::Goods(at).approve(&r, &hq(), NOW).unwrap();
        assert!(takes(&d) && done.state == RequestState::Approved && done.due.is_none());
        // HQ put it there meanwhile: the request is stale, and one click ends it.
        let listing = Listing::taken(&sku, NOW);
        let there = GoodsAt { listing: Some(&listing), ..at };
        let (old, d) = Subject::Goods(there).approve(&r, &hq(), NOW).unwrap();
        assert!(old.state == RequestState::Stale && !takes(&d));
        let (over, d) = Subject::Goods(there).renew(&old, &by, &"req_2".parse().unwrap(), NOW).unwrap();
        assert!(over.state == RequestState::Renewed && !takes(&d));
        // What is so already is nothing to ask for; and goods that are off sale are none.
        assert!(ask_goods(&there, true, author(&by, &id, 0), NOW).unwrap().1.is_empty());
        let off = LibrarySku { off: true, ..sku.clone() };
        assert_eq!(ask_goods(&GoodsAt { sku: &off, ..at }, true, author(&by, &id, 0), NOW).unwrap_err().field.as_deref(), Some("skus"));
    }

    #[test]
    fn given_documents_when_shown_beside_a_request_then_it_has_them_and_those_that_do_not_fit_are_refused_by_field() {
        let (store, sku, terms, by, id) = (store(), sku(), terms(&[]), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let good = Document { kind: "食品经营许可证".into(), number: "JY1".into(), expires: NOW.plus(1), file: "/media/jy1.pdf".into() };
        let told = |documents: &[Document]| {
            let at = GoodsAt { store: &store, sku: &sku, listing: None, permit: Some("食品经营许可证"), documents, terms: &terms };
            ask_goods(&at, true, author(&by, &id, 0), NOW).map(|(r, _)| r.unwrap().documents).map_err(|p| p.field.unwrap_or_default())
        };
        assert_eq!(told(std::slice::from_ref(&good)).unwrap(), std::slice::from_ref(&good));
        assert!(told(&vec![good.clone(); MOST_DOCUMENTS]).is_ok());
        assert_eq!(told(&vec![good.clone(); MOST_DOCUMENTS + 1]).unwrap_err(), "documents");
        assert_eq!(told(&[Document { kind: " ".into(), ..good.clone() }]).unwrap_err(), "documents[0].kind");
        assert_eq!(told(&[Document { number: "1".repeat(LONGEST + 1), ..good.clone() }]).unwrap_err(), "documents[0].number");
        assert_eq!(told(&[Document { expires: NOW, ..good.clone() }]).unwrap_err(), "documents[0].expires");
        assert_eq!(told(&[Document { file: "javascript:x".into(), ..good.clone() }]).unwrap_err(), "documents[0].file");
        assert!(told(&[Document { file: "private/sto_a/jy1.pdf".into(), ..good.clone() }]).is_ok(), "one that was uploaded");
        // What was uploaded has a key and no address.
        assert!(told(&[Document { file: "private/sto_1/00aa.pdf".into(), ..good.clone() }]).is_ok());
        for strange in ["private/sto_1/../hq/a.pdf", "private/a.pdf", "incoming/sto_1/a.pdf", "private/sto_1/\"x.pdf"] {
            assert_eq!(told(&[Document { file: strange.into(), ..good.clone() }]).unwrap_err(), "documents[0].file", "{strange}");
        }
    }

    #[test]
    fn given_mandatory_goods_when_a_store_asks_to_give_them_up_then_nobody_may_let_it_through() {
        let (store, terms, by, id) = (store(), terms(&[]), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let sku = LibrarySku { mandatory: true, ..sku() };
        let listing = Listing::taken(&sku, NOW);
        let at = GoodsAt { store: &store, sku: &sku, listing: Some(&listing), permit: None, documents: &[], terms: &terms };
        let refused = ask_goods(&at, false, author(&by, &id, 0), NOW).unwrap_err();
        assert!(refused.code == Code::BadRequest && refused.detail.contains("必售"), "{}", refused.detail);
    }

    #[test]
    fn given_a_profile_when_a_store_asks_for_other_hours_then_they_hold_with_the_approval_and_another_field_is_not_in_the_way() {
        let (profile, terms, by, id) = (profile(), terms(&[]), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let entrances = BTreeMap::new();
        let known = Known { regions: &[], rules: &[], entrances: &entrances, categories: &[], default_rule: |_| "r" };
        let at = ProfileAt { profile: &profile, known: &known, terms: &terms };
        let (r, d) = ask_profile(&at, "hours", "09:00-21:00", author(&by, &id, 4), NOW).unwrap();
        let r = r.unwrap();
        assert!(d.writes.iter().all(|w| !matches!(w, Write::Stores(_))) && r.hit.approver == Approver::Region, "{r:?}");
        let Change::Profile { old, new } = &r.change else { panic!("{r:?}") };
        assert!(old.contains("08:00") && new.contains("09:00"), "{old} {new}");
        // The telephone number is another by now: the hours are what they were.
        let later = StoreProfile { phone: "021-2".into(), version: 5, ..profile.clone() };
        let (done, d) = Subject::Profile(ProfileAt { profile: &later, ..at }).approve(&r, &hq(), NOW).unwrap();
        let written = d.writes.iter().find_map(|w| match w {
            Write::Stores(StoresWrite::Replace { next, .. }) => Some((next.hours.open, next.phone.clone(), next.version)),
            _ => None,
        });
        assert_eq!((done.state, written), (RequestState::Approved, Some((540, "021-2".to_owned(), 6))));
        // Other hours are in its way.
        let hours = crate::stores::hours::Hours::daily(600, 1_320, CHINA);
        let moved = StoreProfile { hours, version: 5, ..profile.clone() };
        let at_moved = ProfileAt { profile: &moved, ..at };
        let (old, _) = Subject::Profile(at_moved).approve(&r, &hq(), NOW).unwrap();
        assert_eq!(old.state, RequestState::Stale);
        let (new, _) = Subject::Profile(at_moved).renew(&old, &by, &"req_2".parse().unwrap(), NOW).unwrap();
        assert_eq!((new.state, new.seen), (RequestState::Pending, 5));
        // From both sides: another version, another field, no hours, the same again.
        let told =
            |field: &str, value: &str, seen| ask_profile(&at, field, value, author(&by, &id, seen), NOW).map(|_| ()).map_err(|p| (p.code, p.field));
        assert_eq!(told("hours", "09:00-21:00", 3).unwrap_err().0, Code::Conflict);
        assert_eq!(told("rule", "x", 4).unwrap_err().1.as_deref(), Some("field"));
        assert_eq!(told("hours", "早到晚", 4).unwrap_err().1.as_deref(), Some("value"));
        assert_eq!(told("status", "closed", 4).unwrap_err().1.as_deref(), Some("value"));
        assert_eq!(told("hours", "08:00-22:00", 4).unwrap_err().0, Code::Conflict);
        assert!(told("status", "paused", 4).is_ok());
        // Whether it is in business at all is HQ's word, whatever the policy lets.
        for status in [StoreStatus::Closed, StoreStatus::Preparing] {
            let shut = StoreProfile { status, ..profile.clone() };
            let at = ProfileAt { profile: &shut, ..at };
            let refused = ask_profile(&at, "status", "open", author(&by, &id, 4), NOW).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (Code::BadRequest, Some("value")), "{status}");
        }
    }

    #[test]
    fn given_a_request_for_other_days_when_days_of_before_go_by_then_it_still_waits_and_when_somebody_changes_them_it_is_stale() {
        let (terms, by, id) = (terms(&[]), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let today = day(NOW, CHINA);
        let off = |from: Date, note: &str| Exception { from, to: from, hours: None, note: note.into() };
        let mut profile = profile();
        profile.hours.exceptions = vec![off(today, "盘点"), off(day(NOW.plus(20 * Timestamp::DAY), CHINA), "店庆")];
        let entrances = BTreeMap::new();
        let known = Known { regions: &[], rules: &[], entrances: &entrances, categories: &[], default_rule: |_| "r" };
        let at = ProfileAt { profile: &profile, known: &known, terms: &terms };
        let wanted = format!("{} 休息 元旦", day(NOW.plus(30 * Timestamp::DAY), CHINA));
        let r = ask_profile(&at, "exceptions", &wanted, author(&by, &id, 4), NOW).unwrap().0.unwrap();
        let later = NOW.plus(5 * Timestamp::DAY);
        assert!(!at.said("exceptions", later).contains("盘点"), "that day went by");
        assert_eq!(Subject::Profile(at).approve(&r, &hq(), later).unwrap().0.state, RequestState::Approved);
        let mut other = profile.clone();
        other.hours.exceptions.truncate(1);
        let at = ProfileAt { profile: &other, ..at };
        assert_eq!(Subject::Profile(at).approve(&r, &hq(), later).unwrap().0.state, RequestState::Stale);
    }

    #[test]
    fn given_a_policy_that_lets_it_when_a_store_changes_its_number_then_it_holds_at_once() {
        let (profile, by, id) = (profile(), staff("m"), "req_1".parse::<RequestId>().unwrap());
        let terms = terms(&[(FieldKey::MayProfile, Value::Switch(true))]);
        let entrances = BTreeMap::new();
        let known = Known { regions: &[], rules: &[], entrances: &entrances, categories: &[], default_rule: |_| "r" };
        let at = ProfileAt { profile: &profile, known: &known, terms: &terms };
        let (r, d) = ask_profile(&at, "phone", "021-62345678", author(&by, &id, 4), NOW).unwrap();
        assert!(r.is_none() && d.writes.iter().any(|w| matches!(w, Write::Stores(StoresWrite::Replace { .. }))));
    }
}
