//! A message's parts: body and attributes with their checks, digests, ids and receipt handles.
//!
//! Nothing here touches the file.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::fault::{Code, Refusal};

/// The most that a message, or a batch in sum, may weigh: 1 MiB.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// A typed value beside the body. Binary values stay in base64, as they come and go on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MessageAttribute {
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
}

/// Attributes by name, in the order that the digest needs.
pub(crate) type MessageAttributes = BTreeMap<String, MessageAttribute>;

impl MessageAttribute {
    /// The kind byte of the digest, and the value's bytes.
    fn value(&self) -> Option<(u8, Vec<u8>)> {
        match (self.data_type.split('.').next(), &self.string_value, &self.binary_value) {
            (Some("String" | "Number"), Some(text), None) => Some((1, text.clone().into_bytes())),
            (Some("Binary"), None, Some(coded)) => STANDARD.decode(coded).ok().map(|bytes| (2, bytes)),
            _ => None,
        }
    }

    fn check(&self, name: &str) -> Result<(), Refusal> {
        let bad = |reason: &str| Err(Refusal::new(Code::InvalidParameterValue, format!("The message attribute '{name}' {reason}.")));
        if self.data_type.is_empty() || self.data_type.len() > 256 {
            return bad("must contain a non-empty message attribute type of at most 256 bytes");
        }
        match self.value() {
            None => bad("must have a type of String, Number or Binary and the one value that belongs to it"),
            Some((_, bytes)) if bytes.is_empty() => bad("must contain a non-empty message attribute value"),
            Some(_) if self.string_value.as_deref().is_some_and(|text| !is_clean(text)) => bad("contains characters that are not allowed"),
            Some((_, bytes)) if self.data_type.starts_with("Number") => {
                let number = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse::<f64>().ok());
                if number.is_some_and(f64::is_finite) { Ok(()) } else { bad("must be a number") }
            }
            Some(_) => Ok(()),
        }
    }
}

/// Only what XML 1.0 can carry is allowed in a body, also in the JSON protocol.
fn is_clean(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}'))
}

/// Checks a body and its attributes; the answer is their weight in bytes.
pub(crate) fn check(body: &str, attributes: &MessageAttributes) -> Result<usize, Refusal> {
    if body.is_empty() {
        return Err(Refusal::missing("MessageBody"));
    }
    if !is_clean(body) {
        return Err(Refusal::new(Code::InvalidMessageContents, "Invalid characters found in the message body."));
    }
    if attributes.len() > 10 {
        let message = format!("Number of message attributes [{}] exceeds the allowed maximum [10].", attributes.len());
        return Err(Refusal::new(Code::InvalidParameterValue, message));
    }
    let mut bytes = body.len();
    for (name, attribute) in attributes {
        let shape = !name.is_empty()
            && name.len() <= 256
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            && !(name.starts_with('.') || name.ends_with('.') || name.contains(".."));
        let lower = name.to_ascii_lowercase();
        if !shape || lower.starts_with("aws.") || lower.starts_with("amazon.") {
            return Err(Refusal::new(Code::InvalidParameterValue, format!("The message attribute name '{name}' is not valid.")));
        }
        attribute.check(name)?;
        bytes += name.len() + attribute.data_type.len() + attribute.value().map_or(0, |(_, value)| value.len());
    }
    Ok(bytes)
}

/// MD5 of a text, in hex.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Md5::digest(text.as_bytes()))
}

/// MD5 of attributes, or nothing when there are none.
/// Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
pub(crate) fn digest_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut md5 = Md5::new();
    let part = |md5: &mut Md5, bytes: &[u8]| {
        // Lengths are far below 4 GiB: a message is at most 1 MiB.
        md5.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        md5.update(bytes);
    };
    for (name, attribute) in attributes {
        let (kind, value) = attribute.value().unwrap_or_default();
        part(&mut md5, name.as_bytes());
        part(&mut md5, attribute.data_type.as_bytes());
        md5.update([kind]);
        part(&mut md5, &value);
    }
    Some(hex::encode(md5.finalize()))
}

