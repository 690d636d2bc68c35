//! Goods as HQ keeps them.

mod desk;
mod editor;
mod imports;
mod lists;
mod words;

pub use desk::ProductsDesk;
pub use editor::ProductEditor;
pub use imports::{ImportDesk, ImportProgress};
pub use lists::{BrandDesk, CategoryDesk};
pub use words::WordsForm;
