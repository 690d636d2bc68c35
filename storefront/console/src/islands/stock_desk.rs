//! Goods that come in, break or are miscounted: a scanner types barcodes, the list grows, one button records it.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Code, MovementKind, Problem, SkuId, StoreId,
    api::{FactLine, Recorded, StockFact, StockList, StockRow},
};

use super::Refusal;
use crate::{browser, text};

#[derive(Clone, PartialEq)]
struct Line {
    row: StockRow,
    // As typed: a minus sign alone is no number yet, and must not be wiped for it.
    quantity: RwSignal<String>,
}

/// One field for the scanner; each scan of the same goods counts one up. An adjustment may be negative: what is missing.
#[island]
pub fn StockDesk(
    /// Whose shelf.
    store: StoreId,
    /// May this person record losses and adjustments?
    adjusts: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let (typed, document, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let kind = RwSignal::new(MovementKind::Receipt);
    let lines = RwSignal::new(Vec::<Line>::new());
    let choices = RwSignal::new(Vec::<StockRow>::new());
    let (busy, done) = (RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    // The same key and the same words until there is an answer: pressing again after the network was gone records once.
    let key = StoredValue::new(String::new());
    let unanswered = RwSignal::new(false);
    // Closed until the island is awake: what was typed before would be lost.
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let frozen = move || !awake.get() || busy.get() || unanswered.get();
    let store = StoredValue::new(store);

    let add = move |row: StockRow| {
        if busy.get_untracked() || unanswered.get_untracked() {
            return;
        }
        choices.set(Vec::new());
        done.set(String::new());
        let known = lines.with_untracked(|all| all.iter().find(|l| l.row.sku == row.sku).map(|l| l.quantity));
        match known {
            Some(n) => n.update(|n| *n = (n.trim().parse::<i64>().unwrap_or(0) + 1).to_string()),
            None => lines.update(|all| all.push(Line { row, quantity: RwSignal::new("1".to_owned()) })),
        }
        if let Some(f) = field.get_untracked() {
            let _ = f.focus();
        }
    };
    let look = move |e: SubmitEvent| {
        e.prevent_default();
        let words = typed.get_untracked().trim().to_owned();
        typed.set(String::new());
        problem.set(None);
        if words.is_empty() {
            return;
        }
        spawn_local(async move {
            let path = format!("/api/v1/stores/{}/stock?q={}", store.get_value(), text::percent(&words));
            match browser::get::<StockList>(&path).await {
                Err(p) => problem.set(Some(p)),
                Ok(found) => match found.rows.as_slice() {
                    [] => problem.set(Some(Problem::new(Code::NotFound, format!("商品库中没有「{words}」")))),
                    [one] => add(one.clone()),
                    many => choices.set(many.iter().take(8).cloned().collect()),
                },
            }
        });
    };
    let remove = move |sku: SkuId| {
        lines.update(|all| all.retain(|l| l.row.sku != sku));
    };
    let record = move |_| {
        if busy.get_untracked() {
            return;
        }
        let fact = StockFact {
            kind: kind.get_untracked(),
            lines: lines.with_untracked(|all| {
                all.iter().map(|l| FactLine { sku: l.row.sku.clone(), quantity: l.quantity.get_untracked().trim().parse().unwrap_or(0) }).collect()
            }),
            document: Some(document.get_untracked()).filter(|t| !t.trim().is_empty()),
            reason: Some(reason.get_untracked()).filter(|t| !t.trim().is_empty()),
        };
        if !unanswered.get_untracked() {
            key.set_value(browser::fresh_key());
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let what = if matches!(fact.kind, MovementKind::Receipt | MovementKind::Return) { "receipts" } else { "adjustments" };
            let path = format!("/api/v1/stores/{}/stock/{what}", store.get_value());
            match browser::post_once::<Recorded>(&path, &key.get_value(), &fact).await {
                Ok(_) => {
                    done.set(format!("已登记{}：{} 种商品", fact.kind.title(), fact.lines.len()));
                    unanswered.set(false);
                    lines.set(Vec::new());
                    document.set(String::new());
                    reason.set(String::new());
                }
                Err(p) => {
                    unanswered.set(p.code == Code::Unavailable);
                    problem.set(Some(p));
                }
            }
            busy.set(false);
        });
    };
    let kinds: Vec<MovementKind> = if adjusts {
        vec![MovementKind::Receipt, MovementKind::Return, MovementKind::Loss, MovementKind::Adjustment]
    } else {
        vec![MovementKind::Receipt, MovementKind::Return]
    };
    let needs_reason = move || matches!(kind.get(), MovementKind::Loss | MovementKind::Adjustment);
    view! {
        <section class="stock-desk" aria-label="登记库存变动">
            <div class="kinds" role="radiogroup" aria-label="类型">
                {kinds
                    .into_iter()
                    .map(|k| view! {
                        <button
                            type="button"
                            role="radio"
                            aria-checked=move || (kind.get() == k).to_string()
                            class:on=move || kind.get() == k
                            disabled=frozen
                            on:click=move |_| kind.set(k)
                        >{k.title()}</button>
                    })
                    .collect_view()}
            </div>
            <form class="lookup" on:submit=look>
                <input
                    node_ref=field
                    autocomplete="off"
                    enterkeyhint="search"
                    aria-label="条码或商品名"
                    placeholder="扫条码，或输入商品名后回车"
                    disabled=frozen
                    prop:value=typed
                    on:input=move |e| typed.set(event_target_value(&e))
                />
                <button>"添加"</button>
            </form>
            <ul class="choices" hidden=move || choices.with(Vec::is_empty)>
                {move || choices.get().into_iter().map(|r| {
                    let (row, name, code) = (r.clone(), r.name, r.barcode);
                    view! { <li><button type="button" on:click=move |_| add(row.clone())>{name}<small>{code}</small></button></li> }
                }).collect_view()}
            </ul>
            <ul class="fact-lines">
                <For each=move || lines.get() key=|l| l.row.sku.clone() let:line>
                    {
                        let (sku, quantity) = (line.row.sku.clone(), line.quantity);
                        view! {
                            <li>
                                <img src=line.row.picture.clone() alt="" width="40" height="40" />
                                <span class="what">{line.row.name.clone()}<small>{format!("在架 {}", text::number(line.row.on_hand))}</small></span>
                                <input
                                    inputmode=move || if kind.get() == MovementKind::Adjustment { "text" } else { "numeric" }
                                    aria-label="数量"
                                    disabled=frozen
                                    prop:value=quantity
                                    on:input=move |e| quantity.set(event_target_value(&e))
                                />
                                <button type="button" class="plain" aria-label="移除" disabled=frozen on:click=move |_| remove(sku.clone())>"✕"</button>
                            </li>
                        }
                    }
                </For>
            </ul>
            <div class="papers" hidden=move || lines.with(Vec::is_empty)>
                <input aria-label="单据号" placeholder="单据号（选填）" maxlength="40" disabled=frozen prop:value=document on:input=move |e| document.set(event_target_value(&e)) />
                <input
                    aria-label="原因"
                    placeholder=move || if needs_reason() { "原因（必填）" } else { "备注（选填）" }
                    maxlength="100"
                    disabled=frozen
                    prop:value=reason
                    on:input=move |e| reason.set(event_target_value(&e))
                />
                <button type="button" class="primary" disabled=move || busy.get() on:click=record>
                    {move || if busy.get() { "正在登记…".to_owned() } else if unanswered.get() { "没有收到答复，再确认一次".to_owned() } else { format!("登记{}", kind.get().title()) }}
                </button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || done.with(String::is_empty)>{move || done.get()}" "<a href=move || format!("/console/s/{}/stock", store.get_value())>"刷新库存"</a></p>
        </section>
    }
}
