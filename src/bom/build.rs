//! Writes a BOM of a data set, as a stream.

mod details;

use std::io::Write;

use crate::digest::Digest;
use crate::error::{Error, ErrorCode};
use crate::json::MAX_SAFE_INTEGER;
use crate::json::Writer;

use super::reader::is_serial_number;
use super::{BomLimits, Canonical};

pub use details::{BomDetails, SourceBom, Workflow};

/// What the BOM is about: the `data` component around the items.
#[derive(Clone, Copy, Debug)]
pub struct DataSet<'a> {
    /// Name inside the BOM. Not the name of any item, since every item is its own bom-ref.
    pub bom_ref: &'a str,
    /// Name for people.
    pub name: &'a str,
    /// Version of the data set, in whatever form its publisher uses.
    pub version: Option<&'a str>,
}

/// What tells one BOM from another. The core has no clock and no randomness, so these are arguments.
#[derive(Clone, Copy, Debug)]
pub struct BomIdentity<'a> {
    /// 16 bytes that no other data set has, such as the first of a SHA-256 digest; a later BOM of the
    /// same data set keeps them. Written as a UUID of version 8 (RFC 9562, section 5.8), which fixes 6
    /// of the 128 bits. Version 8, because any other says where the bytes come from: version 4, say,
    /// that they are random.
    pub serial: [u8; 16],
    /// Version of the BOM under its serial number, from 1, one more with every change.
    pub version: u64,
    /// When the BOM was made: RFC 3339, `2026-11-23T10:00:00Z`. `None` writes none.
    pub timestamp: Option<&'a str>,
}

/// Writes a CycloneDX 1.7 BOM: one `data` component, its items as nested `file` components with their
/// digests, and a composition that says whether the list is complete.
///
/// Items come in ascending order of the bytes of their names. So the same folder gives the same bytes
/// everywhere, no item comes twice, and memory stays constant. The bom-ref of an item is its name, so
/// that no item can stand for another.
///
/// Members come in the order of RFC 8785, so that a signature can be made and checked while the
/// document streams. What the BOM says of itself comes after the items; a serial number that the
/// items decide can be given until [`BomBuilder::finish`].
///
/// ```
/// use labelgate::bom::{Bom, BomBuilder, BomIdentity, DataSet};
/// use labelgate::digest::{Algorithm, Hasher};
///
/// let identity = BomIdentity { serial: [7; 16], version: 1, timestamp: None };
/// let set = DataSet { bom_ref: "urn:example:pets", name: "pets", version: Some("2") };
/// let mut builder = BomBuilder::new(Vec::new(), &identity, &set)?;
/// builder.add("cats/1.png", &Hasher::new(Algorithm::Sha256).finish())?;
/// let bom = Bom::from_slice(&builder.finish()?)?;
/// assert!(bom.is_complete() && bom.find("cats/1.png").count() == 1);
/// # Ok::<(), labelgate::Error>(())
/// ```
pub struct BomBuilder<W> {
    out: W,
    data_set: String,
    name: String,
    set_version: Option<String>,
    serial_number: String,
    version: i64,
    timestamp: Option<String>,
    last: Option<String>,
    /// The item being written.
    line: Writer,
}

impl<W: Write> BomBuilder<W> {
    /// Writes everything before the items. Many small writes follow: give a buffered writer.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when a bom-ref is empty, a text longer than the reader takes, the version not
    /// from 1 to 2^53 - 1, the timestamp not of the form of RFC 3339, or the writer fails.
    pub fn new(out: W, identity: &BomIdentity<'_>, set: &DataSet<'_>) -> Result<Self, Error> {
        if set.bom_ref.is_empty() {
            return Err(refused("expected a bom-ref of at least one character"));
        }
        for text in [set.bom_ref, set.name, set.version.unwrap_or_default()] {
            require_readable(text)?;
        }
        let version = i64::try_from(identity.version).ok();
        let Some(version) = version.filter(|version| (1..=MAX_SAFE_INTEGER).contains(version))
        else {
            return Err(refused("expected a version from 1 to 2^53 - 1"));
        };
        if identity.timestamp.is_some_and(|timestamp| !is_timestamp(timestamp)) {
            return Err(refused("expected a timestamp like 2026-11-23T10:00:00Z"));
        }
        let mut builder = Self {
            out,
            data_set: set.bom_ref.to_owned(),
            name: set.name.to_owned(),
            set_version: set.version.map(str::to_owned),
            serial_number: serial_number(identity.serial),
            version,
            timestamp: identity.timestamp.map(str::to_owned),
            last: None,
            line: Writer::new(),
        };
        builder.write(concat!(
            r#"{"$schema":"http://cyclonedx.org/schema/bom-1.7.schema.json","bomFormat":"CycloneDX","#,
            r#""components":[{"bom-ref":"#
        ))?;
        builder.line.string(set.bom_ref);
        builder.write_line()?;
        builder.write(",\"components\":[")?;
        Ok(builder)
    }

