//! Verdicts over whole crowds.

use std::collections::BTreeMap;

use labelgate::item::{AnswerStanding, LateScore, Observation, Observed};
use labelgate::json::Reader;
use labelgate::{Annotator, Gate, Item, Memory, Pool, ReasonCode};
use proptest::prelude::*;
use serde_json::Value;

use crate::crowd::{Arrival, Crowd, Shape, crowd, verdicts};
use crate::holds;

/// The names of an object's members in the order they are written.
fn names(object: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(object, 32).unwrap();
    let mut names = Vec::new();
    reader
        .object(&mut |reader, name| {
            names.push(name.to_owned());
            reader.skip()
        })
        .unwrap();
    names
}

/// Whether `names` are some of `documented`, in that order, with all that are `required`.
fn in_order(names: &[String], documented: &[&str], required: &[&str]) -> bool {
    let mut rest = documented.iter();
    names.iter().all(|name| rest.any(|known| known == name))
        && required.iter().all(|name| names.iter().any(|known| known == name))
}

/// The text of an element of an array that is a member, with the order of its members kept.
fn elements(object: &[u8], member: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut reader = Reader::new(object, 32).unwrap();
    reader
        .object(&mut |reader, name| {
            if name != member {
                return reader.skip();
            }
            reader.array(&mut |reader| {
                let start = reader.offset();
                reader.skip()?;
                let element = object[start..reader.offset()].to_vec();
                found.push(element);
                Ok(())
            })
        })
        .unwrap();
    found
}

const PARTS_OF_A_REASON: [&str; 6] = ["code", "kind", "message", "measured", "threshold", "at"];
const PARTS_OF_A_STANDING: [&str; 7] =
    ["check", "wealth", "threshold", "answers", "events", "mean", "floor"];

#[test]
fn the_crowds_of_these_properties_reach_every_check() {
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    // So many items that somebody answers enough of them once to be seen to disagree.
    let shape = Shape { items: 20, most: 200, ..Shape::default() };
    holds(300, crowd(shape), |crowd| {
        for json in crowd.verdicts() {
            let verdict: Value = serde_json::from_slice(&json).unwrap();
            let codes = verdict["reasons"].as_array().unwrap().iter();
            seen.borrow_mut()
                .extend(codes.map(|reason| reason["code"].as_str().unwrap().to_owned()));
        }
        Ok(())
    });
    // These need a BOM or a large input.
    let elsewhere = [
        "bom-expired",
        "bom-rollback",
        "bom-untrusted",
        "item-altered",
        "item-unlisted",
        "too-large",
        "weak-digest",
    ];
    for code in ReasonCode::ALL {
        let here = !elsewhere.contains(&code.as_str());
        assert_eq!(seen.borrow().contains(code.as_str()), here, "{code}");
    }
}

#[test]
fn a_verdict_is_json_with_its_members_in_the_documented_order() {
    const MEMBERS: [&str; 10] = [
        "decision",
        "submission",
        "annotator",
        "item",
        "reasons",
        "evidence",
        "consensus",
        "bom",
        "policy",
        "gate",
    ];
    holds(300, crowd(Shape::default()), |crowd| {
        for json in crowd.verdicts() {
            prop_assert!(!json.contains(&b'\n'));
            let value: Value = serde_json::from_slice(&json).unwrap();
            let always = ["decision", "reasons", "bom", "policy", "gate"];
            prop_assert!(in_order(&names(&json), &MEMBERS, &always), "{value}");
            for reason in elements(&json, "reasons") {
                let always = ["code", "kind", "message"];
                prop_assert!(in_order(&names(&reason), &PARTS_OF_A_REASON, &always), "{value}");
            }
            for standing in elements(&json, "evidence") {
                let always = ["check", "wealth", "threshold", "answers"];
                prop_assert!(in_order(&names(&standing), &PARTS_OF_A_STANDING, &always), "{value}");
            }
            prop_assert_ne!(value.get("evidence"), Some(&Value::Array(vec![])));
        }
        Ok(())
    });
}

