//! One listing in a store's own words: an empty field is HQ's.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, StoreId,
    api::{ListingView, SetListing},
};

use crate::{
    browser,
    islands::kit::{Refusal, uploads::PictureField},
};

/// A number that somebody typed; an empty field is none.
fn number(typed: &str, title: &str) -> Result<Option<u32>, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().map(Some).map_err(|_| Problem::new(Code::BadRequest, format!("「{title}」需要填写 0 或更大的整数")))
}

fn text(typed: String) -> Option<String> {
    Some(typed).filter(|t| !t.trim().is_empty())
}

/// The fields of a listing as a form.
#[island]
pub fn ListingForm(
    /// Whose.
    store: StoreId,
    /// As it is.
    listing: ListingView,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/listings/{}/fields", listing.sku));
    let (busy, problem) = (RwSignal::new(true), RwSignal::new(None::<Problem>));
    Effect::new(move |_| busy.set(false));
    let uploads = StoredValue::new(format!("/api/v1/stores/{store}/uploads"));
    let set = listing.set.clone();
    let version = set.version;
    let hq = |field: &str| listing.fields.iter().find(|f| f.field == field).map(|f| f.hq.clone()).unwrap_or_default();
    let own = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let (name, description, picture) = (own(set.name), own(set.description), own(set.picture));
    let own_picture = Signal::derive(move || Some(picture.get()).filter(|p| !p.is_empty()).into_iter().collect::<Vec<_>>());
    let set_picture = Callback::new(move |all: Vec<String>| picture.set(all.into_iter().next().unwrap_or_default()));
    let (rank, featured) = (own(set.rank.map(|r| r.to_string())), own(set.featured.map(|p| p.to_string())));
    let shown = own(set.shown.map(|s| if s { "yes".to_owned() } else { "no".to_owned() }));
    let at_fault = move |field: &'static str| problem.with(|p| p.as_ref().is_some_and(|p| p.field.as_deref() == Some(field))).then_some("true");
    let line = move |title: &'static str, key: &'static str, hint: String, value: RwSignal<String>| {
        view! {
            <label class="rule">
                <span>{title}<small>{hint.clone()}</small></span>
                <input disabled=busy placeholder=hint aria-invalid=move || at_fault(key) prop:value=value on:input=move |e| value.set(event_target_value(&e)) />
                <button type="button" disabled=move || busy.get() || value.with(String::is_empty) on:click=move |_| value.set(String::new())>"恢复总部值"</button>
            </label>
        }
    };
    let save = move |_| {
        let wish = || {
            Ok::<_, Problem>(SetListing {
                name: text(name.get_untracked()),
                description: text(description.get_untracked()),
                picture: text(picture.get_untracked()),
                rank: number(&rank.get_untracked(), "排序")?,
                shown: match shown.get_untracked().as_str() {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
                featured: number(&featured.get_untracked(), "首页位置")?,
                version,
            })
        };
        let wish = match wish() {
            Ok(w) => w,
            Err(p) => return problem.set(Some(p)),
        };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::put::<ListingView>(&path.get_value(), &wish).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk rules" aria-label="本店设置">
            <h2>"本店设置"</h2>
            <p class="sub">"不填的字段用总部的值；总部修改后，本店立即跟着变。"</p>
            {line("名称", "name", hq("name"), name)}
            {line("描述", "description", hq("description"), description)}
            {line("图片", "picture", hq("picture"), picture)}
            <PictureField route=uploads value=own_picture set=set_picture disabled=busy.into() most=1 />
            {line("排序", "rank", hq("rank"), rank)}
            <label class="rule">
                <span>"展示"<small>"总部：展示"</small></span>
                <select disabled=busy prop:value=shown on:change=move |e| shown.set(event_target_value(&e))>
                    <option value="">"总部值"</option>
                    <option value="yes" selected=move || shown.with(|s| s == "yes")>"展示"</option>
                    <option value="no" selected=move || shown.with(|s| s == "no")>"隐藏"</option>
                </select>
            </label>
            {line("首页位置", "featured", "数字小的在前；不填则不在首页推荐".to_owned(), featured)}
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}
