//! Categories and brands: whole lists that are edited row by row and saved together.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem,
    api::{LibraryAttribute, LibraryBrand, LibraryBrands, LibraryCategories, LibraryCategory},
};

use crate::{browser, islands::kit::Refusal};

/// An attribute as a line: key, name, kind, limits, and whether it must be filled in.
fn attribute_line(a: &LibraryAttribute) -> String {
    let kind = match a.kind.as_str() {
        "number" => format!("数字 {} 到 {}", a.least, a.most),
        "choice" => format!("选项 {}", a.choices.join("/")),
        "flag" => "是否".to_owned(),
        _ => format!("文字 {}", a.most),
    };
    format!("{}|{}|{kind}{}", a.key, a.name, if a.required { "|必填" } else { "" })
}

fn attribute_of(line: &str) -> Option<LibraryAttribute> {
    let cut: Vec<&str> = line.split(['|', '｜']).map(str::trim).collect();
    let (key, name, said, required) = match cut[..] {
        [key, name, said] => (key, name, said, false),
        [key, name, said, "必填"] => (key, name, said, true),
        _ => return None,
    };
    let (kind, rest) = said.split_once(' ').unwrap_or((said, ""));
    let mut a =
        LibraryAttribute { key: key.to_owned(), name: name.to_owned(), kind: String::new(), most: 0, least: 0, choices: Vec::new(), required };
    match kind {
        "文字" => {
            "text".clone_into(&mut a.kind);
            a.most = rest.trim().parse().ok()?;
        }
        "数字" => {
            let (least, most) = rest.split_once('到')?;
            "number".clone_into(&mut a.kind);
            (a.least, a.most) = (least.trim().parse().ok()?, most.trim().parse().ok()?);
        }
        "选项" => {
            "choice".clone_into(&mut a.kind);
            a.choices = rest.split('/').map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect();
        }
        "是否" => "flag".clone_into(&mut a.kind),
        _ => return None,
    }
    Some(a)
}

/// A category as typed.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    key: String,
    name: String,
    parent: String,
    rank: String,
    attributes: String,
    /// The permit that its goods need: `无需` for none, nothing for what its parent says.
    permit: String,
    /// It is not kept yet: its key can be chosen.
    fresh: bool,
}

impl Row {
    fn of(c: &LibraryCategory) -> Self {
        Self {
            key: c.key.clone(),
            name: c.name.clone(),
            parent: c.parent.clone().unwrap_or_default(),
            rank: c.rank.to_string(),
            attributes: c.attributes.iter().map(attribute_line).collect::<Vec<_>>().join("\n"),
            permit: c.permit.clone().map(|p| if p.is_empty() { NO_PERMIT.to_owned() } else { p }).unwrap_or_default(),
            fresh: false,
        }
    }

    fn read(&self) -> Result<LibraryCategory, Problem> {
        let bad = |what: &str| Problem::new(Code::BadRequest, format!("类目“{}”：{what}", self.name));
        let mut attributes = Vec::new();
        for line in self.attributes.lines().filter(|l| !l.trim().is_empty()) {
            let read = attribute_of(line);
            attributes.push(
                read.ok_or_else(|| bad("属性每行写成“编码|名称|文字 20”“编码|名称|数字 0 到 70|必填”“编码|名称|选项 全脂/低脂”或“编码|名称|是否”"))?,
            );
        }
        Ok(LibraryCategory {
            key: self.key.trim().to_owned(),
            name: self.name.trim().to_owned(),
            parent: Some(self.parent.trim().to_owned()).filter(|p| !p.is_empty()),
            rank: self.rank.trim().parse().map_err(|_| bad("排序请填写不带小数的数字"))?,
            attributes,
            permit: match self.permit.trim() {
                "" => None,
                NO_PERMIT => Some(String::new()),
                name => Some(name.to_owned()),
            },
        })
    }
}

/// What is typed for a category whose goods need no permit although those around it do.
const NO_PERMIT: &str = "无需";

type Cell = fn(&mut Row) -> &mut String;

