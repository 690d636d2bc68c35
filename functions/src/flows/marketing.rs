//! What is on offer in a store: the campaigns in view, with what is left of them for who asks.

use std::collections::BTreeSet;

use liandian_domain::{
    marketing::{
        Campaign, Customer, Kind, Level,
        campaign::Record,
        offered::{InView, Offered, counting_day},
        used::Counter,
    },
    orders::place::is_new,
    stores::hours::{CHINA, day},
};
use liandian_store::orders::PlacementAsk;
use liandian_types::{CampaignId, CouponId, MemberId, Quantity, SkuId, StoreId, Timestamp, api::CartLine};

use crate::{
    App,
    flows::{coupons, orders},
    http::Failure,
};

/// Flash sales of other goods are nothing to a cart, and their counters are many: they are not read for it.
fn about(records: Vec<Record>, cart: &[SkuId]) -> Vec<Record> {
    let meant = |r: &Record| if let Kind::Flash(k) = &r.campaign.kind { cart.contains(&k.sku) } else { true };
    records.into_iter().filter(meant).collect()
}

/// What is on offer in a store to somebody with these goods in the cart, as a process may show it: a few seconds old.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn shown(
    app: &App,
    store: &StoreId,
    member: Option<&MemberId>,
    cart: &[SkuId],
    coupons: Option<&[CouponId]>,
    now: Timestamp,
) -> Result<Offered, Failure> {
    let campaigns = async {
        let records = about(app.tables.campaigns_in_view(store, now).await?, cart);
        with_left(app, records, member, false, now).await
    };
    let (mut offered, held) = futures::try_join!(campaigns, coupons::held(app, member, false, now))?;
    held.beside(&mut offered, coupons, now);
    if let Some(m) = member {
        know_if_new(app, &mut offered, m).await?;
    }
    let (gifts, sold) = futures::try_join!(Box::pin(gifts_left(app, store, &offered, false, now)), Box::pin(add_ons_sold(app, store, &offered)))?;
    let mut offered = with_gifts(offered, &gifts);
    offered.sold = sold;
    Ok(offered)
}

/// What the store's shelf has of the gifts that are on offer: a gift is promised as goods are. Nothing is read where none is.
async fn gifts_left(app: &App, store: &StoreId, offered: &Offered, strong: bool, now: Timestamp) -> Result<Vec<(SkuId, u32)>, Failure> {
    let gifts = |c: &InView| -> Vec<SkuId> {
        if let Kind::Gift(k) = &c.campaign.kind { k.gifts.iter().map(|g| g.sku.clone()).collect() } else { Vec::new() }
    };
    let skus: Vec<SkuId> = offered.campaigns.iter().flat_map(gifts).collect::<BTreeSet<_>>().into_iter().collect();
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    let ask = PlacementAsk { store, member: None, skus: &skus, source: None, placed: None, strong };
    let found = app.tables.placement(ask).await?.lines;
    let today = day(now, CHINA);
    Ok(skus.iter().cloned().zip(found.into_iter().map(|l| l.stock.until(today).available())).collect())
}

fn with_gifts(mut offered: Offered, left: &[(SkuId, u32)]) -> Offered {
    for c in &mut offered.campaigns {
        if let Kind::Gift(k) = &mut c.campaign.kind {
            for g in &mut k.gifts {
                g.stock = left.iter().find(|(sku, _)| *sku == g.sku).map_or(0, |(_, units)| *units);
            }
        }
    }
    offered
}

/// The add-ons on offer as this store sells them otherwise. Nothing is read where none is.
async fn add_ons_sold(
    app: &App,
    store: &StoreId,
    offered: &Offered,
) -> Result<std::collections::BTreeMap<SkuId, liandian_types::api::QuoteLine>, Failure> {
    let items = |c: &InView| -> Vec<SkuId> {
        if let Kind::AddOn(k) = &c.campaign.kind { k.items.iter().map(|i| i.sku.clone()).collect() } else { Vec::new() }
    };
    let skus: BTreeSet<SkuId> = offered.campaigns.iter().flat_map(items).collect();
    let one = Quantity::new(1).unwrap_or_else(|e| unreachable!("{e}"));
    // As many as a cart may have lines: more is no offer that anybody reads.
    let lines: Vec<CartLine> = skus.into_iter().take(liandian_domain::orders::place::MAX_LINES).map(|sku| CartLine { sku, quantity: one }).collect();
    if lines.is_empty() {
        return Ok(Default::default());
    }
    Ok(orders::shown(app, store, &lines).await?.into_iter().map(|l| (l.sku.clone(), l)).collect())
}

