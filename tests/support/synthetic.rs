//! Answers made by a counter-based generator, so that other programmes can be timed on the same.
//!
//! Every number follows from a stream and a place in it: no state, no order.

use labelgate::agreement::{Answer, Answers};

/// Five answers a task, four labels, a tenth of the annotators guessing.
pub struct Synthetic {
    pub answers: Vec<Answer>,
    /// The right label of each task.
    pub truth: Vec<u32>,
    pub annotators: usize,
}

pub const LABELS: u32 = 4;
const PER_TASK: u64 = 5;
const SEED: u64 = 42;

impl Synthetic {
    /// So many answers, which is a multiple of 5: 500 annotators for 10^5, 2,000 for 10^6, 10,000 for 10^7.
    pub fn new(answers: u64) -> Self {
        let annotators = match answers {
            100_000 => 500,
            1_000_000 => 2_000,
            10_000_000 => 10_000,
            _ => (answers / 500).max(50),
        };
        let labels = u64::from(LABELS);
        let truth: Vec<u32> =
            (0..answers / PER_TASK).map(|task| below(1, task, labels) as u32).collect();
        let accuracy: Vec<f64> = (0..annotators)
            .map(|one| if uniform(2, one) < 0.1 { 0.25 } else { 0.4 + 0.55 * uniform(3, one) })
            .collect();
        let mut rows = Vec::with_capacity(answers as usize);
        for (task, right) in (0..).zip(&truth) {
            let first = below(4, task, annotators);
            let step = 1 + below(5, task, annotators / PER_TASK - 1);
            for place in 0..PER_TASK {
                let annotator = (first + place * step) % annotators;
                let n = task * PER_TASK + place;
                let label = if uniform(6, n) < accuracy[annotator as usize] {
                    *right
                } else {
                    (right + 1 + below(7, n, labels - 1) as u32) % LABELS
                };
                rows.push(Answer { task: task as u32, annotator: annotator as u32, label });
            }
        }
        Self { answers: rows, truth, annotators: annotators as usize }
    }

    /// The answers, packed.
    pub fn packed(&self) -> Answers {
        Answers::new(self.truth.len(), self.annotators, LABELS as usize, &self.answers).unwrap()
    }

    /// The share of the tasks for which a label is right.
    pub fn accuracy(&self, labels: impl Iterator<Item = Option<u32>>) -> f64 {
        let right = labels.zip(&self.truth).filter(|(label, truth)| *label == Some(**truth));
        right.count() as f64 / self.truth.len() as f64
    }
}

fn below(stream: u64, place: u64, bound: u64) -> u64 {
    (uniform(stream, place) * bound as f64) as u64
}

/// From 0 to below 1.
fn uniform(stream: u64, place: u64) -> f64 {
    (mix(mix(SEED + stream) ^ place) >> 11) as f64 * 0.5_f64.powi(53)
}

fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
