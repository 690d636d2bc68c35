//! The chain that every run begins with: three stores, a warehouse, four SKUs, members; and the configuration of its functions.

use std::collections::BTreeMap;

use anyhow::Context;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use liandian_domain::{
    catalog::{LibrarySku, Listing},
    settlement::default_rules,
    stock::record::{Movement, MovementKind, MovementLine, Stock},
    stores::{
        hours::{CHINA, Hours},
        profile::{Location, LocationKind, StoreProfile},
    },
};
use liandian_functions::Config;
use liandian_local::tables;
use liandian_store::{
    Table,
    catalog::{listing_item, sku_item},
    db::Item,
    members::{Member, member_items},
    stock::records::{movement_item, stock_item},
    stores::{rule_item, store_items, warehouse_item},
};
use liandian_types::{Fen, GeoPoint, LocationId, MemberId, SkuId, StoreStatus, Tier};

use super::{BEGIN, CUSTOMERS, GRABBER, SKUS, STORES, WAREHOUSE, World, id};
use crate::engine::EXPIRES_SKU;

pub(super) fn config() -> anyhow::Result<Config> {
    use std::sync::OnceLock;
    // The same keys for all runs: nothing depends on them, and nobody logs in.
    static PUBLIC: OnceLock<[String; 2]> = OnceLock::new();
    if PUBLIC.get().is_none() {
        let new = || liandian_partners::sign::new_ec_pair().map(|(_, public)| liandian_functions::auth::listed("sim", &public));
        let _ = PUBLIC.set([new()?, new()?]);
    }
    let [of_members, of_staff] = PUBLIC.get().context("keys")?;
    let secret = STANDARD.encode([7_u8; 32]);
    let mut vars: BTreeMap<String, String> = [
        ("PUBLIC_ORIGIN", "https://sim.example"),
        ("CELL_TABLE", tables::CELL),
        ("HQ_TABLE", tables::HQ),
        ("AWS_ACCESS_KEY_ID", "sim"),
        ("AWS_SECRET_ACCESS_KEY", "sim"),
        ("AWS_ENDPOINT_URL", "http://sim.example"),
        ("MEMBER_TOKEN_KEYS", of_members),
        ("STAFF_TOKEN_KEYS", of_staff),
        ("KEYS_LOCAL_MASTER", &secret),
        ("KEYS_BLIND_INDEX", &secret),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .collect();
    for q in liandian_functions::table::QUEUES {
        vars.insert(format!("QUEUE_URL_{}", q.name.to_uppercase().replace('-', "_")), format!("http://sim.example/queues/{}", q.name));
    }
    Ok(Config::from_vars(&vars))
}

impl World {
    pub(super) async fn seed(&self) -> anyhow::Result<Vec<MemberId>> {
        let db = self.app.tables.client();
        tables::create(db, tables::CELL, tables::HQ).await?;
        let (mut hq, mut cell): (Vec<Item>, Vec<Item>) = (Vec::new(), Vec::new());
        for r in default_rules() {
            hq.push(rule_item(&r)?);
        }
        let rules = default_rules();
        let point = |i: usize| GeoPoint { lat: 31.20 + 0.004 * f64::from(u32::try_from(i).unwrap_or(0)), lng: 121.40 };
        let skus: Vec<SkuId> = (0..SKUS).map(|n| id(format!("sku_{n}"))).collect();
        for (n, sku) in skus.iter().enumerate() {
            hq.push(sku_item(&LibrarySku {
                sku: sku.clone(),
                spu: id(format!("spu_{n}")),
                name: format!("商品{n}"),
                spec: String::new(),
                brand: String::new(),
                category: "all".into(),
                category_name: "全部".into(),
                description: String::new(),
                barcode: String::new(),
                price: Fen(990 + 100 * i64::try_from(n)?),
                floor: Fen(1),
                flagship: false,
                offline_only: false,
                tracks_expiry: sku.as_str() == EXPIRES_SKU,
                weight_g: 500,
                picture: String::new(),
                rank: u32::try_from(n)?,
                region_prices: std::collections::BTreeMap::new(),
                off: false,
                mandatory: false,
                local_to: None,
                until: None,
            })?);
        }
        let mut shelves: Vec<LocationId> = Vec::new();
        for (i, (name, mode, rule)) in STORES.iter().enumerate() {
            let store = StoreProfile {
                store: id(format!("sto_{name}")),
                name: format!("{name}店"),
                city: "上海".into(),
                address: String::new(),
                phone: String::new(),
                region: id("reg_1"),
                mode: *mode,
                tier: Tier::Standard,
                status: StoreStatus::Open,
                point: point(i),
                hours: Hours::daily(0, 0, CHINA),
                radius_m: 3_000,
                pickup: true,
                delivery: true,
                entrance: (*name).into(),
                theme: "standard".into(),
                rule: rules.iter().find(|r| r.rule.starts_with(rule)).context("a rule")?.rule.clone(),
                categories: vec![],
                pause: None,
                version: 0,
                details: liandian_domain::stores::profile::Details::default(),
            };
            hq.extend(store_items(&store)?);
            for (n, sku) in skus.iter().enumerate() {
                hq.push(listing_item(&store.store, &Listing::plain(sku.clone(), "all", u32::try_from(n)?))?);
            }
            shelves.push(store.store.shelf());
        }
        let warehouse =
            Location { location: id(WAREHOUSE), name: "仓库".into(), kind: LocationKind::HqWarehouse, point: point(9), keeper: id("sto_a") };
        hq.push(warehouse_item(&warehouse)?);
        shelves.push(warehouse.location.clone());
        for (i, location) in shelves.iter().enumerate() {
            let mut lines = Vec::new();
            for sku in &skus {
                // Little enough that they are fought for.
                let on_hand = i64::try_from(self.engine.pick(if i == 3 { 12 } else { 7 }))?;
                let stock = Stock { on_hand, safety: i64::try_from(self.engine.pick(2))?, ..Stock::default() };
                cell.push(stock_item(location, sku, stock)?);
                if stock != Stock::default() {
                    lines.push(MovementLine::of(sku, on_hand, 0, 0).keeping(stock.safety));
                }
            }
            if !lines.is_empty() {
                cell.push(movement_item(&Movement::of(self.app.id(), location.clone(), MovementKind::Receipt, None, None, lines, BEGIN))?);
            }
        }
        let keys = self.app.keys().map_err(|e| anyhow::anyhow!("{e}"))?;
        let mut members = Vec::new();
        for (n, name) in (0..CUSTOMERS).map(|n| format!("mem_{n}")).chain([GRABBER.to_owned()]).enumerate() {
            let (key, member) = (keys.new_data_key().await?, id::<MemberId>(name));
            let row = Member { member: member.clone(), openid: String::new(), nickname: String::new(), key: key.wrapped, since: BEGIN };
            cell.extend(member_items(&row, &format!("index-{n}"))?);
            members.push(member);
        }
        for (table, rows) in [(Table::Hq, hq), (Table::Cell, cell)] {
            for row in rows {
                db.put_item().table_name(self.app.tables.table(table)).set_item(Some(row)).send().await?;
            }
        }
        for table in [tables::CELL, tables::HQ] {
            tables::enable_stream(db, table).await?;
        }
        Ok(members)
    }
}
