//! A region: made, renamed, put elsewhere in the tree.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, RegionId,
    api::{RegionList, RegionRow, SetRegion},
};

use crate::{browser, islands::kit::Refusal, text};

/// Makes a region, or changes the one that is chosen.
#[island]
pub fn RegionForm(
    /// All regions.
    regions: Vec<RegionRow>,
) -> impl IntoView {
    let id = RwSignal::new(String::new());
    let (name, manager, parent) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let version = RwSignal::new(0_u64);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    let parents = regions
        .iter()
        .map(|r| {
            let own = r.region.to_string();
            view! { <option value=r.region.to_string() selected=move || parent.get() == own>{r.name.clone()}</option> }
        })
        .collect_view();
    let choices = regions.iter().map(|r| view! { <option value=r.region.to_string()>{r.name.clone()}</option> }).collect_view();
    let all = StoredValue::new(regions);
    let choose = move |e: web_sys::Event| {
        let chosen = event_target_value(&e);
        let row = all.with_value(|all| all.iter().find(|r| r.region.as_str() == chosen).cloned());
        version.set(row.as_ref().map_or(0, |r| r.version));
        name.set(row.as_ref().map(|r| r.name.clone()).unwrap_or_default());
        manager.set(row.as_ref().map(|r| r.manager.clone()).unwrap_or_default());
        parent.set(row.as_ref().and_then(|r| r.parent.as_ref()).map(ToString::to_string).unwrap_or_default());
        id.set(chosen);
    };
    let is_new = move || all.with_value(|all| !all.iter().any(|r| id.with(|i| r.region.as_str() == i)));
    let save = move |_| {
        let typed = id.with_untracked(|i| i.trim().to_owned());
        let whole = if typed.starts_with("reg_") { typed } else { format!("reg_{typed}") };
        if whole.parse::<RegionId>().is_err() {
            problem.set(Some(Problem::new(Code::BadRequest, "区域编码为字母、数字和连字符").at("region")));
            return;
        }
        busy.set(true);
        problem.set(None);
        let above = parent.with_untracked(|p| p.parse::<RegionId>().ok());
        let body = SetRegion { name: name.get_untracked(), parent: above, manager: manager.get_untracked(), version: version.get_untracked() };
        spawn_local(async move {
            match browser::put::<RegionList>(&format!("/api/v1/hq/regions/{}", text::percent(&whole)), &body).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk opening" aria-label="编辑区域">
            <h2>"新建或修改区域"</h2>
            <div class="papers">
                <label class="day">
                    <span>"区域"</span>
                    <select disabled=busy on:change=choose>
                        <option value="">"新区域"</option>
                        {choices}
                    </select>
                </label>
                <label class="day" hidden=move || !is_new()>
                    <span>"编码（建好后不能改）"</span>
                    <input placeholder="east-sh" autocomplete="off" disabled=busy prop:value=id on:input=move |e| id.set(event_target_value(&e)) />
                </label>
                <label class="day">
                    <span>"名称"</span>
                    <input maxlength="20" disabled=busy prop:value=name on:input=move |e| name.set(event_target_value(&e)) />
                </label>
                <label class="day">
                    <span>"上级区域"</span>
                    <select disabled=busy on:change=move |e| parent.set(event_target_value(&e))>
                        <option value="" selected=move || parent.with(String::is_empty)>"无"</option>
                        {parents}
                    </select>
                </label>
                <label class="day">
                    <span>"负责人"</span>
                    <input maxlength="20" disabled=busy prop:value=manager on:input=move |e| manager.set(event_target_value(&e)) />
                </label>
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}
