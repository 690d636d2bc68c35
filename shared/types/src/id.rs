//! Typed, prefixed ids. `ord_01JD…` can never be passed where a `sto_…` is wanted.
//!
//! An id is its prefix, `_`, and 1–40 characters of `0-9A-Za-z-`. New ones are time-ordered (ULID) and are made by the
//! server only; this crate merely recognises them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id: it starts with `{prefix}_` and goes on with 1 to 40 of 0-9 A-Z a-z -")]
pub struct BadId {
    /// What was expected, e.g. `order`.
    pub kind: &'static str,
    /// Its prefix, e.g. `ord`.
    pub prefix: &'static str,
}

fn tail_ok(tail: &str) -> bool {
    (1..=40).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Any of the ids below, for code that makes new ones.
pub trait TypedId: FromStr<Err = BadId> {
    /// The part before the underscore.
    const PREFIX: &'static str;
}

/// A store's shelf carries the store's tail, and a location with this tail is a warehouse: such a store would have no shelf.
fn reserved(prefix: &str, tail: &str) -> bool {
    prefix == "sto" && tail.starts_with("wh-")
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl $name {
            /// Puts the prefix before a generated tail.
            ///
            /// # Errors
            /// [`BadId`] when the tail is empty, too long, or has other characters than an id may have.
            pub fn from_tail(tail: impl fmt::Display) -> Result<Self, BadId> {
                format!("{}_{tail}", $prefix).parse()
            }

            /// The whole id, prefix included.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(s: &str) -> Result<Self, BadId> {
                match s.strip_prefix(concat!($prefix, "_")) {
                    Some(tail) if tail_ok(tail) && !reserved($prefix, tail) => Ok(Self(s.to_owned())),
                    _ => Err(BadId { kind: $kind, prefix: $prefix }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(s: String) -> Result<Self, BadId> { s.parse() }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String { id.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

typed_id! {
    /// A region (区域): a business grouping of stores.
    RegionId = "reg", "region";
    /// A store (门店).
    StoreId = "sto", "store";
    /// A location (库位): a store's shelf, a front warehouse or an HQ warehouse. A store's shelf carries the store's tail.
    LocationId = "loc", "location";
    /// A product (商品, SPU).
    SpuId = "spu", "product";
    /// A SKU (规格).
    SkuId = "sku", "SKU";
    /// A member (会员).
    MemberId = "mem", "member";
    /// A staff account (员工).
    StaffId = "stf", "staff";
    /// An order (订单).
    OrderId = "ord", "order";
    /// A transfer (调拨单).
    TransferId = "trf", "transfer";
    /// A delivery (配送单): one attempt to have an order carried.
    DeliveryId = "dlv", "delivery";
    /// A movement document (库存单据).
    MovementId = "mov", "movement";
    /// A stock count (盘点单).
    CountId = "cnt", "count";
    /// A stock document that waits for a second person (待审批单据).
    ClaimId = "clm", "claim";
    /// An event in an aggregate's history.
    EventId = "evt", "event";
    /// A posting in the ledger (分录).
    PostingId = "pst", "posting";
    /// A saved address of a member (收货地址).
    AddressId = "adr", "address";
    /// A campaign (营销活动).
    CampaignId = "cmp", "campaign";
    /// A coupon that somebody holds (优惠券).
    CouponId = "cpn", "coupon";
    /// A change request (审批单).
    RequestId = "req", "change request";
    /// A file of stores that is being imported (门店导入).
    StoreImportId = "sti", "store import";
    /// A table of goods that is taken into the library (导入).
    ImportId = "imp", "import";
    /// A role (角色): a set of permissions.
    RoleId = "rol", "role";
    /// An integration key (接口密钥).
    KeyId = "key", "integration key";
}

impl StoreId {
    /// The location of this store's own shelf: the same tail under the location prefix.
    #[must_use]
    pub fn shelf(&self) -> LocationId {
        LocationId(self.0.replacen("sto_", "loc_", 1))
    }
}

impl LocationId {
    /// The store whose shelf has this id. Warehouses (`loc_wh-…`) have none.
    #[must_use]
    pub fn store(&self) -> Option<StoreId> {
        (!self.0.starts_with("loc_wh-")).then(|| StoreId(self.0.replacen("loc_", "sto_", 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_texts_when_parsed_then_only_the_right_prefix_and_characters_pass() {
        assert_eq!("sto_sh01".parse::<StoreId>().unwrap().as_str(), "sto_sh01");
        let long = format!("sto_{}", "a".repeat(40));
        assert!(long.parse::<StoreId>().is_ok());
        for bad in ["", "sto_", "ord_1", "sto_a b", "sto_中", "sto_a#b", &format!("{long}a")] {
            assert_eq!(bad.parse::<StoreId>(), Err(BadId { kind: "store", prefix: "sto" }), "{bad}");
        }
    }

    #[test]
    fn given_a_store_when_asked_for_its_shelf_then_the_way_back_is_the_same_store() {
        let store: StoreId = "sto_sh01".parse().unwrap();
        assert_eq!(store.shelf().as_str(), "loc_sh01");
        assert_eq!(store.shelf().store(), Some(store));
        assert_eq!("loc_wh-sh".parse::<LocationId>().unwrap().store(), None);
        // A store that would lose its shelf to the warehouses is none.
        assert!("sto_wh-01".parse::<StoreId>().is_err() && StoreId::from_tail("wh-01").is_err());
        assert_eq!("sto_wh01".parse::<StoreId>().unwrap().shelf().store(), Some("sto_wh01".parse().unwrap()));
    }

    #[test]
    fn given_json_when_read_then_a_foreign_prefix_is_refused() {
        assert!(serde_json::from_str::<OrderId>("\"ord_1\"").is_ok());
        assert!(serde_json::from_str::<OrderId>("\"sto_1\"").is_err());
    }
}
