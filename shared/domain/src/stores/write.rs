//! What a decision changes of stores and regions.

use crate::stores::{
    import::{Import, Part},
    profile::StoreProfile,
    region::Region,
    warehouse::Warehouse,
};

/// One change to stores or regions.
#[derive(Debug, Clone, PartialEq)]
pub enum StoresWrite {
    /// A store that there is none of.
    Create(Box<StoreProfile>),
    /// A store that is another now; refused when it is no longer the one that was read.
    Replace {
        /// As it was read.
        was: Box<StoreProfile>,
        /// As it shall be.
        next: Box<StoreProfile>,
    },
    /// A region, with the version that was read; refused when it is another by now.
    Region(Region),
    /// A file of stores whose parts wait.
    Begin(Box<Import>, Vec<Part>),
    /// How far a file has come, with the version that was read.
    Import(Box<Import>),
    /// A warehouse, with the version that was read; refused when it is another by now.
    Warehouse(Box<Warehouse>),
}
