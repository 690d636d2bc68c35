//! A member's coupons beside a cart.

use std::sync::Arc;

use liandian_domain::marketing::{coupon::Template, offered::Offered, wallet::Coupon};
use liandian_types::{CouponId, MemberId, Timestamp};

use crate::{App, http::Failure};

/// What a member has, and what it is worth.
#[derive(Default)]
pub(crate) struct Held {
    templates: Arc<Vec<Template>>,
    coupons: Vec<Coupon>,
}

impl Held {
    /// Puts them beside a cart: all that may be used, or those that were chosen.
    pub(crate) fn beside(self, offered: &mut Offered, chosen: Option<&[CouponId]>, now: Timestamp) {
        offered.hold(&self.templates, self.coupons, chosen, now);
    }
}

/// What a member has. Where HQ has no coupons, or nobody is known, nothing more is read.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn held(app: &App, member: Option<&MemberId>, strong: bool, now: Timestamp) -> Result<Held, Failure> {
    // Kept by the process: who places an order after a quote of his finds them there.
    let templates = app.tables.live_coupons(now).await?;
    let Some(member) = member.filter(|_| !templates.is_empty()) else { return Ok(Held::default()) };
    Ok(Held { coupons: app.tables.coupons_of(member, strong).await?, templates })
}
