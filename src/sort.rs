//! One small sort for all.

/// Sorts in place by heap sort; not stable. At most about 2 n log2(n) comparisons whatever the input.
///
/// The standard library's sort is faster and 5 KB of wasm for every type and order it is used with;
/// what is sorted here is short, or nearly never sorted at all.
pub(crate) fn heap_sort<T>(values: &mut [T], less: &dyn Fn(&T, &T) -> bool) {
    for start in (0..values.len() / 2).rev() {
        sift_down(values, start, less);
    }
    for end in (1..values.len()).rev() {
        values.swap(0, end);
        if let Some(heap) = values.get_mut(..end) {
            sift_down(heap, 0, less);
        }
    }
}

/// Moves the value at `at` down until no child is greater.
fn sift_down<T>(heap: &mut [T], mut at: usize, less: &dyn Fn(&T, &T) -> bool) {
    loop {
        let left = 2 * at + 1;
        let mut greatest = at;
        for child in [left, left + 1] {
            if let (Some(child_value), Some(value)) = (heap.get(child), heap.get(greatest))
                && less(value, child_value)
            {
                greatest = child;
            }
        }
        if greatest == at {
            return;
        }
        heap.swap(at, greatest);
        at = greatest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(mut values in prop::collection::vec(0u8..20, 0..200)) {
            let mut expected = values.clone();
            expected.sort_unstable();
            heap_sort(&mut values, &|a, b| a < b);
            prop_assert_eq!(values, expected);
        }
    }
}
