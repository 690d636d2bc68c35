//! The only wiring of the two page Lambdas.

use std::path::Path;

use lambda_http::Error;
use liandian_functions::runtime::page_app;

use crate::{app_reader::AppReader, console, shop, shop::Links, site::Site, traced::traced};

/// Runs `shop` or `console` until the runtime ends it.
///
/// # Errors
/// What is wrong with the configuration, or what the runtime said.
pub async fn run(name: &str) -> Result<(), Error> {
    let app = page_app()?;
    let site = Site::open(Path::new(app.config.get("SITE_ROOT").unwrap_or("site")));
    let links = Links { login_url: app.config.get("LOGIN_URL").unwrap_or_default().to_owned() };
    let reader = AppReader::new((*app).clone());
    let (router, name) = match name {
        "shop" => (shop::router(reader, site, links), "shop"),
        _ => (console::router(reader, site), "console"),
    };
    lambda_http::run(traced(router, app, name)).await
}
