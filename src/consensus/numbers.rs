//! Consensus of numbers: mean and median.

use crate::error::{Error, ErrorCode};

use super::median_box::median;

/// What the numbers of a task say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberEstimate {
    /// How many there are; at least 1.
    pub count: usize,
    /// Their mean: best where errors are small on either side; one wild answer moves it.
    pub mean: f64,
    /// Their median, of an even number the mean of the middle two: moved by no minority.
    pub median: f64,
    /// Their standard deviation (n - 1), 0 or more; none for one number.
    pub deviation: Option<f64>,
}

/// Mean and median of the numbers of one task; none without numbers.
///
/// # Errors
/// [`ErrorCode::Answers`] for numbers beyond 10^150, which have no finite deviation, and for those that are not finite.
pub fn number_estimate(numbers: &[f64]) -> Result<Option<NumberEstimate>, Error> {
    if let Some(found) = numbers.iter().find(|number| number.is_nan() || number.abs() > MOST) {
        return Err(Error::new(
            ErrorCode::Answers,
            format!("expected numbers within 10^150, found {found:e}"),
        ));
    }
    let mut ascending = numbers.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    let Some(median) = median(&ascending) else { return Ok(None) };
    let count = ascending.len();
    // Summed in ascending order, so that the order of the answers does not matter.
    let mean = ascending.iter().sum::<f64>() / count as f64;
    let squares: f64 = ascending.iter().map(|number| (number - mean) * (number - mean)).sum();
    let deviation = (count > 1).then(|| (squares / (count - 1) as f64).sqrt());
    Ok(Some(NumberEstimate { count, mean, median, deviation }))
}

const MOST: f64 = 1e150;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_median_and_deviation() {
        let estimate = number_estimate(&[3.0, 1.0, 2.0, 10.0]).unwrap().unwrap();
        assert_eq!((estimate.mean, estimate.median, estimate.count), (4.0, 2.5, 4));
        assert!((estimate.deviation.unwrap() - (50.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        let one = number_estimate(&[7.0]).unwrap().unwrap();
        assert_eq!((one.mean, one.median, one.deviation), (7.0, 7.0, None));
    }

    #[test]
    fn nothing_and_what_is_no_number() {
        assert_eq!(number_estimate(&[]).unwrap(), None);
        for bad in [f64::NAN, f64::INFINITY, 1e200] {
            assert_eq!(number_estimate(&[1.0, bad]).unwrap_err().code(), ErrorCode::Answers);
        }
    }
}
