//! A store's own prices, why they are what they are, and change requests, as people see them.

use std::collections::{BTreeMap, HashMap};

use liandian_contracts::Event;
use liandian_domain::{
    catalog::{LibrarySku, Listing, upload},
    governance::{
        fields::FieldKey,
        price::{PriceLevel, Priced, Step, TimedPrice, Verdict},
        request::{Change, ChangeRequest, Desk, Document, PastChange, Reviewer, RuleHit, Target},
        resolve::{Level, Resolved},
        store_prices::{field_of, limits, timed_text, told_before, told_of},
        subjects::profile_title,
        terms::{Terms, is_of_library},
    },
    stores::{
        hours::{CHINA, day, local_text},
        profile::StoreProfile,
    },
};
use liandian_store::requests::{PriceRead, is_open};
use liandian_types::{
    Approver, Code, Permission, RegionId, RequestState, Scope, SkuId, StoreId, Timestamp, UploadPurpose,
    api::{
        DryRunRow, PriceEvent, PriceStep, PriceWhy, RequestCard, RequestDocument, RequestList, RequestWord, RuleView, StorePriceRow, StorePrices,
        TimedPriceView,
    },
};

use super::inbox::elsewhere;
use crate::{App, auth::Staff, http::Failure, views::catalog::search::sought_at};

/// Listings on a page of prices.
const ROWS: i32 = 60;
/// Hits of a search among them.
const FOUND: usize = 60;
/// Requests on a page.
pub const REQUESTS: i32 = 30;
/// A store's newest requests, among which the ones that wait are looked for.
const NEWEST: i32 = 100;
/// Events in the history of a price.
const EVENTS: i32 = 30;

/// For whom somebody decides; `None` for who decides nothing.
#[must_use]
pub fn reviewer(staff: &Staff) -> Option<Reviewer> {
    let desk = match &staff.scope {
        Scope::All => Desk::Hq,
        Scope::Region(r) => Desk::Region(r.clone()),
        Scope::Store(_) | Scope::Stores(_) => return None,
    };
    staff.permissions.contains(&Permission::RequestDecide).then(|| Reviewer { staff: staff.sub.clone(), desk })
}

/// May somebody of this region (`None`: of HQ) see a request?
#[must_use]
pub fn sees(region: Option<&RegionId>, r: &ChangeRequest) -> bool {
    region.is_none_or(|region| *region == r.region)
}

/// A level with the name that the directory knows.
fn level_title(level: &Level, directory: &[StoreProfile]) -> String {
    match level {
        Level::Store(id) => directory.iter().find(|s| s.store == *id).map_or_else(|| level.title(), |s| format!("门店 {}", s.name)),
        Level::Region(_) => super::settings::level_title(level, directory),
        other => other.title(),
    }
}

fn rule_view(rule: &Resolved, directory: &[StoreProfile], names: &BTreeMap<String, String>) -> RuleView {
    let field = rule.field.field();
    let said = rule.said.as_ref();
    RuleView {
        label: field.label.to_owned(),
        value: field.show(&rule.value),
        level: said.map_or_else(|| "默认".to_owned(), |s| level_title(&s.level, directory)),
        by: said.map(|s| s.by.clone()),
        by_name: said.and_then(|s| names.get(s.by.as_str()).cloned()),
        at_text: said.map(|s| local_text(s.at, CHINA)),
        why: said.map(|s| s.why.clone()),
    }
}

/// What a level's part in a price came to, in a sentence.
fn note_of(step: &Step) -> String {
    if !step.note.is_empty() {
        return step.note.clone();
    }
    match step.verdict {
        Verdict::Won => "当前售价".to_owned(),
        Verdict::Overruled => "由后面的层级决定".to_owned(),
        Verdict::NotYet => "尚未开始".to_owned(),
        Verdict::Over => "已结束".to_owned(),
        Verdict::NotAllowed => "不符合规则，未生效".to_owned(),
        Verdict::Raised => "低于最低售价".to_owned(),
        Verdict::Kept => "价格不低于最低售价".to_owned(),
    }
}

fn timed_view(number: usize, t: &TimedPrice, priced: &Priced, now: Timestamp) -> TimedPriceView {
    let step = priced.steps.iter().find(|s| s.level == PriceLevel::Timed && s.at == t.at && s.by == t.by && s.why == t.why);
    let counts = t.runs(now)
        && step.is_some_and(|s| matches!(s.verdict, Verdict::Won | Verdict::Raised) || (s.verdict == Verdict::Overruled && s.note.is_empty()));
    TimedPriceView {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        text: timed_text(t),
        from: t.from,
        until: t.until,
        why: t.why.clone(),
        counts,
        note: if counts { "进行中".to_owned() } else { step.map(note_of).unwrap_or_default() },
    }
}

