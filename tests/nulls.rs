//! The promise of the evidence checks, tried out: honest annotators exactly at a check's null are
//! ever held with chance at most alpha, however long they work.
//!
//! 10,000 annotators give 10,000 answers each. Every answer draws all four nulls at their border:
//!
//! | check | null | drawn |
//! |---|---|---|
//! | `too-fast` | P(under the floor) ≤ `honest_share` | fast with probability `honest_share` |
//! | `rate-burst` | intensity ≤ `per_hour` | Poisson arrivals at `per_hour`, to the millisecond |
//! | `gold-missed` | P(right) ≥ `floor` | right with probability `floor` |
//! | `disagrees` | E(agreement) ≥ the floor in force | 1 with the probability of the floor, else 0 |
//!
//! The policy has alpha 0.04 in four equal shares, so each check has alpha 0.01: one pass tries all
//! four, through the public `Policy` and `Annotator`. The draws are independent, so each check also
//! meets its null given everything that the others saw.
//!
//! Bound: if the chance to be held is at most 0.01, the number held is at most the 99.9 % quantile of
//! Binomial(10000, 0.01), 132, except once in 1000 seeds. The seed is fixed, so the counts are too.

mod support;

use labelgate::annotator::EvidenceSettings;
use labelgate::evidence::Scores;
use labelgate::item::Observation;
use labelgate::{Annotator, Item, Label, Policy, Pool, ReasonCode, Submission};
use support::random::Random;

const ANNOTATORS: u64 = 10_000;
const ANSWERS: u32 = 10_000;
const ALPHA: f64 = 0.01;
/// A floor of `disagrees`, as if it were fixed. What is learnt is tried out below.
const FLOOR: f64 = 0.4;
const SEED: u64 = 0x1abe_19a7_e000;

const CHECKS: [ReasonCode; 4] =
    [ReasonCode::TooFast, ReasonCode::RateBurst, ReasonCode::GoldMissed, ReasonCode::Disagrees];

/// What an annotator of the simulation does; the default is exactly at every null of the policy.
#[derive(Clone, Copy)]
struct Behaviour {
    fast: f64,
    per_hour: f64,
    right: f64,
    agrees: f64,
}

impl Behaviour {
    fn at_the_nulls_of(policy: &Policy) -> Self {
        Self {
            fast: policy.too_fast.honest_share,
            per_hour: policy.rate_burst.per_hour,
            right: policy.gold_missed.floor,
            agrees: FLOOR,
        }
    }

    /// One annotator's working life, or the part of it until `enough` says so.
    fn live(
        self,
        policy: &Policy,
        seed: u64,
        answers: u32,
        enough: impl Fn(&Annotator) -> bool,
    ) -> Annotator {
        let settings = EvidenceSettings::of(policy);
        let mut random = Random::new(seed);
        let mut annotator = Annotator::new();
        let mut submission = Submission::from_json(
            br#"{"id":"s","annotator":"a","item":{"id":"i"},"label":{"rating":1}}"#,
        )
        .unwrap();
        let mean_gap_ms = 3_600_000.0 / self.per_hour;
        let mut at_ms = 0.0;
        for _ in 0..answers {
            at_ms += random.exponential(mean_gap_ms);
            let slow_ms = policy.too_fast.floor_ms;
            submission.elapsed_ms = Some(if random.chance(self.fast) { 0 } else { slow_ms });
            let observation = Observation {
                gold_right: Some(random.chance(self.right)),
                agreement: Some(f64::from(u8::from(random.chance(self.agrees)))),
                floor: Some(FLOOR),
                others: 2,
                ..Observation::default()
            };
            // Cut to whole milliseconds, as a clock does; the cuts do not add up.
            annotator.observe(&submission, &observation, policy, &settings, Some(at_ms as i64));
            if enough(&annotator) {
                break;
            }
        }
        annotator
    }
}

