//! One-coin Dawid-Skene for answers that come one at a time.

use super::result::{AnnotatorEstimate, TaskEstimate};

/// The settings of the live estimate: an annotator is right with one probability, and a wrong answer is any other
/// label alike. Each answer weighs by what its annotator's earlier answers say; each annotator is judged by what the
/// others said of the same tasks, earlier or later.
///
/// Source: Manino, Tran-Thanh and Jennings, "Streaming Bayesian inference for crowdsourced classification", NeurIPS
/// 2019, for any number of labels. Adding, changing or removing an answer takes time that grows with the answers to
/// its task, and with nothing else. It can lead away from the majority where early answers mislead, so it is to be
/// shown beside the majority vote.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveOneCoin {
    /// How many labels may be given.
    pub labels: u32,
    /// Right answers that each annotator is thought to have given before; 4.
    pub right: f64,
    /// Wrong answers that each annotator is thought to have given before; 2.
    pub wrong: f64,
    /// Until so many answers were judged, an annotator's answers weigh as any new one's, as in a majority vote; 10.
    pub warm_up: u32,
}

/// What is remembered of an annotator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LiveAnnotator {
    /// How many answers were judged by those of others.
    pub judged: u32,
    /// How many of them are right, by expectation.
    pub right: f64,
}

/// What is remembered of a task: its answers, 24 bytes each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveTask {
    answers: Vec<LiveAnswer>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct LiveAnswer {
    annotator: u32,
    label: u32,
    /// Logarithm of how much likelier the answer is if its label is right.
    weight: f64,
    /// How probable its label is by the answers of others; none while there are none.
    credit: Option<f64>,
}

/// How what is known of an annotator changes when answers to a task come or go: to be given to
/// [`LiveAnnotator::learn`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveCredit {
    /// The annotator.
    pub annotator: u32,
    /// Answers judged more, or fewer.
    pub judged: i32,
    /// Right answers more, or fewer, by expectation.
    pub right: f64,
}

impl LiveOneCoin {
    /// With the defaults, for so many labels.
    #[must_use]
    pub fn new(labels: u32) -> Self {
        Self { labels, right: 4.0, wrong: 2.0, warm_up: 10 }
    }

    /// How probable a right answer of this annotator is: the mean of a Beta posterior, within 0 to 1.
    #[must_use]
    pub fn accuracy(&self, annotator: &LiveAnnotator) -> f64 {
        let right = annotator.right.clamp(0.0, f64::from(annotator.judged));
        let accuracy =
            (self.right + right) / (self.right + self.wrong + f64::from(annotator.judged));
        if accuracy.is_finite() { accuracy.clamp(SURE, 1.0 - SURE) } else { 0.5 }
    }

    /// What an answer of this annotator weighs: the logarithm of how much likelier it is if its label is right than if
    /// a certain other one is.
    #[must_use]
    pub fn weight(&self, annotator: &LiveAnnotator) -> f64 {
        let new = LiveAnnotator::default();
        let known = if annotator.judged < self.warm_up { &new } else { annotator };
        let accuracy = self.accuracy(known);
        libm::log(accuracy * self.wrong_labels() / (1.0 - accuracy))
    }

    /// Adds the answer of an annotator, who now weighs `weight`, to a task; or changes it, if they answered before.
    /// Appends to `credits` what it says of this annotator and of those who answered earlier.
    pub fn answer(
        &self,
        task: &mut LiveTask,
        annotator: u32,
        label: u32,
        weight: f64,
        credits: &mut Vec<LiveCredit>,
    ) {
        let weight = if weight.is_finite() { weight.clamp(-MOST_WEIGHT, MOST_WEIGHT) } else { 0.0 };
        match task.answers.iter_mut().find(|answer| answer.annotator == annotator) {
            Some(answer) => (answer.label, answer.weight) = (label, weight),
            None => task.answers.push(LiveAnswer { annotator, label, weight, credit: None }),
        }
        self.judge(task, credits);
    }

    /// Removes the answer of an annotator, if there is one. Appends to `credits` what that takes back.
    pub fn withdraw(&self, task: &mut LiveTask, annotator: u32, credits: &mut Vec<LiveCredit>) {
        let Some(place) = task.answers.iter().position(|answer| answer.annotator == annotator)
        else {
            return;
        };
        if let Some(credit) = task.answers.remove(place).credit {
            credits.push(LiveCredit { annotator, judged: -1, right: -credit });
        }
        self.judge(task, credits);
    }

