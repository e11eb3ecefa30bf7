//! A strict pull reader over a whole slice.
//!
//! The caller says what it expects and gets it or an error with the place. Values are borrowed from
//! the input where no escape forces a copy.

mod open_names;

use std::borrow::Cow;

use crate::error::Error;

use super::number::{self, Short};
use super::{Position, error_at, plain_length};

use open_names::{Looks, OpenNames, Twice};

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `[`
    Array,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
    /// a number
    Number,
    /// `{`
    Object,
    /// `"`
    String,
}

/// Reads one JSON text from a slice. See the [module](super) for what is refused.
pub struct Reader<'a> {
    input: &'a [u8],
    /// The same, known to be UTF-8.
    text: &'a str,
    /// Next byte to look at.
    at: usize,
    depth: usize,
    max_depth: usize,
    names: OpenNames<'a>,
}

impl<'a> Reader<'a> {
    /// A reader over `input` that refuses arrays and objects nested deeper than `max_depth`.
    ///
    /// # Errors
    /// When `input` is not UTF-8 or starts with a byte order mark.
    pub fn new(input: &'a [u8], max_depth: usize) -> Result<Self, Error> {
        let text = std::str::from_utf8(input).map_err(|error| {
            error_at(Position::of(input, error.valid_up_to()), "expected UTF-8")
        })?;
        if input.starts_with(b"\xEF\xBB\xBF") {
            return Err(error_at(Position::of(input, 0), "expected no byte order mark"));
        }
        let names = OpenNames::new(text);
        let mut reader = Self { input, text, at: 0, depth: 0, max_depth, names };
        reader.skip_space();
        Ok(reader)
    }

