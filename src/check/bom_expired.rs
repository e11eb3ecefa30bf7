//! `bom-expired`: the checkpoint of the BOM has lapsed.

use crate::bom::Backing;
use crate::verdict::{Amount, Finding, ReasonCode};

/// `at_ms` is the host's own clock, never a time that the sender claims.
pub(crate) fn check(backing: Option<&Backing>, at_ms: i64) -> Option<Finding> {
    let expires_at_ms = backing?.expires_at_ms()?;
    if at_ms < expires_at_ms {
        return None;
    }
    let message = "the list of published items has lapsed; its publisher has to renew it";
    let (now, expiry) = (Amount::ms(at_ms), Amount::ms(expires_at_ms));
    Some(Finding::new(ReasonCode::BomExpired, message).with_amounts(now, expiry))
}
