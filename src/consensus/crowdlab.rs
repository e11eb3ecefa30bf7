//! CROWDLAB: consensus of annotators and of a model's class probabilities.
#![allow(clippy::indexing_slicing)] // INVARIANT: numbers in `Answers` are below their counts; rows are `labels` long

use crate::agreement::{Answers, Unit};
use crate::error::{Error, ErrorCode};

use super::result::{AnnotatorEstimate, Consensus, TaskEstimate};

/// What CROWDLAB says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowdlab {
    /// The labels with their quality as probability, and the annotators with their quality as skill and their
    /// agreement with the consensus as accuracy, each 0 to 1.
    pub consensus: Consensus,
    /// What share of a task's annotators gave its label, 0 to 1; none for a task without answers.
    pub agreement: Vec<Option<f64>>,
    /// What the model's probabilities weigh, beside [`Crowdlab::annotator_weights`].
    pub model_weight: f64,
    /// What one answer of each annotator weighs: 10^-6 to 1.
    pub annotator_weights: Vec<f64>,
}

/// Infers the labels from the answers and a model's probabilities: of each task that of each label, tasks x labels
/// numbers, task after task.
///
/// The posterior of a label is a weighted mean of the model's probability and one for each annotator: how often
/// annotators agree with the majority, if that annotator gave the label, or what is left, shared among the other
/// labels. An annotator weighs as much as their agreement with the others exceeds that of always giving the label that
/// is most common, the model as much as its agreement with the consensus does, times the root of the mean number of
/// answers. First with the majority vote as consensus, then once more with the labels of the greatest posterior.
///
/// Votes that are tied go to the label with more of the model's probability, then to the one that is rarer in all
/// answers, then to that of better annotators, and then to the smallest. So does a posterior that is tied. A task
/// without answers has what the model says; a task with one answer teaches no weight.
///
/// Source: Goh, Tkachenko and Mueller, "CROWDLAB: Supervised learning to infer consensus labels and quality scores for
/// data with multiple annotators", 2022, and `get_label_quality_multiannotator` of cleanlab 2.9, whose
/// result it gives; there a last tie is broken at random, and the probabilities may be calibrated first.
///
/// # Errors
/// [`ErrorCode::Answers`] when `probabilities` are not tasks x labels numbers from 0 to 1 that sum to 1 (within 10^-3)
/// in each task, when there are fewer than two labels, or when no task has two answers; nothing at all is fine.
pub fn crowdlab(answers: &Answers, probabilities: &[f64]) -> Result<Crowdlab, Error> {
    if answers.task_count() == 0 {
        return Ok(Crowdlab::default());
    }
    check(answers, probabilities)?;
    let model = Model { answers, probabilities, labels: answers.label_count() };
    let votes = model.votes();
    let by_votes = model.weights(&votes);
    let mut best = votes.clone();
    model.each_posterior(&by_votes, |task, _, posterior| {
        let most = posterior.iter().copied().fold(0.0, f64::max);
        let mut leaders = (0_u32..).zip(posterior).filter(|(_, value)| **value >= most);
        if let (Some((label, _)), None) = (leaders.next(), leaders.next()) {
            best[task] = label;
        }
    });
    Ok(model.result(&best))
}

fn check(answers: &Answers, probabilities: &[f64]) -> Result<(), Error> {
    let (tasks, labels) = (answers.task_count(), answers.label_count());
    if labels < 2 {
        return Err(error(format!("expected two labels or more, found {labels}")));
    }
    if tasks.checked_mul(labels) != Some(probabilities.len()) {
        let found = probabilities.len();
        return Err(error(format!("expected {tasks} x {labels} probabilities, found {found}")));
    }
    for (task, row) in probabilities.chunks_exact(labels).enumerate() {
        let sum: f64 = row.iter().sum();
        let sound = row.iter().all(|value| (0.0..=1.0 + SLACK).contains(value));
        if !sound || (sum - 1.0).abs() > SLACK {
            return Err(error(format!(
                "expected probabilities from 0 to 1 that sum to 1, found otherwise in task {task}"
            )));
        }
    }
    if answers.units().all(|unit| unit.len() < 2) {
        return Err(error("expected a task with two answers or more".into()));
    }
    Ok(())
}

struct Model<'a> {
    answers: &'a Answers,
    probabilities: &'a [f64],
    labels: usize,
}

