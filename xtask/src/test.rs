//! `cargo xtask test` and `ready`: every suite, a table, and one last line that CI reads.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::counts::Counts;
use crate::step::seconds;
use crate::suite::{Outcome, Suite};
use crate::workspace::Workspace;

/// Runs the suites named, or all of them; an error when one of them failed.
pub fn run(workspace: &Workspace, only: &[Suite]) -> Result<()> {
    let start = Instant::now();
    let suites = select(only);
    let mut outcomes = Vec::new();
    for (index, suite) in suites.iter().enumerate() {
        println!("\n[{}/{}] {}", index + 1, suites.len(), suite.title());
        let outcome = suite.run(workspace);
        match &outcome.failure {
            None if suite.has_tests() => println!("  {}", outcome.counts.summary()),
            None => {}
            Some(failure) => {
                for line in failure.lines() {
                    println!("  {line}");
                }
            }
        }
        outcomes.push(outcome);
    }
    println!("\n{}", table(&outcomes, start.elapsed()));
    let total = total(&outcomes);
    println!("\n{}", total.summary());
    if outcomes.iter().any(|outcome| outcome.failure.is_some()) {
        // The line above must stay the last.
        bail!(Failed);
    }
    Ok(())
}

/// Tests failed, and everything about it has been printed.
#[derive(Debug)]
pub struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("tests failed")
    }
}

impl std::error::Error for Failed {}

/// In the order of the list, whatever order they were named in, with the package where one of them needs it.
fn select(only: &[Suite]) -> Vec<Suite> {
    let wanted = |suite: &Suite| {
        only.is_empty()
            || only.contains(suite)
            || (*suite == Suite::Package && only.iter().any(|other| other.needs_package()))
    };
    Suite::value_variants().iter().copied().filter(wanted).collect()
}

fn total(outcomes: &[Outcome]) -> Counts {
    let mut total = Counts::default();
    for outcome in outcomes {
        total.add(outcome.counts);
    }
    total
}

fn table(outcomes: &[Outcome], elapsed: Duration) -> String {
    let mut text = row("", "passed", "failed", "skipped", "time");
    let count = |outcome: &Outcome, number: u64| {
        if outcome.suite.has_tests() || number > 0 { number.to_string() } else { "–".to_string() }
    };
    for outcome in outcomes {
        let counts = outcome.counts;
        text.push_str(&row(
            outcome.suite.title(),
            &count(outcome, counts.passed),
            &count(outcome, counts.failed),
            &count(outcome, counts.skipped),
            &seconds(outcome.elapsed),
        ));
    }
    text.push_str(&row("all", "", "", "", &seconds(elapsed)));
    text.truncate(text.trim_end().len());
    text
}

fn row(suite: &str, passed: &str, failed: &str, skipped: &str, time: &str) -> String {
    format!("  {suite:<18}{passed:>8}{failed:>8}{skipped:>9}{time:>14}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naming_a_suite_that_needs_the_package_brings_it() {
        assert_eq!(select(&[Suite::Edge, Suite::Rust]), [Suite::Rust, Suite::Package, Suite::Edge]);
        assert_eq!(select(&[Suite::Rust]), [Suite::Rust]);
        assert_eq!(select(&[]).len(), Suite::value_variants().len());
    }

    #[test]
    fn the_table_shows_counts_only_where_there_are_tests() {
        let outcome = |suite, passed, failed| Outcome {
            suite,
            counts: Counts { passed, failed, skipped: 0 },
            elapsed: Duration::from_secs(1),
            failure: (failed > 0).then(|| "broken".to_string()),
        };
        let outcomes = [
            outcome(Suite::Style, 0, 0),
            outcome(Suite::Package, 0, 1),
            outcome(Suite::Edge, 7, 0),
        ];
        let text = table(&outcomes, Duration::from_secs(3));
        let lines: Vec<Vec<&str>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["Style", "–", "–", "–", "1.0", "s"]);
        assert_eq!(lines[2], ["wasm", "package", "–", "1", "–", "1.0", "s"]);
        assert_eq!(lines[3], ["edge", "(workerd)", "7", "0", "0", "1.0", "s"]);
        assert_eq!(total(&outcomes).summary(), "7 passed, 1 failed");
    }
}
