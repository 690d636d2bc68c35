//! Goods across the chain: SKUs with their sums, and one SKU's stock in every place.

use std::collections::HashSet;

use leptos::prelude::*;
use liandian_types::{
    LocationId, Permission, SkuId,
    api::{SkuList, SkuStock, SkuSums, StockRow},
};

use super::or_dash;
use crate::{
    islands::{END, LivePart, MARK, PIECE, ShardDesk, UNTIL},
    pages::{
        Frame, Module,
        kit::{Asked, Column, Filter, Table, csv_link, figure, filters, link, pager, plot, table::row},
        page, part,
    },
    text,
};

/// SKUs with what the chain, or the region, has of them: page by page, those first that run low in the most places when somebody asks for it.
#[must_use]
pub fn choose_sku(frame: &Frame<'_>, list: SkuList) -> String {
    let asked = frame.asked("/console/hq/stock");
    let (low, cover) = (asked.get("show") == Some("low"), asked.get("show") == Some("cover"));
    let now = frame.now;
    page(frame, Module::Hq, "库存", || {
        let oldest = list.rows.iter().map(|r| r.at).min();
        let some = !list.rows.is_empty();
        let rows = list.rows;
        let table = Table { caption: "商品库存", class: "stock", asked: &asked, columns: sums(), rows, empty: "没有符合的商品。" };
        let table = table.show(|r| if r.available <= 0 { "out" } else { "" });
        let tab = |shows: Option<&'static str>, title: &'static str| {
            let href = asked.with(&[("show", shows), ("cursor", None), ("trail", None)]);
            view! { <a href=href aria-current=(asked.get("show") == shows).then_some("page")>{title}</a> }
        };
        view! {
            <div class="title-row">
                <h1>{if frame.of_chain() { "全国库存" } else { "区域库存" }}</h1>
                {filters(&asked, vec![Filter::words("q", "商品名、品牌或条码", "商品名、品牌或条码")])}
            </div>
            <nav class="tabs" aria-label="商品的顺序">{tab(None, "按商品库")}{tab(Some("low"), "低库存在前")}{tab(Some("cover"), "可售天数少的在前")}</nav>
            <p class="sub">
                {if low { "低库存的门店和仓库最多的商品在前。" } else { "" }}
                {if cover { "按最近 14 天的日均销量，能卖的天数最少的在前；顺序每天更新，没有销量的为“–”，排在最后。" } else { "" }}
                "点商品名，查看它在每家门店和仓库的库存。"
                {oldest.map(|at| format!("合计于{}。", text::ago(at, now)))}
            </p>
            {table}
            {csv_link(&asked, some)}
            {pager(&asked, list.next.as_deref())}
        }
    })
}

/// What is told of each SKU.
fn sums() -> Vec<Column<'static, SkuSums>> {
    let many = |n: u32| text::number(i64::from(n));
    vec![
        Column::new("商品", |r: &SkuSums| {
            view! {
                <img src=liandian_types::picture::small(&r.picture) alt="" width="40" height="40" loading="lazy" />
                <span class="what"><a href=format!("/console/hq/stock/{}", r.sku)>{r.name.clone()}</a><small>{r.barcode.clone()}</small></span>
            }
            .into_any()
        })
        .class("goods")
        .by("name", |r| r.name.clone()),
        Column::figures("零售价（元）", |r: &SkuSums| text::yuan(r.price).into_any()).by("price", |r| r.price),
        Column::figures("在架", |r: &SkuSums| text::number(r.on_hand).into_any()).by("on_hand", |r| r.on_hand),
        Column::figures("预占", |r: &SkuSums| text::number(r.reserved).into_any()).by("reserved", |r| r.reserved),
        Column::figures("可售", |r: &SkuSums| text::number(r.available).into_any()).class("num strong").by("available", |r| r.available),
        Column::figures("在途", |r: &SkuSums| or_dash(r.incoming).into_any()).by("incoming", |r| r.incoming),
        Column::figures("可售天数", |r: &SkuSums| cover_text(r.cover_days).into_any()).by("cover", |r| r.cover_days.unwrap_or(u32::MAX)),
        Column::figures("有货门店", move |r: &SkuSums| many(r.stores_with).into_any()).by("with", |r| r.stores_with),
        Column::figures("缺货门店", move |r: &SkuSums| many(r.stores_without).into_any()).by("without", |r| r.stores_without),
    ]
}

