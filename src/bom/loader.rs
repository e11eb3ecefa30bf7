//! Reads a published BOM and finds out, in the same pass, who stands behind it.

use crate::error::{Error, ErrorCode};
use crate::signature::dsse::{Checked, Envelope};
use crate::signature::jsf::{self, Listener};
use crate::signature::{Check, PublicKey, Refusal, Verification};

use super::parts::Parts;
use super::trust::TrustSettings;
use super::{Backing, Bom, BomLimits, BomReader, Handover};

/// What an envelope around a BOM must say that its payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.cyclonedx+json";

/// Most bytes that are kept to tell the form: beyond, white space before the first brace is the reader's.
const MAX_START_BYTES: usize = 4096;

/// Longest envelope, in bytes: it is kept as a whole until it is checked. Chosen; a root BOM has at most
/// 1 MiB.
const MAX_ENVELOPE_BYTES: usize = 64 << 20;

/// Reads a published BOM from pieces of any size and checks its signatures on the way.
///
/// Two forms: a BOM with a JSF signature inside, and a DSSE envelope around one, which is told by its first
/// member (`payload` or `payloadType`).
///
/// ```
/// use labelgate::bom::{BomLimits, BomLoader, TrustSettings};
/// use labelgate::signature::{PublicKey, Threshold};
///
/// let key = PublicKey::from_jwk(
///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// let settings = TrustSettings { signers: Some(Threshold::one(key)), ..TrustSettings::default() };
/// let mut loader = BomLoader::new(settings, BomLimits::default());
/// loader.push(br#"{"bomFormat":"CycloneDX","specVersion":"1.7"}"#)?;
/// let (_, backing) = loader.finish()?.conclude()?;
/// assert_eq!(backing.refusal().map(|refusal| &*refusal.code), Some("no-signature"));
/// # Ok::<(), labelgate::Error>(())
/// ```
pub struct BomLoader {
    settings: TrustSettings,
    limits: BomLimits,
    state: State,
}

enum State {
    /// Not enough came to tell the form.
    Start(Vec<u8>),
    Document(Box<BomReader>, Option<Box<Listener>>),
    Envelope(Vec<u8>),
}

impl BomLoader {
    /// A loader at the start of a document.
    #[must_use]
    pub fn new(settings: TrustSettings, limits: BomLimits) -> Self {
        Self { settings, limits, state: State::Start(Vec::new()) }
    }

    /// Takes the next piece of the document; an empty piece changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`], as [`BomReader::push`]; also for an envelope over 64 MiB.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        match &mut self.state {
            State::Start(start) => {
                start.extend_from_slice(piece);
                // By these bytes alone, so that it is the same form however they are cut.
                match Form::of(start.get(..MAX_START_BYTES).unwrap_or(start)) {
                    Some(form) => self.begin(form),
                    None if start.len() >= MAX_START_BYTES => self.begin(Form::Document),
                    None => Ok(()),
                }
            }
            State::Document(reader, Some(listener)) => reader.push_with(piece, &mut **listener),
            State::Document(reader, None) => reader.push(piece),
            State::Envelope(bytes) if bytes.len() + piece.len() > MAX_ENVELOPE_BYTES => {
                Err(Error::new(ErrorCode::Bom, "expected an envelope of at most 64 MiB"))
            }
            State::Envelope(bytes) => {
                bytes.extend_from_slice(piece);
                Ok(())
            }
        }
    }

    /// The next block of items that nothing to come will change, for [`Received::push`](super::Received::push) in
    /// another module. Once one was taken, the rest must go the same way: [`LoadedBom::hand_over`].
    pub fn take_block(&mut self) -> Option<Vec<u8>> {
        match &mut self.state {
            State::Document(reader, _) => reader.take_block(),
            _ => None,
        }
    }

    /// Ends the document.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`], as [`BomReader::finish`], but for what an index shows; also for an envelope that cannot be read.
    pub fn finish(mut self) -> Result<LoadedBom, Error> {
        if matches!(self.state, State::Start(_)) {
            self.begin(Form::Document)?;
        }
        let source = match self.state {
            State::Document(reader, listener) => {
                // First, so that what it kept makes room for the index.
                let found = listener.map_or(Err(Refusal::NoSignature), |one| one.finish());
                Source::Document(Box::new(reader.finish_parts()?), found)
            }
            State::Start(bytes) | State::Envelope(bytes) => {
                let envelope = Envelope::from_json(&bytes);
                let envelope = envelope.map_err(|error| error.with_code(ErrorCode::Bom))?;
                drop(bytes);
                let signers = self.settings.signers.as_ref();
                Source::Envelope(signers.map(|signers| envelope.check(signers, PAYLOAD_TYPE)))
            }
        };
        let (settings, limits) = (self.settings, self.limits);
        Ok(LoadedBom { settings, limits, source, checkpoint: None })
    }

    fn begin(&mut self, form: Form) -> Result<(), Error> {
        let state = match form {
            Form::Document => {
                let listens = |signers| Box::new(Listener::new(signers, jsf::Settings::default()));
                let listener = self.settings.signers.as_ref().map(listens);
                State::Document(Box::new(BomReader::new(self.limits)), listener)
            }
            Form::Envelope => State::Envelope(Vec::new()),
        };
        match std::mem::replace(&mut self.state, state) {
            State::Start(start) => self.push(&start),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy)]
enum Form {
    Document,
    Envelope,
}

