//! Distances between labels, in forms that need no table of all pairs.

// INVARIANT: every slice that is indexed here has one entry a label, and label numbers are below their count:
// `Comparison::new` compares the counts.
#![allow(clippy::indexing_slicing)]

use crate::error::{Error, ErrorCode};

use super::sampled::Sampled;
use super::scale::MAX_VALUE;
use super::{Answers, Level, Scale, Undefined};

/// How far apart two labels are: 0 for the same, symmetric, never negative.
///
/// Nominal, ordinal, interval and circular distances need memory and time by the labels alone. Ratio distances need
/// time by the square of the labels, and any other distance a table of all pairs; both are bounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    form: Form,
    labels: usize,
    scale: f64,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// 1 unless the same.
    Nominal,
    /// The square of the difference.
    Squares(Vec<f64>),
    /// Half the square of the chord: cosine and sine of each label.
    Circle(Vec<[f64; 2]>),
    /// ((a - b) / (a + b))².
    Ratio(Vec<f64>),
    /// A table, row by row.
    Pairs(Vec<f64>),
    /// Pairs that meet, and the mean distance to all.
    Sampled(Box<Sampled>),
}

impl Distance {
    /// The most labels of a ratio distance. Chosen: 10^8 divisions.
    pub const MAX_RATIO_LABELS: usize = 10_000;
    /// The most labels of a distance by table. Chosen: 32 MB.
    pub const MAX_TABLE_LABELS: usize = 2_048;

    /// 0 for the same label, else 1.
    #[must_use]
    pub fn nominal(labels: usize) -> Self {
        Self { form: Form::Nominal, labels, scale: 1.0 }
    }

    /// The square of the difference of the values.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite.
    pub fn interval(values: &[f64]) -> Result<Self, Error> {
        finite(values)?;
        // The middle, so that sums of squares do not cancel.
        let (least, most) = ends(values);
        let middle = least / 2.0 + most / 2.0;
        let squares = values.iter().map(|value| value - middle).collect();
        Ok(Self { form: Form::Squares(squares), labels: values.len(), scale: 1.0 })
    }

    /// Krippendorff's ordinal distance: the square of the number of answers between two labels, each end by half.
    ///
    /// It is the interval distance of mid-ranks. `counts` is how often each label was given.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite or there is not one count for each value.
    pub fn ordinal(values: &[f64], counts: &[f64]) -> Result<Self, Error> {
        finite(values)?;
        if values.len() != counts.len() {
            return Err(error("expected one count for each value".into()));
        }
        Self::interval(&mid_ranks(values, counts))
    }

    /// The square of the difference, divided by the square of the sum; 0 for two zeros.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is negative or not finite, or there are more than
    /// [`Distance::MAX_RATIO_LABELS`].
    pub fn ratio(values: &[f64]) -> Result<Self, Error> {
        finite(values)?;
        if values.iter().any(|value| *value < 0.0) {
            return Err(error("expected the values of a ratio scale not to be negative".into()));
        }
        at_most(values.len(), Self::MAX_RATIO_LABELS)?;
        Ok(Self { form: Form::Ratio(values.to_vec()), labels: values.len(), scale: 1.0 })
    }

    /// The square of the sine of half the angle between two values on a circle of circumference `period`.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite, or the period not above 0.
    pub fn circular(values: &[f64], period: f64) -> Result<Self, Error> {
        finite(values)?;
        if !(period.is_finite() && period > 0.0) {
            return Err(error("expected the period of a circular scale to be above 0".into()));
        }
        let circle = values.iter().map(|value| on_circle(*value, period)).collect();
        Ok(Self { form: Form::Circle(circle), labels: values.len(), scale: 1.0 })
    }

    /// Any distance, given for two numbers of labels, the lower first; a label is at 0 from itself.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a distance is negative or not finite, or there are more than
    /// [`Distance::MAX_TABLE_LABELS`] labels.
    pub fn between(labels: usize, distance: impl Fn(usize, usize) -> f64) -> Result<Self, Error> {
        at_most(labels, Self::MAX_TABLE_LABELS)?;
        let mut table = vec![0.0; labels * labels];
        for a in 0..labels {
            for b in a + 1..labels {
                let far = sound(a, b, &distance)?;
                table[a * labels + b] = far;
                table[b * labels + a] = far;
            }
        }
        Ok(Self { form: Form::Pairs(table), labels, scale: 1.0 })
    }

