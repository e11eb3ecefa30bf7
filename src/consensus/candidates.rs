//! The labels that were given to each task, each once.
#![allow(clippy::indexing_slicing)] // INVARIANT: labels are below their count, and every bound comes from `starts`

use crate::agreement::{Answers, Unit};

/// The labels that were given to each task, and which of them each answer gave: up to 8 bytes an answer and 4 a task.
///
/// With these a method never looks at the labels that nobody gave, however many there are.
pub(super) struct Candidates {
    /// Where the candidates of each task begin, and at last how many there are.
    pub(super) starts: Vec<u32>,
    /// The label of each candidate; ascending within a task.
    pub(super) labels: Vec<u32>,
    /// For each answer, the place of its label among the candidates of its task.
    pub(super) places: Vec<u32>,
}

impl Candidates {
    pub(super) fn new(answers: &Answers) -> Self {
        let mut candidates = Self {
            starts: Vec::with_capacity(answers.task_count() + 1),
            labels: Vec::new(),
            places: Vec::with_capacity(answers.len()),
        };
        candidates.starts.push(0);
        let mut given = Given::new(answers.label_count());
        for unit in answers.units() {
            given.fill(unit);
            candidates.places.extend(unit.labels.iter().map(|label| given.places[*label as usize]));
            candidates.labels.extend_from_slice(&given.labels);
            // At most as many as there are answers.
            candidates.starts.push(u32::try_from(candidates.labels.len()).unwrap_or(u32::MAX));
        }
        candidates
    }

    /// The labels given to a task, ascending.
    pub(super) fn of(&self, task: usize) -> &[u32] {
        &self.labels[self.starts[task] as usize..self.starts[task + 1] as usize]
    }
}

/// The distinct labels of one task after another.
pub(super) struct Given {
    /// The labels of the task, ascending.
    pub(super) labels: Vec<u32>,
    /// By label: its place in `labels`. What it holds of labels that were not given is of no meaning.
    pub(super) places: Vec<u32>,
}

impl Given {
    pub(super) fn new(label_count: usize) -> Self {
        Self { labels: Vec::new(), places: vec![0; label_count] }
    }

    pub(super) fn fill(&mut self, unit: Unit<'_>) {
        self.labels.clear();
        for label in unit.labels {
            let place = self.places[*label as usize] as usize;
            // A label is met for the first time when its place holds another.
            if self.labels.get(place) != Some(label) {
                self.places[*label as usize] = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
                self.labels.push(*label);
            }
        }
        self.labels.sort_unstable();
        for (place, label) in (0_u32..).zip(&self.labels) {
            self.places[*label as usize] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    #[test]
    fn labels_of_a_task_are_ascending_and_each_once() {
        let rows = [(0, 0, 7), (0, 1, 2), (0, 2, 7), (2, 0, 0), (2, 1, 7)];
        let rows: Vec<Answer> =
            rows.map(|(task, annotator, label)| Answer { task, annotator, label }).to_vec();
        let candidates = Candidates::new(&Answers::new(3, 3, 9, &rows).unwrap());
        assert_eq!(candidates.of(0), [2, 7]);
        assert!(candidates.of(1).is_empty());
        assert_eq!(candidates.of(2), [0, 7]);
        assert_eq!(candidates.places, [1, 0, 1, 0, 1]);
    }
}
