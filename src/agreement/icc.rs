//! Intraclass correlations.

// INVARIANT: numbers of annotators and labels are below the lengths of the slices.
#![allow(clippy::indexing_slicing)]

use super::{Answers, Coefficient, Undefined, Unit};

/// The six intraclass correlations of P. E. Shrout and J. L. Fleiss, Intraclass correlations, 1979.
///
/// The form with `k` is the reliability of the mean of all annotators. At most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Icc {
    /// ICC(1,1): each task has annotators of its own. Missing answers are fine: one-way analysis of variance of the
    /// tasks with two answers or more, with the usual mean number of answers for unequal groups.
    pub one: Coefficient,
    /// ICC(1,k), k being that mean number.
    pub one_k: Coefficient,
    /// ICC(2,1): the annotators are a sample, and their levels count as disagreement.
    pub two: Coefficient,
    /// ICC(2,k).
    pub two_k: Coefficient,
    /// ICC(3,1): the annotators are all there are, and their levels do not count.
    pub three: Coefficient,
    /// ICC(3,k).
    pub three_k: Coefficient,
}

impl Icc {
    /// The correlations of answers whose labels stand for these values, one for each label.
    ///
    /// The two-way forms need every annotator who answers at all to answer every task that has answers
    /// ([`Undefined::Incomplete`]). All need two tasks. Standard errors are of the jackknife over tasks.
    #[must_use]
    pub fn of(answers: &Answers, values: &[f64]) -> Self {
        let nothing = |reason| [Coefficient::undefined(reason); 6];
        let paired = || answers.units().filter(|unit| unit.len() > 1);
        let [one, one_k, two, two_k, three, three_k] = if answers.is_empty() {
            nothing(Undefined::NoAnswers)
        } else if values.len() != answers.label_count() {
            nothing(Undefined::Scale)
        } else if paired().next().is_none() {
            let one = answers.annotators().windows(2).all(|pair| pair[0] == pair[1]);
            nothing(if one { Undefined::OneAnnotator } else { Undefined::NoOverlap })
        } else {
            let of = |label: &u32| values[*label as usize];
            let mean = answers.labels().iter().map(of).sum::<f64>() / answers.len() as f64;
            let values: Vec<f64> = values.iter().map(|value| value - mean).collect();
            let mut sums = Sums::new(answers.annotator_count(), active(answers));
            for unit in paired() {
                sums.add(unit, &values, 1.0);
            }
            sums.least = sums.squares * 1e-12;
            let complete = is_complete(answers);
            let whole = sums.forms(complete);
            let mut squares = [[0.0; 2]; 6];
            for unit in paired() {
                sums.add(unit, &values, -1.0);
                for (squares, (part, whole)) in
                    squares.iter_mut().zip(sums.forms(complete).into_iter().zip(whole))
                {
                    let off = part.unwrap_or(f64::NAN) - whole.unwrap_or(f64::NAN);
                    *squares = [squares[0] + off, squares[1] + off * off];
                }
                sums.add(unit, &values, 1.0);
            }
            std::array::from_fn(|form| match whole[form] {
                Err(reason) => Coefficient::undefined(reason),
                Ok(value) => {
                    let [sum, squares] = squares[form];
                    let variance = (squares - sum * sum / sums.tasks) * (1.0 - 1.0 / sums.tasks);
                    // Without one of two tasks there is no correlation.
                    let units = if variance.is_finite() { paired().count() } else { 0 };
                    Coefficient::with_se(value, variance.max(0.0).sqrt(), units)
                }
            })
        };
        Self { one, one_k, two, two_k, three, three_k }
    }
}

/// Whether every annotator who answers at all answers every task that has answers.
pub(super) fn is_complete(answers: &Answers) -> bool {
    let active = active(answers);
    answers.units().all(|unit| unit.is_empty() || unit.len() == active)
}

/// How many annotators gave an answer.
fn active(answers: &Answers) -> usize {
    let mut active = vec![false; answers.annotator_count()];
    answers.annotators().iter().for_each(|annotator| active[*annotator as usize] = true);
    active.into_iter().filter(|active| *active).count()
}

/// The sums of an analysis of variance.
pub(super) struct Sums {
    pub(super) tasks: f64,
    pub(super) answers: f64,
    /// Of the squares of the numbers of answers.
    pub(super) sizes: f64,
    pub(super) total: f64,
    pub(super) squares: f64,
    /// Of the squares of the tasks' sums, each by its number of answers.
    pub(super) between: f64,
    pub(super) by_annotator: Vec<f64>,
    /// How many annotators gave an answer.
    pub(super) annotators: f64,
    /// Squares that are no more than this are rounding.
    pub(super) least: f64,
}

