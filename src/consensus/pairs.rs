//! Which labels each annotator ever gave.
#![allow(clippy::indexing_slicing)] // INVARIANT: annotators and labels are below their counts

use crate::agreement::Answers;

/// The distinct pairs of annotator and label: 4 bytes an answer, 4 an annotator and 4 a pair.
pub(super) struct Pairs {
    /// Where the pairs of each annotator begin, and at last how many there are.
    pub(super) starts: Vec<u32>,
    /// The label of each pair, ascending within an annotator.
    pub(super) labels: Vec<u32>,
    /// For each answer, the number of its pair.
    pub(super) of_answers: Vec<u32>,
}

impl Pairs {
    pub(super) fn new(answers: &Answers) -> Self {
        Self::by(answers.annotators(), answers.annotator_count(), answers)
    }

    /// As if each answer were given by one of `count` others.
    pub(super) fn by(annotators: &[u32], count: usize, answers: &Answers) -> Self {
        let (labels, label_count) = (answers.labels(), answers.label_count());
        // A table of all pairs while it is no longer than the answers; else the answers sorted by annotator.
        match count.checked_mul(label_count) {
            Some(cells) if cells <= answers.len().max(1 << 16) => {
                Self::by_table(annotators, labels, count, label_count)
            }
            _ => Self::by_sorting(annotators, labels, count, label_count),
        }
    }

    fn by_table(annotators: &[u32], labels: &[u32], count: usize, label_count: usize) -> Self {
        let mut table = vec![u32::MAX; count * label_count];
        for (annotator, label) in annotators.iter().zip(labels) {
            table[*annotator as usize * label_count + *label as usize] = 0;
        }
        let mut pairs = Self { starts: vec![0], labels: Vec::new(), of_answers: Vec::new() };
        let mut number = 0;
        for row in table.chunks_mut(label_count.max(1)).take(count) {
            for (label, cell) in (0_u32..).zip(row) {
                if *cell == 0 {
                    *cell = number;
                    number += 1;
                    pairs.labels.push(label);
                }
            }
            pairs.starts.push(number);
        }
        pairs.starts.resize(count + 1, number);
        let cell = |(annotator, label): (&u32, &u32)| {
            table[*annotator as usize * label_count + *label as usize]
        };
        pairs.of_answers = annotators.iter().zip(labels).map(cell).collect();
        pairs
    }

    fn by_sorting(annotators: &[u32], labels: &[u32], count: usize, label_count: usize) -> Self {
        let mut ends = vec![0_usize; count + 1];
        for annotator in annotators {
            ends[*annotator as usize + 1] += 1;
        }
        for at in 1..=count {
            ends[at] += ends[at - 1];
        }
        // The answers of each annotator; then `ends` holds where they end.
        let mut sorted = vec![0_u32; annotators.len()];
        for (at, annotator) in (0_u32..).zip(annotators) {
            let next = &mut ends[*annotator as usize];
            sorted[*next] = at;
            *next += 1;
        }
        let mut pairs =
            Self { starts: vec![0], labels: Vec::new(), of_answers: vec![0; annotators.len()] };
        let mut places = vec![0_u32; label_count];
        let mut start = 0;
        for end in ends.iter().take(count) {
            let own = &sorted[start..*end];
            let first = pairs.labels.len();
            // As in `Given`: a label is met for the first time when its place holds another.
            for answer in own {
                let label = labels[*answer as usize];
                let place = places[label as usize] as usize;
                if place < first || pairs.labels.get(place) != Some(&label) {
                    places[label as usize] = u32::try_from(pairs.labels.len()).unwrap_or(u32::MAX);
                    pairs.labels.push(label);
                }
            }
            pairs.labels[first..].sort_unstable();
            for (place, label) in pairs.labels.iter().enumerate().skip(first) {
                places[*label as usize] = u32::try_from(place).unwrap_or(u32::MAX);
            }
            for answer in own {
                pairs.of_answers[*answer as usize] = places[labels[*answer as usize] as usize];
            }
            pairs.starts.push(u32::try_from(pairs.labels.len()).unwrap_or(u32::MAX));
            start = *end;
        }
        pairs
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// How many annotators there are.
    pub(super) fn annotators(&self) -> usize {
        self.starts.len() - 1
    }

    /// The numbers of an annotator's pairs.
    pub(super) fn of(&self, annotator: usize) -> std::ops::Range<usize> {
        self.starts[annotator] as usize..self.starts[annotator + 1] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_numbering_agree() {
        let annotators = [2, 0, 2, 2, 0, 3, 3, 3, 2];
        let labels = [1, 4, 0, 1, 4, 3, 0, 2, 4];
        let table = Pairs::by_table(&annotators, &labels, 5, 5);
        let sorted = Pairs::by_sorting(&annotators, &labels, 5, 5);
        assert_eq!(table.starts, [0, 1, 1, 4, 7, 7]);
        assert_eq!(table.labels, [4, 0, 1, 4, 0, 2, 3]);
        assert_eq!(table.of_answers, [2, 0, 1, 2, 0, 6, 4, 5, 3]);
        assert_eq!(sorted.starts, table.starts);
        assert_eq!(sorted.labels, table.labels);
        assert_eq!(sorted.of_answers, table.of_answers);
    }
}
