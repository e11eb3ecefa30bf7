//! Saved state is refused, or restores to something that saves to the same bytes.
#![no_main]

use labelgate::item::{LateScore, Observation};
use labelgate::state::VERSION;
use labelgate::{Annotator, Gate, Item, Memory, Policy, Pool};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((kind, body)) = input.split_first() else { return };
    let magic: &[u8] = match kind % 6 {
        0 => b"LGAN",
        1 => b"LGIT",
        2 => b"LGOB",
        3 => b"LGPL",
        4 => b"LGLS",
        _ => b"LGMM",
    };
    let bytes = [magic, &VERSION.to_le_bytes(), body].concat();
    if let Ok(annotator) = Annotator::restore(&bytes) {
        assert_eq!(annotator.save(), bytes);
        assert!(annotator.weight() >= 0.0);
    }
    if let Ok(item) = Item::restore(&bytes) {
        assert_eq!(item.save(), bytes);
    }
    if let Ok(observation) = Observation::restore(&bytes) {
        assert_eq!(observation.save(), bytes);
    }
    if let Ok(pool) = Pool::restore(&bytes) {
        assert_eq!(pool.save(), bytes);
        assert!(pool.floor(&Policy::default().disagrees).is_none_or(|floor| floor > 0.0));
    }
    if let Ok(late) = LateScore::restore(&bytes) {
        assert_eq!(late.save(), bytes);
    }
    if let Ok(mut memory) = Memory::restore(&bytes) {
        let policy = Policy::from_json(br#"{"bom":{"trust":"none"}}"#).expect("a policy");
        let line =
            br#"{"id":"s","annotator":"a","item":{"id":"i"},"label":{"class":"x"},"elapsed_ms":5}"#;
        let gate = Gate::new(policy, None);
        let _ = gate.check(&mut memory, line, Some(0)).to_json();
        assert!(Memory::restore(&memory.save()).is_ok());
    }
});
