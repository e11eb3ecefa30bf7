//! Golden verdicts: the same bytes in, the same bytes out, in every runtime.
//!
//! `tests/data/<check>/<case>.vector` holds a header (policy, BOM, gold) and then, for each
//! submission, the line sent (`> time bytes`), the full verdict (`=`) and the annotator's view (`~`).
//! Node, Chromium and workerd run the same files. `UPDATE_VECTORS=1 cargo test --test vectors` writes
//! the answers anew; look at the difference before you keep it.

mod support;

use std::collections::BTreeMap;

use labelgate::bom::{BomLimits, BomLoader, Seen};
use labelgate::item::{AnswerStanding, LateScore, Observation, Observed};
use labelgate::{Annotator, Gate, Gold, Item, Memory, Policy, Pool, ReasonCode};
use support::vector::{Vector, all};

/// The gate of a vector, and which BOMs were in force: those `before`, and then its own.
fn gate(vector: &Vector) -> (Gate, Seen) {
    let header = &vector.header;
    let policy = Policy::from_json(header["policy"].to_string().as_bytes()).unwrap();
    let trust = policy.bom.trust_settings();
    let mut gate = Gate::new(policy, None);
    let mut seen = Seen::new();
    let before = header.get("before").and_then(|before| before.as_array());
    let own = header.get("bom").filter(|bom| !bom.is_null());
    for bom in before.into_iter().flatten().chain(own) {
        let mut loader = BomLoader::new(trust.clone(), BomLimits::default());
        loader.push(support::vector::document(bom).as_bytes()).unwrap();
        let mut loaded = loader.finish().unwrap();
        if let Some(note) = header.get("checkpoint").and_then(|note| note.as_str()) {
            loaded.set_checkpoint(note.as_bytes().to_vec());
        }
        let (bom, backing) = loaded.conclude().unwrap();
        gate.set_judged_bom(bom, backing);
        gate.meet_bom(&mut seen);
    }
    let gold = header.get("gold").filter(|gold| !gold.is_null());
    let gold = gold.map(|gold| Gold::from_json(gold.to_string().as_bytes()).unwrap());
    (gate.with_gold(gold.unwrap_or_default()), seen)
}

/// Runs one step after the other with every state saved and restored in between, as an edge does.
#[derive(Default)]
struct Edge {
    annotators: BTreeMap<String, Vec<u8>>,
    items: BTreeMap<String, Vec<u8>>,
    pool: Vec<u8>,
}

impl Edge {
    fn check(&mut self, gate: &Gate, input: &[u8], at_ms: i64) -> (Vec<u8>, Vec<u8>) {
        let views = |verdict: &labelgate::Verdict<'_>| {
            (verdict.to_json(), verdict.for_annotator().to_json())
        };
        let screened = match gate.screen(input) {
            Ok(screened) => screened,
            Err(verdict) => return views(&verdict),
        };
        let annotator_id = screened.submission.annotator.to_string();
        let item_id = screened.item_key().to_string();
        let mut annotator = self
            .annotators
            .get(&annotator_id)
            .map_or_else(Annotator::new, |saved| Annotator::restore(saved).unwrap());
        let (screened, weight) = match gate.admit(&annotator, screened, Some(at_ms)) {
            Ok(admitted) => admitted,
            Err(verdict) => return views(&verdict),
        };
        let mut item =
            self.items.get(&item_id).map_or_else(Item::new, |saved| Item::restore(saved).unwrap());
        let mut pool = match self.pool.is_empty() {
            true => Pool::new(),
            false => Pool::restore(&self.pool).unwrap(),
        };
        let Observed { observation, late } = gate.observe(&mut item, &mut pool, &screened, weight);
        self.items.insert(item_id, item.save());
        self.pool = pool.save();
        for late in late {
            let known = self.annotators.get_mut(&late.annotator).unwrap();
            let mut other = Annotator::restore(known).unwrap();
            gate.hear(&mut other, &LateScore::restore(&late.save()).unwrap());
            *known = other.save();
        }
        let observation = Observation::restore(&observation.save()).unwrap();
        assert_ne!(observation.standing, AnswerStanding::Repeat, "vectors hold no such replay");
        let verdict = gate.conclude(&mut annotator, screened, &observation, Some(at_ms));
        self.annotators.insert(annotator_id, annotator.save());
        views(&verdict)
    }
}

#[test]
fn golden_verdicts_are_the_same_in_one_memory_and_step_by_step() {
    let update = std::env::var_os("UPDATE_VECTORS").is_some();
    let mut count = 0;
    for mut vector in all() {
        let (gate, seen) = gate(&vector);
        let (mut memory, mut edge) = (Memory::new(), Edge::default());
        *memory.boms_mut() = seen;
        for step in &mut vector.steps {
            let verdict = gate.check(&mut memory, &step.submission, Some(step.at_ms));
            let full = String::from_utf8(verdict.to_json()).unwrap();
            let view = String::from_utf8(verdict.for_annotator().to_json()).unwrap();
            drop(verdict);
            let (edge_full, edge_view) = edge.check(&gate, &step.submission, step.at_ms);
            assert_eq!(full, String::from_utf8(edge_full).unwrap(), "{}", vector.name);
            assert_eq!(view, String::from_utf8(edge_view).unwrap(), "{}", vector.name);
            // Saved and restored, the memory goes on as if nothing had happened.
            let saved = memory.save();
            memory = Memory::restore(&saved).unwrap();
            assert_eq!(memory.save(), saved);
            if update {
                (step.full, step.view) = (full, view);
            } else {
                assert_eq!(full, step.full, "{}", vector.name);
                assert_eq!(view, step.view, "{}", vector.name);
            }
            count += 1;
        }
        if update {
            vector.write();
        }
    }
    assert!(count > 100, "{count} submissions in the vectors");
}

#[test]
fn every_reason_code_has_a_vector_named_after_it() {
    let vectors = all();
    for code in ReasonCode::ALL {
        let folder = code.as_str().replace('-', "_");
        let named = vectors.iter().filter(|vector| vector.name.starts_with(&format!("{folder}/")));
        let marker = format!("\"code\":\"{code}\"");
        let shown = named.flat_map(|vector| &vector.steps).any(|step| step.full.contains(&marker));
        assert!(shown, "tests/data/{folder}/ holds no verdict with {code}");
    }
}

#[test]
fn the_annotators_view_never_carries_what_is_secret() {
    for vector in all() {
        for step in &vector.steps {
            for secret in [
                "wealth",
                "evidence",
                "gold",
                "disagree",
                "\"policy\"",
                "answers\":",
                "consensus",
                "probability",
                "margin",
                "enough",
            ] {
                // Sentences may speak of "your answers"; members may not.
                assert!(!step.view.contains(secret), "{secret} in {}: {}", vector.name, step.view);
            }
        }
    }
}
