//! Generated from `infra/routes.toml` by `cargo xtask generate`: do not edit.

use liandian_store::meter::{Access, Partitions};
use liandian_types::Permission;

use crate::{
    function::{Function, Kind, Need, NeedScope, Page, PageNeed, Queue},
    limits::Counts,
    parts, routes, secrets, workers,
};

/// `session-create`
pub static SESSION_CREATE: Function = Function {
    name: "session-create",
    context: "shop",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "ACCESS#*", "RATE#*", "OPENID#*", "MEMBER#*"], hq: &[] },
    parts: &[parts::wechat, parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/session",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts { account: 0, store: 0, address: 300, first: false },
        handler: |app, call| Box::pin(routes::members::session::create(app, call)),
    },
};

/// `session-end`
pub static SESSION_END: Function = Function {
    name: "session-end",
    context: "shop",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/session",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 204,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::session::end(app, call)),
    },
};

/// `ticket-create`
pub static TICKET_CREATE: Function = Function {
    name: "ticket-create",
    context: "shop",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ACCESS#*", "RATE#*", "OPENID#*", "MEMBER#*", "TICKET#*"], hq: &[] },
    parts: &[parts::wechat, parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/tickets",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts { account: 0, store: 0, address: 300, first: false },
        handler: |app, call| Box::pin(routes::members::session::ticket_create(app, call)),
    },
};

/// `ticket-exchange`
pub static TICKET_EXCHANGE: Function = Function {
    name: "ticket-exchange",
    context: "shop",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "TICKET#*"], hq: &[] },
    parts: &[],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/enter/{ticket}",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 303,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::session::ticket_exchange(app, call)),
    },
};

/// `ticket-switch`
pub static TICKET_SWITCH: Function = Function {
    name: "ticket-switch",
    context: "shop",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "TICKET#*"], hq: &[] },
    parts: &[],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/enter/{ticket}",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 303,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::session::ticket_switch(app, call)),
    },
};

/// `stores-find`
pub static STORES_FIND: Function = Function {
    name: "stores-find",
    context: "shop",
    cell: Access::None,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &["ENTRANCE#*", "NEAR#*", "STORE#*", "STORES"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 1200,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::find(app, call)),
    },
};

/// `store-home`
pub static STORE_HOME: Function = Function {
    name: "store-home",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["LOC#*", "CAMPAIGN#*"], hq: &["STORE#*", "SKU#*", "NEAR#*", "SETTINGS", "POLICIES", "CAMPAIGNS#*", "LIBRARY"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/home",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::home(app, call)),
    },
};

/// `listings`
pub static LISTINGS: Function = Function {
    name: "listings",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["LOC#*"], hq: &["STORE#*", "SKU#*", "LIBRARY", "SEARCHWORDS", "SETTINGS", "POLICIES", "CAMPAIGNS#*"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/listings",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::list(app, call)),
    },
};

/// `listing-suggestions`
pub static LISTING_SUGGESTIONS: Function = Function {
    name: "listing-suggestions",
    context: "shop",
    cell: Access::None,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &["STORE#*", "LIBRARY", "SEARCHWORDS"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/suggestions",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::suggestions(app, call)),
    },
};

/// `listing-product`
pub static LISTING_PRODUCT: Function = Function {
    name: "listing-product",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["LOC#*"], hq: &["STORE#*", "SKU#*", "SPU#*", "SETTINGS", "POLICIES", "CAMPAIGNS#*", "LIBRARY"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/listings/{sku}",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 3000,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::product(app, call)),
    },
};

/// `cart-read`
pub static CART_READ: Function = Function {
    name: "cart-read",
    context: "orders",
    cell: Access::Read,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/cart/{store}",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::cart::read(app, call)),
    },
};

/// `cart-write`
pub static CART_WRITE: Function = Function {
    name: "cart-write",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["STORE#*", "LIBRARY"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/cart/{store}",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::cart::write(app, call)),
    },
};

/// `address-list`
pub static ADDRESS_LIST: Function = Function {
    name: "address-list",
    context: "orders",
    cell: Access::Read,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/addresses",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::addresses::list(app, call)),
    },
};

/// `address-save`
pub static ADDRESS_SAVE: Function = Function {
    name: "address-save",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/addresses",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::addresses::save(app, call)),
    },
};

/// `address-remove`
pub static ADDRESS_REMOVE: Function = Function {
    name: "address-remove",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/addresses/{address}",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::addresses::remove(app, call)),
    },
};

/// `me`
pub static ME: Function = Function {
    name: "me",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["LEGAL", "STORE#*"] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/me",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::me::read(app, call)),
    },
};

/// `me-rename`
pub static ME_RENAME: Function = Function {
    name: "me-rename",
    context: "shop",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["LEGAL", "STORE#*"] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/me",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::me::rename(app, call)),
    },
};

/// `consents`
pub static CONSENTS: Function = Function {
    name: "consents",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["LEGAL"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/me/consents",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::me::consents(app, call)),
    },
};

/// `consents-give`
pub static CONSENTS_GIVE: Function = Function {
    name: "consents-give",
    context: "shop",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["LEGAL"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/me/consents",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::me::agree(app, call)),
    },
};

/// `consents-withdraw`
pub static CONSENTS_WITHDRAW: Function = Function {
    name: "consents-withdraw",
    context: "shop",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["LEGAL"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/me/consents/{kind}",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::me::withdraw(app, call)),
    },
};

/// `districts`
pub static DISTRICTS: Function = Function {
    name: "districts",
    context: "orders",
    cell: Access::None,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/districts",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 2400,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::addresses::districts(app, call)),
    },
};

/// `phone-number`
pub static PHONE_NUMBER: Function = Function {
    name: "phone-number",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "RATE#*"], hq: &[] },
    parts: &[parts::wechat],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/phone",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts { account: 20, store: 0, address: 0, first: false },
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::members::phone::read(app, call)),
    },
};

/// `quote`
pub static QUOTE: Function = Function {
    name: "quote",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions {
        cell: &["LOC#*", "STORE#*#ORDER#*", "ENDEDSESSIONS", "CAMPAIGN#*", "MEMBER#*#ORDER", "MEMBER#*#COUPON", "SLOTS#*"],
        hq: &["STORE#*", "STORES", "SKU#*", "NEAR#*", "WAREHOUSES", "POLICIES", "SETTINGS", "CAMPAIGNS#*", "LIBRARY", "COUPONS"],
    },
    parts: &[parts::quotes],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/quotes",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 2400,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::quote::create(app, call)),
    },
};

/// `order-place`
pub static ORDER_PLACE: Function = Function {
    name: "order-place",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys, parts::quotes],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 201,
        idempotent: true,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::place::handle(app, call)),
    },
};

/// `order-list`
pub static ORDER_LIST: Function = Function {
    name: "order-list",
    context: "orders",
    cell: Access::Read,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*", "ORDER#*"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/orders",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::list::of_member(app, call)),
    },
};

/// `order-read`
pub static ORDER_READ: Function = Function {
    name: "order-read",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions {
        cell: &["ENDEDSESSIONS", "ORDER#*", "TRANSFER#*", "MEMBER#*", "LOC#*", "STORE#*#ORDER#*"],
        hq: &["NEAR#*", "STORE#*", "STORES", "SKU#*", "LIBRARY", "WAREHOUSES", "POLICIES", "SETTINGS"],
    },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/orders/{order}",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::read::of_member(app, call)),
    },
};

/// `order-cancel`
pub static ORDER_CANCEL: Function = Function {
    name: "order-cancel",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::payment, parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders/{order}/cancel",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::cancel::handle(app, call)),
    },
};

/// `order-received`
pub static ORDER_RECEIVED: Function = Function {
    name: "order-received",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders/{order}/received",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::parcel::received(app, call)),
    },
};

/// `payment-start`
pub static PAYMENT_START: Function = Function {
    name: "payment-start",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "RATE#*", "ORDER#*", "MEMBER#*"], hq: &[] },
    parts: &[parts::payment, parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders/{order}/payment",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts { account: 60, store: 0, address: 0, first: false },
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::payments::start(app, call)),
    },
};

/// `payment-check`
pub static PAYMENT_CHECK: Function = Function {
    name: "payment-check",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::payment],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders/{order}/payment/check",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::payments::check(app, call)),
    },
};

/// `payment-notify`
pub static PAYMENT_NOTIFY: Function = Function {
    name: "payment-notify",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::payment_verify],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/callbacks/payment",
        permission: Need::Signed,
        scope: NeedScope::None,
        status: 204,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::payments::notify(app, call)),
    },
};

/// `delivery-notify`
pub static DELIVERY_NOTIFY: Function = Function {
    name: "delivery-notify",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::delivery],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/callbacks/delivery",
        permission: Need::Signed,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::delivery::notify(app, call)),
    },
};

/// `staff-login`
pub static STAFF_LOGIN: Function = Function {
    name: "staff-login",
    context: "staff",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["ACCESS#*", "RATE#*", "REFRESH#*"], hq: &["STAFF#*", "ROLE#*"] },
    parts: &[],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/staff/session",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 300,
        shared: Counts::NONE,
        wrong: Counts { account: 0, store: 0, address: 30, first: true },
        handler: |app, call| Box::pin(routes::access::staff::login(app, call)),
    },
};

/// `staff-refresh`
pub static STAFF_REFRESH: Function = Function {
    name: "staff-refresh",
    context: "staff",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &["REFRESH#*"], hq: &["STAFF#*", "ROLE#*"] },
    parts: &[],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/staff/session/refresh",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 1200,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::staff::refresh(app, call)),
    },
};

/// `staff-logout`
pub static STAFF_LOGOUT: Function = Function {
    name: "staff-logout",
    context: "staff",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["REFRESH#*", "ENDEDSESSIONS"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/staff/session",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 204,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::staff::logout(app, call)),
    },
};

