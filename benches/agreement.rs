//! Agreement: the path of one answer, and alpha of many: `cargo bench --bench agreement`.
//!
//! The matrices are those of the peers' benches (`../shared/bench/peers/agreement/README.md`): five values, seven of
//! ten answers those of the unit, half missing.

use divan::{Bencher, black_box};
use labelgate::agreement::{
    Agreement, Answer, Answers, Level, LiveAgreement, Scale, alpha_of_matrix,
};

#[path = "support/matrix.rs"]
mod matrix;
use matrix::{matrix, share};

fn main() {
    divan::main();
}

const LEVELS: [(&str, Level); 4] = [
    ("nominal", Level::Nominal),
    ("ordinal", Level::Ordinal),
    ("interval", Level::Interval),
    ("circular", Level::Circular),
];

#[divan::bench(args = LEVELS.map(|(name, _)| name), sample_count = 20, sample_size = 1)]
fn alpha_of_a_million_units_by_five(bencher: Bencher<'_, '_>, name: &str) {
    let cells = matrix(1_000_000, 5, 5.0);
    let level = LEVELS.iter().find(|(other, _)| *other == name).unwrap().1;
    bencher.bench_local(|| alpha_of_matrix(black_box(&cells), 1_000_000, level, 5.0).unwrap());
}

#[divan::bench(args = LEVELS.map(|(name, _)| name), sample_count = 20, sample_size = 1)]
fn alpha_of_a_hundred_thousand_units_by_ten(bencher: Bencher<'_, '_>, name: &str) {
    let cells = matrix(100_000, 10, 5.0);
    let level = LEVELS.iter().find(|(other, _)| *other == name).unwrap().1;
    bencher.bench_local(|| alpha_of_matrix(black_box(&cells), 100_000, level, 5.0).unwrap());
}

/// The bad case: every answer is a number of its own.
#[divan::bench(args = LEVELS.map(|(name, _)| name), sample_count = 5, sample_size = 1)]
fn alpha_of_a_million_free_numbers(bencher: Bencher<'_, '_>, name: &str) {
    let cells: Vec<f64> =
        (0..1_000_000).map(|n| share(1, n % 500_000) + 0.1 * share(2, n)).collect();
    let level = LEVELS.iter().find(|(other, _)| *other == name).unwrap().1;
    bencher.bench_local(|| alpha_of_matrix(black_box(&cells), 500_000, level, 5.0).unwrap());
}

/// Answers of a crowd: five a task of 500 annotators, four classes.
fn crowd(tasks: usize) -> Vec<Answer> {
    let answer = |n: usize| {
        let task = n / 5;
        let label = if share(6, n) < 0.7 { share(1, task) } else { share(7, n) };
        let annotator = (share(4, task) * 500.0) as usize + n % 5 * 101;
        Answer {
            task: task as u32,
            annotator: (annotator % 500) as u32,
            label: (label * 4.0) as u32,
        }
    };
    (0..tasks * 5).map(answer).collect()
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn all_coefficients_of_a_hundred_thousand_answers(bencher: Bencher<'_, '_>) {
    let answers = Answers::new(20_000, 500, 4, &crowd(20_000)).unwrap();
    bencher.bench_local(|| Agreement::of(black_box(&answers), &Scale::nominal()).unwrap());
}

/// One answer is added to each of a thousand tasks of ten, in a crowd of 20,000 tasks.
fn thousand_answers_to_tasks_of_ten(bencher: Bencher<'_, '_>, scale: Scale, pairs: bool) {
    let mut live = LiveAgreement::new(scale, 5, pairs).unwrap();
    for answer in crowd(20_000) {
        live.set(answer).unwrap();
    }
    for task in 0..1000 {
        for annotator in 600..605 {
            let label = (share(9, task * 5 + annotator) * 5.0) as u32;
            let task = task as u32;
            live.set(Answer { task, annotator: annotator as u32, label }).unwrap();
        }
    }
    bencher.with_inputs(|| live.clone()).bench_local_values(|mut live| {
        for task in 0..1000 {
            let label = task % 5;
            black_box(live.set(Answer { task, annotator: 300 + task % 100 + 700, label })).unwrap();
        }
        live
    });
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn thousand_live_answers_nominal(bencher: Bencher<'_, '_>) {
    thousand_answers_to_tasks_of_ten(bencher, Scale::nominal(), false);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn thousand_live_answers_interval(bencher: Bencher<'_, '_>) {
    let scale = Scale::interval((0..5).map(f64::from).collect()).unwrap();
    thousand_answers_to_tasks_of_ten(bencher, scale, false);
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn thousand_live_answers_with_pairs(bencher: Bencher<'_, '_>) {
    thousand_answers_to_tasks_of_ten(bencher, Scale::nominal(), true);
}

/// What reading costs after any number of answers.
#[divan::bench(sample_count = 20, sample_size = 10)]
fn all_coefficients_of_the_totals(bencher: Bencher<'_, '_>) {
    let scale = Scale::interval((0..5).map(f64::from).collect()).unwrap();
    let mut live = LiveAgreement::new(scale, 5, false).unwrap();
    for answer in crowd(20_000) {
        live.set(answer).unwrap();
    }
    bencher.bench_local(|| live.agreement());
}
