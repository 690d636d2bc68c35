//! Systems of others: payment, delivery, WeChat, keys, files. Clients with injectable base URLs; the sandboxes of `infra/local`
//! check the same signatures.
//!
//! What must not live here: decisions, tables, clocks (time is given).

pub mod delivery;
pub mod files;
pub mod keys;
pub mod payment;
pub mod sign;
pub mod wechat;

use std::time::Duration;

pub use reqwest::Client as HttpClient;

/// A partner did not do what was asked. The text is for the log and holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    /// Did not answer in time, or answered with a fault of its own: asking again may help.
    #[error("{partner} did not answer: {cause}")]
    Unreachable {
        /// Which partner.
        partner: &'static str,
        /// What happened.
        cause: String,
    },
    /// Answered, and will answer the same again.
    #[error("{partner} refused: {code} {message}")]
    Refused {
        /// Which partner.
        partner: &'static str,
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
    /// Rightly signed, and about somebody else's money: another currency, merchant or app. Asking again does not help.
    #[error("{partner} vouches for what is not ours: {what} of {of}")]
    Foreign {
        /// Which partner.
        partner: &'static str,
        /// What differs: `currency`, `mchid`, `appid`, `out_trade_no`.
        what: &'static str,
        /// Of which order, as the partner wrote it.
        of: String,
    },
    /// A signature, a key or a body is not what it should be.
    #[error("{partner}: {cause}")]
    Untrusted {
        /// Which partner.
        partner: &'static str,
        /// What is wrong.
        cause: String,
    },
}

impl PartnerError {
    /// May asking again help?
    #[must_use]
    pub fn retryable(&self) -> bool {
        matches!(self, PartnerError::Unreachable { .. })
    }

    /// The partner's code, when it refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            PartnerError::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// The HTTP client of all partners: five seconds, no more.
///
/// # Errors
/// [`PartnerError::Untrusted`] when no TLS is to be had on this machine.
pub fn http_client() -> Result<HttpClient, PartnerError> {
    HttpClient::builder()
        .timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(2))
        .build()
        .map_err(|e| PartnerError::Untrusted { partner: "http", cause: e.to_string() })
}

pub(crate) fn unreachable(partner: &'static str) -> impl Fn(reqwest::Error) -> PartnerError {
    // Without the address: it may carry ids of persons.
    move |e| PartnerError::Unreachable { partner, cause: e.without_url().to_string() }
}
