//! The crowds: read, brought to one form, in order of time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use labelgate::timestamp;

/// One crowd.
pub struct Set {
    pub name: &'static str,
    pub times: Times,
    /// In order of arrival; of the file where no time is known.
    pub answers: Vec<Answer>,
    /// The right label, where it is known.
    pub truth: BTreeMap<String, String>,
    /// The items that serve as gold: some of those in `truth`.
    pub gold: BTreeSet<String>,
    /// Annotators that the source itself marks as bad.
    pub marked: BTreeSet<String>,
}

/// What a set tells of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Nothing.
    None,
    /// How long each answer took.
    Spent,
    /// When each page was started and sent.
    Stamps,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub task: String,
    pub worker: String,
    pub label: String,
    pub started_ms: Option<i64>,
    pub submitted_ms: Option<i64>,
    /// Only where the server's own time is known.
    pub received_ms: Option<i64>,
    pub elapsed_ms: Option<u32>,
    pub session: String,
}

impl Answer {
    pub fn arrived_ms(&self) -> Option<i64> {
        self.received_ms.or(self.submitted_ms)
    }
}

impl Set {
    pub fn workers(&self) -> BTreeSet<&str> {
        self.answers.iter().map(|answer| answer.worker.as_str()).collect()
    }

    /// Share of right answers among those whose truth is known; none without any.
    pub fn accuracy(&self, worker: &str) -> Option<f64> {
        let judged: Vec<bool> = self
            .answers
            .iter()
            .filter(|answer| answer.worker == worker)
            .filter_map(|answer| self.truth.get(&answer.task).map(|truth| *truth == answer.label))
            .collect();
        let right = judged.iter().filter(|right| **right).count();
        (!judged.is_empty()).then(|| right as f64 / judged.len() as f64)
    }
}

type Cells = BTreeMap<String, String>;

/// All sets, in the order of the document.
pub fn all(data: &Path) -> Vec<Set> {
    vec![
        csta(data),
        active_crowd(data, "act_cf_amt"),
        active_crowd(data, "act_sp_amt"),
        stamped(data, "vu_sound", |_| false),
        stamped(data, "crowdtruth_medical", |cells| cells["spam"] == "1"),
        zooniverse(data),
        labels_only(data, "rte"),
        labels_only(data, "dog"),
        euadr(data),
    ]
}

/// The label is the policy area; its scale (`4:1`) is another question. Gold are the rows for which
/// the platform's accepted answer is known.
fn csta(data: &Path) -> Set {
    let rows = timing(data, "csta_immigration1");
    let mut answers = rows.iter().map(stamped_answer).collect::<Vec<_>>();
    for answer in &mut answers {
        answer.label.truncate(answer.label.find(':').unwrap_or(answer.label.len()));
    }
    let truth: BTreeMap<String, String> = rows
        .iter()
        .filter(|cells| !cells["gold"].is_empty())
        .map(|cells| (cells["task"].clone(), cells["gold"].clone()))
        .collect();
    let gold = truth.keys().cloned().collect();
    sorted("csta_immigration1", answers, truth, gold, BTreeSet::new())
}

/// Seconds, not times; the right label of every item.
fn active_crowd(data: &Path, name: &'static str) -> Set {
    let rows = timing(data, name);
    let answers = rows
        .iter()
        .map(|cells| Answer {
            elapsed_ms: Some(cells["seconds"].parse::<u32>().unwrap() * 1000),
            ..plain_answer(cells)
        })
        .collect();
    let truth: BTreeMap<String, String> =
        rows.iter().map(|cells| (cells["task"].clone(), cells["gold"].clone())).collect();
    let gold = every_tenth(&rows);
    Set { name, times: Times::Spent, answers, truth, gold, marked: BTreeSet::new() }
}

