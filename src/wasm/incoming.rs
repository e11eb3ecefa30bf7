//! A BOM on its way in: read in pieces, its signatures checked here or by the host.

use wasm_bindgen::JsValue;

use crate::bom::{BomLimits, BomLoader, LoadedBom, TrustSettings};
use crate::json::Writer;
use crate::{Error, ErrorCode};

use super::arrays::{Array, arrays};
use super::base::thrown;

/// A BOM on its way in.
#[derive(Default)]
pub(super) enum Incoming {
    #[default]
    None,
    Reading(Box<BomLoader>),
    /// Read; the host may be asked about signatures.
    Read(Box<LoadedBom>),
}

impl Incoming {
    /// Starts with the first piece to come.
    pub(super) fn begin(settings: TrustSettings) -> Self {
        Self::Reading(Box::new(BomLoader::new(settings, BomLimits::default())))
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), JsValue> {
        match self {
            Self::Reading(loader) => loader.push(piece).map_err(thrown),
            _ => Err(out_of_order("expected beginBom before a piece of the BOM")),
        }
    }

    /// The next block of items that nothing to come will change.
    pub(super) fn take_block(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Reading(loader) => loader.take_block(),
            _ => None,
        }
    }

    /// Ends the BOM. Returns the signatures that the host is to check, as JSON bytes:
    /// `[{"number":0,"algorithm":"ES256","key":{…},"digest":"…"},…]`, `digest` being that of the message,
    /// in hexadecimal. An empty array when there is nothing to check.
    pub(super) fn end(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        let Self::Reading(loader) = std::mem::take(self) else {
            return Err(out_of_order("expected beginBom before endBom"));
        };
        let mut loaded = loader.finish().map_err(thrown)?;
        if let Some(checkpoint) = checkpoint {
            loaded.set_checkpoint(checkpoint);
        }
        let mut writer = Writer::new();
        writer.open_array();
        for (number, check) in loaded.open() {
            writer.open_object();
            writer.integer_member("number", i64::try_from(number).unwrap_or(i64::MAX));
            writer.word_member("algorithm", check.key().algorithm().name());
            writer.name("key");
            writer.raw(&check.key().to_jwk());
            if let Some(digest) = check.digest() {
                writer.word_member("digest", &digest.to_hex());
            }
            writer.close_object();
        }
        writer.close_array();
        *self = Self::Read(Box::new(loaded));
        Ok(writer.into_bytes())
    }

    /// The signature of an open check, and its message when that was kept.
    pub(super) fn check(&self, number: usize) -> Result<Array, JsValue> {
        let Self::Read(loaded) = self else {
            return Err(out_of_order("expected endBom before bomCheck"));
        };
        let check = loaded.open().find(|(open, _)| *open == number);
        let (_, check) =
            check.ok_or_else(|| out_of_order("expected the number of an open check"))?;
        Ok(match check.message() {
            None => arrays(&[check.signature()]),
            Some(message) => arrays(&[check.signature(), message]),
        })
    }

    /// What the host found for an open check.
    pub(super) fn answer(&mut self, number: usize, is_good: bool) -> Result<(), JsValue> {
        match self {
            Self::Read(loaded) => loaded.answer(number, is_good),
            _ => return Err(out_of_order("expected endBom before answerBomCheck")),
        }
        Ok(())
    }

    /// Thumbprints of the pinned keys whose signatures are good, after [`Self::end`] and the answers of the
    /// host: a JSON array as bytes.
    pub(super) fn signers(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_array();
        if let Self::Read(loaded) = self {
            loaded.good_keys().iter().for_each(|key| writer.word(&key.thumbprint()));
        }
        writer.close_array();
        writer.into_bytes()
    }

    /// What was read, once nothing more is to be found out.
    pub(super) fn conclude(&mut self) -> Result<LoadedBom, JsValue> {
        match std::mem::take(self) {
            Self::Read(loaded) => Ok(*loaded),
            _ => Err(out_of_order("expected endBom before concludeBom")),
        }
    }
}

#[cold]
#[inline(never)]
fn out_of_order(expected: &'static str) -> JsValue {
    thrown(Error::new(ErrorCode::Bom, expected))
}
