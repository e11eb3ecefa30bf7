//! The crowds that others published, as text: `../shared/data/crowd`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// One crowd, its answers in the order of the file, repeats and all.
pub struct Published {
    pub name: String,
    /// For instance `nominal:2`, `ordinal:4`, `interval`, `bbox`.
    pub kind: String,
    pub answers: Vec<Row>,
    /// The right label of a task, where it is known.
    pub truth: BTreeMap<String, String>,
    /// What the peers computed: the member `results` of `reference.json`.
    pub reference: serde_json::Value,
}

/// One answer.
pub struct Row {
    pub task: String,
    pub worker: String,
    pub label: String,
}

/// The names of all of them, sorted; none, with one line that says so, where the data are missing.
pub fn names() -> Option<Vec<String>> {
    let folder = super::shared("data/crowd")?;
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("meta.json").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert!(names.len() > 20, "only {} crowds found", names.len());
    Some(names)
}

/// One of them; none, with one line that says so, where the data are missing.
pub fn crowd(name: &str) -> Option<Published> {
    let folder = super::shared(&format!("data/crowd/{name}"))?;
    let json = |file: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
    };
    let answers = table(&folder, "answers.csv").unwrap();
    let truth = table(&folder, "truth.csv").unwrap_or_default();
    Some(Published {
        name: name.to_owned(),
        kind: json("meta.json")["kind"].as_str().unwrap().to_owned(),
        answers: answers
            .into_iter()
            .map(|mut cells| {
                let mut cell = |column: &str| cells.remove(column).unwrap();
                Row { task: cell("task"), worker: cell("worker"), label: cell("label") }
            })
            .collect(),
        truth: truth
            .into_iter()
            .map(|cells| (cells["task"].clone(), cells["label"].clone()))
            .collect(),
        reference: json("reference.json")["results"].clone(),
    })
}

/// The rows of a CSV file, or of the same compressed by gzip, each as cells by column; none when there is neither.
pub fn table(folder: &Path, file: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let mut text = Vec::new();
    let compressed = folder.join(format!("{file}.gz"));
    if compressed.exists() {
        let file = File::open(compressed).unwrap();
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text).unwrap();
    } else {
        text = fs::read(folder.join(file)).ok()?;
    }
    let mut reader = csv::Reader::from_reader(text.as_slice());
    Some(reader.deserialize().map(|row| row.unwrap()).collect())
}
