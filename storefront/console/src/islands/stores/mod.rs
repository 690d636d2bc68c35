//! Stores as HQ keeps them.

mod opening;

pub use opening::OpeningForm;
