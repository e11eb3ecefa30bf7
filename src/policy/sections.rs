//! The sections of a policy. Each member states its unit, its default and its source.

/// What is impossible for a clock.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct ClockPolicy {
    /// How far in the future a first answer may be stamped. Unit: ms, 0 to 10^12. Default: 93600000
    /// (26 h). Source: the widest distance of two time zones, for clients that stamp local time as
    /// UTC.
    pub max_ahead_ms: i64,
    /// How far a later answer may run ahead of the session's own offset. Unit: ms, 0 to 10^12.
    /// Default: 600000 (10 min). Source: chosen; drift of honest sessions has a median absolute
    /// deviation of 0.38 s (Zooniverse, 4,063 answers).
    pub max_jump_ms: i64,
}

impl Default for ClockPolicy {
    fn default() -> Self {
        Self { max_ahead_ms: 26 * 3_600_000, max_jump_ms: 600_000 }
    }
}

const MAX_CLOCK_MS: i64 = 1_000_000_000_000;

impl ClockPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        let sound = |ms: i64| (0..=MAX_CLOCK_MS).contains(&ms);
        (!sound(self.max_ahead_ms) || !sound(self.max_jump_ms))
            .then_some("expected `clock` times from 0 to 10^12 ms")
    }
}

/// What is remembered of an item.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct ItemPolicy {
    /// Most labels remembered; a later one is held as `unchecked`. Unit: labels, 1 to 65535.
    /// Default: 4096. Source: chosen; the most answers to one item in the crowds read is 141.
    pub max_labels: usize,
    /// Most bytes of different labels, as saved; a label beyond is held as `unchecked`. Unit: bytes, 65536 to 16777216.
    /// Default: 1048576 (1 MiB). Source: chosen; a row of a Durable Object holds 2 MB.
    pub max_bytes: usize,
    /// Probability of the leading label from which an item has enough answers. Unit: probability,
    /// over 0 and under 1. Default: 0.95. Source: measured on 13 crowds with known truth
    /// (`tests/crowds/floor.rs`): items that stop there take 58 % of the answers and 82.7 % of their
    /// leading labels are right, where all answers give 83.6 %; at 0.9 it is 52 % and 82.1 %, at 0.99
    /// 67 % and 83.1 %.
    pub enough_probability: f64,
    /// Fewest answers with which an item has enough; it never has while an answer waits to be compared, so that
    /// `disagrees.min_others` and one more are needed. Unit: answers, at least 1. Default: 2. Source: measured on the
    /// same crowds; with 3 it is 60 % of the answers and 82.6 %.
    pub min_answers: u32,
}

impl Default for ItemPolicy {
    fn default() -> Self {
        Self { max_labels: 4096, max_bytes: 1 << 20, enough_probability: 0.95, min_answers: 2 }
    }
}

impl ItemPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        if !open_share(self.enough_probability) {
            return Some("expected `item.enough_probability` over 0 and under 1");
        }
        if self.min_answers == 0 {
            return Some("expected `item.min_answers` of at least 1");
        }
        if !(1 << 16..=1 << 24).contains(&self.max_bytes) {
            return Some("expected `item.max_bytes` from 65536 to 16777216");
        }
        (!(1..=65535).contains(&self.max_labels))
            .then_some("expected `item.max_labels` from 1 to 65535")
    }
}

/// `too-fast`: the null is "an answer under the floor time has probability at most
/// `honest_share`, given the past". The unit is the page: answers with the same two times are one
/// observation, whose floor is `floor_ms` times their number, or the largest share of a median.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct TooFastPolicy {
    /// The least floor time of one answer. Unit: ms. Default: 1000. Source: Wood et al. 2017, one
    /// second an item.
    pub floor_ms: u32,
    /// The floor as a share of the item's own median time, once `min_times` are known. Unit: share,
    /// 0 to 1. Default: 0.1. Source: normative threshold NT10 (R package `aberrance`, `detect_rg`).
    pub floor_share: f64,
    /// Times needed before the item's median counts. Unit: answers. Default: 30. Source: measured;
    /// under 30 the median of a page time is too noisy.
    pub min_times: usize,
    /// The greatest probability of a fast answer for an honest annotator. Unit: probability, over
    /// 0 and under 1. Default: 0.05. Source: measured on six crowds, 0 of 700 annotators held at
    /// NT10.
    pub honest_share: f64,
    /// Share of `alpha`. Unit: share, 0 (off) to 1. Default: 0.25. Source: equal split over four
    /// checks (union bound).
    pub alpha_share: f64,
}

impl Default for TooFastPolicy {
    fn default() -> Self {
        Self {
            floor_ms: 1000,
            floor_share: 0.1,
            min_times: 30,
            honest_share: 0.05,
            alpha_share: 0.25,
        }
    }
}

