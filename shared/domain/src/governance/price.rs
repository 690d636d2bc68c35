//! What a store asks for a SKU, and why: HQ's price, the region's, the store's own, limited-time prices, the floor.
//!
//! Invariants: never below the floor; nothing counts that neither the policy lets pass nor somebody approved; how low a store
//! may go is measured against HQ's price, never against the store's last one, so small steps lead nowhere.

use liandian_types::{Fen, RequestId, SkuId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    fields::FieldKey,
    resolve::{Effective, Resolved},
};
pub use crate::catalog::prices::{Offer, PriceLeave, SetPrice, StorePrice, TimedPrice};

/// Everything that is said about the price of one SKU in one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// The SKU.
    pub sku: SkuId,
    /// 品牌主推
    pub flagship: bool,
    /// HQ's suggested price.
    pub hq: SetPrice,
    /// HQ's price for the store's region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<SetPrice>,
    /// The store's own price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StorePrice>,
    /// Its limited-time prices, those to come included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timed: Vec<TimedPrice>,
    /// Nobody sells below it.
    pub floor: SetPrice,
}

/// A limit of the policy that a price breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Which field.
    pub field: FieldKey,
    /// How far the price is off HQ's, in per cent, rounded up; 0 where that does not matter.
    pub percent: i64,
}

/// How many per cent a price is below HQ's, rounded up.
fn below(price: Fen, hq: Fen) -> i64 {
    off(i128::from(hq.0) - i128::from(price.0), hq)
}

fn off(difference: i128, hq: Fen) -> i64 {
    if difference <= 0 {
        return 0;
    }
    let hq = i128::from(hq.0.max(1));
    i64::try_from((difference * 100 + hq - 1) / hq).unwrap_or(i64::MAX)
}

impl PriceBook {
    /// HQ's price here: what a store's discount is measured against.
    #[must_use]
    pub fn reference(&self) -> Fen {
        self.region.as_ref().unwrap_or(&self.hq).price.max(self.floor.price)
    }

    /// Which limit a price of the store's own breaks; `right` is the switch that lets it have any.
    #[must_use]
    pub fn breaks(&self, policy: &Effective, right: FieldKey, price: Fen) -> Option<Broken> {
        let hq = self.reference();
        if price == hq {
            return None;
        }
        if !policy.switch(right) {
            return Some(Broken { field: right, percent: 0 });
        }
        if self.flagship && policy.switch(FieldKey::FlagshipLocked) {
            return Some(Broken { field: FieldKey::FlagshipLocked, percent: 0 });
        }
        let (down, up) = (below(price, hq), off(i128::from(price.0) - i128::from(hq.0), hq));
        if down > policy.number(FieldKey::MaxDiscount) {
            return Some(Broken { field: FieldKey::MaxDiscount, percent: down });
        }
        (up > policy.number(FieldKey::MaxMarkup)).then_some(Broken { field: FieldKey::MaxMarkup, percent: up })
    }

    /// The lowest and highest price while limited-time prices that overlap work together, from `from` until before `until`.
    /// Between two beginnings or ends nothing changes, so those moments are all there is to look at.
    #[must_use]
    pub fn range(&self, policy: &Effective, from: Timestamp, until: Timestamp) -> (Fen, Fen) {
        let mut moments: Vec<Timestamp> = self.timed.iter().flat_map(|t| [t.from, t.until]).filter(|t| (from..until).contains(t)).collect();
        moments.push(from);
        let prices = moments.into_iter().map(|at| self.together(policy, at));
        prices.fold((Fen(i64::MAX), Fen(i64::MIN)), |(low, high), p| (low.min(p), high.max(p)))
    }

    /// What all limited-time prices that run at a moment make together of the price without them, before any rule.
    fn together(&self, policy: &Effective, at: Timestamp) -> Fen {
        let base = self.base(policy);
        in_order(&self.timed).filter(|t| t.runs(at)).fold(base, |price, t| t.offer.of(price))
    }

    /// The price without limited-time prices and floor.
    fn base(&self, policy: &Effective) -> Fen {
        let own = self.store.as_ref().filter(|s| self.own_breaks(policy, s).is_none());
        own.map_or_else(|| self.region.as_ref().unwrap_or(&self.hq).price, |s| s.set.price)
    }

    fn own_breaks(&self, policy: &Effective, own: &StorePrice) -> Option<Broken> {
        if own.leave.as_ref().is_some_and(|l| l.holds(own.set.price)) {
            return None;
        }
        // What is below the floor is raised to it, so that is what is judged.
        self.breaks(policy, FieldKey::MayPrice, own.set.price.max(self.floor.price))
    }
}

