//! Sorts more names than fit into memory.
//!
//! Records are gathered up to a bound, sorted, and written to a temporary file; at the end the files
//! are merged. With the bounds below a sort holds at most some 75 MB, whatever the number of records:
//! 64 MiB of records, 4 bytes for each of them, and 64 KiB for each of at most 64 files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use super::temporary;

/// Most bytes of records in memory.
const MAX_BYTES: usize = 64 << 20;
/// Most files at one time; then they are merged into one.
const MAX_RUNS: usize = 64;
const RUN_BUFFER_BYTES: usize = 64 * 1024;

/// Gathers records: a name to sort by, and a value that goes with it.
pub struct Sorter {
    bytes: Vec<u8>,
    /// Where each record starts.
    starts: Vec<usize>,
    runs: Vec<File>,
    max_bytes: usize,
}

/// The records in ascending order of the bytes of their names; those with one name in the order in
/// which they came.
pub struct Sorted {
    runs: Vec<Run>,
    /// The next record of each run; the lowest first.
    next: BinaryHeap<Reverse<Next>>,
}

/// The name of a record, the number of its run, and the value: what they are ordered by.
type Next = (Vec<u8>, usize, Vec<u8>);

enum Run {
    File(BufReader<File>),
    Memory { bytes: Vec<u8>, starts: std::vec::IntoIter<usize> },
}

impl Sorter {
    pub fn new() -> Self {
        Self::with_max_bytes(MAX_BYTES)
    }

    fn with_max_bytes(max_bytes: usize) -> Self {
        Self { bytes: Vec::new(), starts: Vec::new(), runs: Vec::new(), max_bytes }
    }

    pub fn push(&mut self, name: &str, value: &[u8]) -> io::Result<()> {
        if self.bytes.len() + name.len() + value.len() > self.max_bytes && !self.starts.is_empty() {
            self.spill()?;
        }
        self.starts.push(self.bytes.len());
        write_record(&mut self.bytes, name.as_bytes(), value)
    }

    pub fn finish(mut self) -> io::Result<Sorted> {
        self.sort();
        let mut runs = open(self.runs)?;
        runs.push(Run::Memory { bytes: self.bytes, starts: self.starts.into_iter() });
        Sorted::new(runs)
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        let name = |start: usize| record_at(bytes, start).map(|(name, _)| name);
        self.starts.sort_unstable_by(|&a, &b| name(a).cmp(&name(b)).then(a.cmp(&b)));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut out = BufWriter::with_capacity(RUN_BUFFER_BYTES, temporary::file()?);
        for &start in &self.starts {
            if let Some((name, value)) = record_at(&self.bytes, start) {
                write_record(&mut out, name, value)?;
            }
        }
        self.runs.push(out.into_inner().map_err(|error| error.into_error())?);
        self.bytes.clear();
        self.starts.clear();
        if self.runs.len() >= MAX_RUNS {
            let mut sorted = Sorted::new(open(std::mem::take(&mut self.runs))?)?;
            let mut out = BufWriter::with_capacity(RUN_BUFFER_BYTES, temporary::file()?);
            while let Some((name, value)) = sorted.next_bytes()? {
                write_record(&mut out, &name, &value)?;
            }
            self.runs.push(out.into_inner().map_err(|error| error.into_error())?);
        }
        Ok(())
    }
}

impl Sorted {
    fn new(runs: Vec<Run>) -> io::Result<Self> {
        let mut sorted = Self { runs, next: BinaryHeap::new() };
        for run in 0..sorted.runs.len() {
            sorted.advance(run)?;
        }
        Ok(sorted)
    }

    /// The next record; none at the end.
    pub fn next(&mut self) -> io::Result<Option<(String, Vec<u8>)>> {
        let Some((name, value)) = self.next_bytes()? else { return Ok(None) };
        let name =
            String::from_utf8(name).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(Some((name, value)))
    }

    fn next_bytes(&mut self) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let Some(Reverse((name, run, value))) = self.next.pop() else { return Ok(None) };
        self.advance(run)?;
        Ok(Some((name, value)))
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        let record = match self.runs.get_mut(number) {
            Some(Run::File(file)) => read_record(file)?,
            Some(Run::Memory { bytes, starts }) => starts
                .next()
                .and_then(|start| record_at(bytes, start))
                .map(|(name, value)| (name.to_vec(), value.to_vec())),
            None => None,
        };
        if let Some((name, value)) = record {
            self.next.push(Reverse((name, number, value)));
        }
        Ok(())
    }
}

fn open(files: Vec<File>) -> io::Result<Vec<Run>> {
    let open = |mut file: File| {
        file.rewind()?;
        Ok(Run::File(BufReader::with_capacity(RUN_BUFFER_BYTES, file)))
    };
    files.into_iter().map(open).collect()
}

/// The length of the name and of the value, 4 bytes each, and both.
fn write_record(out: &mut impl Write, name: &[u8], value: &[u8]) -> io::Result<()> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(io::Error::other);
    out.write_all(&length(name)?.to_le_bytes())?;
    out.write_all(&length(value)?.to_le_bytes())?;
    out.write_all(name)?;
    out.write_all(value)
}

fn record_at(bytes: &[u8], start: usize) -> Option<(&[u8], &[u8])> {
    let (name_bytes, rest) = bytes.get(start..)?.split_first_chunk()?;
    let (value_bytes, rest) = rest.split_first_chunk()?;
    let (name, rest) = rest.split_at_checked(as_usize(*name_bytes))?;
    Some((name, rest.get(..as_usize(*value_bytes))?))
}

fn read_record(file: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (mut name_bytes, mut value_bytes) = ([0; 4], [0; 4]);
    match file.read_exact(&mut name_bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    file.read_exact(&mut value_bytes)?;
    let (mut name, mut value) = (vec![0; as_usize(name_bytes)], vec![0; as_usize(value_bytes)]);
    file.read_exact(&mut name)?;
    file.read_exact(&mut value)?;
    Ok(Some((name, value)))
}

fn as_usize(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_order_however_many_files_it_takes() {
        for max_bytes in [1, 100, 1_000, 1 << 20] {
            let mut sorter = Sorter::with_max_bytes(max_bytes);
            let mut expected = Vec::new();
            for n in 0..2_000_u64 {
                // The same name more than once, with another value.
                let name = format!("n{}", n.wrapping_mul(0x9E37_79B9) % 1_500);
                sorter.push(&name, &n.to_le_bytes()).unwrap();
                expected.push((name, n.to_le_bytes().to_vec()));
            }
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            let mut sorted = sorter.finish().unwrap();
            let mut found = Vec::new();
            while let Some(record) = sorted.next().unwrap() {
                found.push(record);
            }
            assert!(found.is_sorted_by(|a, b| a.0 <= b.0));
            found.sort();
            expected.sort();
            assert!(found == expected, "{max_bytes}");
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(Sorter::new().finish().unwrap().next().unwrap().is_none());
    }
}