    /// Any distance of labels that are too many for [`Distance::between`]: of two of one task as it is, and from what
    /// chance gives as far as a sample of at most `references` answers tells, which adds to the standard error. Makes
    /// at most `comparisons`, or what 64 answers in the sample take if that is more.
    ///
    /// For [`Comparison::krippendorff_alpha`](super::Comparison::krippendorff_alpha) of these very answers alone: it
    /// does not know the distance of labels that no task has both of.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a distance is negative or not finite, or more pairs of labels meet in tasks than
    /// `comparisons` or 2^23.
    pub fn sampled(
        answers: &Answers,
        references: usize,
        comparisons: u64,
        distance: impl Fn(usize, usize) -> f64,
    ) -> Result<Self, Error> {
        let sampled = Sampled::new(answers, references.max(2), comparisons, &distance)?;
        let form = Form::Sampled(Box::new(sampled));
        Ok(Self { form, labels: answers.label_count(), scale: 1.0 })
    }

    /// Of one by [`Distance::sampled`]: with how many answers each label was compared.
    #[must_use]
    pub fn references(&self) -> Option<usize> {
        match &self.form {
            Form::Sampled(sampled) => Some(sampled.references()),
            _ => None,
        }
    }

    /// The standard error of what chance gives, as a share of it.
    pub(super) fn error_of_chance(&self) -> f64 {
        match &self.form {
            Form::Sampled(sampled) => sampled.error(),
            _ => 0.0,
        }
    }

    /// Krippendorff's distance for a scale, `counts` being how often each label was given; the first error is that a
    /// scale without closed form has too many labels.
    pub(super) fn of_scale(
        scale: &Scale,
        labels: usize,
        counts: &[f64],
    ) -> Result<Self, Undefined> {
        let values = scale.values();
        let distance = match scale.level() {
            Level::Nominal => Ok(Self::nominal(labels)),
            Level::Ordinal => Self::ordinal(values, counts),
            Level::Interval => Self::interval(values),
            Level::Ratio => Self::ratio(values),
            Level::Circular => Self::circular(values, scale.period()),
        };
        // A scale's values are checked already.
        distance.map_err(|_| Undefined::TooMany)
    }

    /// How many labels it is for.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// How many distances comparing so many labels with so many others takes; 0 where a sum says them all.
    pub(super) fn cost(&self, labels: usize, others: usize) -> u64 {
        match self.form {
            Form::Nominal | Form::Squares(_) | Form::Circle(_) => 0,
            Form::Ratio(_) | Form::Pairs(_) | Form::Sampled(_) => labels as u64 * others as u64,
        }
    }

    /// All distances multiplied.
    pub(super) fn scaled(self, by: f64) -> Self {
        Self { scale: self.scale * by, ..self }
    }

    /// The distance of two labels; 0 when there is no such label.
    #[must_use]
    pub fn of(&self, a: u32, b: u32) -> f64 {
        let (a, b) = (a as usize, b as usize);
        if a >= self.labels || b >= self.labels {
            return 0.0;
        }
        self.raw(a, b) * self.scale
    }

    fn raw(&self, a: usize, b: usize) -> f64 {
        match &self.form {
            Form::Nominal => f64::from(u8::from(a != b)),
            Form::Squares(x) => (x[a] - x[b]) * (x[a] - x[b]),
            Form::Circle(x) => chord(x[a], x[b]),
            Form::Ratio(x) => ratio(x[a], x[b]),
            Form::Pairs(table) => table[a * self.labels + b],
            Form::Sampled(sampled) => sampled.between(a, b),
        }
    }

    /// For each label the sum of its distances to all, each times its `mass`.
    pub(super) fn to_all(&self, mass: &[f64]) -> Vec<f64> {
        if let Form::Sampled(sampled) = &self.form {
            let total = mass.iter().sum::<f64>() * self.scale;
            return sampled.far().iter().map(|far| far * total).collect();
        }
        let spread: Vec<(u32, f64)> = (0_u32..).zip(mass.iter().copied()).collect();
        self.among(&spread)
    }

    /// The sum over all pairs of labels, in both orders, of distance times both masses.
    pub(super) fn spread(&self, mass: &[f64]) -> f64 {
        let sum: f64 = self.to_all(mass).iter().zip(mass).map(|(far, mass)| far * mass).sum();
        sum.max(0.0)
    }

