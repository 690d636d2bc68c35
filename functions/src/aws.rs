//! Clients of AWS services: region, credentials, endpoints, time-outs and retries, from configuration.

use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig};

use crate::{Config, config::BadConfig};

/// How long one attempt over the network may take before the next is made.
const PATIENCE: Duration = Duration::from_secs(3);
/// The same where the service runs in this process. No answer gets lost there: one that takes long is being worked on, and the
/// next attempt would only add to the load that makes it slow.
const PATIENCE_IN_PROCESS: Duration = Duration::from_secs(60);

/// Configured SDK clients. A Lambda's credentials lie in its environment for as long as it lives, so no chain of providers is
/// asked at start-up.
pub struct Aws<'a> {
    config: &'a Config,
    http: Option<SharedHttpClient>,
    region: Region,
    credentials: Credentials,
}

macro_rules! client {
    ($sdk:ident, $service:literal, $krate:ident) => {
        /// A client of this service.
        #[must_use]
        pub fn $sdk(&self) -> $krate::Client {
            let mut c = $krate::config::Builder::new()
                .behavior_version(BehaviorVersion::latest())
                .region(self.region.clone())
                .credentials_provider(self.credentials.clone())
                .retry_config(RetryConfig::standard().with_max_attempts(4))
                .timeout_config(
                    TimeoutConfig::builder()
                        .connect_timeout(Duration::from_secs(2))
                        .operation_attempt_timeout(if self.http.is_some() { PATIENCE_IN_PROCESS } else { PATIENCE })
                        .build(),
                );
            if let Some(http) = &self.http {
                // No bytes flow where requests are answered in the process: the SDK would take a long poll for a connection that hangs.
                c = c.http_client(http.clone()).stalled_stream_protection($krate::config::StalledStreamProtectionConfig::disabled());
            }
            if let Some(url) = self.config.get(concat!("AWS_ENDPOINT_URL_", $service)).or_else(|| self.config.get("AWS_ENDPOINT_URL")) {
                c = c.endpoint_url(url);
            }
            $krate::Client::from_conf(c.build())
        }
    };
}

impl<'a> Aws<'a> {
    /// From configuration; over `http` when it is given, else over the network.
    ///
    /// # Errors
    /// [`BadConfig`] without credentials.
    pub fn new(config: &'a Config, http: Option<SharedHttpClient>) -> Result<Self, BadConfig> {
        let region = config.get("AWS_REGION").or_else(|| config.get("AWS_DEFAULT_REGION")).unwrap_or("us-east-1").to_owned();
        let credentials = Credentials::new(
            config.need("AWS_ACCESS_KEY_ID")?,
            config.need("AWS_SECRET_ACCESS_KEY")?,
            config.get("AWS_SESSION_TOKEN").map(str::to_owned),
            None,
            "environment",
        );
        Ok(Self { config, http, region: Region::new(region), credentials })
    }

    client!(dynamodb, "DYNAMODB", aws_sdk_dynamodb);
    client!(sqs, "SQS", aws_sdk_sqs);
    client!(kms, "KMS", aws_sdk_kms);
    client!(secrets, "SECRETS_MANAGER", aws_sdk_secretsmanager);
}
