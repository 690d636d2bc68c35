//! Do templates, zips and code agree? The stacks as they go to the cloud, deployed into a second engine (ministack) on this
//! machine, and an order placed there through the HTTP API.
//!
//! It is a check, not a home: slow, forgetful, and lenient where AWS is not. What it must not become is a copy of the integration
//! tests: it proves the deployment, and one order through all of it.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::{
    lambda,
    routes::{self, Routes},
    sam,
    tools::{self, say},
};

const STAGE: &str = "check";
/// The engine knows one partition only (`aws`, whatever the region): what China needs, the linters and sam.rs's tests see to.
const REGION: &str = "cn-north-1";
const BUCKET: &str = "liandian-artifacts";
/// How long the views may take to follow the stream of the whole seed and the order after it.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(600);
/// Lambda's limit for all variables of a function together.
const ENVIRONMENT: usize = 4096;

/// Deploys everything, seeds the demo chain, places an order, looks at the reservation and at what the stream made of it.
///
/// # Errors
/// The first thing that does not agree.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let routes = routes::read(root)?;
    let missing: Vec<&str> = routes.functions.iter().map(|f| f.name.as_str()).filter(|n| !lambda::bootstrap(root, n).exists()).collect();
    ensure!(missing.is_empty(), "build the functions first (`cargo xtask build-lambda`): {}", missing.join(", "));
    say("编译种子工具", "Building the seeder", "6 min");
    tools::run(tools::cargo(root).args(["build", "--workspace", "--bin", "liandian-local"]))?;

    let keys = keys(root)?;
    let cloud = stacks(root, &routes, &keys)?;
    let sample = seed(root, &cloud, &keys)?;
    place_an_order(&cloud, &sample)
}

/// Starts the engine and deploys all stacks; what they made is compared with the list.
///
/// # Errors
/// What the engine refused; what is missing.
pub fn stacks(root: &Path, routes: &Routes, keys: &Value) -> anyhow::Result<Cloud> {
    let named = |name: &str| keys[name].as_str().filter(|v| !v.is_empty()).with_context(|| format!("the keys have no {name}"));
    let cloud = Cloud::start(root, "deploy-check")?;
    let place = format!("<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>");
    let made = cloud.request("s3", "PUT", &format!("/{BUCKET}"), "localhost", &[], &place)?;
    ensure!(made.status == 200, "no bucket for the zips: {}", made.body);
    for (purpose, names) in sam::secrets(routes) {
        let secret: BTreeMap<&str, &str> = names.iter().map(|name| Ok::<_, anyhow::Error>((*name, named(name)?))).collect::<anyhow::Result<_>>()?;
        let text = serde_json::to_string(&secret)?;
        let name = format!("{STAGE}/liandian/{purpose}");
        cloud.rpc("secretsmanager", "secretsmanager.CreateSecret", &json!({"Name": name, "SecretString": text}))?;
    }
    let token_keys = format!("MemberTokenKeys={} StaffTokenKeys={}", named("MEMBER_TOKEN_KEYS")?, named("STAFF_TOKEN_KEYS")?);
    cloud.deploy(root, &token_keys)?;
    cloud.compare(routes)?;
    Ok(cloud)
}

// ------------------------------------------------------------------ what the local stack's program gives

/// The keys of this machine, as the cell's secrets and parameters hold them: a JSON object of variables.
fn keys(root: &Path) -> anyhow::Result<Value> {
    local(root, &["keys"], &BTreeMap::new())
}

/// Writes the demo chain into the deployed tables, with names sealed by the deployed KMS key. Answers with a store that has goods
/// and a member's session token: `{"store": …, "token": …}`.
fn seed(root: &Path, cloud: &Cloud, keys: &Value) -> anyhow::Result<Value> {
    say("写入演示连锁", "Writing the demo chain", "30 s");
    let key = cloud.rpc("kms", "TrentService.DescribeKey", &json!({"KeyId": format!("alias/{STAGE}-liandian-person")}))?;
    let mut vars: BTreeMap<String, String> = cloud.variables();
    vars.extend(keys.as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))));
    // The seeder serves nobody, but every configuration names where the shop is.
    vars.insert("PUBLIC_ORIGIN".into(), "https://shop.example".into());
    vars.insert("CELL_TABLE".into(), format!("{STAGE}-liandian-cell"));
    vars.insert("HQ_TABLE".into(), format!("{STAGE}-liandian-hq"));
    vars.insert("KEYS_KMS_KEY".into(), key["KeyMetadata"]["Arn"].as_str().context("the stacks made no KMS key")?.to_owned());
    local(root, &["seed"], &vars)
}

