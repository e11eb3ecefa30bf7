//! The model of Dawid and Skene: every annotator has a confusion matrix.
#![allow(clippy::indexing_slicing)] // INVARIANT: pairs and labels are below their counts; rows are `labels` long

use std::ops::Range;

use crate::agreement::{Answers, Unit};
use crate::error::{Error, ErrorCode};

use super::confusion::Confusion;
use super::known::Known;
use super::majority_vote::leaders;
use super::pairs::Pairs;
use super::product::LogProduct;
use super::result::{AnnotatorEstimate, Consensus, MOST_BYTES, Posteriors, TIE, TaskEstimate};

/// Dawid-Skene by expectation and maximisation, started from the shares of the votes.
///
/// Source: Dawid and Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied
/// Statistics 28(1), 1979. The default settings are those of crowd-kit 1.4.
#[derive(Clone, Debug, PartialEq)]
pub struct DawidSkene {
    /// Iterations at most; 100 by default.
    pub iterations: usize,
    /// Stops when the evidence bound for one answer grows by less than this, in nats; 10^-5 by default.
    pub tolerance: f64,
    /// How many answers of every label for every true label each annotator is thought to have given before (a
    /// symmetric Dirichlet prior); 0 by default, which is maximum likelihood. 0.01 to 1 keeps annotators with few
    /// answers from rates of 0 and 1. What is below 0 is taken for 0.
    pub smoothing: f64,
    /// Watches the evidence bound itself; `false` by default. The default watches what crowd-kit does, which counts the
    /// prior of a task's label once for each of its answers: that can fall, and then it stops before the maximum. On
    /// published crowds the early stop is more accurate on some (cf .830 against .790, s_adult .769 against .748) and
    /// less on others (bluebird .889 against .898).
    pub to_the_end: bool,
    /// Takes the most probable label of each task for certain in every iteration (Sinha, Rao and Balasubramanian,
    /// "Fast Dawid-Skene", 2018); `false` by default.
    pub hard: bool,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for DawidSkene {
    fn default() -> Self {
        Self {
            iterations: 100,
            tolerance: 1e-5,
            smoothing: 0.0,
            to_the_end: false,
            hard: false,
            posteriors: false,
        }
    }
}

impl DawidSkene {
    /// Infers the labels. `gold` are tasks whose label is known, as (task, label): they stay as they are and teach how
    /// good the annotators are.
    ///
    /// An annotator's skill is their accuracy: the probability of a right answer. A task without answers has no label,
    /// and an annotator without answers no skill. With one label every task has it, and nobody has a spammer score.
    /// An iteration takes time that grows with answers x labels.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the confusion matrices would take over 256 MiB: 8 bytes a label for each annotator,
    /// and 16 for each distinct pair of annotator and given label. Also for posteriors that would take as much, and
    /// for gold answers whose numbers are not below their counts.
    pub fn infer(&self, answers: &Answers, gold: &[(u32, u32)]) -> Result<Consensus, Error> {
        let everybody: Vec<u32> = (0_u32..).take(answers.annotator_count()).collect();
        self.infer_pooled(answers, gold, &everybody)
    }