/// Days of cover as people read them; a dash where nobody knows.
fn cover_text(days: Option<u32>) -> String {
    days.map_or_else(|| "–".to_owned(), |d| if d > 999 { "999+".to_owned() } else { d.to_string() })
}

/// Places that are listed one by one: those with less than the others.
const ROWS_SHOWN: usize = 100;

/// How often the page looks whether something has moved.
const SECONDS: u32 = 15;

/// Elements that are shown anew when something has moved: the figures, the ages, the map; a row has the name of its place behind this word.
const FIGURES: &str = "live-figures";
const AGES: &str = "live-ages";
const MAP: &str = "live-map";
const AT: &str = "at-";

/// What the page of one SKU was asked for.
fn asked(frame: &Frame<'_>, sku: &SkuId) -> Asked {
    frame.asked(format!("/console/hq/stock/{sku}"))
}

/// Stock of one SKU across the chain, live.
#[must_use]
pub fn sku_stock(frame: &Frame<'_>, sku: &SkuId, stock: SkuStock) -> String {
    let asked = asked(frame, sku);
    page(frame, Module::Hq, &format!("库存 · {}", stock.name), || {
        let picture = stock.rows.first().map(|r| r.picture.clone());
        let splits = frame.may(Permission::StockSplit);
        let places: Vec<_> = stock.rows.iter().map(|r| (r.location.clone(), r.location_name.clone())).collect();
        let name = stock.name.clone();
        let cities = cities(&stock.rows);
        let levels = [("out", "缺货"), ("low", "偏低"), ("fine", "充足")].map(|(v, words)| (v.to_owned(), words.to_owned()));
        let since = stock.until.0.to_string();
        let rows = sku_part(frame, stock);
        let from = frame.asked(format!("/console/hq/stock/{sku}/live")).with(&[]);
        view! {
            <p class="crumbs"><a href="/console/hq/stock">"‹ 选择商品"</a></p>
            <div class="order-head">
                {picture.map(|p| view! { <img src=liandian_types::picture::small(&p) alt="" width="56" height="56" /> })}
                <h1>{name}</h1>
                <code>{sku.to_string()}</code>
            </div>
            {splits.then(|| view! { <ShardDesk sku=sku.clone() places=places /> })}
            <div class="title-row">
                {filters(
                    &asked,
                    vec![
                        Filter::words("place", "地点", "门店或仓库名"),
                        Filter::choice("city", "全部城市", cities),
                        Filter::choice("level", "全部水平", levels.into()),
                    ],
                )}
            </div>
            <LivePart from=from since=since seconds=SECONDS />
            <div id="live-stock" inner_html=rows></div>
        }
    })
}

/// What has moved on that page since it was read last: the places that changed, and what all of them are together.
#[must_use]
pub fn sku_live(frame: &Frame<'_>, stock: SkuStock, changed: &HashSet<LocationId>) -> String {
    let (now, asked) = (frame.now, asked(frame, &stock.sku));
    let mut out = format!("{MARK}{UNTIL}{}{END}", stock.until.0);
    if changed.is_empty() {
        return out;
    }
    let mut piece = |name: &str, html: String| out.push_str(&format!("{PIECE}{name}{END}{html}"));
    piece(FIGURES, part(|| figures(&stock)));
    let rows: Vec<StockRow> = stock.rows.into_iter().filter(|r| wanted(&asked, r)).collect();
    piece(AGES, part(|| ages_bar(&rows, now)));
    piece(MAP, part(|| map(&rows)));
    let columns = columns(most(&rows), now);
    for r in rows.iter().filter(|r| changed.contains(&r.location)) {
        piece(&name_of(r), part(|| row(&columns, r, plot::level(r).class(), Some(name_of(r)))));
    }
    out
}

fn name_of(r: &StockRow) -> String {
    format!("{AT}{}", r.location)
}

