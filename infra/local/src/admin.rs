//! The first administrator of a deployment: made by a command, against its HQ table, with a password that nobody has published.
//!
//! What must not live here: the demo chain's accounts (`liandian-seed`), which are for engines on this machine.

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use liandian_functions::{Config, auth::hash_password};
use liandian_partners::sign;
use liandian_store::{Tables, access::staff::Staff};
use liandian_types::{Role, Scope, text};

/// Makes an administrator of HQ. Gives the password, which is kept nowhere: the table has its Argon2id.
///
/// # Errors
/// A user name that is taken or unfit; what the engine says.
pub async fn create(tables: &Tables, username: &str, name: &str) -> anyhow::Result<String> {
    let of = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    ensure!((1..=64).contains(&username.len()) && username.bytes().all(of), "a user name is 1 to 64 of a-z, 0-9, - _ .");
    ensure!(!name.trim().is_empty() && name.chars().count() <= 40 && text::unfit(name).is_none(), "a name is 1 to 40 characters that can be seen");
    let password = URL_SAFE_NO_PAD.encode(sign::random::<18>()?);
    let account = Staff::active(
        format!("stf_{}", sign::nonce()?).parse()?,
        username.to_owned(),
        name.trim().to_owned(),
        hash_password(&password, &sign::random::<16>()?).map_err(|e| anyhow::anyhow!("cannot hash the password: {e}"))?,
        Role::HqAdmin,
        Scope::All,
    );
    ensure!(tables.add_staff(&account).await?, "there is an account {username} already; nothing was changed");
    Ok(password)
}

/// Is the engine of this configuration on this machine? The demo chain has a published password, so it goes nowhere else.
///
/// # Errors
/// It is somewhere else, or not said: then it would be the cloud's.
pub fn on_this_machine(config: &Config) -> anyhow::Result<()> {
    let url = config.get("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| config.get("AWS_ENDPOINT_URL"));
    let url =
        url.context("the demo chain has a published password: it is only written to an engine on this machine (AWS_ENDPOINT_URL is not set)")?;
    let parsed = reqwest::Url::parse(url).with_context(|| format!("{url} is no address"))?;
    let here = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    ensure!(here, "the demo chain has a published password: it is only written to an engine on this machine, not to {url}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_an_engine_when_it_is_not_on_this_machine_then_no_demo_chain_goes_there() {
        let at = |name: &str, url: &str| on_this_machine(&Config::from_vars(&[(name.to_owned(), url.to_owned())].into())).is_ok();
        assert!(at("AWS_ENDPOINT_URL", "http://127.0.0.1:4566") && at("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000/"));
        assert!(at("AWS_ENDPOINT_URL", "http://[::1]:4566"));
        for url in ["https://dynamodb.cn-north-1.amazonaws.com.cn", "http://10.0.0.5:8000", "http://127.0.0.1:80@db.example/", "", "127.0.0.1"] {
            assert!(!at("AWS_ENDPOINT_URL", url), "{url}");
        }
        assert!(!at("AWS_REGION", "cn-north-1"), "the cloud's own address");
    }
}
