//! Records of a CSV stream, each in bounded memory.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader};

/// Splits a CSV stream (RFC 4180) into records. A record over the bound is counted, not kept.
pub struct Records<R> {
    reader: R,
    parser: Reader,
    max_bytes: usize,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
}

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub enum Record<'a> {
    Row(Row<'a>),
    /// It has more bytes than the bound: this many.
    TooLong(usize),
    /// It has more fields than anything this reader is for.
    TooManyFields,
}

/// The fields of a record, unquoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

/// Most fields of a record. Chosen: far beyond any table of labels.
const MAX_FIELDS: usize = 1024;
const FIRST_BYTES: usize = 1024;

impl<R: BufRead> Records<R> {
    pub fn new(reader: R, max_bytes: usize) -> Self {
        Self {
            reader,
            parser: Reader::new(),
            max_bytes,
            bytes: vec![0; FIRST_BYTES.min(max_bytes)],
            ends: vec![0; MAX_FIELDS],
            line: 1,
        }
    }

    /// Another bound, for the records to come.
    pub fn set_max_bytes(&mut self, max_bytes: usize) {
        self.max_bytes = max_bytes;
    }

    /// Reader of the stream.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// The next record with the line, from 1, on which it starts; none at the end of the stream.
    /// Empty lines are no records.
    pub fn next(&mut self) -> io::Result<Option<(u64, Record<'_>)>> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let line = self.line;
        let (mut read, mut written, mut fields) = (0_usize, 0_usize, 0_usize);
        let (mut is_too_long, mut has_too_many) = (false, false);
        loop {
            let input = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            // The end ends a record as a line feed would, unless that would be inside quotes.
            let is_end = input.is_empty();
            let input = if is_end { b"\n" } else { input };
            // What is not to be kept is written over.
            if is_too_long {
                (written, fields) = (0, 0);
            }
            let (result, taken, out, ended) = self.parser.read_record(
                input,
                self.bytes.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(fields..).unwrap_or_default(),
            );
            let taken = if is_end { 0 } else { taken };
            let piece = input.get(..taken).unwrap_or_default();
            let ends_line = piece.last().is_some_and(|byte| is_line_end(*byte));
            self.line += line_feeds(piece);
            self.reader.consume(taken);
            read = read.saturating_add(taken);
            (written, fields) = (written + out, fields + ended);
            match result {
                ReadRecordResult::InputEmpty if is_end => {
                    let expected = "expected a closing quote before the end";
                    let told = format!("{expected}, of the record from line {line} on");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, told));
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < self.max_bytes => {
                    let more = self.bytes.len().saturating_mul(2).min(self.max_bytes);
                    self.bytes.resize(more, 0);
                }
                // Unquoting never makes a record longer, so it is over the bound.
                ReadRecordResult::OutputFull => is_too_long = true,
                ReadRecordResult::OutputEndsFull => {
                    has_too_many = true;
                    fields = 0;
                }
                ReadRecordResult::Record | ReadRecordResult::End => {
                    let length = read - usize::from(ends_line);
                    if is_too_long || length > self.max_bytes {
                        return Ok(Some((line, Record::TooLong(length))));
                    }
                    if has_too_many {
                        return Ok(Some((line, Record::TooManyFields)));
                    }
                    let bytes = self.bytes.get(..written).unwrap_or_default();
                    let ends = self.ends.get(..fields).unwrap_or_default();
                    return Ok(Some((line, Record::Row(Row { bytes, ends }))));
                }
            }
            is_too_long |= read > self.max_bytes.saturating_add(1);
        }
    }

    /// Moves to the start of a record; false when there is none.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let input = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if input.is_empty() {
                return Ok(false);
            }
            let blank = input.iter().take_while(|byte| is_line_end(**byte)).count();
            let stays = blank < input.len();
            self.line += line_feeds(input.get(..blank).unwrap_or_default());
            self.reader.consume(blank);
            if stays {
                return Ok(true);
            }
        }
    }
}

impl<'a> Row<'a> {
    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// One field; none when there are not so many.
    pub fn field(&self, at: usize) -> Option<&'a [u8]> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(at)?)
    }

    /// All fields, one after the other; two rows with the same fields have the same.
    pub fn fields(&self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).filter_map(|at| self.field(at))
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn line_feeds(piece: &[u8]) -> u64 {
    piece.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[derive(Debug, PartialEq)]
    enum Found {
        Row(Vec<String>),
        TooLong(usize),
        TooManyFields,
    }

    fn read(text: &str, capacity: usize, max_bytes: usize) -> Vec<(u64, Found)> {
        let reader = BufReader::with_capacity(capacity, text.as_bytes());
        let mut records = Records::new(reader, max_bytes);
        let mut all = Vec::new();
        while let Some((line, record)) = records.next().unwrap() {
            let texts = |row: Row<'_>| -> Vec<String> {
                row.fields().map(|field| String::from_utf8(field.to_vec()).unwrap()).collect()
            };
            let found = match record {
                Record::Row(row) => Found::Row(texts(row)),
                Record::TooLong(bytes) => Found::TooLong(bytes),
                Record::TooManyFields => Found::TooManyFields,
            };
            all.push((line, found));
        }
        all
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Found) {
        (line, Found::Row(fields.iter().map(|field| (*field).to_owned()).collect()))
    }

    #[test]
    fn records_come_whole_whatever_the_pieces() {
        let text = "a,b\r\n\r\n1,\"x\ny\"\n\n,\"say \"\"hi\"\"\"\nlast,";
        for capacity in 1..40 {
            assert_eq!(
                read(text, capacity, 64),
                [
                    row(1, &["a", "b"]),
                    row(3, &["1", "x\ny"]),
                    row(6, &["", "say \"hi\""]),
                    row(7, &["last", ""]),
                ],
                "{capacity}"
            );
        }
    }

    #[test]
    fn a_record_over_the_bound_is_counted_and_the_next_is_read() {
        let text = format!("a,b\n{},\"{}\"\n1,2\n", "x".repeat(50), "y\n".repeat(100));
        for capacity in [1, 7, 64, 4096] {
            assert_eq!(
                read(&text, capacity, 16),
                [row(1, &["a", "b"]), (2, Found::TooLong(253)), row(103, &["1", "2"])]
            );
        }
    }

    #[test]
    fn a_record_at_the_bound_is_read() {
        assert_eq!(read("12345,789\n", 4, 9), [row(1, &["12345", "789"])]);
        assert_eq!(read("12345,7890\n", 4, 9), [(1, Found::TooLong(10))]);
    }

    #[test]
    fn too_many_fields_do_not_end_the_reading() {
        let text = format!("a{}\nb\n", ",".repeat(3000));
        assert_eq!(read(&text, 100, 10_000), [(1, Found::TooManyFields), row(2, &["b"])]);
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_first_field() {
        assert_eq!(read("\u{feff}task\n", 64, 64), [row(1, &["task"])]);
    }
}
