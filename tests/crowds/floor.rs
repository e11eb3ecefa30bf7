//! What the learnt floor of `disagrees` does on real crowds, and what items cost that stop when they have
//! enough answers, for several values of the thresholds: the source of their defaults. Nothing is checked
//! here. To see the tables:
//!
//!     cargo test --features cli --test crowds -- --ignored --nocapture

use labelgate::{Gate, Label, Memory, Policy, ReasonCode};

use crate::SEED;
use crate::attack::{self, ATTACKERS, Attack};
use crate::set::{self, Answer, Set};
use crate::support;

/// What a run shows.
#[derive(Default)]
struct Run {
    /// Annotators who are not marked and were compared at least ten times.
    compared: usize,
    held: usize,
    attackers_held: usize,
    /// Agreement beyond chance of those, over the pool's.
    ratios: Vec<f64>,
    agreement: f64,
    chance: f64,
}

fn run(set: &Set, answers: &[Answer], (share, min_pool, floor): (f64, u32, Option<f64>)) -> Run {
    let floor = floor.map_or("null".to_owned(), |floor| floor.to_string());
    let gate = gate(&format!(
        r#""disagrees":{{"pool_share":{share},"min_pool":{min_pool},"floor":{floor}}}"#
    ));
    let mut memory = Memory::new();
    for (n, answer) in answers.iter().enumerate() {
        gate.check(&mut memory, &sent(n, answer), None);
    }
    let pool = memory.pool();
    let (agreement, chance) = (pool.agreement().unwrap_or(0.0), pool.chance().unwrap_or(0.0));
    let mut run = Run { agreement, chance, ..Run::default() };
    for (id, annotator) in memory.annotators() {
        let held = annotator.held_since(ReasonCode::Disagrees).is_some();
        if id.starts_with("attacker-") {
            run.attackers_held += usize::from(held);
        } else if !set.marked.contains(id) {
            let standings = gate.standings(annotator);
            let peers = standings.iter().find(|known| known.check == ReasonCode::Disagrees);
            let Some(peers) = peers.filter(|peers| peers.answers >= 10) else { continue };
            run.compared += 1;
            run.held += usize::from(held);
            run.ratios.push((peers.mean.unwrap() - chance) / (agreement - chance));
        }
    }
    run.ratios.sort_by(f64::total_cmp);
    run
}

/// More crowds with one class an answer: without times, so in the order of the file.
const CLASSES: [&str; 7] = ["bluebird", "cf", "ms", "temp", "web", "zencrowd_in", "zencrowd_us"];

/// All crowds with one class an answer; none without the shared data.
fn sets() -> Option<Vec<Set>> {
    let data = support::shared("data")?;
    let mut sets = set::all(&data);
    sets.extend(CLASSES.map(|name| set::labels_only(&data, name)));
    Some(sets)
}

/// Stops each item when it has enough: the share of the answers that it took, and the share of leading
/// labels that are right.
fn stopped(set: &Set, probability: f64, min_answers: u32) -> (f64, f64) {
    let gate = gate(&format!(
        r#""item":{{"enough_probability":{probability},"min_answers":{min_answers}}}"#
    ));
    let mut memory = Memory::new();
    let mut taken = 0;
    for (n, answer) in set.answers.iter().enumerate() {
        let known = memory.item(&answer.task).and_then(|item| item.consensus(gate.policy()));
        if known.is_some_and(|(_, consensus)| consensus.enough) {
            continue;
        }
        taken += 1;
        gate.check(&mut memory, &sent(n, answer), None);
    }
    let items = set.truth.iter().filter_map(|(task, truth)| Some((memory.item(task)?, truth)));
    let right: Vec<bool> = items
        .map(|(item, truth)| {
            let leading = item.consensus(gate.policy());
            leading.is_some_and(|(label, _)| *label == Label::Class(truth.clone()))
        })
        .collect();
    let count = right.iter().filter(|right| **right).count();
    (f64::from(taken) / set.answers.len() as f64, count as f64 / right.len() as f64)
}

