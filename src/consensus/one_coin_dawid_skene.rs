//! Dawid-Skene with one number an annotator: how often they are right.
#![allow(clippy::indexing_slicing)] // INVARIANT: annotators, labels and places are below their counts

use crate::agreement::Answers;
use crate::error::Error;

use super::candidates::Candidates;
use super::known::Known;
use super::posterior::{Posterior, Prior};
use super::product::LogProduct;
use super::result::{AnnotatorEstimate, Consensus, Posteriors, TaskEstimate};

/// One-coin Dawid-Skene by expectation and maximisation, started from the shares of the votes: an annotator is right
/// with one probability for all labels, and a wrong answer is any other label alike.
///
/// Source: Zhang, Chen, Zhou and Jordan, "Spectral methods meet EM", JMLR 17, 2016, section 4. The default settings are
/// those of crowd-kit 1.4. Memory grows with the answers alone, however many labels there are.
#[derive(Clone, Debug, PartialEq)]
pub struct OneCoinDawidSkene {
    /// Iterations at most; 100 by default.
    pub iterations: usize,
    /// Stops when the bound for one answer grows by less than this, in nats; 10^-5 by default.
    pub tolerance: f64,
    /// Which bound is watched: [`DawidSkene::to_the_end`](super::DawidSkene::to_the_end). `false` by default.
    pub to_the_end: bool,
    /// Whether to give the probability of every label of every task; `false` by default.
    pub posteriors: bool,
}

impl Default for OneCoinDawidSkene {
    fn default() -> Self {
        Self { iterations: 100, tolerance: 1e-5, to_the_end: false, posteriors: false }
    }
}

impl OneCoinDawidSkene {
    /// Infers the labels. `gold` are tasks whose label is known, as (task, label): they stay as they are and teach how
    /// good the annotators are.
    ///
    /// An annotator's skill is their accuracy: the probability of a right answer. A task without answers has no label,
    /// and an annotator without answers no skill.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`](crate::ErrorCode::Answers) for gold answers whose numbers are not below their counts,
    /// and for posteriors that would take over 256 MiB.
    pub fn infer(&self, answers: &Answers, gold: &[(u32, u32)]) -> Result<Consensus, Error> {
        let known = Known::new(gold, answers)?;
        let mut posteriors = self.posteriors.then(|| Posteriors::new(answers)).transpose()?;
        let mut consensus = Consensus {
            tasks: vec![TaskEstimate::default(); answers.task_count()],
            ..Consensus::default()
        };
        let candidates = Candidates::new(answers);
        let model = Model::new(answers, &candidates, known);

        // The estimates by which the tasks were judged last, and those that follow from their labels.
        let mut judged = model.by_votes();
        let mut following = None;
        let mut last = f64::NEG_INFINITY;
        while consensus.iterations < self.iterations && !answers.is_empty() {
            consensus.iterations += 1;
            judged = following.take().unwrap_or(judged);
            let mut counts = Counts::none(&model);
            let likelihood = model.judge(&judged, |task, posterior| {
                counts.count(&model, task, &judged.prior, posterior)
            });
            let estimates = counts.maximise(&model, &judged.prior);
            let gain = counts.gain(&model, &estimates, &judged, self.to_the_end);
            following = Some(estimates);
            let bound = (likelihood + gain) / answers.len() as f64;
            if bound - last < self.tolerance {
                consensus.converged = true;
                break;
            }
            last = bound;
        }
        let likelihood = model.judge(&judged, |task, posterior| {
            let given = candidates.of(task);
            let known = model.known.label(task);
            consensus.tasks[task] = match known {
                Some(label) => TaskEstimate::certain(label),
                None => posterior.estimate(given, &judged.prior),
            };
            if let Some(posteriors) = &mut posteriors {
                posterior.write(given, &judged.prior, posteriors.of_mut(task));
                if let Some(label) = known {
                    posteriors.of_mut(task)[label as usize] = 1.0;
                }
            }
        });
        consensus.log_likelihood = (!answers.is_empty()).then_some(likelihood);
        consensus.posteriors = posteriors;
        let told = following.unwrap_or(judged);
        let estimates = model.answered.iter().zip(&told.skills).map(|(count, skill)| {
            AnnotatorEstimate::of_one_coin(*count, *skill, answers.label_count())
        });
        consensus.annotators = estimates.collect();
        consensus.prior = told.prior.into_shares();
        Ok(consensus)
    }
}

struct Model<'a> {
    answers: &'a Answers,
    candidates: &'a Candidates,
    known: Known,
    /// How many answers each annotator gave.
    answered: Vec<u32>,
    /// How many labels are wrong for a task; at least 1, for the division.
    wrong_labels: f64,
}

struct Estimates {
    /// By annotator: how probable a right answer is.
    skills: Vec<f64>,
    /// By annotator: how much likelier their answer is if right than a certain wrong one.
    ratios: Vec<f64>,
    prior: Prior,
}

