//! The command box: type what you look for, go there.
//!
//! Pages are those of the navigation. Stores, goods and orders come from the JSON routes that this person may call; what no route finds for them yet is
//! a line that asks the page which does. It is a module of its own, which `console-load.js` loads when somebody wants it, and reads the few words it
//! shows with the browser's own JSON.

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use liandian_types::StoreId;
use wasm_bindgen::{JsCast, JsValue};

use super::poll::Turns;
use crate::{
    browser::{self, items, word},
    text,
};

/// How long somebody types before the server is asked.
const STILL_MS: u64 = 250;
/// How many lines of one kind.
const MOST: usize = 6;

/// Something to go to.
#[derive(Clone, PartialEq)]
struct Hit {
    /// Kinds stand in this order.
    rank: u8,
    kind: &'static str,
    title: String,
    more: String,
    href: String,
}

/// What is asked where.
#[derive(Clone)]
struct Where {
    store: Option<StoreId>,
    stores_at: Option<String>,
    chain_stock: bool,
    orders: bool,
    stock: bool,
}

impl Where {
    /// Pages that look for these words themselves.
    fn pages_that_look(&self, words: &str) -> Vec<Hit> {
        let q = text::percent(words);
        let line = |what: &str, href: String| Hit { rank: 9, kind: "查找", title: format!("{what}「{words}」"), more: String::new(), href };
        let mut lines = Vec::new();
        if let Some(store) = &self.store {
            if self.orders {
                lines.push(line("本店订单", format!("/console/s/{store}/orders?q={q}")));
            }
            if self.stock {
                lines.push(line("本店商品", format!("/console/s/{store}/stock?q={q}")));
            }
        }
        if self.chain_stock {
            lines.push(match words.starts_with("sku_") {
                true => line("商品库存", format!("/console/hq/stock/{q}")),
                false => line("商品", format!("/console/hq/stock?q={q}")),
            });
        }
        if self.stores_at.is_some() {
            lines.push(line("门店", format!("/console/hq/stores?q={q}")));
        }
        lines
    }

    /// What the routes are asked, each with how its answer is read.
    fn questions(&self, words: &str) -> Vec<(String, Read)> {
        let q = text::percent(words);
        let mut all = Vec::new();
        if let Some(store) = &self.store {
            // The end of a phone is personal data: looking for it is recorded, so it is never done while somebody only types. A code has a letter.
            let code = words.starts_with("ord_") || (words.len() == 4 && words.bytes().all(|b| b.is_ascii_alphanumeric()));
            if self.orders && code && words.bytes().any(|b| b.is_ascii_alphabetic()) {
                all.push((format!("/api/v1/stores/{store}/orders?q={q}"), Read::Orders(format!("/console/s/{store}/orders"))));
            }
            if self.stock {
                all.push((format!("/api/v1/stores/{store}/stock?q={q}"), Read::Goods(format!("/console/s/{store}/stock"))));
            }
        }
        if let Some(tail) = &self.stores_at {
            all.push((format!("/api/v1/hq/stores?q={q}"), Read::Stores(tail.clone())));
        }
        all
    }
}

/// How an answer is read, and where its lines lead.
enum Read {
    Orders(String),
    Goods(String),
    Stores(String),
}

impl Read {
    fn hits(&self, answer: &JsValue) -> Vec<Hit> {
        match self {
            Read::Orders(path) => {
                let hit = |o: JsValue| Hit {
                    rank: 1,
                    kind: "订单",
                    title: word(&o, "short_code"),
                    more: word(&o, "summary"),
                    href: format!("{path}/{}", text::percent(&word(&o, "order"))),
                };
                items(answer, "orders").into_iter().take(MOST).map(hit).collect()
            }
            Read::Goods(path) => {
                let hit = |r: JsValue| Hit {
                    rank: 2,
                    kind: "商品",
                    title: word(&r, "name"),
                    more: word(&r, "barcode"),
                    href: format!("{path}?q={}", text::percent(&word(&r, "sku"))),
                };
                items(answer, "rows").into_iter().take(MOST).map(hit).collect()
            }
            Read::Stores(tail) => {
                let hit = |r: JsValue| Hit {
                    rank: 3,
                    kind: "门店",
                    title: word(&r, "name"),
                    more: word(&r, "city"),
                    href: format!("/console/s/{}{tail}", text::percent(&word(&r, "store"))),
                };
                items(answer, "rows").into_iter().take(MOST).map(hit).collect()
            }
        }
    }
}

/// Sections of the navigation that have these words; all of them while nothing is typed.
fn sections(words: &str) -> Vec<Hit> {
    let Ok(links) = document().query_selector_all("#side a") else { return Vec::new() };
    let of = |i: u32| {
        let a = links.item(i)?.dyn_into::<web_sys::Element>().ok()?;
        let title = a.get_attribute("data-title")?;
        let found = title.contains(words) || a.get_attribute("data-words").is_some_and(|w| w.contains(words));
        found.then(|| Hit { rank: 0, kind: "页面", title, more: String::new(), href: a.get_attribute("href").unwrap_or_default() })
    };
    (0..links.length()).filter_map(of).collect()
}