/// Fixed prices first, so that what is told in per cent comes off the price that a customer would see; then as they were set.
fn in_order(timed: &[TimedPrice]) -> impl Iterator<Item = &TimedPrice> {
    let mut all: Vec<&TimedPrice> = timed.iter().collect();
    all.sort_by_key(|t| (matches!(t.offer, Offer::Off(_)), t.at, t.from, t.until));
    all.into_iter()
}

/// Who says a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceLevel {
    /// HQ's suggested price.
    Hq,
    /// HQ's price for the region.
    Region,
    /// The store's own.
    Store,
    /// The store's, for a while.
    Timed,
    /// The lowest that is allowed.
    Floor,
}

impl PriceLevel {
    /// The level in Chinese.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            PriceLevel::Hq => "总部建议价",
            PriceLevel::Region => "区域价",
            PriceLevel::Store => "门店价",
            PriceLevel::Timed => "限时价",
            PriceLevel::Floor => "最低售价",
        }
    }
}

/// What became of what a level says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the price.
    Won,
    /// It counts, and another level goes before it or on from it.
    Overruled,
    /// It has not begun.
    NotYet,
    /// It is over.
    Over,
    /// The policy does not let it pass, and nobody approved it.
    NotAllowed,
    /// It was below the floor, and the floor is the price.
    Raised,
    /// It does no more than stand below the price.
    Kept,
}

/// One level's part in a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which level.
    pub level: PriceLevel,
    /// What it says, or makes of what the levels before it say.
    pub price: Fen,
    /// Who said so.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// The change request that let it pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The rule that it was measured by, with where the rule comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Resolved>,
    /// What became of it.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub note: String,
}

/// A price and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priced {
    /// What a customer pays.
    pub price: Fen,
    /// Is it on sale at all? A new floor may take it off.
    pub on_sale: bool,
    /// Every level that says something, from HQ to floor. Exactly one has won.
    pub steps: Vec<Step>,
}

impl Priced {
    /// The step that made the price.
    #[must_use]
    pub fn winner(&self) -> Option<&Step> {
        self.steps.iter().find(|s| s.verdict == Verdict::Won)
    }

    /// Of which steps the policy does not let pass what they say.
    pub fn refused(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|s| s.verdict == Verdict::NotAllowed)
    }
}

fn step(level: PriceLevel, set: &SetPrice) -> Step {
    Step {
        level,
        price: set.price,
        by: set.by.clone(),
        at: set.at,
        why: set.why.clone(),
        request: None,
        rule: None,
        verdict: Verdict::Overruled,
        note: String::new(),
    }
}

/// Says why a step does not count, with the rule.
fn refuse(step: &mut Step, policy: &Effective, broken: Broken) {
    let rule = policy.get(broken.field);
    let field = broken.field.field();
    step.note = format!("不符合“{}”（{}），未生效", field.label, field.show(&rule.value));
    step.rule = Some(rule.clone());
    step.verdict = Verdict::NotAllowed;
}

/// What a store asks for a SKU now, and why.
#[must_use]
pub fn effective_price(book: &PriceBook, policy: &Effective, now: Timestamp) -> Priced {
    let mut steps = vec![step(PriceLevel::Hq, &book.hq)];
    let mut won = 0;
    if let Some(region) = &book.region {
        won = steps.len();
        steps.push(step(PriceLevel::Region, region));
    }
    if let Some(own) = &book.store {
        let mut s = step(PriceLevel::Store, &own.set);
        if let Some(broken) = book.own_breaks(policy, own) {
            refuse(&mut s, policy, broken);
        } else {
            won = steps.len();
            s.request = own.leave.as_ref().map(|l| l.request.clone());
            s.rule = s.request.is_none().then(|| policy.get(FieldKey::MaxDiscount).clone());
        }
        steps.push(s);
    }
    for t in in_order(&book.timed) {
        let before = steps[won].price;
        let set = SetPrice { price: t.offer.of(before), by: t.by.clone(), at: t.at, why: t.why.clone() };
        let mut s = step(PriceLevel::Timed, &set);
        if t.until <= now {
            (s.verdict, s.note) = (Verdict::Over, "限时价已结束".to_owned());
        } else if now < t.from {
            (s.verdict, s.note) = (Verdict::NotYet, "限时价尚未开始".to_owned());
        } else {
            match timed_breaks(book, policy, t, s.price) {
                Some(broken) => refuse(&mut s, policy, broken),
                None if s.price < before => {
                    won = steps.len();
                    s.request = t.leave.as_ref().map(|l| l.request.clone());
                    s.rule = s.request.is_none().then(|| policy.get(FieldKey::MaxDiscount).clone());
                }
                None => s.note = "不低于当前价格".to_owned(),
            }
        }
        steps.push(s);
    }
    let mut floor = step(PriceLevel::Floor, &book.floor);
    let mut on_sale = true;
    if steps[won].price < floor.price {
        steps[won].verdict = Verdict::Raised;
        steps[won].note = format!("低于最低售价 {}，按最低售价销售", floor.price);
        if steps[won].level >= PriceLevel::Store && policy.choice(FieldKey::FloorRule) == "take_off" {
            on_sale = false;
            steps[won].note = format!("低于最低售价 {}，已下架", floor.price);
        }
        floor.rule = Some(policy.get(FieldKey::FloorRule).clone());
        won = steps.len();
    } else {
        floor.verdict = Verdict::Kept;
        floor.note = "价格不低于最低售价".to_owned();
    }
    steps.push(floor);
    steps[won].verdict = Verdict::Won;
    Priced { price: steps[won].price, on_sale, steps }
}