/// Runs `liandian-local` with these variables; the last line that it prints is JSON.
fn local(root: &Path, args: &[&str], vars: &BTreeMap<String, String>) -> anyhow::Result<Value> {
    let data = root.join("target/deploy-check/data");
    std::fs::create_dir_all(&data)?;
    let mut c = Command::new(root.join("target/debug/liandian-local"));
    let out = c.args(args).arg("--data").arg(&data).envs(vars).stderr(Stdio::inherit()).output().context("cannot start liandian-local")?;
    let text = String::from_utf8_lossy(&out.stdout);
    ensure!(out.status.success(), "liandian-local {} failed ({}): {text}", args.join(" "), out.status);
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("liandian-local {} printed no JSON: {text}", args.join(" ")))
}

// ------------------------------------------------------------------ an order

fn place_an_order(cloud: &Cloud, sample: &Value) -> anyhow::Result<()> {
    say("通过 HTTP API 下单", "Placing an order through the HTTP API", "5 s");
    let store = sample["store"].as_str().context("the seed names no store")?;
    let token = sample["token"].as_str().context("the seed gives no token")?;
    let shelf = store.replacen("sto_", "loc_", 1);

    let page = cloud.api("GET", &format!("/api/v1/stores/{store}/listings"), &[], None)?.expect(200)?;
    let item = page["items"].as_array().into_iter().flatten().find(|i| i["available"].as_i64().is_some_and(|n| n > 0));
    let sku = item.and_then(|i| i["sku"].as_str()).with_context(|| format!("store {store} has nothing to sell: {page}"))?.to_owned();
    let reserved = |pk: &str, sk: &str| -> anyhow::Result<i64> {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let row = cloud.rpc("dynamodb", "DynamoDB_20120810.GetItem", &json!({"TableName": format!("{STAGE}-liandian-cell"), "Key": key}))?;
        Ok(row["Item"]["reserved"]["N"].as_str().and_then(|n| n.parse().ok()).unwrap_or(0))
    };
    let (stock_pk, stock_sk) = (format!("LOC#{shelf}"), format!("SKU#{sku}"));
    let before = reserved(&stock_pk, &stock_sk)?;

    let lines = json!([{"sku": sku, "quantity": 1}]);
    let quote = json!({"store": store, "lines": lines, "fulfilment": "pickup"});
    let quote = cloud.api("POST", "/api/v1/quotes", &[], Some(&quote))?.expect(200)?;
    ensure!(quote["refusal"].is_null(), "the quote refuses: {}", quote["refusal"]);
    let order = json!({"store": store, "lines": lines, "fulfilment": "pickup", "expect_total": quote["total"]});
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "deploy-check-1")];
    let placed = cloud.api("POST", "/api/v1/orders", &headers, Some(&order))?.expect(201)?;
    let again = cloud.api("POST", "/api/v1/orders", &headers, Some(&order))?.expect(201)?;
    ensure!(placed["order"].is_string() && placed["order"] == again["order"], "the same key placed two orders: {placed}, {again}");
    let after = reserved(&stock_pk, &stock_sk)?;
    ensure!(after == before + 1, "{stock_pk} {stock_sk}: {before} reserved before the order, {after} after it");

    // The stream: its filter, the mapping, the worker and its rights. Every row of the seed is before ours, and the engine hands over a
    // hundred at a time, one function after the other.
    say("等待视图跟上变更流", "Waiting until the view has followed the stream of the whole seed", "5 min");
    let (view_pk, view_sk) = (format!("SKUSTOCK#{sku}"), format!("AT#{shelf}"));
    let until = Instant::now() + FOLLOWS_WITHIN;
    while reserved(&view_pk, &view_sk)? != after {
        ensure!(
            Instant::now() < until,
            "the view {view_pk} {view_sk} did not follow the stream within {} minutes; the engine's log: {}",
            FOLLOWS_WITHIN.as_secs() / 60,
            cloud.log.display()
        );
        std::thread::sleep(Duration::from_millis(500));
    }
    let home = cloud.request("execute-api", "GET", "/", &cloud.api_host()?, &[], "")?;
    ensure!(home.status == 200, "the shop's page answers {}: {}", home.status, home.body);
    println!("  订单 {} 已下单，库存预占 {before} → {after}，视图已跟上；重复提交只有一单", placed["order"]);
    Ok(())
}

// ------------------------------------------------------------------ the engine

