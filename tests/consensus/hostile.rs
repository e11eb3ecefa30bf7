//! Answers that nobody hopes for.

use labelgate::ErrorCode;
use labelgate::agreement::{Answer, Answers};
use labelgate::consensus::{
    Consensus, DawidSkene, Glad, Mace, OneCoinDawidSkene, ZeroBasedSkill, majority_vote, wawa,
};

use crate::peers::sane;

fn all_but_dawid_skene(answers: &Answers) -> [(&'static str, Consensus); 6] {
    let mace = Mace { restarts: 2, iterations: 10, ..Mace::default() };
    [
        ("majority vote", majority_vote(answers)),
        ("wawa", wawa(answers)),
        ("zero-based skill", ZeroBasedSkill::default().infer(answers)),
        ("one-coin", OneCoinDawidSkene::default().infer(answers, &[]).unwrap()),
        ("glad", Glad::default().infer(answers).unwrap()),
        ("mace", mace.infer(answers).unwrap()),
    ]
}

/// Half say 7, the others a label each: with 10^5 classes, in one task of 10^5 answers and two small ones.
#[test]
fn many_classes_and_a_task_with_many_answers() {
    let many = 100_000;
    let mut rows: Vec<Answer> = (0..many)
        .map(|n| Answer { task: 0, annotator: n, label: if n % 2 == 0 { 7 } else { n } })
        .collect();
    for (task, annotator, label) in [(1, 0, 99_999), (1, 2, 99_999), (1, 5, 3), (2, 4, 5)] {
        rows.push(Answer { task, annotator, label });
    }
    let answers = Answers::new(3, many as usize, many as usize, &rows).unwrap();
    for (name, result) in all_but_dawid_skene(&answers) {
        let labels: Vec<Option<u32>> = result.labels().collect();
        assert_eq!(labels, [Some(7), Some(99_999), Some(5)], "{name}");
        sane(&result);
    }
    let error = DawidSkene::default().infer(&answers, &[]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Answers);
    assert!(error.message().contains("MiB") && error.message().contains("one-coin"), "{error}");
    let asked = OneCoinDawidSkene { posteriors: true, ..OneCoinDawidSkene::default() };
    assert!(asked.infer(&answers, &[]).is_ok(), "three tasks are few");
}

#[test]
fn one_class_one_annotator_and_nothing() {
    let one = |n: u32, annotators: u32, labels: u32| -> Answers {
        let rows: Vec<Answer> = (0..n)
            .map(|n| Answer { task: n / annotators, annotator: n % annotators, label: n % labels })
            .collect();
        Answers::new(12, annotators as usize, labels as usize, &rows).unwrap()
    };
    let cases = [one(12, 3, 1), one(12, 1, 1), one(12, 1, 3), one(0, 1, 1), one(12, 4, 12)];
    let nothing = Answers::new(0, 0, 0, &[]).unwrap();
    for answers in cases.iter().chain([&nothing]) {
        let dawid_skene = DawidSkene::default().infer(answers, &[]).unwrap();
        let all = all_but_dawid_skene(answers).into_iter().chain([("dawid-skene", dawid_skene)]);
        for (name, result) in all {
            sane(&result);
            assert_eq!(result.tasks.len(), answers.task_count());
            assert_eq!(result.annotators.len(), answers.annotator_count());
            for (task, unit) in result.tasks.iter().zip(answers.units()) {
                assert_eq!(task.label.is_none(), unit.is_empty(), "{name}");
                if answers.annotator_count() == 1 && !unit.is_empty() {
                    assert_eq!(
                        task.label,
                        Some(unit.labels[0]),
                        "{name}: who is alone is believed"
                    );
                }
            }
        }
    }
}

#[test]
fn settings_out_of_range_are_taken_for_the_nearest_within() {
    let rows: Vec<Answer> =
        (0..40).map(|n| Answer { task: n / 4, annotator: n % 4, label: n * 7 % 3 }).collect();
    let answers = Answers::new(10, 4, 3, &rows).unwrap();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -5.0, 1e300] {
        let skill = ZeroBasedSkill { rate: bad, reduce_by: bad, ..ZeroBasedSkill::default() };
        sane(&skill.infer(&answers));
        let mace = Mace { noise: bad, known: bad, spammed: bad, strategy: bad, ..Mace::default() };
        sane(&mace.infer(&answers).unwrap());
        let smooth = DawidSkene { smoothing: bad, tolerance: bad, ..DawidSkene::default() };
        sane(&smooth.infer(&answers, &[]).unwrap());
        sane(&Glad { tolerance: bad, ..Glad::default() }.infer(&answers).unwrap());
        let none =
            OneCoinDawidSkene { tolerance: bad, iterations: 0, ..OneCoinDawidSkene::default() };
        sane(&none.infer(&answers, &[]).unwrap());
    }
}
