//! Annotators with an ability, tasks with a difficulty.
#![allow(clippy::indexing_slicing)] // INVARIANT: annotators, tasks and places are below their counts

use std::ops::Range;

use crate::agreement::Answers;
use crate::error::Error;

use super::candidates::Candidates;
use super::posterior::{Posterior, Prior};
use super::product::LogProduct;
use super::result::{AnnotatorEstimate, Consensus, Posteriors, TaskEstimate};

/// GLAD: an answer is right with probability 1 / (1 + exp(-a e^b)), where a is the ability of the annotator and e^b
/// the ease of the task, and a wrong answer is any other label alike. Abilities and b have a normal prior with mean 1
/// and variance 1.
///
/// Source: Whitehill, Ruvolo, Wu, Bergsma and Movellan, "Whose vote should count more", NIPS 2009. The model and the
/// default settings are those of crowd-kit 1.4; that one climbs by conjugate gradients, this one by Newton steps, each
/// of one number, of which a single pass over the answers makes all.
#[derive(Clone, Debug, PartialEq)]
pub struct Glad {
    /// Iterations at most; 100 by default.
    pub iterations: usize,
    /// Stops when the logarithm of the posterior for one answer and label grows by less than this; 10^-5 by default.
    pub tolerance: f64,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for Glad {
    fn default() -> Self {
        Self { iterations: 100, tolerance: 1e-5, posteriors: false }
    }
}

impl Glad {
    /// Infers the labels.
    ///
    /// An annotator's skill is their ability a: 0 for somebody whose answers say nothing of a task with two labels,
    /// below 0 for somebody who is wrong more often, without bounds. Their accuracy is the mean over their tasks. A
    /// task without answers has no label, and an annotator without answers no skill. Memory grows with the answers
    /// alone, however many labels there are.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`](crate::ErrorCode::Answers) for posteriors that would take over 256 MiB.
    pub fn infer(&self, answers: &Answers) -> Result<Consensus, Error> {
        let mut posteriors = self.posteriors.then(|| Posteriors::new(answers)).transpose()?;
        let candidates = Candidates::new(answers);
        let mut consensus = Consensus {
            tasks: vec![TaskEstimate::default(); answers.task_count()],
            ..Consensus::default()
        };
        let labels = answers.label_count();
        let mut model = Model {
            candidates: &candidates,
            answers,
            prior: Prior::Uniform(labels.max(1)),
            wrong_labels: labels.saturating_sub(1).max(1) as f64,
            abilities: vec![MEAN; answers.annotator_count()],
            ease: vec![MEAN; answers.task_count()],
        };
        let cells = answers.len() as f64 * labels as f64;
        let mut last = f64::NEG_INFINITY;
        while consensus.iterations < self.iterations && !answers.is_empty() {
            consensus.iterations += 1;
            let objective = model.step() / cells;
            if objective - last < self.tolerance {
                consensus.converged = true;
                break;
            }
            last = objective;
        }
        let mut sums = vec![(0_u32, 0.0); answers.annotator_count()];
        let likelihood = model.judge(|task, at, posterior, odds| {
            let given = candidates.of(task);
            consensus.tasks[task] = posterior.estimate(given, &model.prior);
            if let Some(posteriors) = &mut posteriors {
                posterior.write(given, &model.prior, posteriors.of_mut(task));
            }
            for (annotator, odds) in answers.annotators()[at].iter().zip(odds) {
                let (count, accuracy) = &mut sums[*annotator as usize];
                *count += 1;
                *accuracy += right(*odds);
            }
        });
        consensus.posteriors = posteriors;
        let annotators = sums.into_iter().zip(&model.abilities).map(|((count, accuracy), ability)| {
            let estimate = AnnotatorEstimate::of_one_coin(count, accuracy / f64::from(count), labels);
            AnnotatorEstimate { skill: estimate.skill.map(|_| *ability), ..estimate }
        });
        consensus.annotators = annotators.collect();
        consensus.prior = vec![1.0 / labels as f64; labels];
        consensus.log_likelihood = (!answers.is_empty()).then_some(likelihood);
        Ok(consensus)
    }
}

struct Model<'a> {
    answers: &'a Answers,
    candidates: &'a Candidates,
    prior: Prior,
    /// How many labels are wrong for a task; at least 1, for the division.
    wrong_labels: f64,
    /// By annotator: a.
    abilities: Vec<f64>,
    /// By task: b.
    ease: Vec<f64>,
}

