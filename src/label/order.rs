//! Labels have an order and can be keys: by kind, then by value. Every number in a label is finite, and zero has one
//! form, so equality holds of every label and itself.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::Label;

/// The order of two lists of numbers, the first difference first.
pub(super) fn numbers(a: &[f64], b: &[f64]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| a.total_cmp(b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Equality and partial order of a type with an order of its own.
macro_rules! by_order {
    ($type:ty) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $type {}

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
    };
}

pub(super) use by_order;

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boxes(a), Self::Boxes(b)) => a.cmp(b),
            (Self::Class(a), Self::Class(b)) | (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Classes(a), Self::Classes(b)) => a.cmp(b),
            (Self::Keypoints(a), Self::Keypoints(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Polygons(a), Self::Polygons(b)) => a.cmp(b),
            (Self::Ranking(a), Self::Ranking(b)) => a.cmp(b),
            (Self::Rating(a), Self::Rating(b)) => a.cmp(b),
            (Self::Spans(a), Self::Spans(b)) => a.cmp(b),
            _ => self.kind_number().cmp(&other.kind_number()),
        }
    }
}

by_order!(Label);

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind_number().hash(state);
        match self {
            Self::Boxes(boxes) => boxes.hash(state),
            Self::Class(text) | Self::Text(text) => text.hash(state),
            Self::Classes(classes) => classes.hash(state),
            Self::Keypoints(keypoints) => keypoints.hash(state),
            Self::Number(number) => number.to_bits().hash(state),
            Self::Polygons(polygons) => polygons.hash(state),
            Self::Ranking(tiers) => tiers.hash(state),
            Self::Rating(rating) => rating.hash(state),
            Self::Spans(spans) => spans.hash(state),
        }
    }
}

impl Label {
    /// Whether comparing it with another of its kind may take as long as a thousand comparisons of classes.
    pub(crate) fn is_dear(&self) -> bool {
        matches!(
            self,
            Self::Boxes(_)
                | Self::Keypoints(_)
                | Self::Polygons(_)
                | Self::Spans(_)
                | Self::Text(_)
        )
    }

    /// The kind as a number: the first byte of its saved form.
    pub(super) fn kind_number(&self) -> u8 {
        match self {
            Self::Class(_) => 0,
            Self::Classes(_) => 1,
            Self::Number(_) => 2,
            Self::Rating(_) => 3,
            Self::Boxes(_) => 4,
            Self::Keypoints(_) => 5,
            Self::Polygons(_) => 6,
            Self::Ranking(_) => 7,
            Self::Spans(_) => 8,
            Self::Text(_) => 9,
        }
    }
}
