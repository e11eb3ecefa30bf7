//! The JSON Schemas in `docs/schema` are those of the Rust types.
//!
//! `UPDATE_SCHEMA=1 cargo test --features schema --test schema` writes them anew.

use std::path::Path;

use serde_json::Value;

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schema/{name}.json"))
}

#[test]
fn the_files_are_those_of_the_types() {
    for (name, schema) in labelgate::schema::all() {
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::create_dir_all(file(name).parent().unwrap()).unwrap();
            std::fs::write(file(name), &text).unwrap();
        }
        let written = std::fs::read_to_string(file(name)).unwrap_or_default();
        assert!(written == text, "docs/schema/{name}.json is not what the types say");
    }
}

/// Every member of the policy and of its sections, by path, with its description.
fn members(schema: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let of = |object: &Value, prefix: &str, found: &mut Vec<(String, String)>| {
        for (name, member) in object["properties"].as_object().into_iter().flatten() {
            let text = member["description"].as_str().unwrap_or_default().to_owned();
            found.push((format!("{prefix}{name}"), text));
        }
    };
    of(schema, "", &mut found);
    for (name, section) in schema["$defs"].as_object().unwrap() {
        if name.ends_with("Policy") {
            of(section, &format!("{name}."), &mut found);
        }
    }
    found
}

#[test]
fn every_threshold_has_a_unit_a_default_and_a_source() {
    let all = labelgate::schema::all();
    let (_, policy) = all.iter().find(|(name, _)| *name == "policy").unwrap();
    let members = members(policy);
    assert!(members.len() > 25, "{} members", members.len());
    let sections = ["bom", "clock", "item", "too_fast", "rate_burst", "gold_missed", "disagrees"];
    for (path, text) in members.iter().filter(|(path, _)| !sections.contains(&path.as_str())) {
        for part in ["Unit:", "Default:", "Source:"] {
            assert!(text.contains(part), "{path} does not state its {part} {text}");
        }
    }
}
