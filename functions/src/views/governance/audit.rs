//! What was changed at HQ, as people read it; and what something was at a moment, by its history.

use std::collections::BTreeMap;

use liandian_contracts::{
    Event,
    event::{FieldChange, SettingChange},
};
use liandian_domain::{
    access::permissions::PERMISSIONS,
    catalog::{library, own},
    decision::Aggregate,
    governance::{
        audit::{Flaw, fields_then},
        fields::FieldKey,
        resolve::Level,
        settings, store_prices,
    },
    stores::{
        edit,
        hours::{self, CHINA, day, day_named, moment},
        profile::StoreProfile,
        warehouse,
    },
};
use liandian_store::{
    audit::{AuditAsk, Audited},
    chain::Chains,
};
use liandian_types::{
    Code, Permission, Problem, Role, SkuId, StaffId, StoreId, Timestamp,
    api::{AuditChain, AuditField, AuditFieldThen, AuditLine, AuditList, AuditThen, ChainPolicies, LibraryProduct, SearchWordsSheet},
};

use super::settings::level_title;
use crate::{App, http::Failure, routes::access::staff::MAX_USERNAME, views::catalog::assortment};

/// Flaws of a history, and hashes of its chains, that are shown.
const FLAWS: usize = 10;
/// Changes on a page.
const LINES: usize = 50;
/// Changes in a file.
const IN_FILE: usize = 1_000;
/// Days that one may ask for.
const MOST_DAYS: i64 = 31;
/// Days that are shown to who names none.
const USUAL_DAYS: i64 = 7;
/// Between the parts of a field's name where a history tells of several things.
const WITHIN: char = '·';

/// The field of a store's own price.
const OWN_PRICE: &str = "own_price";
/// The field that stands for where something stands that has no fields.
const STATE: &str = "state";
/// The field that stands for goods which a store took or gave up.
const LISTED: &str = "listed";
/// Goods that are named of those.
const NAMED: usize = 20;

/// Kinds of changes, by how their names begin, as people call them.
pub const KINDS: &[(&str, &str)] = &[
    ("product", "商品"),
    ("categories", "类目"),
    ("brands", "品牌"),
    ("search_words", "搜索词"),
    ("listing", "门店商品"),
    ("local", "本地商品"),
    ("price", "门店价格"),
    ("request", "审批单"),
    ("campaign", "活动"),
    ("policies", "全链规则"),
    ("setting", "分级规则"),
    ("store", "门店"),
    ("region", "区域"),
    ("account", "员工账号"),
    ("role", "角色"),
    ("key", "接口密钥"),
    ("warehouse", "仓库"),
    ("slot", "预约时段"),
    ("legal", "协议与政策"),
];

/// What somebody asks for, as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditQuery<'a> {
    /// The first day.
    pub from: Option<&'a str>,
    /// The last day.
    pub to: Option<&'a str>,
    /// A person's id or user name.
    pub actor: Option<&'a str>,
    /// How the kind begins.
    pub kind: Option<&'a str>,
    /// One thing.
    pub entity: Option<&'a str>,
    /// A moment at which the thing is to be shown, or a day, at its end.
    pub at: Option<&'a str>,
    /// For a file: as many changes as one may have.
    pub file: bool,
}