/// `page-fault`
pub static PAGE_FAULT: Function = Function {
    name: "page-fault",
    context: "staff",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["RATE#*"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/page-faults",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 204,
        idempotent: false,
        limit: 20,
        shared: Counts { account: 0, store: 0, address: 20, first: false },
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::page_fault::handle(app, call)),
    },
};

/// `store-orders`
pub static STORE_ORDERS: Function = Function {
    name: "store-orders",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/orders",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::list::of_store(app, call)),
    },
};

/// `store-order-read`
pub static STORE_ORDER_READ: Function = Function {
    name: "store-order-read",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/orders/{order}",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::read::of_store(app, call)),
    },
};

/// `order-price`
pub static ORDER_PRICE: Function = Function {
    name: "order-price",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/orders/{order}/price",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::price::of_store(app, call)),
    },
};

/// `store-order-ready`
pub static STORE_ORDER_READY: Function = Function {
    name: "store-order-ready",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/orders/{order}/ready",
        permission: Need::Permission(Permission::OrderPrepare),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::ready::handle(app, call)),
    },
};

/// `store-slots`
pub static STORE_SLOTS: Function = Function {
    name: "store-slots",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/slots",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::slots::list(app, call)),
    },
};

/// `store-slot-set`
pub static STORE_SLOT_SET: Function = Function {
    name: "store-slot-set",
    context: "orders",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/slots",
        permission: Need::Permission(Permission::OrderPrepare),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::slots::set(app, call)),
    },
};

/// `rider-seen-to`
pub static RIDER_SEEN_TO: Function = Function {
    name: "rider-seen-to",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/orders/{order}/rider",
        permission: Need::Permission(Permission::OrderPrepare),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::rider::see_to(app, call)),
    },
};

/// `parcel-ship`
pub static PARCEL_SHIP: Function = Function {
    name: "parcel-ship",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/orders/{order}/parcel",
        permission: Need::Permission(Permission::ParcelShip),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::parcel::ship(app, call)),
    },
};

/// `parcel-label`
pub static PARCEL_LABEL: Function = Function {
    name: "parcel-label",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/orders/{order}/parcel",
        permission: Need::Permission(Permission::ParcelShip),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::parcel::label(app, call)),
    },
};

/// `parcel-lost`
pub static PARCEL_LOST: Function = Function {
    name: "parcel-lost",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/orders/{order}/parcel/lost",
        permission: Need::Permission(Permission::ParcelLose),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::parcel::lost(app, call)),
    },
};

/// `order-short`
pub static ORDER_SHORT: Function = Function {
    name: "order-short",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys, parts::delivery],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/orders/{order}/shortfall",
        permission: Need::Permission(Permission::OrderPrepare),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::shortfall::report(app, call)),
    },
};

/// `order-choose`
pub static ORDER_CHOOSE: Function = Function {
    name: "order-choose",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/orders/{order}/shortfall",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::shortfall::choose(app, call)),
    },
};

/// `pickup-verify`
pub static PICKUP_VERIFY: Function = Function {
    name: "pickup-verify",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/pickups",
        permission: Need::Permission(Permission::PickupVerify),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts { account: 20, store: 60, address: 120, first: false },
        handler: |app, call| Box::pin(routes::orders::pickup::verify(app, call)),
    },
};

/// `store-transfers`
pub static STORE_TRANSFERS: Function = Function {
    name: "store-transfers",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/transfers",
        permission: Need::Permission(Permission::TransferRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::list(app, call)),
    },
};

/// `transfer-ask`
pub static TRANSFER_ASK: Function = Function {
    name: "transfer-ask",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/transfers",
        permission: Need::Permission(Permission::TransferRequest),
        scope: NeedScope::Store,
        status: 201,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::ask(app, call)),
    },
};

/// `transfer-step`
pub static TRANSFER_STEP: Function = Function {
    name: "transfer-step",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/transfers/{transfer}/steps",
        permission: Need::Permission(Permission::TransferWork),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::step(app, call)),
    },
};

/// `store-stock`
pub static STORE_STOCK: Function = Function {
    name: "store-stock",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/stock",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::of_store(app, call)),
    },
};

/// `stock-short`
pub static STOCK_SHORT: Function = Function {
    name: "stock-short",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/stock/shortfalls",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::short(app, call)),
    },
};

/// `stock-receive`
pub static STOCK_RECEIVE: Function = Function {
    name: "stock-receive",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/stock/receipts",
        permission: Need::Permission(Permission::StockReceive),
        scope: NeedScope::Store,
        status: 201,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::receive(app, call)),
    },
};

/// `stock-safety`
pub static STOCK_SAFETY: Function = Function {
    name: "stock-safety",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/stock/{sku}/safety",
        permission: Need::Permission(Permission::StockSafety),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::safety(app, call)),
    },
};

/// `stock-adjust`
pub static STOCK_ADJUST: Function = Function {
    name: "stock-adjust",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/stock/adjustments",
        permission: Need::Permission(Permission::StockAdjust),
        scope: NeedScope::Store,
        status: 201,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::adjust(app, call)),
    },
};

/// `claims`
pub static CLAIMS: Function = Function {
    name: "claims",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/stock/claims",
        permission: Need::Permission(Permission::StockApprove),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::claims::list(app, call)),
    },
};

/// `claim-decide`
pub static CLAIM_DECIDE: Function = Function {
    name: "claim-decide",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/stock/claims/{claim}/decision",
        permission: Need::Permission(Permission::StockApprove),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::claims::decide(app, call)),
    },
};

/// `count-start`
pub static COUNT_START: Function = Function {
    name: "count-start",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/counts",
        permission: Need::Permission(Permission::StockCount),
        scope: NeedScope::Store,
        status: 201,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::start(app, call)),
    },
};

/// `counts`
pub static COUNTS: Function = Function {
    name: "counts",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/counts",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::list(app, call)),
    },
};

/// `count-read`
pub static COUNT_READ: Function = Function {
    name: "count-read",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/counts/{count}",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::read(app, call)),
    },
};

/// `count-enter`
pub static COUNT_ENTER: Function = Function {
    name: "count-enter",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/counts/{count}/lines",
        permission: Need::Permission(Permission::StockCount),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::enter(app, call)),
    },
};

/// `count-step`
pub static COUNT_STEP: Function = Function {
    name: "count-step",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/counts/{count}/steps",
        permission: Need::Permission(Permission::StockCount),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::step(app, call)),
    },
};

/// `count-decide`
pub static COUNT_DECIDE: Function = Function {
    name: "count-decide",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/counts/{count}/decision",
        permission: Need::Permission(Permission::StockApprove),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::counts::decide(app, call)),
    },
};

/// `stock-movements`
pub static STOCK_MOVEMENTS: Function = Function {
    name: "stock-movements",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/stock/movements",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::movements(app, call)),
    },
};

/// `pos-sales`
pub static POS_SALES: Function = Function {
    name: "pos-sales",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/pos/sales",
        permission: Need::Permission(Permission::PosWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::shelf::pos_sales(app, call)),
    },
};

/// `store-settlement`
pub static STORE_SETTLEMENT: Function = Function {
    name: "store-settlement",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/settlement",
        permission: Need::Permission(Permission::SettlementRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::settlement::of_store(app, call)),
    },
};

/// `hq-stores`
pub static HQ_STORES: Function = Function {
    name: "hq-stores",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stores",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::directory(app, call)),
    },
};

/// `store-opening`
pub static STORE_OPENING: Function = Function {
    name: "store-opening",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stores/{store}/opening",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::opening(app, call)),
    },
};

/// `store-opening-set`
pub static STORE_OPENING_SET: Function = Function {
    name: "store-opening-set",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/stores/{store}/opening",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::set_opening(app, call)),
    },
};

/// `store-read`
pub static STORE_READ: Function = Function {
    name: "store-read",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stores/{store}",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::read(app, call)),
    },
};

/// `store-save`
pub static STORE_SAVE: Function = Function {
    name: "store-save",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/stores/{store}",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::save(app, call)),
    },
};

/// `store-changes`
pub static STORE_CHANGES: Function = Function {
    name: "store-changes",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stores/{store}/history",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::history(app, call)),
    },
};

/// `store-move-preview`
pub static STORE_MOVE_PREVIEW: Function = Function {
    name: "store-move-preview",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/stores/{store}/move-preview",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::preview_move(app, call)),
    },
};

/// `stores-export`
pub static STORES_EXPORT: Function = Function {
    name: "stores-export",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/store-export",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::export(app, call)),
    },
};

/// `store-import`
pub static STORE_IMPORT: Function = Function {
    name: "store-import",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/store-imports",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::import(app, call)),
    },
};

/// `store-imports`
pub static STORE_IMPORTS: Function = Function {
    name: "store-imports",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/store-imports",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::list_imports(app, call)),
    },
};

/// `store-import-apply`
pub static STORE_IMPORT_APPLY: Function = Function {
    name: "store-import-apply",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/store-imports/{import}/apply",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::apply(app, call)),
    },
};

/// `regions`
pub static REGIONS: Function = Function {
    name: "regions",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/regions",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::regions(app, call)),
    },
};

/// `region-set`
pub static REGION_SET: Function = Function {
    name: "region-set",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/regions/{region}",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::edit::set_region(app, call)),
    },
};

/// `hq-orders`
pub static HQ_ORDERS: Function = Function {
    name: "hq-orders",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/orders",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::list::of_chain(app, call)),
    },
};

/// `hq-stock-list`
pub static HQ_STOCK_LIST: Function = Function {
    name: "hq-stock-list",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stock",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::chain::list(app, call)),
    },
};

/// `hq-stock`
pub static HQ_STOCK: Function = Function {
    name: "hq-stock",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stock/{sku}",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::chain::sku(app, call)),
    },
};

