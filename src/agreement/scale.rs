//! Scales: what may be read out of the labels.

use crate::error::{Error, ErrorCode};

/// The level of measurement of labels, after Stevens, with Krippendorff's circular beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Labels are the same or not.
    Nominal,
    /// Labels have an order.
    Ordinal,
    /// Differences mean something.
    Interval,
    /// Ratios mean something too: there is a zero, and nothing is below it.
    Ratio,
    /// Numbers on a circle, such as hours.
    Circular,
}

/// A level, and the number that each label stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    level: Level,
    /// By number of the label; empty for nominal.
    values: Vec<f64>,
    /// Of a circular scale: after how much it begins again.
    period: f64,
}

impl Scale {
    /// Labels that are the same or not.
    #[must_use]
    pub fn nominal() -> Self {
        Self { level: Level::Nominal, values: Vec::new(), period: 0.0 }
    }

    /// Labels in the order of these values, one for each label; equal values are one step.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite.
    pub fn ordinal(values: Vec<f64>) -> Result<Self, Error> {
        Self::new(Level::Ordinal, values, 0.0)
    }

    /// Labels that stand for these values, whose differences count.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite.
    pub fn interval(values: Vec<f64>) -> Result<Self, Error> {
        Self::new(Level::Interval, values, 0.0)
    }

    /// Labels that stand for these values, whose ratios count.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is negative or not finite.
    pub fn ratio(values: Vec<f64>) -> Result<Self, Error> {
        if values.iter().any(|value| *value < 0.0) {
            return Err(error("expected the values of a ratio scale not to be negative"));
        }
        Self::new(Level::Ratio, values, 0.0)
    }

    /// Labels that stand for these values on a circle that begins again after `period`, for instance 24 hours.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a value is not finite, or the period not above 0.
    pub fn circular(values: Vec<f64>, period: f64) -> Result<Self, Error> {
        if !(period.is_finite() && period > 0.0) {
            return Err(error("expected the period of a circular scale to be above 0"));
        }
        Self::new(Level::Circular, values, period)
    }

    fn new(level: Level, values: Vec<f64>, period: f64) -> Result<Self, Error> {
        // Squares of differences must stay finite.
        if values.iter().any(|value| value.is_nan() || value.abs() > MAX_VALUE) {
            return Err(error("expected finite values within 10^100"));
        }
        Ok(Self { level, values, period })
    }

    /// The level of measurement.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The value of each label, by its number; none for nominal.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Of a circular scale: after how much it begins again; else 0.
    #[must_use]
    pub fn period(&self) -> f64 {
        self.period
    }
}

/// Greatest value, either side of 0. Chosen; sums of squares stay finite.
pub(super) const MAX_VALUE: f64 = 1e100;

fn error(message: &str) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_no_numbers_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1e101] {
            assert!(Scale::ordinal(vec![1.0, bad]).is_err());
            assert!(Scale::interval(vec![bad]).is_err());
            assert!(Scale::ratio(vec![bad]).is_err());
            assert!(Scale::circular(vec![bad], 1.0).is_err());
        }
        assert!(Scale::ratio(vec![-1.0]).is_err());
        assert!(Scale::circular(vec![1.0], 0.0).is_err());
        assert!(Scale::interval(Vec::new()).is_ok());
    }
}
