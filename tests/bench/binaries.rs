//! Sizes of the functions' binaries and how long each takes to start.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use serde_json::{Map, Value, json};

use crate::round;

/// Sizes of the bootstraps, and how long each takes from exec to its first question to the runtime, beside a function that does
/// nothing but make the same clients. Only when they are built (`cargo xtask build-lambda`).
pub fn binaries(root: &Path, out: &mut Map<String, Value>) {
    let mut sizes = BTreeMap::new();
    for e in std::fs::read_dir(root.join("target/lambda")).into_iter().flatten().flatten() {
        if let Ok(m) = std::fs::metadata(e.path().join("bootstrap")) {
            sizes.insert(e.file_name().to_string_lossy().into_owned(), m.len());
        }
    }
    if let Some((name, bytes)) = sizes.iter().max_by_key(|(_, b)| **b) {
        out.insert("largest_bootstrap".into(), json!({"name": name, "bytes": bytes, "of": sizes.len()}));
        let time = |name: &str| first_poll(&root.join("target/lambda").join(name).join("bootstrap"));
        if let (Some(hello), Some(place)) = (first_poll(&root.join("target/function/examples/hello")), time("order-place")) {
            out.insert("exec_to_first_poll".into(), json!({"order_place_ms": place, "hello_ms": hello, "ratio": round(place / hello)}));
        }
    }
}

/// Milliseconds from exec to the first poll of the runtime API; the best of ten.
fn first_poll(program: &Path) -> Option<f64> {
    if !program.exists() {
        return None;
    }
    let key = || liandian_partners::sign::new_ec_pair().ok().map(|(_, public)| liandian_functions::auth::listed("bench", &public));
    let (of_members, of_staff) = (key()?, key()?);
    (0..10)
        .filter_map(|_| {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").ok()?;
            let begun = Instant::now();
            let mut child = Command::new(program)
                .env_clear()
                .envs([
                    ("AWS_LAMBDA_RUNTIME_API", listener.local_addr().ok()?.to_string().as_str()),
                    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
                    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
                    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
                    ("AWS_ACCESS_KEY_ID", "x"),
                    ("AWS_SECRET_ACCESS_KEY", "x"),
                    ("AWS_REGION", "us-east-1"),
                    ("CELL_TABLE", "liandian-cell"),
                    ("HQ_TABLE", "liandian-hq"),
                    ("PUBLIC_ORIGIN", "https://shop.example"),
                    ("MEMBER_TOKEN_KEYS", &of_members),
                    ("STAFF_TOKEN_KEYS", &of_staff),
                    ("KEYS_BLIND_INDEX", "AAAA"),
                    ("KEYS_KMS_KEY", "alias/x"),
                ])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let polled = listener.accept().ok().map(|_| begun.elapsed().as_secs_f64() * 1000.0);
            let _ = child.kill();
            let _ = child.wait();
            polled
        })
        .reduce(f64::min)
        .map(round)
}
