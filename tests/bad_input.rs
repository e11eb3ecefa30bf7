//! Input never panics, and never takes more memory than its stated bound.
//!
//! Every truncation and every change of one byte is tried, of a good submission and of each kind of
//! saved state. The fuzz targets go further; these run every time.

mod support;

use labelgate::item::{AnswerStanding, LateScore, Observation, Observed};
use labelgate::{
    Annotator, Decision, ErrorCode, Gate, Gold, Item, Memory, Policy, Pool, ReasonCode, Submission,
};
use serde_json::Value;
use support::counting::{Counting, bytes_asked_for};
use support::random::Random;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A submission with every member, each used by some check.
const GOOD: &str = r#"{"id":"s-1","annotator":"ann-7","item":{"id":"img-1","name":"a/img-1.png","digest":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},"label":{"classes":["cat","d\u00f6g"]},"started_at":"2026-11-23T10:00:00.000Z","submitted_at":"2026-11-23T10:00:07.250Z","elapsed_ms":7000,"session":"tab-1","platform":{"n":[1,-2.5e3,true,null,{"é":"\ud83d\ude00"}]}}"#;

/// The host's clock, near the times of [`GOOD`].
const NOW_MS: i64 = 1_795_428_008_000;

fn gate() -> Gate {
    let gold = Gold::from_json(br#"{"img-1":[{"classes":["cat"]}]}"#).unwrap();
    let policy = br#"{"bom":{"trust":"none"},"disagrees":{"floor":0.4}}"#;
    Gate::new(Policy::from_json(policy).unwrap(), None).with_gold(gold)
}

/// The full verdict as JSON, after looking at both views: they parse, and every number in them is
/// one that JSON can hold.
fn sound_verdict(gate: &Gate, memory: &mut Memory, input: &[u8], at_ms: Option<i64>) -> Value {
    let verdict = gate.check(memory, input, at_ms);
    let view: Value = serde_json::from_slice(&verdict.for_annotator().to_json()).unwrap();
    let full: Value = serde_json::from_slice(&verdict.to_json()).unwrap();
    assert_eq!(full["decision"], view["decision"]);
    for standing in full["evidence"].as_array().into_iter().flatten() {
        let wealth = standing["wealth"].as_f64().expect("a finite wealth");
        assert!(wealth >= 0.0, "{full}");
    }
    full
}

fn is_malformed(full: &Value) -> bool {
    full["reasons"][0]["code"] == "malformed"
        && full["decision"] == "reject"
        && full["reasons"][0]["at"].as_str().is_some_and(|at| at.starts_with("byte "))
}

#[test]
fn fifty_megabytes_are_refused_without_being_read_or_copied() {
    let (gate, mut memory) = (gate(), Memory::new());
    // Not even UTF-8: `malformed` would show that somebody had looked.
    let huge = vec![0xFF; 50 * 1024 * 1024];
    let ((decision, has, json), bytes) = bytes_asked_for(|| {
        let verdict = gate.check(&mut memory, &huge, Some(NOW_MS));
        (verdict.decision, verdict.has(ReasonCode::TooLarge), verdict.to_json())
    });
    assert_eq!((decision, has), (Decision::Reject, true));
    assert!(bytes < 4096, "{bytes} bytes asked for");
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["reasons"][0]["measured"]["value"], 52_428_800);
    assert_eq!(json["reasons"][0]["threshold"]["value"], 262_144);
    assert_eq!(memory, Memory::new(), "a refused submission is not remembered");
}

#[test]
fn the_bound_on_bytes_is_exact() {
    let gate = gate();
    let padded = |bytes: usize| format!("{GOOD}{}", " ".repeat(bytes - GOOD.len())).into_bytes();
    let verdict = |bytes| gate.check(&mut Memory::new(), &padded(bytes), None).decision;
    assert_eq!(verdict(256 * 1024), Decision::Accept);
    assert_eq!(verdict(256 * 1024 + 1), Decision::Reject);
}

