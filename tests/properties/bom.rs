//! The stream parser and the reader of BOMs, however their bytes are cut.

use labelgate::bom::{BomLimits, BomReader};
use proptest::prelude::*;
use serde_json::Value;

use crate::holds;
use crate::support::pieces::{parse, read};

/// JSON that often looks like a BOM, and sometimes is broken.
fn documents() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(r#""CycloneDX""#.to_owned()),
        Just("\"sha\\u0000\\ud83d\\ude00é\"".to_owned()),
        Just("1e5".to_owned()),
        Just("null".to_owned()),
        Just(format!(r#"[{{"alg":"SHA-256","content":"{}"}}]"#, "a1".repeat(32))),
        Just(r#"[{"alg":"MD5","content":"00"}]"#.to_owned()),
        "[ -~]{0,6}",
    ];
    let names = prop::sample::select(vec![
        "components",
        "component",
        "metadata",
        "hashes",
        "externalReferences",
        "name",
        "bom-ref",
        "compositions",
        "assemblies",
        "aggregate",
        "type",
        "x",
    ]);
    let value = leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(", "))),
            prop::collection::vec((names.clone(), inner), 0..4).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().map(|(name, value)| format!("\"{name}\" :\n{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    });
    value.prop_map(|value| {
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","components":{value}}}"#)
            .into_bytes()
    })
}

#[test]
fn cutting_never_changes_the_result() {
    let cuts = prop::collection::vec(1_usize..40, 1..20);
    holds(256, (documents(), cuts), |(document, cuts)| {
        let whole = read(&document, document.len());
        let mut reader = BomReader::new(BomLimits::default());
        let mut rest = document.as_slice();
        let mut pushed = Ok(());
        for cut in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pushed = reader.push(piece);
            rest = after;
            if rest.is_empty() || pushed.is_err() {
                break;
            }
        }
        prop_assert_eq!(pushed.and_then(|()| reader.finish()), whole);
        Ok(())
    });
}

#[test]
fn bytes_of_any_kind_never_panic_and_agree_with_serde_json() {
    let letters = prop::sample::select(b"{}[]\",:\\u0d8n1.e-t \n\xC3\xA9".to_vec());
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        prop::collection::vec(letters, 0..40),
    ];
    holds(256, bytes, |bytes| {
        let strict = parse(&bytes, 3);
        let _ = read(&bytes, 3);
        if strict.is_ok() {
            let theirs = serde_json::from_slice::<Value>(&bytes);
            prop_assert!(theirs.is_ok(), "accepted what serde_json refuses");
        }
        Ok(())
    });
}
