//! Campaigns: the editor with its preview, and the steps that a campaign takes.

mod editor;
mod raw;
mod steps;

pub use editor::CampaignEditor;
pub use steps::CampaignSteps;
