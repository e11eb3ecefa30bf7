//! Whether a BOM is the one in force, and not an older one shown again.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use labelgate::Bom;
use labelgate::bom::{Publication, Rollback, Seen};
use labelgate::signature::checkpoint::{self, Checkpoint};
use labelgate::signature::note::{Note, NoteKind, VerifierKey};
use labelgate::signature::{Algorithm, Threshold};

use super::super::clock;
use super::super::document::{Document, read_all};
use super::report::{Finding, State};
use crate::failure::{Failure, quoted};
use crate::whole_file;

#[derive(Debug, Args)]
pub struct FreshnessArguments {
    /// The checkpoint of the BOM, as `bom checkpoint` writes it
    ///
    /// It must be signed by an Ed25519 key of `--key`, or by `--checkpoint-key`; name this BOM by its
    /// digest, serial number and version; and not have lapsed.
    #[arg(long, value_name = "FILE", requires = "keys")]
    checkpoint: Option<PathBuf>,

    /// A verifier key, `NAME+HASH+BASE64`, that may have signed the checkpoint in place of `--key`
    #[arg(long = "checkpoint-key", value_name = "LINE", requires = "checkpoint")]
    checkpoint_keys: Vec<String>,

    /// The verifier key of a witness that may have signed the checkpoint too
    #[arg(long = "witness", value_name = "LINE", requires = "checkpoint")]
    witnesses: Vec<String>,

    /// How many witnesses must have [default: all that are given]
    #[arg(long, value_name = "N", requires = "witnesses")]
    witness_threshold: Option<usize>,

    /// Remember the newest version of each data set here, and refuse an older one
    ///
    /// Read when it exists, and replaced as a whole when the BOM is trusted. Nothing that is not signed
    /// is remembered.
    #[arg(long, value_name = "FILE", requires = "keys")]
    state: Option<PathBuf>,

    /// The time to judge by [default: this machine's clock]
    #[arg(long, value_name = "TIME", requires = "checkpoint")]
    at: Option<String>,
}

pub fn check(
    arguments: &FreshnessArguments,
    document: &Document,
    signature: &Finding,
    keys: Option<&Threshold>,
) -> Result<Finding, Failure> {
    if arguments.checkpoint.is_none() && arguments.state.is_none() {
        let why = "because neither `--checkpoint` nor `--state` was given";
        return Ok(Finding::not_checked(why));
    }
    if signature.state != State::Good {
        return Ok(Finding::not_checked("because the BOM is not trusted"));
    }
    let mut said = Vec::new();
    let mut log_size = None;
    if let (Some(path), Some(keys)) = (&arguments.checkpoint, keys) {
        let at_ms = arguments.at.as_deref().map_or_else(clock::now_ms, clock::time)?;
        match of_checkpoint(arguments, path, &document.bom, keys, at_ms)? {
            Ok((size, sentence)) => {
                log_size = Some(size);
                said.push(sentence);
            }
            Err(refused) => return Ok(refused),
        }
    }
    if let Some(path) = &arguments.state {
        match of_state(path, &document.bom, log_size)? {
            Ok(sentence) => said.push(sentence),
            Err(refused) => return Ok(refused),
        }
    }
    Ok(Finding::good(said.join("; ")))
}

