//! The JavaScript boundary: conversions only, in Node and in Chromium.
//!
//! Run by `cargo xtask test --only wasm-node --only wasm-chromium`; the runner decides where. What is
//! behind the boundary is tested natively; here the golden verdicts show that the bytes are the same.

#![cfg(target_arch = "wasm32")]

mod support;

use std::collections::BTreeMap;

use js_sys::{Array, Error as JsError, Reflect, Uint8Array};
use labelgate::bom::{BomLimits, BomLoader};
use labelgate::policy::BomPolicy;
use labelgate::wasm::{JsGate, JsHasher, JsManyHasher, default_policy, version};
use support::vector::Vector;
use support::vector_list::FILES;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const GOOD: &str =
    r#"{"id":"s-1","annotator":"ann-7","item":{"id":"img-1"},"label":{"class":"cat"}}"#;
const LABELS_ONLY: &[u8] = br#"{"bom":{"trust":"none"}}"#;
const NOW_MS: f64 = 1_795_428_000_000.0;

fn gate(policy: &[u8]) -> JsGate {
    JsGate::new(policy).expect("a policy that can be read")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

/// The byte arrays of a returned array.
fn parts(array: &impl AsRef<JsValue>) -> Vec<Vec<u8>> {
    Array::from(array.as_ref())
        .iter()
        .map(|part| part.unchecked_into::<Uint8Array>().to_vec())
        .collect()
}

/// The code of what was thrown, which must be an `Error` with a message.
fn thrown<T>(result: Result<T, JsValue>) -> String {
    let error: JsError = result.err().expect("something thrown").dyn_into().expect("an Error");
    assert!(error.message().length() > 0);
    Reflect::get(&error, &"code".into()).ok().and_then(|code| code.as_string()).expect("a code")
}

/// The gate of a vector. Its BOM goes in piece by piece, as from a stream.
fn gate_of(vector: &Vector) -> JsGate {
    let header = &vector.header;
    let mut gate = gate(header["policy"].to_string().as_bytes());
    let before = header.get("before").and_then(|before| before.as_array());
    let own = header.get("bom").filter(|bom| !bom.is_null());
    let checkpoint = header.get("checkpoint").and_then(|note| note.as_str());
    for bom in before.into_iter().flatten().chain(own) {
        let policy = BomPolicy::from_json(&gate.bom_policy()).unwrap();
        let mut loader = BomLoader::new(policy.trust_settings(), BomLimits::default());
        for piece in support::vector::document(bom).as_bytes().chunks(100) {
            loader.push(piece).unwrap();
        }
        let mut loaded = loader.finish().unwrap();
        if let Some(checkpoint) = checkpoint {
            loaded.set_checkpoint(checkpoint.into());
        }
        let mut handover = loaded.hand_over().unwrap();
        while let Some(block) = handover.take_block() {
            gate.take_block(block);
        }
        let summary = gate.conclude_bom(&handover.save()).unwrap();
        assert!(text(summary).contains(r#""trusted":"#));
    }
    if let Some(gold) = header.get("gold").filter(|gold| !gold.is_null()) {
        gate.set_gold(gold.to_string().as_bytes()).unwrap();
    }
    gate
}

fn vectors() -> Vec<Vector> {
    FILES.iter().map(|(name, text)| Vector::parse(name, text)).collect()
}

/// Both views of a step that ended early: `{"verdict":{…},"annotator_view":{…}}`.
fn ended(full: &str, view: &str) -> String {
    format!(r#"{{"verdict":{full},"annotator_view":{view}}}"#)
}

#[wasm_bindgen_test]
fn golden_verdicts_come_out_of_one_gate() {
    for vector in vectors() {
        let mut gate = gate_of(&vector);
        for step in &vector.steps {
            let full = text(gate.check(&step.submission, step.at_ms as f64));
            assert_eq!(full, step.full, "{}", vector.name);
        }
    }
}

#[wasm_bindgen_test]
fn golden_verdicts_come_out_of_the_steps_that_a_host_runs() {
    for vector in vectors() {
        let gate = gate_of(&vector);
        let mut annotators: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut items: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut pool: Option<Vec<u8>> = None;
        for step in &vector.steps {
            let now_ms = step.at_ms as f64;
            let expected_end = ended(&step.full, &step.view);
            let screened = text(gate.screen(&step.submission));
            if !screened.starts_with(r#"{"submission":"#) {
                assert_eq!(screened, expected_end, "{}", vector.name);
                continue;
            }
            let screened: serde_json::Value = serde_json::from_str(&screened).unwrap();
            let id = |name: &str| screened["submission"][name].as_str().unwrap().to_owned();
            let (annotator, item) = (id("annotator"), id("item"));
            let known = annotators.get(&annotator).cloned();
            let admitted = text(gate.admit(known.clone(), &step.submission, now_ms).unwrap());
            if !admitted.starts_with(r#"{"weight":"#) {
                assert_eq!(admitted, expected_end, "{}", vector.name);
                continue;
            }
            let admitted: serde_json::Value = serde_json::from_str(&admitted).unwrap();
            let weight = admitted["weight"].as_f64().unwrap() as f32;
            let before = items.get(&item).cloned();
            let observed =
                gate.observe_item(before, &step.submission, weight, pool.take()).unwrap();
            let mut observed = parts(&observed).into_iter();
            items.insert(item, observed.next().unwrap());
            let observation = observed.next().unwrap();
            pool = observed.next();
            while let (Some(other), Some(score)) = (observed.next(), observed.next()) {
                let known = annotators.get_mut(&text(other)).unwrap();
                *known = gate.hear(known, &score).unwrap();
            }
            let decided =
                gate.observe_annotator(known, &step.submission, &observation, now_ms).unwrap();
            let [state, full, view] = parts(&decided).try_into().unwrap();
            annotators.insert(annotator, state);
            assert_eq!(text(full), step.full, "{}", vector.name);
            assert_eq!(text(view), step.view, "{}", vector.name);
        }
    }
}

#[wasm_bindgen_test]
fn lines_are_checked_one_by_one() {
    let second = GOOD.replace("s-1", "s-2").replace("img-1", "img-2");
    let lines = format!("{GOOD}\r\n\n   \n{second}\nno json");
    let all = text(gate(LABELS_ONLY).check_lines(lines.as_bytes(), NOW_MS));
    let mut alone = gate(LABELS_ONLY);
    let expected: String = [GOOD, &second, "no json"]
        .map(|line| text(alone.check(line.as_bytes(), NOW_MS)) + "\n")
        .concat();
    assert_eq!(all, expected);
}

#[wasm_bindgen_test]
fn a_saved_memory_goes_on_where_it_was() {
    let mut first = gate(LABELS_ONLY);
    first.check(GOOD.as_bytes(), NOW_MS);
    let saved = first.save();
    let mut second = gate(LABELS_ONLY);
    second.restore(&saved).unwrap();
    assert_eq!(second.save(), saved);
    let again = second.check(GOOD.as_bytes(), NOW_MS);
    assert_eq!(again, first.check(GOOD.as_bytes(), NOW_MS));
    assert!(text(again).contains(r#""code":"replayed""#));
}

#[wasm_bindgen_test]
fn a_clock_that_is_no_number_is_unknown() {
    let tomorrow = GOOD.replace(r#""label""#, r#""submitted_at":"2099-01-01T00:00:00Z","label""#);
    let decision = |now_ms: f64| {
        let verdict = text(gate(LABELS_ONLY).check(tomorrow.as_bytes(), now_ms));
        verdict.split('"').nth(3).unwrap().to_owned()
    };
    assert_eq!(decision(NOW_MS), "reject");
    for unknown in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(decision(unknown), "accept");
    }
    assert_eq!(decision(f64::MAX), "accept");
    assert_eq!(decision(-f64::MAX), "reject");
}

#[wasm_bindgen_test]
fn callers_mistakes_are_thrown_with_a_code() {
    assert_eq!(thrown(JsGate::new(b"{\"alfa\":1}").map(drop)), "policy");
    let mut gate = gate(LABELS_ONLY);
    assert_eq!(thrown(gate.set_gold(b"[]")), "gold");
    gate.take_block(vec![0; 100]);
    assert_eq!(thrown(gate.conclude_bom(b"LGBO")), "state");
    assert_eq!(thrown(gate.restore(b"LGMM")), "state");
    let good = GOOD.as_bytes();
    assert_eq!(thrown(gate.admit(Some(vec![1]), good, NOW_MS)), "state");
    assert_eq!(thrown(gate.observe_item(Some(vec![1]), good, 1.0, None)), "state");
    assert_eq!(thrown(gate.observe_item(None, b"{}", 1.0, None)), "state");
    assert_eq!(thrown(gate.observe_annotator(None, good, b"", NOW_MS)), "state");
    assert_eq!(thrown(JsHasher::new("md5").map(drop)), "digest");
    // Nothing of this has broken the gate.
    assert!(text(gate.check(good, NOW_MS)).starts_with(r#"{"decision":"accept""#));
}

#[wasm_bindgen_test]
fn a_submission_that_could_not_be_checked_is_held() {
    let gate = gate(LABELS_ONLY);
    let [full, view] =
        parts(&gate.unchecked(GOOD.as_bytes(), "the shard is away")).try_into().unwrap();
    let (full, view) = (text(full), text(view));
    assert!(full.starts_with(r#"{"decision":"review""#) && full.contains("the shard is away"));
    assert!(view.starts_with(r#"{"decision":"review""#) && !view.contains("shard"));
    let [refused, _] = parts(&gate.unchecked(b"no json", "the shard is away")).try_into().unwrap();
    assert!(text(refused).contains(r#""code":"malformed""#));
}

#[wasm_bindgen_test]
fn large_input_crosses_and_is_refused_by_its_size() {
    let large = vec![b' '; 5 * 1024 * 1024];
    assert!(text(gate(LABELS_ONLY).check(&large, NOW_MS)).contains(r#""code":"too-large""#));
}

/// FIPS 180-2, appendices: the digests of `abc`.
const ABC: [(&str, &str); 3] = [
    ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "sha384",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    ),
    (
        "sha512",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
];

#[wasm_bindgen_test]
fn a_hasher_takes_pieces_and_can_go_on_after_a_digest() {
    for (algorithm, expected) in ABC {
        let mut hasher = JsHasher::new(algorithm).expect("an algorithm");
        hasher.update(b"a");
        let early = hasher.digest();
        hasher.update(b"");
        hasher.update(b"bc");
        let hexadecimal: String =
            hasher.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hexadecimal, expected);
        assert_eq!(early.len() * 2, expected.len());
        assert_ne!(early, hasher.digest());
    }
}

#[wasm_bindgen_test]
fn the_default_policy_is_one_that_a_gate_takes() {
    let policy = default_policy();
    let by_default = text(gate(&policy).check(GOOD.as_bytes(), NOW_MS));
    assert_eq!(by_default, text(gate(b"{}").check(GOOD.as_bytes(), NOW_MS)));
    assert!(by_default.contains(r#""code":"bom-untrusted""#));
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}

/// The lanes of this very build against the stream of this very build, which other tests compare with others.
#[wasm_bindgen_test]
fn many_messages_have_the_digests_that_they_have_alone() {
    let byte = |at: usize, n: usize| (at * 131 + (at >> 7) * 17 + n * 29) as u8;
    for count in [0, 1, 2, 3, 4, 5, 17, 70] {
        for step in [0, 1, 37, 64, 150] {
            let messages: Vec<Vec<u8>> =
                (0..count).map(|n| (0..n * step).map(|at| byte(at, n)).collect()).collect();
            let mut end = 0;
            let ends: Vec<u32> = messages
                .iter()
                .map(|message| {
                    end += message.len() as u32;
                    end
                })
                .collect();
            let mut digests = vec![7];
            labelgate::digest::many::sha256(&messages.concat(), &ends, &mut digests).unwrap();
            let alone: Vec<u8> = messages
                .iter()
                .flat_map(|message| {
                    let mut hasher = JsHasher::new("sha256").unwrap_or_else(|_| panic!("SHA-256"));
                    hasher.update(message);
                    hasher.digest()
                })
                .collect();
            assert_eq!(digests, alone, "{count} messages, each {step} bytes longer");
        }
    }
}

#[wasm_bindgen_test]
fn many_messages_without_room_or_with_wrong_ends_throw() {
    let mut hasher = JsManyHasher::new();
    assert_eq!(thrown(hasher.hash(1, 0)), "digest");
    assert_eq!(thrown(hasher.hash(0, 1)), "digest");
    hasher.room_for_bytes(10);
    hasher.room_for_ends(2);
    // Both ends are 0 so far: the bytes are not all taken.
    assert_eq!(thrown(hasher.hash(10, 2)), "digest");
    assert!(hasher.hash(0, 2).is_ok());
    assert_eq!(thrown(hasher.hash(11, 2)), "digest");
    assert_eq!(thrown(hasher.hash(0, 3)), "digest");
}
