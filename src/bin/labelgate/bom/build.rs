//! `labelgate bom build`: the BOM of folders, files and manifests.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::HumanBytes;
use labelgate::bom::Canonical;
use labelgate::json::Writer;
use labelgate::timestamp;

use super::inputs::{Inputs, Reading, Totals, is_stdin, last_part};
use super::journal::Journal;
use super::manifest::Columns;
use super::measure::Measured;
use super::publish::Publication;
use super::shards::Index;
use crate::failure::{Failure, Outcome, quoted};
use crate::hashing;
use crate::terminal;
use crate::whole_file;

/// Write a CycloneDX 1.7 BOM of folders, files or manifests: every item with its SHA-256
///
/// Every file below a folder is an item, named by its path with `/`, in the order of the bytes of
/// the names; hidden files too, because what is left out could be swapped unseen. With several PATHs
/// each name begins with the last part of its PATH. Symbolic links are never followed, in the folder
/// or out of it; each is named in a warning. A name that is not UTF-8, or has a backslash in it, is
/// refused. The BOM says that it is complete, so that an item that is not in it can be refused.
///
/// The same folder gives the same BOM, byte for byte: the serial number is a digest of the names and
/// the content, and there is no time in it unless you give one. So anybody who has the data can
/// build it again with the same version of labelgate and compare.
///
/// A PATH may also be a manifest, whose hashes are taken over: `SHA256SUMS` and the like, CSV or NDJSON
/// with a column of hashes, Croissant 1.0 and 1.1, an OpenSSF Model Signing bundle, SPDX 3.0. An
/// entry without a hash that proves its bytes is left out and named, and the BOM then says that it is
/// not complete. Nobody's signature on a manifest is checked.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct BuildArguments {
    /// Folders, files or manifests; `-` is a manifest on standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Where to write the BOM; `-` is standard output. A file there is replaced as a whole, and is
    /// never an item of its own BOM
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    #[command(flatten)]
    about: About,

    /// When the BOM was made: RFC 3339, such as 2026-11-23T10:00:00Z
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,

    /// Serial number of the BOM, `urn:uuid:...` [default: a digest of the name, version and items]
    #[arg(long, value_name = "URN")]
    serial: Option<String>,

    /// What is hashed of each file [default: raw-bytes]
    #[arg(long, value_enum, value_name = "FORM")]
    canonical: Option<Form>,

    /// Take every PATH that is a file for an item, whatever is in it
    #[arg(long)]
    no_manifest: bool,

    /// The column or member with the names of a CSV or NDJSON manifest [default: name]
    #[arg(long, value_name = "COLUMN", requires = "hash_column")]
    name_column: Option<String>,

    /// The column or member with the hashes of a CSV or NDJSON manifest [default: sha256]
    ///
    /// Holds SHA-256 in hexadecimal, unless it is called after another algorithm (`sha512`) or each
    /// value begins with one (`sha512:...`).
    #[arg(long, value_name = "COLUMN", conflicts_with = "no_manifest")]
    hash_column: Option<String>,

    /// Write the items into an index in this folder, and a small BOM that names it
    ///
    /// For data sets too large to be listed, to 10^9 items. The folder is served as plain files beside the
    /// BOM, and must be below the BOM's own folder.
    #[arg(long, value_name = "DIR")]
    shards: Option<PathBuf>,

    /// Hash everything again, also what an interrupted run had hashed
    #[arg(long)]
    fresh: bool,

    /// Write a summary of the BOM to standard output as JSON; needs `--output FILE`
    #[arg(long)]
    json: bool,
}

/// What a BOM says of its data set.
#[derive(Debug, Args)]
pub struct About {
    /// Name of the data set [default: the folder's name, or what the manifest says]
    #[arg(long)]
    pub name: Option<String>,

    /// Version of the data set
    #[arg(long)]
    pub version: Option<String>,

    /// Licence of the data set: an SPDX expression such as CC-BY-4.0, or a name
    #[arg(long)]
    pub license: Option<String>,

    /// The organization that supplies the data set
    #[arg(long, value_name = "NAME")]
    pub supplier: Option<String>,
}

/// What is hashed of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// JSON in the form of RFC 8785
    JcsJson,
    /// The bytes as they are
    RawBytes,
    /// UTF-8 text in Unicode normal form C
    Utf8Nfc,
}

impl Form {
    pub fn canonical(self) -> Canonical {
        match self {
            Self::JcsJson => Canonical::JcsJson,
            Self::RawBytes => Canonical::RawBytes,
            Self::Utf8Nfc => Canonical::Utf8Nfc,
        }
    }
}

const AFTER: &str = "\
Examples:
  labelgate bom build data/ -o bom.json
  labelgate bom build data/ --name pets --version 2 --license CC-BY-4.0 --supplier \"Pet Lab\" -o bom.json
  labelgate bom build data/ --timestamp \"$(date -u +%FT%TZ)\" -o bom.json
  labelgate bom build SHA256SUMS --name pets -o bom.json
  labelgate bom build items.csv --name-column file --hash-column sha256 -o bom.json
  labelgate bom build data/ --shards items -o bom.json
  sha256sum *.png | labelgate bom build --name pets -o bom.json -

Large folders:
  Names are sorted outside of memory, so that 10^7 files take some 100 MB, whatever their size;
  temporary files stand in TMPDIR. Files are hashed on all cores. With `--output FILE` a journal
  stands beside it as FILE.partial while files are hashed: when the run is interrupted, the next one
  continues it, and hashes again only what changed its size or its times since.
  The forms `utf8-nfc` and `jcs-json` hold a file in memory and take at most 64 MiB of each.