/// `hq-transfers`
pub static HQ_TRANSFERS: Function = Function {
    name: "hq-transfers",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/transfers",
        permission: Need::Permission(Permission::TransferRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::in_flight(app, call)),
    },
};

/// `transfer-direct`
pub static TRANSFER_DIRECT: Function = Function {
    name: "transfer-direct",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/transfers",
        permission: Need::Permission(Permission::TransferDirect),
        scope: NeedScope::All,
        status: 201,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::direct(app, call)),
    },
};

/// `hq-transfer-step`
pub static HQ_TRANSFER_STEP: Function = Function {
    name: "hq-transfer-step",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/transfers/{transfer}/steps",
        permission: Need::Permission(Permission::TransferDirect),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::transfers::hq_step(app, call)),
    },
};

/// `hq-exceptions`
pub static HQ_EXCEPTIONS: Function = Function {
    name: "hq-exceptions",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/exceptions",
        permission: Need::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::chain::exceptions(app, call)),
    },
};

/// `hq-waiting`
pub static HQ_WAITING: Function = Function {
    name: "hq-waiting",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/waiting",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::chain::waiting(app, call)),
    },
};

/// `stock-shards`
pub static STOCK_SHARDS: Function = Function {
    name: "stock-shards",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/stock/{sku}/shards",
        permission: Need::Permission(Permission::StockSplit),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stock::chain::shards(app, call)),
    },
};

/// `policies`
pub static POLICIES: Function = Function {
    name: "policies",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/policies",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::policies(app, call)),
    },
};

/// `policies-set`
pub static POLICIES_SET: Function = Function {
    name: "policies-set",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/policies",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::set_policies(app, call)),
    },
};

/// `policies-history`
pub static POLICIES_HISTORY: Function = Function {
    name: "policies-history",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/policies/history",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::policies_history(app, call)),
    },
};

/// `store-prices`
pub static STORE_PRICES: Function = Function {
    name: "store-prices",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/prices",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::prices::list(app, call)),
    },
};

/// `price-set`
pub static PRICE_SET: Function = Function {
    name: "price-set",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/listings/{sku}/price",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::prices::set(app, call)),
    },
};

/// `price-offer`
pub static PRICE_OFFER: Function = Function {
    name: "price-offer",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/listings/{sku}/limited",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::prices::offer(app, call)),
    },
};

/// `price-offer-end`
pub static PRICE_OFFER_END: Function = Function {
    name: "price-offer-end",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/listings/{sku}/limited/end",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::prices::end(app, call)),
    },
};

/// `price-why`
pub static PRICE_WHY: Function = Function {
    name: "price-why",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/listings/{sku}/why",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::prices::why(app, call)),
    },
};

/// `store-requests`
pub static STORE_REQUESTS: Function = Function {
    name: "store-requests",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/requests",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::of_store(app, call)),
    },
};

/// `request-withdraw`
pub static REQUEST_WITHDRAW: Function = Function {
    name: "request-withdraw",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/requests/{request}/withdraw",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::withdraw(app, call)),
    },
};

/// `request-comment`
pub static REQUEST_COMMENT: Function = Function {
    name: "request-comment",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/requests/{request}/comments",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::comment(app, call)),
    },
};

/// `request-renew`
pub static REQUEST_RENEW: Function = Function {
    name: "request-renew",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/requests/{request}/renew",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::renew(app, call)),
    },
};

/// `goods-ask`
pub static GOODS_ASK: Function = Function {
    name: "goods-ask",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/assortment/requests",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::asks::goods(app, call)),
    },
};

/// `profile-ask`
pub static PROFILE_ASK: Function = Function {
    name: "profile-ask",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/profile/requests",
        permission: Need::Permission(Permission::PriceWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::asks::profile(app, call)),
    },
};

/// `store-permits-set`
pub static STORE_PERMITS_SET: Function = Function {
    name: "store-permits-set",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/stores/{store}/permits",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::permits::set(app, call)),
    },
};

/// `requests`
pub static REQUESTS: Function = Function {
    name: "requests",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/requests",
        permission: Need::Permission(Permission::RequestDecide),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::of_chain(app, call)),
    },
};

/// `requests-decide`
pub static REQUESTS_DECIDE: Function = Function {
    name: "requests-decide",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/requests/decisions",
        permission: Need::Permission(Permission::RequestDecide),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::decide(app, call)),
    },
};

/// `settings-dry-run`
pub static SETTINGS_DRY_RUN: Function = Function {
    name: "settings-dry-run",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/settings/dry-run",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::requests::try_out(app, call)),
    },
};

/// `settings`
pub static SETTINGS: Function = Function {
    name: "settings",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/settings",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::list(app, call)),
    },
};

/// `settings-set`
pub static SETTINGS_SET: Function = Function {
    name: "settings-set",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/settings",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::set(app, call)),
    },
};

/// `settings-impact`
pub static SETTINGS_IMPACT: Function = Function {
    name: "settings-impact",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/settings/impact",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::impact(app, call)),
    },
};

/// `settings-preset`
pub static SETTINGS_PRESET: Function = Function {
    name: "settings-preset",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/settings/preset",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::preset(app, call)),
    },
};

/// `settings-history`
pub static SETTINGS_HISTORY: Function = Function {
    name: "settings-history",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/settings/history",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::history(app, call)),
    },
};

/// `setup-theme`
pub static SETUP_THEME: Function = Function {
    name: "setup-theme",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/setup/themes",
        permission: Need::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::setup::theme(app, call)),
    },
};

/// `store-policy`
pub static STORE_POLICY: Function = Function {
    name: "store-policy",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/policy",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::settings::of_store(app, call)),
    },
};

/// `setup`
pub static SETUP: Function = Function {
    name: "setup",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/setup",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::setup::read(app, call)),
    },
};

/// `setup-proposal`
pub static SETUP_PROPOSAL: Function = Function {
    name: "setup-proposal",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/setup/proposal",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::setup::proposal(app, call)),
    },
};

/// `setup-save`
pub static SETUP_SAVE: Function = Function {
    name: "setup-save",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/setup/draft",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::setup::save(app, call)),
    },
};

/// `setup-apply`
pub static SETUP_APPLY: Function = Function {
    name: "setup-apply",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/setup/apply",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::setup::apply(app, call)),
    },
};

/// `hq-products`
pub static HQ_PRODUCTS: Function = Function {
    name: "hq-products",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/products",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::list(app, call)),
    },
};

/// `hq-legal`
pub static HQ_LEGAL: Function = Function {
    name: "hq-legal",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/legal",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::legal::sheet(app, call)),
    },
};

/// `hq-legal-publish`
pub static HQ_LEGAL_PUBLISH: Function = Function {
    name: "hq-legal-publish",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/legal",
        permission: Need::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::legal::publish(app, call)),
    },
};

/// `search-words`
pub static SEARCH_WORDS: Function = Function {
    name: "search-words",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/search-words",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::words::read(app, call)),
    },
};

/// `search-words-set`
pub static SEARCH_WORDS_SET: Function = Function {
    name: "search-words-set",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/search-words",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::words::set(app, call)),
    },
};

/// `search-words-history`
pub static SEARCH_WORDS_HISTORY: Function = Function {
    name: "search-words-history",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/search-words/history",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::words::history(app, call)),
    },
};

/// `hq-products-export`
pub static HQ_PRODUCTS_EXPORT: Function = Function {
    name: "hq-products-export",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/products/export",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::export(app, call)),
    },
};

/// `hq-products-bulk`
pub static HQ_PRODUCTS_BULK: Function = Function {
    name: "hq-products-bulk",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/products/bulk",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::bulk(app, call)),
    },
};

/// `hq-product-read`
pub static HQ_PRODUCT_READ: Function = Function {
    name: "hq-product-read",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/products/{spu}",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::read(app, call)),
    },
};

/// `hq-product-write`
pub static HQ_PRODUCT_WRITE: Function = Function {
    name: "hq-product-write",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/products/{spu}",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::write(app, call)),
    },
};

/// `hq-product-status`
pub static HQ_PRODUCT_STATUS: Function = Function {
    name: "hq-product-status",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/products/{spu}/status",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::status(app, call)),
    },
};

/// `hq-product-history`
pub static HQ_PRODUCT_HISTORY: Function = Function {
    name: "hq-product-history",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/products/{spu}/history",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::history(app, call)),
    },
};

/// `hq-categories`
pub static HQ_CATEGORIES: Function = Function {
    name: "hq-categories",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/categories",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::categories(app, call)),
    },
};

/// `hq-categories-set`
pub static HQ_CATEGORIES_SET: Function = Function {
    name: "hq-categories-set",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/categories",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::set_all_categories(app, call)),
    },
};

/// `hq-categories-history`
pub static HQ_CATEGORIES_HISTORY: Function = Function {
    name: "hq-categories-history",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/categories/history",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::history_of_categories(app, call)),
    },
};

/// `hq-brands`
pub static HQ_BRANDS: Function = Function {
    name: "hq-brands",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/brands",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::brands(app, call)),
    },
};

/// `hq-brands-set`
pub static HQ_BRANDS_SET: Function = Function {
    name: "hq-brands-set",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/brands",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::set_all_brands(app, call)),
    },
};

/// `hq-brands-history`
pub static HQ_BRANDS_HISTORY: Function = Function {
    name: "hq-brands-history",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/brands/history",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::library::history_of_brands(app, call)),
    },
};

/// `hq-product-imports`
pub static HQ_PRODUCT_IMPORTS: Function = Function {
    name: "hq-product-imports",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/product-imports",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::imports::list(app, call)),
    },
};

/// `hq-product-import-create`
pub static HQ_PRODUCT_IMPORT_CREATE: Function = Function {
    name: "hq-product-import-create",
    context: "catalog",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/product-imports",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::imports::create(app, call)),
    },
};