/// A gate without the time checks, which are another matter.
fn gate(section: &str) -> Gate {
    let policy = format!(
        r#"{{"bom":{{"trust":"none"}},"too_fast":{{"alpha_share":0}},"rate_burst":{{"alpha_share":0}},{section}}}"#
    );
    Gate::new(Policy::from_json(policy.as_bytes()).unwrap(), None)
}

fn sent(number: usize, answer: &Answer) -> Vec<u8> {
    let sent = serde_json::json!({"id": number.to_string(), "annotator": answer.worker,
        "item": {"id": answer.task}, "label": {"class": answer.label}});
    sent.to_string().into_bytes()
}

/// The policies tried: `pool_share`, `min_pool`, and `floor` where it is fixed.
const TRIED: [(f64, u32, Option<f64>); 9] = [
    (0.4, 100, None),
    (0.5, 100, None),
    (0.6, 100, None),
    (0.7, 100, None),
    (0.8, 100, None),
    (0.6, 50, None),
    (0.6, 200, None),
    (0.6, 400, None),
    (0.6, 100, Some(0.4)),
];

#[test]
#[ignore = "a measurement: prints tables, checks nothing"]
fn floor() {
    let Some(sets) = sets() else { return };
    let mut totals = [[0; 3]; TRIED.len()];
    for set in &sets {
        let attacked = attack::inject(set, Attack::RandomAnswers, SEED);
        for (n, tried) in TRIED.into_iter().enumerate() {
            let alone = run(set, &set.answers, tried);
            let mixed = run(set, &attacked, tried);
            if n == 0 {
                let last = alone.ratios.len().saturating_sub(1) as f64;
                let quantiles = [0.01, 0.02, 0.05, 0.1, 0.5].map(|share| {
                    let ratio = alone.ratios.get((last * share) as usize);
                    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
                });
                println!(
                    "{}: agreement {:.2}, chance {:.2}; own beyond chance over the pool's, quantiles \
                     of 1, 2, 5, 10, 50 %: {}",
                    set.name,
                    alone.agreement,
                    alone.chance,
                    quantiles.join(", ")
                );
            }
            println!(
                "    {tried:?}: {} of {} held, {} of {} among attackers, {} attackers of {ATTACKERS}",
                alone.held, alone.compared, mixed.held, mixed.compared, mixed.attackers_held
            );
            let [held, compared, caught] = &mut totals[n];
            *held += alone.held;
            *compared += alone.compared;
            *caught += mixed.attackers_held;
        }
    }
    for (tried, [held, compared, caught]) in TRIED.into_iter().zip(totals) {
        println!("{tried:?}: {held} of {compared} held, {caught} attackers caught");
    }
}

/// The probabilities and least numbers of answers tried; the first never stops.
const STOPS: [(f64, u32); 9] = [
    (0.95, u32::MAX),
    (0.8, 2),
    (0.9, 2),
    (0.95, 2),
    (0.95, 3),
    (0.98, 2),
    (0.99, 2),
    (0.99, 3),
    (0.999, 2),
];

#[test]
#[ignore = "a measurement: prints tables, checks nothing"]
fn enough() {
    let Some(sets) = sets() else { return };
    let known: Vec<&Set> = sets.iter().filter(|set| set.truth.len() > 30).collect();
    for (probability, min_answers) in STOPS {
        let (mut taken, mut right) = (0.0, 0.0);
        for set in &known {
            let shares = stopped(set, probability, min_answers);
            println!(
                "{} {probability} {min_answers}: {:.3} taken, {:.4} right",
                set.name, shares.0, shares.1
            );
            taken += shares.0 / known.len() as f64;
            right += shares.1 / known.len() as f64;
        }
        println!(
            "{probability} {min_answers}: {taken:.3} taken, {right:.4} right in the mean of {}",
            known.len()
        );
    }
}