struct Weights {
    model: f64,
    annotators: Vec<f64>,
    /// How probable it is that an annotator gives the consensus.
    agree: f64,
}

/// Sums over an annotator's answers.
#[derive(Clone, Copy, Default)]
struct Tally {
    with: f64,
    all: f64,
}

impl Tally {
    fn add(&mut self, with: f64, all: f64) {
        self.with += with;
        self.all += all;
    }

    fn mean(self) -> Option<f64> {
        (self.all > 0.0).then(|| self.with / self.all)
    }
}

impl Model<'_> {
    fn row(&self, task: usize) -> &[f64] {
        &self.probabilities[task * self.labels..(task + 1) * self.labels]
    }

    /// Every task with its answers and the votes for each label.
    fn each_unit(&self, mut visit: impl FnMut(usize, Unit<'_>, &[u32])) {
        let mut votes = vec![0_u32; self.labels];
        for (task, unit) in self.answers.units().enumerate() {
            for label in unit.labels {
                votes[*label as usize] += 1;
            }
            visit(task, unit, &votes);
            for label in unit.labels {
                votes[*label as usize] = 0;
            }
        }
    }

    /// The majority vote, with its four rules for ties.
    fn votes(&self) -> Vec<u32> {
        let mut frequencies = vec![0_u32; self.labels];
        for label in self.answers.labels() {
            frequencies[*label as usize] += 1;
        }
        let mut chosen = vec![0_u32; self.answers.task_count()];
        let mut tied: Vec<(usize, Vec<u32>)> = Vec::new();
        let mut good = vec![Tally::default(); self.answers.annotator_count()];
        self.each_unit(|task, unit, votes| {
            // In a task without answers all labels have the same number of votes, 0, and the model decides.
            let most = votes.iter().copied().max().unwrap_or(0);
            let mut labels: Vec<u32> = match unit.is_empty() {
                true => (0_u32..).take(self.labels).collect(),
                false => unit.labels.to_vec(),
            };
            labels.sort_unstable();
            labels.dedup();
            labels.retain(|label| votes[*label as usize] == most);
            let alone = labels.len() == 1;
            keep_most(&mut labels, |label| self.row(task)[label as usize]);
            keep_most(&mut labels, |label| -f64::from(frequencies[label as usize]));
            chosen[task] = labels[0];
            if labels.len() > 1 {
                tied.push((task, labels));
            } else if alone {
                for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
                    good[*annotator as usize].add(f64::from(u8::from(*label == chosen[task])), 1.0);
                }
            }
        });
        let quality = with_usual(&good);
        for (task, mut labels) in tied {
            let unit = self.answers.unit(task);
            keep_most(&mut labels, |label| {
                let mut tally = Tally::default();
                for (annotator, given) in unit.annotators.iter().zip(unit.labels) {
                    if *given == label {
                        tally.add(quality[*annotator as usize], 1.0);
                    }
                }
                tally.mean().unwrap_or(0.0)
            });
            chosen[task] = labels[0];
        }
        chosen
    }

    fn weights(&self, consensus: &[u32]) -> Weights {
        let mut agree = Tally::default();
        let mut wrong = Tally::default();
        let mut frequencies = vec![0_u32; self.labels];
        let mut others = vec![Tally::default(); self.answers.annotator_count()];
        let mut answered = Tally::default();
        self.each_unit(|task, unit, votes| {
            let count = unit.len() as f64;
            answered.add(count, f64::from(u8::from(!unit.is_empty())));
            if unit.len() < 2 {
                return;
            }
            let label = consensus[task];
            agree.add(f64::from(votes[label as usize]) / count, 1.0);
            wrong.add(f64::from(u8::from(first_best(self.row(task)) != label)), 1.0);
            frequencies[label as usize] += 1;
            for (annotator, given) in unit.annotators.iter().zip(unit.labels) {
                let same = f64::from(votes[*given as usize]) - 1.0;
                others[*annotator as usize].add(same, count - 1.0);
            }
        });
        let most = f64::from(frequencies.iter().copied().max().unwrap_or(0));
        let baseline = (1.0 - most / agree.all).max(LEAST);
        let beyond = |error: f64| (1.0 - error / baseline).max(LEAST);
        let mean_answers = answered.mean().unwrap_or(0.0);
        Weights {
            model: beyond(wrong.mean().unwrap_or(1.0)) * mean_answers.sqrt(),
            annotators: with_usual(&others).into_iter().map(|same| beyond(1.0 - same)).collect(),
            agree: agree.mean().unwrap_or(1.0),
        }
    }

    fn each_posterior(&self, weights: &Weights, mut visit: impl FnMut(usize, Unit<'_>, &[f64])) {
        let rest = (1.0 - weights.agree) / (self.labels as f64 - 1.0);
        let mut posterior = vec![0.0; self.labels];
        for (task, unit) in self.answers.units().enumerate() {
            let all: f64 = unit.annotators.iter().map(|at| weights.annotators[*at as usize]).sum();
            let total = all + weights.model;
            for (value, prior) in posterior.iter_mut().zip(self.row(task)) {
                *value = prior * weights.model + all * rest;
            }
            for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
                posterior[*label as usize] +=
                    weights.annotators[*annotator as usize] * (weights.agree - rest);
            }
            posterior.iter_mut().for_each(|value| *value = (*value / total).clamp(0.0, 1.0));
            visit(task, unit, &posterior);
        }
    }

    fn result(&self, consensus: &[u32]) -> Crowdlab {
        let weights = self.weights(consensus);
        let count = self.answers.annotator_count();
        let mut tasks = Vec::with_capacity(consensus.len());
        let mut agreement = Vec::with_capacity(consensus.len());
        let (mut quality, mut alike, mut shared) = (
            vec![Tally::default(); count],
            vec![Tally::default(); count],
            vec![Tally::default(); count],
        );
        let mut answered = Tally::default();
        self.each_posterior(&weights, |task, unit, posterior| {
            let label = consensus[task];
            let probability = posterior[label as usize];
            let (mut next, mut tied) = (0.0_f64, 1);
            for (_, value) in (0_u32..).zip(posterior).filter(|(other, _)| *other != label) {
                next = next.max(*value);
                tied += u32::from((*value - probability).abs() <= TIE);
            }
            let margin = (probability - next).max(0.0);
            tasks.push(TaskEstimate { label: Some(label), probability, margin, tied });
            let mut same = Tally::default();
            for (annotator, given) in unit.annotators.iter().zip(unit.labels) {
                let at = *annotator as usize;
                let agrees = f64::from(u8::from(*given == label));
                same.add(agrees, 1.0);
                quality[at].add(posterior[*given as usize], 1.0);
                alike[at].add(agrees, 1.0);
                if unit.len() > 1 {
                    shared[at].add(agrees, 1.0);
                }
            }
            agreement.push(same.mean());
            answered.add(unit.len() as f64, f64::from(u8::from(!unit.is_empty())));
        });
        let sum: f64 = weights.annotators.iter().sum();
        let crowd = sum * answered.mean().unwrap_or(0.0) / count.max(1) as f64;
        let share = weights.model / (weights.model + crowd);
        let annotators = (0..count).map(|at| {
            let skill = match (quality[at].mean(), shared[at].mean()) {
                (Some(quality), Some(shared)) => Some(share * quality + (1.0 - share) * shared),
                _ => None,
            };
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a count below 2^32
            let answers = alike[at].all as u32;
            AnnotatorEstimate {
                answers,
                skill,
                accuracy: alike[at].mean(),
                ..AnnotatorEstimate::default()
            }
        });
        let annotators = annotators.collect();
        let consensus =
            Consensus { tasks, annotators, iterations: 2, converged: true, ..Consensus::default() };
        Crowdlab {
            consensus,
            agreement,
            model_weight: weights.model,
            annotator_weights: weights.annotators,
        }
    }
}