Exit codes:
  0  the BOM was written
  2  wrong usage, a file that cannot be read or that changed meanwhile, or a name that a BOM cannot
     hold; nothing was written";

pub fn run(arguments: &BuildArguments) -> Result<Outcome, Failure> {
    let to_stdout = is_stdin(&arguments.output);
    if arguments.json && to_stdout {
        return Err(Failure::new("expected `--output FILE` with `--json`"));
    }
    if arguments.shards.is_some() && to_stdout {
        return Err(Failure::new("expected `--output FILE` with `--shards`"));
    }
    require_time(arguments.timestamp.as_deref())?;
    let reading = Reading {
        boms: [(!to_stdout).then_some(arguments.output.as_path()), None],
        manifests: !arguments.no_manifest,
        columns: Columns {
            name: arguments.name_column.as_deref(),
            hash: arguments.hash_column.as_deref(),
        },
    };
    let mut inputs = Inputs::list(&arguments.paths, &reading)?;
    require_items(&arguments.paths, &inputs.totals)?;
    let name = data_set_name(arguments, &inputs.totals)?;
    let canonical = arguments.canonical.map(Form::canonical).unwrap_or_default();
    let publication = Publication {
        name: &name,
        set_version: arguments.about.version.as_deref(),
        license: arguments.about.license.as_deref(),
        supplier: arguments.about.supplier.as_deref(),
        canonical,
        timestamp: arguments.timestamp.as_deref(),
        serial_number: arguments.serial.as_deref(),
        version: 1,
        sources: &[],
        workflow: None,
    };
    let measured = if to_stdout {
        publication.write_to_stdout(&mut inputs)?
    } else {
        let path = &arguments.output;
        let mut journal = journal(path, &arguments.paths, canonical, arguments.fresh)?;
        let unwritable = |error: &io::Error| Failure::unwritable(path, error);
        let index = match &arguments.shards {
            Some(folder) => Some(Index::new(folder, path, canonical)?),
            None => None,
        };
        let measured = whole_file::write(path, |out| {
            let journal = Some(&mut journal);
            publication.write_with(&mut inputs, journal, out, &unwritable, index, &mut |_, _| {})
        })?;
        journal.remove();
        measured
    };
    tell(arguments, &inputs.totals, measured)?;
    Ok(Outcome::AllAccepted)
}

/// Refuses what is no time of RFC 3339.
pub fn require_time(time: Option<&str>) -> Result<(), Failure> {
    match time.filter(|time| timestamp::from_rfc3339(time).is_none()) {
        Some(time) => Err(Failure::new(format!("expected a time of RFC 3339, got `{time}`"))),
        None => Ok(()),
    }
}

/// Refuses a BOM that would list nothing.
pub fn require_items(paths: &[PathBuf], totals: &Totals) -> Result<(), Failure> {
    if totals.items > 0 {
        return Ok(());
    }
    let listed: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
    let what = if totals.unproven > 0 { "entry with a strong hash" } else { "file" };
    Err(Failure::new(format!("expected at least one {what} in {}", listed.join(", "))))
}

/// Opens the journal beside the output.
pub fn journal(
    output: &std::path::Path,
    paths: &[PathBuf],
    canonical: Canonical,
    is_fresh: bool,
) -> Result<Journal, Failure> {
    let mut of = vec![canonical.as_str().to_owned()];
    for path in paths {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        of.push(real.to_string_lossy().into_owned());
    }
    let journal = Journal::open(output, &of, is_fresh);
    journal.map_err(|error| {
        Failure::new(format!(
            "cannot use the journal {}: {}",
            quoted(&Journal::path(output)),
            crate::failure::reason(&error)
        ))
    })
}

/// What the arguments say, or the manifest, or the folder's own name, also when that was given as `.`
/// or `data/..`.
fn data_set_name(arguments: &BuildArguments, totals: &Totals) -> Result<String, Failure> {
    if let Some(name) = arguments.about.name.as_ref().or(totals.name.as_ref()) {
        return Ok(name.clone());
    }
    match arguments.paths.as_slice() {
        [path] if !is_stdin(path) => last_part(path),
        _ => Err(Failure::new("expected `--name NAME`, because no single PATH names the data set")),
    }
}

fn tell(arguments: &BuildArguments, totals: &Totals, measured: Measured) -> Result<(), Failure> {
    if !arguments.json {
        let plural = if totals.items == 1 { "" } else { "s" };
        let mut line = format!("{} item{plural}, {}", totals.items, HumanBytes(totals.bytes));
        if measured.known > 0 {
            line.push_str(&format!("; {} hashed by an earlier run", measured.known));
        }
        if totals.unproven > 0 {
            line.push_str(&format!("; {} left out, so the list is not complete", totals.unproven));
        }
        terminal::tell(&line);
        return Ok(());
    }
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let digest = File::open(&arguments.output)
        .and_then(hashing::sha256)
        .map_err(|error| Failure::unreadable(&arguments.output, &error))?;
    let mut writer = Writer::new();
    writer.open_object();
    writer.integer_member("items", whole(totals.items));
    writer.integer_member("bytes", whole(totals.bytes));
    writer.integer_member("warnings", whole(totals.warnings));
    writer.integer_member("left_out", whole(totals.unproven));
    writer.integer_member("hashed_before", whole(measured.known));
    writer.name("complete");
    writer.boolean(!totals.is_incomplete);
    writer.string_member("digest", &digest.to_string());
    writer.close_object();
    let mut line = writer.into_bytes();
    line.push(b'\n');
    io::stdout().write_all(&line).map_err(|error| Failure::of_output(&error))
}