fn figures(stock: &SkuStock) -> AnyView {
    let short = stock.rows.iter().filter(|r| r.available <= 0).count();
    view! {
        <div class="figures" id=FIGURES>
            {figure("可售", text::number(stock.available), "件")}
            {figure("在架", text::number(stock.on_hand), "件")}
            {figure("预占", text::number(stock.reserved), "件")}
            {figure("在途", text::number(stock.incoming), "件")}
            {figure("可售天数", cover_text(stock.cover_days), "天")}
            {figure("缺货", text::number(i64::try_from(short).unwrap_or(i64::MAX)), "处")}
        </div>
    }
    .into_any()
}

fn ages_bar(rows: &[StockRow], now: i64) -> AnyView {
    let bar = plot::parts_bar("库龄：在架件数，按多久没有售出", &ages(rows, now));
    view! { <div class="age" id=AGES inner_html=bar></div> }.into_any()
}

fn map(rows: &[StockRow]) -> AnyView {
    let map = plot::stock_map(rows);
    view! { <div class="maps" id=MAP inner_html=map></div> }.into_any()
}

/// As long as a bar is: the most that lies in one place.
fn most(rows: &[StockRow]) -> i64 {
    rows.iter().map(|r| r.on_hand).max().unwrap_or(0)
}

/// Cities with how many places each has, those with the most first.
fn cities(rows: &[StockRow]) -> Vec<(String, String)> {
    let mut many = std::collections::BTreeMap::<&str, usize>::new();
    for at in rows.iter().filter_map(|r| r.at.as_ref()) {
        *many.entry(&at.city).or_default() += 1;
    }
    let mut all: Vec<_> = many.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all.into_iter().map(|(city, n)| (city.to_owned(), format!("{city}（{n}）"))).collect()
}

/// Is this row among what was asked for?
fn wanted(asked: &Asked, r: &StockRow) -> bool {
    let city = asked.get("city").is_none_or(|c| r.at.as_ref().is_some_and(|at| at.city == c));
    let level = asked.get("level").is_none_or(|l| plot::level(r).word_in_address() == l);
    city && level && asked.get("place").is_none_or(|name| r.location_name.contains(name))
}

fn sku_part(frame: &Frame<'_>, stock: SkuStock) -> String {
    let (now, asked) = (frame.now, asked(frame, &stock.sku));
    part(|| {
        let figures = figures(&stock);
        let rows: Vec<StockRow> = stock.rows.into_iter().filter(|r| wanted(&asked, r)).collect();
        let (map, ageing, most) = (map(&rows), ages_bar(&rows, now), most(&rows));
        let (mut stores, warehouses): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.location.store().is_some());
        let found = stores.len();
        // In another order than the one they came in the first are others: then all of them are needed.
        if asked.get("sort").is_none() && asked.get("rows").is_none() {
            stores.truncate(ROWS_SHOWN);
        }
        let shown = stores.len();
        let title = if shown < found {
            format!("可售最少的 {shown} 家门店（共 {found} 家）")
        } else {
            format!("{found} 家门店，可售最少在前")
        };
        let all = (shown < found).then(|| asked.with(&[("rows", Some("all"))]));
        view! {
            {figures}
            <h2>{title}</h2>
            <p class="legend"><i class="k-available"></i>"可售"<i class="k-reserved"></i>"预占"<i class="k-safety"></i>"安全"</p>
            {places_table("各门店库存", &asked, columns(most, now), stores)}
            {all.map(|href| view! { <p class="sub"><a href=href>{format!("列出全部 {found} 家")}</a></p> })}
            {csv_link(&asked, found > 0)}
            {(!warehouses.is_empty()).then(|| view! { <h2>{format!("{} 个仓库", warehouses.len())}</h2> })}
            {(!warehouses.is_empty()).then(|| places_table("各仓库库存", &asked, columns(most, now), warehouses))}
            {ageing}
            {map}
        }
    })
}

/// Places with their stock of one SKU.
fn places_table(caption: &'static str, asked: &Asked, columns: Vec<Column<'static, StockRow>>, rows: Vec<StockRow>) -> AnyView {
    let table = Table { caption, class: "stock", asked, columns, rows, empty: "没有符合的地点。" };
    table.named(usize::MAX, |r| plot::level(r).class(), |r| Some(name_of(r)))
}

