//! What must hold for any input, tried on generated ones and against the slowest obvious version.
//!
//! The generator has a fixed seed, so a run is the same everywhere; `PROPERTY_SEED=7` tries another,
//! `PROPTEST_CASES=100000` tries more.

mod support;

#[path = "properties/bom.rs"]
mod bom;
#[path = "properties/crowd.rs"]
mod crowd;
#[path = "properties/gate.rs"]
mod gate;
#[path = "properties/item.rs"]
mod item;
#[path = "properties/json.rs"]
mod json;
#[path = "properties/manifest.rs"]
mod manifest;
#[path = "properties/merkle.rs"]
mod merkle;
#[path = "properties/submission.rs"]
mod submission;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Tries `property` on `cases` values, the simplest failing one is shown.
fn holds<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let mut seed = [0x42; 32];
    if let Ok(chosen) = std::env::var("PROPERTY_SEED") {
        let chosen: u64 = chosen.parse().expect("PROPERTY_SEED is a number");
        seed[..8].copy_from_slice(&chosen.to_le_bytes());
    }
    // The environment may ask for more cases, never for fewer.
    let config = Config { failure_persistence: None, ..Config::default() };
    let asked = std::env::var_os("PROPTEST_CASES").map_or(0, |_| config.cases);
    let config = Config { cases: cases.max(asked), ..config };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, random);
    if let Err(failure) = runner.run(&strategy, property) {
        panic!("{failure}");
    }
}