    /// Weighs the answers to a task again, by what is known of their annotators now. A pass of this over all tasks
    /// repairs what early answers misled. Appends to `credits` what that says of them.
    pub fn reweigh(
        &self,
        task: &mut LiveTask,
        weight: impl Fn(u32) -> f64,
        credits: &mut Vec<LiveCredit>,
    ) {
        for answer in &mut task.answers {
            let weight = weight(answer.annotator);
            answer.weight =
                if weight.is_finite() { weight.clamp(-MOST_WEIGHT, MOST_WEIGHT) } else { 0.0 };
        }
        self.judge(task, credits);
    }

    /// The label of a task so far; every label is as probable before the first answer.
    #[must_use]
    pub fn estimate(&self, task: &LiveTask) -> TaskEstimate {
        if task.answers.is_empty() {
            return TaskEstimate::default();
        }
        let (mut candidates, others, most) = self.candidates(task);
        let total = candidates.iter().map(|(_, weight)| weight).sum::<f64>() + others;
        // The two smallest labels that nobody gave stand for all of them: they are as probable as each other.
        candidates.sort_unstable_by_key(|(label, _)| *label);
        let given = candidates.clone();
        let absent = |label: &u32| given.binary_search_by_key(label, |(label, _)| *label).is_err();
        let each = if others > 0.0 { libm::exp(-most) } else { 0.0 };
        candidates.extend((0..self.labels).filter(absent).take(2).map(|label| (label, each)));
        candidates.sort_unstable_by_key(|(label, _)| *label);
        TaskEstimate::best(candidates.into_iter(), total)
    }

    /// The estimate of an annotator.
    #[must_use]
    pub fn estimate_annotator(&self, annotator: &LiveAnnotator) -> AnnotatorEstimate {
        let accuracy = self.accuracy(annotator);
        AnnotatorEstimate::of_one_coin(annotator.judged, accuracy, self.labels as usize)
    }

    /// What speaks for each label that was given and for all others together, and the logarithm by which both are
    /// divided.
    fn candidates(&self, task: &LiveTask) -> (Vec<(u32, f64)>, f64, f64) {
        let mut candidates: Vec<(u32, f64)> = Vec::with_capacity(task.answers.len().min(FEW));
        if task.answers.len() <= FEW {
            for answer in &task.answers {
                match candidates.iter_mut().find(|(label, _)| *label == answer.label) {
                    Some((_, weight)) => *weight += answer.weight,
                    None => candidates.push((answer.label, answer.weight)),
                }
            }
        } else {
            candidates.extend(task.answers.iter().map(|answer| (answer.label, answer.weight)));
            candidates.sort_by_key(|(label, _)| *label);
            candidates.dedup_by(|(label, weight), (kept, sum)| {
                let same = label == kept;
                *sum += if same { *weight } else { 0.0 };
                same
            });
        }
        let others = f64::from(self.labels) - candidates.len() as f64;
        let least = if others > 0.0 { 0.0 } else { f64::NEG_INFINITY };
        let most = candidates.iter().map(|(_, weight)| *weight).fold(least, f64::max);
        for (_, weight) in &mut candidates {
            *weight = libm::exp(*weight - most);
        }
        let others = if others > 0.0 { others * libm::exp(-most) } else { 0.0 };
        (candidates, others, most)
    }

    /// Judges every answer by the others.
    fn judge(&self, task: &mut LiveTask, credits: &mut Vec<LiveCredit>) {
        let (candidates, others, _) = self.candidates(task);
        let total = candidates.iter().map(|(_, weight)| weight).sum::<f64>() + others;
        let sorted = task.answers.len() > FEW;
        let alone = task.answers.len() < 2;
        for answer in &mut task.answers {
            let place = if sorted {
                candidates.binary_search_by_key(&answer.label, |(label, _)| *label).ok()
            } else {
                candidates.iter().position(|(label, _)| *label == answer.label)
            };
            let with =
                place.and_then(|place| candidates.get(place)).map_or(0.0, |(_, weight)| *weight);
            let without = with * libm::exp(-answer.weight);
            let rest = (total - with).max(0.0);
            let credit = without / (rest + without).max(f64::MIN_POSITIVE);
            let credit = (!alone).then_some(credit);
            if credit != answer.credit {
                credits.push(LiveCredit {
                    annotator: answer.annotator,
                    judged: i32::from(credit.is_some()) - i32::from(answer.credit.is_some()),
                    right: credit.unwrap_or_default() - answer.credit.unwrap_or_default(),
                });
                answer.credit = credit;
            }
        }
    }