impl Model<'_> {
    /// One pass: judges every task by the abilities and its ease, moves its ease, and then all abilities. Returns the
    /// logarithm of the posterior before.
    fn step(&mut self) -> f64 {
        let mut slopes = vec![(0.0, 1.0); self.abilities.len()];
        let mut moved = vec![0.0; self.ease.len()];
        let annotators = self.answers.annotators();
        let likelihood = self.judge(|task, at, posterior, odds| {
            let places = &self.candidates.places[at.clone()];
            let own = &annotators[at];
            let mut ease = self.ease[task];
            for step in 0..EASE_STEPS {
                let factor = libm::exp(ease);
                let (mut slope, mut curvature) = (MEAN - ease, 1.0);
                for ((annotator, place), odds) in own.iter().zip(places).zip(odds) {
                    let steepness = self.abilities[*annotator as usize] * factor;
                    let p = if step == 0 { right(*odds) } else { right(exp_within(steepness)) };
                    slope += (posterior.candidates[*place as usize] - p) * steepness;
                    curvature += p * (1.0 - p) * steepness * steepness;
                }
                ease = (ease + (slope / curvature).clamp(-MOST_STEP, MOST_STEP)).clamp(-MOST_EASE, MOST_EASE);
            }
            moved[task] = ease;
            let factor = libm::exp(ease);
            for (annotator, place) in own.iter().zip(places) {
                let p = right(exp_within(self.abilities[*annotator as usize] * factor));
                let (slope, curvature) = &mut slopes[*annotator as usize];
                *slope += (posterior.candidates[*place as usize] - p) * factor;
                *curvature += p * (1.0 - p) * factor * factor;
            }
        });
        let squares = |values: &[f64]| values.iter().map(|value| (value - MEAN) * (value - MEAN)).sum::<f64>();
        let objective = likelihood - (squares(&self.abilities) + squares(&self.ease)) / 2.0;
        self.ease = moved;
        for (ability, (slope, curvature)) in self.abilities.iter_mut().zip(slopes) {
            let step = (slope + MEAN - *ability) / curvature;
            *ability += step.clamp(-MOST_STEP, MOST_STEP);
        }
        objective
    }

    /// Gives to `tell` the posterior of each task with answers, and how often each answer is right for one time that
    /// it is wrong. Returns the log likelihood.
    fn judge(&self, mut tell: impl FnMut(usize, Range<usize>, &Posterior, &[f64])) -> f64 {
        let mut likelihood = LogProduct::new();
        let mut posterior = Posterior::new();
        let mut odds = Vec::new();
        for (task, bounds) in self.answers.starts().windows(2).enumerate() {
            let at = bounds[0] as usize..bounds[1] as usize;
            if at.is_empty() {
                continue;
            }
            let factor = libm::exp(self.ease[task]);
            odds.clear();
            for annotator in &self.answers.annotators()[at.clone()] {
                let odds_of_one = exp_within(self.abilities[*annotator as usize] * factor);
                odds.push(odds_of_one);
                likelihood.multiply(1.0 / ((1.0 + odds_of_one) * self.wrong_labels));
            }
            posterior.fill(self.candidates, task, at.clone(), &self.prior, &mut likelihood, |answer| {
                odds[answer - at.start] * self.wrong_labels
            });
            tell(task, at, &posterior, &odds);
        }
        likelihood.log()
    }
}

/// The probability for these odds.
fn right(odds: f64) -> f64 {
    odds / (1.0 + odds)
}

fn exp_within(exponent: f64) -> f64 {
    libm::exp(exponent.clamp(-MOST_EXPONENT, MOST_EXPONENT))
}

/// Of the normal priors, whose variance is 1.
const MEAN: f64 = 1.0;
const EASE_STEPS: usize = 2;
/// A Newton step goes no further; the priors are 1 wide.
const MOST_STEP: f64 = 1.0;
const MOST_EASE: f64 = 30.0;
/// Right or wrong once in 5 x 10^8: what more would say is beyond the answers.
const MOST_EXPONENT: f64 = 20.0;