    /// Infers the labels when some annotators share a confusion matrix: the same person under several names, or who
    /// answered several times, or members of one team with few answers each. `pools` says by number of the annotator
    /// which pool they are in, by numbers below that of the annotators. The confusion matrices of the result are those
    /// of the pools; its annotators are the annotators.
    ///
    /// # Errors
    /// As [`DawidSkene::infer`], and for pools that are not one an annotator, or not below their number.
    pub fn infer_pooled(
        &self,
        answers: &Answers,
        gold: &[(u32, u32)],
        pools: &[u32],
    ) -> Result<Consensus, Error> {
        let labels = answers.label_count();
        let known = Known::new(gold, answers)?;
        let count = answers.annotator_count();
        if pools.len() != count || pools.iter().any(|pool| *pool as usize >= count) {
            return Err(Error::new(
                ErrorCode::Answers,
                format!("expected {count} pools, one an annotator, each below {count}"),
            ));
        }
        let owners: Vec<u32> =
            answers.annotators().iter().map(|one| pools[*one as usize]).collect();
        let pairs = Pairs::by(&owners, count, answers);
        drop(owners);
        check_memory(pairs.len(), count, labels)?;
        let mut posteriors = self.posteriors.then(|| Posteriors::new(answers)).transpose()?;
        let model = Model { settings: self, answers, pairs: &pairs, known, labels };

        let mut consensus = Consensus::default();
        // The estimates by which the tasks were judged last, and those that follow from their labels.
        let mut judged = Estimates::none(pairs.len(), labels);
        let mut following = model.by_votes();
        let mut last = f64::NEG_INFINITY;
        while consensus.iterations < self.iterations && !answers.is_empty() {
            consensus.iterations += 1;
            std::mem::swap(&mut judged, &mut following);
            following.forget();
            // Of tasks whose label is taken for certain, only what is likely of that label counts.
            let mut chosen = LogProduct::new();
            let likelihood = model.judge(&judged, |task, at, posterior| {
                if self.hard {
                    chosen.multiply(harden(posterior, answers.unit(task)));
                }
                following.count(&pairs, at, posterior);
            });
            let bound = likelihood + chosen.log() + model.maximise(&mut following, Some(&judged));
            let bound = bound / answers.len() as f64;
            if bound - last < self.tolerance {
                consensus.converged = true;
                break;
            }
            last = bound;
        }
        let by = if consensus.iterations > 0 { &judged } else { &following };
        consensus.tasks = vec![TaskEstimate::default(); answers.task_count()];
        let likelihood = model.judge(by, |task, _, posterior| {
            consensus.tasks[task] = best_of(posterior, answers.unit(task));
            if let Some(posteriors) = &mut posteriors {
                posteriors.of_mut(task).copy_from_slice(posterior);
            }
        });
        consensus.log_likelihood = (!answers.is_empty()).then_some(likelihood);
        consensus.posteriors = posteriors;
        let unseen = model.unseen(&following.rates);
        let confusion = Confusion::new(pairs, labels, following.rates, unseen);
        let annotators = answers.answered().into_iter().enumerate().map(|(annotator, answers)| {
            let pool = pools[annotator] as usize;
            // A pool's members may have no answer of their own.
            let measures =
                (answers > 0).then(|| confusion.measures(pool, &following.prior)).flatten();
            let accuracy = measures.map(|(accuracy, _)| accuracy);
            let spammer_score = measures.and_then(|(_, score)| score);
            AnnotatorEstimate { answers, skill: accuracy, accuracy, spamming: None, spammer_score }
        });
        consensus.annotators = annotators.collect();
        consensus.prior = following.prior;
        consensus.confusion = Some(confusion);
        Ok(consensus)
    }

    fn smoothing(&self) -> f64 {
        if self.smoothing.is_finite() { self.smoothing.max(0.0) } else { 0.0 }
    }
}

struct Model<'a> {
    settings: &'a DawidSkene,
    answers: &'a Answers,
    pairs: &'a Pairs,
    known: Known,
    labels: usize,
}

/// What the tasks' labels say of annotators and labels: first as counts, then as rates.
struct Estimates {
    /// Pairs x true labels.
    rates: Vec<f64>,
    prior: Vec<f64>,
    /// Tasks that were counted.
    tasks: usize,
}

impl Estimates {
    fn none(pairs: usize, labels: usize) -> Self {
        Self { rates: vec![0.0; pairs * labels], prior: vec![0.0; labels], tasks: 0 }
    }

    fn forget(&mut self) {
        self.rates.fill(0.0);
        self.prior.fill(0.0);
        self.tasks = 0;
    }

    fn count(&mut self, pairs: &Pairs, at: Range<usize>, posterior: &[f64]) {
        let labels = posterior.len();
        add(&mut self.prior, posterior);
        self.tasks += 1;
        for pair in &pairs.of_answers[at] {
            let start = *pair as usize * labels;
            add(&mut self.rates[start..start + labels], posterior);
        }
    }
}