    /// Of some labels, each once and with its mass: for each the sum of its distances to them, each times its mass.
    pub(super) fn among(&self, some: &[(u32, f64)]) -> Vec<f64> {
        let total: f64 = some.iter().map(|(_, mass)| mass).sum();
        let scale = self.scale;
        match &self.form {
            Form::Nominal => some.iter().map(|(_, mass)| (total - mass) * scale).collect(),
            Form::Squares(x) => {
                if total == 0.0 {
                    return vec![0.0; some.len()];
                }
                // Around the mean, so that squares do not cancel.
                let mean =
                    some.iter().map(|(label, mass)| x[*label as usize] * mass).sum::<f64>() / total;
                let off = |label: u32| x[label as usize] - mean;
                let second: f64 = some.iter().map(|(l, mass)| off(*l) * off(*l) * mass).sum();
                some.iter().map(|(l, _)| (off(*l) * off(*l) * total + second) * scale).collect()
            }
            Form::Circle(x) => {
                let mut sum = [0.0, 0.0];
                for (label, mass) in some {
                    let [cosine, sine] = x[*label as usize];
                    sum = [sum[0] + cosine * mass, sum[1] + sine * mass];
                }
                some.iter()
                    .map(|(label, _)| {
                        let [cosine, sine] = x[*label as usize];
                        ((total - cosine * sum[0] - sine * sum[1]) / 2.0).max(0.0) * scale
                    })
                    .collect()
            }
            Form::Ratio(_) | Form::Pairs(_) | Form::Sampled(_) => some
                .iter()
                .map(|(a, _)| {
                    let far = |(b, mass): &(u32, f64)| self.raw(*a as usize, *b as usize) * mass;
                    some.iter().filter(|(_, mass)| *mass != 0.0).map(far).sum::<f64>() * scale
                })
                .collect(),
        }
    }

    /// The sum of the distances over all ordered pairs of different answers to one task.
    pub(super) fn within(&self, counted: &[(u32, f64)], answers: usize) -> f64 {
        if let Form::Nominal = self.form {
            let same: f64 = counted.iter().map(|(_, count)| count * count).sum();
            return (answers as f64 * answers as f64 - same) * self.scale;
        }
        if let [_] = counted {
            return 0.0;
        }
        let far: f64 =
            self.among(counted).iter().zip(counted).map(|(far, (_, count))| far * count).sum();
        far.max(0.0)
    }

    /// The sum over a label of each side of distance times both masses.
    pub(super) fn across(&self, left: &[(u32, f64)], right: &[(u32, f64)]) -> f64 {
        let scale = self.scale;
        let total = |side: &[(u32, f64)]| side.iter().map(|(_, mass)| mass).sum::<f64>();
        let moment = |side: &[(u32, f64)], of: &dyn Fn(usize) -> f64| {
            side.iter().map(|(label, mass)| of(*label as usize) * mass).sum::<f64>()
        };
        let far = match &self.form {
            Form::Nominal => {
                // Both sides are sorted by label.
                let mut rest = right.iter().peekable();
                let mut same = 0.0;
                for (label, mass) in left {
                    while rest.next_if(|(other, _)| other < label).is_some() {}
                    if let Some((other, other_mass)) = rest.peek()
                        && other == label
                    {
                        same += mass * other_mass;
                    }
                }
                total(left) * total(right) - same
            }
            Form::Squares(x) => {
                let middle = moment(left, &|label| x[label]) / total(left);
                let first = |label: usize| x[label] - middle;
                let second = |label: usize| first(label) * first(label);
                moment(left, &second) * total(right) + moment(right, &second) * total(left)
                    - 2.0 * moment(left, &first) * moment(right, &first)
            }
            Form::Circle(x) => {
                let (cosine, sine) = (|label: usize| x[label][0], |label: usize| x[label][1]);
                (total(left) * total(right)
                    - moment(left, &cosine) * moment(right, &cosine)
                    - moment(left, &sine) * moment(right, &sine))
                    / 2.0
            }
            Form::Ratio(_) | Form::Pairs(_) | Form::Sampled(_) => {
                let mut far = 0.0;
                for (a, mass) in left.iter().filter(|(_, mass)| *mass != 0.0) {
                    far += mass * moment(right, &|b| self.raw(*a as usize, b));
                }
                far
            }
        };
        far.max(0.0) * scale
    }
}

