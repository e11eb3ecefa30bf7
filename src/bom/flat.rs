//! A component in the form that nearly all items have, read at one go.
//!
//! `{"bom-ref":…,"hashes":[{"alg":…,"content":…}],"name":…,"type":…}`: these members and no others, in any
//! order, with any white space, strings of plain ASCII without escapes. A BOM of a hundred thousand items
//! is a hundred thousand of these, and walking them event by event takes several times as long.
//!
//! This is no second set of rules. Whatever is not just so (another member, one that comes twice, an
//! escape, the end of the piece) gives none, and the reader of events decides about it.

use crate::json::stream::Extent;

/// Most hashes of one component that are read here.
const MAX_HASHES: usize = 4;

/// What such a component says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flat<'p> {
    pub(super) bom_ref: Option<&'p str>,
    pub(super) name: &'p str,
    /// `type`; none when it is not said.
    pub(super) kind: Option<&'p str>,
    hashes: [(&'p str, &'p str); MAX_HASHES],
    hash_count: usize,
    /// Length in the piece.
    pub(super) bytes: usize,
    /// How many line feeds are in it.
    line_ends: usize,
    /// Whether it is in canonical form (RFC 8785): without white space, its members in order.
    is_canonical: bool,
}

impl<'p> Flat<'p> {
    /// Reads a component that starts at the first byte.
    pub(super) fn read(piece: &'p [u8]) -> Option<Self> {
        let mut cursor = Cursor { piece, at: 0, line_ends: 0, has_space: false };
        let mut flat = Self { is_canonical: true, ..Self::default() };
        let mut name = None;
        let mut before: &[u8] = b"";
        cursor.take(b'{')?;
        loop {
            let member = cursor.word()?;
            cursor.take(b':')?;
            flat.is_canonical &= before < member;
            before = member;
            match member {
                b"bom-ref" if flat.bom_ref.is_none() => flat.bom_ref = Some(cursor.string()?),
                b"name" if name.is_none() => name = Some(cursor.string()?),
                b"type" if flat.kind.is_none() => flat.kind = Some(cursor.string()?),
                b"hashes" if flat.hash_count == 0 => flat.read_hashes(&mut cursor)?,
                _ => return None,
            }
            if !cursor.goes_on(b'}')? {
                break;
            }
        }
        flat.name = name?;
        flat.bytes = cursor.at;
        flat.line_ends = cursor.line_ends;
        flat.is_canonical &= !cursor.has_space;
        Some(flat)
    }

    /// Whether its text is its canonical form.
    pub(super) fn is_canonical(&self) -> bool {
        self.is_canonical
    }

    /// What the stream would have counted of it.
    pub(super) fn extent(&self) -> Extent {
        let texts = [self.bom_ref.unwrap_or_default(), self.name, self.kind.unwrap_or_default()];
        let of_hashes = self.hashes().iter().flat_map(|(algorithm, value)| [algorithm, value]);
        let lengths = of_hashes.map(|text| text.len()).chain(texts.map(str::len));
        Extent {
            bytes: self.bytes,
            has_line_ends: self.line_ends > 0,
            levels: 3,
            names: 6,
            longest_string: lengths.max().unwrap_or_default().max("content".len()),
        }
    }

    /// Algorithm and value of each hash, in the order of the document. At least one.
    pub(super) fn hashes(&self) -> &[(&'p str, &'p str)] {
        self.hashes.get(..self.hash_count).unwrap_or_default()
    }

    fn read_hashes(&mut self, cursor: &mut Cursor<'p>) -> Option<()> {
        cursor.take(b'[')?;
        loop {
            cursor.take(b'{')?;
            let first = cursor.word()?;
            cursor.take(b':')?;
            let first_value = cursor.string()?;
            cursor.take(b',')?;
            let second = cursor.word()?;
            cursor.take(b':')?;
            let second_value = cursor.string()?;
            cursor.take(b'}')?;
            let hash = match (first, second) {
                (b"alg", b"content") => (first_value, second_value),
                (b"content", b"alg") => {
                    self.is_canonical = false;
                    (second_value, first_value)
                }
                _ => return None,
            };
            *self.hashes.get_mut(self.hash_count)? = hash;
            self.hash_count += 1;
            if !cursor.goes_on(b']')? {
                return Some(());
            }
        }
    }
}

/// The piece and where in it we are.
struct Cursor<'p> {
    piece: &'p [u8],
    at: usize,
    line_ends: usize,
    has_space: bool,
}

