//! HQ's library: the table of products, one product, categories, brands.

use leptos::prelude::*;
use liandian_types::{
    Fen, Permission, ProductStatus,
    api::{LibraryBrands, LibraryCategories, LibraryCategory, LibraryHistory, LibraryPage, LibraryProduct, LibraryRow},
};

use crate::{
    islands::{BrandDesk, CategoryDesk, ProductEditor, ProductsDesk},
    pages::{
        Asked, Frame, Module,
        kit::{Column, Filter, Table, filters, pager, table},
        page,
    },
    text,
};

/// The address of the table.
const PRODUCTS: &str = "/console/hq/products";

/// Categories with those above them, as choices.
fn category_choices(categories: &[LibraryCategory]) -> Vec<(String, String)> {
    let parent = |key: &str| categories.iter().find(|c| c.key == key).and_then(|c| c.parent.clone());
    let level = |key: &str| {
        let (mut at, mut level) = (parent(key), 0_usize);
        while let Some(above) = at.filter(|_| level < 3) {
            at = parent(&above);
            level += 1;
        }
        level
    };
    categories.iter().map(|c| (c.key.clone(), format!("{}{}", "　".repeat(level(&c.key)), c.name))).collect()
}

fn brand_choices(brands: &LibraryBrands) -> Vec<(String, String)> {
    brands.brands.iter().map(|b| (b.key.clone(), b.name.clone())).collect()
}

/// A price, or from which to which.
fn span(from: Fen, to: Fen) -> String {
    if from == to { format!("¥ {}", text::yuan(from)) } else { format!("¥ {} – {}", text::yuan(from), text::yuan(to)) }
}

fn status_class(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::On => "badge state-ready",
        ProductStatus::Draft => "badge warn",
        ProductStatus::Off | ProductStatus::Retired => "badge",
    }
}

/// Columns of the table that may be left out: their words in an address, and their titles.
const HIDEABLE: [(&str, &str); 7] =
    [("category", "类目"), ("brand", "品牌"), ("skus", "规格"), ("price", "建议售价"), ("floor", "最低售价"), ("marks", "标记"), ("status", "状态")];

/// Which columns are shown: a link for each, which shows or hides it. It is part of the address, so it can be kept as a bookmark.
fn column_chooser(asked: &Asked, hidden: &[String]) -> impl IntoView + use<> {
    let links = HIDEABLE
        .iter()
        .map(|(key, title)| {
            let is_hidden = hidden.iter().any(|h| h == key);
            let next: Vec<&str> = HIDEABLE.iter().map(|(k, _)| *k).filter(|k| hidden.iter().any(|h| h == k) != (k == key)).collect();
            let next = next.join(".");
            let href = asked.with(&[("hide", Some(next.as_str()).filter(|n| !n.is_empty()))]);
            view! { <li><a href=href>{format!("{} {title}", if is_hidden { "☐" } else { "☑" })}<span class="quiet-title">{if is_hidden { "，已隐藏" } else { "，已显示" }}</span></a></li> }
        })
        .collect_view();
    view! { <details class="fold"><summary>"显示的列"</summary><ul class="column-choice">{links}</ul></details> }
}

