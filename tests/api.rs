//! The life of a submission, as a user of the crate lives it: through the public interface alone.
//!
//! Every byte of every verdict is in `tests/vectors.rs`; what holds for any input is in
//! `tests/properties.rs`. Here the pieces are put together by hand.

use std::collections::BTreeMap;

use labelgate::bom::{Bom, BomBuilder, BomIdentity, BomLimits, BomReader, DataSet};
use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::item::{AnswerStanding, LateScore, Observation, Observed};
use labelgate::verdict::Amount;
use labelgate::{
    Annotator, Decision, Error, ErrorCode, Gate, Gold, Item, Memory, Policy, Pool, ReasonCode,
    Verdict,
};

const ITEMS: usize = 30;
const START_MS: i64 = 1_795_428_000_000;
/// Slower than any floor time, and than any rate that is looked at.
const GAP_MS: i64 = 20_000;

fn name(item: usize) -> String {
    format!("pets/{item:02}.png")
}

/// The digest of the bytes of an item, which are its name.
fn digest(content: &str) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(content.as_bytes());
    hasher.finish()
}

/// The published list of all items, as its publisher builds it.
fn published() -> Vec<u8> {
    let identity = BomIdentity { serial: [7; 16], version: 1, timestamp: None };
    let set = DataSet { bom_ref: "urn:example:pets", name: "pets", version: Some("2") };
    let mut builder = BomBuilder::new(Vec::new(), &identity, &set).unwrap();
    for item in 0..ITEMS {
        builder.add(&name(item), &digest(&name(item))).unwrap();
    }
    builder.finish().unwrap()
}

fn gate() -> Gate {
    let policy = Policy::from_json(
        br#"{"bom":{"trust":"unsigned-for-development"},
             "label":{"kind":"class","classes":["cat","dog"]}}"#,
    );
    let mut gold = Gold::new();
    for item in 10..ITEMS {
        gold.insert(&name(item), vec![labelgate::Label::Class("cat".into())]);
    }
    let bom = Bom::from_slice(&published()).unwrap();
    Gate::new(policy.unwrap(), Some(bom)).with_gold(gold)
}

/// An answer to an item with these bytes.
fn answer(id: &str, annotator: &str, item: &str, content: &str, class: &str) -> Vec<u8> {
    let digest = digest(content).to_hex();
    format!(
        r#"{{"id":"{id}","annotator":"{annotator}","label":{{"class":"{class}"}},
            "item":{{"id":"{item}","digest":{{"sha256":"{digest}"}}}}}}"#
    )
    .into_bytes()
}

/// An answer to a published item.
fn honest(id: &str, annotator: &str, item: usize, class: &str) -> Vec<u8> {
    answer(id, annotator, &name(item), &name(item), class)
}

/// What arrives in one afternoon, and what should become of it.
fn afternoon() -> Vec<(Vec<u8>, Decision, Option<ReasonCode>)> {
    use Decision::{Accept, Reject};
    let mut arrivals = Vec::new();
    for item in 0..ITEMS {
        arrivals.push((honest(&format!("a-{item}"), "ann-1", item, "cat"), Accept, None));
    }
    for (bytes, code) in [
        (honest("a-0", "ann-1", 0, "cat"), ReasonCode::Replayed),
        (honest("a-99", "ann-1", 0, "dog"), ReasonCode::Duplicate),
        (answer("b-0", "ann-2", &name(1), "other bytes", "cat"), ReasonCode::ItemAltered),
        (answer("b-1", "ann-2", "pets/99.png", "new", "cat"), ReasonCode::ItemUnlisted),
        (honest("b-2", "ann-2", 1, "horse"), ReasonCode::LabelOutOfSchema),
        (b"{\"id\":".to_vec(), ReasonCode::Malformed),
        (vec![b' '; 300_000], ReasonCode::TooLarge),
    ] {
        arrivals.push((bytes, Reject, Some(code)));
    }
    arrivals
}

/// Somebody who is wrong on all gold.
fn careless() -> Vec<Vec<u8>> {
    (10..ITEMS).map(|item| honest(&format!("c-{item}"), "ann-3", item, "dog")).collect()
}

/// Both views, as bytes.
fn views(verdict: &Verdict<'_>) -> (String, String) {
    let text = |json: Vec<u8>| String::from_utf8(json).unwrap();
    (text(verdict.to_json()), text(verdict.for_annotator().to_json()))
}

