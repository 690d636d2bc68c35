//! Signed quotes: who brings one back was told this price by us, and nobody has changed a word of it.
//!
//! A token is `<key>.<promise>.<signature>`: the name of the key, the promise as JSON in base64, and an HMAC-SHA256 of both. The key is a secret of its
//! own purpose (`quotes`), which only quoting and placing read. A quote holds for minutes, so a key is changed by listing the new one before the old one
//! for that long.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use liandian_domain::orders::promise::{Comes, Promise};
use liandian_types::{Code, MemberId, Problem, Timestamp, api::PlaceOrder};

use crate::{App, config::BadConfig, http::Failure};

/// The fewest bytes of a key.
const KEY_BYTES: usize = 32;

/// Longer than any token of ours: 40 lines are 3 KB.
const LONGEST: usize = 8_192;

/// Keys that sign quotes: the first one signs, all are believed. Cheap to clone.
#[derive(Clone)]
pub struct QuoteKeys(Arc<Vec<(String, hmac::Key)>>);

impl QuoteKeys {
    /// From `<name>:<base64>`, the current one first, others after commas.
    ///
    /// # Errors
    /// [`BadConfig`] for what is no list of keys; it tells nothing of them.
    pub fn read(text: &str) -> Result<Self, BadConfig> {
        let one = |part: &str| {
            let (name, key) = part.trim().split_once(':')?;
            let key = STANDARD.decode(key).ok().filter(|k| k.len() >= KEY_BYTES)?;
            (!name.is_empty() && !name.contains('.')).then(|| (name.to_owned(), hmac::Key::new(hmac::HMAC_SHA256, &key)))
        };
        let keys: Option<Vec<_>> = text.split(',').map(one).collect();
        let keys = keys.ok_or_else(|| BadConfig("QUOTE_SIGN_KEYS is no list of <name>:<base64 of 32 bytes>".into()))?;
        Ok(Self(Arc::new(keys)))
    }

    /// Signs a promise.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it cannot be written.
    pub fn sign(&self, promise: &Promise) -> Result<String, Failure> {
        let (name, key) = self.0.first().ok_or_else(|| Failure::Internal("no key signs quotes".into()))?;
        let body = serde_json::to_vec(promise).map_err(|e| Failure::Internal(format!("a promise: {e}")))?;
        let said = format!("{name}.{}", URL_SAFE_NO_PAD.encode(body));
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, said.as_bytes()));
        Ok(format!("{said}.{signature}"))
    }

    /// The promise of a token; `None` for what we did not sign.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<Promise> {
        if token.len() > LONGEST {
            return None;
        }
        let (said, signature) = token.rsplit_once('.')?;
        let (name, body) = said.split_once('.')?;
        let (_, key) = self.0.iter().find(|(known, _)| known == name)?;
        // Compared in constant time, and before a word of it is read.
        hmac::verify(key, said.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }
}

/// A promise with its token; without one where no key is configured.
///
/// # Errors
/// [`Failure::Internal`] when it cannot be signed.
pub(crate) fn signed(app: &App, promise: &Promise) -> Result<Option<String>, Failure> {
    app.quote_keys().map(|keys| keys.sign(promise)).transpose()
}

/// What the order's quote promised, if it came with one.
///
/// # Errors
/// `bad_request` for a token that is none of ours.
pub(crate) fn promised(app: &App, order: &PlaceOrder) -> Result<Option<Promise>, Failure> {
    let Some(token) = &order.quote else { return Ok(None) };
    let opened = app.quote_keys().and_then(|keys| keys.open(token));
    opened.map(Some).ok_or_else(|| Problem::new(Code::BadRequest, "报价凭证无效，请重新获取报价").at("quote").into())
}

/// Is it for this order, and does it hold?
///
/// # Errors
/// As [`Promise::check`].
pub(crate) fn check(promise: Option<&Promise>, member: &MemberId, order: &PlaceOrder, now: Timestamp) -> Result<(), Problem> {
    let Some(promise) = promise else { return Ok(()) };
    let comes = Comes { member, store: &order.store, lines: &order.lines, fulfilment: order.fulfilment, expect_total: order.expect_total };
    promise.check(&comes, now)
}

#[cfg(test)]
mod tests {
    use liandian_types::{Fen, Fulfilment, Quantity};

    use super::*;

    fn keys(names: &[(&str, u8)]) -> QuoteKeys {
        let all: Vec<String> = names.iter().map(|(name, byte)| format!("{name}:{}", STANDARD.encode([*byte; KEY_BYTES]))).collect();
        QuoteKeys::read(&all.join(",")).unwrap()
    }

    fn promise() -> Promise {
        Promise {
            member: Some("mem_1".parse().unwrap()),
            store: "sto_1".parse().unwrap(),
            fulfilment: Fulfilment::Pickup,
            until: Timestamp(600_000),
            lines: vec![("sku_1".parse().unwrap(), Quantity::new(2).unwrap(), Fen(500), 3)],
            campaigns: Vec::new(),
            goods: Fen(1_000),
            delivery_fee: Fen::ZERO,
            total: Fen(1_000),
        }
    }

    #[test]
    fn given_a_signed_quote_when_a_letter_of_it_is_another_then_it_is_none_of_ours() {
        let keys = keys(&[("q1", 1)]);
        let token = keys.sign(&promise()).unwrap();
        assert_eq!(keys.open(&token), Some(promise()));
        for (at, letter) in token.char_indices() {
            let mut other = token.clone();
            other.replace_range(at..=at, if letter == 'A' { "B" } else { "A" });
            // The last letter of a text in base64 has bits that say nothing.
            assert!(keys.open(&other).is_none() || at == token.len() - 1, "letter {at}");
        }
        let (longer, long) = (format!("{token}x"), "x".repeat(LONGEST + 1));
        for none in ["", ".", "..", "q1..", "q1.e30.", &token[..token.len() - 4], longer.as_str(), long.as_str()] {
            assert!(keys.open(none).is_none(), "{none}");
        }
    }

    #[test]
    fn given_a_key_that_was_changed_when_an_older_quote_comes_then_it_is_believed_as_long_as_its_key_is_listed() {
        let old = keys(&[("q1", 1)]).sign(&promise()).unwrap();
        let changed = keys(&[("q2", 2), ("q1", 1)]);
        assert!(changed.open(&old).is_some());
        assert!(changed.sign(&promise()).unwrap().starts_with("q2."));
        assert!(keys(&[("q2", 2)]).open(&old).is_none());
        // The same name, another key.
        assert!(keys(&[("q1", 3)]).open(&old).is_none());
    }

    #[test]
    fn given_what_is_no_key_when_read_then_it_is_refused_without_a_word_of_it() {
        for text in ["", "q1", "q1:", "q1:c2hvcnQ=", "q.1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="] {
            let refused = QuoteKeys::read(text).err().unwrap();
            assert!(!refused.0.contains("c2hvcnQ"), "{}", refused.0);
        }
    }
}
