//! What a decision changes of campaigns.

use liandian_types::{CouponId, MemberId};

use crate::marketing::{
    campaign::Record,
    code::{Batch, UsedCode},
    coupon::{Issuing, Template},
    used::Counting,
    wallet::Coupon,
};

/// One change to campaigns.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketingWrite {
    /// A campaign, with the version that was read (0: there is none); refused when it is another by now.
    Campaign(Box<Record>),
    /// How often a campaign has applied, and what it has cost; refused when that would be more than there may be.
    Used(Box<Counting>),
    /// A coupon of HQ, with the version that was read (0: there is none); refused when it is another by now.
    Template(Box<Template>),
    /// A coupon of a member, with the version that was read (0: there is none); refused when it is another by now.
    Coupon(Box<Coupon>),
    /// A coupon that its order gives back. Only the order that has it does, and only once: nothing has to be read.
    CouponBack {
        /// Whose.
        member: MemberId,
        /// Which.
        coupon: CouponId,
    },
    /// How many of a coupon are out; refused when that would be more than there may be.
    Issued(Box<Issuing>),
    /// A batch of printed codes, with the version that was read (0: there is none).
    Batch(Box<Batch>),
    /// A printed code that is turned into a coupon; refused when it was before.
    CodeUsed(Box<UsedCode>),
}