/// What was changed at HQ, newest first; of one thing its whole history, unless days are named.
///
/// # Errors
/// `bad_request` for days, kinds and things that there are not, and for more than 31 days; `bad_cursor`.
pub async fn audit_list(app: &App, ask: AuditQuery<'_>, cursor: Option<&str>, now: Timestamp) -> Result<AuditList, Failure> {
    let refuse = |why: &str, field: &str| Problem::new(Code::BadRequest, why).at(field);
    let of = ask.entity.map(|e| thing_of(e).ok_or_else(|| refuse("没有这种编号", "entity"))).transpose()?;
    let (from, until) = range(&ask, of.is_some(), now)?;
    let then_at = ask.at.map(|text| moment_of(text).ok_or_else(|| refuse("没有这个时间，写作 2026-11-28 或 2026-11-28T08:00", "at"))).transpose()?;
    if then_at.is_some() && of.is_none() {
        return Err(refuse("请同时填写要看的对象", "entity").into());
    }
    let kind = ask.kind.unwrap_or_default();
    let known = |head: &str| kind == head || kind.strip_prefix(head).is_some_and(|rest| rest.starts_with('.'));
    if !kind.is_empty() && !KINDS.iter().any(|(head, _)| known(head)) {
        return Err(refuse("没有这种修改", "kind").into());
    }
    let by = match ask.actor {
        None => None,
        Some(text) => match person(app, text).await? {
            Some(id) => Some(id),
            None => return Ok(AuditList { lines: Vec::new(), next: None, then: None, chain: None }),
        },
    };
    let asked = AuditAsk { from, until, by: by.as_ref(), kind };
    let most = if ask.file { IN_FILE } else { LINES };
    let changes = async {
        Ok::<_, Failure>(match &of {
            Some(of) => app.tables.audit_of(of, asked, most, cursor).await?,
            None => app.tables.audited(asked, most, cursor).await?,
        })
    };
    let then = async {
        match (&of, then_at) {
            (Some(of), Some(at)) => Box::pin(as_it_was(app, of, at, now)).await.map(Some),
            _ => Ok(None),
        }
    };
    let directory = async { Ok::<_, Failure>(app.tables.directory().await?) };
    // Looked at once, on the first page.
    let chain = async {
        Ok::<_, Failure>(match &of {
            Some(of) if cursor.is_none() => Some(chain_told(Box::pin(app.tables.chains_of(of)).await?)),
            _ => None,
        })
    };
    let ((changes, next), then, directory, chain) = futures::try_join!(changes, then, directory, chain)?;
    let staff = changes.iter().filter_map(|c| match &c.of {
        Aggregate::Staff(id) => Some(id.as_str()),
        _ => None,
    });
    let people: Vec<&str> = changes.iter().filter_map(|c| c.by.as_ref().map(StaffId::as_str)).chain(staff).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    let lines = changes.into_iter().map(|c| line(c, &names, &directory)).collect();
    Ok(AuditList { lines, next, then, chain })
}

/// Whether a history holds, in sentences. A history with several chains (regions, levels of rules) names the one that does not.
fn chain_told(c: Chains) -> AuditChain {
    let sentence = |f: &Flaw| if c.chains > 1 { format!("{}：{}", f.of(), f.told()) } else { f.told() };
    let flaws: Vec<String> = c.flaws.iter().take(FLAWS).map(sentence).collect();
    AuditChain {
        holds: flaws.is_empty(),
        entries: u64::try_from(c.entries).unwrap_or(u64::MAX),
        newest: c.newest.into_iter().take(FLAWS).map(|h| h.hash).collect(),
        flaws,
    }
}

/// From when to when: at most a month, a week for who names no day; all of one thing's history for who names none.
fn range(ask: &AuditQuery<'_>, of_one: bool, now: Timestamp) -> Result<(Timestamp, Timestamp), Problem> {
    let named = |text: &str, field: &str| {
        let found = day_named(text, CHINA).filter(|(from, _)| from.0 > 0);
        found.ok_or_else(|| Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at(field))
    };
    let today_ends = day_named(&day(now, CHINA).to_string(), CHINA).map_or(now, |(_, end)| end);
    let from = ask.from.map(|text| named(text, "from")).transpose()?.map(|(begin, _)| begin);
    let until = ask.to.map(|text| named(text, "to")).transpose()?.map(|(_, end)| end);
    let days = |n: i64| n * Timestamp::DAY;
    let (from, until) = match (from, until) {
        (None, None) if of_one => return Ok((Timestamp(0), today_ends)),
        (None, None) => (today_ends.plus(-days(USUAL_DAYS)), today_ends),
        (Some(from), None) => (from, from.plus(days(MOST_DAYS)).min(today_ends)),
        (None, Some(until)) => (until.plus(-days(USUAL_DAYS)), until),
        (Some(from), Some(until)) => (from, until),
    };
    if from >= until {
        return Err(Problem::new(Code::BadRequest, "开始日期不能晚于结束日期，也不能晚于今天").at("from"));
    }
    if until.0 - from.0 > days(MOST_DAYS) {
        return Err(Problem::new(Code::BadRequest, format!("一次最多查 {MOST_DAYS} 天")).at("to"));
    }
    Ok((from, until.min(today_ends)))
}

/// A moment as it is typed; a day stands for its end.
fn moment_of(text: &str) -> Option<Timestamp> {
    let at = if text.contains('T') { moment(text, CHINA) } else { day_named(text, CHINA).map(|(_, end)| end.plus(-1)) };
    at.filter(|at| at.0 > 0)
}

