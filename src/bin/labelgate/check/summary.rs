//! One line for each annotator of a run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use labelgate::json::Writer;
use labelgate::verdict::{ReasonKind, Standing};
use labelgate::{Annotator, Decision, Gate, Memory, ReasonCode, Verdict};

use super::report::Totals;
use crate::terminal;

/// What the annotators of a run met.
#[derive(Debug, Default)]
pub struct Summary {
    annotators: BTreeMap<String, Totals>,
    /// Submissions that say no annotator, because they could not be read.
    unreadable: Totals,
}

/// One annotator.
struct Row<'a> {
    /// Absent for submissions that could not be read.
    annotator: Option<&'a str>,
    /// Answers taken, in this run and in those that the memory knows.
    answers: u32,
    accepted: u64,
    held: u64,
    rejected: u64,
    /// What the evidence leads to: the decision on this annotator's next good answer.
    decision: Decision,
    held_by: Vec<HeldBy>,
    evidence: Vec<Standing>,
}

/// An evidence check that holds the annotator.
#[derive(Clone, Copy)]
struct HeldBy {
    check: ReasonCode,
    /// The answer, counted from 1, at which it first did.
    answer: u32,
}

impl Summary {
    pub fn count(&mut self, verdict: &Verdict<'_>) {
        let Some(annotator) = verdict.annotator.as_deref() else {
            return self.unreadable.count(verdict.decision);
        };
        match self.annotators.get_mut(annotator) {
            Some(totals) => totals.count(verdict.decision),
            None => {
                let mut totals = Totals::default();
                totals.count(verdict.decision);
                self.annotators.insert(annotator.to_owned(), totals);
            }
        }
    }

    pub fn write_json(&self, out: &mut impl Write, gate: &Gate, memory: &Memory) -> io::Result<()> {
        for row in self.rows(gate, memory) {
            out.write_all(&row.to_json())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    pub fn write_table(
        &self,
        out: &mut impl Write,
        gate: &Gate,
        memory: &Memory,
    ) -> io::Result<()> {
        let checks = evidence_checks();
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let names = checks.iter().map(|check| check.as_str());
        let header = ["annotator", "answers", "accepted", "held", "rejected"].into_iter();
        table.set_header(header.chain(names).chain(["decision", "held at"]));
        for row in self.rows(gate, memory) {
            table.add_row(cells(&row, &checks));
        }
        let numbers = 1..5 + checks.len();
        for column in table.column_iter_mut().skip(numbers.start).take(numbers.len()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn rows<'a>(&'a self, gate: &'a Gate, memory: &'a Memory) -> impl Iterator<Item = Row<'a>> {
        let known = self.annotators.iter().map(|(id, totals)| {
            let annotator = memory.annotator(id);
            Row::of(Some(id.as_str()), *totals, annotator, gate)
        });
        let unreadable = Some(self.unreadable).filter(|totals| totals.all() > 0);
        known.chain(unreadable.map(|totals| Row::of(None, totals, None, gate)))
    }
}

impl<'a> Row<'a> {
    fn of(id: Option<&'a str>, totals: Totals, annotator: Option<&Annotator>, gate: &Gate) -> Self {
        let held_by: Vec<HeldBy> = evidence_checks()
            .into_iter()
            .filter_map(|check| {
                let answer = annotator?.held_since(check)?;
                Some(HeldBy { check, answer })
            })
            .collect();
        let actions = held_by.iter().map(|held| gate.policy().action(held.check));
        Self {
            annotator: id,
            answers: annotator.map_or(0, Annotator::answers),
            accepted: totals.accepted,
            held: totals.held,
            rejected: totals.rejected,
            decision: actions.max().unwrap_or(Decision::Accept),
            held_by,
            evidence: annotator.map(|known| gate.standings(known)).unwrap_or_default(),
        }
    }

    /// The check that held the annotator first.
    fn first_held(&self) -> Option<HeldBy> {
        self.held_by.iter().copied().min_by_key(|held| held.answer)
    }

    fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        if let Some(annotator) = self.annotator {
            writer.string_member("annotator", annotator);
        }
        writer.integer_member("answers", i64::from(self.answers));
        let counts =
            [("accepted", self.accepted), ("held", self.held), ("rejected", self.rejected)];
        for (name, count) in counts {
            writer.integer_member(name, i64::try_from(count).unwrap_or(i64::MAX));
        }
        writer.string_member("decision", self.decision.as_str());
        if let Some(first) = self.first_held() {
            writer.integer_member("held_at", i64::from(first.answer));
        }
        writer.name("held_by");
        writer.open_array();
        for held in &self.held_by {
            writer.open_object();
            writer.string_member("check", held.check.as_str());
            writer.integer_member("answer", i64::from(held.answer));
            writer.close_object();
        }
        writer.close_array();
        writer.name("evidence");
        writer.open_array();
        for standing in &self.evidence {
            write_standing(&mut writer, standing);
        }
        writer.close_array();
        writer.close_object();
        writer.into_bytes()
    }
}

/// The same members as in a verdict.
fn write_standing(writer: &mut Writer, standing: &Standing) {
    writer.open_object();
    writer.string_member("check", standing.check.as_str());
    writer.number_member("wealth", standing.wealth);
    writer.number_member("threshold", standing.threshold);
    writer.integer_member("answers", i64::from(standing.answers));
    if let Some(events) = standing.events {
        writer.integer_member("events", i64::from(events));
    }
    if let Some(mean) = standing.mean {
        writer.number_member("mean", mean);
    }
    if let Some(floor) = standing.floor {
        writer.number_member("floor", floor);
    }
    writer.close_object();
}

/// The checks that hold an annotator by evidence, in the order of their codes.
fn evidence_checks() -> Vec<ReasonCode> {
    ReasonCode::ALL.into_iter().filter(|code| code.kind() == ReasonKind::Evidence).collect()
}

fn cells(row: &Row<'_>, checks: &[ReasonCode]) -> Vec<String> {
    let annotator = row.annotator.map_or("(unreadable)".into(), terminal::printable);
    let counts = [u64::from(row.answers), row.accepted, row.held, row.rejected];
    let wealth = |check: &ReasonCode| {
        let standing = row.evidence.iter().find(|standing| standing.check == *check);
        standing.map_or_else(|| "-".to_owned(), |standing| short(standing.wealth))
    };
    let first = row.held_by.iter().min_by_key(|held| held.answer);
    let held_at =
        first.map_or_else(String::new, |held| format!("{} ({})", held.answer, held.check.as_str()));
    std::iter::once(annotator.into_owned())
        .chain(counts.iter().map(u64::to_string))
        .chain(checks.iter().map(wealth))
        .chain([row.decision.as_str().to_owned(), held_at])
        .collect()
}

/// Wealth for people: what matters is how far it is on its way to the threshold.
fn short(wealth: f64) -> String {
    match wealth {
        ..0.001 => "<0.001".to_owned(),
        ..100.0 => format!("{wealth:.3}"),
        ..100_000.0 => format!("{wealth:.0}"),
        _ => format!("{wealth:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wealth_is_short() {
        for (wealth, text) in
            [(1.0, "1.000"), (0.0, "<0.001"), (812.4, "812"), (3_210_000.0, "3.2e6")]
        {
            assert_eq!(short(wealth), text);
        }
    }
}
