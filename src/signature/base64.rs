//! Base64, with padding for DSSE and notes, and in the URL-safe alphabet without it for JOSE. Both are
//! strict: one text for the same bytes.
//!
//! By one decoder and one encoder under both, because each further one is a kilobyte of wasm.

use base64ct::{Base64, Encoding as _};

/// Bytes of padded base64: RFC 4648, section 4.
#[inline(never)]
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// Bytes of padded base64 in the URL-safe alphabet: RFC 4648, section 5.
pub(super) fn decode_padded_url(text: &str) -> Option<Vec<u8>> {
    let is_other = |byte: u8| matches!(byte, b'+' | b'/');
    if text.bytes().any(is_other) {
        return None;
    }
    let standard: String = text.chars().map(to_standard).collect();
    decode(&standard)
}

/// Bytes of base64url without padding: RFC 7515, section 2.
pub(super) fn decode_url(text: &str) -> Option<Vec<u8>> {
    if text.contains('=') {
        return None;
    }
    let mut padded = text.to_owned();
    while !padded.len().is_multiple_of(4) {
        padded.push('=');
    }
    decode_padded_url(&padded)
}

/// Padded base64.
#[inline(never)]
pub(super) fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Base64url without padding.
pub(super) fn encode_url(bytes: &[u8]) -> String {
    let to_url = |letter| match letter {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    encode(bytes).chars().filter(|letter| *letter != '=').map(to_url).collect()
}

fn to_standard(letter: char) -> char {
    match letter {
        '-' => '+',
        '_' => '/',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64Url, Base64UrlUnpadded};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_decoders_of_each_form(text in "[A-Da-d+/_=-]{0,9}") {
            prop_assert_eq!(decode_url(&text), Base64UrlUnpadded::decode_vec(&text).ok());
            prop_assert_eq!(decode_padded_url(&text), Base64Url::decode_vec(&text).ok());
        }

        #[test]
        fn what_is_encoded_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(encode_url(&bytes), Base64UrlUnpadded::encode_string(&bytes));
            prop_assert_eq!(decode_url(&encode_url(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
