//! Decimal text to the nearest double, exactly, for the numbers that the fast path leaves over.
//!
//! Own code, because the usual tables and algorithms cost the module 4 to 10 KB after gzip. It divides
//! two big integers bit by bit: slow, small, and right by construction; compared with the standard
//! library over random and hard numbers.

/// Significant digits that are kept; more only tell whether anything follows. The text of a double
/// that lies exactly between two others has at most 767 of them.
const MOST_DIGITS: usize = 770;

/// Beyond these powers of ten every number is too large for a double, or nearer to zero than to the
/// smallest one.
const MOST_POWER: i64 = 400;

/// The nearest double, ties to even, of a JSON number whose syntax has been checked. Infinite when
/// it is too large, zero when it is too small.
pub(super) fn nearest(text: &str) -> f64 {
    let (digits, power) = significant(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let magnitude = i64::try_from(digits.len()).unwrap_or(i64::MAX).saturating_add(power);
    if digits.is_empty() || magnitude < -MOST_POWER {
        return sign * 0.0;
    }
    if magnitude > MOST_POWER {
        return sign * f64::INFINITY;
    }
    let mut numerator = Natural::default();
    for digit in &digits {
        numerator.times_plus(10, u32::from(*digit));
    }
    let mut denominator = Natural::default();
    denominator.times_plus(1, 1);
    let scaled = if power < 0 { &mut denominator } else { &mut numerator };
    for _ in 0..power.unsigned_abs() {
        scaled.times_plus(10, 0);
    }
    sign * quotient(numerator, denominator)
}

/// The significant digits without zeros at the start, and the power of ten of the last one.
fn significant(text: &str) -> (Vec<u8>, i64) {
    let (significand, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mut digits = Vec::new();
    let mut power = exponent_value(exponent);
    let mut after_point = false;
    let mut rest_is_zero = true;
    for byte in significand.bytes() {
        match byte {
            b'.' => after_point = true,
            b'0'..=b'9' if digits.len() < MOST_DIGITS => {
                if byte != b'0' || !digits.is_empty() {
                    digits.push(byte - b'0');
                }
                power = power.saturating_sub(i64::from(after_point));
            }
            b'0'..=b'9' => {
                rest_is_zero &= byte == b'0';
                power = power.saturating_add(i64::from(!after_point));
            }
            _ => {}
        }
    }
    if !rest_is_zero {
        // Any digit stands for "a little more" here: no double needs so many to be told apart.
        digits.push(1);
        power = power.saturating_sub(1);
    }
    (digits, power)
}

fn exponent_value(text: &str) -> i64 {
    let mut value: i64 = 0;
    for digit in text.bytes().filter(u8::is_ascii_digit) {
        value = value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    }
    // Far beyond any double, and far from overflow when digits are added to it.
    let value = value.min(1 << 40);
    if text.starts_with('-') { -value } else { value }
}

/// `numerator / denominator`, both positive, rounded to the nearest double.
fn quotient(mut numerator: Natural, mut denominator: Natural) -> f64 {
    const LEAST_EXPONENT: i64 = -1074;
    let bits = |value: &Natural| i64::try_from(value.bits()).unwrap_or(i64::MAX);
    // The quotient is 2^exponent times something from 1 to under 4, then from 1 to under 2.
    let mut exponent = bits(&numerator) - bits(&denominator) - 1;
    numerator.shift_left(usize::try_from(-exponent).unwrap_or(0));
    denominator.shift_left(usize::try_from(exponent).unwrap_or(0));
    let mut doubled = denominator.clone();
    doubled.shift_left(1);
    if !numerator.is_less(&doubled) {
        denominator = doubled;
        exponent += 1;
    }
    // 53 bits of significand and one to round; fewer where doubles are subnormal.
    let count = (exponent - LEAST_EXPONENT + 1).clamp(-1, 53) + 1;
    let mut significand: u64 = 0;
    for _ in 0..count {
        let one = !numerator.is_less(&denominator);
        if one {
            numerator.subtract(&denominator);
        }
        significand = significand << 1 | u64::from(one);
        numerator.shift_left(1);
    }
    let half = significand & 1 == 1;
    let mut rounded = significand >> 1;
    if half && (!numerator.is_zero() || rounded & 1 == 1) {
        rounded += 1;
    }
    #[allow(clippy::cast_precision_loss)] // at most 2^53
    let value = rounded as f64;
    scale(value, exponent - (count - 2))
}

/// `value` times 2 to the power, exact where the result is a double with room for all its bits.
fn scale(mut value: f64, mut power: i64) -> f64 {
    const STEP: i64 = 512;
    let two_512 = f64::from_bits((1023 + 512) << 52);
    let half_512 = f64::from_bits((1023 - 512) << 52);
    while power > STEP {
        value *= two_512;
        power -= STEP;
    }
    while power < -STEP {
        value *= half_512;
        power += STEP;
    }
    value * f64::from_bits(u64::try_from(1023 + power).unwrap_or(0) << 52)
}

/// A natural number of any size, in 32-bit limbs, least significant first, without zeros at the end.
#[derive(Clone, Default)]
struct Natural {
    limbs: Vec<u32>,
}

impl Natural {
    fn times_plus(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = low(carry);
            carry >>= 32;
        }
        if carry > 0 {
            self.limbs.push(low(carry));
        }
    }

    fn bits(&self) -> usize {
        let top = self.limbs.last().map_or(0, |limb| limb.ilog2() + 1);
        (self.limbs.len().saturating_sub(1)) * 32 + usize::try_from(top).unwrap_or(0)
    }

    fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    fn shift_left(&mut self, bits: usize) {
        if self.is_zero() {
            return;
        }
        let small = bits % 32;
        let mut carry = 0;
        for limb in &mut self.limbs {
            let wide = u64::from(*limb) << small | carry;
            *limb = low(wide);
            carry = wide >> 32;
        }
        if carry > 0 {
            self.limbs.push(low(carry));
        }
        self.limbs.splice(0..0, std::iter::repeat_n(0, bits / 32));
    }

    fn is_less(&self, other: &Self) -> bool {
        let order = self.limbs.len().cmp(&other.limbs.len());
        order.then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev())).is_lt()
    }

    /// Takes `other` away, which is not greater.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        let others = other.limbs.iter().copied().chain(std::iter::repeat(0));
        for (limb, other) in self.limbs.iter_mut().zip(others) {
            let (first, under) = limb.overflowing_sub(other);
            let (second, under_again) = first.overflowing_sub(u32::from(borrow));
            *limb = second;
            borrow = under || under_again;
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // the low half is meant
fn low(wide: u64) -> u32 {
    wide as u32
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of known small values
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(nearest(text).to_bits(), expected.to_bits(), "{text}");
    }

    #[test]
    fn hard_numbers() {
        for text in [
            "0",
            "-0",
            "1",
            "0.1",
            "1e23",
            "9007199254740993",
            "9007199254740992.5",
            "1e308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e309",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "2.225073858507201e-308",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.470328229206232720e-324",
            "1e-324",
            "1e-400",
            "0.000e400",
            "123456789012345678901234567890",
            "1e-999999999999999999999",
            "1e999999999999999999999",
            "8.98846567431158e307",
            "1.00000000000000011102230246251565404236316680908203125",
            "1.00000000000000011102230246251565404236316680908203124",
            "1.00000000000000011102230246251565404236316680908203126",
        ] {
            check(text);
        }
        // Exactly between two doubles but for one digit far behind.
        let between = "1.00000000000000011102230246251565404236316680908203125";
        check(&format!("{between}{}1", "0".repeat(2000)));
        check(&format!("{between}{}", "0".repeat(2000)));
        check(&format!("{}.5e-3000", "9".repeat(3000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn agrees_with_the_standard_library(
            sign in "-?", whole in "0|[1-9][0-9]{0,40}", fraction in "[0-9]{1,60}", power in -380i32..330,
        ) {
            check(&format!("{sign}{whole}.{fraction}e{power}"));
        }

        #[test]
        fn every_double_reads_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                prop_assert_eq!(nearest(&format!("{value:e}")).to_bits(), bits);
            }
        }

        #[test]
        fn between_two_doubles_the_even_one_is_taken(bits in 1u64..0x7fe0_0000_0000_0000) {
            let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
            // {:.1100} prints a double exactly; the middle of two has one more binary digit.
            if let (true, Some(middle)) = (low > 1e-290, middle_text(low, high)) {
                check(&middle);
            }
        }
    }

    /// The exact decimal text of the middle of two neighbours, where halving the gap is exact.
    fn middle_text(low: f64, high: f64) -> Option<String> {
        let gap = high - low;
        let quarter = low / 2.0 + high / 2.0;
        // low/2 + high/2 rounds; use scaled integers instead when they are exact.
        ((1.0..9e15).contains(&low) && gap < 1.0 && quarter >= low).then(|| {
            let scale = 2.0 / gap;
            let twice = (low * scale) as u128 + 1;
            let exponent = scale.log2() as u32;
            num(twice, exponent)
        })
    }

    /// `twice / 2^exponent` as exact decimal text.
    fn num(twice: u128, exponent: u32) -> String {
        let whole = twice >> exponent;
        let mut rest = twice & ((1 << exponent) - 1);
        let mut text = format!("{whole}.");
        for _ in 0..exponent {
            rest *= 10;
            text.push(char::from_digit((rest >> exponent) as u32, 10).unwrap());
            rest &= (1 << exponent) - 1;
        }
        text
    }
}
