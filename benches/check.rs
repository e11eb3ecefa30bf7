//! One whole check, and its parts: `cargo bench --bench check`.
//!
//! The first is what users wait for, and what the wasm benches measure too. The parts say where the
//! time goes. The bad cases are the costliest submissions that are within the bounds.

mod support;

use divan::{Bencher, black_box, counter::BytesCount};
use labelgate::{Annotator, Decision, Gate, Memory, Submission};
use support::{START_MS, gate, memory, submission};

fn main() {
    divan::main();
}

/// Checks in one run: each on another item, so none is a repetition.
const CHECKS: usize = 10_000;

struct Prepared {
    gate: Gate,
    memory: Memory,
    submissions: Vec<Vec<u8>>,
}

fn prepared() -> &'static Prepared {
    static PREPARED: std::sync::OnceLock<Prepared> = std::sync::OnceLock::new();
    PREPARED.get_or_init(|| {
        let gate = gate();
        let memory = memory(&gate, CHECKS);
        let submissions = (0..CHECKS).map(submission).collect();
        Prepared { gate, memory, submissions }
    })
}

fn at_ms(n: usize) -> Option<i64> {
    Some(START_MS + n as i64 * 1000 + 300)
}

/// Ten thousand whole checks: bytes in, verdict bytes out, 100,000 items, 5 earlier labels.
#[divan::bench(sample_count = 30, sample_size = 1)]
fn ten_thousand_whole_checks(bencher: Bencher<'_, '_>) {
    let Prepared { gate, memory, submissions } = prepared();
    bencher.counter(CHECKS).with_inputs(|| memory.clone()).bench_local_values(|mut memory| {
        for (n, submission) in submissions.iter().enumerate() {
            black_box(gate.check(&mut memory, submission, at_ms(n)).to_json());
        }
        memory
    });
}

/// Calls `part` with one submission after the other.
fn cycle(bencher: Bencher<'_, '_>, part: impl Fn(usize, &'static [u8])) {
    let prepared = prepared();
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 1) % CHECKS;
        part(n, &prepared.submissions[n]);
    });
}

#[divan::bench]
fn part_read_the_submission(bencher: Bencher<'_, '_>) {
    cycle(bencher, |_, input| {
        black_box(Submission::from_json(input)).unwrap();
    });
}

#[divan::bench]
fn part_read_and_screen(bencher: Bencher<'_, '_>) {
    let gate = &prepared().gate;
    cycle(bencher, |_, input| {
        black_box(gate.screen(input)).unwrap();
    });
}

#[divan::bench]
fn part_write_a_verdict(bencher: Bencher<'_, '_>) {
    let Prepared { gate, memory, submissions } = prepared();
    let mut memory = memory.clone();
    let mut verdicts = Vec::new();
    for (n, submission) in submissions.iter().enumerate() {
        verdicts.push(gate.check(&mut memory, submission, at_ms(n)));
    }
    assert!(verdicts.iter().filter(|verdict| verdict.decision == Decision::Accept).count() > 9_900);
    cycle(bencher, |n, _| {
        black_box(verdicts[n].to_json());
    });
}

#[divan::bench]
fn part_save_and_restore_an_annotator(bencher: Bencher<'_, '_>) {
    let Prepared { gate, memory, submissions } = prepared();
    let mut memory = memory.clone();
    for (n, submission) in submissions.iter().enumerate() {
        gate.check(&mut memory, submission, at_ms(n));
    }
    let saved = memory.annotator("ann-00000007").unwrap().save();
    bencher.bench_local(|| Annotator::restore(black_box(&saved)).unwrap().save());
}

/// Submissions of the largest size: the bad cases. Time for 256 KiB.
#[divan::bench(args = ["numbers", "names", "escapes", "brackets"])]
fn bad_case_screen_256_kib(bencher: Bencher<'_, '_>, fill: &str) {
    let gate = &prepared().gate;
    let unit = |n: usize| match fill {
        "numbers" => format!("{n}.{n}e-{},", n % 300),
        "names" => format!("{{\"{n}\":0}},"),
        "escapes" => format!(r#""\u00{:02x}\n\t\"","#, n % 95 + 32),
        _ => "[[[]]],".to_owned(),
    };
    let text = String::from_utf8(submission(1)).unwrap();
    let room = gate.policy().max_bytes - text.len() - 64;
    let mut filling = String::new();
    for n in 0.. {
        let next = unit(n);
        if filling.len() + next.len() > room {
            break;
        }
        filling.push_str(&next);
    }
    let input = text.replace(r#""project":"#, &format!(r#""filling":[{filling}0],"project":"#));
    assert!(input.len() <= gate.policy().max_bytes);
    bencher.counter(BytesCount::of_slice(input.as_bytes())).bench_local(|| {
        black_box(gate.screen(input.as_bytes())).unwrap();
    });
}

/// 50 MB, refused by its size.
#[divan::bench]
fn bad_case_refuse_50_mb(bencher: Bencher<'_, '_>) {
    let gate = &prepared().gate;
    let huge = vec![b'['; 50_000_000];
    bencher.bench_local(|| gate.screen(black_box(&huge)).is_err());
}