#[test]
fn the_decision_is_the_most_severe_action_and_evidence_never_rejects() {
    holds(300, crowd(Shape::default()), |crowd| {
        for json in crowd.verdicts() {
            let value: Value = serde_json::from_slice(&json).unwrap();
            let kinds: Vec<&str> = value["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["kind"].as_str().unwrap())
                .collect();
            match value["decision"].as_str().unwrap() {
                "accept" => prop_assert!(kinds.is_empty(), "{}", value),
                "review" => prop_assert!(!kinds.is_empty(), "{}", value),
                "reject" => prop_assert!(kinds.contains(&"proof"), "{}", value),
                other => prop_assert!(false, "decision {}", other),
            }
        }
        Ok(())
    });
}

#[test]
fn the_annotators_view_holds_no_number_of_a_statistical_check() {
    holds(300, crowd(Shape::default()), |crowd| {
        let gate = crowd.gate();
        let mut memory = Memory::new();
        for arrival in &crowd.arrivals {
            let verdict = gate.check(&mut memory, &arrival.input, arrival.at_ms);
            let json = verdict.for_annotator().to_json();
            let members = ["decision", "submission", "reasons"];
            prop_assert!(in_order(&names(&json), &members, &["decision", "reasons"]));
            let view: Value = serde_json::from_slice(&json).unwrap();
            prop_assert_eq!(&view["decision"], verdict.decision.as_str());
            for reason in elements(&json, "reasons") {
                let members = ["code", "message", "measured", "expected", "at"];
                prop_assert!(in_order(&names(&reason), &members, &["code", "message"]));
                let reason: Value = serde_json::from_slice(&reason).unwrap();
                let code = reason["code"].as_str().unwrap();
                prop_assert!(!["gold-missed", "disagrees"].contains(&code));
                let known = ReasonCode::ALL.into_iter().find(|known| known.as_str() == code);
                let proof = known.is_some_and(|known| known.kind().as_str() == "proof");
                if !proof {
                    prop_assert!(in_order(
                        &names(reason.to_string().as_bytes()),
                        &members[..2],
                        &[]
                    ));
                    let message = reason["message"].as_str().unwrap();
                    prop_assert!(!message.contains(|c: char| c.is_ascii_digit()), "{}", message);
                }
            }
        }
        Ok(())
    });
}

/// Each annotator's view, and whether gold holds that annotator.
fn views(crowd: &Crowd) -> Vec<(bool, Vec<u8>)> {
    let gate = crowd.gate();
    let mut memory = Memory::new();
    crowd
        .arrivals
        .iter()
        .map(|arrival| {
            let verdict = gate.check(&mut memory, &arrival.input, arrival.at_ms);
            (verdict.has(ReasonCode::GoldMissed), verdict.for_annotator().to_json())
        })
        .collect()
}

#[test]
fn the_annotators_view_does_not_tell_gold_from_other_items() {
    holds(300, crowd(Shape::default()), |mut crowd| {
        // Answers to gold also count in the weights by which others are compared, so `disagrees` may
        // hold a little sooner or later. That is off here, to see what gold alone shows.
        crowd.policy["disagrees"]["alpha_share"] = 0.into();
        let without = Crowd { gold: serde_json::json!({}), ..crowd.clone() };
        for ((held, with), (_, without)) in views(&crowd).into_iter().zip(views(&without)) {
            if held {
                prop_assert!(String::from_utf8(with).unwrap().contains(r#""under-review""#));
            } else {
                prop_assert_eq!(with, without);
            }
        }
        Ok(())
    });
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    holds(200, crowd(Shape::default()), |crowd| {
        prop_assert_eq!(crowd.verdicts(), crowd.verdicts());
        Ok(())
    });
}

#[test]
fn saving_and_restoring_anywhere_changes_no_later_verdict() {
    let input = (crowd(Shape::default()), any::<prop::sample::Index>());
    holds(400, input, |(crowd, place)| {
        let gate = crowd.gate();
        let expected = crowd.verdicts();
        let place = place.index(crowd.arrivals.len());
        let mut memory = Memory::new();
        for (n, arrival) in crowd.arrivals.iter().enumerate() {
            if n == place {
                let saved = memory.save();
                memory = Memory::restore(&saved).unwrap();
                prop_assert_eq!(memory.save(), saved);
            }
            let verdict = gate.check(&mut memory, &arrival.input, arrival.at_ms).to_json();
            prop_assert_eq!(&verdict, &expected[n]);
        }
        Ok(())
    });
}

/// Runs the pure steps one by one, every state saved and restored in between, as an edge does.
fn stepwise(
    gate: &Gate,
    annotators: &mut BTreeMap<String, Vec<u8>>,
    items: &mut BTreeMap<String, Vec<u8>>,
    pool: &mut Pool,
    arrival: &Arrival,
) -> Option<Vec<u8>> {
    let screened = match gate.screen(&arrival.input) {
        Ok(screened) => screened,
        Err(verdict) => return Some(verdict.to_json()),
    };
    let annotator_id = screened.submission.annotator.to_string();
    let item_id = screened.item_key().to_string();
    let mut annotator = annotators
        .get(&annotator_id)
        .map_or_else(Annotator::new, |saved| Annotator::restore(saved).unwrap());
    let (screened, weight) = match gate.admit(&annotator, screened, arrival.at_ms) {
        Ok(admitted) => admitted,
        Err(verdict) => return Some(verdict.to_json()),
    };
    let mut item =
        items.get(&item_id).map_or_else(Item::new, |saved| Item::restore(saved).unwrap());
    let Observed { observation, late } = gate.observe(&mut item, pool, &screened, weight);
    *pool = Pool::restore(&pool.save()).unwrap();
    if observation.standing == AnswerStanding::Repeat {
        return None;
    }
    items.insert(item_id, item.save());
    for late in late {
        let known = annotators.get_mut(&late.annotator).unwrap();
        let mut other = Annotator::restore(known).unwrap();
        gate.hear(&mut other, &LateScore::restore(&late.save()).unwrap());
        *known = other.save();
    }
    let observation = Observation::restore(&observation.save()).unwrap();
    let verdict = gate.conclude(&mut annotator, screened, &observation, arrival.at_ms).to_json();
    annotators.insert(annotator_id, annotator.save());
    Some(verdict)
}

#[test]
fn one_memory_and_the_steps_of_an_edge_agree() {
    holds(400, crowd(Shape::default()), |crowd| {
        let gate = crowd.gate();
        let (mut annotators, mut items) = (BTreeMap::new(), BTreeMap::new());
        let mut pool = Pool::new();
        for (arrival, expected) in crowd.arrivals.iter().zip(crowd.verdicts()) {
            match stepwise(&gate, &mut annotators, &mut items, &mut pool, arrival) {
                Some(verdict) => prop_assert_eq!(verdict, expected),
                // A retry for an edge, a replay for one process.
                None => prop_assert!(String::from_utf8(expected).unwrap().contains("replayed")),
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_refused_changes_nothing_for_anybody() {
    holds(300, crowd(Shape::default()), |crowd| {
        let gate = crowd.gate();
        let refused = |json: &Vec<u8>| json.starts_with(br#"{"decision":"reject""#);
        let all = crowd.verdicts();
        let (kept, expected): (Vec<Arrival>, Vec<Vec<u8>>) = crowd
            .arrivals
            .iter()
            .cloned()
            .zip(all)
            .filter(|(_, verdict)| !refused(verdict))
            .unzip();
        prop_assert_eq!(verdicts(&gate, &kept), expected);
        Ok(())
    });
}

#[test]
fn each_answer_is_compared_once_at_arrival_or_later() {
    holds(300, crowd(Shape { items: 10, disorder: true, ..Shape::default() }), |mut crowd| {
        // With a fixed floor every comparison is a score.
        crowd.policy["disagrees"]["floor"] = 0.4.into();
        // Nobody is held, so that everybody counts.
        crowd.policy["alpha"] = 1e-9.into();
        let gate = crowd.gate();
        let mut memory = Memory::new();
        for arrival in &crowd.arrivals {
            gate.check(&mut memory, &arrival.input, arrival.at_ms);
        }
        let min_others = crowd.policy["disagrees"]["min_others"].as_u64().unwrap() as usize;
        let answers = (0..10).filter_map(|item| memory.item(&format!("i{item}"))).map(Item::len);
        // As soon as somebody has enough others, everybody on the item has.
        let compared: usize = answers.filter(|answers| *answers > min_others).sum();
        let scores: u32 = memory
            .annotators()
            .flat_map(|(_, annotator)| gate.standings(annotator))
            .filter(|standing| standing.check == ReasonCode::Disagrees)
            .map(|standing| standing.answers)
            .sum();
        prop_assert_eq!(scores as usize, compared);
        Ok(())
    });
}

#[test]
fn the_order_of_arrival_changes_no_comparison_of_items_with_just_enough_answers() {
    const ITEMS: usize = 8;
    let input = (prop::collection::vec(0..3u8, 3 * ITEMS), any::<u64>());
    holds(300, input, |(labels, seed)| {
        let policy = br#"{"bom":{"trust":"none"},"alpha":1e-9,"disagrees":{"floor":0.4}}"#;
        let gate = Gate::new(labelgate::Policy::from_json(policy).unwrap(), None);
        let mut random = crate::support::random::Random::new(seed);
        // Once by annotator, then each annotator's answers in the same order, among each other by chance;
        // somebody else answers other items all along.
        let mut known = Vec::new();
        for mixed in [false, true] {
            let mut next = [0; 3];
            let mut memory = Memory::new();
            while next.iter().any(|item| *item < ITEMS) {
                let who = match mixed {
                    true => random.below(3),
                    false => next.iter().position(|item| *item < ITEMS).unwrap(),
                };
                let item = next[who];
                if item == ITEMS {
                    continue;
                }
                next[who] += 1;
                let mut send = |annotator: &str, item: &str, class: u8| {
                    let sent = format!(
                        r#"{{"id":"{annotator}{item}","annotator":"{annotator}","item":{{"id":"{item}"}},"label":{{"class":"c{class}"}}}}"#
                    );
                    gate.check(&mut memory, sent.as_bytes(), None);
                };
                send(&format!("a{who}"), &format!("i{item}"), labels[who * ITEMS + item]);
                if mixed {
                    send("stranger", &format!("other{item}-{who}"), 0);
                }
            }
            let means = ["a0", "a1", "a2"].map(|id| {
                let standings = gate.standings(memory.annotator(id).unwrap());
                let peers = standings.iter().find(|known| known.check == ReasonCode::Disagrees);
                peers.map(|peers| (peers.answers, (peers.mean.unwrap() * 1e9).round()))
            });
            known.push(means);
        }
        prop_assert_eq!(&known[0], &known[1]);
        prop_assert!(known[0].iter().all(|peers| peers.unwrap().0 == ITEMS as u32));
        Ok(())
    });
}

/// Standings that depend on nobody else: the agreement with others, and what follows from the
/// item's median time, are left out.
fn own_evidence(json: &[u8]) -> Vec<Value> {
    let value: Value = serde_json::from_slice(json).unwrap();
    let evidence = value["evidence"].as_array().cloned().unwrap_or_default();
    evidence.into_iter().filter(|standing| standing["check"] != "disagrees").collect()
}

#[test]
fn the_order_of_unrelated_annotators_does_not_matter() {
    let orderly = Shape { items: 40, disorder: false, ..Shape::default() };
    let input = (crowd(orderly), any::<u64>());
    holds(300, input, |(mut crowd, seed)| {
        // Medians never known and items never full: nothing of others is left but their labels.
        crowd.policy["too_fast"]["min_times"] = 1_000_000.into();
        crowd.policy["item"]["max_labels"] = 1000.into();
        let gate = crowd.gate();
        let mut random = crate::support::random::Random::new(seed);
        // Another interleaving: the next arrival of an annotator drawn by chance.
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); orderly.annotators];
        for (n, arrival) in crowd.arrivals.iter().enumerate().rev() {
            waiting[arrival.annotator].push(n);
        }
        let mut order = Vec::new();
        while order.len() < crowd.arrivals.len() {
            let annotator = random.below(orderly.annotators);
            order.extend(waiting[annotator].pop());
        }
        let other: Vec<Arrival> = order.iter().map(|n| crowd.arrivals[*n].clone()).collect();
        let expected = crowd.verdicts();
        for (n, verdict) in order.iter().zip(verdicts(&gate, &other)) {
            prop_assert_eq!(own_evidence(&verdict), own_evidence(&expected[*n]));
        }
        Ok(())
    });
}

#[test]
fn a_weight_is_a_number_from_0_to_4_and_0_once_held() {
    holds(400, crowd(Shape { annotators: 2, items: 60, most: 120, disorder: true }), |crowd| {
        let gate = crowd.gate();
        let mut memory = Memory::new();
        for arrival in &crowd.arrivals {
            gate.check(&mut memory, &arrival.input, arrival.at_ms);
            for (_, annotator) in memory.annotators() {
                let weight = annotator.weight();
                prop_assert!((0.0..=4.0).contains(&weight), "{weight}");
                prop_assert!(!annotator.is_held() || weight <= 0.0);
                prop_assert_eq!(annotator.is_held(), annotator.first_held_at().is_some());
            }
        }
        Ok(())
    });
}
