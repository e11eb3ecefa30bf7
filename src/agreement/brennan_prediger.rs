//! The coefficient of Brennan and Prediger.

use super::{Coefficient, Comparison};

impl Comparison<'_> {
    /// Brennan and Prediger's coefficient: chance gives every label equally often. Randolph's free-marginal kappa.
    ///
    /// R. L. Brennan and D. J. Prediger, Coefficient kappa: some uses, misuses, and alternatives, 1981. Counts every
    /// declared label. At most 1. Undefined when there is only one label, declared or given.
    #[must_use]
    pub fn brennan_prediger(&self) -> Coefficient {
        let labels = self.answers.label_count() as f64;
        let spread = self.distance.spread(&vec![1.0; self.answers.label_count()]);
        self.kappa(spread / (labels * labels), self.one_label, None)
    }
}
