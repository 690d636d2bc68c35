//! RSA, AES and MD5 as WeChat's protocols use them; both sides, so that the sandboxes sign with the same code.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    encoding::AsDer,
    rand::{SecureRandom, SystemRandom},
    rsa,
    signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};

/// A key or signature that does not fit. Never holds the secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(pub &'static str);

/// Random bytes.
///
/// # Errors
/// [`BadKey`] when the system has no randomness.
pub fn random<const N: usize>() -> Result<[u8; N], BadKey> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| BadKey("no randomness"))?;
    Ok(bytes)
}

/// A nonce: 32 hexadecimal digits.
///
/// # Errors
/// [`BadKey`] when the system has no randomness.
pub fn nonce() -> Result<String, BadKey> {
    Ok(hex::encode(random::<16>()?))
}

fn pem_body(pem: &str) -> Result<Vec<u8>, BadKey> {
    let body: String = pem.lines().filter(|l| !l.starts_with("-----")).map(str::trim).collect();
    STANDARD.decode(body).map_err(|_| BadKey("not a PEM key"))
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A new RSA-2048 key pair: private (PKCS#8) and public, in PEM.
///
/// # Errors
/// [`BadKey`] when the system has no randomness.
pub fn new_rsa_pair() -> Result<(String, String), BadKey> {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(|_| BadKey("cannot make a key"))?;
    let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| BadKey("cannot write a key"))?;
    let public = pair.public_key().as_der().map_err(|_| BadKey("cannot write a key"))?;
    let public: aws_lc_rs::encoding::PublicKeyX509Der<'_> = public;
    Ok((pem("PRIVATE KEY", private.as_ref()), pem("PUBLIC KEY", public.as_ref())))
}

/// A new EC P-256 key pair for tokens: private (PKCS#8) and public, in PEM.
///
/// # Errors
/// [`BadKey`] when the system has no randomness.
pub fn new_ec_pair() -> Result<(String, String), BadKey> {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let doc = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).map_err(|_| BadKey("cannot make a key"))?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, doc.as_ref()).map_err(|_| BadKey("cannot read a key"))?;
    let public: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| BadKey("cannot write a key"))?;
    Ok((pem("PRIVATE KEY", doc.as_ref()), pem("PUBLIC KEY", public.as_ref())))
}

/// Signs with RSA PKCS#1 v1.5 SHA-256; base64.
///
/// # Errors
/// [`BadKey`] when the key is no RSA key in PKCS#8.
pub fn rsa_sign(private_pem: &str, message: &str) -> Result<String, BadKey> {
    let key = RsaKeyPair::from_pkcs8(&pem_body(private_pem)?).map_err(|_| BadKey("not an RSA key in PKCS#8"))?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).map_err(|_| BadKey("cannot sign"))?;
    Ok(STANDARD.encode(signature))
}

/// Checks such a signature.
#[must_use]
pub fn rsa_verify(public_pem: &str, message: &str, signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (pem_body(public_pem), STANDARD.decode(signature)) else { return false };
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(message.as_bytes(), &signature).is_ok()
}

fn gcm(key: &[u8]) -> Result<LessSafeKey, BadKey> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| BadKey("an AES key has 32 bytes"))
}

/// AES-256-GCM; the tag follows the cipher text.
///
/// # Errors
/// [`BadKey`] for a key that is not 32 or a nonce that is not 12 bytes long.
pub fn seal(key: &[u8], nonce: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, BadKey> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BadKey("a nonce has 12 bytes"))?;
    let mut data = plain.to_vec();
    gcm(key)?.seal_in_place_append_tag(nonce, Aad::from(aad), &mut data).map_err(|_| BadKey("cannot seal"))?;
    Ok(data)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`BadKey`] when anything differs.
pub fn open(key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BadKey> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BadKey("a nonce has 12 bytes"))?;
    let mut data = sealed.to_vec();
    let plain = gcm(key)?.open_in_place(nonce, Aad::from(aad), &mut data).map_err(|_| BadKey("cannot open: key, data or context differ"))?;
    Ok(plain.to_vec())
}

/// Lower-case MD5 of a text.
#[must_use]
pub fn md5_hex(text: &str) -> String {
    hex::encode(Md5::digest(text.as_bytes()))
}

/// Compares without telling by time where two texts differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

/// WeChat intra-city's rule: `lower(md5("k=v&…" sorted + "&token=" + token))`, the sign itself left out.
#[must_use]
pub fn md5_of_params(params: &std::collections::BTreeMap<String, String>, token: &str) -> String {
    let pairs: Vec<String> = params.iter().filter(|(k, _)| *k != "sign").map(|(k, v)| format!("{k}={v}")).collect();
    md5_hex(&format!("{}&token={token}", pairs.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_keys_when_signing_and_sealing_then_only_the_same_key_and_text_fit() {
        let (private, public) = new_rsa_pair().unwrap();
        let s = rsa_sign(&private, "a\nb\n").unwrap();
        assert!(rsa_verify(&public, "a\nb\n", &s));
        assert!(!rsa_verify(&public, "a\nc\n", &s));
        assert!(!rsa_verify(&new_rsa_pair().unwrap().1, "a\nb\n", &s));
        let sealed = seal(&[1; 32], &[2; 12], b"aad", b"text").unwrap();
        assert_eq!(open(&[1; 32], &[2; 12], b"aad", &sealed).unwrap(), b"text");
        assert!(open(&[1; 32], &[2; 12], b"other", &sealed).is_err());
        assert!(open(&[3; 32], &[2; 12], b"aad", &sealed).is_err());
        assert!(seal(&[1; 16], &[2; 12], b"", b"").is_err());
    }
}
