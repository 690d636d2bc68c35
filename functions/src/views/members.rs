//! A member as they see themselves: name, orders by where they stand, coupons, and what they agreed to.

use liandian_domain::{
    governance::legal::LegalBook,
    members::consent::{Consent, agreed, lacking},
    orders::order::{OrderBody, OrderHead},
    stores::{
        hours::{CHINA, day, moment_text},
        profile::StoreProfile,
    },
};
use liandian_partners::keys::mask_phone;
use liandian_store::{StoreError, Tables};
use liandian_types::{
    Code, CouponStatus, LegalKind, MemberId, OrderId, OrderTab, Problem, StoreId, StoreStatus, Timestamp,
    api::{ConsentEntry, ConsentList, ConsentView, CustomerService, MemberView, OrderCard, OrderList, TabCount},
    text,
};

use super::orders::order_card;
use crate::{
    App,
    http::Failure,
    people::{member_place, open_book},
};

/// Of a member's latest orders so many are counted by where they stand.
const COUNTED: i32 = 50;
/// Orders of a page of the member's list.
const PAGE: i32 = 20;
/// With so many found a search looks no further.
const ENOUGH: usize = 10;
/// Pages of orders that a search looks through at a time.
const LOOKS: usize = 5;
/// The longest text that orders are looked for by, in characters.
const LONGEST_TEXT: usize = 40;
/// Pictures of an order in a list.
const PICTURES: usize = 4;

/// Where a member's consents stand.
#[must_use]
pub fn consents_view(book: &LegalBook, said: &[Consent], now: Timestamp) -> ConsentList {
    let lacks = lacking(said, &book.all_in_force(now));
    let one = |kind: &LegalKind| {
        let in_force = book.in_force(*kind, now);
        let mut history: Vec<ConsentEntry> = said
            .iter()
            .filter(|c| c.kind == *kind)
            .map(|c| ConsentEntry { number: c.number, given: c.given, at: c.at, at_text: moment_text(c.at, CHINA).replace('T', " ") })
            .collect();
        history.sort_by_key(|b| std::cmp::Reverse(b.at));
        ConsentView {
            kind: *kind,
            number: in_force.map(|v| v.number),
            from_text: in_force.map(|v| day(v.from, CHINA).to_string()).unwrap_or_default(),
            agreed: agreed(said, *kind),
            needed: lacks.iter().any(|(lacking, _)| lacking == kind),
            history,
        }
    };
    ConsentList { consents: LegalKind::ALL.iter().map(one).collect(), needed: !lacks.is_empty() }
}

/// What a member agreed to, beside what is in force.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn consents_of(tables: &Tables, m: &MemberId, now: Timestamp) -> Result<ConsentList, StoreError> {
    let (book, said) = futures::try_join!(tables.legal(), tables.consents(m))?;
    Ok(consents_view(&book, &said, now))
}

/// How a store's customers reach it.
fn service(s: StoreProfile) -> CustomerService {
    CustomerService { hours: s.hours.to_string(), store: s.store, name: s.name, phone: s.phone, service: s.details.service, group: s.details.group }
}

/// The latest orders by where they stand, all tabs but the one of what came to nothing.
fn counted(heads: &[OrderHead]) -> Vec<TabCount> {
    let tabs = OrderTab::ALL.iter().filter(|t| **t != OrderTab::Over);
    let many = |tab: OrderTab| heads.iter().filter(|h| tab.holds(h.state, h.fulfilment)).count();
    tabs.map(|tab| TabCount { tab: *tab, orders: u32::try_from(many(*tab)).unwrap_or(u32::MAX) }).collect()
}

