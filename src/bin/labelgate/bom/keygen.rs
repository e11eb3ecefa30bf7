//! `labelgate bom keygen`: a key to sign with.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use labelgate::json::Writer;
use labelgate::signature::note::{NoteKind, VerifierKey};
use labelgate::signature::{Algorithm, PrivateKey, PublicKey};

use crate::failure::{Failure, Outcome, quoted};

/// Make a key pair to sign BOMs with
///
/// Writes the private key as a JSON Web Key that only you can read (mode 0600), and the public key
/// beside it. Publish the public key, or its thumbprint, where those who verify can find it and an
/// attacker cannot change it: everything that is verified rests on that. Keep the private key off the
/// machine that serves the data set.
///
/// Printed are both files, the thumbprint (RFC 7638, SHA-256), and for Ed25519 the line by which others
/// know the key that signs checkpoints (C2SP signed note).
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct KeygenArguments {
    /// Where to write the private key; the public key goes to the same name with `.pub.jwk`. A file
    /// that is there is never replaced
    #[arg(short, long, value_name = "FILE", alias = "output")]
    out: PathBuf,

    /// Kind of the key
    #[arg(long, value_enum, default_value_t = Kind::Ed25519)]
    algorithm: Kind,

    /// A name for the key, to be found by; it proves nothing
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,

    /// The name under which an Ed25519 key signs checkpoints: a URL without its scheme, such as
    /// pets.example/bom [default: the file's name]
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

    /// Write what was made as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Ed25519: the default of this project, and the only one for checkpoints
    Ed25519,
    /// ECDSA with P-256 and SHA-256
    Es256,
    /// ECDSA with P-384 and SHA-384
    Es384,
}

const AFTER: &str = "\
Examples:
  labelgate bom keygen --out key.jwk
  labelgate bom keygen --algorithm es384 --out key.jwk

Exit codes:
  0  both files were written
  2  wrong usage, or a file that is there already or cannot be written";

pub fn run(arguments: &KeygenArguments) -> Result<Outcome, Failure> {
    let public_path = public_path(&arguments.out)?;
    for path in [&arguments.out, &public_path] {
        // Found out again when the file is made; here so that no half of a pair is left.
        if path.symlink_metadata().is_ok() {
            return Err(there_already(path));
        }
    }
    let mut key = generate(arguments.algorithm)?;
    if let Some(key_id) = &arguments.key_id {
        key = key.with_key_id(key_id);
    }
    let verifier = verifier_key(arguments, key.public())?;
    create(&arguments.out, &key.to_jwk(), 0o600)?;
    create(&public_path, &key.public().to_jwk(), 0o644)?;
    let thumbprint = key.public().thumbprint();
    let out = if arguments.json {
        let mut writer = Writer::new();
        writer.open_object();
        writer.word_member("algorithm", key.public().algorithm().name());
        writer.string_member("private", &arguments.out.to_string_lossy());
        writer.string_member("public", &public_path.to_string_lossy());
        writer.word_member("thumbprint", &thumbprint);
        if let Some(verifier) = &verifier {
            writer.string_member("verifier_key", verifier);
        }
        writer.close_object();
        writer.end_line();
        writer.into_bytes()
    } else {
        let mut text = format!(
            "private key   {}\npublic key    {}\nthumbprint    {thumbprint}\n",
            arguments.out.display(),
            public_path.display()
        );
        if let Some(verifier) = &verifier {
            text.push_str(&format!("verifier key  {verifier}\n"));
        }
        text.into_bytes()
    };
    io::stdout().write_all(&out).map_err(|error| Failure::of_output(&error))?;
    Ok(Outcome::AllAccepted)
}

/// The line of a key that can sign checkpoints.
fn verifier_key(arguments: &KeygenArguments, key: &PublicKey) -> Result<Option<String>, Failure> {
    if key.algorithm() != Algorithm::Ed25519 {
        return Ok(None);
    }
    let stem = arguments.out.file_stem().and_then(|stem| stem.to_str()).unwrap_or("key");
    // A name of a file may hold what no name of a key may.
    let plain = stem.replace(|c: char| c.is_whitespace() || c == '+', "-");
    let name = arguments.origin.as_deref().unwrap_or(&plain);
    let verifier = VerifierKey::new(name, NoteKind::Ed25519, key.clone());
    verifier.map(|key| Some(key.to_string())).map_err(|error| Failure::new(error.message()))
}

/// `key.pub.jwk` of `key.jwk`.
fn public_path(path: &Path) -> Result<PathBuf, Failure> {
    let stem = path.file_name().and_then(|name| name.to_str());
    let stem =
        stem.filter(|stem| *stem != "-").map(|stem| stem.strip_suffix(".jwk").unwrap_or(stem));
    match stem {
        Some(stem) if !stem.is_empty() => Ok(path.with_file_name(format!("{stem}.pub.jwk"))),
        _ => Err(Failure::new("expected the name of a file, such as `key.jwk`, with `--out`")),
    }
}

fn generate(kind: Kind) -> Result<PrivateKey, Failure> {
    let (algorithm, bytes) = match kind {
        Kind::Ed25519 => (Algorithm::Ed25519, 32),
        Kind::Es256 => (Algorithm::Es256, 32),
        Kind::Es384 => (Algorithm::Es384, 48),
    };
    // Random bytes that are no key of a curve come once in 2^32 times.
    let mut last = None;
    for _ in 0..4 {
        let mut random = vec![0; bytes];
        getrandom::fill(&mut random)
            .map_err(|error| Failure::new(format!("cannot get random bytes: {error}")))?;
        match PrivateKey::generate(algorithm, &random) {
            Ok(key) => return Ok(key),
            Err(error) => last = Some(error),
        }
    }
    Err(Failure::new(last.map_or_else(String::new, |error| error.message().to_owned())))
}

/// Makes a file that was not there.
fn create(path: &Path, jwk: &[u8], mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(there_already(path));
        }
        Err(error) => return Err(Failure::unwritable(path, &error)),
    };
    let written =
        file.write_all(jwk).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all());
    written.map_err(|error| Failure::unwritable(path, &error))
}

fn there_already(path: &Path) -> Failure {
    Failure::new(format!("expected no file {}, so that no key is lost", quoted(path)))
}
