//! Uploads: what a form takes, what is looked at when it was sent, whose it is, and who sees a document.

use liandian_partners::files::{Config, Files, FormAsk};
use liandian_tests::{Answer, World, percent};
use liandian_types::{
    Timestamp,
    api::{AskedGoods, Assortment, LocalView, RequestList, UploadField, UploadForm, Uploaded},
};
use reqwest::Method;
use serde_json::{Value, json};

const STORE: &str = "/api/v1/stores/sto_cd06/uploads";
const HQ: &str = "/api/v1/hq/uploads";

/// A head that says how large a picture is, and some of it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut f = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    f.extend(width.to_be_bytes());
    f.extend(height.to_be_bytes());
    f.extend([8, 6, 0, 0, 0, 1, 2, 3]);
    f
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n".to_vec()
}

async fn form(w: &World, route: &str, token: &str, purpose: &str, content_type: &str, bytes: usize) -> Answer {
    w.post(route, token, &json!({"purpose": purpose, "content_type": content_type, "bytes": bytes})).await
}

/// Sends a form as a browser does; the status of the answer.
async fn send(w: &World, form: &UploadForm, file: &[u8]) -> u16 {
    let mut body = Vec::new();
    for f in &form.fields {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", f.name, f.value).as_bytes());
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let url = if form.url.starts_with('/') { format!("{}{}", w.stack.origin, form.url) } else { form.url.clone() };
    let ask = w.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
    ask.send().await.unwrap().status().as_u16()
}

async fn taken(w: &World, route: &str, token: &str, purpose: &str, upload: &str) -> Answer {
    w.post(&format!("{route}/taken"), token, &json!({"upload": upload, "purpose": purpose})).await
}

/// The whole way of a good file.
async fn uploaded(w: &World, route: &str, token: &str, purpose: &str, content_type: &str, file: &[u8]) -> Uploaded {
    let f: UploadForm = form(w, route, token, purpose, content_type, file.len()).await.ok();
    assert!((200..300).contains(&send(w, &f, file).await));
    taken(w, route, token, purpose, &f.upload).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_picture_when_it_is_sent_and_taken_then_everybody_sees_it_and_keeps_it() {
    let w = World::usual().await;
    let (manager, hq) = (w.staff("cd06-manager").await, w.staff("merch").await);
    let kept = uploaded(&w, STORE, &manager, "picture", "image/png", &png(640, 480)).await;
    assert!(kept.file.starts_with("/media/sto_cd06/") && kept.file.ends_with(".png"), "{}", kept.file);
    assert_eq!((kept.content_type.as_str(), kept.width, kept.height), ("image/png", 640, 480));
    let seen = w.page(&kept.file, "").await;
    assert_eq!((seen.status, seen.body.as_slice()), (200, png(640, 480).as_slice()));
    assert_eq!((seen.header("content-type"), seen.header("x-content-type-options")), ("image/png", "nosniff"));
    assert!(seen.header("cache-control").contains("immutable"));
    // The same bytes again are the same file, HQ's lie in its own folder.
    assert_eq!(uploaded(&w, STORE, &manager, "picture", "image/png", &png(640, 480)).await, kept);
    assert!(uploaded(&w, HQ, &hq, "picture", "image/png", &png(640, 480)).await.file.starts_with("/media/hq/"));
    let nothing = w.page("/media/sto_cd06/0000.png", "").await;
    assert_eq!((nothing.status, nothing.header("cache-control")), (404, ""));
    // What people sent is no page: nobody lists or reads the bucket without a signature.
    for path in ["/uploads", "/uploads/media/sto_cd06", "/media/", "/media/../private/"] {
        assert!(w.page(path, "").await.status >= 400, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_files_beyond_the_limits_when_asked_for_sent_or_taken_then_each_step_refuses_them() {
    let w = World::usual().await;
    let manager = w.staff("cd06-manager").await;
    // Asked for.
    assert!(form(&w, STORE, &manager, "picture", "image/png", 5_000_000).await.status.is_success());
    form(&w, STORE, &manager, "picture", "image/png", 5_000_001).await.refused(413, "too_large");
    assert!(form(&w, STORE, &manager, "document", "application/pdf", 10_000_000).await.status.is_success());
    form(&w, STORE, &manager, "document", "application/pdf", 10_000_001).await.refused(413, "too_large");
    assert_eq!(form(&w, STORE, &manager, "picture", "image/svg+xml", 9).await.refused(400, "bad_request")["field"], "content_type");
    assert_eq!(form(&w, STORE, &manager, "picture", "image/png", 0).await.refused(400, "bad_request")["field"], "bytes");
    form(&w, STORE, &manager, "film", "image/png", 9).await.refused(400, "bad_request");
    // Sent: the form says how large the file may be, whatever was said before.
    let f: UploadForm = form(&w, STORE, &manager, "picture", "image/png", 10).await.ok();
    let mut large = png(10, 10);
    large.resize(5_000_001, 0);
    assert!(send(&w, &f, &large).await >= 400);
    taken(&w, STORE, &manager, "picture", &f.upload).await.refused(404, "not_found");
    // Taken: the right name and type, and something else inside.
    for wrong in [b"<html><script>alert(1)</script>".to_vec(), pdf(), png(8_001, 10), png(10, 10)[..18].to_vec()] {
        let f: UploadForm = form(&w, STORE, &manager, "picture", "image/png", wrong.len()).await.ok();
        assert!((200..300).contains(&send(&w, &f, &wrong).await));
        assert_eq!(taken(&w, STORE, &manager, "picture", &f.upload).await.refused(400, "bad_request")["field"], "upload");
    }
    for bad in ["../../media/hq/a", "", "a/b", &"a".repeat(60)] {
        taken(&w, STORE, &manager, "picture", bad).await.refused(400, "bad_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_form_when_somebody_changes_it_or_it_has_ended_then_the_bucket_refuses_it() {
    let w = World::usual().await;
    let manager = w.staff("cd06-manager").await;
    let file = png(4, 4);
    let good: UploadForm = form(&w, STORE, &manager, "picture", "image/png", file.len()).await.ok();
    let changed = |name: &str, value: &str| {
        let mut f = good.clone();
        for field in f.fields.iter_mut().filter(|f| f.name == name) {
            value.clone_into(&mut field.value);
        }
        f
    };
    for (name, value) in [("key", "media/sto_sh01/a.png"), ("Content-Type", "text/html"), ("x-amz-signature", "00")] {
        assert!(send(&w, &changed(name, value), &file).await >= 400, "{name}");
    }
    let mut more = good.clone();
    more.fields.insert(0, UploadField { name: "acl".into(), value: "public-read".into() });
    assert!(send(&w, &more, &file).await >= 400, "a field that the form does not name");
    let mut unsigned = good.clone();
    unsigned.fields.retain(|f| !f.name.starts_with("x-amz") && f.name != "policy");
    assert!(send(&w, &unsigned, &file).await >= 400);
    // What a form shows of its key opens neither the engines nor the bucket.
    let v = &w.stack.variables;
    let told = serde_json::to_string(&good).unwrap();
    assert!(!told.contains(&v["AWS_ACCESS_KEY_ID"]) && !told.contains(&v["FILES_SECRET_KEY"]), "{told}");
    // The same form, made an hour ago by the same keys.
    let config = Config {
        base_url: v["FILES_URL"].clone(),
        form_url: v.get("FILES_FORM_URL").cloned(),
        bucket: v["FILES_BUCKET"].clone(),
        region: v["AWS_REGION"].clone(),
        access_key: v["FILES_ACCESS_KEY"].clone(),
        secret_key: v["FILES_SECRET_KEY"].clone(),
        session_token: None,
    };
    let files = Files::new(reqwest::Client::new(), config);
    let real = Timestamp(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap());
    let ask = FormAsk { key: "incoming/sto_cd06/0123456789", content_type: "image/png", most: 1_000, holds: 600_000 };
    let made = |at: Timestamp| {
        let f = files.form(ask, at);
        let fields = f.fields.into_iter().map(|(name, value)| UploadField { name, value }).collect();
        UploadForm { upload: "0123456789".into(), url: f.url, fields, most: 1_000, until: at }
    };
    assert!((200..300).contains(&send(&w, &made(real), &file).await));
    assert!(send(&w, &made(real.plus(-Timestamp::HOUR)), &file).await >= 400);
    // A good form works again while it holds; what was taken stays what it was.
    assert!((200..300).contains(&send(&w, &good, &file).await));
    let kept: Uploaded = taken(&w, STORE, &manager, "picture", &good.upload).await.ok();
    let twice: Uploaded = taken(&w, STORE, &manager, "picture", &good.upload).await.ok();
    assert_eq!(kept, twice);
    assert!((200..300).contains(&send(&w, &good, &png(5, 5)).await));
    assert_eq!(w.page(&kept.file, "").await.body, file);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_somebody_elses_file_when_a_store_takes_names_or_opens_it_then_it_is_not_there() {
    let w = World::usual().await;
    let (ours, theirs, hq) = (w.staff("cd06-manager").await, w.staff("sh01-manager").await, w.staff("merch").await);
    let clerk = w.staff("cd06-clerk").await;
    let sent: UploadForm = form(&w, STORE, &ours, "document", "application/pdf", pdf().len()).await.ok();
    assert!((200..300).contains(&send(&w, &sent, &pdf()).await));
    // Of a foreign store there are no forms; a foreign upload is not found in one's own.
    form(&w, STORE, &theirs, "picture", "image/png", 9).await.refused(404, "not_found");
    taken(&w, STORE, &theirs, "document", &sent.upload).await.refused(404, "not_found");
    taken(&w, "/api/v1/stores/sto_sh01/uploads", &theirs, "document", &sent.upload).await.refused(404, "not_found");
    form(&w, HQ, &ours, "picture", "image/png", 9).await.refused(403, "forbidden");
    form(&w, STORE, &clerk, "picture", "image/png", 9).await.refused(403, "forbidden");
    form(&w, STORE, "", "picture", "image/png", 9).await.refused(401, "unauthenticated");
    let paper: Uploaded = taken(&w, STORE, &ours, "document", &sent.upload).await.ok();
    assert!(paper.file.starts_with("private/sto_cd06/") && paper.file.ends_with(".pdf"));
    // A document has no address that everybody knows; it is opened for a minute by those who may.
    for path in [format!("/media/{}", paper.file), format!("/{}", paper.file), format!("/uploads/{}", paper.file)] {
        assert!(w.page(&path, "").await.status >= 400, "{path}");
    }
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let look = |path: &str, token: &str, file: &str| {
        plain.get(format!("{}{path}?file={}", w.stack.origin, percent(file))).header("authorization", format!("Bearer {token}")).send()
    };
    for (path, token) in [("/api/v1/stores/sto_cd06/documents", &ours), ("/api/v1/hq/stores/sto_cd06/documents", &hq)] {
        let answer = look(path, token, &paper.file).await.unwrap();
        assert_eq!(answer.status().as_u16(), 302, "{path}");
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let opened = plain.get(&place).send().await.unwrap();
        assert_eq!(opened.status().as_u16(), 200);
        assert!(opened.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert_eq!(opened.bytes().await.unwrap().to_vec(), pdf());
        // A link is for one file.
        let other = place.replace("/private/sto_cd06/", "/private/sto_sh01/");
        assert!(plain.get(other).send().await.unwrap().status().as_u16() >= 400);
    }
    assert_eq!(look("/api/v1/stores/sto_sh01/documents", &theirs, &paper.file).await.unwrap().status().as_u16(), 404);
    assert_eq!(look("/api/v1/stores/sto_cd06/documents", &ours, "private/sto_cd06/nothing.pdf").await.unwrap().status().as_u16(), 404);
    assert_eq!(look("/api/v1/stores/sto_cd06/documents", &ours, "incoming/sto_cd06/0123456789").await.unwrap().status().as_u16(), 404);
    assert_eq!(look("/api/v1/hq/stores/sto_cd06/documents", &ours, &paper.file).await.unwrap().status().as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_product_of_a_store_when_it_names_files_then_only_its_own_that_were_taken_are_kept() {
    let w = World::usual().await;
    let (ours, theirs) = (w.staff("cd06-manager").await, w.staff("sh01-manager").await);
    let picture = uploaded(&w, STORE, &ours, "picture", "image/png", &png(30, 20)).await;
    let paper = uploaded(&w, STORE, &ours, "document", "application/pdf", &pdf()).await;
    let foreign = uploaded(&w, "/api/v1/stores/sto_sh01/uploads", &theirs, "picture", "image/png", &png(31, 20)).await;
    let body = |image: &str, file: &str| {
        json!({
            "name": "巷口手作麻薯", "category": "snacks", "description": "当天现做。", "origin": "", "images": [image],
            "skus": [{"spec": "4 个", "price": 1600, "barcode": "", "weight_g": 200}],
            "documents": [{"kind": "食品经营许可证", "number": "JY100", "expires": "", "file": file}], "on": true, "version": 0
        })
    };
    let path = "/api/v1/stores/sto_cd06/local-products";
    let refused = |key: &'static str, b: Value| {
        let (w, ours) = (&w, &ours);
        async move { w.post_once(path, ours, key, &b).await.refused(400, "bad_request")["field"].as_str().unwrap().to_owned() }
    };
    assert_eq!(refused("local-files-0001", body(&foreign.file, &paper.file)).await, "images[0]");
    assert_eq!(refused("local-files-0002", body("/media/sto_cd06/never.png", &paper.file)).await, "images[0]");
    assert_eq!(refused("local-files-0003", body(&picture.file, "private/sto_sh01/a.pdf")).await, "documents[0].file");
    let made: LocalView = w.post_once(path, &ours, "local-files-0004", &body(&picture.file, &paper.file)).await.ok();
    assert_eq!((&made.form.images[0], &made.form.documents[0].file), (&picture.file, &paper.file));
    let page = w.page(&format!("/console/s/sto_cd06/local-products/{}", made.card.spu), &format!("ld_staff={ours}")).await;
    assert!(page.status == 200 && page.text().contains(&picture.file) && page.text().contains("添加图片"), "{}", page.text());
    assert!(page.text().contains(&format!("/api/v1/stores/sto_cd06/documents?file={}", percent(&paper.file))));
    // HQ looks at it before it says yes.
    let hq = w.staff("merch").await;
    w.call(Method::POST, &format!("{path}/{}/submit", made.card.spu), &ours, Some(&json!({"version": made.card.version}))).await.ok::<Value>();
    let page = w.page("/console/hq/local-products", &format!("ld_staff={hq}")).await;
    assert!(page.text().contains(&format!("/api/v1/hq/stores/sto_cd06/documents?file={}", percent(&paper.file))), "{}", page.text());
    // A picture of its own for HQ's goods: the store's, or HQ's, and nobody else's.
    let sku = w.sku_with(&"sto_cd06".parse().unwrap(), 5, 500).await;
    let fields = format!("/api/v1/stores/sto_cd06/listings/{sku}/fields");
    let theirs_shown = w.call(Method::PUT, &fields, &ours, Some(&json!({"picture": foreign.file, "version": 0}))).await;
    assert_eq!(theirs_shown.refused(400, "bad_request")["field"], "picture");
    let of_hq = uploaded(&w, HQ, &hq, "picture", "image/png", &png(32, 20)).await;
    for file in [&picture.file, &of_hq.file] {
        let answer = w.call(Method::PUT, &fields, &ours, Some(&json!({"picture": file, "version": 0}))).await;
        assert_ne!(answer.json["field"], "picture", "{}", answer.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_document_of_a_store_when_it_is_shown_beside_a_request_then_the_store_and_hq_are_led_to_it_and_nobody_shows_anothers() {
    const DIRECT: &str = "/api/v1/stores/sto_sh01";
    let w = World::usual().await;
    let (ours, theirs, hq) = (w.staff("sh01-manager").await, w.staff("cd06-manager").await, w.staff("merch").await);
    let mine = uploaded(&w, &format!("{DIRECT}/uploads"), &ours, "document", "application/pdf", &pdf()).await.file;
    let foreign = uploaded(&w, STORE, &theirs, "document", "application/pdf", b"%PDF-1.4\nanother\n%%EOF\n").await.file;
    let page: Assortment = w.get(&format!("{DIRECT}/assortment?taken=yes"), &ours).await.ok();
    let sku = page.rows.into_iter().find(|r| !r.mandatory).expect("goods that may go").sku;
    let ask = |file: &str| {
        let document = json!({"kind": "食品经营许可证", "number": "JY1", "expires": "2099-12-31", "file": file});
        json!({"skus": [sku], "list": false, "why": "不再经营", "documents": [document]})
    };
    let path = format!("{DIRECT}/assortment/requests");
    for file in [foreign.as_str(), "private/sto_sh01/0000.pdf", "/media/sto_sh01/0000.png"] {
        let refused = w.post(&path, &ours, &ask(file)).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "documents[0].file", "{file}: {refused}");
    }
    let asked: AskedGoods = w.post(&path, &ours, &ask(&mine)).await.ok();
    let card = asked.requests.first().expect("it waits");
    assert_eq!(card.documents[0].href, format!("/api/v1/stores/sto_sh01/documents?file={mine}"));
    let inbox: RequestList = w.get("/api/v1/hq/requests?kind=listed", &hq).await.ok();
    let seen = inbox.requests.iter().find(|r| r.request == card.request).expect("HQ sees it");
    assert_eq!(seen.documents[0].href, format!("/api/v1/hq/stores/sto_sh01/documents?file={mine}"));
    w.stack.stop().await;
}
