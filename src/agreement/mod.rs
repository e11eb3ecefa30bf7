//! Agreement: how far annotators say the same of the same tasks, beyond what chance would give.
//!
//! Part of the instruments: useful alone, knows nothing of gates. A [`Crowd`] has the names and the labels, its
//! [`Answers`] are who said what as numbers. Every coefficient is a function of the answers; one that has no value
//! says why ([`Undefined`]), and none is ever NaN.

mod answers;
mod coefficient;
mod crowd;

pub use answers::{Answer, Answers, Unit};
pub use coefficient::{Coefficient, Undefined};
pub use crowd::{Crowd, CrowdBuilder};
