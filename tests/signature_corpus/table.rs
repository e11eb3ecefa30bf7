//! What was to come and what came.

use std::fs;
use std::path::{Path, PathBuf};

/// Verdicts of a corpus, file by file.
#[derive(Default)]
pub struct Table {
    rows: Vec<(String, String, String)>,
    undecided: Vec<(String, String)>,
}

impl Table {
    pub fn row(&mut self, file: &str, expected: &str, given: &str) {
        self.rows.push((file.to_owned(), expected.to_owned(), given.to_owned()));
    }

    pub fn not_decided(&mut self, file: &str, reason: &str) {
        self.undecided.push((file.to_owned(), reason.to_owned()));
    }

    /// Prints the table; fails on a difference, and when there were fewer rows than the corpus has.
    pub fn finish(self, least_rows: usize) {
        for (file, expected, given) in &self.rows {
            let mark = if expected == given { "ok  " } else { "DIFF" };
            println!("{mark} {file}: expected {expected}, given {given}");
        }
        for (file, reason) in &self.undecided {
            println!("     {file}: not decided: {reason}");
        }
        println!("{} decided, {} not decided", self.rows.len(), self.undecided.len());
        let differs = self.rows.iter().filter(|(_, expected, given)| expected != given);
        assert_eq!(differs.count(), 0, "see the lines with DIFF");
        assert!(self.rows.len() >= least_rows, "{} rows are not the corpus", self.rows.len());
    }
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

pub fn bytes_of_hex(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
