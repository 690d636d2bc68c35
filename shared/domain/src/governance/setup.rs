//! Set-up by questions (需求诊断): what a chain answers about strategy, headquarters and stores leads to proposed policies,
//! roles, shares and home themes, each with its reason. Asked again later, the proposal is compared with what is in force.
//!
//! The questions are data: what a choice leads to stands beside it. Of two answers about one thing the later question wins.

use std::collections::BTreeMap;

use liandian_types::{Code, Mode, Permission, Problem, RegionId, Role, Tier};
use serde::{Deserialize, Serialize};

use super::{
    fields::{FieldKey, Preset, Value},
    resolve::{Level, Setting, preset},
};
use crate::Refusable;

/// Whom a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// 企业战略层
    Strategy,
    /// 总部管理层
    Headquarters,
    /// 门店运营层
    Stores,
}

/// Where a proposed policy is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// For the whole chain.
    Hq,
    /// For a mode.
    Mode(Mode),
    /// For a class.
    Tier(Tier),
    /// For the regions that the chain named as those with more freedom, its first-tier cities for one.
    NamedRegions,
}

/// What a choice leads to. The last part is the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// A policy.
    Policy(Where, FieldKey, Preset, &'static str),
    /// The preset of a mode.
    Preset(Mode),
    /// HQ's share of a mode's sales, in per mille.
    Share(Mode, u64, &'static str),
    /// The home page of a class.
    Theme(Tier, &'static str, &'static str),
    /// A permission that a role gets beside what it has.
    Grant(Role, Permission, &'static str),
}

/// A choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its word.
    pub id: &'static str,
    /// As people read it.
    pub text: &'static str,
    /// What it leads to.
    pub leads: &'static [Leads],
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its word.
    pub id: &'static str,
    /// For whom.
    pub layer: Layer,
    /// As people read it.
    pub text: &'static str,
    /// What can be answered.
    pub choices: &'static [Choice],
}

macro_rules! choice {
    ($id:literal, $text:literal, $leads:expr $(,)?) => {
        Choice { id: $id, text: $text, leads: $leads }
    };
}

macro_rules! ask {
    ($id:literal, $layer:ident, $text:literal, $choices:expr $(,)?) => {
        Question { id: $id, layer: Layer::$layer, text: $text, choices: $choices }
    };
}

const ON: Preset = Preset::Switch(true);
const OFF: Preset = Preset::Switch(false);
const JOINT: Where = Where::Mode(Mode::Joint);
const FRANCHISE: Where = Where::Mode(Mode::Franchise);

use FieldKey as F;
use Leads::{Grant, Policy, Share, Theme};

/// The questions, in the order in which they are asked.
pub const QUESTIONS: &[Question] = &[
    ask!(
        "ownership",
        Strategy,
        "门店以直营为主还是加盟为主？",
        &[
            choice!(
                "direct",
                "直营为主",
                &[
                    Leads::Preset(Mode::Direct),
                    Leads::Preset(Mode::Joint),
                    Leads::Preset(Mode::Franchise),
                    Share(Mode::Direct, 1000, "直营门店收入全部归总部。"),
                ]
            ),
            choice!(
                "franchise",
                "加盟为主",
                &[
                    Leads::Preset(Mode::Direct),
                    Leads::Preset(Mode::Joint),
                    Leads::Preset(Mode::Franchise),
                    Share(Mode::Direct, 1000, "直营门店收入全部归总部。"),
                    Policy(Where::Hq, F::RemindAfter, Preset::Number(12), "加盟门店多，审批不能久等。"),
                ]
            ),
        ]
    ),
    ask!(
        "tiers",
        Strategy,
        "是否区分门店等级？",
        &[
            choice!(
                "yes",
                "区分旗舰店、标准店、社区店",
                &[Theme(Tier::Flagship, "standard", "旗舰店展示完整的品牌形象。"), Theme(Tier::Community, "community", "社区店突出便民服务。")]
            ),
            choice!("no", "不区分", &[]),
        ]
    ),
    ask!(
        "aim",
        Strategy,
        "小程序首先要达成什么目标？",
        &[
            choice!("repurchase", "提升复购", &[Grant(Role::Marketing, Permission::OrderRead, "提升复购需要了解会员买过什么。")]),
            choice!("new_customers", "拓展新客", &[Policy(FRANCHISE, F::MayCampaign, ON, "拓展新客需要门店在当地做活动。")]),
            choice!("supply", "优化供应链效率", &[Policy(Where::Hq, F::LowAt, Preset::Number(5), "更早发现低库存。")]),
        ]
    ),
    ask!(
        "image",
        Strategy,
        "品牌形象与核心商品是否全国统一？",
        &[
            choice!(
                "same",
                "全国统一",
                &[
                    Policy(Where::Hq, F::FlagshipLocked, ON, "主推商品全国同价，保持品牌一致。"),
                    Policy(JOINT, F::MayPrice, OFF, "价格是品牌形象的一部分。"),
                    Policy(FRANCHISE, F::MaxDiscount, Preset::Number(5), "统一形象下只留很小的折扣空间。"),
                    Policy(FRANCHISE, F::MaxMarkup, Preset::Number(0), "统一形象下不加价。"),
                    Theme(Tier::Flagship, "standard", "所有门店首页一致。"),
                    Theme(Tier::Standard, "standard", "所有门店首页一致。"),
                    Theme(Tier::Community, "standard", "所有门店首页一致。"),
                ]
            ),
            choice!("local", "可以因地制宜", &[]),
        ]
    ),
    ask!(
        "seasonal",
        Strategy,
        "部分城市的门店可否自主推出季节限定商品？",
        &[
            choice!(
                "named",
                "指定区域可以（如一线城市）",
                &[
                    Policy(Where::NamedRegions, F::MayList, ON, "指定区域可自主上架季节限定商品。"),
                    Policy(Where::NamedRegions, F::MayLocal, ON, "指定区域可自主推出季节限定款，首次上架由总部审核。"),
                    Policy(Where::NamedRegions, F::LocalProducts, Preset::Number(10), "季节限定款数量有限，不冲淡核心商品。"),
                ]
            ),
            choice!("none", "不可以", &[]),
        ]
    ),
    ask!(
        "prices",
        Headquarters,
        "总部怎样管控商品定价？",
        &[
            choice!(
                "strict",
                "价格一律由总部决定",
                &[Policy(FRANCHISE, F::MayPrice, OFF, "价格一律由总部决定。"), Policy(FRANCHISE, F::MayTimedPrice, OFF, "价格一律由总部决定。")]
            ),
            choice!("limits", "幅度内门店自主", &[Policy(FRANCHISE, F::MayPrice, ON, "幅度内由门店自主定价。")]),
        ]
    ),
    ask!(
        "discounts",
        Headquarters,
        "谁可以打折？",
        &[
            choice!(
                "hq",
                "只有总部",
                &[Policy(FRANCHISE, F::MayTimedPrice, OFF, "促销由总部统一安排。"), Policy(FRANCHISE, F::MayCampaign, OFF, "促销由总部统一安排。")]
            ),
            choice!("small", "门店可做小幅折扣", &[Policy(FRANCHISE, F::MayTimedPrice, ON, "门店可做小幅限时折扣。")]),
            choice!(
                "large",
                "门店可做较大折扣",
                &[
                    Policy(FRANCHISE, F::MayTimedPrice, ON, "门店可做限时折扣。"),
                    Policy(FRANCHISE, F::MaxDiscount, Preset::Number(30), "门店可做较大折扣，仍不低于最低售价。"),
                ]
            ),
        ]
    ),
    ask!(
        "listing",
        Headquarters,
        "门店可否自主选品？",
        &[
            choice!(
                "hq",
                "由总部统一上下架",
                &[Policy(JOINT, F::MayList, OFF, "商品由总部统一上下架。"), Policy(FRANCHISE, F::MayList, OFF, "商品由总部统一上下架。")]
            ),
            choice!(
                "store",
                "门店可从商品库选品",
                &[Policy(JOINT, F::MayList, ON, "门店最了解当地需求。"), Policy(FRANCHISE, F::MayList, ON, "门店最了解当地需求。")]
            ),
        ]
    ),
    ask!(
        "local",
        Headquarters,
        "门店可否上传本地商品？",
        &[
            choice!("no", "不可以", &[Policy(FRANCHISE, F::MayLocal, OFF, "门店只销售总部商品。")]),
            choice!(
                "few",
                "可以有少量",
                &[
                    Policy(FRANCHISE, F::MayLocal, ON, "允许少量本地特色商品，首次上架由总部审核。"),
                    Policy(FRANCHISE, F::LocalProducts, Preset::Number(10), "本地商品只作补充。"),
                ]
            ),
            choice!(
                "many",
                "可以有较多",
                &[
                    Policy(FRANCHISE, F::MayLocal, ON, "允许本地特色商品，首次上架由总部审核。"),
                    Policy(FRANCHISE, F::LocalProducts, Preset::Number(100), "当地商品是门店的主要特色。"),
                ]
            ),
        ]
    ),
    ask!(
        "documents",
        Headquarters,
        "本地商品是否需要资质文件？",
        &[
            choice!("yes", "需要（食品、化妆品等）", &[Policy(Where::Hq, F::LocalDocuments, ON, "食品与化妆品须有资质。")]),
            choice!("no", "不需要（文创、图书等）", &[Policy(Where::Hq, F::LocalDocuments, OFF, "所售商品不要求资质。")]),
        ]
    ),
    ask!(
        "split",
        Headquarters,
        "联营门店的销售额怎样分成？",
        &[
            choice!("15", "总部 15%", &[Share(Mode::Joint, 150, "联营门店销售额的 15% 归总部。")]),
            choice!("20", "总部 20%", &[Share(Mode::Joint, 200, "联营门店销售额的 20% 归总部。")]),
            choice!("30", "总部 30%", &[Share(Mode::Joint, 300, "联营门店销售额的 30% 归总部。")]),
        ]
    ),
    ask!(
        "royalty",
        Headquarters,
        "加盟门店交多少权益金与平台服务费？",
        &[
            choice!("6", "合计 6%", &[Share(Mode::Franchise, 60, "加盟门店销售额的 6% 归总部。")]),
            choice!("10", "合计 10%", &[Share(Mode::Franchise, 100, "加盟门店销售额的 10% 归总部。")]),
        ]
    ),
    ask!(
        "two_people",
        Headquarters,
        "超限价格的审批要几个人？",
        &[
            choice!("region", "区域经理一人", &[Policy(Where::Hq, F::ApprovePrice, Preset::Choice("region"), "区域经理最了解当地行情。")]),
            choice!("one", "总部一人", &[Policy(Where::Hq, F::ApprovePrice, Preset::Choice("hq"), "价格由总部把关。")]),
            choice!("two", "总部两人", &[Policy(Where::Hq, F::ApprovePrice, Preset::Choice("two_hq"), "价格须双人复核。")]),
        ]
    ),
    ask!(
        "floor",
        Headquarters,
        "总部提高最低售价后，更低的门店价格怎样处理？",
        &[
            choice!("raise", "按最低售价销售", &[Policy(Where::Hq, F::FloorRule, Preset::Choice("raise"), "不中断销售。")]),
            choice!("take_off", "下架", &[Policy(Where::Hq, F::FloorRule, Preset::Choice("take_off"), "由门店确认新价格后再售。")]),
        ]
    ),
    ask!(
        "members",
        Headquarters,
        "总部是否要掌握所有会员的消费偏好？",
        &[
            choice!(
                "all",
                "要掌握全部门店",
                &[
                    Grant(Role::Marketing, Permission::OrderRead, "总部营销岗可查看全部门店订单，掌握会员消费偏好。"),
                    Grant(Role::Merchandiser, Permission::OrderRead, "总部商品岗按会员偏好安排商品。"),
                ]
            ),
            choice!("own", "门店各自掌握", &[]),
        ]
    ),
    ask!(
        "first",
        Stores,
        "更看重到店自提还是同城配送？",
        &[
            choice!(
                "pickup",
                "到店自提",
                &[
                    Policy(Where::Hq, F::PerKm, Preset::Number(150), "自提优先时，顾客去最近的门店。"),
                    Theme(Tier::Community, "community", "社区店首页突出到店自提。"),
                ]
            ),
            choice!("delivery", "同城配送", &[Policy(Where::Hq, F::PerMinute, Preset::Number(8), "配送优先时，送达时间最要紧。")]),
        ]
    ),
    ask!(
        "pain",
        Stores,
        "日常运营中最痛的是什么？",
        &[
            choice!("stock", "库存同步慢", &[Policy(Where::Hq, F::TillSilent, Preset::Number(60), "收银系统一小时没有数据就提示。")]),
            choice!("visits", "到店率低", &[Policy(Where::Hq, F::PerWaiting, Preset::Number(5), "不轻易把顾客引到别的门店。")]),
            choice!("approval", "审批太慢", &[Policy(Where::Hq, F::RemindAfter, Preset::Number(4), "审批单四小时无人处理就提醒。")]),
        ]
    ),
    ask!(
        "small_towns",
        Stores,
        "三四线城市的标准店是否要更简单的界面？",
        &[choice!("yes", "要", &[Theme(Tier::Standard, "simple", "操作界面更简单。")]), choice!("no", "不要", &[])]
    ),
    ask!(
        "profile",
        Stores,
        "门店可否自己修改电话与营业时间？",
        &[
            choice!("yes", "可以", &[Policy(Where::Hq, F::MayProfile, ON, "营业时间由门店及时更新。")]),
            choice!("no", "须经审批", &[Policy(Where::Hq, F::MayProfile, OFF, "门店资料须经审批。")]),
        ]
    ),
    ask!(
        "losses",
        Stores,
        "门店可自行处理多大的盘点差异？",
        &[
            choice!("small", "50 元以内", &[Policy(Where::Hq, F::CountValue, Preset::Number(5_000), "小额差异不必审批。")]),
            choice!("more", "200 元以内", &[Policy(Where::Hq, F::CountValue, Preset::Number(20_000), "门店客单价较高。")]),
        ]
    ),
];

/// What was answered. What is left out leads to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    /// Question to choice.
    pub choices: BTreeMap<String, String>,
    /// The regions that shall have more freedom.
    #[serde(default)]
    pub regions: Vec<RegionId>,
}

