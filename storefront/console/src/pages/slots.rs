//! A store's time slots: how full they are, and how many orders each takes.

use leptos::prelude::*;
use liandian_types::{
    Permission,
    api::{SlotFill, SlotLimits, StoreRow, StoreSlot, StoreSlots},
};

use super::{
    Frame, Module, Section,
    kit::{plot::amount_bar, table},
    page,
};
use crate::islands::SlotDesk;

/// The calendar of slots.
#[must_use]
pub fn of_store(frame: &Frame<'_>, store: &StoreRow, slots: StoreSlots) -> String {
    let sets = frame.may(Permission::OrderPrepare);
    page(&frame.at(store).within(Section::Slots), Module::Orders, "预约时段", || {
        let base = format!("/console/s/{}", store.store);
        let none = slots.days.is_empty();
        let empty = !none && slots.days.iter().all(|d| d.slots.is_empty());
        view! {
            <p class="crumbs"><a href=base.clone()>"‹ 接单"</a></p>
            <h1>"预约时段"</h1>
            <p class="sub">{rules(&slots)}" "<a href=format!("{base}/policy")>"本店规则"</a></p>
            <p class="empty" hidden=!none>"本店没有预约时段，顾客只能选择尽快。要开放时段，请总部在分级规则里设置容量。"</p>
            <p class="empty" hidden=!empty>"这几天没有营业时间，没有可约的时段。"</p>
            {slots
                .days
                .iter()
                .filter(|d| !d.slots.is_empty())
                .map(|d| {
                    let title = format!("{} · {}", d.title, d.day);
                    let heads = table::plain_heads(&[("时段", ""), ("自提", ""), ("配送", "")]);
                    let rows = d.slots.iter().map(|s| row(s, &slots.pickup, &slots.delivery)).collect_view().into_any();
                    view! { <h2>{title.clone()}</h2> {table::boxed(title, "stock slots", heads, rows, None)} }
                })
                .collect_view()}
            {(sets && !none && !empty).then(|| view! { <SlotDesk slots=slots.clone() /> })}
        }
    })
}

/// What the rules say, in a sentence.
fn rules(s: &StoreSlots) -> String {
    let of =
        |name: &str, l: &SlotLimits| if l.capacity == 0 { format!("{name}不分时段") } else { format!("{name}每个时段 {} 单", l.capacity) };
    let cutoff = if s.cutoff == 0 { "开始前都可预约".to_owned() } else { format!("开始前 {} 分钟截止", s.cutoff) };
    format!("{}，{}；每个时段 {} 分钟，{cutoff}。", of("自提", &s.pickup), of("配送", &s.delivery), s.minutes)
}

fn row(s: &StoreSlot, pickup: &SlotLimits, delivery: &SlotLimits) -> impl IntoView + use<> {
    let mark = if s.over { "dim" } else { "" };
    let over = s.over.then(|| view! { " "<span class="badge">"已截止"</span> });
    view! {
        <tr class=mark>
            <th scope="row" class="num">{s.text.clone()}{over}</th>
            <td data-label="自提">{fill(&s.pickup, pickup)}</td>
            <td data-label="配送">{fill(&s.delivery, delivery)}</td>
        </tr>
    }
}

/// How full it is: a bar, the figures, and whether the store has said something about it.
fn fill(f: &SlotFill, limits: &SlotLimits) -> AnyView {
    if limits.capacity == 0 && f.booked == 0 {
        return view! { <span class="sub">"—"</span> }.into_any();
    }
    let said = format!("已约 {} 单，共 {} 单", f.booked, f.capacity);
    let full = f.booked >= f.capacity;
    let bar = amount_bar(if full { "k-reserved" } else { "k-available" }, i64::from(f.booked), i64::from(f.capacity.max(f.booked).max(1)), &said);
    let word = match (f.capacity, full) {
        (0, _) => Some("暂停预约"),
        (_, true) => Some("约满"),
        _ => None,
    };
    view! {
        <span inner_html=bar></span>
        <span class="num">{format!("{} / {}", f.booked, f.capacity)}</span>
        {word.map(|w| view! { " "<span class="badge warn">{w}</span> })}
        {(f.own && f.capacity > 0).then(|| view! { " "<span class="badge">"门店调整"</span> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope, api::StoreSlotDay};

    use super::*;
    use crate::pages::fixtures::{frame, session, store};

    fn slots(capacity: u32) -> StoreSlots {
        let fill = |booked, capacity, own| SlotFill { booked, capacity, own, version: u64::from(own) };
        let slot =
            |at: &str, over, pickup, delivery| StoreSlot { slot: format!("2026-11-29T{at}"), text: format!("{at}–"), over, pickup, delivery };
        let all = vec![slot("10:00", true, fill(4, 10, false), fill(0, 0, false)), slot("11:00", false, fill(10, 10, false), fill(0, 0, false))];
        let closed = slot("12:00", false, fill(2, 0, true), fill(0, 0, false));
        StoreSlots {
            store: "sto_1".parse().unwrap(),
            minutes: 60,
            cutoff: 30,
            pickup: SlotLimits { capacity, most: 15 },
            delivery: SlotLimits { capacity: 0, most: 0 },
            days: if capacity == 0 {
                Vec::new()
            } else {
                vec![StoreSlotDay { day: "2026-11-29".into(), title: "今天".into(), slots: all.into_iter().chain([closed]).collect() }]
            },
        }
    }

    #[test]
    fn given_slots_when_shown_then_fullness_is_in_figures_and_who_may_not_set_them_sees_no_form() {
        let scope = || Scope::Store("sto_1".parse().unwrap());
        let (clerk, auditor) = (session(Role::Clerk, scope()), session(Role::Finance, Scope::All));
        let html = of_store(&frame(&clerk, ""), &store(1, "上海", "reg_1"), slots(10));
        for word in ["4 / 10", "约满", "暂停预约", "已截止", "自提每个时段 10 单", "配送不分时段", "开始前 30 分钟截止"]
        {
            assert!(html.contains(word), "{word}");
        }
        assert!(html.contains("调整时段"), "{html}");
        assert!(!of_store(&frame(&auditor, ""), &store(1, "上海", "reg_1"), slots(10)).contains("调整时段"));
        assert!(of_store(&frame(&clerk, ""), &store(1, "上海", "reg_1"), slots(0)).contains("本店没有预约时段"));
    }
}
