//! How far two labels are apart: one measure for each kind, from 0 (the same) to 1.
//!
//! Each is a function that can be used alone; [`Distance`] names them. All are symmetric to the bit, 0 for equal
//! labels and never NaN, and one comparison of two labels within their bounds takes about a millisecond
//! at most; two for hundreds of shapes that all cross.

mod area;
mod keypoints;
mod numbers;
mod rankings;
mod sets;
mod shapes;
mod spans;
mod texts;

use super::{Label, LabelSchema, NumberScale};

pub use keypoints::{DEFAULT_SIGMA, oks};
pub use numbers::{absolute, circular, interval, ordinal, ratio};
pub use rankings::kendall;
pub use sets::{jaccard, masi};
pub use shapes::{box_iou, box_match, polygon_iou};
pub use spans::{span_exact, span_overlap};
pub use texts::{character_edit, token_edit};

/// A measure of how far two labels are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Distance {
    /// Ratings and numbers: the difference over the length of the scale. See [`absolute`].
    Absolute,
    /// Boxes: what is covered. See [`box_iou`].
    BoxIou,
    /// Boxes: one with one. See [`box_match`].
    BoxMatch,
    /// Texts, by characters. See [`character_edit`].
    CharacterEdit,
    /// Numbers: around a circle. See [`circular`].
    Circular,
    /// Ratings and numbers: the square of the absolute distance. See [`interval`].
    Interval,
    /// Sets of classes. See [`jaccard`].
    Jaccard,
    /// Rankings. See [`kendall`].
    Kendall,
    /// Sets of classes, of which one may hold the other. See [`masi`].
    Masi,
    /// Any labels: equal or not.
    Nominal,
    /// Key points. See [`oks`].
    Oks,
    /// Ratings: ranks between the two, when every step is used alike. See [`ordinal`] for counted steps.
    Ordinal,
    /// Polygons: what is covered. See [`polygon_iou`].
    PolygonIou,
    /// Numbers: relative to their size. See [`ratio`].
    Ratio,
    /// Spans: whole ones. See [`span_exact`].
    SpanExact,
    /// Spans: what is covered. See [`span_overlap`].
    SpanOverlap,
    /// Texts, by words. See [`token_edit`].
    TokenEdit,
}

impl Distance {
    /// All of them, by name.
    pub const ALL: [Self; 17] = [
        Self::Absolute,
        Self::BoxIou,
        Self::BoxMatch,
        Self::CharacterEdit,
        Self::Circular,
        Self::Interval,
        Self::Jaccard,
        Self::Kendall,
        Self::Masi,
        Self::Nominal,
        Self::Oks,
        Self::Ordinal,
        Self::PolygonIou,
        Self::Ratio,
        Self::SpanExact,
        Self::SpanOverlap,
        Self::TokenEdit,
    ];

