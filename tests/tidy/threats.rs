//! Every attack of `SECURITY.md` has its test, and every such test its row.

use std::collections::BTreeSet;

use crate::tree::{expect_none, files_in, read};

#[test]
fn every_attack_on_the_published_list_has_a_test_of_its_name() {
    let security = read("SECURITY.md");
    let rows = security.lines().skip_while(|line| *line != "| attack | test |").skip(2);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
    let named: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split('|').nth(2))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let mut tests = BTreeSet::new();
    for file in files_in("tests/threats/", ".rs", 5) {
        let source = read(&file);
        let after = source.split("#[test]\nfn ").skip(1);
        tests.extend(after.filter_map(|text| Some(text.split_once('(')?.0.to_owned())));
    }
    let mut broken = Vec::new();
    for name in &named {
        if !tests.remove(*name) {
            broken.push(format!("SECURITY.md: expected one test `{name}` in tests/threats/"));
        }
    }
    broken.extend(tests.iter().map(|name| format!("SECURITY.md: expected a row with `{name}`")));
    expect_none(&broken);
    assert!(rows.len() >= 30, "only {} attacks found", rows.len());
}
