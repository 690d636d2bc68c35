//! The list that a scanner fills: one field that barcodes are typed into, and a line for each of the goods.
//!
//! What is scanned goes into a queue and leaves it when it has become a line: nothing is lost while the network is slow or gone, while a document is
//! being recorded, or when the next scan comes into the field of a quantity. What is in the list survives a reload.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use liandian_types::{
    Code, Problem, SkuId,
    api::{StockList, StockRow},
};
use serde::{Deserialize, Serialize};

use crate::{
    browser::{self, Burst},
    text,
};

/// After how many milliseconds a look-up that found no network is tried again.
const AGAIN_MS: u64 = 2_000;
/// Goods that one word is answered with.
const CHOICES: usize = 8;

/// One of the goods, and how many. Its signals live as long as the line: they belong to nothing on the page that may go away before it.
#[derive(Clone, PartialEq)]
pub(crate) struct Line {
    /// What.
    pub(crate) row: StockRow,
    /// As typed: a minus sign alone is no number yet, and must not be wiped for it.
    pub(crate) quantity: ArcRwSignal<String>,
    /// The day on which it expires, as a date field gives it.
    pub(crate) expires_on: ArcRwSignal<String>,
    /// What is wrong with it.
    pub(crate) wrong: ArcRwSignal<Option<String>>,
}

impl Line {
    /// One of something.
    pub(crate) fn one(row: StockRow) -> Self {
        Self { row, quantity: ArcRwSignal::new("1".to_owned()), expires_on: ArcRwSignal::new(String::new()), wrong: ArcRwSignal::new(None) }
    }

    /// The number typed, if it is one.
    pub(crate) fn units(&self) -> Option<i64> {
        self.quantity.with_untracked(|q| q.trim().parse().ok())
    }
}

/// A line as it is kept on the device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    row: StockRow,
    quantity: String,
    expires_on: String,
}

/// The lines as they are kept, read so that whoever keeps them hears of every change.
pub(crate) fn kept(lines: &[Line]) -> Vec<Kept> {
    lines.iter().map(|l| Kept { row: l.row.clone(), quantity: l.quantity.get(), expires_on: l.expires_on.get() }).collect()
}

/// The lines that were kept.
pub(crate) fn unkept(kept: Vec<Kept>) -> Vec<Line> {
    kept.into_iter()
        .map(|k| Line { quantity: ArcRwSignal::new(k.quantity), expires_on: ArcRwSignal::new(k.expires_on), ..Line::one(k.row) })
        .collect()
}

/// Says beside the line what a refusal says of it, in words, and takes the keyboard there; what is about no line is given back. Ids in the sentence
/// become names.
pub(crate) fn tell(lines: &[Line], mut p: Problem) -> Option<Problem> {
    for l in lines {
        p.detail = p.detail.replace(l.row.sku.as_str(), &format!("「{}」", l.row.name));
    }
    let at = p.field.as_deref().and_then(|f| f.strip_prefix("lines[")?.split_once(']')?.0.parse::<usize>().ok());
    match at.and_then(|i| lines.get(i)) {
        Some(line) => {
            line.wrong.set(Some(p.detail));
            browser::focus_to(vec![format!("#line-{} input", line.row.sku)]);
            None
        }
        None => Some(p),
    }
}

#[derive(Clone, PartialEq)]
enum Stage {
    Waiting,
    Looking,
    /// Several have the word in their name: the first of them, and what is said of the others.
    Choices(Vec<StockRow>, Option<String>),
    Wrong(String),
}

/// What is said of goods that were found and are not among the choices.
fn left(found: usize, more: bool) -> Option<String> {
    let left = found.checked_sub(CHOICES).filter(|n| *n > 0)?;
    Some(format!("还有 {left} 种{}未列出，请点「都不是」后多输入几个字", if more { "以上" } else { "" }))
}

#[derive(Clone, PartialEq)]
struct Scan {
    id: u32,
    words: String,
    stage: Stage,
}

