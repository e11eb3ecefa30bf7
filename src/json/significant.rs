//! Six significant digits: how measured numbers are shown.

/// A positive number rounded to six significant digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Significant {
    /// The digits as a whole number without zeros at its end, and how many they are.
    pub(super) digits: u32,
    pub(super) count: i32,
    /// The power of ten that the first digit stands for.
    pub(super) exponent: i32,
}

/// Smallest and largest number that is rounded here: 10^±308 and what is multiplied stay in a double.
const RANGE: std::ops::RangeInclusive<f64> = 1e-300..=1e300;

impl Significant {
    /// Rounds a number; none outside of [`RANGE`].
    ///
    /// One multiplication or division by a power of ten, in doubles: the last of the six digits can be
    /// one off where the seventh decides, and is the same in every runtime.
    pub(super) fn of(value: f64) -> Option<Self> {
        if !RANGE.contains(&value) {
            return None;
        }
        let mut exponent = estimate(value);
        let mut digits = scaled(value, 5 - exponent);
        // The estimate can be one off to either side, and rounding can make a seventh digit.
        if digits < 1e5 {
            exponent -= 1;
            digits = scaled(value, 5 - exponent);
        }
        if digits >= 1e6 {
            exponent += 1;
            digits = scaled(value, 5 - exponent);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 10^6
        let mut digits = digits as u32;
        let mut count = 6;
        while digits.is_multiple_of(10) && count > 1 {
            digits /= 10;
            count -= 1;
        }
        Some(Self { digits, count, exponent })
    }
}

/// The power of ten of the first digit, or one beside it: from the exponent of the double.
fn estimate(value: f64) -> i32 {
    // 1233 / 4096 is log10(2) to five digits.
    let binary = i32::try_from(value.to_bits() >> 52 & 0x7FF).unwrap_or(0) - 1023;
    (binary * 1233) >> 12
}

/// `value` times 10^`power`, rounded to a whole number.
fn scaled(value: f64, power: i32) -> f64 {
    const POWERS: [f64; 9] = [1e1, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e128, 1e256];
    let mut scale = 1.0;
    for (bit, factor) in POWERS.iter().enumerate() {
        if power.unsigned_abs() >> bit & 1 == 1 {
            scale *= factor;
        }
    }
    let product = if power < 0 { value / scale } else { value * scale };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive, below 10^8
    let rounded = (product + 0.5) as u32;
    f64::from(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digits(value: f64) -> (u32, i32) {
        let six = Significant::of(value).unwrap();
        assert_eq!(six.digits.to_string().len(), usize::try_from(six.count).unwrap());
        (six.digits, six.exponent)
    }

    #[test]
    fn six_digits_are_kept_and_zeros_at_the_end_are_not() {
        assert_eq!(digits(400.0), (4, 2));
        assert_eq!(digits(0.1), (1, -1));
        assert_eq!(digits(0.29), (29, -1));
        assert_eq!(digits(2.0 / 3.0), (666_667, -1));
        assert_eq!(digits(999_999.5), (1, 6));
        assert_eq!(digits(0.999_999_6), (1, 0));
        assert_eq!(digits(123_456_789.0), (123_457, 8));
        for outside in [0.0, -1.0, 1e-301, 1e301, f64::NAN, f64::INFINITY] {
            assert_eq!(Significant::of(outside), None);
        }
    }

    #[test]
    fn every_power_of_two_has_six_digits_or_fewer_that_are_all_it_has() {
        for power in -996..=996 {
            let value = 2f64.powi(power);
            let six = Significant::of(value).unwrap();
            let shown: f64 =
                format!("{}e{}", six.digits, six.exponent - six.count + 1).parse().unwrap();
            assert!((shown / value - 1.0).abs() <= 5.000_001e-6, "2^{power} as {shown:e}");
            assert_eq!(six.digits.to_string().len(), usize::try_from(six.count).unwrap());
        }
        assert_eq!(digits(2f64.powi(-681)), (996_719, -206));
    }

    proptest! {
        #[test]
        fn the_rounded_number_is_as_near_as_six_digits_can_be(bits in any::<u64>()) {
            let value = f64::from_bits(bits).abs();
            prop_assume!(RANGE.contains(&value));
            let six = Significant::of(value).unwrap();
            let text = format!("{}e{}", six.digits, six.exponent - six.count + 1);
            let shown: f64 = text.parse().unwrap();
            // Half of the sixth digit, and a little for the one rounding of the scale.
            prop_assert!((shown / value - 1.0).abs() <= 5.000_001e-6, "{value:e} as {text}");
            prop_assert!(six.digits < 1_000_000);
        }
    }
}
