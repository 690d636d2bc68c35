//! A coupon of HQ as a form, the steps that it takes, and its printed codes.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, Code, CouponStep, Fen, Fulfilment, Mode, Problem, Tier,
    api::{CodeBatch, CodeFile, CouponDraft, CouponView, CouponWorth, MakeCodes, TakeCouponStep},
};

use super::raw::{ids, moment, moment_text, number, optional, rate, rate_text, share, share_text, words, yuan};
use crate::{browser, islands::kit::Refusal};

/// What a coupon may take off: the word in the API and the name.
const KINDS: [(&str, &str); 3] = [("amount", "满减券"), ("percent", "折扣券"), ("delivery", "运费券")];

/// What is typed: every field a text, read once when it is saved.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a box of the form")]
struct Raw {
    title: String,
    kind: String,
    off: String,
    most: String,
    from: String,
    skus: String,
    categories: String,
    without: String,
    stores: String,
    pickup: bool,
    delivery: bool,
    hq_ship: bool,
    new_only: bool,
    comes_back: bool,
    hq_bears: String,
    number: String,
    per_person: String,
    budget: String,
    claim_from: String,
    claim_until: String,
    valid_from: String,
    valid_until: String,
    days: String,
    center: bool,
    popup: bool,
    link: bool,
    codes: bool,
    after_order: String,
    regions: String,
    modes: Vec<Mode>,
    tiers: Vec<Tier>,
    version: u64,
}

fn joined<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

impl Raw {
    fn of(d: &CouponDraft) -> Self {
        let (kind, off, most) = match d.worth {
            CouponWorth::Amount { off } => ("amount", off.yuan(), String::new()),
            CouponWorth::Percent { off, most } => ("percent", rate_text(off), most.yuan()),
            CouponWorth::Delivery { off } => ("delivery", off.yuan(), String::new()),
        };
        let way = |f: Fulfilment| d.fulfilments.is_empty() || d.fulfilments.contains(&f);
        Self {
            title: d.title.clone(),
            kind: kind.to_owned(),
            off,
            most,
            from: d.from.yuan(),
            skus: joined(&d.skus),
            categories: d.categories.join(" "),
            without: joined(&d.without),
            stores: joined(&d.stores),
            pickup: way(Fulfilment::Pickup),
            delivery: way(Fulfilment::Delivery),
            hq_ship: way(Fulfilment::HqShip),
            new_only: d.new_only,
            comes_back: d.comes_back,
            hq_bears: share_text(d.hq_bears),
            number: d.number.to_string(),
            per_person: d.per_person.to_string(),
            budget: d.budget.map(Fen::yuan).unwrap_or_default(),
            claim_from: moment_text(d.claim_from),
            claim_until: moment_text(d.claim_until),
            valid_from: moment_text(d.valid_from),
            valid_until: moment_text(d.valid_until),
            days: d.days.map(|n| n.to_string()).unwrap_or_default(),
            center: d.center,
            popup: d.popup,
            link: d.link,
            codes: d.codes,
            after_order: d.after_order.map(Fen::yuan).unwrap_or_default(),
            regions: joined(&d.regions),
            modes: d.modes.clone(),
            tiers: d.tiers.clone(),
            version: d.version,
        }
    }

