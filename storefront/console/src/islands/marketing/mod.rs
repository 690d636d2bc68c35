//! Campaigns: the editor with its preview, the steps that a campaign takes, and the decisions about those that wait. Coupons: the same, and their
//! printed codes.

mod coupons;
mod editor;
mod pick;
mod raw;
mod review;
mod steps;
mod trial;

pub use coupons::{CodeDesk, CouponEditor, CouponSteps};
pub use editor::CampaignEditor;
pub use pick::Choices;
pub use review::CampaignReviewDesk;
pub use steps::CampaignSteps;
