//! One structured line per page, as every other invocation has one.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
};
use liandian_functions::{App, function::Function, invoke, telemetry};
use liandian_store::meter;

/// The router, telling of each page what it cost. Files of the site cost nothing worth a line.
pub fn traced(router: Router, app: Arc<App>, function: &'static Function) -> Router {
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
                meter::measured(next.run(request)).await
            };
            let ((mut response, usage), ids) = telemetry::noting(run).await;
            debug_assert_eq!(function.undeclared(&usage), None, "{} touched a table without declaring it in infra/routes.toml", function.name);
            telemetry::invocation(function, &id, response.status().as_u16(), None, started.elapsed(), usage, app.now().0, ids);
            if app.config.secure_cookies() {
                response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(invoke::HSTS));
            }
            response
        }
    }))
}