/// A proposed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedPolicy {
    /// Where.
    pub level: Level,
    /// About what.
    pub field: FieldKey,
    /// What.
    pub value: Value,
    /// Why.
    pub why: String,
}

/// A proposed share, theme or permission, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoned<T> {
    /// What.
    pub value: T,
    /// Why.
    pub why: String,
}

/// What the answers lead to: a draft that people edit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// Policies, one a level and field.
    pub policies: Vec<ProposedPolicy>,
    /// HQ's share of the sales by mode, in per mille.
    pub shares: BTreeMap<Mode, Reasoned<u64>>,
    /// The home page by class.
    pub themes: BTreeMap<Tier, Reasoned<&'static str>>,
    /// Permissions that roles get beside what they have.
    pub grants: Vec<(Role, Reasoned<Permission>)>,
}

impl Proposal {
    /// What is proposed for a level and a field.
    #[must_use]
    pub fn policy(&self, level: &Level, field: FieldKey) -> Option<&ProposedPolicy> {
        self.policies.iter().find(|p| p.level == *level && p.field == field)
    }

    fn say(&mut self, level: Level, field: FieldKey, value: Preset, why: &str) {
        self.policies.retain(|p| p.level != level || p.field != field);
        self.policies.push(ProposedPolicy { level, field, value: value.into(), why: why.to_owned() });
    }

