//! Permissions are `resource:action`; a role is a set of them with a scope. Roles are data in the HQ table; the built-in
//! ones here are what a new chain starts with.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{RegionId, StoreId};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a route needs and a role grants.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray)]
        pub enum Permission { $($(#[$doc])* #[serde(rename = $text)] #[strum(serialize = $text)] $name,)* }

        // By hand: the derive reads the names in Rust, not those on the wire, from a macro's literals.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for Permission {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some("What a route needs and a role grants."))
                    .enum_values(Some(Permission::ALL.iter().map(|p| p.as_str())))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for Permission {}

        impl Permission {
            /// All of them.
            pub const ALL: &'static [Permission] = <Permission as VariantArray>::VARIANTS;
            /// `resource:action`.
            #[must_use]
            pub fn as_str(self) -> &'static str { self.into() }
        }
    };
}

permissions! {
    /// See orders of the scope.
    OrderRead = "order:read";
    /// Prepare orders of the scope (mark ready).
    OrderPrepare = "order:prepare";
    /// Hand an order over against its pickup code.
    PickupVerify = "pickup:verify";
    /// Ship parcels of the scope's warehouses: see to whom, tell the carrier's number.
    ParcelShip = "parcel:ship";
    /// Give a parcel up for lost: its money goes back.
    ParcelLose = "parcel:lose";
    /// See transfers from and to the scope.
    TransferRead = "transfer:read";
    /// Work on transfers: accept, reject, pack, send, receive.
    TransferWork = "transfer:work";
    /// Ask another location for goods.
    TransferRequest = "transfer:request";
    /// Move goods between any two locations; call off, call back, give up.
    TransferDirect = "transfer:direct";
    /// See stock of the scope.
    StockRead = "stock:read";
    /// Take goods in: receipts, returns.
    StockReceive = "stock:receive";
    /// Put stock right: losses, adjustments.
    StockAdjust = "stock:adjust";
    /// Say how much is kept back.
    StockSafety = "stock:safety";
    /// Split stock records that many buy from at once.
    StockSplit = "stock:split";
    /// Count the shelf.
    StockCount = "stock:count";
    /// Decide about counts that somebody else made.
    StockApprove = "stock:approve";
    /// Tell of sales at the till.
    PosWrite = "pos:write";
    /// Set the chain's policies.
    PolicyWrite = "policy:write";
    /// See the store directory.
    StoreRead = "store:read";
    /// Say whether a store is in business and on which days its hours differ.
    StoreWrite = "store:write";
    /// See postings and statements of the scope.
    SettlementRead = "settlement:read";
    /// See who has looked at personal data in clear, and who has logged in.
    AuditRead = "audit:read";
    /// See campaigns of the scope: the chain's, or a store's own.
    CampaignRead = "campaign:read";
    /// Draft campaigns of the scope, submit them for review, stop and end them.
    CampaignWrite = "campaign:write";
    /// Decide which campaigns go live.
    CampaignReview = "campaign:review";
}

/// Where a permission holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// The whole chain.
    All,
    /// The stores of one region.
    Region(RegionId),
    /// One store.
    Store(StoreId),
}

impl Scope {
    /// Does the scope hold this store, which lies in `region`?
    #[must_use]
    pub fn covers(&self, store: &StoreId, region: Option<&RegionId>) -> bool {
        match self {
            Scope::All => true,
            Scope::Region(r) => region == Some(r),
            Scope::Store(s) => s == store,
        }
    }
}

/// The built-in roles (product.md 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// 总部管理员
    HqAdmin,
    /// 商品
    Merchandiser,
    /// 营销
    Marketing,
    /// 财务
    Finance,
    /// 审计
    Auditor,
    /// 区域经理
    RegionManager,
    /// 店长
    StoreManager,
    /// 店员
    Clerk,
    /// 接口密钥: a till's bridge, or another program.
    Integration,
}

/// What everybody at the counter may do.
const CLERK: [Permission; 11] = {
    use Permission as P;
    [
        P::StoreRead,
        P::OrderRead,
        P::OrderPrepare,
        P::PickupVerify,
        P::ParcelShip,
        P::TransferRead,
        P::TransferWork,
        P::TransferRequest,
        P::StockRead,
        P::StockReceive,
        P::StockCount,
    ]
};

impl Role {
    /// All of them.
    pub const ALL: &'static [Role] = <Role as VariantArray>::VARIANTS;

    /// The role's name in Chinese.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Role::HqAdmin => "总部管理员",
            Role::Merchandiser => "商品",
            Role::Marketing => "营销",
            Role::Finance => "财务",
            Role::Auditor => "审计",
            Role::RegionManager => "区域经理",
            Role::StoreManager => "店长",
            Role::Clerk => "店员",
            Role::Integration => "接口密钥",
        }
    }

    /// What a new chain lets the role do; HQ may store another set.
    #[must_use]
    pub fn default_permissions(self) -> Vec<Permission> {
        use Permission as P;
        match self {
            Role::HqAdmin => P::ALL.to_vec(),
            Role::Merchandiser => vec![P::StoreRead, P::StockRead, P::StockSafety, P::TransferRead, P::TransferDirect],
            Role::Marketing => vec![P::StoreRead, P::StockRead, P::CampaignRead, P::CampaignWrite, P::CampaignReview],
            Role::Finance => vec![P::StoreRead, P::OrderRead, P::SettlementRead],
            Role::Auditor => vec![P::StoreRead, P::OrderRead, P::TransferRead, P::StockRead, P::SettlementRead, P::AuditRead, P::CampaignRead],
            Role::RegionManager => vec![P::StoreRead, P::OrderRead, P::TransferRead, P::StockRead, P::StockApprove, P::SettlementRead],
            Role::StoreManager => {
                let own = [P::ParcelLose, P::StockAdjust, P::StockSafety, P::StockApprove, P::SettlementRead, P::CampaignRead, P::CampaignWrite];
                [&CLERK[..], &own].concat()
            }
            Role::Clerk => CLERK.to_vec(),
            // A till tells and reads nothing: what a store has on its shelf, and what is being counted, is no business of a key in a bridge's file.
            Role::Integration => vec![P::PosWrite],
        }
    }
}
