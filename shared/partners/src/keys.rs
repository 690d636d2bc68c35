//! Personal data: one data key per person, wrapped by a master key (KMS in the cloud, a file on one machine). Erasing the
//! wrapped key erases the person.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use aws_lc_rs::hmac;
use aws_sdk_kms::{Client, primitives::Blob, types::DataKeySpec};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::sign::{self, BadKey};

/// Something could not be sealed or opened. Never holds what was to be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key, a nonce or a context does not fit.
    #[error("keys: {0}")]
    Bad(#[from] BadKey),
    /// Not base64, or too short.
    #[error("keys: sealed data is damaged")]
    Damaged,
    /// KMS did not answer.
    #[error("kms: {0}")]
    Kms(String),
}

/// Text of a person. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }
    /// The text, for the one who must have it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A person's data key.
#[derive(Clone)]
pub struct DataKey {
    plain: [u8; 32],
    /// As it is kept: base64.
    pub wrapped: String,
}

enum Master {
    Local([u8; 32]),
    Kms(Client, String),
}

/// The master key and the blind index. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    master: Arc<Master>,
    index: Arc<hmac::Key>,
    held: Arc<Mutex<HashMap<String, [u8; 32]>>>,
}

/// How many unwrapped keys a process holds.
const HELD: usize = 2_000;
const CONTEXT: (&str, &str) = ("use", "liandian-person");

impl Keys {
    /// With a master key of 32 bytes, for one machine.
    #[must_use]
    pub fn local(master: [u8; 32], blind_index: &[u8]) -> Self {
        Self::with(Master::Local(master), blind_index)
    }

    /// With a KMS key.
    #[must_use]
    pub fn kms(client: Client, key: String, blind_index: &[u8]) -> Self {
        Self::with(Master::Kms(client, key), blind_index)
    }

    fn with(master: Master, blind_index: &[u8]) -> Self {
        Self { master: Arc::new(master), index: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, blind_index)), held: Arc::default() }
    }

    /// A key for a new person.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn new_data_key(&self) -> Result<DataKey, Error> {
        let key = match &*self.master {
            Master::Local(master) => {
                let plain = sign::random::<32>()?;
                DataKey { plain, wrapped: seal_text(master, CONTEXT.1, &plain)? }
            }
            Master::Kms(client, id) => {
                let made = client
                    .generate_data_key()
                    .key_id(id)
                    .key_spec(DataKeySpec::Aes256)
                    .encryption_context(CONTEXT.0, CONTEXT.1)
                    .send()
                    .await
                    .map_err(|e| Error::Kms(aws_sdk_kms::error::DisplayErrorContext(e).to_string()))?;
                let (Some(plain), Some(wrapped)) = (made.plaintext, made.ciphertext_blob) else { return Err(Error::Damaged) };
                DataKey { plain: plain.as_ref().try_into().map_err(|_| Error::Damaged)?, wrapped: STANDARD.encode(wrapped.as_ref()) }
            }
        };
        self.hold(&key);
        Ok(key)
    }

    fn hold(&self, key: &DataKey) {
        if let Ok(mut held) = self.held.lock() {
            if held.len() >= HELD {
                held.clear();
            }
            held.insert(key.wrapped.clone(), key.plain);
        }
    }

    /// A person's key from its wrapped form.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn unwrap(&self, wrapped: &str) -> Result<DataKey, Error> {
        if let Some(plain) = self.held.lock().ok().and_then(|h| h.get(wrapped).copied()) {
            return Ok(DataKey { plain, wrapped: wrapped.to_owned() });
        }
        let plain: Vec<u8> = match &*self.master {
            Master::Local(master) => open_text(master, CONTEXT.1, wrapped)?,
            Master::Kms(client, id) => client
                .decrypt()
                .key_id(id)
                .ciphertext_blob(Blob::new(STANDARD.decode(wrapped).map_err(|_| Error::Damaged)?))
                .encryption_context(CONTEXT.0, CONTEXT.1)
                .send()
                .await
                .map_err(|e| Error::Kms(aws_sdk_kms::error::DisplayErrorContext(e).to_string()))?
                .plaintext
                .ok_or(Error::Damaged)?
                .into_inner(),
        };
        let key = DataKey { plain: plain.try_into().map_err(|_| Error::Damaged)?, wrapped: wrapped.to_owned() };
        self.hold(&key);
        Ok(key)
    }

    /// A text by which one can look a person up without being able to read it back.
    #[must_use]
    pub fn blind_index(&self, text: &str) -> String {
        hex::encode(hmac::sign(&self.index, text.as_bytes()).as_ref())
    }
}