/// The categories as a form.
#[island]
pub fn CategoryDesk(
    /// As they are.
    categories: LibraryCategories,
) -> impl IntoView {
    let version = StoredValue::new(categories.version);
    let rows: Vec<Row> = categories.categories.iter().map(Row::of).collect();
    let kept = StoredValue::new(rows.clone());
    let held = RwSignal::new(rows);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let many = Memo::new(move |_| held.with(Vec::len));
    let changed = move || held.with(|h| kept.with_value(|k| k != h));
    Effect::new(move |_| busy.set(false));
    browser::ask_before_leaving(move || held.try_with_untracked(|h| kept.try_with_value(|k| k != h).unwrap_or(false)).unwrap_or(false));
    let cell = move |i: usize, title: &'static str, locked: bool, of: Cell| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    disabled=move || busy.get() || locked
                    prop:value=move || held.with(|h| h.get(i).cloned()).map(|mut r| of(&mut r).clone()).unwrap_or_default()
                    on:input=move |e| held.update(|h| if let Some(r) = h.get_mut(i) { *of(r) = event_target_value(&e) })
                />
            </label>
        }
    };
    let row = move |i: usize| {
        let fresh = held.with_untracked(|h| h.get(i).is_some_and(|r| r.fresh));
        view! {
            <li class="papers">
                {cell(i, "名称", false, |r| &mut r.name)}
                {cell(i, "编码", !fresh, |r| &mut r.key)}
                {cell(i, "上级编码", false, |r| &mut r.parent)}
                {cell(i, "排序", false, |r| &mut r.rank)}
                {cell(i, "须有证照（空为随上级，可填“无需”）", false, |r| &mut r.permit)}
                <label class="day wide">
                    <span>"属性（每行一个）"</span>
                    <textarea
                        rows="2"
                        disabled=busy
                        prop:value=move || held.with(|h| h.get(i).map(|r| r.attributes.clone()).unwrap_or_default())
                        on:input=move |e| held.update(|h| if let Some(r) = h.get_mut(i) { r.attributes = event_target_value(&e) })
                    ></textarea>
                </label>
                <button type="button" disabled=busy on:click=move |_| held.update(|h| if i < h.len() { h.remove(i); })>"删除"</button>
            </li>
        }
    };
    let save = move |_| {
        let read = held.with_untracked(|h| h.iter().map(Row::read).collect::<Result<Vec<_>, _>>());
        match read {
            Err(p) => problem.set(Some(p)),
            Ok(categories) => {
                busy.set(true);
                problem.set(None);
                spawn_local(async move {
                    let body = LibraryCategories { categories, version: version.get_value() };
                    match browser::put::<LibraryCategories>("/api/v1/hq/categories", &body).await {
                        Ok(_) => {
                            kept.set_value(held.get_untracked());
                            browser::reload();
                        }
                        Err(p) => problem.set(Some(p)),
                    }
                    busy.set(false);
                });
            }
        }
    };
    let add = move |_| {
        held.update(|h| {
            h.push(Row {
                key: String::new(),
                name: String::new(),
                parent: String::new(),
                rank: h.len().to_string(),
                attributes: String::new(),
                permit: String::new(),
                fresh: true,
            });
        });
    };
    view! {
        <details class="fold">
            <summary>"修改类目"</summary>
            <section class="stock-desk opening" aria-label="修改类目">
                <ul>{move || (0..many.get()).map(row).collect_view()}</ul>
                <div class="papers">
                    <button type="button" disabled=busy on:click=add>"添加类目"</button>
                    <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
                    <span class="sub" hidden=move || !changed()>"有修改尚未保存"</span>
                </div>
                <Refusal problem=problem />
            </section>
        </details>
    }
}

type BrandCell = fn(&mut LibraryBrand) -> &mut String;

/// The brands as a form.
#[island]
pub fn BrandDesk(
    /// As they are.
    brands: LibraryBrands,
) -> impl IntoView {
    let version = StoredValue::new(brands.version);
    let kept = StoredValue::new(brands.brands.clone());
    let held = RwSignal::new(brands.brands);
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let many = Memo::new(move |_| held.with(Vec::len));
    let changed = move || held.with(|h| kept.with_value(|k| k != h));
    Effect::new(move |_| busy.set(false));
    browser::ask_before_leaving(move || held.try_with_untracked(|h| kept.try_with_value(|k| k != h).unwrap_or(false)).unwrap_or(false));
    let cell = move |i: usize, title: &'static str, of: BrandCell| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    disabled=busy
                    prop:value=move || held.with(|h| h.get(i).cloned()).map(|mut b| of(&mut b).clone()).unwrap_or_default()
                    on:input=move |e| held.update(|h| if let Some(b) = h.get_mut(i) { *of(b) = event_target_value(&e) })
                />
            </label>
        }
    };
    let row = move |i: usize| {
        view! {
            <li class="papers">
                {cell(i, "名称", |b| &mut b.name)}
                {cell(i, "编码", |b| &mut b.key)}
                {cell(i, "标志地址", |b| &mut b.logo)}
                <button type="button" disabled=busy on:click=move |_| held.update(|h| if i < h.len() { h.remove(i); })>"删除"</button>
            </li>
        }
    };
    let save = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let body = LibraryBrands { brands: held.get_untracked(), version: version.get_value() };
            match browser::put::<LibraryBrands>("/api/v1/hq/brands", &body).await {
                Ok(_) => {
                    kept.set_value(held.get_untracked());
                    browser::reload();
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let add = move |_| held.update(|h| h.push(LibraryBrand { key: String::new(), name: String::new(), logo: String::new() }));
    view! {
        <details class="fold">
            <summary>"修改品牌"</summary>
            <section class="stock-desk opening" aria-label="修改品牌">
                <ul>{move || (0..many.get()).map(row).collect_view()}</ul>
                <div class="papers">
                    <button type="button" disabled=busy on:click=add>"添加品牌"</button>
                    <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
                    <span class="sub" hidden=move || !changed()>"有修改尚未保存"</span>
                </div>
                <Refusal problem=problem />
            </section>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_attributes_when_written_as_lines_then_they_are_read_as_the_same() {
        for line in ["a|脂肪|选项 全脂/低脂", "b|酒精度|数字 0 到 70|必填", "c|无糖|是否", "d|说明|文字 20"] {
            assert_eq!(attribute_of(line).map(|a| attribute_line(&a)).as_deref(), Some(line));
        }
        for line in ["a|脂肪", "a|脂肪|颜色 红", "a|度|数字 0", "a|度|文字 多", "a|度|是否|必填|啊"] {
            assert_eq!(attribute_of(line), None, "{line}");
        }
    }
}
