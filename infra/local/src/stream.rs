//! Reading a table's stream: of the engine in this process, or of one behind an address, in the words of DynamoDB Streams.

use anyhow::{Context, bail};
use aws_lambda_events::dynamodb::EventRecord;
use dynoxide::Database;
use serde_json::{Value, json};

/// Records a function gets at a time.
pub const BATCH: usize = 200;

/// Whose stream it is.
#[derive(Clone)]
pub enum Source {
    /// The engine in this process.
    Here(Database),
    /// An engine that answers at this address.
    At {
        /// Its address.
        url: String,
        /// Our account there: twelve digits, the access key id at the same time.
        account: String,
        /// Calls it.
        http: reqwest::Client,
    },
}

impl Source {
    async fn ask(&self, operation: &str, request: Value) -> anyhow::Result<Value> {
        use serde_json::{from_value as from, to_value as to};
        match self {
            Self::Here(db) => Ok(match operation {
                "ListStreams" => to(db.list_streams(from(request)?)?)?,
                "DescribeStream" => to(db.describe_stream(from(request)?)?)?,
                "GetShardIterator" => to(db.get_shard_iterator(from(request)?)?)?,
                "GetRecords" => to(db.get_records(from(request)?)?)?,
                other => bail!("streams know no {other}"),
            }),
            Self::At { url, account, http } => {
                let answer = http
                    .post(url)
                    .header("x-amz-target", format!("DynamoDBStreams_20120810.{operation}"))
                    .header("content-type", "application/x-amz-json-1.0")
                    // Says who asks; the engines that are asked this way check no signature.
                    .header("authorization", format!("AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/dynamodb/aws4_request"))
                    .body(request.to_string())
                    .send()
                    .await?
                    .error_for_status()?;
                Ok(serde_json::from_str(&answer.text().await?)?)
            }
        }
    }

    /// The next records of a table's stream and the last one's sequence number: from `iterator` on, or when there is none, after
    /// the record of this sequence number, or from the beginning.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn records(
        &self,
        table: &str,
        iterator: &mut Option<String>,
        after: Option<&str>,
    ) -> anyhow::Result<(Vec<EventRecord>, Option<String>)> {
        let from = match iterator.take() {
            Some(it) => it,
            None => self.begin(table, after).await?,
        };
        let mut answer = self.ask("GetRecords", json!({"ShardIterator": from, "Limit": BATCH})).await?;
        *iterator = answer["NextShardIterator"].as_str().map(str::to_owned);
        let records: Vec<EventRecord> = serde_json::from_value(answer["Records"].take())?;
        let last = records.last().and_then(|r| r.change.sequence_number.clone());
        Ok((records, last))
    }

    async fn begin(&self, table: &str, after: Option<&str>) -> anyhow::Result<String> {
        let streams = self.ask("ListStreams", json!({"TableName": table})).await?;
        let arn = streams["Streams"][0]["StreamArn"].as_str().context("the table has no stream")?;
        let described = self.ask("DescribeStream", json!({"StreamArn": arn})).await?;
        let shard = described["StreamDescription"]["Shards"][0]["ShardId"].as_str().context("the stream has no shard")?;
        let mut request = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
        if let Some(number) = after {
            request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER".into();
            request["SequenceNumber"] = number.into();
        }
        let answer = self.ask("GetShardIterator", request).await?;
        answer["ShardIterator"].as_str().map(str::to_owned).context("no iterator")
    }
}
