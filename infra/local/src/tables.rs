//! The two tables, as `infra/aws/data.yaml` makes them in the cloud.

use std::path::Path;

use anyhow::Context;
use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
        StreamSpecification, StreamViewType, TimeToLiveSpecification,
    },
};

/// Name of the cell table. (The engine wants at least 11 characters.)
pub const CELL: &str = "liandian-cell";
/// Name of the HQ table.
pub const HQ: &str = "liandian-hq";

/// Creates what is not there.
///
/// # Errors
/// What the engine says.
pub async fn create(db: &Client, cell: &str, hq: &str) -> anyhow::Result<()> {
    let there = db.list_tables().send().await?.table_names.unwrap_or_default();
    for name in [cell, hq] {
        if !there.iter().any(|t| t == name) {
            create_one(db, name, name == cell).await.with_context(|| format!("cannot create table {name}"))?;
        }
    }
    Ok(())
}

async fn create_one(db: &Client, name: &str, cell: bool) -> anyhow::Result<()> {
    let mut attributes = vec!["pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"];
    let mut indexes = vec![index("gsi1", "gsi1pk", "gsi1sk", ProjectionType::All)?, index("gsi2", "gsi2pk", "gsi2sk", ProjectionType::All)?];
    if cell {
        attributes.extend(["due_pk", "due_at"]);
        indexes.push(index("due", "due_pk", "due_at", ProjectionType::KeysOnly)?);
    }
    let attributes = attributes
        .into_iter()
        .map(|a| AttributeDefinition::builder().attribute_name(a).attribute_type(ScalarAttributeType::S).build())
        .collect::<Result<Vec<_>, _>>()?;
    db.create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes))
        .set_key_schema(Some(keys("pk", "sk")?))
        .set_global_secondary_indexes(Some(indexes))
        .send()
        .await?;
    let ttl = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build()?;
    db.update_time_to_live().table_name(name).time_to_live_specification(ttl).send().await?;
    Ok(())
}

fn keys(pk: &str, sk: &str) -> anyhow::Result<Vec<KeySchemaElement>> {
    Ok(vec![
        KeySchemaElement::builder().attribute_name(pk).key_type(KeyType::Hash).build()?,
        KeySchemaElement::builder().attribute_name(sk).key_type(KeyType::Range).build()?,
    ])
}

fn index(name: &str, pk: &str, sk: &str, what: ProjectionType) -> anyhow::Result<GlobalSecondaryIndex> {
    let projection = Projection::builder().projection_type(what).build();
    Ok(GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(keys(pk, sk)?)).projection(projection).build()?)
}

/// Turns a table's stream on, if it is not. After seeding, so that a new chain's rows do not run through the workers:
/// the seeder writes the views itself.
///
/// # Errors
/// What the engine says.
pub async fn enable_stream(db: &Client, name: &str) -> anyhow::Result<()> {
    let table = db.describe_table().table_name(name).send().await?.table.context("no table")?;
    if table.stream_specification.is_some_and(|s| s.stream_enabled) {
        return Ok(());
    }
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages).build()?;
    db.update_table().table_name(name).stream_specification(stream).send().await?;
    Ok(())
}

/// How long the stream keeps its records, in seconds: as long as DynamoDB does.
const STREAM_KEEPS_S: i64 = 24 * 3600;

/// Keeps the engine's stream as fast as it is on the first day. The engine looks for the newest sequence number at every write and
/// for the next records at every read, without an index, and never forgets a record; both grow with all that was ever written.
///
/// # Errors
/// What SQLite says.
pub fn tend_stream(file: &Path) -> anyhow::Result<()> {
    let db = rusqlite::Connection::open(file)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    db.execute_batch(
        "CREATE INDEX IF NOT EXISTS liandian_stream_newest ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
         CREATE INDEX IF NOT EXISTS liandian_stream_next ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));",
    )?;
    forget(&db, unix_now() - STREAM_KEEPS_S)
}

/// Forgets what the stream has told so far: everybody who follows it has been told.
///
/// # Errors
/// What SQLite says.
pub fn forget_stream(file: &Path) -> anyhow::Result<()> {
    let db = rusqlite::Connection::open(file)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    forget(&db, i64::MAX)
}

/// Each table's newest record stays, however old: the engine counts on from it, and views take a smaller number for old news.
fn forget(db: &rusqlite::Connection, before_s: i64) -> anyhow::Result<()> {
    db.execute(
        "DELETE FROM _stream_records WHERE created_at < ?1 AND CAST(sequence_number AS INTEGER) <
         (SELECT MAX(CAST(n.sequence_number AS INTEGER)) FROM _stream_records n WHERE n.table_name = _stream_records.table_name)",
        [before_s],
    )?;
    Ok(())
}

fn unix_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
