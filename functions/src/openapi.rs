//! The OpenAPI 3.1 document: paths and permissions from `infra/routes.toml`, schemas from the DTO types. The checked-in
//! `openapi.json` is compared with it by a test; `cargo xtask generate` writes it anew.

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
                "limit" => "integer",
                _ => "string",
            };
            json!({"name": n, "in": "query", "required": false, "schema": {"type": kind}})
        });
        let key = p.idempotent.then(|| {
            json!({"name": "Idempotency-Key", "in": "header", "required": true,
                   "description": "8 to 64 of 0-9 A-Z a-z _ -; the first success is answered again for 7 days", "schema": {"type": "string"}})
        });
        let parameters: Vec<Value> = in_path.chain(in_query).chain(key).collect();
        let mut success = json!({"description": "success"});
        if let Some(dto) = p.answers {
            success["content"] = json!({"application/json": {"schema": reference(dto)}});
        }
        let mut operation = json!({
            "operationId": p.name, "tags": [p.tag], "summary": p.summary, "x-permission": p.permission, "parameters": parameters,
            "responses": {
                p.status.to_string(): success,
                "default": {"description": "a refusal", "content": {"application/problem+json": {"schema": reference("Problem")}}}
            }
        });
        if let Some(dto) = p.body {
            operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": reference(dto)}}});
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
    fn given_the_document_when_read_then_every_reference_leads_somewhere() {
        let d = document();
        let text = d.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(d["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
