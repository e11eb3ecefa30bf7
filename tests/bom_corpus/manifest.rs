//! The rows of MANIFEST.tsv, and the files that they speak of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use labelgate::digest::{Algorithm, Hasher};

use crate::support;

/// The folder and its rows.
pub struct Corpus {
    pub folder: PathBuf,
    pub rows: Vec<Row>,
}

/// What the manifest says of one file.
pub struct Row {
    /// From the folder, with `/`.
    pub path: String,
    bytes: usize,
    sha256: String,
    /// In the words of the manifest.
    pub expect: String,
}

/// One file to be judged.
pub struct Case<'a> {
    pub corpus: &'a Corpus,
    pub path: &'a str,
    pub expect: &'a str,
    pub bytes: Vec<u8>,
}

/// Files that speak of the others.
const ABOUT_THE_CORPUS: [&str; 2] = ["MANIFEST.tsv", "SOURCES.md"];

impl Corpus {
    /// None, with one line that says so, where the folder is missing.
    pub fn open() -> Option<Self> {
        let folder = support::shared("data/bom")?;
        let text = fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
        let rows = text.lines().skip(1).map(Row::parse).collect();
        Some(Self { folder, rows })
    }

    /// The file of a row; fails when it is not the one that the manifest speaks of.
    pub fn case<'a>(&'a self, row: &'a Row) -> Case<'a> {
        let bytes = self.read(&row.path);
        assert_eq!(bytes.len(), row.bytes, "{}: the length is another", row.path);
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&bytes);
        assert_eq!(hasher.finish().to_hex(), row.sha256, "{}: the bytes are others", row.path);
        Case { corpus: self, path: &row.path, expect: &row.expect, bytes }
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn has(&self, path: &str) -> bool {
        self.folder.join(path).exists()
    }

    /// Files in the folder that no row speaks of, and rows that come twice or whose file is missing.
    pub fn strays(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        collect(&self.folder, &self.folder, &mut found);
        let mut strays = Vec::new();
        for row in &self.rows {
            if !found.remove(&row.path) {
                strays.push(format!("{}: no such file, or a second row", row.path));
            }
        }
        let unlisted = found.iter().filter(|path| !ABOUT_THE_CORPUS.contains(&path.as_str()));
        strays.extend(unlisted.map(|path| format!("{path}: not in MANIFEST.tsv")));
        strays
    }
}

impl Row {
    /// A row for a file that is not there.
    pub fn new(path: &str, expect: &str) -> Self {
        let (path, expect) = (path.to_owned(), expect.to_owned());
        Self { path, bytes: 0, sha256: String::new(), expect }
    }

    fn parse(line: &str) -> Self {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 6, "a row has six fields: {line}");
        Self {
            path: fields[0].to_owned(),
            bytes: fields[1].parse().unwrap(),
            sha256: fields[2].to_owned(),
            expect: fields[3].to_owned(),
        }
    }

    /// The folder that rows are counted by; for CycloneDX with the version.
    pub fn group(&self) -> String {
        let parts: Vec<&str> = self.path.split('/').collect();
        let depth = if parts[0] == "cyclonedx" && parts.len() > 2 { 2 } else { 1 };
        parts[..depth].join("/")
    }
}

impl Case<'_> {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The folder of the file.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// A file beside this one.
    pub fn read_beside(&self, name: &str) -> Vec<u8> {
        self.corpus.read(&format!("{}/{name}", self.folder()))
    }

    pub fn has_beside(&self, name: &str) -> bool {
        self.corpus.has(&format!("{}/{name}", self.folder()))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let parts = path.strip_prefix(root).unwrap().iter();
            let parts: Vec<&str> = parts.map(|part| part.to_str().unwrap()).collect();
            found.insert(parts.join("/"));
        }
    }
}