    fn read(&self) -> Result<CouponDraft, Problem> {
        let ways = [(Fulfilment::Pickup, self.pickup), (Fulfilment::Delivery, self.delivery), (Fulfilment::HqShip, self.hq_ship)];
        // None would be kept as no limit, and so as all of them.
        if !ways.iter().any(|w| w.1) {
            return Err(Problem::new(Code::BadRequest, "请至少选择一种取货方式").at("fulfilments"));
        }
        let fulfilments =
            if ways.iter().all(|w| w.1) { Vec::new() } else { ways.into_iter().filter(|w| w.1).map(|w| w.0).collect::<Vec<Fulfilment>>() };
        let worth = match self.kind.as_str() {
            "percent" => CouponWorth::Percent { off: rate("worth", &self.off)?, most: yuan("worth", &self.most)? },
            "delivery" => CouponWorth::Delivery { off: yuan("worth", &self.off)? },
            _ => CouponWorth::Amount { off: yuan("worth", &self.off)? },
        };
        Ok(CouponDraft {
            title: self.title.trim().to_owned(),
            worth,
            from: if self.from.trim().is_empty() { Fen::ZERO } else { yuan("from", &self.from)? },
            skus: ids("skus", &self.skus)?,
            categories: words(&self.categories).map(str::to_owned).collect(),
            without: ids("without", &self.without)?,
            stores: ids("stores", &self.stores)?,
            fulfilments,
            new_only: self.new_only,
            comes_back: self.comes_back,
            hq_bears: share("hq_bears", &self.hq_bears)?,
            number: number("number", &self.number)?,
            per_person: number("per_person", &self.per_person)?,
            budget: optional(&self.budget, |t| yuan("budget", t))?,
            claim_from: moment("claim_from", &self.claim_from)?,
            claim_until: moment("claim_until", &self.claim_until)?,
            valid_from: moment("valid_from", &self.valid_from)?,
            valid_until: moment("valid_until", &self.valid_until)?,
            days: optional(&self.days, |t| number("days", t))?,
            center: self.center,
            popup: self.popup,
            link: self.link,
            codes: self.codes,
            after_order: optional(&self.after_order, |t| yuan("after_order", t))?,
            regions: ids("regions", &self.regions)?,
            modes: self.modes.clone(),
            tiers: self.tiers.clone(),
            version: self.version,
        })
    }
}

/// Reads and writes a text of the form.
type GetText = fn(&Raw) -> &String;
type SetText = fn(&mut Raw) -> &mut String;
type Tick = fn(&mut Raw) -> &mut bool;

