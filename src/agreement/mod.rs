//! Agreement: how far annotators say the same of the same tasks, beyond what chance would give.
//!
//! Part of the instruments: useful alone, knows nothing of gates. A [`Crowd`] has the names and the labels, its
//! [`Answers`] are who said what as numbers. Every coefficient is a function of the answers; one that has no value
//! says why ([`Undefined`]), and none is ever NaN.

mod answers;
mod brennan_prediger;
mod coefficient;
mod comparison;
mod conger;
mod crowd;
mod distance;
mod fleiss;
mod gwet;
mod icc;
mod kendall;
mod kind;
mod krippendorff;
mod pairs;
mod percent;
mod report;
mod rest;
mod scale;
mod student;
mod summary;
mod weights;

pub use answers::{Answer, Answers, Unit};
pub use coefficient::{Coefficient, Undefined};
pub use comparison::Comparison;
pub use crowd::{Crowd, CrowdBuilder};
pub use distance::Distance;
pub use icc::Icc;
pub use kendall::kendall_w;
pub use kind::{Kind, Measure, value};
pub use pairs::PairAgreement;
pub use report::{By, Parts, Report};
pub use rest::AnnotatorAgreement;
pub use scale::{Level, Scale};
pub use summary::Agreement;
pub use weights::WeightSet;
