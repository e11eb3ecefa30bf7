//! What holds for every file.

use crate::tree::{expect_none, files, files_in, read};

/// The most lines of a file.
const MOST_LINES: usize = 600;

/// Files that may be longer: nobody reads them from the top to the end.
const MAY_BE_LONGER: &[(&str, &str)] = &[
    ("Cargo.lock", "written by cargo"),
    ("docs/schema/policy.json", "written from the Rust types"),
    ("package-lock.json", "written by npm"),
    ("www/sample/crowd.ndjson", "a recorded crowd, one submission a line"),
];

#[test]
fn no_file_is_over_600_lines() {
    let mut broken = Vec::new();
    let mut longer = Vec::new();
    for file in files() {
        let lines = read(&file).lines().count();
        if lines <= MOST_LINES {
            continue;
        }
        match MAY_BE_LONGER.iter().find(|(end, _)| file.ends_with(end)) {
            Some((end, _)) => longer.push(*end),
            None => broken.push(format!(
                "{file}:{}: expected at most {MOST_LINES} lines, found {lines}; which second noun hides in it?",
                MOST_LINES + 1
            )),
        }
    }
    expect_none(&broken);
    for (end, why) in MAY_BE_LONGER {
        assert!(longer.contains(end), "`{end}` ({why}) needs no exception any more");
    }
}

#[test]
fn every_golden_file_is_in_the_list_for_browsers() {
    let list = read("tests/support/vector_list.rs");
    let mut broken = Vec::new();
    for file in files_in("tests/data/", ".vector", 15) {
        let name = file.trim_start_matches("tests/data/").trim_end_matches(".vector");
        let line = format!("(\"{name}\", include_str!(\"../data/{name}.vector\"))");
        if !list.contains(&line) {
            broken
                .push(format!("{file}:1: expected a line in tests/support/vector_list.rs: {line}"));
        }
    }
    expect_none(&broken);
}