#[test]
fn a_bom_is_built_read_in_pieces_and_asked() {
    let document = published();
    let mut reader = BomReader::new(BomLimits::default());
    for piece in document.chunks(1000) {
        reader.push(piece).unwrap();
    }
    let bom = reader.finish().unwrap();
    assert_eq!((bom.len(), bom.is_complete(), bom.version()), (ITEMS, true, 1));
    assert_eq!(bom.digest(), digest(std::str::from_utf8(&document).unwrap()));
    assert!(bom.find(&name(3)).any(|entry| entry.lists(&digest(&name(3)))));
    assert!(!bom.contains(&digest("other bytes")));
}

#[test]
fn each_submission_of_an_afternoon_gets_the_decision_and_the_reason_it_should() {
    let (gate, mut memory, mut at_ms) = (gate(), Memory::new(), START_MS);
    for (bytes, decision, code) in afternoon() {
        at_ms += GAP_MS;
        let verdict = gate.check(&mut memory, &bytes, Some(at_ms));
        let codes: Vec<ReasonCode> = verdict.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!((verdict.decision, codes), (decision, code.into_iter().collect::<Vec<_>>()));
    }
    assert_eq!(memory.annotator("ann-1").map(Annotator::answers), Some(ITEMS as u32));
    assert!(memory.annotator("ann-2").is_none(), "who was only refused is not remembered");
    assert_eq!(memory.item(&name(1)).map(Item::len), Some(1));
}

#[test]
fn a_proof_shows_both_readers_what_was_measured_and_what_was_expected() {
    let (gate, mut memory) = (gate(), Memory::new());
    let bytes = answer("s", "ann-2", &name(1), "other bytes", "cat");
    let verdict = gate.check(&mut memory, &bytes, None);
    let (measured, expected) = (digest("other bytes"), digest(&name(1)));
    let amounts = (Some(Amount::digest(&measured)), Some(Amount::digest(&expected)));
    let reason = &verdict.reasons[0];
    assert_eq!((&reason.measured, &reason.threshold), (&amounts.0, &amounts.1));
    let view = verdict.for_annotator();
    assert_eq!(view.reasons[0].code, "item-altered");
    let shown = (view.reasons[0].measured, view.reasons[0].expected);
    assert_eq!(shown, (amounts.0.as_ref(), amounts.1.as_ref()));
}

#[test]
fn who_misses_gold_is_held_and_is_not_told_which_it_was() {
    let (gate, mut memory, mut at_ms) = (gate(), Memory::new(), START_MS);
    let mut held = 0;
    for bytes in careless() {
        at_ms += GAP_MS;
        let verdict = gate.check(&mut memory, &bytes, Some(at_ms));
        assert_ne!(verdict.decision, Decision::Reject, "evidence never rejects");
        let Some(reason) = verdict.reasons.first() else { continue };
        held += 1;
        assert_eq!((verdict.decision, reason.code), (Decision::Review, ReasonCode::GoldMissed));
        let standing = verdict.evidence.iter().find(|known| known.check == reason.code).unwrap();
        assert!(standing.wealth >= standing.threshold, "{standing:?}");
        let view = verdict.for_annotator();
        assert_eq!((view.decision, view.reasons.len()), (Decision::Review, 1));
        let told = &view.reasons[0];
        assert_eq!((told.code, told.measured, told.expected), ("under-review", None, None));
    }
    let annotator = memory.annotator("ann-3").unwrap();
    assert!(held > 0 && annotator.is_held(), "{held} answers held");
    assert_eq!(annotator.first_held_at(), Some(annotator.answers() - held + 1));
}

#[test]
fn the_four_steps_and_a_memory_restored_after_each_answer_give_the_same_verdicts() {
    let (gate, mut memory, mut at_ms) = (gate(), Memory::new(), START_MS);
    let (mut restored, mut steps) = (Memory::new(), Steps::default());
    let arrivals = afternoon().into_iter().map(|(bytes, ..)| bytes).chain(careless());
    let mut decisions = BTreeMap::new();
    for bytes in arrivals {
        at_ms += GAP_MS;
        let verdict = gate.check(&mut memory, &bytes, Some(at_ms));
        *decisions.entry(verdict.decision).or_insert(0) += 1;
        let expected = views(&verdict);
        assert_eq!(views(&gate.check(&mut restored, &bytes, Some(at_ms))), expected);
        assert_eq!(steps.check(&gate, &bytes, at_ms), expected);
        restored = Memory::restore(&restored.save()).unwrap();
        assert_eq!(restored, memory);
    }
    assert_eq!(decisions.len(), 3, "{decisions:?}");
}

