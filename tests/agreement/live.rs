//! Agreement kept as answers arrive is that of all answers at once; totals merge in any order.

use std::collections::BTreeMap;

use labelgate::agreement::{
    Agreement, Answer, Answers, LiveAgreement, LiveNumbers, NumberTotals, Scale, Totals,
    alpha_of_matrix,
};

use super::support::random::Random;

const LABELS: usize = 5;

fn scales() -> Vec<Scale> {
    let values = vec![0.5, 1.0, 3.0, 3.0, 7.0];
    vec![
        Scale::nominal(),
        Scale::ordinal(values.clone()).unwrap(),
        Scale::interval(values.clone()).unwrap(),
        Scale::ratio(values.clone()).unwrap(),
        Scale::circular(values, 8.0).unwrap(),
    ]
}

#[track_caller]
fn assert_same(live: &Agreement, batch: &Agreement, what: &str) {
    for ((name, live), (_, batch)) in live.coefficients().iter().zip(batch.coefficients()) {
        assert_eq!(live.reason, batch.reason, "{what} {name}");
        if let (Some(live), Some(batch)) = (live.value, batch.value) {
            let off = (live - batch).abs() / batch.abs().max(1.0);
            assert!(off <= 1e-9, "{what} {name}: live {live}, batch {batch}");
        }
    }
}

struct World {
    random: Random,
    tasks: usize,
    annotators: usize,
    /// How often an answer is that of the task itself.
    agreement: f64,
}

impl World {
    fn answer(&mut self) -> Answer {
        let task = self.random.below(self.tasks);
        let label = if self.random.chance(self.agreement) {
            task % LABELS
        } else {
            self.random.below(LABELS)
        };
        let annotator = self.random.below(self.annotators) as u32;
        Answer { task: task as u32, annotator, label: label as u32 }
    }
}

#[test]
fn live_is_batch_after_any_sequence() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let (tasks, annotators) = (1 + random.below(30), 1 + random.below(7));
        let agreement = [0.0, 0.6, 1.0][random.below(3)];
        let mut world = World { random, tasks, annotators, agreement };
        let scale = &scales()[seed as usize % 5];
        let mut live = LiveAgreement::new(scale.clone(), LABELS, true).unwrap();
        let mut known: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let full = tasks * annotators;
        for step in 0..3 * full {
            let answer = world.answer();
            // First fill, then thin out.
            if step < 2 * full || world.random.chance(0.3) {
                let earlier = known.insert((answer.task, answer.annotator), answer.label);
                assert_eq!(live.set(answer).unwrap(), earlier);
            } else {
                let earlier = known.remove(&(answer.task, answer.annotator));
                assert_eq!(live.remove(answer.task, answer.annotator), earlier);
            }
            if step % 7 == 0 || step + 1 == 2 * full {
                let answers: Vec<Answer> = known
                    .iter()
                    .map(|((task, annotator), label)| Answer {
                        task: *task,
                        annotator: *annotator,
                        label: *label,
                    })
                    .collect();
                let answers = Answers::new(tasks, annotators, LABELS, &answers).unwrap();
                let batch = Agreement::of(&answers, scale).unwrap();
                assert_same(&live.agreement(), &batch, &format!("seed {seed} step {step}"));
            }
        }
    }
}

#[test]
fn a_complete_crowd_has_every_coefficient_live() {
    let scale = Scale::ordinal((0..LABELS).map(|n| n as f64).collect()).unwrap();
    let mut live = LiveAgreement::new(scale.clone(), LABELS, true).unwrap();
    let mut random = Random::new(5);
    let mut answers = Vec::new();
    for task in 0..40 {
        for annotator in 0..4 {
            let label = if random.chance(0.7) { task % 5 } else { random.below(LABELS) as u32 };
            answers.push(Answer { task, annotator, label });
        }
    }
    for answer in answers.iter().rev() {
        live.set(*answer).unwrap();
    }
    let batch = Agreement::of(&Answers::new(40, 4, LABELS, &answers).unwrap(), &scale).unwrap();
    assert!(batch.coefficients().iter().all(|(_, one)| one.value.is_some()), "{batch:?}");
    assert_same(&live.agreement(), &batch, "complete");
}