/// Does a list of wanted names (`All`, `.*`, `name`, `prefix.*`) cover this name?
pub(crate) fn wants(wanted: &[String], name: &str) -> bool {
    wanted.iter().any(|want| match want.as_str() {
        "All" | ".*" => true,
        want => want == name || want.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix)),
    })
}

/// A random id in the form of a UUID, version 4.
pub(crate) fn new_id() -> String {
    let bits = (rand::random::<u128>() & !(0xf000 << 64) & !(0xc000 << 48)) | (0x4000 << 64) | (0x8000 << 48);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// One receive of one message. A later receive has another token, so an old handle no longer deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The message's row.
    pub(crate) row: i64,
    /// The receive's random token.
    pub(crate) token: i64,
}

impl Receipt {
    /// The opaque text that a client holds.
    pub(crate) fn handle(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("receipt:{}:{}", self.row, self.token))
    }

    /// Reads a handle.
    pub(crate) fn read(handle: &str) -> Result<Self, Refusal> {
        let read = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(handle).ok()?).ok()?;
            let (row, token) = text.strip_prefix("receipt:")?.split_once(':')?;
            Some(Self { row: row.parse().ok()?, token: token.parse().ok()? })
        };
        read().ok_or_else(|| {
            Refusal::new(Code::ReceiptHandleIsInvalid, format!("The input receipt handle \"{handle}\" is not a valid receipt handle."))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data_type: &str, value: &str) -> MessageAttribute {
        MessageAttribute { data_type: data_type.to_owned(), string_value: Some(value.to_owned()), binary_value: None }
    }

    #[test]
    fn given_texts_when_digested_then_md5_is_the_known_one() {
        assert_eq!(digest("hello"), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(digest_of_attributes(&MessageAttributes::new()), None);
        // Spelt out by hand after the developer guide: lengths of four bytes, the kind byte before the value.
        let one = MessageAttributes::from([("k".to_owned(), text("String", "v"))]);
        let mut bytes = Vec::new();
        for part in ["k", "String"] {
            bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes.extend([1, 0, 0, 0, 1, b'v']);
        assert_eq!(digest_of_attributes(&one), Some(hex::encode(Md5::digest(&bytes))));
    }

    #[test]
    fn given_bodies_and_attributes_when_not_allowed_then_refused() {
        let none = MessageAttributes::new();
        assert_eq!(check("你好\n", &none).expect("clean"), 7);
        assert_eq!(check("bad\u{1}", &none).expect_err("control").code, Code::InvalidMessageContents);
        assert_eq!(check("bad\u{FFFF}", &none).expect_err("not a character").code, Code::InvalidMessageContents);
        assert_eq!(check("", &none).expect_err("empty").code, Code::MissingParameter);
        for (name, bad) in [("n", text("Number", "three")), ("s", text("String", "")), ("AWS.x", text("String", "v")), ("t", text("Colour", "red"))] {
            let attributes = MessageAttributes::from([(name.to_owned(), bad)]);
            assert_eq!(check("x", &attributes).expect_err(name).code, Code::InvalidParameterValue, "{name}");
        }
    }

    #[test]
    fn given_a_receipt_when_written_and_read_then_it_is_the_same() {
        let receipt = Receipt { row: 7, token: -9_000_000_000 };
        assert_eq!(Receipt::read(&receipt.handle()).expect("ours"), receipt);
        assert_eq!(Receipt::read("garbage").expect_err("not ours").code, Code::ReceiptHandleIsInvalid);
        assert_eq!(new_id().len(), 36);
        assert_eq!(&new_id()[14..15], "4");
    }

    #[test]
    fn given_wanted_names_when_matched_then_prefixes_and_all_work() {
        let wanted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(wants(&wanted(&["All"]), "a.b"));
        assert!(wants(&wanted(&["a.*"]), "a.b"));
        assert!(!wants(&wanted(&["b", "c.*"]), "a.b"));
        assert!(!wants(&[], "a"));
    }
}
