//! Keys in files.

use std::path::{Path, PathBuf};

use labelgate::signature::{PrivateKey, PublicKey, Threshold};

use super::document::read_all;
use crate::failure::{Failure, quoted};

const MAX_KEY_BYTES: u64 = 64 * 1024;

pub fn private(path: &Path) -> Result<PrivateKey, Failure> {
    let jwk = read_all(path, MAX_KEY_BYTES)?;
    PrivateKey::from_jwk(&jwk).map_err(|error| Failure::in_file(path, &error))
}

/// Reads a public key; a private one is refused, so that nobody gets used to handing it around.
pub fn public(path: &Path) -> Result<PublicKey, Failure> {
    let jwk = read_all(path, MAX_KEY_BYTES)?;
    PublicKey::from_jwk(&jwk).map_err(|error| {
        let hint = match PrivateKey::from_jwk(&jwk) {
            Ok(_) => "; this is the private key: give the file that ends in `.pub.jwk`",
            Err(_) => "",
        };
        Failure::new(format!("{}: {error}{hint}", quoted(path)))
    })
}

/// The public half of a key as the one that must have signed.
pub fn one(key: &PrivateKey) -> Threshold {
    Threshold::one(key.public().clone())
}

/// The keys that must have signed.
pub fn threshold(paths: &[PathBuf], needed: Option<usize>) -> Result<Option<Threshold>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    let keys = paths.iter().map(|path| public(path)).collect::<Result<Vec<_>, _>>()?;
    let needed = needed.unwrap_or(1);
    let threshold = Threshold::new(keys, needed);
    threshold.map(Some).map_err(|error| Failure::new(error.message()))
}
