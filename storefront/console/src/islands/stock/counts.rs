//! Counting a shelf: begin a count; scan, type, next; hand it in; decide.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use liandian_types::{
    Code, CountKind, CountState, CountStep, Problem, SkuId, StaffId, StoreId,
    api::{Category, CountCard, CountEntered, CountEntries, CountEntry, CountLineView, CountStepRequest, CountView, PlaceName, StartCount},
    text::Needle,
};

use crate::{
    browser::{self, Burst},
    islands::kit::Refusal,
    text,
};

/// How many lines are shown at once: nobody scrolls through hundreds with a scanner in the hand.
const SHOWN: usize = 60;

/// How many entries go to the server at a time.
const PART: usize = 25;
/// The most units of a line.
const MOST: u32 = 99_999;

/// The refusal with names where it has ids.
fn named(mut p: Problem, lines: &[CountLineView], told: &[CountEntry]) -> Problem {
    for l in lines.iter().filter(|l| told.iter().any(|e| e.sku == l.sku)) {
        p.detail = p.detail.replace(l.sku.as_str(), &format!("「{}」", l.name));
    }
    p
}

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
    /// Name of this person.
    me: String,
    /// Who this is: what somebody counted is sent in nobody else's name.
    staff: StaffId,
) -> impl IntoView {
    let base = StoredValue::new(format!("/api/v1/stores/{store}/counts/{}", view.card.count));
    let draft = StoredValue::new(format!("ld-count-{staff}-{}", view.card.count));
    let card = RwSignal::new(view.card);
    let lines = RwSignal::new(view.lines);
    let steps = RwSignal::new(view.steps);
    let counted_by = RwSignal::new(view.counted_by);
    let approved_by = RwSignal::new(view.approved_by);
    let me = StoredValue::new(me);
    // What was entered and is not kept by the server yet, in the order entered; of one SKU the newest number.
    let queue = RwSignal::new(Vec::<CountEntry>::new());
    let sending = StoredValue::new(false);
    let offline = RwSignal::new(false);
    let asking = RwSignal::new(None::<CountStep>);
    let (typed, quantity, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The day that is read off goods that are kept by date; empty for none.
    let expires = RwSignal::new(String::new());
    let current = RwSignal::new(None::<SkuId>);
    let only_open = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let awake = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let (scanner, number) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    browser::keys_go_to(scanner);
    let open = move || card.with(|c| c.state == CountState::Open);
    let enters = move || counts && open();
    let frozen = move || !awake.get() || busy.get();
    let waiting = move |sku: &SkuId| queue.with(|q| q.iter().find(|e| e.sku == *sku).map(|e| e.counted));
    let counted = move || lines.with(|all| all.iter().filter(|l| l.counted.is_some() || waiting(&l.sku).is_some()).count());
    let current_line = move || current.get().and_then(|sku| lines.with(|all| all.iter().find(|l| l.sku == sku).cloned()));

    // Entries go to the server as fast as it answers, many at a time; meanwhile the next goods are counted.
    let pump = StoredValue::new(None::<Callback<()>>);
    let go_on = move || {
        if let Some(p) = pump.get_value() {
            p.run(());
        }
    };
    let flush = move |()| {
        let part: Vec<CountEntry> = queue.with_untracked(|q| q.iter().take(PART).cloned().collect());
        if sending.get_value() || part.is_empty() {
            return;
        }
        sending.set_value(true);
        spawn_local(async move {
            let answer = browser::post::<CountEntered>(&format!("{}/lines", base.get_value()), &CountEntries { lines: part.clone() }).await;
            sending.set_value(false);
            match answer {
                Ok(entered) => {
                    offline.set(false);
                    lines.update(|all| {
                        for new in entered.lines {
                            if let Some(old) = all.iter_mut().find(|l| l.sku == new.sku) {
                                *old = new;
                            }
                        }
                    });
                    // A number that was put right meanwhile is still to be sent.
                    queue.update(|q| q.retain(|e| !part.contains(e)));
                    go_on();
                }
                Err(p) if p.code == Code::Unavailable => {
                    offline.set(true);
                    set_timeout(go_on, std::time::Duration::from_secs(2));
                }
                Err(p) => problem.set(Some(named(p, &lines.get_untracked(), &part))),
            }
        });
    };
    pump.set_value(Some(Callback::new(flush)));
    Effect::new(move |_| {
        queue.set(browser::draft(&draft.get_value()).unwrap_or_default());
        awake.set(true);
        go_on();
    });
    Effect::new(move |_| {
        queue.with(|q| {
            if awake.get() {
                if q.is_empty() { browser::drop_draft(&draft.get_value()) } else { browser::keep_draft(&draft.get_value(), q) }
            }
        });
    });

    let to_scanner = move || {
        if let Some(f) = scanner.get_untracked() {
            let _ = f.focus();
        }
    };
    let choose = move |line: &CountLineView| {
        let queued = queue.with_untracked(|q| q.iter().find(|e| e.sku == line.sku).cloned());
        let day = queued.as_ref().map_or_else(|| line.expires_on.clone(), |e| e.expires_on.clone());
        let known = queued.map(|e| e.counted).or(line.counted);
        quantity.set(known.map(|n| n.to_string()).unwrap_or_default());
        expires.set(day.unwrap_or_default());
        current.set(Some(line.sku.clone()));
        // At once: a person types on without waiting for the page.
        if let Some(f) = number.get_untracked() {
            f.set_value(&quantity.get_untracked());
            let _ = f.focus();
            f.select();
        }
    };
    let look_for = move |words: String| {
        let words = words.trim().to_owned();
        let Some(sought) = Needle::of(&words) else { return };
        problem.set(None);
        let hit = lines.with_untracked(|all| {
            let by_code = all.iter().find(|l| sought.is_barcode(&l.barcode) || l.sku.as_str() == words);
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
            None if lines.with_untracked(|all| all.iter().any(|l| sought.is_in(&[&l.name]))) => {
                typed.set(words);
                to_scanner();
            }
            None => {
                typed.set(String::new());
                problem.set(Some(Problem::new(Code::NotFound, format!("「{words}」不在本次盘点范围内"))));
                to_scanner();
            }
        }
    };
    let look = move |e: SubmitEvent| {
        e.prevent_default();
        look_for(typed.get_untracked());
    };
    // True when the number is one, and on its way.
    let record = move |text: &str| {
        let Some(sku) = current.get_untracked() else { return false };
        let Some(counted) = text.trim().parse::<u32>().ok().filter(|n| *n <= MOST) else {
            problem.set(Some(Problem::new(Code::BadRequest, format!("请输入实盘数量，0 到 {MOST} 的整数，没有就填 0"))));
            return false;
        };
        problem.set(None);
        let expires_on = Some(expires.get_untracked()).filter(|day| !day.is_empty());
        queue.update(|q| {
            q.retain(|e| e.sku != sku);
            q.push(CountEntry { sku, counted, expires_on });
        });
        current.set(None);
        quantity.set(String::new());
        expires.set(String::new());
        go_on();
        true
    };
    let enter = move |e: SubmitEvent| {
        e.prevent_default();
        if record(&quantity.get_untracked()) {
            to_scanner();
        }
    };
    // The next scan may come while the number's field has the keyboard: what was typed before it is the number, the rest the next goods.
    let burst = Burst::new();
    let number_key = move |e: KeyboardEvent| {
        let ended = burst.key(&e, &quantity.get_untracked());
        if e.key() != "Enter" {
            return;
        }
        let typed = quantity.get_untracked().trim().to_owned();
        let long = || (typed.len() >= 8 && typed.bytes().all(|b| b.is_ascii_digit())).then(|| (typed.clone(), String::new()));
        let Some((code, before)) = ended.or_else(long) else { return };
        e.prevent_default();
        let line = current_line();
        let shown = line.as_ref().and_then(|l| l.counted).map(|n| n.to_string()).unwrap_or_default();
        let day = line.and_then(|l| l.expires_on).unwrap_or_default();
        if !before.trim().is_empty() && (before != shown || expires.with_untracked(|e| *e != day)) {
            record(&before);
        }
        look_for(code);
    };
    // The same while the day has the keyboard: a scanner's digits are no day.
    let day_burst = Burst::new();
    let day_key = move |e: KeyboardEvent| {
        let Some((code, before)) = day_burst.key(&e, &expires.get_untracked()) else { return };
        e.prevent_default();
        expires.set(before);
        if !quantity.with_untracked(|q| q.trim().is_empty()) {
            record(&quantity.get_untracked());
        }
        look_for(code);
    };
    let press = move |step: CountStep| {
        let why = Some(reason.get_untracked().trim().to_owned()).filter(|w| !w.is_empty());
        busy.set(true);
        asking.set(None);
        problem.set(None);
        spawn_local(async move {
            let tail = if matches!(step, CountStep::Approve | CountStep::Reject) { "decision" } else { "steps" };
            match browser::post::<CountView>(&format!("{}/{tail}", base.get_value()), &CountStepRequest { step, reason: why }).await {
                Ok(fresh) => {
                    card.set(fresh.card);
                    lines.set(fresh.lines);
                    steps.set(fresh.steps);
                    counted_by.set(fresh.counted_by);
                    approved_by.set(fresh.approved_by);
                    reason.set(String::new());
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    // What is not undone afterwards is said in words first.
    let begin = move |step: CountStep| match step {
        CountStep::Submit | CountStep::Approve => {
            problem.set(None);
            asking.set(Some(step));
            browser::focus_to(vec![".count-ask button".to_owned()]);
        }
        CountStep::Reject | CountStep::Cancel => press(step),
    };
    let question = move || {
        let c = card.get();
        match asking.get() {
            Some(CountStep::Submit) => {
                let (all, done) = (c.lines, counted());
                let left = usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(done);
                match (left, c.kind) {
                    (0, _) => format!("{all} 种商品都已盘点。提交后不能再改，确定提交吗？"),
                    (_, CountKind::Full) => format!("已盘 {done} / {all} 种，还有 {left} 种没有盘。全盘要盘完所有商品才能提交。"),
                    (_, CountKind::Cyclic) => format!("已盘 {done} / {all} 种，还有 {left} 种没有盘。没有盘的商品保持账面数不变，确定提交吗？"),
                }
            }
            Some(CountStep::Approve) => {
                let who = counted_by.with(|w| if w.is_empty() { "未知".to_owned() } else { w.join("、") });
                format!(
                    "{} 种有差异，盘盈 {} 件，盘亏 {} 件，差异金额 {} 元。由 {who} 盘点并提交，由 {} 批准。批准后按差异调整库存，不能撤回，确定批准吗？",
                    c.different,
                    text::number(c.over),
                    text::number(c.short),
                    text::yuan(c.value),
                    me.get_value(),
                )
            }
            _ => String::new(),
        }
    };
    let barred = move || {
        let full = card.with(|c| c.kind == CountKind::Full && usize::try_from(c.lines).unwrap_or(usize::MAX) > counted());
        asking.get() == Some(CountStep::Submit) && (full || !queue.with(Vec::is_empty))
    };
    let shown = move || {
        let sought = Needle::of(&typed.get());
        let fits = |l: &CountLineView| {
            let open_only =
                !only_open.get() || if enters() { l.counted.is_none() && waiting(&l.sku).is_none() } else { l.difference.is_some_and(|d| d != 0) };
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
        <p class="sub" hidden=move || counted_by.with(Vec::is_empty) || open()>
            {move || format!(
                "盘点：{}{}",
                counted_by.with(|w| w.join("、")),
                approved_by.get().map(|who| format!(" · 批准：{who}")).unwrap_or_default(),
            )}
        </p>
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
            <form class="counting" on:submit=enter>
                {move || current_line().map(|l| view! { <img src=liandian_types::picture::small(&l.picture) alt="" width="56" height="56" /> })}
                <span class="what">
                    {move || current_line().map_or_else(|| "先扫条码，再输入数量".to_owned(), |l| l.name)}
                    <small>{move || current_line().map(|l| l.barcode)}</small>
                </span>
                <input
                    node_ref=number
                    inputmode="numeric"
                    autocomplete="off"
                    enterkeyhint="done"
                    aria-label=move || current_line().map_or_else(|| "实盘数量".to_owned(), |l| format!("{} 实盘数量", l.name))
                    placeholder="实盘数量"
                    disabled=move || !awake.get()
                    prop:value=quantity
                    on:focus=move |e| browser::select_all(&e)
                    on:keydown=number_key
                    on:input=move |e| quantity.set(event_target_value(&e))
                />
                <label class="sub" hidden=move || current_line().is_none_or(|l| !l.dated)>
                    "到期日（多出来的按它入账，不填按在架最早的）"
                    <input
                        type="date"
                        min="2000-01-01"
                        max="2099-12-31"
                        disabled=move || !awake.get()
                        prop:value=expires
                        on:keydown=day_key
                        on:input=move |e| expires.set(event_target_value(&e))
                    />
                </label>
                <button class="primary" disabled=move || current.get().is_none()>"记录"</button>
            </form>
            <p class="sub pending" role="status">
                {move || match (queue.with(Vec::len), offline.get()) {
                    (0, _) => String::new(),
                    (n, true) => format!("网络中断，{n} 项已存在本机，恢复后自动保存"),
                    (n, false) => format!("正在保存 {n} 项"),
                }}
            </p>
        </section>
        <Refusal problem=problem />
        <div class="count-ask panel warn" role="alertdialog" aria-label="请确认" hidden=move || asking.get().is_none()>
            <p>{question}</p>
            <div class="buttons">
                <button type="button" class="big" on:click=move |_| asking.set(None)>"再看看"</button>
                <button
                    type="button"
                    class="primary big"
                    disabled=move || busy.get() || barred()
                    on:click=move |_| if let Some(step) = asking.get_untracked() { press(step) }
                >
                    {move || asking.get().map(|s| format!("确认{}", s.title()))}
                </button>
            </div>
        </div>
        <div class="actions" hidden=move || asking.get().is_some()>
            {move || steps.get().into_iter().map(|step| {
                let class = if matches!(step, CountStep::Submit | CountStep::Approve) { "primary big" } else { "big" };
                view! { <button type="button" class=class disabled=frozen on:click=move |_| begin(step)>{step.title()}</button> }
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
                        <img src=liandian_types::picture::small(&l.picture) alt="" width="40" height="40" loading="lazy" />
                        <span class="what">{l.name}<small>{l.barcode}</small></span>
                        <span class="num faint">{l.book.map(|b| format!("账面 {}", text::number(b)))}</span>
                        <b class="num">{match waiting(&l.sku) {
                            Some(n) => format!("{} …", text::number(i64::from(n))),
                            None => l.counted.map_or_else(|| "未盘".to_owned(), |n| text::number(i64::from(n))),
                        }}</b>
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