/// Cosine and sine of a value on a circle.
pub(super) fn on_circle(value: f64, period: f64) -> [f64; 2] {
    let angle = 2.0 * std::f64::consts::PI * ((value / period) % 1.0);
    [libm::cos(angle), libm::sin(angle)]
}

/// The square of the sine of half the angle.
fn chord(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y) / 4.0
}

/// The ratio distance of two numbers.
pub(super) fn ratio(a: f64, b: f64) -> f64 {
    let (difference, sum) = (a - b, a + b);
    if difference == 0.0 { 0.0 } else { (difference / sum) * (difference / sum) }
}

/// The mid-rank of each value, by how often each was given; equal values are one.
pub(super) fn mid_ranks(values: &[f64], counts: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0.0;
    for step in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let here: f64 = step.iter().map(|label| counts[*label]).sum();
        for label in step {
            ranks[*label] = below + here / 2.0;
        }
        below += here;
    }
    ranks
}

/// The least and the greatest value; zeros when there is none.
pub(super) fn ends(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().reduce(f64::min).unwrap_or(0.0);
    (least, values.iter().copied().reduce(f64::max).unwrap_or(0.0))
}

/// The distance of two labels, where it is one.
pub(super) fn sound(
    a: usize,
    b: usize,
    distance: &dyn Fn(usize, usize) -> f64,
) -> Result<f64, Error> {
    let far = if a == b { 0.0 } else { distance(a.min(b), a.max(b)) };
    if (0.0..=MAX_VALUE).contains(&far) {
        return Ok(far);
    }
    Err(error(format!(
        "expected a distance from 0 to 10^100, found {far} between labels {a} and {b}"
    )))
}

fn finite(values: &[f64]) -> Result<(), Error> {
    match values.iter().find(|value| value.is_nan() || value.abs() > MAX_VALUE) {
        Some(value) => Err(error(format!("expected finite values within 10^100, found {value}"))),
        None => Ok(()),
    }
}

fn at_most(labels: usize, most: usize) -> Result<(), Error> {
    if labels > most {
        return Err(error(format!("expected at most {most} labels, found {labels}")));
    }
    Ok(())
}

pub(super) fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_form() -> Vec<Distance> {
        let values = [0.0, 3.0, 1.0, 4.5];
        vec![
            Distance::nominal(4),
            Distance::interval(&values).unwrap(),
            Distance::ordinal(&values, &[2.0, 1.0, 0.0, 5.0]).unwrap(),
            Distance::ratio(&values).unwrap(),
            Distance::circular(&values, 6.0).unwrap().scaled(0.7),
            Distance::between(4, |a, b| (a * 7 + b) as f64).unwrap(),
        ]
    }

    #[test]
    fn sums_are_those_of_all_pairs() {
        let left = [(0, 2.0), (1, 1.0), (3, 4.0)];
        let right = [(1, 3.0), (2, 0.5)];
        for distance in every_form() {
            let slow = |a: &[(u32, f64)], b: &[(u32, f64)]| {
                let mut sum = 0.0;
                for (x, m) in a {
                    for (y, n) in b {
                        sum += distance.of(*x, *y) * m * n;
                    }
                }
                sum
            };
            let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b} {distance:?}");
            near(distance.across(&left, &right), slow(&left, &right));
            near(distance.within(&left, 7), slow(&left, &left));
            near(distance.spread(&[2.0, 1.0, 0.0, 4.0]), slow(&left, &left));
            for (far, one) in distance.among(&left).iter().zip(&left) {
                near(*far, slow(&[(one.0, 1.0)], &left));
            }
        }
    }

    #[test]
    fn the_ordinal_distance_counts_the_answers_between() {
        let distance = Distance::ordinal(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]).unwrap();
        assert_eq!(distance.of(0, 2), 36.0);
        assert_eq!(distance.of(0, 1), 6.25);
    }

    #[test]
    fn bounds_and_bad_values_are_errors() {
        assert!(Distance::ratio(&[1.0; 10_001]).is_err());
        assert!(Distance::between(2_049, |_, _| 1.0).is_err());
        assert!(Distance::between(2, |_, _| f64::NAN).is_err());
        assert!(Distance::interval(&[f64::NAN]).is_err());
        assert!(Distance::ratio(&[-1.0]).is_err());
        assert!(Distance::circular(&[0.0], f64::NAN).is_err());
        assert!(Distance::ordinal(&[0.0], &[]).is_err());
    }
}
