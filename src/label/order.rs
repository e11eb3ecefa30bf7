//! Labels have an order and can be keys: by kind, then by value. Every number in a label is finite, and zero has one
//! form, so equality holds of every label and itself.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::Label;

impl Eq for Label {}

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Class(a), Self::Class(b)) => a.cmp(b),
            (Self::Classes(a), Self::Classes(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Rating(a), Self::Rating(b)) => a.cmp(b),
            _ => self.kind_number().cmp(&other.kind_number()),
        }
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind_number().hash(state);
        match self {
            Self::Class(class) => class.hash(state),
            Self::Classes(classes) => classes.hash(state),
            Self::Number(number) => number.to_bits().hash(state),
            Self::Rating(rating) => rating.hash(state),
        }
    }
}

impl Label {
    fn kind_number(&self) -> u8 {
        match self {
            Self::Class(_) => 0,
            Self::Classes(_) => 1,
            Self::Number(_) => 2,
            Self::Rating(_) => 3,
        }
    }
}
