//! Time slots of a few stores of the demo chain: what HQ lets them take, and slots that the stores have made smaller or closed.

use liandian_domain::{
    governance::{
        fields::{FieldKey, Value},
        resolve::{Level, Setting},
    },
    orders::slots::{SlotPlan, on_day},
    stores::hours::{day, moment_text},
};
use liandian_store::{db::Item, orders::slot_said_item};
use liandian_types::{Fulfilment, StaffId, StoreId, Timestamp};

use crate::chain::Chain;

/// Stores that have slots: of so many orders for pickup and delivery.
const STORES: [(&str, i64, i64); 5] = [("sto_sh01", 12, 8), ("sto_sh02", 6, 4), ("sto_sh03", 5, 0), ("sto_hz01", 8, 0), ("sto_cd01", 0, 6)];

/// What HQ says about the slots of these stores.
pub(crate) fn settings(by: &StaffId, now: Timestamp) -> Vec<Setting> {
    use FieldKey as F;
    let of = |(store, pickup, delivery): (&str, i64, i64)| {
        let store: StoreId = store.parse().ok()?;
        Some([(F::SlotPickup, pickup), (F::SlotDelivery, delivery), (F::SlotRaise, 50)].map(|(field, n)| (store.clone(), field, n)))
    };
    let all = STORES.into_iter().filter_map(of).flatten();
    all.zip(200..)
        .map(|((store, field, n), seq)| Setting {
            level: Level::Store(store),
            field,
            value: Some(Value::Number(n)),
            by: by.clone(),
            at: now,
            from: now,
            why: "试点预约时段，错开高峰".to_owned(),
            seq,
        })
        .collect()
}

/// Slots of tomorrow of which the stores have left one place, or none: a calendar has something to show.
pub(crate) fn said(chain: &Chain, now: Timestamp) -> Vec<Item> {
    let mut rows = Vec::new();
    for (id, pickup, delivery) in STORES {
        let Some(store) = chain.stores.iter().find(|s| s.store.as_str() == id) else { continue };
        let Ok(tomorrow) = day(now, &store.hours.zone).tomorrow() else { continue };
        let ways = [(Fulfilment::Pickup, pickup), (Fulfilment::Delivery, delivery)];
        for (way, _) in ways.into_iter().filter(|(_, capacity)| *capacity > 0) {
            let slots = on_day(&store.hours, 30, tomorrow);
            for (i, (from, _)) in slots.into_iter().enumerate().filter(|(i, _)| i % 6 < 2) {
                let slot = moment_text(from, &store.hours.zone);
                let most = Some(u32::from(i % 6 == 0));
                rows.push(slot_said_item(&SlotPlan { store: store.store.clone(), way, slot, most, seen: 0 }));
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_demo_stores_when_hq_lets_them_have_slots_then_each_setting_may_be_saved() {
        let all = settings(&"stf_admin".parse().unwrap(), Timestamp(0));
        assert_eq!(all.len(), STORES.len() * 3);
        for s in all {
            s.check().unwrap();
        }
    }
}
