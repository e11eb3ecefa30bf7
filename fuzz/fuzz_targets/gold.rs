//! Gold answers are read or refused.
#![no_main]

use labelgate::Gold;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(gold) = Gold::from_json(input) {
        assert_eq!(gold.is_empty(), gold.len() == 0);
    }
});
