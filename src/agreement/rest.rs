//! Each annotator against the rest.

// INVARIANT: numbers of annotators, labels and tasks are below their counts.
#![allow(clippy::indexing_slicing)]

use super::comparison::{Counter, standard_error};
use super::{ByAnnotator, Coefficient, Comparison, Undefined};

/// One annotator against all others who answered the same tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnnotatorAgreement {
    /// The annotator's number.
    pub annotator: u32,
    /// How many answers they gave.
    pub answers: usize,
    /// How many of them are to tasks that others answered too.
    pub compared: usize,
    /// The mean over these tasks of 1 less the mean distance to the others' answers: the share of the others who said
    /// the same, by the nominal distance.
    pub percent_agreement: Coefficient,
    /// The same corrected for chance as in Cohen's kappa; the rest together is the second annotator, who gives each
    /// label as often as the others did on these tasks, each task with weight 1.
    pub kappa: Coefficient,
}

impl Comparison<'_> {
    /// Every annotator against the rest, by number.
    ///
    /// Undefined for annotators without answers, or whose tasks nobody else answered.
    ///
    /// # Errors
    /// [`Undefined::TooMany`] when the answers times the different labels of their tasks are more than twice
    /// [`Comparison::MAX_ANSWER_PAIRS`]; by a distance without closed form, so are an annotator's labels times those of
    /// the rest.
    pub fn annotators(&self) -> Result<Vec<AnnotatorAgreement>, Undefined> {
        let answers = self.answers;
        let mut counter = Counter::new(answers.label_count());
        let (mut starts, mut counted) = (vec![0], Vec::new());
        let mut work = 0;
        for unit in answers.units() {
            counted.extend_from_slice(counter.count(unit.labels));
            let labels = counted.len() - starts.last().copied().unwrap_or_default();
            work += labels as u64 * unit.len() as u64;
            starts.push(counted.len());
        }
        if work > 2 * Self::MAX_ANSWER_PAIRS {
            return Err(Undefined::TooMany);
        }
        let mut rest = vec![0.0; answers.label_count()];
        let mut own = rest.clone();
        let mut out = Vec::with_capacity(answers.annotator_count());
        for (annotator, given) in ByAnnotator::new(answers).each() {
            let mut labels: Vec<u32> = Vec::new();
            let mut distances: Vec<f64> = Vec::new();
            for (task, label) in given {
                let task = *task as usize;
                let others = answers.unit(task).len() as f64 - 1.0;
                if others < 1.0 {
                    continue;
                }
                let mut far = 0.0;
                for (other, count) in &counted[starts[task]..starts[task + 1]] {
                    far += self.distance.of(*label, *other) * count;
                    let count = count - f64::from(u8::from(other == label));
                    rest[*other as usize] += count / others;
                    labels.push(*other);
                }
                own[*label as usize] += 1.0;
                distances.push(far / others);
            }
            labels.sort_unstable();
            labels.dedup();
            let (mut left, mut right) = (Vec::new(), Vec::new());
            work += self.distance.cost(labels.len().min(distances.len()), labels.len());
            if work > 2 * Self::MAX_ANSWER_PAIRS {
                return Err(Undefined::TooMany);
            }
            for label in labels {
                left.push((label, std::mem::take(&mut own[label as usize])));
                right.push((label, std::mem::take(&mut rest[label as usize])));
            }
            let compared = distances.len();
            let tasks = compared as f64;
            let mean = distances.iter().sum::<f64>() / tasks;
            let expected = self.distance.across(&left, &right) / (tasks * tasks);
            let nothing = if given.is_empty() {
                Some(Undefined::NoAnswers)
            } else if compared == 0 {
                Some(Undefined::NoOverlap)
            } else {
                None
            };
            let percent_agreement = nothing.map_or_else(
                || {
                    let squares = distances.iter().map(|far| (far - mean) * (far - mean)).sum();
                    Coefficient::with_se(1.0 - mean, standard_error(squares, compared), compared)
                },
                Coefficient::undefined,
            );
            let kappa = match nothing {
                Some(reason) => Coefficient::undefined(reason),
                None if left.len() == 1 => Coefficient::undefined(Undefined::OneLabel),
                None if expected <= 0.0 => Coefficient::undefined(Undefined::NoChance),
                None => Coefficient::of(1.0 - mean / expected),
            };
            let answers = given.len();
            out.push(AnnotatorAgreement { annotator, answers, compared, percent_agreement, kappa });
        }
        Ok(out)
    }
}
