//! What one level says about stores, as a form that tells whom a change touches before it is saved.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Fen, Problem, Timestamp,
    api::{LevelSeen, PresetWish, SaidSetting, SettingEditor, SettingLine, SettingWish, SettingsChange, SettingsImpact},
};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal, text};

const PATH: &str = "/api/v1/hq/settings";

/// A field's text, as it was and as it is typed; empty where the level says nothing.
#[derive(Clone)]
struct Entry {
    key: String,
    label: String,
    money: bool,
    was: String,
    typed: RwSignal<String>,
}

/// A value as it stands in a field: money in yuan.
fn shown(money: bool, value: &str) -> String {
    value.parse().ok().filter(|_| money).map_or_else(|| value.to_owned(), |fen| Fen(fen).yuan())
}

impl Entry {
    fn of(line: &SettingLine) -> Self {
        let money = line.field.unit == "分";
        let value = line.own.as_ref().and_then(|s| s.value.as_deref()).unwrap_or_default();
        let was = shown(money, value);
        Self { key: line.field.key.clone(), label: line.field.label.clone(), money, typed: RwSignal::new(was.clone()), was }
    }

    /// What is wished of it, if it is anything else than it was.
    fn wish(&self, level: &str) -> Result<Option<SettingWish>, Problem> {
        let typed = self.typed.get_untracked();
        let typed = typed.trim();
        if typed == self.was {
            return Ok(None);
        }
        let value = match (typed, self.money) {
            ("", _) => None,
            (text, false) => Some(text.to_owned()),
            (text, true) => match text::typed_yuan(text) {
                Some(fen) => Some(fen.0.to_string()),
                None => return Err(Problem::new(Code::BadRequest, format!("“{}”请填写金额，最多两位小数", self.label))),
            },
        };
        Ok(Some(SettingWish { level: level.to_owned(), field: self.key.clone(), value, withdraw: None }))
    }
}

