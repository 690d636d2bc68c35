//! Goods between places.

mod ask;
mod board;
mod flights;

pub use ask::TransferAsk;
pub use board::TransferBoard;
pub use flights::FlightBoard;
