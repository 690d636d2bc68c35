//! Stores as HQ keeps them.

mod import;
mod opening;
mod profile;
mod regions;
mod warehouses;

pub use import::StoreImportDesk;
pub use opening::OpeningForm;
pub use profile::StoreForm;
pub use regions::RegionForm;
pub use warehouses::WarehouseForm;
