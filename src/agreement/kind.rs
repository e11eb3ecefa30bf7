//! Kinds of label, by the names that the command line and JavaScript know them by.

use crate::error::{Error, ErrorCode};
use crate::label::{self, Label, LabelSchema, NumberScale};

use super::{Answers, Distance, Scale};

/// What the labels of a crowd are, and so when two of them are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Rectangles: intersection over union.
    Boxes,
    /// Numbers on a circle: the chord.
    Circular,
    /// One class out of several: the same or not.
    Class,
    /// Numbers whose differences count.
    Interval,
    /// Named points: similarity of key points.
    Keypoints,
    /// Steps of which only the order counts.
    Ordinal,
    /// Outlines: intersection over union.
    Polygons,
    /// Items by preference: Kendall's distance.
    Ranking,
    /// Numbers of at least 0 whose proportions count.
    Ratio,
    /// Sets of classes: MASI.
    Set,
    /// Stretches of a text: F1 of the characters.
    Spans,
    /// Free text: edit distance.
    Text,
}

impl Kind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Class,
        Self::Set,
        Self::Ordinal,
        Self::Interval,
        Self::Ratio,
        Self::Circular,
        Self::Ranking,
        Self::Spans,
        Self::Boxes,
        Self::Polygons,
        Self::Keypoints,
        Self::Text,
    ];

    /// The kind by its name; none for another.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxes => "boxes",
            Self::Circular => "circular",
            Self::Class => "class",
            Self::Interval => "interval",
            Self::Keypoints => "keypoints",
            Self::Ordinal => "ordinal",
            Self::Polygons => "polygons",
            Self::Ranking => "ranking",
            Self::Ratio => "ratio",
            Self::Set => "set",
            Self::Spans => "spans",
            Self::Text => "text",
        }
    }

    /// What a label is of, when nobody says more: a rating is a step, a number an interval.
    #[must_use]
    pub fn of(label: &Label) -> Self {
        match label {
            Label::Boxes(_) => Self::Boxes,
            Label::Class(_) => Self::Class,
            Label::Classes(_) => Self::Set,
            Label::Keypoints(_) => Self::Keypoints,
            Label::Number(_) => Self::Interval,
            Label::Polygons(_) => Self::Polygons,
            Label::Ranking(_) => Self::Ranking,
            Label::Rating(_) => Self::Ordinal,
            Label::Spans(_) => Self::Spans,
            Label::Text(_) => Self::Text,
        }
    }

    /// Whether a label may be of this kind.
    #[must_use]
    pub fn takes(self, label: &Label) -> bool {
        match self {
            Self::Ordinal | Self::Interval | Self::Ratio | Self::Circular => {
                matches!(label, Label::Number(_) | Label::Rating(_))
            }
            _ => Self::of(label) == self,
        }
    }

    /// The scale of these labels, for kinds that are compared by their values or by being the same; none for the
    /// others. `period` is that of circular ones.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a label has no number, a ratio is negative, or a circular kind has no period.
    pub fn scale(self, labels: &[Label], period: Option<f64>) -> Result<Option<Scale>, Error> {
        let values = || {
            let values: Option<Vec<f64>> = labels.iter().map(value).collect();
            values.ok_or_else(|| {
                error(format!("expected labels that are numbers for the kind `{}`", self.as_str()))
            })
        };
        Ok(Some(match self {
            Self::Class => Scale::nominal(),
            Self::Ordinal => Scale::ordinal(values()?)?,
            Self::Interval => Scale::interval(values()?)?,
            Self::Ratio => Scale::ratio(values()?)?,
            Self::Circular => {
                let period =
                    period.ok_or_else(|| error("expected a period for circular labels".into()))?;
                Scale::circular(values()?, period)?
            }
            _ => return Ok(None),
        }))
    }

    /// Whether labels of this kind can be compared so.
    #[must_use]
    pub fn takes_distance(self, distance: label::Distance) -> bool {
        use label::Distance as D;
        match distance {
            D::Nominal => true,
            D::Absolute | D::Circular | D::Interval | D::Ordinal | D::Ratio => {
                matches!(self, Self::Ordinal | Self::Interval | Self::Ratio | Self::Circular)
            }
            D::BoxIou | D::BoxMatch => self == Self::Boxes,
            D::CharacterEdit | D::TokenEdit => self == Self::Text,
            D::Jaccard | D::Masi => self == Self::Set,
            D::Kendall => self == Self::Ranking,
            D::Oks => self == Self::Keypoints,
            D::PolygonIou => self == Self::Polygons,
            D::SpanExact | D::SpanOverlap => self == Self::Spans,
        }
    }

    /// An error when they cannot.
    pub(crate) fn require_distance(self, distance: Option<label::Distance>) -> Result<(), Error> {
        match distance.filter(|distance| !self.takes_distance(*distance)) {
            None => Ok(()),
            Some(distance) => Err(error(format!(
                "expected a distance for labels of the kind `{}`, found `{}`",
                self.as_str(),
                distance.as_str()
            ))),
        }
    }

    /// How labels of this kind are compared with one another.
    fn usual_distance(self) -> label::Distance {
        match self {
            Self::Boxes => label::Distance::BoxIou,
            Self::Circular => label::Distance::Circular,
            Self::Class => label::Distance::Nominal,
            Self::Interval | Self::Ordinal => label::Distance::Absolute,
            Self::Keypoints => label::Distance::Oks,
            Self::Polygons => label::Distance::PolygonIou,
            Self::Ranking => label::Distance::Kendall,
            Self::Ratio => label::Distance::Ratio,
            Self::Set => label::Distance::Masi,
            Self::Spans => label::Distance::SpanOverlap,
            Self::Text => label::Distance::CharacterEdit,
        }
    }
}

