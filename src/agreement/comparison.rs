//! Answers compared by a distance: what the coefficients share, from one pass.

// INVARIANT: numbers of tasks and labels are below the lengths of the vectors here; `Answers` checks them.
#![allow(clippy::indexing_slicing)]

use crate::error::{Error, ErrorCode};

use super::{Answers, Coefficient, Distance, Undefined};

/// Answers compared by a distance. Each coefficient is a method.
///
/// A weighted coefficient is one whose distance is 1 less the weights ([`super::WeightSet`]); with
/// [`Distance::nominal`] the coefficients are the unweighted ones. Missing answers are allowed everywhere: agreement
/// is averaged over the tasks with two answers or more, and tasks with one tell how often a label is given (Gwet, and
/// irrCAC).
///
/// Standard errors see the tasks as a sample and the annotators as given (Gwet's linearisation, as in irrCAC).
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    pub(super) answers: &'a Answers,
    pub(super) distance: &'a Distance,
    /// The mean distance of two answers to each task; 0 where there are none to compare.
    pub(super) disagreement: Vec<f64>,
    /// Tasks with an answer.
    pub(super) tasks: usize,
    /// Tasks with two or more.
    pub(super) paired: usize,
    /// Why there is nothing to compare.
    pub(super) nothing: Option<Undefined>,
    /// Whether all answers are the same.
    pub(super) one_label: bool,
    /// Whether all that can be compared are the same.
    pub(super) one_paired_label: bool,
}

/// The part of a task, by its number and labels, in the disagreement by chance.
type ExpectedOf<'f> = &'f mut dyn FnMut(usize, &[u32]) -> f64;

impl<'a> Comparison<'a> {
    /// Compares all answers to each task. Empty input is fine: every coefficient then says so.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the distance is for another number of labels.
    pub fn new(answers: &'a Answers, distance: &'a Distance) -> Result<Self, Error> {
        if distance.labels() != answers.label_count() {
            return Err(Error::new(
                ErrorCode::Answers,
                format!(
                    "expected a distance for {} labels, found one for {}",
                    answers.label_count(),
                    distance.labels()
                ),
            ));
        }
        let mut counter = Counter::new(answers.label_count());
        let mut disagreement = vec![0.0; answers.task_count()];
        let (mut tasks, mut paired) = (0, 0);
        let mut paired_labels = Same::default();
        for (unit, disagreement) in answers.units().zip(&mut disagreement) {
            let count = unit.len();
            tasks += usize::from(count > 0);
            if count > 1 {
                paired += 1;
                unit.labels.iter().for_each(|label| paired_labels.meet(*label));
                let far = distance.within(counter.count(unit.labels), count);
                *disagreement = far / (count as f64 * (count - 1) as f64);
            }
        }
        let (mut all_labels, mut annotators) = (Same::default(), Same::default());
        answers.labels().iter().for_each(|label| all_labels.meet(*label));
        answers.annotators().iter().for_each(|annotator| annotators.meet(*annotator));
        let nothing = if answers.is_empty() {
            Some(Undefined::NoAnswers)
        } else if annotators.same {
            Some(Undefined::OneAnnotator)
        } else if paired == 0 {
            Some(Undefined::NoOverlap)
        } else {
            None
        };
        Ok(Self {
            answers,
            distance,
            disagreement,
            tasks,
            paired,
            nothing,
            one_label: all_labels.same,
            one_paired_label: paired_labels.same,
        })
    }

    /// The mean over tasks of the share that each label has of the task's answers.
    pub(super) fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.answers.label_count()];
        for unit in self.answers.units() {
            let share = 1.0 / (unit.len() as f64 * self.tasks as f64);
            for label in unit.labels {
                shares[*label as usize] += share;
            }
        }
        shares
    }

    /// How often each label was given to tasks with two answers or more.
    pub(super) fn paired_counts(&self) -> Vec<f64> {
        paired_counts(self.answers)
    }

    /// The mean disagreement over the tasks with two answers or more.
    pub(super) fn mean_disagreement(&self) -> f64 {
        self.disagreement.iter().sum::<f64>() / self.paired as f64
    }

    /// 1 less observed over expected disagreement, with its standard error.
    ///
    /// `expected` is the disagreement by chance, and `expected_of` the part of each task in its linearisation; none
    /// where chance does not depend on the answers. The second argument is whether all answers it is from are the same.
    pub(super) fn kappa(
        &self,
        expected: f64,
        one_label: bool,
        mut expected_of: Option<ExpectedOf<'_>>,
    ) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        if expected <= 0.0 || !expected.is_finite() {
            let reason = if one_label { Undefined::OneLabel } else { Undefined::NoChance };
            return Coefficient::undefined(reason);
        }
        let value = 1.0 - self.mean_disagreement() / expected;
        let stretch = self.tasks as f64 / self.paired as f64;
        let mut squares = 0.0;
        for (task, (unit, disagreement)) in self.answers.units().zip(&self.disagreement).enumerate()
        {
            if unit.is_empty() {
                continue;
            }
            let mut part =
                if unit.len() > 1 { stretch * (1.0 - disagreement / expected) } else { 0.0 };
            if let Some(expected_of) = &mut expected_of {
                let of = expected_of(task, unit.labels);
                part -= 2.0 * (1.0 - value) * (1.0 - of / expected);
            }
            squares += (part - value) * (part - value);
        }
        Coefficient::with_se(value, standard_error(squares, self.tasks), self.tasks)
    }
}

/// How often each label was given to tasks with two answers or more.
pub(super) fn paired_counts(answers: &Answers) -> Vec<f64> {
    let mut counts = vec![0.0; answers.label_count()];
    for unit in answers.units().filter(|unit| unit.len() > 1) {
        for label in unit.labels {
            counts[*label as usize] += 1.0;
        }
    }
    counts
}

/// The standard error of a mean, from the sum of squared differences to it.
pub(super) fn standard_error(squares: f64, units: usize) -> f64 {
    (squares / (units as f64 * (units as f64 - 1.0))).sqrt()
}

/// Whether all numbers met are the same; true for none.
#[derive(Debug)]
struct Same {
    first: Option<u32>,
    same: bool,
}

impl Default for Same {
    fn default() -> Self {
        Self { first: None, same: true }
    }
}

impl Same {
    fn meet(&mut self, number: u32) {
        self.same &= *self.first.get_or_insert(number) == number;
    }
}

/// Counts the labels of one task after the other.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    /// How often each label was met in this task; zeros between tasks.
    counts: Vec<u32>,
    counted: Vec<(u32, f64)>,
}

impl Counter {
    pub(super) fn new(labels: usize) -> Self {
        Self { counts: vec![0; labels], counted: Vec::new() }
    }

    /// Each label that is there and how often, in the order of labels.
    pub(super) fn count(&mut self, labels: &[u32]) -> &[(u32, f64)] {
        self.counted.clear();
        for label in labels {
            let count = &mut self.counts[*label as usize];
            if *count == 0 {
                self.counted.push((*label, 0.0));
            }
            *count += 1;
        }
        for (label, count) in &mut self.counted {
            *count = f64::from(std::mem::take(&mut self.counts[*label as usize]));
        }
        self.counted.sort_unstable_by_key(|(label, _)| *label);
        &self.counted
    }
}
