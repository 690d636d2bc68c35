//! What the pages of all contexts are made of.

mod asked;
pub mod plot;
pub mod table;

pub use asked::Asked;
use leptos::prelude::*;
use liandian_types::{LocationId, Problem, api::PlaceName};
pub use table::{Column, Table};

/// A refusal in the place of one panel.
pub fn panel_problem(problem: &Problem) -> impl IntoView + use<> {
    view! { <p class="empty">{format!("{}：{}", problem.title, problem.detail)}</p> }
}

/// A figure with its name.
pub fn figure(title: &'static str, value: String, unit: &'static str) -> impl IntoView + use<> {
    view! { <div class="figure"><span>{title}</span><b>{value}<small>{unit}</small></b></div> }
}

/// Stands for the first page among those that lie before one.
const FIRST: &str = "-";
/// Separates the pages that lie before one.
const THEN: char = '~';
/// How far back the way is remembered.
const REMEMBERED: usize = 8;

/// The rows after these and before them, by link: it works without the islands. A list's cursor only leads on, so the way back is in the address.
pub fn pager(asked: &Asked, next: Option<&str>) -> Option<impl IntoView + use<>> {
    let here = asked.get("cursor");
    let before: Vec<&str> = asked.get("trail").map(|t| t.split(THEN).collect()).unwrap_or_default();
    let link = |cursor: Option<&str>, trail: &[&str]| {
        let trail = Some(trail.join(&THEN.to_string())).filter(|t| !t.is_empty());
        asked.with(&[("cursor", cursor), ("trail", trail.as_deref())])
    };
    let on = next.map(|n| {
        let way = [&before[before.len().saturating_sub(REMEMBERED - 1)..], &[here.unwrap_or(FIRST)]].concat();
        link(Some(n), &way)
    });
    let back = before.split_last().filter(|_| here.is_some()).map(|(last, way)| link(Some(*last).filter(|l| *l != FIRST), way));
    let first = here.is_some().then(|| link(None, &[]));
    (on.is_some() || first.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="翻页">
                {first.map(|href| view! { <a class="button" href=href>"第一页"</a> })}
                {back.map(|href| view! { <a class="button" rel="prev" href=href>"上一页"</a> })}
                {on.map(|href| view! { <a class="button" rel="next" href=href>"下一页"</a> })}
            </nav>
        }
    })
}

/// What the page's tables show, as a file for a spreadsheet; when there is `some`thing.
pub fn csv_link(asked: &Asked, some: bool) -> Option<impl IntoView + use<>> {
    let href = asked.with(&[("format", Some("csv")), ("trail", None)]);
    some.then(|| view! { <p class="sub"><a class="button small" href=href download="">"下载 CSV"</a></p> })
}

/// An address with those of these parameters that are there.
pub fn link(path: &str, asked: &[(&str, Option<&str>)]) -> String {
    Asked::of(path, "").with(asked)
}

/// Where a store's staff works on stock, when that is more than one place.
pub fn places(path: &str, all: &[PlaceName], at: Option<&LocationId>) -> Option<impl IntoView + use<>> {
    let tabs: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let here = at.map_or(i == 0, |l| *l == p.location);
            let href = link(path, &[("location", Some(p.location.as_str()).filter(|_| i > 0))]);
            let name = if i == 0 { "本店货架".to_owned() } else { p.name.clone() };
            view! { <a href=href aria-current=here.then_some("page")>{name}</a> }
        })
        .collect();
    (all.len() > 1).then(|| view! { <nav class="tabs places" aria-label="库位">{tabs}</nav> })
}

/// A field by which a list is made shorter.
pub struct Filter {
    name: &'static str,
    label: &'static str,
    kind: Kind,
}

enum Kind {
    /// Words, and what may be typed.
    Words(&'static str),
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// One of these: the value and its words.
    Choice(Vec<(String, String)>),
}

impl Filter {
    /// Words; `hint` says which.
    pub fn words(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self { name, label, kind: Kind::Words(hint) }
    }

    /// A day.
    pub fn day(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: Kind::Day }
    }