/// What is told of each place. Nothing adds up below: rows move by themselves, and what all are together stands above.
fn columns(most: i64, now: i64) -> Vec<Column<'static, StockRow>> {
    vec![
        Column::new("地点", |r: &StockRow| {
            let shards = (r.shards > 0).then(|| view! { " "<span class="badge">{format!("{} 个分片", r.shards)}</span> });
            let city = r.at.as_ref().map(|at| view! { <small>{at.city.clone()}</small> });
            view! { <a href=place_link(r)>{r.location_name.clone()}</a>{shards}{city} }.into_any()
        })
        .class("what")
        .by("place", |r| r.location_name.clone()),
        Column::new("分布", move |r: &StockRow| view! { <div inner_html=plot::stock_bar(r, most)></div> }.into_any()).class("bar-cell"),
        Column::figures("在架", |r: &StockRow| text::number(r.on_hand).into_any()).by("on_hand", |r| r.on_hand),
        Column::figures("预占", |r: &StockRow| text::number(r.reserved).into_any()).by("reserved", |r| r.reserved),
        Column::figures("安全", |r: &StockRow| text::number(r.safety).into_any()).class("num faint").by("safety", |r| r.safety),
        Column::figures("可售", |r: &StockRow| {
            let word = plot::level(r).word().map(|w| view! { <span class="badge warn">{w}</span> });
            view! { {word}{text::number(r.available)} }.into_any()
        })
        .class("num strong")
        .by("available", |r| r.available),
        Column::figures("在途", |r: &StockRow| or_dash(r.incoming).into_any()).by("incoming", |r| r.incoming),
        Column::figures("可售天数", |r: &StockRow| cover_text(r.cover_days).into_any()).by("cover", |r| r.cover_days.unwrap_or(u32::MAX)),
        Column::figures("最近售出", move |r: &StockRow| r.sold_at.map_or_else(|| "–".to_owned(), |at| text::ago(at, now)).into_any())
            .by("sold", |r| r.sold_at),
        Column::new("流水", |r: &StockRow| {
            let label = format!("为什么是这个数：{}", r.location_name);
            why_link(r).map(|href| view! { <a href=href aria-label=label>"为什么"</a> }).into_any()
        }),
    ]
}

