//! Annotators who now and then answer without looking.
#![allow(clippy::indexing_slicing)] // INVARIANT: pairs, annotators and places are below their counts

use crate::agreement::Answers;
use crate::error::Error;
use crate::splitmix::mix;

use super::candidates::Candidates;
use super::pairs::Pairs;
use super::posterior::{Posterior, Prior};
use super::product::LogProduct;
use super::result::{AnnotatorEstimate, Consensus, Posteriors, TaskEstimate};

/// MACE in its variational form: an annotator either knows a task's label and gives it, or spams and gives labels by
/// a strategy of their own that does not look at the task.
///
/// Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy, "Learning whom to trust with MACE", NAACL-HLT 2013. The default
/// settings are those of crowd-kit 1.4, but for `strategy`: its default of 1000 was chosen to follow the results of
/// crowd-kit on published crowds, and the paper's is 10. Memory grows with the answers alone, however many labels there
/// are.
#[derive(Clone, Debug, PartialEq)]
pub struct Mace {
    /// Runs from different random starts, of which the likeliest counts; 10 by default. At least one is made.
    pub restarts: usize,
    /// Iterations of each run; 50 by default.
    pub iterations: usize,
    /// Starts vary by up to this share; 0.5 by default.
    pub noise: f64,
    /// Answers that each annotator is thought to have spammed before; 0.5 by default.
    pub spammed: f64,
    /// Answers that each annotator is thought to have known before; 0.5 by default.
    pub known: f64,
    /// Spam of each label that each annotator is thought to have given before; 1000 by default, which makes strategies
    /// nearly uniform, unless an annotator gave very many answers. The paper's programme and crowd-kit have 10. With
    /// that, whoever often gives a frequent label is soon taken for a spammer: on published crowds 10 is more accurate
    /// on some (bluebird .861 against .769, mozafari .722 against .693) and less on others (d_product .831 against
    /// .933, zencrowd_in .718 against .772).
    pub strategy: f64,
    /// Which random starts: equal seeds give equal results, on every machine. 0 by default.
    pub seed: u64,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for Mace {
    fn default() -> Self {
        Self {
            restarts: 10,
            iterations: 50,
            noise: 0.5,
            spammed: 0.5,
            known: 0.5,
            strategy: 1000.0,
            seed: 0,
            posteriors: false,
        }
    }
}

impl Mace {
    /// Infers the labels.
    ///
    /// An annotator's skill is 1 - spamming: how probable it is that they look at a task. Spamming is the mean of the
    /// posterior. A task without answers has no label, and an annotator without answers no skill. A prior that is not
    /// above 0 is taken for the smallest that is allowed, 10^-3; noise is taken for 0 to 10.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`](crate::ErrorCode::Answers) for posteriors that would take over 256 MiB.
    pub fn infer(&self, answers: &Answers) -> Result<Consensus, Error> {
        let mut posteriors = self.posteriors.then(|| Posteriors::new(answers)).transpose()?;
        let mut consensus = Consensus {
            tasks: vec![TaskEstimate::default(); answers.task_count()],
            ..Consensus::default()
        };
        let candidates = Candidates::new(answers);
        let pairs = Pairs::new(answers);
        let model = Model::new(self, answers, &candidates, &pairs);
        let mut best: Option<Run> = None;
        for restart in 0..self.restarts.max(1) {
            let run = model.run(restart as u64);
            if best.as_ref().is_none_or(|best| run.likelihood > best.likelihood) {
                best = Some(run);
            }
        }
        let Some(best) = best else { return Ok(consensus) };
        model.judge(&best.estimates, |task, _, posterior| {
            let given = candidates.of(task);
            consensus.tasks[task] = posterior.estimate(given, &model.prior);
            if let Some(posteriors) = &mut posteriors {
                posterior.write(given, &model.prior, posteriors.of_mut(task));
            }
        });
        consensus.posteriors = posteriors;
        consensus.annotators =
            (0..answers.annotator_count()).map(|one| model.tell(&best, one)).collect();
        consensus.prior = vec![1.0 / model.labels; answers.label_count()];
        consensus.iterations = self.iterations;
        consensus.log_likelihood = (!answers.is_empty()).then_some(best.likelihood);
        consensus.converged = best.converged;
        Ok(consensus)
    }
}

struct Model<'a> {
    settings: &'a Mace,
    answers: &'a Answers,
    candidates: &'a Candidates,
    pairs: &'a Pairs,
    prior: Prior,
    labels: f64,
    /// By pair: how many answers there are.
    answered: Vec<u32>,
}

