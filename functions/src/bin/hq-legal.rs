//! Generated from `infra/routes.toml` by `cargo xtask generate`: do not edit.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    liandian_functions::runtime::run(&liandian_functions::table::HQ_LEGAL).await
}
