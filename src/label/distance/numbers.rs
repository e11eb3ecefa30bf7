//! Distances of numbers: those of Krippendorff's alpha, each divided by the greatest that the scale has.
//!
//! K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011: differences of interval, ratio, circular and
//! ordinal data. They are squared there, and so they are here; [`absolute`] is not.

use std::f64::consts::PI;

/// The distance of two numbers over the length of their scale: |a - b| / range, at most 1.
///
/// 0 when the scale has no length or it is not finite.
#[must_use]
pub fn absolute(a: f64, b: f64, range: f64) -> f64 {
    if range > 0.0 && range.is_finite() { ((a - b).abs() / range).min(1.0) } else { 0.0 }
}

/// The interval difference: ((a - b) / range)^2, at most 1. 0 when the scale has no length.
#[must_use]
pub fn interval(a: f64, b: f64, range: f64) -> f64 {
    let share = absolute(a, b, range);
    share * share
}

/// The ratio difference: ((a - b) / (a + b))^2, for numbers that are not negative; 0 for two zeros.
///
/// 1 for two numbers of which one is negative, unless they are equal.
#[must_use]
pub fn ratio(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low >= high {
        return 0.0;
    }
    if low < 0.0 {
        return 1.0;
    }
    // By the greater one, so that no sum overflows.
    let share = (1.0 - low / high) / (1.0 + low / high);
    share * share
}

/// The circular difference: sin^2(180° (a - b) / period). 0 when the period is not positive.
///
/// Times of day, angles, months. The numbers may be any number of periods apart.
#[must_use]
pub fn circular(a: f64, b: f64, period: f64) -> f64 {
    if !(period > 0.0 && period.is_finite()) {
        return 0.0;
    }
    // The shorter way around: exactly 0 for what is whole periods apart, and the same both ways.
    let apart = (a - b).abs() % period;
    let sine = libm::sin(PI * apart.min(period - apart) / period);
    (sine * sine).min(1.0)
}

/// The ordinal difference of two steps, given how often each step of the scale was used, over that of the scale's
/// ends, from 0 to 1.
///
/// The ranks between the two: (sum of the counts from `a` to `b` - (count of a + count of b) / 2)^2. A step beyond the
/// scale is taken for the nearest. When nothing was used the steps count alike, and the distance is that of
/// [`interval`] on them.
#[must_use]
pub fn ordinal(counts: &[u32], a: usize, b: usize) -> f64 {
    let Some(last) = counts.len().checked_sub(1) else { return 0.0 };
    let is_unused = counts.iter().all(|count| *count == 0);
    let count = |step: usize| {
        if is_unused { 1.0 } else { counts.get(step).map_or(0.0, |count| f64::from(*count)) }
    };
    let ranks = |a: usize, b: usize| {
        let (low, high) = (a.min(b).min(last), a.max(b).min(last));
        (low..=high).map(count).sum::<f64>() - f64::midpoint(count(low), count(high))
    };
    absolute_squared(ranks(a, b), ranks(0, last))
}

fn absolute_squared(part: f64, whole: f64) -> f64 {
    interval(part, 0.0, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_has_no_unit_and_no_overflow() {
        assert!((ratio(1.0, 3.0) - 0.25).abs() < 1e-15);
        assert_eq!(ratio(1e308, 3e307).to_bits(), ratio(3e307, 1e308).to_bits());
        assert_eq!((ratio(0.0, 0.0), ratio(0.0, 5.0), ratio(-1.0, 5.0)), (0.0, 1.0, 1.0));
    }

    #[test]
    fn a_circle_has_no_ends() {
        assert!((circular(23.0, 1.0, 24.0) - circular(0.0, 2.0, 24.0)).abs() < 1e-15);
        assert_eq!(circular(0.0, 24.0, 24.0), 0.0);
        assert!((circular(0.0, 12.0, 24.0) - 1.0).abs() < 1e-15);
        assert_eq!(circular(3.0, 9.0, 0.0), 0.0);
    }

    #[test]
    fn ordinal_steps_are_as_far_apart_as_the_answers_between_them() {
        // Counts 2, 0, 6: between first and last (8 - 4)^2 = 16, between first and second (2 - 1)^2.
        assert!((ordinal(&[2, 0, 6], 0, 1) - 1.0 / 16.0).abs() < 1e-15);
        assert_eq!(ordinal(&[2, 0, 6], 2, 0), 1.0);
        assert!((ordinal(&[0, 0, 0, 0, 0], 1, 4) - 0.5625).abs() < 1e-15);
        assert_eq!(ordinal(&[], 1, 2), 0.0);
        assert_eq!(ordinal(&[3], 0, 7), 0.0);
    }
}