/// A member as the page 我的 shows them, with the service of the store looked at last.
///
/// # Errors
/// `not_found` for a member who was erased.
pub async fn member_view(app: &App, m: &MemberId, store: Option<&StoreId>, now: Timestamp) -> Result<MemberView, Failure> {
    let t = &app.tables;
    let store_of = async {
        match store {
            Some(store) => t.store(store).await,
            None => Ok(None),
        }
    };
    let who = async { futures::try_join!(t.member(m), t.address_book(m), t.coupons_of(m, false)) };
    let more = async { futures::try_join!(t.orders_of_member(m, COUNTED, None), t.legal(), t.consents(m), store_of) };
    let ((member, book, coupons), ((heads, _), legal, said, store)) = futures::try_join!(Box::pin(who), Box::pin(more))?;
    let member = member.ok_or_else(|| Failure::not_found("账号"))?;
    let key = app.keys()?.unwrap(&member.key).await?;
    let addresses = match &book {
        Some(row) => open_book(&key, m, &row.book)?,
        None => Vec::new(),
    };
    let usable = coupons.iter().filter(|c| c.status(now) == CouponStatus::Usable).count();
    Ok(MemberView {
        nickname: key.open(&member_place(m, "nickname"), &member.nickname)?.expose().to_owned(),
        phone: addresses.first().map(|a| mask_phone(&a.phone)),
        addresses: u32::try_from(addresses.len()).unwrap_or(u32::MAX),
        coupons: u32::try_from(usable).unwrap_or(u32::MAX),
        orders: counted(&heads),
        consent_needed: consents_view(&legal, &said, now).needed,
        service: store.filter(|s| matches!(s.status, StoreStatus::Open | StoreStatus::Paused)).map(service),
    })
}

/// Which of their orders a member looks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemberOrders<'a> {
    /// Under this tab; all of them when none is named.
    pub tab: Option<OrderTab>,
    /// With these words in the name of a good, or this at the end of its number.
    pub text: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// An order with its pictures, if it is one that is looked for.
fn found(h: &OrderHead, body: Option<&OrderBody>, words: &str) -> Option<OrderCard> {
    let lines = body.map(|b| b.lines.as_slice()).unwrap_or_default();
    let named = |name: &str| text::squeeze(name).contains(words);
    let fits = words.is_empty()
        || text::squeeze(h.order.as_str()).ends_with(words)
        || named(&h.store_name)
        || named(&h.summary)
        || lines.iter().any(|l| named(&format!("{} {}", l.name, l.spec)));
    fits.then(|| OrderCard { pictures: lines.iter().take(PICTURES).map(|l| l.picture.clone()).collect(), ..order_card(h) })
}

/// A member's orders with their pictures, newest first: under a tab, by the name of a good or the end of a number. A page may have few of them and a
/// next one.
///
/// # Errors
/// `bad_request` for a text that is too long; `bad_cursor`.
pub async fn member_orders(tables: &Tables, m: &MemberId, ask: MemberOrders<'_>) -> Result<OrderList, Failure> {
    let words = text::squeeze(ask.text.unwrap_or_default());
    if words.chars().count() > LONGEST_TEXT {
        return Err(Problem::new(Code::BadRequest, format!("搜索内容最多 {LONGEST_TEXT} 个字")).at("q").into());
    }
    let mut cursor = ask.cursor.map(str::to_owned);
    let mut orders: Vec<OrderCard> = Vec::new();
    for _ in 0..LOOKS {
        let (heads, next) = tables.orders_of_member(m, PAGE, cursor.as_deref()).await?;
        let heads: Vec<OrderHead> = heads.into_iter().filter(|h| ask.tab.is_none_or(|t| t.holds(h.state, h.fulfilment))).collect();
        let ids: Vec<OrderId> = heads.iter().map(|h| h.order.clone()).collect();
        let bodies = if ids.is_empty() { Vec::new() } else { tables.order_bodies(&ids).await? };
        orders.extend(heads.iter().zip(&bodies).filter_map(|(h, body)| found(h, body.as_ref(), &words)));
        cursor = next;
        if cursor.is_none() || orders.len() >= ENOUGH {
            break;
        }
    }
    Ok(OrderList { orders, more: cursor.is_some(), next: cursor })
}
