//! What HQ decides for the whole chain.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{Code, Problem, api::ChainPolicies};

use crate::{browser, islands::kit::Refusal, text::typed_yuan};

fn whole(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// The chain's policies as a form.
#[island]
pub fn PolicyForm(
    /// As they are.
    policies: ChainPolicies,
    /// May this person set them?
    sets: bool,
) -> impl IntoView {
    let held = RwSignal::new(policies.clone());
    let (busy, saved) = (RwSignal::new(true), RwSignal::new(false));
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(!sets));
    type Set = fn(&mut ChainPolicies, &str) -> Option<()>;
    type Get = fn(&ChainPolicies) -> String;
    // Fields whose text is no number (yet), by title: nothing is saved with what somebody did not mean.
    let wrong = RwSignal::new(BTreeSet::<&'static str>::new());
    // What was saved last: only then a field shows the number as it is kept, otherwise as it was typed.
    let fresh = RwSignal::new(0_u32);
    let field = move |title: &'static str, hint: &'static str, get: Get, set: Set| {
        let typed = RwSignal::new(held.with_untracked(get));
        Effect::new(move |_| {
            fresh.track();
            typed.set(held.with_untracked(get));
        });
        let is_wrong = move || wrong.with(|w| w.contains(title));
        view! {
            <label class="rule">
                <span>
                    {title}
                    <small>{hint}</small>
                    <small class="wrong" role="alert">{move || is_wrong().then_some("请填写 0 或更大的数字")}</small>
                </span>
                <input
                    inputmode="decimal"
                    disabled=busy
                    aria-invalid=move || is_wrong().then_some("true")
                    prop:value=typed
                    on:focus=move |e| browser::select_all(&e)
                    on:input=move |e| {
                        let text = event_target_value(&e);
                        let fits = held.try_update(|h| set(h, text.trim())).flatten().is_some();
                        typed.set(text);
                        wrong.update(|w| {
                            if fits { w.remove(title); } else { w.insert(title); }
                        });
                        saved.set(false);
                    }
                />
            </label>
        }
    };
    let save = move |_| {
        saved.set(false);
        if let Some(title) = wrong.with_untracked(|w| w.first().copied()) {
            problem.set(Some(Problem::new(Code::BadRequest, format!("「{title}」需要填写 0 或更大的数字，尚未保存"))));
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::put::<ChainPolicies>("/api/v1/hq/policies", &held.get_untracked()).await {
                Ok(now) => {
                    held.set(now);
                    fresh.update(|n| *n += 1);
                    saved.set(true);
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    view! {
        <section class="stock-desk rules" aria-label="规则">
            <h2>"库存"</h2>
            {field("库存预警（件）", "可售不多于此数的商品进入预警，0 到 20", |p| p.low_at.to_string(), |p, t| whole(t).map(|n| p.low_at = n))}
            {field("收银台静默（分钟）", "营业时间内这么久没有任何小票，列为异常，30 到 10080", |p| p.till_silent.to_string(), |p, t| whole(t).map(|n| p.till_silent = n))}
            <label class="check">
                <input
                    type="checkbox"
                    disabled=busy
                    prop:checked=move || held.with(|p| p.splits)
                    on:change=move |e| {
                        held.update(|p| p.splits = event_target_checked(&e));
                        saved.set(false);
                    }
                />
                "抢购时自动分片（多行同时扣减，不超卖）"
            </label>
            <h2>"未付款占货"</h2>
            {field("未付款订单（单）", "每位顾客同时最多，1 到 20", |p| p.unpaid_orders.to_string(), |p, t| whole(t).map(|n| p.unpaid_orders = n))}
            {field("未付款件数（件）", "每位顾客的未付款订单合计最多占用", |p| p.unpaid_units.to_string(), |p, t| whole(t).map(|n| p.unpaid_units = n))}
            {field("每单单品（件）", "一张订单里同一商品最多，1 到 999", |p| p.order_sku_units.to_string(), |p, t| whole(t).map(|n| p.order_sku_units = n))}
            {field("每单合计（件）", "一张订单最多", |p| p.order_units.to_string(), |p, t| whole(t).map(|n| p.order_units = n))}
            {field("货架份额（%）", "一位顾客未付款时最多占货架可售的比例，1 到 100", |p| p.shelf_percent.to_string(), |p, t| whole(t).map(|n| p.shelf_percent = n))}
            {field("货架份额下限（件）", "至少可以买这么多，最后几件总能买到", |p| p.shelf_floor.to_string(), |p, t| whole(t).map(|n| p.shelf_floor = n))}
            {field("免等待的未付关闭（单）", "24 小时内不超过此数不用等待，0 到 8", |p| p.unpaid_closes.to_string(), |p, t| whole(t).map(|n| p.unpaid_closes = n))}
            {field("最长等待（分钟）", "之后每次未付关闭依次等待 1、5、30、120 分钟，不超过此数；0 为不等待", |p| p.unpaid_wait.to_string(), |p, t| whole(t).map(|n| p.unpaid_wait = n))}
            <h2>"门店要货"</h2>
            {field("当场预留比例（%）", "一张要货单最多当场预留来源可售的比例；超过的等对方接单才预留，0 到 100", |p| p.ask_percent.to_string(), |p, t| whole(t).map(|n| p.ask_percent = n))}
            {field("当场预留件数（件）", "一张要货单最多当场预留", |p| p.ask_units.to_string(), |p, t| whole(t).map(|n| p.ask_units = n))}
            {field("每店每日（件）", "一家门店一天的要货单合计最多当场预留", |p| p.ask_day_units.to_string(), |p, t| whole(t).map(|n| p.ask_day_units = n))}
            <h2>"盘点、报损、调整与退货"</h2>
            {field("免审差异（件）", "每种商品不超过此数时，盘点自动入账，报损、调整、退货直接登记", |p| p.count_units.to_string(), |p, t| whole(t).map(|n| p.count_units = n))}
            {field("免审差异（元）", "同时金额不超过此数；报损、调整、退货按一人一天累计", |p| p.count_value.yuan(), |p, t| typed_yuan(t).map(|n| p.count_value = n))}
            {field("免审差异（占账面 %）", "同时不超过账面库存的此比例；只差一件不受此限", |p| p.count_share.to_string(), |p, t| whole(t).map(|n| p.count_share = n))}
            <h2>"就近匹配"</h2>
            {field("每公里（分值）", "越大越看重距离", |p| p.per_km.to_string(), |p, t| whole(t).map(|n| p.per_km = n))}
            {field("每分钟（分值）", "越大越看重送达时间", |p| p.per_minute.to_string(), |p, t| whole(t).map(|n| p.per_minute = n))}
            {field("每单排队（分值）", "越大越避开忙碌的门店", |p| p.per_waiting.to_string(), |p, t| whole(t).map(|n| p.per_waiting = n))}
            {field("每件余量（减分）", "越大越偏向库存充足的门店，最多计 10 件", |p| p.per_spare.to_string(), |p, t| whole(t).map(|n| p.per_spare = n))}
            <h2>"配送费"</h2>
            {field("配送起步费（元）", "第一公里，0 到 100", |p| p.fee_base.yuan(), |p, t| typed_yuan(t).map(|n| p.fee_base = n))}
            {field("每公里加收（元）", "第一公里以后，每满或不满一公里", |p| p.fee_km.yuan(), |p, t| typed_yuan(t).map(|n| p.fee_km = n))}
            {field("每公斤加收（元）", "超过免加收重量后，每满或不满一公斤；满额也不免", |p| p.fee_kg.yuan(), |p, t| typed_yuan(t).map(|n| p.fee_kg = n))}
            {field("免加收重量（公斤）", "0 到 100", |p| p.fee_free_kg.to_string(), |p, t| whole(t).map(|n| p.fee_free_kg = n))}
            {field("满多少元免运费（元）", "商品优惠后的金额；包裹免首公斤", |p| p.fee_free_from.yuan(), |p, t| typed_yuan(t).map(|n| p.fee_free_from = n))}
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"已保存，一分钟内在所有门店生效。刷新页面可以看到修改记录。"</p>
        </section>
    }
}
