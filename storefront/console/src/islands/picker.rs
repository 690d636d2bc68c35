//! The list that a scanner fills: one field that barcodes are typed into, and a line for each of the goods.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem,
    api::{StockList, StockRow},
};

use crate::{browser, text};

/// One of the goods, and how many.
#[derive(Clone, PartialEq)]
pub(super) struct Line {
    /// What.
    pub(super) row: StockRow,
    /// As typed: a minus sign alone is no number yet, and must not be wiped for it.
    pub(super) quantity: RwSignal<String>,
    /// The day on which it expires, as a date field gives it.
    pub(super) expires_on: RwSignal<String>,
}

impl Line {
    /// The number typed; 0 for what is none.
    pub(super) fn units(&self) -> i64 {
        self.quantity.get_untracked().trim().parse().unwrap_or(0)
    }
}

/// One field for the scanner; each scan of the same goods counts one up.
#[component]
pub(super) fn Picker(
    /// Where goods are looked for, up to and with the `q=`.
    #[prop(into)]
    path: Signal<String>,
    /// The lines, in the order scanned.
    lines: RwSignal<Vec<Line>>,
    /// Nothing may be changed at the moment.
    #[prop(into)]
    frozen: Signal<bool>,
    /// Numbers may be negative.
    #[prop(into)]
    signed: Signal<bool>,
    /// Asks for the expiry date of goods that have one.
    #[prop(into)]
    dated: Signal<bool>,
    /// What went wrong.
    problem: RwSignal<Option<Problem>>,
    /// Something was added.
    added: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let choices = RwSignal::new(Vec::<StockRow>::new());
    let add = move |row: StockRow| {
        if frozen.get_untracked() {
            return;
        }
        choices.set(Vec::new());
        added.run(());
        let known = lines.with_untracked(|all| all.iter().find(|l| l.row.sku == row.sku).map(|l| l.quantity));
        match known {
            Some(n) => n.update(|n| *n = (n.trim().parse::<i64>().unwrap_or(0) + 1).to_string()),
            None => lines.update(|all| all.push(Line { row, quantity: RwSignal::new("1".to_owned()), expires_on: RwSignal::new(String::new()) })),
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
            match browser::get::<StockList>(&format!("{}{}", path.get_untracked(), text::percent(&words))).await {
                Err(p) => problem.set(Some(p)),
                Ok(found) => match found.rows.as_slice() {
                    [] => problem.set(Some(Problem::new(Code::NotFound, format!("商品库中没有「{words}」")))),
                    [one] => add(one.clone()),
                    many => choices.set(many.iter().take(8).cloned().collect()),
                },
            }
        });
    };
    view! {
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
                    let (sku, quantity, expires_on) = (line.row.sku.clone(), line.quantity, line.expires_on);
                    let tracks = line.row.tracks_expiry;
                    view! {
                        <li>
                            <img src=line.row.picture.clone() alt="" width="40" height="40" />
                            <span class="what">
                                {line.row.name.clone()}
                                <small>{format!("在架 {} · 可售 {}", text::number(line.row.on_hand), text::number(line.row.available))}</small>
                            </span>
                            <input
                                inputmode=move || if signed.get() { "text" } else { "numeric" }
                                aria-label="数量"
                                disabled=frozen
                                prop:value=quantity
                                on:input=move |e| quantity.set(event_target_value(&e))
                            />
                            <button
                                type="button"
                                class="plain"
                                aria-label="移除"
                                disabled=frozen
                                on:click=move |_| lines.update(|all| all.retain(|l| l.row.sku != sku))
                            >"✕"</button>
                            {tracks.then(|| view! {
                                <label class="expiry" hidden=move || !dated.get()>
                                    "到期日"
                                    <input
                                        type="date"
                                        disabled=frozen
                                        prop:value=expires_on
                                        on:input=move |e| expires_on.set(event_target_value(&e))
                                    />
                                </label>
                            })}
                        </li>
                    }
                }
            </For>
        </ul>
    }
}
