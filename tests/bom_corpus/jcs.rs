//! RFC 8785: the vectors of its author, and numbers as V8 writes them.

use labelgate::json::canonical::{canonicalize, write_number};

use crate::decision::Decision;
use crate::hex;
use crate::manifest::Case;

pub fn verdict(case: &Case) -> Decision {
    let (stem, _) = case.name().rsplit_once('.').unwrap();
    let file = |folder: &str, end: &str| case.corpus.read(&format!("jcs/{folder}/{stem}.{end}"));
    let form = |text: &[u8]| canonicalize(text).unwrap();
    match case.folder() {
        "jcs/input" => Decision::agrees_if(
            form(&case.bytes) == file("output", "json"),
            "its canonical form is that of the author",
        ),
        "jcs/output" => Decision::agrees_if(
            form(&case.bytes) == case.bytes,
            "the canonical form of itself, as it must be",
        ),
        "jcs/outhex" => {
            let digits: String = case.text().split_whitespace().collect();
            Decision::agrees_if(
                form(&file("input", "json")) == hex::bytes(&digits),
                "the canonical form of the input, byte by byte",
            )
        }
        _ => numbers(case),
    }
}

fn numbers(case: &Case) -> Decision {
    let mut checked = 0;
    for line in case.text().lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let value = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        let mut ours = Vec::new();
        write_number(&mut ours, value);
        assert_eq!(String::from_utf8(ours).unwrap(), expected, "{bits}");
        // And from text, where that is a number that has a canonical form.
        let is_large = (9_007_199_254_740_992.0..1e21).contains(&value.abs());
        match canonicalize(expected.as_bytes()) {
            Ok(form) => assert_eq!(String::from_utf8(form).unwrap(), expected),
            Err(error) => assert!(is_large, "{expected}: {error}"),
        }
        checked += 1;
    }
    Decision::agrees_if(checked >= 5_000, format!("{checked} numbers as V8 writes them"))
}
