//! Pictures and documents: a form to send a file with, taking it over, and looking at a document.

use liandian_domain::catalog::upload::{self, FORM_HOLDS, KeptFile, Owner};
use liandian_partners::files::{FormAsk, Found};
use liandian_types::{
    Code, EventId, Problem, StoreId, Timestamp, UploadPurpose,
    api::{UploadAsk, UploadField, UploadForm, UploadSent, Uploaded},
};

use crate::{
    App,
    app::Clock,
    http::{Call, Failure, Reply},
};

/// For how many seconds a link to a document holds.
const LINK_HOLDS: u32 = 60;

/// The world's time: signatures are compared with it, also where a stack's own clock was moved.
fn signed_at() -> Timestamp {
    Clock::default().now()
}

async fn of_store(app: &App, call: &Call) -> Result<Owner, Failure> {
    let store: StoreId = call.store()?;
    app.tables.store(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    Ok(Owner::Store(store))
}

/// A form with which HQ sends a file.
///
/// # Errors
/// `bad_request`, `too_large` for a file that is not taken.
pub async fn begin_hq(app: App, call: Call) -> Result<Reply, Failure> {
    begin(&app, &call, &Owner::Hq)
}

/// A form with which a store sends a file.
///
/// # Errors
/// As [`begin_hq`]; `not_found` when there is no such store.
pub async fn begin_store(app: App, call: Call) -> Result<Reply, Failure> {
    let owner = of_store(&app, &call).await?;
    begin(&app, &call, &owner)
}

fn begin(app: &App, call: &Call, owner: &Owner) -> Result<Reply, Failure> {
    let ask: UploadAsk = call.json()?;
    upload::may_send(ask.purpose, &ask.content_type, ask.bytes)?;
    let upload = app.id::<EventId>().as_str().trim_start_matches("evt_").to_owned();
    let (key, most, at) = (owner.incoming(&upload), ask.purpose.most_bytes(), signed_at());
    let form = app.files()?.form(FormAsk { key: &key, content_type: &ask.content_type, most, holds: FORM_HOLDS }, at);
    let fields = form.fields.into_iter().map(|(name, value)| UploadField { name, value }).collect();
    Reply::json(&UploadForm { upload, url: form.url, fields, most, until: at.plus(FORM_HOLDS) })
}

/// Takes over a file that HQ has sent.
///
/// # Errors
/// `not_found` when nothing was sent; `bad_request`, `too_large` for what is no such file.
pub async fn take_hq(app: App, call: Call) -> Result<Reply, Failure> {
    take(&app, &call, Owner::Hq).await
}

/// Takes over a file that a store has sent.
///
/// # Errors
/// As [`take_hq`].
pub async fn take_store(app: App, call: Call) -> Result<Reply, Failure> {
    let owner = of_store(&app, &call).await?;
    take(&app, &call, owner).await
}

/// Reads what was sent, looks at it, keeps it under its hash and says so in the table. Doing it twice does it once: the bytes name the file.
async fn take(app: &App, call: &Call, owner: Owner) -> Result<Reply, Failure> {
    let sent: UploadSent = call.json()?;
    if !upload::upload_fits(&sent.upload) {
        return Err(Problem::new(Code::BadRequest, "上传编号无效").at("upload").into());
    }
    let (files, at) = (app.files()?, signed_at());
    let bytes = match files.fetch(&owner.incoming(&sent.upload), sent.purpose.most_bytes(), at).await? {
        Found::Bytes(bytes) => bytes,
        Found::Nothing => return Err(Failure::refuse(Code::NotFound, "没有收到文件，或上传已过期，请重新上传")),
        Found::TooLarge => {
            let why = format!("文件不能超过 {} MB", sent.purpose.most_bytes() / 1_000_000);
            return Err(Problem::new(Code::TooLarge, why).at("upload").into());
        }
    };
    let file = upload::look(owner, sent.purpose, &bytes, call.staff()?.sub.clone(), call.now)?;
    files.keep(&file.owner.kept(file.purpose, &file.name), file.kind.content_type(), bytes, at).await?;
    app.tables.keep_upload(&file).await?;
    Reply::json(&Uploaded {
        file: file.address(),
        content_type: file.kind.content_type().to_owned(),
        bytes: file.bytes,
        width: file.width,
        height: file.height,
    })
}

/// A store's document, for a minute: for the store, and for who decides about its goods.
///
/// # Errors
/// `not_found` for what is no document of this store.
pub async fn document(app: App, call: Call) -> Result<Reply, Failure> {
    let owner = of_store(&app, &call).await?;
    let nothing = || Failure::not_found("文件");
    let address = call.q("file").ok_or_else(nothing)?.to_owned();
    let file = app.tables.kept_files(std::slice::from_ref(&address)).await?.into_iter().flatten().next().ok_or_else(nothing)?;
    let is_document = matches!(upload::parts(&address), Some((UploadPurpose::Document, ..)));
    if !is_document || owner != file.owner {
        return Err(nothing());
    }
    let shown = format!("attachment; filename=\"{}\"", file.name);
    let more = [
        ("response-cache-control", "private, no-store"),
        ("response-content-disposition", shown.as_str()),
        ("response-content-type", file.kind.content_type()),
    ];
    let url = app.files()?.link("GET", &owner.kept(UploadPurpose::Document, &file.name), &more, LINK_HOLDS, signed_at());
    Ok(Reply { status: Some(302), ..Reply::empty() }.header("location", url))
}

/// A place in a form where a file may stand.
#[derive(Debug, Clone)]
pub struct Place {
    /// Name of the field.
    pub field: String,
    /// The address in it.
    pub address: String,
}

/// What is known of the files that a form names, in their order; nothing of those that lie elsewhere. A store names its own files, and nobody names a
/// file that was never looked at.
///
/// # Errors
/// `bad_request` with the field.
pub async fn known(app: &App, owner: Option<&Owner>, places: &[Place]) -> Result<Vec<Option<KeptFile>>, Failure> {
    let addresses: Vec<String> = places.iter().map(|p| p.address.clone()).collect();
    let found = app.tables.kept_files(&addresses).await?;
    for (place, file) in places.iter().zip(&found).filter(|(p, _)| upload::is_uploaded(&p.address)) {
        let whose = upload::parts(&place.address).map(|(_, word, _)| word);
        let fits = file.is_some() && owner.is_none_or(|o| whose == Some(o.word()));
        if !fits {
            return Err(Problem::new(Code::BadRequest, "这个文件不是本店上传的，请重新上传").at(place.field.as_str()).into());
        }
    }
    Ok(found)
}
