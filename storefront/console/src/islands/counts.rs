//! Counting a shelf: begin a count; scan, type, next; hand it in; decide.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use liandian_types::{
    Code, CountKind, CountState, CountStep, Problem, SkuId, StoreId,
    api::{Category, CountCard, CountEntered, CountEntries, CountEntry, CountLineView, CountStepRequest, CountView, PlaceName, StartCount},
    text::Needle,
};

use super::Refusal;
use crate::{browser, text};

/// How many lines are shown at once: nobody scrolls through hundreds with a scanner in the hand.
const SHOWN: usize = 60;

/// Begins a count: of the whole shelf, or of a category.
#[island]
pub fn CountStart(
    /// Whose staff.
    store: StoreId,
    /// Where can be counted, the shelf first.
    places: Vec<PlaceName>,
    /// What can be counted in parts.
    categories: Vec<Category>,
) -> impl IntoView {
    // Empty: the whole shelf.
    let category = RwSignal::new(String::new());
    // Empty: the shelf.
    let place = RwSignal::new(String::new());
    let blind = RwSignal::new(true);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let problem = RwSignal::new(None::<Problem>);
    let key = StoredValue::new(String::new());
    let store = StoredValue::new(store);
    let begin = move |_| {
        let category = category.get_untracked();
        let kind = if category.is_empty() { CountKind::Full } else { CountKind::Cyclic };
        let ask = StartCount {
            location: place.get_untracked().parse().ok(),
            kind,
            blind: blind.get_untracked(),
            category: (!category.is_empty()).then_some(category),
            skus: vec![],
        };
        if key.with_value(String::is_empty) {
            key.set_value(browser::fresh_key());
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let path = format!("/api/v1/stores/{}/counts", store.get_value());
            match browser::post_once::<CountCard>(&path, &key.get_value(), &ask).await {
                Ok(begun) => browser::go(&format!("/console/s/{}/counts/{}", store.get_value(), begun.count)),
                Err(p) => {
                    if p.code != Code::Unavailable {
                        key.set_value(String::new());
                    }
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk" aria-label="新建盘点">
            <div class="lookup">
                {(places.len() > 1).then(|| view! {
                    <select aria-label="库位" disabled=busy on:change=move |e| place.set(event_target_value(&e))>
                        <option value="">"本店货架"</option>
                        {places.into_iter().skip(1).map(|p| view! { <option value=p.location.to_string()>{p.name}</option> }).collect_view()}
                    </select>
                })}
                <select aria-label="盘点范围" disabled=busy on:change=move |e| category.set(event_target_value(&e))>
                    <option value="">"全部商品"</option>
                    {categories.into_iter().map(|c| view! { <option value=c.key>{c.name}</option> }).collect_view()}
                </select>
                <label class="check">
                    <input type="checkbox" checked prop:checked=blind disabled=busy on:change=move |e| blind.set(event_target_checked(&e)) />
                    "盲盘（盘点时不显示账面数）"
                </label>
                <button type="button" class="primary" disabled=busy on:click=begin>"开始盘点"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}

/// One count.
#[island]
pub fn CountDesk(
    /// Whose shelf.
    store: StoreId,
    /// As the server read it.
    view: CountView,
    /// May this person enter what was found?
    counts: bool,
) -> impl IntoView {
    let base = StoredValue::new(format!("/api/v1/stores/{store}/counts/{}", view.card.count));
    let card = RwSignal::new(view.card);
    let lines = RwSignal::new(view.lines);
    let steps = RwSignal::new(view.steps);
    let (typed, quantity, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let current = RwSignal::new(None::<SkuId>);
    let only_open = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let awake = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let (scanner, number) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    Effect::new(move |_| awake.set(true));
    let open = move || card.with(|c| c.state == CountState::Open);
    let enters = move || counts && open();
    let frozen = move || !awake.get() || busy.get();
    let counted = move || lines.with(|all| all.iter().filter(|l| l.counted.is_some()).count());
    let current_line = move || current.get().and_then(|sku| lines.with(|all| all.iter().find(|l| l.sku == sku).cloned()));

    let choose = move |line: &CountLineView| {
        quantity.set(line.counted.map(|n| n.to_string()).unwrap_or_default());
        current.set(Some(line.sku.clone()));
        browser::focus_soon(number);
    };
    let look = move |e: SubmitEvent| {
        e.prevent_default();
        let words = typed.get_untracked().trim().to_owned();
        let Some(sought) = Needle::of(&words) else { return };
        problem.set(None);
        let hit = lines.with_untracked(|all| {
            let by_code = all.iter().find(|l| sought.is_barcode(&l.barcode));
            let mut by_name = all.iter().filter(|l| sought.is_in(&[&l.name]));
            by_code.cloned().or_else(|| match (by_name.next(), by_name.next()) {
                (Some(one), None) => Some(one.clone()),
                _ => None,
            })
        });
        match hit {
            Some(line) => {
                typed.set(String::new());
                choose(&line);
            }
            // Several: the list below shows them.
            None if lines.with_untracked(|all| all.iter().any(|l| sought.is_in(&[&l.name]))) => {}
            None => problem.set(Some(Problem::new(Code::NotFound, format!("「{words}」不在本次盘点范围内")))),
        }
    };
    let enter = move |e: SubmitEvent| {
        e.prevent_default();
        let Some(sku) = current.get_untracked() else { return };
        let Ok(counted) = quantity.get_untracked().trim().parse::<u32>() else {
            problem.set(Some(Problem::new(Code::BadRequest, "请输入实盘数量，没有就填 0")));
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let body = CountEntries { lines: vec![CountEntry { sku, counted }] };
            match browser::post::<CountEntered>(&format!("{}/lines", base.get_value()), &body).await {
                Ok(entered) => {
                    lines.update(|all| {
                        for new in entered.lines {
                            if let Some(old) = all.iter_mut().find(|l| l.sku == new.sku) {
                                *old = new;
                            }
                        }
                    });
                    current.set(None);
                    quantity.set(String::new());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
            if let Some(f) = scanner.get_untracked() {
                let _ = f.focus();
            }
        });
    };
    let press = move |step: CountStep| {
        let why = Some(reason.get_untracked().trim().to_owned()).filter(|w| !w.is_empty());
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let tail = if matches!(step, CountStep::Approve | CountStep::Reject) { "decision" } else { "steps" };
            match browser::post::<CountView>(&format!("{}/{tail}", base.get_value()), &CountStepRequest { step, reason: why }).await {
                Ok(fresh) => {
                    card.set(fresh.card);
                    lines.set(fresh.lines);
                    steps.set(fresh.steps);
                    reason.set(String::new());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let shown = move || {
        let sought = Needle::of(&typed.get());
        let fits = |l: &CountLineView| {
            let open_only = !only_open.get() || if enters() { l.counted.is_none() } else { l.difference.is_some_and(|d| d != 0) };
            open_only && sought.as_ref().is_none_or(|s| s.is_in(&[&l.name, &l.barcode]))
        };
        let all: Vec<CountLineView> = lines.get().into_iter().filter(fits).collect();
        let more = all.len().saturating_sub(SHOWN);
        (all.into_iter().take(SHOWN).collect::<Vec<_>>(), more)
    };
    let differs = |n: Option<i64>| match n {
        None => String::new(),
        Some(0) => "相符".to_owned(),
        Some(n) if n > 0 => format!("盘盈 {}", text::number(n)),
        Some(n) => format!("盘亏 {}", text::number(-n)),
    };
    view! {
        <div class="title-row">
            <h1>{move || card.with(|c| format!("{} · {}", c.kind.title(), c.title))}</h1>
            <span class="badge">{move || card.with(|c| c.state.title())}</span>
        </div>
        <p class="sub">{move || card.with(|c| format!("{} 开始{}", c.created_text, if c.blind { " · 盲盘" } else { "" }))}</p>
        {move || card.with(|c| c.reason.clone()).map(|r| view! { <p class="note">{format!("已驳回，请重盘：{r}")}</p> })}
        <div class="progress-row">
            <progress max=move || card.with(|c| c.lines) value=move || counted().to_string() aria-label="盘点进度"></progress>
            <span class="num">{move || format!("{} / {} 种", counted(), card.with(|c| c.lines))}</span>
        </div>
        <div class="figures" hidden=open>
            <div class="figure"><span>"有差异"</span><b>{move || card.with(|c| c.different)}<small>"种"</small></b></div>
            <div class="figure"><span>"盘盈"</span><b>{move || text::number(card.with(|c| c.over))}<small>"件"</small></b></div>
            <div class="figure"><span>"盘亏"</span><b>{move || text::number(card.with(|c| c.short))}<small>"件"</small></b></div>
            <div class="figure"><span>"差异金额"</span><b>{move || text::yuan(card.with(|c| c.value))}<small>"元"</small></b></div>
        </div>
        <section class="stock-desk" aria-label="录入" hidden=move || !enters()>
            <form class="lookup" on:submit=look>
                <input
                    node_ref=scanner
                    autocomplete="off"
                    enterkeyhint="search"
                    aria-label="条码或商品名"
                    placeholder="扫条码，或输入商品名后回车"
                    disabled=move || !awake.get()
                    prop:value=typed
                    on:input=move |e| typed.set(event_target_value(&e))
                />
                <button>"查找"</button>
            </form>
            {move || current_line().map(|l| view! {
                <form class="counting" on:submit=enter>
                    <img src=l.picture.clone() alt="" width="56" height="56" />
                    <span class="what">{l.name.clone()}<small>{l.barcode.clone()}</small></span>
                    <input
                        node_ref=number
                        inputmode="numeric"
                        autocomplete="off"
                        enterkeyhint="done"
                        aria-label=format!("{} 实盘数量", l.name)
                        placeholder="实盘数量"
                        prop:value=quantity
                        on:input=move |e| quantity.set(event_target_value(&e))
                    />
                    <button class="primary" disabled=move || busy.get()>"记录"</button>
                </form>
            })}
        </section>
        <Refusal problem=problem />
        <div class="actions">
            {move || steps.get().into_iter().map(|step| {
                let class = if matches!(step, CountStep::Submit | CountStep::Approve) { "primary big" } else { "big" };
                view! { <button type="button" class=class disabled=frozen on:click=move |_| press(step)>{step.title()}</button> }
            }).collect_view()}
            <input
                hidden=move || !steps.with(|s| s.contains(&CountStep::Reject))
                aria-label="驳回原因"
                placeholder="驳回原因（驳回时必填）"
                maxlength="100"
                prop:value=reason
                on:input=move |e| reason.set(event_target_value(&e))
            />
        </div>
        <label class="check">
            <input type="checkbox" prop:checked=only_open disabled=move || !awake.get() on:change=move |e| only_open.set(event_target_checked(&e)) />
            {move || if enters() { "只看未盘" } else { "只看有差异" }}
        </label>
        <ul class="count-lines">
            {move || shown().0.into_iter().map(|l| {
                let line = l.clone();
                let off = l.difference.is_some_and(|d| d != 0);
                view! {
                    <li class:off=off>
                        <img src=l.picture alt="" width="40" height="40" loading="lazy" />
                        <span class="what">{l.name}<small>{l.barcode}</small></span>
                        <span class="num faint">{l.book.map(|b| format!("账面 {}", text::number(b)))}</span>
                        <b class="num">{l.counted.map_or_else(|| "未盘".to_owned(), |n| text::number(i64::from(n)))}</b>
                        <span class="num">{differs(l.difference)}</span>
                        <button type="button" class="plain" hidden=move || !enters() disabled=frozen on:click=move |_| choose(&line)>"录入"</button>
                    </li>
                }
            }).collect_view()}
        </ul>
        <p class="empty" hidden=move || shown().1 == 0>{move || format!("还有 {} 种，请扫码或输入商品名查找", shown().1)}</p>
        <p class="empty" hidden=move || !shown().0.is_empty()>"没有符合的商品。"</p>
    }
}
