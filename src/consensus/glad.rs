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
/// Source: Whitehill, Ruvolo, Wu, Bergsma and Movellan, "Whose vote should count more", NIPS 2009. The model is that of
/// crowd-kit 1.4; that one climbs by conjugate gradients, this one by Newton steps, each of one number, of which an
/// iteration makes one for every task and annotator in a single pass over the answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Glad {
    /// Iterations at most; 100 by default.
    pub iterations: usize,
    /// Stops when the expected logarithm of the posterior, for one answer and label, grows by less than this; 10^-4 by
    /// default. What is expected may fall while the posterior still grows, so it can stop before the maximum; crowd-kit
    /// does so too, at 10^-5 after longer steps.
    pub tolerance: f64,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for Glad {
    fn default() -> Self {
        Self { iterations: 100, tolerance: 1e-4, posteriors: false }
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
            parameters: Parameters {
                abilities: vec![MEAN; answers.annotator_count()],
                ease: vec![MEAN; answers.task_count()],
            },
        };
        let cells = answers.len() as f64 * labels as f64;
        // By answer: how probable it is that its label is right.
        let mut correct = vec![0.0; answers.len()];
        let mut following = None;
        let mut last = f64::NEG_INFINITY;
        while consensus.iterations < self.iterations && !answers.is_empty() {
            consensus.iterations += 1;
            model.parameters = following.take().unwrap_or(model.parameters);
            model.judge(|_, at, posterior, _| {
                let places = &candidates.places[at.clone()];
                for (correct, place) in correct[at].iter_mut().zip(places) {
                    *correct = posterior.candidates[*place as usize];
                }
            });
            let mut parameters = model.parameters.clone();
            model.climb(&correct, &mut parameters);
            let expected = model.expected(&correct, &parameters) / cells;
            following = Some(parameters);
            if expected - last < self.tolerance {
                consensus.converged = true;
                break;
            }
            last = expected;
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
        let told = following.as_ref().unwrap_or(&model.parameters);
        let annotators =
            sums.into_iter().zip(&told.abilities).map(|((count, accuracy), ability)| {
                let estimate =
                    AnnotatorEstimate::of_one_coin(count, accuracy / f64::from(count), labels);
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
    /// By which the tasks were judged last.
    parameters: Parameters,
}

#[derive(Clone)]
struct Parameters {
    /// By annotator: a.
    abilities: Vec<f64>,
    /// By task: b.
    ease: Vec<f64>,
}

impl Model<'_> {
    /// One Newton step of every task's ease, then one of every ability.
    fn climb(&self, correct: &[f64], parameters: &mut Parameters) {
        let Parameters { abilities, ease } = parameters;
        let mut slopes: Vec<(f64, f64)> =
            abilities.iter().map(|ability| (MEAN - ability, 1.0)).collect();
        for (bounds, ease) in self.answers.starts().windows(2).zip(ease) {
            let at = bounds[0] as usize..bounds[1] as usize;
            if at.is_empty() {
                continue;
            }
            let annotators = &self.answers.annotators()[at.clone()];
            let factor = libm::exp(*ease);
            let (mut slope, mut curvature) = (MEAN - *ease, 1.0);
            for (annotator, correct) in annotators.iter().zip(&correct[at.clone()]) {
                let exponent = abilities[*annotator as usize] * factor;
                let p = right(exp_within(exponent));
                slope += (correct - p) * exponent;
                curvature += p * (1.0 - p) * exponent * exponent;
            }
            *ease = (*ease + (slope / curvature).clamp(-MOST_STEP, MOST_STEP))
                .clamp(-MOST_EASE, MOST_EASE);
            let factor = libm::exp(*ease);
            for (annotator, correct) in annotators.iter().zip(&correct[at]) {
                let p = right(exp_within(abilities[*annotator as usize] * factor));
                let (slope, curvature) = &mut slopes[*annotator as usize];
                *slope += (correct - p) * factor;
                *curvature += p * (1.0 - p) * factor * factor;
            }
        }
        for (ability, (slope, curvature)) in abilities.iter_mut().zip(slopes) {
            *ability += (slope / curvature).clamp(-MOST_STEP, MOST_STEP);
        }
    }

    /// The expected logarithm of the probability of answers and parameters, when each label is right as probably as
    /// `correct` says. Without what does not depend on the parameters and the labels.
    fn expected(&self, correct: &[f64], parameters: &Parameters) -> f64 {
        let Parameters { abilities, ease } = parameters;
        let mut wrong = LogProduct::new();
        let mut sum = 0.0;
        let log_wrong_labels = libm::log(self.wrong_labels);
        for (bounds, ease) in self.answers.starts().windows(2).zip(ease) {
            let at = bounds[0] as usize..bounds[1] as usize;
            let factor = libm::exp(*ease);
            for (annotator, correct) in
                self.answers.annotators()[at.clone()].iter().zip(&correct[at])
            {
                let exponent =
                    (abilities[*annotator as usize] * factor).clamp(-MOST_EXPONENT, MOST_EXPONENT);
                sum += correct * exponent - (1.0 - correct) * log_wrong_labels;
                wrong.multiply(1.0 / (1.0 + libm::exp(exponent)));
            }
        }
        let squares = |values: &[f64]| {
            values.iter().map(|value| (value - MEAN) * (value - MEAN)).sum::<f64>()
        };
        sum + wrong.log() - (squares(abilities) + squares(ease)) / 2.0
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
            let factor = libm::exp(self.parameters.ease[task]);
            odds.clear();
            for annotator in &self.answers.annotators()[at.clone()] {
                let odds_of_one =
                    exp_within(self.parameters.abilities[*annotator as usize] * factor);
                odds.push(odds_of_one);
                likelihood.multiply(1.0 / ((1.0 + odds_of_one) * self.wrong_labels));
            }
            posterior.fill(
                self.candidates,
                task,
                at.clone(),
                &self.prior,
                &mut likelihood,
                |answer| odds[answer - at.start] * self.wrong_labels,
            );
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
/// A Newton step goes no further; the priors are 1 wide.
const MOST_STEP: f64 = 1.0;
const MOST_EASE: f64 = 30.0;
/// Right or wrong once in 5 x 10^8: what more would say is beyond the answers.
const MOST_EXPONENT: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    #[test]
    fn who_agrees_is_able_and_what_all_agree_on_is_easy() {
        let rows: Vec<Answer> = (0..60_u32)
            .flat_map(|task| (0..4).map(move |annotator| (task, annotator)))
            .map(|(task, annotator)| {
                let label = if annotator == 3 { task / 2 % 2 } else { task % 2 };
                Answer { task, annotator, label }
            })
            .collect();
        let result = Glad::default().infer(&Answers::new(60, 4, 2, &rows).unwrap()).unwrap();
        assert!((0..60).all(|task| result.tasks[task].label == Some(task as u32 % 2)));
        let skill = |annotator: usize| result.annotators[annotator].skill.unwrap();
        assert!(skill(0) > 1.0 && skill(3) < 0.3);
        assert!(result.tasks[0].probability > result.tasks[2].probability);
    }

    #[test]
    fn degenerate_input_has_defined_answers() {
        let none = Glad::default().infer(&Answers::new(2, 1, 0, &[]).unwrap()).unwrap();
        assert_eq!((none.tasks[1].label, none.annotators[0].skill), (None, None));
        let one = [Answer { task: 0, annotator: 0, label: 0 }];
        let one = Glad::default().infer(&Answers::new(1, 1, 1, &one).unwrap()).unwrap();
        assert_eq!((one.tasks[0].label, one.tasks[0].probability), (Some(0), 1.0));
    }
}
