//! Naming a place: one of 1,500 stores and warehouses is typed, not looked for in a menu.

use leptos::prelude::*;
use liandian_types::LocationId;

/// Ids and names of the places to choose from.
pub type Places = StoredValue<Vec<(LocationId, String)>>;

/// The place of this name; a part of the name is enough where it can mean one place only.
#[must_use]
pub fn named(places: &[(LocationId, String)], name: &str) -> Option<LocationId> {
    let name = name.trim();
    let whole = places.iter().find(|(_, n)| n == name);
    let mut parts = places.iter().filter(|(_, n)| !name.is_empty() && n.contains(name));
    let only = parts.next().filter(|_| parts.next().is_none());
    whole.or(only).map(|(location, _)| location.clone())
}

/// Is something typed that names no place? That is not the same as nothing.
#[must_use]
pub fn unnamed(places: &[(LocationId, String)], name: &str) -> bool {
    !name.trim().is_empty() && named(places, name).is_none()
}

/// The names that the fields of this page offer.
#[component]
pub fn PlaceNames(
    /// All of them.
    places: Places,
) -> impl IntoView {
    view! {
        <datalist id="places">
            {places.with_value(|all| all.iter().map(|(_, name)| view! { <option value=name.clone()></option> }).collect_view())}
        </datalist>
    }
}

/// A field for the name of a place.
#[component]
pub fn PlaceField(
    /// What the place is for.
    label: &'static str,
    /// What to type.
    hint: &'static str,
    /// What is typed.
    name: RwSignal<String>,
    /// No change now?
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <input
            list="places"
            autocomplete="off"
            aria-label=label
            placeholder=hint
            disabled=disabled
            prop:value=name
            on:input=move |e| name.set(event_target_value(&e))
        />
    }
}

/// What is typed and names no place, said so that somebody sees why nothing goes on.
#[component]
pub fn Unnamed(
    /// What is typed in each field.
    names: Vec<RwSignal<String>>,
    /// The places.
    places: Places,
) -> impl IntoView {
    let wrong = Memo::new(move |_| names.iter().map(|n| n.get()).find(|n| places.with_value(|all| unnamed(all, n))).unwrap_or_default());
    view! { <p class="sub" role="status" hidden=move || wrong.with(String::is_empty)>{move || format!("「{}」不是唯一一个地点的名字，请从列表中选", wrong.get())}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_part_of_a_name_when_it_can_mean_one_place_only_then_it_is_that_place() {
        let places: Vec<(LocationId, String)> =
            [("loc_1", "连店·湖滨店"), ("loc_2", "连店·湖滨店二店"), ("loc_3", "武林前置仓")].map(|(l, n)| (l.parse().unwrap(), n.to_owned())).into();
        let of = |name| named(&places, name).map(|l| l.to_string());
        assert_eq!(of("武林").as_deref(), Some("loc_3"));
        assert_eq!(of(" 连店·湖滨店 ").as_deref(), Some("loc_1"), "the whole name comes before a part of a longer one");
        assert_eq!([of("湖滨"), of(""), of("西湖")], [None, None, None]);
        assert_eq!(["湖滨", "西湖", " ", "武林"].map(|name| unnamed(&places, name)), [true, true, false, false]);
    }
}
