//! Stores as HQ keeps them.

mod import;
mod opening;
mod profile;
mod regions;

pub use import::StoreImportDesk;
pub use opening::OpeningForm;
pub use profile::StoreForm;
pub use regions::RegionForm;
