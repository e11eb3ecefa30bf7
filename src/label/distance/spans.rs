//! Distances of spans.

use crate::label::Span;

use super::sets::shared;

/// 1 - F1 of whole spans: one counts as found when the other answer has the same with the same class.
///
/// F1 = 2 x spans in both / (spans in one + spans in the other). 0 for two empty lists. The lists must be in canonical
/// order ([`Label::spans`](crate::Label::spans)).
#[must_use]
pub fn span_exact(a: &[Span], b: &[Span]) -> f64 {
    rest(2 * shared(a, b) as u64, a.len() as u64 + b.len() as u64)
}

/// 1 - F1 of what the spans cover, character by character and class by class.
///
/// F1 = 2 x covered in both / (covered in one + covered in the other). What two spans of one class and one answer
/// cover counts once. 0 for two empty lists. The lists must be in canonical order.
#[must_use]
pub fn span_overlap(a: &[Span], b: &[Span]) -> f64 {
    let (a, b) = (covered(a), covered(b));
    let mut both = 0;
    let (mut rest_a, mut rest_b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(one), Some(other)) = (rest_a.peek(), rest_b.peek()) {
        if one.class == other.class {
            let (start, end) = (one.start.max(other.start), one.end.min(other.end));
            both += u64::from(end.saturating_sub(start));
        }
        if (one.class, one.end) < (other.class, other.end) {
            rest_a.next();
        } else {
            rest_b.next();
        }
    }
    rest(2 * both, length(&a) + length(&b))
}

struct Stretch<'a> {
    class: Option<&'a str>,
    start: u32,
    end: u32,
}

/// What is covered, as stretches that do not overlap.
fn covered(spans: &[Span]) -> Vec<Stretch<'_>> {
    let mut covered: Vec<Stretch<'_>> = Vec::with_capacity(spans.len());
    for span in spans {
        let class = span.class.as_deref();
        match covered.last_mut().filter(|last| last.class == class && span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => covered.push(Stretch { class, start: span.start, end: span.end }),
        }
    }
    covered
}

fn length(stretches: &[Stretch<'_>]) -> u64 {
    stretches.iter().map(|stretch| u64::from(stretch.end.saturating_sub(stretch.start))).sum()
}

/// 1 - part / whole, at least 0; 0 of nothing.
fn rest(part: u64, whole: u64) -> f64 {
    let missing = whole.saturating_sub(part);
    #[allow(clippy::cast_precision_loss)] // below 2^42
    let share = missing as f64 / whole.max(1) as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(class: Option<&str>, start: u32, end: u32) -> Span {
        Span { class: class.map(str::to_owned), start, end }
    }

    #[test]
    fn overlaps_count_by_class_and_once() {
        let a = [span(None, 0, 10), span(None, 5, 12), span(Some("P"), 0, 4)];
        let b = [span(None, 2, 8), span(Some("Q"), 0, 4)];
        // 12 + 4 and 6 + 4 covered, 6 in both.
        assert!((span_overlap(&a, &b) - (1.0 - 12.0 / 26.0)).abs() < 1e-15);
        assert_eq!(span_overlap(&a, &b).to_bits(), span_overlap(&b, &a).to_bits());
        assert_eq!((span_overlap(&[], &[]), span_overlap(&a, &[])), (0.0, 1.0));
    }

    #[test]
    fn whole_spans_are_the_same_or_not() {
        let a = [span(None, 0, 10), span(Some("P"), 0, 4)];
        let b = [span(None, 0, 10), span(Some("Q"), 0, 4), span(Some("Q"), 5, 6)];
        assert!((span_exact(&a, &b) - 0.6).abs() < 1e-15);
        assert_eq!(
            (span_exact(&[], &[]), span_exact(&a, &[]), span_exact(&a, &a)),
            (0.0, 1.0, 0.0)
        );
    }
}