/// What a store asks for one of its listings.
#[must_use]
pub fn price_row(terms: &Terms, listing: &Listing, sku: &LibrarySku, waiting: Option<RequestCard>, now: Timestamp) -> StorePriceRow {
    let (book, priced) = (terms.book(listing, sku), terms.priced(listing, sku));
    let (least, most) = limits(&book, terms.policy());
    let own = priced.steps.iter().find(|s| s.level == PriceLevel::Store);
    StorePriceRow {
        sku: sku.sku.clone(),
        title: sku.title(),
        flagship: sku.flagship,
        hq: book.reference(),
        floor: sku.floor,
        own: listing.own_price.as_ref().map(|p| p.set.price),
        price: terms.price(listing, sku),
        by_level: priced.winner().map_or("", |s| s.level.title()).to_owned(),
        note: own.filter(|s| matches!(s.verdict, Verdict::NotAllowed | Verdict::Raised)).map(note_of),
        least,
        most,
        approver: terms.policy().approver(FieldKey::ApprovePrice),
        timed: listing.timed.iter().enumerate().map(|(i, t)| timed_view(i, t, &priced, now)).collect(),
        waiting,
        version: listing.version,
    }
}

/// Requests of a store that wait, by the SKU whose price they are about: the newest of each.
async fn waiting_of(app: &App, store: &StoreId) -> Result<HashMap<SkuId, RequestCard>, Failure> {
    let (all, _) = app.tables.requests_of(store, NEWEST, None).await?;
    let open: Vec<ChangeRequest> = all.into_iter().filter(is_open).collect();
    let mut found = HashMap::new();
    for card in request_cards(app, &open, None).await? {
        if let Some(sku) = card.sku.as_ref().filter(|_| matches!(card.kind.as_str(), "own_price" | "timed_price")) {
            found.entry(sku.clone()).or_insert(card);
        }
    }
    Ok(found)
}

/// How somebody looks for goods among a store's prices.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindPrices<'a> {
    /// By words or barcode.
    pub text: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// What a store asks for its goods, page by page, or what is found by text.
///
/// # Errors
/// `bad_cursor`; `not_found` when there is no such store.
pub async fn store_prices(app: &App, store: &StoreId, ask: FindPrices<'_>, now: Timestamp) -> Result<StorePrices, Failure> {
    let tables = &app.tables;
    let listed = async {
        let Some(mut hits) = sought_at(tables, Some(store), ask.text).await? else {
            return Ok::<_, Failure>(tables.listings(store, ROWS, ask.cursor).await?);
        };
        hits.truncate(FOUND);
        Ok((tables.listings_of(store, &hits).await?.into_iter().flatten().collect(), None))
    };
    let first = async { Ok::<_, Failure>(futures::try_join!(tables.store(store), tables.settings())?) };
    let ((profile, settings), (listings, next), mut waiting) = futures::try_join!(first, Box::pin(listed), Box::pin(waiting_of(app, store)))?;
    let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
    let terms = Terms::of(settings.iter(), &profile, now);
    let skus: Vec<SkuId> = listings.iter().map(|l| l.sku.clone()).collect();
    let library = tables.library_skus(&skus).await?;
    let row = |(l, sku): (&Listing, Option<LibrarySku>)| {
        let sku = sku?;
        let waits = waiting.remove(&sku.sku);
        Some(price_row(&terms, l, &sku, waits, now))
    };
    let rows = listings.iter().zip(library).filter_map(row).collect();
    let policy = terms.policy();
    Ok(StorePrices { rows, next, timed_days: policy.number(FieldKey::TimedPriceDays), timed: policy.switch(FieldKey::MayTimedPrice) })
}

/// A listing with its store and HQ's word, which must be there.
///
/// # Errors
/// `not_found`.
pub async fn listed(app: &App, store: &StoreId, sku: &SkuId) -> Result<(StoreProfile, Listing, LibrarySku), Failure> {
    let PriceRead { store: profile, listing, sku } = app.tables.price_read(store, sku).await?;
    let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
    let (listing, sku) = listing.zip(sku).ok_or_else(|| Failure::not_found("商品"))?;
    Ok((profile, listing, sku))
}

