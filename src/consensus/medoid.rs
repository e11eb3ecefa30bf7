//! Consensus of any kind of label that has a distance: the answer that is nearest to the others.
#![allow(clippy::indexing_slicing)] // INVARIANT: places are below the answers of their task, annotators below their count

use crate::error::{Error, ErrorCode};

/// The answer with the least mean distance to the others, the medoid; for polygons, texts, key points and all else that
/// has a distance. It is always an answer that somebody gave.
///
/// With `iterations`, annotators whose answers are near the chosen ones weigh more, like the global reliabilities of
/// RASA (Li and Fukumoto, "A dataset of crowdsourced word sequences", AnnoNLP 2019) but with a distance between answers
/// in place of a mean of embeddings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Medoid {
    /// How often the reliabilities are estimated; 0 by default, which is the plain medoid. At most 1,000. Not always
    /// better: on `crowdwsa_j1` the word error rate is .657 after 20, and .652 without.
    pub iterations: usize,
    /// So many answers at a mean distance are thought to have been given by every annotator before; 1 by default.
    /// Chosen; above 0, at most 10^6.
    pub prior: f64,
}

impl Default for Medoid {
    fn default() -> Self {
        Self { iterations: 0, prior: 1.0 }
    }
}

/// The chosen answers, and how reliable each annotator is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Medoids {
    /// By task; none for a task without answers.
    pub tasks: Vec<Option<Chosen>>,
    /// By annotator: 0 to 1 as 1 minus the mean distance to the chosen answers, their own left out; none where there is
    /// no such answer.
    pub closeness: Vec<Option<f64>>,
}

/// A chosen answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// Its place among the answers of its task.
    pub place: usize,
    /// Its weighted mean distance to all answers of the task, itself included, 0 to 1.
    pub distance: f64,
    /// How many answers are as near to the others; 1 when this one alone is. Of equals the first is chosen.
    pub tied: usize,
}

impl Medoid {
    /// Most pairs of answers to the same task, over all tasks: as many distances are computed, and kept in 4 bytes each.
    pub const MAX_PAIRS: u64 = 1 << 25;

    /// Chooses in every task. `tasks` has the annotators of each task's answers, each at most once and below
    /// `annotator_count`; `distance` says of a task and two places how far the answers there are apart, 0 to 1, and is
    /// asked once for each pair. What it says out of that range, or NaN, is brought to it: NaN is 1.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for over [`Self::MAX_PAIRS`] pairs (128 MiB), for annotators that are not below their count,
    /// and for settings out of their ranges.
    pub fn infer(
        &self,
        annotator_count: usize,
        tasks: &[&[u32]],
        mut distance: impl FnMut(usize, usize, usize) -> f64,
    ) -> Result<Medoids, Error> {
        self.check(annotator_count, tasks)?;
        let distances: Vec<Distances> = tasks
            .iter()
            .enumerate()
            .map(|(task, annotators)| {
                Distances::new(annotators.len(), |one, other| distance(task, one, other))
            })
            .collect();
        let mut weights = vec![1.0; annotator_count];
        let choose = |weights: &[f64]| -> Vec<Option<Chosen>> {
            let tasks = tasks.iter().zip(&distances);
            tasks.map(|(annotators, distances)| distances.choose(annotators, weights)).collect()
        };
        let mut chosen = choose(&weights);
        for _ in 0..self.iterations {
            weights = self.weights(&spread(annotator_count, tasks, &distances, &chosen));
            let now = choose(&weights);
            let settled = now == chosen;
            chosen = now;
            if settled {
                break;
            }
        }
        let closeness = spread(annotator_count, tasks, &distances, &chosen)
            .into_iter()
            .map(|(sum, count)| (count > 0.0).then(|| 1.0 - sum / count))
            .collect();
        Ok(Medoids { tasks: chosen, closeness })
    }

    /// The inverse of each annotator's mean distance, drawn to that of all.
    fn weights(&self, spread: &[(f64, f64)]) -> Vec<f64> {
        let all = spread.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let usual = if all.1 > 0.0 { (all.0 / all.1).max(LEAST) } else { 1.0 };
        spread
            .iter()
            .map(|(sum, count)| (count + self.prior) / (sum + self.prior * usual).max(LEAST))
            .collect()
    }

    fn check(&self, annotator_count: usize, tasks: &[&[u32]]) -> Result<(), Error> {
        if self.iterations > MAX_ITERATIONS || !(self.prior > 0.0 && self.prior <= MOST_PRIOR) {
            return Err(error(format!(
                "expected at most {MAX_ITERATIONS} iterations and a prior above 0 and at most {MOST_PRIOR}"
            )));
        }
        let pairs: u64 = tasks
            .iter()
            .map(|task| (task.len() as u64).saturating_pow(2) / 2)
            .fold(0, u64::saturating_add);
        if pairs > Self::MAX_PAIRS {
            return Err(error(format!(
                "expected at most {} pairs of answers to the same task, found {pairs}",
                Self::MAX_PAIRS
            )));
        }
        match tasks
            .iter()
            .copied()
            .flatten()
            .find(|annotator| **annotator as usize >= annotator_count)
        {
            Some(found) => {
                Err(error(format!("expected annotators below {annotator_count}, found {found}")))
            }
            None => Ok(()),
        }
    }
}

/// The distances between the answers to one task.
struct Distances {
    count: usize,
    /// Row after row below the diagonal.
    below: Vec<f32>,
}

