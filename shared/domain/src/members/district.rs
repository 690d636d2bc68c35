//! Districts of China with a point each: what an address names, and whether a point fits it.
//!
//! `data/districts.csv` has code (GB/T 2260), name and a point near the district's middle, from the `adcodes` table of the cpca
//! project (MIT licence); a district without a point of its own is looked for around its city's.

use std::sync::LazyLock;

use liandian_types::{GeoPoint, Problem, api::DistrictView};

/// The most that a search gives.
pub const SHOWN: usize = 12;
/// A district's middle may be so far from a door of it even where districts are small, in metres.
const SLACK: f64 = 15_000.0;
/// The same where only the city's point is known.
const CITY_SLACK: f64 = 60_000.0;

/// A province, a city, or a district.
struct District {
    /// Six digits: `110105`; a city ends in `00`, a province in `0000`.
    code: u32,
    name: &'static str,
    point: GeoPoint,
    /// Has it a point of its own?
    own: bool,
}

static ALL: LazyLock<Vec<District>> = LazyLock::new(|| {
    let mut all: Vec<District> = Vec::new();
    for line in include_str!("../../data/districts.csv").lines().skip(1) {
        let mut parts = line.split(',');
        let (Some(code), Some(name)) = (parts.next().and_then(|c| c.parse().ok()), parts.next()) else { continue };
        let mut number = || parts.next().and_then(|n| n.parse::<f64>().ok());
        let own = number().zip(number()).map(|(lat, lng)| GeoPoint { lat, lng });
        // In the order of codes a city comes before its districts, and a province before its cities.
        let above = |of: u32| all.iter().rev().find(|d| d.code == of && d.own).map(|d| d.point);
        let point = own.or_else(|| above(code / 100 * 100)).or_else(|| above(code / 10_000 * 10_000));
        if let Some(point) = point {
            all.push(District { code, name, point, own: own.is_some() });
        }
    }
    all
});

impl District {
    fn is_province(&self) -> bool {
        self.code.is_multiple_of(10_000)
    }

    fn is_city(&self) -> bool {
        self.code.is_multiple_of(100) && !self.is_province()
    }

    /// Without the word that says what it is: 北京, 内蒙古.
    fn short(&self) -> &'static str {
        let name = self.name;
        if self.code / 10_000 == 15 && self.is_province() {
            return "内蒙古";
        }
        if name.ends_with("自治区") {
            return name.get(..6).unwrap_or(name);
        }
        ["特别行政区", "省", "市"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
    }

    /// 上海市静安区, 浙江省杭州市西湖区
    fn full(&self) -> String {
        let above = |of: u32| ALL.iter().find(|d| d.code == of && d.code != self.code).map_or("", |d| d.name);
        format!("{}{}{}", above(self.code / 10_000 * 10_000), above(self.code / 100 * 100), self.name)
    }
}

/// What an address begins with: the places that it may mean (朝阳区 is in two cities). Empty when it names none.
///
/// A short name counts only before a full one of a place in it: 北京朝阳区 is in Beijing, 北京东路 is a street of Shanghai.
fn named(address: &str) -> Vec<&'static District> {
    let text: String = address.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.as_str();
    let inside = |d: &District, of: &District| {
        let part = if of.is_province() { 10_000 } else { 100 };
        d.code != of.code && d.code / part == of.code / part
    };
    let districts = |text: &str, of: Option<&District>| -> Vec<&'static District> {
        let all = ALL.iter().filter(|d| !d.is_province() && !d.is_city() && of.is_none_or(|of| inside(d, of)));
        // 城区 and 郊区 are districts, and words.
        let mut found: Vec<_> = all.filter(|d| (of.is_some() || d.name.chars().count() >= 3) && text.starts_with(d.name)).collect();
        let longest = found.iter().map(|d| d.name.len()).max().unwrap_or(0);
        found.retain(|d| d.name.len() == longest);
        found
    };
    let below = |rest: &str, of: &'static District, full: bool| -> Vec<&'static District> {
        let cities = ALL.iter().filter(|d| d.is_city() && inside(d, of));
        for city in cities.filter(|_| of.is_province()) {
            if let Some(rest) = rest.strip_prefix(city.name) {
                let found = districts(rest, Some(city));
                return if found.is_empty() { vec![city] } else { found };
            }
            let found = rest.strip_prefix(city.short()).map(|rest| districts(rest, Some(city))).unwrap_or_default();
            if !found.is_empty() {
                return found;
            }
        }
        let found = districts(rest, Some(of));
        if found.is_empty() && full { vec![of] } else { found }
    };
    for of in ALL.iter().filter(|d| d.is_province() || d.is_city()) {
        if let Some(rest) = text.strip_prefix(of.name) {
            return below(rest, of, true);
        }
        let found = text.strip_prefix(of.short()).map(|rest| below(rest, of, false)).unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
    }
    districts(text, None)
}

/// The district around a point.
fn around(p: GeoPoint) -> Option<&'static District> {
    let leaves = ALL.iter().filter(|d| d.own && !d.is_province());
    leaves.min_by(|a, b| a.point.metres_to(&p).total_cmp(&b.point.metres_to(&p)))
}

/// Does the point fit the place? Where districts are wide, their middles are far away, so the nearest middle is the measure.
fn fits(d: &District, p: GeoPoint, nearest: f64) -> bool {
    let reach = if d.own { SLACK } else { CITY_SLACK };
    let near = |d: &District| d.point.metres_to(&p) <= 2.5 * nearest + reach;
    // Of a province or a city any district will do.
    let part = if d.is_province() { 10_000 } else { 100 };
    if d.code.is_multiple_of(100) { ALL.iter().filter(|o| o.own && o.code / part == d.code / part).any(near) } else { near(d) }
}

