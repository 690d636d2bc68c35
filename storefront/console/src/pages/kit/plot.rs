//! Our own drawings, as SVG text: bars, and where stores are. No map tiles, no inline styles (the content policy forbids
//! them): sizes are attributes, colours are classes of the style sheet.

use std::{collections::BTreeMap, fmt::Write as _};

use liandian_types::{
    Fen, GeoPoint, Mode, StoreId,
    api::{StockRow, StoreRow},
};

use crate::text;

/// How well a row is stocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing to sell, or less than nothing on the shelf.
    Out,
    /// Little.
    Low,
    /// Enough.
    Fine,
}

impl Level {
    /// Class of a table row.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Level::Out => "out",
            Level::Low => "low",
            Level::Fine => "",
        }
    }

    /// The word by which an address asks for rows of this level.
    #[must_use]
    pub fn word_in_address(self) -> &'static str {
        match self {
            Level::Out => "out",
            Level::Low => "low",
            Level::Fine => "fine",
        }
    }

    /// What is said beside the figure, so that colour is not all.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Level::Out => Some("缺货"),
            Level::Low => Some("偏低"),
            Level::Fine => None,
        }
    }
}

/// The level of a row: low is at most as much as is kept back, and at most 3 where nothing is.
#[must_use]
pub fn level(r: &StockRow) -> Level {
    if r.available <= 0 {
        Level::Out
    } else if r.available <= r.safety.max(3) {
        Level::Low
    } else {
        Level::Fine
    }
}

/// Text that is safe inside of elements and attributes.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

// Amounts and counts are far below 2^52 here; a pixel is lost long before a bit.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { (part.max(0) as f64 / whole as f64).min(1.0) }
}

