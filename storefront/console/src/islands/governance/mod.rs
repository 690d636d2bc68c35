//! What HQ decides.

mod prices;
mod requests;
mod rules;

pub use prices::PriceDesk;
pub use requests::RequestDesk;
pub use rules::PolicyForm;