    /// Another serial number than that of the identity: 16 bytes as there.
    pub fn set_serial(&mut self, serial: [u8; 16]) {
        self.serial_number = serial_number(serial);
    }

    /// Another serial number than that of the identity: that of an earlier BOM of the data set.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when it is not `urn:uuid:` and a UUID in lower case.
    pub fn set_serial_number(&mut self, serial_number: &str) -> Result<(), Error> {
        if !is_serial_number(serial_number) {
            return Err(refused("expected a serial number `urn:uuid:...` in lower case"));
        }
        serial_number.clone_into(&mut self.serial_number);
        Ok(())
    }

    /// Writes one item with one digest, as [`BomBuilder::add_item`].
    ///
    /// # Errors
    /// As [`BomBuilder::add_item`].
    pub fn add(&mut self, name: &str, digest: &Digest) -> Result<(), Error> {
        self.add_item(name, &[*digest])
    }

    /// Writes one item. `name` is its path relative to the data set, with `/` on every system.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the name is empty, longer than the reader takes, equal to the bom-ref of
    /// the data set, or not after the last one in byte order; when there is no digest or two of one
    /// algorithm; when the writer fails.
    pub fn add_item(&mut self, name: &str, digests: &[Digest]) -> Result<(), Error> {
        if name.is_empty() {
            return Err(refused("expected an item name of at least one character"));
        }
        require_readable(name)?;
        if name == self.data_set {
            return Err(refused("expected an item name other than the bom-ref of the data set"));
        }
        let algorithms = || digests.iter().map(Digest::algorithm);
        if digests.is_empty()
            || (1..).zip(algorithms()).any(|(n, a)| algorithms().skip(n).any(|b| a == b))
        {
            return Err(refused("expected at least one digest of an item, one of each algorithm"));
        }
        match &mut self.last {
            Some(last) if name <= last.as_str() => {
                return Err(refused("expected item names in ascending byte order, each once"));
            }
            Some(last) => {
                last.clear();
                last.push_str(name);
                self.write(",\n")?;
            }
            None => {
                self.last = Some(name.to_owned());
                self.write("\n")?;
            }
        }
        self.line.open_object();
        self.line.string_member("bom-ref", name);
        self.line.name("hashes");
        details::hashes(&mut self.line, digests);
        self.line.string_member("name", name);
        self.line.word_member("type", "file");
        self.line.close_object();
        self.write_line()
    }

    /// Writes the end with the default [details](BomDetails), and gives the writer back after flushing
    /// it.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the writer fails.
    pub fn finish(self) -> Result<W, Error> {
        self.finish_with(&BomDetails::default())
    }

    /// Writes the end, and gives the writer back after flushing it.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when a text is longer than the reader takes, or the writer fails.
    pub fn finish_with(mut self, details: &BomDetails<'_>) -> Result<W, Error> {
        for text in [details.license, details.supplier].into_iter().flatten() {
            require_readable(text)?;
        }
        self.write("\n],")?;
        self.write_rest_of_data_set(details)?;
        let writer = &mut self.line;
        writer.name("compositions");
        writer.open_array();
        writer.open_object();
        writer
            .word_member("aggregate", if details.is_complete { "complete" } else { "incomplete" });
        writer.name("assemblies");
        writer.open_array();
        writer.string(&self.data_set);
        writer.close_array();
        writer.close_object();
        writer.close_array();
        if !details.sources.is_empty() {
            details::sources(writer, details.sources);
        }
        if let Some(workflow) = details.workflow {
            details::formulation(writer, workflow);
        }
        writer.name("metadata");
        writer.open_object();
        if let Some(timestamp) = &self.timestamp {
            writer.string_member("timestamp", timestamp);
        }
        tools(writer);
        writer.close_object();
        writer.string_member("serialNumber", &self.serial_number);
        writer.word_member("specVersion", "1.7");
        writer.integer_member("version", self.version);
        writer.close_object();
        self.line.end_line();
        self.write_line()?;
        self.out.flush().map_err(|error| not_written(&error))?;
        Ok(self.out)
    }