/// Which limit a running limited-time price breaks, together with those before it.
fn timed_breaks(book: &PriceBook, policy: &Effective, t: &TimedPrice, price: Fen) -> Option<Broken> {
    if t.leave.as_ref().is_some_and(|l| l.holds(price)) {
        return None;
    }
    let days = policy.number(FieldKey::TimedPriceDays).saturating_mul(Timestamp::DAY);
    let long = t.until.0.saturating_sub(t.from.0) > days;
    let broken = if long {
        Some(Broken { field: FieldKey::TimedPriceDays, percent: 0 })
    } else {
        book.breaks(policy, FieldKey::MayTimedPrice, price.max(book.floor.price))
    }?;
    // It was inside the rules when it was set; what it breaks now, somebody else changed since. A store that has come under
    // other levels finds rules there that are older than its discount, and those end it.
    let keeps = policy.choice(FieldKey::RunningDiscounts) == "keep";
    let rule = policy.get(broken.field).said.as_ref().map_or(Timestamp(0), |s| s.from);
    let changed = rule.max(book.region.as_ref().unwrap_or(&book.hq).at);
    // A price of its own that the store set since is judged by itself: what the two make together nobody has let through.
    let own = book.store.as_ref().is_some_and(|s| s.set.at > t.at && book.own_breaks(policy, s).is_none());
    (!keeps || own || changed <= t.at).then_some(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::{
        fields::Value,
        resolve::{Level, Place, Setting, effective},
    };
    use liandian_types::{Mode, Tier};

    fn by() -> StaffId {
        "stf_a".parse().unwrap()
    }

    fn at(price: i64) -> SetPrice {
        SetPrice { price: Fen(price), by: by(), at: Timestamp(0), why: "定价".into() }
    }

    fn book(hq: i64, floor: i64) -> PriceBook {
        PriceBook { sku: "sku_1".parse().unwrap(), flagship: false, hq: at(hq), region: None, store: None, timed: vec![], floor: at(floor) }
    }

    fn own(price: i64) -> Option<StorePrice> {
        Some(StorePrice { set: at(price), leave: None })
    }

    fn off_until(percent: u32, until: i64) -> TimedPrice {
        let (from, until) = (Timestamp(0), Timestamp(until));
        TimedPrice { offer: Offer::Off(percent), from, until, by: by(), at: Timestamp(0), why: "周末".into(), leave: None }
    }

    fn policy(values: &[(FieldKey, Value, i64)]) -> Effective {
        let place = Place { store: "sto_1".parse().unwrap(), mode: Mode::Franchise, tier: Tier::Standard, region: "reg_1".parse().unwrap() };
        let rows: Vec<Setting> = values
            .iter()
            .map(|(field, value, from)| Setting {
                level: Level::Hq,
                field: *field,
                value: Some(value.clone()),
                by: by(),
                at: Timestamp(*from),
                from: Timestamp(*from),
                why: "试".into(),
                seq: u64::try_from(*from).unwrap(),
            })
            .collect();
        effective(&rows, &place, Timestamp(1_000_000))
    }

    fn free(percent: i64) -> Vec<(FieldKey, Value, i64)> {
        use FieldKey as F;
        vec![(F::MayPrice, Value::Switch(true), 0), (F::MayTimedPrice, Value::Switch(true), 0), (F::MaxDiscount, Value::Number(percent), 0)]
    }

    fn verdicts(p: &Priced) -> Vec<(PriceLevel, Verdict)> {
        p.steps.iter().map(|s| (s.level, s.verdict)).collect()
    }

    #[test]
    fn given_all_levels_when_priced_then_the_nearest_wins_and_each_is_told() {
        let mut b = book(1_000, 500);
        b.region = Some(at(950));
        b.store = own(900);
        b.timed = vec![off_until(5, 100)];
        let p = effective_price(&b, &policy(&free(20)), Timestamp(50));
        assert_eq!(p.price, Fen(855));
        use PriceLevel as L;
        use Verdict as V;
        assert_eq!(
            verdicts(&p),
            [(L::Hq, V::Overruled), (L::Region, V::Overruled), (L::Store, V::Overruled), (L::Timed, V::Won), (L::Floor, V::Kept)]
        );
        let after = effective_price(&b, &policy(&free(20)), Timestamp(100));
        assert_eq!((after.price, after.winner().unwrap().level), (Fen(900), L::Store));
    }

    #[test]
    fn given_a_store_price_beyond_the_limit_when_nobody_approved_it_then_hqs_price_is_charged() {
        let mut b = book(1_000, 500);
        b.store = own(849);
        let p = effective_price(&b, &policy(&free(15)), Timestamp(0));
        assert_eq!(p.price, Fen(1_000));
        let refused: Vec<&Step> = p.refused().collect();
        assert_eq!(refused[0].rule.as_ref().unwrap().field, FieldKey::MaxDiscount);
        b.store = own(850);
        assert_eq!(effective_price(&b, &policy(&free(15)), Timestamp(0)).price, Fen(850));
        let leave = PriceLeave { request: "req_1".parse().unwrap(), lowest: Fen(700), highest: Fen(700), at: Timestamp(0) };
        b.store = Some(StorePrice { set: at(700), leave: Some(leave.clone()) });
        assert_eq!(effective_price(&b, &policy(&free(15)), Timestamp(0)).price, Fen(700));
        // What was approved for one price is no leave for a lower one.
        b.store = Some(StorePrice { set: at(699), leave: Some(leave) });
        assert_eq!(effective_price(&b, &policy(&free(15)), Timestamp(0)).price, Fen(1_000));
    }

    #[test]
    fn given_a_new_floor_above_a_store_price_when_priced_then_it_is_raised_or_taken_off_and_says_why() {
        let mut b = book(1_000, 900);
        b.store = own(860);
        let p = effective_price(&b, &policy(&free(15)), Timestamp(0));
        assert_eq!((p.price, p.on_sale), (Fen(900), true));
        let store = p.steps.iter().find(|s| s.level == PriceLevel::Store).unwrap();
        assert_eq!((store.verdict, store.note.as_str()), (Verdict::Raised, "低于最低售价 ¥9.00，按最低售价销售"));
        let mut rules = free(15);
        rules.push((FieldKey::FloorRule, Value::Choice("take_off".into()), 0));
        let p = effective_price(&b, &policy(&rules), Timestamp(0));
        assert_eq!((p.price, p.on_sale), (Fen(900), false));
    }

    #[test]
    fn given_two_discounts_that_overlap_when_their_product_breaks_the_limit_then_the_second_does_not_count() {
        let mut b = book(1_000, 100);
        b.timed = vec![off_until(10, 100), off_until(10, 200)];
        let p = policy(&free(15));
        assert_eq!(b.range(&p, Timestamp(0), Timestamp(200)), (Fen(810), Fen(900)));
        assert_eq!(effective_price(&b, &p, Timestamp(50)).price, Fen(900));
        assert_eq!(effective_price(&b, &p, Timestamp(150)).price, Fen(900));
        assert_eq!(effective_price(&b, &policy(&free(19)), Timestamp(50)).price, Fen(810));
    }

    #[test]
    fn given_a_rule_that_became_stricter_when_a_discount_runs_then_it_ends_or_is_kept_as_policy_says() {
        let mut b = book(1_000, 100);
        b.timed = vec![off_until(10, 1_000)];
        let mut rules = free(15);
        rules.push((FieldKey::MaxDiscount, Value::Number(5), 500));
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(600)).price, Fen(1_000));
        rules.push((FieldKey::RunningDiscounts, Value::Choice("keep".into()), 500));
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(600)).price, Fen(900));
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(1_000)).price, Fen(1_000), "until its end, and no longer");
        // What is kept is the discount, not what a price that the store lowered since makes of it.
        let lowered = |when| StorePrice { set: SetPrice { at: Timestamp(when), ..at(950) }, leave: None };
        b.store = Some(lowered(501));
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(600)).price, Fen(950));
        b.store = Some(lowered(0));
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(600)).price, Fen(855), "it was there before the discount");
        b.store = None;
        // One that was set after the rule is none of the running ones.
        b.timed[0].at = Timestamp(501);
        assert_eq!(effective_price(&b, &policy(&rules), Timestamp(600)).price, Fen(1_000));
    }

    #[test]
    fn given_flagship_goods_when_their_store_has_a_price_of_its_own_then_only_hqs_counts() {
        let mut b = book(1_000, 100);
        b.flagship = true;
        b.store = own(950);
        assert_eq!(effective_price(&b, &policy(&free(15)), Timestamp(0)).price, Fen(1_000));
    }
}
