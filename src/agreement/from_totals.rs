//! Coefficients from totals.

// INVARIANT: labels in totals are below the number of labels given, which `Totals::agreement` checks.
#![allow(clippy::indexing_slicing)]

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};

use super::distance::mid_ranks;
use super::icc::Sums;
use super::summary::weights;
use super::totals::Confusion;
use super::{Agreement, Coefficient, Comparison, Distance, Icc, Level, Scale, Totals, Undefined};

impl Totals {
    /// Every coefficient of the tasks that are counted, as [`Agreement::of`] works it out, to 9 digits; without
    /// standard errors, which need the tasks one by one.
    ///
    /// `labels` is how many labels there are. Kendall's W and the mean of Cohen's kappa are [`Undefined::NotKept`] when
    /// pairs of annotators are not kept.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a label is not below `labels`, the scale does not have one value for each, or the
    /// totals are of a nominal scale and this is not.
    pub fn agreement(&self, scale: &Scale, labels: usize) -> Result<Agreement, Error> {
        let error = |message: String| Err(Error::new(ErrorCode::Answers, message));
        if scale.level() != Level::Nominal {
            if scale.values().len() != labels {
                let found = scale.values().len();
                return error(format!("expected values for {labels} labels, found {found}"));
            }
            if !self.keeps_joint {
                return error("expected totals of a scale that is not nominal".into());
            }
        }
        if let Some(label) = self.greatest_label().filter(|label| *label as usize >= labels) {
            return error(format!("expected labels below {labels}, found {label}"));
        }
        Ok(self.of_scale(scale, labels))
    }

    /// The same where all of that is known.
    pub(super) fn of_scale(&self, scale: &Scale, labels: usize) -> Agreement {
        let seen = Seen::new(self, labels);
        let nominal = Distance::nominal(labels);
        let alpha = if scale.level() == Level::Nominal {
            seen.alpha(&nominal)
        } else {
            match Distance::of_scale(scale, labels, &seen.paired_counts) {
                Ok(distance) => seen.alpha(&distance),
                Err(reason) => Coefficient::undefined(seen.nothing.unwrap_or(reason)),
            }
        };
        let gwet_ac1 = seen.gwet_ac(&nominal);
        let gwet_ac2 = if scale.level() == Level::Nominal {
            gwet_ac1
        } else {
            match weights(scale.level()).distance(scale.values()) {
                Ok(distance) => seen.gwet_ac(&distance),
                Err(_) => Coefficient::undefined(seen.nothing.unwrap_or(Undefined::TooMany)),
            }
        };
        let fleiss_kappa = seen.kappa(&nominal, nominal.spread(&seen.shares), seen.one_label);
        let ordered = matches!(scale.level(), Level::Ordinal | Level::Interval | Level::Ratio);
        let values = ordered.then_some(scale.values());
        Agreement {
            krippendorff_alpha: alpha,
            percent_agreement: match seen.nothing {
                Some(reason) => Coefficient::undefined(reason),
                None => Coefficient::of(1.0 - seen.disagreement(&nominal)),
            },
            fleiss_kappa,
            conger_kappa: seen.kappa(&nominal, seen.conger(&nominal), seen.one_label),
            gwet_ac1,
            gwet_ac2,
            mean_pairwise_cohen_kappa: seen.cohen(&nominal),
            brennan_prediger: seen.kappa(
                &nominal,
                nominal.spread(&vec![1.0; labels]) / (labels as f64 * labels as f64),
                seen.one_label,
            ),
            scott_pi: fleiss_kappa,
            icc: seen.icc(values),
            kendall_w: seen.kendall_w(values),
        }
    }
}

/// What the coefficients share.
struct Seen<'a> {
    totals: &'a Totals,
    labels: usize,
    tasks: f64,
    paired: f64,
    shares: Vec<f64>,
    paired_counts: Vec<f64>,
    one_label: bool,
    one_paired_label: bool,
    nothing: Option<Undefined>,
}

impl<'a> Seen<'a> {
    fn new(totals: &'a Totals, labels: usize) -> Self {
        let tasks = totals.groups.values().map(|group| group.tasks as f64).sum::<f64>();
        let mut shares = vec![0.0; labels];
        let mut paired_counts = vec![0.0; labels];
        let mut paired = 0.0;
        for (size, group) in &totals.groups {
            paired += if *size > 1 { group.tasks as f64 } else { 0.0 };
            for (label, count) in &group.labels {
                shares[*label as usize] += *count as f64 / (f64::from(*size) * tasks);
                paired_counts[*label as usize] += if *size > 1 { *count as f64 } else { 0.0 };
            }
        }
        let one = |masses: &[f64]| masses.iter().filter(|mass| **mass > 0.0).count() < 2;
        let nothing = if totals.groups.is_empty() {
            Some(Undefined::NoAnswers)
        } else if totals.annotators.len() < 2 {
            Some(Undefined::OneAnnotator)
        } else if paired == 0.0 {
            Some(Undefined::NoOverlap)
        } else {
            None
        };
        let (one_label, one_paired_label) = (one(&shares), one(&paired_counts));
        Self {
            totals,
            labels,
            tasks,
            paired,
            shares,
            paired_counts,
            one_label,
            one_paired_label,
            nothing,
        }
    }

