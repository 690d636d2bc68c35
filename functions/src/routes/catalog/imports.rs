//! Tables of goods that are taken into HQ's library: a dry run when the file comes, then one step after another.

use liandian_domain::catalog::{
    charset, import,
    job::{self, Import},
};
use liandian_store::catalog::imports::pieces_of;
use liandian_types::{Code, ImportId, Problem};

use crate::{
    App,
    http::{Call, Failure, Reply},
    people::digest,
    transact::{Plan, transact},
    views::catalog::library::{import_view, imports_view},
};

/// Bytes of a file: what a gateway hands on is six megabytes, in a form that may be a third longer.
pub const LARGEST_FILE: usize = 4_000_000;

/// Reads a file, names every bad row by line and column, and keeps what could be taken. Nothing is taken yet.
///
/// # Errors
/// `too_large`; `bad_request` for what is no table.
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    let kind = call.headers.get("content-type").map(|t| t.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    if kind.as_deref() != Some("text/csv") {
        return Err(Problem::new(Code::BadRequest, "请求内容必须是表格（Content-Type: text/csv）").at("Content-Type").into());
    }
    if call.body.len() > LARGEST_FILE {
        return Err(Problem::new(Code::TooLarge, format!("文件不能超过 {} MB，请分成几个文件", LARGEST_FILE / 1_000_000)).at("file").into());
    }
    let by = call.staff()?.sub.clone();
    let (categories, brands) = futures::try_join!(app.tables.categories_now(), app.tables.brands_now())?;
    let file = charset::as_utf8(&call.body);
    let sheet = import::read(&file, &categories.tree, &brands.brands)?;
    let id: ImportId = app.id();
    let import = Import::of(id, by, call.now, digest(&file), pieces_of(&file), &sheet);
    if import.products > 0 {
        app.tables.keep_file(&import.import, &file, call.now).await?;
    }
    let (app, read) = (&app, &import);
    transact(app, call.now, |_| async move { Ok(Plan::new((), job::begin(read.clone()))) }).await?;
    Reply::json(&import_view(app, &import).await?)
}

/// Begins to take what a dry run has checked.
///
/// # Errors
/// `not_found`; `conflict` when that has begun already, or when there is nothing to take.
pub async fn apply(app: App, call: Call) -> Result<Reply, Failure> {
    let id: ImportId = call.param("import")?;
    let (app, id) = (&app, &id);
    let started = transact(app, call.now, |_| async move {
        let import = app.tables.import(id).await?.ok_or_else(|| Failure::not_found("导入"))?;
        let (next, decision) = job::start(&import, call.now)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    Reply::json(&import_view(app, &started).await?)
}

/// An import: what is wrong with its file, and how far it is.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    let id: ImportId = call.param("import")?;
    let import = app.tables.import(&id).await?.ok_or_else(|| Failure::not_found("导入"))?;
    Reply::json(&import_view(&app, &import).await?)
}

/// Imports, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&imports_view(&app, call.q("cursor")).await?)
}
