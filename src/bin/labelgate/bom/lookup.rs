//! `labelgate bom lookup`: asks the index of a sharded BOM.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::digest::{Algorithm, Digest};
use labelgate::json::Writer;

use super::document::{Document, open};
use super::inputs::last_part;
use super::shards::Opened;
use crate::failure::{Failure, Outcome, quoted};
use crate::hashing;

/// Ask the item index of a sharded BOM whether it lists an item, and get the proof of that
///
/// One read of the index answers, and the answer proves itself under the digest in the BOM. Whether the
/// BOM is trusted is not looked at: `bom verify` does that.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct LookupArguments {
    /// The root BOM; its index is read from the place that it names, beside it
    #[arg(value_name = "BOM")]
    bom: PathBuf,

    /// The item: `sha256:` and its digest in hexadecimal, or a file to hash as it is
    #[arg(value_name = "DIGEST|FILE")]
    item: String,

    /// The item's name in the BOM [default: the file's name]
    #[arg(long)]
    name: Option<String>,

    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  labelgate bom build data/ --shards items -o bom.json
  labelgate bom lookup bom.json data/cats/1.png --name cats/1.png
  labelgate bom prove bom.json data/cats/1.png --name cats/1.png

Exit codes:
  0  the item is listed
  1  it is not
  2  wrong usage, or an index that cannot be read or is not that of the BOM";

pub fn run(arguments: &LookupArguments, is_proof: bool) -> Result<Outcome, Failure> {
    let digest = match arguments.item.strip_prefix("sha256:") {
        Some(hex) => Digest::from_hex(Algorithm::Sha256, hex)
            .map_err(|error| Failure::new(error.message()))?,
        None => {
            let path = PathBuf::from(&arguments.item);
            hashing::sha256(open(&path)?.0).map_err(|error| Failure::unreadable(&path, &error))?
        }
    };
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None if arguments.item.starts_with("sha256:") => {
            return Err(Failure::new("expected `--name NAME` with a digest"));
        }
        None => last_part(&PathBuf::from(&arguments.item))?,
    };
    let document = Document::read(&arguments.bom)?;
    let Some(mut index) = Opened::beside(&arguments.bom, &document.bom)? else {
        return Err(Failure::new(format!(
            "{}: expected a BOM with an item index; `bom show --items` lists those of others",
            quoted(&arguments.bom)
        )));
    };
    let found = index.prove(&name, &digest)?;
    let is_listed = found.is_some();
    let mut writer = Writer::new();
    if arguments.json {
        writer.open_object();
        writer.name("listed");
        writer.boolean(is_listed);
        writer.string_member("name", &name);
        writer.word_member("digest", &digest.to_string());
        if let Some(proof) = &found {
            writer.word_member("proof", proof);
        }
        writer.close_object();
        writer.end_line();
    }
    let text = match (&found, is_proof) {
        (Some(proof), true) => format!("{proof}\n"),
        (Some(_), false) => "listed\n".to_owned(),
        (None, true) => String::new(),
        (None, false) => "not listed\n".to_owned(),
    };
    let out = if arguments.json { writer.into_bytes() } else { text.into_bytes() };
    io::stdout().write_all(&out).map_err(|error| Failure::of_output(&error))?;
    if is_proof && !is_listed && !arguments.json {
        crate::terminal::tell("labelgate: not listed, so there is no proof");
    }
    Ok(if is_listed { Outcome::AllAccepted } else { Outcome::SomethingHeld })
}
