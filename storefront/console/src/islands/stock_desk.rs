//! Goods that come in, break or are miscounted: a scanner types barcodes, the list grows, one button records it.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, MovementKind, Problem, StoreId,
    api::{FactLine, Recorded, StockFact},
};

use super::{
    Refusal,
    picker::{Line, Picker},
};
use crate::browser;

/// One field for the scanner; each scan of the same goods counts one up. An adjustment may be negative: what is missing.
#[island]
pub fn StockDesk(
    /// Whose shelf.
    store: StoreId,
    /// May this person record losses and adjustments?
    adjusts: bool,
) -> impl IntoView {
    let (document, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let kind = RwSignal::new(MovementKind::Receipt);
    let lines = RwSignal::new(Vec::<Line>::new());
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

    let record = move |_| {
        if busy.get_untracked() {
            return;
        }
        let fact = StockFact {
            kind: kind.get_untracked(),
            lines: lines.with_untracked(|all| {
                all.iter()
                    .map(|l| FactLine {
                        sku: l.row.sku.clone(),
                        quantity: l.units(),
                        expires_on: Some(l.expires_on.get_untracked())
                            .filter(|d| l.row.tracks_expiry && kind.get_untracked().names_batch() && !d.is_empty()),
                    })
                    .collect()
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
            <Picker
                path=format!("/api/v1/stores/{}/stock", store.get_value())
                lines=lines
                frozen=Signal::derive(frozen)
                signed=Signal::derive(move || kind.get() == MovementKind::Adjustment)
                dated=Signal::derive(move || kind.get().names_batch())
                problem=problem
                added=Callback::new(move |()| done.set(String::new()))
            />
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
