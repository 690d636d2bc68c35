//! The islands' way to the server: one fetch helper that renews the session once, and the clock.
//!
//! It compiles on the server too, where views hold handlers that never run.

use std::{cell::RefCell, rc::Rc, time::Duration};

use js_sys::Promise;
use leptos::{html, prelude::*};
use liandian_types::{Code, Problem};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

const REFRESH: &str = "/api/v1/staff/session/refresh";

/// How long an answer may take. A dead Wi-Fi would otherwise leave a page that says it is live and is not.
const PATIENCE_MS: u32 = 15_000;

thread_local! {
    // A refresh token works once: whoever needs a new session while one is being fetched waits for that one.
    static RENEWING: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

fn offline() -> Problem {
    Problem::new(Code::Unavailable, "网络连接中断，请检查网络后重试")
}

async fn send(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<(u16, String), Problem> {
    let init = request(method, body, key)?;
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.map_err(|_| offline())?;
    let answer: web_sys::Response = answer.unchecked_into();
    let text = JsFuture::from(answer.text().map_err(|_| offline())?).await.map_err(|_| offline())?;
    Ok((answer.status(), text.as_string().unwrap_or_default()))
}

fn request(method: &str, body: Option<&str>, key: Option<&str>) -> Result<web_sys::RequestInit, Problem> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_credentials(web_sys::RequestCredentials::SameOrigin);
    let headers = web_sys::Headers::new().map_err(|_| offline())?;
    headers.set("accept", "application/json").map_err(|_| offline())?;
    if let Some(body) = body {
        headers.set("content-type", "application/json").map_err(|_| offline())?;
        init.set_body(&JsValue::from_str(body));
    }
    if let Some(key) = key {
        headers.set("idempotency-key", key).map_err(|_| offline())?;
    }
    init.set_headers(&headers);
    Ok(init)
}

/// POST of a step while the page goes away: the browser sends it although nobody waits for the answer.
pub fn post_leaving(path: &str, body: Option<&str>) {
    let Ok(init) = request("POST", body, None) else { return };
    // Named by the standard, not by the bindings yet.
    let _ = js_sys::Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE);
    let sent = window().fetch_with_str_and_init(path, &init);
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(sent).await;
    });
}

/// A new pair of tokens for the refresh cookie; one request at a time.
pub async fn renew() -> bool {
    let promise = RENEWING.with_borrow_mut(|slot| {
        slot.get_or_insert_with(|| {
            wasm_bindgen_futures::future_to_promise(async {
                let good = matches!(send("POST", REFRESH, Some("{}"), None).await, Ok((200..=299, _)));
                RENEWING.set(None);
                Ok(JsValue::from_bool(good))
            })
        })
        .clone()
    });
    JsFuture::from(promise).await.ok().and_then(|v| v.as_bool()).unwrap_or(false)
}

/// The text of an answer; renews the session once.
async fn answer(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<String, Problem> {
    let (mut status, mut text) = send(method, path, body, key).await?;
    if status == 401 && path != "/api/v1/staff/session" {
        // Another tab may have renewed the shared cookie meanwhile, so it is tried again even when this renewal failed.
        renew().await;
        (status, text) = send(method, path, body, key).await?;
        if status == 401 {
            go_to_login();
        }
    }
    if !(200..300).contains(&status) {
        return Err(
            serde_json::from_str(&text).unwrap_or_else(|_| Problem::new(Code::Unavailable, format!("服务暂时没有响应（{status}），请稍后再试")))
        );
    }
    Ok(text)
}

fn unreadable() -> Problem {
    Problem::new(Code::Internal, "收到的数据无法识别，请刷新页面")
}

async fn call<T: DeserializeOwned>(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<T, Problem> {
    let text = answer(method, path, body, key).await?;
    let text = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(text).map_err(|_| unreadable())
}

/// GET.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    call("GET", path, None, None).await
}

/// GET, read by the browser: what is in every module must not bring the code that reads a whole DTO for a few of its fields.
pub async fn get_js(path: &str) -> Result<JsValue, Problem> {
    let text = answer("GET", path, None, None).await?;
    js_sys::JSON::parse(&text).map_err(|_| unreadable())
}

/// The elements of a list in such an answer; none where there is no such list.
pub fn items(of: &JsValue, name: &str) -> Vec<JsValue> {
    let list = js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().filter(JsValue::is_array);
    list.map(|l| js_sys::Array::from(&l).iter().collect()).unwrap_or_default()
}

/// A text in such an answer; empty where there is none.
pub fn word(of: &JsValue, name: &str) -> String {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().and_then(|v| v.as_string()).unwrap_or_default()
}

/// A whole number in such an answer, not below zero.
pub fn count(of: &JsValue, name: &str) -> Option<usize> {
    let number = js_sys::Reflect::get(of, &JsValue::from_str(name)).ok()?.as_f64()?;
    // A cast ends at the bounds of what it casts to.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let many = number as usize;
    Some(many)
}

/// A part of a page, which begins with `mark`; renews the session once.
pub async fn get_part(path: &str, mark: &str) -> Result<String, Problem> {
    let (mut status, mut text) = send("GET", path, None, None).await?;
    // Without a session it is the login page.
    let login = |status: u16, text: &str| status == 401 || (status == 200 && !text.starts_with(mark));
    if login(status, &text) {
        renew().await;
        (status, text) = send("GET", path, None, None).await?;
        if login(status, &text) {
            go_to_login();
        }
    }
    if status == 200 && text.starts_with(mark) { Ok(text) } else { Err(offline()) }
}

/// POST with a JSON body.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    let body = serde_json::to_string(body).map_err(|e| Problem::new(Code::Internal, e.to_string()))?;
    call("POST", path, Some(&body), None).await
}

