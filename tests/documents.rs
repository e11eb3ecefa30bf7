//! The commands and snippets of the documents, run as their readers would run them.
//!
//! They are read from the documents themselves, so that a changed document is what is tested. Some need
//! Node, a browser or the worker: [`RULES`] says which test runs them. What nothing runs is there too, with
//! its reason; a block that is not there fails.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use labelgate::bom::Bom;
use serde_json::Value;

/// What becomes of a block, or of a line of a shell block.
#[derive(Debug)]
enum How {
    /// A test in this file runs it.
    Here,
    /// This file reads the document and runs it.
    In(&'static str),
    /// Nothing runs it, for this reason.
    Not(&'static str),
}

const ANY: &str = "";
const FRONT_PAGE: &str = "tests/package/front-page.test.mjs";
const PACKAGE: &str = "tests/package/readme.test.mjs";
const EDGE: &str = "edge/test/readme.test.mjs";

/// Document, language, how the block or the line begins, and what becomes of it.
const RULES: &[(&str, &str, &str, How)] = &[
    // Which commands there are. What they do is `cargo xtask test` and `cargo xtask demo --smoke`.
    (ANY, "sh", "cargo xtask ", How::Here),
    ("README.md", "js", ANY, How::In(FRONT_PAGE)),
    ("README.md", "rust", ANY, How::In("src/lib.rs")),
    ("README.md", "sh", "cargo install ", How::Here),
    ("README.md", "sh", "labelgate ", How::Here),
    ("README.md", "sh", "curl ", How::In(EDGE)),
    ("pkg/README.md", "js", ANY, How::In(PACKAGE)),
    ("pkg/README.md", "sh", ANY, How::In(PACKAGE)),
    ("edge/README.md", "sh", "cargo run -p collector ", How::In(EDGE)),
    ("edge/README.md", "sh", "curl ", How::In(EDGE)),
    ("edge/README.md", "sh", "node ", How::In(EDGE)),
    ("edge/README.md", "sh", "npx wrangler r2 ", How::In(EDGE)),
    (
        "edge/README.md",
        "sh",
        "cd edge && npm ci",
        How::Not("the edge's tests run after this very step"),
    ),
    ("www/README.md", "sh", "node build.mjs", How::Not("`npm test` in www/ begins with it")),
    ("www/README.md", "sh", "npm ci && npm test", How::Not("the page's tests are this command")),
];

/// Blocks to read, not to run. Those of `pkg/README.md` are compared with what its snippets give.
const TO_READ: &[&str] = &["", "html", "http", "json", "text"];

/// What three annotators say of three items.
const ANSWERS: &str =
    "task,worker,label\n1,a,cat\n1,b,cat\n1,c,cat\n2,a,dog\n2,b,dog\n2,c,cat\n3,a,cat\n3,b,cat\n";

/// A fenced block.
struct Block {
    document: String,
    /// Of its first line, from 1.
    line: usize,
    language: String,
    text: String,
}

impl Block {
    /// The commands of a shell block with their lines: without comments, each on one line.
    fn commands(&self) -> Vec<(usize, String)> {
        let mut commands = Vec::new();
        let mut pending = String::new();
        for (index, line) in self.text.lines().enumerate() {
            let line = line.trim_start();
            // A `#` after a space starts a comment; no command here has one inside of quotes.
            let line =
                if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or("") };
            pending.push_str(line.trim_end().trim_end_matches('\\'));
            if !line.trim_end().ends_with('\\') && !pending.is_empty() {
                commands.push((self.line + index, std::mem::take(&mut pending)));
            }
        }
        commands
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files of the project: those at the root and in its own folders.
fn documents() -> Vec<String> {
    let mut documents = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let made = ["target", "node_modules", "dist"].contains(&name.as_str());
            if entry.file_type().unwrap().is_dir() && !made && !name.starts_with('.') {
                folders.push(folder.join(name));
            } else if name.ends_with(".md") {
                documents.push(folder.join(name).to_string_lossy().replace('\\', "/"));
            }
        }
    }
    documents.sort_unstable();
    assert!(documents.len() >= 8, "{documents:?}");
    documents
}

fn read(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap_or_else(|e| panic!("{document}: {e}"))
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for document in documents() {
        let text = read(&document);
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (line.trim_start().strip_prefix("```"), open.take()) {
                (Some(_), Some(block)) => blocks.push(block),
                (Some(language), None) => {
                    let (document, language) = (document.clone(), language.trim().to_owned());
                    open = Some(Block { document, line: index + 2, language, text: String::new() });
                }
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{document}: expected every block to be closed");
    }
    assert!(blocks.len() > 15, "only {} blocks found", blocks.len());
    blocks
}

/// The rules for a block, or for a line of it.
fn rules_for(block: &Block, text: &str) -> Vec<usize> {
    let fits = |(document, language, start, _): &(&str, &str, &str, How)| {
        (*document == ANY || *document == block.document)
            && *language == block.language
            && text.starts_with(start)
    };
    (0..RULES.len()).filter(|index| fits(&RULES[*index])).collect()
}

#[test]
fn every_block_of_a_document_is_run_or_is_an_exception_with_its_reason() {
    let (mut broken, mut used) = (Vec::new(), BTreeSet::new());
    for block in blocks() {
        let parts = match block.language.as_str() {
            "sh" => block.commands(),
            language if TO_READ.contains(&language) => continue,
            _ => vec![(block.line, block.text.clone())],
        };
        for (line, text) in parts {
            match rules_for(&block, &text)[..] {
                [rule] => {
                    used.insert(rule);
                }
                ref rules => broken.push(format!(
                    "{}:{line}: expected one rule in tests/documents.rs for this {} block, found {}: {}",
                    block.document,
                    block.language,
                    rules.len(),
                    text.lines().next().unwrap_or_default()
                )),
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    for (index, (document, language, start, how)) in RULES.iter().enumerate() {
        assert!(
            used.contains(&index),
            "no {language} block of {document} begins with `{start}` any more"
        );
        match how {
            How::Here => {}
            How::In(test) => {
                let name = Path::new(document).file_name().unwrap().to_str().unwrap();
                assert!(read(test).contains(name), "{test}: expected it to read {document}");
            }
            How::Not(why) => assert!(why.len() > 10, "`{start}`: expected a reason"),
        }
    }
}

#[test]
fn every_xtask_command_that_a_document_names_exists() {
    let mut commands = BTreeSet::new();
    for document in documents() {
        let text = read(&document);
        // In blocks and in prose: `cargo xtask test --only rust`.
        for rest in text.split("cargo xtask ").skip(1) {
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-, ".contains(c);
            let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
            let is_code = rest[end..].starts_with(['`', '#', '\n']);
            let command = rest[..end].trim();
            if is_code && !command.is_empty() {
                commands.insert(command.to_owned());
            }
        }
    }
    for command in ["bench", "demo", "fuzz", "package", "ready", "test"] {
        assert!(
            commands.contains(command),
            "no document names `cargo xtask {command}`: {commands:?}"
        );
    }
    for command in commands {
        // clap looks at every word before it helps.
        let output = shell(&format!("cargo xtask {command} --help"), root(), None);
        let told = text(&output);
        let name = command.split(' ').next().unwrap();
        assert!(output.status.success(), "cargo xtask {command}: {told}");
        assert!(
            told.contains(&format!("Usage: cargo xtask {name}")),
            "cargo xtask {command}: {told}"
        );
    }
}

#[test]
fn the_commands_of_the_front_page_do_what_it_says() {
    let folder = Folder::new();
    let mut run = Vec::new();
    for block in
        blocks().iter().filter(|block| block.document == "README.md" && block.language == "sh")
    {
        for (_, command) in block.commands() {
            if command.starts_with("cargo install ") {
                folder.install(&command);
                run.push("cargo install");
            } else if command.starts_with("labelgate bom build ") {
                folder.build_bom(&command);
                run.push("bom build");
            } else if command.starts_with("labelgate bom ") {
                run.push(folder.publish(&command));
            } else if command.starts_with("labelgate check ") && command.contains("verdicts") {
                assert_eq!(folder.told(&command, 0), "", "{command}");
                run.push("check to collect");
            } else if command.starts_with("labelgate check ") && command.contains(" --bom ") {
                folder.check_items(&command);
                run.push("check items");
            } else if command.starts_with("labelgate agreement ") {
                folder.write("answers.csv", ANSWERS);
                assert!(folder.told(&command, 0).contains("Krippendorff's alpha"), "{command}");
                run.push("agreement");
            } else if command.starts_with("labelgate consensus ") {
                folder.write("answers.csv", ANSWERS);
                folder.told(&command, 0);
                assert!(folder.0.join("work/labels.parquet").exists(), "{command}");
                run.push("consensus");
            } else if command.starts_with("labelgate check ") {
                folder.check_table(&command);
                run.push("check table");
            } else {
                assert!(!command.starts_with("labelgate "), "expected a step here for `{command}`");
            }
        }
    }
    let on_files =
        ["cargo install", "bom build", "check items", "check table", "agreement", "consensus"];
    let publish =
        ["bom keygen", "bom build", "bom sign", "bom checkpoint", "bom verify", "bom show"];
    let again = ["bom update", "bom diff", "check to collect", "bom collect"];
    assert_eq!(run, [&on_files[..], &publish[..], &again[..]].concat());
    // What stands in its prose.
    let readme = read("README.md");
    for command in ["labelgate help bom", "labelgate help check", "labelgate policy explain"] {
        assert!(readme.contains(&format!("`{command}`")), "README.md: expected `{command}`");
        assert!(folder.told(command, 0).len() > 800);
    }
    let help = folder.told("labelgate help check", 0);
    for meaning in ["0  all submissions were accepted", "1  a submission was held or rejected"] {
        assert!(help.contains(meaning), "{help}");
    }
}

/// A folder of the test's own, with a program in it and files for the program.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("documents-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(path.join("work/items")).unwrap();
        Self(path)
    }

    fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.work().join(name), content).unwrap();
    }

    /// Runs a command among the files; answers what it wrote.
    fn told(&self, command: &str, code: i32) -> String {
        let output = shell(command, &self.work(), Some(&self.0.join("root/bin")));
        assert_eq!(output.status.code(), Some(code), "{command}: {}", text(&output));
        text(&output)
    }

    /// Into this folder and not the reader's; quickly, from what is on the machine.
    fn install(&self, command: &str) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let (root_folder, target) = (quoted(&self.0.join("root")), quoted(target));
        let quick =
            format!("{command} --debug --offline --root {root_folder} --target-dir {target}");
        let output = shell(&quick, root(), None);
        assert!(output.status.success(), "{quick}: {}", text(&output));
        assert!(self.0.join("root/bin").read_dir().unwrap().count() == 1);
    }