/// Of each pair of annotator and label.
struct Estimates {
    /// How probable it is that the annotator spams, and with this label.
    spam: Vec<f64>,
    /// How much likelier the answer is if its label is right than if it is wrong.
    ratios: Vec<f64>,
}

struct Run {
    estimates: Estimates,
    /// By pair: how many answers were known rather than spam.
    known: Vec<f64>,
    likelihood: f64,
    converged: bool,
}

impl<'a> Model<'a> {
    fn new(
        settings: &'a Mace,
        answers: &'a Answers,
        candidates: &'a Candidates,
        pairs: &'a Pairs,
    ) -> Self {
        let mut answered = vec![0; pairs.len()];
        for pair in &pairs.of_answers {
            answered[*pair as usize] += 1;
        }
        let labels = answers.label_count().max(1);
        Self {
            settings,
            answers,
            candidates,
            pairs,
            prior: Prior::Uniform(labels),
            labels: labels as f64,
            answered,
        }
    }

    fn run(&self, restart: u64) -> Run {
        let mut estimates = self.start(restart);
        let mut known = vec![0.0; self.pairs.len()];
        let mut likelihood = self.count(&estimates, &mut known);
        let mut converged = false;
        for _ in 0..self.settings.iterations {
            estimates = self.maximise(&known);
            let next = self.count(&estimates, &mut known);
            converged = (next - likelihood).abs() <= 1e-5 * self.answers.len() as f64;
            likelihood = next;
        }
        Run { estimates, known, likelihood, converged }
    }

    /// How many answers of each pair were known; returns the log likelihood.
    fn count(&self, by: &Estimates, known: &mut [f64]) -> f64 {
        known.fill(0.0);
        // Of an answer whose label is right: how probable it is that it was known.
        let share: Vec<f64> = by.ratios.iter().map(|ratio| 1.0 - 1.0 / ratio).collect();
        self.judge(by, |_, at, posterior| {
            let places = &self.candidates.places[at.clone()];
            for (pair, place) in self.pairs.of_answers[at].iter().zip(places) {
                let pair = *pair as usize;
                known[pair] += posterior.candidates[*place as usize] * share[pair];
            }
        })
    }

    fn judge(
        &self,
        by: &Estimates,
        mut tell: impl FnMut(usize, std::ops::Range<usize>, &Posterior),
    ) -> f64 {
        let mut likelihood = LogProduct::new();
        let mut posterior = Posterior::new();
        for (task, bounds) in self.answers.starts().windows(2).enumerate() {
            let at = bounds[0] as usize..bounds[1] as usize;
            if at.is_empty() {
                continue;
            }
            posterior.fill(
                self.candidates,
                task,
                at.clone(),
                &self.prior,
                &mut likelihood,
                |answer| by.ratios[self.pairs.of_answers[answer] as usize],
            );
            tell(task, at, &posterior);
        }
        for (count, spam) in self.answered.iter().zip(&by.spam) {
            likelihood.add(f64::from(*count) * libm::log(*spam));
        }
        likelihood.log()
    }

    fn start(&self, restart: u64) -> Estimates {
        let noise = if self.settings.noise.is_finite() {
            self.settings.noise.clamp(0.0, 10.0)
        } else {
            0.0
        };
        let mut state = mix(self.settings.seed ^ mix(restart));
        let mut draw = || {
            state = mix(state);
            1.0 + noise * ((state >> 11) as f64 / (1_u64 << 53) as f64)
        };
        let mut estimates = Estimates { spam: Vec::new(), ratios: Vec::new() };
        for annotator in 0..self.answers.annotator_count() {
            let pairs = self.pairs.of(annotator);
            let (spams, knows) = (draw(), draw());
            // As if the labels that this annotator never gave had drawn the mean.
            let drawn: Vec<f64> = pairs.map(|_| draw()).collect();
            let others = (self.labels - drawn.len() as f64) * (1.0 + noise / 2.0);
            let sum = drawn.iter().sum::<f64>() + others;
            for weight in drawn {
                estimates.push(spams / (spams + knows) * weight / sum, knows / (spams + knows));
            }
        }
        estimates
    }

