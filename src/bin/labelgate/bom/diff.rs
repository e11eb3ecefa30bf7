//! `labelgate bom diff`: what changed from one BOM to another.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::json::Writer;

use super::changes::{Comparer, digests_of};
use super::document::Document;
use super::inputs::is_stdin;
use crate::failure::{Failure, Outcome};

/// Say which items were added, removed, altered or renamed from one BOM to another
///
/// Items are compared by name and by their strong digests. A removed and an added item with the same
/// digests are one that was renamed. What else the BOMs say, and who signed them, is not compared.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct DiffArguments {
    /// The BOM before; `-` is standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The BOM after; `-` is standard input
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom diff bom-1.json bom-2.json
  labelgate bom diff --json bom-1.json bom-2.json | jq '.changes[] | select(.kind == \"altered\")'

Exit codes:
  0  both list the same items
  1  they differ
  2  wrong usage, or a BOM that cannot be read";

pub fn run(arguments: &DiffArguments) -> Result<Outcome, Failure> {
    if is_stdin(&arguments.old) && is_stdin(&arguments.new) {
        return Err(Failure::new("expected `-` once: standard input can be read only once"));
    }
    let old = Document::read(&arguments.old)?;
    let new = Document::read(&arguments.new)?;
    let mut comparer = Comparer::new(&old.bom, old.names());
    for name in new.names() {
        comparer.take(name, &digests_of(&new.bom, name));
    }
    let changes = comparer.finish();
    let out = if arguments.json {
        let mut writer = Writer::new();
        writer.open_object();
        changes.members(&mut writer);
        writer.close_object();
        writer.end_line();
        writer.into_bytes()
    } else {
        changes.to_text().into_bytes()
    };
    io::stdout().write_all(&out).map_err(|error| Failure::of_output(&error))?;
    Ok(if changes.is_empty() { Outcome::AllAccepted } else { Outcome::SomethingHeld })
}
