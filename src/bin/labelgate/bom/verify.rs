//! `labelgate bom verify`: the BOM, its signatures, its freshness, and the files themselves.

mod files;
mod report;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use labelgate::bom::{Publication, Rollback, Seen};
use labelgate::signature::{PublicKey, Refusal, Verification};

use super::document::Document;
use super::inputs::Reading;
use super::keys;
use crate::failure::{Failure, Outcome, quoted};
use crate::terminal;
use crate::whole_file;
use report::{Finding, Report, State};

/// Verify a BOM, its signatures, and the files that it lists
///
/// With PATHs, every file is hashed and compared: matched, altered, missing, extra (not in the BOM),
/// swapped (two files, each with the bytes of the other), moved (the bytes of a missing file under
/// another name), unproven (listed with weak digests alone). PATHs are named as in `bom build`; the
/// BOM itself is no item. All strong digests that an item lists must be those of its file.
///
/// Only the signature of the whole document counts, and only by the keys that you give. What a BOM
/// says of its own keys is never believed.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct VerifyArguments {
    /// The BOM; `-` is standard input
    #[arg(value_name = "BOM")]
    bom: PathBuf,

    /// The folders and files that it lists
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A public key that may have signed, as `bom keygen` writes it; several, each with `--key`
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,

    /// How many of the keys must have signed [default: 1]
    #[arg(long, value_name = "N", requires = "keys")]
    threshold: Option<usize>,

    /// Remember the newest version of each data set here, and refuse an older one
    ///
    /// Read when it exists, and replaced as a whole when the BOM is trusted. Nothing that is not signed
    /// is remembered.
    #[arg(long, value_name = "FILE", requires = "keys")]
    state: Option<PathBuf>,

    /// Files that are not listed are told, and are no reason to fail, unless they have the bytes of a
    /// listed one
    #[arg(long)]
    allow_extra: bool,

    /// Write one JSON object with everything that was found
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom verify signed.json --key key.pub.jwk data/
  labelgate bom verify signed.json --key alice.pub.jwk --key bob.pub.jwk --threshold 2 data/
  labelgate bom verify signed.json --key key.pub.jwk --state newest.state data/
  labelgate bom verify bom.json data/    # no key: anybody could have made this BOM

Exit codes:
  0  everything that was looked at matches
  1  a signature is refused, the BOM is older than one seen, or a path differs; each is named
  2  wrong usage, or a BOM, key or file that cannot be read";

pub fn run(arguments: &VerifyArguments) -> Result<Outcome, Failure> {
    let threshold = keys::threshold(&arguments.keys, arguments.threshold)?;
    let mut document = Document::read(&arguments.bom, threshold.as_ref())?;
    let signature = match document.signature.take() {
        None => Finding::not_checked(
            "because no `--key` was given: anybody could have made this BOM and these files",
        ),
        Some(found) => of_signature(found),
    };
    if signature.state == State::NotChecked && !arguments.json {
        terminal::tell("labelgate: no signature was checked; give `--key FILE`");
    }
    let freshness = match &arguments.state {
        None => Finding::not_checked("because neither `--checkpoint` nor `--state` was given"),
        Some(_) if signature.state != State::Good => {
            Finding::not_checked("because the BOM is not trusted")
        }
        Some(path) => of_state(path, &document)?,
    };
    let files = if arguments.paths.is_empty() {
        None
    } else {
        let canonical = document
            .outline
            .canonical()
            .map_err(|expected| Failure::new(format!("{}: {expected}", quoted(&arguments.bom))))?;
        let reading = Reading { boms: [Some(&arguments.bom), None], ..Reading::default() };
        Some(files::compare(&document, canonical, &arguments.paths, &reading)?)
    };
    let report = Report {
        document: &document,
        signature,
        freshness,
        files,
        allows_extra: arguments.allow_extra,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    if arguments.json {
        out.write_all(&report.to_json()).map_err(|error| Failure::of_output(&error))?;
    } else {
        report.write_text(&mut out)?;
    }
    out.flush().map_err(|error| Failure::of_output(&error))?;
    Ok(if report.is_good() { Outcome::AllAccepted } else { Outcome::SomethingHeld })
}

fn of_signature(found: Result<Verification, Refusal>) -> Finding {
    let named = |keys: &[&PublicKey]| {
        let named =
            keys.iter().map(|key| format!("{} ({})", key.thumbprint(), key.algorithm().name()));
        named.collect::<Vec<_>>().join(" and ")
    };
    let refusal = match &found {
        Ok(verification) => match verification.decide() {
            Ok(keys) => return Finding::good(format!("by {}", named(&keys))),
            Err(refusal) => refusal,
        },
        Err(refusal) => *refusal,
    };
    let good = found.as_ref().map(Verification::good_keys).unwrap_or_default();
    let mut sentence = refusal.sentence().to_owned();
    if refusal == Refusal::ThresholdNotMet && !good.is_empty() {
        sentence.push_str(&format!("; good is that by {}", named(&good)));
    }
    Finding::refused(refusal.code(), sentence)
}

/// Compares with the newest version that was seen, and remembers this one when it is not older.
fn of_state(path: &Path, document: &Document) -> Result<Finding, Failure> {
    let mut seen = match fs::read(path) {
        Ok(saved) => Seen::restore(&saved).map_err(|error| Failure::in_file(path, &error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::new(),
        Err(error) => return Err(Failure::unreadable(path, &error)),
    };
    let bom = &document.bom;
    let Some(serial_number) = bom.serial_number() else {
        return Ok(Finding::refused(
            "bom-rollback",
            "the BOM has no serial number, so nobody can tell which one is newer",
        ));
    };
    let (version, digest) = (bom.version(), bom.digest());
    match seen.meet(&Publication { serial_number, version, log_size: None, digest }) {
        Ok(()) => {
            whole_file::write(path, |out| {
                out.write_all(&seen.save()).map_err(|error| Failure::unwritable(path, &error))
            })?;
            Ok(Finding::good(format!("version {version} is the newest that was seen")))
        }
        Err(rollback) => Ok(Finding::refused(
            "bom-rollback",
            match rollback {
                Rollback::Version { shown, newest } => {
                    format!("it is version {shown}, and version {newest} was seen before")
                }
                Rollback::LogSize { shown, newest } => format!(
                    "its checkpoint counts {shown} publications, and {newest} were counted before"
                ),
                Rollback::OtherBytes { version } => {
                    format!("version {version} was seen before with other bytes")
                }
            },
        )),
    }
}