/// A level's fields as a form.
#[island]
pub fn SettingsDesk(
    /// The level, as it is.
    editor: SettingEditor,
    /// May this person set it?
    sets: bool,
) -> impl IntoView {
    let SettingEditor { level, title, version, mode, lines, .. } = editor;
    let entries: Vec<Entry> = lines.iter().map(Entry::of).collect();
    let held = StoredValue::new((level, entries.clone()));
    let (busy, problem, told) = (RwSignal::new(true), RwSignal::new(None::<Problem>), RwSignal::new(None::<SettingsImpact>));
    Effect::new(move |_| busy.set(!sets));
    // Of how many stores the prices are looked at by now, and of how many there are.
    let looked = RwSignal::new(None::<(u32, u32)>);
    let (why, from) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let body = move |changes: Vec<SettingWish>| {
        let seen = held.with_value(|(level, _)| LevelSeen { level: level.clone(), version });
        let from = Some(from.get_untracked()).filter(|t| !t.is_empty());
        SettingsChange { changes, versions: vec![seen], why: why.get_untracked(), from }
    };
    let wished = move || -> Result<SettingsChange, Problem> {
        let all: Result<Vec<Option<SettingWish>>, Problem> = held.with_value(|(level, entries)| entries.iter().map(|e| e.wish(level)).collect());
        let changes: Vec<SettingWish> = all?.into_iter().flatten().collect();
        if changes.is_empty() { Err(Problem::new(Code::BadRequest, "还没有修改任何一项")) } else { Ok(body(changes)) }
    };
    let saved = StoredValue::new(false);
    let changed = move || held.with_value(|(_, entries)| entries.iter().any(|e| e.typed.with_untracked(|t| t.trim() != e.was)));
    browser::ask_before_leaving(move || saved.try_get_value() == Some(false) && changed());
    let put = move |change: SettingsChange| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::put::<IgnoredAny>(PATH, &change).await {
                Ok(_) => {
                    saved.set_value(true);
                    browser::reload();
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let look = move |_| match wished() {
        Err(p) => problem.set(Some(p)),
        Ok(change) => {
            busy.set(true);
            problem.set(None);
            spawn_local(async move {
                match whole_impact(&change, looked).await {
                    Ok(impact) => told.set(Some(impact)),
                    Err(p) => problem.set(Some(p)),
                }
                looked.set(None);
                busy.set(false);
            });
        }
    };
    let save = move |_| match wished() {
        Err(p) => problem.set(Some(p)),
        Ok(change) => put(change),
    };
    let withdraw = move |(field, at): (String, Timestamp)| {
        let level = held.with_value(|(level, _)| level.clone());
        put(SettingsChange { from: None, ..body(vec![SettingWish { level, field, value: None, withdraw: Some(at) }]) });
    };
    // It holds at once in every store of the mode: it is asked twice.
    let sure = RwSignal::new(false);
    let preset = move |_| {
        let Some(mode) = mode else { return };
        if !sure.get_untracked() {
            return sure.set(true);
        }
        sure.set(false);
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<IgnoredAny>("/api/v1/hq/settings/preset", &PresetWish { mode, version }).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let mut group = String::new();
    let mut fields = Vec::with_capacity(lines.len() + 8);
    for (line, entry) in lines.into_iter().zip(entries) {
        if line.field.group != group {
            group.clone_from(&line.field.group);
            fields.push(view! { <h2>{group.clone()}</h2> }.into_any());
        }
        let key = line.field.key.clone();
        let planned: Vec<AnyView> = line
            .planned
            .iter()
            .map(|p| {
                let (key, at) = (key.clone(), p.from);
                view! {
                    <p class="sub">
                        {format!("预约 {} 起：{}（{}）", p.from_text, p.text, p.why)} " "
                        <button type="button" class="small" hidden=!sets disabled=busy on:click=move |_| withdraw((key.clone(), at))>"撤回"</button>
                    </p>
                }
                .into_any()
            })
            .collect();
        fields.push(field_view(line, entry, busy, told));
        fields.extend(planned);
    }
    view! {
        <section class="stock-desk rules" aria-label=title>
            {fields}
            <div class="papers opening" hidden=!sets>
                <label class="day wide">
                    <span>"修改原因"</span>
                    <input maxlength="200" disabled=busy on:input=move |e| why.set(event_target_value(&e)) />
                </label>
                <label class="day">
                    <span>"生效时间（不填为立即）"</span>
                    <input
                        type="datetime-local"
                        disabled=busy
                        on:input=move |e| {
                            from.set(event_target_value(&e));
                            told.set(None);
                        }
                    />
                </label>
            </div>
            <div class="papers" hidden=!sets>
                <button type="button" disabled=busy on:click=look>"查看影响"</button>
                <button type="button" class="primary" disabled=move || busy.get() || told.with(Option::is_none) on:click=save>"保存"</button>
                <button type="button" hidden=mode.is_none() disabled=busy on:click=preset>
                    {move || if sure.get() { "确认套用，立即在该模式的门店生效" } else { "套用该模式的预设" }}
                </button>
                <button type="button" hidden=move || !sure.get() disabled=busy on:click=move |_| sure.set(false)>"取消"</button>
            </div>
            <Refusal problem=problem />
            <p class="sub" role="status" hidden=move || looked.get().is_none()>
                {move || looked.get().map(|(done, all)| format!("正在核对价格：{done} / {all} 家门店…")).unwrap_or_default()}
            </p>
            <div role="status">{move || told.get().map(impact_view)}</div>
        </section>
    }
}

/// Prices that are named at most, however many calls they come from.
const NAMED: usize = 50;

/// Whom a change touches, in all stores: one call looks at the prices of some hundred stores, so it is asked until none is left, with the progress told.
async fn whole_impact(change: &SettingsChange, looked: RwSignal<Option<(u32, u32)>>) -> Result<SettingsImpact, Problem> {
    const IMPACT: &str = "/api/v1/hq/settings/impact";
    let mut whole = browser::post::<SettingsImpact>(IMPACT, change).await?;
    let mut parts = 1_u32;
    while let Some(after) = whole.next.take() {
        looked.set(Some((whole.looked, whole.stores)));
        let part = browser::post::<SettingsImpact>(&format!("{IMPACT}?after={after}"), change).await?;
        whole.looked = whole.looked.saturating_add(part.looked);
        whole.prices = whole.prices.saturating_add(part.prices);
        let room = NAMED.saturating_sub(whole.illegal.len());
        whole.illegal.extend(part.illegal.into_iter().take(room));
        whole.next = part.next;
        parts += 1;
    }
    if parts > 1 {
        // The sentence of one call is about its own stores.
        let prices = if whole.prices > 0 { format!("；{} 个现行价格将不合规", whole.prices) } else { String::new() };
        whole.sentence = format!("{} 家门店受影响{prices}（已核对全部 {} 家门店的价格）", whole.stores, whole.looked);
    }
    Ok(whole)
}

/// Who said it, when and why.
fn said(s: &SaidSetting) -> String {
    format!("本层设定：{} · {} · {}", s.by_name.clone().unwrap_or_else(|| s.by.to_string()), s.from_text, s.why)
}

/// One field: its name, what it means, where its value comes from, and the value.
fn field_view(line: SettingLine, entry: Entry, busy: RwSignal<bool>, told: RwSignal<Option<SettingsImpact>>) -> AnyView {
    let SettingLine { field, own, inherited, inherited_text, .. } = line;
    let Entry { money, was, typed, .. } = entry;
    let change = move |text: String| {
        typed.set(text);
        // What was told is about what was typed before.
        told.set(None);
    };
    let unit = if money { "元".to_owned() } else { field.unit.clone() };
    let bounds =
        field.min.zip(field.max).map(|(min, max)| format!("{} 到 {} {unit}；", shown(money, &min.to_string()), shown(money, &max.to_string())));
    let source = own.as_ref().map_or_else(|| format!("沿用{inherited_text}"), |s| format!("{}（不设定时为{inherited_text}）", said(s)));
    let hint = format!("{}{source}", bounds.unwrap_or_default());
    let control = if field.kind == "number" {
        view! {
            <input
                inputmode="decimal"
                value=was
                placeholder=shown(money, &inherited)
                disabled=busy
                on:focus=move |e| browser::select_all(&e)
                on:input=move |e| change(event_target_value(&e))
            />
        }
        .into_any()
    } else {
        let options = field.words.into_iter().map(|w| {
            let chosen = w.value == was;
            view! { <option value=w.value selected=chosen>{w.title}</option> }
        });
        let options = options.collect_view();
        let none = was.is_empty();
        view! {
            <select disabled=busy on:change=move |e| change(event_target_value(&e))>
                <option value="" selected=none>"沿用"</option>
                {options}
            </select>
        }
        .into_any()
    };
    view! {
        <label class="rule">
            <span>{field.label}<small>{field.explanation}</small><small>{hint}</small></span>
            {control}
        </label>
    }
    .into_any()
}

/// Whom a change touches.
fn impact_view(i: SettingsImpact) -> impl IntoView {
    let stores = i.touched.into_iter().map(|s| {
        let fields: Vec<String> = s.fields.iter().map(|f| format!("{}：{} → {}", f.field, f.old, f.new)).collect();
        view! { <li><b>{s.name}</b><small>{format!(" {}", fields.join("；"))}</small></li> }
    });
    let prices = i.illegal.into_iter().map(|p| {
        let becomes = if p.off_sale { "下架".to_owned() } else { format!("¥{}", text::yuan(p.new)) };
        view! { <li><b>{p.name}</b>{format!(" {}：¥{} → {becomes}", p.title, text::yuan(p.old))}<small>{format!(" {}", p.why)}</small></li> }
    });
    let (stores, prices) = (stores.collect_view(), prices.collect_view());
    view! {
        <p class="recorded">{i.sentence}</p>
        <details class="fold" hidden={i.stores == 0}><summary>{format!("受影响的门店（{} 家）", i.stores)}</summary><ul>{stores}</ul></details>
        <details class="fold" hidden={i.prices == 0} open=true><summary>{format!("将不合规的价格（{} 个）", i.prices)}</summary><ul>{prices}</ul></details>
    }
}
