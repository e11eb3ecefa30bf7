//! What the others said about an item, against the slowest obvious version.

use labelgate::item::{AnswerStanding, Item};
use labelgate::label::LabelSchema;
use labelgate::{Label, Policy, Pool, Submission};
use proptest::prelude::*;

use crate::holds;

/// Every answer that was recorded, as it came.
#[derive(Default)]
struct Naive {
    answers: Vec<Answer>,
    /// Submissions that came before enough others, by annotator.
    waited: Vec<usize>,
}

/// Others with any weight that a score needs, by the default policy.
const MIN_OTHERS: usize = 2;

#[derive(Clone)]
struct Answer {
    annotator: usize,
    submission: usize,
    label: Label,
    weight: f64,
    spent_ms: Option<u32>,
}

impl Naive {
    fn standing(&self, answer: &Answer, max_labels: usize) -> AnswerStanding {
        match self.answers.iter().find(|known| known.annotator == answer.annotator) {
            Some(known) if known.submission == answer.submission && known.label == answer.label => {
                AnswerStanding::Repeat
            }
            Some(_) => AnswerStanding::Duplicate,
            None if self.answers.len() >= max_labels => AnswerStanding::Full,
            None => AnswerStanding::New,
        }
    }

    fn others(&self, answer: &Answer) -> Vec<&Answer> {
        self.answers.iter().filter(|known| known.annotator != answer.annotator).collect()
    }

    fn counted(&self, answer: &Answer) -> usize {
        self.others(answer).iter().filter(|other| other.weight > 0.0).count()
    }

    fn is_scored(&self, answer: &Answer, standing: AnswerStanding) -> bool {
        let is_first = match standing {
            AnswerStanding::New => true,
            AnswerStanding::Repeat => !self.waited.contains(&answer.annotator),
            AnswerStanding::Duplicate | AnswerStanding::Full => false,
        };
        is_first && self.counted(answer) >= MIN_OTHERS
    }

    fn agreement(&self, answer: &Answer, schema: Option<&LabelSchema>) -> Option<f64> {
        let others = self.others(answer);
        let total: f64 = others.iter().map(|other| other.weight).sum();
        let agreeing: f64 = others
            .iter()
            .map(|other| other.weight * answer.label.similarity(&other.label, schema))
            .sum();
        (total > 0.0).then(|| agreeing / total)
    }

    fn median_spent_ms(&self, answer: &Answer, min_times: usize) -> Option<u32> {
        let mut times: Vec<u32> =
            self.others(answer).iter().filter_map(|other| other.spent_ms).collect();
        times.sort_unstable();
        if times.len() < min_times.max(1) {
            return None;
        }
        Some(times[(times.len() - 1) / 2])
    }
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let label = prop_oneof![
        (0..4u8).prop_map(|n| Label::Class(format!("c{n}"))),
        (0..8u8).prop_map(|set| {
            let classes = (0..3).filter(|bit| set >> bit & 1 == 1).map(|n| format!("c{n}"));
            Label::class_set(classes.collect()).unwrap()
        }),
        (1..=5).prop_map(Label::Rating),
    ];
    let weight = prop_oneof![Just(0.0f32), Just(1.0), 0.01..4.0f32];
    let answer = (0..12usize, 0..3usize, label, weight, prop::option::of(0..5000u32));
    prop::collection::vec(answer, 1..60).prop_map(|answers| {
        answers
            .into_iter()
            .map(|(annotator, submission, label, weight, spent_ms)| Answer {
                annotator,
                submission,
                label,
                weight: f64::from(weight),
                spent_ms,
            })
            .collect()
    })
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { annotator, submission, label, weight, spent_ms } = self;
        write!(f, "a{annotator} s{submission} {label:?} × {weight} in {spent_ms:?} ms")
    }
}

#[test]
fn an_item_tells_what_the_others_said_and_never_counts_ones_own() {
    let limits = (1..12usize, 1..6usize);
    holds(3000, (answers(), limits), |(answers, (max_labels, min_times))| {
        let policy = format!(
            r#"{{"item":{{"max_labels":{max_labels}}},"too_fast":{{"min_times":{min_times}}},"label":{{"kind":"rating","min":1,"max":5}}}}"#
        );
        let policy = Policy::from_json(policy.as_bytes()).unwrap();
        let (mut item, mut naive) = (Item::new(), Naive::default());
        let mut pool = Pool::new();
        for answer in answers {
            let json = format!(
                r#"{{"id":"s{}","annotator":"a{}","item":{{"id":"i"}},"label":{{"rating":1}}}}"#,
                answer.submission, answer.annotator
            );
            let mut submission = Submission::from_json(json.as_bytes()).unwrap();
            submission.label = answer.label.clone();
            submission.elapsed_ms = answer.spent_ms;
            let weight = answer.weight as f32;
            let ours = item.observe(&mut pool, &submission, weight, None, &policy).observation;
            prop_assert_eq!(ours.standing, naive.standing(&answer, max_labels));
            prop_assert_eq!(ours.others as usize, naive.counted(&answer));
            prop_assert_eq!(ours.median_spent_ms, naive.median_spent_ms(&answer, min_times));
            let agreement = naive.agreement(&answer, policy.label.as_ref());
            let agreement = agreement.filter(|_| naive.is_scored(&answer, ours.standing));
            match (ours.agreement, agreement) {
                // Ours takes one's own weight out of a sum; theirs never put it in. Sums of 60
                // weights of up to 4 differ by rounding alone, far below 1e-12.
                (Some(ours), Some(naive)) => {
                    prop_assert!((ours - naive).abs() < 1e-12, "{ours} {naive}");
                }
                (ours, naive) => prop_assert_eq!(ours, naive),
            }
            if ours.standing == AnswerStanding::New {
                if naive.counted(&answer) < MIN_OTHERS {
                    naive.waited.push(answer.annotator);
                }
                naive.answers.push(answer);
            }
            prop_assert_eq!(item.len(), naive.answers.len());
        }
        Ok(())
    });
}
