//! Student's t: the one quantile that 95 % intervals need.

/// The 97.5 % quantile of Student's t with this many degrees of freedom; for 0 that of the normal distribution.
///
/// Up to 200 by bisection of the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4),
/// above that by the expansion around the normal quantile (26.7.5), which is then right to 12 digits or more.
pub(super) fn quantile_975(degrees: usize) -> f64 {
    if degrees == 0 {
        return NORMAL_975;
    }
    if degrees > 200 {
        return expansion(degrees as f64);
    }
    // The quantile for one degree is 12.71, and it falls from there.
    let (mut low, mut high) = (1.9, 13.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if within(middle, degrees) < 0.95 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The expansion around the normal quantile.
fn expansion(freedom: f64) -> f64 {
    let z = NORMAL_975;
    let (z2, inverse) = (z * z, 1.0 / freedom);
    let first = z * (z2 + 1.0) / 4.0;
    let second = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let third = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    let fourth = z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0;
    z + inverse * (first + inverse * (second + inverse * (third + inverse * fourth)))
}

/// The probability that |t| is below `t`.
fn within(t: f64, degrees: usize) -> f64 {
    let angle = libm::atan(t / (degrees as f64).sqrt());
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = degrees % 2 == 1;
    let (mut term, mut sum) = if odd { (cosine, 0.0) } else { (1.0, 0.0) };
    let mut step = if odd { 1.0 } else { 0.0 };
    for _ in 0..degrees / 2 {
        sum += term;
        term *= cosine * cosine * (step + 1.0) / (step + 2.0);
        step += 2.0;
    }
    if odd { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}

/// The 97.5 % quantile of the normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let table = [
            (1, 12.706_204_736),
            (2, 4.302_652_730),
            (3, 3.182_446_305),
            (11, 2.200_985_160),
            (30, 2.042_272_456),
            (200, 1.971_896_224),
            (1000, 1.962_339_081),
        ];
        for (degrees, quantile) in table {
            assert!((quantile_975(degrees) - quantile).abs() < 1e-8, "{degrees}");
        }
    }

    #[test]
    fn both_ways_meet() {
        assert!((quantile_975(200) - expansion(200.0)).abs() < 1e-10);
        assert!(quantile_975(1_000_000) > NORMAL_975);
    }
}
