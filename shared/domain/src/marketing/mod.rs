//! Campaigns: how they come to be, how often they may apply, and what an order keeps of them. What a cart costs with them is the pricing crate's
//! matter, whose words are here for who may not know it otherwise.

pub mod campaign;
pub mod code;
pub mod coupon;
pub mod forecast;
pub mod offered;
pub mod results;
pub mod session;
pub mod used;
pub mod wallet;
pub mod write;

pub use liandian_pricing::{
    Answer, Audience, Campaign, CouponPolicy, Customer, Fees, Group, GroupRule, HqBears, Kind, Left, Level, Line, OnLoss, Schedule, Scope, kinds,
};
