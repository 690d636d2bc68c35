//! Coupons of the demo chain: a national one, one for new customers, one on the fee for bringing the goods, and one that is printed; the first member
//! holds one.

use liandian_domain::marketing::{
    Audience, Campaign, CouponPolicy, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
    code::Batch,
    coupon::{Issue, Issued, Template, Whom, group_of},
    kinds::{CouponKind, Worth},
    wallet::Coupon,
};
use liandian_types::{CouponState, Fen, StaffId, Timestamp};

use crate::chain::Chain;

/// How many codes are printed.
const PRINTED: u32 = 200;

/// What a demo chain has of coupons.
#[derive(Debug, Clone)]
pub struct Coupons {
    /// HQ's, with how many of each are out.
    pub templates: Vec<(Template, Issued)>,
    /// Printed codes.
    pub batches: Vec<Batch>,
    /// What members hold.
    pub held: Vec<Coupon>,
}

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Display,
{
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn template(name: &str, title: &str, from: i64, worth: Worth, now: Timestamp) -> Template {
    let (begin, end) = (now.plus(-Timestamp::DAY), now.plus(60 * Timestamp::DAY));
    let campaign = Campaign {
        campaign: id(&format!("cmp_demo-coupon-{name}")),
        title: title.to_owned(),
        level: Level::Hq,
        priority: 0,
        kind: Kind::Coupon(CouponKind { from: Fen(from), worth }),
        scope: Scope::default(),
        group: Some(group_of(&worth)),
        beside_hq: false,
        breaks_floor: false,
        audience: Audience::default(),
        schedule: Schedule { from: begin, until: end, weekdays: 0, month_days: 0, minutes: None },
        stores: Vec::new(),
        fulfilments: Vec::new(),
        left: Left::default(),
        coupon: Some(CouponPolicy::ComesBack),
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(1_000),
    };
    let issue = Issue {
        number: 100_000,
        per_person: 1,
        budget: Some(Fen(50_000_000)),
        from: begin,
        until: end,
        days: None,
        center: true,
        popup: false,
        link: true,
        codes: false,
        after_order: None,
        whom: Whom::default(),
    };
    Template { campaign, issue, state: CouponState::Issuing, version: 1 }
}

/// The coupons of a demo chain that begins now.
#[must_use]
pub fn coupons(chain: &Chain, now: Timestamp) -> Coupons {
    let mut national = template("national", "全国满100减10", 10_000, Worth::Amount(Fen(1_000)), now);
    national.issue.per_person = 2;

    let mut new = template("new", "新客满30减8", 3_000, Worth::Amount(Fen(800)), now);
    new.campaign.audience.new_only = true;
    new.campaign.hq_bears = HqBears(700);
    new.issue.days = Some(7);
    new.issue.popup = true;

    let fee = template("fee", "运费减5元", 2_900, Worth::Delivery(Fen(500)), now);

    let mut printed = template("printed", "开业满60减12", 6_000, Worth::Amount(Fen(1_200)), now);
    printed.issue = Issue { number: 1_000, center: false, link: false, codes: true, ..printed.issue };
    let of_printed =
        Issued { issued: i64::from(PRINTED), promised: Fen(printed.worth().0 * i64::from(PRINTED)), codes: i64::from(PRINTED), ..Issued::default() };
    let batch = Batch {
        batch: "DEM".to_owned(),
        campaign: printed.campaign.campaign.clone(),
        count: PRINTED,
        by: id::<StaffId>("stf_marketing"),
        at: now,
        taken: false,
        version: 1,
    };

    let held: Vec<Coupon> = chain
        .members
        .first()
        .map(|m| Coupon {
            coupon: id("cpn_demo-coupon-national-1"),
            member: m.member.clone(),
            campaign: national.campaign.campaign.clone(),
            claimed_at: now,
            from: national.campaign.schedule.from,
            until: national.campaign.schedule.until,
            held: true,
            order: None,
            version: 1,
        })
        .into_iter()
        .collect();
    let out = i64::try_from(held.len()).unwrap_or(0);
    let of_national = Issued { issued: out, promised: Fen(national.worth().0 * out), claimed: out, ..Issued::default() };
    let templates = vec![(national, of_national), (new, Issued::default()), (fee, Issued::default()), (printed, of_printed)];
    Coupons { templates, batches: vec![batch], held }
}

#[cfg(test)]
mod tests {
    use liandian_domain::marketing::coupon::check;

    use super::*;

    #[test]
    fn given_the_demo_coupons_when_checked_then_they_may_be_given_out_and_what_is_out_is_within_them() {
        let all = coupons(&Chain::demo(), Timestamp(1_795_420_800_000));
        assert_eq!((all.templates.len(), all.batches.len(), all.held.len()), (4, 1, 1));
        for (t, issued) in &all.templates {
            assert_eq!(check(t), Ok(()), "{}", t.campaign.title);
            assert!(t.left(issued) > 0);
        }
    }
}