/// What the tasks' labels say of annotators and labels.
struct Counts {
    /// By annotator: how many answers were right.
    right: Vec<f64>,
    /// By label: how many tasks have it, without those of `others`.
    tasks: Vec<f64>,
    /// By label: how many answers went to tasks that have it, without those of `others`.
    votes: Vec<f64>,
    /// Tasks, and answers to them, that have a label by its prior times this besides.
    other_tasks: f64,
    other_votes: f64,
    counted: usize,
}

impl<'a> Model<'a> {
    fn new(answers: &'a Answers, candidates: &'a Candidates, known: Known) -> Self {
        let answered = answers.answered();
        let wrong_labels = answers.label_count().saturating_sub(1).max(1) as f64;
        Self { answers, candidates, known, answered, wrong_labels }
    }

    fn by_votes(&self) -> Estimates {
        let mut counts = Counts::none(self);
        let mut posterior = Posterior::new();
        let uniform = Prior::Uniform(self.answers.label_count().max(1));
        for (task, unit) in self.answers.units().enumerate() {
            if unit.is_empty() {
                continue;
            }
            let given = self.candidates.of(task);
            let start = self.answers.starts()[task] as usize;
            posterior.candidates.clear();
            posterior.candidates.resize(given.len(), 0.0);
            for place in &self.candidates.places[start..start + unit.len()] {
                posterior.candidates[*place as usize] += 1.0 / unit.len() as f64;
            }
            if let Some(label) = self.known.label(task) {
                posterior.know(given, label);
            }
            counts.count(self, task, &uniform, &posterior);
        }
        counts.maximise(self, &uniform)
    }

    /// Gives the posterior of each task with answers to `tell`; returns the log likelihood of the answers, and of the
    /// labels that are known.
    fn judge(&self, by: &Estimates, mut tell: impl FnMut(usize, &Posterior)) -> f64 {
        let mut likelihood = LogProduct::new();
        let mut posterior = Posterior::new();
        let annotators = self.answers.annotators();
        for (task, bounds) in self.answers.starts().windows(2).enumerate() {
            let at = bounds[0] as usize..bounds[1] as usize;
            if at.is_empty() {
                continue;
            }
            let ratio = |answer: usize| by.ratios[annotators[answer] as usize];
            if let Some(label) = self.known.label(task) {
                posterior.know(self.candidates.of(task), label);
                likelihood.multiply(by.prior.of(label));
                let labels = self.answers.labels();
                let right = at.filter(|answer| labels[*answer] == label);
                right.for_each(|answer| likelihood.multiply(ratio(answer)));
            } else {
                posterior.fill(self.candidates, task, at, &by.prior, &mut likelihood, ratio);
            }
            tell(task, &posterior);
        }
        for (count, skill) in self.answered.iter().zip(&by.skills) {
            likelihood
                .add(f64::from(*count) * libm::log(within((1.0 - skill) / self.wrong_labels)));
        }
        likelihood.log()
    }
}

impl Counts {
    fn none(model: &Model<'_>) -> Self {
        let labels = model.answers.label_count();
        Self {
            right: vec![0.0; model.answered.len()],
            tasks: vec![0.0; labels],
            votes: vec![0.0; labels],
            other_tasks: 0.0,
            other_votes: 0.0,
            counted: 0,
        }
    }

    #[inline(always)]
    fn count(&mut self, model: &Model<'_>, task: usize, prior: &Prior, posterior: &Posterior) {
        let starts = model.answers.starts();
        let at = starts[task] as usize..starts[task + 1] as usize;
        let answers = at.len() as f64;
        self.counted += 1;
        self.other_tasks += posterior.scale;
        self.other_votes += posterior.scale * answers;
        let given = model.candidates.of(task);
        for (label, probability) in given.iter().zip(&posterior.candidates) {
            let more = probability - prior.of(*label) * posterior.scale;
            self.tasks[*label as usize] += more;
            self.votes[*label as usize] += more * answers;
        }
        if let Some(label) = model.known.label(task).filter(|label| !given.contains(label)) {
            self.tasks[label as usize] += 1.0;
            self.votes[label as usize] += answers;
        }
        let places = &model.candidates.places[at.clone()];
        for (annotator, place) in model.answers.annotators()[at].iter().zip(places) {
            self.right[*annotator as usize] += posterior.candidates[*place as usize];
        }
    }

    /// The estimates that follow. `prior` is that of labels which nobody gave.
    fn maximise(&mut self, model: &Model<'_>, prior: &Prior) -> Estimates {
        for ((label, tasks), votes) in (0_u32..).zip(&mut self.tasks).zip(&mut self.votes) {
            *tasks += prior.of(label) * self.other_tasks;
            *votes += prior.of(label) * self.other_votes;
        }
        let skill = |(right, answered): (&f64, &u32)| right / f64::from((*answered).max(1));
        let skills: Vec<f64> = self.right.iter().zip(&model.answered).map(skill).collect();
        let ratio = |skill: &f64| within(*skill) / within((1.0 - skill) / model.wrong_labels);
        let counted = self.counted.max(1) as f64;
        Estimates {
            ratios: skills.iter().map(ratio).collect(),
            skills,
            prior: Prior::shares(
                self.tasks.iter().map(|count| (count / counted).max(LEAST)).collect(),
            ),
        }
    }

