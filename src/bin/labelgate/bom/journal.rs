//! What a build had hashed when it was interrupted.
//!
//! The journal stands beside the output as `OUTPUT.partial`. A build hashes in the order of the names
//! and writes as it goes, so each run leaves one sorted stretch of lines, and the next run reads all
//! stretches side by side with its own names: no stretch is ever held in memory. The stretch of the
//! later run counts. A line that was cut off is no line.
//!
//! A stretch begins with a line that says what was hashed and how: `{"labelgate":1,"of":"..."}`. A
//! stretch of something else is passed over. Then each line is
//! `["name",bytes,"modified","changed","sha256 in hexadecimal"]`, times in nanoseconds since 1970.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use labelgate::digest::{Algorithm, Digest};
use labelgate::json::{Reader, Writer};

use super::found::Stamp;

/// The journal of one build.
pub struct Journal {
    pub earlier: Earlier,
    pub own: Own,
}

/// What earlier runs left, oldest first.
pub struct Earlier {
    stretches: Vec<Stretch>,
}

/// What this run leaves, should it be interrupted.
pub struct Own {
    path: PathBuf,
    /// What is being built; stretches of something else do not count.
    of: String,
    out: Option<BufWriter<File>>,
    unflushed_bytes: u64,
}

struct Stretch {
    reader: BufReader<Take<File>>,
    next: Option<Line>,
}

struct Line {
    name: String,
    stamp: Stamp,
    digest: Digest,
}

/// What is written is handed to the system after so many bytes of files.
const FLUSH_BYTES: u64 = 16 << 20;
/// Longest line that is read: a name of 64 KiB with escapes, and the numbers.
const MAX_LINE_BYTES: u64 = 512 * 1024;
const MAX_DEPTH: usize = 2;

impl Journal {
    /// Opens what is left from earlier runs, if anything. `of` says what is built and how.
    ///
    /// A fresh start forgets that.
    pub fn open(output: &Path, of: &[String], is_fresh: bool) -> io::Result<Self> {
        let path = Self::path(output);
        let of = digest_of(of);
        if is_fresh {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let stretches = match File::open(&path) {
            Ok(file) => stretches(&path, file, &of)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let own = Own { path, of, out: None, unflushed_bytes: 0 };
        Ok(Self { earlier: Earlier { stretches }, own })
    }

    /// Where the journal of an output is.
    pub fn path(output: &Path) -> PathBuf {
        let mut name = output.as_os_str().to_owned();
        name.push(".partial");
        PathBuf::from(name)
    }

    /// The work is done: nothing is left to continue.
    pub fn remove(self) {
        drop(self.own.out);
        // That it is in the way of nobody is worth more than a failure.
        let _ = fs::remove_file(&self.own.path);
    }
}

impl Earlier {
    /// The digest of a file that is still as it was. Names must come in ascending order.
    pub fn known(&mut self, name: &str, stamp: &Stamp) -> io::Result<Option<Digest>> {
        let mut found = None;
        for stretch in &mut self.stretches {
            while stretch.next.as_ref().is_some_and(|line| line.name.as_str() < name) {
                stretch.advance()?;
            }
            if let Some(line) = stretch.next.as_ref().filter(|line| line.name == name) {
                found = (line.stamp == *stamp).then_some(line.digest);
            }
        }
        Ok(found)
    }
}

impl Own {
    /// Remembers a file. Names must come in ascending order.
    pub fn write(&mut self, name: &str, stamp: &Stamp, digest: &Digest) -> io::Result<()> {
        let mut line = Writer::new();
        if self.out.is_none() {
            let file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            self.out = Some(BufWriter::new(file));
            // Ends a line that was cut off.
            line.end_line();
            line.open_object();
            line.integer_member("labelgate", 1);
            line.word_member("of", &self.of);
            line.close_object();
            line.end_line();
        }
        line.open_array();
        line.string(name);
        line.string(&stamp.bytes.to_string());
        line.string(&stamp.modified_ns.to_string());
        line.string(&stamp.changed_ns.to_string());
        line.word(&digest.to_hex());
        line.close_array();
        line.end_line();
        let Some(out) = &mut self.out else { return Ok(()) };
        out.write_all(line.as_bytes())?;
        self.unflushed_bytes = self.unflushed_bytes.saturating_add(stamp.bytes.max(4096));
        if self.unflushed_bytes >= FLUSH_BYTES {
            self.unflushed_bytes = 0;
            out.flush()?;
        }
        Ok(())
    }
}

impl Stretch {
    /// Reads on to the next line that is one.
    fn advance(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = self.reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
            self.next = Line::read(&line);
            if read == 0 || self.next.is_some() {
                return Ok(());
            }
        }
    }
}

impl Line {
    fn read(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n")?;
        let mut reader = Reader::new(line, MAX_DEPTH).ok()?;
        let mut texts = Vec::new();
        reader
            .array(&mut |reader| {
                texts.push(reader.string()?.into_owned());
                Ok(())
            })
            .ok()?;
        reader.finish().ok()?;
        let [name, bytes, modified, changed, digest] = <[String; 5]>::try_from(texts).ok()?;
        let stamp = Stamp {
            bytes: bytes.parse().ok()?,
            modified_ns: modified.parse().ok()?,
            changed_ns: changed.parse().ok()?,
        };
        Some(Self { name, stamp, digest: Digest::from_hex(Algorithm::Sha256, &digest).ok()? })
    }
}

/// Finds the stretches of `of` in a journal.
fn stretches(path: &Path, file: File, of: &str) -> io::Result<Vec<Stretch>> {
    let heading = format!("{{\"labelgate\":1,\"of\":\"{of}\"}}\n").into_bytes();
    let mut bounds: Vec<(u64, u64)> = Vec::new();
    let (mut reader, mut line, mut at, mut is_ours) = (BufReader::new(file), Vec::new(), 0, false);
    loop {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        at += u64::try_from(read).unwrap_or_default();
        if read == 0 {
            break;
        }
        if line.starts_with(b"{") {
            is_ours = line == heading;
            if is_ours {
                bounds.push((at, at));
            }
        } else if let Some((_, end)) = bounds.last_mut().filter(|_| is_ours) {
            *end = at;
        }
    }
    let open = |(start, end): (u64, u64)| {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut stretch = Stretch { reader: BufReader::new(file.take(end - start)), next: None };
        stretch.advance()?;
        Ok(stretch)
    };
    bounds.into_iter().filter(|(start, end)| start < end).map(open).collect()
}

/// A digest over texts, so that the heading has one length.
fn digest_of(texts: &[String]) -> String {
    let mut hasher = labelgate::digest::Hasher::new(Algorithm::Sha256);
    for text in texts {
        hasher.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finish().to_hex()
}
