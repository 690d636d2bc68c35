//! What a campaign has brought: figures, days, stores.

use leptos::prelude::*;
use liandian_types::api::{CampaignDay, CampaignResults, CampaignStore, CampaignTally, StoreRow};

use super::{base_of, state_badge};
use crate::{
    pages::{
        Frame, Module,
        kit::{
            Column, Table, csv_link, figure,
            plot::{DayColumn, amount_bar, day_columns},
        },
        page,
    },
    text,
};

/// Stores at each end of the list that are in sight.
const ENDS: usize = 5;

/// Parts of a whole in per cent, with one decimal; nothing of nothing.
fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "—".to_owned();
    }
    let tenths = part.max(0).saturating_mul(1_000) / whole;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Orders by day, those of new customers above the others.
fn orders_of_days(days: &[CampaignDay]) -> String {
    let columns: Vec<DayColumn<'_>> = days
        .iter()
        .map(|d| {
            let CampaignTally { orders, new_orders, off, .. } = d.tally;
            DayColumn {
                day: &d.day,
                parts: vec![("k-store", orders - new_orders), ("k-hq", new_orders)],
                tip: format!("{}：{orders} 单，其中新客 {new_orders} 单，优惠 {} 元", d.day, text::yuan(off)),
            }
        })
        .collect();
    day_columns("每天参加活动的订单数", &columns)
}

/// What was taken off by day.
fn off_of_days(days: &[CampaignDay]) -> String {
    let columns: Vec<DayColumn<'_>> = days
        .iter()
        .map(|d| DayColumn {
            day: &d.day,
            parts: vec![("k-reserved", d.tally.off.0)],
            tip: format!("{}：优惠 {} 元", d.day, text::yuan(d.tally.off)),
        })
        .collect();
    day_columns("每天优惠的金额", &columns)
}

/// New and old customers side by side.
fn customers(t: CampaignTally) -> impl IntoView + use<> {
    let each = |name: &'static str, orders: i64, paid: liandian_types::Fen, off: liandian_types::Fen| {
        let mean = if orders > 0 { text::yuan(liandian_types::Fen(paid.0 / orders)) } else { "—".to_owned() };
        view! {
            <tr>
                <td>{name}</td>
                <td class="num">{text::number(orders)}</td>
                <td class="num">{percent(orders, t.orders)}</td>
                <td class="num">{text::yuan(paid)}</td>
                <td class="num">{mean}</td>
                <td class="num">{text::yuan(off)}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="新老顾客">
            <table class="stock">
                <caption class="quiet-title">"新老顾客"</caption>
                <thead>
                    <tr>
                        <th>"顾客"</th>
                        <th class="num">"订单"</th>
                        <th class="num">"占比"</th>
                        <th class="num">"实付（元）"</th>
                        <th class="num">"单均（元）"</th>
                        <th class="num">"优惠（元）"</th>
                    </tr>
                </thead>
                <tbody>{each("新客", t.new_orders, t.new_paid, t.new_off)} {each("老客", t.orders - t.new_orders, t.paid - t.new_paid, t.off - t.new_off)}</tbody>
            </table>
        </div>
    }
}

/// The stores at one end, with bars.
fn ends(title: &'static str, stores: &[&CampaignStore], most: i64) -> impl IntoView + use<> {
    let rows: Vec<_> = stores
        .iter()
        .map(|s| {
            let label = format!("{} 实付 {} 元", s.name, text::yuan(s.tally.paid));
            let bar = amount_bar("k-hq", s.tally.paid.0, most, &label);
            let said = format!("{} 单 · {} 元", s.tally.orders, text::yuan(s.tally.paid));
            view! { <dt>{s.name.clone()}</dt><dd><span class="grow" inner_html=bar></span><span class="num">{said}</span></dd> }
        })
        .collect();
    view! { <section class="panel"><h2>{title}</h2><dl class="bars">{rows}</dl></section> }
}