/// A moment with its year: histories are long.
fn moment_text(at: Timestamp) -> String {
    hours::moment_text(at, CHINA).replace('T', " ")
}

/// Whom an id or a user name means.
async fn person(app: &App, text: &str) -> Result<Option<StaffId>, Failure> {
    if let Ok(id) = text.parse::<StaffId>() {
        return Ok(Some(id));
    }
    if text.len() > MAX_USERNAME {
        return Ok(None);
    }
    Ok(app.tables.staff(text).await?.map(|account| account.staff))
}

/// The word of a thing, and what kind of thing it is.
fn word_of(of: &Aggregate) -> (String, &'static str) {
    match of {
        Aggregate::Order(id) => (id.to_string(), "订单"),
        Aggregate::Transfer(id) => (id.to_string(), "调拨单"),
        Aggregate::Claim(id) => (id.to_string(), "库存单据"),
        Aggregate::Policies => ("policies".to_owned(), "全链规则"),
        Aggregate::Store(id) => (id.to_string(), "门店"),
        Aggregate::Sku(id) => (id.to_string(), "SKU"),
        Aggregate::Listing(store, sku) => (format!("{store}/{sku}"), "门店商品"),
        Aggregate::Request(id) => (id.to_string(), "审批单"),
        Aggregate::Settings => ("settings".to_owned(), "分级规则"),
        Aggregate::Regions => ("regions".to_owned(), "区域"),
        Aggregate::Product(id) => (id.to_string(), "商品"),
        Aggregate::Categories => ("categories".to_owned(), "类目"),
        Aggregate::Brands => ("brands".to_owned(), "品牌"),
        Aggregate::Import(id) => (id.to_string(), "商品导入"),
        Aggregate::Staff(id) => (id.to_string(), "员工账号"),
        Aggregate::Role(id) => (id.to_string(), "角色"),
        Aggregate::Key(id) => (id.to_string(), "接口密钥"),
        Aggregate::Local(store, spu) => (format!("{store}/{spu}"), "本地商品"),
        Aggregate::Campaign(id) => (id.to_string(), "活动"),
        Aggregate::SearchWords => ("search_words".to_owned(), "搜索词"),
        Aggregate::Warehouse(id) => (id.to_string(), "仓库"),
        Aggregate::Legal => ("legal".to_owned(), "协议与政策"),
    }
}

/// The thing that such a word means; `None` for what has no history at HQ.
fn thing_of(word: &str) -> Option<Aggregate> {
    if let Some((store, id)) = word.split_once('/') {
        let store: StoreId = store.parse().ok()?;
        return match id.parse::<SkuId>() {
            Ok(sku) => Some(Aggregate::Listing(store, sku)),
            Err(_) => id.parse().ok().map(|spu| Aggregate::Local(store, spu)),
        };
    }
    match word {
        "policies" => return Some(Aggregate::Policies),
        "settings" => return Some(Aggregate::Settings),
        "regions" => return Some(Aggregate::Regions),
        "categories" => return Some(Aggregate::Categories),
        "brands" => return Some(Aggregate::Brands),
        "search_words" => return Some(Aggregate::SearchWords),
        "legal" => return Some(Aggregate::Legal),
        _ => {}
    }
    match word.split_once('_')?.0 {
        "sto" => word.parse().ok().map(Aggregate::Store),
        "sku" => word.parse().ok().map(Aggregate::Sku),
        "req" => word.parse().ok().map(Aggregate::Request),
        "spu" => word.parse().ok().map(Aggregate::Product),
        "stf" => word.parse().ok().map(Aggregate::Staff),
        "rol" => word.parse().ok().map(Aggregate::Role),
        "key" => word.parse().ok().map(Aggregate::Key),
        "cmp" => word.parse().ok().map(Aggregate::Campaign),
        "loc" => word.parse().ok().map(Aggregate::Warehouse),
        _ => None,
    }
}

/// Goods by their ids: the first of many.
fn named(skus: &[SkuId]) -> String {
    let first: Vec<&str> = skus.iter().take(NAMED).map(SkuId::as_str).collect();
    let more = if skus.len() > first.len() { format!(" 等 {} 种", skus.len()) } else { String::new() };
    format!("{}{more}", first.join(" "))
}

