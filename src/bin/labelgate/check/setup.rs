//! Makes the gate that the arguments ask for.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use labelgate::bom::{BomLimits, BomReader};
use labelgate::verdict::BomTrust;
use labelgate::{Bom, Gate, Memory, Policy};

use super::arguments::CheckArguments;
use super::gold;
use crate::failure::{Failure, quoted};
use crate::policy;
use crate::progress::Progress;

pub fn gate(arguments: &CheckArguments) -> Result<Gate, Failure> {
    let mut policy = match &arguments.policy {
        Some(path) => policy::read(path)?,
        None => Policy::default(),
    };
    policy.bom.trust = trust(arguments, policy.bom.trust)?;
    let gold = arguments
        .gold
        .as_deref()
        .map(|path| gold::read(path, policy.label.as_ref()))
        .transpose()?
        .unwrap_or_default();
    let bom = arguments.bom.as_deref().map(bom).transpose()?;
    Ok(Gate::new(policy, bom).with_gold(gold))
}

/// What is to stand behind the items: the arguments say so, or else the policy.
fn trust(arguments: &CheckArguments, of_policy: BomTrust) -> Result<BomTrust, Failure> {
    let expected = |text: &str| Err(Failure::new(text));
    if arguments.key.is_some() {
        return expected(
            "signatures cannot be verified by this version yet; for development, use `--unsigned` \
             in place of `--key` to check against the BOM as it is",
        );
    }
    if arguments.no_bom {
        return Ok(BomTrust::None);
    }
    match (&arguments.bom, of_policy) {
        (Some(_), _) if arguments.unsigned => Ok(BomTrust::UnsignedForDevelopment),
        (Some(_), BomTrust::UnsignedForDevelopment) | (None, BomTrust::None) => Ok(of_policy),
        (Some(_), BomTrust::None) => expected(
            "expected `--unsigned` with `--bom`, because the policy says `none` for `bom.trust` and \
             the BOM would not be looked at",
        ),
        (Some(_), BomTrust::PinnedKey) => expected(
            "expected `--key FILE` or `--unsigned` with `--bom`; signatures cannot be verified by \
             this version yet, so use `--unsigned` for development",
        ),
        (None, BomTrust::UnsignedForDevelopment) => {
            expected("expected `--bom FILE`, because the policy asks for a BOM; or `--no-bom`")
        }
        (None, BomTrust::PinnedKey) => expected(
            "expected `--bom FILE --unsigned` to check items against a BOM, or `--no-bom` to check \
             labels only",
        ),
    }
}

/// Reads a BOM as a stream.
fn bom(path: &Path) -> Result<Bom, Failure> {
    const PIECE_BYTES: usize = 64 * 1024;
    let unreadable = |error| Failure::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
    let progress = Progress::new("reading the BOM", bytes);
    let mut input = progress.watch(file);
    let mut reader = BomReader::new(BomLimits::default());
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let taken = match input.read(&mut piece) {
            Ok(0) => break,
            Ok(bytes) => reader.push(piece.get(..bytes).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Ok(()),
            Err(error) => return Err(unreadable(error)),
        };
        taken.map_err(|error| Failure::in_file(path, &error))?;
    }
    let bom = reader.finish().map_err(|error| Failure::in_file(path, &error))?;
    progress.finish();
    Ok(bom)
}

/// Reads the memory file; an empty memory when there is none yet.
pub fn memory(path: Option<&Path>) -> Result<Memory, Failure> {
    let Some(path) = path else { return Ok(Memory::new()) };
    match fs::read(path) {
        Ok(saved) => Memory::restore(&saved).map_err(|error| Failure::in_file(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // Better now than after a long run.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            match folder {
                Some(folder) if !folder.is_dir() => Err(Failure::new(format!(
                    "expected a folder {} for the memory file",
                    quoted(folder)
                ))),
                _ => Ok(Memory::new()),
            }
        }
        Err(error) => Err(Failure::unreadable(path, &error)),
    }
}
