//! The OpenAPI 3.1 document: paths and permissions from `infra/routes.toml`, schemas from the DTO types. The checked-in
//! `openapi.json` is compared with it by a test; `cargo xtask generate` writes it anew. What partners send is told by hand: its shape is theirs.

use liandian_partners::delivery::CALLBACK_NAMES;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::{
    auth::{SESSION_COOKIE, STAFF_COOKIE, cookie_name},
    openapi_paths::{PATHS, Schemas},
};

/// A JSON route, as the document tells it.
pub(crate) struct Path {
    pub name: &'static str,
    pub tag: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    pub permission: &'static str,
    pub summary: &'static str,
    pub query: &'static [&'static str],
    pub body: Option<&'static str>,
    pub answers: Option<&'static str>,
    pub status: u16,
    pub idempotent: bool,
}

fn reference(dto: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{dto}")})
}

impl Path {
    /// The statuses with which it may refuse: no other one is an answer of its own.
    fn refusals(&self) -> Vec<(u16, &'static str)> {
        let reads = self.method == "get";
        // Something is named in the path, or by a filter that is not for everybody's eyes.
        let names = self.path.contains('{') || self.query.iter().any(|q| matches!(*q, "region" | "store"));
        // What is one's own is asked of anybody of the staff: the route itself finds out who asks.
        let anybody = self.permission == "public" && reads && !self.path.starts_with("/api/v1/staff/");
        let needs_staff = self.permission.contains(':');
        [
            (true, 400, "the request is not what the route takes"),
            (!anybody, 401, "no valid session, token, code or signature"),
            (needs_staff || !reads, 403, "not for this session"),
            (names || !reads, 404, "there is no such thing, or not for the caller"),
            (names || !reads, 409, "not as things are now"),
            (!reads, 413, "the body is too large"),
            (self.idempotent, 422, "the key came with another body before"),
            (true, 429, "too many requests"),
            (true, 503, "try again"),
        ]
        .into_iter()
        .filter_map(|(may, status, what)| may.then_some((status, what)))
        .collect()
    }
}

/// A call-back as its partner sends it: what it is, its headers, its body, and what we answer. Headers and bodies are the partner's; which of them
/// are looked at, `liandian_partners` says.
struct CallBack {
    description: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: Value,
    answer: Option<Value>,
}

fn call_back(name: &str) -> Option<CallBack> {
    let text = |description: &str| json!({"type": "string", "description": description});
    match name {
        "payment-notify" => Some(CallBack {
            description: "What the payment provider tells of a payment or a refund. It is believed only under the provider's signature, which is at \
                          most five minutes old, and takes effect once. What became of a refund is read from the answer to its request: a notice of \
                          it changes nothing. Anything but 204 makes the provider call again.",
            headers: &[
                ("Wechatpay-Timestamp", "seconds since 1970-01-01T00:00:00Z"),
                ("Wechatpay-Nonce", "a random text"),
                ("Wechatpay-Serial", "which of the provider's keys has signed"),
                ("Wechatpay-Signature", "RSA-SHA256 in base64 over `<timestamp>\\n<nonce>\\n<body>\\n`"),
            ],
            body: json!({
                "type": "object",
                "required": ["event_type", "resource"],
                "properties": {
                    "id": text("the notice's id"),
                    "create_time": text("when it was made, RFC 3339"),
                    "event_type": text("`TRANSACTION.SUCCESS` for a payment, `REFUND.SUCCESS` and others for a refund"),
                    "resource_type": text("`encrypt-resource`"),
                    "summary": text("a word for people"),
                    "resource": {
                        "type": "object",
                        "required": ["ciphertext", "nonce", "associated_data"],
                        "description": "the transaction, sealed by AES-256-GCM with the merchant's API v3 key",
                        "properties": {
                            "algorithm": text("`AEAD_AES_256_GCM`"),
                            "original_type": text("`transaction` or `refund`"),
                            "ciphertext": text("base64"),
                            "nonce": text("12 bytes"),
                            "associated_data": text("what is bound to it")
                        }
                    }
                }
            }),
            answer: None,
        }),
        "delivery-notify" => {
            let names = CALLBACK_NAMES.iter().map(|(name, what)| ((*name).to_owned(), text(what))).collect::<Map<String, Value>>();
            Some(CallBack {
                description: "News of a delivery by the rider platform: a flat object of texts, signed by `sign`. An unknown name, a value with `&` \
                              or `=` in it, and a time that is not of these days are refused. Anything but `return_code` 0 makes the platform \
                              call again.",
                headers: &[],
                body: json!({
                    "type": "object",
                    "required": ["appid", "store_order_id", "order_status", "status_change_time", "sign"],
                    "properties": names,
                    "additionalProperties": false
                }),
                answer: Some(json!({
                    "type": "object",
                    "required": ["return_code", "return_msg"],
                    "properties": {"return_code": {"type": "integer", "description": "0"}, "return_msg": text("`OK`")}
                })),
            })
        }
        _ => None,
    }
}

