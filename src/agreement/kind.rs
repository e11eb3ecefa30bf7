//! Kinds of label, by the names that the command line and JavaScript know them by.

use crate::error::{Error, ErrorCode};
use crate::label::Label;

use super::{Distance, Scale};

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

    /// The distance between any two of these labels.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are more than [`Distance::MAX_TABLE_LABELS`].
    pub fn distance(self, labels: &[Label]) -> Result<Distance, Error> {
        Distance::between(labels.len(), |a, b| match (labels.get(a), labels.get(b)) {
            (Some(a), Some(b)) => 1.0 - a.similarity(b, None),
            _ => 1.0,
        })
    }
}

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
