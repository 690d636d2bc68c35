//! What a store lists, and its own products.

mod assortment;
mod listing;
mod local;

pub use assortment::AssortmentDesk;
pub use listing::ListingForm;
pub use local::{LocalEditor, LocalReview};
