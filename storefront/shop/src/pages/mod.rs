//! Whole pages as HTML. Each takes what the API would answer and gives a document; nothing here reads anything.

mod bar;
mod coupons;
mod deal;
mod flash;
mod frame;
mod goods;
mod home;
mod legal;
mod me;
mod order;
mod orders;
mod problem;
mod product;
mod search;
mod stores;
mod till;

pub use bar::{Bar, bar};
pub use coupons::{coupon, coupons, my_coupons};
pub use deal::deal;
pub use flash::flash;
pub use frame::Page;
pub use goods::{Arranged, goods, goods_arranged};
pub use home::home;
pub use legal::{legal, licences};
pub use me::{Book, addresses, consent_first, consents, me};
pub use order::order;
pub use orders::{OrdersAsked, orders};
pub use problem::{login, problem};
pub use product::product;
pub use search::{Sought, search};
pub use stores::{Looking, stores};
pub use till::{cart, checkout};