/// What was changed, field by field, and why. No event has a secret; a field that sounds like one is not shown all the same.
fn told(event: Event) -> (Vec<FieldChange>, String) {
    let within = |what: &str, c: FieldChange| FieldChange { field: format!("{what}{WITHIN}{}", c.field), ..c };
    let began = |field: &str, new: String| FieldChange { field: field.to_owned(), old: String::new(), new };
    let stands = |old: &str, new: &str| vec![FieldChange { field: STATE.to_owned(), old: old.to_owned(), new: new.to_owned() }];
    let (fields, why) = match event {
        Event::PoliciesChanged { changes, .. }
        | Event::ProductChanged { changes, .. }
        | Event::CategoriesChanged { changes, .. }
        | Event::BrandsChanged { changes, .. }
        | Event::AccountChanged { changes, .. }
        | Event::RoleChanged { changes, .. }
        | Event::ListingChanged { changes, .. }
        | Event::LocalChanged { changes, .. }
        | Event::CampaignChanged { changes, .. }
        | Event::SearchWordsChanged { changes, .. }
        | Event::LegalPublished { changes, .. } => (changes, String::new()),
        Event::StoreCreated { changes, why, .. }
        | Event::StoreChanged { changes, why, .. }
        | Event::WarehouseChanged { changes, why, .. }
        | Event::SlotSet { changes, why, .. } => (changes, why),
        Event::PriceChanged { change, why, .. } => (vec![change], why),
        Event::RequestAsked { change, rule, .. } => (vec![change], rule),
        Event::ListingTaken { skus, .. } => (vec![began(LISTED, named(&skus))], String::new()),
        Event::ListingDropped { skus, .. } => (vec![FieldChange { field: LISTED.to_owned(), old: named(&skus), new: String::new() }], String::new()),
        Event::AccountInvited { role, .. } => (vec![began("role", role.to_string())], String::new()),
        Event::KeyMade { permissions, .. } => {
            let all: Vec<&str> = permissions.iter().map(|p| p.as_str()).collect();
            (vec![began("permissions", all.join(" "))], String::new())
        }
        // What has no fields stands elsewhere than before.
        Event::AccountDisabled { .. } => (stands("启用", "停用"), String::new()),
        Event::AccountEnabled { .. } => (stands("停用", "启用"), String::new()),
        Event::KeyRevoked { .. } => (stands("有效", "已吊销"), String::new()),
        Event::RequestApproved { in_force: true, .. } => (stands("待审批", "已通过并生效"), String::new()),
        Event::RequestApproved { in_force: false, .. } => (stands("待审批", "一人已同意，待另一人"), String::new()),
        Event::RequestRejected { reason, .. } => (stands("待审批", "未通过"), reason),
        Event::RequestWithdrawn { .. } => (stands("待审批", "已撤回"), String::new()),
        Event::RequestStale { .. } => (stands("待审批", "已过时"), String::new()),
        Event::RequestRenewed { .. } => (stands("已过时", "已重新提交"), String::new()),
        Event::RequestCommented { text, .. } => (Vec::new(), text),
        Event::LocalSubmitted { .. } => (stands("草稿", "待总部审核"), String::new()),
        Event::LocalWithdrawn { .. } => (stands("待总部审核", "已撤回"), String::new()),
        Event::LocalApproved { .. } => (stands("待总部审核", "已通过"), String::new()),
        Event::LocalRejected { reason, .. } => (stands("待总部审核", "未通过"), reason),
        Event::RegionChanged { region, changes, .. } => (changes.into_iter().map(|c| within(region.as_str(), c)).collect(), String::new()),
        Event::SettingChanged { changes, .. } => {
            let why = changes.first().map(|c| c.why.clone()).unwrap_or_default();
            (changes.into_iter().map(of_level).collect(), why)
        }
        _ => (Vec::new(), String::new()),
    };
    let secret = |field: &str| ["password", "secret", "token", "digest"].iter().any(|word| field.contains(word));
    let veiled = |c: FieldChange| if secret(&c.field) { FieldChange { old: "…".to_owned(), new: "…".to_owned(), ..c } } else { c };
    (fields.into_iter().map(veiled).collect(), why)
}

