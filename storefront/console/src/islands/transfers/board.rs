//! Transfer tasks: what this store sends, and what it waits for.

use leptos::{html, prelude::*, task::spawn_local};
use liandian_types::{
    Problem, Quantity, StoreId, Timestamp, TransferId, TransferState, TransferStep,
    api::{StepLine, TransferCard, TransferLine, TransferList, TransferStepRequest},
};
use serde::de::IgnoredAny;

use crate::{
    browser,
    islands::kit::{Live, Refusal, poll::Poll, tap::Tap},
    text,
};

/// Both lists; polls every 10 seconds.
#[island]
pub fn TransferBoard(
    /// Whose tasks.
    store: StoreId,
    /// As the server read them.
    list: TransferList,
    /// The server's clock, until the browser's takes over.
    now: i64,
    /// May this person work on them?
    work: bool,
) -> impl IntoView {
    let list = RwSignal::new(list);
    let clock = RwSignal::new(now);
    let printing = RwSignal::new(None::<TransferId>);
    let store = StoredValue::new(store);
    // The task of the step just taken: the keyboard stays with it.
    let worked = StoredValue::new(None::<TransferId>);
    let poll = Poll::every(10);
    let load = move |turn: u32| {
        spawn_local(async move {
            let answer = browser::get::<TransferList>(&format!("/api/v1/stores/{}/transfers", store.get_value())).await;
            if !poll.is_newest(turn) {
                return;
            }
            let good = answer.is_ok();
            if let Ok(fresh) = answer {
                if list.with_untracked(|old| *old != fresh) {
                    list.set(fresh);
                    browser::moved();
                }
                if let Some(task) = worked.get_value() {
                    worked.set_value(None);
                    browser::focus_to(vec![
                        format!("#task-{task} > .buttons button:not([hidden]):not(:disabled)"),
                        format!("#task-{task}"),
                        ".column h2".to_owned(),
                    ]);
                }
            }
            clock.set(browser::now());
            poll.end(turn, good);
        });
    };
    poll.run(load);
    let done = Callback::new(move |()| load(poll.after_change()));
    let side = move |title: &'static str, empty: &'static str, outgoing: bool| {
        let cards = move || if outgoing { list.get().outgoing } else { list.get().incoming };
        view! {
            <section class="column" aria-label=title>
                <h2 tabindex="-1">{title}<span class="count">{move || cards().len()}</span></h2>
                <ul class="cards">
                    <For each=cards key=|t| (t.transfer.clone(), t.state, t.steps.len(), t.source.clone(), t.due) let:task>
                        <Task task=task outgoing=outgoing store=store.get_value() work=work clock=clock printing=printing worked=worked done=done />
                    </For>
                </ul>
                <p class="empty" hidden=move || !cards().is_empty()>{empty}</p>
            </section>
        }
    };
    view! {
        <div class="board-head"><Live trouble=poll.trouble /></div>
        <div class="board two">
            {side("调出", "没有要发给其他门店的货。", true)}
            {side("调入", "没有在等的货。", false)}
        </div>
        <p class="sub" hidden=move || !list.with(|l| l.more)>"任务较多，这里先列最早的；完成之后会出现后面的。"</p>
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Asking {
    Nothing,
    /// Why this step is taken.
    Why(TransferStep),
    /// How many of each line are sent, or arrived.
    HowMuch(TransferStep),
}

/// One task with its lines and the steps allowed.
#[component]
fn Task(
    task: TransferCard,
    outgoing: bool,
    store: StoreId,
    work: bool,
    clock: RwSignal<i64>,
    printing: RwSignal<Option<TransferId>>,
    worked: StoredValue<Option<TransferId>>,
    done: Callback<()>,
) -> impl IntoView {
    let this = StoredValue::new(task.transfer.clone());
    let done = Callback::new(move |()| {
        worked.set_value(Some(this.get_value()));
        done.run(());
    });
    let asking = RwSignal::new(Asking::Nothing);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let reason = RwSignal::new(String::new());
    // Goods of a batch that has ended were looked for.
    let fresh = RwSignal::new(false);
    let asks_for_fresh = move || problem.with(|p| p.as_ref().is_some_and(|p| p.code == liandian_types::Code::AskFirst));
    let counts: Vec<(TransferLine, RwSignal<u32>)> = task.lines.iter().map(|l| (l.clone(), RwSignal::new(most(l)))).collect();
    let path = StoredValue::new(format!("/api/v1/stores/{store}/transfers/{}/steps", task.transfer));
    let source = StoredValue::new(task.source.clone());
    let counted = StoredValue::new(counts.clone());
    let over = move || counted.with_value(|c| c.iter().map(|(l, n)| n.get().saturating_sub(most(l))).sum::<u32>());
    // What came in beside what was sent is a fact; more than was asked for cannot be accepted.
    let limit = move |most: u32| if asking.get_untracked() == Asking::HowMuch(TransferStep::Receive) { Quantity::MAX } else { most };
    let missing = move || counted.with_value(|c| c.iter().map(|(l, n)| most(l).saturating_sub(n.get())).sum::<u32>());
    // What was counted so far outlives a reload, and the list that is drawn anew when somebody else has taken a step.
    let draft = StoredValue::new(format!("ld-task-{}-{}", task.transfer, task.state));
    let counting = [TransferStep::Receive, TransferStep::Accept].into_iter().find(|s| work && task.steps.contains(s));
    Effect::new(move |_| {
        let Some((step, (numbers, why))) = counting.zip(browser::draft::<(Vec<u32>, String)>(&draft.get_value())) else { return };
        if counted.with_value(Vec::len) == numbers.len() {
            counted.with_value(|c| c.iter().zip(&numbers).for_each(|((_, n), told)| n.set(*told)));
            reason.set(why);
            asking.set(Asking::HowMuch(step));
        }
    });
    Effect::new(move |begun: Option<()>| {
        let numbers = counted.with_value(|c| c.iter().map(|(_, n)| n.get()).collect::<Vec<_>>());
        let why = reason.get();
        match (begun, missing() + over()) {
            (None, _) => {}
            (Some(()), 0) => browser::drop_draft(&draft.get_value()),
            (Some(()), _) => browser::keep_draft(&draft.get_value(), &(numbers, why)),
        }
    });

    let submit = move |step: TransferStep| {
        let why = reason.get_untracked().trim().to_owned();
        let counts = matches!(step, TransferStep::Receive | TransferStep::Accept);
        let short = counts && counted.with_value(|c| c.iter().any(|(l, n)| n.get_untracked() != most(l)));
        if (matches!(step, TransferStep::Reject | TransferStep::Cancel) || short) && why.is_empty() {
            let text = if short { "数量有差异，请说明原因" } else { "请说明原因" };
            problem.set(Some(Problem::new(liandian_types::Code::BadRequest, text)));
            return;
        }
        let line = |(l, n): &(TransferLine, RwSignal<u32>)| StepLine { sku: l.sku.clone(), quantity: n.get_untracked(), reason: None };
        let lines = short.then(|| counted.with_value(|c| c.iter().map(line).collect::<Vec<_>>()));
        busy.set(true);
        problem.set(None);
        let (reason, fresh) = ((!why.is_empty()).then_some(why), fresh.get_untracked());
        let body = TransferStepRequest { step, source: Some(source.get_value()), reason, lines, fresh };
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&path.get_value(), &body).await {
                Ok(_) => {
                    browser::drop_draft(&draft.get_value());
                    asking.set(Asking::Nothing);
                    done.run(());
                }
                Err(refused) => problem.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    // What an order waits for is sent whole or not at all.
    let in_part = task.order.is_none();
    let asks = move |step: TransferStep| match step {
        TransferStep::Reject | TransferStep::Cancel => Some(Asking::Why(step)),
        TransferStep::Accept if in_part => Some(Asking::HowMuch(step)),
        TransferStep::Receive => Some(Asking::HowMuch(step)),
        _ => None,
    };
    let body = move |step: TransferStep| {
        serde_json::to_string(&TransferStepRequest { step, source: Some(source.get_value()), reason: None, lines: None, fresh: false }).ok()
    };
    let steps = if work { task.steps.clone() } else { Vec::new() };
    let id = task.transfer.clone();
    let print_id = task.transfer.clone();
    let due = task.due;
    let overdue = move || due.is_some_and(|d| d.0 < clock.get());
    let back = task.state == TransferState::Returning;
    let other = match (outgoing, back) {
        (true, true) => format!("从 {} 退回 {}", task.target_name, task.source_name),
        (true, false) => format!("{} 发往 {}", task.source_name, task.target_name),
        (false, _) => format!("{} 来自 {}", task.target_name, task.source_name),
    };
    let purpose = match (&task.order, task.by_hq) {
        (Some(o), _) => format!("顾客订单 {o}"),
        (None, true) => "总部调配".to_owned(),
        (None, false) => "补货".to_owned(),
    };
    let printable = outgoing && matches!(task.state, TransferState::Requested | TransferState::Accepted | TransferState::Packed);
    let print = move |_| {
        printing.set(Some(print_id.clone()));
        // The class that hides the other tasks must be on the page before the browser draws it for paper.
        set_timeout(
            || {
                let _ = window().print();
            },
            std::time::Duration::from_millis(50),
        );
    };
    let why = move |hint: &'static str, choices: [&'static str; 3]| {
        let field = NodeRef::<html::Input>::new();
        view! {
            <div class="choices">
                {choices
                    .into_iter()
                    .map(|c| view! {
                        <button type="button" aria-pressed=move || (reason.get() == c).to_string() on:click=move |_| reason.set(c.to_owned())>{c}</button>
                    })
                    .collect_view()}
            </div>
            <input
                node_ref=field
                class="reason"
                aria-label=hint
                placeholder=hint
                maxlength="100"
                prop:value=move || reason.get()
                on:input=move |e| reason.set(event_target_value(&e))
            />
        }
    };

    view! {
        <li id=format!("task-{}", this.get_value()) tabindex="-1" class="card task" class:very-late=overdue class:printing=move || printing.get().as_ref() == Some(&id)>
            <div class="task-head">
                <b>{other}</b>
                <span class=format!("badge state-{}", task.state)>{task.state.title()}</span>
                <span class="age">{move || due.map(|d| due_text(d, clock.get()))}</span>
            </div>
            <p class="sub">
                {format!("{purpose} · {} · {}", task.transfer, task.created_text)}
            </p>
            {(task.on_acceptance && task.state == TransferState::Requested).then(|| view! { <p class="note">"数量较大：接单时才预留库存，可按能发的数量接单"</p> })}
            {task.note.clone().map(|n| view! { <p class="note">{format!("留言：{n}")}</p> })}
            {task.reason.clone().map(|r| view! { <p class="sub">{format!("原因：{r}")}</p> })}
            <ul class="lines">
                {counts
                    .iter()
                    .map(|(l, n)| {
                        let (n, most) = (*n, most(l));
                        view! {
                            <li>
                                <span class="box" aria-hidden="true"></span>
                                <span class="what">{l.name.clone()}</span>
                                <b>{format!("×{most}")}</b>
                                {(most != l.quantity).then(|| view! { <span class="badge warn">{format!("申请 {}", l.quantity)}</span> })}
                                {l.fewer.clone().map(|r| view! { <small class="sub">{format!("少发：{r}")}</small> })}
                                {l.received.filter(|r| *r != most).map(|r| view! { <span class="badge warn">{format!("实收 {r}")}</span> })}
                                {l.reason.clone().map(|r| view! { <small class="sub">{format!("收货差异：{r}")}</small> })}
                                <span class="stepper" hidden=move || !matches!(asking.get(), Asking::HowMuch(_))>
                                    <button type="button" aria-label="少一件" on:click=move |_| n.update(|v| *v = v.saturating_sub(1))>"−"</button>
                                    <input
                                        inputmode="numeric"
                                        aria-label=format!("{} 件数", l.name)
                                        prop:value=move || n.get().to_string()
                                        on:focus=move |e| browser::select_all(&e)
                                        on:change=move |e| n.set(event_target_value(&e).trim().parse().unwrap_or(most).min(limit(most)))
                                    />
                                    <button type="button" aria-label="多一件" on:click=move |_| n.update(|v| *v = (*v + 1).min(limit(most)))>"+"</button>
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <div class="ask" hidden=move || !matches!(asking.get(), Asking::Why(_))>
                {if outgoing { why("为什么不能发货", ["货架上没有", "商品破损", "人手不够"]) } else { why("为什么取消", ["不再需要", "已另行补货", "数量填错"]) }}
                <div class="buttons">
                    <button
                        class="danger big"
                        type="button"
                        disabled=move || busy.get()
                        on:click=move |_| if let Asking::Why(step) = asking.get_untracked() { submit(step) }
                    >
                        {move || if let Asking::Why(step) = asking.get() { format!("确认{}", step.title()) } else { String::new() }}
                    </button>
                    <button class="big" type="button" on:click=move |_| asking.set(Asking::Nothing)>"返回"</button>
                </div>
            </div>
            <div class="ask" hidden=move || !matches!(asking.get(), Asking::HowMuch(_))>
                <div hidden=move || missing() + over() == 0>
                    <p class="refusal">{move || [(missing(), "少"), (over(), "多")].into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{what} {n} 件")).collect::<Vec<_>>().join("，")}</p>
                    {if outgoing && !back { why("为什么少发", ["只剩这些", "留给本店顾客", "商品破损"]) } else { why("为什么有差异", ["装箱数量不对", "运输破损", "送错商品"]) }}
                </div>
                <div class="buttons">
                    <button
                        class="primary big"
                        type="button"
                        disabled=move || busy.get()
                        on:click=move |_| if let Asking::HowMuch(step) = asking.get_untracked() { submit(step) }
                    >
                        {move || match (asking.get(), missing() + over()) {
                            (Asking::HowMuch(TransferStep::Accept), 0) => "全部接单",
                            (Asking::HowMuch(TransferStep::Accept), _) => "按此数量接单",
                            (_, 0) => "数量无误，收货",
                            _ => "按实收收货",
                        }}
                    </button>
                    <button class="big" type="button" on:click=move |_| asking.set(Asking::Nothing)>"返回"</button>
                </div>
            </div>
            <div class="buttons" hidden=move || asking.get() != Asking::Nothing>
                {steps
                    .into_iter()
                    .map(|step| match asks(step) {
                        Some(ask) => view! {
                            <button
                                type="button"
                                class=if matches!(step, TransferStep::Reject | TransferStep::Cancel) { "big danger-quiet" } else { "big primary" }
                                disabled=move || busy.get()
                                on:click=move |_| if browser::is_still() { asking.set(ask) }
                            >
                                {step.title()}
                            </button>
                        }
                        .into_any(),
                        None => view! {
                            <Tap label=step.title() class="big primary" path=path.get_value() body=body(step) busy=busy problem=problem done=done />
                        }
                        .into_any(),
                    })
                    .collect_view()}
                {printable.then(|| view! { <button class="big" type="button" on:click=print>"打印拣货单"</button> })}
            </div>
            <Refusal problem=problem />
            <div class="buttons" hidden=move || !asks_for_fresh()>
                <button
                    class="primary big"
                    type="button"
                    disabled=move || busy.get()
                    on:click=move |_| {
                        fresh.set(true);
                        submit(TransferStep::Send);
                    }
                >
                    "已核对，均未过期，发出"
                </button>
            </div>
        </li>
    }
}

/// How many of a line there can be at this step.
fn most(l: &TransferLine) -> u32 {
    l.accepted.unwrap_or(l.quantity)
}

fn due_text(due: Timestamp, now: i64) -> String {
    match (due.0 - now) / Timestamp::MINUTE {
        _ if due.0 < now && text::minutes_since(due, now) == 0 => "刚超时".to_owned(),
        _ if due.0 < now => format!("已超时 {}", text::age(due, now)),
        0 => "剩不到 1 分钟".to_owned(),
        _ => format!("剩 {}", text::age(Timestamp(now), due.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_deadline_when_told_then_both_sides_of_it_read_well() {
        let now = Timestamp::DAY;
        let at = |seconds: i64| due_text(Timestamp(now + seconds * Timestamp::SECOND), now);
        assert_eq!(at(300), "剩 5 分钟");
        assert_eq!(at(30), "剩不到 1 分钟");
        assert_eq!(at(-30), "刚超时");
        assert_eq!(at(-240), "已超时 4 分钟");
    }
}