/// Who has bought before is asked about only where it matters; then all of the member's orders are: any number may have been closed unpaid since.
async fn know_if_new(app: &App, offered: &mut Offered, member: &MemberId) -> Result<(), Failure> {
    if !offered.campaigns.iter().any(|c| c.campaign.audience.new_only) {
        return Ok(());
    }
    let mut cursor: Option<String> = None;
    offered.customer.new = loop {
        let (orders, next) = app.tables.orders_of_member(member, 50, cursor.as_deref()).await?;
        if !is_new(&orders) {
            break false;
        }
        if next.is_none() {
            break true;
        }
        cursor = next;
    };
    Ok(())
}

/// What is on offer as it is now: for who places an order of these goods.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn now(
    app: &App,
    store: &StoreId,
    member: &MemberId,
    cart: &[SkuId],
    coupons: Option<&[CouponId]>,
    now: Timestamp,
) -> Result<Offered, Failure> {
    let campaigns = async {
        let records = about(app.tables.campaigns_now(store, now).await?, cart);
        with_left(app, records, Some(member), true, now).await
    };
    let (mut offered, held) = futures::try_join!(campaigns, coupons::held(app, Some(member), true, now))?;
    held.beside(&mut offered, coupons, now);
    know_if_new(app, &mut offered, member).await?;
    let gifts = Box::pin(gifts_left(app, store, &offered, true, now)).await?;
    Ok(with_gifts(offered, &gifts))
}

/// These campaigns with what is left of them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn with_left(app: &App, records: Vec<Record>, member: Option<&MemberId>, strong: bool, now: Timestamp) -> Result<Offered, Failure> {
    if records.is_empty() {
        return Ok(Offered::default());
    }
    let today = counting_day(now);
    let counters: Vec<(CampaignId, Counter)> =
        records.iter().flat_map(|r| r.limits.counters(member, &today).into_iter().map(|counter| (r.campaign.campaign.clone(), counter))).collect();
    let used = app.tables.used(&counters, strong).await?;
    let mut offered = Offered { customer: Customer::default(), ..Offered::default() };
    let named = records.iter().any(|r| matches!(r.campaign.kind, Kind::Gift(_) | Kind::AddOn(_)));
    let library = if named { Some(app.tables.library().await?) } else { None };
    if records.iter().any(|r| matches!(r.campaign.kind, Kind::Gift(_))) {
        offered.names = library.iter().flat_map(|l| l.iter()).map(|s| (s.sku.clone(), s.title())).collect();
    }
    for r in records {
        let mine = counters.iter().zip(&used).filter(|((c, _), _)| *c == r.campaign.campaign).map(|((_, counter), used)| (counter, used));
        let mine: Vec<_> = mine.collect();
        let parts = r.limits.parts_left(mine.iter().copied());
        let (left, (units, of_person)) = (r.limits.left(mine.iter().copied()), r.limits.units_left(mine));
        let mut campaign = Campaign { left, ..r.campaign };
        if let Kind::Flash(flash) = &mut campaign.kind {
            // Its own stock is what is left of its units; one order takes them from one part.
            flash.stock = units.unwrap_or(flash.stock);
            flash.per_person = of_person.unwrap_or(flash.per_person).min(parts.iter().copied().max().unwrap_or(u32::MAX));
        }
        let breaks_floor = campaign.breaks_floor && campaign.level == Level::Hq;
        if let Kind::AddOn(add_on) = &mut campaign.kind
            && !breaks_floor
        {
            // What is offered is what it will cost: no unit goes below its floor.
            for i in &mut add_on.items {
                let known = library.iter().flat_map(|l| l.iter()).find(|s| s.sku == i.sku);
                i.price = known.map_or(i.price, |s| i.price.max(s.floor));
            }
        }
        offered.campaigns.push(InView { campaign, limits: r.limits, version: r.version, parts });
    }
    Ok(offered)
}