fn stamped(data: &Path, name: &'static str, is_marked: fn(&Cells) -> bool) -> Set {
    let rows = timing(data, name);
    let answers = rows.iter().map(stamped_answer).collect();
    let marked = rows.iter().filter(|cells| is_marked(cells)).map(worker).collect();
    sorted(name, answers, BTreeMap::new(), BTreeSet::new(), marked)
}

/// The only set with the server's own time. "Nothing to see" is an empty label there.
fn zooniverse(data: &Path) -> Set {
    let rows = timing(data, "zooniverse");
    let answers = rows
        .iter()
        .map(|cells| {
            let mut answer = stamped_answer(cells);
            answer.received_ms = timestamp::from_rfc3339(&cells["server_received_at"]);
            answer.session = cells["session"].clone();
            if answer.label.is_empty() {
                answer.label = "nothing".to_owned();
            }
            answer
        })
        .collect();
    sorted("zooniverse", answers, BTreeMap::new(), BTreeSet::new(), BTreeSet::new())
}

pub fn labels_only(data: &Path, name: &'static str) -> Set {
    let rows = crowd(data, name);
    let answers = rows.iter().map(plain_answer).collect();
    let gold = every_tenth(&rows);
    let truth = truth(data, name);
    Set { name, times: Times::None, answers, truth, gold, marked: BTreeSet::new() }
}

/// Unix seconds; gold are the platform's own test questions, judged by the experts' label.
fn euadr(data: &Path) -> Set {
    let rows = crowd(data, "euadr");
    let seconds = |text: &str| text.parse::<i64>().ok().map(|seconds| seconds * 1000);
    let answers = rows
        .iter()
        .map(|cells| Answer {
            started_ms: seconds(&cells["started_at"]),
            submitted_ms: seconds(&cells["submitted_at"]),
            ..plain_answer(cells)
        })
        .collect();
    let is = |column: &str, cells: &Cells| cells[column] == "1";
    let golden = rows.iter().filter(|cells| is("golden", cells));
    let gold = golden.map(|cells| cells["task"].clone()).collect();
    let marked = rows.iter().filter(|cells| is("tainted", cells)).map(worker).collect();
    sorted("euadr", answers, truth(data, "euadr"), gold, marked)
}

fn sorted(
    name: &'static str,
    mut answers: Vec<Answer>,
    truth: BTreeMap<String, String>,
    gold: BTreeSet<String>,
    marked: BTreeSet<String>,
) -> Set {
    answers.sort_by_key(Answer::arrived_ms);
    Set { name, times: Times::Stamps, answers, truth, gold, marked }
}

/// Every tenth item, in the order of the file.
fn every_tenth(rows: &[Cells]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let tasks = rows.iter().map(|cells| &cells["task"]).filter(|task| seen.insert(*task));
    tasks.step_by(10).cloned().collect()
}

fn plain_answer(cells: &Cells) -> Answer {
    Answer {
        task: cells["task"].clone(),
        worker: cells["worker"].clone(),
        label: cells["label"].clone(),
        ..Answer::default()
    }
}

fn stamped_answer(cells: &Cells) -> Answer {
    Answer {
        started_ms: timestamp::from_rfc3339(&cells["started_at"]),
        submitted_ms: timestamp::from_rfc3339(&cells["submitted_at"]),
        ..plain_answer(cells)
    }
}

fn worker(cells: &Cells) -> String {
    cells["worker"].clone()
}

fn timing(data: &Path, name: &str) -> Vec<Cells> {
    read(&data.join("timing").join(name).join("annotations.csv"))
}

fn crowd(data: &Path, name: &str) -> Vec<Cells> {
    read(&data.join("crowd").join(name).join("answers.csv"))
}

fn truth(data: &Path, name: &str) -> BTreeMap<String, String> {
    let rows = read(&data.join("crowd").join(name).join("truth.csv"));
    rows.into_iter().map(|cells| (cells["task"].clone(), cells["label"].clone())).collect()
}

fn read(path: &Path) -> Vec<Cells> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}
