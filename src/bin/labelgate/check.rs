//! `labelgate check`: submissions in files, one verdict each.

mod arguments;
mod columns;
mod gold;
mod items;
mod report;
mod setup;
mod source;
mod summary;

use std::io::{BufRead, Write};
use std::path::Path;

use labelgate::verdict::Finding;
use labelgate::{Annotator, Gate, Memory, ReasonCode, Submission, Verdict};

use crate::failure::{Failure, Outcome, quoted};
use crate::inputs;
use crate::lines::{Line, Lines};
use crate::progress::Progress;
use crate::records::{Record, Records};
use crate::whole_file;
use columns::{Columns, Malformed};
use items::Items;
use report::{Place, Report};
use source::Source;

pub use arguments::CheckArguments;

/// Longest header of a CSV. Chosen: 1,024 columns with names of 64 bytes.
const MAX_HEADER_BYTES: usize = 64 * 1024;

pub fn run(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let mut gate = setup::gate(arguments)?;
    let mut memory = setup::memory(arguments.memory.as_deref())?;
    gate.meet_bom(memory.boms_mut());
    let mut check = Check {
        gate,
        memory,
        items: arguments.items.as_deref().map(Items::open).transpose()?,
        backwards: 0,
    };
    let mut report = Report::new(arguments);
    let bytes = inputs::total_bytes(&arguments.submissions)?;
    // A bar between lines on the same terminal would only flicker; the lines are progress enough.
    let progress =
        if report.is_seen() { Progress::none() } else { Progress::new("checking", bytes) };
    for path in &arguments.submissions {
        let before = report.totals.all();
        let source = Source::open(path, arguments.format, &progress)?;
        if source.is_csv {
            check_csv(&mut check, source, &mut report, &progress)?;
        } else {
            check_ndjson(&mut check, source, &mut report)?;
        }
        if report.totals.all() == before {
            progress.tell(&format!("no submission in {}", quoted(path)));
        }
    }
    if check.backwards > 0 {
        let plural = if check.backwards == 1 { "" } else { "s" };
        progress.tell(&format!(
            "{} submission{plural} arrived before an earlier one of the same annotator; such an \
             arrival counts as unknown, so sort by time of arrival for a full `rate-burst`",
            check.backwards
        ));
    }
    progress.finish();
    let outcome = report.finish(&check.gate, &check.memory)?;
    if let Some(path) = &arguments.memory {
        save(path, &check.memory)?;
    }
    Ok(outcome)
}

fn save(path: &Path, memory: &Memory) -> Result<(), Failure> {
    whole_file::write(path, |out| {
        out.write_all(&memory.save()).map_err(|error| Failure::unwritable(path, &error))
    })
}

/// What one run knows.
struct Check {
    gate: Gate,
    memory: Memory,
    items: Option<Items>,
    /// How many submissions arrived before an earlier one of the same annotator.
    backwards: u64,
}

impl Check {
    fn check<'a>(
        &'a mut self,
        mut submission: Submission<'a>,
        received_at_ms: Option<i64>,
    ) -> Verdict<'a> {
        if let Some(items) = &mut self.items {
            match items.measure(&submission.item) {
                Ok(measured) => {
                    submission.item.digests = vec![measured];
                    submission.item.weak_algorithms = Vec::new();
                }
                Err(why) => return unmeasured(&self.gate, submission, &why),
            }
        }
        let at_ms = self.arrival(&submission, received_at_ms);
        self.gate.check_submission(&mut self.memory, submission, at_ms)
    }

    /// The time of arrival, when it is known and comes after what is known of the annotator. The gate
    /// takes time that runs backwards for no time at all, which is right for its own clock and would
    /// make a burst of a file that is not in order.
    fn arrival(&mut self, submission: &Submission<'_>, received_at_ms: Option<i64>) -> Option<i64> {
        let at_ms = received_at_ms.or(submission.submitted_at_ms)?;
        let annotator = self.memory.annotator(&submission.annotator);
        let last_ms = annotator.and_then(Annotator::last_arrival_ms);
        let is_backwards = last_ms.is_some_and(|last_ms| at_ms < last_ms);
        self.backwards += u64::from(is_backwards);
        (!is_backwards).then_some(at_ms)
    }
}

