//! Percent agreement.

use super::comparison::standard_error;
use super::{Coefficient, Comparison};

impl Comparison<'_> {
    /// The mean over tasks with two answers or more of the share of pairs of answers that are the same, from 0 to 1.
    ///
    /// With another distance than the nominal one, 1 less the mean distance. The standard error is that of a mean over
    /// tasks. Undefined only when there is nothing to compare.
    #[must_use]
    pub fn percent_agreement(&self) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        let mean = self.mean_disagreement();
        let squares = self
            .answers
            .units()
            .zip(&self.disagreement)
            .filter(|(unit, _)| unit.len() > 1)
            .map(|(_, far)| (far - mean) * (far - mean))
            .sum();
        let se = standard_error(squares, self.paired);
        let told = Coefficient::with_se(1.0 - mean, se, self.paired);
        // A share: no interval goes below none.
        Coefficient { ci95: told.ci95.map(|[least, most]| [least.max(0.0), most]), ..told }
    }
}
