//! Lists of items that others publish: Croissant, OpenSSF Model Signing, SPDX.
//!
//! Each says of some files what they hash to. A [`Manifest`] is what of it can prove bytes, and a
//! report of what cannot, entry by entry with the reason. It is a list to build a BOM from; whoever
//! signed the manifest is not looked at here.

mod croissant;
mod oms;
mod spdx;

use crate::digest::{Algorithm, Digest};
use crate::error::{Error, ErrorCode};
use crate::json::{Kind, Reader, shortened};

/// A list of items that is not CycloneDX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// How it was written.
    pub format: ManifestFormat,
    /// What it calls the data set.
    pub name: Option<String>,
    /// In the order of the document; no name twice.
    pub items: Vec<ManifestItem>,
    /// What no digest of ours proves, in the order of the document.
    pub left_out: Vec<LeftOut>,
    /// Whether it lists every file of the data set: nothing was left out, and it does not itself say
    /// that it passes over some.
    pub is_complete: bool,
}

/// A format that [`Manifest::from_json`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ManifestFormat {
    /// Croissant 1.0 and 1.1 of MLCommons.
    Croissant,
    /// A bundle of OpenSSF Model Signing 1.0.
    ModelSigning,
    /// SPDX 3.0, its files and dataset packages.
    Spdx,
}

impl ManifestFormat {
    /// How messages call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Croissant => "Croissant",
            Self::ModelSigning => "OpenSSF Model Signing",
            Self::Spdx => "SPDX",
        }
    }
}

/// One file with what its bytes hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestItem {
    /// Its path, or what the manifest names it by.
    pub name: String,
    /// At least one, one of each algorithm.
    pub digests: Vec<Digest>,
}

/// An entry that proves no bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// As [`ManifestItem::name`].
    pub name: String,
    /// Lower case, no final stop.
    pub why: String,
}

/// Deepest nesting; the deepest of the documents we test with has 9 levels.
const MAX_DEPTH: usize = 64;

impl Manifest {
    /// Reads a manifest; `None` when the document is JSON of no format known here.
    ///
    /// Croissant: the `FileObject`s with a `sha256` of 64 hexadecimal digits. The name is `contentUrl`
    /// when that is a path beside the document, else `@id`.
    /// OpenSSF Model Signing: the `resources` of the statement. The one resource `.` is the subject.
    /// SPDX: each `software_File` and `dataset_DatasetPackage` with a strong `verifiedUsing`, by its
    /// `name`.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the document is not strict JSON, is of a known format in another version,
    /// names one item twice with different digests, or has a value of the wrong type where we read.
    pub fn from_json(document: &[u8]) -> Result<Option<Self>, Error> {
        let read = || {
            Ok(match recognize(document)? {
                Some(ManifestFormat::Croissant) => Some(croissant::read(document)?),
                Some(ManifestFormat::ModelSigning) => Some(oms::read(document)?),
                Some(ManifestFormat::Spdx) => Some(spdx::read(document)?),
                None => None,
            })
        };
        read().map_err(|error: Error| error.with_code(ErrorCode::Bom))
    }

    fn new(format: ManifestFormat) -> Self {
        Self { format, name: None, items: Vec::new(), left_out: Vec::new(), is_complete: true }
    }

    fn leave_out(&mut self, name: String, why: impl Into<String>) {
        self.is_complete = false;
        self.left_out.push(LeftOut { name, why: why.into() });
    }

    /// Ends the list: an item that is there twice is there once, or is refused.
    fn finish(mut self) -> Result<Self, Error> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        let item = |at: usize| self.items.get(at);
        order.sort_by(|a, b| item(*a).map(|i| &i.name).cmp(&item(*b).map(|i| &i.name)));
        let mut again = Vec::new();
        for pair in order.windows(2) {
            let [first, second] = pair else { continue };
            let (Some(one), Some(other)) = (item(*first), item(*second)) else { continue };
            if one.name == other.name {
                if one.digests != other.digests {
                    return Err(refused(&format!(
                        "expected each name once, found `{}` with other digests again",
                        shortened(&one.name)
                    )));
                }
                again.push(*second);
            }
        }
        again.sort_unstable();
        for at in again.into_iter().rev() {
            self.items.remove(at);
        }
        Ok(self)
    }
}

/// Tells the formats apart by the members at the top.
fn recognize(document: &[u8]) -> Result<Option<ManifestFormat>, Error> {
    let mut reader = Reader::new(document, MAX_DEPTH)?;
    if reader.kind() != Ok(Kind::Object) {
        return Ok(None);
    }
    let (mut envelope, mut graph, mut spdx, mut dataset) = (false, false, false, false);
    reader.object(&mut |reader, name| {
        match name {
            "dsseEnvelope" => envelope = true,
            "@graph" => graph = true,
            "@context" if reader.kind()? == Kind::String => {
                spdx = reader.string()?.starts_with("https://spdx.org/rdf/3");
                return Ok(());
            }
            "@type" => {
                dataset = texts(reader)?.iter().any(|kind| local_name(kind) == "Dataset");
                return Ok(());
            }
            _ => {}
        }
        reader.skip()
    })?;
    reader.finish()?;
    Ok(if envelope {
        Some(ManifestFormat::ModelSigning)
    } else if graph && spdx {
        Some(ManifestFormat::Spdx)
    } else if dataset {
        Some(ManifestFormat::Croissant)
    } else {
        None
    })
}

/// A string, or an array of strings; what is not a string is passed over. In an object, its `@id`.
fn texts(reader: &mut Reader<'_>) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    match reader.kind()? {
        Kind::String => found.push(reader.string()?.into_owned()),
        Kind::Array => reader.array(&mut |reader| {
            found.append(&mut texts(reader)?);
            Ok(())
        })?,
        Kind::Object => reader.object(&mut |reader, name| {
            if name == "@id" && reader.kind()? == Kind::String {
                found.push(reader.string()?.into_owned());
                return Ok(());
            }
            reader.skip()
        })?,
        _ => reader.skip()?,
    }
    Ok(found)
}

/// A string; `None` for any other value, which is passed over.
fn text(reader: &mut Reader<'_>) -> Result<Option<String>, Error> {
    if reader.kind()? == Kind::String {
        return Ok(Some(reader.string()?.into_owned()));
    }
    reader.skip()?;
    Ok(None)
}

/// `Dataset` of `sc:Dataset` and of `https://schema.org/Dataset`.
fn local_name(name: &str) -> &str {
    name.rsplit([':', '/', '#']).next().unwrap_or(name)
}

/// The digest, or why the value can be none.
fn digest(algorithm: Algorithm, value: &str) -> Result<Digest, String> {
    Digest::from_hex(algorithm, value).map_err(|_| {
        let digits = algorithm.digest_bytes() * 2;
        let key = algorithm.key();
        if matches!(value.len(), 32 | 40) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let weak = if value.len() == 32 { "MD5" } else { "SHA-1" };
            return format!(
                "expected {digits} hexadecimal digits of `{key}`, found as many as {weak} has"
            );
        }
        format!("expected {digits} hexadecimal digits of `{key}`, found `{}`", shortened(value))
    })
}

fn refused(expected: &str) -> Error {
    Error::new(ErrorCode::Bom, expected)
}
