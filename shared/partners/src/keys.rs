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

/// An address no further than its district (省市区, or the road where it names no district), the rest as stars. Nothing of a house, a compound or a
/// door is shown, wherever in the address it is written. Of an address without Chinese the last part is shown, where its city is.
#[must_use]
pub fn mask_address(address: &str) -> String {
    let c: Vec<char> = address.trim().chars().collect();
    if !c.iter().any(|c| is_han(*c)) {
        let city = address.rsplit_once(',').map(|(_, last)| last.trim()).filter(|last| !last.is_empty() && !last.contains(char::is_numeric));
        return city.map_or_else(|| HIDDEN.to_owned(), |city| format!("{HIDDEN} {city}"));
    }
    let open = &c[..before_door(&c)];
    let mut shown = 0;
    for level in [&['省'][..], &['市', '州', '盟'], &['区', '县', '旗', '市']] {
        let ends = |i: &usize| level.contains(&open[*i]);
        // A name of one character at least before the word that ends it.
        if let Some(i) = (shown + 1..open.len().min(shown + LONGEST)).find(ends) {
            shown = i + 1;
        }
    }
    if shown == 0 {
        let ends = |i: &usize| ['路', '街', '道', '镇', '乡'].contains(&open[*i]);
        shown = (1..open.len().min(LONGEST)).find(ends).map_or(0, |i| i + 1);
    }
    format!("{}{HIDDEN}", open[..shown].iter().collect::<String>())
}

/// What stands for what is not shown.
const HIDDEN: &str = "****";
/// The longest name of a district or a road, in characters.
const LONGEST: usize = 12;
/// What makes 区 the end of a compound's name: 小区, 社区, 校区, 院区, 库区.
const COMPOUND: [char; 5] = ['小', '社', '校', '院', '库'];
/// What a number in Chinese is of a door before.
const DOOR: [char; 14] = ['号', '室', '楼', '栋', '幢', '座', '单', '层', '弄', '门', '户', '房', '组', '队'];

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Where in an address the first thing is that may tell a house: digits of any kind, Latin letters (A座), a number in Chinese before a word for a
/// door, or the word for a compound.
fn before_door(c: &[char]) -> usize {
    let in_chinese = |c: char| "零〇一二三四五六七八九十百两甲乙丙丁".contains(c);
    (0..c.len())
        .find(|&i| {
            let after = c[i..].iter().find(|c| !in_chinese(**c));
            (!is_han(c[i]) && c[i].is_alphanumeric())
                || (in_chinese(c[i]) && after.is_some_and(|a| DOOR.contains(a)))
                || (COMPOUND.contains(&c[i]) && c.get(i + 1) == Some(&'区'))
        })
        .unwrap_or(c.len())
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
    }

    #[test]
    fn given_addresses_when_masked_then_nothing_below_the_district_is_left_wherever_the_door_is_written() {
        for (address, shown) in [
            ("上海市静安区南京西路1601号", "上海市静安区****"),
            ("静安区南京西路1601号", "静安区****"),
            ("四川省成都市武侯区天府大道 500 号", "四川省成都市武侯区****"),
            ("内蒙古自治区呼和浩特市新城区幸福小区3号楼", "内蒙古自治区呼和浩特市新城区****"),
            ("杭州市西湖区幸福小区三号楼五零二室", "杭州市西湖区****"),
            ("上海市浦东新区世纪大道", "上海市浦东新区****"),
            ("幸福里 88 弄 7 号 1201 室", "****"),
            ("101室，静安区南京西路1601号", "****"),
            ("3号楼2单元502", "****"),
            ("12-3-402 幸福小区", "****"),
            ("１２栋 幸福小区", "****"),
            ("五零二室南京西路", "****"),
            ("A座501 幸福大厦", "****"),
            ("幸福小区", "****"),
            ("南京西路1601号", "南京西路****"),
            ("四平路幸福小区", "四平路****"),
            ("Room 1201, 88 Nanjing West Road, Shanghai", "**** Shanghai"),
            ("88 Nanjing West Road", "****"),
            ("Shanghai, Room 1201", "****"),
            ("区", "****"),
            ("", "****"),
        ] {
            assert_eq!(mask_address(address), shown, "{address}");
        }
    }

    #[test]
    fn given_the_parts_of_an_address_in_any_order_when_masked_then_no_number_of_it_is_left() {
        let parts = ["上海市", "静安区", "南京西路", "1601号", "３号楼", "五零二室", "幸福小区", "A座", "12-3-402", " ", "，", "Room 7"];
        let n = parts.len();
        for i in 0..n * n * n {
            let (a, b, c) = (parts[i % n], parts[i / n % n], parts[i / n / n]);
            let shown = mask_address(&format!("{a}{b}{c}"));
            assert!(!shown.contains(char::is_numeric) && !shown.contains("五零二") && !shown.contains("幸福"), "{a}{b}{c}: {shown}");
        }
    }
}
