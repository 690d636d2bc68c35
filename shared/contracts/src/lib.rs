//! What leaves one function and reaches another: events and queue messages. Tagged, versioned, golden-tested (`events/`).
//!
//! A field may be added with a default; nothing is ever renamed or removed within a version. What must not live here: decisions.

pub mod event;
pub mod message;

pub use event::{Envelope, Event};
pub use message::{Message, Queue, Routed, route};
