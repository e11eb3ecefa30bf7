//! The iterative algorithm of Karger, Oh and Shah, for two labels.
#![allow(clippy::indexing_slicing)] // INVARIANT: numbers in `Answers` are below their counts

use crate::agreement::Answers;
use crate::error::{Error, ErrorCode};

use super::result::{AnnotatorEstimate, Consensus, TaskEstimate};

/// Messages between tasks and annotators: a task tells each annotator what the others say of it, an annotator tells
/// each task how far they agreed with that on all other tasks. For two labels.
///
/// Source: Karger, Oh and Shah, "Iterative learning for reliable crowdsourcing systems", NIPS 2011, algorithm 1, for
/// assignments in which every annotator has as many answers as every other. Real crowds are not such: a sum over an
/// annotator's answers grows with their number, and after some iterations the annotators with most answers are heard
/// alone. On the published crowds `rte` and `temp` the paper's sums fall to an accuracy of .497 and .569, after any
/// number of iterations above 8, and so do the peers. So a sum of n messages is divided here by n^`degree_power`, and
/// there are few iterations. Where all annotators have as many answers, this changes nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kos {
    /// How often messages go both ways; 3 by default, at most 1,000. The paper asks for a number that grows with the
    /// logarithm of the number of tasks. Chosen by measurement on eight published crowds.
    pub iterations: usize,
    /// 0 to 1: 0 gives the sums of the paper, 1 gives means, and 0.5, the default, sums of which each has as much
    /// noise as another.
    pub degree_power: f64,
}

impl Default for Kos {
    fn default() -> Self {
        Self { iterations: 3, degree_power: 0.5 }
    }
}

impl Kos {
    /// Infers the labels. All messages of annotators are 1 at first, the mean of what the paper draws: the first round
    /// is the majority vote, nothing is random.
    ///
    /// A task's probability is the share of the messages that speak for its label: it is no posterior. A skill is the
    /// weighted mean, from -1 to 1, of how far an annotator agrees with what the others say: 1 always, 0 as a coin
    /// would, -1 never. A task or annotator without answers has no label and no skill. With fewer than two labels
    /// every task has the one there is. Takes 8 bytes an answer and 16 a task and annotator.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for more than two labels, and for settings out of their ranges.
    pub fn infer(&self, answers: &Answers) -> Result<Consensus, Error> {
        if answers.label_count() > 2 {
            let found = answers.label_count();
            return Err(error(format!("expected two labels, found {found}")));
        }
        if self.iterations > MAX_ITERATIONS || !(0.0..=1.0).contains(&self.degree_power) {
            return Err(error(format!(
                "expected at most {MAX_ITERATIONS} iterations and a degree power of 0 to 1"
            )));
        }
        let mut messages = Messages::new(answers);
        let scales: Vec<f64> = messages
            .degrees
            .iter()
            .map(|degree| libm::pow(f64::from((*degree).max(2) - 1), -self.degree_power))
            .collect();
        for _ in 0..self.iterations {
            messages.exchange(&scales);
        }
        Ok(messages.consensus(self.iterations))
    }
}

struct Messages<'a> {
    answers: &'a Answers,
    /// How many answers each annotator has.
    degrees: Vec<u32>,
    /// What the annotator tells the task, by answer.
    reliability: Vec<f64>,
    /// Sums over tasks and annotators.
    of_task: Vec<f64>,
    of_annotator: Vec<f64>,
}

impl<'a> Messages<'a> {
    fn new(answers: &'a Answers) -> Self {
        let degrees = answers.answered();
        Self {
            answers,
            degrees,
            reliability: vec![1.0; answers.len()],
            of_task: vec![0.0; answers.task_count()],
            of_annotator: vec![0.0; answers.annotator_count()],
        }
    }

    /// One round: from annotators to tasks and back.
    fn exchange(&mut self, scales: &[f64]) {
        self.sum_of_tasks();
        self.of_annotator.fill(0.0);
        let mut greatest = 0.0_f64;
        self.each(|messages, task, annotator, sign, at| {
            let others = messages.of_task[task] - sign * messages.reliability[at];
            messages.reliability[at] = sign * others;
            messages.of_annotator[annotator] += sign * others;
        });
        self.each(|messages, _, annotator, _, at| {
            let others = messages.of_annotator[annotator] - messages.reliability[at];
            messages.reliability[at] = others * scales[annotator];
            greatest = greatest.max(messages.reliability[at].abs());
        });
        // Only ratios matter. All messages are 0, or would be but for rounding, when no task has two answers or all
        // of them cancel: start anew.
        let scale = if greatest > NOTHING { 1.0 / greatest } else { 0.0 };
        for message in &mut self.reliability {
            *message = if scale > 0.0 { *message * scale } else { 1.0 };
        }
    }

    fn sum_of_tasks(&mut self) {
        self.of_task.fill(0.0);
        self.each(|messages, task, _, sign, at| {
            messages.of_task[task] += sign * messages.reliability[at];
        });
    }