/// POST with a JSON body that takes effect once under its key.
pub async fn post_once<T: DeserializeOwned>(path: &str, key: &str, body: &impl Serialize) -> Result<T, Problem> {
    let body = serde_json::to_string(body).map_err(|e| Problem::new(Code::Internal, e.to_string()))?;
    call("POST", path, Some(&body), Some(key)).await
}

/// PUT with a JSON body.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    let body = serde_json::to_string(body).map_err(|e| Problem::new(Code::Internal, e.to_string()))?;
    call("PUT", path, Some(&body), None).await
}

/// A key that nobody else has.
pub fn fresh_key() -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ random < 1")]
    let chance = (js_sys::Math::random() * 1e15) as u64;
    format!("desk-{:x}-{chance:x}", now())
}

/// POST of a step, its words as JSON text if it needs any.
pub async fn post_text(path: &str, body: Option<&str>) -> Result<(), Problem> {
    call::<serde::de::IgnoredAny>("POST", path, body, None).await.map(|_| ())
}

/// DELETE.
pub async fn delete(path: &str) -> Result<(), Problem> {
    call("DELETE", path, None, None).await
}

/// Leaves for another page.
pub fn go(path: &str) {
    // A browser that refuses to navigate leaves the person where they are; nothing else could be done about it.
    let _ = location().assign(path);
}

/// Shows this page anew.
pub fn reload() {
    let _ = location().reload();
}

fn go_to_login() {
    let here = location();
    let here = here.pathname().unwrap_or_default() + &here.search().unwrap_or_default();
    go(&format!("/console/login?to={}", crate::text::percent(&here)));
}

/// The browser's clock.
pub fn now() -> i64 {
    // Milliseconds since 1970 are far below 2^53, so nothing is lost.
    #[allow(clippy::cast_possible_truncation)]
    let ms = js_sys::Date::now() as i64;
    ms
}

/// Takes the keyboard to a field that is there after the next turn of the page, its text chosen.
pub fn focus_soon(field: NodeRef<html::Input>) {
    set_timeout(
        move || {
            if let Some(f) = field.get_untracked() {
                let _ = f.focus();
                f.select();
            }
        },
        Duration::from_millis(30),
    );
}

thread_local! {
    // When something last moved under people's fingers.
    static MOVED: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

/// Says that buttons have moved: for a moment a tap may have been meant for what was there before.
pub fn moved() {
    MOVED.set(now());
}

/// May a tap be taken at its word?
pub fn is_still() -> bool {
    now() - MOVED.get() > 450
}

/// Takes the keyboard to the first of these elements that is there after the next turn of the page, each named by a selector.
pub fn focus_to(selectors: Vec<String>) {
    set_timeout(
        move || {
            let found = selectors.iter().find_map(|s| document().query_selector(s).ok().flatten());
            if let Some(e) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = e.focus();
            }
        },
        Duration::from_millis(30),
    );
}

/// Does `f` when the page goes away.
pub fn on_leaving(f: impl Fn() + 'static) {
    Effect::new({
        let f = Rc::new(f);
        move |_| {
            let f = Rc::clone(&f);
            let listener = window_event_listener(leptos::ev::Custom::<web_sys::Event>::new("pagehide"), move |_| f());
            on_cleanup(move || listener.remove());
        }
    });
}