    /// The name, in kebab case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absolute => "absolute",
            Self::BoxIou => "box-iou",
            Self::BoxMatch => "box-match",
            Self::CharacterEdit => "character-edit",
            Self::Circular => "circular",
            Self::Interval => "interval",
            Self::Jaccard => "jaccard",
            Self::Kendall => "kendall",
            Self::Masi => "masi",
            Self::Nominal => "nominal",
            Self::Oks => "oks",
            Self::Ordinal => "ordinal",
            Self::PolygonIou => "polygon-iou",
            Self::Ratio => "ratio",
            Self::SpanExact => "span-exact",
            Self::SpanOverlap => "span-overlap",
            Self::TokenEdit => "token-edit",
        }
    }

    /// The measure of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|distance| distance.as_str() == name)
    }

    /// The usual measure of labels like this one, where the task allows what `schema` says: absolute for ratings and
    /// numbers of which the schema bounds the scale, ratio or circular on such a scale, Jaccard for sets, Kendall for
    /// rankings, characters for texts, what is covered for spans, boxes and polygons, object key point similarity for
    /// key points, else nominal.
    #[must_use]
    pub fn usual(label: &Label, schema: Option<&LabelSchema>) -> Self {
        match label {
            Label::Boxes(_) => Self::BoxIou,
            Label::Class(_) => Self::Nominal,
            Label::Classes(_) => Self::Jaccard,
            Label::Keypoints(_) => Self::Oks,
            Label::Number(_) => match schema {
                Some(LabelSchema::Number { scale: NumberScale::Circular, .. }) => Self::Circular,
                Some(LabelSchema::Number { scale: NumberScale::Ratio, .. }) => Self::Ratio,
                _ => Self::Absolute,
            },
            Label::Polygons(_) => Self::PolygonIou,
            Label::Ranking(_) => Self::Kendall,
            Label::Rating(_) => Self::Absolute,
            Label::Spans(_) => Self::SpanOverlap,
            Label::Text(_) => Self::CharacterEdit,
        }
    }

    /// How far two labels are apart, from 0 (the same) to 1. Symmetric to the bit, never NaN.
    ///
    /// `schema` gives the length of a scale, the spread of key points and the size of the object. Labels of a kind
    /// that the measure is not for, and numbers on a scale whose length is not known where it is needed, are
    /// compared as nominal: 0 when they are equal, else 1.
    #[must_use]
    pub fn between(self, a: &Label, b: &Label, schema: Option<&LabelSchema>) -> f64 {
        if a == b {
            return 0.0;
        }
        let distance = match (a, b) {
            (Label::Boxes(a), Label::Boxes(b)) => self.of_boxes(a, b),
            (Label::Classes(a), Label::Classes(b)) => match self {
                Self::Jaccard => Some(jaccard(a, b)),
                Self::Masi => Some(masi(a, b)),
                _ => None,
            },
            (Label::Keypoints(a), Label::Keypoints(b)) if self == Self::Oks => {
                let size = schema.and_then(LabelSchema::object_size);
                let sigma = |name: &str| {
                    schema.and_then(|schema| schema.sigma(name)).unwrap_or(DEFAULT_SIGMA)
                };
                Some(oks(a, b, &sigma, size))
            }
            (Label::Number(a), Label::Number(b)) => self.of_numbers(*a, *b, schema),
            (Label::Polygons(a), Label::Polygons(b)) if self == Self::PolygonIou => {
                Some(polygon_iou(a, b))
            }
            (Label::Ranking(a), Label::Ranking(b)) if self == Self::Kendall => Some(kendall(a, b)),
            (Label::Rating(a), Label::Rating(b)) => {
                self.of_numbers(f64::from(*a), f64::from(*b), schema)
            }
            (Label::Spans(a), Label::Spans(b)) => match self {
                Self::SpanExact => Some(span_exact(a, b)),
                Self::SpanOverlap => Some(span_overlap(a, b)),
                _ => None,
            },
            (Label::Text(a), Label::Text(b)) => match self {
                Self::CharacterEdit => Some(character_edit(a, b)),
                Self::TokenEdit => Some(token_edit(a, b)),
                _ => None,
            },
            _ => None,
        };
        distance.unwrap_or(1.0)
    }

    fn of_boxes(self, a: &[super::BoundingBox], b: &[super::BoundingBox]) -> Option<f64> {
        match self {
            Self::BoxIou => Some(box_iou(a, b)),
            Self::BoxMatch => Some(box_match(a, b)),
            _ => None,
        }
    }

    fn of_numbers(self, a: f64, b: f64, schema: Option<&LabelSchema>) -> Option<f64> {
        let range = schema.and_then(LabelSchema::range);
        match self {
            Self::Absolute => range.map(|range| absolute(a, b, range)),
            // On a scale whose steps are used alike, ranks are as far apart as the steps.
            Self::Interval | Self::Ordinal => range.map(|range| interval(a, b, range)),
            Self::Circular => range.map(|range| circular(a, b, range)),
            Self::Ratio => Some(ratio(a, b)),
            _ => None,
        }
    }
}
