//! How many orders a time slot takes: closed, another number, or what the rules say again.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Fulfilment, Problem,
    api::{SetSlot, SlotFill, StoreSlots},
};

use crate::{browser, islands::kit::Refusal};

/// What shall hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Close,
    Number,
    Rules,
}

/// The form; the page is shown anew when it is saved.
#[island]
pub fn SlotDesk(
    /// The slots, as they were read.
    slots: StoreSlots,
) -> impl IntoView {
    let first = slots.days.iter().flat_map(|d| &d.slots).find(|s| !s.over).map(|s| s.slot.clone()).unwrap_or_default();
    let ways: Vec<Fulfilment> = [(Fulfilment::Pickup, slots.pickup.capacity), (Fulfilment::Delivery, slots.delivery.capacity)]
        .into_iter()
        .filter(|(_, capacity)| *capacity > 0)
        .map(|(way, _)| way)
        .collect();
    let slot = RwSignal::new(first);
    let way = RwSignal::new(ways.first().copied().unwrap_or(Fulfilment::Pickup));
    let wish = RwSignal::new(Wish::Close);
    let (number, why) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let held = StoredValue::new(slots);
    let fill = move |slot: &str, way: Fulfilment| -> Option<SlotFill> {
        held.with_value(|h| {
            let of = h.days.iter().flat_map(|d| &d.slots).find(|s| s.slot == slot)?;
            Some(if way == Fulfilment::Delivery { of.delivery.clone() } else { of.pickup.clone() })
        })
    };
    let most = move || held.with_value(|h| if way.get() == Fulfilment::Delivery { h.delivery.most } else { h.pickup.most });
    let now = move || fill(&slot.get(), way.get()).map(|f| format!("现在已约 {} 单，共 {} 单。已约的订单不受影响。", f.booked, f.capacity));
    let save = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        let capacity = match wish.get_untracked() {
            Wish::Close => Some(0),
            Wish::Rules => None,
            Wish::Number => match number.get_untracked().trim().parse() {
                Ok(n) => Some(n),
                Err(_) => {
                    problem.set(Some(Problem::new(liandian_types::Code::BadRequest, "请填写单数").at("capacity")));
                    return;
                }
            },
        };
        let (slot, fulfilment) = (slot.get_untracked(), way.get_untracked());
        let version = fill(&slot, fulfilment).map_or(0, |f| f.version);
        let body = SetSlot { slot, fulfilment, capacity, version, why: why.get_untracked() };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = held.with_value(|h| format!("/api/v1/stores/{}/slots", h.store));
            match browser::put::<serde::de::IgnoredAny>(&path, &body).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let choice = move |of: Wish, title: &'static str| {
        view! {
            <label class="check">
                <input type="radio" name="wish" disabled=busy prop:checked=move || wish.get() == of on:change=move |_| wish.set(of) />
                <span>{title}</span>
            </label>
        }
    };
    let options = held.with_value(|h| {
        let of_day = |d: &liandian_types::api::StoreSlotDay| {
            d.slots.iter().filter(|s| !s.over).map(|s| (s.slot.clone(), format!("{} {}", d.title, s.text))).collect::<Vec<_>>()
        };
        h.days.iter().flat_map(of_day).collect::<Vec<_>>()
    });
    view! {
        <section class="panel" aria-label="调整时段">
            <h2>"调整时段"</h2>
            <form on:submit=save>
                <label>
                    "时段"
                    <select disabled=busy on:change=move |e| slot.set(event_target_value(&e))>
                        {options.into_iter().map(|(value, title)| view! { <option value=value>{title}</option> }).collect_view()}
                    </select>
                </label>
                <label>
                    "方式"
                    <select disabled=busy on:change=move |e| way.set(event_target_value(&e).parse().unwrap_or(Fulfilment::Pickup))>
                        {ways.into_iter().map(|w| view! { <option value=w.as_str()>{w.title()}</option> }).collect_view()}
                    </select>
                </label>
                <p class="sub" role="status">{now}</p>
                <fieldset>
                    <legend>"改为"</legend>
                    {choice(Wish::Close, "暂停预约")}
                    {choice(Wish::Number, "改单数")}
                    {choice(Wish::Rules, "恢复按规则")}
                </fieldset>
                <label hidden=move || wish.get() != Wish::Number>
                    {move || format!("单数（最多 {}）", most())}
                    <input type="number" inputmode="numeric" min="0" max=move || most().to_string() disabled=busy prop:value=number on:input=move |e| number.set(event_target_value(&e)) />
                </label>
                <label>
                    "原因"
                    <input required autocomplete="off" maxlength="100" placeholder="如：下午少一人备货" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                </label>
                <button class="big primary" type="submit" disabled=busy>"保存"</button>
                <Refusal problem=problem />
            </form>
        </section>
    }
}
