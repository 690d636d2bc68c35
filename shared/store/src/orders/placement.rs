//! What placing (or quoting) an order reads, in one wave.

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    orders::{
        holds::Holds,
        order::{OrderBody, OrderHead},
    },
    stock::batch::Dated,
    stores::profile::StoreProfile,
};
use liandian_types::{LocationId, MemberId, OrderId, SkuId, StoreId};

use crate::{
    catalog::{listing_key, sku_key},
    commit::holds_key,
    db::{Key, StoreError, Tables, parse},
    keys,
    members::{Member, member_key},
    stock::records::{dated, stock_key},
    stores::profile_key,
};

/// A member's newest orders that are read when another is placed: they say what became of the unpaid ones.
const RECENT: i32 = 10;

/// What placing (or quoting) asks for.
#[derive(Debug, Clone, Copy)]
pub struct PlacementAsk<'a> {
    /// The store.
    pub store: &'a StoreId,
    /// The member, when an order is placed.
    pub member: Option<&'a MemberId>,
    /// The SKUs.
    pub skus: &'a [SkuId],
    /// The transfer's source, or the warehouse that ships.
    pub source: Option<&'a LocationId>,
    /// The order that the client's key stands for: it is there when it was placed before.
    pub placed: Option<&'a OrderId>,
    /// Read what is, rather than what was a moment ago.
    pub strong: bool,
}

/// What placing (or quoting) reads for one line.
#[derive(Debug, Clone)]
pub struct LineRead {
    /// The library's word.
    pub library: Option<LibrarySku>,
    /// The store's word.
    pub listing: Option<Listing>,
    /// Stock on the store's shelf.
    pub stock: Dated,
    /// Stock at the transfer's source, or at the warehouse that ships.
    pub source: Dated,
}

/// What placing (or quoting) reads.
#[derive(Debug, Clone)]
pub struct PlacementRead {
    /// The store.
    pub store: Option<StoreProfile>,
    /// The member.
    pub member: Option<Member>,
    /// The order that was placed under the client's key before.
    pub placed: Option<(OrderHead, OrderBody)>,
    /// The lines, in the order asked.
    pub lines: Vec<LineRead>,
    /// What the member's unpaid orders hold; `None` when nobody places an order.
    pub holds: Option<Holds>,
    /// The member's newest orders, as the index has them.
    pub recent: Vec<OrderHead>,
}

impl Tables {
    /// Everything that placing (or quoting) an order looks at, in one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn placement(&self, ask: PlacementAsk<'_>) -> Result<PlacementRead, StoreError> {
        let shelf = ask.store.shelf();
        let mut keys = vec![profile_key(ask.store)];
        keys.extend(ask.member.map(member_key));
        keys.extend(ask.member.map(holds_key));
        keys.extend(ask.placed.into_iter().flat_map(|o| [keys::HEAD, keys::BODY].map(|sk| Key::cell(keys::order(o), sk))));
        for s in ask.skus {
            keys.push(sku_key(s));
            keys.push(listing_key(ask.store, s));
            keys.push(stock_key(&shelf, s));
            keys.extend(ask.source.map(|l| stock_key(l, s)));
        }
        let recent = async {
            match ask.member {
                Some(m) => self.orders_of_member(m, RECENT, None).await.map(|(heads, _)| heads),
                None => Ok(Vec::new()),
            }
        };
        let (items, recent) = futures::try_join!(self.batch_get(&keys, ask.strong), recent)?;
        let mut items = items.into_iter();
        let mut next = || items.next().flatten();
        let profile = next();
        let person = ask.member.and_then(|_| next());
        let holds = ask.member.and_then(|_| next()).map(parse).transpose()?;
        let placed = ask.placed.and_then(|_| next().zip(next()));
        let mut lines = Vec::with_capacity(ask.skus.len());
        for _ in ask.skus {
            lines.push(LineRead {
                library: next().map(parse).transpose()?,
                listing: next().map(parse).transpose()?,
                stock: dated(next())?,
                source: if ask.source.is_some() { dated(next())? } else { Default::default() },
            });
        }
        Ok(PlacementRead {
            store: profile.map(parse).transpose()?,
            member: person.map(parse).transpose()?,
            holds: ask.member.map(|m| holds.unwrap_or_else(|| Holds::none(m.clone()))),
            placed: placed.map(|(head, body)| Ok::<_, StoreError>((parse(head)?, parse(body)?))).transpose()?,
            lines,
            recent,
        })
    }

    /// What is known of these orders now, one by one; those that are not there are left out. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_heads(&self, orders: impl IntoIterator<Item = &OrderId>) -> Result<Vec<OrderHead>, StoreError> {
        let keys: Vec<Key> = orders.into_iter().map(|o| Key::cell(keys::order(o), keys::HEAD)).collect();
        self.batch_get(&keys, true).await?.into_iter().flatten().map(parse).collect()
    }
}