fn line(c: Audited, names: &BTreeMap<String, String>, directory: &[StoreProfile]) -> AuditLine {
    let (entity, entity_kind) = word_of(&c.of);
    let at = c.event.at;
    let text = c.event.event.told().unwrap_or_else(|| c.kind.clone());
    let (fields, why) = told(c.event.event);
    let field = |f: FieldChange| AuditField { title: title(&c.kind, &f.field, directory), field: f.field, old: f.old, new: f.new };
    AuditLine {
        at_text: moment_text(at),
        at,
        by_name: c.by.as_ref().and_then(|by| names.get(by.as_str()).cloned()),
        by: c.by,
        text,
        why,
        entity_title: name_of(&c.of, &entity, names, directory),
        entity,
        entity_kind: entity_kind.to_owned(),
        store: match &c.of {
            Aggregate::Store(store) | Aggregate::Listing(store, _) | Aggregate::Local(store, _) => Some(store.clone()),
            _ => None,
        },
        fields: fields.into_iter().map(field).collect(),
        kind: c.kind,
    }
}

/// A thing by the name that people know it by, where that is at hand.
fn name_of(of: &Aggregate, word: &str, names: &BTreeMap<String, String>, directory: &[StoreProfile]) -> String {
    let store = |id: &StoreId| directory.iter().find(|s| s.store == *id).map_or_else(|| id.to_string(), |s| s.name.clone());
    match of {
        Aggregate::Store(id) => store(id),
        Aggregate::Listing(id, sku) => format!("{} {sku}", store(id)),
        Aggregate::Local(id, spu) => format!("{} {spu}", store(id)),
        Aggregate::Staff(id) => names.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string()),
        Aggregate::Role(id) => Role::of_id(id).map_or_else(|| id.to_string(), |role| role.title().to_owned()),
        Aggregate::Policies
        | Aggregate::Settings
        | Aggregate::Regions
        | Aggregate::Categories
        | Aggregate::Brands
        | Aggregate::SearchWords
        | Aggregate::Legal => word_of(of).1.to_owned(),
        _ => word.to_owned(),
    }
}

/// What people call a field of a change of this kind.
fn title(kind: &str, field: &str, directory: &[StoreProfile]) -> String {
    let one_of = |all: &[(&str, &str)]| all.iter().find(|(name, _)| *name == field).map_or(field, |(_, title)| *title).to_owned();
    match kind.split('.').next().unwrap_or_default() {
        "product" => LibraryProduct::title(field),
        "policies" => ChainPolicies::title(field).to_owned(),
        "store" => edit::title(field).to_owned(),
        "warehouse" => warehouse::title(field).to_owned(),
        "search_words" => SearchWordsSheet::title(field),
        "legal" => one_of(&[("agreement", "用户服务协议"), ("privacy", "隐私政策")]),
        _ if field == STATE => "状态".to_owned(),
        "listing" if field == LISTED => "商品".to_owned(),
        "listing" | "local" => assortment::title(field).to_owned(),
        "price" | "request" => {
            one_of(&[("own_price", "门店价"), ("timed_price", "限时价"), ("listed", "上下架"), ("profile", "门店资料"), ("permits", "证照")])
        }
        "account" => one_of(&[("name", "姓名"), ("role", "角色"), ("scope", "范围"), ("password", "密码")]),
        "key" => one_of(&[("permissions", "权限")]),
        "region" => {
            let (region, name) = field.split_once(WITHIN).unwrap_or(("", field));
            let all = [("name", "名称"), ("parent", "上级"), ("manager", "负责人")];
            format!("{region}：{}", all.iter().find(|(n, _)| *n == name).map_or(name, |(_, title)| *title))
        }
        "role" if field == "title" => "名称".to_owned(),
        "role" => PERMISSIONS.iter().find(|(p, ..)| p.to_string() == field).map_or(field, |(_, _, says)| *says).to_owned(),
        "setting" => {
            let (level, name) = field.split_once(WITHIN).unwrap_or(("", field));
            let label = FieldKey::parse(name).map_or(name, |key| key.field().label);
            Level::parse(level).map_or_else(|| label.to_owned(), |l| format!("{}：{label}", level_title(&l, directory)))
        }
        _ => field.to_owned(),
    }
}

