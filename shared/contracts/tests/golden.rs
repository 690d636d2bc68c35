//! The samples in `events/` are what leaves one function and reaches another: a change that breaks them breaks messages that
//! are under way. `LIANDIAN_WRITE=1 cargo test -p liandian-contracts` writes new ones.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{fmt::Debug, path::PathBuf};

use liandian_contracts::{
    Envelope, Event, Message,
    event::{FieldChange, SettingChange},
};
use liandian_types::{
    Carrier, DeliveryState, Fen, Fulfilment, LegalKind, MovementKind, Permission, ReturnTo, Scope, Timestamp,
    api::{PosLine, PosSale},
};
use serde::{Serialize, de::DeserializeOwned};

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: Debug,
{
    text.parse().unwrap()
}

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events").join(name);
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    if std::env::var_os("LIANDIAN_WRITE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let held = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    assert_eq!(serde_json::from_str::<T>(&held).unwrap(), *value, "{name} is read as something else");
    assert_eq!(held, text, "{name} is written differently");
}

fn envelope(event: Event) -> Envelope {
    Envelope { v: 1, id: id("evt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3"), at: Timestamp(1_795_420_800_000), event }
}

#[test]
fn given_every_message_when_written_then_it_is_its_sample() {
    let event = || id("evt_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    let order = || id("ord_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    golden("sqs/payment-window.json", &Message::PaymentWindowV1 { event: event(), order: order(), pay_by: Timestamp(1_795_421_700_000) });
    golden("sqs/transfer.json", &Message::TransferDueV1 { event: event(), transfer: id("trf_01JD8ZC4V5W6X7Y8Z9A0B1C2D3") });
    golden("sqs/delivery.json", &Message::DeliveryDueV1 { event: event(), order: order() });
    golden("sqs/refund.json", &Message::RefundDueV1 { event: event(), order: order() });
    golden("sqs/extra-payment.json", &Message::ExtraPaymentDueV1 { event: event(), order: order(), transaction: "4200001795420800000".into() });
    let sale = PosSale {
        till: "01".into(),
        number: "20261125-0042".into(),
        sold_at: Timestamp(1_795_420_800_000),
        lines: vec![PosLine { sku: id("sku_milk"), quantity: 2, returned_to: None, expires_on: None }],
    };
    golden("sqs/pos.json", &Message::PosSaleV1 { store: id("sto_sh01"), sale: sale.clone() });
    let broken = PosLine { sku: id("sku_cup"), quantity: -1, returned_to: Some(ReturnTo::WrittenOff), expires_on: None };
    let fresh = PosLine { sku: id("sku_milk"), quantity: -1, returned_to: Some(ReturnTo::Shelf), expires_on: Some("2026-12-01".into()) };
    golden("sqs/pos-return.json", &Message::PosSaleV1 { store: id("sto_sh01"), sale: PosSale { lines: vec![broken, fresh], ..sale } });
    golden("sqs/settlement.json", &Message::SettlementDueV1 { event: event(), order: order() });
    golden("sqs/library-import.json", &Message::ImportDueV1 { event: event(), import: id("imp_01JD8ZC4V5W6X7Y8Z9A0B1C2D3") });
    golden("sqs/library-names.json", &Message::LibraryNamesDueV1 { event: event() });
}

#[test]
fn given_every_event_when_written_then_it_is_its_sample() {
    let order = || id("ord_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    let store = || id("sto_sh01");
    let transfer = || id("trf_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    let claim = || id("clm_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    let request = || id("req_01JD8ZC4V5W6X7Y8Z9A0B1C2D3");
    golden("stream/order.short.json", &envelope(Event::OrderShort { order: order(), store: store(), units: 2 }));
    golden("stream/order.reduced.json", &envelope(Event::OrderReduced { order: order(), store: store(), units: 2, amount: Fen(2_580) }));
    golden("stream/order.part_refunded.json", &envelope(Event::OrderPartRefunded { order: order(), store: store(), amount: Fen(2_580) }));
    let all = [
        ("order.placed", Event::OrderPlaced { order: order(), store: store(), pay_by: Timestamp(1_795_421_700_000) }),
        ("order.paid", Event::OrderPaid { order: order(), store: store(), fulfilment: Fulfilment::Pickup, transfer: Some(transfer()) }),
        ("order.closed", Event::OrderClosed { order: order(), store: store(), by_customer: false }),
        ("order.ready", Event::OrderReady { order: order(), store: store(), fulfilment: Fulfilment::Delivery }),
        ("order.delivering", Event::OrderDelivering { order: order(), store: store() }),
        ("order.shipped", Event::OrderShipped { order: order(), store: store(), carrier: Carrier::Sf, number: "SF1234567890123".into() }),
        ("order.completed", Event::OrderCompleted { order: order(), store: store(), by: None }),
        ("order.settled", Event::OrderSettled { order: order(), store: store() }),
        (
            "order.refund_requested",
            Event::RefundRequested {
                order: order(), store: store(), amount: Fen(1290), reason: "附近门店均无法调货".into(), by_customer: false
            },
        ),
        ("order.refunded", Event::OrderRefunded { order: order(), store: store() }),
        (
            "order.extra_paid",
            Event::ExtraPaid { order: order(), store: store(), transaction: "4200001795420800000".into(), amount: Fen(1290), wrong_sum: false },
        ),
        ("order.extra_returned", Event::ExtraReturned { order: order(), store: store(), amount: Fen(1290), wrong_sum: false }),
        ("transfer.requested", Event::TransferRequested { transfer: transfer(), source: id("loc_sh02"), target: id("loc_sh01") }),
        ("transfer.accepted", Event::TransferAccepted { transfer: transfer() }),
        ("transfer.rejected", Event::TransferRejected { transfer: transfer(), reason: "破损".into() }),
        ("transfer.packed", Event::TransferPacked { transfer: transfer() }),
        ("transfer.sent", Event::TransferSent { transfer: transfer() }),
        ("transfer.received", Event::TransferReceived { transfer: transfer(), missing: 1 }),
        ("transfer.recalled", Event::TransferRecalled { transfer: transfer() }),
        ("transfer.lost", Event::TransferLost { transfer: transfer(), missing: 2 }),
        ("transfer.cancelled", Event::TransferCancelled { transfer: transfer() }),
        ("claim.made", Event::ClaimMade { claim: claim(), location: id("loc_sh01"), what: MovementKind::Loss, units: 8, value: Fen(10320) }),
        ("claim.approved", Event::ClaimApproved { claim: claim(), movement: id("mov_01JD8ZC4V5W6X7Y8Z9A0B1C2D3") }),
        ("claim.rejected", Event::ClaimRejected { claim: claim(), reason: "请补照片".into() }),
        ("delivery.requested", Event::DeliveryRequested { order: order(), attempt: 2, not_before: Some(Timestamp(1_767_600_000_000)) }),
        ("delivery.call_off", Event::DeliveryCallOff { order: order(), delivery: id("dlv_01JD8ZC4V5W6X7Y8Z9A0B1C2D3-1") }),
        ("delivery.moved", Event::DeliveryMoved { order: order(), delivery: id("dlv_01JD8ZC4V5W6X7Y8Z9A0B1C2D3-1"), state: DeliveryState::Accepted }),
        (
            "policies.changed",
            Event::PoliciesChanged { by: id("stf_hq01"), changes: vec![FieldChange { field: "low_at".into(), old: "3".into(), new: "5".into() }] },
        ),
        (
            "listing.changed",
            Event::ListingChanged {
                store: store(),
                sku: id("sku_milk-fresh-1"),
                by: id("stf_sh01-manager"),
                changes: vec![FieldChange { field: "name".into(), old: "鲜牛奶（总部）".into(), new: "本店鲜奶".into() }],
            },
        ),
        ("listing.taken", Event::ListingTaken { store: store(), skus: vec![id("sku_milk-fresh-1")], by: id("stf_sh01-manager") }),
        ("listing.dropped", Event::ListingDropped { store: store(), skus: vec![id("sku_milk-fresh-1")], by: id("stf_sh01-manager") }),
        (
            "local.changed",
            Event::LocalChanged {
                store: store(),
                spu: id("spu_local-sh01-1"),
                by: id("stf_sh01-manager"),
                changes: vec![FieldChange { field: "name".into(), old: String::new(), new: "手作麻薯".into() }],
            },
        ),
        ("local.submitted", Event::LocalSubmitted { store: store(), spu: id("spu_local-sh01-1"), by: id("stf_sh01-manager") }),
        ("local.withdrawn", Event::LocalWithdrawn { store: store(), spu: id("spu_local-sh01-1"), by: id("stf_sh01-manager") }),
        ("local.approved", Event::LocalApproved { store: store(), spu: id("spu_local-sh01-1"), by: id("stf_hq01") }),
        ("local.rejected", Event::LocalRejected { store: store(), spu: id("spu_local-sh01-1"), by: id("stf_hq01"), reason: "标签不清".into() }),
        ("local.expiring", Event::LocalExpiring { store: store(), spu: id("spu_local-sh01-1"), document: "食品经营许可证 JY1".into(), days: 7 }),
        ("local.off_sale", Event::LocalOffSale { store: store(), spu: id("spu_local-sh01-1"), document: "食品经营许可证 JY1".into() }),
        (
            "price.changed",
            Event::PriceChanged {
                store: store(),
                sku: id("sku_milk"),
                change: FieldChange { field: "own_price".into(), old: "跟随总部".into(), new: "¥8.50".into() },
                by: id("stf_sh01-manager"),
                why: "周边同款售价较低".into(),
                request: Some(request()),
            },
        ),
        (
            "request.asked",
            Event::RequestAsked {
                request: request(),
                store: store(),
                change: FieldChange { field: "own_price".into(), old: "跟随总部".into(), new: "¥8.00".into() },
                rule: "比总部价格 ¥10.00 低 20%，超过 15%".into(),
                by: id("stf_sh01-manager"),
            },
        ),
        ("request.approved", Event::RequestApproved { request: request(), store: store(), by: id("stf_hq01"), in_force: true }),
        ("request.rejected", Event::RequestRejected { request: request(), store: store(), by: id("stf_hq01"), reason: "低于进价".into() }),
        ("request.withdrawn", Event::RequestWithdrawn { request: request(), store: store(), by: id("stf_sh01-manager") }),
        ("request.stale", Event::RequestStale { request: request(), store: store() }),
        (
            "request.renewed",
            Event::RequestRenewed {
                request: request(),
                store: store(),
                by: id("stf_sh01-manager"),
                renewed: Some(id("req_01JD8ZC4V5W6X7Y8Z9A0B1C2D4")),
            },
        ),
        ("request.commented", Event::RequestCommented { request: request(), store: store(), by: id("stf_hq01"), text: "请附进货单".into() }),
        ("request.reminded", Event::RequestReminded { request: request(), store: store(), times: 1 }),
        ("request.escalated", Event::RequestEscalated { request: request(), store: store(), region: id("reg_east-sh") }),
        (
            "setting.changed",
            Event::SettingChanged {
                by: id("stf_hq01"),
                changes: vec![SettingChange {
                    level: "mode:franchise".into(),
                    field: "max_discount".into(),
                    old: "15%".into(),
                    new: "10%".into(),
                    from: Timestamp(1_795_420_800_000),
                    why: "保护品牌价格".into(),
                }],
            },
        ),
        (
            "store.created",
            Event::StoreCreated {
                store: store(),
                by: id("stf_hq01"),
                why: "导入 stores.csv".into(),
                changes: vec![FieldChange { field: "name".into(), old: String::new(), new: "人民广场店".into() }],
            },
        ),
        (
            "store.changed",
            Event::StoreChanged {
                store: store(),
                by: id("stf_hq01"),
                why: "升级".into(),
                changes: vec![FieldChange { field: "tier".into(), old: "标准店".into(), new: "旗舰店".into() }],
            },
        ),
        (
            "region.changed",
            Event::RegionChanged {
                region: id("reg_east"),
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "name".into(), old: "华东".into(), new: "华东区".into() }],
            },
        ),
        (
            "product.changed",
            Event::ProductChanged {
                spu: id("spu_milk"),
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "skus.sku_milk.price".into(), old: "12.90".into(), new: "11.90".into() }],
            },
        ),
        (
            "categories.changed",
            Event::CategoriesChanged {
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "dairy".into(), old: "乳品，排序 1".into(), new: "乳品冷饮，排序 1".into() }],
            },
        ),
        (
            "brands.changed",
            Event::BrandsChanged {
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "yunpan".into(), old: String::new(), new: "云畔牧".into() }],
            },
        ),
        ("import.due", Event::ImportDue { import: id("imp_01JD8ZC4V5W6X7Y8Z9A0B1C2D3") }),
        (
            "account.invited",
            Event::AccountInvited { staff: id("stf_02"), by: id("stf_hq01"), role: id("rol_clerk"), scope: Scope::Store(id("sto_sh01")) },
        ),
        ("account.activated", Event::AccountActivated { staff: id("stf_02") }),
        ("account.disabled", Event::AccountDisabled { staff: id("stf_02"), by: id("stf_hq01") }),
        ("account.enabled", Event::AccountEnabled { staff: id("stf_02"), by: id("stf_hq01") }),
        (
            "account.changed",
            Event::AccountChanged {
                staff: id("stf_02"),
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "role".into(), old: "rol_clerk".into(), new: "rol_storemanager".into() }],
            },
        ),
        ("account.reset", Event::AccountReset { staff: id("stf_02"), by: id("stf_hq01") }),
        (
            "role.changed",
            Event::RoleChanged {
                role: id("rol_marketing"),
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "order:read".into(), old: "无".into(), new: "有".into() }],
            },
        ),
        (
            "key.made",
            Event::KeyMade {
                key: id("key_01JD8ZC4V5W6X7Y8Z9A0B1C2D3"),
                by: id("stf_hq01"),
                permissions: vec![Permission::PosWrite],
                scope: Scope::Stores(vec![id("sto_sh01"), id("sto_sh02")]),
            },
        ),
        ("key.revoked", Event::KeyRevoked { key: id("key_01JD8ZC4V5W6X7Y8Z9A0B1C2D3"), by: id("stf_hq01") }),
        (
            "campaign.changed",
            Event::CampaignChanged {
                campaign: id("cmp_01JD8ZC4V5W6X7Y8Z9A0B1C2D3"),
                owner: Some(store()),
                by: id("stf_sh01-m"),
                changes: vec![FieldChange { field: "state".into(), old: "草稿".into(), new: "待审核".into() }],
            },
        ),
        (
            "search_words.changed",
            Event::SearchWordsChanged {
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "synonym:酱油".into(), old: "生抽".into(), new: "生抽、老抽".into() }],
            },
        ),
        (
            "warehouse.changed",
            Event::WarehouseChanged {
                location: id("loc_wh-front-sh01"),
                keeper: store(),
                by: id("stf_hq01"),
                created: false,
                closed: false,
                why: String::new(),
                changes: vec![FieldChange { field: "address".into(), old: "愚园路 1 号".into(), new: "愚园路 2 号".into() }],
            },
        ),
        (
            "slot.set",
            Event::SlotSet {
                store: store(),
                by: id("stf_sh01-manager"),
                why: "人手不足".into(),
                changes: vec![FieldChange {
                    field: "到店自提时段 11-29 10:00–10:30".into(), old: "按规则 10 单".into(), new: "暂停预约".into()
                }],
            },
        ),
        ("order.slot_lost", Event::OrderSlotLost { order: order(), store: store(), slot: "2026-11-29T10:00".into() }),
        (
            "legal.published",
            Event::LegalPublished {
                document: LegalKind::Privacy,
                number: 2,
                from: Timestamp(1_796_054_400_000),
                by: id("stf_hq01"),
                changes: vec![FieldChange { field: "privacy".into(), old: "第 1 版".into(), new: "第 2 版，2026-12-01 起".into() }],
            },
        ),
    ];
    for (name, event) in all {
        golden(&format!("stream/{name}.json"), &envelope(event));
    }
}