impl Sums {
    pub(super) fn new(annotators: usize, active: usize) -> Self {
        Self {
            tasks: 0.0,
            answers: 0.0,
            sizes: 0.0,
            total: 0.0,
            squares: 0.0,
            between: 0.0,
            by_annotator: vec![0.0; annotators],
            annotators: active as f64,
            least: 0.0,
        }
    }

    /// Puts one task in, or with -1 takes it out. The values must be around 0, so that squares do not cancel.
    fn add(&mut self, unit: Unit<'_>, values: &[f64], sign: f64) {
        let size = unit.len() as f64;
        let mut sum = 0.0;
        for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
            let value = values[*label as usize];
            sum += value;
            self.squares += sign * value * value;
            self.by_annotator[*annotator as usize] += sign * value;
        }
        self.tasks += sign;
        self.answers += sign * size;
        self.sizes += sign * size * size;
        self.total += sign * sum;
        self.between += sign * sum * sum / size;
    }

    pub(super) fn forms(&self, complete: bool) -> [Result<f64, Undefined>; 6] {
        if self.tasks < 2.0 {
            return [Err(Undefined::TooFew); 6];
        }
        let share = |part: f64, whole: f64| {
            let value = part / whole;
            if whole > 0.0 && value.is_finite() { Ok(value) } else { Err(Undefined::NoChance) }
        };
        let mean = self.total * self.total / self.answers;
        if self.squares - mean <= self.least {
            return [Err(Undefined::OneLabel); 6];
        }
        let rows = (self.between - mean).max(0.0) / (self.tasks - 1.0);
        let within = (self.squares - self.between).max(0.0) / (self.answers - self.tasks);
        let size = (self.answers - self.sizes / self.answers) / (self.tasks - 1.0);
        let one = share(rows - within, rows + (size - 1.0) * within);
        let one_k = share(rows - within, rows);
        if !complete {
            let none = Err(Undefined::Incomplete);
            return [one, one_k, none, none, none, none];
        }
        let k = self.annotators;
        let columns = self.by_annotator.iter().map(|sum| sum * sum / self.tasks).sum::<f64>();
        let columns = (columns - mean).max(0.0) / (k - 1.0);
        let rest = (self.squares - mean - rows * (self.tasks - 1.0) - columns * (k - 1.0)).max(0.0);
        let rest = rest / ((self.tasks - 1.0) * (k - 1.0));
        let level = (columns - rest) / self.tasks;
        [
            one,
            one_k,
            share(rows - rest, rows + (k - 1.0) * rest + k * level),
            share(rows - rest, rows + level),
            share(rows - rest, rows + (k - 1.0) * rest),
            share(rows - rest, rows),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Answer;
    use super::*;

    fn matrix(rows: &[&[u32]]) -> Answers {
        let mut answers = Vec::new();
        for (task, row) in (0..).zip(rows) {
            for (annotator, label) in (0..).zip(*row) {
                answers.push(Answer { task, annotator, label: *label });
            }
        }
        Answers::new(rows.len(), 4, 12, &answers).unwrap()
    }

    fn values() -> Vec<f64> {
        (0..12).map(f64::from).collect()
    }

    #[test]
    fn the_six_forms_are_those_of_shrout_and_fleiss() {
        let answers = matrix(&[
            &[9, 2, 5, 8],
            &[6, 1, 3, 2],
            &[8, 4, 6, 8],
            &[7, 1, 2, 6],
            &[10, 5, 6, 9],
            &[6, 2, 4, 7],
        ]);
        let icc = Icc::of(&answers, &values());
        let forms = [icc.one, icc.two, icc.three, icc.one_k, icc.two_k, icc.three_k];
        for (form, published) in forms.iter().zip([0.17, 0.29, 0.71, 0.44, 0.62, 0.91]) {
            assert!((form.value.unwrap() - published).abs() < 0.006, "{form:?} {published}");
            assert!(form.se.unwrap() > 0.0);
        }
    }

    #[test]
    fn what_has_no_correlation_says_why() {
        let of = |rows: &[&[u32]]| {
            let icc = Icc::of(&matrix(rows), &values());
            [icc.one.reason, icc.three.reason]
        };
        assert_eq!(of(&[]), [Some(Undefined::NoAnswers); 2]);
        assert_eq!(of(&[&[1], &[2]]), [Some(Undefined::OneAnnotator); 2]);
        assert_eq!(of(&[&[1, 2]]), [Some(Undefined::TooFew); 2]);
        assert_eq!(of(&[&[1, 1], &[1, 1]]), [Some(Undefined::OneLabel); 2]);
        assert_eq!(of(&[&[1, 1], &[1, 2, 2]]), [None, Some(Undefined::Incomplete)]);
        assert_eq!(Icc::of(&matrix(&[&[1, 2]]), &[]).two.reason, Some(Undefined::Scale));
    }
}