/// A thing as it was at a moment: what it is now, with every later change undone. Of what has no list of fields of its own here, those are shown that its
/// history names.
async fn as_it_was(app: &App, of: &Aggregate, at: Timestamp, now: Timestamp) -> Result<AuditThen, Failure> {
    let all = AuditAsk { from: Timestamp(0), until: now.plus(Timestamp::DAY), by: None, kind: "" };
    let history = async { Ok::<_, Failure>(app.tables.audit_of(of, all, usize::MAX, None).await?) };
    let directory = async { Ok::<_, Failure>(app.tables.directory().await?) };
    let ((history, more), fields, directory) = futures::try_join!(history, fields_now(app, of, now), directory)?;
    // Of which kind of change a field is known; those of the thing itself by what it is.
    let own = match of {
        Aggregate::Store(_) => "store",
        Aggregate::Role(_) => "role",
        Aggregate::Policies => "policies",
        Aggregate::Settings => "setting",
        Aggregate::Listing(..) => "listing",
        _ => "product",
    };
    let of_kind = |field: &str| if field == OWN_PRICE { "price" } else { own }.to_owned();
    let mut kinds: BTreeMap<String, String> = fields.iter().map(|(field, _)| (field.clone(), of_kind(field))).collect();
    let mut changes = Vec::with_capacity(history.len());
    for h in history {
        if let Event::SettingChanged { changes: said, .. } = h.event.event {
            changes.extend(in_force(said, h.event.at, now));
            continue;
        }
        let (when, (mut fields, _)) = (h.event.at, told(h.event.event));
        // What a store took and gave up is no field of it.
        fields.retain(|c| c.field != LISTED);
        for c in &fields {
            kinds.entry(c.field.clone()).or_insert_with(|| h.kind.clone());
        }
        changes.push((when, fields));
    }
    // What was said for a later day counts from that day on. Those of one moment stay as they are, the newest first.
    changes.sort_by_key(|(when, _)| std::cmp::Reverse(*when));
    let fields = fields_then(fields, changes, at).into_iter().map(|f| AuditFieldThen {
        title: title(kinds.get(&f.field).map_or(own, String::as_str), &f.field, &directory),
        field: f.field,
        value: f.value,
        now: f.now,
        since_text: f.since.map(moment_text),
    });
    Ok(AuditThen { at_text: moment_text(at), fields: fields.collect(), whole: more.is_none() })
}

/// What levels said, each from when on it is in force; what is not yet, is left out.
fn in_force(said: Vec<SettingChange>, at: Timestamp, now: Timestamp) -> impl Iterator<Item = (Timestamp, Vec<FieldChange>)> {
    said.into_iter().filter(move |c| c.from <= now).map(move |c| (c.from.max(at), vec![of_level(c)]))
}

/// What a level said, with the level in the field's name.
fn of_level(c: SettingChange) -> FieldChange {
    FieldChange { field: format!("{}{WITHIN}{}", c.level, c.field), old: c.old, new: c.new }
}

