//! Consensus of 10^5, 10^6 and 10^7 synthetic answers, and the live path: `cargo bench --bench consensus`.
//!
//! The answers are those that the peers are timed on.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use labelgate::agreement::Answers;
use labelgate::consensus::{
    DawidSkene, Glad, LiveAnnotator, LiveOneCoin, LiveTask, Mace, OneCoinDawidSkene,
    ZeroBasedSkill, majority_vote, wawa,
};
use std::sync::OnceLock;

#[path = "../tests/support/synthetic.rs"]
#[allow(dead_code)] // the accuracy is for the tests
mod synthetic;

fn main() {
    divan::main();
}

const SIZES: [u64; 2] = [100_000, 1_000_000];

fn answers(size: u64) -> &'static Answers {
    static MADE: [OnceLock<Answers>; 3] = [const { OnceLock::new() }; 3];
    let place = match size {
        100_000 => 0,
        1_000_000 => 1,
        _ => 2,
    };
    MADE[place].get_or_init(|| synthetic::Synthetic::new(size).packed())
}

fn run<T>(bencher: Bencher<'_, '_>, size: u64, infer: impl Fn(&Answers) -> T) {
    let answers = answers(size);
    bencher.counter(ItemsCount::new(size)).bench_local(|| infer(black_box(answers)));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 5)]
fn majority(bencher: Bencher<'_, '_>, size: u64) {
    run(bencher, size, majority_vote);
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn agreement_with_the_majority(bencher: Bencher<'_, '_>, size: u64) {
    run(bencher, size, wawa);
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn zero_based_skill(bencher: Bencher<'_, '_>, size: u64) {
    run(bencher, size, |answers| ZeroBasedSkill::default().infer(answers));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 3)]
fn dawid_skene_ten_iterations(bencher: Bencher<'_, '_>, size: u64) {
    let settings = DawidSkene { iterations: 10, tolerance: -1.0, ..DawidSkene::default() };
    run(bencher, size, |answers| settings.infer(answers, &[]));
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn one_coin_ten_iterations(bencher: Bencher<'_, '_>, size: u64) {
    let settings =
        OneCoinDawidSkene { iterations: 10, tolerance: -1.0, ..OneCoinDawidSkene::default() };
    run(bencher, size, |answers| settings.infer(answers, &[]));
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn mace_one_start_fifty_iterations(bencher: Bencher<'_, '_>, size: u64) {
    let settings = Mace { restarts: 1, ..Mace::default() };
    run(bencher, size, |answers| settings.infer(answers));
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn glad(bencher: Bencher<'_, '_>, size: u64) {
    run(bencher, size, |answers| Glad::default().infer(answers));
}

/// One answer more to a task that has 10, and what it says of all 11 annotators.
#[divan::bench]
fn live_answer_to_a_task_of_ten(bencher: Bencher<'_, '_>) {
    let model = LiveOneCoin::new(4);
    let mut annotators = [LiveAnnotator { judged: 20, right: 15.0 }; 11];
    let (mut task, mut credits) = (LiveTask::default(), Vec::new());
    for annotator in 0..10 {
        let weight = model.weight(&annotators[annotator as usize]);
        model.answer(&mut task, annotator, annotator % 3, weight, &mut credits);
    }
    credits.clear();
    bencher.with_inputs(|| task.clone()).bench_local_refs(|task| {
        let weight = model.weight(&annotators[10]);
        model.answer(task, 10, 1, weight, &mut credits);
        for credit in credits.drain(..) {
            annotators[credit.annotator as usize].learn(&credit);
        }
    });
}
