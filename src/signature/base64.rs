//! Base64, with padding for DSSE and notes, and in the URL-safe alphabet without it for JOSE. Both are
//! strict: one text for the same bytes.
//!
//! By one decoder and one encoder under all forms, because each further one is a kilobyte of wasm. No branch
//! depends on a letter: private keys are read and written by it, too. Tests compare it with `base64ct`.

/// The last two letters of an alphabet.
#[derive(Clone, Copy)]
struct Alphabet {
    of_62: u8,
    of_63: u8,
}

const STANDARD: Alphabet = Alphabet { of_62: b'+', of_63: b'/' };
const URL: Alphabet = Alphabet { of_62: b'-', of_63: b'_' };

/// Bytes of padded base64: RFC 4648, section 4.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    padded(text, STANDARD)
}

/// Bytes of padded base64 in the URL-safe alphabet: RFC 4648, section 5.
pub(super) fn decode_padded_url(text: &str) -> Option<Vec<u8>> {
    padded(text, URL)
}

/// Bytes of base64url without padding: RFC 7515, section 2.
pub(super) fn decode_url(text: &str) -> Option<Vec<u8>> {
    unpadded(text.as_bytes(), URL)
}

/// Padded base64.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = letters(bytes, STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Base64url without padding.
pub(super) fn encode_url(bytes: &[u8]) -> String {
    letters(bytes, URL)
}

#[inline(never)]
fn padded(text: &str, alphabet: Alphabet) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let rest = text.strip_suffix(b"=").unwrap_or(text);
    unpadded(rest.strip_suffix(b"=").unwrap_or(rest), alphabet)
}

/// Four letters are three bytes; two and three letters at the end are one and two, and the bits left over are 0.
#[inline(never)]
fn unpadded(text: &[u8], alphabet: Alphabet) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let mut is_odd = 0_i16;
    for four in text.chunks(4) {
        let mut bits = 0_u32;
        for letter in four.iter().chain(&[b'A'; 4]).take(4) {
            let value = value(*letter, alphabet);
            is_odd |= value;
            bits = bits << 6 | u32::from(value.to_be_bytes()[1] & 63);
        }
        let [_, three @ ..] = bits.to_be_bytes();
        let (own, left) = three.split_at_checked(four.len().checked_sub(1)?)?;
        if own.is_empty() || left.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(own);
    }
    (is_odd >= 0).then_some(bytes)
}

#[inline(never)]
fn letters(bytes: &[u8], alphabet: Alphabet) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let mut bits = 0_u32;
        for byte in three.iter().chain(&[0; 3]).take(3) {
            bits = bits << 8 | u32::from(*byte);
        }
        for nth in 0..=three.len() {
            let value = bits >> (18 - 6 * nth) & 63;
            text.push(char::from(letter(value.to_be_bytes()[3], alphabet)));
        }
    }
    text
}

/// The value of a letter, below 0 when it is none. `a - x & x - b` is negative for x between a and b alone.
fn value(letter: u8, alphabet: Alphabet) -> i16 {
    let x = i16::from(letter);
    let within = |from: u8, to: u8, value: i16| {
        (((i16::from(from) - 1 - x) & (x - i16::from(to) - 1)) >> 8) & (value + 1)
    };
    let (of_62, of_63) = (alphabet.of_62, alphabet.of_63);
    -1 + within(b'A', b'Z', x - 65)
        + within(b'a', b'z', x - 71)
        + within(b'0', b'9', x + 4)
        + within(of_62, of_62, 62)
        + within(of_63, of_63, 63)
}

/// The letter of a value below 64.
fn letter(value: u8, alphabet: Alphabet) -> u8 {
    let x = i16::from(value);
    let over = |bound: i16, add: i16| ((bound - x) >> 8) & add;
    let (of_62, of_63) = (i16::from(alphabet.of_62), i16::from(alphabet.of_63));
    let letter =
        x + 65 + over(25, 6) + over(51, -75) + over(61, of_62 - 58) + over(62, of_63 - of_62 - 1);
    letter.to_be_bytes()[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Base64Url, Base64UrlUnpadded, Encoding as _};
    use proptest::prelude::*;

    #[test]
    fn every_letter_of_both_alphabets_is_read_and_no_other() {
        for first in 0..=255_u8 {
            for second in 0..=255_u8 {
                let text = [first, second];
                let Ok(text) = std::str::from_utf8(&text) else { continue };
                assert_eq!(decode_url(text), Base64UrlUnpadded::decode_vec(text).ok(), "{text:?}");
                let text = format!("{text}==");
                assert_eq!(decode(&text), Base64::decode_vec(&text).ok(), "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_decoders_of_each_form(text in "[A-Da-d+/_=-]{0,9}") {
            prop_assert_eq!(decode_url(&text), Base64UrlUnpadded::decode_vec(&text).ok());
            prop_assert_eq!(decode_padded_url(&text), Base64Url::decode_vec(&text).ok());
            prop_assert_eq!(decode(&text), Base64::decode_vec(&text).ok());
        }

        #[test]
        fn what_is_encoded_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(encode_url(&bytes), Base64UrlUnpadded::encode_string(&bytes));
            prop_assert_eq!(encode(&bytes), Base64::encode_string(&bytes));
            prop_assert_eq!(decode_url(&encode_url(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