impl Model<'_> {
    /// The estimates that follow from the shares of the votes.
    fn by_votes(&self) -> Estimates {
        let mut estimates = Estimates::none(self.pairs.len(), self.labels);
        let mut shares = vec![0.0; self.labels];
        for (task, (at, unit)) in self.ranges().zip(self.answers.units()).enumerate() {
            if at.is_empty() {
                continue;
            }
            shares.fill(0.0);
            for label in unit.labels {
                shares[*label as usize] += 1.0 / unit.len() as f64;
            }
            self.know(task, &mut shares);
            estimates.count(self.pairs, at, &shares);
        }
        self.maximise(&mut estimates, None);
        estimates
    }

    /// Gives the posterior of each task with answers to `tell`; returns the log likelihood of the answers, and of the
    /// labels that are known.
    fn judge(&self, by: &Estimates, mut tell: impl FnMut(usize, Range<usize>, &mut [f64])) -> f64 {
        let labels = self.labels;
        let mut likelihood = LogProduct::new();
        let mut posterior = vec![0.0; labels];
        for (task, at) in self.ranges().enumerate() {
            if at.is_empty() {
                continue;
            }
            posterior.copy_from_slice(&by.prior);
            if let Some(label) = self.known.label(task) {
                posterior.fill(0.0);
                posterior[label as usize] = by.prior[label as usize];
            }
            // Products of so few factors are numbers, because none is below `LEAST`.
            for pairs in self.pairs.of_answers[at.clone()].chunks(FEW) {
                for pair in pairs {
                    let start = *pair as usize * labels;
                    multiply(&mut posterior, &by.rates[start..start + labels]);
                }
                let total: f64 = posterior.iter().sum();
                likelihood.multiply(total);
                let scale = 1.0 / total;
                for probability in &mut posterior {
                    *probability *= scale;
                }
            }
            self.know(task, &mut posterior);
            tell(task, at, &mut posterior);
        }
        likelihood.log()
    }

    /// Makes rates of counts. Returns what the evidence bound has over the likelihood of the answers by the estimates
    /// with which the tasks were judged, which the counts come from.
    fn maximise(&self, counts: &mut Estimates, judged: Option<&Estimates>) -> f64 {
        let labels = self.labels;
        let smoothing = self.settings.smoothing();
        let mut bound = 0.0;
        let mut sums = vec![0.0; labels];
        let mut votes = vec![0.0; labels];
        for annotator in 0..self.pairs.annotators() {
            let pairs = self.pairs.of(annotator);
            sums.fill(smoothing * labels as f64);
            for row in counts.rates[pairs.start * labels..pairs.end * labels].chunks(labels.max(1))
            {
                for (sum, count) in sums.iter_mut().zip(row) {
                    *sum += (count + smoothing).max(LEAST) - smoothing;
                }
            }
            for at in pairs.start * labels..pairs.end * labels {
                let truth = at % labels;
                let count = counts.rates[at];
                let rate = (count + smoothing).max(LEAST) / sums[truth];
                votes[truth] += count;
                counts.rates[at] = rate;
                if let Some(judged) = judged
                    && count > 0.0
                {
                    bound += count * libm::log(rate / judged.rates[at]);
                }
            }
        }
        for (label, share) in counts.prior.iter_mut().enumerate() {
            let count = *share;
            *share = (count / counts.tasks.max(1) as f64).max(LEAST);
            if let Some(judged) = judged {
                let times = if self.settings.to_the_end { count } else { votes[label] };
                bound += times * libm::log(*share) - count * libm::log(judged.prior[label]);
            }
        }
        bound
    }

    /// The rate of a label that an annotator never gave, by annotator and true label; empty where that is 0.
    fn unseen(&self, rates: &[f64]) -> Vec<f64> {
        if self.settings.smoothing() <= 0.0 {
            return Vec::new();
        }
        let labels = self.labels;
        let mut unseen = vec![0.0; self.pairs.annotators() * labels];
        for (annotator, row) in unseen.chunks_mut(labels.max(1)).enumerate() {
            let pairs = self.pairs.of(annotator);
            // What the labels given leave, alike for all others.
            let others = (labels - pairs.len()) as f64;
            row.fill(1.0);
            for given in rates[pairs.start * labels..pairs.end * labels].chunks(labels.max(1)) {
                for (rest, rate) in row.iter_mut().zip(given) {
                    *rest -= rate;
                }
            }
            for rest in row {
                *rest = if others > 0.0 { (*rest / others).max(0.0) } else { 0.0 };
            }
        }
        unseen
    }

    /// The bounds of the answers to each task.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.answers.starts().windows(2).map(|bounds| bounds[0] as usize..bounds[1] as usize)
    }

    fn know(&self, task: usize, posterior: &mut [f64]) {
        if let Some(label) = self.known.label(task) {
            posterior.fill(0.0);
            posterior[label as usize] = 1.0;
        }
    }
}

