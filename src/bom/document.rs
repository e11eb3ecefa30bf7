//! The parts of a CycloneDX document that the gate reads, and what each must be.

/// What the next JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Aggregate,
    Assemblies,
    Assembly,
    BomFormat,
    BomRef,
    Component,
    ComponentType,
    Components,
    Composition,
    Compositions,
    Document,
    Hash,
    HashAlgorithm,
    HashContent,
    Hashes,
    /// Anything that decides nothing here.
    Ignored,
    Metadata,
    Name,
    Reference,
    ReferenceComment,
    ReferenceType,
    ReferenceUrl,
    References,
    SerialNumber,
    SpecVersion,
    Version,
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Array,
    Number,
    Object,
    String,
}

/// The members that are read: of which object, how they are called, and what they are. A list that is searched, because
/// a `match` made the module 0.4 KB larger after gzip; items in the usual form do without.
const MEMBERS: [(Part, &str, Part); 22] = [
    (Part::Document, "bomFormat", Part::BomFormat),
    (Part::Document, "specVersion", Part::SpecVersion),
    (Part::Document, "serialNumber", Part::SerialNumber),
    (Part::Document, "version", Part::Version),
    (Part::Document, "metadata", Part::Metadata),
    (Part::Document, "components", Part::Components),
    (Part::Document, "compositions", Part::Compositions),
    (Part::Metadata, "component", Part::Component),
    (Part::Component, "components", Part::Components),
    (Part::Component, "name", Part::Name),
    (Part::Component, "bom-ref", Part::BomRef),
    (Part::Component, "type", Part::ComponentType),
    (Part::Component, "hashes", Part::Hashes),
    (Part::Component, "externalReferences", Part::References),
    (Part::Reference, "comment", Part::ReferenceComment),
    (Part::Reference, "type", Part::ReferenceType),
    (Part::Reference, "url", Part::ReferenceUrl),
    (Part::Reference, "hashes", Part::Hashes),
    (Part::Hash, "alg", Part::HashAlgorithm),
    (Part::Hash, "content", Part::HashContent),
    (Part::Composition, "aggregate", Part::Aggregate),
    (Part::Composition, "assemblies", Part::Assemblies),
];

impl Part {
    /// What the member `name` of an object is.
    pub(super) fn member(self, name: &str) -> Result<Self, String> {
        if self == Self::Document && name == "specFormat" {
            let draft = "expected CycloneDX 1.5, 1.6 or 1.7, found a draft of 2.0 (`specFormat`)";
            return Err(draft.to_owned());
        }
        let known = MEMBERS.iter().find(|(of, known, _)| *of == self && *known == name);
        Ok(known.map_or(Self::Ignored, |(.., part)| *part))
    }

    /// What each element of an array is; `Ignored` for anything that is not an array.
    pub(super) fn element(self) -> Self {
        match self {
            Self::Assemblies => Self::Assembly,
            Self::Components => Self::Component,
            Self::Compositions => Self::Composition,
            Self::Hashes => Self::Hash,
            Self::References => Self::Reference,
            _ => Self::Ignored,
        }
    }

    pub(super) fn shape(self) -> Shape {
        match self {
            Self::Ignored => Shape::Any,
            Self::Assemblies
            | Self::Components
            | Self::Compositions
            | Self::Hashes
            | Self::References => Shape::Array,
            Self::Version => Shape::Number,
            Self::Component
            | Self::Composition
            | Self::Document
            | Self::Hash
            | Self::Metadata
            | Self::Reference => Shape::Object,
            Self::Aggregate
            | Self::Assembly
            | Self::BomFormat
            | Self::BomRef
            | Self::ComponentType
            | Self::HashAlgorithm
            | Self::HashContent
            | Self::Name
            | Self::ReferenceComment
            | Self::ReferenceType
            | Self::ReferenceUrl
            | Self::SerialNumber
            | Self::SpecVersion => Shape::String,
        }
    }

    /// How messages call it.
    fn words(self) -> &'static str {
        match self {
            Self::Aggregate => "`aggregate`",
            Self::Assemblies => "`assemblies`",
            Self::Assembly => "a reference in `assemblies`",
            Self::BomFormat => "`bomFormat`",
            Self::BomRef => "`bom-ref`",
            Self::Component => "a component",
            Self::ComponentType => "`type` of a component",
            Self::Components => "`components`",
            Self::Composition => "a composition",
            Self::Compositions => "`compositions`",
            Self::Document => "a BOM",
            Self::Hash => "a hash",
            Self::HashAlgorithm => "`alg` of a hash",
            Self::HashContent => "`content` of a hash",
            Self::Hashes => "`hashes`",
            Self::Ignored => "a value",
            Self::Metadata => "`metadata`",
            Self::Name => "`name` of a component",
            Self::Reference => "an external reference",
            Self::ReferenceComment => "`comment` of an external reference",
            Self::ReferenceType => "`type` of an external reference",
            Self::ReferenceUrl => "`url` of an external reference",
            Self::References => "`externalReferences`",
            Self::SerialNumber => "`serialNumber`",
            Self::SpecVersion => "`specVersion`",
            Self::Version => "`version`",
        }
    }

    /// Refuses a value of another JSON type.
    pub(super) fn require(self, found: Shape) -> Result<(), String> {
        let wanted = match self.shape() {
            Shape::Any => return Ok(()),
            wanted if wanted == found => return Ok(()),
            Shape::Array => "an array",
            Shape::Number => "a number",
            Shape::Object => "an object",
            Shape::String => "a string",
        };
        Err(format!("expected {} to be {wanted}", self.words()))
    }
}
