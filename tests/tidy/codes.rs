//! A reason code, its file, its golden folder and its lines in the documents share one name.

use labelgate::ReasonCode;

use crate::tree::{expect_none, files_in, read, root};

const CODES: &str = "src/verdict/code.rs";
/// In `src/check/` and no check: what the item checks share.
const SHARED: &str = "listing";

/// `too_fast`.
fn file_name(code: ReasonCode) -> String {
    code.as_str().replace('-', "_")
}

/// Each variant as written in [`CODES`]: its line from 0, its name, and the doc comment above it.
fn variants() -> Vec<(usize, String, String)> {
    let source = read(CODES);
    let mut variants = Vec::new();
    let mut doc = String::new();
    let after = source.lines().enumerate().skip_while(|(_, line)| *line != "pub enum ReasonCode {");
    for (index, line) in after.skip(1).take_while(|(_, line)| *line != "}") {
        match line.trim().strip_prefix("///") {
            Some(text) => doc.push_str(text),
            None => {
                let name = line.trim().trim_end_matches(',').to_owned();
                variants.push((index, name, std::mem::take(&mut doc)));
            }
        }
    }
    variants
}

/// The codes in the first cell of each row of the README's table, with the line and the row's kind.
fn readme_rows() -> Vec<(usize, String, String)> {
    let readme = read("README.md");
    let rows = readme.lines().enumerate();
    let rows = rows.skip_while(|(_, line)| *line != "| code | kind | what it means |").skip(2);
    let mut codes = Vec::new();
    for (index, row) in rows.take_while(|(_, row)| row.starts_with('|')) {
        let mut cells = row.split('|').skip(1).map(str::trim);
        let (named, kind) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        assert!(cells.next().is_some_and(|meaning| meaning.len() > 10), "README.md:{}", index + 1);
        let named = named.split(", ").map(|code| code.trim_matches('`').to_owned());
        codes.extend(named.map(|code| (index + 1, code, kind.to_owned())));
    }
    codes
}

fn all_with(complaint: impl Fn(ReasonCode) -> Option<String>) {
    assert!(ReasonCode::ALL.len() >= 15, "{:?}", ReasonCode::ALL);
    expect_none(&ReasonCode::ALL.into_iter().filter_map(complaint).collect::<Vec<_>>());
}

#[test]
fn the_list_of_all_codes_has_every_variant() {
    let listed = ReasonCode::ALL.map(|code| format!("{code:?}"));
    let written: Vec<String> = variants().into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(written, listed, "{CODES}: variants on the left, `ReasonCode::ALL` on the right");
}

#[test]
fn every_code_says_what_it_means_where_it_is_declared() {
    let broken: Vec<String> = variants()
        .into_iter()
        .filter(|(_, _, doc)| doc.trim().len() < 20 || !doc.ends_with('.'))
        .map(|(index, name, doc)| {
            let line = index + 1;
            format!("{CODES}:{line}: expected a sentence above `{name}`, found `{}`", doc.trim())
        })
        .collect();
    expect_none(&broken);
}

#[test]
fn every_code_is_once_in_the_table_of_the_readme_with_its_kind() {
    let rows = readme_rows();
    all_with(|code| {
        let rows: Vec<_> = rows.iter().filter(|(_, named, _)| named == code.as_str()).collect();
        match rows[..] {
            [(_, _, kind)] if kind == code.kind().as_str() => None,
            [(line, _, kind)] => {
                let expected = code.kind().as_str();
                Some(format!("README.md:{line}: expected `{code}` as {expected}, found {kind}"))
            }
            _ => Some(format!("README.md:1: expected one row for `{code}`, found {}", rows.len())),
        }
    });
    let unknown: Vec<String> = rows
        .iter()
        .filter(|(_, named, _)| !ReasonCode::ALL.iter().any(|code| code.as_str() == named))
        .map(|(line, named, _)| {
            format!("README.md:{line}: expected a reason code, found `{named}`")
        })
        .collect();
    expect_none(&unknown);
}

#[test]
fn every_code_is_in_the_changelog() {
    let changelog = read("CHANGELOG.md");
    all_with(|code| {
        let is_there = changelog.contains(&format!("`{code}`"));
        (!is_there).then(|| format!("CHANGELOG.md:1: expected a word about `{code}`"))
    });
}

#[test]
fn every_code_is_in_the_types_of_the_npm_package() {
    const TYPES: &str = "pkg/types/verdict.d.ts";
    let types = read(TYPES);
    all_with(|code| {
        let is_there = types.contains(&format!("\"{code}\""));
        (!is_there).then(|| format!("{TYPES}:1: expected \"{code}\" among the codes"))
    });
}

#[test]
fn every_code_has_a_folder_of_golden_verdicts() {
    let golden = files_in("tests/data/", ".vector", 15);
    all_with(|code| {
        let folder = format!("tests/data/{}/", file_name(code));
        let is_there = golden.iter().any(|file| file.starts_with(&folder));
        (!is_there).then(|| format!("{folder}: expected a golden verdict of `{code}`"))
    });
}

#[test]
fn every_code_is_a_file_of_checks_that_makes_this_finding() {
    all_with(|code| {
        let file = format!("src/check/{}.rs", file_name(code));
        if !root().join(&file).is_file() {
            return Some(format!("{file}: expected the check of `{code}`"));
        }
        let source = read(&file);
        let first = format!("//! `{code}`: ");
        if !source.starts_with(&first) {
            return Some(format!("{file}:1: expected the file to begin with `{first}…`"));
        }
        let finding = format!("ReasonCode::{code:?}");
        (!source.contains(&finding)).then(|| format!("{file}:1: expected a finding `{finding}`"))
    });
    for file in files_in("src/check/", ".rs", 10) {
        let name = file.trim_start_matches("src/check/").trim_end_matches(".rs");
        let is_code = ReasonCode::ALL.iter().any(|code| file_name(*code) == name);
        assert!(is_code || name == SHARED, "{file}: expected a file named after its reason code");
    }
}
