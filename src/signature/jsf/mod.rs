//! JSON Signature Format 0.82: a `signature` inside the JSON object that it signs.
//!
//! <https://cyberphone.github.io/doc/security/jsf.html>, as far as CycloneDX takes it. What is signed is
//! the canonical form (RFC 8785) of the whole object, the signature included and only its `value` left
//! out. Forms: one signature; `signers`, each of whom signs as if alone; a `chain`, each of whom signs
//! what came before too.
//!
//! Only the signature of the outermost object counts. One inside it may verify as well in any other
//! document that it is copied into.
//!
//! A signer can be taken out of `signers`, and the end of a `chain` can be cut, without a trace: what is
//! left verifies. That is why a [`Threshold`] says how many keys must have signed.
//!
//! # One pass
//!
//! [`Reader`] takes pieces. [`Listener`] does the same beside another reader of the same bytes, from the
//! events of its [`Stream`]. Where the `signature` comes before some
//! megabytes of the rest, and the large objects have their members in canonical order, the canonical
//! form is hashed as it comes and not kept: memory is a few megabytes, whatever the document.
//! [`sign`] writes it first for that reason. Other documents are kept in canonical form, up to
//! [`Settings::max_kept_bytes`].

mod listener;
mod object;
#[cfg(feature = "sign")]
mod signing;
#[cfg(test)]
#[cfg(feature = "sign")]
mod tests;

use crate::error::{Error, ErrorCode};
use crate::json::canonical::{Listener as _, MAX_STRING_BYTES};
use crate::json::stream::{Stream, StreamLimits};

use super::{PublicKey, Refusal, Threshold, Verification};

pub use listener::Listener;
#[cfg(feature = "sign")]
pub use signing::{Mode, add_signer, sign};

/// What reading a signed document may cost, and where its signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the member that is the signature. Default `signature`, as in CycloneDX and SPDX.
    pub member: &'static str,
    /// Longest canonical form that is kept in memory, in bytes. Default 64 MiB: half of what a
    /// Cloudflare Worker has.
    pub max_kept_bytes: usize,
    /// Whether the form is hashed as it comes where that can be. Default true. With false a long
    /// document whose members stop being in order is no reason to refuse it, and it is kept instead.
    pub may_stream: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { member: "signature", max_kept_bytes: 64 << 20, may_stream: true }
    }
}

/// Reads a signed document from pieces of any size.
pub struct Reader {
    stream: Stream,
    listener: Listener,
    failed: Option<Error>,
}

impl Reader {
    /// A reader at the start of a document.
    #[must_use]
    pub fn new(threshold: &Threshold, settings: Settings) -> Self {
        let limits = StreamLimits {
            max_bytes: 2 << 30,
            max_depth: 128,
            max_open_names: 65_536,
            max_string_bytes: MAX_STRING_BYTES,
        };
        Self {
            stream: Stream::new(limits),
            listener: Listener::new(threshold, settings),
            failed: None,
        }
    }

    /// Takes the next piece of the document; an empty piece changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] when the document breaks the rules of [`crate::json`], goes on beyond
    /// 2 GiB, has more than 128 levels, or a string over [`MAX_STRING_BYTES`]. Every later call gives
    /// the same error.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let mut rest = piece;
        loop {
            match self.stream.next(&mut rest, true) {
                Ok(Some(event)) => self.listener.event(event),
                Ok(None) => return Ok(()),
                Err(error) => {
                    let error = error.with_code(ErrorCode::Signature);
                    self.failed = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    /// Ends the document: what is known of its signatures, or why they are not looked at.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] when the document is not complete.
    pub fn finish(mut self) -> Result<Result<Verification, Refusal>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.stream.finish().map_err(|error| error.with_code(ErrorCode::Signature))?;
        Ok(self.listener.finish())
    }
}

/// Reads a signed document that is in memory, whatever the order of its members.
///
/// # Errors
/// As [`Reader::push`].
pub fn read(
    document: &[u8],
    threshold: &Threshold,
) -> Result<Result<Verification, Refusal>, Error> {
    let mut settings = Settings::default();
    loop {
        let mut reader = Reader::new(threshold, settings);
        reader.push(document)?;
        match reader.finish()? {
            Err(Refusal::MembersOutOfOrder) if settings.may_stream => settings.may_stream = false,
            found => return Ok(found),
        }
    }
}

/// The keys of the threshold that signed a document in memory, for a build that can check them all.
///
/// ```
/// use labelgate::signature::{PublicKey, Threshold, jsf};
///
/// let key = PublicKey::from_jwk(
///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// let trusted = jsf::verify(br#"{"bomFormat":"CycloneDX"}"#, &Threshold::one(key))?;
/// assert_eq!(trusted.unwrap_err().code(), "no-signature");
/// # Ok::<(), labelgate::Error>(())
/// ```
///
/// # Errors
/// As [`Reader::push`].
pub fn verify(
    document: &[u8],
    threshold: &Threshold,
) -> Result<Result<Vec<PublicKey>, Refusal>, Error> {
    Ok(read(document, threshold)?
        .and_then(|found| found.decide().map(|keys| keys.into_iter().cloned().collect())))
}