/// A tone that is heard across a shop. The first one needs a tap on the page before: browsers are silent until then.
pub fn beep() {
    thread_local! {
        static AUDIO: RefCell<Option<web_sys::AudioContext>> = const { RefCell::new(None) };
    }
    let tone = |audio: &web_sys::AudioContext| -> Result<(), JsValue> {
        let _ = audio.resume()?;
        let (tone, volume) = (audio.create_oscillator()?, audio.create_gain()?);
        volume.gain().set_value(0.25);
        tone.frequency().set_value(880.0);
        tone.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&audio.destination())?;
        let at = audio.current_time();
        tone.frequency().set_value_at_time(660.0, at + 0.18)?;
        tone.start()?;
        tone.stop_with_when(at + 0.4)
    };
    AUDIO.with_borrow_mut(|held| {
        if held.is_none() {
            *held = web_sys::AudioContext::new().ok();
        }
        // Without sound the page still shows what it has to say.
        let _ = held.as_ref().map(tone);
    });
}

/// Keys that come where nobody types belong to the field that a scanner writes into.
pub fn keys_go_to(field: NodeRef<html::Input>) {
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |e| {
            let plain = e.key().chars().count() == 1 && e.key() != " " && !e.ctrl_key() && !e.meta_key() && !e.alt_key();
            let nowhere = document().active_element().is_none_or(|a| !matches!(a.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"));
            if plain
                && nowhere
                && let Some(f) = field.get_untracked()
            {
                let _ = f.focus();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Tells a scanner from fingers: it types a whole code faster than anybody can, and Enter after it.
#[derive(Clone, Copy)]
pub struct Burst(StoredValue<(i64, String, String)>);

impl Burst {
    /// How many milliseconds may lie between two keys of a scanner.
    const GAP: i64 = 80;

    /// Nothing typed yet.
    pub fn new() -> Self {
        Self(StoredValue::new((0, String::new(), String::new())))
    }

    /// A key went down in a field that holds `value`. When it ends a scan: the code, and what the field held before it.
    pub fn key(self, e: &web_sys::KeyboardEvent, value: &str) -> Option<(String, String)> {
        let (key, at) = (e.key(), now());
        let mut ended = None;
        self.0.update_value(|(last, code, before)| {
            if at - *last > Self::GAP {
                code.clear();
                value.clone_into(before);
            }
            if key.chars().count() == 1 {
                code.push_str(&key);
                *last = at;
            } else if key == "Enter" && code.chars().count() >= 6 {
                ended = Some((std::mem::take(code), std::mem::take(before)));
            }
        });
        ended
    }
}

/// Chooses all of a field's text: what is typed next replaces it.
pub fn select_all(e: &web_sys::Event) {
    if let Some(field) = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        field.select();
    }
}

/// Is a table that was read as UTF-8 one in another encoding, rather than one with a row in it that is wrong? The names of its columns cannot be read,
/// or several lines cannot and every line with Chinese is among them.
fn is_otherwise(text: &str) -> bool {
    let lost = |line: &&str| line.contains('\u{fffd}');
    let mut lines = text.lines();
    let names = lines.next().is_some_and(|first| lost(&first));
    let (bad, good): (Vec<&str>, Vec<&str>) = lines.filter(|l| !l.is_ascii()).partition(lost);
    names || (good.is_empty() && bad.len() > 1)
}

/// A file's text in GB18030, in which Excel saves tables in China; `None` when it is none.
async fn gb18030(file: &JsValue) -> Option<String> {
    let of = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &JsValue::from_str(name)).ok();
    let read = of(file, "arrayBuffer")?.dyn_into::<js_sys::Function>().ok()?;
    let read = read.call0(file).ok()?.dyn_into::<js_sys::Promise>().ok()?;
    let bytes = JsFuture::from(read).await.ok()?;
    let strict = js_sys::Object::new();
    js_sys::Reflect::set(&strict, &JsValue::from_str("fatal"), &JsValue::TRUE).ok()?;
    let decoder = of(&js_sys::global(), "TextDecoder")?.dyn_into::<js_sys::Function>().ok()?;
    let decoder = js_sys::Reflect::construct(&decoder, &js_sys::Array::of2(&JsValue::from_str("gb18030"), &strict)).ok()?;
    let decode = of(&decoder, "decode")?.dyn_into::<js_sys::Function>().ok()?;
    decode.call1(&decoder, &bytes).ok()?.as_string()
}

/// The name and the text of the file that somebody has chosen in a field, also of a table in GB18030; what is neither that nor UTF-8 shows as U+FFFD.
pub async fn file_text(e: web_sys::Event) -> Option<(String, String)> {
    let files = js_sys::Reflect::get(e.target()?.as_ref(), &JsValue::from_str("files")).ok()?;
    let file = js_sys::Reflect::get_u32(&files, 0).ok().filter(JsValue::is_object)?;
    let read = js_sys::Reflect::get(&file, &JsValue::from_str("text")).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let text = read.call0(&file).ok()?.dyn_into::<js_sys::Promise>().ok()?;
    let text = JsFuture::from(text).await.ok()?.as_string()?;
    let other = if is_otherwise(&text) { gb18030(&file).await } else { None };
    Some((word(&file, "name"), other.unwrap_or(text)))
}

/// Puts a text where it can be pasted from; browsers without that leave it to the person.
pub fn copy(text: &str) {
    let of = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &JsValue::from_str(name)).ok();
    let board = of(&js_sys::global(), "navigator").and_then(|n| of(&n, "clipboard")).filter(JsValue::is_object);
    let write = board.as_ref().and_then(|b| of(b, "writeText")).and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    if let (Some(board), Some(write)) = (board, write) {
        let _ = write.call1(&board, &JsValue::from_str(text));
    }
}

/// Where this page comes from, as a link to another of its pages begins.
pub fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// Shows the page as it is now.
pub fn again() {
    let _ = location().reload();
}

/// A short note that outlives a page but not its tab.
pub fn note(key: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(key).ok()?
}

/// Leaves such a note.
pub fn set_note(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        // A full or forbidden storage only costs the convenience that the note is for.
        let _ = storage.set_item(key, value);
    }
}

/// What was typed on this device and is not done with, under a name.
pub fn draft<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = window().local_storage().ok()??.get_item(name).ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps such a draft.
pub fn keep_draft(name: &str, value: &impl Serialize) {
    if let (Ok(Some(storage)), Ok(text)) = (window().local_storage(), serde_json::to_string(value)) {
        // A full or forbidden storage only costs the convenience that the draft is for.
        let _ = storage.set_item(name, &text);
    }
}

/// Forgets it.
pub fn drop_draft(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(name);
    }
}

