//! SAM templates: what repeats, from `infra/routes.toml` (one stack per context, one for the queues), and the linters over all
//! templates. Written by hand, beside the generated ones: `infra/aws/data.yaml` and `infra/aws/edge.yaml`. The API's stage comes last of all: it
//! limits routes by name, and they must be there.
//!
//! What must not live here: what one function alone needs. A right or a variable follows from the row's fields, or the row says it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::{
    routes::{Access, Function, Queue, Routes},
    tools::{Venv, home, run, say},
};

/// Where the generated templates lie, below the root.
pub const GENERATED: &str = "infra/aws/generated";

/// Regions that the templates must be right for: both of China, and one of the standard partition.
pub const REGIONS: [&str; 3] = ["cn-north-1", "cn-northwest-1", "ap-southeast-1"];

/// Stacks that are no context.
const STACKS: [&str; 4] = ["data", "queues", "edge", "stage"];

/// Requests a second that a route without a `rate` may have: the stage's default.
const RATE: u32 = 100;

/// Requests a second that the routes that customers reach may have together: below what an account has (10,000), so that no crowd takes what
/// staff and partners need.
const CROWD: u32 = 8_000;

/// HTTP APIs give up after 30 s.
const API_TIMEOUT: u32 = 29;

/// Events of every stream record go here when all tries failed.
const FAILED: &str = "failed";

/// The bucket of pictures and documents, as `edge.yaml` names it.
const BUCKET: &str = "${Stage}-liandian-pictures-${AWS::AccountId}-${AWS::Region}";

const MARK: &str = "# Generated from infra/routes.toml by `cargo xtask generate`: do not edit.\n";

/// The contexts, in the order of their names.
pub fn contexts(routes: &Routes) -> BTreeSet<&str> {
    routes.functions.iter().map(|f| f.context.as_str()).collect()
}

/// The generated templates.
pub fn files(routes: &Routes) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    for f in &routes.functions {
        check(f, routes)?;
    }
    let at = |name: &str| Path::new(GENERATED).join(format!("{name}.yaml"));
    let of_customers = |f: &&Function| f.path.is_some() && f.context != "staff" && matches!(f.permission.as_deref(), Some("public" | "member"));
    let crowd: u32 = routes.functions.iter().filter(of_customers).map(|f| f.rate.unwrap_or(RATE)).sum();
    ensure!(crowd <= CROWD, "customers' routes may have {crowd} requests a second together, {CROWD} are the most");
    let mut all = BTreeMap::from([(at("queues"), queues(routes)), (at("stage"), stage(routes))]);
    for context in contexts(routes) {
        ensure!(!STACKS.contains(&context), "a context cannot be called {context}");
        let rows: Vec<&Function> = routes.functions.iter().filter(|f| f.context == context).collect();
        all.insert(at(context), stack(context, &rows, routes));
    }
    Ok(all)
}

/// What a deployment would find out too late.
fn check(f: &Function, routes: &Routes) -> anyhow::Result<()> {
    let name = &f.name;
    ensure!(f.path.is_none() || f.timeout <= API_TIMEOUT, "{name}: an HTTP API waits {API_TIMEOUT} s at most");
    if let Some(q) = f.queue.as_ref().and_then(|q| routes.queues.iter().find(|known| known.name == *q)) {
        ensure!(q.visibility >= f.timeout, "{name}: queue {} shows a message again while the function still works on it", q.name);
        ensure!(f.reserved.is_none_or(|n| n >= q.concurrency), "{name}: queue {} starts more workers than are kept for it", q.name);
    }
    if f.path.is_some() && !f.is_page() {
        ensure!(!f.counts() || f.cell == Access::Write, "{name}: what is shared or wrong is counted in the cell table: cell = \"write\"");
        let rates = |names: &[String]| names.is_empty() || names.iter().any(|n| n == "RATE#*");
        ensure!(!f.counts() || rates(&f.partitions.cell), "{name}: what is shared or wrong is counted in the partitions RATE#*");
        ensure!(f.scope() != "store" || f.hq != Access::None, "{name}: the scope of regional staff is looked up in the HQ table: hq = \"read\"");
    }
    if f.permission.as_deref() == Some("member") {
        ensure!(f.cell != Access::None, "{name}: whether a member's session was ended is looked up in the cell table: cell = \"read\"");
    }
    ensure!(!f.makes_persons || f.partners.iter().any(|p| p == "keys"), "{name}: who makes persons needs their keys: partners = [\"keys\"]");
    ensure!(f.rate.is_none() || f.path.is_some(), "{name}: only a route has a rate");
    for p in &f.partners {
        ensure!(partner(p).is_some(), "{name}: there is no partner {p}");
    }
    Ok(())
}

/// Secrets of a cell by purpose (`<stage>/liandian/<purpose>` in the store of secrets) with the variables that each holds. A function's role reads
/// those of its partners and no others.
const SECRETS: &[(&str, &[&str])] = &[
    ("payment-verify", &["PAYMENT_MCHID", "PAYMENT_APPID", "PAYMENT_PLATFORM_SERIAL", "PAYMENT_PLATFORM_KEY", "PAYMENT_APIV3_KEY"]),
    ("payment-merchant", &["PAYMENT_MERCHANT_SERIAL", "PAYMENT_MERCHANT_KEY"]),
    ("delivery", &["DELIVERY_APP_ID", "DELIVERY_TOKEN"]),
    ("wechat", &["WECHAT_APPID", "WECHAT_SECRET"]),
    ("blind-index", &["KEYS_BLIND_INDEX"]),
    ("member-tokens", &["MEMBER_TOKEN_SIGN"]),
    ("staff-tokens", &["STAFF_TOKEN_SIGN"]),
    ("quotes", &["QUOTE_SIGN_KEYS"]),
];

