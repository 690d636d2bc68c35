//! Secrets are read from their store when a function starts, and live in its memory alone: neither its environment nor a template holds them.
//! `SECRET_IDS` names those that the function's role may read; each is a JSON object of variables. Where it is not set (on one machine, in tests)
//! the same variables come with the configuration.

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::{Client, error::DisplayErrorContext};
use futures::future::{BoxFuture, try_join_all};

use crate::{Config, aws::Aws, config::BadConfig};

/// Completes a configuration. A function that has no secrets has none of these either, and links no client of the store.
pub type Read = fn(Config) -> BoxFuture<'static, Result<Config, BadConfig>>;

/// Adds what the secrets hold, all read at the same time.
pub fn read(config: Config) -> BoxFuture<'static, Result<Config, BadConfig>> {
    Box::pin(async move {
        let Some(ids) = config.get("SECRET_IDS") else { return Ok(config) };
        let client = Aws::new(&config, None)?.secrets();
        let found = try_join_all(ids.split(',').map(|id| secret(&client, id.trim()))).await?;
        complete(config.with(found.into_iter().flatten().collect()))
    })
}

/// A function that lacks one of the variables named by `SECRET_VARIABLES` does not start: it would find out when somebody waits, halfway.
fn complete(config: Config) -> Result<Config, BadConfig> {
    for name in config.get("SECRET_VARIABLES").unwrap_or_default().split(',').map(str::trim).filter(|n| !n.is_empty()) {
        config.get(name).filter(|v| !v.is_empty()).ok_or_else(|| BadConfig(format!("no secret has {name}")))?;
    }
    Ok(config)
}

async fn secret(client: &Client, id: &str) -> Result<BTreeMap<String, String>, BadConfig> {
    let answer =
        client.get_secret_value().secret_id(id).send().await.map_err(|e| BadConfig(format!("the secret {id}: {}", DisplayErrorContext(e))))?;
    variables(id, answer.secret_string().unwrap_or_default())
}

fn variables(id: &str, text: &str) -> Result<BTreeMap<String, String>, BadConfig> {
    // What is wrong with it is not said: the message would hold a piece of it.
    serde_json::from_str(text).map_err(|_| BadConfig(format!("the secret {id} is no JSON object of texts")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_secret_when_it_is_no_object_of_texts_then_the_refusal_names_it_and_tells_nothing_of_it() {
        assert_eq!(variables("a", r#"{"WECHAT_SECRET": "x"}"#).unwrap()["WECHAT_SECRET"], "x");
        for text in ["", "hush", r#"{"WECHAT_SECRET": 12345}"#, r#"["hush"]"#] {
            assert_eq!(variables("prod/liandian/wechat", text).unwrap_err().0, "the secret prod/liandian/wechat is no JSON object of texts");
        }
    }

    #[test]
    fn given_secrets_that_lack_a_variable_when_read_then_the_function_does_not_start_and_says_which() {
        let with = |value: &str| {
            BTreeMap::from([
                ("SECRET_VARIABLES".to_owned(), "WECHAT_APPID,WECHAT_SECRET".to_owned()),
                ("WECHAT_APPID".to_owned(), "wx1".to_owned()),
                ("WECHAT_SECRET".to_owned(), value.to_owned()),
            ])
        };
        assert!(complete(Config::from_vars(&with("x"))).is_ok());
        let refused = complete(Config::from_vars(&with(""))).err().unwrap();
        assert!(refused.0.contains("WECHAT_SECRET"), "{}", refused.0);
    }

    #[tokio::test]
    async fn given_no_store_of_secrets_when_read_then_the_configuration_stays_as_it_is() {
        let vars = BTreeMap::from([("WECHAT_SECRET".to_owned(), "x".to_owned())]);
        assert_eq!(read(Config::from_vars(&vars)).await.unwrap().get("WECHAT_SECRET"), Some("x"));
    }
}
