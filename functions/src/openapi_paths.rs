//! Generated from `infra/routes.toml` by `cargo xtask generate`: do not edit.

use liandian_types::{Problem, api::*};
use utoipa::OpenApi;

use crate::openapi::Path;

/// The schemas that the routes name, with all that they name in turn.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem, Cart, HqSettlement, ListingPage, LoginRequest, OrderList, OrderView, PaymentStart, PlaceOrder, PlacedOrder, ProductPage, Quote, QuoteRequest, Session, SettlementView, SkuStock, StaffLogin, StaffRefresh, StaffSession, StockList, StoreHome, StoreList, StoreRows, Ticket, TicketRequest, TransferCard, TransferList, TransferStepRequest, VerifyPickup)))]
pub(crate) struct Schemas;

/// The JSON routes.
pub(crate) const PATHS: &[Path] = &[
    Path { name: "session-create", tag: "shop", method: "post", path: "/api/v1/session", permission: "public", summary: "Log in with the code that wx.login gave", query: &[], body: Some("LoginRequest"), answers: Some("Session"), status: 200, idempotent: false },
    Path { name: "session-end", tag: "shop", method: "delete", path: "/api/v1/session", permission: "public", summary: "Log out", query: &[], body: None, answers: None, status: 204, idempotent: false },
    Path { name: "ticket-create", tag: "shop", method: "post", path: "/api/v1/tickets", permission: "public", summary: "A single-use ticket for the web-view's URL", query: &[], body: Some("TicketRequest"), answers: Some("Ticket"), status: 200, idempotent: false },
    Path { name: "ticket-exchange", tag: "shop", method: "get", path: "/enter/{ticket}", permission: "public", summary: "Exchange the ticket for a session cookie and go on without it", query: &[], body: None, answers: None, status: 303, idempotent: false },
    Path { name: "stores-find", tag: "shop", method: "get", path: "/api/v1/stores", permission: "public", summary: "Stores near a point, by name or by entrance code", query: &["lat", "lng", "q", "entrance"], body: None, answers: Some("StoreList"), status: 200, idempotent: false },
    Path { name: "store-home", tag: "shop", method: "get", path: "/api/v1/stores/{store}/home", permission: "public", summary: "A store's home page", query: &["lat", "lng"], body: None, answers: Some("StoreHome"), status: 200, idempotent: false },
    Path { name: "listings", tag: "shop", method: "get", path: "/api/v1/stores/{store}/listings", permission: "public", summary: "Goods of a store with its prices and live stock", query: &["category", "q", "cursor"], body: None, answers: Some("ListingPage"), status: 200, idempotent: false },
    Path { name: "listing-product", tag: "shop", method: "get", path: "/api/v1/stores/{store}/listings/{sku}", permission: "public", summary: "A product with the SKUs that the store lists", query: &[], body: None, answers: Some("ProductPage"), status: 200, idempotent: false },
    Path { name: "cart-read", tag: "orders", method: "get", path: "/api/v1/cart/{store}", permission: "member", summary: "The account's cart in a store", query: &[], body: None, answers: Some("Cart"), status: 200, idempotent: false },
    Path { name: "cart-write", tag: "orders", method: "put", path: "/api/v1/cart/{store}", permission: "member", summary: "Replace the account's cart in a store", query: &[], body: Some("Cart"), answers: Some("Cart"), status: 200, idempotent: false },
    Path { name: "quote", tag: "orders", method: "post", path: "/api/v1/quotes", permission: "public", summary: "Price a cart and see how it can be had", query: &[], body: Some("QuoteRequest"), answers: Some("Quote"), status: 200, idempotent: false },
    Path { name: "order-place", tag: "orders", method: "post", path: "/api/v1/orders", permission: "member", summary: "Place an order: reserves every line or none", query: &[], body: Some("PlaceOrder"), answers: Some("PlacedOrder"), status: 201, idempotent: true },
    Path { name: "order-list", tag: "orders", method: "get", path: "/api/v1/orders", permission: "member", summary: "The member's orders, newest first", query: &["cursor"], body: None, answers: Some("OrderList"), status: 200, idempotent: false },
    Path { name: "order-read", tag: "orders", method: "get", path: "/api/v1/orders/{order}", permission: "member", summary: "One order with its live state", query: &[], body: None, answers: Some("OrderView"), status: 200, idempotent: false },
    Path { name: "order-cancel", tag: "orders", method: "post", path: "/api/v1/orders/{order}/cancel", permission: "member", summary: "Cancel an order that is not paid: closed at the provider first", query: &[], body: None, answers: Some("OrderView"), status: 200, idempotent: false },
    Path { name: "payment-start", tag: "orders", method: "post", path: "/api/v1/orders/{order}/payment", permission: "member", summary: "Prepay at the provider; the parameters for wx.requestPayment", query: &[], body: None, answers: Some("PaymentStart"), status: 200, idempotent: false },
    Path { name: "payment-notify", tag: "orders", method: "post", path: "/api/v1/callbacks/payment", permission: "signed", summary: "The payment provider's call-back", query: &[], body: None, answers: None, status: 204, idempotent: false },
    Path { name: "delivery-notify", tag: "orders", method: "post", path: "/api/v1/callbacks/delivery", permission: "signed", summary: "The rider platform's call-back", query: &[], body: None, answers: None, status: 200, idempotent: false },
    Path { name: "staff-login", tag: "staff", method: "post", path: "/api/v1/staff/session", permission: "public", summary: "Staff log in", query: &[], body: Some("StaffLogin"), answers: Some("StaffSession"), status: 200, idempotent: false },
    Path { name: "staff-refresh", tag: "staff", method: "post", path: "/api/v1/staff/session/refresh", permission: "public", summary: "A new pair of tokens for a refresh token, once", query: &[], body: Some("StaffRefresh"), answers: Some("StaffSession"), status: 200, idempotent: false },
    Path { name: "staff-logout", tag: "staff", method: "delete", path: "/api/v1/staff/session", permission: "public", summary: "End the staff session", query: &[], body: None, answers: None, status: 204, idempotent: false },
    Path { name: "store-orders", tag: "orders", method: "get", path: "/api/v1/stores/{store}/orders", permission: "order:read", summary: "Orders of a store in one state, oldest first", query: &["state", "cursor"], body: None, answers: Some("OrderList"), status: 200, idempotent: false },
    Path { name: "store-order-read", tag: "orders", method: "get", path: "/api/v1/stores/{store}/orders/{order}", permission: "order:read", summary: "One order of a store; personal data masked", query: &[], body: None, answers: Some("OrderView"), status: 200, idempotent: false },
    Path { name: "store-order-ready", tag: "orders", method: "post", path: "/api/v1/stores/{store}/orders/{order}/ready", permission: "order:prepare", summary: "The goods are together: ready for the customer or the rider", query: &[], body: None, answers: Some("OrderView"), status: 200, idempotent: false },
    Path { name: "pickup-verify", tag: "orders", method: "post", path: "/api/v1/stores/{store}/pickups", permission: "pickup:verify", summary: "Hand an order over against its pickup code, once", query: &[], body: Some("VerifyPickup"), answers: Some("OrderView"), status: 200, idempotent: false },
    Path { name: "store-transfers", tag: "stock", method: "get", path: "/api/v1/stores/{store}/transfers", permission: "transfer:read", summary: "Transfers that a store sends or waits for", query: &[], body: None, answers: Some("TransferList"), status: 200, idempotent: false },
    Path { name: "transfer-step", tag: "stock", method: "post", path: "/api/v1/stores/{store}/transfers/{transfer}/steps", permission: "transfer:work", summary: "Accept, reject, pack, send or receive", query: &[], body: Some("TransferStepRequest"), answers: Some("TransferCard"), status: 200, idempotent: false },
    Path { name: "store-stock", tag: "stock", method: "get", path: "/api/v1/stores/{store}/stock", permission: "stock:read", summary: "Stock of a store's shelf", query: &["q", "cursor"], body: None, answers: Some("StockList"), status: 200, idempotent: false },
    Path { name: "store-settlement", tag: "settlement", method: "get", path: "/api/v1/stores/{store}/settlement", permission: "settlement:read", summary: "Postings of a store and their sums", query: &["cursor"], body: None, answers: Some("SettlementView"), status: 200, idempotent: false },
    Path { name: "hq-stores", tag: "staff", method: "get", path: "/api/v1/hq/stores", permission: "store:read", summary: "The store directory", query: &["q", "cursor"], body: None, answers: Some("StoreRows"), status: 200, idempotent: false },
    Path { name: "hq-orders", tag: "orders", method: "get", path: "/api/v1/hq/orders", permission: "order:read", summary: "The newest orders of the chain", query: &[], body: None, answers: Some("OrderList"), status: 200, idempotent: false },
    Path { name: "hq-stock", tag: "stock", method: "get", path: "/api/v1/hq/stock/{sku}", permission: "stock:read", summary: "Stock of one SKU across the chain", query: &[], body: None, answers: Some("SkuStock"), status: 200, idempotent: false },
    Path { name: "hq-settlement", tag: "settlement", method: "get", path: "/api/v1/hq/settlement", permission: "settlement:read", summary: "Sums per store and the newest postings", query: &[], body: None, answers: Some("HqSettlement"), status: 200, idempotent: false },
];
