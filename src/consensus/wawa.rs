//! Worker agreement with aggregate.

use crate::agreement::Answers;

use super::majority_vote::{finished, hits, majority_vote, share, weighted};
use super::result::Consensus;

/// Wawa: a majority vote, then another in which each annotator's votes weigh the share of their answers that agree
/// with the first.
///
/// Source: "worker agreement with aggregate" of Appen, as crowd-kit 1.4 has it. An annotator's skill is that share;
/// their accuracy is the share of their answers that are the final label. Ties and margins are as in
/// [`majority_vote`], by weight.
#[must_use]
pub fn wawa(answers: &Answers) -> Consensus {
    wawa_after(answers, &majority_vote(answers))
}

/// The same after the majority vote, `first`.
pub(super) fn wawa_after(answers: &Answers, first: &Consensus) -> Consensus {
    let hits = hits(answers, first.labels());
    let skills: Vec<f64> = hits.into_iter().map(share).collect();
    let mut second = finished(answers, weighted(answers, &skills));
    for (annotator, skill) in second.annotators.iter_mut().zip(skills) {
        annotator.skill = annotator.skill.map(|_| skill);
    }
    second.iterations = 2;
    second
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    #[test]
    fn who_agrees_more_weighs_more() {
        // Two against two in the last task; the two with label 0 agree with the others elsewhere.
        let labels = [[1, 1, 1, 0], [2, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 2]];
        let mut rows = Vec::new();
        for (task, labels) in (0..).zip(labels) {
            for (annotator, label) in (0..).zip(labels) {
                rows.push(Answer { task, annotator, label });
            }
        }
        rows.push(Answer { task: 4, annotator: 1, label: 2 });
        rows.push(Answer { task: 4, annotator: 3, label: 1 });
        let result = wawa(&Answers::new(5, 4, 3, &rows).unwrap());
        assert_eq!(result.tasks[4].label, Some(2));
        assert_eq!(result.annotators[3].skill, Some(0.6));
    }

    #[test]
    fn nothing_is_fine() {
        assert!(wawa(&Answers::new(0, 0, 0, &[]).unwrap()).tasks.is_empty());
    }
}
