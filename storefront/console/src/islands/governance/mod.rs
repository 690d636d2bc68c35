//! What HQ decides.

#[cfg(any(feature = "ssr", feature = "prices"))]
mod dry_run;
#[cfg(any(feature = "ssr", feature = "rules"))]
mod legal;
#[cfg(any(feature = "ssr", feature = "prices"))]
mod prices;
#[cfg(any(feature = "ssr", feature = "prices"))]
mod requests;
#[cfg(any(feature = "ssr", feature = "rules"))]
mod rules;
#[cfg(any(feature = "ssr", feature = "rules"))]
mod settings;
#[cfg(any(feature = "ssr", feature = "rules"))]
mod setup;

#[cfg(any(feature = "ssr", feature = "prices"))]
pub use dry_run::DryRun;
#[cfg(any(feature = "ssr", feature = "rules"))]
pub use legal::LegalForm;
#[cfg(any(feature = "ssr", feature = "prices"))]
pub use prices::PriceDesk;
#[cfg(any(feature = "ssr", feature = "prices"))]
pub use requests::RequestDesk;
#[cfg(any(feature = "ssr", feature = "rules"))]
pub use rules::PolicyForm;
#[cfg(any(feature = "ssr", feature = "rules"))]
pub use settings::SettingsDesk;
#[cfg(any(feature = "ssr", feature = "rules"))]
pub use setup::SetupDesk;
