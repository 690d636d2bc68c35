//! What a function has beside the tables, one part each. A function's row names its parts, and its binary links those alone:
//! who sends to no queue carries no client of the queues.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_partners::{
    HttpClient,
    delivery::{self, Delivery},
    files::{self, Files},
    http_client,
    keys::Keys,
    payment::{self, Payment, Verifier},
    wechat::{self, Wechat},
};
use liandian_queue::Queues;

use crate::{Config, app::Partners, aws::Aws, config::BadConfig, quotes::QuoteKeys};

/// Adds itself to an App in the making; does nothing when its partner is not configured.
pub type Part = fn(&mut Making<'_>) -> Result<(), BadConfig>;

/// All of them: for a process that runs every function.
pub const ALL: &[Part] = &[queues, keys, payment, payment_verify, delivery, wechat, quotes, files];

/// An App in the making.
pub struct Making<'a> {
    config: &'a Config,
    aws: &'a Aws<'a>,
    http: Option<HttpClient>,
    queues: Queues,
    partners: Partners,
}

impl<'a> Making<'a> {
    pub(crate) fn new(config: &'a Config, aws: &'a Aws<'a>) -> Self {
        Self { config, aws, http: None, queues: Queues::default(), partners: Partners::default() }
    }

    pub(crate) fn made(self) -> (Queues, Partners) {
        (self.queues, self.partners)
    }

    /// The one HTTP client of all partners.
    fn http(&mut self) -> Result<HttpClient, BadConfig> {
        if let Some(http) = &self.http {
            return Ok(http.clone());
        }
        let http = http_client().map_err(|e| BadConfig(e.to_string()))?;
        Ok(self.http.insert(http).clone())
    }
}

/// Sending to queues.
///
/// # Errors
/// Never; its queues' addresses are asked for when it sends.
pub fn queues(m: &mut Making<'_>) -> Result<(), BadConfig> {
    m.queues = Queues::new(m.aws.sqs(), |name| m.config.queue_url(name));
    Ok(())
}

/// The keys of personal data.
///
/// # Errors
/// [`BadConfig`].
pub fn keys(m: &mut Making<'_>) -> Result<(), BadConfig> {
    let Some(index) = m.config.get("KEYS_BLIND_INDEX") else { return Ok(()) };
    let index = STANDARD.decode(index).map_err(|e| BadConfig(format!("KEYS_BLIND_INDEX: {e}")))?;
    let keys = if let Some(id) = m.config.get("KEYS_KMS_KEY") {
        Keys::kms(m.aws.kms(), id.to_owned(), &index)
    } else {
        let master = STANDARD.decode(m.config.need("KEYS_LOCAL_MASTER")?).map_err(|e| BadConfig(format!("KEYS_LOCAL_MASTER: {e}")))?;
        Keys::local(master.try_into().map_err(|_| BadConfig("KEYS_LOCAL_MASTER has not 32 bytes".into()))?, &index)
    };
    m.partners.keys = Some(keys);
    Ok(())
}

/// The payment provider.
///
/// # Errors
/// [`BadConfig`].
pub fn payment(m: &mut Making<'_>) -> Result<(), BadConfig> {
    let c = m.config;
    let Some(base_url) = c.get("PAYMENT_BASE_URL") else { return Ok(()) };
    let config = payment::Config {
        base_url: base_url.to_owned(),
        merchant_serial: text(c, "PAYMENT_MERCHANT_SERIAL")?,
        merchant_key: text(c, "PAYMENT_MERCHANT_KEY")?,
        notify_url: format!("{}/api/v1/callbacks/payment", c.public_origin()),
        verifier: verifier(c)?,
    };
    let payment = Payment::new(m.http()?, config);
    m.partners.provider = Some(Arc::new(payment.clone()));
    m.partners.payment = Some(payment);
    Ok(())
}

/// Believing what the payment provider says, without the merchant's key.
///
/// # Errors
/// [`BadConfig`].
pub fn payment_verify(m: &mut Making<'_>) -> Result<(), BadConfig> {
    if m.config.get("PAYMENT_MCHID").is_some() {
        m.partners.notices = Some(Verifier::new(verifier(m.config)?));
    }
    Ok(())
}

fn verifier(c: &Config) -> Result<payment::VerifierConfig, BadConfig> {
    Ok(payment::VerifierConfig {
        mchid: text(c, "PAYMENT_MCHID")?,
        appid: text(c, "PAYMENT_APPID")?,
        platform_serial: text(c, "PAYMENT_PLATFORM_SERIAL")?,
        platform_key: text(c, "PAYMENT_PLATFORM_KEY")?,
        apiv3_key: text(c, "PAYMENT_APIV3_KEY")?,
    })
}

