//! Hashes of files.

use std::io::{self, Read};

use labelgate::digest::{Algorithm, Digest, Hasher};

const PIECE_BYTES: usize = 64 * 1024;

/// SHA-256 of all that a reader gives.
pub fn sha256(mut reader: impl Read) -> io::Result<Digest> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(bytes) => hasher.update(piece.get(..bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
