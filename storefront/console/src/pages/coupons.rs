//! Coupons of HQ: the list with their figures, one of them, a new one, and those that are good in a store.

use leptos::prelude::*;
use liandian_types::{
    CampaignId, CouponState, Permission,
    api::{CouponCard, CouponDraft, CouponTemplates, CouponView, StoreRow},
};

use super::{
    Frame, Module,
    kit::{Asked, Column, Filter, Table, filters},
    marketing, page,
};
use crate::{
    islands::{CodeDesk, CouponEditor, CouponSteps},
    text,
};

const PATH: &str = "/console/hq/coupons";

fn table(asked: &Asked, linked: bool, list: CouponTemplates) -> Table<'_, CouponCard> {
    let columns = vec![
        Column::new("优惠券", move |c: &CouponCard| {
            let title = c.title.clone();
            let name = if linked {
                leptos::either::Either::Left(view! { <a href=format!("{PATH}/{}", c.campaign)>{title}</a> })
            } else {
                leptos::either::Either::Right(title)
            };
            view! { {name}<small>{format!(" {}", c.what)}</small> }.into_any()
        })
        .class("what"),
        Column::new("状态", |c: &CouponCard| view! { <span class=format!("badge state-{}", c.state)>{c.state.title()}</span> }.into_any()),
        Column::new("有效期", |c: &CouponCard| c.when.clone().into_any()),
        Column::figures("总数", |c: &CouponCard| c.number.to_string().into_any()),
        Column::figures("已发", |c: &CouponCard| c.issued.to_string().into_any()),
        Column::figures("已领", |c: &CouponCard| c.claimed.to_string().into_any()),
        Column::figures("已核销（单）", |c: &CouponCard| c.used.to_string().into_any()),
        Column::figures("已优惠（元）", |c: &CouponCard| text::yuan(c.spent).into_any()),
        Column::figures("预算剩（元）", |c: &CouponCard| c.budget.map_or_else(|| "不限".to_owned(), |b| text::yuan(b - c.promised)).into_any()),
    ];
    Table { caption: "优惠券", class: "stock cards", asked, columns, rows: list.coupons, empty: "没有符合的优惠券。" }
}

/// Coupons of HQ.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, list: CouponTemplates) -> String {
    let asked = frame.asked(PATH);
    let writes = frame.may(Permission::CampaignWrite);
    page(frame, Module::Campaigns, "优惠券", || {
        let states = CouponState::ALL.iter().map(|s| (s.as_str().to_owned(), s.title().to_owned())).collect();
        view! {
            <h1>"优惠券"</h1>
            {writes.then(|| view! { <div class="actions"><a class="button primary" href=format!("{PATH}/new")>"新建优惠券"</a></div> })}
            {filters(&asked, vec![Filter::choice("state", "全部状态", states)])}
            {table(&asked, true, list).show(|_| "")}
            <p class="sub">"已发含印出的兑换码；核销与优惠在订单完成后计入。预算在发出时预留，领到的券一定能用。"</p>
        }
    })
}

/// Coupons of HQ that are good in a store.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, list: CouponTemplates) -> String {
    let path = format!("/console/s/{}/coupons", store.store);
    let asked = frame.asked(path);
    page(&frame.at(store), Module::Campaigns, "优惠券", || {
        view! {
            <h1>"优惠券"</h1>
            <p class="sub">"总部发放、本店可用的优惠券。数字为全链合计。"</p>
            {table(&asked, false, list).show(|_| "")}
        }
    })
}

/// What a field of a coupon, or of a campaign, is called.
pub(super) fn title(field: &str) -> &str {
    match field {
        "comes_back" => "整单退款后退回",
        "number" => "发放总数",
        "per_person" => "每人限领",
        "claim" => "领取时间",
        "valid" => "有效期",
        "ways" => "发放方式",
        "after_order" => "下单后可领（元）",
        "regions" => "区域",
        "modes" => "经营模式",
        "tiers" => "门店等级",
        "codes" => "生成兑换码",
        "codes_taken" => "下载兑换码",
        other => marketing::title(other),
    }
}

/// The figures of a coupon.
fn figures(card: &CouponCard) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("发放", format!("{} / {} 张", card.issued, card.number)),
        ("已领", format!("{} 张", card.claimed)),
        ("已核销", format!("{} 单，优惠 {} 元", card.used, text::yuan(card.spent))),
        ("已预留", format!("{} 元", text::yuan(card.promised))),
    ];
    if let Some(b) = card.budget {
        all.push(("预算剩", format!("{} / {} 元", text::yuan(b - card.promised), text::yuan(b))));
    }
    all
}

/// One coupon.
#[must_use]
pub fn one(frame: &Frame<'_>, coupon: CouponView) -> String {
    let CouponView { card, draft, steps, batches, history } = coupon;
    let sets = frame.may(Permission::CampaignWrite) && card.state == CouponState::Draft;
    let decides = frame.may(Permission::CampaignReview);
    page(frame, Module::Campaigns, &card.title, || {
        let (id, version) = (card.campaign.clone(), draft.version);
        let rows = history.into_iter().map(|c| marketing::change(c, title)).collect_view();
        let told = figures(&card).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
        let link =
            (draft.link || draft.center).then(|| view! { <p class="sub">"领券链接：门店网址后加 "<code>{format!("/coupons/{id}")}</code></p> });
        let desk =
            (draft.codes && decides).then(|| view! { <CodeDesk campaign=id.clone() batches=batches makes={card.state == CouponState::Issuing} /> });
        view! {
            <p class="crumbs"><a href=PATH>"‹ 优惠券"</a></p>
            <div class="order-head">
                <h1>{card.title.clone()}</h1>
                <span class=format!("badge state-{}", card.state)>{card.state.title()}</span>
            </div>
            <p class="sub">{format!("{} · {}", card.what, card.when)}</p>
            <section class="panel"><h2>"数据"</h2><dl class="sums">{told}</dl></section>
            {link}
            {decides.then(|| view! { <CouponSteps campaign=id.clone() steps=steps version=version /> })}
            {desk}
            <CouponEditor campaign=id draft=draft sets=sets />
            <h2>"修改记录"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="修改记录">
                <table class="stock">
                    <thead><tr><th>"时间"</th><th>"人员"</th><th>"修改"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

/// A new coupon.
#[must_use]
pub fn new(frame: &Frame<'_>, campaign: CampaignId, draft: CouponDraft) -> String {
    page(frame, Module::Campaigns, "新建优惠券", || {
        view! {
            <p class="crumbs"><a href=PATH>"‹ 优惠券"</a></p>
            <h1>"新建优惠券"</h1>
            <noscript><p class="refusal">"编辑优惠券需要 JavaScript，请在浏览器设置中打开。"</p></noscript>
            <CouponEditor campaign=campaign draft=draft sets=true />
        }
    })
}
