//! Numbers as ECMAScript writes them: ECMA-262, `Number::toString`; RFC 8785, section 3.2.2.3.

use super::super::writer::copy;
use super::super::{MAX_SAFE_INTEGER, number};

/// Appends a finite number as ECMAScript writes it. What is no number in JSON is written as `null`,
/// as `JSON.stringify` does.
///
/// The digits are the shortest that read back to the same double (`ryu`); only where the point and the
/// power of ten stand is decided here.
pub fn write_number(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        return out.extend_from_slice(b"null");
    }
    if value.abs() <= 0.0 {
        return out.push(b'0');
    }
    let mut buffer = ryu::Buffer::new();
    let mut digits = [0; 32];
    let (mut count, mut zeros_at_end) = (0_usize, 0_usize);
    // The value is 0.DIGITS times ten to the power of `point`.
    let (mut point, mut power) = (0_i32, 0_i32);
    let (mut after_point, mut after_e, mut negative_power) = (false, false, false);
    for byte in buffer.format_finite(value).bytes() {
        match byte {
            b'.' => after_point = true,
            b'e' => after_e = true,
            b'-' if after_e => negative_power = true,
            b'-' => out.push(b'-'),
            digit if after_e => power = power * 10 + i32::from(digit - b'0'),
            b'0' if count == 0 => point -= i32::from(after_point),
            digit => {
                if let Some(slot) = digits.get_mut(count) {
                    *slot = digit;
                }
                count += 1;
                zeros_at_end = if digit == b'0' { zeros_at_end + 1 } else { 0 };
                point += i32::from(!after_point);
            }
        }
    }
    point += if negative_power { -power } else { power };
    let significant = digits.get(..count.saturating_sub(zeros_at_end)).unwrap_or_default();
    let length = i32::try_from(significant.len()).unwrap_or(0);
    let zeros = |out: &mut Vec<u8>, count: i32| (0..count).for_each(|_| out.push(b'0'));
    let split = |at: i32| {
        significant.split_at_checked(usize::try_from(at).unwrap_or(0)).unwrap_or((significant, &[]))
    };
    if (1..=21).contains(&point) {
        let (head, tail) = split(point.min(length));
        out.extend_from_slice(head);
        zeros(out, point - length);
        if !tail.is_empty() {
            out.push(b'.');
            out.extend_from_slice(tail);
        }
    } else if (-5..=0).contains(&point) {
        out.extend_from_slice(b"0.");
        zeros(out, -point);
        out.extend_from_slice(significant);
    } else {
        let (head, tail) = split(1);
        out.extend_from_slice(head);
        if !tail.is_empty() {
            out.push(b'.');
            out.extend_from_slice(tail);
        }
        let power = point - 1;
        out.extend_from_slice(if power < 0 { b"e-" } else { b"e+" });
        let mut hundreds = 100;
        while hundreds > 1 && power.abs() < hundreds {
            hundreds /= 10;
        }
        while hundreds > 0 {
            out.push(b'0' + u8::try_from(power.abs() / hundreds % 10).unwrap_or(0));
            hundreds /= 10;
        }
    }
}

/// Appends the canonical form of a number whose syntax and value the strict parser has checked. None
/// for what would be written as an integer beyond 2^53 - 1.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    const LEAST_WITH_EXPONENT: f64 = 1e21;
    if text != "-0" && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        // An integer within 2^53 - 1: its own shortest text.
        copy(out, text.as_bytes());
        return Some(());
    }
    let value = number::double(text).ok()?;
    #[allow(clippy::cast_precision_loss)] // 2^53 - 1 is exact
    let is_large = value.abs() > MAX_SAFE_INTEGER as f64 && value.abs() < LEAST_WITH_EXPONENT;
    (!is_large).then(|| write_number(out, value))
}
