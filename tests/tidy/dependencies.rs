//! Every dependency has a sentence in CONTRIBUTING.md.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tree::{expect_none, files_in, read};

/// One dependency where it is declared.
struct Declared {
    /// `Cargo.toml:51`.
    place: String,
    name: String,
    /// `dependencies`, `target.'cfg(…)'.dev-dependencies`.
    table: String,
    is_optional: bool,
}

/// What a Cargo.toml declares, but for crates of this repository.
fn declared_by_cargo(file: &str) -> Vec<Declared> {
    let mut declared = Vec::new();
    let text = read(file);
    let mut table = String::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']').to_owned();
            // A crate with a table of its own would be overlooked.
            assert!(
                !table.contains("dependencies."),
                "{file}:{}: expected one line a crate",
                index + 1
            );
        } else if let Some((name, value)) = line.split_once(" = ")
            && table.ends_with("dependencies")
            && !name.starts_with('#')
            && !value.contains("path = ")
        {
            declared.push(Declared {
                place: format!("{file}:{}", index + 1),
                name: name.to_owned(),
                table: table.clone(),
                is_optional: value.contains("optional = true"),
            });
        }
    }
    declared
}

/// The crates that every build of the library has, in a Cargo.toml.
pub fn always(file: &str) -> Vec<String> {
    let declared = declared_by_cargo(file).into_iter().filter(|crate_| {
        !crate_.is_optional && !crate_.table.contains("dev-") && !crate_.table.contains("build-")
    });
    declared.map(|crate_| crate_.name).collect()
}

fn declared_by_npm(file: &str) -> Vec<Declared> {
    let text = read(file);
    let manifest: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    let mut declared = Vec::new();
    for table in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
        for name in manifest[table].as_object().into_iter().flat_map(|names| names.keys()) {
            let marker = format!("\"{name}\": ");
            let index = text.lines().position(|line| line.trim().starts_with(&marker));
            declared.push(Declared {
                place: format!("{file}:{}", index.map_or(1, |index| index + 1)),
                name: name.clone(),
                table: table.to_owned(),
                is_optional: false,
            });
        }
    }
    declared
}

/// The names in the first cell of the table under "Dependencies", with their line and the last cell.
fn explained() -> Vec<(usize, String, String)> {
    let contributing = read("CONTRIBUTING.md");
    let lines = contributing.lines().enumerate().skip_while(|(_, line)| *line != "## Dependencies");
    let mut explained = Vec::new();
    for (index, row) in lines.filter(|(_, line)| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [names, _, why] = cells[..] else {
            panic!("CONTRIBUTING.md:{}: expected 3 cells", index + 1)
        };
        explained
            .extend(names.split(", ").map(|name| (index + 1, name.to_owned(), why.to_owned())));
    }
    explained
        .retain(|(_, name, _)| name != "crate" && name != "package" && !name.starts_with("--"));
    explained
}

fn all_declared() -> Vec<Declared> {
    let cargo = files_in("", "Cargo.toml", 4);
    let npm = files_in("", "package.json", 6);
    let mut declared: Vec<Declared> =
        cargo.iter().flat_map(|file| declared_by_cargo(file)).collect();
    assert!(declared.len() > 30, "only {} crates found", declared.len());
    declared.extend(npm.iter().flat_map(|file| declared_by_npm(file)));
    assert!(declared.iter().any(|one| one.table == "devDependencies"), "no npm package found");
    declared
}

#[test]
fn every_dependency_has_a_sentence_in_contributing() {
    let explained = explained();
    let names: BTreeSet<&str> = explained.iter().map(|(_, name, _)| name.as_str()).collect();
    let broken: Vec<String> = all_declared()
        .into_iter()
        .filter(|declared| !names.contains(declared.name.as_str()))
        .map(|Declared { place, name, .. }| {
            format!("{place}: expected a sentence about `{name}` in CONTRIBUTING.md: what it saves, how large, who keeps it")
        })
        .collect();
    expect_none(&broken);
    for (line, name, why) in explained {
        assert!(
            why.split(' ').count() > 2,
            "CONTRIBUTING.md:{line}: expected a reason for `{name}`"
        );
    }
}

#[test]
fn contributing_explains_no_dependency_that_is_gone() {
    let declared = all_declared();
    let broken: Vec<String> = explained()
        .into_iter()
        .filter(|(_, name, _)| !declared.iter().any(|declared| declared.name == *name))
        .map(|(line, name, _)| {
            format!("CONTRIBUTING.md:{line}: expected no `{name}`, nothing needs it")
        })
        .collect();
    expect_none(&broken);
}
