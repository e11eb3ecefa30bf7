//! `labelgate bom update`: the next version of a BOM.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::json::Writer;

use super::build::{About, journal, require_items, require_time};
use super::changes::{Changes, Comparer};
use super::document::Document;
use super::inputs::{Inputs, Reading};
use super::manifest::Columns;
use super::publish::Publication;
use crate::failure::{Failure, Outcome, quoted};
use crate::terminal;
use crate::whole_file;

/// Write the next version of a BOM: the same serial number, the version one higher, the items as they
/// are now
///
/// Prints what changed. When nothing did, says so and writes nothing, unless `--force` is given. Name,
/// version, licence, supplier and what is hashed stay as the old BOM has them, unless they are given.
/// The old signature does not go along: sign the new BOM.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct UpdateArguments {
    /// The BOM so far, signed or not
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// Folders, files or manifests, as for `bom build`
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Where to write the new BOM. A file there is replaced as a whole
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    #[command(flatten)]
    about: About,

    /// When the BOM was made: RFC 3339, such as 2026-11-23T10:00:00Z
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,

    /// Write a new version although nothing changed
    #[arg(long)]
    force: bool,

    /// Write what changed as one JSON object
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom update bom.json data/ -o bom-2.json
  labelgate bom update signed.json data/ --version 3 -o bom.json && labelgate bom sign bom.json \\
      --key key.jwk -o signed.json

Exit codes:
  0  the new BOM was written, or nothing had changed
  2  wrong usage, or something that cannot be read or written; nothing was written";

pub fn run(arguments: &UpdateArguments) -> Result<Outcome, Failure> {
    require_time(arguments.timestamp.as_deref())?;
    let old = Document::read(&arguments.old)?;
    let broken = |expected: &str| Failure::new(format!("{}: {expected}", quoted(&arguments.old)));
    let Some(serial_number) = old.bom.serial_number() else {
        return Err(broken("expected a BOM with a serial number"));
    };
    let canonical = old.outline.canonical().map_err(|expected| broken(&expected))?;
    let reading = Reading {
        boms: [Some(&arguments.output), Some(&arguments.old)],
        manifests: true,
        columns: Columns::default(),
    };
    let mut inputs = Inputs::list(&arguments.paths, &reading)?;
    require_items(&arguments.paths, &inputs.totals)?;
    let (about, outline) = (&arguments.about, &old.outline);
    let told = [
        (&about.name, &outline.name),
        (&about.version, &outline.set_version),
        (&about.license, &outline.license),
        (&about.supplier, &outline.supplier),
    ];
    let is_said_anew = told.iter().any(|(new, old)| new.is_some() && new != old)
        || old.bom.is_complete() == inputs.totals.is_incomplete;
    let [name, set_version, license, supplier] =
        told.map(|(new, old)| new.as_deref().or(old.as_deref()));
    let publication = Publication {
        name: name.unwrap_or_default(),
        set_version,
        license,
        supplier,
        canonical,
        timestamp: arguments.timestamp.as_deref(),
        serial_number: Some(serial_number),
        version: old.bom.version().saturating_add(1),
        sources: &[],
        workflow: None,
    };
    let path = &arguments.output;
    let mut journal = journal(path, &arguments.paths, canonical, false)?;
    let unwritable = |error: &io::Error| Failure::unwritable(path, error);
    let mut comparer = Comparer::new(&old.bom, old.names());
    let changes = whole_file::write_if(path, |out| {
        publication.write(&mut inputs, Some(&mut journal), out, &unwritable, |name, digests| {
            comparer.take(name, digests);
        })?;
        let changes = comparer.finish();
        let is_wanted = !changes.is_empty() || is_said_anew || arguments.force;
        Ok((is_wanted, changes))
    })?;
    journal.remove();
    let is_written = !changes.is_empty() || is_said_anew || arguments.force;
    let version = is_written.then_some(publication.version);
    tell(arguments.json, &changes, version)?;
    Ok(Outcome::AllAccepted)
}

fn tell(as_json: bool, changes: &Changes, version: Option<u64>) -> Result<(), Failure> {
    let out = if as_json {
        let mut writer = Writer::new();
        writer.open_object();
        writer.name("written");
        writer.boolean(version.is_some());
        if let Some(version) = version {
            writer.integer_member("version", i64::try_from(version).unwrap_or(i64::MAX));
        }
        changes.members(&mut writer);
        writer.close_object();
        writer.end_line();
        writer.into_bytes()
    } else {
        changes.to_text().into_bytes()
    };
    io::stdout().write_all(&out).map_err(|error| Failure::of_output(&error))?;
    if !as_json {
        match version {
            Some(version) => terminal::tell(&format!("wrote version {version}")),
            None => terminal::tell(
                "nothing changed, so nothing was written; `--force` writes a new version",
            ),
        }
    }
    Ok(())
}
