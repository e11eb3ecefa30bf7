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

impl Part {
    /// What the member `name` of an object is.
    pub(super) fn member(self, name: &str) -> Result<Self, String> {
        Ok(match (self, name) {
            (Self::Document, "specFormat") => {
                return Err(
                    "expected CycloneDX 1.5, 1.6 or 1.7, found a draft of 2.0 (`specFormat`)"
                        .to_owned(),
                );
            }
            (Self::Document, "bomFormat") => Self::BomFormat,
            (Self::Document, "specVersion") => Self::SpecVersion,
            (Self::Document, "serialNumber") => Self::SerialNumber,
            (Self::Document, "version") => Self::Version,
            (Self::Document, "metadata") => Self::Metadata,
            (Self::Document | Self::Component, "components") => Self::Components,
            (Self::Document, "compositions") => Self::Compositions,
            (Self::Metadata, "component") => Self::Component,
            (Self::Component, "name") => Self::Name,
            (Self::Component, "bom-ref") => Self::BomRef,
            (Self::Component, "type") => Self::ComponentType,
            (Self::Component, "externalReferences") => Self::References,
            (Self::Reference, "comment") => Self::ReferenceComment,
            (Self::Reference, "type") => Self::ReferenceType,
            (Self::Reference, "url") => Self::ReferenceUrl,
            (Self::Component | Self::Reference, "hashes") => Self::Hashes,
            (Self::Hash, "alg") => Self::HashAlgorithm,
            (Self::Hash, "content") => Self::HashContent,
            (Self::Composition, "aggregate") => Self::Aggregate,
            (Self::Composition, "assemblies") => Self::Assemblies,
            _ => Self::Ignored,
        })
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