    /// Every answer: task, annotator, 1 for the first label and -1 for the second, place of the answer.
    fn each(&mut self, mut visit: impl FnMut(&mut Self, usize, usize, f64, usize)) {
        let mut at = 0;
        for (task, unit) in self.answers.units().enumerate() {
            for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
                let sign = if *label == 0 { 1.0 } else { -1.0 };
                visit(self, task, *annotator as usize, sign, at);
                at += 1;
            }
        }
    }

    fn consensus(mut self, iterations: usize) -> Consensus {
        self.sum_of_tasks();
        let mut weights = vec![[0.0_f64; 2]; self.of_task.len()];
        let mut agreement = vec![[0.0_f64; 2]; self.of_annotator.len()];
        self.each(|messages, task, annotator, sign, at| {
            let message = sign * messages.reliability[at];
            weights[task][usize::from(message < 0.0)] += message.abs();
            let others = messages.of_task[task] - message;
            agreement[annotator][0] += sign * others;
            agreement[annotator][1] += others.abs();
        });
        let labels = self.answers.label_count();
        let tasks = self.answers.units().zip(weights).map(|(unit, [first, second])| {
            let weights = [(0, first), (1, second)];
            match unit.is_empty() {
                true => TaskEstimate::default(),
                false => TaskEstimate::best(weights.into_iter().take(labels), first + second),
            }
        });
        let annotators = self.degrees.iter().zip(agreement).map(|(degree, [with, all])| {
            let skill = (all > 0.0).then(|| (with / all).clamp(-1.0, 1.0));
            AnnotatorEstimate { answers: *degree, skill, ..AnnotatorEstimate::default() }
        });
        Consensus {
            tasks: tasks.collect(),
            annotators: annotators.collect(),
            iterations,
            ..Consensus::default()
        }
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

const MAX_ITERATIONS: usize = 1000;
/// The greatest message before is 1; what is left at most this of it is rounding.
const NOTHING: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    fn answers(rows: &[[u32; 3]], labels: usize) -> Answers {
        let rows: Vec<Answer> = rows
            .iter()
            .map(|[task, annotator, label]| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        Answers::new(6, 5, labels, &rows).unwrap()
    }

    #[test]
    fn who_answers_against_the_others_is_turned_round() {
        // Annotators 0 to 2 are right of tasks 0 to 4, annotator 3 is always wrong.
        let mut rows = Vec::new();
        for task in 0..5 {
            for annotator in 0..4 {
                rows.push([task, annotator, (task % 2) ^ u32::from(annotator == 3)]);
            }
        }
        // The last task has answers of the contrarian alone.
        rows.push([5, 3, 1]);
        let consensus = Kos::default().infer(&answers(&rows, 2)).unwrap();
        let labels: Vec<_> = consensus.labels().collect();
        assert_eq!(labels, [0, 1, 0, 1, 0, 0].map(Some));
        assert!(consensus.annotators[0].skill.unwrap() > 0.9);
        assert!(consensus.annotators[3].skill.unwrap() < -0.9);
        assert_eq!(consensus.annotators[4].skill, None);
    }

    #[test]
    fn without_rounds_it_is_the_majority_vote_and_ties_go_to_the_first_label() {
        let kos = Kos { iterations: 0, ..Kos::default() };
        let consensus = kos.infer(&answers(&[[0, 0, 1], [0, 1, 0], [1, 0, 1]], 2)).unwrap();
        assert_eq!((consensus.tasks[0].label, consensus.tasks[0].tied), (Some(0), 2));
        assert_eq!((consensus.tasks[1].label, consensus.tasks[1].tied), (Some(1), 1));
        assert_eq!(consensus.tasks[2], TaskEstimate::default());
    }

    #[test]
    fn no_answers_one_label_and_no_overlap_are_defined() {
        let empty = Kos::default().infer(&Answers::default()).unwrap();
        assert!(empty.tasks.is_empty() && empty.annotators.is_empty());
        let one = Kos::default().infer(&answers(&[[0, 0, 0], [0, 1, 0]], 1)).unwrap();
        assert_eq!(one.tasks[0].label, Some(0));
        let apart = Kos::default().infer(&answers(&[[0, 0, 0], [1, 1, 1]], 2)).unwrap();
        assert_eq!((apart.tasks[0].label, apart.tasks[1].label), (Some(0), Some(1)));
        assert_eq!(apart.annotators[0].skill, None);
    }

    #[test]
    fn more_than_two_labels_and_settings_out_of_range_are_refused() {
        assert!(Kos::default().infer(&answers(&[], 3)).is_err());
        for power in [-0.1, 1.1, f64::NAN] {
            let kos = Kos { degree_power: power, ..Kos::default() };
            assert!(kos.infer(&Answers::default()).is_err());
        }
    }
}
