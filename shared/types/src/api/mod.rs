//! Bodies of requests and responses, and what pages show. The same structs serve the JSON routes, the server-rendered
//! pages and the islands. A file a context; the names are flat, as those of the OpenAPI document are.

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

mod access;
mod assortment;
mod audit;
mod catalog;
mod coupons;
mod governance;
mod marketing;
mod members;
mod orders;
mod payments;
mod prices;
mod settings;
mod settlement;
mod slots;
mod sourcing;
mod stock;
mod stores;
mod transfers;

pub use access::*;
pub use assortment::*;
pub use audit::*;
pub use catalog::*;
pub use coupons::*;
pub use governance::*;
pub use marketing::*;
pub use members::*;
pub use orders::*;
pub use payments::*;
pub use prices::*;
pub use settings::*;
pub use settlement::*;
pub use slots::*;
pub use sourcing::*;
pub use stock::*;
pub use stores::*;
pub use transfers::*;
