//! Skills by small steps towards the agreement with the weighted vote.

use crate::agreement::Answers;

use super::majority_vote::{finished, hits, share, weighted};
use super::result::Consensus;

/// Zero-Based Skill: votes weighted by skill, and every skill moved towards the share of answers that agree with
/// them, again and again.
///
/// Source: crowd-kit 1.4, whose default settings these are.
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroBasedSkill {
    /// Iterations at most; 100 by default. It stops early when no skill changes.
    pub iterations: usize,
    /// How far a skill moves in one iteration, as a share of the way, above 0 and at most 1; 1 by default.
    pub rate: f64,
    /// After so many iterations the rate is reduced; 20 by default. 0 is never.
    pub reduce_after: usize,
    /// By this factor, 0 to 1; 0.5 by default.
    pub reduce_by: f64,
}

impl Default for ZeroBasedSkill {
    fn default() -> Self {
        Self { iterations: 100, rate: 1.0, reduce_after: 20, reduce_by: 0.5 }
    }
}

impl ZeroBasedSkill {
    /// Infers the labels. Skills begin at what chance gives, 1 / labels, and are 0 to 1. An annotator's accuracy is the
    /// share of their answers that are the final label. Ties and margins are as in
    /// [`majority_vote`](super::majority_vote), by weight. A setting out of its range is taken for the nearest within.
    #[must_use]
    pub fn infer(&self, answers: &Answers) -> Consensus {
        let start = 1.0 / answers.label_count().max(1) as f64 + ABOVE_CHANCE;
        let mut skills = vec![start.min(1.0); answers.annotator_count()];
        let mut rate = within(self.rate);
        let (mut iterations, mut converged) = (0, false);
        let mut tasks = weighted(answers, &skills);
        while iterations < self.iterations && !converged {
            iterations += 1;
            if self.reduce_after > 0 && iterations.is_multiple_of(self.reduce_after) {
                rate *= within(self.reduce_by);
            }
            let hits = hits(answers, tasks.iter().map(|task| task.label));
            converged = true;
            for (skill, hits) in skills.iter_mut().zip(hits) {
                let moved = *skill + rate * (share(hits) - *skill);
                converged &= moved == *skill;
                *skill = moved;
            }
            if !converged {
                tasks = weighted(answers, &skills);
            }
        }
        let mut consensus = finished(answers, tasks);
        (consensus.iterations, consensus.converged) = (iterations, converged);
        for (annotator, skill) in consensus.annotators.iter_mut().zip(skills) {
            annotator.skill = annotator.skill.map(|_| skill);
        }
        consensus
    }
}

fn within(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

const ABOVE_CHANCE: f64 = 1e-5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    #[test]
    fn agreement_is_a_fixed_point() {
        let rows: Vec<Answer> = (0..20)
            .flat_map(|task| (0..3).map(move |annotator| (task, annotator)))
            .map(|(task, annotator)| Answer {
                task,
                annotator,
                label: u32::from(annotator == 2) + task % 2,
            })
            .collect();
        let result = ZeroBasedSkill::default().infer(&Answers::new(20, 3, 3, &rows).unwrap());
        assert!(result.converged && result.iterations < 5);
        assert_eq!(result.tasks[1].label, Some(1));
        assert_eq!(result.annotators[0].skill, Some(1.0));
        assert_eq!(result.annotators[2].skill, Some(0.0));
    }

    #[test]
    fn nothing_is_fine() {
        let result = ZeroBasedSkill::default().infer(&Answers::new(2, 0, 0, &[]).unwrap());
        assert_eq!(result.tasks.len(), 2);
        assert_eq!(result.tasks[0].label, None);
    }
}