/// The table of products.
#[must_use]
pub fn products(frame: &Frame<'_>, list: LibraryPage, categories: &LibraryCategories, brands: &LibraryBrands) -> String {
    let asked = frame.asked(PRODUCTS);
    let writes = frame.may(Permission::LibraryWrite);
    page(frame, Module::Goods, "商品库", || {
        let statuses = ProductStatus::ALL.map(|s| (s.as_str().to_owned(), s.name().to_owned())).to_vec();
        let yes_no = vec![("true".to_owned(), "品牌主推".to_owned()), ("false".to_owned(), "非主推".to_owned())];
        let choices = category_choices(&categories.categories);
        let bar = filters(
            &asked,
            vec![
                Filter::words("q", "名称、编码或条码", "名称、编码或条码"),
                Filter::choice("category", "全部类目", choices.clone()),
                Filter::choice("brand", "全部品牌", brand_choices(brands)),
                Filter::choice("status", "全部状态", statuses),
                Filter::choice("flagship", "主推与否", yes_no),
            ],
        );
        let next = pager(&asked, list.next.as_deref());
        let more = list.next.is_some();
        let shown = list.products.len();
        let mut columns = Vec::new();
        columns.push(
            Column::new("商品", |r: &LibraryRow| {
                let href = format!("{PRODUCTS}/{}", r.spu);
                let picture = (!r.picture.is_empty())
                    .then(|| view! { <img src=liandian_types::picture::small(&r.picture) alt="" width="40" height="40" loading="lazy" /> });
                view! { {picture}<span class="what"><a href=href>{r.name.clone()}</a><small>{r.spu.to_string()}</small></span> }.into_any()
            })
            .class("goods")
            .by("name", |r| r.name.clone()),
        );
        columns.push(Column::new("类目", |r: &LibraryRow| r.category_path.clone().into_any()).by("category", |r| r.category_path.clone()));
        columns.push(Column::new("品牌", |r: &LibraryRow| r.brand.clone().into_any()).by("brand", |r| r.brand.clone()));
        columns.push(Column::figures("规格", |r: &LibraryRow| r.skus.into_any()).by("skus", |r| r.skus));
        columns.push(Column::figures("建议售价", |r: &LibraryRow| span(r.price_from, r.price_to).into_any()).by("price", |r| r.price_from));
        columns.push(
            Column::figures("最低售价", |r: &LibraryRow| format!("¥ {} 起", text::yuan(r.floor_from)).into_any()).by("floor", |r| r.floor_from),
        );
        columns.push(Column::new("标记", |r: &LibraryRow| marks(r).into_any()));
        columns.push(
            Column::new("状态", |r: &LibraryRow| view! { <span class=status_class(r.status)>{r.status.name()}</span> }.into_any())
                .by("status", |r| r.status),
        );
        if writes {
            columns.push(Column::new("选择", |r: &LibraryRow| {
                view! { <input type="checkbox" class="tick" name="spu" value=r.spu.to_string() aria-label=format!("选择 {}", r.name) /> }.into_any()
            }));
        }
        let hidden: Vec<String> = asked.get("hide").unwrap_or_default().split('.').map(str::to_owned).collect();
        // By their titles as they stand in an address: the name of the goods and the boxes always stay.
        let named = |title: &str| HIDEABLE.iter().find(|(_, t)| *t == title).map(|(key, _)| *key);
        columns.retain(|c| named(c.title()).is_none_or(|key| !hidden.iter().any(|h| h == key)));
        let chooser = column_chooser(&asked, &hidden);
        let table =
            Table { caption: "商品", class: "stock cards", asked: &asked, columns, rows: list.products, empty: "本页没有符合的商品。" }
                .show(|r| if r.status == ProductStatus::Draft { "low" } else { "" });
        view! {
            <div class="title-row">
                <h1>"商品库"</h1>
                {writes.then(|| view! { <a class="button primary" href=format!("{PRODUCTS}/new")>"新建商品"</a> })}
                {writes.then(|| view! { <a class="button" href="/console/hq/product-imports">"导入"</a> })}
                <a class="button" href="/api/v1/hq/products/export" download="goods.csv">"导出 CSV"</a>
            </div>
            {bar}
            <p class="sub">{format!("本页 {shown} 个商品{}。价格与状态保存后立即在所有门店生效。", if more { "，后面还有" } else { "" })}</p>
            {writes.then(|| view! { <ProductsDesk categories=choices /> })}
            {chooser}
            {table}
            {next}
        }
    })
}

fn marks(r: &LibraryRow) -> impl IntoView + use<> {
    let all = [(r.flagship, "主推"), (r.mandatory, "必上"), (r.offline_only, "仅线下")];
    let marks = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| view! { <span class="badge">{word}</span> }).collect_view();
    view! { {marks}<small>{r.storage.name()}</small> }
}

