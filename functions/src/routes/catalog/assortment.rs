//! What a store lists of the library, and in which words.

use std::collections::BTreeSet;

use liandian_domain::{
    Decision,
    catalog::{
        LibrarySku,
        listing::ListingField,
        own::{self, MOST_DROPPED, MOST_RESET, MOST_TAKEN, Wish},
        upload::Owner,
    },
    governance::{fields::FieldKey, terms::Terms},
    stores::profile::StoreProfile,
};
use liandian_store::cursor::List;
use liandian_types::{
    Code, Problem, Scope, SkuId, StoreId,
    api::{DropGoods, DroppedGoods, ListingsReset, ResetListings, SetListing, TakeGoods, TakenGoods},
};

use super::uploads::{self, Place};
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::{
        catalog::assortment::{AssortmentAsk, assortment, listing_view},
        governance::subject::lacking,
    },
};

/// The store of the path, which must be there.
async fn profile(app: &App, call: &Call) -> Result<StoreProfile, Failure> {
    app.tables.store(&call.store()?).await?.ok_or_else(|| Failure::not_found("门店"))
}

/// What the store's policy says to whoever asks; `None` for HQ, whom no policy of a store holds back.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(super) async fn terms(app: &App, call: &Call, store: &StoreProfile) -> Result<Option<Terms>, Failure> {
    if call.staff()?.scope == Scope::All {
        return Ok(None);
    }
    let settings = app.tables.settings().await?;
    Ok(Some(Terms::of(settings.iter(), store, call.now)))
}

/// Does whoever asks choose what the store lists?
async fn chooses(app: &App, call: &Call, store: &StoreProfile) -> Result<bool, Failure> {
    Ok(terms(app, call, store).await?.is_none_or(|t| t.policy().switch(FieldKey::MayList)))
}

fn no_choice() -> Failure {
    Failure::refuse(Code::Conflict, "本店没有自主选品的权限，商品由总部统一上下架；可在“申请上架或移除”中提交审批")
}

/// May whoever asks choose what the store lists?
async fn may_list(app: &App, call: &Call, store: &StoreProfile) -> Result<(), Failure> {
    if chooses(app, call, store).await? { Ok(()) } else { Err(no_choice()) }
}

/// What the library has, and which of it the store lists.
///
/// # Errors
/// `not_found` when there is no such store; `bad_request` for a choice that there is not.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let taken = match call.q("taken") {
        None => None,
        Some("yes") => Some(true),
        Some("no") => Some(false),
        Some(_) => return Err(Problem::new(Code::BadRequest, "请选择已上架或未上架").at("taken").into()),
    };
    let ask = AssortmentAsk { text: call.q("q"), category: call.q("category"), taken, cursor: call.q("cursor") };
    let store = profile(&app, &call).await?;
    Reply::json(&assortment(&app.tables, &store.store, ask).await?)
}

/// SKUs that a command names: each once, and not too many.
fn named(skus: Vec<SkuId>, most: usize) -> Result<Vec<SkuId>, Failure> {
    let skus: BTreeSet<SkuId> = skus.into_iter().collect();
    if skus.is_empty() {
        return Err(Problem::new(Code::BadRequest, "请选择商品").at("skus").into());
    }
    if skus.len() > most {
        return Err(Problem::new(Code::BadRequest, format!("一次最多 {most} 种商品")).at("skus").into());
    }
    Ok(skus.into_iter().collect())
}

/// The SKUs that a command takes now, and where it goes on.
async fn asked(app: &App, store: &StoreId, ask: TakeGoods) -> Result<(Vec<SkuId>, Option<String>), Failure> {
    let bad = |field: &str, text: &str| Err(Problem::new(Code::BadRequest, text).at(field).into());
    match ask {
        TakeGoods { skus, category: None, like: None, .. } => Ok((named(skus, MOST_TAKEN)?, None)),
        TakeGoods { skus, category: Some(category), like: None, cursor } if skus.is_empty() => {
            let list = List::of(["take", store.as_str(), category.as_str()]);
            let from = list.before(cursor.as_deref())?;
            let library = app.tables.library().await?;
            let all: Vec<SkuId> = library.iter().filter(|s| s.category == category && s.sold_online()).map(|s| s.sku.clone()).collect();
            if all.is_empty() {
                return bad("category", "商品库中没有这个类目的商品");
            }
            let next = (all.len() > from.saturating_add(MOST_TAKEN)).then(|| list.behind_first(from.saturating_add(MOST_TAKEN)));
            Ok((all.into_iter().skip(from).take(MOST_TAKEN).collect(), next))
        }
        TakeGoods { skus, category: None, like: Some(like), cursor } if skus.is_empty() => {
            if like == *store {
                return bad("like", "请选择另一家门店");
            }
            if app.tables.store(&like).await?.is_none() {
                return bad("like", "没有这家门店");
            }
            let most = i32::try_from(MOST_TAKEN).unwrap_or(i32::MAX);
            let (listings, next) = app.tables.listings(&like, most, cursor.as_deref()).await?;
            Ok((listings.into_iter().map(|l| l.sku).collect(), next))
        }
        _ => bad("skus", "商品、类目和参照门店只能选择一种"),
    }
}