/// Runs `job` for every annotator on all cores; the answers come in the order of the annotators.
fn each_annotator<T: Send>(annotators: u64, job: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let part = |thread: u64| (annotators * thread / threads)..(annotators * (thread + 1) / threads);
    std::thread::scope(|scope| {
        let job = &job;
        let workers: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || part(thread).map(job).collect::<Vec<T>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

/// The smallest k with P(X ≤ k) ≥ `level` for X ~ Binomial(n, p), by adding up.
fn binomial_quantile(n: u64, p: f64, level: f64) -> u64 {
    let mut probability = (1.0 - p).powi(n as i32);
    let mut sum = probability;
    let mut k = 0;
    while sum < level {
        probability *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        sum += probability;
        k += 1;
    }
    k
}

/// Fails when more are held than the bound allows, and when so few are that the draws cannot have
/// been at the border of the null.
fn assert_bound(what: &str, held: usize, annotators: u64) {
    let most = binomial_quantile(annotators, ALPHA, 0.999);
    let share = held as f64 / annotators as f64;
    println!("{what}: {held} of {annotators} ever held, a share of {share:.4}; at most {most}");
    assert!(held as u64 <= most, "{what}: {held} held");
    assert!(held as u64 >= annotators / 1000, "{what}: only {held} held, is this the border?");
}

fn policy(json: &str) -> Policy {
    Policy::from_json(json.as_bytes()).unwrap()
}

#[test]
fn honest_annotators_at_the_border_of_every_null_are_held_with_chance_at_most_alpha() {
    let one_percent_each = policy(r#"{"alpha":0.04}"#);
    for check in CHECKS {
        assert!((one_percent_each.threshold(check) * ALPHA - 1.0).abs() < 1e-12);
    }
    let honest = Behaviour::at_the_nulls_of(&one_percent_each);
    let lives = each_annotator(ANNOTATORS, |n| {
        let known = honest.live(&one_percent_each, SEED + n, ANSWERS, |_| false);
        assert_eq!(known.answers(), ANSWERS);
        CHECKS.map(|check| known.held_since(check))
    });
    for (n, check) in CHECKS.iter().enumerate() {
        let held = lives.iter().filter(|life| life[n].is_some()).count();
        assert_bound(check.as_str(), held, ANNOTATORS);
    }

    // The default policy shares alpha 0.01 among the four, so its thresholds are four times higher:
    // only who was held above can be held by it. Their lives are run again with the same numbers.
    let default = Policy::default();
    assert!((default.alpha - ALPHA).abs() < 1e-12);
    let candidates: Vec<u64> = (0..)
        .zip(&lives)
        .filter(|(_, life)| life.iter().any(Option::is_some))
        .map(|(n, _)| n)
        .collect();
    let held = each_annotator(candidates.len() as u64, |n| {
        let seed = SEED + candidates[n as usize];
        honest.live(&default, seed, ANSWERS, Annotator::is_held).is_held()
    });
    let held = held.into_iter().filter(|held| *held).count();
    assert_bound("all four together, default policy", held, ANNOTATORS);
}

#[test]
fn graded_agreement_with_its_mean_at_the_floor_is_held_with_chance_at_most_alpha() {
    // Scores as they come from many others: even from 0 to twice the floor, so the mean is the floor.
    let policy = policy(
        r#"{"disagrees":{"alpha_share":1},"too_fast":{"alpha_share":0},
        "rate_burst":{"alpha_share":0},"gold_missed":{"alpha_share":0}}"#,
    );
    let threshold = policy.threshold(ReasonCode::Disagrees);
    assert!((threshold * ALPHA - 1.0).abs() < 1e-12);
    let held = each_annotator(ANNOTATORS, |n| {
        let mut random = Random::new(SEED + n);
        let mut scores = Scores::default();
        (0..ANSWERS).any(|_| {
            scores.observe(FLOOR, random.share() * 2.0 * FLOOR);
            scores.wealth() >= threshold
        })
    });
    let held = held.into_iter().filter(|held| *held).count();
    assert_bound("disagrees, graded", held, ANNOTATORS);
}

/// One annotator among a pool of others who are right in 80 % of their answers, out of four classes.
/// Each item has two of their answers; then comes the annotator's, who knows them and the floor in
/// force, and answers so that the expected agreement is the floor exactly. The pool learns from all.
/// True when the annotator is ever held.
fn is_held_at_the_learnt_floor(policy: &Policy, seed: u64, answers: u32) -> bool {
    let settings = EvidenceSettings::of(policy);
    let mut random = Random::new(seed);
    let (mut pool, mut annotator) = (Pool::new(), Annotator::new());
    let mut submission = Submission::from_json(
        br#"{"id":"s","annotator":"a","item":{"id":"i"},"label":{"class":"x"}}"#,
    )
    .unwrap();
    let class = |n: usize| Label::Class(["w", "x", "y", "z"][n % 4].into());
    for n in 0..answers {
        let mut item = Item::new();
        submission.item.id = n.to_string().into();
        let truth = random.below(4);
        let others = ["b", "c"].map(|other| {
            let given = if random.chance(0.8) { truth } else { truth + 1 + random.below(3) };
            submission.annotator = other.into();
            submission.label = class(given);
            item.observe(&mut pool, &submission, 1.0, None, policy);
            given % 4
        });
        // Agreeing with both gives 1; with one of two who differ, a half.
        let most = if others[0] == others[1] { 1.0 } else { 0.5 };
        // Before a floor is known nothing counts: as one who agrees.
        let floor = pool.floor(&policy.disagrees).unwrap_or(0.5);
        assert!(floor <= 0.5, "{floor} cannot be met when the others differ");
        let agrees = random.chance(floor / most);
        let apart = (0..4).find(|given| !others.contains(given)).unwrap();
        submission.annotator = "a".into();
        submission.label = class(if agrees { others[0] } else { apart });
        let observed = item.observe(&mut pool, &submission, 1.0, None, policy);
        annotator.observe(&submission, &observed.observation, policy, &settings, None);
        if annotator.is_held() {
            return true;
        }
    }
    false
}

#[test]
fn who_meets_the_learnt_floor_exactly_is_held_with_chance_at_most_alpha() {
    const LIVES: u64 = 4_000;
    let policy = policy(
        r#"{"disagrees":{"alpha_share":1,"min_pool":200,"pool_share":0.5},"too_fast":{"alpha_share":0},
        "rate_burst":{"alpha_share":0},"gold_missed":{"alpha_share":0}}"#,
    );
    assert!((policy.threshold(ReasonCode::Disagrees) * ALPHA - 1.0).abs() < 1e-12);
    let held = each_annotator(LIVES, |n| is_held_at_the_learnt_floor(&policy, SEED + n, 1000));
    let held = held.into_iter().filter(|held| *held).count();
    assert_bound("disagrees, learnt floor", held, LIVES);
}

/// A crowd whose items stop when they have enough answers: how many of its honest annotators are ever held, and how
/// many there are. Ten classes; annotators are right in 60 to 90 % of their answers, and all are like the pool.
fn held_where_items_stop(policy: &Policy, seed: u64, items: u32) -> (usize, usize) {
    const CROWD: usize = 20;
    let settings = EvidenceSettings::of(policy);
    let mut random = Random::new(seed);
    let mut pool = Pool::new();
    let mut annotators = vec![Annotator::new(); CROWD];
    let accuracy = |who: usize| 0.6 + 0.3 * who as f64 / CROWD as f64;
    let names: Vec<String> = (0..CROWD).map(|who| format!("a{who}")).collect();
    let mut submission = Submission::from_json(
        br#"{"id":"s","annotator":"a","item":{"id":"i"},"label":{"class":"x"}}"#,
    )
    .unwrap();
    for n in 0..items {
        let mut item = Item::new();
        submission.item.id = n.to_string().into();
        let truth = random.below(10);
        let first = random.below(CROWD);
        for turn in 0..8 {
            let who = (first + turn * 7) % CROWD;
            let right = random.chance(accuracy(who));
            let given = if right { truth } else { (truth + 1 + random.below(9)) % 10 };
            submission.annotator = names[who].as_str().into();
            submission.label = Label::Class(given.to_string());
            let weight = annotators[who].weight();
            let observed = item.observe(&mut pool, &submission, weight, None, policy);
            annotators[who].observe(&submission, &observed.observation, policy, &settings, None);
            for late in observed.late {
                let at = names.iter().position(|name| *name == late.annotator).unwrap();
                annotators[at].hear(&late, &settings);
            }
            if item.consensus(policy).is_some_and(|(_, consensus)| consensus.enough) {
                break;
            }
        }
    }
    (annotators.iter().filter(|annotator| annotator.is_held()).count(), CROWD)
}

#[test]
fn where_items_stop_when_they_have_enough_honest_annotators_are_not_held_for_it() {
    let policy = policy(
        r#"{"disagrees":{"alpha_share":1},"too_fast":{"alpha_share":0},"rate_burst":{"alpha_share":0},
        "gold_missed":{"alpha_share":0}}"#,
    );
    let crowds = each_annotator(40, |n| held_where_items_stop(&policy, SEED + n, 3_000));
    let (held, all) = crowds.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("disagrees, items that stop: {held} of {all} ever held");
    assert!(held as u64 <= binomial_quantile(all as u64, ALPHA, 0.999), "{held} of {all} held");
}

#[test]
fn honest_annotators_inside_the_nulls_are_hardly_ever_held() {
    // Ordinary good work under the default policy: no bound is needed to see that nobody is held.
    let good = Behaviour { fast: 0.01, per_hour: 456.0, right: 0.9, agrees: 0.65 };
    let default = Policy::default();
    let held = each_annotator(500, |n| good.live(&default, SEED + n, ANSWERS, Annotator::is_held));
    assert_eq!(held.iter().filter(|annotator| annotator.is_held()).count(), 0);
}

/// Answers until a behaviour is held by `check`, the mean over 400 annotators.
fn mean_answers_to_hold(check: ReasonCode, cheat: impl Fn(&mut Behaviour)) -> f64 {
    const CHEATS: u64 = 400;
    let default = Policy::default();
    let mut behaviour = Behaviour::at_the_nulls_of(&default);
    cheat(&mut behaviour);
    let held = each_annotator(CHEATS, |n| {
        let known =
            behaviour.live(&default, SEED + n, ANSWERS, |known| known.held_since(check).is_some());
        known.held_since(check).expect("a clear cheat is held at last")
    });
    held.into_iter().map(f64::from).sum::<f64>() / CHEATS as f64
}

#[test]
fn clear_cheats_are_held_in_the_expected_number_of_answers() {
    // Wald: a test of power one needs at least ln(threshold) / information answers in the mean, with
    // the information (Kullback-Leibler) of one answer about the cheat. A mixture does not know the
    // cheat; allowed is twice the least, and one answer for the last, which overshoots.
    let needed = Policy::default().threshold(ReasonCode::TooFast).ln();
    let information = |cheat: f64, null: f64| {
        let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
        part(cheat, null) + part(1.0 - cheat, 1.0 - null)
    };
    let default = Policy::default();
    let (fast, floor) = (default.too_fast.honest_share, default.gold_missed.floor);
    // Ten times the honest rate; of a Poisson process, per arrival.
    let rate: f64 = 10.0;
    let burst = rate.ln() - 1.0 + 1.0 / rate;
    let least = |information: f64| needed / information;
    for (what, mean, least) in [
        (
            "always under the floor time",
            mean_answers_to_hold(ReasonCode::TooFast, |cheat| cheat.fast = 1.0),
            least(information(1.0, fast)),
        ),
        (
            "half of the answers under the floor time",
            mean_answers_to_hold(ReasonCode::TooFast, |cheat| cheat.fast = 0.5),
            least(information(0.5, fast)),
        ),
        (
            "guesses among four on gold",
            mean_answers_to_hold(ReasonCode::GoldMissed, |cheat| cheat.right = 0.25),
            least(information(0.25, floor)),
        ),
        (
            "ten times the honest rate",
            mean_answers_to_hold(ReasonCode::RateBurst, |cheat| cheat.per_hour *= rate),
            least(burst),
        ),
        (
            "agrees with nobody",
            mean_answers_to_hold(ReasonCode::Disagrees, |cheat| cheat.agrees = 0.0),
            least(information(0.0, FLOOR)),
        ),
        (
            "guesses among ten, so agrees with a tenth",
            mean_answers_to_hold(ReasonCode::Disagrees, |cheat| cheat.agrees = 0.1),
            least(information(0.1, FLOOR)),
        ),
    ] {
        println!("{what}: held after {mean:.1} answers in the mean; at least {least:.1}");
        assert!(mean <= 2.0 * least + 1.0, "{what}: {mean} answers, expected about {least}");
        assert!(mean >= 0.9 * least, "{what}: {mean} answers, faster than can be");
    }
}

#[test]
fn the_stated_quantile_is_right() {
    assert_eq!(binomial_quantile(ANNOTATORS, ALPHA, 0.999), 132);
    // By hand: P(X = 0) = 0.25, P(X ≤ 1) = 0.75.
    assert_eq!([0.2, 0.5, 0.8].map(|level| binomial_quantile(2, 0.5, level)), [0, 1, 2]);
}