/// The tag of what partners send.
const CALL_BACKS: &str = "call-backs";

/// The document.
#[must_use]
pub fn document() -> Value {
    let schemas = serde_json::to_value(Schemas::openapi()).unwrap_or_default();
    let mut paths: Map<String, Value> = Map::new();
    for p in PATHS {
        let in_path =
            p.path.split(['{', '}']).skip(1).step_by(2).map(|n| json!({"name": n, "in": "path", "required": true, "schema": {"type": "string"}}));
        let in_query = p.query.iter().map(|n| {
            let kind = match *n {
                "lat" | "lng" => "number",
                "limit" | "since" => "integer",
                _ => "string",
            };
            let mut parameter = json!({"name": n, "in": "query", "required": false, "schema": {"type": kind}});
            if *n == "cursor" {
                parameter["description"] = json!("`next` of the page before, as it came; another one is refused with `bad_cursor`");
            }
            parameter
        });
        let key = p.idempotent.then(|| {
            json!({"name": "Idempotency-Key", "in": "header", "required": true,
                   "description": "8 to 64 of 0-9 A-Z a-z _ -; the first success is answered again for 7 days", "schema": {"type": "string"}})
        });
        let told = call_back(p.name);
        let headers = told.as_ref().map_or(&[][..], |c| c.headers);
        let in_headers =
            headers.iter().map(|(n, what)| json!({"name": n, "in": "header", "required": true, "description": what, "schema": {"type": "string"}}));
        let parameters: Vec<Value> = in_path.chain(in_query).chain(key).chain(in_headers).collect();
        let mut success = json!({"description": "success"});
        if let Some(schema) = p.answers.map(reference).or(told.as_ref().and_then(|c| c.answer.clone())) {
            success["content"] = json!({"application/json": {"schema": schema}});
        }
        let mut responses = Map::from_iter([(p.status.to_string(), success)]);
        for (status, what) in p.refusals() {
            let problem = json!({"description": what, "content": {"application/problem+json": {"schema": reference("Problem")}}});
            responses.insert(status.to_string(), problem);
        }
        let tag = if told.is_some() { CALL_BACKS } else { p.tag };
        let mut operation = json!({
            "operationId": p.name, "tags": [tag], "summary": p.summary, "x-permission": p.permission, "parameters": parameters, "responses": responses
        });
        if let Some(schema) = p.body.map(reference).or(told.as_ref().map(|c| c.body.clone())) {
            operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        if let Some(c) = &told {
            operation["description"] = json!(c.description);
        }
        operation["security"] = match p.permission {
            "public" | "signed" => json!([]),
            "member" => json!([{"member": []}, {"memberCookie": []}]),
            _ => json!([{"staff": []}, {"staffCookie": []}]),
        };
        let at = paths.entry(p.path).or_insert_with(|| json!({}));
        at[p.method] = operation;
    }
    let bearer = json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"});
    let cookie = |name: &str| json!({"type": "apiKey", "in": "cookie", "name": name});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Liandian 连店", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "MIT OR Apache-2.0"},
            "description": "Money is a whole number of fen. Times are milliseconds since 1970-01-01T00:00:00Z. Ids are typed and prefixed. Refusals are application/problem+json with a stable code."
        },
        "paths": paths,
        "components": {
            "schemas": schemas["components"]["schemas"],
            "securitySchemes": {
                "member": bearer, "memberCookie": cookie(&cookie_name(SESSION_COOKIE, true)), "staff": bearer, "staffCookie": cookie(&cookie_name(STAFF_COOKIE, true))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_types_and_the_list_of_routes_when_documented_then_the_checked_in_document_is_the_same() {
        let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.json");
        let held = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(held == text, "openapi.json differs from the types; run `cargo xtask generate`");
    }

    #[test]
    fn given_the_words_of_the_wire_when_documented_then_the_document_has_these_and_no_others() {
        let d = document();
        let said = |name: &str| -> Vec<String> {
            let values = d["components"]["schemas"][name]["enum"].as_array().cloned().unwrap_or_default();
            values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        assert_eq!(said("Fulfilment"), ["pickup", "delivery", "hq_ship"]);
        assert_eq!(said("ShortfallChoice").len(), liandian_types::ShortfallChoice::ALL.len());
        // No word on the wire has a capital letter.
        let schemas = d["components"]["schemas"].as_object().cloned().unwrap_or_default();
        for name in schemas.keys() {
            assert!(said(name).iter().all(|v| !v.chars().any(char::is_uppercase)), "{name}: {:?}", said(name));
        }
        let quantity = &d["components"]["schemas"]["Quantity"];
        assert_eq!((&quantity["minimum"], &quantity["maximum"]), (&json!(1), &json!(999)));
    }

    #[test]
    fn given_what_partners_send_when_documented_then_its_headers_body_and_answers_are_there() {
        let d = document();
        for p in PATHS.iter().filter(|p| p.permission == "signed") {
            let o = &d["paths"][p.path][p.method];
            assert_eq!(o["tags"], json!([CALL_BACKS]), "{}", p.name);
            let body = &o["requestBody"]["content"]["application/json"]["schema"];
            let required = body["required"].as_array().unwrap();
            assert!(!required.is_empty() && required.iter().all(|n| body["properties"].get(n.as_str().unwrap()).is_some()), "{}", p.name);
            assert!(o["responses"].get(p.status.to_string()).is_some() && o["responses"].get("401").is_some(), "{}", p.name);
            assert!(o["description"].is_string(), "{}", p.name);
        }
        let headers = d["paths"]["/api/v1/callbacks/payment"]["post"]["parameters"].as_array().unwrap();
        assert_eq!(headers.iter().filter(|h| h["in"] == "header" && h["required"] == true).count(), 4);
    }

    #[test]
    fn given_a_route_when_documented_then_its_refusals_are_named_and_a_fault_of_ours_is_none_of_them() {
        let d = document();
        let told = |path: &str, method: &str| -> Vec<String> {
            d["paths"][path][method]["responses"].as_object().map(|r| r.keys().cloned().collect()).unwrap_or_default()
        };
        assert_eq!(told("/api/v1/stores", "get"), ["200", "400", "429", "503"]);
        assert_eq!(told("/api/v1/orders", "post"), ["201", "400", "401", "403", "404", "409", "413", "422", "429", "503"]);
        assert_eq!(told("/api/v1/stores/{store}/orders/{order}/parcel", "get"), ["200", "400", "401", "403", "404", "409", "429", "503"]);
        assert!(PATHS.iter().all(|p| p.refusals().iter().all(|(status, _)| *status != 500)));
    }

    #[test]
    fn given_the_document_when_read_then_every_reference_leads_somewhere() {
        let d = document();
        let text = d.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(d["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
