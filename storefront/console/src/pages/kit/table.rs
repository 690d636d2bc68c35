//! Tables: one look for all. Columns say what is in a cell and how rows are put in order; headings are links that keep everything else that was asked
//! for, so that an address shows the same table again.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::Asked;

type Cell<'a, R> = Box<dyn Fn(&R) -> AnyView + 'a>;
type Order<'a, R> = Box<dyn Fn(&R, &R) -> Ordering + 'a>;

/// A column of rows of one kind.
pub struct Column<'a, R> {
    title: &'static str,
    class: &'static str,
    cell: Cell<'a, R>,
    /// The word in the address, and the order of rows by it.
    order: Option<(&'static str, Order<'a, R>)>,
    total: Option<String>,
}

impl<'a, R> Column<'a, R> {
    /// What stands above it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Words.
    pub fn new(title: &'static str, cell: impl Fn(&R) -> AnyView + 'a) -> Self {
        Self { title, class: "", cell: Box::new(cell), order: None, total: None }
    }

    /// Figures: to the right, each digit as wide as another.
    pub fn figures(title: &'static str, cell: impl Fn(&R) -> AnyView + 'a) -> Self {
        Self { class: "num", ..Self::new(title, cell) }
    }

    /// How its cells look.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Rows can be put in order by it; `key` is its word in the address.
    #[must_use]
    pub fn by<K: Ord>(mut self, key: &'static str, of: impl Fn(&R) -> K + 'a) -> Self {
        self.order = Some((key, Box::new(move |a, b| of(a).cmp(&of(b)))));
        self
    }

    /// What all rows are together.
    #[must_use]
    pub fn total(mut self, total: String) -> Self {
        self.total = Some(total);
        self
    }
}

/// Rows of one kind.
pub struct Table<'a, R> {
    /// What they are, for who cannot see where they stand. No two tables of a page have the same.
    pub caption: &'static str,
    /// Classes of the table.
    pub class: &'static str,
    /// What was asked for.
    pub asked: &'a Asked,
    /// The columns, the one that names the row first.
    pub columns: Vec<Column<'a, R>>,
    /// The rows, in the order in which they came.
    pub rows: Vec<R>,
    /// What is said instead of a table without rows.
    pub empty: &'static str,
}

impl<R> Table<'_, R> {
    /// As it looks; `mark` is the class of a row.
    pub fn show(self, mark: impl Fn(&R) -> &'static str) -> AnyView {
        self.folded(usize::MAX, mark)
    }

    /// The same with the first rows in sight and all others folded away.
    pub fn folded(self, first: usize, mark: impl Fn(&R) -> &'static str) -> AnyView {
        self.named(first, mark, |_| None)
    }

    /// The same with rows that have a name of their own, by which one of them can be shown anew.
    pub fn named(self, first: usize, mark: impl Fn(&R) -> &'static str, name: impl Fn(&R) -> Option<String>) -> AnyView {
        let Self { caption, class, asked, columns, mut rows, empty } = self;
        if rows.is_empty() {
            return view! { <p class="empty">{empty}</p> }.into_any();
        }
        let wanted = asked.get("sort").map(|s| s.strip_prefix('-').map_or((s, false), |key| (key, true)));
        let sorted = wanted.and_then(|(key, down)| {
            let (_, order) = columns.iter().filter_map(|c| c.order.as_ref()).find(|(k, _)| *k == key)?;
            rows.sort_by(|a, b| if down { order(b, a) } else { order(a, b) });
            Some((key, down))
        });
        let heads = || columns.iter().map(|c| head(c, asked, sorted)).collect_view().into_any();
        let line = |r: &R| row(&columns, r, mark(r), name(r));
        let body = |rows: &[R]| rows.iter().map(line).collect_view().into_any();
        let sums = columns.iter().any(|c| c.total.is_some()).then(|| {
            let cells = columns.iter().enumerate().map(|(i, c)| {
                let said = c.total.clone().unwrap_or_else(|| if i == 0 { "合计".to_owned() } else { String::new() });
                view! { <td class=c.class data-label=c.title>{said}</td> }
            });
            view! { <tfoot><tr>{cells.collect_view()}</tr></tfoot> }.into_any()
        });
        let many = rows.len();
        let (shown, folded) = rows.split_at(first.min(many));
        let top = boxed(caption.to_owned(), class, heads(), body(shown), sums);
        if folded.is_empty() {
            return top;
        }
        let rest = boxed(format!("{caption}，其余"), class, heads(), body(folded), None);
        view! {
            {top}
            <details class="fold rest"><summary>{format!("全部 {many} 条")}</summary>{rest}</details>
        }
        .into_any()
    }
}

