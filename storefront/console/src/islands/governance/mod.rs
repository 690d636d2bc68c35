//! What HQ decides.

mod rules;

pub use rules::PolicyForm;