/// Annotators and items in places of their own, as a host with many processes has them.
#[derive(Default)]
struct Steps {
    annotators: BTreeMap<String, Annotator>,
    items: BTreeMap<String, Item>,
    pool: Pool,
}

impl Steps {
    fn check(&mut self, gate: &Gate, bytes: &[u8], at_ms: i64) -> (String, String) {
        let screened = match gate.screen(bytes) {
            Ok(screened) => screened,
            Err(verdict) => return views(&verdict),
        };
        let id = screened.submission.annotator.to_string();
        let known = self.annotators.get(&id).cloned().unwrap_or_default();
        let (screened, weight) = match gate.admit(&known, screened, Some(at_ms)) {
            Ok(admitted) => admitted,
            Err(verdict) => return views(&verdict),
        };
        let item = self.items.entry(screened.submission.item.id.to_string()).or_default();
        let Observed { observation, late } = gate.observe(item, &mut self.pool, &screened, weight);
        for late in late {
            gate.hear(self.annotators.get_mut(&late.annotator).unwrap(), &late);
        }
        assert_ne!(observation.standing, AnswerStanding::Repeat);
        let mut annotator = known;
        let verdict = gate.conclude(&mut annotator, screened, &observation, Some(at_ms));
        self.annotators.insert(id, annotator);
        views(&verdict)
    }
}

#[test]
fn state_of_a_version_to_come_is_refused_with_both_versions() {
    fn refused<T>(mut saved: Vec<u8>, restore: impl Fn(&[u8]) -> Result<T, Error>) {
        assert!(restore(&saved).is_ok());
        // Four bytes say what it is, two say which version.
        saved[4] += 1;
        let error = restore(&saved).err().expect("an error");
        assert_eq!(error.code(), ErrorCode::State);
        let (got, reads) = (labelgate::state::VERSION + 1, labelgate::state::VERSION);
        let says = format!("got version {got} where this release reads {reads}");
        assert!(error.message().ends_with(&says), "{error}");
    }
    let (gate, mut memory) = (gate(), Memory::new());
    gate.check(&mut memory, &honest("s", "ann-1", 1, "cat"), Some(START_MS));
    refused(memory.annotator("ann-1").unwrap().save(), Annotator::restore);
    refused(memory.item(&name(1)).unwrap().save(), Item::restore);
    refused(Observation::default().save(), Observation::restore);
    let late = LateScore { annotator: "ann-1".into(), agreement: 0.5, floor: 0.4 };
    refused(late.save(), LateScore::restore);
    refused(memory.pool().save(), Pool::restore);
    refused(memory.save(), Memory::restore);
}

#[test]
fn an_error_has_a_stable_code_and_one_sentence() {
    let errors = [
        ("bom", Bom::from_slice(b"{}").err()),
        ("digest", Digest::from_hex(Algorithm::Sha256, "abc").err()),
        ("gold", Gold::from_json(b"[]").err()),
        ("json", labelgate::Submission::from_json(b"{").err()),
        ("policy", Policy::from_json(br#"{"alpha":7}"#).err()),
        ("state", Memory::restore(b"").err()),
    ];
    for (code, error) in errors {
        let error = error.unwrap_or_else(|| panic!("expected an error with the code `{code}`"));
        assert_eq!(error.code().as_str(), code, "{error}");
        let message = error.to_string();
        assert_eq!(message, error.message());
        assert!(
            message.len() > 10 && !message.contains('\n') && !message.ends_with('.'),
            "{message}"
        );
        // It is an error like any other.
        let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        assert_eq!(boxed.to_string(), message);
    }
}

#[test]
fn threads_share_one_gate_and_keep_memories_of_their_own() {
    let gate = gate();
    let run = || {
        let mut memory = Memory::new();
        let check = |bytes: Vec<u8>| views(&gate.check(&mut memory, &bytes, Some(START_MS)));
        careless().into_iter().map(check).collect::<Vec<_>>()
    };
    let (one, other) = std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(run), scope.spawn(run));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!(one, other);
}
