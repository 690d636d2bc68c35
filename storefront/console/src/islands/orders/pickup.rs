//! The counter: a code comes from a scanner or from fingers, the order is handed over or refused.

use leptos::{
    ev::{KeyboardEvent, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use liandian_types::{
    Code, Problem, StoreId,
    api::{OrderCard, OrderLine, QuoteGift, VerifyPickup},
};
use serde::Deserialize;

use crate::{browser, text};

/// What the person at the counter has answered so far.
#[derive(Clone, Copy, Default)]
struct Said {
    /// Hand it over all the same.
    sure: bool,
    /// None of the goods have ended.
    fresh: bool,
}

impl Said {
    /// Yes to this question.
    fn yes(self, to: &Problem) -> Self {
        if to.field.as_deref() == Some("fresh") { Self { fresh: true, ..self } } else { Self { sure: true, ..self } }
    }
}

/// The part of a [`liandian_types::api::OrderView`] that the counter shows: the whole of it would be a tenth of the download.
#[derive(Clone, Deserialize)]
struct Handed {
    card: OrderCard,
    lines: Vec<OrderLine>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    gifts: Vec<QuoteGift>,
}

#[derive(Clone)]
enum Outcome {
    Waiting,
    Checking,
    Done(Box<Handed>),
    /// Possible, and unusual: the code, what was said before, and what to ask.
    Ask(String, Said, Problem),
    Refused(Problem),
}

/// One large field; the newest answer in large type beside it. The field asks for no on-screen keyboard: the pad below it has the
/// digits, a scanner needs none, and it would hide half a tablet. The pad takes no focus, so that a scan after a tap is not lost.
#[island]
pub fn PickupDesk(
    /// Whose counter.
    store: StoreId,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let code = RwSignal::new(String::new());
    let outcome = RwSignal::new(Outcome::Waiting);
    let handed = RwSignal::new(0_u32);
    // What became of each code, the newest first: a line of customers scans faster than anybody reads.
    let log = RwSignal::new(Vec::<String>::new());
    // Answers may overtake each other when customers queue; only the newest question may speak.
    let asked = StoredValue::new(0_u32);
    let store = StoredValue::new(store);

    let focus = move || {
        if let Some(f) = field.get_untracked() {
            let _ = f.focus();
        }
    };
    Effect::new(move |_| focus());
    // A scanner types wherever the focus is: when a tap has left it nowhere, the keys still belong to the field.
    browser::keys_go_to(field);
    let say = move |typed: &str, what: String| {
        let end: String = typed.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        log.update(|all| {
            all.insert(0, format!("…{end}：{what}"));
            all.truncate(8);
        });
    };
    let verify_code = move |typed: String, said: Said| {
        focus();
        if typed.is_empty() {
            return;
        }
        outcome.set(Outcome::Checking);
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        spawn_local(async move {
            let path = format!("/api/v1/stores/{}/pickups", store.get_value());
            let answer = browser::post::<Handed>(&path, &VerifyPickup { code: typed.clone(), sure: said.sure, fresh: said.fresh }).await;
            say(
                &typed,
                match &answer {
                    Ok(order) => format!("已交货 {}", order.card.short_code),
                    Err(p) if p.code == Code::AskFirst => "没有交货，需要再确认一次".to_owned(),
                    Err(p) => format!("没有交货，{}", p.detail),
                },
            );
            if answer.is_ok() {
                handed.update(|n| *n += 1);
            }
            if asked.get_value() == mine {
                outcome.set(match answer {
                    Ok(order) => Outcome::Done(Box::new(order)),
                    Err(ask) if ask.code == Code::AskFirst => Outcome::Ask(typed, said, ask),
                    Err(refused) => Outcome::Refused(refused),
                });
            }
        });
    };
    let verify = move || {
        let typed = code.get_untracked().trim().to_owned();
        code.set(String::new());
        verify_code(typed, Said::default());
    };
    let press = move |key: &'static str| match key {
        "⌫" => code.update(|c| {
            c.pop();
        }),
        "核销" => verify(),
        digit => code.update(|c| c.push_str(digit)),
    };
    let keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "核销"];
    let result = move || match outcome.get() {
        Outcome::Waiting => view! {
            <div class="verdict idle">
                <p class="verdict-head">"等待扫码"</p>
                <p>"请顾客出示取货二维码，对准扫码枪；也可以输入取货码的数字，按回车核销。"</p>
            </div>
        }
        .into_any(),
        Outcome::Checking => view! { <div class="verdict idle"><p class="verdict-head">"正在核销…"</p></div> }.into_any(),
        Outcome::Ask(typed, said, p) => {
            let (yes, ended) = (said.yes(&p), p.field.as_deref() == Some("fresh"));
            let digits = typed.rsplit(':').next().unwrap_or_default().to_owned();
            // What cannot be replaced is reported missing on the order's page.
            let missing = ended.then(|| format!("/console/s/{}/orders?q={digits}", store.get_value()));
            view! {
                <div class="verdict ask-first" role="alertdialog" aria-label="交货前确认">
                    <p class="verdict-head">"请再确认一次"</p>
                    <p class="verdict-text">{p.detail}</p>
                    <div class="buttons">
                        <button type="button" class="primary big" on:click=move |_| verify_code(typed.clone(), yes)>
                            {if ended { "已核对，均未过期，交货" } else { "确认交货" }}
                        </button>
                        {missing.map(|to| view! { <a class="button big" href=to>"换不到，去登记缺货"</a> })}
                        <button
                            type="button"
                            class="big"
                            on:click=move |_| {
                                outcome.set(Outcome::Waiting);
                                focus();
                            }
                        >"先不交货"</button>
                    </div>
                </div>
            }
            .into_any()
        }
        Outcome::Refused(p) => view! {
            <div class="verdict bad">
                <p class="verdict-head"><span aria-hidden="true">"✕ "</span>"不能交货"</p>
                <p class="verdict-text">{p.detail}</p>
            </div>
        }
        .into_any(),
        Outcome::Done(order) => view! {
            <div class="verdict good">
                <p class="verdict-head">
                    <span aria-hidden="true">"✓ "</span>"可以交货"
                    <a class="code" href=text::order_path(&order.card.store, &order.card.order)>{order.card.short_code.clone()}</a>
                </p>
                <ul class="handout">
                    {order
                        .lines
                        .iter()
                        .map(|l| view! {
                            <li>
                                <span class="tick" aria-hidden="true">"✓"</span>
                                <img src=liandian_types::picture::small(&l.picture) alt="" width="56" height="56" />
                                <span class="what">{l.name.clone()}<small>{l.spec.clone()}</small></span>
                                <b>{format!("×{}", l.quantity)}</b>
                            </li>
                        })
                        .collect_view()}
                    {order
                        .gifts
                        .iter()
                        .map(|g| view! {
                            <li>
                                <span class="tick" aria-hidden="true">"✓"</span>
                                <span class="what">{g.name.clone()}<small>"赠品"</small></span>
                                <b>{format!("×{}", g.units)}</b>
                            </li>
                        })
                        .collect_view()}
                </ul>
                <p class="verdict-foot">{format!("共 {} 件 · {}", order.card.units, order.card.total)}</p>
                {order.note.clone().map(|n| view! { <p class="note">"顾客留言："{n}</p> })}
            </div>
        }
        .into_any(),
    };

    view! {
        <div class="desk">
            <form
                class="scan"
                method="post"
                on:submit=move |e: SubmitEvent| {
                    e.prevent_default();
                    verify();
                }
            >
                <label for="code">"取货码"</label>
                <input
                    id="code"
                    node_ref=field
                    prop:value=move || code.get()
                    on:input=move |e| code.set(event_target_value(&e))
                    on:keydown=move |e: KeyboardEvent| {
                        if e.key() == "Escape" {
                            code.set(String::new());
                        }
                    }
                    inputmode="none"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="go"
                    placeholder="扫码或输入数字"
                />
                <div class="pad">
                    {keys
                        .into_iter()
                        .map(|key| view! {
                            <button
                                type="button"
                                class:primary={key == "核销"}
                                aria-label=if key == "⌫" { "删除一位" } else { key }
                                on:mousedown=|e: MouseEvent| e.prevent_default()
                                on:click=move |_| press(key)
                            >
                                {key}
                            </button>
                        })
                        .collect_view()}
                </div>
                <p class="hint">"本次开页已交货 "<b>{move || handed.get()}</b>" 单"</p>
                <ol class="log" aria-label="刚才的核销">{move || log.get().into_iter().map(|l| view! { <li>{l}</li> }).collect_view()}</ol>
            </form>
            <div class="answer" role="status" aria-live="assertive">{result}</div>
        </div>
    }
}