    fn build_bom(&self, command: &str) {
        for item in ["cat.png", "dog.png"] {
            self.write(&format!("items/{item}"), &format!("pixels of {item}"));
        }
        self.told(command, 0);
        let bom = Bom::from_slice(&std::fs::read(self.work().join("bom.json")).unwrap()).unwrap();
        assert_eq!((bom.len(), bom.is_complete()), (2, true));
    }

    /// A command of publishers; each goes on with what the one before wrote.
    fn publish(&self, command: &str) -> &'static str {
        let told = self.told(command, 0);
        let (name, expected) = match command.split(' ').nth(2) {
            Some("keygen") => ("bom keygen", "thumbprint    "),
            Some("sign") => ("bom sign", "signed with Ed25519 by the key "),
            Some("checkpoint") => ("bom checkpoint", "number 1 in the log"),
            Some("verify") => ("bom verify", "2 matched, 0 altered, 0 missing, 0 extra"),
            Some("show") => ("bom show", "licence     CC-BY-4.0"),
            Some("update") => ("bom update", "wrote version 2"),
            Some("diff") => ("bom diff", "0 added, 0 removed, 0 altered, 0 renamed, 2 the same"),
            Some("collect") => ("bom collect", "2 accepted submissions"),
            _ => panic!("expected a step here for `{command}`"),
        };
        assert!(told.contains(expected), "{command}: {told}");
        if name == "bom verify" {
            assert!(
                told.contains("signature   good") && told.contains("freshness   good"),
                "{told}"
            );
        }
        name
    }

    fn check_items(&self, command: &str) {
        let line = |id: &str, item: &str| {
            format!(
                "{{\"id\":\"{id}\",\"annotator\":\"ann-7\",\"item\":{{\"id\":\"{item}\"}},\
                 \"label\":{{\"class\":\"cat\"}}}}\n"
            )
        };
        self.write("submissions.ndjson", &(line("s-1", "cat.png") + &line("s-2", "dog.png")));
        self.told(command, 0);
        self.write("items/dog.png", "other pixels");
        let told = self.told(&format!("{command} --json"), 1);
        let verdicts: Vec<Value> =
            told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert_eq!(verdicts.len(), 2, "{told}");
        assert_eq!(verdicts[0]["decision"], "accept", "{told}");
        assert_eq!(verdicts[1]["reasons"][0]["code"], "item-altered", "{told}");
    }

    fn check_table(&self, command: &str) {
        let header = "task,worker,label\n";
        self.write("answers.csv", &format!("{header}i-1,ann-7,cat\ni-2,ann-7,dog\n"));
        assert!(self.told(command, 0).contains("ann-7"));
        // The same item twice by one annotator.
        self.write("answers.csv", &format!("{header}i-1,ann-7,cat\ni-1,ann-7,dog\n"));
        assert!(self.told(command, 1).contains("ann-7"));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a line in a shell, with the programs of a folder before all others.
fn shell(line: &str, folder: &Path, programs: Option<&Path>) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = programs.map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&path));
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(path).unwrap())
        // Where to read, and no colours in what is compared.
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .unwrap()
}

fn quoted(path: &Path) -> String {
    let path = path.to_str().expect("a path in UTF-8");
    assert!(!path.contains('\''), "{path}");
    format!("'{path}'")
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}
