//! Answers by annotator.

// INVARIANT: numbers of annotators are below their count, and starts at most the number of answers.
#![allow(clippy::indexing_slicing)]

use super::Answers;

/// The answers of each annotator: task and label.
pub(crate) struct ByAnnotator {
    starts: Vec<u32>,
    answers: Vec<(u32, u32)>,
}

impl ByAnnotator {
    pub(crate) fn new(answers: &Answers) -> Self {
        let mut starts = vec![0_u32; answers.annotator_count() + 1];
        let mut sum = 0;
        for (start, count) in starts.iter_mut().skip(1).zip(answers.answered()) {
            sum += count;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut placed = vec![(0, 0); answers.len()];
        for (task, unit) in (0_u32..).zip(answers.units()) {
            for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
                let next = &mut next[*annotator as usize];
                placed[*next as usize] = (task, *label);
                *next += 1;
            }
        }
        Self { starts, answers: placed }
    }

    /// Each annotator with their answers.
    pub(crate) fn each(&self) -> impl Iterator<Item = (u32, &[(u32, u32)])> {
        let bounds = self.starts.windows(2);
        let of = |bounds: &[u32]| &self.answers[bounds[0] as usize..bounds[1] as usize];
        (0_u32..).zip(bounds.map(of))
    }
}
