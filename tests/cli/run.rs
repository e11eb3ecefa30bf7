//! Runs the binary in a folder of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// A folder that goes away at the end of the test.
pub struct Folder(PathBuf);

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs `labelgate` here, with names of files as they are here.
    pub fn labelgate(&self, arguments: &[&str]) -> Run {
        self.labelgate_on(arguments, b"")
    }

    pub fn labelgate_on(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // The program may end before it has read everything.
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_labelgate"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Run {
    /// The lines of NDJSON on standard output.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Decision and first reason code of each verdict, `accept` alone for a plain one.
    pub fn decisions(&self) -> Vec<String> {
        self.json().iter().map(decision).collect()
    }

    /// The message of a failure: exit code 2, nothing on standard output, one sentence.
    #[track_caller]
    pub fn failure(&self) -> &str {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert!(self.err.starts_with("labelgate: "), "{self:?}");
        self.err.strip_prefix("labelgate: ").unwrap().trim_end()
    }
}

pub fn decision(verdict: &Value) -> String {
    let decision = verdict["decision"].as_str().unwrap();
    match verdict["reasons"][0]["code"].as_str() {
        Some(code) => format!("{decision} {code}"),
        None => decision.to_owned(),
    }
}

/// A submission as NDJSON, line end included.
pub fn submission(id: &str, annotator: &str, item: &str, class: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"annotator\":\"{annotator}\",\"item\":{{\"id\":\"{item}\"}},\
         \"label\":{{\"class\":\"{class}\"}}}}\n"
    )
}
