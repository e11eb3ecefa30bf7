//! Real crowds through the command line, alone and with attackers among them.
//!
//! Prints and checks `docs/crowds.md`. To write it anew:
//! `LABELGATE_UPDATE=1 cargo test --features cli --test crowds`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail
#![allow(clippy::cast_possible_truncation)] // of the shared generator, on a 32-bit machine

mod attack;
mod floor;
mod outcome;
mod population;
mod random;
mod report;
mod set;

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::OnceLock;

use outcome::{Bar, Studied};

/// The seed of every attack.
const SEED: u64 = 20_261_123;
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/crowds.md");

/// All crowds, studied once; none, with a line that says so, without the shared data.
fn studied() -> Option<&'static [Studied]> {
    static STUDIED: OnceLock<Option<Vec<Studied>>> = OnceLock::new();
    STUDIED
        .get_or_init(|| {
            let data = support::shared("data")?;
            Some(set::all(&data).into_iter().map(|set| outcome::study(set, SEED)).collect())
        })
        .as_deref()
}

#[test]
fn honest_annotators_are_left_alone() {
    for crowd in studied().unwrap_or_default() {
        for bar in [Bar::TooFast, Bar::RateBurst, Bar::GoldMissed] {
            let tally = crowd.honest.tally(bar, true);
            assert!(
                tally.held * 100 <= tally.annotators,
                "{}: {} of {} annotators who meet the floor are held by {}",
                crowd.set.name,
                tally.held,
                tally.annotators,
                bar.code()
            );
        }
    }
}

#[test]
fn the_document_is_what_the_run_shows() {
    let Some(studied) = studied() else { return };
    let text = report::markdown(studied, SEED);
    println!("{text}");
    if std::env::var_os("LABELGATE_UPDATE").is_some() {
        std::fs::write(DOCUMENT, &text).unwrap();
    }
    let written = std::fs::read_to_string(Path::new(DOCUMENT)).unwrap_or_default();
    assert!(
        written == text,
        "docs/crowds.md is not what this run shows; write it anew with \
         `LABELGATE_UPDATE=1 cargo test --features cli --test crowds`"
    );
}
