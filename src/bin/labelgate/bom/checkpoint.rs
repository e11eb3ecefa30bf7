//! `labelgate bom checkpoint`: says which BOM is in force, and until when.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use labelgate::Bom;
use labelgate::merkle::{self, RootBuilder};
use labelgate::signature::checkpoint::{BomInForce, Checkpoint};
use labelgate::signature::note::Note;

use super::clock;
use super::document::Document;
use super::inputs::is_stdin;
use super::keys;
use crate::failure::{Failure, Outcome, quoted};
use crate::terminal;
use crate::whole_file;

/// Sign a checkpoint: which version of a BOM is in force, and until when
///
/// CycloneDX has no expiry, and an old BOM with a good signature looks like a new one. A checkpoint is a
/// small signed note (C2SP) beside the BOM that names its digest, its version and when it lapses. Make
/// a new one before that: for the same BOM it keeps its place in the log.
///
/// The log is a text file with one line for each published version, `VERSION SERIAL sha256:HEX`. The
/// checkpoint holds how many there are and the root of the RFC 6962 tree over the lines, so that
/// witnesses can prove that nothing was taken back. Keep it: a log that is lost cannot be continued.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct CheckpointArguments {
    /// The signed BOM, as it is published
    #[arg(value_name = "BOM")]
    bom: PathBuf,

    /// The private key, Ed25519
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// The name of the log and of the key in it: a URL without its scheme, such as pets.example/bom
    #[arg(long, value_name = "NAME")]
    origin: String,

    /// When the checkpoint lapses: `30d`, `12h`, a date, or RFC 3339
    #[arg(long, value_name = "WHEN")]
    expires: String,

    /// The log of published versions [default: the BOM's name with `.log`]
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Where to write the checkpoint; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

const AFTER: &str = "\
Example:
  labelgate bom checkpoint signed.json --key key.jwk --origin pets.example/bom --expires 30d \\
      -o signed.json.checkpoint

Exit codes:
  0  the checkpoint was written
  2  wrong usage, a version that is not after those in the log, or a file that cannot be read or
     written; nothing was written";

pub fn run(arguments: &CheckpointArguments) -> Result<Outcome, Failure> {
    if is_stdin(&arguments.bom) {
        return Err(Failure::new("expected the name of a file, because its log stands beside it"));
    }
    let key = keys::private(&arguments.key)?;
    let expires = clock::expiry(&arguments.expires, clock::now_ms()?)?;
    // In an envelope, what counts is the BOM that is in it.
    let document = match Document::read_signed(&arguments.bom, Some(&keys::one(&key)))? {
        Ok(document) => document,
        Err(refused) => return Err(Failure::new(refused.refusal.sentence())),
    };
    let bom = &document.bom;
    let serial_number = bom.serial_number().ok_or_else(|| {
        Failure::new(format!("{}: expected a BOM with a serial number", quoted(&arguments.bom)))
    })?;
    let log_path = match &arguments.log {
        Some(path) => path.clone(),
        None => {
            let mut name = arguments.bom.as_os_str().to_owned();
            name.push(".log");
            PathBuf::from(name)
        }
    };
    let log = Log::read(&log_path)?;
    let (log, is_new) = log.with(&log_path, bom, serial_number)?;
    let mut root = RootBuilder::new();
    for line in &log.lines {
        root.push(merkle::leaf(&[line.as_bytes()]));
    }
    let broken = |error: labelgate::Error| Failure::new(error.message());
    let extensions = BomInForce::lines(&bom.digest(), Some(serial_number), bom.version(), &expires);
    let checkpoint = Checkpoint {
        origin: arguments.origin.clone(),
        size: root.size(),
        root: root.root(),
        extensions: extensions.map_err(broken)?,
    };
    let mut note = Note::new(&checkpoint.to_text().map_err(broken)?).map_err(broken)?;
    note.sign(&arguments.origin, &key).map_err(broken)?;
    if is_new {
        // First the log: a checkpoint of what no log holds could not be continued.
        log.write(&log_path)?;
    }
    let text = note.to_string();
    if is_stdin(&arguments.output) {
        io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::of_output(&error))?;
    } else {
        whole_file::write(&arguments.output, |out| {
            let written = out.write_all(text.as_bytes());
            written.map_err(|error| Failure::unwritable(&arguments.output, &error))
        })?;
    }
    let (version, size) = (bom.version(), checkpoint.size);
    terminal::tell(&format!(
        "version {version} is in force until {expires}; number {size} in the log"
    ));
    Ok(Outcome::AllAccepted)
}

/// The published versions, oldest first.
struct Log {
    lines: Vec<String>,
}

/// One line of it.
struct Published<'a> {
    version: u64,
    serial_number: &'a str,
    digest: &'a str,
}

impl<'a> Published<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split(' ');
        let (version, serial_number, digest) = (words.next()?, words.next()?, words.next()?);
        let version = version.parse().ok().filter(|number: &u64| number.to_string() == version)?;
        words.next().is_none().then_some(Self { version, serial_number, digest })
    }
}

impl Log {
    fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::unreadable(path, &error)),
        };
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.iter().any(|line| Published::parse(line).is_none())
            || !(text.is_empty() || text.ends_with('\n'))
        {
            return Err(Failure::new(format!(
                "{}: expected lines `VERSION SERIAL sha256:HEX`",
                quoted(path)
            )));
        }
        Ok(Self { lines })
    }

    /// The log with this BOM as its newest, and whether that is new in it.
    fn with(
        mut self,
        path: &Path,
        bom: &Bom,
        serial_number: &str,
    ) -> Result<(Self, bool), Failure> {
        let refused = |text: String| Failure::new(format!("{}: {text}", quoted(path)));
        let (version, digest) = (bom.version(), bom.digest().to_string());
        if let Some(last) = self.lines.last().and_then(|line| Published::parse(line)) {
            if last.serial_number != serial_number {
                let other = last.serial_number;
                return Err(refused(format!("expected a BOM of {other}, which this log is of")));
            }
            if last.version == version && last.digest == digest {
                return Ok((self, false));
            }
            if version <= last.version {
                let newest = last.version;
                return Err(refused(format!(
                    "expected a version after {newest}, which was published already, got {version}"
                )));
            }
        }
        self.lines.push(format!("{version} {serial_number} {digest}"));
        Ok((self, true))
    }

    fn write(&self, path: &Path) -> Result<(), Failure> {
        whole_file::write(path, |out| {
            for line in &self.lines {
                writeln!(out, "{line}").map_err(|error| Failure::unwritable(path, &error))?;
            }
            Ok(())
        })
    }
}