fn check_memory(pairs: usize, annotators: usize, labels: usize) -> Result<(), Error> {
    let numbers = pairs.saturating_mul(2).saturating_add(annotators).saturating_mul(labels);
    if numbers <= MOST_BYTES / 8 {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Answers,
        format!(
            "expected confusion matrices of at most {} MiB, and those of {annotators} annotators with {labels} labels take {} MiB: use one-coin Dawid-Skene, which has none",
            MOST_BYTES >> 20,
            (numbers >> 20).saturating_mul(8)
        ),
    ))
}

/// The most probable label. Of tied ones that of most votes, where the annotators gave too few answers to know them by.
fn best_of(posterior: &[f64], unit: Unit<'_>) -> TaskEstimate {
    let mut best = TaskEstimate::best((0_u32..).zip(posterior.iter().copied()), 1.0);
    if best.tied > 1 {
        let is_tied = |label: &u32| posterior[*label as usize] >= best.probability - TIE;
        best.label = leaders(unit).into_iter().find(is_tied).or(best.label);
    }
    best
}

/// Takes the most probable label for certain; returns how probable it was.
fn harden(posterior: &mut [f64], unit: Unit<'_>) -> f64 {
    let best = best_of(posterior, unit);
    posterior.fill(0.0);
    if let Some(label) = best.label {
        posterior[label as usize] = 1.0;
    }
    best.probability
}

fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn multiply(products: &mut [f64], factors: &[f64]) {
    for (product, factor) in products.iter_mut().zip(factors) {
        *product *= factor;
    }
}

