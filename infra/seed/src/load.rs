//! Writing a chain into the tables: in batches, side by side, and done again from the start when it was interrupted.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, anyhow, ensure};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use liandian_domain::{
    catalog::{import, job::Import},
    stock::batch::Perishable,
    stores::{
        hours::CHINA,
        profile::{Location, LocationKind, Pause, StoreProfile},
    },
};
use liandian_partners::keys::Keys;
use liandian_store::{
    Table, Tables,
    access::{integration::key_item, staff::staff_item},
    catalog::{
        imports::{import_item, pieces_of},
        listing_item,
        products::{brands_item, categories_item, product_items},
    },
    chain::link_items,
    coupons::{batch_item, coupon_item, issued_item, template_item, template_terms_item},
    db::Item,
    governance::setting_item,
    marketing::{campaign_item, result_items, terms_item},
    members::{Member, member_items},
    search::{search_words_item, with_words},
    stock::records::{StockAt, movement_item, perishable_items, stock_at_item, stock_item},
    stores::{region_item, rule_item, store_items},
};
use liandian_types::{LocationId, Mode, StoreStatus, Timestamp};

use crate::{
    asks,
    campaigns::{campaigns, past_results},
    chain::{Chain, StoreGoods},
    changes,
    coupons::coupons,
    legal, library,
    own::own_items,
    prices, slots,
    warehouses::warehouse_items,
    words::{self, Starts},
};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows.
    pub rows: usize,
}

const AT_ONCE: usize = 16;

fn marker() -> Item {
    HashMap::from([("pk".to_owned(), AttributeValue::S("SEED".into())), ("sk".to_owned(), AttributeValue::S("DONE".into()))])
}

/// Is a chain there already?
///
/// # Errors
/// What the engine says.
pub async fn is_loaded(tables: &Tables) -> anyhow::Result<bool> {
    let found = tables.client().get_item().table_name(tables.table(Table::Hq)).set_key(Some(marker())).consistent_read(true).send().await?;
    Ok(found.item.is_some())
}

/// Writes the chain; the mark that it is there comes last. `told` is given the stores that are done.
///
/// # Errors
/// What the engine says.
pub async fn load(tables: &Tables, keys: &Keys, chain: &Chain, now: Timestamp, told: impl Fn(usize)) -> anyhow::Result<Summary> {
    let mut rows = 0;
    // What waits, runs or expires does so when people look at it.
    let seen = now.plus(chain.past_ms);
    let mut hq: Vec<Item> = Vec::new();
    hq.push(categories_item(&chain.categories)?);
    hq.push(brands_item(&chain.brands)?);
    // As if the worker of words had been there: nothing is left to do for it.
    let starts = Starts::of(chain);
    for p in &chain.products {
        let mut items = product_items(p, &chain.categories, &chain.brands)?.into_iter();
        hq.extend(items.by_ref().take(1));
        let skus = p.rows(&chain.categories.tree, &chain.brands.brands);
        hq.extend(items.zip(&skus).map(|(row, sku)| with_words(row, sku, starts.of_title(&sku.title()))));
    }
    hq.push(search_words_item(&words::words()?)?);
    hq.extend(legal::documents(&"stf_admin".parse()?, now)?);
    hq.extend(warehouse_items(chain, now)?);
    for r in &chain.rules {
        hq.push(rule_item(r)?);
    }
    for s in chain.hq_staff.iter().chain(&chain.idle_staff(now)) {
        hq.push(staff_item(s)?);
    }
    let (settings, asking) = (chain.settings(now), prices::asking_store(chain));
    for s in &settings {
        hq.push(setting_item(s)?);
    }
    for r in &chain.regions {
        hq.push(region_item(r)?);
    }
    hq.push(key_item(&chain.idle_key(now))?);
    if chain.campaigns {
        for r in campaigns(chain, now) {
            hq.push(campaign_item(&r)?);
            hq.push(terms_item(&r)?);
        }
        hq.extend(changes::past(chain, seen)?);
    }
    let given = chain.campaigns.then(|| coupons(chain, now));
    if let Some(c) = &given {
        for (t, _) in &c.templates {
            hq.push(template_item(t)?);
            hq.push(template_terms_item(t)?);
        }
        for b in &c.batches {
            hq.push(batch_item(b)?);
        }
    }
    link_items(&mut hq)?;
    rows += write(tables, Table::Hq, hq).await?;
    let mut cell: Vec<Item> = Vec::new();
    if let Some(c) = &given {
        for (t, issued) in &c.templates {
            cell.push(issued_item(&t.campaign.campaign, issued)?);
        }
        for held in &c.held {
            cell.push(coupon_item(held)?);
        }
    }
    if chain.campaigns {
        let (campaign, results) = past_results(chain, now);
        cell.extend(result_items(&campaign, &results)?);
        cell.extend(slots::said(chain, seen));
    }
    for m in &chain.members {
        let key = keys.new_data_key().await?;
        let member = Member {
            member: m.member.clone(),
            openid: key.seal(&format!("member|{}|openid", m.member), &m.openid)?,
            nickname: key.seal(&format!("member|{}|nickname", m.member), &m.nickname)?,
            key: key.wrapped,
            since: now,
        };
        cell.extend(member_items(&member, &keys.blind_index(&m.openid))?);
        cell.extend(legal::consents(&m.member, now)?);
    }
    let table = library::TABLE.as_bytes();
    let sheet = import::read(table, &chain.categories.tree, &chain.brands.brands).map_err(|p| anyhow!(p.detail))?;
    let import = Import::of("imp_demo".parse()?, "stf_merch".parse()?, seen, "demo".to_owned(), pieces_of(table), &sheet);
    tables.keep_file(&import.import, table, seen).await?;
    cell.push(import_item(&import)?);
    for w in &chain.warehouses {
        cell.extend(stock_rows(chain, &w.location, &chain.goods_in(w), now)?);
    }
    rows += write(tables, Table::Cell, cell).await?;
    // A few stores at a time: a chain of thousands never lies in memory whole.
    for (done, group) in (0..chain.stores.len()).collect::<Vec<_>>().chunks(8).enumerate() {
        let (mut hq, mut cell) = (Vec::new(), Vec::new());
        for i in group {
            let s = &chain.stores[*i];
            // Who pauses says why and until when: longer than a test's or a demonstration's time goes on.
            let pause = (s.status == StoreStatus::Paused && s.pause.is_none())
                .then(|| Pause { reason: "设备检修".to_owned(), until: Some(seen.plus(300 * Timestamp::DAY)) });
            let mut kept = StoreProfile { pause: pause.or_else(|| s.pause.clone()), ..s.clone() };
            // A test's world begins without.
            if chain.campaigns {
                kept.details.permits = legal::permits(*i, !asks::asks(s), seen);
            }
            hq.extend(store_items(&kept)?);
            for st in chain.staff_of(s) {
                hq.push(staff_item(&st)?);
            }
            let mut goods = chain.goods_of(*i);
            if s.mode == Mode::Franchise {
                hq.extend(prices::past(chain, &settings, s, &goods.listings, seen)?);
            }
            if asking == Some(*i) {
                hq.extend(prices::demo(chain, &settings, s, &mut goods.listings, seen)?);
            }
            // A test's world begins without.
            if chain.campaigns && asks::asks(s) {
                hq.extend(asks::demo(chain, &settings, s, &goods.listings, seen)?);
            }
            hq.extend(own_items(s, &mut goods, &chain.library, seen)?);
            for l in &goods.listings {
                hq.push(listing_item(&s.store, l)?);
            }
            cell.extend(stock_rows(chain, &Location::shelf_of(s).location, &goods, now)?);
        }
        // A store's histories lie beside what they tell of, all of it in this group.
        link_items(&mut hq)?;
        let (a, b) = futures::try_join!(write(tables, Table::Hq, hq), write(tables, Table::Cell, cell))?;
        rows += a + b;
        told((done * 8 + group.len()).min(chain.stores.len()));
    }
    tables.client().put_item().table_name(tables.table(Table::Hq)).set_item(Some(marker())).send().await?;
    debug_assert!(chain.warehouses.iter().all(|w| w.kind != LocationKind::Shelf));
    Ok(Summary { rows })
}