/// `hq-product-import-read`
pub static HQ_PRODUCT_IMPORT_READ: Function = Function {
    name: "hq-product-import-read",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/product-imports/{import}",
        permission: Need::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::imports::read(app, call)),
    },
};

/// `hq-product-import-apply`
pub static HQ_PRODUCT_IMPORT_APPLY: Function = Function {
    name: "hq-product-import-apply",
    context: "catalog",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/product-imports/{import}/apply",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::imports::apply(app, call)),
    },
};

/// `assortment`
pub static ASSORTMENT: Function = Function {
    name: "assortment",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/assortment",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::list(app, call)),
    },
};

/// `assortment-take`
pub static ASSORTMENT_TAKE: Function = Function {
    name: "assortment-take",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/assortment",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::take(app, call)),
    },
};

/// `assortment-drop`
pub static ASSORTMENT_DROP: Function = Function {
    name: "assortment-drop",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/assortment/drop",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::give_up(app, call)),
    },
};

/// `listing-fields`
pub static LISTING_FIELDS: Function = Function {
    name: "listing-fields",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/listings/{sku}/fields",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::listing(app, call)),
    },
};

/// `listing-set`
pub static LISTING_SET: Function = Function {
    name: "listing-set",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/listings/{sku}/fields",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::set(app, call)),
    },
};

/// `listings-reset`
pub static LISTINGS_RESET: Function = Function {
    name: "listings-reset",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/listings/reset",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::assortment::reset(app, call)),
    },
};

/// `local-products`
pub static LOCAL_PRODUCTS: Function = Function {
    name: "local-products",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/local-products",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::of_store(app, call)),
    },
};

/// `local-product-create`
pub static LOCAL_PRODUCT_CREATE: Function = Function {
    name: "local-product-create",
    context: "stock",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/local-products",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::create(app, call)),
    },
};

/// `local-product`
pub static LOCAL_PRODUCT: Function = Function {
    name: "local-product",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/local-products/{spu}",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::one(app, call)),
    },
};

/// `local-product-save`
pub static LOCAL_PRODUCT_SAVE: Function = Function {
    name: "local-product-save",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/local-products/{spu}",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::save(app, call)),
    },
};

/// `local-product-submit`
pub static LOCAL_PRODUCT_SUBMIT: Function = Function {
    name: "local-product-submit",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/local-products/{spu}/submit",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::submit(app, call)),
    },
};

/// `local-product-withdraw`
pub static LOCAL_PRODUCT_WITHDRAW: Function = Function {
    name: "local-product-withdraw",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/local-products/{spu}/withdraw",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::withdraw(app, call)),
    },
};

/// `hq-local-products`
pub static HQ_LOCAL_PRODUCTS: Function = Function {
    name: "hq-local-products",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/local-products",
        permission: Need::Permission(Permission::LocalReview),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::waiting(app, call)),
    },
};

/// `hq-local-product-decide`
pub static HQ_LOCAL_PRODUCT_DECIDE: Function = Function {
    name: "hq-local-product-decide",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/local-products/{spu}/decision",
        permission: Need::Permission(Permission::LocalReview),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::local::decide(app, call)),
    },
};

/// `hq-upload`
pub static HQ_UPLOAD: Function = Function {
    name: "hq-upload",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/uploads",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::begin_hq(app, call)),
    },
};

/// `hq-upload-take`
pub static HQ_UPLOAD_TAKE: Function = Function {
    name: "hq-upload-take",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/uploads/taken",
        permission: Need::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::take_hq(app, call)),
    },
};

/// `store-upload`
pub static STORE_UPLOAD: Function = Function {
    name: "store-upload",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/uploads",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::begin_store(app, call)),
    },
};

/// `store-upload-take`
pub static STORE_UPLOAD_TAKE: Function = Function {
    name: "store-upload-take",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/uploads/taken",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::take_store(app, call)),
    },
};

/// `store-document`
pub static STORE_DOCUMENT: Function = Function {
    name: "store-document",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/documents",
        permission: Need::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        status: 302,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::document(app, call)),
    },
};

/// `hq-document`
pub static HQ_DOCUMENT: Function = Function {
    name: "hq-document",
    context: "catalog",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::files],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/stores/{store}/documents",
        permission: Need::Permission(Permission::LocalReview),
        scope: NeedScope::All,
        status: 302,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::catalog::uploads::document(app, call)),
    },
};

/// `hq-warehouses`
pub static HQ_WAREHOUSES: Function = Function {
    name: "hq-warehouses",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/warehouses",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::of_chain(app, call)),
    },
};

/// `hq-warehouse`
pub static HQ_WAREHOUSE: Function = Function {
    name: "hq-warehouse",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/warehouses/{location}",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::one_hq(app, call)),
    },
};

/// `hq-warehouse-save`
pub static HQ_WAREHOUSE_SAVE: Function = Function {
    name: "hq-warehouse-save",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/warehouses/{location}",
        permission: Need::Permission(Permission::WarehouseWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::save_hq(app, call)),
    },
};

/// `hq-warehouse-close`
pub static HQ_WAREHOUSE_CLOSE: Function = Function {
    name: "hq-warehouse-close",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/warehouses/{location}/close",
        permission: Need::Permission(Permission::WarehouseWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::close(app, call)),
    },
};

/// `store-warehouses`
pub static STORE_WAREHOUSES: Function = Function {
    name: "store-warehouses",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/warehouses",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::of_store(app, call)),
    },
};

/// `store-warehouse`
pub static STORE_WAREHOUSE: Function = Function {
    name: "store-warehouse",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/warehouses/{location}",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::one_store(app, call)),
    },
};

/// `store-warehouse-save`
pub static STORE_WAREHOUSE_SAVE: Function = Function {
    name: "store-warehouse-save",
    context: "governance",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/warehouses/{location}",
        permission: Need::Permission(Permission::WarehouseWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::warehouses::save_store(app, call)),
    },
};

/// `store-differences`
pub static STORE_DIFFERENCES: Function = Function {
    name: "store-differences",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/differences",
        permission: Need::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::stores::differences(app, call)),
    },
};

/// `hq-campaigns`
pub static HQ_CAMPAIGNS: Function = Function {
    name: "hq-campaigns",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/campaigns",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::of_chain(app, call)),
    },
};

/// `campaign-preview`
pub static CAMPAIGN_PREVIEW: Function = Function {
    name: "campaign-preview",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/campaigns/preview",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::preview(app, call)),
    },
};

/// `hq-campaign`
pub static HQ_CAMPAIGN: Function = Function {
    name: "hq-campaign",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/campaigns/{campaign}",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::read(app, call)),
    },
};

/// `hq-campaign-save`
pub static HQ_CAMPAIGN_SAVE: Function = Function {
    name: "hq-campaign-save",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/campaigns/{campaign}",
        permission: Need::Permission(Permission::CampaignWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::save(app, call)),
    },
};

/// `hq-campaign-step`
pub static HQ_CAMPAIGN_STEP: Function = Function {
    name: "hq-campaign-step",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/campaigns/{campaign}/steps",
        permission: Need::Permission(Permission::CampaignWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::take_step(app, call)),
    },
};

/// `store-campaigns`
pub static STORE_CAMPAIGNS: Function = Function {
    name: "store-campaigns",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/campaigns",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::of_store(app, call)),
    },
};

/// `store-campaign`
pub static STORE_CAMPAIGN: Function = Function {
    name: "store-campaign",
    context: "stock",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/campaigns/{campaign}",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::read_own(app, call)),
    },
};

/// `store-campaign-save`
pub static STORE_CAMPAIGN_SAVE: Function = Function {
    name: "store-campaign-save",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/stores/{store}/campaigns/{campaign}",
        permission: Need::Permission(Permission::CampaignWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::save_own(app, call)),
    },
};

/// `store-campaign-step`
pub static STORE_CAMPAIGN_STEP: Function = Function {
    name: "store-campaign-step",
    context: "stock",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/campaigns/{campaign}/steps",
        permission: Need::Permission(Permission::CampaignWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::take_step_own(app, call)),
    },
};

/// `hq-coupons`
pub static HQ_COUPONS: Function = Function {
    name: "hq-coupons",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/coupons",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::of_chain(app, call)),
    },
};

/// `hq-coupon`
pub static HQ_COUPON: Function = Function {
    name: "hq-coupon",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/coupons/{campaign}",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::read(app, call)),
    },
};

/// `hq-coupon-save`
pub static HQ_COUPON_SAVE: Function = Function {
    name: "hq-coupon-save",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/coupons/{campaign}",
        permission: Need::Permission(Permission::CampaignWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::save(app, call)),
    },
};

/// `hq-coupon-step`
pub static HQ_COUPON_STEP: Function = Function {
    name: "hq-coupon-step",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/coupons/{campaign}/steps",
        permission: Need::Permission(Permission::CampaignReview),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::take_step(app, call)),
    },
};

/// `hq-coupon-codes`
pub static HQ_COUPON_CODES: Function = Function {
    name: "hq-coupon-codes",
    context: "settlement",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/coupons/{campaign}/codes",
        permission: Need::Permission(Permission::CampaignReview),
        scope: NeedScope::All,
        status: 200,
        idempotent: true,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::make_codes(app, call)),
    },
};

/// `hq-coupon-code-file`
pub static HQ_COUPON_CODE_FILE: Function = Function {
    name: "hq-coupon-code-file",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/coupons/{campaign}/codes/{batch}/file",
        permission: Need::Permission(Permission::CampaignReview),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::code_file(app, call)),
    },
};

/// `store-coupon-list`
pub static STORE_COUPON_LIST: Function = Function {
    name: "store-coupon-list",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/coupon-list",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::of_store(app, call)),
    },
};

/// `coupon-centre`
pub static COUPON_CENTRE: Function = Function {
    name: "coupon-centre",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "CAMPAIGN#*", "MEMBER#*#COUPON", "MEMBER#*#ORDER"], hq: &["COUPONS", "STORES"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/coupons",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::centre(app, call)),
    },
};