/// The size of the log and a sentence; or why the checkpoint does not stand behind the BOM.
fn of_checkpoint(
    arguments: &FreshnessArguments,
    path: &Path,
    bom: &Bom,
    keys: &Threshold,
    at_ms: i64,
) -> Result<Result<(u64, String), Finding>, Failure> {
    let parse = |line: &String| {
        VerifierKey::parse(line.trim())
            .map_err(|error| Failure::new(format!("`{line}`: {}", error.message())))
    };
    let broken = |error: labelgate::Error| Failure::in_file(path, &error);
    let refused = |code, sentence: String| Ok(Err(Finding::refused(code, sentence)));
    let limit = u64::try_from(Note::MAX_BYTES).unwrap_or(u64::MAX);
    let note = read_all(path, limit)?;
    let mut trusted = arguments.checkpoint_keys.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    if trusted.is_empty() {
        // The key is what counts; the name that it signs under is the log's own.
        let origin = note.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let origin = String::from_utf8_lossy(origin);
        for key in keys.keys().iter().filter(|key| key.algorithm() == Algorithm::Ed25519) {
            trusted.extend(VerifierKey::new(&origin, NoteKind::Ed25519, key.clone()));
        }
    }
    let witnesses = arguments.witnesses.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let needed = arguments.witness_threshold.unwrap_or(witnesses.len());
    if needed > witnesses.len() {
        return Err(Failure::new("expected a `--witness-threshold` of at most the witnesses"));
    }
    let opened = checkpoint::open(&note, &trusted, &witnesses, needed).map_err(broken)?;
    let checkpoint: Checkpoint = match opened {
        Ok(checkpoint) => checkpoint,
        Err(refusal) => {
            return refused(refusal.code(), format!("checkpoint: {}", refusal.sentence()));
        }
    };
    let in_force = checkpoint.bom_in_force().map_err(broken)?;
    if in_force.version != bom.version() {
        let (own, other) = (bom.version(), in_force.version);
        let code = if own < other { "bom-rollback" } else { "checkpoint-of-another-bom" };
        return refused(
            code,
            format!("it is version {own}, and the checkpoint is of version {other}"),
        );
    }
    if in_force.serial.as_deref() != bom.serial_number() || in_force.bom != bom.digest() {
        let sentence =
            format!("the checkpoint is of {}, and this is {}", in_force.bom, bom.digest());
        return refused("checkpoint-of-another-bom", sentence);
    }
    let until = note_line(&checkpoint, "expires ");
    if at_ms >= in_force.expires_ms {
        return refused("bom-expired", format!("the checkpoint lapsed at {until}"));
    }
    let sentence =
        format!("in force until {until}, number {} of {}", checkpoint.size, checkpoint.origin);
    Ok(Ok((checkpoint.size, sentence)))
}

fn note_line<'a>(checkpoint: &'a Checkpoint, start: &str) -> &'a str {
    let mut lines = checkpoint.extensions.iter();
    lines.find_map(|line| line.strip_prefix(start)).unwrap_or_default()
}

/// Compares with the newest version that was seen, and remembers this one when it is not older.
fn of_state(
    path: &Path,
    bom: &Bom,
    log_size: Option<u64>,
) -> Result<Result<String, Finding>, Failure> {
    let mut seen = match fs::read(path) {
        Ok(saved) => Seen::restore(&saved).map_err(|error| Failure::in_file(path, &error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::new(),
        Err(error) => return Err(Failure::unreadable(path, &error)),
    };
    let Some(serial_number) = bom.serial_number() else {
        return Err(Failure::new(format!(
            "expected a BOM with a serial number, because {} remembers by that",
            quoted(path)
        )));
    };
    let (version, digest) = (bom.version(), bom.digest());
    let sentence = match seen.meet(&Publication { serial_number, version, log_size, digest }) {
        Ok(()) => {
            whole_file::write(path, |out| {
                out.write_all(&seen.save()).map_err(|error| Failure::unwritable(path, &error))
            })?;
            return Ok(Ok(format!("version {version} is the newest that was seen")));
        }
        Err(Rollback::Version { shown, newest }) => {
            format!("it is version {shown}, and version {newest} was seen before")
        }
        Err(Rollback::LogSize { shown, newest }) => {
            format!("its checkpoint counts {shown} publications, and {newest} were counted before")
        }
        Err(Rollback::OtherBytes { version }) => {
            format!("version {version} was seen before with other bytes")
        }
    };
    Ok(Err(Finding::refused("bom-rollback", sentence)))
}
