//! The demo chain's warehouses as HQ keeps them: with addresses and keepers, one that nobody has been named for yet, and one that is closed.

use liandian_domain::stores::{
    profile::{Location, LocationKind},
    warehouse::Warehouse,
};
use liandian_store::{db::Item, stores::kept_warehouse_item};
use liandian_types::{GeoPoint, Timestamp};

use crate::chain::{Chain, manager_of};

/// Addresses by the tail of the id.
const ADDRESSES: [(&str, &str); 8] = [
    ("wh-sh", "青浦区华新镇华志路 1685 号"),
    ("wh-cd", "龙泉驿区成龙大道三段 888 号"),
    ("wh-front-sh01", "静安区愚园路 68 号地下一层"),
    ("wh-front-sh02", "徐汇区肇嘉浜路 1111 号地下二层"),
    ("wh-front-sh03", "杨浦区国宾路 36 号"),
    ("wh-front-hz01", "拱墅区延安路 530 号"),
    ("wh-front-cd01", "锦江区总府路 2 号地下一层"),
    ("wh-front-cd04", "高新区交子大道 88 号"),
];

fn kept(l: &Location) -> Warehouse {
    let tail = l.location.as_str().trim_start_matches("loc_");
    let address = ADDRESSES.iter().find(|(id, _)| *id == tail).map_or_else(|| l.name.clone(), |(_, address)| (*address).to_owned());
    // Of one nobody has said yet who keeps it.
    let named = tail != "wh-front-cd04";
    Warehouse { address, keepers: named.then(|| manager_of(&l.keeper)).into_iter().collect(), ..Warehouse::of(l) }
}

/// The rows of all of them.
pub(crate) fn warehouse_items(chain: &Chain, now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut all: Vec<Warehouse> = chain.warehouses.iter().map(kept).collect();
    if let Some(first) = chain.warehouses.first() {
        let old = Location {
            location: "loc_wh-old-sh".parse()?,
            name: "上海旧总部仓".to_owned(),
            kind: LocationKind::HqWarehouse,
            point: GeoPoint { lat: 31.2867, lng: 121.3303 },
            keeper: first.keeper.clone(),
        };
        let closed_at = Some(now.plus(-40 * Timestamp::DAY));
        all.push(Warehouse { address: "嘉定区江桥镇曹安公路 2000 号".to_owned(), closed_at, ..Warehouse::of(&old) });
    }
    Ok(all.iter().map(kept_warehouse_item).collect::<Result<_, _>>()?)
}