/// The rider platform.
///
/// # Errors
/// [`BadConfig`].
pub fn delivery(m: &mut Making<'_>) -> Result<(), BadConfig> {
    let c = m.config;
    let Some(base_url) = c.get("DELIVERY_BASE_URL") else { return Ok(()) };
    let config = delivery::Config {
        base_url: base_url.to_owned(),
        app_id: text(c, "DELIVERY_APP_ID")?,
        token: text(c, "DELIVERY_TOKEN")?,
        callback_url: format!("{}/api/v1/callbacks/delivery", c.public_origin()),
    };
    let delivery = Delivery::new(m.http()?, config);
    m.partners.riders = Some(Arc::new(delivery.clone()));
    m.partners.delivery = Some(delivery);
    Ok(())
}

/// WeChat.
///
/// # Errors
/// [`BadConfig`].
pub fn wechat(m: &mut Making<'_>) -> Result<(), BadConfig> {
    let c = m.config;
    let Some(base_url) = c.get("WECHAT_BASE_URL") else { return Ok(()) };
    let config = wechat::Config { base_url: base_url.to_owned(), appid: text(c, "WECHAT_APPID")?, secret: text(c, "WECHAT_SECRET")? };
    m.partners.wechat = Some(Wechat::new(m.http()?, config));
    Ok(())
}

/// Signing quotes, and believing those that were.
///
/// # Errors
/// [`BadConfig`].
pub fn quotes(m: &mut Making<'_>) -> Result<(), BadConfig> {
    m.partners.quotes = m.config.get("QUOTE_SIGN_KEYS").map(QuoteKeys::read).transpose()?;
    Ok(())
}

/// The chain's files.
///
/// # Errors
/// [`BadConfig`].
pub fn files(m: &mut Making<'_>) -> Result<(), BadConfig> {
    let c = m.config;
    let Some(base_url) = c.get("FILES_URL") else { return Ok(()) };
    // A form shows whose key has signed it to the browser that sends it. In the cloud that is the role's, whose secret nobody knows; where a bucket has a
    // key of its own, it is that one.
    let own = c.get("FILES_ACCESS_KEY").is_some();
    let (id, secret) = if own { ("FILES_ACCESS_KEY", "FILES_SECRET_KEY") } else { ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") };
    let config = files::Config {
        base_url: base_url.trim_end_matches('/').to_owned(),
        form_url: c.get("FILES_FORM_URL").map(str::to_owned),
        bucket: text(c, "FILES_BUCKET")?,
        region: c.get("AWS_REGION").or_else(|| c.get("AWS_DEFAULT_REGION")).unwrap_or("us-east-1").to_owned(),
        access_key: text(c, id)?,
        secret_key: text(c, secret)?,
        session_token: c.get("AWS_SESSION_TOKEN").filter(|_| !own).map(str::to_owned),
    };
    m.partners.files = Some(Files::new(m.http()?, config));
    Ok(())
}

fn text(config: &Config, name: &str) -> Result<String, BadConfig> {
    config.need(name).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use liandian_partners::sign;

    use crate::{App, Config, app::Clock, auth::listed, table};

    fn vars() -> BTreeMap<String, String> {
        let public = || listed("k1", &sign::new_ec_pair().unwrap().1);
        let fixed = ["PUBLIC_ORIGIN", "CELL_TABLE", "HQ_TABLE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PAYMENT_BASE_URL"];
        let verifying = ["PAYMENT_MCHID", "PAYMENT_APPID", "PAYMENT_PLATFORM_SERIAL", "PAYMENT_PLATFORM_KEY", "PAYMENT_APIV3_KEY"];
        let mut v: BTreeMap<String, String> = fixed.iter().chain(&verifying).map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        v.extend([("MEMBER_TOKEN_KEYS".to_owned(), public()), ("STAFF_TOKEN_KEYS".to_owned(), public())]);
        v
    }

    #[tokio::test]
    async fn given_no_key_of_the_merchant_when_functions_start_then_the_one_that_hears_payments_does_and_the_one_that_asks_for_them_does_not() {
        let start = |f: &crate::function::Function| App::new(Config::from_vars(&vars()), Clock::default(), f.parts);
        let hears = start(&table::PAYMENT_NOTIFY).unwrap();
        assert!(hears.notices().is_ok() && hears.payment().is_err() && hears.provider().is_err());
        assert!(start(&table::PAYMENT_START).err().unwrap().0.contains("PAYMENT_MERCHANT_SERIAL"));
        assert!(start(&table::STORE_HOME).unwrap().notices().is_err());
    }
}