/// A coupon as a form.
#[island]
pub fn CouponEditor(
    /// Its id; of a new one a fresh one.
    campaign: CampaignId,
    /// As it is.
    draft: CouponDraft,
    /// May this person save it as it stands?
    sets: bool,
) -> impl IntoView {
    let first = Raw::of(&draft);
    let (kept, saved) = (StoredValue::new(first.clone()), StoredValue::new(false));
    let held = RwSignal::new(first);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let campaign = StoredValue::new(campaign);
    Effect::new(move |_| busy.set(!sets));
    browser::ask_before_leaving(move || saved.try_get_value() == Some(false) && held.with_untracked(|h| kept.with_value(|k| k != h)));
    let at_fault = move |name: &'static str| problem.with(|p| p.as_ref().is_some_and(|p| p.field.as_deref() == Some(name))).then_some("true");
    let field = move |title: &'static str, hint: &'static str, name: &'static str, kind: &'static str, get: GetText, set: SetText| {
        view! {
            <label class="rule">
                <span>{title}<small>{hint}</small></span>
                <input
                    type=kind
                    disabled=busy
                    aria-invalid=move || at_fault(name)
                    prop:value=move || held.with(|h| get(h).clone())
                    on:input=move |e| held.update(|h| *set(h) = event_target_value(&e))
                />
            </label>
        }
    };
    let tick = move |title: &'static str, get: fn(&Raw) -> bool, set: Tick| {
        view! {
            <label class="check">
                <input type="checkbox" disabled=busy prop:checked=move || held.with(get) on:change=move |e| held.update(|h| *set(h) = event_target_checked(&e)) />
                {title}
            </label>
        }
    };
    let mode = move |m: Mode| {
        view! {
            <label class="check">
                <input type="checkbox" disabled=busy prop:checked=move || held.with(|h| h.modes.contains(&m)) on:change=move |e| {
                    let on = event_target_checked(&e);
                    held.update(|h| { h.modes.retain(|k| *k != m); if on { h.modes.push(m); } });
                } />
                {m.title()}
            </label>
        }
    };
    let tier = move |t: Tier| {
        view! {
            <label class="check">
                <input type="checkbox" disabled=busy prop:checked=move || held.with(|h| h.tiers.contains(&t)) on:change=move |e| {
                    let on = event_target_checked(&e);
                    held.update(|h| { h.tiers.retain(|k| *k != t); if on { h.tiers.push(t); } });
                } />
                {t.title()}
            </label>
        }
    };
    let kind = Memo::new(move |_| held.with(|h| h.kind.clone()));
    let kinds = KINDS.iter().map(|&(word, title)| view! { <option value=word selected=move || kind.get() == word>{title}</option> }).collect_view();
    let percent = move || kind.get() == "percent";
    let save = move |_| {
        problem.set(None);
        let draft = match held.with_untracked(Raw::read) {
            Ok(draft) => draft,
            Err(p) => {
                problem.set(Some(p));
                return;
            }
        };
        busy.set(true);
        spawn_local(async move {
            let id = campaign.get_value();
            match browser::put::<CouponView>(&format!("/api/v1/hq/coupons/{id}"), &draft).await {
                Ok(_) => {
                    saved.set_value(true);
                    browser::go(&format!("/console/hq/coupons/{id}"));
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk rules" aria-label="优惠券内容">
            {field("名称", "顾客看到的名称，2 到 20 个字", "title", "text", |h| &h.title, |h| &mut h.title)}
            <label class="rule">
                <span>"类型"</span>
                <select disabled=busy on:change=move |e| held.update(|h| h.kind = event_target_value(&e))>{kinds}</select>
            </label>
            {field("优惠", "满减、运费填减多少元；折扣填几折，如 8.5", "worth", "text", |h| &h.off, |h| &mut h.off)}
            <div hidden=move || !percent()>{field("最多减（元）", "", "worth", "text", |h| &h.most, |h| &mut h.most)}</div>
            {field("使用门槛（元）", "满多少可用；0 为无门槛", "from", "text", |h| &h.from, |h| &mut h.from)}
            <h2>"范围"</h2>
            {field("商品", "规格编码，空格分开；不填为全部", "skus", "text", |h| &h.skus, |h| &mut h.skus)}
            {field("类目", "编码，如 dairy bakery；不填为全部", "categories", "text", |h| &h.categories, |h| &mut h.categories)}
            {field("排除商品", "规格编码，空格分开", "without", "text", |h| &h.without, |h| &mut h.without)}
            {field("门店", "门店编码，空格分开；不填为全部", "stores", "text", |h| &h.stores, |h| &mut h.stores)}
            <div class="papers">
                {tick("到店自提", |h| h.pickup, |h| &mut h.pickup)}
                {tick("同城配送", |h| h.delivery, |h| &mut h.delivery)}
                {tick("总部直发", |h| h.hq_ship, |h| &mut h.hq_ship)}
            </div>
            {tick("仅限新客（没有成交订单）", |h| h.new_only, |h| &mut h.new_only)}
            <h2>"发放"</h2>
            {field("发放总数", "含兑换码", "number", "text", |h| &h.number, |h| &mut h.number)}
            {field("每人限领", "", "per_person", "text", |h| &h.per_person, |h| &mut h.per_person)}
            {field("预算（元）", "发出一张就预留一张的金额；不填为不限", "budget", "text", |h| &h.budget, |h| &mut h.budget)}
            {field("领取开始", "", "claim_from", "datetime-local", |h| &h.claim_from, |h| &mut h.claim_from)}
            {field("领取结束", "", "claim_until", "datetime-local", |h| &h.claim_until, |h| &mut h.claim_until)}
            <div class="papers">
                {tick("领券中心", |h| h.center, |h| &mut h.center)}
                {tick("首页弹窗（每人每天一次）", |h| h.popup, |h| &mut h.popup)}
                {tick("领券链接", |h| h.link, |h| &mut h.link)}
                {tick("兑换码", |h| h.codes, |h| &mut h.codes)}
            </div>
            {field("下单后可领（元）", "近 30 天内付过满多少元的订单；不填则不要求", "after_order", "text", |h| &h.after_order, |h| &mut h.after_order)}
            <h2>"人群（按最近下单的门店）"</h2>
            {field("区域", "区域编码，空格分开；不填为全部", "regions", "text", |h| &h.regions, |h| &mut h.regions)}
            <div class="papers">{Mode::ALL.iter().map(|m| mode(*m)).collect_view()}</div>
            <div class="papers">{Tier::ALL.iter().map(|t| tier(*t)).collect_view()}</div>
            <h2>"有效期与承担"</h2>
            {field("有效开始", "", "valid_from", "datetime-local", |h| &h.valid_from, |h| &mut h.valid_from)}
            {field("有效结束", "", "valid_until", "datetime-local", |h| &h.valid_until, |h| &mut h.valid_until)}
            {field("领取后有效天数", "不填则到有效结束为止", "days", "text", |h| &h.days, |h| &mut h.days)}
            {tick("整单退款后退回（过期的不退）", |h| h.comes_back, |h| &mut h.comes_back)}
            {field("总部承担（%）", "其余由门店承担", "hq_bears", "text", |h| &h.hq_bears, |h| &mut h.hq_bears)}
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存草稿"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}

/// The steps that a coupon may take, a button each.
#[island]
pub fn CouponSteps(
    /// Which coupon.
    campaign: CampaignId,
    /// The steps.
    steps: Vec<CouponStep>,
    /// The version that is shown.
    version: u64,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    let path = StoredValue::new(format!("/api/v1/hq/coupons/{campaign}/steps"));
    let take = move |step: CouponStep| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<CouponView>(&path.get_value(), &TakeCouponStep { step, version }).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let buttons = steps
        .into_iter()
        .map(|s| {
            let class = if s == CouponStep::Issue { "primary" } else { "" };
            view! { <button type="button" class=class disabled=busy on:click=move |_| take(s)>{s.title()}</button> }
        })
        .collect_view();
    view! {
        <section class="stock-desk" aria-label="操作">
            <div class="papers">{buttons}</div>
            <Refusal problem=problem />
        </section>
    }
}

/// Printed codes: making a batch, and its file, once.
#[island]
pub fn CodeDesk(
    /// Of which coupon.
    campaign: CampaignId,
    /// Its batches, the newest first.
    batches: Vec<CodeBatch>,
    /// May a batch be made now?
    makes: bool,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let count = RwSignal::new("100".to_owned());
    let batches = RwSignal::new(batches);
    // The file that was handed out: its name and its address.
    let file = RwSignal::new(None::<(String, String)>);
    // Sent again after a lost answer it is the same batch.
    let key = RwSignal::new(String::new());
    Effect::new(move |_| busy.set(false));
    let path = StoredValue::new(format!("/api/v1/hq/coupons/{campaign}/codes"));
    let make = move |_| {
        problem.set(None);
        let asked = match number("count", &count.get_untracked()) {
            Ok(count) => MakeCodes { count },
            Err(p) => {
                problem.set(Some(p));
                return;
            }
        };
        busy.set(true);
        if key.with_untracked(String::is_empty) {
            key.set(browser::fresh_key());
        }
        spawn_local(async move {
            match browser::post_once::<CodeBatch>(&path.get_value(), &key.get_untracked(), &asked).await {
                Ok(made) => {
                    key.set(String::new());
                    batches.update(|all| all.insert(0, made));
                }
                Err(p) => {
                    // Whether it was made is not known while nobody answered.
                    if p.code != Code::Unavailable {
                        key.set(String::new());
                    }
                    problem.set(Some(p));
                }
            }
            busy.set(false);
        });
    };
    let take = move |name: String| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<CodeFile>(&format!("{}/{name}/file", path.get_value()), &()).await {
                Ok(f) => {
                    let data = js_sys::encode_uri_component(&f.csv).as_string().unwrap_or_default();
                    file.set(Some((f.name, format!("data:text/csv;charset=utf-8,{data}"))));
                    batches.update(|all| {
                        for b in all.iter_mut().filter(|b| b.batch == name) {
                            b.taken = true;
                        }
                    });
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="stock-desk" aria-label="兑换码">
            <h2>"兑换码"</h2>
            <div class="papers" hidden=!makes>
                <label class="rule"><span>"数量"<small>"一批 1 到 2000 个"</small></span>
                    <input inputmode="numeric" maxlength="4" disabled=busy prop:value=count on:input=move |e| count.set(event_target_value(&e)) /></label>
                <button type="button" disabled=busy on:click=make>"生成一批"</button>
            </div>
            {move || file.get().map(|(name, href)| view! {
                <p class="badge warn" role="status"><a href=href download=name>"保存兑换码文件"</a>"（只有这一次）"</p>
            })}
            <ul class="cards">{move || batches.get().into_iter().map(|b| {
                let name = b.batch.clone();
                view! {
                    <li class="card"><span class="summary">{format!("批次 {} · {} 个 · {}", b.batch, b.count, b.at_text)}</span>
                        {if b.taken {
                            leptos::either::Either::Left(view! { <span class="badge">"已下载"</span> })
                        } else {
                            leptos::either::Either::Right(view! { <button type="button" disabled=busy on:click=move |_| take(name.clone())>"下载 CSV（仅一次）"</button> })
                        }}</li>
                }
            }).collect_view()}</ul>
            <Refusal problem=problem />
        </section>
    }
}