/// POST of a table, as it lies on the device: its bytes, whatever they are. It may take longer than a step.
pub async fn post_table<T: DeserializeOwned>(path: &str, file: &web_sys::File) -> Result<T, Problem> {
    let send = || async {
        let init = request("POST", None, None)?;
        let headers = web_sys::Headers::new().map_err(|_| offline())?;
        headers.set("accept", "application/json").map_err(|_| offline())?;
        headers.set("content-type", "text/csv").map_err(|_| offline())?;
        init.set_headers(&headers);
        init.set_body(file.as_ref());
        init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(4 * PATIENCE_MS)));
        let answer = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.map_err(|_| offline())?;
        let answer: web_sys::Response = answer.unchecked_into();
        let text = JsFuture::from(answer.text().map_err(|_| offline())?).await.map_err(|_| offline())?;
        Ok::<_, Problem>((answer.status(), text.as_string().unwrap_or_default()))
    };
    let (mut status, mut text) = send().await?;
    if status == 401 {
        renew().await;
        (status, text) = send().await?;
        if status == 401 {
            go_to_login();
        }
    }
    if (200..300).contains(&status) {
        serde_json::from_str(&text).map_err(|_| unreadable())
    } else {
        Err(serde_json::from_str(&text).unwrap_or_else(|_| Problem::new(Code::Unavailable, format!("服务暂时没有响应（{status}），请稍后再试"))))
    }
}

/// The values of the boxes of this class that are ticked on the page.
pub fn ticked(class: &str) -> Vec<String> {
    let Ok(found) = document().query_selector_all(&format!("input.{class}:checked")) else { return Vec::new() };
    let boxes = (0..found.length()).filter_map(|i| found.item(i)?.dyn_into::<web_sys::HtmlInputElement>().ok());
    boxes.map(|b| b.value()).collect()
}

/// While `unsaved` says so, the browser asks before the page goes away.
pub fn ask_before_leaving(unsaved: impl Fn() -> bool + 'static) {
    Effect::new({
        let unsaved = Rc::new(unsaved);
        move |_| {
            let unsaved = Rc::clone(&unsaved);
            let listener = window_event_listener(leptos::ev::Custom::<web_sys::Event>::new("beforeunload"), move |e| {
                if unsaved() {
                    e.prevent_default();
                }
            });
            on_cleanup(move || listener.remove());
        }
    });
}