/// The fields of a thing as they are now, in the words of its history.
async fn fields_now(app: &App, of: &Aggregate, now: Timestamp) -> Result<Vec<(String, String)>, Failure> {
    Ok(match of {
        Aggregate::Product(spu) => app.tables.product(spu).await?.map(|p| library::fields(&p).into_iter().collect()).unwrap_or_default(),
        Aggregate::Store(store) => {
            let (profile, regions) = futures::try_join!(app.tables.store_now(store), app.tables.regions())?;
            let shown = profile.map(|p| edit::shown(&edit::draft_of(&p, now), &regions)).unwrap_or_default();
            shown.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
        }
        Aggregate::Role(role) => {
            let Some(role) = app.tables.role_def(role).await? else { return Ok(Vec::new()) };
            let word = |p: &Permission| if role.may(*p) { "有" } else { "无" }.to_owned();
            let title = [("title".to_owned(), role.title().to_owned())];
            Permission::ALL.iter().map(|p| (p.to_string(), word(p))).chain(title).collect()
        }
        Aggregate::Policies => app.tables.policies_now().await?.fields().into_iter().map(|(field, value)| (field.to_owned(), value)).collect(),
        Aggregate::Settings => {
            let book = app.tables.rulebook_now().await?;
            let mut said = BTreeMap::new();
            for row in &book.rows {
                let value = book.said(&row.level, row.field, now);
                said.insert(format!("{}{WITHIN}{}", row.level.word(), row.field.as_str()), settings::show(row.field, value.as_ref()));
            }
            said.into_iter().collect()
        }
        Aggregate::Listing(store, sku) => {
            let goods = app.tables.goods_now(store, std::slice::from_ref(sku)).await?.pop();
            let Some((Some(library), Some(listing))) = goods else { return Ok(Vec::new()) };
            let price = store_prices::price_text(listing.own_price.as_ref().map(|p| p.set.price));
            let fields = own::fields(&listing.fields(store), &library).into_iter().chain([(OWN_PRICE, price)]);
            fields.map(|(field, value)| (field.to_owned(), value)).collect()
        }
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_things_when_named_in_an_address_then_the_word_leads_back_to_them() {
        for word in ["policies", "settings", "regions", "categories", "brands", "search_words", "spu_1", "sto_1", "sto_1/sku_1", "sto_1/spu_1"] {
            assert_eq!(thing_of(word).map(|of| word_of(&of).0).as_deref(), Some(word));
        }
        for word in ["rol_clerk", "stf_1", "key_1", "cmp_1", "req_1", "sku_1"] {
            assert_eq!(thing_of(word).map(|of| word_of(&of).0).as_deref(), Some(word));
        }
        for word in ["", "ord_1", "spu_", "sto_1/", "nobody", "sto_1/stf_1", "_"] {
            assert_eq!(thing_of(word), None, "{word}");
        }
    }

    #[test]
    fn given_days_when_asked_for_then_a_month_is_the_most_and_a_week_is_usual() {
        let now = day_named("2026-11-28", CHINA).unwrap().0.plus(10 * Timestamp::HOUR);
        let days = |from: Option<&str>, to: Option<&str>| {
            range(&AuditQuery { from, to, ..AuditQuery::default() }, false, now).map(|(from, until)| (until.0 - from.0) / Timestamp::DAY)
        };
        assert_eq!(days(None, None).unwrap(), 7);
        assert_eq!(days(Some("2026-11-28"), Some("2026-11-28")).unwrap(), 1);
        assert_eq!(days(Some("2026-10-29"), Some("2026-11-28")).unwrap(), 31);
        assert_eq!(days(Some("2026-10-28"), Some("2026-11-28")).unwrap_err().field.as_deref(), Some("to"));
        assert_eq!(days(Some("2026-11-28"), Some("2026-11-27")).unwrap_err().field.as_deref(), Some("from"));
        assert_eq!(days(Some("2026-11-31"), None).unwrap_err().field.as_deref(), Some("from"));
        assert_eq!(days(Some("2026-11-29"), None).unwrap_err().field.as_deref(), Some("from"), "tomorrow");
        assert_eq!(days(Some("2026-01-01"), None).unwrap(), 31);
        assert_eq!(range(&AuditQuery::default(), true, now).unwrap().0, Timestamp(0), "one thing's whole history");
    }

    #[test]
    fn given_something_that_moves_on_when_told_then_it_says_where_it_stood_and_where_it_stands() {
        let (by, staff): (StaffId, StaffId) = ("stf_1".parse().unwrap(), "stf_2".parse().unwrap());
        let (fields, _) = told(Event::AccountDisabled { staff, by: by.clone() });
        assert_eq!(fields.iter().map(|f| (f.old.as_str(), f.new.as_str())).collect::<Vec<_>>(), [("启用", "停用")]);
        assert_eq!(title("account.disabled", &fields[0].field, &[]), "状态");
        let (store, request) = ("sto_1".parse().unwrap(), "req_1".parse().unwrap());
        let (fields, why) = told(Event::RequestRejected { request, store, by, reason: "低于成本".into() });
        assert_eq!((fields[0].new.as_str(), why.as_str()), ("未通过", "低于成本"));
    }

    #[test]
    fn given_a_change_when_told_then_fields_have_their_names_and_what_sounds_secret_is_veiled() {
        let change = |field: &str| FieldChange { field: field.into(), old: "旧".into(), new: "新".into() };
        let by: StaffId = "stf_1".parse().unwrap();
        let (fields, _) = told(Event::AccountChanged { staff: by.clone(), by, changes: vec![change("password"), change("role")] });
        assert_eq!(fields.iter().map(|f| f.new.as_str()).collect::<Vec<_>>(), ["…", "新"]);
        assert_eq!(title("product.changed", "name", &[]), "商品名称");
        assert_eq!(title("role.changed", "audit:read", &[]), "查看谁看过个人信息、谁登录过");
        assert_eq!(title("price.changed", "own_price", &[]), "门店价");
        assert_eq!(title("brands.changed", "yunpan", &[]), "yunpan");
        assert_eq!(title("setting.changed", &format!("nowhere{WITHIN}max_discount"), &[]), title("setting.changed", "max_discount", &[]));
    }
}
