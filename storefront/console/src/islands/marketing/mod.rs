//! Campaigns: the editor with its preview, and the steps that a campaign takes. Coupons: the same, and their printed codes.

mod coupons;
mod editor;
mod raw;
mod steps;

pub use coupons::{CodeDesk, CouponEditor, CouponSteps};
pub use editor::CampaignEditor;
pub use steps::CampaignSteps;