fn stacked(parts: &[(&str, i64)], whole: i64, label: &str) -> String {
    let mut out = format!(r#"<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" role="img" aria-label="{}">"#, esc(label));
    out.push_str(r#"<rect class="k-none" width="200" height="12" rx="2"/>"#);
    let mut x = 0.0;
    for (class, value) in parts {
        let w = 200.0 * ratio(*value, whole);
        if w > 0.0 {
            // Writing to a String cannot fail.
            let _ = write!(out, r#"<rect class="{class}" x="{x:.1}" width="{w:.1}" height="12"/>"#);
        }
        x += w;
    }
    out.push_str("</svg>");
    out
}

/// One location's units: what can be sold, is promised, is kept back; `most` is the longest bar.
#[must_use]
pub fn stock_bar(r: &StockRow, most: i64) -> String {
    let label = format!("可售 {}，预占 {}，安全 {}", r.available, r.reserved, r.safety);
    // The bar is as long as what lies there: what is kept back or promised beyond that cannot be seen on a shelf.
    let reserved = r.reserved.clamp(0, r.on_hand.max(0));
    let kept = (r.on_hand - reserved - r.available).max(0);
    stacked(&[("k-available", r.available), ("k-reserved", reserved), ("k-safety", kept)], most, &label)
}

/// One store's money: HQ's share and its own; `most` is the longest bar.
#[must_use]
pub fn money_bar(hq: Fen, store: Fen, most: i64) -> String {
    stacked(&[("k-hq", hq.0), ("k-store", store.0)], most, &format!("总部 {} 元，门店 {} 元", text::yuan(hq), text::yuan(store)))
}

/// HQ's share beside the store's, as a whole.
#[must_use]
pub fn share_bar(hq: Fen, store: Fen) -> String {
    let whole = hq.0.max(0) + store.0.max(0);
    if whole == 0 {
        return String::new();
    }
    let percent = ratio(store.0, whole) * 100.0;
    format!(
        r#"{}<p class="legend"><i class="k-store"></i>本店 {percent:.1}%<i class="k-hq"></i>总部 {:.1}%</p>"#,
        stacked(&[("k-store", store.0), ("k-hq", hq.0)], whole, &format!("本店占 {percent:.1}%")),
        100.0 - percent
    )
}

/// How a whole is made up: one bar and its legend with counts. Each part: its name, its class, how many.
#[must_use]
pub fn parts_bar(title: &str, parts: &[(&str, String, usize)]) -> String {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let whole: i64 = parts.iter().map(|(_, _, n)| count(*n)).sum();
    let shown: Vec<(&str, i64)> = parts.iter().map(|(_, class, n)| (class.as_str(), count(*n))).collect();
    let mut out = format!(r#"<div class="parts"><p class="bars-title">{}</p>{}<p class="legend">"#, esc(title), stacked(&shown, whole, title));
    for (name, class, n) in parts.iter().filter(|(_, _, n)| *n > 0) {
        let _ = write!(out, r#"<i class="{class}"></i>{} <b>{n}</b>"#, esc(name));
    }
    out.push_str("</p></div>");
    out
}

/// How many stores each city has.
#[must_use]
pub fn cities_bar(rows: &[StoreRow]) -> String {
    let mut cities: BTreeMap<&str, i64> = BTreeMap::new();
    for r in rows {
        *cities.entry(&r.city).or_default() += 1;
    }
    let most = cities.values().copied().max().unwrap_or(0);
    let mut sorted: Vec<_> = cities.into_iter().collect();
    sorted.sort_by_key(|(_, n)| -n);
    let mut out = String::from(r#"<div class="parts"><p class="bars-title">城市</p><dl class="bars">"#);
    for (city, n) in sorted.into_iter().take(8) {
        let _ = write!(out, "<dt>{}</dt><dd>{}<b>{n}</b></dd>", esc(city), stacked(&[("k-store", n)], most, city));
    }
    out.push_str("</dl></div>");
    out
}

/// A day of a row of columns.
pub struct DayColumn<'a> {
    /// The day, `2026-11-28`.
    pub day: &'a str,
    /// From the bottom up: the class of each part, and how much it is.
    pub parts: Vec<(&'static str, i64)>,
    /// What is said of it.
    pub tip: String,
}

/// Days side by side, each a column of its parts: the highest one is as high as the picture. The first and the last day are written below.
#[must_use]
pub fn day_columns(label: &str, days: &[DayColumn<'_>]) -> String {
    const HIGH: f64 = 120.0;
    const EACH: f64 = 12.0;
    let whole = |d: &DayColumn<'_>| d.parts.iter().map(|(_, n)| (*n).max(0)).sum::<i64>();
    let most = days.iter().map(whole).max().unwrap_or(0);
    let many = u32::try_from(days.len()).unwrap_or(u32::MAX);
    let width = EACH * f64::from(many.max(1));
    let mut out =
        format!(r#"<svg class="columns" viewBox="0 0 {width:.0} {HIGH}" preserveAspectRatio="none" role="img" aria-label="{}">"#, esc(label));
    for (i, d) in (0_u32..).zip(days) {
        let x = EACH * f64::from(i) + 1.0;
        let _ = write!(out, r#"<g><title>{}</title><rect class="k-none" x="{x:.1}" y="0" width="{:.1}" height="{HIGH}"/>"#, esc(&d.tip), EACH - 2.0);
        let mut y = HIGH;
        for (class, n) in &d.parts {
            let h = HIGH * ratio(*n, most);
            if h > 0.0 {
                y -= h;
                let _ = write!(out, r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{:.1}" height="{h:.1}"/>"#, EACH - 2.0);
            }
        }
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let _ = write!(out, r#"<p class="columns-ends"><span>{}</span><span>{}</span></p>"#, esc(first.day), esc(last.day));
    }
    out
}

/// One figure as a bar; `most` is the longest.
#[must_use]
pub fn amount_bar(class: &str, value: i64, most: i64, label: &str) -> String {
    stacked(&[(class, value)], most, label)
}

// ---------------------------------------------------------------- maps

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 240.0;
const EDGE: f64 = 26.0;

struct Dot<'a> {
    point: GeoPoint,
    name: &'a str,
    tip: String,
    /// Where it leads, for whoever may go there.
    href: Option<String>,
    class: String,
    shape: Shape,
    radius: f64,
    note: Option<String>,
}

#[derive(Clone, Copy)]
enum Shape {
    Circle,
    Square,
    Diamond,
}

/// Stores by city, coloured and shaped by mode; `page` is where a store leads, for whoever may go there.
#[must_use]
pub fn store_maps(rows: &[StoreRow], page: impl Fn(&StoreId) -> Option<String>) -> String {
    let mut cities: BTreeMap<&str, Vec<Dot<'_>>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.point.is_valid()) {
        cities.entry(&r.city).or_default().push(store_dot(r, &page));
    }
    if cities.is_empty() {
        return String::new();
    }
    format!("{MODES}{}", maps(cities))
}

const MODES: &str = r#"<p class="legend"><i class="mode-direct"></i>直营<i class="mode-joint"></i>联营<i class="mode-franchise"></i>加盟</p>"#;

/// One store as a dot.
fn store_dot<'a>(r: &'a StoreRow, page: &impl Fn(&StoreId) -> Option<String>) -> Dot<'a> {
    Dot {
        point: r.point,
        name: &r.name,
        tip: format!("{}（{}，{}）{}", r.name, r.mode.title(), r.tier.title(), r.address),
        href: page(&r.store),
        class: format!("mode-{}", r.mode),
        shape: match r.mode {
            Mode::Direct => Shape::Circle,
            Mode::Joint => Shape::Square,
            Mode::Franchise => Shape::Diamond,
        },
        radius: 6.0,
        note: None,
    }
}

/// Stores that are drawn each by itself; more are drawn together where they stand close.
const EACH: usize = 40;
/// Parts of a map in which stores are drawn together: across, down.
const PARTS: (u32, u32) = (9, 6);

/// A part of the map: south, west, north, east, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Window([f64; 4]);

impl Window {
    /// As an address has it; nothing of what is none.
    fn of(text: &str) -> Option<Self> {
        let sides: Vec<f64> = text.split(',').map(|s| s.trim().parse::<f64>().ok().filter(|d| d.is_finite())).collect::<Option<_>>()?;
        let [south, west, north, east] = sides[..] else { return None };
        (south < north && west < east).then_some(Self([south, west, north, east]))
    }

    /// Around these points, with a hundred metres to spare.
    fn around<'a>(points: impl Iterator<Item = &'a GeoPoint>) -> Self {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [s, w, n, e] = points.fold(start, |[s, w, n, e], p| [s.min(p.lat), w.min(p.lng), n.max(p.lat), e.max(p.lng)]);
        Self([s - 0.001, w - 0.001, n + 0.001, e + 0.001])
    }

    fn holds(&self, p: &GeoPoint) -> bool {
        let [s, w, n, e] = self.0;
        (s..=n).contains(&p.lat) && (w..=e).contains(&p.lng)
    }

    /// In which part of it a point lies.
    fn part(&self, p: &GeoPoint) -> (u32, u32) {
        let [s, w, n, e] = self.0;
        let nth = |share: f64, of: u32| (0..of).rev().find(|i| share >= f64::from(*i) / f64::from(of)).unwrap_or(0);
        (nth((p.lng - w) / (e - w), PARTS.0), nth((p.lat - s) / (n - s), PARTS.1))
    }

    /// As an address has it.
    fn text(&self) -> String {
        let [s, w, n, e] = self.0;
        format!("{s:.4},{w:.4},{n:.4},{e:.4}")
    }
}

/// Stores on one map that can be looked into: of the chain a circle for each city, of many stores in one place circles that lead nearer (`zoom` is where
/// to), of few each store. `at` is the part that is looked at, as an address has it.
#[must_use]
pub fn store_map(
    rows: &[StoreRow],
    at: Option<&str>,
    page: impl Fn(&StoreId) -> Option<String>,
    city: impl Fn(&str) -> String,
    zoom: impl Fn(&str) -> String,
) -> String {
    let window = at.and_then(Window::of);
    let seen: Vec<&StoreRow> = rows.iter().filter(|r| r.point.is_valid() && window.is_none_or(|w| w.holds(&r.point))).collect();
    let cities: std::collections::BTreeSet<&str> = seen.iter().map(|r| r.city.as_str()).collect();
    if window.is_none() && (cities.len() != 1 || seen.len() <= EACH) {
        return store_clusters(rows, page, city);
    }
    let title = cities.iter().take(3).copied().collect::<Vec<_>>().join("、");
    if seen.is_empty() {
        return r#"<p class="empty">这个范围内没有门店。</p>"#.to_owned();
    }
    if seen.len() <= EACH {
        let dots: Vec<Dot<'_>> = seen.iter().map(|r| store_dot(r, &page)).collect();
        return format!(r#"{MODES}<div class="map-row one">{}</div>"#, map(&title, &dots));
    }
    let all = Window::around(seen.iter().map(|r| &r.point));
    let mut parts: BTreeMap<(u32, u32), Vec<&StoreRow>> = BTreeMap::new();
    for r in seen {
        parts.entry(all.part(&r.point)).or_default().push(r);
    }
    let many = |rows: &[&StoreRow]| i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let most = parts.values().map(|rows| many(rows)).max().unwrap_or(0);
    let dots: Vec<Dot<'_>> = parts
        .values()
        .filter_map(|rows| match rows.as_slice() {
            [] => None,
            [one] => Some(store_dot(one, &page)),
            [first, ..] => {
                let n = u32::try_from(rows.len()).ok()?;
                let mean = |of: fn(&GeoPoint) -> f64| rows.iter().map(|r| of(&r.point)).sum::<f64>() / f64::from(n);
                let names: Vec<&str> = rows.iter().take(3).map(|r| r.name.as_str()).collect();
                Some(Dot {
                    point: GeoPoint { lat: mean(|p| p.lat), lng: mean(|p| p.lng) },
                    name: &first.name,
                    tip: format!("{n} 家：{}{}", names.join("、"), if rows.len() > 3 { " 等" } else { "" }),
                    href: Some(zoom(&Window::around(rows.iter().map(|r| &r.point)).text())),
                    class: "dot-fine".to_owned(),
                    shape: Shape::Circle,
                    radius: radius(many(rows), most),
                    note: Some(n.to_string()),
                })
            }
        })
        .collect();
    format!(r#"<p class="legend">一个圆是附近的几家门店，点开放大</p><div class="map-row one">{}</div>"#, map(&title, &dots))
}

/// Stores on one map: of one city each of them, of more a circle for each city with how many are there; `city` is where a circle leads.
#[must_use]
pub fn store_clusters(rows: &[StoreRow], page: impl Fn(&StoreId) -> Option<String>, city: impl Fn(&str) -> String) -> String {
    let mut cities: BTreeMap<&str, Vec<&StoreRow>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.point.is_valid()) {
        cities.entry(&r.city).or_default().push(r);
    }
    if cities.len() < 2 {
        return store_maps(rows, page);
    }
    let many = |rows: &[&StoreRow]| i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let most = cities.values().map(|rows| many(rows)).max().unwrap_or(0);
    let dots: Vec<Dot<'_>> = cities
        .iter()
        .filter_map(|(name, rows)| {
            let name: &str = name;
            let n = u32::try_from(rows.len()).ok().filter(|n| *n > 0)?;
            let mean = |of: fn(&GeoPoint) -> f64| rows.iter().map(|r| of(&r.point)).sum::<f64>() / f64::from(n);
            Some(Dot {
                point: GeoPoint { lat: mean(|p| p.lat), lng: mean(|p| p.lng) },
                name,
                tip: format!("{name}：{n} 家"),
                href: Some(city(name)),
                class: "dot-fine".to_owned(),
                shape: Shape::Circle,
                radius: radius(many(rows), most),
                note: Some(n.to_string()),
            })
        })
        .collect();
    format!(r#"<p class="legend">一个圆是一个城市，越大门店越多</p><div class="map-row one">{}</div>"#, map("全部城市", &dots))
}

/// Stock on one map: of one city its places, of more a circle for each city. The larger the circle the more can be sold; an empty ring has nothing.
#[must_use]
pub fn stock_map(rows: &[StockRow]) -> String {
    let mut cities: BTreeMap<&str, Vec<&StockRow>> = BTreeMap::new();
    for r in rows {
        if let Some(at) = r.at.as_ref().filter(|at| at.point.is_valid()) {
            cities.entry(&at.city).or_default().push(r);
        }
    }
    let (title, dots, legend): (&str, Vec<Dot<'_>>, &str) = match cities.len() {
        0 => return String::new(),
        1 => {
            let most = rows.iter().map(|r| r.available).max().unwrap_or(0);
            let (city, rows) = cities.into_iter().next().unwrap_or_default();
            (city, rows.into_iter().filter_map(|r| place_dot(r, most)).collect(), "圆是门店，方是仓库")
        }
        _ => {
            let most = cities.values().map(|rows| sellable(rows)).max().unwrap_or(0);
            ("全部城市", cities.iter().filter_map(|(city, rows)| city_dot(city, rows, most)).collect(), "一个圆是一个城市")
        }
    };
    format!(
        r#"<p class="legend"><i class="dot-fine"></i>充足<i class="dot-low"></i>偏低<i class="dot-out"></i>缺货（{legend}；越大可售越多）</p><div class="map-row one">{}</div>"#,
        map(title, &dots)
    )
}

fn sellable(rows: &[&StockRow]) -> i64 {
    rows.iter().map(|r| r.available.max(0)).sum()
}

// The area, not the radius, says how much.
fn radius(part: i64, most: i64) -> f64 {
    5.0 + 13.0 * ratio(part, most).sqrt()
}

fn place_dot(r: &StockRow, most: i64) -> Option<Dot<'_>> {
    let at = r.at.as_ref()?;
    Some(Dot {
        point: at.point,
        name: &r.location_name,
        tip: format!("{}：可售 {}，在架 {}", r.location_name, r.available, r.on_hand),
        href: Some(crate::pages::stock::chain::place_link(r)),
        class: dot_class(level(r)).to_owned(),
        shape: if r.location.store().is_some() { Shape::Circle } else { Shape::Square },
        radius: radius(r.available, most),
        note: Some(text::number(r.available)),
    })
}

/// A city stands where its places are on the average. It has nothing when none of them has, and little when a third of them have nothing.
fn city_dot<'a>(city: &'a str, rows: &[&StockRow], most: i64) -> Option<Dot<'a>> {
    let points: Vec<GeoPoint> = rows.iter().filter_map(|r| r.at.as_ref()).map(|at| at.point).collect();
    let many = u32::try_from(points.len()).ok().filter(|n| *n > 0)?;
    let mean = |of: fn(&GeoPoint) -> f64| points.iter().map(of).sum::<f64>() / f64::from(many);
    let out = rows.iter().filter(|r| level(r) == Level::Out).count();
    let of_city = match out {
        n if n == rows.len() => Level::Out,
        n if n * 3 >= rows.len() => Level::Low,
        _ => Level::Fine,
    };
    let available = sellable(rows);
    Some(Dot {
        point: GeoPoint { lat: mean(|p| p.lat), lng: mean(|p| p.lng) },
        name: city,
        tip: format!("{city}：{} 处，可售 {}，缺货 {out} 处", rows.len(), text::number(available)),
        href: Some(format!("?city={}", text::percent(city))),
        class: dot_class(of_city).to_owned(),
        shape: Shape::Circle,
        radius: radius(available, most),
        note: Some(text::number(available)),
    })
}

fn dot_class(level: Level) -> &'static str {
    match level {
        Level::Out => "dot-out",
        Level::Low => "dot-low",
        Level::Fine => "dot-fine",
    }
}

fn maps(cities: BTreeMap<&str, Vec<Dot<'_>>>) -> String {
    let mut sorted: Vec<_> = cities.into_iter().collect();
    sorted.sort_by_key(|(_, dots)| std::cmp::Reverse(dots.len()));
    let mut out = String::from(r#"<div class="map-row">"#);
    for (city, dots) in &sorted {
        out.push_str(&map(city, dots));
    }
    out.push_str("</div>");
    out
}

fn map(city: &str, dots: &[Dot<'_>]) -> String {
    let low = |f: fn(&GeoPoint) -> f64| dots.iter().map(|d| f(&d.point)).fold(f64::INFINITY, f64::min);
    let high = |f: fn(&GeoPoint) -> f64| dots.iter().map(|d| f(&d.point)).fold(f64::NEG_INFINITY, f64::max);
    let (south, north, west, east) = (low(|p| p.lat), high(|p| p.lat), low(|p| p.lng), high(|p| p.lng));
    let (mid_lat, mid_lng) = ((south + north) / 2.0, (west + east) / 2.0);
    // A city is small: a flat picture with the longitude shrunk by the latitude is true to a few metres.
    let per_lat = 111_195.0;
    let per_lng = per_lat * mid_lat.to_radians().cos();
    // One store alone, or a street of them, still gets two kilometres of surroundings.
    let (wide, tall) = (((east - west) * per_lng).max(2_000.0), ((north - south) * per_lat).max(1_400.0));
    let scale = ((WIDTH - 2.0 * EDGE) / wide).min((HEIGHT - 2.0 * EDGE) / tall);
    let at = |p: &GeoPoint| (WIDTH / 2.0 + (p.lng - mid_lng) * per_lng * scale, HEIGHT / 2.0 - (p.lat - mid_lat) * per_lat * scale);

    let (step, label) = scale_step(60.0 / scale);
    let mut out = format!(
        r#"<figure class="map"><figcaption>{} <b>{}</b></figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{}门店位置图">"#,
        esc(city),
        dots.len(),
        esc(city)
    );
    let grid = step * scale;
    let mut x = WIDTH / 2.0 % grid;
    while x < WIDTH {
        let _ = write!(out, r#"<path class="grid" d="M{x:.1} 0V{HEIGHT}"/>"#);
        x += grid;
    }
    let mut y = HEIGHT / 2.0 % grid;
    while y < HEIGHT {
        let _ = write!(out, r#"<path class="grid" d="M0 {y:.1}H{WIDTH}"/>"#);
        y += grid;
    }
    let mut taken: Vec<[f64; 4]> = dots
        .iter()
        .map(|d| {
            let (x, y) = at(&d.point);
            [x - d.radius, y - d.radius, x + d.radius, y + d.radius]
        })
        .collect();
    taken.push([0.0, HEIGHT - 22.0, grid + 16.0, HEIGHT]);
    // Large ones first, so that small ones stay on top and can be reached.
    let mut order: Vec<&Dot<'_>> = dots.iter().collect();
    order.sort_by(|a, b| b.radius.total_cmp(&a.radius));
    let mut labels = String::new();
    for d in order {
        let (x, y) = at(&d.point);
        let r = d.radius;
        let _ = match &d.href {
            Some(href) => write!(out, r#"<a href="{}"><title>{}</title>"#, esc(href), esc(&d.tip)),
            None => write!(out, "<g><title>{}</title>", esc(&d.tip)),
        };
        let _ = match d.shape {
            Shape::Circle => write!(out, r#"<circle class="dot {}" cx="{x:.1}" cy="{y:.1}" r="{r:.1}"/>"#, d.class),
            Shape::Square => {
                write!(out, r#"<rect class="dot {}" x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}"/>"#, d.class, x - r, y - r, 2.0 * r, 2.0 * r)
            }
            Shape::Diamond => {
                let r = r * 1.25;
                write!(out, r#"<path class="dot {}" d="M{:.1} {y:.1}l{r:.1} -{r:.1}l{r:.1} {r:.1}l-{r:.1} {r:.1}z"/>"#, d.class, x - r)
            }
        };
        out.push_str(if d.href.is_some() { "</a>" } else { "</g>" });
        let text = label_of(d);
        if let Some((lx, ly, anchor)) = room(x, y, r, &text, &mut taken) {
            let _ = write!(labels, r#"<text x="{lx:.1}" y="{ly:.1}" text-anchor="{anchor}">{}</text>"#, esc(&text));
        }
    }
    out.push_str(&labels);
    let _ = write!(
        out,
        r#"<path class="scale" d="M8 {0}v4h{grid:.1}v-4"/><text class="scale-text" x="{1:.1}" y="{2}" text-anchor="middle">{label}</text></svg></figure>"#,
        HEIGHT - 10.0,
        8.0 + grid / 2.0,
        HEIGHT - 10.0
    );
    out
}

/// The part of a name that tells stores of one chain apart, and the figure.
fn label_of(d: &Dot<'_>) -> String {
    let own = d.name.rsplit(['·', ' ', '（']).next().unwrap_or(d.name).trim_end_matches('）');
    let short: String = own.chars().take(8).collect();
    match &d.note {
        Some(n) => format!("{short} {n}"),
        None => short,
    }
}

/// A place for a label that hides neither a dot nor another label; none when it is crowded (the tip still tells).
fn room(x: f64, y: f64, r: f64, text: &str, taken: &mut Vec<[f64; 4]>) -> Option<(f64, f64, &'static str)> {
    // 11 px type: a Chinese character is as wide as high, others about half.
    let w: f64 = text.chars().map(|c| if c.is_ascii() { 6.4 } else { 11.0 }).sum();
    let tries = [
        ([x + r + 3.0, y - 6.0], (x + r + 3.0, y + 4.0, "start")),
        ([x - r - 3.0 - w, y - 6.0], (x - r - 3.0, y + 4.0, "end")),
        ([x - w / 2.0, y - r - 15.0], (x, y - r - 4.0, "middle")),
        ([x - w / 2.0, y + r + 2.0], (x, y + r + 12.0, "middle")),
    ];
    tries.into_iter().find_map(|([left, top], place)| {
        let rect = [left, top, left + w, top + 13.0];
        let inside = rect[0] >= 2.0 && rect[1] >= 1.0 && rect[2] <= WIDTH - 2.0 && rect[3] <= HEIGHT - 1.0;
        let free = taken.iter().all(|t| rect[2] <= t[0] || t[2] <= rect[0] || rect[3] <= t[1] || t[3] <= rect[1]);
        (inside && free).then(|| {
            taken.push(rect);
            place
        })
    })
}

/// A round length of at least `metres` for the scale and the grid, and its name.
fn scale_step(metres: f64) -> (f64, String) {
    let mut step = 100.0;
    for next in [200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0, 200_000.0, 500_000.0] {
        if step >= metres {
            break;
        }
        step = next;
    }
    (step, if step < 1_000.0 { format!("{step:.0} 米") } else { format!("{:.0} 公里", step / 1_000.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_days_when_drawn_then_the_highest_fills_the_picture_and_words_are_no_markup() {
        let day = |day, n| DayColumn { day, parts: vec![("k-hq", n), ("k-store", n)], tip: format!("<{day}>") };
        let svg = day_columns("单数", &[day("2026-11-27", 5), day("2026-11-28", 10), day("2026-11-29", -3)]);
        assert_eq!(svg.matches("k-hq").count(), 2, "what is below nothing has no column: {svg}");
        assert!(svg.contains(r#"y="60.0" width="10.0" height="60.0""#) && svg.contains(r#"y="0.0" width="10.0" height="60.0""#), "{svg}");
        assert!(svg.contains("&lt;2026-11-28&gt;") && !svg.contains("<2026"), "{svg}");
        assert!(svg.contains("<span>2026-11-27</span><span>2026-11-29</span>"), "{svg}");
        assert!(!day_columns("单数", &[]).contains("columns-ends"));
    }

    fn row(available: i64, safety: i64) -> StockRow {
        StockRow {
            sku: "sku_milk".parse().unwrap(),
            name: "鲜牛奶 950ml".into(),
            barcode: "6901234567892".into(),
            picture: String::new(),
            location: "loc_sh01".parse().unwrap(),
            location_name: "人民广场店".into(),
            price: liandian_types::Fen(0),
            counted_blind: false,
            on_hand: available,
            reserved: 0,
            safety,
            available,
            incoming: 0,
            tracks_expiry: false,
            batches: Vec::new(),
            shards: 0,
            sold_at: None,
            at: None,
            cover_days: None,
        }
    }

    #[test]
    fn given_stock_when_judged_then_zero_low_and_enough_are_told_apart() {
        assert_eq!(level(&row(0, 5)), Level::Out);
        assert_eq!(level(&row(5, 5)), Level::Low);
        assert_eq!(level(&row(6, 5)), Level::Fine);
        assert_eq!(level(&row(3, 0)), Level::Low);
        assert_eq!(level(&row(4, 0)), Level::Fine);
    }

    #[test]
    fn given_a_name_with_markup_when_drawn_then_it_stays_text() {
        let store = StoreRow {
            store: "sto_sh01".parse().unwrap(),
            name: "<b>\"店\"&".into(),
            city: "<上海>".into(),
            region: "reg_east".parse().unwrap(),
            mode: Mode::Joint,
            tier: liandian_types::Tier::Standard,
            status: liandian_types::StoreStatus::Open,
            address: String::new(),
            point: GeoPoint { lat: 31.23, lng: 121.47 },
            entrance: "e1".into(),
            hours: "24 小时".into(),
            radius_m: 3_000,
        };
        let placed = StockRow {
            location_name: store.name.clone(),
            at: Some(liandian_types::api::StockPlace { city: store.city.clone(), point: store.point, keeper: store.store.clone() }),
            ..row(1, 0)
        };
        let html = store_maps(std::slice::from_ref(&store), |s| Some(format!("/console/s/{s}")))
            + &cities_bar(std::slice::from_ref(&store))
            + &stock_map(&[placed]);
        assert!(!html.contains("<b>\"") && !html.contains("<上海>"), "{html}");
        assert!(html.contains("&lt;b&gt;&quot;店&quot;&amp;") && html.contains("&lt;上海&gt;"), "{html}");
    }

    #[test]
    fn given_places_of_many_cities_when_drawn_then_there_is_one_map_with_a_circle_for_each_city() {
        let at = |city: &str, lat: f64, available: i64| StockRow {
            at: Some(liandian_types::api::StockPlace { city: city.into(), point: GeoPoint { lat, lng: 121.0 }, keeper: "sto_1".parse().unwrap() }),
            ..row(available, 0)
        };
        let html = stock_map(&[at("上海", 31.2, 9), at("上海", 31.3, 20), at("北京", 39.9, 0)]);
        assert_eq!(html.matches("<svg").count(), 1, "{html}");
        assert_eq!(html.matches("<circle").count(), 2, "{html}");
        assert!(html.contains("上海：2 处，可售 29，缺货 0 处") && html.contains("北京：1 处，可售 0，缺货 1 处"), "{html}");
        assert!(html.contains("dot dot-out") && html.contains("dot dot-fine") && html.contains("?city=%E5%8C%97%E4%BA%AC"), "{html}");
        assert_eq!(stock_map(&[at("上海", 31.2, 9), at("上海", 31.3, 20)]).matches("<circle").count(), 2, "of one city its places");
    }

    #[test]
    fn given_stores_of_many_cities_when_drawn_then_there_is_one_map_with_a_circle_for_each_and_of_one_city_its_stores() {
        use crate::pages::fixtures::store;
        let far = |n, city: &str, lat: f64| StoreRow { point: GeoPoint { lat, lng: 121.0 }, ..store(n, city, "reg_east") };
        let rows = [far(1, "上海", 31.2), far(2, "上海", 31.3), far(3, "北京", 39.9)];
        let html = store_clusters(&rows, |_| None, |city| format!("?city={city}"));
        assert_eq!((html.matches("<svg").count(), html.matches("<circle").count()), (1, 2), "{html}");
        assert!(html.contains("上海：2 家") && html.contains("?city=北京"), "{html}");
        assert_eq!(store_clusters(&rows[..2], |_| None, |_| String::new()).matches("<circle").count(), 2);
    }

    #[test]
    fn given_hundreds_of_stores_of_one_city_when_drawn_then_they_stand_together_and_each_shows_when_looked_into() {
        use crate::pages::fixtures::store;
        let at = |n: usize| StoreRow {
            point: GeoPoint {
                lat: 31.0 + f64::from(u32::try_from(n % 20).unwrap()) * 0.02,
                lng: 121.0 + f64::from(u32::try_from(n / 20).unwrap()) * 0.02,
            },
            ..store(n, "上海", "reg_east")
        };
        let rows: Vec<StoreRow> = (0..400).map(at).collect();
        let draw = |window: Option<&str>| store_map(&rows, window, |_| None, |_| String::new(), |w| format!("?map={w}"));
        let far = draw(None);
        assert_eq!(far.matches("<svg").count(), 1);
        let circles = far.matches("<circle").count();
        assert!((2..=54).contains(&circles) && far.contains("?map="), "{circles}");
        // Looked into, each part has fewer, and at last each store is there.
        let near = draw(Some("30.99,120.99,31.05,121.05"));
        assert!(near.matches("<circle").count() <= 40 && !near.contains("?map="), "{near}");
        assert!(draw(Some("1,1,2,2")).contains("没有门店"));
        for wrong in ["", "1,2,3", "2,1,1,2", "a,b,c,d", "NaN,1,2,3"] {
            assert_eq!(draw(Some(wrong)), far, "{wrong}: no part of the map is all of it");
        }
        assert_eq!(store_map(&rows[..3], None, |_| None, |_| String::new(), |_| String::new()).matches("<circle").count(), 3);
    }

    #[test]
    fn given_parts_when_stacked_then_their_widths_are_their_shares() {
        let html = stacked(&[("a", 1), ("b", 3)], 4, "x");
        assert!(html.contains(r#"<rect class="a" x="0.0" width="50.0" height="12"/>"#), "{html}");
        assert!(html.contains(r#"<rect class="b" x="50.0" width="150.0" height="12"/>"#), "{html}");
        assert!(!stacked(&[("a", 0)], 0, "x").contains("NaN"));
    }

    #[test]
    fn given_lengths_when_a_scale_is_chosen_then_it_is_the_next_round_one() {
        assert_eq!(scale_step(650.0), (1_000.0, "1 公里".to_owned()));
        assert_eq!(scale_step(90.0), (100.0, "100 米".to_owned()));
        assert_eq!(scale_step(1_500.0).0, 2_000.0);
    }

    #[test]
    fn given_a_crowd_when_labels_are_placed_then_none_overlaps_another() {
        let mut taken = Vec::new();
        for _ in 0..9 {
            room(100.0, 100.0, 5.0, "人民广场店", &mut taken);
        }
        assert_eq!(taken.len(), 4);
        for (i, a) in taken.iter().enumerate() {
            for b in &taken[i + 1..] {
                assert!(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "{a:?} {b:?}");
            }
        }
    }
}
