//! A campaign as it is typed: every field a text. What people type is read once, when it is saved or tried; the field that cannot be read is named.

use liandian_types::{
    Code, Fen, Fulfilment, Problem, SkuId, Timestamp,
    api::{CampaignDraft, CampaignGift, CampaignPart, CampaignPrice, CampaignRate, CampaignRule, CampaignSum, CampaignTier},
};
use serde::{Deserialize, Serialize};

use crate::text::typed_yuan;

/// The kinds that can be drafted: the word in the API and the name.
pub const KINDS: [(&str, &str); 14] = [
    ("steps", "满减"),
    ("step_percent", "满折"),
    ("nth_item", "第N件折扣"),
    ("combo", "固定套餐"),
    ("percent", "折扣"),
    ("amount", "直降"),
    ("limited_price", "限时价"),
    ("gift", "自提赠品"),
    ("gift_with_order", "随单赠品"),
    ("delivery", "配送费优惠"),
    ("flash", "秒杀"),
    ("any_of", "N件任选"),
    ("add_on", "加价购"),
    ("tier_price", "会员价"),
];

/// China's clock is so far ahead of UTC, all year.
const CHINA_MS: i64 = 8 * Timestamp::HOUR;

/// What is typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a box of the form")]
pub struct Raw {
    pub title: String,
    pub kind: String,
    /// The rule's lines: steps, parts, prices or gifts.
    pub lines: String,
    /// The rule's first number: a rate, an amount, a sum, how many.
    pub first: String,
    /// Its second one.
    pub second: String,
    pub priority: String,
    pub skus: String,
    pub categories: String,
    pub brands: String,
    pub without: String,
    pub group: String,
    pub exclusive: bool,
    pub beside_hq: bool,
    pub breaks_floor: bool,
    pub new_only: bool,
    pub tier: String,
    pub from: String,
    pub until: String,
    pub weekdays: u8,
    pub month_days: String,
    pub minute_from: String,
    pub minute_until: String,
    pub stores: String,
    pub pickup: bool,
    pub delivery: bool,
    pub hq_ship: bool,
    pub person_limit: String,
    pub day_limit: String,
    pub limit: String,
    pub budget: String,
    pub hq_bears: String,
    pub version: u64,
    /// The moments as they were: a field for them shows whole minutes, and what nobody has touched keeps its seconds.
    span: (i64, i64),
}

fn bad<T>(field: &str, what: &str) -> Result<T, Problem> {
    Err(Problem::new(Code::BadRequest, what).at(field))
}

/// Yuan as typed: at most two decimals.
pub(super) fn yuan(field: &str, text: &str) -> Result<Fen, Problem> {
    typed_yuan(text.trim()).map_or_else(|| bad(field, "请填写金额，如 50 或 9.90"), Ok)
}

pub(super) fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, Problem> {
    text.trim().parse().or_else(|_| bad(field, "请填写整数"))
}

pub(super) fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T, Problem>) -> Result<Option<T>, Problem> {
    if text.trim().is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// Words between spaces, commas and line ends, full width or not.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；')).filter(|w| !w.is_empty())
}

pub(super) fn ids<T: std::str::FromStr>(field: &str, text: &str) -> Result<Vec<T>, Problem> {
    words(text).map(|w| w.parse().or_else(|_| bad(field, &format!("编号无效：{w}")))).collect()
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|l| words(l).collect::<Vec<_>>()).filter(|l| !l.is_empty())
}

/// What is left of a price, `8.5` of ten, as thousandths that are taken off; 0: all of it.
pub(super) fn rate(field: &str, text: &str) -> Result<u16, Problem> {
    let (whole, part) = text.trim().trim_end_matches('折').trim().split_once('.').unwrap_or((text.trim().trim_end_matches('折').trim(), ""));
    let left = whole.parse::<u16>().ok().zip(format!("{part:0<2}").parse::<u16>().ok()).filter(|_| part.len() <= 2);
    match left.map(|(whole, part)| whole.saturating_mul(100).saturating_add(part)) {
        Some(left) if left < 1_000 => Ok(1_000 - left),
        _ => bad(field, "请填写几折，如 8.5；免费填 0"),
    }
}

