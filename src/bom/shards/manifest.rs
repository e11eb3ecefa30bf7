//! `index.json`: what an index says of itself. The root BOM binds it by its SHA-256.

use std::borrow::Cow;

use crate::bom::Canonical;
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, ErrorCode};
use crate::json::{Reader, Writer};
use crate::merkle::Hash;

use super::layout::Layout;
use super::{key_of, refused};

/// The longest manifest that is read, in bytes.
pub const MAX_MANIFEST_BYTES: usize = 4096;
/// Longest name of files and bom-ref, in bytes.
const MAX_TEXT_BYTES: usize = 1024;
const FORMAT: &str = "labelgate-item-index";
const VERSION: i64 = 1;
/// In the name of files, the place of the number.
const NUMBER: &str = "{}";

/// What an index says of itself: strict JSON, every member once, none unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The bom-ref of the data set whose items these are.
    pub bom_ref: String,
    /// What of an item was hashed.
    pub canonical: Canonical,
    /// What items are looked up by.
    pub key: KeyForm,
    /// Number of different keys, at most 2^53 - 1.
    pub items: u64,
    /// Names of the files, relative to the manifest: `{}` stands for the number of the file, in decimal. One
    /// name without folders, made of letters, digits, `.`, `_` and `-`: nothing that leads elsewhere.
    pub files: String,
    /// The root of the tree over the shards.
    pub root: Hash,
    pub(super) layout: Layout,
}

/// What items are looked up by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyForm {
    /// The SHA-256 of an item's content. A name is not bound: who shows listed content under another
    /// item's name is not found out.
    #[default]
    Digest,
    /// `SHA-256(name || 0x00 || SHA-256 of the content)`: the content under its own name only.
    NamedDigest,
}

impl KeyForm {
    const ALL: [Self; 2] = [Self::Digest, Self::NamedDigest];

    /// As written in a manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::NamedDigest => "named-digest",
        }
    }

    /// The key of an item; none when the digest is not SHA-256.
    #[must_use]
    pub fn key(self, name: &str, digest: &Digest) -> Option<Hash> {
        let digest = key_of(digest)?;
        Some(match self {
            Self::Digest => digest,
            Self::NamedDigest => {
                let mut hasher = crate::digest::Hasher::new(Algorithm::Sha256);
                hasher.update(name.as_bytes());
                hasher.update(&[0]);
                hasher.update(&digest);
                key_of(&hasher.finish())?
            }
        })
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] for anything but what [`Manifest::to_json`] can write, white space and order
    /// of members aside.
    pub fn from_json(input: &[u8]) -> Result<Self, Error> {
        read(input).map_err(|error| error.with_code(ErrorCode::Bom))
    }

    /// One JSON object and the end of a line.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let layout = &self.layout;
        let number = |value| i64::try_from(value).unwrap_or(i64::MAX);
        writer.open_object();
        writer.string_member("format", FORMAT);
        writer.integer_member("version", VERSION);
        writer.string_member("algorithm", Algorithm::Sha256.cyclonedx());
        writer.string_member("bom_ref", &self.bom_ref);
        writer.string_member("canonical", self.canonical.as_str());
        writer.string_member("key", self.key.as_str());
        writer.integer_member("items", number(self.items));
        writer.integer_member("prefix_bits", layout.prefix_bits.into());
        writer.integer_member("slot_bytes", i64::try_from(layout.slot_bytes).unwrap_or(i64::MAX));
        writer.integer_member("slots_per_file", layout.slots_per_file.into());
        writer.string_member("files", &self.files);
        let root = Digest::from_bytes(Algorithm::Sha256, &self.root);
        writer.string_member("root", &root.map(|root| root.to_hex()).unwrap_or_default());
        writer.close_object();
        writer.end_line();
        writer.into_bytes()
    }

    /// Name of the file with this number, relative to the manifest.
    #[must_use]
    pub fn file_name(&self, file: u32) -> String {
        self.files.replacen(NUMBER, &file.to_string(), 1)
    }

    /// Number of files.
    #[must_use]
    pub fn file_count(&self) -> u32 {
        self.layout.shards().div_ceil(self.layout.slots_per_file)
    }

    /// Number of shards: a power of two.
    #[must_use]
    pub fn shards(&self) -> u32 {
        self.layout.shards()
    }

    /// Bytes of every slot: the length of every read.
    #[must_use]
    pub fn slot_bytes(&self) -> usize {
        self.layout.slot_bytes
    }
}

