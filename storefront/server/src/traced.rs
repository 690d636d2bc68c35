//! What every page has in common with every other invocation: one structured line, and a limit.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Response},
};
use liandian_functions::{
    App,
    app::Clock,
    function::{Function, Kind},
    invoke,
    limits::{Limits, network},
    telemetry,
};
use liandian_store::meter;

/// The router, answering each address so many pages a minute and telling of each page what it cost. Files of the site cost nothing worth a line
/// or a limit.
pub fn traced(router: Router, app: Arc<App>, function: &'static Function) -> Router {
    let (limits, clock) = (app.limits.clone(), app.clock.clone());
    let router = told(router, app, function);
    match function.kind {
        Kind::Page { limit, .. } => limited(router, limits, clock, function.name, limit),
        _ => router,
    }
}

/// A page beyond the limit is not rendered, and says when to come again.
fn limited(router: Router, limits: Limits, clock: Clock, name: &'static str, limit: u32) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let free = request.uri().path().starts_with("/pkg/");
        let allowed = free || limits.allow(name, &network(&invoke::client(request.extensions())), limit, clock.now());
        async move { if allowed { next.run(request).await } else { too_often() } }
    }))
}

fn too_often() -> Response {
    let page = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
                <title>操作太频繁</title><body style=\"font:17px/1.6 system-ui;max-width:26em;margin:15vh auto;padding:0 24px;text-align:center\">\
                <h1>操作太频繁</h1><p>请一分钟后再打开这个页面。</p></body></html>";
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60"), (header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

fn told(router: Router, app: Arc<App>, function: &'static Function) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let app = app.clone();
        async move {
            let path = request.uri().path().to_owned();
            if path.starts_with("/pkg/") {
                return next.run(request).await;
            }
            let (started, id) = (Instant::now(), invoke::request_id(&request));
            let run = async {
                for part in path.split('/') {
                    for (prefix, kind) in [("sto_", "store"), ("ord_", "order"), ("sku_", "sku")] {
                        if part.starts_with(prefix) {
                            telemetry::note(kind, part);
                        }
                    }
                }
                meter::confined(function.partitions, next.run(request)).await
            };
            let ((mut response, usage, strayed), ids) = telemetry::noting(run).await;
            let undeclared = function.undeclared(&usage, strayed.as_deref());
            debug_assert_eq!(undeclared, None, "{} touched what it does not declare in infra/routes.toml", function.name);
            telemetry::invocation(function, &id, response.status().as_u16(), None, started.elapsed(), usage, app.now().0, ids);
            if app.config.secure_cookies() {
                response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(invoke::HSTS));
            }
            response
        }
    }))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use lambda_http::{RequestExt, aws_lambda_events::apigw::ApiGatewayV2httpRequestContext, request::RequestContext};
    use liandian_types::Timestamp;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn given_a_limit_of_pages_when_an_address_is_over_it_then_it_waits_a_minute_and_files_and_neighbours_do_not() {
        let clock = Clock::of(|| Timestamp(0));
        let pages = Router::new().fallback(|| async { "page" });
        let pages = limited(pages, Limits::default(), clock.clone(), "shop", 3);
        let ask = |path: &'static str, address: &'static str| {
            let mut context = ApiGatewayV2httpRequestContext::default();
            context.http.source_ip = Some(address.to_owned());
            let request =
                axum::http::Request::builder().uri(path).body(Body::empty()).unwrap().with_request_context(RequestContext::ApiGatewayV2(context));
            let pages = pages.clone();
            async move { pages.oneshot(request).await.unwrap() }
        };
        for _ in 0..3 {
            assert_eq!(ask("/s/sto_sh01", "192.0.2.1").await.status(), 200);
        }
        let refused = ask("/s/sto_sh01", "192.0.2.1").await;
        assert_eq!((refused.status().as_u16(), refused.headers()[header::RETRY_AFTER].to_str().unwrap()), (429, "60"));
        assert_eq!(ask("/pkg/shop.css", "192.0.2.1").await.status(), 200);
        assert_eq!(ask("/s/sto_sh01", "192.0.2.2").await.status(), 200);
        clock.advance(Timestamp::MINUTE);
        assert_eq!(ask("/s/sto_sh01", "192.0.2.1").await.status(), 200);
    }
}
