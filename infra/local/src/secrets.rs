//! The keys of this one machine, made once and kept in the data folder, readable by its owner only.

use std::path::Path;

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_partners::sign;
use serde::{Deserialize, Serialize};

/// A pair of keys for the tokens of one audience, EC P-256, in PEM.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TokenKey {
    /// Its id.
    pub kid: String,
    /// Signs.
    pub private: String,
    /// Checks.
    pub public: String,
}

impl TokenKey {
    fn new() -> Result<Self, sign::BadKey> {
        let (private, public) = sign::new_ec_pair()?;
        Ok(Self { kid: sign::nonce()?, private, public })
    }
}

/// (Whose file is from before there were two pairs logs in again.)
fn token_key() -> TokenKey {
    TokenKey::new().unwrap_or_default()
}

/// All keys, of both sides where a sandbox partner has one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// Members' tokens.
    #[serde(default = "token_key")]
    pub member_tokens: TokenKey,
    /// Staff's tokens.
    #[serde(default = "token_key")]
    pub staff_tokens: TokenKey,
    /// The merchant's key.
    pub merchant_private: String,
    /// The merchant's public key, which the provider has.
    pub merchant_public: String,
    /// The provider's key.
    pub platform_private: String,
    /// The provider's public key, which we have.
    pub platform_public: String,
    /// 32 characters that open payment call-backs.
    pub apiv3: String,
    /// Signs deliveries both ways.
    pub delivery_token: String,
    /// The mini-program's secret.
    pub app_secret: String,
    /// Master key of personal data, base64 of 32 bytes.
    pub master: String,
    /// Key of the blind index, base64.
    pub blind_index: String,
    /// The access key id with which this installation's functions ask its engines; whoever does not know it is refused.
    #[serde(default = "credential")]
    pub credential: String,
    /// Signs quotes, base64.
    #[serde(default = "quote_key")]
    pub quote_key: String,
    /// Signs forms and links of files. Its id is in every form that a browser gets, so neither is the one that the engines ask for.
    #[serde(default = "credential")]
    pub files_key: String,
}

/// A key for quotes.
fn quote_key() -> String {
    sign::random::<32>().map(|bytes| STANDARD.encode(bytes)).unwrap_or_default()
}

/// One that nobody guesses.
fn credential() -> String {
    sign::nonce().unwrap_or_default()
}

impl Secrets {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it cannot be read or written, or is damaged: made anew it would lock everybody's data away.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("secrets.json");
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let secrets: Self = serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))?;
                // What the file did not have yet is kept like the rest.
                let whole = serde_json::to_string_pretty(&secrets)?;
                if whole != text {
                    write_private(&file, &whole)?;
                }
                return Ok(secrets);
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", file.display())),
        }
        let (merchant_private, merchant_public) = sign::new_rsa_pair()?;
        let (platform_private, platform_public) = sign::new_rsa_pair()?;
        let secrets = Self {
            member_tokens: TokenKey::new()?,
            staff_tokens: TokenKey::new()?,
            merchant_private,
            merchant_public,
            platform_private,
            platform_public,
            apiv3: sign::nonce()?,
            delivery_token: sign::nonce()?,
            app_secret: sign::nonce()?,
            master: STANDARD.encode(sign::random::<32>()?),
            blind_index: STANDARD.encode(sign::random::<32>()?),
            credential: sign::nonce()?,
            quote_key: STANDARD.encode(sign::random::<32>()?),
            files_key: sign::nonce()?,
        };
        write_private(&file, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }
}

/// Whole or not at all, and for the owner's eyes only.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let half = file.with_extension("new");
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        open.mode(0o600);
    }
    // One left by a process that died while it wrote is not this one.
    let _ = std::fs::remove_file(&half);
    std::io::Write::write_all(&mut open.open(&half)?, text.as_bytes())?;
    std::fs::rename(&half, file).with_context(|| format!("cannot write {}", file.display()))
}
