//! What the learnt floor of `disagrees` does on real crowds, for several values of its thresholds: the
//! source of their defaults. Nothing is checked here; `cargo test --release --features cli --test crowds
//! -- --ignored --nocapture floor` prints the tables.

use std::collections::BTreeMap;

use labelgate::{Gate, Memory, Policy, ReasonCode};

use crate::attack::{self, Attack};
use crate::set::{self, Answer, Set};
use crate::support;
use crate::{SEED, attack::ATTACKERS};

/// What a run shows.
#[derive(Default)]
struct Run {
    /// Not marked, and compared at least ten times.
    honest: usize,
    honest_held: usize,
    attackers_held: usize,
    /// Agreement beyond chance of those, over the pool's.
    ratios: Vec<f64>,
    agreement: f64,
    chance: f64,
}

fn run(set: &Set, answers: &[Answer], share: f64, min_pool: u32, fixed: Option<f64>) -> Run {
    let floor = fixed.map_or("null".to_owned(), |floor| floor.to_string());
    let policy = format!(
        r#"{{"bom":{{"trust":"none"}},"too_fast":{{"alpha_share":0}},"rate_burst":{{"alpha_share":0}},
        "disagrees":{{"pool_share":{share},"min_pool":{min_pool},"floor":{floor}}}}}"#
    );
    let gate = Gate::new(Policy::from_json(policy.as_bytes()).unwrap(), None);
    let mut memory = Memory::new();
    for (n, answer) in answers.iter().enumerate() {
        let sent = serde_json::json!({"id": n.to_string(), "annotator": answer.worker,
            "item": {"id": answer.task}, "label": {"class": answer.label}});
        gate.check(&mut memory, sent.to_string().as_bytes(), None);
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
            run.honest += 1;
            run.honest_held += usize::from(held);
            run.ratios.push((peers.mean.unwrap() - chance) / (agreement - chance));
        }
    }
    run.ratios.sort_by(f64::total_cmp);
    run
}

/// More crowds with one class an answer: without times, so in the order of the file.
const CLASSES: [&str; 10] = [
    "bluebird",
    "cf",
    "d_product",
    "ms",
    "s_adult",
    "s_rel",
    "temp",
    "web",
    "zencrowd_in",
    "zencrowd_us",
];

#[test]
#[ignore = "a measurement: prints tables, checks nothing"]
fn floor() {
    let Some(data) = support::shared("data") else { return };
    let mut sets = set::all(&data);
    for name in CLASSES {
        sets.push(set::labels_only(&data, name));
    }
    println!(
        "set: pool agreement, chance; share of the honest whose agreement beyond chance is under that share of the pool's; held honest and caught random attackers for each pool_share, then for the fixed floor 0.4"
    );
    let mut totals: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for set in &sets {
        let mut set = Set {
            answers: set.answers.clone(),
            truth: BTreeMap::new(),
            gold: Default::default(),
            marked: set.marked.clone(),
            ..*set
        };
        set.answers.truncate(60_000);
        let attacked = attack::inject(&set, Attack::RandomAnswers, SEED);
        for (min_pool, shares) in
            [(100, &[0.4, 0.5, 0.6, 0.7, 0.8][..]), (50, &[0.6]), (200, &[0.6]), (400, &[0.6])]
        {
            for share in shares {
                let honest = run(&set, &set.answers, *share, min_pool, None);
                let mixed = run(&set, &attacked, *share, min_pool, None);
                if min_pool == 100 && *share == 0.4 {
                    let quantile = |q: f64| {
                        honest
                            .ratios
                            .get((honest.ratios.len() as f64 * q) as usize)
                            .copied()
                            .unwrap_or(f64::NAN)
                    };
                    println!(
                        "{:18} {:.2} {:.2} n={} ratios 1%: {:.2} 2%: {:.2} 5%: {:.2} 10%: {:.2} 50%: {:.2}",
                        set.name,
                        honest.agreement,
                        honest.chance,
                        honest.honest,
                        quantile(0.01),
                        quantile(0.02),
                        quantile(0.05),
                        quantile(0.1),
                        quantile(0.5)
                    );
                }
                println!(
                    "   share {share} min {min_pool}: honest held {} of {}, with attackers {} of {}; attackers {} of {ATTACKERS}",
                    honest.honest_held,
                    honest.honest,
                    mixed.honest_held,
                    mixed.honest,
                    mixed.attackers_held
                );
                let total = totals.entry(format!("share {share} min {min_pool}")).or_default();
                total[0] += honest.honest_held;
                total[1] += honest.honest;
                total[2] += mixed.attackers_held;
            }
        }
        let honest = run(&set, &set.answers, 0.5, 100, Some(0.4));
        let mixed = run(&set, &attacked, 0.5, 100, Some(0.4));
        println!(
            "   fixed 0.4: honest held {} of {}; attackers {} of {ATTACKERS}",
            honest.honest_held, honest.honest, mixed.attackers_held
        );
        let total = totals.entry("fixed 0.4".into()).or_default();
        total[0] += honest.honest_held;
        total[1] += honest.honest;
        total[2] += mixed.attackers_held;
    }
    for (what, [held, honest, caught]) in totals {
        println!("{what}: {held} of {honest} honest held; {caught} attackers caught");
    }
}