    fn maximise(&self, known: &[f64]) -> Estimates {
        let settings = self.settings;
        let (prior_spam, prior_known) = (least(settings.spammed), least(settings.known));
        let strategy = least(settings.strategy);
        let mut estimates = Estimates {
            spam: Vec::with_capacity(known.len()),
            ratios: Vec::with_capacity(known.len()),
        };
        for annotator in 0..self.answers.annotator_count() {
            let pairs = self.pairs.of(annotator);
            let answers: f64 = self.answered[pairs.clone()].iter().map(|n| f64::from(*n)).sum();
            let knew: f64 = known[pairs.clone()].iter().sum();
            let spammed = answers - knew;
            let either = digamma(answers + prior_spam + prior_known);
            let spams = libm::exp(digamma(spammed + prior_spam) - either);
            let knows = libm::exp(digamma(knew + prior_known) - either);
            let strategies = digamma(spammed + strategy * self.labels);
            for pair in pairs {
                let spam = f64::from(self.answered[pair]) - known[pair];
                let theta = libm::exp(digamma(spam + strategy) - strategies);
                estimates.push(spams * theta, knows);
            }
        }
        estimates
    }

    fn tell(&self, run: &Run, annotator: usize) -> AnnotatorEstimate {
        let pairs = self.pairs.of(annotator);
        if pairs.is_empty() {
            return AnnotatorEstimate::default();
        }
        let answers: u32 = self.answered[pairs.clone()].iter().sum();
        let knew: f64 = run.known[pairs.clone()].iter().sum();
        let (prior_spam, prior_known) = (least(self.settings.spammed), least(self.settings.known));
        let knows = (knew + prior_known) / (f64::from(answers) + prior_spam + prior_known);
        // With every label as frequent, spam is right once in so many labels, whatever the strategy.
        let accuracy = knows + (1.0 - knows) / self.labels;
        AnnotatorEstimate {
            answers,
            skill: Some(knows),
            accuracy: Some(accuracy),
            spamming: Some(1.0 - knows),
            // The rows of the confusion matrix differ by this in two places.
            spammer_score: (self.labels > 1.0).then_some(knows * knows),
        }
    }
}

impl Estimates {
    fn push(&mut self, spam: f64, knows: f64) {
        let spam = spam.max(f64::MIN_POSITIVE);
        self.spam.push(spam);
        self.ratios.push((1.0 + knows / spam).min(MOST_RATIO));
    }
}

/// The derivative of the logarithm of the gamma function, above 0: recurrence up to 8, then the asymptotic series.
/// Off by less than 10^-12.
fn digamma(x: f64) -> f64 {
    let (mut x, mut less) = (x, 0.0);
    while x < 8.0 {
        less += 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0)))));
    libm::log(x) - 0.5 / x - series - less
}

fn least(prior: f64) -> f64 {
    if prior.is_finite() { prior.max(1e-3) } else { 1e-3 }
}

const MOST_RATIO: f64 = 1e14;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    #[test]
    fn digamma_at_known_places() {
        // Minus Euler's constant, and that less twice the logarithm of 2; Abramowitz and Stegun, 6.3.2 and 6.3.3.
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-12);
        assert!((digamma(0.5) + 1.963_510_026_021_423_5).abs() < 1e-12);
        assert!((digamma(10.0) - 2.251_752_589_066_721).abs() < 1e-12);
    }

    #[test]
    fn a_spammer_is_told_from_those_who_know() {
        let rows: Vec<Answer> = (0..80_u32)
            .flat_map(|task| (0..4).map(move |annotator| (task, annotator)))
            .map(|(task, annotator)| Answer {
                task,
                annotator,
                label: if annotator == 3 { 2 } else { task % 3 },
            })
            .collect();
        let answers = Answers::new(81, 5, 3, &rows).unwrap();
        let result = Mace::default().infer(&answers).unwrap();
        assert!((0_u32..80).zip(&result.tasks).all(|(n, task)| task.label == Some(n % 3)));
        assert_eq!((result.tasks[80].label, result.annotators[4].spamming), (None, None));
        assert!(result.annotators[0].spamming.unwrap() < 0.1);
        assert!(result.annotators[3].spamming.unwrap() > 0.9);
        assert_eq!(result, Mace::default().infer(&answers).unwrap());
    }

    #[test]
    fn degenerate_input_has_defined_answers() {
        let none = Mace::default().infer(&Answers::new(2, 1, 0, &[]).unwrap()).unwrap();
        assert_eq!((none.tasks[1].label, none.annotators[0].skill), (None, None));
        let one = [Answer { task: 0, annotator: 0, label: 0 }];
        let one = Mace::default().infer(&Answers::new(1, 1, 1, &one).unwrap()).unwrap();
        assert_eq!((one.tasks[0].label, one.tasks[0].tied), (Some(0), 1));
        assert_eq!(one.annotators[0].spammer_score, None);
    }
}
