//! A table as CSV (RFC 4180), with line feeds.

use std::io::{self, Write};

use csv_core::{WriteResult, Writer};

use super::Sheet;

const BUFFER_BYTES: usize = 4096;

pub fn write(sheet: &Sheet, out: &mut impl Write) -> io::Result<()> {
    let mut csv = Csv { writer: Writer::new(), buffer: vec![0; BUFFER_BYTES], out };
    let header = sheet.columns.iter().map(|(name, _)| Some((*name).to_owned()));
    csv.record(header)?;
    for row in 0..sheet.len() {
        csv.record(sheet.columns.iter().map(|(_, column)| column.text(row)))?;
    }
    Ok(())
}

/// Quotes by way of a buffer.
struct Csv<'a, W> {
    writer: Writer,
    buffer: Vec<u8>,
    out: &'a mut W,
}

impl<W: Write> Csv<'_, W> {
    fn record(&mut self, cells: impl Iterator<Item = Option<String>>) -> io::Result<()> {
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.until_done(|writer, buffer| {
                    let (result, written) = writer.delimiter(buffer);
                    (result, 0, written)
                })?;
            }
            let text = cell.unwrap_or_default();
            let mut rest = text.as_bytes();
            self.until_done(|writer, buffer| {
                let (result, taken, written) = writer.field(rest, buffer);
                rest = rest.get(taken..).unwrap_or_default();
                (result, taken, written)
            })?;
        }
        self.until_done(|writer, buffer| {
            let (result, written) = writer.terminator(buffer);
            (result, 0, written)
        })
    }

    fn until_done(
        &mut self,
        mut step: impl FnMut(&mut Writer, &mut [u8]) -> (WriteResult, usize, usize),
    ) -> io::Result<()> {
        loop {
            let (result, _, written) = step(&mut self.writer, &mut self.buffer);
            self.out.write_all(self.buffer.get(..written).unwrap_or_default())?;
            if result == WriteResult::InputEmpty {
                return Ok(());
            }
        }
    }
}
