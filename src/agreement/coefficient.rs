//! A coefficient of agreement: a value with its standard error, or the reason why there is none.

use super::student;

/// A coefficient of agreement. Exactly one of `value` and `reason` is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// The coefficient: 1 is full agreement, 0 what chance gives, less is less than chance. Finite.
    pub value: Option<f64>,
    /// Its standard error; none without a value, and for a single unit.
    pub se: Option<f64>,
    /// The 95 % confidence interval, lower end first. The upper end is cut at 1.
    pub ci95: Option<[f64; 2]>,
    /// Why there is no value.
    pub reason: Option<Undefined>,
}

/// Why a coefficient has no value.
///
/// The one rule: a coefficient compares the agreement that was seen with the agreement that chance would give. It has
/// a value when there is agreement to be seen, at least one task with two answers, and when chance leaves room to
/// agree better than by chance. The first of these reasons that applies is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Undefined {
    /// There is no answer at all.
    NoAnswers,
    /// All answers are of one annotator.
    OneAnnotator,
    /// No task has two answers to compare.
    NoOverlap,
    /// Every answer that can be compared is the same, and the labels that might have been given are not declared:
    /// chance would agree fully too.
    OneLabel,
    /// Chance agrees fully for another reason, for instance because every weight is 1.
    NoChance,
    /// The definition asks for what the answers do not have: for Kendall's W and the two-way ICC, that every
    /// annotator answers every task.
    Incomplete,
    /// What it is worked out from was not kept as the answers came.
    NotKept,
    /// The labels have no order, or no value, that the definition asks for.
    Scale,
    /// Fewer tasks than it needs: two for the ICC and Kendall's W, and for the mean over pairs of annotators the least
    /// number that a pair must have in common.
    TooFew,
    /// More labels, or more distinct numbers, than it can be worked out for within its bound.
    TooMany,
}

impl Undefined {
    /// The reason as a stable code, in kebab-case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoAnswers => "no-answers",
            Self::OneAnnotator => "one-annotator",
            Self::NoOverlap => "no-overlap",
            Self::OneLabel => "one-label",
            Self::NoChance => "no-chance",
            Self::Incomplete => "incomplete",
            Self::NotKept => "not-kept",
            Self::Scale => "scale",
            Self::TooFew => "too-few",
            Self::TooMany => "too-many",
        }
    }
}

impl Coefficient {
    /// One without a value.
    #[must_use]
    pub fn undefined(reason: Undefined) -> Self {
        Self { value: None, se: None, ci95: None, reason: Some(reason) }
    }

    /// One without a standard error.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self { value: Some(value), se: None, ci95: None, reason: None }
    }

    /// One with a standard error; the interval is Student's with as many degrees of freedom as there are units, less 1.
    ///
    /// A single unit has no standard error. A number that is not finite gives [`Undefined::NoChance`].
    pub(super) fn with_se(value: f64, se: f64, units: usize) -> Self {
        if !value.is_finite() {
            return Self::undefined(Undefined::NoChance);
        }
        if units < 2 || !se.is_finite() {
            return Self::of(value);
        }
        let half = se * student::quantile_975(units - 1);
        Self {
            value: Some(value),
            se: Some(se),
            ci95: Some([value - half, (value + half).min(1.0)]),
            reason: None,
        }
    }
}