#[test]
fn totals_merge_in_any_order_and_grouping() {
    let scale = &scales()[1];
    let mut world = World { random: Random::new(9), tasks: 90, annotators: 6, agreement: 0.5 };
    let mut whole = LiveAgreement::new(scale.clone(), LABELS, true).unwrap();
    let mut edges = vec![whole.clone(); 3];
    for _ in 0..500 {
        let answer = world.answer();
        whole.set(answer).unwrap();
        edges[answer.task as usize % 3].set(answer).unwrap();
        let taken = world.answer();
        if world.random.chance(0.4) {
            let earlier = whole.remove(taken.task, taken.annotator);
            let edge = &mut edges[taken.task as usize % 3];
            assert_eq!(edge.remove(taken.task, taken.annotator), earlier);
        }
    }
    let merged = |order: [usize; 3]| {
        let mut sum: Totals = edges[order[0]].totals().clone();
        sum.merge(edges[order[1]].totals()).unwrap();
        sum.merge(edges[order[2]].totals()).unwrap();
        sum
    };
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        assert_eq!(&merged(order), whole.totals(), "{order:?}");
    }
    let mut right = edges[1].totals().clone();
    right.merge(edges[2].totals()).unwrap();
    let mut left = edges[0].totals().clone();
    left.merge(&right).unwrap();
    assert_eq!(&left, whole.totals());
    assert_eq!(left.agreement(scale, LABELS).unwrap(), whole.agreement());
    assert!(left.agreement(scale, 4).is_err());
    assert!(left.agreement(&Scale::nominal(), 3).is_err());
    // What one edge sends and another merges.
    let sent = edges[0].totals().save();
    let mut received = Totals::restore(&sent).unwrap();
    received.merge(&right).unwrap();
    assert_eq!(received.save(), whole.totals().save());
    for at in 0..sent.len() {
        assert!(Totals::restore(&sent[..at]).is_err());
        let mut damaged = sent.clone();
        damaged[at] ^= 0x81;
        // What can still be read is other counts, and gives no more than other numbers.
        if let Ok(mut other) = Totals::restore(&damaged) {
            let _ = other.agreement(scale, LABELS);
            let _ = other.merge(&received);
        }
    }
}

#[test]
fn numbers_are_kept_without_a_list_of_labels() {
    let mut random = Random::new(3);
    let step = 1.0 / 1024.0;
    let mut live = LiveNumbers::new(step).unwrap();
    let mut edges = [live.clone(), live.clone()];
    let mut cells = vec![f64::NAN; 5 * 50];
    for _ in 0..600 {
        let (task, annotator) = (random.below(50), random.below(5));
        let edge = &mut edges[task % 2];
        let cell = &mut cells[annotator * 50 + task];
        if random.chance(0.3) {
            let earlier = live.remove(task as u32, annotator as u32);
            assert_eq!(edge.remove(task as u32, annotator as u32), earlier);
            assert_eq!(earlier.is_none(), cell.is_nan());
            *cell = f64::NAN;
        } else {
            let value = ((random.share() + task as f64 / 20.0) * 1024.0).round() / 1024.0;
            live.set(task as u32, annotator as u32, value).unwrap();
            edge.set(task as u32, annotator as u32, value).unwrap();
            *cell = value;
        }
    }
    let batch = alpha_of_matrix(&cells, 50, labelgate::agreement::Level::Interval, 0.0).unwrap();
    let ours = live.totals().krippendorff_alpha();
    assert!((ours.value.unwrap() - batch.value.unwrap()).abs() < 1e-9, "{ours:?} {batch:?}");
    let mut merged = edges[1].totals().clone();
    merged.merge(edges[0].totals()).unwrap();
    assert_eq!(&merged, live.totals());
    let sent = merged.save();
    assert_eq!(NumberTotals::restore(&sent).unwrap(), merged);
    for at in 0..sent.len() {
        assert!(NumberTotals::restore(&sent[..at]).is_err());
        let mut damaged = sent.clone();
        damaged[at] ^= 0x81;
        if let Ok(mut other) = NumberTotals::restore(&damaged) {
            let _ = other.merge(&merged);
            let alpha = other.krippendorff_alpha();
            assert!(alpha.value.is_none_or(f64::is_finite));
        }
    }
}
