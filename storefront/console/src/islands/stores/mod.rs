//! Stores as HQ keeps them.

mod ask;
mod import;
mod opening;
mod permits;
mod profile;
mod regions;
mod warehouses;

pub use ask::ProfileAskForm;
pub use import::StoreImportDesk;
pub use opening::OpeningForm;
pub use permits::PermitForm;
pub use profile::StoreForm;
pub use regions::RegionForm;
pub use warehouses::WarehouseForm;
