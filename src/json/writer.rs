//! Writes JSON text: the small half of a serialiser that verdicts need.
//!
//! Own code because it earns it: with `serde_json` the module is 14 KB larger after gzip, most of it
//! one table for numbers. The tests compare every verdict with what `serde_json` reads.

use super::significant::Significant;

/// Writes one JSON text into a buffer. The caller opens and closes what it writes; commas come by
/// themselves.
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
    /// Whether the next member or element follows another one.
    comma: bool,
}

impl Writer {
    /// A writer with an empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(768)
    }

    /// A writer whose buffer has room for this many bytes, for a start.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), comma: false }
    }

    /// The text.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// The text so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// Forgets the text and keeps the buffer, for the next one.
    pub fn clear(&mut self) {
        self.out.clear();
        self.comma = false;
    }

    /// Ends a line of lines of JSON texts; the next text may follow.
    pub fn end_line(&mut self) {
        self.out.push(b'\n');
        self.comma = false;
    }

    /// Starts an object.
    #[inline]
    pub fn open_object(&mut self) {
        self.open(b'{');
    }

    /// Ends an object.
    #[inline]
    pub fn close_object(&mut self) {
        self.close(b'}');
    }

    /// Starts an array.
    #[inline]
    pub fn open_array(&mut self) {
        self.open(b'[');
    }

    /// Ends an array.
    #[inline]
    pub fn close_array(&mut self) {
        self.close(b']');
    }

    /// Writes the name of a member; its value is to follow.
    ///
    /// `name` is one of ours: plain characters without anything to escape.
    #[inline]
    pub fn name(&mut self, name: &'static str) {
        if self.comma {
            self.out.extend_from_slice(b",\"");
        } else {
            self.out.push(b'"');
        }
        self.copy(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.comma = false;
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.separate();
        write_string(&mut self.out, text);
        self.comma = true;
    }

    /// Writes a string of our own that holds nothing to escape: a code, a version, a digest.
    #[inline]
    pub fn word(&mut self, text: &str) {
        debug_assert_eq!(super::plain_length(text.as_bytes()), text.len());
        self.separate();
        self.out.push(b'"');
        self.copy(text.as_bytes());
        self.out.push(b'"');
        self.comma = true;
    }

    /// Writes a value that is JSON text already.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.separate();
        self.out.extend_from_slice(json);
        self.comma = true;
    }

    /// Writes a number: the shortest text that reads back to the same double. What is no number in
    /// JSON (NaN, an infinity) is written as null.
    pub fn number(&mut self, value: f64) {
        #[allow(clippy::cast_possible_truncation)] // compared with the number again
        let whole = value as i64;
        #[allow(clippy::cast_precision_loss)]
        let is_whole = (whole as f64 - value).abs() <= 0.0;
        if is_whole && whole.abs() <= super::MAX_SAFE_INTEGER {
            return self.integer(whole);
        }
        self.separate();
        if value.is_finite() {
            self.out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
        } else {
            self.out.extend_from_slice(b"null");
        }
        self.comma = true;
    }

    /// Writes a measured number: six significant digits, which is more than any evidence is worth.
    pub fn measure(&mut self, value: f64) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // compared again
        let whole = value as u32;
        if whole < 1_000_000 && (f64::from(whole) - value).abs() <= 0.0 {
            return self.integer(i64::from(whole));
        }
        let Some(six) = Significant::of(value) else { return self.number(value) };
        self.separate();
        // Where the point stands among the digits; beyond these bounds a power of ten is shorter.
        let whole = six.exponent + 1;
        let is_plain = (-5..=15).contains(&whole);
        let point = if is_plain { whole } else { 1 };
        let count = usize::try_from(six.count).unwrap_or(0);
        if point <= 0 {
            self.out.extend_from_slice(b"0.");
            for _ in point..0 {
                self.out.push(b'0');
            }
        }
        let mut digits = *b"000000";
        let mut rest = six.digits;
        for place in (0..count).rev() {
            if let Some(digit) = digits.get_mut(place) {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            }
            rest /= 10;
        }
        let before_point = usize::try_from(point).unwrap_or(0);
        let (whole, fraction) =
            digits.get(..count).unwrap_or_default().split_at(before_point.min(count));
        self.copy(whole);
        for _ in count..before_point {
            self.out.push(b'0');
        }
        if !whole.is_empty() && !fraction.is_empty() {
            self.out.push(b'.');
        }
        self.copy(fraction);
        self.comma = true;
        if !is_plain {
            self.out.push(b'e');
            self.comma = false;
            self.integer(i64::from(six.exponent));
        }
    }

    /// Writes a whole number.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        self.separate();
        if value < 0 {
            self.out.push(b'-');
        }
        let start = self.out.len();
        let mut rest = value.unsigned_abs();
        loop {
            self.out.push(b'0' + u8::try_from(rest % 10).unwrap_or(0));
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if let Some(digits) = self.out.get_mut(start..) {
            digits.reverse();
        }
        self.comma = true;
    }

    /// Writes `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        self.separate();
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        self.comma = true;
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.separate();
        self.out.extend_from_slice(b"null");
        self.comma = true;
    }

    /// A member that is a string.
    pub fn string_member(&mut self, name: &'static str, value: &str) {
        self.name(name);
        self.string(value);
    }

    /// A member that is a [`Writer::word`].
    pub fn word_member(&mut self, name: &'static str, value: &str) {
        self.name(name);
        self.word(value);
    }

    /// A member that is a number.
    pub fn number_member(&mut self, name: &'static str, value: f64) {
        self.name(name);
        self.number(value);
    }

    /// A member that is a measured number.
    pub fn measure_member(&mut self, name: &'static str, value: f64) {
        self.name(name);
        self.measure(value);
    }

    /// A member that is a whole number.
    pub fn integer_member(&mut self, name: &'static str, value: i64) {
        self.name(name);
        self.integer(value);
    }

    #[inline(always)]
    fn copy(&mut self, bytes: &[u8]) {
        copy(&mut self.out, bytes);
    }

    #[inline]
    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
    }

    #[inline]
    fn open(&mut self, bracket: u8) {
        self.separate();
        self.out.push(bracket);
        self.comma = false;
    }

    #[inline]
    fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = true;
    }
}

