//! Other forms of keys and signatures: PEM and SPKI, and ECDSA signatures in ASN.1 DER.

use base64ct::{Base64, Encoding as _};

use crate::error::Error;

use super::public_key::key_error;
use super::{Algorithm, PublicKey};

/// What stands before the key in a `SubjectPublicKeyInfo`: RFC 8410, RFC 5480, with uncompressed points.
const ED25519_PREFIX: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_PREFIX: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
const P384_PREFIX: &[u8] = b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04";
const P521_PREFIX: &[u8] = b"\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23\x03\x81\x86\x00\x04";

impl PublicKey {
    /// Reads a public key as `openssl` writes it: one PEM block `PUBLIC KEY`, and whatever text before
    /// it. RSA keys have no algorithm in it, and are given as a JWK.
    ///
    /// # Errors
    /// [`ErrorCode::Key`](crate::ErrorCode::Key) for anything but one such block of an Ed25519, P-256,
    /// P-384 or P-521 key, the point uncompressed.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let block = pem.split_once("-----BEGIN PUBLIC KEY-----").map(|(_, rest)| rest);
        let inside = block
            .and_then(|rest| rest.split_once("-----END PUBLIC KEY-----"))
            .filter(|(_, after)| after.trim().is_empty())
            .map(|(inside, _)| inside)
            .ok_or_else(|| key_error("expected a PEM block `PUBLIC KEY`"))?;
        let text: String = inside.split_ascii_whitespace().collect();
        let der = Base64::decode_vec(&text).map_err(|_| key_error("expected base64 in PEM"))?;
        Self::from_spki(&der)
    }

    /// Reads a DER `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// As [`PublicKey::from_pem`].
    pub fn from_spki(der: &[u8]) -> Result<Self, Error> {
        if let Some(key) = der.strip_prefix(ED25519_PREFIX) {
            return Self::from_ed25519(key);
        }
        for (prefix, algorithm) in [
            (P256_PREFIX, Algorithm::Es256),
            (P384_PREFIX, Algorithm::Es384),
            (P521_PREFIX, Algorithm::Es512),
        ] {
            if let Some(point) = der.strip_prefix(prefix) {
                let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
                return Self::from_parts(algorithm, x.to_vec(), y.to_vec());
            }
        }
        Err(key_error("expected a public key of Ed25519, P-256, P-384 or P-521"))
    }

    /// The signature as JOSE writes it, from that or from ASN.1 DER, where a format allows both. None
    /// when it cannot be one by this key.
    pub(super) fn plain_signature(&self, signature: &[u8]) -> Option<Vec<u8>> {
        if signature.len() == self.signature_bytes() {
            return Some(signature.to_vec());
        }
        let (_, length) = self.algorithm().curve()?;
        if self.algorithm() == Algorithm::Ed25519 {
            return None;
        }
        let (inside, after) = der_value(0x30, signature)?;
        let (r, rest) = der_value(0x02, inside)?;
        let (s, end) = der_value(0x02, rest)?;
        if !after.is_empty() || !end.is_empty() {
            return None;
        }
        let mut plain = vec![0; 2 * length];
        let (r_half, s_half) = plain.split_at_mut_checked(length)?;
        write_integer(r, r_half)?;
        write_integer(s, s_half)?;
        Some(plain)
    }
}

/// The content of a DER value with this tag, and what follows it. Lengths under 256, in the shortest
/// form.
fn der_value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    match der {
        [first, length @ 0..=0x7F, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        [first, 0x81, length @ 0x80..=0xFF, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}

/// Writes a positive DER integer, in its shortest form, to the end of `out`.
fn write_integer(integer: &[u8], out: &mut [u8]) -> Option<()> {
    let digits = match integer {
        [0, second, ..] if *second >= 0x80 => integer.get(1..)?,
        [first, ..] if (1..0x80).contains(first) => integer,
        _ => return None,
    };
    let start = out.len().checked_sub(digits.len())?;
    out.get_mut(start..)?.copy_from_slice(digits);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_in_its_one_form_is_read_and_nothing_else() {
        let key = PublicKey::from_jwk(
            br#"{"kty":"EC","crv":"P-256","x":"6BKxpty8cI-exDzCkh-goU6dXq3MbcY0cd1LaAxiNrU","y":"mCbcvUzm44j3Lt2b5BPyQloQ91tf2D2V-gzeUxWaUdg"}"#,
        )
        .unwrap();
        let plain = key.plain_signature(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 5]).unwrap();
        assert_eq!((plain.len(), plain[31], plain[63]), (64, 0x80, 5));
        for bad in [
            &[0x30, 6, 2, 1, 0x80, 2, 1, 5][..], // negative
            &[0x30, 7, 2, 2, 0, 5, 2, 1, 5],     // not the shortest
            &[0x30, 6, 2, 1, 0, 2, 1, 5],        // zero
            &[0x30, 6, 2, 1, 5, 2, 1, 5, 0],     // more after it
            &[0x30, 7, 2, 1, 5, 2, 1, 5, 0],     // more inside
            &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 5],  // a long length
            &[0x30, 6, 2, 1, 5, 4, 1, 5],        // no integer
            &[0x30, 5, 2, 1, 5, 2, 1],           // cut
            &[],
        ] {
            assert_eq!(key.plain_signature(bad), None, "{bad:x?}");
        }
        assert_eq!(key.plain_signature(&[7; 64]), Some(vec![7; 64]));
    }

    #[test]
    fn pem_and_jwk_give_the_same_key() {
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
        let key = PublicKey::from_pem(pem).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert!(PublicKey::from_pem(&pem.replace("PUBLIC", "PRIVATE")).is_err());
        assert!(PublicKey::from_pem(&pem.replace("MCow", "MCoo")).is_err());
    }
}
