//! The binary form of saved state: what it is, which version, and then the value.
//!
//! Four bytes of magic, two of version (little-endian), then the value in the postcard format
//! (<https://postcard.jamesmunns.com/wire-format>). Saving and restoring keeps every bit.

use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, ErrorCode};

/// Version of the binary form that this release writes and reads.
pub const VERSION: u16 = 1;

const HEADER_BYTES: usize = 6;

/// Saves a value under `magic`.
pub(crate) fn save(magic: [u8; 4], value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(&magic);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    // INVARIANT: our state types serialise; were one not to, the header alone is refused on restore.
    postcard::to_extend(value, bytes).unwrap_or_default()
}

/// Restores a value saved under `magic`.
///
/// # Errors
/// [`ErrorCode::State`] when the bytes are of another kind or version, damaged or too long.
pub(crate) fn restore<T: DeserializeOwned>(magic: [u8; 4], bytes: &[u8]) -> Result<T, Error> {
    let error = |text: String| Error::new(ErrorCode::State, text);
    let name = String::from_utf8_lossy(&magic);
    let Some((header, body)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err(error(format!("expected saved state `{name}`, got {} bytes", bytes.len())));
    };
    let [m0, m1, m2, m3, v0, v1] = header else {
        return Err(error(format!("expected saved state `{name}`")));
    };
    if [*m0, *m1, *m2, *m3] != magic {
        return Err(error(format!("expected saved state `{name}`, got another kind")));
    }
    let version = u16::from_le_bytes([*v0, *v1]);
    if version != VERSION {
        return Err(error(format!(
            "expected saved state of version {VERSION}, got version {version}"
        )));
    }
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => {
            Err(error(format!("expected saved state to end, got {} more bytes", rest.len())))
        }
        Err(_) => Err(error(format!("expected whole saved state `{name}`, got damaged bytes"))),
    }
}