/// Members that are text.
const TEXTS: [&str; 7] = ["algorithm", "bom_ref", "canonical", "files", "format", "key", "root"];
/// Members that are integers.
const NUMBERS: [&str; 5] = ["items", "prefix_bits", "slot_bytes", "slots_per_file", "version"];

fn read(input: &[u8]) -> Result<Manifest, Error> {
    let mut reader = Reader::new(input, 1)?;
    // What a member cannot be stands for one that is missing.
    let mut texts: [Cow<'_, str>; TEXTS.len()] = Default::default();
    let mut numbers = [-1; NUMBERS.len()];
    reader.object(&mut |reader, member| {
        let place = |names: &[&str]| names.iter().position(|name| *name == member);
        if let Some(text) = place(&TEXTS).and_then(|place| texts.get_mut(place)) {
            *text = reader.string()?;
        } else if let Some(number) = place(&NUMBERS).and_then(|place| numbers.get_mut(place)) {
            *number = reader.integer()?;
        } else {
            return Err(reader.error("expected only members of an item index"));
        }
        Ok(())
    })?;
    reader.finish()?;
    of_members(&texts, numbers).ok_or_else(|| {
        refused("expected an item index of version 1 with all its members, which fit together")
    })
}

fn of_members(
    texts: &[Cow<'_, str>; TEXTS.len()],
    numbers: [i64; NUMBERS.len()],
) -> Option<Manifest> {
    let [algorithm, bom_ref, canonical, files, format, key, root] = texts;
    let [items, prefix_bits, slot_bytes, slots_per_file, version] = numbers;
    let layout = Layout {
        prefix_bits: prefix_bits.try_into().ok()?,
        slot_bytes: slot_bytes.try_into().ok()?,
        slots_per_file: slots_per_file.try_into().ok()?,
    };
    let root = Digest::from_hex(Algorithm::Sha256, root).ok()?;
    let manifest = Manifest {
        bom_ref: bom_ref.to_string(),
        canonical: Canonical::from_name(canonical)?,
        key: KeyForm::ALL.into_iter().find(|form| form.as_str() == key)?,
        items: items.try_into().ok()?,
        files: files.to_string(),
        root: key_of(&root)?,
        layout,
    };
    let fits = format == FORMAT
        && version == VERSION
        && algorithm == Algorithm::Sha256.cyclonedx()
        && (1..=MAX_TEXT_BYTES).contains(&bom_ref.len())
        && is_file_name(files)
        && layout.is_valid()
        && (1..=layout.most_keys()).contains(&manifest.items);
    fits.then_some(manifest)
}

/// One name in the folder of the manifest, with one place for a number.
pub(super) fn is_file_name(text: &str) -> bool {
    let mut before = 0;
    let mut numbers = 0;
    let is_plain = text.bytes().all(|byte| {
        let last = std::mem::replace(&mut before, byte);
        numbers += usize::from(byte == b'}');
        match byte {
            b'}' => last == b'{',
            _ if last == b'{' => false,
            b'.' => last != 0,
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'{'),
        }
    });
    is_plain && numbers == 1 && before != b'{' && text.len() <= MAX_TEXT_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brace_that_is_no_place_of_a_number_is_no_part_of_a_file_name() {
        for good in ["{}", "items-{}.bin", "{}.", "a.b_{}"] {
            assert!(is_file_name(good), "{good}");
        }
        for bad in ["{.{}", "{.}", "{a{}", "{}{", "{{}", "{}}", "{}{}", ".{}", "a", "a/{}"] {
            assert!(!is_file_name(bad), "{bad}");
        }
    }
}
