//! A warehouse: made, edited, closed.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, LocationId, Problem, StaffId, StoreId,
    api::{CloseWarehouse, SaveWarehouse, WarehouseDraft, WarehouseKeeper, WarehouseView},
};

use crate::{browser, islands::kit::Refusal, text};

type GetText = fn(&WarehouseDraft) -> &String;
type SetText = fn(&mut WarehouseDraft) -> &mut String;

/// A warehouse as a form. What is typed stays until it is saved.
#[island]
pub fn WarehouseForm(
    /// The routes of its place, e.g. `/api/v1/hq/warehouses`.
    route: String,
    /// The pages of its place.
    page: String,
    /// Which; none: a new one.
    location: Option<LocationId>,
    /// How it is.
    draft: WarehouseDraft,
    /// The version that is shown.
    version: u64,
    /// Stores that can keep it, with their names; a store that edits its own chooses none.
    stores: Vec<(String, String)>,
    /// Who can keep it.
    people: Vec<WarehouseKeeper>,
    /// HQ, which may move and close it.
    hq: bool,
) -> impl IntoView {
    let fresh = location.is_none();
    let (route, page) = (StoredValue::new(route), StoredValue::new(page));
    let code = RwSignal::new(location.map(|l| l.to_string()).unwrap_or_default());
    let kept = StoredValue::new(draft.clone());
    let held = RwSignal::new(draft);
    let (busy, saved) = (RwSignal::new(true), StoredValue::new(false));
    let (problem, why) = (RwSignal::new(None::<Problem>), RwSignal::new(String::new()));
    Effect::new(move |_| busy.set(false));
    let changed = move || held.with_untracked(|h| kept.with_value(|k| k != h));
    browser::ask_before_leaving(move || saved.try_get_value() == Some(false) && changed());
    let fault = move |field: &'static str| problem.with(|p| p.as_ref().filter(|p| p.field.as_deref() == Some(field)).map(|p| p.detail.clone()));
    let line = move |title: &'static str, name: &'static str, frozen: bool, get: GetText, set: SetText| {
        view! {
            <label class="day">
                <span>{title}<small class="wrong" role="alert">{move || fault(name)}</small></span>
                <input
                    disabled=move || busy.get() || frozen
                    aria-invalid=move || fault(name).is_some().then_some("true")
                    value=held.with_untracked(|h| get(h).clone())
                    prop:value=move || held.with(|h| get(h).clone())
                    on:input=move |e| {
                        let typed = event_target_value(&e);
                        held.update(|h| set(h).clone_from(&typed));
                    }
                />
            </label>
        }
    };
    let whole = move || {
        let typed = code.with_untracked(|c| c.trim().to_owned());
        if typed.starts_with("loc_") { typed } else { format!("loc_{typed}") }
    };
    let save = move |_| {
        let whole = whole();
        if whole.parse::<LocationId>().is_err() || !whole.starts_with("loc_wh-") {
            problem.set(Some(Problem::new(Code::BadRequest, "编码以 wh- 开头，后面是字母、数字和连字符").at("location")));
            return;
        }
        busy.set(true);
        problem.set(None);
        let body = SaveWarehouse { draft: held.get_untracked(), version };
        spawn_local(async move {
            let path = format!("{}/{}", route.get_value(), text::percent(&whole));
            match browser::put::<WarehouseView>(&path, &body).await {
                Ok(_) => {
                    saved.set_value(true);
                    if fresh {
                        browser::go(&format!("{}/{}", page.get_value(), text::percent(&whole)));
                    } else {
                        browser::reload();
                    }
                }
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let close = move |_| {
        busy.set(true);
        problem.set(None);
        let body = CloseWarehouse { version, why: why.get_untracked() };
        spawn_local(async move {
            let path = format!("{}/{}/close", route.get_value(), text::percent(&whole()));
            match browser::post::<WarehouseView>(&path, &body).await {
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
    let own = kept.with_value(|k| k.keeper.to_string());
    let options = stores
        .into_iter()
        .map(|(id, name)| {
            let here = id == own;
            view! { <option value=id selected=here>{name}</option> }
        })
        .collect_view();
    let kind = kept.with_value(|k| k.kind.clone());
    let kinds = [("front", "前置仓"), ("hq", "总部仓")]
        .into_iter()
        .map(|(word, name)| view! { <option value=word selected={kind == word}>{name}</option> })
        .collect_view();
    let keepers = people
        .into_iter()
        .map(|p| {
            let who: StaffId = p.staff;
            let held_by = StoredValue::new(who);
            let is = move || held_by.with_value(|w| held.with(|h| h.keepers.contains(w)));
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        disabled=busy
                        checked=held_by.with_value(|w| held.with_untracked(|h| h.keepers.contains(w)))
                        prop:checked=is
                        on:change=move |e| {
                            let (ticked, who) = (event_target_checked(&e), held_by.get_value());
                            held.update(|h| {
                                h.keepers.retain(|k| *k != who);
                                if ticked {
                                    h.keepers.push(who);
                                }
                            });
                        }
                    />
                    {p.name}
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="stock-desk opening" aria-label="仓库资料">
            <div class="papers">
                {fresh.then(|| view! {
                    <label class="day">
                        <span>"编码（以 wh- 开头，建好后不能改）"<small class="wrong" role="alert">{move || fault("location")}</small></span>
                        <input placeholder="wh-front-sh09" autocomplete="off" disabled=busy prop:value=code on:input=move |e| code.set(event_target_value(&e)) />
                    </label>
                    <label class="day">
                        <span>"类型"<small class="wrong" role="alert">{move || fault("kind")}</small></span>
                        <select disabled=busy on:change=move |e| { let v = event_target_value(&e); held.update(|h| h.kind.clone_from(&v)); }>{kinds}</select>
                    </label>
                })}
                {line("名称", "name", false, |d| &d.name, |d| &mut d.name)}
                {line("地址", "address", false, |d| &d.address, |d| &mut d.address)}
                {line("纬度（GCJ-02）", "lat", !hq, |d| &d.lat, |d| &mut d.lat)}
                {line("经度", "lng", !hq, |d| &d.lng, |d| &mut d.lng)}
                {hq.then(|| view! {
                    <label class="day">
                        <span>"负责门店（由它收发货）"<small class="wrong" role="alert">{move || fault("keeper")}</small></span>
                        <select
                            disabled=busy
                            on:change=move |e| {
                                if let Ok(store) = event_target_value(&e).parse::<StoreId>() {
                                    // Who keeps it works in the store that keeps it.
                                    held.update(|h| {
                                        h.keeper = store;
                                        h.keepers.clear();
                                    });
                                }
                            }
                        >
                            {options}
                        </select>
                    </label>
                })}
            </div>
            <fieldset class="papers">
                <legend>"库管"</legend>
                <small class="wrong" role="alert">{move || fault("keepers")}</small>
                {keepers}
            </fieldset>
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
            </div>
            {(hq && !fresh).then(|| view! {
                <details class="fold">
                    <summary>"关闭仓库"</summary>
                    <p class="sub">"没有库存、预占和在途时才能关闭；关闭后不再参与调货和发货。"</p>
                    <div class="lookup">
                        <input aria-label="关闭的原因" placeholder="关闭的原因（必填）" maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                        <button type="button" disabled=busy on:click=close>"关闭"</button>
                    </div>
                </details>
            })}
            <Refusal problem=problem />
        </section>
    }
}
