//! Whether the millionth answer costs more than the first, and what saving costs:
//! `cargo bench --bench state`.

mod support;

use divan::{Bencher, black_box};
use labelgate::annotator::EvidenceSettings;
use labelgate::item::Observation;
use labelgate::{Annotator, Item, Label, Memory, Policy, Pool, Submission};
use support::{START_MS, submission};

fn main() {
    divan::main();
}

fn observation(n: u64) -> Observation {
    Observation {
        gold_right: n.is_multiple_of(10).then_some(!n.is_multiple_of(100)),
        agreement: Some(0.8),
        floor: Some(0.6),
        others: 5,
        median_spent_ms: Some(8000),
        ..Observation::default()
    }
}

/// One annotator's answers through `Annotator::observe` alone, after so many earlier ones. Half a
/// minute apart, as from a person.
#[divan::bench(args = [0, 1_000, 1_000_000])]
fn hundred_answers_after(bencher: Bencher<'_, '_>, earlier: u64) {
    let policy = Policy::default();
    let settings = EvidenceSettings::of(&policy);
    let input = submission(1);
    let mut submission = Submission::from_json(&input).unwrap();
    let ids: Vec<String> = (0..100).map(|n| format!("id-{n}")).collect();
    let mut take = |annotator: &mut Annotator, n: u64| {
        submission.id = ids[(n % 100) as usize].clone().into();
        let at_ms = Some(START_MS + n as i64 * 30_000);
        annotator.observe(&submission, &observation(n), &policy, &settings, at_ms);
    };
    let mut annotator = Annotator::new();
    for n in 0..earlier {
        take(&mut annotator, n);
    }
    assert!(!annotator.is_held());
    bencher.counter(100usize).bench_local(|| {
        let mut annotator = annotator.clone();
        for n in 0..100 {
            take(&mut annotator, earlier + n);
        }
        annotator
    });
}

/// An item that already has so many labels meets one more.
#[divan::bench(args = [0, 5, 100, 4000])]
fn one_answer_to_an_item_with_labels(bencher: Bencher<'_, '_>, labels: usize) {
    let policy = Policy::default();
    let input = submission(1);
    let mut submission = Submission::from_json(&input).unwrap();
    let (mut item, mut pool) = (Item::new(), Pool::new());
    for n in 0..labels {
        submission.annotator = format!("ann-{n}").into();
        submission.elapsed_ms = Some((n * 7919 % 20_000) as u32);
        item.observe(&mut pool, &submission, 1.0, None, &policy);
    }
    submission.annotator = "newcomer".into();
    bencher.with_inputs(|| item.clone()).bench_local_refs(|item| {
        item.observe(&mut pool, black_box(&submission), 1.0, None, &policy)
    });
}

/// The live path: one answer to an item of ten with six classes, and its annotator. A pool that knows
/// its floor.
#[divan::bench(sample_count = 300)]
fn one_answer_to_an_item_of_ten_and_its_annotator(bencher: Bencher<'_, '_>) {
    let policy = Policy::default();
    let settings = EvidenceSettings::of(&policy);
    let input = submission(1);
    let mut submission = Submission::from_json(&input).unwrap();
    let (mut item, mut pool) = (Item::new(), Pool::new());
    for n in 0..200 {
        item = if n % 10 == 0 { Item::new() } else { item };
        submission.item.id = format!("item-{}", n / 10).into();
        submission.annotator = format!("ann-{n}").into();
        // Half agree, the rest are spread over all classes.
        let class = if n % 2 == 0 { n / 10 } else { n };
        submission.label = Label::Class(format!("class-{}", class % 6));
        item.observe(&mut pool, &submission, 1.0, None, &policy);
    }
    assert_eq!(item.len(), 10);
    assert!(pool.floor(&policy.disagrees).is_some());
    submission.annotator = "newcomer".into();
    let annotator = Annotator::new();
    bencher.with_inputs(|| (item.clone(), pool.clone(), annotator.clone())).bench_local_refs(
        |(item, pool, annotator)| {
            let submission = black_box(&submission);
            let observed = item.observe(pool, submission, annotator.weight(), None, &policy);
            let at_ms = Some(START_MS);
            annotator.observe(submission, &observed.observation, &policy, &settings, at_ms);
        },
    );
}

/// A whole memory: 1,000 annotators, 10,000 items, 50,000 labels.
#[divan::bench(sample_count = 15, sample_size = 1)]
fn save_and_restore_a_memory(bencher: Bencher<'_, '_>) {
    let gate =
        labelgate::Gate::new(Policy::from_json(br#"{"bom":{"trust":"none"}}"#).unwrap(), None);
    let mut memory = Memory::new();
    for n in 0..50_000_i64 {
        let input = format!(
            r#"{{"id":"s-{n}","annotator":"ann-{}","item":{{"id":"i-{}"}},"label":{{"class":"cat"}},"elapsed_ms":5000}}"#,
            n % 1000,
            n / 5
        );
        gate.check(&mut memory, input.as_bytes(), Some(START_MS + n * 100));
    }
    println!("{} bytes saved", memory.save().len());
    bencher.bench_local(|| Memory::restore(&memory.save()).unwrap());
}