/// One product; `fresh` when it is not kept yet.
#[must_use]
pub fn product(
    frame: &Frame<'_>,
    product: LibraryProduct,
    fresh: bool,
    categories: LibraryCategories,
    brands: &LibraryBrands,
    history: Option<LibraryHistory>,
) -> String {
    let writes = frame.may(Permission::LibraryWrite);
    let title = if fresh { "新建商品".to_owned() } else { product.name.clone() };
    let asked = frame.asked(format!("{PRODUCTS}/{}", product.spu));
    let older = asked.get("cursor").is_some();
    page(frame, Module::Goods, &title, || {
        let back = asked.path().to_owned();
        let (status, spu) = (product.status, product.spu.to_string());
        let whole = (!fresh).then(|| frame.audit_link(&spu));
        let choices = category_choices(&categories.categories);
        let shown = (!older).then(|| {
            view! {
                <ProductEditor
                    product=product
                    fresh=fresh
                    sets=writes
                    choices=choices
                    categories=categories.categories
                    brands=brand_choices(brands)
                />
            }
        });
        view! {
            <p class="crumbs">
                <a href=PRODUCTS>"‹ 商品库"</a>
                {older.then(|| view! { " · "<a href=back>"回到商品"</a> })}
            </p>
            <div class="title-row">
                <h1>{title.clone()}</h1>
                {(!fresh).then(|| view! { <span class=status_class(status)>{status.name()}</span><code>{spu}</code> })}
            </div>
            {shown}
            {history.map(|h| changes(&asked, h, LibraryProduct::title, "还没有人修改过这个商品。"))}
            {whole}
        }
    })
}

/// Who changed what, with what it was and is.
pub(super) fn changes(asked: &Asked, history: LibraryHistory, title: fn(&str) -> String, none: &'static str) -> impl IntoView + use<> {
    let next = pager(asked, history.next.as_deref());
    let empty = history.changes.is_empty();
    let rows = history
        .changes
        .into_iter()
        .map(|c| {
            let said = |v: String| if v.is_empty() { "（无）".to_owned() } else { v };
            let fields =
                c.fields.into_iter().map(|f| view! { <div>{format!("{}：{} → {}", title(&f.field), said(f.old), said(f.new))}</div> }).collect_view();
            view! {
                <tr>
                    <td class="nowrap">{c.at_text}</td>
                    <td class="what">{c.by_name.unwrap_or_else(|| c.by.to_string())}</td>
                    <td class="what">{fields}</td>
                </tr>
            }
        })
        .collect_view()
        .into_any();
    view! {
        <h2>"修改记录"</h2>
        {table::history(rows, empty.then_some(none))}
        {next}
    }
}