/// How any two labels of a crowd are compared: a distance, and what it must know of the scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    distance: label::Distance,
    schema: Option<LabelSchema>,
}

impl Measure {
    /// The measure of a kind, or this one in place of the kind's own. The length of a scale of numbers is what `labels`
    /// span, or the period of circular ones.
    #[must_use]
    pub fn of(
        kind: Kind,
        labels: &[Label],
        period: Option<f64>,
        distance: Option<label::Distance>,
    ) -> Self {
        let mut ends: Option<(f64, f64)> = None;
        for number in labels.iter().filter_map(value) {
            let (least, most) = ends.unwrap_or((number, number));
            ends = Some((least.min(number), most.max(number)));
        }
        if let (Kind::Circular, Some(period)) = (kind, period) {
            ends = Some((0.0, period));
        }
        let schema = ends.map(|(min, max)| LabelSchema::Number {
            min: Some(min),
            max: Some(max),
            scale: match kind {
                Kind::Circular => NumberScale::Circular,
                Kind::Ratio => NumberScale::Ratio,
                _ => NumberScale::Interval,
            },
        });
        Self { distance: distance.unwrap_or_else(|| kind.usual_distance()), schema }
    }

    /// How far two labels are apart, 0 (the same) to 1; symmetric, never NaN.
    #[must_use]
    pub fn between(&self, a: &Label, b: &Label) -> f64 {
        self.distance.between(a, b, self.schema.as_ref())
    }

    /// The name of the distance.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.distance.as_str()
    }

    /// The distances between any two of these labels.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are more than [`Distance::MAX_TABLE_LABELS`], or they are so long that comparing
    /// all would take more than some seconds.
    pub fn table(&self, labels: &[Label]) -> Result<Distance, Error> {
        if !has_table(labels) && labels.len() <= Distance::MAX_TABLE_LABELS {
            return Err(error(
                "expected shorter labels, so that all can be compared with all".into(),
            ));
        }
        Distance::between(labels.len(), |a, b| self.of_numbers(labels, a, b))
    }

    /// The distances of the labels of these answers that alpha needs, where a table would be too large:
    /// [`Distance::sampled`], from fewer answers the more labels there are and the longer they are.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`], as [`Distance::sampled`].
    pub fn sampled(&self, answers: &Answers, labels: &[Label]) -> Result<Distance, Error> {
        let count = (labels.len() as u64).max(1);
        let blocks = blocks(labels);
        let references = MOST_WITH_SAMPLE / (count * blocks * blocks);
        let references = usize::try_from(references).unwrap_or(MOST_REFERENCES);
        let references = references.clamp(LEAST_REFERENCES, MOST_REFERENCES);
        let comparisons = MOST_COMPARED / (blocks * blocks);
        Distance::sampled(answers, references, comparisons, |a, b| self.of_numbers(labels, a, b))
    }

    fn of_numbers(&self, labels: &[Label], a: usize, b: usize) -> f64 {
        match (labels.get(a), labels.get(b)) {
            (Some(a), Some(b)) => self.between(a, b),
            _ => 1.0,
        }
    }
}

/// Whether so few and short labels can all be compared with all.
pub(super) fn has_table(labels: &[Label]) -> bool {
    let (count, blocks) = (labels.len() as u64, blocks(labels));
    labels.len() <= Distance::MAX_TABLE_LABELS
        && count * count / 2 * blocks * blocks <= MOST_WITH_SAMPLE
}

/// How many times as long as typical ones labels are: long texts and many shapes take longer to compare by the square of
/// that, up to where comparing them is bounded in itself.
fn blocks(labels: &[Label]) -> u64 {
    let bytes: u64 = labels.iter().map(|label| crate::state::length(label) as u64).sum();
    (bytes / (labels.len() as u64).max(1) / TYPICAL_BYTES).clamp(1, MOST_BLOCKS)
}

/// Comparisons with the sample, of labels of a typical length. Chosen: some seconds.
const MOST_WITH_SAMPLE: u64 = 1 << 24;
/// Comparisons in all, of labels of a typical length. Chosen: some tens of seconds.
const MOST_COMPARED: u64 = 1 << 26;
/// Chosen: a label of one box or of a short sentence.
const TYPICAL_BYTES: u64 = 128;
/// So many times as long labels take the longest to compare.
const MOST_BLOCKS: u64 = 32;
/// Chosen: few, because the longest labels take a millisecond to compare. What that costs is in the standard error.
const LEAST_REFERENCES: usize = 4;
/// Chosen: more would change a third digit.
const MOST_REFERENCES: usize = 1_024;

/// The number that a label stands for; none when it is none.
#[must_use]
pub fn value(label: &Label) -> Option<f64> {
    match label {
        Label::Number(number) => Some(*number),
        Label::Rating(rating) => Some(f64::from(*rating)),
        _ => None,
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}
