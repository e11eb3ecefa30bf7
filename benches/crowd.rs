//! Whole crowds beside their peers: CPU seconds and peak memory of one case in a process of its own.
//!
//! `cargo bench --bench crowd -- CASE ANSWERS` prints one JSON line: the best of three runs, and by how many bytes the
//! process grew beyond the packed answers. `cargo xtask bench --crowds` runs them all beside the peers' packages.

use std::fs;
use std::hint::black_box;

use labelgate::agreement::{Answers, Level, alpha_of_matrix};
use labelgate::consensus::{
    Consensus, DawidSkene, Glad, Mace, OneCoinDawidSkene, ZeroBasedSkill, majority_vote, wawa,
};
use serde_json::json;

#[path = "support/matrix.rs"]
mod matrix;
#[path = "../tests/support/synthetic.rs"]
mod synthetic;

/// Runs of which the best counts.
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    let [case, answers] = &arguments[..] else {
        println!("cases: {}", CASES.join(", "));
        return;
    };
    let answers = answers.parse().expect("a number of answers");
    match case.strip_prefix("alpha-") {
        Some(level) => alpha(case, level, answers),
        None => consensus(case, answers),
    }
}

const CASES: [&str; 11] = [
    "majority-vote",
    "wawa",
    "zero-based-skill",
    "dawid-skene-10",
    "one-coin-dawid-skene-10",
    "mace-1-50",
    "glad",
    "alpha-nominal",
    "alpha-ordinal",
    "alpha-interval",
    "alpha-free",
];

fn consensus(case: &str, size: u64) {
    let made = synthetic::Synthetic::new(size);
    let answers = made.packed();
    let measured = measure(|| infer(case, &answers));
    let accuracy = made.accuracy(measured.result.labels());
    measured.print(case, size, ("accuracy", accuracy));
}

fn infer(case: &str, answers: &Answers) -> Consensus {
    match case {
        "majority-vote" => majority_vote(answers),
        "wawa" => wawa(answers),
        "zero-based-skill" => ZeroBasedSkill::default().infer(answers),
        "dawid-skene-10" => DawidSkene { iterations: 10, tolerance: -1.0, ..DawidSkene::default() }
            .infer(answers, &[])
            .unwrap(),
        "one-coin-dawid-skene-10" => {
            OneCoinDawidSkene { iterations: 10, tolerance: -1.0, ..OneCoinDawidSkene::default() }
                .infer(answers, &[])
                .unwrap()
        }
        "mace-1-50" => {
            Mace { restarts: 1, iterations: 50, ..Mace::default() }.infer(answers).unwrap()
        }
        "glad" => Glad::default().infer(answers).unwrap(),
        other => panic!("expected one of {CASES:?}, found {other}"),
    }
}

/// So many cells, five a unit, half of them missing; `free` has as many values as cells.
fn alpha(case: &str, level: &str, size: u64) {
    let units = usize::try_from(size / 5).unwrap();
    let (values, level) = match level {
        "nominal" => (5.0, Level::Nominal),
        "ordinal" => (5.0, Level::Ordinal),
        "interval" => (5.0, Level::Interval),
        "free" => (0.0, Level::Ordinal),
        other => panic!("expected one of {CASES:?}, found alpha-{other}"),
    };
    let cells = matrix::matrix(units, 5, values);
    let measured = measure(|| alpha_of_matrix(&cells, units, level, 1.0).unwrap());
    let value = measured.result.value.unwrap();
    measured.print(case, size, ("alpha", value));
}

struct Measured<T> {
    result: T,
    cpu_s: f64,
    grown_kib: u64,
}

fn measure<T>(mut run: impl FnMut() -> T) -> Measured<T> {
    // Sets the peak back to what is in use: what made the answers does not count.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = status_kib("VmRSS");
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..RUNS {
        let start = cpu_s();
        last = Some(black_box(run()));
        best = best.min(cpu_s() - start);
    }
    let grown_kib = status_kib("VmHWM").saturating_sub(before);
    Measured { result: last.unwrap(), cpu_s: best, grown_kib }
}

impl<T> Measured<T> {
    fn print(&self, case: &str, size: u64, (name, value): (&str, f64)) {
        println!(
            "{}",
            json!({"case": case, "n": size, "cpu_s": self.cpu_s, "grown_mib": self.grown_kib / 1024, name: value})
        );
    }
}

/// CPU seconds of this thread.
fn cpu_s() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let ns: f64 = text.split_whitespace().next().unwrap().parse().unwrap();
    ns / 1e9
}

/// A line of `/proc/self/status`.
fn status_kib(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
