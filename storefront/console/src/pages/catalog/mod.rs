//! Goods as HQ keeps them: its library, categories, brands, and tables that are taken into it.

pub mod imports;
pub mod library;
pub mod words;
