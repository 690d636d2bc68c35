//! Goods that come in, break or are miscounted: a scanner types barcodes, the list grows, one button records it.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Code, LocationId, MovementKind, Problem, SkuId, StaffId, StoreId,
    api::{FactLine, Recorded, StockFact, StockSafety},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    browser,
    islands::kit::{
        Refusal,
        picker::{Kept, Line, Picker, kept, tell, unkept},
        radios::Radios,
    },
    text,
};

/// The most units of a line: more needs a count.
const MOST: i64 = 99_999;

/// What is typed and not recorded.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Draft {
    kind: MovementKind,
    document: String,
    #[serde(default)]
    source: String,
    reason: String,
    lines: Vec<Kept>,
    /// The key under which it was sent, while nobody knows whether it arrived.
    sent_under: Option<String>,
    /// Whether it was sent as another delivery under a known number: the same key needs the same words.
    #[serde(default)]
    again: bool,
}

/// One field for the scanner; each scan of the same goods counts one up. An adjustment may be negative: what is missing.
#[island]
pub fn StockDesk(
    /// Whose staff.
    store: StoreId,
    /// Which of the warehouses that the store keeps; its shelf without it.
    location: Option<LocationId>,
    /// May this person record losses and adjustments?
    adjusts: bool,
    /// Who this is: what somebody typed is shown to nobody else at the same device.
    staff: StaffId,
) -> impl IntoView {
    let (document, reason, source) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let kind = RwSignal::new(MovementKind::Receipt);
    let lines = RwSignal::new(Vec::<Line>::new());
    let (busy, done) = (RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    // The same key and the same words until there is an answer: pressing again after the network was gone records once.
    let key = StoredValue::new(String::new());
    let unanswered = RwSignal::new(false);
    // Whether these are other goods under a number that was received before; with the key, until there is an answer.
    let once_more = StoredValue::new(false);
    // Closed until the island is awake: what was typed before would be lost.
    let awake = RwSignal::new(false);
    // What is written off, adjusted or taken back says first what it costs, and is not changed under the question.
    let asking = RwSignal::new(false);
    let frozen = move || !awake.get() || busy.get() || unanswered.get() || asking.get();
    // What is typed and not recorded is kept on this device, with the key under which it may have been sent already.
    let draft = StoredValue::new(format!("ld-facts-{staff}-{store}-{}", location.as_ref().map_or("shelf", |l| l.as_str())));
    let (store, location) = (StoredValue::new(store), StoredValue::new(location));
    let tail = move |name: &str| location.with_value(|l| l.as_ref().map(|l| format!("{name}location={l}")).unwrap_or_default());

    Effect::new(move |_| {
        if let Some(d) = browser::draft::<Draft>(&draft.get_value()) {
            let allowed = adjusts || matches!(d.kind, MovementKind::Receipt | MovementKind::Return);
            kind.set(if allowed { d.kind } else { MovementKind::Receipt });
            document.set(d.document);
            source.set(d.source);
            reason.set(d.reason);
            once_more.set_value(d.again);
            unanswered.set(d.sent_under.is_some());
            key.set_value(d.sent_under.unwrap_or_default());
            lines.set(unkept(d.lines));
        }
        awake.set(true);
    });
    Effect::new(move |_| {
        let d = Draft {
            kind: kind.get(),
            document: document.get(),
            source: source.get(),
            reason: reason.get(),
            lines: lines.with(|all| kept(all)),
            sent_under: (busy.get() || unanswered.get()).then(|| key.get_value()),
            again: once_more.get_value(),
        };
        if awake.get() {
            if d.lines.is_empty() { browser::drop_draft(&draft.get_value()) } else { browser::keep_draft(&draft.get_value(), &d) }
        }
    });

    let costs = move || {
        let (units, value) = lines.with(|all| {
            all.iter().fold((0_i64, 0_i64), |(units, value), l| {
                let n = l.quantity.get().trim().parse::<i64>().unwrap_or(0).saturating_abs();
                (units.saturating_add(n), value.saturating_add(l.row.price.0.saturating_mul(n)))
            })
        });
        format!("{} {} 件，按零售价 ¥ {}", kind.get().title(), text::number(units), text::yuan(liandian_types::Fen(value)))
    };
    let record = move |again: bool| {
        if busy.get_untracked() {
            return;
        }
        // What can be told without asking is told beside its line.
        let wrong = lines.with_untracked(|all| {
            // What is delivered or found has its date; what is brought back without one is not sold again.
            let undated = |l: &Line, n: i64| {
                let comes = match kind.get_untracked() {
                    MovementKind::Receipt => true,
                    MovementKind::Adjustment => n > 0,
                    _ => false,
                };
                l.row.tracks_expiry && comes && l.expires_on.with_untracked(String::is_empty)
            };
            let at = all.iter().enumerate().find_map(|(i, l)| match l.units() {
                Some(n) if n != 0 && n.abs() <= MOST && (n > 0 || kind.get_untracked() == MovementKind::Adjustment) => {
                    undated(l, n).then(|| (i, "请填写到期日".to_owned()))
                }
                _ if kind.get_untracked() == MovementKind::Adjustment => Some((i, format!("填要加减的件数，例如 -2，最多 {MOST}"))),
                _ => Some((i, format!("数量需要是 1 到 {MOST} 的整数"))),
            });
            at.map(|(i, why)| tell(all, Problem::new(Code::BadRequest, why).at(format!("lines[{i}]"))))
        });
        if wrong.is_some() {
            return;
        }
        let written_off = kind.get_untracked().needs_approval();
        if written_off && !asking.get_untracked() && !unanswered.get_untracked() {
            problem.set(None);
            if kind.get_untracked() != MovementKind::Return && reason.with_untracked(|r| r.trim().is_empty()) {
                problem.set(Some(Problem::new(Code::BadRequest, "请填写原因").at("reason")));
            } else {
                asking.set(true);
            }
            return;
        }
        asking.set(false);
        if !unanswered.get_untracked() {
            once_more.set_value(again);
        }
        let fact = StockFact {
            location: location.get_value(),
            kind: kind.get_untracked(),
            lines: lines.with_untracked(|all| {
                all.iter()
                    .map(|l| FactLine {
                        sku: l.row.sku.clone(),
                        quantity: l.units().unwrap_or(0),
                        expires_on: Some(l.expires_on.get_untracked())
                            .filter(|d| l.row.tracks_expiry && kind.get_untracked().names_batch() && !d.is_empty()),
                    })
                    .collect()
            }),
            document: Some(document.get_untracked()).filter(|t| !t.trim().is_empty()),
            reason: Some(reason.get_untracked()).filter(|t| !t.trim().is_empty()),
            source: Some(source.get_untracked()).filter(|t| kind.get_untracked() == MovementKind::Receipt && !t.trim().is_empty()),
            again: once_more.get_value(),
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
                Ok(became) => {
                    let (title, kinds) = (fact.kind.title(), fact.lines.len());
                    done.set(match became.claim {
                        None => format!("已登记{title}：{kinds} 种商品"),
                        Some(_) => format!("{title} {kinds} 种商品超过一人可登记的范围，已提交审批；批准前库存不变"),
                    });
                    unanswered.set(false);
                    lines.set(Vec::new());
                    document.set(String::new());
                    source.set(String::new());
                    reason.set(String::new());
                }
                Err(p) => {
                    unanswered.set(p.code == Code::Unavailable);
                    problem.set(lines.with_untracked(|all| tell(all, p)));
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
    // A delivery note that was received before: these may be other goods all the same.
    let known = move || problem.with(|p| p.as_ref().is_some_and(|p| p.code == Code::AlreadyReceived));
    let needs_reason = move || matches!(kind.get(), MovementKind::Loss | MovementKind::Adjustment);
    view! {
        <section class="stock-desk" aria-label="登记库存变动">
            <Radios label="类型" options=kinds.into_iter().map(|k| (k, k.title())).collect() value=kind disabled=Signal::derive(frozen) />
            <Picker
                path=format!("/api/v1/stores/{}/stock?{}{}q=", store.get_value(), tail(""), if location.with_value(Option::is_some) { "&" } else { "" })
                lines=lines
                frozen=Signal::derive(frozen)
                asleep=Signal::derive(move || !awake.get())
                signed=Signal::derive(move || kind.get() == MovementKind::Adjustment)
                dated=Signal::derive(move || kind.get().names_batch())
                added=Callback::new(move |()| done.set(String::new()))
                keep=format!("{}-scans", draft.get_value())
            />
            <div class="papers" hidden=move || lines.with(Vec::is_empty)>
                <input
                    aria-label="供货方"
                    placeholder="供货方（选填）"
                    maxlength="40"
                    hidden=move || kind.get() != MovementKind::Receipt
                    disabled=frozen
                    prop:value=source
                    on:input=move |e| source.set(event_target_value(&e))
                />
                <input aria-label="单据号" placeholder="单据号（选填）" maxlength="40" disabled=frozen prop:value=document on:input=move |e| document.set(event_target_value(&e)) />
                <input
                    aria-label="原因"
                    placeholder=move || if needs_reason() { "原因（必填）" } else { "备注（选填）" }
                    maxlength="100"
                    disabled=frozen
                    prop:value=reason
                    on:input=move |e| reason.set(event_target_value(&e))
                />
                <button type="button" class="primary" hidden=asking disabled=move || busy.get() on:click=move |_| record(false)>
                    {move || if busy.get() { "正在登记…".to_owned() } else if unanswered.get() { "没有收到答复，再确认一次".to_owned() } else { format!("登记{}", kind.get().title()) }}
                </button>
            </div>
            <div class="ask-first" role="group" aria-label="确认" hidden=move || !asking.get()>
                <p role="status">{costs}"。超过一人可登记的范围时，会转给其他有权限的人审批。"</p>
                <button type="button" class="primary" disabled=move || busy.get() on:click=move |_| record(false)>{move || format!("确认{}", kind.get().title())}</button>
                <button type="button" disabled=move || busy.get() on:click=move |_| asking.set(false)>"返回修改"</button>
            </div>
            <Refusal problem=problem />
            <button type="button" class="again" hidden=move || !known() disabled=move || busy.get() on:click=move |_| record(true)>
                "是另一批货，再次收货"
            </button>
            <p class="recorded" role="status" hidden=move || done.with(String::is_empty)>{move || done.get()}" "<a href=move || format!("/console/s/{}/stock{}", store.get_value(), tail("?"))>"刷新库存"</a></p>
        </section>
    }
}

/// How many units are kept back: a number that can be changed where it stands.
#[island]
pub fn SafetyField(
    /// Whose staff.
    store: StoreId,
    /// Which of the warehouses that the store keeps; its shelf without it.
    location: Option<LocationId>,
    /// Of what.
    sku: SkuId,
    /// Its name.
    name: String,
    /// As the server read it.
    units: i64,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let typed = RwSignal::new(units.to_string());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let (store, location, sku) = (StoredValue::new(store), StoredValue::new(location), StoredValue::new(sku));
    let field = NodeRef::<html::Input>::new();
    let begin = move |_| {
        open.set(true);
        browser::focus_soon(field);
    };
    let save = move |e: SubmitEvent| {
        e.prevent_default();
        let Ok(safety) = typed.get_untracked().trim().parse::<i64>() else {
            problem.set(Some(Problem::new(Code::BadRequest, "请输入件数，不留就填 0")));
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = format!("/api/v1/stores/{}/stock/{}/safety", store.get_value(), sku.get_value());
            match browser::put::<IgnoredAny>(&path, &StockSafety { location: location.get_value(), safety }).await {
                // What can be sold follows from it: the row is read anew.
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let says = format!("{name} 的安全库存");
    let changes = format!("{says} {units} 件，修改");
    view! {
        <button type="button" class="safety" aria-label=changes hidden=open on:click=begin>{text::number(units)}</button>
        <form class="safety" hidden=move || !open.get() on:submit=save>
            <input
                node_ref=field
                inputmode="numeric"
                autocomplete="off"
                aria-label=says
                disabled=busy
                prop:value=typed
                on:focus=move |e| browser::select_all(&e)
                on:input=move |e| typed.set(event_target_value(&e))
            />
            <button class="small" disabled=busy>"保存"</button>
        </form>
        <Refusal problem=problem />
    }
}
