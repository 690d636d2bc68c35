//! Pages about coupons: HQ's, and those that are good in a store.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::coupons::{blank_coupon, coupon_cards, coupon_view};
use liandian_types::CouponState;

use super::{Ask, Handler, Visit, marketing::Named};
use crate::answer::{found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/coupons", get(of_chain)),
        ("/console/hq/coupons/new", get(new)),
        ("/console/hq/coupons/{campaign}", get(one)),
        ("/console/s/{store}/coupons", get(of_store)),
    ]
}

async fn of_chain(visit: Visit, ask: Ask) -> Response {
    let page = async {
        // A state that there is not asks for none.
        let state: Option<CouponState> = ask.get("state").and_then(|s| s.parse().ok());
        let list = read(coupon_cards(&visit.app.tables, state, None).await)?;
        Ok(hq::coupons(&visit.frame(Section::Coupons), list))
    };
    visit.answer(page.await)
}

async fn one(visit: Visit, named: Named) -> Response {
    let page = async {
        let found = found(visit.app.tables.coupon_template(&named.id()?).await, "优惠券")?;
        let view = read(coupon_view(&visit.app.tables, &found, visit.app.now()).await)?;
        Ok(hq::coupon(&visit.frame(Section::Coupons), view))
    };
    visit.answer(page.await)
}

async fn new(visit: Visit) -> Response {
    visit.answer(Ok(hq::new_coupon(&visit.frame(Section::Coupons), visit.app.id(), blank_coupon(visit.app.now()))))
}

async fn of_store(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let list = read(coupon_cards(&visit.app.tables, None, Some(&id)).await)?;
        Ok(store::coupons(&visit.frame(Section::Coupons), &row, list))
    };
    visit.answer(page.await)
}