/// The verdict on a submission whose item could not be measured: held, unless something else about it
/// is proven wrong. That the sender claims no digest is nothing, because ours is the one that counts.
fn unmeasured<'a>(gate: &'a Gate, submission: Submission<'a>, why: &str) -> Verdict<'a> {
    match gate.screen_submission(submission) {
        Ok(screened) => gate.unchecked(screened, why),
        Err(verdict) if verdict.reasons.iter().all(|r| r.code == ReasonCode::WeakDigest) => {
            let held = Finding::new(ReasonCode::Unchecked, why);
            let decision = gate.policy().action(held.code);
            Verdict { decision, reasons: vec![held], ..*verdict }
        }
        Err(verdict) => *verdict,
    }
}

fn check_ndjson(check: &mut Check, source: Source, report: &mut Report) -> Result<(), Failure> {
    let Source { reader, name, path, .. } = source;
    let mut lines = Lines::new(reader, check.gate.policy().max_bytes);
    loop {
        if lines.reader().buffer().is_empty() {
            report.flush()?;
        }
        let read = lines.next().map_err(|error| Failure::unreadable(&path, &error))?;
        let Some((number, line)) = read else { return Ok(()) };
        let verdict = match line {
            Line::TooLong(bytes) => check.gate.too_large(bytes),
            Line::Whole(line) if line.trim_ascii().is_empty() => None,
            Line::Whole(line) => Some(match Submission::from_json(line) {
                Ok(submission) => check.check(submission, None),
                // The gate says what is wrong with it.
                Err(_) => check.gate.check(&mut check.memory, line, None),
            }),
        };
        if let Some(verdict) = verdict {
            report.take(&verdict, Place { file: &name, line: number })?;
        }
    }
}

fn check_csv(
    check: &mut Check,
    source: Source,
    report: &mut Report,
    progress: &Progress,
) -> Result<(), Failure> {
    let Source { reader, name, path, .. } = source;
    let mut records = Records::new(reader, MAX_HEADER_BYTES);
    let columns = header(&mut records, &path)?;
    records.set_max_bytes(check.gate.policy().max_bytes);
    if let Some(ignored) = columns.ignored() {
        progress.tell(&format!("{}: columns not read: {ignored}", quoted(&path)));
    }
    loop {
        if records.reader().buffer().is_empty() {
            report.flush()?;
        }
        let read = records.next().map_err(|error| Failure::unreadable(&path, &error))?;
        let Some((line, record)) = read else { return Ok(()) };
        let place = Place { file: &name, line };
        check_record(check, &columns, record, place, report)?;
    }
}

fn header(records: &mut Records<impl BufRead>, path: &Path) -> Result<Columns, Failure> {
    let read = records.next().map_err(|error| Failure::unreadable(path, &error))?;
    let columns = match read {
        Some((_, Record::Row(row))) => Columns::from_header(row),
        Some(_) => Err("expected a shorter header".to_owned()),
        None => Err("expected a header with the columns `task`, `worker` and `label`".to_owned()),
    };
    columns.map_err(|expected| Failure::new(format!("{}: {expected}", quoted(path))))
}

fn check_record(
    check: &mut Check,
    columns: &Columns,
    record: Record<'_>,
    place: Place<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    let read = match record {
        Record::Row(row) => {
            columns.read(row, check.gate.policy().label.as_ref(), place.file, place.line)
        }
        Record::TooLong(bytes) => match check.gate.too_large(bytes) {
            Some(verdict) => return report.take(&verdict, place),
            None => Err(Malformed::whole("expected a shorter row")),
        },
        Record::TooManyFields => Err(Malformed::whole("expected fewer fields")),
    };
    match read {
        Ok(answer) => {
            if !answer.gold.is_empty() {
                let item = answer.submission.item.id.clone();
                check.gate.gold_mut().insert(&item, answer.gold);
            }
            let verdict = check.check(answer.submission, answer.received_at_ms);
            report.take(&verdict, place)
        }
        Err(Malformed { expected, column }) => {
            let at = match column {
                Some(column) => format!("line {}, column `{column}`", place.line),
                None => format!("line {}", place.line),
            };
            report.take(&check.gate.malformed(&expected, &at), place)
        }
    }
}