/// Takes goods: these, those of a category, or what another store lists, so many at a time.
///
/// # Errors
/// `bad_request` naming the field; `bad_cursor`; `conflict` where the store's policy does not let it; `not_found` when there is no such store.
pub async fn take(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: TakeGoods = call.json()?;
    let place = profile(&app, &call).await?;
    may_list(&app, &call, &place).await?;
    let store = place.store.clone();
    let by_name = ask.category.is_none() && ask.like.is_none();
    let (skus, next) = asked(&app, &store, ask).await?;
    let (app, by, store, skus, now) = (&app, &call.staff()?.sub, &store, &skus, call.now);
    // HQ puts in what it likes; a store needs what the law asks of its goods.
    let (profile, asks_permits) = (&place, call.staff()?.scope != Scope::All);
    let taken = transact(app, now, |_| async move {
        let (goods, categories) = futures::try_join!(app.tables.goods_now(store, skus), app.tables.categories_now())?;
        let unknown = goods.iter().position(|(s, _)| s.as_ref().is_none_or(|s| !s.is_for(store, now)));
        if let Some(sku) = unknown.filter(|_| by_name).and_then(|i| skus.get(i)) {
            return Err(Problem::new(Code::BadRequest, format!("商品库中没有 {sku}")).at("skus").into());
        }
        let lacks = |s: &LibrarySku| if asks_permits { lacking(&categories.tree, profile, &s.category, now) } else { None };
        let stopped = goods.iter().find_map(|(s, l)| s.as_ref().filter(|_| by_name && l.is_none()).and_then(|s| Some((s, lacks(s)?))));
        if let Some((sku, permit)) = stopped {
            let why = format!("{}所在类目须有{permit}，本店没有登记有效的证照，可提交审批", sku.title());
            return Err(Problem::new(Code::Conflict, why).at("skus").into());
        }
        // Of a whole category, or of what another store has, the rest is taken.
        let all = goods.iter().filter_map(|(s, l)| Some((s.as_ref()?, l.is_some()))).filter(|(s, listed)| *listed || lacks(s).is_none());
        let (taken, decision) = own::take(store, all, by, now);
        Ok(Plan::new(taken, decision))
    })
    .await?;
    Reply::json(&TakenGoods { taken, next })
}

/// Gives goods up: all of these that the store lists, or none.
///
/// # Errors
/// `bad_request`; `conflict` naming what is mandatory, and where the store's policy does not let it; `not_found` when there is no such store.
pub async fn give_up(app: App, call: Call) -> Result<Reply, Failure> {
    let skus = named(call.json::<DropGoods>()?.skus, MOST_DROPPED)?;
    let place = profile(&app, &call).await?;
    may_list(&app, &call, &place).await?;
    let store = place.store;
    let (app, by, store, skus) = (&app, &call.staff()?.sub, &store, &skus);
    let dropped = transact(app, call.now, |_| async move {
        let goods = app.tables.goods_now(store, skus).await?;
        // Mandatory goods cannot go, also where the store has no row of them.
        if let Some(sku) = goods.iter().find_map(|(s, l)| s.as_ref().filter(|s| l.is_none() && s.mandatory)) {
            return Err(Failure::refuse(Code::Conflict, format!("{}是总部要求必上的商品，不能移除", sku.title())));
        }
        let listed: Vec<_> = goods.into_iter().filter_map(|(s, l)| Some((s, l?))).collect();
        let (dropped, decision) = own::give_up(store, &listed, by)?;
        Ok(Plan::new(dropped, decision))
    })
    .await?;
    Reply::json(&DroppedGoods { dropped })
}

