//! Random and hostile answers: every method ends, says a number where it says one, and refuses what is too much.

use std::time::Instant;

use labelgate::agreement::{Answer, Answers};
use labelgate::consensus::{
    BoxVote, BradleyTerry, Comparison, Consensus, Kos, MMsr, Medoid, NoisyBradleyTerry, Preferred,
    Rover, SpanVote, crowdlab,
};
use labelgate::error::ErrorCode;
use labelgate::label::{BoundingBox, Span};

/// A small generator: these tests need variety, not quality.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(count.max(1))) as u32
    }
}

fn random_answers(dice: &mut Dice, labels: u32) -> Answers {
    let (tasks, annotators) = (1 + dice.below(12), 1 + dice.below(9));
    let rows: Vec<Answer> = (0..dice.below(60))
        .map(|_| Answer {
            task: dice.below(tasks),
            annotator: dice.below(annotators),
            label: dice.below(labels),
        })
        .collect();
    Answers::new(tasks as usize, annotators as usize, labels as usize, &rows).unwrap()
}

fn is_sound(answers: &Answers, consensus: &Consensus) {
    assert_eq!(consensus.tasks.len(), answers.task_count());
    assert_eq!(consensus.annotators.len(), answers.annotator_count());
    for (unit, task) in answers.units().zip(&consensus.tasks) {
        assert!((0.0..=1.0).contains(&task.probability), "{task:?}");
        assert!((0.0..=1.0).contains(&task.margin), "{task:?}");
        assert!(unit.is_empty() || task.label.is_some());
        assert!(task.label.is_none_or(|label| (label as usize) < answers.label_count()));
    }
    for annotator in &consensus.annotators {
        assert!(annotator.skill.is_none_or(|skill| (-1.0..=1.0).contains(&skill)), "{annotator:?}");
        assert!(annotator.accuracy.is_none_or(|accuracy| (0.0..=1.0).contains(&accuracy)));
    }
}

#[test]
fn random_answers_give_sound_results() {
    let mut dice = Dice(1);
    for round in 0..500 {
        let labels = 1 + dice.below(4);
        let answers = random_answers(&mut dice, labels);
        is_sound(&answers, &MMsr::default().infer(&answers).unwrap());
        if labels <= 2 {
            let kos = Kos {
                iterations: dice.below(200) as usize,
                degree_power: f64::from(round % 3) / 2.0,
            };
            is_sound(&answers, &kos.infer(&answers).unwrap());
        }
        let count = answers.task_count();
        let model: Vec<f64> = (0..count)
            .flat_map(|_| {
                let weights: Vec<f64> = (0..labels).map(|_| f64::from(dice.below(4))).collect();
                let sum: f64 = weights.iter().sum();
                let even = 1.0 / f64::from(labels);
                weights.into_iter().map(move |weight| if sum > 0.0 { weight / sum } else { even })
            })
            .collect();
        if let Ok(result) = crowdlab(&answers, &model) {
            is_sound(&answers, &result.consensus);
            assert!(result.annotator_weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
        }
    }
}

#[test]
fn random_comparisons_give_finite_strengths() {
    let mut dice = Dice(2);
    for round in 0..300 {
        let items = 2 + dice.below(8);
        let comparisons: Vec<Comparison> = (0..dice.below(40))
            .map(|_| {
                let left = dice.below(items);
                let right = (left + 1 + dice.below(items - 1)) % items;
                let preferred =
                    [Preferred::Left, Preferred::Right, Preferred::Tied][dice.below(3) as usize];
                Comparison { annotator: dice.below(5), left, right, preferred }
            })
            .collect();
        let prior = f64::from(round % 3) / 10.0;
        let plain = BradleyTerry { prior, ..BradleyTerry::default() };
        let noisy = NoisyBradleyTerry { prior, ..NoisyBradleyTerry::default() };
        let items = items as usize;
        let plain = plain.infer(items, &comparisons).unwrap();
        let noisy = noisy.infer(items, 5, &comparisons).unwrap();
        for strengths in [plain.strengths, noisy.items.strengths] {
            assert!(
                strengths.iter().all(|strength| (0.0..=1.0).contains(strength)),
                "{strengths:?}"
            );
            assert!((strengths.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
        for value in noisy.skills.iter().chain(&noisy.biases).flatten() {
            assert!((0.0..=1.0).contains(value));
        }
    }
}

#[test]
fn kos_does_not_depend_on_the_order_of_annotators_in_a_task() {
    let mut dice = Dice(3);
    for _ in 0..200 {
        let answers = random_answers(&mut dice, 2);
        let mut rows: Vec<Answer> = answers
            .units()
            .enumerate()
            .flat_map(|(task, unit)| {
                let rows = unit.annotators.iter().zip(unit.labels);
                rows.map(move |(annotator, label)| Answer {
                    task: u32::try_from(task).unwrap(),
                    annotator: *annotator,
                    label: *label,
                })
            })
            .collect();
        rows.reverse();
        let turned =
            Answers::new(answers.task_count(), answers.annotator_count(), 2, &rows).unwrap();
        let clear = |consensus: Consensus| -> Vec<Option<u32>> {
            let tasks = consensus.tasks.into_iter();
            tasks.map(|task| task.label.filter(|_| task.margin > 1e-6)).collect()
        };
        let kos = |answers| clear(Kos::default().infer(answers).unwrap());
        assert_eq!(kos(&answers), kos(&turned));
    }
}

#[test]
fn what_would_take_too_long_is_refused_at_once() {
    let began = Instant::now();
    let crowded: Vec<Answer> =
        (0..100_000).map(|annotator| Answer { task: 0, annotator, label: annotator % 2 }).collect();
    let crowded = Answers::new(1, 100_000, 2, &crowded).unwrap();
    assert_eq!(MMsr::default().infer(&crowded).unwrap_err().code(), ErrorCode::Answers);
    // One task with 10^5 answers is no trouble for KOS.
    is_sound(&crowded, &Kos::default().infer(&crowded).unwrap());

    let one = BoundingBox { class: None, x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
    let boxes = vec![one; 1000];
    let many: Vec<&[BoundingBox]> = vec![&boxes; 100_000];
    assert_eq!(BoxVote::default().infer(&many).unwrap_err().code(), ErrorCode::Answers);

    let annotators: Vec<u32> = (0..100_000).collect();
    let medoid = Medoid::default().infer(100_000, &[&annotators], |_, _, _| 0.0);
    assert_eq!(medoid.unwrap_err().code(), ErrorCode::Answers);

    let words = vec!["w"; 4096];
    let texts: Vec<&[&str]> = vec![&words; 1000];
    assert_eq!(Rover.infer(&texts).unwrap_err().code(), ErrorCode::Answers);
    println!("refused in {:?}", began.elapsed());
}

#[test]
fn many_spans_are_no_trouble() {
    let spans: Vec<Span> =
        (0..1024).map(|at| Span { class: None, start: 3 * at, end: 3 * at + 2 }).collect();
    let many: Vec<&[Span]> = vec![&spans; 1000];
    let voted = SpanVote::default().infer(&many).unwrap();
    assert_eq!(voted.len(), 1024);
}
