//! Fleiss' kappa, whole and for each label; Scott's pi.

// INVARIANT: label numbers are below the number of labels.
#![allow(clippy::indexing_slicing)]

use super::comparison::Counter;
use super::{Coefficient, Comparison, Undefined};

impl Comparison<'_> {
    /// Fleiss' kappa: chance gives every label as often as all annotators together do.
    ///
    /// J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971; for missing answers and weights as
    /// Gwet generalises it (irrCAC): the share of a label is the mean of its shares of each task. At most 1. Undefined
    /// when all answers are the same.
    #[must_use]
    pub fn fleiss_kappa(&self) -> Coefficient {
        let shares = self.shares();
        let far = self.distance.to_all(&shares);
        let expected = far.iter().zip(&shares).map(|(far, share)| far * share).sum();
        let mut expected_of = |_, labels: &[u32]| {
            labels.iter().map(|label| far[*label as usize]).sum::<f64>() / labels.len() as f64
        };
        self.kappa(expected, self.one_label, Some(&mut expected_of))
    }

    /// Scott's pi: Fleiss' kappa of two annotators, and of more the same as Fleiss' kappa.
    ///
    /// W. A. Scott, Reliability of content analysis, 1955.
    #[must_use]
    pub fn scott_pi(&self) -> Coefficient {
        self.fleiss_kappa()
    }

    /// Fleiss' kappa of each label against all others, by number of the label: how well it is told apart.
    ///
    /// For a label with share p of all answers: 1 - (pairs of which one has it) / (their number by chance), which for
    /// equal numbers of answers is the category kappa of Fleiss 1971. Undefined for a label that nobody or everybody
    /// gave. The distance plays no part.
    #[must_use]
    pub fn category_kappas(&self) -> Vec<Coefficient> {
        let shares = self.shares();
        let mut counter = Counter::new(shares.len());
        let mut apart = vec![0.0; shares.len()];
        for unit in self.answers.units().filter(|unit| unit.len() > 1) {
            let answers = unit.len() as f64;
            for (label, count) in counter.count(unit.labels) {
                apart[*label as usize] += count * (answers - count) / (answers * (answers - 1.0));
            }
        }
        let kappa = |(share, apart): (&f64, &f64)| match self.nothing {
            Some(reason) => Coefficient::undefined(reason),
            None if *share <= 0.0 => Coefficient::undefined(Undefined::NoAnswers),
            None if self.one_label => Coefficient::undefined(Undefined::OneLabel),
            None => Coefficient::of(1.0 - apart / self.paired as f64 / (share * (1.0 - share))),
        };
        shares.iter().zip(&apart).map(kappa).collect()
    }
}