    /// What the bound has over the likelihood of the answers by the estimates with which the tasks were judged.
    fn gain(&self, model: &Model<'_>, new: &Estimates, old: &Estimates, true_bound: bool) -> f64 {
        let mut gain = 0.0;
        for (annotator, right) in self.right.iter().enumerate() {
            let (new, old) = (new.skills[annotator], old.skills[annotator]);
            let wrong = f64::from(model.answered[annotator]) - right;
            let of_wrong = |skill: f64| within((1.0 - skill) / model.wrong_labels);
            gain += right * libm::log(within(new) / within(old));
            gain += wrong * libm::log(of_wrong(new) / of_wrong(old));
        }
        for ((label, tasks), votes) in (0_u32..).zip(&self.tasks).zip(&self.votes) {
            let times = if true_bound { tasks } else { votes };
            gain += times * libm::log(new.prior.of(label)) - tasks * libm::log(old.prior.of(label));
        }
        gain
    }
}

fn within(rate: f64) -> f64 {
    rate.clamp(LEAST, 1.0 - LEAST)
}

// No rate is less, so that no answer makes anything impossible. As in crowd-kit.
const LEAST: f64 = 1e-10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;
    use crate::splitmix::mix;

    fn answers(tasks: u32, labels: usize, label: impl Fn(u32, u32) -> u32) -> Answers {
        let pairs = (0..tasks).flat_map(|task| (0..4).map(move |annotator| (task, annotator)));
        let rows: Vec<Answer> = pairs
            .map(|(task, annotator)| Answer { task, annotator, label: label(task, annotator) })
            .collect();
        Answers::new(tasks as usize, 4, labels, &rows).unwrap()
    }

    #[test]
    fn who_agrees_with_the_others_is_skilled() {
        let guess =
            |task: u32, annotator: u32| if annotator == 3 { task / 3 % 3 } else { task % 3 };
        let settings = OneCoinDawidSkene { posteriors: true, ..OneCoinDawidSkene::default() };
        let result = settings.infer(&answers(90, 5, guess), &[]).unwrap();
        assert!((0_u32..90).zip(&result.tasks).all(|(n, task)| task.label == Some(n % 3)));
        assert!(result.annotators[0].skill.unwrap() > 0.99);
        assert!((result.annotators[3].skill.unwrap() - 1.0 / 3.0).abs() < 0.01);
        let posteriors = result.posteriors.unwrap();
        assert!((posteriors.of(4).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn gold_stays_and_teaches() {
        let split = |task: u32, annotator: u32| if annotator < 2 { 1 - task % 2 } else { task % 2 };
        let gold: Vec<(u32, u32)> = (0..10).map(|task| (task, task % 2)).collect();
        let result = OneCoinDawidSkene::default().infer(&answers(40, 3, split), &gold).unwrap();
        assert!((0_u32..40).zip(&result.tasks).all(|(n, task)| task.label == Some(n % 2)));
        // A gold label that nobody gave.
        let result = OneCoinDawidSkene::default().infer(&answers(40, 3, split), &[(0, 2)]).unwrap();
        assert_eq!((result.tasks[0].label, result.tasks[0].probability), (Some(2), 1.0));
        assert!((result.prior.iter().sum::<f64>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_bound_never_falls_whatever_is_known() {
        let guess = |task: u32, annotator: u32| {
            let drawn = mix(u64::from(task * 4 + annotator)) % 10;
            if drawn < 6 { task % 3 } else { u32::from(drawn > 7) }
        };
        let answers = answers(60, 5, guess);
        // Of every third task the label is known, and is one that annotators get wrong or never gave.
        let gold: Vec<(u32, u32)> = (0..20).map(|task| (3 * task, task % 4 + 1)).collect();
        // Stops when the bound falls.
        let usual = OneCoinDawidSkene::default();
        let settings = OneCoinDawidSkene { tolerance: -1e-9, to_the_end: true, ..usual };
        assert!(!settings.infer(&answers, &gold).unwrap().converged);
        let likelihood = |iterations| {
            let settings = OneCoinDawidSkene { iterations, ..settings.clone() };
            settings.infer(&answers, &gold).unwrap().log_likelihood.unwrap()
        };
        assert!((1..40).map(likelihood).is_sorted_by(|a, b| *a <= b + 1e-6));
    }

    #[test]
    fn degenerate_input_has_defined_answers() {
        let infer = |answers: &Answers| OneCoinDawidSkene::default().infer(answers, &[]).unwrap();
        let none = infer(&Answers::new(2, 1, 0, &[]).unwrap());
        assert_eq!((none.tasks[1].label, none.annotators[0].skill), (None, None));
        let one = [Answer { task: 0, annotator: 0, label: 0 }];
        let one = infer(&Answers::new(1, 1, 1, &one).unwrap());
        assert_eq!((one.tasks[0].label, one.tasks[0].probability), (Some(0), 1.0));
        assert_eq!(one.annotators[0].spammer_score, None);
    }
}
