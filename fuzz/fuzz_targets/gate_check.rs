//! Lines of submissions always get verdicts that are JSON, and the annotator's view keeps its secrets.
#![no_main]

use labelgate::{Bom, Gate, Gold, Memory, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let policy = br#"{"bom":{"trust":"unsigned-for-development"},"disagrees":{"min_others":1}}"#;
    let bom = br#"{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{"type":"file","name":"i"}]}"#;
    let gate = Gate::new(
        Policy::from_json(policy).expect("a policy"),
        Some(Bom::from_slice(bom).expect("a bom")),
    )
    .with_gold(Gold::from_json(br#"{"i":[{"class":"x"}]}"#).expect("gold"));
    let mut memory = Memory::new();
    for (n, line) in input.split(|byte| *byte == b'\n').enumerate() {
        let at_ms = i64::try_from(n).ok().map(|n| n * 1000);
        let verdict = gate.check(&mut memory, line, at_ms);
        let full: serde_json::Value = serde_json::from_slice(&verdict.to_json()).expect("json");
        assert!(full["decision"].is_string());
        let view = String::from_utf8(verdict.for_annotator().to_json()).expect("text");
        assert!(!view.contains("\"wealth\""));
    }
    let saved = memory.save();
    assert_eq!(Memory::restore(&saved).expect("its own state").save(), saved);
});
