//! A model's probabilities: CSV with a column of tasks and one for each label.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use labelgate::agreement::Crowd;

use crate::crowd::text_of;
use crate::failure::{Failure, quoted};
use crate::records::{Record, Records, Row};

const MAX_ROW_BYTES: usize = 1 << 20;

/// Those of each task of the crowd, task after task, by number of the label.
pub fn read(path: &Path, crowd: &Crowd) -> Result<Vec<f64>, Failure> {
    let unreadable = |error| Failure::unreadable(path, &error);
    let failed = |line: u64, expected: &str| {
        Failure::new(format!("{}, line {line}: {expected}", quoted(path)))
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut records = Records::new(BufReader::new(file), MAX_ROW_BYTES);
    let Some((_, Record::Row(header))) = records.next().map_err(unreadable)? else {
        return Err(failed(1, "expected a header with `task` and the labels"));
    };
    let place = |wanted: &str| {
        header.fields().position(|field| field == wanted.as_bytes()).ok_or_else(|| {
            failed(1, &format!("expected a column `{wanted}`, one for each label and `task`"))
        })
    };
    let task_at = place("task")?;
    let label_at =
        crowd.labels.iter().map(|label| place(&text_of(label))).collect::<Result<Vec<_>, _>>()?;
    let numbers: BTreeMap<&str, usize> =
        crowd.tasks.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let labels = crowd.labels.len();
    let mut all = vec![f64::NAN; crowd.tasks.len() * labels];
    while let Some((line, record)) = records.next().map_err(unreadable)? {
        let Record::Row(row) = record else { return Err(failed(line, "expected a shorter row")) };
        let name = text(row, task_at).ok_or_else(|| failed(line, "expected UTF-8"))?;
        let Some(task) = numbers.get(name) else { continue };
        for (label, at) in label_at.iter().enumerate() {
            let number = text(row, *at).and_then(|text| text.trim().parse::<f64>().ok());
            let number = number.ok_or_else(|| failed(line, "expected a probability"))?;
            if let Some(place) = all.get_mut(task * labels + label) {
                *place = number;
            }
        }
    }
    match all.iter().position(|number| number.is_nan()) {
        None => Ok(all),
        Some(at) => {
            let name = crowd.tasks.get(at / labels.max(1)).map_or("", String::as_str);
            Err(Failure::new(format!("{}: expected a row for the task `{name}`", quoted(path))))
        }
    }
}

fn text(row: Row<'_>, at: usize) -> Option<&str> {
    std::str::from_utf8(row.field(at)?).ok()
}
