//! A campaign as a form, with what a cart would cost with it.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, Code, Fulfilment, Problem, StoreId,
    api::{CampaignDraft, CampaignPreview, CampaignPreviewAsk, CampaignView, CartLines},
};

use super::raw::{KINDS, Raw, cart, fields};
use crate::{browser, islands::kit::Refusal, text};

/// How long somebody stops typing before a cart is priced.
const STILL_MS: u64 = 500;

/// Reads and writes a text of the form.
type GetText = fn(&Raw) -> &String;
type SetText = fn(&mut Raw) -> &mut String;
type Tick = fn(&mut Raw) -> &mut bool;

/// A campaign as a form.
#[island]
pub fn CampaignEditor(
    /// Its id; of a new one a fresh one.
    campaign: CampaignId,
    /// The store whose own it is; none for HQ's.
    store: Option<StoreId>,
    /// As it is.
    draft: CampaignDraft,
    /// May this person save it as it stands?
    sets: bool,
    /// May this person try it on a cart?
    tries: bool,
) -> impl IntoView {
    let first = Raw::of(&draft);
    let (kept, saved) = (StoredValue::new(first.clone()), StoredValue::new(false));
    let held = RwSignal::new(first);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let (tried, trial) = (RwSignal::new(None::<CampaignPreview>), RwSignal::new(None::<Problem>));
    let (place, goods) =
        (RwSignal::new(draft.stores.first().or(store.as_ref()).map(ToString::to_string).unwrap_or_default()), RwSignal::new(String::new()));
    let (own, campaign) = (store.is_some(), StoredValue::new(campaign));
    let (path, page) = match &store {
        Some(s) => (format!("/api/v1/stores/{s}/campaigns"), format!("/console/s/{s}/campaigns")),
        None => ("/api/v1/hq/campaigns".to_owned(), "/console/hq/campaigns".to_owned()),
    };
    let (path, page) = (StoredValue::new(path), StoredValue::new(page));
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
    let day = move |i: u8, title: &'static str| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    disabled=busy
                    prop:checked=move || held.with(|h| h.weekdays & (1 << i) != 0)
                    on:change=move |e| {
                        let on = event_target_checked(&e);
                        held.update(|h| h.weekdays = if on { h.weekdays | (1 << i) } else { h.weekdays & !(1 << i) });
                    }
                />
                {title}
            </label>
        }
    };
    let kind = Memo::new(move |_| held.with(|h| h.kind.clone()));
    let rule = move || {
        let (lines, first, second) = fields(&kind.get());
        view! {
            {lines.map(|(title, hint)| view! {
                <label class="rule tall">
                    <span>{title}<small>{hint}</small></span>
                    <textarea
                        rows="3"
                        disabled=busy
                        prop:value=move || held.with(|h| h.lines.clone())
                        on:input=move |e| held.update(|h| h.lines = event_target_value(&e))
                    ></textarea>
                </label>
            })}
            {first.map(|title| field(title, "", "rule.off", "text", |h| &h.first, |h| &mut h.first))}
            {second.map(|title| field(title, "", "rule.fee", "text", |h| &h.second, |h| &mut h.second))}
        }
    };
    let read = move || -> Option<CampaignDraft> {
        problem.set(None);
        match held.with_untracked(Raw::read) {
            Ok(draft) => Some(draft),
            Err(p) => {
                problem.set(Some(p));
                None
            }
        }
    };
    let save = move |_| {
        let Some(draft) = read() else { return };
        busy.set(true);
        spawn_local(async move {
            let id = campaign.get_value();
            match browser::put::<CampaignView>(&format!("{}/{id}", path.get_value()), &draft).await {
                Ok(_) => {
                    saved.set_value(true);
                    browser::go(&format!("{}/{id}", page.get_value()));
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    // What a cart would cost is asked whenever somebody stops typing.
    let try_it = move || {
        let asked = held.with_untracked(Raw::read).and_then(|draft| {
            let store = place.get_untracked().trim().parse::<StoreId>().map_err(|_| Problem::new(Code::BadRequest, "请填写门店编码"))?;
            let lines = CartLines::try_from(cart(&goods.get_untracked())?).map_err(|e| Problem::new(Code::BadRequest, e))?;
            Ok(CampaignPreviewAsk { draft, store, lines, fulfilment: Fulfilment::Pickup })
        });
        match asked {
            Err(p) => trial.set(Some(p)),
            Ok(ask) => spawn_local(async move {
                match browser::post::<CampaignPreview>("/api/v1/hq/campaigns/preview", &ask).await {
                    Ok(p) => {
                        trial.set(None);
                        tried.set(Some(p));
                    }
                    Err(p) => trial.set(Some(p)),
                }
            }),
        }
    };
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        held.track();
        place.track();
        goods.track();
        turn.update_value(|n| *n += 1);
        let mine = turn.get_value();
        if tries && goods.with_untracked(|g| !g.trim().is_empty()) {
            let still = move || {
                if turn.get_value() == mine {
                    try_it();
                }
            };
            set_timeout(still, std::time::Duration::from_millis(STILL_MS));
        }
    });
    let kinds = KINDS.iter().map(|&(word, title)| view! { <option value=word selected=move || kind.get() == word>{title}</option> }).collect_view();
    view! {
        <section class="stock-desk rules" aria-label="活动内容">
            {field("活动名称", "顾客看到的名称，2 到 20 个字", "title", "text", |h| &h.title, |h| &mut h.title)}
            <label class="rule">
                <span>"活动类型"</span>
                <select disabled=busy on:change=move |e| held.update(|h| h.kind = event_target_value(&e))>{kinds}</select>
            </label>
            {rule}
            <h2>"时间"</h2>
            {field("开始", "", "from", "datetime-local", |h| &h.from, |h| &mut h.from)}
            {field("结束", "", "until", "datetime-local", |h| &h.until, |h| &mut h.until)}
            <div class="papers">{["一", "二", "三", "四", "五", "六", "日"].into_iter().zip(0_u8..).map(|(d, i)| day(i, d)).collect_view()}</div>
            {field("每月几日", "如 8 18 28；不填为每天", "month_days", "text", |h| &h.month_days, |h| &mut h.month_days)}
            {field("每天从", "不填为全天", "minute_from", "time", |h| &h.minute_from, |h| &mut h.minute_from)}
            {field("每天到", "", "minute_until", "text", |h| &h.minute_until, |h| &mut h.minute_until)}
            <h2>"范围"</h2>
            {field("商品", "规格编码，空格分开；不填为全部", "skus", "text", |h| &h.skus, |h| &mut h.skus)}
            {field("类目", "编码，如 dairy bakery；不填为全部", "categories", "text", |h| &h.categories, |h| &mut h.categories)}
            {field("品牌", "不填为全部", "brands", "text", |h| &h.brands, |h| &mut h.brands)}
            {field("排除商品", "规格编码，空格分开", "without", "text", |h| &h.without, |h| &mut h.without)}
            {(!own).then(|| field("门店", "门店编码，空格分开；不填为全部", "stores", "text", |h| &h.stores, |h| &mut h.stores))}
            <div class="papers">
                {tick("到店自提", |h| h.pickup, |h| &mut h.pickup)}
                {tick("同城配送", |h| h.delivery, |h| &mut h.delivery)}
                {tick("总部直发", |h| h.hq_ship, |h| &mut h.hq_ship)}
            </div>
            {tick("仅限新客（没有成交订单）", |h| h.new_only, |h| &mut h.new_only)}
            {field("会员等级", "这一级及以上；不填为所有人", "tier", "text", |h| &h.tier, |h| &mut h.tier)}
            <h2>"叠加"</h2>
            {field("选一组", "同一组的活动只用一个；不填则可与其他活动同享", "group", "text", |h| &h.group, |h| &mut h.group)}
            {tick("不与任何活动同享", |h| h.exclusive, |h| &mut h.exclusive)}
            {own.then(|| tick("可与总部活动同享", |h| h.beside_hq, |h| &mut h.beside_hq))}
            {(!own).then(|| tick("可以低于最低售价", |h| h.breaks_floor, |h| &mut h.breaks_floor))}
            {field("优先级", "优惠一样时大的先用", "priority", "text", |h| &h.priority, |h| &mut h.priority)}
            <h2>"限额与承担"</h2>
            {field("每人（单）", "不填为不限", "person_limit", "text", |h| &h.person_limit, |h| &mut h.person_limit)}
            {field("每天（单）", "不填为不限", "day_limit", "text", |h| &h.day_limit, |h| &mut h.day_limit)}
            {field("总共（单）", "不填为不限", "limit", "text", |h| &h.limit, |h| &mut h.limit)}
            {field("预算（元）", "不填为不限；用完自动停止", "budget", "text", |h| &h.budget, |h| &mut h.budget)}
            {(!own).then(|| field("总部承担（%）", "其余由门店承担", "hq_bears", "text", |h| &h.hq_bears, |h| &mut h.hq_bears))}
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存草稿"</button>
            </div>
            <Refusal problem=problem />
            {tries.then(|| view! {
                <h2>"试算"</h2>
                <label class="rule"><span>"门店"</span><input prop:value=place on:input=move |e| place.set(event_target_value(&e)) /></label>
                <label class="rule tall">
                    <span>"购物车"<small>"每行：规格编码 件数；边改边算"</small></span>
                    <textarea rows="3" prop:value=goods on:input=move |e| goods.set(event_target_value(&e))></textarea>
                </label>
                <Refusal problem=trial />
                {move || tried.get().map(|p| {
                    let off = p.discounts.into_iter().map(|d| view! { <dt>{d.title}</dt><dd>{format!("−{}", text::yuan(d.goods + d.delivery))}</dd> }).collect_view();
                    let missed = p.not_applied.into_iter().map(|m| view! { <li>{format!("{}：{}", m.title, m.why)}</li> }).collect_view();
                    view! {
                        <dl class="sums">
                            <dt>"商品"</dt><dd>{text::yuan(p.list)}</dd>
                            {off}
                            <dt>"应付"</dt><dd class="total">{format!("¥ {}", text::yuan(p.total))}</dd>
                        </dl>
                        <ul class="sub">{missed}</ul>
                    }
                })}
            })}
        </section>
    }
}