/// One field for the scanner; each scan of the same goods counts one up.
#[component]
pub(crate) fn Picker(
    /// Where goods are looked for, up to and with the `q=`.
    #[prop(into)]
    path: Signal<String>,
    /// The lines, in the order scanned.
    lines: RwSignal<Vec<Line>>,
    /// The list may not be changed at the moment; what is scanned meanwhile waits.
    #[prop(into)]
    frozen: Signal<bool>,
    /// The page is not awake yet: what was typed would be lost.
    #[prop(into)]
    asleep: Signal<bool>,
    /// Numbers may be negative.
    #[prop(into)]
    signed: Signal<bool>,
    /// Asks for the expiry date of goods that have one.
    #[prop(into)]
    dated: Signal<bool>,
    /// Something was added.
    added: Callback<()>,
    /// The name under which this device keeps what is scanned and not in the list yet: a reload, or the end of a session, loses no scan.
    keep: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let queue = RwSignal::new(Vec::<Scan>::new());
    let next_id = StoredValue::new(0_u32);
    let offline = RwSignal::new(false);
    browser::keys_go_to(field);

    let add = move |row: StockRow| {
        added.run(());
        let known = lines.with_untracked(|all| all.iter().find(|l| l.row.sku == row.sku).cloned());
        match known {
            Some(l) => {
                l.wrong.set(None);
                l.quantity.update(|n| *n = (n.trim().parse::<i64>().unwrap_or(0) + 1).to_string());
            }
            None => lines.update(|all| all.push(Line::one(row))),
        }
    };
    let set_stage = move |id: u32, stage: Stage| {
        queue.update(|q| {
            if let Some(s) = q.iter_mut().find(|s| s.id == id) {
                s.stage = stage;
            }
        });
    };
    let leave = move |id: u32| queue.update(|q| q.retain(|s| s.id != id));
    // One look-up at a time, in the order scanned. What the list knows needs none.
    let pump = StoredValue::new(None::<Callback<()>>);
    let go_on = move || {
        if let Some(p) = pump.get_value() {
            p.run(());
        }
    };
    let work = move |()| {
        let looking = queue.with_untracked(|q| q.iter().any(|s| s.stage == Stage::Looking));
        if looking || frozen.get_untracked() {
            return;
        }
        let Some(scan) = queue.with_untracked(|q| q.iter().find(|s| s.stage == Stage::Waiting).cloned()) else { return };
        let known =
            lines.with_untracked(|all| all.iter().find(|l| l.row.barcode == scan.words || l.row.sku.as_str() == scan.words).map(|l| l.row.clone()));
        if let Some(row) = known {
            leave(scan.id);
            add(row);
            go_on();
            return;
        }
        set_stage(scan.id, Stage::Looking);
        spawn_local(async move {
            match browser::get::<StockList>(&format!("{}{}", path.get_untracked(), text::percent(&scan.words))).await {
                Err(p) if p.code == Code::Unavailable => {
                    set_stage(scan.id, Stage::Waiting);
                    offline.set(true);
                    set_timeout(go_on, std::time::Duration::from_millis(AGAIN_MS));
                    return;
                }
                Err(p) => set_stage(scan.id, Stage::Wrong(p.detail)),
                Ok(found) => {
                    let exact = found.rows.iter().find(|r| r.barcode == scan.words).or_else(|| found.rows.first().filter(|_| found.rows.len() == 1));
                    match (exact, found.rows.as_slice()) {
                        (Some(one), _) => {
                            leave(scan.id);
                            add(one.clone());
                        }
                        (None, []) => set_stage(scan.id, Stage::Wrong(format!("商品库中没有「{}」", scan.words))),
                        (None, many) => {
                            let some = many.iter().take(CHOICES).cloned().collect();
                            set_stage(scan.id, Stage::Choices(some, left(many.len(), found.next.is_some())));
                        }
                    }
                }
            }
            offline.set(false);
            go_on();
        });
    };
    pump.set_value(Some(Callback::new(work)));
    let (keep, read) = (StoredValue::new(keep), RwSignal::new(false));
    Effect::new(move |_| {
        let words = browser::draft::<Vec<String>>(&keep.get_value()).unwrap_or_default();
        next_id.set_value(u32::try_from(words.len()).unwrap_or(u32::MAX));
        // What was being looked up, or waited for an answer to a question, is looked up anew: that changes nothing.
        queue.set((0..).zip(words).map(|(id, words)| Scan { id, words, stage: Stage::Waiting }).collect());
        read.set(true);
        go_on();
    });
    Effect::new(move |_| {
        let words = queue.with(|q| q.iter().map(|s| s.words.clone()).collect::<Vec<_>>());
        if read.get() {
            if words.is_empty() { browser::drop_draft(&keep.get_value()) } else { browser::keep_draft(&keep.get_value(), &words) }
        }
    });
    // What waited while the list was closed goes on when it opens.
    Effect::new(move |_| {
        if !frozen.get() {
            go_on();
        }
    });

    let scanned = move |words: String| {
        let words = words.trim().to_owned();
        if words.is_empty() {
            return;
        }
        let id = next_id.get_value();
        next_id.set_value(id + 1);
        // What was wrong with the one before has been read, or will be scanned again.
        queue.update(|q| q.push(Scan { id, words, stage: Stage::Waiting }));
        go_on();
    };
    let look = move |e: SubmitEvent| {
        e.prevent_default();
        let words = typed.get_untracked();
        typed.set(String::new());
        scanned(words);
    };
    let back = move || {
        if let Some(f) = field.get_untracked() {
            let _ = f.focus();
        }
    };
    let pending =
        move || queue.with(|q| q.iter().filter(|s| matches!(s.stage, Stage::Waiting | Stage::Looking)).map(|s| s.words.clone()).collect::<Vec<_>>());
    let asked = move || queue.get().into_iter().filter(|s| matches!(s.stage, Stage::Choices(..) | Stage::Wrong(_)));
    view! {
        <form class="lookup" on:submit=look>
            <input
                node_ref=field
                autocomplete="off"
                enterkeyhint="search"
                aria-label="条码或商品名"
                placeholder="扫条码，或输入商品名后回车"
                disabled=asleep
                prop:value=typed
                on:input=move |e| typed.set(event_target_value(&e))
            />
            <button disabled=asleep>"添加"</button>
        </form>
        <p class="sub pending" role="status" hidden=move || pending().is_empty()>
            {move || {
                let all = pending();
                let what = all.iter().take(6).cloned().collect::<Vec<_>>().join("、");
                let why = if offline.get() { "网络中断，恢复后继续查找" } else { "正在查找" };
                format!("{why} {} 项：{what}{}", all.len(), if all.len() > 6 { "…" } else { "" })
            }}
        </p>
        <ul class="choices scans">
            <For each=asked key=|s| s.id let:scan>
                {
                    let id = scan.id;
                    let close = move |_| {
                        leave(id);
                        back();
                    };
                    match scan.stage {
                        Stage::Choices(rows, left) => view! {
                            <li class="choose">
                                <p>{format!("「{}」有多种商品，请选一种", scan.words)}" "<button type="button" class="small" on:click=close>"都不是"</button></p>
                                {rows
                                    .into_iter()
                                    .map(|r| {
                                        let (row, name, code) = (r.clone(), r.name, r.barcode);
                                        let choose = move |_| {
                                            leave(id);
                                            add(row.clone());
                                            back();
                                        };
                                        view! { <button type="button" on:click=choose>{name}<small>{code}</small></button> }
                                    })
                                    .collect_view()}
                                {left.map(|left| view! { <p class="sub">{left}</p> })}
                            </li>
                        }
                        .into_any(),
                        Stage::Wrong(why) => view! {
                            <li><p class="refusal" role="alert">{why}" "<button type="button" class="small" on:click=close>"知道了"</button></p></li>
                        }
                        .into_any(),
                        Stage::Waiting | Stage::Looking => ().into_any(),
                    }
                }
            </For>
        </ul>
        <ul class="fact-lines">
            <For each=move || lines.get() key=|l| l.row.sku.clone() let:line>
                <PickedLine line=line lines=lines frozen=frozen signed=signed dated=dated scanned=Callback::new(scanned) back=Callback::new(move |()| back()) />
            </For>
        </ul>
    }
}