/// One row of such a table.
pub fn row<R>(columns: &[Column<'_, R>], r: &R, mark: &'static str, name: Option<String>) -> AnyView {
    let cells = columns.iter().map(|c| view! { <td class=c.class data-label=c.title>{(c.cell)(r)}</td> }).collect_view();
    view! { <tr id=name class=mark>{cells}</tr> }.into_any()
}

/// A table whose rows are made elsewhere, in the same box: it scrolls by itself where it is wider than the page, also with the keyboard.
pub fn boxed(caption: String, class: &'static str, heads: AnyView, body: AnyView, sums: Option<AnyView>) -> AnyView {
    view! {
        <div class="scroll kit" tabindex="0" role="region" aria-label=caption.clone()>
            <table class=class>
                <caption class="quiet-title">{caption.clone()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{body}</tbody>
                {sums}
            </table>
        </div>
    }
    .into_any()
}

/// Headings of such a table, each with its class.
pub fn plain_heads(titles: &[(&'static str, &'static str)]) -> AnyView {
    titles.iter().map(|&(title, class)| view! { <th scope="col" class=class>{title}</th> }).collect_view().into_any()
}

/// A row of such a history.
pub fn change(at: String, by: String, said: AnyView) -> AnyView {
    view! {
        <tr>
            <td class="nowrap">{at}</td>
            <td class="what">{by}</td>
            <td class="what">{said}</td>
        </tr>
    }
    .into_any()
}

/// Who changed what, and when: rows that are made elsewhere, or the sentence that there are none.
pub fn history(rows: AnyView, none: Option<&'static str>) -> AnyView {
    match none {
        Some(none) => view! { <p class="empty">{none}</p> }.into_any(),
        None => boxed("修改记录".to_owned(), "stock", plain_heads(&[("时间", ""), ("人员", ""), ("修改", "")]), rows, None),
    }
}

fn head<R>(c: &Column<'_, R>, asked: &Asked, sorted: Option<(&str, bool)>) -> AnyView {
    let (title, class) = (c.title, c.class);
    let Some((key, _)) = &c.order else { return view! { <th scope="col" class=class>{title}</th> }.into_any() };
    let now = sorted.filter(|(k, _)| k == key).map(|(_, down)| down);
    let (said, mark) = match now {
        Some(true) => ("descending", " ↓"),
        Some(false) => ("ascending", " ↑"),
        None => ("none", ""),
    };
    // Of figures the largest are asked for first, of words the beginning.
    let down = now.map_or(class.contains("num"), |down| !down);
    let value = if down { format!("-{key}") } else { (*key).to_owned() };
    let href = asked.with(&[("sort", Some(&value))]);
    view! { <th scope="col" class=class aria-sort=said><a href=href>{title}<span aria-hidden="true">{mark}</span></a></th> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, rows: Vec<(&'static str, i64)>) -> String {
        let asked = Asked::of("/p", query);
        let columns = vec![
            Column::new("名称", |r: &(&'static str, i64)| r.0.into_any()).by("name", |r| r.0),
            Column::figures("件数", |r: &(&'static str, i64)| r.1.into_any()).by("n", |r| r.1).total("3".to_owned()),
        ];
        let table = Table { caption: "货", class: "stock", asked: &asked, columns, rows, empty: "没有。" };
        let owner = Owner::new();
        owner.with(|| table.show(|r| if r.1 == 0 { "out" } else { "" }).to_html())
    }

    #[test]
    fn given_an_order_in_the_address_when_shown_then_rows_follow_it_and_headings_keep_the_rest() {
        let html = shown("q=a&sort=-n", vec![("甲", 1), ("乙", 2), ("丙", 0)]);
        let places: Vec<usize> = ["乙", "甲", "丙"].iter().map(|n| html.find(n).unwrap()).collect();
        assert!(places.is_sorted(), "{html}");
        assert!(html.contains("/p?q=a&amp;sort=n\"") && html.contains("aria-sort=\"descending\""), "{html}");
        assert!(html.contains("/p?q=a&amp;sort=name\"") && html.contains("合计") && html.contains("<tr class=\"out\">"), "{html}");
    }

    #[test]
    fn given_more_rows_than_are_in_sight_when_shown_then_the_others_are_folded_away_in_the_same_order() {
        let asked = Asked::of("/p", "sort=-n");
        let columns = vec![Column::figures("件数", |r: &i64| (*r).into_any()).by("n", |r| *r)];
        let table = Table { caption: "货", class: "stock", asked: &asked, columns, rows: vec![101, 303, 202], empty: "没有。" };
        let html = Owner::new().with(|| table.folded(1, |_| "").to_html());
        let fold = html.find("<details").unwrap();
        assert!(html.find("303") < Some(fold) && html.find("202") > Some(fold) && html.find("101") > html.find("202"), "{html}");
        assert!(html.contains("全部 3 条"), "{html}");
    }

    #[test]
    fn given_no_order_or_one_of_another_table_when_shown_then_rows_stay_as_they_came() {
        for query in ["", "sort=other"] {
            let html = shown(query, vec![("甲", 1), ("乙", 2)]);
            assert!(html.find("甲") < html.find("乙") && !html.contains("descending"), "{html}");
            assert!(html.contains("sort=-n\""), "the largest first: {html}");
        }
        assert_eq!(shown("", Vec::new()).matches("<table").count(), 0);
    }
}