impl Distances {
    fn new(count: usize, mut distance: impl FnMut(usize, usize) -> f64) -> Self {
        let mut below = Vec::with_capacity(count * count.saturating_sub(1) / 2);
        for one in 0..count {
            for other in 0..one {
                let value = distance(other, one);
                #[allow(clippy::cast_possible_truncation)]
                // a rounding to 2^-24 of a number from 0 to 1
                below.push(if value.is_nan() { 1.0 } else { value.clamp(0.0, 1.0) as f32 });
            }
        }
        Self { count, below }
    }

    fn between(&self, one: usize, other: usize) -> f64 {
        let (low, high) = (one.min(other), one.max(other));
        if low == high { 0.0 } else { f64::from(self.below[high * (high - 1) / 2 + low]) }
    }

    fn choose(&self, annotators: &[u32], weights: &[f64]) -> Option<Chosen> {
        let mut best: Option<Chosen> = None;
        for place in 0..self.count {
            // An answer counts for itself too, so that of two near each other the more reliable annotator's is chosen.
            let (mut sum, mut all) = (0.0, 0.0);
            for (other, annotator) in annotators.iter().enumerate() {
                let weight = weights[*annotator as usize];
                sum += weight * self.between(place, other);
                all += weight;
            }
            let distance = sum / all;
            match &mut best {
                Some(best) if distance >= best.distance - TIE => {
                    // One that is the same label is no other one.
                    let is_tied = distance <= best.distance + TIE;
                    best.tied += usize::from(is_tied && self.between(place, best.place) > 0.0);
                }
                _ => best = Some(Chosen { place, distance, tied: 1 }),
            }
        }
        best
    }
}

/// Of each annotator the sum of distances to the chosen answers of others, and how many those are.
fn spread(
    annotator_count: usize,
    tasks: &[&[u32]],
    distances: &[Distances],
    chosen: &[Option<Chosen>],
) -> Vec<(f64, f64)> {
    let mut spread = vec![(0.0, 0.0); annotator_count];
    for ((annotators, distances), chosen) in tasks.iter().zip(distances).zip(chosen) {
        let Some(chosen) = chosen else { continue };
        for (place, annotator) in
            annotators.iter().enumerate().filter(|(place, _)| *place != chosen.place)
        {
            let (sum, count) = &mut spread[*annotator as usize];
            *sum += distances.between(place, chosen.place);
            *count += 1.0;
        }
    }
    spread
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

const MAX_ITERATIONS: usize = 1000;
const MOST_PRIOR: f64 = 1e6;
/// No mean distance is taken for less.
const LEAST: f64 = 1e-6;
/// Mean distances that differ by at most this are the same: distances are kept to 6e-8.
const TIE: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers are numbers from 0 to 1, with their difference as distance.
    fn infer(medoid: Medoid, tasks: &[&[f64]]) -> Medoids {
        let annotators: Vec<Vec<u32>> =
            tasks.iter().map(|task| (0_u32..).take(task.len()).collect()).collect();
        let annotators: Vec<&[u32]> = annotators.iter().map(Vec::as_slice).collect();
        medoid
            .infer(8, &annotators, |task, one, other| (tasks[task][one] - tasks[task][other]).abs())
            .unwrap()
    }

    #[test]
    fn the_answer_in_the_midst_is_chosen_and_of_equals_the_first() {
        let chosen = infer(Medoid::default(), &[&[0.9, 0.2, 0.1, 0.3], &[0.5, 0.25], &[0.7], &[]]);
        let places: Vec<_> = chosen
            .tasks
            .iter()
            .map(|chosen| chosen.map(|chosen| (chosen.place, chosen.tied)))
            .collect();
        assert_eq!(places, [Some((1, 2)), Some((0, 2)), Some((0, 1)), None]);
        assert_eq!(chosen.closeness[7], None);
    }

    #[test]
    fn reliable_annotators_weigh_more_after_some_iterations() {
        // Annotators 0 to 2 agree in three tasks; in the last, annotators 3 to 6 agree with each other.
        let agreed: &[f64] = &[0.5, 0.5, 0.5, 0.0, 1.0, 0.1, 0.9];
        let tasks = [agreed, agreed, agreed, &[0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0]];
        let place = |iterations| {
            let medoid = Medoid { iterations, ..Medoid::default() };
            infer(medoid, &tasks).tasks[3].unwrap().place
        };
        assert_eq!((place(0), place(10)), (3, 0));
        let chosen = infer(Medoid { iterations: 10, ..Medoid::default() }, &tasks);
        assert!(chosen.closeness[1].unwrap() > 0.9 && chosen.closeness[3].unwrap() < 0.7);
    }

    #[test]
    fn what_is_no_distance_does_no_harm_and_too_much_is_refused() {
        let two: &[u32] = &[0, 1];
        let chosen = Medoid::default().infer(2, &[two], |_, _, _| f64::NAN).unwrap();
        assert_eq!(chosen.tasks[0].unwrap().tied, 2);
        assert!(Medoid::default().infer(1, &[two], |_, _, _| 0.0).is_err());
        let many = vec![0_u32; 100_000];
        assert!(Medoid::default().infer(1, &[&many], |_, _, _| 0.0).is_err());
        assert!(Medoid { prior: 0.0, ..Medoid::default() }.infer(0, &[], |_, _, _| 0.0).is_err());
    }
}
