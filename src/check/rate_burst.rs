//! `rate-burst`: more pages an hour than an honest annotator sends.
//!
//! Null: pages arrive with conditional intensity at most the policy's rate, on the gate's own
//! clock. What makes it true: a person cannot look at pages faster; not that arrivals are Poisson.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::RateBurst, &annotator.rate_burst, threshold, |arrivals| {
        format!("{} pages arrived at a rate that people do not reach", arrivals.arrivals())
    })
}