pub(super) fn rate_text(off: u16) -> String {
    let left = 1_000_u16.saturating_sub(off);
    let text = format!("{}.{:02}", left / 100, left % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Per cent with at most one decimal, as thousandths.
pub(super) fn share(field: &str, text: &str) -> Result<u16, Problem> {
    let text = text.trim().trim_end_matches('%').trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    let read = whole.parse::<u16>().ok().zip(part.parse::<u16>().ok()).filter(|_| digits);
    match read.map(|(whole, part)| whole.saturating_mul(10).saturating_add(part)) {
        Some(n) if n <= 1_000 => Ok(n),
        _ => bad(field, "总部承担为 0 到 100，最多一位小数，如 33.3"),
    }
}

pub(super) fn share_text(thousandths: u16) -> String {
    match (thousandths / 10, thousandths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part}"),
    }
}

/// Days since 1970 of a day of the calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March, in eras of 400.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A moment by China's clock, as a field for dates and times has it.
#[must_use]
pub fn moment_text(at: Timestamp) -> String {
    let ms = at.0 + CHINA_MS;
    let (z, minute) = (ms.div_euclid(Timestamp::DAY) + 719_468, ms.rem_euclid(Timestamp::DAY) / Timestamp::MINUTE);
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", minute / 60, minute % 60)
}

pub(super) fn moment(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let read = || {
        let (date, time) = text.trim().split_once('T')?;
        let mut date = date.split('-').map(str::parse::<i64>);
        let (y, m, d) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
        let mut time = time.split(':').map(str::parse::<i64>);
        let (hour, minute) = (time.next()?.ok()?, time.next()?.ok()?);
        let fits = (1..=12).contains(&m) && (1..=31).contains(&d) && (0..24).contains(&hour) && (0..60).contains(&minute);
        fits.then(|| Timestamp(days(y, m, d) * Timestamp::DAY + hour * Timestamp::HOUR + minute * Timestamp::MINUTE - CHINA_MS))
    };
    read().map_or_else(|| bad(field, "请选择日期和时间"), Ok)
}

fn clock(field: &str, text: &str) -> Result<u16, Problem> {
    let read = || {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        (hour <= 24 && minute < 60 && hour * 60 + minute <= 1_440).then_some(hour * 60 + minute)
    };
    read().map_or_else(|| bad(field, "时刻的格式为 07:30"), Ok)
}

fn clock_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Raw {
    /// A campaign as it is typed.
    #[must_use]
    pub fn of(d: &CampaignDraft) -> Self {
        let text = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
        let joined = |all: &[String]| all.join(" ");
        let skus = |all: &[SkuId]| all.iter().map(SkuId::as_str).collect::<Vec<_>>().join(" ");
        let way = |f: Fulfilment| d.fulfilments.contains(&f);
        let (kind, lines, first, second) = rule_text(&d.rule);
        Self {
            title: d.title.clone(),
            kind: kind.to_owned(),
            lines,
            first,
            second,
            priority: d.priority.to_string(),
            skus: skus(&d.skus),
            categories: joined(&d.categories),
            // A brand is its name, in which there may be spaces.
            brands: d.brands.iter().map(|b| crate::text::percent(b)).collect::<Vec<_>>().join(" "),
            without: skus(&d.without),
            group: d.group.clone().unwrap_or_default(),
            exclusive: d.exclusive,
            beside_hq: d.beside_hq,
            breaks_floor: d.breaks_floor,
            new_only: d.new_only,
            tier: if d.tier == 0 { String::new() } else { d.tier.to_string() },
            from: moment_text(d.from),
            until: moment_text(d.until),
            weekdays: d.weekdays,
            month_days: (1..=31_u32).filter(|n| d.month_days & (1_u32 << (*n - 1)) != 0).map(|n| n.to_string()).collect::<Vec<_>>().join(" "),
            minute_from: d.minute_from.map(clock_text).unwrap_or_default(),
            minute_until: d.minute_until.map(clock_text).unwrap_or_default(),
            stores: d.stores.iter().map(liandian_types::StoreId::as_str).collect::<Vec<_>>().join(" "),
            pickup: way(Fulfilment::Pickup),
            delivery: way(Fulfilment::Delivery),
            hq_ship: way(Fulfilment::HqShip),
            person_limit: text(d.person_limit),
            day_limit: text(d.day_limit),
            limit: text(d.limit),
            budget: d.budget.map(Fen::yuan).unwrap_or_default(),
            hq_bears: share_text(d.hq_bears),
            version: d.version,
            span: (d.from.0, d.until.0),
        }
    }

    /// The campaign.
    ///
    /// # Errors
    /// `bad_request` naming the field that cannot be read.
    pub fn read(&self) -> Result<CampaignDraft, Problem> {
        let month_days = words(&self.month_days).try_fold(0_u32, |all, w| match w.parse::<u32>() {
            Ok(n @ 1..=31) => Ok(all | (1 << (n - 1))),
            _ => bad("month_days", "每月几日为 1 到 31"),
        })?;
        let ways = [(self.pickup, Fulfilment::Pickup), (self.delivery, Fulfilment::Delivery), (self.hq_ship, Fulfilment::HqShip)];
        let kept = |field: &str, text: &str, was: i64| if text == moment_text(Timestamp(was)) { Ok(Timestamp(was)) } else { moment(field, text) };
        Ok(CampaignDraft {
            title: self.title.trim().to_owned(),
            rule: self.rule()?,
            priority: number("priority", &self.priority)?,
            skus: ids("skus", &self.skus)?,
            categories: words(&self.categories).map(str::to_owned).collect(),
            brands: words(&self.brands).map(crate::text::unpercent).collect(),
            without: ids("without", &self.without)?,
            group: Some(self.group.trim().to_owned()).filter(|g| !g.is_empty()),
            exclusive: self.exclusive,
            beside_hq: self.beside_hq,
            breaks_floor: self.breaks_floor,
            new_only: self.new_only,
            tier: optional(&self.tier, |t| number("tier", t))?.unwrap_or(0),
            from: kept("from", &self.from, self.span.0)?,
            until: kept("until", &self.until, self.span.1)?,
            weekdays: self.weekdays,
            month_days,
            minute_from: optional(&self.minute_from, |t| clock("minute_from", t))?,
            minute_until: optional(&self.minute_until, |t| clock("minute_until", t))?,
            stores: ids("stores", &self.stores)?,
            fulfilments: ways.into_iter().filter(|(on, _)| *on).map(|(_, f)| f).collect(),
            person_limit: optional(&self.person_limit, |t| number("person_limit", t))?,
            day_limit: optional(&self.day_limit, |t| number("day_limit", t))?,
            limit: optional(&self.limit, |t| number("limit", t))?,
            budget: optional(&self.budget, |t| yuan("budget", t))?,
            hq_bears: share("hq_bears", &self.hq_bears)?,
            version: self.version,
        })
    }

    fn rule(&self) -> Result<CampaignRule, Problem> {
        let sku = |field: &str, w: &str| -> Result<SkuId, Problem> { w.parse().or_else(|_| bad(field, &format!("规格编码无效：{w}"))) };
        Ok(match self.kind.as_str() {
            "percent" => CampaignRule::Percent { off: rate("rule.off", &self.first)? },
            "amount" => CampaignRule::Amount { off: yuan("rule.off", &self.first)? },
            "steps" => {
                let step = |l: Vec<&str>| -> Result<CampaignSum, Problem> {
                    match l[..] {
                        [from, off] => Ok(CampaignSum { from: yuan("rule.steps", from)?, off: yuan("rule.steps", off)? }),
                        _ => bad("rule.steps", "每行两个数：满多少元 减多少元，如 300 50"),
                    }
                };
                CampaignRule::Steps { steps: lines(&self.lines).map(step).collect::<Result<_, _>>()?, repeat: number("rule.repeat", &self.first)? }
            }
            "step_percent" => {
                let step = |l: Vec<&str>| -> Result<CampaignRate, Problem> {
                    match l[..] {
                        [from, units, left] => {
                            Ok(CampaignRate { from: yuan("rule.steps", from)?, units: number("rule.steps", units)?, off: rate("rule.steps", left)? })
                        }
                        _ => bad("rule.steps", "每行三个数：满多少元 满几件 打几折，如 0 3 8"),
                    }
                };
                CampaignRule::StepPercent { steps: lines(&self.lines).map(step).collect::<Result<_, _>>()? }
            }
            "nth_item" => CampaignRule::NthItem { n: number("rule.n", &self.first)?, off: rate("rule.off", &self.second)? },
            "combo" => {
                let part = |l: Vec<&str>| -> Result<CampaignPart, Problem> {
                    match l.split_first() {
                        Some((units, of)) if !of.is_empty() => Ok(CampaignPart {
                            units: number("rule.parts", units)?,
                            of: of.iter().map(|w| sku("rule.parts", w)).collect::<Result<_, _>>()?,
                        }),
                        _ => bad("rule.parts", "每行：件数 规格编码（可多个，任选其一）"),
                    }
                };
                CampaignRule::Combo { parts: lines(&self.lines).map(part).collect::<Result<_, _>>()?, price: yuan("rule.price", &self.first)? }
            }
            "limited_price" => {
                let price = |l: Vec<&str>| -> Result<CampaignPrice, Problem> {
                    match l[..] {
                        [w, price] => Ok(CampaignPrice { sku: sku("rule.prices", w)?, price: yuan("rule.prices", price)? }),
                        _ => bad("rule.prices", "每行：规格编码 限时价"),
                    }
                };
                CampaignRule::LimitedPrice { prices: lines(&self.lines).map(price).collect::<Result<_, _>>()? }
            }
            "gift" | "gift_with_order" => {
                let gift = |l: Vec<&str>| -> Result<CampaignGift, Problem> {
                    match l[..] {
                        [w, units] => Ok(CampaignGift { sku: sku("rule.gifts", w)?, units: number("rule.gifts", units)? }),
                        _ => bad("rule.gifts", "每行：规格编码 件数"),
                    }
                };
                CampaignRule::Gift {
                    from: yuan("rule.from", &self.first)?,
                    gifts: lines(&self.lines).map(gift).collect::<Result<_, _>>()?,
                    with_order: self.kind == "gift_with_order",
                }
            }
            "add_on" => {
                let item = |l: Vec<&str>| -> Result<CampaignPrice, Problem> {
                    match l[..] {
                        [w, price] => Ok(CampaignPrice { sku: sku("rule.items", w)?, price: yuan("rule.items", price)? }),
                        _ => bad("rule.items", "每行：规格编码 换购价"),
                    }
                };
                CampaignRule::AddOn {
                    from: yuan("rule.from", &self.first)?,
                    items: lines(&self.lines).map(item).collect::<Result<_, _>>()?,
                    units: number("rule.units", &self.second)?,
                }
            }
            "tier_price" => {
                let tier = |l: Vec<&str>| -> Result<CampaignTier, Problem> {
                    match l[..] {
                        [tier, left] => Ok(CampaignTier { tier: number("rule.rates", tier)?, off: rate("rule.rates", left)? }),
                        _ => bad("rule.rates", "每行：会员等级 打几折，如 2 9.5"),
                    }
                };
                CampaignRule::TierPrice { rates: lines(&self.lines).map(tier).collect::<Result<_, _>>()? }
            }
            "any_of" => CampaignRule::AnyOf { units: number("rule.units", &self.first)?, price: yuan("rule.price", &self.second)? },
            "flash" => match lines(&self.lines).next().as_deref() {
                Some([w, price]) => CampaignRule::Flash {
                    sku: sku("rule.sku", w)?,
                    price: yuan("rule.price", price)?,
                    stock: number("rule.stock", &self.first)?,
                    per_person: number("rule.per_person", &self.second)?,
                },
                _ => return bad("rule.sku", "请填写：规格编码 秒杀价"),
            },
            "delivery" => {
                // `3000 5000`: metres, then grams; `-` leaves one out.
                let mut bounds = words(&self.lines).map(|w| Some(w).filter(|w| *w != "-"));
                let (metres, grams, more) = (bounds.next().flatten(), bounds.next().flatten(), bounds.next());
                if more.is_some() {
                    return bad("rule.metres", "请填写：不超过多少米 不超过多少克，不限的写 -");
                }
                CampaignRule::Delivery {
                    from: yuan("rule.from", &self.first)?,
                    metres: metres.map(|t| number("rule.metres", t)).transpose()?,
                    fee: yuan("rule.fee", &self.second)?,
                    grams: grams.map(|t| number("rule.grams", t)).transpose()?,
                }
            }
            _ => return bad("rule.kind", "请选择活动类型"),
        })
    }
}

/// A rule's kind, its lines and its two numbers.
fn rule_text(rule: &CampaignRule) -> (&'static str, String, String, String) {
    let none = String::new;
    let lines = |all: Vec<String>| all.join("\n");
    match rule {
        CampaignRule::Percent { off } => ("percent", none(), rate_text(*off), none()),
        CampaignRule::Amount { off } => ("amount", none(), off.yuan(), none()),
        CampaignRule::Steps { steps, repeat } => {
            ("steps", lines(steps.iter().map(|s| format!("{} {}", s.from.yuan(), s.off.yuan())).collect()), repeat.to_string(), none())
        }
        CampaignRule::StepPercent { steps } => {
            ("step_percent", lines(steps.iter().map(|s| format!("{} {} {}", s.from.yuan(), s.units, rate_text(s.off))).collect()), none(), none())
        }
        CampaignRule::NthItem { n, off } => ("nth_item", none(), n.to_string(), rate_text(*off)),
        CampaignRule::Combo { parts, price } => {
            let part = |p: &CampaignPart| format!("{} {}", p.units, p.of.iter().map(SkuId::as_str).collect::<Vec<_>>().join(" "));
            ("combo", lines(parts.iter().map(part).collect()), price.yuan(), none())
        }
        CampaignRule::LimitedPrice { prices } => {
            ("limited_price", lines(prices.iter().map(|p| format!("{} {}", p.sku, p.price.yuan())).collect()), none(), none())
        }
        CampaignRule::Gift { from, gifts, with_order } => {
            let kind = if *with_order { "gift_with_order" } else { "gift" };
            (kind, lines(gifts.iter().map(|g| format!("{} {}", g.sku, g.units)).collect()), from.yuan(), none())
        }
        CampaignRule::AnyOf { units, price } => ("any_of", none(), units.to_string(), price.yuan()),
        CampaignRule::Flash { sku, price, stock, per_person } => {
            ("flash", format!("{sku} {}", price.yuan()), stock.to_string(), per_person.to_string())
        }
        CampaignRule::Delivery { from, metres, fee, grams } => {
            let bound = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
            let bounds = match (metres, grams) {
                (None, None) => none(),
                (Some(m), None) => m.to_string(),
                (metres, grams) => format!("{} {}", bound(metres.map(u64::from)), bound(*grams)),
            };
            ("delivery", bounds, from.yuan(), fee.yuan())
        }
        CampaignRule::AddOn { from, items, units } => {
            ("add_on", lines(items.iter().map(|i| format!("{} {}", i.sku, i.price.yuan())).collect()), from.yuan(), units.to_string())
        }
        CampaignRule::TierPrice { rates } => {
            ("tier_price", lines(rates.iter().map(|r| format!("{} {}", r.tier, rate_text(r.off))).collect()), none(), none())
        }
    }
}

/// What a kind's fields are called: its lines with a hint, its first number, its second one.
#[must_use]
pub fn fields(kind: &str) -> (Option<(&'static str, &'static str)>, Option<&'static str>, Option<&'static str>) {
    match kind {
        "steps" => (Some(("阶梯", "每行：满多少元 减多少元，如 300 50")), Some("每档最多减几次"), None),
        "step_percent" => (Some(("阶梯", "每行：满多少元 满几件 打几折，如 0 3 8")), None, None),
        "nth_item" => (None, Some("每几件里有一件"), Some("那一件打几折（免费填 0）")),
        "combo" => (Some(("套餐内容", "每行：件数 规格编码（可多个，任选其一）")), Some("套餐价（元）"), None),
        "percent" => (None, Some("打几折"), None),
        "amount" => (None, Some("每件减（元）"), None),
        "limited_price" => (Some(("限时价", "每行：规格编码 价格")), None, None),
        "gift" => (Some(("赠品", "每行：规格编码 件数；从门店货架预留，自提时交给顾客")), Some("满多少元"), None),
        "gift_with_order" => (Some(("赠品", "每行：规格编码 件数；从门店货架预留，随自提或配送一起给")), Some("满多少元"), None),
        "add_on" => (Some(("换购商品", "每行：规格编码 换购价")), Some("其他商品满多少元"), Some("每单最多换购几件")),
        "tier_price" => (Some(("会员价", "每行：会员等级 打几折，如 2 9.5；等级 1 最低")), None, None),
        "any_of" => (None, Some("任选几件"), Some("一共多少元")),
        "flash" => (Some(("秒杀商品", "规格编码 秒杀价")), Some("总件数"), Some("每人件数")),
        "delivery" => (
            Some(("距离和重量", "不超过多少米 不超过多少克，如 3000 5000；不限的写 -，都不限可不填")),
            Some("商品满多少元"),
            Some("配送费（元，0 为免费）"),
        ),
        _ => (None, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(rule: CampaignRule) -> CampaignDraft {
        CampaignDraft {
            title: "满300减50".into(),
            rule,
            priority: -3,
            skus: vec!["sku_1".parse().unwrap()],
            categories: vec!["dairy".into(), "tea".into()],
            brands: vec!["Fresh Farm".into(), "湖畔，农家".into()],
            without: Vec::new(),
            group: Some("满减".into()),
            exclusive: false,
            beside_hq: true,
            breaks_floor: false,
            new_only: false,
            tier: 3,
            from: Timestamp(1_795_420_800_000),
            until: Timestamp(1_798_012_740_000),
            weekdays: 0b10_0001,
            month_days: (1 << 7) | (1 << 30),
            minute_from: Some(360),
            minute_until: Some(1_440),
            stores: vec!["sto_sh01".parse().unwrap()],
            fulfilments: vec![Fulfilment::Delivery],
            person_limit: Some(2),
            day_limit: None,
            limit: Some(1_000),
            budget: Some(Fen(5_000_050)),
            hq_bears: 705,
            version: 4,
        }
    }

    #[test]
    fn given_shares_and_moments_when_nobody_touches_them_then_they_are_kept_to_the_last_unit() {
        for n in [0, 1, 9, 10, 333, 705, 999, 1_000] {
            assert_eq!(share("hq_bears", &share_text(n)), Ok(n));
        }
        for wrong in ["100.1", "101", "", "3.33", "x", "-1", "1.", "."] {
            assert_eq!(share("hq_bears", wrong).unwrap_err().field.as_deref(), Some("hq_bears"), "{wrong}");
        }
        let seconds = CampaignDraft { until: Timestamp(1_798_012_799_999), ..draft(CampaignRule::Percent { off: 100 }) };
        assert_eq!(Raw::of(&seconds).read(), Ok(seconds.clone()), "23:59:59.999 stays");
        let moved = Raw { until: "2026-12-24T00:00".into(), ..Raw::of(&seconds) };
        assert_eq!(moved.read().unwrap().until, moment("until", "2026-12-24T00:00").unwrap());
    }

    #[test]
    fn given_campaigns_of_every_kind_when_typed_and_read_then_they_are_the_same() {
        let sku = |n: &str| -> SkuId { n.parse().unwrap() };
        for rule in [
            CampaignRule::Percent { off: 125 },
            CampaignRule::Amount { off: Fen(150) },
            CampaignRule::Steps { steps: vec![CampaignSum { from: Fen(30_000), off: Fen(5_000) }], repeat: 2 },
            CampaignRule::StepPercent { steps: vec![CampaignRate { from: Fen(0), units: 3, off: 200 }] },
            CampaignRule::NthItem { n: 2, off: 500 },
            CampaignRule::NthItem { n: 3, off: 1_000 },
            CampaignRule::Combo { parts: vec![CampaignPart { of: vec![sku("sku_1"), sku("sku_2")], units: 2 }], price: Fen(1_580) },
            CampaignRule::LimitedPrice { prices: vec![CampaignPrice { sku: sku("sku_1"), price: Fen(990) }] },
            CampaignRule::Gift { from: Fen(9_900), gifts: vec![CampaignGift { sku: sku("sku_9"), units: 1 }], with_order: false },
            CampaignRule::Gift { from: Fen(9_900), gifts: vec![CampaignGift { sku: sku("sku_9"), units: 1 }], with_order: true },
            CampaignRule::AddOn { from: Fen(3_900), items: vec![CampaignPrice { sku: sku("sku_9"), price: Fen(500) }], units: 2 },
            CampaignRule::TierPrice { rates: vec![CampaignTier { tier: 1, off: 20 }, CampaignTier { tier: 2, off: 50 }] },
            CampaignRule::AnyOf { units: 3, price: Fen(2_000) },
            CampaignRule::Flash { sku: sku("sku_1"), price: Fen(99), stock: 500, per_person: 1 },
            CampaignRule::Delivery { from: Fen(5_900), metres: Some(3_000), fee: Fen(0), grams: None },
            CampaignRule::Delivery { from: Fen(5_900), metres: Some(3_000), fee: Fen(0), grams: Some(5_000) },
            CampaignRule::Delivery { from: Fen(0), metres: None, fee: Fen(300), grams: Some(5_000) },
            CampaignRule::Delivery { from: Fen(0), metres: None, fee: Fen(300), grams: None },
        ] {
            assert!(KINDS.iter().any(|(k, _)| *k == rule_text(&rule).0));
            let draft = draft(rule);
            assert_eq!(Raw::of(&draft).read(), Ok(draft));
        }
    }

    #[test]
    fn given_what_is_no_number_day_or_id_when_read_then_the_field_is_named() {
        let fine = Raw::of(&draft(CampaignRule::Percent { off: 100 }));
        let told = |r: Raw| r.read().unwrap_err().field.unwrap();
        assert_eq!(told(Raw { first: "九".into(), ..fine.clone() }), "rule.off");
        assert_eq!(told(Raw { first: "10".into(), ..fine.clone() }), "rule.off", "ten tenths are no discount");
        assert_eq!(told(Raw { skus: "sku_1 牛奶".into(), ..fine.clone() }), "skus");
        assert_eq!(told(Raw { from: String::new(), ..fine.clone() }), "from");
        assert_eq!(told(Raw { month_days: "32".into(), ..fine.clone() }), "month_days");
        assert_eq!(told(Raw { budget: "1.234".into(), ..fine.clone() }), "budget");
        assert_eq!(told(Raw { tier: "金".into(), ..fine.clone() }), "tier");
        let add_on = Raw { kind: "add_on".into(), lines: "sku_9".into(), first: "39".into(), second: "1".into(), ..fine.clone() };
        assert_eq!(told(add_on), "rule.items");
        let fee = Raw { kind: "delivery".into(), lines: "3000 5000 1".into(), first: "39".into(), second: "0".into(), ..fine.clone() };
        assert_eq!(told(fee), "rule.metres");
        assert_eq!(told(Raw { hq_bears: "101".into(), ..fine }), "hq_bears");
    }

    #[test]
    fn given_moments_when_written_then_china_reads_them_and_they_are_read_back() {
        assert_eq!(moment_text(Timestamp(1_795_420_800_000)), "2026-11-23T16:00");
        for ms in [0, 951_782_400_000, 1_709_164_800_000, 1_798_012_740_000] {
            assert_eq!(moment("from", &moment_text(Timestamp(ms))), Ok(Timestamp(ms)), "{ms}");
        }
    }
}
