//! `labelgate bom verify`: the BOM, its signatures, its freshness, and the files themselves.

mod files;
mod freshness;
mod report;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::signature::{PublicKey, Refusal};

use super::document::{Document, Refused};
use super::inputs::{Inputs, Reading};
use super::shards::Opened;
use super::{keys, submissions};
use crate::failure::{Failure, Outcome, quoted};
use crate::terminal;
use freshness::FreshnessArguments;
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

    #[command(flatten)]
    freshness: FreshnessArguments,

    /// The PATHs hold submissions, one a line, as `bom collect` lists them
    #[arg(long, requires = "paths")]
    submissions: bool,

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
  labelgate bom verify signed.json --key key.pub.jwk --checkpoint signed.json.checkpoint data/
  labelgate bom verify bom.json data/    # no key: anybody could have made this BOM

Exit codes:
  0  everything that was looked at matches
  1  a signature or checkpoint is refused, the BOM has lapsed or is older than one seen, or a path
     differs; each is named
  2  wrong usage, or a BOM, key or file that cannot be read";

pub fn run(arguments: &VerifyArguments) -> Result<Outcome, Failure> {
    let threshold = keys::threshold(&arguments.keys, arguments.threshold)?;
    let read = Document::read_signed(&arguments.bom, threshold.as_ref())?;
    let signature = match &read {
        Err(refused) => of_refused(refused),
        Ok(document) => match &document.signature {
            None => Finding::not_checked(
                "because no `--key` was given: anybody could have made this BOM and these files",
            ),
            Some(Ok(keys)) => Finding::good(format!("by {}", named(keys))),
            Some(Err(refused)) => of_refused(refused),
        },
    };
    let document = read.ok();
    if signature.state == State::NotChecked && !arguments.json {
        terminal::tell("labelgate: no signature was checked; give `--key FILE`");
    }
    let freshness = match &document {
        Some(document) => {
            freshness::check(&arguments.freshness, document, &signature, threshold.as_ref())?
        }
        None => Finding::not_checked("because the BOM is not trusted"),
    };
    let files = match &document {
        Some(document) if !arguments.paths.is_empty() => {
            let canonical = document.outline.canonical().map_err(|expected| {
                Failure::new(format!("{}: {expected}", quoted(&arguments.bom)))
            })?;
            let mut inputs = if arguments.submissions {
                submissions::inputs(&arguments.paths)?
            } else {
                let reading = Reading { boms: [Some(&arguments.bom), None], ..Reading::default() };
                Inputs::list(&arguments.paths, &reading)?
            };
            Some(match Opened::beside(&arguments.bom, &document.bom)? {
                Some(mut index) => files::compare_with_index(&mut index, canonical, &mut inputs)?,
                None => files::compare(document, canonical, &mut inputs)?,
            })
        }
        _ => None,
    };
    let report = Report {
        document: document.as_ref(),
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

fn of_refused(refused: &Refused) -> Finding {
    let mut sentence = refused.refusal.sentence().to_owned();
    if refused.refusal == Refusal::ThresholdNotMet && !refused.good.is_empty() {
        sentence.push_str(&format!("; good is that by {}", named(&refused.good)));
    }
    Finding::refused(refused.refusal.code(), sentence)
}

fn named(keys: &[PublicKey]) -> String {
    let named = keys.iter().map(|key| format!("{} ({})", key.thumbprint(), key.algorithm().name()));
    named.collect::<Vec<_>>().join(" and ")
}
