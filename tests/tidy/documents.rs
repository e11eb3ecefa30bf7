//! What a document points to is there.

use std::path::Path;

use crate::tree::{expect_none, files_in, read, root};

/// The lines of a document outside of fenced blocks, from 1.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut in_block = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            lines.push((index + 1, line));
        }
    }
    lines
}

/// The targets of `[text](target)`, of `[text]: target` and of `src="target"` in a line.
fn targets(line: &str) -> Vec<&str> {
    let mut targets: Vec<&str> = Vec::new();
    for (start, end) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
        targets.extend(line.split(start).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0)));
    }
    if let Some((_, target)) = line.split_once("]: ").filter(|_| line.starts_with('[')) {
        targets.push(target);
    }
    targets
}

/// As the forge makes them: lower case, `-` for a space, no punctuation.
fn anchor(heading: &str) -> String {
    let kept =
        heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    prose(text)
        .iter()
        .filter(|(_, line)| line.starts_with('#'))
        .any(|(_, line)| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn every_relative_link_leads_to_an_existing_file() {
    let (mut broken, mut followed) = (Vec::new(), 0);
    for file in files_in("", ".md", 8) {
        let text = read(&file);
        for (line, content) in prose(&text) {
            for target in targets(content) {
                if target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                followed += 1;
                let (path, heading) = target.split_once('#').unwrap_or((target, ""));
                let linked = Path::new(&file).parent().unwrap_or(Path::new("")).join(path);
                let linked = if path.is_empty() {
                    file.clone()
                } else {
                    linked.to_string_lossy().into_owned()
                };
                if !root().join(&linked).exists() {
                    broken.push(format!("{file}:{line}: expected a file at `{target}`"));
                } else if !heading.is_empty() && !has_heading(&read(&linked), heading) {
                    broken.push(format!("{file}:{line}: expected a heading `{target}`"));
                }
            }
        }
    }
    expect_none(&broken);
    assert!(followed > 5, "only {followed} links followed");
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let (mut broken, mut named) = (Vec::new(), 0);
    for file in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(file);
        for (line, content) in prose(&text) {
            for code in content.split('`').skip(1).step_by(2) {
                let starts =
                    ["src/", "tests/", "docs/", "pkg/", "edge/", "www/", "examples/", "xtask/"];
                if !starts.iter().any(|start| code.starts_with(start)) {
                    continue;
                }
                named += 1;
                // What a build makes is ignored by git, and need not be there.
                let is_made = read(".gitignore")
                    .lines()
                    .any(|made| made == format!("/{}", code.trim_end_matches('/')));
                if !is_made && !root().join(code).exists() {
                    broken.push(format!("{file}:{line}: expected `{code}` to be there"));
                }
            }
        }
    }
    expect_none(&broken);
    assert!(named > 20, "only {named} paths found");
}
