//! Goods on their way through the chain, live, with HQ's hand in it: call off, call back, give up.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, TransferId, TransferStep,
    api::{TransferCard, TransferStepRequest, TransfersInFlight},
};
use serde::de::IgnoredAny;

use crate::{
    browser,
    islands::kit::{Live, Refusal, poll::Poll},
    text,
};

/// Open transfers, oldest first; polls every 15 seconds.
#[island]
pub fn FlightBoard(
    /// As the server read them.
    list: TransfersInFlight,
    /// The server's clock, until the browser's takes over.
    now: i64,
    /// May this person act on them?
    direct: bool,
) -> impl IntoView {
    let list = RwSignal::new(list);
    let clock = RwSignal::new(now);
    let late_only = RwSignal::new(false);
    let poll = Poll::every(15);
    let load = move |turn: u32| {
        spawn_local(async move {
            let answer = browser::get::<TransfersInFlight>("/api/v1/hq/transfers").await;
            if !poll.is_newest(turn) {
                return;
            }
            let good = answer.is_ok();
            if let Ok(fresh) = answer
                && list.with_untracked(|old| *old != fresh)
            {
                list.set(fresh);
            }
            clock.set(browser::now());
            poll.end(turn, good);
        });
    };
    poll.run(load);
    let done = Callback::new(move |()| load(poll.after_change()));
    let late = move |t: &TransferCard| t.reminders > 0 || t.due.is_some_and(|d| d.0 < clock.get());
    let rows = move || list.get().transfers.into_iter().filter(|t| !late_only.get() || late(t)).collect::<Vec<_>>();
    let lates = move || list.with(|l| l.transfers.iter().filter(|t| late(t)).count());
    // The oldest are listed, which are the late ones before others.
    let cut = move || list.with(|l| usize::try_from(l.open).is_ok_and(|n| n > l.transfers.len()));
    let figure = |title: &'static str, value: Signal<String>, unit: &'static str| {
        view! { <div class="figure"><span>{title}</span><b>{value}<small>{unit}</small></b></div> }
    };
    view! {
        <div class="board-head">
            <Live trouble=poll.trouble />
            <label class="check"><input type="checkbox" on:change=move |e| late_only.set(event_target_checked(&e)) />"只看超时"</label>
        </div>
        <div class="figures">
            {figure("进行中", Signal::derive(move || list.with(|l| l.open.to_string())), "单")}
            {figure("超时", Signal::derive(move || format!("{}{}", lates(), if cut() { "+" } else { "" })), "单")}
            {figure("在途", Signal::derive(move || text::number(list.with(|l| l.units))), "件")}
            {figure("在途货值", Signal::derive(move || text::yuan(list.with(|l| l.value))), "元")}
        </div>
        <div class="scroll">
            <table class="stock">
                <thead>
                    <tr>
                        <th>"调拨单"</th>
                        <th>"从 → 到"</th>
                        <th>"商品"</th>
                        <th>"状态"</th>
                        <th class="num">"已过"</th>
                        <th class="num">"时限"</th>
                        <th>"操作"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=|t| (t.transfer.clone(), t.state, t.reminders) let:t>
                        <Flight t=t clock=clock direct=direct done=done />
                    </For>
                </tbody>
            </table>
        </div>
        <p class="sub" hidden=move || !cut()>
            {move || list.with(|l| format!("共 {} 单，这里列出最早的 {} 单；完成之后会出现后面的。", l.open, l.transfers.len()))}
        </p>
        <p class="empty" hidden=move || !rows().is_empty()>"没有进行中的调拨。"</p>
    }
}

/// One transfer; a step asks why first.
#[component]
fn Flight(t: TransferCard, clock: RwSignal<i64>, direct: bool, done: Callback<()>) -> impl IntoView {
    let asking = RwSignal::new(None::<TransferStep>);
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let (id, source) = (StoredValue::new(t.transfer.clone()), StoredValue::new(t.source.clone()));
    let take = move |_| {
        let Some(step) = asking.get_untracked() else { return };
        let body = TransferStepRequest { step, source: Some(source.get_value()), reason: Some(reason.get_untracked()), lines: None, fresh: false };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = |id: &TransferId| format!("/api/v1/hq/transfers/{id}/steps");
            match browser::post::<IgnoredAny>(&id.with_value(path), &body).await {
                Ok(_) => {
                    asking.set(None);
                    done.run(());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let steps = if direct { t.steps.clone() } else { Vec::new() };
    let due = t.due;
    let late = move || due.is_some_and(|d| d.0 < clock.get());
    let goods = t.lines.iter().map(|l| format!("{} ×{}", l.name, l.accepted.unwrap_or(l.quantity))).collect::<Vec<_>>().join("、");
    let purpose = match (&t.order, t.by_hq) {
        (Some(o), _) => format!("订单 {o}"),
        (None, true) => "总部调配".to_owned(),
        (None, false) => "补货".to_owned(),
    };
    let created = t.created_at;
    view! {
        <tr class:low=late>
            <td class="what">{t.transfer.to_string()}<small>{format!("{purpose} · {}", t.created_text)}</small></td>
            <td>{format!("{} → {}", t.source_name, t.target_name)}</td>
            <td class="what">{goods}{t.note.map(|n| view! { <small>{n}</small> })}</td>
            <td>
                <span class=format!("badge state-{}", t.state)>{t.state.title()}</span>
                {(t.reminders > 0).then(|| view! { <span class="badge warn">{format!("催 {} 次", t.reminders)}</span> })}
            </td>
            <td class="num">{move || text::age(created, clock.get())}</td>
            <td class="num">{move || due.map(|d| if late() { format!("超 {}", text::age(d, clock.get())) } else { format!("剩 {}", text::age(liandian_types::Timestamp(clock.get()), d.0)) })}</td>
            <td>
                <div class="row-steps" hidden=move || asking.get().is_some()>
                    {steps
                        .into_iter()
                        .map(|s| view! { <button type="button" class="small" on:click=move |_| asking.set(Some(s))>{s.title()}</button> })
                        .collect_view()}
                </div>
                <div class="row-steps" hidden=move || asking.get().is_none()>
                    <input aria-label="原因" placeholder="原因" maxlength="100" prop:value=reason on:input=move |e| reason.set(event_target_value(&e)) />
                    <button type="button" class="small danger" disabled=move || busy.get() on:click=take>
                        {move || asking.get().map(|s| format!("确认{}", s.title()))}
                    </button>
                    <button type="button" class="small" on:click=move |_| asking.set(None)>"返回"</button>
                </div>
                <Refusal problem=problem />
            </td>
        </tr>
    }
}
