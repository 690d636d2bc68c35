//! The account's cart in a store, and what devices change of it.

use liandian_domain::{
    catalog::LibrarySku,
    orders::cart::{self, Merged},
};
use liandian_store::members::CartRow;
use liandian_types::{
    SkuId,
    api::{AccountCart, CartLine, DeviceCart, LeftOut},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// How often a device may meet another one of the same member.
const ATTEMPTS: u32 = 8;

/// The cart.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    let member = call.member()?;
    let lines = app.tables.cart(member, &call.store()?).await?.lines;
    Reply::json(&AccountCart { member: member.clone(), lines, left_out: Vec::new() })
}

/// Does to the account's cart what the device has done to its own since it saw it, and says what of it is left out.
///
/// # Errors
/// `bad_request` for too many lines or a SKU that is there twice; `not_found` when there is no such store; `unavailable` when other devices of
/// the member were faster again and again.
pub async fn write(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, member, device): (_, _, DeviceCart) = (call.store()?, call.member()?, call.json()?);
    cart::check(&device.lines, "lines")?;
    // What another member saw on this device says nothing about this one's cart.
    let saw = device.saw.as_ref().filter(|s| s.member == *member).map(|s| s.lines.as_slice());
    if let Some(saw) = saw {
        cart::check(saw, "saw.lines")?;
    }
    let (profile, library) = futures::try_join!(app.tables.store(&store), app.tables.library_of(&store))?;
    profile.ok_or_else(|| Failure::not_found("门店"))?;
    let of = |sku: &SkuId| library.iter().find(|l| l.sku == *sku);
    for attempt in 0..ATTEMPTS {
        let account = app.tables.cart(member, &store).await?;
        let Merged { lines, full, unknown } = cart::merge(&account.lines, saw, &device.lines, |sku| of(sku).is_some());
        if lines == account.lines || app.tables.put_cart(member, &store, &CartRow { lines: lines.clone(), ..account }).await? {
            let out = |l: CartLine, reason: &str| LeftOut {
                name: of(&l.sku).map_or_else(String::new, LibrarySku::title),
                sku: l.sku,
                quantity: l.quantity,
                reason: reason.to_owned(),
            };
            let left_out = full.into_iter().map(|l| out(l, "购物车已满")).chain(unknown.into_iter().map(|l| out(l, "商品已不存在")));
            return Reply::json(&AccountCart { member: member.clone(), lines, left_out: left_out.collect() });
        }
        tokio::time::sleep(liandian_store::commit::pause(attempt, app.chance.draw())).await;
    }
    Err(Failure::Unavailable("other devices changed the cart again and again".into()))
}