#[test]
fn a_submission_at_the_bound_takes_a_bounded_multiple_of_it() {
    let gate = gate();
    let bound = gate.policy().max_bytes;
    let fill = |unit: &str, close: &str| {
        let head = GOOD.replace(r#"{"n":[1,-2.5e3,true,null,{"é":"\ud83d\ude00"}]}"#, "");
        let (head, tail) = head.split_at(head.len() - 1);
        let room = bound - head.len() - tail.len() - close.len() - 3;
        format!("{head}[[{}0]{close}{tail}", unit.repeat(room / unit.len()))
    };
    // Many values, and the costliest: member names, which are remembered to find those that come twice.
    let names: String = (0..20_000).map(|n| format!("\"{n:x}\":0,")).collect();
    let many_names = GOOD.replace(r#""n":[1"#, &format!(r#"{names}"n":[1"#));
    for (what, input) in [
        ("numbers", fill("0,", "]")),
        ("arrays", fill("[],", "]")),
        ("escapes", fill(r#""\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n","#, "]")),
        ("names", many_names),
    ] {
        assert!(input.len() <= bound && input.len() > bound / 2, "{what}: {}", input.len());
        let (decision, bytes) = bytes_asked_for(|| {
            gate.check(&mut Memory::new(), input.as_bytes(), Some(NOW_MS)).decision
        });
        assert_eq!(decision, Decision::Accept, "{what}");
        assert!(bytes <= 8 * bound, "{what}: {bytes} bytes asked for");
    }
}

#[test]
fn nesting_is_bounded_however_deep_it_goes() {
    let gate = gate();
    let nested = |depth: usize, open: &str, close: &str| {
        let platform = format!("{}0{}", open.repeat(depth), close.repeat(depth));
        let input = GOOD.replace(r#"{"n":[1,-2.5e3,true,null,{"é":"\ud83d\ude00"}]}"#, &platform);
        sound_verdict(&gate, &mut Memory::new(), input.as_bytes(), None)
    };
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        // The submission itself is the first of 32 levels.
        assert_eq!(nested(31, open, close)["decision"], "accept");
        for depth in [32, 33, 1000, 40_000] {
            assert!(is_malformed(&nested(depth, open, close)), "{depth} times {open}");
        }
        // Never closed.
        assert!(is_malformed(&sound_verdict(
            &gate,
            &mut Memory::new(),
            open.repeat(50_000).as_bytes(),
            None
        )));
    }
}

#[test]
fn what_readers_disagree_on_is_refused_with_its_place() {
    let gate = gate();
    for (good, bad) in [
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":NaN"#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":Infinity"#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":-1"#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":7000.0"#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":4294967296"#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":"7000""#),
        (r#""elapsed_ms":7000"#, r#""elapsed_ms":null"#),
        (r#""id":"s-1""#, r#""id":"s-1","id":"s-1""#),
        (r#""id":"s-1""#, r#""id":"s-1","\u0069d":"s-2""#),
        (r#""id":"img-1""#, r#""id":"img-1","id":"img-2""#),
        (r#""sha256":"#, r#""sha256":"00","sha256":"#),
        (r#""classes":"#, r#""class":"cat","classes":"#),
        (r#""n":[1"#, r#""n":1,"n":[1"#),
        (r#""n":[1"#, r#""n":[NaN"#),
        (r#""n":[1"#, r#""n":[1e400"#),
        (r#""n":[1"#, r#""n":[9007199254740993"#),
        (r#""n":[1"#, r#""n":[01"#),
        (r#""\ud83d\ude00""#, r#""\ud83d""#),
        (r#""\ud83d\ude00""#, r#""\ude00\ud83d""#),
        (r#""cat""#, r#""cat","cat""#),
        (r#""cat""#, r#""""#),
        (r#""cat""#, "\"c\u{0}t\""),
        (r#""session":"tab-1""#, r#""session":"""#),
        (r#""session":"tab-1""#, r#""session":"tab-1","trusted":true"#),
        ("2026-11-23T10:00:00.000Z", "2026-02-30T10:00:00.000Z"),
        ("2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000"),
        ("ba7816bf", "zz7816bf"),
        ("ba7816bf", "7816bf"),
        (r#"{"id":"s-1""#, "\u{feff}{\"id\":\"s-1\""),
        (r#"]}}"#, r#"]}}{}"#),
        (r#"]}}"#, r#"]}},"#),
        (r#"]}}"#, r#"]},}"#),
        (r#"]}}"#, "]}}\u{0}"),
        (r#"{"id":"s-1""#, r#"{'id':'s-1'"#),
        (r#"{"id":"s-1""#, r#"{/**/"id":"s-1""#),
    ] {
        let input = GOOD.replacen(good, bad, 1);
        assert_ne!(input, GOOD, "{bad}");
        let full = sound_verdict(&gate, &mut Memory::new(), input.as_bytes(), None);
        assert!(is_malformed(&full), "{bad}: {full}");
    }
}

#[test]
fn the_bounds_of_members_are_exact() {
    let gate = gate();
    let decision = |good: &str, bad: &str| {
        let input = GOOD.replacen(good, bad, 1);
        sound_verdict(&gate, &mut Memory::new(), input.as_bytes(), None)["decision"].clone()
    };
    let text = |member: &str, good: &str, bytes: usize| {
        // Two-byte characters: the bound counts bytes.
        let long = "é".repeat(bytes / 2) + &"e".repeat(bytes % 2);
        decision(&format!("\"{member}\":\"{good}\""), &format!("\"{member}\":\"{long}\""))
    };
    for (member, good, most) in [
        ("id", "s-1", 128),
        ("annotator", "ann-7", 128),
        ("id", "img-1", 128),
        ("session", "tab-1", 128),
        ("name", "a/img-1.png", 1024),
    ] {
        assert_eq!(text(member, good, most), "accept", "{member}");
        assert_eq!(text(member, good, most + 1), "reject", "{member}");
        assert_eq!(text(member, good, 0), "reject", "{member}");
    }
    let classes = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("\"c{n}\"")).collect();
        decision(r#""cat","d\u00f6g""#, &names.join(","))
    };
    assert_eq!([classes(0), classes(64), classes(65)], ["accept", "accept", "reject"]);
    let digests = |count: usize| {
        let more: String = (1..count).map(|n| format!("\"weak{n}\":\"00\",")).collect();
        decision(r#""sha256":"#, &format!("{more}\"sha256\":"))
    };
    assert_eq!([digests(16), digests(17)], ["accept", "reject"]);
}

#[test]
fn every_truncation_of_a_good_submission_is_malformed() {
    let gate = gate();
    for end in 0..GOOD.len() {
        let full = sound_verdict(&gate, &mut Memory::new(), &GOOD.as_bytes()[..end], Some(NOW_MS));
        assert!(is_malformed(&full), "{end} bytes: {full}");
    }
}

#[test]
fn every_change_of_one_byte_gets_a_verdict() {
    let gate = gate();
    let good = GOOD.as_bytes();
    let try_one = |input: &[u8]| {
        let full = sound_verdict(&gate, &mut Memory::new(), input, Some(NOW_MS));
        if serde_json::from_slice::<Value>(input).is_err() {
            assert!(is_malformed(&full), "{}: {full}", String::from_utf8_lossy(input));
        }
    };
    let mut changed = good.to_vec();
    for at in 0..good.len() {
        for byte in 0..=255 {
            changed[at] = byte;
            try_one(&changed);
        }
        changed[at] = good[at];
    }
    for at in 0..good.len() {
        let mut shorter = good.to_vec();
        shorter.remove(at);
        try_one(&shorter);
        for byte in *b"\"\\{}[],: 0e-.\x00\x1f\x80\xc3\xff" {
            let mut longer = good.to_vec();
            longer.insert(at, byte);
            try_one(&longer);
        }
    }
}

#[test]
fn random_bytes_and_shuffled_pieces_get_a_verdict() {
    let gate = gate();
    let mut random = Random::new(1);
    let mut memory = Memory::new();
    for _ in 0..20_000 {
        let length = random.below(200);
        let noise: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        assert!(is_malformed(&sound_verdict(&gate, &mut memory, &noise, None)));
    }
    // Pieces of a good one in any order: far into the reader before something is wrong.
    let pieces: Vec<&str> = GOOD.split_inclusive([',', ':', '{', '}']).collect();
    for n in 0..20_000 {
        let shuffled: String =
            (0..random.below(60)).map(|_| pieces[random.below(pieces.len())]).collect();
        sound_verdict(&gate, &mut memory, shuffled.as_bytes(), Some(n));
    }
}

/// Clocks at the ends of what a number can hold.
const CLOCKS: [Option<i64>; 7] = [
    None,
    Some(i64::MIN),
    Some(i64::MIN + 1),
    Some(0),
    Some(NOW_MS),
    Some(i64::MAX - 1),
    Some(i64::MAX),
];

#[test]
fn any_clock_of_the_host_and_of_the_sender_gets_a_sound_verdict() {
    let gate = gate();
    let stamps = ["0000-01-01T00:00:00+23:59", "1970-01-01T00:00:00Z", "9999-12-31T23:59:60-23:59"];
    for first in CLOCKS {
        for second in CLOCKS {
            let mut memory = Memory::new();
            for (n, at_ms) in [first, second, first].into_iter().enumerate() {
                for (m, started) in stamps.iter().enumerate() {
                    for (k, submitted) in stamps.iter().enumerate() {
                        let input = GOOD
                            .replace("s-1", &format!("s-{n}-{m}-{k}"))
                            .replace("img-1", &format!("i-{n}-{m}-{k}"))
                            .replace("2026-11-23T10:00:00.000Z", started)
                            .replace("2026-11-23T10:00:07.250Z", submitted);
                        let full = sound_verdict(&gate, &mut memory, input.as_bytes(), at_ms);
                        assert!(!is_malformed(&full), "{full}");
                    }
                }
            }
            let saved = memory.save();
            assert_eq!(Memory::restore(&saved).unwrap().save(), saved);
        }
    }
}

/// A memory with two annotators of some history and an item that both answered, and what it is
/// made of, saved.
struct Saved {
    annotator: Vec<u8>,
    item: Vec<u8>,
    observation: Vec<u8>,
    late: Vec<u8>,
    pool: Vec<u8>,
    memory: Vec<u8>,
}

fn saved() -> Saved {
    let gate = gate();
    let mut memory = Memory::new();
    for n in 0..24_i64 {
        for (annotator, label) in [("ann-7", "cat"), ("ann-8", "cow")] {
            let input = GOOD
                .replace("s-1", &format!("s-{annotator}-{n}"))
                .replace("ann-7", annotator)
                .replace("cat", label)
                .replace("img-1", &format!("img-{}", n + 1))
                .replace("7000", &format!("{}", n * 100));
            gate.check(&mut memory, input.as_bytes(), Some(NOW_MS + n * 500));
        }
    }
    let mut item = memory.item("img-1").unwrap().clone();
    let other = GOOD.replace("ann-7", "ann-9").replace("s-1", "s-9");
    let other = Submission::from_json(other.as_bytes()).unwrap();
    let mut pool = memory.pool().clone();
    let Observed { observation, late } =
        item.observe(&mut pool, &other, 1.0, Some(false), gate.policy());
    assert!(observation.agreement.is_some() && observation.consensus.is_some());
    let late = late.first().expect("two waited for a third");
    Saved {
        annotator: memory.annotator("ann-7").unwrap().save(),
        item: item.save(),
        observation: observation.save(),
        late: late.save(),
        pool: pool.save(),
        memory: memory.save(),
    }
}

/// Restores every truncation and every one-byte change of `saved`. What is taken must survive `use_it`
/// and be worth saving again; what is refused says so by the code `state`. Neither may take memory
/// that the bytes do not pay for.
fn mutate_state<T>(
    saved: &[u8],
    values: &[u8],
    restore: impl Fn(&[u8]) -> Result<T, labelgate::Error>,
    use_it: impl Fn(T),
) {
    let bounded = |bytes: &[u8]| {
        let (restored, asked_for) = bytes_asked_for(|| restore(bytes));
        assert!(asked_for <= 64 * saved.len() + 16 * 1024, "{asked_for} bytes asked for");
        restored
    };
    for end in 0..saved.len() {
        let error = bounded(&saved[..end]).err().expect("a truncated state is refused");
        assert_eq!(error.code(), ErrorCode::State);
    }
    let mut longer = saved.to_vec();
    longer.push(0);
    assert!(bounded(&longer).is_err());
    let (mut taken, mut refused) = (0, 0);
    let mut changed = saved.to_vec();
    for at in 0..saved.len() {
        for value in values {
            changed[at] = saved[at] ^ value;
            match bounded(&changed) {
                Ok(state) => {
                    taken += 1;
                    use_it(state);
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.code(), ErrorCode::State);
                }
            }
        }
        changed[at] = saved[at];
    }
    assert!(taken > 0 && refused > 0, "{taken} taken, {refused} refused");
}

/// Every other value of a byte.
fn all_values() -> Vec<u8> {
    (1..=255).collect()
}

/// What flips the signs, exponents and lengths in a value, for states too long for all 255.
const SOME_VALUES: [u8; 6] = [0x01, 0x10, 0x40, 0x7F, 0x80, 0xFF];

#[test]
fn a_damaged_annotator_is_refused_or_sound() {
    let gate = gate();
    mutate_state(&saved().annotator, &all_values(), Annotator::restore, |mut annotator| {
        let weight = annotator.weight();
        assert!((0.0..=4.0).contains(&weight), "{weight}");
        let input = GOOD.replace("s-1", "next");
        let screened = gate.screen(input.as_bytes()).unwrap();
        let verdict = match gate.admit(&annotator, screened, Some(NOW_MS)) {
            Ok((screened, _)) => {
                let observation = Observation {
                    agreement: Some(0.5),
                    floor: Some(0.4),
                    ..Observation::default()
                };
                gate.conclude(&mut annotator, screened, &observation, Some(NOW_MS)).to_json()
            }
            Err(verdict) => verdict.to_json(),
        };
        let verdict: Value = serde_json::from_slice(&verdict).unwrap();
        for standing in verdict["evidence"].as_array().into_iter().flatten() {
            assert!(standing["wealth"].as_f64().is_some_and(|wealth| wealth >= 0.0), "{verdict}");
        }
        let again = annotator.save();
        assert_eq!(Annotator::restore(&again).unwrap().save(), again);
    });
}

#[test]
fn a_damaged_item_is_refused_or_sound() {
    let policy = Policy::default();
    let newcomer = GOOD.replace("ann-7", "ann-10").replace("s-1", "s-10");
    let newcomer = Submission::from_json(newcomer.as_bytes()).unwrap();
    let known = Submission::from_json(GOOD.as_bytes()).unwrap();
    mutate_state(&saved().item, &all_values(), Item::restore, |mut item| {
        for submission in [&newcomer, &known] {
            let Observed { observation, .. } =
                item.observe(&mut Pool::new(), submission, 1.0, None, &policy);
            let consensus = observation.consensus.map_or(0.0, |known| known.probability);
            assert!((0.0..=1.0).contains(&consensus), "{consensus}");
            let agreement = observation.agreement.unwrap_or(0.0);
            assert!((0.0..=1.0).contains(&agreement), "{agreement}");
        }
        let again = item.save();
        assert_eq!(Item::restore(&again).unwrap().save(), again);
    });
}

#[test]
fn a_damaged_observation_is_refused_or_sound() {
    let gate = gate();
    mutate_state(&saved().observation, &all_values(), Observation::restore, |observation| {
        assert!(observation.agreement.is_none_or(|share| (0.0..=1.0).contains(&share)));
        let screened = gate.screen(GOOD.as_bytes()).unwrap();
        let mut annotator = Annotator::new();
        let verdict = gate.conclude(&mut annotator, screened, &observation, Some(NOW_MS));
        serde_json::from_slice::<Value>(&verdict.to_json()).unwrap();
        assert_eq!(Observation::restore(&observation.save()).unwrap(), observation);
    });
}

#[test]
fn a_damaged_late_score_is_refused_or_sound() {
    let gate = gate();
    let annotator = Annotator::restore(&saved().annotator).unwrap();
    mutate_state(&saved().late, &all_values(), LateScore::restore, |late| {
        let mut annotator = annotator.clone();
        gate.hear(&mut annotator, &late);
        let again = annotator.save();
        assert_eq!(Annotator::restore(&again).unwrap().save(), again);
        assert_eq!(LateScore::restore(&late.save()).unwrap(), late);
    });
}

#[test]
fn a_damaged_pool_is_refused_or_sound() {
    let policy = Policy::default();
    let newcomer = Submission::from_json(GOOD.as_bytes()).unwrap();
    mutate_state(&saved().pool, &all_values(), Pool::restore, |mut pool| {
        Item::new().observe(&mut pool, &newcomer, 1.0, None, &policy);
        let floor = pool.floor(&policy.disagrees);
        assert!(floor.is_none_or(|floor| floor > 0.0 && floor < 1.0), "{floor:?}");
        let again = pool.save();
        assert_eq!(Pool::restore(&again).unwrap().save(), again);
    });
}

#[test]
fn a_damaged_memory_is_refused_or_sound() {
    let gate = gate();
    mutate_state(&saved().memory, &SOME_VALUES, Memory::restore, |mut memory| {
        let input = GOOD.replace("s-1", "next");
        sound_verdict(&gate, &mut memory, input.as_bytes(), Some(NOW_MS));
        let again = memory.save();
        assert_eq!(Memory::restore(&again).unwrap().save(), again);
    });
}

#[test]
fn one_kind_of_state_is_not_another() {
    let saved = saved();
    let error = |error: labelgate::Error| assert_eq!(error.code(), ErrorCode::State);
    for bytes in [&saved.item, &saved.observation, &saved.memory] {
        error(Annotator::restore(bytes).unwrap_err());
    }
    for bytes in [&saved.annotator, &saved.observation, &saved.memory] {
        error(Item::restore(bytes).unwrap_err());
    }
    for bytes in [&saved.annotator, &saved.item, &saved.observation] {
        error(Memory::restore(bytes).unwrap_err());
    }
    assert_eq!(Observation::default().standing, AnswerStanding::New);
}

#[test]
fn every_change_of_one_byte_of_a_policy_is_refused_or_sound() {
    let text = Policy::default().to_json();
    let mut changed = text.clone();
    let (mut taken, mut refused) = (0, 0);
    for at in 0..text.len() {
        for byte in 0..=255 {
            changed[at] = byte;
            match Policy::from_json(&changed) {
                Ok(policy) => {
                    taken += 1;
                    assert!(policy.alpha > 0.0 && policy.alpha <= 0.5);
                    let spent: f64 =
                        ReasonCode::ALL.iter().map(|code| 1.0 / policy.threshold(*code)).sum();
                    assert!(spent <= policy.alpha * (1.0 + 1e-8), "{spent}");
                    assert_eq!(Policy::from_json(&policy.to_json()).unwrap(), policy);
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.code(), ErrorCode::Policy);
                }
            }
        }
        changed[at] = text[at];
    }
    assert!(taken > 0 && refused > 0);
}
