//! The binary form of saved state: what it is, which version, and then the value.
//!
//! Four bytes of magic, two of version, then the value's parts in a fixed order: numbers
//! little-endian, lists and texts after their length, options after a byte. Saving and restoring
//! keeps every bit. Own code, because a general format costs the wasm module 6 KB after gzip.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};

/// Version of the binary form that this release writes and reads.
pub const VERSION: u16 = 2;

const HEADER_BYTES: usize = 6;

/// A value that can be saved and restored.
pub(crate) trait State: Sized {
    /// Appends the value.
    fn save_to(&self, out: &mut Saver);

    /// Takes the value; none when the bytes end early or hold what no value has.
    fn restore_from(input: &mut Loader<'_>) -> Option<Self>;
}

/// A kind of saved state: the four bytes that it starts with, and its name in messages.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) magic: [u8; 4],
    pub(crate) noun: &'static str,
}

/// Saves a value as one of this kind.
pub(crate) fn save(kind: Kind, value: &impl State) -> Vec<u8> {
    let mut out = Saver { bytes: Vec::with_capacity(1024) };
    out.bytes.extend_from_slice(&kind.magic);
    out.bytes.extend_from_slice(&VERSION.to_le_bytes());
    value.save_to(&mut out);
    out.bytes
}

/// How many bytes a value takes when it is saved.
pub(crate) fn length(value: &impl State) -> usize {
    let mut out = Saver { bytes: Vec::new() };
    value.save_to(&mut out);
    out.bytes.len()
}

/// Restores a value that was saved as one of this kind.
///
/// # Errors
/// [`ErrorCode::State`] when the bytes are of another kind or version, damaged or too long.
pub(crate) fn restore<T: State>(kind: Kind, bytes: &[u8]) -> Result<T, Error> {
    let mut input = body(kind, bytes)?;
    match T::restore_from(&mut input) {
        Some(value) if input.bytes.is_empty() => Ok(value),
        _ => Err(Error::new(
            ErrorCode::State,
            format!("expected a whole saved {}, got damaged bytes", kind.noun),
        )),
    }
}

fn body(kind: Kind, bytes: &[u8]) -> Result<Loader<'_>, Error> {
    let error = |got: String| {
        Error::new(ErrorCode::State, format!("expected a saved {}, got {got}", kind.noun))
    };
    let Some((header, rest)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err(error(format!("{} bytes", bytes.len())));
    };
    let [m0, m1, m2, m3, v0, v1] = header else {
        return Err(error("bytes of another kind".into()));
    };
    if [*m0, *m1, *m2, *m3] != kind.magic {
        return Err(error("bytes of another kind".into()));
    }
    let version = u16::from_le_bytes([*v0, *v1]);
    if version != VERSION {
        return Err(error(format!("version {version} where this release reads {VERSION}")));
    }
    Ok(Loader { bytes: rest })
}

/// Collects the parts of a value.
pub(crate) struct Saver {
    bytes: Vec<u8>,
}

/// Hands out the parts of a value.
pub(crate) struct Loader<'a> {
    bytes: &'a [u8],
}

impl Saver {
    pub(crate) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn list<T: State>(&mut self, values: &[T]) {
        self.length(values.len());
        for value in values {
            value.save_to(self);
        }
    }

    #[inline(never)] // as for loading: a few bytes of code instead of a copy for each part
    fn part(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn length(&mut self, length: usize) {
        // Every list here is bounded far below 2^32; a longer one would be refused on restore.
        u32::try_from(length).unwrap_or(u32::MAX).save_to(self);
    }
}

impl<'a> Loader<'a> {
    pub(crate) fn take<T: State>(&mut self) -> Option<T> {
        T::restore_from(self)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let bytes = self.bytes(length)?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }

    pub(crate) fn list<T: State>(&mut self) -> Option<Vec<T>> {
        let length = self.length()?;
        // A damaged length must not reserve more than the bytes can hold.
        let mut values = Vec::with_capacity(length.min(self.bytes.len()));
        for _ in 0..length {
            values.push(self.take()?);
        }
        Some(values)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.take::<u32>()?).ok()
    }

    #[inline(never)] // every part of every value comes through here
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(head)
    }
}

macro_rules! little_endian {
    ($($number:ty),*) => {$(
        impl State for $number {
            fn save_to(&self, out: &mut Saver) {
                out.part(&self.to_le_bytes());
            }

            #[inline(always)] // restoring a state is mostly this call
            fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
                let bytes = input.bytes(size_of::<Self>())?;
                Some(Self::from_le_bytes(bytes.try_into().ok()?))
            }
        }
    )*};
}

little_endian!(u8, u16, u32, u64, u128, i32, i64, i128, f32, f64);

impl State for bool {
    fn save_to(&self, out: &mut Saver) {
        u8::from(*self).save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        match input.take::<u8>()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<T: State> State for Option<T> {
    fn save_to(&self, out: &mut Saver) {
        self.is_some().save_to(out);
        if let Some(value) = self {
            value.save_to(out);
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        if input.take()? { input.take().map(Some) } else { Some(None) }
    }
}

impl<A: State, B: State> State for (A, B) {
    fn save_to(&self, out: &mut Saver) {
        self.0.save_to(out);
        self.1.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some((input.take()?, input.take()?))
    }
}

/// A list after its length.
impl<T: State> State for Vec<T> {
    fn save_to(&self, out: &mut Saver) {
        out.list(self);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        input.list()
    }
}

/// A list of keys and values after its length, by ascending keys.
impl<K: State + Ord, V: State> State for BTreeMap<K, V> {
    fn save_to(&self, out: &mut Saver) {
        out.length(self.len());
        for (key, value) in self {
            key.save_to(out);
            value.save_to(out);
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let mut map = Self::new();
        for _ in 0..input.length()? {
            let key = input.take()?;
            // One form for one map: keys ascend, each once.
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return None;
            }
            map.insert(key, input.take()?);
        }
        Some(map)
    }
}

impl State for String {
    fn save_to(&self, out: &mut Saver) {
        out.text(self);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        input.text()
    }
}

impl<const N: usize> State for [f64; N] {
    fn save_to(&self, out: &mut Saver) {
        for value in self {
            value.save_to(out);
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = input.take()?;
        }
        Some(values)
    }
}

/// Implements [`State`] for a struct: its fields one after the other.
macro_rules! fields {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::state::State for $type {
            fn save_to(&self, out: &mut $crate::state::Saver) {
                $($crate::state::State::save_to(&self.$field, out);)*
            }

            fn restore_from(input: &mut $crate::state::Loader<'_>) -> Option<Self> {
                $(let $field = input.take()?;)*
                Some(Self { $($field),* })
            }
        }
    };
}

pub(crate) use fields;