impl<'p> Cursor<'p> {
    /// The next byte that is no white space, which is taken.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.piece.get(self.at)?;
            self.at += 1;
            match byte {
                b' ' | b'\r' | b'\t' => {}
                b'\n' => self.line_ends += 1,
                _ => return Some(byte),
            }
            self.has_space = true;
        }
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// Whether a comma comes, and not the end.
    #[inline]
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        match self.next()? {
            b',' => Some(true),
            byte if byte == end => Some(false),
            _ => None,
        }
    }

    /// A string of plain ASCII without escapes.
    #[inline(always)]
    fn string(&mut self) -> Option<&'p str> {
        std::str::from_utf8(self.word()?).ok()
    }

    /// The bytes of such a string.
    #[inline(never)] // ten times an item; a copy at each place made the module 3 KB larger
    fn word(&mut self) -> Option<&'p [u8]> {
        self.take(b'"')?;
        let rest = self.piece.get(self.at..)?;
        let length = plain_run(rest);
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        self.at += length + 1;
        rest.get(..length)
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// How many bytes of plain ASCII come first: none below a space, no quote, no backslash, none over 0x7F.
/// Eight bytes at a time; the trick for "a byte is zero" is exact for the first such byte.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = is_zero(word ^ (ONES * u64::from(b'"')));
        let backslash = is_zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let special = (quote | backslash | control | word) & HIGH_BITS;
        if special != 0 {
            let first = special.trailing_zeros() / 8;
            return nth * 8 + usize::try_from(first).unwrap_or_default();
        }
    }
    let start = words.len() * 8;
    let rest = bytes.get(start..).unwrap_or_default();
    let is_plain = |byte: &&u8| matches!(**byte, b' '..=0x7F) && !matches!(**byte, b'"' | b'\\');
    start + rest.iter().take_while(is_plain).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bom::{BomLimits, BomReader};

    const ITEM: &str =
        r#"{"bom-ref":"a","hashes":[{"alg":"SHA-256","content":"00"}],"name":"b","type":"file"},"#;

    #[test]
    fn the_usual_form_is_read_whatever_its_order_and_white_space() {
        let flat = Flat::read(ITEM.as_bytes()).unwrap();
        assert_eq!((flat.bom_ref, flat.name, flat.kind), (Some("a"), "b", Some("file")));
        assert_eq!(flat.hashes(), [("SHA-256", "00")]);
        assert_eq!(flat.bytes, ITEM.len() - 1);
        let spaced = b"{ \"name\" : \"b\",\n\t\"hashes\" : [ { \"content\" : \"00\" , \"alg\" : \"SHA-256\" } ] }";
        let flat = Flat::read(spaced).unwrap();
        assert_eq!((flat.bom_ref, flat.name, flat.kind), (None, "b", None));
        assert_eq!(flat.bytes, spaced.len());
    }

    #[test]
    fn anything_else_is_left_to_the_reader_of_events() {
        for odd in [
            r#"{"name":"b","name":"b"}"#,
            r#"{"hashes":[{"alg":"a","content":"b"}]}"#,
            r#"{"name":"b","version":"1"}"#,
            r#"{"name":"\u0062"}"#,
            r#"{"name":"ü"}"#,
            r#"{"name":"b","hashes":[]}"#,
            r#"{"name":"b","hashes":[{"alg":"a","content":"b","alg":"a"}]}"#,
            r#"{"name":"b","hashes":[{"alg":"a","content":"b"}],"hashes":[{"alg":"a","content":"b"}]}"#,
            r#"{"name":"b",}"#,
            r#"{"name":"b"#,
            r#"{}"#,
            "{\"name\":\"b\u{1}\"}",
        ] {
            assert_eq!(Flat::read(odd.as_bytes()), None, "{odd}");
        }
        for cut in 0..ITEM.len() - 1 {
            assert_eq!(Flat::read(&ITEM.as_bytes()[..cut]), None, "{cut}");
        }
    }

    /// Members of a component, some of them odd, in any order and number.
    fn members() -> impl Strategy<Value = String> {
        let hex = "[0-9a-fA-F]{64}|[0-9a-f]{32}|x";
        let hash = (prop::sample::select(vec!["SHA-256", "MD5", "SHA-512", "none"]), hex).prop_map(
            |(algorithm, value)| format!(r#"{{"alg":"{algorithm}", "content":"{value}"}}"#),
        );
        let hashes = prop::collection::vec(hash, 0..6)
            .prop_map(|hashes| format!("\"hashes\":[{}]", hashes.join(",\n")));
        prop_oneof![
            4 => r#""name": ?"[a-c]{1,2}""#,
            2 => r#""bom-ref":"[a-c]{1,3}""#,
            2 => r#""type":"(file|data)""#,
            4 => hashes,
            1 => r#""name":"(\\u0061|ü|)""#,
            1 => r#""version":[0-9]"#,
            1 => Just(r#""components":[{"type":"file","name":"z"}]"#.to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn a_bom_read_at_one_go_is_the_one_read_byte_by_byte(
            components in prop::collection::vec(prop::collection::vec(members(), 0..5), 0..6),
            max_open_names in 3..20_usize,
            max_depth in 3..8_usize,
        ) {
            let components: Vec<String> =
                components.iter().map(|members| format!("\n {{{}}} ", members.join(", "))).collect();
            let document = format!(
                r#"{{"bomFormat":"CycloneDX","components":[{}],"specVersion":"1.7"}}"#,
                components.join(",")
            );
            let limits = BomLimits { max_open_names, max_depth, ..BomLimits::default() };
            let read = |piece_bytes| {
                let mut reader = BomReader::new(limits);
                for piece in document.as_bytes().chunks(piece_bytes) {
                    reader.push(piece)?;
                }
                reader.finish()
            };
            prop_assert_eq!(read(usize::MAX), read(1));
        }
    }

    #[test]
    fn a_run_ends_at_the_first_byte_that_is_not_plain() {
        for special in [b'"', b'\\', 0, 0x1F, 0x80, 0xFF] {
            for at in 0..40 {
                let mut bytes = [b'~'; 40];
                bytes[at] = special;
                assert_eq!(plain_run(&bytes), at, "{special:#x}");
            }
        }
        let plain: Vec<u8> = (b' '..=0x7F).filter(|byte| !b"\"\\".contains(byte)).collect();
        for start in 0..plain.len() {
            assert_eq!(plain_run(&plain[start..]), plain.len() - start);
        }
    }
}