    /// The members of the `data` component after `components`, and the end of it.
    fn write_rest_of_data_set(&mut self, details: &BomDetails<'_>) -> Result<(), Error> {
        let writer = &mut self.line;
        writer.name("data");
        writer.open_array();
        writer.open_object();
        writer.word_member("type", "dataset");
        writer.close_object();
        writer.close_array();
        if let Some(index) = details.index {
            details::index(writer, index);
        }
        if let Some(license) = details.license {
            details::licenses(writer, license);
        }
        writer.string_member("name", &self.name);
        if let Some(canonical) = details.canonical {
            details::properties(writer, [(Canonical::PROPERTY, canonical.as_str())].into_iter());
        }
        if let Some(supplier) = details.supplier {
            writer.name("supplier");
            writer.open_object();
            writer.string_member("name", supplier);
            writer.close_object();
        }
        writer.word_member("type", "data");
        if let Some(version) = &self.set_version {
            writer.string_member("version", version);
        }
        writer.close_object();
        writer.close_array();
        self.write_line()?;
        self.write(",")
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes()).map_err(|error| not_written(&error))
    }

    /// Writes what is in `line`, and empties it.
    fn write_line(&mut self) -> Result<(), Error> {
        self.out.write_all(self.line.as_bytes()).map_err(|error| not_written(&error))?;
        self.line.clear();
        Ok(())
    }
}

/// The program that makes the BOM: this one.
fn tools(writer: &mut Writer) {
    writer.name("tools");
    writer.open_object();
    writer.name("components");
    writer.open_array();
    writer.open_object();
    writer.word_member("name", env!("CARGO_PKG_NAME"));
    writer.word_member("type", "application");
    writer.word_member("version", env!("CARGO_PKG_VERSION"));
    writer.close_object();
    writer.close_array();
    writer.close_object();
}

fn refused(expected: &str) -> Error {
    Error::new(ErrorCode::Bom, expected)
}

fn not_written(error: &dyn std::error::Error) -> Error {
    Error::new(ErrorCode::Bom, format!("cannot write the BOM: {error}"))
}

fn require_readable(text: &str) -> Result<(), Error> {
    let most = BomLimits::default().max_string_bytes;
    if text.len() > most {
        return Err(refused(&format!("expected a text of at most {most} bytes")));
    }
    Ok(())
}