/// From now on a panic is shown to the person, with a way on, and told to the server: the page's loader does both. It is given the place in the
/// sources and nothing else; a panic's words may hold what somebody typed.
#[cfg(feature = "hydrate")]
pub fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map_or_else(String::new, |l| {
            let file: Vec<&str> = l.file().rsplit(['/', '\\']).take(3).collect();
            format!("{}:{}:{}", file.into_iter().rev().collect::<Vec<_>>().join("/"), l.line(), l.column())
        });
        let tell = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("liandianFault"));
        if let Some(tell) = tell.ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok()) {
            let _ = tell.call1(&JsValue::NULL, &JsValue::from_str(&at));
        }
    }));
}

/// Sends a form with a file; `told` hears in percent how far it is.
async fn send_form(form: &liandian_types::api::UploadForm, file: &web_sys::File, told: impl Fn(u32) + 'static) -> Result<(), Problem> {
    let body = web_sys::FormData::new().map_err(|_| offline())?;
    for f in &form.fields {
        body.append_with_str(&f.name, &f.value).map_err(|_| offline())?;
    }
    body.append_with_blob("file", file).map_err(|_| offline())?;
    // `fetch` tells nothing of what is on its way.
    let request = web_sys::XmlHttpRequest::new().map_err(|_| offline())?;
    request.open_with_async("POST", &form.url, true).map_err(|_| offline())?;
    request.set_timeout(8 * PATIENCE_MS);
    let progress = Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |e: web_sys::ProgressEvent| {
        if e.length_computable() && e.total() > 0.0 {
            // A cast ends at the bounds of what it casts to.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let percent = (e.loaded() * 100.0 / e.total()) as u32;
            told(percent.min(100));
        }
    });
    if let Ok(way) = request.upload() {
        way.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&body)).map_err(|_| offline())?;
    let waited = JsFuture::from(ended).await;
    drop(progress);
    waited.map_err(|_| offline())?;
    match request.status().unwrap_or(0) {
        200..=299 => Ok(()),
        0 => Err(offline()),
        status => {
            // The bucket answers in XML, of which the code is enough.
            let answer = request.response_text().ok().flatten().unwrap_or_default();
            let why = if answer.contains("EntityTooLarge") {
                format!("文件不能超过 {} MB", form.most / 1_000_000)
            } else if status == 403 || answer.contains("expired") {
                "上传已过期，请重新选择文件".to_owned()
            } else {
                format!("文件没有上传成功（{status}），请稍后再试")
            };
            Err(Problem::new(Code::BadRequest, why))
        }
    }
}

/// Uploads a file: asks `route` for a form, sends it, and has it looked at.
pub async fn upload(
    route: &str,
    purpose: liandian_types::UploadPurpose,
    file: &web_sys::File,
    told: impl Fn(u32) + 'static,
) -> Result<liandian_types::api::Uploaded, Problem> {
    let size = file.size();
    if size > f64::from(purpose.most_bytes()) {
        return Err(Problem::new(Code::TooLarge, format!("“{}”超过 {} MB", file.name(), purpose.most_bytes() / 1_000_000)));
    }
    // Checked above to be below what it is cast to.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = size as u32;
    let ask = liandian_types::api::UploadAsk { purpose, content_type: file.type_(), bytes };
    let form: liandian_types::api::UploadForm = post(route, &ask).await?;
    send_form(&form, file, told).await?;
    let sent = liandian_types::api::UploadSent { upload: form.upload, purpose };
    post(&format!("{route}/taken"), &sent).await
}

/// The files of a list.
pub fn files_of(list: Option<web_sys::FileList>) -> Vec<web_sys::File> {
    list.map(|l| (0..l.length()).filter_map(|i| l.item(i)).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_table_when_its_names_or_all_its_chinese_cannot_be_read_then_it_is_in_another_encoding() {
        assert!(is_otherwise("\u{fffd}\u{fffd},name\na,b\n"), "the names of the columns");
        assert!(is_otherwise("id,name\na,\u{fffd}\nb,c\nd,\u{fffd}\n"), "every line with Chinese");
        assert!(!is_otherwise("id,name\na,酱油\nb,\u{fffd}\nc,\u{fffd}\n"), "rows that were pasted");
        assert!(!is_otherwise("id,name\na,\u{fffd}\n") && !is_otherwise("") && !is_otherwise("编码,名称\na,酱油\n"));
    }
}