/// What a campaign has brought, in the chain or in a store.
#[must_use]
pub fn results(frame: &Frame<'_>, store: Option<&StoreRow>, r: CampaignResults) -> String {
    let at = store.map_or(*frame, |s| frame.at(s));
    let base = base_of(store);
    let asked = frame.asked(format!("{base}/{}/results", r.card.campaign));
    let title = format!("{} · 效果", r.card.title);
    page(&at, Module::Campaigns, &title, || {
        let CampaignResults { card, whole, budget_left, orders_left, days, stores, without } = r;
        // HQ's campaigns have no page of their own at a store.
        let own = store.is_none() || card.owner.is_some();
        let back = if own { format!("{base}/{}", card.campaign) } else { base };
        let none = whole.orders == 0;
        let (orders, off) = (orders_of_days(&days), off_of_days(&days));
        let most = stores.first().map_or(0, |s| s.tally.paid.0);
        let many = stores.len() > 2 * ENDS;
        let top: Vec<&CampaignStore> = stores.iter().take(ENDS).collect();
        let bottom: Vec<&CampaignStore> = stores.iter().rev().take(if many { ENDS } else { 0 }).collect();
        let (top_some, bottom_some) = (!top.is_empty(), !bottom.is_empty());
        let best = top_some.then(|| ends("实付最多的门店", &top, most));
        let worst = bottom_some.then(|| ends("实付最少的门店", &bottom, most));
        let of_stores = vec![
            Column::new("门店", |s: &CampaignStore| s.name.clone().into_any()).class("what").by("name", |s| s.name.clone()),
            Column::figures("订单", |s: &CampaignStore| text::number(s.tally.orders).into_any()).by("orders", |s| s.tally.orders),
            Column::figures("优惠件数", |s: &CampaignStore| text::number(s.tally.units).into_any()).by("units", |s| s.tally.units),
            Column::figures("优惠（元）", |s: &CampaignStore| text::yuan(s.tally.off).into_any()).by("off", |s| s.tally.off),
            Column::figures("实付（元）", |s: &CampaignStore| text::yuan(s.tally.paid).into_any()).by("paid", |s| s.tally.paid),
            Column::figures("新客订单", |s: &CampaignStore| text::number(s.tally.new_orders).into_any()).by("new", |s| s.tally.new_orders),
        ];
        let of_days = vec![
            Column::new("日期", |d: &CampaignDay| d.day.clone().into_any()).by("day", |d| d.day.clone()),
            Column::figures("订单", |d: &CampaignDay| text::number(d.tally.orders).into_any()),
            Column::figures("优惠件数", |d: &CampaignDay| text::number(d.tally.units).into_any()),
            Column::figures("优惠（元）", |d: &CampaignDay| text::yuan(d.tally.off).into_any()),
            Column::figures("实付（元）", |d: &CampaignDay| text::yuan(d.tally.paid).into_any()),
            Column::figures("新客订单", |d: &CampaignDay| text::number(d.tally.new_orders).into_any()),
        ];
        let chain = store.is_none();
        let stores_table = (!stores.is_empty()).then(|| {
            Table {
                caption: "各门店", class: "stock cards", asked: &asked, columns: of_stores, rows: stores, empty: "还没有门店的订单。"
            }
            .folded(20, |_| "")
        });
        let some_days: Vec<CampaignDay> = days.into_iter().rev().filter(|d| d.tally.orders != 0 || d.tally.off.0 != 0).collect();
        let days_table =
            Table {
                caption: "各天", class: "stock cards", asked: &asked, columns: of_days, rows: some_days, empty: "还没有参加活动的订单。"
            }
            .folded(14, |_| "");
        view! {
            <p class="crumbs"><a href=back>"‹ 活动"</a></p>
            <div class="order-head"><h1>{title.clone()}</h1>{state_badge(&card)}</div>
            <p class="sub">{format!("{} · {} · {}", card.owner_name, card.what, card.when)}</p>
            <p class="sub">"按已付款且未全额退款的订单统计，付款当天计入；实付是这些订单的全部金额。数据随订单实时更新。"</p>
            <div class="figures">
                {figure("订单", text::number(whole.orders), "单")}
                {figure("优惠件数", text::number(whole.units), "件")}
                {figure("优惠金额", text::yuan(whole.off), "元")}
                {figure("实付金额", text::yuan(whole.paid), "元")}
                {figure("优惠占比", percent(whole.off.0, whole.off.0 + whole.paid.0), "")}
                {budget_left.map(|left| figure("预算剩余", text::yuan(left), "元"))}
                {orders_left.map(|left| figure("剩余次数", text::number(i64::from(left)), "单"))}
            </div>
            <section class="panel plot">
                <h2>"每天订单"</h2>
                <p class="legend"><i class="k-hq"></i>"新客"<i class="k-store"></i>"老客"</p>
                <div inner_html=orders></div>
                <h2>"每天优惠"</h2>
                <div inner_html=off></div>
            </section>
            {(!none).then(|| customers(whole))}
            {best}
            {worst}
            {(chain && without > 0).then(|| view! { <p class="sub">{format!("另有 {without} 家参加活动的门店还没有订单。")}</p> })}
            {stores_table}
            {days_table}
            {csv_link(&asked, !none)}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_parts_when_told_in_per_cent_then_nothing_of_nothing_is_no_number() {
        assert_eq!([percent(1, 3), percent(0, 5), percent(5, 5), percent(-1, 5), percent(1, 0)], ["33.3%", "0.0%", "100.0%", "0.0%", "—"]);
    }
}
