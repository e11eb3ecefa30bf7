//! Hashes of files.

use std::cell::RefCell;
use std::io::{self, Read};

use labelgate::bom::Canonical;
use labelgate::digest::{Algorithm, Digest, Hasher};

const PIECE_BYTES: usize = 64 * 1024;

/// Longest item that a canonical form other than `raw-bytes` is made of, in bytes: it is in memory as a
/// whole, some three times, on each core.
pub const MAX_TEXT_BYTES: u64 = 64 << 20;

/// SHA-256 of all that a reader gives.
pub fn sha256(reader: impl Read) -> io::Result<Digest> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    each_piece(reader, |piece| hasher.update(piece))?;
    Ok(hasher.finish())
}

/// The digests of an item, one for each algorithm, over its canonical form. An error of the kind
/// `InvalidData` says that the content has no such form.
pub fn item(
    reader: impl Read,
    canonical: Canonical,
    algorithms: &[Algorithm],
) -> io::Result<Vec<Digest>> {
    let mut hashers: Vec<Hasher> = algorithms.iter().map(|known| Hasher::new(*known)).collect();
    let mut update = |piece: &[u8]| hashers.iter_mut().for_each(|hasher| hasher.update(piece));
    if canonical == Canonical::RawBytes {
        each_piece(reader, update)?;
    } else {
        update(&text(reader, canonical)?);
    }
    Ok(hashers.into_iter().map(Hasher::finish).collect())
}

/// The canonical form of an item that is text.
fn text(reader: impl Read, canonical: Canonical) -> io::Result<Vec<u8>> {
    use unicode_normalization::UnicodeNormalization;
    let mut bytes = Vec::new();
    reader.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() > usize::try_from(MAX_TEXT_BYTES).unwrap_or(usize::MAX) {
        let most = MAX_TEXT_BYTES >> 20;
        return Err(no_form(format!("expected at most {most} MiB for `{canonical}`")));
    }
    match canonical {
        Canonical::Utf8Nfc => {
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| no_form("expected UTF-8 for `utf8-nfc`"))?;
            Ok(text.nfc().collect::<String>().into_bytes())
        }
        Canonical::JcsJson => labelgate::json::canonical::canonicalize(&bytes)
            .map_err(|error| no_form(format!("for `{canonical}`: {}", error.message()))),
        _ => Err(no_form(format!("the form `{canonical}` is not known here"))),
    }
}

/// Content that has no such form: told apart from a file that cannot be read.
fn no_form(expected: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, expected.into())
}

/// Hands over what a reader gives, in pieces of one buffer for each thread.
fn each_piece(mut reader: impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    thread_local! {
        static PIECE: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE_BYTES]);
    }
    PIECE.with_borrow_mut(|piece| {
        loop {
            match reader.read(piece) {
                Ok(0) => return Ok(()),
                Ok(bytes) => take(piece.get(..bytes).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    })
}
