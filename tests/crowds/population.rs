//! What the command line says of every annotator of a crowd.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Deserialize;

use crate::set::{Answer, Set};

/// One line of `labelgate check --summary --json`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Line {
    #[serde(default)]
    pub annotator: String,
    pub rejected: u64,
    pub held_by: Vec<HeldBy>,
    pub evidence: Vec<Standing>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct HeldBy {
    pub check: String,
    pub answer: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Standing {
    pub check: String,
    pub answers: u32,
    pub events: Option<u32>,
    pub mean: Option<f64>,
    pub floor: Option<f64>,
}

impl Line {
    pub fn standing(&self, check: &str) -> Option<&Standing> {
        self.evidence.iter().find(|standing| standing.check == check)
    }

    pub fn is_held_by(&self, check: &str) -> bool {
        self.held_by.iter().any(|held| held.check == check)
    }

    /// The first check that held the annotator, and at which answer.
    pub fn first_held(&self) -> Option<&HeldBy> {
        self.held_by.iter().min_by_key(|held| held.answer)
    }
}

/// Runs the command line over these answers with the set's gold; a line for each annotator.
pub fn check(set: &Set, answers: &[Answer]) -> BTreeMap<String, Line> {
    let folder = Folder::new();
    let (submissions, gold) = (folder.0.join("submissions.csv"), folder.0.join("gold.csv"));
    write_answers(&submissions, answers);
    write_gold(&gold, set);
    let output = Command::new(env!("CARGO_BIN_EXE_labelgate"))
        .args(["check", "--no-bom", "--summary", "--json", "--gold"])
        .args([&gold, &submissions])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {told}", set.name);
    assert!(told.is_empty(), "{}: {told}", set.name);
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).unwrap();
            (line.annotator.clone(), line)
        })
        .collect()
}

/// A folder that goes away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("crowds-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write_answers(path: &Path, answers: &[Answer]) {
    let mut out = csv::Writer::from_path(path).unwrap();
    out.write_record([
        "task",
        "worker",
        "label",
        "started_at",
        "submitted_at",
        "received_at",
        "elapsed_ms",
        "session",
    ])
    .unwrap();
    for answer in answers {
        out.write_record([
            answer.task.as_str(),
            &answer.worker,
            &answer.label,
            &unix_seconds(answer.started_ms),
            &unix_seconds(answer.submitted_ms),
            &unix_seconds(answer.received_ms),
            &answer.elapsed_ms.map_or_else(String::new, |ms| ms.to_string()),
            &answer.session,
        ])
        .unwrap();
    }
    out.flush().unwrap();
}

fn unix_seconds(ms: Option<i64>) -> String {
    ms.map_or_else(String::new, |ms| format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000)))
}

fn write_gold(path: &Path, set: &Set) {
    let mut out = csv::Writer::from_path(path).unwrap();
    out.write_record(["task", "label"]).unwrap();
    for task in &set.gold {
        out.write_record([task, &set.truth[task]]).unwrap();
    }
    out.flush().unwrap();
}