/// One line. A scan that comes into its field is taken for a scan, and the number is what it was before.
#[component]
fn PickedLine(
    line: Line,
    lines: RwSignal<Vec<Line>>,
    frozen: Signal<bool>,
    signed: Signal<bool>,
    dated: Signal<bool>,
    scanned: Callback<String>,
    back: Callback<()>,
) -> impl IntoView {
    let Line { row, quantity, expires_on, wrong } = line;
    let (number, sku): (_, SkuId) = (StoredValue::new(quantity.clone()), row.sku.clone());
    let wrong = StoredValue::new(wrong);
    let expires_on = StoredValue::new(expires_on);
    let burst = Burst::new();
    // What the field held when it was entered: the number to go back to when a code was typed over it.
    let entered = StoredValue::new(String::new());
    let key = move |e: KeyboardEvent| {
        let q = number.get_value();
        let ended = burst.key(&e, &q.get_untracked());
        if e.key() != "Enter" {
            return;
        }
        e.prevent_default();
        let typed = q.get_untracked();
        let code = ended.or_else(|| {
            let long = typed.trim().len() >= 8 && typed.trim().bytes().all(|b| b.is_ascii_digit());
            long.then(|| (typed.trim().to_owned(), entered.get_value()))
        });
        if let Some((code, before)) = code {
            q.set(if before.trim().is_empty() { entered.get_value() } else { before });
            scanned.run(code);
        }
        back.run(());
    };
    let id = format!("line-{sku}");
    let name = row.name.clone();
    view! {
        <li id=id class:wrong=move || wrong.get_value().get().is_some()>
            <img src=liandian_types::picture::small(&row.picture) alt="" width="40" height="40" />
            <span class="what">
                {row.name.clone()}
                <small>
                    {if row.counted_blind {
                        "正在盲盘，不显示库存".to_owned()
                    } else {
                        format!("在架 {} · 可售 {}", text::number(row.on_hand), text::number(row.available))
                    }}
                </small>
            </span>
            <input
                inputmode=move || if signed.get() { "text" } else { "numeric" }
                autocomplete="off"
                aria-label=format!("{name} 数量")
                aria-invalid=move || wrong.get_value().get().map(|_| "true")
                disabled=frozen
                prop:value=move || number.get_value().get()
                on:focus=move |e| {
                    entered.set_value(number.get_value().get_untracked());
                    browser::select_all(&e);
                }
                on:keydown=key
                on:input=move |e| {
                    wrong.get_value().set(None);
                    number.get_value().set(event_target_value(&e));
                }
            />
            <button
                type="button"
                class="plain"
                aria-label=format!("移除 {name}")
                disabled=frozen
                on:click=move |_| {
                    lines.update(|all| all.retain(|l| l.row.sku != sku));
                    back.run(());
                }
            >"✕"</button>
            {row.tracks_expiry.then(|| view! {
                <label class="expiry" hidden=move || !dated.get()>
                    "到期日（退货不填或已过期的，收回后不可再售）"
                    <input
                        type="date"
                        disabled=frozen
                        prop:value=move || expires_on.get_value().get()
                        on:input=move |e| {
                            wrong.get_value().set(None);
                            expires_on.get_value().set(event_target_value(&e));
                        }
                    />
                </label>
            })}
            <p class="refusal" role="alert" hidden=move || wrong.get_value().get().is_none()>{move || wrong.get_value().get()}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_more_goods_than_choices_when_listed_then_it_is_said_how_many_are_not() {
        assert_eq!((left(2, false), left(8, false)), (None, None));
        assert_eq!(left(9, false).as_deref(), Some("还有 1 种未列出，请点「都不是」后多输入几个字"));
        assert_eq!(left(60, true).as_deref(), Some("还有 52 种以上未列出，请点「都不是」后多输入几个字"));
    }
}