impl Form {
    /// The form of a document that starts so; none when that does not tell yet.
    fn of(start: &[u8]) -> Option<Self> {
        let mut rest = start.trim_ascii_start();
        for mark in [b'{', b'"'] {
            let (first, after) = rest.split_first()?;
            if *first != mark {
                return Some(Self::Document);
            }
            rest = after.trim_ascii_start();
        }
        let name_bytes = rest.iter().take(16).position(|byte| *byte == b'"');
        match name_bytes.and_then(|bytes| rest.get(..bytes)) {
            Some(b"payload" | b"payloadType") => Some(Self::Envelope),
            None if rest.len() < 16 => None,
            _ => Some(Self::Document),
        }
    }
}

/// A BOM that was read, with checks that may be left to the host.
pub struct LoadedBom {
    settings: TrustSettings,
    limits: BomLimits,
    source: Source,
    checkpoint: Option<Vec<u8>>,
}

enum Source {
    Document(Box<Parts>, Result<Verification, Refusal>),
    /// None when no key is pinned: then nothing of it is read.
    Envelope(Option<Result<Checked, Refusal>>),
}

impl LoadedBom {
    /// The checkpoint that stands beside the BOM: a C2SP signed note.
    pub fn set_checkpoint(&mut self, note: Vec<u8>) {
        self.checkpoint = Some(note);
    }

    /// The checks that this build cannot make, each with its number.
    pub fn open(&self) -> impl Iterator<Item = (usize, &Check)> {
        self.verification().into_iter().flat_map(Verification::open)
    }

    /// What the host found for the check of this number.
    pub fn answer(&mut self, number: usize, is_good: bool) {
        match &mut self.source {
            Source::Document(_, Ok(found)) => found.answer(number, is_good),
            Source::Envelope(Some(Ok(checked))) => checked.answer(number, is_good),
            _ => {}
        }
    }

    /// The pinned keys whose signatures are good, also when they are too few.
    #[must_use]
    pub fn good_keys(&self) -> Vec<&PublicKey> {
        self.verification().map(Verification::good_keys).unwrap_or_default()
    }

    fn verification(&self) -> Option<&Verification> {
        match &self.source {
            Source::Document(_, found) => found.as_ref().ok(),
            Source::Envelope(Some(Ok(checked))) => Some(checked.verification()),
            Source::Envelope(_) => None,
        }
    }

    /// The BOM, and what stands behind it. Checks that are still open count as not made. There is no BOM
    /// when it is in an envelope that is refused: what nobody signed is not read.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when what was in an envelope is no BOM; also when one bom-ref is given to two components,
    /// or is the name of another item.
    pub fn conclude(self) -> Result<(Option<Bom>, Backing), Error> {
        self.hand_over()?.conclude()
    }

    /// As [`Self::conclude`], with the index left to be built where the BOM is to be.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when what was in an envelope is no BOM.
    pub fn hand_over(self) -> Result<Handover, Error> {
        let Self { settings, limits, source, checkpoint } = self;
        let refused = |refusal: Refusal| Backing::refused(refusal.code(), refusal.sentence());
        let nothing = |backing| Ok(Handover::new(None, backing));
        let (parts, found) = match source {
            Source::Document(parts, found) => {
                (*parts, found.and_then(|found| found.decide().map(|_| ())))
            }
            Source::Envelope(None) => return nothing(Backing::no_pinned_key()),
            Source::Envelope(Some(Err(refusal))) => return nothing(refused(refusal)),
            Source::Envelope(Some(Ok(checked))) => match checked.payload() {
                Err(refusal) => return nothing(refused(refusal)),
                Ok((payload, _)) => {
                    let mut reader = BomReader::new(limits);
                    reader.push(payload)?;
                    (reader.finish_parts()?, Ok(()))
                }
            },
        };
        let backing = match found {
            _ if settings.signers.is_none() => Backing::no_pinned_key(),
            Err(refusal) => refused(refusal),
            Ok(()) => settings.judge(&parts.header, checkpoint.as_deref()),
        };
        Ok(Handover::new(Some(parts), backing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pieces: &[&[u8]]) -> &'static str {
        let mut loader = BomLoader::new(TrustSettings::default(), BomLimits::default());
        // What the reader then says of it is another matter.
        pieces.iter().for_each(|piece| drop(loader.push(piece)));
        match loader.state {
            State::Start(_) => "not known",
            State::Document(..) => "document",
            State::Envelope(_) => "envelope",
        }
    }

    #[test]
    fn the_form_is_told_by_the_first_member_however_it_is_cut() {
        for (text, expected) in [
            (" {\n\"payload\" :", "envelope"),
            ("{\"payloadType\":", "envelope"),
            ("{\"payloads\":", "document"),
            ("{\"bomFormat\":", "document"),
            ("{\"\\u0070ayload\":\"\"", "document"),
            ("{}", "document"),
            ("[", "document"),
            ("", "not known"),
            (" {\"pay", "not known"),
        ] {
            assert_eq!(form(&[text.as_bytes()]), expected, "{text}");
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(form(&bytes), expected, "{text}");
        }
    }

    #[test]
    fn white_space_without_end_is_not_kept() {
        let space: &[u8] = &[b' '; 1000];
        assert_eq!(form(&[space; 4]), "not known");
        assert_eq!(form(&[space; 6]), "document");
    }

    #[test]
    fn an_envelope_after_much_white_space_is_told_alike_in_one_piece_and_in_many() {
        for (spaces, expected) in [(4080, "envelope"), (4087, "document"), (9000, "document")] {
            let text = " ".repeat(spaces) + "{\"payload\":\"\"}";
            assert_eq!(form(&[text.as_bytes()]), expected, "{spaces}");
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(form(&bytes), expected, "{spaces}");
        }
    }
}