    /// The kind of the next value, without taking it.
    ///
    /// # Errors
    /// When no value starts here.
    #[inline]
    pub fn kind(&self) -> Result<Kind, Error> {
        match self.byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            _ => Err(self.error("expected a value")),
        }
    }

    /// Reads an object and calls `member` with each key; `member` must take the value.
    ///
    /// The callbacks are trait objects on purpose: one copy of this code, not one a caller.
    ///
    /// # Errors
    /// When this is not an object, a key comes twice, or `member` fails.
    pub fn object(
        &mut self,
        member: &mut dyn FnMut(&mut Self, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.members(member)
    }

    /// Reads an array and calls `element` before each value; `element` must take the value.
    ///
    /// # Errors
    /// When this is not an array or `element` fails.
    pub fn array(
        &mut self,
        element: &mut dyn FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.open(b'[', "expected an array")?;
        if self.take(b']') {
            return self.close();
        }
        loop {
            element(self)?;
            if self.take(b',') {
                continue;
            }
            if self.take(b']') {
                return self.close();
            }
            return Err(self.error("expected `,` or `]`"));
        }
    }

    /// Reads a string; borrowed unless it holds an escape.
    ///
    /// # Errors
    /// When this is not a string, holds a control character, a bad escape or a lone surrogate.
    #[inline(never)]
    pub fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        match self.plain_string() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.other_string().map(Cow::Owned),
        }
    }

    /// Reads a number. Its value is the nearest double.
    ///
    /// # Errors
    /// When this is not a number; when it is an integer beyond ±(2^53 - 1) written without
    /// fraction and exponent; when it is too large for a double, or not zero and too small for one.
    #[inline(never)]
    pub fn number(&mut self) -> Result<f64, Error> {
        if let Some(short) = Short::at_start(self.rest()) {
            self.at += short.length;
            self.skip_space();
            return Ok(short.value());
        }
        self.long_number()
    }

    #[inline(never)]
    fn long_number(&mut self) -> Result<f64, Error> {
        let start = self.at;
        self.scan_number()?;
        let value = number::double(self.text(start, self.at))
            .map_err(|expected| self.error_from(start, expected))?;
        self.skip_space();
        Ok(value)
    }

    /// Reads an integer written without fraction and exponent.
    ///
    /// # Errors
    /// When it is anything else, or beyond ±(2^53 - 1).
    #[inline(never)]
    pub fn integer(&mut self) -> Result<i64, Error> {
        let start = self.at;
        self.scan_number()?;
        let value = number::integer(self.text(start, self.at))
            .map_err(|expected| self.error_from(start, expected))?;
        self.skip_space();
        Ok(value)
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// When it is anything else.
    #[inline(never)]
    pub fn boolean(&mut self) -> Result<bool, Error> {
        if self.literal(b"true") {
            Ok(true)
        } else if self.literal(b"false") {
            Ok(false)
        } else {
            Err(self.error("expected true or false"))
        }
    }

    /// Reads `null` if it is next.
    #[inline(never)]
    pub fn null(&mut self) -> bool {
        self.literal(b"null")
    }

    /// Reads and checks one value of any kind and gives its text.
    ///
    /// # Errors
    /// Whatever is wrong inside the value.
    pub fn raw(&mut self) -> Result<&'a [u8], Error> {
        let start = self.at;
        self.skip()?;
        Ok(self.input.get(start..self.at).unwrap_or_default())
    }

    /// Reads and checks one value of any kind and forgets it.
    ///
    /// # Errors
    /// Whatever is wrong inside the value.
    pub fn skip(&mut self) -> Result<(), Error> {
        if self.skip_scalar() {
            return Ok(());
        }
        match self.kind()? {
            Kind::Object => {
                self.members(|reader, _| if reader.skip_scalar() { Ok(()) } else { reader.skip() })
            }
            Kind::Array => self.array(&mut Self::skip),
            Kind::String => self.other_string().map(|_| ()),
            Kind::Number => {
                let start = self.at;
                self.scan_number()?;
                number::check(self.text(start, self.at))
                    .map_err(|expected| self.error_from(start, expected))?;
                self.skip_space();
                Ok(())
            }
            Kind::Boolean => self.boolean().map(|_| ()),
            Kind::Null if self.null() => Ok(()),
            Kind::Null => Err(self.error("expected null")),
        }
    }

    /// Takes a string without escapes or a short number, if one is next: nearly everything is.
    #[inline(always)]
    fn skip_scalar(&mut self) -> bool {
        if self.plain_string().is_some() {
            return true;
        }
        let short = Short::at_start(self.rest());
        if let Some(short) = short {
            self.at += short.length;
            self.skip_space();
        }
        short.is_some()
    }

    /// Ends the text.
    ///
    /// # Errors
    /// When anything but white space follows.
    #[inline]
    pub fn finish(self) -> Result<(), Error> {
        if self.at == self.input.len() {
            Ok(())
        } else {
            Err(self.error("expected nothing after the value"))
        }
    }

    /// An error at the next byte, for a caller whose own rule is broken.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn error(&self, expected: &str) -> Error {
        self.error_from(self.at, expected)
    }

    /// Offset of the next byte, to be given to [`Reader::error_from`] later.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// An error at an earlier offset.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn error_from(&self, offset: usize, expected: &str) -> Error {
        error_at(Position::of(self.input, offset), expected)
    }

    #[inline(always)] // the smallest step of the hot path; a call costs more than the step
    fn byte(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// The input between two offsets. Both lie on character borders: they are next to ASCII bytes.
    #[inline]
    fn text(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        if found {
            self.at += 1;
            self.skip_space();
        }
        found
    }

    #[inline(never)]
    fn literal(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
            self.skip_space();
        }
        found
    }

    #[inline(always)] // into the two that call it: with a trait object, and skipping
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.open(b'{', "expected an object")?;
        let first_name = self.names.len();
        let mut looks = Looks::default();
        if self.take(b'}') {
            return self.close();
        }
        loop {
            let name_at = self.at;
            if self.byte() != Some(b'"') {
                return Err(self.error("expected a member name in double quotes"));
            }
            let unescaped;
            let (name, place) = match self.plain_string() {
                Some(name) => (name, OpenNames::written(name_at + 1, name)),
                None => {
                    unescaped = self.other_string()?;
                    (unescaped.as_str(), self.names.unescaped(&unescaped))
                }
            };
            if let Err(Twice) = self.names.remember(first_name, &mut looks, name, place) {
                return Err(self.error_from(name_at, "expected each member name once"));
            }
            if !self.take(b':') {
                return Err(self.error("expected `:` after a member name"));
            }
            member(self, name)?;
            if self.take(b',') {
                continue;
            }
            if self.take(b'}') {
                break;
            }
            return Err(self.error("expected `,` or `}`"));
        }
        if let Err(Twice) = self.names.forget(first_name) {
            return Err(self.error("expected each member name once in the object that ends"));
        }
        self.close()
    }

    fn open(&mut self, bracket: u8, expected: &str) -> Result<(), Error> {
        if self.byte() != Some(bracket) {
            return Err(self.error(expected));
        }
        if self.depth == self.max_depth {
            return Err(self.error(&format!("expected at most {} levels", self.max_depth)));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Takes a string without escapes, if one comes next and is whole.
    #[inline(always)]
    fn plain_string(&mut self) -> Option<&'a str> {
        if self.byte() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let end = start + plain_length(self.input.get(start..)?);
        if self.input.get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.skip_space();
        self.text.get(start..end)
    }

    /// Reads a string that may hold escapes, or says what is wrong with it.
    #[inline(never)]
    fn other_string(&mut self) -> Result<String, Error> {
        if self.byte() != Some(b'"') {
            return Err(self.error("expected a string"));
        }
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    self.skip_space();
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(byte) if byte >= 0x20 => {
                    let from = self.at;
                    self.at += plain_length(self.rest());
                    text.push_str(self.text(from, self.at));
                }
                Some(_) => return Err(self.error("expected no control character in a string")),
                None => return Err(self.error("expected `\"` at the end of a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let start = self.at;
        let letter = self.input.get(self.at + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => return Err(self.error_from(start, "expected a JSON escape")),
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Error> {
        let lone = |reader: &Self| reader.error_from(start, "expected no lone surrogate");
        let high = self.four_digits(start)?;
        if !(0xD800..0xE000).contains(&high) {
            return char::from_u32(high).ok_or_else(|| lone(self));
        }
        if high >= 0xDC00 || !self.rest().starts_with(b"\\u") {
            return Err(lone(self));
        }
        self.at += 2;
        let low = self.four_digits(start)?;
        if !(0xDC00..0xE000).contains(&low) {
            return Err(lone(self));
        }
        let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        char::from_u32(code).ok_or_else(|| lone(self))
    }

    fn four_digits(&mut self, start: usize) -> Result<u32, Error> {
        let digits = self.input.get(self.at..self.at + 4).unwrap_or_default();
        let mut value = 0;
        for digit in digits {
            let Some(digit) = char::from(*digit).to_digit(16) else {
                return Err(self.error_from(start, "expected four hexadecimal digits after `\\u`"));
            };
            value = value << 4 | digit;
        }
        if digits.len() < 4 {
            return Err(self.error_from(start, "expected four hexadecimal digits after `\\u`"));
        }
        self.at += 4;
        Ok(value)
    }

    /// Walks over a number.
    fn scan_number(&mut self) -> Result<(), Error> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else if !self.digits() {
            return Err(self.error("expected a number"));
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                return Err(self.error("expected a digit after the decimal point"));
            }
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            if !self.digits() {
                return Err(self.error("expected a digit in the exponent"));
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        self.at > start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> Result<(), String> {
        let mut reader = Reader::new(input.as_bytes(), 4).map_err(|e| e.message().to_owned())?;
        reader.skip().and_then(|()| reader.finish()).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn duplicate_keys_are_found_after_unescaping() {
        let error = read(r#"{"a":1,"\u0061":2}"#).unwrap_err();
        assert_eq!(error, "expected each member name once at byte 7 (line 1, column 8)");
    }

    #[test]
    fn a_duplicate_among_many_keys_is_found_when_the_object_ends() {
        let mut keys: Vec<String> = (0..40).map(|n| format!("\"k{n}\":{n}")).collect();
        assert!(read(&format!("{{{}}}", keys.join(","))).is_ok());
        keys.push("\"k3\":0".into());
        assert!(read(&format!("{{{}}}", keys.join(","))).is_err());
    }

    #[test]
    fn the_same_key_in_two_objects_is_no_duplicate() {
        assert!(read(r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(read("[[[[]]]]").is_ok());
        assert!(read("[[[[[]]]]]").unwrap_err().starts_with("expected at most 4 levels"));
    }

    #[test]
    fn numbers_that_readers_disagree_on_are_refused() {
        for bad in [
            "9007199254740992",
            "-9007199254740993",
            "1e400",
            "1e-400",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "Infinity",
            "-",
            "0x10",
            "1e",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        for good in ["9007199254740991", "-0", "0.0e-999", "1e308", "0.1", "1E+2", "-1.5e-3"] {
            assert!(read(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn strings_are_unescaped_and_lone_surrogates_refused() {
        let mut reader = Reader::new(br#""a\u00e9\ud83d\ude00\n\/b""#, 1).unwrap();
        assert_eq!(reader.string().unwrap(), "aé😀\n/b");
        for bad in [
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            r#""\u12""#,
            r#""\x""#,
            "\"a\nb\"",
            "\"a",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_place_of_an_error_counts_lines() {
        assert_eq!(
            read("{\n  \"a\": tru }").unwrap_err(),
            "expected true or false at byte 9 (line 2, column 8)"
        );
    }
}
