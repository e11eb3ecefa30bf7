//! Kendall's W.

// INVARIANT: numbers of annotators, labels and answers are below their counts.
#![allow(clippy::indexing_slicing)]

use super::conger::Habits;
use super::icc::is_complete;
use super::{Answers, Coefficient, Undefined};

/// Kendall's coefficient of concordance W, corrected for ties: how far annotators rank the tasks alike, from 0 to 1.
///
/// M. G. Kendall and B. Babington Smith, The problem of m rankings, 1939. `values` has the value of each label; tasks
/// of one value share their mid-rank. Every annotator who answers at all must answer every task that has answers
/// ([`Undefined::Incomplete`]), and there must be two tasks. Without standard error.
#[must_use]
pub fn kendall_w(answers: &Answers, values: &[f64]) -> Coefficient {
    let mut tasks = answers.units().filter(|unit| !unit.is_empty());
    let Some(first) = tasks.next() else { return Coefficient::undefined(Undefined::NoAnswers) };
    let tasks = 1.0 + tasks.count() as f64;
    if values.len() != answers.label_count() {
        return Coefficient::undefined(Undefined::Scale);
    }
    if answers.annotators().iter().all(|annotator| *annotator == first.annotators[0]) {
        return Coefficient::undefined(Undefined::OneAnnotator);
    }
    if answers.units().all(|unit| unit.len() < 2) {
        return Coefficient::undefined(Undefined::NoOverlap);
    }
    if !is_complete(answers) {
        return Coefficient::undefined(Undefined::Incomplete);
    }
    if tasks < 2.0 {
        return Coefficient::undefined(Undefined::TooFew);
    }
    let annotators = first.len() as f64;
    let habits = Habits::new(answers);
    // The rank of each cell, around the middle one.
    let mut ranks = vec![0.0; habits.cells.len()];
    let mut ties = 0.0;
    for (bounds, given) in habits.starts.windows(2).zip(&habits.given) {
        let value = |cell: &usize| values[habits.cells[*cell].0 as usize];
        let mut order: Vec<usize> = (bounds[0] as usize..bounds[1] as usize).collect();
        order.sort_unstable_by(|a, b| value(a).total_cmp(&value(b)));
        let mut below = 0.0;
        for tied in order.chunk_by(|a, b| value(a) == value(b)) {
            let here = (tied.iter().map(|cell| habits.cells[*cell].1).sum::<f64>() * given).round();
            for cell in tied {
                ranks[*cell] = below + here / 2.0 - given / 2.0;
            }
            below += here;
            ties += here * here * here - here;
        }
    }
    let mut squares = 0.0;
    for bounds in answers.starts().windows(2) {
        let cells = &habits.cell_of[bounds[0] as usize..bounds[1] as usize];
        let sum: f64 = cells.iter().map(|cell| ranks[*cell as usize]).sum();
        squares += sum * sum;
    }
    let most = annotators * annotators * (tasks * tasks * tasks - tasks) - annotators * ties;
    if most <= 0.0 {
        return Coefficient::undefined(Undefined::OneLabel);
    }
    Coefficient::of(12.0 * squares / most)
}

#[cfg(test)]
mod tests {
    use super::super::Answer;
    use super::*;

    fn w(rows: &[&[u32]]) -> Coefficient {
        let mut answers = Vec::new();
        for (annotator, row) in (0..).zip(rows) {
            for (task, label) in (0..).zip(*row) {
                answers.push(Answer { task, annotator, label: *label });
            }
        }
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        kendall_w(&Answers::new(10, 4, 20, &answers).unwrap(), &values)
    }

    #[test]
    fn ties_are_corrected() {
        // Siegel and Castellan's three executives and six applicants: W = 0.16.
        let executives = w(&[&[1, 6, 3, 2, 5, 4], &[1, 5, 6, 4, 2, 3], &[6, 3, 2, 5, 4, 1]]);
        assert!((executives.value.unwrap() - 0.16).abs() < 0.005, "{executives:?}");
        assert_eq!(w(&[&[1, 2, 2], &[5, 9, 9]]).value, Some(1.0));
        // By hand: ranks 1.5 1.5 3 and 1 2.5 2.5, sums 2.5 4 5.5, S = 4.5, 12 S / (4 * 24 - 2 * 12) = 0.75.
        assert!((w(&[&[1, 1, 2], &[1, 2, 2]]).value.unwrap() - 0.75).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_w_says_why() {
        assert_eq!(w(&[]).reason, Some(Undefined::NoAnswers));
        assert_eq!(w(&[&[1, 2]]).reason, Some(Undefined::OneAnnotator));
        assert_eq!(w(&[&[1, 2], &[1]]).reason, Some(Undefined::Incomplete));
        assert_eq!(w(&[&[1], &[2]]).reason, Some(Undefined::TooFew));
        assert_eq!(w(&[&[1, 1], &[2, 2]]).reason, Some(Undefined::OneLabel));
    }
}
