//! Hashing of one message in pieces, and of many at once.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::digest::many::{self, DIGEST_BYTES};
use crate::digest::{Algorithm, Hasher};
use crate::{Error, ErrorCode};

use super::base::thrown;

/// Hashes one message that arrives in pieces.
#[wasm_bindgen(js_name = Hasher)]
pub struct JsHasher(Hasher);

#[wasm_bindgen(js_class = Hasher)]
impl JsHasher {
    /// A hasher of the algorithm with this key; throws when this module does not compute it.
    #[wasm_bindgen(constructor)]
    pub fn new(algorithm: &str) -> Result<JsHasher, JsValue> {
        let hasher = Algorithm::from_key(algorithm).and_then(Hasher::try_new);
        hasher.map(Self).ok_or_else(|| wrong("expected an algorithm that this module computes"))
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of everything taken so far; more may follow.
    pub fn digest(&self) -> Vec<u8> {
        self.0.clone().finish().as_bytes().to_vec()
    }
}

/// SHA-256 of many messages, packed one after the other. The host writes them, and where each ends, into
/// room of this module's memory and reads the digests there: no array is made on the way.
#[wasm_bindgen(js_name = ManyHasher)]
#[derive(Default)]
pub struct JsManyHasher {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    digests: Vec<u8>,
}

#[wasm_bindgen(js_class = ManyHasher)]
impl JsManyHasher {
    /// A hasher without room.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for messages of `length` bytes in all and says at which address of the module's memory.
    /// Good until the next call.
    #[wasm_bindgen(js_name = roomForBytes)]
    pub fn room_for_bytes(&mut self, length: usize) -> usize {
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        self.bytes.as_ptr().addr()
    }

    /// Makes room for `count` ends, 32-bit numbers, and for as many digests, so that hashing asks for none.
    #[wasm_bindgen(js_name = roomForEnds)]
    pub fn room_for_ends(&mut self, count: usize) -> usize {
        if self.ends.len() < count {
            self.ends.resize(count, 0);
        }
        self.digests.reserve(count.saturating_mul(DIGEST_BYTES));
        self.ends.as_ptr().addr()
    }

    /// Hashes the `count` messages in the first `length` bytes of the room, and says where their digests
    /// are: 32 bytes each. Throws when there is not so much room, or when the ends do not fit.
    pub fn hash(&mut self, length: usize, count: usize) -> Result<usize, JsValue> {
        let rooms = self.bytes.get(..length).zip(self.ends.get(..count));
        let (bytes, ends) = rooms.ok_or_else(|| wrong("expected room for so many messages"))?;
        many::sha256(bytes, ends, &mut self.digests).map_err(thrown)?;
        Ok(self.digests.as_ptr().addr())
    }
}

fn wrong(message: &'static str) -> JsValue {
    thrown(Error::new(ErrorCode::Digest, message))
}
