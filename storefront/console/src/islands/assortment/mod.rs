//! What a store lists, and its own products.

mod desk;
mod listing;
mod local;

pub use desk::AssortmentDesk;
pub use listing::ListingForm;
pub use local::{LocalEditor, LocalReview};