/// `coupon-wallet`
pub static COUPON_WALLET: Function = Function {
    name: "coupon-wallet",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "MEMBER#*"], hq: &["CAMPAIGN#*"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/coupons",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::wallet(app, call)),
    },
};

/// `coupon-claim`
pub static COUPON_CLAIM: Function = Function {
    name: "coupon-claim",
    context: "shop",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/coupons/{campaign}/claims",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 120,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::coupons::claim(app, call)),
    },
};

/// `coupon-redeem`
pub static COUPON_REDEEM: Function = Function {
    name: "coupon-redeem",
    context: "shop",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/coupons/codes",
        permission: Need::Member,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts { account: 20, store: 0, address: 300, first: false },
        handler: |app, call| Box::pin(routes::coupons::redeem(app, call)),
    },
};

/// `store-campaign-preview`
pub static STORE_CAMPAIGN_PREVIEW: Function = Function {
    name: "store-campaign-preview",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/campaigns/preview",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::preview_own(app, call)),
    },
};

/// `hq-campaign-results`
pub static HQ_CAMPAIGN_RESULTS: Function = Function {
    name: "hq-campaign-results",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/campaigns/{campaign}/results",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::results(app, call)),
    },
};

/// `store-campaign-results`
pub static STORE_CAMPAIGN_RESULTS: Function = Function {
    name: "store-campaign-results",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/campaigns/{campaign}/results",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::results_own(app, call)),
    },
};

/// `campaign-forecast`
pub static CAMPAIGN_FORECAST: Function = Function {
    name: "campaign-forecast",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/campaigns/forecast",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::forecast(app, call)),
    },
};

/// `store-campaign-forecast`
pub static STORE_CAMPAIGN_FORECAST: Function = Function {
    name: "store-campaign-forecast",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/campaigns/forecast",
        permission: Need::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::marketing::forecast_own(app, call)),
    },
};

/// `hq-settlement`
pub static HQ_SETTLEMENT: Function = Function {
    name: "hq-settlement",
    context: "settlement",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/settlement",
        permission: Need::Permission(Permission::SettlementRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::settlement::of_chain(app, call)),
    },
};

/// `hq-access-records`
pub static HQ_ACCESS_RECORDS: Function = Function {
    name: "hq-access-records",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/access-records",
        permission: Need::Permission(Permission::AuditRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::records::list(app, call)),
    },
};

/// `hq-audit`
pub static HQ_AUDIT: Function = Function {
    name: "hq-audit",
    context: "governance",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/audit",
        permission: Need::Permission(Permission::AuditRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::governance::audit::list(app, call)),
    },
};

/// `hq-work`
pub static HQ_WORK: Function = Function {
    name: "hq-work",
    context: "orders",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/work",
        permission: Need::Permission(Permission::OrderRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::orders::list::work(app, call)),
    },
};

/// `relay`
pub static RELAY: Function = Function {
    name: "relay",
    context: "events",
    cell: Access::None,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::queues],
    secrets: None,
    kind: Kind::Stream { prefixes: &["EVENT#"], hq_prefixes: &["EVENT#"], handler: |app, record| Box::pin(workers::relay(app, record)) },
};

/// `words`
pub static WORDS: Function = Function {
    name: "words",
    context: "events",
    cell: Access::None,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Stream { prefixes: &[], hq_prefixes: &["SKU"], handler: |app, record| Box::pin(workers::words(app, record)) },
};

/// `views`
pub static VIEWS: Function = Function {
    name: "views",
    context: "events",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Stream { prefixes: &["SKU#", "HEAD"], hq_prefixes: &[], handler: |app, record| Box::pin(workers::views(app, record)) },
};

/// `payment-window`
pub static PAYMENT_WINDOW: Function = Function {
    name: "payment-window",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::queues, parts::payment],
    secrets: Some(secrets::read),
    kind: Kind::Queue { queue: "payment-window", batch: 10, handler: |app, message| Box::pin(workers::payments::payment_window(app, message)) },
};

/// `transfer-request`
pub static TRANSFER_REQUEST: Function = Function {
    name: "transfer-request",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Queue { queue: "transfer", batch: 10, handler: |app, message| Box::pin(workers::transfers::transfer_request(app, message)) },
};

/// `delivery-dispatch`
pub static DELIVERY_DISPATCH: Function = Function {
    name: "delivery-dispatch",
    context: "orders",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::delivery, parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Queue { queue: "delivery", batch: 5, handler: |app, message| Box::pin(workers::orders::delivery_dispatch(app, message)) },
};

/// `refund`
pub static REFUND: Function = Function {
    name: "refund",
    context: "orders",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::payment],
    secrets: Some(secrets::read),
    kind: Kind::Queue { queue: "refund", batch: 5, handler: |app, message| Box::pin(workers::payments::refund(app, message)) },
};

/// `settlement-post`
pub static SETTLEMENT_POST: Function = Function {
    name: "settlement-post",
    context: "settlement",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Queue { queue: "settlement", batch: 10, handler: |app, message| Box::pin(workers::settlement::settlement_post(app, message)) },
};

/// `pos-sale`
pub static POS_SALE: Function = Function {
    name: "pos-sale",
    context: "stock",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Queue { queue: "pos", batch: 10, handler: |app, message| Box::pin(workers::stock::pos_sale(app, message)) },
};

/// `library-import`
pub static LIBRARY_IMPORT: Function = Function {
    name: "library-import",
    context: "catalog",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Queue { queue: "library-import", batch: 1, handler: |app, message| Box::pin(workers::catalog::library_import(app, message)) },
};

/// `sweeper`
pub static SWEEPER: Function = Function {
    name: "sweeper",
    context: "events",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::queues],
    secrets: None,
    kind: Kind::Schedule { rate: "rate(1 minute)", handler: |app| Box::pin(workers::sweeper(app)) },
};

/// `fsck`
pub static FSCK: Function = Function {
    name: "fsck",
    context: "events",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Schedule { rate: "rate(1 day)", handler: |app| Box::pin(workers::fsck(app)) },
};

/// `accounts`
pub static ACCOUNTS: Function = Function {
    name: "accounts",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/accounts",
        permission: Need::Permission(Permission::AccountRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::list(app, call)),
    },
};

/// `account-invite`
pub static ACCOUNT_INVITE: Function = Function {
    name: "account-invite",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/accounts",
        permission: Need::Permission(Permission::AccountWrite),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::invite(app, call)),
    },
};

/// `account-change`
pub static ACCOUNT_CHANGE: Function = Function {
    name: "account-change",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/accounts/{account}",
        permission: Need::Permission(Permission::AccountWrite),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::change(app, call)),
    },
};

/// `account-step`
pub static ACCOUNT_STEP: Function = Function {
    name: "account-step",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/accounts/{account}/step",
        permission: Need::Permission(Permission::AccountWrite),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::step(app, call)),
    },
};

/// `account-history`
pub static ACCOUNT_HISTORY: Function = Function {
    name: "account-history",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/accounts/{account}/history",
        permission: Need::Permission(Permission::AccountRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::history(app, call)),
    },
};

/// `store-accounts`
pub static STORE_ACCOUNTS: Function = Function {
    name: "store-accounts",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/stores/{store}/accounts",
        permission: Need::Permission(Permission::AccountRead),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::list_of_store(app, call)),
    },
};

/// `store-account-invite`
pub static STORE_ACCOUNT_INVITE: Function = Function {
    name: "store-account-invite",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/accounts",
        permission: Need::Permission(Permission::AccountWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::invite_to_store(app, call)),
    },
};

/// `store-account-step`
pub static STORE_ACCOUNT_STEP: Function = Function {
    name: "store-account-step",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/stores/{store}/accounts/{account}/step",
        permission: Need::Permission(Permission::AccountWrite),
        scope: NeedScope::Store,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::accounts::step_in_store(app, call)),
    },
};

/// `roles`
pub static ROLES: Function = Function {
    name: "roles",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/roles",
        permission: Need::Permission(Permission::AccountRead),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::roles::list(app, call)),
    },
};

/// `role-create`
pub static ROLE_CREATE: Function = Function {
    name: "role-create",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/roles",
        permission: Need::Permission(Permission::RoleWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::roles::create(app, call)),
    },
};

/// `role-set`
pub static ROLE_SET: Function = Function {
    name: "role-set",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "PUT",
        path: "/api/v1/hq/roles/{role}",
        permission: Need::Permission(Permission::RoleWrite),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::roles::set(app, call)),
    },
};

/// `role-history`
pub static ROLE_HISTORY: Function = Function {
    name: "role-history",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/roles/{role}/history",
        permission: Need::Permission(Permission::AccountRead),
        scope: NeedScope::All,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::roles::history(app, call)),
    },
};

/// `keys`
pub static KEYS: Function = Function {
    name: "keys",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/hq/keys",
        permission: Need::Permission(Permission::KeyWrite),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::keys::list(app, call)),
    },
};

/// `key-make`
pub static KEY_MAKE: Function = Function {
    name: "key-make",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/hq/keys",
        permission: Need::Permission(Permission::KeyWrite),
        scope: NeedScope::Region,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::keys::make(app, call)),
    },
};

/// `key-revoke`
pub static KEY_REVOKE: Function = Function {
    name: "key-revoke",
    context: "staff",
    cell: Access::Read,
    hq: Access::Write,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/hq/keys/{key}",
        permission: Need::Permission(Permission::KeyWrite),
        scope: NeedScope::Region,
        status: 204,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::keys::revoke(app, call)),
    },
};

/// `staff-invitation`
pub static STAFF_INVITATION: Function = Function {
    name: "staff-invitation",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &["ENDEDSESSIONS"], hq: &["STAFF#*", "STAFFID#*"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/staff/invitation",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::own::take_invitation(app, call)),
    },
};