/// A UUID of version 8: the 4 bits of the version and the 2 of the variant are fixed, the rest is as
/// given. RFC 9562, section 5.8.
fn serial_number(mut bytes: [u8; 16]) -> String {
    if let Some(byte) = bytes.get_mut(6) {
        *byte = *byte & 0x0F | 0x80;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = *byte & 0x3F | 0x80;
    }
    let mut text = String::from("urn:uuid:");
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The form of RFC 3339, `T` and `Z` in upper case: `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`. Whether
/// the day exists is its writer's business.
fn is_timestamp(text: &str) -> bool {
    fn follows(text: &str, pattern: &str) -> bool {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
    }
    let Some((time, rest)) = text.split_at_checked(19) else { return false };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    follows(time, "0000-00-00T00:00:00")
        && (zone == "Z" || follows(zone, "+00:00") || follows(zone, "-00:00"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::bom::{Bom, SpecVersion};
    use crate::digest::{Algorithm, Hasher};

    const IDENTITY: BomIdentity<'_> =
        BomIdentity { serial: [0xFF; 16], version: 2, timestamp: Some("2026-11-23T10:00:00Z") };
    const SET: DataSet<'_> =
        DataSet { bom_ref: "urn:set", name: "a \"set\"", version: Some("1\\2") };

    fn digest(content: &str) -> Digest {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(content.as_bytes());
        hasher.finish()
    }

    fn build(names: &[&str]) -> Result<Vec<u8>, Error> {
        let mut builder = BomBuilder::new(Vec::new(), &IDENTITY, &SET)?;
        for name in names {
            builder.add(name, &digest(name))?;
        }
        builder.finish()
    }

    #[test]
    fn what_is_built_is_a_complete_bom_of_1_7() {
        let bom = Bom::from_slice(&build(&["a/b.png", "c.png"]).unwrap()).unwrap();
        assert_eq!((bom.len(), bom.spec_version(), bom.version()), (2, SpecVersion::V1_7, 2));
        assert_eq!(bom.serial_number(), Some("urn:uuid:ffffffff-ffff-8fff-bfff-ffffffffffff"));
        assert!(bom.is_complete());
    }

    #[test]
    fn a_serial_number_from_a_digest_is_the_uuid_of_rfc_9562() {
        // Appendix B.2: the DNS name space (section 6.6), and the name.
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8_u128.to_be_bytes());
        hasher.update(b"www.example.com");
        let digest = hasher.finish();
        let first = *digest.as_bytes().first_chunk().unwrap();
        assert_eq!(serial_number(first), "urn:uuid:5c146b14-3c52-8afd-938a-375d0df1fbf6");
    }

    #[test]
    fn the_layout_is_fixed() {
        let mut builder = BomBuilder::new(
            Vec::new(),
            &BomIdentity { serial: [0; 16], version: 1, timestamp: None },
            &DataSet { bom_ref: "s", name: "n", version: None },
        )
        .unwrap();
        builder.add("x", &digest("")).unwrap();
        let expected = concat!(
            r#"{"$schema":"http://cyclonedx.org/schema/bom-1.7.schema.json","bomFormat":"CycloneDX","#,
            r#""components":[{"bom-ref":"s","components":["#,
            "\n",
            r#"{"bom-ref":"x","hashes":[{"alg":"SHA-256","#,
            r#""content":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],"#,
            r#""name":"x","type":"file"}"#,
            "\n",
            r#"],"data":[{"type":"dataset"}],"name":"n","type":"data"}],"#,
            r#""compositions":[{"aggregate":"complete","assemblies":["s"]}],"#,
            r#""metadata":{"tools":{"components":[{"name":"labelgate","type":"application","version":""#,
            env!("CARGO_PKG_VERSION"),
            r#""}]}},"serialNumber":"urn:uuid:00000000-0000-8000-8000-000000000000","#,
            r#""specVersion":"1.7","version":1}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(builder.finish().unwrap()).unwrap(), expected);
    }

    #[test]
    fn an_empty_folder_gives_a_bom_without_items() {
        assert!(Bom::from_slice(&build(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn names_out_of_order_twice_empty_or_taken_are_refused() {
        for names in [["b", "a"].as_slice(), &["a", "a"], &[""], &["urn:set"]] {
            assert!(build(names).is_err(), "{names:?}");
        }
        assert!(build(&[&"x".repeat(65_537)]).is_err());
    }

    #[test]
    fn a_timestamp_has_the_form_of_rfc_3339() {
        for good in ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.123456789+01:00"] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in [
            "",
            "2026-11-23",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00Z\"",
            "2026-11-23 10:00:00Z",
            "2026-11-23T10:00:0éZ",
        ] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }

    #[test]
    fn a_writer_that_fails_gives_an_error() {
        let mut space = [0; 10];
        assert!(BomBuilder::new(space.as_mut_slice(), &IDENTITY, &SET).is_err());
    }

    proptest! {
        #[test]
        fn what_was_built_is_read_back(
            items in prop::collection::btree_map(
                prop_oneof![
                    r#"[a-z/"\\ -]{1,12}"#,
                    prop::collection::vec(any::<char>(), 1..12).prop_map(String::from_iter),
                    "[\\x00-\\x20]{1,4}",
                ],
                any::<[u8; 32]>(),
                0..20,
            ),
            piece_bytes in 1_usize..200,
        ) {
            let mut builder = BomBuilder::new(Vec::new(), &IDENTITY, &SET).unwrap();
            for (name, value) in &items {
                builder.add(name, &Digest::from_bytes(Algorithm::Sha256, value).unwrap()).unwrap();
            }
            let document = builder.finish().unwrap();
            let mut reader = crate::bom::BomReader::new(BomLimits::default());
            for piece in document.chunks(piece_bytes) {
                reader.push(piece).unwrap();
            }
            let bom = reader.finish().unwrap();
            let read: BTreeMap<String, [u8; 32]> = bom
                .entries()
                .map(|entry| {
                    assert_eq!(entry.bom_ref(), Some(entry.name()));
                    let value = entry.digests().next().unwrap();
                    (entry.name().to_owned(), value.as_bytes().try_into().unwrap())
                })
                .collect();
            prop_assert_eq!(bom.len(), items.len());
            prop_assert_eq!(bom.is_complete(), !items.is_empty());
            for name in items.keys() {
                prop_assert_eq!(bom.find(name).count(), 1);
            }
            prop_assert_eq!(read, items);
        }
    }
}
