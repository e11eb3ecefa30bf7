//! The values of numbers, within I-JSON.

use super::{MAX_SAFE_INTEGER, decimal};

/// Longest number, in bytes. The shortest text that names a double exactly needs 767 digits at most;
/// what is longer says nothing more.
pub(super) const MAX_BYTES: usize = 1_100;

/// The value of a number whose syntax has been checked: the nearest double.
///
/// # Errors
/// What was expected: an integer within ±(2^53 - 1) when it is written without fraction and exponent,
/// else a number that a double can hold.
pub(super) fn double(text: &str) -> Result<f64, &'static str> {
    if text.len() > MAX_BYTES {
        return Err("expected a number of at most 1100 bytes");
    }
    if let Some(short) = Short::at_start(text.as_bytes())
        && short.length == text.len()
    {
        return Ok(short.value());
    }
    if is_plain_integer(text) {
        #[allow(clippy::cast_precision_loss)] // exact within 2^53
        return integer(text).map(|value| value as f64);
    }
    let value = decimal::nearest(text);
    if !value.is_finite() || (value.abs() <= 0.0 && has_nonzero_digit(text)) {
        return Err("expected a number that a double can hold (I-JSON)");
    }
    Ok(value)
}

/// A number of at most 15 digits without exponent. Its digits and its power of ten are exact doubles,
/// so that one division rounds once: Clinger 1990, the fast path.
#[derive(Clone, Copy)]
pub(super) struct Short {
    significand: u64,
    /// Digits after the point.
    places: usize,
    negative: bool,
    /// Length of the text.
    pub(super) length: usize,
}

impl Short {
    /// The number at the start of `input`; none for any other, also for what is no number.
    #[inline(always)]
    pub(super) fn at_start(input: &[u8]) -> Option<Self> {
        const MOST_DIGITS: usize = 15;
        let negative = input.first() == Some(&b'-');
        let start = usize::from(negative);
        let mut significand = 0_u64;
        let whole = digits(input, start, start + MOST_DIGITS, &mut significand);
        let (mut length, mut places) = (whole, 0);
        if input.get(whole) == Some(&b'.') {
            length = digits(input, whole + 1, start + MOST_DIGITS, &mut significand);
            places = length - (whole + 1);
            if places == 0 {
                return None;
            }
        }
        let is_zero_led = input.get(start) == Some(&b'0') && whole > start + 1;
        // With a point the digits are one fewer than the bytes.
        let is_short = length - start <= MOST_DIGITS && whole > start && !is_zero_led;
        let goes_on = matches!(input.get(length), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
        (is_short && !goes_on).then_some(Self { significand, places, negative, length })
    }

    #[inline(always)]
    pub(super) fn value(self) -> f64 {
        let mut power = 1.0_f64;
        for _ in 0..self.places {
            power *= 10.0;
        }
        #[allow(clippy::cast_precision_loss)] // at most 15 digits are exact
        let value = self.significand as f64 / power;
        if self.negative { -value } else { value }
    }
}

/// Adds the digits from `from` to `last` to `significand`, and says where they end.
#[inline(always)]
fn digits(input: &[u8], from: usize, last: usize, significand: &mut u64) -> usize {
    let mut at = from;
    while let Some(digit @ b'0'..=b'9') = input.get(at).filter(|_| at <= last) {
        *significand = *significand * 10 + u64::from(digit - b'0');
        at += 1;
    }
    at
}

/// Whether a number whose syntax has been checked is one that [`double`] takes, without working out
/// its value: that is dear for numbers with an exponent, and a submission can hold thousands.
///
/// # Errors
/// As [`double`].
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let is_far_from_the_limits = || {
        let (significand, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let digits = significand.trim_start_matches('-');
        let point = digits.find('.').unwrap_or(digits.len());
        let first = digits.bytes().position(|byte| matches!(byte, b'1'..=b'9'))?;
        // How far the first digit that counts is before the point; the point itself is a byte too.
        let before = i32::try_from(point).ok()? - i32::try_from(first).ok()?;
        (-300..=300).contains(&before.checked_add(exponent)?).then_some(())
    };
    if text.len() <= MAX_BYTES && !is_plain_integer(text) && is_far_from_the_limits().is_some() {
        return Ok(());
    }
    double(text).map(|_| ())
}

/// The value of an integer whose syntax has been checked, written without fraction and exponent.
///
/// # Errors
/// What was expected.
pub(super) fn integer(text: &str) -> Result<i64, &'static str> {
    let expected = "expected an integer within 2^53 - 1 (I-JSON)";
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut value: i64 = 0;
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return Err(expected);
        }
        value = value * 10 + i64::from(digit - b'0');
        if value > MAX_SAFE_INTEGER {
            return Err(expected);
        }
    }
    Ok(if digits.len() < text.len() { -value } else { value })
}

/// Whether the number is written without fraction and exponent.
fn is_plain_integer(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Whether any digit of the significand is not zero.
fn has_nonzero_digit(text: &str) -> bool {
    text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|b| matches!(b, b'1'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_keeps_its_sign_and_near_zero_is_refused() {
        assert!(double("-0").unwrap().is_sign_negative());
        assert!(double("0e999").is_ok());
        assert!(double("1e-400").is_err());
        assert!(double("0.000e5").is_ok());
    }

    #[test]
    fn what_goes_on_or_is_no_number_is_not_short() {
        for other in ["", "-", ".5", "1.", "-.", "01", "1e5", "1.5E2", "1.2.3", "1234567890123456"]
        {
            assert!(Short::at_start(other.as_bytes()).is_none(), "{other}");
        }
        for (text, length) in [("0", 1), ("-0.5,", 4), ("123456789012345]", 15), ("9.75 ", 4)] {
            let expected: f64 = text.get(..length).unwrap().parse().unwrap();
            let short = Short::at_start(text.as_bytes()).unwrap();
            assert_eq!((short.value(), short.length), (expected, length), "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(
            sign in "-?", whole in "0|[1-9][0-9]{0,25}", fraction in "[0-9]{1,30}",
            exponent in -400i32..400,
        ) {
            for text in [format!("{sign}{whole}.{fraction}"), format!("{sign}{whole}.{fraction}e{exponent}"),
                format!("{sign}{whole}E{exponent}")]
            {
                let expected: f64 = text.parse().unwrap();
                prop_assert_eq!(check(&text).is_ok(), double(&text).is_ok(), "{}", text);
                match double(&text) {
                    Ok(value) => prop_assert_eq!(value.to_bits(), expected.to_bits(), "{}", text),
                    Err(_) => prop_assert!(!expected.is_finite() || expected == 0.0, "{}", text),
                }
            }
        }

        #[test]
        fn every_double_reads_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let text = format!("{value:e}");
                if text.contains(['.', 'e']) {
                    prop_assert_eq!(double(&text).unwrap().to_bits(), bits);
                }
            }
        }
    }
}
