//! `labelgate bom sign`: signs a BOM.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use labelgate::signature::dsse;
use labelgate::signature::jsf::{self, Mode};

use super::document::{PAYLOAD_TYPE, read_all};
use super::inputs::is_stdin;
use super::keys;
use crate::failure::{Failure, Outcome};
use crate::terminal;
use crate::whole_file;

/// Sign a BOM: a JSF signature over its canonical form (RFC 8785)
///
/// The signature becomes the first member of the document, and not a byte of the rest changes. What is
/// signed is the whole document, so that a change of any item, name or version is found.
///
/// With several keys, `--signers` lets each sign as if alone, and `--chain` lets each sign also what
/// those before signed. A signer can be taken away from either unseen (in a chain, from its end), so
/// verify with `--threshold`.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct SignArguments {
    /// The BOM, or any JSON object; `-` is standard input
    #[arg(value_name = "BOM")]
    bom: PathBuf,

    /// Private key, as `bom keygen` writes it; several, each with `--key`
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,

    /// Several keys: each signs what came before too
    #[arg(long, conflicts_with = "signers")]
    chain: bool,

    /// Several keys: each signs as if alone. The default with more than one key
    #[arg(long)]
    signers: bool,

    /// Add signers to the signatures that are there; those are not checked
    #[arg(long, conflicts_with_all = ["chain", "signers"])]
    add: bool,

    /// Write a DSSE envelope of the BOM in place of a signature inside it
    ///
    /// The payload type is `application/vnd.cyclonedx+json`. Nothing has to be made canonical to check
    /// it, and the BOM is read only after that.
    #[arg(long, conflicts_with_all = ["chain", "signers", "add"])]
    dsse: bool,

    /// Where to write the signed BOM; `-` is standard output. A file there is replaced as a whole
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

const AFTER: &str = "\
Examples:
  labelgate bom sign bom.json --key key.jwk -o signed.json
  labelgate bom sign bom.json --key alice.jwk --key bob.jwk --signers -o signed.json
  labelgate bom sign bom.json --key key.jwk --dsse -o bom.dsse.json
  labelgate bom verify signed.json --key key.pub.jwk data/

The document is in memory as a whole, some three times: 160 bytes an item each.

Exit codes:
  0  the signed BOM was written
  2  wrong usage, a file that cannot be read or written, a key that cannot sign, or a BOM that is
     signed already; nothing was written";

/// Longest document that is signed: what the reader of signatures takes.
const MAX_BYTES: u64 = 2 << 30;

pub fn run(arguments: &SignArguments) -> Result<Outcome, Failure> {
    let keys = arguments.keys.iter().map(|path| keys::private(path));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let document = read_all(&arguments.bom, MAX_BYTES)?;
    let broken = |error: labelgate::Error| Failure::in_file(&arguments.bom, &error);
    let signed = if arguments.dsse {
        dsse::sign(&document, PAYLOAD_TYPE, &keys.iter().collect::<Vec<_>>())
    } else if arguments.add {
        keys.iter().try_fold(document, |document, key| jsf::add_signer(&document, key))
    } else {
        let mode = match (arguments.chain, arguments.signers, keys.len()) {
            (true, _, _) => Mode::Chain,
            (false, false, 1) => Mode::Single,
            (false, _, _) => Mode::Signers,
        };
        jsf::sign(&document, &keys.iter().collect::<Vec<_>>(), mode)
    };
    let signed = signed.map_err(broken)?;
    if is_stdin(&arguments.output) {
        io::stdout().write_all(&signed).map_err(|error| Failure::of_output(&error))?;
    } else {
        whole_file::write(&arguments.output, |out| {
            let written = out.write_all(&signed);
            written.map_err(|error| Failure::unwritable(&arguments.output, &error))
        })?;
    }
    for key in &keys {
        let public = key.public();
        let (algorithm, thumbprint) = (public.algorithm().name(), public.thumbprint());
        terminal::tell(&format!("signed with {algorithm} by the key {thumbprint}"));
    }
    Ok(Outcome::AllAccepted)
}
