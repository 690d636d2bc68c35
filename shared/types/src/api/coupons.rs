//! Coupons: as HQ drafts and follows them, as customers find, hold and use them, and their printed codes.

use serde::{Deserialize, Serialize};

use super::CampaignChange;
use crate::{
    CampaignId, CouponId, CouponState, CouponStatus, CouponStep, Fen, Fulfilment, Mode, OfferState, OrderId, RegionId, SkuId, StoreId, Tier,
    Timestamp,
};

bodies! {
    /// A coupon beside a priced cart: every one that the customer holds, and each that was asked for.
    QuoteCoupon {
        /// The coupon.
        coupon: CouponId,
        /// Of which template.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it is worth, in Chinese: `满 100 减 10`.
        what: String,
        /// Until when it can be used, in the store's zone.
        until_text: String,
        /// The cart is priced with it.
        used: bool,
        /// What it takes off, when it is used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off: Option<Fen>,
        /// Why it is not used, in Chinese: `还差 12.00 元`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    }

    /// Everything of a coupon that people decide.
    CouponDraft {
        /// As the customer reads it: 2 to 20 characters.
        title: String,
        /// What it takes off.
        worth: CouponWorth,
        /// From this sum of the goods that it is about.
        from: Fen,
        /// Only on these SKUs; empty: on all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skus: Vec<SkuId>,
        /// Only on these categories; empty: on all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<String>,
        /// Never on these SKUs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without: Vec<SkuId>,
        /// In these stores; empty: in all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stores: Vec<StoreId>,
        /// For these ways to get the goods; empty: for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fulfilments: Vec<Fulfilment>,
        /// Only for who has not ordered before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        new_only: bool,
        /// It is held again when all of its order is given back; else it stays used.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        comes_back: bool,
        /// Of what it costs HQ bears so many thousandths, the store the rest.
        hq_bears: u16,
        /// So many at all, printed codes included.
        number: u32,
        /// So many of one person.
        per_person: u32,
        /// What all of them may take off together: each that is given out has its worth set aside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Fen>,
        /// Given out from this moment on.
        claim_from: Timestamp,
        /// Given out before this moment.
        claim_until: Timestamp,
        /// Good from this moment on.
        valid_from: Timestamp,
        /// Good before this moment, whenever it was claimed.
        valid_until: Timestamp,
        /// Good for so many days after it was claimed; absent: until `valid_until`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u16>,
        /// Everybody finds it in the coupon centre.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        center: bool,
        /// Beside that, a store's home shows it once a day.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        popup: bool,
        /// Who has its link may claim it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        link: bool,
        /// Codes may be printed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        codes: bool,
        /// Only for who has paid an order of this sum within the last month.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_order: Option<Fen>,
        /// Only for who ordered last in a store of these regions; empty: of any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        regions: Vec<RegionId>,
        /// The same of these owners.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        modes: Vec<Mode>,
        /// The same of these classes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tiers: Vec<Tier>,
        /// The version that its author saw; 0 for a new one.
        #[serde(default)]
        version: u64,
    }

    /// A coupon of HQ in a list, with its figures.
    CouponCard {
        /// Its id.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it is worth, in Chinese.
        what: String,
        /// Where it stands.
        state: CouponState,
        /// When it is given out and for how long it is good, in Chinese.
        when: String,
        /// So many at all.
        number: u32,
        /// So many are given out or printed.
        issued: u32,
        /// So many are in somebody's hands, or were.
        claimed: u32,
        /// Orders that were completed with one.
        used: u32,
        /// What it took off these orders.
        spent: Fen,
        /// What those that are given out may take off at most.
        promised: Fen,
        /// What all of them may take off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Fen>,
    }

    /// Coupons of HQ, those that end first first.
    CouponTemplates {
        /// The coupons.
        coupons: Vec<CouponCard>,
    }

    /// A coupon of HQ in full.
    CouponView {
        /// As lists show it.
        card: CouponCard,
        /// What people decided.
        draft: CouponDraft,
        /// Which steps may follow.
        steps: Vec<CouponStep>,
        /// Printed codes, the newest batch first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        batches: Vec<CodeBatch>,
        /// Who changed it, and when, newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        history: Vec<CampaignChange>,
    }

    /// A batch of printed codes.
    CodeBatch {
        /// Its name: the first letters of its codes.
        batch: String,
        /// So many codes.
        count: u32,
        /// When it was made, in China's time.
        at_text: String,
        /// Its file was handed out.
        taken: bool,
    }

    /// Move a coupon of HQ on.
    TakeCouponStep {
        /// Which step.
        step: CouponStep,
        /// The version that was seen.
        version: u64,
    }

    /// Print codes. Sent with an `Idempotency-Key` header.
    MakeCodes {
        /// So many: 1 to 2000.
        count: u32,
    }

    /// The codes of a batch, handed out once.
    CodeFile {
        /// What to call the file.
        name: String,
        /// A code in each line, below a line of names.
        csv: String,
    }

    /// A coupon that may be claimed.
    CouponOffer {
        /// Which.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it is worth, in Chinese.
        what: String,
        /// For how long it is good, in Chinese.
        when: String,
        /// Can this person have it?
        state: OfferState,
        /// The same in a sentence: `今天 14:00 开抢`.
        state_text: String,
        /// So many this person has had: sent with the claim.
        had: u32,
        /// So many are left, when they are few.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<u32>,
        /// Is it shown on a store's home once a day?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        popup: bool,
    }

    /// The coupons that a store's customers may claim.
    CouponCentre {
        /// The coupons.
        coupons: Vec<CouponOffer>,
    }

    /// A coupon that somebody has.
    HeldCoupon {
        /// The coupon.
        coupon: CouponId,
        /// Of which template.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it is worth, in Chinese.
        what: String,
        /// What it is good for and where, in Chinese; empty when for everything.
        only: String,
        /// For how long it is good, in China's time.
        when: String,
        /// Where it stands.
        status: CouponStatus,
        /// The order that has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
    }

    /// The coupons that a member has or had, those that can be used first.
    CouponWallet {
        /// The coupons.
        coupons: Vec<HeldCoupon>,
    }

    /// Claim a coupon.
    ClaimCoupon {
        /// So many the member had of it when it was shown: a claim that is sent twice is one.
        #[serde(default)]
        had: u32,
    }

    /// Turn a printed code into a coupon.
    RedeemCode {
        /// The code as it was typed.
        code: String,
    }

    /// The coupon that was claimed.
    ClaimedCoupon {
        /// The coupon.
        coupon: HeldCoupon,
        /// It was claimed just now, and not before.
        new: bool,
    }
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CouponWorth {
    /// So much off the goods.
    Amount {
        /// So much.
        off: Fen,
    },
    /// Thousandths off the goods, so much at most.
    Percent {
        /// So many.
        off: u16,
        /// So much at most.
        most: Fen,
    },
    /// So much off the fee for bringing them.
    Delivery {
        /// So much.
        off: Fen,
    },
}