    fn wrong_labels(&self) -> f64 {
        f64::from(self.labels.saturating_sub(1).max(1))
    }
}

impl LiveAnnotator {
    /// Takes in what a task said.
    pub fn learn(&mut self, credit: &LiveCredit) {
        self.judged = self.judged.saturating_add_signed(credit.judged);
        self.right = (self.right + credit.right).max(0.0);
    }
}

impl LiveTask {
    /// How many answers the task has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether nobody answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

/// Up to so many answers, looking through the labels is quicker than sorting them.
const FEW: usize = 24;
const SURE: f64 = 1e-9;
/// Of one answer; sums of 2^32 of them are numbers.
const MOST_WEIGHT: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(credits: &[LiveCredit]) -> Vec<LiveAnnotator> {
        let mut annotators = vec![LiveAnnotator::default(); 40];
        for credit in credits {
            annotators[credit.annotator as usize].learn(credit);
        }
        annotators
    }

    #[test]
    fn a_first_answer_says_nothing_of_its_annotator_and_the_second_of_both() {
        let model = LiveOneCoin::new(2);
        let (mut task, mut credits) = (LiveTask::default(), Vec::new());
        let weight = model.weight(&LiveAnnotator::default());
        model.answer(&mut task, 3, 1, weight, &mut credits);
        assert!(credits.is_empty());
        assert!((model.estimate(&task).probability - 2.0 / 3.0).abs() < 1e-12);
        model.answer(&mut task, 5, 1, weight, &mut credits);
        let annotators = told(&credits);
        assert!((annotators[3].right - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(annotators[3], annotators[5]);
        assert!((model.estimate(&task).probability - 0.8).abs() < 1e-12);
    }

    #[test]
    fn new_annotators_weigh_alike_until_warm() {
        let model = LiveOneCoin::new(3);
        let poor = |judged| LiveAnnotator { judged, right: 0.0 };
        assert_eq!(model.weight(&poor(9)), model.weight(&poor(0)));
        assert!(model.weight(&poor(10)) < 0.0);
    }

    #[test]
    fn labels_that_nobody_gave_may_win_when_the_annotators_are_always_wrong() {
        let model = LiveOneCoin::new(2);
        let mut task = LiveTask::default();
        model.answer(&mut task, 0, 0, -2.0, &mut Vec::new());
        assert_eq!(model.estimate(&task).label, Some(1));
        assert_eq!(model.estimate(&LiveTask::default()), TaskEstimate::default());
        let one = LiveOneCoin::new(1);
        assert!((one.weight(&LiveAnnotator::default()) - libm::log(2.0)).abs() < 1e-12);
    }

    proptest! {
        // Sums in another order: 10^-9 is far above their rounding, and far below what matters.
        #[test]
        fn what_came_and_went_leaves_nothing(
            steps in prop::collection::vec((0u32..40, 0u32..4, -2.0..4.0f64, any::<bool>()), 0..120),
        ) {
            let model = LiveOneCoin::new(5);
            let (mut task, mut credits) = (LiveTask::default(), Vec::new());
            let mut last: Vec<(u32, u32, f64)> = Vec::new();
            for (annotator, label, weight, gone) in steps {
                if gone {
                    model.withdraw(&mut task, annotator, &mut credits);
                    last.retain(|(who, ..)| *who != annotator);
                } else {
                    model.answer(&mut task, annotator, label, weight, &mut credits);
                    match last.iter_mut().find(|(who, ..)| *who == annotator) {
                        Some(answer) => *answer = (annotator, label, weight),
                        None => last.push((annotator, label, weight)),
                    }
                }
            }
            let (mut fresh, mut fresh_credits) = (LiveTask::default(), Vec::new());
            for (annotator, label, weight) in last {
                model.answer(&mut fresh, annotator, label, weight, &mut fresh_credits);
            }
            for (one, other) in told(&credits).iter().zip(&told(&fresh_credits)) {
                prop_assert_eq!(one.judged, other.judged);
                prop_assert!((one.right - other.right).abs() < 1e-9);
            }
            let (one, other) = (model.estimate(&task), model.estimate(&fresh));
            prop_assert_eq!(one.label, other.label);
            prop_assert!((one.probability - other.probability).abs() < 1e-9);
        }
    }
}
