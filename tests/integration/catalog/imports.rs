//! Tables of goods: checked, taken once whatever happens, and exported as the same.

use std::time::{Duration, Instant};

use liandian_contracts::Message;
use liandian_tests::{Answer, World};
use liandian_types::{
    Fen,
    api::{LibraryImport, LibraryImports, LibraryProduct},
};
use reqwest::Method;
use serde_json::Value;

const IMPORTS: &str = "/api/v1/hq/product-imports";
const HEAD: &str = "规格编码,商品编码,商品名称,规格,类目,品牌,条码,建议售价,最低售价\n";

async fn upload(w: &World, token: &str, file: impl Into<Vec<u8>>) -> Answer {
    let file: Vec<u8> = file.into();
    let ask = w.http.post(format!("{}{IMPORTS}", w.stack.origin)).bearer_auth(token).header("content-type", "text/csv").body(file);
    let answer = ask.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

async fn done(w: &World, token: &str, import: &LibraryImport) -> LibraryImport {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let now: LibraryImport = w.get(&format!("{IMPORTS}/{}", import.import), token).await.ok();
        if now.state == "done" {
            return now;
        }
        assert!(Instant::now() < until, "it stayed {now:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn apply(w: &World, token: &str, import: &LibraryImport) -> Answer {
    w.post(&format!("{IMPORTS}/{}/apply", import.import), token, &serde_json::json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_table_with_bad_rows_when_uploaded_then_each_is_named_and_the_others_are_taken_once_however_often_they_are_told() {
    let w = World::usual().await;
    let (merch, marketing) = (w.staff("merch").await, w.staff("marketing").await);
    let mut file = HEAD.as_bytes().to_vec();
    for i in 2..=200 {
        let row = match i {
            7 => format!("imp-{i},,牛奶{i},,dairy,yunpan,6901234567893,9.90,8\n"),
            11 => format!("imp-{i},,牛奶{i},,dairy,yunpan,,\"1,290.00\",8\n"),
            _ => format!("imp-{i},,牛奶{i},,dairy,yunpan,,9.90,8\n"),
        };
        file.extend_from_slice(row.as_bytes());
    }
    // A code that another product has.
    file.extend_from_slice("banana,stolen,香蕉,,fresh,,,9.90,8\n".as_bytes());
    let read: LibraryImport = upload(&w, &merch, file).await.ok();
    assert_eq!((read.state.as_str(), read.rows, read.products, read.fault_count), ("checked", 200, 198, 2));
    assert_eq!(read.faults.iter().map(|f| (f.line, f.column)).collect::<Vec<_>>(), [(7, 7), (11, 8)]);
    assert_eq!(w.get("/api/v1/hq/products/spu_imp-2", &merch).await.status, 404, "nothing is taken yet");
    let page = w.page(&format!("/console/hq/product-imports/{}", read.import), &format!("ld_staff={merch}")).await;
    assert!(page.text().contains("第 7 列 条码") && page.text().contains("导入这些商品"), "{}", page.text());

    apply(&w, &marketing, &read).await.refused(403, "forbidden");
    let running: LibraryImport = apply(&w, &merch, &read).await.ok();
    assert_eq!(running.state, "running");
    apply(&w, &merch, &read).await.refused(409, "conflict");
    // The same message from several sides at once.
    let told = || Message::ImportDueV1 { event: "evt_twice".parse().unwrap(), import: read.import.clone() };
    let work = |m| liandian_functions::workers::catalog::library_import(w.stack.app.clone(), m);
    let _ = futures::join!(work(told()), work(told()));
    let taken = done(&w, &merch, &read).await;
    assert_eq!((taken.created, taken.changed, taken.same, taken.refused_count), (197, 0, 0, 1), "{taken:?}");
    assert_eq!(taken.refused[0].spu.as_str(), "spu_stolen");
    let one: LibraryProduct = w.get("/api/v1/hq/products/spu_imp-2", &merch).await.ok();
    assert_eq!((one.version, one.skus[0].price), (1, Fen(990)), "once");
    let list: LibraryImports = w.get(IMPORTS, &merch).await.ok();
    assert_eq!(list.imports[0].import, read.import, "the newest first");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_export_when_imported_then_nothing_changes_and_a_changed_price_changes_that_product_alone() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let export = async || {
        let ask = w.http.get(format!("{}/api/v1/hq/products/export", w.stack.origin)).bearer_auth(&merch);
        let answer = ask.send().await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
        answer.text().await.unwrap()
    };
    let file = export().await;
    let read: LibraryImport = upload(&w, &merch, file.clone()).await.ok();
    assert_eq!((read.fault_count, read.products > 250), (0, true), "{:?}", read.faults);
    let _: LibraryImport = apply(&w, &merch, &read).await.ok();
    let taken = done(&w, &merch, &read).await;
    assert_eq!((taken.same, taken.created + taken.changed + taken.refused_count), (read.products, 0), "{taken:?}");
    assert_eq!(export().await, file);
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_lost_message_when_the_import_is_due_then_the_sweeper_drives_it() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    let read: LibraryImport = upload(&w, &merch, format!("{HEAD}sweep-1,,牛奶,,dairy,,,9.90,8\n")).await.ok();
    let _: LibraryImport = apply(&w, &merch, &read).await.ok();
    w.stack.app.clock.advance(3 * 60_000);
    w.sweep().await;
    assert_eq!(done(&w, &merch, &read).await.created, 1);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_is_no_table_when_uploaded_then_it_is_refused_or_says_what_is_missing() {
    let w = World::usual().await;
    let (merch, clerk) = (w.staff("merch").await, w.staff("sh01-clerk").await);
    upload(&w, &merch, "").await.refused(400, "bad_request");
    upload(&w, &merch, vec![b'a'; liandian_functions::routes::catalog::imports::LARGEST_FILE + 1]).await.refused(413, "too_large");
    upload(&w, &clerk, HEAD).await.refused(403, "forbidden");
    let wrong: LibraryImport = upload(&w, &merch, "颜色\n红\n").await.ok();
    assert!(wrong.fault_count > 1 && wrong.products == 0);
    apply(&w, &merch, &wrong).await.refused(409, "conflict");
    w.get(&format!("{IMPORTS}/imp_none"), &merch).await.refused(404, "not_found");
    w.post(IMPORTS, &merch, &serde_json::json!({"csv": HEAD})).await.refused(400, "bad_request");
    // A page of our own may send a table with its cookie, a form of another site may not.
    let form = w.http.request(Method::POST, format!("{}{IMPORTS}", w.stack.origin)).header("cookie", format!("ld_staff={merch}"));
    let form = form.header("content-type", "text/plain").body(HEAD).send().await.unwrap();
    assert_eq!(form.status(), 400);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_table_that_a_program_saved_in_gb18030_when_uploaded_then_it_is_read_as_it_was_meant() {
    let w = World::usual().await;
    let merch = w.staff("merch").await;
    // The head as above, and milk.
    let file: &[u8] = b"\xb9\xe6\xb8\xf1\xb1\xe0\xc2\xeb,\xc9\xcc\xc6\xb7\xb1\xe0\xc2\xeb,\xc9\xcc\xc6\xb7\xc3\xfb\xb3\xc6,\xb9\xe6\xb8\xf1,\xc0\xe0\xc4\xbf,\xc6\xb7\xc5\xc6,\xcc\xf5\xc2\xeb,\xbd\xa8\xd2\xe9\xca\xdb\xbc\xdb,\xd7\xee\xb5\xcd\xca\xdb\xbc\xdb\n\
        imp-gb-1,,\xc5\xa3\xc4\xcc,,dairy,yunpan,,9.90,8\n";
    let read: LibraryImport = upload(&w, &merch, file).await.ok();
    assert_eq!((read.rows, read.products, read.fault_count), (1, 1, 0), "{read:?}");
    let began: LibraryImport = apply(&w, &merch, &read).await.ok();
    done(&w, &merch, &began).await;
    let milk: LibraryProduct = w.get("/api/v1/hq/products/spu_imp-gb-1", &merch).await.ok();
    assert_eq!(milk.name, "牛奶");
    w.stack.stop().await;
}
