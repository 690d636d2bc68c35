//! Islands of a member's own pages: one button for everything that is one call, and two small forms.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{Code, Problem};

use crate::{browser, islands::notice};

/// Why something was not done; who is not known (any more) logs in first.
fn refused(problem: Problem, wrong: RwSignal<Option<Problem>>, busy: RwSignal<bool>) {
    if problem.code == Code::Unauthenticated {
        browser::log_in();
    }
    wrong.set(Some(problem));
    busy.set(false);
}

/// A text as it stands in JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A button that makes one call of the API and then shows the page anew, or another one.
#[island]
pub fn Act(
    /// `POST`, `PUT`, `DELETE`.
    method: String,
    /// What is called.
    path: String,
    /// The JSON that is sent, if any is.
    body: Option<String>,
    /// What is asked before, if something is.
    ask: Option<String>,
    /// Where it leads; without, this page is read again.
    to: Option<String>,
    /// What the button says.
    label: String,
    /// Is it the one that the page is for?
    main: bool,
) -> impl IntoView {
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let what = StoredValue::new((method, path, body, ask, to));
    let press = move |_| {
        let (method, path, body, ask, to) = what.get_value();
        if ask.is_some_and(|question| !window().confirm_with_message(&question).unwrap_or(false)) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match (browser::call(&method, &path, body.as_deref(), None).await, to) {
                (Ok(_), Some(to)) => browser::go(&to),
                (Ok(_), None) => browser::reload(),
                (Err(problem), _) => refused(problem, wrong, busy),
            }
        });
    };
    let class = if main { "btn" } else { "btn small plain" };
    view! {
        <div class="act">
            <button class=class type="button" disabled=busy on:click=press>{label}</button>
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
        </div>
    }
}

/// 修改昵称: what the member wants to be called.
#[island]
pub fn NameForm(
    /// What they are called.
    nickname: String,
) -> impl IntoView {
    let name = RwSignal::new(nickname);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let send = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        busy.set(true);
        let body = ["{\"nickname\":", &quoted(&name.get_untracked()), "}"].concat();
        spawn_local(async move {
            match browser::call("PUT", "/api/v1/me", Some(&body), None).await {
                Ok(_) => browser::reload(),
                Err(problem) => refused(problem, wrong, busy),
            }
        });
    };
    view! {
        <form on:submit=send>
            <div class="cell"><input aria-label="昵称" maxlength="20" autocomplete="nickname" prop:value=name on:input=move |e| name.set(event_target_value(&e))/>
                <button class="btn small" type="submit" disabled=busy>"保存"</button></div>
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
        </form>
    }
}

/// What an address consists of: title, most characters, and what a browser fills in.
const ADDRESS_FIELDS: [(&str, &str, &str); 4] =
    [("收货人", "20", "name"), ("手机号", "20", "tel"), ("区县", "40", "address-level2"), ("街道门牌", "80", "street-address")];

/// An address of the book as a form: a new one, or one that is changed.
#[island]
pub fn AddressForm(
    /// Which is changed; absent for a new one.
    address: Option<String>,
    /// Name.
    name: String,
    /// Telephone.
    phone: String,
    /// `上海市静安区`
    district: String,
    /// Street and door.
    street: String,
    /// Where it is, as JSON: kept while the district is the same.
    point: Option<String>,
) -> impl IntoView {
    let was = StoredValue::new((address, district.clone(), point));
    let fields = [name, phone, district, street].map(RwSignal::new);
    let wrong = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let send = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        busy.set(true);
        wrong.set(None);
        let [name, phone, district, street] = fields.map(|f| f.get_untracked());
        let (address, old, point) = was.get_value();
        spawn_local(async move {
            let placed = match point.filter(|_| old == district.trim()) {
                Some(point) => Some((district, point)),
                None => {
                    let path = ["/api/v1/districts?q=", &String::from(js_sys::encode_uri_component(district.trim()))].concat();
                    browser::get_text(&path).await.as_deref().and_then(browser::first_district)
                }
            };
            let Some((district, point)) = placed else {
                refused(Problem::new(Code::BadRequest, "没有找到这个区县，请写作“上海市静安区”"), wrong, busy);
                return;
            };
            let id = address.map(|a| ["\"address\":", &quoted(&a), ","].concat()).unwrap_or_default();
            let [name, phone, district, street] = [&name, &phone, &district, &street].map(|text| quoted(text.trim()));
            let body = [
                "{",
                &id,
                "\"name\":",
                &name,
                ",\"phone\":",
                &phone,
                ",\"district\":",
                &district,
                ",\"street\":",
                &street,
                ",\"point\":",
                &point,
                "}",
            ];
            match browser::call("POST", "/api/v1/addresses", Some(&body.concat()), None).await {
                Ok(_) => browser::go("/me/addresses"),
                Err(problem) => refused(problem, wrong, busy),
            }
        });
    };
    let rows = ADDRESS_FIELDS.into_iter().zip(fields).map(|((title, most, auto), field)| {
        view! {
            <label class="cell"><span>{title}</span>
                <input maxlength=most autocomplete=auto required prop:value=field on:input=move |e| field.set(event_target_value(&e))/></label>
        }
    });
    view! {
        <form class="form" on:submit=send>
            <div class="cells">{rows.collect_view()}</div>
            <p class="hint">"区县写全称，如“上海市静安区”；手机号和地址加密保存，只在配送时使用。"</p>
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <div class="pad"><button class="btn" type="submit" disabled=busy>"保存"</button></div>
        </form>
    }
}