impl DataKey {
    /// Seals a text for a place: the same text opened elsewhere is refused.
    ///
    /// # Errors
    /// [`Error`].
    pub fn seal(&self, place: &str, text: &str) -> Result<String, Error> {
        seal_text(&self.plain, place, text.as_bytes())
    }

    /// Opens a text sealed for this place.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(&self, place: &str, sealed: &str) -> Result<Secret, Error> {
        String::from_utf8(open_text(&self.plain, place, sealed)?).map(Secret).map_err(|_| Error::Damaged)
    }
}

fn seal_text(key: &[u8; 32], place: &str, plain: &[u8]) -> Result<String, Error> {
    let nonce = sign::random::<12>()?;
    let mut all = nonce.to_vec();
    all.extend(sign::seal(key, &nonce, place.as_bytes(), plain)?);
    Ok(STANDARD.encode(all))
}

fn open_text(key: &[u8; 32], place: &str, sealed: &str) -> Result<Vec<u8>, Error> {
    let all = STANDARD.decode(sealed).map_err(|_| Error::Damaged)?;
    let (nonce, data) = all.split_at_checked(12).ok_or(Error::Damaged)?;
    Ok(sign::open(key, nonce, place.as_bytes(), data)?)
}

/// `138****1234`
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    let c: Vec<char> = phone.chars().collect();
    if c.len() < 7 {
        return "*".repeat(c.len());
    }
    format!("{}****{}", c[..3].iter().collect::<String>(), c[c.len() - 4..].iter().collect::<String>())
}

/// `张**`
#[must_use]
pub fn mask_name(name: &str) -> String {
    let mut c = name.chars();
    c.next().map(|first| format!("{first}{}", "*".repeat(c.count().clamp(1, 3)))).unwrap_or_default()
}

/// The first half of an address; the rest, where the door is, as stars.
#[must_use]
pub fn mask_address(address: &str) -> String {
    let c: Vec<char> = address.chars().collect();
    let shown = c.len() / 2;
    format!("{}****", c[..shown].iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn given_a_persons_key_when_sealed_then_only_it_opens_and_only_in_its_place() {
        let keys = Keys::local([1; 32], b"index");
        let key = keys.new_data_key().await.unwrap();
        let sealed = key.seal("order|ord_1|recipient", "张三").unwrap();
        assert!(!sealed.contains("张三"));
        let again = Keys::local([1; 32], b"index").unwrap(&key.wrapped).await.unwrap();
        assert_eq!(again.open("order|ord_1|recipient", &sealed).unwrap().expose(), "张三");
        assert!(again.open("order|ord_2|recipient", &sealed).is_err());
        assert!(Keys::local([2; 32], b"index").unwrap(&key.wrapped).await.is_err());
        assert_eq!(format!("{:?}", again.open("order|ord_1|recipient", &sealed).unwrap()), "***");
    }

    #[test]
    fn given_personal_data_when_masked_then_little_is_left() {
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_phone("123"), "***");
        assert_eq!(mask_name("张三丰"), "张**");
        assert_eq!(mask_name("李"), "李*");
        assert_eq!(mask_address("静安区南京西路1601号"), "静安区南京西****");
    }
}