/// Keeps the labels of which `value` is greatest. There is one at least, before and after.
fn keep_most(labels: &mut Vec<u32>, value: impl Fn(u32) -> f64) {
    if labels.len() > 1 {
        let most = labels.iter().map(|label| value(*label)).fold(f64::NEG_INFINITY, f64::max);
        labels.retain(|label| value(*label) >= most);
    }
}

/// The means, and for those who have none the mean of the others.
fn with_usual(tallies: &[Tally]) -> Vec<f64> {
    let mut usual = Tally::default();
    for mean in tallies.iter().filter_map(|tally| tally.mean()) {
        usual.add(mean, 1.0);
    }
    tallies.iter().map(|tally| tally.mean().or(usual.mean()).unwrap_or(0.0)).collect()
}

fn first_best(row: &[f64]) -> u32 {
    let most = row.iter().copied().fold(0.0, f64::max);
    (0_u32..).zip(row).find(|(_, value)| **value >= most).map_or(0, |(label, _)| label)
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

/// Least weight and baseline; from cleanlab.
const LEAST: f64 = 1e-6;
/// How far probabilities may be from summing to 1. Chosen: what 32-bit numbers of thousands of labels lose.
const SLACK: f64 = 1e-3;
/// Probabilities that differ by at most this are tied.
const TIE: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    fn answers(tasks: usize, rows: &[[u32; 3]]) -> Answers {
        let rows: Vec<Answer> = rows
            .iter()
            .map(|[task, annotator, label]| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        Answers::new(tasks, 4, 2, &rows).unwrap()
    }

    const ROWS: [[u32; 3]; 7] =
        [[0, 0, 0], [0, 1, 0], [0, 2, 1], [1, 0, 1], [1, 1, 1], [2, 2, 1], [3, 0, 1]];
    const MODEL: [f64; 10] = [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.2, 0.8, 0.4, 0.6];

    #[test]
    fn a_sound_model_overrules_a_lone_poor_annotator() {
        let result = crowdlab(&answers(5, &ROWS), &MODEL).unwrap();
        let labels: Vec<_> = result.consensus.labels().collect();
        assert_eq!(labels, [0, 1, 0, 1, 1].map(Some));
        assert!(result.annotator_weights[2] < 1e-5 && result.annotator_weights[0] > 0.3);
        // Without answers the model's probability stands.
        assert!((result.consensus.tasks[4].probability - 0.6).abs() < 1e-12);
        assert_eq!(result.agreement[4], None);
        assert_eq!(result.consensus.annotators[3].skill, None);
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let five = answers(5, &ROWS);
        assert!(crowdlab(&five, &MODEL[..8]).is_err());
        for bad in [f64::NAN, -0.1, 0.5, f64::INFINITY] {
            let mut model = MODEL;
            model[0] = bad;
            assert_eq!(crowdlab(&five, &model).unwrap_err().code(), ErrorCode::Answers);
        }
        assert!(crowdlab(&answers(1, &[[0, 0, 1]]), &[0.5, 0.5]).is_err());
        assert_eq!(crowdlab(&Answers::default(), &[]).unwrap(), Crowdlab::default());
    }

    #[test]
    fn tied_votes_go_to_the_models_label_and_then_to_the_smallest() {
        let tied = answers(1, &[[0, 0, 0], [0, 1, 1]]);
        let label = |model: [f64; 2]| crowdlab(&tied, &model).unwrap().consensus.tasks[0].label;
        assert_eq!(label([0.4, 0.6]), Some(1));
        assert_eq!(label([0.5, 0.5]), Some(0));
    }

    /// What `get_label_quality_multiannotator` of cleanlab 2.9 gives, to the six digits it was printed with.
    #[test]
    fn equals_cleanlab() {
        let given = ["001-", "11-1", "2-20", "-10-", "0210", "--2-"];
        let rows: Vec<Answer> = (0_u32..)
            .zip(given)
            .flat_map(|(task, row)| {
                let labels = (0_u32..).zip(row.chars());
                labels.filter_map(move |(annotator, label)| {
                    Some(Answer { task, annotator, label: label.to_digit(10)? })
                })
            })
            .collect();
        let answers = Answers::new(6, 4, 3, &rows).unwrap();
        let model = [
            0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.1, 0.6, 0.2, 0.7, 0.1, 0.25, 0.25, 0.5, 0.1, 0.5,
            0.4,
        ];
        let result = crowdlab(&answers, &model).unwrap();
        let labels: Vec<_> = result.consensus.labels().collect();
        assert_eq!(labels, [0, 1, 2, 1, 2, 1].map(Some));
        let close = |ours: &[f64], theirs: &[f64]| {
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
            }
        };
        let quality: Vec<f64> =
            result.consensus.tasks.iter().map(|task| task.probability).collect();
        close(&quality, &[0.688_582, 0.770_997, 0.592_204, 0.7, 0.451_223, 0.5]);
        let skills: Vec<f64> =
            result.consensus.annotators.iter().map(|annotator| annotator.skill.unwrap()).collect();
        close(&skills, &[0.607_767, 0.691_367, 0.317_865, 0.443_616]);
        close(&result.annotator_weights, &[0.259_259, 1e-6, 1e-6, 0.047_619]);
        close(&[result.model_weight], &[1.632_993]);
    }
}
