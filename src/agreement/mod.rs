//! Agreement: how far annotators say the same of the same tasks, beyond what chance would give.
//!
//! Part of the instruments: useful alone, knows nothing of gates. A [`Crowd`] has the names and the labels, its
//! [`Answers`] are who said what as numbers. Every coefficient is a function of the answers; one that has no value
//! says why ([`Undefined`]), and none is ever NaN.

mod answers;
mod bootstrap;
mod brennan_prediger;
mod by_annotator;
mod coefficient;
mod comparison;
mod conger;
mod crowd;
mod distance;
mod fleiss;
mod from_totals;
mod gwet;
mod icc;
mod kendall;
mod kind;
mod krippendorff;
mod live;
mod live_numbers;
mod matrix;
mod pairs;
mod percent;
mod report;
mod rest;
mod sampled;
mod scale;
mod student;
mod summary;
mod totals;
mod weights;

pub use answers::{Answer, Answers, Unit};
pub use bootstrap::{Bootstrap, Resampled};
pub(crate) use by_annotator::ByAnnotator;
pub use coefficient::{Coefficient, Undefined};
pub use comparison::Comparison;
pub use crowd::{Crowd, CrowdBuilder};
pub use distance::Distance;
pub use icc::Icc;
pub use kendall::kendall_w;
pub use kind::{Kind, Measure, value};
pub use live::LiveAgreement;
pub use live_numbers::{LiveNumbers, NumberTotals};
pub use matrix::alpha_of_matrix;
pub use pairs::PairAgreement;
pub use report::{By, Parts, Report, ResampledReport};
pub use rest::AnnotatorAgreement;
pub use scale::{Level, Scale};
pub use summary::Agreement;
pub use totals::Totals;
pub use weights::WeightSet;
