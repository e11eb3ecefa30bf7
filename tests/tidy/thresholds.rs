//! Every threshold of the policy states its unit, its default and where the default comes from.

use std::collections::BTreeMap;

use labelgate::Policy;
use serde_json::Value;

use crate::tree::{expect_none, read};

const FILES: [&str; 3] = ["src/policy.rs", "src/policy/bom.rs", "src/policy/sections.rs"];

/// A member of a struct as it is written.
struct Member {
    place: String,
    of: String,
    name: String,
    kind: String,
    doc: String,
}

/// The public members of every struct whose name ends in `Policy`.
fn members() -> Vec<Member> {
    let mut members = Vec::new();
    for file in FILES {
        let source = read(file);
        let (mut of, mut doc) = (None, String::new());
        for (index, line) in source.lines().enumerate() {
            if let Some(name) = line.strip_prefix("pub struct ") {
                of = name.strip_suffix(" {").filter(|name| name.ends_with("Policy"));
                doc.clear();
            } else if line == "}" {
                of = None;
            } else if let (Some(of), Some((name, kind))) =
                (of, line.trim().strip_prefix("pub ").and_then(|line| line.split_once(": ")))
            {
                members.push(Member {
                    place: format!("{file}:{}", index + 1),
                    of: of.to_owned(),
                    name: name.to_owned(),
                    kind: kind.trim_end_matches(',').to_owned(),
                    doc: std::mem::take(&mut doc),
                });
            } else if let Some(text) = line.trim().strip_prefix("/// ") {
                doc.push_str(text);
                doc.push(' ');
            }
        }
    }
    members
}

/// Those that hold a value: not the sections, whose members are here themselves.
fn thresholds() -> Vec<Member> {
    let members = members();
    let sections: Vec<String> = members.iter().map(|member| member.of.clone()).collect();
    let values: Vec<Member> =
        members.into_iter().filter(|member| !sections.contains(&member.kind)).collect();
    assert!(values.len() > 20, "only {} thresholds found in {FILES:?}", values.len());
    values
}

/// What stands after `mark`, up to the next mark.
fn part<'a>(doc: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = doc.split_once(mark)?;
    let ends =
        ["Unit: ", "Default: ", "Source: "].map(|next| rest.find(next).unwrap_or(rest.len()));
    let text = rest[..ends.into_iter().min()?].trim();
    (text.len() > 1 && text.ends_with('.')).then(|| text.trim_end_matches('.'))
}

#[test]
fn every_threshold_has_unit_default_and_source() {
    let mut broken = Vec::new();
    for Member { place, name, doc, .. } in thresholds() {
        for mark in ["Unit: ", "Default: ", "Source: "] {
            if part(&doc, mark).is_none() {
                broken.push(format!("{place}: expected `{mark}…` in the comment of `{name}`"));
            }
        }
    }
    expect_none(&broken);
}

#[test]
fn the_default_in_the_comment_is_the_default_of_the_policy() {
    let policy: Value = serde_json::from_slice(&Policy::default().to_json()).unwrap();
    let sections: BTreeMap<String, String> = members()
        .into_iter()
        .filter(|member| member.of == "Policy")
        .map(|member| (member.kind, member.name))
        .collect();
    let (mut broken, mut compared) = (Vec::new(), 0);
    for Member { place, of, name, doc, .. } in thresholds() {
        let value = match sections.get(&of) {
            Some(section) => &policy[section][&name],
            None => &policy[&name],
        };
        let told = part(&doc, "Default: ").unwrap_or_default();
        // `pinned-key`, which …; 93600000 (26 h)
        let first = told.split([' ', ',']).next().unwrap_or_default().trim_matches('`');
        let is_told = match value {
            Value::Number(number) => first.parse().ok() == number.as_f64(),
            Value::String(text) => first == text,
            Value::Array(list) => list.is_empty() && first == "none",
            // No label schema and no action of one's own: told in words.
            Value::Null | Value::Object(_) => continue,
            _ => false,
        };
        compared += 1;
        if !is_told {
            broken
                .push(format!("{place}: expected the default {value} of `{name}`, found `{told}`"));
        }
    }
    expect_none(&broken);
    assert!(compared > 18, "only {compared} defaults compared");
}