fn stock_rows(chain: &Chain, location: &LocationId, goods: &StoreGoods, now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut rows = Vec::with_capacity(goods.stock.len() * 2 + 8);
    for (sku, stock) in &goods.stock {
        if chain.expires(sku) {
            let came = chain.batches(location, sku, stock.on_hand, now.plus(chain.past_ms));
            rows.extend(perishable_items(*stock, &Perishable::default().rebased(location, sku, &came, &[], CHINA))?);
        } else {
            rows.push(stock_item(location, sku, *stock)?);
        }
        rows.push(stock_at_item(&StockAt {
            location: location.clone(),
            shard: 0,
            sku: sku.clone(),
            stock: *stock,
            sold_at: None,
            shards: 0,
            seq: "0".into(),
            changed_at: None,
        })?);
    }
    for m in goods.receipts(location, now) {
        rows.push(movement_item(&m)?);
    }
    Ok(rows)
}

async fn write(tables: &Tables, table: Table, items: Vec<Item>) -> anyhow::Result<usize> {
    let count = items.len();
    let batches: Vec<Vec<Item>> = items.chunks(25).map(<[Item]>::to_vec).collect();
    stream::iter(batches.into_iter().map(|b| batch(tables, table, b))).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    Ok(count)
}

async fn batch(tables: &Tables, table: Table, items: Vec<Item>) -> anyhow::Result<()> {
    let mut requests: Vec<WriteRequest> = Vec::with_capacity(items.len());
    for i in items {
        requests.push(WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(i)).build()?).build());
    }
    let mut pause = 20;
    while !requests.is_empty() {
        let answer = tables.client().batch_write_item().request_items(tables.table(table), requests).send().await.context("cannot seed")?;
        requests = answer.unprocessed_items.unwrap_or_default().remove(tables.table(table)).unwrap_or_default();
        if !requests.is_empty() {
            ensure!(pause < 5_000, "rows stayed unprocessed");
            tokio::time::sleep(Duration::from_millis(pause)).await;
            pause *= 2;
        }
    }
    Ok(())
}
