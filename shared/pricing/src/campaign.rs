//! A campaign as data: for whom, when, on what, beside which others, and up to where. What it does is its [`Kind`].

use liandian_types::{CampaignId, Fen, Fulfilment, SkuId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Kind, Line};

/// Who made a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// HQ, for the chain or a part of it.
    Hq,
    /// A store, for itself.
    Store,
}

/// How the campaigns of a group go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupRule {
    /// One of them applies to a cart.
    OneOf,
    /// All of them may apply together.
    AllOf,
    /// One of them applies, and no campaign from outside the group beside it.
    Exclusive,
}

/// A stacking group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name: campaigns of the same name are in the same group.
    pub name: String,
    /// How they go together.
    pub rule: GroupRule,
}

/// Which lines a campaign is about. What is left empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// These SKUs.
    pub skus: Vec<SkuId>,
    /// These categories.
    pub categories: Vec<String>,
    /// These brands.
    pub brands: Vec<String>,
    /// Any of these marks.
    pub marks: Vec<String>,
    /// Never these SKUs.
    pub without: Vec<SkuId>,
}

impl Scope {
    /// Is this line meant?
    #[must_use]
    pub fn holds(&self, l: &Line) -> bool {
        (self.skus.is_empty() || self.skus.contains(&l.sku))
            && (self.categories.is_empty() || self.categories.contains(&l.category))
            && (self.brands.is_empty() || self.brands.contains(&l.brand))
            && (self.marks.is_empty() || l.marks.iter().any(|m| self.marks.contains(m)))
            && !self.without.contains(&l.sku)
    }
}

/// For whom a campaign is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    /// Members of this tier and above; 0 is everybody.
    pub tier: u8,
    /// Only who has not ordered before.
    pub new_only: bool,
    /// Only on the member's birthday.
    pub birthday: bool,
}

/// When a campaign runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// From this moment on.
    pub from: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// On these days of the week: bit 0 is Monday; 0 is every day.
    #[serde(default)]
    pub weekdays: u8,
    /// On these days of the month: bit 0 is the first; 0 is every day.
    #[serde(default)]
    pub month_days: u32,
    /// Between these minutes of the store's day, the second not included.
    #[serde(default)]
    pub minutes: Option<(u16, u16)>,
}

/// How much of a campaign is left for this person and cart: the caller counts, the engine obeys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Left {
    /// Applications within one cart.
    pub cart: Option<u32>,
    /// Applications for this person.
    pub person: Option<u32>,
    /// Applications on this day.
    pub day: Option<u32>,
    /// Applications at all.
    pub campaign: Option<u32>,
    /// Money; a discount above it does not apply.
    pub budget: Option<Fen>,
}

impl Left {
    /// How often it may apply now.
    #[must_use]
    pub fn times(&self) -> u32 {
        [self.cart, self.person, self.day, self.campaign].into_iter().flatten().min().unwrap_or(u32::MAX)
    }
}

/// Whether a campaign needs a coupon, and what becomes of it at a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponPolicy {
    /// The coupon is held again once all of the order is given back.
    ComesBack,
    /// It stays used.
    StaysUsed,
}

/// What happens when a refund takes the rest below a threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLoss {
    /// The rest stays as it was paid.
    #[default]
    Keep,
    /// The rest is priced again, and the discount that it would not have had is taken from the refund.
    Reprice,
}

/// Who bears a discount: HQ so many thousandths, the store the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HqBears(pub u16);

impl HqBears {
    /// HQ's and the store's part of an amount; together they are the amount.
    #[must_use]
    pub fn split(self, amount: Fen) -> (Fen, Fen) {
        let hq = u64::from(self.0.min(1_000));
        let parts = amount.split(&[hq, 1_000 - hq]);
        (parts[0], parts[1])
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub campaign: CampaignId,
    /// As the customer reads it.
    pub title: String,
    /// Whose it is.
    pub level: Level,
    /// Decides between combinations that cost the same: the higher wins.
    pub priority: i32,
    /// What it does.
    pub kind: Kind,
    /// On what.
    #[serde(default)]
    pub scope: Scope,
    /// In which group.
    #[serde(default)]
    pub group: Option<Group>,
    /// A store's campaign: may it apply beside one of HQ's?
    pub beside_hq: bool,
    /// May it go below the floor? Heeded only at [`Level::Hq`].
    #[serde(default)]
    pub breaks_floor: bool,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
    /// When.
    pub schedule: Schedule,
    /// In these stores; empty: in all.
    #[serde(default)]
    pub stores: Vec<StoreId>,
    /// For these ways to get the goods; empty: for all.
    #[serde(default)]
    pub fulfilments: Vec<Fulfilment>,
    /// What is left of it.
    #[serde(default)]
    pub left: Left,
    /// Set: a coupon is needed.
    #[serde(default)]
    pub coupon: Option<CouponPolicy>,
    /// When a refund takes the rest below its threshold.
    #[serde(default)]
    pub on_loss: OnLoss,
    /// Who bears it.
    pub hq_bears: HqBears,
}

impl Campaign {
    /// May these two apply to one cart?
    #[must_use]
    pub fn goes_with(&self, other: &Campaign) -> bool {
        let levels = |a: &Campaign, b: &Campaign| a.level == Level::Hq || b.level == Level::Store || a.beside_hq;
        let same = match (&self.group, &other.group) {
            (Some(a), Some(b)) => a.name == b.name,
            _ => false,
        };
        let rule = |c: &Campaign| c.group.as_ref().map(|g| g.rule);
        let shares = |c: &Campaign| match rule(c) {
            Some(GroupRule::Exclusive) => false,
            Some(GroupRule::OneOf) => !same,
            Some(GroupRule::AllOf) | None => true,
        };
        shares(self) && shares(other) && levels(self, other) && levels(other, self)
    }
}
