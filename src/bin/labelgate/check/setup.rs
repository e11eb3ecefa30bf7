//! Makes the gate that the arguments ask for.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use labelgate::bom::{BomLimits, BomLoader, LoadedBom, TrustSettings};
use labelgate::signature::note::Note;
use labelgate::verdict::BomTrust;
use labelgate::{Gate, Memory, Policy};

use super::arguments::CheckArguments;
use super::gold;
use crate::bom::{keys, read_all};
use crate::failure::{Failure, quoted};
use crate::policy;
use crate::progress::Progress;

pub fn gate(arguments: &CheckArguments) -> Result<Gate, Failure> {
    let mut policy = match &arguments.policy {
        Some(path) => policy::read(path)?,
        None => Policy::default(),
    };
    if let Some(threshold) = keys::threshold(&arguments.keys, arguments.threshold)? {
        policy.bom.keys = threshold.keys().to_vec();
        policy.bom.threshold = threshold.needed();
    }
    policy.bom.trust = trust(arguments, &policy)?;
    let gold = arguments
        .gold
        .as_deref()
        .map(|path| gold::read(path, policy.label.as_ref()))
        .transpose()?
        .unwrap_or_default();
    let settings = policy.bom.trust_settings();
    let mut gate = Gate::new(policy, None).with_gold(gold);
    if let Some(path) = &arguments.bom {
        let mut loaded = bom(path, settings)?;
        if let Some(path) = &arguments.checkpoint {
            let limit = u64::try_from(Note::MAX_BYTES).unwrap_or(u64::MAX);
            loaded.set_checkpoint(read_all(path, limit)?);
        }
        let (bom, backing) = loaded.conclude().map_err(|error| Failure::in_file(path, &error))?;
        gate.set_judged_bom(bom, backing);
    }
    Ok(gate)
}

/// What is to stand behind the items: the arguments say so, or else the policy.
fn trust(arguments: &CheckArguments, policy: &Policy) -> Result<BomTrust, Failure> {
    let of_policy = policy.bom.trust;
    let expected = |text: &str| Err(Failure::new(text));
    if arguments.no_bom {
        return Ok(BomTrust::None);
    }
    match (&arguments.bom, of_policy) {
        (Some(_), _) if arguments.unsigned => Ok(BomTrust::UnsignedForDevelopment),
        (Some(_), _) if !arguments.keys.is_empty() => Ok(BomTrust::PinnedKey),
        (Some(_), BomTrust::UnsignedForDevelopment) | (None, BomTrust::None) => Ok(of_policy),
        (Some(_), BomTrust::None) => expected(
            "expected `--unsigned` with `--bom`, because the policy says `none` for `bom.trust` and \
             the BOM would not be looked at",
        ),
        (Some(_), BomTrust::PinnedKey) if policy.bom.keys.is_empty() => expected(
            "expected `--key FILE` with `--bom`, or a policy that pins keys; or `--unsigned`, for \
             development",
        ),
        (Some(_), BomTrust::PinnedKey) => Ok(of_policy),
        (None, BomTrust::UnsignedForDevelopment) => {
            expected("expected `--bom FILE`, because the policy asks for a BOM; or `--no-bom`")
        }
        (None, BomTrust::PinnedKey) => expected(
            "expected `--bom FILE` and `--key FILE` to check items against a BOM, or `--no-bom` to \
             check labels only",
        ),
    }
}

/// Reads a BOM as a stream, its signatures on the way.
fn bom(path: &Path, settings: TrustSettings) -> Result<LoadedBom, Failure> {
    const PIECE_BYTES: usize = 64 * 1024;
    let unreadable = |error| Failure::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
    let progress = Progress::new("reading the BOM", bytes);
    let mut input = progress.watch(file);
    let mut reader = BomLoader::new(settings, BomLimits::default());
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
