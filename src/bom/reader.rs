//! Reads a BOM that arrives in pieces.

use std::ops::Range;

use crate::digest::{Algorithm, Digest, Hasher};
use crate::error::{Error, ErrorCode};
use crate::json::MAX_SAFE_INTEGER;
use crate::json::canonical::{Listener, MAX_STRING_BYTES};
use crate::json::shortened;
use crate::json::stream::{Event, Stream};

use super::completeness::Completeness;
use super::document::{Part, Shape};
use super::flat::Flat;
use super::hashes::{Named, Value, WeakSet};
use super::index::MAX_KEYS_PER_RECORD;
use super::items::{Items, NewItem, Role};
use super::parts::Parts;
use super::reference::{Before, IndexReference, OpenReference};
use super::{Bom, BomLimits, Header, SpecVersion};

/// Reads a BOM from pieces of any size; the document is never in memory as a whole.
///
/// ```
/// use labelgate::bom::{BomLimits, BomReader};
///
/// let mut reader = BomReader::new(BomLimits::default());
/// reader.push(br#"{"bomFormat":"CycloneDX","specVer"#)?;
/// reader.push(br#"sion":"1.7"}"#)?;
/// assert!(reader.finish()?.is_empty());
/// # Ok::<(), labelgate::Error>(())
/// ```
pub struct BomReader {
    stream: Stream,
    hasher: Hasher,
    draft: Draft,
    failed: Option<Error>,
}

impl BomReader {
    /// A reader at the start of a document.
    #[must_use]
    pub fn new(limits: BomLimits) -> Self {
        Self {
            stream: Stream::new(limits.stream()),
            hasher: Hasher::new(Algorithm::Sha256),
            draft: Draft::new(limits),
            failed: None,
        }
    }

    /// Takes the next piece of the document; an empty piece changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] as soon as the document breaks a rule of the [module](super), with the
    /// place. Every later call gives the same error.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let taken = self.take(piece, None).map_err(|error| error.with_code(ErrorCode::Bom));
        self.failed = taken.as_ref().err().cloned();
        taken
    }

    /// As [`BomReader::push`], and lets `listener` follow. Either every piece of a document goes through
    /// this method with one listener, or the listener has heard of another document.
    ///
    /// # Errors
    /// As [`BomReader::push`], and when a string has over
    /// [`MAX_STRING_BYTES`](crate::json::canonical::MAX_STRING_BYTES).
    pub fn push_with(&mut self, piece: &[u8], listener: &mut dyn Listener) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.stream.keep_all(MAX_STRING_BYTES);
        let taken =
            self.take(piece, Some(listener)).map_err(|error| error.with_code(ErrorCode::Bom));
        self.failed = taken.as_ref().err().cloned();
        taken
    }

    /// The next block of items that nothing to come will change. Once one was taken, this reader makes no BOM any
    /// more: whoever took it does.
    pub(super) fn take_block(&mut self) -> Option<Vec<u8>> {
        self.draft.items.take_full_block()
    }

    /// Ends the document and builds the index.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the document is not complete, is not CycloneDX 1.5 to 1.7, or gives one
    /// bom-ref to two components that are items or hold items.
    pub fn finish(self) -> Result<Bom, Error> {
        Bom::of(self.finish_parts()?)
    }

    /// Ends the document, and leaves the index to be built.
    pub(super) fn finish_parts(mut self) -> Result<Parts, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let last = match self.stream.finish() {
            Ok(None) => Ok(()),
            Ok(Some(event)) => self.draft.take(event),
            Err(error) => return Err(error.with_code(ErrorCode::Bom)),
        };
        last.and_then(|()| self.draft.finish(self.hasher.finish()))
            .map_err(|reason| self.stream.error(&reason).with_code(ErrorCode::Bom))
    }

    fn take(&mut self, piece: &[u8], mut listener: Option<&mut dyn Listener>) -> Result<(), Error> {
        self.hasher.update(piece);
        let mut rest = piece;
        loop {
            if self.draft.next == Part::Component {
                while self.take_flat(&mut rest, &mut listener) {}
            }
            let keep_string = self.draft.next.shape() == Shape::String;
            let taken = match self.stream.next(&mut rest, keep_string)? {
                Some(event) => {
                    if let Some(listener) = &mut listener {
                        listener.event(event);
                    }
                    self.draft.take(event)
                }
                None => return Ok(()),
            };
            if let Err(reason) = taken {
                return Err(self.stream.error(&reason));
            }
        }
    }
}

