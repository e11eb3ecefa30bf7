//! Writes verdicts as they come.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use labelgate::{Decision, Memory, Verdict};

use super::arguments::CheckArguments;
use super::summary::Summary;
use crate::failure::{Failure, Outcome};
use crate::terminal;

/// Standard output of a run, and what it amounts to.
pub struct Report {
    out: BufWriter<Stdout>,
    style: Style,
    pub totals: Totals,
}

enum Style {
    AnnotatorView,
    Json,
    SummaryJson(Summary),
    SummaryTable(Summary),
    Text { has_colours: bool },
}

/// How many submissions met which decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub accepted: u64,
    pub held: u64,
    pub rejected: u64,
}

/// Where a submission stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub file: &'a str,
    pub line: u64,
}

impl Report {
    pub fn new(arguments: &CheckArguments) -> Self {
        let style = match (arguments.summary, arguments.annotator_view, arguments.json) {
            (true, _, true) => Style::SummaryJson(Summary::default()),
            (true, _, false) => Style::SummaryTable(Summary::default()),
            (false, true, _) => Style::AnnotatorView,
            (false, false, true) => Style::Json,
            (false, false, false) => Style::Text { has_colours: terminal::wants_colours() },
        };
        Self { out: BufWriter::new(io::stdout()), style, totals: Totals::default() }
    }

    /// Whether verdict lines appear on a terminal while the run goes on.
    pub fn is_seen(&self) -> bool {
        let at_the_end = matches!(self.style, Style::SummaryJson(_) | Style::SummaryTable(_));
        !at_the_end && self.out.get_ref().is_terminal()
    }

    /// Takes one verdict.
    pub fn take(&mut self, verdict: &Verdict<'_>, place: Place<'_>) -> Result<(), Failure> {
        self.totals.count(verdict.decision);
        let written = match &mut self.style {
            Style::AnnotatorView => write_line(&mut self.out, &verdict.for_annotator().to_json()),
            Style::Json => write_line(&mut self.out, &verdict.to_json()),
            Style::SummaryJson(summary) | Style::SummaryTable(summary) => {
                summary.count(verdict);
                Ok(())
            }
            Style::Text { has_colours } => {
                let line = text_line(verdict, place, *has_colours);
                write_line(&mut self.out, line.as_bytes())
            }
        };
        written.map_err(|error| Failure::of_output(&error))
    }

    /// Lets a reader see what was written, before we wait for more input.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::of_output(&error))
    }

    /// Writes what comes at the end.
    pub fn finish(mut self, gate: &labelgate::Gate, memory: &Memory) -> Result<Outcome, Failure> {
        let written = match &self.style {
            Style::SummaryJson(summary) => summary.write_json(&mut self.out, gate, memory),
            Style::SummaryTable(summary) => summary.write_table(&mut self.out, gate, memory),
            Style::AnnotatorView | Style::Json | Style::Text { .. } => Ok(()),
        };
        written.map_err(|error| Failure::of_output(&error))?;
        self.flush()?;
        if matches!(self.style, Style::SummaryTable(_) | Style::Text { .. }) {
            terminal::tell(&self.totals.sentence());
        }
        Ok(self.totals.outcome())
    }
}

impl Totals {
    pub fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Accept => self.accepted += 1,
            Decision::Review => self.held += 1,
            Decision::Reject => self.rejected += 1,
        }
    }

    pub fn all(self) -> u64 {
        self.accepted + self.held + self.rejected
    }

    fn outcome(self) -> Outcome {
        if self.held + self.rejected == 0 { Outcome::AllAccepted } else { Outcome::SomethingHeld }
    }

    fn sentence(self) -> String {
        let Self { accepted, held, rejected } = self;
        let all = self.all();
        let plural = if all == 1 { "" } else { "s" };
        format!("{all} submission{plural}: {accepted} accepted, {held} held, {rejected} rejected")
    }
}

fn write_line(out: &mut impl Write, line: &[u8]) -> io::Result<()> {
    out.write_all(line)?;
    out.write_all(b"\n")
}

/// `review  ann-7         img-001.png           too-fast: 12 of 13 pages ...`
fn text_line(verdict: &Verdict<'_>, place: Place<'_>, has_colours: bool) -> String {
    let decision = verdict.decision.as_str();
    let (colour, plain) = match (has_colours, verdict.decision) {
        (false, _) => ("", ""),
        (true, Decision::Accept) => ("\u{1b}[32m", "\u{1b}[0m"),
        (true, Decision::Review) => ("\u{1b}[33m", "\u{1b}[0m"),
        (true, Decision::Reject) => ("\u{1b}[31m", "\u{1b}[0m"),
    };
    let mut line = format!("{colour}{decision}{plain}");
    match (&verdict.annotator, &verdict.item) {
        (Some(annotator), Some(item)) => {
            let (annotator, item) = (terminal::printable(annotator), terminal::printable(item));
            line.push_str(&format!("  {annotator:<12}  {item:<20}"));
        }
        // What cannot be read has no names, but a place.
        _ => {
            let place = format!("{}:{}", place.file, place.line);
            line.push_str(&format!("  {:<34}", terminal::printable(&place)));
        }
    }
    let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code.as_str()).collect();
    if let Some(first) = verdict.reasons.first() {
        line.push_str(&format!("  {}: {}", codes.join(", "), terminal::printable(&first.message)));
        if let Some(at) = &first.at {
            line.push_str(&format!(" at {}", terminal::printable(at)));
        }
    }
    line.truncate(line.trim_end().len());
    line
}