/// Appends a string as JSON, escaped as little as may be: as `JSON.stringify` and RFC 8785 have it.
pub(super) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let plain = super::plain_length(rest);
        let (head, tail) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        copy(out, head);
        let Some((special, after)) = tail.split_first() else { break };
        escape(out, *special);
        rest = after;
    }
    out.push(b'"');
}

/// Appends bytes, eight at a time while they are few: in wasm copying memory is a call, and a dear
/// one for the short texts of a verdict.
#[inline(always)]
pub(super) fn copy(out: &mut Vec<u8>, bytes: &[u8]) {
    const FEW: usize = 80;
    if bytes.len() > FEW {
        return out.extend_from_slice(bytes);
    }
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        out.extend_from_slice(eight);
    }
    let (fours, rest) = rest.as_chunks::<4>();
    if let [four] = fours {
        out.extend_from_slice(four);
    }
    for byte in rest {
        out.push(*byte);
    }
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0A => b'n',
        0x0C => b'f',
        0x0D => b'r',
        _ => {
            let hex = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[hex(byte >> 4), hex(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new();
        write(&mut writer);
        String::from_utf8(writer.into_bytes()).unwrap()
    }

    #[test]
    fn commas_come_by_themselves() {
        let text = written(|w| {
            w.open_object();
            w.string_member("a", "x");
            w.name("b");
            w.open_array();
            w.integer(i64::MIN);
            w.open_object();
            w.close_object();
            w.null();
            w.boolean(true);
            w.close_array();
            w.number_member("c", 0.5);
            w.close_object();
        });
        assert_eq!(text, r#"{"a":"x","b":[-9223372036854775808,{},null,true],"c":0.5}"#);
    }

    #[test]
    fn whole_numbers_have_no_fraction_and_no_numbers_are_null() {
        for (value, text) in [(400.0, "400"), (-0.0, "0"), (1e300, "1e300"), (0.1, "0.1")] {
            assert_eq!(written(|w| w.number(value)), text);
        }
        assert_eq!(written(|w| w.number(f64::NAN)), "null");
        assert_eq!(written(|w| w.number(f64::INFINITY)), "null");
    }

    #[test]
    fn measured_numbers_have_six_digits_and_a_power_of_ten_only_when_it_is_shorter() {
        for (value, text) in [
            (400.0, "400"),
            (2.0 / 3.0, "0.666667"),
            (1.0 / 3e6, "3.33333e-7"),
            (0.000_012_5, "0.0000125"),
            (1234.5, "1234.5"),
            (123_456_789.0, "123457000"),
            (1e14, "100000000000000"),
            (4.496_019_294e24, "4.49602e24"),
            (0.0, "0"),
            (1e-310, "1e-310"),
        ] {
            assert_eq!(written(|w| w.measure(value)), text);
        }
        assert_eq!(written(|w| w.measure(f64::NAN)), "null");
    }

    proptest! {
        #[test]
        fn what_is_measured_reads_back_to_six_digits(value in -1e9..1e9f64, power in -300..300i32) {
            let value = value * 10f64.powi(power);
            let shown: f64 = written(|w| w.measure(value)).parse().unwrap();
            prop_assert!((shown - value).abs() <= value.abs() * 5.000_001e-6, "{value:e} as {shown:e}");
        }

        #[test]
        fn what_is_written_reads_back(text in ".*", number in any::<f64>()) {
            let json = written(|w| w.string(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            if number.is_finite() {
                let json = written(|w| w.number(number));
                prop_assert_eq!(json.parse::<f64>().unwrap() + 0.0, number + 0.0);
            }
        }
    }
}