/// A button, and the box that it, `/` or Ctrl K opens.
#[island]
pub fn CommandBox(
    /// The store whose orders and goods are looked for.
    store: Option<StoreId>,
    /// What follows a store's id in the address of the first of its pages that opens; none when this person sees no directory.
    stores_at: Option<String>,
    /// Goods of the whole chain can be looked for.
    chain_stock: bool,
    /// Orders of the store can.
    orders: bool,
    /// Goods of the store can.
    stock: bool,
) -> impl IntoView {
    let asks = StoredValue::new(Where { store, stores_at, chain_stock, orders, stock });
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let hits = RwSignal::new(Vec::<Hit>::new());
    let chosen = RwSignal::new(0_usize);
    let waits = RwSignal::new(0_u32);
    let turns = Turns::new();

    let ask = move |turn: u32, words: String| {
        let questions = asks.with_value(|a| a.questions(&words));
        waits.set(u32::try_from(questions.len()).unwrap_or(0));
        for (path, read) in questions {
            spawn_local(async move {
                let answer = browser::get_js(&path).await;
                // Somebody has typed on: that question has its own answers.
                if !turns.is_newest(turn) {
                    return;
                }
                // What could not be asked is still found by the lines below.
                if let Ok(answer) = answer {
                    let found = read.hits(&answer);
                    hits.update(|all| {
                        all.extend(found);
                        all.sort_by_key(|h| h.rank);
                    });
                }
                waits.update(|n| *n = n.saturating_sub(1));
            });
        }
    };
    let look = move || {
        let words = typed.get_untracked().trim().to_owned();
        let turn = turns.after_change();
        let mut found = sections(&words);
        if !words.is_empty() {
            found.extend(asks.with_value(|a| a.pages_that_look(&words)));
        }
        hits.set(found);
        chosen.set(0);
        waits.set(0);
        if words.chars().count() >= 2 {
            let still = move || {
                if turns.is_newest(turn) {
                    ask(turn, words);
                }
            };
            set_timeout(still, std::time::Duration::from_millis(STILL_MS));
        }
    };
    let open = move || {
        let Some(d) = dialog.get_untracked() else { return };
        // It is open already: then there is nothing to open.
        if d.show_modal().is_ok() {
            typed.set(String::new());
            look();
            if let Some(f) = field.get_untracked() {
                let _ = f.focus();
            }
        }
    };
    let go = move |i: usize| {
        if let Some(href) = hits.with_untracked(|all| all.get(i).map(|h| h.href.clone())) {
            browser::go(&href);
        }
    };
    let input = move |e: web_sys::Event| {
        typed.set(event_target_value(&e));
        look();
    };
    let key = move |e: KeyboardEvent| {
        let many = hits.with_untracked(Vec::len);
        match e.key().as_str() {
            "ArrowDown" if many > 0 => chosen.update(|i| *i = (*i + 1) % many),
            "ArrowUp" if many > 0 => chosen.update(|i| *i = (*i + many - 1) % many),
            // A word that is still being composed is not chosen yet.
            "Enter" if !e.is_composing() => go(chosen.get_untracked()),
            _ => return,
        }
        e.prevent_default();
        if let Ok(Some(line)) = document().query_selector(&format!("#command-{}", chosen.get_untracked())) {
            line.scroll_into_view_with_bool(false);
        }
    };
    let none = move || hits.with(Vec::is_empty);
    view! {
        <button type="button" class="find" aria-haspopup="dialog" aria-keyshortcuts="/ Control+K" on:click=move |_| open()>
            "搜索"<kbd aria-hidden="true">"/"</kbd>
        </button>
        <dialog node_ref=dialog class="command" aria-label="搜索" closedby="any">
            <input
                node_ref=field
                type="text"
                role="combobox"
                aria-label="搜索页面、门店、商品、订单"
                aria-autocomplete="list"
                aria-controls="command-list"
                aria-expanded=move || (!none()).to_string()
                aria-activedescendant=move || (!none()).then(|| format!("command-{}", chosen.get()))
                placeholder="页面、门店、商品、订单号"
                autocomplete="off"
                spellcheck="false"
                prop:value=typed
                on:input=input
                on:keydown=key
            />
            <ul id="command-list" role="listbox" aria-label="结果" hidden=none>
                {move || {
                    hits.get()
                        .into_iter()
                        .enumerate()
                        .map(|(i, h)| {
                            view! {
                                <li
                                    id=format!("command-{i}")
                                    role="option"
                                    aria-selected=move || (chosen.get() == i).to_string()
                                    on:click=move |_| go(i)
                                >
                                    <span class="badge">{h.kind}</span>
                                    <span class="what">{h.title}<small>{h.more}</small></span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <p class="hint" role="status">
                {move || {
                    if waits.get() > 0 {
                        "正在查找…".to_owned()
                    } else if none() {
                        "没有找到。".to_owned()
                    } else {
                        format!("{} 项 · ↑↓ 选择，回车打开，Esc 关闭", hits.with(Vec::len))
                    }
                }}
            </p>
        </dialog>
    }
}
