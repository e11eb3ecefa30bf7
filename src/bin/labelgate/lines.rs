//! Lines of a stream, each in bounded memory.

use std::io::{self, BufRead};

/// Splits a stream at line feeds. A line over the bound is counted, not kept.
pub struct Lines<R> {
    reader: R,
    max_bytes: usize,
    buffer: Vec<u8>,
    number: u64,
}

/// One line, without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// It has more bytes than the bound: this many.
    TooLong(usize),
    Whole(&'a [u8]),
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R, max_bytes: usize) -> Self {
        Self { reader, max_bytes, buffer: Vec::new(), number: 0 }
    }

    /// Reader of the stream.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// The next line with its number, from 1; none at the end of the stream.
    pub fn next(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        self.buffer.clear();
        let mut bytes = 0_usize;
        let mut is_ended = false;
        while !is_ended {
            let input = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if input.is_empty() {
                if bytes == 0 {
                    return Ok(None);
                }
                break;
            }
            let end = input.iter().position(|byte| *byte == b'\n');
            is_ended = end.is_some();
            let piece = input.get(..end.unwrap_or(input.len())).unwrap_or_default();
            let taken = piece.len() + usize::from(is_ended);
            bytes = bytes.saturating_add(piece.len());
            if bytes <= self.max_bytes {
                self.buffer.extend_from_slice(piece);
            }
            self.reader.consume(taken);
        }
        self.number += 1;
        if bytes > self.max_bytes {
            return Ok(Some((self.number, Line::TooLong(bytes))));
        }
        Ok(Some((self.number, Line::Whole(&self.buffer))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_come_whole_whatever_the_pieces() {
        for capacity in 1..9 {
            let input = BufReader::with_capacity(capacity, &b"one\n\ntwelve bytes\nend"[..]);
            let mut lines = Lines::new(input, 8);
            assert_eq!(lines.next().unwrap(), Some((1, Line::Whole(b"one"))));
            assert_eq!(lines.next().unwrap(), Some((2, Line::Whole(b""))));
            assert_eq!(lines.next().unwrap(), Some((3, Line::TooLong(12))));
            assert_eq!(lines.next().unwrap(), Some((4, Line::Whole(b"end"))));
            assert_eq!(lines.next().unwrap(), None);
        }
    }

    #[test]
    fn a_line_over_the_bound_is_not_kept() {
        let long = vec![b'x'; 1 << 20];
        let mut lines = Lines::new(BufReader::with_capacity(1024, long.as_slice()), 4096);
        assert_eq!(lines.next().unwrap(), Some((1, Line::TooLong(1 << 20))));
        assert!(lines.buffer.capacity() <= 8192);
    }
}