// No rate is less, so that no answer makes anything impossible. As in crowd-kit.
const LEAST: f64 = 1e-10;
const FEW: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;
    use crate::splitmix::mix;

    fn rows(tasks: u32, label: impl Fn(u32, u32) -> u32) -> Vec<Answer> {
        let pairs = (0..tasks).flat_map(|task| (0..4).map(move |annotator| (task, annotator)));
        pairs
            .map(|(task, annotator)| Answer { task, annotator, label: label(task, annotator) })
            .collect()
    }

    #[test]
    fn of_who_answered_once_nothing_is_known_and_the_votes_decide() {
        let rows: Vec<Answer> = (0..15)
            .map(|annotator| Answer { task: annotator / 5, annotator, label: annotator / 5 })
            .collect();
        let answers = Answers::new(3, 15, 3, &rows).unwrap();
        for hard in [false, true] {
            let found = DawidSkene { hard, ..DawidSkene::default() }.infer(&answers, &[]).unwrap();
            let labels: Vec<_> = found.labels().collect();
            assert_eq!(labels, [Some(0), Some(1), Some(2)], "hard: {hard}");
        }
    }

    #[test]
    fn who_always_swaps_two_labels_is_understood() {
        let swapping = |task: u32, annotator: u32| {
            if annotator == 3 { [1, 0, 2][task as usize % 3] } else { task % 3 }
        };
        let answers = Answers::new(60, 4, 3, &rows(60, swapping)).unwrap();
        let result = DawidSkene::default().infer(&answers, &[]).unwrap();
        assert!((0_u32..60).zip(&result.tasks).all(|(n, task)| task.label == Some(n % 3)));
        let confusion = result.confusion.unwrap();
        assert!(confusion.rate(3, 0, 1) > 0.99 && confusion.rate(3, 2, 2) > 0.99);
        assert!(result.annotators[3].skill.unwrap() < 0.4);
        assert!(result.annotators[3].spammer_score.unwrap() > 0.99);
    }

    #[test]
    fn gold_stays_and_teaches() {
        // Two against two; gold says that the first two lie.
        let split = |task: u32, annotator: u32| if annotator < 2 { 1 - task % 2 } else { task % 2 };
        let answers = Answers::new(40, 4, 2, &rows(40, split)).unwrap();
        let gold: Vec<(u32, u32)> = (0..10).map(|task| (task, task % 2)).collect();
        let result = DawidSkene::default().infer(&answers, &gold).unwrap();
        assert!((0_u32..40).zip(&result.tasks).all(|(n, task)| task.label == Some(n % 2)));
        assert_eq!(result.tasks[0].probability, 1.0);
        let bad = DawidSkene::default().infer(&answers, &[(0, 2)]).unwrap_err();
        assert_eq!(bad.code(), ErrorCode::Answers);
    }

    #[test]
    fn the_bound_never_falls_whatever_is_known() {
        let guess = |task: u32, annotator: u32| {
            let drawn = mix(u64::from(task * 4 + annotator)) % 10;
            if drawn < 6 { task % 3 } else { u32::from(drawn > 7) }
        };
        let answers = Answers::new(60, 4, 3, &rows(60, guess)).unwrap();
        // Of every third task the label is known, and is one that annotators get wrong.
        let gold: Vec<(u32, u32)> = (0..20).map(|task| (3 * task, task % 2 + 1)).collect();
        for (hard, gold) in [(false, &gold[..]), (true, &gold), (true, &[])] {
            // Stops when the bound falls.
            let settings =
                DawidSkene { tolerance: -1e-9, to_the_end: true, hard, ..DawidSkene::default() };
            let result = settings.infer(&answers, gold).unwrap();
            assert!(!result.converged, "{hard} {} {}", gold.len(), result.iterations);
            let likelihood = |iterations| {
                let settings = DawidSkene { iterations, ..settings.clone() };
                settings.infer(&answers, gold).unwrap().log_likelihood.unwrap()
            };
            assert!(hard || (1..40).map(likelihood).is_sorted_by(|a, b| *a <= b + 1e-6));
        }
    }

    #[test]
    fn smoothed_rows_sum_to_one_with_what_was_never_given() {
        let settings = DawidSkene { smoothing: 0.5, posteriors: true, ..DawidSkene::default() };
        let answers =
            Answers::new(30, 5, 4, &rows(30, |task, annotator| (task + annotator / 3) % 2))
                .unwrap();
        let result = settings.infer(&answers, &[]).unwrap();
        let confusion = result.confusion.unwrap();
        for row in confusion.rows(0) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{row:?}");
        }
        assert!(confusion.rate(0, 0, 3) > 0.0);
        assert!(confusion.rows(4).iter().flatten().all(|rate| *rate == 0.0));
        let posteriors = result.posteriors.unwrap();
        assert!((posteriors.of(7).iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(posteriors.of(30).is_empty());
    }

    #[test]
    fn degenerate_input_has_defined_answers() {
        for settings in [
            DawidSkene::default(),
            DawidSkene { hard: true, smoothing: 1.0, ..DawidSkene::default() },
        ] {
            let none = settings.infer(&Answers::new(2, 1, 0, &[]).unwrap(), &[]).unwrap();
            assert_eq!((none.tasks[1].label, none.annotators[0].skill), (None, None));
            let one = [Answer { task: 0, annotator: 0, label: 0 }];
            let one = settings.infer(&Answers::new(1, 1, 1, &one).unwrap(), &[]).unwrap();
            assert_eq!((one.tasks[0].label, one.tasks[0].probability), (Some(0), 1.0));
            assert_eq!(one.annotators[0].spammer_score, None);
        }
    }

    #[test]
    fn too_much_memory_is_refused_before_it_is_taken() {
        let answers: Vec<Answer> =
            (0..1000).map(|n| Answer { task: n, annotator: n % 10, label: n * 100 }).collect();
        let answers = Answers::new(1000, 10, 100_000, &answers).unwrap();
        let error = DawidSkene::default().infer(&answers, &[]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Answers);
        assert!(error.message().contains("one-coin"), "{error}");
    }
}