/// Items in the usual form, which need no events.
impl BomReader {
    /// Takes the next component if it is in the usual form; leaves anything else as it was.
    fn take_flat(&mut self, rest: &mut &[u8], listener: &mut Option<&mut dyn Listener>) -> bool {
        let Some(before) = self.stream.before_element(rest) else { return false };
        let Some(flat) = rest.get(before..).and_then(Flat::read) else { return false };
        if listener.is_some() && !flat.is_canonical() {
            return false;
        }
        let extent = flat.extent();
        let fits = self.stream.has_room_for(before, extent);
        let is_taken = fits && self.draft.take_flat(&flat).is_some();
        if is_taken {
            if let Some(listener) = listener {
                let element = rest.get(before..before + extent.bytes);
                listener.canonical_element(element.unwrap_or_default());
            }
            self.stream.leap(rest, before, extent);
        }
        is_taken
    }
}

/// What is known of the document so far.
struct Draft {
    limits: BomLimits,
    /// The arrays and objects that are open.
    open: Vec<Part>,
    /// What the next value is.
    next: Part,
    /// The components that are open, outermost first.
    components: Vec<OpenComponent>,
    /// Names and bom-refs of the open components.
    text: String,
    /// Digests of the open components.
    digests: Vec<Digest>,
    /// Digests of the `hashes` that are open.
    hashes: Vec<Digest>,
    hash: OpenHash,
    reference: OpenReference,
    index: Option<Box<IndexReference>>,
    /// How many components were open where the index was found, until the last of them ends.
    index_depth: usize,
    items: Items,
    completeness: Completeness,
    is_cyclonedx: bool,
    spec_version: Option<SpecVersion>,
    serial_number: Option<String>,
    version: u64,
}

struct OpenComponent {
    text_start: usize,
    digests_start: usize,
    name: Option<Range<usize>>,
    bom_ref: Option<Range<usize>>,
    weak: WeakSet,
    is_file: bool,
    is_subject: bool,
    has_hashes: bool,
    has_parts: bool,
    holds_items: bool,
}

/// A hash whose members may come in either order.
#[derive(Default)]
struct OpenHash {
    algorithm: Option<Named>,
    content: Option<String>,
    is_complete: bool,
}

/// Most different strong digests of one item: three algorithms over twenty distributions. What the
/// index can number.
const MAX_DIGESTS_PER_ITEM: usize = MAX_KEYS_PER_RECORD;

impl Draft {
    fn new(limits: BomLimits) -> Self {
        Self {
            limits,
            open: Vec::new(),
            next: Part::Document,
            components: Vec::new(),
            text: String::new(),
            digests: Vec::new(),
            hashes: Vec::new(),
            hash: OpenHash::default(),
            reference: OpenReference::default(),
            index: None,
            index_depth: 0,
            items: Items::default(),
            completeness: Completeness::default(),
            is_cyclonedx: false,
            spec_version: None,
            serial_number: None,
            version: 1,
        }
    }