/// One of a store's prices as it is now.
///
/// # Errors
/// `not_found`.
pub async fn row_now(app: &App, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<StorePriceRow, Failure> {
    let settings = async { Ok::<_, Failure>(app.tables.settings().await?) };
    let ((profile, listing, known), settings, mut waiting) =
        futures::try_join!(Box::pin(listed(app, store, sku)), settings, Box::pin(waiting_of(app, store)))?;
    Ok(price_row(&Terms::of(settings.iter(), &profile, now), &listing, &known, waiting.remove(sku), now))
}

/// Why a store sells something at its price, and what happened to it.
///
/// # Errors
/// `not_found` when the store does not list it.
pub async fn price_why(app: &App, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<PriceWhy, Failure> {
    let tables = &app.tables;
    let beside = async { Ok::<_, Failure>(futures::try_join!(tables.settings(), tables.directory(), tables.listing_events(store, sku, EVENTS))?) };
    let ((profile, listing, known), (settings, directory, events), mut waiting) =
        futures::try_join!(Box::pin(listed(app, store, sku)), beside, Box::pin(waiting_of(app, store)))?;
    let terms = Terms::of(settings.iter(), &profile, now);
    let priced = terms.priced(&listing, &known);
    let mut people: Vec<&str> = priced.steps.iter().map(|s| s.by.as_str()).collect();
    people.extend(priced.steps.iter().filter_map(|s| s.rule.as_ref()?.said.as_ref()).map(|s| s.by.as_str()));
    people.extend(events.iter().filter_map(|e| if let Event::PriceChanged { by, .. } = &e.event { Some(by.as_str()) } else { None }));
    let names = tables.staff_names(people.into_iter()).await?;
    let step = |s: &Step| {
        let of_library = is_of_library(&s.by);
        PriceStep {
            level: s.level.title().to_owned(),
            price: s.price,
            won: s.verdict == Verdict::Won,
            note: note_of(s),
            by: (!of_library).then(|| s.by.clone()),
            by_name: names.get(s.by.as_str()).cloned(),
            at_text: (!of_library).then(|| local_text(s.at, CHINA)),
            why: s.why.clone(),
            request: s.request.clone(),
            rule: s.rule.as_ref().map(|r| rule_view(r, &directory, &names)),
        }
    };
    let event = |e: &liandian_contracts::Envelope| {
        let by = if let Event::PriceChanged { by, .. } = &e.event { names.get(by.as_str()).cloned() } else { None };
        Some(PriceEvent { at_text: local_text(e.at, CHINA), text: e.event.told()?, by_name: by })
    };
    Ok(PriceWhy {
        row: price_row(&terms, &listing, &known, waiting.remove(sku), now),
        steps: priced.steps.iter().map(step).collect(),
        history: events.iter().filter_map(event).collect(),
        timed_days: terms.policy().number(FieldKey::TimedPriceDays),
        timed: terms.policy().switch(FieldKey::MayTimedPrice),
    })
}

/// Which SKU a change is about, if it is about one.
fn sku_of(target: &Target) -> Option<&SkuId> {
    match target {
        Target::Price { sku, .. } | Target::Listing { sku, .. } | Target::Local { sku, .. } => Some(sku),
        Target::Campaign { .. } | Target::Profile { .. } => None,
    }
}

/// What a change is about, when it is no SKU of the library.
fn title_of(target: &Target) -> String {
    match target {
        Target::Price { sku, .. } | Target::Listing { sku, .. } | Target::Local { sku, .. } => sku.to_string(),
        Target::Campaign { campaign, .. } => campaign.clone(),
        Target::Profile { field, .. } => profile_title(field).map_or_else(|| field.clone(), str::to_owned),
    }
}

/// Where what a change is about can be looked at.
fn href_of(target: &Target) -> Option<String> {
    match target {
        Target::Price { store, sku } => Some(format!("/console/s/{store}/listings/{sku}/why")),
        Target::Listing { store, sku } => Some(format!("/console/s/{store}/listings/{sku}")),
        Target::Local { store, .. } => Some(format!("/console/s/{store}/local-products")),
        Target::Campaign { .. } => None,
        Target::Profile { store, .. } => Some(format!("/console/s/{store}/profile")),
    }
}

/// What kind of change it is, in Chinese.
#[must_use]
pub fn kind_title(kind: &str) -> &str {
    match kind {
        "own_price" => "门店价",
        "timed_price" => "限时价",
        "listed" => "上下架",
        "local" => "本地商品",
        "campaign" => "门店活动",
        "profile" => "门店资料",
        other => other,
    }
}

/// Change requests as people see them; `who` decides about them, if anybody does. One wave and the names.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn request_cards(app: &App, requests: &[ChangeRequest], who: Option<&Reviewer>) -> Result<Vec<RequestCard>, Failure> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let tables = &app.tables;
    let skus: Vec<SkuId> = requests.iter().filter_map(|r| sku_of(&r.target)).cloned().collect();
    let mut people: Vec<&str> = Vec::new();
    for r in requests {
        people.push(r.by.as_str());
        people.extend(r.comments.iter().map(|c| c.by.as_str()));
        people.extend(r.ended.iter().map(|e| e.by.as_str()));
        people.extend(r.hit.rule.said.iter().map(|s| s.by.as_str()));
    }
    let (directory, library, names) = futures::try_join!(tables.directory(), tables.library_skus(&skus), tables.staff_names(people.into_iter()))?;
    let known: HashMap<&SkuId, &LibrarySku> = library.iter().flatten().map(|s| (&s.sku, s)).collect();
    Ok(requests.iter().map(|r| card(r, who, &directory, &known, &names)).collect())
}

fn card(
    r: &ChangeRequest,
    who: Option<&Reviewer>,
    directory: &[StoreProfile],
    known: &HashMap<&SkuId, &LibrarySku>,
    names: &BTreeMap<String, String>,
) -> RequestCard {
    let (store, sku) = (r.target.store(), sku_of(&r.target));
    let of_library = sku.and_then(|s| known.get(s));
    let about_price = matches!(r.change, Change::Price { .. } | Change::Timed { .. });
    let name = |id: &str| names.get(id).cloned();
    let decides = who
        .is_some_and(|w| r.state == RequestState::Pending && r.may_review(w, r.hit.approver).is_ok() && r.approvals.iter().all(|a| a.by != w.staff));
    let awaited = who.is_some_and(|w| if w.desk == Desk::Hq { r.waits_for_hq() } else { r.hit.approver == Approver::Region });
    let of_change: &[Document] = if let Change::ShowLocal { documents } = &r.change { documents } else { &[] };
    // What was uploaded is seen at an address that holds for a minute, by the store and by HQ.
    let opened = |file: &str| match (upload::parts(file), who.map(|w| &w.desk)) {
        (Some((UploadPurpose::Document, ..)), Some(Desk::Hq)) => format!("/api/v1/hq/stores/{store}/documents?file={file}"),
        (Some((UploadPurpose::Document, ..)), Some(Desk::Region(_))) => String::new(),
        (Some((UploadPurpose::Document, ..)), None) => format!("/api/v1/stores/{store}/documents?file={file}"),
        (Some((UploadPurpose::Picture, ..)) | None, _) => file.to_owned(),
    };
    let document = |d: &Document| RequestDocument {
        text: format!("{} {}（有效期至 {}）", d.kind, d.number, day(d.expires.plus(-1), CHINA)),
        href: opened(&d.file),
    };
    let documents = of_change.iter().chain(&r.documents).map(document).collect();
    RequestCard {
        request: r.request.clone(),
        kind: field_of(&r.change).to_owned(),
        kind_title: kind_title(field_of(&r.change)).to_owned(),
        store: store.clone(),
        store_name: directory.iter().find(|s| s.store == *store).map_or_else(|| store.to_string(), |s| s.name.clone()),
        region: r.region.clone(),
        sku: sku.cloned(),
        title: of_library.map_or_else(|| title_of(&r.target), |s| s.title()),
        old: told_before(&r.change),
        new: told_of(&r.change),
        hq: of_library.filter(|_| about_price).map(|s| s.price.max(s.floor)),
        reason: r.hit.reason.clone(),
        rule: rule_view(&r.hit.rule, directory, names),
        approver: r.hit.approver,
        state: r.state,
        by: r.by.clone(),
        by_name: name(r.by.as_str()),
        at: r.at,
        at_text: local_text(r.at, CHINA),
        comments: r
            .comments
            .iter()
            .map(|c| RequestWord { by: c.by.clone(), by_name: name(c.by.as_str()), at_text: local_text(c.at, CHINA), text: c.text.clone() })
            .collect(),
        approvals: u32::try_from(r.approvals.len()).unwrap_or(u32::MAX),
        rejected: r.reason.clone(),
        ended_text: r.ended.as_ref().map(|e| format!("{} {}", name(e.by.as_str()).unwrap_or_else(|| e.by.to_string()), local_text(e.at, CHINA))),
        renews: r.renews.clone(),
        decides,
        waits: decides && awaited,
        reminded: r.reminded,
        escalated_text: r.escalated.map(|at| local_text(at, CHINA)),
        documents,
        href: href_of(&r.target),
        version: r.version,
    }
}

/// Change requests of a store, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn store_requests(app: &App, store: &StoreId, staff: &Staff, cursor: Option<&str>) -> Result<RequestList, Failure> {
    let (all, next) = app.tables.requests_of(store, REQUESTS, cursor).await?;
    Ok(RequestList { requests: request_cards(app, &all, reviewer(staff).as_ref()).await?, elsewhere: Vec::new(), next })
}