/// `staff-password`
pub static STAFF_PASSWORD: Function = Function {
    name: "staff-password",
    context: "staff",
    cell: Access::Write,
    hq: Access::Write,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "RATE#*", "REFRESH#*"], hq: &["STAFF#*", "STAFFID#*", "ROLE#*"] },
    parts: &[],
    secrets: Some(secrets::read),
    kind: Kind::Http {
        method: "POST",
        path: "/api/v1/staff/password",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 60,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::own::change_password(app, call)),
    },
};

/// `staff-sessions`
pub static STAFF_SESSIONS: Function = Function {
    name: "staff-sessions",
    context: "staff",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "STAFFSESSIONS#*"], hq: &["STAFF#*", "STAFFID#*"] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "GET",
        path: "/api/v1/staff/sessions",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 200,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::own::sessions(app, call)),
    },
};

/// `staff-session-end`
pub static STAFF_SESSION_END: Function = Function {
    name: "staff-session-end",
    context: "staff",
    cell: Access::Write,
    hq: Access::None,
    partitions: Partitions { cell: &["ENDEDSESSIONS", "STAFFSESSIONS#*", "REFRESH#*"], hq: &[] },
    parts: &[],
    secrets: None,
    kind: Kind::Http {
        method: "DELETE",
        path: "/api/v1/staff/sessions/{session}",
        permission: Need::Public,
        scope: NeedScope::None,
        status: 204,
        idempotent: false,
        limit: 600,
        shared: Counts::NONE,
        wrong: Counts::NONE,
        handler: |app, call| Box::pin(routes::access::own::end_session(app, call)),
    },
};

/// `shop`
pub static SHOP: Function = Function {
    name: "shop",
    context: "shop",
    cell: Access::Read,
    hq: Access::Read,
    partitions: Partitions {
        cell: &["ENDEDSESSIONS", "ORDER#*", "TRANSFER#*", "MEMBER#*", "LOC#*", "STORE#*#ORDER#*", "CAMPAIGN#*", "MEMBER#*#ORDER", "SKUSTOCK#*"],
        hq: &[
            "ENTRANCE#*",
            "SPU#*",
            "NEAR#*",
            "STORE#*",
            "STORES",
            "SKU#*",
            "LIBRARY",
            "WAREHOUSES",
            "POLICIES",
            "SETTINGS",
            "CAMPAIGNS#*",
            "SEARCHWORDS",
            "COUPONS",
            "CAMPAIGN#*",
            "LEGAL",
        ],
    },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Page { method: "ANY", path: "/{*rest}", limit: 3000 },
};

/// `console`
pub static CONSOLE: Function = Function {
    name: "console",
    context: "staff",
    cell: Access::Write,
    hq: Access::Read,
    partitions: Partitions { cell: &[], hq: &[] },
    parts: &[parts::keys],
    secrets: Some(secrets::read),
    kind: Kind::Page { method: "ANY", path: "/console/{*rest}", limit: 3000 },
};

/// Every function, in the order of the list.
pub static FUNCTIONS: &[&Function] = &[
    &SESSION_CREATE,
    &SESSION_END,
    &TICKET_CREATE,
    &TICKET_EXCHANGE,
    &TICKET_SWITCH,
    &STORES_FIND,
    &STORE_HOME,
    &LISTINGS,
    &LISTING_SUGGESTIONS,
    &LISTING_PRODUCT,
    &CART_READ,
    &CART_WRITE,
    &ADDRESS_LIST,
    &ADDRESS_SAVE,
    &ADDRESS_REMOVE,
    &ME,
    &ME_RENAME,
    &CONSENTS,
    &CONSENTS_GIVE,
    &CONSENTS_WITHDRAW,
    &DISTRICTS,
    &PHONE_NUMBER,
    &QUOTE,
    &ORDER_PLACE,
    &ORDER_LIST,
    &ORDER_READ,
    &ORDER_CANCEL,
    &ORDER_RECEIVED,
    &PAYMENT_START,
    &PAYMENT_CHECK,
    &PAYMENT_NOTIFY,
    &DELIVERY_NOTIFY,
    &STAFF_LOGIN,
    &STAFF_REFRESH,
    &STAFF_LOGOUT,
    &PAGE_FAULT,
    &STORE_ORDERS,
    &STORE_ORDER_READ,
    &ORDER_PRICE,
    &STORE_ORDER_READY,
    &STORE_SLOTS,
    &STORE_SLOT_SET,
    &RIDER_SEEN_TO,
    &PARCEL_SHIP,
    &PARCEL_LABEL,
    &PARCEL_LOST,
    &ORDER_SHORT,
    &ORDER_CHOOSE,
    &PICKUP_VERIFY,
    &STORE_TRANSFERS,
    &TRANSFER_ASK,
    &TRANSFER_STEP,
    &STORE_STOCK,
    &STOCK_SHORT,
    &STOCK_RECEIVE,
    &STOCK_SAFETY,
    &STOCK_ADJUST,
    &CLAIMS,
    &CLAIM_DECIDE,
    &COUNT_START,
    &COUNTS,
    &COUNT_READ,
    &COUNT_ENTER,
    &COUNT_STEP,
    &COUNT_DECIDE,
    &STOCK_MOVEMENTS,
    &POS_SALES,
    &STORE_SETTLEMENT,
    &HQ_STORES,
    &STORE_OPENING,
    &STORE_OPENING_SET,
    &STORE_READ,
    &STORE_SAVE,
    &STORE_CHANGES,
    &STORE_MOVE_PREVIEW,
    &STORES_EXPORT,
    &STORE_IMPORT,
    &STORE_IMPORTS,
    &STORE_IMPORT_APPLY,
    &REGIONS,
    &REGION_SET,
    &HQ_ORDERS,
    &HQ_STOCK_LIST,
    &HQ_STOCK,
    &HQ_TRANSFERS,
    &TRANSFER_DIRECT,
    &HQ_TRANSFER_STEP,
    &HQ_EXCEPTIONS,
    &HQ_WAITING,
    &STOCK_SHARDS,
    &POLICIES,
    &POLICIES_SET,
    &POLICIES_HISTORY,
    &STORE_PRICES,
    &PRICE_SET,
    &PRICE_OFFER,
    &PRICE_OFFER_END,
    &PRICE_WHY,
    &STORE_REQUESTS,
    &REQUEST_WITHDRAW,
    &REQUEST_COMMENT,
    &REQUEST_RENEW,
    &GOODS_ASK,
    &PROFILE_ASK,
    &STORE_PERMITS_SET,
    &REQUESTS,
    &REQUESTS_DECIDE,
    &SETTINGS_DRY_RUN,
    &SETTINGS,
    &SETTINGS_SET,
    &SETTINGS_IMPACT,
    &SETTINGS_PRESET,
    &SETTINGS_HISTORY,
    &SETUP_THEME,
    &STORE_POLICY,
    &SETUP,
    &SETUP_PROPOSAL,
    &SETUP_SAVE,
    &SETUP_APPLY,
    &HQ_PRODUCTS,
    &HQ_LEGAL,
    &HQ_LEGAL_PUBLISH,
    &SEARCH_WORDS,
    &SEARCH_WORDS_SET,
    &SEARCH_WORDS_HISTORY,
    &HQ_PRODUCTS_EXPORT,
    &HQ_PRODUCTS_BULK,
    &HQ_PRODUCT_READ,
    &HQ_PRODUCT_WRITE,
    &HQ_PRODUCT_STATUS,
    &HQ_PRODUCT_HISTORY,
    &HQ_CATEGORIES,
    &HQ_CATEGORIES_SET,
    &HQ_CATEGORIES_HISTORY,
    &HQ_BRANDS,
    &HQ_BRANDS_SET,
    &HQ_BRANDS_HISTORY,
    &HQ_PRODUCT_IMPORTS,
    &HQ_PRODUCT_IMPORT_CREATE,
    &HQ_PRODUCT_IMPORT_READ,
    &HQ_PRODUCT_IMPORT_APPLY,
    &ASSORTMENT,
    &ASSORTMENT_TAKE,
    &ASSORTMENT_DROP,
    &LISTING_FIELDS,
    &LISTING_SET,
    &LISTINGS_RESET,
    &LOCAL_PRODUCTS,
    &LOCAL_PRODUCT_CREATE,
    &LOCAL_PRODUCT,
    &LOCAL_PRODUCT_SAVE,
    &LOCAL_PRODUCT_SUBMIT,
    &LOCAL_PRODUCT_WITHDRAW,
    &HQ_LOCAL_PRODUCTS,
    &HQ_LOCAL_PRODUCT_DECIDE,
    &HQ_UPLOAD,
    &HQ_UPLOAD_TAKE,
    &STORE_UPLOAD,
    &STORE_UPLOAD_TAKE,
    &STORE_DOCUMENT,
    &HQ_DOCUMENT,
    &HQ_WAREHOUSES,
    &HQ_WAREHOUSE,
    &HQ_WAREHOUSE_SAVE,
    &HQ_WAREHOUSE_CLOSE,
    &STORE_WAREHOUSES,
    &STORE_WAREHOUSE,
    &STORE_WAREHOUSE_SAVE,
    &STORE_DIFFERENCES,
    &HQ_CAMPAIGNS,
    &CAMPAIGN_PREVIEW,
    &HQ_CAMPAIGN,
    &HQ_CAMPAIGN_SAVE,
    &HQ_CAMPAIGN_STEP,
    &STORE_CAMPAIGNS,
    &STORE_CAMPAIGN,
    &STORE_CAMPAIGN_SAVE,
    &STORE_CAMPAIGN_STEP,
    &HQ_COUPONS,
    &HQ_COUPON,
    &HQ_COUPON_SAVE,
    &HQ_COUPON_STEP,
    &HQ_COUPON_CODES,
    &HQ_COUPON_CODE_FILE,
    &STORE_COUPON_LIST,
    &COUPON_CENTRE,
    &COUPON_WALLET,
    &COUPON_CLAIM,
    &COUPON_REDEEM,
    &STORE_CAMPAIGN_PREVIEW,
    &HQ_CAMPAIGN_RESULTS,
    &STORE_CAMPAIGN_RESULTS,
    &CAMPAIGN_FORECAST,
    &STORE_CAMPAIGN_FORECAST,
    &HQ_SETTLEMENT,
    &HQ_ACCESS_RECORDS,
    &HQ_AUDIT,
    &HQ_WORK,
    &RELAY,
    &WORDS,
    &VIEWS,
    &PAYMENT_WINDOW,
    &TRANSFER_REQUEST,
    &DELIVERY_DISPATCH,
    &REFUND,
    &SETTLEMENT_POST,
    &POS_SALE,
    &LIBRARY_IMPORT,
    &SWEEPER,
    &FSCK,
    &ACCOUNTS,
    &ACCOUNT_INVITE,
    &ACCOUNT_CHANGE,
    &ACCOUNT_STEP,
    &ACCOUNT_HISTORY,
    &STORE_ACCOUNTS,
    &STORE_ACCOUNT_INVITE,
    &STORE_ACCOUNT_STEP,
    &ROLES,
    &ROLE_CREATE,
    &ROLE_SET,
    &ROLE_HISTORY,
    &KEYS,
    &KEY_MAKE,
    &KEY_REVOKE,
    &STAFF_INVITATION,
    &STAFF_PASSWORD,
    &STAFF_SESSIONS,
    &STAFF_SESSION_END,
    &SHOP,
    &CONSOLE,
];