/// A running ministack; ends with this value.
pub struct Cloud {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // Asked, it ends the functions that it started.
        tools::end(&mut self.child, "-TERM");
    }
}

/// What a server answered.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Text.
    pub body: String,
}

impl Answer {
    /// The JSON of an answer with this status.
    ///
    /// # Errors
    /// Another status, or no JSON.
    pub fn expect(&self, status: u16) -> anyhow::Result<Value> {
        ensure!(self.status == status, "status {} where {status} was expected: {}", self.status, self.body);
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {}", self.body))
    }
}

impl Cloud {
    /// Starts the engine, empty; it logs into this folder below `target`.
    ///
    /// # Errors
    /// Python or PyPI cannot be had; it does not start.
    pub fn start(root: &Path, folder: &str) -> anyhow::Result<Self> {
        let program = sam::ministack()?;
        let folder = root.join("target").join(folder);
        std::fs::create_dir_all(&folder)?;
        let log = folder.join("ministack.log");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = std::fs::File::create(&log)?;
        let child = Command::new(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("MINISTACK_REGION", REGION)
            .env("AWS_DEFAULT_REGION", REGION)
            // Functions inherit it: their SDK clients come back to this engine.
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("cannot start ministack")?;
        let cloud = Self { child, port, log };
        let until = Instant::now() + Duration::from_secs(30);
        while !cloud.request("", "GET", "/_ministack/health", "localhost", &[], "").is_ok_and(|a| a.status == 200) {
            ensure!(Instant::now() < until, "ministack does not start; its log: {}", cloud.log.display());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(cloud)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The variables that an SDK needs to reach it.
    fn variables(&self) -> BTreeMap<String, String> {
        [
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ]
        .map(|(k, v)| (k.to_owned(), v))
        .into()
    }

    /// All stacks: data, queues and edge one after the other, then the contexts.
    fn deploy(&self, root: &Path, token_keys: &str) -> anyhow::Result<()> {
        say("部署全部 stack", "Deploying all stacks", "2 min");
        let tools = sam::Tools::ensure()?;
        // The engine unpacks zips anywhere, not into /var/task.
        let site = root.join("target/lambda/shop/site");
        let parameters =
            format!("Stage={STAGE} PublicOrigin=https://shop.check.test DeletionProtection=false SiteRoot={} {token_keys}", site.display());
        for (name, file) in sam::templates(root)? {
            let started = Instant::now();
            let log = root.join("target/deploy-check").join(format!("{name}.log"));
            let out = std::fs::File::create(&log)?;
            let status = tools
                .sam()
                .envs(self.variables())
                .args(["deploy", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar", "--capabilities", "CAPABILITY_IAM"])
                .args(["--region", REGION, "--s3-bucket", BUCKET, "--s3-prefix", &name, "--stack-name", &format!("{STAGE}-liandian-{name}")])
                .arg("--template-file")
                .arg(&file)
                .args(["--parameter-overrides", &parameters])
                .current_dir(root)
                .stdout(out.try_clone()?)
                .stderr(out)
                .status()?;
            if !status.success() {
                bail!("stack {name}: {status}; {}\n{}", log.display(), std::fs::read_to_string(&log).unwrap_or_default());
            }
            println!("  {name:<12} {:>5.1} 秒", started.elapsed().as_secs_f64());
        }
        Ok(())
    }

    /// Every function, route, mapping and queue of the list is there, and no function's variables are too long.
    fn compare(&self, routes: &Routes) -> anyhow::Result<()> {
        let mut largest = (0, "");
        for f in &routes.functions {
            let path = format!("/2015-03-31/functions/{STAGE}-liandian-{}/configuration", f.name);
            let c = self.request("lambda", "GET", &path, "localhost", &[], "")?.expect(200).with_context(|| f.name.clone())?;
            let vars = c["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
            let size: usize = vars.iter().map(|(k, v)| k.len() + v.as_str().unwrap_or_default().len()).sum();
            ensure!(size < ENVIRONMENT, "{}: {size} bytes of variables, Lambda takes {ENVIRONMENT}", f.name);
            largest = largest.max((size, &f.name));
            for (k, v) in &vars {
                let v = v.as_str().unwrap_or_default();
                ensure!(!v.contains("{{resolve:") && !v.contains("PRIVATE KEY"), "{}: {k} is a secret in plain sight", f.name);
                // Lambda refuses a function that sets these.
                ensure!(!k.starts_with("AWS_"), "{}: {k} is Lambda's own", f.name);
            }
        }
        let api = self.api_id()?;
        let there = self.request("apigateway", "GET", &format!("/v2/apis/{api}/routes"), "localhost", &[], "")?.expect(200)?;
        let there: Vec<&str> = there["items"].as_array().into_iter().flatten().filter_map(|r| r["routeKey"].as_str()).collect();
        for f in routes.functions.iter().filter(|f| f.path.is_some()) {
            for key in sam::route_keys(f.method.as_deref().unwrap_or("ANY"), f.path.as_deref().unwrap_or_default()) {
                ensure!(there.contains(&key.as_str()), "the API has no route {key}");
            }
        }
        let sources = self.request("lambda", "GET", "/2015-03-31/event-source-mappings/", "localhost", &[], "")?.expect(200)?;
        let sources = sources["EventSourceMappings"].as_array().cloned().unwrap_or_default();
        for f in routes.functions.iter().filter(|f| f.queue.is_some() || f.follows()) {
            let name = format!("{STAGE}-liandian-{}", f.name);
            let its = |s: &&Value| s["FunctionArn"].as_str().is_some_and(|a| a.ends_with(&format!(":{name}")));
            let found: Vec<&Value> = sources.iter().filter(its).collect();
            let expected = f.streams().count() + usize::from(f.queue.is_some());
            ensure!(found.len() == expected, "{} event sources invoke {}, the list says {expected}", found.len(), f.name);
            let mut filters = 0;
            for source in found {
                ensure!(source["State"] == "Enabled", "a source of {} is {}", f.name, source["State"]);
                ensure!(source["FunctionResponseTypes"][0] == "ReportBatchItemFailures", "{} cannot fail in part", f.name);
                filters += source["FilterCriteria"]["Filters"].as_array().map_or(0, Vec::len);
            }
            let wanted = f.stream.len() + f.hq_stream.len();
            ensure!(filters == wanted, "{} has {filters} filters, the list says {:?} and {:?}", f.name, f.stream, f.hq_stream);
        }
        println!(
            "  {} 个函数、{} 条路由、{} 个事件源与清单一致；环境变量最大 {} 字节（{}，上限 {ENVIRONMENT}）",
            routes.functions.len(),
            there.len(),
            sources.len(),
            largest.0,
            largest.1
        );
        Ok(())
    }

    fn api_id(&self) -> anyhow::Result<String> {
        let apis = self.request("apigateway", "GET", "/v2/apis", "localhost", &[], "")?.expect(200)?;
        let api = apis["items"].as_array().into_iter().flatten().find(|a| a["name"] == format!("{STAGE}-liandian"));
        Ok(api.and_then(|a| a["apiId"].as_str()).context("the stacks made no API")?.to_owned())
    }

    fn api_host(&self) -> anyhow::Result<String> {
        Ok(format!("{}.execute-api.localhost", self.api_id()?))
    }

    /// A call of the product's API.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn api(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> anyhow::Result<Answer> {
        self.request("execute-api", method, path, &self.api_host()?, headers, &body.map(Value::to_string).unwrap_or_default())
    }

    /// A call of an AWS service that speaks JSON by targets.
    fn rpc(&self, service: &str, target: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.request(service, "POST", "/", "localhost", &[("x-amz-target", target)], &body.to_string())?;
        answer.expect(200).with_context(|| target.to_owned())
    }

    /// HTTP 1.0, one connection a request: no chunks, no keeping alive, nothing to depend on.
    fn request(&self, service: &str, method: &str, path: &str, host: &str, headers: &[(&str, &str)], body: &str) -> anyhow::Result<Answer> {
        let mut s = TcpStream::connect(("127.0.0.1", self.port))?;
        s.set_read_timeout(Some(Duration::from_secs(40)))?;
        let kind = if headers.iter().any(|(k, _)| *k == "x-amz-target") { "application/x-amz-json-1.0" } else { "application/json" };
        let mut head =
            format!("{method} {path} HTTP/1.0\r\nhost: {host}:{}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n", self.port, body.len());
        if !service.is_empty() && !headers.iter().any(|(k, _)| *k == "authorization") && service != "execute-api" {
            // The engine looks at the scope only; nothing here is signed.
            head += &format!(
                "authorization: AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n"
            );
        }
        for (k, v) in headers {
            head += &format!("{k}: {v}\r\n");
        }
        s.write_all(format!("{head}\r\n{body}").as_bytes())?;
        let mut bytes = Vec::new();
        s.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").context("no HTTP answer")?;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).with_context(|| format!("no status: {head}"))?;
        Ok(Answer { status, body: body.to_owned() })
    }
}
