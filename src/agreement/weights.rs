//! Gwet's eight sets of weights, as distances: 1 less the weight.

use crate::error::Error;

use super::distance::{Distance, ends};

/// A set of agreement weights: 1 on the diagonal, less the farther two labels are apart.
///
/// Source: K. L. Gwet, Handbook of Inter-Rater Reliability, 4th edition, chapter 3, as the package irrCAC computes
/// them: from the values of the labels, except the ordinal set, which goes by places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeightSet {
    /// Squares against the product of the distances to both ends.
    Bipolar,
    /// On a circle as long as the range of the values and 1.
    Circular,
    /// 1 for the same label, else 0.
    Identity,
    /// By the difference.
    Linear,
    /// By the number of pairs of places from the one to the other.
    Ordinal,
    /// By the square of the difference.
    Quadratic,
    /// By the root of the difference.
    Radical,
    /// By the square of difference over sum.
    Ratio,
}

impl WeightSet {
    /// 1 less the weights, for labels that stand for these values.
    ///
    /// Identity and quadratic weights work for any number of labels. The farthest two labels are at distance 1; when
    /// all values are the same, all distances are 0.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Answers`] when a value is not finite, or negative with ratio weights; or there are more
    /// labels than [`Distance::MAX_TABLE_LABELS`] with the other six.
    pub fn distance(self, values: &[f64]) -> Result<Distance, Error> {
        if self == Self::Identity {
            return Ok(Distance::nominal(values.len()));
        }
        // Checks the values.
        let squares = Distance::interval(values)?;
        let (least, most) = ends(values);
        let range = most - least;
        if self == Self::Quadratic {
            return Ok(squares.scaled(inverse(range * range)));
        }
        if self == Self::Ratio {
            Distance::ratio(values)?;
        }
        let value = |label: usize| values.get(label).copied().unwrap_or_default();
        let places = places(values);
        let place = |label: usize| places.get(label).copied().unwrap_or_default();
        let raw = |a: usize, b: usize| {
            let (x, y) = (value(a), value(b));
            let apart = (x - y).abs();
            match self {
                Self::Bipolar => {
                    let ends = (x + y - 2.0 * least) * (2.0 * most - x - y);
                    if apart > 0.0 { apart * apart * inverse(ends) } else { 0.0 }
                }
                Self::Circular => {
                    let sine = libm::sin(std::f64::consts::PI * apart / (range + 1.0));
                    sine * sine
                }
                Self::Ordinal => {
                    let steps = (place(a) - place(b)).abs();
                    steps * (steps + 1.0) / 2.0
                }
                Self::Radical => apart.sqrt(),
                Self::Ratio => super::distance::ratio(x, y),
                Self::Identity | Self::Linear | Self::Quadratic => apart,
            }
        };
        let table = Distance::between(values.len(), raw)?;
        let mut farthest = 0.0_f64;
        for a in 0..values.len() {
            for b in a + 1..values.len() {
                farthest = farthest.max(raw(a, b));
            }
        }
        Ok(table.scaled(inverse(farthest)))
    }

    /// All of them, with their names in kebab-case.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Bipolar, "bipolar"),
        (Self::Circular, "circular"),
        (Self::Identity, "identity"),
        (Self::Linear, "linear"),
        (Self::Ordinal, "ordinal"),
        (Self::Quadratic, "quadratic"),
        (Self::Radical, "radical"),
        (Self::Ratio, "ratio"),
    ];
}

/// 0 for 0: distances that are all 0 stay so.
fn inverse(number: f64) -> f64 {
    if number > 0.0 { 1.0 / number } else { 0.0 }
}

/// The place of each value in their order, from 0; equal values share one.
fn places(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    values.iter().map(|value| sorted.partition_point(|other| other < value) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_three_labels_are_those_of_the_book() {
        let of = |set: WeightSet, a, b| 1.0 - set.distance(&[1.0, 2.0, 3.0]).unwrap().of(a, b);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        for (set, first, last) in [
            (WeightSet::Identity, 0.0, 0.0),
            (WeightSet::Linear, 0.5, 0.0),
            (WeightSet::Quadratic, 0.75, 0.0),
            (WeightSet::Ordinal, 1.0 - 1.0 / 3.0, 0.0),
            (WeightSet::Radical, 1.0 - 0.5_f64.sqrt(), 0.0),
            (WeightSet::Ratio, 1.0 - (1.0 / 9.0) / 0.25, 0.0),
            (WeightSet::Bipolar, 1.0 - 1.0 / 3.0, 0.0),
            (WeightSet::Circular, 0.0, 0.0),
        ] {
            near(of(set, 0, 1), first);
            near(of(set, 2, 0), last);
            near(of(set, 1, 1), 1.0);
        }
    }

    #[test]
    fn equal_values_are_not_apart() {
        for (set, name) in WeightSet::ALL {
            let far = set.distance(&[2.0, 2.0]).unwrap().of(0, 1);
            assert_eq!(far, if set == WeightSet::Identity { 1.0 } else { 0.0 }, "{name}");
        }
    }
}
