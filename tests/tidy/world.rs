//! The core asks nobody: time, randomness and storage are arguments.

use std::collections::{BTreeMap, BTreeSet};

use crate::dependencies;
use crate::paths::paths;
use crate::tree::{expect_none, files_in, read};

/// Modules of the standard library that only compute. `std::io` is for [`std::io::Write`] alone.
const STD: &[&str] = &[
    "array",
    "borrow",
    "cmp",
    "collections",
    "convert",
    "error",
    "f32",
    "f64",
    "fmt",
    "hash",
    "io",
    "iter",
    "mem",
    "num",
    "ops",
    "slice",
    "sync",
    "str",
];

/// Names that ask the world, wherever they come from. The hash maps of the standard library draw their
/// keys by chance, and so order and speed.
const WORLD: &[&str] = &[
    "Command",
    "Crypto",
    "Date",
    "DefaultHasher",
    "File",
    "HashMap",
    "HashSet",
    "Instant",
    "Math",
    "Performance",
    "RandomState",
    "SystemTime",
    "TcpStream",
    "UdpSocket",
    "dbg",
    "eprint",
    "eprintln",
    "fetch",
    "getrandom",
    "option_env",
    "println",
    "rand",
    "stderr",
    "stdin",
    "stdout",
    "web_sys",
];

/// What the boundary may ask of its own module: how much memory it has. Nothing of the world.
const BOUNDARY_MAY: [&str; 2] = ["core::arch::wasm32::memory_size", "std::hint::black_box"];
/// The one file that names instructions of a processor: vectors, which only compute.
const VECTORS: (&str, &str) = ("src/digest/many/four.rs", "core::arch::wasm32::");

fn core_files() -> Vec<String> {
    let mut files = files_in("src/", ".rs", 50);
    files.retain(|path| !path.starts_with("src/bin/"));
    files
}

#[test]
fn the_core_never_asks_for_time_randomness_network_or_files() {
    let mut broken = Vec::new();
    for file in core_files() {
        for path in paths(&read(&file)) {
            let names: Vec<&str> = path.names.iter().map(String::as_str).collect();
            let std_module = match names[..] {
                ["std" | "core" | "alloc", module, ..] => Some(module),
                _ => None,
            };
            let is_allowed = match names[..] {
                ["std", "io", inner, ..] => inner == "Write",
                _ => std_module.is_none_or(|module| STD.contains(&module)),
            };
            let path_text = names.join("::");
            let is_own = file == "src/wasm.rs" && BOUNDARY_MAY.contains(&path_text.as_str());
            let is_vector = file == VECTORS.0 && path_text.starts_with(VECTORS.1);
            let is_allowed = is_allowed || is_own || is_vector;
            if !is_allowed || names.iter().any(|name| WORLD.contains(name)) {
                let (line, path) = (path.line, names.join("::"));
                broken.push(format!(
                    "{file}:{line}: expected the core not to ask the world, found `{path}`; \
                     take what it answers as an argument"
                ));
            }
        }
    }
    expect_none(&broken);
}

#[test]
fn javascript_is_named_in_src_wasm_alone() {
    const BOUNDARY: &str = "src/wasm";
    const NAMES: [&str; 5] =
        ["console_error_panic_hook", "js_sys", "serde_wasm_bindgen", "wasm_bindgen", "web_sys"];
    let mut broken = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files_in("src/", ".rs", 50) {
        for path in paths(&read(&file)) {
            let Some(name) =
                NAMES.iter().find(|name| path.names.iter().any(|known| known == *name))
            else {
                continue;
            };
            if file.starts_with(BOUNDARY) {
                seen.insert(*name);
            } else {
                let line = path.line;
                broken.push(format!("{file}:{line}: expected `{name}` in {BOUNDARY} alone"));
            }
        }
    }
    expect_none(&broken);
    assert!(seen.contains("wasm_bindgen"), "{BOUNDARY} names {seen:?}");
}

#[test]
fn no_dependency_of_the_library_can_ask_for_randomness_or_time() {
    // `rand_core` is not among them: it holds traits, and gives nothing without `getrandom`.
    const ASKING: [&str; 7] = ["chrono", "getrandom", "jiff", "rand", "time", "tokio", "web-time"];
    let lock = read("Cargo.lock");
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut package = "";
    for line in lock.lines() {
        if let Some(name) = line.strip_prefix("name = ") {
            package = name.trim_matches('"');
        } else if let Some(dependency) = line.strip_prefix(" \"") {
            // `name`, or `name version` where there are two.
            let name = dependency.split(['"', ' ']).next().unwrap_or_default();
            needs.entry(package).or_default().push(name);
        }
    }
    let mut waiting: Vec<String> = dependencies::always("Cargo.toml");
    let mut known = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if known.insert(name.clone()) {
            let inner = needs.get(name.as_str()).into_iter().flatten();
            waiting.extend(inner.map(|name| (*name).to_owned()));
        }
    }
    assert!(known.contains("sha2") && known.contains("digest"), "{known:?}");
    let asking: Vec<String> = ASKING
        .iter()
        .filter(|name| known.contains(**name))
        .map(|name| format!("Cargo.lock: expected no `{name}` below the library"))
        .collect();
    expect_none(&asking);
}