/// A partner's variables: parameters of the stack (variable, parameter), and the secrets that hold the others.
type Partner = (&'static [(&'static str, &'static str)], &'static [&'static str]);

fn partner(name: &str) -> Option<Partner> {
    Some(match name {
        "payment" => (&[("PAYMENT_BASE_URL", "PaymentBaseUrl"), ("PAYMENT_PAGE_URL", "PaymentPageUrl")], &["payment-verify", "payment-merchant"]),
        // Believing the provider needs no key of the merchant.
        "payment-verify" => (&[], &["payment-verify"]),
        "delivery" => (&[("DELIVERY_BASE_URL", "DeliveryBaseUrl")], &["delivery"]),
        "wechat" => (&[("WECHAT_BASE_URL", "WechatBaseUrl")], &["wechat"]),
        "keys" => (&[], &["blind-index"]),
        // What signs is the role itself.
        "files" => (&[], &[]),
        "member-tokens" => (&[], &["member-tokens"]),
        "staff-tokens" => (&[], &["staff-tokens"]),
        "quotes" => (&[], &["quotes"]),
        _ => return None,
    })
}

/// The secrets that a function reads when it starts.
pub fn secrets_of(f: &Function) -> BTreeSet<&'static str> {
    f.partners.iter().filter_map(|p| partner(p)).flat_map(|(_, secrets)| secrets.iter().copied()).collect()
}

/// Every secret of a cell that somebody reads, with the names that it must hold.
pub fn secrets(routes: &Routes) -> BTreeMap<&'static str, &'static [&'static str]> {
    let used: BTreeSet<&str> = routes.functions.iter().flat_map(secrets_of).collect();
    SECRETS.iter().filter(|(purpose, _)| used.contains(purpose)).copied().collect()
}

/// Parameters: name, type, default, what it is. A stack declares those that it uses.
const PARAMETERS: &[(&str, &str, &str, &str)] = &[
    ("Stage", "String", "prod", "Which deployment; part of every name."),
    ("Architecture", "String", "x86_64", "x86_64 or arm64, as the binaries were built. Not every region has arm64."),
    ("LogDays", "Number", "365", "Chinese law wants network logs kept for six months at least."),
    ("AlarmTopic", "String", "", "ARN of the SNS topic that alarms go to; empty for none."),
    ("PublicOrigin", "String", "", "Origins of the shop and the console, comma-separated, the shop's first."),
    ("MemberTokenKeys", "String", "", "Public keys of members' tokens, <kid>:<base64>, the current one first; with a comma the one before it."),
    ("StaffTokenKeys", "String", "", "Public keys of staff's tokens, likewise."),
    ("SiteRoot", "String", "/var/task/site", "Where the pages' downloads lie: a zip is unpacked into /var/task."),
    ("ReserveConcurrency", "String", "yes", "Keep concurrent executions for call-backs and their workers? No where the account has few."),
    ("DomainName", "String", "", "Host name of the API; empty for the generated one."),
    ("RateLimit", "Number", "100", "Requests a second that a route without a limit of its own may have from all clients together."),
    ("BurstLimit", "Number", "200", "How far a burst on such a route may go beyond it."),
    ("LoginUrl", "String", "", "Where a page sends who is not logged in; empty where the mini program does it."),
    ("DomainCheckFile", "String", "", "WeChat's file for the mini program's domain, as NAME.txt CONTENT; empty for none."),
    ("PaymentBaseUrl", "String", "https://api.mch.weixin.qq.com", "The payment provider."),
    ("PaymentPageUrl", "String", "", "A payment page outside of WeChat; empty for none."),
    ("DeliveryBaseUrl", "String", "", "The rider platform."),
    ("WechatBaseUrl", "String", "https://api.weixin.qq.com", "WeChat's API."),
];

fn parameters(body: &str) -> String {
    let mut t = String::from("Parameters:\n");
    for (name, kind, default, what) in PARAMETERS {
        let used = [format!("!Ref {name}\n"), format!("!Ref {name} "), format!("!Ref {name}]"), format!("${{{name}}}")];
        if !used.iter().any(|u| body.contains(u.as_str())) {
            continue;
        }
        let default = if *kind == "Number" { (*default).to_owned() } else { format!("'{default}'") };
        let _ = writeln!(t, "  {name}:\n    Type: {kind}\n    Default: {default}\n    Description: '{}'", what.replace('\'', "''"));
        match *name {
            "Stage" => t.push_str("    AllowedPattern: '[a-z][a-z0-9]{1,11}'\n"),
            "Architecture" => t.push_str("    AllowedValues: [x86_64, arm64]\n"),
            "ReserveConcurrency" => t.push_str("    AllowedValues: ['yes', 'no']\n"),
            _ => {}
        }
    }
    t
}

const ALARM_TOPIC: &str = "Conditions:\n  HasAlarmTopic: !Not [!Equals [!Ref AlarmTopic, '']]\n";

const RESERVES: &str = "  Reserves: !Equals ['yes', !Ref ReserveConcurrency]\n";

/// `order-place` is `OrderPlace` in a template.
fn id(name: &str) -> String {
    name.split('-').map(|w| w[..1].to_uppercase() + &w[1..]).collect()
}

fn queue_arn(queue: &str) -> String {
    format!("!Sub arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:${{Stage}}-liandian-{queue}")
}

fn import(export: &str) -> String {
    format!("!ImportValue {{ 'Fn::Sub': '${{Stage}}-liandian-{export}' }}")
}

struct Alarm<'a> {
    id: String,
    what: String,
    metric: &'a str,
    namespace: &'a str,
    dimension: (&'a str, String),
    statistic: &'a str,
    period: u32,
    periods: u32,
    above: u32,
}

fn alarm(t: &mut String, a: &Alarm<'_>) {
    let _ = write!(
        t,
        "  {}:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmDescription: {}\n      Namespace: {}\n      MetricName: {}\n      \
         Dimensions: [{{ Name: {}, Value: {} }}]\n      Statistic: {}\n      Period: {}\n      EvaluationPeriods: {}\n      Threshold: {}\n      \
         ComparisonOperator: GreaterThanThreshold\n      TreatMissingData: notBreaching\n      \
         AlarmActions: !If [HasAlarmTopic, [!Ref AlarmTopic], !Ref AWS::NoValue]\n",
        a.id, a.what, a.namespace, a.metric, a.dimension.0, a.dimension.1, a.statistic, a.period, a.periods, a.above
    );
}

// ------------------------------------------------------------------ queues

/// All queues in one stack, so that senders and consumers need not know each other's stacks.
fn queues(routes: &Routes) -> String {
    let mut t = String::from("Resources:\n");
    for q in &routes.queues {
        queue(&mut t, q, routes);
    }
    for f in routes.functions.iter().filter(|f| f.follows()) {
        dead_letters(&mut t, &format!("{}-{FAILED}", f.name), &format!("Stream records that {} could not work on", f.name));
    }
    t.push_str("\nOutputs:\n");
    for q in &routes.queues {
        let id = id(&q.name);
        let _ = writeln!(t, "  {id}Url:\n    Value: !Ref {id}Queue\n  {id}Arn:\n    Value: !GetAtt {id}Queue.Arn");
    }
    format!(
        "{MARK}AWSTemplateFormatVersion: '2010-09-09'\nDescription: Liandian, the queues, with their dead letters and alarms.\n\n{}\n{ALARM_TOPIC}\n{t}",
        parameters(&t)
    )
}

fn queue(t: &mut String, q: &Queue, routes: &Routes) {
    let (name, id) = (&q.name, id(&q.name));
    let dead = format!("{name}-dlq");
    // A worker that sends to its own queue waits by delayed messages, which are older than others when they are due.
    let delayed = routes.functions.iter().any(|f| f.queue.as_ref() == Some(name) && f.sends.contains(name));
    let _ = write!(
        t,
        "\n  {id}Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub ${{Stage}}-liandian-{name}\n      VisibilityTimeout: {}\n      \
         MessageRetentionPeriod: 345600\n      SqsManagedSseEnabled: true\n      RedrivePolicy:\n        \
         deadLetterTargetArn: !GetAtt {}Queue.Arn\n        maxReceiveCount: {}\n",
        q.visibility,
        self::id(&dead),
        q.max_receives
    );
    alarm(
        t,
        &Alarm {
            id: format!("{id}Late"),
            what: format!("Messages of {name} wait too long"),
            namespace: "AWS/SQS",
            metric: "ApproximateAgeOfOldestMessage",
            dimension: ("QueueName", format!("!GetAtt {id}Queue.QueueName")),
            statistic: "Maximum",
            period: 60,
            periods: 3,
            above: if delayed { 1800 } else { 300 },
        },
    );
    dead_letters(t, &dead, &format!("Messages that the worker of {name} gave up"));
}

/// A queue that nobody consumes but people, and the alarm that calls them.
fn dead_letters(t: &mut String, name: &str, what: &str) {
    let id = id(name);
    let _ = write!(
        t,
        "\n  {id}Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub ${{Stage}}-liandian-{name}\n      \
         MessageRetentionPeriod: 1209600\n      SqsManagedSseEnabled: true\n"
    );
    alarm(
        t,
        &Alarm {
            id: format!("{id}NotEmpty"),
            what: what.to_owned(),
            namespace: "AWS/SQS",
            metric: "ApproximateNumberOfMessagesVisible",
            dimension: ("QueueName", format!("!GetAtt {id}Queue.QueueName")),
            statistic: "Maximum",
            period: 60,
            periods: 1,
            above: 0,
        },
    );
}

// ------------------------------------------------------------------ a context's stack

fn stack(context: &str, rows: &[&Function], routes: &Routes) -> String {
    let mut t = String::from(
        "Globals:\n  Function:\n    Runtime: provided.al2023\n    Handler: bootstrap\n    Architectures: [!Ref Architecture]\n    Environment:\n      \
         Variables:\n        CELL_TABLE: !Sub ${Stage}-liandian-cell\n        HQ_TABLE: !Sub ${Stage}-liandian-hq\n",
    );
    t.push_str(
        "        PUBLIC_ORIGIN: !Ref PublicOrigin\n        MEMBER_TOKEN_KEYS: !Ref MemberTokenKeys\n        \
         STAFF_TOKEN_KEYS: !Ref StaffTokenKeys\n",
    );
    // Who sends files there signs for it, and the console lets its pages send there.
    let _ = write!(t, "        FILES_URL: !Sub https://{BUCKET}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}\n\nResources:\n");
    for f in rows {
        function(&mut t, f);
        if f.path.is_some() {
            http(&mut t, f);
        } else if let Some(q) = &f.queue {
            queue_source(&mut t, f, q, routes.queues.iter().find(|known| known.name == *q));
        } else if let Some(rate) = &f.schedule {
            schedule(&mut t, f, rate);
        } else {
            stream_sources(&mut t, f);
        }
        alarm(
            &mut t,
            &Alarm {
                // What it answers with 5xx, or says that somebody should look at (`telemetry::wake`): Lambda counts neither as an error.
                id: format!("{}Fault", id(&f.name)),
                what: format!("{} has a fault that somebody should look at", f.name),
                namespace: "Liandian",
                metric: "fault",
                dimension: ("function", f.name.clone()),
                statistic: "Sum",
                period: 300,
                periods: 1,
                above: 0,
            },
        );
        alarm(
            &mut t,
            &Alarm {
                id: format!("{}Errors", id(&f.name)),
                what: format!("{} fails", f.name),
                namespace: "AWS/Lambda",
                metric: "Errors",
                dimension: ("FunctionName", format!("!Ref {}Function", id(&f.name))),
                statistic: "Sum",
                period: 300,
                periods: 1,
                above: 0,
            },
        );
    }
    let conditions = format!("{ALARM_TOPIC}{}", if rows.iter().any(|f| f.reserved.is_some()) { RESERVES } else { "" });
    format!(
        "{MARK}AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nDescription: Liandian, context {context}.\n\n{}\n{conditions}\n{t}",
        parameters(&format!("{conditions}{t}"))
    )
}

/// The API's stage with the limits of its routes, and the host name in front of it.
fn stage(routes: &Routes) -> String {
    let api = import("api");
    let mut t = format!(
        "Resources:\n  ApiStage:\n    Type: AWS::ApiGatewayV2::Stage\n    Properties:\n      ApiId: {api}\n      StageName: $default\n      \
         AutoDeploy: true\n      DefaultRouteSettings:\n        ThrottlingRateLimit: !Ref RateLimit\n        \
         ThrottlingBurstLimit: !Ref BurstLimit\n        DetailedMetricsEnabled: true\n      RouteSettings:\n"
    );
    for f in &routes.functions {
        let (Some(rate), Some(path)) = (f.rate, &f.path) else { continue };
        for key in route_keys(f.method.as_deref().unwrap_or("ANY"), path) {
            let _ = writeln!(t, "        '{key}': {{ ThrottlingRateLimit: {rate}, ThrottlingBurstLimit: {rate}, DetailedMetricsEnabled: true }}");
        }
    }
    let _ = write!(
        t,
        "      AccessLogSettings:\n        DestinationArn: {}\n        \
         # The route, not the path (a path holds tickets and codes), and no address of a client: the log tells nothing about a person.\n        \
         Format: >-\n          \
         {{\"at\":\"$context.requestTimeEpoch\",\"request\":\"$context.requestId\",\"route\":\"$context.routeKey\",\"status\":\"$context.status\",\n          \
         \"ms\":\"$context.responseLatency\",\"lambda_ms\":\"$context.integrationLatency\",\"bytes\":\"$context.responseLength\",\n          \
         \"error\":\"$context.integrationErrorMessage\"}}\n\n  \
         DomainMapping:\n    Type: AWS::ApiGatewayV2::ApiMapping\n    Condition: HasDomain\n    Properties:\n      ApiId: {api}\n      \
         DomainName: !Ref DomainName\n      Stage: !Ref ApiStage\n",
        import("access-log")
    );
    format!(
        "{MARK}AWSTemplateFormatVersion: '2010-09-09'\nDescription: Liandian, the stage of the HTTP API.\n\n{}\nConditions:\n  \
         HasDomain: !Not [!Equals [!Ref DomainName, '']]\n\n{t}",
        parameters(&t)
    )
}

/// The function, its log and its role.
fn function(t: &mut String, f: &Function) {
    let (name, id) = (&f.name, id(&f.name));
    let how = match (&f.method, &f.path) {
        (Some(m), Some(p)) => format!("{m} {p}: "),
        _ => String::new(),
    };
    let _ = write!(
        t,
        "\n  # {how}{}\n  {id}Function:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: !Sub ${{Stage}}-liandian-{name}\n      \
         CodeUri: ../../../target/lambda/{name}/\n      MemorySize: {}\n      Timeout: {}\n      Role: !GetAtt {id}Role.Arn\n      \
         LoggingConfig: {{ LogGroup: !Ref {id}Log }}\n",
        f.summary, f.memory, f.timeout
    );
    if let Some(n) = f.reserved {
        // A crowd on other functions cannot take these.
        let _ = writeln!(t, "      ReservedConcurrentExecutions: !If [Reserves, {n}, !Ref AWS::NoValue]");
    }
    let vars = variables(f);
    if !vars.is_empty() {
        t.push_str("      Environment:\n        Variables:\n");
        for (k, v) in vars {
            let _ = writeln!(t, "          {k}: {v}");
        }
    }
    let _ = write!(
        t,
        "  {id}Log:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: !Sub /aws/lambda/${{Stage}}-liandian-{name}\n      \
         RetentionInDays: !Ref LogDays\n"
    );
    role(t, f, &id);
}

/// What it reads beside what every function reads (`Globals`).
fn variables(f: &Function) -> Vec<(String, String)> {
    let mut v: Vec<(String, String)> = Vec::new();
    let mut put = |k: &str, value: String| v.push((k.to_owned(), value));
    if f.is_page() {
        put("LOGIN_URL", "!Ref LoginUrl".into());
        put("SITE_ROOT", "!Ref SiteRoot".into());
    }
    if f.name == "shop" {
        put("DOMAIN_CHECK_FILE", "!Ref DomainCheckFile".into());
    }
    for name in &f.partners {
        let (plain, _) = partner(name).unwrap_or_default();
        for (k, parameter) in plain {
            put(k, format!("!Ref {parameter}"));
        }
        if name == "keys" {
            put("KEYS_KMS_KEY", import("person-key"));
        }
        if name == "files" {
            put("FILES_BUCKET", import("pictures"));
        }
    }
    // Where they are, not what they are: a function reads them when it starts.
    let secrets: Vec<String> = secrets_of(f).into_iter().map(|purpose| format!("${{Stage}}/liandian/{purpose}")).collect();
    if !secrets.is_empty() {
        put("SECRET_IDS", format!("!Sub '{}'", secrets.join(",")));
        let of = secrets_of(f);
        let names: Vec<&str> = SECRETS.iter().filter(|(purpose, _)| of.contains(purpose)).flat_map(|(_, names)| names.iter().copied()).collect();
        put("SECRET_VARIABLES", format!("'{}'", names.join(",")));
    }
    for q in &f.sends {
        let url = format!("!Sub https://sqs.${{AWS::Region}}.${{AWS::URLSuffix}}/${{AWS::AccountId}}/${{Stage}}-liandian-{q}");
        put(&format!("QUEUE_URL_{}", q.to_uppercase().replace('-', "_")), url);
    }
    v
}

/// A role of its own, with what the row names and nothing else.
fn role(t: &mut String, f: &Function, id: &str) {
    let mut s = String::new();
    let mut allow = |actions: &[&str], resources: &[String], condition: &str| {
        let _ = write!(s, "              - Effect: Allow\n                Action: [{}]\n                Resource:\n", actions.join(", "));
        for r in resources {
            let _ = writeln!(s, "                  - {r}");
        }
        s.push_str(condition);
    };
    let log =
        format!("!Sub arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:/aws/lambda/${{Stage}}-liandian-{}:*", f.name);
    allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &[log], "");
    for (access, table, partitions) in [(f.cell, "cell", &f.partitions.cell), (f.hq, "hq", &f.partitions.hq)] {
        // Of an index, the leading key is its own partition key.
        let names: Vec<String> = partitions.iter().map(|p| format!("'{p}'")).collect();
        let mut only = String::new();
        if !names.is_empty() {
            let _ =
                writeln!(only, "                Condition: {{ 'ForAllValues:StringLike': {{ 'dynamodb:LeadingKeys': [{}] }} }}", names.join(", "));
        }
        let arn = format!("!Sub arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/${{Stage}}-liandian-{table}");
        let both = [arn.clone(), format!("{arn}/index/*")];
        if access != Access::None {
            allow(&["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"], &both, &only);
        }
        if access != Access::None && table == "cell" && f.scans {
            allow(&["dynamodb:Scan"], &both[..1], "");
        }
        if access == Access::Write {
            // A transaction is allowed by the rights of its parts.
            let writes = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"];
            allow(&writes, &both[..1], &only);
        }
    }
    let stream = |(table, _): (&str, &[String])| {
        format!("!Sub arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/${{Stage}}-liandian-{table}/stream/*")
    };
    let streams: Vec<String> = f.streams().map(stream).collect();
    if !streams.is_empty() {
        allow(&["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], &streams, "");
    }
    if let Some(q) = &f.queue {
        allow(&["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], &[queue_arn(q)], "");
    }
    let failed = f.follows().then(|| format!("{}-{FAILED}", f.name));
    let sends: Vec<String> = f.sends.iter().chain(&failed).map(|q| queue_arn(q)).collect();
    if !sends.is_empty() {
        allow(&["sqs:SendMessage"], &sends, "");
    }
    // The store of secrets adds a hyphen and six characters of its own to a name.
    let secret = |purpose: &str| {
        format!("!Sub arn:${{AWS::Partition}}:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:${{Stage}}/liandian/{purpose}-??????")
    };
    let secrets: Vec<String> = secrets_of(f).into_iter().map(secret).collect();
    if !secrets.is_empty() {
        allow(&["secretsmanager:GetSecretValue"], &secrets, "");
    }
    if f.partners.iter().any(|p| p == "keys") {
        let only = "                Condition: { StringEquals: { 'kms:EncryptionContext:use': liandian-person } }\n";
        let actions: &[&str] = if f.makes_persons { &["kms:GenerateDataKey", "kms:Decrypt"] } else { &["kms:Decrypt"] };
        allow(actions, &[import("person-key")], only);
    }
    if f.partners.iter().any(|p| p == "files") {
        let all = |folder: &str| format!("!Sub arn:${{AWS::Partition}}:s3:::{BUCKET}/{folder}/*");
        // Whoever signs a form or a link needs the right that it gives. Without the right to list, what is not there looks like what is forbidden.
        allow(&["s3:PutObject", "s3:GetObject"], &["incoming", "private", "media"].map(all), "");
        allow(&["s3:ListBucket"], &[format!("!Sub arn:${{AWS::Partition}}:s3:::{BUCKET}")], "");
    }
    let _ = write!(
        t,
        "  {id}Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          \
         - Effect: Allow\n            Principal: {{ Service: lambda.amazonaws.com }}\n            Action: sts:AssumeRole\n      Policies:\n        \
         - PolicyName: own\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n{s}"
    );
}

/// The API lies in another stack, where SAM's own `HttpApi` event cannot reach it: integration, routes and permission by hand.
fn http(t: &mut String, f: &Function) {
    let id = id(&f.name);
    let api = import("api");
    let (method, path) = (f.method.as_deref().unwrap_or("ANY"), f.path.as_deref().unwrap_or_default());
    let _ = write!(
        t,
        "  {id}Integration:\n    Type: AWS::ApiGatewayV2::Integration\n    Properties:\n      ApiId: {api}\n      IntegrationType: AWS_PROXY\n      \
         IntegrationUri: !GetAtt {id}Function.Arn\n      PayloadFormatVersion: '2.0'\n"
    );
    let keys = route_keys(method, path);
    for (i, key) in keys.iter().enumerate() {
        let more = if i == 0 { "" } else { "Bare" };
        let _ = write!(
            t,
            "  {id}Route{more}:\n    Type: AWS::ApiGatewayV2::Route\n    Properties:\n      ApiId: {api}\n      RouteKey: '{key}'\n      \
             Target: !Sub integrations/${{{id}Integration}}\n"
        );
    }
    let _ = write!(
        t,
        "  {id}Permission:\n    Type: AWS::Lambda::Permission\n    Properties:\n      FunctionName: !Ref {id}Function\n      Action: lambda:InvokeFunction\n      \
         Principal: apigateway.amazonaws.com\n      SourceArn: !Sub\n        \
         - arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*/{}\n        - {{ Api: {api} }}\n",
        caller(method, path)
    );
}

/// The gateway's names for a route of the list.
pub fn route_keys(method: &str, path: &str) -> Vec<String> {
    match path.strip_suffix("/{*rest}") {
        Some("") => vec!["$default".into()],
        Some(base) => vec![format!("{method} {base}/{{proxy+}}"), format!("{method} {base}")],
        None => vec![format!("{method} {path}")],
    }
}

/// Which calls of the API may invoke the function: method and path, as they end an ARN.
fn caller(method: &str, path: &str) -> String {
    match path.strip_suffix("/{*rest}") {
        Some("") => "$default".into(),
        Some(base) => format!("{}{base}*", method.replace("ANY", "*")),
        None => {
            let path: Vec<&str> = path.split('/').map(|s| if s.starts_with('{') { "*" } else { s }).collect();
            format!("{method}{}", path.join("/"))
        }
    }
}

fn queue_source(t: &mut String, f: &Function, queue: &str, row: Option<&Queue>) {
    let id = id(&f.name);
    let (batch, concurrency) = row.map_or((10, 20), |q| (q.batch, q.concurrency));
    let _ = write!(
        t,
        "  {id}Source:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      FunctionName: !Ref {id}Function\n      EventSourceArn: {}\n      \
         BatchSize: {batch}\n      FunctionResponseTypes: [ReportBatchItemFailures]\n      ScalingConfig: {{ MaximumConcurrency: {concurrency} }}\n",
        queue_arn(queue)
    );
}

/// One bad record must not hold up a shard: batches are halved, tries end, and what is left goes to a queue with an alarm. The
/// deadline index drives again what was lost that way.
fn stream_sources(t: &mut String, f: &Function) {
    let id = id(&f.name);
    for (table, prefixes) in f.streams() {
        stream_source(t, f, table, prefixes);
    }
    alarm(
        t,
        &Alarm {
            id: format!("{id}Behind"),
            what: format!("{} is behind the stream", f.name),
            namespace: "AWS/Lambda",
            metric: "IteratorAge",
            dimension: ("FunctionName", format!("!Ref {id}Function")),
            statistic: "Maximum",
            period: 60,
            periods: 3,
            above: 60_000,
        },
    );
}

fn stream_source(t: &mut String, f: &Function, table: &str, prefixes: &[String]) {
    let id = id(&f.name);
    // The cell table's is the usual one; its name is as it always was, so that an update of the stack does not make it anew.
    let of = if table == "hq" { "Hq" } else { "" };
    let _ = write!(
        t,
        "  {id}{of}Source:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      FunctionName: !Ref {id}Function\n      EventSourceArn: {}\n      \
         StartingPosition: TRIM_HORIZON\n      BatchSize: 100\n      FunctionResponseTypes: [ReportBatchItemFailures]\n      \
         BisectBatchOnFunctionError: true\n      MaximumRetryAttempts: 8\n      MaximumRecordAgeInSeconds: 3600\n      \
         DestinationConfig:\n        OnFailure:\n          Destination: {}\n      FilterCriteria:\n        Filters:\n",
        import(&format!("{table}-stream")),
        queue_arn(&format!("{}-{FAILED}", f.name))
    );
    for prefix in prefixes {
        let _ = writeln!(t, "          - Pattern: '{{\"dynamodb\":{{\"Keys\":{{\"sk\":{{\"S\":[{{\"prefix\":\"{prefix}\"}}]}}}}}}}}'");
    }
}

fn schedule(t: &mut String, f: &Function, rate: &str) {
    let id = id(&f.name);
    // No second try: the schedule comes again.
    let _ = write!(
        t,
        "  {id}Rule:\n    Type: AWS::Events::Rule\n    Properties:\n      ScheduleExpression: {rate}\n      \
         Targets: [{{ Id: {name}, Arn: !GetAtt {id}Function.Arn }}]\n  {id}Permission:\n    Type: AWS::Lambda::Permission\n    Properties:\n      \
         FunctionName: !Ref {id}Function\n      Action: lambda:InvokeFunction\n      Principal: events.amazonaws.com\n      \
         SourceArn: !GetAtt {id}Rule.Arn\n  {id}Invoke:\n    Type: AWS::Lambda::EventInvokeConfig\n    Properties:\n      \
         FunctionName: !Ref {id}Function\n      Qualifier: $LATEST\n      MaximumRetryAttempts: 0\n      MaximumEventAgeInSeconds: 60\n",
        name = f.name
    );
}

// ------------------------------------------------------------------ tools and linters

/// cargo-lambda's dependency is zig (400 MB), which `--compiler cargo` does not use.
const DEPLOY: Venv = Venv { folder: "venv", packages: &["aws-sam-cli==1.170.0", "cfn-lint==1.58.0"], bare: &["cargo-lambda==1.9.2"] };

/// The second engine. Its AWS SDK is another than SAM's, so it lives alone.
const MINISTACK: Venv = Venv { folder: "ministack", packages: &["ministack==1.5.33", "aws-sam-translator==1.115.0"], bare: &[] };

/// SAM, the linter and cargo-lambda.
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// Fetches them unless they are there.
    ///
    /// # Errors
    /// Python or PyPI cannot be had.
    pub fn ensure() -> anyhow::Result<Self> {
        Ok(Self { bin: DEPLOY.ensure()? })
    }

    /// cargo-lambda; its first argument is `lambda`.
    #[must_use]
    pub fn cargo_lambda(&self) -> Command {
        Command::new(self.bin.join("cargo-lambda"))
    }

    /// SAM, which needs a region even where it asks nobody.
    #[must_use]
    pub fn sam(&self) -> Command {
        let mut c = Command::new(self.bin.join("sam"));
        c.env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", REGIONS[0]);
        c
    }
}

/// The second engine's program, fetched unless it is there.
///
/// # Errors
/// Python or PyPI cannot be had.
pub fn ministack() -> anyhow::Result<PathBuf> {
    Ok(MINISTACK.ensure()?.join("ministack"))
}

/// The templates, in the order in which they are deployed: name of the stack, file.
pub fn templates(root: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let routes = crate::routes::read(root)?;
    let aws = root.join("infra/aws");
    let generated = root.join(GENERATED);
    let mut all = vec![
        ("data".to_owned(), aws.join("data.yaml")),
        ("queues".to_owned(), generated.join("queues.yaml")),
        ("edge".to_owned(), aws.join("edge.yaml")),
    ];
    all.extend(contexts(&routes).into_iter().map(|c| (c.to_owned(), generated.join(format!("{c}.yaml")))));
    all.push(("stage".to_owned(), generated.join("stage.yaml")));
    Ok(all)
}

/// `cfn-lint` over all templates for every region, and `sam validate --lint` over each. Needs no account. Templates that passed
/// are not linted again until one of them, or a tool, changes.
///
/// # Errors
/// What the linters found is printed; the error only says that they found something.
pub fn lint(root: &Path) -> anyhow::Result<()> {
    let tools = Tools::ensure()?;
    let templates = templates(root)?;
    let mut passed = format!("{:?} {REGIONS:?}\n", DEPLOY.packages);
    for (_, file) in &templates {
        passed += &std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let stamp = home().join("linted.txt");
    if std::fs::read_to_string(&stamp).ok().as_ref() == Some(&passed) {
        return Ok(());
    }
    say("检查 CloudFormation / SAM 模板", "Checking the CloudFormation / SAM templates", "1 min");
    run(Command::new(tools.bin.join("cfn-lint")).arg("--regions").args(REGIONS).arg("--").args(templates.iter().map(|(_, f)| f)))?;
    // SAM takes seconds to start: all templates at the same time.
    let started: Vec<_> = templates
        .iter()
        .map(|(_, file)| {
            let mut c = tools.sam();
            c.args(["validate", "--lint", "--region", REGIONS[0], "--template-file"]).arg(file);
            c.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map(|child| (file, child))
        })
        .collect::<Result<_, _>>()
        .context("cannot start sam")?;
    let mut bad = 0;
    for (file, child) in started {
        let out = child.wait_with_output()?;
        if !out.status.success() {
            bad += 1;
            println!("{}:\n{}{}", file.display(), String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        }
    }
    ensure!(bad == 0, "sam validate --lint: {bad} templates are wrong");
    std::fs::write(stamp, passed)?;
    println!("  {} 个模板通过 cfn-lint（{}）与 sam validate --lint", templates.len(), REGIONS.join("、"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_paths_of_the_list_when_named_for_the_gateway_then_catch_alls_become_proxy_and_default() {
        assert_eq!(route_keys("ANY", "/{*rest}"), ["$default"]);
        assert_eq!(route_keys("ANY", "/console/{*rest}"), ["ANY /console/{proxy+}", "ANY /console"]);
        assert_eq!(route_keys("GET", "/api/v1/orders/{order}"), ["GET /api/v1/orders/{order}"]);
        assert_eq!(caller("ANY", "/console/{*rest}"), "*/console*");
        assert_eq!(caller("GET", "/api/v1/orders/{order}"), "GET/api/v1/orders/*");
        assert_eq!(caller("ANY", "/{*rest}"), "$default");
    }

    #[test]
    fn given_the_list_when_generated_then_a_function_holds_the_rights_of_its_row_and_no_others() {
        let routes = crate::routes::read(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()).unwrap();
        let role_of = |name: &str| {
            let mut t = String::new();
            role(&mut t, routes.functions.iter().find(|f| f.name == name).unwrap(), "X");
            t
        };
        let reader = role_of("store-home");
        assert!(reader.contains("dynamodb:Query") && reader.contains("liandian-hq/index/*"));
        assert!(!reader.contains("PutItem") && !reader.contains("sqs:") && !reader.contains("kms:"));
        let relay = role_of("relay");
        assert!(relay.contains("dynamodb:GetRecords") && relay.contains("liandian-relay-failed") && !relay.contains("dynamodb:Query"));
        let refund = role_of("refund");
        assert!(refund.contains("sqs:ReceiveMessage") && !refund.contains("sqs:SendMessage") && !refund.contains("liandian-hq"));
        let makers: Vec<&str> = routes.functions.iter().map(|f| f.name.as_str()).filter(|n| role_of(n).contains("kms:GenerateDataKey")).collect();
        assert_eq!(makers, ["session-create", "ticket-create"]);
        assert!(role_of("order-read").contains("kms:Decrypt"));
    }

    #[test]
    fn given_a_public_route_when_generated_then_its_role_names_the_partitions_that_it_touches_and_no_others() {
        let routes = crate::routes::read(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()).unwrap();
        for f in routes.functions.iter().filter(|f| f.permission.as_deref() == Some("public") && !f.is_page()) {
            let mut t = String::new();
            role(&mut t, f, "X");
            let statements = t.matches("Action: [dynamodb:").count();
            assert_eq!(t.matches("'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [").count(), statements, "{}: {t}", f.name);
            assert!(!t.contains("'*'"), "{}: {t}", f.name);
            // A quote asks whether its member has ordered before, and reads no member.
            assert_eq!(t.contains("'MEMBER#*'"), f.partners.iter().any(|p| p == "wechat"), "{}: {t}", f.name);
        }
    }

    #[test]
    fn given_a_crowd_in_the_shop_when_the_templates_limit_it_then_call_backs_have_requests_and_executions_of_their_own() {
        let routes = crate::routes::read(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()).unwrap();
        let all = files(&routes).unwrap();
        let stage = &all[&Path::new(GENERATED).join("stage.yaml")];
        assert!(stage.contains("'$default': { ThrottlingRateLimit: ") && stage.contains("'POST /api/v1/callbacks/payment': { ThrottlingRateLimit: "));
        for name in ["payment-notify", "delivery-notify", "payment-window", "refund", "delivery-dispatch"] {
            let f = routes.functions.iter().find(|f| f.name == name).unwrap();
            assert!(f.reserved.is_some(), "{name}");
        }
        let orders = &all[&Path::new(GENERATED).join("orders.yaml")];
        assert!(
            orders.contains("ReservedConcurrentExecutions: !If [Reserves, ")
                && orders.contains("  Reserves: !Equals ['yes', !Ref ReserveConcurrency]")
        );
        assert!(orders.contains("  ReserveConcurrency:\n") && !all[&Path::new(GENERATED).join("shop.yaml")].contains("Reserve"));
    }

    #[test]
    fn given_the_list_when_generated_then_a_function_reads_the_secrets_of_its_partners_only_and_none_is_in_a_template() {
        let routes = crate::routes::read(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()).unwrap();
        let of = |name: &str| secrets_of(routes.functions.iter().find(|f| f.name == name).unwrap()).into_iter().collect::<Vec<_>>();
        assert_eq!(of("payment-notify"), ["payment-verify"], "no key of the merchant");
        assert_eq!(of("refund"), ["payment-merchant", "payment-verify"]);
        assert_eq!(of("session-create"), ["blind-index", "member-tokens", "wechat"]);
        assert_eq!(of("staff-login"), ["staff-tokens"]);
        assert_eq!((of("quote"), of("order-place")), (vec!["quotes"], vec!["blind-index", "quotes"]));
        assert!(of("store-home").is_empty() && of("relay").is_empty());
        for f in &routes.functions {
            let mut t = String::new();
            role(&mut t, f, "X");
            let named = t.matches(":secret:").count();
            assert_eq!((named, t.matches("GetSecretValue").count()), (secrets_of(f).len(), usize::from(named > 0)), "{}", f.name);
            assert!(!(t.contains("/member-tokens-") && t.contains("/staff-tokens-")), "{} signs for members and for staff", f.name);
        }
        for (file, text) in files(&routes).unwrap() {
            assert!(!text.contains("{{resolve:"), "{}", file.display());
        }
        assert_eq!(secrets(&routes).len(), SECRETS.len(), "a secret that nobody reads");
    }

    #[test]
    fn given_a_row_that_cannot_work_in_the_cloud_when_generated_then_it_is_refused() {
        let row = |more: &str| {
            let text = format!("name = \"a\"\ncontext = \"c\"\nhandler = \"routes::a\"\nsummary = \"s\"\n{more}");
            check(&toml::from_str(&text).unwrap(), &Routes { queues: Vec::new(), functions: Vec::new(), pages: Vec::new() })
                .map_err(|e| e.to_string())
        };
        let route = "method = \"GET\"\npath = \"/stores/{store}\"\n";
        assert!(row(&format!("{route}permission = \"public\"\nwrong = {{ address = 10 }}")).unwrap_err().contains("cell = \"write\""));
        let counted = format!("{route}permission = \"public\"\nwrong = {{ address = 10 }}\ncell = \"write\"\n");
        assert!(row(&format!("{counted}partitions = {{ cell = [\"LOC#*\"] }}")).unwrap_err().contains("RATE#*"));
        assert!(row(&format!("{counted}partitions = {{ cell = [\"RATE#*\"] }}")).is_ok());
        assert!(row(&format!("{route}permission = \"public\"\nmakes_persons = true")).unwrap_err().contains("needs their keys"));
        assert!(row(&format!("{route}permission = \"order:read\"")).unwrap_err().contains("hq = \"read\""));
        assert!(row(&format!("{route}permission = \"public\"\ntimeout = 60")).unwrap_err().contains("29 s"));
        assert!(row(&format!("{route}permission = \"public\"\npartners = [\"bank\"]")).unwrap_err().contains("no partner"));
        assert!(row(&format!("{route}permission = \"order:read\"\nhq = \"read\"")).is_ok());
        assert!(row(&format!("{route}permission = \"member\"")).unwrap_err().contains("cell = \"read\""));
    }

    #[test]
    fn given_all_generated_templates_when_read_then_no_partition_is_written_out() {
        let routes = crate::routes::read(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()).unwrap();
        for (file, text) in files(&routes).unwrap() {
            assert!(!text.contains("arn:aws:") && !text.contains("arn:aws-cn:") && !text.contains(".amazonaws.com/"), "{}", file.display());
        }
    }
}
