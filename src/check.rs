//! The checks, one a file; file, reason code and test share one name.
//!
//! A check turns a submission and what is remembered into at most one finding. It never calls
//! another check, never reads a clock and never decides; `gate.rs` does.

pub(crate) mod bom_expired;
pub(crate) mod bom_rollback;
pub(crate) mod bom_untrusted;
pub(crate) mod disagrees;
pub(crate) mod duplicate;
pub(crate) mod gold_missed;
pub(crate) mod impossible_clock;
pub(crate) mod item_altered;
pub(crate) mod item_unlisted;
pub(crate) mod label_out_of_schema;
pub(crate) mod listing;
pub(crate) mod malformed;
pub(crate) mod rate_burst;
pub(crate) mod replayed;
pub(crate) mod too_fast;
pub(crate) mod too_large;
pub(crate) mod unchecked;
pub(crate) mod weak_digest;

use crate::annotator::Track;
use crate::verdict::{Amount, Finding, ReasonCode};

/// The finding of an evidence check whose process has ever reached its threshold.
fn held<P>(
    code: ReasonCode,
    track: &Track<P>,
    threshold: f64,
    what: impl FnOnce(&P) -> String,
) -> Option<Finding> {
    let since = track.held_since?;
    let message = format!("{}; held since answer {since}", what(&track.process));
    let (peak, threshold) = (Amount::wealth(track.peak), Amount::wealth(threshold));
    Some(Finding::new(code, &message).with_amounts(peak, threshold))
}