/// The tree of categories.
#[must_use]
pub fn categories(frame: &Frame<'_>, categories: LibraryCategories, history: LibraryHistory) -> String {
    const PATH: &str = "/console/hq/categories";
    let (asked, sets) = (frame.asked(PATH), frame.may(Permission::LibraryWrite));
    let older = asked.get("cursor").is_some();
    page(frame, Module::Goods, "类目", || {
        let tree = (!older).then(|| {
            let lines = branch(&categories.categories, None);
            let count = categories.categories.len();
            view! {
                <p class="sub">{format!("共 {count} 个类目，最多三级。类目里的属性会在商品编辑时要求填写。")}</p>
                <section class="panel tree" aria-label="类目树">{lines}</section>
                {sets.then(|| view! { <CategoryDesk categories=categories /> })}
            }
        });
        view! {
            <h1>"类目"</h1>
            {older.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到类目"</a></p> })}
            {tree}
            {changes(&asked, history, str::to_owned, "还没有人修改过类目。")}
        }
    })
}

/// What lies directly in a category, each with what lies in it.
fn branch(all: &[LibraryCategory], parent: Option<&str>) -> AnyView {
    let within: Vec<&LibraryCategory> = all.iter().filter(|c| c.parent.as_deref() == parent).collect();
    if within.is_empty() {
        return ().into_any();
    }
    let items = within
        .into_iter()
        .map(|c| {
            let href = Asked::of(PRODUCTS, "").with(&[("category", Some(&c.key))]);
            let asks: Vec<&str> = c.attributes.iter().map(|a| a.name.as_str()).collect();
            let asks = (!asks.is_empty()).then(|| view! { <small>{format!("属性：{}", asks.join("、"))}</small> });
            view! { <li><a href=href>{c.name.clone()}</a>" "<code>{c.key.clone()}</code>" "{asks}{branch(all, Some(&c.key))}</li> }
        })
        .collect_view();
    view! { <ul>{items}</ul> }.into_any()
}

/// The brands.
#[must_use]
pub fn brands(frame: &Frame<'_>, brands: LibraryBrands, history: LibraryHistory) -> String {
    const PATH: &str = "/console/hq/brands";
    let (asked, sets) = (frame.asked(PATH), frame.may(Permission::LibraryWrite));
    let older = asked.get("cursor").is_some();
    page(frame, Module::Goods, "品牌", || {
        let list = (!older).then(|| {
            let rows = brands.brands.clone();
            let columns = vec![
                Column::new("品牌", |b: &liandian_types::api::LibraryBrand| {
                    let href = Asked::of(PRODUCTS, "").with(&[("brand", Some(&b.key))]);
                    view! { <a href=href>{b.name.clone()}</a> }.into_any()
                })
                .class("what")
                .by("name", |b| b.name.clone()),
                Column::new("编码", |b: &liandian_types::api::LibraryBrand| view! { <code>{b.key.clone()}</code> }.into_any())
                    .by("key", |b| b.key.clone()),
                Column::new("标志", |b: &liandian_types::api::LibraryBrand| b.logo.clone().into_any()),
            ];
            let table = Table { caption: "品牌", class: "stock", asked: &asked, columns, rows, empty: "还没有品牌。" }.show(|_| "");
            view! {
                {table}
                {sets.then(|| view! { <BrandDesk brands=brands /> })}
            }
        });
        view! {
            <h1>"品牌"</h1>
            {older.then(|| view! { <p class="crumbs"><a href=PATH>"‹ 回到品牌"</a></p> })}
            {list}
            {changes(&asked, history, str::to_owned, "还没有人修改过品牌。")}
        }
    })
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope, Storage};

    use super::*;
    use crate::pages::fixtures::{frame, session};

    fn row(name: &str, status: ProductStatus) -> LibraryRow {
        LibraryRow {
            spu: "spu_a".parse().unwrap(),
            name: name.into(),
            category: "dairy".into(),
            category_path: "乳品".into(),
            brand: "云畔牧".into(),
            picture: String::new(),
            skus: 2,
            price_from: Fen(990),
            price_to: Fen(1_290),
            floor_from: Fen(800),
            flagship: true,
            mandatory: false,
            offline_only: false,
            storage: Storage::Chilled,
            status,
            version: 1,
        }
    }

    #[test]
    fn given_who_may_only_look_when_shown_the_library_then_there_is_nothing_to_change_it_with() {
        let categories = LibraryCategories { categories: Vec::new(), version: 0 };
        let brands = LibraryBrands { brands: Vec::new(), version: 0 };
        let list = || LibraryPage { products: vec![row("<奶>", ProductStatus::On)], next: Some("c1".into()) };
        let html = |role| products(&frame(&session(role, Scope::All), "q=a"), list(), &categories, &brands);
        let (writes, looks) = (html(Role::Merchandiser), html(Role::Marketing));
        assert!(writes.contains("新建商品") && writes.contains("class=\"tick\""), "{writes}");
        assert!(!looks.contains("新建商品") && !looks.contains("class=\"tick\"") && looks.contains("导出 CSV"), "{looks}");
        assert!(looks.contains("&lt;奶&gt;") && looks.contains("¥ 9.90 – 12.90") && looks.contains("cursor=c1"), "{looks}");
    }

    #[test]
    fn given_categories_below_each_other_when_offered_then_each_is_set_in_by_its_level() {
        let category = |key: &str, parent: Option<&str>| LibraryCategory {
            key: key.into(),
            name: key.into(),
            parent: parent.map(str::to_owned),
            rank: 0,
            attributes: Vec::new(),
            permit: None,
        };
        let all = [category("a", None), category("b", Some("a")), category("c", Some("b"))];
        let names: Vec<String> = category_choices(&all).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "　b", "　　c"]);
    }
}
