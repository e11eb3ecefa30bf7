//! Consensus beyond the vote of classes: each method on published crowds beside what the peers gave there, as one table
//! with `--nocapture`.

#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "consensus_shapes/classes.rs"]
mod classes;
#[path = "consensus_shapes/hostile.rs"]
mod hostile;
#[path = "consensus_shapes/numbers_and_sets.rs"]
mod numbers_and_sets;
#[path = "consensus_shapes/pairs.rs"]
mod pairs;
#[path = "consensus_shapes/shapes.rs"]
mod shapes;
#[path = "consensus_shapes/texts.rs"]
mod texts;

/// How far a value may be below the peer's: half a per cent, as in issue 4.
const SLACK: f64 = 0.005;
/// How far a value of the same definition may be from the peer's: references are rounded to six digits.
const ROUNDING: f64 = 1.5e-6;

/// One line of the table; `peer` is none where the peer gave no value.
fn row(crowd: &str, method: &str, ours: f64, peer: Option<f64>) {
    match peer {
        Some(peer) => println!("{crowd:15} {method:34} {ours:8.4} {peer:8.4} {:+8.4}", ours - peer),
        None => println!("{crowd:15} {method:34} {ours:8.4}        -        -"),
    }
}

/// Fails where a value that should be great is over the slack below the peer's.
fn at_least(crowd: &str, method: &str, ours: f64, peer: Option<f64>) {
    row(crowd, method, ours, peer);
    let peer = peer.unwrap_or(f64::NEG_INFINITY);
    assert!(ours >= peer - SLACK, "{crowd}: {method} gives {ours}, the peer {peer}");
}

/// Fails where an error that should be small is over the slack above the peer's.
fn at_most(crowd: &str, method: &str, ours: f64, peer: f64) {
    row(crowd, method, ours, Some(peer));
    assert!(ours <= peer + SLACK, "{crowd}: {method} gives {ours}, the peer {peer}");
}

/// Fails where a value of one definition is another one.
fn same(crowd: &str, method: &str, ours: f64, peer: f64) {
    row(crowd, method, ours, Some(peer));
    assert!((ours - peer).abs() <= ROUNDING, "{crowd}: {method} gives {ours}, the peer {peer}");
}

/// The mean; 0 of nothing.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