/// Every queue.
pub static QUEUES: &[Queue] = &[
    Queue { name: "payment-window", visibility: 60, max_receives: 6 },
    Queue { name: "transfer", visibility: 60, max_receives: 6 },
    Queue { name: "delivery", visibility: 60, max_receives: 6 },
    Queue { name: "refund", visibility: 60, max_receives: 10 },
    Queue { name: "settlement", visibility: 60, max_receives: 6 },
    Queue { name: "pos", visibility: 60, max_receives: 10 },
    Queue { name: "library-import", visibility: 300, max_receives: 6 },
];

/// Every page, in the order of the list.
pub static PAGES: &[Page] = &[
    Page { name: "stores", path: "/", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "Stores, the nearest first" },
    Page {
        name: "entrance",
        path: "/e/{code}",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "The way in by an entrance's code",
    },
    Page { name: "store", path: "/s/{store}", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "A store's home page" },
    Page {
        name: "category",
        path: "/s/{store}/c/{category}",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "Goods of a category",
    },
    Page { name: "search", path: "/s/{store}/search", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "Goods by text" },
    Page { name: "product", path: "/s/{store}/p/{sku}", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "A product" },
    Page { name: "cart", path: "/s/{store}/cart", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "The cart" },
    Page {
        name: "cart-bar",
        path: "/s/{store}/cart/bar",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "The cart as the foot of a store's pages shows it: a part of a page",
    },
    Page {
        name: "flash",
        path: "/s/{store}/flash",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "A store's flash sales, by session",
    },
    Page {
        name: "deal",
        path: "/s/{store}/deals/{campaign}",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "A campaign and the goods that it is about",
    },
    Page {
        name: "checkout",
        path: "/s/{store}/checkout",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "Placing an order",
    },
    Page {
        name: "coupons",
        path: "/s/{store}/coupons",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "The coupon centre: what a store's customers may claim",
    },
    Page {
        name: "coupon-link",
        path: "/s/{store}/coupons/{campaign}",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "A coupon by its link: claimed where it is opened",
    },
    Page {
        name: "my-coupons",
        path: "/coupons",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "The member's coupons: usable, used, expired",
    },
    Page { name: "login", path: "/login", app: "shop", permission: PageNeed::Public, scope: NeedScope::None, summary: "Login of members" },
    Page { name: "orders", path: "/orders", app: "shop", permission: PageNeed::Member, scope: NeedScope::None, summary: "The member's orders" },
    Page { name: "order", path: "/orders/{order}", app: "shop", permission: PageNeed::Member, scope: NeedScope::None, summary: "One order" },
    Page {
        name: "me",
        path: "/me",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "The member: orders, coupons, addresses, settings",
    },
    Page {
        name: "my-addresses",
        path: "/me/addresses",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "The member's address book",
    },
    Page {
        name: "my-consents",
        path: "/me/consents",
        app: "shop",
        permission: PageNeed::Member,
        scope: NeedScope::None,
        summary: "What the member agreed to, to be read, given and taken back",
    },
    Page {
        name: "type-size",
        path: "/me/type",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "Switches large type on this device and leads back",
    },
    Page {
        name: "legal",
        path: "/legal/{kind}",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "A document that customers are asked to agree to, in force or older",
    },
    Page {
        name: "licences",
        path: "/s/{store}/licences",
        app: "shop",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "The documents by which a store does its business",
    },
    Page {
        name: "console-home",
        path: "/console",
        app: "console",
        permission: PageNeed::Staff,
        scope: NeedScope::None,
        summary: "The way in: the page that is theirs",
    },
    Page {
        name: "console-home-slash",
        path: "/console/",
        app: "console",
        permission: PageNeed::Staff,
        scope: NeedScope::None,
        summary: "The same, as some people type it",
    },
    Page {
        name: "console-login",
        path: "/console/login",
        app: "console",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "Login of the staff",
    },
    Page {
        name: "console-nothing",
        path: "/console/{*rest}",
        app: "console",
        permission: PageNeed::Staff,
        scope: NeedScope::None,
        summary: "A page that says that there is none",
    },
    Page {
        name: "store-work",
        path: "/console/s/{store}",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "Orders that a store works on",
    },
    Page {
        name: "store-pickup",
        path: "/console/s/{store}/pickup",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "The counter: handing orders over",
    },
    Page {
        name: "store-orders",
        path: "/console/s/{store}/orders",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "Orders of a store, found by what a customer says",
    },
    Page {
        name: "store-slots",
        path: "/console/s/{store}/slots",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "A store's time slots: how full they are, and how many orders each takes",
    },
    Page {
        name: "store-order",
        path: "/console/s/{store}/orders/{order}",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "One order of a store",
    },
    Page {
        name: "store-order-price",
        path: "/console/s/{store}/orders/{order}/price",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "Why an order cost what it did",
    },
    Page {
        name: "store-parcels",
        path: "/console/s/{store}/parcels",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Store,
        summary: "Parcels on their way",
    },
    Page {
        name: "store-transfers",
        path: "/console/s/{store}/transfers",
        app: "console",
        permission: PageNeed::Permission(Permission::TransferRead),
        scope: NeedScope::Store,
        summary: "Transfers from and to a store",
    },
    Page {
        name: "store-stock",
        path: "/console/s/{store}/stock",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        summary: "Stock of a store's shelf and of the warehouses that it keeps",
    },
    Page {
        name: "store-movements",
        path: "/console/s/{store}/movements",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        summary: "Documents that changed the stock of a store",
    },
    Page {
        name: "store-counts",
        path: "/console/s/{store}/counts",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        summary: "Stock counts of a store",
    },
    Page {
        name: "store-count",
        path: "/console/s/{store}/counts/{count}",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Store,
        summary: "One stock count of a store",
    },
    Page {
        name: "store-settlement",
        path: "/console/s/{store}/settlement",
        app: "console",
        permission: PageNeed::Permission(Permission::SettlementRead),
        scope: NeedScope::Store,
        summary: "What a store's orders brought to whom",
    },
    Page {
        name: "hq-overview",
        path: "/console/hq",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        summary: "The chain at a glance; each panel for those who may see it",
    },
    Page {
        name: "hq-exceptions",
        path: "/console/hq/exceptions",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        summary: "What HQ, or a region, should look at",
    },
    Page {
        name: "hq-rules",
        path: "/console/hq/rules",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "What HQ decides for the whole chain",
    },
    Page {
        name: "hq-settings",
        path: "/console/hq/settings",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "What levels say about stores, one level at a time",
    },
    Page {
        name: "hq-settings-history",
        path: "/console/hq/settings/history",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "Who changed what levels say about stores",
    },
    Page {
        name: "hq-setup",
        path: "/console/hq/setup",
        app: "console",
        permission: PageNeed::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        summary: "Set-up by questions",
    },
    Page {
        name: "store-policy",
        path: "/console/s/{store}/policy",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "What holds in a store, and who says so",
    },
    Page {
        name: "hq-store-policy",
        path: "/console/hq/stores/{store}/policy",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "The same for HQ, who may set it",
    },
    Page {
        name: "hq-stores",
        path: "/console/hq/stores",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        summary: "The store directory",
    },
    Page {
        name: "hq-store",
        path: "/console/hq/stores/{store}",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "One store as HQ keeps it: profile, entrance, opening, history",
    },
    Page {
        name: "hq-store-edit",
        path: "/console/hq/stores/{store}/edit",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        summary: "A store's profile as a form",
    },
    Page {
        name: "hq-store-new",
        path: "/console/hq/stores/new",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        summary: "A new store as a form",
    },
    Page {
        name: "hq-store-imports",
        path: "/console/hq/store-imports",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreWrite),
        scope: NeedScope::All,
        summary: "Stores by the hundred, out of files",
    },
    Page {
        name: "hq-store-export",
        path: "/console/hq/store-export",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Region,
        summary: "The stores that somebody sees, as a file",
    },
    Page {
        name: "hq-regions",
        path: "/console/hq/regions",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "The chain's regions as a tree",
    },
    Page {
        name: "store-profile",
        path: "/console/s/{store}/profile",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "What HQ keeps of a store, for its own staff",
    },
    Page {
        name: "hq-stock",
        path: "/console/hq/stock",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        summary: "SKUs with their sums over the chain",
    },
    Page {
        name: "hq-sku",
        path: "/console/hq/stock/{sku}",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        summary: "One SKU across the chain",
    },
    Page {
        name: "hq-sku-live",
        path: "/console/hq/stock/{sku}/live",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        summary: "The part of that page that is read again",
    },
    Page {
        name: "hq-transfers",
        path: "/console/hq/transfers",
        app: "console",
        permission: PageNeed::Permission(Permission::TransferRead),
        scope: NeedScope::Region,
        summary: "Transfers of the chain on their way",
    },
    Page {
        name: "hq-approvals",
        path: "/console/hq/approvals",
        app: "console",
        permission: PageNeed::Permission(Permission::StockRead),
        scope: NeedScope::Region,
        summary: "Counts that wait for a decision",
    },
    Page {
        name: "hq-orders",
        path: "/console/hq/orders",
        app: "console",
        permission: PageNeed::Permission(Permission::OrderRead),
        scope: NeedScope::Region,
        summary: "The newest orders of the chain",
    },
    Page {
        name: "hq-settlement",
        path: "/console/hq/settlement",
        app: "console",
        permission: PageNeed::Permission(Permission::SettlementRead),
        scope: NeedScope::Region,
        summary: "What orders brought to whom",
    },
    Page {
        name: "hq-access",
        path: "/console/hq/access",
        app: "console",
        permission: PageNeed::Permission(Permission::AuditRead),
        scope: NeedScope::All,
        summary: "Who has seen personal data in clear, and who has logged in",
    },
    Page {
        name: "hq-audit",
        path: "/console/hq/audit",
        app: "console",
        permission: PageNeed::Permission(Permission::AuditRead),
        scope: NeedScope::All,
        summary: "What was changed at HQ, by whom, with what it was before",
    },
    Page {
        name: "store-prices",
        path: "/console/s/{store}/prices",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "A store's own prices",
    },
    Page {
        name: "store-price-why",
        path: "/console/s/{store}/listings/{sku}/why",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "Why a store sells something at its price",
    },
    Page {
        name: "store-requests",
        path: "/console/s/{store}/requests",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "What a store asks HQ for",
    },
    Page {
        name: "hq-requests",
        path: "/console/hq/requests",
        app: "console",
        permission: PageNeed::Permission(Permission::RequestDecide),
        scope: NeedScope::Region,
        summary: "Change requests of stores: the inbox of HQ and of the regions",
    },
    Page {
        name: "hq-products",
        path: "/console/hq/products",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "The library as a table",
    },
    Page {
        name: "hq-product-new",
        path: "/console/hq/products/new",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryWrite),
        scope: NeedScope::All,
        summary: "A new product",
    },
    Page {
        name: "hq-product",
        path: "/console/hq/products/{spu}",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "A product, whole, and who changed it",
    },
    Page {
        name: "hq-categories",
        path: "/console/hq/categories",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "The tree of categories",
    },
    Page {
        name: "hq-brands",
        path: "/console/hq/brands",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "The brands",
    },
    Page {
        name: "hq-legal",
        path: "/console/hq/legal",
        app: "console",
        permission: PageNeed::Permission(Permission::PolicyWrite),
        scope: NeedScope::All,
        summary: "The documents that customers are asked to agree to: versions, texts, publishing",
    },
    Page {
        name: "hq-search-words",
        path: "/console/hq/search-words",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "The chain's synonyms and hot words",
    },
    Page {
        name: "hq-product-imports",
        path: "/console/hq/product-imports",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "Tables of goods that are taken into the library",
    },
    Page {
        name: "hq-product-import",
        path: "/console/hq/product-imports/{import}",
        app: "console",
        permission: PageNeed::Permission(Permission::LibraryRead),
        scope: NeedScope::All,
        summary: "A table of goods, what is wrong with it, and how far it is taken",
    },
    Page {
        name: "hq-accounts",
        path: "/console/hq/accounts",
        app: "console",
        permission: PageNeed::Permission(Permission::AccountRead),
        scope: NeedScope::Region,
        summary: "Staff accounts, and the way to invite somebody",
    },
    Page {
        name: "hq-roles",
        path: "/console/hq/roles",
        app: "console",
        permission: PageNeed::Permission(Permission::AccountRead),
        scope: NeedScope::All,
        summary: "Roles, and what each may do",
    },
    Page {
        name: "hq-keys",
        path: "/console/hq/keys",
        app: "console",
        permission: PageNeed::Permission(Permission::KeyWrite),
        scope: NeedScope::Region,
        summary: "Integration keys",
    },
    Page {
        name: "store-staff",
        path: "/console/s/{store}/staff",
        app: "console",
        permission: PageNeed::Permission(Permission::AccountRead),
        scope: NeedScope::Store,
        summary: "A store's staff",
    },
    Page {
        name: "console-account",
        path: "/console/account",
        app: "console",
        permission: PageNeed::Staff,
        scope: NeedScope::None,
        summary: "One's own password and sessions",
    },
    Page {
        name: "console-invite",
        path: "/console/invite/{token}",
        app: "console",
        permission: PageNeed::Public,
        scope: NeedScope::None,
        summary: "Where a one-time link leads",
    },
    Page {
        name: "store-assortment",
        path: "/console/s/{store}/assortment",
        app: "console",
        permission: PageNeed::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        summary: "What the library has, and which of it a store lists",
    },
    Page {
        name: "store-listing",
        path: "/console/s/{store}/listings/{sku}",
        app: "console",
        permission: PageNeed::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        summary: "One listing: HQ's values beside the store's own",
    },
    Page {
        name: "store-local-products",
        path: "/console/s/{store}/local-products",
        app: "console",
        permission: PageNeed::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        summary: "Products that are a store's own",
    },
    Page {
        name: "store-local-product",
        path: "/console/s/{store}/local-products/{spu}",
        app: "console",
        permission: PageNeed::Permission(Permission::ListingWrite),
        scope: NeedScope::Store,
        summary: "One product of a store's own, to edit",
    },
    Page {
        name: "hq-local-products",
        path: "/console/hq/local-products",
        app: "console",
        permission: PageNeed::Permission(Permission::LocalReview),
        scope: NeedScope::All,
        summary: "Products of stores that wait for HQ",
    },
    Page {
        name: "hq-warehouses",
        path: "/console/hq/warehouses",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "The chain's warehouses",
    },
    Page {
        name: "hq-warehouse",
        path: "/console/hq/warehouses/{location}",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "A warehouse: what lies there, who keeps it, what happened to it",
    },
    Page {
        name: "store-warehouses",
        path: "/console/s/{store}/warehouses",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "The warehouses that a store keeps",
    },
    Page {
        name: "store-warehouse",
        path: "/console/s/{store}/warehouses/{location}",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "A warehouse that a store keeps",
    },
    Page {
        name: "hq-store-differences",
        path: "/console/hq/stores/{store}/differences",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::All,
        summary: "What a store does otherwise than HQ says",
    },
    Page {
        name: "store-differences",
        path: "/console/s/{store}/differences",
        app: "console",
        permission: PageNeed::Permission(Permission::StoreRead),
        scope: NeedScope::Store,
        summary: "What the store does otherwise than HQ says",
    },
    Page {
        name: "hq-campaigns",
        path: "/console/hq/campaigns",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        summary: "Campaigns of the chain, and those of stores that wait for review",
    },
    Page {
        name: "hq-campaign-new",
        path: "/console/hq/campaigns/new",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignWrite),
        scope: NeedScope::All,
        summary: "A new campaign",
    },
    Page {
        name: "hq-campaign",
        path: "/console/hq/campaigns/{campaign}",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        summary: "One campaign: what it does, its steps and its history",
    },
    Page {
        name: "hq-coupons",
        path: "/console/hq/coupons",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        summary: "Coupons of HQ with their figures",
    },
    Page {
        name: "hq-coupon-new",
        path: "/console/hq/coupons/new",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignWrite),
        scope: NeedScope::All,
        summary: "A new coupon",
    },
    Page {
        name: "hq-coupon",
        path: "/console/hq/coupons/{campaign}",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        summary: "One coupon: what it is worth, its figures, its codes and its history",
    },
    Page {
        name: "store-coupons",
        path: "/console/s/{store}/coupons",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        summary: "Coupons of HQ that are good in a store",
    },
    Page {
        name: "store-campaigns",
        path: "/console/s/{store}/campaigns",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        summary: "A store's own campaigns",
    },
    Page {
        name: "store-campaign-new",
        path: "/console/s/{store}/campaigns/new",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignWrite),
        scope: NeedScope::Store,
        summary: "A new campaign of a store",
    },
    Page {
        name: "store-campaign",
        path: "/console/s/{store}/campaigns/{campaign}",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        summary: "One of a store's own campaigns",
    },
    Page {
        name: "hq-campaign-calendar",
        path: "/console/hq/campaigns/calendar",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Region,
        summary: "Campaigns of a month in the chain or in the caller's region, with those that clash",
    },
    Page {
        name: "hq-campaign-review",
        path: "/console/hq/campaigns/review",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignReview),
        scope: NeedScope::All,
        summary: "Campaigns that wait for a decision, several of which can be decided together",
    },
    Page {
        name: "hq-campaign-results",
        path: "/console/hq/campaigns/{campaign}/results",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::All,
        summary: "What a campaign has brought, by day and by store",
    },
    Page {
        name: "store-campaign-calendar",
        path: "/console/s/{store}/campaigns/calendar",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        summary: "Campaigns of a month that run in a store",
    },
    Page {
        name: "store-campaign-results",
        path: "/console/s/{store}/campaigns/{campaign}/results",
        app: "console",
        permission: PageNeed::Permission(Permission::CampaignRead),
        scope: NeedScope::Store,
        summary: "What a campaign has brought in a store, by day",
    },
];