    /// Takes one event. The error says what was expected; the caller knows where.
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Name(name) => {
                self.next = self.open.last().copied().unwrap_or(Part::Ignored).member(name)?;
            }
            Event::ArrayStart => {
                self.next.require(Shape::Array)?;
                if self.next == Part::Hashes {
                    self.hashes.clear();
                }
                self.open.push(self.next);
                self.next = self.next.element();
            }
            Event::ObjectStart => {
                self.next.require(Shape::Object)?;
                self.begin_object(self.next);
                self.open.push(self.next);
            }
            Event::ArrayEnd => self.end_value(),
            Event::ObjectEnd => {
                let part = self.open.last().copied().unwrap_or(Part::Ignored);
                self.end_value();
                self.end_object(part)?;
            }
            Event::String(text) => {
                self.next.require(Shape::String)?;
                self.string(text)?;
            }
            Event::Number(number) => {
                self.next.require(Shape::Number)?;
                if self.next == Part::Version {
                    self.version = version(number)?;
                }
            }
            Event::SkippedString => self.next.require(Shape::String)?,
            Event::Boolean(_) | Event::Null => self.next.require(Shape::Any)?,
        }
        Ok(())
    }

    /// Closes the innermost array or object. In an array another element may follow; in an object a
    /// name must come first.
    fn end_value(&mut self) {
        self.open.pop();
        self.next = self.open.last().copied().unwrap_or(Part::Ignored).element();
    }

    fn begin_object(&mut self, part: Part) {
        match part {
            Part::Component => {
                if let Some(around) = self.components.last_mut() {
                    around.has_parts = true;
                }
                self.components.push(OpenComponent {
                    text_start: self.text.len(),
                    digests_start: self.digests.len(),
                    name: None,
                    bom_ref: None,
                    weak: WeakSet::default(),
                    is_file: false,
                    is_subject: self.open.last() == Some(&Part::Metadata),
                    has_hashes: false,
                    has_parts: false,
                    holds_items: false,
                });
            }
            Part::Composition => self.completeness.begin(),
            Part::Hash => self.hash = OpenHash::default(),
            Part::Reference => self.begin_reference(),
            _ => {}
        }
    }

    fn end_object(&mut self, part: Part) -> Result<(), String> {
        match part {
            Part::Component => self.end_component(),
            Part::Composition => self.completeness.end(),
            Part::Hash if !self.hash.is_complete => {
                Err("expected `alg` and `content` in a hash".to_owned())
            }
            Part::Reference => self.end_reference(),
            _ => Ok(()),
        }
    }

    #[inline(never)] // few BOMs have one
    fn begin_reference(&mut self) {
        self.hashes.clear();
        let around = self.components.last().map(|component| Before {
            digests: self.digests.len(),
            has_hashes: component.has_hashes,
            weak: component.weak,
        });
        self.reference = OpenReference::new(around.unwrap_or_default());
    }

    #[inline(never)]
    fn end_reference(&mut self) -> Result<(), String> {
        let Some(index) = self.reference.finish(&self.hashes)? else { return Ok(()) };
        let before = self.reference.before;
        self.digests.truncate(before.digests);
        self.component(|component| {
            component.has_hashes = before.has_hashes;
            component.weak = before.weak;
            component.holds_items = true;
        });
        self.index_depth = self.components.len();
        match self.index.replace(index) {
            Some(_) => Err("expected one item index".to_owned()),
            None => Ok(()),
        }
    }

    fn string(&mut self, text: &str) -> Result<(), String> {
        match self.next {
            Part::Aggregate => self.completeness.aggregate(text),
            Part::Assembly => self.completeness.assembly(text, self.limits.max_items)?,
            Part::BomFormat if text == "CycloneDX" => self.is_cyclonedx = true,
            Part::BomFormat => {
                return Err(format!(
                    "expected `bomFormat` to be CycloneDX, found {}",
                    quoted(text)
                ));
            }
            Part::BomRef => {
                let kept = self.keep_text(text);
                self.component(|component| component.bom_ref = Some(kept));
            }
            Part::ComponentType => self.component(|component| component.is_file = text == "file"),
            Part::HashAlgorithm => {
                let algorithm = Named::parse(text)?;
                self.hash.algorithm = Some(algorithm);
                if let Some(content) = self.hash.content.take() {
                    self.take_hash(algorithm, &content)?;
                }
            }
            Part::HashContent => match self.hash.algorithm {
                Some(algorithm) => self.take_hash(algorithm, text)?,
                None => self.hash.content = Some(text.to_owned()),
            },
            Part::Name => {
                let kept = self.keep_text(text);
                self.component(|component| component.name = Some(kept));
            }
            Part::ReferenceComment | Part::ReferenceType | Part::ReferenceUrl => {
                self.reference.string(self.next, text);
            }
            Part::SerialNumber => {
                if !is_serial_number(text) {
                    return Err(format!(
                        "expected a serial number `urn:uuid:...`, found {}",
                        quoted(text)
                    ));
                }
                self.serial_number = Some(text.to_owned());
            }
            Part::SpecVersion => self.spec_version = Some(SpecVersion::parse(text)?),
            _ => {}
        }
        Ok(())
    }

    /// Changes the innermost open component.
    fn component(&mut self, change: impl FnOnce(&mut OpenComponent)) {
        if let Some(component) = self.components.last_mut() {
            change(component);
        }
    }

    fn keep_text(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    fn take_hash(&mut self, algorithm: Named, content: &str) -> Result<(), String> {
        self.hash.is_complete = true;
        let value = algorithm.read(content)?;
        let Some(component) = self.components.last_mut() else { return Ok(()) };
        component.has_hashes = true;
        let digest = match value {
            Value::Proof(digest) => digest,
            Value::Weak(index) => {
                component.weak.insert(index);
                return Ok(());
            }
        };
        match self.hashes.iter().find(|known| known.algorithm() == digest.algorithm()) {
            Some(known) if *known == digest => return Ok(()),
            Some(_) => {
                let name = digest.algorithm().cyclonedx();
                return Err(format!("expected one {name} value in the same `hashes`"));
            }
            None => self.hashes.push(digest),
        }
        let own = self.digests.get(component.digests_start..).unwrap_or_default();
        if own.contains(&digest) {
            return Ok(());
        }
        if own.len() >= MAX_DIGESTS_PER_ITEM {
            return Err(format!(
                "expected at most {MAX_DIGESTS_PER_ITEM} digests of one component"
            ));
        }
        self.digests.push(digest);
        Ok(())
    }

    fn end_component(&mut self) -> Result<(), String> {
        let Some(component) = self.components.pop() else { return Ok(()) };
        let is_item = component.has_hashes || (component.is_file && !component.has_parts);
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        let bom_ref = component.bom_ref.as_ref().map(text);
        if component.is_subject {
            self.completeness.subject(bom_ref);
        }
        if self.index_depth > self.components.len()
            && let Some(index) = &mut self.index
        {
            self.index_depth = 0;
            let bom_ref =
                bom_ref.ok_or("expected a `bom-ref` of the component with an item index")?;
            bom_ref.clone_into(&mut index.bom_ref);
        }
        if is_item || component.holds_items {
            if self.items.len() >= self.limits.max_items {
                return Err(format!("expected at most {} items", self.limits.max_items));
            }
            let name = component.name.as_ref().map(text);
            self.items.push(&NewItem {
                name: name.ok_or_else(|| "expected a `name` in a component".to_owned())?,
                bom_ref,
                digests: self.digests.get(component.digests_start..).unwrap_or_default(),
                weak: component.weak,
                role: Role {
                    is_item,
                    holds_items: component.holds_items,
                    is_outermost: self.components.is_empty(),
                },
            })?;
            if let Some(around) = self.components.last_mut() {
                around.holds_items = true;
            }
        }
        self.text.truncate(component.text_start);
        self.digests.truncate(component.digests_start);
        Ok(())
    }

    /// Takes an item in the usual form; none, and nothing changed, when there is anything to say against it.
    fn take_flat(&mut self, flat: &Flat<'_>) -> Option<()> {
        if self.open.last() != Some(&Part::Components) || self.items.len() >= self.limits.max_items
        {
            return None;
        }
        let mut weak = WeakSet::default();
        self.hashes.clear();
        for (algorithm, content) in flat.hashes() {
            let digest = match Named::parse(algorithm).ok()?.read(content).ok()? {
                Value::Proof(digest) => digest,
                Value::Weak(index) => {
                    weak.insert(index);
                    continue;
                }
            };
            if self.hashes.iter().any(|known| known.algorithm() == digest.algorithm()) {
                return None;
            }
            self.hashes.push(digest);
        }
        if flat.hashes().is_empty() && flat.kind != Some("file") {
            return None;
        }
        let item = NewItem {
            name: flat.name,
            bom_ref: flat.bom_ref,
            digests: &self.hashes,
            weak,
            role: Role {
                is_item: true,
                holds_items: false,
                is_outermost: self.components.is_empty(),
            },
        };
        self.items.push(&item).ok()?;
        self.component(|around| {
            around.has_parts = true;
            around.holds_items = true;
        });
        Some(())
    }

    fn finish(&mut self, digest: Digest) -> Result<Parts, String> {
        if !self.is_cyclonedx {
            return Err("expected a CycloneDX BOM, found no `bomFormat`".to_owned());
        }
        let spec_version = self.spec_version.ok_or("expected a `specVersion`")?;
        let mut items = std::mem::take(&mut self.items);
        items.shrink();
        let index = self.index.take();
        if index.is_some() && items.counts().items > 0 {
            return Err("expected an item index or items, not both".to_owned());
        }
        let header = Header {
            digest,
            index,
            serial_number: self.serial_number.take(),
            spec_version,
            version: self.version,
        };
        Ok(Parts { header, completeness: std::mem::take(&mut self.completeness), items })
    }
}

/// A BOM version: an integer from 1, which JSON may also write as `1.0`.
fn version(number: &str) -> Result<u64, String> {
    let digits = number.strip_suffix(".0").unwrap_or(number);
    let largest = u64::try_from(MAX_SAFE_INTEGER).unwrap_or(0);
    match digits.parse() {
        Ok(version) if (1..=largest).contains(&version) => Ok(version),
        _ => Err("expected `version` to be an integer from 1 to 2^53 - 1".to_owned()),
    }
}

/// `urn:uuid:` and a UUID in lower case, as the CycloneDX schema has it.
pub(super) fn is_serial_number(text: &str) -> bool {
    const PATTERN: &[u8] = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    text.strip_prefix("urn:uuid:").is_some_and(|uuid| {
        uuid.len() == PATTERN.len()
            && uuid.bytes().zip(PATTERN).all(|(byte, wanted)| match wanted {
                b'-' => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            })
    })
}

/// Input in a message.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", shortened(text))
}
