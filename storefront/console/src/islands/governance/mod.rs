//! What HQ decides.

mod rules;
mod settings;
mod setup;

pub use rules::PolicyForm;
pub use settings::SettingsDesk;
pub use setup::SetupDesk;