    /// For each number of answers from 2: the sum over its tasks of the distances of all ordered pairs of answers.
    fn within(&self, distance: &Distance) -> impl Iterator<Item = (f64, f64)> {
        let nominal = *distance == Distance::nominal(self.labels);
        self.totals.groups.range(2..).map(move |(size, group)| {
            let size = f64::from(*size);
            let far = if nominal {
                size * size * group.tasks as f64 - group.same as f64
            } else {
                let joint = group.joint.iter();
                2.0 * joint.map(|((a, b), pairs)| *pairs as f64 * distance.of(*a, *b)).sum::<f64>()
            };
            (size, far)
        })
    }

    /// The mean over tasks of the mean distance of two answers.
    fn disagreement(&self, distance: &Distance) -> f64 {
        self.within(distance).map(|(size, far)| far / (size * (size - 1.0))).sum::<f64>()
            / self.paired
    }

    fn kappa(&self, distance: &Distance, expected: f64, one_label: bool) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        if expected <= 0.0 || !expected.is_finite() {
            let reason = if one_label { Undefined::OneLabel } else { Undefined::NoChance };
            return Coefficient::undefined(reason);
        }
        Coefficient::of(1.0 - self.disagreement(distance) / expected)
    }

    fn gwet_ac(&self, distance: &Distance) -> Coefficient {
        let labels = self.labels as f64;
        let weights = labels * labels - distance.spread(&vec![1.0; self.labels]);
        let chance: f64 = self.shares.iter().map(|share| share * (1.0 - share)).sum();
        let slope = weights / (labels * (labels - 1.0));
        self.kappa(distance, 1.0 - slope * chance, self.one_label)
    }

    fn alpha(&self, distance: &Distance) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        let total: f64 = self.paired_counts.iter().sum();
        let expected = distance.spread(&self.paired_counts) / (total * (total - 1.0));
        if self.one_paired_label {
            return Coefficient::undefined(Undefined::OneLabel);
        }
        if expected <= 0.0 || !expected.is_finite() {
            return Coefficient::undefined(Undefined::NoChance);
        }
        let observed: f64 = self.within(distance).map(|(size, far)| far / (size - 1.0)).sum();
        Coefficient::of(1.0 - observed / total / expected)
    }

    /// The mean distance of two annotators by chance.
    fn conger(&self, distance: &Distance) -> f64 {
        let mut sum = vec![0.0; self.labels];
        let mut own = 0.0;
        for labels in self.totals.annotators.values() {
            let given: f64 = labels.values().map(|count| *count as f64).sum();
            let shares: Vec<(u32, f64)> =
                labels.iter().map(|(label, count)| (*label, *count as f64 / given)).collect();
            for ((label, share), far) in shares.iter().zip(distance.among(&shares)) {
                sum[*label as usize] += share;
                own += share * far;
            }
        }
        let annotators = self.totals.annotators.len() as f64;
        // Rounding may leave a trace where everybody gives one label.
        let far = distance.spread(&sum) - own;
        if self.one_label { 0.0 } else { far / (annotators * (annotators - 1.0)) }
    }

    fn cohen(&self, distance: &Distance) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        let Some(pairs) = &self.totals.pairs else {
            return Coefficient::undefined(Undefined::NotKept);
        };
        let (mut sum, mut count, mut enough) = (0.0, 0.0, false);
        for confusion in pairs.values() {
            let tasks: u64 = confusion.values().sum();
            if tasks < Comparison::LEAST_COMMON_TASKS as u64 {
                continue;
            }
            enough = true;
            if let Some(kappa) = cohen(confusion, distance, tasks as f64) {
                sum += kappa;
                count += 1.0;
            }
        }
        match () {
            () if !enough => Coefficient::undefined(Undefined::TooFew),
            () if count == 0.0 => Coefficient::undefined(Undefined::OneLabel),
            () => Coefficient::of(sum / count),
        }
    }

    /// Whether every annotator answered every task.
    fn complete(&self) -> bool {
        self.totals.groups.keys().all(|size| *size as usize == self.totals.annotators.len())
    }

    fn icc(&self, values: Option<&[f64]>) -> Icc {
        let all = |form: &dyn Fn(usize) -> Coefficient| {
            let [one, one_k, two, two_k, three, three_k] = std::array::from_fn(form);
            Icc { one, one_k, two, two_k, three, three_k }
        };
        let Some(values) = values else {
            let reason = self.nothing.filter(|reason| *reason == Undefined::NoAnswers);
            return all(&|_| Coefficient::undefined(reason.unwrap_or(Undefined::Scale)));
        };
        if let Some(reason) = self.nothing {
            return all(&|_| Coefficient::undefined(reason));
        }
        let total: f64 = self.paired_counts.iter().sum();
        let mean =
            values.iter().zip(&self.paired_counts).map(|(value, count)| value * count).sum::<f64>()
                / total;
        let off = |label: u32| values[label as usize] - mean;
        let mut sums = Sums::new(0, self.totals.annotators.len());
        for (size, group) in self.totals.groups.range(2..) {
            let (size, tasks) = (f64::from(*size), group.tasks as f64);
            sums.tasks += tasks;
            sums.answers += tasks * size;
            sums.sizes += tasks * size * size;
            let mut squares = 0.0;
            for (label, count) in &group.labels {
                let (off, count) = (off(*label), *count as f64);
                sums.total += count * off;
                squares += count * off * off;
            }
            sums.squares += squares;
            let apart = |((a, b), pairs): (&(u32, u32), &u64)| {
                *pairs as f64 * (off(*a) - off(*b)) * (off(*a) - off(*b))
            };
            sums.between += squares - group.joint.iter().map(apart).sum::<f64>() / size;
        }
        sums.least = sums.squares * 1e-12;
        for labels in self.totals.annotators.values() {
            let given = labels.iter();
            sums.by_annotator.push(given.map(|(l, count)| off(*l) * *count as f64).sum());
        }
        let forms = sums.forms(self.complete());
        all(&|form| forms[form].map_or_else(Coefficient::undefined, Coefficient::of))
    }

    fn kendall_w(&self, values: Option<&[f64]>) -> Coefficient {
        let early = match (self.nothing, values) {
            (Some(Undefined::NoAnswers), _) => Some(Undefined::NoAnswers),
            (_, None) => Some(Undefined::Scale),
            (Some(reason), _) => Some(reason),
            (None, _) if !self.complete() => Some(Undefined::Incomplete),
            (None, _) if self.tasks < 2.0 => Some(Undefined::TooFew),
            (None, _) if self.totals.pairs.is_none() => Some(Undefined::NotKept),
            (None, _) => None,
        };
        let (None, Some(values), Some(pairs)) = (early, values, &self.totals.pairs) else {
            return Coefficient::undefined(early.unwrap_or(Undefined::NotKept));
        };
        let mut ranks: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let (mut squares, mut ties) = (0.0, 0.0);
        for (annotator, labels) in &self.totals.annotators {
            let own: Vec<f64> = labels.keys().map(|label| values[*label as usize]).collect();
            let counts: Vec<f64> = labels.values().map(|count| *count as f64).collect();
            for ((label, count), rank) in labels.iter().zip(mid_ranks(&own, &counts)) {
                let rank = rank - self.tasks / 2.0;
                ranks.insert((*annotator, *label), rank);
                squares += rank * rank * *count as f64;
            }
            let mut by_value: Vec<(f64, f64)> = own.into_iter().zip(counts).collect();
            by_value.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            for tied in by_value.chunk_by(|a, b| a.0 == b.0) {
                let here: f64 = tied.iter().map(|(_, count)| count).sum();
                ties += here * here * here - here;
            }
        }
        let rank = |annotator, label| ranks.get(&(annotator, label)).copied().unwrap_or_default();
        for ((first, second), confusion) in pairs {
            for ((a, b), count) in confusion {
                squares += 2.0 * *count as f64 * rank(*first, *a) * rank(*second, *b);
            }
        }
        let (annotators, tasks) = (self.totals.annotators.len() as f64, self.tasks);
        let most = annotators * annotators * (tasks * tasks * tasks - tasks) - annotators * ties;
        if most <= 0.0 {
            return Coefficient::undefined(Undefined::OneLabel);
        }
        Coefficient::of(12.0 * squares.max(0.0) / most)
    }
}

/// Cohen's kappa of a table of two annotators; none when it is undefined.
fn cohen(confusion: &Confusion, distance: &Distance, tasks: f64) -> Option<f64> {
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    let mut observed = 0.0;
    for ((a, b), count) in confusion {
        let share = *count as f64 / tasks;
        *left.entry(*a).or_insert(0.0) += share;
        *right.entry(*b).or_insert(0.0) += share;
        observed += share * distance.of(*a, *b);
    }
    if left.len() == 1 && left.keys().eq(right.keys()) {
        return None;
    }
    let (left, right): (Vec<_>, Vec<_>) = (left.into_iter().collect(), right.into_iter().collect());
    let expected = distance.across(&left, &right);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}
