//! Gwet's AC1 and AC2.

// INVARIANT: label numbers are below the number of labels.
#![allow(clippy::indexing_slicing)]

use super::{Coefficient, Comparison};

impl Comparison<'_> {
    /// Gwet's AC1 with the nominal distance, AC2 with weights: chance agreement is low where one label prevails.
    ///
    /// K. L. Gwet, Computing inter-rater reliability and its variance in the presence of high agreement, 2008. Counts
    /// every declared label, used or not; so does [`Comparison::brennan_prediger`]. At most 1. Undefined when there is
    /// only one label, declared or given.
    #[must_use]
    pub fn gwet_ac(&self) -> Coefficient {
        let labels = self.answers.label_count() as f64;
        let weights =
            labels * labels - self.distance.spread(&vec![1.0; self.answers.label_count()]);
        let slope = weights / (labels * (labels - 1.0));
        let shares = self.shares();
        let chance: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
        let mut expected_of = |_, labels: &[u32]| {
            let other: f64 = labels.iter().map(|label| 1.0 - shares[*label as usize]).sum();
            1.0 - slope * other / labels.len() as f64
        };
        self.kappa(1.0 - slope * chance, self.one_label, Some(&mut expected_of))
    }
}