impl TooFastPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        if !(0.0..=1.0).contains(&self.floor_share) {
            return Some("expected `too_fast.floor_share` from 0 to 1");
        }
        (!open_share(self.honest_share))
            .then_some("expected `too_fast.honest_share` over 0 and under 1")
    }
}

/// `rate-burst`: the null is "pages are sent with conditional intensity at most `per_hour`".
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct RateBurstPolicy {
    /// The greatest honest rate of pages. Unit: per hour, over 0 and at most 10^6. Default: 1200.
    /// Source: measured; the highest rate over any ten minutes of 624 annotators is 456 an hour
    /// (Zooniverse).
    pub per_hour: f64,
    /// Share of `alpha`. Unit: share, 0 (off) to 1. Default: 0.25. Source: equal split over four
    /// checks (union bound).
    pub alpha_share: f64,
}

impl Default for RateBurstPolicy {
    fn default() -> Self {
        Self { per_hour: 1200.0, alpha_share: 0.25 }
    }
}

impl RateBurstPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        (!(self.per_hour > 0.0 && self.per_hour <= 1e6))
            .then_some("expected `rate_burst.per_hour` over 0 and at most 10^6")
    }
}

/// `gold-missed`: the null is "a gold answer is right with probability at least `floor`, given the
/// past".
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct GoldMissedPolicy {
    /// The least accuracy of an honest annotator. Unit: share, over 0 and under 1. Default: 0.7.
    /// Source: documented defaults of Potato (`min_threshold`) and CVAT (`target_metric_threshold`).
    pub floor: f64,
    /// Share of `alpha`. Unit: share, 0 (off) to 1. Default: 0.25. Source: equal split over four
    /// checks (union bound).
    pub alpha_share: f64,
}

impl Default for GoldMissedPolicy {
    fn default() -> Self {
        Self { floor: 0.7, alpha_share: 0.25 }
    }
}

impl GoldMissedPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        (!open_share(self.floor)).then_some("expected `gold_missed.floor` over 0 and under 1")
    }
}

/// `disagrees`: the null is "the weighted share of the others who gave a like answer has
/// expectation at least the floor that was in force, given the past". The floor is `floor`, or learnt
/// from the pool: what chance gives, and `pool_share` of what the pool agrees beyond it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct DisagreesPolicy {
    /// The least agreement of an honest annotator, fixed. Unit: share, over 0 and under 1. Default:
    /// learnt from the pool. Source: tasks differ; the mean share of agreeing pairs is 0.59 to 0.75 in
    /// most of 19 crowds and 0.34 to 0.39 in the three hardest.
    pub floor: Option<f64>,
    /// The least agreement beyond chance of an honest annotator, as a share of the pool's. Unit:
    /// share, over 0 and under 1. Default: 0.6. Source: measured on 16 crowds (`tests/crowds/floor.rs`):
    /// 95 of 100 annotators are above 0.50 to 0.62 in five of them, and above less where many are near
    /// chance; 19 of 1,127 annotators who are not marked are held and 149 of 320 random attackers, at 0.5
    /// they are 17 and 125, at 0.8 31 and 194, and with 0.4 as a fixed floor 111 and 164.
    pub pool_share: f64,
    /// Comparisons that the pool needs, within items and between items each, before a floor is
    /// learnt; until then nobody is compared. Unit: comparisons. Default: 100. Source: measured on the
    /// same crowds; from 50 to 400 the same number are held, one more or less, and the more are asked
    /// for, the later an attacker is compared. At 100 a mean is known to within 0.1.
    pub min_pool: u32,
    /// Others that are needed before an answer is compared; it waits for them if they come later.
    /// Unit: answers, 1 to 100. Default: 2. Source: chosen; one other answer may itself be the wrong
    /// one.
    pub min_others: usize,
    /// Share of `alpha`. Unit: share, 0 (off) to 1. Default: 0.25. Source: equal split over four
    /// checks (union bound).
    pub alpha_share: f64,
}

impl Default for DisagreesPolicy {
    fn default() -> Self {
        Self { floor: None, pool_share: 0.6, min_pool: 100, min_others: 2, alpha_share: 0.25 }
    }
}

impl DisagreesPolicy {
    pub(super) fn complaint(&self) -> Option<&'static str> {
        if !(1..=100).contains(&self.min_others) {
            return Some("expected `disagrees.min_others` from 1 to 100");
        }
        if !open_share(self.pool_share) {
            return Some("expected `disagrees.pool_share` over 0 and under 1");
        }
        (!self.floor.is_none_or(open_share))
            .then_some("expected `disagrees.floor` over 0 and under 1, or none")
    }
}

fn open_share(share: f64) -> bool {
    share > 0.0 && share < 1.0
}
