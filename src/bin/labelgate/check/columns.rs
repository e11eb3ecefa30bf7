//! The columns of a CSV, and how a row becomes a submission.

use labelgate::Id;
use labelgate::Label;
use labelgate::Submission;
use labelgate::digest::{Algorithm, Hasher};
use labelgate::label::LabelSchema;
use labelgate::submission::{ItemReference, MAX_ID_BYTES};

use crate::cell;
use crate::records::Row;

/// Which column holds what.
#[derive(Debug)]
pub struct Columns {
    places: [Option<usize>; NAMES.len()],
    count: usize,
    ignored: Vec<String>,
}

/// What a row says.
#[derive(Debug)]
pub struct Answer<'a> {
    pub submission: Submission<'a>,
    /// When it reached the platform, Unix ms.
    pub received_at_ms: Option<i64>,
    /// The accepted labels of its item; empty when the row does not say.
    pub gold: Vec<Label>,
}

/// Why a row is no submission.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    pub expected: String,
    /// None when it is the row as a whole.
    pub column: Option<&'static str>,
}

impl Malformed {
    /// The row as a whole.
    pub fn whole(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), column: None }
    }
}

const NAMES: [&str; 11] = [
    "task",
    "worker",
    "label",
    "started_at",
    "submitted_at",
    "received_at",
    "elapsed_ms",
    "seconds",
    "session",
    "gold",
    "id",
];
const REQUIRED: [&str; 3] = ["task", "worker", "label"];

impl Columns {
    /// Reads the header; an error says what was expected.
    pub fn from_header(header: Row<'_>) -> Result<Self, String> {
        let mut places = [None; NAMES.len()];
        let mut ignored = Vec::new();
        for (at, field) in header.fields().enumerate() {
            let name = String::from_utf8_lossy(field.trim_ascii());
            match NAMES.iter().position(|known| *known == name) {
                Some(known) => {
                    if places.get(known).is_some_and(Option::is_some) {
                        return Err(format!("expected the column `{name}` once"));
                    }
                    if let Some(place) = places.get_mut(known) {
                        *place = Some(at);
                    }
                }
                None => ignored.push(short(&name)),
            }
        }
        let columns = Self { places, count: header.len(), ignored };
        match REQUIRED.into_iter().find(|name| columns.place(name).is_none()) {
            None => Ok(columns),
            Some(missing) => {
                let found: Vec<String> =
                    header.fields().map(|field| short(&String::from_utf8_lossy(field))).collect();
                let found = listed(&found);
                Err(format!("expected a header with the column `{missing}`, found {found}"))
            }
        }
    }

    /// Columns that are not read, to be named once; none when all are.
    pub fn ignored(&self) -> Option<String> {
        (!self.ignored.is_empty()).then(|| listed(&self.ignored))
    }

    /// Reads a row. `file` and `line` name the submission when the row does not.
    pub fn read<'a>(
        &self,
        row: Row<'a>,
        schema: Option<&LabelSchema>,
        file: &str,
        line: u64,
    ) -> Result<Answer<'a>, Malformed> {
        if row.len() != self.count {
            return Err(Malformed::whole(format!(
                "expected {} fields, found {}",
                self.count,
                row.len()
            )));
        }
        let read = |column: &'static str| self.cell(row, column);
        let time = |column| read(column)?.map(cell::time).transpose().map_err(said(column));
        let label = cell::label(read("label")?.unwrap_or_default(), schema);
        let gold = match read("gold")? {
            Some(text) => cell::accepted(text, schema).map_err(said("gold"))?,
            None => Vec::new(),
        };
        let elapsed_ms = match (read("elapsed_ms")?, read("seconds")?) {
            (Some(text), _) => Some(cell::elapsed_ms(text).map_err(said("elapsed_ms"))?),
            (None, Some(text)) => Some(cell::elapsed_seconds(text).map_err(said("seconds"))?),
            (None, None) => None,
        };
        let optional_id = |column| read(column)?.map(|text| id(text, column)).transpose();
        let submission = Submission {
            id: match optional_id("id")? {
                Some(id) => id,
                None => made_id(row, file, line).into(),
            },
            annotator: id(read("worker")?.unwrap_or_default(), "worker")?,
            item: ItemReference {
                id: id(read("task")?.unwrap_or_default(), "task")?,
                name: None,
                digests: Vec::new(),
                weak_algorithms: Vec::new(),
                proof: None,
            },
            label: label.map_err(said("label"))?,
            started_at_ms: time("started_at")?,
            submitted_at_ms: time("submitted_at")?,
            elapsed_ms,
            session: optional_id("session")?,
            has_platform: false,
        };
        Ok(Answer { submission, received_at_ms: time("received_at")?, gold })
    }

    /// A cell as text; none when it is empty or there is no such column.
    fn cell<'a>(&self, row: Row<'a>, column: &'static str) -> Result<Option<&'a str>, Malformed> {
        let field = self.place(column).and_then(|at| row.field(at)).unwrap_or_default();
        let text = std::str::from_utf8(field)
            .map_err(|_| Malformed { expected: "expected UTF-8".into(), column: Some(column) })?;
        Ok((!text.is_empty()).then_some(text))
    }

    fn place(&self, column: &str) -> Option<usize> {
        let known = NAMES.iter().position(|name| *name == column)?;
        self.places.get(known).copied().flatten()
    }
}

fn said(column: &'static str) -> impl FnOnce(String) -> Malformed {
    move |expected| Malformed { expected, column: Some(column) }
}

fn id<'a>(text: &'a str, column: &'static str) -> Result<Id<'a>, Malformed> {
    if text.is_empty() || text.len() > MAX_ID_BYTES {
        let expected = format!("expected 1 to {MAX_ID_BYTES} bytes");
        return Err(Malformed { expected, column: Some(column) });
    }
    Ok(text.into())
}

/// Names a submission that has no id: the same row in the same place is the same submission, so a
/// file that is read twice is seen as replayed; another file of the same name is not.
fn made_id(row: Row<'_>, file: &str, line: u64) -> String {
    const FILE_BYTES: usize = 80;
    const MARK_DIGITS: usize = 8;
    let mut hasher = Hasher::new(Algorithm::Sha256);
    for field in row.fields() {
        hasher.update(&field.len().to_le_bytes());
        hasher.update(field);
    }
    let mark: String = hasher.finish().to_hex().chars().take(MARK_DIGITS).collect();
    let file = file.get(..file.floor_char_boundary(FILE_BYTES)).unwrap_or_default();
    format!("{file}:{line}#{mark}")
}

/// The start of a name, for a message.
fn short(text: &str) -> String {
    const SHOWN: usize = 32;
    let mut start: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        start.push('…');
    }
    format!("`{start}`")
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
