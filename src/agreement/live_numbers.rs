//! Alpha of free numbers, kept as they arrive.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};
use crate::state::{self, Kind, fields};

use super::totals::Step;
use super::{Coefficient, Undefined};

/// Numbers given to some tasks and their [`NumberTotals`], kept as they are given, changed and taken back.
///
/// For an interval scale without a list of labels: memory is 16 bytes a number and the totals, whatever the numbers.
/// They are rounded to multiples of a step, so that sums are whole and exact. One change costs what finding the
/// annotator in the task costs.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveNumbers {
    /// Annotator and multiple of the step, by annotator.
    tasks: BTreeMap<u32, Vec<(u32, i32)>>,
    totals: NumberTotals,
}

/// Sums over tasks, in whole numbers; no task is in two totals that are merged.
///
/// Merging gives the same bits in any order and grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberTotals {
    step: f64,
    /// By how many answers a task has, from 1.
    groups: BTreeMap<u32, Moments>,
    annotators: BTreeMap<u32, u64>,
}

/// Of tasks with the same number of answers, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moments {
    tasks: u64,
    sum: i128,
    /// Of the squares.
    squares: i128,
    /// Of the squares of the tasks' sums.
    task_squares: i128,
}

impl LiveNumbers {
    /// Nothing yet; numbers are rounded to multiples of `step` and must be within 2^31 steps of 0.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the step is not above 0 or not finite.
    pub fn new(step: f64) -> Result<Self, Error> {
        if !(step.is_finite() && step > 0.0) {
            return Err(error(format!("expected a step above 0, found {step}")));
        }
        let totals = NumberTotals { step, groups: BTreeMap::new(), annotators: BTreeMap::new() };
        Ok(Self { tasks: BTreeMap::new(), totals })
    }

    /// Adds a number, or changes the one that the annotator gave to the task; returns the earlier one.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`], and nothing changes, when it is not a number within 2^31 steps of 0.
    pub fn set(&mut self, task: u32, annotator: u32, number: f64) -> Result<Option<f64>, Error> {
        let steps = (number / self.totals.step).round();
        if number.is_nan() || steps.abs() >= f64::from(i32::MAX) {
            return Err(error(format!(
                "expected a number within 2^31 steps of {}, found {number}",
                self.totals.step
            )));
        }
        // INVARIANT: within ±(2^31 - 1), as was just asked.
        #[allow(clippy::cast_possible_truncation)]
        let steps = steps as i32;
        let answers = self.tasks.entry(task).or_default();
        self.totals.task(answers, Step::Remove);
        let earlier = match answers.binary_search_by_key(&annotator, |(who, _)| *who) {
            Ok(place) => answers.get_mut(place).map(|(_, given)| std::mem::replace(given, steps)),
            Err(place) => {
                answers.insert(place, (annotator, steps));
                *self.totals.annotators.entry(annotator).or_default() += 1;
                None
            }
        };
        self.totals.task(answers, Step::Add);
        Ok(earlier.map(|steps| f64::from(steps) * self.totals.step))
    }

    /// Takes the annotator's number for the task back and returns it; none when there is no such number.
    pub fn remove(&mut self, task: u32, annotator: u32) -> Option<f64> {
        let answers = self.tasks.get_mut(&task)?;
        let place = answers.binary_search_by_key(&annotator, |(who, _)| *who).ok()?;
        self.totals.task(answers, Step::Remove);
        let (_, steps) = answers.remove(place);
        self.totals.task(answers, Step::Add);
        if answers.is_empty() {
            self.tasks.remove(&task);
        }
        if let Some(given) = self.totals.annotators.get_mut(&annotator) {
            *given = given.saturating_sub(1);
            if *given == 0 {
                self.totals.annotators.remove(&annotator);
            }
        }
        Some(f64::from(steps) * self.totals.step)
    }

    /// The sums over all tasks, to be merged with those of other tasks.
    #[must_use]
    pub fn totals(&self) -> &NumberTotals {
        &self.totals
    }
}

const KIND: Kind = Kind { magic: *b"LGNT", noun: "totals of numbers" };

fields!(NumberTotals { step, groups, annotators });
fields!(Moments { tasks, sum, squares, task_squares });

