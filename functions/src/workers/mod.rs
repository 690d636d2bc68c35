//! Workers: one queue message, stream batch or tick → the same steps as a route. Messages come twice, late and in any order:
//! each looks at what is, and does nothing when it is too late.
//!
//! A worker lies with its context. What serves all of them has a file of its own: the relay, the views, the words of search, the sweeper and the check
//! of the books.

mod books;
pub mod catalog;
mod marketing;
pub mod orders;
pub mod payments;
mod relay;
pub mod settlement;
pub mod stock;
mod sweeper;
pub mod transfers;
mod views;
mod words;

use liandian_contracts::Message;

use crate::http::Failure;

pub use books::fsck;
pub use relay::relay;
pub use sweeper::sweeper;
pub use views::views;
pub use words::words;

/// A message that another queue's worker is for.
fn not_ours(m: &Message) -> Failure {
    Failure::Internal(format!("a message of queue {} came to the wrong worker", m.queue().name()))
}