/// One listing: HQ's values, and the store's own.
///
/// # Errors
/// `not_found` for goods that do not exist for the store.
pub async fn listing(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, sku) = (profile(&app, &call).await?, call.param::<SkuId>("sku")?);
    let view = listing_view(&app.tables, &store.store, &sku, &store.hours.zone, call.now).await?;
    Reply::json(&view.ok_or_else(|| Failure::not_found("商品"))?)
}

/// Sets the fields of a listing: what is absent is HQ's again.
///
/// # Errors
/// `bad_request` with the field; `conflict` for a lost update, when mandatory goods would be hidden, and when a store shows or hides goods that it does
/// not choose; `not_found` for what the store does not list.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, sku): (SetListing, SkuId) = (call.json_as_told()?, call.param("sku")?);
    let store = profile(&app, &call).await?;
    if let Some(picture) = &ask.picture {
        // A store's own, or HQ's, which are for all.
        let whose = Owner::Store(store.store.clone());
        let place = Place { field: "picture".to_owned(), address: picture.trim().to_owned() };
        uploads::known(&app, Some(&whose).filter(|_| !place.address.starts_with("/media/hq/")), std::slice::from_ref(&place)).await?;
    }
    let wish = Wish {
        name: ask.name,
        description: ask.description,
        picture: ask.picture,
        rank: ask.rank,
        shown: ask.shown,
        featured: ask.featured,
        seen: ask.version,
    };
    let chooses = chooses(&app, &call, &store).await?;
    let (a, by, s, k, wish, now) = (&app, &call.staff()?.sub, &store.store, &sku, &wish, call.now);
    transact(a, now, |_| async move {
        let (library, listing) = a.tables.goods_now(s, std::slice::from_ref(k)).await?.pop().unwrap_or_default();
        let library = library.filter(|l| l.local_to.as_ref().is_none_or(|of| of == s)).ok_or_else(|| Failure::not_found("商品"))?;
        let listing = listing.ok_or_else(|| Failure::refuse(Code::NotFound, "本店没有上架这个商品，请先上架"))?;
        // To hide goods is to take them off sale. A store's own are the store's.
        let turned = wish.shown.unwrap_or(true) != *listing.fields(s).shown.or(&true);
        if turned && !chooses && library.local_to.is_none() {
            return Err(no_choice());
        }
        let (_, decision) = own::set(s, &listing, &library, wish.clone(), by, now)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    let view = listing_view(&app.tables, &store.store, &sku, &store.hours.zone, call.now).await?;
    Reply::json(&view.ok_or_else(|| Failure::not_found("商品"))?)
}

/// The fields of their names; all of them for none.
fn fields(names: &[String]) -> Result<Vec<ListingField>, Failure> {
    let of = |name: &String| match name.as_str() {
        "name" => Ok(ListingField::Name),
        "description" => Ok(ListingField::Description),
        "picture" => Ok(ListingField::Picture),
        "rank" => Ok(ListingField::Rank),
        "shown" => Ok(ListingField::Shown),
        _ => Err(Problem::new(Code::BadRequest, "没有这个字段").at("fields").into()),
    };
    if names.is_empty() {
        return Ok(ListingField::ALL.into_iter().filter(|f| *f != ListingField::Price).collect());
    }
    names.iter().map(of).collect()
}

/// 恢复总部值: fields of several listings are HQ's again. Where the store does not choose its goods, what HQ hid stays hidden.
///
/// # Errors
/// `bad_request` with the field; `not_found` when there is no such store.
pub async fn reset(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: ResetListings = call.json()?;
    let (skus, mut fields) = (named(ask.skus, MOST_RESET)?, fields(&ask.fields)?);
    let store = profile(&app, &call).await?;
    if !chooses(&app, &call, &store).await? {
        fields.retain(|f| *f != ListingField::Shown);
    }
    let store = store.store;
    let (app, by, store, skus, fields) = (&app, &call.staff()?.sub, &store, &skus, &fields);
    let reset = transact(app, call.now, |_| async move {
        let goods = app.tables.goods_now(store, skus).await?;
        let listed: Vec<_> = goods.into_iter().filter_map(|(s, l)| Some((l?, s?))).collect();
        let (reset, decision): (Vec<SkuId>, Decision) = own::reset(store, &listed, fields, by);
        Ok(Plan::new(reset, decision))
    })
    .await?;
    Reply::json(&ListingsReset { reset })
}
