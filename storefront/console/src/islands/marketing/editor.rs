//! A campaign as a form, with what a cart would cost with it.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, Problem, StoreId,
    api::{CampaignDraft, CampaignView},
};

use super::{
    pick::{Chips, ChoiceField, Choices, GoodsFinder, Named, name_of, with, without},
    raw::{KINDS, Raw, fields, words},
    trial::Trial,
};
use crate::{browser, islands::kit::Refusal, text};

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
    /// What there is to choose from.
    choices: Choices,
) -> impl IntoView {
    let first = Raw::of(&draft);
    let (kept, saved) = (StoredValue::new(first.clone()), StoredValue::new(false));
    let held = RwSignal::new(first);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let warnings = RwSignal::new(Vec::<String>::new());
    let Choices { categories, brands, stores, groups, names } = choices;
    let (categories, brands, stores) = (StoredValue::new(categories), StoredValue::new(brands), StoredValue::new(stores));
    let known = names.into_iter().chain(categories.get_value()).chain(brands.get_value()).chain(stores.get_value());
    // A brand of which nothing is on sale any more has its name still.
    let names: RwSignal<Vec<Named>> = RwSignal::new(known.chain(draft.brands.iter().map(|b| (text::percent(b), b.clone()))).collect());
    let goods_at = StoredValue::new(store.as_ref().map_or_else(|| "/api/v1/hq/stock?q=".to_owned(), |s| format!("/api/v1/stores/{s}/stock?q=")));
    // What is typed is kept on the device: of a new one by whose it is, for its id is another one each time.
    let draft_name = StoredValue::new(match (&store, draft.version) {
        (Some(s), 0) => format!("ld-campaign-new-{s}"),
        (None, 0) => "ld-campaign-new-hq".to_owned(),
        _ => format!("ld-campaign-{campaign}"),
    });
    let (restored, watched) = (RwSignal::new(false), StoredValue::new(false));
    let (own, owner, campaign) = (store.is_some(), StoredValue::new(store.clone()), StoredValue::new(campaign));
    let (path, page) = match &store {
        Some(s) => (format!("/api/v1/stores/{s}/campaigns"), format!("/console/s/{s}/campaigns")),
        None => ("/api/v1/hq/campaigns".to_owned(), "/console/hq/campaigns".to_owned()),
    };
    let (path, page) = (StoredValue::new(path), StoredValue::new(page));
    Effect::new(move |_| busy.set(!sets));
    browser::ask_before_leaving(move || saved.try_get_value() == Some(false) && held.with_untracked(|h| kept.with_value(|k| k != h)));
    Effect::new(move |_| {
        let now = held.get();
        if !sets {
            return;
        }
        if !watched.get_value() {
            watched.set_value(true);
            // What somebody else has saved since is newer than what was typed here.
            let typed = browser::draft::<Raw>(&draft_name.get_value()).filter(|r| r.version == now.version && *r != now);
            if let Some(typed) = typed {
                held.set(typed);
                restored.set(true);
            }
        } else if saved.get_value() || kept.with_value(|k| *k == now) {
            browser::drop_draft(&draft_name.get_value());
        } else {
            browser::keep_draft(&draft_name.get_value(), &now);
        }
    });
    let begin_anew = move |_| {
        held.set(kept.get_value());
        restored.set(false);
    };

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
                    browser::drop_draft(&draft_name.get_value());
                    browser::go(&format!("{}/{id}", page.get_value()));
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    // What is about goods, categories, brands or stores: what is chosen, and a field to choose more.
    let chips = move |get: GetText, set: SetText| {
        let drop = Callback::new(move |id: String| held.update(|h| *set(h) = without(get(h), &id)));
        view! { <Chips ids=Signal::derive(move || held.with(|h| get(h).clone())) names=names drop=drop disabled=busy /> }
    };
    let adder = move |get: GetText, set: SetText| Callback::new(move |id: String| held.update(|h| *set(h) = with(get(h), &id)));
    let goods_field = move |title: &'static str, hint: &'static str, get: GetText, set: SetText| {
        view! {
            <div class="rule tall picks" role="group" aria-label=title>
                <span>{title}<small>{hint}</small></span>
                {chips(get, set)}
                <GoodsFinder label=title path=goods_at names=names add=adder(get, set) disabled=busy />
            </div>
        }
    };
    let choice_field =
        move |title: &'static str, hint: &'static str, list: &'static str, all: StoredValue<Vec<Named>>, get: GetText, set: SetText| {
            view! {
                <div class="rule tall picks" role="group" aria-label=title>
                    <span>{title}<small>{hint}</small></span>
                    {chips(get, set)}
                    <ChoiceField label=title list=list all=all add=adder(get, set) disabled=busy />
                </div>
            }
        };
    let groups = StoredValue::new(groups);
    let by_group = move || {
        let options = groups.with_value(|all| {
            all.iter().map(|(name, ids)| view! { <option value=name.clone()>{format!("{name}（{} 家）", ids.len())}</option> }).collect_view()
        });
        let add = move |e: web_sys::Event| {
            let name = event_target_value(&e);
            let ids = groups.with_value(|all| all.iter().find(|(n, _)| *n == name).map(|(_, ids)| ids.clone())).unwrap_or_default();
            held.update(|h| h.stores = ids.iter().fold(h.stores.clone(), |text, id| with(&text, id)));
        };
        view! {
            <label class="rule">
                <span>"按区域、模式、级别加入"<small>"现在的门店；以后新开的要再加"</small></span>
                <select disabled=busy on:change=add><option value="">"请选择"</option>{options}</select>
            </label>
        }
    };
    // Goods in the lines of a rule: found by name, and put in as a line to fill in; below stands what the codes are called.
    let in_rule = move || {
        let kind = kind.get();
        let (before, after) = match kind.as_str() {
            "combo" => ("1 ", ""),
            "gift" => ("", " 1"),
            "limited_price" | "flash" => ("", " "),
            _ => return None,
        };
        let add = Callback::new(move |id: String| {
            held.update(|h| {
                let new = format!("{before}{id}{after}");
                h.lines = if h.lines.trim().is_empty() { new } else { format!("{}\n{new}", h.lines.trim_end()) };
            });
        });
        let known = move || {
            let told = held.with(|h| {
                let codes = words(&h.lines).filter(|w| w.starts_with("sku_"));
                names.with(|n| codes.map(|w| format!("{w} = {}", name_of(n, w))).collect::<Vec<_>>().join("；"))
            });
            view! { <p class="sub">{told}</p> }
        };
        Some(view! {
            <div class="rule tall picks">
                {known}
                <GoodsFinder label="在规则里加入商品" path=goods_at names=names add=add disabled=busy />
            </div>
        })
    };
    let kinds = KINDS.iter().map(|&(word, title)| view! { <option value=word selected=move || kind.get() == word>{title}</option> }).collect_view();
    view! {
        <div class="beside">
        <section class="stock-desk rules" aria-label="活动内容">
            <p class="news" role="status" hidden=move || !restored.get()>
                "已恢复上次没有保存的修改。"
                <button type="button" class="small" on:click=begin_anew>"放弃这些修改"</button>
            </p>
            {field("活动名称", "顾客看到的名称，2 到 20 个字", "title", "text", |h| &h.title, |h| &mut h.title)}
            <label class="rule">
                <span>"活动类型"</span>
                <select disabled=busy on:change=move |e| held.update(|h| h.kind = event_target_value(&e))>{kinds}</select>
            </label>
            {rule}
            {in_rule}
            <h2>"时间"</h2>
            {field("开始", "", "from", "datetime-local", |h| &h.from, |h| &mut h.from)}
            {field("结束", "", "until", "datetime-local", |h| &h.until, |h| &mut h.until)}
            <div class="papers">{["一", "二", "三", "四", "五", "六", "日"].into_iter().zip(0_u8..).map(|(d, i)| day(i, d)).collect_view()}</div>
            {field("每月几日", "如 8 18 28；不填为每天", "month_days", "text", |h| &h.month_days, |h| &mut h.month_days)}
            {field("每天从", "不填为全天", "minute_from", "time", |h| &h.minute_from, |h| &mut h.minute_from)}
            {field("每天到", "", "minute_until", "text", |h| &h.minute_until, |h| &mut h.minute_until)}
            <h2>"范围"</h2>
            {goods_field("商品", "不选为全部", |h| &h.skus, |h| &mut h.skus)}
            {choice_field("类目", "不选为全部", "campaign-categories", categories, |h| &h.categories, |h| &mut h.categories)}
            {choice_field("品牌", "不选为全部", "campaign-brands", brands, |h| &h.brands, |h| &mut h.brands)}
            {goods_field("排除商品", "这些商品不参加", |h| &h.without, |h| &mut h.without)}
            {(!own).then(|| choice_field("门店", "不选为全部", "campaign-stores", stores, |h| &h.stores, |h| &mut h.stores))}
            {(!own).then(by_group)}
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
            <div class="panel warn" role="status" hidden=move || warnings.with(Vec::is_empty)>
                <b>"保存前请留意"</b>
                <ul>{move || warnings.get().into_iter().map(|w| view! { <li>{w}</li> }).collect_view()}</ul>
            </div>
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存草稿"</button>
            </div>
            <Refusal problem=problem />
        </section>
        <Trial held=held sets=sets campaign=campaign own=owner stores=stores names=names path=goods_at warnings=warnings />
        </div>
    }
}