    /// A moment; of one that says only a day it is the end.
    pub fn moment(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: Kind::Moment }
    }

    /// One of these values, each with its words; the label stands for all of them.
    pub fn choice(name: &'static str, label: &'static str, of: Vec<(String, String)>) -> Self {
        Self { name, label, kind: Kind::Choice(of) }
    }

    fn show(self, value: &str) -> AnyView {
        let Self { name, label, kind } = self;
        let value = value.to_owned();
        match kind {
            Kind::Words(hint) => {
                view! { <input type="search" name=name value=value placeholder=hint aria-label=label autocomplete="off" /> }.into_any()
            }
            Kind::Day => view! { <input type="date" name=name value=value aria-label=label /> }.into_any(),
            Kind::Moment => {
                let value = if value.is_empty() || value.contains('T') { value } else { format!("{value}T23:59") };
                view! { <input type="datetime-local" name=name value=value aria-label=label /> }.into_any()
            }
            Kind::Choice(of) => {
                let options = of
                    .into_iter()
                    .map(|(v, words)| {
                        let chosen = v == value;
                        view! { <option value=v selected=chosen>{words}</option> }
                    })
                    .collect_view();
                view! { <select name=name aria-label=label><option value="">{label}</option>{options}</select> }.into_any()
            }
        }
    }
}

/// A bar of such fields, which asks by GET and keeps what else was asked for; the list begins anew.
pub fn filters(asked: &Asked, fields: Vec<Filter>) -> impl IntoView + use<> {
    let own: Vec<&'static str> = fields.iter().map(|f| f.name).collect();
    let begun_anew = [own.as_slice(), &["cursor", "trail"]].concat();
    let also: Vec<(String, String)> = asked.except(&begun_anew).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let none: Vec<(&str, Option<&str>)> = begun_anew.iter().map(|n| (*n, None)).collect();
    let reset = own.iter().any(|n| asked.get(n).is_some()).then(|| asked.with(&none));
    let path = asked.path().to_owned();
    let wide = if fields.len() > 1 { "search orders-search" } else { "search" };
    let fields = fields.into_iter().map(|f| {
        let value = asked.get(f.name).unwrap_or_default();
        f.show(value)
    });
    let fields = fields.collect_view();
    view! {
        <form class=wide role="search" action=path method="get">
            {also.into_iter().map(|(n, v)| view! { <input type="hidden" name=n value=v /> }).collect_view()}
            {fields}
            <button class="primary" type="submit">"查找"</button>
            {reset.map(|r| view! { <a class="button" href=r>"清除"</a> })}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
        Owner::new().with(|| view().to_html())
    }

    #[test]
    fn given_pages_of_a_list_when_gone_through_then_the_way_back_is_in_the_address() {
        let at = |query: &str, next: Option<&str>| html(|| pager(&Asked::of("/p", query), next));
        let first = at("q=a", Some("c1"));
        assert!(first.contains("/p?q=a&amp;cursor=c1&amp;trail=-\"") && !first.contains("上一页"), "{first}");
        let second = at("q=a&cursor=c1&trail=-", Some("c2"));
        assert!(second.contains("/p?q=a&amp;cursor=c2&amp;trail=-~c1\""), "{second}");
        assert_eq!(second.matches("/p?q=a\"").count(), 2, "the first page, and the page before, which is the same: {second}");
        let third = at("q=a&cursor=c2&trail=-~c1", None);
        assert!(third.contains("/p?q=a&amp;cursor=c1&amp;trail=-\"") && !third.contains("下一页"), "{third}");
        assert_eq!(at("q=a", None).matches("<nav").count(), 0);
    }

    #[test]
    fn given_a_filter_when_shown_then_it_keeps_what_else_was_asked_for_and_begins_at_the_first_page() {
        let html = html(|| filters(&Asked::of("/p", "location=l&q=%3Ca%3E&cursor=c&trail=-"), vec![Filter::words("q", "词", "…")]));
        assert!(html.contains(r#"<input type="hidden" name="location" value="l">"#) && !html.contains("cursor"), "{html}");
        assert!(html.contains("/p?location=l\"") && !html.contains("<a>"), "{html}");
    }
}
