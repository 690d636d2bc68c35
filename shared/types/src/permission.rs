//! Permissions are `resource:action`; a role is a set of them with a scope. Roles are data in the HQ table; the built-in
//! ones here are what a new chain starts with.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{RegionId, RoleId, StoreId};

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
    /// Make and edit stores and regions, and say whether a store is in business.
    StoreWrite = "store:write";
    /// Choose what a store lists and how, and keep its own products.
    ListingWrite = "listing:write";
    /// Decide about products that are a store's own.
    LocalReview = "local:review";
    /// See postings and statements of the scope.
    SettlementRead = "settlement:read";
    /// See who has looked at personal data in clear, and who has logged in.
    AuditRead = "audit:read";
    /// Set a store's own prices, and ask for those that its policy does not let through.
    PriceWrite = "price:write";
    /// Decide about what stores ask for.
    RequestDecide = "request:decide";
    /// See HQ's library: products, categories, brands, with their histories.
    LibraryRead = "library:read";
    /// Change HQ's library.
    LibraryWrite = "library:write";
    /// See staff accounts and roles of the scope.
    AccountRead = "account:read";
    /// Invite, change, disable and reset staff accounts of the scope.
    AccountWrite = "account:write";
    /// Say what a role may do; make new roles.
    RoleWrite = "role:write";
    /// Make and revoke integration keys of the scope.
    KeyWrite = "key:write";
    /// See campaigns of the scope: the chain's, or a store's own.
    CampaignRead = "campaign:read";
    /// Draft campaigns of the scope, submit them for review, stop and end them.
    CampaignWrite = "campaign:write";
    /// Decide which campaigns go live.
    CampaignReview = "campaign:review";
    /// Edit warehouses of the scope: a store those that it keeps.
    WarehouseWrite = "warehouse:write";
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
    /// Several stores.
    Stores(Vec<StoreId>),
}

impl Scope {
    /// Does the scope hold this store, which lies in `region`?
    #[must_use]
    pub fn covers(&self, store: &StoreId, region: Option<&RegionId>) -> bool {
        match self {
            Scope::All => true,
            Scope::Region(r) => region == Some(r),
            Scope::Store(s) => s == store,
            Scope::Stores(all) => all.contains(store),
        }
    }
}

/// Where a staff account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AccountState {
    /// Waits for the invited person to choose a password.
    Invited,
    /// Works.
    #[default]
    Active,
    /// Lets nobody in.
    Disabled,
}

impl AccountState {
    /// All of them.
    pub const ALL: &'static [AccountState] = <AccountState as VariantArray>::VARIANTS;

    /// As people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            AccountState::Invited => "待接受邀请",
            AccountState::Active => "正常",
            AccountState::Disabled => "已停用",
        }
    }

    /// Its word in an address.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            AccountState::Invited => "invited",
            AccountState::Active => "active",
            AccountState::Disabled => "disabled",
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

    /// The id under which the chain keeps what it may do.
    #[must_use]
    pub fn id(self) -> RoleId {
        // Letters only, which every id takes.
        RoleId::from_tail(format!("{self:?}").to_lowercase()).unwrap_or_else(|e| unreachable!("{e}"))
    }

    /// The built-in role of this id; none of a role that HQ made.
    #[must_use]
    pub fn of_id(id: &RoleId) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.id() == *id)
    }

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
            Role::Merchandiser => vec![
                P::StoreRead,
                P::StockRead,
                P::StockSafety,
                P::TransferRead,
                P::TransferDirect,
                P::PriceWrite,
                P::RequestDecide,
                P::LibraryRead,
                P::LibraryWrite,
                P::ListingWrite,
                P::LocalReview,
            ],
            Role::Marketing => vec![P::StoreRead, P::StockRead, P::LibraryRead, P::CampaignRead, P::CampaignWrite, P::CampaignReview],
            Role::Finance => vec![P::StoreRead, P::OrderRead, P::SettlementRead],
            Role::Auditor => vec![
                P::StoreRead,
                P::OrderRead,
                P::TransferRead,
                P::StockRead,
                P::SettlementRead,
                P::AuditRead,
                P::LibraryRead,
                P::AccountRead,
                P::CampaignRead,
            ],
            Role::RegionManager => {
                vec![
                    P::StoreRead,
                    P::OrderRead,
                    P::TransferRead,
                    P::StockRead,
                    P::StockApprove,
                    P::SettlementRead,
                    P::RequestDecide,
                    P::AccountRead,
                    P::CampaignRead,
                ]
            }
            Role::StoreManager => {
                let more = [
                    P::ParcelLose,
                    P::StockAdjust,
                    P::StockSafety,
                    P::StockApprove,
                    P::SettlementRead,
                    P::PriceWrite,
                    P::AccountRead,
                    P::AccountWrite,
                    P::ListingWrite,
                    P::CampaignRead,
                    P::CampaignWrite,
                    P::WarehouseWrite,
                ];
                [&CLERK[..], &more].concat()
            }
            Role::Clerk => CLERK.to_vec(),
            // A till tells and reads nothing: what a store has on its shelf, and what is being counted, is no business of a key in a bridge's file.
            Role::Integration => vec![P::PosWrite],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_built_in_role_when_named_by_its_id_then_it_is_found_and_a_made_one_is_none() {
        for role in Role::ALL {
            assert_eq!(Role::of_id(&role.id()), Some(*role));
        }
        assert_eq!(Role::HqAdmin.id().as_str(), "rol_hqadmin");
        assert_eq!(Role::of_id(&"rol_01JD8ZC4V5W6X7Y8Z9A0B1C2D3".parse().unwrap()), None);
    }

    #[test]
    fn given_several_stores_when_asked_then_they_are_covered_and_others_are_not() {
        let id = |s: &str| s.parse::<StoreId>().unwrap();
        let scope = Scope::Stores(vec![id("sto_a"), id("sto_b")]);
        assert!(scope.covers(&id("sto_b"), None) && !scope.covers(&id("sto_c"), Some(&"reg_e".parse().unwrap())));
    }
}
