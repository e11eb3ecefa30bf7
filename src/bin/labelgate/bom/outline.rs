//! What a BOM says beside its items: read in a pass of its own, because the gate needs none of it.

use labelgate::Error;
use labelgate::bom::{BomLimits, Canonical};
use labelgate::json::stream::{Event, Stream, StreamLimits};

/// What the first outermost component and the signature say of themselves. Nothing of it is verified.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub name: Option<String>,
    pub set_version: Option<String>,
    pub license: Option<String>,
    pub supplier: Option<String>,
    pub timestamp: Option<String>,
    /// The value of the property, also one that is not known.
    pub canonical: Option<String>,
    /// Algorithm and `keyId` of each signer.
    pub signers: Vec<Signer>,
    pub is_signed: bool,
}

/// Who claims to have signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signer {
    pub algorithm: String,
    pub key_id: Option<String>,
}

/// Reads an [`Outline`] from pieces.
pub struct OutlineReader {
    stream: Stream,
    open: Vec<Part>,
    next: Part,
    components: usize,
    property: (Option<String>, Option<String>),
    outline: Outline,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Components,
    DataSet,
    Document,
    Ignored,
    License,
    Licenses,
    LicenseChoice,
    Metadata,
    Properties,
    Property,
    Signature,
    Signers,
    Supplier,
    Text(Text),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Algorithm,
    KeyId,
    License,
    Name,
    PropertyName,
    PropertyValue,
    Supplier,
    Timestamp,
    Version,
}

impl Part {
    fn member(self, name: &str) -> Self {
        match (self, name) {
            (Self::Document, "components") => Self::Components,
            (Self::Document, "metadata") => Self::Metadata,
            (Self::Document, "signature") => Self::Signature,
            (Self::Metadata, "timestamp") => Self::Text(Text::Timestamp),
            (Self::DataSet, "name") => Self::Text(Text::Name),
            (Self::DataSet, "version") => Self::Text(Text::Version),
            (Self::DataSet, "licenses") => Self::Licenses,
            (Self::DataSet, "supplier") => Self::Supplier,
            (Self::DataSet, "properties") => Self::Properties,
            (Self::Supplier, "name") => Self::Text(Text::Supplier),
            (Self::LicenseChoice, "expression") | (Self::License, "id" | "name") => {
                Self::Text(Text::License)
            }
            (Self::LicenseChoice, "license") => Self::License,
            (Self::Property, "name") => Self::Text(Text::PropertyName),
            (Self::Property, "value") => Self::Text(Text::PropertyValue),
            (Self::Signature, "signers" | "chain") => Self::Signers,
            (Self::Signature, "algorithm") => Self::Text(Text::Algorithm),
            (Self::Signature, "keyId") => Self::Text(Text::KeyId),
            _ => Self::Ignored,
        }
    }

    fn element(self, before: usize) -> Self {
        match self {
            Self::Components if before == 0 => Self::DataSet,
            Self::Licenses => Self::LicenseChoice,
            Self::Properties => Self::Property,
            Self::Signers => Self::Signature,
            _ => Self::Ignored,
        }
    }
}

impl OutlineReader {
    pub fn new(limits: BomLimits) -> Self {
        let limits = StreamLimits {
            max_bytes: limits.max_bytes,
            max_depth: limits.max_depth,
            max_open_names: limits.max_open_names,
            max_string_bytes: limits.max_string_bytes,
        };
        Self {
            stream: Stream::new(limits),
            open: Vec::new(),
            next: Part::Document,
            components: 0,
            property: (None, None),
            outline: Outline::default(),
        }
    }

    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        let mut rest = piece;
        loop {
            let keep = matches!(self.next, Part::Text(_));
            let Some(event) = self.stream.next(&mut rest, keep)? else { return Ok(()) };
            match event {
                Event::Name(name) => {
                    let around = self.open.last().copied().unwrap_or(Part::Ignored);
                    self.next = around.member(name);
                }
                Event::ArrayStart | Event::ObjectStart => {
                    match self.next {
                        Part::Property => self.property = (None, None),
                        Part::Signature => {
                            self.outline.is_signed = true;
                            self.outline.signers.push(Signer::default());
                        }
                        // Each signer follows as a signature of its own.
                        Part::Signers => drop(self.outline.signers.pop()),
                        _ => {}
                    }
                    self.open.push(self.next);
                    self.next = self.next.element(self.components);
                }
                Event::ArrayEnd | Event::ObjectEnd => {
                    if self.open.pop() == Some(Part::Property) {
                        self.end_property();
                    }
                    let around = self.open.last().copied().unwrap_or(Part::Ignored);
                    if around == Part::Components {
                        self.components += 1;
                    }
                    self.next = around.element(self.components);
                }
                Event::String(text) => {
                    if let Part::Text(place) = self.next {
                        self.outline.take(place, text, &mut self.property);
                    }
                }
                _ => {}
            }
        }
    }

    pub fn finish(mut self) -> Result<Outline, Error> {
        self.stream.finish()?;
        Ok(self.outline)
    }

    fn end_property(&mut self) {
        if let (Some(name), Some(value)) = (self.property.0.take(), self.property.1.take())
            && name == Canonical::PROPERTY
        {
            self.outline.canonical = Some(value);
        }
    }
}

impl Outline {
    fn take(&mut self, place: Text, text: &str, property: &mut (Option<String>, Option<String>)) {
        let text = text.to_owned();
        match place {
            Text::Algorithm => {
                if let Some(signer) = self.signers.last_mut() {
                    signer.algorithm = text;
                }
            }
            Text::KeyId => {
                if let Some(signer) = self.signers.last_mut() {
                    signer.key_id = Some(text);
                }
            }
            Text::License => self.license = self.license.take().or(Some(text)),
            Text::Name => self.name = Some(text),
            Text::PropertyName => property.0 = Some(text),
            Text::PropertyValue => property.1 = Some(text),
            Text::Supplier => self.supplier = Some(text),
            Text::Timestamp => self.timestamp = Some(text),
            Text::Version => self.set_version = Some(text),
        }
    }

    /// The canonical form of the items; an error names one that is not known.
    pub fn canonical(&self) -> Result<Canonical, String> {
        match &self.canonical {
            None => Ok(Canonical::RawBytes),
            Some(name) => Canonical::from_name(name).ok_or_else(|| {
                let shown = crate::terminal::printable(name);
                format!("expected a canonical form that this version knows, found `{shown}`")
            }),
        }
    }
}