impl NumberTotals {
    /// The totals as bytes, for another process to [`restore`](Self::restore) and [`merge`](Self::merge).
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Totals that were saved.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged; also when no numbers within 2^31
    /// steps of 0 have these sums.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let totals: Self = state::restore(KIND, bytes)?;
        let is_sound = totals.step.is_finite()
            && totals.step > 0.0
            && totals.groups.iter().all(|(size, moments)| moments.fit(*size));
        if !is_sound {
            return Err(Error::new(ErrorCode::State, "expected sums of numbers within 2^31 steps"));
        }
        Ok(totals)
    }

    /// Adds the totals of other tasks.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when they have another step.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.step.to_bits() != other.step.to_bits() {
            return Err(error(format!("expected a step of {}, found {}", self.step, other.step)));
        }
        for (size, moments) in &other.groups {
            self.groups.entry(*size).or_default().add(*moments);
        }
        for (annotator, given) in &other.annotators {
            *self.annotators.entry(*annotator).or_default() += given;
        }
        Ok(())
    }

    /// Krippendorff's alpha of an interval scale, of the numbers as rounded; without standard error.
    #[must_use]
    pub fn krippendorff_alpha(&self) -> Coefficient {
        if self.groups.is_empty() {
            return Coefficient::undefined(Undefined::NoAnswers);
        }
        if self.annotators.len() < 2 {
            return Coefficient::undefined(Undefined::OneAnnotator);
        }
        let mut all = Moments::default();
        let (mut answers, mut observed) = (0_i128, 0.0);
        for (size, moments) in self.groups.range(2..) {
            answers += i128::from(*size) * i128::from(moments.tasks);
            all.add(*moments);
            let far = i128::from(*size) * moments.squares - moments.task_squares;
            observed += 2.0 * far as f64 / (f64::from(*size) - 1.0);
        }
        if answers == 0 {
            return Coefficient::undefined(Undefined::NoOverlap);
        }
        // Below 2^32 numbers of 2^31 steps, no product is beyond 2^126.
        let spread =
            answers.saturating_mul(all.squares).saturating_sub(all.sum.saturating_mul(all.sum));
        if spread == 0 {
            return Coefficient::undefined(Undefined::OneLabel);
        }
        let expected = 2.0 * spread as f64 / (answers - 1) as f64;
        Coefficient::of(1.0 - observed / expected)
    }

    /// Counts a task, or takes it back.
    fn task(&mut self, answers: &[(u32, i32)], step: Step) {
        let Ok(size) = u32::try_from(answers.len()) else { return };
        if size == 0 {
            return;
        }
        let sum: i128 = answers.iter().map(|(_, number)| i128::from(*number)).sum();
        let square = |(_, number): &(u32, i32)| i128::from(*number) * i128::from(*number);
        let squares = answers.iter().map(square).sum();
        let moments = Moments { tasks: 1, sum, squares, task_squares: sum * sum };
        let group = self.groups.entry(size).or_default();
        match step {
            Step::Add => group.add(moments),
            Step::Remove => group.take(moments),
        }
        if group.tasks == 0 {
            self.groups.remove(&size);
        }
    }
}

impl Moments {
    /// Whether tasks of so many answers can have these sums.
    fn fit(&self, size: u32) -> bool {
        const MOST: u128 = 1 << 31;
        let answers = u128::from(size) * u128::from(self.tasks);
        let most_task = u128::from(size) * MOST;
        (1..1 << 32).contains(&answers)
            && self.sum.unsigned_abs() <= answers * MOST
            && u128::try_from(self.squares).is_ok_and(|squares| squares <= answers * MOST * MOST)
            && u128::try_from(self.task_squares)
                .is_ok_and(|squares| squares <= u128::from(self.tasks) * most_task * most_task)
    }

    fn add(&mut self, other: Self) {
        self.tasks += other.tasks;
        self.sum += other.sum;
        self.squares += other.squares;
        self.task_squares += other.task_squares;
    }

    fn take(&mut self, other: Self) {
        self.tasks = self.tasks.saturating_sub(other.tasks);
        self.sum -= other.sum;
        self.squares -= other.squares;
        self.task_squares -= other.task_squares;
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_bounds_change_nothing() {
        let mut live = LiveNumbers::new(0.5).unwrap();
        live.set(0, 0, 1.0).unwrap();
        let before = live.clone();
        for bad in [f64::NAN, f64::INFINITY, 2e9] {
            assert!(live.set(0, 1, bad).is_err());
        }
        assert_eq!(live, before);
        assert!(LiveNumbers::new(0.0).is_err() && LiveNumbers::new(f64::NAN).is_err());
        assert!(live.totals.clone().merge(LiveNumbers::new(1.0).unwrap().totals()).is_err());
    }

    #[test]
    fn what_has_no_alpha_says_why() {
        let mut live = LiveNumbers::new(1.0).unwrap();
        let mut reasons = vec![live.totals().krippendorff_alpha().reason];
        for (task, annotator, number) in [(0, 0, 1.0), (1, 1, 1.0), (0, 1, 1.0), (1, 0, 2.0)] {
            live.set(task, annotator, number).unwrap();
            reasons.push(live.totals().krippendorff_alpha().reason);
        }
        let expected = [
            Some(Undefined::NoAnswers),
            Some(Undefined::OneAnnotator),
            Some(Undefined::NoOverlap),
            Some(Undefined::OneLabel),
            None,
        ];
        assert_eq!(reasons, expected);
    }
}
