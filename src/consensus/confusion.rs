//! How annotators mistake labels for one another.
#![allow(clippy::indexing_slicing)] // INVARIANT: pairs come from the answers, and rows are `label_count` long

use super::pairs::Pairs;

/// Error rates: for each annotator, how probable each label they ever gave is by the true label. What they never gave
/// is not kept: 8 bytes a label for each distinct pair of annotator and given label.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    label_count: usize,
    starts: Vec<u32>,
    given: Vec<u32>,
    /// Pairs x true labels.
    rates: Vec<f64>,
    /// The rate of a label that an annotator never gave, by annotator and true label; empty where that is 0.
    unseen: Vec<f64>,
}

impl Confusion {
    pub(super) fn new(pairs: Pairs, label_count: usize, rates: Vec<f64>, unseen: Vec<f64>) -> Self {
        Self { label_count, starts: pairs.starts, given: pairs.labels, rates, unseen }
    }

    /// The probability that `annotator` gives `label` to a task whose label is `truth`; 0 for numbers that there are
    /// not, and for an annotator without answers.
    #[must_use]
    pub fn rate(&self, annotator: usize, truth: u32, label: u32) -> f64 {
        let (Some(start), Some(end)) = (self.starts.get(annotator), self.starts.get(annotator + 1))
        else {
            return 0.0;
        };
        let (start, end, truth) = (*start as usize, *end as usize, truth as usize);
        if truth >= self.label_count || label as usize >= self.label_count || start == end {
            return 0.0;
        }
        match self.given[start..end].binary_search(&label) {
            Ok(place) => self.rates[(start + place) * self.label_count + truth],
            Err(_) => {
                self.unseen.get(annotator * self.label_count + truth).copied().unwrap_or_default()
            }
        }
    }

    /// The rates of an annotator as rows by the true label; each row sums to 1, or to 0 without answers.
    #[must_use]
    pub fn rows(&self, annotator: usize) -> Vec<Vec<f64>> {
        let labels = 0_u32..u32::try_from(self.label_count).unwrap_or(u32::MAX);
        labels
            .clone()
            .map(|truth| labels.clone().map(|label| self.rate(annotator, truth, label)).collect())
            .collect()
    }

    /// How probable a right answer is when labels have these shares among the tasks, and the spammer score.
    pub(super) fn measures(&self, annotator: usize, prior: &[f64]) -> Option<(f64, Option<f64>)> {
        let pairs = self.starts[annotator] as usize..self.starts[annotator + 1] as usize;
        if pairs.is_empty() {
            return None;
        }
        let unseen = |truth: usize| {
            self.unseen.get(annotator * self.label_count + truth).copied().unwrap_or_default()
        };
        let mut accuracy = 0.0;
        let mut apart = 0.0;
        let mut rest: f64 = (0..self.label_count).map(|truth| unseen(truth) * prior[truth]).sum();
        for pair in pairs.clone() {
            let row = &self.rates[pair * self.label_count..(pair + 1) * self.label_count];
            let truth = self.given[pair] as usize;
            accuracy += row[truth] * prior[truth];
            rest -= unseen(truth) * prior[truth];
            apart += spread(row.iter().copied());
        }
        // The labels never given, all alike.
        let others = self.label_count - pairs.len();
        apart += others as f64 * spread((0..self.label_count).map(unseen));
        accuracy += rest.max(0.0);
        Some((accuracy.clamp(0.0, 1.0), scaled(apart, self.label_count)))
    }
}

/// The spammer score of Raykar and Yu ("Eliminating spammers and ranking annotators for crowdsourced labeling tasks",
/// JMLR 13, 2012, section 3.2): how far the rows of a confusion matrix are from being equal. 0 for somebody whose
/// answers do not depend on the truth, 1 for somebody who is always right, or always wrong in the same way.
///
/// `rows` are the probabilities of each label by the true label. It is the mean over pairs of rows of half their
/// squared distance; none for fewer than two rows. With two labels it is (sensitivity + specificity - 1)^2.
#[must_use]
pub fn spammer_score(rows: &[Vec<f64>]) -> Option<f64> {
    let labels = rows.iter().map(Vec::len).max().unwrap_or_default();
    let rate = |row: &Vec<f64>, label: usize| row.get(label).copied().unwrap_or_default();
    let apart = (0..labels).map(|label| spread(rows.iter().map(|row| rate(row, label)))).sum();
    scaled(apart, rows.len())
}

/// The sum of squared differences over all pairs of the values.
fn spread(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum, squares) = values.fold((0.0, 0.0, 0.0), |(count, sum, squares), value| {
        (count + 1.0, sum + value, squares + value * value)
    });
    count * squares - sum * sum
}

fn scaled(apart: f64, rows: usize) -> Option<f64> {
    let rows = rows as f64;
    (rows > 1.0).then(|| (apart / (rows * (rows - 1.0))).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_two_labels_the_score_is_the_square_of_youdens_index() {
        let score = spammer_score(&[vec![0.9, 0.1], vec![0.3, 0.7]]).unwrap();
        assert!((score - 0.36).abs() < 1e-12);
    }

    #[test]
    fn equal_rows_score_nothing_and_a_permutation_everything() {
        let row = vec![0.2, 0.5, 0.3];
        assert!(spammer_score(&[row.clone(), row.clone(), row]).unwrap().abs() < 1e-12);
        let wrong = [vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0], vec![1.0, 0.0, 0.0]];
        assert!((spammer_score(&wrong).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_row_has_no_score() {
        assert_eq!(spammer_score(&[vec![1.0]]), None);
        assert_eq!(spammer_score(&[]), None);
    }
}
