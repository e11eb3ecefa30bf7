//! Krippendorff's alpha.

// INVARIANT: label numbers are below the number of labels.
#![allow(clippy::indexing_slicing)]

use super::comparison::standard_error;
use super::{Coefficient, Comparison, Undefined};

impl Comparison<'_> {
    /// Krippendorff's alpha, with any distance: 1 less the observed over the expected distance of two answers.
    ///
    /// K. Krippendorff, Computing Krippendorff's alpha-reliability, 2011. Only tasks with two answers or more count. The
    /// standard error is Gwet's linearisation (irrCAC), which needs no bound on the distance; an ordinal distance is
    /// taken as given. At most 1. Undefined when all answers that can be compared are the same.
    #[must_use]
    pub fn krippendorff_alpha(&self) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        let counts = self.paired_counts();
        let total: f64 = counts.iter().sum();
        let far = self.distance.to_all(&counts);
        // The mean distance of two answers drawn with return, and without.
        let spread: f64 = far.iter().zip(&counts).map(|(far, count)| far * count).sum();
        let (with, without) = (spread / (total * total), spread / (total * (total - 1.0)));
        if self.one_paired_label || with <= 0.0 || !with.is_finite() {
            let reason =
                if self.one_paired_label { Undefined::OneLabel } else { Undefined::NoChance };
            return Coefficient::undefined(reason);
        }
        let mut observed = 0.0;
        for (unit, disagreement) in self.answers.units().zip(&self.disagreement) {
            observed += disagreement * unit.len() as f64 / total;
        }
        let mean = total / self.paired as f64;
        // The observed distance that the mean over tasks of `part` must be measured from.
        let ratio = observed / with;
        let corrected = observed * (1.0 - 1.0 / total);
        let mut squares = 0.0;
        for (unit, disagreement) in self.answers.units().zip(&self.disagreement) {
            if unit.len() < 2 {
                continue;
            }
            let share = unit.len() as f64 / mean;
            let off = share - 1.0;
            let seen = disagreement * share - corrected * off;
            let by_chance: f64 =
                unit.labels.iter().map(|label| far[*label as usize] / total).sum::<f64>() / mean;
            let chance = by_chance - with * off;
            let part = ratio - seen / with - 2.0 * ratio * (1.0 - chance / with);
            squares += part * part;
        }
        let value = 1.0 - observed / without;
        let of_units = standard_error(squares, self.paired);
        let of_chance = (1.0 - value) * self.distance.error_of_chance();
        Coefficient::with_se(value, of_units.hypot(of_chance), self.paired)
    }
}
