//! `labelgate bom show`: what a BOM says.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::json::Writer;

use super::document::Document;
use super::summary;
use crate::failure::{Failure, Outcome};
use crate::terminal::printable;

/// Say what a BOM is: its data set, its items, and who claims to have signed it
///
/// Nothing is verified: `bom verify` does that.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct ShowArguments {
    /// The BOM: CycloneDX 1.5, 1.6 or 1.7 JSON; `-` is standard input
    #[arg(value_name = "BOM")]
    bom: PathBuf,

    /// List the items: name, strong digests, and the weak algorithms named in brackets
    #[arg(long)]
    items: bool,

    /// Write JSON: one object, and with `--items` one for each item after it
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom show bom.json
  labelgate bom show --items bom.json
  labelgate bom show --items --json bom.json | jq -r 'select(.name).name'

Exit codes:
  0  the BOM was read
  2  wrong usage, or a BOM that cannot be read";

pub fn run(arguments: &ShowArguments) -> Result<Outcome, Failure> {
    let document = Document::read(&arguments.bom)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written = if arguments.json {
        json(&document, arguments.items, &mut out)
    } else {
        text(&document, arguments.items, &mut out)
    };
    written.and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))?;
    Ok(Outcome::AllAccepted)
}

fn text(document: &Document, items: bool, out: &mut impl Write) -> io::Result<()> {
    let (summary, outline) = (document.bom.summary(), &document.outline);
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<10}  {}", printable(value));
    line("data set", outline.name.as_deref().unwrap_or("without a name"))?;
    for (name, value) in [
        ("version", &outline.set_version),
        ("licence", &outline.license),
        ("supplier", &outline.supplier),
        ("made", &outline.timestamp),
    ] {
        if let Some(value) = value {
            line(name, value)?;
        }
    }
    let serial_number = summary.serial_number.as_deref().unwrap_or("no serial number");
    line("BOM", &format!("version {} of {serial_number}", summary.version))?;
    line("format", &format!("CycloneDX {}", summary.spec_version))?;
    let weak = match summary.weak_only {
        0 => String::new(),
        weak => format!(", {weak} of them without a digest that proves anything"),
    };
    line("items", &format!("{}{weak}", summary.items))?;
    line(
        "complete",
        if summary.complete {
            "yes: what is not listed can be refused"
        } else {
            "no: an item that is not listed may still belong to the data set"
        },
    )?;
    line("hashed", outline.canonical.as_deref().unwrap_or("raw-bytes, since nothing is said"))?;
    line("digest", &summary.digest)?;
    if outline.is_signed {
        let signers = outline.signers.iter().map(|signer| match &signer.key_id {
            Some(key_id) => format!("{} by `{key_id}`", signer.algorithm),
            None => signer.algorithm.clone(),
        });
        let signers = signers.collect::<Vec<_>>().join(", ");
        line("signature", &format!("{signers}; not verified"))?;
    } else {
        line("signature", "none")?;
    }
    if !items {
        return Ok(());
    }
    writeln!(out)?;
    for entry in document.bom.entries() {
        let digests: Vec<String> = entry.digests().map(|digest| digest.to_string()).collect();
        let weak: Vec<&str> = entry.weak_algorithms().collect();
        let weak = if weak.is_empty() { String::new() } else { format!("  ({})", weak.join(", ")) };
        writeln!(out, "{}  {}{weak}", printable(entry.name()), digests.join(" "))?;
    }
    Ok(())
}

fn json(document: &Document, items: bool, out: &mut impl Write) -> io::Result<()> {
    let outline = &document.outline;
    let mut writer = Writer::new();
    writer.open_object();
    summary::members(&mut writer, &document.bom.summary());
    for (name, value) in [
        ("data_set", &outline.name),
        ("data_set_version", &outline.set_version),
        ("license", &outline.license),
        ("supplier", &outline.supplier),
        ("timestamp", &outline.timestamp),
        ("canonical", &outline.canonical),
    ] {
        if let Some(value) = value {
            writer.string_member(name, value);
        }
    }
    writer.name("signatures_not_verified");
    writer.open_array();
    for signer in &outline.signers {
        writer.open_object();
        writer.string_member("algorithm", &signer.algorithm);
        if let Some(key_id) = &signer.key_id {
            writer.string_member("key_id", key_id);
        }
        writer.close_object();
    }
    writer.close_array();
    writer.close_object();
    writer.end_line();
    out.write_all(writer.as_bytes())?;
    if !items {
        return Ok(());
    }
    for entry in document.bom.entries() {
        writer.clear();
        writer.open_object();
        writer.string_member("name", entry.name());
        if let Some(bom_ref) = entry.bom_ref() {
            writer.string_member("bom_ref", bom_ref);
        }
        writer.name("digests");
        writer.open_array();
        entry.digests().for_each(|digest| writer.word(&digest.to_string()));
        writer.close_array();
        writer.name("weak");
        writer.open_array();
        entry.weak_algorithms().for_each(|name| writer.word(name));
        writer.close_array();
        writer.close_object();
        writer.end_line();
        out.write_all(writer.as_bytes())?;
    }
    Ok(())
}
