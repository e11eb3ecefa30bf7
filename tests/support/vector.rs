//! Golden verdict files. See `tests/vectors.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One file.
pub struct Vector {
    /// `<check>/<case>`.
    pub name: String,
    /// `{"about", "policy", "before", "bom", "checkpoint", "gold"}`.
    pub header: serde_json::Value,
    pub steps: Vec<Step>,
    header_line: String,
}

/// One submission and its two expected answers.
pub struct Step {
    pub at_ms: i64,
    pub submission: Vec<u8>,
    pub full: String,
    pub view: String,
    sent: String,
}

/// The text of a document in a header: a string is the text itself.
pub fn document(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// All files under `tests/data`, in order of their names.
pub fn all() -> Vec<Vector> {
    let mut names = Vec::new();
    for folder in std::fs::read_dir(root()).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            names.extend(files.filter(|path| path.extension().is_some_and(|e| e == "vector")).map(
                |path| {
                    let (folder, case) = (folder.file_name().unwrap(), path.file_stem().unwrap());
                    format!("{}/{}", folder.to_string_lossy(), case.to_string_lossy())
                },
            ));
        }
    }
    names.sort();
    let read = |name: &String| std::fs::read_to_string(path(name)).unwrap();
    names.iter().map(|name| Vector::parse(name, &read(name))).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn path(name: &str) -> PathBuf {
    root().join(format!("{name}.vector"))
}

impl Vector {
    /// Reads the text of a file; `name` is `<check>/<case>`.
    pub fn parse(name: &str, text: &str) -> Self {
        let mut lines = text.lines();
        let header_line = lines.next().expect("a header").to_owned();
        let mut steps: Vec<Step> = Vec::new();
        for line in lines {
            match line.split_at_checked(2) {
                Some(("> ", sent)) => steps.push(Step::sent(sent)),
                Some(("= ", full)) => steps.last_mut().unwrap().full = full.to_owned(),
                Some(("~ ", view)) => steps.last_mut().unwrap().view = view.to_owned(),
                _ => panic!("{name}: a line starts with `> `, `= ` or `~ `: {line}"),
            }
        }
        let header = serde_json::from_str(&header_line).unwrap();
        Self { name: name.to_owned(), header, steps, header_line }
    }

    /// Writes the file with the answers it now holds.
    pub fn write(&self) {
        let mut text = format!("{}\n", self.header_line);
        for step in &self.steps {
            writeln!(text, "> {}\n= {}\n~ {}", step.sent, step.full, step.view).unwrap();
        }
        std::fs::write(path(&self.name), text).unwrap();
    }
}

impl Step {
    fn sent(sent: &str) -> Self {
        let (at_ms, body) = sent.split_once(' ').expect("`> time bytes`");
        let submission = match body.strip_prefix("base64:") {
            Some(encoded) => decode_base64(encoded),
            None => body.as_bytes().to_vec(),
        };
        Self {
            at_ms: at_ms.parse().unwrap(),
            submission,
            full: String::new(),
            view: String::new(),
            sent: sent.to_owned(),
        }
    }
}

/// Standard base64 with padding; for submissions that are not one line of text.
fn decode_base64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("not base64: {c}"),
    };
    let digits: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(value).collect();
    digits
        .chunks(4)
        .flat_map(|four| {
            let word =
                four.iter().enumerate().fold(0u32, |w, (n, d)| w | u32::from(*d) << (18 - 6 * n));
            word.to_be_bytes()[1..four.len()].to_vec()
        })
        .collect()
}
