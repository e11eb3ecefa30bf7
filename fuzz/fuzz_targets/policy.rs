//! A policy is refused, or its canonical form is read back as the same policy.
#![no_main]

use labelgate::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(policy) = Policy::from_json(input) {
        let again = Policy::from_json(&policy.to_json()).expect("its own form");
        assert_eq!(again, policy);
        assert_eq!(again.digest(), policy.digest());
    }
});