/// The parts of a bar by age, each up to its bound: title, class, and how many are of that age.
pub(super) fn by_age(bounds: &[(&'static str, i64)], many: impl Fn(std::ops::Range<i64>) -> usize) -> Vec<(&'static str, String, usize)> {
    let mut from = 0;
    let part = |(i, (title, to)): (usize, &(&'static str, i64))| (*title, format!("age-{i}"), many(std::mem::replace(&mut from, *to)..*to));
    bounds.iter().enumerate().map(part).collect()
}

/// Units on hand by how long nothing of their record was sold.
fn ages(rows: &[StockRow], now: i64) -> Vec<(&'static str, String, usize)> {
    let parts = [("7 天内售出", 7), ("7–30 天", 30), ("30–90 天", 90), ("90 天以上", i64::MAX)];
    let days = |r: &StockRow| r.sold_at.map(|at| text::minutes_since(at, now) / 1_440);
    let units = |of: &dyn Fn(&StockRow) -> bool| usize::try_from(rows.iter().filter(|r| of(r)).map(|r| r.on_hand.max(0)).sum::<i64>()).unwrap_or(0);
    let mut all = by_age(&parts, |age| units(&|r: &StockRow| days(r).is_some_and(|d| age.contains(&d))));
    all.push(("从未售出", "k-safety".to_owned(), units(&|r: &StockRow| r.sold_at.is_none())));
    all
}

/// What changed a record, document by document; nowhere when nobody is known to work in its place.
fn why_link(r: &StockRow) -> Option<String> {
    let page = |s: &str, location: Option<&str>| link(&format!("/console/s/{s}/movements"), &[("location", location), ("sku", Some(r.sku.as_str()))]);
    match (r.location.store(), &r.at) {
        (Some(s), _) => Some(page(s.as_str(), None)),
        (None, Some(at)) => Some(page(at.keeper.as_str(), Some(r.location.as_str()))),
        (None, None) => None,
    }
}

/// The stock page of the staff who works in a record's place, at this SKU; HQ's own where nobody is known to.
pub(in crate::pages) fn place_link(r: &StockRow) -> String {
    let page = |s: &str, location: Option<&str>| link(&format!("/console/s/{s}/stock"), &[("location", location), ("q", Some(r.sku.as_str()))]);
    match (r.location.store(), &r.at) {
        (Some(s), _) => page(s.as_str(), None),
        (None, Some(at)) => page(at.keeper.as_str(), Some(r.location.as_str())),
        (None, None) => format!("/console/hq/stock/{}", r.sku),
    }
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope, Timestamp};

    use super::*;
    use crate::pages::fixtures::{frame, milk, session};

    fn with(query: &str, show: impl Fn(&Frame<'_>, SkuStock) -> String) -> String {
        let staff = session(Role::Auditor, Scope::All);
        let rows = (1..=120)
            .map(|n| milk(n, false, if n % 2 == 0 { "上海" } else { "北京" }, i64::try_from(n).unwrap()))
            .chain([milk(7, true, "上海", 900)]);
        let stock = SkuStock {
            sku: "sku_milk".parse().unwrap(),
            name: "鲜牛奶".into(),
            on_hand: 1,
            reserved: 2,
            available: 3,
            incoming: 4,
            cover_days: None,
            rows: rows.collect(),
            until: Timestamp(17),
        };
        show(&frame(&staff, query), stock)
    }

    fn shown(query: &str) -> String {
        with(query, sku_part)
    }

    #[test]
    fn given_two_places_that_changed_when_the_page_asks_again_then_it_gets_their_rows_and_the_figures_and_nothing_else() {
        let changed: HashSet<LocationId> = ["loc_2", "loc_3", "loc_gone"].map(|l| l.parse().unwrap()).into();
        let live = with("", |f, stock| sku_live(f, stock, &changed));
        assert!(live.starts_with("<!--live--><!--until:17--><!--piece:live-figures-->"), "{live}");
        assert_eq!(live.matches("<tr ").count(), 2, "{live}");
        assert!(live.contains("<!--piece:at-loc_3--><tr id=\"at-loc_3\"") && live.contains("<!--piece:live-map-->"), "{live}");
        let of_city = with("city=%E4%B8%8A%E6%B5%B7", |f, stock| sku_live(f, stock, &changed));
        assert!(of_city.contains("at-loc_2") && !of_city.contains("at-loc_3"), "what is not asked for does not come: {of_city}");
        assert_eq!(with("", |f, stock| sku_live(f, stock, &HashSet::new())), "<!--live--><!--until:17-->");
        assert!(shown("").contains("<tr id=\"at-loc_2\""));
    }

    #[test]
    fn given_a_sku_in_many_places_when_shown_then_the_worst_come_first_warehouses_apart_and_there_is_one_map() {
        let html = shown("");
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} in {html}"));
        assert!(place("可售最少的 100 家门店（共 120 家）") < place(">第1店<"), "{html}");
        assert!(place(">第100店<") < place("1 个仓库") && place("1 个仓库") < place("class=\"map\""), "{html}");
        assert!(!html.contains(">第101店<") && html.contains("/console/hq/stock/sku_milk?rows=all"), "{html}");
        assert_eq!(html.matches("<figure class=\"map\"").count(), 1, "{html}");
        assert!(
            html.contains("/console/s/sto_1/stock?q=sku_milk") && html.contains("/console/s/sto_7/stock?location=loc_wh-7&amp;q=sku_milk"),
            "{html}"
        );
    }

    #[test]
    fn given_a_city_or_all_rows_when_asked_for_then_they_are_listed() {
        let shanghai = shown("city=%E4%B8%8A%E6%B5%B7");
        assert!(shanghai.contains(">第2店<") && !shanghai.contains(">第1店<") && shanghai.contains("60 家门店"), "{shanghai}");
        assert!(shown("rows=all").contains(">第120店<"));
        assert!(shown("level=low").contains(">第3店<") && !shown("level=low").contains(">第4店<"));
        let largest = shown("sort=-available");
        assert!(largest.find(">第120店<") < largest.find(">第1店<"), "in another order than the one they came in all are listed");
    }
}
