//! Arrows only point down: the picture in ARCHITECTURE.md is the rule.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::paths;
use crate::tree::{expect_none, files_in, read};

/// One module that names another of the crate.
struct Arrow {
    file: String,
    line: usize,
    from: String,
    to: String,
}

/// `src/json/reader.rs` belongs to `json`. The root file is no module.
fn module_of(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    (name != "lib").then_some(name)
}

fn modules() -> BTreeSet<String> {
    files_in("src/", ".rs", 50)
        .iter()
        .filter_map(|file| module_of(file))
        .map(str::to_owned)
        .collect()
}

/// `Gate` is `gate`: what the root of the crate hands on, by name.
fn handed_on() -> BTreeMap<String, String> {
    let root = read("src/lib.rs");
    let mut from = BTreeMap::new();
    for line in root.lines().filter(|line| line.starts_with("pub use ")) {
        for path in paths(line) {
            if let [module, .., name] = &path.names[..] {
                from.insert(name.clone(), module.clone());
            }
        }
    }
    assert!(from.len() > 5, "src/lib.rs: expected `pub use module::Name;` lines, found {from:?}");
    from
}

/// Every naming of one module in another. `bin` is a crate of its own, above them all.
fn arrows() -> Vec<Arrow> {
    let (modules, handed_on) = (modules(), handed_on());
    let mut arrows = Vec::new();
    for file in files_in("src/", ".rs", 50) {
        let Some(from) = module_of(&file).filter(|module| *module != "bin") else { continue };
        for path in paths(&read(&file)) {
            let mut names = path.names.iter().peekable();
            let from_root = names.next_if(|name| *name == "crate").is_some();
            let mut up = from_root;
            while names.next_if(|name| matches!(name.as_str(), "self" | "super")).is_some() {
                up = true;
            }
            let Some(name) = names.next().filter(|_| up) else { continue };
            let to = handed_on.get(name).filter(|_| from_root).unwrap_or(name);
            if modules.contains(to) && to != from {
                let (file, from, to) = (file.clone(), from.to_owned(), to.clone());
                arrows.push(Arrow { file, line: path.line, from, to });
            } else {
                assert!(
                    !from_root || to == from,
                    "{file}:{}: expected a module of the crate after `crate::`, found `{name}`",
                    path.line
                );
            }
        }
    }
    assert!(arrows.len() > 50, "only {} arrows found", arrows.len());
    arrows
}

/// The floors of the picture, from the top, each with its modules.
fn floors() -> Vec<(String, Vec<String>)> {
    let architecture = read("ARCHITECTURE.md");
    let picture = architecture.split("```").nth(1).expect("ARCHITECTURE.md: expected a picture");
    let mut floors = Vec::new();
    for line in picture.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let floor = words.next().unwrap_or_default().to_owned();
        let modules = words.filter_map(|word| {
            let (stem, _) = word.trim_end_matches(',').split_once(['/', '.'])?;
            Some(stem.to_owned())
        });
        floors.push((floor, modules.collect()));
    }
    floors
}

#[test]
fn every_module_has_one_place_in_the_picture() {
    let mut drawn: Vec<String> = floors().into_iter().flat_map(|(_, modules)| modules).collect();
    drawn.sort_unstable();
    let modules: Vec<String> = modules().into_iter().collect();
    assert_eq!(drawn, modules, "ARCHITECTURE.md draws the left, src/ has the right");
}

#[test]
fn arrows_only_point_down() {
    let floors = floors();
    let floor_of = |module: &str| {
        let floor = floors.iter().position(|(_, modules)| modules.iter().any(|m| m == module));
        floor.unwrap_or_else(|| panic!("ARCHITECTURE.md: expected `{module}` in the picture"))
    };
    let mut broken = Vec::new();
    for Arrow { file, line, from, to } in arrows() {
        let (above, below) = (floor_of(&from), floor_of(&to));
        if below < above {
            let (above, below) = (&floors[above].0, &floors[below].0);
            broken.push(format!(
                "{file}:{line}: expected no arrow up, but `{from}` ({above}) names `{to}` ({below})"
            ));
        }
    }
    expect_none(&broken);
}

#[test]
fn an_instrument_knows_nothing_of_the_gate_and_of_what_it_remembers() {
    let above = ["annotator", "check", "gate", "gold", "item", "memory", "policy", "verdict"];
    let instruments = ["bom", "digest", "evidence", "json", "label", "merkle"];
    let arrows = arrows();
    for instrument in instruments {
        assert!(
            arrows.iter().any(|arrow| arrow.from == instrument),
            "no arrow from `{instrument}`"
        );
    }
    let broken: Vec<String> = arrows
        .iter()
        .filter(|arrow| instruments.contains(&&*arrow.from) && above.contains(&&*arrow.to))
        .map(|Arrow { file, line, from, to }| {
            format!("{file}:{line}: expected the instrument `{from}` not to know `{to}`")
        })
        .collect();
    expect_none(&broken);
}

#[test]
fn no_module_reaches_itself_through_others() {
    let arrows = arrows();
    let mut broken = Vec::new();
    for start in modules() {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![start.as_str()];
        while let Some(module) = waiting.pop() {
            for arrow in arrows.iter().filter(|arrow| arrow.from == module) {
                if reached.insert(arrow.to.as_str()) {
                    waiting.push(&arrow.to);
                }
                if arrow.to == start {
                    let Arrow { file, line, .. } = arrow;
                    broken.push(format!(
                        "{file}:{line}: expected no circle, but `{start}` reaches itself here"
                    ));
                }
            }
        }
    }
    expect_none(&broken);
}

#[test]
fn a_check_knows_no_other_check_and_the_gate_alone_knows_them() {
    // What the three item checks share: how an item stands to the BOM, looked up once.
    const SHARED: &str = "listing";
    let files = files_in("src/check/", ".rs", 10);
    let stem =
        |file: &str| file.trim_start_matches("src/check/").trim_end_matches(".rs").to_owned();
    let checks: BTreeSet<String> = files.iter().map(|file| stem(file)).collect();
    assert!(checks.contains(SHARED), "{checks:?}");
    let mut broken = Vec::new();
    for file in &files {
        for path in paths(&read(file)) {
            let other = match &path.names[..] {
                [above, name, ..] if above == "super" => name,
                [root, check, name, ..] if root == "crate" && check == "check" => name,
                _ => continue,
            };
            if checks.contains(other) && other != SHARED {
                let line = path.line;
                broken.push(format!("{file}:{line}: expected no other check, found `{other}`"));
            }
        }
    }
    for Arrow { file, line, from, to } in arrows() {
        if to == "check" && from != "gate" {
            broken.push(format!("{file}:{line}: expected src/gate.rs alone to name checks"));
        }
    }
    expect_none(&broken);
}
