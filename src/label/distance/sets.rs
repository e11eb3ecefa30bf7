//! Distances of sets of classes.

/// Jaccard distance of two sorted lists without repeats: 1 - size of the intersection / size of the union.
///
/// 0 for two empty sets.
#[must_use]
pub fn jaccard<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let both = shared(a, b);
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { (either - both) as f64 / either as f64 }
}

/// MASI distance of two sorted lists without repeats: 1 - m x intersection / union, where m is 1 for equal sets, 2/3
/// when one holds the other, 1/3 when they share something, else 0.
///
/// R. Passonneau, Measuring Agreement on Set-valued Items (MASI), LREC 2006. The same as NLTK's `masi_distance`, but
/// that one fails on two empty sets, where this is 0. An empty set and another are 1 apart, although the one holds
/// the other.
#[must_use]
pub fn masi<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let both = shared(a, b);
    let either = a.len() + b.len() - both;
    let monotony = if both == either {
        return 0.0;
    } else if both == a.len().min(b.len()) {
        2.0 / 3.0
    } else if both > 0 {
        1.0 / 3.0
    } else {
        0.0
    };
    1.0 - both as f64 / either as f64 * monotony
}

/// How many values are in both.
pub(super) fn shared<T: Ord>(a: &[T], b: &[T]) -> usize {
    a.iter().filter(|value| b.binary_search(value).is_ok()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_compared_as_nltk_does() {
        let far = |distance: f64, expected: f64| assert!((distance - expected).abs() < 1e-15);
        far(masi(&[1, 2], &[1, 2, 3, 4]), 0.666_666_666_666_666_7);
        far(masi(&[1, 2], &[2, 3]), 1.0 - 1.0 / 9.0);
        far(jaccard(&[1, 2], &[2, 3]), 2.0 / 3.0);
        assert_eq!(
            (masi(&[1], &[2]), masi::<u8>(&[], &[2]), masi::<u8>(&[], &[])),
            (1.0, 1.0, 0.0)
        );
        assert_eq!((jaccard::<u8>(&[], &[]), jaccard(&[1], &[1])), (0.0, 0.0));
    }
}
