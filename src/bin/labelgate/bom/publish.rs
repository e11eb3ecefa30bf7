//! From measured items to a BOM: what `build` and `update` share.

use std::io::{self, BufWriter, Seek, Write};

use labelgate::bom::{
    BomBuilder, BomDetails, BomIdentity, Canonical, DataSet, SourceBom, Workflow,
};
use labelgate::digest::{Algorithm, Digest, Hasher};

use super::inputs::Inputs;
use super::journal::Journal;
use super::measure::{Measure, Measured, measure};
use super::shards::Index;
use super::temporary;
use crate::failure::Failure;

/// The data set's own name in the BOM. No path below a folder starts like this.
pub const DATA_SET_REF: &str = "./";

/// What a BOM is to say.
pub struct Publication<'a> {
    pub name: &'a str,
    pub set_version: Option<&'a str>,
    pub license: Option<&'a str>,
    pub supplier: Option<&'a str>,
    pub canonical: Canonical,
    pub timestamp: Option<&'a str>,
    /// That of an earlier BOM; without it, the name, the version and the items decide.
    pub serial_number: Option<&'a str>,
    /// Version of the BOM, from 1.
    pub version: u64,
    pub sources: &'a [SourceBom],
    pub workflow: Option<&'a Workflow>,
}

impl Publication<'_> {
    /// Hashes the inputs and writes the BOM to standard output: nothing, before everything is known to
    /// be good.
    pub fn write_to_stdout(&self, inputs: &mut Inputs) -> Result<Measured, Failure> {
        let unwritable = |error: &io::Error| Failure::unwritable(&std::env::temp_dir(), error);
        let file = temporary::file().map_err(|error| unwritable(&error))?;
        let mut out = BufWriter::new(file);
        let measured = self.write(inputs, None, &mut out, &unwritable, |_, _| {})?;
        let mut file = out.into_inner().map_err(|error| unwritable(error.error()))?;
        file.rewind().map_err(|error| unwritable(&error))?;
        io::copy(&mut file, &mut io::stdout().lock())
            .map_err(|error| Failure::of_output(&error))?;
        Ok(measured)
    }

    /// Hashes the inputs and writes the BOM. `seen` gets every item on its way.
    pub fn write(
        &self,
        inputs: &mut Inputs,
        journal: Option<&mut Journal>,
        out: &mut dyn Write,
        unwritable: &dyn Fn(&io::Error) -> Failure,
        mut seen: impl FnMut(&str, &[Digest]),
    ) -> Result<Measured, Failure> {
        self.write_with(inputs, journal, out, unwritable, None, &mut seen)
    }

    /// The same; with an index, items go there and the BOM names it.
    pub fn write_with(
        &self,
        inputs: &mut Inputs,
        journal: Option<&mut Journal>,
        out: &mut dyn Write,
        unwritable: &dyn Fn(&io::Error) -> Failure,
        mut index: Option<Index>,
        seen: &mut dyn FnMut(&str, &[Digest]),
    ) -> Result<Measured, Failure> {
        let set = DataSet { bom_ref: DATA_SET_REF, name: self.name, version: self.set_version };
        let identity =
            BomIdentity { serial: [0; 16], version: self.version, timestamp: self.timestamp };
        let details = BomDetails {
            license: self.license,
            supplier: self.supplier,
            canonical: Some(self.canonical),
            is_complete: !inputs.totals.is_incomplete,
            sources: self.sources,
            workflow: self.workflow,
            index: None,
        };
        let mut out = Watched { out, error: None };
        let failed = |out: &Watched<'_>, error: labelgate::Error| match &out.error {
            Some(error) => unwritable(error),
            None => Failure::new(error.message()),
        };
        let mut serial = Serial::new(&set);
        let mut builder = match BomBuilder::new(&mut out, &identity, &set) {
            Ok(builder) => builder,
            Err(error) => return Err(failed(&out, error)),
        };
        let mut broken = None;
        let measured =
            measure(inputs, &Measure::sha256(self.canonical), journal, |name, digests| {
                serial.item(&name, &digests);
                seen(&name, &digests);
                if let Some(index) = &mut index {
                    return index.add(&name, &digests);
                }
                builder.add_item(&name, &digests).map_err(|error| {
                    let sentence = Failure::new(error.message());
                    broken = Some(error);
                    sentence
                })
            });
        let ended = match (measured, broken) {
            (Err(failure), None) => return Err(failure),
            (_, Some(error)) => Err(error),
            (Ok(measured), None) => {
                builder.set_serial(serial.finish());
                let named = match self.serial_number {
                    Some(serial_number) => builder.set_serial_number(serial_number),
                    None => Ok(()),
                };
                let reference = index.map(Index::finish).transpose()?;
                let details = BomDetails { index: reference.as_ref(), ..details };
                named.and_then(|()| builder.finish_with(&details)).map(|_| measured)
            }
        };
        ended.map_err(|error| failed(&out, error))
    }
}

/// 16 bytes that the data set and its content decide: the first of a SHA-256 digest, as a name-based
/// UUID of version 8 has them (RFC 9562, section 6.5).
struct Serial(Hasher);

impl Serial {
    fn new(set: &DataSet<'_>) -> Self {
        let mut serial = Self(Hasher::new(Algorithm::Sha256));
        serial.text(set.name);
        serial.text(set.version.unwrap_or_default());
        serial
    }

    fn item(&mut self, name: &str, digests: &[Digest]) {
        self.text(name);
        for digest in digests {
            self.text(&digest.to_hex());
        }
    }

    /// A length before each text keeps two lists of texts apart.
    fn text(&mut self, text: &str) {
        self.0.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn finish(self) -> [u8; 16] {
        self.0.finish().as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

/// A writer that keeps what the system said: the builder only tells it in words.
struct Watched<'w> {
    out: &'w mut dyn Write,
    error: Option<io::Error>,
}

impl Write for Watched<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.out.write(piece).inspect_err(|error| self.error = Some(error.kind().into()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|error| self.error = Some(error.kind().into()))
    }
}
