//! The table: counts for each group, then row by row.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::decision::{Decision, Standing};
use crate::manifest::{Corpus, Row};

/// A row with its verdict.
pub struct Judged<'a> {
    pub row: &'a Row,
    pub decision: Decision,
}

/// Rows of a group, by standing.
#[derive(Default)]
struct Counts {
    agree: usize,
    differ: usize,
    not_decided: usize,
    wrong: usize,
}

impl Counts {
    fn add(&mut self, standing: &Standing) {
        match standing {
            Standing::Agrees => self.agree += 1,
            Standing::Differs(_) => self.differ += 1,
            Standing::NotDecided(_) => self.not_decided += 1,
            Standing::Wrong => self.wrong += 1,
        }
    }
}

/// Judges every row.
pub fn judge<'a>(corpus: &'a Corpus, verdict: impl Fn(&Row) -> Decision) -> Vec<Judged<'a>> {
    corpus.rows.iter().map(|row| Judged { row, decision: verdict(row) }).collect()
}

/// Rows that have another verdict than expected, without a reason.
pub fn wrong(judged: &[Judged]) -> Vec<String> {
    let wrong = judged.iter().filter(|judged| matches!(judged.decision.standing, Standing::Wrong));
    wrong.map(line).collect()
}

/// Every row, one a line.
pub fn rows(judged: &[Judged]) -> String {
    judged.iter().map(|judged| line(judged) + "\n").collect()
}

fn line(judged: &Judged) -> String {
    let (mark, reason) = match judged.decision.standing {
        Standing::Agrees => ("agrees", ""),
        Standing::Differs(reason) => ("differs", reason),
        Standing::NotDecided(reason) => ("not decided", reason),
        Standing::Wrong => ("WRONG", ""),
    };
    let Row { path, expect, .. } = judged.row;
    let given = &judged.decision.given;
    let separator = if reason.is_empty() { "" } else { ": " };
    format!("{mark:11} | {path} | expected: {expect} | labelgate: {given}{separator}{reason}")
}

/// Counts in a table of Markdown, a group a row.
pub fn counts(judged: &[Judged]) -> String {
    let mut groups: BTreeMap<String, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for Judged { row, decision } in judged {
        groups.entry(row.group()).or_default().add(&decision.standing);
        all.add(&decision.standing);
    }
    let mut text = "| group | files | agree | differ | not decided |\n".to_owned();
    text.push_str("|---|---:|---:|---:|---:|\n");
    for (group, counts) in groups.iter().chain([(&"all".to_owned(), &all)]) {
        let Counts { agree, differ, not_decided, wrong } = counts;
        let files = agree + differ + not_decided + wrong;
        writeln!(text, "| {group} | {files} | {agree} | {differ} | {not_decided} |").unwrap();
    }
    text
}

/// Every file of one standing, under its reason.
pub fn by_reason(judged: &[Judged], reason_of: impl Fn(&Standing) -> Option<&str>) -> String {
    let mut reasons: Vec<(String, &str, Vec<&Judged>)> = Vec::new();
    for judged in judged {
        let Some(reason) = reason_of(&judged.decision.standing) else { continue };
        let group = judged.row.group();
        let group = group.split('/').next().unwrap();
        match reasons.iter_mut().find(|(of, known, _)| of == group && *known == reason) {
            Some((_, _, files)) => files.push(judged),
            None => reasons.push((group.to_owned(), reason, vec![judged])),
        }
    }
    let mut text = String::new();
    for (group, reason, files) in reasons {
        let given = &files[0].decision.given;
        let is_the_same = files.iter().all(|judged| judged.decision.given == *given);
        let says =
            if is_the_same { format!(" What labelgate says: {given}.") } else { String::new() };
        writeln!(text, "\n**{group}** ({}): {reason}.{says}\n", files.len()).unwrap();
        for Judged { row, decision } in files {
            let path = row.path.trim_start_matches(&*group).trim_start_matches('/');
            let says = if is_the_same { String::new() } else { format!(": {}", decision.given) };
            writeln!(text, "- `{path}`{says}").unwrap();
        }
    }
    text
}
