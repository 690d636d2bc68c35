//! What HQ decides.

mod dry_run;
mod prices;
mod requests;
mod rules;
mod settings;
mod setup;

pub use dry_run::DryRun;
pub use prices::PriceDesk;
pub use requests::RequestDesk;
pub use rules::PolicyForm;
pub use settings::SettingsDesk;
pub use setup::SetupDesk;