    fn take(&mut self, leads: Leads, regions: &[RegionId]) {
        match leads {
            Leads::Preset(mode) => {
                for (field, value, why) in preset(mode) {
                    self.say(Level::Mode(mode), *field, *value, why);
                }
            }
            Policy(Where::Hq, field, value, why) => self.say(Level::Hq, field, value, why),
            Policy(Where::Mode(mode), field, value, why) => self.say(Level::Mode(mode), field, value, why),
            Policy(Where::Tier(tier), field, value, why) => self.say(Level::Tier(tier), field, value, why),
            Policy(Where::NamedRegions, field, value, why) => {
                for region in regions {
                    self.say(Level::Region(region.clone()), field, value, why);
                }
            }
            Share(mode, per_mille, why) => {
                self.shares.insert(mode, Reasoned { value: per_mille, why: why.to_owned() });
            }
            Theme(tier, theme, why) => {
                self.themes.insert(tier, Reasoned { value: theme, why: why.to_owned() });
            }
            Grant(role, permission, why) => {
                if !self.grants.iter().any(|(r, p)| *r == role && p.value == permission) {
                    self.grants.push((role, Reasoned { value: permission, why: why.to_owned() }));
                }
            }
        }
    }

    /// The policies that are not in force as proposed. `current` is what each level says now.
    #[must_use]
    pub fn difference<'a>(&'a self, current: &'a [Setting], now: liandian_types::Timestamp) -> Vec<Difference<'a>> {
        let said = |level: &Level, field: FieldKey| {
            let rows = current.iter().filter(|s| s.level == *level && s.field == field && s.from <= now);
            rows.max_by_key(|s| (s.from, s.seq, s.at)).and_then(|s| s.value.as_ref())
        };
        self.policies
            .iter()
            .map(|proposed| Difference { current: said(&proposed.level, proposed.field), proposed })
            .filter(|d| d.current != Some(&d.proposed.value))
            .collect()
    }
}

