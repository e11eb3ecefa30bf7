//! A submission is read or refused with a place; what is read, `serde_json` reads alike.
#![no_main]

use labelgate::Submission;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    match Submission::from_json(input) {
        Ok(submission) => {
            let value: serde_json::Value = serde_json::from_slice(input).expect("accepted by us");
            assert_eq!(value["id"], submission.id.as_str());
            assert_eq!(value["item"]["id"], submission.item.id.as_str());
            assert!(submission.spent_ms() <= submission.elapsed_ms.or(Some(u32::MAX)));
        }
        Err(error) => assert!(error.sentence_and_place().1.is_some()),
    }
});
