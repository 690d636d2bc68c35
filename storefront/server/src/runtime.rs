//! The only wiring of the two page Lambdas.

use std::{path::Path, sync::Arc};

use axum::Router;
use lambda_http::Error;
use liandian_functions::{App, function::Function, runtime::page_app, table};

use crate::{console as console_pages, shop as shop_pages, shop::Links, site::Site, traced::traced};

/// Runs the shop's pages until the runtime ends them.
///
/// # Errors
/// What is wrong with the configuration, or what the runtime said.
pub async fn shop() -> Result<(), Error> {
    run(&table::SHOP, |app, site| {
        let text = |name: &str| app.config.get(name).unwrap_or_default().to_owned();
        let links = Links { login_url: text("LOGIN_URL"), check_file: text("DOMAIN_CHECK_FILE") };
        shop_pages::router(app.clone(), site, links)
    })
    .await
}

/// Runs the console's pages until the runtime ends them.
///
/// # Errors
/// What is wrong with the configuration, or what the runtime said.
pub async fn console() -> Result<(), Error> {
    run(&table::CONSOLE, |app, site| console_pages::router(app.clone(), &site)).await
}

async fn run(function: &'static Function, pages: impl FnOnce(&Arc<App>, Site) -> Router) -> Result<(), Error> {
    let app = page_app(function).await?;
    let site = Site::open(Path::new(app.config.get("SITE_ROOT").unwrap_or("site")));
    let router = pages(&app, site);
    lambda_http::run(traced(router, app, function)).await
}