/// What of the inbox somebody wants to see.
#[derive(Debug, Clone, Default)]
pub struct FindRequests {
    /// Those that are over, rather than those that wait.
    pub over: bool,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this store.
    pub store: Option<StoreId>,
    /// Of this region.
    pub region: Option<RegionId>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// The inbox: requests of the chain, or of a region manager's own region.
///
/// # Errors
/// `bad_cursor`.
pub async fn inbox(app: &App, staff: &Staff, ask: &FindRequests) -> Result<RequestList, Failure> {
    let own = match &staff.scope {
        Scope::Region(r) => Some(r),
        Scope::All | Scope::Stores(_) => None,
        Scope::Store(_) => return Err(Failure::refuse(Code::Forbidden, "审批单由总部和区域处理")),
    };
    let cursor = ask.cursor.as_deref();
    let (mut all, next) = match (&ask.store, &staff.scope) {
        // Somebody of several stores sees what these ask, and decides nothing.
        (of, Scope::Stores(own)) => {
            let stores = own.iter().filter(|s| of.as_ref().is_none_or(|of| of == *s));
            let read = futures::future::try_join_all(stores.map(|s| app.tables.requests_of(s, NEWEST, None))).await?;
            (read.into_iter().flat_map(|(some, _)| some).collect(), None)
        }
        (Some(store), _) => app.tables.requests_of(store, NEWEST, cursor).await?,
        (None, _) => app.tables.requests(own.or(ask.region.as_ref()), ask.over, REQUESTS, cursor).await?,
    };
    all.retain(|r| {
        let kind = ask.kind.as_deref().is_none_or(|k| k == field_of(&r.change));
        let region = ask.region.as_ref().is_none_or(|region| *region == r.region);
        sees(own, r) && is_open(r) != ask.over && kind && region
    });
    if let Some(own) = own {
        // A store that went to another region is no longer this one's, nor is what it asked for.
        let directory = app.tables.directory().await?;
        all.retain(|r| directory.iter().any(|s| s.store == *r.target.store() && s.region == *own));
    }
    let who = reviewer(staff);
    let (requests, elsewhere) = futures::try_join!(Box::pin(request_cards(app, &all, who.as_ref())), Box::pin(elsewhere(app, staff, ask)))?;
    Ok(RequestList { requests, elsewhere, next })
}

/// Past changes that a threshold would have stopped.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn dry_run_rows(app: &App, hits: &[(&PastChange, RuleHit)]) -> Result<Vec<DryRunRow>, Failure> {
    let skus: Vec<SkuId> = hits.iter().filter_map(|(p, _)| sku_of(&p.target)).cloned().collect();
    let (directory, library) = futures::try_join!(app.tables.directory(), app.tables.library_skus(&skus))?;
    let known: HashMap<&SkuId, &LibrarySku> = library.iter().flatten().map(|s| (&s.sku, s)).collect();
    let row = |(p, hit): &(&PastChange, RuleHit)| {
        let store = p.target.store();
        DryRunRow {
            at_text: local_text(p.at, CHINA),
            store: store.clone(),
            store_name: directory.iter().find(|s| s.store == *store).map_or_else(|| store.to_string(), |s| s.name.clone()),
            title: sku_of(&p.target).and_then(|s| known.get(s)).map_or_else(|| title_of(&p.target), |s| s.title()),
            old: told_before(&p.change),
            new: told_of(&p.change),
            reason: hit.reason.clone(),
            approver: hit.approver,
        }
    };
    Ok(hits.iter().map(row).collect())
}
