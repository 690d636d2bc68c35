//! When the goods are had: as soon as possible, or in a time slot. A part of the till.

use leptos::prelude::*;
use liandian_types::{
    Fulfilment,
    api::{SlotDay, SlotState, SlotView},
};

/// What is said of a slot beside its time: nothing where there is room.
fn said(s: &SlotView) -> String {
    match s.state {
        SlotState::Open => String::new(),
        SlotState::Few => ["仅剩 ", &s.left.to_string(), " 单"].concat(),
        other => other.title().to_owned(),
    }
}

/// What is chosen, as a line says it: `今天 10:00–10:30`. A slot that is not offered any more is none.
fn chosen_text(days: &[SlotDay], slot: Option<&str>) -> Option<String> {
    let slot = slot?;
    days.iter().find_map(|d| d.slots.iter().find(|s| s.slot == slot).map(|s| [d.title.as_str(), " ", &s.text].concat()))
}

/// The choice of a time: a half sheet with a tab for each day. Radio buttons of the browser, so that the keyboard and screen readers know them; a slot
/// that cannot be had is there to be seen, and cannot be chosen.
#[component]
pub(crate) fn Slots(
    /// What there is, day by day. The choice is there before that is known, so that nothing moves when it is.
    days: RwSignal<Vec<SlotDay>>,
    /// What is chosen; none: as soon as possible.
    picked: RwSignal<Option<String>>,
    /// How the goods are had.
    way: RwSignal<Fulfilment>,
    /// Another time was chosen.
    chosen: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The day whose tab is open: that of the slot that is chosen, else the first.
    let tab = RwSignal::new(None::<String>);
    let day = move || {
        let asked = tab.get().or_else(|| picked.get().and_then(|s| s.split_once('T').map(|(day, _)| day.to_owned())));
        days.with(|all| asked.filter(|d| all.iter().any(|o| o.day == *d)).or_else(|| all.first().map(|d| d.day.clone())))
    };
    let choose = move |to: Option<String>| {
        if picked.get_untracked() != to {
            picked.set(to);
            chosen.run(());
        }
    };
    let title = move || if way.get() == Fulfilment::Pickup { "取货时间" } else { "送达时间" };
    let line = move || {
        let known = days.with(|all| picked.with(|p| chosen_text(all, p.as_deref())));
        let gone = picked.with(Option::is_some);
        known.unwrap_or_else(|| if gone { "请重新选择时段".to_owned() } else { "尽快".to_owned() })
    };
    view! {
        <div hidden=move || way.get() == Fulfilment::HqShip>
            <h2 class="title">{title}</h2>
            <details class="cells slots" id="slots" prop:open=open on:keydown=move |e| { if e.key() == "Escape" { open.set(false); } }>
                <summary class="cell" on:click=move |e| { e.prevent_default(); open.update(|o| *o = !*o); }><span>"时间"</span><b class="num">{line}" ›"</b></summary>
                <div class="slot-days" role="tablist" aria-label="日期" hidden=move || days.with(Vec::is_empty)>{move || days.get().into_iter().map(|d| {
                    let id = StoredValue::new(d.day);
                    let here = move || day() == Some(id.get_value());
                    view! { <button type="button" role="tab" aria-selected=move || yes(here()) on:click=move |_| tab.set(Some(id.get_value()))>{d.title}</button> }
                }).collect_view()}</div>
                <fieldset class="slot-list"><legend class="sr">{title}</legend>
                    <label class="slot"><input type="radio" name="slot" prop:checked=move || picked.with(Option::is_none) on:change=move |_| choose(None)/><b>"尽快"</b></label>
                    {move || {
                        let day = day();
                        let all = days.with(|all| all.iter().find(|d| Some(&d.day) == day.as_ref()).map(|d| d.slots.clone())).unwrap_or_default();
                        all.into_iter().map(|s| {
                            let (text, off, few) = (said(&s), !s.state.bookable(), s.state == SlotState::Few);
                            let mine = StoredValue::new(s.slot);
                            let checked = move || picked.with(|c| c.as_ref() == Some(&mine.get_value()));
                            view! { <label class="slot" class:off=off>
                                <input type="radio" name="slot" disabled=off prop:checked=checked on:change=move |_| choose(Some(mine.get_value()))/>
                                <b class="num">{s.text}</b><small class:few=few>{text}</small></label> }
                        }).collect_view()
                    }}
                </fieldset>
                // The arrows of a keyboard choose one after the other: the sheet goes when somebody says so.
                <div class="pad"><button class="btn" type="button" on:click=move |_| open.set(false)>"完成"</button></div>
            </details>
        </div>
    }
}

fn yes(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(at: &str, state: SlotState, left: u32) -> SlotView {
        SlotView { slot: format!("2026-11-29T{at}"), text: format!("{at}–"), state, left }
    }

    #[test]
    fn given_slots_when_told_then_what_is_left_is_said_where_it_is_little_and_a_slot_that_is_gone_is_none() {
        let day = SlotDay {
            day: "2026-11-29".into(),
            title: "今天".into(),
            slots: vec![slot("10:00", SlotState::Few, 2), slot("10:30", SlotState::Full, 0)],
        };
        assert_eq!(day.slots.iter().map(said).collect::<Vec<_>>(), ["仅剩 2 单", "约满"]);
        assert_eq!(said(&slot("11:00", SlotState::Open, 9)), "");
        let days = [day];
        assert_eq!(chosen_text(&days, Some("2026-11-29T10:00")).as_deref(), Some("今天 10:00–"));
        assert_eq!((chosen_text(&days, Some("2026-11-29T12:00")), chosen_text(&days, None)), (None, None));
    }
}
