//! The model of Dawid and Skene: every annotator has a confusion matrix.
#![allow(clippy::indexing_slicing)] // INVARIANT: pairs and labels are below their counts; rows are `labels` long

use std::ops::Range;

use crate::agreement::Answers;
use crate::error::{Error, ErrorCode};

use super::confusion::Confusion;
use super::gold::Known;
use super::pairs::Pairs;
use super::product::LogProduct;
use super::result::{AnnotatorEstimate, Consensus, Posteriors, TaskEstimate};

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
    /// Takes the most probable label of each task for certain in every iteration (Sinha, Rao and Balasubramanian,
    /// "Fast Dawid-Skene", 2018); `false` by default.
    pub hard: bool,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for DawidSkene {
    fn default() -> Self {
        Self { iterations: 100, tolerance: 1e-5, smoothing: 0.0, hard: false, posteriors: false }
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
        let labels = answers.label_count();
        let known = Known::new(gold, answers)?;
        let pairs = Pairs::new(answers);
        let mut posteriors = self.posteriors.then(|| Posteriors::new(answers)).transpose()?;
        let model = Model { settings: self, answers, pairs: &pairs, known, labels };

        let mut consensus = Consensus::default();
        // The estimates by which the tasks were judged last, and those that follow from their labels.
        let mut judged = Estimates::none(pairs.len(), labels);
        let mut following = model.from_votes();
        let mut last = f64::NEG_INFINITY;
        while consensus.iterations < self.iterations && !answers.is_empty() {
            consensus.iterations += 1;
            std::mem::swap(&mut judged, &mut following);
            following.forget();
            let likelihood = model.judge(&judged, |_, at, posterior| {
                if self.hard {
                    harden(posterior);
                }
                following.count(&pairs, at, posterior);
            });
            let bound = likelihood + model.maximise(&mut following, Some(&judged));
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
            let labels = (0_u32..).zip(posterior.iter().copied());
            consensus.tasks[task] = TaskEstimate::best(labels, 1.0);
            if let Some(posteriors) = &mut posteriors {
                posteriors.of_mut(task).copy_from_slice(posterior);
            }
        });
        consensus.log_likelihood = (!answers.is_empty()).then_some(likelihood);
        consensus.posteriors = posteriors;
        let confusion = Confusion::new(pairs, labels, following.rates, Vec::new());
        consensus.prior = following.prior;
        consensus.confusion = Some(confusion);
        Ok(consensus)
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
    fn from_votes(&self) -> Estimates {
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

    /// Gives the posterior of each task with answers to `tell`; returns the log likelihood.
    fn judge(&self, by: &Estimates, mut tell: impl FnMut(usize, Range<usize>, &mut [f64])) -> f64 {
        let labels = self.labels;
        let mut likelihood = LogProduct::new();
        let mut posterior = vec![0.0; labels];
        for (task, at) in self.ranges().enumerate() {
            if at.is_empty() {
                continue;
            }
            posterior.copy_from_slice(&by.prior);
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
        let smoothing = self.settings.smoothing.max(0.0);
        let mut bound = 0.0;
        let mut sums = vec![0.0; labels];
        let mut votes = vec![0.0; labels];
        for annotator in 0..self.answers.annotator_count() {
            let pairs = self.pairs.of(annotator);
            sums.fill(smoothing * labels as f64);
            for row in counts.rates[pairs.start * labels..pairs.end * labels].chunks(labels.max(1)) {
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
                if std::env::var("QUIRK").is_ok() {
                    bound += votes[label] * libm::log(*share) - count * libm::log(judged.prior[label]);
                } else {
                bound += count * libm::log(*share / judged.prior[label]);
                }
            }
        }
        bound
    }

    /// The rate of a label that an annotator never gave, by annotator and true label; empty where that is 0.
    fn unseen(&self, sums: &[f64]) -> Vec<f64> {
        Vec::new()
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

fn harden(posterior: &mut [f64]) {
    let best = TaskEstimate::best((0_u32..).zip(posterior.iter().copied()), 1.0).label;
    posterior.fill(0.0);
    if let Some(label) = best {
        posterior[label as usize] = 1.0;
    }
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
const MOST_BYTES: usize = 256 << 20;
