//! `labelgate bom build`: a folder's BOM.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::HumanBytes;
use labelgate::bom::{BomBuilder, BomIdentity, DataSet};
use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::json::Writer;
use labelgate::timestamp;

use super::folder::{Folder, Listed};
use crate::failure::{Failure, Outcome, quoted};
use crate::hashing;
use crate::progress::Progress;
use crate::terminal;
use crate::whole_file;

/// Write a CycloneDX 1.7 BOM of a folder: every file with its SHA-256
///
/// Every file below the folder is an item, named by its path with `/`, in the order of the bytes of
/// the names; hidden files too, because what is left out could be swapped unseen. Symbolic links are
/// not followed; each is named in a warning. The BOM says that it is complete, so that an item
/// that is not in it can be refused.
///
/// The same folder gives the same BOM, byte for byte: the serial number is a digest of the names and
/// the content, and there is no time in it unless you give one. So anybody who has the data can
/// build it again and compare.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct BuildArguments {
    /// The folder with the items
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Where to write the BOM; `-` is standard output. A file there is replaced as a whole, and is
    /// never an item of its own BOM
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    /// Name of the data set [default: the folder's name]
    #[arg(long)]
    name: Option<String>,

    /// Version of the data set
    #[arg(long)]
    version: Option<String>,

    /// When the BOM was made: RFC 3339, such as 2026-11-23T10:00:00Z
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,

    /// Write a summary of the BOM to standard output as JSON; needs `--output FILE`
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom build data/ -o bom.json
  labelgate bom build data/ --name pets --version 2 --timestamp \"$(date -u +%FT%TZ)\" -o bom.json
  labelgate check --bom bom.json --unsigned --items data/ submissions.ndjson

Exit codes:
  0  the BOM was written
  2  wrong usage, a file that cannot be read, or a name that is not UTF-8; nothing was written";

/// The data set's own name in the BOM. No path below a folder starts like this.
const DATA_SET_REF: &str = "./";

pub fn run(arguments: &BuildArguments) -> Result<Outcome, Failure> {
    let to_stdout = arguments.output.as_os_str() == "-";
    if arguments.json && to_stdout {
        return Err(Failure::new("expected `--output FILE` with `--json`"));
    }
    let is_time = |time: &str| timestamp::from_rfc3339(time).is_some();
    if let Some(time) = arguments.timestamp.as_deref().filter(|time| !is_time(time)) {
        return Err(Failure::new(format!("expected a time of RFC 3339, got `{time}`")));
    }
    let name = data_set_name(arguments)?;
    let left_out = (!to_stdout).then_some(arguments.output.as_path());
    let folder = Folder::list(&arguments.folder, left_out)?;
    for warning in &folder.warnings {
        terminal::tell(&format!("labelgate: {warning}"));
    }
    if folder.files.is_empty() {
        return Err(Failure::new(format!(
            "expected at least one file in {}",
            quoted(&arguments.folder)
        )));
    }
    let items = hash_all(&arguments.folder, &folder)?;
    let set = DataSet { bom_ref: DATA_SET_REF, name: &name, version: arguments.version.as_deref() };
    let identity = BomIdentity {
        serial: serial(&set, &items),
        version: 1,
        timestamp: arguments.timestamp.as_deref(),
    };
    if to_stdout {
        let out = BufWriter::new(io::stdout().lock());
        write_bom(out, &identity, &set, &items, Failure::of_output)?;
    } else {
        let path = &arguments.output;
        let unwritable = |error: &io::Error| Failure::unwritable(path, error);
        whole_file::write(path, |out| write_bom(out, &identity, &set, &items, unwritable))?;
    }
    tell(arguments, &folder)?;
    Ok(Outcome::AllAccepted)
}

/// The folder's own name, also when it was given as `.` or `data/..`.
fn data_set_name(arguments: &BuildArguments) -> Result<String, Failure> {
    if let Some(name) = &arguments.name {
        return Ok(name.clone());
    }
    let folder = &arguments.folder;
    let real = folder.canonicalize().map_err(|error| Failure::unreadable(folder, &error))?;
    let name = real.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| {
        let folder = quoted(folder);
        Failure::new(format!("expected `--name`, because {folder} has no name in UTF-8"))
    })
}

fn hash_all<'a>(folder: &Path, list: &'a Folder) -> Result<Vec<(&'a str, Digest)>, Failure> {
    let progress = Progress::new("hashing", Some(list.bytes()));
    let mut items = Vec::with_capacity(list.files.len());
    for Listed { name, .. } in &list.files {
        let path = folder.join(name);
        let digest = File::open(&path)
            .and_then(|file| hashing::sha256(progress.watch(file)))
            .map_err(|error| Failure::unreadable(&path, &error))?;
        items.push((name.as_str(), digest));
    }
    progress.finish();
    Ok(items)
}

/// 16 bytes that the data set and its content decide: the first of a SHA-256 digest, as a name-based
/// UUID of version 8 has them (RFC 9562, section 6.5).
fn serial(set: &DataSet<'_>, items: &[(&str, Digest)]) -> [u8; 16] {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    // A length before each text keeps two lists of texts apart.
    let mut text = |text: &str| {
        hasher.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    text(set.name);
    text(set.version.unwrap_or_default());
    for (name, digest) in items {
        text(name);
        text(&digest.to_hex());
    }
    let digest = hasher.finish();
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}

fn write_bom<W: Write>(
    out: W,
    identity: &BomIdentity<'_>,
    set: &DataSet<'_>,
    items: &[(&str, Digest)],
    unwritable: impl Fn(&io::Error) -> Failure,
) -> Result<(), Failure> {
    let mut out = Watched { out, error: None };
    let mut build = || {
        let mut builder = BomBuilder::new(&mut out, identity, set)?;
        for (name, digest) in items {
            builder.add(name, digest)?;
        }
        builder.finish().map(drop)
    };
    build().map_err(|error: labelgate::Error| match &out.error {
        Some(error) => unwritable(error),
        None => Failure::new(error.message()),
    })
}

/// A writer that keeps what the system said: the builder only tells it in words.
struct Watched<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.out.write(piece).inspect_err(|error| self.error = Some(error.kind().into()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|error| self.error = Some(error.kind().into()))
    }
}

fn tell(arguments: &BuildArguments, folder: &Folder) -> Result<(), Failure> {
    let (items, bytes) = (folder.files.len(), folder.bytes());
    if !arguments.json {
        let plural = if items == 1 { "" } else { "s" };
        terminal::tell(&format!("{items} item{plural}, {}", HumanBytes(bytes)));
        return Ok(());
    }
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let digest = File::open(&arguments.output)
        .and_then(hashing::sha256)
        .map_err(|error| Failure::unreadable(&arguments.output, &error))?;
    let mut writer = Writer::new();
    writer.open_object();
    writer.integer_member("items", i64::try_from(items).unwrap_or(i64::MAX));
    writer.integer_member("bytes", whole(bytes));
    writer.integer_member("warnings", i64::try_from(folder.warnings.len()).unwrap_or(i64::MAX));
    writer.string_member("digest", &digest.to_string());
    writer.close_object();
    let mut line = writer.into_bytes();
    line.push(b'\n');
    io::stdout().write_all(&line).map_err(|error| Failure::of_output(&error))
}