/// Does an address as people write it fit the point that goes with it? One that names no place fits all.
///
/// # Errors
/// `bad_request` on `point`, saying what the text names and where the point lies.
pub fn check(address: &str, p: GeoPoint) -> Result<(), Problem> {
    let named = named(address);
    let Some((first, around)) = named.first().zip(around(p)) else { return Ok(()) };
    let nearest = around.point.metres_to(&p);
    if named.iter().any(|d| fits(d, p, nearest)) {
        return Ok(());
    }
    let said = format!("地址写的是{}，定位却在{}附近，请重新定位或修改地址", first.full(), around.full());
    Err(Problem::new(liandian_types::Code::BadRequest, said).at("point"))
}

fn view(d: &District) -> DistrictView {
    DistrictView { code: d.code.to_string(), name: d.full(), point: d.point }
}

/// The districts around a point, the nearest first.
#[must_use]
pub fn near(p: GeoPoint) -> Vec<DistrictView> {
    let mut all: Vec<(f64, &District)> = ALL.iter().filter(|d| d.own && !d.code.is_multiple_of(100)).map(|d| (d.point.metres_to(&p), d)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().take(SHOWN).map(|(_, d)| view(d)).collect()
}

/// Districts by what a person types of them: 静安, 杭州西湖, 上海市静安区.
#[must_use]
pub fn find(text: &str) -> Vec<DistrictView> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).take(30).collect();
    if text.is_empty() {
        return Vec::new();
    }
    let exact = named(&text);
    let leaves = ALL.iter().filter(|d| !d.is_province() && !d.is_city());
    let within = |d: &&District| exact.iter().any(|e| e.code == d.code || (e.code.is_multiple_of(100) && d.code / 100 == e.code / 100));
    if !exact.is_empty() {
        return leaves.filter(within).take(SHOWN).map(view).collect();
    }
    let part = |d: &&District| {
        // Each word of the place in turn, in its short form too: 杭州西湖.
        let city = ALL.iter().find(|c| c.code == d.code / 100 * 100 && c.is_city());
        let province = ALL.iter().find(|c| c.code == d.code / 10_000 * 10_000);
        d.name.starts_with(&text)
            || [city, province]
                .into_iter()
                .flatten()
                .any(|of| [of.name, of.short()].iter().any(|n| text.strip_prefix(n).is_some_and(|rest| d.name.starts_with(rest))))
    };
    leaves.filter(part).take(SHOWN).map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JINGAN: GeoPoint = GeoPoint { lat: 31.2237, lng: 121.4462 };
    const GUOMAO: GeoPoint = GeoPoint { lat: 39.9087, lng: 116.4605 };

    fn first(text: &str) -> String {
        named(text).first().map(|d| d.full()).unwrap_or_default()
    }

    #[test]
    fn given_addresses_as_people_write_them_when_read_then_the_place_is_known_and_streets_named_after_cities_are_none() {
        assert_eq!(first("上海市静安区南京西路 1686 号"), "上海市静安区");
        assert_eq!(first("上海 静安区南京西路1686号"), "上海市静安区");
        assert_eq!(first("浙江省杭州市西湖区文三路 1 号"), "浙江省杭州市西湖区");
        assert_eq!(first("浙江杭州西湖区文三路 1 号"), "浙江省杭州市西湖区");
        assert_eq!(first("杭州市西湖区文三路"), "浙江省杭州市西湖区");
        assert_eq!(first("北京市中关村大街 1 号"), "北京市");
        assert_eq!(first("浦东新区世纪大道 8 号"), "上海市浦东新区");
        assert_eq!(first("内蒙古呼和浩特市新城区"), "内蒙古自治区呼和浩特市新城区");
        for street in ["南京西路 1686 号", "北京东路 2 号", "幸福里 88 弄 7 号", "吉林路", "郊区 3 号", "", "海南路 10 号"] {
            assert_eq!(first(street), "", "{street}");
        }
        assert!(named("朝阳区建国路 1 号").len() > 1, "in two cities");
    }

    #[test]
    fn given_an_address_and_a_point_when_compared_then_another_city_is_refused_and_a_neighbouring_district_is_not() {
        for fits in ["上海市静安区南京西路", "静安区", "上海市长宁区愚园路", "幸福里 88 弄", "南京西路 1 号", "上海市"]
        {
            assert!(check(fits, JINGAN).is_ok(), "{fits}");
        }
        let told = check("北京市朝阳区建国路 1 号", JINGAN).unwrap_err();
        assert_eq!(told.field.as_deref(), Some("point"));
        assert_eq!(told.detail, "地址写的是北京市朝阳区，定位却在上海市静安区附近，请重新定位或修改地址");
        assert!(check("朝阳区建国路 1 号", GUOMAO).is_ok() && check("朝阳区建国路 1 号", JINGAN).is_err());
        // A wide district: its middle is far away, and so is every other one.
        assert!(check("上海市浦东新区临港", GeoPoint { lat: 30.9, lng: 121.93 }).is_ok());
        assert!(check("上海市崇明区陈家镇", JINGAN).is_err());
    }

    #[test]
    fn given_a_point_or_words_when_districts_are_looked_for_then_these_come_first() {
        assert_eq!(near(JINGAN)[0].name, "上海市静安区");
        assert!(near(JINGAN).len() == SHOWN);
        assert_eq!(find("静安")[0].name, "上海市静安区");
        assert_eq!(find("杭州西湖")[0].name, "浙江省杭州市西湖区");
        assert_eq!(find("上海市静安区")[0].name, "上海市静安区");
        assert!(find("杭州市").iter().all(|d| d.name.starts_with("浙江省杭州市")));
        assert!(find("月球").is_empty());
    }
}