/// A proposed policy that differs from what its level says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<'a> {
    /// What the level says now, if anything.
    pub current: Option<&'a Value>,
    /// What is proposed.
    pub proposed: &'a ProposedPolicy,
}

/// What the answers lead to.
///
/// # Errors
/// `bad_request` for a question or a choice that does not exist, and when freedom is given to named regions and none is named.
pub fn propose(answers: &Answers) -> Refusable<Proposal> {
    let bad = |detail: String, at: &str| Err(Problem::new(Code::BadRequest, detail).at(at));
    if let Some(unknown) = answers.choices.keys().find(|id| QUESTIONS.iter().all(|q| q.id != id.as_str())) {
        return bad(format!("没有这个问题：{unknown}"), unknown);
    }
    let mut proposal = Proposal::default();
    for q in QUESTIONS {
        let Some(answer) = answers.choices.get(q.id) else { continue };
        let Some(choice) = q.choices.iter().find(|c| c.id == answer) else {
            return bad(format!("“{}”没有这个选项：{answer}", q.text), q.id);
        };
        let named = choice.leads.iter().any(|l| matches!(l, Policy(Where::NamedRegions, ..)));
        if named && answers.regions.is_empty() {
            return bad("请指定哪些区域可以自主推出季节限定商品".into(), "regions");
        }
        for leads in choice.leads {
            proposal.take(*leads, &answers.regions);
        }
    }
    Ok(proposal)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use liandian_types::{StaffId, Timestamp};

    use super::*;
    use crate::governance::{
        fields::Reach,
        resolve::{Place, effective},
    };

    fn answers(choices: &[(&str, &str)], regions: &[&str]) -> Answers {
        let choices = choices.iter().map(|(q, c)| ((*q).to_owned(), (*c).to_owned())).collect();
        Answers { choices, regions: regions.iter().map(|r| r.parse().unwrap()).collect() }
    }

    fn rows(p: &Proposal) -> Vec<Setting> {
        let by: StaffId = "stf_hq".parse().unwrap();
        let row = |p: &ProposedPolicy| Setting {
            level: p.level.clone(),
            field: p.field,
            value: Some(p.value.clone()),
            by: by.clone(),
            at: Timestamp(0),
            from: Timestamp(0),
            why: p.why.clone(),
            seq: 1,
        };
        p.policies.iter().map(row).collect()
    }

    #[test]
    fn given_the_questions_when_read_then_all_they_lead_to_fits_and_has_a_reason() {
        let mut ids = BTreeSet::new();
        assert_eq!(QUESTIONS.len(), 20);
        for q in QUESTIONS {
            assert!(ids.insert(q.id) && q.choices.len() >= 2);
            for l in q.choices.iter().flat_map(|c| c.leads) {
                if let Policy(place, field, value, why) = *l {
                    field.field().check(&value.into()).unwrap();
                    assert!(field.field().reach == Reach::Store || place == Where::Hq);
                    assert!(why.ends_with('。'));
                }
            }
        }
    }

    #[test]
    fn given_the_tea_chain_when_it_answers_then_one_image_holds_and_first_tier_cities_have_seasonal_drinks_of_their_own() {
        let given = [("ownership", "direct"), ("image", "same"), ("seasonal", "named"), ("prices", "strict")];
        let p = propose(&answers(&given, &["reg_sh", "reg_bj"])).unwrap();
        let rows = rows(&p);
        let place = |region: &str, mode| Place { store: "sto_1".parse().unwrap(), mode, tier: Tier::Standard, region: region.parse().unwrap() };
        for mode in Mode::ALL {
            let first = effective(&rows, &place("reg_sh", *mode), Timestamp(0));
            assert!(first.switch(F::MayLocal) && first.number(F::LocalProducts) == 10 && first.switch(F::FlagshipLocked));
            assert!(!first.switch(F::MayPrice), "the image is one: prices are HQ's");
            assert!(first.get(F::MayLocal).said.as_ref().unwrap().why.contains("季节限定"));
        }
        assert!(!effective(&rows, &place("reg_cd", Mode::Direct), Timestamp(0)).switch(F::MayLocal));
        assert!(p.themes.values().all(|t| t.value == "standard") && p.themes.len() == 3);
        assert_eq!(propose(&answers(&given, &[])).unwrap_err().field.as_deref(), Some("regions"));
    }

    #[test]
    fn given_the_regional_supermarket_when_it_answers_then_community_stores_put_pickup_first_and_hq_knows_preferences() {
        let p = propose(&answers(&[("ownership", "franchise"), ("tiers", "yes"), ("members", "all"), ("first", "pickup")], &[])).unwrap();
        let community = &p.themes[&Tier::Community];
        assert!(community.value == "community" && community.why.contains("自提"));
        assert_eq!(p.policy(&Level::Hq, F::PerKm).unwrap().value, Value::Number(150));
        assert!(p.grants.iter().any(|(role, g)| *role == Role::Marketing && g.value == Permission::OrderRead && g.why.contains("偏好")));
    }

    #[test]
    fn given_a_chain_that_answers_again_when_compared_then_only_the_difference_is_proposed() {
        let first = propose(&answers(&[("losses", "small"), ("profile", "yes")], &[])).unwrap();
        let rows = rows(&first);
        assert!(first.difference(&rows, Timestamp(0)).is_empty());
        let again = propose(&answers(&[("losses", "more"), ("profile", "yes")], &[])).unwrap();
        let differs = again.difference(&rows, Timestamp(0));
        assert_eq!(differs.len(), 1);
        assert_eq!((differs[0].current, &differs[0].proposed.value), (Some(&Value::Number(5_000)), &Value::Number(20_000)));
        assert!(propose(&answers(&[("no_such", "x")], &[])).is_err() && propose(&answers(&[("losses", "x")], &[])).is_err());
    }
}
