//! `labelgate policy` and `labelgate schema`.

use std::collections::BTreeSet;

use labelgate::Policy;
use serde_json::Value;

use crate::run::Folder;

#[test]
fn the_default_policy_is_printed_and_can_be_used() {
    let folder = Folder::new();
    let run = folder.labelgate(&["policy", "default"]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.starts_with("{\n  \"version\": 1,\n  \"alpha\": 0.01,\n"), "{run:?}");
    assert_eq!(Policy::from_json(run.out.as_bytes()).unwrap(), Policy::default());
    folder.write("policy.json", &run.out);
    let digest = Policy::default().digest();
    let run = folder.labelgate(&["policy", "check", "policy.json"]);
    assert_eq!((run.code, run.out), (Some(0), format!("ok {digest}\n")));
    let run = folder.labelgate(&["policy", "check", "--json", "policy.json"]);
    assert_eq!(run.json()[0]["policy"], digest);
}

#[test]
fn a_policy_that_cannot_be_used_is_told_with_the_place() {
    let folder = Folder::new();
    folder.write("policy.json", "{\n \"alfa\": 1}");
    let run = folder.labelgate(&["policy", "check", "policy.json"]);
    assert!(run.failure().starts_with("`policy.json`: expected"), "{run:?}");
    assert!(run.failure().contains("line 2"), "{run:?}");
    folder.labelgate(&["policy", "check", "missing.json"]).failure();
}

#[test]
fn every_member_is_explained_with_unit_default_and_source() {
    let folder = Folder::new();
    let run = folder.labelgate(&["policy", "explain", "--json"]);
    let lines = run.json();
    for line in &lines {
        for part in ["member", "meaning", "unit", "default", "source"] {
            assert!(!line[part].as_str().unwrap().is_empty(), "{part} of {line}");
        }
    }
    let explained: BTreeSet<&str> =
        lines.iter().map(|line| line["member"].as_str().unwrap()).collect();
    let default: Value = serde_json::from_slice(&Policy::default().to_json()).unwrap();
    let mut members = BTreeSet::new();
    for (name, value) in default.as_object().unwrap() {
        match value.as_object().filter(|inner| !inner.is_empty()) {
            Some(inner) => members.extend(inner.keys().map(|key| format!("{name}.{key}"))),
            None => {
                members.insert(name.clone());
            }
        }
    }
    assert_eq!(explained, members.iter().map(String::as_str).collect());
    let table = folder.labelgate(&["policy", "explain"]).out;
    for member in members {
        assert!(table.contains(&member), "{member}");
    }
}

#[test]
fn schemas_are_listed_and_printed() {
    let folder = Folder::new();
    let list = folder.labelgate(&["schema", "--list"]).out;
    assert_eq!(list, "annotator-verdict\npolicy\nsubmission\nverdict\n");
    for name in list.lines() {
        let run = folder.labelgate(&["schema", name]);
        let schema: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    let run = folder.labelgate(&["schema", "polcy"]);
    assert_eq!(
        run.failure(),
        "expected one of `annotator-verdict`, `policy`, `submission`, `verdict`, got `polcy`"
    );
    folder.labelgate(&["schema"]).code.filter(|code| *code == 2).unwrap();
}
